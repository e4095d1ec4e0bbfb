/* Layers of models beside those of test_model.c, what runs in training and in use differ in, and what parameters are at
 * first. */
#include <nhwc/array.h>
#include <nhwc/image.h>
#include <nhwc/nn.h>
#include <nhwc/random.h>

#include "support/failing_allocator.h"
#include "support/trial.h"

#include "golden/layers_golden.h"

/* ---- Models, as make_layers_golden.py has them ----------------------------------------------------------- */

static nhwc_layer *all_in_one(int count, nhwc_layer *const *parts)
{
    nhwc_layer *flat[8];
    for (int i = 0; i < count; i++)
        flat[i] = nhwc_layer_flatten(parts[i], NULL);
    return nhwc_layer_concatenate(count, flat, -1, NULL);
}

static nhwc_layer *pooling(nhwc_model *model)
{
    nhwc_layer *const x = nhwc_layer_conv2d(input(model, 3, (int64_t[]){7, 8, 2}),
                                            &(nhwc_conv2d_layer){.filters = 3, .kernel_size = {1, 1}});
    const nhwc_pooling2d_layer same = {.pool_size = {3, 3}, .strides = {2, 2}, .padding = NHWC_PADDING_SAME};
    const nhwc_pooling2d_layer overlapping = {.pool_size = {2, 3}, .strides = {1, 2}};
    const nhwc_pooling2d_layer apart = {.pool_size = {3, 1}, .strides = {1, 3}};
    nhwc_layer *const parts[] = {
        nhwc_layer_max_pooling2d(x, NULL),           nhwc_layer_max_pooling2d(x, &same),
        nhwc_layer_max_pooling2d(x, &overlapping),   nhwc_layer_average_pooling2d(x, NULL),
        nhwc_layer_average_pooling2d(x, &same),      nhwc_layer_average_pooling2d(x, &apart),
        nhwc_layer_global_max_pooling2d(x, NULL),    nhwc_layer_global_average_pooling2d(x, NULL)};
    return all_in_one(COUNT(parts), parts);
}

static nhwc_layer *up_sampling(nhwc_model *model)
{
    nhwc_layer *const x = input(model, 3, (int64_t[]){3, 4, 2});
    nhwc_layer *a = nhwc_layer_up_sampling2d(
        x, &(nhwc_up_sampling2d_layer){.interpolation = NHWC_INTERPOLATION_BILINEAR});
    nhwc_layer *b = nhwc_layer_up_sampling2d(
        x, &(nhwc_up_sampling2d_layer){.size = {4, 2}, .interpolation = NHWC_INTERPOLATION_BILINEAR});
    b = nhwc_layer_conv2d(b, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {2, 2}, .strides = {2, 2}});
    b = nhwc_layer_up_sampling2d(b, &(nhwc_up_sampling2d_layer){.size = {1, 3}});
    a = nhwc_layer_conv2d(a, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {1, 1}});
    a = nhwc_layer_up_sampling2d(a, NULL);
    return all_in_one(2, (nhwc_layer *[]){a, b});
}

static nhwc_layer *batch_normalization(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){5, 6, 2});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 4, .kernel_size = {3, 3}, .no_bias = true});
    nhwc_layer *const norm = nhwc_layer_batch_normalization(x, NULL);
    x = nhwc_layer_activation(norm, NHWC_RELU, NULL);
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 4, .kernel_size = {2, 2}, .no_bias = true});
    x = nhwc_layer_batch_normalization(x, &(nhwc_batch_normalization_layer){.shared_with = norm});
    x = nhwc_layer_activation(x, NHWC_TANH, NULL);
    x = nhwc_layer_batch_normalization(x, &(nhwc_batch_normalization_layer){.frozen = true, .epsilon = 1e-2});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 3, .kernel_size = {1, 1}});
    x = nhwc_layer_batch_normalization(x, &(nhwc_batch_normalization_layer){
                                              .no_center = true, .no_scale = true, .momentum = 0.75, .epsilon = 1e-5});
    x = nhwc_layer_flatten(x, NULL);
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 5, .no_bias = true});
    x = nhwc_layer_batch_normalization(x, &(nhwc_batch_normalization_layer){.no_scale = true});
    x = nhwc_layer_activation(x, NHWC_TANH, NULL);
    x = nhwc_layer_batch_normalization(x, &(nhwc_batch_normalization_layer){.no_center = true, .momentum = 0.5});
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 2});
}

static build *const golden_builders[] = {pooling, up_sampling, batch_normalization, batch_normalization};

