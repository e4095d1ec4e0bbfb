/* Learning: Keras' steps, losses, metrics and schedules; whole courses of training; the same bits; every rejection. */
#include <math.h>
#include <nhwc/train.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/build.h"
#include "support/check.h"
#include "support/failing_allocator.h"
#include "support/random.h"
#include "support/trial.h"

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

static nhwc_model *compiled(const nhwc_context *context, build *of, const nhwc_model_options *options)
{
    nhwc_model *model;
    CHECK_OK(nhwc_model_create(context, NHWC_FLOAT32, &model));
    CHECK_OK(nhwc_model_compile(model, of(model), options));
    return model;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overfitting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
