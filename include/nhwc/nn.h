/* nhwc: what training needs beside convolutions: normalisation and losses, with their gradients.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - the loss of a batch of 64, its gradient, and how many are classified right:
 *
 *     #include <nhwc/nn.h>
 *
 *     nhwc_tensor scores = NHWC_TENSOR(NHWC_FLOAT32, scores_data, 64, 10), d = NHWC_TENSOR(NHWC_FLOAT32, ..., 64, 10);
 *     nhwc_tensor labels = NHWC_TENSOR(NHWC_INT64, labels_data, 64), loss = NHWC_TENSOR(NHWC_FLOAT32, &mean, 1);
 *     int64_t right;
 *     nhwc_sparse_softmax_cross_entropy(NULL, &scores, &labels, NHWC_REDUCTION_MEAN, &loss);
 *     nhwc_sparse_softmax_cross_entropy_backprop(NULL, NULL, &scores, &labels, NHWC_REDUCTION_MEAN, &d);
 *     nhwc_accuracy(NULL, &scores, &labels, &right);
 *
 * CONVENTIONS, beside those of nhwc.h
 *   - The semantics are Keras' and TensorFlow's; the function meant is named on the right.
 *   - NHWC_FLOAT32 and NHWC_FLOAT64, all tensors of a call alike, but for the indices of classes.
 *   - Inputs are views of any strides, 0 included; outputs are views of any strides that have no two elements in one
 *     place. Nothing is broadcast, and outputs share no memory with other tensors of the call, unless it says so.
 *   - The same bits on any number of threads, whatever the strides, and on all instruction sets with a fused
 *     multiply-add: sums are those of <nhwc/math.h>, in their order.
 *   - No memory is allocated, unless it says so.
 */
#ifndef NHWC_NN_H
#define NHWC_NN_H

#include <nhwc/nhwc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * Batch normalisation
 *
 * x [..., C] of any rank from 1 on. Each channel is normalised by a mean and a variance, scaled by gamma and shifted by
 * beta, all [C]. gamma or beta may be NULL: 1 and 0, as Keras' scale=False and center=False. epsilon is 1e-3 in Keras
 * and 1e-5 in PyTorch.
 * --------------------------------------------------------------------------------------------- */

/* y = (x - mean) / sqrt(variance + epsilon) * gamma + beta. y may be x.              [tf.nn.batch_normalization] */
NHWC_API nhwc_status nhwc_batch_norm(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *mean,
                                     const nhwc_tensor *variance, const nhwc_tensor *gamma, const nhwc_tensor *beta,
                                     double epsilon, nhwc_tensor *y);

/* The same with the mean and the variance of the batch, over all axes but the last, which are written too: for
 * nhwc_running_average, and for the gradient. The variance is that of all n elements, divided by n. Of none, both are
 * NaN. y may be x.                                                  [keras.layers.BatchNormalization, training=True] */
NHWC_API nhwc_status nhwc_batch_norm_training(const nhwc_context *context, const nhwc_tensor *x,
                                              const nhwc_tensor *gamma, const nhwc_tensor *beta, double epsilon,
                                              nhwc_tensor *y, nhwc_tensor *mean, nhwc_tensor *variance);

/* average = average * momentum + x * (1 - momentum); x and average are of one shape, momentum is 0 to 1. Keras' is
 * 0.99. PyTorch's momentum is 1 - this, and its average variance that of x * n / (n - 1). */
NHWC_API nhwc_status nhwc_running_average(const nhwc_context *context, const nhwc_tensor *x, double momentum,
                                          nhwc_tensor *average);

/* Gradients of nhwc_batch_norm, for whose mean and variance nothing is learned: those of a frozen layer. dx = dy *
 * gamma / sqrt(variance + epsilon); dgamma is the sum of dy times the normalised x, dbeta that of dy. Each of them may
 * be NULL, and dx may be dy. */
