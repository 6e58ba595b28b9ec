#ifndef SANDBOX_HTTP_H
#define SANDBOX_HTTP_H

#include <microhttpd.h>

#include "base/buf.h"
#include "record.h"
#include "sandbox.h"

/* How a reply is sent; all but the first two are faults. */
enum transport {
    TRANSPORT_PLAIN,
    TRANSPORT_CHUNKED,
    TRANSPORT_HALF,    /* half of what Content-Length says, then the end */
    TRANSPORT_DRIP,    /* a few bytes at a time */
    TRANSPORT_SILENCE, /* nothing, and the connection stays */
    TRANSPORT_RESET,
    TRANSPORT_HUGE, /* a string that does not end: 4 GiB */
};

struct reply {
    unsigned status;
    const char *type; /* MIME type; NULL: none */
    json_t *json;     /* the body, or NULL and it is in text */
    struct buf text;
    char location[300]; /* of a redirect, or "" */
    bool challenge;     /* WWW-Authenticate: Basic */
    enum transport transport;
};

struct request {
    struct sandbox *box;
    struct MHD_Connection *connection;
    char *method, *path;
    struct buf body;
    size_t body_bytes; /* those beyond the ceiling included */
    json_t *json;      /* the body when it is a JSON object; the route checks */
    char folder[RECORD_PATH_MAX];
    double arrived;
    unsigned faults[4]; /* rows of fault.c's table, a bit each */
    double fault_value; /* NAME=VALUE of the last one that has one */
};

/* Starts serving on host (a loopback address) and port, 0 for any free one; box->port becomes the
 * port. NULL on failure, with errno. */
struct MHD_Daemon *http_start(struct sandbox *box, const char *host, unsigned port);

/* Sets the body. reply_text copies. */
void reply_json(struct reply *reply, unsigned status, json_t *json);
void reply_text(struct reply *reply, unsigned status, const char *type, const char *text);

/* An error as this flavour words it: HTTPExceptions as {"detail"} or A1111's object, others as
 * A1111's object or Forge's plain "Internal Server Error" (A20). */
void reply_failure(const struct request *request, struct reply *reply, const struct failure *f);

/* Same for a status and a detail that are at hand. */
void reply_error(const struct request *request, struct reply *reply, unsigned status,
                 const char *detail);

/* A header or query argument of the request, or NULL. */
const char *request_header(const struct request *request, const char *name);
const char *request_argument(const struct request *request, const char *name);

#endif
