/* Changes of layout: every element, every dtype, views, and every rejection. */
#include <inttypes.h>
#include <nhwc/convert.h>
#include <string.h>

#include "support/check.h"
#include "support/each.h"
#include "support/fill.h"
#include "support/guarded.h"
#include "support/random.h"

typedef nhwc_status layout_function(const nhwc_context *, const nhwc_tensor *x, nhwc_tensor *y);

/* Axes are named by letters: the one called 'h' in x is the one called 'h' in y. */
static const struct {
    layout_function *there, *back;
    const char *theirs, *ours, *name;
} layouts[] = {
    {nhwc_from_nchw, nhwc_to_nchw, "nchw", "nhwc", "nchw"},
    {nhwc_filter_from_oihw, nhwc_filter_to_oihw, "oihw", "hwio", "filter"},
    {nhwc_conv2d_filter_from_ohwi, nhwc_conv2d_filter_to_ohwi, "ohwi", "hwio", "conv2d_filter"},
    {nhwc_conv2d_transpose_filter_from_ohwi, nhwc_conv2d_transpose_filter_to_ohwi, "ohwi", "hwoi",
     "conv2d_transpose_filter"},
};

/* Copies dims, or an index, from the order of `from` to that of `to`. */
static void reorder(const char *from, const int64_t in[4], const char *to, int64_t out[4])
{
    for (int i = 0; i < 4; i++)
        out[i] = in[strchr(from, to[i]) - from];
}

static int64_t index_of(const int64_t dims[4], const int64_t at[4])
{
    return ((at[0] * dims[1] + at[1]) * dims[2] + at[2]) * dims[3] + at[3];
}

/* y is x with its axes in another order, element by element. */
static void check_moved(const char *from, const nhwc_tensor *x, const char *to, const nhwc_tensor *y)
{
    for (int64_t i = 0; i < element_count(x); i++) {
        const int64_t *d = x->dims;
        const int64_t at[4] = {i / d[3] / d[2] / d[1], i / d[3] / d[2] % d[1], i / d[3] % d[2], i % d[3]};
        int64_t there[4];
        reorder(from, at, to, there);
        CHECK(element_get(x, i) == element_get(y, index_of(y->dims, there)));
    }
}

static void check_layout(size_t which, nhwc_dtype dtype, const int64_t dims[4], int64_t gap)
{
    int64_t other[4];
    reorder(layouts[which].theirs, dims, layouts[which].ours, other);
    const nhwc_tensor x = guarded_tensor(dtype, 4, dims, 0);
    nhwc_tensor y = guarded_tensor(dtype, 4, other, gap), back = guarded_tensor(dtype, 4, dims, gap);
    for (int64_t i = 0; i < element_count(&x); i++)
        element_set(&x, i, dtype == NHWC_BOOL ? (double)(i * 37 % 101 % 2) : (double)(i * 37 % 251));
    CHECK_OK(layouts[which].there(NULL, &x, &y));
    check_moved(layouts[which].theirs, &x, layouts[which].ours, &y);
    CHECK_OK(layouts[which].back(NULL, &y, &back));
    CHECK(same_elements(&x, &back));
    guarded_check();
    guarded_release();
}

static void test_every_element(void **state)
{
    (void)state;
    static const nhwc_dtype dtypes[] = {NHWC_FLOAT32, NHWC_FLOAT64, NHWC_INT32,
                                        NHWC_INT64,   NHWC_UINT8,   NHWC_BOOL};
    static const int64_t shapes[][4] = {{2, 3, 4, 5},   {1, 1, 1, 1},   {1, 3, 1, 7},  {5, 1, 2, 1},
                                        {2, 17, 3, 19}, {1, 33, 16, 2}, {3, 2, 40, 1}, {16, 1, 1, 16}};
    for (size_t which = 0; which < COUNT(layouts); which++)
        for (size_t s = 0; s < COUNT(shapes); s++)
            for (size_t d = 0; d < COUNT(dtypes); d++)
                for (int64_t gap = 0; gap < 3; gap += 2)
                    check_layout(which, dtypes[d], shapes[s], gap);
}

