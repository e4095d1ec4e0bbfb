/* The operations: what they compute (the adjoint identity, finite differences, epilogues, views, special
 * values) and what they refuse. Exact numbers from other frameworks are in test_golden.c. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "support/check.h"
#include "support/conv_case.h"
#include "support/fill.h"

static const nhwc_dtype dtypes[] = {NHWC_FLOAT32, NHWC_FLOAT64};

/* ---- The adjoint identity ---------------------------------------------------------------------- */

/* <coarse, gather(fine, filter)> = <fine, scatter(filter, coarse)> = <filter, correlate(fine, coarse)>,
 * exactly on integers, by the functions of conv2d and of its transpose; and nothing else is written. */
static void check_adjoint(const conv_case *c, nhwc_dtype dtype, int64_t gap, uint64_t *random)
{
    nhwc_tensor fine = guarded_tensor(dtype, 4, c->fine, gap), filter = guarded_tensor(dtype, 4, c->filter, 0),
                coarse = guarded_tensor(dtype, 4, c->coarse, gap),
                dfine = guarded_tensor(dtype, 4, c->fine, gap),
                dfilter = guarded_tensor(dtype, 4, c->filter, 0),
                dcoarse = guarded_tensor(dtype, 4, c->coarse, gap);
    fill_integers(&fine, random, 3);
    fill_integers(&filter, random, 3);
    fill_integers(&coarse, random, 3);
    for (int transposed = 0; transposed < 2; transposed++) {
        fill_value(&dfine, NAN); /* outputs are overwritten */
        fill_value(&dfilter, NAN);
        fill_value(&dcoarse, NAN);
        CHECK_OK(conv_case_gather(c, transposed, NULL, &fine, &filter, &dcoarse));
        CHECK_OK(conv_case_scatter(c, transposed, NULL, &dfine, &filter, &coarse));
        CHECK_OK(conv_case_correlate(c, transposed, NULL, &fine, &dfilter, &coarse));
        const double by_coarse = inner_product(&coarse, &dcoarse), by_fine = inner_product(&fine, &dfine),
                     by_filter = inner_product(&filter, &dfilter);
        if (by_coarse != by_fine || by_coarse != by_filter) {
            conv_case_print(c);
            print_error("<coarse, gather> = %g, <fine, scatter> = %g, <filter, correlate> = %g\n", by_coarse,
                        by_fine, by_filter);
            fail();
        }
    }
    guarded_check();
    guarded_release();
}

static void check_adjoint_everywhere(const conv_case *c, int64_t number, uint64_t *random)
{
    const nhwc_dtype dtype = dtypes[number % 2];
    const int64_t gap = number % 3;
    check_adjoint(c, dtype, gap, random);
    conv_case depthwise;
    if (conv_case_as_depthwise(c, &depthwise))
        check_adjoint(&depthwise, dtype, gap, random);
}

static void test_adjoint_random(void **state)
{
    (void)state;
    uint64_t random = 20261120;
    print_message("seed %" PRIu64 "\n", random);
    for (int64_t i = 0; i < 4000; i++) {
        const conv_case c = conv_case_random(&random, 11);
        check_adjoint_everywhere(&c, i, &random);
    }
}

/* Every small axis against a seeded other one, in turn as height and as width. */
static void test_adjoint_small(void **state)
{
    (void)state;
    uint64_t random = 7;
    int64_t number = 0;
    print_message("seed %" PRIu64 "\n", random);
    for (int64_t fine = 0; fine <= 7; fine++)
        for (int64_t kernel = 1; kernel <= 4; kernel++)
            for (int64_t stride = 1; stride <= 3; stride++)
                for (int64_t dilation = 1; dilation <= 2; dilation++)
                    for (int64_t pads = 0; pads < 11; pads++) {
                        const nhwc_padding padding = pads < 9 ? NHWC_PADDING_EXPLICIT : (nhwc_padding)(pads - 9);
                        const conv_axis axis = {fine, kernel, stride, dilation, pads / 3, pads % 3};
                        const conv_axis other = conv_axis_random(&random, 6);
                        const int64_t groups = random_between(&random, 1, 3);
                        conv_case c;
                        number++;
                        if (conv_case_make(&c, padding, number % 2 ? &axis : &other,
                                           number % 2 ? &other : &axis, random_between(&random, 1, 2), groups,
                                           random_between(&random, 1, 3), random_between(&random, 1, 3)))
                            check_adjoint_everywhere(&c, number, &random);
                    }
    print_message("%" PRId64 " axes\n", number);
}

