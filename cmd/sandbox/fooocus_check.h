#ifndef SANDBOX_FOOOCUS_CHECK_H
#define SANDBOX_FOOOCUS_CHECK_H

#include <jansson.h>
#include <stdbool.h>

/*
 * The request models of the two Fooocus servers: what pydantic 2 makes of a JSON body. Types are
 * converted as it does outside of its strict mode ("20" is 20, 1 is true, 3.0 is 3), unknown keys
 * are dropped, missing ones get their defaults, which are not checked.
 */
enum fooocus_type {
    FOOOCUS_TEXT,
    FOOOCUS_INT,
    FOOOCUS_REAL,
    FOOOCUS_FLAG,
    FOOOCUS_CHOICE, /* one of `choices` */
    FOOOCUS_OBJECT, /* of the model `model` */
};

struct fooocus_field {
    const char *name;
    enum fooocus_type type;
    const char *fallback; /* JSON; NULL: the field is required */
    double low, high;     /* of FOOOCUS_INT and FOOOCUS_REAL; both 0: any */
    bool list;            /* a list of such values */
    bool nullable;
    const char *const *choices; /* NULL-terminated */
    const struct fooocus_field *model;
};

/* All values of a body, in the table's order; or NULL, and then *errors is the list of what is
 * wrong, with places that begin with "body". Both are owned by the caller. */
json_t *fooocus_check(const struct fooocus_field *table, const json_t *body, json_t **errors);

/* The defaults of a model; NULL when it has a required field. */
json_t *fooocus_check_defaults(const struct fooocus_field *table);

/* The model as JSON schema, as FastAPI's /openapi.json has it under components.schemas. */
json_t *fooocus_check_schema(const struct fooocus_field *table);

#endif