/* Beside what Keras has been asked: dropout, and averages that count their padding. */
static nhwc_layer *dropping(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){6, 6, 2});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 4, .kernel_size = {3, 3}, .activation = NHWC_TANH});
    nhwc_layer *const dropped = nhwc_layer_dropout(x, 0.25, NULL);
    x = nhwc_layer_average_pooling2d(
        dropped, &(nhwc_pooling2d_layer){.pool_size = {3, 2}, .padding = NHWC_PADDING_EXPLICIT, .count_padding = true,
                                         .explicit_paddings = {{1, 1}, {0, 1}}});
    x = nhwc_layer_up_sampling2d(
        x, &(nhwc_up_sampling2d_layer){.size = {2, 3}, .interpolation = NHWC_INTERPOLATION_BILINEAR});
    x = nhwc_layer_batch_normalization(nhwc_layer_dropout(x, 0.5, NULL), NULL);
    return all_in_one(2, (nhwc_layer *[]){x, nhwc_layer_dropout(dropped, 0, NULL)});
}

static build *const builders[] = {pooling, up_sampling, batch_normalization, dropping};

/* ---- Keras' numbers --------------------------------------------------------------------------------------- */

static void check_golden(const struct golden_run *g, nhwc_dtype dtype, build *of)
{
    trial t = begin(NULL, dtype, of, &training);
    t.in_use = !g->training;
    set_batch(&t, dtype, g->batch);
    run(&t, true);
    const nhwc_tensor frozen = frozen_of(t.model);
    CHECK(element_count(&t.y) == g->y_count && element_count(&t.gradients) == g->gradient_count);
    CHECK(element_count(&frozen) == g->frozen_count);
    check_near(g->name, "y", &t.y, g->y);
    check_near(g->name, "gradients", &t.gradients, g->gradients);
    check_near(g->name, "dx", &t.dx[0], g->dx);
    check_near(g->name, "frozen", &frozen, g->frozen);
    end(&t);
}

static void test_golden(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT(golden_runs); i++)
        for (int dtype = NHWC_FLOAT32; dtype <= NHWC_FLOAT64; dtype++)
            check_golden(&golden_runs[i], (nhwc_dtype)dtype, golden_builders[i]);
}

/* ---- Finite differences -------------------------------------------------------------------------------------- */

static void test_differences(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT(builders); i++)
        for (int in_use = 0; in_use < 2; in_use++) {
            trial t = trial_of(NULL, NHWC_FLOAT64, builders[i], 4, &training, true);
            const nhwc_tensor frozen = frozen_of(t.model);
            nhwc_tensor before;
            CHECK_OK(nhwc_tensor_create(NULL, NHWC_FLOAT64, 1, frozen.dims, &before));
            copy_to(&frozen, &before);
            nhwc_gradient_difference worst;
            CHECK_OK(nhwc_model_check_gradients(t.model, 1, t.inputs, &t.dy,
                                                &(nhwc_gradient_check){.in_use = in_use}, &worst));
            if (!(worst.relative < 1e-5)) {
                print_error("model %d: %s[%d]: %g, difference %g\n", i, worst.tensor, (int)worst.index,
                            worst.gradient, worst.difference);
                fail();
            }
            CHECK(worst.count > 10 && same_bits(&frozen, &before)); /* averages stay */
            nhwc_tensor_destroy(NULL, &before);
            end(&t);
        }
}

/* ---- The same bits ----------------------------------------------------------------------------------------- */

static void test_shared_memory(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT(builders); i++) {
        trial in_use = trial_of(NULL, NHWC_FLOAT32, builders[i], 3, &(nhwc_model_options){.max_batch = 3}, false);
        check_shared_memory(builders[i]);
        end(&in_use);
    }
}

static void test_batches(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT(builders); i++)
        check_batches(builders[i]);
}

/* All layers, large enough to be shared among threads. */
static nhwc_layer *large(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){40, 36, 8});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 24, .kernel_size = {3, 3}, .padding = NHWC_PADDING_SAME});
    x = nhwc_layer_batch_normalization(x, NULL);
    x = nhwc_layer_activation(x, NHWC_RELU, NULL);
    nhwc_layer *const full = nhwc_layer_dropout(x, 0.3, NULL);
    nhwc_layer *const half = nhwc_layer_max_pooling2d(full, NULL);
    nhwc_layer *const mean = nhwc_layer_average_pooling2d(full, NULL);
    x = nhwc_layer_add(2, (nhwc_layer *[]){half, mean}, NULL);
    x = nhwc_layer_up_sampling2d(x, &(nhwc_up_sampling2d_layer){.interpolation = NHWC_INTERPOLATION_BILINEAR});
    nhwc_layer *const near = nhwc_layer_up_sampling2d(half, NULL);
    x = nhwc_layer_batch_normalization(nhwc_layer_add(3, (nhwc_layer *[]){x, near, full}, NULL), NULL);
    nhwc_layer *const parts[] = {nhwc_layer_global_average_pooling2d(x, NULL),
                                 nhwc_layer_global_max_pooling2d(x, NULL)};
    return nhwc_layer_dense(all_in_one(2, parts), &(nhwc_dense_layer){.units = 10});
}

