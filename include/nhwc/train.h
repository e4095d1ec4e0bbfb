/* Models: layers put together, run forward, and differentiated, with Keras' names and defaults.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - a small classifier, trained and used:
 *
 *     nhwc_model *model;
 *     nhwc_model_create(NULL, NHWC_FLOAT32, &model);
 *     nhwc_layer *x = nhwc_layer_input(model, NULL, 3, (int64_t[]){28, 28, 1});
 *     x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 16, .kernel_size = {5, 5}, .strides = {2, 2},
 *                                                   .padding = NHWC_PADDING_SAME, .activation = NHWC_RELU});
 *     x = nhwc_layer_flatten(x, NULL);
 *     x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 10, .activation = NHWC_SOFTMAX});
 *     nhwc_status status = nhwc_model_compile(model, x, &(nhwc_model_options){
 *         .max_batch = 500, .loss = NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY, .metric = NHWC_ACCURACY,
 *         .optimizer = &(nhwc_optimizer){.kind = NHWC_ADAM}});
 *     if (status != NHWC_OK)                                 // whatever went wrong since the model was created
 *         fprintf(stderr, "%s\n", nhwc_last_error());        // "conv2d: filters is 0; at least 1 is possible"
 *
 *     nhwc_tensor images = NHWC_TENSOR(NHWC_FLOAT32, pixels, 8500, 28, 28, 1);
 *     nhwc_tensor labels = NHWC_TENSOR(NHWC_INT32, classes, 8500);
 *     nhwc_result result;
 *     nhwc_model_fit(model, 1, &images, &labels, &(nhwc_fit_options){.batch_size = 16, .epochs = 10}, &result);
 *     nhwc_model_evaluate(model, 1, &others, &their_labels, &result);    // in batches of 500
 *     nhwc_model_predict(model, 1, &others, &probabilities);
 *
 * or, for a loss of one's own, step by step, with the model compiled with .training = true alone:
 *
 *     nhwc_tensor gradients, y;
 *     nhwc_model_forward(model, true, 1, &images, &y);       // y looks at the model's memory
 *     ...                                                    // dy, the gradient of a loss with respect to y
 *     nhwc_model_backward(model, &dy, false);
 *     nhwc_model_gradients(model, &gradients);               // that of the parameters
 *
 * CONVENTIONS, beside those of nhwc.h
 *   - Names, defaults and layouts of parameters are those of the layers of Keras. Shapes of layers are without the
 *     batch, which is the first axis of all values and free in every call, up to what the model is compiled for.
 *   - A function that adds a layer returns it, or NULL where that is not possible, or where its input is NULL. The
 *     first failure is kept, and is what nhwc_model_plan and nhwc_model_compile return: a chain of layers needs one
 *     check, at its end.
 *   - Layers belong to their model. All memory is that of the context's allocator. Once compiled, nothing is allocated,
 *     but for what nhwc_model_fit says.
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

typedef struct nhwc_pooling2d_layer {
    int64_t pool_size[2];            /* {height, width}; {0, 0} means {2, 2} */
    int64_t strides[2];              /* {0, 0} means those of pool_size */
    nhwc_padding padding;            /* VALID, as in Keras */
    int64_t explicit_paddings[2][2]; /* {{top, bottom}, {left, right}}; with NHWC_PADDING_EXPLICIT only */
    bool count_padding;              /* of average_pooling2d alone: divides by all of pool_size, as PyTorch */
    const char *name;
} nhwc_pooling2d_layer;

/* x [H, W, C]. The largest element of each window, or the mean of those that are not padding.
 *                                                                                  [MaxPooling2D, AveragePooling2D] */
NHWC_API nhwc_layer *nhwc_layer_max_pooling2d(nhwc_layer *x, const nhwc_pooling2d_layer *options);
NHWC_API nhwc_layer *nhwc_layer_average_pooling2d(nhwc_layer *x, const nhwc_pooling2d_layer *options);

/* x [H, W, C] becomes [C].                                             [GlobalMaxPooling2D, GlobalAveragePooling2D] */
NHWC_API nhwc_layer *nhwc_layer_global_max_pooling2d(nhwc_layer *x, const char *name);
NHWC_API nhwc_layer *nhwc_layer_global_average_pooling2d(nhwc_layer *x, const char *name);

