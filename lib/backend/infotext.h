#ifndef SDCTL_BACKEND_INFOTEXT_H
#define SDCTL_BACKEND_INFOTEXT_H

#include <jansson.h>

/*
 * The parameters that WebUI writes into pictures (contracts.md 4.1, the infotext's grammar):
 * prompt, "Negative prompt:", and a last line of "Label: value" pairs, values quoted as JSON
 * strings where they hold a comma, a colon or a line end.
 *
 * Gives neutral parameters as a new object, NULL without memory or when the text has none. Absent
 * labels mean the page's defaults, which are not the API's (A24), so these are written out: fill
 * original, area whole, padding 32, clip skip 1. "Mask mode: Inpaint not masked" becomes the member
 * invert_mask.
 */
json_t *infotext_parse(const char *text);

#endif
