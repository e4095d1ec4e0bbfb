#!/usr/bin/env python3
"""Makes optimize_golden.h: what Keras' and PyTorch's optimisers make of parameters in some steps, and where Keras'
initialisers put their limits.

Needs keras (3.15 with TensorFlow 2.21 made the file in the tree) here, and torch (1.13) here or in another Python. Run:

    python3 tests/golden/make_optimize_golden.py [PYTHON_WITH_TORCH] > tests/golden/optimize_golden.h

All numbers are float64, but what Keras rounds to float32 on its way: the learning rate, which is a power of two here,
momentum, weight_decay, and beta_1 and beta_2 in their powers. Where these are others, the tolerance is that of float32.
"""
import json
import math
import os
import subprocess
import sys
import textwrap

COUNT, STEPS, RATE = 6, 5, 0.0625


def value(i, factor):
    """Small fractions without a short period. test_optimize.c has the same formula."""
    return ((i * factor + 11) % 101 % 11 - 5) / 8


START = [value(i, 37) for i in range(COUNT)]
GRADIENTS = [[value(step * COUNT + i, 53) for i in range(COUNT)] for step in range(STEPS)]

# name of the operation, of the optimiser, its arguments
KERAS = [
    ("sgd", "SGD", {}), ("sgd", "SGD", dict(momentum=0.875)), ("sgd", "SGD", dict(momentum=0.875, nesterov=True)),
    ("sgd", "SGD", dict(momentum=0.5, weight_decay=0.25)),
    ("rmsprop", "RMSprop", {}), ("rmsprop", "RMSprop", dict(centered=True)),
    ("rmsprop", "RMSprop", dict(momentum=0.75)), ("rmsprop", "RMSprop", dict(momentum=0.75, centered=True)),
    ("rmsprop", "RMSprop", dict(rho=0.5, epsilon=0.01, weight_decay=0.25)),
    ("adam", "Adam", {}), ("adam", "Adam", dict(amsgrad=True)),
    ("adam", "Adam", dict(beta_1=0.5, beta_2=0.75, epsilon=0.5)), ("adam", "AdamW", {}),
    ("adam", "AdamW", dict(beta_1=0.5, beta_2=0.75, weight_decay=0.25, amsgrad=True)),
]
TORCH = [
    ("sgd", "SGD", {}), ("sgd", "SGD", dict(momentum=0.9)), ("sgd", "SGD", dict(momentum=0.9, nesterov=True)),
    ("sgd", "SGD", dict(momentum=0.5, weight_decay=0.25)),
    ("rmsprop", "RMSprop", {}), ("rmsprop", "RMSprop", dict(centered=True)),
    ("rmsprop", "RMSprop", dict(momentum=0.75)), ("rmsprop", "RMSprop", dict(momentum=0.75, centered=True)),
    ("rmsprop", "RMSprop", dict(alpha=0.5, eps=0.01, weight_decay=0.25)),
    ("adam", "Adam", {}), ("adam", "Adam", dict(amsgrad=True)),
    ("adam", "Adam", dict(betas=(0.5, 0.75), eps=0.5)), ("adam", "Adam", dict(weight_decay=0.25)),
    ("adam", "AdamW", {}), ("adam", "AdamW", dict(weight_decay=0.25, amsgrad=True)),
]


def by_torch():
    import torch
    answers = []
    for _, name, arguments in TORCH:
        p = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        optimizer = getattr(torch.optim, name)([p], lr=RATE, **arguments)
        rows = []
        for g in GRADIENTS:
            p.grad = torch.tensor(g, dtype=torch.float64)
            optimizer.step()
            rows.append(p.tolist())
        answers.append(rows)
    return torch.__version__.split("+")[0], answers


if sys.argv[1:] == ["--torch"]:
    print(json.dumps(by_torch()))
    sys.exit()

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np
import tensorflow as tf
from keras.src.initializers import random_initializers


def by_keras(name, arguments):
    p = keras.Variable(np.array(START), dtype="float64")
    optimizer = getattr(keras.optimizers, name)(learning_rate=RATE, **arguments)
    rows = []
    for g in GRADIENTS:
        optimizer.apply([tf.constant(g, tf.float64)], [p])
        rows.append(np.array(p).tolist())
    return rows


