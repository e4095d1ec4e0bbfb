#include "base/context.h"

#include <stdlib.h>

#include "base/status.h"

#define ALIGNMENT 64 /* a cache line, and the widest vector */

nhwc_status nhwc__context_check(const nhwc_context *context)
{
    if (context == NULL)
        return NHWC_OK;
    if ((int)context->algorithm < 0 || context->algorithm > NHWC_ALGORITHM_LOOPS)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "context->algorithm is %d, which is no nhwc_algorithm",
                          (int)context->algorithm);
    if ((context->allocate == NULL) != (context->deallocate == NULL))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "context has %s but not %s; give both or neither",
                          context->allocate ? "allocate" : "deallocate",
                          context->allocate ? "deallocate" : "allocate");
    if (context->threads < 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "context->threads is %d, which is negative",
                          context->threads);
    if (context->threads > 1 && context->parallel_for == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "context->threads is %d but parallel_for is NULL; the library starts no threads "
                          "by itself: give nhwc_pool_parallel_for and a pool, or an executor of your own",
                          context->threads);
    if (context->threads == 0 && context->parallel_for != NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "context has parallel_for but threads is 0; say how many tasks may run at once");
    return NHWC_OK;
}

nhwc_status nhwc__allocate(const nhwc_context *context, int64_t bytes, void **memory)
{
    void *p = NULL;
    if ((uint64_t)bytes <= SIZE_MAX - ALIGNMENT) {
        const size_t whole_lines = ((size_t)bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (context != NULL && context->allocate != NULL)
            p = context->allocate(context->allocator, ALIGNMENT, whole_lines);
        else
            p = aligned_alloc(ALIGNMENT, whole_lines);
    }
    if (p == NULL)
        return nhwc__fail(NHWC_ERROR_OUT_OF_MEMORY, "the allocator has no %" PRId64 " bytes", bytes);
    *memory = p;
    return NHWC_OK;
}

void nhwc__deallocate(const nhwc_context *context, void *memory)
{
    if (context != NULL && context->deallocate != NULL)
        context->deallocate(context->allocator, memory);
    else
        free(memory);
}
