#ifndef SANDBOX_GRID_H
#define SANDBOX_GRID_H

#include "job.h"

/* images.image_grid: RGBA on white. rows 0: as the settings say. */
int grid_make(const struct job *job, const struct picture *pictures, size_t n, int rows,
              struct raster *grid, struct failure *f);

#endif