def case(form, operation, name, arguments, rows):
    """A golden_steps: every option by its name here, with the framework's default where it is not given."""
    keras_form = form == "KERAS"
    betas = arguments.get("betas", (arguments.get("beta_1", 0.9), arguments.get("beta_2", 0.999)))
    decay = arguments.get("weight_decay", {("AdamW", True): 0.004, ("AdamW", False): 0.01}.get((name, keras_form), 0))
    decoupled = keras_form or name == "AdamW"
    numbers = {
        "momentum": arguments.get("momentum", 0),
        "rho": arguments.get("rho", arguments.get("alpha", 0.9 if keras_form else 0.99)),
        "beta_1": betas[0], "beta_2": betas[1],
        "epsilon": arguments.get("epsilon", arguments.get("eps", 1e-7 if keras_form else 1e-8)),
        "weight_decay": decay if decoupled else 0, "l2": 0 if decoupled else decay,
    }
    flags = {"nesterov": arguments.get("nesterov", False), "centered": arguments.get("centered", False),
             "amsgrad": arguments.get("amsgrad", False)}
    fields = [f".{k} = {v!r}" for k, v in numbers.items() if v] + [f".{k} = true" for k, v in flags.items() if v]
    text = ",\n".join(textwrap.fill("{" + ", ".join(float(v).hex() for v in row) + "}", 118, initial_indent=" " * 6,
                                    subsequent_indent=" " * 7) for row in rows)
    single = [decay, numbers["momentum"], *(betas if operation == "adam" else [])]
    tolerance = 2e-6 if keras_form and any(float(np.float32(v)) != v for v in single) else 1e-12
    options = ", ".join(f"{k}={v}" for k, v in arguments.items())
    return (f"    {{\"{form.lower()} {name}({options})\", NHWC_FORM_{form}, '{operation[0]}',\n"
            f"     {', '.join(fields)},\n"
            f"     .tolerance = {tolerance}, .p = {{\n{text}}}}},")


def initializer_limits():
    """What each initialiser passes on: half the width of the uniform distribution, or the deviation of the normal."""
    seen = []
    def look(shape, **arguments):
        seen.append(arguments.get("maxval", arguments.get("stddev")))

    random_initializers.random.uniform = random_initializers.random.truncated_normal = look
    rows = []
    for shape in ([5], [7, 3], [3, 5, 4, 6], [1, 1, 1, 1]):
        for name in ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal"):
            getattr(keras.initializers, name)()(shape)
            dims = ", ".join(map(str, shape))
            is_uniform = "true" if "uniform" in name else "false"
            rows.append(f"    {{nhwc_{name}, {len(shape)}, {{{dims}}}, {is_uniform}, {seen[-1].hex()}}},")
    return rows


def clipped():
    """All of START, but for the first element, as two gradients that are clipped by their norm, then by value."""
    rows = []
    for first in (START[0], math.inf, math.nan):
        for limit in (0.25, 1.0, 100.0):
            g = tf.constant([first, *START[1:]], tf.float64)
            (a, b), norm = tf.clip_by_global_norm([g[:4], g[4:]], limit)
            p = keras.Variable(np.zeros(COUNT), dtype="float64")
            keras.optimizers.SGD(1.0, clipvalue=limit).apply([g], [p])
            by_norm, by_value = np.concatenate([a, b]), -np.array(p)
            numbers = ["{" + ", ".join(map(number, row)) + "}" for row in (by_norm, by_value)]
            rows.append(textwrap.fill(f"{{{number(first)}, {limit}, {number(norm)}, {', '.join(numbers)}}},", 118,
                                      initial_indent=" " * 4, subsequent_indent=" " * 5))
    return rows


def number(v):
    return "NAN" if math.isnan(v) else "INFINITY" if math.isinf(v) else float(v).hex()


python = sys.argv[1] if len(sys.argv) > 1 else sys.executable
answer = subprocess.run([python, __file__, "--torch"], check=True, capture_output=True).stdout
torch_version, torch_answers = json.loads(answer)
print(f"""/* Made by make_optimize_golden.py with Keras {keras.__version__} on TensorFlow {tf.__version__} and PyTorch
 * {torch_version}; do not edit. */
#ifndef NHWC_TESTS_OPTIMIZE_GOLDEN_H
#define NHWC_TESTS_OPTIMIZE_GOLDEN_H

#include <math.h>
#include <nhwc/optimize.h>
#include <nhwc/random.h>

#define GOLDEN_COUNT {COUNT}
#define GOLDEN_STEPS {STEPS}
#define GOLDEN_RATE  {RATE}

typedef struct golden_steps {{
    const char *call;
    nhwc_form form;
    char operation; /* the first letter */
    double momentum, rho, beta_1, beta_2, epsilon, weight_decay, l2;
    bool nesterov, centered, amsgrad;
    double tolerance; /* of float64 */
    double p[GOLDEN_STEPS][GOLDEN_COUNT];
}} golden_steps;

typedef struct golden_initializer {{
    nhwc_status (*initialize)(const nhwc_context *, nhwc_random *, nhwc_fans, nhwc_tensor *);
    int rank;
    int64_t dims[4];
    bool is_uniform;
    double limit; /* of the uniform distribution, or the deviation of the normal one before it is truncated */
}} golden_initializer;

typedef struct golden_clip {{
    double first, limit, norm; /* the others are those the parameters start from */
    double by_norm[GOLDEN_COUNT], by_value[GOLDEN_COUNT];
}} golden_clip;

static const golden_steps golden_steps_cases[] = {{""")
for operation, name, arguments in KERAS:
    print(case("KERAS", operation, name, arguments, by_keras(name, arguments)))
for (operation, name, arguments), rows in zip(TORCH, torch_answers):
    print(case("PYTORCH", operation, name, arguments, rows))
print("};\n\nstatic const golden_initializer golden_initializers[] = {")
print("\n".join(initializer_limits()))
print("};\n\nstatic const golden_clip golden_clips[] = {")
print("\n".join(clipped()))
print("};\n\n#endif")
