/* Models: layers put together, run forward, and differentiated, with Keras' names and defaults.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - a small classifier, and one step of gradient descent:
 *
 *     nhwc_model *model;
 *     nhwc_model_create(NULL, NHWC_FLOAT32, &model);
 *     nhwc_layer *x = nhwc_layer_input(model, NULL, 3, (int64_t[]){28, 28, 1});
 *     x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 16, .kernel_size = {5, 5}, .strides = {2, 2},
 *                                                   .padding = NHWC_PADDING_SAME, .activation = NHWC_RELU});
 *     x = nhwc_layer_flatten(x, NULL);
 *     x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 10, .activation = NHWC_SOFTMAX});
 *     nhwc_status status = nhwc_model_compile(model, x, &(nhwc_model_options){.max_batch = 16, .training = true});
 *     if (status != NHWC_OK)                                 // whatever went wrong since the model was created
 *         fprintf(stderr, "%s\n", nhwc_last_error());        // "conv2d: filters is 0; at least 1 is possible"
 *
 *     nhwc_tensor parameters, gradients, y;
 *     nhwc_model_parameters(model, &parameters);             // as Keras initialises them
 *     nhwc_model_gradients(model, &gradients);
 *     nhwc_model_forward(model, true, 1, &images, &y);       // y looks at the model's memory
 *     ...                                                    // dy, the gradient of a loss with respect to y
 *     nhwc_model_backward(model, &dy, false);                // and now the gradients hold that of the parameters
 *
 * CONVENTIONS, beside those of nhwc.h
 *   - Names, defaults and layouts of parameters are those of the layers of Keras. Shapes of layers are without the
 *     batch, which is the first axis of all values and free in every call, up to what the model is compiled for.
 *   - A function that adds a layer returns it, or NULL where that is not possible, or where its input is NULL. The
 *     first failure is kept, and is what nhwc_model_plan and nhwc_model_compile return: a chain of layers needs one
 *     check, at its end.
 *   - Layers belong to their model. All memory is that of the context's allocator. Once compiled, nothing is allocated.
 *   - A model is used by one thread at a time; its operations share the threads of its context, and give the same bits
 *     on any number of them.
 */
#ifndef NHWC_TRAIN_H
#define NHWC_TRAIN_H

#include <nhwc/nhwc.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nhwc_model nhwc_model;
typedef struct nhwc_layer nhwc_layer; /* and its output */

/* An empty model of NHWC_FLOAT32 or NHWC_FLOAT64. The context is copied; its executor and allocator have to outlive the
 * model. */
NHWC_API nhwc_status nhwc_model_create(const nhwc_context *context, nhwc_dtype dtype, nhwc_model **model);

/* With all its layers. NULL is fine. */
NHWC_API void nhwc_model_destroy(nhwc_model *model);

/* ------------------------------------------------------------------------------------------------
 * Layers
 *
 * In all options, what is left out is 0 and means Keras' default. A name is at most 63 bytes long and no other layer's;
 * without one, a layer is called conv2d, conv2d_1 ... as in Keras.
 *
 * The parameters of `shared_with`, a layer of the same kind, serve this layer as well: their shapes have to be the
 * same, and gradients add up. What is `frozen` keeps its values: it has no gradient, and training skips it, but not the
 * layers in front of it. Shared parameters are frozen where the layer is that has them.
 * --------------------------------------------------------------------------------------------- */

/* Functions of math.h. RELU and RELU6 become part of the convolution or matrix product in front of them. */
typedef enum nhwc_function {
    NHWC_LINEAR = 0,
    NHWC_RELU,
    NHWC_RELU6,
    NHWC_LEAKY_RELU, /* alpha 0.2 */
    NHWC_ELU,        /* alpha 1 */
    NHWC_SIGMOID,
    NHWC_TANH,
    NHWC_SOFTPLUS,
    NHWC_SWISH,
    NHWC_GELU,
    NHWC_EXPONENTIAL,
    NHWC_SOFTMAX /* along the last axis */
} nhwc_function;

