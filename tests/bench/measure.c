/*
 * Runs a command and measures it:  measure FILE COMMAND ARGUMENT...
 *
 * Writes wall and CPU time in microseconds and the peak memory in KiB, its children's too, to FILE,
 * and ends with the command's status. A program of its own because a process starts with the peak
 * memory of the one that forked it: an interpreter's would hide a small one's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static long long micros(struct timeval t)
{
    return t.tv_sec * 1000000LL + t.tv_usec;
}

int main(int argc, char **argv)
{
    struct rusage used;
    int status;

    if (argc < 3) {
        fprintf(stderr, "usage: measure FILE COMMAND ARGUMENT...\n");
        return 2;
    }
    long long start = now();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return 2;
    }
    long long wall = now() - start;
    FILE *out = fopen(argv[1], "w");
    /* The one child was waited for: these are its figures. */
    if (out == NULL || getrusage(RUSAGE_CHILDREN, &used) != 0 ||
        fprintf(out, "%lld %lld %ld\n", wall, micros(used.ru_utime) + micros(used.ru_stime),
                used.ru_maxrss) < 0 ||
        fclose(out) != 0) {
        return 2;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
