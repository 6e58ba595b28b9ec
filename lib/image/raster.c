#include "image/raster.h"

#include <stdlib.h>
#include <string.h>

#include "image/pixel.h"
#include "image/png.h"

#define RASTER_BYTES_MAX (1u << 30)

int raster_init(struct raster *r, uint32_t width, uint32_t height, unsigned channels,
                struct error *err)
{
    uint64_t pixels = (uint64_t)width * height;

    memset(r, 0, sizeof *r);
    if (pixels == 0 || channels == 0 || pixels > RASTER_BYTES_MAX / channels) {
        return error_set(err, EXIT_INPUT, "a picture of %ux%u pixels is not possible", width,
                         height);
    }
    r->pixels = calloc((size_t)pixels, channels);
    if (r->pixels == NULL) {
        return error_memory(err, "holding a picture");
    }
    r->width = width;
    r->height = height;
    r->channels = channels;
    return 0;
}

void raster_release(struct raster *r)
{
    if (r == NULL) {
        return;
    }
    free(r->pixels);
    memset(r, 0, sizeof *r);
}

static size_t row_bytes(const struct raster *r)
{
    return (size_t)r->width * r->channels;
}

int raster_read_png(struct raster *r, const void *bytes, size_t n, const char *name,
                    struct error *err)
{
    struct png_source source = {.bytes = n > 0 ? bytes : "", .n = n, .name = name};
    struct png_reader *reader = NULL;
    const struct png_header *h;
    uint8_t *packed = NULL;
    int result = -1;

    memset(r, 0, sizeof *r);
    if (png_reader_open(&reader, &source, err)) {
        return -1;
    }
    h = png_reader_header(reader);
    if (raster_init(r, h->width, h->height, pixel_channels(h), err)) {
        goto out;
    }
    packed = calloc(1, png_header_row_bytes(h, h->width));
    if (packed == NULL) {
        error_memory(err, "reading a PNG");
        goto out;
    }
    for (uint32_t y = 0; y < h->height; y++) {
        if (png_reader_row(reader, packed, err)) {
            goto out;
        }
        pixel_row(h, packed, r->pixels + y * row_bytes(r));
    }
    result = png_reader_finish(reader, err);
out:
    if (result) {
        raster_release(r);
    }
    free(packed);
    png_reader_free(reader);
    return result;
}

static int write_to_buf(void *ctx, const void *bytes, size_t n, struct error *err)
{
    return buf_add(ctx, bytes, n) ? 0 : error_memory(err, "writing a PNG");
}

int raster_write_png(const struct raster *r, const char *const *text, struct buf *out,
                     struct error *err)
{
    struct png_header h = {.width = r->width,
                           .height = r->height,
                           .depth = 8,
                           .colour = r->channels == 1   ? PNG_COLOUR_GREY
                                     : r->channels == 3 ? PNG_COLOUR_RGB
                                                        : PNG_COLOUR_RGBA};
    struct png_writer *w = NULL;
    int result = -1;

    if (png_writer_open(&w, &h, (struct png_sink){.write = write_to_buf, .ctx = out}, err)) {
        return -1;
    }
    for (; text != NULL && text[0] != NULL; text += 2) {
        if (png_writer_text(w, text[0], text[1], err)) {
            goto out;
        }
    }
    for (uint32_t y = 0; y < r->height; y++) {
        if (png_writer_row(w, r->pixels + y * row_bytes(r), err)) {
            goto out;
        }
    }
    result = png_writer_finish(w, err);
out:
    png_writer_free(w);
    return result;
}