/* ---- Gradients against finite differences ------------------------------------------------------- */

/* The loss <weights, operation(tensors)> changes by the gradient along any direction; a central difference
 * of a bilinear map has no truncation error, so that only rounding is left. */
static void test_finite_differences(void **state)
{
    (void)state;
    uint64_t random = 99;
    for (int i = 0; i < 40; i++) {
        const conv_case c = conv_case_random(&random, 7);
        nhwc_tensor x = guarded_tensor(NHWC_FLOAT64, 4, c.fine, 0), w = guarded_tensor(NHWC_FLOAT64, 4, c.filter, 0),
                    y = guarded_tensor(NHWC_FLOAT64, 4, c.coarse, 0),
                    dy = guarded_tensor(NHWC_FLOAT64, 4, c.coarse, 0),
                    dx = guarded_tensor(NHWC_FLOAT64, 4, c.fine, 0),
                    dw = guarded_tensor(NHWC_FLOAT64, 4, c.filter, 0);
        fill_reals(&x, &random);
        fill_reals(&w, &random);
        fill_reals(&dy, &random);
        CHECK_OK(nhwc_conv2d_backprop_input(NULL, &dy, &w, &c.options, false, &dx));
        CHECK_OK(nhwc_conv2d_backprop_filter(NULL, &x, &dy, &c.options, false, &dw));
        nhwc_tensor *const inputs[] = {&x, &w}, *const gradients[] = {&dx, &dw};
        for (int which = 0; which < 2; which++)
            for (int64_t e = 0; e < element_count(inputs[which]); e++) {
                const double value = element_get(inputs[which], e), step = 0.125;
                double loss[2];
                for (int side = 0; side < 2; side++) {
                    element_set(inputs[which], e, value + (side ? step : -step));
                    CHECK_OK(nhwc_conv2d(NULL, &x, &w, NULL, &c.options, &y));
                    loss[side] = inner_product(&dy, &y);
                }
                element_set(inputs[which], e, value);
                const double difference = (loss[1] - loss[0]) / (2 * step);
                CHECK(fabs(difference - element_get(gradients[which], e)) < 1e-11 * (double)(1 + element_count(&y)));
            }
        guarded_release();
    }
}

/* ---- Bias, activation, accumulation ------------------------------------------------------------- */

/* The two directions with a bias and each activation, against their own plain result. */
static void test_epilogue(void **state)
{
    (void)state;
    uint64_t random = 5;
    for (int i = 0; i < 200; i++) {
        conv_case c = conv_case_random(&random, 7);
        const nhwc_dtype dtype = dtypes[i % 2];
        const bool transposed = i % 4 < 2;
        const int64_t *in = transposed ? c.coarse : c.fine, *out = transposed ? c.fine : c.coarse;
        nhwc_tensor x = guarded_tensor(dtype, 4, in, 0), w = guarded_tensor(dtype, 4, c.filter, 0),
                    bias = guarded_tensor(dtype, 1, &out[3], 0), y = guarded_tensor(dtype, 4, out, i % 3),
                    plain = guarded_tensor(dtype, 4, out, 0);
        fill_integers(&x, &random, 2);
        fill_integers(&w, &random, 2);
        fill_integers(&bias, &random, 5);
        nhwc_status (*const operation)(const nhwc_context *, const nhwc_tensor *, const nhwc_tensor *,
                                       const nhwc_tensor *, const nhwc_conv2d_options *, nhwc_tensor *) =
            transposed ? nhwc_conv2d_transpose : nhwc_conv2d;
        CHECK_OK(operation(NULL, &x, &w, NULL, &c.options, &plain));
        for (int activation = 0; activation <= NHWC_ACTIVATION_RELU6; activation++)
            for (int with_bias = 0; with_bias < 2; with_bias++) {
                c.options.activation = (nhwc_activation)activation;
                CHECK_OK(operation(NULL, &x, &w, with_bias ? &bias : NULL, &c.options, &y));
                for (int64_t e = 0; e < element_count(&y); e++) {
                    double v = element_get(&plain, e) + (with_bias ? element_get(&bias, e % out[3]) : 0);
                    v = activation != NHWC_ACTIVATION_NONE && v < 0 ? 0 : v;
                    v = activation == NHWC_ACTIVATION_RELU6 && v > 6 ? 6 : v;
                    CHECK(element_get(&y, e) == v);
                }
            }
        guarded_check();
        guarded_release();
    }
}

