#ifndef SDCTL_WIRE_JSON_H
#define SDCTL_WIRE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/secret.h"

/*
 * JSON text in and out, on top of jansson's values. The writer is ours: it streams, notices every
 * failed write (jansson 2.14 can drop an object key when memory runs out), spells a real number
 * with the fewest digits that read back the same, and lets a caller put something else in the place
 * of chosen nodes (pictures).
 */

#define JSON_DEPTH_MAX 64
#define JSON_VALUES_MAX (150 * 1000) /* values in one text, where brackets count as ... */
#define JSON_OBJECT_WEIGHT 6         /* ... what jansson needs for an object */
#define JSON_ARRAY_WEIGHT 2          /* ... and an array */

/* Takes n bytes of JSON text; returns false to stop. */
typedef bool json_sink(void *ctx, const char *text, size_t n);

struct json_writer {
    json_sink *sink;
    void *ctx;
    bool ascii; /* escape everything that is not printable ASCII (for terminals and logs) */
    const struct secret *hide; /* overwritten in strings and keys; or NULL */
    /* Called for each object node before it is written: true when the caller wrote something in its
     * place (*stop set when that failed). NULL when there are no such nodes. */
    bool (*instead)(void *ctx, const json_t *node, bool *stop);
};

/* Writes a value without any white space. False when the sink stopped. */
bool json_write(const struct json_writer *w, const json_t *value);

/* Appends a value's text to a buffer; false when the buffer failed. */
bool json_write_buf(const json_t *value, bool ascii, struct buf *out);

/*
 * Parses n bytes that must be one JSON value and nothing more: UTF-8, no duplicate keys, at most
 * JSON_DEPTH_MAX deep and of JSON_VALUES_MAX values. `name` says whose text it is ("the server's
 * answer", "params.json"); errors have the code `code` and give line and column, never the text
 * itself. NULL on failure.
 */
json_t *json_parse(const char *text, size_t n, const char *name, enum exit_code code,
                   struct error *err);

/* Follows a dotted path ("override_settings.sd_vae") and puts `value` (reference taken, also on
 * failure) at its end, creating objects on the way. -1 when a step is not an object (EXIT_USAGE).
 */
int json_set_path(json_t *root, const char *path, json_t *value, struct error *err);

/* The value at a dotted path, borrowed, or NULL. */
json_t *json_get_path(const json_t *root, const char *path);

/* A JSON string of a file's name: JSON has no bytes that are not UTF-8, a name may; they become
 * '?'. NULL without memory. */
json_t *json_file_name(const char *name);

/* The string at a key, or NULL when it is missing or no string. */
const char *json_string_at(const json_t *object, const char *key);

#endif
