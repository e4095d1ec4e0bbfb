/* One checked call of an operation, as the algorithms receive it. */
#ifndef NHWC_CONV_CALL_H
#define NHWC_CONV_CALL_H

#include "conv/contact.h"
#include "engine/kernels.h"

/* Which of the three tensors is computed from the other two; see conv.c. */
typedef enum nhwc__primitive { NHWC__GATHER, NHWC__SCATTER, NHWC__CORRELATE } nhwc__primitive;

/* The tensor that is computed = or += the primitive, then + bias and activation. */
typedef struct nhwc__call {
    nhwc__primitive primitive;
    nhwc__problem problem;
    const nhwc__kernels *kernels;
    bool accumulate;
    const nhwc_tensor *bias; /* NULL for none */
    nhwc_activation activation;
    const void *packed; /* the filter as nhwc__direct_pack makes it, or NULL: then the problem's is read */
} nhwc__call;

static inline const nhwc_tensor *nhwc__output_of(const nhwc__call *call)
{
    return call->primitive == NHWC__GATHER    ? &call->problem.coarse
           : call->primitive == NHWC__SCATTER ? &call->problem.fine
                                              : &call->problem.filter;
}

/* Scratch of an algorithm: so much for each of the tasks that a call is shared among. */
typedef struct nhwc__workspace {
    int tasks;
    int64_t bytes_per_task; /* a multiple of 64 */
    void *data;             /* tasks * bytes_per_task, 64-byte aligned */
} nhwc__workspace;

/* One channel in and out per group. */
static inline bool nhwc__is_depthwise(const nhwc_geometry *g)
{
    return g->fine_c == g->groups && g->coarse_c == g->groups;
}

#endif
