#!/usr/bin/env python3
"""Makes conv_golden.h: what TensorFlow, Keras and PyTorch answer to small convolutions.

Needs tensorflow (2.17 with Keras 3.15 made the file in the tree), torch (1.13) and numpy. Run:

    python3 tests/golden/make_conv_golden.py > tests/golden/conv_golden.h

Data are small integers made by value(), so float32 results are exact and stored as ints; inputs are not
stored. Whatever both frameworks can compute, both compute, and they have to agree exactly. The comment of
each case says whose answer it is.
"""
import itertools
import os
import re
import sys
import textwrap

# TensorFlow's own kernels: its oneDNN ones give an empty output the wrong shape and uninitialised data.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf
import torch
import torch.nn.functional as F


def value(shape, factor):
    """The data: small integers without a short period. test_golden.c has the same formula."""
    i = np.arange(np.prod(shape, dtype=int))
    return ((i * factor + 11) % 101 % 11 - 5).astype(np.float32).reshape(shape)


X, FILTER, DY = 37, 53, 71  # factors


class Case:
    """One call. kind: conv2d, conv2d_transpose, depthwise_conv2d or depthwise_conv2d_transpose.
    padding: 'SAME', 'VALID' or [[top, bottom], [left, right]]. y: the shape, for transposes."""

    def __init__(self, kind, x, filter, padding, strides=(1, 1), dilations=(1, 1), groups=1, y=None,
                 layer=None, output_padding=None):
        self.kind, self.x, self.filter, self.padding = kind, x, filter, padding
        self.strides, self.dilations, self.y = strides, dilations, y
        self.layer, self.output_padding = layer, output_padding
        self.depthwise = kind.startswith("depthwise")
        self.transpose = kind.endswith("transpose")
        self.groups = filter[2] if self.depthwise else groups

    def tf_padding(self):
        return self.padding if isinstance(self.padding, str) else [[0, 0], *self.padding, [0, 0]]


# ---- TensorFlow ------------------------------------------------------------------------------------

NOT_IN_TENSORFLOW = ("do not yet support dilation|grouped convolutions are not supported|"
                     "filter_size does not have enough|only supports equal length strides")


def unless_missing(call):
    """The call's result, or None where TensorFlow says that it lacks this on CPU."""
    try:
        return call()
    except tf.errors.InvalidArgumentError as error:
        if not re.search(NOT_IN_TENSORFLOW, str(error)):
            raise
        return None


def tf_gather(c, fine, filter):
    if c.depthwise:
        if max(c.strides) > 1 < max(c.dilations):
            return None  # documented as impossible; what it returns instead of an error is wrong
        return tf.nn.depthwise_conv2d(fine, filter, [1, *c.strides, 1], c.tf_padding(),
                                      dilations=c.dilations)
    return tf.nn.conv2d(fine, filter, c.strides, c.tf_padding(), dilations=c.dilations)


def tf_scatter(c, coarse, filter, fine_shape):
    if c.depthwise:
        if c.dilations != (1, 1):
            return None  # the kernel ignores them
        return tf.nn.depthwise_conv2d_backprop_input(fine_shape, filter, coarse, [1, *c.strides, 1],
                                                     c.tf_padding())
    return tf.nn.conv2d_transpose(coarse, filter, fine_shape, c.strides, c.tf_padding(),
                                  dilations=c.dilations)


def tf_correlate(c, fine, coarse):
    if 0 in (*fine.shape, *coarse.shape):
        return None  # TensorFlow may leave the result uninitialised, or crash
    if c.depthwise:
        if c.dilations != (1, 1):
            return None
        return tf.nn.depthwise_conv2d_backprop_filter(fine, c.filter, coarse, [1, *c.strides, 1],
                                                      c.tf_padding())
    padding, explicit = c.padding, []
    if not isinstance(padding, str):
        padding, explicit = "EXPLICIT", [0, 0, *padding[0], *padding[1], 0, 0]
    return tf.raw_ops.Conv2DBackpropFilter(
        input=fine, filter_sizes=c.filter, out_backprop=coarse, strides=[1, *c.strides, 1], padding=padding,
        explicit_paddings=explicit, dilations=[1, *c.dilations, 1])


def by_keras(c):
    c.layer.build(c.x)
    c.layer.kernel.assign(value(c.filter, FILTER))
    return c.layer(tf.constant(value(c.x, X)))


