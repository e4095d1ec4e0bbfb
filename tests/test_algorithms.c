/* The fast algorithms against the specification, on every instruction set and number of threads: exactly on
 * integers, within rounding on reals, and with the same bits wherever the library promises them.
 *
 *     test_algorithms                     what ctest runs
 *     test_algorithms --full [PART/PARTS] every small axis with every other one: minutes to hours */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/conv_tensors.h"
#include "support/failing_allocator.h"

/* Every instruction set there is here. */
#define EACH_ISA(isa)                                                          \
    for (nhwc_isa isa = NHWC_ISA_SCALAR; isa <= NHWC_ISA_AVX512; isa++) \
        if (nhwc_isa_available(isa))

/* A primitive is called by which of the three tensors it computes from the other two. */
static const char *const names[] = {"gather", "scatter", "correlate"};

/* Depthwise calls have one fast path, whatever is asked for: they are not run again. */
static nhwc_algorithm last_algorithm(const conv_case *c)
{
    const int64_t groups = c->depthwise ? c->filter[2] : c->options.groups;
    const bool hands_over = c->fine[3] == groups && c->coarse[3] == groups;
    return hands_over ? NHWC_ALGORITHM_IM2COL : NHWC_ALGORITHM_DIRECT;
}

/* Every fast algorithm that has a path of its own for a case. */
#define EACH_ALGORITHM(algorithm, c) \
    for (nhwc_algorithm algorithm = NHWC_ALGORITHM_IM2COL; algorithm <= last_algorithm(c); algorithm++)

/* What was last tried; a test that ends without saying so has failed in it. */
static struct trial {
    bool on;
    conv_case c;
    nhwc_dtype dtype;
    nhwc_context context;
    int primitive;
    bool transposed;
} trial;

static int print_trial(void **state)
{
    (void)state;
    if (trial.on) {
        print_error("failed in: %s%s, %s, %s, %s, %d threads\n", names[trial.primitive],
                    trial.transposed ? " by its transposed name" : "",
                    trial.dtype == NHWC_FLOAT32 ? "float32" : "float64", algorithm_names[trial.context.algorithm],
                    nhwc_isa_string(trial.context.isa), trial.context.threads);
        conv_case_print(&trial.c);
        trial.on = false;
    }
    guarded_release();
    return 0;
}

static void done(void)
{
    guarded_check();
    guarded_release();
    trial.on = false;
}

static nhwc_context by(nhwc_algorithm algorithm, nhwc_isa isa)
{
    return (nhwc_context){.algorithm = algorithm, .isa = isa};
}

static nhwc_status compute(int primitive, const conv_case *c, bool transposed, const nhwc_context *context,
                           const nhwc_tensor *in, nhwc_tensor *out)
{
    trial = (struct trial){true, *c, out->dtype, *context, primitive, transposed};
    if (primitive == COARSE)
        return conv_case_gather(c, transposed, context, &in[FINE], &in[FILTER], out);
    if (primitive == FINE)
        return conv_case_scatter(c, transposed, context, out, &in[FILTER], &in[COARSE]);
    return conv_case_correlate(c, transposed, context, &in[FINE], out, &in[COARSE]);
}

/* out += the primitive. */
static nhwc_status accumulate(int primitive, const conv_case *c, const nhwc_context *context,
                              const nhwc_tensor *in, nhwc_tensor *out)
{
    trial = (struct trial){true, *c, out->dtype, *context, primitive, primitive == COARSE};
    if (primitive == COARSE)
        return (c->depthwise ? nhwc_depthwise_conv2d_transpose_backprop_input
                             : nhwc_conv2d_transpose_backprop_input)(context, &in[FINE], &in[FILTER],
                                                                     &c->options, true, out);
    if (primitive == FINE)
        return (c->depthwise ? nhwc_depthwise_conv2d_backprop_input : nhwc_conv2d_backprop_input)(
            context, &in[COARSE], &in[FILTER], &c->options, true, out);
    return (c->depthwise ? nhwc_depthwise_conv2d_backprop_filter : nhwc_conv2d_backprop_filter)(
        context, &in[FINE], &in[COARSE], &c->options, true, out);
}

/* With a bias, and the activation of the case's options; COARSE or FINE. */
static nhwc_status forward(int primitive, const conv_case *c, const nhwc_context *context,
                           const nhwc_tensor *in, const nhwc_tensor *bias, nhwc_tensor *out)
{
    trial = (struct trial){true, *c, out->dtype, *context, primitive, primitive == FINE};
    if (primitive == COARSE)
        return (c->depthwise ? nhwc_depthwise_conv2d : nhwc_conv2d)(context, &in[FINE], &in[FILTER], bias,
                                                                    &c->options, out);
    return (c->depthwise ? nhwc_depthwise_conv2d_transpose : nhwc_conv2d_transpose)(
        context, &in[COARSE], &in[FILTER], bias, &c->options, out);
}

/* Replaced, accumulated, and with an epilogue. */
enum { REPLACE, ACCUMULATE, EPILOGUE, MODES };

static int modes_of(int primitive)
{
    return primitive == FILTER ? EPILOGUE : MODES;
}

static nhwc_status compute_mode(int mode, int primitive, const conv_case *c, const nhwc_context *context,
                                const nhwc_tensor *in, const nhwc_tensor *bias, nhwc_tensor *out)
{
    if (mode == REPLACE)
        return compute(primitive, c, false, context, in, out);
    if (mode == ACCUMULATE)
        return accumulate(primitive, c, context, in, out);
    conv_case relu = *c;
    relu.options.activation = NHWC_ACTIVATION_RELU;
    return forward(primitive, &relu, context, in, bias, out);
}

/* ---- Tensors ------------------------------------------------------------------------------------ */

/* Images whose pixels are in no order, or lie over each other: rows and columns exchanged; columns, rows or images
 * repeated; each pixel one element after the one before it. Their elements are some of the dense image. */
enum { EXCHANGED, REPEATED_COLUMNS, REPEATED_ROWS, REPEATED_IMAGES, OVERLAPPING, ODD_IMAGES };

static nhwc_tensor odd_image(nhwc_tensor image, int64_t kind)
{
    int64_t *s = image.strides;
    if (kind == EXCHANGED) {
        s[1] = s[2];
        s[2] *= image.dims[1];
    } else if (kind == OVERLAPPING) {
        s[1] = s[2] = 1;
    } else {
        s[kind == REPEATED_COLUMNS ? 2 : kind == REPEATED_ROWS ? 1 : 0] = 0;
    }
    return image;
}

/* Fails with the first element that differs, unless all are equal, NaN to NaN. */
static void check_equal(const nhwc_tensor *given, const nhwc_tensor *expected)
{
    if (same_bits(given, expected))
        return;
    for (int64_t e = 0; e < element_count(given); e++) {
        const double g = element_get(given, e), x = element_get(expected, e);
        if (g != x && (g == g || x == x)) {
            print_error("element %" PRId64 " is %.17g, not %.17g\n", e, g, x);
            fail();
        }
    }
}

/* ---- What one case has to fulfil ---------------------------------------------------------------- */

/* Every algorithm computes exactly what the specification does on every instruction set, under both names of an
 * operation. */
static void check_exact(const conv_case *c, nhwc_dtype dtype, view v, uint64_t *random)
{
    nhwc_tensor in[TENSORS], expected[TENSORS], out[TENSORS];
    make(c, dtype, v, in);
    make(c, dtype, DENSE, expected);
    make(c, dtype, v, out);
    for (int p = 0; p < TENSORS; p++)
        fill_integers(&in[p], random, LARGEST);
    for (int p = 0; p < TENSORS; p++)
        CHECK_OK(compute(p, c, false, &reference, in, &expected[p]));
    EACH_ISA(isa) {
        for (int p = 0; p < 2 * TENSORS; p++)
            EACH_ALGORITHM(algorithm, c) {
                if (algorithm == NHWC_ALGORITHM_DIRECT && p / TENSORS != (int)isa % 2)
                    continue; /* one of the names will do: what they mean is settled before */
                const nhwc_context context = by(algorithm, isa);
                nhwc_tensor *result = &out[p % TENSORS];
                spoil(result);
                CHECK_OK(compute(p % TENSORS, c, p >= TENSORS, &context, in, result));
                check_equal(result, &expected[p % TENSORS]);
            }
        guarded_check();
    }
    done();
}

/* Products that are added up in one element. */
static double terms_of(const conv_case *c, int primitive)
{
    const double taps = (double)(c->filter[0] * c->filter[1]);
    if (primitive == COARSE)
        return taps * (double)(c->depthwise ? 1 : c->filter[2]);
    if (primitive == FINE)
        return taps * (double)(c->depthwise ? c->filter[3] : c->filter[3] / c->options.groups);
    return (double)(c->coarse[0] * c->coarse[1] * c->coarse[2]);
}

/* Whether sums of products are rounded once for each term: then the bits are the same everywhere. */
static bool has_fma(nhwc_isa isa)
{
#if defined(__FP_FAST_FMAF) || defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__s390x__)
    (void)isa;
    return true;
#else
    return isa == NHWC_ISA_AVX2 || isa == NHWC_ISA_AVX512;
#endif
}

/* On reals the specification is met within what rounding allows, n terms being off by n / 2 * epsilon of
 * their magnitudes on either side; and instruction sets that round alike agree to the bit in each algorithm. */
static void check_real(const conv_case *c, int primitive, nhwc_dtype dtype, view v, uint64_t *random)
{
    nhwc_tensor in[TENSORS], size[TENSORS], expected = tensor_of(c, primitive, dtype, DENSE),
                magnitude = tensor_of(c, primitive, dtype, DENSE), out = tensor_of(c, primitive, dtype, v);
    const double error = (terms_of(c, primitive) + 2) * (dtype == NHWC_FLOAT32 ? FLT_EPSILON : DBL_EPSILON);
    make(c, dtype, v, in);
    make(c, dtype, DENSE, size);
    for (int p = 0; p < TENSORS; p++) {
        fill_reals(&in[p], random);
        for (int64_t e = 0; e < element_count(&in[p]); e++)
            element_set(&size[p], e, fabs(element_get(&in[p], e)));
    }
    CHECK_OK(compute(primitive, c, false, &reference, in, &expected));
    CHECK_OK(compute(primitive, c, false, &reference, size, &magnitude));
    EACH_ALGORITHM(algorithm, c) {
        nhwc_tensor kept[] = {tensor_of(c, primitive, dtype, DENSE), tensor_of(c, primitive, dtype, DENSE)};
        bool is_kept[] = {false, false}; /* without and with fused multiply-add */
        EACH_ISA(isa) {
            const nhwc_context context = by(algorithm, isa);
            const bool fma = has_fma(isa);
            spoil(&out);
            CHECK_OK(compute(primitive, c, false, &context, in, &out));
            if (is_kept[fma])
                CHECK(instrumented || same_bits(&out, &kept[fma]));
            else
                copy(&out, &kept[fma]);
            is_kept[fma] = true;
            for (int64_t e = 0; e < element_count(&out); e++)
                CHECK(fabs(element_get(&out, e) - element_get(&expected, e)) <= error * element_get(&magnitude, e));
        }
    }
    done();
}

