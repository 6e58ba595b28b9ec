#include "image/mask_blur.h"

#include <stdlib.h>
#include <string.h>

#define LANES 32 /* columns that are worked on at once; compilers make vectors of such loops */
#define HALF (1u << 23)

/* One box along `in`, which has room for box->radius + 1 pixels on either side. */
static void box_across(const struct blur_box *box, uint8_t *in, uint32_t width, uint8_t *out)
{
    size_t reach = (size_t)box->radius + 1;
    const uint8_t *left = in - reach, *right = in + reach;
    uint32_t sum = 0;

    memset(in - reach, in[0], reach);
    memset(in + width, in[width - 1], reach);
    for (size_t i = 1; i < 2 * reach; i++) {
        sum += left[i];
    }
    for (size_t x = 0; x < width; x++) {
        out[x] =
            (uint8_t)((sum * box->whole + ((uint32_t)left[x] + right[x]) * box->share + HALF) >>
                      24);
        sum += (uint32_t)right[x] - left[x + 1];
    }
}

static uint8_t *ring_at(const struct mask_blur *s, const struct mask_box *b, int64_t y)
{
    int64_t last = s->height - 1;

    y = y < 0 ? 0 : y > last ? last : y;
    return b->ring + (size_t)(y % b->kept) * s->stride;
}

static void sums_add(uint32_t *sums, const uint8_t *row, uint32_t times, size_t n)
{
    for (size_t x = 0; x < n; x++) {
        sums[x] += times * row[x];
    }
}

/* The next row that a box passes on, over the oldest one that it has no more need of. */
static void box_down(const struct mask_blur *s, struct mask_box *b, uint8_t *out)
{
    int64_t y = b->passed++, reach = (int64_t)s->box.radius + 1;
    const uint8_t *above = ring_at(s, b, y - reach), *below = ring_at(s, b, y + reach);
    const uint8_t *leaves = ring_at(s, b, y - reach + 1);
    uint32_t whole = s->box.whole, share = s->box.share;

    for (size_t at = 0; at < s->stride; at += LANES) {
        uint32_t *sums = b->sums + at;

        for (unsigned i = 0; i < LANES; i++) {
            uint32_t ends = (uint32_t)above[at + i] + below[at + i];

            out[at + i] = (uint8_t)((sums[i] * whole + ends * share + HALF) >> 24);
            sums[i] += (uint32_t)below[at + i] - leaves[at + i];
        }
    }
}

static int pass_down(struct mask_blur *s, unsigned i, uint8_t *out, struct error *err);

/* Takes a row into box number i; what it can pass on then goes down to the next. */
static int take(struct mask_blur *s, unsigned i, const uint8_t *row, struct error *err)
{
    struct mask_box *b = &s->down[i];
    uint32_t radius = (uint32_t)s->box.radius, y = b->taken++;

    memcpy(ring_at(s, b, y), row, s->stride);
    if (y <= radius) {
        sums_add(b->sums, row, y == 0 ? radius + 1 : 1, s->stride);
    }
    return y > radius ? pass_down(s, i, s->lines[0], err) : 0;
}

static int pass_down(struct mask_blur *s, unsigned i, uint8_t *out, struct error *err)
{
    box_down(s, &s->down[i], out);
    return i < 2 ? take(s, i + 1, out, err) : s->stage.next->row(s->stage.next, out, err);
}

static int blur_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    struct mask_blur *s = (struct mask_blur *)self;
    size_t reach = (size_t)s->box.radius + 1;
    uint8_t *one = s->lines[0] + reach, *two = s->lines[1] + reach;

    memcpy(one, grey, s->width);
    box_across(&s->box, one, s->width, two);
    box_across(&s->box, two, s->width, one);
    box_across(&s->box, one, s->width, two);
    return take(s, 0, two, err);
}

/* What the boxes still hold, from the first on: the last row counts for those below it. */
static int blur_end(struct mask_stage *self, struct error *err)
{
    struct mask_blur *s = (struct mask_blur *)self;
    uint32_t radius = (uint32_t)s->box.radius;

    for (unsigned i = 0; i < 3; i++) {
        struct mask_box *b = &s->down[i];

        if (s->height <= radius) {
            sums_add(b->sums, ring_at(s, b, s->height - 1), radius + 1 - s->height, s->stride);
        }
        while (b->passed < s->height) {
            if (pass_down(s, i, s->lines[0], err)) {
                return -1;
            }
        }
    }
    return s->stage.next->end(s->stage.next, err);
}

int mask_blur_init(struct mask_blur *s, uint32_t width, uint32_t height, double sigma,
                   struct error *err)
{
    bool failed = false;

    *s = (struct mask_blur){.stage = {.row = blur_row, .end = blur_end},
                            .width = width,
                            .height = height,
                            .box = blur_box_for(sigma),
                            .stride = ((size_t)width + LANES - 1) / LANES * LANES};
    size_t reach = (size_t)s->box.radius + 1, window = 2 * reach + 1;
    for (unsigned i = 0; i < 3; i++) {
        struct mask_box *b = &s->down[i];

        b->kept = window < height ? (uint32_t)window : height;
        b->ring = calloc(b->kept, s->stride);
        b->sums = calloc(s->stride, sizeof *b->sums);
        failed = failed || b->ring == NULL || b->sums == NULL;
    }
    for (unsigned i = 0; i < 2; i++) {
        s->lines[i] = calloc(1, s->stride + 2 * reach);
        failed = failed || s->lines[i] == NULL;
    }
    if (failed) {
        mask_blur_release(s);
        return error_memory(err, "blurring a mask");
    }
    return 0;
}

void mask_blur_release(struct mask_blur *s)
{
    for (unsigned i = 0; i < 3; i++) {
        free(s->down[i].ring);
        free(s->down[i].sums);
        s->down[i].ring = NULL;
        s->down[i].sums = NULL;
    }
    for (unsigned i = 0; i < 2; i++) {
        free(s->lines[i]);
        s->lines[i] = NULL;
    }
}
