#include "conv/checks.h"

#include "base/status.h"
#include "base/tensor.h"

static nhwc_status check_rank(const char *operation, const char *name, const nhwc_tensor *tensor, int rank)
{
    if (tensor->rank != rank)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: %s has rank %d; it has to have %d axes", operation, name,
                          tensor->rank, rank);
    return NHWC_OK;
}

nhwc_status nhwc__check_dtype(const char *operation, const char *name, const nhwc_tensor *tensor, nhwc_dtype dtype)
{
    if (tensor->dtype != NHWC_FLOAT32 && tensor->dtype != NHWC_FLOAT64)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s has dtype %d; NHWC_FLOAT32 and NHWC_FLOAT64 are possible",
                          operation, name, (int)tensor->dtype);
    if (tensor->dtype != dtype)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s is %s, but other tensors of the call are %s", operation,
                          name, tensor->dtype == NHWC_FLOAT32 ? "NHWC_FLOAT32" : "NHWC_FLOAT64",
                          dtype == NHWC_FLOAT32 ? "NHWC_FLOAT32" : "NHWC_FLOAT64");
    return NHWC_OK;
}

nhwc_status nhwc__check_image(const char *operation, const char *name, const nhwc_tensor *image, nhwc_tensor *settled)
{
    NHWC__TRY(nhwc__tensor_settle(operation, name, image, settled));
    NHWC__TRY(check_rank(operation, name, image, 4));
    NHWC__TRY(nhwc__check_dtype(operation, name, image, image->dtype));
    if (image->dims[3] > 1 && image->strides[3] != 1)
        return nhwc__fail(NHWC_ERROR_LAYOUT,
                          "%s: the channels of %s are not contiguous: strides[3] is %" PRId64 ", not 1",
                          operation, name, image->strides[3]);
    return NHWC_OK;
}

nhwc_status nhwc__check_dense(const char *operation, const char *name, const nhwc_tensor *tensor, int rank,
                              nhwc_dtype dtype)
{
    NHWC__TRY(nhwc__tensor_check_dense(operation, name, tensor));
    NHWC__TRY(check_rank(operation, name, tensor, rank));
    return nhwc__check_dtype(operation, name, tensor, dtype);
}

nhwc_status nhwc__check_bias(const char *operation, const char *name, const nhwc_tensor *bias, const char *image_name,
                             const nhwc_tensor *image)
{
    NHWC__TRY(nhwc__check_dense(operation, name, bias, 1, image->dtype));
    if (bias->dims[0] != image->dims[3])
        return nhwc__fail(NHWC_ERROR_CHANNELS, "%s: %s has length %" PRId64 ", but %s %" PRId64 " channels",
                          operation, name, bias->dims[0], image_name, image->dims[3]);
    return NHWC_OK;
}

nhwc_status nhwc__check_activation(const char *operation, nhwc_activation activation, bool is_gradient)
{
    if ((int)activation < 0 || activation > NHWC_ACTIVATION_RELU6)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: options->activation is %d, which is no nhwc_activation",
                          operation, (int)activation);
    if (is_gradient && activation != NHWC_ACTIVATION_NONE)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "%s: options->activation is not NONE; gradients are of what comes before the "
                          "activation: multiply dy by its derivative first",
                          operation);
    return NHWC_OK;
}

nhwc_status nhwc__check_call(const nhwc__roles *roles, const nhwc__call *call)
{
    const nhwc__problem *p = &call->problem;
    const nhwc_tensor *const tensors[] = {
        [NHWC__GATHER] = &p->coarse, [NHWC__SCATTER] = &p->fine, [NHWC__CORRELATE] = &p->filter};
    const char *const names[] = {
        [NHWC__GATHER] = roles->coarse, [NHWC__SCATTER] = roles->fine, [NHWC__CORRELATE] = roles->filter};
    const nhwc_tensor *output = tensors[call->primitive];
    const char *output_name = names[call->primitive];
    NHWC__TRY(nhwc__tensor_check_distinct(roles->operation, output_name, output));
    for (int i = 0; i < 3; i++)
        if (tensors[i] != output && !(i == NHWC__CORRELATE && call->packed != NULL))
            NHWC__TRY(nhwc__check_apart(roles->operation, names[i], tensors[i], output_name, output));
    if (call->bias != NULL) {
        NHWC__TRY(nhwc__check_bias(roles->operation, "bias", call->bias, output_name, output));
        NHWC__TRY(nhwc__check_apart(roles->operation, "bias", call->bias, output_name, output));
    }
    return NHWC_OK;
}
