/* Resizing: TensorFlow's numbers, all small sizes against plain loops, the adjoint identity, threads, views, what is
 * refused. */
#include <math.h>
#include <nhwc/image.h>

#include "golden/image_golden.h"
#include "support/build.h"
#include "support/check.h"
#include "support/each.h"
#include "support/failing_allocator.h"
#include "support/fill.h"
#include "support/guarded.h"
#include "support/random.h"

static const double unit[] = {0x1p-24, 0x1p-53};

static void backwards(void *executor, int64_t count, nhwc_task *task, void *argument)
{
    (void)executor;
    for (int64_t i = count; i-- > 0;)
        task(argument, i);
}

static nhwc_status resize(bool is_nearest, const nhwc_context *context, const nhwc_tensor *x,
                          nhwc_resize_centers centers, nhwc_tensor *y)
{
    const nhwc_resize_options options = {centers};
    return (is_nearest ? nhwc_resize_nearest : nhwc_resize_bilinear)(context, x, &options, y);
}

static nhwc_status resize_backprop(bool is_nearest, const nhwc_context *context, const nhwc_tensor *dy,
                                   nhwc_resize_centers centers, nhwc_tensor *dx)
{
    const nhwc_resize_options options = {centers};
    return (is_nearest ? nhwc_resize_nearest_backprop : nhwc_resize_bilinear_backprop)(context, dy, &options, dx);
}

/* ---- TensorFlow ------------------------------------------------------------------------------ */

static const double *golden_places(bool is_nearest, nhwc_resize_centers centers)
{
    switch (centers) {
    case NHWC_RESIZE_DEFAULT: return is_nearest ? golden_nearest_default : golden_bilinear_default;
    case NHWC_RESIZE_ALIGN_CORNERS: return is_nearest ? golden_nearest_align_corners : golden_bilinear_align_corners;
    case NHWC_RESIZE_HALF_PIXEL_CENTERS: break;
    }
    return is_nearest ? golden_nearest_half_pixel_centers : golden_bilinear_half_pixel_centers;
}

/* A side of n pixels whose values are their numbers, made into one of O: at[i], which is a row or a column. */
static void check_side(bool is_nearest, nhwc_resize_centers centers, int64_t n, int64_t o, bool is_row,
                       const double *at)
{
    const nhwc_dtype dtype = floats[(n + o) % 2];
    const nhwc_tensor x = guarded_tensor(dtype, 4, (int64_t[]){1, is_row ? 1 : n, is_row ? n : 1, 1}, 0);
    nhwc_tensor y = guarded_tensor(dtype, 4, (int64_t[]){1, is_row ? 1 : o, is_row ? o : 1, 1}, 0);
    for (int64_t i = 0; i < n; i++)
        element_set(&x, i, (double)i);
    CHECK_OK(resize(is_nearest, NULL, &x, centers, &y));
    for (int64_t i = 0; i < o; i++)
        CHECK(fabs(element_get(&y, i) - at[i]) <= (is_nearest ? 0 : 1e-6));
    guarded_check();
    guarded_release();
}

static void test_places(void **state)
{
    (void)state;
    for (int is_nearest = 0; is_nearest < 2; is_nearest++)
        for (int centers = 0; centers < 3; centers++) {
            const double *at = golden_places(is_nearest, (nhwc_resize_centers)centers);
            for (int64_t n = 1; n <= golden_sides; n++)
                for (int64_t o = 1; o <= golden_sides; at += o++) {
                    check_side(is_nearest, (nhwc_resize_centers)centers, n, o, true, at);
                    check_side(is_nearest, (nhwc_resize_centers)centers, n, o, false, at);
                }
        }
}

static void fill_golden(const nhwc_tensor *tensor, int64_t factor)
{
    for (int64_t i = 0; i < element_count(tensor); i++)
        element_set(tensor, i, (double)((i * factor + 11) % 101 % 11 - 5));
}

static void check_close(const nhwc_tensor *given, const double *wanted)
{
    for (int64_t i = 0; i < element_count(given); i++)
        CHECK(fabs(element_get(given, i) - wanted[i]) <= 2e-5); /* of up to 50, in float32 */
}

