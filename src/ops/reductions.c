/* Reductions: sum, mean, max, min, variance, norm, logsumexp, argmax and argmin, by the folds of ops/reduce. */
#include <nhwc/array.h>
#include <stddef.h>
#include <string.h>

#include "base/context.h"
#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/reduce.h"
#include "ops/shapes.h"

/* ---- Checks --------------------------------------------------------------------------------- */

/* Which axes are reduced, as bits. */
static nhwc_status find_axes(const char *operation, const nhwc_reduce_options *options, int rank, unsigned *axes)
{
    *axes = (1u << rank) - 1;
    if (options == NULL || options->axis_count == 0)
        return NHWC_OK;
    if (options->axis_count < 0 || options->axis_count > NHWC_MAX_RANK)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: options->axis_count is %d; 0 to %d are possible", operation,
                          options->axis_count, NHWC_MAX_RANK);
    *axes = 0;
    for (int i = 0; i < options->axis_count; i++) {
        int axis;
        NHWC__TRY(nhwc__count_axis(operation, options->axes[i], rank, &axis));
        if (*axes & 1u << axis)
            return nhwc__fail(NHWC_ERROR_RANK, "%s: options->axes has axis %d twice", operation, axis);
        *axes |= 1u << axis;
    }
    return NHWC_OK;
}

/* y as a tensor of x's rank, with length 1 in the reduced axes. */
static nhwc_status find_kept(const char *operation, const nhwc_tensor *x, unsigned axes, const nhwc_tensor *y,
                             nhwc_tensor *kept)
{
    int rank = 0;
    int64_t dims[NHWC_MAX_RANK];
    const bool keeps = y->rank == x->rank;
    *kept = *y;
    kept->rank = x->rank;
    for (int axis = 0; axis < x->rank; axis++) {
        const bool reduced = axes & 1u << axis;
        kept->dims[axis] = reduced ? 1 : x->dims[axis];
        kept->strides[axis] = 0;
        if (keeps || !reduced) {
            kept->strides[axis] = y->strides[rank];
            dims[rank++] = kept->dims[axis];
        }
    }
    if (y->rank == rank && memcmp(y->dims, dims, (size_t)rank * sizeof *dims) == 0)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_OUTPUT_SHAPE, "%s: y is %s; of x, %s, with these axes it has to be %s%s", operation,
                      nhwc__shape_text(y->rank, y->dims).text, nhwc__shape_text(x->rank, x->dims).text,
                      nhwc__shape_text(rank, dims).text,
                      keeps ? "" : ", or to have 1 in the place of each reduced axis");
}

static nhwc_status check(const char *operation, const nhwc_context *context, const nhwc_tensor *x, unsigned axes,
                         const nhwc_tensor *y, nhwc_dtype dtype, nhwc_tensor *kept)
{
    if (y->dtype != dtype)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: y is %s; it has to be %s", operation,
                          nhwc_dtype_string(y->dtype), nhwc_dtype_string(dtype));
    NHWC__TRY(nhwc__isa_check(context));
    NHWC__TRY(find_kept(operation, x, axes, y, kept));
    return nhwc__check_apart(operation, "x", x, "y", y);
}

static nhwc_status check_tensors(const char *operation, const nhwc_context *context, const nhwc_tensor *x,
                                 const nhwc_tensor *y)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check(operation, "x", x));
    return nhwc__tensor_check_distinct(operation, "y", y);
}

/* ---- Folds ---------------------------------------------------------------------------------- */

/* What a reduction is made of: a fold whose results are the centres of another, if there is one, and that other. */
typedef struct recipe {
    const char *operation;
    size_t centre, fold; /* where they are in nhwc__maths */
    bool some, corrected; /* of no elements there is none; takes options->correction */
} recipe;

#define NONE       SIZE_MAX
#define FOLD(name) offsetof(nhwc__maths, name##_fold)

static const nhwc__fold *fold_at(const nhwc__maths *maths, size_t place)
{
    return (const nhwc__fold *)(const void *)((const char *)maths + place);
}

