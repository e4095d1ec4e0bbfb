/* The specification: convolution and its gradients as plain loops, in float32 and float64.
 *
 *     T(fine, filter, coarse) = sum over contacts, i, o:  fine[i] * filter[i][o] * coarse[o]
 *
 * gather, scatter and correlate add T's derivative with respect to coarse, fine and filter to what is
 * there. Never optimised, never bent to fit a faster path: every other algorithm is tested against
 * these. The problem has been checked; these cannot fail. */
#ifndef NHWC_CONV_REFERENCE_H
#define NHWC_CONV_REFERENCE_H

#include "conv/contact.h"

void nhwc__reference_gather(const nhwc__problem *problem);
void nhwc__reference_scatter(const nhwc__problem *problem);
void nhwc__reference_correlate(const nhwc__problem *problem);

/* image = 0. */
void nhwc__reference_clear(const nhwc_tensor *image);

/* image = activation(image + bias), bias NULL for none. */
void nhwc__reference_finish(const nhwc_tensor *image, const nhwc_tensor *bias, nhwc_activation activation);

#endif
