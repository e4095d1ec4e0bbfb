/* Changes of layout: permutations of four axes. */
#include <nhwc/convert.h>
#include <string.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"

/* The axes of a copy, in the order they are walked. */
typedef struct walk {
    int64_t dims[4], to[4], from[4]; /* lengths, strides in y, strides in x */
} walk;

/* Copies elements of `size` bytes. The two inner axes are walked in squares: one strides through x and the
 * other through y, and what a row of the square brings into the cache the next row finds there. */
#define DEFINE_COPY(name, size)                                                                            \
    static void name(const walk *w, char *y, const char *x)                                                \
    {                                                                                                      \
        const int64_t *dims = w->dims, *to = w->to, *from = w->from, side = 16;                            \
        for (int64_t a = 0; a < dims[0]; a++)                                                              \
            for (int64_t b = 0; b < dims[1]; b++)                                                          \
                for (int64_t c = 0; c < dims[2]; c += side)                                                \
                    for (int64_t d = 0; d < dims[3]; d += side)                                            \
                        for (int64_t i = c; i < c + side && i < dims[2]; i++)                              \
                            for (int64_t j = d; j < d + side && j < dims[3]; j++)                          \
                                memcpy(y + (a * to[0] + b * to[1] + i * to[2] + j * to[3]) * (size),       \
                                       x + (a * from[0] + b * from[1] + i * from[2] + j * from[3]) *       \
                                               (size),                                                     \
                                       (size));                                                            \
    }

DEFINE_COPY(copy_1, 1)
DEFINE_COPY(copy_4, 4)
DEFINE_COPY(copy_8, 8)

static void swap(int64_t *a, int64_t *b)
{
    const int64_t old = *a;
    *a = *b;
    *b = old;
}

/* Brings the axis with the smallest stride in x next to the last one, which has the smallest in y. */
static void choose_inner(walk *w)
{
    int inner = 2;
    for (int axis = 0; axis < 2; axis++)
        if (w->dims[axis] > 1 && (w->dims[inner] == 1 || w->from[axis] < w->from[inner]))
            inner = axis;
    swap(&w->dims[inner], &w->dims[2]);
    swap(&w->to[inner], &w->to[2]);
    swap(&w->from[inner], &w->from[2]);
}

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
    NHWC__TRY(nhwc__tensor_check_distinct(operation, "y", y));
    NHWC__TRY(check_rank(operation, "y", y));
    if (x->dtype != y->dtype)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: x has dtype %d, but y %d; they have to be the same",
                          operation, (int)x->dtype, (int)y->dtype);
    walk w;
    for (int i = 0; i < 4; i++) {
        w.dims[i] = x->dims[axes[i]];
        w.from[i] = x->strides[axes[i]];
        w.to[i] = y->strides[i];
    }
    if (memcmp(w.dims, y->dims, sizeof w.dims) != 0)
        return nhwc__fail(NHWC_ERROR_OUTPUT_SHAPE,
                          "%s: y is [%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64
                          "]; this x becomes [%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 "]",
                          operation, y->dims[0], y->dims[1], y->dims[2], y->dims[3], w.dims[0], w.dims[1],
                          w.dims[2], w.dims[3]);
    if (nhwc__tensors_overlap(x, y))
        return nhwc__fail(NHWC_ERROR_ALIAS, "%s: y shares memory with x", operation);
    if (nhwc__tensor_is_empty(y))
        return NHWC_OK;
    choose_inner(&w);
    switch (nhwc_dtype_size(y->dtype)) {
    case 1:
        copy_1(&w, y->data, x->data);
        break;
    case 4:
        copy_4(&w, y->data, x->data);
        break;
    default:
        copy_8(&w, y->data, x->data);
    }
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
