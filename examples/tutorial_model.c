/* The forward function of a tutorial on transposed convolutions, line by line: a convolution shrinks 28x28 images to
 * 14x14, a transposed one brings them back, two dense layers make ten scores of each.
 *
 *     tutorial_model [batch]
 *
 * The size of the batch is known when the program runs, not before: the tutorial trains with 16 images at a time and
 * validates with 500. Images and weights are drawn from a formula, so that the scores can be compared. */
#include <nhwc/array.h>
#include <nhwc/matmul.h>
#include <stdio.h>
#include <stdlib.h>

/* The weights, with the shapes that they have in TensorFlow. */
typedef struct model {
    nhwc_tensor layer1_weights, layer1_biases; /* [5, 5, 1, 16], [16] */
    nhwc_tensor layer2_weights, layer2_biases; /* [5, 5, 16, 16], [16] */
    nhwc_tensor layer3_weights, layer3_biases; /* [12544, 64], [64] */
    nhwc_tensor layer4_weights, layer4_biases; /* [64, 10], [10] */
} model;

/* What the layers make of a batch. */
typedef struct activations {
    nhwc_tensor conv, transposed, dense, scores;
} activations;

#define CREATE(tensor, ...)                                                                                      \
    nhwc_tensor_create(NULL, NHWC_FLOAT32, (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), \
                       (int64_t[]){__VA_ARGS__}, (tensor))

/* The lines of Python, and what they are in C. */
static nhwc_status forward(const model *m, const nhwc_tensor *data, activations *a)
{
    nhwc_status status;
    /* dyn_input_shape = data.get_shape().as_list()
     * batch_size = dyn_input_shape[0] */
    const int64_t batch_size = data->dims[0];

    /* conv = tf.nn.conv2d(data, layer1_weights, [1, 2, 2, 1], padding='SAME')
     * hidden = tf.nn.relu(conv + layer1_biases) */
    const nhwc_conv2d_options options = {
        .padding = NHWC_PADDING_SAME, .strides = {2, 2}, .activation = NHWC_ACTIVATION_RELU};
    nhwc_geometry shape;
    if ((status = nhwc_conv2d_geometry(data->dims, m->layer1_weights.dims, &options, &shape)) != NHWC_OK ||
        (status = CREATE(&a->conv, batch_size, shape.h.coarse, shape.w.coarse, 16)) != NHWC_OK ||
        (status = nhwc_conv2d(NULL, data, &m->layer1_weights, &m->layer1_biases, &options, &a->conv)) != NHWC_OK)
        return status;

    /* output_shape = tf.pack([batch_size, 28, 28, 16])
     * conv = tf.nn.conv2d_transpose(hidden, layer2_weights, output_shape, [1, 2, 2, 1], padding='SAME')
     * hidden = tf.nn.relu(conv + layer2_biases) */
    if ((status = CREATE(&a->transposed, batch_size, 28, 28, 16)) != NHWC_OK ||
        (status = nhwc_conv2d_transpose(NULL, &a->conv, &m->layer2_weights, &m->layer2_biases, &options,
                                        &a->transposed)) != NHWC_OK)
        return status;

    /* shape = hidden.get_shape().as_list()
     * reshape = tf.reshape(hidden, [shape[0], shape[1] * shape[2] * shape[3]]) */
    nhwc_tensor reshape;
    if ((status = nhwc_reshape(&a->transposed, 2, (int64_t[]){batch_size, 28 * 28 * 16}, &reshape)) != NHWC_OK)
        return status;

    /* hidden = tf.nn.relu(tf.matmul(reshape, layer3_weights) + layer3_biases) */
    const nhwc_matmul_options relu = {.activation = NHWC_ACTIVATION_RELU};
    if ((status = CREATE(&a->dense, batch_size, 64)) != NHWC_OK ||
        (status = nhwc_matmul(NULL, &reshape, &m->layer3_weights, &m->layer3_biases, &relu, &a->dense)) != NHWC_OK)
        return status;

    /* return tf.matmul(hidden, layer4_weights) + layer4_biases */
    if ((status = CREATE(&a->scores, batch_size, 10)) != NHWC_OK)
        return status;
    return nhwc_matmul(NULL, &a->dense, &m->layer4_weights, &m->layer4_biases, NULL, &a->scores);
}

