#include "scratch.h"

#include <stdlib.h>

/* What is in front of a block, as far as its alignment asks for. */
typedef struct front {
    void *start;
    int64_t bytes;
} front;

static void *allocate(void *allocator, size_t alignment, size_t bytes)
{
    scratch *s = allocator;
    const size_t offset = (sizeof(front) + alignment - 1) / alignment * alignment;
    if (bytes > SIZE_MAX / 2)
        return NULL;
    char *start = aligned_alloc(alignment, offset + (bytes + alignment - 1) / alignment * alignment);
    if (start == NULL)
        return NULL;
    ((front *)(void *)(start + offset))[-1] = (front){.start = start, .bytes = (int64_t)bytes};

    const int64_t live = atomic_fetch_add(&s->live, (int64_t)bytes) + (int64_t)bytes;
    int64_t peak = atomic_load(&s->peak);
    while (live > peak && !atomic_compare_exchange_weak(&s->peak, &peak, live))
        ;
    return start + offset;
}

static void deallocate(void *allocator, void *memory)
{
    scratch *s = allocator;
    const front before = ((front *)memory)[-1];
    atomic_fetch_sub(&s->live, before.bytes);
    free(before.start);
}

nhwc_context scratch_context(const nhwc_context *context, scratch *s)
{
    nhwc_context counting = *context;
    counting.allocate = allocate;
    counting.deallocate = deallocate;
    counting.allocator = s;
    return counting;
}
