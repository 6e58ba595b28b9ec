#ifndef SDCTL_IMAGE_MASK_TURN_H
#define SDCTL_IMAGE_MASK_TURN_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "image/mask_stage.h"

/*
 * The stage that turns a picture as its EXIF orientation says (TIFF 6.0, tag 274; 2 to 8), as the
 * servers do before they use it (A21: ImageOps.exif_transpose). Its rows may be of more than the
 * one byte a pixel that those of a mask have. They wait in a scratch file and come back in strips
 * of some columns, so memory stays at a few MiB.
 */
struct mask_turn {
    struct mask_stage stage;
    unsigned orientation;
    unsigned pixel;         /* bytes, 1 to 4 */
    uint32_t width, height; /* of what comes in */
    int fd;                 /* the scratch file, or -1 */
    size_t strip_max;       /* bytes; a test may lower it */
};

/* Orientations above 4 exchange width and height. */
static inline int mask_turn_swaps(unsigned orientation)
{
    return orientation > 4;
}

/* Opens the scratch file. */
int mask_turn_init(struct mask_turn *s, uint32_t width, uint32_t height, unsigned pixel,
                   unsigned orientation, struct error *err);

/* Closes it. Safe on a zeroed struct that has fd -1, and twice. */
void mask_turn_release(struct mask_turn *s);

#endif
