/* Models: Keras' outputs and gradients, finite differences, memory, parameters, the summary, and every rejection. */
#include <math.h>
#include <nhwc/train.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/build.h"
#include "support/check.h"
#include "support/failing_allocator.h"
#include "support/guarded.h"
#include "support/random.h"
#include "support/trial.h"

#include "golden/train_golden.h"

/* ---- Models, as make_train_golden.py has them ---------------------------------------------------------- */

static nhwc_layer *convolutions(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){7, 6, 4});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 6, .kernel_size = {3, 2}, .strides = {2, 1}, .groups = 2,
                                                  .padding = NHWC_PADDING_SAME, .activation = NHWC_RELU6});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 3, .kernel_size = {2, 2}, .dilation_rate = {1, 2},
                                                  .no_bias = true, .activation = NHWC_TANH});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {3, 3},
                                                  .padding = NHWC_PADDING_EXPLICIT,
                                                  .explicit_paddings = {{1, 0}, {2, 1}}});
    return nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {2, 1}, .activation = NHWC_RELU});
}

static nhwc_layer *transposes(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){3, 4, 2});
    x = nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer){.filters = 3, .kernel_size = {3, 3}, .strides = {2, 2},
                                                            .padding = NHWC_PADDING_SAME, .activation = NHWC_RELU});
    const int64_t output_padding[] = {1, 0};
    x = nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {3, 3}, .strides = {2, 2},
                                                            .output_padding = output_padding});
    x = nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer){.filters = 4, .kernel_size = {1, 1}, .strides = {2, 2},
                                                            .activation = NHWC_SIGMOID});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 4, .kernel_size = {3, 3}, .strides = {4, 4}});
    x = nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {2, 3}, .strides = {2, 1},
                                                            .groups = 2, .padding = NHWC_PADDING_SAME});
    return nhwc_layer_conv2d_transpose(
        x, &(nhwc_conv2d_layer){.filters = 3, .kernel_size = {2, 2}, .dilation_rate = {2, 1}});
}

static nhwc_layer *depthwise(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){7, 6, 3});
    x = nhwc_layer_depthwise_conv2d(x, &(nhwc_conv2d_layer){.kernel_size = {3, 3}, .strides = {2, 2},
                                                            .padding = NHWC_PADDING_SAME, .depth_multiplier = 2,
                                                            .activation = NHWC_RELU});
    x = nhwc_layer_depthwise_conv2d(
        x, &(nhwc_conv2d_layer){.kernel_size = {2, 1}, .dilation_rate = {2, 2}, .no_bias = true});
    return nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {1, 1}, .activation = NHWC_GELU});
}

static nhwc_layer *dense(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){2, 3, 4});
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 5, .activation = NHWC_RELU});
    x = nhwc_layer_flatten(x, NULL);
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 6, .activation = NHWC_ELU, .no_bias = true});
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 4, .activation = NHWC_RELU6});
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 3, .activation = NHWC_SOFTMAX});
}

static nhwc_layer *activations(nhwc_model *model)
{
    nhwc_layer *parts[NHWC_SOFTMAX + 1], *x = input(model, 1, (int64_t[]){9});
    for (int i = 0; i < COUNT(parts); i++)
        parts[i] = nhwc_layer_activation(x, (nhwc_function)i, NULL);
    return nhwc_layer_concatenate(COUNT(parts), parts, -1, NULL);
}

static nhwc_layer *graph(nhwc_model *model)
{
    nhwc_layer *const a = input(model, 3, (int64_t[]){6, 4, 2}), *const b = input(model, 3, (int64_t[]){6, 4, 2});
    nhwc_conv2d_layer options = {
        .filters = 3, .kernel_size = {3, 3}, .padding = NHWC_PADDING_SAME, .activation = NHWC_RELU};
    nhwc_layer *const left = nhwc_layer_conv2d(a, &options);
    options.shared_with = left;
    nhwc_layer *const right = nhwc_layer_conv2d(b, &options);
    nhwc_layer *x = nhwc_layer_add(3, (nhwc_layer *[]){left, right, left}, NULL);
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 3, .kernel_size = {1, 1}, .activation = NHWC_TANH,
                                                  .frozen = true, .name = "frozen"});
    nhwc_layer *const skip = nhwc_layer_add(2, (nhwc_layer *[]){x, left}, NULL);
    x = nhwc_layer_concatenate(3, (nhwc_layer *[]){skip, x, right}, -1, NULL);
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {3, 3}, .strides = {2, 2},
                                                  .padding = NHWC_PADDING_SAME});
    x = nhwc_layer_reshape(x, 2, (int64_t[]){3, -1}, NULL);
    nhwc_layer *y = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 4});
    y = nhwc_layer_dense(y, &(nhwc_dense_layer){.units = 4, .shared_with = y});
    return nhwc_layer_concatenate(2, (nhwc_layer *[]){y, x}, 1, NULL);
}

static nhwc_layer *autoencoder(nhwc_model *model, nhwc_function function)
{
    static const int64_t filters[] = {32, 16, 8, 8, 16, 32};
    nhwc_layer *x = input(model, 3, (int64_t[]){28, 28, 1});
    for (int i = 0; i < COUNT(filters); i++) {
        const nhwc_conv2d_layer options = {.filters = filters[i], .kernel_size = {3, 3}, .activation = function};
        x = (i < 3 ? nhwc_layer_conv2d : nhwc_layer_conv2d_transpose)(x, &options);
    }
    return nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 1, .kernel_size = {3, 3}, .padding = NHWC_PADDING_SAME,
                                                     .activation = NHWC_SIGMOID});
}

