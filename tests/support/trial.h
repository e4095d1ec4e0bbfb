/* A model on trial: built, given numbers that a script knows as well, run, and looked at. */
#ifndef NHWC_TESTS_TRIAL_H
#define NHWC_TESTS_TRIAL_H

#include <math.h>
#include <nhwc/train.h>
#include <string.h>

#include "support/build.h"
#include "support/check.h"
#include "support/each.h"
#include "support/guarded.h"

static inline nhwc_layer *input(nhwc_model *model, int rank, const int64_t *shape)
{
    return nhwc_layer_input(model, NULL, rank, shape);
}

typedef nhwc_layer *build(nhwc_model *model);

static inline double number(int which, int64_t i)
{
    return (double)((i * 37 + which * 29 + i / 7 * 5) % 101 - 50) / 64.0;
}

static inline void set_numbers(const nhwc_tensor *x, int which)
{
    for (int64_t i = 0; i < element_count(x); i++)
        element_set(x, i, number(which, i));
}

#define MOST_INPUTS 2

/* A compiled model with its tensors; all tensors but y are the test's. */
typedef struct trial {
    nhwc_model *model;
    nhwc_layer *output;
    bool in_use; /* with backward behind it */
    int count;
    nhwc_tensor inputs[MOST_INPUTS], dx[MOST_INPUTS], dy, y, gradients;
} trial;

static inline nhwc_tensor made(nhwc_dtype dtype, const nhwc_layer *like, int64_t batch)
{
    int64_t dims[NHWC_MAX_RANK];
    nhwc_tensor tensor;
    const int rank = nhwc_layer_shape(like, dims);
    dims[0] = batch;
    CHECK_OK(nhwc_tensor_create(NULL, dtype, rank, dims, &tensor));
    return tensor;
}

static inline void copy_to(const nhwc_tensor *from, nhwc_tensor *to)
{
    CHECK(element_count(from) == element_count(to));
    for (int64_t i = 0; i < element_count(from); i++)
        element_set(to, i, element_get(from, i));
}

static inline void fill_parameters(nhwc_model *model, double scale, double shift)
{
    for (int i = 0; i < nhwc_model_parameter_count(model); i++) {
        nhwc_parameter p;
        CHECK_OK(nhwc_model_parameter(model, i, &p));
        const bool positive = strcmp(p.name, "moving_variance") == 0;
        for (int64_t k = 0; k < element_count(&p.value); k++) {
            const double value = scale * number(i, k) + shift;
            element_set(&p.value, k, positive ? fabs(value) + 0.5 : value);
        }
    }
}

static inline trial begin(const nhwc_context *context, nhwc_dtype dtype, build *of, const nhwc_model_options *options)
{
    trial t = {.model = NULL};
    CHECK_OK(nhwc_model_create(context, dtype, &t.model));
    t.output = of(t.model);
    CHECK_OK(nhwc_model_compile(t.model, t.output, options));
    fill_parameters(t.model, 1, 0);
    return t;
}

static inline void set_batch(trial *t, nhwc_dtype dtype, int64_t batch)
{
    nhwc_layer *const inputs[] = {nhwc_model_layer(t->model, "input_layer"),
                                  nhwc_model_layer(t->model, "input_layer_1")};
    t->count = inputs[1] ? 2 : 1;
    for (int i = 0; i < t->count; i++) {
        t->inputs[i] = made(dtype, inputs[i], batch);
        t->dx[i] = made(dtype, inputs[i], batch);
        set_numbers(&t->inputs[i], 50 + i);
    }
    t->dy = made(dtype, t->output, batch);
    t->y = made(dtype, t->output, batch);
    set_numbers(&t->dy, 60);
}

static inline void run(trial *t, bool backward)
{
    nhwc_tensor y, gradients;
    CHECK_OK(nhwc_model_forward(t->model, backward && !t->in_use, t->count, t->inputs, &y));
    copy_to(&y, &t->y);
    if (!backward)
        return;
    CHECK_OK(nhwc_model_backward(t->model, &t->dy, false));
    CHECK_OK(nhwc_model_gradients(t->model, &gradients));
    if (t->gradients.data == NULL)
        CHECK_OK(nhwc_tensor_create(NULL, gradients.dtype, 1, gradients.dims, &t->gradients));
    copy_to(&gradients, &t->gradients);
    for (int i = 0; i < t->count; i++) {
        nhwc_tensor dx;
        CHECK_OK(nhwc_model_input_gradient(t->model, i, &dx));
        copy_to(&dx, &t->dx[i]);
    }
}