/* On any number of threads, and with vectors of another width. */
static void test_threads(void **state)
{
    (void)state;
    const nhwc_isa other = nhwc_isa_available(NHWC_ISA_AVX2) ? NHWC_ISA_AVX2 : NHWC_ISA_AUTOMATIC;
    trial one = trial_of(NULL, NHWC_FLOAT32, large, 4, &training, true);
    const nhwc_tensor averages = frozen_of(one.model);
    for (int threads = 2; threads <= 4; threads += 2) {
        nhwc_pool *pool;
        CHECK_OK(nhwc_pool_create(NULL, threads, &pool));
        const nhwc_context context = {.isa = threads == 2 ? other : NHWC_ISA_AUTOMATIC, .threads = threads,
                                      .parallel_for = nhwc_pool_parallel_for, .executor = pool};
        trial many = trial_of(&context, NHWC_FLOAT32, large, 4, &training, true);
        const nhwc_tensor others = frozen_of(many.model);
        if (!instrumented) {
            check_same(&one, &many);
            CHECK(same_bits(&averages, &others));
        }
        end(&many);
        nhwc_pool_destroy(pool);
    }
    end(&one);
}

static void *poisoned(void *state, size_t alignment, size_t bytes)
{
    void *memory = failing_allocate(state, alignment, bytes);
    return memory == NULL ? NULL : memset(memory, 0xFF, bytes);
}

static void test_allocations(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT(builders); i++) {
        failing_allocator allocator = {0};
        nhwc_context context = failing_context(&allocator);
        context.allocate = poisoned;
        trial clean = trial_of(NULL, NHWC_FLOAT32, builders[i], 3, &training, true);
        trial t = trial_of(&context, NHWC_FLOAT32, builders[i], 3, &training, true);
        check_same(&clean, &t);
        const int64_t calls = allocator.calls;
        run(&t, true);
        run(&t, false);
        CHECK(allocator.calls == calls); /* none in steps */
        end(&t);
        end(&clean);
        CHECK(allocator.live == 0);
    }
}

/* More places of rows and columns than operations are given otherwise. */
static nhwc_layer *long_line(nhwc_model *model)
{
    nhwc_layer *const x = input(model, 3, (int64_t[]){1, 20000, 1});
    return nhwc_layer_up_sampling2d(
        x, &(nhwc_up_sampling2d_layer){.size = {1, 3}, .interpolation = NHWC_INTERPOLATION_BILINEAR});
}

static void test_long_line(void **state)
{
    (void)state;
    trial t = trial_of(NULL, NHWC_FLOAT32, long_line, 1, &training, true);
    end(&t);
}

/* ---- Memory ------------------------------------------------------------------------------------------------ */

static int64_t values_of(bool frozen, bool is_training)
{
    nhwc_model *model;
    nhwc_model_memory memory;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    nhwc_layer *x = input(model, 3, (int64_t[]){8, 8, 4});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 16, .kernel_size = {1, 1}, .no_bias = true});
    x = nhwc_layer_batch_normalization(x, &(nhwc_batch_normalization_layer){.frozen = frozen});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 4, .kernel_size = {1, 1}});
    CHECK_OK(nhwc_model_plan(model, x, &(nhwc_model_options){.training = is_training}, &memory));
    nhwc_model_destroy(model);
    return memory.values;
}

/* A frozen layer does not need what it has normalised; in use, nothing is noted. */
static void test_memory(void **state)
{
    (void)state;
    const int64_t wide = 8 * 8 * 16 * 4, thin = 8 * 8 * 4 * 4, notes = 4 * 16 * 4;
    CHECK(values_of(false, true) == 3 * wide + 2 * thin + notes);
    CHECK(values_of(true, true) == 2 * wide + 2 * thin + notes);
    CHECK(values_of(false, false) == 2 * wide);
}

/* ---- Dropout ------------------------------------------------------------------------------------------------- */

#define ELEMENTS 20000

static double chance; /* of the next dropout */

static nhwc_layer *dropped_twice(nhwc_model *model)
{
    nhwc_layer *const x = input(model, 1, (int64_t[]){ELEMENTS});
    nhwc_layer *const parts[] = {nhwc_layer_dropout(x, chance, NULL), nhwc_layer_dropout(x, chance, NULL)};
    return nhwc_layer_concatenate(2, parts, -1, NULL);
}

static trial dropout_trial(double rate, uint64_t seed)
{
    chance = rate;
    nhwc_model_options options = training;
    options.seed = seed;
    trial t = begin(NULL, NHWC_FLOAT32, dropped_twice, &options);
    set_batch(&t, NHWC_FLOAT32, 1);
    for (int64_t i = 0; i < element_count(&t.dy); i++)
        element_set(&t.dy, i, 3);
    return t;
}

