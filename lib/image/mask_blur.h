#ifndef SDCTL_IMAGE_MASK_BLUR_H
#define SDCTL_IMAGE_MASK_BLUR_H

#include <stdint.h>

#include "base/error.h"
#include "image/blur.h"
#include "image/mask_stage.h"

/*
 * The stage that blurs as ImageFilter.GaussianBlur(sigma) does, equal in every pixel: three boxes
 * along the row, then three down the columns, as running sums, so that the cost does not depend on
 * sigma. Memory is about 6 * sigma + 9 rows, at most three times the picture.
 */

/* A box down the columns: rows in, rows out, as late as the box reaches. */
struct mask_box {
    uint32_t taken, passed; /* rows */
    uint32_t kept;          /* rows in the ring */
    uint8_t *ring;
    uint32_t *sums; /* per column, of the box around the next row to pass on */
};

struct mask_blur {
    struct mask_stage stage;
    uint32_t width, height;
    struct blur_box box;
    size_t stride; /* of rows: the width up to a multiple of the lanes */
    uint8_t *lines[2];
    struct mask_box down[3];
};

/* sigma is over 0, at most BLUR_SIGMA_MAX. EXIT_UNEXPECTED without memory. */
int mask_blur_init(struct mask_blur *s, uint32_t width, uint32_t height, double sigma,
                   struct error *err);

/* Safe on a zeroed struct, and twice. */
void mask_blur_release(struct mask_blur *s);

#endif
