#!/usr/bin/env python3
"""Makes saving_golden.h: the weights of a model of Keras, as numpy.savez writes them, and what the model computes.

test_saving.c builds the same model. Needs tensorflow (2.21.0 made the file in the tree). Run:

    python3 tests/golden/make_saving_golden.py > tests/golden/saving_golden.h

With a file that nhwc_model_save_weights made of that model, it loads the file into Keras, and says whether the outputs
are the same:

    python3 tests/golden/make_saving_golden.py weights.npz
"""
import io
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from keras import layers
from model_numbers import numbers


def string(data):
    """Bytes as a C string, on lines of its own."""
    lines = [""]
    for b in data:
        if len(lines[-1]) > 100:
            lines.append("")
        lines[-1] += chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}"
    return "\n".join(f'    "{line}"' for line in lines)


def network():
    """Keras' names are those of the layers behind that of the model."""
    return keras.Sequential([
        layers.Input((5, 4, 2)),
        layers.Conv2D(3, (3, 2), activation="relu"),
        layers.DepthwiseConv2D((2, 1), use_bias=False),
        layers.Conv2DTranspose(2, (2, 2), strides=2, activation="tanh"),
        layers.Flatten(),
        layers.Dense(3),
    ])


def main():
    model = network()
    x = numbers(50, (2, 5, 4, 2)).astype("float32")
    if len(sys.argv) > 1:
        file = np.load(sys.argv[1])
        for w in model.weights:
            w.assign(file["/".join(w.path.split("/")[-2:])])
        reached = np.array_equal(model(x).numpy(), expected(network(), x)[1])
        sys.exit(f"{sys.argv[1]}: {'the same' if reached else 'other'} outputs, {len(file.files)} arrays")
    data, y = expected(model, x)
    print(f"/* Made by make_saving_golden.py with Keras {keras.__version__} and NumPy {np.__version__}. */\n")
    print(f"static const char golden_weights[] =\n{string(data)};\n")
    print(f"static const double golden_y[] = {{{', '.join(repr(float(v)) for v in y.ravel())}}};")


def expected(model, x):
    for i, w in enumerate(model.weights):
        w.assign(numbers(i, w.shape))
    file = io.BytesIO()
    np.savez(file, **{w.path: w.numpy() for w in model.weights})
    return file.getvalue(), model(x).numpy()


main()