/* What parameters are at first: the initialisers of random.h with NHWC_FANS_KERAS, and */
typedef enum nhwc_initializer {
    NHWC_INITIALIZER_DEFAULT = 0, /* GLOROT_UNIFORM of kernels, ZEROS of biases */
    NHWC_INITIALIZER_ZEROS,
    NHWC_INITIALIZER_ONES,
    NHWC_INITIALIZER_GLOROT_UNIFORM,
    NHWC_INITIALIZER_GLOROT_NORMAL,
    NHWC_INITIALIZER_HE_UNIFORM,
    NHWC_INITIALIZER_HE_NORMAL,
    NHWC_INITIALIZER_LECUN_UNIFORM,
    NHWC_INITIALIZER_LECUN_NORMAL,
    NHWC_INITIALIZER_BILINEAR /* of conv2d_transpose with as many filters as x has channels: each channel becomes one of
                               * its own, by nhwc_bilinear_filter. With strides s, SAME, and kernels of 2 s - s % 2
                               * this enlarges images s times */
} nhwc_initializer;

/* What a call of the model is given: values of these `rank` axes and the batch in front of them.           [Input] */
NHWC_API nhwc_layer *nhwc_layer_input(nhwc_model *model, const char *name, int rank, const int64_t *shape);

typedef struct nhwc_conv2d_layer {
    int64_t filters; /* not of depthwise_conv2d */
    int64_t kernel_size[2];
    int64_t strides[2];              /* {0, 0} means {1, 1} */
    nhwc_padding padding;            /* VALID, as in Keras */
    int64_t explicit_paddings[2][2]; /* {{top, bottom}, {left, right}}; with NHWC_PADDING_EXPLICIT only */
    int64_t dilation_rate[2];        /* {0, 0} means {1, 1} */
    int64_t groups;                  /* 0 means 1; not of depthwise_conv2d */
    int64_t depth_multiplier;        /* of depthwise_conv2d alone; 0 means 1 */
    const int64_t *output_padding;   /* of conv2d_transpose alone: {height, width}; NULL is Keras' None */
    nhwc_function activation;
    nhwc_initializer kernel_initializer, bias_initializer;
    bool no_bias; /* use_bias=False */
    bool frozen;
    const nhwc_layer *shared_with;
    const char *name;
} nhwc_conv2d_layer;

/* x [H, W, C]; kernel [kh, kw, C/groups, filters], bias [filters].                                        [Conv2D] */
NHWC_API nhwc_layer *nhwc_layer_conv2d(nhwc_layer *x, const nhwc_conv2d_layer *options);

/* x [H, W, C]; kernel [kh, kw, filters/groups, C], bias [filters].                               [Conv2DTranspose] */
NHWC_API nhwc_layer *nhwc_layer_conv2d_transpose(nhwc_layer *x, const nhwc_conv2d_layer *options);

/* x [H, W, C]; kernel [kh, kw, C, depth_multiplier], bias [C * depth_multiplier].                [DepthwiseConv2D] */
NHWC_API nhwc_layer *nhwc_layer_depthwise_conv2d(nhwc_layer *x, const nhwc_conv2d_layer *options);

typedef struct nhwc_dense_layer {
    int64_t units;
    nhwc_function activation;
    nhwc_initializer kernel_initializer, bias_initializer;
    bool no_bias; /* use_bias=False */
    bool frozen;
    const nhwc_layer *shared_with;
    const char *name;
} nhwc_dense_layer;

/* Of the last axis: x [..., C]; kernel [C, units], bias [units].                                           [Dense] */
NHWC_API nhwc_layer *nhwc_layer_dense(nhwc_layer *x, const nhwc_dense_layer *options);

NHWC_API nhwc_layer *nhwc_layer_activation(nhwc_layer *x, nhwc_function function, const char *name); /* [Activation] */

/* The sum of `count` layers of one shape, from the first to the last.                                        [Add] */
NHWC_API nhwc_layer *nhwc_layer_add(int count, nhwc_layer *const *x, const char *name);

