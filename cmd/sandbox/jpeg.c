#include "jpeg.h"

#include <stdlib.h>

/* Bits on their way into the file; a 0xFF byte is followed by 0x00. */
struct bits {
    struct buf *to;
    unsigned held, count;
};

static void put_bits(struct bits *b, unsigned value, unsigned n)
{
    for (unsigned i = n; i-- > 0;) {
        b->held = b->held << 1 | (value >> i & 1);
        if (++b->count < 8)
            continue;
        buf_add(b->to, &(unsigned char){(unsigned char)b->held}, 1);
        if ((b->held & 0xFF) == 0xFF)
            buf_add(b->to, "", 1);
        b->held = b->count = 0;
    }
}

/* Of the one Huffman table used: DC sizes 0 to 11 have codes of 4 bits, 0 to 11; the only AC
 * symbol, end of block, is one bit. */
static void put_block(struct bits *b, int difference)
{
    unsigned size = 0, magnitude = (unsigned)abs(difference);

    while (magnitude >> size)
        size++;
    put_bits(b, size, 4);
    put_bits(b, difference < 0 ? ((1u << size) - 1) - magnitude : magnitude, size);
    put_bits(b, 0, 1);
}

static void put_word(struct buf *to, unsigned value)
{
    buf_add(to, (unsigned char[]){(unsigned char)(value >> 8), (unsigned char)value}, 2);
}

static void put_header(struct buf *to, uint32_t width, uint32_t height)
{
    static const unsigned char START[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I',
                                          'F',  0,    1,    1,    0, 0,  1,   0,   1,
                                          0,    0,    0xFF, 0xDB, 0, 67, 0};
    static const unsigned char TABLES[] = {
        0xFF, 0xC4, 0, 31, 0x00, 0, 0, 0, 12, 0,  0,  0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0,
        1,    2,    3, 4,  5,    6, 7, 8, 9,  10, 11,                                   /* DC */
        0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0,  0,  0,  0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, /* AC */
        0xFF, 0xDA, 0, 12, 3,    1, 0, 2, 0,  3,  0,  0, 63, 0};

    buf_add(to, START, sizeof START);
    for (int i = 0; i < 64; i++)
        buf_add(to, "\010", 1);
    buf_add(to, (unsigned char[]){0xFF, 0xC0, 0, 17, 8}, 5);
    put_word(to, height);
    put_word(to, width);
    buf_add(to, (unsigned char[]){3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0}, 10);
    buf_add(to, TABLES, sizeof TABLES);
}

/* The mean of one block as Y, Cb and Cr less 128: with a quantiser of 8, a DC coefficient as it is.
 */
static void block_mean(const struct raster *r, uint32_t x0, uint32_t y0, int mean[3])
{
    double sum[3] = {0}, n = 0;

    for (uint32_t y = y0; y < y0 + 8 && y < r->height; y++)
        for (uint32_t x = x0; x < x0 + 8 && x < r->width; x++, n++)
            for (unsigned c = 0; c < 3; c++)
                sum[c] += r->pixels[((size_t)y * r->width + x) * r->channels +
                                    (r->channels == 1 ? 0 : c)];
    for (int c = 0; c < 3; c++)
        sum[c] /= n;
    mean[0] = (int)(0.299 * sum[0] + 0.587 * sum[1] + 0.114 * sum[2] - 127.5);
    mean[1] = (int)(-0.1687 * sum[0] - 0.3313 * sum[1] + 0.5 * sum[2]);
    mean[2] = (int)(0.5 * sum[0] - 0.4187 * sum[1] - 0.0813 * sum[2]);
}

int jpeg_encode(const struct raster *picture, struct buf *to, struct error *err)
{
    struct bits b = {.to = to};
    int before[3] = {0}, mean[3];

    if (picture->width > 65535 || picture->height > 65535)
        return error_set(err, EXIT_INPUT, "a JPEG has at most 65535 pixels a side");
    put_header(to, picture->width, picture->height);
    for (uint32_t y = 0; y < picture->height; y += 8)
        for (uint32_t x = 0; x < picture->width; x += 8) {
            block_mean(picture, x, y, mean);
            for (int c = 0; c < 3; c++) {
                put_block(&b, mean[c] - before[c]);
                before[c] = mean[c];
            }
        }
    put_bits(&b, 0x7F, b.count ? 8 - b.count : 0);
    buf_add(to, "\xFF\xD9", 2);
    return to->failed ? error_memory(err, "encoding a JPEG") : 0;
}
