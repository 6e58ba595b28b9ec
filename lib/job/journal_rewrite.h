#ifndef SDCTL_JOB_JOURNAL_REWRITE_H
#define SDCTL_JOB_JOURNAL_REWRITE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "job/journal_file.h"

/* Keeps the journal small. The lock is held in all of them; every failure is EXIT_OUTPUT. */

/* Writes an object as a line of at most max bytes, without "params" if it is too long with them.
 * The caller releases the buffer, also after a failure. */
int journal_rewrite_line(json_t *object, size_t max, struct buf *line, struct error *err);

/* Writes one line for each task, without those that need not be kept, nor the task `forget` (a key,
 * or NULL). */
int journal_rewrite(struct journal_file *file, const char *forget, struct error *err);

/* Makes room for n more bytes when it is time for it. When the file is full of tasks that are not
 * done, a line that the caller can `spare` (a new task's) is refused, what became of another one is
 * not. */
int journal_rewrite_room(struct journal_file *file, size_t n, bool spare, struct error *err);

#endif
