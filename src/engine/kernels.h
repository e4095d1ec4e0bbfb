/* The kernels: everything that runs once per element, written once in kernels.inc and compiled for each
 * instruction set and dtype. No kernel knows of images, filters or threads. */
#ifndef NHWC_ENGINE_KERNELS_H
#define NHWC_ENGINE_KERNELS_H

#include <nhwc/nhwc.h>

/* Elements are of the kernel's dtype; lengths and strides count elements. All sums are chains of fused
 * multiply-adds, one after the other in order of k, where the instruction set has them: what a kernel
 * computes does not depend on the size of its tiles and vectors. */
typedef struct nhwc__kernels {
    int tile_rows, lanes; /* of the largest tile: tile_rows x (2 * lanes) elements */

    /* c[row][column] = or += sum over k < depth of a[row * a_row + k * a_step] * b[k * b_step + column], for
     * `rows` (1 .. tile_rows) rows and `vectors` (1 or 2) times `lanes` columns. */
    void (*tile)(int rows, int vectors, int64_t depth, const void *a, int64_t a_row, int64_t a_step,
                 const void *b, int64_t b_step, bool accumulate, void *c, int64_t c_row);

    /* c[row][i] = or += sum over t < terms of a[t][row * a_row + i] * b[t][i], i < count. */
    void (*sum_products)(int64_t rows, int64_t count, int terms, const void *const *a, int64_t a_row,
                         const void *const *b, bool accumulate, void *c, int64_t c_row);

    /* to[row][i] = from[row][i]; to[row][i] += from[row][i]; i < count. */
    void (*copy)(int64_t rows, int64_t count, const void *from, int64_t from_row, void *to, int64_t to_row);
    void (*add)(int64_t rows, int64_t count, const void *from, int64_t from_row, void *to, int64_t to_row);

    /* to[row][column] = from[column][row]; rows beyond `rows` and columns beyond `columns` stay. */
    void (*transpose)(int64_t rows, int64_t columns, const void *from, int64_t from_row, void *to,
                      int64_t to_row);

    /* Whether no value is an infinity or NaN. */
    bool (*all_finite)(int64_t count, const void *values);

    /* values[i] = activation(values[i] + bias[i]); bias may be NULL. */
    void (*finish)(int64_t count, const void *bias, nhwc_activation activation, void *values);
} nhwc__kernels;

typedef struct nhwc__isa_kernels {
    const char *name;
    nhwc__kernels float32, float64;
} nhwc__isa_kernels;

/* The instruction sets of this build, worst first, as nhwc_isa has them: one X(isa, ISA) each. What is in
 * this list is dispatched to, tested and measured. */
#ifdef NHWC_HAVE_AVX2
#define NHWC__EACH_ISA(X) X(scalar, SCALAR) X(baseline, BASELINE) X(avx2, AVX2) X(avx512, AVX512)
#else
#define NHWC__EACH_ISA(X) X(scalar, SCALAR) X(baseline, BASELINE)
#endif

#define NHWC__DECLARE_ISA(isa, ISA) extern const nhwc__isa_kernels nhwc__kernels_##isa;
NHWC__EACH_ISA(NHWC__DECLARE_ISA)

#endif
