/* The words about a call agree with what the call does. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "support/check.h"
#include "support/conv_case.h"
#include "support/failing_allocator.h"
#include "support/fill.h"

static nhwc_geometry geometry_of(const int64_t x[4], const int64_t filter[4], const nhwc_conv2d_options *options)
{
    nhwc_geometry g;
    CHECK_OK(nhwc_conv2d_geometry(x, filter, options, &g));
    return g;
}

static void test_words(void **state)
{
    (void)state;
    char text[1024];
    const nhwc_conv2d_options same = {.padding = NHWC_PADDING_SAME, .strides = {2, 2}};
    const nhwc_geometry g = geometry_of((int64_t[]){1, 56, 56, 64}, (int64_t[]){3, 3, 64, 32}, &same);
    CHECK_OK(nhwc_describe(NULL, NHWC_CONV2D, NHWC_FLOAT32, &g, text, sizeof text));
    CHECK(strstr(text, "conv2d [1, 56, 56, 64] -> [1, 28, 28, 32], float32\n"));
    CHECK(strstr(text, "filter     [3, 3, 64, 32], stride 2 x 2, dilation 1 x 1, groups 1\n"));
    CHECK(strstr(text, "padding    top 0, bottom 1, left 0, right 1\n"));
    CHECK(strstr(text, "algorithm  direct: images read in place, sums in registers (automatic), "));
    CHECK(strstr(text, nhwc_isa_string(NHWC_ISA_AUTOMATIC)) && strstr(text, ", 1 task\n"));
    CHECK(strstr(text, "28.9 MFLOP, reads 0.8765 MB, writes 0.1004 MB\n"));
    CHECK_OK(nhwc_describe(NULL, NHWC_CONV2D_TRANSPOSE, NHWC_FLOAT64, &g, text, sizeof text));
    CHECK(strstr(text, "conv2d_transpose [1, 28, 28, 32] -> [1, 56, 56, 64], float64\n"));

    const nhwc_context reference = {.algorithm = NHWC_ALGORITHM_REFERENCE, .isa = NHWC_ISA_SCALAR};
    CHECK_OK(nhwc_describe(&reference, NHWC_CONV2D_BACKPROP_FILTER, NHWC_FLOAT32, &g, text, sizeof text));
    CHECK(strstr(text, "reference: plain loops (as the context says), plain C") && strstr(text, "workspace  0 bytes\n"));

    const nhwc_geometry tiny = geometry_of((int64_t[]){1, 5, 5, 1}, (int64_t[]){3, 3, 1, 1}, NULL);
    CHECK_OK(nhwc_describe(NULL, NHWC_CONV2D, NHWC_FLOAT32, &tiny, text, sizeof text));
    CHECK(strstr(text, "loops: contact by contact (automatic: "));

    const nhwc_context im2col = {.algorithm = NHWC_ALGORITHM_IM2COL};
    const nhwc_conv2d_options by_channel = {.groups = 20};
    const nhwc_geometry depthwise = geometry_of((int64_t[]){1, 9, 9, 20}, (int64_t[]){3, 3, 1, 20}, &by_channel);
    CHECK_OK(nhwc_describe(&im2col, NHWC_CONV2D, NHWC_FLOAT32, &depthwise, text, sizeof text));
    CHECK(strstr(text, "direct: pixels times the filter") && strstr(text, "not for depthwise filters)"));

    memset(text, 'x', sizeof text);
    CHECK_OK(nhwc_describe(NULL, NHWC_CONV2D, NHWC_FLOAT32, &g, text, 10));
    CHECK(strcmp(text, "conv2d [1") == 0 && text[10] == 'x');
}

/* The workspace it names is what the call then asks for. */
static void test_workspace(void **state)
{
    (void)state;
    uint64_t random = 31;
    for (int i = 0; i < 200; i++) {
        const conv_case c = conv_case_random(&random, 12);
        const nhwc_dtype dtype = i % 2 ? NHWC_FLOAT64 : NHWC_FLOAT32;
        const nhwc_geometry g = geometry_of(c.fine, c.filter, &c.options);
        nhwc_tensor fine = guarded_tensor(dtype, 4, c.fine, 0), filter = guarded_tensor(dtype, 4, c.filter, 0),
                    coarse = guarded_tensor(dtype, 4, c.coarse, 0);
        failing_allocator a = {.calls = 0};
        nhwc_context context = failing_context(&a);
        context.algorithm = NHWC_ALGORITHM_IM2COL;
        const nhwc_operation operations[] = {NHWC_CONV2D, NHWC_CONV2D_TRANSPOSE, NHWC_CONV2D_BACKPROP_FILTER};
        nhwc_status calls[3];
        size_t bytes[3];
        for (int k = 0; k < 3; k++) {
            a.bytes = 0;
            calls[k] = k == 0   ? nhwc_conv2d(&context, &fine, &filter, NULL, &c.options, &coarse)
                       : k == 1 ? nhwc_conv2d_transpose(&context, &coarse, &filter, NULL, &c.options, &fine)
                                : nhwc_conv2d_backprop_filter(&context, &fine, &coarse, &c.options, false, &filter);
            CHECK_OK(calls[k]);
            bytes[k] = a.bytes;
            char text[1024], expected[64];
            CHECK_OK(nhwc_describe(&context, operations[k], dtype, &g, text, sizeof text));
            snprintf(expected, sizeof expected, "workspace  %zu bytes\n", bytes[k]);
            CHECK(strstr(text, expected) != NULL);
        }
        guarded_release();
    }
}

