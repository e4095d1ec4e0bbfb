/* Learning: Keras' steps, losses, metrics and schedules; whole courses of training; the same bits; every rejection. */
#include <inttypes.h>
#include <math.h>
#include <nhwc/random.h>
#include <nhwc/train.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/bits.h"
#include "support/build.h"
#include "support/check.h"
#include "support/failing_allocator.h"
#include "support/random.h"
#include "support/trial.h"

#include "golden/learning_golden.h"

static nhwc_model *compiled(const nhwc_context *context, build *of, const nhwc_model_options *options)
{
    nhwc_model *model;
    CHECK_OK(nhwc_model_create(context, NHWC_FLOAT32, &model));
    CHECK_OK(nhwc_model_compile(model, of(model), options));
    return model;
}

static nhwc_layer *pixel(nhwc_model *model)
{
    return nhwc_layer_dense(input(model, 1, (int64_t[]){1}), &(nhwc_dense_layer){.units = 1});
}

/* ---- Keras' courses, as make_learning_golden.py has them ------------------------------------------------- */

static int64_t whole(int which, int64_t i, int64_t most)
{
    return (i * 5 + which * 3 + i / 4) % most;
}

static void real(const nhwc_tensor *targets, int step)
{
    set_numbers(targets, 70 + step);
}

static void binary(const nhwc_tensor *targets, int step)
{
    for (int64_t i = 0; i < element_count(targets); i++)
        element_set(targets, i, (double)whole(step, i, 2));
}

static void soft(const nhwc_tensor *targets, int step)
{
    for (int64_t i = 0; i < element_count(targets); i++)
        element_set(targets, i, fabs(number(70 + step, i)));
}

static void one_hot(const nhwc_tensor *targets, int step)
{
    const int64_t n = targets->dims[targets->rank - 1];
    for (int64_t i = 0; i < element_count(targets); i++)
        element_set(targets, i, i % n == whole(step, i / n, n));
}

static void sparse(const nhwc_tensor *targets, int step)
{
    const int64_t n = targets->rank == 1 ? 3 : 4;
    for (int64_t i = 0; i < element_count(targets); i++)
        ((int64_t *)targets->data)[i] = whole(step, i, n);
}

static nhwc_layer *small(nhwc_model *model, nhwc_function activation)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){5, 5, 2});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {3, 3}, .activation = NHWC_RELU});
    x = nhwc_layer_flatten(x, NULL);
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 3, .activation = activation});
}

static nhwc_layer *image_to_image(nhwc_model *model, nhwc_function activation)
{
    return nhwc_layer_conv2d(input(model, 3, (int64_t[]){4, 3, 2}),
                             &(nhwc_conv2d_layer){.filters = 4, .kernel_size = {3, 3}, .padding = NHWC_PADDING_SAME,
                                                  .activation = activation});
}

static nhwc_layer *normalised(nhwc_model *model, nhwc_function activation)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){5, 5, 2});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {3, 3}});
    x = nhwc_layer_batch_normalization(
        x, &(nhwc_batch_normalization_layer){.momentum = 0.875, .epsilon = 1.0 / 1024});
    x = nhwc_layer_flatten(x, NULL);
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 3, .activation = activation});
}

typedef struct course {
    nhwc_layer *(*build)(nhwc_model *model, nhwc_function activation);
    nhwc_function activation;
    double scale;
    nhwc_loss loss;
    nhwc_metric metric;
    void (*targets)(const nhwc_tensor *targets, int step);
    nhwc_optimizer optimizer;
} course;

#define OPTIMIZER(...) {small, NHWC_LINEAR, 0.3, NHWC_MEAN_SQUARED_ERROR, NHWC_METRIC_NONE, real, {__VA_ARGS__}}
#define SGD            {.learning_rate = 0.5}

static const course courses[] = {
    {small, NHWC_LINEAR, 0.3, NHWC_MEAN_SQUARED_ERROR, NHWC_METRIC_MEAN_ABSOLUTE_ERROR, real, SGD},
    {small, NHWC_TANH, 0.3, NHWC_MEAN_ABSOLUTE_ERROR, NHWC_METRIC_MEAN_SQUARED_ERROR, real, SGD},
    {small, NHWC_SIGMOID, 0.3, NHWC_BINARY_CROSS_ENTROPY, NHWC_BINARY_ACCURACY, binary, SGD},
    {small, NHWC_SIGMOID, 6, NHWC_BINARY_CROSS_ENTROPY, NHWC_BINARY_ACCURACY, soft, SGD},
    {image_to_image, NHWC_SIGMOID, 1, NHWC_SIGMOID_CROSS_ENTROPY, NHWC_METRIC_NONE, soft, SGD},
    {small, NHWC_SOFTMAX, 0.3, NHWC_BINARY_CROSS_ENTROPY, NHWC_METRIC_NONE, binary, SGD},
    {small, NHWC_LINEAR, 0.3, NHWC_SIGMOID_CROSS_ENTROPY, NHWC_METRIC_NONE, binary, SGD},
    {small, NHWC_SOFTMAX, 0.3, NHWC_SOFTMAX_CROSS_ENTROPY, NHWC_ACCURACY, one_hot, SGD},
    {small, NHWC_SOFTMAX, 6, NHWC_SOFTMAX_CROSS_ENTROPY, NHWC_ACCURACY, one_hot, SGD},
    {small, NHWC_LINEAR, 0.3, NHWC_SOFTMAX_CROSS_ENTROPY, NHWC_ACCURACY, one_hot, SGD},
    {image_to_image, NHWC_SOFTMAX, 1, NHWC_SOFTMAX_CROSS_ENTROPY, NHWC_ACCURACY, one_hot, SGD},
    {small, NHWC_SOFTMAX, 0.3, NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY, NHWC_ACCURACY, sparse, SGD},
    {image_to_image, NHWC_LINEAR, 1, NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY, NHWC_ACCURACY, sparse, SGD},
    {normalised, NHWC_LINEAR, 0.5, NHWC_MEAN_SQUARED_ERROR, NHWC_METRIC_NONE, real,
     {.learning_rate = 0.1, .momentum = 0.875}},
    OPTIMIZER(.kind = NHWC_SGD),
    OPTIMIZER(.learning_rate = 0.5, .momentum = 0.875),
    OPTIMIZER(.learning_rate = 0.5, .momentum = 0.875, .nesterov = true, .weight_decay = 1.0 / 64,
              .clipvalue = 1.0 / 32),
    OPTIMIZER(.learning_rate = 0.1, .clipnorm = 1.0 / 4),
    OPTIMIZER(.learning_rate = 0.1, .global_clipnorm = 1.0 / 4),
    OPTIMIZER(.momentum = 0.5, .schedule = {.kind = NHWC_COSINE_DECAY, .initial_learning_rate = 0.01,
                                            .decay_steps = 4, .alpha = 0.1, .warmup_target = 0.1, .warmup_steps = 2}),
    OPTIMIZER(.kind = NHWC_RMSPROP),
    OPTIMIZER(.kind = NHWC_RMSPROP, .learning_rate = 0.01, .rho = 0.75, .momentum = 0.75, .epsilon = 1.0 / 1024,
              .weight_decay = 1.0 / 8),
    OPTIMIZER(.kind = NHWC_RMSPROP, .learning_rate = 0.01, .centered = true),
    OPTIMIZER(.kind = NHWC_RMSPROP, .learning_rate = 0.01, .centered = true, .momentum = 0.75, .clipnorm = 1.0 / 4),
    OPTIMIZER(.kind = NHWC_ADAM),
    OPTIMIZER(.kind = NHWC_ADAM, .learning_rate = 0.02, .beta_1 = 0.75, .beta_2 = 0.9375, .epsilon = 1.0 / 1024,
              .weight_decay = 1.0 / 128, .global_clipnorm = 1.0 / 4),
    OPTIMIZER(.kind = NHWC_ADAM, .learning_rate = 0.02, .beta_1 = 0.875, .beta_2 = 0.96875, .amsgrad = true),
    OPTIMIZER(.kind = NHWC_ADAM, .beta_1 = 0.875, .beta_2 = 0.96875,
              .schedule = {.kind = NHWC_EXPONENTIAL_DECAY, .initial_learning_rate = 0.03,
                                              .decay_steps = 2, .decay_rate = 0.5}),
    OPTIMIZER(.kind = NHWC_ADAMW),
    OPTIMIZER(.kind = NHWC_ADAMW, .learning_rate = 0.02, .beta_1 = 0.875, .beta_2 = 0.96875, .weight_decay = 1.0 / 4,
              .amsgrad = true, .clipvalue = 1.0 / 16),
};

