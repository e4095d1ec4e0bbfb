/* Views: other shapes and strides of the same memory. */
#include <nhwc/array.h>

#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/shapes.h"

/* What every view is made of, and has to be written to. */
static nhwc_status check(const char *operation, const nhwc_tensor *x, const nhwc_tensor *view)
{
    NHWC__TRY(nhwc__tensor_check(operation, "x", x));
    if (view == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: the view is NULL", operation);
    return NHWC_OK;
}

/* There are dims, as many as a tensor can have. */
static nhwc_status check_dims(const char *operation, int rank, const int64_t *dims)
{
    if (rank < 0 || rank > NHWC_MAX_RANK)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: rank is %d; 0 to %d axes are possible", operation, rank,
                          NHWC_MAX_RANK);
    if (dims == NULL && rank > 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: dims is NULL", operation);
    return NHWC_OK;
}

/* ---- Reshape -------------------------------------------------------------------------------- */

/* The dims of the view: the one that is -1 becomes what makes the number of elements x's. */
static nhwc_status complete_dims(const nhwc_tensor *x, int rank, const int64_t *dims, int64_t *complete)
{
    const int64_t count = nhwc__element_count(x);
    int64_t known = 1;
    int open = -1;
    bool fits = true;
    for (int axis = 0; axis < rank && fits; axis++) {
        complete[axis] = dims[axis];
        if (dims[axis] == -1 && open < 0)
            open = axis;
        else
            fits = nhwc__multiply(known, dims[axis], &known);
    }
    if (fits && open >= 0) {
        fits = known > 0 && count % known == 0;
        complete[open] = fits ? count / known : -1;
    } else {
        fits = fits && known == count;
    }
    if (!fits)
        return nhwc__fail(NHWC_ERROR_SHAPE, "reshape: x is %s with %" PRId64 " elements, which are not those of %s",
                          nhwc__shape_text(x->rank, x->dims).text, count, nhwc__shape_text(rank, dims).text);
    return NHWC_OK;
}

/* x as the axes that cannot be walked as one: neighbours are joined where the stride of the outer one is the extent of
 * the inner one. */
static nhwc_tensor joined_axes(const nhwc_tensor *x)
{
    nhwc_tensor joined = {.rank = 0};
    for (int axis = 0; axis < x->rank; axis++) {
        const int last = joined.rank - 1;
        if (x->dims[axis] == 1)
            continue;
        if (last >= 0 && joined.strides[last] == x->dims[axis] * x->strides[axis]) {
            joined.dims[last] *= x->dims[axis];
            joined.strides[last] = x->strides[axis];
        } else {
            joined.dims[joined.rank] = x->dims[axis];
            joined.strides[joined.rank++] = x->strides[axis];
        }
    }
    return joined;
}

/* Cuts the joined axes of x into those of the view, the last ones first; false where one would lie across two. */
static bool cut_axes(const nhwc_tensor *x, nhwc_tensor *view)
{
    const nhwc_tensor joined = joined_axes(x);
    int from = joined.rank;
    int64_t left = 1, stride = 1; /* of the joined axis that is being cut */
    for (int axis = view->rank - 1; axis >= 0; axis--) {
        const int64_t length = view->dims[axis];
        if (length > 1 && left == 1) {
            left = joined.dims[--from];
            stride = joined.strides[from];
        }
        if (left % length != 0)
            return false;
        view->strides[axis] = stride;
        stride *= length;
        left /= length;
    }
    return true;
}

nhwc_status nhwc_reshape(const nhwc_tensor *x, int rank, const int64_t *dims, nhwc_tensor *view)
{
    int64_t complete[NHWC_MAX_RANK];
    NHWC__TRY(check("reshape", x, view));
    NHWC__TRY(check_dims("reshape", rank, dims));
    NHWC__TRY(complete_dims(x, rank, dims, complete));
    nhwc_tensor reshaped = nhwc_tensor_view(x->dtype, x->data, rank, complete);
    if (!nhwc__tensor_is_empty(x) && !cut_axes(x, &reshaped))
        return nhwc__fail(NHWC_ERROR_LAYOUT,
                          "reshape: x is %s with strides %s, which cannot be seen as %s without a copy: nhwc_clone it",
                          nhwc__shape_text(x->rank, x->dims).text, nhwc__shape_text(x->rank, x->strides).text,
                          nhwc__shape_text(rank, complete).text);
    *view = reshaped;
    return NHWC_OK;
}

/* ---- Transpose ------------------------------------------------------------------------------ */

nhwc_status nhwc_transpose(const nhwc_tensor *x, const int *axes, nhwc_tensor *view)
{
    NHWC__TRY(check("transpose", x, view));
    nhwc_tensor transposed = *x;
    bool seen[NHWC_MAX_RANK] = {false};
    for (int i = 0; i < x->rank; i++) {
        int axis = x->rank - 1 - i;
        if (axes != NULL)
            NHWC__TRY(nhwc__count_axis("transpose", axes[i], x->rank, &axis));
        if (seen[axis])
            return nhwc__fail(NHWC_ERROR_RANK, "transpose: axes[%d] is %d, an axis that is there before", i, axes[i]);
        seen[axis] = true;
        transposed.dims[i] = x->dims[axis];
        transposed.strides[i] = x->strides[axis];
    }
    *view = transposed;
    return NHWC_OK;
}

/* ---- Slice and split ------------------------------------------------------------------------ */

/* An index as Python counts: from the end where it is negative, and to the nearer end where there is none. */
static int64_t clipped(int64_t index, int64_t length)
{
    return index < 0 ? nhwc__most(index + length, 0) : nhwc__least(index, length);
}

nhwc_status nhwc_slice(const nhwc_tensor *x, const int64_t *begin, const int64_t *end, const int64_t *steps,
                       nhwc_tensor *view)
{
    NHWC__TRY(check("slice", x, view));
    nhwc_tensor slice = *x;
    int64_t offset = 0;
    for (int axis = 0; axis < x->rank; axis++) {
        const int64_t length = x->dims[axis], step = steps ? steps[axis] : 1;
        const int64_t first = begin ? clipped(begin[axis], length) : 0;
        const int64_t last = end ? clipped(end[axis], length) : length;
        if (step < 1)
            return nhwc__fail(NHWC_ERROR_ARGUMENT,
                              "slice: steps[%d] is %" PRId64 "; it has to be at least 1, for strides are not negative",
                              axis, step);
        slice.dims[axis] = last > first ? (last - first - 1) / step + 1 : 0;
        if (slice.dims[axis] > 1)
            slice.strides[axis] *= step;
        if (slice.dims[axis] > 0 && length > 1)
            offset += first * x->strides[axis];
    }
    if (!nhwc__tensor_is_empty(&slice))
        slice.data = nhwc__element(x, offset);
    *view = slice;
    return NHWC_OK;
}

/* The sizes add up to the length of the axis. */
static nhwc_status check_sizes(int count, const int64_t *sizes, int64_t length)
{
    int64_t sum = 0;
    for (int i = 0; i < count; i++) {
        if (sizes[i] < 0 || sizes[i] > length - sum)
            return nhwc__fail(NHWC_ERROR_SHAPE,
                              "split: sizes[%d] is %" PRId64 "; of %" PRId64 " elements, %" PRId64 " are left", i,
                              sizes[i], length, length - sum);
        sum += sizes[i];
    }
    if (sum != length)
        return nhwc__fail(NHWC_ERROR_SHAPE, "split: the sizes add up to %" PRId64 ", but the axis has %" PRId64, sum,
                          length);
    return NHWC_OK;
}

nhwc_status nhwc_split(const nhwc_tensor *x, int axis, int count, const int64_t *sizes, nhwc_tensor *views)
{
    NHWC__TRY(check("split", x, views));
    NHWC__TRY(nhwc__count_axis("split", axis, x->rank, &axis));
    if (count < 1)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "split: count is %d; it has to be at least 1", count);
    if (sizes == NULL && x->dims[axis] % count != 0)
        return nhwc__fail(NHWC_ERROR_SHAPE, "split: %" PRId64 " elements of axis %d cannot be cut into %d equal parts",
                          x->dims[axis], axis, count);
    if (sizes != NULL)
        NHWC__TRY(check_sizes(count, sizes, x->dims[axis]));
    const nhwc_tensor whole = *x; /* which may be views[0] */
    int64_t first = 0;
    for (int i = 0; i < count; i++) {
        views[i] = whole;
        views[i].dims[axis] = sizes ? sizes[i] : whole.dims[axis] / count;
        if (!nhwc__tensor_is_empty(&views[i]) && first > 0)
            views[i].data = nhwc__element(&whole, first * whole.strides[axis]);
        first += views[i].dims[axis];
    }
    return NHWC_OK;
}

