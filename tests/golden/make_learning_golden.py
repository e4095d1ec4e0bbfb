#!/usr/bin/env python3
"""Makes learning_golden.h: courses of a few steps of training, and learning rates, as Keras computes them.

Each course is a small model, a loss, a metric and an optimiser, as test_learning.c has them in the same order. Inputs,
targets and parameters are numbers both know. The header has the loss and the metric before each step, those of all
samples at the end, and the parameters then.

Needs tensorflow (2.21.0, with Keras 3, made the file in the tree). Run:

    python3 tests/golden/make_learning_golden.py > tests/golden/learning_golden.h
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from keras import layers, losses, optimizers
from keras.optimizers import schedules
from model_numbers import array, numbers

keras.backend.set_floatx("float64")

BATCH, STEPS = 3, 5


def whole(which, shape, most):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return ((i * 5 + which * 3 + i // 4) % most).reshape(shape)


def small(activation):
    return [layers.Input((5, 5, 2)), layers.Conv2D(2, 3, activation="relu"), layers.Flatten(),
            layers.Dense(3, activation=activation)]


def images(activation):
    return [layers.Input((4, 3, 2)), layers.Conv2D(4, 3, padding="same", activation=activation)]


def normalised(activation):
    return [layers.Input((5, 5, 2)), layers.Conv2D(2, 3), layers.BatchNormalization(momentum=0.875, epsilon=1 / 1024),
            layers.Flatten(), layers.Dense(3, activation=activation)]


class One(keras.losses.Loss):
    """Of outputs that are no probabilities of a sigmoid: Keras' formula on what they are."""

    def call(self, y_true, y_pred):
        return keras.ops.binary_crossentropy(y_true, y_pred * 1.0, from_logits=False)


def real(shape, step):
    return numbers(70 + step, shape)


def binary(shape, step):
    return whole(step, shape, 2).astype(float)


def soft(shape, step):
    return np.abs(real(shape, step))


def one_hot(shape, step):
    return np.eye(shape[-1])[whole(step, shape[:-1], shape[-1])]


def sparse(shape, step):
    return whole(step, shape[:-1], shape[-1])


def sgd(**options):
    return optimizers.SGD(**({"learning_rate": 0.5} | options))


def cosine():
    return schedules.CosineDecay(0.01, 4, alpha=0.1, warmup_target=0.1, warmup_steps=2)


# model, scale of its parameters, loss, metric, targets, optimiser
COURSES = [
    (small("linear"), 0.3, "mse", "mae", real, sgd()),
    (small("tanh"), 0.3, "mae", "mse", real, sgd()),
    (small("sigmoid"), 0.3, "binary_crossentropy", "binary_accuracy", binary, sgd()),
    (small("sigmoid"), 6, "binary_crossentropy", "binary_accuracy", soft, sgd()),
    (images("sigmoid"), 1, "binary_crossentropy", None, soft, sgd()),
    (small("softmax"), 0.3, One(), None, binary, sgd()),
    (small("linear"), 0.3, losses.BinaryCrossentropy(from_logits=True), None, binary, sgd()),
    (small("softmax"), 0.3, "categorical_crossentropy", "categorical_accuracy", one_hot, sgd()),
    (small("softmax"), 6, "categorical_crossentropy", "categorical_accuracy", one_hot, sgd()),
    (small("linear"), 0.3, losses.CategoricalCrossentropy(from_logits=True), "categorical_accuracy", one_hot, sgd()),
    (images("softmax"), 1, "categorical_crossentropy", "categorical_accuracy", one_hot, sgd()),
    (small("softmax"), 0.3, "sparse_categorical_crossentropy", "sparse_categorical_accuracy", sparse, sgd()),
    (images("linear"), 1, losses.SparseCategoricalCrossentropy(from_logits=True), "sparse_categorical_accuracy", sparse,
     sgd()),
    (normalised("linear"), 0.5, "mse", None, real, sgd(learning_rate=0.1, momentum=0.875)),
] + [(small("linear"), 0.3, "mse", None, real, optimizer) for optimizer in [
    optimizers.SGD(),
    sgd(momentum=0.875),
    sgd(momentum=0.875, nesterov=True, weight_decay=1 / 64, clipvalue=1 / 32),
    sgd(learning_rate=0.1, clipnorm=1 / 4),
    sgd(learning_rate=0.1, global_clipnorm=1 / 4),
    sgd(learning_rate=cosine(), momentum=0.5),
    optimizers.RMSprop(),
    optimizers.RMSprop(0.01, rho=0.75, momentum=0.75, epsilon=1 / 1024, weight_decay=1 / 8),
    optimizers.RMSprop(0.01, centered=True),
    optimizers.RMSprop(0.01, centered=True, momentum=0.75, clipnorm=1 / 4),
    optimizers.Adam(),
    optimizers.Adam(0.02, beta_1=0.75, beta_2=0.9375, epsilon=1 / 1024, weight_decay=1 / 128, global_clipnorm=1 / 4),
    optimizers.Adam(0.02, beta_1=0.875, beta_2=0.96875, amsgrad=True),
    optimizers.Adam(schedules.ExponentialDecay(0.03, 2, 0.5), beta_1=0.875, beta_2=0.96875),
    optimizers.AdamW(),
    optimizers.AdamW(0.02, beta_1=0.875, beta_2=0.96875, weight_decay=1 / 4, amsgrad=True, clipvalue=1 / 16),
]]

