/* How far two tensors are from each other. */
#include <math.h>
#include <nhwc/array.h>
#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/cast.h"
#include "ops/shapes.h"

#define PIECE      256 /* pairs that are converted in one go */
#define MOST_TASKS 64

/* What a task has found: pairs that are not close, and the pair that exceeds its tolerance most. */
typedef struct finding {
    int64_t count, worst;
    double excess; /* of the worst; NaN before there is one */
} finding;

typedef struct comparison {
    nhwc_tensor a, b; /* of one shape */
    nhwc_compare_options options;
    int64_t rows, columns, tasks; /* of the last axis */
    finding findings[MOST_TASKS];
} comparison;

/* |a - b|, exact where a and b are int64. */
static double distance_of(const comparison *c, const void *a, const void *b, double real_a, double real_b)
{
    if (c->a.dtype != NHWC_INT64)
        return fabs(real_a - real_b);
    int64_t u, v;
    memcpy(&u, a, sizeof u);
    memcpy(&v, b, sizeof v);
    return (double)(u > v ? (uint64_t)u - (uint64_t)v : (uint64_t)v - (uint64_t)u);
}

/* By how much the pair exceeds its tolerance: above 0 it is not close. */
static double excess_of(const nhwc_compare_options *options, double a, double b, double distance)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b) && options->equal_nan ? -INFINITY : INFINITY;
    if (isinf(a) || isinf(b))
        return a == b ? -INFINITY : INFINITY;
    const double tolerance = options->atol + options->rtol * fabs(b);
    return distance <= tolerance ? -(tolerance - distance) : distance - tolerance;
}

static void compare_pair(const comparison *c, finding *f, int64_t index, double a, double b, double distance)
{
    const double excess = excess_of(&c->options, a, b, distance);
    f->count += excess > 0;
    if (!(excess <= f->excess)) {
        f->excess = excess;
        f->worst = index;
    }
}

/* Pairs `first` ... of a row, as many as PIECE. */
static void compare_piece(const comparison *c, finding *f, int64_t row, int64_t first, int64_t count)
{
    const int last = c->a.rank - 1;
    const int64_t size = (int64_t)nhwc_dtype_size(c->a.dtype), index = row * c->columns + first;
    const int64_t a_step = last >= 0 && c->columns > 1 ? c->a.strides[last] * size : 0;
    const int64_t b_step = last >= 0 && c->columns > 1 ? c->b.strides[last] * size : 0;
    const char *a = nhwc__element(&c->a, nhwc__offset_of(&c->a, index));
    const char *b = nhwc__element(&c->b, nhwc__offset_of(&c->b, index));
    double real_a[PIECE], real_b[PIECE];
    nhwc__cast_row(NULL, NHWC_FLOAT64, c->a.dtype)(count, (char *)real_a, sizeof *real_a, a, a_step);
    nhwc__cast_row(NULL, NHWC_FLOAT64, c->b.dtype)(count, (char *)real_b, sizeof *real_b, b, b_step);
    for (int64_t i = 0; i < count; i++)
        compare_pair(c, f, index + i, real_a[i], real_b[i],
                     distance_of(c, a + i * a_step, b + i * b_step, real_a[i], real_b[i]));
}

static void compare_rows(void *argument, int64_t task)
{
    comparison *c = argument;
    finding f = {.excess = NAN};
    const int64_t share = (c->rows + c->tasks - 1) / c->tasks;
    for (int64_t row = task * share; row < (task + 1) * share && row < c->rows; row++)
        for (int64_t first = 0; first < c->columns; first += PIECE)
            compare_piece(c, &f, row, first, nhwc__least(PIECE, c->columns - first));
    c->findings[task] = f;
}

static void compare_all(const nhwc_context *context, comparison *c)
{
    const int64_t count = nhwc__element_count(&c->a);
    if (count == 0)
        return;
    c->columns = c->a.rank > 0 ? c->a.dims[c->a.rank - 1] : 1;
    c->rows = count / c->columns;
    c->tasks = nhwc__tasks_worth(context, nhwc__least(c->rows, MOST_TASKS), count);
    nhwc__parallel_for(context, c->tasks, compare_rows, c);
}

/* The element of `tensor` at the index of the worst, as a double. */
static double value_at(const nhwc_tensor *tensor, int64_t index)
{
    double value;
    nhwc__cast_row(NULL, NHWC_FLOAT64, tensor->dtype)(1, (char *)&value, 0,
                                                nhwc__element(tensor, nhwc__offset_of(tensor, index)), 0);
    return value;
}

static nhwc_difference difference_of(const comparison *c)
{
    nhwc_difference d = {.close = true, .rank = c->a.rank};
    finding all = {.excess = NAN};
    for (int64_t task = 0; task < c->tasks; task++) {
        const finding *f = &c->findings[task];
        all.count += f->count;
        if (!isnan(f->excess) && !(f->excess <= all.excess)) {
            all.excess = f->excess;
            all.worst = f->worst;
        }
    }
    if (c->tasks == 0)
        return d;
    d.close = all.count == 0;
    d.count = all.count;
    d.a = value_at(&c->a, all.worst);
    d.b = value_at(&c->b, all.worst);
    d.absolute = d.a == d.b && isinf(d.a)
                     ? 0
                     : distance_of(c, nhwc__element(&c->a, nhwc__offset_of(&c->a, all.worst)),
                                   nhwc__element(&c->b, nhwc__offset_of(&c->b, all.worst)), d.a, d.b);
    d.relative = d.absolute == 0 ? 0 : d.absolute / fabs(d.b);
    for (int axis = d.rank - 1; axis >= 0; all.worst /= c->a.dims[axis--])
        d.index[axis] = all.worst % c->a.dims[axis];
    return d;
}

/* The dims of a and b broadcast against each other. */
static nhwc_status broadcast_both(const nhwc_tensor *a, const nhwc_tensor *b, comparison *c)
{
    int64_t dims[NHWC_MAX_RANK];
    const int rank = a->rank > b->rank ? a->rank : b->rank;
    for (int axis = 0; axis < rank; axis++) {
        const int in_a = axis - (rank - a->rank), in_b = axis - (rank - b->rank);
        const int64_t of_a = in_a < 0 ? 1 : a->dims[in_a], of_b = in_b < 0 ? 1 : b->dims[in_b];
        dims[axis] = of_a == 1 ? of_b : of_a;
    }
    NHWC__TRY(nhwc__broadcast_view("compare", "a", a, rank, dims, &c->a));
    NHWC__TRY(nhwc__broadcast_view("compare", "b", b, rank, dims, &c->b));
    return nhwc__tensor_check("compare", "a and b together", &c->a); /* their number of elements */
}

nhwc_status nhwc_compare(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *b,
                         const nhwc_compare_options *options, nhwc_difference *difference)
{
    comparison c = {.tasks = 0};
    if (options != NULL)
        c.options = *options;
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check("compare", "a", a));
    NHWC__TRY(nhwc__tensor_check("compare", "b", b));
    if (difference == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "compare: difference is NULL");
    if (!(c.options.rtol >= 0) || !(c.options.atol >= 0))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "compare: options->rtol is %g and atol %g; they cannot be negative",
                          c.options.rtol, c.options.atol);
    NHWC__TRY(nhwc__check_same_dtype("compare", "a", a, "b", b));
    NHWC__TRY(broadcast_both(a, b, &c));
    compare_all(context, &c);
    *difference = difference_of(&c);
    return NHWC_OK;
}