static inline void end(trial *t)
{
    for (int i = 0; i < t->count; i++) {
        nhwc_tensor_destroy(NULL, &t->inputs[i]);
        nhwc_tensor_destroy(NULL, &t->dx[i]);
    }
    nhwc_tensor_destroy(NULL, &t->dy);
    nhwc_tensor_destroy(NULL, &t->y);
    nhwc_tensor_destroy(NULL, &t->gradients);
    nhwc_model_destroy(t->model);
}

static inline trial trial_of(const nhwc_context *context, nhwc_dtype dtype, build *of, int64_t batch,
                             const nhwc_model_options *options, bool backward)
{
    trial t = begin(context, dtype, of, options);
    set_batch(&t, dtype, batch);
    run(&t, backward);
    return t;
}

static const nhwc_model_options training = {.max_batch = 4, .training = true, .input_gradients = true};

static inline bool same_bits(const nhwc_tensor *a, const nhwc_tensor *b)
{
    const size_t bytes = (size_t)element_count(a) * nhwc_dtype_size(a->dtype);
    return element_count(a) == element_count(b) && (bytes == 0 || memcmp(a->data, b->data, bytes) == 0);
}

static inline void check_same(const trial *a, const trial *b)
{
    CHECK(same_bits(&a->y, &b->y));
    CHECK(same_bits(&a->gradients, &b->gradients));
    for (int i = 0; i < a->count; i++)
        CHECK(same_bits(&a->dx[i], &b->dx[i]));
}

static inline nhwc_tensor frozen_of(const nhwc_model *model)
{
    nhwc_tensor all, gradients;
    CHECK_OK(nhwc_model_parameters(model, &all));
    CHECK_OK(nhwc_model_gradients(model, &gradients));
    const int64_t trainable = gradients.dims[0];
    return NHWC_TENSOR(all.dtype, (char *)all.data + (size_t)trainable * nhwc_dtype_size(all.dtype),
                       all.dims[0] - trainable);
}

/* Every value in memory of its own, and not, in memory that is used: were two in one place while both are needed, bits
 * would differ. */
static inline void check_shared_memory(build *of)
{
    nhwc_model_options apart = training;
    apart.keep = true;
    trial a = trial_of(NULL, NHWC_FLOAT32, of, 3, &training, true);
    trial b = trial_of(NULL, NHWC_FLOAT32, of, 3, &apart, true);
    check_same(&a, &b);
    for (int again = 0; again < 3; again++) {
        a.in_use = b.in_use = again == 1;
        run(&a, true);
        run(&b, true);
        check_same(&a, &b);
    }
    end(&a);
    end(&b);
}

/* Of nothing nothing is learned: averages stay. */
static inline void check_batches(build *of)
{
    for (int64_t batch = 0; batch < 4; batch++) {
        nhwc_model_options exact = training;
        exact.max_batch = batch;
        trial a = trial_of(NULL, NHWC_FLOAT64, of, batch, &training, true);
        trial b = trial_of(NULL, NHWC_FLOAT64, of, batch, &exact, true);
        const nhwc_tensor one = frozen_of(a.model), other = frozen_of(b.model);
        check_same(&a, &b);
        CHECK(same_bits(&one, &other));
        for (int64_t k = 0; k < element_count(&one); k++)
            CHECK(isfinite(element_get(&one, k)));
        for (int64_t k = 0; batch == 0 && k < element_count(&a.gradients); k++)
            CHECK(element_get(&a.gradients, k) == 0);
        end(&a);
        end(&b);
    }
}

static inline void check_near(const char *model, const char *what, const nhwc_tensor *given, const double *expected)
{
    const double unit = given->dtype == NHWC_FLOAT32 ? 1e-5 : 1e-13;
    double largest = 1;
    for (int64_t i = 0; i < element_count(given); i++)
        largest = fmax(largest, fabs(expected[i]));
    for (int64_t i = 0; i < element_count(given); i++)
        if (!(fabs(element_get(given, i) - expected[i]) <= unit * largest)) {
            print_error("%s: %s[%d] is %.17g, in Keras %.17g\n", model, what, (int)i, element_get(given, i),
                        expected[i]);
            fail();
        }
}

#endif
