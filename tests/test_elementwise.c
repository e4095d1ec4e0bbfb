/* Functions of one to four tensors: NumPy's and PyTorch's numbers, every instruction set, views, rejections.
 *
 *     test_elementwise [--full [THREADS]]   --full: the error of every float32 function at every float32, minutes */
#include <math.h>
#include <nhwc/array.h>
#include <nhwc/math.h>
#include <stdlib.h>
#include <string.h>

#include "golden/math_golden.h"
#include "support/check.h"
#include "support/each.h"
#include "support/failing_allocator.h"
#include "support/fill.h"
#include "support/guarded.h"
#include "support/random.h"

#define POINTS 4096

typedef nhwc_status unary_function(const nhwc_context *, const nhwc_tensor *x, nhwc_tensor *y);
typedef nhwc_status backprop_function(const nhwc_context *, const nhwc_tensor *dy, const nhwc_tensor *x,
                                      nhwc_tensor *dx);
typedef nhwc_status binary_function(const nhwc_context *, const nhwc_tensor *a, const nhwc_tensor *b, nhwc_tensor *y);
typedef nhwc_status binary_backprop_function(const nhwc_context *, const nhwc_tensor *dy, const nhwc_tensor *a,
                                             const nhwc_tensor *b, nhwc_tensor *da, nhwc_tensor *db);

/* ---- The tables of the header, and what they should give ------------------------------------ */

static nhwc_status leaky_relu(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return nhwc_leaky_relu(context, x, 0.25, y);
}

static nhwc_status leaky_relu_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                       nhwc_tensor *dx)
{
    return nhwc_leaky_relu_backprop(context, dy, x, 0.25, dx);
}

static nhwc_status elu(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    return nhwc_elu(context, x, 1.5, y);
}

static nhwc_status elu_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                nhwc_tensor *dx)
{
    return nhwc_elu_backprop(context, dy, x, 1.5, dx);
}

static double negated(double x) { return -x; }
static double sign_of(double x) { return x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x; }
static double squared(double x) { return x * x; }
static double rsqrt(double x) { return 1 / sqrt(x); }
static double relu(double x) { return x < 0 ? 0 : x; }
static double relu6(double x) { return x > 6 ? 6 : relu(x); }
static double sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static double softplus(double x) { return relu(x) + log1p(exp(-fabs(x))); }
static double swish(double x) { return x < -800 ? -0.0 : x * sigmoid(x); }
static double gelu(double x) { return x < -50 ? -0.0 : x / 2 * erfc(-x * 0.70710678118654752440); }
static double leaky(double x) { return x < 0 ? x / 4 : x; }
static double elu_of(double x) { return x < 0 ? 1.5 * expm1(x) : x; }

/* The row of each unary operation: what is exact, and by how many units in the last place float32 may be off. */
static const struct {
    const char *name;
    unary_function *function;
    backprop_function *backprop;
    double (*exact)(double);
    double ulps;
} unaries[] = {
    {"negate", nhwc_negate, nhwc_negate_backprop, negated, 0},
    {"abs", nhwc_abs, nhwc_abs_backprop, fabs, 0},
    {"sign", nhwc_sign, nhwc_sign_backprop, sign_of, 0},
    {"square", nhwc_square, nhwc_square_backprop, squared, 0.5},
    {"sqrt", nhwc_sqrt, nhwc_sqrt_backprop, sqrt, 0.5},
    {"rsqrt", nhwc_rsqrt, nhwc_rsqrt_backprop, rsqrt, 2},
    {"exp", nhwc_exp, nhwc_exp_backprop, exp, 2},
    {"log", nhwc_log, nhwc_log_backprop, log, 2},
    {"floor", nhwc_floor, nhwc_floor_backprop, floor, 0},
    {"relu", nhwc_relu, nhwc_relu_backprop, relu, 0},
    {"relu6", nhwc_relu6, nhwc_relu6_backprop, relu6, 0},
    {"sigmoid", nhwc_sigmoid, nhwc_sigmoid_backprop, sigmoid, 2},
    {"tanh", nhwc_tanh, nhwc_tanh_backprop, tanh, 2},
    {"softplus", nhwc_softplus, nhwc_softplus_backprop, softplus, 4},
    {"swish", nhwc_swish, nhwc_swish_backprop, swish, 4},
    {"gelu", nhwc_gelu, nhwc_gelu_backprop, gelu, 4},
    {"leaky_relu", leaky_relu, leaky_relu_backprop, leaky, 0.5},
    {"elu", elu, elu_backprop, elu_of, 4},
};

static const struct {
    const char *name;
    binary_function *function;
    binary_backprop_function *backprop;
    bool compares;
} binaries[] = {
    {"add", nhwc_add, nhwc_add_backprop, false},
    {"subtract", nhwc_subtract, nhwc_subtract_backprop, false},
    {"multiply", nhwc_multiply, nhwc_multiply_backprop, false},
    {"divide", nhwc_divide, nhwc_divide_backprop, false},
    {"power", nhwc_power, nhwc_power_backprop, false},
    {"minimum", nhwc_minimum, nhwc_minimum_backprop, false},
    {"maximum", nhwc_maximum, nhwc_maximum_backprop, false},
    {"equal", nhwc_equal, NULL, true},
    {"not_equal", nhwc_not_equal, NULL, true},
    {"less", nhwc_less, NULL, true},
    {"less_equal", nhwc_less_equal, NULL, true},
    {"greater", nhwc_greater, NULL, true},
    {"greater_equal", nhwc_greater_equal, NULL, true},
};

static size_t index_of(const char *name)
{
    for (size_t i = 0; i < COUNT(unaries); i++)
        if (strcmp(unaries[i].name, name) == 0)
            return i;
    for (size_t i = 0; i < COUNT(binaries); i++)
        if (strcmp(binaries[i].name, name) == 0)
            return i;
    fail_msg("%s has no row", name);
    return 0;
}

/* Every name of the header's tables has a row, and a golden case. */
static void test_rows(void **state)
{
    (void)state;
#define COUNT_ROW(...) +1
    assert_int_equal(COUNT(unaries), 0 NHWC_EACH_UNARY(COUNT_ROW) NHWC_EACH_UNARY_WITH_ALPHA(COUNT_ROW));
    assert_int_equal(COUNT(binaries),
                     0 NHWC_EACH_BINARY(COUNT_ROW) NHWC_EACH_CHOICE(COUNT_ROW) NHWC_EACH_COMPARISON(COUNT_ROW));
    assert_int_equal(COUNT(golden_unaries), COUNT(unaries));
    assert_int_equal(COUNT(golden_binaries), COUNT(binaries));
}

/* Within `relative` of what is wanted, or `absolute`; equal where that is no finite number, zeros in their sign. */
static bool is_close(nhwc_dtype dtype, double given, double wanted, double relative, double absolute)
{
    if (dtype == NHWC_FLOAT32)
        wanted = (float)wanted;
    if (wanted != wanted || given != given)
        return wanted != wanted && given != given;
    if (isinf(wanted) || isinf(given))
        return wanted == given;
    return fabs(given - wanted) <= relative * fabs(wanted) + absolute;
}

