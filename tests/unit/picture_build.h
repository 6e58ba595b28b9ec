#ifndef SDCTL_TESTS_PICTURE_BUILD_H
#define SDCTL_TESTS_PICTURE_BUILD_H

#include "base/picture.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "picture_samples.h"

/* Makes small picture files by hand and checks them, for the tests of base/picture.h. */

/* A file being built. */
struct file {
    unsigned char bytes[8192];
    size_t n;
};

static inline void add(struct file *f, const void *bytes, size_t n)
{
    if (n > sizeof f->bytes - f->n) {
        abort();
    }
    memcpy(f->bytes + f->n, bytes, n);
    f->n += n;
}

static inline void add_number(struct file *f, uint32_t value, unsigned len, bool big)
{
    for (unsigned i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)(value >> 8 * (big ? len - 1 - i : i));
        add(f, &byte, 1);
    }
}

static inline void add_chunk(struct file *f, const char *type, const void *data, size_t n)
{
    add_number(f, (uint32_t)n, 4, true);
    add(f, type, 4);
    add(f, data, n);
    add_number(f, (uint32_t)crc32_z(0, f->bytes + f->n - n - 4, n + 4), 4, true);
}

static inline void begin_png(struct file *f, const void *header)
{
    f->n = 0;
    add(f, "\x89PNG\r\n\x1a\n", 8);
    add_chunk(f, "IHDR", header, 13);
}

#define HEADER_GREY "\0\0\0\x07\0\0\0\x05\x08\0\0\0\0"
#define HEADER_PALETTE "\0\0\0\x07\0\0\0\x05\x04\x03\0\0\x01"

static inline void end_png(struct file *f)
{
    add_chunk(f, "IDAT", "not deflated", 12);
    add_chunk(f, "IDAT", "", 0);
    add_chunk(f, "IDAT", "pixels are not looked at", 24);
    add_chunk(f, "IEND", "", 0);
}

/* An EXIF block with an orientation and, when n > 0, a UserComment. */
static inline void build_exif(struct file *f, bool big, unsigned orientation, const void *comment,
                              size_t n)
{
    f->n = 0;
    add(f, big ? "MM\0\x2a" : "II\x2a\0", 4);
    add_number(f, 8, 4, big);
    add_number(f, 2, 2, big);
    add_number(f, 0x0112, 2, big);
    add_number(f, 3, 2, big);
    add_number(f, 1, 4, big);
    add_number(f, orientation, 2, big);
    add_number(f, 0, 2, big);
    add_number(f, 0x8769, 2, big);
    add_number(f, 4, 2, big);
    add_number(f, 1, 4, big);
    add_number(f, 38, 4, big);
    add_number(f, 0, 4, big);
    add_number(f, n > 0, 2, big);
    add_number(f, 0x9286, 2, big);
    add_number(f, 7, 2, big);
    add_number(f, (uint32_t)n, 4, big);
    add_number(f, 52, 4, big);
    add(f, comment, n);
}

static inline void wrap_exif(struct file *f, enum picture_type type, const struct file *exif)
{
    struct file body = {.n = 0};

    if (type == PICTURE_PNG) {
        begin_png(f, HEADER_GREY);
        add_chunk(f, "eXIf", exif->bytes, exif->n);
        end_png(f);
    } else if (type == PICTURE_JPEG) {
        f->n = 0;
        add(f, "\xff\xd8\xff\xe1", 4);
        add_number(f, (uint32_t)exif->n + 8, 2, true);
        add(f, "Exif\0\0", 6);
        add(f, exif->bytes, exif->n);
        add(f, sample_jpeg + 2, sizeof sample_jpeg - 2);
    } else {
        add(&body, "WEBPVP8X\x0a\0\0\0\x08\0\0\0\x04\0\0\x02\0\0", 22);
        add(&body, sample_webp_lossless + 12, sizeof sample_webp_lossless - 12);
        add(&body, "EXIF", 4);
        add_number(&body, (uint32_t)exif->n, 4, false);
        add(&body, exif->bytes, exif->n);
        add(&body, "", exif->n % 2);
        f->n = 0;
        add(f, "RIFF", 4);
        add_number(f, (uint32_t)body.n, 4, false);
        add(f, body.bytes, body.n);
    }
}

/* Feeds n bytes cut at `cut`, or one by one when cut is n; each piece is an allocation of its own,
 * so that a sanitizer sees a read beyond it. The caller releases *p. */
static inline int check(struct picture_framing *p, const unsigned char *bytes, size_t n, size_t cut,
                        struct error *err)
{
    picture_init(p);
    p->want_text = true;
    for (size_t i = 0, take; i < n; i += take) {
        take = cut == n ? 1 : i < cut ? cut : n - cut;
        unsigned char *piece = malloc(take);
        if (piece == NULL) {
            abort();
        }
        memcpy(piece, bytes + i, take);
        picture_feed(p, piece, take);
        free(piece);
    }
    return picture_finish(p, err);
}

#endif
