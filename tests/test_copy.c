/* Copies: every element between any strides, every dtype and number of threads, and every rejection. */
#include "support/array_case.h"
#include "support/build.h"
#include "support/failing_allocator.h"

/* y has the elements of x, broadcast by `wide`, and nothing else of what y is a view of has changed. */
static void check_copy(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *wide, nhwc_tensor *y,
                       const nhwc_tensor *whole)
{
    fill_with(whole, 1);
    fill_any(x);
    CHECK_OK(nhwc_copy(context, x, y));
    for (int64_t i = 0; i < element_count(y); i++)
        CHECK(element_get(y, i) == element_get(wide, i));
    check_only(y, whole, 1);
    guarded_check();
    guarded_release();
}

/* Views without rule, of which x may lack axes and have length 1 where y is longer. */
static void test_any_strides(void **state)
{
    (void)state;
    uint64_t random = 6;
    print_message("seed %" PRIu64 "\n", random);
    for (int round = 0; round < 3000; round += every) {
        int64_t dims[NHWC_MAX_RANK] = {0}, narrow[NHWC_MAX_RANK] = {0};
        const int rank = (int)random_between(&random, 0, 5);
        const nhwc_dtype dtype = (nhwc_dtype)random_between(&random, 0, DTYPES - 1);
        random_dims(&random, rank, rank < 3 ? 40 : 6, dims);
        const int missing = (int)random_between(&random, 0, random_between(&random, 0, 1) ? rank : 0);
        const bool repeats = random_between(&random, 0, 2) == 0;
        for (int i = missing; i < rank; i++)
            narrow[i - missing] = repeats && random_between(&random, 0, 1) ? 1 : dims[i];
        nhwc_tensor x_whole, y_whole, wide;
        const nhwc_tensor x = random_view(&random, dtype, rank - missing, narrow, &x_whole);
        nhwc_tensor y = random_view(&random, dtype, rank, dims, &y_whole);
        CHECK_OK(nhwc_broadcast_to(&x, rank, dims, &wide));
        check_copy(NULL, &x, &wide, &y, &y_whole);
    }
}

/* Sizes around those of the squares, in both directions, and pixels of every number of channels. */
static void test_transposes(void **state)
{
    (void)state;
    for (int d = 0; d < DTYPES; d++)
        for (int64_t rows = 1; rows < 40; rows += (rows < 14 || rows > 16 ? 7 : 1) * every)
            for (int64_t columns = 1; columns < 300; columns += columns < 14 || columns > 17 ? columns + 1 : 1)
                for (int64_t channels = 1; channels < 5; channels++) {
                    const nhwc_tensor x = guarded_tensor((nhwc_dtype)d, 3, (int64_t[]){rows, columns, channels}, 0);
                    nhwc_tensor y = guarded_tensor((nhwc_dtype)d, 3, (int64_t[]){columns, rows, channels}, 0), turned;
                    CHECK_OK(nhwc_transpose(&x, (int[]){1, 0, 2}, &turned));
                    check_copy(NULL, &turned, &turned, &y, &y);
                }
}

/* Large enough for tasks: the same with any number of threads. */
static void test_threads(void **state)
{
    (void)state;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, 3, &pool));
    static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {0, 2, 1}};
    static const int64_t shapes[][3] = {
        {1, 1, 1 << 21}, {2, 3, 200000}, {700, 900, 3}, {130, 90, 100}, {1, 1500, 1100}};
    for (int threads = 1; threads <= 5; threads += 2)
        for (size_t o = 0; o < COUNT(orders); o++)
            for (size_t s = 0; s < COUNT(shapes); s += every) {
                const nhwc_context context = {
                    .threads = threads, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
                const nhwc_tensor x = guarded_tensor(NHWC_UINT8, 3, shapes[s], 0);
                nhwc_tensor turned;
                CHECK_OK(nhwc_transpose(&x, orders[o], &turned));
                nhwc_tensor y = guarded_tensor(NHWC_UINT8, 3, turned.dims, 0);
                for (int64_t i = 0, count = element_count(&x); i < count; i++)
                    ((uint8_t *)x.data)[i] = (uint8_t)(i * 37 % 251);
                CHECK_OK(nhwc_copy(&context, &turned, &y));
                const int64_t *n = y.dims, *strides = turned.strides;
                for (int64_t i = 0, count = element_count(&y); i < count; i++) {
                    const int64_t from =
                        i / n[2] / n[1] * strides[0] + i / n[2] % n[1] * strides[1] + i % n[2] * strides[2];
                    CHECK(((uint8_t *)y.data)[i] == ((uint8_t *)x.data)[from]);
                }
                guarded_release();
            }
    nhwc_pool_destroy(pool);
}

