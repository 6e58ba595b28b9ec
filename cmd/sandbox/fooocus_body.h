#ifndef SANDBOX_FOOOCUS_BODY_H
#define SANDBOX_FOOOCUS_BODY_H

#include "fooocus_check.h"
#include "reply.h"

/* What the two Fooocus servers share of FastAPI and of their keys. */

/* The request's body checked against a model: the values, owned by the caller, or NULL with a 422.
 * `echo`: the old server's 422 also has the whole body. */
json_t *fooocus_body(struct request *request, struct reply *reply,
                     const struct fooocus_field *model, bool echo);

/* A query argument as int; false with a 422 when it is none. A missing one is `fallback`. */
bool fooocus_body_int(const struct request *request, struct reply *reply, const char *name,
                      long long fallback, long long *value);

/* 422 for a required query argument that is missing. */
void fooocus_body_missing(struct reply *reply, const char *name);

/* X-API-KEY: 403 {"detail":"Forbidden"}. */
bool fooocus_body_key(struct request *request, struct reply *reply);

/* HTTPExceptions as {"detail"}, others as "Internal Server Error". */
void fooocus_body_fail(const struct request *request, struct reply *reply, const struct failure *f);

/* One route; a table of them ends with a NULL method. A path may end in a "*" for anything. */
struct fooocus_route {
    const char *method, *path;
    void (*serve)(struct request *request, struct reply *reply);
};

/* Finds it: 404, 405, and 307 to the same path with or without a slash at its end. */
void fooocus_body_route(const struct fooocus_route *routes, struct request *request,
                        struct reply *reply);

/* A random version 4 UUID, with or without dashes. */
void fooocus_body_uuid(char to[40], bool dashes);

#endif
