#ifndef SDCTL_CONVERT_WINDOW_H
#define SDCTL_CONVERT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * The part of an input that is in memory: the request being read, from `start` on, and what follows
 * it. Of a string that is longer than the window, the greater part is cut out of the text and stays
 * in the input file (in an anonymous copy, when the input is a pipe), so that memory does not grow
 * with pictures. Offsets of a request are counted from `start` and stay valid while it is read.
 */

#define WINDOW_TEXT_MAX (16UL * 1024 * 1024) /* a request besides what was cut out, in bytes */

/* A piece of a string that is not in the text. */
struct window_cut {
    size_t at;       /* it stood before this offset of the request */
    uint64_t offset; /* in the file that window_cut_fd() names */
    uint64_t n;
};

struct window {
    int fd;         /* borrowed */
    char name[256]; /* as errors spell it: 'params.json', or standard input */
    bool seekable;
    char *buf;
    size_t cap;   /* without the slack behind it */
    size_t start; /* of the request */
    char *limit;  /* end of what was read; a NUL stands there, and slack for wide loads */
    bool eof;
    uint64_t base;      /* position in the input that buf[0] would have, as seen from the scanner */
    uint64_t line;      /* of the scanner, from 1 */
    uint64_t line_base; /* position at which it began, plus the bytes that are not the first of a
                           character */
    struct window_cut *cuts;
    size_t n_cuts, cuts_cap;
    int scratch; /* anonymous file, or -1 */
    uint64_t scratch_n;
    bool was_cut;                  /* pieces of this input had to be read twice */
    uint64_t taken;                /* bytes read from the input */
    int64_t size, mtime, mtime_ns; /* of a seekable input at its opening */
    /* Called before a read that may have to wait: the caller's output should not wait with it. */
    int (*idle)(void *ctx, struct error *err);
    void *idle_ctx;
};

/* An empty window; allocates nothing. */
void window_init(struct window *w);

/* Starts with an input; the buffer of the one before is used again. `path` is for errors, "-" is
 * standard input. EXIT_INPUT when it cannot be read at all. */
int window_open(struct window *w, int fd, const char *path, struct error *err);

/*
 * Reads more. p is the scanner's place; the same place is returned, or NULL with err set. At the
 * end of the input `eof` is set and p is still `limit`. When p stands in a string that may be cut
 * its first character is at offset `string` of the request, else `string` is SIZE_MAX.
 */
char *window_more(struct window *w, char *p, size_t string, struct error *err);

/* The request begins at p; cuts of the one before are forgotten. */
void window_begin(struct window *w, char *p);

/* The text of the request. */
static inline char *window_text(const struct window *w)
{
    return w->buf + w->start;
}

/* Column of p, in characters from 1. */
static inline uint64_t window_column(const struct window *w, const char *p)
{
    return w->base + (uint64_t)(p - w->buf) - w->line_base + 1;
}

/* Whether anything was cut out of n bytes at `at`. */
bool window_is_cut(const struct window *w, size_t at, size_t n);

/* Calls sink for n bytes of the request at `at`, cut pieces included, in order and in slices.
 * `room` holds cap bytes for what has to be read back. */
int window_each(const struct window *w, size_t at, size_t n, char *room, size_t cap,
                int (*sink)(void *ctx, const char *bytes, size_t n, struct error *err), void *ctx,
                struct error *err);

/* After the end: EXIT_INPUT when pieces were left in a file that has changed since. */
int window_check(const struct window *w, struct error *err);

/* Frees the buffers. NULL-safe. */
void window_release(struct window *w);

#endif
