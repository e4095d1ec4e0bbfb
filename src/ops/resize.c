/* Resizing: the places of all rows and columns once, then row by row. The nearest pixel is a place that is never
 * between two. A row of dx is the sum of the rows of dy that lie next to it, or at it. */
#include <math.h>
#include <nhwc/image.h>
#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "engine/cpu.h"
#include "ops/resize.h"
#include "ops/shapes.h"

/* x, or dx, and y, or dy. */
typedef struct resizing {
    const char *operation;
    const nhwc_context *context;
    bool is_nearest, is_gradient;
    nhwc_resize_centers centers;
    const nhwc__kernels *kernels;
    nhwc_tensor x, y;
    nhwc__place *rows, *columns; /* one for each of y */
    int64_t tasks;
} resizing;

/* ---- Places --------------------------------------------------------------------------------- */

/* In float32, operation by operation, as TensorFlow. */
static float scale_of(const resizing *r, int64_t from, int64_t to)
{
    if (r->centers == NHWC_RESIZE_ALIGN_CORNERS && to > 1)
        return (float)(from - 1) / (float)(to - 1);
    return (float)from / (float)to;
}

static int64_t nearest_pixel(const resizing *r, int64_t i, float scale)
{
    switch (r->centers) {
    case NHWC_RESIZE_ALIGN_CORNERS:
        return (int64_t)roundf((float)i * scale);
    case NHWC_RESIZE_HALF_PIXEL_CENTERS:
        return (int64_t)floorf(((float)i + 0.5f) * scale);
    case NHWC_RESIZE_DEFAULT:
        break;
    }
    return (int64_t)floorf((float)i * scale);
}

static nhwc__place place_of(const resizing *r, int64_t i, float scale, int64_t from)
{
    if (r->is_nearest)
        return (nhwc__place){.lower = nhwc__least(nearest_pixel(r, i, scale), from - 1)};
    const bool half = r->centers == NHWC_RESIZE_HALF_PIXEL_CENTERS;
    const float at = half ? ((float)i + 0.5f) * scale - 0.5f : (float)i * scale, below = floorf(at);
    const int64_t lower = nhwc__least((int64_t)below, from - 1);
    const bool is_beyond = lower < 0 || lower == from - 1;
    return (nhwc__place){nhwc__most(0, lower), is_beyond ? 0 : (double)(at - below)};
}

