#!/usr/bin/env python3
"""Makes image_golden.h: what TensorFlow answers on the CPU to the calls of <nhwc/image.h>, gradients included.

Needs tensorflow (2.21 made the file in the tree). Run:

    python3 tests/golden/make_image_golden.py > tests/golden/image_golden.h

Images hold small integers, of which there are several equal ones in most windows. What TensorFlow has no option for is
made of what it has: padding that is counted is tf.pad, and padding that is not a quotient of two such means.
"""
import os
import textwrap

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

# x, ksize, strides, dilations, padding: a name, or {{top, bottom}, {left, right}}
WINDOWS = [
    ([2, 4, 6, 3], (2, 2), (2, 2), (1, 1), "VALID"), ([1, 5, 7, 2], (2, 2), (2, 2), (1, 1), "VALID"),
    ([1, 5, 7, 2], (2, 2), (2, 2), (1, 1), "SAME"), ([2, 7, 6, 1], (3, 3), (2, 2), (1, 1), "SAME"),
    ([2, 7, 6, 1], (3, 3), (2, 2), (1, 1), "VALID"), ([1, 4, 5, 3], (3, 2), (1, 1), (1, 1), "SAME"),
    ([1, 4, 5, 3], (2, 3), (1, 2), (1, 1), "VALID"), ([1, 7, 8, 2], (2, 1), (3, 2), (1, 1), "SAME"),
    ([1, 7, 8, 2], (1, 2), (2, 3), (1, 1), "VALID"), ([1, 2, 3, 2], (5, 4), (1, 1), (1, 1), "SAME"),
    ([1, 3, 3, 2], (4, 4), (1, 1), (1, 1), "VALID"), ([0, 4, 4, 2], (2, 2), (2, 2), (1, 1), "SAME"),
    ([1, 5, 6, 2], (3, 3), (2, 2), (1, 1), ((1, 0), (2, 1))), ([1, 4, 4, 3], (3, 2), (1, 2), (1, 1), ((2, 2), (1, 0))),
    ([1, 6, 7, 2], (2, 3), (1, 1), (2, 2), "VALID"), ([1, 7, 5, 1], (3, 2), (1, 1), (3, 1), "VALID"),
    ([2, 3, 5, 3], (3, 5), (3, 5), (1, 1), "VALID"),
]
SIDES = range(1, 11)
SIZES = [([1, 2, 3, 2], (4, 6)), ([2, 3, 4, 1], (7, 5)), ([1, 7, 6, 2], (3, 4)), ([1, 1, 5, 3], (3, 1)),
         ([1, 4, 1, 2], (4, 5)), ([1, 5, 2, 1], (15, 8))]
CENTERS = [("DEFAULT", {}), ("ALIGN_CORNERS", {"align_corners": True}), ("HALF_PIXEL_CENTERS", {"half_pixel_centers": True})]


def image(shape, factor):
    i = np.arange(np.prod(shape, dtype=int))
    return tf.constant(((i * factor + 11) % 101 % 11 - 5).reshape(shape).astype(np.float32))


