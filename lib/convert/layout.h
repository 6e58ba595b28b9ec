#ifndef SDCTL_CONVERT_LAYOUT_H
#define SDCTL_CONVERT_LAYOUT_H

#include <stddef.h>

#include "convert/scan.h"

/* How the input sets its members: the white space between them, so that the output looks alike. */

#define LAYOUT_MAX 160

struct layout {
    char open[LAYOUT_MAX];  /* between the brace and the first key */
    char colon[LAYOUT_MAX]; /* between key and value, the colon included */
    char comma[LAYOUT_MAX]; /* between value and key, the comma included */
    char close[LAYOUT_MAX]; /* before the last brace */
};

/* Learns from the request that was scanned: an object at offset `at`, up to offset `end`. What is
 * too long or odd is set close together. */
void layout_learn(struct layout *l, const struct scan *s, size_t at, size_t end);

/* The layout of an object that is a member's value. */
void layout_nest(struct layout *inner, const struct layout *outer);

#endif
