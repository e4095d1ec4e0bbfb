/* Tensors as arrays: made, moved, cut, joined, padded, compared and written out, with NumPy's meaning.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - the last two of ten pictures, channels first:
 *
 *     nhwc_tensor last, planes, copy;
 *     char text[4096];
 *     nhwc_slice(&pictures, (int64_t[]){-2, 0, 0, 0}, NULL, NULL, &last);      // pictures[-2:]
 *     nhwc_transpose(&last, (int[]){0, 3, 1, 2}, &planes);                     // a view, too: nothing has moved
 *     nhwc_clone(NULL, &planes, &copy);                                        // now it has
 *     nhwc_tensor_string(&copy, NULL, text, sizeof text, NULL);                // as print(copy) would
 *
 * CONVENTIONS
 *   - Words and meanings are NumPy's, or TensorFlow's where NumPy has none; the function meant is named on the right.
 *   - All dtypes. Except for nhwc_cast, the tensors of a call have the same one.
 *   - Inputs have any strides, 0 among them. Outputs have any with which no two elements are the same memory, and share
 *     no element with an input. Their shape is the caller's to give, and is checked.
 *   - An axis counts from the end where it is negative: -1 is the last.
 *   - Empty tensors, axes of length 1 and tensors of rank 0 are nothing special.
 *   - Elements are moved as they are: NaNs keep their bits.
 */
#ifndef NHWC_ARRAY_H
#define NHWC_ARRAY_H

#include <nhwc/nhwc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * Views: other shapes of the same memory
 *
 * Nothing is copied, and nothing is released: `view` looks at x's memory, and lives as long. It may be x itself. On
 * failure it is untouched. Write through a view and x changes.
 * --------------------------------------------------------------------------------------------- */

/* The elements in row-major order with other dims; one of them may be -1, which stands for what is left. Dense tensors
 * take any dims of as many elements, other views those that need no copy: NHWC_ERROR_LAYOUT says that these do, and
 * nhwc_clone makes a tensor that takes them.                                                         [np.reshape] */
NHWC_API nhwc_status nhwc_reshape(const nhwc_tensor *x, int rank, const int64_t *dims, nhwc_tensor *view);

/* Axis i of the view is axis axes[i] of x. NULL: in the opposite order.                            [np.transpose] */
NHWC_API nhwc_status nhwc_transpose(const nhwc_tensor *x, const int *axes, nhwc_tensor *view);

#define NHWC_END INT64_MAX /* as an end of nhwc_slice: all that is left */

/* x[begin[0]:end[0]:steps[0], ...]: an entry for each axis. Negative ones count from the end, and what lies outside is
 * left out. NULL for begin, end or steps: from the first, to the last, every one. Steps are at least 1, because strides
 * are not negative.                                                                  [x[1:-1:2], tf.strided_slice] */
NHWC_API nhwc_status nhwc_slice(const nhwc_tensor *x, const int64_t *begin, const int64_t *end, const int64_t *steps,
                                nhwc_tensor *view);

/* An axis of length 1 in front of axis `axis` of x; at the end for -1 or x's rank.               [np.expand_dims] */
NHWC_API nhwc_status nhwc_expand_dims(const nhwc_tensor *x, int axis, nhwc_tensor *view);

/* Without these `count` axes, which have length 1. With axes NULL and count 0, without all that have. [np.squeeze] */
NHWC_API nhwc_status nhwc_squeeze(const nhwc_tensor *x, int count, const int *axes, nhwc_tensor *view);

/* Repeats x along axes of length 1 and new ones in front, with strides of 0: for inputs only.   [np.broadcast_to] */
NHWC_API nhwc_status nhwc_broadcast_to(const nhwc_tensor *x, int rank, const int64_t *dims, nhwc_tensor *view);

/* Cuts x along an axis into `count` views of these sizes, which add up to the axis; NULL: into equal ones.
 *                                                                                             [tf.split, np.split] */
NHWC_API nhwc_status nhwc_split(const nhwc_tensor *x, int axis, int count, const int64_t *sizes, nhwc_tensor *views);

/* ------------------------------------------------------------------------------------------------
 * Copies
 * --------------------------------------------------------------------------------------------- */

/* y = x, whatever their strides; x is broadcast to the shape of y.                                     [np.copyto] */
NHWC_API nhwc_status nhwc_copy(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);

/* A dense tensor with the shape and the elements of x in new memory, to be released with nhwc_tensor_destroy. On
 * failure *y is untouched.                                                                              [np.copy] */
NHWC_API nhwc_status nhwc_clone(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);

/* y = x in the dtype of y; x is broadcast. As C converts, and where C says nothing, the same on every machine:
 *   - a float becomes an integer towards zero; beyond its range the nearest there is, NaN 0;
 *   - an integer becomes a shorter one modulo 2^bits, or the nearest float, ties to even;
 *   - a number becomes a boolean by being other than 0, NaN included; a boolean becomes 0 or 1.            [astype] */
NHWC_API nhwc_status nhwc_cast(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);

/* ------------------------------------------------------------------------------------------------
 * Contents from nothing
 * --------------------------------------------------------------------------------------------- */

/* Every element of y is `value`, rounded for floats, towards zero for integers, which have to be able to hold it;
 * true where it is not 0. Other integers of 64 bits: nhwc_copy from a tensor of rank 0.                  [np.full] */
NHWC_API nhwc_status nhwc_fill(const nhwc_context *context, double value, nhwc_tensor *y);

/* y [n]: element i is start + i * step, computed in float64 and rounded to y's dtype: NumPy, which rounds start + step
 * first, may differ in the last digits. For integers, start and step are integers, and all elements within their range.
 * Not for booleans.                                                                                    [np.arange] */