static void check_golden(const nhwc_context *context, const golden_resize *golden, nhwc_dtype dtype, int64_t gap)
{
    const nhwc_tensor x = guarded_tensor(dtype, 4, golden->x, gap), dy = guarded_tensor(dtype, 4, golden->y, gap + 1);
    nhwc_tensor y = guarded_tensor(dtype, 4, golden->y, gap), dx = guarded_tensor(dtype, 4, golden->x, gap);
    fill_golden(&x, 37);
    fill_golden(&dy, 13);
    fill_value(&dx, 99);
    CHECK_OK(resize(golden->is_nearest, context, &x, golden->centers, &y));
    CHECK_OK(resize_backprop(golden->is_nearest, context, &dy, golden->centers, &dx));
    check_close(&y, golden->values);
    check_close(&dx, golden->dx);
    guarded_check();
    guarded_release();
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t g = 0; g < COUNT(golden_resizes) && nhwc_isa_available(isas[i]); g++)
            for (size_t d = 0; d < COUNT(floats); d++)
                for (int64_t gap = 0; gap < 3; gap += 2)
                    check_golden(&(nhwc_context){.isa = isas[i]}, &golden_resizes[g], floats[d], gap);
}

/* ---- Plain loops ------------------------------------------------------------------------------ */

typedef struct place {
    int64_t lower, upper;
    double fraction;
} place;

/* As TensorFlow's compute_interpolation_weights, and as its nearest neighbor. */
static place plain_place(bool is_nearest, nhwc_resize_centers centers, int64_t n, int64_t o, int64_t i)
{
    const bool aligned = centers == NHWC_RESIZE_ALIGN_CORNERS, half = centers == NHWC_RESIZE_HALF_PIXEL_CENTERS;
    const float scale = aligned && o > 1 ? (float)(n - 1) / (float)(o - 1) : (float)n / (float)o;
    volatile float at = half ? (float)i + 0.5f : (float)i; /* each step is rounded */
    at = at * scale;
    if (is_nearest) {
        const int64_t pixel = (int64_t)(aligned ? roundf(at) : floorf(at));
        return (place){pixel < n ? pixel : n - 1, pixel < n ? pixel : n - 1, 0};
    }
    if (half)
        at = at - 0.5f;
    const float below = floorf(at);
    return (place){below > 0 ? (int64_t)below : 0, ceilf(at) < (float)n ? (int64_t)fmaxf(0, ceilf(at)) : n - 1,
                   (double)(at - below)};
}

typedef struct resize_case {
    bool is_nearest;
    nhwc_resize_centers centers;
    nhwc_tensor x, y, dy, dx;
} resize_case;

/* What each of the four neighbours of element `index` of y has a share of; returns their number. */
static int neighbours(const resize_case *c, int64_t index, int64_t *element, double *share)
{
    const int64_t *from = c->x.dims, *to = c->y.dims, channel = index % to[3], n = index / to[3] / to[2] / to[1];
    const place h = plain_place(c->is_nearest, c->centers, from[1], to[1], index / to[3] / to[2] % to[1]);
    const place w = plain_place(c->is_nearest, c->centers, from[2], to[2], index / to[3] % to[2]);
    int count = 0;
    for (int i = 0; i < 4; i++) {
        const int64_t row = i < 2 ? h.lower : h.upper, column = i % 2 == 0 ? w.lower : w.upper;
        if ((i >= 2 && h.lower == h.upper) || (i % 2 == 1 && w.lower == w.upper))
            continue;
        const double fh = h.lower == h.upper ? 0 : h.fraction, fw = w.lower == w.upper ? 0 : w.fraction;
        element[count] = ((n * from[1] + row) * from[2] + column) * from[3] + channel;
        share[count++] = (i < 2 ? 1 - fh : fh) * (i % 2 == 0 ? 1 - fw : fw);
    }
    return count;
}

/* Within what some roundings make of it, and where there is no number, none. */
static void check_near(double given, double wanted, double size, nhwc_dtype dtype)
{
    if (wanted - wanted == 0)
        CHECK(fabs(given - wanted) <= 8 * unit[dtype] * size);
    else
        CHECK(given - given != 0);
}

static void check_plain(const resize_case *c)
{
    const int64_t pixels = element_count(&c->x);
    double *dx = calloc((size_t)pixels + 1, sizeof *dx), *size = calloc((size_t)pixels + 1, sizeof *size);
    for (int64_t i = 0; i < element_count(&c->y); i++) {
        int64_t element[4];
        double share[4], sum = 0, most = 0;
        const int count = neighbours(c, i, element, share);
        for (int j = 0; j < count; j++) {
            const double value = element_get(&c->x, element[j]), dy = element_get(&c->dy, i);
            sum += value * share[j];
            most = fmax(most, fabs(value));
            dx[element[j]] += dy * share[j];
            size[element[j]] += fabs(dy);
        }
        check_near(element_get(&c->y, i), sum, c->is_nearest ? 0 : most, c->x.dtype);
    }
    for (int64_t i = 0; i < pixels; i++)
        check_near(element_get(&c->dx, i), dx[i], c->is_nearest ? 0 : size[i], c->x.dtype);
    free(dx);
    free(size);
}

