#ifndef SDCTL_CMD_PRINT_PRINT_H
#define SDCTL_CMD_PRINT_PRINT_H

#include <stdio.h>

#include "cmd/options.h"

/*
 * What the build prints from the option tables: parts of the man pages and the completions. None of
 * these checks that the output could be written; print.c does, once, for all.
 */

/* The OPTIONS section's body of `man sdctl-NAME`, in mdoc: a subsection for each group. */
void man_print_options(const struct command *cmd, FILE *out);

/* The list of commands and companions for `man sdctl`, in mdoc. */
void man_print_commands(FILE *out);

/* The table of parameters for `man sdctl`, in mdoc: what the options of a command, the one that has
 * them all, become on each kind of service. */
void map_print(const struct command *widest, FILE *out);

/* A whole completion file, for all commands. */
void bash_print(FILE *out);
void zsh_print(FILE *out);
void fish_print(FILE *out);

/* Whether all tables are as the parser and the printers take for granted; tells what is not on
 * standard output. */
bool check_tables(void);

/* Whether the option takes no value. */
static inline bool print_is_flag(const struct option_row *row)
{
    return row->type == OPTION_FLAG || row->type == OPTION_HELP;
}

/* Whether the value of the option is the name of a file or folder. */
static inline bool print_is_file(const struct option_row *row)
{
    return row->type == OPTION_FILE || row->type == OPTION_OUTPUT;
}

#endif
