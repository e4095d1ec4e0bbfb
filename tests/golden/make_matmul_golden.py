#!/usr/bin/env python3
"""Makes matmul_golden.h: what NumPy answers to the products of <nhwc/matmul.h>, and PyTorch to their gradients.

Needs numpy (1.24.2 made the file in the tree) and torch (1.13). Run:

    python3 tests/golden/make_matmul_golden.py > tests/golden/matmul_golden.h

All elements are small integers made by value(), so that every sum is exact.
"""
import math
import textwrap

import numpy as np
import torch

FACTOR_A, FACTOR_B, FACTOR_BIAS, FACTOR_DC = 37, 53, 29, 41

# transpose a, transpose b, a, b, whether there is a bias, activation
CASES = [
    (False, False, (2, 3), (3, 4), False, "NONE"), (True, False, (3, 2), (3, 4), False, "NONE"),
    (False, True, (2, 3), (4, 3), True, "NONE"), (True, True, (3, 2), (4, 3), True, "RELU"),
    (False, False, (2, 3), (3, 4), True, "RELU6"), (False, True, (1, 7), (1, 7), False, "RELU"),
    (False, False, (5, 1), (1, 3), True, "RELU"), (False, False, (2, 1, 2, 3), (3, 3, 2), False, "NONE"),
    (True, False, (2, 1, 3, 2), (3, 3, 2), True, "RELU"), (False, True, (2, 3, 2), (2, 2), True, "NONE"),
    (False, False, (2, 3), (2, 3, 1), False, "NONE"), (True, True, (3, 2), (2, 1, 3), False, "RELU6"),
    (False, False, (1, 3, 1, 2), (2, 1, 1, 2, 1), False, "NONE"), (False, False, (2, 0), (0, 3), True, "RELU"),
    (False, False, (0, 2), (2, 3), True, "NONE"), (False, False, (0, 2, 3), (3, 2), False, "NONE"),
]


def value(shape, factor):
    """Small integers without a short period; the test has the same formula."""
    i = np.arange(math.prod(shape))
    return ((i * factor + 11) % 101 % 11 - 5).reshape(shape).astype(float)


def ints(values):
    return "{" + ", ".join(str(int(v)) for v in values) + "}"


def row(values):
    values = np.asarray(values).ravel()
    return "(const int[])" + ints(values) if len(values) else "NULL"


def turned(x, turns):
    return x.swapaxes(-1, -2) if turns else x


def activated(x, activation):
    return x if activation == "NONE" else np.clip(x, 0, 6 if activation == "RELU6" else None)


print(f"""/* Made by make_matmul_golden.py with NumPy {np.__version__} and PyTorch {torch.__version__.split("a")[0]}; do not edit.
 *
 * Element i of a is (i * {FACTOR_A} + 11) % 101 % 11 - 5; of b the same with {FACTOR_B}, of the bias with {FACTOR_BIAS}, of dc with {FACTOR_DC}. */
#ifndef NHWC_TESTS_MATMUL_GOLDEN_H
#define NHWC_TESTS_MATMUL_GOLDEN_H

#include <nhwc/matmul.h>

typedef struct golden_product {{
    nhwc_matmul_options options;
    bool has_bias;
    int a_rank;
    int64_t a[NHWC_MAX_RANK];
    int b_rank;
    int64_t b[NHWC_MAX_RANK];
    int c_rank;
    int64_t c[NHWC_MAX_RANK];
    const int *values, *da, *db; /* the gradients are of the product before its activation */
}} golden_product;

/* clang-format off */
static const golden_product golden_products[] = {{""")
for turns_a, turns_b, a_dims, b_dims, has_bias, activation in CASES:
    a, b = value(a_dims, FACTOR_A), value(b_dims, FACTOR_B)
    product = np.matmul(turned(a, turns_a), turned(b, turns_b))
    bias = value(product.shape[-1:], FACTOR_BIAS) if has_bias else 0
    t = [torch.tensor(x, requires_grad=True) for x in (a, b)]
    z = torch.matmul(turned(t[0], turns_a), turned(t[1], turns_b))
    da, db = torch.autograd.grad((z * torch.tensor(value(product.shape, FACTOR_DC))).sum(), t)
    flags = ["false", "true"]
    print(textwrap.fill(
        f"{{{{{flags[turns_a]}, {flags[turns_b]}, NHWC_ACTIVATION_{activation}}}, {flags[has_bias]}, "
        f"{a.ndim}, {ints(a_dims)}, {b.ndim}, {ints(b_dims)}, {product.ndim}, {ints(product.shape)}, "
        f"{row(activated(product + bias, activation))}, {row(da)}, {row(db)}}},",
        118, initial_indent="    ", subsequent_indent="     "))
print("""};
/* clang-format on */

#endif""")
