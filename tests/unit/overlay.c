#include "image/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "image/blur.h"
#include "image/fill.h"
#include "tests/unit/unit.h"

#define WIDTH 61
#define HEIGHT 40

static struct raster noise(uint32_t w, uint32_t h, unsigned seed)
{
    struct raster r;
    struct error err;

    if (raster_init(&r, w, h, 3, &err) != 0)
        abort();
    for (size_t i = 0; i < (size_t)w * h * 3; i++)
        r.pixels[i] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
    return r;
}

/* White in the middle, blurred. */
static struct raster soft_mask(void)
{
    struct raster r;
    struct error err;

    if (raster_init(&r, WIDTH, HEIGHT, 1, &err) != 0)
        abort();
    for (size_t y = 8; y < 32; y++)
        memset(r.pixels + y * WIDTH + 15, 255, 30);
    if (blur_opencv(&r, 3, 2, &err) != 0)
        abort();
    return r;
}

/* What the mask does not touch keeps its value, with and without a crop. */
static void test_keep(void)
{
    struct raster image = noise(WIDTH, HEIGHT, 1), painted = noise(WIDTH, HEIGHT, 2);
    struct raster mask = soft_mask(), overlay, result;
    struct crop_rect at[] = {{0, 0, WIDTH, HEIGHT}, {10, 5, 50, 35}};
    struct error err;

    CHECK(overlay_make(&image, &mask, &overlay, &err) == 0, "overlay");
    for (int i = -1; i < 2; i++) {
        size_t changed = 0, repainted = 0;

        CHECK(overlay_apply(&painted, i < 0 ? NULL : &at[i], &overlay, &result, &err) == 0,
              "apply %d", i);
        for (size_t p = 0; p < (size_t)WIDTH * HEIGHT; p++) {
            bool same = memcmp(result.pixels + 3 * p, image.pixels + 3 * p, 3) == 0;

            changed += !same && mask.pixels[p] == 0;
            repainted += !same && mask.pixels[p] > 250;
        }
        CHECK(changed == 0, "%zu pixels outside of the mask changed (%d)", changed, i);
        CHECK(repainted > 50, "%zu pixels inside changed (%d)", repainted, i);
        raster_release(&result);
    }
    raster_release(&image);
    raster_release(&painted);
    raster_release(&mask);
    raster_release(&overlay);
}

/* The filled area takes the colour around it. */
static void test_fill(void)
{
    struct raster image = noise(WIDTH, HEIGHT, 3), mask = soft_mask(), filled;
    struct error err;

    memset(image.pixels, 90, (size_t)WIDTH * HEIGHT * 3);
    for (size_t y = 8; y < 32; y++)
        memset(image.pixels + (y * WIDTH + 15) * 3, 250, 90);
    CHECK(fill_masked(&image, &mask, &filled, &err) == 0, "fill");
    CHECK(abs(filled.pixels[(20 * WIDTH + 30) * 3] - 90) < 60, "centre is %d, near 90",
          filled.pixels[(20 * WIDTH + 30) * 3]);
    CHECK(filled.pixels[0] == 90, "a corner keeps its colour");
    raster_release(&filled);
    mask.width--;
    CHECK(fill_masked(&image, &mask, &filled, &err) == -1 && err.code == EXIT_INPUT,
          "sizes that differ are refused");
    mask.width++;
    raster_release(&image);
    raster_release(&mask);
}

/* A flat picture stays flat: the taps of every kernel add up to one. */
static void test_flat_blur(void)
{
    struct raster r = noise(WIDTH, HEIGHT, 4);
    struct error err;

    memset(r.pixels, 201, (size_t)WIDTH * HEIGHT * 3);
    for (int sigma = 1; sigma < 70; sigma += 7) {
        CHECK(blur_opencv(&r, sigma, sigma, &err) == 0 && r.pixels[999] == 201, "sigma %d", sigma);
        CHECK(blur_pillow(&r, sigma, &err) == 0 && r.pixels[999] == 201, "radius %d", sigma);
    }
    CHECK(blur_opencv(&r, 1e9, 0, &err) == -1, "an absurd sigma is refused");
    raster_release(&r);
}

int main(void)
{
    test_keep();
    test_fill();
    test_flat_blur();
    return unit_done("overlay");
}
