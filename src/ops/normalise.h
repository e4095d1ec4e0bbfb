/* What batch norm and layer norm have in common. */
#ifndef NHWC_OPS_NORMALISE_H
#define NHWC_OPS_NORMALISE_H

#include "engine/maths.h"

nhwc_status nhwc__check_epsilon(const char *operation, double epsilon);

/* What both gradients are made of. With s1 the sum of g over what is normalised together and s2 that of g times the
 * normalised x, dx = scale * (g - s1 / n - (x - mean) * inverse * s2 / n), which is g * scale + shift -
 * (x - mean) * slope. */
typedef struct nhwc__slopes {
    nhwc_tensor scale, shift, slope;
} nhwc__slopes;

/* From s1 and s2 in the places of shift and slope. */
void nhwc__find_slopes(const nhwc__maths *maths, const nhwc__slopes *of, const nhwc_tensor *inverse, double n);

/* dx may be g. */
void nhwc__put_gradient(const nhwc_context *context, const nhwc__maths *maths, const nhwc__slopes *of,
                        const nhwc_tensor *g, const nhwc_tensor *x, const nhwc_tensor *mean, const nhwc_tensor *dx);

#endif
