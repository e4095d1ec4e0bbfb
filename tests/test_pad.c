/* Padding: NumPy's answers, every mode in any strides, and every rejection. */
#include <math.h>

#include "support/array_case.h"
#include "support/build.h"

static const nhwc_dtype dtypes[] = {NHWC_FLOAT32, NHWC_INT64};

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_pads); i++)
        for (size_t d = 0; d < COUNT(dtypes); d++)
            for (int64_t gap = 0; gap < 3; gap += 2) {
                const golden_case *c = &golden_pads[i];
                const nhwc_pad_options options = {.mode = (nhwc_pad_mode)c->mode,
                                                  .value = c->mode == NHWC_PAD_CONSTANT ? 7 : 0};
                int64_t paddings[NHWC_MAX_RANK][2];
                for (int axis = 0; axis < NHWC_MAX_RANK; axis++)
                    for (int side = 0; side < 2; side++)
                        paddings[axis][side] = c->parts[side][axis];
                const nhwc_tensor x = golden_input(dtypes[d], c->x_rank, c->x, gap, 37);
                nhwc_tensor y = golden_output(c, dtypes[d], gap);
                if (golden_succeeds(c, dtypes[d], nhwc_pad(NULL, &x, (const int64_t(*)[2])paddings, &options, &y)))
                    golden_check(c, &y);
                guarded_check();
                guarded_release();
            }
}

/* Where position `at` of y, counted from x's first element, comes from in x; -1: from nowhere. */
static int64_t source_of(nhwc_pad_mode mode, int64_t at, int64_t length)
{
    if (mode == NHWC_PAD_CONSTANT && (at < 0 || at >= length))
        return -1;
    if (mode == NHWC_PAD_REFLECT && length == 1)
        return 0;
    for (;;) /* one mirror after the other */
        if (at < 0)
            at = mode == NHWC_PAD_EDGE ? 0 : -at - (mode == NHWC_PAD_SYMMETRIC);
        else if (at >= length)
            at = mode == NHWC_PAD_EDGE ? length - 1 : 2 * length - 1 - at - (mode == NHWC_PAD_REFLECT);
        else
            return at;
}

static void check_padding(uint64_t *random, nhwc_pad_mode mode)
{
    int64_t dims[NHWC_MAX_RANK] = {0}, wide[NHWC_MAX_RANK] = {0}, paddings[NHWC_MAX_RANK][2] = {{0}};
    const int rank = (int)random_between(random, 0, 4);
    const nhwc_dtype dtype = (nhwc_dtype)random_between(random, 0, DTYPES - 1);
    nhwc_tensor whole;
    for (int i = 0; i < rank; i++) {
        dims[i] = random_between(random, mode == NHWC_PAD_CONSTANT ? 0 : 1, rank < 3 ? 20 : 5);
        for (int side = 0; side < 2; side++)
            paddings[i][side] = random_between(random, 0, 1) ? random_between(random, 0, rank < 3 ? 30 : 6) : 0;
        wide[i] = paddings[i][0] + dims[i] + paddings[i][1];
    }
    const nhwc_tensor x = random_view(random, dtype, rank, dims, &whole);
    nhwc_tensor y = random_view(random, dtype, rank, wide, &whole);
    fill_any(&x);
    fill_with(&whole, 1);
    CHECK_OK(nhwc_pad(NULL, &x, (const int64_t(*)[2])paddings, &(nhwc_pad_options){mode, 1}, &y));
    for (int64_t i = 0; i < element_count(&y); i++) {
        int64_t index = 0, rest = i, place = 1;
        for (int axis = rank - 1; axis >= 0 && index >= 0; axis--) {
            const int64_t source = source_of(mode, rest % wide[axis] - paddings[axis][0], dims[axis]);
            index = source < 0 ? -1 : index + source * place;
            rest /= wide[axis];
            place *= dims[axis];
        }
        CHECK(element_get(&y, i) == (index < 0 ? 1 : element_get(&x, index)));
    }
    check_only(&y, &whole, 1);
    guarded_check();
    guarded_release();
}

static void test_any_strides(void **state)
{
    (void)state;
    uint64_t random = 10;
    print_message("seed %" PRIu64 "\n", random);
    for (int round = 0; round < 2000; round += every)
        check_padding(&random, (nhwc_pad_mode)(round % 4));
}

