/* One convolution for tests: shapes and options that fit together, and all operations on them. */
#ifndef NHWC_TESTS_CONV_CASE_H
#define NHWC_TESTS_CONV_CASE_H

#include <nhwc/nhwc.h>

typedef struct conv_axis {
    int64_t fine, kernel, stride, dilation, pad_before, pad_after; /* pads for EXPLICIT */
} conv_axis;

typedef struct conv_case {
    nhwc_conv2d_options options;
    int64_t fine[4], filter[4], coarse[4];
    bool depthwise; /* filter is [kh, kw, C, M], to be called through the depthwise operations */
} conv_case;

/* The case with these axes and channels per group; false when the geometry is refused. */
bool conv_case_make(conv_case *c, nhwc_padding padding, const conv_axis *h, const conv_axis *w, int64_t batch,
                    int64_t groups, int64_t fine_c, int64_t coarse_c);

/* A random one, never refused, with lengths up to `size`. */
conv_case conv_case_random(uint64_t *random, int64_t size);
conv_axis conv_axis_random(uint64_t *random, int64_t size);

/* The depthwise case with the same axes, when the case has one fine channel in each group. */
bool conv_case_as_depthwise(const conv_case *c, conv_case *depthwise);

void conv_case_print(const conv_case *c);

/* The operations by what they compute. `transposed` calls the function of the transpose that computes
 * the same: conv2d for gather and conv2d_transpose_backprop_input are one map. */
nhwc_status conv_case_gather(const conv_case *c, bool transposed, const nhwc_context *context,
                             const nhwc_tensor *fine, const nhwc_tensor *filter, nhwc_tensor *coarse);
nhwc_status conv_case_scatter(const conv_case *c, bool transposed, const nhwc_context *context,
                              nhwc_tensor *fine, const nhwc_tensor *filter, const nhwc_tensor *coarse);
nhwc_status conv_case_correlate(const conv_case *c, bool transposed, const nhwc_context *context,
                                const nhwc_tensor *fine, nhwc_tensor *filter, const nhwc_tensor *coarse);

#endif
