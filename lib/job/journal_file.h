#ifndef SDCTL_JOB_JOURNAL_FILE_H
#define SDCTL_JOB_JOURNAL_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

/*
 * Where the journal is, who may use it, and the lock; journal_lines.h reads and writes it,
 * journal.h says what is in it. Every failure is EXIT_OUTPUT and names the file.
 *
 * The lock is a record lock (fcntl) on journal.lock, a file that is never replaced: it ends with
 * the process that holds it. It belongs to the process, not to this struct: one struct at a time in
 * a process may hold it.
 */

#define JOURNAL_FILE_NAME "journal.jsonl"

struct journal_file {
    char *folder;
    char *path;
    int dir;  /* the folder, or -1: it is not there */
    int lock; /* journal.lock while it is held, else -1 */
};

/* Names the file and opens its folder if that is there, or, when `create`, after making it. */
int journal_file_open(struct journal_file *f, bool create, struct error *err);
void journal_file_close(struct journal_file *f);

/* Takes the lock, for writing or to read beside others that read. It waits for at most 30 s; a
 * reader that cannot have it goes on without, and may then see a line that is being written as a
 * broken one. Makes the folder when it is to be written. */
int journal_file_lock(struct journal_file *f, bool write, struct error *err);
void journal_file_unlock(struct journal_file *f);

/* Opens a regular file of the folder, never through a symbolic link; a new one has the mode 0600.
 * -1 with errno. */
int journal_file_regular(const struct journal_file *f, const char *name, int flags,
                         struct stat *st);

/* Refuses what belongs to another user (save root), or others can write. */
int journal_file_check(const struct stat *st, const char *path, struct error *err);

/* The errors for an errno, with what to do. Return -1. */
int journal_file_cannot_write(const struct journal_file *f, int errnum, struct error *err);
int journal_file_cannot_read(const struct journal_file *f, int errnum, struct error *err);

#endif
