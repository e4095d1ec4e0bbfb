/* Folds over axes of a tensor. */
#ifndef NHWC_OPS_REDUCE_H
#define NHWC_OPS_REDUCE_H

#include "engine/maths.h"

/* y = the fold of x over the axes in which y has length 1 and x has not, all of one rank; `centre`, of y's shape and
 * possibly y itself, has the number c for each output, or is NULL. Nothing is checked. */
void nhwc__reduce(const nhwc_context *context, const nhwc__fold *fold, const nhwc_tensor *x,
                  const nhwc_tensor *centre, double n, const nhwc_tensor *y);

/* The axis that `axis` is of a tensor of this rank: negative ones count from the last. */
nhwc_status nhwc__axis_check(const char *operation, const char *name, int axis, int rank, int *found);

#endif
