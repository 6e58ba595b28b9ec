#ifndef SDCTL_WIRE_SOURCE_H
#define SDCTL_WIRE_SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/picture.h"

/*
 * A picture that is to be sent, kept as an open file of known size: the body is made from it while
 * it is sent, so its size does not matter to memory. Opening it walks the whole file once: framing
 * (type, size, EXIF orientation, cut off or lying) and SHA-256.
 */
struct source {
    char *name;    /* as the user gave it ("-" for standard input); owned */
    int fd;        /* regular file or anonymous copy of what came through a pipe */
    uint64_t size; /* bytes */
    char sha256[65];
    struct picture_framing picture; /* type, width, height, orientation ... */
};

#define SOURCE_INIT                                                                                \
    {                                                                                              \
        .fd = -1                                                                                   \
    }
#define SOURCE_BYTES_MAX (256ULL * 1024 * 1024) /* a picture file (trust: ceilings) */
#define SOURCE_PIXELS_MAX (1ULL << 28)

/*
 * Opens the picture at `path`. "-" is standard input; it and descriptors given as /dev/fd/N
 * (process substitution) are copied to an anonymous file first; any other file that is not regular
 * is refused. PNG, JPEG and WebP are accepted, judged by content. EXIT_INPUT errors name the file;
 * EXIT_DEADLINE when standard input did not end in time.
 */
int source_open(struct source *s, const char *path, const struct deadline *deadline,
                struct error *err);

/* The same for a descriptor that the source takes over (regular file, any offset), shown as `name`.
 */
int source_adopt(struct source *s, int fd, const char *name, struct error *err);

/* Opens any input as a readable, seekable descriptor by the same rules, without looking at what it
 * holds: files for JSON and prompts. At most `max` bytes. Returns the descriptor or -1. */
int source_open_plain(const char *path, uint64_t max, const struct deadline *deadline,
                      struct error *err);

/* Reads a whole small file or standard input into an empty buffer (its ceiling applies). */
int source_read_text(const char *path, struct buf *text, const struct deadline *deadline,
                     struct error *err);

/* The JSON object that stands for the picture in requests and results: {"path","sha256"}. */
json_t *source_describe(const struct source *s);

/* Closes and frees. NULL-safe. */
void source_release(struct source *s);

#endif
