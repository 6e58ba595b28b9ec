#include <inttypes.h>
#include <string.h>

#include "base/picture_format.h"

/* Facts: RFC 9649 (WebP), sections 2 and 3; RFC 6386, section 9.1 (VP8 frame header). */

enum state { START, RIFF, HEAD, VP8, VP8L, VP8X, DATA };

static bool is_chunk(const struct picture_framing *p, const char *type)
{
    return memcmp(p->field, type, 4) == 0;
}

static bool cut_chunk(struct picture_framing *p)
{
    return picture_fault(p, "WebP chunk at byte %" PRIu64 " has a wrong size of %" PRIu32,
                         p->chunk_at, p->chunk_len);
}

/* Skips what is left of the chunk and its padding, which a last chunk may lack. */
static bool await_rest(struct picture_framing *p, size_t keep)
{
    uint64_t rest = p->chunk_at + 8 + p->chunk_len - p->offset;

    if (p->chunk_len % 2 == 1 && p->offset + rest < p->end_at) {
        rest++;
    }
    return picture_await_span(p, DATA, rest, keep);
}

static bool read_riff(struct picture_framing *p)
{
    uint32_t size = picture_le32(p->field + 4);

    p->end_at = (uint64_t)size + 8;
    if (p->end_at < p->offset + 8) {
        return picture_fault(p, "WebP has a wrong size of %" PRIu32, size);
    }
    return picture_await_field(p, HEAD, 8);
}

static bool read_head(struct picture_framing *p)
{
    p->chunk_at = p->offset - 8;
    p->chunk_len = picture_le32(p->field + 4);
    if (p->chunk_len > p->end_at - p->offset) {
        return cut_chunk(p);
    }
    bool lossy = is_chunk(p, "VP8 "), lossless = is_chunk(p, "VP8L");
    p->has_data = p->has_data || lossy || lossless || is_chunk(p, "ANMF");
    if (p->has_header) {
        uint32_t keep = p->chunk_len < PICTURE_EXIF_MAX ? p->chunk_len : PICTURE_EXIF_MAX;
        return await_rest(p, is_chunk(p, "EXIF") && !p->has_exif ? keep : 0);
    }
    p->has_header = true;
    if (!lossy && !lossless && !is_chunk(p, "VP8X")) {
        return picture_fault(p, "WebP begins with an unknown chunk");
    }
    if (p->chunk_len < (lossless ? 5 : 10)) {
        return cut_chunk(p);
    }
    return lossless ? picture_await_field(p, VP8L, 5)
                    : picture_await_field(p, lossy ? VP8 : VP8X, 10);
}

static bool set_dimensions(struct picture_framing *p, uint32_t width, uint32_t height)
{
    if (width == 0 || height == 0) {
        return picture_fault(p, "WebP has illegal dimensions %" PRIu32 "x%" PRIu32, width, height);
    }
    p->width = width;
    p->height = height;
    return await_rest(p, 0);
}

static bool read_vp8(struct picture_framing *p)
{
    if ((p->field[0] & 1) != 0 || memcmp(p->field + 3, "\x9d\x01\x2a", 3) != 0) {
        return picture_fault(p, "WebP does not begin with a key frame");
    }
    return set_dimensions(p, picture_le16(p->field + 6) & 0x3fff,
                          picture_le16(p->field + 8) & 0x3fff);
}

static bool read_vp8l(struct picture_framing *p)
{
    uint32_t bits = picture_le32(p->field + 1);

    if (p->field[0] != 0x2f || bits >> 29 != 0) {
        return picture_fault(p, "WebP has an unknown lossless form");
    }
    p->has_alpha = (bits >> 28 & 1) != 0;
    return set_dimensions(p, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
}

/* Flags, three reserved bytes, then width - 1 and height - 1 of the canvas in 24 bits each. */
static bool read_vp8x(struct picture_framing *p)
{
    const uint8_t *f = p->field;

    p->has_alpha = (f[0] & 0x10) != 0;
    return set_dimensions(p, (picture_le16(f + 4) | (uint32_t)f[6] << 16) + 1,
                          (picture_le16(f + 7) | (uint32_t)f[9] << 16) + 1);
}

static bool end_chunk(struct picture_framing *p)
{
    if (p->keep_max > 0) {
        picture_exif_read(p);
    }
    p->keep_max = 0;
    if (p->offset == p->end_at) {
        /* An odd size is one that does not count the last chunk's padding. */
        return p->has_data ? picture_await_nothing(p, p->end_at % 2)
                           : picture_fault(p, "WebP has no pixel data");
    }
    if (p->end_at - p->offset < 8) {
        return picture_fault(p, "WebP has no chunk at byte %" PRIu64, p->offset);
    }
    return picture_await_field(p, HEAD, 8);
}

static bool webp_next(struct picture_framing *p)
{
    switch ((enum state)p->state) {
    case START:
        return picture_await_field(p, RIFF, 12);
    case RIFF:
        return read_riff(p);
    case HEAD:
        return read_head(p);
    case VP8:
        return read_vp8(p);
    case VP8L:
        return read_vp8l(p);
    case VP8X:
        return read_vp8x(p);
    case DATA:
        return end_chunk(p);
    }
    return false;
}

const struct picture_format picture_webp = {
    .type = PICTURE_WEBP,
    .name = "WebP",
    .next = webp_next,
};
