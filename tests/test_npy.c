/* .npy files: NumPy's, what is written, and everything that is refused. */
#define _POSIX_C_SOURCE 200809L
#include <nhwc/array.h>
#include <signal.h>
#include <sys/resource.h>

#include "support/files.h"

#include "golden/io_golden.h"

#define PATH "test_npy.tmp"

static void check_tensor(const golden_file *g, const nhwc_tensor *x)
{
    bool same = x->dtype == g->dtype && x->rank == g->rank;
    for (int axis = 0; axis < x->rank && same; axis++)
        same = x->dims[axis] == g->dims[axis];
    for (int64_t i = 0; same && i < element_count(x); i++) {
        const double v = element_get(x, i);
        same = v == g->values[i] && signbit(v) == signbit(g->values[i]);
    }
    if (!same)
        fail_msg("%s", g->call);
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_npy); i++) {
        nhwc_tensor x;
        write_file(PATH, golden_npy[i].bytes, golden_npy[i].size);
        CHECK_OK(nhwc_npy_read(NULL, PATH, &x));
        check_tensor(&golden_npy[i], &x);
        nhwc_tensor_destroy(NULL, &x);
    }
}

/* Little-endian files in C order are written as NumPy does, byte for byte. */
static void test_written(void **state)
{
    (void)state;
    int written = 0;
    for (size_t i = 0; i < COUNT(golden_npy); i++) {
        const golden_file *g = &golden_npy[i];
        if (strncmp(g->call, "np.save of", 10) != 0 || strstr(g->call, "Fortran") || strchr(g->call, '>'))
            continue;
        for (int gap = 0; gap < 3; gap += 2) {
            const nhwc_tensor x = guarded_tensor(g->dtype, g->rank, g->dims, gap);
            for (int64_t k = 0; k < element_count(&x); k++)
                element_set(&x, k, g->values[k]);
            CHECK_OK(nhwc_npy_write(NULL, PATH, &x));
            CHECK(file_equals(PATH, g->bytes, g->size) && !file_exists(PATH ".part"));
            guarded_check();
            guarded_release();
        }
        written++;
    }
    CHECK(written >= 8);
}

/* More elements than are written at a time, of a view with its axes turned, and back. */
static void test_large(void **state)
{
    (void)state;
    nhwc_tensor x, view, y;
    nhwc_difference difference;
    CHECK_OK(nhwc_tensor_create(NULL, NHWC_FLOAT64, 3, (int64_t[]){7, 50, 60}, &x));
    CHECK_OK(nhwc_transpose(&x, (int[]){2, 0, 1}, &view));
    for (int64_t i = 0; i < element_count(&x); i++)
        element_set(&x, i, (double)i);
    CHECK_OK(nhwc_npy_write(NULL, PATH, &view));
    CHECK_OK(nhwc_npy_read(NULL, PATH, &y));
    CHECK(y.rank == 3 && y.dims[0] == 60 && y.dims[1] == 7 && y.dims[2] == 50);
    CHECK_OK(nhwc_compare(NULL, &view, &y, NULL, &difference));
    CHECK(difference.close);
    nhwc_tensor_destroy(NULL, &x);
    nhwc_tensor_destroy(NULL, &y);
}

