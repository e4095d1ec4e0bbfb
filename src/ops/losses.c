/* Losses of elements and their gradients: maps of predictions and labels, folded where that is asked for. */
#include "ops/losses.h"

#include <stddef.h>
#include <string.h>

#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/shapes.h"
#include "ops/terms.h"

nhwc_status nhwc__loss_begin(nhwc__loss *l, int axes)
{
    const nhwc_tensor *p = l->predictions;
    NHWC__TRY(nhwc__check_float(l->operation, "predictions", p));
    if (p->rank < axes)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: predictions has no axes; the last one is that of the classes",
                          l->operation);
    if (axes == 1 && p->dims[p->rank - 1] == 0)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: predictions is %s; there are no classes", l->operation,
                          nhwc__shape_text(p->rank, p->dims).text);
    if ((int)l->reduction < 0 || l->reduction > NHWC_REDUCTION_NONE)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: reduction is %d, which is no nhwc_reduction", l->operation,
                          (int)l->reduction);
    l->rank = p->rank - axes;
    l->count = 1;
    for (int axis = 0; axis < l->rank; axis++)
        l->count *= (double)p->dims[axis];
    return NHWC_OK;
}

const nhwc_tensor *nhwc__loss_number(const nhwc__loss *l, const nhwc_tensor *tensor, nhwc_tensor *number)
{
    if (tensor == NULL || l->reduction == NHWC_REDUCTION_NONE)
        return tensor;
    for (int axis = 0; axis < tensor->rank && axis < NHWC_MAX_RANK; axis++)
        if (tensor->dims[axis] != 1)
            return tensor;
    *number = *tensor;
    number->rank = tensor->rank < 0 || tensor->rank > NHWC_MAX_RANK ? tensor->rank : 0;
    return number;
}

nhwc__argument nhwc__loss_argument(const nhwc__loss *l, const char *name, const nhwc_tensor *loss)
{
    const bool is_reduced = l->reduction != NHWC_REDUCTION_NONE;
    return (nhwc__argument){.name = name, .tensor = loss, .rank = is_reduced ? 0 : l->rank,
                            .dims = l->predictions->dims};
}

double nhwc__loss_factor(const nhwc__loss *l)
{
    return l->reduction == NHWC_REDUCTION_MEAN ? 1 / l->count : 1;
}

const nhwc__fold *nhwc__loss_fold(const nhwc__loss *l)
{
    return l->reduction == NHWC_REDUCTION_MEAN ? &l->maths->mean_fold : &l->maths->sum_fold;
}

/* ---- Losses of elements --------------------------------------------------------------------- */

static nhwc_status element_loss(nhwc__loss *l, size_t map, const nhwc_tensor *loss)
{
    nhwc_tensor number;
    nhwc__terms terms = {.inputs = 2, .in = {l->predictions, l->labels}};
    NHWC__TRY(nhwc__loss_begin(l, 0));
    loss = nhwc__loss_number(l, loss, &number);
    nhwc__argument arguments[] = {
        {.name = "predictions", .tensor = l->predictions, .rank = l->rank, .dims = l->predictions->dims},
        {.name = "labels", .tensor = l->labels, .rank = l->rank, .dims = l->predictions->dims},
        nhwc__loss_argument(l, "loss", loss),
    };
    arguments[2].output = true;
    NHWC__TRY(nhwc__check_arguments(l->operation, l->context, 3, arguments));
    l->maths = nhwc__maths_of(l->context, l->predictions->dtype);
    memcpy(&terms.map, (const char *)l->maths + map, sizeof terms.map);
    if (l->reduction == NHWC_REDUCTION_NONE) {
        nhwc__put_terms(l->context, &terms, loss);
    } else {
        const nhwc_tensor all = nhwc__aligned(loss, l->rank, 0);
        nhwc__fold_terms(l->context, nhwc__loss_fold(l), &terms, l->count, &all);
    }
    return NHWC_OK;
}

static nhwc_status element_gradient(nhwc__loss *l, size_t map, const nhwc_tensor *dloss,
                                    const nhwc_tensor *gradient)
{
    nhwc_tensor number;
    nhwc__map *function;
    NHWC__TRY(nhwc__loss_begin(l, 0));
    dloss = nhwc__loss_number(l, dloss, &number);
    nhwc__argument arguments[] = {
        {.name = "predictions", .tensor = l->predictions, .rank = l->rank, .dims = l->predictions->dims},
        {.name = "labels", .tensor = l->labels, .rank = l->rank, .dims = l->predictions->dims},
        nhwc__loss_argument(l, "dloss", dloss),
        {.name = "dpredictions", .tensor = gradient, .rank = l->rank, .dims = l->predictions->dims, .output = true,
         .place = "predictions"},
    };
    arguments[2].optional = true;
    NHWC__TRY(nhwc__check_arguments(l->operation, l->context, 4, arguments));
    const nhwc_tensor unit = nhwc__constant(l->predictions->dtype, 1);
    memcpy(&function, (const char *)nhwc__maths_of(l->context, unit.dtype) + map, sizeof function);
    nhwc__put_terms(l->context,
                    &(const nhwc__terms){function, 3, {l->predictions, l->labels, dloss ? dloss : &unit},
                                         nhwc__loss_factor(l)},
                    gradient);
    return NHWC_OK;
}

#define DEFINE_ELEMENT_LOSS(name, map)                                                                        \
    nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *predictions,                      \
                            const nhwc_tensor *labels, nhwc_reduction reduction, nhwc_tensor *loss)           \
    {                                                                                                         \
        nhwc__loss l = {#name, reduction, predictions, labels, .context = context};                           \
        return element_loss(&l, offsetof(nhwc__maths, map), loss);                                            \
    }                                                                                                         \
                                                                                                              \
    nhwc_status nhwc_##name##_backprop(const nhwc_context *context, const nhwc_tensor *dloss,                 \
                                       const nhwc_tensor *predictions, const nhwc_tensor *labels,             \
                                       nhwc_reduction reduction, nhwc_tensor *dpredictions)                   \
    {                                                                                                         \
        nhwc__loss l = {#name "_backprop", reduction, predictions, labels, .context = context};               \
        return element_gradient(&l, offsetof(nhwc__maths, map##_backprop), dloss, dpredictions);              \
    }

DEFINE_ELEMENT_LOSS(mean_squared_error, squared_error)
DEFINE_ELEMENT_LOSS(mean_absolute_error, absolute_error)
DEFINE_ELEMENT_LOSS(binary_cross_entropy, binary_entropy)
DEFINE_ELEMENT_LOSS(sigmoid_cross_entropy, logit_entropy)
