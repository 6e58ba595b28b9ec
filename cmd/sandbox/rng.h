#ifndef SANDBOX_RNG_H
#define SANDBOX_RNG_H

#include <stdint.h>

/* A small seeded generator (SplitMix64), so that the same request paints the same picture on every
 * machine. Not for secrets. */
struct rng {
    uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
    uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* A real number, 0 <= x < 1. */
static inline double rng_real(struct rng *r)
{
    return (double)(rng_next(r) >> 11) * (1.0 / 9007199254740992.0);
}

/* A real number between low and high. */
static inline double rng_between(struct rng *r, double low, double high)
{
    return low + (high - low) * rng_real(r);
}

/* A whole number, 0 <= x < n (n > 0). */
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
    return (uint32_t)((rng_next(r) >> 32) * (uint64_t)n >> 32);
}

/* A generator whose numbers depend on `seed` and every byte of the string. */
static inline struct rng rng_for(uint64_t seed, const char *text)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325) ^ seed;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return (struct rng){.state = hash + seed * UINT64_C(0x2545F4914F6CDD1D)};
}

#endif
