#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/libsodium.h"
#include "base/text.h"

extern char **environ;

int secret_set(struct secret *s, const char *bytes, size_t n, const char *origin, struct error *err)
{
    *s = (struct secret){0};
    if (n > 0 && bytes[n - 1] == '\n') {
        n--;
    }
    if (n > 0 && bytes[n - 1] == '\r') {
        n--;
    }
    if (n == 0 || n > SECRET_MAX) {
        return error_set(err, EXIT_KEY, "the key from %s is %s", origin,
                         n == 0 ? "empty" : "longer than 4096 characters");
    }
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] < 0x21 || bytes[i] > 0x7e) {
            return error_set(err, EXIT_KEY,
                             "the key from %s has a space, a line end or another character that is "
                             "not printable ASCII",
                             origin);
        }
    }
    if (libsodium_load(err) != 0) {
        return -1;
    }
    s->bytes = libsodium.malloc(n + 1);
    if (s->bytes == NULL) {
        return error_memory(err, "storing a key");
    }
    memcpy(s->bytes, bytes, n);
    s->bytes[n] = '\0';
    s->len = n;
    libsodium.mprotect_readonly(s->bytes);
    return 0;
}

/* Waits until a descriptor has something to read; false when the deadline comes first. */
static bool await_key(int fd, const struct deadline *deadline)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    for (;;) {
        int64_t left = clock_left(deadline, 60000);
        int ready = poll(&p, 1, (int)left);
        if (ready > 0 || (ready < 0 && errno != EINTR)) {
            return true; /* read() tells what is wrong */
        }
        if (left == 0) {
            return false;
        }
    }
}

/* Reads what a descriptor has, at most SECRET_MAX + 3 bytes, into guarded memory, and makes a key
 * of it: one byte more than a key and its line end may have, so that a longer one is noticed. */
static int read_key(struct secret *s, int fd, const char *origin, const struct deadline *deadline,
                    struct error *err)
{
    const size_t cap = SECRET_MAX + 3;
    size_t n = 0;
    int result;

    if (libsodium_load(err) != 0) {
        return -1;
    }
    char *bytes = libsodium.malloc(cap);
    if (bytes == NULL) {
        return error_memory(err, "reading a key");
    }
    while (n < cap) {
        if (!await_key(fd, deadline)) {
            result = error_set(err, EXIT_DEADLINE, "%s did not end in time with the key", origin);
            goto out;
        }
        ssize_t got = read(fd, bytes + n, cap - n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            result = error_set(err, EXIT_KEY, "cannot read the key from %s: %s", origin,
                               strerror(errno));
            goto out;
        }
        if (got == 0) {
            break;
        }
        n += (size_t)got;
    }
    result = secret_set(s, bytes, n, origin, err);
out:
    libsodium.free(bytes);
    return result;
}

int secret_read_file(struct secret *s, const char *path, const struct deadline *deadline,
                     bool *readable, struct error *err)
{
    struct stat st;

    *s = (struct secret){0};
    *readable = false;
    if (strcmp(path, "-") == 0) {
        return read_key(s, STDIN_FILENO, "standard input", deadline, err);
    }
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return error_set(err, EXIT_KEY, "cannot open key file '%s': %s", path, strerror(errno));
    }
    int result = -1;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        error_set(err, EXIT_KEY, "cannot read key file '%s': not a regular file", path);
    } else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        error_set(err, EXIT_KEY,
                  "will not use key file '%s': others can write to it; run chmod 600 on it", path);
    } else {
        *readable = (st.st_mode & (S_IRGRP | S_IROTH)) != 0;
        result = read_key(s, fd, "the key file", deadline, err);
    }
    close(fd);
    return result;
}