static void test_accumulate(void **state)
{
    (void)state;
    uint64_t random = 6;
    for (int i = 0; i < 100; i++) {
        const conv_case c = conv_case_random(&random, 7);
        const nhwc_dtype dtype = dtypes[i % 2];
        nhwc_tensor fine = guarded_tensor(dtype, 4, c.fine, i % 3), filter = guarded_tensor(dtype, 4, c.filter, 0),
                    coarse = guarded_tensor(dtype, 4, c.coarse, i % 3),
                    bias = guarded_tensor(dtype, 1, &c.coarse[3], 0), once = guarded_tensor(dtype, 4, c.fine, 0),
                    filter_once = guarded_tensor(dtype, 4, c.filter, 0);
        fill_integers(&filter, &random, 2);
        fill_integers(&coarse, &random, 2);
        CHECK_OK(nhwc_conv2d_backprop_input(NULL, &coarse, &filter, &c.options, false, &once));
        fill_value(&fine, 10);
        CHECK_OK(nhwc_conv2d_backprop_input(NULL, &coarse, &filter, &c.options, true, &fine));
        for (int64_t e = 0; e < element_count(&fine); e++)
            CHECK(element_get(&fine, e) == 10 + element_get(&once, e));

        CHECK_OK(nhwc_conv2d_backprop_filter(NULL, &once, &coarse, &c.options, false, &filter_once));
        fill_value(&filter, -3);
        CHECK_OK(nhwc_conv2d_backprop_filter(NULL, &once, &coarse, &c.options, true, &filter));
        for (int64_t e = 0; e < element_count(&filter); e++)
            CHECK(element_get(&filter, e) == element_get(&filter_once, e) - 3);

        nhwc_status (*const bias_gradients[])(const nhwc_context *, const nhwc_tensor *, bool, nhwc_tensor *) = {
            nhwc_conv2d_backprop_bias, nhwc_conv2d_transpose_backprop_bias, nhwc_depthwise_conv2d_backprop_bias,
            nhwc_depthwise_conv2d_transpose_backprop_bias};
        fill_value(&bias, NAN);
        for (int k = 0; k < 4; k++)
            CHECK_OK(bias_gradients[k](NULL, &coarse, k > 0, &bias));
        for (int64_t o = 0; o < c.coarse[3]; o++) {
            double sum = 0;
            for (int64_t e = o; e < element_count(&coarse); e += c.coarse[3])
                sum += element_get(&coarse, e);
            CHECK(element_get(&bias, o) == 4 * sum);
        }
        guarded_check();
        guarded_release();
    }
}

/* ---- Special values ------------------------------------------------------------------------------ */

/* A NaN or infinity reaches exactly the outputs whose window holds it, and relu keeps NaN. */
static void test_special_values(void **state)
{
    (void)state;
    uint64_t random = 8;
    const double specials[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 300; i++) {
        conv_case c = conv_case_random(&random, 8);
        const nhwc_dtype dtype = dtypes[i % 2];
        nhwc_tensor x = guarded_tensor(dtype, 4, c.fine, 0), w = guarded_tensor(dtype, 4, c.filter, 0),
                    y = guarded_tensor(dtype, 4, c.coarse, 0), touched = guarded_tensor(dtype, 4, c.coarse, 0),
                    dx = guarded_tensor(dtype, 4, c.fine, 0), dtouched = guarded_tensor(dtype, 4, c.fine, 0);
        if (element_count(&x) == 0 || element_count(&y) == 0) {
            guarded_release();
            continue;
        }
        fill_value(&w, 1);
        const int64_t at = random_between(&random, 0, element_count(&x) - 1);
        element_set(&x, at, 1);
        CHECK_OK(nhwc_conv2d(NULL, &x, &w, NULL, &c.options, &touched));
        fill_integers(&x, &random, 3);
        element_set(&x, at, specials[i % 3]);
        c.options.activation = i % 3 == 0 ? NHWC_ACTIVATION_RELU : NHWC_ACTIVATION_NONE;
        CHECK_OK(nhwc_conv2d(NULL, &x, &w, NULL, &c.options, &y));
        for (int64_t e = 0; e < element_count(&y); e++)
            CHECK((isfinite(element_get(&y, e)) != 0) == (element_get(&touched, e) == 0));

        c.options.activation = NHWC_ACTIVATION_NONE;
        const int64_t from = random_between(&random, 0, element_count(&y) - 1);
        fill_value(&y, 0);
        element_set(&y, from, 1);
        CHECK_OK(nhwc_conv2d_transpose(NULL, &y, &w, NULL, &c.options, &dtouched));
        element_set(&y, from, specials[i % 3]);
        CHECK_OK(nhwc_conv2d_transpose(NULL, &y, &w, NULL, &c.options, &dx));
        for (int64_t e = 0; e < element_count(&dx); e++)
            CHECK((isfinite(element_get(&dx, e)) != 0) == (element_get(&dtouched, e) == 0));
        guarded_release();
    }
}

