/* Statuses and the text of the last failure. */
#ifndef NHWC_BASE_STATUS_H
#define NHWC_BASE_STATUS_H

#include <inttypes.h>
#include <nhwc/nhwc.h>

#ifdef __GNUC__
#define NHWC__PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define NHWC__PRINTF(text, first)
#endif

/* Writes this thread's message and returns `status`: `return nhwc__fail(NHWC_ERROR_RANK, "...", ...)`. */
nhwc_status nhwc__fail(nhwc_status status, const char *format, ...) NHWC__PRINTF(2, 3);

/* Leaves the calling function with the status of a call that failed. */
#define NHWC__TRY(call)                        \
    do {                                       \
        const nhwc_status try_status = (call); \
        if (try_status != NHWC_OK)             \
            return try_status;                 \
    } while (0)

#endif
