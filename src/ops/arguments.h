/* The tensors of a call whose shapes follow from its first one, and what is checked of them. */
#ifndef NHWC_OPS_ARGUMENTS_H
#define NHWC_OPS_ARGUMENTS_H

#include <nhwc/nhwc.h>

typedef struct nhwc__argument {
    const char *name; /* in messages */
    const nhwc_tensor *tensor;
    int rank; /* the shape it has to have */
    const int64_t *dims;
    bool optional; /* may be NULL */
    bool output;
    const char *place; /* the input that an output may be: the same elements in the same order */
} nhwc__argument;

/* The context is one, the tensors are of one dtype, float32 or float64, have their shapes, and outputs share no memory
 * with others. */
nhwc_status nhwc__check_arguments(const char *operation, const nhwc_context *context, int count,
                                  const nhwc__argument *arguments);

/* `x`, called `name`, can be read, and is float32 or float64: before its dims are looked at. */
nhwc_status nhwc__check_float(const char *operation, const char *name, const nhwc_tensor *x);

/* A tensor of `rank` axes with those of x from axis `first` on, and of length 1 else. */
nhwc_tensor nhwc__aligned(const nhwc_tensor *x, int rank, int first);

/* The same of one that may be NULL, and then is. */
const nhwc_tensor *nhwc__align(const nhwc_tensor *x, int rank, int first, nhwc_tensor *aligned);

#endif
