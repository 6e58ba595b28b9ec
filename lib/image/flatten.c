#include "image/flatten.h"

#include <stdlib.h>

#include "image/channels.h"
#include "image/mask_stage.h"
#include "image/mask_turn.h"
#include "image/rows.h"

static bool is_opaque(const uint8_t *rgba, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++) {
        if (rgba[4 * x + 3] != 255) {
            return false;
        }
    }
    return true;
}

static int open_rows(struct rows *rows, const struct png_source *in, uint8_t **row,
                     struct error *err)
{
    if (rows_open(rows, in, err) != 0) {
        return -1;
    }
    *row = malloc((size_t)rows->width * rows->channels);
    if (*row == NULL) {
        rows_close(rows);
        return error_memory(err, "reading an image");
    }
    return 0;
}

int flatten_needed(const struct png_source *in, bool *needed, struct error *err)
{
    struct rows rows;
    uint8_t *row;
    int result = 0;

    *needed = false;
    if (open_rows(&rows, in, &row, err) != 0) {
        return -1;
    }
    if (rows.channels == 4) {
        for (uint32_t y = 0; y < rows.height && !*needed && result == 0; y++) {
            result = rows.row(&rows, row, err);
            *needed = result == 0 && !is_opaque(row, rows.width);
        }
    }
    free(row);
    rows_close(&rows);
    return result;
}

/* Over white, in place: four bytes a pixel become three. */
static void blend_white(uint8_t *row, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++) {
        for (uint32_t c = 0; c < 3; c++) {
            row[3 * x + c] = channels_blend(255, row[4 * x + c], row[4 * x + 3]);
        }
    }
}

static int push_rows(struct rows *rows, uint8_t *row, struct mask_stage *first, struct error *err)
{
    for (uint32_t y = 0; y < rows->height; y++) {
        if (rows->row(rows, row, err) != 0) {
            return -1;
        }
        if (rows->channels == 4) {
            blend_white(row, rows->width);
        }
        if (first->row(first, row, err) != 0) {
            return -1;
        }
    }
    return rows_finish(rows, err) != 0 ? -1 : first->end(first, err);
}

int flatten_write(const struct png_source *in, unsigned orientation, struct png_sink out,
                  struct error *err)
{
    struct mask_turn turn = {.fd = -1};
    struct png_writer *writer = NULL;
    struct mask_write write;
    struct rows rows;
    uint8_t *row;
    int result = -1;

    if (open_rows(&rows, in, &row, err) != 0) {
        return -1;
    }
    bool grey = rows.channels == 1, swap = mask_turn_swaps(orientation);
    const struct png_header header = {.width = swap ? rows.height : rows.width,
                                      .height = swap ? rows.width : rows.height,
                                      .depth = 8,
                                      .colour = grey ? PNG_COLOUR_GREY : PNG_COLOUR_RGB};
    if ((orientation != 1 &&
         mask_turn_init(&turn, rows.width, rows.height, grey ? 1 : 3, orientation, err) != 0) ||
        png_writer_open(&writer, &header, out, err) != 0) {
        goto out;
    }
    mask_stage_write(&write, writer);
    turn.stage.next = &write.stage;
    result = push_rows(&rows, row, orientation != 1 ? &turn.stage : &write.stage, err);
out:
    mask_turn_release(&turn);
    png_writer_free(writer);
    free(row);
    rows_close(&rows);
    return result;
}
