/* Pooling: TensorFlow's numbers, all small windows against a plain loop, gradients, threads, views, rejections. */
#include <math.h>
#include <nhwc/image.h>
#include <string.h>

#include "golden/image_golden.h"
#include "support/build.h"
#include "support/check.h"
#include "support/each.h"
#include "support/failing_allocator.h"
#include "support/fill.h"
#include "support/guarded.h"
#include "support/random.h"

static const double unit[] = {0x1p-24, 0x1p-53};

/* An image, what is made of it, and the gradients of both. */
typedef struct pool_case {
    bool is_max;
    nhwc_pool2d_options options;
    nhwc_tensor x, y, dy, dx;
} pool_case;

static pool_case make_case(bool is_max, const nhwc_pool2d_options *options, nhwc_dtype dtype, const int64_t *x_dims,
                           const int64_t *y_dims, int64_t gap)
{
    return (pool_case){.is_max = is_max,
                       .options = *options,
                       .x = guarded_tensor(dtype, 4, x_dims, gap),
                       .y = guarded_tensor(dtype, 4, y_dims, gap ? gap - 1 : 0),
                       .dy = guarded_tensor(dtype, 4, y_dims, gap),
                       .dx = guarded_tensor(dtype, 4, x_dims, gap ? gap + 2 : 0)};
}

static void run_case(pool_case *c, const nhwc_context *context)
{
    fill_value(&c->y, 99); /* something to overwrite */
    fill_value(&c->dx, 99);
    if (c->is_max) {
        CHECK_OK(nhwc_max_pool2d(context, &c->x, &c->options, &c->y));
        CHECK_OK(nhwc_max_pool2d_backprop(context, &c->dy, &c->x, &c->options, &c->dx));
    } else {
        CHECK_OK(nhwc_avg_pool2d(context, &c->x, &c->options, &c->y));
        CHECK_OK(nhwc_avg_pool2d_backprop(context, &c->dy, &c->options, &c->dx));
    }
}

/* The same where the image is the window. */
static void run_global(pool_case *c, const nhwc_context *context)
{
    fill_value(&c->y, 99);
    fill_value(&c->dx, 99);
    if (c->is_max) {
        CHECK_OK(nhwc_global_max_pool2d(context, &c->x, &c->y));
        CHECK_OK(nhwc_global_max_pool2d_backprop(context, &c->dy, &c->x, &c->dx));
    } else {
        CHECK_OK(nhwc_global_avg_pool2d(context, &c->x, &c->y));
        CHECK_OK(nhwc_global_avg_pool2d_backprop(context, &c->dy, &c->dx));
    }
}

/* ---- TensorFlow ------------------------------------------------------------------------------ */

static void fill_golden(const nhwc_tensor *tensor, int64_t factor)
{
    for (int64_t i = 0; i < element_count(tensor); i++)
        element_set(tensor, i, (double)((i * factor + 11) % 101 % 11 - 5));
}

static void check_close(const nhwc_tensor *given, const double *wanted)
{
    for (int64_t i = 0; i < element_count(given); i++)
        CHECK(fabs(element_get(given, i) - wanted[i]) <= 4e-6); /* the file has float32 */
}

static void check_golden(const nhwc_context *context, const golden_pool *golden, nhwc_dtype dtype, int64_t gap)
{
    pool_case c = make_case(golden->is_max, &golden->options, dtype, golden->x, golden->y, gap);
    fill_golden(&c.x, 37);
    fill_golden(&c.dy, 13);
    run_case(&c, context);
    check_close(&c.y, golden->values);
    check_close(&c.dx, golden->dx);
    if (memcmp(golden->options.ksize, &golden->x[1], sizeof golden->options.ksize) == 0 && golden->y[1] == 1) {
        run_global(&c, context);
        check_close(&c.y, golden->values);
        check_close(&c.dx, golden->dx);
    }
    guarded_check();
    guarded_release();
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t g = 0; g < COUNT(golden_pools) && nhwc_isa_available(isas[i]); g++)
            for (size_t d = 0; d < COUNT(floats); d++)
                for (int64_t gap = 0; gap < 3; gap += 2)
                    check_golden(&(nhwc_context){.isa = isas[i]}, &golden_pools[g], floats[d], gap);
}

