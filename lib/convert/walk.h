#ifndef SDCTL_CONVERT_WALK_H
#define SDCTL_CONVERT_WALK_H

#include <stdbool.h>
#include <stddef.h>

/* Steps through JSON text that the scanner has found good: nothing is checked again. */

struct walk_member {
    const char *key; /* between the quotes, as spelt */
    size_t key_n;
    const char *value;
    size_t value_n;
};

/* The first character that is not white space. */
const char *walk_space(const char *p);

/* The end of the value that begins at p. */
const char *walk_value(const char *p);

/* The next member of an object; *p is at its brace before the first. False at the end. */
bool walk_member(const char **p, struct walk_member *m);

/* The next element of an array, likewise. */
bool walk_element(const char **p, const char **value, size_t *n);

/* Whether the member's key is `name`, escapes undone. */
bool walk_key_is(const struct walk_member *m, const char *name);

/* Whether n bytes are the text of a string, quotes included, that says `what`. */
bool walk_string_is(const char *value, size_t n, const char *what);

#endif