typedef enum nhwc_interpolation { NHWC_INTERPOLATION_NEAREST = 0, NHWC_INTERPOLATION_BILINEAR } nhwc_interpolation;

typedef struct nhwc_up_sampling2d_layer {
    int64_t size[2]; /* times {height, width}; {0, 0} means {2, 2} */
    nhwc_interpolation interpolation;
    const char *name;
} nhwc_up_sampling2d_layer;

/* x [H, W, C]; resized with half-pixel centres.                                                     [UpSampling2D] */
NHWC_API nhwc_layer *nhwc_layer_up_sampling2d(nhwc_layer *x, const nhwc_up_sampling2d_layer *options);

typedef struct nhwc_batch_normalization_layer {
    double momentum; /* of the moving averages; 0 means 0.99 */
    double epsilon;  /* 0 means 1e-3 */
    bool no_center;  /* center=False: without beta */
    bool no_scale;   /* scale=False: without gamma */
    bool frozen;     /* in training, too, the layer does what it does in use */
    const nhwc_layer *shared_with;
    const char *name;
} nhwc_batch_normalization_layer;

/* x [..., C]; gamma, beta, moving_mean and moving_variance [C], at first 1, 0, 0 and 1. In training, each channel is
 * normalised by the mean and the variance of the batch, whose moving averages take them in; in use by these averages.
 * They are among the frozen parameters: no optimiser changes them.                            [BatchNormalization] */
NHWC_API nhwc_layer *nhwc_layer_batch_normalization(nhwc_layer *x, const nhwc_batch_normalization_layer *options);

/* In training, each element is 0 with probability `rate`, and divided by 1 - rate where it is not; in use, nothing
 * happens to it. What is dropped is decided by the seed of the model, the layer, and how many times the model has run
 * in training.                                                                                           [Dropout] */
NHWC_API nhwc_layer *nhwc_layer_dropout(nhwc_layer *x, double rate, const char *name);

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
 * What a model learns, and how
 * --------------------------------------------------------------------------------------------- */

/* The number of a batch that training makes smaller: the mean of the losses of <nhwc/nn.h> over all samples and, in
 * each, all elements or positions. Targets have the shape of the model's output, and its dtype; those of
 * SPARSE_SOFTMAX_CROSS_ENTROPY, the numbers of classes, that without the last axis, and are NHWC_INT32 or NHWC_INT64.
 *
 * The softmax losses are those of logits, as is SIGMOID_CROSS_ENTROPY. Of a model that ends with the activation
 * NHWC_SOFTMAX, these are what it is computed from, and so they are for both binary losses where it ends with
 * NHWC_SIGMOID. This is what Keras' categorical_crossentropy, sparse_categorical_crossentropy and binary_crossentropy
 * do as well, with from_logits or without: no digits are lost where probabilities are near 0 or 1. Steps of training
 * then leave the activation out. BINARY_CROSS_ENTROPY of other outputs takes these for probabilities. */
typedef enum nhwc_loss {
    NHWC_LOSS_NONE = 0,
    NHWC_MEAN_SQUARED_ERROR,
    NHWC_MEAN_ABSOLUTE_ERROR,
    NHWC_BINARY_CROSS_ENTROPY,
    NHWC_SIGMOID_CROSS_ENTROPY,
    NHWC_SOFTMAX_CROSS_ENTROPY,
    NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY
} nhwc_loss;

/* Something else to know about the outputs of a batch, with their activation; it costs that, where the loss does not
 * need it. */
typedef enum nhwc_metric {
    NHWC_METRIC_NONE = 0,
    NHWC_ACCURACY,        /* the part of the samples, or positions, whose largest output is at the class meant */
    NHWC_BINARY_ACCURACY, /* the part of the elements that are the target, with 1 for outputs above 0.5 and else 0 */
    NHWC_METRIC_MEAN_SQUARED_ERROR,
    NHWC_METRIC_MEAN_ABSOLUTE_ERROR
} nhwc_metric;