static void check_all_real(const conv_case *c, nhwc_dtype dtype, view v, uint64_t *random)
{
    for (int primitive = 0; primitive < TENSORS; primitive++)
        check_real(c, primitive, dtype, v, random);
}

/* ---- Small geometries --------------------------------------------------------------------------- */

#define AXES     (8 * 5 * 4 * 3)
#define PADDINGS 9

/* Axis `number` of AXES, or with paddings of AXES * PADDINGS. */
static conv_axis small_axis(int64_t number)
{
    const int64_t pads = number / AXES;
    return (conv_axis){.fine = number % 8,
                       .kernel = number / 8 % 5 + 1,
                       .stride = number / 8 / 5 % 4 + 1,
                       .dilation = number / 8 / 5 / 4 % 3 + 1,
                       .pad_before = pads / 3,
                       .pad_after = pads % 3};
}

static int64_t axes_of(nhwc_padding padding)
{
    return padding == NHWC_PADDING_EXPLICIT ? AXES * PADDINGS : AXES;
}

/* One statement for each draw: compilers evaluate the parts of an expression in different orders. */
static conv_axis axis_between(uint64_t *random, int64_t least, int64_t most, int64_t kernel, int64_t stride)
{
    conv_axis axis;
    axis.fine = random_between(random, least, most);
    axis.kernel = random_between(random, 1, kernel);
    axis.stride = random_between(random, 1, stride);
    axis.dilation = random_between(random, 1, 2);
    axis.pad_before = random_between(random, 0, 3);
    axis.pad_after = random_between(random, 0, 3);
    return axis;
}

/* With few channels, in groups or not; one in three is depthwise. False when the geometry is refused. */
static bool small_case(conv_case *c, nhwc_padding padding, const conv_axis *h, const conv_axis *w,
                       uint64_t *random)
{
    const int64_t batch = random_between(random, 1, 2), kind = random_between(random, 0, 5);
    int64_t groups = 1, fine_c = random_between(random, 1, kind == 3 ? 20 : 4),
            coarse_c = random_between(random, 1, kind == 4 ? 35 : 4);
    conv_case plain;
    if (kind < 2) {
        groups = random_between(random, 1, 20);
        return conv_case_make(&plain, padding, h, w, batch, groups, 1, kind == 0 ? 1 : coarse_c) &&
               conv_case_as_depthwise(&plain, c);
    }
    if (kind == 2)
        groups = random_between(random, 2, 3);
    return conv_case_make(c, padding, h, w, batch, groups, fine_c, coarse_c);
}

/* Every small axis against a random other one, in turn as height and as width. */
static void test_small(void **state)
{
    (void)state;
    uint64_t random = 20261121;
    int64_t cases = 0;
    print_message("seed %" PRIu64 "\n", random);
    for (nhwc_padding padding = NHWC_PADDING_VALID; padding <= NHWC_PADDING_EXPLICIT; padding++)
        for (int64_t number = 0; number < 2 * axes_of(padding); number++) {
            const conv_axis axis = small_axis(number / 2), other = axis_between(&random, 0, 7, 5, 4);
            conv_case c;
            if (!small_case(&c, padding, number % 2 ? &axis : &other, number % 2 ? &other : &axis, &random))
                continue;
            const view v = (view)random_between(&random, 0, VIEWS - 1);
            const nhwc_dtype dtype = dtypes[random_between(&random, 0, 1)];
            check_exact(&c, dtype, v, &random);
            if (cases++ % 4 == 0)
                check_all_real(&c, dtype, v, &random);
        }
    print_message("%" PRId64 " cases\n", cases);
}

/* Every small axis with every other one: of all cases, in turn, those of one part. */
static void test_full(void **state)
{
    const int64_t part = (*(int64_t(*)[2]) * state)[0], parts = (*(int64_t(*)[2]) * state)[1];
    int64_t cases = 0, number = 0;
    for (nhwc_padding padding = NHWC_PADDING_VALID; padding <= NHWC_PADDING_EXPLICIT; padding++)
        for (int64_t i = 0; i < axes_of(padding); i++)
            for (int64_t j = 0; j < axes_of(padding); j++) {
                uint64_t random = (uint64_t)number;
                const conv_axis h = small_axis(i), w = small_axis(j);
                conv_case c;
                if (number++ % parts != part - 1 || !small_case(&c, padding, &h, &w, &random))
                    continue;
                check_exact(&c, dtypes[number / parts % 2], (view)(number / parts / 2 % VIEWS), &random);
                cases++;
            }
    print_message("part %" PRId64 " of %" PRId64 ": %" PRId64 " cases\n", part, parts, cases);
}

/* ---- Larger ones -------------------------------------------------------------------------------- */

static double multiply_adds(const conv_case *c)
{
    return terms_of(c, COARSE) * (double)(c->coarse[0] * c->coarse[1] * c->coarse[2] * c->coarse[3]);
}

/* Each kind crosses other limits of blocks; false when what came out is refused, or takes too long. */
static bool large_case(conv_case *c, int64_t kind, uint64_t *random)
{
    conv_axis h = axis_between(random, 6, 22, 5, 3), w = axis_between(random, 6, 22, 5, 3);
    nhwc_padding padding = (nhwc_padding)random_between(random, 0, NHWC_PADDING_EXPLICIT);
    int64_t batch = random_between(random, 1, 3), groups = 1, fine_c = random_between(random, 1, 80),
            coarse_c = random_between(random, 1, 33);
    bool depthwise = false;
    switch (kind) {
    case 0: /* groups, tails of all kinds */
        groups = random_between(random, 1, 3);
        break;
    case 1: /* patches of several blocks; many output channels */
        h.kernel = w.kernel = 3;
        fine_c = random_between(random, 29, 80);
        coarse_c = random_between(random, 1, 150);
        break;
    case 2: /* pixelwise */
    case 3:
        h.kernel = w.kernel = h.stride = w.stride = 1;
        h.pad_before = h.pad_after = w.pad_before = w.pad_after = 0;
        fine_c = random_between(random, 1, kind == 2 ? 40 : 600);
        if (random_between(random, 0, 3) == 0)
            fine_c = 512; /* a distance of its own kind */
        coarse_c = random_between(random, 1, kind == 2 ? 300 : 33);
        groups = random_between(random, 1, 2);
        break;
    case 4: /* large kernels and strides */
        h = axis_between(random, 10, 40, 16, 8);
        w = axis_between(random, 10, 40, 16, 8);
        fine_c = random_between(random, 1, 4);
        break;
    case 5: /* scatter takes a row of taps in parts */
        w = axis_between(random, 10, 40, 16, 4);
        w.kernel = random_between(random, 8, 16);
        fine_c = random_between(random, 60, 700);
        coarse_c = random_between(random, 1, 8);
        break;
    case 6: /* rows longer than a block of pixels */
        h = axis_between(random, 1, 3, 2, 2);
        w = axis_between(random, 2000, 3000, 9, 3);
        fine_c = random_between(random, 1, 3);
        coarse_c = random_between(random, 1, 18);
        break;
    case 7: /* one channel in, one out, or a few, for each group */
    case 8:
        h.kernel = random_between(random, 1, 9);
        w.kernel = random_between(random, 1, 9); /* more taps than are added at a time */
        groups = random_between(random, 1, 70);
        fine_c = 1;
        coarse_c = kind == 7 ? 1 : random_between(random, 1, 3);
        depthwise = random_between(random, 0, 1);
        break;
    default: /* many pixels */
        h = axis_between(random, 30, 60, 3, 2);
        w = axis_between(random, 30, 60, 3, 2);
        fine_c = random_between(random, 1, 8);
        break;
    }
    conv_case plain;
    if (!conv_case_make(&plain, padding, &h, &w, batch, groups, fine_c, coarse_c))
        return false;
    if (!depthwise)
        *c = plain;
    else if (!conv_case_as_depthwise(&plain, c))
        return false;
    return multiply_adds(c) < 3e6;
}
#define LARGE_KINDS 10

static void test_large(void **state)
{
    (void)state;
    uint64_t random = 20261122;
    print_message("seed %" PRIu64 "\n", random);
    for (int64_t i = 0; i < (emulated ? 1 : 8) * LARGE_KINDS; i++) {
        conv_case c;
        while (!large_case(&c, i % LARGE_KINDS, &random))
            continue;
        const view v = (view)random_between(&random, 0, VIEWS - 1);
        const nhwc_dtype dtype = dtypes[random_between(&random, 0, 1)];
        check_exact(&c, dtype, v, &random);
        if (i / LARGE_KINDS % 2 == 0)
            check_all_real(&c, dtype, v, &random);
    }
}

/* More taps, or more channels, or a longer row of pixels than the column buffer holds. */
static const struct enormous {
    conv_axis h, w;
    int64_t groups, fine_c, coarse_c;
} enormous[] = {
    {{302, 300, 1, 1, 0, 0}, {301, 300, 1, 1, 1, 1}, 1, 1, 2},
    {{3, 2, 1, 1, 0, 0}, {3001, 9, 1, 1, 4, 4}, 1, 1, 18}, /* rows in uneven parts, with gaps behind them */
    {{300, 300, 2, 1, 1, 1}, {302, 300, 1, 1, 0, 0}, 1, 1, 1}, /* depthwise, with all these taps */
    {{2, 2, 1, 1, 0, 0}, {1, 1, 1, 1, 0, 0}, 1, 70000, 2},
    {{1, 1, 1, 1, 0, 0}, {1, 1, 1, 1, 0, 0}, 1, 70000, 3},
    {{3, 3, 1, 1, 1, 1}, {40, 2, 1, 2, 1, 1}, 1, 600, 3},
};

