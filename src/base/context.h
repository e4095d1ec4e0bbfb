/* What a context, or NULL in its place, stands for. */
#ifndef NHWC_BASE_CONTEXT_H
#define NHWC_BASE_CONTEXT_H

#include <nhwc/nhwc.h>

/* NHWC_ERROR_ARGUMENT for an unknown algorithm, half an allocator, or threads without an executor. NULL is
 * fine. */
nhwc_status nhwc__context_check(const nhwc_context *context);

/* Memory from the context's allocator, 64-byte aligned, not cleared; never asked for 0 bytes. */
nhwc_status nhwc__allocate(const nhwc_context *context, int64_t bytes, void **memory);
void nhwc__deallocate(const nhwc_context *context, void *memory);

#endif
