#include <stdio.h>

#include "image/mask.h"
#include "image/mask_input.h"
#include "image/mask_stage.h"
#include "image/mask_turn.h"
#include "image/pixel.h"

#define MIDDLE 127

static void find_form(const struct mask_input *in, char *form, size_t n)
{
    static const char *const names[] = {"grey", "grey", "RGB", "palette", "grey-alpha", "", "RGBA"};
    static const uint8_t by_channels[] = {0, 0, 0, 2, 6}; /* colour types of PNG */
    const struct mask_facts *f = &in->facts;
    bool png = f->type == PICTURE_PNG;

    snprintf(form, n, "%s %u%s", names[png ? f->colour_type : by_channels[in->rows.channels]],
             png ? f->depth : 8, f->has_trns ? " tRNS" : "");
}

/* How many pixels of a row are not opaque, and in how many brightness and opacity differ. */
struct difference {
    uint64_t translucent, opposite;
};

static void compare(const struct mask_input *in, struct difference *d)
{
    for (size_t x = 0; x < in->rows.width; x++) {
        const uint8_t *p = in->pixels + 4 * x;
        uint8_t luma;

        pixel_luma(p, 1, 4, &luma);
        d->translucent += p[3] != 255;
        d->opposite += (luma > MIDDLE) != (p[3] > MIDDLE);
    }
}

static int no_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    (void)self;
    (void)grey;
    (void)err;
    return 0;
}

static int no_end(struct mask_stage *self, struct error *err)
{
    (void)self;
    (void)err;
    return 0;
}

static int read_rows(struct mask_input *in, struct mask_report *report, struct difference *d,
                     struct error *err)
{
    struct mask_stage end = {.row = no_row, .end = no_end};
    struct mask_count count;
    struct mask_point point;

    mask_stage_count(&count, in->rows.width, in->rows.height, &report->stats);
    count.stage.next = &end;
    mask_stage_point(&point, in->rows.width, in->options);
    point.stage.next = &count.stage;
    for (uint32_t y = 0; y < in->rows.height; y++) {
        if (mask_input_pixels(in, err)) {
            return -1;
        }
        if (in->rows.channels == 4) {
            compare(in, d);
        }
        mask_input_to_grey(in);
        if (point.stage.row(&point.stage, in->pixels, err)) {
            return -1;
        }
    }
    return rows_finish(&in->rows, err);
}

/* The box of what is marked, turned as the picture is. */
static void turn_box(struct mask_stats *t, unsigned orientation)
{
    struct mask_stats s = *t;

    if (mask_turn_swaps(orientation)) {
        *t = (struct mask_stats){.width = s.height,
                                 .height = s.width,
                                 .black = s.black,
                                 .white = s.white,
                                 .left = s.top,
                                 .top = s.left,
                                 .right = s.bottom,
                                 .bottom = s.right};
    }
    if (s.right == 0) {
        return;
    }
    s = *t;
    if (orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7) {
        t->left = s.width - s.right;
        t->right = s.width - s.left;
    }
    if (orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8) {
        t->top = s.height - s.bottom;
        t->bottom = s.height - s.top;
    }
}

int mask_check(const struct png_source *source, const struct mask_options *o,
               struct mask_report *report, struct error *err)
{
    const struct mask_options read_as = {.from = o->from,
                                         .from_option = o->from_option,
                                         .threshold_set = o->threshold_set,
                                         .threshold = o->threshold};
    struct difference d = {0};
    struct mask_input in;

    if (mask_input_open(&in, source, &read_as, err)) {
        return -1;
    }
    *report = (struct mask_report){.type = picture_mime(in.facts.type),
                                   .orientation = in.facts.orientation};
    find_form(&in, report->form, sizeof report->form);
    int result = read_rows(&in, report, &d, err);
    uint64_t pixels = (uint64_t)in.rows.width * in.rows.height;
    report->translucent = d.translucent > 0;
    report->opposite = d.translucent > 0 && d.opposite > pixels / 2;
    turn_box(&report->stats, in.facts.orientation);
    mask_input_close(&in);
    return result;
}
