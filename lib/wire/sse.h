#ifndef SDCTL_WIRE_SSE_H
#define SDCTL_WIRE_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * A parser for server-sent events (the WHATWG standard's text/event-stream) that bytes flow
 * through, cut anywhere: LF, CR and CRLF, a BOM, comments, fields that are not known, several data
 * lines in one event (joined by LF). The data are handed on as they come, so an event may be of any
 * size. An event that the stream ends in counts too, unlike in the standard: it may be the result.
 */

struct sse_sink {
    void *ctx;
    int (*data)(void *ctx, const char *bytes, size_t n, struct error *err); /* of the event */
    int (*end)(void *ctx, struct error *err); /* the event has ended; only of one that had data
                                                 which are not empty */
};

#define SSE_EVENTS_MAX 100000
#define SSE_BYTES_MAX (1ULL << 30) /* of a whole stream, comments and previews included */

struct sse {
    struct sse_sink sink;
    int state;
    char field[8]; /* name of the line's field so far */
    size_t n_field;
    bool any;        /* the event has data */
    bool line_break; /* a data line ended; a further one is preceded by LF */
    bool after_cr;
    size_t events;
    uint64_t bytes;
};

void sse_init(struct sse *s, const struct sse_sink *sink);

/* Takes n more bytes. EXIT_FAILED past a ceiling, or the sink's error. */
int sse_feed(struct sse *s, const char *bytes, size_t n, struct error *err);

/* The stream ended. */
int sse_finish(struct sse *s, struct error *err);

#endif
