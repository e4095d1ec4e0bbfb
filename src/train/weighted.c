/* Layers with a kernel and a bias: the convolutions and Dense.
 *
 * Convolutions are called, not planned: a plan is of one batch and one kernel, but here both change. */
#include <nhwc/math.h>
#include <nhwc/matmul.h>
#include <string.h>

#include "base/size.h"
#include "base/status.h"
#include "conv/dispatch.h"
#include "ops/shapes.h"
#include "train/model.h"

/* ---- What they share ---------------------------------------------------------------------------------- */

static nhwc_status refuse_option(const char *name, bool given)
{
    return given ? nhwc__fail(NHWC_ERROR_ARGUMENT, "%s is not for this kind of layer", name) : NHWC_OK;
}

static nhwc_status set_initializer(nhwc__weights *weights, nhwc_initializer given, nhwc_initializer usual)
{
    if ((int)given < 0 || given > NHWC_INITIALIZER_BILINEAR)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s_initializer is %d, which is no nhwc_initializer", weights->name,
                          (int)given);
    weights->initializer = given == NHWC_INITIALIZER_DEFAULT ? usual : given;
    return NHWC_OK;
}

static nhwc_status set_initializers(nhwc_layer *layer)
{
    const nhwc_conv2d_layer *o = &layer->options;
    NHWC__TRY(set_initializer(&layer->weights[0], o->kernel_initializer, NHWC_INITIALIZER_GLOROT_UNIFORM));
    NHWC__TRY(set_initializer(&layer->weights[1], o->bias_initializer, NHWC_INITIALIZER_ZEROS));
    if (layer->weights[1].initializer == NHWC_INITIALIZER_BILINEAR)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "bias_initializer is bilinear, which is for kernels");
    return NHWC_OK;
}

/* The kernel, the bias, and what the gradients of both are computed from. */
static nhwc_status set_weights(nhwc_layer *layer, int rank, const int64_t *kernel, int64_t outputs)
{
    nhwc__weights *const weights = layer->weights;
    weights[0] = (nhwc__weights){.name = "kernel", .rank = rank};
    for (int axis = 0; axis < rank; axis++)
        weights[0].dims[axis] = kernel[axis];
    weights[1] = (nhwc__weights){.name = "bias", .rank = 1, .dims = {outputs}};
    layer->weight_count = layer->options.no_bias ? 1 : 2;
    layer->reads_x = true;
    if (layer->options.activation == NHWC_RELU)
        layer->conv2d.activation = NHWC_ACTIVATION_RELU;
    if (layer->options.activation == NHWC_RELU6)
        layer->conv2d.activation = NHWC_ACTIVATION_RELU6;
    layer->reads_y = layer->conv2d.activation != NHWC_ACTIVATION_NONE;
    return set_initializers(layer);
}

static nhwc_status check_at_least_1(const char *name, int64_t count)
{
    if (count < 1)
        return nhwc__fail(NHWC_ERROR_CHANNELS, "%s is %" PRId64 "; at least 1 is possible", name, count);
    return NHWC_OK;
}

/* dy of what comes before the activation. */
static nhwc_status masked_dy(const nhwc_layer *layer, nhwc_tensor *dy)
{
    const nhwc_tensor y = nhwc__y(layer);
    *dy = nhwc__dy(layer);
    switch (layer->conv2d.activation) {
    case NHWC_ACTIVATION_NONE:
        break;
    case NHWC_ACTIVATION_RELU:
        return nhwc_relu_backprop(nhwc__inside(layer), dy, &y, dy);
    case NHWC_ACTIVATION_RELU6:
        return nhwc_relu6_backprop(nhwc__inside(layer), dy, &y, dy);
    }
    return NHWC_OK;
}

/* Rows of the last axis. */
static nhwc_tensor as_matrix(const nhwc_tensor *x)
{
    const int64_t columns = x->dims[x->rank - 1];
    return NHWC_TENSOR(x->dtype, x->data, nhwc__element_count(x) / columns, columns);
}

/* What a backward call computes first is not added to anything. */
static nhwc_status bias_gradient(const nhwc_layer *layer, const nhwc_tensor *dy)
{
    nhwc_tensor rows = as_matrix(dy), dbias = nhwc__weight_gradient(layer, 1);
    if (layer->options.no_bias)
        return NHWC_OK;
    rows = NHWC_TENSOR(dy->dtype, dy->data, 1, 1, rows.dims[0], rows.dims[1]);
    return nhwc_conv2d_backprop_bias(nhwc__inside(layer), &rows, nhwc__is_written(layer, 1), &dbias);
}

/* ---- The convolutions ------------------------------------------------------------------------------- */

