#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char last_error[512];

/* Messages quote what files hold, which may be commands to a terminal. */
static void replace_controls(char *text)
{
    for (; *text != 0; text++)
        if ((unsigned char)*text < ' ' || *text == 127)
            *text = '?';
}

nhwc_status nhwc__fail(nhwc_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(last_error, sizeof last_error, format, arguments);
    va_end(arguments);
    replace_controls(last_error);
    return status;
}

const char *nhwc_last_error(void)
{
    return last_error;
}

const char *nhwc_status_string(nhwc_status status)
{
    switch (status) {
#define NAME(status) case status: return #status
    NAME(NHWC_OK);
    NAME(NHWC_ERROR_ARGUMENT);
    NAME(NHWC_ERROR_DTYPE);
    NAME(NHWC_ERROR_RANK);
    NAME(NHWC_ERROR_SHAPE);
    NAME(NHWC_ERROR_LAYOUT);
    NAME(NHWC_ERROR_ALIAS);
    NAME(NHWC_ERROR_STRIDE);
    NAME(NHWC_ERROR_DILATION);
    NAME(NHWC_ERROR_PADDING);
    NAME(NHWC_ERROR_GROUPS);
    NAME(NHWC_ERROR_KERNEL);
    NAME(NHWC_ERROR_CHANNELS);
    NAME(NHWC_ERROR_OUTPUT_SHAPE);
    NAME(NHWC_ERROR_OUTPUT_PADDING);
    NAME(NHWC_ERROR_TOO_LARGE);
    NAME(NHWC_ERROR_OUT_OF_MEMORY);
    NAME(NHWC_ERROR_FILE);
    NAME(NHWC_ERROR_FORMAT);
#undef NAME
    }
    return "not an nhwc_status";
}

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *nhwc_version(void)
{
    return TEXT(NHWC_VERSION_MAJOR) "." TEXT(NHWC_VERSION_MINOR) "." TEXT(NHWC_VERSION_PATCH);
}
