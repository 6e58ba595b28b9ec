#include "image/png.h"

#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "image/deflate_runs.h"
#include "image/row_filter.h"

#define LENGTH_MAX 0x7fffffffu /* of a chunk, and of a side */
#define SMALL 500              /* bytes of a chunk that are copied rather than written apart */

struct png_writer {
    struct png_sink sink;
    struct png_header header;
    bool in_pixels; /* PLTE and tRNS are written: the colour space chunks go before them */
    struct deflate_runs *deflate;
    size_t row_n, pixel;
    uint32_t rows_left;
    uint8_t *rows;                   /* the room for these */
    uint8_t *row, *above, *filtered; /* filtered[0] is the filter */
};

static void set_u32(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)(value >> 24);
    to[1] = (uint8_t)(value >> 16);
    to[2] = (uint8_t)(value >> 8);
    to[3] = (uint8_t)value;
}

static uint32_t get_u32(const char *bytes)
{
    const uint8_t *from = (const uint8_t *)bytes;

    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static int put(struct png_writer *w, const void *bytes, size_t n, struct error *err)
{
    return n > 0 ? w->sink.write(w->sink.ctx, bytes, n, err) : 0;
}

static int chunk_start(struct png_writer *w, const char *type, uint32_t n, uint32_t *crc,
                       struct error *err)
{
    uint8_t head[8];

    set_u32(head, n);
    memcpy(head + 4, type, 4);
    *crc = crc32_update(0, head + 4, 4);
    return put(w, head, sizeof head, err);
}

static int chunk_data(struct png_writer *w, const void *bytes, size_t n, uint32_t *crc,
                      struct error *err)
{
    *crc = crc32_update(*crc, bytes, n);
    return put(w, bytes, n, err);
}

static int chunk_end(struct png_writer *w, uint32_t crc, struct error *err)
{
    uint8_t tail[4];

    set_u32(tail, crc);
    return put(w, tail, sizeof tail, err);
}

/* A chunk that is small enough to go to the sink in one piece. */
static int write_small(struct png_writer *w, const char *type, const void *bytes, size_t n,
                       struct error *err)
{
    uint8_t chunk[SMALL + 12];

    set_u32(chunk, (uint32_t)n);
    memcpy(chunk + 4, type, 4);
    if (n > 0) {
        memcpy(chunk + 8, bytes, n);
    }
    set_u32(chunk + 8 + n, crc32_update(0, chunk + 4, n + 4));
    return put(w, chunk, n + 12, err);
}

/* A chunk of two parts. */
static int write_chunk(struct png_writer *w, const char *type, const void *head, size_t n_head,
                       const void *tail, size_t n_tail, struct error *err)
{
    uint32_t crc;

    if (n_head <= SMALL && n_tail == 0) {
        return write_small(w, type, head, n_head, err);
    }
    return chunk_start(w, type, (uint32_t)(n_head + n_tail), &crc, err) ||
                   chunk_data(w, head, n_head, &crc, err) ||
                   chunk_data(w, tail, n_tail, &crc, err) || chunk_end(w, crc, err)
               ? -1
               : 0;
}

static int write_idat(void *ctx, const void *bytes, size_t n, struct error *err)
{
    return write_chunk(ctx, "IDAT", bytes, n, NULL, 0, err);
}

static int write_start(struct png_writer *w, struct error *err)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    uint8_t fields[13] = {0};

    set_u32(fields, w->header.width);
    set_u32(fields + 4, w->header.height);
    fields[8] = (uint8_t)w->header.depth;
    fields[9] = (uint8_t)w->header.colour;
    if (put(w, signature, sizeof signature, err)) {
        return -1;
    }
    return write_chunk(w, "IHDR", fields, sizeof fields, NULL, 0, err);
}

static int write_colours(struct png_writer *w, struct error *err)
{
    const struct png_header *h = &w->header;
    uint8_t trns[6];

    if (h->colour == PNG_COLOUR_PALETTE &&
        write_chunk(w, "PLTE", h->palette, 3 * h->n_palette, NULL, 0, err)) {
        return -1;
    }
    if (!h->has_trns) {
        return 0;
    }
    if (h->colour == PNG_COLOUR_PALETTE) {
        return write_chunk(w, "tRNS", h->palette_alpha, h->n_trns, NULL, 0, err);
    }
    for (size_t i = 0; i < 3; i++) {
        trns[2 * i] = (uint8_t)(h->trns[i] >> 8);
        trns[2 * i + 1] = (uint8_t)h->trns[i];
    }
    return write_chunk(w, "tRNS", trns, h->colour == PNG_COLOUR_GREY ? 2 : 6, NULL, 0, err);
}

static int allocate_rows(struct png_writer *w, struct error *err)
{
    size_t each = w->row_n + 2 * ROW_FILTER_ROOM;

    w->rows = calloc(3, each);
    if (w->rows == NULL) {
        return error_memory(err, "writing a PNG");
    }
    w->row = w->rows + ROW_FILTER_ROOM;
    w->above = w->row + each;
    w->filtered = w->above + each;
    return 0;
}

int png_writer_open(struct png_writer **out, const struct png_header *header, struct png_sink sink,
                    struct error *err)
{
    struct png_writer *w = calloc(1, sizeof *w);