/* Large enough for tasks. */
static void test_threads(void **state)
{
    (void)state;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, 3, &pool));
    const nhwc_context context = {.threads = 3, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
    const int64_t paddings[3][2] = {{0, 0}, {100, 300}, {1, 2}};
    for (int mode = 0; mode < 4; mode++) {
        const nhwc_tensor x = guarded_tensor(NHWC_FLOAT32, 3, (int64_t[]){2, 200, 400}, 0);
        nhwc_tensor y = guarded_tensor(NHWC_FLOAT32, 3, (int64_t[]){2, 600, 403}, 0),
                    one = guarded_tensor(NHWC_FLOAT32, 3, y.dims, 0);
        fill_any(&x);
        CHECK_OK(nhwc_pad(&context, &x, paddings, &(nhwc_pad_options){(nhwc_pad_mode)mode, -3}, &y));
        CHECK_OK(nhwc_pad(NULL, &x, paddings, &(nhwc_pad_options){(nhwc_pad_mode)mode, -3}, &one));
        CHECK(memcmp(y.data, one.data, (size_t)element_count(&y) * sizeof(float)) == 0);
        guarded_check();
        guarded_release();
    }
    nhwc_pool_destroy(pool);
}

static void test_rejections(void **state)
{
    (void)state;
    uint8_t data[64];
    for (int i = 0; i < 64; i++)
        data[i] = (uint8_t)i;
    const int64_t paddings[2][2] = {{1, 1}, {0, 2}}, negative[2][2] = {{1, 1}, {0, -2}},
                  huge[2][2] = {{1, 1}, {INT64_MAX, INT64_MAX}}, large[2][2] = {{1, 1}, {INT64_MAX / 8, 3}};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_UINT8, data, 2, 3), none = NHWC_TENSOR(NHWC_UINT8, NULL, 0, 3);
    nhwc_tensor y = NHWC_TENSOR(NHWC_UINT8, data + 6, 4, 5), wrong;
    CHECK_FAILS(nhwc_pad(&(nhwc_context){.threads = -1}, &x, paddings, NULL, &y), NHWC_ERROR_ARGUMENT, "-1");
    CHECK_FAILS(nhwc_pad(NULL, NULL, paddings, NULL, &y), NHWC_ERROR_ARGUMENT, "pad: x is NULL");
    CHECK_FAILS(nhwc_pad(NULL, &x, NULL, NULL, &y), NHWC_ERROR_ARGUMENT, "paddings is NULL");
    CHECK_FAILS(nhwc_pad(NULL, &x, paddings, NULL, NULL), NHWC_ERROR_ARGUMENT, "y is NULL");
    CHECK_FAILS(nhwc_pad(NULL, &x, negative, NULL, &y), NHWC_ERROR_PADDING, "paddings[1] is {0, -2}");
    CHECK_FAILS(nhwc_pad(NULL, &x, huge, NULL, &y), NHWC_ERROR_TOO_LARGE, "axis 1");
    CHECK_FAILS(nhwc_pad(NULL, &x, large, NULL, &y), NHWC_ERROR_TOO_LARGE, "axis 1");
    CHECK_FAILS(nhwc_pad(NULL, &none, huge, &(nhwc_pad_options){.mode = NHWC_PAD_EDGE}, &y), NHWC_ERROR_PADDING,
                "axis 0 of x is empty");
    CHECK_FAILS(nhwc_pad(NULL, &x, paddings, &(nhwc_pad_options){.mode = (nhwc_pad_mode)4}, &y), NHWC_ERROR_ARGUMENT,
                "mode is 4");
    CHECK_FAILS(nhwc_pad(NULL, &x, paddings, &(nhwc_pad_options){.value = 256}, &y), NHWC_ERROR_ARGUMENT,
                "options->value is 256", "uint8", "0 to 255");
    CHECK_FAILS(nhwc_pad(NULL, &x, paddings, &(nhwc_pad_options){.value = NAN}, &y), NHWC_ERROR_ARGUMENT, "nan");
    wrong = NHWC_TENSOR(NHWC_UINT8, data + 6, 5, 4);
    CHECK_FAILS(nhwc_pad(NULL, &x, paddings, NULL, &wrong), NHWC_ERROR_OUTPUT_SHAPE, "y is [5, 4]", "[4, 5]");
    wrong = y;
    wrong.dtype = NHWC_BOOL;
    CHECK_FAILS(nhwc_pad(NULL, &x, paddings, NULL, &wrong), NHWC_ERROR_DTYPE, "x is uint8", "y bool");
    wrong = NHWC_TENSOR(NHWC_UINT8, data + 5, 4, 5);
    CHECK_FAILS(nhwc_pad(NULL, &x, paddings, NULL, &wrong), NHWC_ERROR_ALIAS, "y shares memory with x");
    for (int i = 0; i < 64; i++)
        CHECK(data[i] == i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_any_strides),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
