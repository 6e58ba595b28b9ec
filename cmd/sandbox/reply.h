#ifndef SANDBOX_REPLY_H
#define SANDBOX_REPLY_H

#include "base/buf.h"
#include "request.h"
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

/* Sets the body. reply_text copies. */
void reply_json(struct reply *reply, unsigned status, json_t *json);
void reply_text(struct reply *reply, unsigned status, const char *type, const char *text);

/* An error as this flavour words it: HTTPExceptions as {"detail"} or A1111's object, others as
 * A1111's object or Forge's plain "Internal Server Error" (A20). */
void reply_failure(const struct request *request, struct reply *reply, const struct failure *f);

/* Same for a status and a detail that are at hand. */
void reply_error(const struct request *request, struct reply *reply, unsigned status,
                 const char *detail);

#endif
