#!/usr/bin/env python3
"""Makes train_golden.h: outputs and gradients of small models, as Keras computes them.

The models are the ones that test_model.c builds: same layers, same order. Inputs, parameters and the gradient of the
output are numbers both know. What Keras does not have, groups and dilations of transposed convolutions on a CPU, is put
together from what TensorFlow has.

Needs tensorflow (2.21.0 made the file in the tree). Run:

    python3 tests/golden/make_train_golden.py > tests/golden/train_golden.h
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from model_numbers import array, numbers

keras.backend.set_floatx("float64")


def gelu(x):
    """Keras' own divides by the root of 2 in float32."""
    return 0.5 * x * (1 + tf.math.erf(x / np.sqrt(2.0)))


def leaky_relu(x):
    """Keras' own has a slope of 0.2 in float32."""
    return tf.where(x < 0, 0.2 * x, x)


class Net:
    """Layers by name, made and given their numbers when they are first called."""

    def __init__(self):
        self.layers, self.weights, self.frozen = {}, [], []

    def register(self, weight, frozen=False):
        weight.assign(numbers(len(self.weights) + len(self.frozen), weight.shape))
        (self.frozen if frozen else self.weights).append(weight)

    def __call__(self, name, make, x, frozen=False):
        if name not in self.layers:
            self.layers[name] = make()
            self.layers[name](x)
            for weight in self.layers[name].weights:
                self.register(weight.value, frozen)
        return self.layers[name](x)

    def variables(self, name, *shapes):
        if name not in self.layers:
            self.layers[name] = [tf.Variable(np.zeros(shape)) for shape in shapes]
            for weight in self.layers[name]:
                self.register(weight)
        return self.layers[name]


def grouped_conv(x, kernel, bias, groups, **options):
    parts = [tf.nn.conv2d(a, b, **options) for a, b in zip(tf.split(x, groups, -1), tf.split(kernel, groups, -1))]
    return tf.concat(parts, -1) + bias


def grouped_transpose(x, kernel, bias, groups, shape, strides, padding):
    parts = [tf.nn.conv2d_transpose(a, b, shape[:3] + [shape[3] // groups], strides, padding)
             for a, b in zip(tf.split(x, groups, -1), tf.split(kernel, groups, -1))]
    return tf.concat(parts, -1) + bias


def dilated(kernel, rate):
    """The kernel with zeros between its taps."""
    height, width, a, b = kernel.shape
    wide = tf.reshape(kernel, [height, 1, width, 1, a, b])
    wide = tf.pad(wide, [[0, 0], [0, rate[0] - 1], [0, 0], [0, rate[1] - 1], [0, 0], [0, 0]])
    wide = tf.reshape(wide, [height * rate[0], width * rate[1], a, b])
    return wide[: (height - 1) * rate[0] + 1, : (width - 1) * rate[1] + 1]


def convolutions(net, x):
    kernel, bias = net.variables("grouped", [3, 2, 2, 6], [6])
    x = tf.nn.relu6(grouped_conv(x, kernel, bias, 2, strides=[2, 1], padding="SAME"))
    x = net("dilated", lambda: layers.Conv2D(3, 2, dilation_rate=(1, 2), use_bias=False, activation="tanh"), x)
    kernel, bias = net.variables("explicit", [3, 3, 3, 2], [2])
    x = tf.nn.conv2d(x, kernel, 1, [[0, 0], [1, 0], [2, 1], [0, 0]]) + bias
    return net("last", lambda: layers.Conv2D(2, (2, 1), activation="relu"), x)


def transposes(net, x):
    x = net("same", lambda: layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="relu"), x)
    x = net("padded", lambda: layers.Conv2DTranspose(2, 3, strides=2, output_padding=(1, 0)), x)
    x = net("short", lambda: layers.Conv2DTranspose(4, 1, strides=2, activation="sigmoid"), x)
    x = net("shrunk", lambda: layers.Conv2D(4, 3, strides=4), x)
    kernel, bias = net.variables("grouped", [2, 3, 1, 4], [2])
    shape = [int(n) for n in x.shape]
    x = grouped_transpose(x, kernel, bias, 2, [shape[0], shape[1] * 2, shape[2], 2], [2, 1], "SAME")
    kernel, bias = net.variables("dilated", [2, 2, 3, 2], [3])
    shape = [int(n) for n in x.shape]
    shape = [shape[0], shape[1] + 2, shape[2] + 1, 3]
    return tf.nn.conv2d_transpose(x, dilated(kernel, (2, 1)), shape, 1, "VALID") + bias


def depthwise(net, x):
    x = net("strided", lambda: layers.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2,
                                                      activation="relu"), x)
    x = net("dilated", lambda: layers.DepthwiseConv2D((2, 1), dilation_rate=(2, 2), use_bias=False), x)
    return net("pointwise", lambda: layers.Conv2D(2, 1, activation=gelu), x)


