/* Plans: a call with its geometry checked, its algorithm chosen and its filter laid out beforehand. */
#include <string.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "conv/contract.h"
#include "conv/direct.h"
#include "conv/dispatch.h"
#include "engine/cpu.h"

struct nhwc_plan {
    nhwc_context memory; /* whose allocator it came from */
    const nhwc__operation *operation;
    nhwc_dtype dtype;
    nhwc_algorithm algorithm;
    bool has_filter;
    nhwc__call call; /* all but images, bias, activation and accumulate */
};

#define FILTER_OFFSET ((int64_t)(sizeof(nhwc_plan) + 63) / 64 * 64) /* of a plan's own filter, behind it */
#define SHAPE "[%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 "]"
#define DIMS(dims) (dims)[0], (dims)[1], (dims)[2], (dims)[3]

static bool is_forward(const nhwc__operation *operation)
{
    return operation == nhwc__operation_of(NHWC_CONV2D) || operation == nhwc__operation_of(NHWC_CONV2D_TRANSPOSE);
}

static bool same_dims(const int64_t *a, const int64_t *b)
{
    return memcmp(a, b, 4 * sizeof *a) == 0;
}

/* The filter is the one the geometry is of; a depthwise one may come as [kh, kw, C, M]. */
static nhwc_status check_filter(const nhwc__operation *operation, nhwc_dtype dtype, const nhwc_geometry *g,
                                const nhwc_tensor *filter)
{
    const nhwc__roles *roles = &operation->roles;
    const int64_t plain[4] = {g->h.kernel, g->w.kernel, g->fine_c / g->groups, g->coarse_c};
    const int64_t depthwise[4] = {g->h.kernel, g->w.kernel, g->groups, g->coarse_c / g->groups};
    NHWC__TRY(nhwc__check_dense(roles->operation, roles->filter, filter, 4, dtype));
    if (!same_dims(filter->dims, plain) && !(g->fine_c == g->groups && same_dims(filter->dims, depthwise)))
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s is " SHAPE "; the plan's is " SHAPE "%s", roles->operation,
                          roles->filter, DIMS(filter->dims), DIMS(plain),
                          g->fine_c == g->groups ? ", or as a depthwise one [kh, kw, C, M]" : "");
    return NHWC_OK;
}

static void set_image_dims(const nhwc_geometry *g, bool is_fine, int64_t dims[4])
{
    dims[0] = g->batch;
    dims[1] = is_fine ? g->h.fine : g->h.coarse;
    dims[2] = is_fine ? g->w.fine : g->w.coarse;
    dims[3] = is_fine ? g->fine_c : g->coarse_c;
}

/* An image of the geometry, for questions about scratch: dense, or with gaps between its pixels. */
static nhwc_tensor image_of(nhwc_dtype dtype, const nhwc_geometry *g, bool is_fine, bool is_dense)
{
    int64_t dims[4];
    set_image_dims(g, is_fine, dims);
    nhwc_tensor image = nhwc_tensor_view(dtype, NULL, 4, dims);
    image.strides[2] += is_dense ? 0 : 1;
    return image;
}

static nhwc_status check_image_of(const nhwc__operation *operation, nhwc_dtype dtype, const nhwc_geometry *g,
                                  bool is_fine, const nhwc_tensor *image, nhwc_tensor *settled)
{
    const char *name = is_fine ? operation->roles.fine : operation->roles.coarse;
    int64_t dims[4];
    set_image_dims(g, is_fine, dims);
    NHWC__TRY(nhwc__check_image(operation->roles.operation, name, image, settled));
    if (image->dtype != dtype)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s is %s; the plan is %s", operation->roles.operation, name,
                          image->dtype == NHWC_FLOAT32 ? "NHWC_FLOAT32" : "NHWC_FLOAT64",
                          dtype == NHWC_FLOAT32 ? "NHWC_FLOAT32" : "NHWC_FLOAT64");
    if (!same_dims(image->dims, dims))
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s is " SHAPE "; the plan's is " SHAPE, operation->roles.operation,
                          name, DIMS(image->dims), DIMS(dims));
    return NHWC_OK;
}

