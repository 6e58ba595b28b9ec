#include <inttypes.h>
#include <string.h>

#include "base/crc32.h"
#include "base/picture_format.h"

/* Facts: PNG Specification, third edition (W3C 2025), sections 5 and 11. */

enum state { START, SIGNATURE, HEAD, HEADER, KEYWORD, DATA, CHECKSUM };

static const char keyword[] = "parameters";

static bool is_chunk(const struct picture_framing *p, const char *type)
{
    return memcmp(p->chunk, type, 4) == 0;
}

static bool misplaced(struct picture_framing *p)
{
    return picture_fault(p, "PNG chunk %s at byte %" PRIu64 " is out of place", p->chunk,
                         p->chunk_at);
}

static bool wrong_size(struct picture_framing *p)
{
    return picture_fault(p, "PNG chunk %s at byte %" PRIu64 " has a wrong size of %" PRIu32,
                         p->chunk, p->chunk_at, p->chunk_len);
}

static bool begin_palette(struct picture_framing *p)
{
    if (p->has_palette || p->has_data || p->colour_type == 0 || p->colour_type == 4) {
        return misplaced(p);
    }
    if (p->chunk_len == 0 || p->chunk_len > 768 || p->chunk_len % 3 != 0) {
        return wrong_size(p);
    }
    p->has_palette = true;
    return picture_await_span(p, DATA, p->chunk_len, 0);
}

static bool begin_data(struct picture_framing *p)
{
    if (p->data_ended || (p->colour_type == 3 && !p->has_palette)) {
        return misplaced(p);
    }
    p->has_data = true;
    p->data_len += p->chunk_len;
    return picture_await_span(p, DATA, p->chunk_len, 0);
}

static bool begin_end(struct picture_framing *p)
{
    if (p->data_len == 0) {
        return picture_fault(p, "PNG has no pixel data");
    }
    if (p->chunk_len != 0) {
        return wrong_size(p);
    }
    return picture_await_span(p, DATA, 0, 0);
}

static bool transparency_counts(const struct picture_framing *p)
{
    if (p->has_data) {
        return false;
    }
    switch (p->colour_type) {
    case 0:
        return p->chunk_len == 2;
    case 2:
        return p->chunk_len == 6;
    case 3:
        return p->has_palette && p->chunk_len >= 1 && p->chunk_len <= 256;
    default:
        return false;
    }
}

static bool begin_ancillary(struct picture_framing *p)
{
    size_t keep = 0;

    if (is_chunk(p, "tRNS")) {
        p->has_trns = p->has_trns || transparency_counts(p);
    } else if (is_chunk(p, "eXIf") && !p->has_exif) {
        keep = PICTURE_EXIF_MAX;
    } else if (p->want_text && !p->has_text_chunk && p->chunk_len > sizeof keyword &&
               p->chunk_len <= PICTURE_TEXT_MAX &&
               (is_chunk(p, "tEXt") || is_chunk(p, "zTXt") || is_chunk(p, "iTXt"))) {
        return picture_await_field(p, KEYWORD, sizeof keyword);
    }
    return picture_await_span(p, DATA, p->chunk_len, keep);
}

static bool read_head(struct picture_framing *p)
{
    p->chunk_at = p->offset - 8;
    p->chunk_len = picture_be32(p->field);
    memcpy(p->chunk, p->field + 4, 4);
    for (int i = 0; i < 4; i++) {
        uint8_t letter = p->field[4 + i] | 0x20;
        if (letter < 'a' || letter > 'z') {
            return picture_fault(p, "PNG has no chunk at byte %" PRIu64, p->chunk_at);
        }
    }
    if (p->chunk_len > INT32_MAX) {
        return wrong_size(p);
    }
    p->crc = crc32_update(0, p->field + 4, 4);
    p->checked = true;
    if (is_chunk(p, "IHDR") == p->has_header) {
        return misplaced(p);
    }
    if (!p->has_header) {
        p->has_header = true;
        return p->chunk_len == 13 ? picture_await_field(p, HEADER, 13) : wrong_size(p);
    }
    if (is_chunk(p, "IDAT")) {
        return begin_data(p);
    }
    p->data_ended = p->has_data;
    if (is_chunk(p, "PLTE")) {
        return begin_palette(p);
    }
    if (is_chunk(p, "IEND")) {
        return begin_end(p);
    }
    if (!(p->chunk[0] & 0x20)) {
        return picture_fault(p, "PNG has an unknown critical chunk %s at byte %" PRIu64, p->chunk,
                             p->chunk_at);
    }
    return begin_ancillary(p);
}

static bool depth_is_legal(unsigned colour_type, unsigned depth)
{
    switch (colour_type) {
    case 0:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case 3:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case 2:
    case 4:
    case 6:
        return depth == 8 || depth == 16;
    default:
        return false;
    }
}

/* The header's values wait for its checksum: a damaged one is told as such. */
static bool read_header(struct picture_framing *p)
{
    const uint8_t *h = p->header;
    uint32_t width = picture_be32(h), height = picture_be32(h + 4);

    if (width == 0 || height == 0 || width > INT32_MAX || height > INT32_MAX) {
        return picture_fault(p, "PNG has illegal dimensions %" PRIu32 "x%" PRIu32, width, height);
    }
    if (!depth_is_legal(h[9], h[8])) {
        return picture_fault(p, "PNG has illegal colour type %u with %u bits", h[9], h[8]);
    }
    if (h[10] != 0 || h[11] != 0 || h[12] > 1) {
        return picture_fault(p, "PNG has an unknown compression, filter or interlace method");
    }
    p->width = width;
    p->height = height;
    p->bit_depth = h[8];
    p->colour_type = h[9];
    p->interlaced = h[12] == 1;
    return true;
}

static bool end_chunk(struct picture_framing *p)
{
    if (picture_be32(p->field) != p->crc) {
        return picture_fault(p, "PNG chunk %s at byte %" PRIu64 " has a wrong checksum", p->chunk,
                             p->chunk_at);
    }
    if (is_chunk(p, "IEND")) {
        return picture_await_nothing(p, 0);
    }
    if (is_chunk(p, "IHDR") && !read_header(p)) {
        return false;
    }
    if (p->keep_max == PICTURE_EXIF_MAX) {
        picture_exif_read(p);
    } else if (p->keep_max > 0) {
        picture_text_read_chunk(p);
    }
    p->keep_max = 0;
    return picture_await_field(p, HEAD, 8);
}

static bool png_next(struct picture_framing *p)
{
    size_t keep;

    switch ((enum state)p->state) {
    case START:
        return picture_await_field(p, SIGNATURE, 8);
    case SIGNATURE:
        return picture_await_field(p, HEAD, 8);
    case HEAD:
        return read_head(p);
    case HEADER:
        memcpy(p->header, p->field, sizeof p->header);
        return picture_await_span(p, DATA, 0, 0);
    case KEYWORD:
        /* Only one is ever read, so that many small ones cannot be made to inflate much. */
        p->has_text_chunk = memcmp(p->field, keyword, sizeof keyword) == 0;
        keep = p->has_text_chunk ? PICTURE_TEXT_MAX : 0;
        return picture_await_span(p, DATA, p->chunk_len - sizeof keyword, keep);
    case DATA:
        p->checked = false;
        return picture_await_field(p, CHECKSUM, 4);
    case CHECKSUM:
        return end_chunk(p);
    }
    return false;
}

const struct picture_format picture_png = {
    .type = PICTURE_PNG,
    .name = "PNG",
    .next = png_next,
};
