/* nhwc: arithmetic on tensors: elementwise with broadcasting, activations and their derivatives, reductions, softmax.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - how many of a batch are classified right:
 *
 *     #include <nhwc/math.h>
 *
 *     nhwc_tensor scores = NHWC_TENSOR(NHWC_FLOAT32, scores_data, 64, 10), labels = NHWC_TENSOR(NHWC_INT64, ..., 64);
 *     nhwc_tensor guess = NHWC_TENSOR(NHWC_INT64, guess_data, 64), right = NHWC_TENSOR(NHWC_BOOL, right_data, 64);
 *     nhwc_argmax(NULL, &scores, 1, &guess);
 *     nhwc_equal(NULL, &guess, &labels, &right);
 *
 * CONVENTIONS, beside those of nhwc.h
 *   - The semantics are NumPy's: NaN, infinities and negative zero, empty tensors, axes of length 1.
 *   - Inputs are views of any strides, 0 included; outputs are views of any strides that have no two elements in one
 *     place. The output of an elementwise operation, and of softmax, may be one of its inputs: the same data, dims and
 *     strides. Sharing memory in any other way is NHWC_ERROR_ALIAS.
 *   - NHWC_FLOAT32 and NHWC_FLOAT64; where it says "any dtype", the integers and NHWC_BOOL as well. All tensors of a
 *     call have one dtype, unless it says otherwise.
 *   - The same bits on any number of threads, whatever the strides, and on all instruction sets with a fused
 *     multiply-add.
 */
#ifndef NHWC_MATH_H
#define NHWC_MATH_H

#include <nhwc/nhwc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * Functions of one tensor
 *
 * y = f(x), and dx = dy * f'(x); all of one shape.
 *
 *     nhwc_status nhwc_NAME(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);
 *     nhwc_status nhwc_NAME_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
 *                                    nhwc_tensor *dx);
 *
 * The table is what is computed: its formulas are compiled as they stand here. In float32, on instruction sets with a
 * fused multiply-add, exp, log, sigmoid and tanh are within 2 units in the last place of the exact value, what is built
 * on them within 4; power, and in float64 gelu, are libm's.
 *
 * X(name, f(x), f'(x)), where the derivative may use y = f(x).
 * --------------------------------------------------------------------------------------------- */

#define NHWC_EACH_UNARY(X)                                                                                   \
    X(negate,    -x,                           -1)                                                           \
    X(abs,       absolute(x),                  sign_of(x))                                                   \
    X(sign,      sign_of(x),                   0)                                                            \
    X(square,    x * x,                        2 * x)                                                        \
    X(sqrt,      root(x),                      1 / (2 * y))                                                  \
    X(rsqrt,     1 / root(x),                  y / (-2 * x))                                                 \
    X(exp,       exponential(x),               y)                                                            \
    X(log,       logarithm(x),                 1 / x)                                                        \
    X(floor,     floor_of(x),                  0)                                                            \
    X(relu,      x < 0 ? 0 : x,                x > 0 ? 1 : 0)                                                \
    X(relu6,     x < 0 ? 0 : x > 6 ? 6 : x,    x > 0 && x < 6 ? 1 : 0)                                       \
    X(sigmoid,   logistic(x),                  y * (1 - y))                                                  \
    X(tanh,      hyperbolic_tangent(x),        1 - y * y)                                                    \
    X(softplus,  (x > 0 ? x : 0) + log_plus_1(exponential(-absolute(x))),  logistic(x))                      \
    X(swish,     x_times_logistic(x),          logistic(x) + y * (1 - logistic(x)))                          \
    X(gelu,      x_times_normal_below(x),       normal_below(x) + x * normal_density(x))

/* Those with a parameter: nhwc_NAME(context, x, alpha, y) and nhwc_NAME_backprop(context, dy, x, alpha, dx), where
 * alpha is a double. */
#define NHWC_EACH_UNARY_WITH_ALPHA(X)                                                                        \
    X(leaky_relu, x < 0 ? alpha * x : x,                              x > 0 ? 1 : alpha)                     \
    X(elu,        x < 0 ? alpha * exponential_minus_1(x) : x,         x <= 0 ? alpha * exponential(x) : 1)

/* ------------------------------------------------------------------------------------------------
 * Functions of two tensors, which are broadcast against each other
 *
 * Shapes are aligned at their last axes; an axis that is missing or of length 1 is repeated. The shape of y is the one
 * both have together. da and db have the shapes of a and b: what was repeated is summed. Either may be NULL; where
 * there is something to sum, memory for dy's elements comes from the context's allocator.
 *
 *     nhwc_status nhwc_NAME(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *b, nhwc_tensor *y);
 *     nhwc_status nhwc_NAME_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *a,
 *                                    const nhwc_tensor *b, nhwc_tensor *da, nhwc_tensor *db);
 *
 * X(name, f(a, b), df/da, df/db)
 * --------------------------------------------------------------------------------------------- */

#define NHWC_EACH_BINARY(X)                                                                                  \
    X(add,      a + b,           1,                                          1)                              \
    X(subtract, a - b,           1,                                          -1)                             \
    X(multiply, a * b,           b,                                          a)                              \
    X(divide,   a / b,           1 / b,                                      -a / b / b)                     \
    X(power,    power_of(a, b),  b == 0 ? 0 : b * power_of(a, b - 1),                                        \
                                                             power_of(a, b) * (a > 0 ? logarithm(a) : 0))

/* Forward of any dtype: of NHWC_BOOL they are "and" and "or". NaN where either is NaN. */
#define NHWC_EACH_CHOICE(X)                                                                                  \
    X(minimum,  smaller(a, b),   a <= b ? 1 : 0,                             a <= b ? 0 : 1)                 \
    X(maximum,  larger(a, b),    a >= b ? 1 : 0,                             a >= b ? 0 : 1)

/* X(name, a OP b): a and b of any dtype, y NHWC_BOOL. */
#define NHWC_EACH_COMPARISON(X)                                                                              \
    X(equal,         a == b)                                                                                 \
    X(not_equal,     a != b)                                                                                 \
    X(less,          a < b)                                                                                  \
    X(less_equal,    a <= b)                                                                                 \
    X(greater,       a > b)                                                                                  \
    X(greater_equal, a >= b)

#define NHWC_DECLARE_UNARY(name, value, derivative)                                                          \
    NHWC_API nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);     \
    NHWC_API nhwc_status nhwc_##name##_backprop(const nhwc_context *context, const nhwc_tensor *dy,          \
                                                const nhwc_tensor *x, nhwc_tensor *dx);
