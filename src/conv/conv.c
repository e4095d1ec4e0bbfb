/* The convolutions and their gradients.
 *
 * All are derivatives of one trilinear form over the contacts of a fine and a coarse image,
 *
 *     T(fine, filter, coarse) = sum over contacts, i, o:  fine[i] * filter[i][o] * coarse[o]
 *
 *     primitive   computes                   as a matrix product (P = patches of fine)
 *     gather      coarse += dT / dcoarse     coarse += P F
 *     scatter     fine   += dT / dfine       fine   += fold(coarse F^T)
 *     correlate   filter += dT / dfilter     F      += P^T coarse
 *
 * The table says which derivative each public operation is, and what the caller calls the three tensors.
 * TensorFlow's two filter layouts coincide: [kh, kw, in, out] of conv2d and [kh, kw, out, in] of the
 * transpose are both [kh, kw, fine, coarse]. Depthwise is groups = channels. */
#include "conv/contract.h"

#define OPERATION static const nhwc__operation
#define PLAIN     false
#define DEPTHWISE true

/* clang-format off */
/*   name                                          fine  filter     coarse */
OPERATION conv                                = {NHWC__GATHER,    PLAIN,
    {"conv2d",                                     "x",  "filter",  "y"}};
OPERATION conv_backprop_input                 = {NHWC__SCATTER,   PLAIN,
    {"conv2d_backprop_input",                      "dx", "filter",  "dy"}};
OPERATION conv_backprop_filter                = {NHWC__CORRELATE, PLAIN,
    {"conv2d_backprop_filter",                     "x",  "dfilter", "dy"}};
OPERATION transpose                           = {NHWC__SCATTER,   PLAIN,
    {"conv2d_transpose",                           "y",  "filter",  "x"}};
OPERATION transpose_backprop_input            = {NHWC__GATHER,    PLAIN,
    {"conv2d_transpose_backprop_input",            "dy", "filter",  "dx"}};
OPERATION transpose_backprop_filter           = {NHWC__CORRELATE, PLAIN,
    {"conv2d_transpose_backprop_filter",           "dy", "dfilter", "x"}};
OPERATION depthwise                           = {NHWC__GATHER,    DEPTHWISE,
    {"depthwise_conv2d",                           "x",  "filter",  "y"}};
OPERATION depthwise_backprop_input            = {NHWC__SCATTER,   DEPTHWISE,
    {"depthwise_conv2d_backprop_input",            "dx", "filter",  "dy"}};
OPERATION depthwise_backprop_filter           = {NHWC__CORRELATE, DEPTHWISE,
    {"depthwise_conv2d_backprop_filter",           "x",  "dfilter", "dy"}};
OPERATION depthwise_transpose                 = {NHWC__SCATTER,   DEPTHWISE,
    {"depthwise_conv2d_transpose",                 "y",  "filter",  "x"}};
OPERATION depthwise_transpose_backprop_input  = {NHWC__GATHER,    DEPTHWISE,
    {"depthwise_conv2d_transpose_backprop_input",  "dy", "filter",  "dx"}};
OPERATION depthwise_transpose_backprop_filter = {NHWC__CORRELATE, DEPTHWISE,
    {"depthwise_conv2d_transpose_backprop_filter", "dy", "dfilter", "x"}};
/* clang-format on */

const nhwc__operation *nhwc__operation_of(nhwc_operation operation)
{
    static const nhwc__operation *const operations[] = {
        [NHWC_CONV2D] = &conv,
        [NHWC_CONV2D_BACKPROP_INPUT] = &conv_backprop_input,
        [NHWC_CONV2D_BACKPROP_FILTER] = &conv_backprop_filter,
        [NHWC_CONV2D_TRANSPOSE] = &transpose,
        [NHWC_CONV2D_TRANSPOSE_BACKPROP_INPUT] = &transpose_backprop_input,
        [NHWC_CONV2D_TRANSPOSE_BACKPROP_FILTER] = &transpose_backprop_filter,
    };
    return (int)operation < 0 || operation > NHWC_CONV2D_TRANSPOSE_BACKPROP_FILTER ? NULL : operations[operation];
}

nhwc_status nhwc_conv2d(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *filter,
                        const nhwc_tensor *bias, const nhwc_conv2d_options *options, nhwc_tensor *y)
{
    return nhwc__forward(&conv, context, x, filter, y, bias, options);
}