/* NaNs keep their bits, and axes of length 1 may have any stride. */
static void test_bits(void **state)
{
    (void)state;
    const uint32_t in[4] = {0x7FA00001u, 0x80000000u, 0xFFC12345u, 0x00000001u};
    uint32_t out[4] = {0};
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, in, 1, 2, 2), y = NHWC_TENSOR(NHWC_FLOAT32, out, 1, 2, 2);
    x.strides[0] = INT64_MAX;
    y.strides[0] = 0;
    CHECK_OK(nhwc_transpose(&x, (int[]){0, 2, 1}, &x));
    CHECK_OK(nhwc_copy(NULL, &x, &y));
    CHECK(out[0] == in[0] && out[1] == in[2] && out[2] == in[1] && out[3] == in[3]);
}

static void test_clone(void **state)
{
    (void)state;
    failing_allocator allocator = {.calls = 0};
    const nhwc_context context = failing_context(&allocator);
    const nhwc_tensor x = guarded_tensor(NHWC_INT32, 3, (int64_t[]){2, 3, 4}, 0);
    nhwc_tensor turned, y = {.rank = 77};
    fill_any(&x);
    CHECK_OK(nhwc_transpose(&x, NULL, &turned));
    CHECK_OK(nhwc_clone(&context, &turned, &y));
    CHECK(y.rank == 3 && y.dims[0] == 4 && y.strides[0] == 6 && y.strides[2] == 1 && y.data != x.data);
    for (int64_t i = 0; i < 24; i++)
        CHECK(element_get(&y, i) == element_get(&turned, i));
    CHECK_OK(nhwc_reshape(&y, 1, (int64_t[]){24}, &turned));
    nhwc_tensor_destroy(&context, &y);
    const nhwc_tensor none = nhwc_tensor_view(NHWC_FLOAT64, NULL, 2, (int64_t[]){0, 3});
    CHECK_OK(nhwc_clone(&context, &none, &y));
    CHECK(y.rank == 2 && y.data == NULL && y.dims[1] == 3);
    const nhwc_tensor scalar = nhwc_tensor_view(NHWC_INT32, x.data, 0, NULL);
    CHECK_OK(nhwc_clone(NULL, &scalar, &y));
    CHECK(y.rank == 0 && element_get(&y, 0) == 0);
    nhwc_tensor_destroy(NULL, &y);
    y.rank = 77;
    allocator.fail_at = allocator.calls + 1;
    CHECK_FAILS(nhwc_clone(&context, &x, &y), NHWC_ERROR_OUT_OF_MEMORY, "96 bytes");
    CHECK_FAILS(nhwc_clone(&context, &x, NULL), NHWC_ERROR_ARGUMENT, "clone: y is NULL");
    CHECK_FAILS(nhwc_clone(&context, NULL, &y), NHWC_ERROR_ARGUMENT, "clone: x is NULL");
    CHECK(y.rank == 77 && allocator.live == 0);
    guarded_release();
}

static void test_rejections(void **state)
{
    (void)state;
    const nhwc_context broken = {.algorithm = (nhwc_algorithm)99};
    float data[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, data + 6, 2, 3), wrong = y;
    CHECK_FAILS(nhwc_copy(&broken, &x, &y), NHWC_ERROR_ARGUMENT, "99");
    CHECK_FAILS(nhwc_copy(NULL, NULL, &y), NHWC_ERROR_ARGUMENT, "copy: x is NULL");
    CHECK_FAILS(nhwc_copy(NULL, &x, NULL), NHWC_ERROR_ARGUMENT, "copy: y is NULL");
    wrong.dtype = NHWC_INT32;
    CHECK_FAILS(nhwc_copy(NULL, &x, &wrong), NHWC_ERROR_DTYPE, "x is float32", "y int32");
    wrong = NHWC_TENSOR(NHWC_FLOAT32, data + 6, 3, 2);
    CHECK_FAILS(nhwc_copy(NULL, &x, &wrong), NHWC_ERROR_SHAPE, "[2, 3]", "broadcast to [3, 2]");
    wrong = NHWC_TENSOR(NHWC_FLOAT32, data + 6, 3);
    CHECK_FAILS(nhwc_copy(NULL, &x, &wrong), NHWC_ERROR_SHAPE, "broadcast to [3]");
    wrong = y;
    wrong.strides[0] = 0;
    CHECK_FAILS(nhwc_copy(NULL, &x, &wrong), NHWC_ERROR_ALIAS, "y is written");
    wrong = NHWC_TENSOR(NHWC_FLOAT32, data + 5, 2, 3);
    CHECK_FAILS(nhwc_copy(NULL, &x, &wrong), NHWC_ERROR_ALIAS, "y shares memory with x");
    wrong.data = NULL;
    CHECK_FAILS(nhwc_copy(NULL, &x, &wrong), NHWC_ERROR_ARGUMENT, "y->data is NULL");
    for (int i = 0; i < 12; i++)
        CHECK(data[i] == (float)i);
    nhwc_tensor even = NHWC_TENSOR(NHWC_FLOAT32, data, 6), odd; /* interleaved, yet apart */
    even.strides[0] = 2;
    odd = even;
    odd.data = data + 1;
    CHECK_OK(nhwc_copy(NULL, &even, &odd));
    for (int i = 0; i < 12; i++)
        CHECK(data[i] == (float)(i - i % 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_strides), cmocka_unit_test(test_transposes), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_bits),        cmocka_unit_test(test_clone),      cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
