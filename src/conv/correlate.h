/* The filter gradient in place: the fine image is read where it lies, a sum stays in registers over many pixels.
 *
 *     correlate   filter = fine^T * coarse
 *
 * Rows of a tile are elements of the filter's first three axes, columns its last; the terms of a sum are coarse pixels,
 * in order, and only those whose tap lies inside the image. The coarse image is laid out in panels of columns, block
 * by block of its rows. Where there are few fine channels, taps that lie side by side share tiles; every element is
 * then a fixed number of such chains one after the other, as the shape says. Neither the scratch nor the shares of
 * threads change a bit. */
#ifndef NHWC_CONV_CORRELATE_H
#define NHWC_CONV_CORRELATE_H

#include "conv/call.h"

/* Scratch for each task with which it is fastest. */
int64_t nhwc__correlate_bytes(const nhwc__call *call);

/* With any scratch from 0 bytes. Cannot fail. */
void nhwc__correlate_run(const nhwc_context *context, const nhwc__call *call, const nhwc__workspace *workspace);

#endif
