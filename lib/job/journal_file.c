#include "job/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define NAME_LOCK "journal.lock"
#define LOCK_WAIT 30.0     /* seconds; a holder needs milliseconds, unless it was stopped */
#define LOCK_WAIT_READ 2.0 /* seconds, then it is read as it is */

/* What journal_file_regular() says of a link, a folder, a FIFO. */
static bool is_irregular(int errnum)
{
    return errnum == ELOOP || errnum == EISDIR || errnum == EINVAL;
}

int journal_file_cannot_write(const struct journal_file *f, int errnum, struct error *err)
{
    const char *remedy = errnum == ENOSPC || errnum == EDQUOT ? "free some space"
                         : is_irregular(errnum)               ? "move it away"
                                                              : "make it writable";

    return error_set(err, EXIT_OUTPUT,
                     "cannot write the task journal '%s': %s; %s, or set XDG_STATE_HOME to another "
                     "folder",
                     f->path, is_irregular(errnum) ? "it is not a regular file" : strerror(errnum),
                     remedy);
}

int journal_file_cannot_read(const struct journal_file *f, int errnum, struct error *err)
{
    return error_set(err, EXIT_OUTPUT, "cannot read the task journal '%s': %s", f->path,
                     is_irregular(errnum) ? "it is not a regular file; move it away"
                                          : strerror(errnum));
}

int journal_file_check(const struct stat *st, const char *path, struct error *err)
{
    if (st->st_uid != geteuid() && st->st_uid != 0) {
        return error_set(err, EXIT_OUTPUT,
                         "will not use the task journal: '%s' belongs to another user; set "
                         "XDG_STATE_HOME to a folder of your own",
                         path);
    }
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return error_set(err, EXIT_OUTPUT,
                         "will not use the task journal: others can write to '%s'; look at what is "
                         "in it, then run chmod go-w on it",
                         path);
    }
    return 0;
}

int journal_file_regular(const struct journal_file *f, const char *name, int flags, struct stat *st)
{
    int fd = openat(f->dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
                    S_IRUSR | S_IWUSR);

    if (fd < 0) {
        return -1;
    }
    if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) {
        close(fd);
        errno = S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
        return -1;
    }
    return fd;
}

/* --- where it is ------------------------------------------------------------------------------ */

static int set_paths(struct journal_file *f, struct error *err)
{
    const char *base = getenv("XDG_STATE_HOME");
    const char *below = "/sdctl";

    if (base == NULL || *base != '/') {
        base = getenv("HOME");
        below = "/.local/state/sdctl";
    }
    if (base == NULL || *base != '/') {
        return error_set(err, EXIT_OUTPUT,
                         "no place for the task journal: set HOME or XDG_STATE_HOME");
    }
    size_t cap = strlen(base) + strlen(below) + sizeof "/" JOURNAL_FILE_NAME;
    f->folder = malloc(cap);
    f->path = malloc(cap);
    if (f->folder == NULL || f->path == NULL) {
        return error_memory(err, "opening the task journal");
    }
    snprintf(f->folder, cap, "%s%s", base, below);
    snprintf(f->path, cap, "%s/%s", f->folder, JOURNAL_FILE_NAME);
    return 0;
}

/* Makes one folder, and has its name on the disk: a journal in a folder that a crash takes away is
 * lost. 0 also when it is there. */
static int make_folder(const char *path, const char *parent)
{
    if (mkdir(path, S_IRWXU) != 0) {
        return errno == EEXIST ? 0 : -1;
    }
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    return 0;
}

/* Makes the folder and those above it that are missing. */
static int make_folders(const struct journal_file *f)
{
    char *path = strdup(f->folder), *parent = strdup(f->folder);
    int result = 0;

    if (path == NULL || parent == NULL) {
        result = -1;
        errno = ENOMEM;
    }
    for (size_t i = 1; result == 0; i++) {
        char c = f->folder[i];
        if (c != '/' && c != '\0') {
            continue;
        }
        path[i] = '\0';
        parent[i] = '\0';
        char *slash = strrchr(parent, '/');
        slash[slash == parent] = '\0';
        result = path[i - 1] == '/' ? 0 : make_folder(path, parent);
        /* a folder that cannot be made may still be passed through: automounts, read-only roots */
        if (result != 0 && c == '/' && access(path, X_OK) == 0) {
            result = 0;
        }
        if (c == '\0') {
            break;
        }
        path[i] = c;
        memcpy(parent, f->folder, i + 1);
    }
    free(path);
    free(parent);
    return result;
}

