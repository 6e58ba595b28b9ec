#ifndef SDCTL_JOB_JOURNAL_MERGE_H
#define SDCTL_JOB_JOURNAL_MERGE_H

#include <jansson.h>
#include <stddef.h>

#include "base/error.h"
#include "job/journal_file.h"

#define JOURNAL_KEY_MAX 64 /* bytes of a task's key */

/*
 * Merges lines into tasks: an object by key, in the order of their first lines; a new reference.
 * `needle`: only lines that hold this text; `keys`: only tasks whose key is in this object; NULL
 * for all. What cannot be read is skipped and counted in *broken. EXIT_OUTPUT. The lock should be
 * held.
 */
int journal_merge(const struct journal_file *file, const char *needle, json_t *keys, json_t **tasks,
                  size_t *broken, struct error *err);

#endif
