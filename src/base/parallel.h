/* Independent pieces of work, run by the context's executor. */
#ifndef NHWC_BASE_PARALLEL_H
#define NHWC_BASE_PARALLEL_H

#include <nhwc/nhwc.h>

/* How many tasks of the checked context, or NULL, may run at once; at least 1. */
int nhwc__context_threads(const nhwc_context *context);

/* Runs task(argument, 0) ... task(argument, count - 1), each once, in any order, and returns after the
 * last. */
void nhwc__parallel_for(const nhwc_context *context, int64_t count, nhwc_task *task, void *argument);

#endif
