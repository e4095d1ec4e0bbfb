/* Gradients of biases: sums over all pixels. */
#include <nhwc/array.h>
#include <nhwc/math.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "engine/cpu.h"
#include "ops/shapes.h"

static const nhwc_reduce_options pixels = {.axis_count = 3, .axes = {0, 1, 2}};

#define SUMS 512

/* Some channels at a time. */
static nhwc_status add_sums(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *dbias)
{
    double sums[SUMS]; /* of either dtype */
    nhwc_tensor part = *dy;
    for (int64_t first = 0; first < dy->dims[3]; first += SUMS) {
        part.data = nhwc__element(dy, first);
        part.dims[3] = nhwc__least(dy->dims[3] - first, SUMS);
        nhwc_tensor sum = NHWC_TENSOR(dy->dtype, sums, part.dims[3]);
        nhwc_tensor total = NHWC_TENSOR(dy->dtype, nhwc__element(dbias, first), part.dims[3]);
        NHWC__TRY(nhwc_reduce_sum(context, &part, &pixels, &sum));
        NHWC__TRY(nhwc_add(context, &total, &sum, &total));
    }
    return NHWC_OK;
}

static nhwc_status bias_gradient(const char *operation, const nhwc_context *context, const nhwc_tensor *dy,
                                 bool accumulate, nhwc_tensor *dbias)
{
    nhwc_tensor settled;
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    NHWC__TRY(nhwc__check_image(operation, "dy", dy, &settled));
    NHWC__TRY(nhwc__check_bias(operation, "dbias", dbias, "dy", dy));
    NHWC__TRY(nhwc__check_apart(operation, "dy", dy, "dbias", dbias));
    return accumulate ? add_sums(context, dy, dbias) : nhwc_reduce_sum(context, dy, &pixels, dbias);
}

nhwc_status nhwc_conv2d_backprop_bias(const nhwc_context *context, const nhwc_tensor *dy, bool accumulate,
                                      nhwc_tensor *dbias)
{
    return bias_gradient("conv2d_backprop_bias", context, dy, accumulate, dbias);
}

nhwc_status nhwc_conv2d_transpose_backprop_bias(const nhwc_context *context, const nhwc_tensor *dy, bool accumulate,
                                                nhwc_tensor *dbias)
{
    return bias_gradient("conv2d_transpose_backprop_bias", context, dy, accumulate, dbias);
}

nhwc_status nhwc_depthwise_conv2d_backprop_bias(const nhwc_context *context, const nhwc_tensor *dy, bool accumulate,
                                                nhwc_tensor *dbias)
{
    return bias_gradient("depthwise_conv2d_backprop_bias", context, dy, accumulate, dbias);
}

nhwc_status nhwc_depthwise_conv2d_transpose_backprop_bias(const nhwc_context *context, const nhwc_tensor *dy,
                                                          bool accumulate, nhwc_tensor *dbias)
{
    return bias_gradient("depthwise_conv2d_transpose_backprop_bias", context, dy, accumulate, dbias);
}
