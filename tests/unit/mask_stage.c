#include <stdlib.h>
#include <string.h>

#include "image/blur.h"
#include "image/mask_blur.h"
#include "image/mask_fit.h"
#include "image/mask_grow.h"
#include "image/mask_turn.h"
#include "image/raster.h"
#include "image/resize.h"
#include "tests/unit/unit.h"

/* The stages that need the rows around a pixel, against the same done to a whole picture, in every
 * order of sizes and radii: narrower, equal and wider than the mask. */

struct collect {
    struct mask_stage stage;
    size_t row_n, n, max;
    uint8_t *got;
    bool ended;
};

static int collect_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    struct collect *c = (struct collect *)self;

    (void)err;
    if (c->n + c->row_n <= c->max) {
        memcpy(c->got + c->n, grey, c->row_n);
    }
    c->n += c->row_n;
    return 0;
}

static int collect_end(struct mask_stage *self, struct error *err)
{
    (void)err;
    ((struct collect *)self)->ended = true;
    return 0;
}

/* Pushes a picture of `pixel` bytes a pixel through a stage and compares what comes out. */
static void expect(struct mask_stage *stage, const struct raster *in, const uint8_t *expected,
                   uint32_t width, uint32_t height, const char *what, double how)
{
    struct collect c = {.stage = {.row = collect_row, .end = collect_end},
                        .row_n = (size_t)width * in->channels,
                        .max = (size_t)width * height * in->channels};
    size_t row_n = (size_t)in->width * in->channels;
    uint8_t *row = malloc(row_n);
    struct error err = {0};
    int result = 0;

    c.got = malloc(c.max);
    stage->next = &c.stage;
    for (uint32_t y = 0; y < in->height && result == 0; y++) {
        memcpy(row, in->pixels + y * row_n, row_n);
        result = stage->row(stage, row, &err);
    }
    CHECK(result == 0 && stage->end(stage, &err) == 0 && c.ended, "%s %g of %ux%u: %s", what, how,
          in->width, in->height, err.text);
    CHECK(c.n == c.max && memcmp(c.got, expected, c.max) == 0, "%s %g of %ux%u differs", what, how,
          in->width, in->height);
    free(c.got);
    free(row);
}

static void fill(struct raster *r, unsigned seed)
{
    size_t n = (size_t)r->width * r->height * r->channels;

    for (size_t i = 0; i < n; i++) {
        seed = seed * 1103515245 + 12345;
        r->pixels[i] = (uint8_t)(seed >> 16);
        if (seed >> 30 == 0) {
            r->pixels[i] = seed >> 29 == 0 ? 0 : 255;
        }
    }
}

static uint8_t extreme(const struct raster *r, int64_t x, int64_t y, int64_t radius, bool least)
{
    uint8_t found = least ? 255 : 0;

    for (int64_t i = y - radius; i <= y + radius; i++) {
        for (int64_t j = x - radius; j <= x + radius; j++) {
            if (i >= 0 && j >= 0 && i < r->height && j < r->width) {
                uint8_t v = r->pixels[i * r->width + j];

                found = least ? (v < found ? v : found) : (v > found ? v : found);
            }
        }
    }
    return found;
}

static void test_grow(const struct raster *in, uint32_t radius, bool narrow)
{
    struct mask_grow grow;
    struct raster out;
    struct error err;

    CHECK(raster_init(&out, in->width, in->height, 1, &err) == 0, "memory");
    for (uint32_t y = 0; y < in->height; y++) {
        for (uint32_t x = 0; x < in->width; x++) {
            out.pixels[y * in->width + x] = extreme(in, x, y, radius, narrow);
        }
    }
    CHECK(mask_grow_init(&grow, in->width, in->height, radius, narrow, &err) == 0, "grow");
    expect(&grow.stage, in, out.pixels, in->width, in->height, narrow ? "shrink" : "grow", radius);
    mask_grow_release(&grow);
    mask_grow_release(&grow);
    raster_release(&out);
}

