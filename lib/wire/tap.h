#ifndef SDCTL_WIRE_TAP_H
#define SDCTL_WIRE_TAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "wire/base64.h"
#include "wire/json.h"

/*
 * A scanner that JSON text flows through while it arrives, cut anywhere. String values at one path
 * are decoded from base64 and given to a sink; in the text that is kept they are "". Everything
 * else is kept, up to a ceiling, for jansson, which judges it strictly afterwards. The scanner
 * takes all that JSON allows: any order of keys, escapes in keys and in the tapped strings (\/ and
 * \u002f).
 *
 * The path is one of "NAME" (the string at a key of the outermost object) and "NAME[]" (each string
 * in the array there). A string at the path that is no base64 is the sink's error to tell.
 */

struct tap_sink {
    void *ctx;
    /* A tapped string begins: the index-th element of the array (0 for "NAME"). */
    int (*open)(void *ctx, size_t index, struct error *err);
    int (*bytes)(void *ctx, const unsigned char *bytes, size_t n, struct error *err);
    int (*close)(void *ctx, struct error *err);
};

#define TAP_KEY_MAX 32                /* longest key that can match */
#define TAP_STRING_MAX (512ULL << 20) /* bytes of one string as it is sent, tapped or not */

struct tap {
    const char *key; /* NAME, key_len bytes */
    size_t key_len;
    bool array; /* NAME[] */
    struct tap_sink sink;
    struct buf *rest;    /* where the other text goes; borrowed */
    size_t long_string;  /* of a kept string longer than this, only that much is kept */
    enum exit_code code; /* of errors in the text */
    bool lenient; /* may be set after tap_init(): a tapped string that is no base64 is skipped, and
                     the sink not told of its end */

    int state;
    unsigned depth;
    unsigned char kind[JSON_DEPTH_MAX + 1]; /* '{' or '[' at each depth */
    bool want_key;                          /* the next string is a key */
    bool matched;                           /* the value of the outermost object's NAME is next */
    bool inside;                            /* in the array of NAME */
    size_t index;                           /* elements seen there */
    size_t values;
    char name[TAP_KEY_MAX + 1]; /* unescaped key of the outermost object */
    size_t name_len;
    size_t kept;         /* bytes of the current string so far */
    unsigned escape;     /* characters of the current escape seen; 0 outside one */
    bool skip;           /* the rest of the current tapped string is not decoded */
    bool cut;            /* the rest of the current string is not kept */
    bool drop_escape;    /* it is not kept */
    bool high_surrogate; /* the one before was the first half of a pair */
    unsigned code_unit;
    struct base64_decoder base64;
    unsigned char *decoded; /* a slice; allocated when the first tapped string comes */
    size_t n_decoded;       /* bytes in it that the sink was not given yet */
};

/* Starts a scan. `path` is borrowed; NULL taps nothing. */
void tap_init(struct tap *t, const char *path, const struct tap_sink *sink, struct buf *rest,
              size_t long_string, enum exit_code code);

/* Takes n more bytes. Errors: the text is broken, too deep or too long, or what the sink said. */
int tap_feed(struct tap *t, const char *bytes, size_t n, struct error *err);

/* The text ended. An error when that was inside a string or bracket. */
int tap_finish(struct tap *t, struct error *err);

/* Frees what the scan allocated. NULL-safe. */
void tap_release(struct tap *t);

#endif
