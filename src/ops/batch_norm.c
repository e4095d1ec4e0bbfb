/* Batch normalisation: folds over all axes but the last, and maps of x and of numbers for each channel. */
#include <nhwc/nn.h>

#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/arguments.h"
#include "ops/normalise.h"
#include "ops/reduce.h"
#include "ops/shapes.h"
#include "ops/terms.h"

/* ---- Checks --------------------------------------------------------------------------------- */

/* All there may be of a call; x is [..., C], the others of its shape or [C]. */
typedef struct batch {
    const char *operation;
    const nhwc_context *context;
    const nhwc__maths *maths;
    double epsilon;
    const nhwc_tensor *x, *mean, *variance, *gamma, *beta, *y, *dy, *dx, *dgamma, *dbeta;
} batch;

static nhwc_status check_image(const batch *b)
{
    NHWC__TRY(nhwc__check_float(b->operation, "x", b->x));
    if (b->x->rank == 0)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: x has no axes; its last one is that of the channels", b->operation);
    return nhwc__check_epsilon(b->operation, b->epsilon);
}

static nhwc_status check_forward(batch *b, bool training)
{
    NHWC__TRY(check_image(b));
    const int rank = b->x->rank;
    const int64_t *dims = b->x->dims, *c = &dims[rank - 1];
    const nhwc__argument arguments[] = {
        {.name = "x", .tensor = b->x, .rank = rank, .dims = dims},
        {.name = "mean", .tensor = b->mean, .rank = 1, .dims = c, .output = training},
        {.name = "variance", .tensor = b->variance, .rank = 1, .dims = c, .output = training},
        {.name = "gamma", .tensor = b->gamma, .rank = 1, .dims = c, .optional = true},
        {.name = "beta", .tensor = b->beta, .rank = 1, .dims = c, .optional = true},
        {.name = "y", .tensor = b->y, .rank = rank, .dims = dims, .output = true, .place = "x"},
    };
    NHWC__TRY(nhwc__check_arguments(b->operation, b->context, 6, arguments));
    b->maths = nhwc__maths_of(b->context, b->x->dtype);
    return NHWC_OK;
}

static nhwc_status check_backprop(batch *b)
{
    NHWC__TRY(check_image(b));
    const int rank = b->x->rank;
    const int64_t *dims = b->x->dims, *c = &dims[rank - 1];
    const nhwc__argument arguments[] = {
        {.name = "x", .tensor = b->x, .rank = rank, .dims = dims},
        {.name = "dy", .tensor = b->dy, .rank = rank, .dims = dims},
        {.name = "mean", .tensor = b->mean, .rank = 1, .dims = c},
        {.name = "variance", .tensor = b->variance, .rank = 1, .dims = c},
        {.name = "gamma", .tensor = b->gamma, .rank = 1, .dims = c, .optional = true},
        {.name = "dx", .tensor = b->dx, .rank = rank, .dims = dims, .optional = true, .output = true, .place = "dy"},
        {.name = "dgamma", .tensor = b->dgamma, .rank = 1, .dims = c, .optional = true, .output = true},
        {.name = "dbeta", .tensor = b->dbeta, .rank = 1, .dims = c, .optional = true, .output = true},
    };
    NHWC__TRY(nhwc__check_arguments(b->operation, b->context, 8, arguments));
    b->maths = nhwc__maths_of(b->context, b->x->dtype);
    return NHWC_OK;
}

/* ---- Some channels at a time, whose numbers fit on a stack ---------------------------------- */

/* Of one number for each channel; runs of as many are read where they are. */
typedef struct numbers {
    _Alignas(64) char bytes[4096];
} numbers;

/* Some of the last axis; NULL stays NULL. */
static const nhwc_tensor *some_of(const nhwc_tensor *tensor, int64_t first, int64_t count, nhwc_tensor *view)
{
    if (tensor == NULL)
        return NULL;
    const int last = tensor->rank - 1;
    *view = *tensor;
    view->data = nhwc__element(tensor, count < tensor->dims[last] ? first * tensor->strides[last] : 0);
    view->dims[last] = count;
    return view;
}

typedef void channels_task(const batch *b);

