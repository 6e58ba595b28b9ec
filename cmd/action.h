#ifndef SDCTL_CMD_ACTION_H
#define SDCTL_CMD_ACTION_H

#include <stddef.h>

#include "base/error.h"

/* Which of a command's actions (NULL-terminated names) the first operand is. EXIT_USAGE with the
 * nearest name and all names when it is none. */
int action_choose(const char *const *actions, const char *operand, size_t *which,
                  struct error *err);

#endif
