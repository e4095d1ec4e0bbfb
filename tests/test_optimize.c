/* Steps of optimisers: Keras' and PyTorch's numbers, the same bits everywhere, any strides, clipping, rejections. */
#include <math.h>
#include <nhwc/array.h>
#include <nhwc/optimize.h>
#include <stdlib.h>
#include <string.h>

#include "golden/optimize_golden.h"
#include "support/check.h"
#include "support/each.h"
#include "support/fill.h"
#include "support/guarded.h"
#include "support/random.h"

/* ---- A step of any optimiser ---------------------------------------------------------------- */

/* What the tensors of a call are: parameter, gradient, and three of state, of which an optimiser takes what it has. */
enum { PARAMETER, GRADIENT, FIRST, SECOND, THIRD, TENSORS };

static nhwc_status take_step(const nhwc_context *context, const golden_steps *c, int64_t step, nhwc_tensor *t)
{
    const nhwc_sgd_options sgd = {c->form, c->momentum, c->nesterov, c->weight_decay, c->l2};
    const nhwc_rmsprop_options rmsprop = {c->form, c->rho, c->epsilon, c->momentum, c->weight_decay, c->l2};
    const nhwc_adam_options adam = {c->form, c->beta_1, c->beta_2, c->epsilon, c->weight_decay, c->l2};
    nhwc_tensor *momentum = c->momentum > 0 ? &t[FIRST] : NULL;
    if (c->operation == 's')
        return nhwc_sgd_step(context, &t[GRADIENT], GOLDEN_RATE, &sgd, momentum, &t[PARAMETER]);
    if (c->operation == 'r')
        return nhwc_rmsprop_step(context, &t[GRADIENT], GOLDEN_RATE, &rmsprop, &t[SECOND],
                                 c->centered ? &t[THIRD] : NULL, momentum, &t[PARAMETER]);
    return nhwc_adam_step(context, &t[GRADIENT], GOLDEN_RATE, step, &adam, &t[FIRST], &t[SECOND],
                          c->amsgrad ? &t[THIRD] : NULL, &t[PARAMETER]);
}

/* The data of make_optimize_golden.py. */
static double golden_value(int64_t i, int64_t factor)
{
    return (double)((i * factor + 11) % 101 % 11 - 5) / 8;
}

static void fill_step(const nhwc_tensor *gradient, int64_t step)
{
    for (int64_t i = 0; i < GOLDEN_COUNT; i++)
        element_set(gradient, i, golden_value((step - 1) * GOLDEN_COUNT + i, 53));
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t n = 0; n < COUNT(golden_steps_cases); n++)
        for (size_t d = 0; d < COUNT(floats); d++) {
            const golden_steps *c = &golden_steps_cases[n];
            const double tolerance = floats[d] == NHWC_FLOAT32 ? 2e-5 : c->tolerance;
            nhwc_tensor t[TENSORS];
            for (int i = 0; i < TENSORS; i++)
                t[i] = guarded_tensor(floats[d], 1, (int64_t[]){GOLDEN_COUNT}, 0);
            for (int64_t i = 0; i < GOLDEN_COUNT; i++)
                element_set(&t[PARAMETER], i, golden_value(i, 37));
            for (int64_t step = 1; step <= GOLDEN_STEPS; step++) {
                fill_step(&t[GRADIENT], step);
                CHECK_OK(take_step(NULL, c, step, t));
                for (int64_t i = 0; i < GOLDEN_COUNT; i++) {
                    const double wanted = c->p[step - 1][i], given = element_get(&t[PARAMETER], i);
                    if (!(fabs(given - wanted) <= tolerance * (1 + fabs(wanted))))
                        fail_msg("%s, float%d, step %d: p[%d] is %.17g, not %.17g", c->call, d == 0 ? 32 : 64,
                                 (int)step, (int)i, given, wanted);
                }
            }
            guarded_check();
            guarded_release();
        }
}

