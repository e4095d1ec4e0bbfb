/* Comparisons: NumPy's verdicts, where the worst difference is, and every rejection. */
#include <math.h>

#include "support/array_case.h"
#include "support/build.h"

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_compares); i++) {
        const golden_compare *c = &golden_compares[i];
        const nhwc_tensor a = nhwc_tensor_view(NHWC_FLOAT64, c->a, 1, &c->count),
                          b = nhwc_tensor_view(NHWC_FLOAT64, c->b, 1, &c->count);
        nhwc_difference d;
        CHECK_OK(nhwc_compare(NULL, &a, &b, &c->options, &d));
        if (d.close != (c->differing == 0) || d.count != c->differing) {
            print_error("%s: %" PRId64 " differ, not %" PRId64 "\n", c->call, d.count, c->differing);
            fail();
        }
    }
}

static void test_worst(void **state)
{
    (void)state;
    float a_data[6] = {1, 2, 3, 4, 5, 6}, b_data[6] = {1, 2, 3, 4, 5, 6};
    const nhwc_tensor a = NHWC_TENSOR(NHWC_FLOAT32, a_data, 2, 3), b = NHWC_TENSOR(NHWC_FLOAT32, b_data, 2, 3);
    nhwc_difference d;
    CHECK_OK(nhwc_compare(NULL, &a, &b, NULL, &d));
    CHECK(d.close && d.count == 0 && d.rank == 2 && d.absolute == 0 && d.relative == 0 && d.a == 1);
    b_data[4] = 5.5f;
    b_data[5] = 6.25f;
    CHECK_OK(nhwc_compare(NULL, &a, &b, NULL, &d));
    CHECK(!d.close && d.count == 2 && d.index[0] == 1 && d.index[1] == 1 && d.a == 5 && d.b == 5.5);
    CHECK(d.absolute == 0.5 && d.relative == 0.5 / 5.5);
    CHECK_OK(nhwc_compare(NULL, &a, &b, &(nhwc_compare_options){.atol = 0.25}, &d));
    CHECK(d.count == 1 && d.index[1] == 1);
    CHECK_OK(nhwc_compare(NULL, &a, &b, &(nhwc_compare_options){.atol = 0.5}, &d));
    CHECK(d.close && d.index[0] == 1 && d.index[1] == 1 && d.absolute == 0.5); /* the nearest to its tolerance */
    b_data[2] = NAN;
    a_data[3] = INFINITY;
    CHECK_OK(nhwc_compare(NULL, &a, &b, &(nhwc_compare_options){.atol = 1}, &d));
    CHECK(d.count == 2 && d.index[0] == 0 && d.index[1] == 2 && d.a == 3 && isnan(d.b) && isnan(d.absolute));
    b_data[2] = 3;
    CHECK_OK(nhwc_compare(NULL, &a, &b, &(nhwc_compare_options){.rtol = 1}, &d));
    CHECK(d.count == 1 && d.index[0] == 1 && d.index[1] == 0 && d.absolute == INFINITY);
    b_data[3] = INFINITY;
    CHECK_OK(nhwc_compare(NULL, &a, &b, &(nhwc_compare_options){.rtol = 1}, &d));
    CHECK(d.close);
}

/* Each integer is itself, however large. */
static void test_integers(void **state)
{
    (void)state;
    const int64_t a_data[3] = {INT64_C(1) << 60, INT64_MIN, 5}, b_data[3] = {(INT64_C(1) << 60) + 1, INT64_MIN, 5};
    const nhwc_tensor a = NHWC_TENSOR(NHWC_INT64, a_data, 3), b = NHWC_TENSOR(NHWC_INT64, b_data, 3);
    nhwc_difference d;
    CHECK_OK(nhwc_compare(NULL, &a, &b, NULL, &d));
    CHECK(d.count == 1 && d.index[0] == 0 && d.absolute == 1);
    const int64_t ends[2] = {INT64_MIN, INT64_MAX};
    const nhwc_tensor low = NHWC_TENSOR(NHWC_INT64, ends, 1), high = NHWC_TENSOR(NHWC_INT64, ends + 1, 1);
    CHECK_OK(nhwc_compare(NULL, &low, &high, NULL, &d));
    CHECK(d.absolute == 0x1p64);
    const uint8_t truths[2] = {1, 200};
    const nhwc_tensor t = NHWC_TENSOR(NHWC_BOOL, truths, 1), u = NHWC_TENSOR(NHWC_BOOL, truths + 1, 1);
    CHECK_OK(nhwc_compare(NULL, &t, &u, NULL, &d));
    CHECK(d.close);
}