static bool make_enormous(size_t i, conv_case *c)
{
    const struct enormous *e = &enormous[i];
    return conv_case_make(c, NHWC_PADDING_EXPLICIT, &e->h, &e->w, 1, e->groups, e->fine_c, e->coarse_c);
}

static void test_enormous(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (size_t i = 0; i < COUNT(enormous); i++) {
        conv_case c;
        CHECK(make_enormous(i, &c));
        check_exact(&c, dtypes[i % 2], (view)(i % VIEWS), &random);
        check_all_real(&c, dtypes[(i + 1) % 2], DENSE, &random);
    }
}

/* ---- What else a call can ask for --------------------------------------------------------------- */

/* Few channels and so many pixels that DIRECT has outputs side by side, or groups, as one, with zeros for what they do
 * not share; false when it is refused, or takes too long. */
static bool filled_case(conv_case *c, uint64_t *random)
{
    static const int64_t sizes[][3] = {{33, 65, 1}, {47, 45, 1}, {5, 5, 90}, {9, 2, 120}, {3, 700, 1}, {2100, 1, 1}};
    const int64_t *size = sizes[random_between(random, 0, COUNT(sizes) - 1)];
    conv_axis h = axis_between(random, 1, 2, 3, 2), w = axis_between(random, 1, 2, 9, 3);
    h.fine += size[0] * h.stride;
    w.fine += size[1] * w.stride;
    w.dilation = 1 + random_between(random, 0, 5) / 5;
    const int64_t groups = random_between(random, 0, 1) ? 1 : random_between(random, 2, 16);
    const int64_t fine_c = random_between(random, 1, groups > 1 ? 4 : 8),
                  coarse_c = random_between(random, 1, groups > 1 ? 4 : 8);
    return conv_case_make(c, NHWC_PADDING_EXPLICIT, &h, &w, size[2], groups, fine_c, coarse_c) &&
           multiply_adds(c) < 1e6;
}

static conv_case any_case(int64_t number, uint64_t *random)
{
    const int64_t kind = random_between(random, 0, LARGE_KINDS - 1);
    conv_case c;
    for (;;) {
        const nhwc_padding padding = (nhwc_padding)random_between(random, 0, NHWC_PADDING_EXPLICIT);
        const conv_axis h = axis_between(random, 0, 8, 5, 4), w = axis_between(random, 0, 8, 5, 4);
        if (number % 7 == 0    ? large_case(&c, kind, random)
            : number % 21 == 3 ? filled_case(&c, random)
                               : small_case(&c, padding, &h, &w, random))
            return c;
    }
}

/* With a bias, and the activation of the case. */
static void check_epilogue(const conv_case *c, nhwc_dtype dtype, view v, bool has_bias, uint64_t *random)
{
    nhwc_tensor in[TENSORS];
    make(c, dtype, v, in);
    for (int p = 0; p < TENSORS; p++)
        fill_integers(&in[p], random, LARGEST);
    for (int p = COARSE; p <= FINE; p++) {
        nhwc_tensor expected = tensor_of(c, p, dtype, DENSE), out = tensor_of(c, p, dtype, v);
        const nhwc_tensor bias = guarded_tensor(dtype, 1, &out.dims[3], 0);
        fill_integers(&bias, random, 9);
        CHECK_OK(forward(p, c, &reference, in, has_bias ? &bias : NULL, &expected));
        EACH_ISA(isa)
            EACH_ALGORITHM(algorithm, c) {
                const nhwc_context context = by(algorithm, isa);
                spoil(&out);
                CHECK_OK(forward(p, c, &context, in, has_bias ? &bias : NULL, &out));
                check_equal(&out, &expected);
            }
    }
    done();
}

static void test_epilogue(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int64_t i = 0; i < 240; i += every) {
        conv_case c = any_case(i, &random);
        c.options.activation = (nhwc_activation)(i / VIEWS % 3);
        check_epilogue(&c, dtypes[i % 2], (view)(i % VIEWS), i / VIEWS / 3 % 3 > 0, &random);
    }
}

static void check_accumulate(const conv_case *c, nhwc_dtype dtype, view v, uint64_t *random)
{
    nhwc_tensor in[TENSORS];
    make(c, dtype, v, in);
    for (int p = 0; p < TENSORS; p++)
        fill_integers(&in[p], random, LARGEST);
    for (int p = 0; p < TENSORS; p++) {
        nhwc_tensor before = tensor_of(c, p, dtype, DENSE), expected = tensor_of(c, p, dtype, DENSE),
                    out = tensor_of(c, p, dtype, v);
        fill_integers(&before, random, 1000);
        copy(&before, &expected);
        CHECK_OK(accumulate(p, c, &reference, in, &expected));
        EACH_ISA(isa)
            EACH_ALGORITHM(algorithm, c) {
                const nhwc_context context = by(algorithm, isa);
                copy(&before, &out);
                CHECK_OK(accumulate(p, c, &context, in, &out));
                check_equal(&out, &expected);
            }
    }
    done();
}

static void test_accumulate(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (int64_t i = 0; i < 240; i += every) {
        const conv_case c = any_case(i, &random);
        check_accumulate(&c, dtypes[i % 2], (view)(i % VIEWS), &random);
    }
}

static void spoil_some(const nhwc_tensor *victim, uint64_t *random)
{
    static const double specials[] = {NAN, INFINITY, -INFINITY};
    for (int64_t k = random_between(random, 1, 3); k > 0 && element_count(victim) > 0; k--)
        element_set(victim, random_between(random, 0, element_count(victim) - 1),
                    specials[random_between(random, 0, 2)]);
}

/* Infinities and NaN reach the same elements as in the specification: zeros of the padding, of tiles, of panels and of
 * blocks times infinity are nowhere. */
static void check_special_values(const conv_case *c, int mode, int primitive, nhwc_dtype dtype, view v, bool exchanged,
                                 uint64_t *random)
{
    nhwc_tensor in[TENSORS], before = tensor_of(c, primitive, dtype, DENSE),
                             expected = tensor_of(c, primitive, dtype, DENSE), out = tensor_of(c, primitive, dtype, v);
    const nhwc_tensor bias = guarded_tensor(dtype, 1, &out.dims[3], 0);
    if (exchanged)
        out = odd_image(out, EXCHANGED);
    make(c, dtype, v, in);
    for (int p = 0; p < TENSORS; p++)
        fill_integers(&in[p], random, LARGEST);
    fill_integers(&before, random, 1000);
    fill_integers(&bias, random, 9);
    const int64_t image = primitive == FINE ? COARSE : FINE, any = random_between(random, 0, TENSORS);
    const int64_t victim = exchanged ? image : any;
    spoil_some(victim < TENSORS ? &in[victim] : mode == EPILOGUE ? &bias : &before, random);
    copy(&before, &expected);
    CHECK_OK(compute_mode(mode, primitive, c, &reference, in, &bias, &expected));
    EACH_ISA(isa)
        EACH_ALGORITHM(algorithm, c) {
            const nhwc_context context = by(algorithm, isa);
            copy(&before, &out);
            CHECK_OK(compute_mode(mode, primitive, c, &context, in, &bias, &out));
            check_equal(&out, &expected);
        }
    done();
}

static void test_special_values(void **state)
{
    (void)state;
    uint64_t random = 5;
    for (int64_t i = 0; i < 1500; i += every) {
        const conv_case c = any_case(i, &random);
        for (int p = 0; p < TENSORS; p++)
            check_special_values(&c, (int)(i / VIEWS) % modes_of(p), p, dtypes[i % 2], (view)(i % VIEWS), false,
                                 &random);
    }
}

/* Rows and columns of the output exchanged: the first and the last of the 14 pixels of a tile are as far apart as if
 * all were side by side. */
static void test_special_values_exchanged(void **state)
{
    (void)state;
    const conv_axis h = {11, 1, 1, 1, 0, 0}, w = {6, 1, 1, 1, 0, 0};
    uint64_t random = 22;
    for (int64_t i = 0; i < 40; i += every) {
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_VALID, &h, &w, 32, i % 2 ? 2 : 4, 4, 4));
        check_special_values(&c, REPLACE, i / 2 % 2 ? FINE : COARSE, dtypes[i % 2], DENSE, true, &random);
    }
}

/* The specification without its iterator: the same bits, of whatever values. */
static void check_loops(const conv_case *c, int mode, int primitive, nhwc_dtype dtype, view v, uint64_t *random)
{
    const nhwc_context loops = by(NHWC_ALGORITHM_LOOPS, NHWC_ISA_AUTOMATIC);
    nhwc_tensor in[TENSORS], before = tensor_of(c, primitive, dtype, DENSE),
                             expected = tensor_of(c, primitive, dtype, v), out = tensor_of(c, primitive, dtype, v);
    const nhwc_tensor bias = guarded_tensor(dtype, 1, &out.dims[3], 0);
    make(c, dtype, v, in);
    for (int p = 0; p < TENSORS; p++)
        fill_reals(&in[p], random);
    fill_reals(&before, random);
    fill_reals(&bias, random);
    if (random_between(random, 0, 3) == 0)
        spoil_some(&in[random_between(random, 0, TENSORS - 1)], random);
    copy(&before, &expected);
    copy(&before, &out);
    CHECK_OK(compute_mode(mode, primitive, c, &reference, in, &bias, &expected));
    CHECK_OK(compute_mode(mode, primitive, c, &loops, in, &bias, &out));
    check_equal(&out, &expected);
    done();
}

static void test_loops(void **state)
{
    (void)state;
    uint64_t random = 23;
    for (int64_t i = 0; i < 600; i += every) {
        const conv_case c = i % 2 ? any_case(i / 2, &random) : conv_case_random(&random, 5);
        for (int p = 0; p < TENSORS; p++)
            for (int mode = 0; mode < modes_of(p); mode++)
                check_loops(&c, mode, p, dtypes[i / 2 % 2], (view)(i % VIEWS), &random);
    }
}

