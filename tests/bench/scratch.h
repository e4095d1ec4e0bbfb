/* An allocator that knows how much memory a call had at most. */
#ifndef NHWC_BENCH_SCRATCH_H
#define NHWC_BENCH_SCRATCH_H

#include <nhwc/nhwc.h>
#include <stdatomic.h>

/* All zero to begin with. Tasks may allocate too, so that several threads count at once. */
typedef struct scratch {
    _Atomic int64_t live, peak; /* bytes */
} scratch;

/* The context with this allocator in it. */
nhwc_context scratch_context(const nhwc_context *context, scratch *s);

#endif
