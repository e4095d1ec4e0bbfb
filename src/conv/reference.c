#include "conv/reference.h"

/* `at` is the offset of each pixel's first channel, in elements. */
#define FOR_EACH_PIXEL(at, image)                                                  \
    for (int64_t n = 0; n < (image)->dims[0]; n++)                                 \
        for (int64_t y = 0; y < (image)->dims[1]; y++)                             \
            for (int64_t x = 0, at = n * (image)->strides[0] + y * (image)->strides[1]; \
                 x < (image)->dims[2]; x++, at += (image)->strides[2])

#define REAL float
#define NAME(x) x##_float32
#include "conv/reference.inc"
#undef REAL
#undef NAME

#define REAL double
#define NAME(x) x##_float64
#include "conv/reference.inc"

void nhwc__reference_gather(const nhwc__problem *problem)
{
    problem->coarse.dtype == NHWC_FLOAT64 ? gather_float64(problem) : gather_float32(problem);
}

void nhwc__reference_scatter(const nhwc__problem *problem)
{
    problem->fine.dtype == NHWC_FLOAT64 ? scatter_float64(problem) : scatter_float32(problem);
}

void nhwc__reference_correlate(const nhwc__problem *problem)
{
    problem->filter.dtype == NHWC_FLOAT64 ? correlate_float64(problem) : correlate_float32(problem);
}

void nhwc__reference_clear(const nhwc_tensor *image)
{
    image->dtype == NHWC_FLOAT64 ? clear_float64(image) : clear_float32(image);
}

void nhwc__reference_finish(const nhwc_tensor *image, const nhwc_tensor *bias, nhwc_activation activation)
{
    const void *values = bias ? bias->data : NULL;
    image->dtype == NHWC_FLOAT64 ? finish_float64(image, values, activation)
                                 : finish_float32(image, values, activation);
}
