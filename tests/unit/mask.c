#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "image/mask.h"
#include "image/mask_turn.h"
#include "image/raster.h"
#include "tests/unit/unit.h"

/* Masks: what becomes of pixels, what is refused, the statistics, and orientation. */

#define BUF_MAX (1u << 20)

static int write_buf(void *ctx, const void *bytes, size_t n, struct error *err)
{
    return buf_add(ctx, bytes, n) ? 0 : error_memory(err, "testing");
}

/* A PNG of the given pixels. */
static void make_png(struct buf *png, uint32_t width, uint32_t height, unsigned channels,
                     const uint8_t *pixels)
{
    struct raster r = {
        .width = width, .height = height, .channels = channels, .pixels = (uint8_t *)pixels};
    struct error err;

    buf_init(png, BUF_MAX);
    CHECK(raster_write_png(&r, NULL, png, &err) == 0, "making a PNG");
}

typedef int mask_function(const struct png_source *, const struct mask_options *, struct png_sink,
                          struct mask_stats *, struct error *);

static int invert(const struct png_source *in, const struct mask_options *o, struct png_sink out,
                  struct mask_stats *stats, struct error *err)
{
    (void)stats;
    return mask_invert(in, o, out, err);
}

/* Runs function and reads its result into *r. */
static int apply(mask_function *function, const struct buf *png, struct mask_options o,
                 struct raster *r, struct mask_stats *stats, struct error *err)
{
    struct png_source in = {.bytes = png->data, .n = png->len, .name = "m.png"};
    struct buf out;

    memset(r, 0, sizeof *r);
    buf_init(&out, BUF_MAX);
    int result = function(&in, &o, (struct png_sink){.write = write_buf, .ctx = &out}, stats, err);
    if (result == 0) {
        result = raster_read_png(r, out.data, out.len, "result", err);
    }
    buf_release(&out);
    return result;
}

static void expect(mask_function *function, const struct buf *png, struct mask_options o,
                   unsigned channels, const uint8_t *pixels, const char *what)
{
    struct error err = {0};
    struct mask_stats stats;
    struct raster r;

    CHECK(apply(function, png, o, &r, &stats, &err) == 0, "%s: %s", what, err.text);
    CHECK(r.channels == channels, "%s: %u channels", what, r.channels);
    CHECK(r.channels == channels &&
              memcmp(r.pixels, pixels, (size_t)r.width * r.height * channels) == 0,
          "%s: pixels", what);
    raster_release(&r);
}

static void expect_refused(const struct buf *png, struct mask_options o, const char *word)
{
    struct mask_stats stats;
    struct raster r;

    for (unsigned i = 0; i < 2; i++) {
        struct error err = {0};

        CHECK(apply(i == 0 ? invert : mask_normalise, png, o, &r, &stats, &err) == -1, "refused");
        CHECK(err.code == EXIT_INPUT && strstr(err.text, word) != NULL && strstr(err.text, "m.png"),
              "%d: %s", err.code, err.text);
        raster_release(&r);
    }
}

static void test_grey(void)
{
    static const uint8_t grey[] = {0, 1, 127, 128, 129, 255};
    struct buf png;

    make_png(&png, 3, 2, 1, grey);
    expect(invert, &png, (struct mask_options){.invert = true}, 1,
           (const uint8_t[]){255, 254, 128, 127, 126, 0}, "inverse");
    expect(invert, &png, (struct mask_options){0}, 1, grey, "kept");
    expect(mask_normalise, &png, (struct mask_options){.threshold_set = true, .threshold = 128}, 1,
           (const uint8_t[]){0, 0, 0, 0, 255, 255}, "threshold 128");
    expect(mask_normalise, &png,
           (struct mask_options){.threshold_set = true, .threshold = 0, .invert = true}, 1,
           (const uint8_t[]){255, 0, 0, 0, 0, 0}, "threshold 0, inverted");
    expect_refused(&png, (struct mask_options){.from = MASK_FROM_ALPHA}, "no alpha channel");
    expect_refused(&png, (struct mask_options){.invert = true, .width = 3, .height = 3},
                   "3x2 but the image is 3x3");
    expect_refused(&png, (struct mask_options){.width = 4, .height = 2, .sized_as = "a.png"},
                   "'a.png' is 4x2");
    buf_release(&png);
}