/* ---- Empty tensors -------------------------------------------------------------------------------- */

static void test_empty(void **state)
{
    (void)state;
    const nhwc_conv2d_options same = {.padding = NHWC_PADDING_SAME};
    const nhwc_conv2d_options padded = {.padding = NHWC_PADDING_EXPLICIT, .explicit_paddings = {{1, 2}, {0, 0}}};
    float ones[64], y_data[64], seven = 7;
    for (int i = 0; i < 64; i++)
        ones[i] = 1;

    /* Batch 0: nothing is read or written. */
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0, 4, 4, 1), w = NHWC_TENSOR(NHWC_FLOAT32, ones, 3, 3, 1, 1),
                y = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0, 4, 4, 1), bias = NHWC_TENSOR(NHWC_FLOAT32, &seven, 1);
    CHECK_OK(nhwc_conv2d(NULL, &x, &w, NULL, &same, &y));
    CHECK_OK(nhwc_conv2d_transpose(NULL, &x, &w, NULL, &same, &y));

    /* ... and the gradients of filter and bias are sums over nothing. */
    nhwc_tensor dw = NHWC_TENSOR(NHWC_FLOAT32, y_data, 3, 3, 1, 1), db = NHWC_TENSOR(NHWC_FLOAT32, y_data, 1);
    y_data[0] = y_data[8] = 5;
    CHECK_OK(nhwc_conv2d_backprop_filter(NULL, &x, &y, &same, false, &dw));
    CHECK(y_data[0] == 0 && y_data[8] == 0);
    y_data[0] = 5;
    CHECK_OK(nhwc_conv2d_backprop_bias(NULL, &y, true, &db));
    CHECK(y_data[0] == 5);
    CHECK_OK(nhwc_conv2d_backprop_bias(NULL, &y, false, &db));
    CHECK(y_data[0] == 0);

    /* Height 0 with padding: windows that see only padding (testConv2dOnlyPaddingReturnsZeros). */
    x = NHWC_TENSOR(NHWC_FLOAT32, NULL, 1, 0, 4, 1);
    y = NHWC_TENSOR(NHWC_FLOAT32, y_data, 1, 1, 2, 1);
    y_data[0] = y_data[1] = 5;
    CHECK_OK(nhwc_conv2d(NULL, &x, &w, &bias, &padded, &y));
    CHECK(y_data[0] == 7 && y_data[1] == 7);

    /* A window a little larger than the image: an empty result. */
    x = NHWC_TENSOR(NHWC_FLOAT32, ones, 1, 4, 4, 1);
    w = NHWC_TENSOR(NHWC_FLOAT32, ones, 5, 5, 1, 1);
    y = NHWC_TENSOR(NHWC_FLOAT32, NULL, 1, 0, 0, 1);
    CHECK_OK(nhwc_conv2d(NULL, &x, &w, NULL, NULL, &y));

    /* No output channels; and, in the transpose, a sum over no input channels. */
    w = NHWC_TENSOR(NHWC_FLOAT32, NULL, 1, 1, 1, 0);
    y = NHWC_TENSOR(NHWC_FLOAT32, NULL, 1, 4, 4, 0);
    CHECK_OK(nhwc_conv2d(NULL, &x, &w, NULL, NULL, &y));
    x = NHWC_TENSOR(NHWC_FLOAT32, y_data, 1, 4, 4, 1);
    y_data[15] = 5;
    CHECK_OK(nhwc_conv2d_transpose(NULL, &y, &w, &bias, NULL, &x));
    CHECK(y_data[0] == 7 && y_data[15] == 7);
}