/* Inputs and targets of a step. */
typedef struct batch {
    nhwc_tensor x, y;
} batch;

static batch batch_of(const course *c, nhwc_model *model, const nhwc_layer *output, nhwc_dtype dtype, int step,
                      int64_t count)
{
    batch b = {made(dtype, nhwc_model_layer(model, "input_layer"), count), made(dtype, output, count)};
    set_numbers(&b.x, 50 + step);
    if (c->loss == NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY) {
        nhwc_tensor_destroy(NULL, &b.y);
        CHECK_OK(nhwc_tensor_create(NULL, NHWC_INT64, b.y.rank - 1, b.y.dims, &b.y));
    }
    c->targets(&b.y, step);
    return b;
}

static void destroy_batch(batch *b)
{
    nhwc_tensor_destroy(NULL, &b->x);
    nhwc_tensor_destroy(NULL, &b->y);
}

/* Keras takes options of optimisers for float32, whatever the model is: those of the table are numbers of it, but
 * defaults and learning rates of schedules are not. */
static double unit_of(int index, nhwc_dtype dtype)
{
    const nhwc_optimizer *o = &courses[index].optimizer;
    const bool exact = o->schedule.kind == NHWC_CONSTANT && (o->kind < NHWC_ADAM || o->beta_1 > 0);
    return dtype == NHWC_FLOAT32 ? 1e-5 : exact ? 1e-12 : 1e-7;
}

static void check_result(int index, int step, nhwc_dtype dtype, const nhwc_result *given, const double *expected)
{
    const double unit = unit_of(index, dtype);
    if (fabs(given->loss - expected[0]) <= unit * fmax(1, expected[0]) && fabs(given->metric - expected[1]) <= 1e-6)
        return;
    print_error("course %d, step %d: %.17g, %.17g; in Keras %.17g, %.17g\n", index, step, given->loss, given->metric,
                expected[0], expected[1]);
    fail();
}

static void check_parameters(int index, nhwc_model *model)
{
    nhwc_tensor all;
    CHECK_OK(nhwc_model_parameters(model, &all));
    const double unit = unit_of(index, all.dtype);
    for (int64_t i = 0; i < element_count(&all); i++) {
        const double expected = golden_courses[index].parameters[i], given = element_get(&all, i);
        if (!(fabs(given - expected) <= unit * fmax(1, fabs(expected)))) {
            print_error("course %d: parameter %d is %.17g, in Keras %.17g\n", index, (int)i, given, expected);
            fail();
        }
    }
}

static void run_course(int index, nhwc_dtype dtype)
{
    const course *c = &courses[index];
    const double *expected = golden_courses[index].results;
    const nhwc_model_options options = {
        .max_batch = golden_batch, .loss = c->loss, .metric = c->metric, .optimizer = &c->optimizer};
    nhwc_model *model;
    nhwc_result result;
    CHECK_OK(nhwc_model_create(NULL, dtype, &model));
    nhwc_layer *const output = c->build(model, c->activation);
    CHECK_OK(nhwc_model_compile(model, output, &options));
    fill_parameters(model, c->scale, 0);
    for (int step = 0; step < golden_steps; step++, expected += 2) {
        batch b = batch_of(c, model, output, dtype, step, golden_batch);
        CHECK_OK(nhwc_model_train_on_batch(model, 1, &b.x, &b.y, &result));
        check_result(index, step, dtype, &result, expected);
        destroy_batch(&b);
    }
    check_parameters(index, model);
    batch all = batch_of(c, model, output, dtype, golden_steps, 7);
    CHECK_OK(nhwc_model_evaluate(model, 1, &all.x, &all.y, &result));
    check_result(index, golden_steps, dtype, &result, expected);
    destroy_batch(&all);
    nhwc_model_destroy(model);
}

static void test_courses(void **state)
{
    (void)state;
    CHECK(COUNT(courses) == COUNT(golden_courses));
    for (int i = 0; i < COUNT(courses); i++) {
        run_course(i, NHWC_FLOAT64);
        run_course(i, NHWC_FLOAT32);
    }
}

static const nhwc_schedule schedules[] = {
    {.kind = NHWC_COSINE_DECAY, .initial_learning_rate = 0.2, .decay_steps = 20},
    {.kind = NHWC_COSINE_DECAY, .initial_learning_rate = 0.2, .decay_steps = 20, .alpha = 0.25},
    {.kind = NHWC_COSINE_DECAY, .decay_steps = 20, .alpha = 0.01, .warmup_target = 0.3, .warmup_steps = 7},
    {.kind = NHWC_EXPONENTIAL_DECAY, .initial_learning_rate = 0.2, .decay_steps = 7, .decay_rate = 0.6},
    {.kind = NHWC_EXPONENTIAL_DECAY, .initial_learning_rate = 0.2, .decay_steps = 7, .decay_rate = 0.6,
     .staircase = true},
    {.kind = NHWC_POLYNOMIAL_DECAY, .initial_learning_rate = 0.2, .decay_steps = 7, .end_learning_rate = 0.05},
    {.kind = NHWC_POLYNOMIAL_DECAY, .initial_learning_rate = 0.2, .decay_steps = 7, .end_learning_rate = 0.01,
     .power = 0.5, .cycle = true},
    {.kind = NHWC_INVERSE_TIME_DECAY, .initial_learning_rate = 0.2, .decay_steps = 7, .decay_rate = 0.6},
    {.kind = NHWC_INVERSE_TIME_DECAY, .initial_learning_rate = 0.2, .decay_steps = 7, .decay_rate = 0.6,
     .staircase = true},
    {.kind = NHWC_PIECEWISE_CONSTANT_DECAY, .boundary_count = 3, .boundaries = {3, 8, 20},
     .values = {0.4, 0.3, 0.2, 0.1}},
};

