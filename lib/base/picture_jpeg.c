#include <inttypes.h>

#include "base/picture_format.h"

/* Facts: ITU-T T.81, annex B. Segments follow each other without gaps; behind a start of scan come
 * coded bytes up to a marker that is neither a stuffed zero nor a restart. */

enum state { START, SOI, MARKER, LENGTH, FRAME, SEGMENT, SCAN_SEGMENT, SCAN_MARKER };

enum marker {
    TEM = 0x01,
    SOF0 = 0xc0,
    DHT = 0xc4,
    JPG = 0xc8,
    DAC = 0xcc,
    SOF15 = 0xcf,
    RST0 = 0xd0,
    RST7 = 0xd7,
    SOI_AGAIN = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    APP1 = 0xe1,
    FILL = 0xff,
};

static bool is_frame(unsigned marker)
{
    return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
}

/* One more byte behind an 0xff that only fills. */
static bool await_rest_of_marker(struct picture_framing *p, int state)
{
    picture_await_field(p, state, 2);
    p->field[p->field_len++] = FILL;
    return true;
}

static bool read_marker(struct picture_framing *p)
{
    unsigned marker = p->field[1];

    p->chunk_at = p->offset - 2;
    if (p->field[0] != FILL || marker == 0 || marker == SOI_AGAIN ||
        (marker > TEM && marker < SOF0)) {
        return picture_fault(p, "JPEG has no segment at byte %" PRIu64, p->chunk_at);
    }
    if (marker == FILL) {
        return await_rest_of_marker(p, MARKER);
    }
    if (marker == TEM || (marker >= RST0 && marker <= RST7)) {
        return picture_await_field(p, MARKER, 2);
    }
    if (marker == EOI) {
        return p->has_data ? picture_await_nothing(p, UINT64_MAX)
                           : picture_fault(p, "JPEG has no pixel data");
    }
    if (is_frame(marker) && p->has_header) {
        return picture_fault(p, "JPEG has a second frame at byte %" PRIu64, p->chunk_at);
    }
    if (marker == SOS && !p->has_header) {
        return picture_fault(p, "JPEG has a scan before its frame at byte %" PRIu64, p->chunk_at);
    }
    p->marker = (uint8_t)marker;
    return picture_await_field(p, is_frame(marker) ? FRAME : LENGTH, is_frame(marker) ? 8 : 2);
}

static bool read_length(struct picture_framing *p)
{
    uint32_t len = picture_be16(p->field);
    size_t keep = p->marker == APP1 && !p->has_exif ? PICTURE_EXIF_MAX : 0;

    if (len < 2) {
        return picture_fault(p, "JPEG segment at byte %" PRIu64 " has a wrong size of %" PRIu32,
                             p->chunk_at, len);
    }
    return picture_await_span(p, p->marker == SOS ? SCAN_SEGMENT : SEGMENT, len - 2, keep);
}

/* Length, bits of a sample, height, width, number of components. */
static bool read_frame(struct picture_framing *p)
{
    uint32_t len = picture_be16(p->field);
    uint32_t height = picture_be16(p->field + 3), width = picture_be16(p->field + 5);
    uint32_t components = p->field[7];

    if (components == 0 || len != 8 + 3 * components) {
        return picture_fault(p, "JPEG frame at byte %" PRIu64 " has a wrong size of %" PRIu32,
                             p->chunk_at, len);
    }
    if (width == 0 || height == 0) {
        return picture_fault(p, "JPEG has illegal dimensions %" PRIu32 "x%" PRIu32, width, height);
    }
    p->width = width;
    p->height = height;
    p->has_header = true;
    return picture_await_span(p, SEGMENT, len - 8, 0);
}

static bool read_scan_marker(struct picture_framing *p)
{
    unsigned marker = p->field[1];

    if (marker == 0 || (marker >= RST0 && marker <= RST7)) {
        return picture_await_ff(p, SCAN_MARKER);
    }
    return marker == FILL ? await_rest_of_marker(p, SCAN_MARKER) : read_marker(p);
}

static bool jpeg_next(struct picture_framing *p)
{
    switch ((enum state)p->state) {
    case START:
        return picture_await_field(p, SOI, 2);
    case SOI:
        return picture_await_field(p, MARKER, 2);
    case MARKER:
        return read_marker(p);
    case LENGTH:
        return read_length(p);
    case FRAME:
        return read_frame(p);
    case SEGMENT:
        if (p->keep_max > 0) {
            picture_exif_read(p);
        }
        p->keep_max = 0;
        return picture_await_field(p, MARKER, 2);
    case SCAN_SEGMENT:
        p->has_data = true;
        return picture_await_ff(p, SCAN_MARKER);
    case SCAN_MARKER:
        return read_scan_marker(p);
    }
    return false;
}

const struct picture_format picture_jpeg = {
    .type = PICTURE_JPEG,
    .name = "JPEG",
    .next = jpeg_next,
};
