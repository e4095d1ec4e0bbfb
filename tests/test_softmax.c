/* Softmax, log-softmax and their gradients: PyTorch's numbers, every axis of views, finite differences, rejections. */
#include <math.h>
#include <nhwc/math.h>
#include <string.h>

#include "golden/math_golden.h"
#include "support/check.h"
#include "support/each.h"
#include "support/fill.h"
#include "support/guarded.h"
#include "support/random.h"

static void check_close(const nhwc_tensor *given, const double *wanted)
{
    for (int64_t i = 0; i < element_count(given); i++)
        CHECK(fabs(element_get(given, i) - wanted[i]) <=
              (given->dtype == NHWC_FLOAT32 ? 1e-6 : 1e-14) * fmax(1, fabs(wanted[i])));
}

static void check_golden(const nhwc_context *context, const golden_softmax *golden, nhwc_dtype dtype, int64_t gap)
{
    const int64_t dims[3] = {3, 4, 5};
    const nhwc_tensor x = guarded_tensor(dtype, 3, dims, gap), dy = guarded_tensor(dtype, 3, dims, 0);
    nhwc_tensor y = guarded_tensor(dtype, 3, dims, 0), dx = guarded_tensor(dtype, 3, dims, gap);
    for (int i = 0; i < 60; i++) {
        element_set(&x, i, golden_softmax_x[i]);
        element_set(&dy, i, golden_softmax_dy[i]);
    }
    CHECK_OK(nhwc_softmax(context, &x, golden->axis, &y));
    CHECK_OK(nhwc_softmax_backprop(context, &dy, &y, golden->axis - 3, &dx));
    check_close(&y, golden->softmax);
    check_close(&dx, golden->softmax_dx);
    CHECK_OK(nhwc_log_softmax(context, &x, golden->axis - 3, &y));
    CHECK_OK(nhwc_log_softmax_backprop(context, &dy, &y, golden->axis, &dx));
    check_close(&y, golden->log_softmax);
    check_close(&dx, golden->log_softmax_dx);
    guarded_check();
    guarded_release();
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t g = 0; g < COUNT(golden_softmaxes) && nhwc_isa_available(isas[i]); g++)
            for (size_t d = 0; d < COUNT(floats); d++)
                for (int64_t gap = 0; gap < 3; gap += 2)
                    check_golden(&(nhwc_context){.isa = isas[i]}, &golden_softmaxes[g], floats[d], gap);
}

static void backwards(void *executor, int64_t count, nhwc_task *task, void *argument)
{
    (void)executor;
    for (int64_t i = count; i-- > 0;)
        task(argument, i);
}

/* The elements of x in memory whose last axis is the first. */
static nhwc_tensor turned_copy(const nhwc_tensor *x)
{
    const nhwc_tensor whole = guarded_tensor(x->dtype, 3, (int64_t[]){x->dims[2], x->dims[1], x->dims[0]}, 0);
    nhwc_tensor turned = *x;
    turned.data = whole.data;
    for (int i = 0; i < 3; i++)
        turned.strides[i] = whole.strides[2 - i];
    for (int64_t i = 0; i < element_count(x); i++)
        element_set(&turned, i, element_get(x, i));
    return turned;
}

/* Sums of 1 along the axis; in place, on threads, with gaps and of other strides the same bits. */
static void test_sizes(void **state)
{
    (void)state;
    static const int64_t shapes[][3] = {{1, 1, 1},     {3, 1, 2},    {2, 5, 1},   {700, 3, 2},   {2, 40, 300},
                                        {2, 3, 2000},  {1, 1100, 3}, {5000, 7, 1}, {1, 2, 40000}, {300, 2, 130},
                                        {40000, 1, 2}};
    const nhwc_context threads = {.threads = 4, .parallel_for = backwards};
    uint64_t random = 1;
    for (size_t s = 0; s < COUNT(shapes); s++)
        for (int axis = 0; axis < 3; axis++) {
            const nhwc_tensor x = guarded_tensor(NHWC_FLOAT32, 3, shapes[s], 0);
            nhwc_tensor y = guarded_tensor(NHWC_FLOAT32, 3, shapes[s], 1);
            nhwc_tensor z = guarded_tensor(NHWC_FLOAT32, 3, shapes[s], 0);
            int64_t dims[3] = {shapes[s][0], shapes[s][1], shapes[s][2]};
            dims[axis] = 1;
            nhwc_tensor sum = guarded_tensor(NHWC_FLOAT32, 3, dims, 0);
            for (int64_t i = 0; i < element_count(&x); i++)
                element_set(&x, i, 20 * random_real(&random));
            CHECK_OK(nhwc_softmax(NULL, &x, axis, &y));
            CHECK_OK(nhwc_softmax(&threads, &x, axis, &z));
            CHECK(same_elements(&y, &z));
            nhwc_tensor turned = turned_copy(&x);
            CHECK_OK(nhwc_softmax(NULL, &turned, axis, &turned));
            CHECK(same_elements(&turned, &z));
            CHECK_OK(nhwc_reduce_sum(NULL, &y, &(nhwc_reduce_options){.axis_count = 1, .axes = {axis}}, &sum));
            for (int64_t i = 0; i < element_count(&sum); i++)
                CHECK(fabs(element_get(&sum, i) - 1) < 1e-5);
            CHECK_OK(nhwc_log_softmax(NULL, &x, axis, &y));
            CHECK_OK(nhwc_exp(NULL, &y, &y));
            for (int64_t i = 0; i < element_count(&y); i++)
                CHECK(fabs(element_get(&y, i) - element_get(&z, i)) < 1e-5);
            nhwc_tensor in_place = x;
            CHECK_OK(nhwc_softmax(NULL, &x, axis, &in_place));
            CHECK(same_elements(&x, &z));
            guarded_check();
            guarded_release();
        }
}

