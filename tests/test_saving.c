/* Weights and checkpoints in files: Keras', what is written, training that goes on, and everything that is refused. */
#include <nhwc/array.h>
#include <nhwc/train.h>

#include "support/files.h"
#include "support/trial.h"

#include "golden/saving_golden.h"

#define PATH "test_saving.tmp"

/* ---- Models ------------------------------------------------------------------------------------------- */

/* That of make_saving_golden.py. */
static nhwc_layer *chain(nhwc_model *model)
{
    nhwc_layer *x = nhwc_layer_input(model, NULL, 3, (int64_t[]){5, 4, 2});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 3, .kernel_size = {3, 2}, .activation = NHWC_RELU});
    x = nhwc_layer_depthwise_conv2d(x, &(nhwc_conv2d_layer){.kernel_size = {2, 1}, .no_bias = true});
    x = nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {2, 2}, .strides = {2, 2},
                                                            .activation = NHWC_TANH});
    x = nhwc_layer_flatten(x, NULL);
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 3});
}

/* Parameters that are shared, frozen, and of layers whose names are the ends of others. */
static nhwc_layer *graph(nhwc_model *model)
{
    nhwc_layer *x = nhwc_layer_input(model, NULL, 1, (int64_t[]){3});
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 3, .name = "end"});
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 3, .shared_with = x});
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 3, .name = "far/end", .frozen = true});
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 2, .name = "\303\266", .no_bias = true});
}

/* Averages of batches, and a number of runs from which follows what is dropped: both go on. */
static nhwc_layer *moody(nhwc_model *model)
{
    nhwc_layer *x = nhwc_layer_input(model, NULL, 3, (int64_t[]){5, 4, 2});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 3, .kernel_size = {3, 2}});
    x = nhwc_layer_batch_normalization(x, NULL);
    x = nhwc_layer_activation(x, NHWC_RELU, NULL);
    x = nhwc_layer_dropout(x, 0.3, NULL);
    x = nhwc_layer_flatten(x, NULL);
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 3});
}

static nhwc_layer *without(nhwc_model *model)
{
    return nhwc_layer_activation(nhwc_layer_input(model, NULL, 1, (int64_t[]){3}), NHWC_RELU, NULL);
}

static build *const builders[] = {chain, graph, moody, without};

/* Values that are those of make_saving_golden.py, or others. */
static void set_parameters(nhwc_model *model, double scale)
{
    for (int i = 0; i < nhwc_model_parameter_count(model); i++) {
        nhwc_parameter p;
        CHECK_OK(nhwc_model_parameter(model, i, &p));
        for (int64_t k = 0; k < element_count(&p.value); k++)
            element_set(&p.value, k, scale * number(i, k));
    }
}

static void check_parameters(const nhwc_model *model, double scale)
{
    for (int i = 0; i < nhwc_model_parameter_count(model); i++) {
        nhwc_parameter p;
        CHECK_OK(nhwc_model_parameter(model, i, &p));
        for (int64_t k = 0; k < element_count(&p.value); k++)
            CHECK(element_get(&p.value, k) ==
                  (p.value.dtype == NHWC_FLOAT32 ? (float)(scale * number(i, k)) : scale * number(i, k)));
    }
}

static nhwc_model *compiled(const nhwc_context *context, nhwc_dtype dtype, build *of, double scale)
{
    nhwc_model *model;
    CHECK_OK(nhwc_model_create(context, dtype, &model));
    CHECK_OK(nhwc_model_compile(model, of(model), &(nhwc_model_options){.max_batch = 2}));
    set_parameters(model, scale);
    return model;
}

/* ---- Keras ---------------------------------------------------------------------------------------------- */

