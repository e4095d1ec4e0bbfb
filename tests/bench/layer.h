/* A workload in memory: its tensors, its call, and what the call should have given. */
#ifndef NHWC_BENCH_LAYER_H
#define NHWC_BENCH_LAYER_H

#include "workloads.h"

typedef struct layer {
    const workload *workload;
    nhwc_conv2d_options options;
    nhwc_tensor x, filter, y; /* image in, filter, image out; the output may be any of them */
} layer;

/* The tensors, filled with numbers that depend on nothing but their shapes; the output with NaN. False, and
 * nothing to destroy, when there is no memory for them. */
bool layer_create(layer *l, const workload *w);
void layer_destroy(layer *l);

nhwc_status layer_run(layer *l, const nhwc_context *context);

/* The same by a plan, which has the filter unless that is what the layer computes. */
nhwc_status layer_plan_create(const layer *l, const nhwc_context *context, nhwc_plan **plan);
nhwc_status layer_plan_run(layer *l, const nhwc_context *context, const nhwc_plan *plan, void *workspace,
                           int64_t workspace_bytes);

/* The largest deviation of the output from sums in double precision, relative to the largest of those: of
 * every element when that is quick, of some at random otherwise. An output of NaN is 1e30 away. */
double layer_error(const layer *l);

#endif
