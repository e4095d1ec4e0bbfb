/* Pooling: the windows of a row of y, or of dy, at a time. A gradient is given out window by window, in row-major
 * order; tasks own rows of dx, and leave out what windows give to those of others. */
#include <nhwc/image.h>
#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "conv/spans.h"
#include "engine/cpu.h"
#include "ops/reduce.h"
#include "ops/shapes.h"

typedef struct pooling {
    const char *operation;
    const nhwc_context *context;
    bool is_max; /* or the mean */
    void (*kernel)(const nhwc__windows *windows);
    bool count_padding;
    nhwc_geometry geometry;
    nhwc_tensor fine, coarse, to; /* x, or dx where there is none; y or dy; dx */
    bool gapless; /* windows reach all pixels up to the last they reach, and what they are first to reach is known */
    int64_t tasks;
} pooling;

/* ---- Rows of windows ------------------------------------------------------------------------ */

/* The windows in row y, by the taps of that row that are in the image. */
static nhwc__span row_of(const nhwc_axis *axis, int64_t y)
{
    const nhwc__phase phase = nhwc__phase_of(axis, false, 0);
    nhwc__span span = {.end = y};
    nhwc__next_span(&phase, &span);
    return span;
}

static int64_t fine_of(const nhwc_axis *axis, int64_t coarse, int64_t tap)
{
    return coarse * axis->stride + tap * axis->dilation - axis->pad_before;
}

/* Windows w->first .. w->end - 1 of row y of image n, with the taps of these spans. Set where it is: a copy would wait
 * for all that has just been written. */
static void set_windows(const pooling *p, int64_t n, int64_t y, const nhwc__span *h, const nhwc__span *w,
                        nhwc__windows *windows)
{
    const nhwc_geometry *g = &p->geometry;
    const int64_t *fine = p->fine.strides, *coarse = p->coarse.strides;
    windows->windows = w->end - w->first;
    windows->channels = g->fine_c;
    windows->rows = h->end_tap - h->first_tap;
    windows->columns = w->end_tap - w->first_tap;
    windows->count = p->count_padding ? (double)g->h.kernel * (double)g->w.kernel
                                      : (double)windows->rows * (double)windows->columns;
    windows->in_step = g->w.stride * fine[2];
    windows->in_row = g->h.dilation * fine[1];
    windows->in_column = g->w.dilation * fine[2];
    windows->each_step = coarse[2];
    windows->each = nhwc__element(&p->coarse, n * coarse[0] + y * coarse[1] + w->first * coarse[2]);
    windows->in = windows->each; /* an address, where there is nothing to read */
    if (windows->rows > 0 && windows->columns > 0)
        windows->in = nhwc__element(&p->fine, n * fine[0] + fine_of(&g->h, y, h->first_tap) * fine[1] +
                                                  fine_of(&g->w, w->first, w->first_tap) * fine[2]);
}

/* Where windows follow one another as pixels do, what is said of one with all their channels. */
static void join_windows(nhwc__windows *w)
{
    if (w->in_step != w->channels || w->each_step != w->channels)
        return;
    w->channels *= w->windows;
    w->windows = 1;
}

static void run_forward(void *argument, int64_t task)
{
    const pooling *p = argument;
    const nhwc_geometry *g = &p->geometry;
    const int64_t rows = g->batch * g->h.coarse;
    const nhwc__phase phase = nhwc__phase_of(&g->w, false, 0);
    for (int64_t row = rows * task / p->tasks; row < rows * (task + 1) / p->tasks; row++) {
        const int64_t n = row / g->h.coarse, y = row % g->h.coarse;
        const nhwc__span h = row_of(&g->h, y);
        for (nhwc__span w = {0}; nhwc__next_span(&phase, &w);) {
            nhwc__windows windows;
            set_windows(p, n, y, &h, &w, &windows);
            join_windows(&windows);
            p->kernel(&windows);
        }
    }
}

/* ---- Gradients ------------------------------------------------------------------------------ */

