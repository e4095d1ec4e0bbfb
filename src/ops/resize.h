/* What resizing needs beside its images. */
#ifndef NHWC_OPS_RESIZE_H
#define NHWC_OPS_RESIZE_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes that resizing to images of y_dims, or its gradient, allocates; false where these are no size. */
bool nhwc__resize_bytes(const int64_t y_dims[4], int64_t *bytes);

#endif