/* NULL is Keras with its defaults. */
static void test_defaults(void **state)
{
    (void)state;
    double p[2][2] = {{1, 2}, {1, 2}}, g[2] = {0.5, -3}, m[2][2] = {{0}}, v[2][2] = {{0}};
    const nhwc_tensor gradient = NHWC_TENSOR(NHWC_FLOAT64, g, 2);
    for (int i = 0; i < 2; i++) {
        nhwc_tensor p_view = NHWC_TENSOR(NHWC_FLOAT64, p[i], 2), m_view = NHWC_TENSOR(NHWC_FLOAT64, m[i], 2);
        nhwc_tensor v_view = NHWC_TENSOR(NHWC_FLOAT64, v[i], 2);
        const nhwc_adam_options *adam = i ? NULL : &NHWC_KERAS_ADAM;
        const nhwc_rmsprop_options *rmsprop = i ? NULL : &NHWC_KERAS_RMSPROP;
        const nhwc_sgd_options *sgd = i ? NULL : &(nhwc_sgd_options){.momentum = 0};
        CHECK_OK(nhwc_adam_step(NULL, &gradient, 0.001, 1, adam, &m_view, &v_view, NULL, &p_view));
        CHECK_OK(nhwc_rmsprop_step(NULL, &gradient, 0.001, rmsprop, &v_view, NULL, NULL, &p_view));
        CHECK_OK(nhwc_sgd_step(NULL, &gradient, 0.001, sgd, NULL, &p_view));
    }
    CHECK(memcmp(p[0], p[1], sizeof p[0]) == 0 && memcmp(v[0], v[1], sizeof v[0]) == 0 && p[0][0] < 1 && p[0][1] > 2);
}

/* ---- The same bits -------------------------------------------------------------------------- */

/* FNV-1a of the elements' bits, lowest byte first. */
static uint64_t hash_of(uint64_t hash, const nhwc_tensor *tensor)
{
    for (int64_t i = 0, count = element_count(tensor); i < count; i++) {
        const double value = element_get(tensor, i);
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        for (int byte = 0; byte < 8; byte++)
            hash = (hash ^ (bits >> 8 * byte & 0xFF)) * 0x100000001B3u;
    }
    return hash;
}

#define RECORDED_FLOAT32 0xFBD1CE854891A42Au
#define RECORDED_FLOAT64 0x915319C4A2B9DA82u

/* Several steps of every optimiser: the hash is that of every machine. */
static uint64_t hash_of_all(const nhwc_context *context, nhwc_dtype dtype)
{
    uint64_t hash = 0xCBF29CE484222325u, random = 1;
    for (size_t n = 0; n < COUNT(golden_steps_cases); n++) {
        nhwc_tensor t[TENSORS];
        for (int i = 0; i < TENSORS; i++)
            t[i] = guarded_tensor(dtype, 1, (int64_t[]){213}, 0);
        fill_reals(&t[PARAMETER], &random);
        for (int64_t step = 1; step <= 3; step++) {
            fill_reals(&t[GRADIENT], &random);
            CHECK_OK(take_step(context, &golden_steps_cases[n], step, t));
        }
        for (int i = 0; i < TENSORS; i++)
            hash = hash_of(hash, &t[i]);
        guarded_check();
        guarded_release();
    }
    return hash;
}

static void test_recorded_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++) {
        const nhwc_context context = {.isa = isas[i]};
        if (!nhwc_isa_available(isas[i]))
            continue;
        assert_int_equal(hash_of_all(&context, NHWC_FLOAT32), RECORDED_FLOAT32);
        assert_int_equal(hash_of_all(&context, NHWC_FLOAT64), RECORDED_FLOAT64);
    }
}

/* A view of the shape whose axes lie in memory in the opposite order, with gaps. */
static nhwc_tensor turned(nhwc_dtype dtype, int64_t rows, int64_t columns)
{
    const nhwc_tensor whole = guarded_tensor(dtype, 2, (int64_t[]){columns, rows}, 3);
    nhwc_tensor view;
    CHECK_OK(nhwc_transpose(&whole, NULL, &view));
    return view;
}

