#ifdef __linux__
#define _GNU_SOURCE /* O_TMPFILE */
#endif

#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/random.h"

#define TEMP_MAX 64                 /* named temporaries at a time */
#define SPACE_LEAST (1024UL * 1024) /* free bytes below which a disk counts as full */

/* Names of the open named temporaries, for outfile_remove_all(). */
static char *volatile temps[TEMP_MAX];

static void temp_remember(char *name)
{
    for (size_t i = 0; i < TEMP_MAX; i++) {
        if (temps[i] == NULL) {
            temps[i] = name;
            return;
        }
    }
}

static void temp_forget(const char *name)
{
    for (size_t i = 0; i < TEMP_MAX; i++) {
        if (temps[i] == name) {
            temps[i] = NULL;
        }
    }
}

void outfile_remove_all(void)
{
    for (size_t i = 0; i < TEMP_MAX; i++) {
        if (temps[i] != NULL) {
            unlink(temps[i]);
        }
    }
}

/* The folder of path with its final slash ("./" when it names none), or NULL without memory. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path) + 1;

    return n == 0 ? strdup("./") : strndup(path, n);
}

static char *random_name(const char *dir)
{
    size_t cap = strlen(dir) + 32;
    char *name = malloc(cap), hex[17];
    uint8_t random[8];

    if (name != NULL) {
        random_bytes(random, sizeof random);
        hex_encode(hex, random, sizeof random);
        snprintf(name, cap, "%s.sdctl-%s.tmp", dir, hex);
    }
    return name;
}

/* Whether path may be replaced: nothing there, or a regular file under force. */
static int check_target(const char *path, bool force, bool *exists, struct error *err)
{
    struct stat st;

    *exists = false;
    if (lstat(path, &st) != 0) {
        return errno == ENOENT ? 0 : error_errno(err, EXIT_OUTPUT, "write", path, errno);
    }
    *exists = true;
    if (!S_ISREG(st.st_mode)) {
        return error_set(err, EXIT_OUTPUT,
                         "cannot write '%s': it exists and is not a regular file; choose another "
                         "name",
                         path);
    }
    if (!force) {
        return error_set(err, EXIT_OUTPUT,
                         "cannot write '%s': it exists; give --force to replace it, or another "
                         "name with -o",
                         path);
    }
    return 0;
}

int outfile_begin(struct outfile *f, const char *path, bool force, struct error *err)
{
    struct statvfs vfs;
    bool exists;
    size_t len = strlen(path);

    *f = (struct outfile)OUTFILE_INIT;
    if ((len == 0 || path[len - 1] != '/') && check_target(path, force, &exists, err) != 0) {
        return -1;
    }
    if (outfile_open(f, path, err) != 0) {
        return -1;
    }
    if (fstatvfs(f->fd, &vfs) == 0 && vfs.f_blocks > 0 &&
        vfs.f_bavail < SPACE_LEAST / (vfs.f_frsize > 0 ? vfs.f_frsize : 1)) {
        outfile_discard(f);
        return error_errno(err, EXIT_OUTPUT, "write", path, ENOSPC);
    }
    return 0;
}

int outfile_check(const char *path, bool force, struct error *err)
{
    struct outfile probe;

    if (outfile_begin(&probe, path, force, err) != 0) {
        return -1;
    }
    outfile_discard(&probe);
    return 0;
}

#ifdef O_TMPFILE
/* An anonymous file gets its name by way of /proc. */
static bool proc_is_there(void)
{
    static int known; /* 1: yes, -1: no */

    if (known == 0) {
        known = access("/proc/self/fd", X_OK) == 0 ? 1 : -1;
    }
    return known == 1;
}
#endif

int outfile_open(struct outfile *f, const char *path, struct error *err)
{
    *f = (struct outfile)OUTFILE_INIT;
    f->dir = folder_of(path);
    if (f->dir == NULL) {
        return error_memory(err, "opening a file");
    }
#ifdef O_TMPFILE
    if (proc_is_there()) {
        f->fd = open(f->dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
        if (f->fd >= 0) {
            return 0;
        }
    }
#endif
    f->temp = random_name(f->dir);
    if (f->temp == NULL) {
        outfile_discard(f);
        return error_memory(err, "opening a file");
    }
    f->fd = open(f->temp, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0666);
    if (f->fd < 0) {
        int saved = errno;
        free(f->temp);
        f->temp = NULL;
        outfile_discard(f);
        return error_errno(err, EXIT_OUTPUT, "write", path, saved);
    }
    temp_remember(f->temp);
    return 0;
}

int outfile_write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n > 0) {
        ssize_t wrote = write(fd, at, n);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            errno = wrote == 0 ? EIO : errno;
            return -1;
        }
        at += wrote;
        n -= (size_t)wrote;
    }
    return 0;
}