/* 4x4 to 14x14 with kernel and stride 3, VALID: a legal output, longer than the last window reaches. What is left over
 * is zero, or the bias. */
static void test_rows_beyond_the_last_window(void **state)
{
    (void)state;
    const nhwc_conv2d_options three = {.strides = {3, 3}};
    nhwc_tensor x = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){1, 4, 4, 2}, 0),
                w = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){3, 3, 1, 2}, 0),
                y = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){1, 14, 14, 1}, 0),
                bias = guarded_tensor(NHWC_FLOAT32, 1, (int64_t[]){1}, 0);
    fill_value(&x, 1);
    fill_value(&w, 1);
    for (double b = 0; b < 10; b += 5) {
        element_set(&bias, 0, b);
        CHECK_OK(nhwc_conv2d_transpose(NULL, &x, &w, &bias, &three, &y));
        for (int64_t i = 0; i < 14 * 14; i++)
            CHECK(element_get(&y, i) == (i / 14 < 12 && i % 14 < 12 ? 2 + b : b));
    }
    guarded_check();
    guarded_release();
}

/* ---- Views ------------------------------------------------------------------------------------------ */

/* The two halves of a concatenation: read one, write the other, in the same buffer. */
static void test_concat_slots(void **state)
{
    (void)state;
    uint64_t random = 3;
    nhwc_tensor whole = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){2, 5, 6, 7}, 0),
                w = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){3, 3, 3, 4}, 0),
                expected = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){2, 5, 6, 4}, 0);
    const nhwc_conv2d_options same = {.padding = NHWC_PADDING_SAME};
    fill_integers(&whole, &random, 3);
    fill_integers(&w, &random, 3);
    nhwc_tensor x = whole, y = whole;
    x.dims[3] = 3;
    y.dims[3] = 4;
    y.data = (float *)whole.data + 3;
    CHECK_OK(nhwc_conv2d(NULL, &x, &w, NULL, &same, &expected));
    nhwc_tensor before = guarded_tensor(NHWC_FLOAT32, 4, x.dims, 0);
    for (int64_t e = 0; e < element_count(&x); e++)
        element_set(&before, e, element_get(&x, e));
    CHECK_OK(nhwc_conv2d(NULL, &x, &w, NULL, &same, &y));
    CHECK(same_elements(&y, &expected) && same_elements(&x, &before));

    y.data = (float *)whole.data + 2; /* one channel of x */
    CHECK_FAILS(nhwc_conv2d(NULL, &x, &w, NULL, &same, &y), NHWC_ERROR_ALIAS, "conv2d", "y shares memory with x");
    CHECK(same_elements(&x, &before));
    guarded_check();
    guarded_release();
}

/* An input may repeat a row, a pixel or an image with stride 0. */
static void test_broadcast_input(void **state)
{
    (void)state;
    uint64_t random = 4;
    nhwc_tensor x = guarded_tensor(NHWC_FLOAT64, 4, (int64_t[]){1, 1, 1, 3}, 0),
                w = guarded_tensor(NHWC_FLOAT64, 4, (int64_t[]){2, 2, 3, 2}, 0),
                y = guarded_tensor(NHWC_FLOAT64, 4, (int64_t[]){2, 3, 4, 2}, 0);
    fill_integers(&x, &random, 3);
    fill_integers(&w, &random, 3);
    const int64_t dims[] = {2, 4, 5, 3}, strides[] = {0, 0, 0, 1};
    memcpy(x.dims, dims, sizeof dims);
    memcpy(x.strides, strides, sizeof strides);
    CHECK_OK(nhwc_conv2d(NULL, &x, &w, NULL, NULL, &y));
    double sum = 0;
    for (int64_t e = 0; e < element_count(&w); e += 2)
        sum += element_get(&w, e) * element_get(&x, e / 2 % 3);
    for (int64_t e = 0; e < element_count(&y); e += 2)
        CHECK(element_get(&y, e) == sum);
    guarded_release();
}

/* ---- Refusals ----------------------------------------------------------------------------------------- */

typedef struct arguments {
    nhwc_tensor x, w, bias, y;
    nhwc_conv2d_options options;
} arguments;

static arguments good(void)
{
    arguments a = {.x = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){2, 5, 6, 4}, 0),
                   .w = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){3, 3, 4, 6}, 0),
                   .bias = guarded_tensor(NHWC_FLOAT32, 1, (int64_t[]){6}, 0),
                   .y = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){2, 3, 4, 6}, 0)};
    fill_value(&a.y, 123);
    return a;
}

