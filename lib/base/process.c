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

void process_mark(long pid, char mark[PROCESS_MARK_MAX])
{
    char path[64], stat[1024], boot[64];

    mark[0] = '\0';
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    read_small(path, stat, sizeof stat);
    read_small("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
    boot[strcspn(boot, "\n")] = '\0';
    /* proc(5): field 2 is the name in brackets, which may hold anything; the start is field 22 */
    const char *at = strrchr(stat, ')');
    for (int field = 2; at != NULL && field < 22; field++) {
        at = strchr(at + 1, ' ');
    }
    if (at != NULL) {
        snprintf(mark, PROCESS_MARK_MAX, "%.36s %.*s", boot, (int)strcspn(at + 1, " "), at + 1);
    }
}

bool process_lives(long pid, const char *mark)
{
    char now[PROCESS_MARK_MAX];

    if (pid <= 0 || pid > INT_MAX || (kill((pid_t)pid, 0) != 0 && errno == ESRCH)) {
        return false;
    }
    process_mark(pid, now);
    return mark == NULL || *mark == '\0' || now[0] == '\0' || strcmp(mark, now) == 0;
}