static void test_keras(void **state)
{
    (void)state;
    float pixels[80] = {0};
    nhwc_tensor y, x = NHWC_TENSOR(NHWC_FLOAT32, pixels, 2, 5, 4, 2);
    nhwc_model *const model = compiled(NULL, NHWC_FLOAT32, chain, 9);
    for (int64_t i = 0; i < 80; i++)
        pixels[i] = (float)number(50, i);
    write_file(PATH, golden_weights, sizeof golden_weights - 1);
    CHECK_OK(nhwc_model_load_weights(model, PATH));
    check_parameters(model, 1);
    CHECK_OK(nhwc_model_forward(model, false, 1, &x, &y));
    CHECK(element_count(&y) == COUNT(golden_y));
    for (int64_t i = 0; i < element_count(&y); i++)
        CHECK(fabs(element_get(&y, i) - golden_y[i]) < 1e-5);
    nhwc_model_destroy(model);
}

/* ---- There and back --------------------------------------------------------------------------------------- */

static void test_round(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(builders); i++)
        for (int from = NHWC_FLOAT32; from <= NHWC_FLOAT64; from++)
            for (int to = NHWC_FLOAT32; to <= NHWC_FLOAT64; to++) {
                const double scale = from == to ? 1.1 : 1; /* of which one dtype knows more than the other */
                nhwc_model *const a = compiled(NULL, (nhwc_dtype)from, builders[i], scale);
                nhwc_model *const b = compiled(NULL, (nhwc_dtype)to, builders[i], 3);
                CHECK_OK(nhwc_model_save_weights(a, PATH));
                CHECK_OK(nhwc_model_load_weights(b, PATH));
                check_parameters(b, scale);
                nhwc_model_destroy(a);
                nhwc_model_destroy(b);
            }
}

static void test_rounding(void **state)
{
    (void)state;
    nhwc_model *const a = compiled(NULL, NHWC_FLOAT64, graph, 1.1);
    nhwc_model *const b = compiled(NULL, NHWC_FLOAT32, graph, 3);
    CHECK_OK(nhwc_model_save_weights(a, PATH));
    CHECK_OK(nhwc_model_load_weights(b, PATH));
    check_parameters(b, 1.1);
    nhwc_model_destroy(a);
    nhwc_model_destroy(b);
}

static void test_names(void **state)
{
    (void)state;
    static const char *const names[] = {"end/kernel", "end/bias", "far/end/kernel", "far/end/bias",
                                        "\303\266/kernel"};
    nhwc_npz *npz;
    nhwc_model *const model = compiled(NULL, NHWC_FLOAT32, graph, 1);
    CHECK_OK(nhwc_model_save_weights(model, PATH));
    CHECK(!file_exists(PATH ".part"));
    CHECK_OK(nhwc_npz_open(NULL, PATH, &npz));
    CHECK(nhwc_npz_count(npz) == COUNT(names));
    for (int i = 0; i < (int)COUNT(names); i++)
        assert_string_equal(nhwc_npz_name(npz, i), names[i]);
    nhwc_npz_close(npz);
    nhwc_model_destroy(model);
}

/* ---- What is refused ---------------------------------------------------------------------------------------- */

#define MOST 6

/* The arrays of `graph`, as they are to be or not. */
typedef struct arrays {
    const char *names[MOST];
    nhwc_tensor x[MOST];
    double elements[MOST][16];
} arrays;

static void make_arrays(arrays *a)
{
    static const char *const names[MOST] = {"end/kernel", "end/bias", "far/end/kernel", "far/end/bias",
                                            "\303\266/kernel", "more"};
    static const int64_t lengths[MOST] = {3, 3, 3, 3, 2, 4};
    for (int i = 0; i < MOST; i++) {
        a->names[i] = names[i];
        a->x[i] = i == 1 || i == 3 ? NHWC_TENSOR(NHWC_FLOAT64, a->elements[i], 3)
                                   : NHWC_TENSOR(NHWC_FLOAT64, a->elements[i], 3, lengths[i]);
        for (int64_t k = 0; k < 16; k++)
            a->elements[i][k] = number(i, k);
    }
}

static void write_arrays(const arrays *a, int count)
{
    CHECK_OK(nhwc_npz_write(NULL, PATH, count, a->names, a->x));
}