/* Keras computes learning rates in float32. */
static void test_schedules(void **state)
{
    (void)state;
    CHECK(COUNT(schedules) * golden_rates == COUNT(golden_schedules));
    for (int i = 0; i < COUNT(schedules); i++) {
        const nhwc_optimizer optimizer = {.schedule = schedules[i]};
        nhwc_model *model =
            compiled(NULL, pixel, &(nhwc_model_options){.loss = NHWC_MEAN_SQUARED_ERROR, .optimizer = &optimizer});
        for (int step = 0; step < golden_rates; step++) {
            double rate;
            CHECK_OK(nhwc_model_learning_rate(model, &rate));
            CHECK(fabs(rate - golden_schedules[i * golden_rates + step]) < 1e-7);
            CHECK_OK(nhwc_model_apply_gradients(model));
        }
        CHECK_FAILS(nhwc_model_set_learning_rate(model, 0.1), NHWC_ERROR_ARGUMENT, "schedule");
        nhwc_model_destroy(model);
    }
}

/* ---- Ten images ----------------------------------------------------------------------------------------- */

#define SAMPLES 10
#define CLASSES 4

static nhwc_layer *classifier(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){8, 8, 1});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 6, .kernel_size = {3, 3}, .strides = {2, 2},
                                                  .activation = NHWC_RELU});
    x = nhwc_layer_flatten(x, NULL);
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 16, .activation = NHWC_TANH});
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = CLASSES, .activation = NHWC_SOFTMAX});
}

/* Images and labels by chance. */
typedef struct data {
    float images[SAMPLES * 64];
    int32_t labels[SAMPLES];
    nhwc_tensor x, y;
} data;

static void draw(data *d)
{
    uint64_t random = 5;
    for (int i = 0; i < SAMPLES * 64; i++)
        d->images[i] = (float)random_real(&random);
    for (int i = 0; i < SAMPLES; i++)
        d->labels[i] = (int32_t)random_between(&random, 0, CLASSES - 1);
    d->x = NHWC_TENSOR(NHWC_FLOAT32, d->images, SAMPLES, 8, 8, 1);
    d->y = NHWC_TENSOR(NHWC_INT32, d->labels, SAMPLES);
}

static const nhwc_optimizer adam = {.kind = NHWC_ADAM, .learning_rate = 0.01};
static const nhwc_model_options classes = {.max_batch = 4, .seed = 3, .loss = NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY,
                                           .metric = NHWC_ACCURACY, .optimizer = &adam};

static void test_overfitting(void **state)
{
    (void)state;
    data d;
    draw(&d);
    nhwc_model *model = compiled(NULL, classifier, &classes);
    nhwc_result result;
    CHECK_OK(nhwc_model_evaluate(model, 1, &d.x, &d.y, &result));
    CHECK(result.loss > 0.5);
    CHECK_OK(nhwc_model_fit(model, 1, &d.x, &d.y, &(nhwc_fit_options){.epochs = 300}, NULL));
    CHECK_OK(nhwc_model_evaluate(model, 1, &d.x, &d.y, &result));
    if (!(result.loss < 1e-3))
        print_error("loss %g\n", result.loss);
    CHECK(result.loss < 1e-3 && result.metric == 1);
    nhwc_model_destroy(model);
}

/* ---- Courses of training ----------------------------------------------------------------------------------- */

static nhwc_tensor rows(const nhwc_tensor *x, int64_t first, int64_t count)
{
    nhwc_tensor part = *x;
    part.dims[0] = count;
    part.data = (char *)x->data + (size_t)(first * x->strides[0]) * nhwc_dtype_size(x->dtype);
    return part;
}

static nhwc_tensor parameters_of(const nhwc_model *model)
{
    nhwc_tensor all;
    CHECK_OK(nhwc_model_parameters(model, &all));
    return all;
}

static void check_same_models(const nhwc_model *a, const nhwc_model *b)
{
    const nhwc_tensor left = parameters_of(a), right = parameters_of(b);
    CHECK(same_bits(&left, &right));
}

/* What nhwc_model_fit is said to do. */
static void epoch_by_hand(nhwc_model *model, data *d, uint64_t seed, int64_t epoch)
{
    int64_t order[SAMPLES];
    nhwc_tensor view = NHWC_TENSOR(NHWC_INT64, order, SAMPLES);
    nhwc_random random = {.seed = seed, .stream = ((uint64_t)2 << 32) + (uint64_t)epoch};
    CHECK_OK(nhwc_random_permutation(NULL, &random, &view));
    data mixed = *d;
    for (int i = 0; i < SAMPLES; i++) {
        memcpy(mixed.images + i * 64, d->images + order[i] * 64, 64 * sizeof(float));
        mixed.labels[i] = d->labels[order[i]];
    }
    mixed.x.data = mixed.images;
    mixed.y.data = mixed.labels;
    for (int64_t first = 0; first < SAMPLES; first += 4) {
        const int64_t count = SAMPLES - first < 4 ? SAMPLES - first : 4;
        const nhwc_tensor x = rows(&mixed.x, first, count), y = rows(&mixed.y, first, count);
        CHECK_OK(nhwc_model_train_on_batch(model, 1, &x, &y, NULL));
    }
}

static void test_order(void **state)
{
    (void)state;
    data d;
    draw(&d);
    nhwc_model *a = compiled(NULL, classifier, &classes), *b = compiled(NULL, classifier, &classes);
    CHECK_OK(nhwc_model_fit(a, 1, &d.x, &d.y, &(nhwc_fit_options){.epochs = 3, .seed = 8}, NULL));
    for (int epoch = 0; epoch < 3; epoch++)
        epoch_by_hand(b, &d, 8, epoch);
    check_same_models(a, b);
    nhwc_model *c = compiled(NULL, classifier, &classes), *e = compiled(NULL, classifier, &classes);
    CHECK_OK(nhwc_model_fit(c, 1, &d.x, &d.y, &(nhwc_fit_options){.no_shuffle = true, .batch_size = 3}, NULL));
    for (int64_t first = 0; first < SAMPLES; first += 3) {
        const nhwc_tensor x = rows(&d.x, first, first < 9 ? 3 : 1), y = rows(&d.y, first, first < 9 ? 3 : 1);
        CHECK_OK(nhwc_model_train_on_batch(e, 1, &x, &y, NULL));
    }
    check_same_models(c, e);
    nhwc_model_destroy(a);
    nhwc_model_destroy(b);
    nhwc_model_destroy(c);
    nhwc_model_destroy(e);
}

/* A batch that is larger than what there is memory for. */
static void test_parts(void **state)
{
    (void)state;
    data d;
    draw(&d);
    nhwc_model_options whole = classes;
    whole.max_batch = SAMPLES;
    nhwc_model *a = compiled(NULL, classifier, &classes), *b = compiled(NULL, classifier, &whole);
    for (int accumulate = 0; accumulate < 2; accumulate++) {
        nhwc_result parts, at_once;
        nhwc_tensor left, right;
        CHECK_OK(nhwc_model_compute_gradients(a, 1, &d.x, &d.y, accumulate, &parts));
        CHECK_OK(nhwc_model_compute_gradients(b, 1, &d.x, &d.y, accumulate, &at_once));
        CHECK(fabs(parts.loss - at_once.loss) < 1e-6 && fabs(parts.metric - at_once.metric) < 1e-6);
        CHECK_OK(nhwc_model_gradients(a, &left));
        CHECK_OK(nhwc_model_gradients(b, &right));
        for (int64_t i = 0; i < left.dims[0]; i++)
            CHECK(fabs(element_get(&left, i) - element_get(&right, i)) < 1e-6);
    }
    nhwc_model_destroy(b);
    b = compiled(NULL, classifier, &classes);
    CHECK_OK(nhwc_model_fit(a, 1, &d.x, &d.y, &(nhwc_fit_options){.no_shuffle = true, .batch_size = SAMPLES}, NULL));
    CHECK_OK(nhwc_model_train_on_batch(b, 1, &d.x, &d.y, NULL));
    check_same_models(a, b);
    nhwc_model_destroy(a);
    nhwc_model_destroy(b);
}