/* Row y of dx from pixel x on. */
static void clear(const pooling *p, int64_t n, int64_t y, int64_t x)
{
    const nhwc_geometry *g = &p->geometry;
    const int64_t *to = p->to.strides;
    const size_t bytes = (size_t)g->fine_c * nhwc_dtype_size(p->to.dtype);
    for (; x < g->w.fine; x++)
        memset(nhwc__element(&p->to, n * to[0] + y * to[1] + x * to[2]), 0, bytes);
}

/* What no window is the first to reach. */
static void clear_rest(const pooling *p, int64_t n, int64_t first, int64_t end)
{
    const nhwc_geometry *g = &p->geometry;
    const int64_t reach_y = fine_of(&g->h, g->h.coarse - 1, g->h.kernel);
    const int64_t reach_x = fine_of(&g->w, g->w.coarse - 1, g->w.kernel);
    for (int64_t y = first; y < end; y++)
        clear(p, n, y, p->gapless && y < reach_y ? nhwc__most(0, reach_x) : 0);
}

/* The first tap of the span that no window before those of the span has reached. */
static int64_t fresh_tap(const pooling *p, const nhwc_axis *axis, const nhwc__span *span)
{
    if (!p->gapless)
        return axis->kernel;
    return span->first == 0 ? 0 : nhwc__most(0, axis->kernel - axis->stride - span->first_tap);
}

/* What the windows of row y of dy give to rows first .. end - 1 of dx. */
static void give_row(const pooling *p, int64_t n, int64_t y, int64_t first, int64_t end)
{
    const nhwc_geometry *g = &p->geometry;
    const nhwc__phase phase = nhwc__phase_of(&g->w, false, 0);
    const nhwc__span h = row_of(&g->h, y);
    const int64_t *to = p->to.strides, top = fine_of(&g->h, y, h.first_tap);
    for (nhwc__span w = {0}; nhwc__next_span(&phase, &w);) {
        if (w.first == 0)
            w.end = 1; /* all it reaches is fresh */
        nhwc__windows windows;
        set_windows(p, n, y, &h, &w, &windows);
        if (windows.rows == 0 || windows.columns == 0)
            continue;
        windows.to = nhwc__element(&p->to, n * to[0] + top * to[1] + fine_of(&g->w, w.first, w.first_tap) * to[2]);
        windows.to_step = g->w.stride * to[2];
        windows.to_row = g->h.dilation * to[1];
        windows.to_column = g->w.dilation * to[2];
        windows.first_row = nhwc__ceil(first - top, g->h.dilation);
        windows.end_row = nhwc__least(windows.rows, nhwc__ceil(end - top, g->h.dilation));
        windows.fresh_row = fresh_tap(p, &g->h, &h);
        windows.fresh_column = fresh_tap(p, &g->w, &w);
        p->kernel(&windows);
    }
}

static void give_rows(const pooling *p, int64_t n, int64_t first, int64_t end)
{
    const nhwc_axis *h = &p->geometry.h;
    const int64_t from = nhwc__ceil(first + h->pad_before - (h->kernel - 1) * h->dilation, h->stride);
    const int64_t to = nhwc__least(h->coarse, (end - 1 + h->pad_before) / h->stride + 1);
    clear_rest(p, n, first, end);
    for (int64_t y = from; y < to; y++)
        give_row(p, n, y, first, end);
}

static void run_backprop(void *argument, int64_t task)
{
    const pooling *p = argument;
    const int64_t height = p->geometry.h.fine, rows = p->geometry.batch * height;
    const int64_t end = rows * (task + 1) / p->tasks;
    for (int64_t row = rows * task / p->tasks, count; row < end; row += count) {
        count = nhwc__least(end - row, height - row % height);
        give_rows(p, row / height, row % height, row % height + count);
    }
}

/* ---- Calls ---------------------------------------------------------------------------------- */

static void run(pooling *p, nhwc_task *task, int64_t rows)
{
    p->tasks = nhwc__tasks_worth(p->context, rows, nhwc__element_count(&p->fine));
    nhwc__parallel_for(p->context, p->tasks, task, p);
}