static void test_prefixes(void **state)
{
    (void)state;
    arrays a;
    nhwc_model *const model = compiled(NULL, NHWC_FLOAT32, graph, 3);
    make_arrays(&a);
    a.names[1] = "functional/end/bias"; /* some, of different models, and the order is any */
    a.names[2] = "a/b/far/end/kernel";
    a.names[3] = "a/far/end/bias";
    write_arrays(&a, 5);
    CHECK_OK(nhwc_model_load_weights(model, PATH));
    check_parameters(model, 1);
    a.names[4] = "un\303\266/kernel";
    write_arrays(&a, 5);
    CHECK_FAILS(nhwc_model_load_weights(model, PATH), NHWC_ERROR_FORMAT, "1 of its 5", ", \"\303\266/kernel\"",
                "1 are too many", "\"un\303\266/kernel\"");
    nhwc_model_destroy(model);
}

static void test_refused_names(void **state)
{
    (void)state;
    arrays a;
    nhwc_model *const model = compiled(NULL, NHWC_FLOAT32, graph, 3);
    make_arrays(&a);
    write_arrays(&a, 1);
    CHECK_FAILS(nhwc_model_load_weights(model, PATH), NHWC_ERROR_FORMAT, "model_load_weights", PATH,
                "4 of its 5 arrays are missing, \"end/bias\", \"far/end/kernel\",", " 0 are too many");
    write_arrays(&a, 6);
    CHECK_FAILS(nhwc_model_load_weights(model, PATH), NHWC_ERROR_FORMAT, " 0 of its 5 arrays are missing,",
                " 1 are too many, \"more\"");
    a.names[5] = "functional/end/kernel";
    write_arrays(&a, 6);
    CHECK_FAILS(nhwc_model_load_weights(model, PATH), NHWC_ERROR_FORMAT, " 1 are too many, \"functional/end/kernel\"");
    write_arrays(&a, 0);
    CHECK_FAILS(nhwc_model_load_weights(model, PATH), NHWC_ERROR_FORMAT, "5 of its 5");
    check_parameters(model, 3);
    nhwc_model_destroy(model);
}

/* Each name twice, as no writer does. */
static void test_doubled(void **state)
{
    (void)state;
    arrays a;
    char bytes[8192];
    nhwc_model *const model = compiled(NULL, NHWC_FLOAT32, graph, 3);
    make_arrays(&a);
    a.names[5] = "enx/kernel";
    a.x[5] = a.x[0];
    write_arrays(&a, 6);
    FILE *const file = fopen(PATH, "rb");
    CHECK(file != NULL);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    CHECK(fclose(file) == 0 && size < sizeof bytes);
    for (size_t i = 0; i + 4 < size; i++)
        if (memcmp(bytes + i, "enx/", 4) == 0)
            bytes[i + 2] = 'd';
    write_file(PATH, bytes, size);
    CHECK_FAILS(nhwc_model_load_weights(model, PATH), NHWC_ERROR_FORMAT, " 0 of its 5",
                " 1 are too many, \"end/kernel\"");
    check_parameters(model, 3);
    nhwc_model_destroy(model);
}

static void test_refused_arrays(void **state)
{
    (void)state;
    arrays a;
    nhwc_model *const model = compiled(NULL, NHWC_FLOAT32, graph, 3);
    make_arrays(&a);
    a.x[4] = NHWC_TENSOR(NHWC_FLOAT64, a.elements[4], 2, 3);
    write_arrays(&a, 5);
    CHECK_FAILS(nhwc_model_load_weights(model, PATH), NHWC_ERROR_SHAPE, "\"\303\266/kernel\"", PATH, "[2, 3]",
                "has to be [3, 2]");
    a.x[4] = NHWC_TENSOR(NHWC_FLOAT64, a.elements[4], 6);
    write_arrays(&a, 5);
    CHECK_FAILS(nhwc_model_load_weights(model, PATH), NHWC_ERROR_SHAPE, "[6]", "has to be [3, 2]");
    a.x[4] = NHWC_TENSOR(NHWC_INT64, a.elements[4], 3, 2);
    write_arrays(&a, 5);
    CHECK_FAILS(nhwc_model_load_weights(model, PATH), NHWC_ERROR_DTYPE, "\"\303\266/kernel\"", "int64", "float64");
    check_parameters(model, 3);
    nhwc_model_destroy(model);
}

