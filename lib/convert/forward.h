#ifndef SDCTL_CONVERT_FORWARD_H
#define SDCTL_CONVERT_FORWARD_H

#include "convert/convert_state.h"

/* Old requests to new ones: contracts.md 4.6 from left to right. Plans the request that was
 * scanned and notes what happens to it. EXIT_INPUT when it cannot be converted. */
int forward_plan(struct convert *c, struct error *err);

#endif
