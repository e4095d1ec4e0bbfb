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

#include "conv/contract.h"
#include "conv/contact.h"

/* Bytes of scratch, and the tasks they are divided among, for a checked problem and context. */
typedef struct nhwc__im2col_plan {
    int tasks;
    int64_t bytes_per_task; /* 0 for none */
} nhwc__im2col_plan;

nhwc__im2col_plan nhwc__im2col_plan_of(const nhwc__problem *problem, nhwc__primitive primitive, int threads);

/* output (see nhwc__primitive) = or += the primitive, then + bias and activation. Bias NULL for none. `workspace`
 * is tasks * bytes_per_task, 64-byte aligned. Cannot fail. */
void nhwc__im2col_run(const nhwc_context *context, const nhwc__im2col_plan *plan, const nhwc__problem *problem,
                      nhwc__primitive primitive, const nhwc_tensor *bias, nhwc_activation activation,
                      bool accumulate, void *workspace);

#endif
