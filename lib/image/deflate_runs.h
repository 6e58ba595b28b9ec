#ifndef SDCTL_IMAGE_DEFLATE_RUNS_H
#define SDCTL_IMAGE_DEFLATE_RUNS_H

#include <stddef.h>

#include "base/error.h"
#include "image/png.h"

/*
 * A compressor for the filtered rows of masks: a zlib stream (RFC 1950, 1951) made of what masks
 * are made of. Runs of equal pixels are found many bytes at a time; only where a run ends are
 * matches with earlier data looked for, and one is taken when it is shorter than the runs and
 * literals in its place, by the codes of the block before. So a mask takes a twentieth of zlib's
 * time at level 6 and comes out smaller; on photographs it does little but Huffman codes. Data
 * that does not compress grows by 5 bytes in 16 KiB. Memory is 0.4 MiB whatever is written, and
 * what comes out does not depend on how it is cut into pieces.
 */
struct deflate_runs;

/* Runs repeat after `pixel` bytes, 1 .. 8. The sink gets the stream in pieces of 64 KiB or less.
 * EXIT_UNEXPECTED without memory. */
int deflate_runs_open(struct deflate_runs **d, size_t pixel, struct png_sink sink,
                      struct error *err);

/* These two fail only when the sink does. */
int deflate_runs_write(struct deflate_runs *d, const void *bytes, size_t n, struct error *err);
int deflate_runs_finish(struct deflate_runs *d, struct error *err);

/* NULL-safe; any time. */
void deflate_runs_free(struct deflate_runs *d);

#endif
