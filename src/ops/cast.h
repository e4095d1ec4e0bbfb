/* Conversions between dtypes. */
#ifndef NHWC_OPS_CAST_H
#define NHWC_OPS_CAST_H

#include "ops/walk.h"

/* Makes elements of dtype `to` from those of another dtype, `from`. */
nhwc__row *nhwc__cast_row(nhwc_dtype to, nhwc_dtype from);

#endif