/* The image that is read, and the one of what windows make of it or get. */
static nhwc_status check_images(pooling *p, const char *fine_name, const nhwc_tensor *fine, const char *coarse_name,
                                const nhwc_tensor *coarse, const nhwc_pool2d_options *options)
{
    const nhwc__roles roles = {p->operation, fine_name, "options->ksize", coarse_name};
    nhwc_geometry *g = &p->geometry;
    NHWC__TRY(nhwc__context_check(p->context));
    NHWC__TRY(nhwc__isa_check(p->context));
    NHWC__TRY(nhwc__check_image(p->operation, fine_name, fine, &p->fine));
    NHWC__TRY(nhwc__check_image(p->operation, coarse_name, coarse, &p->coarse));
    NHWC__TRY(nhwc__check_same_dtype(p->operation, coarse_name, coarse, fine_name, fine));
    NHWC__TRY(nhwc__geometry_of_windows(&roles, fine->dims, options, g));
    const int64_t dims[4] = {g->batch, g->h.coarse, g->w.coarse, g->coarse_c};
    if (memcmp(coarse->dims, dims, sizeof dims) != 0)
        return nhwc__fail(p->to.rank == 0 ? NHWC_ERROR_OUTPUT_SHAPE : NHWC_ERROR_SHAPE,
                          "%s: %s is %s; with %s of %s and these options it has to be %s", p->operation, coarse_name,
                          nhwc__shape_text(4, coarse->dims).text, fine_name, nhwc__shape_text(4, fine->dims).text,
                          nhwc__shape_text(4, dims).text);
    p->count_padding = options != NULL && options->count_padding;
    return NHWC_OK;
}

static nhwc_status check_forward(pooling *p, const nhwc_tensor *x, const nhwc_pool2d_options *options,
                                 const nhwc_tensor *y)
{
    NHWC__TRY(check_images(p, "x", x, "y", y, options));
    NHWC__TRY(nhwc__tensor_check_distinct(p->operation, "y", y));
    return nhwc__check_apart(p->operation, "x", x, "y", y);
}

static nhwc_status forward(pooling p, const nhwc_tensor *x, const nhwc_pool2d_options *options, const nhwc_tensor *y)
{
    NHWC__TRY(check_forward(&p, x, options, y));
    const nhwc__kernels *kernels = nhwc__kernels_of(p.context, x->dtype);
    p.kernel = p.is_max ? kernels->max : kernels->mean;
    if (!nhwc__tensor_is_empty(y))
        run(&p, run_forward, p.geometry.batch * p.geometry.h.coarse);
    return NHWC_OK;
}

/* x is NULL where the gradient does not depend on it. */
static nhwc_status backprop(pooling p, const nhwc_tensor *dy, const nhwc_tensor *x, const nhwc_pool2d_options *options,
                            const nhwc_tensor *dx)
{
    const nhwc_geometry *g = &p.geometry;
    p.to.rank = 4;
    NHWC__TRY(check_images(&p, x ? "x" : "dx", x ? x : dx, "dy", dy, options));
    NHWC__TRY(nhwc__check_image(p.operation, "dx", dx, &p.to));
    if (x != NULL) {
        NHWC__TRY(nhwc__check_same_dtype(p.operation, "dx", dx, "x", x));
        NHWC__TRY(nhwc__check_same_shape(p.operation, "dx", dx, "x", x));
        NHWC__TRY(nhwc__check_apart(p.operation, "x", x, "dx", dx));
    }
    NHWC__TRY(nhwc__tensor_check_distinct(p.operation, "dx", dx));
    NHWC__TRY(nhwc__check_apart(p.operation, "dy", dy, "dx", dx));
    const nhwc__kernels *kernels = nhwc__kernels_of(p.context, dx->dtype);
    p.kernel = p.is_max ? kernels->max_backprop : kernels->mean_backprop;
    p.gapless = g->h.coarse > 0 && g->w.coarse > 0 && g->h.dilation == 1 && g->w.dilation == 1 &&
                g->h.stride <= g->h.kernel && g->w.stride <= g->w.kernel;
    if (!nhwc__tensor_is_empty(dx))
        run(&p, run_backprop, g->batch * g->h.fine);
    return NHWC_OK;
}

nhwc_status nhwc_max_pool2d(const nhwc_context *context, const nhwc_tensor *x, const nhwc_pool2d_options *options,
                            nhwc_tensor *y)
{
    return forward((pooling){.operation = "max_pool2d", .context = context, .is_max = true}, x, options, y);
}