/* All four, where lines lie side by side and where they do not: with the map for lines, and without. */
static void run_all(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *dy, int axis, nhwc_tensor *out)
{
    CHECK_OK(nhwc_softmax(context, x, axis, &out[0]));
    CHECK_OK(nhwc_softmax_backprop(context, dy, &out[0], axis, &out[1]));
    CHECK_OK(nhwc_log_softmax(context, x, axis, &out[2]));
    CHECK_OK(nhwc_log_softmax_backprop(context, dy, &out[2], axis, &out[3]));
}

static void test_same_bits(void **state)
{
    (void)state;
    static const int64_t shapes[][3] = {{3, 1, 2},    {9, 17, 31},  {2, 13, 32}, {5, 9, 33}, {1, 19, 200},
                                        {2, 8, 1024}, {3, 1, 2500}, {90, 1, 8},  {1, 1, 70}};
    const nhwc_context threads = {.threads = 3, .parallel_for = backwards};
    uint64_t random = 3;
    for (size_t s = 0; s < COUNT(shapes); s++)
        for (size_t d = 0; d < COUNT(floats); d++) {
            const nhwc_tensor x = guarded_tensor(floats[d], 3, shapes[s], 0);
            const nhwc_tensor dy = guarded_tensor(floats[d], 3, shapes[s], 2);
            nhwc_tensor dense[4], turned[4];
            for (int64_t i = 0; i < element_count(&x); i++) {
                element_set(&x, i, 20 * random_real(&random));
                element_set(&dy, i, random_real(&random));
            }
            for (int i = 0; i < 4; i++) {
                dense[i] = guarded_tensor(floats[d], 3, shapes[s], i);
                turned[i] = turned_copy(&x);
            }
            const nhwc_tensor turned_x = turned_copy(&x), turned_dy = turned_copy(&dy);
            run_all(NULL, &x, &dy, 2, dense);
            run_all(&threads, &turned_x, &turned_dy, 2, turned);
            for (int i = 0; i < 4; i++)
                CHECK(same_elements(&dense[i], &turned[i]));
            if (nhwc_isa_available(NHWC_ISA_AVX512)) {
                run_all(&(nhwc_context){.isa = NHWC_ISA_AVX2}, &x, &dy, 2, turned);
                for (int i = 0; i < 4; i++)
                    CHECK(same_elements(&dense[i], &turned[i]));
            }
            guarded_check();
            guarded_release();
        }
}

