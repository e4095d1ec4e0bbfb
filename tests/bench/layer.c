#include "layer.h"

#include <math.h>

/* ---- Numbers ----------------------------------------------------------------------------------- */

/* Xorshift (Marsaglia 2003), always from the same start. */
#define RANDOM_START 88172645463325252u

static uint32_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

/* Multiples of 2^-23 in -1 .. 1. */
static float random_float(uint64_t *state)
{
    return (float)((int32_t)(random_next(state) >> 8) - (1 << 23)) * 0x1p-23f;
}

static int64_t element_count(const nhwc_tensor *tensor)
{
    return tensor->dims[0] * tensor->dims[1] * tensor->dims[2] * tensor->dims[3];
}

static void fill_image(const nhwc_tensor *image, uint64_t *random)
{
    float *data = image->data;
    for (int64_t i = 0, count = element_count(image); i < count; i++)
        data[i] = random_float(random);
}

/* Channels per group: `fine` is an axis of the filter, `coarse` is spread over its last one. */
typedef struct group_size {
    int64_t fine, coarse;
} group_size;

static group_size group_size_of(const workload *w)
{
    return (group_size){w->fine[2] / w->groups, w->coarse[2] / w->groups};
}

/* Where the filter [kh, kw, fine C / groups, coarse C] has this element. A depthwise filter [kh, kw, C, 1]
 * is the same memory. */
static int64_t filter_index(const workload *w, int64_t ky, int64_t kx, int64_t i, int64_t o)
{
    return ((ky * w->kernel[1] + kx) * group_size_of(w).fine + i) * w->coarse[2] + o;
}

/* The numbers come in the order [out, kh, kw, in / groups], in which other libraries keep their filters:
 * so all of them can be given the same filter. */
static void fill_filter(const workload *w, float *filter, uint64_t *random)
{
    const group_size size = group_size_of(w);
    const int64_t out_count = w->transposed ? w->fine[2] : w->coarse[2];
    const int64_t in_size = w->transposed ? size.coarse : size.fine;

    for (int64_t out = 0; out < out_count; out++)
        for (int64_t ky = 0; ky < w->kernel[0]; ky++)
            for (int64_t kx = 0; kx < w->kernel[1]; kx++)
                for (int64_t in = 0; in < in_size; in++) {
                    const int64_t i = w->transposed ? out % size.fine : in;
                    const int64_t o = w->transposed ? out / size.fine * size.coarse + in : out;
                    filter[filter_index(w, ky, kx, i, o)] = random_float(random);
                }
}

/* ---- Tensors ----------------------------------------------------------------------------------- */

static bool create_tensor(const int64_t dims[4], nhwc_tensor *tensor)
{
    return nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, dims, tensor) == NHWC_OK;
}

static const nhwc_tensor *output_of(const layer *l)
{
    switch (l->workload->output) {
    case WORKLOAD_FORWARD: break;
    case WORKLOAD_INPUT_GRADIENT: return &l->x;
    case WORKLOAD_FILTER_GRADIENT: return &l->filter;
    }
    return &l->y;
}

bool layer_create(layer *l, const workload *w)
{
    const int64_t *in = w->transposed ? w->coarse : w->fine, *out = w->transposed ? w->fine : w->coarse;
    const bool depthwise = workload_is_depthwise(w);
    const int64_t x[] = {w->batch, in[0], in[1], in[2]}, y[] = {w->batch, out[0], out[1], out[2]};
    const int64_t filter[] = {w->kernel[0], w->kernel[1], depthwise ? w->groups : group_size_of(w).fine,
                              depthwise ? 1 : w->coarse[2]};

    *l = (layer){.workload = w,
                 .options = {.padding = w->padding,
                             .strides = {w->stride, w->stride},
                             .dilations = {w->dilation, w->dilation},
                             .groups = w->groups}};
    if (!create_tensor(x, &l->x) || !create_tensor(filter, &l->filter) || !create_tensor(y, &l->y)) {
        layer_destroy(l);
        return false;
    }

    uint64_t random = RANDOM_START;
    fill_image(&l->x, &random);
    fill_filter(w, l->filter.data, &random);
    fill_image(&l->y, &random);

    const nhwc_tensor *output = output_of(l);
    float *data = output->data;
    for (int64_t i = 0, count = element_count(output); i < count; i++)
        data[i] = NAN;
    return true;
}

void layer_destroy(layer *l)
{
    nhwc_tensor_destroy(NULL, &l->x);
    nhwc_tensor_destroy(NULL, &l->filter);
    nhwc_tensor_destroy(NULL, &l->y);
}

/* ---- The call ---------------------------------------------------------------------------------- */

typedef nhwc_status forward_function(const nhwc_context *, const nhwc_tensor *x, const nhwc_tensor *filter,
                                     const nhwc_tensor *bias, const nhwc_conv2d_options *, nhwc_tensor *y);
typedef nhwc_status gradient_function(const nhwc_context *, const nhwc_tensor *, const nhwc_tensor *,
                                      const nhwc_conv2d_options *, bool accumulate, nhwc_tensor *gradient);

