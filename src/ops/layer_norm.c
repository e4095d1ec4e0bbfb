/* Layer normalisation, some lines at a time: folds along each, and maps of x and of numbers for each line. */
#include <nhwc/nn.h>

#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/arguments.h"
#include "ops/blocks.h"
#include "ops/copy.h"
#include "ops/normalise.h"
#include "ops/reduce.h"
#include "ops/shapes.h"
#include "ops/terms.h"

/* All there may be of a call; x and what has its shape, [..., lines], what has a number for each line, [...], and for
 * each element of a line. */
typedef struct layer {
    const char *operation;
    const nhwc_context *context;
    const nhwc__maths *maths;
    int axes, lead; /* of a line, and the others */
    double epsilon, n;
    const nhwc_tensor *x, *mean, *inverse, *gamma, *beta, *y, *dy, *dx, *dgamma, *dbeta;
} layer;

static nhwc_status find_lines(layer *l)
{
    const nhwc_tensor *x = l->x;
    NHWC__TRY(nhwc__check_float(l->operation, "x", x));
    if (l->axes < 1 || l->axes > x->rank)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: axes is %d; of x, %s, 1 to %d are possible", l->operation, l->axes,
                          nhwc__shape_text(x->rank, x->dims).text, x->rank);
    l->lead = x->rank - l->axes;
    l->n = 1;
    for (int axis = l->lead; axis < x->rank; axis++)
        l->n *= (double)x->dims[axis];
    return NHWC_OK;
}

static nhwc_status check_layer(layer *l)
{
    NHWC__TRY(find_lines(l));
    NHWC__TRY(nhwc__check_epsilon(l->operation, l->epsilon));
    const int64_t *dims = l->x->dims, *line = &dims[l->lead];
    const nhwc__argument arguments[] = {
        {.name = "x", .tensor = l->x, .rank = l->x->rank, .dims = dims},
        {.name = "gamma", .tensor = l->gamma, .rank = l->axes, .dims = line, .optional = true},
        {.name = "beta", .tensor = l->beta, .rank = l->axes, .dims = line, .optional = true},
        {.name = "y", .tensor = l->y, .rank = l->x->rank, .dims = dims, .output = true, .place = "x"},
        {.name = "mean", .tensor = l->mean, .rank = l->lead, .dims = dims, .optional = true, .output = true},
        {.name = "inverse", .tensor = l->inverse, .rank = l->lead, .dims = dims, .optional = true, .output = true},
    };
    NHWC__TRY(nhwc__check_arguments(l->operation, l->context, 6, arguments));
    if (l->n == 0)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: x is %s; its lines have no elements", l->operation,
                          nhwc__shape_text(l->x->rank, dims).text);
    l->maths = nhwc__maths_of(l->context, l->x->dtype);
    return NHWC_OK;
}

static nhwc_status check_layer_backprop(layer *l)
{
    NHWC__TRY(find_lines(l));
    const int64_t *dims = l->x->dims, *line = &dims[l->lead];
    const nhwc__argument arguments[] = {
        {.name = "x", .tensor = l->x, .rank = l->x->rank, .dims = dims},
        {.name = "dy", .tensor = l->dy, .rank = l->x->rank, .dims = dims},
        {.name = "mean", .tensor = l->mean, .rank = l->lead, .dims = dims},
        {.name = "inverse", .tensor = l->inverse, .rank = l->lead, .dims = dims},
        {.name = "gamma", .tensor = l->gamma, .rank = l->axes, .dims = line, .optional = true},
        {.name = "dx", .tensor = l->dx, .rank = l->x->rank, .dims = dims, .optional = true, .output = true,
         .place = "dy"},
        {.name = "dgamma", .tensor = l->dgamma, .rank = l->axes, .dims = line, .optional = true, .output = true},
        {.name = "dbeta", .tensor = l->dbeta, .rank = l->axes, .dims = line, .optional = true, .output = true},
    };
    NHWC__TRY(nhwc__check_arguments(l->operation, l->context, 8, arguments));
    l->maths = nhwc__maths_of(l->context, l->x->dtype);
    return NHWC_OK;
}

typedef struct line_numbers {
    _Alignas(64) char bytes[NHWC__BLOCK_LINES * sizeof(double)];
} line_numbers;

/* A number for each line of a block of x. */
static nhwc_tensor numbers_of_lines(const layer *l, const nhwc_tensor *x, line_numbers *memory)
{
    nhwc_tensor view = *x;
    for (int axis = l->lead; axis < x->rank; axis++)
        view.dims[axis] = 1;
    view = nhwc_tensor_view(x->dtype, NULL, x->rank, view.dims);
    view.data = memory->bytes;
    return view;
}

