#!/usr/bin/env python3
"""Makes math_golden.h: what NumPy and PyTorch answer, in float64, to the calls of <nhwc/math.h>.

Needs numpy (1.24.2 made the file in the tree) and torch (1.13). Run:

    python3 tests/golden/make_math_golden.py > tests/golden/math_golden.h

Inputs are float32 numbers, so that both dtypes are asked the same. Where NumPy and PyTorch disagree, PyTorch does with
TensorFlow, or a limit is NaN to one of them, the input is left out of the case: see `without`.
"""
import itertools
import textwrap

import numpy as np
import torch
import torch.nn.functional as F

np.seterr(all="ignore")
INF, NAN = float("inf"), float("nan")
POINTS = [-INF, -100.5, -20.25, -6.5, -3, -1.5, -1, -0.625, -0.1, -1e-5, -0.0, 0.0, 1e-5, 0.1, 0.625, 1, 1.5, 3, 6, 6.5,
          20.25, 100.5, INF, NAN]



def elu(x):
    """F.elu(x, 1.5), which is of exp(x) - 1 and loses digits near 0."""
    return torch.where(x > 0, x, 1.5 * torch.expm1(torch.clamp(x, max=0)))


# name, the function of a torch tensor or a NumPy array, points that are left out
UNARY = [
    ("negate", torch.neg, []), ("abs", torch.abs, [NAN]), ("sign", torch.sign, [NAN]), ("square", torch.square, []),
    ("sqrt", torch.sqrt, []), ("rsqrt", torch.rsqrt, [-0.0]), ("exp", torch.exp, []), ("log", torch.log, []),
    ("floor", torch.floor, []), ("relu", F.relu, [NAN]), ("relu6", F.relu6, [NAN]), ("sigmoid", torch.sigmoid, []),
    ("tanh", torch.tanh, []), ("softplus", lambda x: F.softplus(x, threshold=1000), []),
    ("swish", F.silu, [-INF, INF]), ("gelu", lambda x: x / 2 * torch.erfc(-x * 0.5**0.5), [-INF]),
    ("leaky_relu", lambda x: F.leaky_relu(x, 0.25), []), ("elu", elu, [NAN]),
]
PAIR = [-INF, -2.5, -1, -0.0, 0.0, 0.5, 1, 3, INF, NAN]
BINARY = ["add", "subtract", "multiply", "divide", "power", "minimum", "maximum", "equal", "not_equal", "less",
          "less_equal", "greater", "greater_equal"]
DERIVED = {"add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div, "power": torch.pow,
           "minimum": torch.minimum, "maximum": torch.maximum}
DERIVED_PAIRS = [(a, b) for a in (0.25, 0.75, 1.5, 4) for b in (-2.5, -1, 0.5, 3)]
CLIPS = [(-1, 2), (-1, -1), (2, -1), (-0.0, 0.0), (-INF, INF), (NAN, 1), (-1, NAN), (None, 1), (-1, None)]
SHAPES = [[], [1], [3], [2, 3], [2, 1], [1, 3], [4, 1, 3], [0], [2, 0], [1, 1, 1], [4, 2, 3], [5]]


def single(values):
    return np.array(values, np.float32).astype(np.float64)


def number(v):
    v = float(v)
    return "NAN" if v != v else "INFINITY" if v == INF else "-INFINITY" if v == -INF else str(int(v)) if (
        v == int(v) and abs(v) < 1e6 and not (v == 0 and np.signbit(v))) else v.hex()


def row(values):
    return "(const double[]){" + ", ".join(number(v) for v in np.asarray(values).reshape(-1)) + "}"


def ints(values):
    return "{" + ", ".join(str(int(v)) for v in values) + "}"


def same(a, b):
    return (a != a and b != b) or (a == b and np.signbit(a) == np.signbit(b))


def put(text):
    print("\n".join(textwrap.wrap(text, 118, initial_indent="    ", subsequent_indent="      ")))


