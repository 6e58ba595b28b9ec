#ifndef SANDBOX_PALETTE_H
#define SANDBOX_PALETTE_H

#include <stdbool.h>
#include <stdint.h>

#include "rng.h"

/* How a prompt, a seed and a strength move colours. Filled by palette_init(). */
struct palette {
    double tint[3];    /* colour to go towards, 0 to 255 */
    double tint_share; /* 0 to 1 */
    double light;      /* factor */
    double vividness;  /* saturation factor */
    double turn[3][3]; /* hue rotation as a matrix */
};

void palette_init(struct palette *p, const char *prompt, double strength, struct rng *rng);

/* Moves one colour (0 to 255 each), in place; the result may lie outside of 0 to 255. */
void palette_apply(const struct palette *p, double colour[3]);

#endif
