#!/usr/bin/env python3
"""Makes convert_golden.h: what PyTorch, ONNX Runtime and Keras answer to calls in their own words.

Needs torch (1.13 made the file in the tree), onnxruntime (1.31), onnx (1.17), tensorflow (2.17 with Keras
3.15) and numpy. Run:

    python3 tests/golden/make_convert_golden.py > tests/golden/convert_golden.h

Cases are whole images in the framework's own layouts: small integers made by value(), exact in float32,
answers stored as ints. Axes are heights alone, of which it is enough to know the length of the answer and
the padding, or crop, in front: found() compares the answer with that for each possible one.

Where ONNX Runtime is known not to follow the specification of ONNX its answer is left out: SAME with a
kernel shorter than the stride, see not_as_specified().
"""
import itertools
import os
import sys
import textwrap

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import torch
import torch.nn.functional as F

X, FILTER = 37, 53  # factors


def value(shape, factor):
    """The data: small integers without a short period. test_convert.c has the same formula."""
    i = np.arange(np.prod(shape, dtype=int))
    return ((i * factor + 11) % 101 % 11 - 5).astype(np.float32).reshape(shape)


# ---- The frameworks: y, or None where they raise an error -------------------------------------------


def by_torch(transpose, x, weight, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    x, weight = torch.tensor(x), torch.tensor(weight)
    try:
        if transpose:
            y = F.conv_transpose2d(x, weight, None, stride, padding, output_padding, groups, dilation)
        else:
            y = F.conv2d(x, weight, None, stride, padding, dilation, groups)
    except RuntimeError:
        return None
    return y.numpy()


def by_onnx(transpose, x, weight, **attributes):
    node = onnx.helper.make_node("ConvTranspose" if transpose else "Conv", ["x", "w"], ["y"], **attributes)
    info = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in "xwy"]
    graph = onnx.helper.make_graph([node], "graph", info[:2], info[2:])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 11)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        return session.run(None, {"x": x, "w": weight})[0]
    except Exception:  # its own exceptions have no common class
        return None


def by_keras(layer, x, kernel):
    layer.build(x.shape)
    (layer.kernel if hasattr(layer, "kernel") else layer.depthwise_kernel).assign(kernel)
    return np.array(layer(tf.constant(x)))


# ---- Cases ------------------------------------------------------------------------------------------

UPPER, LOWER, VALID = "SAME_UPPER", "SAME_LOWER", "VALID"

# transpose, x [N, C, H, W], weight [coarse, fine / groups, kh, kw], parameters
TORCH = [
    (False, [2, 2, 5, 6], [3, 2, 3, 2], {}),
    (False, [1, 2, 5, 6], [3, 2, 3, 3], dict(stride=(2, 2), padding=(1, 1))),
    (False, [1, 1, 7, 6], [2, 1, 3, 2], dict(stride=(2, 3), padding=(0, 2), dilation=(2, 3))),
    (False, [1, 4, 4, 5], [6, 2, 2, 3], dict(padding=(1, 0), groups=2)),
    (False, [1, 3, 4, 5], [6, 1, 3, 2], dict(stride=(1, 2), padding=(1, 1), groups=3)),
    (False, [1, 1, 5, 6], [2, 1, 2, 4], dict(padding="same")),
    (False, [1, 2, 5, 6], [1, 2, 2, 3], dict(padding="same", dilation=(3, 2))),
    (True, [2, 2, 3, 4], [2, 3, 2, 3], {}),
    (True, [1, 1, 3, 4], [1, 1, 3, 3], dict(stride=(2, 2), padding=(1, 1), output_padding=(1, 1))),
    (True, [1, 2, 3, 2], [2, 1, 4, 4], dict(stride=(2, 2), padding=(1, 1))),
    (True, [1, 1, 3, 2], [1, 2, 2, 3],
     dict(stride=(3, 2), padding=(0, 1), output_padding=(2, 0), dilation=(1, 2))),
    (True, [1, 4, 3, 2], [4, 1, 3, 2],
     dict(stride=(2, 1), padding=(2, 0), output_padding=(1, 0), groups=2)),
    (True, [1, 3, 2, 3], [3, 1, 3, 3], dict(stride=(2, 2), groups=3)),
]

