/* Conversions between dtypes. */
#include "ops/cast.h"

#include <nhwc/array.h>

#include "base/context.h"
#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/copy.h"
#include "ops/shapes.h"

nhwc__row *nhwc__cast_row(const nhwc_context *context, nhwc_dtype to, nhwc_dtype from)
{
    return nhwc__isa_of(context)->maths->cast[to][from];
}

nhwc_status nhwc_cast(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    nhwc_tensor wide;
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    NHWC__TRY(nhwc__tensor_check("cast", "x", x));
    NHWC__TRY(nhwc__tensor_check_distinct("cast", "y", y));
    NHWC__TRY(nhwc__check_apart("cast", "x", x, "y", y));
    NHWC__TRY(nhwc__broadcast_view("cast", "x", x, y->rank, y->dims, &wide));
    if (x->dtype == y->dtype) {
        nhwc__copy(context, &wide, y);
        return NHWC_OK;
    }
    nhwc__walk walk;
    nhwc__walk_through(&walk, &wide, y);
    nhwc__walk_arrange(&walk);
    nhwc__walk_run(context, &walk,
                   &(nhwc__mover){nhwc__cast_row(context, y->dtype, x->dtype), NULL, (int64_t)nhwc_dtype_size(y->dtype),
                                  (int64_t)nhwc_dtype_size(x->dtype)});
    return NHWC_OK;
}