static nhwc_layer *tutorial(nhwc_model *model)
{
    return autoencoder(model, NHWC_RELU);
}

/* Layers whose operations need as much scratch as any. */
static nhwc_layer *heavy(nhwc_model *model)
{
    nhwc_layer *x = input(model, 3, (int64_t[]){12, 12, 300});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 256, .kernel_size = {3, 3}, .activation = NHWC_RELU});
    x = nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer){.filters = 3, .kernel_size = {4, 4}, .strides = {2, 2}});
    x = nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 40, .kernel_size = {5, 5}, .strides = {3, 3}});
    x = nhwc_layer_flatten(x, NULL);
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 300});
}

static build *const builders[] = {convolutions, transposes, depthwise, dense, activations, graph};

/* ---- Keras' numbers ------------------------------------------------------------------------------------ */

static const int64_t golden_batches[] = {3, 2, 2, 3, 4, 2};

static void test_golden(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT(builders); i++)
        for (int dtype = NHWC_FLOAT32; dtype <= NHWC_FLOAT64; dtype++) {
            const struct golden_model *g = &golden_models[i];
            trial t = trial_of(NULL, (nhwc_dtype)dtype, builders[i], golden_batches[i], &training, true);
            CHECK(element_count(&t.y) == g->y_count && element_count(&t.gradients) == g->gradient_count);
            check_near(g->name, "y", &t.y, g->y);
            check_near(g->name, "gradients", &t.gradients, g->gradients);
            const double *dx = g->dx;
            for (int k = 0; k < t.count; dx += element_count(&t.dx[k++]))
                check_near(g->name, "dx", &t.dx[k], dx);
            end(&t);
        }
}

/* ---- The same bits ---------------------------------------------------------------------------------------- */

static void test_shared_memory(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT(builders); i++) {
        trial a = trial_of(NULL, NHWC_FLOAT32, builders[i], 3, &training, true);
        trial c = trial_of(NULL, NHWC_FLOAT32, builders[i], 3, &(nhwc_model_options){.max_batch = 3}, false);
        CHECK(same_bits(&a.y, &c.y));
        check_shared_memory(builders[i]);
        end(&a);
        end(&c);
    }
}

static void test_batches(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT(builders); i++)
        check_batches(builders[i]);
}