/* ---- A plain loop ---------------------------------------------------------------------------- */

static double rounded(nhwc_dtype dtype, double value)
{
    return dtype == NHWC_FLOAT32 ? (float)value : value;
}

/* The row-major index of the tap of a window in x, less the channel; -1 outside. */
static int64_t pixel_of(const nhwc_geometry *g, int64_t n, int64_t y, int64_t x, int64_t ky, int64_t kx)
{
    const int64_t fy = y * g->h.stride + ky * g->h.dilation - g->h.pad_before;
    const int64_t fx = x * g->w.stride + kx * g->w.dilation - g->w.pad_before;
    const bool inside = fy >= 0 && fy < g->h.fine && fx >= 0 && fx < g->w.fine;
    return inside ? ((n * g->h.fine + fy) * g->w.fine + fx) * g->fine_c : -1;
}

/* One element of y, and what its gradient gives to dx. */
static void plain_window(const pool_case *c, const nhwc_geometry *g, int64_t index, double *y, double *dx)
{
    const int64_t channel = index % g->fine_c, column = index / g->fine_c % g->w.coarse;
    const int64_t row = index / g->fine_c / g->w.coarse % g->h.coarse;
    const int64_t n = index / g->fine_c / g->w.coarse / g->h.coarse;
    const nhwc_dtype dtype = c->x.dtype;
    double most = -INFINITY, first_most = 0, sum = 0, count = 0;
    int64_t where = -1;
    for (int64_t tap = 0; tap < g->h.kernel * g->w.kernel; tap++) {
        const int64_t at = pixel_of(g, n, row, column, tap / g->w.kernel, tap % g->w.kernel);
        if (at < 0)
            continue;
        const double value = element_get(&c->x, at + channel);
        most = value > most ? value : most;
        if (where < 0 || value > first_most) {
            where = at + channel;
            first_most = value;
        }
        sum = rounded(dtype, sum + value);
        count++;
    }
    if (c->options.count_padding)
        count = (double)(g->h.kernel * g->w.kernel);
    *y = c->is_max ? most : rounded(dtype, sum / count);
    const double dy = element_get(&c->dy, index), share = rounded(dtype, dy / count);
    if (c->is_max && where >= 0)
        dx[where] = rounded(dtype, dx[where] + dy);
    for (int64_t tap = 0; tap < g->h.kernel * g->w.kernel && !c->is_max; tap++) {
        const int64_t at = pixel_of(g, n, row, column, tap / g->w.kernel, tap % g->w.kernel);
        if (at >= 0)
            dx[at + channel] = rounded(dtype, dx[at + channel] + share);
    }
}

static bool same(double a, double b)
{
    return a == b || (a != a && b != b);
}

/* Bit for bit: both add in the same order. */
static void check_plain(const pool_case *c)
{
    nhwc_geometry g;
    CHECK_OK(nhwc_pool2d_geometry(c->x.dims, &c->options, &g));
    const int64_t pixels = element_count(&c->x);
    double *dx = calloc((size_t)pixels + 1, sizeof *dx);
    for (int64_t i = 0; i < element_count(&c->y); i++) {
        double y;
        plain_window(c, &g, i, &y, dx);
        CHECK(same(element_get(&c->y, i), y));
    }
    for (int64_t i = 0; i < pixels; i++)
        CHECK(same(element_get(&c->dx, i), dx[i]));
    free(dx);
}

/* Integers, of which some are equal; now and then what is none. */
static void fill_x(const nhwc_tensor *x, uint64_t *random, bool specials)
{
    static const double special[] = {NAN, INFINITY, -INFINITY, -0.0, 0.3};
    for (int64_t i = 0; i < element_count(x); i++) {
        element_set(x, i, (double)random_between(random, -4, 4));
        if (specials && random_between(random, 0, 9) == 0)
            element_set(x, i, rounded(x->dtype, special[random_between(random, 0, 4)]));
    }
}

