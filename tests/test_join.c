/* Concatenations, stacks and tiles: NumPy's answers, any strides, and every rejection. */
#include "support/array_case.h"
#include "support/build.h"

static const nhwc_dtype dtypes[] = {NHWC_FLOAT32, NHWC_INT64};

/* The inputs of the case; how many. */
static int inputs_of(const golden_case *c, nhwc_dtype dtype, int64_t gap, nhwc_tensor *x)
{
    const int count = c->kind == GOLDEN_TILE ? 1 : c->count, axis = (int)c->parts[0][0];
    for (int i = 0; i < count; i++) {
        int64_t dims[NHWC_MAX_RANK];
        memcpy(dims, c->x, sizeof dims);
        if (c->kind == GOLDEN_CONCAT)
            dims[axis < 0 ? axis + c->x_rank : axis] = c->parts[1][i];
        x[i] = golden_input(dtype, c->x_rank, dims, gap, 37 + i);
    }
    return count;
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_joins); i++)
        for (size_t d = 0; d < COUNT(dtypes); d++)
            for (int64_t gap = 0; gap < 3; gap += 2) {
                const golden_case *c = &golden_joins[i];
                nhwc_tensor x[8], y = golden_output(c, dtypes[d], gap);
                const int count = inputs_of(c, dtypes[d], gap, x), axis = (int)c->parts[0][0];
                CHECK_OK(c->kind == GOLDEN_CONCAT  ? nhwc_concat(NULL, count, x, axis, &y)
                         : c->kind == GOLDEN_STACK ? nhwc_stack(NULL, count, x, axis, &y)
                                                   : nhwc_tile(NULL, x, c->parts[0], &y));
                golden_check(c, &y);
                guarded_check();
                guarded_release();
            }
}

/* ---- Any strides -------------------------------------------------------------------------------- */

/* The parts of y are the inputs again. */
static void check_concat(uint64_t *random, const nhwc_context *context)
{
    int64_t dims[NHWC_MAX_RANK] = {0}, sizes[3], length = 0;
    const int rank = (int)random_between(random, 1, 4), axis = (int)random_between(random, 0, rank - 1);
    const nhwc_dtype dtype = (nhwc_dtype)random_between(random, 0, DTYPES - 1);
    nhwc_tensor x[3], whole, parts[3];
    random_dims(random, rank, rank < 3 ? 40 : 8, dims);
    for (int i = 0; i < 3; i++) {
        length += sizes[i] = dims[axis] = random_between(random, 0, 9);
        x[i] = random_view(random, dtype, rank, dims, &whole);
        fill_any(&x[i]);
    }
    dims[axis] = length;
    nhwc_tensor y = random_view(random, dtype, rank, dims, &whole);
    fill_with(&whole, 1);
    CHECK_OK(nhwc_concat(context, 3, x, axis - rank, &y));
    CHECK_OK(nhwc_split(&y, axis, 3, sizes, parts));
    for (int i = 0; i < 3; i++)
        for (int64_t k = 0; k < element_count(&x[i]); k++)
            CHECK(element_get(&x[i], k) == element_get(&parts[i], k));
    check_only(&y, &whole, 1);
}

static void check_stack(uint64_t *random, const nhwc_context *context)
{
    int64_t dims[NHWC_MAX_RANK + 1] = {0};
    const int rank = (int)random_between(random, 0, 3), axis = (int)random_between(random, 0, rank);
    const nhwc_dtype dtype = (nhwc_dtype)random_between(random, 0, DTYPES - 1);
    nhwc_tensor x[3], whole, parts[3];
    random_dims(random, rank, 8, dims);
    for (int i = 0; i < 3; i++) {
        x[i] = random_view(random, dtype, rank, dims, &whole);
        fill_any(&x[i]);
    }
    memmove(dims + axis + 1, dims + axis, (size_t)(rank - axis) * sizeof *dims);
    dims[axis] = 3;
    nhwc_tensor y = random_view(random, dtype, rank + 1, dims, &whole);
    fill_with(&whole, 1);
    CHECK_OK(nhwc_stack(context, 3, x, axis, &y));
    CHECK_OK(nhwc_split(&y, axis, 3, NULL, parts));
    for (int i = 0; i < 3; i++)
        for (int64_t k = 0; k < element_count(&x[i]); k++)
            CHECK(element_get(&x[i], k) == element_get(&parts[i], k));
    check_only(&y, &whole, 1);
}