/* What cannot be read is a status, and the tensor as it was. */
static void check_refused(const char *call)
{
    nhwc_tensor x = {.rank = 77};
    const nhwc_status status = nhwc_npy_read(NULL, PATH, &x);
    if ((status != NHWC_ERROR_FORMAT && status != NHWC_ERROR_DTYPE && status != NHWC_ERROR_RANK &&
         status != NHWC_ERROR_TOO_LARGE) ||
        x.rank != 77 || strstr(nhwc_last_error(), PATH) == NULL)
        fail_msg("%s: %s, %s", call, nhwc_status_string(status), nhwc_last_error());
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_refused); i++) {
        write_file(PATH, golden_refused[i].bytes, golden_refused[i].size);
        check_refused(golden_refused[i].call);
    }
    nhwc_tensor x = {.rank = 77};
    const golden_file *g = &golden_npy[0];
    write_file(PATH, g->bytes, g->size - 1);
    CHECK_FAILS(nhwc_npy_read(NULL, PATH, &x), NHWC_ERROR_FORMAT, "npy_read", "[2, 3]", "24 bytes", "23 are there");
    write_file(PATH, golden_refused[0].bytes, golden_refused[0].size);
    CHECK_FAILS(nhwc_npy_read(NULL, PATH, &x), NHWC_ERROR_DTYPE, "dtype <f2", "f4, f8");
    CHECK_FAILS(nhwc_npy_read(NULL, "test_npy.missing", &x), NHWC_ERROR_FILE, "test_npy.missing", "No such file");
    CHECK_FAILS(nhwc_npy_read(NULL, ".", &x), NHWC_ERROR_FILE, "\".\"");
    CHECK_FAILS(nhwc_npy_read(NULL, NULL, &x), NHWC_ERROR_ARGUMENT, "path");
    CHECK_FAILS(nhwc_npy_read(NULL, PATH, NULL), NHWC_ERROR_ARGUMENT, "x is NULL");
    CHECK_FAILS(nhwc_npy_read(&(nhwc_context){.threads = -1}, PATH, &x), NHWC_ERROR_ARGUMENT, "threads");
    CHECK(x.rank == 77);
}

/* Whatever a file holds, it is a tensor or a status. */
static void look(const char *path)
{
    nhwc_tensor x = {.rank = 77};
    if (nhwc_npy_read(NULL, path, &x) == NHWC_OK)
        nhwc_tensor_destroy(NULL, &x);
    else
        CHECK(x.rank == 77);
}

static void test_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_npy); i += 4)
        damage_file(PATH, golden_npy[i].bytes, golden_npy[i].size, 1000 / every, look);
}

static void test_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_npy); i++) {
        nhwc_status status = NHWC_ERROR_OUT_OF_MEMORY;
        write_file(PATH, golden_npy[i].bytes, golden_npy[i].size);
        for (int64_t n = 1; status != NHWC_OK && n < 9; n++) {
            failing_allocator allocator = {.fail_at = n};
            const nhwc_context context = failing_context(&allocator);
            nhwc_tensor x = {.rank = 77};
            status = nhwc_npy_read(&context, PATH, &x);
            CHECK(status == NHWC_OK || (status == NHWC_ERROR_OUT_OF_MEMORY && x.rank == 77));
            if (status == NHWC_OK)
                nhwc_tensor_destroy(&context, &x);
            CHECK(allocator.live == 0);
        }
        CHECK(status == NHWC_OK);
    }
}

/* A file that cannot be written leaves the one that was there. */
static void test_failed_write(void **state)
{
    (void)state;
    struct rlimit limit;
    nhwc_tensor x;
    CHECK_OK(nhwc_tensor_create(NULL, NHWC_FLOAT32, 1, (int64_t[]){100000}, &x));
    write_file(PATH, "before", 6);
    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &(struct rlimit){100000, limit.rlim_max}) == 0);
    CHECK_FAILS(nhwc_npy_write(NULL, PATH, &x), NHWC_ERROR_FILE, "npy_write", PATH, "cannot be written");
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK(file_equals(PATH, "before", 6) && !file_exists(PATH ".part"));
    CHECK_FAILS(nhwc_npy_write(NULL, "missing/x.npy", &x), NHWC_ERROR_FILE, "missing/x.npy.part", "No such file");
    CHECK_FAILS(nhwc_npy_write(NULL, ".", &x), NHWC_ERROR_FILE, "\".\"", "cannot be replaced");
    CHECK(!file_exists("..part"));
    CHECK_FAILS(nhwc_npy_write(NULL, NULL, &x), NHWC_ERROR_ARGUMENT, "path");
    CHECK_FAILS(nhwc_npy_write(NULL, PATH, NULL), NHWC_ERROR_ARGUMENT, "x is NULL");
    failing_allocator allocator = {.fail_at = 1};
    const nhwc_context context = failing_context(&allocator);
    CHECK_FAILS(nhwc_npy_write(&context, PATH, &x), NHWC_ERROR_OUT_OF_MEMORY, "bytes");
    CHECK(file_equals(PATH, "before", 6));
    nhwc_tensor_destroy(NULL, &x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),     cmocka_unit_test(test_written), cmocka_unit_test(test_large),
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_damaged), cmocka_unit_test(test_allocation),
        cmocka_unit_test(test_failed_write),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(PATH);
    return failed;
}