static resize_case make_case(bool is_nearest, nhwc_resize_centers centers, nhwc_dtype dtype, const int64_t *x_dims,
                             const int64_t *y_dims, int64_t gap)
{
    return (resize_case){.is_nearest = is_nearest,
                         .centers = centers,
                         .x = guarded_tensor(dtype, 4, x_dims, gap),
                         .y = guarded_tensor(dtype, 4, y_dims, gap ? gap - 1 : 0),
                         .dy = guarded_tensor(dtype, 4, y_dims, gap),
                         .dx = guarded_tensor(dtype, 4, x_dims, gap ? gap + 2 : 0)};
}

static void run_case(resize_case *c, const nhwc_context *context)
{
    fill_value(&c->y, 99); /* something to overwrite */
    fill_value(&c->dx, 99);
    CHECK_OK(resize(c->is_nearest, context, &c->x, c->centers, &c->y));
    CHECK_OK(resize_backprop(c->is_nearest, context, &c->dy, c->centers, &c->dx));
}

/* Now and then what is no number, of which an element that has no share of it knows nothing. */
static void fill_x(const nhwc_tensor *x, uint64_t *random, bool specials)
{
    for (int64_t i = 0; i < element_count(x); i++) {
        element_set(x, i, (double)random_between(random, -99, 99));
        if (specials && random_between(random, 0, 19) == 0)
            element_set(x, i, random_between(random, 0, 1) ? NAN : INFINITY);
    }
}

/* All small sides, as the height and, with another order, as the width. */
static void test_sweep(void **state)
{
    (void)state;
    static const int64_t channels[] = {1, 2, 3, 4, 5, 8, 9, 16, 21, 67, 150};
    static const int64_t sides[] = {1, 2, 3, 4, 5, 7, 8, 12, 33};
    uint64_t random = 1;
    int64_t number = 0;
    for (size_t h = 0; h < COUNT(sides); h++)
        for (size_t to = 0; to < COUNT(sides); to++)
            for (int is_nearest = 0; is_nearest < 2; is_nearest++)
                for (int centers = 0; centers < 3; centers++, number++) {
                    const int64_t c = channels[number % (int64_t)COUNT(channels)], n = random_between(&random, 1, 2);
                    const int64_t x_dims[4] = {n, sides[h], random_between(&random, 1, 9), c};
                    const int64_t y_dims[4] = {n, sides[to], random_between(&random, 1, 20), c};
                    const nhwc_isa isa = isas[number / 3 % (int64_t)COUNT(isas)];
                    if (number % every != 0)
                        continue;
                    resize_case one = make_case(is_nearest, (nhwc_resize_centers)centers, floats[number / 7 % 2],
                                                x_dims, y_dims, number / 5 % 3);
                    fill_x(&one.x, &random, number % 2);
                    fill_integers(&one.dy, &random, 9);
                    run_case(&one, &(nhwc_context){.isa = nhwc_isa_available(isa) ? isa : NHWC_ISA_AUTOMATIC});
                    check_plain(&one);
                    guarded_check();
                    guarded_release();
                }
}

/* ---- Threads and instruction sets ----------------------------------------------------------- */

/* Those that fuse give the same bits; of the nearest pixel all do, as they do not multiply. */
static bool gives_bits_of(nhwc_isa isa, nhwc_isa other, bool is_nearest)
{
    return is_nearest || isa == other || (isa == NHWC_ISA_AVX512 && other == NHWC_ISA_AVX2);
}

static void check_threads(bool is_nearest, nhwc_resize_centers centers, nhwc_dtype dtype, const int64_t *x_dims,
                          const int64_t *y_dims)
{
    resize_case c = make_case(is_nearest, centers, dtype, x_dims, y_dims, 1);
    uint64_t random = 2;
    fill_reals(&c.x, &random);
    fill_reals(&c.dy, &random);
    resize_case other = c;
    other.y = guarded_tensor(dtype, 4, y_dims, 0);
    other.dx = guarded_tensor(dtype, 4, x_dims, 0);
    for (int threads = 2; threads < 8; threads += 5)
        for (size_t i = 0, first = 0; i < COUNT(isas); i++) {
            if (!nhwc_isa_available(isas[i]))
                continue;
            if (i == 0 || instrumented || !gives_bits_of(isas[i], isas[first], is_nearest)) {
                first = i;
                run_case(&c, &(nhwc_context){.isa = isas[i]});
            }
            run_case(&other, &(nhwc_context){.isa = isas[i], .threads = threads, .parallel_for = backwards});
            CHECK(same_elements(&c.y, &other.y) && same_elements(&c.dx, &other.dx));
        }
    guarded_check();
    guarded_release();
}