/* How many elements of a half are dropped; the others are divided, and so are their gradients. */
static int64_t check_dropped(const trial *t, double rate, const float *half)
{
    int64_t count = 0;
    const float *x = t->inputs[0].data, scale = (float)(1 / (1 - rate));
    for (int64_t i = 0; i < ELEMENTS; i++) {
        CHECK(half[i] == 0 || fabsf(half[i] - x[i] * scale) <= 1e-6F * fabsf(x[i] * scale));
        count += half[i] == 0 && x[i] != 0;
    }
    return count;
}

static int64_t differences(const float *a, const float *b)
{
    int64_t count = 0;
    for (int64_t i = 0; i < ELEMENTS; i++)
        count += (a[i] == 0) != (b[i] == 0);
    return count;
}

static void test_dropout(void **state)
{
    (void)state;
    for (int k = 0; k <= 4; k++) {
        const double rate = k / 4.0, expected = ELEMENTS * rate * 100 / 101; /* of 101 numbers, one is 0 */
        trial t = dropout_trial(rate, 1);
        const float *y = t.y.data, *x = t.inputs[0].data, *dx = t.dx[0].data;
        run(&t, true);
        CHECK(fabs((double)check_dropped(&t, rate, y) - expected) <= 4 * sqrt(ELEMENTS * rate * (1 - rate)) + 2);
        CHECK(fabs((double)check_dropped(&t, rate, y + ELEMENTS) - expected) <=
              4 * sqrt(ELEMENTS * rate * (1 - rate)) + 2);
        CHECK(fabs((double)differences(y, y + ELEMENTS) - 2 * expected * (1 - rate)) <= 400);
        for (int64_t i = 0; i < ELEMENTS; i++)
            CHECK(x[i] == 0 || fabsf(dx[i] - 3 * (y[i] + y[ELEMENTS + i]) / x[i]) < 1e-4F);
        t.in_use = true;
        run(&t, true);
        for (int64_t i = 0; i < ELEMENTS; i++)
            CHECK(y[i] == x[i] && y[ELEMENTS + i] == x[i] && dx[i] == 6);
        end(&t);
    }
}

/* What is dropped follows from the seed and the number of runs in training. */
static void test_dropout_again(void **state)
{
    (void)state;
    trial a = dropout_trial(0.5, 1), b = dropout_trial(0.5, 1), c = dropout_trial(0.5, 2);
    run(&a, true);
    run(&b, false); /* is not counted */
    run(&b, true);
    run(&c, true);
    CHECK(same_bits(&a.y, &b.y) && differences(a.y.data, c.y.data) > ELEMENTS / 3);
    run(&a, true);
    CHECK(differences(a.y.data, b.y.data) > ELEMENTS / 3);
    run(&b, true);
    CHECK(same_bits(&a.y, &b.y));
    CHECK_OK(nhwc_model_initialize(a.model, 2));
    run(&a, true);
    CHECK(same_bits(&a.y, &c.y));
    end(&a);
    end(&b);
    end(&c);
}

/* ---- Training ------------------------------------------------------------------------------------------------ */

static nhwc_layer *sampled(nhwc_model *model)
{
    return nhwc_layer_dense(dropping(model), &(nhwc_dense_layer){.units = 3});
}

/* What is learned in some steps, dropping and averaging: the parameters, averages among them. */
static nhwc_tensor learned(nhwc_model *model, const nhwc_tensor *x, const nhwc_tensor *targets)
{
    nhwc_tensor all, copy;
    nhwc_result first = {0}, last = {0};
    for (int i = 0; i < 30; i++)
        CHECK_OK(nhwc_model_train_on_batch(model, 1, x, targets, i == 0 ? &first : &last));
    CHECK(last.loss < first.loss / 2);
    CHECK_OK(nhwc_model_parameters(model, &all));
    CHECK_OK(nhwc_clone(NULL, &all, &copy));
    return copy;
}

/* A layer is no activation, whatever there are of its units and filters. */
static void test_units(void **state)
{
    (void)state;
    for (int64_t units = 1; units < 14; units++) {
        nhwc_model *model;
        float numbers[2 * 13] = {0};
        float pixels[6] = {1, -1, 2, 0.5F, 3, -2};
        const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, pixels, 2, 3);
        const nhwc_tensor targets = NHWC_TENSOR(NHWC_FLOAT32, numbers, 2, units);
        nhwc_tensor y;
        nhwc_result result;
        CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
        nhwc_layer *const given = input(model, 1, (int64_t[]){3});
        nhwc_layer *const hidden = nhwc_layer_activation(given, NHWC_TANH, NULL);
        CHECK_OK(nhwc_model_compile(model, nhwc_layer_dense(hidden, &(nhwc_dense_layer){.units = units}),
                                    &(nhwc_model_options){.max_batch = 2, .loss = NHWC_SOFTMAX_CROSS_ENTROPY}));
        set_numbers(&targets, 3);
        CHECK_OK(nhwc_model_test_on_batch(model, 1, &x, &targets, &result));
        CHECK_OK(nhwc_model_forward(model, false, 1, &x, &y));
        float loss = 0;
        nhwc_tensor mean = NHWC_TENSOR(NHWC_FLOAT32, &loss, 1);
        CHECK_OK(nhwc_softmax_cross_entropy(NULL, &y, &targets, NHWC_REDUCTION_MEAN, &mean));
        CHECK(fabs(result.loss - (double)loss) <= 1e-6 * fabs((double)loss));
        nhwc_model_destroy(model);
    }
}