typedef struct operations {
    nhwc_status (*forward)(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *filter,
                           const nhwc_tensor *bias, const nhwc_conv2d_options *options, nhwc_tensor *y);
    nhwc_status (*backprop_input)(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *filter,
                                  const nhwc_conv2d_options *options, bool accumulate, nhwc_tensor *dx);
    nhwc_status (*backprop_filter)(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *dy,
                                   const nhwc_conv2d_options *options, bool accumulate, nhwc_tensor *dfilter);
} operations;

static nhwc_status forward(const nhwc_layer *layer, const operations *of)
{
    const nhwc_tensor x = nhwc__x(layer, 0), kernel = nhwc__weight(layer, 0);
    const nhwc_tensor bias = nhwc__weight(layer, 1);
    nhwc_tensor y = nhwc__y(layer);
    return of->forward(nhwc__inside(layer), &x, &kernel, layer->options.no_bias ? NULL : &bias, &layer->conv2d, &y);
}

static nhwc_status backward(const nhwc_layer *layer, const operations *of)
{
    const nhwc_tensor kernel = nhwc__weight(layer, 0);
    nhwc_tensor dy, dx = nhwc__dx(layer, 0), dkernel = nhwc__weight_gradient(layer, 0);
    NHWC__TRY(masked_dy(layer, &dy));
    nhwc_conv2d_options options = layer->conv2d;
    options.activation = NHWC_ACTIVATION_NONE;
    if (dx.data != NULL)
        NHWC__TRY(of->backprop_input(nhwc__inside(layer), &dy, &kernel, &options, false, &dx));
    if (dkernel.data == NULL)
        return NHWC_OK;
    const nhwc_tensor x = nhwc__x(layer, 0);
    NHWC__TRY(of->backprop_filter(nhwc__inside(layer), &x, &dy, &options, nhwc__is_written(layer, 0), &dkernel));
    return bias_gradient(layer, &dy);
}

/* What the convolutions have in common. */
static nhwc_status start(nhwc_layer *layer)
{
    const nhwc_conv2d_layer *o = &layer->options;
    NHWC__TRY(nhwc__check_image_layer(layer));
    nhwc_conv2d_options *const to = &layer->conv2d;
    *to = (nhwc_conv2d_options){.padding = o->padding, .groups = o->groups};
    memcpy(to->strides, o->strides, sizeof to->strides);
    memcpy(to->dilations, o->dilation_rate, sizeof to->dilations);
    memcpy(to->explicit_paddings, o->explicit_paddings, sizeof to->explicit_paddings);
    return NHWC_OK;
}

/* That of a transposed convolution may be bilinear, which makes one channel of each. */
static nhwc_status check_bilinear(const nhwc_conv2d_layer *o, int64_t channels)
{
    if (o->kernel_initializer != NHWC_INITIALIZER_BILINEAR)
        return NHWC_OK;
    if (o->filters != channels)
        return nhwc__fail(NHWC_ERROR_CHANNELS,
                          "filters is %" PRId64 "; with a bilinear kernel_initializer it has to be %" PRId64
                          ", the channels of x", o->filters, channels);
    if (o->kernel_size[0] != o->kernel_size[1])
        return nhwc__fail(NHWC_ERROR_KERNEL,
                          "kernel_size is {%" PRId64 ", %" PRId64 "}; with a bilinear kernel_initializer it has to be "
                          "square", o->kernel_size[0], o->kernel_size[1]);
    return NHWC_OK;
}

static nhwc_status refuse_bilinear(const nhwc_conv2d_layer *o)
{
    return refuse_option("a bilinear kernel_initializer", o->kernel_initializer == NHWC_INITIALIZER_BILINEAR);
}

/* *share is what each of the groups has of so many channels. */
static nhwc_status share_of(const char *name, int64_t channels, int64_t groups, int64_t *share)
{
    const int64_t count = groups == 0 ? 1 : groups;
    if (count < 1 || channels % count != 0)
        return nhwc__fail(NHWC_ERROR_GROUPS, "groups is %" PRId64 ", which does not divide the %" PRId64 " %s", groups,
                          channels, name);
    *share = channels / count;
    return NHWC_OK;
}

static void set_output(nhwc_layer *layer, const nhwc_geometry *g, int64_t height, int64_t width, int64_t channels)
{
    nhwc__set_image(layer, height, width, channels);
    layer->multiply_adds = nhwc__multiply_adds(g);
}

static const operations conv2d = {nhwc_conv2d, nhwc_conv2d_backprop_input, nhwc_conv2d_backprop_filter};

