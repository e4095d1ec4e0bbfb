#include "base/tensor.h"

#include <string.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"

size_t nhwc_dtype_size(nhwc_dtype dtype)
{
    switch (dtype) {
    case NHWC_FLOAT32:
    case NHWC_INT32:
        return 4;
    case NHWC_FLOAT64:
    case NHWC_INT64:
        return 8;
    case NHWC_UINT8:
    case NHWC_BOOL:
        return 1;
    }
    return 0;
}

nhwc_tensor nhwc_tensor_view(nhwc_dtype dtype, const void *data, int rank, const int64_t *dims)
{
    union {
        const void *in;
        void *out;
    } bytes = {data}; /* the one place where const ends; see the header */
    nhwc_tensor tensor = {.dtype = dtype, .rank = rank, .data = bytes.out};
    int64_t stride = 1;
    for (int axis = (rank < NHWC_MAX_RANK ? rank : NHWC_MAX_RANK) - 1; axis >= 0; axis--) {
        tensor.dims[axis] = dims[axis];
        tensor.strides[axis] = stride;
        if (!nhwc__multiply(stride, dims[axis], &stride))
            stride = 0; /* no such tensor exists; nhwc__tensor_check says so */
    }
    return tensor;
}

bool nhwc__tensor_is_empty(const nhwc_tensor *tensor)
{
    for (int axis = 0; axis < tensor->rank; axis++)
        if (tensor->dims[axis] == 0)
            return true;
    return false;
}

/* Bytes of a dense tensor of these dims; a message about `operation`'s `name` when there are none such. */
static nhwc_status count_bytes(const char *operation, const char *name, nhwc_dtype dtype, int rank,
                               const int64_t *dims, int64_t *bytes)
{
    *bytes = (int64_t)nhwc_dtype_size(dtype);
    if (*bytes == 0)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s->dtype is %d, which is no nhwc_dtype", operation, name,
                          (int)dtype);
    if (rank < 0 || rank > NHWC_MAX_RANK)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: %s has rank %d; 0 to %d axes are possible", operation, name,
                          rank, NHWC_MAX_RANK);
    bool empty = false;
    for (int axis = 0; axis < rank; axis++) {
        if (dims[axis] < 0)
            return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s->dims[%d] is %" PRId64 ", which is negative",
                              operation, name, axis, dims[axis]);
        empty |= dims[axis] == 0;
    }
    if (empty)
        *bytes = 0;
    for (int axis = 0; axis < rank && !empty; axis++)
        if (!nhwc__multiply(*bytes, dims[axis], bytes))
            return nhwc__fail(NHWC_ERROR_TOO_LARGE, "%s: %s has more elements than 64 bits can address",
                              operation, name);
    return NHWC_OK;
}

#define PLAIN_SIZE ((int64_t)1 << 31) /* the product of two is far from what 64 bits hold */

/* Whether it is as nhwc_tensor_view makes tensors, aligned, neither empty nor enormous. Most are, and such a one
 * passes all checks of this file: this is for the sake of calls that take less time than those. */
static inline bool is_plain(const nhwc_tensor *tensor)
{
    const size_t size = nhwc_dtype_size(tensor->dtype);
    if (size == 0 || tensor->data == NULL || (uintptr_t)tensor->data & (size - 1))
        return false;
    if (tensor->rank < 0 || tensor->rank > NHWC_MAX_RANK)
        return false;
    int64_t elements = 1;
    for (int axis = tensor->rank - 1; axis >= 0; axis--) {
        const int64_t length = tensor->dims[axis];
        if (length < 1 || length >= PLAIN_SIZE || tensor->strides[axis] != elements)
            return false;
        elements *= length;
        if (elements >= PLAIN_SIZE)
            return false;
    }
    return true;
}