/* Initialised again, a model is as it was when it was new. */
static void test_initialize_again(void **state)
{
    (void)state;
    double pixels[4 * 72] = {0}, numbers[4 * 3] = {0};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT64, pixels, 4, 6, 6, 2);
    const nhwc_tensor targets = NHWC_TENSOR(NHWC_FLOAT64, numbers, 4, 3);
    nhwc_optimizer adam = {.kind = NHWC_ADAM, .learning_rate = 0.01};
    nhwc_model *model;
    set_numbers(&x, 1);
    set_numbers(&targets, 2);
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT64, &model));
    CHECK_OK(nhwc_model_compile(model, sampled(model), &(nhwc_model_options){.max_batch = 4, .seed = 3,
                                                                             .loss = NHWC_MEAN_SQUARED_ERROR,
                                                                             .optimizer = &adam}));
    nhwc_tensor one = learned(model, &x, &targets), more = learned(model, &x, &targets);
    CHECK_OK(nhwc_model_initialize(model, 3));
    nhwc_tensor again = learned(model, &x, &targets);
    CHECK(same_bits(&one, &again) && !same_bits(&one, &more));
    nhwc_tensor_destroy(NULL, &one);
    nhwc_tensor_destroy(NULL, &more);
    nhwc_tensor_destroy(NULL, &again);
    nhwc_model_destroy(model);
}

/* ---- The summary ---------------------------------------------------------------------------------------------- */

static nhwc_layer *chain(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){8, 8, 3});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 4, .kernel_size = {1, 1}, .no_bias = true});
    x = nhwc_layer_batch_normalization(x, NULL);
    x = nhwc_layer_max_pooling2d(x, NULL);
    x = nhwc_layer_average_pooling2d(x, &(nhwc_pooling2d_layer){.padding = NHWC_PADDING_SAME});
    x = nhwc_layer_up_sampling2d(x, NULL);
    x = nhwc_layer_dropout(x, 0.5, NULL);
    x = nhwc_layer_up_sampling2d(x, &(nhwc_up_sampling2d_layer){.size = {1, 3}});
    return nhwc_layer_global_average_pooling2d(x, NULL);
}

static void test_summary(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "conv2d (Conv2D)                                   (None, 8, 8, 4)           12              768\n",
        "batch_normalization (BatchNormalization)          (None, 8, 8, 4)           16              256\n",
        "max_pooling2d (MaxPooling2D)                      (None, 4, 4, 4)           0               0\n",
        "average_pooling2d (AveragePooling2D)              (None, 2, 2, 4)           0               0\n",
        "up_sampling2d (UpSampling2D)                      (None, 4, 4, 4)           0               0\n",
        "dropout (Dropout)                                 (None, 4, 4, 4)           0               0\n",
        "up_sampling2d_1 (UpSampling2D)                    (None, 4, 12, 4)          0               0\n",
        "global_average_pooling2d (GlobalAveragePooling2D) (None, 4)                 0               0\n",
        "Total params: 28\nTrainable params: 20\nNon-trainable params: 8\n",
        "Multiply-adds: 1,024, values: 3,664 bytes, for each of a batch\n",
    };
    nhwc_model *model;
    char text[4096];
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    CHECK_OK(nhwc_model_summary(model, chain(model), text, sizeof text, NULL));
    for (int i = 0; i < COUNT(lines); i++) {
        if (strstr(text, lines[i]) == NULL)
            print_error("%s is not in\n%s", lines[i], text);
        CHECK(strstr(text, lines[i]) != NULL);
    }
    nhwc_model_destroy(model);
}

static void test_parameters(void **state)
{
    (void)state;
    static const char *const names[] = {"conv2d/kernel", "batch_normalization/gamma", "batch_normalization/beta",
                                        "batch_normalization/moving_mean", "batch_normalization/moving_variance"};
    nhwc_model *model;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    CHECK_OK(nhwc_model_compile(model, chain(model), &training));
    CHECK(nhwc_model_parameter_count(model) == COUNT(names));
    const char *at = NULL;
    for (int i = 0; i < COUNT(names); i++) {
        nhwc_parameter p, q;
        CHECK_OK(nhwc_model_find_parameter(model, names[i], &p));
        CHECK_OK(nhwc_model_parameter(model, i, &q));
        CHECK(p.value.data == q.value.data && p.frozen == (i > 2) && (p.gradient.data == NULL) == p.frozen);
        CHECK(at == NULL || at == p.value.data);
        at = (char *)p.value.data + (size_t)element_count(&p.value) * sizeof(float);
        for (int64_t k = 0; i > 0 && k < 4; k++)
            CHECK(element_get(&p.value, k) == (i == 1 || i == 4));
    }
    nhwc_model_destroy(model);
}