/* One behind the other along an axis, which as in Keras counts the batch, axis 0: -1 are the channels. [Concatenate] */
NHWC_API nhwc_layer *nhwc_layer_concatenate(int count, nhwc_layer *const *x, int axis, const char *name);

NHWC_API nhwc_layer *nhwc_layer_flatten(nhwc_layer *x, const char *name);                                /* [Flatten] */

/* One of the dims may be -1, which stands for what is left.                                              [Reshape] */
NHWC_API nhwc_layer *nhwc_layer_reshape(nhwc_layer *x, int rank, const int64_t *shape, const char *name);

/* The layer of this name, with its activation; NULL where there is none.                          [Model.get_layer] */
NHWC_API nhwc_layer *nhwc_model_layer(const nhwc_model *model, const char *name);

/* The layer's name; NULL for NULL. */
NHWC_API const char *nhwc_layer_name(const nhwc_layer *layer);

/* The rank and the dims of its output; dims[0], the batch, is -1. 0 for NULL. */
NHWC_API int nhwc_layer_shape(const nhwc_layer *layer, int64_t dims[NHWC_MAX_RANK]);

/* ------------------------------------------------------------------------------------------------
 * Memory
 *
 * A model is all that its output depends on. Its inputs are the input layers among that, in the order they were added.
 * --------------------------------------------------------------------------------------------- */

typedef struct nhwc_model_options {
    int64_t max_batch;    /* 0 means 1 */
    bool training;        /* backward is wanted */
    bool input_gradients; /* ... and gives the gradients of the inputs, too */
    bool keep;            /* every value and gradient stays until the next call, for those who want to look at it */
    uint64_t seed;        /* of all that is random: what parameters are at first */
} nhwc_model_options;

/* Bytes. */
typedef struct nhwc_model_memory {
    int64_t parameters;
    int64_t gradients; /* of the parameters that are not frozen */
    int64_t values;    /* of layers, and their gradients: they share memory where they are not alive together */
    int64_t scratch;   /* of operations: 512 KiB for each thread */
    int64_t total;     /* what nhwc_model_compile allocates, in one block */
} nhwc_model_memory;

/* How much memory the model would need, which is not allocated. */
NHWC_API nhwc_status nhwc_model_plan(nhwc_model *model, const nhwc_layer *output, const nhwc_model_options *options,
                                     nhwc_model_memory *memory);

/* Makes the model ready to run. Parameters are what their initialisers make of the seed. A model is compiled once; no
 * layer can be added afterwards. */
NHWC_API nhwc_status nhwc_model_compile(nhwc_model *model, const nhwc_layer *output,
                                        const nhwc_model_options *options);

/* ------------------------------------------------------------------------------------------------
 * Parameters and gradients
 *
 * All parameters lie one behind the other in one buffer, without gaps, in the order of layers; those that are frozen
 * behind all others. The gradients lie in another in the same order: element i is that of parameter i, for all that are
 * not frozen. The tensors look at the model's memory, which is there to be read and written.
 * --------------------------------------------------------------------------------------------- */

NHWC_API nhwc_status nhwc_model_parameters(const nhwc_model *model, nhwc_tensor *all);
NHWC_API nhwc_status nhwc_model_gradients(const nhwc_model *model, nhwc_tensor *all);

typedef struct nhwc_parameter {
    const char *layer; /* "conv2d_1" */
    const char *name;  /* "kernel" or "bias" */
    bool frozen;
    nhwc_tensor value;
    nhwc_tensor gradient; /* where it is frozen, or the model not for training, its data is NULL */
} nhwc_parameter;

/* Makes the parameters what nhwc_model_compile would have made of this seed. Each draws from a stream of its own. */
NHWC_API nhwc_status nhwc_model_initialize(nhwc_model *model, uint64_t seed);

/* 0 for a model that is not compiled. What is shared counts once. */
NHWC_API int nhwc_model_parameter_count(const nhwc_model *model);

