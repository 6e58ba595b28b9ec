#include "convert/window.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outfile.h"

#define FIRST_CAP (256UL * 1024)
#define SLACK 64
#define READ_LEAST (64UL * 1024) /* room that a read should have */
#define CUT_LEAST (32UL * 1024)  /* shorter parts of strings are not worth a cut */

void window_init(struct window *w)
{
    *w = (struct window){.fd = -1, .scratch = -1};
}

void window_release(struct window *w)
{
    if (w == NULL) {
        return;
    }
    if (w->scratch >= 0) {
        close(w->scratch);
    }
    free(w->buf);
    free(w->cuts);
    window_init(w);
}

static int cannot_read(const struct window *w, int errnum, struct error *err)
{
    return error_set(err, EXIT_INPUT, "cannot read %s: %s", w->name, strerror(errnum));
}

int window_open(struct window *w, int fd, const char *path, struct error *err)
{
    struct stat st;

    if (strcmp(path, "-") == 0) {
        snprintf(w->name, sizeof w->name, "standard input");
    } else {
        snprintf(w->name, sizeof w->name, "'%.200s'", path);
    }
    if (fstat(fd, &st) != 0) {
        return cannot_read(w, errno, err);
    }
    if (w->buf == NULL) {
        w->buf = malloc(FIRST_CAP + SLACK);
        if (w->buf == NULL) {
            return error_memory(err, "reading parameters");
        }
        w->cap = FIRST_CAP;
    }
    off_t from = lseek(fd, 0, SEEK_CUR);
    w->fd = fd;
    w->seekable = S_ISREG(st.st_mode) && from >= 0;
    w->size = st.st_size;
    w->mtime = st.st_mtim.tv_sec;
    w->mtime_ns = st.st_mtim.tv_nsec;
    w->taken = w->seekable ? (uint64_t)from : 0;
    w->base = w->taken;
    w->line = 1;
    w->line_base = w->taken;
    w->start = w->n_cuts = 0;
    w->scratch_n = 0;
    w->eof = w->was_cut = false;
    w->limit = w->buf;
    memset(w->limit, 0, SLACK);
    return 0;
}

void window_begin(struct window *w, char *p)
{
    w->start = (size_t)(p - w->buf);
    w->n_cuts = 0;
    w->scratch_n = 0;
}

static int keep_in_scratch(struct window *w, const char *bytes, size_t n, struct error *err)
{
    if (w->scratch < 0 && (w->scratch = outfile_scratch(err)) < 0) {
        return -1;
    }
    for (size_t done = 0; done < n;) {
        ssize_t wrote =
            pwrite(w->scratch, bytes + done, n - done, (off_t)(w->scratch_n + (uint64_t)done));
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            return error_set(err, EXIT_OUTPUT, "cannot write a temporary file (TMPDIR): %s",
                             strerror(wrote == 0 ? EIO : errno));
        }
        done += (size_t)wrote;
    }
    w->scratch_n += n;
    return 0;
}