def unary():
    print("static const golden_unary golden_unaries[] = {")
    for name, function, without in UNARY:
        points = single([p for p in POINTS if not any(same(p, w) for w in without)])
        x = torch.tensor(points, requires_grad=True)
        y = function(x)
        dx = torch.autograd.grad(y.sum(), x)[0] if y.requires_grad else torch.zeros_like(x)
        put('{"%s", %d, %s, %s, %s},' % (name, len(points), row(points), row(y.detach()), row(dx)))
    print("};\n")


def binary():
    print("static const double golden_pair_values[] = {%s};\n" % ", ".join(number(v) for v in PAIR))
    print("/* Of each value with each, a * 10 + b. */\nstatic const golden_binary golden_binaries[] = {")
    a, b = np.meshgrid(single(PAIR), single(PAIR), indexing="ij")
    for name in BINARY:
        put('{"%s", %s},' % (name, row(getattr(np, name)(a, b))))
    print("};\n")
    pairs = single(DERIVED_PAIRS)
    print("static const double golden_derived_pairs[][2] = {")
    put(", ".join("{%s, %s}" % (number(p), number(q)) for p, q in pairs))
    print("};\n\nstatic const golden_derivative golden_derivatives[] = {")
    for name, function in DERIVED.items():
        x, z = (torch.tensor(pairs[:, i].copy(), requires_grad=True) for i in (0, 1))
        da, db = torch.autograd.grad(function(x, z).sum(), (x, z))
        put('{"%s", %s, %s},' % (name, row(da), row(db)))
    print("};\n")


def bound(v):
    return "NULL" if v is None else "&(const double){%s}" % number(v)


def choices():
    print("/* Of golden_pair_values. */\nstatic const golden_clip golden_clips[] = {")
    for low, high in CLIPS:
        x = torch.tensor(single(PAIR), requires_grad=True)
        bounds = [None if v is None else torch.tensor(v, dtype=torch.float64) for v in (low, high)]
        dx = torch.autograd.grad(torch.clamp(x, *bounds).sum(), x)[0]
        y = np.clip(single(PAIR), *(v if v is None else np.full(len(PAIR), v) for v in (low, high))) # one NaN is no bound
        put('{%s, %s, %s, %s},' % (bound(low), bound(high), row(y), row(dx)))
    print("};\n")
    a, b = np.meshgrid(single(PAIR), single(PAIR), indexing="ij")
    print("/* np.where(a < b, b, a) of each value a with each b. */\nstatic const double golden_where[] = {")
    put(", ".join(number(v) for v in np.where(a < b, b, a).reshape(-1)))
    print("};\n")
    print("/* TensorFlow's rule, a derivative that PyTorch has otherwise: tf.pow(a, b) * tf.where(a > 0, tf.log(a), 0) of\n"
          " * each value with each. */\nstatic const double golden_power_db[] = {")
    put(", ".join(number(v) for v in (np.power(a, b) * np.where(a > 0, np.log(a), 0)).reshape(-1)))
    print("};\n")


def sequence(shape, factor):
    """0 to 10, with ties; test_elementwise.c and test_reduce.c make the same."""
    return ((np.arange(np.prod(shape, dtype=int)) * factor + 11) % 101 % 11).reshape(shape)


def broadcast_choices():
    print("/* Of [2, 3, 4]: clip of x [2, 3, 1] to low [4] and high [3, 1]; where of condition [3, 1], a [2, 1, 4], "
          "b [4].\n * Elements are (i * factor + 11) % 101 % 11 with factors 37, 41, 43; a condition is that more "
          "than 5. */\n"
          "static const double golden_clip_broadcast[] = {")
    put(", ".join(number(v) for v in np.clip(sequence([2, 3, 1], 37), sequence([4], 41),
                                             sequence([3, 1], 43)).reshape(-1)))
    print("};\n\nstatic const double golden_where_broadcast[] = {")
    put(", ".join(number(v) for v in np.where(sequence([3, 1], 37) > 5, sequence([2, 1, 4], 41),
                                              sequence([4], 43)).reshape(-1)))
    print("};\n")


