#include "image/mask.h"

#include "image/mask_blur.h"
#include "image/mask_fit.h"
#include "image/mask_grow.h"
#include "image/mask_input.h"
#include "image/mask_stage.h"
#include "image/mask_turn.h"

bool mask_stats_blank(const struct mask_stats *s)
{
    return s->right == 0;
}

double mask_stats_white(const struct mask_stats *s)
{
    uint64_t pixels = (uint64_t)s->width * s->height;

    return pixels == 0 ? 0 : (double)s->white / (double)pixels;
}

static int push_rows(struct mask_input *in, struct mask_stage *first, struct error *err)
{
    for (uint32_t y = 0; y < in->rows.height; y++) {
        if (mask_input_grey(in, err) || first->row(first, in->pixels, err)) {
            return -1;
        }
    }
    return rows_finish(&in->rows, err) || first->end(first, err) ? -1 : 0;
}

/* The stages that the options ask for, linked in their order. */
struct chain {
    struct mask_turn turn;
    struct mask_fit fit;
    struct mask_point point;
    struct mask_grow grow;
    struct mask_blur blur;
    struct mask_count count;
    struct mask_write write;
    struct mask_stage *first, **last; /* *last is where the next one goes */
};

static void append(struct chain *c, struct mask_stage *stage)
{
    *c->last = stage;
    c->last = &stage->next;
}

static void chain_release(struct chain *c)
{
    mask_turn_release(&c->turn);
    mask_fit_release(&c->fit);
    mask_grow_release(&c->grow);
    mask_blur_release(&c->blur);
}

/* Those that may make another size of it; *width and *height become that. */
static int chain_size(struct chain *c, const struct mask_input *in, uint32_t *width,
                      uint32_t *height, struct error *err)
{
    const struct mask_options *o = in->options;

    *width = in->rows.width;
    *height = in->rows.height;
    if (in->facts.orientation != 1) {
        if (mask_turn_init(&c->turn, *width, *height, 1, in->facts.orientation, err)) {
            return -1;
        }
        mask_input_turn(in->facts.orientation, width, height);
        append(c, &c->turn.stage);
    }
    if (o->fit_width == 0 || (o->fit_width == *width && o->fit_height == *height)) {
        return 0;
    }
    if ((uint64_t)o->fit_width * o->fit_height > PNG_PIXELS_MAX) {
        return error_set(err, EXIT_INPUT, "cannot resize '%s' to %ux%u: that is over %u pixels",
                         in->name, o->fit_width, o->fit_height, PNG_PIXELS_MAX);
    }
    if (mask_fit_init(&c->fit, *width, *height, o->fit_width, o->fit_height, err)) {
        return -1;
    }
    append(c, &c->fit.stage);
    *width = o->fit_width;
    *height = o->fit_height;
    return 0;
}

static int chain_values(struct chain *c, const struct mask_options *o, uint32_t width,
                        uint32_t height, struct error *err)
{
    uint32_t radius = o->grow != 0 ? o->grow : o->shrink;

    if (o->threshold_set || o->invert) {
        mask_stage_point(&c->point, width, o);
        append(c, &c->point.stage);
    }
    if (radius != 0) {
        if (mask_grow_init(&c->grow, width, height, radius, o->shrink != 0, err)) {
            return -1;
        }
        append(c, &c->grow.stage);
    }
    if (o->blur > 0) {
        if (mask_blur_init(&c->blur, width, height, o->blur, err)) {
            return -1;
        }
        append(c, &c->blur.stage);
    }
    return 0;
}

int mask_normalise(const struct png_source *source, const struct mask_options *o,
                   struct png_sink out, struct mask_stats *stats, struct error *err)
{
    struct png_header grey = {.depth = 8, .colour = PNG_COLOUR_GREY};
    struct chain chain = {.turn = {.fd = -1}};
    struct png_writer *writer = NULL;
    struct mask_stats own_stats;
    struct mask_input in;
    int result = -1;

    if (mask_input_open(&in, source, o, err)) {
        return -1;
    }
    chain.last = &chain.first;
    if (chain_size(&chain, &in, &grey.width, &grey.height, err) ||
        chain_values(&chain, o, grey.width, grey.height, err) ||
        png_writer_open(&writer, &grey, out, err)) {
        goto out;
    }
    mask_stage_count(&chain.count, grey.width, grey.height, stats != NULL ? stats : &own_stats);
    append(&chain, &chain.count.stage);
    mask_stage_write(&chain.write, writer);
    append(&chain, &chain.write.stage);
    result = push_rows(&in, chain.first, err);
out:
    png_writer_free(writer);
    chain_release(&chain);
    mask_input_close(&in);
    return result;
}
