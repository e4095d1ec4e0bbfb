/* Made by make_array_golden.py with NumPy 2.4.6; do not edit.
 *
 * Element i of x is (i * 37 + 11) % 101 % 11 - 5; of x[k], where there are several, with 37 + k.
 * A NULL array has no elements, or those of np.arange. */
#ifndef NHWC_TESTS_ARRAY_GOLDEN_H
#define NHWC_TESTS_ARRAY_GOLDEN_H

#include <math.h>
#include <nhwc/array.h>

typedef enum golden_kind {
    GOLDEN_SLICE,        /* parts: begin, end, steps */
    GOLDEN_TRANSPOSE,    /* axes */
    GOLDEN_RESHAPE,      /* of a transpose with axes, sliced with steps: dims, `count` of them */
    GOLDEN_EXPAND_DIMS,  /* `count` is the axis */
    GOLDEN_SQUEEZE,      /* axes, `count` of them, or -1 for all */
    GOLDEN_BROADCAST_TO, /* dims, `count` of them */
    GOLDEN_SPLIT,        /* axis; sizes, if the mode is 1; y has the parts one behind the other */
    GOLDEN_CONCAT,       /* axis; lengths of the `count` inputs along it */
    GOLDEN_STACK,        /* axis; `count` inputs */
    GOLDEN_TILE,         /* multiples */
    GOLDEN_PAD,          /* paddings before, after; the mode */
    GOLDEN_ONE_HOT       /* axis; `count` is the depth */
} golden_kind;

typedef struct golden_case {
    const char *call;
    golden_kind kind;
    int x_rank;
    int64_t x[NHWC_MAX_RANK], parts[3][NHWC_MAX_RANK];
    int count, mode, y_rank; /* -1: NumPy raises an error */
    int64_t y[NHWC_MAX_RANK];
    const int *values;
} golden_case;

typedef struct golden_arange {
    const char *call;
    nhwc_dtype dtype;
    double start, step;
    int64_t count;
    const double *values;
} golden_arange;

typedef struct golden_cast {
    const char *call;
    nhwc_dtype from, to;
    int64_t count;
    const void *x, *y; /* of floats as double, of all others as int64_t */
} golden_cast;

typedef struct golden_text {
    const char *call;
    nhwc_dtype dtype;
    int rank;
    int64_t dims[NHWC_MAX_RANK];
    const double *reals;
    const int64_t *integers;
    nhwc_string_options options;
    const char *text;
} golden_text;

typedef struct golden_compare {
    const char *call;
    int64_t count;
    const double *a, *b;
    nhwc_compare_options options;
    int64_t differing;
} golden_compare;

/* clang-format off */

static const golden_case golden_views[] = {
    {"x[1:4:1]", GOLDEN_SLICE, 1, {5}, {{1}, {4}, {1}}, 0, 0, 1, {3}, (const int[]){-1, 3, 5}},
    {"x[0::2]", GOLDEN_SLICE, 1, {5}, {{0}, {9223372036854775807}, {2}}, 0, 0, 1, {3}, (const int[]){-5, 3, -2}},
    {"x[-3:-1:1]", GOLDEN_SLICE, 1, {5}, {{-3}, {-1}, {1}}, 0, 0, 1, {2}, (const int[]){3, 5}},
    {"x[-99:99:3]", GOLDEN_SLICE, 1, {5}, {{-99}, {99}, {3}}, 0, 0, 1, {2}, (const int[]){-5, 5}},
    {"x[4:2:1]", GOLDEN_SLICE, 1, {5}, {{4}, {2}, {1}}, 0, 0, 1, {0}, NULL},
    {"x[5::1]", GOLDEN_SLICE, 1, {5}, {{5}, {9223372036854775807}, {1}}, 0, 0, 1, {0}, NULL},
    {"x[1::4]", GOLDEN_SLICE, 1, {5}, {{1}, {9223372036854775807}, {4}}, 0, 0, 1, {1}, (const int[]){-1}},
    {"x[::]", GOLDEN_SLICE, 1, {6}, {{INT64_MIN}, {9223372036854775807}, {9223372036854775807}}, 0, 0, 1, {1}, (const
     int[]){-5}},
    {"x[0::1]", GOLDEN_SLICE, 1, {0}, {{0}, {9223372036854775807}, {1}}, 0, 0, 1, {0}, NULL},
    {"x[1::2, -5:-1:3]", GOLDEN_SLICE, 2, {4, 6}, {{1, -5}, {9223372036854775807, -1}, {2, 3}}, 0, 0, 2, {2, 2},
     (const int[]){-3, -4, 2, 1}},
    {"x[0::1, 2:2:1]", GOLDEN_SLICE, 2, {4, 6}, {{0, 2}, {9223372036854775807, 2}, {1, 1}}, 0, 0, 2, {4, 0}, NULL},
    {"x[0:1:5, -1::1]", GOLDEN_SLICE, 2, {1, 3}, {{0, -1}, {1, 9223372036854775807}, {5, 1}}, 0, 0, 2, {1, 1}, (const
     int[]){3}},
    {"x[1:2:1, 1:-1:2, 0::3, 0:2:1]", GOLDEN_SLICE, 4, {2, 5, 6, 3}, {{1, 1, 0, 0}, {2, -1, 9223372036854775807, 2},
     {1, 2, 3, 1}}, 0, 0, 4, {1, 2, 2, 2}, (const int[]){-3, -1, 5, -4, 5, -4, 0, 4}},
    {"np.transpose(x, ())", GOLDEN_TRANSPOSE, 0, {0}, {{0}, {0}, {0}}, 0, 0, 0, {0}, (const int[]){-5}},
    {"np.transpose(x, (0,))", GOLDEN_TRANSPOSE, 1, {4}, {{0}, {0}, {0}}, 0, 0, 1, {4}, (const int[]){-5, -1, 3, 5}},
    {"np.transpose(x, (1, 0))", GOLDEN_TRANSPOSE, 2, {2, 3}, {{1, 0}, {0}, {0}}, 0, 0, 2, {3, 2}, (const int[]){-5, 5,
     -1, -2, 3, 2}},
    {"np.transpose(x, (0, 1))", GOLDEN_TRANSPOSE, 2, {2, 3}, {{0, 1}, {0}, {0}}, 0, 0, 2, {2, 3}, (const int[]){-5,
     -1, 3, 5, -2, 2}},
    {"np.transpose(x, (-1, -2))", GOLDEN_TRANSPOSE, 2, {2, 3}, {{-1, -2}, {0}, {0}}, 0, 0, 2, {3, 2}, (const
     int[]){-5, 5, -1, -2, 3, 2}},
    {"np.transpose(x, (2, 0, 1))", GOLDEN_TRANSPOSE, 3, {2, 3, 4}, {{2, 0, 1}, {0}, {0}}, 0, 0, 3, {4, 2, 3}, (const
     int[]){-5, -2, -1, 2, 5, -5, -1, 2, 3, -5, -4, -1, 3, 4, -4, -3, 0, 1, 5, -3, -2, 1, 2, 5}},
    {"np.transpose(x, (1, -1, 0))", GOLDEN_TRANSPOSE, 3, {2, 3, 4}, {{1, -1, 0}, {0}, {0}}, 0, 0, 3, {3, 4, 2}, (const
     int[]){-5, 2, -1, -5, 3, -3, 5, 1, -2, 5, 2, -4, 4, 0, -3, 2, -1, -5, 3, -1, -4, 1, -2, 5}},
    {"np.transpose(x, (0, 3, 1, 2))", GOLDEN_TRANSPOSE, 4, {2, 1, 3, 2}, {{0, 3, 1, 2}, {0}, {0}}, 0, 0, 4, {2, 2, 1,
     3}, (const int[]){-5, 3, -2, -1, 5, 2, 4, -1, -4, -3, 3, -2}},
    {"np.transpose(x, (1, 0))", GOLDEN_TRANSPOSE, 2, {0, 3}, {{1, 0}, {0}, {0}}, 0, 0, 2, {3, 0}, NULL},
    {"np.transpose(x, (4, 2, 0, 3, 1))", GOLDEN_TRANSPOSE, 5, {2, 1, 2, 1, 3}, {{4, 2, 0, 3, 1}, {0}, {0}}, 0, 0, 5,
     {3, 2, 2, 1, 1}, (const int[]){-5, 4, 5, 3, -1, -3, -2, -4, 3, -1, 2, -2}},
    {"np.reshape(x.transpose(0,)[::(1,)], (2, 3), copy=False)", GOLDEN_RESHAPE, 1, {6}, {{0}, {1}, {2, 3}}, 2, 0, 2,
     {2, 3}, (const int[]){-5, -1, 3, 5, -2, 2}},
    {"np.reshape(x.transpose(0, 1)[::(1, 1)], (6,), copy=False)", GOLDEN_RESHAPE, 2, {2, 3}, {{0, 1}, {1, 1}, {6}}, 1,
     0, 1, {6}, (const int[]){-5, -1, 3, 5, -2, 2}},
    {"np.reshape(x.transpose(0, 1)[::(1, 1)], (3, -1), copy=False)", GOLDEN_RESHAPE, 2, {2, 3}, {{0, 1}, {1, 1}, {3,
     -1}}, 2, 0, 2, {3, 2}, (const int[]){-5, -1, 3, 5, -2, 2}},
    {"np.reshape(x.transpose(0, 1)[::(1, 1)], (-1,), copy=False)", GOLDEN_RESHAPE, 2, {2, 3}, {{0, 1}, {1, 1}, {-1}},
     1, 0, 1, {6}, (const int[]){-5, -1, 3, 5, -2, 2}},
    {"np.reshape(x.transpose(0, 1)[::(1, 1)], (4, -1), copy=False)", GOLDEN_RESHAPE, 2, {2, 3}, {{0, 1}, {1, 1}, {4,
     -1}}, 2, 0, -1, {0}, NULL},
    {"np.reshape(x.transpose(0, 1)[::(1, 1)], (7,), copy=False)", GOLDEN_RESHAPE, 2, {2, 3}, {{0, 1}, {1, 1}, {7}}, 1,
     0, -1, {0}, NULL},
    {"np.reshape(x.transpose(1, 0)[::(1, 1)], (6,), copy=False)", GOLDEN_RESHAPE, 2, {2, 3}, {{1, 0}, {1, 1}, {6}}, 1,
     0, -1, {0}, NULL},
    {"np.reshape(x.transpose(1, 0)[::(1, 1)], (3, 1, 2), copy=False)", GOLDEN_RESHAPE, 2, {2, 3}, {{1, 0}, {1, 1}, {3,
     1, 2}}, 3, 0, 3, {3, 1, 2}, (const int[]){-5, 5, -1, -2, 3, 2}},
    {"np.reshape(x.transpose(1, 0)[::(1, 1)], (3, 2, 1, 1), copy=False)", GOLDEN_RESHAPE, 2, {2, 3}, {{1, 0}, {1, 1},
     {3, 2, 1, 1}}, 4, 0, 4, {3, 2, 1, 1}, (const int[]){-5, 5, -1, -2, 3, 2}},
    {"np.reshape(x.transpose(1, 0)[::(1, 1)], (2, 3), copy=False)", GOLDEN_RESHAPE, 2, {2, 3}, {{1, 0}, {1, 1}, {2,
     3}}, 2, 0, -1, {0}, NULL},
    {"np.reshape(x.transpose()[::()], (1, 1), copy=False)", GOLDEN_RESHAPE, 0, {0}, {{0}, {0}, {1, 1}}, 2, 0, 2, {1,
     1}, (const int[]){-5}},
    {"np.reshape(x.transpose(0, 1)[::(1, 1)], (), copy=False)", GOLDEN_RESHAPE, 2, {1, 1}, {{0, 1}, {1, 1}, {0}}, 0,
     0, 0, {0}, (const int[]){-5}},
    {"np.reshape(x.transpose(0,)[::(1,)], (-1, 1), copy=False)", GOLDEN_RESHAPE, 1, {1}, {{0}, {1}, {-1, 1}}, 2, 0, 2,
     {1, 1}, (const int[]){-5}},
    {"np.reshape(x.transpose(0, 1)[::(1, 1)], (5, 0), copy=False)", GOLDEN_RESHAPE, 2, {0, 3}, {{0, 1}, {1, 1}, {5,
     0}}, 2, 0, 2, {5, 0}, NULL},
    {"np.reshape(x.transpose(0, 1)[::(1, 1)], (-1,), copy=False)", GOLDEN_RESHAPE, 2, {0, 3}, {{0, 1}, {1, 1}, {-1}},
     1, 0, 1, {0}, NULL},
    {"np.reshape(x.transpose(0, 1)[::(1, 1)], (0, -1), copy=False)", GOLDEN_RESHAPE, 2, {0, 3}, {{0, 1}, {1, 1}, {0,
     -1}}, 2, 0, -1, {0}, NULL},
    {"np.reshape(x.transpose(0,)[::(2,)], (2, 3), copy=False)", GOLDEN_RESHAPE, 1, {12}, {{0}, {2}, {2, 3}}, 2, 0, 2,
     {2, 3}, (const int[]){-5, 3, -2, 4, -1, -4}},
    {"np.reshape(x.transpose(0, 1)[::(1, 2)], (12,), copy=False)", GOLDEN_RESHAPE, 2, {4, 6}, {{0, 1}, {1, 2}, {12}},
     1, 0, 1, {12}, (const int[]){-5, 3, -2, 4, -1, -4, 2, -3, 5, 0, -5, 1}},
    {"np.reshape(x.transpose(0, 1)[::(1, 2)], (2, 2, 3), copy=False)", GOLDEN_RESHAPE, 2, {4, 6}, {{0, 1}, {1, 2}, {2,
     2, 3}}, 3, 0, 3, {2, 2, 3}, (const int[]){-5, 3, -2, 4, -1, -4, 2, -3, 5, 0, -5, 1}},
    {"np.reshape(x.transpose(0, 1)[::(2, 1)], (12,), copy=False)", GOLDEN_RESHAPE, 2, {4, 6}, {{0, 1}, {2, 1}, {12}},
     1, 0, -1, {0}, NULL},
    {"np.reshape(x.transpose(0, 1)[::(2, 1)], (2, 3, 2), copy=False)", GOLDEN_RESHAPE, 2, {4, 6}, {{0, 1}, {2, 1}, {2,
     3, 2}}, 3, 0, 3, {2, 3, 2}, (const int[]){-5, -1, 3, 5, -2, 2, 2, -5, -3, 1, 5, -4}},
    {"np.reshape(x.transpose(0, 1)[::(1, 2)], (4, 3, 1), copy=False)", GOLDEN_RESHAPE, 2, {4, 6}, {{0, 1}, {1, 2}, {4,
     3, 1}}, 3, 0, 3, {4, 3, 1}, (const int[]){-5, 3, -2, 4, -1, -4, 2, -3, 5, 0, -5, 1}},
    {"np.reshape(x.transpose(1, 0, 2)[::(1, 1, 1)], (3, 8), copy=False)", GOLDEN_RESHAPE, 3, {2, 3, 4}, {{1, 0, 2},
     {1, 1, 1}, {3, 8}}, 2, 0, -1, {0}, NULL},
    {"np.reshape(x.transpose(0, 2, 1)[::(1, 1, 1)], (2, 12), copy=False)", GOLDEN_RESHAPE, 3, {2, 3, 4}, {{0, 2, 1},
     {1, 1, 1}, {2, 12}}, 2, 0, -1, {0}, NULL},
    {"np.reshape(x.transpose(2, 0, 1)[::(1, 1, 1)], (4, 6), copy=False)", GOLDEN_RESHAPE, 3, {2, 3, 4}, {{2, 0, 1},
     {1, 1, 1}, {4, 6}}, 2, 0, 2, {4, 6}, (const int[]){-5, -2, -1, 2, 5, -5, -1, 2, 3, -5, -4, -1, 3, 4, -4, -3, 0,
     1, 5, -3, -2, 1, 2, 5}},
    {"np.reshape(x.transpose(2, 0, 1)[::(1, 1, 1)], (2, 2, 6), copy=False)", GOLDEN_RESHAPE, 3, {2, 3, 4}, {{2, 0, 1},
     {1, 1, 1}, {2, 2, 6}}, 3, 0, 3, {2, 2, 6}, (const int[]){-5, -2, -1, 2, 5, -5, -1, 2, 3, -5, -4, -1, 3, 4, -4,
     -3, 0, 1, 5, -3, -2, 1, 2, 5}},
    {"np.reshape(x.transpose(2, 0, 1)[::(1, 1, 1)], (2, 2, 3, 2), copy=False)", GOLDEN_RESHAPE, 3, {2, 3, 4}, {{2, 0,
     1}, {1, 1, 1}, {2, 2, 3, 2}}, 4, 0, 4, {2, 2, 3, 2}, (const int[]){-5, -2, -1, 2, 5, -5, -1, 2, 3, -5, -4, -1, 3,
     4, -4, -3, 0, 1, 5, -3, -2, 1, 2, 5}},
    {"np.reshape(x.transpose(0, 1)[::(1, 1)], (2, -1, 4), copy=False)", GOLDEN_RESHAPE, 2, {4, 4}, {{0, 1}, {1, 1},
     {2, -1, 4}}, 3, 0, 3, {2, 2, 4}, (const int[]){-5, -1, 3, 5, -2, 2, 4, -3, -1, 3, -4, -2, 2, -5, -3, 1}},
    {"np.expand_dims(x, 0)", GOLDEN_EXPAND_DIMS, 0, {0}, {{0}, {0}, {0}}, 0, 0, 1, {1}, (const int[]){-5}},
    {"np.expand_dims(x, 0)", GOLDEN_EXPAND_DIMS, 1, {3}, {{0}, {0}, {0}}, 0, 0, 2, {1, 3}, (const int[]){-5, -1, 3}},
    {"np.expand_dims(x, 1)", GOLDEN_EXPAND_DIMS, 1, {3}, {{0}, {0}, {0}}, 1, 0, 2, {3, 1}, (const int[]){-5, -1, 3}},
    {"np.expand_dims(x, -1)", GOLDEN_EXPAND_DIMS, 1, {3}, {{0}, {0}, {0}}, -1, 0, 2, {3, 1}, (const int[]){-5, -1,
     3}},
    {"np.expand_dims(x, -2)", GOLDEN_EXPAND_DIMS, 1, {3}, {{0}, {0}, {0}}, -2, 0, 2, {1, 3}, (const int[]){-5, -1,
     3}},
    {"np.expand_dims(x, 1)", GOLDEN_EXPAND_DIMS, 2, {2, 3}, {{0}, {0}, {0}}, 1, 0, 3, {2, 1, 3}, (const int[]){-5, -1,
     3, 5, -2, 2}},
    {"np.expand_dims(x, -2)", GOLDEN_EXPAND_DIMS, 2, {2, 3}, {{0}, {0}, {0}}, -2, 0, 3, {2, 1, 3}, (const int[]){-5,
     -1, 3, 5, -2, 2}},
    {"np.expand_dims(x, 2)", GOLDEN_EXPAND_DIMS, 2, {0, 2}, {{0}, {0}, {0}}, 2, 0, 3, {0, 2, 1}, NULL},
    {"np.squeeze(x, None)", GOLDEN_SQUEEZE, 3, {1, 3, 1}, {{0}, {0}, {0}}, -1, 0, 1, {3}, (const int[]){-5, -1, 3}},
    {"np.squeeze(x, (0,))", GOLDEN_SQUEEZE, 3, {1, 3, 1}, {{0}, {0}, {0}}, 1, 0, 2, {3, 1}, (const int[]){-5, -1, 3}},
    {"np.squeeze(x, (-1,))", GOLDEN_SQUEEZE, 3, {1, 3, 1}, {{-1}, {0}, {0}}, 1, 0, 2, {1, 3}, (const int[]){-5, -1,
     3}},
    {"np.squeeze(x, (0, 2))", GOLDEN_SQUEEZE, 3, {1, 3, 1}, {{0, 2}, {0}, {0}}, 2, 0, 1, {3}, (const int[]){-5, -1,
     3}},
    {"np.squeeze(x, (1,))", GOLDEN_SQUEEZE, 3, {1, 3, 1}, {{1}, {0}, {0}}, 1, 0, -1, {0}, NULL},
    {"np.squeeze(x, None)", GOLDEN_SQUEEZE, 0, {0}, {{0}, {0}, {0}}, -1, 0, 0, {0}, (const int[]){-5}},
    {"np.squeeze(x, None)", GOLDEN_SQUEEZE, 2, {1, 1}, {{0}, {0}, {0}}, -1, 0, 0, {0}, (const int[]){-5}},
    {"np.squeeze(x, None)", GOLDEN_SQUEEZE, 2, {1, 0}, {{0}, {0}, {0}}, -1, 0, 1, {0}, NULL},
    {"np.squeeze(x, ())", GOLDEN_SQUEEZE, 3, {2, 1, 3}, {{0}, {0}, {0}}, 0, 0, 3, {2, 1, 3}, (const int[]){-5, -1, 3,
     5, -2, 2}},
    {"np.broadcast_to(x, (2, 3))", GOLDEN_BROADCAST_TO, 0, {0}, {{2, 3}, {0}, {0}}, 2, 0, 2, {2, 3}, (const int[]){-5,
     -5, -5, -5, -5, -5}},
    {"np.broadcast_to(x, (2, 3))", GOLDEN_BROADCAST_TO, 1, {3}, {{2, 3}, {0}, {0}}, 2, 0, 2, {2, 3}, (const int[]){-5,
     -1, 3, -5, -1, 3}},
    {"np.broadcast_to(x, (2, 3))", GOLDEN_BROADCAST_TO, 2, {2, 1}, {{2, 3}, {0}, {0}}, 2, 0, 2, {2, 3}, (const
     int[]){-5, -5, -5, -1, -1, -1}},
    {"np.broadcast_to(x, (4,))", GOLDEN_BROADCAST_TO, 1, {1}, {{4}, {0}, {0}}, 1, 0, 1, {4}, (const int[]){-5, -5, -5,
     -5}},
    {"np.broadcast_to(x, (4,))", GOLDEN_BROADCAST_TO, 1, {3}, {{4}, {0}, {0}}, 1, 0, -1, {0}, NULL},
    {"np.broadcast_to(x, (3,))", GOLDEN_BROADCAST_TO, 2, {2, 3}, {{3}, {0}, {0}}, 1, 0, -1, {0}, NULL},
    {"np.broadcast_to(x, (2, 3))", GOLDEN_BROADCAST_TO, 2, {2, 3}, {{2, 3}, {0}, {0}}, 2, 0, 2, {2, 3}, (const
     int[]){-5, -1, 3, 5, -2, 2}},
    {"np.broadcast_to(x, (2, 2, 3, 2))", GOLDEN_BROADCAST_TO, 3, {1, 3, 1}, {{2, 2, 3, 2}, {0}, {0}}, 4, 0, 4, {2, 2,
     3, 2}, (const int[]){-5, -5, -1, -1, 3, 3, -5, -5, -1, -1, 3, 3, -5, -5, -1, -1, 3, 3, -5, -5, -1, -1, 3, 3}},
    {"np.broadcast_to(x, (0,))", GOLDEN_BROADCAST_TO, 1, {1}, {{0}, {0}, {0}}, 1, 0, 1, {0}, NULL},
    {"np.broadcast_to(x, (0, 2))", GOLDEN_BROADCAST_TO, 2, {1, 2}, {{0, 2}, {0}, {0}}, 2, 0, 2, {0, 2}, NULL},
    {"np.broadcast_to(x, (1,))", GOLDEN_BROADCAST_TO, 1, {0}, {{1}, {0}, {0}}, 1, 0, -1, {0}, NULL},
    {"np.broadcast_to(x, (3, 1))", GOLDEN_BROADCAST_TO, 1, {3}, {{3, 1}, {0}, {0}}, 2, 0, -1, {0}, NULL},
    {"np.broadcast_to(x, ())", GOLDEN_BROADCAST_TO, 0, {0}, {{0}, {0}, {0}}, 0, 0, 0, {0}, (const int[]){-5}},
    {"np.split(x, 3, 0)", GOLDEN_SPLIT, 1, {6}, {{0}, {0}, {0}}, 3, 0, 1, {6}, (const int[]){-5, -1, 3, 5, -2, 2}},
    {"np.split(x, 4, 0)", GOLDEN_SPLIT, 1, {6}, {{0}, {0}, {0}}, 4, 0, -1, {0}, NULL},
    {"np.split(x, (1, 3, 2), 0)", GOLDEN_SPLIT, 1, {6}, {{0}, {1, 3, 2}, {0}}, 3, 1, 1, {6}, (const int[]){-5, -1, 3,
     5, -2, 2}},
    {"np.split(x, (6, 0), -1)", GOLDEN_SPLIT, 1, {6}, {{-1}, {6, 0}, {0}}, 2, 1, 1, {6}, (const int[]){-5, -1, 3, 5,
     -2, 2}},
    {"np.split(x, 2, 1)", GOLDEN_SPLIT, 2, {2, 4}, {{1}, {0}, {0}}, 2, 0, 1, {8}, (const int[]){-5, -1, -2, 2, 3, 5,
     4, -3}},
    {"np.split(x, (1, 1), 0)", GOLDEN_SPLIT, 2, {2, 4}, {{0}, {1, 1}, {0}}, 2, 1, 1, {8}, (const int[]){-5, -1, 3, 5,
     -2, 2, 4, -3}},
    {"np.split(x, (1, 2, 1), 1)", GOLDEN_SPLIT, 2, {2, 4}, {{1}, {1, 2, 1}, {0}}, 3, 1, 1, {8}, (const int[]){-5, -2,
     -1, 3, 2, 4, 5, -3}},
    {"np.split(x, 2, 0)", GOLDEN_SPLIT, 2, {0, 4}, {{0}, {0}, {0}}, 2, 0, 1, {0}, NULL},
    {"np.split(x, 4, -2)", GOLDEN_SPLIT, 3, {2, 4, 3}, {{-2}, {0}, {0}}, 4, 0, 1, {24}, (const int[]){-5, -1, 3, 2,
     -5, -3, 5, -2, 2, 1, 5, -4, 4, -3, -1, 0, 2, -5, 3, -4, -2, -1, 1, 5}},
};