static void test_alpha(void)
{
    static const uint8_t clear[] = {255, 255, 255, 255, 255, 0, 0, 128};
    static const uint8_t solid[] = {255, 255, 255, 255, 255, 0, 0, 255};
    struct buf png;

    make_png(&png, 2, 1, 4, clear);
    expect_refused(&png, (struct mask_options){.invert = true}, "--from luma, alpha or");
    expect_refused(&png, (struct mask_options){.from_option = "--mask-from"}, "--mask-from luma");
    expect(invert, &png, (struct mask_options){.invert = true, .from = MASK_FROM_LUMA}, 4,
           (const uint8_t[]){0, 0, 0, 255, 0, 255, 255, 128}, "inverse by luma keeps alpha");
    expect(mask_normalise, &png, (struct mask_options){.from = MASK_FROM_LUMA}, 1,
           (const uint8_t[]){255, 76}, "luma");
    expect(mask_normalise, &png, (struct mask_options){.from = MASK_FROM_ALPHA}, 1,
           (const uint8_t[]){255, 128}, "alpha");
    expect(mask_normalise, &png, (struct mask_options){.from = MASK_FROM_ALPHA_INVERTED}, 1,
           (const uint8_t[]){0, 127}, "alpha inverted");
    expect(invert, &png, (struct mask_options){.from = MASK_FROM_ALPHA, .invert = true}, 1,
           (const uint8_t[]){0, 127}, "inverse of alpha");
    buf_release(&png);
    make_png(&png, 2, 1, 4, solid);
    expect(invert, &png, (struct mask_options){.invert = true}, 4,
           (const uint8_t[]){0, 0, 0, 255, 0, 255, 255, 255}, "opaque RGBA");
    expect(mask_normalise, &png, (struct mask_options){0}, 1, (const uint8_t[]){255, 76},
           "opaque RGBA as grey");
    buf_release(&png);
}

static void test_stats(void)
{
    static const uint8_t marked[5 * 4] = {0, 0, 0,   0, 0, 0, 0, 255, 0, 0,
                                          0, 9, 255, 0, 0, 0, 0, 0,   0, 0};
    static const uint8_t blank[4] = {0};
    struct mask_stats s;
    struct error err;
    struct raster r;
    struct buf png;

    make_png(&png, 5, 4, 1, marked);
    CHECK(apply(mask_normalise, &png, (struct mask_options){0}, &r, &s, &err) == 0, "stats");
    CHECK(s.width == 5 && s.height == 4 && s.black == 17 && s.white == 2, "counts");
    CHECK(s.left == 1 && s.top == 1 && s.right == 3 && s.bottom == 3, "box %u,%u-%u,%u", s.left,
          s.top, s.right, s.bottom);
    CHECK(!mask_stats_blank(&s) && fabs(mask_stats_white(&s) - 0.1) < 1e-9, "share");
    raster_release(&r);
    CHECK(apply(mask_normalise, &png, (struct mask_options){.invert = true}, &r, &s, &err) == 0,
          "stats after inversion");
    CHECK(s.white == 17 && s.black == 2 && s.right == 5 && s.bottom == 4, "counts after inversion");
    raster_release(&r);
    buf_release(&png);
    make_png(&png, 2, 2, 1, blank);
    CHECK(apply(mask_normalise, &png, (struct mask_options){0}, &r, &s, &err) == 0, "blank");
    CHECK(mask_stats_blank(&s) && s.black == 4 && s.left == 0 && s.bottom == 0, "blank stats");
    raster_release(&r);
    buf_release(&png);
}