/* The stride of an axis of length 1 does not matter. */
static void test_lone_strides(void **state)
{
    (void)state;
    uint64_t random = 6;
    const int64_t odd[] = {INT64_MAX, INT64_MIN, -7, 0, 1000003};
    for (int64_t i = 0; i < 600; i += every) {
        const conv_case c = conv_case_random(&random, 3);
        const nhwc_dtype dtype = dtypes[i % 2];
        nhwc_tensor in[TENSORS], expected[TENSORS], out[TENSORS], odd_in[TENSORS], odd_out[TENSORS];
        make(&c, dtype, DENSE, in);
        make(&c, dtype, DENSE, expected);
        make(&c, dtype, DENSE, out);
        for (int p = 0; p < TENSORS; p++) {
            fill_integers(&in[p], &random, LARGEST);
            odd_in[p] = in[p];
            odd_out[p] = out[p];
            for (int axis = 0; axis < 4; axis++)
                if (in[p].dims[axis] == 1)
                    odd_in[p].strides[axis] = odd_out[p].strides[axis] = odd[i % (int64_t)COUNT(odd)];
        }
        for (int p = 0; p < TENSORS; p++) {
            CHECK_OK(compute(p, &c, false, &reference, in, &expected[p]));
            CHECK_OK(compute(p, &c, false, &reference, odd_in, &odd_out[p]));
            check_equal(&out[p], &expected[p]);
            EACH_ISA(isa)
                EACH_ALGORITHM(algorithm, &c) {
                    const nhwc_context context = by(algorithm, isa);
                    spoil(&out[p]);
                    CHECK_OK(compute(p, &c, false, &context, odd_in, &odd_out[p]));
                    check_equal(&out[p], &expected[p]);
                }
        }
        done();
    }
}

static void test_odd_images(void **state)
{
    (void)state;
    uint64_t random = 11;
    for (int64_t i = 0; i < 400; i += every) {
        const conv_case c = any_case(i, &random);
        const nhwc_dtype dtype = dtypes[i % 2];
        nhwc_tensor in[TENSORS], out[TENSORS], expected[TENSORS];
        make(&c, dtype, DENSE, in);
        make(&c, dtype, DENSE, out);
        make(&c, dtype, DENSE, expected);
        for (int p = 0; p < TENSORS; p++) {
            fill_integers(&in[p], &random, LARGEST);
            if (p == FILTER)
                continue;
            in[p] = odd_image(in[p], i % ODD_IMAGES);
            out[p] = odd_image(out[p], EXCHANGED);
        }
        for (int p = 0; p < TENSORS; p++) {
            CHECK_OK(compute(p, &c, false, &reference, in, &expected[p]));
            EACH_ISA(isa)
                EACH_ALGORITHM(algorithm, &c) {
                    const nhwc_context context = by(algorithm, isa);
                    spoil(&out[p]);
                    CHECK_OK(compute(p, &c, false, &context, in, &out[p]));
                    check_equal(&out[p], &expected[p]);
                }
        }
        done();
    }
}

/* ---- Shapes at the limits of the direct algorithm -------------------------------------------------- */

/* All that a call can ask for. */
static void check_all(const conv_case *c, nhwc_dtype dtype, view v, uint64_t *random)
{
    conv_case relu6 = *c;
    relu6.options.activation = NHWC_ACTIVATION_RELU6;
    check_exact(c, dtype, v, random);
    check_accumulate(c, dtype, v, random);
    for (int has_bias = 0; has_bias < 2; has_bias++)
        check_epilogue(&relu6, dtype, v, has_bias, random);
}

/* As many channels as fill vectors, their halves and panels of all instruction sets, or one more or less. */
static void test_channels(void **state)
{
    (void)state;
    static const int64_t channels[] = {4, 8, 15, 16, 17, 31, 32, 33, 48, 64};
    const int64_t count = COUNT(channels);
    uint64_t random = 12;
    for (int64_t i = 0; i < count * count; i += every) {
        const conv_axis h = {5, 3, 1, 1, 1, 1}, w = {7, 3, 1 + i % 3 / 2, 1, 1, 1};
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &h, &w, 1, 1, channels[i / count], channels[i % count]));
        check_all(&c, dtypes[(i + i / count) % 2], (view)(i % VIEWS), &random);
    }
}

/* Groups that begin anywhere in a vector, the last of which end where the image does. */
static void test_groups(void **state)
{
    (void)state;
    uint64_t random = 13;
    for (int64_t i = 0; i < 80; i += every) {
        const conv_axis h = {4, 3, 1, 1, 1, 1}, w = {6, 2, 1 + i % 2, 1, 0, 1};
        const int64_t groups = 2 + i % 4, in = 1 + i % 40, out = i < 40 ? in : 41 - in;
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &h, &w, 1, groups, in, out));
        check_all(&c, dtypes[i / 3 % 2], (view)(i % VIEWS), &random);
    }
}

/* Rows that do not fill tiles, which go on in the next row: of long sums; where rows and images follow one another. */
static void test_short_rows(void **state)
{
    (void)state;
    uint64_t random = 21;
    for (int64_t i = 0; i < 36; i += every) {
        const int64_t kernel = i % 2 == 0 ? 3 : 1, pad = kernel / 2, few = 3 + i % 9;
        const int64_t many = kernel == 3 ? 57 + i % 4 : 20 + 25 * (i % 4); /* above 512 terms, or some */
        const conv_axis h = {3 + i % 5, kernel, 1, 1, pad, pad}, w = {4 + i % 13, kernel, 1 + i / 30, 1, pad, pad};
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &h, &w, 1 + i % 3, 1, i / 2 % 2 ? many : few,
                             i / 2 % 2 ? few : many));
        check_all(&c, dtypes[i / 4 % 2], (view)(i / 3 % VIEWS), &random);
    }
}

/* Images narrower than a tile, whose tiles go from row to row and from image to image. */
static void test_narrow(void **state)
{
    (void)state;
    static const int64_t lengths[] = {1, 2, 5, 7};
    uint64_t random = 14;
    int64_t cases = 0;
    for (int64_t i = 0; i < 4 * 4 * 3 * 2 * 2; i += every) {
        const int64_t kernel = 1 + i / 16 % 3, stride = 1 + i / 48 % 2, dilation = 1 + i / 96;
        const conv_axis h = {lengths[i % 4], kernel, stride, dilation, kernel - 1, kernel / 2};
        const conv_axis w = {lengths[i / 4 % 4], 3, stride, 1, 1, 1};
        const int64_t batch = random_between(&random, 1, 9), coarse_c = random_between(&random, 1, 33);
        conv_case c;
        if (conv_case_make(&c, NHWC_PADDING_EXPLICIT, &h, &w, batch, 1, 3, coarse_c)) {
            check_all(&c, dtypes[i / 2 % 2], (view)(i % VIEWS), &random);
            cases++;
        }
    }
    CHECK(cases > 150 / every);
}

/* Strides that share factors with the dilation, or are longer than the kernel: pixels that no tap reaches, which are
 * the bias, if that; and windows that are padding and nothing else. */
static void test_unreached(void **state)
{
    (void)state;
    static const int64_t steps[][2] = {{4, 2}, {4, 6}, {6, 4}, {6, 3}, {5, 1}, {4, 4}}; /* stride, dilation */
    uint64_t random = 15;
    for (int64_t i = 0; i < 160; i += every) {
        conv_axis axes[2];
        for (int k = 0; k < 2; k++) {
            const int64_t *step = steps[random_between(&random, 0, COUNT(steps) - 1)];
            const int64_t kernel = random_between(&random, 1, 4), reach = (kernel - 1) * step[1] + 1;
            axes[k] = (conv_axis){.kernel = kernel, .stride = step[0], .dilation = step[1]};
            axes[k].fine = reach + random_between(&random, 0, 12);
            axes[k].pad_before = random_between(&random, 0, 2) ? random_between(&random, 0, 3) : reach + 5;
            axes[k].pad_after = random_between(&random, 0, 2) ? random_between(&random, 0, 3) : reach + 5;
        }
        const int64_t groups = random_between(&random, 1, 2), fine_c = random_between(&random, 1, 20),
                      coarse_c = random_between(&random, 1, 20);
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &axes[0], &axes[1], 2, groups, fine_c, coarse_c));
        check_all(&c, dtypes[i % 2], (view)(i % VIEWS), &random);
    }
}

/* Strides that divide the kernel: outputs side by side are reached by the same inputs; few or many channels of each,
 * the first and the last of them in part or not at all inside the image. */
static void test_side_by_side(void **state)
{
    (void)state;
    uint64_t random = 20;
    for (int64_t i = 0; i < 160; i += every) {
        const int64_t stride = 2 + i % 4 + i % 4 / 3 * 3, kernel = stride * random_between(&random, 1, 3);
        const int64_t before = random_between(&random, 0, kernel), after = random_between(&random, 0, kernel);
        const int64_t least = kernel > before + after ? kernel - before - after : 1;
        const int64_t fine = least + random_between(&random, 0, i % 3 ? 4 * stride : 70);
        const conv_axis h = {4, 3, 1 + i % 2, 1, 1, 1}, w = {fine, kernel, stride, 1, before, after};
        const int64_t fine_c = random_between(&random, 1, i % 5 ? 10 : 100), coarse_c = random_between(&random, 1, 20);
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &h, &w, 2, 1 + (i % 8 == 0), fine_c, coarse_c));
        check_all(&c, dtypes[i / 2 % 2], (view)(i % VIEWS), &random);
    }
}

/* One channel in and out per group: as many of them as fill tiles of all widths, or not quite; more rows, columns and
 * outputs side by side than a tile has; and strides between which no tap reaches. */
static void test_depthwise(void **state)
{
    (void)state;
    static const int64_t channels[] = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 21, 24, 31, 32, 33, 40, 48, 63, 70};
    static const conv_axis axes[] = {
        {19, 3, 1, 1, 1, 1}, {12, 5, 1, 1, 2, 2}, {23, 7, 1, 2, 6, 0}, {20, 3, 2, 1, 0, 1}, {21, 4, 2, 2, 1, 3},
        {34, 4, 2, 1, 1, 1}, {33, 8, 4, 1, 2, 2}, {41, 16, 8, 1, 4, 4}, {45, 18, 9, 1, 3, 5}, {17, 2, 3, 1, 0, 1},
        {3, 9, 1, 1, 4, 4},  {13, 8, 1, 1, 3, 4}, {9, 9, 9, 1, 0, 0},
    };
    uint64_t random = 22;
    for (int64_t i = 0; i < (int64_t)(COUNT(channels) * COUNT(axes)); i++) {
        const conv_axis *w = &axes[i % (int64_t)COUNT(axes)];
        const conv_axis *h = i % 3 ? &axes[random_between(&random, 0, COUNT(axes) - 1)] : w;
        const int64_t groups = channels[i / (int64_t)COUNT(axes)];
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, h, w, 1 + i % 2, groups, 1, 1));
        check_all(&c, dtypes[i / 2 % 2], (view)(i % VIEWS), &random);
        if (i % 8 == 0)
            check_all_real(&c, dtypes[i / 8 % 2], DENSE, &random);
    }
}

