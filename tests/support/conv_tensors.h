/* The tensors of one convolution for tests, in memory of any layout, looked at pixel by pixel. */
#ifndef NHWC_TESTS_CONV_TENSORS_H
#define NHWC_TESTS_CONV_TENSORS_H

#include <string.h>

#include "support/build.h"
#include "support/conv_case.h"
#include "support/each.h"
#include "support/fill.h"

static const nhwc_dtype dtypes[] = {NHWC_FLOAT32, NHWC_FLOAT64};
static const nhwc_context reference = {.algorithm = NHWC_ALGORITHM_REFERENCE};
static const char *const algorithm_names[] = {"automatic", "reference", "im2col", "direct", "loops"};

/* Each is a linear function of the other two. */
enum { COARSE, FINE, FILTER, TENSORS };

/* How an image lies in memory: gaps behind pixels, rows and images; or behind pixels alone, as the channels
 * of a larger image have it, so that all pixels are still at one distance. */
typedef enum view { DENSE, SPREAD, SLOT, VIEWS } view;

static inline nhwc_tensor image(nhwc_dtype dtype, const int64_t *dims, view v)
{
    if (v != SLOT)
        return guarded_tensor(dtype, 4, dims, v == SPREAD ? 3 : 0);
    nhwc_tensor t = guarded_tensor(dtype, 4, (int64_t[]){1, 1, dims[0] * dims[1] * dims[2], dims[3]}, 5);
    const int64_t pixel = t.strides[2];
    memcpy(t.dims, dims, 4 * sizeof *dims);
    memcpy(t.strides, (int64_t[]){dims[1] * dims[2] * pixel, dims[2] * pixel, pixel, 1}, 4 * sizeof *dims);
    return t;
}

static inline nhwc_tensor tensor_of(const conv_case *c, int which, nhwc_dtype dtype, view v)
{
    return which == FILTER ? guarded_tensor(dtype, 4, c->filter, 0)
                           : image(dtype, which == FINE ? c->fine : c->coarse, v);
}

static inline void make(const conv_case *c, nhwc_dtype dtype, view v, nhwc_tensor *tensors)
{
    for (int i = 0; i < TENSORS; i++)
        tensors[i] = tensor_of(c, i, dtype, v);
}

static inline char *pixel_at(const nhwc_tensor *t, int64_t pixel)
{
    const int64_t *d = t->dims, *s = t->strides;
    const int64_t at = pixel / d[2] / d[1] * s[0] + pixel / d[2] % d[1] * s[1] + pixel % d[2] * s[2];
    return (char *)t->data + at * (int64_t)nhwc_dtype_size(t->dtype);
}

static inline int64_t pixels_of(const nhwc_tensor *t)
{
    return t->dims[0] * t->dims[1] * t->dims[2];
}

static inline size_t pixel_bytes(const nhwc_tensor *t)
{
    return (size_t)t->dims[3] * nhwc_dtype_size(t->dtype);
}

static inline void copy(const nhwc_tensor *from, const nhwc_tensor *to)
{
    for (int64_t p = 0; p < pixels_of(to); p++)
        memcpy(pixel_at(to, p), pixel_at(from, p), pixel_bytes(to));
}

/* NaN in every element: whoever leaves one or adds to it is seen. */
static inline void spoil(const nhwc_tensor *t)
{
    for (int64_t p = 0; p < pixels_of(t); p++)
        memset(pixel_at(t, p), 0xFF, pixel_bytes(t));
}

static inline bool same_bits(const nhwc_tensor *a, const nhwc_tensor *b)
{
    for (int64_t p = 0; p < pixels_of(a); p++)
        if (memcmp(pixel_at(a, p), pixel_at(b, p), pixel_bytes(a)) != 0)
            return false;
    return true;
}

#define LARGEST 3 /* of the integers: 9 * terms stays below 2^24 in every case */

/* Reals, or what is exact however tiles are cut where tiles of different sizes may be fused or not. */
static inline void fill_for_bits(const nhwc_tensor *tensor, uint64_t *random)
{
    if (instrumented)
        fill_integers(tensor, random, LARGEST);
    else
        fill_reals(tensor, random);
}

#endif
