/* Products of matrices of any strides and batches, by the tiles of the convolutions. */
#ifndef NHWC_OPS_MATRICES_H
#define NHWC_OPS_MATRICES_H

#include "engine/product.h"

/* An axis of the batch: how many, and the steps of the three tensors. */
typedef struct nhwc__batch_axis {
    int64_t length, a, b, c;
} nhwc__batch_axis;

/* c = activation((c +) a b + bias), added up over some axes of the batch. */
typedef struct nhwc__matrices {
    const nhwc__kernels *kernels;
    int64_t element;
    int64_t rows, columns, depth;
    nhwc__matrix a, b; /* the first of the batch */
    char *c;
    int64_t c_row;
    int kept_axes, summed_axes; /* those that c has, and those that are added up */
    nhwc__batch_axis kept[NHWC_MAX_RANK], summed[NHWC_MAX_RANK];
    int64_t matrices, sums; /* the products of their lengths */
    bool accumulate;
    const char *bias;
    nhwc_activation activation;
} nhwc__matrices;

/* In the threads of the context; NHWC_ERROR_OUT_OF_MEMORY if its allocator has no scratch. */
nhwc_status nhwc__multiply_matrices(const nhwc_context *context, nhwc__matrices *matrices);

#endif
