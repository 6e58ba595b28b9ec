#ifndef SDCTL_CMD_PROGRESS_H
#define SDCTL_CMD_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/backend.h"

/*
 * How tasks are doing, on a terminal's standard error: one line, or one for each of several tasks,
 * drawn anew in place. Nothing at all is written when standard error is no terminal; colour only
 * when NO_COLOR is unset or empty. Lines never wrap, and there are never more than fit: running
 * tasks come first, then a line "and N more".
 */

/* Whether there is a terminal to show it on, and it is wanted. Without it, and after
 * progress_end(), the functions below do nothing. */
bool progress_begin(bool wanted);

/* The same for `count` tasks, in slots from 0. */
bool progress_begin_tasks(bool wanted, size_t count);

/* The one task's line: bar, percent, step, remaining time, place in the queue. A job's `watch`. */
void progress_show(void *ctx, const struct progress *progress);

/* One of several: its line is shown from the first call on. `label` names it (foreign text is
 * cleaned here; copied; NULL keeps the one it has). A slot beyond the count is ignored. */
void progress_task(size_t slot, const char *label, const struct progress *progress);

/* The task in this slot is done with: `word` says how ("succeeded", "failed", "cancelled"; a
 * constant), is shown in its line and counted in the summary. */
void progress_task_end(size_t slot, const char *word);

/* The slot is free for another task; it does not count in the summary. */
void progress_task_clear(size_t slot);

/* Prints a line of its own above the progress lines; also where there is no terminal. */
void progress_log(const char *line);

/* Takes the lines away until the next change: for whoever writes to standard error. */
void progress_hide(void);

/* Takes the lines away for good. After several tasks a summary stays:
 * "3 tasks: 2 succeeded, 1 failed, 12.3 s"; none when all slots are free. */
void progress_end(void);

#endif
