/* Convolution as patches and a matrix product, in tiles: the path the field knows.
 *
 *     gather      coarse  = patches * filter             (im2col, then a product)
 *     correlate   filter  = patches^T * coarse
 *     scatter     fine    = fold(coarse * filter^T)      (a product, then col2im)
 *
 * A column buffer of at most 256 KiB holds the patches of some pixels at a time. Every element of the result is
 * one chain of multiply-adds in order of tap and channel, or of pixels (scatter: such chains over the coarse
 * channels, added in an order that the shape decides), whatever the vectors and shares of threads. */
#ifndef NHWC_CONV_IM2COL_H
#define NHWC_CONV_IM2COL_H

#include "conv/call.h"

/* Scratch for each task. */
int64_t nhwc__im2col_bytes(const nhwc__call *call);

/* Cannot fail. `workspace` is of that size, or NULL data where it is 0. */
void nhwc__im2col_run(const nhwc_context *context, const nhwc__call *call, const nhwc__workspace *workspace);

#endif