nhwc_status nhwc__tensor_check(const char *operation, const char *name, const nhwc_tensor *tensor)
{
    if (tensor == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is NULL", operation, name);
    if (is_plain(tensor))
        return NHWC_OK;
    int64_t bytes;
    NHWC__TRY(count_bytes(operation, name, tensor->dtype, tensor->rank, tensor->dims, &bytes));
    if (bytes == 0)
        return NHWC_OK;
    int64_t last = 0; /* offset of the last element */
    for (int axis = 0; axis < tensor->rank; axis++) {
        const int64_t stride = tensor->dims[axis] > 1 ? tensor->strides[axis] : 0;
        if (stride < 0)
            return nhwc__fail(NHWC_ERROR_LAYOUT, "%s: %s->strides[%d] is %" PRId64 ", which is negative",
                              operation, name, axis, stride);
        int64_t reach;
        if (!nhwc__multiply(tensor->dims[axis] - 1, stride, &reach) || !nhwc__is_size(last += reach) ||
            !nhwc__multiply(last, (int64_t)nhwc_dtype_size(tensor->dtype), &bytes))
            return nhwc__fail(NHWC_ERROR_TOO_LARGE,
                              "%s: %s->strides[%d] = %" PRId64 " reaches further than 64 bits can address",
                              operation, name, axis, stride);
    }
    if (tensor->data == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s->data is NULL, but no dim is 0", operation, name);
    if ((uintptr_t)tensor->data % nhwc_dtype_size(tensor->dtype) != 0)
        return nhwc__fail(NHWC_ERROR_LAYOUT, "%s: %s->data is not aligned to its elements of %d bytes",
                          operation, name, (int)nhwc_dtype_size(tensor->dtype));
    return NHWC_OK;
}

nhwc_status nhwc__tensor_check_dense(const char *operation, const char *name, const nhwc_tensor *tensor)
{
    if (tensor != NULL && is_plain(tensor))
        return NHWC_OK;
    NHWC__TRY(nhwc__tensor_check(operation, name, tensor));
    int64_t stride = 1;
    if (!nhwc__tensor_is_empty(tensor))
        for (int axis = tensor->rank - 1; axis >= 0; stride *= tensor->dims[axis--])
            if (tensor->dims[axis] > 1 && tensor->strides[axis] != stride)
                return nhwc__fail(NHWC_ERROR_LAYOUT,
                                  "%s: %s has to be dense, but its strides[%d] is %" PRId64
                                  ", not %" PRId64,
                                  operation, name, axis, tensor->strides[axis], stride);
    return NHWC_OK;
}

nhwc_status nhwc__tensor_check_distinct(const char *operation, const char *name, const nhwc_tensor *tensor)
{
    if (tensor != NULL && is_plain(tensor))
        return NHWC_OK;
    NHWC__TRY(nhwc__tensor_check(operation, name, tensor));
    if (nhwc__tensor_is_empty(tensor))
        return NHWC_OK;
    bool seen[NHWC_MAX_RANK] = {false};
    int64_t reach = 0; /* of the axes seen so far, the smallest strides first */
    for (int count = 0; count < tensor->rank; count++) {
        int next = -1;
        for (int axis = 0; axis < tensor->rank; axis++)
            if (!seen[axis] && tensor->dims[axis] > 1 &&
                (next < 0 || tensor->strides[axis] < tensor->strides[next]))
                next = axis;
        if (next < 0)
            break;
        if (tensor->strides[next] <= reach)
            return nhwc__fail(NHWC_ERROR_ALIAS,
                              "%s: %s is written, but its elements overlap: strides[%d] is %" PRId64
                              " and has to be at least %" PRId64,
                              operation, name, next, tensor->strides[next], reach + 1);
        reach += (tensor->dims[next] - 1) * tensor->strides[next];
        seen[next] = true;
    }
    return NHWC_OK;
}

nhwc_status nhwc__check_apart(const char *operation, const char *name, const nhwc_tensor *input,
                              const char *output_name, const nhwc_tensor *output)
{
    if (nhwc__tensors_overlap(input, output))
        return nhwc__fail(NHWC_ERROR_ALIAS, "%s: %s shares memory with %s", operation, output_name, name);
    return NHWC_OK;
}

nhwc_tensor nhwc__tensor_settled(const nhwc_tensor *tensor)
{
    if (nhwc__tensor_is_empty(tensor))
        return nhwc_tensor_view(tensor->dtype, tensor->data, tensor->rank, tensor->dims);
    nhwc_tensor settled = *tensor;
    for (int axis = tensor->rank - 1; axis >= 0; axis--) {
        if (tensor->dims[axis] > 1)
            continue;
        int outer = axis - 1;
        while (outer >= 0 && tensor->dims[outer] == 1)
            outer--;
        settled.strides[axis] = axis == tensor->rank - 1 ? 1
                                : outer >= 0             ? tensor->strides[outer]
                                                         : settled.dims[axis + 1] * settled.strides[axis + 1];
    }
    return settled;
}

nhwc_status nhwc__tensor_settle(const char *operation, const char *name, const nhwc_tensor *tensor,
                                nhwc_tensor *settled)
{
    if (tensor != NULL && is_plain(tensor)) {
        *settled = *tensor;
        return NHWC_OK;
    }
    NHWC__TRY(nhwc__tensor_check(operation, name, tensor));
    *settled = nhwc__tensor_settled(tensor);
    return NHWC_OK;
}

nhwc_status nhwc_tensor_create(const nhwc_context *context, nhwc_dtype dtype, int rank, const int64_t *dims,
                               nhwc_tensor *tensor)
{
    NHWC__TRY(nhwc__context_check(context));
    if (tensor == NULL || (dims == NULL && rank > 0))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "tensor_create: %s is NULL", tensor ? "dims" : "tensor");
    int64_t bytes;
    NHWC__TRY(count_bytes("tensor_create", "tensor", dtype, rank, dims, &bytes));
    void *data = NULL;
    if (bytes > 0) {
        NHWC__TRY(nhwc__allocate(context, bytes, &data));
        memset(data, 0, (size_t)bytes);
    }
    *tensor = nhwc_tensor_view(dtype, data, rank, dims);
    return NHWC_OK;
}

void nhwc_tensor_destroy(const nhwc_context *context, nhwc_tensor *tensor)
{
    if (tensor == NULL || tensor->data == NULL)
        return;
    nhwc__deallocate(context, tensor->data);
    tensor->data = NULL;
}