typedef enum nhwc_schedule_kind {
    NHWC_CONSTANT = 0,            /* the optimiser's learning_rate */
    NHWC_COSINE_DECAY,            /* [keras.optimizers.schedules.CosineDecay, and so on] */
    NHWC_EXPONENTIAL_DECAY,
    NHWC_POLYNOMIAL_DECAY,
    NHWC_INVERSE_TIME_DECAY,
    NHWC_PIECEWISE_CONSTANT_DECAY
} nhwc_schedule_kind;

#define NHWC_MOST_BOUNDARIES 15

/* Learning rates as functions of the steps done, with Keras' arguments and formulas, and the cosine and powers of the C
 * library. What one of them has no use for is left out. */
typedef struct nhwc_schedule {
    nhwc_schedule_kind kind;
    double initial_learning_rate; /* not of piecewise constant */
    int64_t decay_steps;          /* not of piecewise constant */
    double decay_rate;            /* of exponential and inverse time */
    bool staircase;               /* of the same */
    double alpha;                 /* of cosine: what it ends with, as a part of what it begins with */
    double warmup_target;         /* of cosine: 0 means no warm-up */
    int64_t warmup_steps;         /* of cosine */
    double end_learning_rate;     /* of polynomial; in Keras 1e-4 if nothing is said */
    double power;                 /* of polynomial: 0 means 1 */
    bool cycle;                   /* of polynomial */
    int boundary_count;           /* of piecewise constant: values[i] up to boundaries[i], the last one for ever */
    int64_t boundaries[NHWC_MOST_BOUNDARIES];
    double values[NHWC_MOST_BOUNDARIES + 1];
} nhwc_schedule;

typedef enum nhwc_optimizer_kind {
    NHWC_SGD = 0,
    NHWC_RMSPROP,
    NHWC_ADAM,
    NHWC_ADAMW
} nhwc_optimizer_kind;

/* Keras' optimisers, by the formulas of <nhwc/optimize.h>. Gradients are clipped first, in at most one of the three
 * ways; then weights decay, and then comes the step. */
typedef struct nhwc_optimizer {
    nhwc_optimizer_kind kind;
    double learning_rate;   /* 0 means 0.001, of SGD 0.01 */
    nhwc_schedule schedule; /* ... in place of that */
    double momentum;        /* of SGD and RMSprop */
    bool nesterov;          /* of SGD */
    bool centered;          /* of RMSprop */
    bool amsgrad;           /* of Adam and AdamW */
    double rho;             /* of RMSprop: 0 means 0.9 */
    double beta_1, beta_2;  /* of Adam and AdamW: 0 means 0.9 and 0.999 */
    double epsilon;         /* of all but SGD: 0 means 1e-7 */
    double weight_decay;    /* of AdamW, 0 means 0.004 */
    double clipvalue;       /* each element, to -clipvalue .. clipvalue; here and below, 0 means not */
    double clipnorm;        /* the norm of each parameter's gradient */
    double global_clipnorm; /* the norm of all gradients together */
} nhwc_optimizer;

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
    uint64_t seed;        /* of all that is random: what parameters are at first, and what is dropped */
    nhwc_loss loss;
    nhwc_metric metric;
    const nhwc_optimizer *optimizer; /* of the loss; implies training. It is copied */
} nhwc_model_options;

/* Bytes. */
typedef struct nhwc_model_memory {
    int64_t parameters;
    int64_t gradients; /* of the parameters that are not frozen */
    int64_t optimizer; /* its state: up to three times the gradients */
    int64_t values;    /* of layers, and their gradients: they share memory where they are not alive together */
    int64_t batches;   /* with an optimiser, inputs and targets of a batch: nhwc_model_fit copies samples together */
    int64_t scratch;   /* of operations: 512 KiB for each thread, or if it is more what loss and metric of classes need,
                        * or 16 bytes for each row and column of an image that is up-sampled */
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
    const char *name;  /* "kernel", "bias", "gamma" ... */
    bool frozen;
    nhwc_tensor value;
    nhwc_tensor gradient; /* where it is frozen, or the model not for training, its data is NULL */
} nhwc_parameter;

