/* The kernels: everything that runs once per element, written once in kernels.inc and compiled for each
 * instruction set and dtype. No kernel knows of images, filters or threads. */
#ifndef NHWC_ENGINE_KERNELS_H
#define NHWC_ENGINE_KERNELS_H

#include "engine/maths.h"

/* A piece of a sum: `length` terms whose factors begin at a + run.a and b + run.b. */
typedef struct nhwc__run {
    int64_t a, b, length;
} nhwc__run;

/* A tile of a product whose sums stay in registers from the first term to the last:
 *
 *     c[c_row[i] + j] = activation((c +) sum over runs r, k < length of r:
 *                                      a[a_row[i] + r.a + k * a_step] * b[r.b + k * b_step + j]  + bias[j])
 *
 * for i < rows and j < columns. b is read up to `narrow` columns, or the next multiple of `lanes`; nothing else is
 * touched beyond. Bias may be NULL. */
typedef struct nhwc__tile {
    int rows, columns; /* 1 .. tile_rows, 1 .. 2 * lanes */
    int64_t runs;
    const nhwc__run *run;
    const void *a, *b;
    const int64_t *a_row, *c_row;
    int64_t a_step, b_step;
    uintptr_t ahead; /* with each term, the cache fetches an address of what is needed next ... */
    int64_t ahead_step; /* ... so many bytes further on; any address will do */
    bool accumulate; /* the sum goes on from what is in c */
    void *c;
    const void *bias;
    nhwc_activation activation;
} nhwc__tile;

/* Sums of products channel by channel, of pixels whose inputs are once or twice as far from one another as the terms
 * of a run:
 *
 *     c[y * c_row + x * c_step + z * c_repeat + i] = (c +) sum over runs r, k < length of r:
 *             a[r.a + y * a_row + (x * apart + k) * a_step + i] * b[r.b + k * b_step + z * b_repeat + i]
 *
 * for y < rows, x < columns, z < repeats and i < channels. */
typedef struct nhwc__slide {
    int apart; /* 1, 2 */
    int64_t rows, columns, repeats, channels, runs;
    const nhwc__run *run;
    const void *a, *b;
    void *c;
    int64_t a_row, c_row, a_step, b_step, c_step, b_repeat, c_repeat;
    bool accumulate; /* the sum goes on from what is in c */
} nhwc__slide;

/* Windows side by side, of rows x columns taps each. Tap (r, c) of window p is the pixel
 *
 *     in[p * in_step + r * in_row + c * in_column + i],                      i < channels
 *
 * and what is made of the window, or its gradient, is each[p * each_step + i]. A gradient goes to `to`, whose taps are
 * steps of its own apart, and to rows first_row .. end_row - 1 alone; to taps from fresh_row and fresh_column on it is
 * the first that goes there. */
typedef struct nhwc__windows {
    int64_t windows, channels, rows, columns;
    double count; /* what a mean divides by */
    const void *in;
    int64_t in_step, in_row, in_column;
    void *each;
    int64_t each_step;
    void *to;
    int64_t to_step, to_row, to_column, first_row, end_row, fresh_row, fresh_column;
} nhwc__windows;

/* A place on an axis: pixel `lower`, or where fraction > 0 so far on the way from there to the next. */
typedef struct nhwc__place {
    int64_t lower;
    double fraction;
} nhwc__place;

#define NHWC__RESIZE_ROWS 8

/* A row that is made of weighted rows, all with the same places along them. */
typedef struct nhwc__resize {
    int64_t pixels, places, channels; /* pixels of x, and a place among them for each of y */
    const nhwc__place *place;
    int64_t x_step, y_step;
    int rows; /* at most NHWC__RESIZE_ROWS */
    const void *row[NHWC__RESIZE_ROWS];
    double weight[NHWC__RESIZE_ROWS];
    void *out;
    bool accumulate; /* the sum goes on from what is in out */
} nhwc__resize;

#define NHWC__DOT_LANES   16 /* of the sums of dots, on every instruction set */
#define NHWC__DOT_COLUMNS 4

/* Elements are of the kernel's dtype; lengths and strides count elements. All sums are chains of fused
 * multiply-adds, one after the other in order of k, where the instruction set has them: what a kernel
 * computes does not depend on the size of its tiles and vectors. */
#define NHWC__TILE_ROWS 14 /* the most of all instruction sets */

typedef struct nhwc__kernels {
    int tile_rows, lanes; /* the largest tile: tile_rows x (2 * lanes) elements */
    int narrow;           /* columns of the narrowest one that fills its vectors */

    void (*tile)(const nhwc__tile *tile);

    /* The same for 1 .. NHWC__DOT_COLUMNS columns and dot_rows of that rows, with b[r.b + k + j * b_step], a_step 1 and
     * lengths that are multiples of NHWC__DOT_LANES: each sum is one of so many lanes, of the terms k % lanes, that are
     * added in pairs half of them apart. */
    int dot_rows[NHWC__DOT_COLUMNS + 1];
    void (*dots)(const nhwc__tile *tile);

    /* The same for a vector of columns that are the channels of groups of `size`, 2, 4 or 8 and at most the lanes, as
     * are each `lanes` elements of a run of a: they meet `size` rows of b, of the first, second ... channel of all
     * groups, each element in the columns of its own group. */
    void (*groups)(int size, const nhwc__tile *tile);

    void (*slide)(const nhwc__slide *slide);

    /* The largest of each window, passing over NaN, and the mean; their gradients. The largest is that of `in`. */
    void (*max)(const nhwc__windows *windows);
    void (*mean)(const nhwc__windows *windows);
    void (*max_backprop)(const nhwc__windows *windows);
    void (*mean_backprop)(const nhwc__windows *windows);

    /* out is a row of y: of one row of x, or between two of them as far as the second's weight says. */
    void (*resize)(const nhwc__resize *resize);

    /* out is a row of dx: each pixel of the weighted sum of rows, of dy, goes to the pixels its place is between. */
    void (*resize_backprop)(const nhwc__resize *resize);

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
    const nhwc__isa_maths *maths;
} nhwc__isa_kernels;

/* The instruction sets of this build, worst first, as nhwc_isa has them: one X(isa, ISA) each. What is in
 * this list is dispatched to, tested and measured. */
#ifdef NHWC_HAVE_AVX2
#define NHWC__EACH_ISA(X) X(scalar, SCALAR) X(baseline, BASELINE) X(avx2, AVX2) X(avx512, AVX512)
#else
#define NHWC__EACH_ISA(X) X(scalar, SCALAR) X(baseline, BASELINE)
#endif

#define NHWC__DECLARE_ISA(isa, ISA)                   \
    extern const nhwc__isa_kernels nhwc__kernels_##isa; \
    extern const nhwc__isa_maths nhwc__maths_##isa;
NHWC__EACH_ISA(NHWC__DECLARE_ISA)

#endif