#define NHWC_DECLARE_UNARY_WITH_ALPHA(name, value, derivative)                                               \
    NHWC_API nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *x, double alpha,        \
                                     nhwc_tensor *y);                                                        \
    NHWC_API nhwc_status nhwc_##name##_backprop(const nhwc_context *context, const nhwc_tensor *dy,          \
                                                const nhwc_tensor *x, double alpha, nhwc_tensor *dx);
#define NHWC_DECLARE_COMPARISON(name, value)                                                                 \
    NHWC_API nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *a,                      \
                                     const nhwc_tensor *b, nhwc_tensor *y);
#define NHWC_DECLARE_BINARY(name, value, derivative_a, derivative_b)                                         \
    NHWC_DECLARE_COMPARISON(name, value)                                                                     \
    NHWC_API nhwc_status nhwc_##name##_backprop(const nhwc_context *context, const nhwc_tensor *dy,          \
                                                const nhwc_tensor *a, const nhwc_tensor *b, nhwc_tensor *da, \
                                                nhwc_tensor *db);

NHWC_EACH_UNARY(NHWC_DECLARE_UNARY)
NHWC_EACH_UNARY_WITH_ALPHA(NHWC_DECLARE_UNARY_WITH_ALPHA)
NHWC_EACH_BINARY(NHWC_DECLARE_BINARY)
NHWC_EACH_CHOICE(NHWC_DECLARE_BINARY)
NHWC_EACH_COMPARISON(NHWC_DECLARE_COMPARISON)

/* y = condition ? a : b, all three broadcast; condition NHWC_BOOL, a, b and y of any dtype.            [np.where] */
NHWC_API nhwc_status nhwc_where(const nhwc_context *context, const nhwc_tensor *condition, const nhwc_tensor *a,
                                const nhwc_tensor *b, nhwc_tensor *y);

/* y = minimum(maximum(x, low), high), all three broadcast, of any dtype; either bound may be NULL.       [np.clip] */
NHWC_API nhwc_status nhwc_clip(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *low,
                               const nhwc_tensor *high, nhwc_tensor *y);