static nhwc_tensor vector_of(nhwc_dtype dtype, int64_t count, const double *values)
{
    const nhwc_tensor tensor = guarded_tensor(dtype, 1, &count, 0);
    for (int64_t i = 0; i < count && values; i++)
        element_set(&tensor, i, values[i]);
    return tensor;
}

/* ---- Numbers -------------------------------------------------------------------------------- */

static void check_unary(const nhwc_context *context, const golden_unary *golden, nhwc_dtype dtype)
{
    const size_t row = index_of(golden->name);
    const double unit = dtype == NHWC_FLOAT32 ? 0x1p-23 : 0x1p-47; /* erfc magnifies what its argument lost */
    const nhwc_tensor x = vector_of(dtype, golden->count, golden->x), dy = vector_of(dtype, golden->count, NULL);
    nhwc_tensor y = vector_of(dtype, golden->count, NULL), dx = vector_of(dtype, golden->count, NULL);
    fill_value(&dy, 2);
    CHECK_OK(unaries[row].function(context, &x, &y));
    CHECK_OK(unaries[row].backprop(context, &dy, &x, &dx));
    for (int i = 0; i < golden->count; i++) {
        const double given = element_get(&y, i), derivative = element_get(&dx, i);
        if (!is_close(dtype, given, golden->y[i], 4 * unit, dtype == NHWC_FLOAT32 ? 0x1p-147 : 0) ||
            (given == 0 && golden->y[i] == 0 && signbit(given) != signbit(golden->y[i])))
            fail_msg("%s(%g) is %.17g, not %.17g", golden->name, golden->x[i], given, golden->y[i]);
        if (!is_close(dtype, derivative, 2 * golden->derivative[i], 8 * unit, 4 * unit))
            fail_msg("%s'(%g) is %.17g, not %.17g", golden->name, golden->x[i], derivative / 2, golden->derivative[i]);
    }
    guarded_check();
    guarded_release();
}

static void test_golden_unary(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t g = 0; g < COUNT(golden_unaries) && nhwc_isa_available(isas[i]); g++)
            for (size_t d = 0; d < COUNT(floats); d++)
                check_unary(&(nhwc_context){.isa = isas[i]}, &golden_unaries[g], floats[d]);
}

static void check_binary(const nhwc_context *context, const golden_binary *golden, nhwc_dtype dtype)
{
    enum { N = COUNT(golden_pair_values) };
    const size_t row = index_of(golden->name);
    const bool compares = binaries[row].compares;
    const nhwc_tensor a = guarded_tensor(dtype, 2, (int64_t[]){N, 1}, 0), b = vector_of(dtype, N, golden_pair_values);
    nhwc_tensor y = guarded_tensor(compares ? NHWC_BOOL : dtype, 2, (int64_t[]){N, N}, 0);
    for (int i = 0; i < N; i++)
        element_set(&a, i, golden_pair_values[i]);
    CHECK_OK(binaries[row].function(context, &a, &b, &y));
    for (int i = 0; i < N * N; i++)
        if (!is_close(dtype, element_get(&y, i), golden->y[i], 1e-6, 0))
            fail_msg("%s(%g, %g) is %g, not %g", golden->name, golden_pair_values[i / N], golden_pair_values[i % N],
                     element_get(&y, i), golden->y[i]);
    guarded_check();
    guarded_release();
}

static void test_golden_binary(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t g = 0; g < COUNT(golden_binaries) && nhwc_isa_available(isas[i]); g++)
            for (size_t d = 0; d < COUNT(floats); d++)
                check_binary(&(nhwc_context){.isa = isas[i]}, &golden_binaries[g], floats[d]);
}

static void test_golden_derivatives(void **state)
{
    (void)state;
    enum { N = COUNT(golden_derived_pairs) };
    for (size_t g = 0; g < COUNT(golden_derivatives); g++)
        for (size_t d = 0; d < COUNT(floats); d++) {
            const golden_derivative *golden = &golden_derivatives[g];
            nhwc_tensor t[5]; /* dy, a, b, da, db */
            for (int i = 0; i < 5; i++)
                t[i] = vector_of(floats[d], N, NULL);
            for (int i = 0; i < N; i++) {
                element_set(&t[0], i, 2);
                element_set(&t[1], i, golden_derived_pairs[i][0]);
                element_set(&t[2], i, golden_derived_pairs[i][1]);
            }
            CHECK_OK(binaries[index_of(golden->name)].backprop(NULL, &t[0], &t[1], &t[2], &t[3], &t[4]));
            for (int i = 0; i < N; i++) {
                CHECK(is_close(floats[d], element_get(&t[3], i), 2 * golden->da[i], 1e-6, 0));
                CHECK(is_close(floats[d], element_get(&t[4], i), 2 * golden->db[i], 1e-6, 0));
            }
            guarded_check();
            guarded_release();
        }
}

/* Clipping, the choice of two, and what power's derivative is where there is none. */
static void test_golden_choices(void **state)
{
    (void)state;
    enum { N = COUNT(golden_pair_values) };
    for (size_t k = 0; k < COUNT(isas) * COUNT(floats); k++) {
        const nhwc_context context = {.isa = isas[k / 2]};
        const nhwc_dtype dtype = floats[k % 2];
        if (!nhwc_isa_available(context.isa))
            continue;
        const nhwc_tensor x = vector_of(dtype, N, golden_pair_values), dy = vector_of(dtype, N, NULL);
        nhwc_tensor y = vector_of(dtype, N, NULL), dx = vector_of(dtype, N, NULL);
        fill_value(&dy, 2);
        for (size_t g = 0; g < COUNT(golden_clips); g++) {
            const golden_clip *golden = &golden_clips[g];
            const nhwc_tensor low = vector_of(dtype, 1, golden->low), high = vector_of(dtype, 1, golden->high);
            const nhwc_tensor *least = golden->low ? &low : NULL, *most = golden->high ? &high : NULL;
            CHECK_OK(nhwc_clip(&context, &x, least, most, &y));
            CHECK_OK(nhwc_clip_backprop(&context, &dy, &x, least, most, &dx));
            for (int i = 0; i < N; i++)
                if (!is_close(dtype, element_get(&y, i), golden->y[i], 0, 0) ||
                    !is_close(dtype, element_get(&dx, i), 2 * golden->derivative[i], 0, 0))
                    fail_msg("clip(%g) of case %d is %g and %g, not %g and %g", golden_pair_values[i], (int)g,
                             element_get(&y, i), element_get(&dx, i) / 2, golden->y[i], golden->derivative[i]);
        }
        const int64_t square[2] = {N, N};
        nhwc_tensor a = x, is_less = guarded_tensor(NHWC_BOOL, 2, square, 0), z = guarded_tensor(dtype, 2, square, 0);
        const nhwc_tensor ones = guarded_tensor(dtype, 2, square, 0), b = vector_of(dtype, N, golden_pair_values);
        CHECK_OK(nhwc_expand_dims(&x, 1, &a));
        CHECK_OK(nhwc_less(&context, &a, &b, &is_less));
        CHECK_OK(nhwc_where(&context, &is_less, &b, &a, &z));
        for (int i = 0; i < N * N; i++)
            CHECK(is_close(dtype, element_get(&z, i), golden_where[i], 0, 0) &&
                  (golden_where[i] != 0 || signbit(element_get(&z, i)) == signbit(golden_where[i])));
        fill_value(&ones, 1);
        CHECK_OK(nhwc_broadcast_to(&a, 2, square, &a));
        nhwc_tensor wide = b;
        CHECK_OK(nhwc_broadcast_to(&b, 2, square, &wide));
        CHECK_OK(nhwc_power_backprop(&context, &ones, &a, &wide, NULL, &z));
        for (int i = 0; i < N * N; i++)
            if (!is_close(dtype, element_get(&z, i), golden_power_db[i], 1e-6, 0))
                fail_msg("d power(%g, %g) is %g, not %g", golden_pair_values[i / N], golden_pair_values[i % N],
                         element_get(&z, i), golden_power_db[i]);
        guarded_check();
        guarded_release();
    }
}

