/* Layers that do one thing in training and another in use: batch normalisation and dropout. */
#include <math.h>
#include <nhwc/array.h>
#include <nhwc/math.h>
#include <nhwc/nn.h>
#include <nhwc/random.h>
#include <string.h>

#include "base/status.h"
#include "train/model.h"

/* ---- Batch normalisation -------------------------------------------------------------------------------- */

typedef nhwc_tensor getter(const nhwc_layer *layer, int index);

/* Parameters, or their gradients; data is NULL where there is none. */
typedef struct numbers {
    nhwc_tensor gamma, beta, moving_mean, moving_variance;
} numbers;

static nhwc_tensor find(const nhwc_layer *layer, getter *get, const char *name)
{
    for (int i = 0; i < layer->weight_count; i++)
        if (strcmp(layer->weights[i].name, name) == 0)
            return get(layer, i);
    return (nhwc_tensor){.data = NULL};
}

static numbers numbers_of(const nhwc_layer *layer, getter *get)
{
    return (numbers){find(layer, get, "gamma"), find(layer, get, "beta"), find(layer, get, "moving_mean"),
                     find(layer, get, "moving_variance")};
}

static const nhwc_tensor *given(const nhwc_tensor *number)
{
    return number->data == NULL ? NULL : number;
}

/* What a run leaves for backward, and where the gradients are before they are given. */
enum { MEAN, VARIANCE, DGAMMA, DBETA, NOTES };

static nhwc_tensor note_of(const nhwc_layer *layer, int which)
{
    const int64_t channels = layer->dims[layer->rank - 1];
    const size_t size = nhwc_dtype_size(layer->model->dtype);
    char *const notes = nhwc__notes(layer);
    return NHWC_TENSOR(layer->model->dtype, notes + which * channels * (int64_t)size, channels);
}

static void set_weight(nhwc_layer *layer, const char *name, nhwc_initializer initializer, bool is_average)
{
    layer->weights[layer->weight_count++] = (nhwc__weights){.name = name,
                                                            .initializer = initializer,
                                                            .is_average = is_average,
                                                            .rank = 1,
                                                            .dims = {layer->dims[layer->rank - 1]}};
}

static nhwc_status settle_numbers(nhwc_batch_normalization_layer *o)
{
    o->momentum = o->momentum == 0 ? 0.99 : o->momentum;
    o->epsilon = o->epsilon == 0 ? 1e-3 : o->epsilon;
    if (!(o->momentum > 0 && o->momentum <= 1))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "momentum is %g; up to 1 is possible", o->momentum);
    if (!(o->epsilon > 0 && isfinite(o->epsilon)))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "epsilon is %g; it has to be positive and finite", o->epsilon);
    return NHWC_OK;
}

static nhwc_status infer_batch_normalization(nhwc_layer *layer)
{
    const nhwc_layer *x = layer->inputs[0].from;
    NHWC__TRY(settle_numbers(&layer->batch_normalization));
    if (x->rank < 2)
        return nhwc__fail(NHWC_ERROR_RANK, "x, %s, has no axis but the batch", x->name);
    nhwc__take_shape(layer, x);
    if (!layer->batch_normalization.no_scale)
        set_weight(layer, "gamma", NHWC_INITIALIZER_ONES, false);
    if (!layer->batch_normalization.no_center)
        set_weight(layer, "beta", NHWC_INITIALIZER_ZEROS, false);
    set_weight(layer, "moving_mean", NHWC_INITIALIZER_ZEROS, true);
    set_weight(layer, "moving_variance", NHWC_INITIALIZER_ONES, true);
    layer->reads_x = true;
    layer->notes_of_all = NOTES * layer->dims[layer->rank - 1] * (int64_t)nhwc_dtype_size(layer->model->dtype);
    layer->multiply_adds = (double)nhwc__layer_elements(layer);
    return NHWC_OK;
}

static bool uses_batch(const nhwc_layer *layer)
{
    return layer->model->in_training && !layer->owner->frozen;
}

static nhwc_status take_in(const nhwc_layer *layer, const nhwc_tensor *of_batch, const nhwc_tensor *moving)
{
    nhwc_tensor average = *moving;
    return nhwc_running_average(nhwc__inside(layer), of_batch, layer->batch_normalization.momentum, &average);
}

static nhwc_status normalize_by_batch(const nhwc_layer *layer, const numbers *n, const nhwc_tensor *x, nhwc_tensor *y)
{
    const nhwc_context *const inside = nhwc__inside(layer);
    nhwc_tensor mean = note_of(layer, MEAN), variance = note_of(layer, VARIANCE);
    NHWC__TRY(nhwc_batch_norm_training(inside, x, given(&n->gamma), given(&n->beta), layer->batch_normalization.epsilon,
                                       y, &mean, &variance));
    if (layer->model->rehearses || layer->model->batch == 0)
        return NHWC_OK;
    NHWC__TRY(take_in(layer, &mean, &n->moving_mean));
    return take_in(layer, &variance, &n->moving_variance);
}

