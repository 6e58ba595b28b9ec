#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "image/png.h"
#include "image/raster.h"
#include "tests/unit/unit.h"

/* The PNG reader and writer against each other, and what faulty input and output do. Forms that the
 * writer cannot make (Adam7, every kind of damage) are in tests/cli/mask-matrix.py. */

#define BUF_MAX (1u << 24)

static const struct {
    enum png_colour colour;
    unsigned depth;
} forms[] = {
    {PNG_COLOUR_GREY, 1},        {PNG_COLOUR_GREY, 2},    {PNG_COLOUR_GREY, 4},
    {PNG_COLOUR_GREY, 8},        {PNG_COLOUR_GREY, 16},   {PNG_COLOUR_RGB, 8},
    {PNG_COLOUR_RGB, 16},        {PNG_COLOUR_PALETTE, 1}, {PNG_COLOUR_PALETTE, 2},
    {PNG_COLOUR_PALETTE, 4},     {PNG_COLOUR_PALETTE, 8}, {PNG_COLOUR_GREY_ALPHA, 8},
    {PNG_COLOUR_GREY_ALPHA, 16}, {PNG_COLOUR_RGBA, 8},    {PNG_COLOUR_RGBA, 16},
};

static uint32_t noise(void)
{
    static uint32_t state = 1;

    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

struct counted {
    struct buf out;
    int fail_at; /* the write() that fails, from 0; -1 for none */
    int calls;
};

static int write_counted(void *ctx, const void *bytes, size_t n, struct error *err)
{
    struct counted *c = ctx;

    if (c->calls++ == c->fail_at) {
        return error_set(err, EXIT_OUTPUT, "the sink is full");
    }
    return buf_add(&c->out, bytes, n) ? 0 : error_memory(err, "testing");
}

/* Writes rows of h; 0 or -1. */
static int write_picture(const struct png_header *h, const uint8_t *rows, struct counted *c,
                         struct error *err)
{
    size_t n = png_header_row_bytes(h, h->width);
    struct png_writer *w = NULL;
    int result = png_writer_open(&w, h, (struct png_sink){.write = write_counted, .ctx = c}, err);

    for (uint32_t y = 0; result == 0 && y < h->height; y++) {
        result = png_writer_row(w, rows + y * n, err);
    }
    if (result == 0) {
        result = png_writer_finish(w, err);
    }
    png_writer_free(w);
    return result;
}

/* Reads it all back into rows; 0 or -1. */
static int read_picture(const struct png_source *source, struct png_header *h, uint8_t *rows,
                        struct error *err)
{
    struct png_reader *r = NULL;
    int result = png_reader_open(&r, source, err);

    if (result == 0) {
        *h = *png_reader_header(r);
    }
    for (uint32_t y = 0; result == 0 && y < h->height; y++) {
        result = png_reader_row(r, rows + y * png_header_row_bytes(h, h->width), err);
    }
    if (result == 0) {
        result = png_reader_finish(r, err);
    }
    png_reader_free(r);
    return result;
}

static struct png_header make_header(size_t form, bool trns)
{
    struct png_header h = {.width = 13,
                           .height = 5,
                           .depth = forms[form].depth,
                           .colour = forms[form].colour,
                           .has_trns = trns};

    memset(h.palette_alpha, 255, sizeof h.palette_alpha);
    if (h.colour == PNG_COLOUR_PALETTE) {
        h.n_palette = 1u << h.depth;
        h.n_trns = trns ? 2 : 0;
        for (unsigned i = 0; i < h.n_palette; i++) {
            h.palette[i][0] = (uint8_t)noise();
            h.palette[i][1] = (uint8_t)noise();
            h.palette[i][2] = (uint8_t)noise();
        }
        h.palette_alpha[0] = trns ? 7 : 255;
        h.palette_alpha[1] = trns ? 99 : 255;
    } else if (trns) {
        h.trns[0] = 1;
        h.trns[1] = h.trns[2] = h.colour == PNG_COLOUR_RGB ? 200 : 0;
    }
    return h;
}

static bool rows_equal(const struct png_header *h, const uint8_t *a, const uint8_t *b)
{
    size_t n = png_header_row_bytes(h, h->width);
    unsigned spare = (unsigned)(n * 8 - (size_t)h->width * png_header_samples(h) * h->depth);

    for (uint32_t y = 0; y < h->height; y++, a += n, b += n) {
        if (memcmp(a, b, n - 1) != 0 || (a[n - 1] ^ b[n - 1]) >> spare != 0) {
            return false;
        }
    }
    return true;
}

static bool headers_equal(const struct png_header *a, const struct png_header *b)
{
    return a->width == b->width && a->height == b->height && a->depth == b->depth &&
           a->colour == b->colour && a->interlaced == b->interlaced && a->has_trns == b->has_trns &&
           memcmp(a->trns, b->trns, sizeof a->trns) == 0 && a->n_palette == b->n_palette &&
           a->n_trns == b->n_trns && memcmp(a->palette, b->palette, sizeof a->palette) == 0 &&
           memcmp(a->palette_alpha, b->palette_alpha, sizeof a->palette_alpha) == 0;
}

static void test_round_trip(size_t form, bool trns)
{
    struct png_header h = make_header(form, trns), back;
    struct counted c = {.fail_at = -1};
    struct error err = {0};
    uint8_t rows[13 * 5 * 8], got[13 * 5 * 8] = {0};

    buf_init(&c.out, BUF_MAX);
    for (size_t i = 0; i < sizeof rows; i++) {
        rows[i] = (uint8_t)noise();
    }
    CHECK(write_picture(&h, rows, &c, &err) == 0, "writing form %zu: %s", form, err.text);
    struct png_source memory = {.bytes = c.out.data, .n = c.out.len, .name = "m"};
    CHECK(read_picture(&memory, &back, got, &err) == 0, "reading form %zu: %s", form, err.text);
    CHECK(headers_equal(&h, &back), "header of form %zu", form);
    CHECK(rows_equal(&h, rows, got), "pixels of form %zu", form);

    struct png_source file = {.fd = outfile_scratch(&err), .name = "f"};
    CHECK(outfile_write_all(file.fd, c.out.data, c.out.len) == 0, "scratch file");
    memset(got, 0, sizeof got);
    CHECK(read_picture(&file, &back, got, &err) == 0, "from a file, form %zu: %s", form, err.text);
    CHECK(rows_equal(&h, rows, got), "pixels from a file, form %zu", form);
    close(file.fd);
    buf_release(&c.out);
}

/* Every write fails once: the sink's own error comes out. A palette of 256 colours is too large to
 * be written in one piece, the other chunks are small. */
static void test_sink_fails(void)
{
    struct png_header h = make_header(10, true);
    uint8_t rows[13 * 5] = {0};
    int calls = 1;

    for (int fail_at = 0; fail_at < calls; fail_at++) {
        struct counted c = {.fail_at = fail_at};
        struct error err = {0};

        buf_init(&c.out, BUF_MAX);
        CHECK(write_picture(&h, rows, &c, &err) == -1, "write %d fails", fail_at);
        CHECK(err.code == EXIT_OUTPUT && strcmp(err.text, "the sink is full") == 0, "error: %s",
              err.text);
        buf_release(&c.out);
        c = (struct counted){.fail_at = -1};
        buf_init(&c.out, BUF_MAX);
        write_picture(&h, rows, &c, &err);
        calls = c.calls;
        buf_release(&c.out);
    }
    CHECK(calls > 1, "only %d writes", calls);
}

static void make_raster(struct raster *r, unsigned channels)
{
    struct error err;

    CHECK(raster_init(r, 7, 3, channels, &err) == 0, "raster of %u channels", channels);
    for (size_t i = 0; i < (size_t)7 * 3 * channels; i++) {
        r->pixels[i] = (uint8_t)noise();
    }
}

static bool rasters_equal(const struct raster *a, const struct raster *b)
{
    return a->width == b->width && a->height == b->height && a->channels == b->channels &&
           memcmp(a->pixels, b->pixels, (size_t)a->width * a->height * a->channels) == 0;
}

static bool contains(const struct buf *b, const char *bytes, size_t n)
{
    for (size_t i = 0; i + n <= b->len; i++) {
        if (memcmp(b->data + i, bytes, n) == 0) {
            return true;
        }
    }
    return false;
}

static void test_raster(unsigned channels)
{
    static const char *const text[] = {"parameters", "a cat", "Comment", "\xc3\xa9t\xc3\xa9", NULL};
    struct raster r, back;
    struct buf out;
    struct error err = {0};

    make_raster(&r, channels);
    buf_init(&out, BUF_MAX);
    CHECK(raster_write_png(&r, text, &out, &err) == 0, "writing: %s", err.text);
    CHECK(contains(&out, "tEXtparameters\0a cat", 20), "tEXt chunk");
    CHECK(contains(&out, "iTXtComment\0\0\0\0\0\xc3\xa9t\xc3\xa9", 21), "iTXt chunk");
    CHECK(raster_read_png(&back, out.data, out.len, "x", &err) == 0, "reading: %s", err.text);
    CHECK(rasters_equal(&r, &back), "%u channels come back", channels);
    raster_release(&back);
    for (size_t n = 0; n < out.len; n++) {
        char *part = malloc(n > 0 ? n : 1);

        memcpy(part, out.data, n);
        CHECK(raster_read_png(&back, part, n, "cut.png", &err) == -1, "cut at %zu", n);
        CHECK(err.code == EXIT_INPUT && strstr(err.text, "'cut.png'") != NULL, "cut at %zu: %s", n,
              err.text);
        CHECK(back.pixels == NULL, "cut at %zu leaves nothing", n);
        free(part);
    }
    for (size_t bit = 0; bit < out.len * 8; bit++) {
        out.data[bit / 8] = (char)(out.data[bit / 8] ^ 1 << bit % 8);
        CHECK(raster_read_png(&back, out.data, out.len, "x", &err) == -1, "bit %zu flipped", bit);
        out.data[bit / 8] = (char)(out.data[bit / 8] ^ 1 << bit % 8);
    }
    buf_release(&out);
    raster_release(&r);
}

static void test_limits(void)
{
    char key[81];
    const char *text[] = {key, "x", NULL};
    struct raster r;
    struct buf out;
    struct error err = {0};

    CHECK(raster_init(&r, 0, 5, 1, &err) == -1 && err.code == EXIT_INPUT, "no width");
    CHECK(raster_init(&r, 1u << 16, 1u << 16, 4, &err) == -1 && err.code == EXIT_INPUT, "2^34");
    make_raster(&r, 1);
    memset(key, 'k', 80);
    key[80] = '\0';
    buf_init(&out, BUF_MAX);
    CHECK(raster_write_png(&r, text, &out, &err) == -1, "key of 80 bytes");
    key[79] = '\0';
    CHECK(raster_write_png(&r, text, &out, &err) == 0, "key of 79 bytes: %s", err.text);
    buf_release(&out);
    buf_init(&out, 50);
    CHECK(raster_write_png(&r, NULL, &out, &err) == -1 && err.code == EXIT_UNEXPECTED, "no room");
    buf_release(&out);
    raster_release(&r);
}

int main(void)
{
    for (size_t form = 0; form < sizeof forms / sizeof forms[0]; form++) {
        test_round_trip(form, false);
        if (forms[form].colour < PNG_COLOUR_GREY_ALPHA && forms[form].depth > 1) {
            test_round_trip(form, true);
        }
    }
    test_sink_fails();
    test_raster(1);
    test_raster(3);
    test_raster(4);
    test_limits();
    return unit_done("png");
}