static const golden_case golden_joins[] = {
    {"np.concatenate(x, 0)", GOLDEN_CONCAT, 1, {3}, {{0}, {3, 2}, {0}}, 2, 0, 1, {5}, (const int[]){-5, -1, 3, -5,
     0}},
    {"np.concatenate(x, 0)", GOLDEN_CONCAT, 2, {2, 3}, {{0}, {2, 1, 4}, {0}}, 3, 0, 2, {7, 3}, (const int[]){-5, -1,
     3, 5, -2, 2, -5, 0, 5, -5, 1, -4, 0, -5, -1, 5, 0, 4, -1, 5, -2}},
    {"np.concatenate(x, 1)", GOLDEN_CONCAT, 2, {2, 3}, {{1}, {3, 1}, {0}}, 2, 0, 2, {2, 4}, (const int[]){-5, -1, 3,
     -5, 5, -2, 2, 0}},
    {"np.concatenate(x, -1)", GOLDEN_CONCAT, 2, {2, 3}, {{-1}, {0, 2, 3}, {0}}, 3, 0, 2, {2, 5}, (const int[]){-5, 0,
     -5, 1, -4, 5, -3, 0, -5, -1}},
    {"np.concatenate(x, 1)", GOLDEN_CONCAT, 3, {2, 3, 4}, {{1}, {1, 2}, {0}}, 2, 0, 3, {2, 3, 4}, (const int[]){-5,
     -1, 3, 5, -5, 0, 5, -3, 2, -4, -1, 4, -2, 2, 4, -3, -4, 1, -5, -2, 3, -5, 0, 5}},
    {"np.concatenate(x, 0)", GOLDEN_CONCAT, 2, {2, 0}, {{0}, {1, 2}, {0}}, 2, 0, 2, {3, 0}, NULL},
    {"np.concatenate(x, -1)", GOLDEN_CONCAT, 1, {4}, {{-1}, {4}, {0}}, 1, 0, 1, {4}, (const int[]){-5, -1, 3, 5}},
    {"np.concatenate(x, 3)", GOLDEN_CONCAT, 4, {2, 3, 4, 5}, {{3}, {5, 3, 1}, {0}}, 3, 0, 4, {2, 3, 4, 9}, (const
     int[]){-5, -1, 3, 5, -2, -5, 0, 5, -5, 2, 4, -3, -1, 3, -3, 2, -4, 1, -4, -2, 2, -5, -3, -1, 4, -4, -4, 1, 5, -4,
     0, 2, 1, -5, -2, 0, -5, -1, 1, 5, -2, 3, -5, 0, -5, 0, 4, -5, -1, 3, 5, -3, 2, -1, 5, -2, 2, 4, -3, -4, -1, 4, 5,
     1, 3, -4, -2, 2, -4, 1, -5, 0, -5, -3, 1, 5, -4, -2, 3, -3, 4, 0, 4, -5, -1, 1, 0, 5, -3, -1, 5, -2, 0, 4, -3, 2,
     -4, -1, 5, -1, 3, -4, -2, 2, 4, -2, 1, -2, 4, -3, 1, 3, -4, -5, -2, 3, 4, 0, 2, -5, -3, 1, -3, 0, 5, -3, 5, -4,
     0, 4, -5, -1, 2, -4, 3, -1, 3, 5, -2, 0, -1, 4, -2, -2, 4, -3, -1, 3, -4, 1, -5, 0, 2, -2, 2, -5, -3, 1, 3, -3,
     0, -3, 3, -4, 0, 2, -5, 5, -1, 2, 1, -1, 1, 5, -4, 0, -4, 1, 4, -4, 4, -5, -1, 3, 5, -2, 1, -5, 2, -2, 2, 4, -3,
     -1, 0, 3, -3, -5, 3, -4, -2, 2, -5, 2, 5, -1, 1, -3, 1, 5, -4, 0, 2, -4, 1, -4}},
    {"np.stack(x, 0)", GOLDEN_STACK, 0, {0}, {{0}, {0}, {0}}, 3, 0, 1, {3}, (const int[]){-5, -5, -5}},
    {"np.stack(x, 0)", GOLDEN_STACK, 1, {3}, {{0}, {0}, {0}}, 2, 0, 2, {2, 3}, (const int[]){-5, -1, 3, -5, 0, 5}},
    {"np.stack(x, 1)", GOLDEN_STACK, 1, {3}, {{1}, {0}, {0}}, 2, 0, 2, {3, 2}, (const int[]){-5, -5, -1, 0, 3, 5}},
    {"np.stack(x, -1)", GOLDEN_STACK, 1, {3}, {{-1}, {0}, {0}}, 4, 0, 2, {3, 4}, (const int[]){-5, -5, -5, -5, -1, 0,
     1, 2, 3, 5, -4, -2}},
    {"np.stack(x, 1)", GOLDEN_STACK, 2, {2, 3}, {{1}, {0}, {0}}, 2, 0, 3, {2, 2, 3}, (const int[]){-5, -1, 3, -5, 0,
     5, 5, -2, 2, -3, 2, -4}},
    {"np.stack(x, -3)", GOLDEN_STACK, 2, {2, 3}, {{-3}, {0}, {0}}, 1, 0, 3, {1, 2, 3}, (const int[]){-5, -1, 3, 5, -2,
     2}},
    {"np.stack(x, 0)", GOLDEN_STACK, 2, {2, 0}, {{0}, {0}, {0}}, 2, 0, 3, {2, 2, 0}, NULL},
    {"np.stack(x, -1)", GOLDEN_STACK, 2, {2, 3}, {{-1}, {0}, {0}}, 3, 0, 3, {2, 3, 3}, (const int[]){-5, -5, -5, -1,
     0, 1, 3, 5, -4, 5, -3, 0, -2, 2, -5, 2, -4, -1}},
    {"np.tile(x, ())", GOLDEN_TILE, 0, {0}, {{0}, {0}, {0}}, 0, 0, 0, {0}, (const int[]){-5}},
    {"np.tile(x, (2,))", GOLDEN_TILE, 1, {3}, {{2}, {0}, {0}}, 0, 0, 1, {6}, (const int[]){-5, -1, 3, -5, -1, 3}},
    {"np.tile(x, (1,))", GOLDEN_TILE, 1, {3}, {{1}, {0}, {0}}, 0, 0, 1, {3}, (const int[]){-5, -1, 3}},
    {"np.tile(x, (0,))", GOLDEN_TILE, 1, {3}, {{0}, {0}, {0}}, 0, 0, 1, {0}, NULL},
    {"np.tile(x, (2, 1))", GOLDEN_TILE, 2, {2, 3}, {{2, 1}, {0}, {0}}, 0, 0, 2, {4, 3}, (const int[]){-5, -1, 3, 5,
     -2, 2, -5, -1, 3, 5, -2, 2}},
    {"np.tile(x, (1, 3))", GOLDEN_TILE, 2, {2, 3}, {{1, 3}, {0}, {0}}, 0, 0, 2, {2, 9}, (const int[]){-5, -1, 3, -5,
     -1, 3, -5, -1, 3, 5, -2, 2, 5, -2, 2, 5, -2, 2}},
    {"np.tile(x, (2, 2))", GOLDEN_TILE, 2, {2, 3}, {{2, 2}, {0}, {0}}, 0, 0, 2, {4, 6}, (const int[]){-5, -1, 3, -5,
     -1, 3, 5, -2, 2, 5, -2, 2, -5, -1, 3, -5, -1, 3, 5, -2, 2, 5, -2, 2}},
    {"np.tile(x, (2, 1, 4))", GOLDEN_TILE, 3, {1, 3, 1}, {{2, 1, 4}, {0}, {0}}, 0, 0, 3, {2, 3, 4}, (const int[]){-5,
     -5, -5, -5, -1, -1, -1, -1, 3, 3, 3, 3, -5, -5, -5, -5, -1, -1, -1, -1, 3, 3, 3, 3}},
    {"np.tile(x, (3, 2))", GOLDEN_TILE, 2, {0, 2}, {{3, 2}, {0}, {0}}, 0, 0, 2, {0, 4}, NULL},
    {"np.tile(x, (1, 3, 2, 2))", GOLDEN_TILE, 4, {2, 1, 2, 3}, {{1, 3, 2, 2}, {0}, {0}}, 0, 0, 4, {2, 3, 4, 6}, (const
     int[]){-5, -1, 3, -5, -1, 3, 5, -2, 2, 5, -2, 2, -5, -1, 3, -5, -1, 3, 5, -2, 2, 5, -2, 2, -5, -1, 3, -5, -1, 3,
     5, -2, 2, 5, -2, 2, -5, -1, 3, -5, -1, 3, 5, -2, 2, 5, -2, 2, -5, -1, 3, -5, -1, 3, 5, -2, 2, 5, -2, 2, -5, -1,
     3, -5, -1, 3, 5, -2, 2, 5, -2, 2, 4, -3, -1, 4, -3, -1, 3, -4, -2, 3, -4, -2, 4, -3, -1, 4, -3, -1, 3, -4, -2, 3,
     -4, -2, 4, -3, -1, 4, -3, -1, 3, -4, -2, 3, -4, -2, 4, -3, -1, 4, -3, -1, 3, -4, -2, 3, -4, -2, 4, -3, -1, 4, -3,
     -1, 3, -4, -2, 3, -4, -2, 4, -3, -1, 4, -3, -1, 3, -4, -2, 3, -4, -2}},
};

static const golden_case golden_pads[] = {
    {"np.pad(x, [(2, 2)], 'constant')", GOLDEN_PAD, 1, {3}, {{2}, {2}, {0}}, 0, NHWC_PAD_CONSTANT, 1, {7}, (const
     int[]){7, 7, -5, -1, 3, 7, 7}},
    {"np.pad(x, [(2, 2)], 'reflect')", GOLDEN_PAD, 1, {3}, {{2}, {2}, {0}}, 0, NHWC_PAD_REFLECT, 1, {7}, (const
     int[]){3, -1, -5, -1, 3, -1, -5}},
    {"np.pad(x, [(2, 2)], 'symmetric')", GOLDEN_PAD, 1, {3}, {{2}, {2}, {0}}, 0, NHWC_PAD_SYMMETRIC, 1, {7}, (const
     int[]){-1, -5, -5, -1, 3, 3, -1}},
    {"np.pad(x, [(2, 2)], 'edge')", GOLDEN_PAD, 1, {3}, {{2}, {2}, {0}}, 0, NHWC_PAD_EDGE, 1, {7}, (const int[]){-5,
     -5, -5, -1, 3, 3, 3}},
    {"np.pad(x, [(0, 4)], 'constant')", GOLDEN_PAD, 1, {3}, {{0}, {4}, {0}}, 0, NHWC_PAD_CONSTANT, 1, {7}, (const
     int[]){-5, -1, 3, 7, 7, 7, 7}},
    {"np.pad(x, [(0, 4)], 'reflect')", GOLDEN_PAD, 1, {3}, {{0}, {4}, {0}}, 0, NHWC_PAD_REFLECT, 1, {7}, (const
     int[]){-5, -1, 3, -1, -5, -1, 3}},
    {"np.pad(x, [(0, 4)], 'symmetric')", GOLDEN_PAD, 1, {3}, {{0}, {4}, {0}}, 0, NHWC_PAD_SYMMETRIC, 1, {7}, (const
     int[]){-5, -1, 3, 3, -1, -5, -5}},
    {"np.pad(x, [(0, 4)], 'edge')", GOLDEN_PAD, 1, {3}, {{0}, {4}, {0}}, 0, NHWC_PAD_EDGE, 1, {7}, (const int[]){-5,
     -1, 3, 3, 3, 3, 3}},
    {"np.pad(x, [(7, 9)], 'constant')", GOLDEN_PAD, 1, {3}, {{7}, {9}, {0}}, 0, NHWC_PAD_CONSTANT, 1, {19}, (const
     int[]){7, 7, 7, 7, 7, 7, 7, -5, -1, 3, 7, 7, 7, 7, 7, 7, 7, 7, 7}},
    {"np.pad(x, [(7, 9)], 'reflect')", GOLDEN_PAD, 1, {3}, {{7}, {9}, {0}}, 0, NHWC_PAD_REFLECT, 1, {19}, (const
     int[]){-1, 3, -1, -5, -1, 3, -1, -5, -1, 3, -1, -5, -1, 3, -1, -5, -1, 3, -1}},
    {"np.pad(x, [(7, 9)], 'symmetric')", GOLDEN_PAD, 1, {3}, {{7}, {9}, {0}}, 0, NHWC_PAD_SYMMETRIC, 1, {19}, (const
     int[]){-5, -5, -1, 3, 3, -1, -5, -5, -1, 3, 3, -1, -5, -5, -1, 3, 3, -1, -5}},
    {"np.pad(x, [(7, 9)], 'edge')", GOLDEN_PAD, 1, {3}, {{7}, {9}, {0}}, 0, NHWC_PAD_EDGE, 1, {19}, (const int[]){-5,
     -5, -5, -5, -5, -5, -5, -5, -1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3}},
    {"np.pad(x, [(5, 5)], 'constant')", GOLDEN_PAD, 1, {2}, {{5}, {5}, {0}}, 0, NHWC_PAD_CONSTANT, 1, {12}, (const
     int[]){7, 7, 7, 7, 7, -5, -1, 7, 7, 7, 7, 7}},
    {"np.pad(x, [(5, 5)], 'reflect')", GOLDEN_PAD, 1, {2}, {{5}, {5}, {0}}, 0, NHWC_PAD_REFLECT, 1, {12}, (const
     int[]){-1, -5, -1, -5, -1, -5, -1, -5, -1, -5, -1, -5}},
    {"np.pad(x, [(5, 5)], 'symmetric')", GOLDEN_PAD, 1, {2}, {{5}, {5}, {0}}, 0, NHWC_PAD_SYMMETRIC, 1, {12}, (const
     int[]){-5, -5, -1, -1, -5, -5, -1, -1, -5, -5, -1, -1}},
    {"np.pad(x, [(5, 5)], 'edge')", GOLDEN_PAD, 1, {2}, {{5}, {5}, {0}}, 0, NHWC_PAD_EDGE, 1, {12}, (const int[]){-5,
     -5, -5, -5, -5, -5, -1, -1, -1, -1, -1, -1}},
    {"np.pad(x, [(3, 2)], 'constant')", GOLDEN_PAD, 1, {1}, {{3}, {2}, {0}}, 0, NHWC_PAD_CONSTANT, 1, {6}, (const
     int[]){7, 7, 7, -5, 7, 7}},
    {"np.pad(x, [(3, 2)], 'reflect')", GOLDEN_PAD, 1, {1}, {{3}, {2}, {0}}, 0, NHWC_PAD_REFLECT, 1, {6}, (const
     int[]){-5, -5, -5, -5, -5, -5}},
    {"np.pad(x, [(3, 2)], 'symmetric')", GOLDEN_PAD, 1, {1}, {{3}, {2}, {0}}, 0, NHWC_PAD_SYMMETRIC, 1, {6}, (const
     int[]){-5, -5, -5, -5, -5, -5}},
    {"np.pad(x, [(3, 2)], 'edge')", GOLDEN_PAD, 1, {1}, {{3}, {2}, {0}}, 0, NHWC_PAD_EDGE, 1, {6}, (const int[]){-5,
     -5, -5, -5, -5, -5}},
    {"np.pad(x, [(0, 0)], 'constant')", GOLDEN_PAD, 1, {5}, {{0}, {0}, {0}}, 0, NHWC_PAD_CONSTANT, 1, {5}, (const
     int[]){-5, -1, 3, 5, -2}},
    {"np.pad(x, [(0, 0)], 'reflect')", GOLDEN_PAD, 1, {5}, {{0}, {0}, {0}}, 0, NHWC_PAD_REFLECT, 1, {5}, (const
     int[]){-5, -1, 3, 5, -2}},
    {"np.pad(x, [(0, 0)], 'symmetric')", GOLDEN_PAD, 1, {5}, {{0}, {0}, {0}}, 0, NHWC_PAD_SYMMETRIC, 1, {5}, (const
     int[]){-5, -1, 3, 5, -2}},
    {"np.pad(x, [(0, 0)], 'edge')", GOLDEN_PAD, 1, {5}, {{0}, {0}, {0}}, 0, NHWC_PAD_EDGE, 1, {5}, (const int[]){-5,
     -1, 3, 5, -2}},
    {"np.pad(x, [(2, 1)], 'constant')", GOLDEN_PAD, 1, {0}, {{2}, {1}, {0}}, 0, NHWC_PAD_CONSTANT, 1, {3}, (const
     int[]){7, 7, 7}},
    {"np.pad(x, [(2, 1)], 'reflect')", GOLDEN_PAD, 1, {0}, {{2}, {1}, {0}}, 0, NHWC_PAD_REFLECT, -1, {0}, NULL},
    {"np.pad(x, [(2, 1)], 'symmetric')", GOLDEN_PAD, 1, {0}, {{2}, {1}, {0}}, 0, NHWC_PAD_SYMMETRIC, -1, {0}, NULL},
    {"np.pad(x, [(2, 1)], 'edge')", GOLDEN_PAD, 1, {0}, {{2}, {1}, {0}}, 0, NHWC_PAD_EDGE, -1, {0}, NULL},
    {"np.pad(x, [(0, 0), (1, 1)], 'constant')", GOLDEN_PAD, 2, {0, 2}, {{0, 1}, {0, 1}, {0}}, 0, NHWC_PAD_CONSTANT, 2,
     {0, 4}, NULL},
    {"np.pad(x, [(0, 0), (1, 1)], 'reflect')", GOLDEN_PAD, 2, {0, 2}, {{0, 1}, {0, 1}, {0}}, 0, NHWC_PAD_REFLECT, 2,
     {0, 4}, NULL},
    {"np.pad(x, [(0, 0), (1, 1)], 'symmetric')", GOLDEN_PAD, 2, {0, 2}, {{0, 1}, {0, 1}, {0}}, 0, NHWC_PAD_SYMMETRIC,
     2, {0, 4}, NULL},
    {"np.pad(x, [(0, 0), (1, 1)], 'edge')", GOLDEN_PAD, 2, {0, 2}, {{0, 1}, {0, 1}, {0}}, 0, NHWC_PAD_EDGE, 2, {0, 4},
     NULL},
    {"np.pad(x, [(1, 0), (1, 1)], 'constant')", GOLDEN_PAD, 2, {0, 2}, {{1, 1}, {0, 1}, {0}}, 0, NHWC_PAD_CONSTANT, 2,
     {1, 4}, (const int[]){7, 7, 7, 7}},
    {"np.pad(x, [(1, 0), (1, 1)], 'reflect')", GOLDEN_PAD, 2, {0, 2}, {{1, 1}, {0, 1}, {0}}, 0, NHWC_PAD_REFLECT, -1,
     {0}, NULL},
    {"np.pad(x, [(1, 0), (1, 1)], 'symmetric')", GOLDEN_PAD, 2, {0, 2}, {{1, 1}, {0, 1}, {0}}, 0, NHWC_PAD_SYMMETRIC,
     -1, {0}, NULL},
    {"np.pad(x, [(1, 0), (1, 1)], 'edge')", GOLDEN_PAD, 2, {0, 2}, {{1, 1}, {0, 1}, {0}}, 0, NHWC_PAD_EDGE, -1, {0},
     NULL},
    {"np.pad(x, [(1, 2), (2, 1)], 'constant')", GOLDEN_PAD, 2, {2, 3}, {{1, 2}, {2, 1}, {0}}, 0, NHWC_PAD_CONSTANT, 2,
     {5, 6}, (const int[]){7, 7, 7, 7, 7, 7, 7, 7, -5, -1, 3, 7, 7, 7, 5, -2, 2, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
     7}},
    {"np.pad(x, [(1, 2), (2, 1)], 'reflect')", GOLDEN_PAD, 2, {2, 3}, {{1, 2}, {2, 1}, {0}}, 0, NHWC_PAD_REFLECT, 2,
     {5, 6}, (const int[]){2, -2, 5, -2, 2, -2, 3, -1, -5, -1, 3, -1, 2, -2, 5, -2, 2, -2, 3, -1, -5, -1, 3, -1, 2,
     -2, 5, -2, 2, -2}},
    {"np.pad(x, [(1, 2), (2, 1)], 'symmetric')", GOLDEN_PAD, 2, {2, 3}, {{1, 2}, {2, 1}, {0}}, 0, NHWC_PAD_SYMMETRIC,
     2, {5, 6}, (const int[]){-1, -5, -5, -1, 3, 3, -1, -5, -5, -1, 3, 3, -2, 5, 5, -2, 2, 2, -2, 5, 5, -2, 2, 2, -1,
     -5, -5, -1, 3, 3}},
    {"np.pad(x, [(1, 2), (2, 1)], 'edge')", GOLDEN_PAD, 2, {2, 3}, {{1, 2}, {2, 1}, {0}}, 0, NHWC_PAD_EDGE, 2, {5, 6},
     (const int[]){-5, -5, -5, -1, 3, 3, -5, -5, -5, -1, 3, 3, 5, 5, 5, -2, 2, 2, 5, 5, 5, -2, 2, 2, 5, 5, 5, -2, 2,
     2}},
    {"np.pad(x, [(0, 3), (4, 0)], 'constant')", GOLDEN_PAD, 2, {2, 3}, {{0, 4}, {3, 0}, {0}}, 0, NHWC_PAD_CONSTANT, 2,
     {5, 7}, (const int[]){7, 7, 7, 7, -5, -1, 3, 7, 7, 7, 7, 5, -2, 2, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
     7, 7, 7, 7, 7, 7}},
    {"np.pad(x, [(0, 3), (4, 0)], 'reflect')", GOLDEN_PAD, 2, {2, 3}, {{0, 4}, {3, 0}, {0}}, 0, NHWC_PAD_REFLECT, 2,
     {5, 7}, (const int[]){-5, -1, 3, -1, -5, -1, 3, 5, -2, 2, -2, 5, -2, 2, -5, -1, 3, -1, -5, -1, 3, 5, -2, 2, -2,
     5, -2, 2, -5, -1, 3, -1, -5, -1, 3}},
    {"np.pad(x, [(0, 3), (4, 0)], 'symmetric')", GOLDEN_PAD, 2, {2, 3}, {{0, 4}, {3, 0}, {0}}, 0, NHWC_PAD_SYMMETRIC,
     2, {5, 7}, (const int[]){3, 3, -1, -5, -5, -1, 3, 2, 2, -2, 5, 5, -2, 2, 2, 2, -2, 5, 5, -2, 2, 3, 3, -1, -5, -5,
     -1, 3, 3, 3, -1, -5, -5, -1, 3}},
    {"np.pad(x, [(0, 3), (4, 0)], 'edge')", GOLDEN_PAD, 2, {2, 3}, {{0, 4}, {3, 0}, {0}}, 0, NHWC_PAD_EDGE, 2, {5, 7},
     (const int[]){-5, -5, -5, -5, -5, -1, 3, 5, 5, 5, 5, 5, -2, 2, 5, 5, 5, 5, 5, -2, 2, 5, 5, 5, 5, 5, -2, 2, 5, 5,
     5, 5, 5, -2, 2}},
    {"np.pad(x, [(0, 0), (1, 1), (2, 1), (0, 0)], 'constant')", GOLDEN_PAD, 4, {1, 2, 3, 2}, {{0, 1, 2, 0}, {0, 1, 1,
     0}, {0}}, 0, NHWC_PAD_CONSTANT, 4, {1, 4, 6, 2}, (const int[]){7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
     -5, -1, 3, 5, -2, 2, 7, 7, 7, 7, 7, 7, 4, -3, -1, 3, -4, -2, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}},
    {"np.pad(x, [(0, 0), (1, 1), (2, 1), (0, 0)], 'reflect')", GOLDEN_PAD, 4, {1, 2, 3, 2}, {{0, 1, 2, 0}, {0, 1, 1,
     0}, {0}}, 0, NHWC_PAD_REFLECT, 4, {1, 4, 6, 2}, (const int[]){-4, -2, -1, 3, 4, -3, -1, 3, -4, -2, -1, 3, -2, 2,
     3, 5, -5, -1, 3, 5, -2, 2, 3, 5, -4, -2, -1, 3, 4, -3, -1, 3, -4, -2, -1, 3, -2, 2, 3, 5, -5, -1, 3, 5, -2, 2, 3,
     5}},
    {"np.pad(x, [(0, 0), (1, 1), (2, 1), (0, 0)], 'symmetric')", GOLDEN_PAD, 4, {1, 2, 3, 2}, {{0, 1, 2, 0}, {0, 1, 1,
     0}, {0}}, 0, NHWC_PAD_SYMMETRIC, 4, {1, 4, 6, 2}, (const int[]){3, 5, -5, -1, -5, -1, 3, 5, -2, 2, -2, 2, 3, 5,
     -5, -1, -5, -1, 3, 5, -2, 2, -2, 2, -1, 3, 4, -3, 4, -3, -1, 3, -4, -2, -4, -2, -1, 3, 4, -3, 4, -3, -1, 3, -4,
     -2, -4, -2}},
    {"np.pad(x, [(0, 0), (1, 1), (2, 1), (0, 0)], 'edge')", GOLDEN_PAD, 4, {1, 2, 3, 2}, {{0, 1, 2, 0}, {0, 1, 1, 0},
     {0}}, 0, NHWC_PAD_EDGE, 4, {1, 4, 6, 2}, (const int[]){-5, -1, -5, -1, -5, -1, 3, 5, -2, 2, -2, 2, -5, -1, -5,
     -1, -5, -1, 3, 5, -2, 2, -2, 2, 4, -3, 4, -3, 4, -3, -1, 3, -4, -2, -4, -2, 4, -3, 4, -3, 4, -3, -1, 3, -4, -2,
     -4, -2}},
    {"np.pad(x, [(2, 1), (1, 5)], 'constant')", GOLDEN_PAD, 2, {1, 3}, {{2, 1}, {1, 5}, {0}}, 0, NHWC_PAD_CONSTANT, 2,
     {4, 9}, (const int[]){7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, -5, -1, 3, 7, 7, 7, 7, 7, 7, 7, 7,
     7, 7, 7, 7, 7, 7}},
    {"np.pad(x, [(2, 1), (1, 5)], 'reflect')", GOLDEN_PAD, 2, {1, 3}, {{2, 1}, {1, 5}, {0}}, 0, NHWC_PAD_REFLECT, 2,
     {4, 9}, (const int[]){-1, -5, -1, 3, -1, -5, -1, 3, -1, -1, -5, -1, 3, -1, -5, -1, 3, -1, -1, -5, -1, 3, -1, -5,
     -1, 3, -1, -1, -5, -1, 3, -1, -5, -1, 3, -1}},
    {"np.pad(x, [(2, 1), (1, 5)], 'symmetric')", GOLDEN_PAD, 2, {1, 3}, {{2, 1}, {1, 5}, {0}}, 0, NHWC_PAD_SYMMETRIC,
     2, {4, 9}, (const int[]){-5, -5, -1, 3, 3, -1, -5, -5, -1, -5, -5, -1, 3, 3, -1, -5, -5, -1, -5, -5, -1, 3, 3,
     -1, -5, -5, -1, -5, -5, -1, 3, 3, -1, -5, -5, -1}},
    {"np.pad(x, [(2, 1), (1, 5)], 'edge')", GOLDEN_PAD, 2, {1, 3}, {{2, 1}, {1, 5}, {0}}, 0, NHWC_PAD_EDGE, 2, {4, 9},
     (const int[]){-5, -5, -1, 3, 3, 3, 3, 3, 3, -5, -5, -1, 3, 3, 3, 3, 3, 3, -5, -5, -1, 3, 3, 3, 3, 3, 3, -5, -5,
     -1, 3, 3, 3, 3, 3, 3}},
    {"np.pad(x, [(1, 0), (0, 1), (3, 3)], 'constant')", GOLDEN_PAD, 3, {2, 2, 2}, {{1, 0, 3}, {0, 1, 3}, {0}}, 0,
     NHWC_PAD_CONSTANT, 3, {3, 3, 8}, (const int[]){7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
     7, 7, 7, 7, 7, -5, -1, 7, 7, 7, 7, 7, 7, 3, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, -2, 2, 7, 7, 7, 7, 7, 7,
     4, -3, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}},
    {"np.pad(x, [(1, 0), (0, 1), (3, 3)], 'reflect')", GOLDEN_PAD, 3, {2, 2, 2}, {{1, 0, 3}, {0, 1, 3}, {0}}, 0,
     NHWC_PAD_REFLECT, 3, {3, 3, 8}, (const int[]){2, -2, 2, -2, 2, -2, 2, -2, -3, 4, -3, 4, -3, 4, -3, 4, 2, -2, 2,
     -2, 2, -2, 2, -2, -1, -5, -1, -5, -1, -5, -1, -5, 5, 3, 5, 3, 5, 3, 5, 3, -1, -5, -1, -5, -1, -5, -1, -5, 2, -2,
     2, -2, 2, -2, 2, -2, -3, 4, -3, 4, -3, 4, -3, 4, 2, -2, 2, -2, 2, -2, 2, -2}},
    {"np.pad(x, [(1, 0), (0, 1), (3, 3)], 'symmetric')", GOLDEN_PAD, 3, {2, 2, 2}, {{1, 0, 3}, {0, 1, 3}, {0}}, 0,
     NHWC_PAD_SYMMETRIC, 3, {3, 3, 8}, (const int[]){-1, -1, -5, -5, -1, -1, -5, -5, 5, 5, 3, 3, 5, 5, 3, 3, 5, 5, 3,
     3, 5, 5, 3, 3, -1, -1, -5, -5, -1, -1, -5, -5, 5, 5, 3, 3, 5, 5, 3, 3, 5, 5, 3, 3, 5, 5, 3, 3, 2, 2, -2, -2, 2,
     2, -2, -2, -3, -3, 4, 4, -3, -3, 4, 4, -3, -3, 4, 4, -3, -3, 4, 4}},
    {"np.pad(x, [(1, 0), (0, 1), (3, 3)], 'edge')", GOLDEN_PAD, 3, {2, 2, 2}, {{1, 0, 3}, {0, 1, 3}, {0}}, 0,
     NHWC_PAD_EDGE, 3, {3, 3, 8}, (const int[]){-5, -5, -5, -5, -1, -1, -1, -1, 3, 3, 3, 3, 5, 5, 5, 5, 3, 3, 3, 3, 5,
     5, 5, 5, -5, -5, -5, -5, -1, -1, -1, -1, 3, 3, 3, 3, 5, 5, 5, 5, 3, 3, 3, 3, 5, 5, 5, 5, -2, -2, -2, -2, 2, 2, 2,
     2, 4, 4, 4, 4, -3, -3, -3, -3, 4, 4, 4, 4, -3, -3, -3, -3}},
    {"np.pad(x, [], 'constant')", GOLDEN_PAD, 0, {0}, {{0}, {0}, {0}}, 0, NHWC_PAD_CONSTANT, 0, {0}, (const
     int[]){-5}},
    {"np.pad(x, [], 'reflect')", GOLDEN_PAD, 0, {0}, {{0}, {0}, {0}}, 0, NHWC_PAD_REFLECT, 0, {0}, (const int[]){-5}},
    {"np.pad(x, [], 'symmetric')", GOLDEN_PAD, 0, {0}, {{0}, {0}, {0}}, 0, NHWC_PAD_SYMMETRIC, 0, {0}, (const
     int[]){-5}},
    {"np.pad(x, [], 'edge')", GOLDEN_PAD, 0, {0}, {{0}, {0}, {0}}, 0, NHWC_PAD_EDGE, 0, {0}, (const int[]){-5}},
};

