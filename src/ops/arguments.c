#include "ops/arguments.h"

#include <nhwc/array.h>
#include <string.h>

#include "base/context.h"
#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/shapes.h"

nhwc_status nhwc__check_float(const char *operation, const char *name, const nhwc_tensor *x)
{
    NHWC__TRY(nhwc__tensor_check(operation, name, x));
    if (x->dtype != NHWC_FLOAT32 && x->dtype != NHWC_FLOAT64)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s is %s; float32 and float64 are possible", operation, name,
                          nhwc_dtype_string(x->dtype));
    return NHWC_OK;
}

static nhwc_status check_one(const char *operation, const nhwc__argument *of, const nhwc__argument *first)
{
    const nhwc_tensor *t = of->tensor;
    NHWC__TRY(nhwc__check_float(operation, of->name, t));
    NHWC__TRY(nhwc__check_same_dtype(operation, of->name, t, first->name, first->tensor));
    if (t->rank != of->rank || (t->rank > 0 && memcmp(t->dims, of->dims, (size_t)t->rank * sizeof *t->dims) != 0))
        return nhwc__fail(of->output ? NHWC_ERROR_OUTPUT_SHAPE : NHWC_ERROR_SHAPE, "%s: %s is %s; it has to be %s",
                          operation, of->name, nhwc__shape_text(t->rank, t->dims).text,
                          nhwc__shape_text(of->rank, of->dims).text);
    return of->output ? nhwc__tensor_check_distinct(operation, of->name, t) : NHWC_OK;
}

/* Both of one shape. */
static bool is_same(const nhwc_tensor *a, const nhwc_tensor *b)
{
    bool same = a->data == b->data;
    for (int axis = 0; axis < a->rank && same; axis++)
        same = a->dims[axis] == 1 || a->strides[axis] == b->strides[axis];
    return same;
}

static nhwc_status check_apart(const char *operation, const nhwc__argument *output, const nhwc__argument *other)
{
    const bool may_be = output->place != NULL && strcmp(output->place, other->name) == 0;
    if (other->tensor == NULL || !nhwc__tensors_overlap(output->tensor, other->tensor))
        return NHWC_OK;
    if (may_be && is_same(output->tensor, other->tensor))
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_ALIAS, "%s: %s shares memory with %s%s", operation, output->name, other->name,
                      may_be ? ", but is not the same view of it" : "");
}

nhwc_status nhwc__check_arguments(const char *operation, const nhwc_context *context, int count,
                                  const nhwc__argument *arguments)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    for (int i = 0; i < count; i++)
        if (arguments[i].tensor != NULL || !arguments[i].optional)
            NHWC__TRY(check_one(operation, &arguments[i], &arguments[0]));
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count && arguments[i].output && arguments[i].tensor != NULL; j++)
            if (i != j && !(arguments[j].output && j < i))
                NHWC__TRY(check_apart(operation, &arguments[i], &arguments[j]));
    return NHWC_OK;
}

nhwc_tensor nhwc__aligned(const nhwc_tensor *x, int rank, int first)
{
    nhwc_tensor aligned = *x;
    aligned.rank = rank;
    for (int axis = 0; axis < rank; axis++) {
        const bool own = axis >= first && axis < first + x->rank;
        aligned.dims[axis] = own ? x->dims[axis - first] : 1;
        aligned.strides[axis] = own ? x->strides[axis - first] : 0;
    }
    return aligned;
}

const nhwc_tensor *nhwc__align(const nhwc_tensor *x, int rank, int first, nhwc_tensor *aligned)
{
    if (x == NULL)
        return NULL;
    *aligned = nhwc__aligned(x, rank, first);
    return aligned;
}