static void test_differences(void **state)
{
    (void)state;
    const double h = 1e-6;
    uint64_t random = 2;
    double x_data[24], y_data[24], up[24], down[24], dy_data[24], dx_data[24];
    for (int axis = 0; axis < 2; axis++)
        for (int logarithm = 0; logarithm < 2; logarithm++) {
            const nhwc_tensor dy = NHWC_TENSOR(NHWC_FLOAT64, dy_data, 4, 6);
            nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT64, x_data, 4, 6), y = NHWC_TENSOR(NHWC_FLOAT64, y_data, 4, 6);
            nhwc_tensor u = NHWC_TENSOR(NHWC_FLOAT64, up, 4, 6), d = NHWC_TENSOR(NHWC_FLOAT64, down, 4, 6);
            nhwc_tensor dx = NHWC_TENSOR(NHWC_FLOAT64, dx_data, 4, 6);
            fill_reals(&x, &random);
            fill_reals(&dy, &random);
            CHECK_OK((logarithm ? nhwc_log_softmax : nhwc_softmax)(NULL, &x, axis, &y));
            CHECK_OK((logarithm ? nhwc_log_softmax_backprop : nhwc_softmax_backprop)(NULL, &dy, &y, axis, &dx));
            for (int i = 0; i < 24; i++) {
                const double old = x_data[i];
                double wanted = 0;
                x_data[i] = old + h;
                CHECK_OK((logarithm ? nhwc_log_softmax : nhwc_softmax)(NULL, &x, axis, &u));
                x_data[i] = old - h;
                CHECK_OK((logarithm ? nhwc_log_softmax : nhwc_softmax)(NULL, &x, axis, &d));
                x_data[i] = old;
                for (int k = 0; k < 24; k++)
                    wanted += (up[k] - down[k]) / (2 * h) * dy_data[k];
                CHECK(fabs(dx_data[i] - wanted) < 1e-8);
            }
        }
}

/* Infinities and NaN stay in their lines, of few lines and of many. */
static void test_special(void **state)
{
    (void)state;
    static const float lines[4][3] = {{INFINITY, 0, 1}, {-INFINITY, 0, 0}, {NAN, 1, 2}, {1000, 1000, -1000}};
    float x_data[400][3], y_data[400][3];
    for (int i = 0; i < 400; i++)
        memcpy(x_data[i], lines[i % 4], sizeof lines[0]);
    for (int64_t count = 4; count <= 400; count *= 10) {
        const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, count, 3);
        nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, y_data, count, 3);
        CHECK_OK(nhwc_softmax(NULL, &x, 1, &y));
        for (float(*line)[3] = y_data; line < y_data + count; line += 4) {
            CHECK(line[0][0] != line[0][0] && line[0][1] != line[0][1]);
            CHECK(line[1][0] == 0 && line[1][1] == 0.5f && line[1][2] == 0.5f);
            CHECK(line[2][0] != line[2][0] && line[2][1] != line[2][1] && line[2][2] != line[2][2]);
            CHECK(line[3][0] == 0.5f && line[3][1] == 0.5f && line[3][2] == 0);
        }
        CHECK_OK(nhwc_log_softmax(NULL, &x, 1, &y));
        for (float(*line)[3] = y_data; line < y_data + count; line += 4) {
            CHECK(line[1][0] == -INFINITY);
            CHECK(fabsf(line[3][0] + 0.693147f) < 1e-6f && fabsf(line[3][2] + 2000.693f) < 1e-3f);
        }
    }
}

/* PyTorch's numbers of these rows, which no line beside them changes: with so many columns, of which the others are
 * -infinity, and of few lines and many. */
static void check_special(const nhwc_context *context, nhwc_dtype dtype, int64_t columns, int64_t repeated, int axis)
{
    enum { N = COUNT(golden_special_rows) };
    const int64_t lines = N * repeated, dims[2] = {axis ? lines : columns, axis ? columns : lines};
    const nhwc_tensor x = guarded_tensor(dtype, 2, dims, 0), dy = guarded_tensor(dtype, 2, dims, 0);
    nhwc_tensor out[4];
    for (int64_t i = 0; i < element_count(&x); i++) {
        const int64_t line = axis ? i / columns : i % lines, k = axis ? i % columns : i / lines;
        element_set(&x, i, k < 4 ? golden_special_rows[line % N][k] : -INFINITY);
        element_set(&dy, i, k < 4 ? golden_special_dy[k] : 0);
    }
    for (int i = 0; i < 4; i++)
        out[i] = guarded_tensor(dtype, 2, dims, i);
    run_all(context, &x, &dy, axis, out);
    const golden_softmax *g = &golden_special_softmax;
    const double *const wanted[4] = {g->softmax, g->softmax_dx, g->log_softmax, g->log_softmax_dx};
    for (int64_t i = 0; i < lines * 4; i++)
        for (int k = 0; k < 4; k++) {
            const double w = wanted[k][i % (N * 4)], tolerance = dtype == NHWC_FLOAT32 ? 1e-6 : 1e-14;
            const double given = element_get(&out[k], axis ? i / 4 * columns + i % 4 : i % 4 * lines + i / 4);
            if (!(fabs(given - w) <= tolerance * fmax(1, fabs(w)) || given == w || (given != given && w != w)))
                fail_msg("result %d of row %d, column %d is %g, not %g", k, (int)(i / 4 % N), (int)(i % 4), given, w);
        }
    guarded_check();
    guarded_release();
}