/* Every size of 1 .. 3 of every axis, and some that are longer than the squares of the copy. */
static void test_sizes(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (size_t which = 0; which < COUNT(layouts); which++) {
        for (int64_t i = 0; i < 81; i++)
            check_layout(which, NHWC_FLOAT32,
                         (int64_t[]){1 + i / 27, 1 + i / 9 % 3, 1 + i / 3 % 3, 1 + i % 3}, 0);
        for (int i = 0; i < 20; i++)
            check_layout(which, NHWC_UINT8,
                         (int64_t[]){random_between(&random, 1, 20), random_between(&random, 1, 20),
                                     random_between(&random, 1, 20), random_between(&random, 1, 20)},
                         1);
    }
}

/* NaNs keep their bits, and so does -0. */
static void test_bits(void **state)
{
    (void)state;
    const uint32_t in[4] = {0x7FA00001u, 0x80000000u, 0xFFC12345u, 0x00000001u};
    uint32_t out[4] = {0};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, in, 1, 2, 1, 2);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, out, 1, 1, 2, 2);
    CHECK_OK(nhwc_from_nchw(NULL, &x, &y));
    CHECK(out[0] == in[0] && out[1] == in[2] && out[2] == in[1] && out[3] == in[3]);
}

/* A crop of a larger image, one plane broadcast to three channels, and y as a slot of a concatenation. */
static void test_views(void **state)
{
    (void)state;
    float wide[6 * 7], slot[2 * 2 * 5];
    for (int i = 0; i < 42; i++)
        wide[i] = (float)i;
    for (int i = 0; i < 20; i++)
        slot[i] = -1;
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, wide + 7 + 2, 1, 3, 2, 2);
    x.strides[1] = 0;
    x.strides[2] = 7;
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, slot + 1, 1, 2, 2, 3);
    y.strides[1] = 10;
    y.strides[2] = 5;
    CHECK_OK(nhwc_from_nchw(NULL, &x, &y));
    for (int i = 0; i < 20; i++) {
        const int pixel = i / 5, channel = i % 5;
        const float inside = (float)(7 * (1 + pixel / 2) + 2 + pixel % 2);
        CHECK(slot[i] == (channel == 0 || channel == 4 ? -1 : inside));
    }
}

/* Channel c * M + m of the frameworks is [c, m] here; the rest is the filter of a grouped convolution. */
static void test_depthwise(void **state)
{
    (void)state;
    for (int64_t c = 1; c <= 3; c++)
        for (int64_t m = 1; m <= 3; m++) {
            const int64_t dims[4] = {c * m, 1, 2, 3};
            const nhwc_tensor x = guarded_tensor(NHWC_FLOAT32, 4, dims, 2);
            nhwc_tensor y = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){2, 3, c, m}, 0),
                        back = guarded_tensor(NHWC_FLOAT32, 4, dims, 0);
            for (int64_t i = 0; i < element_count(&x); i++)
                element_set(&x, i, (double)i);
            CHECK_OK(nhwc_depthwise_filter_from_oihw(NULL, &x, &y));
            for (int64_t i = 0; i < element_count(&x); i++) /* [o, 0, ky, kx] to [ky, kx, o / m, o % m] */
                CHECK(element_get(&y, i % 6 * c * m + i / 6) == (double)i);
            CHECK_OK(nhwc_depthwise_filter_to_oihw(NULL, &y, &back));
            CHECK(same_elements(&x, &back));
            guarded_check();
            guarded_release();
        }
    const nhwc_tensor x = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){6, 1, 2, 3}, 0);
    nhwc_tensor y = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){2, 3, 2, 4}, 0),
                gaps = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){2, 3, 2, 3}, 1),
                flat = guarded_tensor(NHWC_FLOAT32, 3, (int64_t[]){2, 3, 6}, 0);
    CHECK_FAILS(nhwc_depthwise_filter_from_oihw(NULL, &x, &y), NHWC_ERROR_OUTPUT_SHAPE,
                "depthwise_filter_from_oihw", "[2, 3, 1, 8]", "[2, 3, 1, 6]");
    CHECK_FAILS(nhwc_depthwise_filter_from_oihw(NULL, &x, &gaps), NHWC_ERROR_LAYOUT, "y has to be dense");
    CHECK_FAILS(nhwc_depthwise_filter_from_oihw(NULL, &x, &flat), NHWC_ERROR_RANK, "y has rank 3");
    CHECK_FAILS(nhwc_depthwise_filter_from_oihw(NULL, &x, NULL), NHWC_ERROR_ARGUMENT, "y is NULL");
    CHECK_FAILS(nhwc_depthwise_filter_to_oihw(NULL, &gaps, &y), NHWC_ERROR_LAYOUT, "x has to be dense");
    const nhwc_tensor endless =
        nhwc_tensor_view(NHWC_FLOAT32, NULL, 4, (int64_t[]){0, 1, INT64_MAX / 4, INT64_MAX / 4});
    CHECK_FAILS(nhwc_depthwise_filter_to_oihw(NULL, &endless, &y), NHWC_ERROR_TOO_LARGE,
                "depthwise_filter_to_oihw", "channels");
    guarded_check();
    guarded_release();
}