/* Views of any strides give the bits of dense tensors. */
static void test_views(void **state)
{
    (void)state;
    for (size_t n = 0; n < COUNT(golden_steps_cases); n++)
        for (size_t d = 0; d < COUNT(floats); d++)
            for (int which = 0; which < 3; which++) {
                const int64_t rows = which == 2 ? 3 : 7, columns = which == 2 ? 700 : 9;
                nhwc_tensor dense[TENSORS], views[TENSORS];
                uint64_t random = n;
                for (int i = 0; i < TENSORS; i++) {
                    dense[i] = guarded_tensor(floats[d], 2, (int64_t[]){rows, columns}, 0);
                    views[i] = which == 1 || i == GRADIENT ? turned(floats[d], rows, columns)
                                                           : guarded_tensor(floats[d], 2, dense[i].dims, i % 2 * 5);
                    if (i < FIRST)
                        fill_reals(&dense[i], &random);
                    CHECK_OK(nhwc_copy(NULL, &dense[i], &views[i]));
                }
                for (int64_t step = 1; step < 3; step++) {
                    CHECK_OK(take_step(NULL, &golden_steps_cases[n], step, dense));
                    CHECK_OK(take_step(NULL, &golden_steps_cases[n], step, views));
                }
                for (int i = 0; i < TENSORS; i++)
                    CHECK(same_elements(&dense[i], &views[i]));
                guarded_check();
                guarded_release();
            }
}

static void test_threads(void **state)
{
    (void)state;
    const int64_t dims[] = {5, 40001};
    nhwc_tensor t[2][TENSORS];
    for (int threads = 2; threads <= 5; threads++) {
        nhwc_pool *pool;
        CHECK_OK(nhwc_pool_create(NULL, threads, &pool));
        const nhwc_context contexts[] = {
            {.threads = 0}, {.threads = threads, .parallel_for = nhwc_pool_parallel_for, .executor = pool}};
        for (int k = 0; k < 2; k++) {
            uint64_t random = 1;
            for (int i = 0; i < TENSORS; i++)
                CHECK_OK(nhwc_tensor_create(NULL, NHWC_FLOAT32, 2, dims, &t[k][i]));
            fill_reals(&t[k][PARAMETER], &random);
            fill_reals(&t[k][GRADIENT], &random);
            CHECK_OK(nhwc_adam_step(&contexts[k], &t[k][GRADIENT], 0.5, 7, NULL, &t[k][FIRST], &t[k][SECOND], NULL,
                                    &t[k][PARAMETER]));
        }
        for (int i = 0; i < TENSORS; i++) {
            CHECK(memcmp(t[0][i].data, t[1][i].data, 5 * 40001 * sizeof(float)) == 0);
            nhwc_tensor_destroy(NULL, &t[0][i]);
            nhwc_tensor_destroy(NULL, &t[1][i]);
        }
        nhwc_pool_destroy(pool);
    }
}

