#include "image/mask_stage.h"

#include <string.h>

static int pass_end(struct mask_stage *self, struct error *err)
{
    return self->next->end(self->next, err);
}

static int point_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    const struct mask_point *s = (const struct mask_point *)self;

    for (uint32_t x = 0; x < s->width; x++) {
        grey[x] = s->table[grey[x]];
    }
    return self->next->row(self->next, grey, err);
}

void mask_stage_point(struct mask_point *s, uint32_t width, const struct mask_options *o)
{
    *s = (struct mask_point){.stage = {.row = point_row, .end = pass_end}, .width = width};
    for (unsigned i = 0; i < 256; i++) {
        unsigned value = !o->threshold_set ? i : i > o->threshold ? 255 : 0;

        s->table[i] = (uint8_t)(o->invert ? 255 - value : value);
    }
}

static void count_box(struct mask_stats *t, const uint8_t *grey, uint32_t y)
{
    uint32_t left = 0, right = t->width;

    while (grey[left] == 0) {
        left++;
    }
    while (grey[right - 1] == 0) {
        right--;
    }
    if (t->right == 0) {
        t->left = left;
        t->top = y;
    }
    t->left = left < t->left ? left : t->left;
    t->right = right > t->right ? right : t->right;
    t->bottom = y + 1;
}

static int count_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    struct mask_count *s = (struct mask_count *)self;
    struct mask_stats *t = s->stats;
    uint32_t black = 0, white = 0;

    for (uint32_t x = 0; x < t->width; x++) {
        black += grey[x] == 0;
        white += grey[x] == 255;
    }
    t->black += black;
    t->white += white;
    if (black < t->width) {
        count_box(t, grey, s->y);
    }
    s->y++;
    return self->next->row(self->next, grey, err);
}

void mask_stage_count(struct mask_count *s, uint32_t width, uint32_t height,
                      struct mask_stats *stats)
{
    *s = (struct mask_count){.stage = {.row = count_row, .end = pass_end}, .stats = stats};
    *stats = (struct mask_stats){.width = width, .height = height};
}

static int write_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    return png_writer_row(((struct mask_write *)self)->writer, grey, err);
}

static int write_end(struct mask_stage *self, struct error *err)
{
    return png_writer_finish(((struct mask_write *)self)->writer, err);
}

void mask_stage_write(struct mask_write *s, struct png_writer *writer)
{
    *s = (struct mask_write){.stage = {.row = write_row, .end = write_end}, .writer = writer};
}
