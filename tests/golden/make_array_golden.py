#!/usr/bin/env python3
"""Makes array_golden.h: what NumPy answers when arrays are cut, moved, joined, padded, converted and printed.

Needs numpy (2.4.6 made the file in the tree). Run:

    python3 tests/golden/make_array_golden.py > tests/golden/array_golden.h

Elements are small integers made by value(), unless they are what a case is about.
"""
import math
import sys
import textwrap

import numpy as np

FACTOR = 37


def value(shape, factor=FACTOR):
    """The data: small integers without a short period. support/array_case.h has the same formula."""
    i = np.arange(math.prod(shape))
    return ((i * factor + 11) % 101 % 11 - 5).reshape(shape)


def numbers(values):
    """An initialiser of integers."""
    return "{" + ", ".join("INT64_MIN" if int(v) == -2**63 else str(int(v)) for v in values) + "}"


def pointer(values, ctype="int", text=lambda v: str(int(v))):
    values = [text(v) for v in np.asarray(values).ravel()]
    return f"(const {ctype}[]){{{', '.join(values)}}}" if values else "NULL"


def table(ctype, name, rows):
    print(f"static const {ctype} {name}[] = {{")
    for row in rows:
        print(textwrap.fill("{" + row + "},", 118, initial_indent="    ", subsequent_indent="     ",
                            break_long_words=False, break_on_hyphens=False))
    print("};\n")


def string(text, separator=""):
    """A C string, each of its lines behind a separator."""
    return separator.join('"' + line.replace("\n", "\\n") + '"' for line in text.splitlines(True))


# ---- Shapes ------------------------------------------------------------------------------------------


def case(call, kind, x, y, first=(), second=(), third=(), mode="0", count=0):
    """A row of golden_case. y is None where NumPy raises an error."""
    shape = ("-1, {0}, NULL" if y is None else
             f"{y.ndim}, {numbers(y.shape) if y.ndim else '{0}'}, {pointer(y)}")
    dims = numbers(x) if len(x) else "{0}"
    parts = [numbers(p) if len(p) else "{0}" for p in (first, second, third)]
    return f"{string(call)}, {kind}, {len(x)}, {dims}, {{{', '.join(parts)}}}, {count}, {mode}, {shape}"


def unless_error(call):
    try:
        return call()
    except ValueError:
        return None


END = 2**63 - 1
SLICES = [
    ((5,), [(1, 4, 1)]), ((5,), [(0, END, 2)]), ((5,), [(-3, -1, 1)]), ((5,), [(-99, 99, 3)]), ((5,), [(4, 2, 1)]),
    ((5,), [(5, END, 1)]), ((5,), [(1, END, 4)]), ((6,), [(-2**63, END, END)]), ((0,), [(0, END, 1)]),
    ((4, 6), [(1, END, 2), (-5, -1, 3)]), ((4, 6), [(0, END, 1), (2, 2, 1)]), ((1, 3), [(0, 1, 5), (-1, END, 1)]),
    ((2, 5, 6, 3), [(1, 2, 1), (1, -1, 2), (0, END, 3), (0, 2, 1)]),
]
TRANSPOSES = [((), ()), ((4,), (0,)), ((2, 3), (1, 0)), ((2, 3), (0, 1)), ((2, 3), (-1, -2)), ((2, 3, 4), (2, 0, 1)),
              ((2, 3, 4), (1, -1, 0)), ((2, 1, 3, 2), (0, 3, 1, 2)), ((0, 3), (1, 0)),
              ((2, 1, 2, 1, 3), (4, 2, 0, 3, 1))]