static void test_threads(void **state)
{
    (void)state;
    build *const large[] = {graph, tutorial, heavy};
    for (int dtype = NHWC_FLOAT32; dtype <= NHWC_FLOAT64; dtype++)
        for (int i = 0; i < (emulated ? 1 : COUNT(large)); i++) {
            trial one = trial_of(NULL, (nhwc_dtype)dtype, large[i], 3, &training, true);
            for (int threads = 2; threads <= 4; threads += 2) {
                nhwc_pool *pool;
                CHECK_OK(nhwc_pool_create(NULL, threads, &pool));
                const nhwc_context context = {
                    .threads = threads, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
                trial many = trial_of(&context, (nhwc_dtype)dtype, large[i], 3, &training, true);
                if (!instrumented)
                    check_same(&one, &many);
                end(&many);
                nhwc_pool_destroy(pool);
            }
            end(&one);
        }
}

static void test_accumulate(void **state)
{
    (void)state;
    trial t = trial_of(NULL, NHWC_FLOAT64, graph, 2, &training, true);
    nhwc_tensor y, gradients;
    CHECK_OK(nhwc_model_forward(t.model, true, t.count, t.inputs, &y));
    CHECK_OK(nhwc_model_backward(t.model, &t.dy, true));
    CHECK_OK(nhwc_model_gradients(t.model, &gradients));
    for (int64_t i = 0; i < element_count(&gradients); i++)
        CHECK(fabs(element_get(&gradients, i) - 2 * element_get(&t.gradients, i)) < 1e-9);
    end(&t);
}

static nhwc_layer *wide(nhwc_model *model)
{
    return nhwc_layer_dense(input(model, 1, (int64_t[]){6}), &(nhwc_dense_layer){.units = 1100});
}

/* The gradient of a bias is a sum over all but the channels, of any number of them. */
static void test_wide_bias(void **state)
{
    (void)state;
    trial t = trial_of(NULL, NHWC_FLOAT64, wide, 3, &training, true);
    nhwc_parameter bias;
    CHECK_OK(nhwc_model_find_parameter(t.model, "dense/bias", &bias));
    for (int64_t i = 0; i < 1100; i++)
        CHECK(element_get(&bias.gradient, i) ==
              element_get(&t.dy, i) + element_get(&t.dy, 1100 + i) + element_get(&t.dy, 2200 + i));
    end(&t);
}

/* Whatever runs, its scratch is enough. */
static void test_algorithms(void **state)
{
    (void)state;
    for (int dtype = emulated; dtype <= NHWC_FLOAT64; dtype++) { /* the larger one everywhere */
        const nhwc_context context = {.algorithm = NHWC_ALGORITHM_IM2COL};
        trial t = trial_of(&context, (nhwc_dtype)dtype, heavy, 2, &training, true);
        end(&t);
    }
}

/* ---- Finite differences ------------------------------------------------------------------------------------ */

static nhwc_layer *smooth(nhwc_model *model)
{
    return autoencoder(model, NHWC_SOFTPLUS);
}

static void test_differences(void **state)
{
    (void)state;
    build *const of[] = {convolutions, transposes, depthwise, dense, activations, graph, smooth};
    for (int i = 0; i < COUNT(of); i++) {
        trial t = trial_of(NULL, NHWC_FLOAT64, of[i], 2, &training, true);
        fill_parameters(t.model, of[i] == smooth ? 0.2 : 0.7, 0.0017); /* away from the corners of relu */
        for (int k = 0; k < t.count; k++)
            for (int64_t j = 0; j < element_count(&t.inputs[k]); j++)
                element_set(&t.inputs[k], j, 0.9 * number(50 + k, j) + 0.0031);
        nhwc_gradient_difference worst;
        CHECK_OK(nhwc_model_check_gradients(t.model, t.count, t.inputs, &t.dy,
                                            &(nhwc_gradient_check){.most = of[i] == smooth ? 7 : 0}, &worst));
        if (!(worst.relative < (of[i] == smooth ? 1e-4 : 1e-6))) {
            print_error("model %d: %s[%d]: %g, difference %g\n", i, worst.tensor, (int)worst.index, worst.gradient,
                        worst.difference);
            fail();
        }
        CHECK(worst.count > 10);
        end(&t);
    }
}

/* A gradient that is wrong is found. */
static void test_differences_find(void **state)
{
    (void)state;
    trial t = trial_of(NULL, NHWC_FLOAT64, dense, 2, &training, true);
    nhwc_parameter p;
    CHECK_OK(nhwc_model_find_parameter(t.model, "dense_3/bias", &p));
    element_set(&p.value, 0, 1e300); /* where nothing can be told: infinities */
    nhwc_gradient_difference worst;
    CHECK_OK(nhwc_model_check_gradients(t.model, 1, t.inputs, &t.dy, &(nhwc_gradient_check){.step = 1e5}, &worst));
    CHECK(worst.relative > 0.1);
    end(&t);
}

/* ---- Graphs by chance ---------------------------------------------------------------------------------------- */

static uint64_t chance; /* what the next graph is built from */

static nhwc_layer *random_graph(nhwc_model *model)
{
    static const nhwc_function functions[] = {NHWC_LINEAR, NHWC_RELU,  NHWC_RELU6,  NHWC_SIGMOID,
                                              NHWC_TANH,   NHWC_SWISH, NHWC_SOFTMAX};
    uint64_t random = chance;
    nhwc_layer *x[14];
    int count = 0;
    x[count++] = input(model, 3, (int64_t[]){4, 3, 2});
    x[count++] = input(model, 3, (int64_t[]){4, 3, 2});
    while (count < COUNT(x)) {
        nhwc_layer *const a = x[random_between(&random, 0, count - 1)];
        nhwc_layer *const b = x[random_between(&random, 0, count - 1)];
        const bool frozen = random_between(&random, 0, 3) == 0;
        const nhwc_conv2d_layer conv = {.filters = 2, .kernel_size = {3, 2}, .padding = NHWC_PADDING_SAME,
                                        .activation = functions[random_between(&random, 0, COUNT(functions) - 1)],
                                        .frozen = frozen};
        const nhwc_pooling2d_layer still = {.strides = {1, 1}, .padding = NHWC_PADDING_SAME};
        switch (random_between(&random, 0, 6)) {
        case 0: x[count] = nhwc_layer_conv2d(a, &conv); break;
        case 1: x[count] = nhwc_layer_add(3, (nhwc_layer *[]){a, b, a}, NULL); break;
        case 2:
            x[count] = nhwc_layer_concatenate(2, (nhwc_layer *[]){a, b}, 3, NULL);
            x[count] = nhwc_layer_dense(x[count], &(nhwc_dense_layer){.units = 2, .frozen = frozen});
            break;
        case 3: x[count] = nhwc_layer_average_pooling2d(a, &still); break;
        case 4: x[count] = nhwc_layer_dropout(nhwc_layer_max_pooling2d(a, &still), 0.25, NULL); break;
        case 5:
            x[count] = nhwc_layer_batch_normalization(a, &(nhwc_batch_normalization_layer){.frozen = frozen});
            break;
        default: x[count] = nhwc_layer_activation(a, NHWC_TANH, NULL);
        }
        count++;
    }
    return nhwc_layer_add(4, (nhwc_layer *[]){x[0], x[1], x[count - 1], x[count - 2]}, NULL);
}

static void test_random_graphs(void **state)
{
    (void)state;
    nhwc_model_options apart = training;
    apart.keep = true;
    for (chance = 1; chance <= 40; chance++) {
        trial a = trial_of(NULL, NHWC_FLOAT64, random_graph, 2, &training, true);
        trial b = trial_of(NULL, NHWC_FLOAT64, random_graph, 2, &apart, true);
        check_same(&a, &b);
        nhwc_gradient_difference worst;
        const nhwc_gradient_check few = {.step = 1e-7, .most = 4};
        CHECK_OK(nhwc_model_check_gradients(a.model, 2, a.inputs, &a.dy, &few, &worst));
        CHECK(worst.relative < 1e-3);
        end(&a);
        end(&b);
    }
}

/* ---- Memory ------------------------------------------------------------------------------------------------- */

static void *poisoned(void *state, size_t alignment, size_t bytes)
{
    void *memory = failing_allocate(state, alignment, bytes);
    return memory == NULL ? NULL : memset(memory, 0xFF, bytes);
}

static void test_allocations(void **state)
{
    (void)state;
    failing_allocator allocator = {0};
    nhwc_context context = failing_context(&allocator);
    context.allocate = poisoned;
    trial clean = trial_of(NULL, NHWC_FLOAT32, graph, 3, &training, true);
    trial t = trial_of(&context, NHWC_FLOAT32, graph, 3, &training, true);
    check_same(&clean, &t);
    const int64_t calls = allocator.calls;
    run(&t, true);
    nhwc_model_parameter_count(t.model);
    CHECK(allocator.calls == calls); /* none in steps */
    end(&t);
    end(&clean);
    CHECK(allocator.live == 0);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    nhwc_status status = NHWC_ERROR_OUT_OF_MEMORY;
    for (int64_t fail_at = 1; status != NHWC_OK; fail_at++) {
        failing_allocator allocator = {.fail_at = fail_at};
        const nhwc_context context = failing_context(&allocator);
        nhwc_model *model = NULL;
        status = nhwc_model_create(&context, NHWC_FLOAT32, &model);
        if (status == NHWC_OK)
            status = nhwc_model_compile(model, graph(model), &training);
        CHECK(status == NHWC_OK || status == NHWC_ERROR_OUT_OF_MEMORY);
        CHECK(fail_at < 40);
        nhwc_model_destroy(model);
        CHECK(allocator.live == 0);
    }
}

static void test_plan(void **state)
{
    (void)state;
    failing_allocator allocator = {0};
    const nhwc_context context = failing_context(&allocator);
    nhwc_model *model;
    nhwc_model_memory memory, apart, inference;
    CHECK_OK(nhwc_model_create(&context, NHWC_FLOAT32, &model));
    nhwc_layer *const output = tutorial(model);
    const int64_t live = allocator.live;
    CHECK_OK(nhwc_model_plan(model, output, &(nhwc_model_options){.max_batch = 10}, &inference));
    CHECK_OK(nhwc_model_plan(model, output, &(nhwc_model_options){.max_batch = 10, .training = true, .keep = true},
                             &apart));
    CHECK_OK(nhwc_model_plan(model, output, &(nhwc_model_options){.max_batch = 10, .training = true}, &memory));
    CHECK(allocator.live == live);
    CHECK(memory.parameters == 51200 && memory.gradients == 51200 && memory.scratch == 512 * 1024); /* 12,785 * 4 */
    CHECK(memory.total == memory.parameters + memory.gradients + memory.values + memory.scratch);
    CHECK(inference.gradients == 0);
    /* Forward, two values at a time: the largest are one of 28 x 28 x 32 and the one behind it. */
    CHECK(inference.values == 10 * 4 * (28 * 28 * 32 + 26 * 26 * 16));
    /* Backward reads all values; half of their gradients find a place where values are no longer read. */
    CHECK(memory.values < apart.values * 3 / 4);
    allocator.fail_at = allocator.calls + 2; /* after that of planning */
    CHECK_FAILS(nhwc_model_compile(model, output, NULL), NHWC_ERROR_OUT_OF_MEMORY, "bytes");
    CHECK_OK(nhwc_model_compile(model, output, &(nhwc_model_options){.max_batch = 10, .training = true}));
    CHECK(allocator.live == live + 1 && allocator.bytes == (size_t)memory.total && allocator.alignment == 64);
    CHECK_FAILS(nhwc_model_plan(model, output, NULL, &memory), NHWC_ERROR_ARGUMENT, "compiled already");
    CHECK_FAILS(nhwc_model_compile(model, output, NULL), NHWC_ERROR_ARGUMENT, "compiled already");
    CHECK(nhwc_layer_flatten(output, NULL) == NULL);
    nhwc_model_destroy(model);
    CHECK(allocator.live == 0);
}

/* ---- Parameters ------------------------------------------------------------------------------------------------ */

static void test_parameters(void **state)
{
    (void)state;
    trial t = trial_of(NULL, NHWC_FLOAT32, graph, 1, &training, true);
    nhwc_tensor all, gradients;
    CHECK_OK(nhwc_model_parameters(t.model, &all));
    CHECK_OK(nhwc_model_gradients(t.model, &gradients));
    CHECK(nhwc_model_parameter_count(t.model) == 8); /* of four layers; two more share theirs */
    static const char *const layers[] = {"conv2d",   "conv2d",   "frozen", "frozen",
                                         "conv2d_2", "conv2d_2", "dense",  "dense"};
    const float *trainable = all.data, *gradient = gradients.data;
    for (int i = 0; i < 8; i++) {
        nhwc_parameter p, q;
        char name[80];
        CHECK_OK(nhwc_model_parameter(t.model, i, &p));
        assert_string_equal(p.layer, layers[i]);
        assert_string_equal(p.name, i % 2 ? "bias" : "kernel");
        CHECK(p.frozen == (i == 2 || i == 3));
        snprintf(name, sizeof name, "%s/%s", p.layer, p.name);
        CHECK_OK(nhwc_model_find_parameter(t.model, name, &q));
        CHECK(q.value.data == p.value.data);
        if (p.frozen) {
            CHECK(p.gradient.data == NULL);
            continue;
        }
        CHECK(p.value.data == trainable && p.gradient.data == gradient);
        trainable += element_count(&p.value);
        gradient += element_count(&p.value);
    }
    CHECK(gradient == (float *)gradients.data + gradients.dims[0]);
    CHECK(all.dims[0] == gradients.dims[0] + 12);
    nhwc_parameter p;
    CHECK_FAILS(nhwc_model_parameter(t.model, 8, &p), NHWC_ERROR_ARGUMENT, "no parameter 8", "has 8");
    CHECK_FAILS(nhwc_model_parameter(t.model, -1, &p), NHWC_ERROR_ARGUMENT, "no parameter -1");
    CHECK_FAILS(nhwc_model_find_parameter(t.model, "conv2d/gamma", &p), NHWC_ERROR_ARGUMENT, "\"conv2d/gamma\"");
    CHECK_FAILS(nhwc_model_find_parameter(t.model, "conv2d_1/bias", &p), NHWC_ERROR_ARGUMENT, "conv2d_1");
    CHECK_FAILS(nhwc_model_find_parameter(t.model, "conv2d", &p), NHWC_ERROR_ARGUMENT, "\"conv2d\"");
    end(&t);
}

static void test_kept(void **state)
{
    (void)state;
    nhwc_model *model;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    nhwc_layer *const x = input(model, 1, (int64_t[]){2});
    nhwc_layer *const side = nhwc_layer_activation(x, NHWC_TANH, "side");
    nhwc_layer *const hidden = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 2});
    nhwc_layer *const y = nhwc_layer_activation(hidden, NHWC_RELU, NULL);
    nhwc_tensor seen;
    CHECK_FAILS(nhwc_layer_value(hidden, &seen), NHWC_ERROR_ARGUMENT, "not compiled");
    CHECK_OK(nhwc_model_compile(model, y, &(nhwc_model_options){.training = true, .keep = true}));
    nhwc_tensor all, output;
    CHECK_OK(nhwc_model_parameters(model, &all));
    for (int i = 0; i < 6; i++)
        element_set(&all, i, (double[]){1, 2, 3, -4, 5, 6}[i]);
    float ones[] = {1, 1};
    nhwc_tensor given = NHWC_TENSOR(NHWC_FLOAT32, ones, 1, 2);
    CHECK_OK(nhwc_model_forward(model, true, 1, &given, &output));
    CHECK_OK(nhwc_model_backward(model, &given, false));
    CHECK_OK(nhwc_layer_value(hidden, &seen));
    CHECK(element_get(&seen, 0) == 9 && element_get(&seen, 1) == 4);
    CHECK_OK(nhwc_layer_gradient(hidden, &seen));
    CHECK(element_get(&seen, 0) == 1 && element_get(&seen, 1) == 1);
    CHECK_FAILS(nhwc_layer_value(side, &seen), NHWC_ERROR_ARGUMENT, "side", "compiled model");
    CHECK_FAILS(nhwc_layer_gradient(x, &seen), NHWC_ERROR_ARGUMENT, "input_layer");
    CHECK_FAILS(nhwc_model_input_gradient(model, 0, &seen), NHWC_ERROR_ARGUMENT, "input_gradients");
    nhwc_model_destroy(model);
}

