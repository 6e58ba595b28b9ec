#ifndef SDCTL_BASE_BUF_H
#define SDCTL_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A growing byte buffer with a ceiling. Additions after a failure are ignored, so a run of them
 * needs one check at the end: `failed` is set when memory ran out or the ceiling was met.
 * data is NUL-terminated whenever it is not NULL; the NUL is not counted in len.
 */
struct buf {
    char *data;
    size_t len;
    size_t cap;
    size_t max; /* ceiling for len, in bytes */
    bool failed;
};

/* An empty buffer that may grow to `max` bytes. Allocates nothing. */
void buf_init(struct buf *b, size_t max);

/* Frees the bytes; the buffer is empty and usable again. NULL-safe. */
void buf_release(struct buf *b);

/* Appends bytes, a string, or printf output. Return false when the buffer has failed. */
bool buf_add(struct buf *b, const void *bytes, size_t n);
bool buf_adds(struct buf *b, const char *s);
bool buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for n more bytes and returns where they go (advance len yourself), or NULL. */
char *buf_room(struct buf *b, size_t n);

/* The string, "" when empty; NULL when the buffer has failed. */
const char *buf_str(const struct buf *b);

/* Hands over the malloc'd string (NULL when failed) and leaves the buffer empty. */
char *buf_detach(struct buf *b);

#endif