RESHAPES = [  # dims, axes of a transpose, steps of a slice, new dims
    ((6,), (0,), (1,), (2, 3)), ((2, 3), (0, 1), (1, 1), (6,)), ((2, 3), (0, 1), (1, 1), (3, -1)),
    ((2, 3), (0, 1), (1, 1), (-1,)), ((2, 3), (0, 1), (1, 1), (4, -1)), ((2, 3), (0, 1), (1, 1), (7,)),
    ((2, 3), (1, 0), (1, 1), (6,)), ((2, 3), (1, 0), (1, 1), (3, 1, 2)), ((2, 3), (1, 0), (1, 1), (3, 2, 1, 1)),
    ((2, 3), (1, 0), (1, 1), (2, 3)), ((), (), (), (1, 1)), ((1, 1), (0, 1), (1, 1), ()), ((1,), (0,), (1,), (-1, 1)),
    ((0, 3), (0, 1), (1, 1), (5, 0)), ((0, 3), (0, 1), (1, 1), (-1,)), ((0, 3), (0, 1), (1, 1), (0, -1)),
    ((12,), (0,), (2,), (2, 3)), ((4, 6), (0, 1), (1, 2), (12,)), ((4, 6), (0, 1), (1, 2), (2, 2, 3)),
    ((4, 6), (0, 1), (2, 1), (12,)), ((4, 6), (0, 1), (2, 1), (2, 3, 2)), ((4, 6), (0, 1), (1, 2), (4, 3, 1)),
    ((2, 3, 4), (1, 0, 2), (1, 1, 1), (3, 8)), ((2, 3, 4), (0, 2, 1), (1, 1, 1), (2, 12)),
    ((2, 3, 4), (2, 0, 1), (1, 1, 1), (4, 6)), ((2, 3, 4), (2, 0, 1), (1, 1, 1), (2, 2, 6)),
    ((2, 3, 4), (2, 0, 1), (1, 1, 1), (2, 2, 3, 2)), ((4, 4), (0, 1), (1, 1), (2, -1, 4)),
]
EXPANDS = [((), 0), ((3,), 0), ((3,), 1), ((3,), -1), ((3,), -2), ((2, 3), 1), ((2, 3), -2), ((0, 2), 2)]
SQUEEZES = [((1, 3, 1), None), ((1, 3, 1), (0,)), ((1, 3, 1), (-1,)), ((1, 3, 1), (0, 2)), ((1, 3, 1), (1,)),
            ((), None), ((1, 1), None), ((1, 0), None), ((2, 1, 3), ())]
BROADCASTS = [((), (2, 3)), ((3,), (2, 3)), ((2, 1), (2, 3)), ((1,), (4,)), ((3,), (4,)), ((2, 3), (3,)),
              ((2, 3), (2, 3)), ((1, 3, 1), (2, 2, 3, 2)), ((1,), (0,)), ((1, 2), (0, 2)), ((0,), (1,)),
              ((3,), (3, 1)), ((), ())]
SPLITS = [((6,), 0, 3, None), ((6,), 0, 4, None), ((6,), 0, 3, (1, 3, 2)), ((6,), -1, 2, (6, 0)), ((2, 4), 1, 2, None),
          ((2, 4), 0, 2, (1, 1)), ((2, 4), 1, 3, (1, 2, 1)), ((0, 4), 0, 2, None), ((2, 4, 3), -2, 4, None)]


def views():
    for x, parts in SLICES:
        y = value(x)[tuple(slice(max(b, -10**9), min(e, 10**9), min(s, 10**9)) for b, e, s in parts)]
        text = ", ".join(f"{b if b > -2**63 else ''}:{e if e < END else ''}:{s if s < END else ''}"
                         for b, e, s in parts)
        yield case(f"x[{text}]", "GOLDEN_SLICE", x, y, *zip(*parts))
    for x, axes in TRANSPOSES:
        yield case(f"np.transpose(x, {axes})", "GOLDEN_TRANSPOSE", x, np.transpose(value(x), axes), axes)
    for x, axes, steps, dims in RESHAPES:
        seen = value(x).transpose(axes)[tuple(slice(None, None, s) for s in steps)]
        call = f"np.reshape(x.transpose{axes}[::{steps}], {dims}, copy=False)"
        y = unless_error(lambda: np.reshape(seen, dims, copy=False))
        yield case(call, "GOLDEN_RESHAPE", x, y, axes, steps, dims, count=len(dims))
    for x, axis in EXPANDS:
        yield case(f"np.expand_dims(x, {axis})", "GOLDEN_EXPAND_DIMS", x, np.expand_dims(value(x), axis), count=axis)
    for x, axes in SQUEEZES:
        y = unless_error(lambda: np.squeeze(value(x), axes))
        yield case(f"np.squeeze(x, {axes})", "GOLDEN_SQUEEZE", x, y, axes or (),
                   count=-1 if axes is None else len(axes))
    for x, dims in BROADCASTS:
        y = unless_error(lambda: np.broadcast_to(value(x), dims))
        yield case(f"np.broadcast_to(x, {dims})", "GOLDEN_BROADCAST_TO", x, y, dims, count=len(dims))
    for x, axis, count, sizes in SPLITS:
        parts = unless_error(lambda: np.split(value(x), np.cumsum(sizes)[:-1] if sizes else count, axis))
        y = None if parts is None else np.concatenate([p.ravel() for p in parts])
        yield case(f"np.split(x, {sizes or count}, {axis})", "GOLDEN_SPLIT", x, y, (axis,), sizes or (), count=count,
                   mode=str(int(sizes is not None)))


