/* im2col and col2im: with the identity as its filter, a convolution is im2col and its input gradient col2im. */
#include <math.h>

#include "support/check.h"
#include "support/conv_case.h"
#include "support/fill.h"

static const nhwc_context reference = {.algorithm = NHWC_ALGORITHM_REFERENCE};

static nhwc_tensor identity(nhwc_dtype dtype, const int64_t kernel[2], int64_t channels)
{
    const int64_t patch = kernel[0] * kernel[1] * channels;
    const nhwc_tensor filter =
        guarded_tensor(dtype, 4, (int64_t[]){kernel[0], kernel[1], channels, patch}, 0);
    for (int64_t k = 0; k < patch; k++)
        element_set(&filter, k * patch + k, 1);
    return filter;
}

static void check_both_ways(conv_case c, nhwc_dtype dtype, int64_t gap, const nhwc_context *context,
                            uint64_t *random)
{
    const int64_t *kernel = c.filter;
    const int64_t columns_shape[4] = {c.coarse[0], c.coarse[1], c.coarse[2], kernel[0] * kernel[1] * c.fine[3]};
    nhwc_tensor filter = identity(dtype, kernel, c.fine[3]), x = guarded_tensor(dtype, 4, c.fine, gap),
                dx = guarded_tensor(dtype, 4, c.fine, gap), dx_expected = guarded_tensor(dtype, 4, c.fine, 0),
                columns = guarded_tensor(dtype, 4, columns_shape, gap),
                expected = guarded_tensor(dtype, 4, columns_shape, 0);
    c.options.groups = 0;
    fill_integers(&x, random, 9);
    fill_value(&columns, NAN);
    CHECK_OK(nhwc_conv2d(&reference, &x, &filter, NULL, &c.options, &expected));
    CHECK_OK(nhwc_im2col(context, &x, kernel, &c.options, &columns));
    CHECK(same_elements(&columns, &expected));

    fill_integers(&columns, random, 9);
    fill_value(&dx, NAN);
    CHECK_OK(nhwc_conv2d_backprop_input(&reference, &columns, &filter, &c.options, false, &dx_expected));
    CHECK_OK(nhwc_col2im(context, &columns, kernel, &c.options, false, &dx));
    CHECK(same_elements(&dx, &dx_expected));
    CHECK_OK(nhwc_col2im(context, &columns, kernel, &c.options, true, &dx));
    for (int64_t i = 0; i < element_count(&dx); i++)
        CHECK(element_get(&dx, i) == 2 * element_get(&dx_expected, i));
    guarded_check();
    guarded_release();
}

static void test_against_convolutions(void **state)
{
    (void)state;
    uint64_t random = 41;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, 3, &pool));
    for (int isa = NHWC_ISA_AUTOMATIC; isa <= NHWC_ISA_AVX512; isa++) {
        if (!nhwc_isa_available((nhwc_isa)isa))
            continue;
        const nhwc_context serial = {.isa = (nhwc_isa)isa};
        const nhwc_context threaded = {.isa = (nhwc_isa)isa, .threads = 3, .parallel_for = nhwc_pool_parallel_for,
                                       .executor = pool};
        for (int i = 0; i < 300; i++) {
            conv_case c = conv_case_random(&random, 9);
            c.fine[3] = random_between(&random, 1, 20);
            check_both_ways(c, i % 2 ? NHWC_FLOAT64 : NHWC_FLOAT32, i % 3, i % 4 ? &serial : &threaded, &random);
        }
    }
    nhwc_pool_destroy(pool);
}

static void test_refused(void **state)
{
    (void)state;
    nhwc_tensor x = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){1, 4, 5, 2}, 0),
                columns = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){1, 2, 3, 18}, 0),
                narrow = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){1, 2, 3, 17}, 0),
                wide = guarded_tensor(NHWC_FLOAT64, 4, (int64_t[]){1, 2, 3, 18}, 0);
    const int64_t kernel[2] = {3, 3}, none[2] = {0, 3}, huge[2] = {INT64_MAX / 8, INT64_MAX / 8};
    const nhwc_conv2d_options relu = {.activation = NHWC_ACTIVATION_RELU}, groups = {.groups = 2};
    fill_value(&columns, 5);
    CHECK_FAILS(nhwc_im2col(NULL, NULL, kernel, NULL, &columns), NHWC_ERROR_ARGUMENT, "im2col: x is NULL");
    CHECK_FAILS(nhwc_im2col(NULL, &x, NULL, NULL, &columns), NHWC_ERROR_ARGUMENT, "kernel is NULL");
    CHECK_FAILS(nhwc_im2col(NULL, &x, kernel, NULL, NULL), NHWC_ERROR_ARGUMENT, "columns is NULL");
    CHECK_FAILS(nhwc_im2col(NULL, &x, none, NULL, &columns), NHWC_ERROR_KERNEL, "0 high");
    CHECK_FAILS(nhwc_im2col(NULL, &x, huge, NULL, &columns), NHWC_ERROR_KERNEL, "too small");
    CHECK_FAILS(nhwc_im2col(NULL, &x, kernel, NULL, &narrow), NHWC_ERROR_OUTPUT_SHAPE, "[1, 2, 3, 17]",
                "[1, 2, 3, 3 * 3 * 2]");
    CHECK_FAILS(nhwc_im2col(NULL, &x, kernel, NULL, &wide), NHWC_ERROR_DTYPE, "dtypes");
    CHECK_FAILS(nhwc_im2col(NULL, &x, kernel, &relu, &columns), NHWC_ERROR_ARGUMENT, "activation");
    CHECK_FAILS(nhwc_im2col(NULL, &x, kernel, &groups, &columns), NHWC_ERROR_GROUPS, "groups");
    CHECK_FAILS(nhwc_col2im(NULL, &narrow, kernel, NULL, false, &x), NHWC_ERROR_SHAPE, "col2im", "[1, 2, 3, 17]");
    nhwc_tensor same = columns;
    same.data = x.data;
    CHECK_FAILS(nhwc_im2col(NULL, &x, kernel, NULL, &same), NHWC_ERROR_ALIAS, "share memory");
    for (int64_t i = 0; i < element_count(&columns); i++)
        CHECK(element_get(&columns, i) == 5);
    guarded_check();
    guarded_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_convolutions),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