/* Views without rule, broadcast against each other, against a loop. */
static void test_any_strides(void **state)
{
    (void)state;
    uint64_t random = 12;
    print_message("seed %" PRIu64 "\n", random);
    for (int round = 0; round < 1500; round += every) {
        int64_t dims[NHWC_MAX_RANK] = {0}, narrow[NHWC_MAX_RANK] = {0};
        const int rank = (int)random_between(&random, 0, 4), missing = (int)random_between(&random, 0, rank);
        const nhwc_dtype dtype = (nhwc_dtype)random_between(&random, 0, DTYPES - 1);
        random_dims(&random, rank, rank < 3 ? 30 : 6, dims);
        for (int i = missing; i < rank; i++)
            narrow[i - missing] = random_between(&random, 0, 2) ? dims[i] : 1;
        nhwc_tensor whole, wide;
        const nhwc_tensor a = random_view(&random, dtype, rank, dims, &whole),
                          b = random_view(&random, dtype, rank - missing, narrow, &whole);
        for (int64_t i = 0; i < element_count(&a); i++)
            element_set(&a, i, (double)random_between(&random, 0, dtype == NHWC_BOOL ? 1 : 50));
        for (int64_t i = 0; i < element_count(&b); i++)
            element_set(&b, i, (double)random_between(&random, 0, dtype == NHWC_BOOL ? 1 : 50));
        CHECK_OK(nhwc_broadcast_to(&b, rank, dims, &wide));
        const nhwc_compare_options options = {.atol = (double)random_between(&random, 0, 9), .rtol = 0.125};
        nhwc_difference d;
        CHECK_OK(nhwc_compare(NULL, &a, &b, &options, &d));
        int64_t count = 0, worst = 0, index = 0;
        double most = -INFINITY;
        for (int64_t i = 0; i < element_count(&a); i++) {
            const double u = element_get(&a, i), v = element_get(&wide, i);
            const double excess = fabs(u - v) - (options.atol + options.rtol * v);
            count += excess > 0;
            if (excess > most) {
                most = excess;
                worst = i;
            }
        }
        for (int axis = 0; axis < rank; axis++)
            index = index * dims[axis] + d.index[axis];
        CHECK(d.count == count && d.close == (count == 0) && index == worst);
        if (element_count(&a) > 0)
            CHECK(d.a == element_get(&a, worst) && d.b == element_get(&wide, worst));
        guarded_release();
    }
}

static void test_threads(void **state)
{
    (void)state;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, 3, &pool));
    const int64_t dims[2] = {1000, 700};
    const nhwc_tensor a = guarded_tensor(NHWC_FLOAT32, 2, dims, 0), b = guarded_tensor(NHWC_FLOAT32, 2, dims, 0);
    ((float *)b.data)[123456] = 2;
    ((float *)b.data)[654321] = 2; /* as bad, but later */
    ((float *)b.data)[7] = 1;
    for (int threads = 1; threads <= 100; threads += 11) {
        const nhwc_context context = {.threads = threads, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
        nhwc_difference d;
        CHECK_OK(nhwc_compare(&context, &a, &b, NULL, &d));
        CHECK(d.count == 3 && d.index[0] == 123456 / 700 && d.index[1] == 123456 % 700);
    }
    guarded_release();
    nhwc_pool_destroy(pool);
}

static void test_rejections(void **state)
{
    (void)state;
    float data[6] = {0};
    const nhwc_tensor a = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3), b = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 1),
                      other = NHWC_TENSOR(NHWC_INT32, data, 2, 3), apart = NHWC_TENSOR(NHWC_FLOAT32, data, 2),
                      none = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0, 1), single = NHWC_TENSOR(NHWC_FLOAT32, data, 1, 3);
    nhwc_tensor tall = NHWC_TENSOR(NHWC_FLOAT32, data, INT64_MAX / 32, 1),
                broad = NHWC_TENSOR(NHWC_FLOAT32, data, 1, 64);
    tall.strides[0] = broad.strides[1] = 0;
    nhwc_difference d = {.count = 77};
    CHECK_FAILS(nhwc_compare(&(nhwc_context){.threads = -1}, &a, &b, NULL, &d), NHWC_ERROR_ARGUMENT, "-1");
    CHECK_FAILS(nhwc_compare(NULL, NULL, &b, NULL, &d), NHWC_ERROR_ARGUMENT, "compare: a is NULL");
    CHECK_FAILS(nhwc_compare(NULL, &a, NULL, NULL, &d), NHWC_ERROR_ARGUMENT, "compare: b is NULL");
    CHECK_FAILS(nhwc_compare(NULL, &a, &b, NULL, NULL), NHWC_ERROR_ARGUMENT, "difference is NULL");
    CHECK_FAILS(nhwc_compare(NULL, &a, &other, NULL, &d), NHWC_ERROR_DTYPE, "a is float32", "b int32");
    CHECK_FAILS(nhwc_compare(NULL, &a, &apart, NULL, &d), NHWC_ERROR_SHAPE, "b is [2]", "[2, 3]");
    CHECK_FAILS(nhwc_compare(NULL, &tall, &broad, NULL, &d), NHWC_ERROR_TOO_LARGE, "compare");
    CHECK_FAILS(nhwc_compare(NULL, &a, &b, &(nhwc_compare_options){.rtol = -1}, &d), NHWC_ERROR_ARGUMENT, "rtol is -1");
    CHECK_FAILS(nhwc_compare(NULL, &a, &b, &(nhwc_compare_options){.atol = NAN}, &d), NHWC_ERROR_ARGUMENT, "atol nan");
    CHECK(d.count == 77);
    CHECK_OK(nhwc_compare(NULL, &none, &single, NULL, &d)); /* [0, 3]: nothing */
    CHECK(d.close && d.count == 0 && d.rank == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),      cmocka_unit_test(test_worst),   cmocka_unit_test(test_integers),
        cmocka_unit_test(test_any_strides), cmocka_unit_test(test_threads), cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