static void test_blur(const struct raster *in, double sigma)
{
    struct mask_blur blur;
    struct raster out;
    struct error err;

    CHECK(raster_init(&out, in->width, in->height, 1, &err) == 0, "memory");
    memcpy(out.pixels, in->pixels, (size_t)in->width * in->height);
    CHECK(blur_pillow(&out, sigma, &err) == 0, "blurring a picture");
    CHECK(mask_blur_init(&blur, in->width, in->height, sigma, &err) == 0, "blur");
    expect(&blur.stage, in, out.pixels, in->width, in->height, "blur", sigma);
    mask_blur_release(&blur);
    mask_blur_release(&blur);
    raster_release(&out);
}

static void test_fit(const struct raster *in, uint32_t width, uint32_t height)
{
    struct mask_fit fit;
    struct raster out;
    struct error err;

    CHECK(resize_raster(in, width, height, RESIZE_LANCZOS, NULL, &out, &err) == 0, "resizing");
    CHECK(mask_fit_init(&fit, in->width, in->height, width, height, &err) == 0, "fit");
    expect(&fit.stage, in, out.pixels, width, height, "fit", width);
    mask_fit_release(&fit);
    mask_fit_release(&fit);
    raster_release(&out);
}

/* Where the pixel of a turned picture comes from (TIFF 6.0, tag 274). */
static void origin(unsigned orientation, uint32_t w, uint32_t h, uint32_t *x, uint32_t *y)
{
    uint32_t a = *x, b = *y;

    *x = orientation > 4 ? b : a;
    *y = orientation > 4 ? a : b;
    if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) {
        *x = w - 1 - *x;
    }
    if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {
        *y = h - 1 - *y;
    }
}

static void test_turn(const struct raster *in, unsigned orientation, size_t strip_max)
{
    bool swap = mask_turn_swaps(orientation);
    uint32_t width = swap ? in->height : in->width, height = swap ? in->width : in->height;
    unsigned n = in->channels;
    struct mask_turn turn;
    struct raster out;
    struct error err;

    CHECK(raster_init(&out, width, height, n, &err) == 0, "memory");
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            uint32_t i = x, j = y;

            origin(orientation, in->width, in->height, &i, &j);
            memcpy(out.pixels + ((size_t)y * width + x) * n,
                   in->pixels + ((size_t)j * in->width + i) * n, n);
        }
    }
    CHECK(mask_turn_init(&turn, in->width, in->height, n, orientation, &err) == 0, "turn");
    turn.strip_max = strip_max;
    expect(&turn.stage, in, out.pixels, width, height, "turn", orientation);
    mask_turn_release(&turn);
    raster_release(&out);
}

int main(void)
{
    static const uint32_t sizes[][2] = {{1, 1},   {1, 9},  {9, 1},   {2, 3},   {31, 4},
                                        {32, 32}, {33, 7}, {7, 150}, {150, 5}, {97, 61}};
    static const uint32_t radii[] = {1, 2, 7, 15, 16, 31, 32, 40, 48, 64, 100, 200};
    static const double sigmas[] = {0.1, 0.5, 1, 2.5, 9, 40, 100};
    const size_t n = sizeof sizes / sizeof *sizes;

    for (unsigned i = 0; i < n; i++) {
        struct raster in, colour;
        struct error err;

        CHECK(raster_init(&in, sizes[i][0], sizes[i][1], 1, &err) == 0, "memory");
        CHECK(raster_init(&colour, sizes[i][0], sizes[i][1], 3, &err) == 0, "memory");
        fill(&in, i);
        fill(&colour, i);
        for (unsigned j = 0; j < sizeof radii / sizeof *radii; j++) {
            test_grow(&in, radii[j], j % 2 == i % 2);
        }
        for (unsigned j = 0; j < sizeof sigmas / sizeof *sigmas; j++) {
            test_blur(&in, sigmas[j]);
        }
        for (unsigned j = 0; j < n; j++) {
            test_fit(&in, sizes[j][0], sizes[j][1]);
        }
        for (unsigned j = 2; j <= 8; j++) {
            test_turn(&in, j, 100);
            test_turn(&colour, j, 100 * j);
        }
        raster_release(&in);
        raster_release(&colour);
    }
    return unit_done("mask_stage");
}
