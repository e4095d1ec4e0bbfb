/* Independent pieces of work, run by the context's executor. */
#ifndef NHWC_BASE_PARALLEL_H
#define NHWC_BASE_PARALLEL_H

#include <nhwc/nhwc.h>

/* How many tasks of the checked context, or NULL, may run at once; at least 1. */
int nhwc__context_threads(const nhwc_context *context);

/* How many tasks so much work is worth: no more than there are threads, or `pieces` it can be cut into, and each of
 * so many elements that starting it costs less than it saves; at least 1. */
int64_t nhwc__tasks_worth(const nhwc_context *context, int64_t pieces, int64_t elements);

/* Runs task(argument, 0) ... task(argument, count - 1), each once, in any order, and returns after the
 * last. */
void nhwc__parallel_for(const nhwc_context *context, int64_t count, nhwc_task *task, void *argument);

#endif