static nhwc_status infer_conv2d(nhwc_layer *layer)
{
    const nhwc_conv2d_layer *o = &layer->options;
    const int64_t *x = layer->inputs[0].from->dims;
    int64_t share = 0;
    NHWC__TRY(start(layer));
    NHWC__TRY(refuse_bilinear(o));
    NHWC__TRY(refuse_option("depth_multiplier", o->depth_multiplier != 0));
    NHWC__TRY(refuse_option("output_padding", o->output_padding != NULL));
    NHWC__TRY(check_at_least_1("filters", o->filters));
    NHWC__TRY(share_of("channels of x", x[3], o->groups, &share));
    const int64_t kernel[] = {o->kernel_size[0], o->kernel_size[1], share, o->filters};
    nhwc_geometry g;
    NHWC__TRY(nhwc_conv2d_geometry(x, kernel, &layer->conv2d, &g));
    set_output(layer, &g, g.h.coarse, g.w.coarse, g.coarse_c);
    return set_weights(layer, 4, kernel, o->filters);
}

static nhwc_status conv2d_forward(const nhwc_layer *layer)
{
    return forward(layer, &conv2d);
}

static nhwc_status conv2d_backward(const nhwc_layer *layer)
{
    return backward(layer, &conv2d);
}

static const operations transposed = {nhwc_conv2d_transpose, nhwc_conv2d_transpose_backprop_input,
                                      nhwc_conv2d_transpose_backprop_filter};

static nhwc_status infer_conv2d_transpose(nhwc_layer *layer)
{
    const nhwc_conv2d_layer *o = &layer->options;
    const int64_t *x = layer->inputs[0].from->dims;
    int64_t share = 0;
    NHWC__TRY(start(layer));
    NHWC__TRY(refuse_option("depth_multiplier", o->depth_multiplier != 0));
    NHWC__TRY(check_at_least_1("filters", o->filters));
    NHWC__TRY(share_of("filters", o->filters, o->groups, &share));
    NHWC__TRY(check_bilinear(o, x[3]));
    const int64_t kernel[] = {o->kernel_size[0], o->kernel_size[1], share, x[3]};
    nhwc_geometry g;
    NHWC__TRY(nhwc_conv2d_transpose_geometry(x, kernel, &layer->conv2d, NULL, o->output_padding, &g));
    set_output(layer, &g, g.h.fine, g.w.fine, g.fine_c);
    return set_weights(layer, 4, kernel, o->filters);
}

static nhwc_status conv2d_transpose_forward(const nhwc_layer *layer)
{
    return forward(layer, &transposed);
}

static nhwc_status conv2d_transpose_backward(const nhwc_layer *layer)
{
    return backward(layer, &transposed);
}

static const operations depthwise = {nhwc_depthwise_conv2d, nhwc_depthwise_conv2d_backprop_input,
                                     nhwc_depthwise_conv2d_backprop_filter};

static nhwc_status infer_depthwise_conv2d(nhwc_layer *layer)
{
    const nhwc_conv2d_layer *o = &layer->options;
    const int64_t *x = layer->inputs[0].from->dims;
    NHWC__TRY(start(layer));
    NHWC__TRY(refuse_bilinear(o));
    NHWC__TRY(refuse_option("filters", o->filters != 0));
    NHWC__TRY(refuse_option("groups", o->groups != 0));
    NHWC__TRY(refuse_option("output_padding", o->output_padding != NULL));
    const int64_t multiplier = o->depth_multiplier == 0 ? 1 : o->depth_multiplier;
    NHWC__TRY(check_at_least_1("depth_multiplier", multiplier));
    int64_t outputs;
    if (!nhwc__multiply(x[3], multiplier, &outputs))
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "the output has more elements than 64 bits can address");
    /* The geometry is that of a convolution of as many groups as there are channels. */
    nhwc_conv2d_options grouped = layer->conv2d;
    grouped.groups = x[3];
    nhwc_geometry g;
    NHWC__TRY(nhwc_conv2d_geometry(x, (int64_t[]){o->kernel_size[0], o->kernel_size[1], 1, outputs}, &grouped, &g));
    set_output(layer, &g, g.h.coarse, g.w.coarse, outputs);
    return set_weights(layer, 4, (int64_t[]){o->kernel_size[0], o->kernel_size[1], x[3], multiplier}, outputs);
}

static nhwc_status depthwise_conv2d_forward(const nhwc_layer *layer)
{
    return forward(layer, &depthwise);
}

static nhwc_status depthwise_conv2d_backward(const nhwc_layer *layer)
{
    return backward(layer, &depthwise);
}

/* ---- Dense ------------------------------------------------------------------------------------------ */

