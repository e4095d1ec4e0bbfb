/* Status names, the message of each thread, the version. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "support/check.h"

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(nhwc_status_string(NHWC_OK), "NHWC_OK");
    assert_string_equal(nhwc_status_string(NHWC_ERROR_OUTPUT_PADDING), "NHWC_ERROR_OUTPUT_PADDING");
    for (int status = NHWC_OK; status <= NHWC_ERROR_FORMAT; status++)
        CHECK(strncmp(nhwc_status_string((nhwc_status)status), "NHWC_", 5) == 0);
    assert_string_equal(nhwc_status_string((nhwc_status)(NHWC_ERROR_FORMAT + 1)), "not an nhwc_status");
    assert_string_equal(nhwc_status_string((nhwc_status)-1), "not an nhwc_status");
}

static void *fail_elsewhere(void *text)
{
    CHECK(nhwc_last_error()[0] == '\0'); /* a new thread has no failure */
    (void)nhwc_tensor_create(NULL, NHWC_FLOAT32, 99, NULL, NULL);
    strcpy(text, nhwc_last_error());
    return NULL;
}

static void test_message_of_each_thread(void **state)
{
    (void)state;
    nhwc_tensor tensor;
    char elsewhere[512] = "";
    pthread_t thread;
    CHECK_FAILS(nhwc_tensor_create(NULL, NHWC_FLOAT32, 1, (int64_t[]){-5}, &tensor), NHWC_ERROR_SHAPE, "-5");
    CHECK(pthread_create(&thread, NULL, fail_elsewhere, elsewhere) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(strstr(elsewhere, "tensor is NULL") != NULL);
    CHECK(strstr(nhwc_last_error(), "-5") != NULL);
    CHECK_OK(nhwc_tensor_create(NULL, NHWC_FLOAT32, 1, (int64_t[]){0}, &tensor));
    CHECK(strstr(nhwc_last_error(), "-5") != NULL); /* success leaves the message */
}

static void test_version(void **state)
{
    (void)state;
    char expected[32];
    snprintf(expected, sizeof expected, "%d.%d.%d", NHWC_VERSION_MAJOR, NHWC_VERSION_MINOR, NHWC_VERSION_PATCH);
    assert_string_equal(nhwc_version(), expected);
    assert_string_equal(NHWC_PACKAGE_VERSION, expected); /* what CMake and pkg-config will say */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_message_of_each_thread),
        cmocka_unit_test(test_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