int outfile_write(struct outfile *f, const void *bytes, size_t n, const char *name,
                  struct error *err)
{
    return outfile_write_all(f->fd, bytes, n) == 0
               ? 0
               : error_errno(err, EXIT_OUTPUT, "write", name, errno);
}

/* Gives an anonymous file a name; the target must not exist. */
static int link_anonymous(const struct outfile *f, const char *path)
{
    char self[40];

    snprintf(self, sizeof self, "/proc/self/fd/%d", f->fd);
    return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

/* Makes sure that the file has a temporary name which can be renamed. */
static int name_temporary(struct outfile *f)
{
    if (f->temp != NULL) {
        return 0;
    }
    f->temp = random_name(f->dir);
    if (f->temp == NULL || link_anonymous(f, f->temp) != 0) {
        int saved = f->temp == NULL ? ENOMEM : errno;
        free(f->temp);
        f->temp = NULL;
        errno = saved;
        return -1;
    }
    temp_remember(f->temp);
    return 0;
}

/* Puts the file at path without replacing anything there. */
static int place_new(struct outfile *f, const char *path)
{
    if (f->temp == NULL) {
        return link_anonymous(f, path);
    }
    if (link(f->temp, path) == 0) {
        unlink(f->temp);
        return 0;
    }
    if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK) {
        return -1;
    }
    /* A file system without hard links: reserve the name, then rename over it. */
    int fd = open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0) {
        return -1;
    }
    close(fd);
    return rename(f->temp, path);
}

int outfile_commit(struct outfile *f, const char *path, bool force, bool sync, bool *exists,
                   struct error *err)
{
    if (check_target(path, force, exists, err) != 0) {
        return -1;
    }
    if (sync && fsync(f->fd) != 0) {
        return error_errno(err, EXIT_OUTPUT, "write", path, errno);
    }
    int placed =
        *exists ? (name_temporary(f) == 0 ? rename(f->temp, path) : -1) : place_new(f, path);
    if (placed != 0) {
        *exists = errno == EEXIST;
        return error_errno(err, EXIT_OUTPUT, "write", path, errno);
    }
    if (f->temp != NULL) {
        temp_forget(f->temp);
        free(f->temp);
        f->temp = NULL;
    }
    int closed = close(f->fd);
    f->fd = -1;
    if (closed != 0 && errno != EINTR) {
        int saved = errno;
        unlink(path);
        return error_errno(err, EXIT_OUTPUT, "write", path, saved);
    }
    outfile_discard(f);
    return 0;
}

void outfile_discard(struct outfile *f)
{
    if (f->fd >= 0) {
        close(f->fd);
    }
    if (f->temp != NULL) {
        unlink(f->temp);
        temp_forget(f->temp);
    }
    free(f->temp);
    free(f->dir);
    *f = (struct outfile)OUTFILE_INIT;
}

char *outfile_scratch_folder(void)
{
    const char *dir = getenv("TMPDIR");
    size_t n = dir == NULL ? 0 : strlen(dir);

    if (n == 0 || *dir != '/') {
        return strdup("/tmp/");
    }
    char *folder = malloc(n + 2);
    if (folder != NULL) {
        snprintf(folder, n + 2, "%s/", dir);
    }
    return folder;
}

int outfile_scratch(struct error *err)
{
    char *folder = outfile_scratch_folder();
    struct outfile f;

    if (folder == NULL) {
        return error_memory(err, "opening a temporary file");
    }
    int opened = outfile_open(&f, folder, err);
    free(folder);
    if (opened != 0) {
        return error_prefix(err, "no temporary file (TMPDIR): ");
    }
    int fd = f.fd;
    f.fd = -1;
    outfile_discard(&f);
    return fd;
}
