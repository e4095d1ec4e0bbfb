/* Matrix products: NumPy's numbers, plain loops over every kind of shape and stride, gradients by what they are adjoint
 * to, and the same bits whoever computes them. */
#include <inttypes.h>
#include <math.h>
#include <nhwc/matmul.h>
#include <string.h>

#include "golden/matmul_golden.h"
#include "support/build.h"
#include "support/check.h"
#include "support/each.h"
#include "support/failing_allocator.h"
#include "support/fill.h"
#include "support/guarded.h"
#include "support/random.h"

static void fill_golden(const nhwc_tensor *tensor, int64_t factor)
{
    for (int64_t i = 0; i < element_count(tensor); i++)
        element_set(tensor, i, (double)((i * factor + 11) % 101 % 11 - 5));
}

static void check_values(const nhwc_tensor *tensor, const int *values, double shift)
{
    for (int64_t i = 0; i < element_count(tensor); i++)
        CHECK(element_get(tensor, i) == values[i] + shift);
}

static void check_golden(const nhwc_context *context, const golden_product *g, nhwc_dtype dtype)
{
    const nhwc_tensor a = guarded_tensor(dtype, g->a_rank, g->a, 0), b = guarded_tensor(dtype, g->b_rank, g->b, 2);
    const nhwc_tensor bias = guarded_tensor(dtype, 1, &g->c[g->c_rank - 1], 0);
    const nhwc_matmul_options before = {g->options.transpose_a, g->options.transpose_b, NHWC_ACTIVATION_NONE};
    nhwc_tensor c = guarded_tensor(dtype, g->c_rank, g->c, 3);
    nhwc_tensor da = guarded_tensor(dtype, g->a_rank, g->a, 1), db = guarded_tensor(dtype, g->b_rank, g->b, 0);
    fill_golden(&a, 37);
    fill_golden(&b, 53);
    fill_golden(&bias, 29);
    CHECK_OK(nhwc_matmul(context, &a, &b, g->has_bias ? &bias : NULL, &g->options, &c));
    check_values(&c, g->values, 0);
    fill_golden(&c, 41);
    fill_value(&db, 1000);
    CHECK_OK(nhwc_matmul_backprop_a(context, &c, &b, &before, false, &da));
    CHECK_OK(nhwc_matmul_backprop_b(context, &a, &c, &before, true, &db));
    check_values(&da, g->da, 0);
    check_values(&db, g->db, 1000);
    guarded_check();
    guarded_release();
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t g = 0; g < COUNT(golden_products) && nhwc_isa_available(isas[i]); g++)
            for (size_t d = 0; d < COUNT(floats); d++)
                check_golden(&(nhwc_context){.isa = isas[i]}, &golden_products[g], floats[d]);
}

/* ---- Any product ----------------------------------------------------------------------------------- */

typedef struct shapes {
    int64_t m, n, k;
    int batch; /* axes */
    int64_t a[NHWC_MAX_RANK], b[NHWC_MAX_RANK], c[NHWC_MAX_RANK]; /* lengths of the batch's axes */
    int a_batch, b_batch;                                         /* how many of them, from the last on */
    nhwc_matmul_options options;
} shapes;

static shapes random_shapes(uint64_t *random, int64_t most)
{
    shapes s = {.m = random_between(random, 1, most),
                .n = random_between(random, 1, most),
                .k = random_between(random, 1, most),
                .batch = (int)random_between(random, 0, 3)};
    s.a_batch = (int)random_between(random, 0, s.batch);
    s.b_batch = s.a_batch == s.batch ? (int)random_between(random, 0, s.batch) : s.batch;
    for (int i = 0; i < s.batch; i++) {
        const bool in_a = i >= s.batch - s.a_batch, in_b = i >= s.batch - s.b_batch;
        const int64_t length = random_between(random, 1, 3), which = random_between(random, 0, 3);
        s.a[i] = !in_a || (which == 0 && in_b) ? 1 : length;
        s.b[i] = !in_b || (which == 1 && in_a) ? 1 : length;
        s.c[i] = s.a[i] > s.b[i] ? s.a[i] : s.b[i];
    }
    s.options.transpose_a = random_between(random, 0, 1);
    s.options.transpose_b = random_between(random, 0, 1);
    return s;
}