/* As make_math_golden.py's. */
static nhwc_tensor sequence(nhwc_dtype dtype, int rank, const int64_t *dims, int64_t factor)
{
    const nhwc_tensor tensor = guarded_tensor(dtype, rank, dims, 1);
    for (int64_t i = 0; i < element_count(&tensor); i++) {
        const int64_t value = (i * factor + 11) % 101 % 11;
        element_set(&tensor, i, (double)(dtype == NHWC_BOOL ? value > 5 : value));
    }
    return tensor;
}

/* Clip and where of shapes that are broadcast, and what they give back to one of them. */
static void test_golden_broadcast_choices(void **state)
{
    (void)state;
    static const int64_t y_dims[] = {2, 3, 4}, x_dims[] = {2, 3, 1}, low_dims[] = {4}, high_dims[] = {3, 1};
    static const int64_t a_dims[] = {2, 1, 4};
    for (nhwc_dtype dtype = NHWC_FLOAT32; dtype <= NHWC_UINT8; dtype++) {
        const nhwc_tensor x = sequence(dtype, 3, x_dims, 37), low = sequence(dtype, 1, low_dims, 41);
        const nhwc_tensor high = sequence(dtype, 2, high_dims, 43), c = sequence(NHWC_BOOL, 2, high_dims, 37);
        const nhwc_tensor a = sequence(dtype, 3, a_dims, 41), b = sequence(dtype, 1, low_dims, 43);
        nhwc_tensor y = guarded_tensor(dtype, 3, y_dims, 2), z = guarded_tensor(dtype, 3, y_dims, 0);
        CHECK_OK(nhwc_clip(NULL, &x, &low, &high, &y));
        CHECK_OK(nhwc_where(NULL, &c, &a, &b, &z));
        for (int i = 0; i < 24; i++) {
            CHECK(element_get(&y, i) == golden_clip_broadcast[i]);
            CHECK(element_get(&z, i) == golden_where_broadcast[i]);
        }
        CHECK_OK(nhwc_clip_backprop(NULL, &a, &x, &low, &high, &y));
        for (int i = 0; i < 24; i++) {
            const double at = element_get(&x, i / 4);
            const bool is_inside = at >= element_get(&low, i % 4) && at <= element_get(&high, i / 4 % 3);
            CHECK(element_get(&y, i) == (is_inside ? element_get(&a, i / 12 * 4 + i % 4) : 0));
        }
        guarded_check();
        guarded_release();
    }
}

/* The gradient of clip against differences, away from the bounds; each bound may be missing. */
static void test_clip_differences(void **state)
{
    (void)state;
    enum { N = 200 };
    const double h = 1e-6;
    uint64_t random = 8;
    double data[3][N] = {{0}}, dy_data[N] = {0}, dx_data[N] = {0}, up[N] = {0}, down[N] = {0};
    nhwc_tensor in[3], dx = NHWC_TENSOR(NHWC_FLOAT64, dx_data, N), dy = NHWC_TENSOR(NHWC_FLOAT64, dy_data, N);
    nhwc_tensor y_up = NHWC_TENSOR(NHWC_FLOAT64, up, N), y_down = NHWC_TENSOR(NHWC_FLOAT64, down, N);
    for (int k = 0; k < 3; k++)
        in[k] = NHWC_TENSOR(NHWC_FLOAT64, data[k], N);
    for (int bounds = 0; bounds < 4; bounds++) {
        const nhwc_tensor *low = bounds & 1 ? &in[1] : NULL, *high = bounds & 2 ? &in[2] : NULL;
        for (int i = 0; i < N; i++) {
            data[0][i] = 2 * random_real(&random);
            data[1][i] = random_real(&random);
            data[2][i] = data[1][i] + 0.5 + fabs(random_real(&random));
            dy_data[i] = random_real(&random);
            for (int k = 1; k < 3; k++)
                if (fabs(data[0][i] - data[k][i]) < 0.01)
                    data[0][i] += 0.02;
        }
        CHECK_OK(nhwc_clip_backprop(NULL, &dy, &in[0], low, high, &dx));
        for (int i = 0; i < N; i++)
            data[0][i] += h;
        CHECK_OK(nhwc_clip(NULL, &in[0], low, high, &y_up));
        for (int i = 0; i < N; i++)
            data[0][i] -= 2 * h;
        CHECK_OK(nhwc_clip(NULL, &in[0], low, high, &y_down));
        for (int i = 0; i < N; i++)
            CHECK(fabs(dx_data[i] - (up[i] - down[i]) / (2 * h) * dy_data[i]) < 1e-8);
    }
}

/* Derivatives against differences, where there is no corner. */
static void test_differences(void **state)
{
    (void)state;
    const double h = 1e-6;
    uint64_t random = 3;
    double x_data[64] = {0}, dy_data[64] = {0}, dx_data[64], up[64], down[64];
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT64, x_data, 64), dy = NHWC_TENSOR(NHWC_FLOAT64, dy_data, 64);
    nhwc_tensor dx = NHWC_TENSOR(NHWC_FLOAT64, dx_data, 64), y_up = NHWC_TENSOR(NHWC_FLOAT64, up, 64);
    nhwc_tensor y_down = NHWC_TENSOR(NHWC_FLOAT64, down, 64);
    for (size_t row = 0; row < COUNT(unaries); row++)
        for (int sign = 0; sign < 2; sign++) {
            for (int i = 0; i < 64; i++) {
                x_data[i] = (0.5 + 2 * fabs(random_real(&random))) * (sign ? -1 : 1);
                if (fabs(x_data[i] - round(x_data[i])) < 0.01)
                    x_data[i] += 0.02; /* floor */
                dy_data[i] = random_real(&random);
            }
            CHECK_OK(unaries[row].backprop(NULL, &dy, &x, &dx));
            for (int i = 0; i < 64; i++)
                x_data[i] += h;
            CHECK_OK(unaries[row].function(NULL, &x, &y_up));
            for (int i = 0; i < 64; i++)
                x_data[i] -= 2 * h;
            CHECK_OK(unaries[row].function(NULL, &x, &y_down));
            for (int i = 0; i < 64; i++) {
                const double wanted = (up[i] - down[i]) / (2 * h) * dy_data[i];
                if (wanted == wanted && !(fabs(dx_data[i] - wanted) < 1e-8 + 1e-7 * fabs(wanted)))
                    fail_msg("%s'(%g): %g, by differences %g", unaries[row].name, x_data[i], dx_data[i], wanted);
            }
        }
}

