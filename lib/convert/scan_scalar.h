#ifndef SDCTL_CONVERT_SCAN_SCALAR_H
#define SDCTL_CONVERT_SCAN_SCALAR_H

#include "convert/scan.h"

/* Strings, numbers and words, for scan.c. All take the scanner's place and return the new one, or
 * NULL with err set. */

/* A value that is neither object nor array, from its first character to behind its last. */
char *scan_scalar(struct scan *s, char *p, struct error *err);

/* The rest of a string: p is behind its first quote, and then at its last. `string` is the offset
 * of its first character in the request when it may be cut, else SIZE_MAX. *escaped is set when it
 * has escapes. */
char *scan_scalar_string(struct scan *s, char *p, size_t string, bool *escaped, struct error *err);

/* Undoes the escapes of n bytes between quotes, already found good, into UTF-8; `to` has room for n
 * bytes. Returns how many it became. */
size_t scan_scalar_unescape(char *to, const char *from, size_t n);

#endif
