#ifndef SDCTL_CMD_USAGE_H
#define SDCTL_CMD_USAGE_H

#include <stdio.h>

#include "cmd/options.h"

/* The program as a whole: its list of commands, and finding one. */

/* What `sdctl help` shows. */
void usage_print(FILE *out);

/* A built-in command by its name, or NULL. */
const struct command *usage_find(const char *name);

/* The error for a command that does not exist: EXIT_USAGE, with the nearest name. Returns -1. */
int usage_unknown(const char *name, struct error *err);

#endif