static void test_special_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (int k = 0; k < 16 && nhwc_isa_available(isas[i]); k++)
            check_special(&(nhwc_context){.isa = isas[i]}, floats[k % 2], k & 2 ? 4 : 70, k & 4 ? 1 : 9, k / 8);
}

/* An axis of length 1: 1 and 0, whatever x is, but for what is no number; gradients of 0. */
static void test_single(void **state)
{
    (void)state;
    double data[4] = {3, -0.0, -1e300, INFINITY}, dy_data[4] = {1, -2, 3, 4}, out_data[4][4];
    for (int axis = 0; axis < 2; axis++) {
        const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT64, data, axis ? 4 : 1, axis ? 1 : 4);
        nhwc_tensor dy = x, out[4];
        dy.data = dy_data;
        for (int i = 0; i < 4; i++) {
            out[i] = x;
            out[i].data = out_data[i];
        }
        run_all(NULL, &x, &dy, axis, out);
        for (int i = 0; i < 3; i++) {
            CHECK(out_data[0][i] == 1 && out_data[2][i] == 0);
            CHECK(out_data[1][i] == 0 && out_data[3][i] == 0);
        }
        CHECK(isnan(out_data[0][3]) && isnan(out_data[2][3]));
    }
}

/* Lines of nothing, and no lines. */
static void test_empty(void **state)
{
    (void)state;
    static const int64_t shapes[][3] = {{2, 0, 3}, {0, 3, 4}, {0, 0, 0}, {1, 1, 0}};
    for (size_t s = 0; s < COUNT(shapes); s++)
        for (int axis = -3; axis < 3; axis++) {
            const nhwc_tensor x = nhwc_tensor_view(NHWC_FLOAT32, NULL, 3, shapes[s]);
            nhwc_tensor out[4] = {x, x, x, x};
            run_all(NULL, &x, &x, axis, out);
        }
}

/* Each of them refuses what is wrong, under its name, and writes nothing. */
static void test_each_rejects(void **state)
{
    (void)state;
    float data[8] = {1, 1, 1, 1, 1, 1, 1, 1}, other[6] = {2, 2, 2, 2, 2, 2}, out[6] = {7, 7, 7, 7, 7, 7};
    const nhwc_tensor a = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3), b = NHWC_TENSOR(NHWC_FLOAT32, other, 2, 3);
    const nhwc_tensor row = NHWC_TENSOR(NHWC_FLOAT32, other, 3), wide = {NHWC_FLOAT64, 2, {1, 2}, {2, 1}, other};
    const nhwc_context broken = {.isa = (nhwc_isa)99};
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, out, 2, 3), repeated = y, over_b = b;
    nhwc_tensor shifted = NHWC_TENSOR(NHWC_FLOAT32, data + 1, 2, 3), singles = NHWC_TENSOR(NHWC_FLOAT32, out, 1, 2);
    repeated.strides[0] = 0;
    static const struct {
        const char *name;
        nhwc_status (*function)(const nhwc_context *, const nhwc_tensor *, int, nhwc_tensor *);
    } forward[] = {{"softmax: ", nhwc_softmax}, {"log_softmax: ", nhwc_log_softmax}};
    static const struct {
        const char *name;
        nhwc_status (*function)(const nhwc_context *, const nhwc_tensor *, const nhwc_tensor *, int, nhwc_tensor *);
    } backward[] = {{"softmax_backprop: ", nhwc_softmax_backprop},
                    {"log_softmax_backprop: ", nhwc_log_softmax_backprop}};
    for (int i = 0; i < 2; i++) {
#define FORWARD(context, x, axis, y, status, ...) \
    CHECK_FAILS(forward[i].function(context, x, axis, y), status, forward[i].name, __VA_ARGS__)
#define BACKWARD(context, dy, y, axis, dx, status, ...) \
    CHECK_FAILS(backward[i].function(context, dy, y, axis, dx), status, backward[i].name, __VA_ARGS__)
        CHECK_FAILS(forward[i].function(&broken, &a, 1, &y), NHWC_ERROR_ARGUMENT, "99");
        FORWARD(NULL, NULL, 1, &y, NHWC_ERROR_ARGUMENT, "x is NULL");
        FORWARD(NULL, &a, 1, NULL, NHWC_ERROR_ARGUMENT, "the output is NULL");
        FORWARD(NULL, &a, 2, &y, NHWC_ERROR_RANK, "no axis 2");
        FORWARD(NULL, &row, 0, &y, NHWC_ERROR_OUTPUT_SHAPE, "[3]", "[2, 3]");
        FORWARD(NULL, &wide, 0, &singles, NHWC_ERROR_DTYPE, "float64", "float32");
        FORWARD(NULL, &a, 1, &repeated, NHWC_ERROR_ALIAS, "is written");
        FORWARD(NULL, &a, 1, &shifted, NHWC_ERROR_ALIAS, "shares memory with x");
        CHECK_FAILS(backward[i].function(&broken, &a, &b, 1, &y), NHWC_ERROR_ARGUMENT, "99");
        BACKWARD(NULL, NULL, &b, 1, &y, NHWC_ERROR_ARGUMENT, "dy is NULL");
        BACKWARD(NULL, &a, NULL, 1, &y, NHWC_ERROR_ARGUMENT, "y is NULL");
        BACKWARD(NULL, &a, &b, 1, NULL, NHWC_ERROR_ARGUMENT, "the output is NULL");
        BACKWARD(NULL, &a, &b, -3, &y, NHWC_ERROR_RANK, "no axis -3");
        BACKWARD(NULL, &row, &b, 1, &y, NHWC_ERROR_SHAPE, "dy has another shape");
        BACKWARD(NULL, &a, &row, 1, &y, NHWC_ERROR_SHAPE, "y has another shape");
        BACKWARD(NULL, &a, &b, 1, &repeated, NHWC_ERROR_ALIAS, "is written");
        BACKWARD(NULL, &a, &b, 1, &shifted, NHWC_ERROR_ALIAS, "shares memory with dy");
        BACKWARD(NULL, &a, &b, 1, &over_b, NHWC_ERROR_ALIAS, "shares memory with y");
    }
    for (int i = 0; i < 6; i++)
        CHECK(out[i] == 7 && data[i] == 1 && other[i] == 2);
}

