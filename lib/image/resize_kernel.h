#ifndef SDCTL_IMAGE_RESIZE_KERNEL_H
#define SDCTL_IMAGE_RESIZE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "image/resize.h"

/* Internal to lib/image: the weights of one direction of Pillow's Image.resize, in fixed point. */

#define RESIZE_KERNEL_BITS 22
#define RESIZE_KERNEL_HALF (1 << (RESIZE_KERNEL_BITS - 1)) /* what a sum starts with */

/* For each of `count` results: which source pixels matter, and how much. */
struct resize_kernel {
    int *first, *length;
    int32_t *weights; /* `room` a result */
    size_t room;
};

/* For `count` results out of the part from .. to of `size` pixels. */
int resize_kernel_init(struct resize_kernel *k, uint32_t size, double from, double to,
                       uint32_t count, enum resize_filter filter, struct error *err);

/* Safe on a zeroed kernel, and twice. */
void resize_kernel_release(struct resize_kernel *k);

/* A sum of weighted pixels as a pixel. A sum of 8-bit ones never leaves 32 bits. */
static inline uint8_t resize_kernel_round(int64_t sum)
{
    int64_t value = sum >> RESIZE_KERNEL_BITS;

    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

#endif