/* Opens the folder; f->dir stays -1 when it is not there and is not to be made. */
static int enter(struct journal_file *f, bool create, struct error *err)
{
    struct stat st;

    if (create && make_folders(f) != 0) {
        return journal_file_cannot_write(f, errno, err);
    }
    f->dir = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->dir < 0) {
        return errno == ENOENT && !create ? 0 : journal_file_cannot_read(f, errno, err);
    }
    if (fstat(f->dir, &st) != 0) {
        return journal_file_cannot_read(f, errno, err);
    }
    return journal_file_check(&st, f->folder, err);
}

int journal_file_open(struct journal_file *f, bool create, struct error *err)
{
    *f = (struct journal_file){.dir = -1, .lock = -1};
    return set_paths(f, err) == 0 ? enter(f, create, err) : -1;
}

void journal_file_close(struct journal_file *f)
{
    journal_file_unlock(f);
    if (f->dir >= 0) {
        close(f->dir);
    }
    free(f->folder);
    free(f->path);
    *f = (struct journal_file){.dir = -1, .lock = -1};
}

/* --- the lock --------------------------------------------------------------------------------- */

/* Whether the folder was removed since it was opened. */
static bool folder_gone(const struct journal_file *f)
{
    struct stat here, there;

    return f->dir >= 0 && (fstat(f->dir, &here) != 0 || stat(f->folder, &there) != 0 ||
                           here.st_ino != there.st_ino || here.st_dev != there.st_dev);
}

/* Whether the file that was locked still has the name. */
static bool is_current(const struct journal_file *f, int fd)
{
    struct stat mine, named;

    return fstat(fd, &mine) == 0 && fstatat(f->dir, NAME_LOCK, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

/* One attempt: the lock's descriptor, or -1 with errno; EAGAIN when another one has it. */
static int try_lock(struct journal_file *f, bool write)
{
    struct flock whole = {.l_type = write ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET};
    struct stat st;
    int fd = journal_file_regular(f, NAME_LOCK, write ? O_RDWR | O_CREAT : O_RDONLY, &st);

    if (fd < 0) {
        return -1;
    }
    int failed = fcntl(fd, F_SETLK, &whole) == 0 ? 0 : errno;
    if (failed == 0 && is_current(f, fd)) {
        return fd;
    }
    close(fd);
    errno = failed == 0 || failed == EACCES || failed == EINTR ? EAGAIN : failed;
    return -1;
}

int journal_file_lock(struct journal_file *f, bool write, struct error *err)
{
    struct deadline deadline = clock_deadline(write ? LOCK_WAIT : LOCK_WAIT_READ);
    unsigned long turn = (unsigned long)getpid();

    if (folder_gone(f)) {
        close(f->dir);
        f->dir = -1;
    }
    if (f->dir < 0 && enter(f, write, err) != 0) {
        return -1;
    }
    while (f->dir >= 0 && (f->lock = try_lock(f, write)) < 0) {
        if (errno == EAGAIN && clock_left(&deadline, 1) > 0) {
            /* 0.2 to 3.4 ms, so that those who wait do not keep in step */
            turn = turn * 1103515245 + 12345;
            struct timespec nap = {.tv_nsec = (long)(200000 + (turn >> 8) % 3200000)};
            nanosleep(&nap, NULL);
            continue;
        }
        if (!write) {
            return 0;
        }
        return errno != EAGAIN
                   ? journal_file_cannot_write(f, errno, err)
                   : error_set(err, EXIT_OUTPUT,
                               "cannot write the task journal '%s': another process has held its "
                               "lock for %.0f s; end or continue that sdctl, then try again",
                               f->path, LOCK_WAIT);
    }
    return 0;
}

void journal_file_unlock(struct journal_file *f)
{
    if (f->lock >= 0) {
        close(f->lock); /* which also lets go */
        f->lock = -1;
    }
}