    *out = NULL;
    if (w == NULL) {
        return error_memory(err, "writing a PNG");
    }
    w->sink = sink;
    w->header = *header;
    w->rows_left = header->height;
    w->row_n = png_header_row_bytes(header, header->width);
    w->pixel = (png_header_samples(header) * header->depth + 7) / 8;
    struct png_sink idat = {.write = write_idat, .ctx = w};
    if (header->width - 1 >= LENGTH_MAX || header->height - 1 >= LENGTH_MAX) {
        error_set(err, EXIT_UNEXPECTED, "cannot make a PNG of %ux%u", header->width,
                  header->height);
        goto out;
    }
    if (allocate_rows(w, err) || deflate_runs_open(&w->deflate, w->pixel, idat, err) ||
        write_start(w, err)) {
        goto out;
    }
    *out = w;
    return 0;
out:
    png_writer_free(w);
    return -1;
}

int png_writer_text(struct png_writer *w, const char *key, const char *text, struct error *err)
{
    static const char not_compressed[5] = {0}; /* end of key, flag, method, language, translation */
    char head[79 + sizeof not_compressed];
    size_t n_key = strlen(key), n_text = strlen(text);
    bool ascii = true;

    if (n_key == 0 || n_key > 79 || n_text > LENGTH_MAX - sizeof head) {
        return error_set(err, EXIT_UNEXPECTED, "cannot make a PNG: text for '%s' does not fit",
                         key);
    }
    for (const char *p = text; *p != '\0'; p++) {
        ascii = ascii && (unsigned char)*p < 0x80;
    }
    memcpy(head, key, n_key);
    memcpy(head + n_key, not_compressed, sizeof not_compressed);
    if (ascii) {
        return write_chunk(w, "tEXt", head, n_key + 1, text, n_text, err);
    }
    return write_chunk(w, "iTXt", head, n_key + sizeof not_compressed, text, n_text, err);
}

static bool chunk_stays(const char *type)
{
    static const char stays[][5] = {"gAMA", "cHRM", "sRGB", "iCCP", "cICP",
                                    "pHYs", "eXIf", "tEXt", "zTXt", "iTXt"};

    for (size_t i = 0; i < sizeof stays / sizeof stays[0]; i++) {
        if (memcmp(type, stays[i], 4) == 0) {
            return true;
        }
    }
    return false;
}

static int copy_chunk(struct png_writer *w, const struct png_source *from, uint64_t offset,
                      const char *type, uint32_t n, struct error *err)
{
    uint8_t bytes[4096];
    uint32_t crc;
    size_t got;

    if (chunk_start(w, type, n, &crc, err)) {
        return -1;
    }
    for (uint64_t end = offset + n; offset < end; offset += got) {
        size_t want = end - offset < sizeof bytes ? (size_t)(end - offset) : sizeof bytes;

        if (png_source_read(from, offset, bytes, want, &got, err)) {
            return -1;
        }
        if (got < want) {
            return error_set(err, EXIT_INPUT, "'%s' changed while it was read", from->name);
        }
        if (chunk_data(w, bytes, got, &crc, err)) {
            return -1;
        }
    }
    return chunk_end(w, crc, err);
}

int png_writer_copy(struct png_writer *w, const struct png_source *from, enum png_part part,
                    struct error *err)
{
    char head[9] = {0}; /* length, type */
    bool seen_pixels = false;
    uint64_t offset = 8;

    for (;;) {
        uint32_t n;
        size_t got;

        if (png_source_read(from, offset, head, 8, &got, err)) {
            return -1;
        }
        if (got < 8 || get_u32(head) > LENGTH_MAX) {
            return error_set(err, EXIT_INPUT, "'%s' changed while it was read", from->name);
        }
        n = get_u32(head);
        seen_pixels = seen_pixels || memcmp(head + 4, "IDAT", 4) == 0;
        if (memcmp(head + 4, "IEND", 4) == 0 || (seen_pixels && part == PNG_BEFORE_PIXELS)) {
            return 0;
        }
        if (chunk_stays(head + 4) && seen_pixels == (part == PNG_AFTER_PIXELS) &&
            copy_chunk(w, from, offset + 8, head + 4, n, err)) {
            return -1;
        }
        offset += (uint64_t)n + 12;
    }
}

int png_writer_row(struct png_writer *w, const uint8_t *row, struct error *err)
{
    bool photo = w->header.depth >= 8 && w->header.colour != PNG_COLOUR_PALETTE;
    enum row_filter filter;
    uint8_t *here = w->row;

    if (!w->in_pixels && write_colours(w, err)) {
        return -1;
    }
    w->in_pixels = true;
    memcpy(here, row, w->row_n);
    filter = row_filter_choose(here, w->above, w->row_n, w->pixel, photo, w->filtered);
    w->filtered[0] = (uint8_t)filter;
    row_filter_apply(filter, w->filtered + 1, here, w->above, w->row_n, w->pixel);
    w->row = w->above;
    w->above = here;
    if (deflate_runs_write(w->deflate, w->filtered, w->row_n + 1, err)) {
        return -1;
    }
    w->rows_left--;
    return w->rows_left == 0 ? deflate_runs_finish(w->deflate, err) : 0;
}

int png_writer_finish(struct png_writer *w, struct error *err)
{
    if (w->rows_left > 0) {
        return error_set(err, EXIT_UNEXPECTED, "cannot make a PNG: rows are missing");
    }
    return write_chunk(w, "IEND", NULL, 0, NULL, 0, err);
}

void png_writer_free(struct png_writer *w)
{
    if (w == NULL) {
        return;
    }
    deflate_runs_free(w->deflate);
    free(w->rows);
    free(w);
}
