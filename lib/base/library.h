#ifndef SDCTL_BASE_LIBRARY_H
#define SDCTL_BASE_LIBRARY_H

#include <stdbool.h>

/*
 * Shared libraries that are loaded when they are needed. One that is linked is mapped and relocated
 * at every start, used or not: 40 to 100 microseconds each, as much as a small mask takes.
 */

/* Loads the first of `names` that is there, for good; the last name is NULL. NULL: none is there.
 */
void *library_open(const char *const *names);

/* Puts the address of a function into *function, a pointer to function. Whether it was found. */
bool library_find(void *library, const char *name, void *function);

#endif
