#include "support/check.h"

#include <string.h>

void check_status(nhwc_status given, nhwc_status expected, const char *call, const char *file, int line)
{
    if (given == expected)
        return;
    print_error("%s: %s, not %s: %s\n", call, nhwc_status_string(given), nhwc_status_string(expected),
                given == NHWC_OK ? "" : nhwc_last_error());
    _fail(file, line);
}

void check_failure(nhwc_status given, nhwc_status expected, const char *const *texts, const char *call,
                   const char *file, int line)
{
    check_status(given, expected, call, file, line);
    for (; *texts; texts++)
        if (!strstr(nhwc_last_error(), *texts)) {
            print_error("%s: no \"%s\" in the message: %s\n", call, *texts, nhwc_last_error());
            _fail(file, line);
        }
}
