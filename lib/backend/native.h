#ifndef SDCTL_BACKEND_NATIVE_H
#define SDCTL_BACKEND_NATIVE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * Tables of a service's own parameters: name, type, range, what it stands for in the neutral
 * vocabulary, and what the server does when it is not sent. --set and --params are checked against
 * them, options are translated by them, --explain prints them.
 */

enum native_type {
    NATIVE_INT,
    NATIVE_REAL,
    NATIVE_BOOL, /* 0 and 1 are taken too (A5) */
    NATIVE_STRING,
    NATIVE_STRINGS, /* array of strings */
    NATIVE_ARRAY,
    NATIVE_OBJECT,
    NATIVE_PICTURE,  /* base64 text, or a picture's node */
    NATIVE_PICTURES, /* array of these: init images */
    NATIVE_MASK,     /* a picture that is a mask */
    NATIVE_ANY,      /* whatever JSON it is */
};

struct native {
    const char *name; /* dotted for depth */
    enum native_type type;
    bool nullable;              /* null may be sent */
    double min, max;            /* inclusive; min == max means no limit */
    const char *neutral;        /* the neutral parameter that it is, or NULL */
    const char *const *choices; /* for a neutral choice sent as its index; NULL-terminated */
    const char *fallback;       /* JSON: the server's known default; NULL when it is not known */
};

/* The row of a name, or NULL. */
const struct native *native_find(const struct native *table, const char *name);

/* The known name nearest to `name`, with or without its path; or NULL. */
const char *native_nearest(const struct native *table, const char *name);

/* Whether there are rows for members of what is at `path`. */
bool native_has_members(const struct native *table, const char *path);

/*
 * Checks one value (borrowed) for type and range and gives the value to send (new reference): 0 and
 * 1 become booleans, 4.0 becomes 4. `label` names where it came from ("--set steps"). EXIT_USAGE.
 */
int native_check(const struct native *row, const char *label, json_t *value, json_t **checked,
                 struct error *err);

/* Checks every member of an object, in place: those at the top, and those of an object that has no
 * row of its own but rows for its members ("request" for "request.steps"). What is unknown to the
 * table is refused with the nearest name unless `unchecked`. `label` names the object ("--params").
 */
int native_check_object(const struct native *table, json_t *object, const char *label,
                        bool unchecked, struct error *err);

/* Sets in `native` what the table can say of `neutral`, row by row. Values that the table has no
 * row for are left to the backend's compose. */
int native_translate(const struct native *table, const json_t *neutral, json_t *native,
                     struct error *err);

/* What holds, in neutral words: what is sent, else the server's known defaults. A new object; NULL
 * without memory. */
json_t *native_effective(const struct native *table, const json_t *native);

/* The way back: what a request of this service says in neutral words, as a new object (pictures and
 * what has no neutral name are left out). NULL without memory. */
json_t *native_to_neutral(const struct native *table, const json_t *native);

#endif
