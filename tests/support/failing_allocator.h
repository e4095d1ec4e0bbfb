/* An allocator that counts, watches what it is given back, and fails when told. */
#ifndef NHWC_TESTS_FAILING_ALLOCATOR_H
#define NHWC_TESTS_FAILING_ALLOCATOR_H

#include <nhwc/nhwc.h>
#include <stdlib.h>

typedef struct failing_allocator {
    int64_t calls, live; /* allocations asked for; blocks not given back */
    int64_t fail_at;     /* the number of the call to fail, from 1; 0 for none */
    size_t alignment;    /* of the last call ... */
    size_t bytes;        /* ... and its size */
} failing_allocator;

static inline void *failing_allocate(void *state, size_t alignment, size_t bytes)
{
    failing_allocator *a = state;
    a->alignment = alignment;
    a->bytes = bytes;
    if (++a->calls == a->fail_at)
        return NULL;
    a->live++;
    return aligned_alloc(alignment, bytes);
}

static inline void failing_deallocate(void *state, void *memory)
{
    failing_allocator *a = state;
    a->live--;
    free(memory);
}

static inline nhwc_context failing_context(failing_allocator *a)
{
    return (nhwc_context){.allocate = failing_allocate, .deallocate = failing_deallocate, .allocator = a};
}

#endif