/* Elements row by row, with gaps behind rows; or, as another tensor's transpose, column by column; or with a step
 * between columns. */
enum { DENSE, GAPS, EXCHANGED, STEPS, VIEWS };

static nhwc_tensor tensor_of(nhwc_dtype dtype, const int64_t *batch, int axes, int64_t rows, int64_t columns, int view)
{
    int64_t dims[NHWC_MAX_RANK];
    for (int i = 0; i < axes; i++)
        dims[i] = batch[i];
    const bool exchanged = view == EXCHANGED;
    dims[axes] = exchanged ? columns : rows;
    dims[axes + 1] = exchanged ? rows : view == STEPS ? 2 * columns : columns;
    nhwc_tensor t = guarded_tensor(dtype, axes + 2, dims, view == GAPS ? 3 : 0);
    if (exchanged) {
        const int64_t stride = t.strides[axes];
        t.strides[axes] = t.strides[axes + 1];
        t.strides[axes + 1] = stride;
    } else if (view == STEPS) {
        t.strides[axes + 1] = 2;
    }
    t.dims[axes] = rows;
    t.dims[axes + 1] = columns;
    return t;
}

static nhwc_tensor a_of(const shapes *s, nhwc_dtype dtype, int view)
{
    const bool t = s->options.transpose_a;
    return tensor_of(dtype, s->a + s->batch - s->a_batch, s->a_batch, t ? s->k : s->m, t ? s->m : s->k, view);
}

static nhwc_tensor b_of(const shapes *s, nhwc_dtype dtype, int view)
{
    const bool t = s->options.transpose_b;
    return tensor_of(dtype, s->b + s->batch - s->b_batch, s->b_batch, t ? s->n : s->k, t ? s->k : s->n, view);
}

static nhwc_tensor c_of(const shapes *s, nhwc_dtype dtype, int view)
{
    return tensor_of(dtype, s->c, s->batch, s->m, s->n, view);
}

/* Element (row, column) of the matrix that matrix `index` of c is made of. */
static double factor(const nhwc_tensor *t, const shapes *s, int axes, int64_t index, bool transposed, int64_t row,
                     int64_t column)
{
    int64_t at = 0, before = 1;
    for (int i = s->batch - 1; i >= 0; i--) {
        const int64_t here = index % s->c[i], axis = i - (s->batch - axes);
        index /= s->c[i];
        if (axis >= 0) {
            at += t->dims[axis] == 1 ? 0 : here * before;
            before *= t->dims[axis];
        }
    }
    const int64_t rows = t->dims[axes], columns = t->dims[axes + 1];
    return element_get(t, at * rows * columns + (transposed ? column * columns + row : row * columns + column));
}

static double expected(const shapes *s, const nhwc_tensor *a, const nhwc_tensor *b, const nhwc_tensor *bias, int64_t e)
{
    const int64_t index = e / s->n / s->m, row = e / s->n % s->m, column = e % s->n;
    double sum = 0;
    for (int64_t k = 0; k < s->k; k++)
        sum += factor(a, s, s->a_batch, index, s->options.transpose_a, row, k) *
               factor(b, s, s->b_batch, index, s->options.transpose_b, k, column);
    sum += bias != NULL ? element_get(bias, column) : 0;
    sum = s->options.activation != NHWC_ACTIVATION_NONE && sum < 0 ? 0 : sum;
    return s->options.activation == NHWC_ACTIVATION_RELU6 && sum > 6 ? 6 : sum;
}

static nhwc_isa any_isa(int64_t i)
{
    const nhwc_isa isa = isas[i % (int64_t)COUNT(isas)];
    return nhwc_isa_available(isa) ? isa : NHWC_ISA_AUTOMATIC;
}

