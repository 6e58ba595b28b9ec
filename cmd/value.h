#ifndef SDCTL_CMD_VALUE_H
#define SDCTL_CMD_VALUE_H

#include "cmd/options.h"

/*
 * Checks the text of one option's value against its row and stores it: in `neutral` under the row's
 * parameter, or at `field` (the row's offset applied) when the row has none. `text` is not copied
 * into a field, so it must outlive it; argv does. NULL for a flag. EXIT_USAGE when the text is not
 * what the row asks for, EXIT_UNEXPECTED when memory runs out; nothing is stored then.
 */
int value_store(const struct option_row *row, void *field, json_t *neutral, const char *text,
                struct error *err);

#endif