/* After a refusal the output is what it was. */
static void unharmed(const arguments *a)
{
    const nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, a->y.data, 2, 3, 4, 6);
    for (int64_t e = 0; e < element_count(&y); e++)
        CHECK(element_get(&y, e) == 123);
    guarded_check();
    guarded_release();
}

#define REFUSED(change, status, ...)                                                               \
    do {                                                                                           \
        arguments a = good();                                                                      \
        const arguments whole = a;                                                                 \
        change;                                                                                    \
        CHECK_FAILS(nhwc_conv2d(NULL, &a.x, &a.w, &a.bias, &a.options, &a.y), status, __VA_ARGS__); \
        unharmed(&whole);                                                                          \
    } while (0)

static void test_refused_tensors(void **state)
{
    (void)state;
    REFUSED(a.x.rank = 3, NHWC_ERROR_RANK, "conv2d: x has rank 3", "4 axes");
    REFUSED(a.x.rank = 9, NHWC_ERROR_RANK, "x has rank 9");
    REFUSED(a.x.rank = -1, NHWC_ERROR_RANK, "x has rank -1");
    REFUSED(a.w.rank = 5, NHWC_ERROR_RANK, "filter has rank 5");
    REFUSED(a.y.rank = 2, NHWC_ERROR_RANK, "y has rank 2");
    REFUSED(a.bias.rank = 2; a.bias.dims[1] = 1, NHWC_ERROR_RANK, "bias has rank 2", "1 axes");
    REFUSED(a.x.dtype = NHWC_INT32, NHWC_ERROR_DTYPE, "x has dtype 2", "NHWC_FLOAT32 and NHWC_FLOAT64");
    REFUSED(a.x.dtype = (nhwc_dtype)77, NHWC_ERROR_DTYPE, "77");
    REFUSED(a.w = guarded_tensor(NHWC_FLOAT64, 4, a.w.dims, 0), NHWC_ERROR_DTYPE, "filter is NHWC_FLOAT64");
    REFUSED(a.y = guarded_tensor(NHWC_FLOAT64, 4, a.y.dims, 0), NHWC_ERROR_DTYPE, "y is NHWC_FLOAT64");
    REFUSED(a.bias = guarded_tensor(NHWC_FLOAT64, 1, a.bias.dims, 0), NHWC_ERROR_DTYPE, "bias is NHWC_FLOAT64");
    REFUSED(a.x.data = NULL, NHWC_ERROR_ARGUMENT, "x->data is NULL");
    REFUSED(a.y.data = NULL, NHWC_ERROR_ARGUMENT, "y->data is NULL");
    REFUSED(a.x.data = (char *)a.x.data + 2, NHWC_ERROR_LAYOUT, "x->data is not aligned", "4 bytes");
    REFUSED(a.x.strides[3] = 2, NHWC_ERROR_LAYOUT, "channels of x", "strides[3] is 2");
    REFUSED(a.y.strides[3] = 2, NHWC_ERROR_LAYOUT, "channels of y");
    REFUSED(a.x.strides[1] = -24, NHWC_ERROR_LAYOUT, "x->strides[1] is -24", "negative");
    REFUSED(a.w.strides[2] = 7, NHWC_ERROR_LAYOUT, "filter has to be dense", "strides[2] is 7, not 6");
    REFUSED(a.bias.strides[0] = 0, NHWC_ERROR_LAYOUT, "bias has to be dense");
    REFUSED(a.y.strides[2] = 5, NHWC_ERROR_ALIAS, "y is written", "strides[2] is 5", "at least 6");
    REFUSED(a.y.strides[0] = 0, NHWC_ERROR_ALIAS, "y is written", "strides[0] is 0");
    REFUSED(a.x.dims[0] = INT64_MAX, NHWC_ERROR_TOO_LARGE, "x has more elements");
    REFUSED(a.x.dims[2] = -6, NHWC_ERROR_SHAPE, "x->dims[2] is -6");
    REFUSED(a.x.strides[0] = INT64_MAX / 8, NHWC_ERROR_TOO_LARGE, "x->strides[0]");
    REFUSED(a.y = a.x; a.y.dims[1] = 3; a.y.dims[2] = 4; a.y.dims[3] = 6; a.y.strides[2] = 6,
            NHWC_ERROR_ALIAS, "y shares memory with x");
    REFUSED(a.bias.data = a.y.data, NHWC_ERROR_ALIAS, "y shares memory with bias");
    REFUSED(a.w.data = a.y.data, NHWC_ERROR_ALIAS, "y shares memory with filter");
}