static void check_product(shapes s, int64_t i, uint64_t *random)
{
    const nhwc_dtype dtype = floats[i % 2];
    const nhwc_context context = {.isa = any_isa(i / 2)};
    const nhwc_tensor a = a_of(&s, dtype, (int)random_between(random, 0, VIEWS - 1)),
                      b = b_of(&s, dtype, (int)random_between(random, 0, VIEWS - 1)),
                      bias = guarded_tensor(dtype, 1, &s.n, 0);
    nhwc_tensor c = c_of(&s, dtype, (int)random_between(random, DENSE, GAPS));
    const bool has_bias = random_between(random, 0, 1);
    s.options.activation = (nhwc_activation)random_between(random, 0, NHWC_ACTIVATION_RELU6);
    fill_integers(&a, random, 3);
    fill_integers(&b, random, 3);
    fill_integers(&bias, random, 9);
    fill_value(&c, NAN);
    CHECK_OK(nhwc_matmul(&context, &a, &b, has_bias ? &bias : NULL, &s.options, &c));
    for (int64_t e = 0; e < element_count(&c); e++)
        CHECK(element_get(&c, e) == expected(&s, &a, &b, has_bias ? &bias : NULL, e));
    guarded_check();
    guarded_release();
}

static void test_products(void **state)
{
    (void)state;
    uint64_t random = 20261121;
    print_message("seed %" PRIu64 "\n", random);
    for (int64_t i = 0; i < 3000; i += every)
        check_product(random_shapes(&random, i % 3 ? 9 : 40), i, &random);
}

/* More terms, rows and columns than are worked on at a time; rows 4 KiB apart. */
static const int64_t large[][3] = {{17, 70, 2500},  {300, 130, 70}, {5, 3300, 40},
                                   {131, 33, 1024}, {40, 64, 257},  {1, 1, 5000}};

static void test_large(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (size_t i = 0; i < COUNT(large); i++)
        for (int t = 0; t < 4; t++) {
            const shapes s = {.m = large[i][0],
                              .n = large[i][1],
                              .k = large[i][2],
                              .options = {.transpose_a = t & 1, .transpose_b = t >> 1}};
            check_product(s, (int64_t)i + t, &random);
        }
}

/* ---- Gradients --------------------------------------------------------------------------------------- */

/* The product is linear in a and in b: <c', ab> = <a, gradient of a> = <b, gradient of b>, also where either is
 * broadcast; and what is accumulated is added. */
static void check_gradients(const shapes *s, int64_t i, uint64_t *random)
{
    const nhwc_dtype dtype = floats[i % 2];
    const nhwc_context context = {.isa = any_isa(i / 2)};
    const nhwc_tensor a = a_of(s, dtype, (int)random_between(random, 0, VIEWS - 1)),
                      b = b_of(s, dtype, (int)random_between(random, 0, VIEWS - 1)),
                      dc = c_of(s, dtype, (int)random_between(random, 0, VIEWS - 1));
    nhwc_tensor c = c_of(s, dtype, DENSE), da = a_of(s, dtype, GAPS), db = b_of(s, dtype, GAPS),
                sum = a_of(s, dtype, DENSE);
    fill_integers(&a, random, 3);
    fill_integers(&b, random, 3);
    fill_integers(&dc, random, 3);
    fill_value(&da, NAN);
    fill_value(&db, NAN);
    fill_value(&sum, 5);
    CHECK_OK(nhwc_matmul(&context, &a, &b, NULL, &s->options, &c));
    CHECK_OK(nhwc_matmul_backprop_a(&context, &dc, &b, &s->options, false, &da));
    CHECK_OK(nhwc_matmul_backprop_b(&context, &a, &dc, &s->options, false, &db));
    CHECK_OK(nhwc_matmul_backprop_a(&context, &dc, &b, &s->options, true, &sum));
    const double whole = inner_product(&dc, &c);
    CHECK(inner_product(&a, &da) == whole && inner_product(&b, &db) == whole);
    for (int64_t e = 0; e < element_count(&sum); e++)
        CHECK(element_get(&sum, e) == element_get(&da, e) + 5);
    guarded_check();
    guarded_release();
}

static void test_gradients(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int64_t i = 0; i < 2000; i += every) {
        const shapes s = random_shapes(&random, i % 4 ? 7 : 30);
        check_gradients(&s, i, &random);
    }
}

