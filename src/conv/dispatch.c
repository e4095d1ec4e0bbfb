#include "conv/dispatch.h"

#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "conv/correlate.h"
#include "conv/depthwise.h"
#include "conv/direct.h"
#include "conv/im2col.h"
#include "conv/loops.h"
#include "conv/panels.h"
#include "conv/reference.h"
#include "conv/spans.h"

double nhwc__multiply_adds(const nhwc_geometry *g)
{
    return (double)g->batch * (double)g->h.coarse * (double)g->w.coarse * (double)g->h.kernel * (double)g->w.kernel *
           (double)(g->fine_c / g->groups) * (double)g->coarse_c;
}

#define FEW_MULTIPLY_ADDS 512 /* plain loops are done before anything else is set up */
#define FEW_CHANNELS      8   /* of an output: most of a vector would be wasted on them */

#define MOST_PHASES       4096

/* What the direct algorithm has no way of its own for. */
static bool is_direct(nhwc__primitive primitive, const nhwc_geometry *g)
{
    const double phases = (double)nhwc__phases(&g->h, true) * (double)nhwc__phases(&g->w, true);
    return nhwc__is_depthwise(g) || primitive != NHWC__SCATTER || phases <= MOST_PHASES;
}

nhwc__choice nhwc__choose(nhwc_algorithm asked, nhwc__primitive primitive, const nhwc_geometry *g)
{
    const double multiply_adds = nhwc__multiply_adds(g);
    if (multiply_adds == 0)
        return (nhwc__choice){NHWC_ALGORITHM_REFERENCE, "nothing to multiply"};
    if (asked == NHWC_ALGORITHM_AUTOMATIC && multiply_adds < FEW_MULTIPLY_ADDS)
        return (nhwc__choice){NHWC_ALGORITHM_LOOPS, "automatic: so little is done fastest plainly"};
    if (asked == NHWC_ALGORITHM_DIRECT && !is_direct(primitive, g))
        return (nhwc__choice){NHWC_ALGORITHM_IM2COL, "the context says direct, which is not for this geometry"};
    if (asked == NHWC_ALGORITHM_IM2COL && nhwc__is_depthwise(g))
        return (nhwc__choice){NHWC_ALGORITHM_DIRECT, "the context says im2col, which is not for depthwise filters"};
    if (asked != NHWC_ALGORITHM_AUTOMATIC)
        return (nhwc__choice){asked, "as the context says"};
    if (nhwc__is_depthwise(g))
        return (nhwc__choice){NHWC_ALGORITHM_DIRECT, "automatic: for depthwise filters"};
    if (!is_direct(primitive, g))
        return (nhwc__choice){NHWC_ALGORITHM_IM2COL, "automatic: for very long strides"};
    /* Whether the direct way fills vectors all the same, with the outputs of a stride or with the inputs. */
    const bool is_filling = nhwc__may_be_wide(&g->w) ? g->w.stride * g->fine_c >= 2 * FEW_CHANNELS
                            : g->h.stride == 1 && g->w.stride == 1 && nhwc__are_dots(g->coarse_c, g->fine_c);
    if (primitive == NHWC__SCATTER && g->groups == 1 && g->fine_c < FEW_CHANNELS && !is_filling)
        return (nhwc__choice){NHWC_ALGORITHM_IM2COL, "automatic: for outputs of few channels"};
    return (nhwc__choice){NHWC_ALGORITHM_DIRECT, "automatic"};
}

#define TASK_MULTIPLY_ADDS 1e6 /* below it, waking a thread costs more than it brings */
#define MOST_TASKS         1024

/* How much longer multiply-adds take than where vectors are full; of depthwise calls, for memory's sake. */
static double waste(nhwc__primitive primitive, const nhwc_geometry *g)
{
    const int64_t columns = (primitive == NHWC__SCATTER ? g->fine_c : g->coarse_c) / g->groups;
    if (nhwc__is_depthwise(g))
        return 4;
    return columns > 0 && columns < 2 * FEW_CHANNELS ? 2.0 * FEW_CHANNELS / (double)columns : 1;
}

static int tasks_of(const nhwc_context *context, const nhwc__call *call)
{
    const nhwc_geometry *g = &call->problem.geometry;
    const double worth = nhwc__multiply_adds(g) * waste(call->primitive, g) / TASK_MULTIPLY_ADDS;
    const int given = nhwc__context_threads(context), threads = given < MOST_TASKS ? given : MOST_TASKS;
    return worth >= threads ? threads : worth > 1 ? (int)worth : 1;
}