static void test_refused(void **state)
{
    (void)state;
    char text[64];
    nhwc_geometry g = geometry_of((int64_t[]){1, 5, 5, 4}, (int64_t[]){3, 3, 2, 6}, &(nhwc_conv2d_options){.groups = 2});
    CHECK_FAILS(nhwc_describe(NULL, NHWC_CONV2D, NHWC_FLOAT32, NULL, text, sizeof text), NHWC_ERROR_ARGUMENT,
                "geometry is NULL");
    CHECK_FAILS(nhwc_describe(NULL, (nhwc_operation)17, NHWC_FLOAT32, &g, text, sizeof text), NHWC_ERROR_ARGUMENT, "17");
    CHECK_FAILS(nhwc_describe(NULL, NHWC_CONV2D, NHWC_INT32, &g, text, sizeof text), NHWC_ERROR_DTYPE, "dtype is 2");
    CHECK_FAILS(nhwc_describe(NULL, NHWC_CONV2D, NHWC_FLOAT32, &g, NULL, 9), NHWC_ERROR_ARGUMENT, "no room");
    CHECK_FAILS(nhwc_describe(NULL, NHWC_CONV2D, NHWC_FLOAT32, &g, text, 0), NHWC_ERROR_ARGUMENT, "no room");
#define DAMAGED(change, status)                                                                              \
    do {                                                                                                     \
        nhwc_geometry damaged = g;                                                                           \
        change;                                                                                              \
        check_status(nhwc_describe(NULL, NHWC_CONV2D, NHWC_FLOAT32, &damaged, text, sizeof text), status, #change, \
                     __FILE__, __LINE__);                                                                    \
    } while (0)
    DAMAGED(damaged.groups = 0, NHWC_ERROR_GROUPS);
    DAMAGED(damaged.groups = 3, NHWC_ERROR_GROUPS);
    DAMAGED(damaged.fine_c = -4, NHWC_ERROR_CHANNELS);
    DAMAGED(damaged.batch = -1, NHWC_ERROR_SHAPE);
    DAMAGED(damaged.h.coarse = 4, NHWC_ERROR_SHAPE);
    DAMAGED(damaged.w.coarse = INT64_MIN, NHWC_ERROR_SHAPE);
    DAMAGED(damaged.h.stride = 0, NHWC_ERROR_STRIDE);
    DAMAGED(damaged.h.stride = damaged.w.stride = 0, NHWC_ERROR_SHAPE);
    DAMAGED(damaged.w.dilation = -1, NHWC_ERROR_DILATION);
    DAMAGED(damaged.w.kernel = INT64_MAX, NHWC_ERROR_TOO_LARGE);
    DAMAGED(damaged.w.pad_before = -1, NHWC_ERROR_PADDING);
#undef DAMAGED
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_workspace),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
