/* Fills, progressions and one-hot: NumPy's answers, any strides, and every rejection. */
#include <math.h>

#include "support/array_case.h"

/* ---- Fill --------------------------------------------------------------------------------------- */

static void test_fill(void **state)
{
    (void)state;
    static const struct {
        nhwc_dtype dtype;
        double value, element;
    } cases[] = {
        {NHWC_FLOAT32, 0.1, 0x1.99999ap-4},
        {NHWC_FLOAT64, 0.1, 0.1},
        {NHWC_FLOAT32, INFINITY, INFINITY},
        {NHWC_INT32, -2.7, -2},
        {NHWC_INT32, 0x1p31 - 1, 0x1p31 - 1},
        {NHWC_INT32, -0x1p31 - 0.5, -0x1p31},
        {NHWC_INT64, -0x1p63, -0x1p63},
        {NHWC_UINT8, 255.9, 255},
        {NHWC_UINT8, -0.9, 0},
        {NHWC_BOOL, 0.5, 1},
        {NHWC_BOOL, NAN, 1},
        {NHWC_BOOL, -0.0, 0},
    };
    uint64_t random = 11;
    print_message("seed %" PRIu64 "\n", random);
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int round = 0; round < 50; round++) {
            int64_t dims[NHWC_MAX_RANK] = {0};
            const int rank = (int)random_between(&random, 0, 4);
            random_dims(&random, rank, rank < 3 ? 40 : 8, dims);
            nhwc_tensor whole, y = random_view(&random, cases[i].dtype, rank, dims, &whole);
            fill_with(&whole, 1);
            CHECK_OK(nhwc_fill(NULL, cases[i].value, &y));
            for (int64_t k = 0; k < element_count(&y); k++)
                CHECK(element_get(&y, k) == cases[i].element);
            check_only(&y, &whole, 1);
            guarded_check();
            guarded_release();
        }
}

/* ---- Progressions ------------------------------------------------------------------------------- */

static void check_arange(const nhwc_context *context, const golden_arange *c, int64_t step)
{
    nhwc_tensor y = guarded_tensor(c->dtype, 1, (int64_t[]){c->count * step}, 0);
    CHECK_OK(nhwc_slice(&y, NULL, NULL, &step, &y));
    CHECK_OK(nhwc_arange(context, c->start, c->step, &y));
    for (int64_t k = 0; k < c->count; k++)
        if (element_get(&y, k) != c->values[k])
            golden_fail(c->call, c->dtype);
    guarded_check();
    guarded_release();
}

static void test_arange(void **state)
{
    (void)state;
    for (size_t isa = 0; isa < COUNT(isas); isa++)
        for (size_t i = 0; i < COUNT(golden_aranges) && nhwc_isa_available(isas[isa]); i++)
            for (int64_t step = 1; step < 3; step++)
                check_arange(&(nhwc_context){.isa = isas[isa]}, &golden_aranges[i], step);
}

/* Beyond what doubles hold exactly, up to the last integer, and in several tasks. */
static void test_long_arange(void **state)
{
    (void)state;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, 3, &pool));
    const nhwc_context context = {.threads = 3, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
    const int64_t count = 300001;
    nhwc_tensor y = guarded_tensor(NHWC_INT64, 1, &count, 0), f = guarded_tensor(NHWC_FLOAT32, 1, &count, 0);
    CHECK_OK(nhwc_arange(&context, 0x1p62, 3, &y));
    CHECK_OK(nhwc_arange(&context, 1, 0.1, &f));
    for (int64_t i = 0; i < count; i++)
        CHECK(((int64_t *)y.data)[i] == (INT64_C(1) << 62) + 3 * i &&
              ((float *)f.data)[i] == (float)(1 + (double)i * 0.1));
    int64_t ends[3] = {0};
    nhwc_tensor three = NHWC_TENSOR(NHWC_INT64, ends, 3);
    CHECK_OK(nhwc_arange(NULL, -0x1p63, 0x1p62, &three));
    CHECK(ends[0] == INT64_MIN && ends[2] == 0);
    CHECK_OK(nhwc_arange(NULL, 0, -0x1p62, &three));
    CHECK(ends[2] == INT64_MIN);
    CHECK_FAILS(nhwc_arange(NULL, -0x1p62, -0x1p62, &three), NHWC_ERROR_ARGUMENT, "int64");
    guarded_check();
    guarded_release();
    nhwc_pool_destroy(pool);
}