nhwc_status nhwc_plan_create(const nhwc_context *context, nhwc_operation operation, nhwc_dtype dtype,
                             const nhwc_geometry *geometry, const nhwc_tensor *filter, nhwc_plan **plan)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    NHWC__TRY(nhwc__geometry_check("plan_create", geometry));
    const nhwc__operation *op = nhwc__operation_of(operation);
    if (op == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "plan_create: operation is %d, which is no nhwc_operation",
                          (int)operation);
    if (dtype != NHWC_FLOAT32 && dtype != NHWC_FLOAT64)
        return nhwc__fail(NHWC_ERROR_DTYPE, "plan_create: dtype is %d; NHWC_FLOAT32 and NHWC_FLOAT64 are possible",
                          (int)dtype);
    if (plan == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "plan_create: plan is NULL");
    if (filter != NULL && op->primitive == NHWC__CORRELATE)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "plan_create: %s computes a filter; give NULL for the one to prepare",
                          op->roles.operation);
    if (filter != NULL)
        NHWC__TRY(check_filter(op, dtype, geometry, filter));

    const nhwc_algorithm asked = context != NULL ? context->algorithm : NHWC_ALGORITHM_AUTOMATIC;
    const int64_t dims[4] = {geometry->h.kernel, geometry->w.kernel, geometry->fine_c / geometry->groups,
                             geometry->coarse_c};
    nhwc_plan made = {.operation = op,
                      .dtype = dtype,
                      .algorithm = nhwc__choose(asked, op->primitive, geometry).algorithm,
                      .has_filter = filter != NULL,
                      .call = {.primitive = op->primitive, .kernels = nhwc__kernels_of(context, dtype)}};
    if (context != NULL)
        made.memory = *context;
    made.call.problem.geometry = *geometry;
    made.call.problem.fine = image_of(dtype, geometry, true, false);
    made.call.problem.coarse = image_of(dtype, geometry, false, false);
    made.call.problem.filter = nhwc_tensor_view(dtype, filter != NULL ? filter->data : NULL, 4, dims);

    nhwc__call dense = made.call;
    dense.problem.fine = image_of(dtype, geometry, true, true);
    dense.problem.coarse = image_of(dtype, geometry, false, true);
    const bool pack = filter != NULL && made.algorithm == NHWC_ALGORITHM_DIRECT && !nhwc__is_depthwise(geometry) &&
                      nhwc__direct_wants_packed(&dense);
    int64_t bytes = 0;
    if (pack)
        bytes = nhwc__direct_packed_bytes(&made.call);
    else if (filter != NULL && !nhwc__tensor_is_empty(filter))
        bytes = dims[0] * dims[1] * dims[2] * dims[3] * (int64_t)nhwc_dtype_size(dtype);
    if (bytes < 0)
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "plan_create: the filter laid out is more than memory can be");
    void *memory;
    NHWC__TRY(nhwc__allocate(context, FILTER_OFFSET + bytes, &memory));
    void *own = (char *)memory + FILTER_OFFSET;
    if (pack) {
        nhwc__direct_pack(&made.call, own);
        made.call.packed = own;
        made.call.problem.filter.data = NULL; /* the caller's, and no longer needed */
    } else if (filter != NULL) {
        if (bytes > 0)
            memcpy(own, filter->data, (size_t)bytes);
        made.call.problem.filter.data = own;
    }
    *plan = memory;
    **plan = made;
    return NHWC_OK;
}

void nhwc_plan_destroy(nhwc_plan *plan)
{
    if (plan != NULL) {
        const nhwc_context memory = plan->memory;
        nhwc__deallocate(&memory, plan);
    }
}

nhwc_status nhwc_plan_workspace(const nhwc_context *context, const nhwc_plan *plan, int64_t *bytes_per_thread,
                                int64_t *bytes)
{
    NHWC__TRY(nhwc__context_check(context));
    if (plan == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "plan_workspace: plan is NULL");
    nhwc__call call = plan->call;
    nhwc__workspace w = {.tasks = 1};
    for (int dense = 0; dense < 3; dense++) { /* neither image, the coarse one, both: enough for whatever comes */
        int64_t most = w.bytes_per_task;
        call.problem.fine = image_of(plan->dtype, &call.problem.geometry, true, dense > 1);
        call.problem.coarse = image_of(plan->dtype, &call.problem.geometry, false, dense > 0);
        w = nhwc__workspace_of(context, plan->algorithm, &call);
        w.bytes_per_task = nhwc__most(w.bytes_per_task, most);
    }
    if (bytes_per_thread != NULL)
        *bytes_per_thread = w.bytes_per_task;
    if (bytes != NULL)
        *bytes = w.bytes_per_task > 0 ? w.tasks * w.bytes_per_task + 63 : 0; /* of any alignment */
    return NHWC_OK;
}