CONCATS = [((3,), 0, (3, 2)), ((2, 3), 0, (2, 1, 4)), ((2, 3), 1, (3, 1)), ((2, 3), -1, (0, 2, 3)),
           ((2, 3, 4), 1, (1, 2)), ((2, 0), 0, (1, 2)), ((4,), -1, (4,)), ((2, 3, 4, 5), 3, (5, 3, 1))]
STACKS = [((), 0, 3), ((3,), 0, 2), ((3,), 1, 2), ((3,), -1, 4), ((2, 3), 1, 2), ((2, 3), -3, 1), ((2, 0), 0, 2),
          ((2, 3), -1, 3)]
TILES = [((), ()), ((3,), (2,)), ((3,), (1,)), ((3,), (0,)), ((2, 3), (2, 1)), ((2, 3), (1, 3)), ((2, 3), (2, 2)),
         ((1, 3, 1), (2, 1, 4)), ((0, 2), (3, 2)), ((2, 1, 2, 3), (1, 3, 2, 2))]


def joins():
    for x, axis, sizes in CONCATS:
        parts = [value(tuple(s if i == axis % len(x) else n for i, n in enumerate(x)), FACTOR + k)
                 for k, s in enumerate(sizes)]
        yield case(f"np.concatenate(x, {axis})", "GOLDEN_CONCAT", x, np.concatenate(parts, axis), (axis,), sizes,
                   count=len(sizes))
    for x, axis, count in STACKS:
        y = np.stack([value(x, FACTOR + k) for k in range(count)], axis)
        yield case(f"np.stack(x, {axis})", "GOLDEN_STACK", x, y, (axis,), count=count)
    for x, reps in TILES:
        yield case(f"np.tile(x, {reps})", "GOLDEN_TILE", x, np.tile(value(x), reps), reps)


PADS = [((3,), [(2, 2)]), ((3,), [(0, 4)]), ((3,), [(7, 9)]), ((2,), [(5, 5)]), ((1,), [(3, 2)]), ((5,), [(0, 0)]),
        ((0,), [(2, 1)]), ((0, 2), [(0, 0), (1, 1)]), ((0, 2), [(1, 0), (1, 1)]), ((2, 3), [(1, 2), (2, 1)]),
        ((2, 3), [(0, 3), (4, 0)]), ((1, 2, 3, 2), [(0, 0), (1, 1), (2, 1), (0, 0)]), ((1, 3), [(2, 1), (1, 5)]),
        ((2, 2, 2), [(1, 0), (0, 1), (3, 3)]), ((), [])]


def pads():
    for x, widths in PADS:
        for mode in ("constant", "reflect", "symmetric", "edge"):
            options = {"constant_values": 7} if mode == "constant" else {}
            y = unless_error(lambda: np.pad(value(x), widths, mode, **options) if x else value(x))
            yield case(f"np.pad(x, {widths}, '{mode}')", "GOLDEN_PAD", x, y, [w[0] for w in widths],
                       [w[1] for w in widths], mode=f"NHWC_PAD_{mode.upper()}")


# ---- Contents ----------------------------------------------------------------------------------------


def real(v):
    v = float(v)
    return "NAN" if math.isnan(v) else ("-" if v < 0 else "") + "INFINITY" if math.isinf(v) else v.hex()


