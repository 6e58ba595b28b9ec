#include "image/crop.h"

#include <string.h>

#include "tests/unit/unit.h"

/* A mask of w x h with one white rectangle. */
static struct raster mask_of(uint32_t w, uint32_t h, struct crop_rect white)
{
    struct raster mask;
    struct error err;

    if (raster_init(&mask, w, h, 1, &err) != 0)
        return (struct raster){0};
    for (int y = white.y1; y < white.y2; y++)
        memset(mask.pixels + (size_t)y * w + (size_t)white.x1, 1, (size_t)(white.x2 - white.x1));
    return mask;
}

static void test_find(void)
{
    static const struct {
        struct crop_rect white;
        int pad;
        struct crop_rect wanted;
    } CASES[] = {
        {{10, 20, 30, 40}, 0, {10, 20, 30, 40}}, {{10, 20, 30, 40}, 8, {2, 12, 38, 48}},
        {{0, 0, 1, 1}, 32, {0, 0, 33, 33}},      {{99, 79, 100, 80}, 5, {94, 74, 100, 80}},
        {{0, 0, 100, 80}, 5, {0, 0, 100, 80}},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct raster mask = mask_of(100, 80, CASES[i].white);
        struct crop_rect r = {0};

        CHECK(crop_find(&mask, CASES[i].pad, &r), "case %zu has a rectangle", i);
        CHECK(memcmp(&r, &CASES[i].wanted, sizeof r) == 0, "case %zu: %d %d %d %d", i, r.x1, r.y1,
              r.x2, r.y2);
        raster_release(&mask);
    }
}

static void test_blank(void)
{
    struct raster mask = mask_of(10, 10, (struct crop_rect){0});
    struct crop_rect r;

    CHECK(!crop_find(&mask, 4, &r), "a blank mask has no rectangle");
    raster_release(&mask);
}

/* As masking.expand_crop_region gives them. */
static void test_expand(void)
{
    static const struct {
        struct crop_rect from;
        int width, height;
        struct crop_rect wanted;
    } CASES[] = {
        {{0, 0, 128, 32}, 512, 512, {0, 0, 128, 128}},
        {{100, 200, 228, 232}, 512, 512, {100, 152, 228, 280}},
        {{600, 480, 700, 512}, 512, 512, {600, 412, 700, 512}},
        {{10, 10, 20, 110}, 768, 512, {0, 10, 150, 110}},
        {{700, 10, 760, 310}, 768, 512, {318, 10, 768, 310}},
        {{0, 0, 768, 512}, 512, 512, {0, 0, 768, 512}},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct crop_rect r = CASES[i].from;

        CHECK(crop_expand(&r, CASES[i].width, CASES[i].height, 768, 512), "case %zu expands", i);
        CHECK(memcmp(&r, &CASES[i].wanted, sizeof r) == 0, "case %zu: %d %d %d %d", i, r.x1, r.y1,
              r.x2, r.y2);
    }
    CHECK(!crop_expand(&(struct crop_rect){5, 5, 5, 9}, 512, 512, 768, 512), "no empty rectangle");
}

static void test_take(void)
{
    struct raster mask = mask_of(4, 4, (struct crop_rect){0, 0, 4, 4}), part;
    struct error err;

    CHECK(crop_take(&mask, &(struct crop_rect){-2, 1, 3, 6}, &part, &err) == 0, "partly outside");
    CHECK(part.width == 5 && part.height == 5, "size %ux%u", (unsigned)part.width,
          (unsigned)part.height);
    CHECK(part.pixels[0] == 0 && part.pixels[2] == 1 && part.pixels[4 * 5 + 2] == 0,
          "zero outside, copied inside");
    raster_release(&part);
    CHECK(crop_take(&mask, &(struct crop_rect){2, 2, 2, 3}, &part, &err) == -1 && !part.pixels,
          "an empty rectangle is refused");
    raster_release(&mask);
}

int main(void)
{
    test_find();
    test_blank();
    test_expand();
    test_take();
    return unit_done("crop");
}
