/* The arithmetic on a pool: the same bits on any number of threads. */
#include <nhwc/math.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/each.h"
#include "support/fill.h"

/* x and dy are dense and of one shape; y has 1 in place of the axes that are reduced. */
typedef nhwc_status operation(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *dy, nhwc_tensor *y);

/* The first of x's rows. */
static nhwc_tensor row_of(const nhwc_tensor *x)
{
    return nhwc_tensor_view(x->dtype, x->data, 3, (int64_t[]){1, 1, x->dims[2]});
}

/* The elements of x in another order, none of them beside the next. */
static nhwc_tensor turned(const nhwc_tensor *x)
{
    nhwc_tensor view = *x;
    view.strides[0] = 1;
    view.strides[1] = x->dims[0];
    view.strides[2] = x->dims[0] * x->dims[1];
    return view;
}

#define OPERATION(name, call)                                                                                   \
    static nhwc_status name(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *dy, nhwc_tensor *y) \
    {                                                                                                           \
        const nhwc_tensor row = row_of(dy), other = turned(dy);                                                 \
        (void)x, (void)row, (void)other;                                                                        \
        return call;                                                                                            \
    }
#define REDUCTION(name, function, count, ...)                                                                   \
    OPERATION(name, nhwc_##function(context, x,                                                                 \
                                    &(const nhwc_reduce_options){.axis_count = count, .axes = {__VA_ARGS__}}, y))

OPERATION(sigmoid, nhwc_sigmoid(context, x, y))
OPERATION(gelu_backprop, nhwc_gelu_backprop(context, dy, x, y))
OPERATION(add_row, nhwc_add(context, x, &row, y))
OPERATION(multiply_turned, nhwc_multiply(context, x, &other, y))
OPERATION(clip, nhwc_clip(context, x, &other, NULL, y))
OPERATION(row_gradient, nhwc_multiply_backprop(context, dy, x, &row, NULL, y))
REDUCTION(sum_of_first, reduce_sum, 1, 0)
REDUCTION(mean_of_middle, reduce_mean, 1, 1)
REDUCTION(variance_of_last, reduce_variance, 1, 2)
REDUCTION(norm_of_outer, norm, 2, 0, 2)
REDUCTION(logsumexp_of_all, reduce_logsumexp, 0, 0)
REDUCTION(max_of_inner, reduce_max, 2, 1, 2)
OPERATION(argmax_first, nhwc_argmax(context, x, 0, y))
OPERATION(argmin_last, nhwc_argmin(context, x, 2, y))
OPERATION(argmax_turned, nhwc_argmax(context, &other, 2, y))
OPERATION(softmax_first, nhwc_softmax(context, x, 0, y))
OPERATION(softmax_last, nhwc_softmax(context, x, 2, y))
OPERATION(log_softmax, nhwc_log_softmax(context, x, 1, y))
OPERATION(softmax_backprop, nhwc_softmax_backprop(context, dy, x, 2, y))
OPERATION(log_softmax_backprop, nhwc_log_softmax_backprop(context, dy, x, 0, y))

