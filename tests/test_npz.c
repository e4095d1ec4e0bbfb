/* .npz files: NumPy's, what is written, and everything that is refused. */
#include <nhwc/array.h>

#include "support/files.h"

#include "golden/io_golden.h"

#define PATH "test_npz.tmp"

static nhwc_npz *opened(const golden_archive *g)
{
    nhwc_npz *npz;
    write_file(PATH, g->bytes, g->size);
    CHECK_OK(nhwc_npz_open(NULL, PATH, &npz));
    return npz;
}

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_npz); i++) {
        nhwc_npz *const npz = opened(&golden_npz[i]);
        CHECK(nhwc_npz_count(npz) == golden_npz[i].count);
        for (int k = 0; k < golden_npz[i].count; k++)
            assert_string_equal(nhwc_npz_name(npz, k), golden_npz[i].names[k]);
        CHECK(nhwc_npz_name(npz, -1) == NULL && nhwc_npz_name(npz, golden_npz[i].count) == NULL);
        nhwc_npz_close(npz);
    }
}

/* The data of make_io_golden.py. */
static void check_values(const nhwc_tensor *x)
{
    for (int64_t i = 0; i < element_count(x); i++)
        CHECK(element_get(x, i) == (double)(i * 37 % 101));
}

static void test_read(void **state)
{
    (void)state;
    nhwc_npz *const npz = opened(&golden_npz[0]);
    nhwc_tensor kernel, bias, x = {.rank = 77};
    CHECK_OK(nhwc_npz_read(npz, "bias", &bias));
    CHECK_OK(nhwc_npz_read(npz, "conv/kernel:0", &kernel));
    CHECK(kernel.dtype == NHWC_FLOAT32 && kernel.rank == 4 && kernel.dims[1] == 2 && kernel.dims[3] == 3);
    CHECK(bias.dtype == NHWC_FLOAT64 && bias.rank == 1 && bias.dims[0] == 3);
    check_values(&kernel);
    check_values(&bias);
    nhwc_tensor_destroy(NULL, &kernel);
    nhwc_tensor_destroy(NULL, &bias);
    CHECK_FAILS(nhwc_npz_read(npz, "conv", &x), NHWC_ERROR_ARGUMENT, PATH, "no tensor \"conv\"");
    CHECK_FAILS(nhwc_npz_read(npz, NULL, &x), NHWC_ERROR_ARGUMENT, "name");
    CHECK_FAILS(nhwc_npz_read(NULL, "bias", &x), NHWC_ERROR_ARGUMENT, "npz");
    CHECK_FAILS(nhwc_npz_read(npz, "bias", NULL), NHWC_ERROR_ARGUMENT, "x is NULL");
    CHECK(x.rank == 77);
    nhwc_npz_close(npz);
    nhwc_npz_close(NULL);
}

/* Behind a comment that looks like the end; and what is deflated. */
static void test_archive(void **state)
{
    (void)state;
    nhwc_npz *const npz = opened(&golden_npz[2]);
    nhwc_tensor x = {.rank = 77};
    CHECK_FAILS(nhwc_npz_read(npz, "b", &x), NHWC_ERROR_FORMAT, "\"b\"", "compressed");
    CHECK(x.rank == 77);
    CHECK_OK(nhwc_npz_read(npz, "a", &x));
    check_values(&x);
    nhwc_tensor_destroy(NULL, &x);
    nhwc_npz_close(npz);
}

static const nhwc_dtype dtypes[] = {NHWC_FLOAT32, NHWC_FLOAT64, NHWC_INT32, NHWC_INT64, NHWC_UINT8, NHWC_BOOL};
static const char *const names[] = {"f4", "f8", "i4", "i8", "u1", "b1"};

/* The bytes that Python's zipfile writes. */
static void test_written(void **state)
{
    (void)state;
    nhwc_tensor x[COUNT(dtypes)], y;
    nhwc_npz *npz;
    for (size_t i = 0; i < COUNT(dtypes); i++) {
        x[i] = guarded_tensor(dtypes[i], 2, (int64_t[]){2, 3}, (int64_t)i % 3);
        for (int64_t k = 0; k < 6; k++)
            element_set(&x[i], k, dtypes[i] == NHWC_BOOL ? k > 0 : (double)(k * 37 % 101));
    }
    CHECK_OK(nhwc_npz_write(NULL, PATH, COUNT(dtypes), names, x));
    CHECK(file_equals(PATH, golden_written, sizeof golden_written - 1));
    CHECK_OK(nhwc_npz_open(NULL, PATH, &npz));
    for (size_t i = 0; i < COUNT(dtypes); i++) {
        nhwc_difference difference;
        CHECK_OK(nhwc_npz_read(npz, names[i], &y));
        CHECK_OK(nhwc_compare(NULL, &x[i], &y, NULL, &difference));
        CHECK(difference.close && y.dtype == dtypes[i] && y.rank == 2);
        nhwc_tensor_destroy(NULL, &y);
    }
    nhwc_npz_close(npz);
    CHECK_OK(nhwc_npz_write(NULL, PATH, 0, NULL, NULL));
    CHECK(file_equals(PATH, golden_npz[1].bytes, golden_npz[1].size));
    guarded_check();
    guarded_release();
}

