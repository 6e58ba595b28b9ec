#ifndef SANDBOX_FILES_H
#define SANDBOX_FILES_H

#include "reply.h"

/* A stored file as an object store or nginx serves it: 200, or with Range 206 or 416 (RFC 9110,
 * 14); ETag, Last-Modified and Accept-Ranges; If-Range (13.1.5) that names another ETag gives the
 * whole file. Several ranges in one request give the whole file too, and so does
 * every one without `ranges`. Copies the bytes. */
void files_send(const struct request *request, struct reply *reply, const char *type,
                const void *bytes, size_t n, bool ranges);

/* The type by the name's ending: "image/png" and so on. */
const char *files_type(const char *name);

#endif
