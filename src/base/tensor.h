/* Checks every operation makes of its tensors before it touches them. */
#ifndef NHWC_BASE_TENSOR_H
#define NHWC_BASE_TENSOR_H

#include <nhwc/nhwc.h>

/* `tensor`, called `name` in messages of `operation`, can be read: not NULL, a dtype, sizes that fit,
 * no negative stride, data that is there and aligned. */
nhwc_status nhwc__tensor_check(const char *operation, const char *name, const nhwc_tensor *tensor);

/* ... and its elements lie in row-major order without gaps. */
nhwc_status nhwc__tensor_check_dense(const char *operation, const char *name, const nhwc_tensor *tensor);

/* ... and no two of its elements are the same memory, so that it can be written. Sufficient, not
 * necessary: sorted by stride, each axis has to step over all that the smaller ones reach. */
nhwc_status nhwc__tensor_check_distinct(const char *operation, const char *name, const nhwc_tensor *tensor);

/* Whether the two checked tensors have a byte in common: exact, gaps of strided views included. */
bool nhwc__tensors_overlap(const nhwc_tensor *a, const nhwc_tensor *b);

/* An output shares no memory with what it is computed from. */
nhwc_status nhwc__check_apart(const char *operation, const char *name, const nhwc_tensor *input,
                              const char *output_name, const nhwc_tensor *output);

/* The same elements with the strides that do not matter, of axes of length 1 and of empty tensors, set to some that
 * can be computed with: where there is no other reason, to those that make steps between elements equal. */
nhwc_tensor nhwc__tensor_settled(const nhwc_tensor *tensor);

/* The check and the settled tensor at once. */
nhwc_status nhwc__tensor_settle(const char *operation, const char *name, const nhwc_tensor *tensor,
                                nhwc_tensor *settled);

bool nhwc__tensor_is_empty(const nhwc_tensor *tensor);

#endif
