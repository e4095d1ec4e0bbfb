/* The one place that decides what runs. */
#ifndef NHWC_CONV_DISPATCH_H
#define NHWC_CONV_DISPATCH_H

#include "conv/call.h"

typedef struct nhwc__choice {
    nhwc_algorithm algorithm; /* not AUTOMATIC */
    const char *why;
} nhwc__choice;

/* The algorithm for a geometry: `asked`, or what its shape calls for. */
nhwc__choice nhwc__choose(nhwc_algorithm asked, nhwc__primitive primitive, const nhwc_geometry *geometry);

/* Multiply-adds of a geometry; a double, because a product of sizes may be more than 64 bits hold. */
double nhwc__multiply_adds(const nhwc_geometry *geometry);

/* The tasks a call is shared among, and the scratch of each with which it is fastest; no data. */
nhwc__workspace nhwc__workspace_of(const nhwc_context *context, nhwc_algorithm algorithm, const nhwc__call *call);

/* Runs a call by an algorithm, or by a slower one that can do with less scratch: `w` is what nhwc__workspace_of wants,
 * and w.data has so many bytes. */
void nhwc__dispatch_within(const nhwc_context *context, nhwc_algorithm algorithm, const nhwc__call *call,
                           nhwc__workspace w, int64_t bytes);

/* Runs a call as its shape and the context want it; NHWC_ERROR_OUT_OF_MEMORY before anything is written. */
nhwc_status nhwc__dispatch(const nhwc_context *context, const nhwc__call *call);

#endif
