/* Views: NumPy's answers, that nothing moves, and every rejection. */
#include "support/array_case.h"

static const nhwc_dtype dtypes[] = {NHWC_FLOAT32, NHWC_INT64};

/* ---- NumPy's ------------------------------------------------------------------------------------ */

static nhwc_status reshaped(const golden_case *c, const nhwc_tensor *x, nhwc_tensor *view)
{
    int axes[NHWC_MAX_RANK];
    for (int i = 0; i < c->x_rank; i++)
        axes[i] = (int)c->parts[0][i];
    nhwc_tensor seen;
    CHECK_OK(nhwc_transpose(x, axes, &seen));
    CHECK_OK(nhwc_slice(&seen, NULL, NULL, c->parts[1], &seen));
    return nhwc_reshape(&seen, c->count, c->parts[2], view);
}

/* The parts one behind the other, as the golden file has them. */
static void check_split(const golden_case *c, const nhwc_tensor *x)
{
    nhwc_tensor views[8];
    const nhwc_status status =
        nhwc_split(x, (int)c->parts[0][0], c->count, c->mode ? c->parts[1] : NULL, views);
    if (!golden_succeeds(c, x->dtype, status))
        return;
    int64_t i = 0;
    for (int part = 0; part < c->count; part++)
        for (int64_t k = 0; k < element_count(&views[part]); k++)
            if (element_get(&views[part], k) != c->values[i++])
                golden_fail(c->call, x->dtype);
    CHECK(i == element_count(x));
}

static nhwc_status view_of(const golden_case *c, const nhwc_tensor *x, nhwc_tensor *view)
{
    int axes[NHWC_MAX_RANK];
    for (int i = 0; i < NHWC_MAX_RANK; i++)
        axes[i] = (int)c->parts[0][i];
    switch (c->kind) {
    case GOLDEN_SLICE: return nhwc_slice(x, c->parts[0], c->parts[1], c->parts[2], view);
    case GOLDEN_TRANSPOSE: return nhwc_transpose(x, axes, view);
    case GOLDEN_RESHAPE: return reshaped(c, x, view);
    case GOLDEN_EXPAND_DIMS: return nhwc_expand_dims(x, c->count, view);
    case GOLDEN_SQUEEZE: return nhwc_squeeze(x, c->count < 0 ? 0 : c->count, c->count < 0 ? NULL : axes, view);
    default: return nhwc_broadcast_to(x, c->count, c->parts[0], view);
    }
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_views); i++)
        for (size_t d = 0; d < COUNT(dtypes); d++) {
            const golden_case *c = &golden_views[i];
            const nhwc_tensor x = golden_input(dtypes[d], c->x_rank, c->x, 0, 37);
            nhwc_tensor view = {.rank = 77};
            if (c->kind == GOLDEN_SPLIT)
                check_split(c, &x);
            else if (golden_succeeds(c, dtypes[d], view_of(c, &x, &view)))
                golden_check(c, &view);
            else
                CHECK(view.rank == 77);
            guarded_check();
            guarded_release();
        }
}

/* ---- Memory ------------------------------------------------------------------------------------- */

/* Views look at the elements themselves, and may replace the tensor they are made of. */
static void test_memory(void **state)
{
    (void)state;
    float data[24];
    for (int i = 0; i < 24; i++)
        data[i] = (float)i;
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3, 4), parts[2];
    CHECK_OK(nhwc_transpose(&x, NULL, &x));
    CHECK(x.dims[0] == 4 && x.strides[0] == 1 && x.dims[2] == 2 && x.strides[2] == 12);
    CHECK_OK(nhwc_slice(&x, (int64_t[]){1, 0, 0}, NULL, (int64_t[]){2, 1, 1}, &x));
    CHECK(x.data == data + 1 && x.dims[0] == 2 && x.strides[0] == 2);
    parts[0] = x;
    CHECK_OK(nhwc_split(&parts[0], -1, 2, NULL, parts));
    CHECK(parts[0].data == data + 1 && parts[1].data == data + 13 && parts[1].dims[2] == 1);
    CHECK_OK(nhwc_squeeze(&parts[1], 0, NULL, &parts[1]));
    element_set(&parts[1], 0, 99); /* x[1::2][0, 0, 1] */
    CHECK(data[13] == 99);
}