static void check_tile(uint64_t *random, const nhwc_context *context)
{
    int64_t dims[NHWC_MAX_RANK] = {0}, multiples[NHWC_MAX_RANK] = {0}, wide[NHWC_MAX_RANK] = {0};
    const int rank = (int)random_between(random, 0, 4);
    const nhwc_dtype dtype = (nhwc_dtype)random_between(random, 0, DTYPES - 1);
    nhwc_tensor whole;
    random_dims(random, rank, 6, dims);
    for (int i = 0; i < rank; i++)
        wide[i] = dims[i] * (multiples[i] = random_between(random, 0, 3));
    const nhwc_tensor x = random_view(random, dtype, rank, dims, &whole);
    nhwc_tensor y = random_view(random, dtype, rank, wide, &whole);
    fill_with(&whole, 1);
    fill_any(&x);
    CHECK_OK(nhwc_tile(context, &x, multiples, &y));
    for (int64_t i = 0; i < element_count(&y); i++) {
        int64_t source = 0, rest = i, place = 1;
        for (int axis = rank - 1; axis >= 0; axis--) {
            source += rest % wide[axis] % dims[axis] * place;
            rest /= wide[axis];
            place *= dims[axis];
        }
        CHECK(element_get(&y, i) == element_get(&x, source));
    }
    check_only(&y, &whole, 1);
}

static void test_any_strides(void **state)
{
    (void)state;
    uint64_t random = 9;
    print_message("seed %" PRIu64 "\n", random);
    static void (*const checks[])(uint64_t *, const nhwc_context *) = {check_concat, check_stack, check_tile};
    for (int round = 0; round < 3000; round += every) {
        checks[round % 3](&random, NULL);
        guarded_check();
        guarded_release();
    }
}

/* A tile of eight axes is a walk through sixteen. */
static void test_most_axes(void **state)
{
    (void)state;
    const int64_t two[8] = {2, 2, 2, 2, 2, 2, 2, 2}, four[8] = {4, 4, 4, 4, 4, 4, 4, 4};
    const nhwc_tensor x = guarded_tensor(NHWC_UINT8, 8, two, 0);
    nhwc_tensor y = guarded_tensor(NHWC_UINT8, 8, four, 0);
    fill_any(&x);
    CHECK_OK(nhwc_tile(NULL, &x, two, &y));
    for (int64_t i = 0; i < 65536; i++) {
        int64_t source = 0;
        for (int axis = 0; axis < 8; axis++)
            source |= (i >> 2 * axis & 1) << axis;
        CHECK(element_get(&y, i) == element_get(&x, source));
    }
    guarded_release();
}

/* ---- Rejections --------------------------------------------------------------------------------- */

