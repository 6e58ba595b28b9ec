/*
 * Measures how long small programs take:  start ROUNDS COMMAND ARGUMENT... [-- COMMAND ...]...
 *
 * Runs all commands in turn, ROUNDS times after a first one that does not count, with standard
 * input and output at /dev/null, and prints a line for each: the medians of wall and CPU time in
 * microseconds. posix_spawn() by a small program, because the fork of a large one would be part of
 * the figure.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 32

struct row {
    char **argv;
    long long *wall, *cpu;
};

extern char **environ;

static long long now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Microseconds of CPU time that all children have taken. */
static long long used(void)
{
    struct rusage u;

    getrusage(RUSAGE_CHILDREN, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000LL + u.ru_utime.tv_usec +
           u.ru_stime.tv_usec;
}

/* Runs one command; its CPU time is the growth of that of all children. */
static int run(const struct row *row, const posix_spawn_file_actions_t *actions, int round)
{
    long long before = used(), start = now();
    pid_t child;
    int status;

    if (posix_spawnp(&child, row->argv[0], actions, NULL, row->argv, environ) != 0 ||
        waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "start: %s does not run\n", row->argv[0]);
        return -1;
    }
    row->wall[round] = now() - start;
    row->cpu[round] = used() - before;
    return 0;
}

static int compare(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;

    return (x > y) - (x < y);
}

static long long median(long long *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, compare);
    return v[n / 2];
}

/* Splits the arguments at "--"; how many commands there are. */
static int split(int argc, char **argv, struct row *rows, int rounds)
{
    int n = 0;

    for (int i = 2; i < argc && n < COMMANDS_MAX; n++) {
        rows[n].argv = argv + i;
        rows[n].wall = calloc((size_t)rounds + 1, sizeof *rows[n].wall);
        rows[n].cpu = calloc((size_t)rounds + 1, sizeof *rows[n].cpu);
        while (i < argc && strcmp(argv[i], "--") != 0) {
            i++;
        }
        if (i < argc) {
            argv[i++] = NULL;
        }
    }
    return n;
}

int main(int argc, char **argv)
{
    struct row rows[COMMANDS_MAX] = {0};
    posix_spawn_file_actions_t actions;
    int rounds = argc > 2 ? atoi(argv[1]) : 0;
    int n = rounds > 0 ? split(argc, argv, rows, rounds) : 0;

    if (n == 0 || posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) != 0) {
        fprintf(stderr, "usage: start ROUNDS COMMAND ARGUMENT... [-- COMMAND ...]...\n");
        return 2;
    }
    for (int round = 0; round <= rounds; round++) {
        for (int i = 0; i < n; i++) {
            if (run(&rows[i], &actions, round) != 0) {
                return 1;
            }
        }
    }
    for (int i = 0; i < n; i++) {
        printf("%lld %lld\n", median(rows[i].wall + 1, rounds) / 1000,
               median(rows[i].cpu + 1, rounds));
    }
    return 0;
}