/* The geometry is that of a convolution. */
static void check_geometry(const nhwc_pool2d_options *o, const int64_t *x, const nhwc_geometry *g)
{
    nhwc_conv2d_options options = {.padding = o->padding,
                                   .strides = {o->strides[0], o->strides[1]},
                                   .dilations = {o->dilations[0], o->dilations[1]},
                                   .groups = x[3]};
    memcpy(options.explicit_paddings, o->explicit_paddings, sizeof options.explicit_paddings);
    nhwc_geometry conv;
    CHECK_OK(nhwc_conv2d_geometry(x, (int64_t[]){o->ksize[0], o->ksize[1], 1, x[3]}, &options, &conv));
    CHECK(memcmp(&conv.h, &g->h, sizeof g->h) == 0 && memcmp(&conv.w, &g->w, sizeof g->w) == 0);
    CHECK(conv.batch == g->batch && conv.coarse_c == g->coarse_c && conv.fine_c == g->fine_c);
}

static void sweep_one(int64_t number, const nhwc_pool2d_options *options, int64_t h, int64_t w, uint64_t *random)
{
    static const int64_t channels[] = {1, 2, 3, 4, 5, 7, 8, 9, 16, 21, 33, 67};
    const int64_t x_dims[4] = {number % 3, h, w, channels[number % (int64_t)COUNT(channels)]};
    const nhwc_isa isa = isas[number % (int64_t)COUNT(isas)];
    nhwc_geometry g;
    if (nhwc_pool2d_geometry(x_dims, options, &g) != NHWC_OK)
        return;
    check_geometry(options, x_dims, &g);
    const int64_t y_dims[4] = {g.batch, g.h.coarse, g.w.coarse, g.coarse_c};
    pool_case c = make_case(number / 2 % 2, options, floats[number / 4 % 2], x_dims, y_dims, number / 8 % 3);
    fill_x(&c.x, random, number / 16 % 2);
    fill_integers(&c.dy, random, 9);
    run_case(&c, &(nhwc_context){.isa = nhwc_isa_available(isa) ? isa : NHWC_ISA_AUTOMATIC});
    check_plain(&c);
    guarded_check();
    guarded_release();
}

/* All small axes, as the height and, with another order, as the width. */
static void test_sweep(void **state)
{
    (void)state;
    static const int64_t paddings[][3] = {{NHWC_PADDING_VALID, 0, 0},    {NHWC_PADDING_SAME, 0, 0},
                                          {NHWC_PADDING_EXPLICIT, 0, 1}, {NHWC_PADDING_EXPLICIT, 2, 0},
                                          {NHWC_PADDING_EXPLICIT, 1, 3}, {NHWC_PADDING_EXPLICIT, 5, 4}};
    uint64_t random = 1;
    int64_t number = 0;
    for (int64_t fine = 0; fine < 8; fine++)
        for (int64_t kernel = 1; kernel < 5; kernel++)
            for (int64_t stride = 1; stride < 5; stride++)
                for (int64_t dilation = 1; dilation < 4; dilation++)
                    for (size_t p = 0; p < COUNT(paddings); p++, number++) {
                        const bool is_explicit = paddings[p][0] == NHWC_PADDING_EXPLICIT;
                        const nhwc_pool2d_options options = {
                            .ksize = {kernel, random_between(&random, 1, 4)},
                            .padding = (nhwc_padding)paddings[p][0],
                            .strides = {stride, random_between(&random, 1, 4)},
                            .dilations = {dilation, random_between(&random, 0, 2) ? 1 : 2},
                            .explicit_paddings = {{paddings[p][1], paddings[p][2]},
                                                  {is_explicit ? random_between(&random, 0, 2) : 0,
                                                   is_explicit ? random_between(&random, 0, 2) : 0}},
                            .count_padding = number % 5 == 0};
                        if (number % every == 0)
                            sweep_one(number / every, &options, fine, random_between(&random, 0, 9), &random);
                    }
}

/* ---- Threads and instruction sets ----------------------------------------------------------- */

static void backwards(void *executor, int64_t count, nhwc_task *task, void *argument)
{
    (void)executor;
    for (int64_t i = count; i-- > 0;)
        task(argument, i);
}

