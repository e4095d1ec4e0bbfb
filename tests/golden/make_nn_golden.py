#!/usr/bin/env python3
"""Makes nn_golden.h: what Keras, TensorFlow and PyTorch answer to the calls of <nhwc/nn.h>.

Two passes, since few machines have TensorFlow and PyTorch in one Python (TensorFlow 2.21 with Keras 3, and PyTorch
1.13, made the file in the tree):

    tensorflow/python tests/golden/make_nn_golden.py tensorflow > nn_golden.part
    torch/python      tests/golden/make_nn_golden.py torch nn_golden.part > tests/golden/nn_golden.h

Inputs are float32 numbers, so that both dtypes are asked the same; answers are of float64, and where clipping makes
them differ of float32 too.
"""
import sys
import textwrap

import numpy as np

INF, NAN = float("inf"), float("nan")
random = np.random.RandomState(7)


def single(a):
    return np.asarray(a, np.float32).astype(np.float64)


X = single(random.uniform(-2, 3, [4, 3, 5]))
DY = single(random.uniform(-1, 1, [4, 3, 5]))
GAMMA = single(random.uniform(0.5, 2, [3, 5]))
BETA = single(random.uniform(-1, 1, [3, 5]))

PROBABILITIES = single([0, 1e-8, 1e-7, 0.001, 0.25, 0.5, 0.75, 0.999, 1 - 2.0**-24, 1])
PROBABILITY_LABELS = single([0, 0.25, 1])
LOGITS = single([-1e4, -100, -20, -2.5, -1e-3, 0, 1e-3, 2.5, 20, 100, 1e4])

# Rows of four classes; each with each row of weights.
CLASS_LOGITS = single([[0.5, -1, 2, 0], [3, 3, 3, 3], [1e4, -1e4, 0, 9999], [-1e4, -1e4, -1e4, -10001],
                       [100, 0, -100, 50]])
CLASS_WEIGHTS = single([[0, 0, 1, 0], [0.125, 0.25, 0.5, 0.125]])
OTHER_WEIGHTS = single([[0, 0, 0, 0], [1, 1, 0, 2], [0.125, 0, 0.25, 0], [-1, 2, 0.5, 0]])

# Channels, or lines: of numbers, with NaN, with an infinity, of one number, of zeros, with both infinities.
SPECIAL = single([[0.5, -1, 2, 0, 1, 3], [1, 2, NAN, 3, 4, 5], [1, INF, 2, 3, 4, 5], [1.75] * 6, [-0.0] * 6,
                  [INF, 1, -INF, 2, 3, 4]]).T
SPECIAL_MEAN = single([0.5, 0.5, 0.5, 1.75, 0, 1])
SPECIAL_VARIANCE = single([0, 1, INF, 0.25, 0, NAN])
MOMENTA = [0, 0.5, 0.99, 1]
DROPPED = single(random.uniform(0.5, 2, [60])) # of which every 7th is NaN and every 11th infinite
DROPPED[::7], DROPPED[5::11] = NAN, INF
RATES = [0, 0.25, 0.3, 0.5, 0.875, 1]


def number(v):
    v = float(v)
    return "NAN" if v != v else "INFINITY" if v == INF else "-INFINITY" if v == -INF else str(int(v)) if (
        v == int(v) and abs(v) < 1e6 and not (v == 0 and np.signbit(v))) else v.hex()


def array(name, values, comment=None):
    values = np.asarray(values).reshape(-1)
    if comment:
        print("/* %s */" % comment)
    print("static const double golden_%s[%d] = {" % (name, len(values)))
    print("\n".join(textwrap.wrap(", ".join(number(v) for v in values), 118, initial_indent="    ",
                                  subsequent_indent="    ")))
    print("};\n")


def row(values):
    return "{" + ", ".join(number(v) for v in np.asarray(values).reshape(-1)) + "}"


def put(text):
    print("\n".join(textwrap.wrap(text, 118, initial_indent="    ", subsequent_indent="     ")))


def inputs():
    array("x", X, "[4, 3, 5]")
    array("dy", DY)
    array("gamma", GAMMA, "[3, 5]; the first five where it is [5].")
    array("beta", BETA)
    array("probabilities", PROBABILITIES)
    array("probability_labels", PROBABILITY_LABELS)
    array("logits", LOGITS)
    array("class_logits", CLASS_LOGITS, "Rows of four classes.")
    array("class_weights", CLASS_WEIGHTS)
    array("other_weights", OTHER_WEIGHTS)