nhwc_status nhwc_conv2d_backprop_input(const nhwc_context *context, const nhwc_tensor *dy,
                                       const nhwc_tensor *filter, const nhwc_conv2d_options *options,
                                       bool accumulate, nhwc_tensor *dx)
{
    return nhwc__gradient(&conv_backprop_input, context, dx, filter, dy, options, accumulate);
}

nhwc_status nhwc_conv2d_backprop_filter(const nhwc_context *context, const nhwc_tensor *x,
                                        const nhwc_tensor *dy, const nhwc_conv2d_options *options,
                                        bool accumulate, nhwc_tensor *dfilter)
{
    return nhwc__gradient(&conv_backprop_filter, context, x, dfilter, dy, options, accumulate);
}

nhwc_status nhwc_conv2d_transpose(const nhwc_context *context, const nhwc_tensor *x,
                                  const nhwc_tensor *filter, const nhwc_tensor *bias,
                                  const nhwc_conv2d_options *options, nhwc_tensor *y)
{
    return nhwc__forward(&transpose, context, y, filter, x, bias, options);
}

nhwc_status nhwc_conv2d_transpose_backprop_input(const nhwc_context *context, const nhwc_tensor *dy,
                                                 const nhwc_tensor *filter,
                                                 const nhwc_conv2d_options *options, bool accumulate,
                                                 nhwc_tensor *dx)
{
    return nhwc__gradient(&transpose_backprop_input, context, dy, filter, dx, options, accumulate);
}

nhwc_status nhwc_conv2d_transpose_backprop_filter(const nhwc_context *context, const nhwc_tensor *x,
                                                  const nhwc_tensor *dy, const nhwc_conv2d_options *options,
                                                  bool accumulate, nhwc_tensor *dfilter)
{
    return nhwc__gradient(&transpose_backprop_filter, context, dy, dfilter, x, options, accumulate);
}

nhwc_status nhwc_depthwise_conv2d(const nhwc_context *context, const nhwc_tensor *x,
                                  const nhwc_tensor *filter, const nhwc_tensor *bias,
                                  const nhwc_conv2d_options *options, nhwc_tensor *y)
{
    return nhwc__forward(&depthwise, context, x, filter, y, bias, options);
}

nhwc_status nhwc_depthwise_conv2d_backprop_input(const nhwc_context *context, const nhwc_tensor *dy,
                                                 const nhwc_tensor *filter,
                                                 const nhwc_conv2d_options *options, bool accumulate,
                                                 nhwc_tensor *dx)
{
    return nhwc__gradient(&depthwise_backprop_input, context, dx, filter, dy, options, accumulate);
}

nhwc_status nhwc_depthwise_conv2d_backprop_filter(const nhwc_context *context, const nhwc_tensor *x,
                                                  const nhwc_tensor *dy, const nhwc_conv2d_options *options,
                                                  bool accumulate, nhwc_tensor *dfilter)
{
    return nhwc__gradient(&depthwise_backprop_filter, context, x, dfilter, dy, options, accumulate);
}

nhwc_status nhwc_depthwise_conv2d_transpose(const nhwc_context *context, const nhwc_tensor *x,
                                            const nhwc_tensor *filter, const nhwc_tensor *bias,
                                            const nhwc_conv2d_options *options, nhwc_tensor *y)
{
    return nhwc__forward(&depthwise_transpose, context, y, filter, x, bias, options);
}

nhwc_status nhwc_depthwise_conv2d_transpose_backprop_input(const nhwc_context *context, const nhwc_tensor *dy,
                                                           const nhwc_tensor *filter,
                                                           const nhwc_conv2d_options *options,
                                                           bool accumulate, nhwc_tensor *dx)
{
    return nhwc__gradient(&depthwise_transpose_backprop_input, context, dy, filter, dx, options, accumulate);
}

nhwc_status nhwc_depthwise_conv2d_transpose_backprop_filter(const nhwc_context *context, const nhwc_tensor *x,
                                                            const nhwc_tensor *dy,
                                                            const nhwc_conv2d_options *options,
                                                            bool accumulate, nhwc_tensor *dfilter)
{
    return nhwc__gradient(&depthwise_transpose_backprop_filter, context, dy, dfilter, x, options, accumulate);
}
