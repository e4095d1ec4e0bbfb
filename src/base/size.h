/* Sizes that cannot overflow: lengths, counts and bytes are int64_t between 0 and NHWC__SIZE_MAX, so
 * that sums and differences of a few of them need no check; products go through nhwc__multiply. */
#ifndef NHWC_BASE_SIZE_H
#define NHWC_BASE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#define NHWC__SIZE_MAX (INT64_MAX / 8)

static inline bool nhwc__is_size(int64_t a)
{
    return a >= 0 && a <= NHWC__SIZE_MAX;
}

/* *product = a * b; false, and nothing written, when one of the three is no size. */
static inline bool nhwc__multiply(int64_t a, int64_t b, int64_t *product)
{
    if (!nhwc__is_size(a) || !nhwc__is_size(b))
        return false;
#ifdef __GNUC__ /* without a division, which would take longer than all else in a check */
    int64_t exact;
    if (__builtin_mul_overflow(a, b, &exact) || exact > NHWC__SIZE_MAX)
        return false;
    *product = exact;
#else
    if (a != 0 && b > NHWC__SIZE_MAX / a)
        return false;
    *product = a * b;
#endif
    return true;
}

static inline int64_t nhwc__least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t nhwc__most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* a / b rounded up, and 0 for what is negative; b > 0. A division takes long, and is seldom needed. */
static inline int64_t nhwc__ceil(int64_t a, int64_t b)
{
    return a <= 0 ? 0 : b == 1 ? a : a <= b ? 1 : (a + b - 1) / b;
}

#endif
