/* Layers without parameters. */
#include <nhwc/array.h>
#include <nhwc/math.h>
#include <string.h>

#include "base/size.h"
#include "base/status.h"
#include "ops/shapes.h"
#include "train/model.h"

/* ---- Input ------------------------------------------------------------------------------------------ */

static nhwc_status set_shape(nhwc_layer *layer, int rank, const int64_t *shape)
{
    if (rank < 0 || rank >= NHWC_MAX_RANK)
        return nhwc__fail(NHWC_ERROR_RANK, "rank is %d; 0 to %d axes are possible beside the batch", rank,
                          NHWC_MAX_RANK - 1);
    if (shape == NULL && rank > 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "shape is NULL");
    layer->rank = rank + 1;
    layer->dims[0] = 1;
    for (int axis = 0; axis < rank; axis++)
        layer->dims[axis + 1] = shape[axis];
    return NHWC_OK;
}

static nhwc_status nothing(nhwc_layer *layer)
{
    (void)layer;
    return NHWC_OK;
}

const nhwc__kind nhwc__kind_input = {"InputLayer", "input_layer", nothing, NULL, NULL};

/* A layer whose options could not be set. */
static nhwc_layer *end_unless(nhwc_layer *layer, nhwc_status status)
{
    if (status == NHWC_OK)
        return nhwc__layer_end(layer);
    return nhwc__layer_refuse(layer, status);
}

nhwc_layer *nhwc_layer_input(nhwc_model *model, const char *name, int rank, const int64_t *shape)
{
    nhwc_layer *const layer = nhwc__layer_new(model, &nhwc__kind_input, 0, NULL, name);
    return layer == NULL ? NULL : end_unless(layer, set_shape(layer, rank, shape));
}

/* ---- Activation -------------------------------------------------------------------------------------- */

typedef nhwc_status unary(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);
typedef nhwc_status backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x, nhwc_tensor *dx);

/* Keras' activations with what it leaves at a default. */
#define LEAKY_RELU_ALPHA 0.2
#define ELU_ALPHA        1.0

static nhwc_status leaky_relu(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return nhwc_leaky_relu(context, x, LEAKY_RELU_ALPHA, y);
}

static nhwc_status leaky_relu_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                       nhwc_tensor *dx)
{
    return nhwc_leaky_relu_backprop(context, dy, x, LEAKY_RELU_ALPHA, dx);
}

static nhwc_status elu(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return nhwc_elu(context, x, ELU_ALPHA, y);
}

static nhwc_status elu_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                nhwc_tensor *dx)
{
    return nhwc_elu_backprop(context, dy, x, ELU_ALPHA, dx);
}

static nhwc_status softmax(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return nhwc_softmax(context, x, -1, y);
}

static nhwc_status softmax_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *y,
                                    nhwc_tensor *dx)
{
    return nhwc_softmax_backprop(context, dy, y, -1, dx);
}

static nhwc_status linear_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                   nhwc_tensor *dx)
{
    (void)x;
    return nhwc_copy(context, dy, dx);
}

static const struct {
    unary *forward;
    backprop *backward;
    bool reads_x, reads_y; /* what the gradient is computed from */
} functions[] = {
    [NHWC_LINEAR] = {nhwc_copy, linear_backprop, false, false},
    [NHWC_RELU] = {nhwc_relu, nhwc_relu_backprop, false, true}, /* y > 0 where x > 0 */
    [NHWC_RELU6] = {nhwc_relu6, nhwc_relu6_backprop, false, true},
    [NHWC_LEAKY_RELU] = {leaky_relu, leaky_relu_backprop, true, false},
    [NHWC_ELU] = {elu, elu_backprop, true, false},
    [NHWC_SIGMOID] = {nhwc_sigmoid, nhwc_sigmoid_backprop, true, false},
    [NHWC_TANH] = {nhwc_tanh, nhwc_tanh_backprop, true, false},
    [NHWC_SOFTPLUS] = {nhwc_softplus, nhwc_softplus_backprop, true, false},
    [NHWC_SWISH] = {nhwc_swish, nhwc_swish_backprop, true, false},
    [NHWC_GELU] = {nhwc_gelu, nhwc_gelu_backprop, true, false},
    [NHWC_EXPONENTIAL] = {nhwc_exp, nhwc_exp_backprop, true, false},
    [NHWC_SOFTMAX] = {softmax, softmax_backprop, false, true},
};

#define FUNCTION_COUNT ((int)(sizeof functions / sizeof *functions))

static nhwc_status infer_activation(nhwc_layer *layer)
{
    if ((int)layer->function < 0 || (int)layer->function >= FUNCTION_COUNT)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "activation is %d, which is no nhwc_function", (int)layer->function);
    nhwc__take_shape(layer, layer->inputs[0].from);
    layer->reads_x = functions[layer->function].reads_x;
    layer->reads_y = functions[layer->function].reads_y;
    return NHWC_OK;
}