NHWC_API nhwc_status nhwc_batch_norm_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                              const nhwc_tensor *x, const nhwc_tensor *mean,
                                              const nhwc_tensor *variance, const nhwc_tensor *gamma, double epsilon,
                                              nhwc_tensor *dx, nhwc_tensor *dgamma, nhwc_tensor *dbeta);

/* Gradients of nhwc_batch_norm_training, with the mean and variance that it gave: these depend on x.
 *                                                                                  [tf.raw_ops.FusedBatchNormGrad] */
NHWC_API nhwc_status nhwc_batch_norm_training_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                                       const nhwc_tensor *x, const nhwc_tensor *mean,
                                                       const nhwc_tensor *variance, const nhwc_tensor *gamma,
                                                       double epsilon, nhwc_tensor *dx, nhwc_tensor *dgamma,
                                                       nhwc_tensor *dbeta);

/* Of which operation a filter is, and so where its outputs are. */
typedef enum nhwc_filter_kind {
    NHWC_FILTER_CONV2D = 0,         /* [kh, kw, I/groups, C] */
    NHWC_FILTER_CONV2D_TRANSPOSE,   /* [kh, kw, C/groups, I]; groups follow from the length of the mean */
    NHWC_FILTER_DEPTHWISE,          /* [kh, kw, I, M], C = I * M */
    NHWC_FILTER_DEPTHWISE_TRANSPOSE /* [kh, kw, C, M] */
} nhwc_filter_kind;

/* The filter and bias [C] of a convolution that gives what the given one with nhwc_batch_norm behind it would: the
 * filter times gamma / sqrt(variance + epsilon), and (bias - mean) * gamma / sqrt(variance + epsilon) + beta. bias may
 * be NULL, for 0; folded_filter may be filter and folded_bias bias. */
NHWC_API nhwc_status nhwc_batch_norm_fold(const nhwc_context *context, nhwc_filter_kind kind,
                                          const nhwc_tensor *filter, const nhwc_tensor *bias, const nhwc_tensor *mean,
                                          const nhwc_tensor *variance, const nhwc_tensor *gamma,
                                          const nhwc_tensor *beta, double epsilon, nhwc_tensor *folded_filter,
                                          nhwc_tensor *folded_bias);

/* ------------------------------------------------------------------------------------------------
 * Layer normalisation
 *
 * Each line, which is what lies along the last `axes` axes of x, is normalised by its own mean and variance. gamma and
 * beta have the dims of these axes, and may be NULL: 1 and 0. mean and inverse, which is 1 / sqrt(variance + epsilon),
 * have the other dims of x, and are what the gradient needs. epsilon is 1e-3 in Keras and 1e-5 in PyTorch.
 * --------------------------------------------------------------------------------------------- */

/* y = (x - mean) * inverse * gamma + beta. mean and inverse may be NULL; y may be x. The lines have elements.
 *                                                     [keras.layers.LayerNormalization, torch.native_layer_norm] */
NHWC_API nhwc_status nhwc_layer_norm(const nhwc_context *context, const nhwc_tensor *x, int axes,
                                     const nhwc_tensor *gamma, const nhwc_tensor *beta, double epsilon,
                                     nhwc_tensor *y, nhwc_tensor *mean, nhwc_tensor *inverse);

/* Each of dx, dgamma and dbeta may be NULL, and dx may be dy. */
NHWC_API nhwc_status nhwc_layer_norm_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                              const nhwc_tensor *x, int axes, const nhwc_tensor *mean,
                                              const nhwc_tensor *inverse, const nhwc_tensor *gamma, nhwc_tensor *dx,
                                              nhwc_tensor *dgamma, nhwc_tensor *dbeta);

/* ------------------------------------------------------------------------------------------------
 * Losses
 *
 * `loss` is one element, [] or [1] for example, or with NHWC_REDUCTION_NONE has a shape that is said below. Gradients
 * take dloss, of the shape of `loss`; NULL means 1. The mean of nothing is NaN.
 * --------------------------------------------------------------------------------------------- */

typedef enum nhwc_reduction {
    NHWC_REDUCTION_MEAN = 0, /* the sum over how many losses there are: Keras' sum_over_batch_size */
    NHWC_REDUCTION_SUM,
    NHWC_REDUCTION_NONE
} nhwc_reduction;

