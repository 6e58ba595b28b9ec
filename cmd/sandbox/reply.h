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

#define REPLY_HEADERS_MAX 12

struct reply_header {
    char name[32], value[160];
};

struct reply {
    unsigned status;
    const char *type; /* MIME type; NULL: none */
    json_t *json;     /* the body, or NULL and it is in text */
    struct buf text;
    char location[300]; /* of a redirect, or "" */
    bool challenge;     /* WWW-Authenticate: Basic */
    enum transport transport;
    struct reply_header headers[REPLY_HEADERS_MAX]; /* besides those above */
    size_t n_headers;
    /* A body that comes into being while it is sent, instead of json and text: read() is MHD's
     * content reader and may wait; end() releases ctx. Faults of TRANSPORT_RESET and
     * TRANSPORT_SILENCE go before it. */
    ssize_t (*read)(void *ctx, uint64_t at, char *to, size_t max);
    void (*end)(void *ctx);
    void *ctx;
};

/* Sets the body. reply_text and reply_bytes copy. */
void reply_json(struct reply *reply, unsigned status, json_t *json);
void reply_text(struct reply *reply, unsigned status, const char *type, const char *text);
void reply_bytes(struct reply *reply, unsigned status, const char *type, const void *bytes,
                 size_t n);

/* One more header ("Retry-After", "ETag" ...), printf form; instead of one of that name. */
void reply_header(struct reply *reply, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An error as the dialect words it. The webui's: as this flavour words it: HTTPExceptions as
 * {"detail"} or A1111's object, others as A1111's object or Forge's plain "Internal Server Error"
 * (A20). */
void reply_failure(const struct request *request, struct reply *reply, const struct failure *f);

/* Same for a status and a detail that are at hand. */
void reply_error(const struct request *request, struct reply *reply, unsigned status,
                 const char *detail);

#endif
