#include "base/parallel.h"

#include "base/size.h"

#define SHARE 32768 /* elements that are worth a task */

int nhwc__context_threads(const nhwc_context *context)
{
    return context != NULL && context->threads > 1 ? context->threads : 1;
}

int64_t nhwc__tasks_worth(const nhwc_context *context, int64_t pieces, int64_t elements)
{
    return nhwc__most(nhwc__least(nhwc__least(nhwc__context_threads(context), pieces), elements / SHARE), 1);
}

void nhwc__parallel_for(const nhwc_context *context, int64_t count, nhwc_task *task, void *argument)
{
    if (nhwc__context_threads(context) > 1 && count > 1)
        context->parallel_for(context->executor, count, task, argument);
    else
        for (int64_t index = 0; index < count; index++)
            task(argument, index);
}