/* Makes the model what nhwc_model_compile would have made of this seed, as if it had never been trained; the learning
 * rate stays. Each parameter draws from a stream of its own. */
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
 *                                                                                      [Model.__call__(x, training)] */
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
 * Learning
 *
 * By models that are compiled with a loss. Inputs and targets are dense, and as many samples each. All is checked
 * first: a call that is refused changes nothing.
 * --------------------------------------------------------------------------------------------- */

typedef struct nhwc_result {
    double loss;
    double metric; /* 0 for a model without one */
} nhwc_result;

/* One step of the optimiser on one batch. The result, which may be NULL, is that before the step. A batch may be larger
 * than what the model is compiled for: its gradients are then added up part by part, in memory that stays in the
 * processor's caches if the parts are small. Batch normalisation sees the parts.                   [train_on_batch] */
NHWC_API nhwc_status nhwc_model_train_on_batch(nhwc_model *model, int count, const nhwc_tensor *inputs,
                                               const nhwc_tensor *targets, nhwc_result *result);

/* Its two halves: the gradients of the loss, which replace those in the buffer or are added with `accumulate`, of a
 * model compiled for training ... */
NHWC_API nhwc_status nhwc_model_compute_gradients(nhwc_model *model, int count, const nhwc_tensor *inputs,
                                                  const nhwc_tensor *targets, bool accumulate, nhwc_result *result);

/* ... and the optimiser's step with what is in the buffer, which clipping changes. [optimizer.apply_gradients] */
NHWC_API nhwc_status nhwc_model_apply_gradients(nhwc_model *model);

/* The same result without a step, as the model is run when it is not trained.                      [test_on_batch] */
NHWC_API nhwc_status nhwc_model_test_on_batch(nhwc_model *model, int count, const nhwc_tensor *inputs,
                                              const nhwc_tensor *targets, nhwc_result *result);

/* The outputs for any number of samples, of a model with a loss or without.                              [predict] */
NHWC_API nhwc_status nhwc_model_predict(nhwc_model *model, int count, const nhwc_tensor *inputs, nhwc_tensor *y);

/* The means over any number of samples, which are run in batches as large as the model is compiled for. [evaluate] */
NHWC_API nhwc_status nhwc_model_evaluate(nhwc_model *model, int count, const nhwc_tensor *inputs,
                                         const nhwc_tensor *targets, nhwc_result *result);

/* The learning rate of the next step. One that follows a schedule cannot be set. */
NHWC_API nhwc_status nhwc_model_learning_rate(const nhwc_model *model, double *learning_rate);
NHWC_API nhwc_status nhwc_model_set_learning_rate(nhwc_model *model, double learning_rate);

/* Where nhwc_model_fit is. */
typedef struct nhwc_progress {
    nhwc_model *model;
    int64_t epoch, epochs;   /* the number of this one, from 0, and before which number it ends */
    int64_t step, steps;     /* how many are done in this epoch, and how many it has */
    int64_t sample, samples; /* the same of samples */
    bool epoch_ended;
    double learning_rate;   /* of the last step */
    nhwc_result result;     /* the means over the samples of this epoch so far */
    nhwc_result validation; /* when an epoch has ended and there is validation; else 0 */
} nhwc_progress;

/* After each step, and once more after each epoch. The callback may use the model, and save it. Where it returns false,
 * training ends. */
typedef bool nhwc_fit_callback(void *argument, const nhwc_progress *progress);

typedef struct nhwc_fit_options {
    int64_t batch_size;                    /* any; 0 means max_batch. The last batch of an epoch may be smaller */
    int64_t epochs;                        /* 0 means 1 */
    int64_t initial_epoch;                 /* the epochs before are taken for done: epochs - initial_epoch follow */
    bool no_shuffle;                       /* shuffle=False */
    uint64_t seed;                         /* of the order of samples */
    const nhwc_tensor *validation_inputs;  /* as many as inputs; NULL means no validation */
    const nhwc_tensor *validation_targets;
    int64_t validation_batch_size;         /* 0 means batch_size, or max_batch if that is less */
    nhwc_fit_callback *callback;
    void *argument;                        /* of the callback */
} nhwc_fit_options;