nhwc_status nhwc_max_pool2d_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                     const nhwc_pool2d_options *options, nhwc_tensor *dx)
{
    NHWC__TRY(nhwc__tensor_check("max_pool2d_backprop", "x", x));
    return backprop((pooling){.operation = "max_pool2d_backprop", .context = context, .is_max = true}, dy, x, options,
                    dx);
}

nhwc_status nhwc_avg_pool2d(const nhwc_context *context, const nhwc_tensor *x, const nhwc_pool2d_options *options,
                            nhwc_tensor *y)
{
    return forward((pooling){.operation = "avg_pool2d", .context = context}, x, options, y);
}

nhwc_status nhwc_avg_pool2d_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                     const nhwc_pool2d_options *options, nhwc_tensor *dx)
{
    return backprop((pooling){.operation = "avg_pool2d_backprop", .context = context}, dy, NULL, options, dx);
}

/* ---- One window ----------------------------------------------------------------------------- */

/* The image as a window, and what is made of it, [N, 1, 1, C] or [N, C], as an image. */
static nhwc_status make_global(const char *operation, const char *fine_name, const nhwc_tensor *fine,
                               const char *coarse_name, const nhwc_tensor *coarse, nhwc_pool2d_options *options,
                               nhwc_tensor *pixel)
{
    nhwc_tensor settled;
    NHWC__TRY(nhwc__check_image(operation, fine_name, fine, &settled));
    NHWC__TRY(nhwc__tensor_check(operation, coarse_name, coarse));
    if (fine->dims[1] == 0 || fine->dims[2] == 0)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s is %s, an image without pixels", operation, fine_name,
                          nhwc__shape_text(4, fine->dims).text);
    *options = (nhwc_pool2d_options){.ksize = {fine->dims[1], fine->dims[2]}};
    *pixel = *coarse;
    if (coarse->rank == 2) {
        *pixel = nhwc_tensor_view(coarse->dtype, coarse->data, 4, (int64_t[]){coarse->dims[0], 1, 1, coarse->dims[1]});
        pixel->strides[0] = coarse->strides[0];
        pixel->strides[3] = coarse->strides[1];
    }
    return NHWC_OK;
}

nhwc_status nhwc_global_max_pool2d(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    const char *operation = "global_max_pool2d";
    nhwc_pool2d_options options;
    nhwc_tensor pixel;
    NHWC__TRY(make_global(operation, "x", x, "y", y, &options, &pixel));
    return forward((pooling){.operation = operation, .context = context, .is_max = true}, x, &options, &pixel);
}

nhwc_status nhwc_global_max_pool2d_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                            nhwc_tensor *dx)
{
    const char *operation = "global_max_pool2d_backprop";
    nhwc_pool2d_options options;
    nhwc_tensor pixel;
    NHWC__TRY(make_global(operation, "x", x, "dy", dy, &options, &pixel));
    return backprop((pooling){.operation = operation, .context = context, .is_max = true}, &pixel, x, &options, dx);
}

nhwc_status nhwc_global_avg_pool2d(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    pooling p = {.operation = "global_avg_pool2d", .context = context};
    nhwc_pool2d_options options;
    nhwc_tensor pixel;
    NHWC__TRY(make_global(p.operation, "x", x, "y", y, &options, &pixel));
    NHWC__TRY(check_forward(&p, x, &options, &pixel));
    nhwc__reduce(context, &nhwc__maths_of(context, x->dtype)->mean_fold, &p.fine, NULL,
                 (double)x->dims[1] * (double)x->dims[2], &p.coarse);
    return NHWC_OK;
}

nhwc_status nhwc_global_avg_pool2d_backprop(const nhwc_context *context, const nhwc_tensor *dy, nhwc_tensor *dx)
{
    const char *operation = "global_avg_pool2d_backprop";
    nhwc_pool2d_options options;
    nhwc_tensor pixel;
    NHWC__TRY(make_global(operation, "dx", dx, "dy", dy, &options, &pixel));
    return backprop((pooling){.operation = operation, .context = context}, &pixel, NULL, &options, dx);
}
