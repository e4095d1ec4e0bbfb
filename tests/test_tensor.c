/* Tensors: making them, memory, and the checks of layout and overlap as the operations apply them. */
#include <inttypes.h>
#include <string.h>

#include "support/check.h"
#include "support/failing_allocator.h"
#include "support/fill.h"

static void test_view(void **state)
{
    (void)state;
    const double data[24] = {0};
    const nhwc_tensor t = NHWC_TENSOR(NHWC_FLOAT64, data, 1, 2, 3, 4);
    CHECK(t.dtype == NHWC_FLOAT64 && t.rank == 4 && t.data == data);
    CHECK(!memcmp(t.dims, (int64_t[]){1, 2, 3, 4, 0, 0, 0, 0}, sizeof t.dims));
    CHECK(!memcmp(t.strides, (int64_t[]){24, 12, 4, 1, 0, 0, 0, 0}, sizeof t.strides));
    CHECK(nhwc_tensor_view(NHWC_UINT8, data, 0, NULL).rank == 0);
    const int64_t nine[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    CHECK(nhwc_tensor_view(NHWC_FLOAT32, data, 9, nine).rank == 9); /* refused where it is used */
}

static void test_dtype_size(void **state)
{
    (void)state;
    const size_t sizes[] = {[NHWC_FLOAT32] = 4, [NHWC_FLOAT64] = 8, [NHWC_INT32] = 4,
                            [NHWC_INT64] = 8,   [NHWC_UINT8] = 1,   [NHWC_BOOL] = 1};
    for (int dtype = 0; dtype <= NHWC_BOOL; dtype++)
        CHECK(nhwc_dtype_size((nhwc_dtype)dtype) == sizes[dtype]);
    CHECK(nhwc_dtype_size((nhwc_dtype)(NHWC_BOOL + 1)) == 0 && nhwc_dtype_size((nhwc_dtype)-1) == 0);
}

static void test_create(void **state)
{
    (void)state;
    for (int dtype = 0; dtype <= NHWC_BOOL; dtype++) {
        failing_allocator a = {0};
        const nhwc_context counting = failing_context(&a), *contexts[] = {NULL, &counting};
        for (int i = 0; i < 2; i++) {
            nhwc_tensor t;
            CHECK_OK(nhwc_tensor_create(contexts[i], (nhwc_dtype)dtype, 3, (int64_t[]){2, 3, 5}, &t));
            CHECK((uintptr_t)t.data % 64 == 0 && t.strides[0] == 15 && t.dtype == (nhwc_dtype)dtype);
            for (int64_t e = 0; e < 30; e++)
                CHECK(element_get(&t, e) == 0);
            nhwc_tensor_destroy(contexts[i], &t);
            CHECK(t.data == NULL);
            nhwc_tensor_destroy(contexts[i], &t);
        }
        CHECK(a.calls == 1 && a.live == 0 && a.alignment == 64);
    }
    nhwc_tensor_destroy(NULL, NULL);
}

static void test_create_empty_and_scalar(void **state)
{
    (void)state;
    failing_allocator a = {.fail_at = 1};
    const nhwc_context context = failing_context(&a);
    nhwc_tensor t;
    CHECK_OK(nhwc_tensor_create(&context, NHWC_FLOAT32, 2, (int64_t[]){INT64_MAX, 0}, &t));
    CHECK(t.data == NULL && a.calls == 0);
    CHECK_OK(nhwc_tensor_create(NULL, NHWC_FLOAT32, 0, NULL, &t));
    CHECK(t.data != NULL && element_count(&t) == 1);
    nhwc_tensor_destroy(NULL, &t);
}

static void test_create_refused(void **state)
{
    (void)state;
    nhwc_tensor t;
    memset(&t, 0x5A, sizeof t);
    const nhwc_tensor before = t;
    const int64_t half = INT64_C(1) << 31;
    failing_allocator a = {.fail_at = 1};
    const nhwc_context context = failing_context(&a);
    CHECK_FAILS(nhwc_tensor_create(NULL, NHWC_FLOAT32, 3, (int64_t[]){half, half, half}, &t), NHWC_ERROR_TOO_LARGE,
                "tensor_create", "64 bits");
    CHECK_FAILS(nhwc_tensor_create(NULL, NHWC_FLOAT64, 2, (int64_t[]){half, half / 64}, &t),
                NHWC_ERROR_OUT_OF_MEMORY, "576460752303423488 bytes");
    CHECK_FAILS(nhwc_tensor_create(NULL, NHWC_FLOAT64, 1, (int64_t[]){-1}, &t), NHWC_ERROR_SHAPE, "-1");
    CHECK_FAILS(nhwc_tensor_create(NULL, NHWC_FLOAT64, 9, (int64_t[9]){0}, &t), NHWC_ERROR_RANK, "rank 9");
    CHECK_FAILS(nhwc_tensor_create(NULL, NHWC_FLOAT64, -1, (int64_t[9]){0}, &t), NHWC_ERROR_RANK, "rank -1");
    CHECK_FAILS(nhwc_tensor_create(NULL, (nhwc_dtype)9, 1, (int64_t[]){1}, &t), NHWC_ERROR_DTYPE, "9");
    CHECK_FAILS(nhwc_tensor_create(NULL, NHWC_FLOAT32, 1, NULL, &t), NHWC_ERROR_ARGUMENT, "dims is NULL");
    CHECK_FAILS(nhwc_tensor_create(NULL, NHWC_FLOAT32, 0, NULL, NULL), NHWC_ERROR_ARGUMENT, "tensor is NULL");
    CHECK_FAILS(nhwc_tensor_create(&context, NHWC_FLOAT32, 1, (int64_t[]){100}, &t), NHWC_ERROR_OUT_OF_MEMORY,
                "400 bytes");
    CHECK(a.calls == 1 && a.live == 0 && !memcmp(&t, &before, sizeof t));
}

/* ---- Overlap, as a 1x1 convolution between two views of one buffer sees it --------------------------- */

#define BYTES 400

/* Whether two views into one buffer have a byte in common, by marking bytes. */
static bool share_a_byte(const nhwc_tensor *a, const nhwc_tensor *b, const unsigned char *buffer)
{
    bool mark[BYTES] = {false};
    const nhwc_tensor *const tensors[] = {a, b};
    for (int which = 0; which < 2; which++) {
        const nhwc_tensor *t = tensors[which];
        const int64_t *d = t->dims, *s = t->strides;
        for (int64_t n = 0; n < d[0]; n++)
            for (int64_t y = 0; y < d[1]; y++)
                for (int64_t x = 0; x < d[2]; x++) {
                    const float *pixel = (const float *)t->data + n * s[0] + y * s[1] + x * s[2];
                    const int64_t first = (const unsigned char *)pixel - buffer;
                    for (int64_t byte = first; byte < first + 4 * d[3]; byte++) {
                        if (which == 1 && mark[byte])
                            return true;
                        mark[byte] |= which == 0;
                    }
                }
    }
    return false;
}

/* A random view within the buffer, with distinct elements when it is to be written. */
static nhwc_tensor random_view(uint64_t *random, unsigned char *buffer, int64_t channels, bool distinct)
{
    for (;;) {
        nhwc_tensor t = {.dtype = NHWC_FLOAT32, .rank = 4};
        int64_t reach = 1;
        t.dims[3] = channels;
        t.strides[3] = 1;
        int64_t last = channels - 1;
        for (int axis = 2; axis >= 0; axis--) {
            t.dims[axis] = random_between(random, 1, 4);
            t.strides[axis] = distinct ? last + 1 + random_between(random, 0, 6) : random_between(random, 0, 25);
            last += (t.dims[axis] - 1) * t.strides[axis];
        }
        reach = 4 * (last + 1);
        if (reach <= BYTES) {
            t.data = buffer + random_between(random, 0, (BYTES - reach) / 4) * 4;
            return t;
        }
    }
}

static void test_overlap(void **state)
{
    (void)state;
    _Alignas(64) static unsigned char buffer[BYTES];
    uint64_t random = 12;
    int64_t apart_within_reach = 0;
    print_message("seed %" PRIu64 "\n", random);
    const float one = 1;
    for (int i = 0; i < 30000; i++) {
        /* A 1x1 convolution takes two images of any strides. */
        nhwc_tensor x = random_view(&random, buffer, random_between(&random, 1, 3), false),
                    y = random_view(&random, buffer, random_between(&random, 1, 3), true);
        memcpy(x.dims, y.dims, 3 * sizeof *x.dims);
        if (i % 2) /* slots of one buffer */
            memcpy(x.strides, y.strides, sizeof x.strides);
        float filter[9];
        for (int k = 0; k < 9; k++)
            filter[k] = one;
        const nhwc_tensor w = NHWC_TENSOR(NHWC_FLOAT32, filter, 1, 1, x.dims[3], y.dims[3]);
        int64_t reach = x.dims[3] - 1;
        for (int axis = 0; axis < 3; axis++)
            reach += (x.dims[axis] - 1) * x.strides[axis];
        if ((unsigned char *)x.data + 4 * (reach + 1) > buffer + BYTES)
            continue;
        const bool overlap = share_a_byte(&x, &y, buffer);
        check_status(nhwc_conv2d(NULL, &x, &w, NULL, NULL, &y), overlap ? NHWC_ERROR_ALIAS : NHWC_OK, "conv2d",
                     __FILE__, __LINE__);
        apart_within_reach += !overlap && x.data != y.data;
    }
    CHECK(apart_within_reach > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_view),           cmocka_unit_test(test_dtype_size),
        cmocka_unit_test(test_create),         cmocka_unit_test(test_create_empty_and_scalar),
        cmocka_unit_test(test_create_refused), cmocka_unit_test(test_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
