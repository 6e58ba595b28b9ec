#ifndef SANDBOX_ENCODE_H
#define SANDBOX_ENCODE_H

#include "reply.h"

/* A picture as a response carries it: PNG with its infotext (may be NULL) under "parameters", or
 * with `jpeg` a JPEG, in base64, a JSON string; NULL on failure. Kept as out-INDEX.png when the
 * request has a folder. */
json_t *encode_picture(const struct request *request, const struct raster *raster,
                       const char *infotext, size_t index, bool jpeg);

#endif
