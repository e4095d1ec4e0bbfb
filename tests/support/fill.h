/* Values for test tensors. */
#ifndef NHWC_TESTS_FILL_H
#define NHWC_TESTS_FILL_H

#include "support/guarded.h"
#include "support/random.h"

/* Integers of -bound .. bound: sums of products are exact in float32 while they stay below 2^24. */
static inline void fill_integers(const nhwc_tensor *tensor, uint64_t *random, int64_t bound)
{
    for (int64_t i = 0, count = element_count(tensor); i < count; i++)
        element_set(tensor, i, (double)random_between(random, -bound, bound));
}

static inline void fill_reals(const nhwc_tensor *tensor, uint64_t *random)
{
    for (int64_t i = 0, count = element_count(tensor); i < count; i++)
        element_set(tensor, i, random_real(random));
}

static inline void fill_value(const nhwc_tensor *tensor, double value)
{
    for (int64_t i = 0, count = element_count(tensor); i < count; i++)
        element_set(tensor, i, value);
}

/* The sum of products of elements, in double. */
static inline double inner_product(const nhwc_tensor *a, const nhwc_tensor *b)
{
    double sum = 0;
    for (int64_t i = 0, count = element_count(a); i < count; i++)
        sum += element_get(a, i) * element_get(b, i);
    return sum;
}

/* Whether all elements are equal, NaN to NaN. */
static inline bool same_elements(const nhwc_tensor *a, const nhwc_tensor *b)
{
    for (int64_t i = 0, count = element_count(a); i < count; i++) {
        const double u = element_get(a, i), v = element_get(b, i);
        if (u != v && (u == u || v == v))
            return false;
    }
    return true;
}

#endif
