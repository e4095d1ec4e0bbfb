/* Patches: what each coarse pixel sees of the fine image, laid out as the rows of a matrix.
 *
 * Row q belongs to coarse pixel q, counted over images, rows and columns. Its elements are ordered as the
 * filter is: by tap (ky, kx), then fine channel; element k of a slice of `channels` channels is tap
 * k / channels, channel first_channel + k % channels. Taps outside the fine image are 0. */
#ifndef NHWC_CONV_PATCHES_H
#define NHWC_CONV_PATCHES_H

#include "conv/contact.h"
#include "engine/kernels.h"

typedef struct nhwc__patches {
    const nhwc__kernels *kernels;
    const nhwc__problem *problem;
    int64_t first_channel, channels; /* the slice of fine channels */
    int64_t first_row, end_row;      /* scatter: the fine rows, counted over images, that are added to */
} nhwc__patches;

/* columns[(q - first_q) * stride + k - first_k] = the patches' element, first_q <= q < end_q, first_k <= k <
 * end_k: im2col. */
void nhwc__patches_gather(const nhwc__patches *p, int64_t first_q, int64_t end_q, int64_t first_k, int64_t end_k,
                          void *columns, int64_t stride);

/* The fine pixels += the columns that were taken from them: col2im. The order in which a pixel receives its columns
 * depends on the geometry and on where rows of coarse pixels are cut, not on first_row and end_row. */
void nhwc__patches_scatter(const nhwc__patches *p, int64_t first_q, int64_t end_q, int64_t first_k,
                           int64_t end_k, const void *columns, int64_t stride);

/* The coarse rows, counted over images, whose windows may reach the fine rows first_row .. end_row. */
void nhwc__patches_coarse_rows(const nhwc_geometry *g, int64_t first_row, int64_t end_row, int64_t *first,
                               int64_t *end);

#endif
