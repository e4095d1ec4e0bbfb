/* Batch normalisation as part of the convolution in front of it. */
#include <nhwc/nn.h>

#include "base/size.h"
#include "base/status.h"
#include "engine/cpu.h"
#include "ops/arguments.h"
#include "ops/normalise.h"
#include "ops/shapes.h"
#include "ops/terms.h"

typedef struct folding {
    nhwc_filter_kind kind;
    int64_t c, groups; /* groups of the transpose */
} folding;

/* [kh, kw, C/groups, I] with an axis for the groups, which lie one behind the other along I: [kh, kw, C/groups, groups,
 * I/groups]. */
static nhwc_tensor with_groups(const nhwc_tensor *filter, int64_t groups)
{
    nhwc_tensor view = *filter;
    view.rank = 5;
    view.dims[3] = groups;
    view.dims[4] = filter->dims[3] / groups;
    view.strides[3] = filter->strides[3] * view.dims[4];
    view.strides[4] = filter->strides[3];
    return view;
}

static nhwc_status find_groups(const char *operation, const nhwc_tensor *filter, const nhwc_tensor *mean, folding *f)
{
    NHWC__TRY(nhwc__check_float(operation, "mean", mean));
    const int64_t *dims = filter->dims, c = mean->rank == 1 ? mean->dims[0] : 0;
    f->groups = dims[2] > 0 ? c / dims[2] : 0;
    f->c = c;
    if (f->groups == 0 || c % dims[2] != 0 || dims[3] % f->groups != 0)
        return nhwc__fail(NHWC_ERROR_CHANNELS,
                          "%s: mean is %s; of the filter, %s, its length has to be %" PRId64
                          " times the groups, which divide %" PRId64,
                          operation, nhwc__shape_text(mean->rank, mean->dims).text, nhwc__shape_text(4, dims).text,
                          dims[2], dims[3]);
    return NHWC_OK;
}

static nhwc_status find_folding(const char *operation, const nhwc_tensor *filter, const nhwc_tensor *mean, folding *f)
{
    if ((int)f->kind < 0 || f->kind > NHWC_FILTER_DEPTHWISE_TRANSPOSE)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: kind is %d, which is no nhwc_filter_kind", operation,
                          (int)f->kind);
    NHWC__TRY(nhwc__check_float(operation, "filter", filter));
    if (filter->rank != 4)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: filter has rank %d; it has to have 4 axes", operation, filter->rank);
    f->c = filter->dims[f->kind == NHWC_FILTER_CONV2D ? 3 : 2];
    if (f->kind == NHWC_FILTER_DEPTHWISE && !nhwc__multiply(f->c, filter->dims[3], &f->c))
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "%s: filter has more channels than 64 bits can count", operation);
    return f->kind == NHWC_FILTER_CONV2D_TRANSPOSE ? find_groups(operation, filter, mean, f) : NHWC_OK;
}

static nhwc_tensor filter_of(const folding *f, const nhwc_tensor *filter)
{
    return f->kind == NHWC_FILTER_CONV2D_TRANSPOSE ? with_groups(filter, f->groups) : *filter;
}

/* A number for each channel as a tensor that is broadcast to the filter. */
static nhwc_tensor spread(const folding *f, const nhwc_tensor *filter, const nhwc_tensor *values)
{
    nhwc_tensor view = *values;
    const int64_t stride = values->strides[0];
    view.rank = 2;
    switch (f->kind) {
    case NHWC_FILTER_CONV2D:
        return *values;
    case NHWC_FILTER_CONV2D_TRANSPOSE:
        view.rank = 3;
        view.dims[0] = filter->dims[2];
        view.dims[1] = f->groups;
        view.dims[2] = 1;
        view.strides[1] = stride * filter->dims[2];
        return view;
    case NHWC_FILTER_DEPTHWISE:
        view.dims[0] = filter->dims[2];
        view.dims[1] = filter->dims[3];
        view.strides[0] = stride * filter->dims[3];
        view.strides[1] = stride;
        return view;
    case NHWC_FILTER_DEPTHWISE_TRANSPOSE:
        view.dims[1] = 1;
        return view;
    }
    return view;
}

nhwc_status nhwc_batch_norm_fold(const nhwc_context *context, nhwc_filter_kind kind, const nhwc_tensor *filter,
                                 const nhwc_tensor *bias, const nhwc_tensor *mean, const nhwc_tensor *variance,
                                 const nhwc_tensor *gamma, const nhwc_tensor *beta, double epsilon,
                                 nhwc_tensor *folded_filter, nhwc_tensor *folded_bias)
{
    const char *operation = "batch_norm_fold";
    folding f = {.kind = kind};
    NHWC__TRY(find_folding(operation, filter, mean, &f));
    NHWC__TRY(nhwc__check_epsilon(operation, epsilon));
    const nhwc__argument arguments[] = {
        {.name = "filter", .tensor = filter, .rank = 4, .dims = filter->dims},
        {.name = "bias", .tensor = bias, .rank = 1, .dims = &f.c, .optional = true},
        {.name = "mean", .tensor = mean, .rank = 1, .dims = &f.c},
        {.name = "variance", .tensor = variance, .rank = 1, .dims = &f.c},
        {.name = "gamma", .tensor = gamma, .rank = 1, .dims = &f.c, .optional = true},
        {.name = "beta", .tensor = beta, .rank = 1, .dims = &f.c, .optional = true},
        {.name = "folded_filter", .tensor = folded_filter, .rank = 4, .dims = filter->dims, .output = true,
         .place = "filter"},
        {.name = "folded_bias", .tensor = folded_bias, .rank = 1, .dims = &f.c, .output = true, .place = "bias"},
    };
    NHWC__TRY(nhwc__check_arguments(operation, context, 8, arguments));
    const nhwc__maths *maths = nhwc__maths_of(context, filter->dtype);
    const nhwc_tensor zero = nhwc__constant(filter->dtype, 0), one = nhwc__constant(filter->dtype, 1);
    const nhwc_tensor from = filter_of(&f, filter), to = filter_of(&f, folded_filter);
    const nhwc_tensor scales = gamma ? spread(&f, filter, gamma) : one, variances = spread(&f, filter, variance);
    nhwc__put_terms(context, &(const nhwc__terms){maths->over_deviation, 3, {&from, &scales, &variances}, epsilon},
                    &to);
    nhwc__put(context, maths->subtract, bias ? bias : &zero, mean, 0, folded_bias);
    nhwc__put_terms(context,
                    &(const nhwc__terms){maths->over_deviation, 3, {folded_bias, gamma ? gamma : &one, variance},
                                         epsilon},
                    folded_bias);
    nhwc__put(context, maths->add, folded_bias, beta ? beta : &zero, 0, folded_bias);
    return NHWC_OK;
}
