#ifndef SDCTL_CMD_PROGRESS_H
#define SDCTL_CMD_PROGRESS_H

#include <stdbool.h>

#include "backend/backend.h"

/* One line on a terminal's standard error that shows how a task is doing; nothing when standard
 * error is no terminal. */

/* Whether there is a terminal to show it on, and it is wanted. */
bool progress_begin(bool wanted);

/* Draws the line anew: bar, percent, step, remaining time, place in the queue. A job's `watch`. */
void progress_show(void *ctx, const struct progress *progress);

/* Prints a line of its own above the progress line. */
void progress_log(const char *line);

/* Takes the line away. */
void progress_end(void);

#endif