/* Sums over nothing, and nothing to compute. */
static void test_empty(void **state)
{
    (void)state;
    const nhwc_tensor a = NHWC_TENSOR(NHWC_FLOAT32, NULL, 2, 3, 0), b = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0, 4);
    const nhwc_tensor dc = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0, 3, 4), no_batch = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0, 3, 5);
    float c_data[24], db_data[20], bias_data[4] = {1, -2, 3, 4};
    nhwc_tensor c = NHWC_TENSOR(NHWC_FLOAT32, c_data, 2, 3, 4), db = NHWC_TENSOR(NHWC_FLOAT32, db_data, 5, 4);
    nhwc_tensor none = NHWC_TENSOR(NHWC_FLOAT32, NULL, 2, 0, 4), no_rows = NHWC_TENSOR(NHWC_FLOAT32, NULL, 2, 0, 5);
    const nhwc_tensor bias = NHWC_TENSOR(NHWC_FLOAT32, bias_data, 4);
    const nhwc_matmul_options relu = {.activation = NHWC_ACTIVATION_RELU};
    CHECK_OK(nhwc_matmul(NULL, &a, &b, &bias, &relu, &c));
    for (int i = 0; i < 24; i++)
        CHECK(c_data[i] == (i % 4 == 1 ? 0 : bias_data[i % 4]));
    fill_value(&db, 7);
    CHECK_OK(nhwc_matmul_backprop_b(NULL, &no_batch, &dc, NULL, true, &db));
    CHECK(db_data[0] == 7 && db_data[19] == 7);
    CHECK_OK(nhwc_matmul_backprop_b(NULL, &no_batch, &dc, NULL, false, &db));
    CHECK(db_data[0] == 0 && db_data[19] == 0);
    CHECK_OK(nhwc_matmul(NULL, &no_rows, &db, NULL, NULL, &none));
}

/* ---- Bits -------------------------------------------------------------------------------------------- */

static const int threads[] = {1, 2, 3, 4, 7};

/* Any number of threads, and a transpose for what it is of, give the same bits; so do instruction sets with FMA. */
static void test_bits(void **state)
{
    (void)state;
    static const struct {
        int64_t m, n, k, batch;
    } cases[] = {{130, 90, 1300, 1}, {9, 700, 300, 1}, {30, 33, 40, 40}, {2000, 5, 64, 1}, {64, 64, 64, 8}};
    uint64_t random = 4;
    for (size_t i = 0; i < COUNT(cases); i++) {
        shapes s = {.m = cases[i].m, .n = cases[i].n, .k = cases[i].k, .batch = 1, .a_batch = 1,
                    .b_batch = (int)(i % 2)};
        s.a[0] = s.c[0] = cases[i].batch;
        s.b[0] = i % 2 ? cases[i].batch : 1;
        const nhwc_tensor a = a_of(&s, NHWC_FLOAT32, DENSE), b = b_of(&s, NHWC_FLOAT32, DENSE);
        nhwc_tensor alone = c_of(&s, NHWC_FLOAT32, DENSE), c = c_of(&s, NHWC_FLOAT32, GAPS);
        if (instrumented)
            fill_integers(&a, &random, 3);
        else
            fill_reals(&a, &random);
        fill_reals(&b, &random);
        CHECK_OK(nhwc_matmul(NULL, &a, &b, NULL, NULL, &alone));
        for (size_t t = 0; t < COUNT(threads); t++) {
            nhwc_pool *pool;
            CHECK_OK(nhwc_pool_create(NULL, threads[t], &pool));
            const nhwc_context context = {
                .threads = threads[t], .parallel_for = nhwc_pool_parallel_for, .executor = pool};
            fill_value(&c, NAN);
            CHECK_OK(nhwc_matmul(&context, &a, &b, NULL, NULL, &c));
            CHECK(same_elements(&c, &alone));
            nhwc_pool_destroy(pool);
        }
        s.options = (nhwc_matmul_options){.transpose_a = true, .transpose_b = true};
        const nhwc_tensor at = a_of(&s, NHWC_FLOAT32, EXCHANGED), bt = b_of(&s, NHWC_FLOAT32, GAPS);
        for (int64_t e = 0; e < element_count(&at); e++) {
            const int64_t matrix = e / s.m / s.k, row = e / s.m % s.k, column = e % s.m;
            element_set(&at, e, element_get(&a, (matrix * s.m + column) * s.k + row));
        }
        for (int64_t e = 0; e < element_count(&bt); e++) {
            const int64_t matrix = e / s.n / s.k, row = e / s.k % s.n, column = e % s.k;
            element_set(&bt, e, element_get(&b, (matrix * s.k + column) * s.n + row));
        }
        fill_value(&c, NAN);
        CHECK_OK(nhwc_matmul(NULL, &at, &bt, NULL, &s.options, &c));
        CHECK(same_elements(&c, &alone));
        if (nhwc_isa_available(NHWC_ISA_AVX512)) {
            const nhwc_context avx2 = {.isa = NHWC_ISA_AVX2};
            CHECK_OK(nhwc_matmul(&avx2, &at, &bt, NULL, &s.options, &c));
            CHECK(instrumented || same_elements(&c, &alone));
        }
        guarded_check();
        guarded_release();
    }
}