static void test_threads(void **state)
{
    (void)state;
    static const int64_t channels[] = {1, 3, 37};
    for (int centers = 0; centers < 3; centers++)
        for (int is_nearest = 0; is_nearest < 2; is_nearest++)
            for (size_t d = 0; d < COUNT(floats); d++)
                for (size_t i = 0; i < COUNT(channels) - emulated; i++) {
                    const nhwc_resize_centers c = (nhwc_resize_centers)centers;
                    const int64_t n = channels[i];
                    check_threads(is_nearest, c, floats[d], (int64_t[]){2, 19, 17, n}, (int64_t[]){2, 38, 51, n});
                    check_threads(is_nearest, c, floats[d], (int64_t[]){2, 40, 20, n}, (int64_t[]){2, 9, 33, n});
                }
}

/* ---- What is promised ------------------------------------------------------------------------ */

/* The shares of powers of two are exact, and so is the adjoint identity. */
static void test_adjoint(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int is_nearest = 0; is_nearest < 2; is_nearest++)
        for (int centers = 0; centers < 3; centers += 2)
            for (int64_t factor = 1; factor < 9; factor *= 2)
                for (size_t d = 0; d < COUNT(floats); d++) {
                    resize_case c = make_case(is_nearest, (nhwc_resize_centers)centers, floats[d],
                                              (int64_t[]){2, 5, 3, 21}, (int64_t[]){2, 5 * factor, 3 * factor, 21}, 0);
                    fill_integers(&c.x, &random, 20);
                    fill_integers(&c.dy, &random, 20);
                    run_case(&c, NULL);
                    CHECK(inner_product(&c.y, &c.dy) == inner_product(&c.x, &c.dx));
                    guarded_release();
                }
}

/* In float64, where rounding is far below the differences. */
static void test_differences(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (int centers = 0; centers < 3; centers++) {
        resize_case c = make_case(false, (nhwc_resize_centers)centers, NHWC_FLOAT64, (int64_t[]){1, 4, 5, 2},
                                  (int64_t[]){1, 7, 3, 2}, 0);
        fill_reals(&c.x, &random);
        fill_reals(&c.dy, &random);
        run_case(&c, NULL);
        const double before = inner_product(&c.y, &c.dy);
        for (int64_t i = 0; i < element_count(&c.x); i++) {
            const double x = element_get(&c.x, i);
            element_set(&c.x, i, x + 0.5);
            CHECK_OK(resize(false, NULL, &c.x, c.centers, &c.y));
            CHECK(fabs((inner_product(&c.y, &c.dy) - before) / 0.5 - element_get(&c.dx, i)) < 1e-13);
            element_set(&c.x, i, x);
        }
        guarded_release();
    }
}

/* One colour stays that colour, exactly. */
static void test_constant(void **state)
{
    (void)state;
    const double colour = (float)0.1; /* the cast rounds it where a 0.1f may have more digits */
    for (size_t i = 0; i < COUNT(isas); i++)
        for (int centers = 0; centers < 3 && nhwc_isa_available(isas[i]); centers++) {
            resize_case c = make_case(false, (nhwc_resize_centers)centers, NHWC_FLOAT32, (int64_t[]){1, 7, 5, 19},
                                      (int64_t[]){1, 31, 13, 19}, 0);
            fill_value(&c.x, colour);
            run_case(&c, &(nhwc_context){.isa = isas[i]});
            for (int64_t j = 0; j < element_count(&c.y); j++)
                CHECK(element_get(&c.y, j) == colour);
            guarded_release();
        }
}

/* Images without pixels, or of none. */
static void test_empty(void **state)
{
    (void)state;
    for (int is_nearest = 0; is_nearest < 2; is_nearest++)
        for (int side = 0; side < 4; side++) {
            int64_t x_dims[4] = {2, 3, 4, 5}, y_dims[4] = {2, 4, 3, 5};
            y_dims[side] = 0;
            if (side == 0 || side == 3)
                x_dims[side] = 0;
            resize_case c = make_case(is_nearest, NHWC_RESIZE_DEFAULT, NHWC_FLOAT32, x_dims, y_dims, 0);
            run_case(&c, NULL);
            for (int64_t i = 0; i < element_count(&c.dx); i++)
                CHECK(element_get(&c.dx, i) == 0);
            guarded_release();
        }
}

