/* Random numbers for what is drawn: the same everywhere, from a seed. */
#ifndef NHWC_EXAMPLES_CHANCE_H
#define NHWC_EXAMPLES_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

/* A sequence of its own for each index. */
static inline struct chance chance_of(uint64_t seed, int64_t index)
{
    return (struct chance){(seed + 1) * 0xd1342543de82ef95u + (uint64_t)index * 0x2545f4914f6cdd1du};
}

/* The output of SplitMix64 for a state: bits that look like no others. */
static inline uint64_t mixed(uint64_t state)
{
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebu;
    return state ^ (state >> 31);
}

/* low <= x < high. */
static inline double between(struct chance *chance, double low, double high)
{
    chance->state += 0x9e3779b97f4a7c15u;
    return low + (high - low) * (double)(mixed(chance->state) >> 11) / 9007199254740992.0;
}

static inline bool happens(struct chance *chance, double probability)
{
    return between(chance, 0, 1) < probability;
}

#endif
