#ifndef SDCTL_IMAGE_MASK_GROW_H
#define SDCTL_IMAGE_MASK_GROW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "image/mask_stage.h"

/*
 * The stage that widens or narrows what is bright: the maximum or minimum of the square of
 * 2*radius+1 pixels around each, as cv2.dilate and cv2.erode with a kernel of ones and their
 * default border, which never wins. Its cost does not depend on the radius (van Herk; Gil and
 * Werman). Memory is 2*radius+1 rows, at most twice the picture.
 */
struct mask_grow {
    struct mask_stage stage;
    uint32_t width, height; /* of the mask */
    uint32_t across, down;  /* radii, below the width and the height */
    uint8_t flip;           /* 255 to narrow: the same done to the inverse */
    size_t stride;          /* bytes between rows, a multiple of the lanes */
    uint32_t y;             /* rows taken */
    uint8_t *line;          /* a row with `across` zeros on either side ... */
    uint8_t *heads,
        *tails;    /* ... and of blocks of it the maxima from their start and to their end */
    uint8_t *rows; /* the window: new rows of a block, and maxima of the last block's end */
    uint8_t *head; /* the maxima of the new rows */
};

/* EXIT_UNEXPECTED without memory; released either way. */
int mask_grow_init(struct mask_grow *s, uint32_t width, uint32_t height, uint32_t radius,
                   bool narrow, struct error *err);

/* Safe on a zeroed struct, and twice. */
void mask_grow_release(struct mask_grow *s);

#endif