static void test_filled(void **state)
{
    (void)state;
    uint64_t random = 21;
    for (int64_t i = 0; i < 30; i += every) {
        conv_case c;
        while (!filled_case(&c, &random))
            continue;
        check_all(&c, dtypes[i / VIEWS % 2], (view)(i % VIEWS), &random);
        if (i % 4 == 0)
            check_all_real(&c, dtypes[i / 4 % 2], DENSE, &random);
    }
}

/* A vector or more of channels on one side, few on the other, which are dot products then; in any of the groups. */
static void test_dots(void **state)
{
    (void)state;
    uint64_t random = 22;
    for (int64_t i = 0; i < 64; i++) {
        const conv_axis h = axis_between(&random, 5, 9, 3, 2), w = axis_between(&random, 9, 50, 5, 3);
        const int64_t many = 16 * random_between(&random, 1, 4), few = 1 + i % 5, groups = 1 + (i % 7 == 0);
        const bool is_few_coarse = i % 2 == 0;
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &h, &w, 2, groups, is_few_coarse ? many : few,
                             is_few_coarse ? few : many));
        check_all(&c, dtypes[i / VIEWS % 2], (view)(i % VIEWS), &random);
        if (i % 4 < 2)
            check_all_real(&c, dtypes[i / 4 % 2], (view)(i % VIEWS), &random);
    }
}

/* Groups of as many channels as divide a vector, and not; all of them filling vectors, and not. */
static void test_few_channels_per_group(void **state)
{
    (void)state;
    uint64_t random = 23;
    for (int64_t i = 0; i < 64; i++) {
        const conv_axis h = axis_between(&random, 5, 9, 3, 2), w = axis_between(&random, 9, 50, 5, 3);
        const int64_t size = i % 4 < 3 ? 2 << i % 4 : random_between(&random, 1, 9);
        const int64_t some = random_between(&random, 1, 3), groups = i % 5 > 0 ? 16 / (2 << i % 3) * some : 2 + 3 * some;
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &h, &w, 2, groups, size, size + (i % 16 == 0)));
        check_all(&c, dtypes[i / VIEWS % 2], (view)(i % VIEWS), &random);
        if (i % 4 < 2)
            check_all_real(&c, dtypes[i / 4 % 2], (view)(i % VIEWS), &random);
    }
}

/* More taps than a tile takes runs at a time, and just as many; in phases of a stride as well. */
static void test_number_of_runs(void **state)
{
    (void)state;
    uint64_t random = 16;
    for (int64_t i = 0; i < 24; i += every) {
        const int64_t taps = 60 + i % 8, stride = 1 + i / 8 % 2;
        const conv_axis h = {i < 16 ? 40 : 7, stride * taps, stride, 1, stride * taps / 2, stride * taps / 2};
        const conv_axis w = {4, 1 + i % 2, 1, 1 + i / 16, 0, 2};
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &h, &w, 1, 1, 1 + i % 3, 3 + i));
        check_all(&c, dtypes[i / 2 % 2], (view)(i % VIEWS), &random);
    }
}

static const struct limit {
    conv_axis h, w;
    int64_t batch, groups, fine_c, coarse_c;
    view v;
} limits[] = {
    /* More than 64 runs: of a dilation, of a gap behind pixels, of groups; and of rows of taps. */
    {{20, 9, 1, 2, 8, 8}, {21, 9, 1, 2, 8, 8}, 1, 1, 3, 5, DENSE},
    {{23, 13, 2, 1, 6, 6}, {25, 11, 1, 3, 15, 15}, 2, 1, 2, 19, SPREAD},
    {{23, 11, 2, 3, 15, 16}, {25, 13, 3, 2, 12, 11}, 1, 1, 5, 3, SLOT},
    {{9, 9, 1, 1, 4, 4}, {9, 9, 1, 1, 4, 4}, 2, 1, 4, 33, SLOT},
    {{12, 9, 1, 1, 4, 4}, {13, 9, 1, 1, 4, 4}, 1, 3, 5, 7, DENSE},
    {{3, 2, 1, 1, 0, 0}, {200, 130, 1, 1, 3, 4}, 1, 1, 1, 17, DENSE},
    {{75, 70, 1, 1, 9, 5}, {7, 3, 1, 1, 1, 1}, 2, 1, 3, 18, DENSE},
    /* Dot products of several blocks: of taps, of channels; of a transpose. */
    {{9, 9, 1, 1, 4, 4}, {9, 9, 1, 1, 4, 4}, 1, 1, 64, 3, DENSE},
    {{4, 3, 1, 1, 1, 1}, {3, 3, 1, 1, 1, 1}, 1, 1, 1040, 2, SLOT},
    {{4, 3, 1, 1, 1, 1}, {3, 3, 1, 1, 1, 1}, 1, 1, 4, 528, DENSE},
    /* Sums longer than a block of the filter, in panels of all widths. */
    {{4, 3, 1, 1, 1, 1}, {3, 3, 1, 1, 1, 1}, 1, 1, 512, 20, DENSE},
    {{4, 3, 2, 1, 1, 1}, {3, 3, 1, 1, 1, 1}, 1, 1, 20, 700, DENSE},
    {{3, 3, 1, 1, 1, 1}, {2, 3, 1, 1, 1, 1}, 1, 1, 2000, 5, SLOT},
    {{3, 3, 1, 1, 1, 1}, {2, 3, 1, 2, 2, 2}, 1, 2, 610, 17, SPREAD},
    {{1, 1, 1, 1, 0, 0}, {15, 1, 1, 1, 0, 0}, 1, 1, 3000, 17, DENSE},
    {{1, 1, 1, 1, 0, 0}, {5, 1, 1, 1, 0, 0}, 1, 1, 17, 9000, DENSE},
    {{1, 1, 1, 1, 0, 0}, {3, 1, 2, 1, 0, 0}, 1, 1, 20000, 3, DENSE},
    /* ... of images, of which taps have some rows only. */
    {{3, 3, 1, 1, 1, 1}, {2, 3, 1, 1, 1, 1}, 130, 1, 5, 9, DENSE},
    {{3, 3, 1, 1, 1, 1}, {2, 3, 1, 1, 1, 1}, 130, 1, 12, 17, DENSE},
    /* Several blocks of whole images, the last of fewer; and of a part of one, where the kernel is a row. */
    {{12, 3, 1, 1, 1, 1}, {9, 3, 1, 1, 1, 1}, 7, 1, 2, 17, DENSE},
    {{25, 5, 2, 1, 1, 2}, {19, 5, 2, 1, 2, 2}, 5, 2, 1, 5, SPREAD},
    {{20, 1, 1, 1, 2, 3}, {31, 3, 1, 1, 1, 1}, 2, 1, 16, 3, SLOT},
    /* Filter gradients of one channel for each group, in several blocks of them. */
    {{4, 3, 1, 1, 1, 1}, {5, 3, 1, 1, 1, 1}, 1, 500, 1, 1, DENSE},
    /* Panels more than scratch holds at a time. */
    {{3, 3, 1, 1, 1, 1}, {4, 3, 1, 1, 1, 1}, 1, 1, 60, 300, DENSE},
    {{3, 3, 1, 1, 1, 1}, {4, 3, 2, 1, 1, 1}, 1, 2, 150, 100, SPREAD},
    /* Pixels 4 KiB apart in float32, and in float64. */
    {{2, 2, 1, 1, 0, 1}, {7, 3, 1, 1, 1, 1}, 1, 1, 1024, 20, DENSE},
    {{2, 2, 1, 1, 0, 1}, {7, 3, 1, 1, 1, 1}, 1, 1, 1019, 20, SLOT},
    {{2, 2, 1, 1, 0, 1}, {7, 3, 1, 1, 1, 1}, 1, 1, 1021, 20, SPREAD},
    {{2, 2, 1, 1, 0, 1}, {7, 3, 1, 1, 1, 1}, 1, 1, 20, 1024, DENSE},
    {{2, 2, 1, 1, 0, 1}, {7, 3, 1, 1, 1, 1}, 1, 1, 20, 1019, SLOT},
    {{2, 2, 1, 1, 0, 1}, {7, 3, 1, 1, 1, 1}, 1, 1, 20, 1021, SPREAD},
    {{1, 1, 1, 1, 0, 0}, {31, 1, 1, 1, 0, 0}, 1, 1, 512, 40, DENSE},
    {{1, 1, 1, 1, 0, 0}, {31, 1, 1, 1, 0, 0}, 1, 1, 507, 40, SLOT},
    {{1, 1, 1, 1, 0, 0}, {31, 1, 1, 1, 0, 0}, 1, 1, 40, 509, SPREAD},
    /* Nothing to add up, or to compute. */
    {{4, 3, 1, 1, 1, 1}, {5, 2, 2, 1, 0, 0}, 2, 1, 5, 0, DENSE},
    {{4, 3, 1, 1, 1, 1}, {5, 2, 2, 1, 0, 0}, 0, 1, 5, 5, DENSE},
    {{2, 3, 1, 1, 0, 0}, {5, 2, 2, 1, 0, 0}, 2, 1, 5, 5, DENSE},
};

static void test_limits(void **state)
{
    (void)state;
    uint64_t random = 17;
    for (size_t i = 0; i < 2 * COUNT(limits); i++) {
        const struct limit *l = &limits[i / 2];
        if (emulated && i / 2 % 2 != i % 2)
            continue;
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &l->h, &l->w, l->batch, l->groups, l->fine_c, l->coarse_c));
        check_all(&c, dtypes[i % 2], l->v, &random);
        if (i % 2 == 0)
            check_all_real(&c, dtypes[i / 2 % 2], l->v, &random);
    }
}

/* Filters of few elements from so many pixels that each is the sum of two chains, of about half the pixels: images, or
 * rows of the only one. */
