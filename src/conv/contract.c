#include "conv/contract.h"

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "conv/dispatch.h"
#include "conv/reference.h"
#include "engine/cpu.h"

/* The filter [kh, kw, C, M] of a depthwise operation as that of a grouped one: [kh, kw, 1, C * M]. */
static nhwc_status set_depthwise(const nhwc__roles *roles, nhwc__problem *p, nhwc_conv2d_options *options)
{
    const int64_t channels = p->filter.dims[2];
    int64_t outputs;
    if (options->groups != 0 && options->groups != channels)
        return nhwc__fail(NHWC_ERROR_GROUPS,
                          "%s: options->groups is %" PRId64 "; a depthwise operation takes 0, or the %" PRId64
                          " channels of dim 2 of %s",
                          roles->operation, options->groups, channels, roles->filter);
    if (channels < 1 || !nhwc__multiply(channels, p->filter.dims[3], &outputs))
        return nhwc__fail(NHWC_ERROR_CHANNELS, "%s: %s has %" PRId64 " channels in dim 2 and %" PRId64
                          " for each of them in dim 3; at least 1 and at least 0 are possible",
                          roles->operation, roles->filter, channels, p->filter.dims[3]);
    if (p->fine.dims[3] != channels || p->coarse.dims[3] != outputs)
        return nhwc__fail(NHWC_ERROR_CHANNELS,
                          "%s: %s with dims 2 and 3 of %" PRId64 " and %" PRId64 " joins an %s of %" PRId64
                          " channels to a %s of %" PRId64 "; they have %" PRId64 " and %" PRId64,
                          roles->operation, roles->filter, channels, p->filter.dims[3], roles->fine, channels,
                          roles->coarse, outputs, p->fine.dims[3], p->coarse.dims[3]);
    options->groups = channels;
    p->filter = nhwc_tensor_view(p->filter.dtype, p->filter.data, 4,
                                 (int64_t[]){p->filter.dims[0], p->filter.dims[1], 1, outputs});
    return NHWC_OK;
}

/* The coarse image is the one the fine one leads to. */
static nhwc_status check_coarse(const nhwc__operation *op, const nhwc__problem *p)
{
    const nhwc_geometry *g = &p->geometry;
    const int64_t *given = p->coarse.dims;
    const int64_t expected[4] = {g->batch, g->h.coarse, g->w.coarse, g->coarse_c};
    nhwc_status error = NHWC_OK;
    if (given[3] != expected[3])
        error = NHWC_ERROR_CHANNELS;
    else if (given[0] != expected[0] || given[1] != expected[1] || given[2] != expected[2])
        error = op->primitive == NHWC__GATHER ? NHWC_ERROR_OUTPUT_SHAPE : NHWC_ERROR_SHAPE;
    if (error != NHWC_OK)
        return nhwc__fail(error,
                          "%s: %s is [%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64
                          "]; this %s with this %s and these options goes with [%" PRId64 ", %" PRId64
                          ", %" PRId64 ", %" PRId64 "]",
                          op->roles.operation, op->roles.coarse, given[0], given[1], given[2], given[3],
                          op->roles.fine, op->roles.filter, expected[0], expected[1], expected[2],
                          expected[3]);
    return NHWC_OK;
}

/* ---- One path for all ------------------------------------------------------------------------------- */

static nhwc_status contract(const nhwc__operation *op, const nhwc_context *context, const nhwc_tensor *fine,
                            const nhwc_tensor *filter, const nhwc_tensor *coarse, const nhwc_tensor *bias,
                            const nhwc_conv2d_options *given_options, bool is_gradient, bool accumulate)
{
    const nhwc__roles *roles = &op->roles;
    nhwc_conv2d_options options = {.padding = NHWC_PADDING_VALID};
    if (given_options != NULL)
        options = *given_options;
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    NHWC__TRY(nhwc__check_activation(roles->operation, options.activation, is_gradient));
    nhwc__call call;
    nhwc__problem *p = &call.problem;
    NHWC__TRY(nhwc__check_image(roles->operation, roles->fine, fine, &p->fine));
    NHWC__TRY(nhwc__check_image(roles->operation, roles->coarse, coarse, &p->coarse));
    NHWC__TRY(nhwc__check_dtype(roles->operation, roles->coarse, coarse, fine->dtype));
    NHWC__TRY(nhwc__check_dense(roles->operation, roles->filter, filter, 4, fine->dtype));

    call.primitive = op->primitive;
    call.kernels = nhwc__kernels_of(context, fine->dtype);
    call.accumulate = accumulate;
    call.bias = bias;
    call.activation = options.activation;
    call.packed = NULL;
    p->filter = nhwc__tensor_settled(filter);
    if (op->depthwise)
        NHWC__TRY(set_depthwise(roles, p, &options));
    if (op->primitive == NHWC__SCATTER) {
        NHWC__TRY(nhwc__geometry_from_coarse(roles, coarse->dims, p->filter.dims, &options, fine->dims, NULL,
                                             &p->geometry));
    } else {
        NHWC__TRY(nhwc__geometry_from_fine(roles, fine->dims, p->filter.dims, &options, &p->geometry));
        NHWC__TRY(check_coarse(op, p));
    }

    NHWC__TRY(nhwc__check_call(roles, &call));
    return nhwc__dispatch(context, &call);
}

nhwc_status nhwc__forward(const nhwc__operation *operation, const nhwc_context *context,
                          const nhwc_tensor *fine, const nhwc_tensor *filter, const nhwc_tensor *coarse,
                          const nhwc_tensor *bias, const nhwc_conv2d_options *options)
{
    return contract(operation, context, fine, filter, coarse, bias, options, false, false);
}

nhwc_status nhwc__gradient(const nhwc__operation *operation, const nhwc_context *context,
                           const nhwc_tensor *fine, const nhwc_tensor *filter, const nhwc_tensor *coarse,
                           const nhwc_conv2d_options *options, bool accumulate)
{
    return contract(operation, context, fine, filter, coarse, NULL, options, true, accumulate);
}
