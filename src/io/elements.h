/* Elements of tensors as bytes in files. */
#ifndef NHWC_IO_ELEMENTS_H
#define NHWC_IO_ELEMENTS_H

#include "io/file.h"

/* A new tensor of all bytes of r from `offset` on: NHWC_ERROR_FORMAT if its shape takes more or less. */
nhwc_status nhwc__elements_get(const nhwc_context *context, const nhwc__reader *r, int64_t offset, bool big_endian,
                               nhwc_dtype dtype, int rank, const int64_t *dims, nhwc_tensor *x);

/* How many bytes x takes in a file. */
int64_t nhwc__elements_bytes(const nhwc_tensor *x);

/* Hands the bytes of x, in row-major order and little-endian, to `put`, some at a time. */
typedef nhwc_status nhwc__put(void *sink, const void *from, int64_t bytes);
nhwc_status nhwc__elements_put(const nhwc_tensor *x, nhwc__put *put, void *sink);

#endif
