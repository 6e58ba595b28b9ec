#ifndef SDCTL_BASE_PROCESS_H
#define SDCTL_BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

/* Processes that are named by number, on this machine. */

#define PROCESS_MARK_MAX 64

/* What tells this process from a later one of the same number: the boot's id and the time of the
 * start, as Linux's /proc shows them; "" where there is no /proc. */
void process_mark(long pid, char mark[PROCESS_MARK_MAX]);

/* Whether the process with this number and mark (may be NULL or "") is still running. A process
 * that may not be looked at counts as running, one that has ended but was not waited for does not.
 */
bool process_lives(long pid, const char *mark);

#endif