static void test_special(void **state)
{
    (void)state;
    float p[] = {1, 2, INFINITY}, g[] = {NAN, 1, 1}, m[3] = {0}, v[3] = {0};
    nhwc_tensor parameter = NHWC_TENSOR(NHWC_FLOAT32, p, 3), gradient = NHWC_TENSOR(NHWC_FLOAT32, g, 3);
    nhwc_tensor m_view = NHWC_TENSOR(NHWC_FLOAT32, m, 3), v_view = NHWC_TENSOR(NHWC_FLOAT32, v, 3), none;
    CHECK_OK(nhwc_adam_step(NULL, &gradient, 0.5, 1, NULL, &m_view, &v_view, NULL, &parameter));
    CHECK(p[0] != p[0] && p[1] == p[1] && p[1] < 2 && p[2] == INFINITY);
    none = NHWC_TENSOR(NHWC_FLOAT32, NULL, 2, 0);
    CHECK_OK(nhwc_adam_step(NULL, &none, 0.5, 1, NULL, &none, &none, NULL, &none));
    CHECK_OK(nhwc_clip_by_global_norm(NULL, 1, &none, 1, NULL));
    gradient.strides[0] = 0; /* one number for all */
    g[0] = 1;
    p[0] = 2;
    CHECK_OK(nhwc_sgd_step(NULL, &gradient, 0.5, NULL, NULL, &parameter));
    CHECK(p[0] == 1.5f);
    /* Powers of the betas at any step; a variance that rounding makes negative. */
    CHECK_OK(nhwc_adam_step(NULL, &gradient, 0.5, INT64_MAX, &NHWC_PYTORCH_ADAM, &m_view, &v_view, NULL, &parameter));
    CHECK(p[1] == p[1]);
    for (int i = 0; i < 100; i++) {
        float s[] = {0.01f}, a[] = {0.1f + 0.001f * (float)i}, q[] = {1}, h[] = {a[0]};
        s[0] = a[0] * a[0];
        nhwc_tensor square = NHWC_TENSOR(NHWC_FLOAT32, s, 1), average = NHWC_TENSOR(NHWC_FLOAT32, a, 1);
        nhwc_tensor one = NHWC_TENSOR(NHWC_FLOAT32, q, 1), slope = NHWC_TENSOR(NHWC_FLOAT32, h, 1);
        CHECK_OK(nhwc_rmsprop_step(NULL, &slope, 0.5, &NHWC_PYTORCH_RMSPROP, &square, &average, NULL, &one));
        CHECK(isfinite(q[0]));
    }
}

/* ---- Clipping ------------------------------------------------------------------------------- */

static void check_clipped(const nhwc_tensor *given, int64_t from, const double *wanted)
{
    for (int64_t i = 0; i < element_count(given); i++) {
        const double a = element_get(given, i), b = wanted[from + i];
        CHECK(b != b ? a != a : fabs(a - b) <= (given->dtype == NHWC_FLOAT32 ? 2e-7 : 1e-15) * fabs(b));
    }
}

/* The gradients of make_optimize_golden.py, 4 elements and 2. */
static void test_clipping_golden(void **state)
{
    (void)state;
    for (size_t n = 0; n < COUNT(golden_clips); n++)
        for (size_t d = 0; d < COUNT(floats); d++)
            for (int by_value = 0; by_value < 2; by_value++) {
                const golden_clip *c = &golden_clips[n];
                nhwc_tensor gradients[2] = {guarded_tensor(floats[d], 1, (int64_t[]){4}, 1),
                                            guarded_tensor(floats[d], 1, (int64_t[]){GOLDEN_COUNT - 4}, 0)};
                double norm = c->norm;
                for (int64_t i = 0; i < GOLDEN_COUNT; i++)
                    element_set(&gradients[i / 4], i % 4, i == 0 ? c->first : golden_value(i, 37));
                if (by_value)
                    CHECK_OK(nhwc_clip_by_value(NULL, 2, gradients, c->limit));
                else
                    CHECK_OK(nhwc_clip_by_global_norm(NULL, 2, gradients, c->limit, &norm));
                CHECK(norm == c->norm || fabs(norm - c->norm) <= 1e-7 || (norm != norm && c->norm != c->norm));
                check_clipped(&gradients[0], 0, by_value ? c->by_value : c->by_norm);
                check_clipped(&gradients[1], 4, by_value ? c->by_value : c->by_norm);
                guarded_check();
                guarded_release();
            }
}

static void test_clipping(void **state)
{
    (void)state;
    float a[] = {3, 0, 0, -4};
    double b[] = {12}, norm = 0;
    nhwc_tensor gradients[] = {NHWC_TENSOR(NHWC_FLOAT32, a, 2, 2), NHWC_TENSOR(NHWC_FLOAT64, b, 1)};
    CHECK_OK(nhwc_clip_by_global_norm(NULL, 2, gradients, 13, &norm)); /* sqrt(9 + 16 + 144) */
    CHECK(norm == 13 && a[0] == 3 && a[3] == -4 && b[0] == 12);
    CHECK_OK(nhwc_clip_by_global_norm(NULL, 2, gradients, 6.5, &norm));
    CHECK(norm == 13 && a[0] == 1.5f && a[1] == 0 && a[3] == -2 && b[0] == 6);
    CHECK_OK(nhwc_clip_by_value(NULL, 2, gradients, 1.75));
    CHECK(a[0] == 1.5f && a[3] == -1.75f && b[0] == 1.75);
    a[1] = INFINITY;
    CHECK_OK(nhwc_clip_by_global_norm(NULL, 2, gradients, 6.5, &norm));
    CHECK(norm == INFINITY && a[0] != a[0] && b[0] != b[0]);
    CHECK_OK(nhwc_clip_by_global_norm(NULL, 0, NULL, 6.5, &norm));
    CHECK(norm == 0);
}

