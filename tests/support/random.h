/* Seeded random numbers for tests, the same on every machine: SplitMix64 (Steele, Lea, Flood 2014). */
#ifndef NHWC_TESTS_RANDOM_H
#define NHWC_TESTS_RANDOM_H

#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* An integer of least .. most. */
static inline int64_t random_between(uint64_t *state, int64_t least, int64_t most)
{
    return least + (int64_t)(random_next(state) % (uint64_t)(most - least + 1));
}

/* A real number in -1 .. 1. */
static inline double random_real(uint64_t *state)
{
    return (double)(random_next(state) >> 11) * 0x1p-52 - 1;
}

#endif