static void test_two_chains(void **state)
{
    (void)state;
    static const struct limit cases[] = {
        {{91, 3, 1, 1, 1, 1}, {93, 3, 1, 1, 1, 1}, 1, 1, 8, 8, DENSE},   /* from bands, taps as lanes */
        {{40, 5, 2, 1, 2, 2}, {39, 5, 2, 1, 2, 2}, 5, 1, 3, 40, SPREAD}, /* channels as lanes, of uneven halves */
        {{30, 1, 1, 1, 0, 0}, {31, 1, 1, 1, 0, 0}, 2, 1, 50, 60, SLOT},  /* in place */
        {{33, 3, 1, 1, 1, 1}, {35, 3, 2, 1, 1, 1}, 8, 3, 8, 9, DENSE},   /* groups */
        {{3, 2, 1, 1, 0, 0}, {3001, 9, 1, 1, 4, 4}, 1, 1, 1, 48, SLOT},  /* parts of rows */
    };
    uint64_t random = 23;
    for (size_t i = 0; i < COUNT(cases); i += every) {
        const struct limit *l = &cases[i];
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &l->h, &l->w, l->batch, l->groups, l->fine_c, l->coarse_c));
        check_exact(&c, dtypes[i % 2], l->v, &random);
        check_accumulate(&c, dtypes[(i + 1) % 2], l->v, &random);
        check_real(&c, FILTER, dtypes[(i + 1) % 2], l->v, &random);
    }
}

/* ---- Bits --------------------------------------------------------------------------------------- */

/* Cases worth 7 tasks, and how each is shared: gather, scatter, correlate. */
static const struct shared {
    conv_axis h, w;
    int64_t batch, groups, fine_c, coarse_c;
    view v;
} shared[] = {
    {{17, 3, 1, 1, 1, 1}, {19, 3, 1, 1, 1, 1}, 3, 1, 32, 35, DENSE},   /* pixels, rows, patch elements */
    {{9, 3, 1, 1, 1, 1}, {11, 3, 1, 1, 1, 1}, 1, 1, 70, 130, DENSE},     /* channels, channels, ... */
    {{9, 3, 2, 2, 1, 2}, {13, 4, 2, 1, 2, 1}, 2, 1, 70, 150, SPREAD},    /* channels, channels of a slot */
    {{51, 5, 3, 2, 4, 3}, {37, 4, 2, 1, 1, 2}, 3, 1, 24, 21, DENSE},  /* rows with seams of stride 3 */
    {{45, 4, 1, 3, 2, 5}, {23, 2, 1, 2, 0, 1}, 5, 2, 9, 11, SPREAD},  /* rows of several images */
    {{37, 7, 2, 1, 3, 3}, {41, 7, 2, 1, 3, 3}, 2, 1, 3, 64, DENSE},      /* few channels */
    {{31, 1, 1, 1, 0, 0}, {29, 1, 1, 1, 0, 0}, 2, 1, 65, 67, SLOT},      /* pixelwise */
    {{11, 1, 1, 1, 0, 0}, {10, 1, 1, 1, 0, 0}, 1, 1, 300, 290, DENSE},   /* pixelwise, channels */
    {{21, 1, 1, 1, 0, 0}, {17, 1, 1, 1, 0, 0}, 5, 1, 66, 63, DENSE},     /* ... of images that follow one another */
    {{17, 3, 1, 1, 1, 1}, {18, 3, 1, 1, 1, 1}, 4, 1, 61, 59, SPREAD},    /* long sums of short rows */
    {{3, 2, 1, 1, 1, 0}, {3001, 9, 1, 1, 4, 4}, 1, 1, 1, 48, DENSE},     /* rows in several blocks */
    {{9, 3, 1, 1, 1, 1}, {600, 5, 2, 1, 2, 2}, 2, 1, 20, 5, DENSE},     /* ... of many channels */
    {{53, 5, 1, 1, 2, 2}, {43, 5, 1, 1, 2, 2}, 3, 70, 1, 1, DENSE},    /* depthwise: rows, channels */
    {{31, 5, 3, 2, 4, 2}, {97, 9, 2, 1, 3, 4}, 3, 120, 1, 1, SPREAD},    /* depthwise with seams */
    {{23, 3, 1, 1, 1, 1}, {45, 5, 1, 2, 4, 4}, 2, 20, 1, 16, DENSE},     /* a few channels from each */
    {{7, 3, 1, 1, 1, 1}, {7, 3, 1, 1, 1, 1}, 1, 1, 130, 390, DENSE},     /* few pixels, many panels: columns */
    {{7, 3, 1, 1, 1, 1}, {6, 3, 1, 1, 1, 1}, 1, 1, 390, 130, SLOT},      /* ... of the fine image */
    {{25, 3, 1, 1, 1, 1}, {26, 3, 1, 1, 1, 1}, 1, 28, 5, 9, DENSE},      /* ... of many groups */
    {{12, 3, 2, 2, 2, 3}, {13, 3, 1, 1, 1, 1}, 2, 84, 9, 11, SPREAD},    /* ... in phases */
    {{61, 3, 1, 1, 1, 1}, {63, 3, 1, 1, 1, 1}, 4, 1, 8, 8, DENSE},       /* one panel, many pixels */
    {{36, 4, 2, 1, 1, 1}, {33, 5, 3, 1, 2, 2}, 20, 1, 8, 12, SLOT},      /* ... in phases of uneven work */
    {{3, 3, 1, 1, 1, 1}, {5, 3, 1, 1, 1, 1}, 200, 1, 16, 24, SPREAD},    /* ... of narrow images */
    {{60, 8, 4, 1, 2, 2}, {66, 8, 4, 1, 3, 2}, 2, 1, 5, 48, SLOT},       /* pixels of a stride side by side */
    {{79, 9, 1, 1, 4, 4}, {81, 9, 1, 1, 4, 4}, 2, 1, 8, 1, DENSE},       /* ... of a convolution, filled up */
    {{81, 9, 1, 1, 4, 4}, {79, 9, 1, 1, 4, 4}, 2, 1, 1, 8, DENSE},       /* ... of its transpose */
    {{60, 3, 1, 1, 1, 1}, {59, 3, 1, 1, 1, 1}, 1, 16, 4, 4, SPREAD},     /* groups filled up */
    {{49, 3, 1, 1, 1, 1}, {47, 3, 1, 1, 1, 1}, 15, 1, 16, 17, SLOT},     /* some images at a time */
    {{49, 4, 2, 1, 1, 1}, {47, 3, 1, 1, 1, 1}, 15, 1, 20, 12, DENSE},    /* ... in phases */
    {{59, 3, 1, 1, 1, 1}, {61, 3, 1, 1, 1, 1}, 3, 1, 48, 3, SPREAD},     /* dot products */
    {{61, 3, 1, 1, 1, 1}, {59, 5, 2, 1, 2, 2}, 3, 1, 4, 32, DENSE},      /* ... of a transpose */
    {{60, 3, 1, 1, 1, 1}, {59, 3, 1, 1, 1, 1}, 2, 8, 8, 8, SLOT},        /* groups that divide vectors */
    {{150, 1, 1, 1, 0, 0}, {150, 1, 1, 1, 0, 0}, 1, 1, 6, 52, DENSE},    /* fewer rows of the filter than tasks */
    {{30, 14, 2, 1, 6, 6}, {33, 6, 3, 1, 2, 1}, 2, 1, 21, 21, DENSE},    /* filter gradients: taps as lanes */
    {{31, 3, 1, 1, 1, 1}, {650, 3, 1, 1, 1, 1}, 1, 1, 16, 8, SPREAD},    /* ... of rows in several blocks */
    {{33, 5, 2, 2, 3, 2}, {35, 5, 2, 2, 2, 3}, 9, 1, 11, 48, SLOT},      /* ... from bands of all taps */
};

typedef struct executor {
    nhwc_pool *pool;
    int64_t tasks; /* of the last call */
} executor;

static void count_and_run(void *state, int64_t count, nhwc_task *task, void *argument)
{
    executor *e = state;
    e->tasks = count;
    nhwc_pool_parallel_for(e->pool, count, task, argument);
}

static const int threads[] = {1, 2, 3, 4, 7};

/* A value that is not finite, found by any of the tasks, has the same effect. */
static void check_special_tasks(const conv_case *c, nhwc_algorithm algorithm, int primitive, const nhwc_tensor *in,
                                nhwc_tensor *expected, nhwc_tensor *out, executor *seven, uint64_t *random)
{
    nhwc_context context = by(algorithm, NHWC_ISA_AUTOMATIC);
    const nhwc_tensor *victim = &in[primitive == FINE ? COARSE : FINE];
    const int64_t element = random_between(random, 0, element_count(victim) - 1);
    const double value = element_get(victim, element);
    element_set(victim, element, INFINITY);
    CHECK_OK(compute(primitive, c, false, &context, in, expected));
    context.threads = 7;
    context.parallel_for = count_and_run;
    context.executor = seven;
    CHECK_OK(compute(primitive, c, false, &context, in, out));
    check_equal(out, expected);
    element_set(victim, element, value);
}

/* One primitive of one case, by 1, 2, 3, 4 and 7 threads and by none. */
static void check_threads(const conv_case *c, int primitive, int mode, view v, nhwc_dtype dtype, executor *executors,
                          uint64_t *random)
{
    nhwc_tensor in[TENSORS], before = tensor_of(c, primitive, dtype, DENSE),
                             expected = tensor_of(c, primitive, dtype, DENSE), out = tensor_of(c, primitive, dtype, v);
    make(c, dtype, v, in);
    for (int p = 0; p < TENSORS; p++)
        fill_for_bits(&in[p], random);
    fill_for_bits(&before, random);
    const nhwc_tensor bias = guarded_tensor(dtype, 1, &out.dims[3], 0);
    fill_for_bits(&bias, random);
    EACH_ALGORITHM(algorithm, c) {
        const nhwc_context serial = by(algorithm, NHWC_ISA_AUTOMATIC);
        copy(&before, &expected);
        CHECK_OK(compute_mode(mode, primitive, c, &serial, in, &bias, &expected));
        for (size_t t = emulated ? 2 : 0; t < COUNT(threads); t += emulated ? 2 : 1) {
            nhwc_context context = serial;
            context.threads = threads[t];
            context.parallel_for = count_and_run;
            context.executor = &executors[t];
            copy(&before, &out);
            executors[t].tasks = 1;
            CHECK_OK(compute_mode(mode, primitive, c, &context, in, &bias, &out));
            CHECK(executors[t].tasks == threads[t]); /* the case is large enough */
            CHECK(same_bits(&out, &expected));
        }
        if (mode == REPLACE)
            check_special_tasks(c, algorithm, primitive, in, &expected, &out, &executors[COUNT(threads) - 1], random);
    }
    done();
}