/* A name in UTF-8 says so. */
static void test_utf8(void **state)
{
    (void)state;
    const golden_archive *g = &golden_npz[3];
    nhwc_npz *const npz = opened(g);
    nhwc_tensor x;
    CHECK_OK(nhwc_npz_read(npz, g->names[0], &x));
    check_values(&x);
    nhwc_npz_close(npz);
    CHECK_OK(nhwc_npz_write(NULL, PATH, 1, g->names, &x));
    CHECK(file_equals(PATH, g->bytes, g->size));
    nhwc_tensor_destroy(NULL, &x);
}

/* What stands in the directory, at the end, is no string and no command to a terminal. */
static void test_bad_names(void **state)
{
    (void)state;
    char bytes[4096];
    nhwc_npz *npz = NULL;
    nhwc_tensor x = {.rank = 77};
    const golden_archive *g = &golden_npz[3];
    memcpy(bytes, g->bytes, g->size);
    char *const name = bytes + g->size - 22 - strlen(g->names[0]) - strlen(".npy");
    CHECK(memcmp(name, g->names[0], strlen(g->names[0])) == 0);
    name[1] = 033;
    name[-46 + 10] = 8; /* deflated */
    write_file(PATH, bytes, g->size);
    CHECK_OK(nhwc_npz_open(NULL, PATH, &npz));
    CHECK_FAILS(nhwc_npz_read(npz, nhwc_npz_name(npz, 0), &x), NHWC_ERROR_FORMAT, "\"g?", "compressed");
    CHECK(x.rank == 77 && strchr(nhwc_last_error(), 033) == NULL);
    nhwc_npz_close(npz);
    name[1] = 0;
    npz = NULL;
    write_file(PATH, bytes, g->size);
    CHECK_FAILS(nhwc_npz_open(NULL, PATH, &npz), NHWC_ERROR_FORMAT, PATH, "name with a zero");
    CHECK(npz == NULL && nhwc_npz_count(npz) == 0 && nhwc_npz_name(npz, 0) == NULL);
}

static void test_bad_writes(void **state)
{
    (void)state;
    float data[2] = {1, 2};
    nhwc_tensor x[2] = {NHWC_TENSOR(NHWC_FLOAT32, data, 2), NHWC_TENSOR(NHWC_FLOAT32, data, 2)};
    write_file(PATH, "before", 6);
    CHECK_FAILS(nhwc_npz_write(NULL, PATH, 2, (const char *[]){"a", "a"}, x), NHWC_ERROR_ARGUMENT, "names[0]",
                "names[1]", "\"a\"");
    CHECK_FAILS(nhwc_npz_write(NULL, PATH, 1, (const char *[]){""}, x), NHWC_ERROR_ARGUMENT, "names[0]", "empty");
    CHECK_FAILS(nhwc_npz_write(NULL, PATH, 1, (const char *[]){NULL}, x), NHWC_ERROR_ARGUMENT, "names[0]", "NULL");
    CHECK_FAILS(nhwc_npz_write(NULL, PATH, -1, names, x), NHWC_ERROR_ARGUMENT, "-1");
    CHECK_FAILS(nhwc_npz_write(NULL, PATH, 1, NULL, x), NHWC_ERROR_ARGUMENT, "names");
    CHECK_FAILS(nhwc_npz_write(NULL, PATH, 1, names, NULL), NHWC_ERROR_ARGUMENT, "x is NULL");
    CHECK_FAILS(nhwc_npz_write(NULL, NULL, 1, names, x), NHWC_ERROR_ARGUMENT, "path");
    x[1].dims[0] = INT64_C(1) << 40;
    x[1].strides[0] = 0;
    CHECK_FAILS(nhwc_npz_write(NULL, PATH, 2, names, x), NHWC_ERROR_TOO_LARGE, "4 GiB");
    x[1].strides[0] = -1;
    CHECK_FAILS(nhwc_npz_write(NULL, PATH, 2, names, x), NHWC_ERROR_LAYOUT, "f8->strides[0]");
    for (int64_t n = 1; n < 3; n++) {
        failing_allocator allocator = {.fail_at = n};
        const nhwc_context context = failing_context(&allocator);
        CHECK_FAILS(nhwc_npz_write(&context, PATH, 1, names, x), NHWC_ERROR_OUT_OF_MEMORY, "bytes");
        CHECK(allocator.live == 0);
    }
    CHECK(file_equals(PATH, "before", 6) && !file_exists(PATH ".part"));
}

