#include "grid.h"

#include <math.h>
#include <string.h>

#include "settings.h"

/* Copies a picture of any channels into an RGBA one. */
static void place(struct raster *on, const struct raster *piece, uint32_t x, uint32_t y)
{
    for (uint32_t row = 0; row < piece->height; row++) {
        const uint8_t *in = piece->pixels + (size_t)row * piece->width * piece->channels;
        uint8_t *out = on->pixels + ((size_t)(y + row) * on->width + x) * 4;

        for (uint32_t i = 0; i < piece->width; i++, in += piece->channels, out += 4) {
            out[0] = in[0];
            out[1] = piece->channels == 1 ? in[0] : in[1];
            out[2] = piece->channels == 1 ? in[0] : in[2];
            out[3] = piece->channels == 4 ? in[3] : 255;
        }
    }
}

static int grid_rows(const struct job *job, int n)
{
    int rows = settings_int(job->settings, "n_rows", -1);

    if (rows == 0)
        return job->batch_size;
    if (rows > 0)
        return rows;
    if (!settings_flag(job->settings, "grid_prevent_empty_spots"))
        return (int)lrint(sqrt(n));
    for (rows = (int)sqrt(n); n % rows != 0; rows--)
        ;
    return rows;
}

int grid_make(const struct job *job, const struct picture *pictures, size_t n, int rows,
              struct raster *grid, struct failure *f)
{
    uint32_t width = 0, height = 0, columns;
    struct error err;

    rows = rows > 0 ? rows : grid_rows(job, (int)n);
    rows = rows > (int)n ? (int)n : rows;
    columns = (uint32_t)((n + (size_t)rows - 1) / (size_t)rows);
    for (size_t i = 0; i < n; i++) {
        width = pictures[i].raster.width > width ? pictures[i].raster.width : width;
        height = pictures[i].raster.height > height ? pictures[i].raster.height : height;
    }
    if (raster_init(grid, columns * width, (uint32_t)rows * height, 4, &err) != 0)
        return failure_from(f, &err);
    memset(grid->pixels, 255, (size_t)grid->width * grid->height * 4);
    for (size_t i = 0; i < n; i++) {
        const struct raster *r = &pictures[i].raster;

        place(grid, r, (uint32_t)i % columns * width + (width - r->width) / 2,
              (uint32_t)i / columns * height + (height - r->height) / 2);
    }
    return 0;
}