static void test_binary_differences(void **state)
{
    (void)state;
    enum { N = 64 };
    const double h = 1e-6;
    uint64_t random = 5;
    double data[2][N] = {{0}}, gradients[2][N] = {{0}}, dy_data[N] = {0}, up[N], down[N];
    nhwc_tensor in[2], dx[2], dy = NHWC_TENSOR(NHWC_FLOAT64, dy_data, N), y_up = dy, y_down = dy;
    for (int k = 0; k < 2; k++) {
        in[k] = NHWC_TENSOR(NHWC_FLOAT64, data[k], N);
        dx[k] = NHWC_TENSOR(NHWC_FLOAT64, gradients[k], N);
    }
    y_up.data = up;
    y_down.data = down;
    for (size_t row = 0; row < COUNT(binaries); row++) {
        if (binaries[row].backprop == NULL)
            continue;
        for (int i = 0; i < N; i++) {
            data[0][i] = 1.5 + random_real(&random);
            data[1][i] = 1.5 + random_real(&random);
            dy_data[i] = random_real(&random);
            if (fabs(data[0][i] - data[1][i]) < 0.01)
                data[0][i] += 0.02; /* minimum, maximum */
        }
        CHECK_OK(binaries[row].backprop(NULL, &dy, &in[0], &in[1], &dx[0], &dx[1]));
        for (int k = 0; k < 2; k++) {
            for (int i = 0; i < N; i++)
                data[k][i] += h;
            CHECK_OK(binaries[row].function(NULL, &in[0], &in[1], &y_up));
            for (int i = 0; i < N; i++)
                data[k][i] -= 2 * h;
            CHECK_OK(binaries[row].function(NULL, &in[0], &in[1], &y_down));
            for (int i = 0; i < N; i++)
                data[k][i] += h;
            for (int i = 0; i < N; i++)
                CHECK(fabs(gradients[k][i] - (up[i] - down[i]) / (2 * h) * dy_data[i]) < 1e-7);
        }
    }
}

/* ---- Units in the last place ---------------------------------------------------------------- */

/* How far off a float32 is, in units in the last place of the exact value; 0 where none is nearer. */
static double error_of(float given, double exact)
{
    const float nearest = (float)exact;
    if (given == nearest || (exact != exact && given != given))
        return 0;
    if (exact != exact || given != given)
        return INFINITY;
    if (isinf(nearest) || isinf(given))
        return fabs(fabs(exact) - 0x1p128) / 0x1p104;
    const double least = 0x1p-126, size = fabs(exact) > least ? fabs(exact) : least;
    uint64_t bits;
    memcpy(&bits, &size, sizeof bits);
    bits &= UINT64_C(0x7FF) << 52; /* the power of 2 below it */
    double power;
    memcpy(&power, &bits, sizeof power);
    return fabs((double)given - exact) / power * 0x1p23;
}

#define PARTS  256 /* of the float32s, for threads */
#define SPARSE 61  /* one of so many is looked up in libm where all are looked at */

/* Every `step`-th float32. */
typedef struct error_search {
    size_t row;
    uint32_t step;
    double worst[PARTS];
    float where[PARTS];
    bool fails[PARTS];
} error_search;

/* What is exact for `count` of x. Where it is asked for all float32s this is the float64 function, so long as libm
 * agrees now and then: it takes a fraction of the time. */
static bool find_exact(const error_search *s, int64_t count, const float *x, double *exact)
{
    if (s->step > 1) {
        for (int64_t i = 0; i < count; i++)
            exact[i] = unaries[s->row].exact(x[i]);
        return true;
    }
    double wide[POINTS] = {0};
    for (int64_t i = 0; i < count; i++)
        wide[i] = x[i];
    const nhwc_tensor in = NHWC_TENSOR(NHWC_FLOAT64, wide, count);
    nhwc_tensor out = NHWC_TENSOR(NHWC_FLOAT64, exact, count);
    bool agrees = unaries[s->row].function(NULL, &in, &out) == NHWC_OK;
    for (int64_t i = 0; i < count; i += SPARSE)
        agrees &= is_close(NHWC_FLOAT64, exact[i], unaries[s->row].exact(wide[i]), 0x1p-44, 0x1p-200);
    return agrees;
}

static void search_errors(void *argument, int64_t part)
{
    error_search *s = argument;
    const uint64_t numbers = (UINT64_C(1) << 32) / s->step + 1, end = numbers * (uint64_t)(part + 1) / PARTS;
    float x_data[POINTS], y_data[POINTS];
    double exact[POINTS] = {0};
    s->worst[part] = 0;
    s->fails[part] = false;
    for (uint64_t number = numbers * (uint64_t)part / PARTS; number < end;) {
        int64_t count = 0;
        for (; count < POINTS && number < end; count++, number++) {
            const uint32_t bits = (uint32_t)(number * s->step);
            memcpy(&x_data[count], &bits, sizeof bits);
        }
        const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, count);
        nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, y_data, count);
        s->fails[part] |= unaries[s->row].function(NULL, &x, &y) != NHWC_OK || !find_exact(s, count, x_data, exact);
        for (int64_t i = 0; i < count; i++) {
            const double error = error_of(y_data[i], exact[i]);
            if (error > s->worst[part]) {
                s->worst[part] = error;
                s->where[part] = x_data[i];
            }
        }
    }
}

static void check_errors(const nhwc_context *context, uint32_t step)
{
    static error_search s;
    for (s.row = 0; s.row < COUNT(unaries); s.row++) {
        s.step = step;
        int worst = 0;
        if (context != NULL)
            context->parallel_for(context->executor, PARTS, search_errors, &s);
        else
            for (int64_t part = 0; part < PARTS; part++)
                search_errors(&s, part);
        for (int part = 0; part < PARTS; part++) {
            if (s.fails[part])
                fail_msg("%s of float64 is not what libm says, or fails", unaries[s.row].name);
            if (s.worst[part] > s.worst[worst])
                worst = part;
        }
        if (step == 1)
            print_message("%-10s %.3f at %a\n", unaries[s.row].name, s.worst[worst], (double)s.where[worst]);
        if (s.worst[worst] > unaries[s.row].ulps)
            fail_msg("%s is %g units off at %a", unaries[s.row].name, s.worst[worst], (double)s.where[worst]);
    }
}