static struct window_cut *add_cut(struct window *w)
{
    if (w->n_cuts == w->cuts_cap) {
        size_t cap = w->cuts_cap == 0 ? 16 : 2 * w->cuts_cap;
        struct window_cut *grown = realloc(w->cuts, cap * sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        w->cuts = grown;
        w->cuts_cap = cap;
    }
    return &w->cuts[w->n_cuts++];
}

/* Cuts [from, p) out of the text; returns where p is now. */
static char *cut(struct window *w, char *from, char *p, struct error *err)
{
    size_t n = (size_t)(p - from), at = (size_t)(from - w->buf) - w->start;
    uint64_t offset = w->seekable ? w->taken - (uint64_t)(w->limit - from) : w->scratch_n;

    if (!w->seekable && keep_in_scratch(w, from, n, err) != 0) {
        return NULL;
    }
    struct window_cut *last = w->n_cuts > 0 ? &w->cuts[w->n_cuts - 1] : NULL;
    if (last != NULL && last->at == at && last->offset + last->n == offset) {
        last->n += n;
    } else {
        last = add_cut(w);
        if (last == NULL) {
            error_memory(err, "reading parameters");
            return NULL;
        }
        *last = (struct window_cut){.at = at, .offset = offset, .n = n};
    }
    memmove(from, p, (size_t)(w->limit - p));
    w->limit -= n;
    w->base += n;
    w->was_cut = true;
    return from;
}

/* Makes room for a read; returns where p is now. */
static char *make_room(struct window *w, char *p, struct error *err)
{
    size_t held = (size_t)(w->limit - w->buf) - w->start, at = (size_t)(p - w->buf) - w->start;

    if (w->start > 0) {
        memmove(w->buf, w->buf + w->start, held);
        w->base += w->start;
        w->start = 0;
    }
    if (w->cap - held < READ_LEAST) {
        if (w->cap >= WINDOW_TEXT_MAX) {
            error_set(err, EXIT_INPUT,
                      "%s has a request of over %lu MiB besides its long texts (line %llu)",
                      w->name, WINDOW_TEXT_MAX >> 20, (unsigned long long)w->line);
            return NULL;
        }
        char *grown = realloc(w->buf, 2 * w->cap + SLACK);
        if (grown == NULL) {
            error_memory(err, "reading parameters");
            return NULL;
        }
        w->buf = grown;
        w->cap *= 2;
    }
    w->limit = w->buf + held;
    return w->buf + at;
}

char *window_more(struct window *w, char *p, size_t string, struct error *err)
{
    if (string != SIZE_MAX && (size_t)(p - window_text(w)) >= string + CUT_LEAST) {
        p = cut(w, window_text(w) + string, p, err);
        if (p == NULL) {
            return NULL;
        }
    }
    p = make_room(w, p, err);
    if (p == NULL) {
        return NULL;
    }
    if (!w->seekable && w->idle != NULL && w->idle(w->idle_ctx, err) != 0) {
        return NULL;
    }
    ssize_t got;
    do {
        got = read(w->fd, w->limit, w->cap - (size_t)(w->limit - w->buf));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        cannot_read(w, errno, err);
        return NULL;
    }
    w->eof = got == 0;
    w->limit += got;
    w->taken += (uint64_t)got;
    memset(w->limit, 0, SLACK);
    return p;
}

bool window_is_cut(const struct window *w, size_t at, size_t n)
{
    for (size_t i = 0; i < w->n_cuts; i++) {
        if (w->cuts[i].at >= at && w->cuts[i].at <= at + n) {
            return true;
        }
    }
    return false;
}

static int each_of_cut(const struct window *w, const struct window_cut *c, char *room, size_t cap,
                       int (*sink)(void *ctx, const char *bytes, size_t n, struct error *err),
                       void *ctx, struct error *err)
{
    int fd = w->seekable ? w->fd : w->scratch;

    for (uint64_t done = 0; done < c->n;) {
        size_t want = c->n - done < cap ? (size_t)(c->n - done) : cap;
        ssize_t got = pread(fd, room, want, (off_t)(c->offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return cannot_read(w, errno, err);
        }
        if (got == 0) {
            return error_set(err, EXIT_INPUT, "%s became shorter while it was read", w->name);
        }
        if (sink(ctx, room, (size_t)got, err) != 0) {
            return -1;
        }
        done += (uint64_t)got;
    }
    return 0;
}

int window_each(const struct window *w, size_t at, size_t n, char *room, size_t cap,
                int (*sink)(void *ctx, const char *bytes, size_t n, struct error *err), void *ctx,
                struct error *err)
{
    const char *text = window_text(w);
    size_t end = at + n;

    for (size_t i = 0; i < w->n_cuts; i++) {
        const struct window_cut *c = &w->cuts[i];
        if (c->at < at || c->at > end) {
            continue;
        }
        if ((c->at > at && sink(ctx, text + at, c->at - at, err) != 0) ||
            each_of_cut(w, c, room, cap, sink, ctx, err) != 0) {
            return -1;
        }
        at = c->at;
    }
    return end > at ? sink(ctx, text + at, end - at, err) : 0;
}

int window_check(const struct window *w, struct error *err)
{
    struct stat st;

    if (!w->seekable || !w->was_cut || fstat(w->fd, &st) != 0 ||
        (st.st_size == w->size && st.st_mtim.tv_sec == w->mtime &&
         st.st_mtim.tv_nsec == w->mtime_ns)) {
        return 0;
    }
    return error_set(err, EXIT_INPUT, "%s changed while it was read", w->name);
}