/* Views of x and y, and of mean and inverse where they are wanted. */
static void normalise_lines(void *argument, const nhwc_tensor *views)
{
    const layer *l = argument;
    const nhwc_tensor *x = &views[0];
    const nhwc_tensor *y = &views[1];
    const nhwc_tensor zero = nhwc__constant(x->dtype, 0);
    const nhwc_tensor one = nhwc__constant(x->dtype, 1);
    line_numbers memory[2];
    const nhwc_tensor mean = l->mean ? views[2] : numbers_of_lines(l, x, &memory[0]);
    const nhwc_tensor inverse = l->inverse ? views[l->mean ? 3 : 2] : numbers_of_lines(l, x, &memory[1]);
    nhwc__reduce(NULL, &l->maths->mean_fold, x, NULL, l->n, &mean);
    nhwc__reduce(NULL, &l->maths->variance_fold, x, &mean, l->n, &inverse);
    nhwc__put(NULL, l->maths->inverse_deviation, &inverse, NULL, l->epsilon, &inverse);
    const nhwc_tensor *gamma = l->gamma ? l->gamma : &one, *beta = l->beta ? l->beta : &zero;
    nhwc__put_terms(NULL, &(const nhwc__terms){l->maths->normalised, 5, {x, &mean, &inverse, gamma, beta}, 0}, y);
}

nhwc_status nhwc_layer_norm(const nhwc_context *context, const nhwc_tensor *x, int axes, const nhwc_tensor *gamma,
                            const nhwc_tensor *beta, double epsilon, nhwc_tensor *y, nhwc_tensor *mean,
                            nhwc_tensor *inverse)
{
    layer l = {.operation = "layer_norm", .context = context, .axes = axes, .epsilon = epsilon, .x = x, .mean = mean,
               .inverse = inverse, .gamma = gamma, .beta = beta, .y = y};
    NHWC__TRY(check_layer(&l));
    if (nhwc__tensor_is_empty(x))
        return NHWC_OK;
    nhwc_tensor tensors[4] = {*x, *y};
    int count = 2;
    if (mean != NULL)
        tensors[count++] = nhwc__aligned(mean, x->rank, 0);
    if (inverse != NULL)
        tensors[count++] = nhwc__aligned(inverse, x->rank, 0);
    nhwc__for_blocks(context, count, tensors, axes, NHWC__BLOCK_LINES, normalise_lines, &l);
    return NHWC_OK;
}

/* Of dy, x, mean, inverse and dx, where lines are runs: with a map of their own, which gives the same bits. */
static bool map_gradient_of_lines(const layer *l, const nhwc_tensor *views)
{
    const nhwc_tensor *dy = &views[0], *x = &views[1];
    line_numbers memory[2];
    const nhwc_tensor mean = numbers_of_lines(l, x, &memory[0]), inverse = numbers_of_lines(l, x, &memory[1]);
    const nhwc__lines beside = {.c = (l->gamma ? l->gamma : dy)->data, .mean = mean.data, .inverse = inverse.data};
    if (l->gamma && !nhwc__has_lines(l->gamma, l->axes))
        return false;
    nhwc__copy(NULL, &views[2], &mean);
    nhwc__copy(NULL, &views[3], &inverse);
    return nhwc__map_lines(l->gamma ? l->maths->layer_gradient : l->maths->plain_layer_gradient, l->axes, dy, x,
                           &views[4], &beside);
}

/* Views of dy, x, mean, inverse and dx. */
static void put_gradient_of_lines(void *argument, const nhwc_tensor *views)
{
    const layer *l = argument;
    const nhwc_tensor *x = &views[1], *mean = &views[2], *inverse = &views[3], *dx = &views[4];
    const nhwc_tensor one = nhwc__constant(x->dtype, 1);
    line_numbers memory[2];
    const nhwc__slopes of = {*inverse, numbers_of_lines(l, x, &memory[0]), numbers_of_lines(l, x, &memory[1])};
    if (map_gradient_of_lines(l, views))
        return;
    nhwc__put(NULL, l->maths->multiply, &views[0], l->gamma ? l->gamma : &one, 0, dx);
    nhwc__reduce(NULL, &l->maths->sum_fold, dx, NULL, 0, &of.shift);
    nhwc__fold_terms(NULL, &l->maths->sum_fold,
                     &(const nhwc__terms){l->maths->centred_product, 4, {dx, x, mean, inverse}, 0}, 0, &of.slope);
    nhwc__find_slopes(l->maths, &of, inverse, l->n);
    nhwc__put_gradient(NULL, l->maths, &of, dx, x, mean, dx);
}

nhwc_status nhwc_layer_norm_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                     int axes, const nhwc_tensor *mean, const nhwc_tensor *inverse,
                                     const nhwc_tensor *gamma, nhwc_tensor *dx, nhwc_tensor *dgamma,
                                     nhwc_tensor *dbeta)
{
    layer l = {.operation = "layer_norm_backprop", .context = context, .axes = axes, .x = x, .mean = mean,
               .inverse = inverse, .gamma = gamma, .dy = dy, .dx = dx, .dgamma = dgamma, .dbeta = dbeta};
    NHWC__TRY(check_layer_backprop(&l));
    const nhwc_tensor of_mean = nhwc__aligned(mean, x->rank, 0), of_inverse = nhwc__aligned(inverse, x->rank, 0);
    nhwc_tensor products, sums;
    nhwc__sum_gradients(context, l.maths, dy, x, &of_mean, &of_inverse,
                        nhwc__align(dgamma, x->rank, l.lead, &products), nhwc__align(dbeta, x->rank, l.lead, &sums));
    const nhwc_tensor tensors[] = {*dy, *x, of_mean, of_inverse, dx ? *dx : *dy};
    if (dx != NULL && !nhwc__tensor_is_empty(x))
        nhwc__for_blocks(context, 5, tensors, axes, NHWC__BLOCK_LINES, put_gradient_of_lines, &l);
    return NHWC_OK;
}