static void for_channels(const batch *b, channels_task *task)
{
    const int64_t c = b->x->dims[b->x->rank - 1];
    const int64_t most = (int64_t)(sizeof(numbers) / nhwc_dtype_size(b->x->dtype));
    for (int64_t first = 0; first < c; first += most) {
        const int64_t count = nhwc__least(most, c - first);
        nhwc_tensor views[10];
        batch some = *b;
        const nhwc_tensor **const tensors[] = {&some.x, &some.mean,  &some.variance, &some.gamma,  &some.beta,
                                               &some.y, &some.dy, &some.dx,       &some.dgamma, &some.dbeta};
        for (int i = 0; i < 10; i++)
            *tensors[i] = some_of(*tensors[i], first, count, &views[i]);
        task(&some);
    }
}

static nhwc_tensor numbers_of(const batch *b, numbers *memory)
{
    nhwc_tensor view = nhwc_tensor_view(b->x->dtype, NULL, 1, b->mean->dims);
    view.data = memory->bytes;
    return view;
}

/* *inverse becomes 1 / sqrt(variance + epsilon), and *scale that times gamma. */
static void find_scale(const batch *b, const nhwc_tensor *inverse, const nhwc_tensor *scale)
{
    const nhwc_tensor one = nhwc__constant(b->x->dtype, 1);
    nhwc__put(NULL, b->maths->inverse_deviation, b->variance, NULL, b->epsilon, inverse);
    nhwc__put(NULL, b->maths->multiply, inverse, b->gamma ? b->gamma : &one, 0, scale);
}

static void normalise_channels(const batch *b)
{
    numbers memory;
    const nhwc_tensor scale = numbers_of(b, &memory), zero = nhwc__constant(b->x->dtype, 0);
    find_scale(b, &scale, &scale);
    nhwc__put_terms(b->context,
                    &(const nhwc__terms){b->maths->centred_multiply_add, 4,
                                         {b->x, b->mean, &scale, b->beta ? b->beta : &zero}, 0},
                    b->y);
}

static void find_statistics(const batch *b)
{
    const int last = b->x->rank - 1;
    const nhwc_tensor mean = nhwc__aligned(b->mean, last + 1, last);
    const nhwc_tensor variance = nhwc__aligned(b->variance, last + 1, last);
    const int64_t c = b->x->dims[last];
    const double n = c > 0 ? (double)(nhwc__element_count(b->x) / c) : 0;
    nhwc__reduce(b->context, &b->maths->mean_fold, b->x, NULL, n, &mean);
    nhwc__reduce(b->context, &b->maths->variance_fold, b->x, &mean, n, &variance);
}

/* ---- Gradients ------------------------------------------------------------------------------ */

/* The sums of dy times the normalised x, and of dy; either may be NULL. */
static void sum_channels(const batch *b, const nhwc_tensor *inverse, const nhwc_tensor *dgamma,
                         const nhwc_tensor *dbeta)
{
    const int rank = b->x->rank, last = rank - 1;
    const nhwc_tensor mean = nhwc__aligned(b->mean, rank, last), of = nhwc__aligned(inverse, rank, last);
    nhwc_tensor products, sums;
    nhwc__sum_gradients(b->context, b->maths, b->dy, b->x, &mean, &of, nhwc__align(dgamma, rank, last, &products),
                        nhwc__align(dbeta, rank, last, &sums));
}

static void frozen_gradient(const batch *b)
{
    numbers memory[2];
    const nhwc_tensor inverse = numbers_of(b, &memory[0]), scale = numbers_of(b, &memory[1]);
    find_scale(b, &inverse, &scale);
    sum_channels(b, &inverse, b->dgamma, b->dbeta);
    if (b->dx != NULL)
        nhwc__put(b->context, b->maths->multiply, b->dy, &scale, 0, b->dx);
}

static void training_gradient(const batch *b)
{
    numbers memory[4];
    const nhwc_tensor inverse = numbers_of(b, &memory[0]), one = nhwc__constant(b->x->dtype, 1);
    const nhwc__slopes of = {numbers_of(b, &memory[1]), numbers_of(b, &memory[2]), numbers_of(b, &memory[3])};
    find_scale(b, &inverse, &of.scale);
    if (b->dx == NULL || nhwc__tensor_is_empty(b->dx)) {
        sum_channels(b, &inverse, b->dgamma, b->dbeta);
        return;
    }
    const nhwc_tensor *dgamma = b->dgamma ? b->dgamma : &of.slope, *dbeta = b->dbeta ? b->dbeta : &of.shift;
    sum_channels(b, &inverse, dgamma, dbeta);
    nhwc__put(NULL, b->maths->multiply, dgamma, &one, 0, &of.slope);
    nhwc__put(NULL, b->maths->multiply, dbeta, &one, 0, &of.shift);
    nhwc__find_slopes(b->maths, &of, &inverse, (double)(nhwc__element_count(b->x) / b->mean->dims[0]));
    nhwc__put_gradient(b->context, b->maths, &of, b->dy, b->x, b->mean, b->dx);
}