static nhwc_status activation_forward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0);
    nhwc_tensor y = nhwc__y(layer);
    return functions[layer->function].forward(nhwc__inside(layer), &x, &y);
}

static nhwc_status activation_backward(const nhwc_layer *layer)
{
    const nhwc_tensor dy = nhwc__dy(layer);
    const nhwc_tensor read = layer->reads_y ? nhwc__y(layer) : nhwc__x(layer, 0);
    nhwc_tensor dx = nhwc__dx(layer, 0);
    return dx.data == NULL ? NHWC_OK : functions[layer->function].backward(nhwc__inside(layer), &dy, &read, &dx);
}

static const nhwc__kind kind_activation = {"Activation", "activation", infer_activation, activation_forward,
                                           activation_backward};

nhwc_layer *nhwc_layer_activation(nhwc_layer *x, nhwc_function function, const char *name)
{
    nhwc_layer *const layer = nhwc__layer_begin(&kind_activation, 1, &x, name);
    if (layer != NULL)
        layer->function = function;
    return nhwc__layer_end(layer);
}

nhwc_layer *nhwc__layer_activated(nhwc_layer *layer)
{
    if (layer == NULL || layer->options.activation == NHWC_LINEAR || layer->conv2d.activation != NHWC_ACTIVATION_NONE)
        return layer;
    nhwc_layer *const activation = nhwc__layer_begin(&kind_activation, 1, &layer, NULL);
    if (activation == NULL)
        return NULL;
    memcpy(activation->name, layer->name, sizeof layer->name);
    activation->hidden = true;
    activation->function = layer->options.activation;
    return nhwc__layer_end(activation);
}

/* ---- Add ---------------------------------------------------------------------------------------------- */

/* All inputs have the dims of the first, but along `free`. */
static nhwc_status check_alike(const nhwc_layer *layer, int free)
{
    const nhwc_layer *first = layer->inputs[0].from;
    for (int i = 1; i < layer->input_count; i++) {
        const nhwc_layer *x = layer->inputs[i].from;
        bool alike = x->rank == first->rank;
        for (int axis = 0; alike && axis < x->rank; axis++)
            alike = x->dims[axis] == first->dims[axis] || axis == free;
        if (!alike)
            return nhwc__fail(NHWC_ERROR_SHAPE, "x[%d], %s, is %s, but x[0], %s, is %s; they have to be the same%s", i,
                              x->name, nhwc__shape_text(x->rank - 1, x->dims + 1).text, first->name,
                              nhwc__shape_text(first->rank - 1, first->dims + 1).text,
                              free < 0 ? "" : " but along the axis");
    }
    return NHWC_OK;
}

static nhwc_status infer_add(nhwc_layer *layer)
{
    nhwc__take_shape(layer, layer->inputs[0].from);
    return check_alike(layer, -1);
}

static nhwc_status add_forward(const nhwc_layer *layer)
{
    nhwc_tensor y = nhwc__y(layer), sum = nhwc__x(layer, 0);
    if (layer->input_count == 1)
        return nhwc_copy(nhwc__inside(layer), &sum, &y);
    for (int i = 1; i < layer->input_count; i++, sum = y) {
        const nhwc_tensor x = nhwc__x(layer, i);
        NHWC__TRY(nhwc_add(nhwc__inside(layer), &sum, &x, &y));
    }
    return NHWC_OK;
}

static nhwc_status add_backward(const nhwc_layer *layer)
{
    const nhwc_tensor dy = nhwc__dy(layer);
    for (int i = 0; i < layer->input_count; i++) {
        nhwc_tensor dx = nhwc__dx(layer, i);
        if (dx.data != NULL)
            NHWC__TRY(nhwc_copy(nhwc__inside(layer), &dy, &dx));
    }
    return NHWC_OK;
}

static const nhwc__kind kind_add = {"Add", "add", infer_add, add_forward, add_backward};

nhwc_layer *nhwc_layer_add(int count, nhwc_layer *const *x, const char *name)
{
    return nhwc__layer_end(nhwc__layer_begin(&kind_add, count, x, name));
}

/* ---- Concatenate -------------------------------------------------------------------------------------- */

static nhwc_status infer_concatenate(nhwc_layer *layer)
{
    nhwc__take_shape(layer, layer->inputs[0].from);
    NHWC__TRY(nhwc__count_axis("concatenate", layer->axis, layer->rank, &layer->axis));
    if (layer->axis == 0)
        return nhwc__fail(NHWC_ERROR_RANK, "axis 0 is the batch; 1 to %d are possible", layer->rank - 1);
    NHWC__TRY(check_alike(layer, layer->axis));
    int64_t *const length = &layer->dims[layer->axis];
    for (int i = 1; i < layer->input_count; i++) {
        *length += layer->inputs[i].from->dims[layer->axis];
        if (!nhwc__is_size(*length))
            return nhwc__fail(NHWC_ERROR_TOO_LARGE, "the output has more elements than 64 bits can address");
    }
    return NHWC_OK;
}