static void test_refused_calls(void **state)
{
    (void)state;
    nhwc_model *model;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    nhwc_layer *const output = graph(model);
    CHECK_FAILS(nhwc_model_save_weights(model, PATH), NHWC_ERROR_ARGUMENT, "model_save_weights", "not compiled");
    CHECK_FAILS(nhwc_model_load_weights(model, PATH), NHWC_ERROR_ARGUMENT, "model_load_weights", "not compiled");
    CHECK_OK(nhwc_model_compile(model, output, NULL));
    CHECK_FAILS(nhwc_model_save_weights(NULL, PATH), NHWC_ERROR_ARGUMENT, "model is NULL");
    CHECK_FAILS(nhwc_model_load_weights(NULL, PATH), NHWC_ERROR_ARGUMENT, "model is NULL");
    CHECK_FAILS(nhwc_model_save_weights(model, NULL), NHWC_ERROR_ARGUMENT, "path is NULL");
    CHECK_FAILS(nhwc_model_load_weights(model, NULL), NHWC_ERROR_ARGUMENT, "path is NULL");
    CHECK_FAILS(nhwc_model_load_weights(model, "missing.npz"), NHWC_ERROR_FILE, "missing.npz", "No such file");
    CHECK_FAILS(nhwc_model_save_weights(model, "missing/x.npz"), NHWC_ERROR_FILE, "missing/x.npz", "No such file");
    nhwc_model_destroy(model);
}

/* ---- Training that goes on ----------------------------------------------------------------------------------- */

#define OTHER_PATH "test_saving_other.tmp"

static const nhwc_optimizer optimizers[] = {
    {.kind = NHWC_SGD},
    {.kind = NHWC_SGD, .momentum = 0.9, .nesterov = true},
    {.kind = NHWC_RMSPROP},
    {.kind = NHWC_RMSPROP, .centered = true, .momentum = 0.5},
    {.kind = NHWC_ADAM},
    {.kind = NHWC_ADAM, .amsgrad = true,
     .schedule = {.kind = NHWC_EXPONENTIAL_DECAY, .initial_learning_rate = 0.01, .decay_steps = 3, .decay_rate = 0.7}},
    {.kind = NHWC_ADAMW},
};

static nhwc_model *learner_of(build *of, const nhwc_context *context, nhwc_dtype dtype,
                              const nhwc_optimizer *optimizer, uint64_t seed)
{
    nhwc_model *model;
    const nhwc_model_options options = {
        .max_batch = 4, .seed = seed, .loss = NHWC_MEAN_SQUARED_ERROR, .optimizer = optimizer};
    CHECK_OK(nhwc_model_create(context, dtype, &model));
    CHECK_OK(nhwc_model_compile(model, of(model), &options));
    return model;
}

static nhwc_model *learner(const nhwc_context *context, nhwc_dtype dtype, const nhwc_optimizer *optimizer,
                           uint64_t seed)
{
    return learner_of(chain, context, dtype, optimizer, seed);
}

#define SAMPLES 10