NHWC_API nhwc_status nhwc_arange(const nhwc_context *context, double start, double step, nhwc_tensor *y);

typedef struct nhwc_one_hot_options {
    double on_value, off_value; /* both 0: 1 and 0 */
} nhwc_one_hot_options;

/* y has the dims of `indices`, an integer tensor, with one axis more, at `axis` of y, whose length is the depth: along
 * it all is off_value but at the index. An index that is none (-1 for example) leaves all off.        [tf.one_hot] */
NHWC_API nhwc_status nhwc_one_hot(const nhwc_context *context, const nhwc_tensor *indices, int axis,
                                  const nhwc_one_hot_options *options, nhwc_tensor *y);

/* ------------------------------------------------------------------------------------------------
 * Joining, repeating, padding
 * --------------------------------------------------------------------------------------------- */

/* One behind the other along an axis; all other dims are the same. `x` are `count` tensors.       [np.concatenate] */
NHWC_API nhwc_status nhwc_concat(const nhwc_context *context, int count, const nhwc_tensor *x, int axis,
                                 nhwc_tensor *y);

/* Tensors of one shape along a new axis, axis `axis` of y, whose length is `count`.                     [np.stack] */
NHWC_API nhwc_status nhwc_stack(const nhwc_context *context, int count, const nhwc_tensor *x, int axis,
                                nhwc_tensor *y);

/* x again and again, multiples[i] times along axis i.                                           [tf.tile, np.tile] */
NHWC_API nhwc_status nhwc_tile(const nhwc_context *context, const nhwc_tensor *x, const int64_t *multiples,
                               nhwc_tensor *y);

/* What surrounds 1 2 3: */
typedef enum nhwc_pad_mode {
    NHWC_PAD_CONSTANT = 0, /* 0 0 0 | 1 2 3 | 0 0 0 */
    NHWC_PAD_REFLECT,      /* 2 3 2 | 1 2 3 | 2 1 2 */
    NHWC_PAD_SYMMETRIC,    /* 3 2 1 | 1 2 3 | 3 2 1 */
    NHWC_PAD_EDGE          /* 1 1 1 | 1 2 3 | 3 3 3 */
} nhwc_pad_mode;

typedef struct nhwc_pad_options {
    nhwc_pad_mode mode;
    double value; /* of CONSTANT; as in nhwc_fill */
} nhwc_pad_options;

/* paddings[i] are the elements added before and after along axis i. Paddings longer than x go on to and fro; what
 * cannot be continued, an empty axis, takes CONSTANT only.                                        [np.pad, tf.pad] */
NHWC_API nhwc_status nhwc_pad(const nhwc_context *context, const nhwc_tensor *x, const int64_t (*paddings)[2],
                              const nhwc_pad_options *options, nhwc_tensor *y);

/* ------------------------------------------------------------------------------------------------
 * Looking
 *
 * Texts are written as snprintf does: at most `size` bytes, the last of them 0; `length`, if it is not NULL, becomes
 * the length of the whole text, without the 0. Once to ask, with NULL and 0, and once to write.
 * --------------------------------------------------------------------------------------------- */

/* Whatever is left out is 0 and means what NumPy does without being told. */
typedef struct nhwc_string_options {
    int precision;         /* digits behind the point at most; 0 means 8, and -1 none */
    int64_t threshold;     /* above so many elements only the edges are shown; 0 means 1000, and -1 none */
    int64_t edge_items;    /* how many at each end of an axis; 0 means 3 */
    int line_width;        /* 0 means 75 */
    bool suppress_small;   /* fixed point even where numbers are small, or of very different size */
} nhwc_string_options;

/* The elements of x between brackets, in columns: [[1.   2.25]                            [np.array2string, print]
 *                                                  [3.   4.  ]] */
NHWC_API nhwc_status nhwc_tensor_string(const nhwc_tensor *x, const nhwc_string_options *options, char *text,
                                        size_t size, size_t *length);

/* The dims: [1, 28, 28, 1]. */
NHWC_API nhwc_status nhwc_shape_string(const nhwc_tensor *x, char *text, size_t size, size_t *length);

/* The name of a dtype, "float32" for example. Never NULL; static storage. */
NHWC_API const char *nhwc_dtype_string(nhwc_dtype dtype);

/* Two elements are close when they are equal, or |a - b| <= atol + rtol * |b| and b is finite. NumPy's tolerances are
 * {.rtol = 1e-5, .atol = 1e-8}; without any, only what is equal is close. */
typedef struct nhwc_compare_options {
    double rtol, atol;
    bool equal_nan; /* NaN is close to NaN */
} nhwc_compare_options;

typedef struct nhwc_difference {
    bool close;                   /* every pair is */
    int64_t count;                /* of the pairs that are not */
    int rank;                     /* of a and b broadcast against each other ... */
    int64_t index[NHWC_MAX_RANK]; /* ... and where there |a - b| exceeds its tolerance most, or comes next to it; the
                                   * first such place */
    double a, b;                  /* the values there */
    double absolute, relative;    /* |a - b|, and that / |b| */
} nhwc_difference;

/* How far a is from b. They are broadcast against each other. Differences are computed in float64, of integers exactly.
 * A NaN that is not close, and an infinity, exceed by more than any number. Without elements, all are close.
 *                                                                                                    [np.allclose] */
NHWC_API nhwc_status nhwc_compare(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *b,
                                  const nhwc_compare_options *options, nhwc_difference *difference);

#ifdef __cplusplus
}
#endif

#endif
