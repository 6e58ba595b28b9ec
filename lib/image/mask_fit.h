#ifndef SDCTL_IMAGE_MASK_FIT_H
#define SDCTL_IMAGE_MASK_FIT_H

#include <stdint.h>

#include "base/error.h"
#include "image/mask_stage.h"
#include "image/resize_kernel.h"

/*
 * The stage that brings a mask to another size, as Image.resize(size, LANCZOS) does, equal in every
 * pixel: the filter that a WebUI server resizes masks with. Memory is eight rows of the new width
 * and the weights, whatever the heights: to be enlarged, the seven rows around a new one are kept;
 * to be reduced, each row is added to the new ones that it has a part in.
 */
struct mask_fit {
    struct mask_stage stage;
    uint32_t width, height; /* of what goes out */
    struct resize_kernel across, down;
    uint32_t taken, passed; /* rows */
    uint32_t kept;          /* rows in the ring */
    uint8_t *ring;          /* to be enlarged: rows that came in; else NULL */
    int32_t *sums;          /* the row being made; to be reduced, `kept` of them */
    uint8_t *out;
};

/* From a size to a size, all above 0. EXIT_UNEXPECTED without memory. */
int mask_fit_init(struct mask_fit *s, uint32_t from_width, uint32_t from_height, uint32_t width,
                  uint32_t height, struct error *err);

/* Safe on a zeroed struct, and twice. */
void mask_fit_release(struct mask_fit *s);

#endif