/* Epochs `from` to `to`. */
static void train(nhwc_model *model, nhwc_dtype dtype, int64_t from, int64_t to)
{
    nhwc_tensor x, y;
    CHECK_OK(nhwc_tensor_create(NULL, dtype, 4, (int64_t[]){SAMPLES, 5, 4, 2}, &x));
    CHECK_OK(nhwc_tensor_create(NULL, dtype, 2, (int64_t[]){SAMPLES, 3}, &y));
    for (int64_t i = 0; i < element_count(&x); i++)
        element_set(&x, i, number(1, i));
    for (int64_t i = 0; i < element_count(&y); i++)
        element_set(&y, i, number(2, i));
    const nhwc_fit_options options = {.initial_epoch = from, .epochs = to, .seed = 5};
    CHECK_OK(nhwc_model_fit(model, 1, &x, &y, &options, NULL));
    nhwc_tensor_destroy(NULL, &x);
    nhwc_tensor_destroy(NULL, &y);
}

static size_t bytes_of(const char *path, char bytes[16384])
{
    FILE *const file = fopen(path, "rb");
    CHECK(file != NULL);
    const size_t size = fread(bytes, 1, 16384, file);
    CHECK(fclose(file) == 0 && size < 16384);
    return size;
}

/* Two models have the same bits in everything that is in a checkpoint. */
static void check_same_checkpoints(const nhwc_model *a, const nhwc_model *b)
{
    char bytes[16384];
    CHECK_OK(nhwc_model_save_checkpoint(a, PATH));
    CHECK_OK(nhwc_model_save_checkpoint(b, OTHER_PATH));
    CHECK(file_equals(OTHER_PATH, bytes, bytes_of(PATH, bytes)));
}

static void check_resumed(build *of, nhwc_dtype dtype, const nhwc_optimizer *optimizer)
{
    nhwc_optimizer other = *optimizer;
    if (other.schedule.kind == NHWC_CONSTANT)
        other.learning_rate = 0.3;
    nhwc_model *const a = learner_of(of, NULL, dtype, optimizer, 1), *const b = learner_of(of, NULL, dtype, &other, 2);
    train(a, dtype, 0, 2);
    train(b, dtype, 0, 1); /* of which nothing is left */
    CHECK_OK(nhwc_model_save_checkpoint(a, PATH));
    CHECK_OK(nhwc_model_load_checkpoint(b, PATH));
    CHECK(nhwc_model_iterations(a) == 6 && nhwc_model_iterations(b) == 6);
    check_same_checkpoints(a, b);
    train(a, dtype, 2, 4);
    train(b, dtype, 2, 4);
    CHECK(nhwc_model_iterations(b) == 12);
    check_same_checkpoints(a, b);
    nhwc_model_destroy(a);
    nhwc_model_destroy(b);
}

static void test_resumed(void **state)
{
    (void)state;
    for (int dtype = NHWC_FLOAT32; dtype <= NHWC_FLOAT64; dtype++) {
        for (size_t i = 0; i < COUNT(optimizers); i++)
            check_resumed(chain, (nhwc_dtype)dtype, &optimizers[i]);
        check_resumed(moody, (nhwc_dtype)dtype, &optimizers[4]);
    }
    CHECK(nhwc_model_iterations(NULL) == 0);
}

/* What is in it, for those who read it with NumPy. */
static void test_checkpoint_names(void **state)
{
    (void)state;
    static const char *const names[] = {"nhwc/runs", "nhwc/seed", "rmsprop/iterations", "rmsprop/learning_rate",
                                        "conv2d/kernel", "conv2d/bias", "depthwise_conv2d/kernel",
                                        "conv2d_transpose/kernel", "conv2d_transpose/bias", "dense/kernel",
                                        "dense/bias", "rmsprop/velocity", "rmsprop/average_gradient",
                                        "rmsprop/momentum"};
    nhwc_npz *npz;
    nhwc_tensor iterations;
    nhwc_model *const model = learner(NULL, NHWC_FLOAT32, &optimizers[3], 1);
    train(model, NHWC_FLOAT32, 0, 1);
    CHECK_OK(nhwc_model_save_checkpoint(model, PATH));
    CHECK_OK(nhwc_npz_open(NULL, PATH, &npz));
    CHECK(nhwc_npz_count(npz) == COUNT(names));
    for (int i = 0; i < (int)COUNT(names); i++)
        assert_string_equal(nhwc_npz_name(npz, i), names[i]);
    CHECK_OK(nhwc_npz_read(npz, "rmsprop/iterations", &iterations));
    CHECK(iterations.rank == 0 && iterations.dtype == NHWC_INT64 && element_get(&iterations, 0) == 3);
    nhwc_tensor_destroy(NULL, &iterations);
    nhwc_npz_close(npz);
    nhwc_model_destroy(model);
}