/* ---- What is refused ----------------------------------------------------------------------------------- */

static void test_refused(void **state)
{
    (void)state;
    float data[200] = {0}, c_data[64];
    for (int i = 0; i < 64; i++)
        c_data[i] = (float)i;
    const nhwc_tensor a = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3), b = NHWC_TENSOR(NHWC_FLOAT32, data, 3, 4);
    const nhwc_tensor batch = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 2, 3), three = NHWC_TENSOR(NHWC_FLOAT32, data, 3, 3, 4);
    const nhwc_tensor row = NHWC_TENSOR(NHWC_FLOAT32, data, 3), f64 = NHWC_TENSOR(NHWC_FLOAT64, data, 3, 4);
    const nhwc_tensor whole = NHWC_TENSOR(NHWC_INT32, data, 2, 3);
    nhwc_tensor c = NHWC_TENSOR(NHWC_FLOAT32, c_data, 2, 4), wide = NHWC_TENSOR(NHWC_FLOAT32, c_data, 2, 5);
    nhwc_tensor c3 = NHWC_TENSOR(NHWC_FLOAT32, c_data, 2, 2, 4), inside = NHWC_TENSOR(NHWC_FLOAT32, data + 5, 2, 4);
    nhwc_tensor columns = c, same = c;
    columns.strides[0] = 1;
    columns.strides[1] = 2;
    same.strides[0] = 2;
    const nhwc_matmul_options ta = {.transpose_a = true}, bad = {.activation = (nhwc_activation)9},
                              relu = {.activation = NHWC_ACTIVATION_RELU};
    const nhwc_context half = {.allocate = failing_allocate};
    CHECK_FAILS(nhwc_matmul(NULL, NULL, &b, NULL, NULL, &c), NHWC_ERROR_ARGUMENT, "matmul: a is NULL");
    CHECK_FAILS(nhwc_matmul(NULL, &a, NULL, NULL, NULL, &c), NHWC_ERROR_ARGUMENT, "b is NULL");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &b, NULL, NULL, NULL), NHWC_ERROR_ARGUMENT, "c is NULL");
    CHECK_FAILS(nhwc_matmul(&half, &a, &b, NULL, NULL, &c), NHWC_ERROR_ARGUMENT, "allocate");
    CHECK_FAILS(nhwc_matmul(NULL, &row, &b, NULL, NULL, &c), NHWC_ERROR_RANK, "a has rank 1");
    CHECK_FAILS(nhwc_matmul(NULL, &whole, &b, NULL, NULL, &c), NHWC_ERROR_DTYPE, "a has dtype 2");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &f64, NULL, NULL, &c), NHWC_ERROR_DTYPE, "b is NHWC_FLOAT64");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &b, NULL, NULL, &wide), NHWC_ERROR_SHAPE, "[2, 3]", "[3, 4]", "[2, 5]");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &b, NULL, &ta, &c), NHWC_ERROR_SHAPE, "[2, 3] transposed");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &b, NULL, NULL, &c3), NHWC_ERROR_SHAPE, "[2, 2, 4]");
    CHECK_FAILS(nhwc_matmul(NULL, &batch, &three, NULL, NULL, &c3), NHWC_ERROR_SHAPE, "[3, 3, 4]");
    CHECK_FAILS(nhwc_matmul(NULL, &batch, &b, NULL, NULL, &c), NHWC_ERROR_SHAPE, "[2, 2, 3]");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &b, NULL, &bad, &c), NHWC_ERROR_ARGUMENT, "activation is 9");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &b, NULL, NULL, &columns), NHWC_ERROR_LAYOUT, "columns of c", "strides[1] is 2");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &b, NULL, NULL, &same), NHWC_ERROR_ALIAS, "strides[0] is 2");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &b, NULL, NULL, &inside), NHWC_ERROR_ALIAS, "c shares memory with a");
    nhwc_tensor square = NHWC_TENSOR(NHWC_FLOAT32, data, 3, 3);
    CHECK_FAILS(nhwc_matmul(NULL, &square, &b, NULL, NULL, &square), NHWC_ERROR_SHAPE, "[3, 3]", "[3, 4]");
    CHECK_FAILS(nhwc_matmul(NULL, &square, &square, NULL, NULL, &square), NHWC_ERROR_ALIAS, "memory with a");
    CHECK_FAILS(nhwc_matmul_backprop_a(NULL, &square, &square, NULL, true, &square), NHWC_ERROR_ALIAS, "memory with b");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &b, &row, NULL, &c), NHWC_ERROR_CHANNELS, "bias has length 3");
    CHECK_FAILS(nhwc_matmul(NULL, &a, &b, &(nhwc_tensor){.dtype = NHWC_FLOAT32, .rank = 1, .dims = {4}, .strides = {1},
                                                         .data = c_data + 4}, NULL, &c),
                NHWC_ERROR_ALIAS, "c shares memory with bias");
    CHECK_FAILS(nhwc_matmul_backprop_a(NULL, &c, &b, &relu, false, &(nhwc_tensor){.rank = 2}), NHWC_ERROR_ARGUMENT,
                "matmul_backprop_a", "activation");
    CHECK_FAILS(nhwc_matmul_backprop_a(NULL, &c, &b, NULL, false, &wide), NHWC_ERROR_SHAPE, "da [2, 5]");
    CHECK_FAILS(nhwc_matmul_backprop_b(NULL, &a, &c, NULL, false, &wide), NHWC_ERROR_SHAPE, "db [2, 5]");
    for (int i = 0; i < 64; i++)
        CHECK(c_data[i] == (float)i);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    uint64_t random = 5;
    const shapes s = {.m = 200, .n = 130, .k = 300};
    const nhwc_tensor a = a_of(&s, NHWC_FLOAT32, DENSE), b = b_of(&s, NHWC_FLOAT32, DENSE);
    nhwc_tensor c = c_of(&s, NHWC_FLOAT32, DENSE);
    fill_integers(&a, &random, 3);
    fill_value(&c, 9);
    failing_allocator allocator = {.fail_at = 1};
    const nhwc_context context = failing_context(&allocator);
    CHECK_FAILS(nhwc_matmul(&context, &a, &b, NULL, NULL, &c), NHWC_ERROR_OUT_OF_MEMORY, "bytes");
    for (int64_t e = 0; e < element_count(&c); e++)
        CHECK(element_get(&c, e) == 9);
    CHECK_OK(nhwc_matmul(&context, &a, &b, NULL, NULL, &c));
    CHECK(allocator.calls == 2 && allocator.live == 0 && allocator.bytes <= 512 * 1024);
    guarded_check();
    guarded_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden), cmocka_unit_test(test_products), cmocka_unit_test(test_large),
        cmocka_unit_test(test_gradients), cmocka_unit_test(test_empty), cmocka_unit_test(test_bits),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
