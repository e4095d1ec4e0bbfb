/* Tensors joined to larger ones: each is copied to its part of y, a view. */
#include <nhwc/array.h>
#include <stdio.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/copy.h"
#include "ops/shapes.h"

static nhwc_status check_inputs(const char *operation, const nhwc_context *context, int count, const nhwc_tensor *x)
{
    NHWC__TRY(nhwc__context_check(context));
    if (count < 1)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: count is %d; it has to be at least 1", operation, count);
    if (x == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: x is NULL", operation);
    return NHWC_OK;
}

/* How x[i] is called in messages. */
static nhwc__text name_of(int i)
{
    nhwc__text name;
    snprintf(name.text, sizeof name.text, "x[%d]", i);
    return name;
}

/* ---- Along an axis --------------------------------------------------------------------------- */

/* x[i] is like x[0] but for its length along the axis. */
static nhwc_status check_beside(int i, const nhwc_tensor *x, int axis)
{
    const nhwc__text name = name_of(i);
    NHWC__TRY(nhwc__tensor_check("concat", name.text, &x[i]));
    NHWC__TRY(nhwc__check_same_dtype("concat", name.text, &x[i], "x[0]", &x[0]));
    bool same = x[i].rank == x[0].rank;
    for (int k = 0; k < x[0].rank && same; k++)
        same = k == axis || x[i].dims[k] == x[0].dims[k];
    if (!same)
        return nhwc__fail(NHWC_ERROR_SHAPE, 
                          "concat: x[%d] is %s, and x[0] %s; but for axis %d they have to be the same", i,
                          nhwc__shape_text(x[i].rank, x[i].dims).text, nhwc__shape_text(x[0].rank, x[0].dims).text,
                          axis);
    return NHWC_OK;
}

nhwc_status nhwc_concat(const nhwc_context *context, int count, const nhwc_tensor *x, int axis, nhwc_tensor *y)
{
    NHWC__TRY(check_inputs("concat", context, count, x));
    NHWC__TRY(nhwc__tensor_check("concat", "x[0]", &x[0]));
    NHWC__TRY(nhwc__count_axis("concat", axis, x[0].rank, &axis));
    nhwc_tensor whole = x[0];
    for (int i = 1; i < count; i++) {
        NHWC__TRY(check_beside(i, x, axis));
        whole.dims[axis] += x[i].dims[axis];
        if (!nhwc__is_size(whole.dims[axis]))
            return nhwc__fail(NHWC_ERROR_TOO_LARGE, "concat: the axis becomes longer than 64 bits can address");
    }
    for (int i = 0; i < count; i++)
        NHWC__TRY(nhwc__check_move("concat", name_of(i).text, &x[i], y));
    NHWC__TRY(nhwc__check_output_shape("concat", y, whole.rank, whole.dims));
    nhwc_tensor part = *y;
    int64_t first = 0;
    for (int i = 0; i < count; first += x[i++].dims[axis]) {
        part.dims[axis] = x[i].dims[axis];
        if (nhwc__tensor_is_empty(&part))
            continue;
        part.data = nhwc__element(y, first * y->strides[axis]);
        nhwc__copy(context, &x[i], &part);
    }
    return NHWC_OK;
}

nhwc_status nhwc_stack(const nhwc_context *context, int count, const nhwc_tensor *x, int axis, nhwc_tensor *y)
{
    NHWC__TRY(check_inputs("stack", context, count, x));
    NHWC__TRY(nhwc__tensor_check("stack", "x[0]", &x[0]));
    NHWC__TRY(nhwc__count_axis("stack", axis, x[0].rank + 1, &axis));
    int64_t dims[NHWC_MAX_RANK + 1];
    for (int i = 0; i <= x[0].rank; i++)
        dims[i] = i == axis ? count : x[0].dims[i - (i > axis)];
    for (int i = 1; i < count; i++) {
        const nhwc__text name = name_of(i);
        NHWC__TRY(nhwc__tensor_check("stack", name.text, &x[i]));
        NHWC__TRY(nhwc__check_same_dtype("stack", name.text, &x[i], "x[0]", &x[0]));
        NHWC__TRY(nhwc__check_same_shape("stack", name.text, &x[i], "x[0]", &x[0]));
    }
    if (x[0].rank == NHWC_MAX_RANK)
        return nhwc__fail(NHWC_ERROR_RANK, "stack: x[0] has rank %d; there can be no further axis", x[0].rank);
    for (int i = 0; i < count; i++)
        NHWC__TRY(nhwc__check_move("stack", name_of(i).text, &x[i], y));
    NHWC__TRY(nhwc__check_output_shape("stack", y, x[0].rank + 1, dims));
    if (nhwc__tensor_is_empty(y))
        return NHWC_OK;
    nhwc_tensor part = nhwc__without_axis(y, axis);
    for (int i = 0; i < count; i++) {
        part.data = nhwc__element(y, count > 1 ? i * y->strides[axis] : 0);
        nhwc__copy(context, &x[i], &part);
    }
    return NHWC_OK;
}

/* ---- Again and again ------------------------------------------------------------------------- */

nhwc_status nhwc_tile(const nhwc_context *context, const nhwc_tensor *x, const int64_t *multiples, nhwc_tensor *y)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check("tile", "x", x));
    if (multiples == NULL && x->rank > 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "tile: multiples is NULL");
    int64_t dims[NHWC_MAX_RANK];
    for (int axis = 0; axis < x->rank; axis++) {
        if (multiples[axis] < 0)
            return nhwc__fail(NHWC_ERROR_ARGUMENT, "tile: multiples[%d] is %" PRId64 ", which is negative", axis,
                              multiples[axis]);
        if (!nhwc__multiply(x->dims[axis], multiples[axis], &dims[axis]))
            return nhwc__fail(NHWC_ERROR_TOO_LARGE, "tile: %" PRId64 " times %" PRId64 " elements of axis %d",
                              multiples[axis], x->dims[axis], axis);
    }
    NHWC__TRY(nhwc__check_move("tile", "x", x, y));
    NHWC__TRY(nhwc__check_output_shape("tile", y, x->rank, dims));
    if (nhwc__tensor_is_empty(y))
        return NHWC_OK;
    const int64_t size = (int64_t)nhwc_dtype_size(y->dtype);
    nhwc__walk walk;
    nhwc__walk_begin(&walk, x->data, y->data);
    for (int axis = 0; axis < x->rank; axis++) {
        if (y->dims[axis] == 1) /* whose stride may be anything */
            continue;
        nhwc__walk_add_axis(&walk, multiples[axis], x->dims[axis] * y->strides[axis] * size, 0);
        nhwc__walk_add_axis(&walk, x->dims[axis], y->strides[axis] * size,
                            x->dims[axis] > 1 ? x->strides[axis] * size : 0);
    }
    nhwc__copy_walk(context, &walk, size);
    return NHWC_OK;
}
