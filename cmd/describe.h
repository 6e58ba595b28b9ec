#ifndef SDCTL_CMD_DESCRIBE_H
#define SDCTL_CMD_DESCRIBE_H

#include "cmd/options.h"

/* Words about an option that error lines, --help, the man pages and the completions share. */

#define DESCRIBE_MAX 256 /* bytes that any of these needs, with its NUL */

/* The range of a number: "1 to 10000", "more than 0, up to 604800"; "" when there is no limit or
 * the row is no number. Returns `to`. */
char *describe_range(char to[DESCRIBE_MAX], const struct option_row *row);

/* The choices with `between` between them, "" when there are none. Returns `to`. */
char *describe_choices(char to[DESCRIBE_MAX], const struct option_row *row, const char *between);

/* What stands for the value: the metavar, or the choices with '|' between them; "" for a flag.
 * Returns `to`. */
char *describe_value(char to[DESCRIBE_MAX], const struct option_row *row);

/* The row's help with its range, and that it may repeat: one line. Returns `to`. */
char *describe_row(char to[DESCRIBE_MAX], const struct option_row *row);

#endif