def tensorflow_specials(keras, tf, gradients):
    layer = keras.layers.BatchNormalization(epsilon=0.001, scale=False, center=False, dtype="float64")
    layer.build(SPECIAL.shape)
    layer.moving_mean.assign(SPECIAL_MEAN)
    layer.moving_variance.assign(SPECIAL_VARIANCE)
    x, dy = tf.constant(SPECIAL), tf.constant(DY.reshape(-1)[:36].reshape(6, 6))
    array("special_x", SPECIAL, "[6, 6]; the gradients of y are the first of dy.")
    array("special_mean", SPECIAL_MEAN)
    array("special_variance", SPECIAL_VARIANCE)
    for name, training in (("batch_norm", False), ("training", True)):
        y, dx = gradients(lambda: layer(x, training=training), [x], dy)
        array("special_%s" % name, y)
        array("special_%s_dx" % name, dx)
    array("momenta", MOMENTA)
    averages = []
    for momentum in MOMENTA:
        layer = keras.layers.BatchNormalization(momentum=momentum, epsilon=0.001, dtype="float64")
        layer.build(X.shape)
        layer.moving_mean.assign(GAMMA[1])
        layer.moving_variance.assign(GAMMA[2])
        layer(tf.constant(X), training=True)
        averages += [layer.moving_mean.numpy(), layer.moving_variance.numpy()]
    array("averages", averages, "The mean and the variance after the batch x, for each momentum.")


def tensorflow_dropout(keras, tf, gradients):
    array("dropped", DROPPED)
    print("/* Of dropped and dy; what was kept is what is not 0. */\nstatic const golden_dropout golden_dropouts[] = {")
    x = tf.constant(DROPPED)
    for rate in RATES:
        layer = keras.layers.Dropout(rate, seed=5, dtype="float64")
        y, dx = gradients(lambda: layer(x, training=True), [x], tf.constant(DY.reshape(-1)))
        put("{%s, %s, %s, %s}," % (number(rate), row(y != 0), row(y), row(dx)))
    print("};\n")


