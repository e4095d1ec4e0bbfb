/* nhwc: random numbers: distributions, initialisers of weights, permutations, dropout.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - the weights of a layer, and the order of an epoch:
 *
 *     #include <nhwc/random.h>
 *
 *     nhwc_random random = {.seed = 42};
 *     nhwc_tensor filter = NHWC_TENSOR(NHWC_FLOAT32, filter_data, 3, 3, 64, 128);
 *     nhwc_tensor order = NHWC_TENSOR(NHWC_INT64, order_data, 60000);
 *     nhwc_glorot_uniform(NULL, &random, NHWC_FANS_KERAS, &filter);
 *     nhwc_random_permutation(NULL, &random, &order);
 *
 * CONVENTIONS, beside those of nhwc.h
 *   - There is no hidden state: where a sequence is, its nhwc_random says. A call goes on from there, and moves it by
 *     a number of blocks that the shape and the dtype of its output decide. When a call fails, it stays.
 *   - Element i, in row-major order, takes the numbers of its own place in the sequence. So the strides of the output
 *     and the threads make no difference.
 *   - The same bits on every machine: processor, instruction set, compiler, byte order. All arithmetic is in integers
 *     and in single sums, products, quotients and roots, which IEEE 754 rounds in one way.
 *   - Outputs are views of any strides that have no two elements in one place.
 */
#ifndef NHWC_RANDOM_H
#define NHWC_RANDOM_H

#include <nhwc/nhwc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * The generator
 *
 * Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011): block number
 * `position` of a stream is a function of these three numbers alone, four words of 32 bits. The seed is its key, lower
 * half first, position and stream its counter.
 * --------------------------------------------------------------------------------------------- */

/* Copy it, and the copy gives the same numbers again. */
typedef struct nhwc_random {
    uint64_t seed;
    uint64_t stream;   /* sequences that have nothing to do with each other: of layers, processes, purposes */
    uint64_t position; /* the blocks taken so far; set it to go anywhere */
} nhwc_random;

/* y becomes random bits: NHWC_INT32 the words one after the other, NHWC_INT64 two each, the first one lower, NHWC_UINT8
 * the lowest byte of one word each. */
NHWC_API nhwc_status nhwc_random_bits(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y);

/* ------------------------------------------------------------------------------------------------
 * Distributions, NHWC_FLOAT32 (of one word an element) and NHWC_FLOAT64 (of two) where nothing else is said
 * --------------------------------------------------------------------------------------------- */

/* low <= y < high, or low if they are equal: low + u * (high - low), with u a multiple of 2^-24, or of 2^-53.
 *                                                                                             [tf.random.uniform] */
NHWC_API nhwc_status nhwc_random_uniform(const nhwc_context *context, nhwc_random *random, double low, double high,
                                         nhwc_tensor *y);

/* The normal distribution: mean + stddev * z, where z is the one number below which u of the distribution lies, with u
 * an odd multiple of 2^-33, or of 2^-54: |z| < 6.4, or 8.3.                                    [tf.random.normal] */
NHWC_API nhwc_status nhwc_random_normal(const nhwc_context *context, nhwc_random *random, double mean, double stddev,
                                        nhwc_tensor *y);

/* The same given that |z| <= 2, as if all others were drawn again.                  [tf.random.truncated_normal] */
NHWC_API nhwc_status nhwc_random_truncated_normal(const nhwc_context *context, nhwc_random *random, double mean,
                                                  double stddev, nhwc_tensor *y);

/* low <= y < high, each as likely as the other: NHWC_INT32, NHWC_INT64, NHWC_UINT8.        [np.random integers] */
NHWC_API nhwc_status nhwc_random_integers(const nhwc_context *context, nhwc_random *random, int64_t low, int64_t high,
                                          nhwc_tensor *y);

/* y NHWC_BOOL: true with this probability, of which multiples of 2^-31 count.         [keras bernoulli, binomial] */
NHWC_API nhwc_status nhwc_random_bernoulli(const nhwc_context *context, nhwc_random *random, double probability,
                                           nhwc_tensor *y);

/* y [n], NHWC_INT64: 0 .. n - 1 in any order, each as likely as the other.              [np.random permutation] */
NHWC_API nhwc_status nhwc_random_permutation(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y);

/* The elements of y [n], of any dtype, in another order: that of the permutation.            [np.random shuffle] */
NHWC_API nhwc_status nhwc_random_shuffle(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y);

/* ------------------------------------------------------------------------------------------------
 * Initialisers of weights
 *
 * The variance is scale / fan, where fans are how many inputs an output has, and how many outputs an input. Normal ones
 * are truncated, and made wider by 1 / 0.8796 for what that takes away. As Keras':
 *
 *     nhwc_status nhwc_NAME(const nhwc_context *context, nhwc_random *random, nhwc_fans fans, nhwc_tensor *y);
 *
 * X(name, scale, fan, distribution)
 * --------------------------------------------------------------------------------------------- */

#define NHWC_EACH_INITIALIZER(X)                         \
    X(glorot_uniform, 1, average_of(in, out), uniform)   \
    X(glorot_normal,  1, average_of(in, out), normal)    \
    X(he_uniform,     2, in,                  uniform)   \
    X(he_normal,      2, in,                  normal)    \
    X(lecun_uniform,  1, in,                  uniform)   \
    X(lecun_normal,   1, in,                  normal)

/* Of what shape the fans are. */
typedef enum nhwc_fans {
    NHWC_FANS_KERAS = 0, /* [in, out] and [kh, kw, in, out], whatever the layer: Keras takes the filters of transposed
                          * and depthwise convolutions for such, too */
    NHWC_FANS_TRANSPOSE, /* [kh, kw, out, in] */
    NHWC_FANS_DEPTHWISE  /* [kh, kw, C, M]: kh * kw inputs, kh * kw * M outputs */
} nhwc_fans;

#define NHWC_DECLARE_INITIALIZER(name, scale, fan, distribution)                                             \
    NHWC_API nhwc_status nhwc_##name(const nhwc_context *context, nhwc_random *random, nhwc_fans fans,       \
                                     nhwc_tensor *y);
NHWC_EACH_INITIALIZER(NHWC_DECLARE_INITIALIZER)

/* ------------------------------------------------------------------------------------------------
 * Dropout
 *
 * mask, NHWC_BOOL, says what is kept, each element with probability 1 - rate; the backward pass wants it again. It
 * takes a quarter of the memory of x or less, and much less time to read than to draw again; who would rather do that
 * keeps a copy of *random and calls nhwc_random_bernoulli.
 * --------------------------------------------------------------------------------------------- */

/* y = x / (1 - rate) where it is kept, else 0, whatever x is there; 0 <= rate <= 1. y may be x.    [keras Dropout] */
NHWC_API nhwc_status nhwc_dropout(const nhwc_context *context, nhwc_random *random, const nhwc_tensor *x, double rate,
                                  nhwc_tensor *mask, nhwc_tensor *y);

/* dx = dy / (1 - rate) where it was kept, else 0. dx may be dy. */
NHWC_API nhwc_status nhwc_dropout_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                           const nhwc_tensor *mask, double rate, nhwc_tensor *dx);

#ifdef __cplusplus
}
#endif

#endif