/* ---- The summary ------------------------------------------------------------------------------------------------- */

static void test_summary(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "Layer (type)                         Output Shape              Param #         Multiply-adds\n",
        "conv2d (Conv2D)                      (None, 26, 26, 32)        320             194,688\n",
        "conv2d_1 (Conv2D)                    (None, 24, 24, 16)        4,624           2,654,208\n",
        "conv2d_2 (Conv2D)                    (None, 22, 22, 8)         1,160           557,568\n",
        "conv2d_transpose (Conv2DTranspose)   (None, 24, 24, 8)         584             278,784\n",
        "conv2d_transpose_1 (Conv2DTranspose) (None, 26, 26, 16)        1,168           663,552\n",
        "conv2d_transpose_2 (Conv2DTranspose) (None, 28, 28, 32)        4,640           3,115,008\n",
        "conv2d_3 (Conv2D)                    (None, 28, 28, 1)         289             225,792\n",
        "Total params: 12,785\nTrainable params: 12,785\nNon-trainable params: 0\n",
    };
    nhwc_model *model;
    char text[4096], part[100];
    size_t length, again;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    nhwc_layer *const output = tutorial(model);
    CHECK_OK(nhwc_model_summary(model, output, NULL, 0, &length));
    CHECK_OK(nhwc_model_summary(model, output, text, sizeof text, &again));
    CHECK(length == again && length == strlen(text));
    for (int i = 0; i < COUNT(lines); i++)
        CHECK(strstr(text, lines[i]) != NULL);
    CHECK(strstr(text, "Activation") == NULL); /* it is the layer's own */
    CHECK_OK(nhwc_model_summary(model, output, part, sizeof part, NULL));
    CHECK(strlen(part) == sizeof part - 1 && strncmp(part, text, sizeof part - 1) == 0);
    CHECK_OK(nhwc_model_compile(model, output, NULL)); /* which goes on as it is */
    CHECK_OK(nhwc_model_summary(model, nhwc_model_layer(model, "conv2d_1"), text, sizeof text, NULL));
    CHECK(strstr(text, "conv2d_2") == NULL && nhwc_model_parameter_count(model) == 14);
    CHECK_FAILS(nhwc_model_summary(model, NULL, text, sizeof text, NULL), NHWC_ERROR_ARGUMENT, "output");
    nhwc_model_destroy(model);
}

