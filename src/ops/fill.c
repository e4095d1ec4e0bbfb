/* Contents from nothing: one value, a progression, ones among zeros. */
#include "ops/fill.h"

#include <math.h>
#include <nhwc/array.h>
#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/cast.h"
#include "ops/copy.h"
#include "ops/shapes.h"

/* The least and the greatest of an integer dtype; false for the others. */
static bool integer_range(nhwc_dtype dtype, int64_t *least, int64_t *greatest)
{
    *least = dtype == NHWC_INT32 ? INT32_MIN : dtype == NHWC_INT64 ? INT64_MIN : 0;
    *greatest = dtype == NHWC_INT32 ? INT32_MAX : dtype == NHWC_INT64 ? INT64_MAX : UINT8_MAX;
    return dtype == NHWC_INT32 || dtype == NHWC_INT64 || dtype == NHWC_UINT8;
}

nhwc_status nhwc__scalar_of(const char *operation, const char *name, double value, nhwc_dtype dtype,
                            nhwc__scalar *scalar)
{
    int64_t least, greatest;
    const double whole = trunc(value);
    if (integer_range(dtype, &least, &greatest) &&
        !(whole >= (double)least && (whole <= (double)greatest && whole < 0x1p63)))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is %g, which %s cannot hold: %" PRId64 " to %" PRId64
                          " are possible", operation, name, value, nhwc_dtype_string(dtype), least, greatest);
    nhwc__cast_row(NULL, dtype, NHWC_FLOAT64)(1, (char *)scalar, 0, (const char *)&value, 0);
    return NHWC_OK;
}

void nhwc__fill(const nhwc_context *context, const nhwc__scalar *scalar, const nhwc_tensor *y)
{
    nhwc_tensor x = nhwc_tensor_view(y->dtype, scalar, y->rank, y->dims);
    memset(x.strides, 0, sizeof x.strides);
    nhwc__copy(context, &x, y);
}

nhwc_status nhwc_fill(const nhwc_context *context, double value, nhwc_tensor *y)
{
    nhwc__scalar scalar;
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check_distinct("fill", "y", y));
    NHWC__TRY(nhwc__scalar_of("fill", "value", value, y->dtype, &scalar));
    nhwc__fill(context, &scalar, y);
    return NHWC_OK;
}

/* ---- Progressions ---------------------------------------------------------------------------- */

#define PIECE      256         /* elements computed in one go that are not side by side */
#define TASK_COUNT (64 * 1024) /* elements that are worth a task */

typedef struct progression {
    const nhwc__maths *maths;
    double start, step;
    const nhwc_tensor *y;
} progression;

static void progress(void *argument, int64_t task)
{
    const progression *p = argument;
    const size_t size = nhwc_dtype_size(p->y->dtype);
    const int64_t length = p->y->dims[0], last = nhwc__least(length, (task + 1) * TASK_COUNT);
    const int64_t stride = length > 1 ? p->y->strides[0] : 1, run = stride == 1 ? TASK_COUNT : PIECE;
    nhwc__scalar piece[PIECE];
    for (int64_t first = task * TASK_COUNT, count; first < last; first += count) {
        count = nhwc__least(run, last - first);
        char *y = (char *)p->y->data + first * stride * (int64_t)size;
        p->maths->progression(count, first, p->start, p->step, stride == 1 ? (void *)y : piece);
        if (stride != 1)
            nhwc__copy_row(size, count, (const char *)piece, 1, y, stride);
    }
}

/* start and start + (count - 1) * step are integers that the dtype can hold. */
static nhwc_status check_progression(double start, double step, const nhwc_tensor *y)
{
    int64_t least, greatest;
    nhwc__scalar first, by;
    if (y->dtype == NHWC_BOOL)
        return nhwc__fail(NHWC_ERROR_DTYPE, "arange: y is bool; numbers are possible");
    if (!integer_range(y->dtype, &least, &greatest))
        return NHWC_OK;
    if (trunc(start) != start || trunc(step) != step)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "arange: start %g and step %g have to be integers, as y is %s", start,
                          step, nhwc_dtype_string(y->dtype));
    NHWC__TRY(nhwc__scalar_of("arange", "start", start, NHWC_INT64, &first));
    NHWC__TRY(nhwc__scalar_of("arange", "step", step, NHWC_INT64, &by));
    const bool starts = first.integer >= least && first.integer <= greatest;
    const uint64_t room = by.integer < 0 ? (uint64_t)first.integer - (uint64_t)least
                                         : (uint64_t)greatest - (uint64_t)first.integer;
    const uint64_t magnitude = by.integer < 0 ? 0 - (uint64_t)by.integer : (uint64_t)by.integer;
    if (!starts || (y->dims[0] > 1 && magnitude > room / (uint64_t)(y->dims[0] - 1)))
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "arange: %" PRId64 " elements from %" PRId64 " by %" PRId64 " go beyond what %s can hold",
                          y->dims[0], first.integer, by.integer, nhwc_dtype_string(y->dtype));
    return NHWC_OK;
}