def aranges():
    for dtype, start, stop, step in [("float32", 0, 5, 1), ("float64", -1, 1, 0.25), ("float32", 3, -3, -1.5),
                                     ("int32", 5, -6, -3), ("int64", -2**40, 2**40, 2**39), ("uint8", 250, 256, 1),
                                     ("float64", 0, 0, 1), ("int32", 7, 8, 1)]:
        y = np.arange(start, stop, step, dtype=dtype)
        yield (f'"np.arange({start}, {stop}, {step}, np.{dtype})", NHWC_{dtype.upper()}, {real(start)}, {real(step)}, '
               f'{len(y)}, {pointer(y, "double", real)}')
    for dtype, start, step, count in [("float64", 0, 0.1, 11), ("float64", -1, 1 / 3, 7), ("float32", 0.5, 0.1, 9)]:
        y = (start + np.arange(count) * step).astype(dtype)
        yield (f'"({start} + np.arange({count}) * {step}).astype(np.{dtype})", NHWC_{dtype.upper()}, {real(start)}, '
               f'{real(step)}, {len(y)}, {pointer(y, "double", real)}')


CASTS = {
    "float32": [0.0, -0.0, 0.5, -0.5, 0.99999, -1.0, 1.5, -1.5, 2.5, 127.9, 200.25, 1e-40, 33554432.0, -2147483648.0],
    "float64": [0.0, -0.0, 0.5, -0.5, -1.0, 1.9, -1.9, 254.99, 16777217.0, 1e-310, 1e300, -1e300, 0.1, 2147483647.5,
                -2147483648.5, 9007199254740993.0, np.nan, np.inf, -np.inf, 1.00000017881393421],
    "int32": [0, 1, -1, 255, 256, 257, -255, 2**31 - 1, -2**31, 16777217, 123456789],
    "int64": [0, 1, -1, 255, 256, -257, 2**31, 2**32, 2**32 + 5, -2**31 - 1, 2**53 + 1, 2**63 - 1, -2**63, 2**24 + 3],
    "uint8": [0, 1, 2, 127, 128, 255],
    "bool": [0, 1],
}
RANGES = {"int32": (-2**31, 2**31), "int64": (-2**63, 2**63), "uint8": (0, 256)}


def is_defined(v, source, target):
    """Whether C says what becomes of v; integers are taken modulo 2^bits by all compilers."""
    if not source.startswith("float") or target not in RANGES:
        return True
    least, beyond = RANGES[target]
    return math.isfinite(v) and v < beyond and math.trunc(v) >= least


def exact(dtype):
    return (real, "double") if dtype.startswith("float") else (lambda v: numbers([v])[1:-1], "int64_t")


def casts():
    for source, values in CASTS.items():
        for target in CASTS:
            x = np.array([v for v in values if is_defined(v, source, target)], source)
            with np.errstate(over="ignore"):
                y = x.astype(target)
            x_text, x_type = exact(source)
            y_text, y_type = exact(target)
            yield (f'"x.astype(np.{target})", NHWC_{source.upper()}, NHWC_{target.upper()}, {len(x)}, '
                   f'{pointer(x, x_type, x_text)}, {pointer(y, y_type, y_text)}')


def one_hots():
    """[tf.one_hot]: what np.eye says of the same indices, with the axis moved."""
    for dims, axis, depth in [((), 0, 3), ((4,), 0, 3), ((4,), -1, 3), ((4,), 1, 1), ((2, 3), 0, 4), ((2, 3), 1, 4),
                              ((2, 3), -1, 4), ((0,), 0, 2), ((2,), 0, 0)]:
        indices = value(dims)
        y = np.moveaxis((indices[..., None] == np.arange(depth)).astype(int), -1, axis)
        yield case(f"tf.one_hot(x, {depth}, axis={axis})", "GOLDEN_ONE_HOT", dims, y, (axis,), count=depth)


# ---- Texts -------------------------------------------------------------------------------------------

