/* What a model is made of. Layers are in the order they were added: inputs come before what they are the inputs of. */
#ifndef NHWC_TRAIN_MODEL_H
#define NHWC_TRAIN_MODEL_H

#include <nhwc/image.h>
#include <nhwc/train.h>

/* What a layer computes. */
typedef struct nhwc__kind {
    const char *name, *prefix; /* Keras' name, and what layers without a name are called */
    /* The dims of the output and the parameters, from the inputs and options. */
    nhwc_status (*infer)(nhwc_layer *layer);
    /* y from x and the parameters. */
    nhwc_status (*forward)(const nhwc_layer *layer);
    /* From dy, which may be overwritten: those dx whose data is not NULL, which are overwritten, and the gradients of
     * the parameters, which are added to where they are written, and else overwritten. */
    nhwc_status (*backward)(const nhwc_layer *layer);
} nhwc__kind;

typedef struct nhwc__weights {
    const char *name;
    nhwc_initializer initializer; /* not DEFAULT */
    bool is_average;              /* which is kept, not learned */
    int rank;
    int64_t dims[4];
    int64_t count;  /* of elements */
    int64_t offset; /* of the first in the buffer of all parameters, in elements */
    bool written;   /* there is a gradient to add to */
} nhwc__weights;

#define NHWC__MOST_WEIGHTS 4

/* A room in the memory of values: its bytes, 0 where it is not needed, and the steps in which it is. Step i is layer i
 * forward; of n layers, step 2 n - 1 - i is layer i backward. */
typedef struct nhwc__room {
    int64_t bytes, offset;
    int first, last;
} nhwc__room;

typedef struct nhwc__edge {
    nhwc_layer *from;
    bool adds;             /* another consumer has written the gradient of `from` before */
    nhwc__room temporary; /* ... so that this one's is computed here, and added */
} nhwc__edge;

struct nhwc_layer {
    nhwc_model *model;
    nhwc_layer *previous, *next;
    const nhwc__kind *kind;
    char name[64];
    bool hidden; /* the activation of the layer in front of it, whose name it has */

    int rank; /* of the output for a batch of 1 */
    int64_t dims[NHWC_MAX_RANK];
    double multiply_adds;
    int64_t scratch; /* bytes its operations allocate, where that may be more than for any other */

    bool frozen;
    const nhwc_layer *shared_with; /* until the layer is added */
    nhwc_function function;        /* of an activation, else LINEAR */
    union {                        /* what its kind needs to know; pointers are the caller's, and read by infer alone */
        struct {
            nhwc_conv2d_layer options; /* of Dense, too */
            nhwc_conv2d_options conv2d;
        };
        int axis; /* of a concatenation */
        nhwc_pool2d_options pool2d;
        nhwc_up_sampling2d_layer up_sampling2d;
        nhwc_batch_normalization_layer batch_normalization;
        double rate; /* of a dropout */
    };

    nhwc_layer *owner; /* of the parameters: the layer itself, or the one it shares them with */
    int weight_count;
    nhwc__weights weights[NHWC__MOST_WEIGHTS];

    bool reads_x, reads_y;           /* backward needs the inputs, unless the layer is frozen; the output */
    int64_t notes_each, notes_of_all; /* bytes for what else it needs of forward in training: of each image, and once */

    /* What the plan says. */
    bool reached; /* the output depends on it */
    bool held;    /* its parameters are those of a layer that is reached */
    bool wants;   /* a gradient of its output */
    bool written; /* that gradient, by a consumer further back */
    int step;     /* of inputs: their number */
    nhwc__room value, gradient, notes;
    void *given; /* the elements of an input */

    int input_count;
    nhwc__edge inputs[];
};

struct nhwc_model {
    nhwc_context context;
    nhwc_dtype dtype;
    nhwc_layer *first, *last;

    nhwc_status status; /* the first failure, and what it was about */
    char message[640];

    nhwc_model_options options; /* as planned */
    int steps;                  /* layers to run */
    int input_count;
    int64_t trainable, elements; /* of the parameters */
    nhwc_model_memory memory;

    nhwc_layer *scored;       /* whose output the loss is of */
    nhwc_loss loss;           /* of that */
    nhwc_optimizer optimizer; /* with defaults in place */
    bool optimizes;           /* there is one */
    int64_t iterations;       /* steps it has made */

    nhwc_layer *output; /* NULL until it is compiled */
    char *parameters, *gradients, *slots, *values, *batches, *scratch;
    int64_t scratch_used;
    nhwc_context inside; /* of the operations: its memory is the scratch */

    uint64_t seed;
    int64_t runs; /* forward in training, so far: what is dropped in the next follows from it */
    int64_t batch;
    bool in_training; /* as it ran forward */
    bool rehearses;   /* runs leave averages and `runs` as they are */
    bool ran;         /* forward, and not yet backward */
};

/* Layers: nhwc__layer_begin, or nhwc__layer_new where there are no inputs, makes one with its name, on which options
 * are set; nhwc__layer_end infers its shape and adds it to its model. All give NULL after a failure. */
nhwc_layer *nhwc__layer_begin(const nhwc__kind *kind, int count, nhwc_layer *const *x, const char *name);
nhwc_layer *nhwc__layer_new(nhwc_model *model, const nhwc__kind *kind, int count, nhwc_layer *const *x,
                            const char *name);
nhwc_layer *nhwc__layer_end(nhwc_layer *layer);