static void test_sampled_errors(void **state)
{
    (void)state;
    check_errors(NULL, 49999);
}

/* On as many threads as the state says. */
static void test_all_errors(void **state)
{
    const int *threads = *state;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, *threads, &pool));
    check_errors(&(nhwc_context){.threads = *threads, .parallel_for = nhwc_pool_parallel_for, .executor = pool}, 1);
    nhwc_pool_destroy(pool);
}

/* The same bits with every instruction set that has a fused multiply-add. */
static void test_isas(void **state)
{
    (void)state;
    static float x_data[POINTS], wanted[POINTS], given[POINTS];
    uint64_t random = 5;
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, POINTS), y = NHWC_TENSOR(NHWC_FLOAT32, wanted, POINTS);
    nhwc_tensor z = NHWC_TENSOR(NHWC_FLOAT32, given, POINTS);
    if (!nhwc_isa_available(NHWC_ISA_AVX512))
        skip();
    for (int i = 0; i < POINTS; i++)
        x_data[i] = (float)ldexp(random_real(&random), (int)random_between(&random, -30, 10));
    for (size_t row = 0; row < COUNT(unaries); row++) {
        CHECK_OK(unaries[row].function(&(nhwc_context){.isa = NHWC_ISA_AVX2}, &x, &y));
        CHECK_OK(unaries[row].function(&(nhwc_context){.isa = NHWC_ISA_AVX512}, &x, &z));
        assert_memory_equal(wanted, given, sizeof given);
        CHECK_OK(unaries[row].backprop(&(nhwc_context){.isa = NHWC_ISA_AVX2}, &x, &x, &y));
        CHECK_OK(unaries[row].backprop(&(nhwc_context){.isa = NHWC_ISA_AVX512}, &x, &x, &z));
        CHECK(same_elements(&y, &z));
    }
}

/* ---- Shapes and views ----------------------------------------------------------------------- */

static int64_t broadcast_index(const nhwc_tensor *y, const nhwc_tensor *x, int64_t index)
{
    int64_t at = 0, step = 1;
    for (int axis = x->rank - 1, outer = y->rank - 1; axis >= 0; axis--, outer--) {
        const int64_t i = index % y->dims[outer];
        index /= y->dims[outer];
        at += (x->dims[axis] == 1 ? 0 : i) * step;
        step *= x->dims[axis];
    }
    return at;
}

static void test_golden_shapes(void **state)
{
    (void)state;
    for (size_t g = 0; g < COUNT(golden_broadcasts); g++) {
        const golden_shapes *golden = &golden_broadcasts[g];
        const nhwc_tensor a = guarded_tensor(NHWC_FLOAT32, golden->a_rank, golden->a, 0);
        const nhwc_tensor b = guarded_tensor(NHWC_FLOAT32, golden->b_rank, golden->b, 0);
        nhwc_tensor y = guarded_tensor(NHWC_FLOAT32, golden->y_rank < 0 ? 0 : golden->y_rank, golden->y, 0);
        for (int64_t i = 0; i < element_count(&a); i++)
            element_set(&a, i, (double)i * 100);
        for (int64_t i = 0; i < element_count(&b); i++)
            element_set(&b, i, (double)i);
        if (golden->y_rank < 0) {
            CHECK_FAILS(nhwc_add(NULL, &a, &b, &y), NHWC_ERROR_SHAPE, "b is [", "cannot be broadcast with [");
        } else {
            CHECK_OK(nhwc_add(NULL, &a, &b, &y));
            for (int64_t i = 0; i < element_count(&y); i++)
                CHECK(element_get(&y, i) ==
                      (double)broadcast_index(&y, &a, i) * 100 + (double)broadcast_index(&y, &b, i));
        }
        guarded_check();
        guarded_release();
    }
}

/* A view of random strides: gaps, axes in another order, repeated elements in inputs. */
static nhwc_tensor random_view(uint64_t *random, nhwc_dtype dtype, int rank, const int64_t *dims, bool input)
{
    int64_t large[NHWC_MAX_RANK] = {0};
    int order[NHWC_MAX_RANK];
    for (int i = 0; i < rank; i++)
        order[i] = i;
    for (int i = rank - 1; i > 0; i--) {
        const int other = (int)random_between(random, 0, i), old = order[i];
        order[i] = order[other];
        order[other] = old;
    }
    const bool shuffled = random_between(random, 0, 1), spread = random_between(random, 0, 1);
    for (int i = 0; i < rank; i++)
        large[i] = dims[shuffled ? order[i] : i] + (i == rank - 1 && spread ? 1 : 0);
    nhwc_tensor whole = guarded_tensor(dtype, rank, large, spread ? 2 : 0), view = whole;
    for (int i = 0; i < rank; i++) {
        view.dims[shuffled ? order[i] : i] = dims[shuffled ? order[i] : i];
        view.strides[shuffled ? order[i] : i] = whole.strides[i];
    }
    if (input && rank > 0 && random_between(random, 0, 3) == 0)
        view.strides[random_between(random, 0, rank - 1)] = 0;
    return view;
}

/* Views give what dense copies give, broadcast inputs, several block sizes, one and three tasks. */
static void test_views(void **state)
{
    (void)state;
    static const int64_t lengths[] = {1, 2, 3, 7, 16, 33, 130, 1030, 5000};
    uint64_t random = 7;
    for (int trial = 0; trial < 600; trial++) {
        int64_t dims[4], a_dims[4], b_dims[4];
        const int rank = (int)random_between(&random, 0, 4);
        int64_t elements = 1;
        for (int i = 0; i < rank; i++) {
            dims[i] = lengths[random_between(&random, 0, (int64_t)COUNT(lengths) - 1)];
            if (elements * dims[i] > 60000)
                dims[i] = 2;
            elements *= dims[i];
            a_dims[i] = random_between(&random, 0, 3) ? dims[i] : 1;
            b_dims[i] = a_dims[i] == dims[i] && !random_between(&random, 0, 2) ? 1 : dims[i];
        }
        const nhwc_tensor a = random_view(&random, NHWC_FLOAT32, rank, a_dims, true);
        const nhwc_tensor b = random_view(&random, NHWC_FLOAT32, rank, b_dims, true);
        nhwc_tensor y = random_view(&random, NHWC_FLOAT32, rank, dims, false);
        fill_integers(&a, &random, 1000);
        fill_integers(&b, &random, 1000);
        CHECK_OK(nhwc_subtract(NULL, &a, &b, &y));
        for (int64_t i = 0; i < element_count(&y); i++)
            CHECK(element_get(&y, i) == element_get(&a, broadcast_index(&y, &a, i)) -
                                            element_get(&b, broadcast_index(&y, &b, i)));
        CHECK_OK(nhwc_negate(NULL, &y, &y)); /* in place */
        for (int64_t i = 0; i < element_count(&y); i += 17)
            CHECK(element_get(&y, i) == -(element_get(&a, broadcast_index(&y, &a, i)) -
                                          element_get(&b, broadcast_index(&y, &b, i))));
        guarded_release();
    }
}