/* A model that is not trained has a checkpoint, too. */
static void test_checkpoint_of_weights(void **state)
{
    (void)state;
    nhwc_model *const a = compiled(NULL, NHWC_FLOAT32, graph, 1), *const b = compiled(NULL, NHWC_FLOAT32, graph, 3);
    CHECK_OK(nhwc_model_save_checkpoint(a, PATH));
    CHECK_OK(nhwc_model_load_checkpoint(b, PATH));
    check_parameters(b, 1);
    CHECK_FAILS(nhwc_model_load_weights(b, PATH), NHWC_ERROR_FORMAT, "2 are too many, \"nhwc/runs\", \"nhwc/seed\"");
    nhwc_model_destroy(a);
    nhwc_model_destroy(b);
}

static void change(const char *from, const char *to)
{
    char bytes[16384];
    const size_t size = bytes_of(PATH, bytes), length = strlen(from);
    for (size_t i = 0; i + length < size; i++)
        if (memcmp(bytes + i, from, length) == 0)
            memcpy(bytes + i, to, length);
    write_file(PATH, bytes, size);
}

/* A checkpoint of one Dense, with these numbers in front. */
static void write_checkpoint(int64_t runs, int64_t iterations, double rate)
{
    static const char *const names[] = {"nhwc/runs", "nhwc/seed", "sgd/iterations", "sgd/learning_rate",
                                        "dense/kernel", "dense/bias"};
    float elements[6] = {0};
    const int64_t seed = -1;
    const nhwc_tensor x[] = {nhwc_tensor_view(NHWC_INT64, &runs, 0, NULL), nhwc_tensor_view(NHWC_INT64, &seed, 0, NULL),
                             nhwc_tensor_view(NHWC_INT64, &iterations, 0, NULL),
                             nhwc_tensor_view(NHWC_FLOAT64, &rate, 0, NULL), NHWC_TENSOR(NHWC_FLOAT32, elements, 3, 2),
                             NHWC_TENSOR(NHWC_FLOAT32, elements, 2)};
    CHECK_OK(nhwc_npz_write(NULL, PATH, COUNT(names), names, x));
}

static void test_refused_checkpoints(void **state)
{
    (void)state;
    nhwc_model *const a = learner(NULL, NHWC_FLOAT32, &optimizers[4], 1);
    nhwc_model *const b = learner(NULL, NHWC_FLOAT32, &optimizers[6], 2);
    nhwc_model *const c = learner(NULL, NHWC_FLOAT64, &optimizers[4], 2);
    nhwc_model *const d = learner(NULL, NHWC_FLOAT32, &optimizers[4], 2);
    CHECK_OK(nhwc_model_save_checkpoint(a, PATH));
    CHECK_FAILS(nhwc_model_load_checkpoint(b, PATH), NHWC_ERROR_FORMAT, "model_load_checkpoint", PATH,
                "\"adamw/iterations\", \"adamw/learning_rate\"", "\"adam/iterations\", \"adam/learning_rate\"");
    CHECK_FAILS(nhwc_model_load_checkpoint(c, PATH), NHWC_ERROR_DTYPE, "conv2d/kernel", "is float32",
                "has to be float64");
    change("dense/bias", "a/ens/bias");
    CHECK_FAILS(nhwc_model_load_checkpoint(d, PATH), NHWC_ERROR_FORMAT, "\"dense/bias\"", "\"a/ens/bias\"");
    nhwc_model_destroy(a);
    nhwc_model_destroy(b);
    nhwc_model_destroy(c);
    nhwc_model_destroy(d);
    CHECK_FAILS(nhwc_model_save_checkpoint(NULL, PATH), NHWC_ERROR_ARGUMENT, "model_save_checkpoint", "model is NULL");
    CHECK_FAILS(nhwc_model_load_checkpoint(NULL, PATH), NHWC_ERROR_ARGUMENT, "model_load_checkpoint", "model is NULL");
}