static void test_refused_shapes(void **state)
{
    (void)state;
    REFUSED(a.y.dims[1] = 2, NHWC_ERROR_OUTPUT_SHAPE, "y is [2, 2, 4, 6]", "[2, 3, 4, 6]");
    REFUSED(a.y.dims[0] = 1, NHWC_ERROR_OUTPUT_SHAPE, "y is [1, 3, 4, 6]");
    REFUSED(a.y.dims[3] = 5, NHWC_ERROR_CHANNELS, "y is [2, 3, 4, 5]");
    REFUSED(a.x.dims[3] = 3, NHWC_ERROR_CHANNELS, "x has 3 channels");
    REFUSED(a.bias.dims[0] = 5, NHWC_ERROR_CHANNELS, "bias has length 5", "y 6 channels");
    REFUSED(a.w.dims[0] = 0, NHWC_ERROR_KERNEL, "filter is 0 high");
    REFUSED(a.w.dims[2] = 0, NHWC_ERROR_CHANNELS, "filter");
    REFUSED(a.x.dims[1] = 1, NHWC_ERROR_KERNEL, "height of x, 1", "at least 3");
    REFUSED(a.options.strides[0] = 1, NHWC_ERROR_STRIDE, "{1, 0}");
    REFUSED(a.options.dilations[1] = -1, NHWC_ERROR_DILATION, "{0, -1}");
    REFUSED(a.options.explicit_paddings[0][0] = 1, NHWC_ERROR_PADDING, "VALID");
    REFUSED(a.options.padding = NHWC_PADDING_EXPLICIT; a.options.explicit_paddings[0][0] = -1, NHWC_ERROR_PADDING,
            "-1");
    REFUSED(a.options.groups = 4, NHWC_ERROR_GROUPS, "groups is 4");
    REFUSED(a.options.groups = 3, NHWC_ERROR_GROUPS, "x has 4 channels", "is 12");
    REFUSED(a.options.activation = (nhwc_activation)9, NHWC_ERROR_ARGUMENT, "activation is 9");
}
#undef REFUSED

static void test_refused_null(void **state)
{
    (void)state;
    arguments a = good();
    CHECK_FAILS(nhwc_conv2d(NULL, NULL, &a.w, NULL, NULL, &a.y), NHWC_ERROR_ARGUMENT, "conv2d: x is NULL");
    CHECK_FAILS(nhwc_conv2d(NULL, &a.x, NULL, NULL, NULL, &a.y), NHWC_ERROR_ARGUMENT, "filter is NULL");
    CHECK_FAILS(nhwc_conv2d(NULL, &a.x, &a.w, NULL, NULL, NULL), NHWC_ERROR_ARGUMENT, "y is NULL");
    CHECK_FAILS(nhwc_conv2d_transpose(NULL, NULL, &a.w, NULL, NULL, &a.y), NHWC_ERROR_ARGUMENT,
                "conv2d_transpose: x is NULL");
    CHECK_FAILS(nhwc_conv2d_backprop_input(NULL, NULL, &a.w, NULL, false, &a.x), NHWC_ERROR_ARGUMENT, "dy is NULL");
    CHECK_FAILS(nhwc_conv2d_backprop_filter(NULL, &a.x, &a.y, NULL, false, NULL), NHWC_ERROR_ARGUMENT,
                "dfilter is NULL");
    CHECK_FAILS(nhwc_conv2d_backprop_bias(NULL, NULL, false, &a.bias), NHWC_ERROR_ARGUMENT, "dy is NULL");
    CHECK_FAILS(nhwc_conv2d_backprop_bias(NULL, &a.y, false, NULL), NHWC_ERROR_ARGUMENT, "dbias is NULL");
    unharmed(&a);
}