static const struct {
    forward_function *forward;
    gradient_function *backprop_input, *backprop_filter;
} operations[2][2] = { /* [depthwise][transposed] */
    {{nhwc_conv2d, nhwc_conv2d_backprop_input, nhwc_conv2d_backprop_filter},
     {nhwc_conv2d_transpose, nhwc_conv2d_transpose_backprop_input, nhwc_conv2d_transpose_backprop_filter}},
    {{nhwc_depthwise_conv2d, nhwc_depthwise_conv2d_backprop_input, nhwc_depthwise_conv2d_backprop_filter},
     {nhwc_depthwise_conv2d_transpose, nhwc_depthwise_conv2d_transpose_backprop_input,
      nhwc_depthwise_conv2d_transpose_backprop_filter}}};

nhwc_status layer_run(layer *l, const nhwc_context *context)
{
    const workload *w = l->workload;
    const int depthwise = workload_is_depthwise(w), transposed = w->transposed;

    switch (w->output) {
    case WORKLOAD_FORWARD: break;
    case WORKLOAD_INPUT_GRADIENT:
        return operations[depthwise][transposed].backprop_input(context, &l->y, &l->filter, &l->options,
                                                                false, &l->x);
    case WORKLOAD_FILTER_GRADIENT:
        return operations[depthwise][transposed].backprop_filter(context, &l->x, &l->y, &l->options,
                                                                 false, &l->filter);
    }
    return operations[depthwise][transposed].forward(context, &l->x, &l->filter, NULL, &l->options, &l->y);
}

nhwc_status layer_plan_create(const layer *l, const nhwc_context *context, nhwc_plan **plan)
{
    static const nhwc_operation plain[2][3] = { /* [transposed] */
        {[WORKLOAD_FORWARD] = NHWC_CONV2D,
         [WORKLOAD_INPUT_GRADIENT] = NHWC_CONV2D_BACKPROP_INPUT,
         [WORKLOAD_FILTER_GRADIENT] = NHWC_CONV2D_BACKPROP_FILTER},
        {[WORKLOAD_FORWARD] = NHWC_CONV2D_TRANSPOSE,
         [WORKLOAD_INPUT_GRADIENT] = NHWC_CONV2D_TRANSPOSE_BACKPROP_INPUT,
         [WORKLOAD_FILTER_GRADIENT] = NHWC_CONV2D_TRANSPOSE_BACKPROP_FILTER}};
    const workload *w = l->workload;
    const int64_t fine[] = {w->batch, w->fine[0], w->fine[1], w->fine[2]};
    const int64_t filter[] = {w->kernel[0], w->kernel[1], group_size_of(w).fine, w->coarse[2]};
    nhwc_geometry geometry;
    const nhwc_status status = nhwc_conv2d_geometry(fine, filter, &l->options, &geometry);
    if (status != NHWC_OK)
        return status;
    return nhwc_plan_create(context, plain[w->transposed][w->output], NHWC_FLOAT32, &geometry,
                            w->output == WORKLOAD_FILTER_GRADIENT ? NULL : &l->filter, plan);
}

nhwc_status layer_plan_run(layer *l, const nhwc_context *context, const nhwc_plan *plan, void *workspace,
                           int64_t workspace_bytes)
{
    const nhwc_plan_options options = {.workspace = workspace, .workspace_bytes = workspace_bytes};

    switch (l->workload->output) {
    case WORKLOAD_FORWARD: break;
    case WORKLOAD_INPUT_GRADIENT: return nhwc_plan_run(context, plan, &l->y, NULL, NULL, &options, &l->x);
    case WORKLOAD_FILTER_GRADIENT: return nhwc_plan_run(context, plan, &l->x, &l->y, NULL, &options, &l->filter);
    }
    return nhwc_plan_run(context, plan, &l->x, NULL, NULL, &options, &l->y);
}

/* ---- What it should have given ----------------------------------------------------------------- */

static double image_at(const nhwc_tensor *image, int64_t n, int64_t y, int64_t x, int64_t channel)
{
    const float *data = image->data;
    return data[((n * image->dims[1] + y) * image->dims[2] + x) * image->dims[3] + channel];
}

static double filter_at(const layer *l, int64_t ky, int64_t kx, int64_t i, int64_t o)
{
    const float *data = l->filter.data;
    return data[filter_index(l->workload, ky, kx, i, o)];
}

/* The pixel of the fine image that a coarse pixel meets through a tap; maybe one of the padding. */
static int64_t fine_pixel(const workload *w, int axis, int64_t coarse, int64_t tap)
{
    return coarse * w->stride + tap * w->dilation - w->pad_before[axis];
}

static bool in_fine(const workload *w, int axis, int64_t pixel)
{
    return pixel >= 0 && pixel < w->fine[axis];
}

/* The other way round; false when no coarse pixel meets this one through the tap. */
static bool coarse_pixel(const workload *w, int axis, int64_t fine, int64_t tap, int64_t *coarse)
{
    const int64_t offset = fine + w->pad_before[axis] - tap * w->dilation;
    *coarse = offset / w->stride;
    return offset >= 0 && offset % w->stride == 0 && *coarse < w->coarse[axis];
}

