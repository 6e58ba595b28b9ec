#ifndef SDCTL_BASE_OUTFILE_H
#define SDCTL_BASE_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * Files that appear whole or not at all. Bytes go to an anonymous file in the target's folder
 * (O_TMPFILE), which the kernel removes whatever kills the process; where that is not to be had, to
 * a named temporary that outfile_remove_all() removes. A commit gives it its name in one step.
 * An existing file is kept unless `force`, and then only a regular file is replaced: never a
 * symbolic link, a device or a FIFO, and nothing is ever written through one.
 * Modes are 0666 less the umask. Every failure is EXIT_OUTPUT and names the file.
 */
struct outfile {
    int fd;     /* open for reading and writing, or -1 */
    char *dir;  /* folder of the temporary; owned */
    char *temp; /* name of the temporary, or NULL when it has none; owned */
};

/* A closed outfile. */
#define OUTFILE_INIT                                                                               \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

/* Whether `path` could be written now: its folder exists and can be written, the disk is not full,
 * and nothing stands there that must be kept. Found out before anything is sent. */
int outfile_check(const char *path, bool force, struct error *err);

/* Opens a temporary in the folder of `path` (or in `path` itself when it ends in '/'). */
int outfile_open(struct outfile *f, const char *path, struct error *err);

/* outfile_check() and outfile_open() in one. */
int outfile_begin(struct outfile *f, const char *path, bool force, struct error *err);

/* Writes all n bytes; `name` is for the error. */
int outfile_write(struct outfile *f, const void *bytes, size_t n, const char *name,
                  struct error *err);

/* Gives the file its final name (same folder as at the opening) and closes it. `sync` puts it on
 * the disk first. When something stands at `path` and force is off: EXIT_OUTPUT with *exists set,
 * and the file stays open, so that another name can be tried. */
int outfile_commit(struct outfile *f, const char *path, bool force, bool sync, bool *exists,
                   struct error *err);

/* Closes and forgets the temporary. Safe on a closed one and after a commit. */
void outfile_discard(struct outfile *f);

/* Removes all named temporaries that are open; async-signal-safe, for signal handlers. */
void outfile_remove_all(void);

/* An anonymous, already removed file in $TMPDIR or /tmp for what only passes through; -1 on error.
 */
int outfile_scratch(struct error *err);

/* Where these are made: $TMPDIR if it is absolute, else /tmp; ends in '/'. malloc'd. */
char *outfile_scratch_folder(void);

/* Writes all of n bytes to a descriptor, over short writes and EINTR. -1 with errno set. */
int outfile_write_all(int fd, const void *bytes, size_t n);

#endif