static const golden_case golden_one_hots[] = {
    {"tf.one_hot(x, 3, axis=0)", GOLDEN_ONE_HOT, 0, {0}, {{0}, {0}, {0}}, 3, 0, 1, {3}, (const int[]){0, 0, 0}},
    {"tf.one_hot(x, 3, axis=0)", GOLDEN_ONE_HOT, 1, {4}, {{0}, {0}, {0}}, 3, 0, 2, {3, 4}, (const int[]){0, 0, 0, 0,
     0, 0, 0, 0, 0, 0, 0, 0}},
    {"tf.one_hot(x, 3, axis=-1)", GOLDEN_ONE_HOT, 1, {4}, {{-1}, {0}, {0}}, 3, 0, 2, {4, 3}, (const int[]){0, 0, 0, 0,
     0, 0, 0, 0, 0, 0, 0, 0}},
    {"tf.one_hot(x, 1, axis=1)", GOLDEN_ONE_HOT, 1, {4}, {{1}, {0}, {0}}, 1, 0, 2, {4, 1}, (const int[]){0, 0, 0, 0}},
    {"tf.one_hot(x, 4, axis=0)", GOLDEN_ONE_HOT, 2, {2, 3}, {{0}, {0}, {0}}, 4, 0, 3, {4, 2, 3}, (const int[]){0, 0,
     0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0}},
    {"tf.one_hot(x, 4, axis=1)", GOLDEN_ONE_HOT, 2, {2, 3}, {{1}, {0}, {0}}, 4, 0, 3, {2, 4, 3}, (const int[]){0, 0,
     0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0}},
    {"tf.one_hot(x, 4, axis=-1)", GOLDEN_ONE_HOT, 2, {2, 3}, {{-1}, {0}, {0}}, 4, 0, 3, {2, 3, 4}, (const int[]){0, 0,
     0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0}},
    {"tf.one_hot(x, 2, axis=0)", GOLDEN_ONE_HOT, 1, {0}, {{0}, {0}, {0}}, 2, 0, 2, {2, 0}, NULL},
    {"tf.one_hot(x, 0, axis=0)", GOLDEN_ONE_HOT, 1, {2}, {{0}, {0}, {0}}, 0, 0, 2, {0, 2}, NULL},
};

static const golden_arange golden_aranges[] = {
    {"np.arange(0, 5, 1, np.float32)", NHWC_FLOAT32, 0x0.0p+0, 0x1.0000000000000p+0, 5, (const double[]){0x0.0p+0,
     0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.8000000000000p+1, 0x1.0000000000000p+2}},
    {"np.arange(-1, 1, 0.25, np.float64)", NHWC_FLOAT64, -0x1.0000000000000p+0, 0x1.0000000000000p-2, 8, (const
     double[]){-0x1.0000000000000p+0, -0x1.8000000000000p-1, -0x1.0000000000000p-1, -0x1.0000000000000p-2, 0x0.0p+0,
     0x1.0000000000000p-2, 0x1.0000000000000p-1, 0x1.8000000000000p-1}},
    {"np.arange(3, -3, -1.5, np.float32)", NHWC_FLOAT32, 0x1.8000000000000p+1, -0x1.8000000000000p+0, 4, (const
     double[]){0x1.8000000000000p+1, 0x1.8000000000000p+0, 0x0.0p+0, -0x1.8000000000000p+0}},
    {"np.arange(5, -6, -3, np.int32)", NHWC_INT32, 0x1.4000000000000p+2, -0x1.8000000000000p+1, 4, (const
     double[]){0x1.4000000000000p+2, 0x1.0000000000000p+1, -0x1.0000000000000p+0, -0x1.0000000000000p+2}},
    {"np.arange(-1099511627776, 1099511627776, 549755813888, np.int64)", NHWC_INT64, -0x1.0000000000000p+40,
     0x1.0000000000000p+39, 4, (const double[]){-0x1.0000000000000p+40, -0x1.0000000000000p+39, 0x0.0p+0,
     0x1.0000000000000p+39}},
    {"np.arange(250, 256, 1, np.uint8)", NHWC_UINT8, 0x1.f400000000000p+7, 0x1.0000000000000p+0, 6, (const
     double[]){0x1.f400000000000p+7, 0x1.f600000000000p+7, 0x1.f800000000000p+7, 0x1.fa00000000000p+7,
     0x1.fc00000000000p+7, 0x1.fe00000000000p+7}},
    {"np.arange(0, 0, 1, np.float64)", NHWC_FLOAT64, 0x0.0p+0, 0x1.0000000000000p+0, 0, NULL},
    {"np.arange(7, 8, 1, np.int32)", NHWC_INT32, 0x1.c000000000000p+2, 0x1.0000000000000p+0, 1, (const
     double[]){0x1.c000000000000p+2}},
    {"(0 + np.arange(11) * 0.1).astype(np.float64)", NHWC_FLOAT64, 0x0.0p+0, 0x1.999999999999ap-4, 11, (const
     double[]){0x0.0p+0, 0x1.999999999999ap-4, 0x1.999999999999ap-3, 0x1.3333333333334p-2, 0x1.999999999999ap-2,
     0x1.0000000000000p-1, 0x1.3333333333334p-1, 0x1.6666666666667p-1, 0x1.999999999999ap-1, 0x1.ccccccccccccdp-1,
     0x1.0000000000000p+0}},
    {"(-1 + np.arange(7) * 0.3333333333333333).astype(np.float64)", NHWC_FLOAT64, -0x1.0000000000000p+0,
     0x1.5555555555555p-2, 7, (const double[]){-0x1.0000000000000p+0, -0x1.5555555555556p-1, -0x1.5555555555556p-2,
     0x0.0p+0, 0x1.5555555555554p-2, 0x1.5555555555554p-1, 0x1.0000000000000p+0}},
    {"(0.5 + np.arange(9) * 0.1).astype(np.float32)", NHWC_FLOAT32, 0x1.0000000000000p-1, 0x1.999999999999ap-4, 9,
     (const double[]){0x1.0000000000000p-1, 0x1.3333340000000p-1, 0x1.6666660000000p-1, 0x1.99999a0000000p-1,
     0x1.cccccc0000000p-1, 0x1.0000000000000p+0, 0x1.19999a0000000p+0, 0x1.3333340000000p+0, 0x1.4ccccc0000000p+0}},
};