def by_tensorflow(c):
    """y, dx, dfilter, each None where TensorFlow cannot."""
    x, filter = tf.constant(value(c.x, X)), tf.constant(value(c.filter, FILTER))
    if c.transpose:
        dy = tf.constant(value(c.y, DY))
        return (unless_missing(lambda: by_keras(c) if c.layer else tf_scatter(c, x, filter, c.y)),
                unless_missing(lambda: tf_gather(c, dy, filter)),
                unless_missing(lambda: tf_correlate(c, dy, x)))
    y = unless_missing(lambda: tf_gather(c, x, filter))
    if y is None:
        return None, None, None
    dy = tf.constant(value(y.shape, DY))
    return (y, unless_missing(lambda: tf_scatter(c, dy, filter, c.x)),
            unless_missing(lambda: tf_correlate(c, x, dy)))


# ---- PyTorch ---------------------------------------------------------------------------------------


def paddings(c, fine):
    """[[top, bottom], [left, right]] of the fine image."""
    if c.padding == "VALID":
        return [[0, 0], [0, 0]]
    if c.padding != "SAME":
        return c.padding
    result = []
    for n, k, s, d in zip(fine[1:3], c.filter, c.strides, c.dilations):
        total = max(0, ((n + s - 1) // s - 1) * s + (k - 1) * d + 1 - n)
        result.append([total // 2, total - total // 2])
    return result


def torch_pads(pads):
    return (*pads[1], *pads[0])


def by_pytorch(c):
    """Paddings, crops and zeros at the end are explicit here: none of PyTorch's own rules is used."""
    pads = paddings(c, c.y if c.transpose else c.x)
    extents = [(k - 1) * d + 1 for k, d in zip(c.filter, c.dilations)]
    room = [n + sum(p) - e for n, p, e in zip(c.x[1:3], pads, extents)]
    if 0 in c.x[1:] + c.filter or (not c.transpose and min(room) < 0):
        return None, None, None  # PyTorch refuses these
    x = torch.tensor(value(c.x, X), dtype=torch.float64, requires_grad=True)
    filter = torch.tensor(value(c.filter, FILTER), dtype=torch.float64, requires_grad=True)
    images = x.permute(0, 3, 1, 2)
    weights = filter.reshape(*c.filter[:2], (c.y if c.transpose else c.x)[3] // c.groups, -1)
    weights = weights.permute(3, 2, 0, 1).contiguous()
    options = {"stride": c.strides, "dilation": c.dilations, "groups": c.groups}
    if c.transpose:
        full = F.conv_transpose2d(images, weights, **options)
        crop = [[-p[0], length + p[0] - whole] for p, length, whole in zip(pads, c.y[1:3], full.shape[2:])]
        y = F.pad(full, torch_pads(crop))
        c.torch_call = f"F.pad(F.conv_transpose2d(x, w, {named(options)}), {torch_pads(crop)})"
    else:
        y = F.conv2d(F.pad(images, torch_pads(pads)), weights, **options)
        c.torch_call = f"F.conv2d(F.pad(x, {torch_pads(pads)}), w, {named(options)})"
    y = y.permute(0, 2, 3, 1)
    dx, dfilter = torch.autograd.grad(y, (x, filter), torch.tensor(value(y.shape, DY), dtype=torch.float64))
    return y.detach(), dx, dfilter


# ---- Both ------------------------------------------------------------------------------------------


def named(options):
    return ", ".join(f"{name}={value!r}" for name, value in options.items())


def call_text(c, by_tf):
    if c.layer:
        options = {"strides": c.strides, "padding": c.padding.lower(), "output_padding": c.output_padding}
        return f"keras.layers.Conv2DTranspose({c.filter[2]}, {c.filter[:2]}, {named(options)})(x)"
    if not by_tf:
        return c.torch_call
    options = {"strides": [1, *c.strides, 1], "padding": c.tf_padding()}
    if c.dilations != (1, 1):
        options["dilations"] = c.dilations
    if c.depthwise and c.transpose:
        name, arguments = "depthwise_conv2d_backprop_input", f"{c.y}, filter, x"
    else:
        name, arguments = c.kind, f"x, filter, {c.y}" if c.transpose else "x, filter"
    return f"tf.nn.{name}({arguments}, {named(options)})"


def solve(c):
    """Sets c.call, c.answers {name: (int array, who)} and c.y. Asserts that the frameworks agree."""
    results = {"TensorFlow": by_tensorflow(c), "PyTorch": by_pytorch(c)}
    c.answers = {}
    for i, name in enumerate(("y", "dx", "dfilter")):
        given = {who: np.asarray(r[i]) for who, r in results.items() if r[i] is not None}
        if name == "dfilter" and not given:
            assert 0 in (*c.x, *c.answers["y"][0].shape)
            given = {"a sum over nothing": np.zeros(c.filter)}
        arrays = list(given.values())
        assert arrays, (vars(c), name)
        for array in arrays:
            assert array.shape == arrays[0].shape and (array == arrays[0]).all(), (vars(c), given)
        assert (arrays[0] == np.rint(arrays[0])).all() and np.abs(arrays[0]).max(initial=0) < 2**24
        c.answers[name] = arrays[0].astype(int), " = ".join(given)
    c.call = call_text(c, "TensorFlow" in c.answers["y"][1])
    shape = list(c.answers["y"][0].shape)
    assert c.y in (None, shape), vars(c)
    c.y = shape
    return c


def tf_gives(x, filter, y, padding, strides):
    """Whether tf.nn.conv2d_transpose makes y out of x."""
    try:
        shape = tf.nn.conv2d_transpose(tf.zeros(x), tf.zeros(filter), y, strides, padding).shape
    except tf.errors.InvalidArgumentError:
        return False
    assert shape == y
    return True


def transposes(n, k, strides, padding, channels=(1, 1), batch=1, square=False):
    """A case for each (square) output shape that TensorFlow accepts."""
    x, filter = [batch, *n, channels[0]], [*k, channels[1], channels[0]]
    cases = []
    for h, w in itertools.product(range(25), repeat=2):
        if square and h != w:
            continue
        c = Case("conv2d_transpose", x, filter, padding, strides, y=[batch, h, w, channels[1]])
        if tf_gives(x, filter, c.y, c.tf_padding(), strides):
            cases.append(c)
    assert cases
    return cases


def keras_transpose(x, k, strides, padding, output_padding):
    layer = keras.layers.Conv2DTranspose(2, k, strides, padding.lower(), output_padding=output_padding,
                                         use_bias=False)
    y = [int(n) for n in layer.compute_output_shape(x)]
    return Case("conv2d_transpose", x, [*k, 2, x[3]], padding, strides, y=y, layer=layer,
                output_padding=output_padding)


# ---- The cases -------------------------------------------------------------------------------------


def all_cases():
    asymmetric = [[2, 1], [0, 3]]
    cases = []

    # conv2d: kernels and strides against paddings
    kernels = [[3, 3], [2, 2], [3, 2], [1, 4]]
    strides = [(1, 1), (2, 2), (3, 3), (2, 1), (1, 3)]
    for i, (k, s) in enumerate(itertools.product(kernels, strides)):
        for padding in "SAME", "VALID":
            cases.append(Case("conv2d", [1, 5, 6, 1 + i % 2], [*k, 1 + i % 2, 2 - i % 2], padding, s))
        cases.append(Case("conv2d", [1, 4, 5, 2 - i % 2], [*k, 2 - i % 2, 1 + i % 2], asymmetric, s))
    cases += [
        Case("conv2d", [2, 6, 4, 1], [5, 3, 1, 3], "SAME", (2, 1)),
        Case("conv2d", [1, 5, 5, 1], [3, 3, 1, 2], [[0, 4], [5, 0]], (2, 2)),  # windows of padding only
        # SAME where stride > kernel: the total padding would be negative
        Case("conv2d", [1, 6, 6, 2], [1, 1, 2, 2], "SAME", (3, 3)),
        Case("conv2d", [1, 7, 6, 1], [1, 2, 1, 2], "SAME", (3, 4)),
        Case("conv2d", [1, 6, 5, 1], [2, 1, 1, 2], "SAME", (4, 2)),
        Case("conv2d", [1, 7, 7, 2], [1, 2, 2, 1], "VALID", (2, 3)),
    ]
    # dilations and groups
    for padding in "SAME", "VALID", asymmetric:
        for s, d in [((1, 1), (2, 2)), ((1, 1), (1, 3)), ((2, 2), (2, 1)), ((1, 3), (2, 2))]:
            cases.append(Case("conv2d", [1, 5, 6, 2], [3, 2, 2, 1], padding, s, d))
        cases += [
            Case("conv2d", [1, 4, 4, 4], [3, 3, 2, 2], padding, groups=2),
            Case("conv2d", [2, 3, 4, 2], [2, 3, 1, 4], padding, (2, 1), groups=2),
            Case("conv2d", [1, 4, 3, 3], [2, 2, 1, 3], padding, (1, 2), groups=3),
            Case("conv2d", [1, 4, 5, 4], [2, 3, 2, 2], padding, (2, 2), (2, 2), groups=2),
        ]

    # conv2d_transpose: every output shape of ...
    cases += transposes([2, 3], [3, 3], (2, 2), "SAME", (3, 2))
    cases += transposes([2, 3], [3, 3], (2, 2), "VALID", (2, 1), 2)
    cases += transposes([3, 2], [2, 3], (3, 2), "SAME", (1, 2))
    cases += transposes([3, 2], [2, 3], (3, 2), "VALID")
    cases += transposes([2, 2], [1, 4], (2, 3), "SAME", (2, 1))
    cases += transposes([2, 2], [1, 4], (2, 3), "VALID", (1, 1))
    cases += transposes([2, 2], [5, 5], (2, 2), "SAME", (1, 2))
    cases += transposes([3, 3], [3, 4], (2, 2), [[1, 0], [0, 2]], (1, 2))
    cases += transposes([2, 3], [3, 3], (1, 1), asymmetric, (2, 2))
    cases += transposes([3, 4], [4, 2], (1, 1), "SAME", (2, 2))
    cases += transposes([4, 4], [3, 3], (3, 3), "VALID", square=True)  # 12, 13, 14
    cases += transposes([7, 7], [3, 3], (2, 2), "SAME", square=True)  # 13, 14
    # dilations and groups; e is the extent of the kernel
    for s, d, h, w in [((1, 1), (2, 2), 0, 0), ((2, 2), (2, 2), 1, 0), ((2, 3), (1, 3), 1, 2)]:
        for padding in "SAME", "VALID", [[1, 0], [0, 2]]:
            full = [(n - 1) * t + (k - 1) * e + 1 for n, t, k, e in zip((3, 2), s, (3, 2), d)]
            if padding == "SAME":
                y = [1, 3 * s[0] - h, 2 * s[1] - w, 2]
            elif padding == "VALID":
                y = [1, full[0] + h, full[1] + w, 2]
            else:
                y = [1, full[0] - 1 + h, full[1] - 2 + w, 2]
            cases.append(Case("conv2d_transpose", [1, 3, 2, 2], [3, 2, 2, 2], padding, s, d, y=y))
    cases += [
        Case("conv2d_transpose", [1, 3, 2, 4], [3, 3, 2, 4], "SAME", groups=2, y=[1, 3, 2, 4]),
        Case("conv2d_transpose", [1, 3, 2, 4], [3, 3, 1, 4], "SAME", (2, 2), groups=2, y=[1, 5, 4, 2]),
        Case("conv2d_transpose", [1, 2, 2, 3], [2, 3, 2, 3], "VALID", (3, 2), groups=3, y=[1, 7, 6, 6]),
        Case("conv2d_transpose", [2, 2, 3, 4], [3, 2, 2, 4], [[2, 0], [1, 1]], (2, 1), (1, 2), 2,
             y=[2, 4, 3, 4]),
    ]
    # Keras' sizes
    for k, s, padding, paddings_asked in [
        ([3, 3], (2, 2), "SAME", [None, (0, 0), (1, 1), (0, 1)]),
        ([3, 3], (2, 2), "VALID", [None, (0, 0), (1, 1)]),
        ([4, 4], (2, 2), "SAME", [None, (1, 1)]),
        ([2, 2], (3, 3), "VALID", [None, (0, 0), (2, 2)]),
        ([1, 5], (2, 3), "SAME", [None, (1, 0), (0, 2)]),
        ([1, 5], (2, 3), "VALID", [None, (1, 2)]),
        ([3, 2], (1, 1), "VALID", [None, (0, 0)]),
        ([3, 2], (1, 1), "SAME", [None]),
    ]:
        for asked in paddings_asked:
            cases.append(keras_transpose([1, 3, 2, 1], k, s, padding, asked))

    # depthwise
    for padding in "SAME", "VALID", asymmetric:
        for x, filter, s, d in [
            ([1, 4, 5, 3], [3, 3, 3, 1], (1, 1), (1, 1)),
            ([1, 5, 6, 2], [3, 3, 2, 2], (2, 2), (1, 1)),
            ([2, 4, 5, 1], [2, 3, 1, 2], (3, 3), (1, 1)),
            ([1, 6, 4, 2], [1, 4, 2, 2], (2, 1), (1, 1)),
            ([1, 5, 4, 2], [3, 2, 2, 2], (1, 1), (2, 2)),
            ([1, 3, 7, 2], [2, 3, 2, 1], (1, 1), (1, 3)),
            ([1, 4, 5, 2], [2, 3, 2, 2], (2, 2), (2, 2)),
        ]:
            cases.append(Case("depthwise_conv2d", x, filter, padding, s, d))
    cases.append(Case("depthwise_conv2d", [1, 6, 7, 2], [1, 2, 2, 2], "SAME", (3, 3)))
    for x, filter, padding, s, d, h, w in [
        ([1, 3, 2, 3], [3, 3, 3, 1], "SAME", (2, 2), (1, 1), 6, 4),
        ([1, 3, 2, 3], [3, 3, 3, 1], "SAME", (2, 2), (1, 1), 5, 3),
        ([1, 3, 2, 4], [3, 3, 2, 2], "VALID", (2, 2), (1, 1), 7, 6),
        ([2, 2, 3, 1], [2, 2, 1, 1], "VALID", (3, 3), (1, 1), 6, 9),
        ([1, 3, 3, 2], [4, 4, 2, 1], [[1, 1], [1, 1]], (2, 2), (1, 1), 6, 6),  # doubles a picture
        ([1, 3, 4, 2], [3, 2, 1, 2], "SAME", (1, 1), (1, 1), 3, 4),
        ([1, 4, 3, 4], [2, 3, 2, 2], [[1, 0], [0, 2]], (1, 1), (2, 1), 5, 3),
        ([1, 3, 2, 4], [3, 2, 2, 2], "VALID", (2, 1), (1, 1), 8, 3),
        ([1, 3, 2, 2], [3, 2, 2, 1], "SAME", (2, 3), (2, 2), 6, 5),
    ]:
        y = [x[0], h, w, filter[2]]
        cases.append(Case("depthwise_conv2d_transpose", x, filter, padding, s, d, y=y))

    # nothing, or almost
    cases += [
        Case("conv2d", [1, 4, 4, 1], [5, 5, 1, 2], "VALID"),
        Case("conv2d", [1, 4, 7, 1], [5, 5, 1, 2], "VALID"),
        Case("conv2d", [1, 1, 1, 2], [4, 4, 2, 1], "VALID", (2, 2)),
        Case("conv2d", [1, 3, 3, 1], [5, 3, 1, 1], "VALID", (3, 1)),
        Case("conv2d", [1, 0, 3, 1], [3, 3, 1, 2], [[2, 2], [1, 1]]),
        Case("conv2d", [1, 0, 3, 2], [3, 3, 2, 2], "SAME"),
        Case("conv2d", [0, 3, 4, 2], [3, 3, 2, 2], "SAME"),
        Case("conv2d", [1, 3, 3, 2], [3, 3, 2, 0], "SAME"),
        Case("depthwise_conv2d", [1, 4, 4, 2], [5, 5, 2, 2], "VALID"),
        Case("depthwise_conv2d", [0, 4, 4, 2], [3, 3, 2, 2], "VALID"),
        Case("conv2d_transpose", [0, 3, 4, 2], [3, 3, 2, 2], "SAME", (2, 2), y=[0, 6, 7, 2]),
        Case("conv2d_transpose", [1, 0, 3, 1], [3, 3, 2, 1], "VALID", y=[1, 2, 5, 2]),
        Case("conv2d_transpose", [1, 0, 3, 2], [3, 3, 2, 2], "SAME", y=[1, 0, 3, 2]),
        Case("conv2d_transpose", [1, 3, 3, 0], [3, 3, 2, 0], "SAME", y=[1, 3, 3, 2]),
    ]
    return [solve(c) for c in cases]


# ---- Sizes only ------------------------------------------------------------------------------------


def conv_size(n, k, s, d, padding):
    """tf.nn.conv2d's output height, -1 where it raises."""
    if not isinstance(padding, str):
        padding = [[0, 0], padding, [0, 0], [0, 0]]
    try:
        return tf.nn.conv2d(tf.zeros([1, n, 1, 1]), tf.zeros([k, 1, 1, 1]), (s, 1), padding,
                            dilations=(d, 1)).shape[1]
    except tf.errors.InvalidArgumentError:
        return -1


def conv_sizes():
    rows = itertools.chain(
        itertools.product([0, 1, 4, 7], [1, 2, 3, 5], [1, 2, 3], [1], ["SAME", "VALID"]),
        itertools.product([4, 7], [2, 3], [1, 2], [2, 3], ["SAME", "VALID"]),
        itertools.product([0, 2, 5], [3, 6], [1, 2], [1], [(1, 0), (0, 2)]))
    return [(*row, conv_size(*row)) for row in rows]


def transpose_sizes():
    """The heights that tf.nn.conv2d_transpose accepts: a range. 0, -1 is none."""
    rows = []
    for n, k, s, padding in itertools.product([0, 1, 4], [1, 2, 3, 5], [1, 2, 3],
                                              ["SAME", "VALID", (1, 2)]):
        paddings = padding if isinstance(padding, str) else [[0, 0], padding, [0, 0], [0, 0]]
        legal = [h for h in range(25)
                 if tf_gives([1, n, 1, 1], [k, 1, 1, 1], [1, h, 1, 1], paddings, (s, 1))]
        assert legal == list(range(legal[0], legal[-1] + 1)) if legal else True
        rows.append((n, k, s, 1, padding, legal[0] if legal else 0, legal[-1] if legal else -1))
    return rows


def keras_size(n, k, s, d, padding, output_padding):
    """The output height of Keras' Conv2DTranspose, -1 where it, or the kernel behind it, raises."""
    try:
        layer = keras.layers.Conv2DTranspose(1, (k, 1), (s, 1), padding.lower(), dilation_rate=(d, 1),
                                             output_padding=output_padding and (output_padding[0], 0))
        size = layer.compute_output_shape((1, n, 1, 1))[1]
        if d > 1:  # the kernel for CPUs refuses dilations, but this is the size it checks
            return size if conv_size(size, k, s, d, padding) == n else -1
        assert layer(tf.zeros([1, n, 1, 1])).shape[1] == size
        return size
    except (ValueError, tf.errors.InvalidArgumentError):
        return -1


def keras_sizes():
    rows = itertools.chain(itertools.product([1, 3], [1, 2, 3, 4], [1, 2, 3], [1], ["SAME", "VALID"]),
                           itertools.product([1, 3], [2, 3], [1], [2, 3], ["SAME", "VALID"]))
    return [(*row, keras_size(*row, None), *(keras_size(*row, (p,)) for p in range(4))) for row in rows]


# ---- As C ------------------------------------------------------------------------------------------


def c_padding(padding):
    return f"NHWC_PADDING_{padding if isinstance(padding, str) else 'EXPLICIT'}"


def braced(numbers):
    return "{" + ", ".join(braced(n) if isinstance(n, (list, tuple)) else str(n) for n in numbers) + "}"


def c_options(c):
    options = {"padding": c_padding(c.padding)}
    if not isinstance(c.padding, str):
        options["explicit_paddings"] = braced(c.padding)
    if c.strides != (1, 1):
        options["strides"] = braced(c.strides)
    if c.dilations != (1, 1):
        options["dilations"] = braced(c.dilations)
    if c.groups > 1 and not c.depthwise:
        options["groups"] = c.groups
    return "{" + ", ".join(f".{name} = {value}" for name, value in options.items()) + "}"


def wrapped(text, indent):
    """Broken at commas."""
    return "\n".join(indent + part.strip() for part in re.findall(r".{1,102}(?:,|}$)", text))


def c_case(c):
    who = [w for _, w in c.answers.values()]
    comment = who[0] if len(set(who)) == 1 else "; ".join(f"{n}: {w}" for n, w in zip(c.answers, who))
    size = "GOLDEN_OUTPUT_SHAPE"
    if c.layer:
        size = "GOLDEN_OUTPUT_PADDING" if c.output_padding else "GOLDEN_DEFAULT"
    at = c.call.rindex(" ", 0, 100) + 1 if len(c.call) > 100 else len(c.call)
    lines = [f"    {{ // {comment}"]
    lines += [f'     "{part}"' for part in (c.call[:at], c.call[at:]) if part]
    lines[-1] += ","
    lines.append(f"     GOLDEN_{c.kind.upper()}, {braced(c.x)}, {braced(c.filter)}, {braced(c.y)},")
    lines.append(wrapped(f"{c_options(c)}, {size}, {braced(c.output_padding or (0, 0))},", " " * 5))
    for name, (array, _) in c.answers.items():
        data = "(const int[]){" + ",".join(map(str, array.ravel())) + "}" if array.size else "NULL"
        lines.append(wrapped(data + ("}," if name == "dfilter" else ","), " " * 5))
    return "\n".join(lines)


def c_table(name, type, comment, rows):
    texts = []
    for n, k, s, d, padding, *results in rows:
        pads = (0, 0) if isinstance(padding, str) else padding
        texts.append(braced((n, k, s, d, c_padding(padding), *pads, results)))
    lines = textwrap.fill(", ".join(text.replace(" ", "~") for text in texts), 108, initial_indent="    ",
                          subsequent_indent="    ").replace("~", " ")
    return f"/* {comment} */\nstatic const {type} {name}[] = {{\n{lines},\n}};\n"


HEAD = """\
/* Made by make_conv_golden.py with TensorFlow {tf}, Keras {keras} and PyTorch {torch}; do not edit.
 *
 * Element i of x, filter and dy is (i * factor + 11) % 101 % 11 - 5 with factors {factors}. "A = B" in the
 * comment of a case: both gave exactly this. A NULL array has no elements. */
#ifndef NHWC_TESTS_CONV_GOLDEN_H
#define NHWC_TESTS_CONV_GOLDEN_H

#include <nhwc/nhwc.h>

typedef enum golden_kind {{
    GOLDEN_CONV2D,
    GOLDEN_CONV2D_TRANSPOSE,
    GOLDEN_DEPTHWISE_CONV2D,
    GOLDEN_DEPTHWISE_CONV2D_TRANSPOSE
}} golden_kind;

/* How the framework was asked for the size of y. */
typedef enum golden_size {{ GOLDEN_OUTPUT_SHAPE, GOLDEN_DEFAULT, GOLDEN_OUTPUT_PADDING }} golden_size;

typedef struct golden_case {{
    const char *call;
    golden_kind kind;
    int64_t x[4], filter[4], y[4];
    nhwc_conv2d_options options;
    golden_size size;
    int64_t output_padding[2];
    const int *y_values, *dx_values, *dfilter_values;
}} golden_case;

/* One axis. Lengths are -1 where the framework raises an error. */
typedef struct golden_axis {{
    int n, kernel, stride, dilation;
    nhwc_padding padding;
    int pad_before, pad_after;
    int lengths[5];
}} golden_axis;

/* clang-format off */
"""


def main():
    print(HEAD.format(tf=tf.__version__, keras=keras.__version__, torch=torch.__version__.split("a")[0],
                      factors=f"{X}, {FILTER}, {DY}"))
    cases = all_cases()
    print("static const golden_case golden_cases[] = {")
    for c in cases:
        print(c_case(c))
    print("};\n")
    tables = [
        ("golden_conv_axes", "tf.nn.conv2d: the output length.", conv_sizes()),
        ("golden_transpose_axes",
         "tf.nn.conv2d_transpose: the least and the greatest output length accepted; 0, -1 is none.",
         transpose_sizes()),
        ("golden_keras_axes",
         "keras.layers.Conv2DTranspose: the output lengths for output_padding None, 0, 1, 2, 3.",
         keras_sizes()),
    ]
    for name, comment, rows in tables:
        print(c_table(name, "golden_axis", comment, rows))
    print("/* clang-format on */\n\n#endif")
    counts = [f"{len(rows)} {name}" for name, _, rows in tables]
    print(f"{len(cases)} cases, {', '.join(counts)}", file=sys.stderr)


if __name__ == "__main__":
    main()