static void test_threads(void **state)
{
    (void)state;
    uint64_t random = 7;
    executor executors[COUNT(threads)];
    for (size_t t = 0; t < COUNT(threads); t++)
        CHECK_OK(nhwc_pool_create(NULL, threads[t], &executors[t].pool));
    for (size_t i = 0; i < COUNT(shared); i += every)
        for (int primitive = 0; primitive < TENSORS; primitive++)
            for (int mode = 0; mode < modes_of(primitive); mode++) {
                const struct shared *s = &shared[i];
                conv_case c;
                if (emulated && (i + (size_t)primitive) % MODES != (size_t)mode)
                    continue;
                CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &s->h, &s->w, s->batch, s->groups,
                                     s->fine_c, s->coarse_c));
                check_threads(&c, primitive, mode, s->v, dtypes[(i + (size_t)mode) % 2], executors, &random);
            }
    for (size_t t = 0; t < COUNT(threads); t++)
        nhwc_pool_destroy(executors[t].pool);
}

static void check_handed_over(const conv_case *c, int primitive, int mode, view v, nhwc_dtype dtype, uint64_t *random)
{
    nhwc_tensor in[TENSORS], expected = tensor_of(c, primitive, dtype, DENSE), out = tensor_of(c, primitive, dtype, v);
    const nhwc_context im2col = by(NHWC_ALGORITHM_IM2COL, NHWC_ISA_AUTOMATIC);
    const nhwc_context direct = by(NHWC_ALGORITHM_DIRECT, NHWC_ISA_AUTOMATIC);
    make(c, dtype, v, in);
    for (int p = 0; p < TENSORS; p++)
        fill_reals(&in[p], random);
    const nhwc_tensor bias = guarded_tensor(dtype, 1, &out.dims[3], 0);
    fill_reals(&bias, random);
    CHECK_OK(compute_mode(mode, primitive, c, &im2col, in, &bias, &expected));
    CHECK_OK(compute_mode(mode, primitive, c, &direct, in, &bias, &out));
    CHECK(same_bits(&out, &expected));
    done();
}

/* What one algorithm hands over to the other is what that computes, in every mode. */
static void test_handed_over(void **state)
{
    (void)state;
    uint64_t random = 18;
    int64_t cases = 0;
    for (int64_t i = 0; i < 240; i++) {
        const conv_case c = any_case(i, &random);
        if (last_algorithm(&c) == NHWC_ALGORITHM_DIRECT)
            continue;
        for (int p = 0; p < TENSORS; p++)
            for (int mode = 0; mode < modes_of(p); mode++)
                check_handed_over(&c, p, mode, (view)(i % VIEWS), dtypes[i % 2], &random);
        cases++;
    }
    CHECK(cases > 0);
}

static void check_view(const conv_case *c, int primitive, nhwc_dtype dtype, view v, uint64_t *random)
{
    nhwc_tensor in[TENSORS], dense[TENSORS];
    make(c, dtype, v, in);
    make(c, dtype, DENSE, dense);
    for (int p = 0; p < TENSORS; p++) {
        fill_for_bits(&in[p], random);
        copy(&in[p], &dense[p]);
    }
    EACH_ALGORITHM(algorithm, c) {
        const nhwc_context context = by(algorithm, NHWC_ISA_AUTOMATIC);
        nhwc_tensor expected = tensor_of(c, primitive, dtype, DENSE), out = tensor_of(c, primitive, dtype, v);
        CHECK_OK(compute(primitive, c, false, &context, dense, &expected));
        CHECK_OK(compute(primitive, c, false, &context, in, &out));
        if (algorithm == NHWC_ALGORITHM_DIRECT || primitive != FINE) /* im2col's blocks for it do not cross gaps */
            CHECK(same_bits(&out, &expected));
    }
    done();
}

/* The shape decides the bits, not how the images lie in memory. */
static void test_views(void **state)
{
    (void)state;
    uint64_t random = 19;
    for (int64_t i = 0; i < 600; i++) {
        const conv_case c = any_case(i / TENSORS, &random);
        check_view(&c, (int)(i % TENSORS), dtypes[i / 2 % 2], i / 4 % 2 ? SPREAD : SLOT, &random);
    }
}

/* FNV-1a of the elements as little-endian machines hold them. */
static uint64_t hash_elements(uint64_t hash, const nhwc_tensor *t)
{
    for (int64_t e = 0; e < element_count(t); e++) {
        const double value = element_get(t, e);
        const float narrow = (float)value;
        uint64_t bits = 0;
        uint32_t few;
        memcpy(&few, &narrow, sizeof few);
        memcpy(&bits, &value, sizeof bits);
        if (t->dtype == NHWC_FLOAT32)
            bits = few;
        for (size_t byte = 0; byte < nhwc_dtype_size(t->dtype); byte++)
            hash = (hash ^ (bits >> 8 * byte & 0xFF)) * UINT64_C(0x100000001B3);
    }
    return hash;
}

/* The bits of gather, scatter and correlate, float32, then float64, on any machine and compiler where multiply and add
 * are fused. Gather is one chain in one order by both algorithms but for dot products; where DIRECT has bits of its own,
 * they follow. To be recorded anew when blocks are cut differently on purpose. */
static const struct recorded {
    conv_axis h, w;
    int64_t batch, groups, fine_c, coarse_c;
    uint64_t hash[TENSORS], direct[TENSORS];
} recorded[] = {
    {{12, 3, 1, 1, 1, 1}, {13, 3, 1, 1, 1, 1}, 2, 1, 33, 18,
     {0x3316727A85D13CD8, 0xBF0BA8ED512432A5, 0x8009620E98575889}, {0, 0x2B780B9C761A2ABC, 0}},
    {{17, 5, 2, 1, 2, 1}, {16, 4, 3, 2, 1, 2}, 1, 1, 7, 40,
     {0xC4BC02247735A9FB, 0xB5949D99FE9873A8, 0x854DAD136B023892}, {0, 0xD28DCA31F2087662, 0}},
    {{9, 1, 1, 1, 0, 0}, {11, 1, 1, 1, 0, 0}, 2, 1, 300, 17,
     {0x727DD58C2FA53A2E, 0xD8B6907A420ECD3C, 0x0D72D1EDD63EDD4B}, {0, 0, 0}},
    {{8, 3, 1, 1, 1, 1}, {9, 2, 2, 1, 0, 1}, 2, 3, 5, 6,
     {0x588A01C7F317C09F, 0xAF108E49A06647DD, 0x303463C77BEBD818}, {0, 0x7BBD7CC5B71E43DB, 0}},
    {{14, 9, 1, 1, 4, 4}, {15, 9, 2, 1, 4, 4}, 1, 37, 1, 1,
     {0x711D6407E148D2F8, 0xC1296FE5D57DA2D0, 0x38394E4C65CC98AC}, {0, 0, 0}},
    {{14, 5, 1, 1, 2, 2}, {15, 6, 2, 1, 2, 2}, 2, 1, 1, 1,
     {0x006A348FF9D23D2D, 0xFD9391A16200D8AF, 0x0A4F1A76FACBF474}, {0, 0, 0}},
    {{2, 2, 1, 1, 0, 1}, {2500, 7, 1, 1, 3, 3}, 1, 1, 1, 5,
     {0x40144DCBFCB941AF, 0x7CAB35BEF0EE9537, 0x347BA62258FD6C40}, {0, 0xA574BBD42908DFBC, 0}},
    {{6, 3, 1, 1, 1, 1}, {30, 16, 2, 1, 7, 7}, 1, 1, 80, 3,
     {0x0B986EADA3AF1594, 0x6051BCB70C3811A1, 0x827BC0BB2F153945}, {0x6895E371C9CFACD6, 0x8E59C7391082BE9E, 0}},
    {{23, 9, 1, 2, 8, 8}, {10, 11, 3, 2, 9, 10}, 1, 1, 3, 20,
     {0x18C35276847A697D, 0xD1F9A0050033C279, 0x2A97BC1282CD3FA3}, {0, 0xE12E5F666BD75301, 0}},
    {{23, 3, 4, 6, 5, 6}, {25, 4, 6, 4, 7, 3}, 2, 1, 31, 33,
     {0x930BEE8E2CCC9C1D, 0x83657353F310A5D7, 0xC5A0BA302A2CEF08}, {0, 0x51F76FF84B332860, 0}},
    {{3, 3, 1, 1, 1, 1}, {4, 3, 1, 1, 1, 1}, 1, 1, 1100, 20,
     {0xCA738A9937300746, 0x2A19A26C5A8E57FF, 0x33BBCC03D7BF92D3}, {0, 0xE6122974147B6A14, 0}},
    {{4, 3, 2, 1, 1, 1}, {4, 3, 1, 1, 1, 1}, 1, 1, 20, 1100,
     {0x97EC924F8FFF16CF, 0xE2F4A1DFCB5DF081, 0x0758AFC9BC4D1CCB}, {0, 0x226BDF66A68901DD, 0}},
    {{5, 3, 1, 1, 1, 1}, {6, 2, 2, 1, 1, 0}, 2, 3, 17, 40,
     {0x8F2508B0726D0FDF, 0x2D6719BA5C5048E6, 0x6967D5E86BF6B59F}, {0, 0xB24331552A49B6F3, 0}},
    {{7, 3, 2, 1, 1, 1}, {2, 2, 1, 1, 0, 1}, 9, 1, 16, 48,
     {0x1916718FF5A42983, 0xCDF5A0AEEEC7CE55, 0xB8D990C44B638B6A}, {0, 0xEC73546B304D57C1, 0}},
    {{14, 3, 1, 1, 1, 1}, {15, 5, 1, 1, 2, 2}, 2, 1, 3, 20,
     {0xF2C19679DD6D87AB, 0x7177C47ED7B106B1, 0x5C524238DD88B37E}, {0, 0x557F4750F30A1B4D, 0}},
    {{13, 4, 2, 1, 1, 1}, {21, 8, 4, 1, 3, 2}, 2, 1, 5, 19,
     {0xDDC3FB6A3EAFBDE8, 0x851F4D460A21CD94, 0x6811166D5F995D32}, {0, 0xE23BFC171527A3F2, 0}},
    {{40, 16, 8, 1, 4, 4}, {41, 16, 8, 1, 4, 4}, 1, 1, 21, 21,
     {0x8397FCE2EE8D7229, 0xABA75A09DDD18874, 0x5D7BE5A87AF965F6}, {0, 0x4F57FFE208814A32, 0}},
    {{50, 3, 1, 1, 1, 1}, {51, 5, 1, 1, 2, 2}, 1, 1, 3, 2,
     {0xBDFF616BEE2DC70F, 0x284C85E4DE0E07D3, 0x32A6C165EB65D246}, {0, 0x529474EEA99867EE, 0}},
    {{49, 3, 1, 1, 1, 1}, {48, 3, 1, 1, 1, 1}, 1, 8, 4, 4,
     {0xA0FD28CDCCEBFF2C, 0x010B75F58A690D3C, 0x9E6526F5BB9A31A6}, {0, 0x1C408F22DB788C8E, 0}},
    {{9, 3, 1, 1, 1, 1}, {15, 3, 1, 1, 1, 1}, 2, 1, 4, 64,
     {0xBDB52E35D5AA9606, 0x261FAE0F5C01D355, 0xD006BCCE37C78818}, {0, 0x05F3B66C3A0D0294, 0}},
    {{5, 3, 1, 1, 1, 1}, {6, 3, 1, 1, 1, 1}, 2, 1, 528, 1,
     {0x25023434A9848CF2, 0xC94CB1DB75FEA254, 0x2638906308BB9393}, {0xEBE6BDA3AF1574BB, 0x723FF45DCCB9F75D, 0}},
};

