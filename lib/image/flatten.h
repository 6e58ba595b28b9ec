#ifndef SDCTL_IMAGE_FLATTEN_H
#define SDCTL_IMAGE_FLATTEN_H

#include <stdbool.h>

#include "base/error.h"
#include "image/png.h"

/*
 * Transparency taken out of an image before it is sent. WebUI blends it over a colour of its own
 * (img2img_background_color, white unless changed), other servers drop it (A21): laid over white
 * here, it is the same everywhere.
 */

/* Whether any pixel is not fully opaque. Reads rows up to the first such pixel. EXIT_INPUT. */
int flatten_needed(const struct png_source *in, bool *needed, struct error *err);

/* Writes the picture over white as an 8-bit RGB PNG without ancillary chunks, row by row, with
 * Pillow's arithmetic. EXIT_INPUT, or the sink's error. */
int flatten_white(const struct png_source *in, struct png_sink out, struct error *err);

#endif