/* ---- Axes of length 1 ----------------------------------------------------------------------- */

nhwc_status nhwc_expand_dims(const nhwc_tensor *x, int axis, nhwc_tensor *view)
{
    NHWC__TRY(check("expand_dims", x, view));
    NHWC__TRY(nhwc__count_axis("expand_dims", axis, x->rank + 1, &axis));
    if (x->rank == NHWC_MAX_RANK)
        return nhwc__fail(NHWC_ERROR_RANK, "expand_dims: x has rank %d; there can be no further axis", x->rank);
    nhwc_tensor expanded = *x;
    expanded.rank++;
    for (int i = x->rank; i > axis; i--) {
        expanded.dims[i] = x->dims[i - 1];
        expanded.strides[i] = x->strides[i - 1];
    }
    expanded.dims[axis] = 1;
    expanded.strides[axis] = 1;
    *view = expanded;
    return NHWC_OK;
}

nhwc_status nhwc_squeeze(const nhwc_tensor *x, int count, const int *axes, nhwc_tensor *view)
{
    NHWC__TRY(check("squeeze", x, view));
    if (count < 0 || (axes == NULL && count > 0))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "squeeze: count is %d and axes %s", count, axes ? "there" : "NULL");
    bool drop[NHWC_MAX_RANK] = {false};
    for (int axis = 0; axis < x->rank && axes == NULL; axis++)
        drop[axis] = x->dims[axis] == 1;
    for (int i = 0; i < count; i++) {
        int axis;
        NHWC__TRY(nhwc__count_axis("squeeze", axes[i], x->rank, &axis));
        if (x->dims[axis] != 1)
            return nhwc__fail(NHWC_ERROR_SHAPE, "squeeze: axis %d of x %s has length %" PRId64 ", not 1", axis,
                              nhwc__shape_text(x->rank, x->dims).text, x->dims[axis]);
        drop[axis] = true;
    }
    nhwc_tensor squeezed = *x;
    for (int axis = x->rank - 1; axis >= 0; axis--)
        if (drop[axis])
            squeezed = nhwc__without_axis(&squeezed, axis);
    *view = squeezed;
    return NHWC_OK;
}

nhwc_status nhwc_broadcast_to(const nhwc_tensor *x, int rank, const int64_t *dims, nhwc_tensor *view)
{
    NHWC__TRY(check("broadcast_to", x, view));
    NHWC__TRY(check_dims("broadcast_to", rank, dims));
    nhwc_tensor wide;
    NHWC__TRY(nhwc__broadcast_view("broadcast_to", "x", x, rank, dims, &wide));
    NHWC__TRY(nhwc__tensor_check("broadcast_to", "the view", &wide)); /* dims that are negative, or too many */
    *view = wide;
    return NHWC_OK;
}