static void test_refused_progress(void **state)
{
    (void)state;
    nhwc_model *model;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    nhwc_layer *const x = nhwc_layer_input(model, NULL, 1, (int64_t[]){3});
    CHECK_OK(nhwc_model_compile(model, nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 2}),
                                &(nhwc_model_options){.loss = NHWC_MEAN_SQUARED_ERROR, .optimizer = &optimizers[0]}));
    set_parameters(model, 3);
    write_checkpoint(-1, 2, 0.5);
    CHECK_FAILS(nhwc_model_load_checkpoint(model, PATH), NHWC_ERROR_FORMAT, PATH, "-1 runs", "2 steps");
    write_checkpoint(1, INT64_MAX, 0.5);
    CHECK_FAILS(nhwc_model_load_checkpoint(model, PATH), NHWC_ERROR_FORMAT, "9223372036854775807 steps");
    write_checkpoint(1, 2, (double)NAN);
    CHECK_FAILS(nhwc_model_load_checkpoint(model, PATH), NHWC_ERROR_FORMAT, "learning rate of", "nan");
    write_checkpoint(1, 2, -1);
    CHECK_FAILS(nhwc_model_load_checkpoint(model, PATH), NHWC_ERROR_FORMAT, "learning rate of -1");
    check_parameters(model, 3);
    CHECK(nhwc_model_iterations(model) == 0);
    write_checkpoint(1, 2, 0.5);
    CHECK_OK(nhwc_model_load_checkpoint(model, PATH));
    double rate;
    CHECK_OK(nhwc_model_learning_rate(model, &rate));
    CHECK(nhwc_model_iterations(model) == 2 && rate == 0.5);
    nhwc_model_destroy(model);
}

/* ---- Files that are damaged, of a small model ------------------------------------------------------------------- */

static nhwc_layer *lone(nhwc_model *model)
{
    return nhwc_layer_dense(nhwc_layer_input(model, NULL, 1, (int64_t[]){3}), &(nhwc_dense_layer){.units = 2});
}

static nhwc_model *lone_learner(double scale)
{
    nhwc_model *model;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    CHECK_OK(nhwc_model_compile(model, lone(model), &(nhwc_model_options){.loss = NHWC_MEAN_SQUARED_ERROR,
                                                                         .optimizer = &optimizers[1]}));
    set_parameters(model, scale);
    return model;
}

static void damage(const nhwc_model *saved, nhwc_status (*save)(const nhwc_model *model, const char *path),
                   void (*look)(const char *path))
{
    char bytes[16384];
    CHECK_OK(save(saved, PATH));
    const size_t size = bytes_of(PATH, bytes);
    damage_file(PATH, bytes, size, 1000 / every, look);
}

static nhwc_model *victim, *before, *after;

/* The file says nothing else than before, or nothing happens. */
static void look_at_weights(const char *path)
{
    set_parameters(victim, 3);
    check_parameters(victim, nhwc_model_load_weights(victim, path) == NHWC_OK ? 1 : 3);
}

static void test_damaged_weights(void **state)
{
    (void)state;
    nhwc_model *const saved = lone_learner(1);
    victim = lone_learner(3);
    damage(saved, nhwc_model_save_weights, look_at_weights);
    nhwc_model_destroy(saved);
    nhwc_model_destroy(victim);
}