/* ---- What parameters are at first ---------------------------------------------------------------------------- */

static nhwc_layer *initialized(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){5, 5, 4});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 6, .kernel_size = {3, 2}});
    x = nhwc_layer_depthwise_conv2d(x, &(nhwc_conv2d_layer){.kernel_size = {2, 2}, .frozen = true,
                                                            .kernel_initializer = NHWC_INITIALIZER_HE_UNIFORM,
                                                            .bias_initializer = NHWC_INITIALIZER_GLOROT_NORMAL});
    x = nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer){.filters = 3, .kernel_size = {3, 3},
                                                            .kernel_initializer = NHWC_INITIALIZER_LECUN_NORMAL,
                                                            .bias_initializer = NHWC_INITIALIZER_ONES});
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 5, .kernel_initializer = NHWC_INITIALIZER_HE_NORMAL,
                                                .bias_initializer = NHWC_INITIALIZER_LECUN_UNIFORM});
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 5, .kernel_initializer = NHWC_INITIALIZER_ZEROS,
                                                   .bias_initializer = NHWC_INITIALIZER_GLOROT_UNIFORM});
}

typedef nhwc_status draw(const nhwc_context *context, nhwc_random *random, nhwc_fans fans, nhwc_tensor *y);

static nhwc_status zeros(const nhwc_context *context, nhwc_random *random, nhwc_fans fans, nhwc_tensor *y)
{
    (void)context, (void)random, (void)fans;
    memset(y->data, 0, (size_t)element_count(y) * nhwc_dtype_size(y->dtype));
    return NHWC_OK;
}

static nhwc_status ones(const nhwc_context *context, nhwc_random *random, nhwc_fans fans, nhwc_tensor *y)
{
    (void)context, (void)random, (void)fans;
    for (int64_t i = 0; i < element_count(y); i++)
        element_set(y, i, 1);
    return NHWC_OK;
}

static void check_initial(nhwc_model *model, uint64_t seed)
{
    static draw *const draws[] = {nhwc_glorot_uniform, zeros, nhwc_he_uniform,    nhwc_glorot_normal, nhwc_lecun_normal,
                                  ones, nhwc_he_normal, nhwc_lecun_uniform, zeros, nhwc_glorot_uniform};
    CHECK(nhwc_model_parameter_count(model) == COUNT(draws));
    for (int i = 0; i < COUNT(draws); i++) {
        nhwc_parameter p;
        nhwc_tensor expected;
        nhwc_random random = {.seed = seed, .stream = (uint64_t)i};
        CHECK_OK(nhwc_model_parameter(model, i, &p));
        CHECK_OK(nhwc_tensor_create(NULL, p.value.dtype, p.value.rank, p.value.dims, &expected));
        CHECK_OK(draws[i](NULL, &random, NHWC_FANS_KERAS, &expected));
        CHECK(same_bits(&expected, &p.value));
        nhwc_tensor_destroy(NULL, &expected);
    }
}

static void test_initial(void **state)
{
    (void)state;
    nhwc_model *model;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    CHECK_FAILS(nhwc_model_initialize(model, 1), NHWC_ERROR_ARGUMENT, "not compiled");
    CHECK_OK(nhwc_model_compile(model, initialized(model), &(nhwc_model_options){.seed = 5}));
    check_initial(model, 5);
    CHECK_OK(nhwc_model_initialize(model, 9));
    check_initial(model, 9);
    nhwc_model_destroy(model);
    CHECK_FAILS(nhwc_model_initialize(NULL, 1), NHWC_ERROR_ARGUMENT, "model is NULL");
}

#define TWICE(count)                                                                                               \
    {.filters = 4, .kernel_size = {4, 4}, .strides = {2, 2}, .padding = NHWC_PADDING_SAME, .groups = (count),      \
     .kernel_initializer = NHWC_INITIALIZER_BILINEAR}

static nhwc_layer *enlarged(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){5, 6, 4});
    return nhwc_layer_concatenate(3, (nhwc_layer *[]){nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer)TWICE(1)),
                                                      nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer)TWICE(2)),
                                                      nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer)TWICE(4))},
                                  -1, NULL);
}

