/* Conversions: NumPy's where C defines them, the promised values elsewhere, in every layout. */
#include <math.h>

#include "support/array_case.h"
#include "support/build.h"

/* Element i of golden data, which are doubles for floats and int64_t for all others, in the dtype. */
static void put(const nhwc_tensor *tensor, int64_t i, const void *golden)
{
    void *at = (char *)tensor->data + (size_t)i * nhwc_dtype_size(tensor->dtype);
    const int64_t *integers = golden;
    switch (tensor->dtype) {
    case NHWC_FLOAT32: *(float *)at = (float)((const double *)golden)[i]; break;
    case NHWC_FLOAT64: *(double *)at = ((const double *)golden)[i]; break;
    case NHWC_INT32: *(int32_t *)at = (int32_t)integers[i]; break;
    case NHWC_INT64: *(int64_t *)at = integers[i]; break;
    case NHWC_UINT8:
    case NHWC_BOOL: *(uint8_t *)at = (uint8_t)integers[i]; break;
    }
}

/* Bit by bit, but that a NaN is any NaN. */
static bool same(const nhwc_tensor *a, const nhwc_tensor *b)
{
    const size_t size = nhwc_dtype_size(a->dtype);
    for (int64_t i = 0; i < element_count(a); i++)
        if (memcmp((char *)a->data + (size_t)i * size, (char *)b->data + (size_t)i * size, size) != 0 &&
            !(isnan(element_get(a, i)) && isnan(element_get(b, i))))
            return false;
    return true;
}

static void check_golden(const nhwc_context *context, const golden_cast *c)
{
    const nhwc_tensor x = guarded_tensor(c->from, 1, &c->count, 0), expected = guarded_tensor(c->to, 1, &c->count, 0);
    nhwc_tensor y = guarded_tensor(c->to, 1, &c->count, 0);
    for (int64_t k = 0; k < c->count; k++) {
        put(&x, k, c->x);
        put(&expected, k, c->y);
    }
    CHECK_OK(nhwc_cast(context, &x, &y));
    if (!same(&y, &expected))
        fail_msg("%s of %s with %s", c->call, nhwc_dtype_string(c->from), nhwc_isa_string(context->isa));
    guarded_check();
    guarded_release();
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t isa = 0; isa < COUNT(isas); isa++)
        for (size_t i = 0; i < COUNT(golden_casts) && nhwc_isa_available(isas[isa]); i++)
            check_golden(&(nhwc_context){.isa = isas[isa]}, &golden_casts[i]);
}

/* What C leaves open, and NumPy to the processor. */
static void test_beyond(void **state)
{
    (void)state;
    static const struct {
        double value;
        int32_t int32;
        int64_t int64;
        uint8_t uint8;
    } cases[] = {
        {NAN, 0, 0, 0},
        {INFINITY, INT32_MAX, INT64_MAX, 255},
        {-INFINITY, INT32_MIN, INT64_MIN, 0},
        {0x1p31, INT32_MAX, INT64_C(1) << 31, 255},
        {-0x1p31 - 0x1p8, INT32_MIN, -(INT64_C(1) << 31) - 256, 0},
        {0x1p63, INT32_MAX, INT64_MAX, 255},
        {-0x1p63, INT32_MIN, INT64_MIN, 0},
        {-0x1.8p63, INT32_MIN, INT64_MIN, 0},
        {256, 256, 256, 255},
        {-1, -1, -1, 0},
        {-0.75, 0, 0, 0},
    };
    static const nhwc_dtype to[] = {NHWC_INT32, NHWC_INT64, NHWC_UINT8};
    const int64_t count = 7 * COUNT(cases); /* so many that vectors are full */
    for (size_t isa = 0; isa < COUNT(isas); isa++)
        for (size_t d = 0; d < COUNT(floats) * COUNT(to) && nhwc_isa_available(isas[isa]); d++)
            for (int64_t step = 1; step < 3; step++) {
                const nhwc_dtype from = floats[d / COUNT(to)];
                nhwc_tensor x = guarded_tensor(from, 1, (int64_t[]){count * step}, 0);
                nhwc_tensor y = guarded_tensor(to[d % COUNT(to)], 1, &count, 0);
                CHECK_OK(nhwc_slice(&x, NULL, NULL, &step, &x));
                for (int64_t i = 0; i < count; i++)
                    element_set(&x, i, cases[i % (int64_t)COUNT(cases)].value);
                CHECK_OK(nhwc_cast(&(nhwc_context){.isa = isas[isa]}, &x, &y));
                for (int64_t i = 0; i < count; i++) {
                    const size_t row = (size_t)i % COUNT(cases);
                    CHECK(y.dtype == NHWC_INT32   ? ((int32_t *)y.data)[i] == cases[row].int32
                          : y.dtype == NHWC_INT64 ? ((int64_t *)y.data)[i] == cases[row].int64
                                                  : ((uint8_t *)y.data)[i] == cases[row].uint8);
                }
                guarded_check();
                guarded_release();
            }
    uint8_t bytes[3] = {0, 1, 200}; /* a boolean that is neither 0 nor 1 */
    int32_t numbers[3] = {0};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_BOOL, bytes, 3);
    nhwc_tensor y = NHWC_TENSOR(NHWC_INT32, numbers, 3);
    CHECK_OK(nhwc_cast(NULL, &x, &y));
    CHECK(numbers[0] == 0 && numbers[1] == 1 && numbers[2] == 1);
}

