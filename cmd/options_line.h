#ifndef SDCTL_CMD_OPTIONS_LINE_H
#define SDCTL_CMD_OPTIONS_LINE_H

#include "cmd/options.h"

/* Options out of a JSON object instead of a command line: a line of a batch. */

/* A copy that can be changed without touching the other; operands are left out. Free it with
 * options_release(). EXIT_UNEXPECTED. */
int options_copy(const struct command *cmd, const struct parsed *from, struct parsed *to,
                 struct error *err);

/*
 * Sets one option by its long name ('_' stands for '-' too) or its neutral parameter's name, in
 * place of what it was: a string, a number, true or false for a flag, an array for one that
 * repeats, an object for KEY=VALUE,... 1 when there is no such option, or it is one of `excluded`
 * (groups, NULL-terminated); one that conflicts with --batch is refused. Texts made on the way are
 * appended to `keep`, an array that must live as long as the settings, as must `value`. EXIT_USAGE.
 */
int options_set(const struct command *cmd, struct parsed *p, const char *key, const json_t *value,
                const struct option_group *const *excluded, json_t *keep, struct error *err);

/* Calls `take` with each option's name and value as they stand now, but for those of `excluded`. */
void options_tell(const struct command *cmd, const struct parsed *p,
                  const struct option_group *const *excluded,
                  void (*take)(void *ctx, const struct option_row *row, const char *value),
                  void *ctx);

#endif