def texts():
    nan, inf = np.nan, np.inf
    random = np.random.default_rng(1)

    def row(x, precision=None, threshold=None, edgeitems=None, max_line_width=None, suppress_small=None):
        named = dict(precision=precision, threshold=threshold, edgeitems=edgeitems, max_line_width=max_line_width,
                     suppress_small=suppress_small)
        said = {k: v for k, v in named.items() if v is not None}
        given = {k: -1 if v == 0 and k in ("precision", "threshold") else int(v) for k, v in said.items()}
        fields = {"edgeitems": "edge_items", "max_line_width": "line_width"}
        options = ", ".join(f".{fields.get(k, k)} = {v}" for k, v in given.items()) or "0"
        counts = x.size > 40 and np.array_equal(x.ravel(), np.arange(x.size))
        text, ctype = exact(x.dtype.name)
        return (f"{string('np.array2string(x' + ''.join(f', {k}={v}' for k, v in said.items()) + ')')}, "
                f"NHWC_{x.dtype.name.upper()}, {x.ndim}, {numbers(x.shape) if x.ndim else '{0}'}, "
                f"{'NULL' if counts or ctype != 'double' else pointer(x, ctype, text)}, "
                f"{'NULL' if counts or ctype == 'double' else pointer(x, ctype, text)}, "
                f"{{{options}}}", string(np.array2string(x, **said), "\n     "))

    for dtype in ("float32", "float64"):
        for values in [[1, 2.25, 3.5], [0], [-0.0, 0.0], [0.1, 0.2, 0.30000001], [1 / 3, 2 / 3, 1], [1e-5, 1],
                       [1e5, 123.456], [1e6, 1], [999999, 1000], [1e8, 5], [99999999, 1e6], [1.5e10, -2.25e-10],
                       [nan, 1.5], [nan, inf, -inf], [inf, 1], [-inf, 1], [nan], [-inf], [inf, 1e-20], [1, 1000],
                       [1, 1001], [1e-4, 0.1], [9.9e-5, 0.1], [1e-30, 1e30], [5e-324, 1],
                       [1.7976931348623157e308], [3.4028235e38], [16777216, 1.0], [0.5, 100.125],
                       [-1, 1], [-1.5, 22.25, 333.125], [0.000123456789], [123456.789], [2 ** -44], [9007199254740993],
                       [0.1 + 0.2], [100, 1e-3], [1e100, 1e-100], [nan, 1e10, -5]]:
            with np.errstate(over="ignore"):
                yield row(np.array(values, dtype))
        yield row(np.array(3.140625, dtype))
        yield row(np.array(-1e20, dtype))
        yield row(np.array(nan, dtype))
        yield row(np.array([[1.0, 2.25], [-3.5, 4]], dtype))
        yield row(np.array([[[1.0], [2.25]], [[-3.5], [4]]], dtype))
        for precision in (0, 1, 3, 12, 20):
            yield row(np.array([1 / 3, 2.5, 3.5, 0.125, 100], dtype), precision=precision)
            yield row(np.array([1 / 3e10, 2.5, 0.15e3], dtype), precision=precision)
        for suppress in (False, True):
            yield row(np.array([1e-10, 1.5, 2000.25], dtype), suppress_small=suppress)
            yield row(np.array([1e-10, 1.5, 2e9], dtype), suppress_small=suppress)
        yield row(np.arange(1001, dtype=dtype))
        yield row(np.arange(1000, dtype=dtype)[:100])
        yield row(np.arange(2 * 3 * 4 * 5, dtype=dtype).reshape(2, 3, 4, 5))
        yield row(np.arange(10 * 11 * 12, dtype=dtype).reshape(10, 11, 12))
        yield row(np.arange(64, dtype=dtype).reshape(8, 8), threshold=0, edgeitems=2)
        yield row(np.arange(64, dtype=dtype).reshape(8, 8), threshold=63)
        yield row(np.arange(64, dtype=dtype).reshape(8, 8), threshold=64)
        yield row(np.arange(60, dtype=dtype).reshape(3, 20), max_line_width=30)
        yield row(np.arange(60, dtype=dtype).reshape(3, 20), max_line_width=5)
        yield row(np.arange(60, dtype=dtype).reshape(1, 3, 20), max_line_width=1)
        yield row(np.arange(60, dtype=dtype) * -0.5, max_line_width=40)
        yield row(np.zeros((0,), dtype))
        yield row(np.zeros((2, 0), dtype))
        for scale in (0, 1, 2, 4):
            for _ in range(4):
                values = random.standard_normal((2, 7)) * 10.0 ** random.uniform(-scale, scale, (2, 7))
                yield row(values.astype(dtype))
    for dtype in ("int32", "int64", "uint8"):
        low = 0 if dtype == "uint8" else -100
        yield row(np.array(7, dtype))
        yield row(np.array([1, 20, 3], dtype))
        yield row(np.array([[low, 5], [99, 0]], dtype))
        yield row(np.arange(100, dtype=dtype).reshape(4, 25))
        yield row(np.arange(100, dtype=dtype).reshape(4, 25), threshold=50, edgeitems=1)
        yield row(np.arange(100, dtype=dtype), max_line_width=20)
    yield row(np.array([-2**63, 2**63 - 1], "int64"))
    yield row(np.arange(1200).reshape(2, 600))
    yield row(np.arange(1728).reshape(12, 12, 12))
    yield row(np.array(True))
    yield row(np.array([True, False]))
    yield row(np.array([[True, True], [False, True]]))
    yield row(np.array([True] * 30))