static void test_refused(void **state)
{
    (void)state;
    nhwc_npz *npz = NULL;
    CHECK_FAILS(nhwc_npz_open(NULL, "test_npz.missing", &npz), NHWC_ERROR_FILE, "test_npz.missing", "No such file");
    CHECK_FAILS(nhwc_npz_open(NULL, NULL, &npz), NHWC_ERROR_ARGUMENT, "path");
    CHECK_FAILS(nhwc_npz_open(NULL, PATH, NULL), NHWC_ERROR_ARGUMENT, "npz");
    write_file(PATH, "", 0);
    CHECK_FAILS(nhwc_npz_open(NULL, PATH, &npz), NHWC_ERROR_FORMAT, PATH, "no zip archive");
    write_file(PATH, golden_npz[0].bytes, golden_npz[0].size - 1);
    CHECK_FAILS(nhwc_npz_open(NULL, PATH, &npz), NHWC_ERROR_FORMAT, PATH, "no zip archive");
    CHECK(npz == NULL);
}

/* A changed element is told by its checksum. */
static void test_checksum(void **state)
{
    (void)state;
    char bytes[4096];
    nhwc_tensor x = {.rank = 77};
    nhwc_npz *npz;
    memcpy(bytes, golden_written, sizeof golden_written - 1);
    char *const element = memchr(bytes, '\n', sizeof bytes); /* behind the first header */
    element[5]++;
    write_file(PATH, bytes, sizeof golden_written - 1);
    CHECK_OK(nhwc_npz_open(NULL, PATH, &npz));
    CHECK_FAILS(nhwc_npz_read(npz, "f4", &x), NHWC_ERROR_FORMAT, PATH "/f4", "damaged", "checksum");
    CHECK(x.rank == 77);
    CHECK_OK(nhwc_npz_read(npz, "f8", &x));
    nhwc_tensor_destroy(NULL, &x);
    nhwc_npz_close(npz);
}

/* Whatever a file holds, it opens or not, and each tensor is one or a status. */
static void look(const char *path)
{
    nhwc_npz *npz = NULL;
    if (nhwc_npz_open(NULL, path, &npz) != NHWC_OK) {
        CHECK(npz == NULL);
        return;
    }
    for (int i = 0; i < nhwc_npz_count(npz); i++) {
        nhwc_tensor x = {.rank = 77};
        if (nhwc_npz_read(npz, nhwc_npz_name(npz, i), &x) == NHWC_OK)
            nhwc_tensor_destroy(NULL, &x);
        else
            CHECK(x.rank == 77);
    }
    nhwc_npz_close(npz);
}

static void test_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_npz); i++)
        damage_file(PATH, golden_npz[i].bytes, golden_npz[i].size, 3000 / every, look);
    damage_file(PATH, golden_written, sizeof golden_written - 1, 3000 / every, look);
}

static void test_allocation(void **state)
{
    (void)state;
    nhwc_npz_close(opened(&golden_npz[0]));
    for (int64_t n = 1; n < 6; n++) {
        failing_allocator allocator = {.fail_at = n};
        const nhwc_context context = failing_context(&allocator);
        nhwc_npz *npz = NULL;
        nhwc_tensor x = {.rank = 77};
        if (nhwc_npz_open(&context, PATH, &npz) == NHWC_OK) {
            CHECK(n > 4 && nhwc_npz_read(npz, "bias", &x) == NHWC_ERROR_OUT_OF_MEMORY && x.rank == 77);
            nhwc_npz_close(npz);
        } else {
            CHECK(n <= 4 && npz == NULL);
        }
        CHECK(allocator.live == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),      cmocka_unit_test(test_read),    cmocka_unit_test(test_archive),
        cmocka_unit_test(test_written),    cmocka_unit_test(test_bad_writes), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_checksum),   cmocka_unit_test(test_damaged), cmocka_unit_test(test_allocation),
        cmocka_unit_test(test_utf8),       cmocka_unit_test(test_bad_names),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(PATH);
    return failed;
}
