#ifndef SANDBOX_INPUT_H
#define SANDBOX_INPUT_H

#include "image/raster.h"
#include "sandbox.h"

/* Pictures as requests carry them, read as api.decode_base64_to_image and Pillow do. */

/* Decodes base64, with or without a data URI's prefix; characters that base64 does not have are
 * skipped, as Python does. 500 "Invalid encoded image" when it cannot be read. */
int input_bytes(const char *text, struct buf *bytes, struct failure *f);

/* The picture in these bytes. 16-bit grey saturates instead of being scaled down, as Pillow's
 * conversion from its 32-bit mode does. JPEG and WebP as far as this build decodes them, without
 * turning them by their EXIF orientation: sdctl sends none that is turned. */
int input_picture(const struct buf *bytes, struct raster *to, struct failure *f);

/* The same for a mask: what processing.create_binary_mask makes of it, grey (A11). An alpha channel
 * that is not all opaque is the mask, cut at 128 when `round`; grey with alpha counts by its
 * brightness. */
int input_mask(const struct buf *bytes, enum flavour flavour, bool round, struct raster *to,
               struct failure *f);

/* The tEXt, zTXt and iTXt chunks of a PNG: an object of strings, empty for anything else. */
json_t *input_texts(const struct buf *bytes);

#endif
