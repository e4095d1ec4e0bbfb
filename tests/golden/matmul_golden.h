/* Made by make_matmul_golden.py with NumPy 1.24.2 and PyTorch 1.13.0; do not edit.
 *
 * Element i of a is (i * 37 + 11) % 101 % 11 - 5; of b the same with 53, of the bias with 29, of dc with 41. */
#ifndef NHWC_TESTS_MATMUL_GOLDEN_H
#define NHWC_TESTS_MATMUL_GOLDEN_H

#include <nhwc/matmul.h>

typedef struct golden_product {
    nhwc_matmul_options options;
    bool has_bias;
    int a_rank;
    int64_t a[NHWC_MAX_RANK];
    int b_rank;
    int64_t b[NHWC_MAX_RANK];
    int c_rank;
    int64_t c[NHWC_MAX_RANK];
    const int *values, *da, *db; /* the gradients are of the product before its activation */
} golden_product;

/* clang-format off */
static const golden_product golden_products[] = {
    {{false, false, NHWC_ACTIVATION_NONE}, false, 2, {2, 3}, 2, {3, 4}, 2, {2, 4}, (const int[]){32, -17, -5, 1, -27,
     18, -2, -12}, (const int[]){47, -1, 6, -29, 5, 6}, (const int[]){40, -25, -25, 40, -1, 1, 10, -1, -9, 5, -10,
     -9}},
    {{true, false, NHWC_ACTIVATION_NONE}, false, 2, {3, 2}, 2, {3, 4}, 2, {2, 4}, (const int[]){32, -15, 1, 9, 38, 15,
     -9, -21}, (const int[]){47, -29, -1, 5, 6, 6}, (const int[]){22, -13, 5, 22, 0, -1, -25, 0, 16, -10, -10, 16}},
    {{false, true, NHWC_ACTIVATION_NONE}, true, 2, {2, 3}, 2, {4, 3}, 2, {2, 4}, (const int[]){16, 16, 18, -15, -38,
     -12, 7, 11}, (const int[]){9, 5, 29, 0, 11, -38}, (const int[]){40, -1, -9, -25, 1, 5, -25, 10, -10, 40, -1,
     -9}},
    {{true, true, NHWC_ACTIVATION_RELU}, true, 2, {3, 2}, 2, {4, 3}, 2, {2, 4}, (const int[]){32, 21, 0, 0, 20, 35, 0,
     0}, (const int[]){9, 0, 5, 11, 29, -38}, (const int[]){22, 0, 16, -13, -1, -10, 5, -25, -10, 22, 0, 16}},
    {{false, false, NHWC_ACTIVATION_RELU6}, true, 2, {2, 3}, 2, {3, 4}, 2, {2, 4}, (const int[]){6, 0, 0, 6, 0, 6, 0,
     0}, (const int[]){47, -1, 6, -29, 5, 6}, (const int[]){40, -25, -25, 40, -1, 1, 10, -1, -9, 5, -10, -9}},
    {{false, true, NHWC_ACTIVATION_RELU}, false, 2, {1, 7}, 2, {1, 7}, 2, {1, 1}, (const int[]){3}, (const int[]){25,
     -20, 0, 10, -25, -15, 5}, (const int[]){25, 5, -15, -25, 10, -10, -20}},
    {{false, false, NHWC_ACTIVATION_RELU}, true, 2, {5, 1}, 2, {1, 3}, 2, {5, 3}, (const int[]){20, 0, 0, 0, 0, 0, 0,
     14, 0, 0, 22, 0, 5, 0, 0}, (const int[]){37, 37, 37, 29, 29}, (const int[]){0, -6, -10}},
    {{false, false, NHWC_ACTIVATION_NONE}, false, 4, {2, 1, 2, 3}, 3, {3, 3, 2}, 4, {2, 3, 2, 2}, (const int[]){40,
     -9, -15, 30, -5, 1, -17, -27, -6, -6, 25, 11, -25, 19, -25, 14, -14, -14, -15, -9, 19, 21, 17, 27}, (const
     int[]){29, 33, -8, -23, 3, -11, 32, -14, -24, 12, 33, -4}, (const int[]){-1, -24, 28, -12, -6, -10, -24, 12, -12,
     4, -10, 2, -4, 19, 16, 13, 2, -15}},
    {{true, false, NHWC_ACTIVATION_RELU}, true, 4, {2, 1, 3, 2}, 3, {3, 3, 2}, 4, {2, 3, 2, 2}, (const int[]){10, 0,
     10, 0, 16, 31, 12, 7, 0, 0, 0, 0, 0, 8, 0, 0, 0, 4, 14, 25, 2, 19, 0, 0}, (const int[]){29, -23, 33, 3, -8, -11,
     32, 12, -14, 33, -24, -4}, (const int[]){11, -18, -16, -5, 34, -28, -18, -12, -5, 16, -28, 24, -4, 55, 0, -41,
     24, -2}},
    {{false, true, NHWC_ACTIVATION_NONE}, true, 3, {2, 3, 2}, 2, {2, 2}, 3, {2, 3, 2}, (const int[]){16, 4, 0, -8, 13,
     -2, -37, 8, 12, -4, 7, 6}, (const int[]){25, -26, 0, 10, -15, 16, 25, -26, 10, 2, -5, 8}, (const int[]){-3, 18,
     -1, -52}},
    {{false, false, NHWC_ACTIVATION_NONE}, false, 2, {2, 3}, 3, {2, 3, 1}, 3, {2, 2, 1}, (const int[]){21, -33, 14,
     -14}, (const int[]){25, -20, 0, -5, -13, -15}, (const int[]){40, -1, -9, -25, 10, -10}},
    {{true, true, NHWC_ACTIVATION_RELU6}, false, 2, {3, 2}, 3, {2, 1, 3}, 3, {2, 2, 1}, (const int[]){6, 6, 6, 6},
     (const int[]){25, -5, -20, -13, 0, -15}, (const int[]){22, 0, 16, 5, -25, -10}},
    {{false, false, NHWC_ACTIVATION_NONE}, false, 4, {1, 3, 1, 2}, 5, {2, 1, 1, 2, 1}, 5, {2, 1, 3, 1, 1}, (const
     int[]){21, 5, 18, 2, -10, -4}, (const int[]){25, -10, -15, 6, 0, 4}, (const int[]){34, 20, 38, 16}},
    {{false, false, NHWC_ACTIVATION_RELU}, true, 2, {2, 0}, 2, {0, 3}, 2, {2, 3}, (const int[]){0, 2, 0, 0, 2, 0},
     NULL, NULL},
    {{false, false, NHWC_ACTIVATION_NONE}, true, 2, {0, 2}, 2, {2, 3}, 2, {0, 3}, NULL, NULL, (const int[]){0, 0, 0,
     0, 0, 0}},
    {{false, false, NHWC_ACTIVATION_NONE}, false, 3, {0, 2, 3}, 2, {3, 2}, 3, {0, 2, 2}, NULL, NULL, (const int[]){0,
     0, 0, 0, 0, 0}},
};
/* clang-format on */

#endif
