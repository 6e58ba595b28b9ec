#ifndef SANDBOX_CAPTION_H
#define SANDBOX_CAPTION_H

#include "base/buf.h"
#include "image/raster.h"

/* A description worked out from the pixels alone: shape, size, brightness, contrast, main colours.
 * As a sentence with trailing phrases, as CLIP interrogation gives, or as comma-separated tags, as
 * DeepDanbooru does. It recognises nothing. */
void caption_sentence(const struct raster *picture, struct buf *to);
void caption_tags(const struct raster *picture, struct buf *to);

#endif