static void test_summary_of_graph(void **state)
{
    (void)state;
    nhwc_model *model;
    char text[8192];
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    CHECK_OK(nhwc_model_summary(model, graph(model), text, sizeof text, NULL));
    CHECK(strstr(text, "Connected to\n") != NULL);
    CHECK(strstr(text, " conv2d, conv2d_1, conv2d\n") != NULL);
    CHECK(strstr(text, " frozen, conv2d\n") != NULL);
    CHECK(strstr(text, "Total params: 253\nTrainable params: 241\nNon-trainable params: 12\n") != NULL);
    nhwc_model_destroy(model);
}

/* ---- Rejections ------------------------------------------------------------------------------------------------- */

static nhwc_layer *image(nhwc_model *model)
{
    return input(model, 3, (int64_t[]){5, 5, 4});
}

static nhwc_layer *vector(nhwc_model *model)
{
    return input(model, 1, (int64_t[]){6});
}

#define CONV(...) nhwc_layer_conv2d(image(model), &(nhwc_conv2d_layer){__VA_ARGS__})
#define TRANSPOSE(...) nhwc_layer_conv2d_transpose(image(model), &(nhwc_conv2d_layer){__VA_ARGS__})
#define DEPTHWISE(...) nhwc_layer_depthwise_conv2d(image(model), &(nhwc_conv2d_layer){__VA_ARGS__})
#define DENSE(...) nhwc_layer_dense(vector(model), &(nhwc_dense_layer){__VA_ARGS__})

