/* Elements of one value. */
#ifndef NHWC_OPS_FILL_H
#define NHWC_OPS_FILL_H

#include <nhwc/nhwc.h>

typedef union nhwc__scalar {
    double real;
    int64_t integer;
} nhwc__scalar; /* as many of its first bytes as the dtype has */

/* `value`, called `name` in messages, as an element of this dtype; an integer has to be able to hold it. */
nhwc_status nhwc__scalar_of(const char *operation, const char *name, double value, nhwc_dtype dtype,
                            nhwc__scalar *scalar);

/* Every element of y, checked, becomes *scalar. */
void nhwc__fill(const nhwc_context *context, const nhwc__scalar *scalar, const nhwc_tensor *y);

#endif
