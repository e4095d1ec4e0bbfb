/* One path for all operations of conv.c: check everything, then compute. */
#ifndef NHWC_CONV_CONTRACT_H
#define NHWC_CONV_CONTRACT_H

#include "conv/geometry.h"

/* Which of the three tensors is computed from the other two; see conv.c. */
typedef enum nhwc__primitive { NHWC__GATHER, NHWC__SCATTER, NHWC__CORRELATE } nhwc__primitive;

typedef struct nhwc__operation {
    nhwc__primitive primitive;
    bool depthwise; /* the filter is [kh, kw, C, M] */
    nhwc__roles roles;
} nhwc__operation;

/* output = activation(the primitive + bias); bias and options may be NULL. */
nhwc_status nhwc__forward(const nhwc__operation *operation, const nhwc_context *context,
                          const nhwc_tensor *fine, const nhwc_tensor *filter, const nhwc_tensor *coarse,
                          const nhwc_tensor *bias, const nhwc_conv2d_options *options);

/* output = the primitive, or output += the primitive. */
nhwc_status nhwc__gradient(const nhwc__operation *operation, const nhwc_context *context,
                           const nhwc_tensor *fine, const nhwc_tensor *filter, const nhwc_tensor *coarse,
                           const nhwc_conv2d_options *options, bool accumulate);

/* dbias = dy summed over its pixels. */
nhwc_status nhwc__bias_gradient(const char *operation, const nhwc_context *context, const nhwc_tensor *dy,
                                bool accumulate, const nhwc_tensor *dbias);

/* The algorithm for a geometry: the context's, or the one its shape calls for. */
nhwc_algorithm nhwc__algorithm_of(const nhwc_context *context, const nhwc_geometry *geometry);

/* Among how many tasks it is worth sharing it: 1 to the context's threads. */
int nhwc__tasks_of(const nhwc_context *context, const nhwc_geometry *geometry);

/* Multiply-adds of a geometry; a double, because a product of sizes may be more than 64 bits hold. */
double nhwc__multiply_adds(const nhwc_geometry *geometry);

/* `image` is a float tensor [N, H, W, C] with contiguous channels. */
nhwc_status nhwc__check_image(const char *operation, const char *name, const nhwc_tensor *image);

#endif
