#ifndef SDCTL_CONVERT_DIRECTIONS_H
#define SDCTL_CONVERT_DIRECTIONS_H

#include "convert/convert_state.h"

/* The directions of an outpaint request: outpaint_selections. */

/* outpaint_selections: an array that names the directions of `missing` too (bits in the order left,
 * top, right, bottom). m is NULL when there is none. */
void directions_plan(struct convert *c, const struct scan_member *m, unsigned missing);

/* Which directions the selections name, by the same bits. */
unsigned directions_named(const struct convert *c, const struct scan_member *m);

#endif
