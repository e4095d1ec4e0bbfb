#!/usr/bin/env python3
"""Makes layers_golden.h: outputs and gradients of pooling, up-sampling and batch normalisation, as Keras computes them.

The models are the ones that test_model_layers.c builds: same layers, same order. Inputs, parameters and the gradient of
the output are numbers both know. Bilinear up-sampling, which TensorFlow computes in float32, comes first, with shares
that are fractions of powers of 2, so that nothing is rounded.

Needs tensorflow (2.21.0 made the file in the tree). Run:

    python3 tests/golden/make_layers_golden.py > tests/golden/layers_golden.h
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from model_numbers import array, numbers

keras.backend.set_floatx("float64")


class Net:
    """Layers by name, made and given their numbers when they are first called."""

    def __init__(self):
        self.layers, self.weights, self.frozen, self.training = {}, [], [], False

    def register(self, variable, trainable):
        value = numbers(len(self.weights) + len(self.frozen), variable.shape)
        variable.assign(np.abs(value) + 0.5 if variable.name == "moving_variance" else value)
        (self.weights if trainable else self.frozen).append(variable.value)

    def __call__(self, name, layer, x):
        if name not in self.layers:
            self.layers[name] = layer
            layer(x)
            for variable in layer.weights:
                self.register(variable, layer.trainable and variable.trainable)
        return self.layers[name](x, training=self.training)


def pooling(net, x):
    x = net("conv", layers.Conv2D(3, 1), x)
    parts = [layers.MaxPooling2D(), layers.MaxPooling2D(3, strides=2, padding="same"),
             layers.MaxPooling2D((2, 3), strides=(1, 2)), layers.AveragePooling2D(2),
             layers.AveragePooling2D(3, strides=2, padding="same"), layers.AveragePooling2D((3, 1), strides=(1, 3)),
             layers.GlobalMaxPooling2D(), layers.GlobalAveragePooling2D()]
    return tf.concat([layers.Flatten()(part(x)) for part in parts], -1)


def up_sampling(net, x):
    a = layers.UpSampling2D(interpolation="bilinear")(x)
    b = layers.UpSampling2D((4, 2), interpolation="bilinear")(x)
    b = layers.UpSampling2D((1, 3))(net("conv", layers.Conv2D(2, 2, strides=2), b))
    a = layers.UpSampling2D()(net("same", layers.Conv2D(2, 1), a))
    return tf.concat([layers.Flatten()(a), layers.Flatten()(b)], -1)


def batch_normalization(net, x):
    x = net("conv", layers.Conv2D(4, 3, use_bias=False), x)
    x = tf.nn.relu(net("norm", layers.BatchNormalization(), x))
    x = net("again", layers.Conv2D(4, 2, use_bias=False), x)
    x = tf.tanh(net("norm", None, x))
    x = net("still", layers.BatchNormalization(trainable=False, epsilon=1e-2), x)
    x = net("more", layers.Conv2D(3, 1), x)
    x = net("plain", layers.BatchNormalization(center=False, scale=False, momentum=0.75, epsilon=1e-5), x)
    x = layers.Flatten()(x)
    x = net("dense", layers.Dense(5, use_bias=False), x)
    x = tf.tanh(net("centred", layers.BatchNormalization(scale=False), x))
    x = net("scaled", layers.BatchNormalization(center=False, momentum=0.5), x)
    return net("last", layers.Dense(2), x)


MODELS = [(pooling, (2, 7, 8, 2), [True]), (up_sampling, (2, 3, 4, 2), [True]),
          (batch_normalization, (4, 5, 6, 2), [True, False])]


def count(values):
    return sum(int(np.prod(value.shape)) for value in values)


def show(model, shape, training):
    net = Net()
    x = tf.constant(numbers(50, shape))
    model(net, x)
    net.training = training
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(net, x)
        f = tf.reduce_sum(y * numbers(60, y.shape))
    *gradients, dx = tape.gradient(f, net.weights + [x])
    name = model.__name__ + ("_training" if training else "_in_use")
    array(f"{name}_y", [y.numpy()])
    array(f"{name}_gradients", [g.numpy() for g in gradients])
    array(f"{name}_dx", [dx.numpy()])
    array(f"{name}_frozen", [v.numpy() for v in net.frozen])
    rows.append(f'    {{"{name}", {str(training).lower()}, {shape[0]}, {name}_y, {count([y])}, {name}_gradients, '
                f'{count(gradients)}, {name}_dx, {name}_frozen, {count(net.frozen)}}},')


rows = []
print("/* Made by make_layers_golden.py: outputs and gradients of models. */")
for model, shape, modes in MODELS:
    for training in modes:
        show(model, shape, training)
print("""
static const struct golden_run {
    const char *name;
    bool training;
    int64_t batch;
    const double *y;
    int64_t y_count;
    const double *gradients; /* of the parameters, in the order of the buffer */
    int64_t gradient_count;
    const double *dx;
    const double *frozen; /* parameters, afterwards */
    int64_t frozen_count;
} golden_runs[] = {""")
print("\n".join(rows))
print("};")