static int64_t terms_of(const nhwc_tensor *x, unsigned axes)
{
    int64_t terms = 1;
    for (int axis = 0; axis < x->rank; axis++)
        if (axes & 1u << axis)
            terms *= x->dims[axis];
    return terms;
}

static nhwc_status reduce(const recipe *of, const nhwc_context *context, const nhwc_tensor *x,
                          const nhwc_reduce_options *options, nhwc_tensor *y)
{
    unsigned axes;
    nhwc_tensor kept;
    const double correction = options ? options->correction : 0;
    NHWC__TRY(check_tensors(of->operation, context, x, y));
    NHWC__TRY(find_axes(of->operation, options, x->rank, &axes));
    NHWC__TRY(check(of->operation, context, x, axes, y, x->dtype, &kept));
    if (correction != 0 && !of->corrected)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: options->correction is %g; it has to be 0", of->operation,
                          correction);
    const nhwc__maths *maths = nhwc__maths_of(context, x->dtype);
    const nhwc__fold *fold = fold_at(maths, of->fold);
    if (fold->along == NULL)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: x is %s; it has to be float32 or float64", of->operation,
                          nhwc_dtype_string(x->dtype));
    const double terms = (double)terms_of(x, axes), n = terms - correction;
    if (terms == 0 && of->some)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: there are no elements along these axes of x", of->operation);
    if (of->centre != NONE)
        nhwc__reduce(context, fold_at(maths, of->centre), x, NULL, terms, &kept);
    nhwc__reduce(context, fold, x, of->centre != NONE ? &kept : NULL, n < 0 ? 0 : n, &kept); /* NaN stays */
    return NHWC_OK;
}

#define DEFINE_REDUCTION(name, centre, fold, some, corrected)                                                   \
    nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *x,                                  \
                            const nhwc_reduce_options *options, nhwc_tensor *y)                                 \
    {                                                                                                           \
        return reduce(&(const recipe){#name, centre, fold, some, corrected}, context, x, options, y);           \
    }

DEFINE_REDUCTION(reduce_sum, NONE, FOLD(sum), false, false)
DEFINE_REDUCTION(reduce_mean, NONE, FOLD(mean), false, false)
DEFINE_REDUCTION(reduce_max, NONE, FOLD(max), true, false)
DEFINE_REDUCTION(reduce_min, NONE, FOLD(min), true, false)
DEFINE_REDUCTION(reduce_variance, FOLD(mean), FOLD(variance), false, true)
DEFINE_REDUCTION(norm, NONE, FOLD(norm), false, false)
DEFINE_REDUCTION(reduce_logsumexp, FOLD(peak), FOLD(logsumexp), false, false)

/* ---- Argmax and argmin ---------------------------------------------------------------------- */

static nhwc_status find_best(const char *operation, const nhwc_context *context, const nhwc_tensor *x, int axis,
                             size_t fold, size_t better, nhwc_tensor *y)
{
    nhwc_tensor kept;
    NHWC__TRY(check_tensors(operation, context, x, y));
    NHWC__TRY(nhwc__count_axis(operation, axis, x->rank, &axis));
    NHWC__TRY(check(operation, context, x, 1u << axis, y, NHWC_INT64, &kept));
    if (x->dims[axis] == 0)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: axis %d of x has length 0", operation, axis);
    const nhwc__maths *maths = nhwc__maths_of(context, x->dtype);
    nhwc__search *search;
    memcpy(&search, (const char *)maths + better, sizeof search);
    nhwc__search_axis(context, maths, fold_at(maths, fold), search, x, &kept);
    return NHWC_OK;
}

nhwc_status nhwc_argmax(const nhwc_context *context, const nhwc_tensor *x, int axis, nhwc_tensor *y)
{
    return find_best("argmax", context, x, axis, FOLD(max), offsetof(nhwc__maths, largest), y);
}

nhwc_status nhwc_argmin(const nhwc_context *context, const nhwc_tensor *x, int axis, nhwc_tensor *y)
{
    return find_best("argmin", context, x, axis, FOLD(min), offsetof(nhwc__maths, smallest), y);
}
