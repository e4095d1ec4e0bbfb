/* Elementwise work over strided tensors that are broadcast against each other, cut into runs of contiguous elements:
 * the one place where shapes are aligned, axes joined and elements gathered. */
#ifndef NHWC_OPS_BROADCAST_H
#define NHWC_OPS_BROADCAST_H

#include "engine/maths.h"

#define NHWC__MOST_INPUTS 6

typedef struct nhwc__operand {
    const char *name; /* in messages */
    const nhwc_tensor *tensor;
} nhwc__operand;

/* A checked call as loops: axes that are one for all operands are joined, the last one is the innermost. */
typedef struct nhwc__broadcast {
    int rank, operands; /* 1 or more; of operands, the output is the first */
    int64_t elements, dims[NHWC_MAX_RANK];
    int64_t strides[1 + NHWC__MOST_INPUTS][NHWC_MAX_RANK];
    char *data[1 + NHWC__MOST_INPUTS];
    size_t size[1 + NHWC__MOST_INPUTS]; /* of an element */
} nhwc__broadcast;

/* The inputs can be read, and y has the shape they have together. */
nhwc_status nhwc__broadcast_check_shapes(const char *operation, int inputs, const nhwc__operand *in, nhwc__operand y);

/* ... and y can be written, and is one of them or shares no memory with any. */
nhwc_status nhwc__broadcast_check(const char *operation, int inputs, const nhwc__operand *in, const nhwc_tensor *y);

void nhwc__broadcast_make(int inputs, const nhwc_tensor *const *in, const nhwc_tensor *y, nhwc__broadcast *b);

/* Applies the map, in tasks of the context where there is enough to do. */
void nhwc__broadcast_run(const nhwc_context *context, const nhwc__broadcast *b, nhwc__map *map, double alpha);

#endif
