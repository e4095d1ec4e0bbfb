/* Depthwise convolution: one channel in and out per group, so that nothing is summed over channels.
 *
 * A row of the result is a sum of rows of the other image, one for each tap that touches it, times that tap's filter
 * channel by channel. Every element is one chain of multiply-adds, in order of tap, or of pixel for filters. */
#ifndef NHWC_CONV_DEPTHWISE_H
#define NHWC_CONV_DEPTHWISE_H

#include "conv/call.h"

/* Cannot fail, and needs no scratch. */
void nhwc__depthwise_run(const nhwc_context *context, const nhwc__call *call, int tasks);

#endif
