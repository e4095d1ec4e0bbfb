/* Depthwise convolution, a row of pixels at a time.
 *
 * With one channel in and out per group nothing is summed over channels: a row of the result is a sum of rows of
 * the other image, one for each tap that touches it, times that tap's filter element by element. */
#ifndef NHWC_CONV_LINES_H
#define NHWC_CONV_LINES_H

#include "conv/contact.h"
#include "engine/kernels.h"

typedef struct nhwc__lines {
    const nhwc__kernels *kernels;
    const nhwc__problem *problem;
    int64_t first_channel, channels; /* computed, of all that there are */
    bool accumulate;
} nhwc__lines;

/* One row of the coarse or of the fine image, counted over images: = or += its sum, in order of tap. */
void nhwc__lines_gather(const nhwc__lines *lines, int64_t row);
void nhwc__lines_scatter(const nhwc__lines *lines, int64_t row);

/* The filter = or += its sum, in order of coarse pixel. */
void nhwc__lines_correlate(const nhwc__lines *lines);

#endif