nhwc__workspace nhwc__workspace_of(const nhwc_context *context, nhwc_algorithm algorithm, const nhwc__call *call)
{
    nhwc__workspace w = {.tasks = 1};
    if (algorithm == NHWC_ALGORITHM_IM2COL || algorithm == NHWC_ALGORITHM_DIRECT)
        w.tasks = tasks_of(context, call);
    if (algorithm == NHWC_ALGORITHM_IM2COL)
        w.bytes_per_task = nhwc__im2col_bytes(call);
    if (algorithm == NHWC_ALGORITHM_DIRECT && !nhwc__is_depthwise(&call->problem.geometry))
        w.bytes_per_task =
            call->primitive == NHWC__CORRELATE ? nhwc__correlate_bytes(call) : nhwc__direct_bytes(call);
    return w;
}

static bool leaves_image(const nhwc_axis *a)
{
    return a->pad_before > 0 ||
           (a->coarse - 1) * a->stride - a->pad_before + (a->kernel - 1) * a->dilation >= a->fine;
}

/* Patches hold zeros for taps outside the image. Times an infinity or NaN they would give NaN where the
 * specification has nothing; the few problems with such a factor go elsewhere. */
static bool zeros_do_harm(const nhwc__call *call)
{
    const nhwc__problem *p = &call->problem;
    if (call->primitive == NHWC__SCATTER || (!leaves_image(&p->geometry.h) && !leaves_image(&p->geometry.w)))
        return false;
    const nhwc_tensor *factor = call->primitive == NHWC__GATHER ? &p->filter : &p->coarse;
    const int64_t *d = factor->dims, *s = factor->strides;
    for (int64_t n = 0; n < d[0]; n++)
        for (int64_t y = 0; y < d[1]; y++)
            for (int64_t x = 0; x < d[2]; x++) {
                const int64_t at = n * s[0] + y * s[1] + x * s[2];
                if (!call->kernels->all_finite(
                        d[3], (const char *)factor->data + at * (int64_t)nhwc_dtype_size(factor->dtype)))
                    return true;
            }
    return false;
}

static void clear(const nhwc_tensor *image)
{
    const int64_t *d = image->dims, *s = image->strides;
    if (image->data != NULL && s[2] == d[3] && s[1] == d[2] * s[2] && s[0] == d[1] * s[1])
        memset(image->data, 0, (size_t)(d[0] * s[0]) * nhwc_dtype_size(image->dtype));
    else
        nhwc__reference_clear(image);
}

static void run_reference(const nhwc__problem *problem, nhwc__primitive primitive)
{
    switch (primitive) {
    case NHWC__GATHER:
        nhwc__reference_gather(problem);
        break;
    case NHWC__SCATTER:
        nhwc__reference_scatter(problem);
        break;
    case NHWC__CORRELATE:
        nhwc__reference_correlate(problem);
        break;
    }
}

/* Contact by contact, without scratch or threads. */
static void run_plainly(nhwc_algorithm algorithm, const nhwc__call *call)
{
    if (!call->accumulate)
        clear(nhwc__output_of(call));
    if (algorithm == NHWC_ALGORITHM_LOOPS)
        nhwc__loops_run(call);
    else
        run_reference(&call->problem, call->primitive);
    if (call->bias != NULL || call->activation != NHWC_ACTIVATION_NONE)
        nhwc__reference_finish(nhwc__output_of(call), call->bias, call->activation);
}

void nhwc__dispatch_within(const nhwc_context *context, nhwc_algorithm algorithm, const nhwc__call *call,
                           nhwc__workspace w, int64_t bytes)
{
    if (algorithm == NHWC_ALGORITHM_IM2COL && (w.tasks * w.bytes_per_task > bytes || zeros_do_harm(call)))
        algorithm = is_direct(call->primitive, &call->problem.geometry) ? NHWC_ALGORITHM_DIRECT
                                                                        : NHWC_ALGORITHM_REFERENCE;
    if (algorithm == NHWC_ALGORITHM_IM2COL)
        nhwc__im2col_run(context, call, &w);
    else if (algorithm != NHWC_ALGORITHM_DIRECT)
        run_plainly(algorithm, call);
    else if (nhwc__is_depthwise(&call->problem.geometry))
        nhwc__depthwise_run(context, call, w.tasks);
    else {
        w.bytes_per_task = nhwc__least(w.bytes_per_task, bytes / w.tasks / 64 * 64);
        (call->primitive == NHWC__CORRELATE ? nhwc__correlate_run : nhwc__direct_run)(context, call, &w);
    }
}

nhwc_status nhwc__dispatch(const nhwc_context *context, const nhwc__call *call)
{
    const nhwc_algorithm asked = context != NULL ? context->algorithm : NHWC_ALGORITHM_AUTOMATIC;
    const nhwc_algorithm algorithm = nhwc__choose(asked, call->primitive, &call->problem.geometry).algorithm;
    nhwc__workspace w = nhwc__workspace_of(context, algorithm, call);
    const int64_t bytes = w.tasks * w.bytes_per_task;
    if (bytes > 0)
        NHWC__TRY(nhwc__allocate(context, bytes, &w.data));
    nhwc__dispatch_within(context, algorithm, call, w, bytes);
    if (bytes > 0)
        nhwc__deallocate(context, w.data);
    return NHWC_OK;
}