/* Learns otherwise than it is used. */
static nhwc_layer *moody(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){8, 8, 1});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 4, .kernel_size = {3, 3}});
    x = nhwc_layer_batch_normalization(x, &(nhwc_batch_normalization_layer){.momentum = 0.8});
    x = nhwc_layer_dropout(nhwc_layer_flatten(x, NULL), 0.3, NULL);
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = CLASSES, .activation = NHWC_SOFTMAX});
}

/* In two calls what would be one; looking at the model in between makes no difference. */
static void test_resume(void **state)
{
    (void)state;
    build *const models[] = {classifier, moody};
    data d;
    draw(&d);
    for (int i = 0; i < COUNT(models); i++) {
        nhwc_result result;
        nhwc_model *a = compiled(NULL, models[i], &classes), *b = compiled(NULL, models[i], &classes);
        CHECK_OK(nhwc_model_fit(a, 1, &d.x, &d.y, &(nhwc_fit_options){.epochs = 4}, NULL));
        CHECK_OK(nhwc_model_fit(b, 1, &d.x, &d.y, &(nhwc_fit_options){.epochs = 3}, NULL));
        CHECK_OK(nhwc_model_evaluate(b, 1, &d.x, &d.y, &result));
        CHECK_OK(nhwc_model_fit(b, 1, &d.x, &d.y, &(nhwc_fit_options){.epochs = 4, .initial_epoch = 3}, NULL));
        check_same_models(a, b);
        CHECK_OK(nhwc_model_fit(b, 1, &d.x, &d.y, &(nhwc_fit_options){.epochs = 4, .initial_epoch = 4}, NULL));
        check_same_models(a, b); /* nothing was left */
        nhwc_model_destroy(a);
        nhwc_model_destroy(b);
    }
}

typedef struct diary {
    int count, stop_at;
    nhwc_progress entries[20];
} diary;

static bool take_down(void *argument, const nhwc_progress *progress)
{
    diary *const l = argument;
    CHECK(l->count < COUNT(l->entries));
    l->entries[l->count++] = *progress;
    return l->count != l->stop_at;
}

static void test_callback(void **state)
{
    (void)state;
    data d;
    draw(&d);
    nhwc_model *model = compiled(NULL, classifier, &classes);
    diary l = {.count = 0};
    nhwc_result result, validation;
    const nhwc_tensor some = rows(&d.x, 2, 7), labels = rows(&d.y, 2, 7);
    nhwc_fit_options options = {.epochs = 7, .initial_epoch = 5, .validation_inputs = &some,
                                .validation_targets = &labels, .callback = take_down, .argument = &l};
    CHECK_OK(nhwc_model_fit(model, 1, &d.x, &d.y, &options, &result));
    CHECK(l.count == 8); /* after each of two times three steps, and after each epoch */
    for (int i = 0; i < l.count; i++) {
        const nhwc_progress *p = &l.entries[i];
        const int step = i % 4 < 3 ? i % 4 + 1 : 3;
        CHECK(p->model == model && p->epoch == 5 + i / 4 && p->epochs == 7 && p->step == step && p->steps == 3);
        CHECK(p->sample == (step < 3 ? 4 * step : 10) && p->samples == 10 && p->learning_rate == 0.01);
        CHECK(p->epoch_ended == (i % 4 == 3) && (p->validation.loss != 0) == p->epoch_ended);
        CHECK(p->result.loss > 0 && isfinite(p->result.loss));
    }
    const nhwc_progress *last = &l.entries[7];
    CHECK(last->result.loss == l.entries[6].result.loss && last->result.metric == l.entries[6].result.metric);
    CHECK(result.loss == last->result.loss && result.metric == last->result.metric);
    CHECK_OK(nhwc_model_evaluate(model, 1, &some, &labels, &validation));
    CHECK(validation.loss == last->validation.loss && validation.metric == last->validation.metric);

    l = (diary){.stop_at = 2};
    CHECK_OK(nhwc_model_fit(model, 1, &d.x, &d.y, &options, &result));
    CHECK(l.count == 2 && result.loss == l.entries[1].result.loss);
    l = (diary){.stop_at = 4};
    CHECK_OK(nhwc_model_fit(model, 1, &d.x, &d.y, &options, NULL));
    CHECK(l.count == 4 && l.entries[3].epoch_ended);
    nhwc_model_destroy(model);
}

/* A result of an epoch is the mean over samples, whatever the batches. */
static void test_means(void **state)
{
    (void)state;
    data d;
    draw(&d);
    nhwc_model_options whole_batch = classes, still = classes;
    const nhwc_optimizer idle = {.learning_rate = 1e-30};
    whole_batch.max_batch = 10;
    still.optimizer = &idle;
    nhwc_model *a = compiled(NULL, classifier, &whole_batch), *b = compiled(NULL, classifier, &still);
    nhwc_result all, parts, course_result;
    CHECK_OK(nhwc_model_test_on_batch(a, 1, &d.x, &d.y, &all));
    CHECK_OK(nhwc_model_evaluate(b, 1, &d.x, &d.y, &parts));
    CHECK_OK(nhwc_model_fit(b, 1, &d.x, &d.y, NULL, &course_result));
    CHECK(fabs(all.loss - parts.loss) < 1e-6 && fabs(all.metric - parts.metric) < 1e-12);
    CHECK(fabs(all.loss - course_result.loss) < 1e-6 && fabs(all.metric - course_result.metric) < 1e-12);
    nhwc_model_destroy(a);
    nhwc_model_destroy(b);
}

static void test_predict(void **state)
{
    (void)state;
    data d;
    draw(&d);
    float outputs[SAMPLES * CLASSES] = {0};
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, outputs, SAMPLES, CLASSES), part;
    nhwc_model *model = compiled(NULL, classifier, &(nhwc_model_options){.max_batch = 4});
    CHECK_OK(nhwc_model_predict(model, 1, &d.x, &y));
    for (int64_t first = 0; first < SAMPLES; first += 4) {
        const int64_t count = first < 8 ? 4 : 2;
        const nhwc_tensor x = rows(&d.x, first, count), given = rows(&y, first, count);
        CHECK_OK(nhwc_model_forward(model, false, 1, &x, &part));
        CHECK(same_bits(&part, &given));
    }
    const nhwc_tensor no_x = rows(&d.x, 0, 0);
    nhwc_tensor no_y = rows(&y, 0, 0), seven = rows(&y, 0, 7), inside = rows(&d.x, 0, 10);
    CHECK_OK(nhwc_model_predict(model, 1, &no_x, &no_y));
    CHECK_FAILS(nhwc_model_predict(model, 1, &d.x, &seven), NHWC_ERROR_SHAPE, "model_predict: y", "of 7", "10");
    CHECK_FAILS(nhwc_model_predict(model, 1, &d.x, &inside), NHWC_ERROR_SHAPE, "y is [10, 8, 8, 1]", "[4]");
    CHECK_FAILS(nhwc_model_predict(model, 1, &d.x, NULL), NHWC_ERROR_ARGUMENT, "y is NULL");
    inside = NHWC_TENSOR(NHWC_FLOAT32, d.images + 3, SAMPLES, CLASSES);
    CHECK_FAILS(nhwc_model_predict(model, 1, &d.x, &inside), NHWC_ERROR_ALIAS, "model_predict");
    nhwc_model_destroy(model);
}

