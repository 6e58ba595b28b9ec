#ifndef SANDBOX_FIELDS_H
#define SANDBOX_FIELDS_H

#include "sandbox.h"

/* Checks a request's JSON as the server's typed models do: fields have types and defaults, values
 * that can be read as the type are converted ("20" is 20, 1 is true), unknown keys are ignored. */

enum field_type {
    FIELD_TEXT,
    FIELD_INT,
    FIELD_REAL,
    FIELD_FLAG,
    FIELD_LIST,
    FIELD_TEXTS, /* a list of strings */
    FIELD_OBJECT,
};

struct field {
    const char *name;
    enum field_type type;
    bool nullable;
    const char *fallback; /* JSON; NULL: the field is required */
};

/* Tables end with a NULL name. IMG2IMG is models.StableDiffusionImg2ImgProcessingAPI. */
extern const struct field FIELDS_IMG2IMG[];
extern const struct field FIELDS_INTERROGATE[];
extern const struct field FIELDS_PNG_INFO[];
extern const struct field FIELDS_PROGRESS[];
extern const struct field FIELDS_DETECT[];

/* All fields in the table's order, converted; or NULL, and then *errors is the list of what is
 * wrong, in the words of pydantic 2 (Forge) or 1 (A1111). Both are owned by the caller. */
json_t *fields_check(const struct field *table, const json_t *body, enum flavour flavour,
                     json_t **errors);

/* Values of checked fields; null becomes the fallback. */
const char *fields_text(const json_t *values, const char *name, const char *fallback);
int64_t fields_int(const json_t *values, const char *name, int64_t fallback);
double fields_real(const json_t *values, const char *name, double fallback);
bool fields_flag(const json_t *values, const char *name);

#endif