ONNX = [
    (False, [1, 2, 5, 6], [3, 2, 3, 3], dict(pads=[2, 0, 1, 3], strides=[2, 2])),
    (False, [1, 1, 6, 5], [2, 1, 3, 4], dict(auto_pad=UPPER, strides=[2, 2])),
    (False, [1, 1, 6, 5], [2, 1, 3, 4], dict(auto_pad=LOWER, strides=[2, 2])),
    (False, [1, 2, 4, 5], [1, 2, 4, 2], dict(auto_pad=LOWER)),
    (False, [1, 1, 6, 7], [2, 1, 3, 2], dict(auto_pad=VALID, strides=[2, 3], dilations=[1, 2])),
    (False, [1, 4, 3, 4], [6, 2, 3, 2], dict(pads=[1, 0, 0, 1], dilations=[1, 2], group=2)),
    (True, [1, 2, 3, 2], [2, 3, 3, 3], dict(pads=[1, 0, 0, 2], strides=[2, 2], output_padding=[1, 0])),
    (True, [1, 1, 3, 2], [1, 2, 3, 5], dict(auto_pad=UPPER, strides=[2, 2])),
    (True, [1, 1, 3, 2], [1, 2, 3, 5], dict(auto_pad=LOWER, strides=[2, 2])),
    (True, [1, 1, 3, 2], [1, 2, 3, 4], dict(auto_pad=VALID, strides=[2, 3], output_padding=[1, 2])),
    (True, [1, 1, 3, 2], [1, 1, 3, 4], dict(output_shape=[6, 5], strides=[2, 2])),
    (True, [1, 1, 3, 2], [1, 1, 3, 4], dict(auto_pad=UPPER, output_shape=[6, 5], strides=[2, 2])),
    (True, [1, 1, 3, 2], [1, 1, 3, 4], dict(auto_pad=LOWER, output_shape=[6, 5], strides=[2, 2])),
    (True, [1, 1, 3, 2], [1, 1, 3, 4], dict(output_shape=[8, 7], strides=[2, 2])),
    (True, [1, 1, 3, 2], [1, 1, 3, 4], dict(output_shape=[6, 5], output_padding=[1, 1], strides=[2, 2])),
    (True, [1, 4, 2, 3], [4, 3, 2, 3], dict(pads=[0, 1, 1, 1], dilations=[2, 1], group=2)),
]

# layer, x [N, H, W, C], kernel, arguments
KERAS = [
    ("Conv2D", [1, 6, 5, 2], [3, 2, 2, 3], dict(padding="same", strides=(2, 2))),
    ("Conv2D", [2, 5, 6, 2], [3, 2, 2, 3], dict(padding="valid", dilation_rate=(2, 3))),
    ("Conv2D", [1, 4, 5, 1], [4, 3, 1, 2], dict(padding="same", dilation_rate=(1, 2))),
    ("DepthwiseConv2D", [1, 6, 5, 2], [3, 3, 2, 2], dict(padding="same", strides=(2, 2))),
    ("Conv2DTranspose", [1, 3, 2, 2], [3, 3, 3, 2], dict(padding="same", strides=(2, 2))),
    ("Conv2DTranspose", [1, 3, 2, 1], [3, 5, 1, 1],
     dict(padding="same", strides=(2, 3), output_padding=(0, 2))),
    ("Conv2DTranspose", [1, 3, 2, 1], [4, 3, 1, 1],
     dict(padding="same", strides=(2, 2), output_padding=(1, 1))),
    ("Conv2DTranspose", [1, 3, 2, 1], [2, 3, 2, 1], dict(padding="valid", strides=(3, 2))),
    ("Conv2DTranspose", [1, 3, 2, 1], [2, 3, 2, 1],
     dict(padding="valid", strides=(3, 2), output_padding=(0, 1))),
]


def nchw_case(run, transpose, x, weight, parameters):
    y = run(transpose, value(x, X), value(weight, FILTER), **parameters)
    filter = [weight[2], weight[3], weight[1], weight[0]]
    return transpose, [x[0], x[2], x[3], x[1]], filter, [y.shape[i] for i in (0, 2, 3, 1)], y


def keras_case(layer, x, kernel, arguments):
    made = {"Conv2D": lambda: keras.layers.Conv2D(kernel[3], kernel[:2], use_bias=False, **arguments),
            "DepthwiseConv2D": lambda: keras.layers.DepthwiseConv2D(
                kernel[:2], depth_multiplier=kernel[3], use_bias=False, **arguments),
            "Conv2DTranspose": lambda: keras.layers.Conv2DTranspose(
                kernel[2], kernel[:2], use_bias=False, **arguments)}[layer]()
    y = by_keras(made, value(x, X), value(kernel, FILTER))
    if layer == "DepthwiseConv2D":
        kernel = [*kernel[:2], 1, kernel[2] * kernel[3]]
    return layer == "Conv2DTranspose", x, kernel, list(y.shape), y


