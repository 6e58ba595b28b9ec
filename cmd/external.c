#include "cmd/external.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_CAP 4096

static bool is_name(const char *name)
{
    return *name != '\0' && *name != '-' && strlen(name) < 64 &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* Tries one folder; returns when the program is not there. */
static void try_folder(const char *folder, size_t n, const char *name, char **argv, int *errnum)
{
    char path[PATH_CAP];

    if (n == 0 || *folder != '/' || n > sizeof path - 80) {
        return;
    }
    snprintf(path, sizeof path, "%.*s/sdctl-%s", (int)n, folder, name);
    if (access(path, X_OK) == 0) {
        execv(path, argv);
        *errnum = errno;
    }
}

static void try_own_folder(const char *name, char **argv, int *errnum)
{
    char self[PATH_CAP];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    if (n > 0) {
        self[n] = '\0';
        char *slash = strrchr(self, '/');
        try_folder(self, slash == NULL ? 0 : (size_t)(slash - self), name, argv, errnum);
    }
}

void external_run(const char *name, char **argv, int *errnum)
{
    const char *exec_path = getenv("SDCTL_EXEC_PATH");
    const char *path = getenv("PATH");

    *errnum = 0;
    if (!is_name(name)) {
        return;
    }
    if (exec_path != NULL) {
        try_folder(exec_path, strlen(exec_path), name, argv, errnum);
    }
    try_folder(SDCTL_LIBEXECDIR, strlen(SDCTL_LIBEXECDIR), name, argv, errnum);
    try_own_folder(name, argv, errnum);
    while (path != NULL && *path != '\0') {
        size_t n = strcspn(path, ":");
        try_folder(path, n, name, argv, errnum);
        path += n + (path[n] == ':');
    }
}
