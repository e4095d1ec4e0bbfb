/* Layers of models beside those of test_model.c, what runs in training and in use differ in, and what parameters are at
 * first. */
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

static nhwc_tensor frozen_of(const nhwc_model *model)
{
    nhwc_tensor all, gradients;
    CHECK_OK(nhwc_model_parameters(model, &all));
    CHECK_OK(nhwc_model_gradients(model, &gradients));
    const int64_t trainable = gradients.dims[0];
    return NHWC_TENSOR(all.dtype, (char *)all.data + (size_t)trainable * nhwc_dtype_size(all.dtype),
                       all.dims[0] - trainable);
}

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

static nhwc_layer *bad(nhwc_model *model, int which)
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
    case 7: return CONV(nhwc_layer_conv2d_transpose, .filters = 4, .bias_initializer = bilinear);
    default: return NULL;
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
        cmocka_unit_test(test_initial),
        cmocka_unit_test(test_bilinear),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_training),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