/* A stride of an axis of length 1 may be anything, and data NULL where there is nothing. */
static void test_edges(void **state)
{
    (void)state;
    float data[4] = {0, 1, 2, 3};
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 1, 4, 1), view;
    x.strides[0] = x.strides[2] = INT64_MAX;
    CHECK_OK(nhwc_reshape(&x, 2, (int64_t[]){2, 2}, &view));
    CHECK(view.strides[0] == 2 && view.strides[1] == 1);
    CHECK_OK(nhwc_slice(&x, NULL, NULL, (int64_t[]){9, 3, 9}, &view));
    CHECK(view.dims[1] == 2 && element_get(&view, 1) == 3);
    x.strides[1] = 0; /* the same element four times */
    CHECK_OK(nhwc_reshape(&x, 2, (int64_t[]){2, 2}, &view));
    CHECK(view.strides[0] == 0 && view.strides[1] == 0);
    const nhwc_tensor none = nhwc_tensor_view(NHWC_BOOL, NULL, 2, (int64_t[]){3, 0});
    CHECK_OK(nhwc_slice(&none, (int64_t[]){1, 0}, NULL, NULL, &view));
    CHECK(view.dims[0] == 2 && view.data == NULL);
    CHECK_OK(nhwc_reshape(&none, 3, (int64_t[]){0, 7, 9}, &view));
    CHECK(view.data == NULL);
    CHECK_OK(nhwc_broadcast_to(&none, 3, (int64_t[]){4, 3, 0}, &view));
    nhwc_tensor parts[3];
    CHECK_OK(nhwc_split(&none, 0, 3, NULL, parts));
    CHECK(parts[2].data == NULL && parts[2].dims[0] == 1);
}

/* ---- Rejections --------------------------------------------------------------------------------- */