/* Tasks in reverse order, as an executor may run them. */
static void backwards(void *executor, int64_t count, nhwc_task *task, void *argument)
{
    *(int64_t *)executor += count;
    for (int64_t i = count; i-- > 0;)
        task(argument, i);
}

static void test_threads(void **state)
{
    (void)state;
    int64_t started = 0;
    const nhwc_context context = {.threads = 3, .parallel_for = backwards, .executor = &started};
    const int64_t dims[3] = {7, 300, 130}, row[1] = {130};
    const nhwc_tensor x = guarded_tensor(NHWC_FLOAT32, 3, dims, 1), b = guarded_tensor(NHWC_FLOAT32, 1, row, 0);
    nhwc_tensor y = guarded_tensor(NHWC_FLOAT32, 3, dims, 0), z = guarded_tensor(NHWC_FLOAT32, 3, dims, 3);
    uint64_t random = 9;
    fill_reals(&x, &random);
    fill_reals(&b, &random);
    CHECK_OK(nhwc_power(NULL, &x, &b, &y));
    CHECK_OK(nhwc_power(&context, &x, &b, &z));
    CHECK(started == 3);
    CHECK(same_elements(&y, &z));
    guarded_check();
    guarded_release();
}

/* ---- Other dtypes --------------------------------------------------------------------------- */

static void test_any_dtype(void **state)
{
    (void)state;
    static const nhwc_dtype dtypes[] = {NHWC_FLOAT32, NHWC_FLOAT64, NHWC_INT32, NHWC_INT64, NHWC_UINT8, NHWC_BOOL};
    const int64_t dims[1] = {77}, one[1] = {1};
    for (size_t d = 0; d < COUNT(dtypes); d++) {
        const bool is_bool = dtypes[d] == NHWC_BOOL;
        const nhwc_tensor a = guarded_tensor(dtypes[d], 1, dims, 0), b = guarded_tensor(dtypes[d], 1, dims, 0);
        const nhwc_tensor low = guarded_tensor(dtypes[d], 1, one, 0), high = guarded_tensor(dtypes[d], 1, one, 0);
        nhwc_tensor y = guarded_tensor(dtypes[d], 1, dims, 0), c = guarded_tensor(NHWC_BOOL, 1, dims, 0);
        for (int64_t i = 0; i < dims[0]; i++) {
            element_set(&a, i, (double)(is_bool ? i % 2 : i * 37 % 100));
            element_set(&b, i, (double)(is_bool ? i / 2 % 2 : i * 53 % 100));
        }
        element_set(&low, 0, is_bool ? 0 : 20);
        element_set(&high, 0, is_bool ? 1 : 60);
#define EACH(condition)                                               \
    for (int64_t i = 0; i < dims[0]; i++) {                           \
        const double p = element_get(&a, i), q = element_get(&b, i);  \
        (void)q;                                                      \
        CHECK(condition);                                             \
    }
        CHECK_OK(nhwc_less(NULL, &a, &b, &c));
        EACH(element_get(&c, i) == (p < q))
        CHECK_OK(nhwc_where(NULL, &c, &a, &b, &y));
        EACH(element_get(&y, i) == (p < q ? p : q))
        CHECK_OK(nhwc_maximum(NULL, &a, &b, &y));
        EACH(element_get(&y, i) == (p > q ? p : q))
        CHECK_OK(nhwc_clip(NULL, &a, &low, &high, &y));
        EACH(element_get(&y, i) == fmin(fmax(p, element_get(&low, 0)), element_get(&high, 0)))
        CHECK_OK(nhwc_clip(NULL, &a, NULL, &high, &y));
        EACH(element_get(&y, i) == fmin(p, element_get(&high, 0)))
        CHECK_OK(nhwc_clip(NULL, &a, &low, NULL, &y));
        EACH(element_get(&y, i) == fmax(p, element_get(&low, 0)))
        CHECK_OK(nhwc_clip(NULL, &a, NULL, NULL, &y));
        EACH(element_get(&y, i) == p)
        CHECK_OK(nhwc_clip_backprop(NULL, &b, &a, &low, NULL, &y));
        EACH(element_get(&y, i) == (p < element_get(&low, 0) ? 0 : q))
        if (dtypes[d] > NHWC_FLOAT64) {
            CHECK_FAILS(nhwc_add(NULL, &a, &b, &y), NHWC_ERROR_DTYPE, "add: b is", "float32 or float64");
            CHECK_FAILS(nhwc_exp(NULL, &a, &y), NHWC_ERROR_DTYPE, "exp: x is", "float32 or float64");
        }
        guarded_check();
        guarded_release();
    }
}

/* ---- Gradients of what is broadcast --------------------------------------------------------- */

static void test_broadcast_backprop(void **state)
{
    (void)state;
    const int64_t y_dims[3] = {4, 5, 6}, a_dims[3] = {4, 1, 6}, b_dims[2] = {5, 1};
    uint64_t random = 11;
    const nhwc_tensor dy = guarded_tensor(NHWC_FLOAT64, 3, y_dims, 0), a = guarded_tensor(NHWC_FLOAT64, 3, a_dims, 0);
    const nhwc_tensor b = guarded_tensor(NHWC_FLOAT64, 2, b_dims, 0);
    nhwc_tensor da = guarded_tensor(NHWC_FLOAT64, 3, a_dims, 0), db = guarded_tensor(NHWC_FLOAT64, 2, b_dims, 0);
    fill_integers(&dy, &random, 9);
    fill_integers(&a, &random, 9);
    fill_integers(&b, &random, 9);
    CHECK_OK(nhwc_multiply_backprop(NULL, &dy, &a, &b, &da, NULL));
    CHECK_OK(nhwc_multiply_backprop(NULL, &dy, &a, &b, NULL, &db));
    double of_a[24] = {0}, of_b[5] = {0};
    for (int64_t i = 0; i < 4; i++)
        for (int64_t j = 0; j < 5; j++)
            for (int64_t k = 0; k < 6; k++) {
                const double d = element_get(&dy, (i * 5 + j) * 6 + k);
                of_a[i * 6 + k] += d * element_get(&b, j);
                of_b[j] += d * element_get(&a, i * 6 + k);
            }
    for (int64_t i = 0; i < 24; i++)
        CHECK(element_get(&da, i) == of_a[i]);
    for (int64_t j = 0; j < 5; j++)
        CHECK(element_get(&db, j) == of_b[j]);
    failing_allocator allocator = {.fail_at = 1};
    const nhwc_context context = failing_context(&allocator);
    CHECK_FAILS(nhwc_multiply_backprop(&context, &dy, &a, &b, &da, &db), NHWC_ERROR_OUT_OF_MEMORY, "960");
    CHECK(element_get(&da, 0) == of_a[0] && element_get(&db, 0) == of_b[0]);
    CHECK_OK(nhwc_multiply_backprop(&context, &dy, &a, &b, &da, &db)); /* one piece of memory for both */
    CHECK(allocator.calls == 2 && allocator.live == 0);
    CHECK_FAILS(nhwc_multiply_backprop(NULL, &dy, &a, &b, &db, NULL), NHWC_ERROR_OUTPUT_SHAPE, "da is [5, 1]",
                "[4, 1, 6], as a");
    CHECK_FAILS(nhwc_multiply_backprop(NULL, &dy, &a, &a, &da, &da), NHWC_ERROR_OUTPUT_SHAPE, "dy is [4, 5, 6]",
                "[4, 1, 6]");
    CHECK_FAILS(nhwc_multiply_backprop(NULL, &a, &a, &a, &da, &da), NHWC_ERROR_ALIAS, "da shares memory with db");
    nhwc_tensor same = a;
    CHECK_FAILS(nhwc_multiply_backprop(NULL, &dy, &a, &b, &same, NULL), NHWC_ERROR_ALIAS, "da shares memory with a");
    guarded_check();
    guarded_release();
}

