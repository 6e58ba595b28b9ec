#ifndef SDCTL_IMAGE_PNG_CHUNK_H
#define SDCTL_IMAGE_PNG_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "image/png.h"

/*
 * A PNG chunk by chunk, strictly: a length over 2^31-1, a type that is not four letters, a wrong
 * CRC and the end of the file within a chunk are errors. Internal to png_read.c.
 */
#define PNG_CHUNK_BUFFER 16384

struct png_chunks {
    const struct png_source *source; /* outlives it */
    uint64_t offset;                 /* in the source, of the end of buffer */
    size_t used, have;               /* of buffer */
    char type[5];                    /* of the chunk under way */
    uint32_t left;                   /* of its data */
    uint32_t crc;
    uint8_t buffer[PNG_CHUNK_BUFFER];
};

/* At a chunk that begins at `offset`. */
void png_chunks_init(struct png_chunks *c, const struct png_source *source, uint64_t offset);

/* Where the next byte stands in the source. */
uint64_t png_chunks_offset(const struct png_chunks *c);

/* Length and type of the next chunk. */
int png_chunks_next(struct png_chunks *c, struct error *err);

bool png_chunks_is(const struct png_chunks *c, const char *type);

/* The next n bytes, at most `left`; when `to` is NULL they are dropped. */
int png_chunks_data(struct png_chunks *c, void *to, size_t n, struct error *err);

/* Skips what is left of the data and checks the CRC. */
int png_chunks_end(struct png_chunks *c, struct error *err);

/* From the signature to the data of the first IDAT: what IHDR, PLTE and tRNS say. Other ancillary
 * chunks are skipped. *pixels is where that IDAT begins. */
int png_chunks_header(struct png_chunks *c, struct png_header *h, uint64_t *pixels,
                      struct error *err);

/* From the chunk after the last IDAT, which is begun, to the end of IEND. */
int png_chunks_tail(struct png_chunks *c, struct error *err);

/* EXIT_INPUT: it is no usable PNG. Returns -1. */
int png_chunks_fault(const struct png_chunks *c, const char *what, struct error *err);

#endif
