#ifndef SANDBOX_PAINT_H
#define SANDBOX_PAINT_H

#include <stdint.h>

#include "base/error.h"
#include "image/raster.h"

/*
 * What stands in the model's place: a painterly filter. It lays brush strokes over a picture,
 * along its edges, coarse ones first. Strength 0 changes nothing; with more strength the strokes
 * grow, shapes drift and colours move. Seed and prompt choose strokes, drift and colours; colour
 * words in the prompt ("red", "teal", "gold" ...) and a few others ("night", "snow", "sunset" ...)
 * pull the colours their way. It knows nothing else of the prompt: nothing is generated.
 */
struct paint {
    uint64_t seed;
    const char *prompt;
    const char *negative_prompt; /* enters the choice of strokes only */
    double strength;             /* 0 to 1 */
};

/* Paints an RGB picture into a new one. The same input gives the same bytes. On failure *to is
 * empty. */
int paint_picture(const struct raster *from, const struct paint *paint, struct raster *to,
                  struct error *err);

/* Replaces the area marked in `mask` (grey, same size; over 127 counts) by coarse seeded noise, as
 * a decoded picture of latent noise looks (inpainting_fill 2). In place, RGB. */
void paint_noise(struct raster *picture, const struct raster *mask, uint64_t seed);

/* The same area in the flat brown-grey that a latent of zeros decodes to (inpainting_fill 3). */
void paint_nothing(struct raster *picture, const struct raster *mask);

#endif