static const golden_cast golden_casts[] = {
    {"x.astype(np.float32)", NHWC_FLOAT32, NHWC_FLOAT32, 14, (const double[]){0x0.0p+0, -0x0.0p+0,
     0x1.0000000000000p-1, -0x1.0000000000000p-1, 0x1.fffeb00000000p-1, -0x1.0000000000000p+0, 0x1.8000000000000p+0,
     -0x1.8000000000000p+0, 0x1.4000000000000p+1, 0x1.ff999a0000000p+6, 0x1.9080000000000p+7, 0x1.16c2000000000p-133,
     0x1.0000000000000p+25, -0x1.0000000000000p+31}, (const double[]){0x0.0p+0, -0x0.0p+0, 0x1.0000000000000p-1,
     -0x1.0000000000000p-1, 0x1.fffeb00000000p-1, -0x1.0000000000000p+0, 0x1.8000000000000p+0, -0x1.8000000000000p+0,
     0x1.4000000000000p+1, 0x1.ff999a0000000p+6, 0x1.9080000000000p+7, 0x1.16c2000000000p-133, 0x1.0000000000000p+25,
     -0x1.0000000000000p+31}},
    {"x.astype(np.float64)", NHWC_FLOAT32, NHWC_FLOAT64, 14, (const double[]){0x0.0p+0, -0x0.0p+0,
     0x1.0000000000000p-1, -0x1.0000000000000p-1, 0x1.fffeb00000000p-1, -0x1.0000000000000p+0, 0x1.8000000000000p+0,
     -0x1.8000000000000p+0, 0x1.4000000000000p+1, 0x1.ff999a0000000p+6, 0x1.9080000000000p+7, 0x1.16c2000000000p-133,
     0x1.0000000000000p+25, -0x1.0000000000000p+31}, (const double[]){0x0.0p+0, -0x0.0p+0, 0x1.0000000000000p-1,
     -0x1.0000000000000p-1, 0x1.fffeb00000000p-1, -0x1.0000000000000p+0, 0x1.8000000000000p+0, -0x1.8000000000000p+0,
     0x1.4000000000000p+1, 0x1.ff999a0000000p+6, 0x1.9080000000000p+7, 0x1.16c2000000000p-133, 0x1.0000000000000p+25,
     -0x1.0000000000000p+31}},
    {"x.astype(np.int32)", NHWC_FLOAT32, NHWC_INT32, 14, (const double[]){0x0.0p+0, -0x0.0p+0, 0x1.0000000000000p-1,
     -0x1.0000000000000p-1, 0x1.fffeb00000000p-1, -0x1.0000000000000p+0, 0x1.8000000000000p+0, -0x1.8000000000000p+0,
     0x1.4000000000000p+1, 0x1.ff999a0000000p+6, 0x1.9080000000000p+7, 0x1.16c2000000000p-133, 0x1.0000000000000p+25,
     -0x1.0000000000000p+31}, (const int64_t[]){0, 0, 0, 0, 0, -1, 1, -1, 2, 127, 200, 0, 33554432, -2147483648}},
    {"x.astype(np.int64)", NHWC_FLOAT32, NHWC_INT64, 14, (const double[]){0x0.0p+0, -0x0.0p+0, 0x1.0000000000000p-1,
     -0x1.0000000000000p-1, 0x1.fffeb00000000p-1, -0x1.0000000000000p+0, 0x1.8000000000000p+0, -0x1.8000000000000p+0,
     0x1.4000000000000p+1, 0x1.ff999a0000000p+6, 0x1.9080000000000p+7, 0x1.16c2000000000p-133, 0x1.0000000000000p+25,
     -0x1.0000000000000p+31}, (const int64_t[]){0, 0, 0, 0, 0, -1, 1, -1, 2, 127, 200, 0, 33554432, -2147483648}},
    {"x.astype(np.uint8)", NHWC_FLOAT32, NHWC_UINT8, 10, (const double[]){0x0.0p+0, -0x0.0p+0, 0x1.0000000000000p-1,
     -0x1.0000000000000p-1, 0x1.fffeb00000000p-1, 0x1.8000000000000p+0, 0x1.4000000000000p+1, 0x1.ff999a0000000p+6,
     0x1.9080000000000p+7, 0x1.16c2000000000p-133}, (const int64_t[]){0, 0, 0, 0, 0, 1, 2, 127, 200, 0}},
    {"x.astype(np.bool)", NHWC_FLOAT32, NHWC_BOOL, 14, (const double[]){0x0.0p+0, -0x0.0p+0, 0x1.0000000000000p-1,
     -0x1.0000000000000p-1, 0x1.fffeb00000000p-1, -0x1.0000000000000p+0, 0x1.8000000000000p+0, -0x1.8000000000000p+0,
     0x1.4000000000000p+1, 0x1.ff999a0000000p+6, 0x1.9080000000000p+7, 0x1.16c2000000000p-133, 0x1.0000000000000p+25,
     -0x1.0000000000000p+31}, (const int64_t[]){0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {"x.astype(np.float32)", NHWC_FLOAT64, NHWC_FLOAT32, 20, (const double[]){0x0.0p+0, -0x0.0p+0,
     0x1.0000000000000p-1, -0x1.0000000000000p-1, -0x1.0000000000000p+0, 0x1.e666666666666p+0, -0x1.e666666666666p+0,
     0x1.fdfae147ae148p+7, 0x1.0000010000000p+24, 0x0.012688b70e62bp-1022, 0x1.7e43c8800759cp+996,
     -0x1.7e43c8800759cp+996, 0x1.999999999999ap-4, 0x1.fffffffe00000p+30, -0x1.0000000100000p+31,
     0x1.0000000000000p+53, NAN, INFINITY, -INFINITY, 0x1.000002fffffffp+0}, (const double[]){0x0.0p+0, -0x0.0p+0,
     0x1.0000000000000p-1, -0x1.0000000000000p-1, -0x1.0000000000000p+0, 0x1.e666660000000p+0, -0x1.e666660000000p+0,
     0x1.fdfae20000000p+7, 0x1.0000000000000p+24, 0x0.0p+0, INFINITY, -INFINITY, 0x1.99999a0000000p-4,
     0x1.0000000000000p+31, -0x1.0000000000000p+31, 0x1.0000000000000p+53, NAN, INFINITY, -INFINITY,
     0x1.0000020000000p+0}},
    {"x.astype(np.float64)", NHWC_FLOAT64, NHWC_FLOAT64, 20, (const double[]){0x0.0p+0, -0x0.0p+0,
     0x1.0000000000000p-1, -0x1.0000000000000p-1, -0x1.0000000000000p+0, 0x1.e666666666666p+0, -0x1.e666666666666p+0,
     0x1.fdfae147ae148p+7, 0x1.0000010000000p+24, 0x0.012688b70e62bp-1022, 0x1.7e43c8800759cp+996,
     -0x1.7e43c8800759cp+996, 0x1.999999999999ap-4, 0x1.fffffffe00000p+30, -0x1.0000000100000p+31,
     0x1.0000000000000p+53, NAN, INFINITY, -INFINITY, 0x1.000002fffffffp+0}, (const double[]){0x0.0p+0, -0x0.0p+0,
     0x1.0000000000000p-1, -0x1.0000000000000p-1, -0x1.0000000000000p+0, 0x1.e666666666666p+0, -0x1.e666666666666p+0,
     0x1.fdfae147ae148p+7, 0x1.0000010000000p+24, 0x0.012688b70e62bp-1022, 0x1.7e43c8800759cp+996,
     -0x1.7e43c8800759cp+996, 0x1.999999999999ap-4, 0x1.fffffffe00000p+30, -0x1.0000000100000p+31,
     0x1.0000000000000p+53, NAN, INFINITY, -INFINITY, 0x1.000002fffffffp+0}},
    {"x.astype(np.int32)", NHWC_FLOAT64, NHWC_INT32, 14, (const double[]){0x0.0p+0, -0x0.0p+0, 0x1.0000000000000p-1,
     -0x1.0000000000000p-1, -0x1.0000000000000p+0, 0x1.e666666666666p+0, -0x1.e666666666666p+0, 0x1.fdfae147ae148p+7,
     0x1.0000010000000p+24, 0x0.012688b70e62bp-1022, 0x1.999999999999ap-4, 0x1.fffffffe00000p+30,
     -0x1.0000000100000p+31, 0x1.000002fffffffp+0}, (const int64_t[]){0, 0, 0, 0, -1, 1, -1, 254, 16777217, 0, 0,
     2147483647, -2147483648, 1}},
    {"x.astype(np.int64)", NHWC_FLOAT64, NHWC_INT64, 15, (const double[]){0x0.0p+0, -0x0.0p+0, 0x1.0000000000000p-1,
     -0x1.0000000000000p-1, -0x1.0000000000000p+0, 0x1.e666666666666p+0, -0x1.e666666666666p+0, 0x1.fdfae147ae148p+7,
     0x1.0000010000000p+24, 0x0.012688b70e62bp-1022, 0x1.999999999999ap-4, 0x1.fffffffe00000p+30,
     -0x1.0000000100000p+31, 0x1.0000000000000p+53, 0x1.000002fffffffp+0}, (const int64_t[]){0, 0, 0, 0, -1, 1, -1,
     254, 16777217, 0, 0, 2147483647, -2147483648, 9007199254740992, 1}},
    {"x.astype(np.uint8)", NHWC_FLOAT64, NHWC_UINT8, 9, (const double[]){0x0.0p+0, -0x0.0p+0, 0x1.0000000000000p-1,
     -0x1.0000000000000p-1, 0x1.e666666666666p+0, 0x1.fdfae147ae148p+7, 0x0.012688b70e62bp-1022, 0x1.999999999999ap-4,
     0x1.000002fffffffp+0}, (const int64_t[]){0, 0, 0, 0, 1, 254, 0, 0, 1}},
    {"x.astype(np.bool)", NHWC_FLOAT64, NHWC_BOOL, 20, (const double[]){0x0.0p+0, -0x0.0p+0, 0x1.0000000000000p-1,
     -0x1.0000000000000p-1, -0x1.0000000000000p+0, 0x1.e666666666666p+0, -0x1.e666666666666p+0, 0x1.fdfae147ae148p+7,
     0x1.0000010000000p+24, 0x0.012688b70e62bp-1022, 0x1.7e43c8800759cp+996, -0x1.7e43c8800759cp+996,
     0x1.999999999999ap-4, 0x1.fffffffe00000p+30, -0x1.0000000100000p+31, 0x1.0000000000000p+53, NAN, INFINITY,
     -INFINITY, 0x1.000002fffffffp+0}, (const int64_t[]){0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {"x.astype(np.float32)", NHWC_INT32, NHWC_FLOAT32, 11, (const int64_t[]){0, 1, -1, 255, 256, 257, -255,
     2147483647, -2147483648, 16777217, 123456789}, (const double[]){0x0.0p+0, 0x1.0000000000000p+0,
     -0x1.0000000000000p+0, 0x1.fe00000000000p+7, 0x1.0000000000000p+8, 0x1.0100000000000p+8, -0x1.fe00000000000p+7,
     0x1.0000000000000p+31, -0x1.0000000000000p+31, 0x1.0000000000000p+24, 0x1.d6f3460000000p+26}},
    {"x.astype(np.float64)", NHWC_INT32, NHWC_FLOAT64, 11, (const int64_t[]){0, 1, -1, 255, 256, 257, -255,
     2147483647, -2147483648, 16777217, 123456789}, (const double[]){0x0.0p+0, 0x1.0000000000000p+0,
     -0x1.0000000000000p+0, 0x1.fe00000000000p+7, 0x1.0000000000000p+8, 0x1.0100000000000p+8, -0x1.fe00000000000p+7,
     0x1.fffffffc00000p+30, -0x1.0000000000000p+31, 0x1.0000010000000p+24, 0x1.d6f3454000000p+26}},
    {"x.astype(np.int32)", NHWC_INT32, NHWC_INT32, 11, (const int64_t[]){0, 1, -1, 255, 256, 257, -255, 2147483647,
     -2147483648, 16777217, 123456789}, (const int64_t[]){0, 1, -1, 255, 256, 257, -255, 2147483647, -2147483648,
     16777217, 123456789}},
    {"x.astype(np.int64)", NHWC_INT32, NHWC_INT64, 11, (const int64_t[]){0, 1, -1, 255, 256, 257, -255, 2147483647,
     -2147483648, 16777217, 123456789}, (const int64_t[]){0, 1, -1, 255, 256, 257, -255, 2147483647, -2147483648,
     16777217, 123456789}},
    {"x.astype(np.uint8)", NHWC_INT32, NHWC_UINT8, 11, (const int64_t[]){0, 1, -1, 255, 256, 257, -255, 2147483647,
     -2147483648, 16777217, 123456789}, (const int64_t[]){0, 1, 255, 255, 0, 1, 1, 255, 0, 1, 21}},
    {"x.astype(np.bool)", NHWC_INT32, NHWC_BOOL, 11, (const int64_t[]){0, 1, -1, 255, 256, 257, -255, 2147483647,
     -2147483648, 16777217, 123456789}, (const int64_t[]){0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {"x.astype(np.float32)", NHWC_INT64, NHWC_FLOAT32, 14, (const int64_t[]){0, 1, -1, 255, 256, -257, 2147483648,
     4294967296, 4294967301, -2147483649, 9007199254740993, 9223372036854775807, INT64_MIN, 16777219}, (const
     double[]){0x0.0p+0, 0x1.0000000000000p+0, -0x1.0000000000000p+0, 0x1.fe00000000000p+7, 0x1.0000000000000p+8,
     -0x1.0100000000000p+8, 0x1.0000000000000p+31, 0x1.0000000000000p+32, 0x1.0000000000000p+32,
     -0x1.0000000000000p+31, 0x1.0000000000000p+53, 0x1.0000000000000p+63, -0x1.0000000000000p+63,
     0x1.0000040000000p+24}},
    {"x.astype(np.float64)", NHWC_INT64, NHWC_FLOAT64, 14, (const int64_t[]){0, 1, -1, 255, 256, -257, 2147483648,
     4294967296, 4294967301, -2147483649, 9007199254740993, 9223372036854775807, INT64_MIN, 16777219}, (const
     double[]){0x0.0p+0, 0x1.0000000000000p+0, -0x1.0000000000000p+0, 0x1.fe00000000000p+7, 0x1.0000000000000p+8,
     -0x1.0100000000000p+8, 0x1.0000000000000p+31, 0x1.0000000000000p+32, 0x1.0000000500000p+32,
     -0x1.0000000200000p+31, 0x1.0000000000000p+53, 0x1.0000000000000p+63, -0x1.0000000000000p+63,
     0x1.0000030000000p+24}},
    {"x.astype(np.int32)", NHWC_INT64, NHWC_INT32, 14, (const int64_t[]){0, 1, -1, 255, 256, -257, 2147483648,
     4294967296, 4294967301, -2147483649, 9007199254740993, 9223372036854775807, INT64_MIN, 16777219}, (const
     int64_t[]){0, 1, -1, 255, 256, -257, -2147483648, 0, 5, 2147483647, 1, -1, 0, 16777219}},
    {"x.astype(np.int64)", NHWC_INT64, NHWC_INT64, 14, (const int64_t[]){0, 1, -1, 255, 256, -257, 2147483648,
     4294967296, 4294967301, -2147483649, 9007199254740993, 9223372036854775807, INT64_MIN, 16777219}, (const
     int64_t[]){0, 1, -1, 255, 256, -257, 2147483648, 4294967296, 4294967301, -2147483649, 9007199254740993,
     9223372036854775807, INT64_MIN, 16777219}},
    {"x.astype(np.uint8)", NHWC_INT64, NHWC_UINT8, 14, (const int64_t[]){0, 1, -1, 255, 256, -257, 2147483648,
     4294967296, 4294967301, -2147483649, 9007199254740993, 9223372036854775807, INT64_MIN, 16777219}, (const
     int64_t[]){0, 1, 255, 255, 0, 255, 0, 0, 5, 255, 1, 255, 0, 3}},
    {"x.astype(np.bool)", NHWC_INT64, NHWC_BOOL, 14, (const int64_t[]){0, 1, -1, 255, 256, -257, 2147483648,
     4294967296, 4294967301, -2147483649, 9007199254740993, 9223372036854775807, INT64_MIN, 16777219}, (const
     int64_t[]){0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {"x.astype(np.float32)", NHWC_UINT8, NHWC_FLOAT32, 6, (const int64_t[]){0, 1, 2, 127, 128, 255}, (const
     double[]){0x0.0p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.fc00000000000p+6, 0x1.0000000000000p+7,
     0x1.fe00000000000p+7}},
    {"x.astype(np.float64)", NHWC_UINT8, NHWC_FLOAT64, 6, (const int64_t[]){0, 1, 2, 127, 128, 255}, (const
     double[]){0x0.0p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.fc00000000000p+6, 0x1.0000000000000p+7,
     0x1.fe00000000000p+7}},
    {"x.astype(np.int32)", NHWC_UINT8, NHWC_INT32, 6, (const int64_t[]){0, 1, 2, 127, 128, 255}, (const int64_t[]){0,
     1, 2, 127, 128, 255}},
    {"x.astype(np.int64)", NHWC_UINT8, NHWC_INT64, 6, (const int64_t[]){0, 1, 2, 127, 128, 255}, (const int64_t[]){0,
     1, 2, 127, 128, 255}},
    {"x.astype(np.uint8)", NHWC_UINT8, NHWC_UINT8, 6, (const int64_t[]){0, 1, 2, 127, 128, 255}, (const int64_t[]){0,
     1, 2, 127, 128, 255}},
    {"x.astype(np.bool)", NHWC_UINT8, NHWC_BOOL, 6, (const int64_t[]){0, 1, 2, 127, 128, 255}, (const int64_t[]){0, 1,
     1, 1, 1, 1}},
    {"x.astype(np.float32)", NHWC_BOOL, NHWC_FLOAT32, 2, (const int64_t[]){0, 1}, (const double[]){0x0.0p+0,
     0x1.0000000000000p+0}},
    {"x.astype(np.float64)", NHWC_BOOL, NHWC_FLOAT64, 2, (const int64_t[]){0, 1}, (const double[]){0x0.0p+0,
     0x1.0000000000000p+0}},
    {"x.astype(np.int32)", NHWC_BOOL, NHWC_INT32, 2, (const int64_t[]){0, 1}, (const int64_t[]){0, 1}},
    {"x.astype(np.int64)", NHWC_BOOL, NHWC_INT64, 2, (const int64_t[]){0, 1}, (const int64_t[]){0, 1}},
    {"x.astype(np.uint8)", NHWC_BOOL, NHWC_UINT8, 2, (const int64_t[]){0, 1}, (const int64_t[]){0, 1}},
    {"x.astype(np.bool)", NHWC_BOOL, NHWC_BOOL, 2, (const int64_t[]){0, 1}, (const int64_t[]){0, 1}},
};

static const golden_text golden_texts[] = {
    {"np.array2string(x)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.0000000000000p+0, 0x1.2000000000000p+1,
     0x1.c000000000000p+1}, NULL, {0},
     "[1.   2.25 3.5 ]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1}, (const double[]){0x0.0p+0}, NULL, {0},
     "[0.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){-0x0.0p+0, 0x0.0p+0}, NULL, {0},
     "[-0.  0.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.99999a0000000p-4, 0x1.99999a0000000p-3,
     0x1.3333340000000p-2}, NULL, {0},
     "[0.1 0.2 0.3]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.5555560000000p-2, 0x1.5555560000000p-1,
     0x1.0000000000000p+0}, NULL, {0},
     "[0.33333334 0.6666667  1.        ]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.4f8b580000000p-17, 0x1.0000000000000p+0}, NULL,
     {0},
     "[1.e-05 1.e+00]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.86a0000000000p+16, 0x1.edd2f20000000p+6}, NULL,
     {0},
     "[100000.       123.456]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.e848000000000p+19, 0x1.0000000000000p+0}, NULL,
     {0},
     "[1.e+06 1.e+00]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.e847e00000000p+19, 0x1.f400000000000p+9}, NULL,
     {0},
     "[999999.   1000.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.7d78400000000p+26, 0x1.4000000000000p+2}, NULL,
     {0},
     "[1.e+08 5.e+00]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.7d78400000000p+26, 0x1.e848000000000p+19}, NULL,
     {0},
     "[1.e+08 1.e+06]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.bf08ec0000000p+33, -0x1.eec7be0000000p-33},
     NULL, {0},
     "[ 1.50e+10 -2.25e-10]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){NAN, 0x1.8000000000000p+0}, NULL, {0},
     "[nan 1.5]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {3}, (const double[]){NAN, INFINITY, -INFINITY}, NULL, {0},
     "[ nan  inf -inf]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){INFINITY, 0x1.0000000000000p+0}, NULL, {0},
     "[inf  1.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){-INFINITY, 0x1.0000000000000p+0}, NULL, {0},
     "[-inf   1.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1}, (const double[]){NAN}, NULL, {0},
     "[nan]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1}, (const double[]){-INFINITY}, NULL, {0},
     "[-inf]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){INFINITY, 0x1.79ca100000000p-67}, NULL, {0},
     "[   inf 1.e-20]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.0000000000000p+0, 0x1.f400000000000p+9}, NULL,
     {0},
     "[   1. 1000.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.0000000000000p+0, 0x1.f480000000000p+9}, NULL,
     {0},
     "[1.000e+00 1.001e+03]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.a36e2e0000000p-14, 0x1.99999a0000000p-4}, NULL,
     {0},
     "[1.e-04 1.e-01]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.9f3c700000000p-14, 0x1.99999a0000000p-4}, NULL,
     {0},
     "[9.9e-05 1.0e-01]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.4484c00000000p-100, 0x1.93e5940000000p+99},
     NULL, {0},
     "[1.e-30 1.e+30]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x0.0p+0, 0x1.0000000000000p+0}, NULL, {0},
     "[0. 1.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1}, (const double[]){INFINITY}, NULL, {0},
     "[inf]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1}, (const double[]){0x1.fffffe0000000p+127}, NULL, {0},
     "[3.4028235e+38]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.0000000000000p+24, 0x1.0000000000000p+0}, NULL,
     {0},
     "[1.6777216e+07 1.0000000e+00]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.0000000000000p-1, 0x1.9080000000000p+6}, NULL,
     {0},
     "[  0.5   100.125]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){-0x1.0000000000000p+0, 0x1.0000000000000p+0}, NULL,
     {0},
     "[-1.  1.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {3}, (const double[]){-0x1.8000000000000p+0, 0x1.6400000000000p+4,
     0x1.4d20000000000p+8}, NULL, {0},
     "[ -1.5    22.25  333.125]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1}, (const double[]){0x1.02e85c0000000p-13}, NULL, {0},
     "[0.00012346]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1}, (const double[]){0x1.e240ca0000000p+16}, NULL, {0},
     "[123456.79]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1}, (const double[]){0x1.0000000000000p-44}, NULL, {0},
     "[5.684342e-14]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1}, (const double[]){0x1.0000000000000p+53}, NULL, {0},
     "[9.007199e+15]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1}, (const double[]){0x1.3333340000000p-2}, NULL, {0},
     "[0.3]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){0x1.9000000000000p+6, 0x1.0624de0000000p-10}, NULL,
     {0},
     "[1.e+02 1.e-03]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {2}, (const double[]){INFINITY, 0x0.0p+0}, NULL, {0},
     "[inf  0.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {3}, (const double[]){NAN, 0x1.2a05f20000000p+33, -0x1.4000000000000p+2},
     NULL, {0},
     "[    nan  1.e+10 -5.e+00]"},
    {"np.array2string(x)", NHWC_FLOAT32, 0, {0}, (const double[]){0x1.9200000000000p+1}, NULL, {0},
     "3.140625"},
    {"np.array2string(x)", NHWC_FLOAT32, 0, {0}, (const double[]){-0x1.5af1d80000000p+66}, NULL, {0},
     "-1.e+20"},
    {"np.array2string(x)", NHWC_FLOAT32, 0, {0}, (const double[]){NAN}, NULL, {0},
     "nan"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 2}, (const double[]){0x1.0000000000000p+0, 0x1.2000000000000p+1,
     -0x1.c000000000000p+1, 0x1.0000000000000p+2}, NULL, {0},
     "[[ 1.    2.25]\n"
     " [-3.5   4.  ]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 3, {2, 2, 1}, (const double[]){0x1.0000000000000p+0, 0x1.2000000000000p+1,
     -0x1.c000000000000p+1, 0x1.0000000000000p+2}, NULL, {0},
     "[[[ 1.  ]\n"
     "  [ 2.25]]\n"
     "\n"
     " [[-3.5 ]\n"
     "  [ 4.  ]]]"},
    {"np.array2string(x, precision=0)", NHWC_FLOAT32, 1, {5}, (const double[]){0x1.5555560000000p-2,
     0x1.4000000000000p+1, 0x1.c000000000000p+1, 0x1.0000000000000p-3, 0x1.9000000000000p+6}, NULL, {.precision = -1},
     "[  0.   2.   4.   0. 100.]"},
    {"np.array2string(x, precision=0)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.2533fe0000000p-35,
     0x1.4000000000000p+1, 0x1.2c00000000000p+7}, NULL, {.precision = -1},
     "[3.e-11 2.e+00 2.e+02]"},
    {"np.array2string(x, precision=1)", NHWC_FLOAT32, 1, {5}, (const double[]){0x1.5555560000000p-2,
     0x1.4000000000000p+1, 0x1.c000000000000p+1, 0x1.0000000000000p-3, 0x1.9000000000000p+6}, NULL, {.precision = 1},
     "[  0.3   2.5   3.5   0.1 100. ]"},
    {"np.array2string(x, precision=1)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.2533fe0000000p-35,
     0x1.4000000000000p+1, 0x1.2c00000000000p+7}, NULL, {.precision = 1},
     "[3.3e-11 2.5e+00 1.5e+02]"},
    {"np.array2string(x, precision=3)", NHWC_FLOAT32, 1, {5}, (const double[]){0x1.5555560000000p-2,
     0x1.4000000000000p+1, 0x1.c000000000000p+1, 0x1.0000000000000p-3, 0x1.9000000000000p+6}, NULL, {.precision = 3},
     "[  0.333   2.5     3.5     0.125 100.   ]"},
    {"np.array2string(x, precision=3)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.2533fe0000000p-35,
     0x1.4000000000000p+1, 0x1.2c00000000000p+7}, NULL, {.precision = 3},
     "[3.333e-11 2.500e+00 1.500e+02]"},
    {"np.array2string(x, precision=12)", NHWC_FLOAT32, 1, {5}, (const double[]){0x1.5555560000000p-2,
     0x1.4000000000000p+1, 0x1.c000000000000p+1, 0x1.0000000000000p-3, 0x1.9000000000000p+6}, NULL, {.precision = 12},
     "[  0.33333334   2.5          3.5          0.125      100.        ]"},
    {"np.array2string(x, precision=12)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.2533fe0000000p-35,
     0x1.4000000000000p+1, 0x1.2c00000000000p+7}, NULL, {.precision = 12},
     "[3.3333333e-11 2.5000000e+00 1.5000000e+02]"},
    {"np.array2string(x, precision=20)", NHWC_FLOAT32, 1, {5}, (const double[]){0x1.5555560000000p-2,
     0x1.4000000000000p+1, 0x1.c000000000000p+1, 0x1.0000000000000p-3, 0x1.9000000000000p+6}, NULL, {.precision = 20},
     "[  0.33333334   2.5          3.5          0.125      100.        ]"},
    {"np.array2string(x, precision=20)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.2533fe0000000p-35,
     0x1.4000000000000p+1, 0x1.2c00000000000p+7}, NULL, {.precision = 20},
     "[3.3333333e-11 2.5000000e+00 1.5000000e+02]"},
    {"np.array2string(x, suppress_small=False)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.b7cdfe0000000p-34,
     0x1.8000000000000p+0, 0x1.f410000000000p+10}, NULL, {.suppress_small = 0},
     "[1.00000e-10 1.50000e+00 2.00025e+03]"},
    {"np.array2string(x, suppress_small=False)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.b7cdfe0000000p-34,
     0x1.8000000000000p+0, 0x1.dcd6500000000p+30}, NULL, {.suppress_small = 0},
     "[1.0e-10 1.5e+00 2.0e+09]"},
    {"np.array2string(x, suppress_small=True)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.b7cdfe0000000p-34,
     0x1.8000000000000p+0, 0x1.f410000000000p+10}, NULL, {.suppress_small = 1},
     "[   0.      1.5  2000.25]"},
    {"np.array2string(x, suppress_small=True)", NHWC_FLOAT32, 1, {3}, (const double[]){0x1.b7cdfe0000000p-34,
     0x1.8000000000000p+0, 0x1.dcd6500000000p+30}, NULL, {.suppress_small = 1},
     "[1.0e-10 1.5e+00 2.0e+09]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {1001}, NULL, NULL, {0},
     "[   0.    1.    2. ...  998.  999. 1000.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {100}, NULL, NULL, {0},
     "[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.\n"
     " 18. 19. 20. 21. 22. 23. 24. 25. 26. 27. 28. 29. 30. 31. 32. 33. 34. 35.\n"
     " 36. 37. 38. 39. 40. 41. 42. 43. 44. 45. 46. 47. 48. 49. 50. 51. 52. 53.\n"
     " 54. 55. 56. 57. 58. 59. 60. 61. 62. 63. 64. 65. 66. 67. 68. 69. 70. 71.\n"
     " 72. 73. 74. 75. 76. 77. 78. 79. 80. 81. 82. 83. 84. 85. 86. 87. 88. 89.\n"
     " 90. 91. 92. 93. 94. 95. 96. 97. 98. 99.]"},
    {"np.array2string(x)", NHWC_FLOAT32, 4, {2, 3, 4, 5}, NULL, NULL, {0},
     "[[[[  0.   1.   2.   3.   4.]\n"
     "   [  5.   6.   7.   8.   9.]\n"
     "   [ 10.  11.  12.  13.  14.]\n"
     "   [ 15.  16.  17.  18.  19.]]\n"
     "\n"
     "  [[ 20.  21.  22.  23.  24.]\n"
     "   [ 25.  26.  27.  28.  29.]\n"
     "   [ 30.  31.  32.  33.  34.]\n"
     "   [ 35.  36.  37.  38.  39.]]\n"
     "\n"
     "  [[ 40.  41.  42.  43.  44.]\n"
     "   [ 45.  46.  47.  48.  49.]\n"
     "   [ 50.  51.  52.  53.  54.]\n"
     "   [ 55.  56.  57.  58.  59.]]]\n"
     "\n"
     "\n"
     " [[[ 60.  61.  62.  63.  64.]\n"
     "   [ 65.  66.  67.  68.  69.]\n"
     "   [ 70.  71.  72.  73.  74.]\n"
     "   [ 75.  76.  77.  78.  79.]]\n"
     "\n"
     "  [[ 80.  81.  82.  83.  84.]\n"
     "   [ 85.  86.  87.  88.  89.]\n"
     "   [ 90.  91.  92.  93.  94.]\n"
     "   [ 95.  96.  97.  98.  99.]]\n"
     "\n"
     "  [[100. 101. 102. 103. 104.]\n"
     "   [105. 106. 107. 108. 109.]\n"
     "   [110. 111. 112. 113. 114.]\n"
     "   [115. 116. 117. 118. 119.]]]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 3, {10, 11, 12}, NULL, NULL, {0},
     "[[[0.000e+00 1.000e+00 2.000e+00 ... 9.000e+00 1.000e+01 1.100e+01]\n"
     "  [1.200e+01 1.300e+01 1.400e+01 ... 2.100e+01 2.200e+01 2.300e+01]\n"
     "  [2.400e+01 2.500e+01 2.600e+01 ... 3.300e+01 3.400e+01 3.500e+01]\n"
     "  ...\n"
     "  [9.600e+01 9.700e+01 9.800e+01 ... 1.050e+02 1.060e+02 1.070e+02]\n"
     "  [1.080e+02 1.090e+02 1.100e+02 ... 1.170e+02 1.180e+02 1.190e+02]\n"
     "  [1.200e+02 1.210e+02 1.220e+02 ... 1.290e+02 1.300e+02 1.310e+02]]\n"
     "\n"
     " [[1.320e+02 1.330e+02 1.340e+02 ... 1.410e+02 1.420e+02 1.430e+02]\n"
     "  [1.440e+02 1.450e+02 1.460e+02 ... 1.530e+02 1.540e+02 1.550e+02]\n"
     "  [1.560e+02 1.570e+02 1.580e+02 ... 1.650e+02 1.660e+02 1.670e+02]\n"
     "  ...\n"
     "  [2.280e+02 2.290e+02 2.300e+02 ... 2.370e+02 2.380e+02 2.390e+02]\n"
     "  [2.400e+02 2.410e+02 2.420e+02 ... 2.490e+02 2.500e+02 2.510e+02]\n"
     "  [2.520e+02 2.530e+02 2.540e+02 ... 2.610e+02 2.620e+02 2.630e+02]]\n"
     "\n"
     " [[2.640e+02 2.650e+02 2.660e+02 ... 2.730e+02 2.740e+02 2.750e+02]\n"
     "  [2.760e+02 2.770e+02 2.780e+02 ... 2.850e+02 2.860e+02 2.870e+02]\n"
     "  [2.880e+02 2.890e+02 2.900e+02 ... 2.970e+02 2.980e+02 2.990e+02]\n"
     "  ...\n"
     "  [3.600e+02 3.610e+02 3.620e+02 ... 3.690e+02 3.700e+02 3.710e+02]\n"
     "  [3.720e+02 3.730e+02 3.740e+02 ... 3.810e+02 3.820e+02 3.830e+02]\n"
     "  [3.840e+02 3.850e+02 3.860e+02 ... 3.930e+02 3.940e+02 3.950e+02]]\n"
     "\n"
     " ...\n"
     "\n"
     " [[9.240e+02 9.250e+02 9.260e+02 ... 9.330e+02 9.340e+02 9.350e+02]\n"
     "  [9.360e+02 9.370e+02 9.380e+02 ... 9.450e+02 9.460e+02 9.470e+02]\n"
     "  [9.480e+02 9.490e+02 9.500e+02 ... 9.570e+02 9.580e+02 9.590e+02]\n"
     "  ...\n"
     "  [1.020e+03 1.021e+03 1.022e+03 ... 1.029e+03 1.030e+03 1.031e+03]\n"
     "  [1.032e+03 1.033e+03 1.034e+03 ... 1.041e+03 1.042e+03 1.043e+03]\n"
     "  [1.044e+03 1.045e+03 1.046e+03 ... 1.053e+03 1.054e+03 1.055e+03]]\n"
     "\n"
     " [[1.056e+03 1.057e+03 1.058e+03 ... 1.065e+03 1.066e+03 1.067e+03]\n"
     "  [1.068e+03 1.069e+03 1.070e+03 ... 1.077e+03 1.078e+03 1.079e+03]\n"
     "  [1.080e+03 1.081e+03 1.082e+03 ... 1.089e+03 1.090e+03 1.091e+03]\n"
     "  ...\n"
     "  [1.152e+03 1.153e+03 1.154e+03 ... 1.161e+03 1.162e+03 1.163e+03]\n"
     "  [1.164e+03 1.165e+03 1.166e+03 ... 1.173e+03 1.174e+03 1.175e+03]\n"
     "  [1.176e+03 1.177e+03 1.178e+03 ... 1.185e+03 1.186e+03 1.187e+03]]\n"
     "\n"
     " [[1.188e+03 1.189e+03 1.190e+03 ... 1.197e+03 1.198e+03 1.199e+03]\n"
     "  [1.200e+03 1.201e+03 1.202e+03 ... 1.209e+03 1.210e+03 1.211e+03]\n"
     "  [1.212e+03 1.213e+03 1.214e+03 ... 1.221e+03 1.222e+03 1.223e+03]\n"
     "  ...\n"
     "  [1.284e+03 1.285e+03 1.286e+03 ... 1.293e+03 1.294e+03 1.295e+03]\n"
     "  [1.296e+03 1.297e+03 1.298e+03 ... 1.305e+03 1.306e+03 1.307e+03]\n"
     "  [1.308e+03 1.309e+03 1.310e+03 ... 1.317e+03 1.318e+03 1.319e+03]]]"},
    {"np.array2string(x, threshold=0, edgeitems=2)", NHWC_FLOAT32, 2, {8, 8}, NULL, NULL, {.threshold = -1,
     .edge_items = 2},
     "[[ 0.  1. ...  6.  7.]\n"
     " [ 8.  9. ... 14. 15.]\n"
     " ...\n"
     " [48. 49. ... 54. 55.]\n"
     " [56. 57. ... 62. 63.]]"},
    {"np.array2string(x, threshold=63)", NHWC_FLOAT32, 2, {8, 8}, NULL, NULL, {.threshold = 63},
     "[[ 0.  1.  2. ...  5.  6.  7.]\n"
     " [ 8.  9. 10. ... 13. 14. 15.]\n"
     " [16. 17. 18. ... 21. 22. 23.]\n"
     " ...\n"
     " [40. 41. 42. ... 45. 46. 47.]\n"
     " [48. 49. 50. ... 53. 54. 55.]\n"
     " [56. 57. 58. ... 61. 62. 63.]]"},
    {"np.array2string(x, threshold=64)", NHWC_FLOAT32, 2, {8, 8}, NULL, NULL, {.threshold = 64},
     "[[ 0.  1.  2.  3.  4.  5.  6.  7.]\n"
     " [ 8.  9. 10. 11. 12. 13. 14. 15.]\n"
     " [16. 17. 18. 19. 20. 21. 22. 23.]\n"
     " [24. 25. 26. 27. 28. 29. 30. 31.]\n"
     " [32. 33. 34. 35. 36. 37. 38. 39.]\n"
     " [40. 41. 42. 43. 44. 45. 46. 47.]\n"
     " [48. 49. 50. 51. 52. 53. 54. 55.]\n"
     " [56. 57. 58. 59. 60. 61. 62. 63.]]"},
    {"np.array2string(x, max_line_width=30)", NHWC_FLOAT32, 2, {3, 20}, NULL, NULL, {.line_width = 30},
     "[[ 0.  1.  2.  3.  4.  5.\n"
     "   6.  7.  8.  9. 10. 11.\n"
     "  12. 13. 14. 15. 16. 17.\n"
     "  18. 19.]\n"
     " [20. 21. 22. 23. 24. 25.\n"
     "  26. 27. 28. 29. 30. 31.\n"
     "  32. 33. 34. 35. 36. 37.\n"
     "  38. 39.]\n"
     " [40. 41. 42. 43. 44. 45.\n"
     "  46. 47. 48. 49. 50. 51.\n"
     "  52. 53. 54. 55. 56. 57.\n"
     "  58. 59.]]"},
    {"np.array2string(x, max_line_width=5)", NHWC_FLOAT32, 2, {3, 20}, NULL, NULL, {.line_width = 5},
     "[[ 0.\n"
     "   1.\n"
     "   2.\n"
     "   3.\n"
     "   4.\n"
     "   5.\n"
     "   6.\n"
     "   7.\n"
     "   8.\n"
     "   9.\n"
     "  10.\n"
     "  11.\n"
     "  12.\n"
     "  13.\n"
     "  14.\n"
     "  15.\n"
     "  16.\n"
     "  17.\n"
     "  18.\n"
     "  19.]\n"
     " [20.\n"
     "  21.\n"
     "  22.\n"
     "  23.\n"
     "  24.\n"
     "  25.\n"
     "  26.\n"
     "  27.\n"
     "  28.\n"
     "  29.\n"
     "  30.\n"
     "  31.\n"
     "  32.\n"
     "  33.\n"
     "  34.\n"
     "  35.\n"
     "  36.\n"
     "  37.\n"
     "  38.\n"
     "  39.]\n"
     " [40.\n"
     "  41.\n"
     "  42.\n"
     "  43.\n"
     "  44.\n"
     "  45.\n"
     "  46.\n"
     "  47.\n"
     "  48.\n"
     "  49.\n"
     "  50.\n"
     "  51.\n"
     "  52.\n"
     "  53.\n"
     "  54.\n"
     "  55.\n"
     "  56.\n"
     "  57.\n"
     "  58.\n"
     "  59.]]"},
    {"np.array2string(x, max_line_width=1)", NHWC_FLOAT32, 3, {1, 3, 20}, NULL, NULL, {.line_width = 1},
     "[[[ 0.\n"
     "    1.\n"
     "    2.\n"
     "    3.\n"
     "    4.\n"
     "    5.\n"
     "    6.\n"
     "    7.\n"
     "    8.\n"
     "    9.\n"
     "   10.\n"
     "   11.\n"
     "   12.\n"
     "   13.\n"
     "   14.\n"
     "   15.\n"
     "   16.\n"
     "   17.\n"
     "   18.\n"
     "   19.]\n"
     "  [20.\n"
     "   21.\n"
     "   22.\n"
     "   23.\n"
     "   24.\n"
     "   25.\n"
     "   26.\n"
     "   27.\n"
     "   28.\n"
     "   29.\n"
     "   30.\n"
     "   31.\n"
     "   32.\n"
     "   33.\n"
     "   34.\n"
     "   35.\n"
     "   36.\n"
     "   37.\n"
     "   38.\n"
     "   39.]\n"
     "  [40.\n"
     "   41.\n"
     "   42.\n"
     "   43.\n"
     "   44.\n"
     "   45.\n"
     "   46.\n"
     "   47.\n"
     "   48.\n"
     "   49.\n"
     "   50.\n"
     "   51.\n"
     "   52.\n"
     "   53.\n"
     "   54.\n"
     "   55.\n"
     "   56.\n"
     "   57.\n"
     "   58.\n"
     "   59.]]]"},
    {"np.array2string(x, max_line_width=40)", NHWC_FLOAT32, 1, {60}, (const double[]){-0x0.0p+0,
     -0x1.0000000000000p-1, -0x1.0000000000000p+0, -0x1.8000000000000p+0, -0x1.0000000000000p+1,
     -0x1.4000000000000p+1, -0x1.8000000000000p+1, -0x1.c000000000000p+1, -0x1.0000000000000p+2,
     -0x1.2000000000000p+2, -0x1.4000000000000p+2, -0x1.6000000000000p+2, -0x1.8000000000000p+2,
     -0x1.a000000000000p+2, -0x1.c000000000000p+2, -0x1.e000000000000p+2, -0x1.0000000000000p+3,
     -0x1.1000000000000p+3, -0x1.2000000000000p+3, -0x1.3000000000000p+3, -0x1.4000000000000p+3,
     -0x1.5000000000000p+3, -0x1.6000000000000p+3, -0x1.7000000000000p+3, -0x1.8000000000000p+3,
     -0x1.9000000000000p+3, -0x1.a000000000000p+3, -0x1.b000000000000p+3, -0x1.c000000000000p+3,
     -0x1.d000000000000p+3, -0x1.e000000000000p+3, -0x1.f000000000000p+3, -0x1.0000000000000p+4,
     -0x1.0800000000000p+4, -0x1.1000000000000p+4, -0x1.1800000000000p+4, -0x1.2000000000000p+4,
     -0x1.2800000000000p+4, -0x1.3000000000000p+4, -0x1.3800000000000p+4, -0x1.4000000000000p+4,
     -0x1.4800000000000p+4, -0x1.5000000000000p+4, -0x1.5800000000000p+4, -0x1.6000000000000p+4,
     -0x1.6800000000000p+4, -0x1.7000000000000p+4, -0x1.7800000000000p+4, -0x1.8000000000000p+4,
     -0x1.8800000000000p+4, -0x1.9000000000000p+4, -0x1.9800000000000p+4, -0x1.a000000000000p+4,
     -0x1.a800000000000p+4, -0x1.b000000000000p+4, -0x1.b800000000000p+4, -0x1.c000000000000p+4,
     -0x1.c800000000000p+4, -0x1.d000000000000p+4, -0x1.d800000000000p+4}, NULL, {.line_width = 40},
     "[ -0.   -0.5  -1.   -1.5  -2.   -2.5\n"
     "  -3.   -3.5  -4.   -4.5  -5.   -5.5\n"
     "  -6.   -6.5  -7.   -7.5  -8.   -8.5\n"
     "  -9.   -9.5 -10.  -10.5 -11.  -11.5\n"
     " -12.  -12.5 -13.  -13.5 -14.  -14.5\n"
     " -15.  -15.5 -16.  -16.5 -17.  -17.5\n"
     " -18.  -18.5 -19.  -19.5 -20.  -20.5\n"
     " -21.  -21.5 -22.  -22.5 -23.  -23.5\n"
     " -24.  -24.5 -25.  -25.5 -26.  -26.5\n"
     " -27.  -27.5 -28.  -28.5 -29.  -29.5]"},
    {"np.array2string(x)", NHWC_FLOAT32, 1, {0}, NULL, NULL, {0},
     "[]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 0}, NULL, NULL, {0},
     "[]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){0x1.61e0d20000000p-2, 0x1.a4ab220000000p-1,
     0x1.525e180000000p-2, -0x1.4d9bb60000000p+0, 0x1.cf8ace0000000p-1, 0x1.c9166a0000000p-2, -0x1.12eb880000000p-1,
     0x1.2988500000000p-1, 0x1.7552780000000p-2, 0x1.2d31120000000p-2, 0x1.d1ab860000000p-6, 0x1.17eac40000000p-1,
     -0x1.7910820000000p-1, -0x1.4da3bc0000000p-3}, NULL, {0},
     "[[ 0.34558418  0.82161814  0.33043706 -1.3031572   0.9053559   0.44637457\n"
     "  -0.5369532 ]\n"
     " [ 0.5811181   0.3645724   0.2941325   0.02842224  0.546713   -0.73645407\n"
     "  -0.16290995]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){0x1.b58a760000000p-3, 0x1.bd13480000000p-3,
     0x1.0f15580000000p+1, -0x1.1cad640000000p+0, -0x1.82aae40000000p-2, 0x1.05798a0000000p+1, 0x1.4b1ca80000000p-1,
     0x1.537d0a0000000p-1, -0x1.072bd80000000p-1, -0x1.a5e8420000000p+0, 0x1.56f7c20000000p-3, 0x1.be858e0000000p-4,
     -0x1.3a33be0000000p+0, -0x1.5dcfe20000000p-1}, NULL, {0},
     "[[ 0.213643    0.21732193  2.1178389  -1.1120207  -0.37760502  2.0427716\n"
     "   0.646703  ]\n"
     " [ 0.66306335 -0.5140064  -1.6480752   0.16746475  0.10901409 -1.227352\n"
     "  -0.68322664]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){0x1.d4350c0000000p-1, -0x1.48b83a0000000p-6,
     -0x1.3fae020000000p+0, -0x1.416edc0000000p-2, 0x1.bb34b40000000p-5, 0x1.17569c0000000p-2, -0x1.f6e15c0000000p-1,
     -0x1.1b7ccc0000000p+0, 0x1.98bfc60000000p-3, -0x1.ddf39c0000000p-2, 0x1.e250c40000000p-3, 0x1.84dfbe0000000p-1,
     -0x1.a616ee0000000p+0, 0x1.047e520000000p-2}, NULL, {0},
     "[[ 0.9144672  -0.02006345 -1.2487489  -0.31389946  0.05410228  0.27279133\n"
     "  -0.9821881 ]\n"
     " [-1.107373    0.19958453 -0.4667496   0.23550561  0.7595195  -1.6487874\n"
     "   0.25438812]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){0x1.c480000000000p-1, 0x1.5c0a2a0000000p-1,
     -0x1.47cdfa0000000p-1, -0x1.12ef8c0000000p-10, 0x1.c844700000000p-2, 0x1.dfa5620000000p-2, 0x1.c0a2d20000000p-1,
     0x1.06a42c0000000p-2, -0x1.846ab80000000p-4, -0x1.090f780000000p-2, 0x1.0e452a0000000p+0, -0x1.201bfe0000000p+1,
     -0x1.1bf7520000000p-3, 0x1.0e563c0000000p-5}, NULL, {0},
     "[[ 8.8378906e-01  6.7976505e-01 -6.4024335e-01 -1.0487966e-03\n"
     "   4.4557357e-01  4.6840432e-01  8.7624222e-01]\n"
     " [ 2.5648564e-01 -9.4828337e-02 -2.5884807e-01  1.0557429e+00\n"
     "  -2.2508543e+00 -1.3865532e-01  3.3000104e-02]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.8fcc4e0000000p-5, 0x1.426c1a0000000p-2,
     0x1.d85d9c0000000p-7, 0x1.7cf2940000000p-8, -0x1.046df00000000p+0, 0x1.07ca440000000p+2, -0x1.d4d1000000000p+1,
     0x1.45bf260000000p+1, 0x1.41df680000000p+2, -0x1.310bde0000000p+1, -0x1.0e1bba0000000p+4, 0x1.7a2e6c0000000p+0,
     0x1.46aaac0000000p+1, -0x1.2458e60000000p-3}, NULL, {0},
     "[[-4.8803475e-02  3.1486550e-01  1.4415456e-02  5.8127986e-03\n"
     "  -1.0173025e+00  4.1217203e+00 -3.6626282e+00]\n"
     " [ 2.5448959e+00  5.0292606e+00 -2.3831747e+00 -1.6881769e+01\n"
     "   1.4772708e+00  2.5520835e+00 -1.4274769e-01]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.550f8c0000000p-1, 0x1.b20ee00000000p-2,
     -0x1.0624ae0000000p-2, -0x1.0a292c0000000p-5, 0x1.235e420000000p+2, -0x1.7fa4a80000000p-1, -0x1.1d68f00000000p-1,
     0x1.e0b8020000000p-2, 0x1.dff0340000000p-4, -0x1.6eecd20000000p-1, 0x1.9652d00000000p+2, -0x1.316d7e0000000p-3,
     -0x1.4019500000000p+3, -0x1.7ab2c60000000p+1}, NULL, {0},
     "[[ -0.66613424   0.42388487  -0.2559993   -0.03249034   4.552628\n"
     "   -0.7493031   -0.55744123]\n"
     " [  0.46945193   0.11717243  -0.71665055   6.3488045   -0.14913462\n"
     "  -10.00309     -2.9585807 ]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.eadfd00000000p-3, -0x1.41102e0000000p+0,
     -0x1.8d3b100000000p-6, 0x1.15cdba0000000p-1, -0x1.9033e00000000p-5, 0x1.6c97380000000p-1, -0x1.85bf460000000p+1,
     0x1.c36aaa0000000p-2, -0x1.e8fa1a0000000p+0, -0x1.0f6dc20000000p-3, 0x1.ff2f100000000p-2, 0x1.75d4160000000p-1,
     0x1.c646a00000000p-2, 0x1.db3e7c0000000p-6}, NULL, {0},
     "[[-0.2396847  -1.2541531  -0.02424504  0.5425852  -0.04885286  0.7120912\n"
     "  -3.0448997 ]\n"
     " [ 0.44083658 -1.9100662  -0.13253357  0.49920297  0.7301337   0.4436288\n"
     "   0.0290066 ]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.6d6e100000000p+2, 0x1.44fcd80000000p+0,
     0x1.1fc4920000000p-2, 0x1.0692180000000p-4, -0x1.01cd8a0000000p-2, 0x1.0599820000000p+2, 0x1.65dab80000000p+1,
     -0x1.c494b80000000p-3, 0x1.7e9d720000000p+1, -0x1.18b4060000000p-3, -0x1.94ef400000000p-6, -0x1.f716cc0000000p-3,
     0x1.4529d20000000p+2, -0x1.6244400000000p-2}, NULL, {0},
     "[[-5.7098427   1.2694831   0.2810233   0.06410417 -0.25176063  4.0874944\n"
     "   2.7957373 ]\n"
     " [-0.22098678  2.9891798  -0.13706212 -0.02471524 -0.24564895  5.0806775\n"
     "  -0.34596348]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.35115e0000000p-5, -0x1.01e59e0000000p-6,
     -0x1.51178e0000000p+0, -0x1.1ce8340000000p-3, 0x1.e4fe6a0000000p-5, -0x1.4d0bec0000000p-3, -0x1.2c90880000000p-6,
     0x1.a709680000000p+1, 0x1.9cd5540000000p+0, -0x1.112f5e0000000p+0, -0x1.c4af440000000p-6, 0x1.c1beb20000000p-3,
     0x1.6dd87c0000000p+0, -0x1.e858d20000000p-5}, NULL, {0},
     "[[-0.03772801 -0.01574078 -1.3167657  -0.13911477  0.05920335 -0.1626204\n"
     "  -0.01834501]\n"
     " [ 3.3049746   1.6126301  -1.067129   -0.02762968  0.219602    1.4290845\n"
     "  -0.05961267]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.b7ad880000000p-7, 0x1.1014e40000000p-7,
     -0x1.0d5d6a0000000p-2, 0x1.3c17680000000p-3, -0x1.d910800000000p+3, -0x1.a561920000000p-2, 0x1.aded000000000p-10,
     0x1.6adc960000000p+4, -0x1.69d5800000000p-1, -0x1.9e06dc0000000p-6, 0x1.1ffa260000000p-6, -0x1.4947f20000000p+0,
     -0x1.8a6fc60000000p-6, 0x1.10633e0000000p-3}, NULL, {0},
     "[[-1.3417903e-02  8.3032716e-03 -2.6305166e-01  1.5434152e-01\n"
     "  -1.4783264e+01 -4.1150501e-01  1.6400367e-03]\n"
     " [ 2.2678854e+01 -7.0670700e-01 -2.5270190e-02  1.7576730e-02\n"
     "  -1.2862540e+00 -2.4074500e-02  1.3300179e-01]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.2abc4a0000000p+4, 0x1.77333e0000000p-7,
     0x1.43de500000000p-5, -0x1.d93e220000000p-5, -0x1.ca5c040000000p-2, 0x1.a635a00000000p-1, -0x1.ccf8dc0000000p-1,
     0x1.bfc2160000000p-3, 0x1.99d9880000000p-2, -0x1.8d31080000000p+5, -0x1.e476220000000p-1, -0x1.4328a60000000p+2,
     -0x1.dfe7b60000000p-7, 0x1.657cd40000000p-2}, NULL, {0},
     "[[-1.8670969e+01  1.1450200e-02  3.9534718e-02 -5.7768885e-02\n"
     "  -4.4761664e-01  8.2462788e-01 -9.0033615e-01]\n"
     " [ 2.1863191e-01  4.0024388e-01 -4.9648941e+01 -9.4621378e-01\n"
     "  -5.0493560e+00 -1.4645542e-02  3.4910899e-01]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.468adc0000000p-8, 0x1.4e622e0000000p+2,
     0x1.9f74e80000000p-19, 0x1.8e9b860000000p-8, 0x1.45b6e00000000p-6, -0x1.2d1f9a0000000p-5, 0x1.738d440000000p+1,
     -0x1.51650e0000000p+3, -0x1.83e5060000000p-4, -0x1.97429e0000000p-5, -0x1.2396360000000p+1,
     -0x1.afff1c0000000p+3, -0x1.27d45a0000000p-10, -0x1.c04f440000000p+4}, NULL, {0},
     "[[-4.9826419e-03  5.2247424e+00  3.0953934e-06  6.0822680e-03\n"
     "   1.9880027e-02 -3.6758233e-02  2.9027486e+00]\n"
     " [-1.0543586e+01 -9.4700836e-02 -4.9714383e-02 -2.2780216e+00\n"
     "  -1.3499891e+01 -1.1285000e-03 -2.8019352e+01]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.2609fa0000000p-5, 0x1.9efcdc0000000p-10,
     -0x1.7d89dc0000000p-6, 0x1.96a4880000000p-5, 0x1.ee719e0000000p+3, -0x1.1bc8300000000p+1, 0x1.b06f980000000p-15,
     -0x1.fbedca0000000p+8, 0x1.41ba180000000p-13, -0x1.12386a0000000p+9, -0x1.3ac3280000000p+7, 0x1.f3cb460000000p+8,
     0x1.95ad1a0000000p+3, 0x1.2e55600000000p-13}, NULL, {0},
     "[[-3.5893429e-02  1.5830526e-03 -2.3287263e-02  4.9639001e-02\n"
     "   1.5451369e+01 -2.2170467e+00  5.1550378e-05]\n"
     " [-5.0792886e+02  1.5341135e-04 -5.4844073e+02 -1.5738116e+02\n"
     "   4.9979404e+02  1.2677381e+01  1.4416385e-04]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){0x1.c788ec0000000p+11, -0x1.d107160000000p+7,
     -0x1.5f36640000000p+8, 0x1.35fc940000000p-13, 0x1.8ffdbc0000000p-1, 0x1.636d8a0000000p-4, -0x1.3dfd440000000p+3,
     0x1.2d1d500000000p-8, 0x1.f1436e0000000p-12, 0x1.616ac20000000p+0, -0x1.5ebd520000000p+4, -0x1.0360d00000000p-4,
     0x1.4a9c220000000p+13, -0x1.eb22de0000000p-3}, NULL, {0},
     "[[ 3.6442788e+03 -2.3251384e+02 -3.5121246e+02  1.4781315e-04\n"
     "   7.8123271e-01  8.6774386e-02 -9.9371662e+00]\n"
     " [ 4.5946427e-03  4.7422733e-04  1.3805352e+00 -2.1921221e+01\n"
     "  -6.3324749e-02  1.0579517e+04 -2.3981260e-01]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.8bf6e00000000p-5, 0x1.08adcc0000000p+12,
     0x1.d08dc20000000p-10, -0x1.d0e1300000000p-1, -0x1.b79d4a0000000p-15, -0x1.b84a400000000p-14,
     -0x1.09d19e0000000p-7, 0x1.94db1a0000000p+10, 0x1.e638ba0000000p+3, -0x1.7cad340000000p+9, 0x1.8367ae0000000p-13,
     -0x1.36a3e60000000p+5, -0x1.75c7220000000p-3, -0x1.a175660000000p-4}, NULL, {0},
     "[[-4.83354926e-02  4.23486230e+03  1.77213189e-03 -9.07968044e-01\n"
     "  -5.24061215e-05 -1.04973326e-04 -8.11214652e-03]\n"
     " [ 1.61942346e+03  1.51944246e+01 -7.61353149e+02  1.84729099e-04\n"
     "  -3.88300285e+01 -1.82508722e-01 -1.01918600e-01]]"},
    {"np.array2string(x)", NHWC_FLOAT32, 2, {2, 7}, (const double[]){-0x1.65d36c0000000p-9, 0x1.4239720000000p-11,
     0x1.188b460000000p-6, -0x1.6de9aa0000000p-13, 0x1.49c61a0000000p-3, -0x1.9310e20000000p-1, 0x1.6c148c0000000p-11,
     0x1.09b4920000000p+4, -0x1.fafb480000000p-1, 0x1.f49a9e0000000p-3, -0x1.4e54160000000p+10, 0x1.93bf5a0000000p+7,
     0x1.4424660000000p-9, 0x1.a0f3e80000000p-9}, NULL, {0},
     "[[-2.7299947e-03  6.1459426e-04  1.7123049e-02 -1.7448080e-04\n"
     "   1.6102238e-01 -7.8723818e-01  6.9442799e-04]\n"
     " [ 1.6606585e+01 -9.9019837e-01  2.4443553e-01 -1.3373138e+03\n"
     "   2.0187373e+02  2.4730086e-03  3.1810971e-03]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.0000000000000p+0, 0x1.2000000000000p+1,
     0x1.c000000000000p+1}, NULL, {0},
     "[1.   2.25 3.5 ]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1}, (const double[]){0x0.0p+0}, NULL, {0},
     "[0.]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){-0x0.0p+0, 0x0.0p+0}, NULL, {0},
     "[-0.  0.]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.999999999999ap-4, 0x1.999999999999ap-3,
     0x1.333333deffaa4p-2}, NULL, {0},
     "[0.1        0.2        0.30000001]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.5555555555555p-2, 0x1.5555555555555p-1,
     0x1.0000000000000p+0}, NULL, {0},
     "[0.33333333 0.66666667 1.        ]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.4f8b588e368f1p-17, 0x1.0000000000000p+0}, NULL,
     {0},
     "[1.e-05 1.e+00]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.86a0000000000p+16, 0x1.edd2f1a9fbe77p+6}, NULL,
     {0},
     "[100000.       123.456]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.e848000000000p+19, 0x1.0000000000000p+0}, NULL,
     {0},
     "[1.e+06 1.e+00]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.e847e00000000p+19, 0x1.f400000000000p+9}, NULL,
     {0},
     "[999999.   1000.]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.7d78400000000p+26, 0x1.4000000000000p+2}, NULL,
     {0},
     "[1.e+08 5.e+00]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.7d783fc000000p+26, 0x1.e848000000000p+19}, NULL,
     {0},
     "[99999999.  1000000.]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.bf08eb0000000p+33, -0x1.eec7bd512b572p-33},
     NULL, {0},
     "[ 1.50e+10 -2.25e-10]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){NAN, 0x1.8000000000000p+0}, NULL, {0},
     "[nan 1.5]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {3}, (const double[]){NAN, INFINITY, -INFINITY}, NULL, {0},
     "[ nan  inf -inf]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){INFINITY, 0x1.0000000000000p+0}, NULL, {0},
     "[inf  1.]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){-INFINITY, 0x1.0000000000000p+0}, NULL, {0},
     "[-inf   1.]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1}, (const double[]){NAN}, NULL, {0},
     "[nan]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1}, (const double[]){-INFINITY}, NULL, {0},
     "[-inf]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){INFINITY, 0x1.79ca10c924223p-67}, NULL, {0},
     "[   inf 1.e-20]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.0000000000000p+0, 0x1.f400000000000p+9}, NULL,
     {0},
     "[   1. 1000.]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.0000000000000p+0, 0x1.f480000000000p+9}, NULL,
     {0},
     "[1.000e+00 1.001e+03]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.a36e2eb1c432dp-14, 0x1.999999999999ap-4}, NULL,
     {0},
     "[0.0001 0.1   ]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.9f3c70c996b76p-14, 0x1.999999999999ap-4}, NULL,
     {0},
     "[9.9e-05 1.0e-01]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.4484bfeebc2a0p-100, 0x1.93e5939a08ceap+99},
     NULL, {0},
     "[1.e-30 1.e+30]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x0.0000000000001p-1022, 0x1.0000000000000p+0},
     NULL, {0},
     "[5.e-324 1.e+000]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1}, (const double[]){0x1.fffffffffffffp+1023}, NULL, {0},
     "[1.79769313e+308]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1}, (const double[]){0x1.fffffe54daff8p+127}, NULL, {0},
     "[3.4028235e+38]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.0000000000000p+24, 0x1.0000000000000p+0}, NULL,
     {0},
     "[1.6777216e+07 1.0000000e+00]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.0000000000000p-1, 0x1.9080000000000p+6}, NULL,
     {0},
     "[  0.5   100.125]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){-0x1.0000000000000p+0, 0x1.0000000000000p+0}, NULL,
     {0},
     "[-1.  1.]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {3}, (const double[]){-0x1.8000000000000p+0, 0x1.6400000000000p+4,
     0x1.4d20000000000p+8}, NULL, {0},
     "[ -1.5    22.25  333.125]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1}, (const double[]){0x1.02e85be111841p-13}, NULL, {0},
     "[0.00012346]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1}, (const double[]){0x1.e240c9fbe76c9p+16}, NULL, {0},
     "[123456.789]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1}, (const double[]){0x1.0000000000000p-44}, NULL, {0},
     "[5.68434189e-14]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1}, (const double[]){0x1.0000000000000p+53}, NULL, {0},
     "[9.00719925e+15]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1}, (const double[]){0x1.3333333333334p-2}, NULL, {0},
     "[0.3]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.9000000000000p+6, 0x1.0624dd2f1a9fcp-10}, NULL,
     {0},
     "[1.e+02 1.e-03]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {2}, (const double[]){0x1.249ad2594c37dp+332, 0x1.bff2ee48e0530p-333},
     NULL, {0},
     "[1.e+100 1.e-100]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {3}, (const double[]){NAN, 0x1.2a05f20000000p+33, -0x1.4000000000000p+2},
     NULL, {0},
     "[    nan  1.e+10 -5.e+00]"},
    {"np.array2string(x)", NHWC_FLOAT64, 0, {0}, (const double[]){0x1.9200000000000p+1}, NULL, {0},
     "3.140625"},
    {"np.array2string(x)", NHWC_FLOAT64, 0, {0}, (const double[]){-0x1.5af1d78b58c40p+66}, NULL, {0},
     "-1.e+20"},
    {"np.array2string(x)", NHWC_FLOAT64, 0, {0}, (const double[]){NAN}, NULL, {0},
     "nan"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 2}, (const double[]){0x1.0000000000000p+0, 0x1.2000000000000p+1,
     -0x1.c000000000000p+1, 0x1.0000000000000p+2}, NULL, {0},
     "[[ 1.    2.25]\n"
     " [-3.5   4.  ]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 3, {2, 2, 1}, (const double[]){0x1.0000000000000p+0, 0x1.2000000000000p+1,
     -0x1.c000000000000p+1, 0x1.0000000000000p+2}, NULL, {0},
     "[[[ 1.  ]\n"
     "  [ 2.25]]\n"
     "\n"
     " [[-3.5 ]\n"
     "  [ 4.  ]]]"},
    {"np.array2string(x, precision=0)", NHWC_FLOAT64, 1, {5}, (const double[]){0x1.5555555555555p-2,
     0x1.4000000000000p+1, 0x1.c000000000000p+1, 0x1.0000000000000p-3, 0x1.9000000000000p+6}, NULL, {.precision = -1},
     "[  0.   2.   4.   0. 100.]"},
    {"np.array2string(x, precision=0)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.2533fe68fd3d2p-35,
     0x1.4000000000000p+1, 0x1.2c00000000000p+7}, NULL, {.precision = -1},
     "[3.e-11 2.e+00 2.e+02]"},
    {"np.array2string(x, precision=1)", NHWC_FLOAT64, 1, {5}, (const double[]){0x1.5555555555555p-2,
     0x1.4000000000000p+1, 0x1.c000000000000p+1, 0x1.0000000000000p-3, 0x1.9000000000000p+6}, NULL, {.precision = 1},
     "[  0.3   2.5   3.5   0.1 100. ]"},
    {"np.array2string(x, precision=1)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.2533fe68fd3d2p-35,
     0x1.4000000000000p+1, 0x1.2c00000000000p+7}, NULL, {.precision = 1},
     "[3.3e-11 2.5e+00 1.5e+02]"},
    {"np.array2string(x, precision=3)", NHWC_FLOAT64, 1, {5}, (const double[]){0x1.5555555555555p-2,
     0x1.4000000000000p+1, 0x1.c000000000000p+1, 0x1.0000000000000p-3, 0x1.9000000000000p+6}, NULL, {.precision = 3},
     "[  0.333   2.5     3.5     0.125 100.   ]"},
    {"np.array2string(x, precision=3)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.2533fe68fd3d2p-35,
     0x1.4000000000000p+1, 0x1.2c00000000000p+7}, NULL, {.precision = 3},
     "[3.333e-11 2.500e+00 1.500e+02]"},
    {"np.array2string(x, precision=12)", NHWC_FLOAT64, 1, {5}, (const double[]){0x1.5555555555555p-2,
     0x1.4000000000000p+1, 0x1.c000000000000p+1, 0x1.0000000000000p-3, 0x1.9000000000000p+6}, NULL, {.precision = 12},
     "[  0.333333333333   2.5              3.5              0.125\n"
     " 100.            ]"},
    {"np.array2string(x, precision=12)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.2533fe68fd3d2p-35,
     0x1.4000000000000p+1, 0x1.2c00000000000p+7}, NULL, {.precision = 12},
     "[3.333333333333e-11 2.500000000000e+00 1.500000000000e+02]"},
    {"np.array2string(x, precision=20)", NHWC_FLOAT64, 1, {5}, (const double[]){0x1.5555555555555p-2,
     0x1.4000000000000p+1, 0x1.c000000000000p+1, 0x1.0000000000000p-3, 0x1.9000000000000p+6}, NULL, {.precision = 20},
     "[  0.3333333333333333   2.5                  3.5\n"
     "   0.125              100.                ]"},
    {"np.array2string(x, precision=20)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.2533fe68fd3d2p-35,
     0x1.4000000000000p+1, 0x1.2c00000000000p+7}, NULL, {.precision = 20},
     "[3.3333333333333335e-11 2.5000000000000000e+00 1.5000000000000000e+02]"},
    {"np.array2string(x, suppress_small=False)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.b7cdfd9d7bdbbp-34,
     0x1.8000000000000p+0, 0x1.f410000000000p+10}, NULL, {.suppress_small = 0},
     "[1.00000e-10 1.50000e+00 2.00025e+03]"},
    {"np.array2string(x, suppress_small=False)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.b7cdfd9d7bdbbp-34,
     0x1.8000000000000p+0, 0x1.dcd6500000000p+30}, NULL, {.suppress_small = 0},
     "[1.0e-10 1.5e+00 2.0e+09]"},
    {"np.array2string(x, suppress_small=True)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.b7cdfd9d7bdbbp-34,
     0x1.8000000000000p+0, 0x1.f410000000000p+10}, NULL, {.suppress_small = 1},
     "[   0.      1.5  2000.25]"},
    {"np.array2string(x, suppress_small=True)", NHWC_FLOAT64, 1, {3}, (const double[]){0x1.b7cdfd9d7bdbbp-34,
     0x1.8000000000000p+0, 0x1.dcd6500000000p+30}, NULL, {.suppress_small = 1},
     "[1.0e-10 1.5e+00 2.0e+09]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {1001}, NULL, NULL, {0},
     "[   0.    1.    2. ...  998.  999. 1000.]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {100}, NULL, NULL, {0},
     "[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.\n"
     " 18. 19. 20. 21. 22. 23. 24. 25. 26. 27. 28. 29. 30. 31. 32. 33. 34. 35.\n"
     " 36. 37. 38. 39. 40. 41. 42. 43. 44. 45. 46. 47. 48. 49. 50. 51. 52. 53.\n"
     " 54. 55. 56. 57. 58. 59. 60. 61. 62. 63. 64. 65. 66. 67. 68. 69. 70. 71.\n"
     " 72. 73. 74. 75. 76. 77. 78. 79. 80. 81. 82. 83. 84. 85. 86. 87. 88. 89.\n"
     " 90. 91. 92. 93. 94. 95. 96. 97. 98. 99.]"},
    {"np.array2string(x)", NHWC_FLOAT64, 4, {2, 3, 4, 5}, NULL, NULL, {0},
     "[[[[  0.   1.   2.   3.   4.]\n"
     "   [  5.   6.   7.   8.   9.]\n"
     "   [ 10.  11.  12.  13.  14.]\n"
     "   [ 15.  16.  17.  18.  19.]]\n"
     "\n"
     "  [[ 20.  21.  22.  23.  24.]\n"
     "   [ 25.  26.  27.  28.  29.]\n"
     "   [ 30.  31.  32.  33.  34.]\n"
     "   [ 35.  36.  37.  38.  39.]]\n"
     "\n"
     "  [[ 40.  41.  42.  43.  44.]\n"
     "   [ 45.  46.  47.  48.  49.]\n"
     "   [ 50.  51.  52.  53.  54.]\n"
     "   [ 55.  56.  57.  58.  59.]]]\n"
     "\n"
     "\n"
     " [[[ 60.  61.  62.  63.  64.]\n"
     "   [ 65.  66.  67.  68.  69.]\n"
     "   [ 70.  71.  72.  73.  74.]\n"
     "   [ 75.  76.  77.  78.  79.]]\n"
     "\n"
     "  [[ 80.  81.  82.  83.  84.]\n"
     "   [ 85.  86.  87.  88.  89.]\n"
     "   [ 90.  91.  92.  93.  94.]\n"
     "   [ 95.  96.  97.  98.  99.]]\n"
     "\n"
     "  [[100. 101. 102. 103. 104.]\n"
     "   [105. 106. 107. 108. 109.]\n"
     "   [110. 111. 112. 113. 114.]\n"
     "   [115. 116. 117. 118. 119.]]]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 3, {10, 11, 12}, NULL, NULL, {0},
     "[[[0.000e+00 1.000e+00 2.000e+00 ... 9.000e+00 1.000e+01 1.100e+01]\n"
     "  [1.200e+01 1.300e+01 1.400e+01 ... 2.100e+01 2.200e+01 2.300e+01]\n"
     "  [2.400e+01 2.500e+01 2.600e+01 ... 3.300e+01 3.400e+01 3.500e+01]\n"
     "  ...\n"
     "  [9.600e+01 9.700e+01 9.800e+01 ... 1.050e+02 1.060e+02 1.070e+02]\n"
     "  [1.080e+02 1.090e+02 1.100e+02 ... 1.170e+02 1.180e+02 1.190e+02]\n"
     "  [1.200e+02 1.210e+02 1.220e+02 ... 1.290e+02 1.300e+02 1.310e+02]]\n"
     "\n"
     " [[1.320e+02 1.330e+02 1.340e+02 ... 1.410e+02 1.420e+02 1.430e+02]\n"
     "  [1.440e+02 1.450e+02 1.460e+02 ... 1.530e+02 1.540e+02 1.550e+02]\n"
     "  [1.560e+02 1.570e+02 1.580e+02 ... 1.650e+02 1.660e+02 1.670e+02]\n"
     "  ...\n"
     "  [2.280e+02 2.290e+02 2.300e+02 ... 2.370e+02 2.380e+02 2.390e+02]\n"
     "  [2.400e+02 2.410e+02 2.420e+02 ... 2.490e+02 2.500e+02 2.510e+02]\n"
     "  [2.520e+02 2.530e+02 2.540e+02 ... 2.610e+02 2.620e+02 2.630e+02]]\n"
     "\n"
     " [[2.640e+02 2.650e+02 2.660e+02 ... 2.730e+02 2.740e+02 2.750e+02]\n"
     "  [2.760e+02 2.770e+02 2.780e+02 ... 2.850e+02 2.860e+02 2.870e+02]\n"
     "  [2.880e+02 2.890e+02 2.900e+02 ... 2.970e+02 2.980e+02 2.990e+02]\n"
     "  ...\n"
     "  [3.600e+02 3.610e+02 3.620e+02 ... 3.690e+02 3.700e+02 3.710e+02]\n"
     "  [3.720e+02 3.730e+02 3.740e+02 ... 3.810e+02 3.820e+02 3.830e+02]\n"
     "  [3.840e+02 3.850e+02 3.860e+02 ... 3.930e+02 3.940e+02 3.950e+02]]\n"
     "\n"
     " ...\n"
     "\n"
     " [[9.240e+02 9.250e+02 9.260e+02 ... 9.330e+02 9.340e+02 9.350e+02]\n"
     "  [9.360e+02 9.370e+02 9.380e+02 ... 9.450e+02 9.460e+02 9.470e+02]\n"
     "  [9.480e+02 9.490e+02 9.500e+02 ... 9.570e+02 9.580e+02 9.590e+02]\n"
     "  ...\n"
     "  [1.020e+03 1.021e+03 1.022e+03 ... 1.029e+03 1.030e+03 1.031e+03]\n"
     "  [1.032e+03 1.033e+03 1.034e+03 ... 1.041e+03 1.042e+03 1.043e+03]\n"
     "  [1.044e+03 1.045e+03 1.046e+03 ... 1.053e+03 1.054e+03 1.055e+03]]\n"
     "\n"
     " [[1.056e+03 1.057e+03 1.058e+03 ... 1.065e+03 1.066e+03 1.067e+03]\n"
     "  [1.068e+03 1.069e+03 1.070e+03 ... 1.077e+03 1.078e+03 1.079e+03]\n"
     "  [1.080e+03 1.081e+03 1.082e+03 ... 1.089e+03 1.090e+03 1.091e+03]\n"
     "  ...\n"
     "  [1.152e+03 1.153e+03 1.154e+03 ... 1.161e+03 1.162e+03 1.163e+03]\n"
     "  [1.164e+03 1.165e+03 1.166e+03 ... 1.173e+03 1.174e+03 1.175e+03]\n"
     "  [1.176e+03 1.177e+03 1.178e+03 ... 1.185e+03 1.186e+03 1.187e+03]]\n"
     "\n"
     " [[1.188e+03 1.189e+03 1.190e+03 ... 1.197e+03 1.198e+03 1.199e+03]\n"
     "  [1.200e+03 1.201e+03 1.202e+03 ... 1.209e+03 1.210e+03 1.211e+03]\n"
     "  [1.212e+03 1.213e+03 1.214e+03 ... 1.221e+03 1.222e+03 1.223e+03]\n"
     "  ...\n"
     "  [1.284e+03 1.285e+03 1.286e+03 ... 1.293e+03 1.294e+03 1.295e+03]\n"
     "  [1.296e+03 1.297e+03 1.298e+03 ... 1.305e+03 1.306e+03 1.307e+03]\n"
     "  [1.308e+03 1.309e+03 1.310e+03 ... 1.317e+03 1.318e+03 1.319e+03]]]"},
    {"np.array2string(x, threshold=0, edgeitems=2)", NHWC_FLOAT64, 2, {8, 8}, NULL, NULL, {.threshold = -1,
     .edge_items = 2},
     "[[ 0.  1. ...  6.  7.]\n"
     " [ 8.  9. ... 14. 15.]\n"
     " ...\n"
     " [48. 49. ... 54. 55.]\n"
     " [56. 57. ... 62. 63.]]"},
    {"np.array2string(x, threshold=63)", NHWC_FLOAT64, 2, {8, 8}, NULL, NULL, {.threshold = 63},
     "[[ 0.  1.  2. ...  5.  6.  7.]\n"
     " [ 8.  9. 10. ... 13. 14. 15.]\n"
     " [16. 17. 18. ... 21. 22. 23.]\n"
     " ...\n"
     " [40. 41. 42. ... 45. 46. 47.]\n"
     " [48. 49. 50. ... 53. 54. 55.]\n"
     " [56. 57. 58. ... 61. 62. 63.]]"},
    {"np.array2string(x, threshold=64)", NHWC_FLOAT64, 2, {8, 8}, NULL, NULL, {.threshold = 64},
     "[[ 0.  1.  2.  3.  4.  5.  6.  7.]\n"
     " [ 8.  9. 10. 11. 12. 13. 14. 15.]\n"
     " [16. 17. 18. 19. 20. 21. 22. 23.]\n"
     " [24. 25. 26. 27. 28. 29. 30. 31.]\n"
     " [32. 33. 34. 35. 36. 37. 38. 39.]\n"
     " [40. 41. 42. 43. 44. 45. 46. 47.]\n"
     " [48. 49. 50. 51. 52. 53. 54. 55.]\n"
     " [56. 57. 58. 59. 60. 61. 62. 63.]]"},
    {"np.array2string(x, max_line_width=30)", NHWC_FLOAT64, 2, {3, 20}, NULL, NULL, {.line_width = 30},
     "[[ 0.  1.  2.  3.  4.  5.\n"
     "   6.  7.  8.  9. 10. 11.\n"
     "  12. 13. 14. 15. 16. 17.\n"
     "  18. 19.]\n"
     " [20. 21. 22. 23. 24. 25.\n"
     "  26. 27. 28. 29. 30. 31.\n"
     "  32. 33. 34. 35. 36. 37.\n"
     "  38. 39.]\n"
     " [40. 41. 42. 43. 44. 45.\n"
     "  46. 47. 48. 49. 50. 51.\n"
     "  52. 53. 54. 55. 56. 57.\n"
     "  58. 59.]]"},
    {"np.array2string(x, max_line_width=5)", NHWC_FLOAT64, 2, {3, 20}, NULL, NULL, {.line_width = 5},
     "[[ 0.\n"
     "   1.\n"
     "   2.\n"
     "   3.\n"
     "   4.\n"
     "   5.\n"
     "   6.\n"
     "   7.\n"
     "   8.\n"
     "   9.\n"
     "  10.\n"
     "  11.\n"
     "  12.\n"
     "  13.\n"
     "  14.\n"
     "  15.\n"
     "  16.\n"
     "  17.\n"
     "  18.\n"
     "  19.]\n"
     " [20.\n"
     "  21.\n"
     "  22.\n"
     "  23.\n"
     "  24.\n"
     "  25.\n"
     "  26.\n"
     "  27.\n"
     "  28.\n"
     "  29.\n"
     "  30.\n"
     "  31.\n"
     "  32.\n"
     "  33.\n"
     "  34.\n"
     "  35.\n"
     "  36.\n"
     "  37.\n"
     "  38.\n"
     "  39.]\n"
     " [40.\n"
     "  41.\n"
     "  42.\n"
     "  43.\n"
     "  44.\n"
     "  45.\n"
     "  46.\n"
     "  47.\n"
     "  48.\n"
     "  49.\n"
     "  50.\n"
     "  51.\n"
     "  52.\n"
     "  53.\n"
     "  54.\n"
     "  55.\n"
     "  56.\n"
     "  57.\n"
     "  58.\n"
     "  59.]]"},
    {"np.array2string(x, max_line_width=1)", NHWC_FLOAT64, 3, {1, 3, 20}, NULL, NULL, {.line_width = 1},
     "[[[ 0.\n"
     "    1.\n"
     "    2.\n"
     "    3.\n"
     "    4.\n"
     "    5.\n"
     "    6.\n"
     "    7.\n"
     "    8.\n"
     "    9.\n"
     "   10.\n"
     "   11.\n"
     "   12.\n"
     "   13.\n"
     "   14.\n"
     "   15.\n"
     "   16.\n"
     "   17.\n"
     "   18.\n"
     "   19.]\n"
     "  [20.\n"
     "   21.\n"
     "   22.\n"
     "   23.\n"
     "   24.\n"
     "   25.\n"
     "   26.\n"
     "   27.\n"
     "   28.\n"
     "   29.\n"
     "   30.\n"
     "   31.\n"
     "   32.\n"
     "   33.\n"
     "   34.\n"
     "   35.\n"
     "   36.\n"
     "   37.\n"
     "   38.\n"
     "   39.]\n"
     "  [40.\n"
     "   41.\n"
     "   42.\n"
     "   43.\n"
     "   44.\n"
     "   45.\n"
     "   46.\n"
     "   47.\n"
     "   48.\n"
     "   49.\n"
     "   50.\n"
     "   51.\n"
     "   52.\n"
     "   53.\n"
     "   54.\n"
     "   55.\n"
     "   56.\n"
     "   57.\n"
     "   58.\n"
     "   59.]]]"},
    {"np.array2string(x, max_line_width=40)", NHWC_FLOAT64, 1, {60}, (const double[]){-0x0.0p+0,
     -0x1.0000000000000p-1, -0x1.0000000000000p+0, -0x1.8000000000000p+0, -0x1.0000000000000p+1,
     -0x1.4000000000000p+1, -0x1.8000000000000p+1, -0x1.c000000000000p+1, -0x1.0000000000000p+2,
     -0x1.2000000000000p+2, -0x1.4000000000000p+2, -0x1.6000000000000p+2, -0x1.8000000000000p+2,
     -0x1.a000000000000p+2, -0x1.c000000000000p+2, -0x1.e000000000000p+2, -0x1.0000000000000p+3,
     -0x1.1000000000000p+3, -0x1.2000000000000p+3, -0x1.3000000000000p+3, -0x1.4000000000000p+3,
     -0x1.5000000000000p+3, -0x1.6000000000000p+3, -0x1.7000000000000p+3, -0x1.8000000000000p+3,
     -0x1.9000000000000p+3, -0x1.a000000000000p+3, -0x1.b000000000000p+3, -0x1.c000000000000p+3,
     -0x1.d000000000000p+3, -0x1.e000000000000p+3, -0x1.f000000000000p+3, -0x1.0000000000000p+4,
     -0x1.0800000000000p+4, -0x1.1000000000000p+4, -0x1.1800000000000p+4, -0x1.2000000000000p+4,
     -0x1.2800000000000p+4, -0x1.3000000000000p+4, -0x1.3800000000000p+4, -0x1.4000000000000p+4,
     -0x1.4800000000000p+4, -0x1.5000000000000p+4, -0x1.5800000000000p+4, -0x1.6000000000000p+4,
     -0x1.6800000000000p+4, -0x1.7000000000000p+4, -0x1.7800000000000p+4, -0x1.8000000000000p+4,
     -0x1.8800000000000p+4, -0x1.9000000000000p+4, -0x1.9800000000000p+4, -0x1.a000000000000p+4,
     -0x1.a800000000000p+4, -0x1.b000000000000p+4, -0x1.b800000000000p+4, -0x1.c000000000000p+4,
     -0x1.c800000000000p+4, -0x1.d000000000000p+4, -0x1.d800000000000p+4}, NULL, {.line_width = 40},
     "[ -0.   -0.5  -1.   -1.5  -2.   -2.5\n"
     "  -3.   -3.5  -4.   -4.5  -5.   -5.5\n"
     "  -6.   -6.5  -7.   -7.5  -8.   -8.5\n"
     "  -9.   -9.5 -10.  -10.5 -11.  -11.5\n"
     " -12.  -12.5 -13.  -13.5 -14.  -14.5\n"
     " -15.  -15.5 -16.  -16.5 -17.  -17.5\n"
     " -18.  -18.5 -19.  -19.5 -20.  -20.5\n"
     " -21.  -21.5 -22.  -22.5 -23.  -23.5\n"
     " -24.  -24.5 -25.  -25.5 -26.  -26.5\n"
     " -27.  -27.5 -28.  -28.5 -29.  -29.5]"},
    {"np.array2string(x)", NHWC_FLOAT64, 1, {0}, NULL, NULL, {0},
     "[]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 0}, NULL, NULL, {0},
     "[]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){0x1.6e752eabc1c78p-2, -0x1.b68413a65c685p-2,
     0x1.be539322ac3cfp-5, 0x1.c4f85112de8e4p-1, 0x1.10c3b2ba434a0p+1, 0x1.d367864ea1956p-1, -0x1.1f245c74969a2p-2,
     0x1.37805d1ba4f20p-5, -0x1.ee20402531d7bp-2, -0x1.90968bd04788dp-1, -0x1.7953def09b113p-3, 0x1.909e6f8d1ac90p-3,
     0x1.d5fda5797463bp+0, 0x1.aa3fff98f52a4p-5}, NULL, {0},
     "[[ 0.35786889 -0.42823821  0.05448321  0.88470701  2.13097223  0.91289921\n"
     "  -0.28041214]\n"
     " [ 0.03802508 -0.4825449  -0.78239858 -0.184242    0.19561469  1.83590159\n"
     "   0.05203247]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){-0x1.85b90f0827b8ap+0, 0x1.0b0df9b168f1ep-2,
     0x1.3f486e34914cfp-1, 0x1.4fc78de635efep-3, 0x1.24b6b04bcc4f4p-2, 0x1.2e0d05c0943a2p-1, -0x1.5488190ce8735p-1,
     -0x1.e99272c78fcc9p-3, 0x1.059792f9fd117p-1, 0x1.007b9560fd980p+0, 0x1.9466469d12ca6p-2, 0x1.46c418f926878p+1,
     -0x1.763680dad88ecp-4, 0x1.ffd37de65e676p-1}, NULL, {0},
     "[[-1.52235502  0.2607955   0.62359948  0.16395484  0.28585315  0.5899431\n"
     "  -0.66510084]\n"
     " [-0.23904886  0.51092204  1.00188573  0.3949214   2.55285942 -0.09136057\n"
     "   0.99966043]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){-0x1.5ece9e4f6010ap+0, 0x1.1679fe26b8c08p+1,
     -0x1.632d8377908b6p+0, -0x1.13d8621ebaf9bp+0, -0x1.336bc3bde98d8p+0, 0x1.1c41107315c0ep+0, -0x1.c6b30f1580bacp-1,
     0x1.565a2223e2493p-1, 0x1.2cce21764b225p-1, 0x1.09e70a4cc3372p-2, -0x1.4ebd7dc107e6fp+0, -0x1.396601d642eb8p-1,
     0x1.ac51433ebe8f8p+0, -0x1.4a6ee15c84375p+0}, NULL, {0},
     "[[-1.37034025  2.17559792 -1.38741323 -1.0775205  -1.20086311  1.1103678\n"
     "  -0.88808486]\n"
     " [ 0.66865641  0.58751015  0.25967041 -1.30757891 -0.61210638  1.67311497\n"
     "  -1.2907544 ]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){-0x1.7b328f46e8cc7p+0, -0x1.fd677c6203407p+0,
     -0x1.4c0487ad968d6p+0, -0x1.225693ec18210p-1, -0x1.282993de33b53p-1, 0x1.36f63571f1a6ep-1, 0x1.12fb32dd78a90p-2,
     -0x1.3efeeb6c0af29p+0, 0x1.227fa09fdfc97p-1, 0x1.dfc3cb789087fp+0, 0x1.3272263424cb1p+0, 0x1.fb726f753ee5bp-1,
     0x1.4a985dc66b772p-6, 0x1.f79e88bea26a4p-1}, NULL, {0},
     "[[-1.48124023 -1.98986032 -1.29694412 -0.56706679 -0.57844221  0.60734717\n"
     "   0.26853637]\n"
     " [-1.24607726  0.56737997  1.87408134  1.19705428  0.99110745  0.02017793\n"
     "   0.98363139]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){0x1.f1da38f86dcd3p-1, 0x1.0edb4cffaa4b0p-3,
     -0x1.1fa64e155d4f9p-2, 0x1.9df72b437be85p+0, -0x1.57a92d7d9b2a7p+0, 0x1.06176d673eaafp+3, 0x1.859eef96eb165p+1,
     0x1.115608faf3c42p+2, -0x1.a281f79aed6b4p+1, 0x1.c1561ca50f2c6p-6, -0x1.8f24fb633801dp+0, 0x1.146c70f5f4985p+0,
     0x1.6b52e97e1ddddp-3, -0x1.ba29fd1ab0ab8p-2}, NULL, {0},
     "[[ 0.97236803  0.13225422 -0.28090784  1.61705275 -1.3424252   8.19035978\n"
     "   3.04391284]\n"
     " [ 4.27087616 -3.26959128  0.02742532 -1.55915805  1.07977968  0.17740424\n"
     "  -0.4318008 ]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){-0x1.6766dc876353ep+0, 0x1.dc0f6c99615a5p-2,
     -0x1.3824cd5c2fa51p+0, -0x1.1b086fc9ad10cp+4, -0x1.669d16395d6dep+2, 0x1.501d77a660af6p-1, -0x1.6d6f966ee110ap+4,
     -0x1.1488185129050p-1, -0x1.57ae980131b90p-2, -0x1.5b641d5e2f5e3p-3, -0x1.e6a3faeb69bb5p-3,
     -0x1.085bb1c12788ap-1, -0x1.68d285662cfddp+1, 0x1.d905aff72cac1p-1}, NULL, {0},
     "[[ -1.40391329   0.46490259  -1.21931156 -17.68955973  -5.60333782\n"
     "    0.65647482 -22.83974307]\n"
     " [ -0.54010082  -0.33562696  -0.16962455  -0.23761745  -0.51632457\n"
     "   -2.81892459   0.92387152]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){0x1.8f6059b75f9b4p-9, -0x1.63f801aa9b89dp+0,
     0x1.4a6e9d6a8d981p-6, 0x1.e30ae9ccc8e5ep-1, -0x1.dc7c9f47ce24ep-1, 0x1.d054986d82c1cp+2, 0x1.49fcc0fea4998p-1,
     0x1.66d02c8b86595p-3, 0x1.3ccf0ab22db08p+1, 0x1.b9d35f7d9bffcp-2, -0x1.ac30c1b8907fep-5, -0x1.863683a234a66p-1,
     -0x1.ad09a8648d959p+1, 0x1.70ef81bbba228p+1}, NULL, {0},
     "[[ 3.04699989e-03 -1.39050303e+00  2.01679742e-02  9.43442637e-01\n"
     "  -9.30638292e-01  7.25516329e+00  6.44506484e-01]\n"
     " [ 1.75201748e-01  2.47506841e+00  4.31470387e-01 -5.22693428e-02\n"
     "  -7.62134660e-01 -3.35185723e+00  2.88230917e+00]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){0x1.c5839e5dd2e17p+0, 0x1.0f69f82da3ae9p+1,
     0x1.2d6225b306545p-7, 0x1.b993ea885566ap-2, -0x1.7edea878db809p+2, -0x1.857cbd3f253dbp-1, -0x1.5840e05880dd0p-1,
     -0x1.1dc04557c7beep+2, -0x1.9fdad31352ea5p-4, 0x1.e80d2a9a94ba0p-1, 0x1.732f96ec63ea6p-4, -0x1.77446813dddedp-1,
     -0x1.b89f08a92e926p+0, -0x1.021df59f7f504p+0}, NULL, {0},
     "[[ 1.77153959  2.12042143  0.00919749  0.43122832 -5.98233997 -0.76071731\n"
     "  -0.67236997]\n"
     " [-4.46486028 -0.10152705  0.95322545  0.09062156 -0.73294378 -1.72117666\n"
     "  -1.00826965]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){0x1.ebd6873609297p+2, -0x1.0495cf36348f1p+1,
     -0x1.543b74d4f0a9ep-4, 0x1.b706ef38cb9cep+3, -0x1.cc929907c79e7p-3, -0x1.7343f0a0e13eep-3, 0x1.7b644a310b4e0p-3,
     0x1.b0510c61d9a23p+4, -0x1.185c3cfa0f746p+5, 0x1.33948fb44e52ap-6, -0x1.45905733ad706p-3, 0x1.372bbf391b11fp+2,
     -0x1.aaab3e3a6dc99p-7, 0x1.e72b150ef2ff8p-8}, NULL, {0},
     "[[ 7.68496876e+00 -2.03582182e+00 -8.30645145e-02  1.37195965e+01\n"
     "  -2.24888988e-01 -1.81281929e-01  1.85249881e-01]\n"
     " [ 2.70197872e+01 -3.50450382e+01  1.87732128e-02 -1.58966714e-01\n"
     "   4.86204510e+00 -1.30209020e-02  7.43359818e-03]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){-0x1.04d7f5e97cc7cp-1, -0x1.f1c473c51d269p+2,
     -0x1.7ea747b24fa5ap+5, -0x1.9cfc1604ec78ap-3, -0x1.ee48eafb4b12fp+1, -0x1.a4f9b8ccd545ep+2,
     -0x1.2a5c2577909e7p-4, -0x1.243c9ef761a1dp-4, -0x1.55ec22a3067b2p+2, 0x1.e85ceefa96864p+0, -0x1.0534b10cd3105p-5,
     -0x1.1c7197fc97e06p+4, -0x1.27225ab28524cp+5, 0x1.bb8e1d41b8ec9p-2}, NULL, {0},
     "[[-5.09460149e-01 -7.77761549e+00 -4.78316797e+01 -2.01652691e-01\n"
     "  -3.86160028e+00 -6.57774181e+00 -7.28417839e-02]\n"
     " [-7.13468752e-02 -5.34253755e+00  1.90766805e+00 -3.18854769e-02\n"
     "  -1.77777328e+01 -3.68917746e+01  4.33159310e-01]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){-0x1.63e0fb2148722p+2, -0x1.b86d9218c21d2p+4,
     -0x1.35662639b1aa4p-4, -0x1.1f2d571582d06p+2, 0x1.8d336cb755624p+5, 0x1.c8c0b3e0d79e2p-7, 0x1.86d9f4f0171e7p+4,
     -0x1.25fcc87adf305p-9, 0x1.192e92a27de7ap+2, -0x1.12e03be68e17dp+1, -0x1.280bc24c8025ep+4, 0x1.6fd1da5b7e85ap-3,
     0x1.5b7b8fec3bdbbp-3, -0x1.b8fe50fbd3df6p+5}, NULL, {0},
     "[[-5.56060675e+00 -2.75267507e+01 -7.55368703e-02 -4.48714234e+00\n"
     "   4.96501097e+01  1.39389876e-02  2.44282121e+01]\n"
     " [-2.24294612e-03  4.39346758e+00 -2.14746808e+00 -1.85028708e+01\n"
     "   1.79599482e-01  1.69669270e-01 -5.51241779e+01]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){0x1.b0edc8dc913f4p-2, 0x1.11879c06c0d37p+3,
     -0x1.aa5007fb2b392p-4, -0x1.811f68abfa943p-4, 0x1.68b2c9c5c4befp-7, -0x1.9275f5924df78p+6, 0x1.1a590c61bde2ap+1,
     0x1.09dd4a923bf8fp-3, -0x1.05b931819a984p-4, -0x1.fba61ad052ff6p+4, 0x1.e74018c118dfep-5, -0x1.de3229806cfa8p-5,
     -0x1.adf9cb89df2dap-2, 0x1.6dfc4301d12d7p+2}, NULL, {0},
     "[[ 4.22782076e-01  8.54780389e+00 -1.04080230e-01 -9.40240945e-02\n"
     "   1.10076413e-02 -1.00615195e+02  2.20584254e+00]\n"
     " [ 1.29816611e-01 -6.38973173e-02 -3.17280529e+01  5.94788059e-02\n"
     "  -5.83735285e-02 -4.19898205e-01  5.71852184e+00]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){-0x1.8b105838a3582p+9, 0x1.7d5f7a3891f43p+12,
     -0x1.dd425374d83cep-3, 0x1.9caad63ac77fep-13, -0x1.5c25c52f1a79cp+8, -0x1.3e93e46465c64p+6,
     -0x1.1a647d3d00438p+13, 0x1.e1074f66d69dcp-14, -0x1.e43c413ad294fp-6, 0x1.e334ebf662873p-6,
     -0x1.d10e83aad485ap-11, -0x1.428c3c8c08efap+4, 0x1.fd1b755a6fdf7p-10, 0x1.26195ba88c063p-12}, NULL, {0},
     "[[-7.90127692e+02  6.10196734e+03 -2.33036663e-01  1.96775118e-04\n"
     "  -3.48147540e+02 -7.96444259e+01 -9.03656115e+03]\n"
     " [ 1.14686145e-04 -2.95553815e-02  2.94925980e-02 -8.87025254e-04\n"
     "  -2.01592374e+01  1.94209007e-03  2.80474715e-04]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){0x1.5fe084e14fc78p+3, -0x1.38ff58d486046p+11,
     0x1.c8826af8552b6p-4, 0x1.538d021ed7356p-12, -0x1.d5b2de0334f8cp-9, -0x1.914d8142524ecp-11,
     -0x1.ba281720d7e89p-14, 0x1.d90d6c7e5a2efp-13, -0x1.c87435d917b3dp-5, -0x1.134ba6373a7f4p-9,
     -0x1.270c073aa957bp-6, -0x1.7c962659ff5c7p+2, -0x1.cb9fc4e2a6d4bp+8, -0x1.3bac88f7020f4p+7}, NULL, {0},
     "[[ 1.09961571e+01 -2.50397959e+03  1.11452501e-01  3.23820890e-04\n"
     "  -3.58351669e-03 -7.65424258e-04 -1.05418349e-04]\n"
     " [ 2.25568980e-04 -5.57194759e-02 -2.10033802e-03 -1.80082388e-02\n"
     "  -5.94666442e+00 -4.59624098e+02 -1.57836982e+02]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){0x1.17d4eca182ca2p-11, -0x1.e3c3ea8abc931p-1,
     0x1.df458c7b497b5p+2, -0x1.919873ca74f65p-5, -0x1.6573d79cefa29p+9, 0x1.fb08c41fe2a15p+5, -0x1.1c60013b7b9c8p-5,
     0x1.15658604c5a72p-12, -0x1.f38f5c52d1d79p+3, 0x1.99249148c80dbp-8, 0x1.b9afc6ab3e430p-6, 0x1.67aff0bb401e1p+2,
     0x1.60936c35afdb3p+13, -0x1.3586561b7b803p-5}, NULL, {0},
     "[[ 5.33736679e-04 -9.44854097e-01  7.48861992e+00 -4.90228902e-02\n"
     "  -7.14905017e+02  6.33792803e+01 -3.47137474e-02]\n"
     " [ 2.64545990e-04 -1.56112501e+01  6.24302432e-03  2.69584122e-02\n"
     "   5.62011355e+00  1.12824278e+04 -3.77837831e-02]]"},
    {"np.array2string(x)", NHWC_FLOAT64, 2, {2, 7}, (const double[]){0x1.d1bc8c5cf39e5p-4, -0x1.f1361928b68f1p+1,
     -0x1.5abb07e408f63p+2, 0x1.b5cad4fc1e462p+0, 0x1.3ca215a60fef8p+4, 0x1.2f899ead7ee2dp-6, -0x1.0c59ad5ad4823p+9,
     0x1.0aad5e00cd229p-2, 0x1.4c007f5ed921bp-15, 0x1.83c878b4d04fap-13, 0x1.1bf6e490459e5p+4, -0x1.2f6f1869b013dp-7,
     -0x1.176e2dfe47936p+12, -0x1.e777518fd4386p-9}, NULL, {0},
     "[[ 1.13705204e-01 -3.88446345e+00 -5.41766546e+00  1.71012622e+00\n"
     "   1.97895714e+01  1.85264635e-02 -5.36700603e+02]\n"
     " [ 2.60426968e-01  3.95777158e-05  1.84909388e-04  1.77477766e+01\n"
     "  -9.26006977e-03 -4.47088623e+03 -3.71907111e-03]]"},
    {"np.array2string(x)", NHWC_INT32, 0, {0}, NULL, (const int64_t[]){7}, {0},
     "7"},
    {"np.array2string(x)", NHWC_INT32, 1, {3}, NULL, (const int64_t[]){1, 20, 3}, {0},
     "[ 1 20  3]"},
    {"np.array2string(x)", NHWC_INT32, 2, {2, 2}, NULL, (const int64_t[]){-100, 5, 99, 0}, {0},
     "[[-100    5]\n"
     " [  99    0]]"},
    {"np.array2string(x)", NHWC_INT32, 2, {4, 25}, NULL, NULL, {0},
     "[[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
     "  24]\n"
     " [25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48\n"
     "  49]\n"
     " [50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73\n"
     "  74]\n"
     " [75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98\n"
     "  99]]"},
    {"np.array2string(x, threshold=50, edgeitems=1)", NHWC_INT32, 2, {4, 25}, NULL, NULL, {.threshold = 50,
     .edge_items = 1},
     "[[ 0 ... 24]\n"
     " ...\n"
     " [75 ... 99]]"},
    {"np.array2string(x, max_line_width=20)", NHWC_INT32, 1, {100}, NULL, NULL, {.line_width = 20},
     "[ 0  1  2  3  4  5\n"
     "  6  7  8  9 10 11\n"
     " 12 13 14 15 16 17\n"
     " 18 19 20 21 22 23\n"
     " 24 25 26 27 28 29\n"
     " 30 31 32 33 34 35\n"
     " 36 37 38 39 40 41\n"
     " 42 43 44 45 46 47\n"
     " 48 49 50 51 52 53\n"
     " 54 55 56 57 58 59\n"
     " 60 61 62 63 64 65\n"
     " 66 67 68 69 70 71\n"
     " 72 73 74 75 76 77\n"
     " 78 79 80 81 82 83\n"
     " 84 85 86 87 88 89\n"
     " 90 91 92 93 94 95\n"
     " 96 97 98 99]"},
    {"np.array2string(x)", NHWC_INT64, 0, {0}, NULL, (const int64_t[]){7}, {0},
     "7"},
    {"np.array2string(x)", NHWC_INT64, 1, {3}, NULL, (const int64_t[]){1, 20, 3}, {0},
     "[ 1 20  3]"},
    {"np.array2string(x)", NHWC_INT64, 2, {2, 2}, NULL, (const int64_t[]){-100, 5, 99, 0}, {0},
     "[[-100    5]\n"
     " [  99    0]]"},
    {"np.array2string(x)", NHWC_INT64, 2, {4, 25}, NULL, NULL, {0},
     "[[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
     "  24]\n"
     " [25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48\n"
     "  49]\n"
     " [50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73\n"
     "  74]\n"
     " [75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98\n"
     "  99]]"},
    {"np.array2string(x, threshold=50, edgeitems=1)", NHWC_INT64, 2, {4, 25}, NULL, NULL, {.threshold = 50,
     .edge_items = 1},
     "[[ 0 ... 24]\n"
     " ...\n"
     " [75 ... 99]]"},
    {"np.array2string(x, max_line_width=20)", NHWC_INT64, 1, {100}, NULL, NULL, {.line_width = 20},
     "[ 0  1  2  3  4  5\n"
     "  6  7  8  9 10 11\n"
     " 12 13 14 15 16 17\n"
     " 18 19 20 21 22 23\n"
     " 24 25 26 27 28 29\n"
     " 30 31 32 33 34 35\n"
     " 36 37 38 39 40 41\n"
     " 42 43 44 45 46 47\n"
     " 48 49 50 51 52 53\n"
     " 54 55 56 57 58 59\n"
     " 60 61 62 63 64 65\n"
     " 66 67 68 69 70 71\n"
     " 72 73 74 75 76 77\n"
     " 78 79 80 81 82 83\n"
     " 84 85 86 87 88 89\n"
     " 90 91 92 93 94 95\n"
     " 96 97 98 99]"},
    {"np.array2string(x)", NHWC_UINT8, 0, {0}, NULL, (const int64_t[]){7}, {0},
     "7"},
    {"np.array2string(x)", NHWC_UINT8, 1, {3}, NULL, (const int64_t[]){1, 20, 3}, {0},
     "[ 1 20  3]"},
    {"np.array2string(x)", NHWC_UINT8, 2, {2, 2}, NULL, (const int64_t[]){0, 5, 99, 0}, {0},
     "[[ 0  5]\n"
     " [99  0]]"},
    {"np.array2string(x)", NHWC_UINT8, 2, {4, 25}, NULL, NULL, {0},
     "[[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
     "  24]\n"
     " [25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48\n"
     "  49]\n"
     " [50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73\n"
     "  74]\n"
     " [75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98\n"
     "  99]]"},
    {"np.array2string(x, threshold=50, edgeitems=1)", NHWC_UINT8, 2, {4, 25}, NULL, NULL, {.threshold = 50,
     .edge_items = 1},
     "[[ 0 ... 24]\n"
     " ...\n"
     " [75 ... 99]]"},
    {"np.array2string(x, max_line_width=20)", NHWC_UINT8, 1, {100}, NULL, NULL, {.line_width = 20},
     "[ 0  1  2  3  4  5\n"
     "  6  7  8  9 10 11\n"
     " 12 13 14 15 16 17\n"
     " 18 19 20 21 22 23\n"
     " 24 25 26 27 28 29\n"
     " 30 31 32 33 34 35\n"
     " 36 37 38 39 40 41\n"
     " 42 43 44 45 46 47\n"
     " 48 49 50 51 52 53\n"
     " 54 55 56 57 58 59\n"
     " 60 61 62 63 64 65\n"
     " 66 67 68 69 70 71\n"
     " 72 73 74 75 76 77\n"
     " 78 79 80 81 82 83\n"
     " 84 85 86 87 88 89\n"
     " 90 91 92 93 94 95\n"
     " 96 97 98 99]"},
    {"np.array2string(x)", NHWC_INT64, 1, {2}, NULL, (const int64_t[]){INT64_MIN, 9223372036854775807}, {0},
     "[-9223372036854775808  9223372036854775807]"},
    {"np.array2string(x)", NHWC_INT64, 2, {2, 600}, NULL, NULL, {0},
     "[[   0    1    2 ...  597  598  599]\n"
     " [ 600  601  602 ... 1197 1198 1199]]"},
    {"np.array2string(x)", NHWC_INT64, 3, {12, 12, 12}, NULL, NULL, {0},
     "[[[   0    1    2 ...    9   10   11]\n"
     "  [  12   13   14 ...   21   22   23]\n"
     "  [  24   25   26 ...   33   34   35]\n"
     "  ...\n"
     "  [ 108  109  110 ...  117  118  119]\n"
     "  [ 120  121  122 ...  129  130  131]\n"
     "  [ 132  133  134 ...  141  142  143]]\n"
     "\n"
     " [[ 144  145  146 ...  153  154  155]\n"
     "  [ 156  157  158 ...  165  166  167]\n"
     "  [ 168  169  170 ...  177  178  179]\n"
     "  ...\n"
     "  [ 252  253  254 ...  261  262  263]\n"
     "  [ 264  265  266 ...  273  274  275]\n"
     "  [ 276  277  278 ...  285  286  287]]\n"
     "\n"
     " [[ 288  289  290 ...  297  298  299]\n"
     "  [ 300  301  302 ...  309  310  311]\n"
     "  [ 312  313  314 ...  321  322  323]\n"
     "  ...\n"
     "  [ 396  397  398 ...  405  406  407]\n"
     "  [ 408  409  410 ...  417  418  419]\n"
     "  [ 420  421  422 ...  429  430  431]]\n"
     "\n"
     " ...\n"
     "\n"
     " [[1296 1297 1298 ... 1305 1306 1307]\n"
     "  [1308 1309 1310 ... 1317 1318 1319]\n"
     "  [1320 1321 1322 ... 1329 1330 1331]\n"
     "  ...\n"
     "  [1404 1405 1406 ... 1413 1414 1415]\n"
     "  [1416 1417 1418 ... 1425 1426 1427]\n"
     "  [1428 1429 1430 ... 1437 1438 1439]]\n"
     "\n"
     " [[1440 1441 1442 ... 1449 1450 1451]\n"
     "  [1452 1453 1454 ... 1461 1462 1463]\n"
     "  [1464 1465 1466 ... 1473 1474 1475]\n"
     "  ...\n"
     "  [1548 1549 1550 ... 1557 1558 1559]\n"
     "  [1560 1561 1562 ... 1569 1570 1571]\n"
     "  [1572 1573 1574 ... 1581 1582 1583]]\n"
     "\n"
     " [[1584 1585 1586 ... 1593 1594 1595]\n"
     "  [1596 1597 1598 ... 1605 1606 1607]\n"
     "  [1608 1609 1610 ... 1617 1618 1619]\n"
     "  ...\n"
     "  [1692 1693 1694 ... 1701 1702 1703]\n"
     "  [1704 1705 1706 ... 1713 1714 1715]\n"
     "  [1716 1717 1718 ... 1725 1726 1727]]]"},
    {"np.array2string(x)", NHWC_BOOL, 0, {0}, NULL, (const int64_t[]){1}, {0},
     "True"},
    {"np.array2string(x)", NHWC_BOOL, 1, {2}, NULL, (const int64_t[]){1, 0}, {0},
     "[ True False]"},
    {"np.array2string(x)", NHWC_BOOL, 2, {2, 2}, NULL, (const int64_t[]){1, 1, 0, 1}, {0},
     "[[ True  True]\n"
     " [False  True]]"},
    {"np.array2string(x)", NHWC_BOOL, 1, {30}, NULL, (const int64_t[]){1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
     1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {0},
     "[ True  True  True  True  True  True  True  True  True  True  True  True\n"
     "  True  True  True  True  True  True  True  True  True  True  True  True\n"
     "  True  True  True  True  True  True]"},
};