static double exact_coarse(const layer *l, const nhwc_tensor *fine, int64_t index)
{
    const workload *w = l->workload;
    const group_size size = group_size_of(w);
    const int64_t o = index % w->coarse[2], pixel = index / w->coarse[2];
    const int64_t x = pixel % w->coarse[1], y = pixel / w->coarse[1] % w->coarse[0];
    const int64_t n = pixel / w->coarse[1] / w->coarse[0], first = o / size.coarse * size.fine;
    double sum = 0;

    for (int64_t ky = 0; ky < w->kernel[0]; ky++)
        for (int64_t kx = 0; kx < w->kernel[1]; kx++) {
            const int64_t fy = fine_pixel(w, 0, y, ky), fx = fine_pixel(w, 1, x, kx);
            if (in_fine(w, 0, fy) && in_fine(w, 1, fx))
                for (int64_t i = 0; i < size.fine; i++)
                    sum += image_at(fine, n, fy, fx, first + i) * filter_at(l, ky, kx, i, o);
        }
    return sum;
}

static double exact_fine(const layer *l, const nhwc_tensor *coarse, int64_t index)
{
    const workload *w = l->workload;
    const group_size size = group_size_of(w);
    const int64_t channel = index % w->fine[2], pixel = index / w->fine[2];
    const int64_t x = pixel % w->fine[1], y = pixel / w->fine[1] % w->fine[0];
    const int64_t n = pixel / w->fine[1] / w->fine[0];
    const int64_t i = channel % size.fine, first = channel / size.fine * size.coarse;
    double sum = 0;

    for (int64_t ky = 0; ky < w->kernel[0]; ky++)
        for (int64_t kx = 0; kx < w->kernel[1]; kx++) {
            int64_t cy, cx;
            if (coarse_pixel(w, 0, y, ky, &cy) && coarse_pixel(w, 1, x, kx, &cx))
                for (int64_t o = first; o < first + size.coarse; o++)
                    sum += image_at(coarse, n, cy, cx, o) * filter_at(l, ky, kx, i, o);
        }
    return sum;
}

static double exact_filter(const layer *l, const nhwc_tensor *fine, const nhwc_tensor *coarse,
                           int64_t index)
{
    const workload *w = l->workload;
    const group_size size = group_size_of(w);
    const int64_t o = index % w->coarse[2], i = index / w->coarse[2] % size.fine;
    const int64_t tap = index / w->coarse[2] / size.fine, ky = tap / w->kernel[1], kx = tap % w->kernel[1];
    const int64_t channel = o / size.coarse * size.fine + i;
    double sum = 0;

    for (int64_t n = 0; n < w->batch; n++)
        for (int64_t y = 0; y < w->coarse[0]; y++)
            for (int64_t x = 0; x < w->coarse[1]; x++) {
                const int64_t fy = fine_pixel(w, 0, y, ky), fx = fine_pixel(w, 1, x, kx);
                if (in_fine(w, 0, fy) && in_fine(w, 1, fx))
                    sum += image_at(fine, n, fy, fx, channel) * image_at(coarse, n, y, x, o);
            }
    return sum;
}

static double exact(const layer *l, int64_t index)
{
    const workload *w = l->workload;
    const nhwc_tensor *fine = w->transposed ? &l->y : &l->x, *coarse = w->transposed ? &l->x : &l->y;

    if (w->output == WORKLOAD_FILTER_GRADIENT)
        return exact_filter(l, fine, coarse, index);
    return (w->output == WORKLOAD_FORWARD) == w->transposed ? exact_fine(l, coarse, index)
                                                            : exact_coarse(l, fine, index);
}

/* How many elements to look at: all of a small problem, otherwise a few hundred or as many as 3e7
 * multiply-adds pay for, and never fewer than 8. */
static int64_t sample_size(const workload *w, int64_t count)
{
    const double macs = workload_macs(w), each = macs / (double)count;
    if (macs < 2e6 && count < 400000)
        return count;
    int64_t size = w->output == WORKLOAD_FILTER_GRADIENT ? 24 : 400;
    if (each * (double)size > 3e7)
        size = (int64_t)(3e7 / each) + 8;
    return size < count ? size : count;
}

double layer_error(const layer *l)
{
    const nhwc_tensor *output = output_of(l);
    const float *given = output->data;
    const int64_t count = element_count(output), size = sample_size(l->workload, count);
    uint64_t random = RANDOM_START;
    double largest = 0, deviation = 0;

    for (int64_t i = 0; i < size; i++) {
        int64_t index = i;
        if (size < count && i > 0) { /* the first, the last, and whatever comes */
            const uint64_t high = random_next(&random), low = random_next(&random);
            index = i == 1 ? count - 1 : (int64_t)((high << 20 ^ low) % (uint64_t)count);
        }
        const double expected = exact(l, index), difference = fabs(expected - (double)given[index]);
        largest = fmax(largest, fabs(expected));
        deviation = fmax(deviation, isnan(difference) ? 1e30 : difference);
    }
    return largest > 0 ? deviation / largest : deviation;
}
