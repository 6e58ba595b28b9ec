#include "cmd/show_chafa.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/terminal.h"

#define PATH_CAP 4096
#define WAIT 10.0 /* seconds */

extern char **environ;

static char program[PATH_CAP];

bool show_chafa_find(void)
{
    const char *path = getenv("PATH");

    for (size_t n; path != NULL && *path != '\0'; path += n + (path[n] == ':')) {
        n = strcspn(path, ":");
        if (n > 0 && *path == '/' && n < sizeof program - sizeof "/chafa") {
            snprintf(program, sizeof program, "%.*s/chafa", (int)n, path);
            if (access(program, X_OK) == 0) {
                return true;
            }
        }
    }
    program[0] = '\0';
    return false;
}

/* Whether a variable is one that it needs: keys may be in any other one. */
static bool is_passed(const char *variable)
{
    static const char *const names[] = {"COLORTERM",
                                        "HOME",
                                        "KITTY_PID",
                                        "KITTY_WINDOW_ID",
                                        "LANG",
                                        "LC_ALL",
                                        "LC_CTYPE",
                                        "LC_TERMINAL",
                                        "LD_LIBRARY_PATH",
                                        "PATH",
                                        "TERM",
                                        "TERM_PROGRAM",
                                        "TMPDIR",
                                        "TMUX",
                                        "VTE_VERSION",
                                        "WEZTERM_PANE",
                                        "XDG_CONFIG_HOME"};
    size_t n = strcspn(variable, "=");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) == n && memcmp(names[i], variable, n) == 0) {
            return true;
        }
    }
    return false;
}

/* The environment that it gets; the array is on the heap, the strings are not copied. */
static char **environment(void)
{
    size_t n = 0, kept = 0;

    while (environ[n] != NULL) {
        n++;
    }
    char **env = calloc(n + 1, sizeof *env);
    for (size_t i = 0; env != NULL && i < n; i++) {
        if (is_passed(environ[i])) {
            env[kept++] = environ[i];
        }
    }
    return env;
}

static bool await(pid_t pid)
{
    const struct deadline deadline = clock_deadline(WAIT);
    const struct timespec nap = {.tv_nsec = 2000000};
    pid_t ended;
    int status = 0;

    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
        if (clock_left(&deadline, 1) == 0) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return false;
        }
        nanosleep(&nap, NULL);
    }
    return ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Starts it with the file on standard input and standard error on standard output. */
static int spawn(char **argv, char **env, int fd, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t ignored; /* by us, which is not its wish */

    sigemptyset(&ignored);
    sigaddset(&ignored, SIGPIPE);
    sigaddset(&ignored, SIGXFSZ);
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed != 0) {
        return failed;
    }
    failed = posix_spawnattr_init(&attributes);
    if (failed == 0) {
        posix_spawnattr_setsigdefault(&attributes, &ignored);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
        failed = posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
        failed = failed != 0
                     ? failed
                     : posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
        failed = failed != 0 ? failed
                             : posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
                                                                "/dev/null", O_WRONLY, 0);
        failed = failed != 0 ? failed : posix_spawn(pid, program, &actions, &attributes, argv, env);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

bool show_chafa_run(int fd, int cols, int rows)
{
    char name[] = "chafa", size[48], still[] = "--animate=off", plain[] = "--colors=none",
         input[] = "-";
    char *argv[] = {name, size, still, input, NULL, NULL};
    char **env = environment();
    off_t offset = lseek(fd, 0, SEEK_CUR);
    bool shown = false;
    pid_t pid;

    snprintf(size, sizeof size, "--size=%dx%d", cols, rows);
    if (!terminal_colour()) {
        argv[3] = plain;
        argv[4] = input;
    }
    if (program[0] != '\0' && env != NULL && offset >= 0 && lseek(fd, 0, SEEK_SET) == 0) {
        shown = spawn(argv, env, fd, &pid) == 0 && await(pid);
        lseek(fd, offset, SEEK_SET);
    }
    free(env);
    return shown;
}
