/* Copies of elements between any strides. */
#ifndef NHWC_OPS_COPY_H
#define NHWC_OPS_COPY_H

#include "ops/walk.h"

/* Copies elements of `size` bytes: 1, 2, 4, 8 or 16. The walk is arranged. */
void nhwc__copy_walk(const nhwc_context *context, nhwc__walk *walk, int64_t size);

/* y = x, both checked, of one shape and of elements of one size. */
void nhwc__copy(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *y);

#endif
