#ifndef SANDBOX_TILES_H
#define SANDBOX_TILES_H

#include "image/raster.h"
#include "sandbox.h"

/* images.split_grid and combine_grid: a picture as overlapping tiles, and back with blended seams.
 */
struct tile {
    int x, y;
    struct raster raster;
};

struct tiles {
    int tile_width, tile_height, width, height, overlap, columns, rows;
    struct tile *tiles; /* row by row */
};

/* Splits; overlap is less than a tile's sides. What lies outside of the picture is black. */
int tiles_split(const struct raster *picture, int tile_width, int tile_height, int overlap,
                struct tiles *t, struct failure *f);

/* Puts RGB tiles together as an RGB picture. */
int tiles_combine(const struct tiles *t, struct raster *picture, struct failure *f);

void tiles_release(struct tiles *t);

#endif