/* Trains on all samples once in each epoch. The order is nhwc_random_permutation's, with the seed and, as stream, the
 * number of the epoch + 2^33: epochs 2 and 3 are the same whether 0 and 1 come before them in the same call or not. It
 * takes 8 bytes a sample while the call lasts, which is all that is allocated. The result, which may be NULL, is that
 * of the last epoch.                                                                                           [fit] */
NHWC_API nhwc_status nhwc_model_fit(nhwc_model *model, int count, const nhwc_tensor *inputs,
                                    const nhwc_tensor *targets, const nhwc_fit_options *options, nhwc_result *result);
/* ------------------------------------------------------------------------------------------------
 * Saving
 *
 * Weights are .npz files whose arrays are named as Keras names them, "conv2d/kernel". From a model of Keras, and back:
 *
 *     numpy.savez("weights.npz", **{w.path: w.numpy() for w in model.weights})
 *
 *     file = numpy.load("weights.npz")
 *     for w in model.weights:
 *         w.assign(file["/".join(w.path.split("/")[-2:])])
 *
 * Keras counts the layers of all its models: keras.utils.clear_session() makes the names of the next one begin anew.
 *
 * Files are not trusted, as in io.h. A model, or a file, is changed wholly or, on failure, not at all.
 * --------------------------------------------------------------------------------------------- */

/* All parameters, also those that are frozen.                                                 [Model.save_weights] */
NHWC_API nhwc_status nhwc_model_save_weights(const nhwc_model *model, const char *path);

/* A file that has just the model's parameters, of float32 or float64, which become the model's dtype. In front of names
 * may stand those of models, as in "sequential/conv2d/kernel". While it loads it takes the memory of the parameters
 * once more, and that of the largest twice. NHWC_ERROR_FORMAT, with names, where any are missing or too many; else
 * NHWC_ERROR_SHAPE or NHWC_ERROR_DTYPE.                                                       [Model.load_weights] */
NHWC_API nhwc_status nhwc_model_load_weights(nhwc_model *model, const char *path);

/* All that training goes on from: the parameters and, under Keras' names as far as there are any, the optimiser's
 * state, its steps and its learning rate, the seed, and how often the model has run in training. An .npz as well, and
 * exact. */
NHWC_API nhwc_status nhwc_model_save_checkpoint(const nhwc_model *model, const char *path);

/* Into a model of the same layers, dtype and kind of optimiser. What is trained from here on has the same bits as if
 * the model had not been saved; nhwc_model_fit is given the epochs that are done as initial_epoch. Failures and memory
 * are those of nhwc_model_load_weights, with the optimiser's state among the parameters. */
NHWC_API nhwc_status nhwc_model_load_checkpoint(nhwc_model *model, const char *path);

/* The steps the optimiser has made, also those before a checkpoint. 0 for a model without one.         [iterations] */
NHWC_API int64_t nhwc_model_iterations(const nhwc_model *model);

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
    bool in_use;  /* the runs are not those of training */
} nhwc_gradient_check;

/* Where gradient and difference are farthest apart. */
typedef struct nhwc_gradient_difference {
    char tensor[80];             /* "conv2d/kernel", or the name of an input */
    int64_t index;               /* of the element, in row-major order */
    double gradient, difference; /* what nhwc_model_backward says, and (f(p + step) - f(p - step)) / (2 step) */
    double relative;             /* how far these are apart, beyond what rounding of f accounts for, as a part of the
                                  * larger one or, where both are small, of the root of the mean square of the tensor's
                                  * gradient */
    int64_t count;               /* elements looked at */
} nhwc_gradient_difference;

/* Compares the gradients of f = sum(dy * y) with central differences: those of all parameters that are not frozen, and,
 * for models compiled with input_gradients, of the inputs, which it copies. It takes two forward runs for each element,
 * which drop the same ones and leave moving averages as they are. float64 is precise enough to tell. Parameters are as
 * before, the gradients those of f. */
NHWC_API nhwc_status nhwc_model_check_gradients(nhwc_model *model, int count, const nhwc_tensor *inputs,
                                                const nhwc_tensor *dy, const nhwc_gradient_check *options,
                                                nhwc_gradient_difference *worst);

#ifdef __cplusplus
}
#endif

#endif
