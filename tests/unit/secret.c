#include "base/secret.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

static const char *path = "key";

static void check_set(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *key; /* NULL: refused */
    } rows[] = {
        {"abc", 3, "abc"},    {"abc\n", 4, "abc"},   {"abc\r\n", 5, "abc"}, {"a:b", 3, "a:b"},
        {"!~", 2, "!~"},      {"", 0, NULL},         {"\n", 1, NULL},       {"\r\n", 2, NULL},
        {"abc\n\n", 5, NULL}, {"abc\r", 4, "abc"},   {"a b", 3, NULL},      {" abc", 4, NULL},
        {"abc ", 4, NULL},    {"a\tb", 3, NULL},     {"a\nb", 3, NULL},     {"a\rb", 3, NULL},
        {"a\0b", 3, NULL},    {"a\x1b", 2, NULL},    {"a\x7f", 2, NULL},    {"a\x80", 2, NULL},
        {"a\xff", 2, NULL},   {"\xc3\xa9", 2, NULL},
    };
    struct secret s;
    struct error err;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int result = secret_set(&s, rows[i].bytes, rows[i].n, "test", &err);
        CHECK((result == 0) == (rows[i].key != NULL), "row %zu", i);
        CHECK(result != 0 || (strcmp(s.bytes, rows[i].key) == 0 && s.len == strlen(rows[i].key)),
              "row %zu: the key", i);
        CHECK(result == 0 || (err.code == EXIT_KEY && s.bytes == NULL), "row %zu: the error", i);
        secret_release(&s);
        secret_release(&s);
    }
    char *long_key = malloc(5000);
    memset(long_key, 'k', 5000);
    CHECK(secret_set(&s, long_key, SECRET_MAX, "test", &err) == 0, "4096 characters");
    secret_release(&s);
    CHECK(secret_set(&s, long_key, SECRET_MAX + 1, "test", &err) != 0, "4097 characters");
    free(long_key);
}

static void put(const char *text, size_t n, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, text, n) != (ssize_t)n || fchmod(fd, mode) != 0) {
        abort();
    }
    close(fd);
}

static void check_file(void)
{
    static const struct {
        mode_t mode;
        int result;
        bool readable;
    } rows[] = {{0600, 0, false}, {0400, 0, false},  {0640, 0, true},   {0604, 0, true},
                {0444, 0, true},  {0620, -1, false}, {0602, -1, false}, {0666, -1, false}};
    struct deadline deadline = clock_deadline(5);
    struct secret s;
    struct error err;
    bool readable;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put("a:b\n", 4, rows[i].mode);
        int result = secret_read_file(&s, path, &deadline, &readable, &err);
        CHECK(result == rows[i].result && readable == rows[i].readable, "mode %o",
              (unsigned)rows[i].mode);
        secret_release(&s);
    }
    unlink(path);
    CHECK(secret_read_file(&s, path, &deadline, &readable, &err) != 0 && err.code == EXIT_KEY,
          "none");
    CHECK(mkfifo(path, 0600) == 0 && secret_read_file(&s, path, &deadline, &readable, &err) != 0,
          "FIFO");
    unlink(path);
    CHECK(secret_read_file(&s, "/dev/zero", &deadline, &readable, &err) != 0, "/dev/zero");
    CHECK(secret_read_file(&s, ".", &deadline, &readable, &err) != 0, "a folder");
    char *text = malloc(8192);
    memset(text, 'k', 8192);
    for (size_t n = SECRET_MAX - 1; n <= SECRET_MAX + 4; n++) {
        put(text, n, 0600);
        CHECK((secret_read_file(&s, path, &deadline, &readable, &err) == 0) == (n <= SECRET_MAX),
              "%zu bytes", n);
        secret_release(&s);
        put(text, n - 2, 0600);
        int fd = open(path, O_WRONLY | O_APPEND);
        CHECK(write(fd, "\r\n", 2) == 2, "a line end");
        close(fd);
        CHECK((secret_read_file(&s, path, &deadline, &readable, &err) == 0) ==
                  (n - 2 <= SECRET_MAX),
              "%zu bytes and a line end", n - 2);
        secret_release(&s);
    }
    free(text);
    unlink(path);
}

