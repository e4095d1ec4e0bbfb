/* What operations check before anything is written. `operation` and the names of tensors are for messages. */
#ifndef NHWC_CONV_CHECKS_H
#define NHWC_CONV_CHECKS_H

#include "conv/call.h"
#include "conv/geometry.h"

/* `image` is a float tensor [N, H, W, C] with contiguous channels; `settled` is what to compute with. */
nhwc_status nhwc__check_image(const char *operation, const char *name, const nhwc_tensor *image, nhwc_tensor *settled);

/* `tensor` is float, and of the dtype of the others. */
nhwc_status nhwc__check_dtype(const char *operation, const char *name, const nhwc_tensor *tensor, nhwc_dtype dtype);

nhwc_status nhwc__check_dense(const char *operation, const char *name, const nhwc_tensor *tensor, int rank,
                              nhwc_dtype dtype);

/* A bias, or its gradient: one element for each channel of `image`. */
nhwc_status nhwc__check_bias(const char *operation, const char *name, const nhwc_tensor *bias, const char *image_name,
                             const nhwc_tensor *image);

/* Gradients take none. */
nhwc_status nhwc__check_activation(const char *operation, nhwc_activation activation, bool is_gradient);

/* The output of a call can be written, shares no element with what it is computed from, and the bias fits. */
nhwc_status nhwc__check_call(const nhwc__roles *roles, const nhwc__call *call);

#endif