/* Exactly the tensors the operation wants are there. */
static nhwc_status check_given(const nhwc_plan *plan, const nhwc_tensor *other, const nhwc_tensor *bias,
                               const nhwc_plan_options *o)
{
    const nhwc__operation *op = plan->operation;
    const bool wants_other = !plan->has_filter || op->primitive == NHWC__CORRELATE;
    if (wants_other && other == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "plan_run: other is NULL; it has to be the %s of this %s",
                          op->primitive == NHWC__CORRELATE ? "dy" : "filter", op->roles.operation);
    if (!wants_other && other != NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "plan_run: other has to be NULL: the plan of this %s has its filter",
                          op->roles.operation);
    if (bias != NULL && !is_forward(op))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "plan_run: %s takes no bias", op->roles.operation);
    if (o->accumulate && is_forward(op))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "plan_run: options->accumulate is for gradients, not for %s",
                          op->roles.operation);
    if (o->workspace_bytes < 0 || (o->workspace == NULL && o->workspace_bytes > 0))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "plan_run: options->workspace_bytes is %" PRId64 "%s",
                          o->workspace_bytes, o->workspace_bytes < 0 ? "" : ", but workspace is NULL");
    return nhwc__check_activation(op->roles.operation, o->activation, !is_forward(op));
}

static nhwc_status check_workspace(const char *name, const nhwc_tensor *tensor, const nhwc_tensor *workspace)
{
    if (tensor != NULL && tensor->data != NULL && nhwc__tensors_overlap(tensor, workspace))
        return nhwc__fail(NHWC_ERROR_ALIAS, "plan_run: options->workspace shares memory with %s", name);
    return NHWC_OK;
}

nhwc_status nhwc_plan_run(const nhwc_context *context, const nhwc_plan *plan, const nhwc_tensor *input,
                          const nhwc_tensor *other, const nhwc_tensor *bias, const nhwc_plan_options *options,
                          nhwc_tensor *output)
{
    nhwc_plan_options o = {.workspace = NULL};
    if (options != NULL)
        o = *options;
    NHWC__TRY(nhwc__context_check(context));
    if (plan == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "plan_run: plan is NULL");
    NHWC__TRY(check_given(plan, other, bias, &o));

    const nhwc__operation *op = plan->operation;
    const nhwc_geometry *g = &plan->call.problem.geometry;
    const bool from_coarse =
        op->primitive == NHWC__SCATTER || op == nhwc__operation_of(NHWC_CONV2D_TRANSPOSE_BACKPROP_FILTER);
    const nhwc_tensor *second = op->primitive == NHWC__CORRELATE ? other : output;
    const nhwc_tensor *fine = from_coarse ? second : input, *coarse = from_coarse ? input : second;
    const nhwc_tensor *filter = op->primitive == NHWC__CORRELATE ? output : other;
    nhwc__call call; /* set one by one: a copy of all would take as long as the smallest runs */
    NHWC__TRY(check_image_of(op, plan->dtype, g, true, fine, &call.problem.fine));
    NHWC__TRY(check_image_of(op, plan->dtype, g, false, coarse, &call.problem.coarse));
    if (!plan->has_filter)
        NHWC__TRY(check_filter(op, plan->dtype, g, filter));

    call.primitive = plan->call.primitive;
    call.kernels = plan->call.kernels;
    call.packed = plan->call.packed;
    call.problem.geometry = *g;
    call.problem.filter = plan->call.problem.filter;
    if (!plan->has_filter)
        call.problem.filter.data = filter->data;
    call.bias = bias;
    call.activation = o.activation;
    call.accumulate = o.accumulate;
    NHWC__TRY(nhwc__check_call(&op->roles, &call));

    nhwc__workspace w = nhwc__workspace_of(context, plan->algorithm, &call);
    const int64_t skipped = o.workspace_bytes > 0 ? (int64_t)(-(uintptr_t)o.workspace % 64) : 0;
    if (o.workspace_bytes > skipped) {
        const nhwc_tensor workspace = nhwc_tensor_view(NHWC_UINT8, o.workspace, 1, &o.workspace_bytes);
        NHWC__TRY(check_workspace("output", output, &workspace));
        NHWC__TRY(check_workspace("input", input, &workspace));
        NHWC__TRY(check_workspace("other", other, &workspace));
        NHWC__TRY(check_workspace("bias", bias, &workspace));
        w.data = (char *)o.workspace + skipped;
        o.workspace_bytes -= skipped;
    } else {
        o.workspace_bytes = 0;
    }
    nhwc__dispatch_within(context, plan->algorithm, &call, w, o.workspace_bytes);
    return NHWC_OK;
}
