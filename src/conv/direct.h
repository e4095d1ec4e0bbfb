/* Convolution in place: the image is read where it lies, a sum stays in registers from its first term to its last.
 *
 *     gather      coarse = fine * filter
 *     scatter     fine   = coarse * filter^T, one convolution for every phase of the stride
 *
 * Outputs that the same taps reach (spans.h) are cut into tiles of the kernel; taps outside the image are left out. Few
 * channels of outputs side by side are the columns of one product: where the stride of a transpose divides the kernel
 * they meet the same inputs; elsewhere their filters are filled up with zeros, and should a result then not be finite,
 * which zeros may have done, all is computed again without. Groups of 2, 4 or 8 channels are spread over a vector,
 * without zeros. The filter is laid out in panels of columns, as many at a time as the scratch holds, unless it lies
 * so already. Images go through all phases and areas a few at a time, while a cache holds them. Every element of the
 * result is one chain of multiply-adds in order of tap and channel, or, of few outputs of many inputs, a dot product:
 * 16 chains of every 16th term, added in a fixed order; however much scratch there is, whatever the vectors and shares
 * of threads. */
#ifndef NHWC_CONV_DIRECT_H
#define NHWC_CONV_DIRECT_H

#include "conv/call.h"

/* Scratch for each task with which a call without a packed filter is fastest. */
int64_t nhwc__direct_bytes(const nhwc__call *call);

/* The filter in panels, for any number of calls: whether that is of use; its bytes, -1 for too many; and itself,
 * 64-byte aligned. */
bool nhwc__direct_wants_packed(const nhwc__call *call);
int64_t nhwc__direct_packed_bytes(const nhwc__call *call);
void nhwc__direct_pack(const nhwc__call *call, void *packed);

/* Gather or scatter, with any scratch from 0 bytes. Cannot fail. */
void nhwc__direct_run(const nhwc_context *context, const nhwc__call *call, const nhwc__workspace *workspace);

#endif
