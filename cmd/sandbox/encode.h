#ifndef SANDBOX_ENCODE_H
#define SANDBOX_ENCODE_H

#include "reply.h"

enum encode_format { ENCODE_PNG, ENCODE_JPEG, ENCODE_WEBP };

/* By its name ("png", "jpg", "jpeg", "webp", case ignored), or -1. */
int encode_format(const char *name);

/* "png", "jpeg", "webp" */
const char *encode_name(enum encode_format format);

/* A picture as a file: PNG with its infotext (may be NULL) under "parameters", JPEG of coarse
 * blocks, or lossless WebP; the latter needs libwebp (HAVE_LIBWEBP). EXIT_UNEXPECTED. */
int encode_bytes(const struct raster *raster, const char *infotext, enum encode_format format,
                 struct buf *to, struct error *err);

/* A picture as a response carries it: PNG with its infotext (may be NULL) under "parameters", or
 * with `jpeg` a JPEG, in base64, a JSON string; NULL on failure. Kept as out-INDEX.png when the
 * request has a folder. */
json_t *encode_picture(const struct request *request, const struct raster *raster,
                       const char *infotext, size_t index, bool jpeg);

#endif
