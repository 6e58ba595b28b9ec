#ifndef SDCTL_BASE_SECRET_H
#define SDCTL_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"

/*
 * An API key in libsodium's guarded memory: locked, surrounded by guard pages, read-only once set,
 * and wiped when released. A key is 1 to 4096 printable ASCII characters without a space; one final
 * line end is taken off. Errors never hold any part of it.
 */
struct secret {
    char *bytes; /* sodium_malloc'd, NUL-terminated; NULL when there is no key */
    size_t len;
};

#define SECRET_MAX 4096

/* How a service wants its key: HTTP Basic (the key is user:password), Bearer, or X-API-KEY. */
enum secret_form { SECRET_NONE, SECRET_BASIC, SECRET_BEARER, SECRET_HEADER };

/* Takes a key from n bytes. `origin` names where they came from, for the error (EXIT_KEY). */
int secret_set(struct secret *s, const char *bytes, size_t n, const char *origin,
               struct error *err);

/* Reads the key from a regular file, or from standard input when path is "-". Refuses a file that
 * others can write (EXIT_KEY); *readable is set when others can read it, for a warning.
 * EXIT_DEADLINE when standard input did not end in time. */
int secret_read_file(struct secret *s, const char *path, const struct deadline *deadline,
                     bool *readable, struct error *err);

/* Runs a helper through the shell and takes the key from its standard output, as git does with
 * credential helpers. SDCTL_API_KEY is not in the helper's environment. One that has not ended at
 * the deadline is killed (EXIT_DEADLINE). */
int secret_run_helper(struct secret *s, const char *command, const struct deadline *deadline,
                      struct error *err);

/* Overwrites by '*' in a NUL-terminated text: the key, the password of a user:password, and the key
 * as HTTP Basic sends it. Does nothing without a key; NULL-safe. */
void secret_hide(const struct secret *s, char *text);

/* Wipes and frees. NULL-safe. */
void secret_release(struct secret *s);

#endif