static const struct {
    const char *name;
    operation *function;
    bool kept[3]; /* axes */
    nhwc_dtype dtype;
} operations[] = {
#define ROW(name, a, b, c, dtype) {#name, name, {a, b, c}, dtype}
    ROW(sigmoid, 1, 1, 1, NHWC_FLOAT32),          ROW(gelu_backprop, 1, 1, 1, NHWC_FLOAT32),
    ROW(add_row, 1, 1, 1, NHWC_FLOAT32),          ROW(multiply_turned, 1, 1, 1, NHWC_FLOAT32),
    ROW(clip, 1, 1, 1, NHWC_FLOAT32),             ROW(row_gradient, 0, 0, 1, NHWC_FLOAT32),
    ROW(sum_of_first, 0, 1, 1, NHWC_FLOAT32),     ROW(mean_of_middle, 1, 0, 1, NHWC_FLOAT32),
    ROW(variance_of_last, 1, 1, 0, NHWC_FLOAT32), ROW(norm_of_outer, 0, 1, 0, NHWC_FLOAT32),
    ROW(logsumexp_of_all, 0, 0, 0, NHWC_FLOAT32), ROW(max_of_inner, 1, 0, 0, NHWC_FLOAT32),
    ROW(argmax_first, 0, 1, 1, NHWC_INT64),       ROW(argmin_last, 1, 1, 0, NHWC_INT64),
    ROW(argmax_turned, 1, 1, 0, NHWC_INT64),      ROW(softmax_first, 1, 1, 1, NHWC_FLOAT32),
    ROW(softmax_last, 1, 1, 1, NHWC_FLOAT32),     ROW(log_softmax, 1, 1, 1, NHWC_FLOAT32),
    ROW(softmax_backprop, 1, 1, 1, NHWC_FLOAT32), ROW(log_softmax_backprop, 1, 1, 1, NHWC_FLOAT32),
};

static void check(size_t index, const nhwc_context *pools, size_t pool_count, const nhwc_tensor *x,
                  const nhwc_tensor *dy)
{
    int64_t dims[3];
    size_t bytes = nhwc_dtype_size(operations[index].dtype);
    for (int i = 0; i < 3; i++) {
        dims[i] = operations[index].kept[i] ? x->dims[i] : 1;
        bytes *= (size_t)dims[i];
    }
    nhwc_tensor alone, shared;
    CHECK_OK(nhwc_tensor_create(NULL, operations[index].dtype, 3, dims, &alone));
    CHECK_OK(nhwc_tensor_create(NULL, operations[index].dtype, 3, dims, &shared));
    CHECK_OK(operations[index].function(NULL, x, dy, &alone));
    for (size_t i = 0; i < pool_count; i++) {
        memset(shared.data, 7, bytes);
        CHECK_OK(operations[index].function(&pools[i], x, dy, &shared));
        if (memcmp(alone.data, shared.data, bytes) != 0)
            fail_msg("%s on %d threads, [%d, %d, %d]", operations[index].name, pools[i].threads, (int)x->dims[0],
                     (int)x->dims[1], (int)x->dims[2]);
    }
    nhwc_tensor_destroy(NULL, &alone);
    nhwc_tensor_destroy(NULL, &shared);
}

/* Shapes whose reductions are shared by outputs, by wide rows of them, and, of few outputs, by terms. */
static void test_pool(void **state)
{
    (void)state;
    static const int64_t shapes[][3] = {{7, 300, 130}, {3, 1, 100000}, {100000, 1, 3}, {300, 1, 1500}};
    static const int counts[] = {2, 3, 7};
    nhwc_context pools[COUNT(counts)];
    uint64_t random = 1;
    for (size_t i = 0; i < COUNT(counts); i++) {
        nhwc_pool *pool;
        CHECK_OK(nhwc_pool_create(NULL, counts[i], &pool));
        pools[i] = (nhwc_context){.threads = counts[i], .parallel_for = nhwc_pool_parallel_for, .executor = pool};
    }
    for (size_t s = 0; s < COUNT(shapes); s++) {
        nhwc_tensor x, dy;
        CHECK_OK(nhwc_tensor_create(NULL, NHWC_FLOAT32, 3, shapes[s], &x));
        CHECK_OK(nhwc_tensor_create(NULL, NHWC_FLOAT32, 3, shapes[s], &dy));
        fill_reals(&x, &random);
        fill_reals(&dy, &random);
        for (size_t i = 0; i < COUNT(operations); i++)
            check(i, pools, COUNT(pools), &x, &dy);
        nhwc_tensor_destroy(NULL, &x);
        nhwc_tensor_destroy(NULL, &dy);
    }
    for (size_t i = 0; i < COUNT(pools); i++)
        nhwc_pool_destroy(pools[i].executor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pool)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
