/* Terms that a map makes of several tensors: put somewhere, or folded without memory for them. */
#ifndef NHWC_OPS_TERMS_H
#define NHWC_OPS_TERMS_H

#include "ops/broadcast.h"

typedef struct nhwc__terms {
    nhwc__map *map;
    int inputs;
    const nhwc_tensor *in[NHWC__MOST_INPUTS];
    double alpha;
} nhwc__terms;

/* y = the terms, of inputs that are broadcast to the shape of y. Nothing is checked. */
void nhwc__put_terms(const nhwc_context *context, const nhwc__terms *terms, const nhwc_tensor *y);

/* The same of one tensor, or two: b may be NULL. */
void nhwc__put(const nhwc_context *context, nhwc__map *map, const nhwc_tensor *a, const nhwc_tensor *b, double alpha,
               const nhwc_tensor *y);

/* 0 or 1, without axes: an input where there is none. */
nhwc_tensor nhwc__constant(nhwc_dtype dtype, int value);

/* y = the fold of the terms over the axes in which y has length 1: the bits that nhwc__reduce would give for a tensor
 * of the terms. All are of one rank; the first input has all dims, in others some may be 1. Nothing is checked. */
void nhwc__fold_terms(const nhwc_context *context, const nhwc__fold *fold, const nhwc__terms *terms, double n,
                      const nhwc_tensor *y);

/* Two sums over the axes in which they have length 1: of g times the normalised x, and of g; either may be NULL. mean
 * and inverse may have length 1 in these axes, or in the others; both sums are made of one reading of g and x where the
 * elements allow it. */
void nhwc__sum_gradients(const nhwc_context *context, const nhwc__maths *maths, const nhwc_tensor *g,
                         const nhwc_tensor *x, const nhwc_tensor *mean, const nhwc_tensor *inverse,
                         const nhwc_tensor *products, const nhwc_tensor *sums);

#endif