def tensorflow():
    import keras
    import tensorflow as tf
    print("tensorflow %s keras %s" % (tf.__version__, keras.__version__))

    def gradients(function, variables, dy):
        with tf.GradientTape() as tape:
            tape.watch(variables)
            y = function()
        return [y] + list(tape.gradient(y, variables, output_gradients=dy,
                                        unconnected_gradients=tf.UnconnectedGradients.ZERO))

    inputs()
    print("static const golden_batch_norm golden_batch_norms[] = {")
    for scale in (False, True):
        for center in (False, True):
            layer = keras.layers.BatchNormalization(momentum=0.75, epsilon=0.001, scale=scale, center=center,
                                                    dtype="float64")
            layer.build(X.shape)
            gamma = [layer.gamma] if scale else []
            beta = [layer.beta] if center else []
            for v, values in zip(gamma + beta, [GAMMA[0]] * scale + [BETA[0]] * center):
                v.assign(values)
            layer.moving_mean.assign(GAMMA[1])
            layer.moving_variance.assign(GAMMA[2])
            parts = []
            x = tf.constant(X)
            for training in (False, True):
                variables = [x] + [v.value for v in gamma + beta]
                y, dx, *rest = gradients(lambda: layer(x, training=training), variables, tf.constant(DY))
                parts += [y, dx, rest[0] if scale else np.zeros(5), rest[-1] if center else np.zeros(5)]
            parts += [layer.moving_mean.value, layer.moving_variance.value]
            put("{%d, %d, %s}," % (scale, center, ", ".join(row(p) for p in parts)))
    print("};\n\nstatic const golden_layer_norm golden_layer_norms[] = {")
    for axes in (1, 2):
        for scale in (False, True):
            for center in (False, True):
                layer = keras.layers.LayerNormalization(axis=list(range(-axes, 0)), epsilon=0.001, scale=scale,
                                                        center=center, dtype="float64")
                layer.build(X.shape)
                of = [(layer.gamma, GAMMA)] * scale + [(layer.beta, BETA)] * center
                for v, values in of:
                    v.assign(values[0] if axes == 1 else values)
                x = tf.constant(X)
                variables = [x] + [v.value for v, _ in of]
                y, dx, *rest = gradients(lambda: layer(x), variables, tf.constant(DY))
                zero = np.zeros(5 if axes == 1 else 15)
                parts = [y, dx, rest[0] if scale else zero, rest[-1] if center else zero]
                put("{%d, %d, %d, %s}," % (axes, scale, center, ", ".join(row(p) for p in parts)))
    print("};\n")
    p, t = np.meshgrid(PROBABILITIES, PROBABILITY_LABELS, indexing="ij")
    for dtype in ("float32", "float64"):
        keras.backend.set_floatx(dtype) # to which the losses cast
        of, labels = tf.constant(p.reshape(-1, 1).astype(dtype)), tf.constant(t.reshape(-1, 1).astype(dtype))
        y, dx = gradients(lambda: keras.losses.binary_crossentropy(labels, of), [of], tf.ones(len(labels), dtype))
        assert y.dtype == dtype
        array("binary_%s" % dtype, y, "Of each probability with each label.")
        array("binary_%s_gradient" % dtype, dx)
    x, t = np.meshgrid(LOGITS, PROBABILITY_LABELS, indexing="ij")
    x = tf.constant(x)
    y, dx = gradients(lambda: tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.constant(t), logits=x), [x], None)
    array("sigmoid", y, "Of each logit with each label.")
    array("sigmoid_gradient", dx)
    a, b = tf.constant(X), tf.constant(DY)
    print("/* Reduced in Keras' ways, and the gradients: x are the predictions, and dy or softmax_labels the labels. "
          "*/\nstatic const golden_reduction golden_reduced_losses[] = {")
    for name, function, pair in (
            ("mean_squared_error", keras.losses.MeanSquaredError, (a, b)),
            ("mean_absolute_error", keras.losses.MeanAbsoluteError, (a, b)),
            ("softmax_cross_entropy", lambda reduction: keras.losses.CategoricalCrossentropy(
                from_logits=True, reduction=reduction), (a, tf.nn.softmax(b)))):
        for how in ("sum_over_batch_size", "sum"):
            y, dx = gradients(lambda: function(reduction=how)(pair[1], pair[0]), [pair[0]], None)
            # Keras takes the mean over the last axis first.
            last = 5 if how == "sum" and name != "softmax_cross_entropy" else 1
            put('{"%s", %d, %s, %s},' % (name, how == "sum", number(y * last), row(dx * last)))
    print("};\n")
    array("softmax_labels", tf.nn.softmax(b), "The labels of softmax_cross_entropy there.")
    losses, slopes = [], []
    for w in CLASS_WEIGHTS:
        x = tf.constant(CLASS_LOGITS)
        y, dx = gradients(lambda: tf.nn.softmax_cross_entropy_with_logits(
            labels=tf.constant(np.tile(w, [len(CLASS_LOGITS), 1])), logits=x), [x], None)
        losses.append(y)
        slopes.append(dx)
    array("class_losses", losses, "Of all logits with each of class_weights.")
    array("class_slopes", slopes)
    losses, slopes = [], []
    for label in range(4):
        x = tf.constant(CLASS_LOGITS)
        y, dx = gradients(lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=np.full(len(CLASS_LOGITS), label), logits=x), [x], None)
        losses.append(y)
        slopes.append(dx)
    array("sparse_losses", losses, "Of all logits with each class.")
    array("sparse_slopes", slopes)
    right = []
    for label in range(4):
        metric = keras.metrics.SparseCategoricalAccuracy()
        right.append(metric(np.full(len(CLASS_LOGITS), label), CLASS_LOGITS) * len(CLASS_LOGITS))
    for w in np.concatenate([CLASS_WEIGHTS, OTHER_WEIGHTS]):
        metric = keras.metrics.CategoricalAccuracy()
        right.append(metric(np.tile(w, [len(CLASS_LOGITS), 1]), CLASS_LOGITS) * len(CLASS_LOGITS))
    array("right", np.round(right), "How many of all logits are right, of each class, then of each row of weights.")
    keras.backend.set_floatx("float64")
    tensorflow_specials(keras, tf, gradients)
    tensorflow_dropout(keras, tf, gradients)


def torch_folds(torch):
    from torch.nn.utils.fusion import fuse_conv_bn_weights
    print("/* Filters are the first of x; bias, mean, variance, gamma and beta the first of rows 1 of gamma, 0 of "
          "beta, 2 and\n * 0 of gamma and 1 of beta; with epsilon 0.001. Plain: without bias, gamma and beta. */\n"
          "static const golden_fold golden_folds[] = {")
    # Axes of the filter for PyTorch, and back; of a depthwise filter the last two are one.
    for kind, dims, axes, back in (
            ("NHWC_FILTER_CONV2D", [2, 1, 3, 4], [3, 2, 0, 1], [2, 3, 1, 0]),
            ("NHWC_FILTER_CONV2D_TRANSPOSE", [2, 1, 4, 3], [3, 2, 0, 1], [2, 3, 1, 0]),
            ("NHWC_FILTER_DEPTHWISE", [2, 1, 2, 2], None, [2, 3, 0, 1])):
        size = int(np.prod(dims))
        filter = X.reshape(-1)[:size].reshape(dims)
        there = filter.transpose(axes) if axes else filter.reshape([2, 1, 4, 1]).transpose([2, 3, 0, 1])
        for plain in (False, True):
            bias, mean, variance, gamma, beta = (torch.tensor(v[:4].copy()) for v in (
                GAMMA[1], BETA[0], GAMMA[2], GAMMA[0], BETA[1]))
            if plain:
                bias = gamma = beta = None
            w, b = fuse_conv_bn_weights(torch.tensor(there.copy()), bias, mean, variance, 0.001, gamma, beta,
                                        kind.endswith("2D_TRANSPOSE"))
            put("{%s, %d, %s, %s, %s}," % (kind, plain, row(dims), row(w.detach().numpy().transpose(back)),
                                           row(b.detach())))
    print("};\n")