SCHEDULES = [
    schedules.CosineDecay(0.2, 20),
    schedules.CosineDecay(0.2, 20, alpha=0.25),
    schedules.CosineDecay(0.0, 20, alpha=0.01, warmup_target=0.3, warmup_steps=7),
    schedules.ExponentialDecay(0.2, 7, 0.6),
    schedules.ExponentialDecay(0.2, 7, 0.6, staircase=True),
    schedules.PolynomialDecay(0.2, 7, end_learning_rate=0.05),
    schedules.PolynomialDecay(0.2, 7, end_learning_rate=0.01, power=0.5, cycle=True),
    schedules.InverseTimeDecay(0.2, 7, 0.6),
    schedules.InverseTimeDecay(0.2, 7, 0.6, staircase=True),
    schedules.PiecewiseConstantDecay([3, 8, 20], [0.4, 0.3, 0.2, 0.1]),
]
MOST_STEP = 30


def batch(model, targets, step, count=BATCH):
    return numbers(50 + step, (count,) + model.input_shape[1:]), targets((count,) + model.output_shape[1:], step)


def run(index, course):
    parts, scale, loss, metric, targets, optimizer = course
    model = keras.Sequential(parts)
    for i, weight in enumerate(model.weights):
        value = scale * numbers(i, weight.shape)
        weight.assign(np.abs(value) + 0.5 if weight.name == "moving_variance" else value)
    model.compile(optimizer, loss, metrics=[metric] if metric else [], jit_compile=False)
    results = []
    for step in range(STEPS):
        model.reset_metrics()
        results.append(model.train_on_batch(*batch(model, targets, step)))
    results.append(model.evaluate(*batch(model, targets, STEPS, 7), batch_size=BATCH, verbose=0))
    array(f"results_{index}", [np.ravel(result)[:2] if metric else [np.ravel(result)[0], 0] for result in results])
    array(f"parameters_{index}", [weight.numpy() for weight in model.trainable_weights + model.non_trainable_weights])


print("/* Made by make_learning_golden.py: courses of training, and learning rates. */")
print(f"enum {{ golden_batch = {BATCH}, golden_steps = {STEPS}, golden_rates = {MOST_STEP} }};")
for index, course in enumerate(COURSES):
    run(index, course)
print("static const struct {\n    const double *results, *parameters;\n} golden_courses[] = {")
for index in range(len(COURSES)):
    print(f"    {{results_{index}, parameters_{index}}},")
print("};")
array("golden_schedules", [[schedule(step) for step in range(MOST_STEP)] for schedule in SCHEDULES])