nhwc_status nhwc_arange(const nhwc_context *context, double start, double step, nhwc_tensor *y)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    NHWC__TRY(nhwc__tensor_check_distinct("arange", "y", y));
    if (y->rank != 1)
        return nhwc__fail(NHWC_ERROR_RANK, "arange: y has rank %d; it has to have 1 axis", y->rank);
    NHWC__TRY(check_progression(start, step, y));
    progression p = {nhwc__maths_of(context, y->dtype), start, step, y};
    nhwc__parallel_for(context, nhwc__ceil(y->dims[0], TASK_COUNT), progress, &p);
    return NHWC_OK;
}

/* ---- One-hot --------------------------------------------------------------------------------- */

typedef struct hot {
    const nhwc_tensor *indices;
    nhwc_tensor first; /* of y: the elements whose index along the axis is 0 */
    int64_t depth, stride, count;
    nhwc__scalar on;
} hot;

static void set_hot(void *argument, int64_t task)
{
    const hot *h = argument;
    const int64_t first = task * TASK_COUNT, last = nhwc__least(h->count, first + TASK_COUNT);
    nhwc__cursor from = nhwc__cursor_at(h->indices, first), to = nhwc__cursor_at(&h->first, first);
    for (int64_t i = first; i < last; i++, nhwc__cursor_next(&from), nhwc__cursor_next(&to)) {
        const void *at = nhwc__element(&from.of, from.offset);
        const int64_t index = h->indices->dtype == NHWC_INT32   ? *(const int32_t *)at
                              : h->indices->dtype == NHWC_INT64 ? *(const int64_t *)at
                                                                : *(const uint8_t *)at;
        if (index >= 0 && index < h->depth)
            memcpy(nhwc__element(&to.of, to.offset + index * h->stride), &h->on, nhwc_dtype_size(to.of.dtype));
    }
}

/* The dims of y but one are those of the indices. */
static nhwc_status check_depth(const nhwc_tensor *indices, const nhwc_tensor *y, int axis)
{
    int64_t dims[NHWC_MAX_RANK];
    if (y->rank != indices->rank + 1)
        return nhwc__fail(NHWC_ERROR_RANK, "one_hot: y has rank %d; of indices with rank %d it has to have %d axes",
                          y->rank, indices->rank, indices->rank + 1);
    for (int i = 0; i < y->rank; i++)
        dims[i] = i == axis ? y->dims[axis] : indices->dims[i - (i > axis)];
    return nhwc__check_output_shape("one_hot", y, y->rank, dims);
}

nhwc_status nhwc_one_hot(const nhwc_context *context, const nhwc_tensor *indices, int axis,
                         const nhwc_one_hot_options *options, nhwc_tensor *y)
{
    nhwc__scalar off;
    int64_t least, greatest;
    const nhwc_one_hot_options given = options && (options->on_value != 0 || options->off_value != 0)
                                           ? *options
                                           : (nhwc_one_hot_options){.on_value = 1};
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check("one_hot", "indices", indices));
    NHWC__TRY(nhwc__tensor_check_distinct("one_hot", "y", y));
    if (!integer_range(indices->dtype, &least, &greatest))
        return nhwc__fail(NHWC_ERROR_DTYPE, "one_hot: indices are %s; they have to be integers",
                          nhwc_dtype_string(indices->dtype));
    NHWC__TRY(nhwc__count_axis("one_hot", axis, y->rank, &axis));
    NHWC__TRY(check_depth(indices, y, axis));
    NHWC__TRY(nhwc__check_apart("one_hot", "indices", indices, "y", y));
    hot h = {.indices = indices, .depth = y->dims[axis], .stride = y->strides[axis], .count = 0};
    NHWC__TRY(nhwc__scalar_of("one_hot", "options->on_value", given.on_value, y->dtype, &h.on));
    NHWC__TRY(nhwc__scalar_of("one_hot", "options->off_value", given.off_value, y->dtype, &off));
    nhwc__fill(context, &off, y);
    if (nhwc__tensor_is_empty(y))
        return NHWC_OK;
    h.first = nhwc__without_axis(y, axis);
    h.count = nhwc__element_count(indices);
    nhwc__parallel_for(context, nhwc__ceil(h.count, TASK_COUNT), set_hot, &h);
    return NHWC_OK;
}