static void test_rejections(void **state)
{
    (void)state;
    const nhwc_context broken = {.threads = -1};
    float data[64] = {0};
    for (int i = 0; i < 64; i++)
        data[i] = (float)i;
    nhwc_tensor x[2] = {NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3), NHWC_TENSOR(NHWC_FLOAT32, data + 6, 2, 3)}, wrong[2];
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, data + 12, 4, 3), bad,
                high = NHWC_TENSOR(NHWC_FLOAT32, data + 12, 2, 2, 3);
    nhwc_tensor full = {.dtype = NHWC_FLOAT32, .rank = NHWC_MAX_RANK, .data = data};
    for (int i = 0; i < NHWC_MAX_RANK; i++)
        full.dims[i] = full.strides[i] = 1;
    const nhwc_tensor scalar = nhwc_tensor_view(NHWC_FLOAT32, data, 0, NULL);
    CHECK_FAILS(nhwc_concat(&broken, 2, x, 0, &y), NHWC_ERROR_ARGUMENT, "-1");
    CHECK_FAILS(nhwc_concat(NULL, 0, x, 0, &y), NHWC_ERROR_ARGUMENT, "concat: count is 0");
    CHECK_FAILS(nhwc_concat(NULL, 2, NULL, 0, &y), NHWC_ERROR_ARGUMENT, "concat: x is NULL");
    CHECK_FAILS(nhwc_concat(NULL, 2, x, 2, &y), NHWC_ERROR_RANK, "no axis 2");
    CHECK_FAILS(nhwc_concat(NULL, 1, &scalar, 0, &y), NHWC_ERROR_RANK, "no axis 0");
    CHECK_FAILS(nhwc_concat(NULL, 2, x, 0, NULL), NHWC_ERROR_ARGUMENT, "y is NULL");
    memcpy(wrong, x, sizeof x);
    wrong[1].dtype = NHWC_INT32;
    CHECK_FAILS(nhwc_concat(NULL, 2, wrong, 0, &y), NHWC_ERROR_DTYPE, "x[1] is int32", "x[0] float32");
    CHECK_FAILS(nhwc_stack(NULL, 2, wrong, 0, &high), NHWC_ERROR_DTYPE, "x[1] is int32", "x[0] float32");
    wrong[1] = NHWC_TENSOR(NHWC_FLOAT32, data + 6, 3, 2);
    CHECK_FAILS(nhwc_concat(NULL, 2, wrong, 0, &y), NHWC_ERROR_SHAPE, "x[1] is [3, 2]", "x[0] [2, 3]", "axis 0");
    CHECK_FAILS(nhwc_stack(NULL, 2, wrong, 0, &high), NHWC_ERROR_SHAPE, "x[1] is [3, 2]", "x[0] [2, 3]");
    wrong[1] = NHWC_TENSOR(NHWC_FLOAT32, data + 6, 3);
    CHECK_FAILS(nhwc_concat(NULL, 2, wrong, 0, &y), NHWC_ERROR_SHAPE, "x[1] is [3]");
    wrong[1].data = NULL;
    CHECK_FAILS(nhwc_concat(NULL, 2, wrong, 0, &y), NHWC_ERROR_ARGUMENT, "x[1]->data is NULL");
    wrong[0] = wrong[1] = nhwc_tensor_view(NHWC_FLOAT32, NULL, 2, (int64_t[]){INT64_MAX / 8, 0});
    CHECK_FAILS(nhwc_concat(NULL, 2, wrong, 0, &y), NHWC_ERROR_TOO_LARGE, "concat");
    bad = NHWC_TENSOR(NHWC_FLOAT32, data + 12, 3, 4);
    CHECK_FAILS(nhwc_concat(NULL, 2, x, 0, &bad), NHWC_ERROR_OUTPUT_SHAPE, "y is [3, 4]", "[4, 3]");
    CHECK_FAILS(nhwc_stack(NULL, 2, x, 0, &bad), NHWC_ERROR_OUTPUT_SHAPE, "y is [3, 4]", "[2, 2, 3]");
    bad = y;
    bad.dtype = NHWC_INT32;
    CHECK_FAILS(nhwc_concat(NULL, 2, x, 0, &bad), NHWC_ERROR_DTYPE, "x[0] is float32", "y int32");
    bad = NHWC_TENSOR(NHWC_FLOAT32, data + 11, 4, 3);
    CHECK_FAILS(nhwc_concat(NULL, 2, x, 0, &bad), NHWC_ERROR_ALIAS, "y shares memory with x[1]");
    bad = NHWC_TENSOR(NHWC_FLOAT32, data + 11, 2, 2, 3);
    CHECK_FAILS(nhwc_stack(NULL, 2, x, 0, &bad), NHWC_ERROR_ALIAS, "y shares memory with x[1]");
    CHECK_FAILS(nhwc_stack(NULL, 2, x, 3, &high), NHWC_ERROR_RANK, "no axis 3");
    CHECK_FAILS(nhwc_stack(NULL, -1, x, 0, &high), NHWC_ERROR_ARGUMENT, "stack: count is -1");
    CHECK_FAILS(nhwc_stack(NULL, 1, &full, 0, &high), NHWC_ERROR_RANK, "rank 8");
    CHECK_FAILS(nhwc_tile(NULL, x, NULL, &y), NHWC_ERROR_ARGUMENT, "multiples is NULL");
    CHECK_FAILS(nhwc_tile(NULL, x, (int64_t[]){2, -1}, &y), NHWC_ERROR_ARGUMENT, "multiples[1] is -1");
    CHECK_FAILS(nhwc_tile(NULL, x, (int64_t[]){2, INT64_MAX / 8}, &y), NHWC_ERROR_TOO_LARGE, "axis 1");
    CHECK_FAILS(nhwc_tile(NULL, x, (int64_t[]){2, 2}, &y), NHWC_ERROR_OUTPUT_SHAPE, "y is [4, 3]", "[4, 6]");
    bad = NHWC_TENSOR(NHWC_FLOAT32, data + 3, 4, 3);
    CHECK_FAILS(nhwc_tile(NULL, x, (int64_t[]){2, 1}, &bad), NHWC_ERROR_ALIAS, "y shares memory with x");
    for (int i = 0; i < 64; i++)
        CHECK(data[i] == (float)i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_any_strides),
        cmocka_unit_test(test_most_axes),
        cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
