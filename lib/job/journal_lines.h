#ifndef SDCTL_JOB_JOURNAL_LINES_H
#define SDCTL_JOB_JOURNAL_LINES_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "job/journal_file.h"

/* The journal as a file of lines. Every failure is EXIT_OUTPUT and names the file. */

#define JOURNAL_LINE_MAX (64UL * 1024)        /* bytes of a line that is added, its end included */
#define JOURNAL_MERGED_MAX (256UL * 1024)     /* of one that stands for several */
#define JOURNAL_FILE_MAX (4UL * 1024 * 1024)  /* what the file may grow to */
#define JOURNAL_READ_MAX (16UL * 1024 * 1024) /* what is read, whoever made it that large */

/* Bytes in the file; 0 when there is none. */
int journal_lines_size(const struct journal_file *f, off_t *size, struct error *err);

/* Appends a line of n bytes, its '\n' included, and has it on the disk when it returns; on failure
 * the file is as it was. A last line that was cut short is ended first. The lock is held. */
int journal_lines_append(const struct journal_file *f, const char *line, size_t n,
                         struct error *err);

/* Puts n bytes in the place of all lines, at once. The lock is held. */
int journal_lines_replace(const struct journal_file *f, const char *text, size_t n,
                          struct error *err);

/* Takes a line without its '\n': 0, 1 when it is broken, or -1 to stop with an error. */
typedef int journal_lines_take(void *ctx, const char *line, size_t n, struct error *err);

/* Calls `take` with each line that is not empty. Lines longer than JOURNAL_MERGED_MAX are not
 * shown; they and broken ones are counted in *broken. */
int journal_lines_each(const struct journal_file *f, journal_lines_take *take, void *ctx,
                       size_t *broken, struct error *err);

#endif