static nhwc_status infer_dense(nhwc_layer *layer)
{
    const nhwc_layer *x = layer->inputs[0].from;
    const int64_t units = layer->options.filters;
    NHWC__TRY(check_at_least_1("units", units));
    NHWC__TRY(refuse_bilinear(&layer->options));
    if (x->rank < 2)
        return nhwc__fail(NHWC_ERROR_RANK, "x, %s, has no axis but the batch", x->name);
    const int last = x->rank - 1;
    layer->rank = x->rank;
    for (int axis = 0; axis < last; axis++)
        layer->dims[axis] = x->dims[axis];
    layer->dims[last] = units;
    layer->multiply_adds = (double)nhwc__layer_elements(x) * (double)units;
    return set_weights(layer, 2, (int64_t[]){x->dims[last], units}, units);
}

static nhwc_status dense_forward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0), y = nhwc__y(layer), kernel = nhwc__weight(layer, 0);
    const nhwc_tensor bias = nhwc__weight(layer, 1), rows = as_matrix(&x);
    nhwc_tensor outputs = as_matrix(&y);
    return nhwc_matmul(nhwc__inside(layer), &rows, &kernel, layer->options.no_bias ? NULL : &bias,
                       &(nhwc_matmul_options){.activation = layer->conv2d.activation}, &outputs);
}

static nhwc_status dense_backward(const nhwc_layer *layer)
{
    const nhwc_tensor kernel = nhwc__weight(layer, 0);
    nhwc_tensor dy, dx = nhwc__dx(layer, 0), dkernel = nhwc__weight_gradient(layer, 0);
    NHWC__TRY(masked_dy(layer, &dy));
    const nhwc_tensor douts = as_matrix(&dy);
    if (dx.data != NULL) {
        nhwc_tensor drows = as_matrix(&dx);
        NHWC__TRY(nhwc_matmul_backprop_a(nhwc__inside(layer), &douts, &kernel, NULL, false, &drows));
    }
    if (dkernel.data == NULL)
        return NHWC_OK;
    const nhwc_tensor x = nhwc__x(layer, 0), rows = as_matrix(&x);
    NHWC__TRY(nhwc_matmul_backprop_b(nhwc__inside(layer), &rows, &douts, NULL, nhwc__is_written(layer, 0), &dkernel));
    return bias_gradient(layer, &dy);
}

/* ---- To add them -------------------------------------------------------------------------------------- */

static nhwc_layer *add_layer(const nhwc__kind *kind, nhwc_layer *x, const nhwc_conv2d_layer *options)
{
    const nhwc_conv2d_layer none = {0};
    const nhwc_conv2d_layer *o = options == NULL ? &none : options;
    nhwc_layer *layer = nhwc__layer_begin(kind, 1, &x, o->name);
    if (layer != NULL) {
        layer->options = *o;
        layer->frozen = o->frozen;
        layer->shared_with = o->shared_with;
    }
    return nhwc__layer_activated(nhwc__layer_end(layer));
}

nhwc_layer *nhwc_layer_conv2d(nhwc_layer *x, const nhwc_conv2d_layer *options)
{
    static const nhwc__kind kind = {"Conv2D", "conv2d", infer_conv2d, conv2d_forward, conv2d_backward};
    return add_layer(&kind, x, options);
}

nhwc_layer *nhwc_layer_conv2d_transpose(nhwc_layer *x, const nhwc_conv2d_layer *options)
{
    static const nhwc__kind kind = {"Conv2DTranspose", "conv2d_transpose", infer_conv2d_transpose,
                                    conv2d_transpose_forward, conv2d_transpose_backward};
    return add_layer(&kind, x, options);
}

nhwc_layer *nhwc_layer_depthwise_conv2d(nhwc_layer *x, const nhwc_conv2d_layer *options)
{
    static const nhwc__kind kind = {"DepthwiseConv2D", "depthwise_conv2d", infer_depthwise_conv2d,
                                    depthwise_conv2d_forward, depthwise_conv2d_backward};
    return add_layer(&kind, x, options);
}

nhwc_layer *nhwc_layer_dense(nhwc_layer *x, const nhwc_dense_layer *options)
{
    static const nhwc__kind kind = {"Dense", "dense", infer_dense, dense_forward, dense_backward};
    const nhwc_dense_layer none = {0};
    const nhwc_dense_layer *o = options == NULL ? &none : options;
    return add_layer(&kind, x, &(nhwc_conv2d_layer){.filters = o->units, .activation = o->activation,
                                                    .kernel_initializer = o->kernel_initializer,
                                                    .bias_initializer = o->bias_initializer,
                                                    .no_bias = o->no_bias, .frozen = o->frozen,
                                                    .shared_with = o->shared_with, .name = o->name});
}
