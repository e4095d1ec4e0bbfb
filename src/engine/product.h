/* The matrix product, blocked for the caches. */
#ifndef NHWC_ENGINE_PRODUCT_H
#define NHWC_ENGINE_PRODUCT_H

#include "engine/kernels.h"

/* A factor of a product by its strides, in elements, so that a transpose is another pair of strides. */
typedef struct nhwc__matrix {
    const void *data;
    int64_t row, column;
} nhwc__matrix;

#define NHWC__DEPTH_BLOCK 256                             /* terms of a sum between two visits of memory */
#define NHWC__PANEL_BYTES (NHWC__DEPTH_BLOCK * 2 * 64)    /* two vectors of the widest kind for each term */

/* c [rows, columns] = or += a [rows, depth] * b [depth, columns]. Each element of c is one chain of multiply-adds
 * in order of depth, from 0 or from what is there. b has contiguous rows or contiguous columns, c contiguous
 * columns. `panel` is NHWC__PANEL_BYTES of scratch, aligned to a vector. */
void nhwc__product(const nhwc__kernels *kernels, size_t element, int64_t rows, int64_t columns, int64_t depth,
                   nhwc__matrix a, nhwc__matrix b, bool accumulate, void *c, int64_t c_row, void *panel);

#endif