# ---- Axes -------------------------------------------------------------------------------------------


def windows(x, weight, stride, dilation):
    """All windows of a transpose together."""
    whole = np.zeros((len(x) - 1) * stride + (len(weight) - 1) * dilation + 1)
    for i, k in itertools.product(range(len(x)), range(len(weight))):
        whole[i * stride + k * dilation] += x[i] * weight[k]
    return whole


def answer(transpose, x, weight, stride, dilation, length, before):
    """What the definition gives for this length and this padding, or crop, in front."""
    at = lambda a, i: a[i] if 0 <= i < len(a) else 0
    if transpose:
        whole = windows(x, weight, stride, dilation)
        return [at(whole, i + before) for i in range(length)]
    return [sum(at(x, j * stride + k * dilation - before) * weight[k] for k in range(len(weight)))
            for j in range(length)]


def found(run, transpose, n, k, stride, dilation, parameters):
    """The framework's length and padding in front; -1, 0 where it raises an error."""
    x, weight = 2.0 ** np.arange(n), 1.0 + 3 * np.arange(k)
    column = lambda a: a.astype(np.float32).reshape(1, 1, -1, 1)
    y = run(transpose, column(x), column(weight), **parameters)
    if y is None:
        return -1, 0
    y = y[0, 0, :, 0].tolist()
    befores = [b for b in range(-4, 12) if answer(transpose, x, weight, stride, dilation, len(y), b) == y]
    if not befores or len(befores) > 1 and any(y):
        raise AssertionError((transpose, n, k, parameters, y, befores))
    return len(y), befores[0] if len(befores) == 1 else None  # None: all zeros


def torch_axes():
    rows = []
    for transpose, k, s, d, p in itertools.product([0, 1], [1, 2, 3, 4], [1, 2, 3], [1, 2], [0, 1, 2]):
        for n, op in itertools.product([1, 4], range(s + 1) if transpose else [0]):
            if k == 1 and d > 1 or transpose and (n == 1 and op > 0 or p > (k - 1) * d):
                continue
            length, before = found(by_torch, transpose, n, k, s, d, dict(
                stride=(s, 1), dilation=(d, 1), padding=(p, 0), output_padding=(op, 0)))
            assert length < 0 or before in (p, None), (transpose, n, k, s, d, p, op, before)
            rows.append((transpose, n, k, s, d, p, op, length))
    return rows