/* ---- Rejections ----------------------------------------------------------------------------- */

static void test_rejections(void **state)
{
    (void)state;
    float data[24] = {0}, other[24], out[24];
    for (int i = 0; i < 24; i++)
        out[i] = 7;
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3), b = NHWC_TENSOR(NHWC_FLOAT32, other, 4);
    const nhwc_tensor d = NHWC_TENSOR(NHWC_FLOAT64, other, 3);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, out, 2, 3), wrong = NHWC_TENSOR(NHWC_FLOAT32, out, 3, 2);
    const nhwc_context broken = {.isa = (nhwc_isa)99};
    CHECK_FAILS(nhwc_exp(&broken, &x, &y), NHWC_ERROR_ARGUMENT, "99");
    CHECK_FAILS(nhwc_exp(NULL, NULL, &y), NHWC_ERROR_ARGUMENT, "exp: x is NULL");
    CHECK_FAILS(nhwc_exp(NULL, &x, NULL), NHWC_ERROR_ARGUMENT, "exp: the output is NULL");
    CHECK_FAILS(nhwc_exp(NULL, &x, &wrong), NHWC_ERROR_OUTPUT_SHAPE, "the output is [3, 2]", "has to be [2, 3]");
    CHECK_FAILS(nhwc_add(NULL, &x, &b, &y), NHWC_ERROR_SHAPE, "b is [4]", "with [2, 3]", "4 is not 3");
    CHECK_FAILS(nhwc_add(NULL, &x, &d, &y), NHWC_ERROR_DTYPE, "add: a is float32", "float64");
    CHECK_FAILS(nhwc_equal(NULL, &x, &x, &y), NHWC_ERROR_DTYPE, "the output is float32", "bool");
    CHECK_FAILS(nhwc_where(NULL, &x, &x, &x, &y), NHWC_ERROR_DTYPE, "condition is float32", "bool");
    CHECK_FAILS(nhwc_relu_backprop(NULL, &x, &d, &y), NHWC_ERROR_DTYPE, "relu_backprop");
    wrong = y;
    wrong.strides[0] = 1;
    CHECK_FAILS(nhwc_exp(NULL, &x, &wrong), NHWC_ERROR_ALIAS, "the output is written");
    wrong = NHWC_TENSOR(NHWC_FLOAT32, data + 1, 2, 3);
    CHECK_FAILS(nhwc_exp(NULL, &x, &wrong), NHWC_ERROR_ALIAS, "shares memory with x");
    wrong = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3);
    wrong.strides[0] = 1;
    wrong.strides[1] = 2;
    CHECK_FAILS(nhwc_exp(NULL, &x, &wrong), NHWC_ERROR_ALIAS, "shares memory with x");
    for (int i = 0; i < 24; i++)
        CHECK(out[i] == 7 && data[i] == 0);
    CHECK_OK(nhwc_exp(NULL, &x, &(nhwc_tensor){NHWC_FLOAT32, 2, {2, 3}, {3, 1}, data}));
    CHECK(data[0] == 1 && data[5] == 1 && data[6] == 0);
}

static void test_empty(void **state)
{
    (void)state;
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, NULL, 2, 0, 3), one = NHWC_TENSOR(NHWC_FLOAT32, &(float){1}, 1);
    nhwc_tensor y = x, d = one;
    float sum = 7;
    d.data = &sum;
    CHECK_OK(nhwc_exp(NULL, &x, &y));
    CHECK_OK(nhwc_add(NULL, &x, &one, &y));
    CHECK_OK(nhwc_multiply_backprop(NULL, &x, &x, &one, NULL, &d)); /* the sum of nothing */
    CHECK(sum == 0);
}

/* No elements, and what is broadcast to none. */
static void test_empty_choices(void **state)
{
    (void)state;
    const unsigned char truth = 1;
    for (nhwc_dtype dtype = NHWC_FLOAT32; dtype <= NHWC_BOOL; dtype++) {
        double bytes = 0;
        const nhwc_tensor one = NHWC_TENSOR(dtype, &bytes, 1), number = {.dtype = dtype, .data = &bytes};
        const nhwc_tensor x = NHWC_TENSOR(dtype, NULL, 2, 0, 3), none = NHWC_TENSOR(dtype, NULL, 0, 1);
        const nhwc_tensor c = NHWC_TENSOR(NHWC_BOOL, NULL, 0, 3), yes = NHWC_TENSOR(NHWC_BOOL, &truth, 1, 1);
        nhwc_tensor y = x, three = NHWC_TENSOR(dtype, NULL, 3);
        CHECK_OK(nhwc_clip(NULL, &x, &one, &number, &y));
        CHECK_OK(nhwc_clip(NULL, &x, NULL, NULL, &y));
        CHECK_OK(nhwc_clip(NULL, &x, &none, NULL, &y));
        CHECK_OK(nhwc_clip(NULL, &x, NULL, &none, &y));
        CHECK_OK(nhwc_clip_backprop(NULL, &x, &x, &one, &none, &y));
        CHECK_OK(nhwc_clip_backprop(NULL, &x, &number, NULL, NULL, &y));
        CHECK_OK(nhwc_where(NULL, &c, &x, &one, &y));
        CHECK_OK(nhwc_where(NULL, &c, &number, &x, &y));
        CHECK_OK(nhwc_where(NULL, &yes, &none, &x, &y));
        CHECK_FAILS(nhwc_clip(NULL, &x, &x, &three, &y), NHWC_ERROR_ARGUMENT, "clip: high");
        three.dims[0] = 2;
        three.data = &bytes;
        CHECK_FAILS(nhwc_clip(NULL, &x, &three, NULL, &y), NHWC_ERROR_SHAPE, "clip: low is [2]");
        CHECK_FAILS(nhwc_where(NULL, &c, &x, &three, &y), NHWC_ERROR_SHAPE, "where: b is [2]");
    }
}

