/* Folds over axes of a tensor, and searches along one. */
#ifndef NHWC_OPS_REDUCE_H
#define NHWC_OPS_REDUCE_H

#include "engine/maths.h"

/* y = the fold of x over the axes in which y has length 1 and x has not, all of one rank; `centre`, of y's shape and
 * possibly y itself, has the number c for each output, or is NULL. Nothing is checked. */
void nhwc__reduce(const nhwc_context *context, const nhwc__fold *fold, const nhwc_tensor *x,
                  const nhwc_tensor *centre, double n, const nhwc_tensor *y);

/* y, NHWC_INT64, = the places along the axis in which y has length 1 and x has not of what `fold` chooses and `better`
 * prefers. Nothing is checked; there are terms. */
void nhwc__search_axis(const nhwc_context *context, const nhwc__maths *maths, const nhwc__fold *fold,
                       nhwc__search *better, const nhwc_tensor *x, const nhwc_tensor *y);

#endif