def not_as_specified(transpose, n, k, s, auto_pad, output_shape, answered):
    """ONNX Runtime may pad less than nothing, or give a shorter output, for SAME with k < s."""
    specified = n * s if transpose else -(-n // s), 0
    is_same = auto_pad in (UPPER, LOWER) and not output_shape
    return is_same and k < s and answered not in (specified, (-1, 0))


def onnx_axes():
    rows, skipped = [], 0
    for auto_pad, k, s in itertools.product(["NOTSET", UPPER, LOWER, VALID], [1, 2, 3, 4], [1, 2, 3]):
        calls = [(0, n, 0, 0) for n in (4, 5)]
        natural = s + k
        calls += [(1, 2, op, 0) for op in range(s + 1)]
        calls += [(1, 2, op, length) for op in {0, s - 1} for length in range(natural - 3, natural + s + 1)
                  if length > 0]
        for transpose, n, op, length in calls:
            parameters = dict(auto_pad=auto_pad, strides=[s, 1])
            if op:
                parameters["output_padding"] = [op, 0]
            if length:
                parameters["output_shape"] = [length, 1]
            answered = found(by_onnx, transpose, n, k, s, 1, parameters)
            if not_as_specified(transpose, n, k, s, auto_pad, length, answered):
                skipped += 1
            elif None not in answered:
                rows.append((transpose, n, k, s, f"NHWC_ONNX_{auto_pad}", op, length, *answered))
    print(f"{skipped} answers of ONNX Runtime are not as specified", file=sys.stderr)
    return rows


# ---- As C -------------------------------------------------------------------------------------------


def braced(numbers):
    return "{" + ", ".join(braced(n) if isinstance(n, (list, tuple)) else str(n) for n in numbers) + "}"


def c_parameters(parameters):
    fields = {}
    for name, value in parameters.items():
        if value == "same":
            fields["same"] = "true"
        elif name == "auto_pad":
            fields[name] = f"NHWC_ONNX_{value}"
        else:
            fields[name] = braced(value) if isinstance(value, (list, tuple)) else value
    return braced([f".{name} = {text}" for name, text in fields.items()] or [".groups = 1"])


def keras_parameters(layer, kernel, arguments):
    fields = {}
    for name, value in arguments.items():
        if name == "output_padding":
            fields["has_output_padding"] = "true"
        fields[name] = f"NHWC_KERAS_{value.upper()}" if name == "padding" else braced(value)
    if layer == "DepthwiseConv2D":
        fields["groups"] = kernel[2]
    return braced([f".{name} = {text}" for name, text in fields.items()])


def wrapped(text, indent):
    return textwrap.fill(text, 108, initial_indent=indent, subsequent_indent=indent, break_long_words=False)


def c_case(case, parameters):
    transpose, x, filter, shape, y = case
    assert np.all(y == np.rint(y))
    return "\n".join([
        f"    {{{{{'true' if transpose else 'false'}, {braced(x)}, {braced(filter)}, {braced(shape)},",
        wrapped("(const int[]){" + ", ".join(str(int(v)) for v in y.ravel()) + "}},", " " * 6),
        wrapped(parameters + "},", " " * 5)])


def c_table(type, name, rows):
    texts = ", ".join(braced(row).replace(" ", "~") for row in rows)
    return f"static const {type} {name}[] = {{\n" + wrapped(texts, "    ").replace("~", " ") + ",\n};\n"


HEAD = """\
/* Made by make_convert_golden.py with PyTorch {torch}, ONNX Runtime {onnx}, TensorFlow {tf} and
 * Keras {keras}; do not edit.
 *
 * Element i of x and of the filter, in the layouts of the framework, is (i * factor + 11) % 101 % 11 - 5
 * with factors {factors}. y is in the framework's layout, too; the shapes are all as here. */
#ifndef NHWC_TESTS_CONVERT_GOLDEN_H
#define NHWC_TESTS_CONVERT_GOLDEN_H

#include <nhwc/convert.h>

typedef struct golden_images {{
    bool transpose;
    int64_t x[4], filter[4], y[4];
    const int *y_values;
}} golden_images;

typedef struct golden_torch_case {{
    golden_images images;
    nhwc_torch_conv2d parameters;
}} golden_torch_case;

typedef struct golden_onnx_case {{
    golden_images images;
    nhwc_onnx_conv parameters;
}} golden_onnx_case;

typedef struct golden_keras_case {{
    golden_images images;
    nhwc_keras_conv2d parameters;
}} golden_keras_case;

/* A height. `length` is that of the output, -1 where the framework raises an error. */
typedef struct golden_torch_axis {{
    int transpose, n, kernel, stride, dilation, padding, output_padding, length;
}} golden_torch_axis;

/* `before` is the padding, or crop, in front. */
typedef struct golden_onnx_axis {{
    int transpose, n, kernel, stride;
    nhwc_onnx_auto_pad auto_pad;
    int output_padding, output_shape, length, before;
}} golden_onnx_axis;

/* clang-format off */
"""


def main():
    print(HEAD.format(torch=torch.__version__.split("a")[0], onnx=onnxruntime.__version__,
                      tf=tf.__version__, keras=keras.__version__, factors=f"{X} and {FILTER}"))
    for name, texts in [
            ("torch", [c_case(nchw_case(by_torch, *c), c_parameters(c[3])) for c in TORCH]),
            ("onnx", [c_case(nchw_case(by_onnx, *c), c_parameters(c[3])) for c in ONNX]),
            ("keras", [c_case(keras_case(*c), keras_parameters(c[0], c[2], c[3])) for c in KERAS])]:
        print(f"static const golden_{name}_case golden_{name}_cases[] = {{")
        print("\n".join(texts))
        print("};\n")
    tables = [("golden_torch_axis", "golden_torch_axes", torch_axes()),
              ("golden_onnx_axis", "golden_onnx_axes", onnx_axes())]
    for table in tables:
        print(c_table(*table))
    print("/* clang-format on */\n\n#endif")
    print(f"{len(TORCH)} PyTorch, {len(ONNX)} ONNX, {len(KERAS)} Keras cases,",
          *[f"{len(rows)} {name}" for _, name, rows in tables], file=sys.stderr)


if __name__ == "__main__":
    main()