/* ---- The operations ------------------------------------------------------------------------- */

nhwc_status nhwc_batch_norm(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *mean,
                            const nhwc_tensor *variance, const nhwc_tensor *gamma, const nhwc_tensor *beta,
                            double epsilon, nhwc_tensor *y)
{
    batch b = {.operation = "batch_norm", .context = context, .epsilon = epsilon, .x = x, .mean = mean,
               .variance = variance, .gamma = gamma, .beta = beta, .y = y};
    NHWC__TRY(check_forward(&b, false));
    for_channels(&b, normalise_channels);
    return NHWC_OK;
}

nhwc_status nhwc_batch_norm_training(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *gamma,
                                     const nhwc_tensor *beta, double epsilon, nhwc_tensor *y, nhwc_tensor *mean,
                                     nhwc_tensor *variance)
{
    batch b = {.operation = "batch_norm_training", .context = context, .epsilon = epsilon, .x = x, .mean = mean,
               .variance = variance, .gamma = gamma, .beta = beta, .y = y};
    NHWC__TRY(check_forward(&b, true));
    find_statistics(&b);
    for_channels(&b, normalise_channels);
    return NHWC_OK;
}

static nhwc_status backprop(const char *operation, channels_task *task, const nhwc_context *context,
                            const nhwc_tensor *dy, const nhwc_tensor *x, const nhwc_tensor *mean,
                            const nhwc_tensor *variance, const nhwc_tensor *gamma, double epsilon,
                            const nhwc_tensor *dx, const nhwc_tensor *dgamma, const nhwc_tensor *dbeta)
{
    batch b = {.operation = operation, .context = context, .epsilon = epsilon, .x = x, .mean = mean,
               .variance = variance, .gamma = gamma, .dy = dy, .dx = dx, .dgamma = dgamma, .dbeta = dbeta};
    NHWC__TRY(check_backprop(&b));
    for_channels(&b, task);
    return NHWC_OK;
}

nhwc_status nhwc_batch_norm_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                     const nhwc_tensor *mean, const nhwc_tensor *variance, const nhwc_tensor *gamma,
                                     double epsilon, nhwc_tensor *dx, nhwc_tensor *dgamma, nhwc_tensor *dbeta)
{
    return backprop("batch_norm_backprop", frozen_gradient, context, dy, x, mean, variance, gamma, epsilon, dx,
                    dgamma, dbeta);
}

nhwc_status nhwc_batch_norm_training_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                              const nhwc_tensor *x, const nhwc_tensor *mean,
                                              const nhwc_tensor *variance, const nhwc_tensor *gamma, double epsilon,
                                              nhwc_tensor *dx, nhwc_tensor *dgamma, nhwc_tensor *dbeta)
{
    return backprop("batch_norm_training_backprop", training_gradient, context, dy, x, mean, variance, gamma, epsilon,
                    dx, dgamma, dbeta);
}

nhwc_status nhwc_running_average(const nhwc_context *context, const nhwc_tensor *x, double momentum,
                                 nhwc_tensor *average)
{
    const char *operation = "running_average";
    NHWC__TRY(nhwc__check_float(operation, "x", x));
    const nhwc__argument arguments[] = {
        {.name = "x", .tensor = x, .rank = x->rank, .dims = x->dims},
        {.name = "average", .tensor = average, .rank = x->rank, .dims = x->dims, .output = true},
    };
    NHWC__TRY(nhwc__check_arguments(operation, context, 2, arguments));
    if (!(momentum >= 0 && momentum <= 1))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: momentum is %g; it has to be 0 to 1", operation, momentum);
    nhwc__put(context, nhwc__maths_of(context, x->dtype)->running_average, average, x, momentum, average);
    return NHWC_OK;
}
