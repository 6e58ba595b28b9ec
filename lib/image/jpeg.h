#ifndef SDCTL_IMAGE_JPEG_H
#define SDCTL_IMAGE_JPEG_H

#include "base/error.h"
#include "image/png.h"
#include "image/rows.h"

/*
 * A JPEG as rows (rows.h), over libjpeg-turbo: grey or RGB, the same pixels as Pillow makes of it.
 * Where the build found no libjpeg (HAVE_LIBJPEG), opening one is an error that says what to do.
 *
 * Strict: what libjpeg only warns of, such as a premature end, is an error. CMYK is refused, for it
 * has no agreed conversion. A baseline JPEG takes some rows of memory whatever its size; one that
 * is sent in several scans (progressive) has to be held as a whole, six bytes a pixel at most, and
 * is refused over JPEG_SCANS_PIXELS_MAX pixels or JPEG_SCANS_MAX scans.
 */

#define JPEG_SCANS_PIXELS_MAX (1u << 26)
#define JPEG_SCANS_MAX 100

int jpeg_open(struct rows *rows, const struct png_source *source, struct error *err);

#endif
