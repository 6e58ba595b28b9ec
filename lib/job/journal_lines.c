#include "job/journal_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outfile.h"

#define NAME_NEW JOURNAL_FILE_NAME ".new"

/* Opens the file and judges it; *fd is -1 when there is none. */
static int open_lines(const struct journal_file *f, int flags, int *fd, struct stat *st,
                      struct error *err)
{
    *fd = -1;
    if (f->dir < 0) {
        return 0;
    }
    *fd = journal_file_regular(f, JOURNAL_FILE_NAME, flags, st);
    if (*fd < 0) {
        return errno == ENOENT && (flags & O_CREAT) == 0
                   ? 0
                   : ((flags & O_ACCMODE) == O_RDONLY ? journal_file_cannot_read
                                                      : journal_file_cannot_write)(f, errno, err);
    }
    if (journal_file_check(st, f->path, err) != 0) {
        close(*fd);
        *fd = -1;
        return -1;
    }
    return 0;
}

int journal_lines_size(const struct journal_file *f, off_t *size, struct error *err)
{
    struct stat st;
    int fd;

    *size = 0;
    if (open_lines(f, O_RDONLY, &fd, &st, err) != 0) {
        return -1;
    }
    if (fd >= 0) {
        *size = st.st_size;
        close(fd);
    }
    return 0;
}

/* Writes the line behind a '\n' if that is missing, in one call; -1 with errno. */
static int write_line(int fd, const char *line, size_t n, off_t size)
{
    char last = '\n';
    char *text;

    if (size > 0 && pread(fd, &last, 1, size - 1) != 1) {
        errno = EIO;
        return -1;
    }
    size_t extra = last != '\n';
    if (extra == 0) {
        return outfile_write_all(fd, line, n);
    }
    if ((text = malloc(n + extra)) == NULL) {
        errno = ENOMEM;
        return -1;
    }
    text[0] = '\n';
    memcpy(text + 1, line, n);
    int result = outfile_write_all(fd, text, n + 1);
    int saved = errno;
    free(text);
    errno = saved;
    return result;
}

int journal_lines_append(const struct journal_file *f, const char *line, size_t n,
                         struct error *err)
{
    struct stat st;
    int fd, failed = 0;

    if (open_lines(f, O_RDWR | O_APPEND | O_CREAT, &fd, &st, err) != 0) {
        return -1;
    }
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        (void)fchmod(fd, S_IRUSR | S_IWUSR);
    }
    if (write_line(fd, line, n, st.st_size) != 0 || fsync(fd) != 0 ||
        (st.st_size == 0 && fsync(f->dir) != 0 && errno != EINVAL)) {
        failed = errno;
        /* nothing torn stays; if this fails too, the next writer ends the line */
        if (ftruncate(fd, st.st_size) != 0) {
            failed = failed != 0 ? failed : errno;
        }
    }
    close(fd);
    return failed == 0 ? 0 : journal_file_cannot_write(f, failed, err);
}

int journal_lines_replace(const struct journal_file *f, const char *text, size_t n,
                          struct error *err)
{
    struct stat st;
    int failed = 0;

    if (unlinkat(f->dir, NAME_NEW, 0) != 0 && errno != ENOENT) {
        return journal_file_cannot_write(f, errno, err);
    }
    int fd = journal_file_regular(f, NAME_NEW, O_WRONLY | O_CREAT | O_EXCL, &st);
    if (fd < 0) {
        return journal_file_cannot_write(f, errno, err);
    }
    if (outfile_write_all(fd, text, n) != 0 || fsync(fd) != 0) {
        failed = errno;
    }
    if (close(fd) != 0 && errno != EINTR && failed == 0) {
        failed = errno;
    }
    if (failed == 0 && renameat(f->dir, NAME_NEW, f->dir, JOURNAL_FILE_NAME) != 0) {
        failed = errno;
    }
    if (failed != 0) {
        unlinkat(f->dir, NAME_NEW, 0);
        return journal_file_cannot_write(f, failed, err);
    }
    /* it is in its place: a folder that cannot be synced loses the rewriting at worst, no line */
    (void)fsync(f->dir);
    return 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct reader {
    char *text;    /* of JOURNAL_MERGED_MAX bytes */
    size_t len;    /* bytes in it */
    bool too_long; /* a line that did not fit is being passed over */
    journal_lines_take *take;
    void *ctx;
    size_t *broken;
};

static int show_line(struct reader *r, const char *line, size_t n, struct error *err)
{
    bool skipped = r->too_long;

    r->too_long = false;
    if (n == 0 && !skipped) {
        return 0;
    }
    int broken = skipped ? 1 : r->take(r->ctx, line, n, err);
    if (broken > 0) {
        ++*r->broken;
    }
    return broken < 0 ? -1 : 0;
}

/* Shows the whole lines that are in the buffer, and keeps the rest. */
static int show_lines(struct reader *r, struct error *err)
{
    char *at = r->text, *end = r->text + r->len;

    for (char *stop; (stop = memchr(at, '\n', (size_t)(end - at))) != NULL; at = stop + 1) {
        if (show_line(r, at, (size_t)(stop - at), err) != 0) {
            return -1;
        }
    }
    r->len = (size_t)(end - at);
    if (r->len == JOURNAL_MERGED_MAX) {
        r->too_long = true;
        r->len = 0;
    }
    memmove(r->text, at, r->len);
    return 0;
}

static int read_lines(const struct journal_file *f, struct reader *r, int fd, struct error *err)
{
    for (;;) {
        ssize_t got = read(fd, r->text + r->len, JOURNAL_MERGED_MAX - r->len);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return journal_file_cannot_read(f, errno, err);
        }
        if (got == 0) {
            return show_line(r, r->text, r->len, err);
        }
        r->len += (size_t)got;
        if (show_lines(r, err) != 0) {
            return -1;
        }
    }
}

int journal_lines_each(const struct journal_file *f, journal_lines_take *take, void *ctx,
                       size_t *broken, struct error *err)
{
    struct reader r = {.take = take, .ctx = ctx, .broken = broken};
    struct stat st;
    int fd, result = -1;

    if (open_lines(f, O_RDONLY, &fd, &st, err) != 0) {
        return -1;
    }
    if (fd < 0) {
        return 0;
    }
    if ((size_t)st.st_size > JOURNAL_READ_MAX) {
        error_set(err, EXIT_OUTPUT,
                  "cannot read the task journal '%s': it is larger than %lu MiB; move it away",
                  f->path, JOURNAL_READ_MAX >> 20);
    } else if ((r.text = malloc(JOURNAL_MERGED_MAX)) == NULL) {
        error_memory(err, "reading the task journal");
    } else {
        result = read_lines(f, &r, fd, err);
    }
    free(r.text);
    close(fd);
    return result;
}
