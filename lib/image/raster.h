#ifndef SDCTL_IMAGE_RASTER_H
#define SDCTL_IMAGE_RASTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * A whole picture in memory: 8 bits a channel, rows without padding, `channels` 1 (grey, "L"),
 * 3 (RGB) or 4 (RGBA, not premultiplied). pixels is owned by the raster. Only code that needs the
 * neighbours of a pixel uses one; masks are inverted row by row without (mask.h).
 */
struct raster {
    uint32_t width, height;
    unsigned channels;
    uint8_t *pixels;
};

/* Allocates width x height x channels bytes, zeroed. EXIT_INPUT when the product is over 2^30
 * or a side is 0, EXIT_UNEXPECTED when memory runs out. */
int raster_init(struct raster *r, uint32_t width, uint32_t height, unsigned channels,
                struct error *err);

/* Frees the pixels. NULL-safe; the raster is empty after. */
void raster_release(struct raster *r);

/* Decodes a PNG of any legal form into 8 bits: grey (no alpha) stays 1 channel, grey with alpha or
 * tRNS becomes RGBA, palette becomes RGB or (with tRNS) RGBA, 16 bits keep their high byte (as
 * Pillow does). `name` is used in errors (EXIT_INPUT). On failure *r is empty. */
int raster_read_png(struct raster *r, const void *bytes, size_t n, const char *name,
                    struct error *err);

/* Encodes as an 8-bit PNG appended to out, with the NULL-terminated key, value, key, value ...
 * strings of `text` as tEXt or iTXt chunks (may be NULL). */
int raster_write_png(const struct raster *r, const char *const *text, struct buf *out,
                     struct error *err);

#endif