/* ---- One-hot ------------------------------------------------------------------------------------ */

static void test_one_hot(void **state)
{
    (void)state;
    static const nhwc_dtype indices[] = {NHWC_INT32, NHWC_INT64};
    for (size_t i = 0; i < COUNT(golden_one_hots); i++)
        for (size_t d = 0; d < COUNT(indices); d++)
            for (int dtype = 0; dtype < DTYPES; dtype++)
                for (int64_t gap = 0; gap < 3; gap += 2) {
                    const golden_case *c = &golden_one_hots[i];
                    const nhwc_tensor x = golden_input(indices[d], c->x_rank, c->x, gap, 37);
                    nhwc_tensor y = golden_output(c, (nhwc_dtype)dtype, gap);
                    CHECK_OK(nhwc_one_hot(NULL, &x, (int)c->parts[0][0], NULL, &y));
                    golden_check(c, &y);
                    guarded_check();
                    guarded_release();
                }
}

static void test_one_hot_options(void **state)
{
    (void)state;
    const uint8_t labels[4] = {2, 0, 3, 255};
    float y_data[12] = {0};
    const nhwc_tensor indices = NHWC_TENSOR(NHWC_UINT8, labels, 4);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, y_data, 4, 3);
    CHECK_OK(nhwc_one_hot(NULL, &indices, -1, &(nhwc_one_hot_options){.on_value = 0.5, .off_value = -2}, &y));
    for (int i = 0; i < 12; i++)
        CHECK(y_data[i] == (i == 2 || i == 3 ? 0.5f : -2));
    CHECK_OK(nhwc_one_hot(NULL, &indices, -1, &(nhwc_one_hot_options){.off_value = 1}, &y)); /* one-cold */
    for (int i = 0; i < 12; i++)
        CHECK(y_data[i] == (i == 2 || i == 3 ? 0 : 1));
    y.dims[1] = 1;
    y.strides[1] = INT64_MAX; /* which does not matter */
    CHECK_OK(nhwc_one_hot(NULL, &indices, -1, &(nhwc_one_hot_options){0}, &y));
    CHECK(y_data[0] == 0 && y_data[3] == 1 && y_data[6] == 0 && y_data[9] == 0);
}

/* ---- Rejections --------------------------------------------------------------------------------- */