static nhwc_layer *bad(nhwc_model *model, int which)
{
    static const int64_t paddings[] = {2, 0};
    static char long_name[65];
    memset(long_name, 'n', sizeof long_name - 1);
    switch (which) {
    case 0: return CONV(.kernel_size = {3, 3});
    case 1: return CONV(.filters = 2);
    case 2: return CONV(.filters = 2, .kernel_size = {9, 9});
    case 3: return CONV(.filters = 2, .kernel_size = {3, 3}, .strides = {-1, 1});
    case 4: return CONV(.filters = 3, .kernel_size = {3, 3}, .groups = 3);
    case 5: return CONV(.filters = 3, .kernel_size = {3, 3}, .groups = 2);
    case 6: return CONV(.filters = 2, .kernel_size = {3, 3}, .activation = (nhwc_function)77);
    case 7: return CONV(.filters = 2, .kernel_size = {3, 3}, .depth_multiplier = 2);
    case 8: return nhwc_layer_conv2d(vector(model), &(nhwc_conv2d_layer){.filters = 2, .kernel_size = {1, 1}});
    case 9: return TRANSPOSE(.filters = 2, .kernel_size = {3, 3}, .strides = {2, 2}, .output_padding = paddings);
    case 10: return TRANSPOSE(.filters = 3, .kernel_size = {3, 3}, .groups = 2);
    case 11: return DEPTHWISE(.kernel_size = {3, 3}, .filters = 4);
    case 12: return DEPTHWISE(.kernel_size = {3, 3}, .depth_multiplier = -1);
    case 13: return DENSE(.units = 0);
    case 14: return nhwc_layer_dense(input(model, 0, NULL), &(nhwc_dense_layer){.units = 2});
    case 15: return nhwc_layer_add(2, (nhwc_layer *[]){image(model), vector(model)}, "sum");
    case 16: return nhwc_layer_concatenate(2, (nhwc_layer *[]){image(model), image(model)}, 0, NULL);
    case 17: return nhwc_layer_concatenate(2, (nhwc_layer *[]){image(model), image(model)}, 4, NULL);
    case 18: return nhwc_layer_concatenate(2, (nhwc_layer *[]){image(model), vector(model)}, 1, NULL);
    case 19: return nhwc_layer_reshape(vector(model), 2, (int64_t[]){4, -1}, NULL);
    case 20: return nhwc_layer_reshape(vector(model), 2, (int64_t[]){-1, -1}, NULL);
    case 21: return nhwc_layer_reshape(vector(model), 8, (int64_t[8]){6, 1, 1, 1, 1, 1, 1, 1}, NULL);
    case 22: return DENSE(.units = 2, .name = long_name);
    case 23: return DENSE(.units = 2, .name = "input_layer");
    case 24: return DENSE(.units = 2, .shared_with = image(model));
    case 25: return DENSE(.units = 2, .shared_with = DENSE(.units = 3));
    case 26: return input(model, 2, (int64_t[]){3, 0});
    case 27: return input(model, 2, (int64_t[]){INT64_MAX / 4, 9});
    case 28: return nhwc_layer_add(2, (nhwc_layer *[]){vector(model), NULL}, NULL);
    case 29: return DENSE(.units = INT64_MAX / 8);
    case 30: return nhwc_layer_activation(vector(model), (nhwc_function)-1, NULL);
    case 31: return input(model, 2, NULL);
    case 32: return TRANSPOSE(.filters = 0);
    case 33: return CONV(.filters = 2, .kernel_size = {3, 3}, .output_padding = paddings);
    case 34: return DENSE(.units = 2, .no_bias = true, .shared_with = DENSE(.units = 2));
    default: return NULL;
    }
}