/* At times all else is looked at as well: files tell. */
static void look_at_checkpoint(const char *path)
{
    static int looks = 0;
    const bool loaded = nhwc_model_load_checkpoint(victim, path) == NHWC_OK;
    check_parameters(victim, loaded ? 1 : 3);
    CHECK(nhwc_model_iterations(victim) == loaded);
    if (loaded || looks++ % 100 == 0)
        check_same_checkpoints(victim, loaded ? after : before);
    if (loaded) {
        CHECK_OK(nhwc_model_save_checkpoint(before, PATH));
        CHECK_OK(nhwc_model_load_checkpoint(victim, PATH));
    }
}

static void test_damaged_checkpoint(void **state)
{
    (void)state;
    const float numbers[3] = {1, 2, 3};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, numbers, 1, 3), y = NHWC_TENSOR(NHWC_FLOAT32, numbers, 1, 2);
    after = lone_learner(1);
    before = lone_learner(3);
    victim = lone_learner(3);
    CHECK_OK(nhwc_model_train_on_batch(after, 1, &x, &y, NULL));
    set_parameters(after, 1);
    damage(after, nhwc_model_save_checkpoint, look_at_checkpoint);
    nhwc_model_destroy(after);
    nhwc_model_destroy(before);
    nhwc_model_destroy(victim);
}

/* ---- Memory -------------------------------------------------------------------------------------------------- */

/* Calls `call` with each of its allocations failing; nothing of the model may have changed. */
static void fail_everywhere(nhwc_model *model, failing_allocator *allocator,
                            nhwc_status (*call)(nhwc_model *model, const char *path))
{
    nhwc_status status = NHWC_ERROR_OUT_OF_MEMORY;
    const int64_t own = allocator->live;
    for (int64_t n = 1; status != NHWC_OK && n < 60; n++) {
        allocator->calls = 0;
        allocator->fail_at = n;
        status = call(model, PATH);
        allocator->fail_at = 0;
        CHECK(allocator->live == own && (status == NHWC_OK || status == NHWC_ERROR_OUT_OF_MEMORY));
        if (status != NHWC_OK)
            check_parameters(model, 3);
    }
    CHECK(status == NHWC_OK);
}

static nhwc_status save_weights(nhwc_model *model, const char *path)
{
    write_file(path, "before", 6);
    const nhwc_status status = nhwc_model_save_weights(model, path);
    CHECK(file_equals(path, "before", 6) == (status != NHWC_OK) && !file_exists(PATH ".part"));
    return status;
}

static nhwc_status save_checkpoint(nhwc_model *model, const char *path)
{
    return nhwc_model_save_checkpoint(model, path);
}

static void test_allocation(void **state)
{
    (void)state;
    failing_allocator allocator = {.fail_at = 0};
    const nhwc_context context = failing_context(&allocator);
    nhwc_model *const model = learner(&context, NHWC_FLOAT32, &optimizers[4], 1);
    set_parameters(model, 3);
    fail_everywhere(model, &allocator, save_weights);
    fail_everywhere(model, &allocator, save_checkpoint);
    CHECK(nhwc_model_iterations(model) == 0);
    fail_everywhere(model, &allocator, nhwc_model_load_checkpoint);
    write_file(PATH, golden_weights, sizeof golden_weights - 1);
    fail_everywhere(model, &allocator, nhwc_model_load_weights);
    check_parameters(model, 1);
    nhwc_model_destroy(model);
    CHECK(allocator.live == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keras),
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_doubled),
        cmocka_unit_test(test_refused_names),
        cmocka_unit_test(test_refused_arrays),
        cmocka_unit_test(test_refused_calls),
        cmocka_unit_test(test_resumed),
        cmocka_unit_test(test_checkpoint_names),
        cmocka_unit_test(test_checkpoint_of_weights),
        cmocka_unit_test(test_refused_checkpoints),
        cmocka_unit_test(test_refused_progress),
        cmocka_unit_test(test_damaged_weights),
        cmocka_unit_test(test_damaged_checkpoint),
        cmocka_unit_test(test_allocation),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(PATH);
    remove(OTHER_PATH);
    return failed;
}