/* Where the pixel 'a' 'b' 'c' / 'd' 'e' 'f' go (TIFF 6.0, tag 274). */
static const char *const turned[9] = {NULL,     "abcdef", "cbafed", "fedcba", "defabc",
                                      "adbecf", "daebfc", "fcebda", "cfbead"};

static void add_orientation(struct buf *png, unsigned value)
{
    uint8_t chunk[12 + 26] = {0, 0, 0, 26, 'e', 'X', 'I', 'f', 'M', 'M', 0, 42, 0, 0,
                              0, 8, 0, 1,  1,   18,  0,   3,   0,   0,   0, 1,  0, (uint8_t)value};
    uLong crc = crc32(0, chunk + 4, 4 + 26);
    struct buf out;

    for (unsigned i = 0; i < 4; i++) {
        chunk[34 + i] = (uint8_t)(crc >> (24 - 8 * i));
    }
    buf_init(&out, BUF_MAX);
    buf_add(&out, png->data, 33);
    buf_add(&out, chunk, sizeof chunk);
    buf_add(&out, png->data + 33, png->len - 33);
    buf_release(png);
    *png = out;
}

static void test_orientation(unsigned value)
{
    struct mask_options o = {.width = value > 4 ? 2 : 3, .height = value > 4 ? 3 : 2};
    struct mask_stats s;
    struct error err = {0};
    struct raster r;
    struct buf png;

    make_png(&png, 3, 2, 1, (const uint8_t *)"abcdef");
    add_orientation(&png, value);
    CHECK(apply(mask_normalise, &png, o, &r, &s, &err) == 0, "orientation %u: %s", value, err.text);
    CHECK(r.pixels != NULL && memcmp(r.pixels, turned[value], 6) == 0, "orientation %u", value);
    CHECK(s.width == o.width && s.height == o.height && s.right == o.width, "its statistics");
    raster_release(&r);
    o.width = value > 4 ? 3 : 2;
    CHECK(apply(mask_normalise, &png, o, &r, &s, &err) == -1, "size before turning refused");
    raster_release(&r);
    buf_release(&png);
}

struct collect {
    struct mask_stage stage;
    uint32_t width;
    char got[7];
    size_t n;
};

static int collect_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    struct collect *c = (struct collect *)self;

    (void)err;
    memcpy(c->got + c->n, grey, c->width);
    c->n += c->width;
    return 0;
}

static int collect_end(struct mask_stage *self, struct error *err)
{
    (void)self;
    (void)err;
    return 0;
}

/* The same in strips of one, two and three columns. */
static void test_strips(unsigned orientation, size_t strip_max)
{
    struct collect c = {.stage = {.row = collect_row, .end = collect_end},
                        .width = mask_turn_swaps(orientation) ? 2 : 3};
    struct mask_turn turn;
    struct error err;
    uint8_t rows[2][3] = {"abc", "def"};

    CHECK(mask_turn_init(&turn, 3, 2, 1, orientation, &err) == 0, "scratch file");
    turn.strip_max = strip_max;
    turn.stage.next = &c.stage;
    CHECK(turn.stage.row(&turn.stage, rows[0], &err) == 0, "row 0");
    CHECK(turn.stage.row(&turn.stage, rows[1], &err) == 0, "row 1");
    CHECK(turn.stage.end(&turn.stage, &err) == 0, "end");
    CHECK(memcmp(c.got, turned[orientation], 6) == 0, "%u in strips of %zu bytes: %s", orientation,
          strip_max, c.got);
    mask_turn_release(&turn);
}

int main(void)
{
    test_grey();
    test_alpha();
    test_stats();
    for (unsigned value = 1; value <= 8; value++) {
        test_orientation(value);
        for (size_t strip_max = 1; strip_max <= 6 && value > 1; strip_max++) {
            test_strips(value, strip_max);
        }
    }
    return unit_done("mask");
}
