#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* The beginning of a small file of the kernel; "" when there is none. */
static void read_small(const char *path, char *to, size_t cap)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, to, cap - 1);

    to[n > 0 ? n : 0] = '\0';
    if (fd >= 0) {
        close(fd);
    }
}

/* What follows the name in /proc/PID/stat: " S 1 ..."; NULL where there is none. The name stands in
 * brackets and may hold anything, brackets included (proc(5)). */
static const char *read_stat(long pid, char *stat, size_t cap)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    read_small(path, stat, cap);
    const char *at = strrchr(stat, ')');
    return at != NULL ? at + 1 : NULL;
}

void process_mark(long pid, char mark[PROCESS_MARK_MAX])
{
    char stat[1024], boot[64];
    const char *at = read_stat(pid, stat, sizeof stat);

    mark[0] = '\0';
    read_small("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
    boot[strcspn(boot, "\n")] = '\0';
    /* the state is field 3, the time of the start is field 22 */
    for (int field = 3; at != NULL && field < 22; field++) {
        at = strchr(at + 1, ' ');
    }
    if (at != NULL) {
        snprintf(mark, PROCESS_MARK_MAX, "%.36s %.*s", boot, (int)strcspn(at + 1, " "), at + 1);
    }
}

/* Whether it has ended, and nobody has asked how. */
static bool is_zombie(long pid)
{
    char stat[1024];
    const char *at = read_stat(pid, stat, sizeof stat);

    return at != NULL && (strncmp(at, " Z", 2) == 0 || strncmp(at, " X", 2) == 0);
}

bool process_lives(long pid, const char *mark)
{
    char now[PROCESS_MARK_MAX];

    if (pid <= 0 || pid > INT_MAX || (kill((pid_t)pid, 0) != 0 && errno == ESRCH) ||
        is_zombie(pid)) {
        return false;
    }
    process_mark(pid, now);
    return mark == NULL || *mark == '\0' || now[0] == '\0' || strcmp(mark, now) == 0;
}
