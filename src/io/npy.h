/* The format of .npy files, which the entries of .npz files have too. */
#ifndef NHWC_IO_NPY_H
#define NHWC_IO_NPY_H

#include "io/file.h"

/* The tensor that all bytes of r are. */
nhwc_status nhwc__npy_get(const nhwc_context *context, const nhwc__reader *r, nhwc_tensor *x);

/* The same without its elements: data is NULL. */
nhwc_status nhwc__npy_look(const nhwc__reader *r, nhwc_tensor *x);

/* What stands in front of x's elements, and its length. */
#define NHWC__NPY_HEADER 320
int64_t nhwc__npy_header(const nhwc_tensor *x, char text[NHWC__NPY_HEADER]);

#endif
