#ifndef SDCTL_CONVERT_REVERSE_H
#define SDCTL_CONVERT_REVERSE_H

#include "convert/convert_state.h"

/* New requests to old ones: contracts.md 4.6 from right to left. Plans the request that was
 * scanned and notes what happens to it. EXIT_INPUT when it cannot be converted. */
int reverse_plan(struct convert *c, struct error *err);

#endif
