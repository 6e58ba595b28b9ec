#include "image/png.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define WRITE_BUFFER 65536 /* of compressed data, which is also the size of an IDAT chunk */

struct png_writer {
    png_structp png;
    png_infop info;
    struct png_sink sink;
    struct error *err; /* of the call under way */
    bool told;         /* *err is filled already */
    bool in_pixels;    /* PLTE and tRNS are written: the colour space chunks go before them */
};

static PNG_FUNCTION(void, write_error, (png_structp png, png_const_charp message), PNG_NORETURN)
{
    struct png_writer *w = png_get_error_ptr(png);

    if (!w->told) {
        error_set(w->err, EXIT_UNEXPECTED, "cannot make a PNG: %s", message);
    }
    png_longjmp(png, 1);
}

static void write_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t n)
{
    struct png_writer *w = png_get_io_ptr(png);

    if (n > 0 && w->sink.write(w->sink.ctx, bytes, n, w->err)) {
        w->told = true;
        png_error(png, "cannot write");
    }
}

static void write_flush(png_structp png)
{
    (void)png;
}

static void set_header(struct png_writer *w, const struct png_header *h)
{
    png_color palette[256];
    png_color_16 colour = {0};

    png_set_IHDR(w->png, w->info, h->width, h->height, (int)h->depth, (int)h->colour,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    if (h->colour == PNG_COLOUR_PALETTE) {
        for (unsigned i = 0; i < h->n_palette; i++) {
            palette[i].red = h->palette[i][0];
            palette[i].green = h->palette[i][1];
            palette[i].blue = h->palette[i][2];
        }
        png_set_PLTE(w->png, w->info, palette, (int)h->n_palette);
    }
    if (!h->has_trns) {
        return;
    }
    colour.gray = colour.red = h->trns[0];
    colour.green = h->trns[1];
    colour.blue = h->trns[2];
    if (h->colour == PNG_COLOUR_PALETTE) {
        png_set_tRNS(w->png, w->info, h->palette_alpha, (int)h->n_trns, NULL);
    } else {
        png_set_tRNS(w->png, w->info, NULL, 0, &colour);
    }
}

/* Everything before the first row; false when libpng gave up and *err is filled. */
static bool write_header(struct png_writer *w, const struct png_header *h)
{
    if (setjmp(png_jmpbuf(w->png))) {
        return false;
    }
    png_set_write_fn(w->png, w, write_bytes, write_flush);
    png_set_compression_level(w->png, 1);
    png_set_compression_strategy(w->png, Z_RLE);
    png_set_compression_buffer_size(w->png, WRITE_BUFFER);
    png_set_filter(w->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    png_set_user_limits(w->png, PNG_SIDE_MAX, PNG_SIDE_MAX);
    set_header(w, h);
    png_write_info_before_PLTE(w->png, w->info);
    return true;
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
    w->err = err;
    w->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, w, write_error, write_warning);
    if (w->png != NULL) {
        w->info = png_create_info_struct(w->png);
    }
    if (w->info == NULL) {
        error_memory(err, "writing a PNG");
        goto out;
    }
    if (!write_header(w, header)) {
        goto out;
    }
    *out = w;
    return 0;
out:
    png_writer_free(w);
    return -1;
}

static int write_chunk(struct png_writer *w, const char *type, const void *head, size_t n_head,
                       const void *tail, size_t n_tail)
{
    if (setjmp(png_jmpbuf(w->png))) {
        return -1;
    }
    png_write_chunk_start(w->png, (png_const_bytep)type, (png_uint_32)(n_head + n_tail));
    png_write_chunk_data(w->png, head, n_head);
    png_write_chunk_data(w->png, tail, n_tail);
    png_write_chunk_end(w->png);
    return 0;
}

int png_writer_text(struct png_writer *w, const char *key, const char *text, struct error *err)
{
    static const char not_compressed[5] = {0}; /* end of key, flag, method, language, translation */
    char head[79 + sizeof not_compressed];
    size_t n_key = strlen(key), n_text = strlen(text);
    bool ascii = true;

    w->err = err;
    if (n_key == 0 || n_key > 79 || n_text > PNG_UINT_31_MAX - sizeof head) {
        return error_set(err, EXIT_UNEXPECTED, "cannot make a PNG: text for '%s' does not fit",
                         key);
    }
    for (const char *p = text; *p != '\0'; p++) {
        ascii = ascii && (unsigned char)*p < 0x80;
    }
    memcpy(head, key, n_key);
    memcpy(head + n_key, not_compressed, sizeof not_compressed);
    if (ascii) {
        return write_chunk(w, "tEXt", head, n_key + 1, text, n_text);
    }
    return write_chunk(w, "iTXt", head, n_key + sizeof not_compressed, text, n_text);
}

static bool chunk_stays(const uint8_t *type)
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
                      const uint8_t *type, uint32_t n)
{
    uint8_t bytes[4096];
    size_t got;

    png_write_chunk_start(w->png, type, n);
    for (uint64_t end = offset + n; offset < end; offset += got) {
        size_t want = end - offset < sizeof bytes ? (size_t)(end - offset) : sizeof bytes;

        if (png_source_read(from, offset, bytes, want, &got, w->err)) {
            return -1;
        }
        if (got < want) {
            return error_set(w->err, EXIT_INPUT, "'%s' changed while it was read", from->name);
        }
        png_write_chunk_data(w->png, bytes, got);
    }
    png_write_chunk_end(w->png);
    return 0;
}

static int copy_chunks(struct png_writer *w, const struct png_source *from, enum png_part part)
{
    uint8_t head[8]; /* length, type */
    bool seen_pixels = false;
    uint64_t offset = 8;

    for (;;) {
        uint32_t n;
        size_t got;

        if (png_source_read(from, offset, head, sizeof head, &got, w->err)) {
            return -1;
        }
        if (got < sizeof head) {
            return error_set(w->err, EXIT_INPUT, "'%s' changed while it was read", from->name);
        }
        n = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
        seen_pixels = seen_pixels || memcmp(head + 4, "IDAT", 4) == 0;
        if (memcmp(head + 4, "IEND", 4) == 0 || (seen_pixels && part == PNG_BEFORE_PIXELS)) {
            return 0;
        }
        if (chunk_stays(head + 4) && seen_pixels == (part == PNG_AFTER_PIXELS) &&
            copy_chunk(w, from, offset + 8, head + 4, n)) {
            return -1;
        }
        offset += (uint64_t)n + 12;
    }
}

int png_writer_copy(struct png_writer *w, const struct png_source *from, enum png_part part,
                    struct error *err)
{
    w->err = err;
    if (setjmp(png_jmpbuf(w->png))) {
        return -1;
    }
    return copy_chunks(w, from, part);
}

int png_writer_row(struct png_writer *w, const uint8_t *row, struct error *err)
{
    w->err = err;
    if (setjmp(png_jmpbuf(w->png))) {
        return -1;
    }
    if (!w->in_pixels) {
        png_write_info(w->png, w->info);
    }
    w->in_pixels = true;
    png_write_row(w->png, row);
    return 0;
}

int png_writer_finish(struct png_writer *w, struct error *err)
{
    w->err = err;
    if (setjmp(png_jmpbuf(w->png))) {
        return -1;
    }
    png_write_end(w->png, NULL);
    return 0;
}

void png_writer_free(struct png_writer *w)
{
    if (w == NULL) {
        return;
    }
    png_destroy_write_struct(&w->png, &w->info);
    free(w);
}
