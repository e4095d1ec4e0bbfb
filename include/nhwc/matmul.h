/* Matrix products: plain, of transposes, batched with broadcasting, with bias and activation, and their gradients.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - a layer of 784 inputs and 64 outputs, for 16 images:
 *
 *     nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, 16, 784), kernel = NHWC_TENSOR(NHWC_FLOAT32, k_data, 784, 64);
 *     nhwc_tensor bias = NHWC_TENSOR(NHWC_FLOAT32, b_data, 64), y = NHWC_TENSOR(NHWC_FLOAT32, y_data, 16, 64);
 *     const nhwc_matmul_options options = {.activation = NHWC_ACTIVATION_RELU};
 *     nhwc_matmul(NULL, &x, &kernel, &bias, &options, &y);
 *
 * CONVENTIONS, beside those of nhwc.h
 *   - Tensors have two axes or more. The last two are rows and columns of matrices, those in front a batch of them;
 *     batches are broadcast as NumPy broadcasts.
 *   - NHWC_FLOAT32 and NHWC_FLOAT64. Inputs are views of any strides. Outputs are views with contiguous columns.
 *   - Each element is one chain of multiply-adds in order of the terms: the same bits on any number of threads, for all
 *     strides, and on all instruction sets with a fused multiply-add. Products of transposes have the bits of products.
 */
#ifndef NHWC_MATMUL_H
#define NHWC_MATMUL_H

#include <nhwc/nhwc.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nhwc_matmul_options {
    bool transpose_a, transpose_b; /* the matrices of a are [k, m], those of b [n, k] */
    nhwc_activation activation;    /* the gradients want NONE */
} nhwc_matmul_options;

/* c = activation(a b + bias)                                   [tf.linalg.matmul, np.matmul; tf.keras.layers.Dense]
 *   a [..., m, k], b [..., k, n], bias [n] or NULL, c [..., m, n]; options may be NULL.
 *
 * This is the dense layer of the synopsis, too: a its inputs, b its kernel, which is broadcast to a's batch. */
NHWC_API nhwc_status nhwc_matmul(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *b,
                                 const nhwc_tensor *bias, const nhwc_matmul_options *options, nhwc_tensor *c);

/* da and db from dc, the gradient of c before its activation, with the options of the product. Where a or b was
 * broadcast, its gradient is the sum over what it was broadcast to. `accumulate` adds to what is there. */
NHWC_API nhwc_status nhwc_matmul_backprop_a(const nhwc_context *context, const nhwc_tensor *dc, const nhwc_tensor *b,
                                            const nhwc_matmul_options *options, bool accumulate, nhwc_tensor *da);
NHWC_API nhwc_status nhwc_matmul_backprop_b(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *dc,
                                            const nhwc_matmul_options *options, bool accumulate, nhwc_tensor *db);

#ifdef __cplusplus
}
#endif

#endif
