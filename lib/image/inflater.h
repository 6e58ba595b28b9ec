#ifndef SDCTL_IMAGE_INFLATER_H
#define SDCTL_IMAGE_INFLATER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Reads a zlib stream (RFC 1950, 1951) in pieces of any size. Internal to png_read.c. Runs, which
 * masks consist of, are filled many bytes at a time: ten times as fast as zlib on a mask, and not
 * slower on a photograph. Memory is 0.13 MiB whatever is read.
 *
 * As strict as zlib's inflate(): every fault of the stream is an error, a wrong checksum and a
 * distance before the first byte among them. Only the window size that the header names is taken
 * as 32 KiB.
 */
struct inflater;

/* Where the compressed bytes come from: up to n, n > 0; *got is 0 only at their end. On -1 err is
 * filled. */
struct inflater_source {
    int (*read)(void *ctx, void *to, size_t n, size_t *got, struct error *err);
    void *ctx;
};

/* `name` is for errors (EXIT_INPUT) and outlives it. EXIT_UNEXPECTED without memory. */
int inflater_open(struct inflater **f, struct inflater_source source, const char *name,
                  struct error *err);

/* The next n bytes; that there are fewer is an error. */
int inflater_read(struct inflater *f, void *to, size_t n, struct error *err);

/* That the stream has no more bytes, its checksum holds, and nothing is behind it. */
int inflater_finish(struct inflater *f, struct error *err);

/* NULL-safe; any time. */
void inflater_free(struct inflater *f);

#endif