def shapes():
    print("/* The rank is -1 where NumPy cannot broadcast. */\nstatic const golden_shapes golden_broadcasts[] = {")
    for a, b in itertools.product(SHAPES, SHAPES):
        try:
            y = list(np.broadcast_shapes(tuple(a), tuple(b)))
            rank = len(y)
        except ValueError:
            y, rank = [], -1
        put("{%d, %s, %d, %s, %d, %s}," % (len(a), ints(a or [0]), len(b), ints(b or [0]), rank, ints(y or [0])))
    print("};\n")


def norm(x, axes):
    """np.linalg.norm of vectors, which are all the elements along the axes."""
    kept = [n for axis, n in enumerate(x.shape) if axis not in axes]
    ends = np.moveaxis(x, axes, range(-len(axes), 0))
    return np.linalg.norm(ends.reshape(kept + [int(np.prod(ends.shape[len(kept):]))]), axis=-1)


def reduced(name, x, axes):
    t = torch.tensor(x)
    return {"reduce_sum": lambda: np.sum(x, axes), "reduce_mean": lambda: np.mean(x, axes),
            "reduce_max": lambda: np.max(x, axes), "reduce_min": lambda: np.min(x, axes),
            "reduce_variance": lambda: np.var(x, axes), "norm": lambda: norm(x, axes),
            "reduce_logsumexp": lambda: torch.logsumexp(t, axes or 0).numpy(),
            "argmax": lambda: np.argmax(x, *axes), "argmin": lambda: np.argmin(x, *axes),
            **{of: lambda ddof=ddof: np.var(x, axes, ddof=ddof) for of, ddof in CORRECTIONS.items()}}[name]()


CORRECTIONS = {"variance_1": 1, "variance_half": 0.5, "variance_4": 4, "variance_6": 6, "variance_minus": -2,
               "variance_nan": NAN}
REDUCTIONS = ["reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_variance", "norm", "reduce_logsumexp",
              *CORRECTIONS]
SEARCHES = ["argmax", "argmin"]
REDUCED_SHAPES = [[], [1], [7], [1, 1], [1, 3, 1], [3, 1, 2], [2, 3, 4], [0], [2, 0], [0, 3], [2, 0, 3], [0, 1, 0]]


def reductions():
    x = single(np.random.RandomState(1).uniform(-3, 3, [2, 3, 4]))
    print("static const double golden_reduced[2 * 3 * 4] = {")
    put(", ".join(number(v) for v in x.reshape(-1)))
    print("};\n\nstatic const golden_reduction golden_reductions[] = {")
    for name in REDUCTIONS:
        for count in (1, 2, 3):
            for axes in itertools.combinations(range(3), count):
                y = reduced(name, x, axes)
                put('{"%s", %d, %s, %d, %s},' % (name, count, ints(axes), np.size(y), row(y)))
    print("};\n\n/* Rows of four, each reduced. */\nstatic const double golden_special_rows[][4] = {")
    rows = [[INF, 1, 2, 3], [-INF, 1, 2, 3], [INF, -INF, 1, 2], [-INF] * 4, [NAN, 1, 2, 3], [1, INF, NAN, NAN],
            [-0.0] * 4, [0.0, -0.0, 0.0, -0.0], [100, 100, 100, 101], [NAN, -INF, INF, 0], [INF] * 4, [NAN] * 4,
            [-INF, INF, -INF, INF], [1000, -1000, 1000, 1000], [3, 5, 5, 3], [-INF, 2, 2, -INF], [0.0] * 4,
            [1, 1, 1, NAN]]
    for r in rows:
        put("{%s}," % ", ".join(number(v) for v in r))
    print("};\n\nstatic const golden_special golden_specials[] = {")
    x = np.array(rows)
    for name in REDUCTIONS:
        put('{"%s", %s},' % (name, row(reduced(name, x, (1,)))))
    for name in SEARCHES:
        put('{"%s", %s},' % (name, row(reduced(name, x, (1,)))))
    print("};\n\n/* The same rows, with dy for each. */\n"
          "static const double golden_special_dy[4] = {1, 2, -1, 0.5};\n\n"
          "static const golden_softmax golden_special_softmax = {")
    put("1, " + softmax_results(x, np.tile([1, 2, -1, 0.5], [len(rows), 1]), 1))
    print("};\n")


