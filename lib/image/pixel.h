#ifndef SDCTL_IMAGE_PIXEL_H
#define SDCTL_IMAGE_PIXEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/png.h"

/*
 * Rows of pixels in 8 bits a channel, made from the packed rows of a PNG of any form. 16-bit
 * samples keep their high byte, 1-, 2- and 4-bit ones are spread over 0 .. 255, as Pillow does.
 */

/* Channels that a picture becomes: 1 grey without transparency, 3 RGB or palette without, else 4
 * (RGBA, not premultiplied; a grey picture repeats its value). */
unsigned pixel_channels(const struct png_header *h);

/* One packed row into width x pixel_channels() bytes. tRNS is compared at full depth. */
void pixel_row(const struct png_header *h, const uint8_t *packed, uint8_t *out);

/* Of n pixels of 1, 3 or 4 channels the brightness as Pillow's convert("L"): (19595 R + 38470 G +
 * 7471 B + 32768) >> 16; alpha has no part in it. In place (out == in) is allowed. */
void pixel_luma(const uint8_t *in, size_t n, unsigned channels, uint8_t *out);

#endif
