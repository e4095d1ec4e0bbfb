/* The filter gradient: a sum stays in registers over many pixels.
 *
 *     correlate   filter = fine^T * coarse
 *
 * The terms of a sum are coarse pixels, in order. Lines of a tile are elements of the filter's first three axes, lanes
 * its last; or, where those fill vectors better, lanes are the channels of a row of taps, which lie side by side in the
 * fine image, and lines are coarse channels: the filter transposed. The fine image is read in place, tap by tap; or,
 * where it has few channels or its pixels are the lanes, from bands: copies of some rows, with zeros around, which all
 * taps meet alike. Zeros change no bit of a sum, unless they meet an infinity or NaN: then all is read in place, and
 * computed again if that is seen in a sum that is not finite. The coarse image is read in place; or from panels, where
 * its pixels are far apart or not of whole vectors.
 *
 * Every element is one chain of multiply-adds; of filters of few elements from many pixels it is the sum of two, of
 * half the pixels each, which threads share. So it is whichever way it is computed, however much scratch there is,
 * whatever the vectors and shares of threads. */
#ifndef NHWC_CONV_CORRELATE_H
#define NHWC_CONV_CORRELATE_H

#include "conv/call.h"

/* Scratch for each task with which it is fastest. */
int64_t nhwc__correlate_bytes(const nhwc__call *call);

/* With any scratch from 0 bytes. Cannot fail. */
void nhwc__correlate_run(const nhwc_context *context, const nhwc__call *call, const nhwc__workspace *workspace);

#endif
