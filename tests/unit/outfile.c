#include "base/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

/* Runs inside a folder of its own. */

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0) {
        abort();
    }
}

static bool holds(const char *path, const char *text)
{
    char got[256];
    FILE *f = fopen(path, "r");
    size_t n = f != NULL ? fread(got, 1, sizeof got, f) : 0;

    if (f != NULL) {
        fclose(f);
    }
    return f != NULL && n == strlen(text) && memcmp(got, text, n) == 0;
}

/* Names in a folder, hidden ones too. */
static size_t count(const char *folder)
{
    DIR *d = opendir(folder);
    size_t n = 0;

    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    }
    if (d != NULL) {
        closedir(d);
    }
    return n;
}

/* Writes "new" to a path; the commit's result. */
static int write_new(const char *path, bool force, bool *exists, struct error *err)
{
    struct outfile f = OUTFILE_INIT;

    *exists = false;
    int result = outfile_open(&f, path, err);
    if (result == 0) {
        result = outfile_write(&f, "new", 3, path, err);
    }
    if (result == 0) {
        result = outfile_commit(&f, path, force, true, exists, err);
    }
    outfile_discard(&f);
    return result;
}

static void check_plain(void)
{
    struct error err;
    struct stat st;
    bool exists;
    mode_t masks[] = {022, 077, 0, 0177};

    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        umask(masks[i]);
        CHECK(write_new("d/a", false, &exists, &err) == 0 && holds("d/a", "new"), "a new file");
        CHECK(stat("d/a", &st) == 0 && (st.st_mode & 07777) == (0666 & ~masks[i]), "mode %o",
              (unsigned)st.st_mode);
        CHECK(count("d") == 1, "nothing besides");
        unlink("d/a");
    }
    umask(022);
    struct outfile f = OUTFILE_INIT;
    CHECK(outfile_open(&f, "d/a", &err) == 0 && outfile_write(&f, "x", 1, "d/a", &err) == 0 &&
              access("d/a", F_OK) != 0,
          "nothing is there before the commit");
    outfile_discard(&f);
    outfile_discard(&f);
    CHECK(count("d") == 0, "nothing is left after a discard");
    CHECK(outfile_open(&f, "d/", &err) == 0, "a folder as the place");
    CHECK(outfile_commit(&f, "d/named", false, false, &exists, &err) == 0 && holds("d/named", ""),
          "a name chosen later");
    unlink("d/named");
}

static void check_existing(void)
{
    struct error err;
    struct stat before, after;
    bool exists;

    put("d/a", "old");
    CHECK(write_new("d/a", false, &exists, &err) != 0 && exists && err.code == EXIT_OUTPUT &&
              holds("d/a", "old"),
          "an existing file is kept");
    CHECK(link("d/a", "d/hard") == 0, "a hard link");
    CHECK(write_new("d/a", true, &exists, &err) == 0 && holds("d/a", "new") &&
              holds("d/hard", "old"),
          "force replaces the name, not what a hard link shares");
    unlink("d/hard");
    put("target", "old");
    CHECK(symlink("../target", "d/link") == 0 && lstat("d/link", &before) == 0, "a link");
    for (int force = 0; force < 2; force++) {
        CHECK(write_new("d/link", force, &exists, &err) != 0 && holds("target", "old") &&
                  lstat("d/link", &after) == 0 && after.st_ino == before.st_ino,
              "nothing is written through a link");
    }
    unlink("target");
    CHECK(write_new("d/link", true, &exists, &err) != 0 && access("target", F_OK) != 0,
          "nor through one that leads nowhere");
    CHECK(mkfifo("d/fifo", 0600) == 0 && mkdir("d/folder", 0700) == 0, "a FIFO and a folder");
    CHECK(write_new("d/fifo", true, &exists, &err) != 0, "a FIFO is kept");
    CHECK(write_new("d/folder", true, &exists, &err) != 0, "a folder is kept");
    CHECK(write_new("/dev/null", true, &exists, &err) != 0, "a device is kept");
    CHECK(outfile_check("d/a", true, &err) == 0 && outfile_check("d/b", false, &err) == 0,
          "may be");
    CHECK(outfile_check("d/a", false, &err) != 0 && outfile_check("d/link", true, &err) != 0 &&
              outfile_check("d/fifo", true, &err) != 0 &&
              outfile_check("d/folder", true, &err) != 0 &&
              outfile_check("/dev/full", true, &err) != 0,
          "may not be");
    CHECK(count("d") == 4, "nothing besides");
    unlink("d/a");
    unlink("d/link");
    unlink("d/fifo");
    rmdir("d/folder");
}