static void check_threads(const nhwc_pool2d_options *options, nhwc_dtype dtype, const int64_t *x_dims, bool is_max)
{
    nhwc_geometry g;
    CHECK_OK(nhwc_pool2d_geometry(x_dims, options, &g));
    const int64_t y_dims[4] = {g.batch, g.h.coarse, g.w.coarse, g.coarse_c};
    pool_case c = make_case(is_max, options, dtype, x_dims, y_dims, 1);
    const nhwc_tensor y = guarded_tensor(dtype, 4, y_dims, 0), dx = guarded_tensor(dtype, 4, x_dims, 0);
    uint64_t random = 2;
    fill_reals(&c.x, &random);
    fill_reals(&c.dy, &random);
    run_case(&c, NULL);
    pool_case other = c;
    other.y = y;
    other.dx = dx;
    for (int threads = 2; threads < 8; threads += 5)
        for (size_t i = 0; i < COUNT(isas); i++) {
            if (!nhwc_isa_available(isas[i]))
                continue;
            run_case(&other, &(nhwc_context){.isa = isas[i], .threads = threads, .parallel_for = backwards});
            CHECK(same_elements(&c.y, &y) && same_elements(&c.dx, &dx));
        }
    check_plain(&c);
    guarded_check();
    guarded_release();
}

static void test_threads(void **state)
{
    (void)state;
    static const nhwc_pool2d_options options[] = {
        {.ksize = {2, 2}},
        {.ksize = {3, 3}, .strides = {2, 2}, .padding = NHWC_PADDING_SAME},
        {.ksize = {5, 2}, .strides = {1, 3}, .dilations = {2, 1}},
        {.ksize = {3, 3}, .strides = {5, 4}, .padding = NHWC_PADDING_SAME}};
    for (size_t o = 0; o < COUNT(options); o++)
        for (int is_max = 0; is_max < 2; is_max++)
            for (size_t d = 0; d < COUNT(floats); d++)
                check_threads(&options[o], floats[d], (int64_t[]){3, 41, 37, emulated ? 8 : 37}, is_max);
}

/* More windows and channels than have their turn together, and rows that are one run of channels. */
static void test_long_rows(void **state)
{
    (void)state;
    static const nhwc_pool2d_options options[] = {{.ksize = {2, 2}},
                                                  {.ksize = {3, 3}, .strides = {2, 2}, .padding = NHWC_PADDING_SAME},
                                                  {.ksize = {3, 3}, .strides = {1, 1}, .padding = NHWC_PADDING_SAME}};
    static const int64_t channels[] = {1, 3, 16, 21, 300};
    for (size_t o = 0; o < COUNT(options); o++)
        for (int is_max = 0; is_max < 2; is_max++)
            for (size_t i = 0; i < COUNT(channels) - emulated; i++) {
                const int64_t n = channels[i];
                check_threads(&options[o], floats[i % 2], (int64_t[]){1, 7, 1200 / n + 5, n}, is_max);
            }
}

/* ---- Gradients -------------------------------------------------------------------------------- */

/* Means of 2 and 4 elements are exact, and so is the adjoint identity. */
static void test_adjoint(void **state)
{
    (void)state;
    const nhwc_pool2d_options options[] = {{.ksize = {2, 2}}, {.ksize = {4, 2}, .strides = {1, 1}}};
    uint64_t random = 3;
    for (size_t o = 0; o < COUNT(options); o++)
        for (size_t d = 0; d < COUNT(floats); d++) {
            const int64_t x_dims[4] = {2, 9, 6, 5};
            nhwc_geometry g;
            CHECK_OK(nhwc_pool2d_geometry(x_dims, &options[o], &g));
            pool_case c = make_case(false, &options[o], floats[d], x_dims,
                                    (int64_t[]){g.batch, g.h.coarse, g.w.coarse, g.coarse_c}, 0);
            fill_integers(&c.x, &random, 50);
            fill_integers(&c.dy, &random, 50);
            run_case(&c, NULL);
            CHECK(inner_product(&c.y, &c.dy) == inner_product(&c.x, &c.dx));
            guarded_release();
        }
}