/* One loss for each element: predictions, labels and unreduced losses are of one shape. The gradient is that of the
 * predictions, and may be the predictions.
 *
 *     nhwc_status nhwc_NAME(const nhwc_context *context, const nhwc_tensor *predictions, const nhwc_tensor *labels,
 *                           nhwc_reduction reduction, nhwc_tensor *loss);
 *     nhwc_status nhwc_NAME_backprop(const nhwc_context *context, const nhwc_tensor *dloss,
 *                                    const nhwc_tensor *predictions, const nhwc_tensor *labels,
 *                                    nhwc_reduction reduction, nhwc_tensor *dpredictions);
 *
 * Of predictions p and labels t:
 *   mean_squared_error    (p - t)^2                                            [keras.losses.MeanSquaredError]
 *   mean_absolute_error   |p - t|, whose derivative at 0 is 0                  [keras.losses.MeanAbsoluteError]
 *   binary_cross_entropy  -t * log(p) - (1 - t) * log(1 - p), with p clipped to 1e-7 ... 1 - 1e-7; where it is clipped
 *                         the derivative is 0                                  [keras.losses.BinaryCrossentropy]
 *   sigmoid_cross_entropy the same of sigmoid(p), for any p: max(p, 0) - p * t + log(1 + exp(-|p|)). An infinite p on
 *                         the right side costs nothing             [tf.nn.sigmoid_cross_entropy_with_logits] */
#define NHWC_EACH_ELEMENT_LOSS(X) \
    X(mean_squared_error)         \
    X(mean_absolute_error)        \
    X(binary_cross_entropy)       \
    X(sigmoid_cross_entropy)

#define NHWC_DECLARE_LOSS(name)                                                                               \
    NHWC_API nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *predictions,             \
                                     const nhwc_tensor *labels, nhwc_reduction reduction, nhwc_tensor *loss); \
    NHWC_API nhwc_status nhwc_##name##_backprop(                                                              \
        const nhwc_context *context, const nhwc_tensor *dloss, const nhwc_tensor *predictions,                \
        const nhwc_tensor *labels, nhwc_reduction reduction, nhwc_tensor *dpredictions);

NHWC_EACH_ELEMENT_LOSS(NHWC_DECLARE_LOSS)

/* One loss for each sample: predictions are logits [..., classes], of one class or more, the losses [...], and the
 * mean is divided by how many samples there are. Where losses are reduced, memory for one number per sample comes from
 * the context's allocator. The gradient may be the predictions.
 *   softmax_cross_entropy         labels [..., classes], weights of the classes: sum(labels * -log(softmax(logits))),
 *                                 where labels of 0 cost nothing. They need not add up to 1; the gradient is
 *                                 softmax * sum(labels) - labels, of which TensorFlow's takes the sum for 1.
 *                                                                     [tf.nn.softmax_cross_entropy_with_logits]
 *   sparse_softmax_cross_entropy  labels [...] NHWC_INT32 or NHWC_INT64, the class of each sample; one that is none is
 *                                 NHWC_ERROR_ARGUMENT.         [tf.nn.sparse_softmax_cross_entropy_with_logits] */
NHWC_DECLARE_LOSS(softmax_cross_entropy)
NHWC_DECLARE_LOSS(sparse_softmax_cross_entropy)

/* *right = of how many samples the largest of the scores [..., classes] is at the label [...], an index as above, or
 * where the largest of the labels [..., classes] is. As nhwc_argmax: of equals the first, and NaN is largest. Memory
 * for one index per sample, or two, comes from the context's allocator.
 *                                                    [keras.metrics.SparseCategoricalAccuracy, CategoricalAccuracy] */
NHWC_API nhwc_status nhwc_accuracy(const nhwc_context *context, const nhwc_tensor *scores, const nhwc_tensor *labels,
                                   int64_t *right);

#ifdef __cplusplus
}
#endif

#endif