/* By its number, in the order of layers ... */
NHWC_API nhwc_status nhwc_model_parameter(const nhwc_model *model, int index, nhwc_parameter *parameter);

/* ... or by its name, for example "conv2d_1/kernel". */
NHWC_API nhwc_status nhwc_model_find_parameter(const nhwc_model *model, const char *name, nhwc_parameter *parameter);

/* ------------------------------------------------------------------------------------------------
 * Runs
 * --------------------------------------------------------------------------------------------- */

/* Runs the model on `count` inputs, dense and of one batch: as it is trained with `training`, which takes a model
 * compiled for it, else as it is used. *y becomes a view of the model's memory, which stays as it is until the next
 * call. The inputs have to stay until nhwc_model_backward, which gives the gradients of either, is through.
 *                                                                                       [Model.__call__(x, training)] */
NHWC_API nhwc_status nhwc_model_forward(nhwc_model *model, bool training, int count, const nhwc_tensor *inputs,
                                        nhwc_tensor *y);

/* From dy, the gradient of something with respect to the output of the forward call before, the gradients of the same
 * thing with respect to the parameters. They replace those in the buffer, or are added with `accumulate`. Once for each
 * forward call. */
NHWC_API nhwc_status nhwc_model_backward(nhwc_model *model, const nhwc_tensor *dy, bool accumulate);

/* What the call before has left: the gradient of the input `index`, of a model compiled with input_gradients ... */
NHWC_API nhwc_status nhwc_model_input_gradient(const nhwc_model *model, int index, nhwc_tensor *dx);

/* ... and the output of any layer of the model, or its gradient, of one compiled with keep. The gradient of a
 * convolution or Dense with RELU or RELU6 is that of what comes before the activation. */
NHWC_API nhwc_status nhwc_layer_value(const nhwc_layer *layer, nhwc_tensor *y);
NHWC_API nhwc_status nhwc_layer_gradient(const nhwc_layer *layer, nhwc_tensor *dy);

/* ------------------------------------------------------------------------------------------------
 * Looking
 * --------------------------------------------------------------------------------------------- */

/* Keras' table of layers, output shapes and parameters up to and with `output`, with multiply-adds, and where the
 * layers are no chain with what each is connected to. Written as snprintf does: at most `size` bytes, the last of them
 * 0; `length`, if it is not NULL, becomes the length of the whole text. The model need not be compiled.    [summary] */
NHWC_API nhwc_status nhwc_model_summary(const nhwc_model *model, const nhwc_layer *output, char *text, size_t size,
                                        size_t *length);

/* For designated initialisers. NULL means all defaults. */
typedef struct nhwc_gradient_check {
    double step;  /* of the differences, for elements up to 1, relative above; 0 means 6e-6, in float32 5e-3 */
    int64_t most; /* elements to look at of each tensor, at equal distances; 0 means all */
} nhwc_gradient_check;

/* Where gradient and difference are farthest apart. */
typedef struct nhwc_gradient_difference {
    char tensor[80];             /* "conv2d/kernel", or the name of an input */
    int64_t index;               /* of the element, in row-major order */
    double gradient, difference; /* what nhwc_model_backward says, and (f(p + step) - f(p - step)) / (2 step) */
    double relative;             /* how far these are apart, as a part of the larger one or, where both are small, of
                                  * the root of the mean square of the tensor's gradient */
    int64_t count;               /* elements looked at */
} nhwc_gradient_difference;

/* Compares the gradients of f = sum(dy * y) with central differences: those of all parameters that are not frozen, and,
 * for models compiled with input_gradients, of the inputs, which it copies. It takes two forward runs for each element.
 * float64 is precise enough to tell. Parameters are as before, the gradients those of f. */
NHWC_API nhwc_status nhwc_model_check_gradients(nhwc_model *model, int count, const nhwc_tensor *inputs,
                                                const nhwc_tensor *dy, const nhwc_gradient_check *options,
                                                nhwc_gradient_difference *worst);

#ifdef __cplusplus
}
#endif

#endif