static const struct {
    nhwc_status status;
    const char *texts[3];
} refusals[] = {
    {NHWC_ERROR_CHANNELS, {"conv2d: ", "filters is 0", "at least 1"}},
    {NHWC_ERROR_KERNEL, {"conv2d: ", "filter is 0 high", "at least 1"}},
    {NHWC_ERROR_KERNEL, {"conv2d: ", "9", "5"}},
    {NHWC_ERROR_STRIDE, {"conv2d: ", "stride", "-1"}},
    {NHWC_ERROR_GROUPS, {"conv2d: ", "groups is 3", "4 channels"}},
    {NHWC_ERROR_GROUPS, {"conv2d: ", "groups is 2", "3"}},
    {NHWC_ERROR_ARGUMENT, {"conv2d: ", "activation is 77", ""}},
    {NHWC_ERROR_ARGUMENT, {"conv2d: ", "depth_multiplier", ""}},
    {NHWC_ERROR_RANK, {"conv2d: ", "input_layer", "[6]"}},
    {NHWC_ERROR_OUTPUT_PADDING, {"conv2d_transpose: ", "output_padding", "2"}},
    {NHWC_ERROR_GROUPS, {"conv2d_transpose: ", "groups is 2", "3 filters"}},
    {NHWC_ERROR_ARGUMENT, {"depthwise_conv2d: ", "filters", ""}},
    {NHWC_ERROR_CHANNELS, {"depthwise_conv2d: ", "depth_multiplier is -1", ""}},
    {NHWC_ERROR_CHANNELS, {"dense: ", "units is 0", ""}},
    {NHWC_ERROR_RANK, {"dense: ", "input_layer", "batch"}},
    {NHWC_ERROR_SHAPE, {"sum: ", "[6]", "[5, 5, 4]"}},
    {NHWC_ERROR_RANK, {"concatenate: ", "batch", "1 to 3"}},
    {NHWC_ERROR_RANK, {"concatenate: ", "axis 4", ""}},
    {NHWC_ERROR_SHAPE, {"concatenate: ", "[6]", "[5, 5, 4]"}},
    {NHWC_ERROR_SHAPE, {"reshape: ", "6 elements", "[4, -1]"}},
    {NHWC_ERROR_SHAPE, {"reshape: ", "[-1, -1]", ""}},
    {NHWC_ERROR_RANK, {"reshape: ", "rank is 8", "7"}},
    {NHWC_ERROR_ARGUMENT, {"nnnnn", "64 bytes", "63"}},
    {NHWC_ERROR_ARGUMENT, {"input_layer: ", "another layer", ""}},
    {NHWC_ERROR_ARGUMENT, {"dense: ", "InputLayer", "Dense"}},
    {NHWC_ERROR_SHAPE, {"dense_1: ", "kernel", "[6, 3]"}},
    {NHWC_ERROR_SHAPE, {"input_layer: ", "[3, 0]", ""}},
    {NHWC_ERROR_TOO_LARGE, {"input_layer: ", "64 bits", ""}},
    {NHWC_ERROR_ARGUMENT, {"add: ", "x[1] is NULL", ""}},
    {NHWC_ERROR_TOO_LARGE, {"dense: ", "64 bits", ""}},
    {NHWC_ERROR_ARGUMENT, {"activation: ", "-1", ""}},
    {NHWC_ERROR_ARGUMENT, {"input_layer: ", "shape is NULL", ""}},
    {NHWC_ERROR_CHANNELS, {"conv2d_transpose: ", "filters is 0", ""}},
    {NHWC_ERROR_ARGUMENT, {"conv2d: ", "output_padding", ""}},
    {NHWC_ERROR_ARGUMENT, {"dense_1: ", "shared_with is dense", "same parameters"}},
};

static void test_refused_layers(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT(refusals); i++) {
        nhwc_model *model;
        nhwc_model_memory memory = {.total = 77};
        CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
        nhwc_layer *x = bad(model, i);
        const char *const *texts = refusals[i].texts;
        if (x != NULL)
            print_error("layer %d is not refused\n", i);
        CHECK(x == NULL);
        x = nhwc_layer_flatten(x, NULL); /* the end of a chain */
        CHECK(x == NULL && input(model, 0, NULL) == NULL);
        CHECK_FAILS(nhwc_model_plan(model, x, NULL, &memory), refusals[i].status, texts[0], texts[1], texts[2]);
        CHECK_FAILS(nhwc_model_compile(model, x, NULL), refusals[i].status, texts[0], texts[1], texts[2]);
        CHECK(strncmp(nhwc_last_error(), texts[0], strlen(texts[0])) == 0 && memory.total == 77);
        nhwc_model_destroy(model);
    }
}

