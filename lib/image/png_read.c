#include "image/png.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_BUFFER 16384
#define PASSES 7

/* One libpng decoder and its place in the source. Errors of libpng arrive in stream_error(), which
 * fills *err and jumps back to the setjmp() of the function that was called. */
struct stream {
    png_structp png;
    png_infop info;
    const struct png_source *source;
    uint64_t offset; /* in the source, of the end of buffer */
    uint8_t *buffer;
    size_t used, have;
    struct error *err; /* of the call under way */
    bool no_memory;
    bool told; /* *err is filled already */
};

struct png_reader {
    struct png_source source;
    struct png_header header;
    struct stream streams[PASSES]; /* just the first, unless interlaced */
    unsigned last;                 /* the stream that reads to the end of the file */
    uint8_t *pass_row;
    uint32_t y;
};

static const struct {
    uint8_t x, y, dx, dy;
} adam7[PASSES] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                   {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

static PNG_FUNCTION(void, stream_error, (png_structp png, png_const_charp message), PNG_NORETURN)
{
    struct stream *s = png_get_error_ptr(png);

    if (s->no_memory) {
        error_memory(s->err, "reading a PNG");
    } else if (!s->told) {
        error_set(s->err, EXIT_INPUT, "'%s' is not a usable PNG: %s", s->source->name, message);
    }
    png_longjmp(png, 1);
}

static void stream_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static png_voidp stream_malloc(png_structp png, png_alloc_size_t n)
{
    struct stream *s = png_get_mem_ptr(png);
    void *p = malloc(n);

    if (p == NULL) {
        s->no_memory = true;
    }
    return p;
}

static void stream_free_memory(png_structp png, png_voidp p)
{
    (void)png;
    free(p);
}

static void stream_read(png_structp png, png_bytep to, size_t n)
{
    struct stream *s = png_get_io_ptr(png);

    while (n > 0) {
        size_t part;

        if (s->used == s->have) {
            s->used = s->have = 0;
            if (png_source_read(s->source, s->offset, s->buffer, STREAM_BUFFER, &s->have, s->err)) {
                s->told = true;
                png_error(png, "cannot read");
            }
            if (s->have == 0) {
                png_error(png, "it is cut off");
            }
            s->offset += s->have;
        }
        part = s->have - s->used < n ? s->have - s->used : n;
        memcpy(to, s->buffer + s->used, part);
        s->used += part;
        to += part;
        n -= part;
    }
}

static void stream_close(struct stream *s)
{
    png_destroy_read_struct(&s->png, &s->info, NULL);
    free(s->buffer);
    memset(s, 0, sizeof *s);
}

/* Opens a decoder and reads up to the image data. */
static int stream_open(struct stream *s, const struct png_source *source, struct error *err)
{
    s->source = source;
    s->err = err;
    s->buffer = malloc(STREAM_BUFFER);
    if (s->buffer != NULL) {
        s->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, s, stream_error, stream_warning, s,
                                          stream_malloc, stream_free_memory);
    }
    if (s->png != NULL) {
        s->info = png_create_info_struct(s->png);
    }
    if (s->info == NULL) {
        return error_memory(err, "reading a PNG");
    }
    if (setjmp(png_jmpbuf(s->png))) {
        return -1;
    }
    png_set_read_fn(s->png, s, stream_read);
    png_set_benign_errors(s->png, 0);
    png_set_crc_action(s->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    /* All ancillary chunks but tRNS are skipped without an allocation, so a chunk may be long. */
    png_set_keep_unknown_chunks(s->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_chunk_malloc_max(s->png, 0);
    png_set_user_limits(s->png, PNG_SIDE_MAX, PNG_SIDE_MAX);
    png_read_info(s->png, s->info);
    return 0;
}

static int stream_row(struct stream *s, uint8_t *row, struct error *err)
{
    s->err = err;
    if (setjmp(png_jmpbuf(s->png))) {
        return -1;
    }
    png_read_row(s->png, row, NULL);
    return 0;
}

static int stream_end(struct stream *s, struct error *err)
{
    s->err = err;
    if (setjmp(png_jmpbuf(s->png))) {
        return -1;
    }
    png_read_end(s->png, NULL);
    return 0;
}

static void header_read(struct png_header *h, png_structp png, png_infop info)
{
    png_colorp palette;
    png_bytep alpha;
    png_color_16p colour;
    int n;

    h->width = png_get_image_width(png, info);
    h->height = png_get_image_height(png, info);
    h->depth = png_get_bit_depth(png, info);
    h->colour = (enum png_colour)png_get_color_type(png, info);
    h->interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
    memset(h->palette_alpha, 255, sizeof h->palette_alpha);
    if (h->colour == PNG_COLOUR_PALETTE && png_get_PLTE(png, info, &palette, &n) != 0) {
        h->n_palette = (unsigned)n;
        for (int i = 0; i < n; i++) {
            h->palette[i][0] = palette[i].red;
            h->palette[i][1] = palette[i].green;
            h->palette[i][2] = palette[i].blue;
        }
    }
    if (png_get_tRNS(png, info, &alpha, &n, &colour) == 0) {
        return;
    }
    h->has_trns = true;
    if (h->colour == PNG_COLOUR_PALETTE) {
        h->n_trns = (unsigned)n;
        memcpy(h->palette_alpha, alpha, h->n_trns);
        return;
    }
    /* Only as many bits as a sample has count, whatever the others hold. */
    unsigned bits = (1u << h->depth) - 1;
    bool grey = h->colour == PNG_COLOUR_GREY;
    h->trns[0] = (uint16_t)((grey ? colour->gray : colour->red) & bits);
    h->trns[1] = (uint16_t)(grey ? 0 : colour->green & bits);
    h->trns[2] = (uint16_t)(grey ? 0 : colour->blue & bits);
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

/* Rows of a pass, 0 when it has no pixels. */
static uint32_t pass_rows(const struct png_header *h, unsigned pass)
{
    if (h->width <= adam7[pass].x || h->height <= adam7[pass].y) {
        return 0;
    }
    return (h->height - adam7[pass].y - 1) / adam7[pass].dy + 1;
}

/* Places a decoder at the start of each pass that has pixels. Each reads the passes before its own
 * and drops them, so the file is decoded twice in all and never held. */
static int passes_open(struct png_reader *r, struct error *err)
{
    const struct png_header *h = &r->header;

    r->pass_row = calloc(1, png_header_row_bytes(h, h->width));
    if (r->pass_row == NULL) {
        return error_memory(err, "reading a PNG");
    }
    for (unsigned pass = 1; pass < PASSES; pass++) {
        if (pass_rows(h, pass) == 0) {
            continue;
        }
        if (stream_open(&r->streams[pass], &r->source, err)) {
            return -1;
        }
        for (unsigned before = 0; before < pass; before++) {
            for (uint32_t y = 0; y < pass_rows(h, before); y++) {
                if (stream_row(&r->streams[pass], r->pass_row, err)) {
                    return -1;
                }
            }
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

    *out = NULL;
    if (r == NULL) {
        return error_memory(err, "reading a PNG");
    }
    r->source = *source;
    if (png_source_check(source, err) || stream_open(&r->streams[0], &r->source, err)) {
        goto out;
    }
    header_read(&r->header, r->streams[0].png, r->streams[0].info);
    if (header_check(&r->header, source->name, err)) {
        goto out;
    }
    if (r->header.interlaced && passes_open(r, err)) {
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
    for (unsigned pass = 0; pass < PASSES; pass++) {
        if (r->streams[pass].png == NULL || y % adam7[pass].dy != adam7[pass].y) {
            continue;
        }
        if (stream_row(&r->streams[pass], r->pass_row, err)) {
            return -1;
        }
        pass_merge(&r->header, pass, r->pass_row, row);
    }
    return 0;
}

int png_reader_row(struct png_reader *r, uint8_t *row, struct error *err)
{
    uint32_t y = r->y++;

    if (r->header.interlaced ? passes_row(r, y, row, err) : stream_row(&r->streams[0], row, err)) {
        return -1;
    }
    if (!png_header_row_valid(&r->header, row)) {
        return error_set(err, EXIT_INPUT, "'%s' is not a usable PNG: a palette index has no entry",
                         r->source.name);
    }
    return 0;
}

int png_reader_finish(struct png_reader *r, struct error *err)
{
    return stream_end(&r->streams[r->last], err);
}

void png_reader_free(struct png_reader *r)
{
    if (r == NULL) {
        return;
    }
    for (unsigned pass = 0; pass < PASSES; pass++) {
        stream_close(&r->streams[pass]);
    }
    free(r->pass_row);
    free(r);
}