static void test_rejections(void **state)
{
    (void)state;
    float data[64] = {0}, out[64];
    for (int i = 0; i < 64; i++)
        out[i] = 7;
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 1, 4, 4, 2);
    const nhwc_tensor empty = NHWC_TENSOR(NHWC_FLOAT32, data, 1, 0, 4, 2);
    const nhwc_tensor flat = NHWC_TENSOR(NHWC_FLOAT32, data, 32), doubles = NHWC_TENSOR(NHWC_FLOAT64, data, 1, 2, 2, 2);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, out, 1, 2, 6, 2), two = NHWC_TENSOR(NHWC_FLOAT32, out, 2, 2, 6, 2);
    nhwc_tensor three = NHWC_TENSOR(NHWC_FLOAT32, out, 1, 2, 6, 3), same = x, half = y, repeated = y;
    nhwc_tensor none = NHWC_TENSOR(NHWC_FLOAT32, out, 1, 3, 0, 2);
    half.strides[3] = 2;
    repeated.strides[2] = 1;
    const nhwc_resize_options unknown = {(nhwc_resize_centers)3};
    CHECK_FAILS(nhwc_resize_nearest(NULL, NULL, NULL, &y), NHWC_ERROR_ARGUMENT, "resize_nearest: x is NULL");
    CHECK_FAILS(nhwc_resize_bilinear(NULL, &x, NULL, NULL), NHWC_ERROR_ARGUMENT, "resize_bilinear: y is NULL");
    CHECK_FAILS(nhwc_resize_bilinear(NULL, &x, &unknown, &y), NHWC_ERROR_ARGUMENT, "centers is 3");
    CHECK_FAILS(nhwc_resize_bilinear(NULL, &flat, NULL, &y), NHWC_ERROR_RANK, "x has rank 1");
    CHECK_FAILS(nhwc_resize_bilinear(NULL, &doubles, NULL, &y), NHWC_ERROR_DTYPE, "y is float32", "x float64");
    CHECK_FAILS(nhwc_resize_bilinear(NULL, &x, NULL, &two), NHWC_ERROR_SHAPE, "y is [2, 2, 6, 2]", "batch");
    CHECK_FAILS(nhwc_resize_bilinear(NULL, &x, NULL, &three), NHWC_ERROR_SHAPE, "[1, 2, 6, 3]", "[1, 4, 4, 2]");
    CHECK_FAILS(nhwc_resize_bilinear(NULL, &empty, NULL, &y), NHWC_ERROR_SHAPE, "[1, 0, 4, 2]", "without pixels");
    CHECK_FAILS(nhwc_resize_bilinear(NULL, &x, NULL, &half), NHWC_ERROR_LAYOUT, "strides[3] is 2");
    CHECK_FAILS(nhwc_resize_bilinear(NULL, &x, NULL, &repeated), NHWC_ERROR_ALIAS, "elements overlap");
    CHECK_FAILS(nhwc_resize_bilinear(NULL, &x, NULL, &same), NHWC_ERROR_ALIAS, "y shares memory with x");
    CHECK_FAILS(nhwc_resize_nearest_backprop(NULL, &x, NULL, &same), NHWC_ERROR_ALIAS, "dx shares memory with dy");
    CHECK_FAILS(nhwc_resize_nearest_backprop(NULL, &x, NULL, &none), NHWC_ERROR_SHAPE, "dx is [1, 3, 0, 2]");
    CHECK_FAILS(nhwc_resize_nearest(&(nhwc_context){.threads = -1}, &x, NULL, &y), NHWC_ERROR_ARGUMENT,
                "threads is -1");
    failing_allocator fails = {.fail_at = 1};
    const nhwc_context context = failing_context(&fails);
    CHECK_FAILS(nhwc_resize_bilinear(&context, &x, NULL, &y), NHWC_ERROR_OUT_OF_MEMORY, "bytes");
    fails.calls = 0;
    CHECK_FAILS(nhwc_resize_bilinear_backprop(&context, &x, NULL, &y), NHWC_ERROR_OUT_OF_MEMORY, "bytes");
    for (int i = 0; i < 64; i++)
        CHECK(out[i] == 7 && data[i] == 0);
    CHECK_OK(nhwc_resize_bilinear(&context, &x, NULL, &y));
    CHECK(fails.live == 0 && fails.bytes <= 192); /* a place for each row and column */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),  cmocka_unit_test(test_golden),      cmocka_unit_test(test_sweep),
        cmocka_unit_test(test_threads), cmocka_unit_test(test_adjoint),     cmocka_unit_test(test_differences),
        cmocka_unit_test(test_constant), cmocka_unit_test(test_empty),      cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