/* dx = dy, and 0 where x is not between low and high, NaN for one; all four broadcast. [tf.clip_by_value's gradient] */
NHWC_API nhwc_status nhwc_clip_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                        const nhwc_tensor *low, const nhwc_tensor *high, nhwc_tensor *dx);

/* ------------------------------------------------------------------------------------------------
 * Reductions
 *
 * y has the shape of x without the reduced axes, or with length 1 in their place: which of the two, its rank says.
 *
 * A sum of n terms is made of blocks of 32 terms one after the other, and of pairs of such sums, pairs of pairs ...: it
 * differs from the exact one by at most (36 + log2(n)) * u * (the sum of absolute values), where u is 2^-24 in float32
 * and 2^-53 in float64. The order depends on the shape and the axes alone. A sum of nothing is 0, its mean NaN.
 * --------------------------------------------------------------------------------------------- */

/* For designated initialisers. NULL means all axes. */
typedef struct nhwc_reduce_options {
    int axis_count; /* 0 means all axes */
    int axes[NHWC_MAX_RANK]; /* negative ones count from the last, which is -1 */
    double correction; /* of reduce_variance: the sum is divided by n - correction, or by 0 if that is less */
} nhwc_reduce_options;

NHWC_API nhwc_status nhwc_reduce_sum(const nhwc_context *context, const nhwc_tensor *x,
                                     const nhwc_reduce_options *options, nhwc_tensor *y);
NHWC_API nhwc_status nhwc_reduce_mean(const nhwc_context *context, const nhwc_tensor *x,
                                      const nhwc_reduce_options *options, nhwc_tensor *y);

/* NaN where there is one. Of no elements there is none: NHWC_ERROR_SHAPE, as NumPy. */
NHWC_API nhwc_status nhwc_reduce_max(const nhwc_context *context, const nhwc_tensor *x,
                                     const nhwc_reduce_options *options, nhwc_tensor *y);
NHWC_API nhwc_status nhwc_reduce_min(const nhwc_context *context, const nhwc_tensor *x,
                                     const nhwc_reduce_options *options, nhwc_tensor *y);

/* The mean of squared distances from the mean, in two passes.                                             [np.var] */
NHWC_API nhwc_status nhwc_reduce_variance(const nhwc_context *context, const nhwc_tensor *x,
                                          const nhwc_reduce_options *options, nhwc_tensor *y);

/* The root of the sum of squares.                                                                 [np.linalg.norm] */
NHWC_API nhwc_status nhwc_norm(const nhwc_context *context, const nhwc_tensor *x,
                               const nhwc_reduce_options *options, nhwc_tensor *y);

/* log(sum(exp(x))), without overflow.                                                       [tf.reduce_logsumexp] */
NHWC_API nhwc_status nhwc_reduce_logsumexp(const nhwc_context *context, const nhwc_tensor *x,
                                           const nhwc_reduce_options *options, nhwc_tensor *y);

/* The index along `axis` of the largest or smallest element, of the first if there are several, of the first NaN if
 * there is one; an axis of length 0 has none: NHWC_ERROR_SHAPE, as NumPy. x of any dtype, y NHWC_INT64. */
NHWC_API nhwc_status nhwc_argmax(const nhwc_context *context, const nhwc_tensor *x, int axis, nhwc_tensor *y);
NHWC_API nhwc_status nhwc_argmin(const nhwc_context *context, const nhwc_tensor *x, int axis, nhwc_tensor *y);

/* ------------------------------------------------------------------------------------------------
 * Softmax along one axis; a negative one counts from the last
 * --------------------------------------------------------------------------------------------- */

/* y = exp(x - m) / sum(exp(x - m)), and y = x - m - log(sum(exp(x - m))), with m the largest of the axis. */
NHWC_API nhwc_status nhwc_softmax(const nhwc_context *context, const nhwc_tensor *x, int axis, nhwc_tensor *y);
NHWC_API nhwc_status nhwc_log_softmax(const nhwc_context *context, const nhwc_tensor *x, int axis, nhwc_tensor *y);

/* From y, what the operation gave: dx = y * (dy - sum(dy * y)), and dx = dy - exp(y) * sum(dy). dx shares no memory
 * with dy and y. */
NHWC_API nhwc_status nhwc_softmax_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *y,
                                           int axis, nhwc_tensor *dx);
NHWC_API nhwc_status nhwc_log_softmax_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                               const nhwc_tensor *y, int axis, nhwc_tensor *dx);

#ifdef __cplusplus
}
#endif

#endif