/* Away from the edges, where the filler fades, this is bilinear resizing. */
static void test_bilinear(void **state)
{
    (void)state;
    float pixels[5 * 6 * 4] = {0}, resized[10 * 12 * 4];
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, pixels, 1, 5, 6, 4);
    nhwc_tensor expected = NHWC_TENSOR(NHWC_FLOAT32, resized, 1, 10, 12, 4), y;
    nhwc_model *model;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    CHECK_OK(nhwc_model_compile(model, enlarged(model), NULL));
    set_numbers(&x, 1);
    CHECK_OK(nhwc_resize_bilinear(NULL, &x, &(nhwc_resize_options){NHWC_RESIZE_HALF_PIXEL_CENTERS}, &expected));
    CHECK_OK(nhwc_model_forward(model, false, 1, &x, &y));
    for (int64_t i = 0; i < 10 * 12 * 12; i++) {
        const int64_t row = i / 12 / 12, column = i / 12 % 12;
        if (row > 0 && row < 9 && column > 0 && column < 11)
            CHECK(element_get(&y, i) == element_get(&expected, i / 12 * 4 + i % 4));
    }
    nhwc_model_destroy(model);
}

/* ---- Rejections ------------------------------------------------------------------------------------------------ */

static nhwc_layer *image(nhwc_model *model)
{
    return input(model, 3, (int64_t[]){5, 5, 4});
}

#define CONV(layer, ...) \
    layer(image(model), &(nhwc_conv2d_layer){.kernel_size = {3, 3}, __VA_ARGS__})

#define MAX(...) nhwc_layer_max_pooling2d(image(model), &(nhwc_pooling2d_layer){__VA_ARGS__})
#define MEAN(...) nhwc_layer_average_pooling2d(image(model), &(nhwc_pooling2d_layer){__VA_ARGS__})
#define UP(...) nhwc_layer_up_sampling2d(image(model), &(nhwc_up_sampling2d_layer){__VA_ARGS__})
#define NORM(...) nhwc_layer_batch_normalization(image(model), &(nhwc_batch_normalization_layer){__VA_ARGS__})

static nhwc_layer *bad_kernel(nhwc_model *model, int which)
{
    const nhwc_initializer bilinear = NHWC_INITIALIZER_BILINEAR;
    switch (which) {
    case 0: return CONV(nhwc_layer_conv2d, .filters = 4, .kernel_initializer = bilinear);
    case 1: return CONV(nhwc_layer_depthwise_conv2d, .kernel_initializer = bilinear);
    case 2: return nhwc_layer_dense(image(model), &(nhwc_dense_layer){.units = 4, .kernel_initializer = bilinear});
    case 3: return CONV(nhwc_layer_conv2d_transpose, .filters = 5, .kernel_initializer = bilinear);
    case 4:
        return nhwc_layer_conv2d_transpose(image(model), &(nhwc_conv2d_layer){.filters = 4, .kernel_size = {3, 4},
                                                                              .kernel_initializer = bilinear});
    case 5: return CONV(nhwc_layer_conv2d, .filters = 4, .kernel_initializer = (nhwc_initializer)77);
    case 6: return CONV(nhwc_layer_conv2d, .filters = 4, .bias_initializer = (nhwc_initializer)-1);
    default: return CONV(nhwc_layer_conv2d_transpose, .filters = 4, .bias_initializer = bilinear);
    }
}

static nhwc_layer *bad(nhwc_model *model, int which)
{
    nhwc_layer *vector = which < 26 ? NULL : input(model, 1, (int64_t[]){6});
    switch (which) {
    case 8: return MAX(.count_padding = true);
    case 9: return MAX(.pool_size = {-1, 2});
    case 10: return MEAN(.pool_size = {0, 3});
    case 11: return MEAN(.pool_size = {2, 2}, .strides = {1, -3});
    case 12: return MAX(.pool_size = {6, 2});
    case 13: return MAX(.padding = (nhwc_padding)9);
    case 14: return MEAN(.explicit_paddings = {{1, 0}, {0, 0}});
    case 15: return UP(.size = {-2, 1});
    case 16: return UP(.size = {INT64_MAX / 8, 1});
    case 17: return UP(.interpolation = (nhwc_interpolation)7);
    case 18: return NORM(.momentum = 1.5);
    case 19: return NORM(.momentum = -0.5);
    case 20: return NORM(.epsilon = -1);
    case 21: return NORM(.epsilon = (double)NAN);
    case 22: return NORM(.no_center = true, .shared_with = NORM(.no_scale = true));
    case 23: return NORM(.shared_with = image(model));
    case 24: return nhwc_layer_dropout(image(model), 1.25, NULL);
    case 25: return nhwc_layer_dropout(image(model), (double)NAN, "drop");
    case 26: return nhwc_layer_max_pooling2d(vector, NULL);
    case 27: return nhwc_layer_average_pooling2d(vector, NULL);
    case 28: return nhwc_layer_global_max_pooling2d(vector, NULL);
    case 29: return nhwc_layer_global_average_pooling2d(vector, "mean");
    case 30: return nhwc_layer_up_sampling2d(vector, NULL);
    case 31: return nhwc_layer_batch_normalization(input(model, 0, NULL), NULL);
    default: return bad_kernel(model, which);
    }
}