/* Views without rule: small integers are the same in every dtype. */
static void test_any_strides(void **state)
{
    (void)state;
    uint64_t random = 7;
    print_message("seed %" PRIu64 "\n", random);
    for (int round = 0; round < 2000; round += every) {
        int64_t dims[NHWC_MAX_RANK] = {0};
        const int rank = (int)random_between(&random, 0, 4);
        const nhwc_dtype from = (nhwc_dtype)random_between(&random, 0, DTYPES - 1),
                         to = (nhwc_dtype)random_between(&random, 0, DTYPES - 1);
        random_dims(&random, rank, rank < 3 ? 40 : 8, dims);
        nhwc_tensor x_whole, y_whole;
        const nhwc_tensor x = random_view(&random, from, rank, dims, &x_whole);
        nhwc_tensor y = random_view(&random, to, rank, dims, &y_whole);
        fill_with(&y_whole, 1);
        fill_any(&x);
        const nhwc_isa isa = isas[round % (int)COUNT(isas)];
        CHECK_OK(nhwc_cast(&(nhwc_context){.isa = nhwc_isa_available(isa) ? isa : NHWC_ISA_AUTOMATIC}, &x, &y));
        for (int64_t i = 0; i < element_count(&y); i++)
            CHECK(element_get(&y, i) == (to == NHWC_BOOL ? element_get(&x, i) != 0 : element_get(&x, i)));
        check_only(&y, &y_whole, 1);
        guarded_check();
        guarded_release();
    }
}

static void test_threads(void **state)
{
    (void)state;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, 3, &pool));
    const nhwc_context context = {.threads = 3, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
    const nhwc_tensor x = guarded_tensor(NHWC_UINT8, 2, (int64_t[]){700, 701}, 0);
    nhwc_tensor y = guarded_tensor(NHWC_FLOAT32, 2, (int64_t[]){701, 700}, 3), turned;
    fill_any(&x);
    CHECK_OK(nhwc_transpose(&x, NULL, &turned));
    CHECK_OK(nhwc_cast(&context, &turned, &y));
    for (int64_t i = 0; i < element_count(&y); i++)
        CHECK(element_get(&y, i) == element_get(&turned, i));
    guarded_check();
    guarded_release();
    nhwc_pool_destroy(pool);
}

static void test_rejections(void **state)
{
    (void)state;
    const nhwc_context broken = {.threads = -1};
    double data[6] = {1, 2, 3, 4, 5, 6};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT64, data, 3);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, data + 3, 3), wrong = y;
    CHECK_FAILS(nhwc_cast(&broken, &x, &y), NHWC_ERROR_ARGUMENT, "-1");
    CHECK_FAILS(nhwc_cast(&(nhwc_context){.isa = (nhwc_isa)99}, &x, &y), NHWC_ERROR_ARGUMENT, "99");
    CHECK_FAILS(nhwc_cast(NULL, NULL, &y), NHWC_ERROR_ARGUMENT, "cast: x is NULL");
    CHECK_FAILS(nhwc_cast(NULL, &x, NULL), NHWC_ERROR_ARGUMENT, "cast: y is NULL");
    wrong.dims[0] = 2;
    CHECK_FAILS(nhwc_cast(NULL, &x, &wrong), NHWC_ERROR_SHAPE, "[3]", "[2]");
    wrong = NHWC_TENSOR(NHWC_FLOAT32, (float *)data + 5, 3);
    CHECK_FAILS(nhwc_cast(NULL, &x, &wrong), NHWC_ERROR_ALIAS, "y shares memory with x");
    wrong = y;
    wrong.strides[0] = 0;
    CHECK_FAILS(nhwc_cast(NULL, &x, &wrong), NHWC_ERROR_ALIAS, "y is written");
    wrong = y;
    wrong.dtype = (nhwc_dtype)6;
    CHECK_FAILS(nhwc_cast(NULL, &x, &wrong), NHWC_ERROR_DTYPE, "y->dtype is 6");
    for (int i = 0; i < 6; i++)
        CHECK(data[i] == i + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),  cmocka_unit_test(test_beyond),     cmocka_unit_test(test_any_strides),
        cmocka_unit_test(test_threads), cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
