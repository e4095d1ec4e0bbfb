#include "ops/normalise.h"

#include <math.h>

#include "base/status.h"
#include "ops/terms.h"

nhwc_status nhwc__check_epsilon(const char *operation, double epsilon)
{
    if (epsilon >= 0 && isfinite(epsilon))
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: epsilon is %g; it has to be finite, and 0 or more", operation,
                      epsilon);
}

void nhwc__find_slopes(const nhwc__maths *maths, const nhwc__slopes *of, const nhwc_tensor *inverse, double n)
{
    nhwc__put(NULL, maths->scaled_product, &of->shift, &of->scale, -1 / n, &of->shift);
    nhwc__put(NULL, maths->scaled_product, &of->slope, inverse, 1 / n, &of->slope);
    nhwc__put(NULL, maths->multiply, &of->slope, &of->scale, 0, &of->slope);
}

void nhwc__put_gradient(const nhwc_context *context, const nhwc__maths *maths, const nhwc__slopes *of,
                        const nhwc_tensor *g, const nhwc_tensor *x, const nhwc_tensor *mean, const nhwc_tensor *dx)
{
    const nhwc__terms terms = {maths->normal_gradient, 6, {g, x, mean, &of->scale, &of->shift, &of->slope}, 0};
    nhwc__put_terms(context, &terms, dx);
}
