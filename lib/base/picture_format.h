#ifndef SDCTL_BASE_PICTURE_FORMAT_H
#define SDCTL_BASE_PICTURE_FORMAT_H

#include "base/picture.h"

/*
 * Internal to picture*.c. A format is a state machine over three kinds of input: fields, which are
 * gathered whole; spans, which pass by; and JPEG's scans. It asks for one of them; when that has
 * arrived, however the bytes were cut, next() is called, looks, and asks for the next.
 */
struct picture_format {
    enum picture_type type;
    const char *name;
    /* The awaited input is complete. Returns false after picture_fault(). The first call finds the
     * field empty and state 0. */
    bool (*next)(struct picture_framing *p);
};

extern const struct picture_format picture_png;
extern const struct picture_format picture_jpeg;
extern const struct picture_format picture_webp;
extern const struct picture_format picture_gif;

enum picture_await {
    PICTURE_AWAIT_SIGNATURE,
    PICTURE_AWAIT_FIELD,
    PICTURE_AWAIT_SPAN,
    PICTURE_AWAIT_FF,
    PICTURE_AWAIT_NOTHING, /* the picture is complete */
};

/* Each asks for the next input and returns true. `state` is the format's own for when it is there.
 */
bool picture_await_field(struct picture_framing *p, int state, uint8_t len);
/* The first keep_max bytes, at most PICTURE_TEXT_MAX, go to kept. */
bool picture_await_span(struct picture_framing *p, int state, uint64_t len, size_t keep_max);
/* Whatever comes up to and including a byte 0xff, then one more: a field of these two. */
bool picture_await_ff(struct picture_framing *p, int state);
/* The file should end here; up to `slack` more bytes are tolerated. */
bool picture_await_nothing(struct picture_framing *p, uint64_t slack);

/* Notes why this is no picture; returns false. */
bool picture_fault(struct picture_framing *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads orientation and UserComment from p->kept, an EXIF block with or without "Exif\0\0" before
 * it. The first block that is one counts; anything malformed is as if it were absent. */
void picture_exif_read(struct picture_framing *p);

/* Makes text of bytes (p->text is replaced): UTF-8, or Latin-1 when it is not valid UTF-8; UTF-16
 * in the given byte order. Nothing happens when it would be longer than PICTURE_TEXT_MAX. */
void picture_text_set(struct picture_framing *p, const uint8_t *bytes, size_t n);
void picture_text_set_utf16(struct picture_framing *p, const uint8_t *bytes, size_t n, bool big);

/* The same from p->kept, what follows the keyword of a tEXt, zTXt or iTXt chunk (p->chunk). */
void picture_text_read_chunk(struct picture_framing *p);

static inline uint32_t picture_be32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline uint32_t picture_be16(const uint8_t *b)
{
    return (uint32_t)b[0] << 8 | b[1];
}

static inline uint32_t picture_le32(const uint8_t *b)
{
    return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static inline uint32_t picture_le16(const uint8_t *b)
{
    return (uint32_t)b[1] << 8 | b[0];
}

#endif
