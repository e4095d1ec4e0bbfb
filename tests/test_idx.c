/* IDX files, written out by hand. */
#include "support/files.h"

#define PATH "test_idx.tmp"

static void look(const char *path)
{
    nhwc_tensor x = {.rank = 77};
    if (nhwc_idx_read(NULL, path, &x) == NHWC_OK)
        nhwc_tensor_destroy(NULL, &x);
    else
        CHECK(x.rank == 77);
}

/* One of each dtype: 2 x 3 bytes, and 1, -2 in the others. */
static const struct {
    nhwc_dtype dtype;
    int rank;
    size_t size;
    const char *bytes;
    double first, last;
} files[] = {
    {NHWC_UINT8, 2, 18, "\0\0\x08\2\0\0\0\2\0\0\0\3\1\2\3\4\5\xff", 1, 255},
    {NHWC_INT32, 1, 16, "\0\0\x0c\1\0\0\0\2\0\0\0\1\xff\xff\xff\xfe", 1, -2},
    {NHWC_FLOAT32, 1, 16, "\0\0\x0d\1\0\0\0\2\x3f\x80\0\0\xc0\0\0\0", 1, -2},
    {NHWC_FLOAT64, 1, 24, "\0\0\x0e\1\0\0\0\2\x3f\xf0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0", 1, -2},
};

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        nhwc_tensor x;
        write_file(PATH, files[i].bytes, files[i].size);
        CHECK_OK(nhwc_idx_read(NULL, PATH, &x));
        CHECK(x.dtype == files[i].dtype && x.rank == files[i].rank && x.dims[0] == 2);
        CHECK(x.rank == 1 || x.dims[1] == 3);
        CHECK(element_get(&x, 0) == files[i].first && element_get(&x, element_count(&x) - 1) == files[i].last);
        nhwc_tensor_destroy(NULL, &x);
        damage_file(PATH, files[i].bytes, files[i].size, 2000 / every, look);
    }
}

static void test_refused(void **state)
{
    (void)state;
    nhwc_tensor x = {.rank = 77};
    write_file(PATH, "\x1f\x8b\x08\0", 4);
    CHECK_FAILS(nhwc_idx_read(NULL, PATH, &x), NHWC_ERROR_FORMAT, PATH, "gzip");
    write_file(PATH, "PK\3\4", 4);
    CHECK_FAILS(nhwc_idx_read(NULL, PATH, &x), NHWC_ERROR_FORMAT, PATH, "80 75");
    write_file(PATH, "\0\0\x09\1\0\0\0\1\1", 9);
    CHECK_FAILS(nhwc_idx_read(NULL, PATH, &x), NHWC_ERROR_DTYPE, PATH, "0x09");
    write_file(PATH, "\0\0\x08\x09", 4);
    CHECK_FAILS(nhwc_idx_read(NULL, PATH, &x), NHWC_ERROR_RANK, PATH, "9 axes");
    write_file(PATH, "\0\0\x08\2\0\0\0\2\0\0\0\3\1\2\3\4\5", 17);
    CHECK_FAILS(nhwc_idx_read(NULL, PATH, &x), NHWC_ERROR_FORMAT, "[2, 3]", "6 bytes", "5 are there");
    write_file(PATH, "\0\0\x08\3\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16);
    CHECK_FAILS(nhwc_idx_read(NULL, PATH, &x), NHWC_ERROR_TOO_LARGE, "4294967295");
    CHECK_FAILS(nhwc_idx_read(NULL, "test_idx.missing", &x), NHWC_ERROR_FILE, "No such file");
    CHECK_FAILS(nhwc_idx_read(NULL, NULL, &x), NHWC_ERROR_ARGUMENT, "path");
    CHECK_FAILS(nhwc_idx_read(NULL, PATH, NULL), NHWC_ERROR_ARGUMENT, "x is NULL");
    write_file(PATH, files[0].bytes, files[0].size);
    failing_allocator allocator = {.fail_at = 1};
    const nhwc_context context = failing_context(&allocator);
    CHECK_FAILS(nhwc_idx_read(&context, PATH, &x), NHWC_ERROR_OUT_OF_MEMORY, "bytes");
    CHECK(x.rank == 77 && allocator.live == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_refused)};
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(PATH);
    return failed;
}