static void check_helper(void)
{
    static const struct {
        const char *command, *key, *says;
    } rows[] = {
        {"printf 'a:b'", "a:b", NULL},
        {"echo a:b", "a:b", NULL},
        {"printf 'a:%s' \"$SDCTL_API_KEY\"", "a:", NULL},
        {"printf 'a:%s' \"$OTHER\"", "a:seen", NULL},
        {"true", NULL, "empty"},
        {"exit 3", NULL, "status 3"},
        {"echo a:b; exit 1", NULL, "status 1"},
        {"/no/such/program 2>/dev/null", NULL, "status 127"},
        {"kill -9 $$", NULL, "status 137"},
        {"echo 'a b'", NULL, "printable"},
        {"yes 2>/dev/null", NULL, "longer"},
        {"head -c 100000 /dev/zero | tr '\\0' k", NULL, "longer"},
    };
    struct deadline deadline = clock_deadline(20);
    struct secret s;
    struct error err;

    setenv("SDCTL_API_KEY", "hidden", 1);
    setenv("OTHER", "seen", 1);
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int result = secret_run_helper(&s, rows[i].command, &deadline, &err);
        CHECK((result == 0) == (rows[i].key != NULL) &&
                  (result == 0 ? strcmp(s.bytes, rows[i].key) == 0
                               : err.code == EXIT_KEY && strstr(err.text, rows[i].says) != NULL),
              "%s: %s", rows[i].command, result == 0 ? s.bytes : err.text);
        secret_release(&s);
    }
    static const char *const slow[] = {"exec sleep 20", "echo a:b; exec >&-; exec sleep 20"};
    for (size_t i = 0; i < 2; i++) {
        int64_t before = clock_ms();
        deadline = clock_deadline(0.3);
        CHECK(secret_run_helper(&s, slow[i], &deadline, &err) != 0 && err.code == EXIT_DEADLINE &&
                  clock_ms() - before < 2000,
              "%s", slow[i]);
        CHECK(s.bytes == NULL, "no key is left");
    }
}

static void check_stdin(void)
{
    struct deadline deadline = clock_deadline(0.3);
    struct secret s;
    struct error err;
    bool readable;
    int ends[2];

    if (pipe(ends) != 0 || dup2(ends[0], STDIN_FILENO) < 0) {
        abort();
    }
    CHECK(write(ends[1], "a:b\n", 4) == 4, "a key without an end");
    CHECK(secret_read_file(&s, "-", &deadline, &readable, &err) != 0 && err.code == EXIT_DEADLINE,
          "standard input that does not end");
    CHECK(write(ends[1], "a:b\n", 4) == 4, "a key");
    close(ends[1]);
    deadline = clock_deadline(5);
    CHECK(secret_read_file(&s, "-", &deadline, &readable, &err) == 0 && strcmp(s.bytes, "a:b") == 0,
          "standard input");
    secret_release(&s);
}

static void check_hide(void)
{
    struct secret s = {0};
    struct error err;
    char text[] = "user:s3cr3t s3cr3t dXNlcjpzM2NyM3Q= dXNlcjpz... user:";

    secret_hide(&s, text);
    secret_hide(NULL, text);
    CHECK(strstr(text, "s3cr3t") != NULL, "without a key nothing is hidden");
    CHECK(secret_set(&s, "user:s3cr3t", 11, "test", &err) == 0, "a key");
    secret_hide(&s, NULL);
    secret_hide(&s, text);
    CHECK(strcmp(text, "*********** ****** ***************= ********... *****") == 0, "%s", text);
    secret_release(&s);
}

int main(void)
{
    char folder[] = "/tmp/sdctl-unit-XXXXXX";

    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        perror(folder);
        return 1;
    }
    umask(0);
    check_set();
    check_file();
    check_helper();
    check_stdin();
    check_hide();
    CHECK(rmdir(folder) == 0, "the folder is empty at the end");
    return unit_done("secret");
}
