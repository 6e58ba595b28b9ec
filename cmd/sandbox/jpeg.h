#ifndef SANDBOX_JPEG_H
#define SANDBOX_JPEG_H

#include "base/buf.h"
#include "base/error.h"
#include "image/raster.h"

/* A valid baseline JPEG of the right size whose blocks of 8 by 8 pixels each have one colour, for
 * the samples_format "jpg": enough to test what a client makes of the format. */
int jpeg_encode(const struct raster *picture, struct buf *to, struct error *err);

#endif
