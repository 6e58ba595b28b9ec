#include "image/mask.h"

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
    for (uint32_t y = 0; y < in->header.height; y++) {
        if (mask_input_grey(in, err) || first->row(first, in->pixels, err)) {
            return -1;
        }
    }
    return png_reader_finish(in->reader, err) || first->end(first, err) ? -1 : 0;
}

int mask_normalise(const struct png_source *source, const struct mask_options *o,
                   struct png_sink out, struct mask_stats *stats, struct error *err)
{
    struct mask_stats own_stats;
    struct png_writer *writer = NULL;
    struct mask_input in;
    struct mask_turn turn = {.fd = -1};
    struct mask_point point;
    struct mask_count count;
    struct mask_write write;
    struct mask_stage *first = &point.stage;
    int result = -1;

    if (mask_input_open(&in, source, o, err)) {
        return -1;
    }
    struct png_header grey = {.width = mask_input_width(&in),
                              .height = mask_input_height(&in),
                              .depth = 8,
                              .colour = PNG_COLOUR_GREY};
    if (png_writer_open(&writer, &grey, out, err)) {
        goto out;
    }
    /* Stages that change the size or need neighbours (fit, grow, blur) belong between point and
     * count, in this order: they do to the mask that the point stage makes what a service would. */
    mask_stage_point(&point, grey.width, o);
    mask_stage_count(&count, grey.width, grey.height, stats != NULL ? stats : &own_stats);
    mask_stage_write(&write, writer);
    point.stage.next = &count.stage;
    count.stage.next = &write.stage;
    if (in.orientation != 1) {
        if (mask_turn_init(&turn, in.header.width, in.header.height, in.orientation, err)) {
            goto out;
        }
        turn.stage.next = &point.stage;
        first = &turn.stage;
    }
    result = push_rows(&in, first, err);
out:
    mask_turn_release(&turn);
    png_writer_free(writer);
    mask_input_close(&in);
    return result;
}
