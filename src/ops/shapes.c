#include "ops/shapes.h"

#include <nhwc/array.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/tensor.h"

nhwc__text nhwc__shape_text(int rank, const int64_t *dims)
{
    nhwc__text text;
    char *at = text.text;
    *at++ = '[';
    for (int axis = 0; axis < rank; axis++)
        at += sprintf(at, axis ? ", %" PRId64 : "%" PRId64, dims[axis]);
    strcpy(at, "]");
    return text;
}

const char *nhwc_dtype_string(nhwc_dtype dtype)
{
    switch (dtype) {
    case NHWC_FLOAT32: return "float32";
    case NHWC_FLOAT64: return "float64";
    case NHWC_INT32: return "int32";
    case NHWC_INT64: return "int64";
    case NHWC_UINT8: return "uint8";
    case NHWC_BOOL: return "bool";
    }
    return "not an nhwc_dtype";
}

nhwc_status nhwc__count_axis(const char *operation, int axis, int rank, int *counted)
{
    if (rank == 0)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: there is no axis %d; the rank is 0", operation, axis);
    if (axis < -rank || axis >= rank)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: there is no axis %d; of %d axes, %d to %d are possible", operation,
                          axis, rank, -rank, rank - 1);
    *counted = axis < 0 ? axis + rank : axis;
    return NHWC_OK;
}

nhwc_status nhwc__check_same_dtype(const char *operation, const char *name, const nhwc_tensor *tensor,
                                   const char *other_name, const nhwc_tensor *other)
{
    if (tensor->dtype != other->dtype)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s is %s, but %s %s; they have to be the same", operation, name,
                          nhwc_dtype_string(tensor->dtype), other_name, nhwc_dtype_string(other->dtype));
    return NHWC_OK;
}

static bool same_dims(const nhwc_tensor *tensor, int rank, const int64_t *dims)
{
    return tensor->rank == rank && (rank == 0 || memcmp(tensor->dims, dims, (size_t)rank * sizeof *dims) == 0);
}

nhwc_status nhwc__check_same_shape(const char *operation, const char *name, const nhwc_tensor *tensor,
                                   const char *other_name, const nhwc_tensor *other)
{
    if (!same_dims(tensor, other->rank, other->dims))
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s is %s, but %s %s; they have to be the same", operation, name,
                          nhwc__shape_text(tensor->rank, tensor->dims).text, other_name,
                          nhwc__shape_text(other->rank, other->dims).text);
    return NHWC_OK;
}

nhwc_status nhwc__check_output_shape(const char *operation, const nhwc_tensor *y, int rank, const int64_t *dims)
{
    if (!same_dims(y, rank, dims))
        return nhwc__fail(NHWC_ERROR_OUTPUT_SHAPE, "%s: y is %s; it has to be %s", operation,
                          nhwc__shape_text(y->rank, y->dims).text, nhwc__shape_text(rank, dims).text);
    return NHWC_OK;
}

nhwc_status nhwc__check_move(const char *operation, const char *name, const nhwc_tensor *x, const nhwc_tensor *y)
{
    NHWC__TRY(nhwc__tensor_check_distinct(operation, "y", y));
    NHWC__TRY(nhwc__check_same_dtype(operation, name, x, "y", y));
    return nhwc__check_apart(operation, name, x, "y", y);
}

nhwc_status nhwc__broadcast_view(const char *operation, const char *name, const nhwc_tensor *x, int rank,
                            const int64_t *dims, nhwc_tensor *view)
{
    nhwc_tensor wide = nhwc_tensor_view(x->dtype, x->data, rank, dims);
    bool fits = x->rank <= rank;
    for (int axis = 0; axis < rank && fits; axis++) {
        const int own = axis - (rank - x->rank);
        const int64_t length = own < 0 ? 1 : x->dims[own];
        fits = length == dims[axis] || length == 1;
        wide.strides[axis] = length == dims[axis] && own >= 0 ? x->strides[own] : 0;
    }
    if (!fits)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s is %s, which cannot be broadcast to %s", operation, name,
                          nhwc__shape_text(x->rank, x->dims).text, nhwc__shape_text(rank, dims).text);
    *view = wide;
    return NHWC_OK;
}

nhwc_tensor nhwc__without_axis(const nhwc_tensor *x, int axis)
{
    nhwc_tensor view = *x;
    view.rank--;
    for (int i = axis; i < view.rank; i++) {
        view.dims[i] = x->dims[i + 1];
        view.strides[i] = x->strides[i + 1];
    }
    return view;
}

int64_t nhwc__element_count(const nhwc_tensor *checked)
{
    int64_t count = !nhwc__tensor_is_empty(checked);
    for (int axis = 0; axis < checked->rank && count > 0; axis++)
        count *= checked->dims[axis];
    return count;
}

nhwc__cursor nhwc__cursor_at(const nhwc_tensor *of, int64_t index)
{
    nhwc__cursor c = {.of = *of};
    for (int axis = of->rank - 1; axis >= 0 && index > 0; index /= of->dims[axis--]) {
        c.at[axis] = index % of->dims[axis];
        c.offset += c.at[axis] * of->strides[axis];
    }
    return c;
}

int64_t nhwc__offset_of(const nhwc_tensor *tensor, int64_t index)
{
    return nhwc__cursor_at(tensor, index).offset;
}

void *nhwc__element(const nhwc_tensor *tensor, int64_t offset)
{
    return offset == 0 ? tensor->data : (char *)tensor->data + offset * (int64_t)nhwc_dtype_size(tensor->dtype);
}
