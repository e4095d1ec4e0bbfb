/* Conversions between dtypes. */
#ifndef NHWC_OPS_CAST_H
#define NHWC_OPS_CAST_H

#include "ops/walk.h"

/* Makes elements of dtype `to` from those of another dtype, `from`, with the instructions of a checked context, or
 * NULL. */
nhwc__row *nhwc__cast_row(const nhwc_context *context, nhwc_dtype to, nhwc_dtype from);

#endif