static void test_halves(void **state)
{
    (void)state;
    data d;
    draw(&d);
    nhwc_model *a = compiled(NULL, classifier, &classes), *b = compiled(NULL, classifier, &classes);
    const nhwc_tensor x = rows(&d.x, 0, 4), y = rows(&d.y, 0, 4);
    nhwc_result left, right;
    CHECK_OK(nhwc_model_train_on_batch(a, 1, &x, &y, &left));
    CHECK_OK(nhwc_model_compute_gradients(b, 1, &x, &y, false, &right));
    CHECK_OK(nhwc_model_apply_gradients(b));
    CHECK(left.loss == right.loss && left.metric == right.metric);
    check_same_models(a, b);

    nhwc_tensor gradients;
    CHECK_OK(nhwc_model_gradients(a, &gradients));
    CHECK_OK(nhwc_model_compute_gradients(a, 1, &x, &y, false, NULL));
    float *const once = malloc((size_t)element_count(&gradients) * sizeof *once);
    memcpy(once, gradients.data, (size_t)element_count(&gradients) * sizeof *once);
    CHECK_OK(nhwc_model_compute_gradients(a, 1, &x, &y, true, NULL));
    for (int64_t i = 0; i < element_count(&gradients); i++)
        CHECK(fabs(element_get(&gradients, i) - 2 * (double)once[i]) < 1e-6);
    free(once);
    double rate;
    CHECK_OK(nhwc_model_set_learning_rate(a, 0.25));
    CHECK_OK(nhwc_model_learning_rate(a, &rate));
    CHECK(rate == 0.25);
    nhwc_model_destroy(a);
    nhwc_model_destroy(b);
}

/* The gradients that come straight from logits are those of the whole way round. */
static void test_logits(void **state)
{
    (void)state;
    static const struct {
        nhwc_function activation;
        nhwc_loss loss;
    } pairs[] = {{NHWC_SIGMOID, NHWC_BINARY_CROSS_ENTROPY}, {NHWC_SOFTMAX, NHWC_SOFTMAX_CROSS_ENTROPY}};
    for (int i = 0; i < COUNT(pairs); i++) {
        const course c = {small, pairs[i].activation, 1, pairs[i].loss, NHWC_METRIC_NONE, one_hot, SGD};
        nhwc_model *model;
        nhwc_tensor y, gradients;
        CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT64, &model));
        nhwc_layer *const output = c.build(model, c.activation);
        CHECK_OK(nhwc_model_compile(model, output, &(nhwc_model_options){.max_batch = 2, .training = true,
                                                                         .loss = c.loss, .keep = true}));
        fill_parameters(model, 0.2, 0);
        batch b = batch_of(&c, model, output, NHWC_FLOAT64, 0, 2);
        CHECK_OK(nhwc_model_gradients(model, &gradients));
        CHECK_OK(nhwc_model_compute_gradients(model, 1, &b.x, &b.y, false, NULL));
        double direct[95];
        CHECK(element_count(&gradients) == COUNT(direct));
        memcpy(direct, gradients.data, sizeof direct);
        CHECK_OK(nhwc_model_forward(model, true, 1, &b.x, &y));
        nhwc_tensor dy = made(NHWC_FLOAT64, output, 2);
        for (int64_t k = 0; k < 6; k++) { /* by the definitions */
            const double t = element_get(&b.y, k), p = element_get(&y, k);
            element_set(&dy, k, c.loss == NHWC_BINARY_CROSS_ENTROPY ? ((1 - t) / (1 - p) - t / p) / 6 : -t / p / 2);
        }
        CHECK_OK(nhwc_model_backward(model, &dy, false));
        for (int k = 0; k < COUNT(direct); k++)
            CHECK(fabs(direct[k] - element_get(&gradients, k)) < 1e-12);
        nhwc_tensor_destroy(NULL, &dy);
        destroy_batch(&b);
        nhwc_model_destroy(model);
    }
}

/* ---- Inputs, frozen layers, positions ------------------------------------------------------------------------ */

static nhwc_layer *two_inputs(nhwc_model *model)
{
    nhwc_layer *const a = input(model, 1, (int64_t[]){3}), *const b = input(model, 1, (int64_t[]){2});
    nhwc_layer *const x = nhwc_layer_concatenate(2, (nhwc_layer *[]){a, b}, 1, NULL);
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 2});
}

/* All inputs and the targets are put in one order: what is learned is a function of all of them. */
static void test_two_inputs(void **state)
{
    (void)state;
    float a[60], b[40], t[40];
    uint64_t random = 4;
    for (int i = 0; i < 20; i++) {
        for (int k = 0; k < 3; k++)
            a[i * 3 + k] = (float)random_real(&random);
        for (int k = 0; k < 2; k++) {
            b[i * 2 + k] = (float)random_real(&random);
            t[i * 2 + k] = a[i * 3 + k] - 2 * b[i * 2 + k];
        }
    }
    const nhwc_tensor inputs[] = {NHWC_TENSOR(NHWC_FLOAT32, a, 20, 3), NHWC_TENSOR(NHWC_FLOAT32, b, 20, 2)};
    const nhwc_tensor targets = NHWC_TENSOR(NHWC_FLOAT32, t, 20, 2);
    const nhwc_optimizer sgd = {.learning_rate = 0.1, .momentum = 0.9};
    nhwc_model *model = compiled(NULL, two_inputs, &(nhwc_model_options){
        .max_batch = 6, .loss = NHWC_MEAN_SQUARED_ERROR, .optimizer = &sgd});
    nhwc_result result;
    CHECK_OK(nhwc_model_fit(model, 2, inputs, &targets, &(nhwc_fit_options){.epochs = 100}, &result));
    CHECK(result.loss < 1e-6);
    CHECK_FAILS(nhwc_model_fit(model, 1, inputs, &targets, NULL, NULL), NHWC_ERROR_ARGUMENT, "1 inputs", "has 2");
    nhwc_model_destroy(model);
}

static nhwc_layer *half_frozen(nhwc_model *model)
{
    nhwc_layer *x = input(model, 1, (int64_t[]){3});
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 3, .frozen = true, .name = "first"});
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 2, .name = "last"});
}

static nhwc_layer *all_frozen(nhwc_model *model)
{
    return nhwc_layer_dense(input(model, 1, (int64_t[]){3}), &(nhwc_dense_layer){.units = 2, .frozen = true});
}

