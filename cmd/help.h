#ifndef SDCTL_CMD_HELP_H
#define SDCTL_CMD_HELP_H

#include <stdio.h>

#include "cmd/options.h"

/*
 * Prints what `sdctl NAME --help` shows, from the command's tables: usage, summary, and the options
 * group by group with their ranges and choices, in 80 columns. Whether it could be written is for
 * the caller to see, once, with ferror() and fclose().
 */
void help_print(const struct command *cmd, FILE *out);

#endif