static void test_rejections(void **state)
{
    (void)state;
    const nhwc_context broken = {.algorithm = (nhwc_algorithm)99};
    for (size_t which = 0; which < COUNT(layouts); which++)
        for (int direction = 0; direction < 2; direction++) {
            layout_function *move = direction ? layouts[which].back : layouts[which].there;
            const char *from = direction ? layouts[which].ours : layouts[which].theirs,
                       *to = direction ? layouts[which].theirs : layouts[which].ours,
                       *name = layouts[which].name;
            const int64_t dims[4] = {2, 3, 4, 5};
            int64_t other[4];
            reorder(from, dims, to, other);
            const nhwc_tensor x = guarded_tensor(NHWC_FLOAT32, 4, dims, 0);
            nhwc_tensor y = guarded_tensor(NHWC_FLOAT32, 4, other, 0), wrong;
            fill_value(&x, 1);
            fill_value(&y, 7);
            CHECK_FAILS(move(&broken, &x, &y), NHWC_ERROR_ARGUMENT, "99");
            CHECK_FAILS(move(NULL, NULL, &y), NHWC_ERROR_ARGUMENT, name, "x is NULL");
            CHECK_FAILS(move(NULL, &x, NULL), NHWC_ERROR_ARGUMENT, name, "y is NULL");
            wrong = guarded_tensor(NHWC_FLOAT32, 3, dims, 0);
            CHECK_FAILS(move(NULL, &wrong, &y), NHWC_ERROR_RANK, name, "x has rank 3");
            CHECK_FAILS(move(NULL, &x, &wrong), NHWC_ERROR_RANK, name, "y has rank 3");
            wrong = guarded_tensor(NHWC_INT32, 4, other, 0); /* of the same size */
            CHECK_FAILS(move(NULL, &x, &wrong), NHWC_ERROR_DTYPE, name, "x is float32", "y int32");
            for (int axis = 0; axis < 4; axis++) {
                wrong = y;
                wrong.dims[axis]--;
                CHECK_FAILS(move(NULL, &x, &wrong), NHWC_ERROR_OUTPUT_SHAPE, name, "y is [",
                            "it has to be [");
            }
            wrong = y;
            wrong.strides[3] = 0;
            CHECK_FAILS(move(NULL, &x, &wrong), NHWC_ERROR_ALIAS, name, "y is written");
            wrong.strides[3] = -1;
            CHECK_FAILS(move(NULL, &x, &wrong), NHWC_ERROR_LAYOUT, name, "negative");
            wrong = nhwc_tensor_view(NHWC_FLOAT32, x.data, 4, other);
            CHECK_FAILS(move(NULL, &x, &wrong), NHWC_ERROR_ALIAS, name, "y shares memory with x");
            wrong = y;
            wrong.data = NULL;
            CHECK_FAILS(move(NULL, &x, &wrong), NHWC_ERROR_ARGUMENT, name, "y->data is NULL");
            for (int64_t i = 0; i < element_count(&y); i++)
                CHECK(element_get(&y, i) == 7);
            guarded_check();
            guarded_release();
        }
}

/* Nothing to move, and no data at all. */
static void test_empty(void **state)
{
    (void)state;
    for (size_t which = 0; which < COUNT(layouts); which++)
        for (int axis = 0; axis < 4; axis++) {
            int64_t dims[4] = {2, 3, 4, 5}, other[4];
            dims[axis] = 0;
            reorder(layouts[which].theirs, dims, layouts[which].ours, other);
            const nhwc_tensor x = nhwc_tensor_view(NHWC_FLOAT64, NULL, 4, dims);
            nhwc_tensor y = nhwc_tensor_view(NHWC_FLOAT64, NULL, 4, other), back = x;
            CHECK_OK(layouts[which].there(NULL, &x, &y));
            CHECK_OK(layouts[which].back(NULL, &y, &back));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_element), cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_bits),          cmocka_unit_test(test_views),
        cmocka_unit_test(test_depthwise),     cmocka_unit_test(test_rejections),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