/* ---- Numbers to compute with ------------------------------------------------------------------------- */

/* Element i is scale * u, with u in [-1, 1) from the product of i + first and a large odd number. */
static void draw(nhwc_tensor *t, uint32_t first, float scale)
{
    float *values = t->data;
    int64_t count = 1;
    for (int axis = 0; axis < t->rank; axis++)
        count *= t->dims[axis];
    for (int64_t i = 0; i < count; i++) {
        const uint32_t mixed = ((uint32_t)i + first) * 2654435761u;
        values[i] = ((float)(mixed >> 8) / 8388608 - 1) * scale;
    }
}

static nhwc_status create_model(model *m)
{
    const struct {
        nhwc_tensor *tensor;
        int rank;
        int64_t dims[4];
        float scale;
    } parts[] = {
        {&m->layer1_weights, 4, {5, 5, 1, 16}, 0.4f},  {&m->layer1_biases, 1, {16}, 0.1f},
        {&m->layer2_weights, 4, {5, 5, 16, 16}, 0.1f}, {&m->layer2_biases, 1, {16}, 0.1f},
        {&m->layer3_weights, 2, {12544, 64}, 0.02f},   {&m->layer3_biases, 1, {64}, 0.1f},
        {&m->layer4_weights, 2, {64, 10}, 0.2f},       {&m->layer4_biases, 1, {10}, 0.1f},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const nhwc_status status = nhwc_tensor_create(NULL, NHWC_FLOAT32, parts[i].rank, parts[i].dims, parts[i].tensor);
        if (status != NHWC_OK)
            return status;
        draw(parts[i].tensor, (uint32_t)(i + 1) * 1000003, parts[i].scale);
    }
    return NHWC_OK;
}

static void destroy(model *m, activations *a, nhwc_tensor *data)
{
    nhwc_tensor *const all[] = {
        &m->layer1_weights, &m->layer1_biases, &m->layer2_weights, &m->layer2_biases, &m->layer3_weights,
        &m->layer3_biases,  &m->layer4_weights, &m->layer4_biases, &a->conv,          &a->transposed,
        &a->dense,          &a->scores,         data};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        nhwc_tensor_destroy(NULL, all[i]);
}

static void print_shape(const char *name, const nhwc_tensor *t)
{
    char text[128];
    nhwc_shape_string(t, text, sizeof text, NULL);
    printf("%-17s %s\n", name, text);
}

int main(int argc, char **argv)
{
    char *end = NULL;
    const long batch = argc > 1 ? strtol(argv[1], &end, 10) : 16;
    if (argc > 2 || (end != NULL && (*end != '\0' || end == argv[1])) || batch < 1 || batch > 1000000) {
        fprintf(stderr, "usage: tutorial_model [batch]\n");
        return 2;
    }
    model m = {.layer1_weights = {.rank = 0}};
    activations a = {.conv = {.rank = 0}};
    nhwc_tensor data = {.rank = 0};
    nhwc_status status = create_model(&m);
    if (status == NHWC_OK)
        status = CREATE(&data, batch, 28, 28, 1);
    if (status == NHWC_OK) {
        draw(&data, 0, 1);
        status = forward(&m, &data, &a);
    }
    if (status == NHWC_OK) {
        print_shape("data", &data);
        print_shape("conv2d", &a.conv);
        print_shape("conv2d_transpose", &a.transposed);
        print_shape("matmul", &a.dense);
        print_shape("scores", &a.scores);
        printf("\nthe last image's scores:");
        for (int i = 0; i < 10; i++)
            printf(" %.4f", (double)((const float *)a.scores.data)[(batch - 1) * 10 + i]);
        printf("\n");
    } else {
        fprintf(stderr, "tutorial_model: %s\n", nhwc_last_error());
    }
    destroy(&m, &a, &data);
    return status == NHWC_OK ? 0 : 1;
}
