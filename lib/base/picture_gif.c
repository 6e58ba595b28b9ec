#include <inttypes.h>

#include "base/picture_format.h"

/* Facts: CompuServe, Graphics Interchange Format, Version 89a. */

enum state { START, SCREEN, COLOURS, BLOCK, LABEL, IMAGE, IMAGE_COLOURS, CODE_SIZE, SUB_LEN, SUB };

/* Bytes of the colour table that a packed byte announces. */
static uint64_t colours(uint8_t packed)
{
    return packed & 0x80 ? UINT64_C(3) << ((packed & 7) + 1) : 0;
}

static bool read_screen(struct picture_framing *p)
{
    p->width = picture_le16(p->field + 6);
    p->height = picture_le16(p->field + 8);
    if (p->width == 0 || p->height == 0) {
        return picture_fault(p, "GIF has illegal dimensions %" PRIu32 "x%" PRIu32, p->width,
                             p->height);
    }
    return picture_await_span(p, COLOURS, colours(p->field[10]), 0);
}

static bool read_block(struct picture_framing *p)
{
    switch (p->field[0]) {
    case '!':
        return picture_await_field(p, LABEL, 1);
    case ',':
        p->has_data = true;
        return picture_await_field(p, IMAGE, 9);
    case ';':
        return p->has_data ? picture_await_nothing(p, UINT64_MAX)
                           : picture_fault(p, "GIF has no pixel data");
    default:
        return picture_fault(p, "GIF has no block at byte %" PRIu64, p->offset - 1);
    }
}

static bool gif_next(struct picture_framing *p)
{
    switch ((enum state)p->state) {
    case START:
        return picture_await_field(p, SCREEN, 13);
    case SCREEN:
        return read_screen(p);
    case COLOURS:
        return picture_await_field(p, BLOCK, 1);
    case BLOCK:
        return read_block(p);
    case IMAGE:
        return picture_await_span(p, IMAGE_COLOURS, colours(p->field[8]), 0);
    case IMAGE_COLOURS:
        return picture_await_field(p, CODE_SIZE, 1);
    case LABEL:
    case CODE_SIZE:
    case SUB:
        return picture_await_field(p, SUB_LEN, 1);
    case SUB_LEN:
        return p->field[0] == 0 ? picture_await_field(p, BLOCK, 1)
                                : picture_await_span(p, SUB, p->field[0], 0);
    }
    return false;
}

const struct picture_format picture_gif = {
    .type = PICTURE_GIF,
    .name = "GIF",
    .next = gif_next,
};