static void set_places(const resizing *r, int axis, nhwc__place *places)
{
    const int64_t from = r->x.dims[axis], to = r->y.dims[axis];
    const float scale = scale_of(r, from, to);
    for (int64_t i = 0; i < to; i++)
        places[i] = place_of(r, i, scale, from);
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static nhwc__resize row_of(const resizing *r)
{
    return (nhwc__resize){.pixels = r->x.dims[2],
                          .places = r->y.dims[2],
                          .channels = r->y.dims[3],
                          .place = r->columns};
}

/* A row of y in the place of the one above it, which has its elements. */
static void repeat_row(const resizing *r, int64_t n, int64_t y)
{
    const int64_t *to = r->y.strides, width = r->y.dims[2], channels = r->y.dims[3];
    const bool is_dense = to[2] == channels;
    r->kernels->copy(is_dense ? 1 : width, is_dense ? width * channels : channels,
                     nhwc__element(&r->y, n * to[0] + (y - 1) * to[1]), to[2],
                     nhwc__element(&r->y, n * to[0] + y * to[1]), to[2]);
}

static void run_forward(void *argument, int64_t task)
{
    const resizing *r = argument;
    const int64_t *from = r->x.strides, *to = r->y.strides, height = r->y.dims[1], rows = r->y.dims[0] * height;
    const int64_t first = rows * task / r->tasks, end = rows * (task + 1) / r->tasks;
    const bool few = r->y.dims[3] < 64; /* channels; many are read from x as fast as from y */
    nhwc__resize row = row_of(r);
    row.x_step = from[2];
    row.y_step = to[2];
    for (int64_t index = first; index < end; index++) {
        const int64_t n = index / height, y = index % height;
        const nhwc__place *place = &r->rows[y];
        if (few && y > 0 && index > first && place->lower == place[-1].lower && place->fraction == place[-1].fraction) {
            repeat_row(r, n, y);
            continue;
        }
        row.rows = place->fraction > 0 ? 2 : 1;
        row.weight[1] = place->fraction;
        for (int i = 0; i < row.rows; i++)
            row.row[i] = nhwc__element(&r->x, n * from[0] + (place->lower + i) * from[1]);
        row.out = nhwc__element(&r->y, n * to[0] + y * to[1]);
        r->kernels->resize(&row);
    }
}

/* The first of the rows of y whose place is at pixel `lower` or behind it. */
static int64_t first_at(const resizing *r, int64_t lower)
{
    int64_t first = 0, end = r->y.dims[1];
    while (first < end) {
        const int64_t middle = first + (end - first) / 2;
        if (r->rows[middle].lower < lower)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* Row y of dx of image n, from all rows of dy that it has a share in: so many at a time as a call takes. */
static void gather_row(const resizing *r, int64_t n, int64_t y)
{
    const int64_t *from = r->y.strides, *to = r->x.strides, end = first_at(r, y + 1);
    nhwc__resize row = row_of(r);
    row.x_step = from[2];
    row.y_step = to[2];
    row.out = nhwc__element(&r->x, n * to[0] + y * to[1]);
    for (int64_t i = first_at(r, y - 1); i < end || !row.accumulate;) {
        for (row.rows = 0; i < end && row.rows < NHWC__RESIZE_ROWS; i++) {
            const nhwc__place *place = &r->rows[i];
            const double weight = place->lower == y ? 1 - place->fraction : place->fraction;
            if (weight == 0)
                continue;
            row.weight[row.rows] = weight;
            row.row[row.rows++] = nhwc__element(&r->y, n * from[0] + i * from[1]);
        }
        r->kernels->resize_backprop(&row);
        row.accumulate = true;
    }
}

static void run_backprop(void *argument, int64_t task)
{
    const resizing *r = argument;
    const int64_t height = r->x.dims[1], rows = r->x.dims[0] * height;
    for (int64_t row = rows * task / r->tasks; row < rows * (task + 1) / r->tasks; row++)
        gather_row(r, row / height, row % height);
}

/* ---- Calls ---------------------------------------------------------------------------------- */

static nhwc_status check(resizing *r, const nhwc_tensor *x, const nhwc_tensor *y, const nhwc_resize_options *options)
{
    const char *const operation = r->operation;
    const char *const names[2] = {r->is_gradient ? "dx" : "x", r->is_gradient ? "dy" : "y"};
    NHWC__TRY(nhwc__context_check(r->context));
    NHWC__TRY(nhwc__isa_check(r->context));
    NHWC__TRY(nhwc__check_image(operation, names[0], x, &r->x));
    NHWC__TRY(nhwc__check_image(operation, names[1], y, &r->y));
    NHWC__TRY(nhwc__check_same_dtype(operation, names[1], y, names[0], x));
    r->centers = options ? options->centers : NHWC_RESIZE_DEFAULT;
    if ((int)r->centers < 0 || r->centers > NHWC_RESIZE_HALF_PIXEL_CENTERS)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: options->centers is %d, which is no nhwc_resize_centers", operation,
                          (int)r->centers);
    const bool no_source = (x->dims[1] == 0 || x->dims[2] == 0) && !nhwc__tensor_is_empty(y);
    if (x->dims[0] != y->dims[0] || x->dims[3] != y->dims[3] || no_source)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s is %s, and %s is %s; %s", operation, names[0],
                          nhwc__shape_text(4, x->dims).text, names[1], nhwc__shape_text(4, y->dims).text,
                          no_source ? "nothing can be made from an image without pixels"
                                    : "batch and channels have to be the same");
    const int output = r->is_gradient ? 0 : 1;
    NHWC__TRY(nhwc__tensor_check_distinct(operation, names[output], output ? y : x));
    return nhwc__check_apart(operation, names[1 - output], output ? x : y, names[output], output ? y : x);
}

bool nhwc__resize_bytes(const int64_t y_dims[4], int64_t *bytes)
{
    return nhwc__multiply(nhwc__most(1, y_dims[1] + y_dims[2]), sizeof(nhwc__place), bytes);
}

/* Into x where it is a gradient. */
static nhwc_status run(resizing r, const nhwc_tensor *x, const nhwc_tensor *y, const nhwc_resize_options *options)
{
    NHWC__TRY(check(&r, x, y, options));
    const nhwc_tensor *output = r.is_gradient ? x : y;
    if (nhwc__tensor_is_empty(output))
        return NHWC_OK;
    void *memory;
    int64_t bytes;
    if (!nhwc__resize_bytes(y->dims, &bytes))
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "%s: dy is %s, more than 64 bits can address", r.operation,
                          nhwc__shape_text(4, y->dims).text);
    NHWC__TRY(nhwc__allocate(r.context, bytes, &memory));
    r.kernels = nhwc__kernels_of(r.context, x->dtype);
    r.rows = memory;
    r.columns = r.rows + y->dims[1];
    set_places(&r, 1, r.rows);
    set_places(&r, 2, r.columns);
    const int64_t elements = nhwc__most(nhwc__element_count(x), nhwc__element_count(y));
    const int64_t rows = output->dims[0] * output->dims[1];
    r.tasks = nhwc__tasks_worth(r.context, rows, elements);
    nhwc__parallel_for(r.context, r.tasks, r.is_gradient ? run_backprop : run_forward, &r);
    nhwc__deallocate(r.context, memory);
    return NHWC_OK;
}

static nhwc_status resize(const char *operation, const nhwc_context *context, bool is_nearest, const nhwc_tensor *x,
                          const nhwc_resize_options *options, const nhwc_tensor *y)
{
    return run((resizing){.operation = operation, .context = context, .is_nearest = is_nearest}, x, y, options);
}

static nhwc_status backprop(const char *operation, const nhwc_context *context, bool is_nearest, const nhwc_tensor *dy,
                            const nhwc_resize_options *options, const nhwc_tensor *dx)
{
    const resizing r = {.operation = operation, .context = context, .is_nearest = is_nearest, .is_gradient = true};
    return run(r, dx, dy, options);
}

nhwc_status nhwc_resize_nearest(const nhwc_context *context, const nhwc_tensor *x, const nhwc_resize_options *options,
                                nhwc_tensor *y)
{
    return resize("resize_nearest", context, true, x, options, y);
}

nhwc_status nhwc_resize_nearest_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                         const nhwc_resize_options *options, nhwc_tensor *dx)
{
    return backprop("resize_nearest_backprop", context, true, dy, options, dx);
}

nhwc_status nhwc_resize_bilinear(const nhwc_context *context, const nhwc_tensor *x, const nhwc_resize_options *options,
                                 nhwc_tensor *y)
{
    return resize("resize_bilinear", context, false, x, options, y);
}

nhwc_status nhwc_resize_bilinear_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                          const nhwc_resize_options *options, nhwc_tensor *dx)
{
    return backprop("resize_bilinear_backprop", context, false, dy, options, dx);
}
