#include "image/mask_grow.h"

#include <stdlib.h>
#include <string.h>

#define LANES 32 /* bytes that are worked on at once; compilers make vectors of such loops */

static size_t to_lanes(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

/* to[] = the larger of a[] and b[], any of which may be the same or overlap. */
static inline void max_lanes(uint8_t *to, const uint8_t *a, const uint8_t *b)
{
    uint8_t one[LANES], two[LANES];

    memcpy(one, a, LANES);
    memcpy(two, b, LANES);
    for (unsigned i = 0; i < LANES; i++) {
        one[i] = one[i] > two[i] ? one[i] : two[i];
    }
    memcpy(to, one, LANES);
}

/* n is a multiple of LANES. Forward, so that b may lie behind to == a. */
static void max_row(uint8_t *to, const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i += LANES) {
        max_lanes(to + i, a + i, b + i);
    }
}

/* out[i] = the largest of line[i], line[i + LANES] ... `count` of them: van Herk in each lane. */
static void max_strided(struct mask_grow *s, size_t count, size_t n)
{
    size_t blocks = (n / LANES + count - 1) * LANES, block = count * LANES;

    for (size_t i = 0; i < blocks; i += LANES) {
        if (i % block == 0) {
            memcpy(s->heads + i, s->line + i, LANES);
        } else {
            max_lanes(s->heads + i, s->heads + i - LANES, s->line + i);
        }
    }
    for (size_t i = blocks; i > 0; i -= LANES) {
        if (i % block == 0 || i == blocks) {
            memcpy(s->tails + i - LANES, s->line + i - LANES, LANES);
        } else {
            max_lanes(s->tails + i - LANES, s->tails + i, s->line + i - LANES);
        }
    }
    max_row(s->heads, s->tails, s->heads + block - LANES, n);
}

/* Along the row in s->line; the result, s->stride bytes, goes to `out`. First maxima of 2, 4 ...
 * LANES neighbours, then of windows of whole lanes, then of the window itself out of two that
 * overlap. */
static void widen_across(struct mask_grow *s, uint8_t *out)
{
    size_t window = 2 * (size_t)s->across + 1, total = to_lanes(s->stride + 2 * s->across), done;

    for (done = 1; 2 * done <= window && done < LANES; done *= 2) {
        max_row(s->line, s->line, s->line + done, total);
    }
    if (window < 2 * LANES) {
        max_row(out, s->line, s->line + window - done, s->stride);
    } else {
        max_strided(s, window / LANES, s->stride);
        max_row(out, s->heads, s->line + window - LANES, s->stride);
    }
}

static uint8_t *row_at(const struct mask_grow *s, uint32_t i)
{
    return s->rows + i * s->stride;
}

/* Takes the next row, NULL for one below the mask, and passes on the row that is `down` above. */
static int take(struct mask_grow *s, const uint8_t *grey, struct error *err)
{
    uint32_t block = 2 * s->down + 1, i = (s->down + s->y++) % block;
    uint8_t *row = row_at(s, i), *out = s->line;

    if (grey == NULL) {
        memset(row, 0, s->stride);
    } else {
        memset(s->line, 0, s->across);
        for (uint32_t x = 0; x < s->width; x++) {
            s->line[s->across + x] = grey[x] ^ s->flip;
        }
        memset(s->line + s->across + s->width, 0,
               to_lanes(s->stride + 2 * s->across) + LANES - s->across - s->width);
        widen_across(s, row);
    }
    max_row(s->head, s->head, row, s->stride);
    if (i == block - 1) {
        for (uint32_t j = i; j > 0; j--) {
            max_row(row_at(s, j - 1), row_at(s, j - 1), row_at(s, j), s->stride);
        }
        memset(s->head, 0, s->stride);
        memcpy(out, s->rows, s->stride);
    } else {
        max_row(out, row_at(s, i + 1), s->head, s->stride);
    }
    if (s->y <= s->down) {
        return 0;
    }
    for (uint32_t x = 0; x < s->width; x++) {
        out[x] ^= s->flip;
    }
    return s->stage.next->row(s->stage.next, out, err);
}

static int grow_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    return take((struct mask_grow *)self, grey, err);
}

static int grow_end(struct mask_stage *self, struct error *err)
{
    struct mask_grow *s = (struct mask_grow *)self;

    for (uint32_t i = 0; i < s->down; i++) {
        if (take(s, NULL, err)) {
            return -1;
        }
    }
    return s->stage.next->end(s->stage.next, err);
}

int mask_grow_init(struct mask_grow *s, uint32_t width, uint32_t height, uint32_t radius,
                   bool narrow, struct error *err)
{
    size_t stride = to_lanes(width);

    *s = (struct mask_grow){.stage = {.row = grow_row, .end = grow_end},
                            .width = width,
                            .height = height,
                            .across = radius < width ? radius : width - 1,
                            .down = radius < height ? radius : height - 1,
                            .flip = narrow ? 255 : 0,
                            .stride = stride};
    /* The last maxima of neighbours look one set of lanes further. */
    size_t line = to_lanes(stride + 2 * s->across) + LANES;
    s->line = calloc(1, line);
    s->heads = calloc(1, line);
    s->tails = calloc(1, line);
    s->rows = calloc(2 * (size_t)s->down + 1, stride);
    s->head = calloc(1, stride);
    if (s->line == NULL || s->heads == NULL || s->tails == NULL || s->rows == NULL ||
        s->head == NULL) {
        mask_grow_release(s);
        return error_memory(err, "growing a mask");
    }
    return 0;
}

void mask_grow_release(struct mask_grow *s)
{
    free(s->line);
    free(s->heads);
    free(s->tails);
    free(s->rows);
    free(s->head);
    s->line = s->heads = s->tails = s->rows = s->head = NULL;
}