def with_gradient(function, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    dy = image(y.shape, 13)
    if tf.size(y) == 0:  # of which TensorFlow leaves the gradient as it finds it
        return y, tf.zeros_like(x)
    return y, tape.gradient(y, x, dy)


def pad(x, padding):
    return tf.pad(x, [[0, 0], *padding, [0, 0]])


def same_padding(n, k, s):
    total = max(0, (-(-n // s) - 1) * s + k - n)
    return total // 2, total - total // 2


def pool(kind, ksize, strides, dilations, padding):
    name = "MAX" if kind == "max" else "AVG"
    if dilations != (1, 1):
        return lambda x: tf.nn.pool(x, ksize, name, strides, padding, dilations=dilations)
    plain = tf.nn.max_pool2d if kind == "max" else tf.nn.avg_pool2d
    if isinstance(padding, str) and kind != "counted":
        return lambda x: plain(x, ksize, strides, padding)
    if kind == "max":
        return lambda x: plain(x, ksize, strides, [[0, 0], *map(list, padding), [0, 0]])

    def mean(x):
        sides = padding
        if isinstance(padding, str):
            sides = [same_padding(n, k, s) if padding == "SAME" else (0, 0)
                     for n, k, s in zip(x.shape[1:3], ksize, strides)]
        counted = plain(pad(x, sides), ksize, strides, "VALID")
        return counted if kind == "counted" else counted / plain(pad(tf.ones_like(x), sides), ksize, strides, "VALID")

    return mean


def number(v):
    v = float(v)
    return str(int(v)) if v == int(v) else repr(float(np.float32(v)))


def array(name, values):
    values = list(map(number, np.ravel(values))) or ["0"]
    print(f"static const double {name}[] = {{")
    print("\n".join(textwrap.wrap(", ".join(values), 116, initial_indent="    ", subsequent_indent="    ")) + "};")


def braces(values):
    return "{" + ", ".join(map(str, values)) + "}"


def print_pools():
    rows = []
    for kind in ("max", "avg", "counted"):
        for shape, ksize, strides, dilations, padding in WINDOWS:
            y, dx = with_gradient(pool(kind, ksize, strides, dilations, padding), image(shape, 37))
            name = f"golden_pool_{len(rows)}"
            array(name + "_y", y)
            array(name + "_dx", dx)
            sides = ((0, 0), (0, 0)) if isinstance(padding, str) else padding
            padding = padding if isinstance(padding, str) else "EXPLICIT"
            rows.append(f"    {{{str(kind == 'max').lower()}, {braces(shape)}, {{{braces(ksize)}, NHWC_PADDING_{padding}, "
                        f"{braces(strides)}, {braces(dilations)},\n     {braces(map(braces, sides))}, "
                        f"{str(kind == 'counted').lower()}}}, {braces(y.shape)}, {name}_y, {name}_dx}},")
    print("\nstatic const golden_pool golden_pools[] = {", *rows, "};\n", sep="\n")


def print_places():
    """Sides of n pixels i made into O, for all n and O, one after the other: where pixels are taken from."""
    for method, operation in (("nearest", tf.raw_ops.ResizeNearestNeighbor), ("bilinear", tf.raw_ops.ResizeBilinear)):
        for centers, flags in CENTERS:
            places = [operation(images=tf.reshape(tf.range(n, dtype=tf.float32), [1, 1, n, 1]), size=[1, o], **flags)
                      for n in SIDES for o in SIDES]
            array(f"golden_{method}_{centers.lower()}", np.concatenate([p.numpy().ravel() for p in places]))


def print_resizes():
    rows = []
    for method, operation in (("nearest", tf.raw_ops.ResizeNearestNeighbor), ("bilinear", tf.raw_ops.ResizeBilinear)):
        for centers, flags in CENTERS:
            for shape, size in SIZES:
                y, dx = with_gradient(lambda x: operation(images=x, size=size, **flags), image(shape, 37))
                name = f"golden_resize_{len(rows)}"
                array(name + "_y", y)
                array(name + "_dx", dx)
                rows.append(f"    {{{str(method == 'nearest').lower()}, NHWC_RESIZE_{centers}, {braces(shape)}, "
                            f"{braces(y.shape)}, {name}_y, {name}_dx}},")
    print("\nstatic const golden_resize golden_resizes[] = {", *rows, "};\n", sep="\n")


print(f"""/* Made by make_image_golden.py with TensorFlow {tf.__version__}; do not edit. */
#ifndef NHWC_TESTS_IMAGE_GOLDEN_H
#define NHWC_TESTS_IMAGE_GOLDEN_H

#include <nhwc/image.h>

typedef struct golden_pool {{
    bool is_max;
    int64_t x[4];
    nhwc_pool2d_options options;
    int64_t y[4];
    const double *values, *dx;
}} golden_pool;

typedef struct golden_resize {{
    bool is_nearest;
    nhwc_resize_centers centers;
    int64_t x[4], y[4];
    const double *values, *dx;
}} golden_resize;

enum {{ golden_sides = {len(SIDES)} }};
""")
print_pools()
print_places()
print_resizes()
print("#endif")