static uint64_t hash_of(const conv_case *c, int primitive, const nhwc_context *context, uint64_t random)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t d = 0; d < COUNT(dtypes); d++) {
        nhwc_tensor in[TENSORS], out = tensor_of(c, primitive, dtypes[d], DENSE);
        make(c, dtypes[d], DENSE, in);
        for (int k = 0; k < TENSORS; k++)
            fill_reals(&in[k], &random);
        CHECK_OK(compute(primitive, c, false, context, in, &out));
        hash = hash_elements(hash, &out);
        done();
    }
    return hash;
}

static bool has_recorded_bits(size_t i, const conv_case *c, int primitive, const nhwc_context *context)
{
    const struct recorded *r = &recorded[i];
    const bool is_own = context->algorithm == NHWC_ALGORITHM_DIRECT && r->direct[primitive] != 0;
    const uint64_t expected = is_own ? r->direct[primitive] : r->hash[primitive];
    const uint64_t hash = hash_of(c, primitive, context, 8 + i);
    if (hash != expected)
        print_error("case %zu, %s, %s, %s: 0x%016" PRIX64 ", not 0x%016" PRIX64 "\n", i,
                    algorithm_names[context->algorithm], names[primitive], nhwc_isa_string(context->isa), hash,
                    expected);
    return hash == expected;
}

static void test_recorded_bits(void **state)
{
    (void)state;
    bool same = true;
    if (instrumented)
        skip();
    for (size_t i = 0; i < COUNT(recorded); i++) {
        const struct recorded *r = &recorded[i];
        conv_case c;
        CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &r->h, &r->w, r->batch, r->groups, r->fine_c,
                             r->coarse_c));
        for (int p = 0; p < TENSORS; p++)
            EACH_ALGORITHM(algorithm, &c)
                EACH_ISA(isa) {
                    const nhwc_context context = by(algorithm, isa);
                    if (has_fma(isa))
                        same &= has_recorded_bits(i, &c, p, &context);
                }
    }
    CHECK(same);
}

/* ---- Memory, and what is refused ---------------------------------------------------------------- */

/* The most scratch of a task: the column buffer and the panel; or panels of the filter. */
static size_t task_bytes(nhwc_algorithm algorithm)
{
    return (algorithm == NHWC_ALGORITHM_IM2COL ? 256 + 32 : 512) * 1024;
}

typedef struct meter {
    failing_allocator allocator;
    size_t bytes; /* of all allocations together */
} meter;

static void *metered_allocate(void *state, size_t alignment, size_t bytes)
{
    meter *m = state;
    m->bytes += bytes;
    return failing_allocate(&m->allocator, alignment, bytes);
}

static void metered_deallocate(void *state, void *memory)
{
    failing_deallocate(&((meter *)state)->allocator, memory);
}

static void one_by_one(void *unused, int64_t count, nhwc_task *task, void *argument)
{
    (void)unused;
    for (int64_t index = count - 1; index >= 0; index--)
        task(argument, index);
}

/* A call within its scratch, and one without any, which changes nothing. Returns the number of allocations. */
static int64_t check_scratch(const conv_case *c, int primitive, bool transposed, nhwc_context context,
                             const nhwc_tensor *in, const nhwc_tensor *before, nhwc_tensor *out)
{
    meter m = {.bytes = 0};
    context.allocate = metered_allocate;
    context.deallocate = metered_deallocate;
    context.allocator = &m;
    context.parallel_for = one_by_one;
    CHECK_OK(compute(primitive, c, transposed, &context, in, out));
    CHECK(m.bytes <= (size_t)context.threads * task_bytes(context.algorithm) && m.allocator.live == 0);
    const int64_t calls = m.allocator.calls;
    for (int64_t fail_at = 1; fail_at <= calls; fail_at++) {
        m.allocator = (failing_allocator){.fail_at = fail_at};
        copy(before, out);
        CHECK_FAILS(compute(primitive, c, transposed, &context, in, out), NHWC_ERROR_OUT_OF_MEMORY, "bytes");
        CHECK(m.allocator.live == 0 && same_bits(out, before));
    }
    return calls;
}

/* Counts the allocations of each algorithm. */
static void check_memory(const conv_case *c, nhwc_dtype dtype, int count, int64_t *allocations, uint64_t *random)
{
    nhwc_tensor in[TENSORS], before[TENSORS], out[TENSORS];
    make(c, dtype, DENSE, in);
    make(c, dtype, DENSE, before);
    make(c, dtype, SPREAD, out);
    for (int p = 0; p < TENSORS; p++)
        fill_reals(&before[p], random);
    for (int p = 0; p < 2 * TENSORS; p++)
        EACH_ALGORITHM(algorithm, c) {
            nhwc_context context = by(algorithm, NHWC_ISA_AUTOMATIC);
            context.threads = count;
            allocations[algorithm] +=
                check_scratch(c, p % TENSORS, p >= TENSORS, context, in, &before[p % TENSORS], &out[p % TENSORS]);
        }
    done();
}

static void test_memory(void **state)
{
    (void)state;
    uint64_t random = 9;
    int64_t allocations[NHWC_ALGORITHM_DIRECT + 1] = {0};
    for (int64_t i = 0; i < 200; i++) {
        const conv_case c = any_case(i, &random);
        check_memory(&c, dtypes[i % 2], 1 + (int)i % 3 * 3, allocations, &random);
    }
    for (size_t i = 0; i < 2 * COUNT(enormous); i++) {
        conv_case c;
        CHECK(make_enormous(i / 2, &c));
        check_memory(&c, dtypes[i % 2], i < COUNT(enormous) ? 7 : 1, allocations, &random);
    }
    CHECK(allocations[NHWC_ALGORITHM_IM2COL] > 0 && allocations[NHWC_ALGORITHM_DIRECT] > 0);
}

static void test_refused_isa(void **state)
{
    (void)state;
    uint64_t random = 10;
    const conv_case c = conv_case_random(&random, 5);
    const nhwc_isa refused[] = {(nhwc_isa)99, (nhwc_isa)-1, NHWC_ISA_AVX2, NHWC_ISA_AVX512};
    nhwc_tensor in[TENSORS], before[TENSORS], out[TENSORS];
    make(&c, NHWC_FLOAT32, DENSE, in);
    make(&c, NHWC_FLOAT32, DENSE, before);
    make(&c, NHWC_FLOAT32, DENSE, out);
    for (size_t i = 0; i < COUNT(refused); i++) {
        if (nhwc_isa_available(refused[i]))
            continue;
        char number[16];
        snprintf(number, sizeof number, "%d", (int)refused[i]);
        for (int p = 0; p < 2 * TENSORS; p++)
            EACH_ALGORITHM(algorithm, &c) {
                const nhwc_context context = by(algorithm, refused[i]);
                CHECK_FAILS(compute(p % TENSORS, &c, p >= TENSORS, &context, in, &out[p % TENSORS]),
                            NHWC_ERROR_ARGUMENT, "context->isa is", number, nhwc_isa_string(refused[i]));
                CHECK(same_bits(&out[p % TENSORS], &before[p % TENSORS]));
            }
    }
    done();
    CHECK(nhwc_isa_available(NHWC_ISA_AUTOMATIC) && nhwc_isa_available(NHWC_ISA_SCALAR) &&
          nhwc_isa_available(NHWC_ISA_BASELINE));
}

#define TEST(name) cmocka_unit_test_teardown(name, print_trial)

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--full") == 0) {
        int64_t part[2] = {1, 1};
        if (argc > 2 && sscanf(argv[2], "%" SCNd64 "/%" SCNd64, &part[0], &part[1]) != 2)
            return EXIT_FAILURE;
        if (part[0] < 1 || part[0] > part[1])
            return EXIT_FAILURE;
        const struct CMUnitTest full[] = {
            {.name = "full", .test_func = test_full, .teardown_func = print_trial, .initial_state = part},
        };
        return cmocka_run_group_tests(full, NULL, NULL);
    }
    const struct CMUnitTest tests[] = {
        TEST(test_small), TEST(test_large), TEST(test_enormous), TEST(test_epilogue), TEST(test_accumulate),
        TEST(test_special_values), TEST(test_special_values_exchanged), TEST(test_loops), TEST(test_depthwise),
        TEST(test_lone_strides), TEST(test_odd_images), TEST(test_channels), TEST(test_groups), TEST(test_short_rows),
        TEST(test_narrow), TEST(test_unreached), TEST(test_side_by_side), TEST(test_filled), TEST(test_dots),
        TEST(test_few_channels_per_group), TEST(test_number_of_runs), TEST(test_limits), TEST(test_two_chains),
        TEST(test_threads), TEST(test_handed_over), TEST(test_views), TEST(test_recorded_bits), TEST(test_memory),
        TEST(test_refused_isa),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
