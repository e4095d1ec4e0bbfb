/* What all losses have in common. */
#ifndef NHWC_OPS_LOSSES_H
#define NHWC_OPS_LOSSES_H

#include <nhwc/nn.h>

#include "engine/maths.h"
#include "ops/arguments.h"

typedef struct nhwc__loss {
    const char *operation;
    nhwc_reduction reduction;
    const nhwc_tensor *predictions, *labels;
    const nhwc_context *context;
    const nhwc__maths *maths;
    int rank;     /* of unreduced losses, which have the first dims of the predictions ... */
    double count; /* ... and are so many */
} nhwc__loss;

/* Looks at the predictions, the last `axes` axes of which make one loss, and the reduction; finds the rest. */
nhwc_status nhwc__loss_begin(nhwc__loss *l, int axes);

/* A tensor of one element as one without axes, which is the shape of reduced losses; others, and NULL, as they are. */
const nhwc_tensor *nhwc__loss_number(const nhwc__loss *l, const nhwc_tensor *tensor, nhwc_tensor *number);

/* What is checked of `loss`, or of dloss. */
nhwc__argument nhwc__loss_argument(const nhwc__loss *l, const char *name, const nhwc_tensor *loss);

/* What makes one of the losses, and by what the gradient of each is multiplied, beside dloss. */
const nhwc__fold *nhwc__loss_fold(const nhwc__loss *l);
double nhwc__loss_factor(const nhwc__loss *l);

/* `labels`, called `name`, are a class for each sample of the predictions [..., classes], which are called `of`. */
nhwc_status nhwc__check_classes(const char *operation, const char *name, const char *of,
                                const nhwc_tensor *predictions, const nhwc_tensor *labels);

#endif
