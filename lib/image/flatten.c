#include "image/flatten.h"

#include <stdlib.h>

#include "image/channels.h"
#include "image/pixel.h"

/* A reader with its two row buffers: packed as in the file, and 8-bit RGBA. */
struct rows {
    struct png_reader *reader;
    const struct png_header *header;
    uint8_t *packed, *rgba;
};

static void close_rows(struct rows *r)
{
    png_reader_free(r->reader);
    free(r->packed);
    free(r->rgba);
}

static int open_rows(struct rows *r, const struct png_source *in, struct error *err)
{
    *r = (struct rows){0};
    if (png_reader_open(&r->reader, in, err) != 0) {
        return -1;
    }
    r->header = png_reader_header(r->reader);
    r->packed = malloc(png_header_row_bytes(r->header, r->header->width));
    r->rgba = malloc((size_t)r->header->width * 4);
    if (r->packed == NULL || r->rgba == NULL) {
        close_rows(r);
        return error_memory(err, "reading an image");
    }
    return 0;
}

static int next_row(struct rows *r, struct error *err)
{
    if (png_reader_row(r->reader, r->packed, err) != 0) {
        return -1;
    }
    pixel_row(r->header, r->packed, r->rgba);
    return 0;
}

static bool is_opaque(const uint8_t *rgba, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++) {
        if (rgba[4 * x + 3] != 255) {
            return false;
        }
    }
    return true;
}

int flatten_needed(const struct png_source *in, bool *needed, struct error *err)
{
    struct rows r;
    int result = 0;

    *needed = false;
    if (open_rows(&r, in, err) != 0) {
        return -1;
    }
    if (pixel_channels(r.header) == 4) {
        for (uint32_t y = 0; y < r.header->height && !*needed && result == 0; y++) {
            result = next_row(&r, err);
            *needed = result == 0 && !is_opaque(r.rgba, r.header->width);
        }
    }
    close_rows(&r);
    return result;
}

/* Over white, in place: four bytes a pixel become three. */
static void blend_white(uint8_t *row, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++) {
        for (uint32_t c = 0; c < 3; c++) {
            row[3 * x + c] = channels_blend(255, row[4 * x + c], row[4 * x + 3]);
        }
    }
}

int flatten_white(const struct png_source *in, struct png_sink out, struct error *err)
{
    struct png_header header = {.depth = 8, .colour = PNG_COLOUR_RGB};
    struct png_writer *writer = NULL;
    struct rows r;
    int result = -1;

    if (open_rows(&r, in, err) != 0) {
        return -1;
    }
    header.width = r.header->width;
    header.height = r.header->height;
    if (pixel_channels(r.header) != 4) {
        error_set(err, EXIT_UNEXPECTED, "'%s' has no transparency to take out", in->name);
        goto out;
    }
    if (png_writer_open(&writer, &header, out, err) != 0) {
        goto out;
    }
    for (uint32_t y = 0; y < header.height; y++) {
        if (next_row(&r, err) != 0) {
            goto out;
        }
        blend_white(r.rgba, header.width);
        if (png_writer_row(writer, r.rgba, err) != 0) {
            goto out;
        }
    }
    if (png_reader_finish(r.reader, err) == 0) {
        result = png_writer_finish(writer, err);
    }
out:
    png_writer_free(writer);
    close_rows(&r);
    return result;
}