# ---- Comparisons -------------------------------------------------------------------------------------


def compares():
    nan, inf = np.nan, np.inf
    pairs = [([1, 2, 3], [1, 2, 3]), ([1, 2, 3], [1, 2.00001, 3]), ([1, 2, 3], [1, 2.001, 3.1]),
             ([1e10, 1], [1.00001e10, 1]), ([0, 1e-8], [0, 0]), ([0, 1.1e-8], [0, 0]), ([nan, 1], [nan, 1]), ([nan, 1], [1, 1]),
             ([1, 1], [1, nan]),
             ([inf, -inf], [inf, -inf]), ([inf, 1], [-inf, 1]), ([inf, 1], [1, 1]), ([1, 1], [inf, 1]), ([0.0], [-0.0]),
             ([100, 1, 1], [101, 1.5, 1.25]), ([], [])]
    for a, b in pairs:
        for rtol, atol in [(1e-5, 1e-8), (0, 0), (0.1, 0), (0, 0.5)]:
            for equal_nan in (False, True):
                close = np.isclose(a, b, rtol, atol, equal_nan)
                yield (f'"np.isclose({a}, {b}, {rtol}, {atol}, {equal_nan})", {len(a)}, {pointer(a, "double", real)}, '
                       f'{pointer(b, "double", real)}, {{{real(rtol)}, {real(atol)}, {str(equal_nan).lower()}}}, '
                       f'{np.count_nonzero(~close)}')


print(f"""/* Made by make_array_golden.py with NumPy {np.__version__}; do not edit.
 *
 * Element i of x is (i * {FACTOR} + 11) % 101 % 11 - 5; of x[k], where there are several, with {FACTOR} + k.
 * A NULL array has no elements, or those of np.arange. */
#ifndef NHWC_TESTS_ARRAY_GOLDEN_H
#define NHWC_TESTS_ARRAY_GOLDEN_H

#include <math.h>
#include <nhwc/array.h>

typedef enum golden_kind {{
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
}} golden_kind;

typedef struct golden_case {{
    const char *call;
    golden_kind kind;
    int x_rank;
    int64_t x[NHWC_MAX_RANK], parts[3][NHWC_MAX_RANK];
    int count, mode, y_rank; /* -1: NumPy raises an error */
    int64_t y[NHWC_MAX_RANK];
    const int *values;
}} golden_case;

typedef struct golden_arange {{
    const char *call;
    nhwc_dtype dtype;
    double start, step;
    int64_t count;
    const double *values;
}} golden_arange;

typedef struct golden_cast {{
    const char *call;
    nhwc_dtype from, to;
    int64_t count;
    const void *x, *y; /* of floats as double, of all others as int64_t */
}} golden_cast;

typedef struct golden_text {{
    const char *call;
    nhwc_dtype dtype;
    int rank;
    int64_t dims[NHWC_MAX_RANK];
    const double *reals;
    const int64_t *integers;
    nhwc_string_options options;
    const char *text;
}} golden_text;

typedef struct golden_compare {{
    const char *call;
    int64_t count;
    const double *a, *b;
    nhwc_compare_options options;
    int64_t differing;
}} golden_compare;

/* clang-format off */
""")
table("golden_case", "golden_views", views())
table("golden_case", "golden_joins", joins())
table("golden_case", "golden_pads", pads())
table("golden_case", "golden_one_hots", one_hots())
table("golden_arange", "golden_aranges", aranges())
table("golden_cast", "golden_casts", casts())
print("static const golden_text golden_texts[] = {")
for head, text in texts():
    print(textwrap.fill("{" + head + ",", 118, initial_indent="    ", subsequent_indent="     "))
    print("     " + text + "},")
print("};\n")
table("golden_compare", "golden_compares", compares())
print("/* clang-format on */\n\n#endif")
