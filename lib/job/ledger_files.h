#ifndef SDCTL_JOB_LEDGER_FILES_H
#define SDCTL_JOB_LEDGER_FILES_H

#include <jansson.h>
#include <stdbool.h>

/*
 * The files that a ledger has of a job, as one array: how many they are in all, then an object for
 * each that has been noted: its absolute "path" (or "bytes", in hex, when that is not UTF-8) and
 * its "mark", which is the same before and after it gets the name and no other file's: device,
 * inode, size, time.
 */

/* What tells a file that is open and will be named `path`: a new object; NULL without memory. */
json_t *ledger_files_note(int fd, const char *path);

/* Whether all are there; `same`: and they are still the very files. */
bool ledger_files_exist(const json_t *files, bool same);

/* Removes those that are still the very files. */
void ledger_files_remove(const json_t *files);

#endif