static void test_rejections(void **state)
{
    (void)state;
    const nhwc_context broken = {.threads = -1};
    int32_t data[16];
    for (int i = 0; i < 16; i++)
        data[i] = i;
    nhwc_tensor y = NHWC_TENSOR(NHWC_INT32, data, 4), wrong = y;
    CHECK_FAILS(nhwc_fill(&broken, 0, &y), NHWC_ERROR_ARGUMENT, "-1");
    CHECK_FAILS(nhwc_fill(NULL, 0, NULL), NHWC_ERROR_ARGUMENT, "fill: y is NULL");
    CHECK_FAILS(nhwc_fill(NULL, 0x1p31, &y), NHWC_ERROR_ARGUMENT, "value is 2.14748e+09", "int32",
                "-2147483648 to 2147483647");
    CHECK_FAILS(nhwc_fill(NULL, NAN, &y), NHWC_ERROR_ARGUMENT, "nan");
    CHECK_FAILS(nhwc_fill(NULL, -INFINITY, &y), NHWC_ERROR_ARGUMENT, "-inf");
    wrong.strides[0] = 0;
    CHECK_FAILS(nhwc_fill(NULL, 0, &wrong), NHWC_ERROR_ALIAS, "y is written");
    CHECK_FAILS(nhwc_arange(&broken, 0, 1, &y), NHWC_ERROR_ARGUMENT, "-1");
    CHECK_FAILS(nhwc_arange(&(nhwc_context){.isa = (nhwc_isa)99}, 0, 1, &y), NHWC_ERROR_ARGUMENT, "99");
    CHECK_FAILS(nhwc_arange(NULL, 0, 1, NULL), NHWC_ERROR_ARGUMENT, "arange: y is NULL");
    CHECK_FAILS(nhwc_arange(NULL, 0.5, 1, &y), NHWC_ERROR_ARGUMENT, "start 0.5", "integers", "int32");
    CHECK_FAILS(nhwc_arange(NULL, 0, 0.5, &y), NHWC_ERROR_ARGUMENT, "step 0.5");
    CHECK_FAILS(nhwc_arange(NULL, 0, INFINITY, &y), NHWC_ERROR_ARGUMENT, "step is inf");
    CHECK_FAILS(nhwc_arange(NULL, 0x1p31 - 3, 1, &y), NHWC_ERROR_ARGUMENT, "4 elements from 2147483645 by 1", "int32");
    CHECK_FAILS(nhwc_arange(NULL, -0x1p31 + 8, -3, &y), NHWC_ERROR_ARGUMENT, "by -3");
    CHECK_FAILS(nhwc_arange(NULL, 0x1p31, 0, &y), NHWC_ERROR_ARGUMENT, "from 2147483648");
    wrong = NHWC_TENSOR(NHWC_INT32, data, 2, 2);
    CHECK_FAILS(nhwc_arange(NULL, 0, 1, &wrong), NHWC_ERROR_RANK, "rank 2");
    wrong = NHWC_TENSOR(NHWC_BOOL, data, 2);
    CHECK_FAILS(nhwc_arange(NULL, 0, 1, &wrong), NHWC_ERROR_DTYPE, "bool");

    const nhwc_tensor x = NHWC_TENSOR(NHWC_INT32, data, 2), real = NHWC_TENSOR(NHWC_FLOAT32, data, 2);
    const nhwc_one_hot_options large = {.on_value = 256}, small = {.off_value = -1};
    uint8_t bytes[6] = {7, 7, 7, 7, 7, 7};
    y = NHWC_TENSOR(NHWC_UINT8, bytes, 2, 3);
    CHECK_FAILS(nhwc_one_hot(&broken, &x, 1, NULL, &y), NHWC_ERROR_ARGUMENT, "-1");
    CHECK_FAILS(nhwc_one_hot(NULL, NULL, 1, NULL, &y), NHWC_ERROR_ARGUMENT, "one_hot: indices is NULL");
    CHECK_FAILS(nhwc_one_hot(NULL, &x, 1, NULL, NULL), NHWC_ERROR_ARGUMENT, "one_hot: y is NULL");
    CHECK_FAILS(nhwc_one_hot(NULL, &real, 1, NULL, &y), NHWC_ERROR_DTYPE, "float32", "integers");
    CHECK_FAILS(nhwc_one_hot(NULL, &x, 2, NULL, &y), NHWC_ERROR_RANK, "no axis 2");
    CHECK_FAILS(nhwc_one_hot(NULL, &x, 0, NULL, &y), NHWC_ERROR_OUTPUT_SHAPE, "y is [2, 3]", "[2, 2]");
    CHECK_FAILS(nhwc_one_hot(NULL, &x, 1, &large, &y), NHWC_ERROR_ARGUMENT, "options->on_value is 256", "uint8");
    CHECK_FAILS(nhwc_one_hot(NULL, &x, 1, &small, &y), NHWC_ERROR_ARGUMENT, "options->off_value is -1");
    wrong = NHWC_TENSOR(NHWC_UINT8, bytes, 6);
    CHECK_FAILS(nhwc_one_hot(NULL, &x, 0, NULL, &wrong), NHWC_ERROR_RANK, "y has rank 1", "2 axes");
    wrong = NHWC_TENSOR(NHWC_INT32, data + 1, 2, 3);
    CHECK_FAILS(nhwc_one_hot(NULL, &x, 1, NULL, &wrong), NHWC_ERROR_ALIAS, "y shares memory with indices");
    for (int i = 0; i < 16; i++)
        CHECK(data[i] == i && bytes[i % 6] == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fill),    cmocka_unit_test(test_arange),          cmocka_unit_test(test_long_arange),
        cmocka_unit_test(test_one_hot), cmocka_unit_test(test_one_hot_options), cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