static void test_frozen(void **state)
{
    (void)state;
    float x[] = {1, 2, 3}, t[] = {-5, 5}, before[9];
    const nhwc_tensor inputs = NHWC_TENSOR(NHWC_FLOAT32, x, 1, 3), targets = NHWC_TENSOR(NHWC_FLOAT32, t, 1, 2);
    const nhwc_optimizer decay = {.kind = NHWC_ADAMW, .learning_rate = 0.5};
    const nhwc_model_options options = {.loss = NHWC_MEAN_SQUARED_ERROR, .optimizer = &decay};
    nhwc_model *model = compiled(NULL, half_frozen, &options), *still = compiled(NULL, all_frozen, &options);
    nhwc_parameter first;
    CHECK_OK(nhwc_model_find_parameter(model, "first/kernel", &first));
    memcpy(before, first.value.data, sizeof before);
    nhwc_result result;
    CHECK_OK(nhwc_model_fit(model, 1, &inputs, &targets, &(nhwc_fit_options){.epochs = 200}, &result));
    CHECK(result.loss < 0.1 && memcmp(before, first.value.data, sizeof before) == 0);
    const nhwc_tensor all = parameters_of(still);
    memcpy(before, all.data, 8 * sizeof(float));
    CHECK_OK(nhwc_model_fit(still, 1, &inputs, &targets, NULL, &result)); /* nothing to learn */
    CHECK(memcmp(before, all.data, 8 * sizeof(float)) == 0 && result.loss > 0);
    nhwc_model_destroy(model);
    nhwc_model_destroy(still);
}

static nhwc_layer *segmenter(nhwc_model *model)
{
    return nhwc_layer_dense(input(model, 3, (int64_t[]){128, 128, 1}),
                            &(nhwc_dense_layer){.units = 2, .activation = NHWC_SOFTMAX});
}

/* Losses of more positions than the scratch of a thread would hold. */
static void test_positions(void **state)
{
    (void)state;
    nhwc_tensor x, y;
    const int64_t dims[] = {12, 128, 128, 1};
    CHECK_OK(nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, dims, &x));
    CHECK_OK(nhwc_tensor_create(NULL, NHWC_INT64, 3, dims, &y));
    set_numbers(&x, 1);
    for (int64_t i = 0; i < element_count(&x); i++)
        ((int64_t *)y.data)[i] = element_get(&x, i) > 0.1;
    nhwc_model_options options = classes;
    options.max_batch = 6;
    nhwc_model *model = compiled(NULL, segmenter, &options);
    nhwc_result result;
    const nhwc_optimizer quick = {.kind = NHWC_ADAM, .learning_rate = 0.3};
    CHECK_OK(nhwc_model_fit(model, 1, &x, &y, &(nhwc_fit_options){.epochs = 2}, &result));
    nhwc_model_destroy(model);
    options.optimizer = &quick;
    model = compiled(NULL, segmenter, &options);
    CHECK_OK(nhwc_model_fit(model, 1, &x, &y, &(nhwc_fit_options){.epochs = 25}, &result));
    CHECK(result.metric > 0.95);
    nhwc_model_destroy(model);
    nhwc_tensor_destroy(NULL, &x);
    nhwc_tensor_destroy(NULL, &y);
}

/* ---- The same bits -------------------------------------------------------------------------------------------- */

static nhwc_layer *autoencoder(nhwc_model *model)
{
    static const int64_t filters[] = {32, 16, 16, 32};
    nhwc_layer *x = input(model, 3, (int64_t[]){20, 20, 1});
    for (int i = 0; i < COUNT(filters); i++) {
        const nhwc_conv2d_layer options = {.filters = filters[i], .kernel_size = {3, 3}, .activation = NHWC_RELU};
        x = (i < 2 ? nhwc_layer_conv2d : nhwc_layer_conv2d_transpose)(x, &options);
    }
    return nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 1, .kernel_size = {3, 3}, .padding = NHWC_PADDING_SAME,
                                                     .activation = NHWC_SIGMOID});
}

/* The parameters after some epochs of an autoencoder of images by chance. */
static uint64_t learned_bits(const nhwc_context *context)
{
    static float pixels[12 * 400];
    uint64_t random = 6;
    for (int i = 0; i < COUNT(pixels); i++)
        pixels[i] = (float)(0.5 + 0.5 * random_real(&random));
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, pixels, 12, 20, 20, 1);
    const nhwc_optimizer clipped = {.kind = NHWC_ADAM, .global_clipnorm = 0.05};
    nhwc_model *model = compiled(context, autoencoder, &(nhwc_model_options){
        .max_batch = 5, .loss = NHWC_BINARY_CROSS_ENTROPY, .metric = NHWC_METRIC_MEAN_ABSOLUTE_ERROR,
        .optimizer = &clipped});
    nhwc_result results;
    CHECK_OK(nhwc_model_fit(model, 1, &x, &x, &(nhwc_fit_options){.epochs = 2}, &results));
    const nhwc_tensor all = parameters_of(model), last = NHWC_TENSOR(NHWC_FLOAT64, &results, 2);
    const uint64_t hash = hash_elements(hash_elements(0, &all), &last);
    nhwc_model_destroy(model);
    return hash;
}

static void test_threads(void **state)
{
    (void)state;
    const uint64_t one = learned_bits(NULL);
    for (int threads = 2; threads <= 4; threads++) {
        nhwc_pool *pool;
        CHECK_OK(nhwc_pool_create(NULL, threads, &pool));
        const uint64_t many = learned_bits(
            &(nhwc_context){.threads = threads, .parallel_for = nhwc_pool_parallel_for, .executor = pool});
        CHECK(many == one || instrumented);
        nhwc_pool_destroy(pool);
    }
}

/* The loss of 100 steps: the bits of AVX2 and AVX-512, whatever the compiler. */
static void test_recorded_bits(void **state)
{
    (void)state;
    const uint64_t recorded = 0x58FB191C8623ABCC;
    data d;
    draw(&d);
    for (nhwc_isa isa = NHWC_ISA_AVX2; !instrumented && isa <= NHWC_ISA_AVX512 && nhwc_isa_available(isa); isa++) {
        double losses[100];
        nhwc_model *model = compiled(&(nhwc_context){.isa = isa}, classifier, &classes);
        for (int step = 0; step < 100; step++) {
            const nhwc_tensor x = rows(&d.x, step % 7, 4), y = rows(&d.y, step % 7, 4);
            nhwc_result result;
            CHECK_OK(nhwc_model_train_on_batch(model, 1, &x, &y, &result));
            losses[step] = result.loss;
        }
        const nhwc_tensor all = parameters_of(model), view = NHWC_TENSOR(NHWC_FLOAT64, losses, 100);
        const uint64_t hash = hash_elements(hash_elements(0, &view), &all);
        if (hash != recorded)
            print_error("%s: 0x%" PRIX64 ", the last loss %g\n", nhwc_isa_string(isa), hash, losses[99]);
        CHECK(hash == recorded);
        nhwc_model_destroy(model);
    }
}

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

static void *poisoned(void *state, size_t alignment, size_t bytes)
{
    void *memory = failing_allocate(state, alignment, bytes);
    return memory == NULL ? NULL : memset(memory, 0xFF, bytes);
}

