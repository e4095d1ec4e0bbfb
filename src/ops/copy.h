/* Copies of elements between any strides. */
#ifndef NHWC_OPS_COPY_H
#define NHWC_OPS_COPY_H

#include "ops/walk.h"

/* Copies elements of `size` bytes: 1, 2, 4, 8 or 16. The walk is arranged. */
void nhwc__copy_walk(const nhwc_context *context, nhwc__walk *walk, int64_t size);

/* y[i * to] = x[i * from]: `count` elements of `size` bytes, in the calling thread ... */
void nhwc__copy_row(size_t size, int64_t count, const char *x, int64_t from, char *y, int64_t to);

/* ... and y[i * to_row + j * to_column] = x[i * from_row + j * from_column]. */
void nhwc__copy_plane(size_t size, int64_t rows, int64_t columns, const char *x, int64_t from_row, int64_t from_column,
                      char *y, int64_t to_row, int64_t to_column);

/* y = x, both checked, of one shape and of elements of one size. */
void nhwc__copy(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *y);

#endif
