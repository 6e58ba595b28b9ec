#ifndef SDCTL_IMAGE_FLATTEN_H
#define SDCTL_IMAGE_FLATTEN_H

#include <stdbool.h>

#include "base/error.h"
#include "image/png.h"

/*
 * What servers read in different ways, taken out of an image before it is sent (A21): transparency,
 * which WebUI blends over a colour of its own (img2img_background_color, white unless changed) and
 * others drop; and an EXIF orientation, which some apply and some do not. The source is a PNG, or
 * a JPEG or WebP where these can be decoded (rows.h).
 */

/* Whether any pixel is not fully opaque. Reads rows up to the first such pixel. EXIT_INPUT. */
int flatten_needed(const struct png_source *in, bool *needed, struct error *err);

/* Writes the picture over white, with Pillow's arithmetic, turned as its EXIF orientation (1 to 8)
 * says, as an 8-bit grey or RGB PNG without ancillary chunks, row by row; to be turned, the rows
 * wait in a scratch file (mask_turn.h). EXIT_INPUT, or the sink's error. */
int flatten_write(const struct png_source *in, unsigned orientation, struct png_sink out,
                  struct error *err);

#endif
