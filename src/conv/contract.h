/* One path for all operations of conv.c: check everything, then compute. */
#ifndef NHWC_CONV_CONTRACT_H
#define NHWC_CONV_CONTRACT_H

#include "conv/call.h"
#include "conv/geometry.h"

typedef struct nhwc__operation {
    nhwc__primitive primitive;
    bool depthwise; /* the filter is [kh, kw, C, M] */
    nhwc__roles roles;
} nhwc__operation;

/* Of a plain operation; NULL for what is none. */
const nhwc__operation *nhwc__operation_of(nhwc_operation operation);

/* output = activation(the primitive + bias); bias and options may be NULL. */
nhwc_status nhwc__forward(const nhwc__operation *operation, const nhwc_context *context,
                          const nhwc_tensor *fine, const nhwc_tensor *filter, const nhwc_tensor *coarse,
                          const nhwc_tensor *bias, const nhwc_conv2d_options *options);

/* output = the primitive, or output += the primitive. */
nhwc_status nhwc__gradient(const nhwc__operation *operation, const nhwc_context *context,
                           const nhwc_tensor *fine, const nhwc_tensor *filter, const nhwc_tensor *coarse,
                           const nhwc_conv2d_options *options, bool accumulate);

#endif