/* fit allocates the order of samples, and nothing else is allocated. */
static void test_allocations(void **state)
{
    (void)state;
    data d;
    draw(&d);
    failing_allocator allocator = {0};
    nhwc_context context = failing_context(&allocator);
    context.allocate = poisoned;
    nhwc_model *clean = compiled(NULL, classifier, &classes), *model = compiled(&context, classifier, &classes);
    nhwc_result result;
    int64_t calls = allocator.calls;
    const nhwc_fit_options options = {.epochs = 3, .validation_inputs = &d.x, .validation_targets = &d.y};
    const int64_t live = allocator.live;
    CHECK_OK(nhwc_model_fit(clean, 1, &d.x, &d.y, &options, NULL));
    CHECK_OK(nhwc_model_fit(model, 1, &d.x, &d.y, &options, NULL));
    check_same_models(clean, model);
    CHECK(allocator.calls == ++calls && allocator.live == live && allocator.bytes == 128); /* 10 * 8, in lines */
    CHECK_OK(nhwc_model_fit(model, 1, &d.x, &d.y, &(nhwc_fit_options){.no_shuffle = true}, NULL));
    CHECK_OK(nhwc_model_evaluate(model, 1, &d.x, &d.y, &result));
    CHECK(allocator.calls == calls);
    CHECK_OK(nhwc_model_fit(clean, 1, &d.x, &d.y, &(nhwc_fit_options){.no_shuffle = true}, NULL));
    allocator.fail_at = calls + 1;
    CHECK_FAILS(nhwc_model_fit(model, 1, &d.x, &d.y, &options, NULL), NHWC_ERROR_OUT_OF_MEMORY, "80 bytes");
    check_same_models(clean, model);
    nhwc_model_destroy(model);
    nhwc_model_destroy(clean);
    CHECK(allocator.live == 0);
}

static nhwc_model_memory planned(const nhwc_model_options *options)
{
    nhwc_model *model;
    nhwc_model_memory memory;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    CHECK_OK(nhwc_model_plan(model, classifier(model), options, &memory));
    nhwc_model_destroy(model);
    return memory;
}

static void test_plan(void **state)
{
    (void)state;
    nhwc_model_options options = {.max_batch = 1000, .training = true};
    const nhwc_model_memory plain = planned(&options);
    CHECK(plain.optimizer == 0 && plain.batches == 0);
    options.loss = NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY;
    options.optimizer = &adam;
    const nhwc_model_memory m = planned(&options);
    CHECK(m.gradients == plain.gradients && m.optimizer == 2 * m.gradients);
    CHECK(m.batches == 1000 * 64 * 4 + 1000 * 8 && m.scratch == plain.scratch);
    CHECK(m.total == m.parameters + m.gradients + m.optimizer + m.values + m.batches + m.scratch);
    options.max_batch = 100000;
    CHECK(planned(&options).scratch == 2 * 100000 * 8); /* labels and guesses, or one loss for each sample */
    const nhwc_optimizer momentum = {.momentum = 0.9}, none = {.learning_rate = 1};
    options.optimizer = &momentum;
    CHECK(planned(&options).optimizer == m.gradients);
    options.optimizer = &none;
    CHECK(planned(&options).optimizer == 0);
}

/* ---- Rejections ------------------------------------------------------------------------------------------------ */

#define REFUSED(text, ...)                                                                                     \
    {                                                                                                          \
        text, { __VA_ARGS__ }                                                                                  \
    }

static const struct {
    const char *text;
    nhwc_optimizer optimizer;
} refused_optimizers[] = {
    REFUSED("kind is 4", .kind = (nhwc_optimizer_kind)4),
    REFUSED("learning_rate is -1", .learning_rate = -1),
    REFUSED("learning_rate is nan", .learning_rate = NAN),
    REFUSED("momentum is 2; 0 to 1", .momentum = 2),
    REFUSED("momentum is not for", .kind = NHWC_ADAM, .momentum = 0.9),
    REFUSED("nesterov is not for", .kind = NHWC_RMSPROP, .nesterov = true),
    REFUSED("centered is not for", .kind = NHWC_ADAMW, .centered = true),
    REFUSED("amsgrad is not for", .kind = NHWC_SGD, .amsgrad = true),
    REFUSED("rho is not for", .kind = NHWC_ADAM, .rho = 0.5),
    REFUSED("beta_1 is not for", .beta_1 = 0.5),
    REFUSED("beta_2 is not for", .kind = NHWC_RMSPROP, .beta_2 = 0.5),
    REFUSED("epsilon is not for", .epsilon = 1),
    REFUSED("rho is 1; it has to be 0 or more, and less than 1", .kind = NHWC_RMSPROP, .rho = 1),
    REFUSED("beta_2 is -0.5", .kind = NHWC_ADAM, .beta_2 = -0.5),
    REFUSED("weight_decay is -1", .weight_decay = -1),
    REFUSED("clipnorm is -1", .clipnorm = -1),
    REFUSED("more than one of clipvalue, clipnorm", .clipvalue = 1, .global_clipnorm = 1),
    REFUSED("both a learning_rate and a schedule", .learning_rate = 1, .schedule = {.kind = NHWC_COSINE_DECAY}),
    REFUSED("schedule.kind is 9", .schedule = {.kind = (nhwc_schedule_kind)9}),
    REFUSED("decay_steps is 0", .schedule = {.kind = NHWC_COSINE_DECAY}),
    REFUSED("warmup_steps is -1", .schedule = {.kind = NHWC_COSINE_DECAY, .decay_steps = 1, .warmup_steps = -1}),
    REFUSED("alpha is -1", .schedule = {.kind = NHWC_COSINE_DECAY, .decay_steps = 1, .alpha = -1}),
    REFUSED("boundary_count is 0", .schedule = {.kind = NHWC_PIECEWISE_CONSTANT_DECAY}),
    REFUSED("boundaries[1] is 3", .schedule = {.kind = NHWC_PIECEWISE_CONSTANT_DECAY, .boundary_count = 2,
                                               .boundaries = {3, 3}}),
    REFUSED("values is inf", .schedule = {.kind = NHWC_PIECEWISE_CONSTANT_DECAY, .boundary_count = 1,
                                          .values = {0, INFINITY}}),
};

static void test_refused_options(void **state)
{
    (void)state;
    nhwc_model *model;
    nhwc_model_memory m;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    const nhwc_layer *output = classifier(model);
    for (int i = 0; i < COUNT(refused_optimizers); i++)
        CHECK_FAILS(nhwc_model_plan(model, output,
                                    &(nhwc_model_options){.loss = NHWC_MEAN_SQUARED_ERROR,
                                                          .optimizer = &refused_optimizers[i].optimizer}, &m),
                    NHWC_ERROR_ARGUMENT, "options->optimizer", refused_optimizers[i].text);
    CHECK_FAILS(nhwc_model_plan(model, output, &(nhwc_model_options){.optimizer = &adam}, &m), NHWC_ERROR_ARGUMENT,
                "optimizer is for a model with a loss");
    CHECK_FAILS(nhwc_model_plan(model, output, &(nhwc_model_options){.metric = NHWC_ACCURACY}, &m), NHWC_ERROR_ARGUMENT,
                "metric is for a model with a loss");
    CHECK_FAILS(nhwc_model_plan(model, output, &(nhwc_model_options){.loss = (nhwc_loss)7}, &m), NHWC_ERROR_ARGUMENT,
                "loss is 7");
    CHECK_FAILS(nhwc_model_plan(model, output, &(nhwc_model_options){.metric = (nhwc_metric)5}, &m),
                NHWC_ERROR_ARGUMENT, "metric is 5");
    CHECK_FAILS(nhwc_model_plan(model, output,
                                &(nhwc_model_options){.loss = NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY,
                                                      .metric = NHWC_BINARY_ACCURACY}, &m),
                NHWC_ERROR_ARGUMENT, "metric compares elements");
    nhwc_model_destroy(model);
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    output = nhwc_layer_reshape(input(model, 1, (int64_t[]){1}), 0, NULL, NULL);
    CHECK_FAILS(nhwc_model_plan(model, output, &(nhwc_model_options){.loss = NHWC_SOFTMAX_CROSS_ENTROPY}, &m),
                NHWC_ERROR_RANK, "reshape has no axis but the batch");
    nhwc_model_destroy(model);
}