/* A name that was taken between the check and the commit: another one can be tried. */
static void check_taken(void)
{
    struct outfile f = OUTFILE_INIT;
    struct error err;
    bool exists;

    CHECK(outfile_open(&f, "d/a", &err) == 0 && outfile_write(&f, "new", 3, "d/a", &err) == 0,
          "open");
    put("d/a", "old");
    CHECK(outfile_commit(&f, "d/a", false, false, &exists, &err) != 0 && exists, "taken");
    CHECK(outfile_commit(&f, "d/b", false, false, &exists, &err) == 0 && holds("d/b", "new") &&
              holds("d/a", "old"),
          "the next name");
    outfile_discard(&f);
    unlink("d/a");
    unlink("d/b");
}

static void check_places(void)
{
    static const char *const bad[] = {"no/a", "no/", "plain/a", "/proc/a", "", "d/no/a"};
    struct error err;
    bool exists;
    char long_name[300];

    put("plain", "x");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK((*bad[i] == '\0' || outfile_check(bad[i], false, &err) != 0) &&
                  write_new(bad[i], false, &exists, &err) != 0 && err.code == EXIT_OUTPUT,
              "'%s' cannot be written", bad[i]);
    }
    memset(long_name, 'n', sizeof long_name);
    memcpy(long_name, "d/", 2);
    long_name[2 + 256] = '\0';
    CHECK(outfile_check(long_name, false, &err) != 0 && err.code == EXIT_OUTPUT, "256 bytes");
    long_name[2 + 255] = '\0';
    CHECK(outfile_check(long_name, false, &err) == 0 &&
              write_new(long_name, false, &exists, &err) == 0,
          "255 bytes");
    unlink(long_name);
    unlink("plain");
    CHECK(count("d") == 0, "nothing is left");
}

/* A write that fails in the middle: an error, and the old file is whole. */
static void check_full(void)
{
    struct rlimit before, small = {.rlim_cur = 1000, .rlim_max = RLIM_INFINITY};
    struct outfile f = OUTFILE_INIT;
    struct error err;
    char block[4096] = "";

    put("d/a", "old");
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small.rlim_max = before.rlim_max;
    CHECK(outfile_open(&f, "d/a", &err) == 0, "open");
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK(outfile_write(&f, block, sizeof block, "d/a", &err) != 0 && err.code == EXIT_OUTPUT &&
              strstr(err.text, "d/a") != NULL,
          "a file limit: %s", err.text);
    setrlimit(RLIMIT_FSIZE, &before);
    outfile_discard(&f);
    CHECK(holds("d/a", "old") && count("d") == 1, "the old file is whole, nothing is left");
    unlink("d/a");
    int fd = open("/dev/full", O_WRONLY);
    CHECK(fd < 0 || (outfile_write_all(fd, "x", 1) != 0 && errno == ENOSPC), "a full disk");
    close(fd);
}

static void check_scratch(void)
{
    static const char *const bad[] = {"/nonexistent", "/etc/passwd"};
    struct error err;

    setenv("TMPDIR", "/tmp", 1);
    int fd = outfile_scratch(&err);
    CHECK(fd >= 0 && outfile_write_all(fd, "abc", 3) == 0, "a scratch file");
    close(fd);
    for (size_t i = 0; i < 2; i++) {
        setenv("TMPDIR", bad[i], 1);
        CHECK(outfile_scratch(&err) < 0 && err.code == EXIT_OUTPUT &&
                  strstr(err.text, "TMPDIR") != NULL,
              "TMPDIR=%s: %s", bad[i], err.text);
    }
    setenv("TMPDIR", "relative", 1);
    fd = outfile_scratch(&err);
    CHECK(fd >= 0, "a relative TMPDIR is not used");
    close(fd);
}

int main(void)
{
    char folder[] = "/tmp/sdctl-unit-XXXXXX";

    if (mkdtemp(folder) == NULL || chdir(folder) != 0 || mkdir("d", 0755) != 0) {
        perror(folder);
        return 1;
    }
    check_plain();
    check_existing();
    check_taken();
    check_places();
    check_full();
    check_scratch();
    CHECK(count("d") == 0 && rmdir("d") == 0 && rmdir(folder) == 0,
          "the folder is empty at the end");
    return unit_done("outfile");
}
