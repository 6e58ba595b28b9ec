#ifndef SANDBOX_FOOOCUS_META_H
#define SANDBOX_FOOOCUS_META_H

#include <jansson.h>
#include <stdint.h>

#include "image/raster.h"

/* What a result says of itself under "parameters" (meta_parser.py): JSON in the scheme "fooocus",
 * lines as A1111's in "a1111". `values` are those of the order. malloc'd; NULL without memory. */
char *fooocus_meta(const json_t *values, const struct raster *picture, int64_t seed, int steps);

#endif