static const golden_compare golden_compares[] = {
    {"np.isclose([1, 2, 3], [1, 2, 3], 1e-05, 1e-08, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1,
     0x1.8000000000000p+1}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 0},
    {"np.isclose([1, 2, 3], [1, 2, 3], 1e-05, 1e-08, True)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1,
     0x1.8000000000000p+1}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 0},
    {"np.isclose([1, 2, 3], [1, 2, 3], 0, 0, False)", 3, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1,
     0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.8000000000000p+1},
     {0x0.0p+0, 0x0.0p+0, false}, 0},
    {"np.isclose([1, 2, 3], [1, 2, 3], 0, 0, True)", 3, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1,
     0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.8000000000000p+1},
     {0x0.0p+0, 0x0.0p+0, true}, 0},
    {"np.isclose([1, 2, 3], [1, 2, 3], 0.1, 0, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1,
     0x1.8000000000000p+1}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 0},
    {"np.isclose([1, 2, 3], [1, 2, 3], 0.1, 0, True)", 3, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1,
     0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.8000000000000p+1},
     {0x1.999999999999ap-4, 0x0.0p+0, true}, 0},
    {"np.isclose([1, 2, 3], [1, 2, 3], 0, 0.5, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1,
     0x1.8000000000000p+1}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 0},
    {"np.isclose([1, 2, 3], [1, 2, 3], 0, 0.5, True)", 3, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1,
     0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.8000000000000p+1},
     {0x0.0p+0, 0x1.0000000000000p-1, true}, 0},
    {"np.isclose([1, 2, 3], [1, 2.00001, 3], 1e-05, 1e-08, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.000053e2d6239p+1,
     0x1.8000000000000p+1}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 0},
    {"np.isclose([1, 2, 3], [1, 2.00001, 3], 1e-05, 1e-08, True)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.000053e2d6239p+1,
     0x1.8000000000000p+1}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 0},
    {"np.isclose([1, 2, 3], [1, 2.00001, 3], 0, 0, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.000053e2d6239p+1,
     0x1.8000000000000p+1}, {0x0.0p+0, 0x0.0p+0, false}, 1},
    {"np.isclose([1, 2, 3], [1, 2.00001, 3], 0, 0, True)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.000053e2d6239p+1,
     0x1.8000000000000p+1}, {0x0.0p+0, 0x0.0p+0, true}, 1},
    {"np.isclose([1, 2, 3], [1, 2.00001, 3], 0.1, 0, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.000053e2d6239p+1,
     0x1.8000000000000p+1}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 0},
    {"np.isclose([1, 2, 3], [1, 2.00001, 3], 0.1, 0, True)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.000053e2d6239p+1,
     0x1.8000000000000p+1}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 0},
    {"np.isclose([1, 2, 3], [1, 2.00001, 3], 0, 0.5, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.000053e2d6239p+1,
     0x1.8000000000000p+1}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 0},
    {"np.isclose([1, 2, 3], [1, 2.00001, 3], 0, 0.5, True)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.000053e2d6239p+1,
     0x1.8000000000000p+1}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 0},
    {"np.isclose([1, 2, 3], [1, 2.001, 3.1], 1e-05, 1e-08, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0020c49ba5e35p+1,
     0x1.8cccccccccccdp+1}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 2},
    {"np.isclose([1, 2, 3], [1, 2.001, 3.1], 1e-05, 1e-08, True)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0020c49ba5e35p+1,
     0x1.8cccccccccccdp+1}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 2},
    {"np.isclose([1, 2, 3], [1, 2.001, 3.1], 0, 0, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0020c49ba5e35p+1,
     0x1.8cccccccccccdp+1}, {0x0.0p+0, 0x0.0p+0, false}, 2},
    {"np.isclose([1, 2, 3], [1, 2.001, 3.1], 0, 0, True)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0020c49ba5e35p+1,
     0x1.8cccccccccccdp+1}, {0x0.0p+0, 0x0.0p+0, true}, 2},
    {"np.isclose([1, 2, 3], [1, 2.001, 3.1], 0.1, 0, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0020c49ba5e35p+1,
     0x1.8cccccccccccdp+1}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 0},
    {"np.isclose([1, 2, 3], [1, 2.001, 3.1], 0.1, 0, True)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0020c49ba5e35p+1,
     0x1.8cccccccccccdp+1}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 0},
    {"np.isclose([1, 2, 3], [1, 2.001, 3.1], 0, 0.5, False)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0020c49ba5e35p+1,
     0x1.8cccccccccccdp+1}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 0},
    {"np.isclose([1, 2, 3], [1, 2.001, 3.1], 0, 0.5, True)", 3, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+1, 0x1.8000000000000p+1}, (const double[]){0x1.0000000000000p+0, 0x1.0020c49ba5e35p+1,
     0x1.8cccccccccccdp+1}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 0},
    {"np.isclose([10000000000.0, 1], [10000100000.0, 1], 1e-05, 1e-08, False)", 2, (const
     double[]){0x1.2a05f20000000p+33, 0x1.0000000000000p+0}, (const double[]){0x1.2a06b55000000p+33,
     0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 0},
    {"np.isclose([10000000000.0, 1], [10000100000.0, 1], 1e-05, 1e-08, True)", 2, (const
     double[]){0x1.2a05f20000000p+33, 0x1.0000000000000p+0}, (const double[]){0x1.2a06b55000000p+33,
     0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 0},
    {"np.isclose([10000000000.0, 1], [10000100000.0, 1], 0, 0, False)", 2, (const double[]){0x1.2a05f20000000p+33,
     0x1.0000000000000p+0}, (const double[]){0x1.2a06b55000000p+33, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0,
     false}, 1},
    {"np.isclose([10000000000.0, 1], [10000100000.0, 1], 0, 0, True)", 2, (const double[]){0x1.2a05f20000000p+33,
     0x1.0000000000000p+0}, (const double[]){0x1.2a06b55000000p+33, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, true},
     1},
    {"np.isclose([10000000000.0, 1], [10000100000.0, 1], 0.1, 0, False)", 2, (const double[]){0x1.2a05f20000000p+33,
     0x1.0000000000000p+0}, (const double[]){0x1.2a06b55000000p+33, 0x1.0000000000000p+0}, {0x1.999999999999ap-4,
     0x0.0p+0, false}, 0},
    {"np.isclose([10000000000.0, 1], [10000100000.0, 1], 0.1, 0, True)", 2, (const double[]){0x1.2a05f20000000p+33,
     0x1.0000000000000p+0}, (const double[]){0x1.2a06b55000000p+33, 0x1.0000000000000p+0}, {0x1.999999999999ap-4,
     0x0.0p+0, true}, 0},
    {"np.isclose([10000000000.0, 1], [10000100000.0, 1], 0, 0.5, False)", 2, (const double[]){0x1.2a05f20000000p+33,
     0x1.0000000000000p+0}, (const double[]){0x1.2a06b55000000p+33, 0x1.0000000000000p+0}, {0x0.0p+0,
     0x1.0000000000000p-1, false}, 1},
    {"np.isclose([10000000000.0, 1], [10000100000.0, 1], 0, 0.5, True)", 2, (const double[]){0x1.2a05f20000000p+33,
     0x1.0000000000000p+0}, (const double[]){0x1.2a06b55000000p+33, 0x1.0000000000000p+0}, {0x0.0p+0,
     0x1.0000000000000p-1, true}, 1},
    {"np.isclose([0, 1e-08], [0, 0], 1e-05, 1e-08, False)", 2, (const double[]){0x0.0p+0, 0x1.5798ee2308c3ap-27},
     (const double[]){0x0.0p+0, 0x0.0p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 0},
    {"np.isclose([0, 1e-08], [0, 0], 1e-05, 1e-08, True)", 2, (const double[]){0x0.0p+0, 0x1.5798ee2308c3ap-27},
     (const double[]){0x0.0p+0, 0x0.0p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 0},
    {"np.isclose([0, 1e-08], [0, 0], 0, 0, False)", 2, (const double[]){0x0.0p+0, 0x1.5798ee2308c3ap-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x0.0p+0, 0x0.0p+0, false}, 1},
    {"np.isclose([0, 1e-08], [0, 0], 0, 0, True)", 2, (const double[]){0x0.0p+0, 0x1.5798ee2308c3ap-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x0.0p+0, 0x0.0p+0, true}, 1},
    {"np.isclose([0, 1e-08], [0, 0], 0.1, 0, False)", 2, (const double[]){0x0.0p+0, 0x1.5798ee2308c3ap-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 1},
    {"np.isclose([0, 1e-08], [0, 0], 0.1, 0, True)", 2, (const double[]){0x0.0p+0, 0x1.5798ee2308c3ap-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 1},
    {"np.isclose([0, 1e-08], [0, 0], 0, 0.5, False)", 2, (const double[]){0x0.0p+0, 0x1.5798ee2308c3ap-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 0},
    {"np.isclose([0, 1e-08], [0, 0], 0, 0.5, True)", 2, (const double[]){0x0.0p+0, 0x1.5798ee2308c3ap-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 0},
    {"np.isclose([0, 1.1e-08], [0, 0], 1e-05, 1e-08, False)", 2, (const double[]){0x0.0p+0, 0x1.79f505f35670cp-27},
     (const double[]){0x0.0p+0, 0x0.0p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 1},
    {"np.isclose([0, 1.1e-08], [0, 0], 1e-05, 1e-08, True)", 2, (const double[]){0x0.0p+0, 0x1.79f505f35670cp-27},
     (const double[]){0x0.0p+0, 0x0.0p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 1},
    {"np.isclose([0, 1.1e-08], [0, 0], 0, 0, False)", 2, (const double[]){0x0.0p+0, 0x1.79f505f35670cp-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x0.0p+0, 0x0.0p+0, false}, 1},
    {"np.isclose([0, 1.1e-08], [0, 0], 0, 0, True)", 2, (const double[]){0x0.0p+0, 0x1.79f505f35670cp-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x0.0p+0, 0x0.0p+0, true}, 1},
    {"np.isclose([0, 1.1e-08], [0, 0], 0.1, 0, False)", 2, (const double[]){0x0.0p+0, 0x1.79f505f35670cp-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 1},
    {"np.isclose([0, 1.1e-08], [0, 0], 0.1, 0, True)", 2, (const double[]){0x0.0p+0, 0x1.79f505f35670cp-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 1},
    {"np.isclose([0, 1.1e-08], [0, 0], 0, 0.5, False)", 2, (const double[]){0x0.0p+0, 0x1.79f505f35670cp-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 0},
    {"np.isclose([0, 1.1e-08], [0, 0], 0, 0.5, True)", 2, (const double[]){0x0.0p+0, 0x1.79f505f35670cp-27}, (const
     double[]){0x0.0p+0, 0x0.0p+0}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 0},
    {"np.isclose([nan, 1], [nan, 1], 1e-05, 1e-08, False)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){NAN, 0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 1},
    {"np.isclose([nan, 1], [nan, 1], 1e-05, 1e-08, True)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){NAN, 0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 0},
    {"np.isclose([nan, 1], [nan, 1], 0, 0, False)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){NAN, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, false}, 1},
    {"np.isclose([nan, 1], [nan, 1], 0, 0, True)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){NAN, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, true}, 0},
    {"np.isclose([nan, 1], [nan, 1], 0.1, 0, False)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){NAN, 0x1.0000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 1},
    {"np.isclose([nan, 1], [nan, 1], 0.1, 0, True)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){NAN, 0x1.0000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 0},
    {"np.isclose([nan, 1], [nan, 1], 0, 0.5, False)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){NAN, 0x1.0000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 1},
    {"np.isclose([nan, 1], [nan, 1], 0, 0.5, True)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){NAN, 0x1.0000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 0},
    {"np.isclose([nan, 1], [1, 1], 1e-05, 1e-08, False)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 1},
    {"np.isclose([nan, 1], [1, 1], 1e-05, 1e-08, True)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 1},
    {"np.isclose([nan, 1], [1, 1], 0, 0, False)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, false}, 1},
    {"np.isclose([nan, 1], [1, 1], 0, 0, True)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, true}, 1},
    {"np.isclose([nan, 1], [1, 1], 0.1, 0, False)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 1},
    {"np.isclose([nan, 1], [1, 1], 0.1, 0, True)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 1},
    {"np.isclose([nan, 1], [1, 1], 0, 0.5, False)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 1},
    {"np.isclose([nan, 1], [1, 1], 0, 0.5, True)", 2, (const double[]){NAN, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 1},
    {"np.isclose([1, 1], [1, nan], 1e-05, 1e-08, False)", 2, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+0}, (const double[]){0x1.0000000000000p+0, NAN}, {0x1.4f8b588e368f1p-17,
     0x1.5798ee2308c3ap-27, false}, 1},
    {"np.isclose([1, 1], [1, nan], 1e-05, 1e-08, True)", 2, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+0}, (const double[]){0x1.0000000000000p+0, NAN}, {0x1.4f8b588e368f1p-17,
     0x1.5798ee2308c3ap-27, true}, 1},
    {"np.isclose([1, 1], [1, nan], 0, 0, False)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){0x1.0000000000000p+0, NAN}, {0x0.0p+0, 0x0.0p+0, false}, 1},
    {"np.isclose([1, 1], [1, nan], 0, 0, True)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){0x1.0000000000000p+0, NAN}, {0x0.0p+0, 0x0.0p+0, true}, 1},
    {"np.isclose([1, 1], [1, nan], 0.1, 0, False)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){0x1.0000000000000p+0, NAN}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 1},
    {"np.isclose([1, 1], [1, nan], 0.1, 0, True)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){0x1.0000000000000p+0, NAN}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 1},
    {"np.isclose([1, 1], [1, nan], 0, 0.5, False)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){0x1.0000000000000p+0, NAN}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 1},
    {"np.isclose([1, 1], [1, nan], 0, 0.5, True)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){0x1.0000000000000p+0, NAN}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 1},
    {"np.isclose([inf, -inf], [inf, -inf], 1e-05, 1e-08, False)", 2, (const double[]){INFINITY, -INFINITY}, (const
     double[]){INFINITY, -INFINITY}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 0},
    {"np.isclose([inf, -inf], [inf, -inf], 1e-05, 1e-08, True)", 2, (const double[]){INFINITY, -INFINITY}, (const
     double[]){INFINITY, -INFINITY}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 0},
    {"np.isclose([inf, -inf], [inf, -inf], 0, 0, False)", 2, (const double[]){INFINITY, -INFINITY}, (const
     double[]){INFINITY, -INFINITY}, {0x0.0p+0, 0x0.0p+0, false}, 0},
    {"np.isclose([inf, -inf], [inf, -inf], 0, 0, True)", 2, (const double[]){INFINITY, -INFINITY}, (const
     double[]){INFINITY, -INFINITY}, {0x0.0p+0, 0x0.0p+0, true}, 0},
    {"np.isclose([inf, -inf], [inf, -inf], 0.1, 0, False)", 2, (const double[]){INFINITY, -INFINITY}, (const
     double[]){INFINITY, -INFINITY}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 0},
    {"np.isclose([inf, -inf], [inf, -inf], 0.1, 0, True)", 2, (const double[]){INFINITY, -INFINITY}, (const
     double[]){INFINITY, -INFINITY}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 0},
    {"np.isclose([inf, -inf], [inf, -inf], 0, 0.5, False)", 2, (const double[]){INFINITY, -INFINITY}, (const
     double[]){INFINITY, -INFINITY}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 0},
    {"np.isclose([inf, -inf], [inf, -inf], 0, 0.5, True)", 2, (const double[]){INFINITY, -INFINITY}, (const
     double[]){INFINITY, -INFINITY}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 0},
    {"np.isclose([inf, 1], [-inf, 1], 1e-05, 1e-08, False)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0},
     (const double[]){-INFINITY, 0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 1},
    {"np.isclose([inf, 1], [-inf, 1], 1e-05, 1e-08, True)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0},
     (const double[]){-INFINITY, 0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 1},
    {"np.isclose([inf, 1], [-inf, 1], 0, 0, False)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){-INFINITY, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, false}, 1},
    {"np.isclose([inf, 1], [-inf, 1], 0, 0, True)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){-INFINITY, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, true}, 1},
    {"np.isclose([inf, 1], [-inf, 1], 0.1, 0, False)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){-INFINITY, 0x1.0000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 1},
    {"np.isclose([inf, 1], [-inf, 1], 0.1, 0, True)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){-INFINITY, 0x1.0000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 1},
    {"np.isclose([inf, 1], [-inf, 1], 0, 0.5, False)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){-INFINITY, 0x1.0000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 1},
    {"np.isclose([inf, 1], [-inf, 1], 0, 0.5, True)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){-INFINITY, 0x1.0000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 1},
    {"np.isclose([inf, 1], [1, 1], 1e-05, 1e-08, False)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 1},
    {"np.isclose([inf, 1], [1, 1], 1e-05, 1e-08, True)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 1},
    {"np.isclose([inf, 1], [1, 1], 0, 0, False)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, false}, 1},
    {"np.isclose([inf, 1], [1, 1], 0, 0, True)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, true}, 1},
    {"np.isclose([inf, 1], [1, 1], 0.1, 0, False)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 1},
    {"np.isclose([inf, 1], [1, 1], 0.1, 0, True)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 1},
    {"np.isclose([inf, 1], [1, 1], 0, 0.5, False)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 1},
    {"np.isclose([inf, 1], [1, 1], 0, 0.5, True)", 2, (const double[]){INFINITY, 0x1.0000000000000p+0}, (const
     double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 1},
    {"np.isclose([1, 1], [inf, 1], 1e-05, 1e-08, False)", 2, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+0}, (const double[]){INFINITY, 0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17,
     0x1.5798ee2308c3ap-27, false}, 1},
    {"np.isclose([1, 1], [inf, 1], 1e-05, 1e-08, True)", 2, (const double[]){0x1.0000000000000p+0,
     0x1.0000000000000p+0}, (const double[]){INFINITY, 0x1.0000000000000p+0}, {0x1.4f8b588e368f1p-17,
     0x1.5798ee2308c3ap-27, true}, 1},
    {"np.isclose([1, 1], [inf, 1], 0, 0, False)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){INFINITY, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, false}, 1},
    {"np.isclose([1, 1], [inf, 1], 0, 0, True)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){INFINITY, 0x1.0000000000000p+0}, {0x0.0p+0, 0x0.0p+0, true}, 1},
    {"np.isclose([1, 1], [inf, 1], 0.1, 0, False)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){INFINITY, 0x1.0000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 1},
    {"np.isclose([1, 1], [inf, 1], 0.1, 0, True)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){INFINITY, 0x1.0000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 1},
    {"np.isclose([1, 1], [inf, 1], 0, 0.5, False)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){INFINITY, 0x1.0000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 1},
    {"np.isclose([1, 1], [inf, 1], 0, 0.5, True)", 2, (const double[]){0x1.0000000000000p+0, 0x1.0000000000000p+0},
     (const double[]){INFINITY, 0x1.0000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 1},
    {"np.isclose([0.0], [-0.0], 1e-05, 1e-08, False)", 1, (const double[]){0x0.0p+0}, (const double[]){-0x0.0p+0},
     {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 0},
    {"np.isclose([0.0], [-0.0], 1e-05, 1e-08, True)", 1, (const double[]){0x0.0p+0}, (const double[]){-0x0.0p+0},
     {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 0},
    {"np.isclose([0.0], [-0.0], 0, 0, False)", 1, (const double[]){0x0.0p+0}, (const double[]){-0x0.0p+0}, {0x0.0p+0,
     0x0.0p+0, false}, 0},
    {"np.isclose([0.0], [-0.0], 0, 0, True)", 1, (const double[]){0x0.0p+0}, (const double[]){-0x0.0p+0}, {0x0.0p+0,
     0x0.0p+0, true}, 0},
    {"np.isclose([0.0], [-0.0], 0.1, 0, False)", 1, (const double[]){0x0.0p+0}, (const double[]){-0x0.0p+0},
     {0x1.999999999999ap-4, 0x0.0p+0, false}, 0},
    {"np.isclose([0.0], [-0.0], 0.1, 0, True)", 1, (const double[]){0x0.0p+0}, (const double[]){-0x0.0p+0},
     {0x1.999999999999ap-4, 0x0.0p+0, true}, 0},
    {"np.isclose([0.0], [-0.0], 0, 0.5, False)", 1, (const double[]){0x0.0p+0}, (const double[]){-0x0.0p+0},
     {0x0.0p+0, 0x1.0000000000000p-1, false}, 0},
    {"np.isclose([0.0], [-0.0], 0, 0.5, True)", 1, (const double[]){0x0.0p+0}, (const double[]){-0x0.0p+0}, {0x0.0p+0,
     0x1.0000000000000p-1, true}, 0},
    {"np.isclose([100, 1, 1], [101, 1.5, 1.25], 1e-05, 1e-08, False)", 3, (const double[]){0x1.9000000000000p+6,
     0x1.0000000000000p+0, 0x1.0000000000000p+0}, (const double[]){0x1.9400000000000p+6, 0x1.8000000000000p+0,
     0x1.4000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false}, 3},
    {"np.isclose([100, 1, 1], [101, 1.5, 1.25], 1e-05, 1e-08, True)", 3, (const double[]){0x1.9000000000000p+6,
     0x1.0000000000000p+0, 0x1.0000000000000p+0}, (const double[]){0x1.9400000000000p+6, 0x1.8000000000000p+0,
     0x1.4000000000000p+0}, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true}, 3},
    {"np.isclose([100, 1, 1], [101, 1.5, 1.25], 0, 0, False)", 3, (const double[]){0x1.9000000000000p+6,
     0x1.0000000000000p+0, 0x1.0000000000000p+0}, (const double[]){0x1.9400000000000p+6, 0x1.8000000000000p+0,
     0x1.4000000000000p+0}, {0x0.0p+0, 0x0.0p+0, false}, 3},
    {"np.isclose([100, 1, 1], [101, 1.5, 1.25], 0, 0, True)", 3, (const double[]){0x1.9000000000000p+6,
     0x1.0000000000000p+0, 0x1.0000000000000p+0}, (const double[]){0x1.9400000000000p+6, 0x1.8000000000000p+0,
     0x1.4000000000000p+0}, {0x0.0p+0, 0x0.0p+0, true}, 3},
    {"np.isclose([100, 1, 1], [101, 1.5, 1.25], 0.1, 0, False)", 3, (const double[]){0x1.9000000000000p+6,
     0x1.0000000000000p+0, 0x1.0000000000000p+0}, (const double[]){0x1.9400000000000p+6, 0x1.8000000000000p+0,
     0x1.4000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, false}, 2},
    {"np.isclose([100, 1, 1], [101, 1.5, 1.25], 0.1, 0, True)", 3, (const double[]){0x1.9000000000000p+6,
     0x1.0000000000000p+0, 0x1.0000000000000p+0}, (const double[]){0x1.9400000000000p+6, 0x1.8000000000000p+0,
     0x1.4000000000000p+0}, {0x1.999999999999ap-4, 0x0.0p+0, true}, 2},
    {"np.isclose([100, 1, 1], [101, 1.5, 1.25], 0, 0.5, False)", 3, (const double[]){0x1.9000000000000p+6,
     0x1.0000000000000p+0, 0x1.0000000000000p+0}, (const double[]){0x1.9400000000000p+6, 0x1.8000000000000p+0,
     0x1.4000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, false}, 1},
    {"np.isclose([100, 1, 1], [101, 1.5, 1.25], 0, 0.5, True)", 3, (const double[]){0x1.9000000000000p+6,
     0x1.0000000000000p+0, 0x1.0000000000000p+0}, (const double[]){0x1.9400000000000p+6, 0x1.8000000000000p+0,
     0x1.4000000000000p+0}, {0x0.0p+0, 0x1.0000000000000p-1, true}, 1},
    {"np.isclose([], [], 1e-05, 1e-08, False)", 0, NULL, NULL, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, false},
     0},
    {"np.isclose([], [], 1e-05, 1e-08, True)", 0, NULL, NULL, {0x1.4f8b588e368f1p-17, 0x1.5798ee2308c3ap-27, true},
     0},
    {"np.isclose([], [], 0, 0, False)", 0, NULL, NULL, {0x0.0p+0, 0x0.0p+0, false}, 0},
    {"np.isclose([], [], 0, 0, True)", 0, NULL, NULL, {0x0.0p+0, 0x0.0p+0, true}, 0},
    {"np.isclose([], [], 0.1, 0, False)", 0, NULL, NULL, {0x1.999999999999ap-4, 0x0.0p+0, false}, 0},
    {"np.isclose([], [], 0.1, 0, True)", 0, NULL, NULL, {0x1.999999999999ap-4, 0x0.0p+0, true}, 0},
    {"np.isclose([], [], 0, 0.5, False)", 0, NULL, NULL, {0x0.0p+0, 0x1.0000000000000p-1, false}, 0},
    {"np.isclose([], [], 0, 0.5, True)", 0, NULL, NULL, {0x0.0p+0, 0x1.0000000000000p-1, true}, 0},
};

/* clang-format on */

#endif