def shaped_reductions():
    print("/* Of (i * 37 + 11) % 101 % 11. With no axes, all; the count is -1 where NumPy refuses. */\n"
          "static const golden_shaped golden_shaped_reductions[] = {")
    for shape in REDUCED_SHAPES:
        x = sequence(shape, 37).astype(float)
        for name in REDUCTIONS + SEARCHES:
            for count in range(2 if name in SEARCHES else len(shape) + 1):
                for axes in itertools.combinations(range(len(shape)), count):
                    if name in SEARCHES and not axes:
                        continue
                    try:
                        y = reduced(name, x, axes or tuple(range(len(shape))))
                        values, y_count = row(y), np.size(y)
                    except ValueError:
                        values, y_count = "NULL", -1
                    put('{"%s", %d, %s, %d, %s, %d, %s},' % (name, len(shape), ints(shape or [0]), count,
                                                             ints(axes or [0]), y_count, values if y_count else "NULL"))
    print("};\n")


def softmax_results(x, dy, axis):
    results = []
    for function in (torch.softmax, torch.log_softmax):
        t = torch.tensor(x, requires_grad=True)
        y = function(t, axis)
        results += [y.detach(), torch.autograd.grad(y, t, torch.tensor(dy))[0]]
    return ", ".join(row(r) for r in results)


def softmaxes():
    random = np.random.RandomState(2)
    x, dy = single(random.uniform(-4, 4, [3, 4, 5])), single(random.uniform(-1, 1, [3, 4, 5]))
    for name, values in (("x", x), ("dy", dy)):
        print("static const double golden_softmax_%s[3 * 4 * 5] = {" % name)
        put(", ".join(number(v) for v in values.reshape(-1)))
        print("};\n")
    print("static const golden_softmax golden_softmaxes[] = {")
    for axis in range(3):
        put("{%d, %s}," % (axis, softmax_results(x, dy, axis)))
    print("};\n")


print('''/* Made by make_math_golden.py with NumPy %s and PyTorch %s; do not edit. */
#ifndef NHWC_TESTS_MATH_GOLDEN_H
#define NHWC_TESTS_MATH_GOLDEN_H

#include <math.h>
#include <stdint.h>

typedef struct golden_unary {
    const char *name;
    int count;
    const double *x, *y, *derivative;
} golden_unary;

typedef struct golden_binary {
    const char *name;
    const double *y;
} golden_binary;

typedef struct golden_derivative {
    const char *name;
    const double *da, *db;
} golden_derivative;

typedef struct golden_clip {
    const double *low, *high; /* or NULL */
    const double *y, *derivative;
} golden_clip;

typedef struct golden_shapes {
    int a_rank;
    int64_t a[3];
    int b_rank;
    int64_t b[3];
    int y_rank;
    int64_t y[3];
} golden_shapes;

typedef struct golden_reduction {
    const char *name;
    int axis_count, axes[3], count;
    const double *y;
} golden_reduction;

typedef struct golden_shaped {
    const char *name;
    int rank;
    int64_t dims[3];
    int axis_count, axes[3], count;
    const double *y;
} golden_shaped;

typedef struct golden_special {
    const char *name;
    const double *y;
} golden_special;

typedef struct golden_softmax {
    int axis;
    const double *softmax, *softmax_dx, *log_softmax, *log_softmax_dx;
} golden_softmax;

/* clang-format off */
''' % (np.__version__, torch.__version__.split("a")[0]))
unary()
binary()
choices()
broadcast_choices()
shapes()
reductions()
shaped_reductions()
softmaxes()
print("/* clang-format on */\n\n#endif")