static nhwc_status batch_normalization_forward(const nhwc_layer *layer)
{
    const numbers n = numbers_of(layer, nhwc__weight);
    const nhwc_tensor x = nhwc__x(layer, 0);
    nhwc_tensor y = nhwc__y(layer);
    if (uses_batch(layer))
        return normalize_by_batch(layer, &n, &x, &y);
    return nhwc_batch_norm(nhwc__inside(layer), &x, &n.moving_mean, &n.moving_variance, given(&n.gamma), given(&n.beta),
                           layer->batch_normalization.epsilon, &y);
}

/* The parameters of a layer are written all or none. */
static nhwc_status give_gradient(const nhwc_layer *layer, const nhwc_tensor *part, const nhwc_tensor *gradient)
{
    if (gradient->data == NULL)
        return NHWC_OK;
    nhwc_tensor sum = *gradient;
    return nhwc__is_written(layer, 0) ? nhwc_add(nhwc__inside(layer), &sum, part, &sum)
                                      : nhwc_copy(nhwc__inside(layer), part, &sum);
}

/* Of a frozen layer x is neither read nor there; dy has its shape. */
static nhwc_status batch_normalization_backward(const nhwc_layer *layer)
{
    const bool by_batch = uses_batch(layer);
    const numbers n = numbers_of(layer, nhwc__weight), d = numbers_of(layer, nhwc__weight_gradient);
    const nhwc_tensor dy = nhwc__dy(layer), x = layer->owner->frozen ? dy : nhwc__x(layer, 0);
    const nhwc_tensor mean = by_batch ? note_of(layer, MEAN) : n.moving_mean;
    const nhwc_tensor variance = by_batch ? note_of(layer, VARIANCE) : n.moving_variance;
    nhwc_tensor dx = nhwc__dx(layer, 0), dgamma = note_of(layer, DGAMMA), dbeta = note_of(layer, DBETA);
    NHWC__TRY((by_batch ? nhwc_batch_norm_training_backprop : nhwc_batch_norm_backprop)(
        nhwc__inside(layer), &dy, &x, &mean, &variance, given(&n.gamma), layer->batch_normalization.epsilon,
        dx.data == NULL ? NULL : &dx, d.gamma.data == NULL ? NULL : &dgamma, d.beta.data == NULL ? NULL : &dbeta));
    NHWC__TRY(give_gradient(layer, &dgamma, &d.gamma));
    return give_gradient(layer, &dbeta, &d.beta);
}

nhwc_layer *nhwc_layer_batch_normalization(nhwc_layer *x, const nhwc_batch_normalization_layer *options)
{
    static const nhwc__kind kind = {"BatchNormalization", "batch_normalization", infer_batch_normalization,
                                    batch_normalization_forward, batch_normalization_backward};
    nhwc_layer *const layer = nhwc__layer_begin(&kind, 1, &x, options ? options->name : NULL);
    if (layer != NULL && options != NULL) {
        layer->batch_normalization = *options;
        layer->frozen = options->frozen;
        layer->shared_with = options->shared_with;
    }
    return nhwc__layer_end(layer);
}

/* ---- Dropout --------------------------------------------------------------------------------------------- */

static nhwc_status infer_dropout(nhwc_layer *layer)
{
    if (!(layer->rate >= 0 && layer->rate <= 1))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "rate is %g; 0 to 1 are possible", layer->rate);
    nhwc__take_shape(layer, layer->inputs[0].from);
    layer->notes_each = nhwc__layer_elements(layer) * (int64_t)nhwc_dtype_size(NHWC_BOOL);
    return NHWC_OK;
}

static nhwc_tensor mask_of(const nhwc_layer *layer)
{
    const nhwc_tensor y = nhwc__y(layer);
    return nhwc_tensor_view(NHWC_BOOL, nhwc__notes(layer), y.rank, y.dims);
}

/* Each layer has its stream, behind those of parameters, and each run its part of it. */
static nhwc_random random_of(const nhwc_layer *layer)
{
    const nhwc_model *model = layer->model;
    return (nhwc_random){.seed = model->seed,
                         .stream = ((uint64_t)1 << 32) + (uint64_t)layer->step,
                         .position = (uint64_t)model->runs << 32};
}

static nhwc_status dropout_forward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0);
    nhwc_tensor y = nhwc__y(layer);
    if (!layer->model->in_training)
        return nhwc_copy(nhwc__inside(layer), &x, &y);
    nhwc_random random = random_of(layer);
    nhwc_tensor mask = mask_of(layer);
    return nhwc_dropout(nhwc__inside(layer), &random, &x, layer->rate, &mask, &y);
}

static nhwc_status dropout_backward(const nhwc_layer *layer)
{
    const nhwc_tensor dy = nhwc__dy(layer), mask = mask_of(layer);
    nhwc_tensor dx = nhwc__dx(layer, 0);
    if (!layer->model->in_training)
        return nhwc_copy(nhwc__inside(layer), &dy, &dx);
    return nhwc_dropout_backprop(nhwc__inside(layer), &dy, &mask, layer->rate, &dx);
}

nhwc_layer *nhwc_layer_dropout(nhwc_layer *x, double rate, const char *name)
{
    static const nhwc__kind kind = {"Dropout", "dropout", infer_dropout, dropout_forward, dropout_backward};
    nhwc_layer *const layer = nhwc__layer_begin(&kind, 1, &x, name);
    if (layer != NULL)
        layer->rate = rate;
    return nhwc__layer_end(layer);
}