def dense(net, x):
    x = net("rows", lambda: layers.Dense(5, activation="relu"), x)
    x = layers.Flatten()(x)
    x = net("hidden", lambda: layers.Dense(6, activation="elu", use_bias=False), x)
    x = net("clipped", lambda: layers.Dense(4, activation="relu6"), x)
    return net("classes", lambda: layers.Dense(3, activation="softmax"), x)


def activations(net, x):
    names = ["linear", "relu", "relu6", leaky_relu, "elu", "sigmoid", "tanh", "softplus", "swish", gelu,
             "exponential", "softmax"]
    return layers.Concatenate()([layers.Activation(name)(x) for name in names])


def graph(net, a, b):
    shared = lambda: layers.Conv2D(3, 3, padding="same", activation="relu")
    left = net("shared", shared, a)
    right = net("shared", shared, b)
    x = layers.Add()([left, right, left])
    x = net("frozen", lambda: layers.Conv2D(3, 1, activation="tanh"), x, frozen=True)
    skip = layers.Add()([x, left])
    x = layers.Concatenate()([skip, x, right])
    x = net("mixed", lambda: layers.Conv2D(2, 3, strides=2, padding="same"), x)
    x = layers.Reshape((3, -1))(x)
    y = net("again", lambda: layers.Dense(4), x)
    y = net("again", None, y)
    return layers.Concatenate(axis=1)([y, x])


MODELS = [(convolutions, [(3, 7, 6, 4)]), (transposes, [(2, 3, 4, 2)]), (depthwise, [(2, 7, 6, 3)]),
          (dense, [(3, 2, 3, 4)]), (activations, [(4, 9)]), (graph, [(2, 6, 4, 2), (2, 6, 4, 2)])]


def show(model, shapes):
    net = Net()
    inputs = [tf.constant(numbers(50 + i, shape)) for i, shape in enumerate(shapes)]
    model(net, *inputs)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = model(net, *inputs)
        f = tf.reduce_sum(y * numbers(60, y.shape))
    gradients = tape.gradient(f, net.weights + inputs)
    name = model.__name__
    array(f"{name}_y", [y.numpy()])
    array(f"{name}_gradients", [g.numpy() for g in gradients[:len(net.weights)]])
    array(f"{name}_dx", [g.numpy() for g in gradients[len(net.weights):]])
    rows.append(f'    {{"{name}", {name}_y, {int(np.prod(y.shape))}, {name}_gradients, '
                f'{sum(int(np.prod(w.shape)) for w in net.weights)}, {name}_dx}},')


rows = []
print("/* Made by make_train_golden.py: outputs and gradients of models. */")
for model, shapes in MODELS:
    show(model, shapes)
print("""
static const struct golden_model {
    const char *name;
    const double *y;
    int64_t y_count;
    const double *gradients; /* of the parameters, in the order of the buffer */
    int64_t gradient_count;
    const double *dx; /* of the inputs, one behind the other */
} golden_models[] = {""")
print("\n".join(rows))
print("};")
