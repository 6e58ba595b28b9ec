#ifndef SDCTL_BASE_TEXT_H
#define SDCTL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Text from strangers (servers, files, journals) and small string helpers. Everything foreign that
 * is shown to a person goes through text_clean(); nothing else may print it.
 */

#define TEXT_SHOWN_MAX 200 /* how much of a server's words is shown, in characters */

/*
 * Copies n bytes of `from` into `to` (capacity cap > 0, always NUL-terminated) as one printable
 * line of UTF-8: runs of white space become one space; C0, DEL, C1, bidi and other invisible
 * formatting characters and invalid UTF-8 become '?'; cut at cap - 1 bytes or `shown` characters
 * with "..." as the last three. Returns `to`.
 */
char *text_clean(char *to, size_t cap, const char *from, size_t n, size_t shown);

/* Overwrites each occurrence of the `len` bytes of `secret` in the NUL-terminated text by '*', and
 * in a text of at most 1024 bytes also a beginning of it that was cut off: one in front of "...",
 * or 4 bytes or more at the end. A secret shorter than 4 bytes is left: hiding it would hide
 * ordinary text. */
void text_hide(char *text, const char *secret, size_t len);

/* Whether n bytes are valid UTF-8 (no overlong forms, surrogates or values over U+10FFFF). */
bool text_is_utf8(const char *bytes, size_t n);

/* Overwrites by '?' each byte of a NUL-terminated text that is not part of valid UTF-8. */
void text_make_utf8(char *text);

/* Of `count` names, the one closest to `name` by edits (case ignored), or NULL when none is close
 * enough to be meant: at most a third of its length apart, or `name` is a prefix of it. */
const char *text_nearest(const char *name, const char *const *names, size_t count);

/* Case-insensitive (ASCII only, whatever the locale) comparison; 0 when equal. */
int text_casecmp(const char *a, const char *b);

/* Parses a whole decimal integer or real number: no white space, no hex, no infinity, no trailing
 * junk. False when it is not one or does not fit. The decimal point is '.', as sdctl never leaves
 * the "C" locale. */
bool text_to_int(const char *text, long long *value);
bool text_to_real(const char *text, double *value);

#endif