/* The environment without SDCTL_API_KEY; the array is on the heap, the strings are not copied. */
static char **helper_environment(void)
{
    static const char key[] = "SDCTL_API_KEY=";
    size_t n = 0, kept = 0;

    while (environ[n] != NULL) {
        n++;
    }
    char **env = calloc(n + 1, sizeof *env);
    for (size_t i = 0; env != NULL && i < n; i++) {
        if (strncmp(environ[i], key, sizeof key - 1) != 0) {
            env[kept++] = environ[i];
        }
    }
    if (env != NULL) {
        env[kept] = NULL;
    }
    return env;
}

/* Starts `sh -c command` with its standard output on `out`; standard input and error are ours. */
static int spawn_helper(const char *command, int out, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char sh[] = "sh", dash_c[] = "-c";
    char *copy = strdup(command);
    char **env = helper_environment();
    sigset_t ignored; /* by us, which is not the helper's wish */
    int failed = ENOMEM;

    sigemptyset(&ignored);
    sigaddset(&ignored, SIGPIPE);
    sigaddset(&ignored, SIGXFSZ);
    if (copy != NULL && env != NULL && posix_spawn_file_actions_init(&actions) == 0) {
        failed = posix_spawnattr_init(&attributes);
        if (failed == 0) {
            posix_spawnattr_setsigdefault(&attributes, &ignored);
            posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
            failed = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
            failed = failed != 0 ? failed
                                 : posix_spawn(pid, "/bin/sh", &actions, &attributes,
                                               (char *[]){sh, dash_c, copy, NULL}, env);
            posix_spawnattr_destroy(&attributes);
        }
        posix_spawn_file_actions_destroy(&actions);
    }
    free(copy);
    free(env);
    return failed;
}

/* Waits for the helper's end; kills it at the deadline and says false. */
static bool await_helper(pid_t pid, const struct deadline *deadline, int *status)
{
    const struct timespec nap = {.tv_nsec = 5000000};
    pid_t ended;

    while ((ended = waitpid(pid, status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
        if (clock_left(deadline, 1) == 0) {
            kill(pid, SIGKILL);
            waitpid(pid, status, 0);
            return false;
        }
        nanosleep(&nap, NULL);
    }
    return true;
}

int secret_run_helper(struct secret *s, const char *command, const struct deadline *deadline,
                      struct error *err)
{
    int ends[2], status = 0;
    pid_t pid;

    *s = (struct secret){0};
    if (pipe(ends) != 0) {
        return error_set(err, EXIT_KEY, "cannot run the key helper: %s", strerror(errno));
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    int failed = spawn_helper(command, ends[1], &pid);
    close(ends[1]);
    if (failed != 0) {
        close(ends[0]);
        return error_set(err, EXIT_KEY, "cannot run the key helper: %s", strerror(failed));
    }
    int result = read_key(s, ends[0], "the key helper", deadline, err);
    close(ends[0]);
    if (!await_helper(pid, deadline, &status)) {
        secret_release(s);
        return error_set(err, EXIT_DEADLINE, "the key helper did not end in time");
    }
    int ended = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (ended != 0 && !(result != 0 && ended == 128 + SIGPIPE)) { /* we stopped reading */
        secret_release(s);
        return error_set(err, EXIT_KEY, "the key helper failed with status %d", ended);
    }
    return result;
}

void secret_hide(const struct secret *s, char *text)
{
    const int variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    char coded[sodium_base64_ENCODED_LEN(SECRET_MAX, sodium_base64_VARIANT_ORIGINAL)];

    if (s == NULL || s->bytes == NULL || text == NULL) {
        return;
    }
    text_hide(text, s->bytes, s->len);
    const char *password = strchr(s->bytes, ':');
    if (password != NULL) {
        text_hide(text, password + 1, strlen(password + 1));
    }
    libsodium.bin2base64(coded, sizeof coded, (const unsigned char *)s->bytes, s->len, variant);
    text_hide(text, coded, strlen(coded));
    libsodium.memzero(coded, sizeof coded);
}

void secret_release(struct secret *s)
{
    if (s != NULL) {
        if (s->bytes != NULL) {
            libsodium.free(s->bytes);
        }
        *s = (struct secret){0};
    }
}
