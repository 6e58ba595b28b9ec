#include "image/mask_fit.h"

#include <stdlib.h>
#include <string.h>

#define REACH 3 /* of Lanczos, in pixels of the larger scale */

static void sums_add(int32_t *sums, int32_t weight, const uint8_t *row, uint32_t n)
{
    for (uint32_t x = 0; x < n; x++) {
        sums[x] += weight * row[x];
    }
}

static void fit_across(const struct mask_fit *s, const uint8_t *grey, uint8_t *row)
{
    const struct resize_kernel *k = &s->across;

    for (uint32_t x = 0; x < s->width; x++) {
        const int32_t *weight = k->weights + x * k->room;
        const uint8_t *in = grey + k->first[x];
        int32_t sum = RESIZE_KERNEL_HALF;

        for (int i = 0; i < k->length[x]; i++) {
            sum += weight[i] * in[i];
        }
        row[x] = resize_kernel_round(sum);
    }
}

/* Rows from `first` on have a part in row y; `end` is the one behind the last. */
static uint32_t end_of(const struct mask_fit *s, uint32_t y)
{
    return (uint32_t)(s->down.first[y] + s->down.length[y]);
}

static int pass(struct mask_fit *s, int32_t *sums, struct error *err)
{
    for (uint32_t x = 0; x < s->width; x++) {
        s->out[x] = resize_kernel_round(sums[x]);
        sums[x] = RESIZE_KERNEL_HALF;
    }
    s->passed++;
    return s->stage.next->row(s->stage.next, s->out, err);
}

static int enlarge_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    struct mask_fit *s = (struct mask_fit *)self;

    fit_across(s, grey, s->ring + (size_t)(s->taken++ % s->kept) * s->width);
    while (s->passed < s->height && end_of(s, s->passed) <= s->taken) {
        const int32_t *weight = s->down.weights + s->passed * s->down.room;
        uint32_t first = (uint32_t)s->down.first[s->passed];

        for (int i = 0; i < s->down.length[s->passed]; i++) {
            uint32_t from = (first + (uint32_t)i) % s->kept;

            sums_add(s->sums, weight[i], s->ring + (size_t)from * s->width, s->width);
        }
        if (pass(s, s->sums, err)) {
            return -1;
        }
    }
    return 0;
}

static int32_t *sums_at(const struct mask_fit *s, uint32_t y)
{
    return s->sums + (size_t)(y % s->kept) * s->width;
}

static int reduce_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    struct mask_fit *s = (struct mask_fit *)self;
    uint32_t from = s->taken++;

    fit_across(s, grey, s->out);
    for (uint32_t y = s->passed; y < s->height && (uint32_t)s->down.first[y] <= from; y++) {
        int32_t weight = s->down.weights[y * s->down.room + from - (uint32_t)s->down.first[y]];

        sums_add(sums_at(s, y), weight, s->out, s->width);
    }
    while (s->passed < s->height && end_of(s, s->passed) <= s->taken) {
        if (pass(s, sums_at(s, s->passed), err)) {
            return -1;
        }
    }
    return 0;
}

static int fit_end(struct mask_stage *self, struct error *err)
{
    return self->next->end(self->next, err);
}

int mask_fit_init(struct mask_fit *s, uint32_t from_width, uint32_t from_height, uint32_t width,
                  uint32_t height, struct error *err)
{
    bool enlarge = height >= from_height;
    size_t rows = enlarge ? 1 : 2 * REACH + 2;

    *s = (struct mask_fit){
        .stage = {.row = enlarge ? enlarge_row : reduce_row, .end = fit_end},
        .width = width,
        .height = height,
        .kept = 2 * REACH + 2,
    };
    if (resize_kernel_init(&s->across, from_width, 0, from_width, width, RESIZE_LANCZOS, err) ||
        resize_kernel_init(&s->down, from_height, 0, from_height, height, RESIZE_LANCZOS, err)) {
        mask_fit_release(s);
        return -1;
    }
    s->out = malloc(width);
    s->ring = enlarge ? malloc((size_t)s->kept * width) : NULL;
    s->sums = calloc(rows * width, sizeof *s->sums);
    if (s->out == NULL || s->sums == NULL || (enlarge && s->ring == NULL)) {
        mask_fit_release(s);
        return error_memory(err, "resizing a mask");
    }
    for (size_t i = 0; i < rows * width; i++) {
        s->sums[i] = RESIZE_KERNEL_HALF;
    }
    return 0;
}

void mask_fit_release(struct mask_fit *s)
{
    resize_kernel_release(&s->across);
    resize_kernel_release(&s->down);
    free(s->ring);
    free(s->sums);
    free(s->out);
    s->ring = s->out = NULL;
    s->sums = NULL;
}