static void test_rejections(void **state)
{
    (void)state;
    float data[24] = {0};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3, 4),
                      scalar = nhwc_tensor_view(NHWC_FLOAT32, data, 0, NULL);
    nhwc_tensor full = {.dtype = NHWC_FLOAT32, .rank = NHWC_MAX_RANK, .data = data}, view = {.rank = 77}, turned;
    for (int i = 0; i < NHWC_MAX_RANK; i++)
        full.dims[i] = full.strides[i] = 1;
    CHECK_FAILS(nhwc_reshape(NULL, 0, NULL, &view), NHWC_ERROR_ARGUMENT, "reshape: x is NULL");
    CHECK_FAILS(nhwc_reshape(&x, 1, (int64_t[]){24}, NULL), NHWC_ERROR_ARGUMENT, "reshape: the view is NULL");
    CHECK_FAILS(nhwc_reshape(&x, 1, NULL, &view), NHWC_ERROR_ARGUMENT, "dims is NULL");
    CHECK_FAILS(nhwc_reshape(&x, 9, (int64_t[9]){0}, &view), NHWC_ERROR_RANK, "rank is 9", "0 to 8");
    CHECK_FAILS(nhwc_reshape(&x, -1, NULL, &view), NHWC_ERROR_RANK, "rank is -1");
    CHECK_FAILS(nhwc_reshape(&x, 2, (int64_t[]){5, 5}, &view), NHWC_ERROR_SHAPE, "[2, 3, 4]", "24", "[5, 5]");
    CHECK_FAILS(nhwc_reshape(&x, 2, (int64_t[]){-1, -1}, &view), NHWC_ERROR_SHAPE, "[-1, -1]");
    CHECK_FAILS(nhwc_reshape(&x, 2, (int64_t[]){-2, -12}, &view), NHWC_ERROR_SHAPE, "[-2, -12]");
    CHECK_FAILS(nhwc_reshape(&x, 2, (int64_t[]){INT64_MAX, 2}, &view), NHWC_ERROR_SHAPE, "[9223372036854775807, 2]");
    CHECK_OK(nhwc_transpose(&x, NULL, &turned));
    CHECK_FAILS(nhwc_reshape(&turned, 1, (int64_t[]){-1}, &view), NHWC_ERROR_LAYOUT, "[4, 3, 2]", "strides [1, 4, 12]",
                "[24]", "nhwc_clone");
    CHECK_FAILS(nhwc_transpose(&x, (int[]){0, 1, 3}, &view), NHWC_ERROR_RANK, "transpose", "no axis 3", "-3 to 2");
    CHECK_FAILS(nhwc_transpose(&x, (int[]){0, 1, -4}, &view), NHWC_ERROR_RANK, "no axis -4");
    CHECK_FAILS(nhwc_transpose(&x, (int[]){0, 1, -2}, &view), NHWC_ERROR_RANK, "axes[2] is -2", "there before");
    CHECK_FAILS(nhwc_slice(&x, NULL, NULL, (int64_t[]){1, 0, 1}, &view), NHWC_ERROR_ARGUMENT, "steps[1] is 0");
    CHECK_FAILS(nhwc_slice(&x, NULL, NULL, (int64_t[]){1, 1, -1}, &view), NHWC_ERROR_ARGUMENT, "steps[2] is -1",
                "strides are not negative");
    CHECK_FAILS(nhwc_expand_dims(&x, 4, &view), NHWC_ERROR_RANK, "expand_dims", "no axis 4", "-4 to 3");
    CHECK_FAILS(nhwc_expand_dims(&full, 0, &view), NHWC_ERROR_RANK, "rank 8");
    CHECK_FAILS(nhwc_squeeze(&x, 1, (int[]){1}, &view), NHWC_ERROR_SHAPE, "axis 1 of x [2, 3, 4]", "length 3");
    CHECK_FAILS(nhwc_squeeze(&x, 1, NULL, &view), NHWC_ERROR_ARGUMENT, "count is 1");
    CHECK_FAILS(nhwc_squeeze(&x, -1, (int[]){0}, &view), NHWC_ERROR_ARGUMENT, "count is -1");
    CHECK_FAILS(nhwc_squeeze(&scalar, 1, (int[]){0}, &view), NHWC_ERROR_RANK, "no axis 0", "rank is 0");
    CHECK_FAILS(nhwc_broadcast_to(&x, 2, (int64_t[]){3, 4}, &view), NHWC_ERROR_SHAPE, "[2, 3, 4]", "[3, 4]");
    CHECK_FAILS(nhwc_broadcast_to(&x, 3, (int64_t[]){2, 3, 8}, &view), NHWC_ERROR_SHAPE, "[2, 3, 8]");
    CHECK_FAILS(nhwc_broadcast_to(&scalar, 1, (int64_t[]){-1}, &view), NHWC_ERROR_SHAPE, "negative");
    CHECK_FAILS(nhwc_broadcast_to(&scalar, 2, (int64_t[]){INT64_MAX / 8, 64}, &view), NHWC_ERROR_TOO_LARGE,
                "broadcast_to");
    nhwc_tensor views[4] = {{.rank = 77}};
    CHECK_FAILS(nhwc_split(&x, 3, 1, NULL, views), NHWC_ERROR_RANK, "no axis 3");
    CHECK_FAILS(nhwc_split(&x, 0, 0, NULL, views), NHWC_ERROR_ARGUMENT, "count is 0");
    CHECK_FAILS(nhwc_split(&x, 1, 2, NULL, views), NHWC_ERROR_SHAPE, "3 elements of axis 1", "2 equal parts");
    CHECK_FAILS(nhwc_split(&x, 2, 2, (int64_t[]){1, 2}, views), NHWC_ERROR_SHAPE, "add up to 3", "has 4");
    CHECK_FAILS(nhwc_split(&x, 2, 2, (int64_t[]){1, 4}, views), NHWC_ERROR_SHAPE, "sizes[1] is 4", "3 are left");
    CHECK_FAILS(nhwc_split(&x, 2, 2, (int64_t[]){5, -1}, views), NHWC_ERROR_SHAPE, "sizes[0] is 5");
    CHECK_FAILS(nhwc_split(&x, 2, 2, (int64_t[]){-1, 5}, views), NHWC_ERROR_SHAPE, "sizes[0] is -1");
    CHECK(view.rank == 77 && views[0].rank == 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