/* Piecewise linear functions have exact differences while no order of elements changes. */
static void test_differences(void **state)
{
    (void)state;
    const nhwc_pool2d_options options = {.ksize = {3, 2}, .strides = {2, 1}, .padding = NHWC_PADDING_SAME};
    for (int is_max = 0; is_max < 2; is_max++) {
        pool_case c = make_case(is_max, &options, NHWC_FLOAT64, (int64_t[]){1, 5, 4, 3}, (int64_t[]){1, 3, 4, 3}, 0);
        uint64_t random = 4;
        for (int64_t i = 0; i < element_count(&c.x); i++)
            element_set(&c.x, i, (double)(i * 37 % 61)); /* all different */
        fill_reals(&c.dy, &random);
        run_case(&c, NULL);
        for (int64_t i = 0; i < element_count(&c.x); i++) {
            const double x = element_get(&c.x, i), dx = element_get(&c.dx, i);
            pool_case shifted = c;
            shifted.dx = c.x; /* unused */
            element_set(&c.x, i, x + 0.25);
            CHECK_OK((is_max ? nhwc_max_pool2d : nhwc_avg_pool2d)(NULL, &c.x, &options, &shifted.y));
            const double more = inner_product(&c.y, &c.dy);
            element_set(&c.x, i, x - 0.25);
            CHECK_OK((is_max ? nhwc_max_pool2d : nhwc_avg_pool2d)(NULL, &c.x, &options, &shifted.y));
            CHECK(fabs((more - inner_product(&c.y, &c.dy)) / 0.5 - dx) < 1e-12);
            element_set(&c.x, i, x);
        }
        guarded_release();
    }
}

/* ---- NaN and ties, as TensorFlow has them on the CPU ----------------------------------------- */

static void test_special(void **state)
{
    (void)state;
    static const struct {
        float x[4], y;
        int where;
    } cases[] = {
        {{NAN, 1, 2, 3}, 3, 0},         {{1, NAN, 2, 3}, 3, 3},           {{1, 2, 3, NAN}, 3, 2},
        {{NAN, NAN, NAN, NAN}, -INFINITY, 0}, {{3, 3, 1, 3}, 3, 0},       {{0, -0.0f, 0, -0.0f}, 0, 0},
        {{-INFINITY, -INFINITY, -INFINITY, -INFINITY}, -INFINITY, 0},     {{1, INFINITY, INFINITY, 2}, INFINITY, 1},
        {{-5, -4, -4, -9}, -4, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t isa = 0; isa < COUNT(isas); isa++) {
            if (!nhwc_isa_available(isas[isa]))
                continue;
            const nhwc_context context = {.isa = isas[isa]};
            enum { CHANNELS = 21 };
            float x_data[4 * CHANNELS], dx_data[4 * CHANNELS], y_data[CHANNELS], dy_data[CHANNELS];
            for (int j = 0; j < 4 * CHANNELS; j++)
                x_data[j] = cases[i].x[j / CHANNELS];
            for (int j = 0; j < CHANNELS; j++)
                dy_data[j] = (float)j + 1;
            const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, 1, 2, 2, CHANNELS);
            const nhwc_tensor dy = NHWC_TENSOR(NHWC_FLOAT32, dy_data, 1, CHANNELS);
            nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, y_data, 1, CHANNELS);
            nhwc_tensor dx = NHWC_TENSOR(NHWC_FLOAT32, dx_data, 1, 2, 2, CHANNELS);
            CHECK_OK(nhwc_global_max_pool2d(&context, &x, &y));
            CHECK_OK(nhwc_global_max_pool2d_backprop(&context, &dy, &x, &dx));
            for (int j = 0; j < 4 * CHANNELS; j++) {
                CHECK(y_data[j % CHANNELS] == cases[i].y);
                CHECK(dx_data[j] == (j / CHANNELS == cases[i].where ? dy_data[j % CHANNELS] : 0));
            }
        }
}