/* NULL, for a layer that has begun and cannot be. */
nhwc_layer *nhwc__layer_refuse(nhwc_layer *layer, nhwc_status status);

/* The layer with its activation, which becomes part of it or a layer behind it. */
nhwc_layer *nhwc__layer_activated(nhwc_layer *layer);

/* The failure of a call about this layer; the first is kept. */
nhwc_status nhwc__model_fail(nhwc_model *model, const char *layer, nhwc_status status);

extern const nhwc__kind nhwc__kind_input;

/* Sets `reached` and `held` for what the output depends on, and gives it back. */
nhwc_layer *nhwc__mark(const nhwc_layer *output);

/* How many parameters the planned model has of this layer, which are not those of another. */
int nhwc__own_weights(const nhwc_layer *layer);

/* Makes all parameters of a model that has its memory what they are at first. */
nhwc_status nhwc__initialize(nhwc_model *model, uint64_t seed);

bool nhwc__is_frozen(const nhwc_layer *layer, int index); /* a parameter */
int64_t nhwc__layer_elements(const nhwc_layer *layer);

/* ---- For infer ---- */

/* The output has the shape of an input; or is an image, as x has to be. */
void nhwc__take_shape(nhwc_layer *layer, const nhwc_layer *from);
nhwc_status nhwc__check_image_layer(const nhwc_layer *layer);
void nhwc__set_image(nhwc_layer *layer, int64_t height, int64_t width, int64_t channels);

#define NHWC__LINE 64 /* bytes; all that has a place in the model's memory begins with one */

/* Bytes of the layer's output for a batch as large as there may be, in whole lines. */
nhwc_status nhwc__output_bytes(const nhwc_layer *layer, int64_t *bytes);

/* ---- Runs ---- */

nhwc_status nhwc__check_compiled(const char *operation, const nhwc_model *model);
nhwc_status nhwc__check_training(const char *operation, const nhwc_model *model);
nhwc_status nhwc__check_given(const char *operation, const char *name, const void *pointer);

/* The tensor has the layer's shape, for any batch, and the model's dtype. */
nhwc_status nhwc__check_values(const char *operation, const char *name, const nhwc_layer *layer,
                               const nhwc_tensor *tensor);
nhwc_status nhwc__check_batch(const char *operation, const char *name, const nhwc_tensor *tensor, int64_t batch);

/* There are as many inputs as the model has, dense and of one batch, whatever its size. */
nhwc_status nhwc__check_inputs(const char *operation, const nhwc_model *model, int count, const nhwc_tensor *inputs);
nhwc_status nhwc__check_most(const char *operation, const nhwc_model *model, int64_t batch);

/* From what input layers are given, up to and with `last`. */
nhwc_status nhwc__run_forward(nhwc_model *model, bool training, int64_t batch, const nhwc_layer *last);

/* From the gradient of `first`, which is in its place. */
nhwc_status nhwc__run_backward(nhwc_model *model, const nhwc_layer *first, bool accumulate);

/* ---- Losses ---- */

/* Finds which layer the loss is of, and checks loss and metric against the output. */
nhwc_status nhwc__loss_plan(nhwc_model *model, nhwc_layer *output);

/* Memory that loss and metric take while they are computed, and that of the targets of a batch. */
nhwc_status nhwc__loss_bytes(const nhwc_model *model, const nhwc_layer *output, int64_t *scratch, int64_t *targets);

nhwc_status nhwc__check_targets(const char *operation, const nhwc_model *model, const nhwc_tensor *targets,
                                int64_t batch);

/* Of the values of the current batch. */
nhwc_status nhwc__loss_result(const nhwc_model *model, const nhwc_tensor *targets, nhwc_result *result);
nhwc_status nhwc__loss_gradient(const nhwc_model *model, const nhwc_tensor *targets, double part); /* of the loss */

/* ---- The optimiser ---- */

/* Copies it with its defaults; refuses what it cannot be. */
nhwc_status nhwc__optimizer_plan(nhwc_model *model, const nhwc_optimizer *given);

/* Its state are so many tensors like the gradients. */
int nhwc__slot_count(const nhwc_model *model);
nhwc_tensor nhwc__slot(const nhwc_model *model, int index);

nhwc_status nhwc__check_optimizes(const char *operation, const nhwc_model *model);
nhwc_status nhwc__optimizer_step(nhwc_model *model);

double nhwc__learning_rate(const nhwc_optimizer *optimizer, int64_t iterations);
nhwc_status nhwc__schedule_check(const nhwc_schedule *schedule);

/* ---- While it runs: tensors of the current batch ---- */

static inline const nhwc_context *nhwc__inside(const nhwc_layer *layer)
{
    return &layer->model->inside;
}

nhwc_tensor nhwc__x(const nhwc_layer *layer, int input);
nhwc_tensor nhwc__y(const nhwc_layer *layer);
nhwc_tensor nhwc__dy(const nhwc_layer *layer);
nhwc_tensor nhwc__dx(const nhwc_layer *layer, int input); /* data NULL: not wanted */
nhwc_tensor nhwc__weight(const nhwc_layer *layer, int index);
bool nhwc__is_written(const nhwc_layer *layer, int index); /* a gradient of a parameter */
nhwc_tensor nhwc__weight_gradient(const nhwc_layer *layer, int index); /* data NULL: frozen, or not for training */
void *nhwc__notes(const nhwc_layer *layer);

#endif
