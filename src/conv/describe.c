/* What would run, in words. */
#include <inttypes.h>
#include <stdio.h>

#include "base/context.h"
#include "base/status.h"
#include "conv/contract.h"
#include "conv/dispatch.h"
#include "conv/geometry.h"
#include "engine/cpu.h"

static double elements(const nhwc_tensor *tensor)
{
    double count = 1;
    for (int axis = 0; axis < tensor->rank; axis++)
        count *= (double)tensor->dims[axis];
    return count;
}

#define SHAPE "[%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 "]"
#define DIMS(tensor) (tensor).dims[0], (tensor).dims[1], (tensor).dims[2], (tensor).dims[3]

nhwc_status nhwc_describe(const nhwc_context *context, nhwc_operation operation, nhwc_dtype dtype,
                          const nhwc_geometry *geometry, char *text, size_t size)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    NHWC__TRY(nhwc__geometry_check("describe", geometry));
    const nhwc__operation *op = nhwc__operation_of(operation);
    if (op == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "describe: operation is %d, which is no nhwc_operation", (int)operation);
    if (dtype != NHWC_FLOAT32 && dtype != NHWC_FLOAT64)
        return nhwc__fail(NHWC_ERROR_DTYPE, "describe: dtype is %d; NHWC_FLOAT32 and NHWC_FLOAT64 are possible",
                          (int)dtype);
    if (text == NULL || size == 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "describe: there is no room for the text");

    const nhwc_geometry *g = geometry;
    const nhwc__primitive primitive = op->primitive;
    const nhwc__problem p = {
        .geometry = *g,
        .fine = nhwc_tensor_view(dtype, NULL, 4, (int64_t[]){g->batch, g->h.fine, g->w.fine, g->fine_c}),
        .filter = nhwc_tensor_view(dtype, NULL, 4,
                                   (int64_t[]){g->h.kernel, g->w.kernel, g->fine_c / g->groups, g->coarse_c}),
        .coarse = nhwc_tensor_view(dtype, NULL, 4, (int64_t[]){g->batch, g->h.coarse, g->w.coarse, g->coarse_c})};
    const nhwc__call call = {.primitive = primitive, .problem = p, .kernels = nhwc__kernels_of(context, dtype)};
    const bool from_coarse = primitive == NHWC__SCATTER || operation == NHWC_CONV2D_TRANSPOSE_BACKPROP_FILTER;
    const nhwc_tensor *const from = from_coarse ? &p.coarse : &p.fine, *const to = from_coarse ? &p.fine : &p.coarse;
    const double bytes = (double)nhwc_dtype_size(dtype), write = bytes * elements(nhwc__output_of(&call));
    const double read = bytes * (elements(&p.fine) + elements(&p.filter) + elements(&p.coarse)) - write;
    const double flops = 2 * nhwc__multiply_adds(g);

    const nhwc_algorithm asked = context != NULL ? context->algorithm : NHWC_ALGORITHM_AUTOMATIC;
    const nhwc__choice choice = nhwc__choose(asked, primitive, g);
    const nhwc__workspace workspace = nhwc__workspace_of(context, choice.algorithm, &call);
    const bool is_plain =
        choice.algorithm == NHWC_ALGORITHM_REFERENCE || choice.algorithm == NHWC_ALGORITHM_LOOPS;
    const char *how = choice.algorithm == NHWC_ALGORITHM_REFERENCE ? "reference: plain loops"
                      : choice.algorithm == NHWC_ALGORITHM_LOOPS  ? "loops: contact by contact"
                      : choice.algorithm == NHWC_ALGORITHM_IM2COL ? "im2col: patches and a matrix product"
                      : nhwc__is_depthwise(g) ? "direct: pixels times the filter, channel by channel, sums in registers"
                                              : "direct: images read in place, sums in registers";
    snprintf(text, size,
             "%s " SHAPE " -> " SHAPE ", %s\n"
             "filter     " SHAPE ", stride %" PRId64 " x %" PRId64 ", dilation %" PRId64 " x %" PRId64
             ", groups %" PRId64 "\n"
             "padding    top %" PRId64 ", bottom %" PRId64 ", left %" PRId64 ", right %" PRId64 "\n"
             "algorithm  %s (%s), %s, %d task%s\n"
             "work       %.4g MFLOP, reads %.4g MB, writes %.4g MB\n"
             "workspace  %" PRId64 " bytes\n",
             op->roles.operation, DIMS(*from), DIMS(*to), dtype == NHWC_FLOAT32 ? "float32" : "float64",
             DIMS(p.filter), g->h.stride, g->w.stride, g->h.dilation, g->w.dilation, g->groups, g->h.pad_before,
             g->h.pad_after, g->w.pad_before, g->w.pad_after, how,
             choice.why, is_plain ? "plain C" : nhwc__isa_of(context)->name, workspace.tasks,
             workspace.tasks == 1 ? "" : "s", flops / 1e6, read / 1e6, write / 1e6,
             workspace.tasks * workspace.bytes_per_task);
    return NHWC_OK;
}
