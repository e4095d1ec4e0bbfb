#include "conv/loops.h"

#define REAL float
#define NAME(x) x##_float32
#include "conv/loops.inc"
#undef REAL
#undef NAME

#define REAL double
#define NAME(x) x##_float64
#include "conv/loops.inc"

void nhwc__loops_run(const nhwc__call *call)
{
    if (call->problem.fine.data == NULL) /* it has no pixels to meet */
        return;
    call->problem.fine.dtype == NHWC_FLOAT64 ? run_float64(&call->problem, call->primitive)
                                             : run_float32(&call->problem, call->primitive);
}
