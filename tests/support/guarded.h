/* Tensors between guard pages, for tests.
 *
 * Every byte that is no element of the tensor, gaps of strided views included, holds a pattern that
 * guarded_check() looks at; behind the last element lies a page that cannot be touched, so that reading
 * past the end kills the test. */
#ifndef NHWC_TESTS_GUARDED_H
#define NHWC_TESTS_GUARDED_H

#include <nhwc/nhwc.h>

/* A tensor whose elements are 0. With gap > 0, `gap` elements of somebody else lie behind each pixel, row
 * and image (each index of all axes but the last): a slot of a larger buffer. */
nhwc_tensor guarded_tensor(nhwc_dtype dtype, int rank, const int64_t *dims, int64_t gap);

/* Fails the running test when a byte outside the tensors given out since guarded_release() has changed. */
void guarded_check(void);

/* Takes back all tensors. */
void guarded_release(void);

/* Element access by row-major index, any numeric dtype, any strides. */
int64_t element_count(const nhwc_tensor *tensor);
double element_get(const nhwc_tensor *tensor, int64_t index);
void element_set(const nhwc_tensor *tensor, int64_t index, double value);

#endif
