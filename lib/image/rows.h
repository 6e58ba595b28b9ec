#ifndef SDCTL_IMAGE_ROWS_H
#define SDCTL_IMAGE_ROWS_H

#include <stdint.h>

#include "base/error.h"
#include "image/png.h"
#include "image/raster.h"

/*
 * A picture that is read from the top, row by row in 8 bits a channel, whatever its format: what
 * works on rows (sketch.h, outpaint.h) needs to know no decoder. A format joins by a function that
 * fills in this struct.
 */
struct rows {
    uint32_t width, height;
    unsigned channels; /* 1 grey, 3 RGB, 4 RGBA (not premultiplied) */
    const char *name;  /* for error texts; borrowed */

    /* The next row: width x channels bytes. Exactly `height` calls. EXIT_INPUT. */
    int (*row)(struct rows *self, uint8_t *pixels, struct error *err);
    /* After the last row: finds the faults behind the pixels. NULL: there are none. EXIT_INPUT. */
    int (*finish)(struct rows *self, struct error *err);
    void (*close)(struct rows *self);
    void *decoder;
};

/* Opens a picture of any format that this build decodes. EXIT_INPUT; nothing to close then. */
int rows_open(struct rows *rows, const struct png_source *source, struct error *err);

/* Calls finish(). */
int rows_finish(struct rows *rows, struct error *err);

/* Safe on a zeroed struct and twice. */
void rows_close(struct rows *rows);

/* The whole picture in memory, at most max_pixels. EXIT_INPUT; *r is empty then. */
int rows_read(const struct png_source *source, uint64_t max_pixels, struct raster *r,
              struct error *err);

#endif