/* Cuts off the part of `rest` that is as long as input `i`. */
static nhwc_tensor cut(const nhwc_layer *layer, int i, nhwc_tensor *rest)
{
    const int64_t length = layer->inputs[i].from->dims[layer->axis];
    nhwc_tensor part = *rest;
    part.dims[layer->axis] = length;
    rest->dims[layer->axis] -= length;
    rest->data = nhwc__element(rest, length * rest->strides[layer->axis]);
    return part;
}

static nhwc_status concatenate_forward(const nhwc_layer *layer)
{
    nhwc_tensor rest = nhwc__y(layer);
    for (int i = 0; i < layer->input_count; i++) {
        const nhwc_tensor x = nhwc__x(layer, i);
        nhwc_tensor part = cut(layer, i, &rest);
        NHWC__TRY(nhwc_copy(nhwc__inside(layer), &x, &part));
    }
    return NHWC_OK;
}

static nhwc_status concatenate_backward(const nhwc_layer *layer)
{
    nhwc_tensor rest = nhwc__dy(layer);
    for (int i = 0; i < layer->input_count; i++) {
        const nhwc_tensor part = cut(layer, i, &rest);
        nhwc_tensor dx = nhwc__dx(layer, i);
        if (dx.data != NULL)
            NHWC__TRY(nhwc_copy(nhwc__inside(layer), &part, &dx));
    }
    return NHWC_OK;
}

static const nhwc__kind kind_concatenate = {"Concatenate", "concatenate", infer_concatenate, concatenate_forward,
                                            concatenate_backward};

nhwc_layer *nhwc_layer_concatenate(int count, nhwc_layer *const *x, int axis, const char *name)
{
    nhwc_layer *const layer = nhwc__layer_begin(&kind_concatenate, count, x, name);
    if (layer != NULL)
        layer->axis = axis;
    return nhwc__layer_end(layer);
}

/* ---- Flatten, Reshape ---------------------------------------------------------------------------------- */

/* The dim that is -1 becomes what is left of the input's elements. */
static nhwc_status infer_reshape(nhwc_layer *layer)
{
    const nhwc_layer *from = layer->inputs[0].from;
    const int64_t elements = nhwc__layer_elements(from);
    int64_t known = 1;
    int left = -1;
    bool fits = true;
    for (int axis = 1; axis < layer->rank; axis++)
        if (layer->dims[axis] == -1 && left < 0)
            left = axis;
        else
            fits = fits && layer->dims[axis] > 0 && nhwc__multiply(known, layer->dims[axis], &known);
    fits = fits && (left < 0 ? known == elements : elements % known == 0);
    if (!fits)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s has %" PRId64 " elements, which cannot have the shape %s",
                          nhwc__shape_text(from->rank - 1, from->dims + 1).text, elements,
                          nhwc__shape_text(layer->rank - 1, layer->dims + 1).text);
    if (left >= 0)
        layer->dims[left] = elements / known;
    return NHWC_OK;
}

static nhwc_status move(const nhwc_layer *layer, const nhwc_tensor *from, nhwc_tensor *to)
{
    const nhwc_tensor seen = nhwc_tensor_view(from->dtype, from->data, to->rank, to->dims);
    return nhwc_copy(nhwc__inside(layer), &seen, to);
}

static nhwc_status reshape_forward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0);
    nhwc_tensor y = nhwc__y(layer);
    return move(layer, &x, &y);
}

static nhwc_status reshape_backward(const nhwc_layer *layer)
{
    const nhwc_tensor dy = nhwc__dy(layer);
    nhwc_tensor dx = nhwc__dx(layer, 0);
    return dx.data == NULL ? NHWC_OK : move(layer, &dy, &dx);
}

static const nhwc__kind kind_flatten = {"Flatten", "flatten", infer_reshape, reshape_forward, reshape_backward};
static const nhwc__kind kind_reshape = {"Reshape", "reshape", infer_reshape, reshape_forward, reshape_backward};

nhwc_layer *nhwc_layer_flatten(nhwc_layer *x, const char *name)
{
    nhwc_layer *const layer = nhwc__layer_begin(&kind_flatten, 1, &x, name);
    return layer == NULL ? NULL : end_unless(layer, set_shape(layer, 1, (int64_t[]){-1}));
}

nhwc_layer *nhwc_layer_reshape(nhwc_layer *x, int rank, const int64_t *shape, const char *name)
{
    nhwc_layer *const layer = nhwc__layer_begin(&kind_reshape, 1, &x, name);
    return layer == NULL ? NULL : end_unless(layer, set_shape(layer, rank, shape));
}
