#ifndef SDCTL_IMAGE_WEBP_H
#define SDCTL_IMAGE_WEBP_H

#include "base/error.h"
#include "image/png.h"
#include "image/rows.h"

/*
 * A WebP as rows (rows.h), over libwebp: RGB, or RGBA when it has an alpha channel. Where the build
 * found no libwebp (HAVE_LIBWEBP), opening one is an error that says what to do.
 *
 * libwebp decodes a picture as a whole: four bytes a pixel are held, another four while a lossless
 * one is decoded. One of more than WEBP_PIXELS_MAX pixels and an animation are refused.
 */

#define WEBP_PIXELS_MAX (1u << 26)

int webp_open(struct rows *rows, const struct png_source *source, struct error *err);

#endif
