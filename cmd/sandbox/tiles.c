#include "tiles.h"

#include <stdlib.h>

#include "image/channels.h"
#include "image/crop.h"

void tiles_release(struct tiles *t)
{
    for (int i = 0; t->tiles && i < t->columns * t->rows; i++)
        raster_release(&t->tiles[i].raster);
    free(t->tiles);
    *t = (struct tiles){0};
}

static int count(int length, int tile, int overlap)
{
    int step = tile - overlap, n = (length - overlap + step - 1) / step;

    return n < 1 ? 1 : n;
}

/* Where tile i of n begins along a side. */
static int place(int i, int n, int length, int tile)
{
    double step = n > 1 ? (double)(length - tile) / (n - 1) : 0;
    int at = (int)(i * step);

    return at + tile >= length ? length - tile : at;
}

int tiles_split(const struct raster *picture, int tile_width, int tile_height, int overlap,
                struct tiles *t, struct failure *f)
{
    struct error err;

    *t = (struct tiles){
        .tile_width = tile_width,
        .tile_height = tile_height,
        .width = (int)picture->width,
        .height = (int)picture->height,
        .overlap = overlap,
    };
    if (overlap < 0 || overlap >= tile_width || overlap >= tile_height)
        return failure_set(f, 500, "ZeroDivisionError", "float division by zero");
    t->columns = count(t->width, tile_width, overlap);
    t->rows = count(t->height, tile_height, overlap);
    t->tiles = calloc((size_t)t->columns * (size_t)t->rows, sizeof *t->tiles);
    if (!t->tiles)
        return failure_set(f, 500, "MemoryError", "out of memory");
    for (int i = 0; i < t->columns * t->rows; i++) {
        struct tile *tile = &t->tiles[i];
        struct crop_rect rect;

        tile->x = place(i % t->columns, t->columns, t->width, tile_width);
        tile->y = place(i / t->columns, t->rows, t->height, tile_height);
        rect = (struct crop_rect){tile->x, tile->y, tile->x + tile_width, tile->y + tile_height};
        if (crop_take(picture, &rect, &tile->raster, &err) != 0) {
            tiles_release(t);
            return failure_from(f, &err);
        }
    }
    return 0;
}

/* The weight of a tile n pixels behind its leading edge, where the one before it ends. */
static unsigned seam(int n, int overlap)
{
    return overlap > 0 && n < overlap ? (unsigned)(n * 255 / overlap) : 255;
}

/* Pastes one row of pixels at (x, y) of the picture; `across` fades it in from its left end, and
 * `weight` is for the whole row. */
static void paste_row(struct raster *on, const uint8_t *row, int n, int x, int y, int across,
                      unsigned weight)
{
    if (y < 0 || y >= (int)on->height)
        return;
    for (int i = 0; i < n; i++) {
        unsigned w = across > 0 ? seam(i, across) : 255;
        uint8_t *p;

        if (x + i < 0 || x + i >= (int)on->width)
            continue;
        p = on->pixels + ((size_t)y * on->width + (size_t)(x + i)) * 3;
        for (int c = 0; c < 3; c++)
            p[c] = channels_blend(p[c], row[3 * i + c], weight == 255 ? w : weight);
    }
}

/* One row of tiles as a picture of its own. */
static int combine_row(const struct tiles *t, int row, struct raster *to, struct failure *f)
{
    struct error err;

    if (raster_init(to, (uint32_t)t->width, (uint32_t)t->tile_height, 3, &err) != 0)
        return failure_from(f, &err);
    for (int i = 0; i < t->columns; i++) {
        const struct tile *tile = &t->tiles[row * t->columns + i];
        int width = (int)tile->raster.width;

        for (int y = 0; y < (int)tile->raster.height; y++)
            paste_row(to, tile->raster.pixels + (size_t)y * tile->raster.width * 3, width, tile->x,
                      y, tile->x == 0 ? 0 : t->overlap, 255);
    }
    return 0;
}

int tiles_combine(const struct tiles *t, struct raster *picture, struct failure *f)
{
    struct error err;

    if (raster_init(picture, (uint32_t)t->width, (uint32_t)t->height, 3, &err) != 0)
        return failure_from(f, &err);
    for (int i = 0; i < t->rows; i++) {
        struct raster row;
        int top = t->tiles[i * t->columns].y;

        if (combine_row(t, i, &row, f) != 0) {
            raster_release(picture);
            return -1;
        }
        for (int y = 0; y < (int)row.height; y++)
            paste_row(picture, row.pixels + (size_t)y * row.width * 3, (int)row.width, 0, top + y,
                      0, top == 0 ? 255 : seam(y, t->overlap));
        raster_release(&row);
    }
    return 0;
}
