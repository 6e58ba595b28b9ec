#include "image/outpaint.h"

#include <stdlib.h>
#include <string.h>

static int canvas_size(const struct outpaint *o, uint32_t image_width, uint32_t image_height,
                       uint32_t *width, uint32_t *height, struct error *err)
{
    uint64_t w = (uint64_t)image_width + o->left + o->right;
    uint64_t h = (uint64_t)image_height + o->top + o->bottom;

    if (w > PNG_SIDE_MAX || h > PNG_SIDE_MAX || w * h > PNG_PIXELS_MAX) {
        return error_set(err, EXIT_INPUT, "a canvas of %llux%llu pixels is too large",
                         (unsigned long long)w, (unsigned long long)h);
    }
    *width = (uint32_t)w;
    *height = (uint32_t)h;
    return 0;
}

int outpaint_size(const struct outpaint *o, const struct rows *image, uint32_t *width,
                  uint32_t *height, struct error *err)
{
    return canvas_size(o, image->width, image->height, width, height, err);
}

static uint8_t continue_edge(unsigned edge, unsigned next)
{
    int value = (9 * (int)edge - (int)next + 4) >> 3;

    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* Fills `count` pixels at `to` with what continues `edge`. */
static void continue_pixel(uint8_t *to, uint32_t count, const uint8_t *edge, const uint8_t *next,
                           unsigned channels)
{
    uint8_t colour[4];

    for (unsigned c = 0; c < channels; c++) {
        colour[c] = continue_edge(edge[c], next[c]);
    }
    for (uint32_t i = 0; i < count; i++) {
        memcpy(to + (size_t)i * channels, colour, channels);
    }
}

/* A row of the image that lies at o->left of `row`, continued to both sides. */
static void continue_row(uint8_t *row, const struct rows *image, const struct outpaint *o)
{
    unsigned channels = image->channels;
    uint8_t *first = row + (size_t)o->left * channels;
    uint8_t *last = first + (size_t)(image->width - 1) * channels;
    size_t step = image->width > 1 ? channels : 0;

    continue_pixel(row, o->left, first, first + step, channels);
    continue_pixel(last + channels, o->right, last, last - step, channels);
}

/* Writes `count` rows that continue `edge`, using `spare` for them. */
static int continue_down(struct png_writer *writer, uint32_t count, const uint8_t *edge,
                         const uint8_t *next, uint8_t *spare, size_t n, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        spare[i] = edge == next ? edge[i] : continue_edge(edge[i], next[i]);
    }
    for (uint32_t y = 0; y < count; y++) {
        if (png_writer_row(writer, spare, err) != 0) {
            return -1;
        }
    }
    return 0;
}

static int next_row(struct rows *image, const struct outpaint *o, uint8_t *row, struct error *err)
{
    if (image->row(image, row + (size_t)o->left * image->channels, err) != 0) {
        return -1;
    }
    continue_row(row, image, o);
    return 0;
}

/* All rows of the canvas; `rows` are three of n bytes. The two latest rows are kept, for the one
 * before the last is needed at the end. */
static int write_rows(struct rows *image, const struct outpaint *o, struct png_writer *writer,
                      uint8_t *rows, size_t n, struct error *err)
{
    uint8_t *row = rows, *before = rows + n, *spare = rows + 2 * n;

    if (next_row(image, o, before, err) != 0 ||
        (image->height > 1 && next_row(image, o, row, err) != 0) ||
        continue_down(writer, o->top, before, image->height > 1 ? row : before, spare, n, err) !=
            0 ||
        png_writer_row(writer, before, err) != 0) {
        return -1;
    }
    for (uint32_t y = 1; y < image->height; y++) {
        if (y > 1) {
            uint8_t *old = before;
            before = row;
            row = old;
            if (next_row(image, o, row, err) != 0) {
                return -1;
            }
        }
        if (png_writer_row(writer, row, err) != 0) {
            return -1;
        }
    }
    row = image->height > 1 ? row : before;
    return continue_down(writer, o->bottom, row, before, spare, n, err);
}

int outpaint_image(struct rows *image, const struct outpaint *o, struct png_sink out,
                   struct error *err)
{
    struct png_header header = {.depth = 8,
                                .colour = image->channels == 1   ? PNG_COLOUR_GREY
                                          : image->channels == 3 ? PNG_COLOUR_RGB
                                                                 : PNG_COLOUR_RGBA};
    struct png_writer *writer = NULL;
    uint8_t *rows = NULL;
    int result = -1;

    if (outpaint_size(o, image, &header.width, &header.height, err) != 0) {
        return -1;
    }
    size_t n = (size_t)header.width * image->channels;
    rows = calloc(3, n);
    if (rows == NULL) {
        return error_memory(err, "extending an image");
    }
    if (png_writer_open(&writer, &header, out, err) == 0 &&
        write_rows(image, o, writer, rows, n, err) == 0 && rows_finish(image, err) == 0) {
        result = png_writer_finish(writer, err);
    }
    png_writer_free(writer);
    free(rows);
    return result;
}

static int write_mask(struct rows *mask, uint32_t height, const struct outpaint *o,
                      struct png_writer *writer, const uint8_t *white, uint8_t *row,
                      struct error *err)
{
    for (uint32_t y = 0; y < o->top; y++) {
        if (png_writer_row(writer, white, err) != 0) {
            return -1;
        }
    }
    for (uint32_t y = 0; y < height; y++) {
        if ((mask != NULL && mask->row(mask, row + o->left, err) != 0) ||
            png_writer_row(writer, row, err) != 0) {
            return -1;
        }
    }
    for (uint32_t y = 0; y < o->bottom; y++) {
        if (png_writer_row(writer, white, err) != 0) {
            return -1;
        }
    }
    return mask != NULL ? rows_finish(mask, err) : 0;
}

int outpaint_mask(struct rows *mask, uint32_t width, uint32_t height, const struct outpaint *o,
                  struct png_sink out, struct error *err)
{
    struct png_header header = {.depth = 8, .colour = PNG_COLOUR_GREY};
    struct png_writer *writer = NULL;
    uint8_t *white = NULL, *row = NULL;
    int result = -1;

    if (mask != NULL && (mask->channels != 1 || mask->width != width || mask->height != height)) {
        return error_set(err, EXIT_UNEXPECTED, "'%s' is no grey mask of %ux%u", mask->name, width,
                         height);
    }
    if (canvas_size(o, width, height, &header.width, &header.height, err) != 0) {
        return -1;
    }
    white = malloc(header.width);
    row = malloc(header.width);
    if (white == NULL || row == NULL) {
        error_memory(err, "making a mask");
        goto out;
    }
    memset(white, 255, header.width);
    memset(row, 255, header.width);
    memset(row + o->left, 0, width);
    if (png_writer_open(&writer, &header, out, err) == 0 &&
        write_mask(mask, height, o, writer, white, row, err) == 0) {
        result = png_writer_finish(writer, err);
    }
out:
    png_writer_free(writer);
    free(white);
    free(row);
    return result;
}