def torch_lines(torch, F):
    x, gamma, beta = (torch.tensor(v.copy(), requires_grad=True) for v in (X, X[::-1], DY))
    y = F.layer_norm(x, [4, 3, 5], gamma, beta, 0.001)
    array("whole_layer_norm", y.detach(), "Over all axes; gamma is x with its first axis reversed, beta dy.")
    for name, gradient in zip(("dx", "dgamma", "dbeta"), torch.autograd.grad(y, (x, gamma, beta), torch.tensor(DY))):
        array("whole_%s" % name, gradient)
    for name, epsilon in (("special_lines", 0.001), ("special_lines_0", 0)):
        x = torch.tensor(SPECIAL.T.copy(), requires_grad=True)
        y = F.layer_norm(x, [6], eps=epsilon)
        array(name, y.detach(), "Of special_x transposed, with epsilon %g." % epsilon)
        array(name + "_dx", torch.autograd.grad(y, x, torch.tensor(DY.reshape(-1)[:36].reshape(6, 6)))[0])


def torch_and_all(part):
    import torch
    import torch.nn.functional as F
    first, *rest = open(part).read().split("\n")
    print(HEAD % (first.split()[1], first.split()[3], torch.__version__.split("a")[0].split("+")[0]))
    print("\n".join(rest))
    losses, slopes = [], []
    for w in OTHER_WEIGHTS:
        x = torch.tensor(CLASS_LOGITS, requires_grad=True)
        y = -(torch.where(torch.tensor(w) == 0, torch.zeros(()).double(), torch.tensor(w) * F.log_softmax(x, 1))).sum(1)
        losses.append(y.detach())
        slopes.append(torch.autograd.grad(y.sum(), x)[0])
    array("other_losses", [np.asarray(v) for v in losses], "Of all logits with each of other_weights.")
    array("other_slopes", [np.asarray(v) for v in slopes])
    x = torch.tensor(X)
    y, mean, inverse = torch.native_layer_norm(x, [5], torch.tensor(GAMMA[0]), torch.tensor(BETA[0]), 1e-5)
    array("native_layer_norm", y, "With epsilon 1e-5; the mean and the inverse.")
    array("native_mean", mean)
    array("native_inverse", inverse)
    mean, variance = torch.tensor(GAMMA[1].copy()), torch.tensor(GAMMA[2].copy())
    F.batch_norm(x.reshape(12, 5), mean, variance, training=True, momentum=0.25)
    array("torch_variance", variance, "The running variance with momentum 0.25, from the third row of gamma.")
    a, b = torch.tensor(X, requires_grad=True), torch.tensor(DY)
    for name, function in (("squared", F.mse_loss), ("absolute", F.l1_loss)):
        y = function(a, b, reduction="none")
        array(name, y.detach(), "Unreduced, of x and dy.")
        array(name + "_gradient", torch.autograd.grad(y.sum(), a)[0])
    torch_folds(torch)
    torch_lines(torch, F)
    print("/* clang-format on */\n\n#endif")


HEAD = '''/* Made by make_nn_golden.py with TensorFlow %s, Keras %s and PyTorch %s; do not edit. */
#ifndef NHWC_TESTS_NN_GOLDEN_H
#define NHWC_TESTS_NN_GOLDEN_H

#include <math.h>
#include <nhwc/nn.h>
#include <stdbool.h>

/* From running averages that are the second and third row of gamma, with momentum 0.75. */
typedef struct golden_batch_norm {
    bool scale, center;
    double y[60], dx[60], dgamma[5], dbeta[5]; /* inference */
    double training_y[60], training_dx[60], training_dgamma[5], training_dbeta[5];
    double mean[5], variance[5]; /* averages after it */
} golden_batch_norm;

typedef struct golden_layer_norm {
    int axes;
    bool scale, center;
    double y[60], dx[60], dgamma[15], dbeta[15];
} golden_layer_norm;

typedef struct golden_reduction {
    const char *name;
    bool sum;
    double loss, gradient[60];
} golden_reduction;

typedef struct golden_dropout {
    double rate, mask[60], y[60], dx[60];
} golden_dropout;

typedef struct golden_fold {
    nhwc_filter_kind kind;
    bool plain;
    int64_t dims[4];
    double filter[24], bias[4];
} golden_fold;

/* clang-format off */
'''

if sys.argv[1] == "tensorflow":
    tensorflow()
else:
    torch_and_all(sys.argv[2])
