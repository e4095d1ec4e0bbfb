/* Changes of layout: permutations of four axes. */
#include <nhwc/convert.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/copy.h"
#include "ops/shapes.h"

static nhwc_status check_rank(const char *operation, const char *name, const nhwc_tensor *tensor)
{
    if (tensor->rank != 4)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: %s has rank %d; it has to have 4 axes", operation, name,
                          tensor->rank);
    return NHWC_OK;
}

/* Axis i of y is axis axes[i] of x. */
static nhwc_status permute(const char *operation, const nhwc_context *context, const nhwc_tensor *x,
                           const int axes[4], const nhwc_tensor *y)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check(operation, "x", x));
    NHWC__TRY(check_rank(operation, "x", x));
    NHWC__TRY(nhwc__check_move(operation, "x", x, y));
    NHWC__TRY(check_rank(operation, "y", y));
    nhwc_tensor moved = *x;
    for (int i = 0; i < 4; i++) {
        moved.dims[i] = x->dims[axes[i]];
        moved.strides[i] = x->strides[axes[i]];
    }
    NHWC__TRY(nhwc__check_output_shape(operation, y, 4, moved.dims));
    nhwc__copy(context, &moved, y);
    return NHWC_OK;
}

/* A depthwise filter [kh, kw, C, M] as that of a grouped convolution: [kh, kw, 1, C * M]. */
static nhwc_status as_grouped(const char *operation, const char *name, const nhwc_tensor *filter,
                              nhwc_tensor *grouped)
{
    NHWC__TRY(nhwc__tensor_check_dense(operation, name, filter));
    NHWC__TRY(check_rank(operation, name, filter));
    const int64_t *dims = filter->dims;
    int64_t channels;
    if (!nhwc__multiply(dims[2], dims[3], &channels)) /* possible in an empty tensor */
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "%s: %s has %" PRId64 " times %" PRId64 " channels",
                          operation, name, dims[2], dims[3]);
    *grouped = nhwc_tensor_view(filter->dtype, filter->data, 4, (int64_t[]){dims[0], dims[1], 1, channels});
    return NHWC_OK;
}

/* ---- The operations ------------------------------------------------------------------------- */

static const int nhwc_of_nchw[4] = {0, 2, 3, 1}, nchw_of_nhwc[4] = {0, 3, 1, 2};
static const int hwio_of_oihw[4] = {2, 3, 1, 0}, oihw_of_hwio[4] = {3, 2, 0, 1};
static const int hwio_of_ohwi[4] = {1, 2, 3, 0}, ohwi_of_hwio[4] = {3, 0, 1, 2};
static const int hwoi_of_ohwi[4] = {1, 2, 0, 3}, ohwi_of_hwoi[4] = {2, 0, 1, 3};

nhwc_status nhwc_from_nchw(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return permute("from_nchw", context, x, nhwc_of_nchw, y);
}

nhwc_status nhwc_to_nchw(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return permute("to_nchw", context, x, nchw_of_nhwc, y);
}

nhwc_status nhwc_filter_from_oihw(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return permute("filter_from_oihw", context, x, hwio_of_oihw, y);
}

nhwc_status nhwc_filter_to_oihw(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return permute("filter_to_oihw", context, x, oihw_of_hwio, y);
}

nhwc_status nhwc_depthwise_filter_from_oihw(const nhwc_context *context, const nhwc_tensor *x,
                                            nhwc_tensor *y)
{
    nhwc_tensor grouped;
    NHWC__TRY(as_grouped("depthwise_filter_from_oihw", "y", y, &grouped));
    return permute("depthwise_filter_from_oihw", context, x, hwio_of_oihw, &grouped);
}

nhwc_status nhwc_depthwise_filter_to_oihw(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    nhwc_tensor grouped;
    NHWC__TRY(as_grouped("depthwise_filter_to_oihw", "x", x, &grouped));
    return permute("depthwise_filter_to_oihw", context, &grouped, oihw_of_hwio, y);
}

nhwc_status nhwc_conv2d_filter_from_ohwi(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return permute("conv2d_filter_from_ohwi", context, x, hwio_of_ohwi, y);
}

nhwc_status nhwc_conv2d_filter_to_ohwi(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return permute("conv2d_filter_to_ohwi", context, x, ohwi_of_hwio, y);
}

nhwc_status nhwc_conv2d_transpose_filter_from_ohwi(const nhwc_context *context, const nhwc_tensor *x,
                                                   nhwc_tensor *y)
{
    return permute("conv2d_transpose_filter_from_ohwi", context, x, hwoi_of_ohwi, y);
}

nhwc_status nhwc_conv2d_transpose_filter_to_ohwi(const nhwc_context *context, const nhwc_tensor *x,
                                                 nhwc_tensor *y)
{
    return permute("conv2d_transpose_filter_to_ohwi", context, x, ohwi_of_hwoi, y);
}