/* Windows in which there is nothing. */
static void test_nothing(void **state)
{
    (void)state;
    float x_data[2] = {5, 7}, y_data[2], dx_data[2], dy_data[2] = {1, 2};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, 1, 1, 2, 1);
    const nhwc_tensor dy = NHWC_TENSOR(NHWC_FLOAT32, dy_data, 1, 1, 2, 1);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, y_data, 1, 1, 2, 1), dx = NHWC_TENSOR(NHWC_FLOAT32, dx_data, 1, 1, 2, 1);
    nhwc_pool2d_options options = {
        .ksize = {1, 2}, .strides = {1, 1}, .dilations = {1, 4}, .padding = NHWC_PADDING_SAME};
    CHECK_OK(nhwc_max_pool2d(NULL, &x, &options, &y));
    CHECK(y_data[0] == -INFINITY && y_data[1] == -INFINITY);
    CHECK_OK(nhwc_max_pool2d_backprop(NULL, &dy, &x, &options, &dx));
    CHECK(dx_data[0] == 0 && dx_data[1] == 0);
    CHECK_OK(nhwc_avg_pool2d(NULL, &x, &options, &y));
    CHECK(y_data[0] != y_data[0]);
    CHECK_OK(nhwc_avg_pool2d_backprop(NULL, &dy, &options, &dx));
    CHECK(dx_data[0] == 0 && dx_data[1] == 0);
    options.count_padding = true;
    CHECK_OK(nhwc_avg_pool2d(NULL, &x, &options, &y));
    CHECK(y_data[0] == 0 && y_data[1] == 0);
    const nhwc_tensor none = NHWC_TENSOR(NHWC_FLOAT32, NULL, 1, 0, 2, 1);
    const nhwc_pool2d_options only_padding = {.ksize = {2, 1},
                                              .strides = {1, 1},
                                              .padding = NHWC_PADDING_EXPLICIT,
                                              .explicit_paddings = {{1, 1}, {0, 0}}};
    CHECK_OK(nhwc_max_pool2d(NULL, &none, &only_padding, &y));
    CHECK(y_data[0] == -INFINITY && y_data[1] == -INFINITY);
}

/* ---- The image as a window ------------------------------------------------------------------ */

static void check_global(nhwc_dtype dtype, int64_t h, int64_t w, int64_t channels, int rank)
{
    const nhwc_context threads = {.threads = 3, .parallel_for = backwards};
    const nhwc_pool2d_options options = {.ksize = {h, w}};
    const int64_t flat[2] = {2, channels}, dims[4] = {2, 1, 1, channels}, x_dims[4] = {2, h, w, channels};
    pool_case max = make_case(true, &options, dtype, x_dims, dims, 1), avg = max;
    nhwc_tensor y = guarded_tensor(dtype, rank, rank == 2 ? flat : dims, 3), dx = guarded_tensor(dtype, 4, x_dims, 0);
    const nhwc_tensor dy = guarded_tensor(dtype, rank, rank == 2 ? flat : dims, 0);
    uint64_t random = 5;
    fill_reals(&max.x, &random);
    fill_reals(&max.dy, &random);
    for (int64_t i = 0; i < element_count(&dy); i++)
        element_set(&dy, i, element_get(&max.dy, i));
    run_case(&max, NULL);
    CHECK_OK(nhwc_global_max_pool2d(&threads, &max.x, &y));
    CHECK_OK(nhwc_global_max_pool2d_backprop(&threads, &dy, &max.x, &dx));
    CHECK(same_elements(&y, &max.y) && same_elements(&dx, &max.dx));
    avg.is_max = false;
    run_case(&avg, NULL);
    CHECK_OK(nhwc_global_avg_pool2d(&threads, &avg.x, &y));
    CHECK_OK(nhwc_global_avg_pool2d_backprop(&threads, &dy, &dx));
    for (int64_t i = 0; i < element_count(&y); i++)
        CHECK(fabs(element_get(&y, i) - element_get(&avg.y, i)) <= (double)(h * w) * unit[dtype]);
    CHECK(same_elements(&dx, &avg.dx));
    guarded_check();
    guarded_release();
}

static void test_global(void **state)
{
    (void)state;
    for (int rank = 2; rank < 5; rank += 2)
        for (size_t d = 0; d < COUNT(floats); d++) {
            check_global(floats[d], 1, 1, 3, rank);
            check_global(floats[d], 7, 5, 21, rank);
            check_global(floats[d], 2, 3, 1, rank);
            check_global(floats[d], 50, 40, emulated ? 5 : 70, rank);
        }
}