/* The output in the place of each input, and what is refused: nothing is written then. */
static void test_choice_tensors(void **state)
{
    (void)state;
    float x_data[7] = {0}, low_data[7] = {0}, high_data[7] = {0}, out[7] = {0};
    double wide_data[6] = {0};
    unsigned char truth[7] = {0};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, 6), low = NHWC_TENSOR(NHWC_FLOAT32, low_data, 6);
    const nhwc_tensor high = NHWC_TENSOR(NHWC_FLOAT32, high_data, 6), c = NHWC_TENSOR(NHWC_BOOL, truth, 6);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, out, 6);
    const nhwc_tensor *const inputs[] = {&x, &low, &high};
    for (int place = 0; place < 3; place++)
        for (int operation = 0; operation < 3; operation++) {
            for (int i = 0; i < 7; i++) {
                x_data[i] = (float)(i * 5 % 7);
                low_data[i] = (float)(i % 4);
                high_data[i] = (float)(i % 3 + 3);
                truth[i] = i % 2 == 0;
            }
            nhwc_tensor same = *inputs[place], shifted = same;
            shifted.data = (float *)same.data + 1;
#define APPLY(context, c, x, low, high, y)                                         \
    (operation == 0   ? nhwc_clip(context, x, low, high, y)                        \
     : operation == 1 ? nhwc_clip_backprop(context, low, x, high, NULL, y)         \
                      : nhwc_where(context, c, place == 2 ? high : x, low, y))
            CHECK_OK(APPLY(NULL, &c, &x, &low, &high, &y));
            CHECK_FAILS(APPLY(NULL, &c, &x, &low, &high, &shifted), NHWC_ERROR_ALIAS, "shares memory with");
            for (int i = 0; i < 7; i++)
                CHECK(x_data[i] == (float)(i * 5 % 7) && low_data[i] == (float)(i % 4) &&
                      high_data[i] == (float)(i % 3 + 3));
            CHECK_OK(APPLY(NULL, &c, &x, &low, &high, &same));
            CHECK(same_elements(&same, &y));
        }
    for (int i = 0; i < 7; i++)
        out[i] = 7;
    const nhwc_tensor wide = NHWC_TENSOR(NHWC_FLOAT64, wide_data, 6), few = NHWC_TENSOR(NHWC_FLOAT32, x_data, 4);
    const nhwc_tensor bytes = NHWC_TENSOR(NHWC_UINT8, truth, 6);
    const nhwc_context broken = {.threads = 3};
    nhwc_tensor wrong = NHWC_TENSOR(NHWC_FLOAT32, out, 3), repeated = y;
    repeated.strides[0] = 0;
    CHECK_FAILS(nhwc_clip(&broken, &x, &low, &high, &y), NHWC_ERROR_ARGUMENT, "threads");
    CHECK_FAILS(nhwc_clip(NULL, NULL, &low, &high, &y), NHWC_ERROR_ARGUMENT, "clip: x is NULL");
    CHECK_FAILS(nhwc_clip(NULL, NULL, NULL, NULL, &y), NHWC_ERROR_ARGUMENT, "clip: x is NULL");
    CHECK_FAILS(nhwc_clip(NULL, &x, &low, &high, NULL), NHWC_ERROR_ARGUMENT, "the output is NULL");
    CHECK_FAILS(nhwc_clip(NULL, &x, &few, NULL, &y), NHWC_ERROR_SHAPE, "low is [4]", "[6]");
    CHECK_FAILS(nhwc_clip(NULL, &x, NULL, &few, &y), NHWC_ERROR_SHAPE, "high is [4]", "[6]");
    CHECK_FAILS(nhwc_clip(NULL, &x, &wide, NULL, &y), NHWC_ERROR_DTYPE, "float64", "float32");
    CHECK_FAILS(nhwc_clip(NULL, &x, &low, &high, &wrong), NHWC_ERROR_OUTPUT_SHAPE, "the output is [3]", "[6]");
    CHECK_FAILS(nhwc_clip(NULL, &x, &low, &high, &repeated), NHWC_ERROR_ALIAS, "the output is written");
    CHECK_FAILS(nhwc_clip_backprop(NULL, NULL, &x, &low, NULL, &y), NHWC_ERROR_ARGUMENT, "clip_backprop: dy is NULL");
    CHECK_FAILS(nhwc_clip_backprop(NULL, &x, NULL, NULL, NULL, &y), NHWC_ERROR_ARGUMENT, "x is NULL");
    CHECK_FAILS(nhwc_clip_backprop(NULL, &few, &x, &low, NULL, &y), NHWC_ERROR_SHAPE, "[4]", "[6]");
    CHECK_FAILS(nhwc_clip_backprop(NULL, &x, &x, &wide, NULL, &y), NHWC_ERROR_DTYPE, "float64");
    CHECK_FAILS(nhwc_clip_backprop(NULL, &x, &x, &low, NULL, &wrong), NHWC_ERROR_OUTPUT_SHAPE, "the output is [3]");
    CHECK_FAILS(nhwc_where(NULL, NULL, &x, &low, &y), NHWC_ERROR_ARGUMENT, "where: condition is NULL");
    CHECK_FAILS(nhwc_where(NULL, &c, NULL, &low, &y), NHWC_ERROR_ARGUMENT, "a is NULL");
    CHECK_FAILS(nhwc_where(NULL, &c, &x, NULL, &y), NHWC_ERROR_ARGUMENT, "b is NULL");
    CHECK_FAILS(nhwc_where(NULL, &bytes, &x, &low, &y), NHWC_ERROR_DTYPE, "condition is uint8", "bool");
    CHECK_FAILS(nhwc_where(NULL, &c, &x, &few, &y), NHWC_ERROR_SHAPE, "b is [4]", "[6]");
    CHECK_FAILS(nhwc_where(NULL, &c, &x, &wide, &y), NHWC_ERROR_DTYPE, "float64");
    CHECK_FAILS(nhwc_where(NULL, &c, &x, &low, &wrong), NHWC_ERROR_OUTPUT_SHAPE, "the output is [3]");
    CHECK_FAILS(nhwc_where(NULL, &c, &x, &low, &repeated), NHWC_ERROR_ALIAS, "the output is written");
    for (int i = 0; i < 7; i++)
        CHECK(out[i] == 7);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_golden_unary),
        cmocka_unit_test(test_golden_binary),
        cmocka_unit_test(test_golden_derivatives),
        cmocka_unit_test(test_golden_choices),
        cmocka_unit_test(test_golden_shapes),
        cmocka_unit_test(test_golden_broadcast_choices),
        cmocka_unit_test(test_clip_differences),
        cmocka_unit_test(test_empty_choices),
        cmocka_unit_test(test_choice_tensors),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_binary_differences),
        cmocka_unit_test(test_sampled_errors),
        cmocka_unit_test(test_isas),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_any_dtype),
        cmocka_unit_test(test_broadcast_backprop),
        cmocka_unit_test(test_rejections),
        cmocka_unit_test(test_empty),
    };
    int threads = argc > 2 ? atoi(argv[2]) : 1;
    const struct CMUnitTest full[] = {cmocka_unit_test_prestate(test_all_errors, &threads)};
    if (argc > 1 && strcmp(argv[1], "--full") == 0)
        return cmocka_run_group_tests(full, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
