#ifndef SDCTL_IMAGE_SKETCH_H
#define SDCTL_IMAGE_SKETCH_H

#include "base/error.h"
#include "image/png.h"
#include "image/rows.h"

/*
 * A drawing on transparency, laid over the image of the same size ("inpaint sketch", seed 000). Its
 * alpha times the opacity is how strongly it covers the image and, as grey, the mask: a stroke at
 * half the opacity is half repainted. Rows stream.
 */
struct sketch {
    double opacity;     /* 0 to 1 */
    unsigned strongest; /* set: the largest value in the mask, 0 when nothing is drawn */
};

/* Writes the image with the strokes on it as 8-bit RGB, and the mask as 8-bit grey. EXIT_INPUT when
 * the sizes differ or the strokes have no alpha channel; alpha of the image is disregarded. */
int sketch_lay(struct rows *image, struct rows *strokes, struct sketch *sketch,
               struct png_sink picture, struct png_sink mask, struct error *err);

#endif