static void test_refused_context(void **state)
{
    (void)state;
    arguments a = good();
    const nhwc_context no_isa = {.isa = (nhwc_isa)99};
    CHECK_FAILS(nhwc_conv2d(&no_isa, &a.x, &a.w, NULL, NULL, &a.y), NHWC_ERROR_ARGUMENT, "isa is 99");
    CHECK_FAILS(nhwc_conv2d_backprop_bias(&no_isa, &a.y, false, &a.bias), NHWC_ERROR_ARGUMENT, "isa is 99");
    const nhwc_context no_algorithm = {.algorithm = (nhwc_algorithm)50};
    const nhwc_context half = {.allocate = (void *(*)(void *, size_t, size_t))1};
    CHECK_FAILS(nhwc_conv2d(&no_algorithm, &a.x, &a.w, NULL, NULL, &a.y), NHWC_ERROR_ARGUMENT, "algorithm is 50");
    CHECK_FAILS(nhwc_conv2d(&half, &a.x, &a.w, NULL, NULL, &a.y), NHWC_ERROR_ARGUMENT, "allocate", "deallocate");
    CHECK_FAILS(nhwc_conv2d_backprop_bias(&half, &a.y, false, &a.bias), NHWC_ERROR_ARGUMENT, "allocate");
    unharmed(&a);
}

/* The messages of the other operations speak of their own arguments. */
static void test_refused_gradients(void **state)
{
    (void)state;
    arguments a = good();
    const nhwc_conv2d_options relu = {.activation = NHWC_ACTIVATION_RELU}, two = {.strides = {2, 2}},
                              groups = {.groups = 3};
    CHECK_FAILS(nhwc_conv2d_backprop_input(NULL, &a.y, &a.w, &relu, false, &a.x), NHWC_ERROR_ARGUMENT,
                "conv2d_backprop_input", "activation is not NONE");
    CHECK_FAILS(nhwc_conv2d_backprop_input(NULL, &a.y, &a.w, &two, false, &a.x), NHWC_ERROR_OUTPUT_SHAPE,
                "height of dx is 5", "dy 3", "7 to 8");
    CHECK_FAILS(nhwc_conv2d_backprop_filter(NULL, &a.x, &a.y, &two, false, &a.w), NHWC_ERROR_SHAPE,
                "conv2d_backprop_filter", "dy is [2, 3, 4, 6]", "[2, 2, 2, 6]");
    CHECK_FAILS(nhwc_conv2d_transpose(NULL, &a.y, &a.w, NULL, &two, &a.x), NHWC_ERROR_OUTPUT_SHAPE,
                "conv2d_transpose", "height of y is 5", "x 3", "7 to 8");
    CHECK_FAILS(nhwc_conv2d_transpose(NULL, &a.x, &a.w, NULL, NULL, &a.y), NHWC_ERROR_CHANNELS,
                "x has 4 channels", "filter is 6");
    CHECK_FAILS(nhwc_conv2d_transpose_backprop_input(NULL, &a.x, &a.w, &two, false, &a.y),
                NHWC_ERROR_OUTPUT_SHAPE, "dx is [2, 3, 4, 6]", "[2, 2, 2, 6]");
    CHECK_FAILS(nhwc_conv2d_transpose_backprop_filter(NULL, &a.y, &a.x, &two, false, &a.w), NHWC_ERROR_SHAPE,
                "x is [2, 3, 4, 6]");
    CHECK_FAILS(nhwc_conv2d_backprop_bias(NULL, &a.x, false, &a.bias), NHWC_ERROR_CHANNELS, "dbias has length 6",
                "dy 4 channels");
    CHECK_FAILS(nhwc_depthwise_conv2d(NULL, &a.x, &a.w, NULL, NULL, &a.y), NHWC_ERROR_CHANNELS, "depthwise_conv2d",
                "4 channels to a y of 24");
    CHECK_FAILS(nhwc_depthwise_conv2d(NULL, &a.x, &a.w, NULL, &groups, &a.y), NHWC_ERROR_GROUPS, "groups is 3",
                "takes 0, or the 4");
    unharmed(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adjoint_random),    cmocka_unit_test(test_adjoint_small),
        cmocka_unit_test(test_finite_differences), cmocka_unit_test(test_epilogue),
        cmocka_unit_test(test_accumulate),        cmocka_unit_test(test_special_values),
        cmocka_unit_test(test_empty),             cmocka_unit_test(test_rows_beyond_the_last_window),
        cmocka_unit_test(test_concat_slots),
        cmocka_unit_test(test_broadcast_input),   cmocka_unit_test(test_refused_tensors),
        cmocka_unit_test(test_refused_shapes),    cmocka_unit_test(test_refused_null),
        cmocka_unit_test(test_refused_context),   cmocka_unit_test(test_refused_gradients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
