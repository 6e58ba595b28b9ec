#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "image/mask.h"
#include "image/raster.h"

/*
 * PNG to raster and to masks. The input is taken as IHDR's fields, a palette, transparency and the
 * bytes to be compressed or (half of the time) the zlib stream itself, and framed with right CRCs,
 * so that it gets past them. What raster_read_png() makes of a picture of up to 8 bits a sample
 * must be what libpng's simplified API makes of it, and every mask must be made or refused.
 */

struct bytes {
    const uint8_t *p;
    size_t n;
};

static uint8_t take(struct bytes *b)
{
    return b->n > 0 ? (b->n--, *b->p++) : 0;
}

static void add_number(struct buf *png, uLong value)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        buf_add(png, &(uint8_t){(uint8_t)(value >> shift)}, 1);
    }
}

static void add_chunk(struct buf *png, const char *type, const void *data, size_t n)
{
    uLong crc = crc32(0, (const Bytef *)type, 4);

    add_number(png, n);
    buf_add(png, type, 4);
    buf_add(png, data, n);
    add_number(png, n > 0 ? crc32(crc, data, (uInt)n) : crc);
}

static void frame(struct buf *png, struct bytes in)
{
    uint8_t how = take(&in);
    uint8_t ihdr[13] = {0,         0,         0,         take(&in), 0, 0,      0,
                        take(&in), take(&in), take(&in), 0,         0, how & 1};
    uint8_t side[776];
    size_t n_palette = how & 2 ? (take(&in) + 1u) * 3 : 0;
    size_t n_trns = how & 4 ? take(&in) % 9u : 0;
    uLongf n = compressBound((uLong)in.n);
    Bytef *stream = NULL;

    buf_add(png, "\x89PNG\r\n\x1a\n", 8);
    add_chunk(png, "IHDR", ihdr, sizeof ihdr);
    for (size_t i = 0; i < n_palette + n_trns; i++) {
        side[i] = (uint8_t)(take(&in) ^ i);
    }
    if (n_palette > 0) {
        add_chunk(png, "PLTE", side, n_palette);
    }
    if (n_trns > 0) {
        add_chunk(png, "tRNS", side + n_palette, n_trns);
    }
    if (how & 8) {
        add_chunk(png, "IDAT", in.p, in.n);
    } else if ((stream = malloc(n)) != NULL && compress(stream, &n, in.p, (uLong)in.n) == Z_OK) {
        add_chunk(png, "IDAT", stream, n);
    }
    free(stream);
    add_chunk(png, "IEND", "", 0);
}

/* The reference: RGBA, or grey for what raster_read_png() leaves grey. */
static void compare(const struct buf *png, const struct raster *r)
{
    png_image image = {.version = PNG_IMAGE_VERSION};

    if (png_image_begin_read_from_memory(&image, png->data, png->len) == 0 ||
        (image.format & PNG_FORMAT_FLAG_LINEAR) != 0) {
        png_image_free(&image);
        return;
    }
    image.format = r->channels == 1   ? PNG_FORMAT_GRAY
                   : r->channels == 3 ? PNG_FORMAT_RGB
                                      : PNG_FORMAT_RGBA;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    if (pixels != NULL && png_image_finish_read(&image, NULL, pixels, 0, NULL) != 0 &&
        (image.width != r->width || image.height != r->height ||
         memcmp(pixels, r->pixels, PNG_IMAGE_SIZE(image)) != 0)) {
        abort();
    }
    free(pixels);
    png_image_free(&image);
}

static int drop(void *ctx, const void *bytes, size_t n, struct error *err)
{
    (void)err;
    return buf_add(ctx, bytes, n) ? 0 : -1;
}

static void make_masks(const struct buf *png, bool readable)
{
    const struct png_source in = {.bytes = png->data, .n = png->len, .name = "in"};

    for (int i = 0; i < 8; i++) {
        const struct mask_options o = {.from = (enum mask_from)(i / 2), .invert = i % 2 == 1};
        struct mask_stats stats;
        struct raster mask;
        struct error err;
        struct buf out;

        buf_init(&out, 1u << 24);
        int result = i < 4
                         ? mask_invert(&in, &o, (struct png_sink){.write = drop, .ctx = &out}, &err)
                         : mask_normalise(&in, &o, (struct png_sink){.write = drop, .ctx = &out},
                                          &stats, &err);
        if (result == 0) {
            if (!readable || raster_read_png(&mask, out.data, out.len, "out", &err) != 0) {
                abort();
            }
            raster_release(&mask);
        } else if (err.code != EXIT_INPUT || (i == 2 && readable)) {
            abort();
        }
        buf_release(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct raster r;
    struct error err;
    struct buf png;

    buf_init(&png, 1u << 24);
    frame(&png, (struct bytes){.p = data, .n = n});
    bool readable = raster_read_png(&r, png.data, png.len, "in", &err) == 0;
    if (readable) {
        compare(&png, &r);
    }
    make_masks(&png, readable);
    raster_release(&r);
    buf_release(&png);
    return 0;
}
