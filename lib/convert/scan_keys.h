#ifndef SDCTL_CONVERT_SCAN_KEYS_H
#define SDCTL_CONVERT_SCAN_KEYS_H

#include "convert/scan.h"

/* Finding duplicate keys, whatever escapes they are spelt with, in time n log n. */

/* Remembers a key of the object that is open. EXIT_INPUT when it has too many. */
int scan_keys_add(struct scan *s, const struct scan_key *key, struct error *err);

/* The object whose keys begin at `first` ends: EXIT_INPUT when two of them are the same. May change
 * their order. */
int scan_keys_check(struct scan *s, size_t first, struct error *err);

/* Compares two keys as they are meant; 0 when equal. */
int scan_keys_compare(const char *text, const struct scan_key *a, const struct scan_key *b);

/* The error for a key that stands twice, told where it stands again. Returns -1. */
int scan_keys_twice(const struct scan *s, const struct scan_key *key, struct error *err);

#endif
