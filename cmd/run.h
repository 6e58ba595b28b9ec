#ifndef SDCTL_CMD_RUN_H
#define SDCTL_CMD_RUN_H

#include <signal.h>

#include "base/error.h"
#include "base/secret.h"
#include "cmd/options.h"

/* What every command does at its end, and the few things that belong to the whole process. */

/* A signal's number once one has come, while run_catch_signals() is on. */
extern volatile sig_atomic_t run_stop;

/* Prepares the process: standard descriptors, ignored signals, signal handlers. */
void run_init(void);

/* From here on INT, TERM and HUP only set run_stop; a second one ends the process. Otherwise one
 * removes temporary files and ends it with 128 + n. */
void run_catch_signals(bool on);

/* Remembers a key (borrowed, until NULL is given) that must not be shown, in any form that an
 * answer could repeat it in. */
void run_hide(const struct secret *key);

/* Ends a command: prints its help if that was asked, or the error if result is not 0 (one line, or
 * JSON with --error-format json); returns the exit status. */
int run_finish(const struct command *cmd, const struct parsed *parsed, int result,
               struct error *err);

/* Hides that key in a text, in place. */
void run_conceal(char *text);

/* One line "sdctl: COMMAND: warning: TEXT" on standard error, unless -q. */
void run_warn(const char *command, const char *text);

/* Prints a JSON document on one line of ASCII, keys hidden. EXIT_OUTPUT. */
int run_print(const json_t *document, struct error *err);

/* Prints foreign text as it is meant for people: cleaned, with a line end. EXIT_OUTPUT. */
int run_print_text(const char *text, struct error *err);

#endif
