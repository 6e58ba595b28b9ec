#ifndef SDCTL_CMD_TERMINAL_H
#define SDCTL_CMD_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* The terminal behind standard error. Standard output is never asked: it holds the document. */

struct terminal_size {
    int cols, rows;    /* in characters; 80 and 24 when it does not say */
    int width, height; /* of a character, in pixels; 10 and 20 when it does not say */
};

/* Whether standard error is a terminal that understands escape sequences (TERM is not "dumb"). */
bool terminal_is(void);

/* Whether colour may be used on it: NO_COLOR is unset or empty (no-color.org). */
bool terminal_colour(void);

/* Its size now; it changes when the window does. */
void terminal_size(struct terminal_size *size);

/* Columns that a text of clean UTF-8 takes at most: from U+1100 on a character counts as wide. */
size_t terminal_width(const char *text);

/* Bytes of the longest beginning of the text that takes at most so many columns; *width, which may
 * be NULL, is what it takes. */
size_t terminal_fit(const char *text, size_t cols, size_t *width);

#endif
