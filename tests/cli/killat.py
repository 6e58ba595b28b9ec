"""A library to preload that kills a process with SIGKILL at its n-th system call of those that leave
a trace: what is written, synced, named, removed, connected to or sent."""

import os
import subprocess

import clean

SOURCE = rb"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int turn, goal = -2, half, trace = -1;

static void end(void) { syscall(SYS_kill, syscall(SYS_getpid), SIGKILL); }

/* Whether it is this call's turn. Without a goal all calls are only written down. */
static int due(const char *name)
{
    if (goal == -2) {
        const char *at = getenv("KILL_AT"), *list = getenv("KILL_TRACE");
        goal = at ? atoi(at) : -1;
        half = getenv("KILL_HALF") != NULL;
        if (list)
            trace = (int)syscall(SYS_openat, AT_FDCWD, list, O_WRONLY | O_APPEND | O_CREAT, 0600);
    }
    if (trace >= 0) {
        syscall(SYS_write, trace, name, strlen(name));
        syscall(SYS_write, trace, "\n", 1L);
    }
    return ++turn == goal;
}

static void kill_at(const char *name)
{
    if (due(name))
        end();
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    if (due("write")) {
        if (half && n > 1)
            syscall(SYS_write, fd, bytes, n / 2);
        end();
    }
    return syscall(SYS_write, fd, bytes, n);
}
ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
    if (due("send")) {
        if (half && n > 1)
            syscall(SYS_sendto, fd, bytes, n / 2, flags | MSG_NOSIGNAL, NULL, 0);
        end();
    }
    return syscall(SYS_sendto, fd, bytes, n, flags, NULL, 0);
}
/* Looks for a process, slowly if that is wanted. */
int kill(pid_t pid, int number)
{
    const char *slow = getenv("KILL_SLOW");
    if (slow && number == 0)
        usleep((useconds_t)atoi(slow) * 1000);
    return (int)syscall(SYS_kill, pid, number);
}
int fsync(int fd) { kill_at("fsync"); return (int)syscall(SYS_fsync, fd); }
int ftruncate(int fd, off_t n) { kill_at("ftruncate"); return (int)syscall(SYS_ftruncate, fd, n); }
int connect(int fd, const struct sockaddr *to, socklen_t n)
{
    kill_at("connect");
    return (int)syscall(SYS_connect, fd, to, n);
}
int link(const char *from, const char *to)
{
    kill_at("link");
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int linkat(int a, const char *from, int b, const char *to, int flags)
{
    kill_at("linkat");
    return (int)syscall(SYS_linkat, a, from, b, to, flags);
}
int rename(const char *from, const char *to)
{
    kill_at("rename");
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat(int a, const char *from, int b, const char *to)
{
    kill_at("renameat");
    return (int)syscall(SYS_renameat2, a, from, b, to, 0);
}
int unlink(const char *path) { kill_at("unlink"); return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0); }
int unlinkat(int fd, const char *path, int flags)
{
    kill_at("unlinkat");
    return (int)syscall(SYS_unlinkat, fd, path, flags);
}
int mkdir(const char *path, mode_t mode)
{
    kill_at("mkdir");
    return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

#define OPENS(name, dir, ...)                                                                      \
    {                                                                                              \
        va_list rest;                                                                              \
        int mode = 0;                                                                              \
        if (flags & (O_CREAT | __O_TMPFILE)) {                                                     \
            va_start(rest, flags);                                                                 \
            mode = va_arg(rest, int);                                                              \
            va_end(rest);                                                                          \
            kill_at(name);                                                                         \
        }                                                                                          \
        return (int)syscall(SYS_openat, dir, path, flags, mode);                                   \
    }
int open(const char *path, int flags, ...) OPENS("open", AT_FDCWD)
int open64(const char *path, int flags, ...) OPENS("open", AT_FDCWD)
int openat(int dir, const char *path, int flags, ...) OPENS("openat", dir)
int openat64(int dir, const char *path, int flags, ...) OPENS("openat", dir)
"""


def build(folder):
    """The library, or None without a compiler."""
    library = os.path.join(folder, "killat.so")
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, "-x", "c", "-"], input=SOURCE,
                       check=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return library


def environment(library, at=None, half=False, trace=None, slow=None):
    """Variables for a process that is killed before its at-th call, or half-way through it; that
    takes `slow` ms to find out whether another one lives."""
    env = {"LD_PRELOAD": library}
    if clean.SANITIZED:
        env["ASAN_OPTIONS"] = "exitcode=99:detect_leaks=0:verify_asan_link_order=0"
    if at is not None:
        env["KILL_AT"] = str(at)
    if half:
        env["KILL_HALF"] = "1"
    if slow is not None:
        env["KILL_SLOW"] = str(slow)
    if trace is not None:
        env["KILL_TRACE"] = trace
    return env


def calls(bed, library, args, at=None):
    """Runs it, and the names of its calls: of a whole run, or up to the one that it is killed at."""
    trace = bed.folder.path("trace")
    r = bed.run(*args, env=environment(library, at, trace=trace))
    with open(trace, encoding="ascii") as f:
        names = f.read().split()
    os.unlink(trace)
    return r, names
