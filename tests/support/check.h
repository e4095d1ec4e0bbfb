/* cmocka, and what all tests check with. */
#ifndef NHWC_TESTS_CHECK_H
#define NHWC_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <nhwc/nhwc.h>

/* Unlike assert_true, CHECK prints the line it stands in even from a helper in another file. */
#define CHECK(condition) _assert_true((condition) != 0, #condition, __FILE__, __LINE__)

/* The call succeeds; its message is shown when it does not. */
#define CHECK_OK(call) check_status((call), NHWC_OK, #call, __FILE__, __LINE__)

/* The call fails with this status and a message that contains each of the texts. */
#define CHECK_FAILS(call, status, ...) \
    check_failure((call), (status), (const char *const[]){__VA_ARGS__, NULL}, #call, __FILE__, __LINE__)

void check_status(nhwc_status given, nhwc_status expected, const char *call, const char *file, int line);
void check_failure(nhwc_status given, nhwc_status expected, const char *const *texts, const char *call,
                   const char *file, int line);

#endif
