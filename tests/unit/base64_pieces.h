#ifndef SDCTL_TESTS_BASE64_PIECES_H
#define SDCTL_TESTS_BASE64_PIECES_H

#include "wire/base64.h"

#include <stdlib.h>
#include <string.h>

/* Decoding whole values in random pieces, for the tests of wire/base64.h. */

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static inline unsigned random_below(unsigned limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % limit;
}

static inline void random_fill(unsigned char *to, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = (unsigned char)random_below(256);
    }
}

/* A copy in an allocation of exactly n bytes, so that a sanitizer sees the first byte too many. */
static inline void *exact_copy(const void *from, size_t n)
{
    void *copy = malloc(n ? n : 1);

    if (copy == NULL) {
        abort();
    }
    if (n > 0) {
        memcpy(copy, from, n);
    }
    return copy;
}

struct result {
    int status;         /* of the last call */
    size_t consumed;    /* over all calls */
    size_t len;         /* bytes decoded */
    bool whole;         /* base64_decoder_finish() */
    unsigned char *out; /* malloc'd */
};

/* Decodes in pieces of 1..piece bytes (0: one call), going on behind each BASE64_STOP when asked.
 */
static inline struct result decode(const char *text, size_t n, unsigned piece, bool go_on)
{
    struct result r = {.out = malloc(n + 32)};
    struct base64_decoder d;

    if (r.out == NULL) {
        abort();
    }
    base64_decoder_init(&d);
    do {
        size_t take = n - r.consumed, used, written;
        if (piece > 0 && take > piece) {
            take = 1 + random_below(piece);
        }
        char *from = exact_copy(text + r.consumed, take);
        unsigned char *to = malloc(BASE64_DECODED_MAX(take));
        if (to == NULL) {
            abort();
        }
        r.status = base64_decode(&d, from, take, &used, to, &written);
        memcpy(r.out + r.len, to, written);
        r.len += written;
        r.consumed += used;
        free(from);
        free(to);
        if (r.status == BASE64_BAD || (r.status == BASE64_STOP && !go_on)) {
            break;
        }
        if (r.status == BASE64_STOP) {
            r.consumed++;
        }
    } while (r.consumed < n);
    r.whole = base64_decoder_finish(&d);
    return r;
}

static inline bool is_bytes(const struct result *r, const void *bytes, size_t n)
{
    return r->status == BASE64_OK && r->whole && r->len == n && memcmp(r->out, bytes, n) == 0;
}

#endif
