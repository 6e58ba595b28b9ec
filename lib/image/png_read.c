#include "image/png.h"

#include <stdlib.h>
#include <string.h>

#include "image/inflater.h"
#include "image/png_chunk.h"
#include "image/row_filter.h"

#define PASSES 7

/* A decoder of the rows of the passes up to one, at some place in the image data. */
struct stream {
    struct png_chunks chunks;
    struct inflater *inflater;
    uint8_t *rows; /* the room for these */
    uint8_t *row, *above;
};

struct png_reader {
    struct png_source source;
    struct png_header header;
    struct stream *streams[PASSES]; /* just the first, unless interlaced */
    unsigned last;                  /* the stream that reads to the end of the file */
    uint32_t y;
};

static const struct {
    uint8_t x, y, dx, dy;
} adam7[PASSES] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                   {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

/* Pixels in a row of a pass and rows of it, 0 when it has none. */
static uint32_t pass_width(const struct png_header *h, unsigned pass)
{
    return h->width <= adam7[pass].x ? 0 : (h->width - adam7[pass].x - 1) / adam7[pass].dx + 1;
}

static uint32_t pass_height(const struct png_header *h, unsigned pass)
{
    bool none = h->width <= adam7[pass].x || h->height <= adam7[pass].y;

    return none ? 0 : (h->height - adam7[pass].y - 1) / adam7[pass].dy + 1;
}

static void stream_free(struct stream *s)
{
    if (s == NULL) {
        return;
    }
    inflater_free(s->inflater);
    free(s->rows);
    free(s);
}

static struct stream *stream_new(const struct png_source *source, uint64_t offset,
                                 struct error *err)
{
    struct stream *s = malloc(sizeof *s);

    if (s == NULL) {
        error_memory(err, "reading a PNG");
        return NULL;
    }
    s->inflater = NULL;
    s->rows = NULL;
    png_chunks_init(&s->chunks, source, offset);
    return s;
}

/* The image data, over the borders of its chunks. */
static int stream_data(void *ctx, void *to, size_t n, size_t *got, struct error *err)
{
    struct png_chunks *c = &((struct stream *)ctx)->chunks;

    *got = 0;
    while (png_chunks_is(c, "IDAT") && c->left == 0) {
        if (png_chunks_end(c, err) || png_chunks_next(c, err)) {
            return -1;
        }
    }
    if (!png_chunks_is(c, "IDAT")) {
        return 0;
    }
    *got = c->left < n ? c->left : n;
    return png_chunks_data(c, to, *got, err);
}

/* At the data of the first IDAT: gets ready for rows of up to n bytes. */
static int stream_start(struct stream *s, size_t n, struct error *err)
{
    const struct inflater_source data = {.read = stream_data, .ctx = s};
    size_t each = n + 2 * ROW_FILTER_ROOM;

    s->rows = calloc(2, each);
    if (s->rows == NULL) {
        return error_memory(err, "reading a PNG");
    }
    s->row = s->rows + ROW_FILTER_ROOM;
    s->above = s->row + each;
    return inflater_open(&s->inflater, data, s->chunks.source->name, err);
}

/* The next row is then in s->above. */
static int stream_row(struct stream *s, size_t n, size_t pixel, struct error *err)
{
    uint8_t filter, *row = s->row;

    if (inflater_read(s->inflater, &filter, 1, err) || inflater_read(s->inflater, row, n, err)) {
        return -1;
    }
    if (filter > ROW_FILTER_PAETH) {
        return png_chunks_fault(&s->chunks, "a row has an unknown filter", err);
    }
    row_filter_undo((enum row_filter)filter, row, s->above, n, pixel);
    s->row = s->above;
    s->above = row;
    return 0;
}

static int header_check(const struct png_header *h, const char *name, struct error *err)
{
    if ((uint64_t)h->width * h->height > PNG_PIXELS_MAX) {
        return error_set(err, EXIT_INPUT, "'%s' is too large: %ux%u is over %u pixels", name,
                         h->width, h->height, PNG_PIXELS_MAX);
    }
    if (png_header_row_bytes(h, h->width) > PNG_ROW_MAX) {
        return error_set(err, EXIT_INPUT, "'%s' is too wide: a row of it is over %u bytes", name,
                         PNG_ROW_MAX);
    }
    return 0;
}

static size_t pixel_bytes(const struct png_header *h)
{
    return (png_header_samples(h) * h->depth + 7) / 8;
}

/* Drops the passes before one; the row above the first of a pass is zeros. */
static int passes_skip(struct stream *s, const struct png_header *h, unsigned pass,
                       struct error *err)
{
    for (unsigned before = 0; before < pass; before++) {
        size_t n = png_header_row_bytes(h, pass_width(h, before));
        uint32_t height = pass_height(h, before);

        for (uint32_t y = 0; y < height; y++) {
            if (stream_row(s, n, pixel_bytes(h), err)) {
                return -1;
            }
        }
        if (height > 0) {
            memset(s->above, 0, n + ROW_FILTER_ROOM);
        }
    }
    return 0;
}

/* Places a decoder at the start of each pass that has pixels. Each reads the passes before its own
 * and drops them, so the file is decoded twice in all and never held. */
static int passes_open(struct png_reader *r, uint64_t pixels, struct error *err)
{
    const struct png_header *h = &r->header;
    size_t widest = png_header_row_bytes(h, pass_width(h, 0));

    for (unsigned pass = 1; pass < PASSES; pass++) {
        if (pass_height(h, pass) == 0) {
            continue;
        }
        size_t n = png_header_row_bytes(h, pass_width(h, pass));
        widest = n > widest ? n : widest;
        struct stream *s = r->streams[pass] = stream_new(&r->source, pixels, err);
        if (s == NULL || png_chunks_next(&s->chunks, err) || stream_start(s, widest, err) ||
            passes_skip(s, h, pass, err)) {
            return -1;
        }
        r->last = pass;
    }
    return 0;
}

/* Spreads the pixels of one row of a pass over the row of the picture. */
static void pass_merge(const struct png_header *h, unsigned pass, const uint8_t *from, uint8_t *row)
{
    size_t bits = (size_t)png_header_samples(h) * h->depth;
    size_t x = adam7[pass].x;

    for (size_t i = 0; x < h->width; i++, x += adam7[pass].dx) {
        if (bits >= 8) {
            memcpy(row + x * (bits / 8), from + i * (bits / 8), bits / 8);
        } else {
            unsigned mask = (1u << bits) - 1;
            unsigned to_shift = (unsigned)(8 - bits - x * bits % 8);
            unsigned value = (unsigned)from[i * bits / 8] >> (8 - bits - i * bits % 8) & mask;
            uint8_t *to = &row[x * bits / 8];

            *to = (uint8_t)((*to & ~(mask << to_shift)) | value << to_shift);
        }
    }
}

int png_reader_open(struct png_reader **out, const struct png_source *source, struct error *err)
{
    struct png_reader *r = calloc(1, sizeof *r);
    uint64_t pixels;

    *out = NULL;
    if (r == NULL) {
        return error_memory(err, "reading a PNG");
    }
    r->source = *source;
    if (png_source_check(source, err)) {
        goto out;
    }
    struct stream *s = r->streams[0] = stream_new(&r->source, 0, err);
    if (s == NULL || png_chunks_header(&s->chunks, &r->header, &pixels, err) ||
        header_check(&r->header, source->name, err)) {
        goto out;
    }
    uint32_t width = r->header.interlaced ? pass_width(&r->header, 0) : r->header.width;
    if (stream_start(s, png_header_row_bytes(&r->header, width), err) ||
        (r->header.interlaced && passes_open(r, pixels, err))) {
        goto out;
    }
    *out = r;
    return 0;
out:
    png_reader_free(r);
    return -1;
}

const struct png_header *png_reader_header(const struct png_reader *r)
{
    return &r->header;
}

static int passes_row(struct png_reader *r, uint32_t y, uint8_t *row, struct error *err)
{
    const struct png_header *h = &r->header;

    for (unsigned pass = 0; pass < PASSES; pass++) {
        struct stream *s = r->streams[pass];

        if (s == NULL || y % adam7[pass].dy != adam7[pass].y) {
            continue;
        }
        size_t n = png_header_row_bytes(h, pass_width(h, pass));
        if (stream_row(s, n, pixel_bytes(h), err)) {
            return -1;
        }
        pass_merge(h, pass, s->above, row);
    }
    return 0;
}

int png_reader_row(struct png_reader *r, uint8_t *row, struct error *err)
{
    const struct png_header *h = &r->header;
    size_t n = png_header_row_bytes(h, h->width);
    uint32_t y = r->y++;

    if (h->interlaced) {
        if (passes_row(r, y, row, err)) {
            return -1;
        }
    } else {
        if (stream_row(r->streams[0], n, pixel_bytes(h), err)) {
            return -1;
        }
        memcpy(row, r->streams[0]->above, n);
    }
    if (!png_header_row_valid(h, row)) {
        return png_chunks_fault(&r->streams[0]->chunks, "a palette index has no entry", err);
    }
    return 0;
}

int png_reader_finish(struct png_reader *r, struct error *err)
{
    struct stream *s = r->streams[r->last];

    return inflater_finish(s->inflater, err) ? -1 : png_chunks_tail(&s->chunks, err);
}

void png_reader_free(struct png_reader *r)
{
    if (r == NULL) {
        return;
    }
    for (unsigned pass = 0; pass < PASSES; pass++) {
        stream_free(r->streams[pass]);
    }
    free(r);
}