/* ---- Rejections ----------------------------------------------------------------------------- */

static void test_rejections(void **state)
{
    (void)state;
    float data[6][4];
    memset(data, 0, sizeof data);
    nhwc_tensor p = NHWC_TENSOR(NHWC_FLOAT32, data[0], 4), g = NHWC_TENSOR(NHWC_FLOAT32, data[1], 4);
    nhwc_tensor m = NHWC_TENSOR(NHWC_FLOAT32, data[2], 4), v = NHWC_TENSOR(NHWC_FLOAT32, data[3], 4);
    nhwc_tensor wrong = NHWC_TENSOR(NHWC_FLOAT32, data[4], 2, 2), integers = NHWC_TENSOR(NHWC_INT32, data[4], 4);
    nhwc_tensor wide = NHWC_TENSOR(NHWC_FLOAT64, data[4], 2), shifted = NHWC_TENSOR(NHWC_FLOAT32, data[0] + 2, 4);
    data[0][1] = 7;
    CHECK_FAILS(nhwc_adam_step(NULL, &g, 1, 0, NULL, &m, &v, NULL, &p), NHWC_ERROR_ARGUMENT, "adam_step: step is 0");
    CHECK_FAILS(nhwc_adam_step(NULL, &g, -1, 1, NULL, &m, &v, NULL, &p), NHWC_ERROR_ARGUMENT, "learning_rate is -1");
    CHECK_FAILS(nhwc_adam_step(NULL, &g, NAN, 1, NULL, &m, &v, NULL, &p), NHWC_ERROR_ARGUMENT, "learning_rate is");
    nhwc_adam_options adam = NHWC_KERAS_ADAM;
    adam.beta_1 = 1;
    CHECK_FAILS(nhwc_adam_step(NULL, &g, 1, 1, &adam, &m, &v, NULL, &p), NHWC_ERROR_ARGUMENT, "beta_1 is 1", "less");
    adam = NHWC_PYTORCH_ADAM;
    adam.epsilon = 0;
    CHECK_FAILS(nhwc_adam_step(NULL, &g, 1, 1, &adam, &m, &v, NULL, &p), NHWC_ERROR_ARGUMENT, "epsilon is 0");
    adam = NHWC_KERAS_ADAMW;
    adam.weight_decay = -0.5;
    CHECK_FAILS(nhwc_adam_step(NULL, &g, 1, 1, &adam, &m, &v, NULL, &p), NHWC_ERROR_ARGUMENT, "weight_decay is -0.5");
    adam.form = (nhwc_form)7;
    CHECK_FAILS(nhwc_adam_step(NULL, &g, 1, 1, &adam, &m, &v, NULL, &p), NHWC_ERROR_ARGUMENT, "form is 7");
    CHECK_FAILS(nhwc_adam_step(NULL, &g, 1, 1, NULL, NULL, &v, NULL, &p), NHWC_ERROR_ARGUMENT, "m is NULL");
    CHECK_FAILS(nhwc_adam_step(NULL, NULL, 1, 1, NULL, &m, &v, NULL, &p), NHWC_ERROR_ARGUMENT, "gradient is NULL");
    CHECK_FAILS(nhwc_adam_step(NULL, &g, 1, 1, NULL, &m, &v, NULL, NULL), NHWC_ERROR_ARGUMENT, "parameter is NULL");
    CHECK_FAILS(nhwc_adam_step(NULL, &wrong, 1, 1, NULL, &m, &v, NULL, &p), NHWC_ERROR_SHAPE, "gradient is [2, 2]",
                "[4]");
    CHECK_FAILS(nhwc_adam_step(NULL, &g, 1, 1, NULL, &m, &wide, NULL, &p), NHWC_ERROR_DTYPE, "v is");
    CHECK_FAILS(nhwc_sgd_step(NULL, &g, 1, NULL, NULL, &integers), NHWC_ERROR_DTYPE, "parameter");
    CHECK_FAILS(nhwc_adam_step(NULL, &g, 1, 1, NULL, &m, &m, NULL, &p), NHWC_ERROR_ALIAS, "m shares memory with v");
    CHECK_FAILS(nhwc_sgd_step(NULL, &shifted, 1, NULL, NULL, &p), NHWC_ERROR_ALIAS, "gradient", "parameter");
    CHECK_FAILS(nhwc_sgd_step(NULL, &g, 1, &(nhwc_sgd_options){.momentum = 0.5}, NULL, &p), NHWC_ERROR_ARGUMENT,
                "momentum is 0.5", "NULL");
    CHECK_FAILS(nhwc_sgd_step(NULL, &g, 1, &(nhwc_sgd_options){.momentum = 1.5}, &m, &p), NHWC_ERROR_ARGUMENT,
                "momentum is 1.5", "0 to 1");
    CHECK_FAILS(nhwc_sgd_step(NULL, &g, 1, &(nhwc_sgd_options){.l2 = NAN}, &m, &p), NHWC_ERROR_ARGUMENT, "l2 is");
    nhwc_rmsprop_options rmsprop = {.epsilon = 1, .rho = 2};
    CHECK_FAILS(nhwc_rmsprop_step(NULL, &g, 1, &rmsprop, &v, NULL, NULL, &p), NHWC_ERROR_ARGUMENT, "rho is 2");
    CHECK_FAILS(nhwc_rmsprop_step(NULL, &g, 1, NULL, NULL, NULL, NULL, &p), NHWC_ERROR_ARGUMENT, "square is NULL");
    CHECK_FAILS(nhwc_sgd_step(&(nhwc_context){.threads = -1}, &g, 1, NULL, NULL, &p), NHWC_ERROR_ARGUMENT, "threads");
    v.strides[0] = 0;
    CHECK_FAILS(nhwc_adam_step(NULL, &g, 1, 1, NULL, &m, &v, NULL, &p), NHWC_ERROR_ALIAS, "v is written");

    nhwc_tensor both[] = {p, shifted};
    CHECK_FAILS(nhwc_clip_by_global_norm(NULL, 1, &p, 0, NULL), NHWC_ERROR_ARGUMENT, "clip_norm is 0");
    CHECK_FAILS(nhwc_clip_by_global_norm(NULL, -1, &p, 1, NULL), NHWC_ERROR_ARGUMENT, "count is -1");
    CHECK_FAILS(nhwc_clip_by_global_norm(NULL, 1, NULL, 1, NULL), NHWC_ERROR_ARGUMENT, "count is 1", "NULL");
    CHECK_FAILS(nhwc_clip_by_global_norm(NULL, 2, both, 1, NULL), NHWC_ERROR_ALIAS, "gradients[0]", "gradients[1]");
    CHECK_FAILS(nhwc_clip_by_value(NULL, 1, &integers, 1), NHWC_ERROR_DTYPE, "gradients[0]");
    CHECK_FAILS(nhwc_clip_by_value(NULL, 1, &p, -1), NHWC_ERROR_ARGUMENT, "limit is -1");
    for (int i = 0; i < 24; i++)
        CHECK(data[i / 4][i % 4] == (i == 1 ? 7 : 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),  cmocka_unit_test(test_defaults), cmocka_unit_test(test_recorded_bits),
        cmocka_unit_test(test_views),   cmocka_unit_test(test_threads),  cmocka_unit_test(test_special),
        cmocka_unit_test(test_clipping), cmocka_unit_test(test_clipping_golden), cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