#define FIT(...) nhwc_model_fit(model, 1, &d.x, &d.y, &(nhwc_fit_options){__VA_ARGS__}, &result)

static void test_refused_calls(void **state)
{
    (void)state;
    data d;
    draw(&d);
    nhwc_result result = {7, 7};
    double rate;
    nhwc_model *model = compiled(NULL, classifier, &classes), *same = compiled(NULL, classifier, &classes);
    nhwc_model *plain = compiled(NULL, classifier, &(nhwc_model_options){.max_batch = 10, .training = true});
    const nhwc_tensor x = rows(&d.x, 0, 4), y = rows(&d.y, 0, 4), three = rows(&d.y, 0, 3), none = rows(&d.x, 0, 0);
    const nhwc_tensor no_y = rows(&d.y, 0, 0);
    nhwc_tensor apart = NHWC_TENSOR(NHWC_INT32, d.labels, 4), reals = NHWC_TENSOR(NHWC_FLOAT32, d.images, 4);
    apart.strides[0] = 2;
    CHECK_FAILS(nhwc_model_train_on_batch(NULL, 1, &x, &y, &result), NHWC_ERROR_ARGUMENT, "model is NULL");
    CHECK_FAILS(nhwc_model_train_on_batch(plain, 1, &x, &y, &result), NHWC_ERROR_ARGUMENT, "without an optimizer");
    CHECK_FAILS(nhwc_model_evaluate(plain, 1, &x, &y, &result), NHWC_ERROR_ARGUMENT, "without a loss");
    CHECK_FAILS(nhwc_model_compute_gradients(plain, 1, &x, &y, false, NULL), NHWC_ERROR_ARGUMENT, "without a loss");
    CHECK_FAILS(nhwc_model_apply_gradients(plain), NHWC_ERROR_ARGUMENT, "without an optimizer");
    CHECK_FAILS(nhwc_model_learning_rate(plain, &rate), NHWC_ERROR_ARGUMENT, "without an optimizer");
    CHECK_FAILS(nhwc_model_learning_rate(model, NULL), NHWC_ERROR_ARGUMENT, "learning_rate is NULL");
    CHECK_FAILS(nhwc_model_set_learning_rate(model, NAN), NHWC_ERROR_ARGUMENT, "learning_rate is nan");
    CHECK_FAILS(nhwc_model_train_on_batch(model, 2, &x, &y, &result), NHWC_ERROR_ARGUMENT, "2 inputs", "has 1");
    CHECK_FAILS(nhwc_model_train_on_batch(model, 1, NULL, &y, &result), NHWC_ERROR_ARGUMENT, "inputs is NULL");
    CHECK_FAILS(nhwc_model_test_on_batch(model, 1, &d.x, &d.y, &result), NHWC_ERROR_SHAPE, "batch is 10", "at most 4");
    CHECK_FAILS(nhwc_model_train_on_batch(model, 1, &x, &three, &result), NHWC_ERROR_SHAPE, "targets is [3]", "[4]");
    CHECK_FAILS(nhwc_model_train_on_batch(model, 1, &x, &apart, &result), NHWC_ERROR_LAYOUT, "targets", "dense");
    CHECK_FAILS(nhwc_model_train_on_batch(model, 1, &x, &reals, &result), NHWC_ERROR_DTYPE, "targets is float32");
    CHECK_FAILS(nhwc_model_train_on_batch(model, 1, &x, NULL, &result), NHWC_ERROR_ARGUMENT, "targets is NULL");
    CHECK_FAILS(nhwc_model_train_on_batch(model, 1, &none, &no_y, &result), NHWC_ERROR_SHAPE, "no samples");
    CHECK_FAILS(nhwc_model_evaluate(model, 1, &none, &no_y, &result), NHWC_ERROR_SHAPE, "no samples");
    CHECK_FAILS(nhwc_model_test_on_batch(model, 1, &x, &y, NULL), NHWC_ERROR_ARGUMENT, "result is NULL");
    CHECK_FAILS(nhwc_model_evaluate(model, 1, &x, &y, NULL), NHWC_ERROR_ARGUMENT, "result is NULL");
    CHECK_FAILS(FIT(.batch_size = -1), NHWC_ERROR_ARGUMENT, "options->batch_size is -1");
    CHECK_FAILS(FIT(.validation_batch_size = 5), NHWC_ERROR_ARGUMENT, "validation_batch_size is 5", "0 to 4");
    CHECK_FAILS(FIT(.validation_batch_size = -1), NHWC_ERROR_ARGUMENT, "validation_batch_size is -1");
    CHECK_FAILS(FIT(.epochs = -1), NHWC_ERROR_ARGUMENT, "options->epochs is negative");
    CHECK_FAILS(FIT(.initial_epoch = -1), NHWC_ERROR_ARGUMENT, "options->initial_epoch is negative");
    CHECK_FAILS(FIT(.validation_inputs = &d.x), NHWC_ERROR_ARGUMENT, "validation", "targets is NULL");
    CHECK_FAILS(FIT(.validation_targets = &d.y), NHWC_ERROR_ARGUMENT, "validation", "inputs is NULL");
    d.labels[9] = CLASSES;
    CHECK_FAILS(FIT(.epochs = 1), NHWC_ERROR_ARGUMENT, "model_fit: the label at [9] is 4", "4 classes");
    CHECK(result.loss == 7 && result.metric == 7);
    check_same_models(model, same);
    nhwc_model_destroy(model);
    nhwc_model_destroy(same);
    nhwc_model_destroy(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_courses), cmocka_unit_test(test_schedules), cmocka_unit_test(test_overfitting),
        cmocka_unit_test(test_order), cmocka_unit_test(test_parts), cmocka_unit_test(test_resume),
        cmocka_unit_test(test_callback),
        cmocka_unit_test(test_means), cmocka_unit_test(test_predict), cmocka_unit_test(test_halves),
        cmocka_unit_test(test_logits), cmocka_unit_test(test_two_inputs), cmocka_unit_test(test_frozen),
        cmocka_unit_test(test_positions), cmocka_unit_test(test_threads), cmocka_unit_test(test_recorded_bits),
        cmocka_unit_test(test_allocations), cmocka_unit_test(test_plan), cmocka_unit_test(test_refused_options),
        cmocka_unit_test(test_refused_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
