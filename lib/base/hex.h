#ifndef SDCTL_BASE_HEX_H
#define SDCTL_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>

/* Writes 2n lower-case hexadecimal digits and a NUL. */
void hex_encode(char *to, const void *bytes, size_t n);

/* Reads the first 2n digits, of either case, of a NUL-terminated text. Whether they are there. */
bool hex_decode(void *to, size_t n, const char *text);

#endif