static void test_rejections(void **state)
{
    (void)state;
    float data[6] = {1, 2, 3, 4, 5, 6}, out[6] = {7, 7, 7, 7, 7, 7};
    int32_t integers[6] = {0};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3), row = NHWC_TENSOR(NHWC_FLOAT32, data, 3);
    const nhwc_tensor number = {.dtype = NHWC_FLOAT32, .data = data}, i = NHWC_TENSOR(NHWC_INT32, integers, 2, 3);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, out, 2, 3), zero = {.dtype = NHWC_FLOAT32, .data = out};
    nhwc_tensor same = x, others = NHWC_TENSOR(NHWC_INT32, out, 2, 3);
    CHECK_FAILS(nhwc_softmax(NULL, &x, 2, &y), NHWC_ERROR_RANK, "softmax", "no axis 2", "-2 to 1");
    CHECK_FAILS(nhwc_softmax(NULL, &x, -3, &y), NHWC_ERROR_RANK, "no axis -3");
    CHECK_FAILS(nhwc_softmax(NULL, &number, 0, &zero), NHWC_ERROR_RANK, "no axis 0", "rank is 0");
    CHECK_FAILS(nhwc_softmax(NULL, &row, 0, &y), NHWC_ERROR_OUTPUT_SHAPE, "[2, 3]", "[3]");
    CHECK_FAILS(nhwc_softmax(NULL, &i, 0, &y), NHWC_ERROR_DTYPE, "x is int32, but the output float32");
    CHECK_FAILS(nhwc_softmax(NULL, &i, 0, &others), NHWC_ERROR_DTYPE, "x is int32", "float32 or float64");
    CHECK_FAILS(nhwc_softmax_backprop(NULL, &x, &row, 0, &y), NHWC_ERROR_SHAPE, "y has another shape");
    CHECK_FAILS(nhwc_softmax_backprop(NULL, &x, &x, 0, &same), NHWC_ERROR_ALIAS, "shares memory with dy");
    CHECK(out[0] == 7 && data[0] == 1);
    const nhwc_tensor empty = NHWC_TENSOR(NHWC_FLOAT32, NULL, 2, 0);
    nhwc_tensor none = empty;
    CHECK_OK(nhwc_softmax(NULL, &empty, 1, &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),  cmocka_unit_test(test_sizes),      cmocka_unit_test(test_differences),
        cmocka_unit_test(test_special), cmocka_unit_test(test_same_bits),  cmocka_unit_test(test_rejections),
        cmocka_unit_test(test_special_rows), cmocka_unit_test(test_single), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_each_rejects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