/* ---- What is refused ------------------------------------------------------------------------ */

static void test_rejections(void **state)
{
    (void)state;
    float data[32] = {0}, out[32];
    double doubles[32] = {0};
    for (int i = 0; i < 32; i++)
        out[i] = 7;
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 1, 4, 4, 2), flat = NHWC_TENSOR(NHWC_FLOAT32, data, 4, 8);
    const nhwc_tensor dy = NHWC_TENSOR(NHWC_FLOAT32, data, 1, 2, 2, 2);
    const nhwc_tensor other = NHWC_TENSOR(NHWC_FLOAT64, doubles, 1, 2, 2, 2);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, out, 1, 2, 2, 2), dx = NHWC_TENSOR(NHWC_FLOAT32, out, 1, 4, 4, 2);
    nhwc_tensor inside = NHWC_TENSOR(NHWC_FLOAT32, data, 1, 2, 2, 2);
    nhwc_tensor wrong = NHWC_TENSOR(NHWC_FLOAT32, out, 1, 2, 3, 2);
    nhwc_tensor half = y, same_dx = x, repeated = y, integers = NHWC_TENSOR(NHWC_INT32, out, 1, 4, 4, 2);
    half.strides[3] = 2;
    repeated.strides[1] = 0;
    const nhwc_tensor empty = NHWC_TENSOR(NHWC_FLOAT32, data, 1, 0, 4, 2);
    nhwc_geometry g = {.batch = 5};
    CHECK_FAILS(nhwc_max_pool2d(NULL, NULL, NULL, &y), NHWC_ERROR_ARGUMENT, "max_pool2d: x is NULL");
    CHECK_FAILS(nhwc_max_pool2d(NULL, &x, NULL, NULL), NHWC_ERROR_ARGUMENT, "y is NULL");
    CHECK_FAILS(nhwc_max_pool2d(NULL, &flat, NULL, &y), NHWC_ERROR_RANK, "x has rank 2", "4 axes");
    CHECK_FAILS(nhwc_avg_pool2d(NULL, &x, NULL, &wrong), NHWC_ERROR_OUTPUT_SHAPE, "y is [1, 2, 3, 2]", "[1, 2, 2, 2]");
    CHECK_FAILS(nhwc_avg_pool2d(NULL, &x, NULL, &half), NHWC_ERROR_LAYOUT, "strides[3] is 2");
    CHECK_FAILS(nhwc_avg_pool2d(NULL, &x, NULL, &repeated), NHWC_ERROR_ALIAS, "elements overlap");
    CHECK_FAILS(nhwc_avg_pool2d(NULL, &x, NULL, &inside), NHWC_ERROR_ALIAS, "y shares memory with x");
    CHECK_FAILS(nhwc_avg_pool2d(NULL, &integers, NULL, &y), NHWC_ERROR_DTYPE, "x has dtype 2");
    CHECK_FAILS(nhwc_avg_pool2d(&(nhwc_context){.threads = 2}, &x, NULL, &y), NHWC_ERROR_ARGUMENT, "threads is 2");
    CHECK_FAILS(nhwc_avg_pool2d(&(nhwc_context){.isa = (nhwc_isa)99}, &x, NULL, &y), NHWC_ERROR_ARGUMENT, "isa is 99");
    CHECK_FAILS(nhwc_max_pool2d(NULL, &x, &(nhwc_pool2d_options){.ksize = {0, 3}}, &y), NHWC_ERROR_KERNEL,
                "options->ksize is {0, 3}", "at least 1");
    CHECK_FAILS(nhwc_max_pool2d(NULL, &x, &(nhwc_pool2d_options){.ksize = {-1, -1}}, &y), NHWC_ERROR_KERNEL,
                "{-1, -1}");
    CHECK_FAILS(nhwc_max_pool2d(NULL, &x, &(nhwc_pool2d_options){.strides = {0, 1}}, &y), NHWC_ERROR_STRIDE, "{0, 1}");
    CHECK_FAILS(nhwc_max_pool2d(NULL, &x, &(nhwc_pool2d_options){.dilations = {1, -2}}, &y), NHWC_ERROR_DILATION,
                "{1, -2}");
    CHECK_FAILS(nhwc_max_pool2d(NULL, &x, &(nhwc_pool2d_options){.padding = (nhwc_padding)3}, &y), NHWC_ERROR_PADDING,
                "padding is 3");
    CHECK_FAILS(nhwc_max_pool2d(NULL, &x, &(nhwc_pool2d_options){.explicit_paddings = {{0, 1}}}, &y),
                NHWC_ERROR_PADDING, "EXPLICIT");
    CHECK_FAILS(nhwc_max_pool2d(NULL, &x, &(nhwc_pool2d_options){.ksize = {6, 1}, .strides = {1, 1}}, &y),
                NHWC_ERROR_KERNEL, "the height of x, 4", "kernel 6");
    CHECK_FAILS(nhwc_max_pool2d(NULL, &x, &(nhwc_pool2d_options){.ksize = {INT64_MAX / 8, 2}, .dilations = {9, 1}}, &y),
                NHWC_ERROR_TOO_LARGE, "within 64 bits");
    CHECK_FAILS(nhwc_max_pool2d_backprop(NULL, &dy, NULL, NULL, &dx), NHWC_ERROR_ARGUMENT, "x is NULL");
    CHECK_FAILS(nhwc_max_pool2d_backprop(NULL, &x, &x, NULL, &dx), NHWC_ERROR_SHAPE, "dy is [1, 4, 4, 2]",
                "[1, 2, 2, 2]");
    CHECK_FAILS(nhwc_max_pool2d_backprop(NULL, &dy, &x, NULL, &y), NHWC_ERROR_SHAPE, "dx is [1, 2, 2, 2]");
    CHECK_FAILS(nhwc_max_pool2d_backprop(NULL, &other, &x, NULL, &dx), NHWC_ERROR_DTYPE, "dy is float64", "x float32");
    CHECK_FAILS(nhwc_max_pool2d_backprop(NULL, &y, &x, NULL, &same_dx), NHWC_ERROR_ALIAS, "dx shares memory with x");
    CHECK_FAILS(nhwc_avg_pool2d_backprop(NULL, &y, NULL, &dx), NHWC_ERROR_ALIAS, "dx shares memory with dy");
    CHECK_FAILS(nhwc_global_max_pool2d(NULL, &x, &y), NHWC_ERROR_OUTPUT_SHAPE, "global_max_pool2d: y is [1, 2, 2, 2]");
    CHECK_FAILS(nhwc_global_avg_pool2d(NULL, &empty, &y), NHWC_ERROR_SHAPE,
                "x is [1, 0, 4, 2]", "without pixels");
    CHECK_FAILS(nhwc_pool2d_geometry(NULL, NULL, &g), NHWC_ERROR_ARGUMENT, "x_shape is NULL");
    CHECK_FAILS(nhwc_pool2d_geometry((int64_t[]){1, 1, -1, 1}, NULL, &g), NHWC_ERROR_SHAPE, "[1, 1, -1, 1]");
    CHECK(g.batch == 5);
    for (int i = 0; i < 32; i++)
        CHECK(out[i] == 7 && data[i] == 0);
}

/* No memory is asked for. */
static void test_memory(void **state)
{
    (void)state;
    failing_allocator none = {.fail_at = 1};
    const nhwc_context context = failing_context(&none);
    const nhwc_pool2d_options options = {.ksize = {3, 3}, .strides = {2, 2}, .padding = NHWC_PADDING_SAME};
    pool_case c = make_case(true, &options, NHWC_FLOAT32, (int64_t[]){2, 9, 7, 5}, (int64_t[]){2, 5, 4, 5}, 0);
    run_case(&c, &context);
    c.is_max = false;
    run_case(&c, &context);
    CHECK(none.calls == 0);
    guarded_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),      cmocka_unit_test(test_sweep),   cmocka_unit_test(test_threads),
        cmocka_unit_test(test_long_rows),
        cmocka_unit_test(test_adjoint),     cmocka_unit_test(test_differences), cmocka_unit_test(test_special),
        cmocka_unit_test(test_nothing),     cmocka_unit_test(test_global),  cmocka_unit_test(test_rejections),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
