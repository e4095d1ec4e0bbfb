/* Texts: NumPy's, character by character, buffers of every size, and every rejection. */
#include <locale.h>
#include <math.h>
#include <stdio.h>

#include "support/array_case.h"

static nhwc_tensor tensor_of(const golden_text *c)
{
    const nhwc_tensor x = guarded_tensor(c->dtype, c->rank, c->dims, 0);
    for (int64_t i = 0; i < element_count(&x); i++)
        if (c->integers != NULL && c->dtype == NHWC_INT64)
            ((int64_t *)x.data)[i] = c->integers[i];
        else
            element_set(&x, i, c->integers ? (double)c->integers[i] : c->reals ? c->reals[i] : (double)i);
    return x;
}

static void check_text(const golden_text *c, const nhwc_tensor *x)
{
    static char text[100000];
    size_t length = 0;
    CHECK_OK(nhwc_tensor_string(x, &c->options, text, sizeof text, &length));
    if (strcmp(text, c->text) != 0 || length != strlen(c->text)) {
        print_error("%s of %s:\n%s\nand not\n%s\n", c->call, nhwc_dtype_string(c->dtype), text, c->text);
        fail();
    }
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_texts); i++) {
        const nhwc_tensor x = tensor_of(&golden_texts[i]);
        check_text(&golden_texts[i], &x);
        guarded_release();
    }
}

/* The same elements anywhere in memory; and where the locale writes a comma for the point. */
static void test_views(void **state)
{
    (void)state;
    setlocale(LC_NUMERIC, "de_DE.UTF-8"); /* where there is one */
    uint64_t random = 8;
    for (size_t i = 0; i < COUNT(golden_texts); i++) {
        const golden_text *c = &golden_texts[i];
        const nhwc_tensor x = tensor_of(c);
        nhwc_tensor whole, view = random_view(&random, c->dtype, c->rank, c->dims, &whole);
        CHECK_OK(nhwc_copy(NULL, &x, &view));
        for (int axis = 0; axis < c->rank; axis++)
            if (view.dims[axis] == 1)
                view.strides[axis] = INT64_MAX;
        check_text(c, &view);
        guarded_release();
    }
    setlocale(LC_NUMERIC, "C");
}

/* As much as there is room for, and a 0. */
static void test_sizes(void **state)
{
    (void)state;
    const float data[4] = {1, 2.25f, -3, 4};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 2);
    const char whole[] = "[[ 1.    2.25]\n [-3.    4.  ]]", shape[] = "[2, 2]";
    size_t length = 0;
    CHECK_OK(nhwc_tensor_string(&x, NULL, NULL, 0, &length));
    CHECK(length == strlen(whole));
    CHECK_OK(nhwc_tensor_string(&x, NULL, NULL, 0, NULL));
    for (size_t size = 0; size <= sizeof whole + 2; size++) {
        char text[sizeof whole + 3], expected[sizeof whole + 3];
        memset(text, '#', sizeof text);
        memset(expected, '#', sizeof expected);
        if (size > 0)
            snprintf(expected, size, "%s", whole);
        CHECK_OK(nhwc_tensor_string(&x, NULL, text, size, &length));
        CHECK(length == strlen(whole));
        CHECK(size == 0 || strcmp(text, expected) == 0);
        for (size_t i = size; i < sizeof text; i++)
            CHECK(text[i] == '#');
        CHECK_OK(nhwc_shape_string(&x, text, size, &length));
        CHECK(length == strlen(shape) && (size == 0 || strncmp(text, shape, size - 1) == 0));
    }
}

static void test_shapes(void **state)
{
    (void)state;
    char text[256];
    const float one = 1;
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0, 28, 28, 1);
    CHECK_OK(nhwc_shape_string(&x, text, sizeof text, NULL));
    CHECK(strcmp(text, "[0, 28, 28, 1]") == 0);
    x = nhwc_tensor_view(NHWC_FLOAT32, &one, 0, NULL);
    CHECK_OK(nhwc_shape_string(&x, text, sizeof text, NULL));
    CHECK(strcmp(text, "[]") == 0);
    x = nhwc_tensor_view(NHWC_FLOAT32, NULL, 8,
                         (int64_t[]){0, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX});
    size_t length;
    CHECK_OK(nhwc_shape_string(&x, text, sizeof text, &length));
    CHECK(length == 3 + 7 * 21);
    CHECK(strcmp(nhwc_dtype_string(NHWC_UINT8), "uint8") == 0);
    CHECK(strcmp(nhwc_dtype_string((nhwc_dtype)-1), "not an nhwc_dtype") == 0);
}

static void test_rejections(void **state)
{
    (void)state;
    char text[4] = "abc";
    const float data[4] = {0};
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 4);
    CHECK_FAILS(nhwc_tensor_string(NULL, NULL, text, 4, NULL), NHWC_ERROR_ARGUMENT, "tensor_string: x is NULL");
    CHECK_FAILS(nhwc_tensor_string(&x, NULL, NULL, 4, NULL), NHWC_ERROR_ARGUMENT, "text is NULL, but size 4");
    CHECK_FAILS(nhwc_shape_string(&x, NULL, 4, NULL), NHWC_ERROR_ARGUMENT, "shape_string: text is NULL");
    CHECK_FAILS(nhwc_shape_string(NULL, text, 4, NULL), NHWC_ERROR_ARGUMENT, "shape_string: x is NULL");
    static const nhwc_string_options wrong[] = {
        {.precision = -2}, {.threshold = -3}, {.edge_items = -4}, {.line_width = -5}};
    static const char *const named[] = {"precision -2", "threshold -3", "edge_items -4", "line_width -5"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        CHECK_FAILS(nhwc_tensor_string(&x, &wrong[i], text, 4, NULL), NHWC_ERROR_ARGUMENT, named[i]);
    x.data = NULL;
    CHECK_FAILS(nhwc_tensor_string(&x, NULL, text, 4, NULL), NHWC_ERROR_ARGUMENT, "x->data is NULL");
    CHECK(strcmp(text, "abc") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden), cmocka_unit_test(test_views),      cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_shapes), cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