static void test_refused_calls(void **state)
{
    (void)state;
    nhwc_model *model = NULL, *other;
    nhwc_tensor y, all;
    nhwc_model_memory memory;
    CHECK_FAILS(nhwc_model_create(NULL, NHWC_INT32, &model), NHWC_ERROR_DTYPE, "int32");
    CHECK_FAILS(nhwc_model_create(NULL, NHWC_FLOAT32, NULL), NHWC_ERROR_ARGUMENT, "model");
    CHECK_FAILS(nhwc_model_create(&(nhwc_context){.threads = 3}, NHWC_FLOAT32, &model), NHWC_ERROR_ARGUMENT, "threads");
    nhwc_model_destroy(NULL);
    CHECK(nhwc_layer_input(NULL, NULL, 0, NULL) == NULL && nhwc_layer_dense(NULL, NULL) == NULL);
    CHECK(nhwc_layer_name(NULL) == NULL && nhwc_layer_shape(NULL, NULL) == 0 && nhwc_model_parameter_count(NULL) == 0);

    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &model));
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &other));
    nhwc_layer *const x = vector(model), *const output = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 2});
    CHECK_FAILS(nhwc_model_plan(model, NULL, NULL, &memory), NHWC_ERROR_ARGUMENT, "output is NULL");
    CHECK_FAILS(nhwc_model_plan(model, x, NULL, &memory), NHWC_ERROR_ARGUMENT, "input_layer, is an input");
    CHECK_FAILS(nhwc_model_plan(model, output, NULL, NULL), NHWC_ERROR_ARGUMENT, "memory");
    CHECK_FAILS(nhwc_model_plan(NULL, output, NULL, &memory), NHWC_ERROR_ARGUMENT, "model");
    CHECK_FAILS(nhwc_model_plan(other, output, NULL, &memory), NHWC_ERROR_ARGUMENT, "dense", "another model");
    CHECK_FAILS(nhwc_model_plan(model, output, &(nhwc_model_options){.max_batch = -1}, &memory), NHWC_ERROR_ARGUMENT,
                "max_batch is -1");
    CHECK_FAILS(nhwc_model_plan(model, output, &(nhwc_model_options){.max_batch = INT64_MAX / 16}, &memory),
                NHWC_ERROR_TOO_LARGE, "64 bits");
    CHECK_FAILS(nhwc_model_plan(model, output, &(nhwc_model_options){.input_gradients = true}, &memory),
                NHWC_ERROR_ARGUMENT, "training");
    CHECK_FAILS(nhwc_model_parameters(model, &all), NHWC_ERROR_ARGUMENT, "not compiled");
    CHECK_FAILS(nhwc_model_forward(model, false, 1, NULL, &y), NHWC_ERROR_ARGUMENT, "not compiled");

    CHECK_OK(nhwc_model_compile(model, output, &(nhwc_model_options){.max_batch = 2, .training = true}));
    float data[18] = {0};
    double numbers[12] = {0};
    const nhwc_tensor good = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 6), dy = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 2);
    const nhwc_tensor three = NHWC_TENSOR(NHWC_FLOAT32, data, 3, 6), five = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 5);
    const nhwc_tensor dy_of_1 = NHWC_TENSOR(NHWC_FLOAT32, data, 1, 2);
    const nhwc_tensor other_dtype = NHWC_TENSOR(NHWC_FLOAT64, numbers, 2, 6);
    nhwc_tensor apart = good;
    apart.strides[0] = 9;
    CHECK_FAILS(nhwc_model_forward(model, true, 2, &good, &y), NHWC_ERROR_ARGUMENT, "2 inputs", "has 1");
    CHECK_FAILS(nhwc_model_forward(model, true, 1, NULL, &y), NHWC_ERROR_ARGUMENT, "inputs is NULL");
    CHECK_FAILS(nhwc_model_forward(model, true, 1, &good, NULL), NHWC_ERROR_ARGUMENT, "y is NULL");
    CHECK_FAILS(nhwc_model_forward(model, true, 1, &three, &y), NHWC_ERROR_SHAPE, "batch is 3", "at most 2");
    CHECK_FAILS(nhwc_model_forward(model, true, 1, &five, &y), NHWC_ERROR_SHAPE, "input_layer", "[2, 5]", "[6]");
    CHECK_FAILS(nhwc_model_forward(model, true, 1, &other_dtype, &y), NHWC_ERROR_DTYPE, "float64", "float32");
    CHECK_FAILS(nhwc_model_forward(model, true, 1, &apart, &y), NHWC_ERROR_LAYOUT, "input_layer", "dense");
    CHECK_FAILS(nhwc_model_backward(model, &dy, false), NHWC_ERROR_ARGUMENT, "follows");
    CHECK_OK(nhwc_model_forward(model, true, 1, &good, &y));
    CHECK_FAILS(nhwc_model_backward(model, &dy_of_1, false), NHWC_ERROR_SHAPE, "dy", "batch of 1", "2");
    CHECK_FAILS(nhwc_model_backward(model, &good, false), NHWC_ERROR_SHAPE, "dy", "[2, 6]");
    CHECK_FAILS(nhwc_model_backward(model, NULL, false), NHWC_ERROR_ARGUMENT, "dy is NULL");
    CHECK_OK(nhwc_model_backward(model, &dy, false));
    CHECK_FAILS(nhwc_model_backward(model, &dy, false), NHWC_ERROR_ARGUMENT, "follows");
    CHECK_FAILS(nhwc_layer_value(output, &y), NHWC_ERROR_ARGUMENT, "dense", "keep");
    nhwc_model_destroy(model);

    CHECK(nhwc_layer_add(2, (nhwc_layer *[]){vector(other), NULL}, NULL) == NULL);
    nhwc_model_destroy(other);
}

static void test_other_model(void **state)
{
    (void)state;
    nhwc_model *a, *b;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &a));
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &b));
    CHECK(nhwc_layer_add(2, (nhwc_layer *[]){vector(a), vector(b)}, NULL) == NULL);
    CHECK_FAILS(nhwc_model_compile(a, NULL, NULL), NHWC_ERROR_ARGUMENT, "add: ", "x[1]", "another model");
    const nhwc_dense_layer options = {.units = 2};
    nhwc_model *c;
    CHECK_OK(nhwc_model_create(NULL, NHWC_FLOAT32, &c));
    const nhwc_layer *theirs = nhwc_layer_dense(vector(c), &options);
    CHECK(nhwc_layer_dense(vector(b), &(nhwc_dense_layer){.units = 2, .shared_with = theirs}) == NULL);
    CHECK_FAILS(nhwc_model_compile(b, NULL, NULL), NHWC_ERROR_ARGUMENT, "dense: ", "another model");
    nhwc_model_destroy(a);
    nhwc_model_destroy(b);
    nhwc_model_destroy(c);
}

/* Failing or not, an inference model has no gradients. */
static void test_inference(void **state)
{
    (void)state;
    trial t = trial_of(NULL, NHWC_FLOAT32, graph, 1, NULL, false);
    nhwc_tensor all;
    nhwc_parameter p;
    CHECK_FAILS(nhwc_model_gradients(t.model, &all), NHWC_ERROR_ARGUMENT, "not compiled for training");
    CHECK_FAILS(nhwc_model_backward(t.model, &t.dy, false), NHWC_ERROR_ARGUMENT, "not compiled for training");
    CHECK_OK(nhwc_model_parameter(t.model, 0, &p));
    CHECK(p.gradient.data == NULL);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),          cmocka_unit_test(test_shared_memory),
        cmocka_unit_test(test_batches),         cmocka_unit_test(test_threads),
        cmocka_unit_test(test_accumulate),      cmocka_unit_test(test_differences),
        cmocka_unit_test(test_differences_find), cmocka_unit_test(test_random_graphs),
        cmocka_unit_test(test_allocations),     cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_plan),            cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_kept),            cmocka_unit_test(test_summary),
        cmocka_unit_test(test_summary_of_graph), cmocka_unit_test(test_refused_layers),
        cmocka_unit_test(test_refused_calls),   cmocka_unit_test(test_other_model),
        cmocka_unit_test(test_inference),       cmocka_unit_test(test_wide_bias),
        cmocka_unit_test(test_algorithms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