static const struct {
    nhwc_status status;
    const char *texts[3];
} refusals[] = {
    {NHWC_ERROR_ARGUMENT, {"conv2d: ", "bilinear kernel_initializer", "kind of layer"}},
    {NHWC_ERROR_ARGUMENT, {"depthwise_conv2d: ", "bilinear kernel_initializer", ""}},
    {NHWC_ERROR_ARGUMENT, {"dense: ", "bilinear kernel_initializer", ""}},
    {NHWC_ERROR_CHANNELS, {"conv2d_transpose: ", "filters is 5", "4"}},
    {NHWC_ERROR_KERNEL, {"conv2d_transpose: ", "kernel_size is {3, 4}", "square"}},
    {NHWC_ERROR_ARGUMENT, {"conv2d: ", "kernel_initializer is 77", ""}},
    {NHWC_ERROR_ARGUMENT, {"conv2d: ", "bias_initializer is -1", ""}},
    {NHWC_ERROR_ARGUMENT, {"conv2d_transpose: ", "bias_initializer is bilinear", ""}},
    {NHWC_ERROR_ARGUMENT, {"max_pooling2d: ", "count_padding", ""}},
    {NHWC_ERROR_KERNEL, {"max_pooling2d: ", "pool_size is {-1, 2}", "at least 1"}},
    {NHWC_ERROR_KERNEL, {"average_pooling2d: ", "pool_size is {0, 3}", ""}},
    {NHWC_ERROR_STRIDE, {"average_pooling2d: ", "strides is {1, -3}", ""}},
    {NHWC_ERROR_SHAPE, {"max_pooling2d: ", "[0, 2, 4]", ""}},
    {NHWC_ERROR_PADDING, {"max_pooling2d: ", "padding is 9", ""}},
    {NHWC_ERROR_PADDING, {"average_pooling2d: ", "explicit_paddings", "EXPLICIT"}},
    {NHWC_ERROR_KERNEL, {"up_sampling2d: ", "size is {-2, 1}", ""}},
    {NHWC_ERROR_TOO_LARGE, {"up_sampling2d: ", "64 bits", ""}},
    {NHWC_ERROR_ARGUMENT, {"up_sampling2d: ", "interpolation is 7", ""}},
    {NHWC_ERROR_ARGUMENT, {"batch_normalization: ", "momentum is 1.5", ""}},
    {NHWC_ERROR_ARGUMENT, {"batch_normalization: ", "momentum is -0.5", ""}},
    {NHWC_ERROR_ARGUMENT, {"batch_normalization: ", "epsilon is -1", "positive"}},
    {NHWC_ERROR_ARGUMENT, {"batch_normalization: ", "epsilon is", "finite"}},
    {NHWC_ERROR_ARGUMENT, {"batch_normalization_1: ", "shared_with is batch_normalization", "same parameters"}},
    {NHWC_ERROR_ARGUMENT, {"batch_normalization: ", "InputLayer", "BatchNormalization"}},
    {NHWC_ERROR_ARGUMENT, {"dropout: ", "rate is 1.25", "0 to 1"}},
    {NHWC_ERROR_ARGUMENT, {"drop: ", "rate is", ""}},
    {NHWC_ERROR_RANK, {"max_pooling2d: ", "input_layer", "[6]"}},
    {NHWC_ERROR_RANK, {"average_pooling2d: ", "[6]", "image"}},
    {NHWC_ERROR_RANK, {"global_max_pooling2d: ", "[6]", "image"}},
    {NHWC_ERROR_RANK, {"mean: ", "[6]", "image"}},
    {NHWC_ERROR_RANK, {"up_sampling2d: ", "[6]", "image"}},
    {NHWC_ERROR_RANK, {"batch_normalization: ", "input_layer_1", "batch"}},
};

static void test_refused(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT(refusals); i++) {
        nhwc_model *model;
        const char *const *texts = refusals[i].texts;
        CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
        nhwc_layer *const x = bad(model, i);
        if (x != NULL)
            print_error("layer %d is not refused\n", i);
        CHECK(x == NULL);
        CHECK_FAILS(nhwc_model_compile(model, x, NULL), refusals[i].status, texts[0], texts[1], texts[2]);
        CHECK(strncmp(nhwc_last_error(), texts[0], strlen(texts[0])) == 0);
        nhwc_model_destroy(model);
    }
}

static void test_refused_training(void **state)
{
    (void)state;
    nhwc_model *model;
    float pixels[100] = {0};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, pixels, 1, 5, 5, 4);
    nhwc_tensor y;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    CHECK_OK(nhwc_model_compile(model, nhwc_layer_flatten(image(model), NULL), NULL));
    CHECK_FAILS(nhwc_model_forward(model, true, 1, &x, &y), NHWC_ERROR_ARGUMENT, "not compiled for training");
    CHECK_OK(nhwc_model_forward(model, false, 1, &x, &y));
    nhwc_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_shared_memory),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_allocations),
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_dropout),
        cmocka_unit_test(test_dropout_again),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_initialize_again),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_initial),
        cmocka_unit_test(test_bilinear),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_training),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
