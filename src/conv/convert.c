/* Parameters of other frameworks.
 *
 * A framework's way to pad and to size its output is written down once, in its ..._meaning function, in
 * terms of options and of what geometry.c makes of them. The way back starts from a geometry, where
 * paddings and lengths are numbers, and finds the words that mean these numbers, if there are any. */
#include <nhwc/convert.h>
#include <stdlib.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/geometry.h"

/* What a conversion is called in messages, and whose it is. */
typedef struct conversion {
    nhwc__roles roles;
    const char *framework;
    bool transpose;
} conversion;

#define CONV2D(name, framework)                                                                            \
    (&(const conversion){{"conv2d_" name, "x_shape", "filter_shape", "y_shape"}, framework, false})
#define TRANSPOSE(name, framework)                                                                         \
    (&(const conversion){{"conv2d_transpose_" name, "y_shape", "filter_shape", "x_shape"}, framework, true})

/* The shapes a framework's parameters are applied to. */
typedef struct shapes {
    const int64_t *x, *filter;
} shapes;

/* What a framework's parameters are here. */
typedef struct meaning {
    nhwc_conv2d_options options;
    nhwc_geometry geometry;
} meaning;

/* ---- From ------------------------------------------------------------------------------------- */

static nhwc_conv2d_options options_of(nhwc_padding padding, const int64_t strides[2],
                                      const int64_t dilations[2], int64_t groups)
{
    return (nhwc_conv2d_options){.padding = padding,
                                 .strides = {strides[0], strides[1]},
                                 .dilations = {dilations[0], dilations[1]},
                                 .groups = groups};
}

/* {top, left, bottom, right}, as ONNX has them. */
static void set_pads(nhwc_conv2d_options *options, const int64_t pads[4])
{
    options->padding = NHWC_PADDING_EXPLICIT;
    for (int axis = 0; axis < 2; axis++)
        for (int side = 0; side < 2; side++)
            options->explicit_paddings[axis][side] = pads[2 * side + axis];
}

/* The geometry of m->options. The output of the transpose is the default, or what output_padding says. */
static nhwc_status resolve(const conversion *c, shapes s, const int64_t output_padding[2], meaning *m)
{
    if (c->transpose)
        return nhwc__geometry_from_coarse(&c->roles, s.x, s.filter, &m->options, NULL, output_padding,
                                          &m->geometry);
    return nhwc__geometry_from_fine(&c->roles, s.x, s.filter, &m->options, &m->geometry);
}

static nhwc_status refuse_output_padding(const conversion *c, const int64_t output_padding[2])
{
    if (!c->transpose && (output_padding[0] != 0 || output_padding[1] != 0))
        return nhwc__fail(NHWC_ERROR_OUTPUT_PADDING,
                          "%s: output_padding is {%" PRId64 ", %" PRId64 "}; it is for the transpose alone",
                          c->roles.operation, output_padding[0], output_padding[1]);
    return NHWC_OK;
}

/* Keras gives empty outputs where this library does; the others refuse them, or have other rules. */
static nhwc_status refuse_empty(const conversion *c, const nhwc_geometry *g)
{
    const nhwc_axis *a = g->h.fine == 0 || g->h.coarse == 0 ? &g->h : &g->w;
    if (a->fine > 0 && a->coarse > 0)
        return NHWC_OK;
    if (!c->transpose && a->fine > 0)
        return nhwc__fail(NHWC_ERROR_KERNEL,
                          "%s: kernel %" PRId64 " at dilation %" PRId64 " does not fit a %s of %" PRId64
                          " with paddings %" PRId64 " and %" PRId64 ", which %s refuses",
                          c->roles.operation, a->kernel, a->dilation, a == &g->h ? "height" : "width",
                          a->fine, a->pad_before, a->pad_after, c->framework);
    return nhwc__fail(NHWC_ERROR_SHAPE,
                      "%s: the %s of the input is %" PRId64 " and of the output %" PRId64
                      "; %s has no images of 0",
                      c->roles.operation, a == &g->h ? "height" : "width",
                      c->transpose ? a->coarse : a->fine, c->transpose ? a->fine : a->coarse, c->framework);
}

static nhwc_status check_pointers(const conversion *c, const void *parameters, const int64_t *x_shape,
                                  const int64_t *filter_shape, const void *options, const int64_t *y_shape)
{
    const void *const pointers[] = {parameters, x_shape, filter_shape, options, y_shape};
    const char *const names[] = {"parameters", "x_shape", "filter_shape", "options", "y_shape"};
    for (int i = 0; i < 5; i++)
        if (pointers[i] == NULL)
            return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is NULL", c->roles.operation, names[i]);
    return NHWC_OK;
}

static void give(const conversion *c, const meaning *m, nhwc_conv2d_options *options, int64_t y_shape[4])
{
    const nhwc_geometry *g = &m->geometry;
    *options = m->options;
    y_shape[0] = g->batch;
    y_shape[1] = c->transpose ? g->h.fine : g->h.coarse;
    y_shape[2] = c->transpose ? g->w.fine : g->w.coarse;
    y_shape[3] = c->transpose ? g->fine_c : g->coarse_c;
}

/* ---- To --------------------------------------------------------------------------------------- */

/* Pixels of the fine side, with paddings of the framework's choice, that no window reaches: 0 to
 * stride - 1 where conv2d gives the coarse side. In the transpose this is output_padding. */
static int64_t pixels_left(const nhwc_axis *a, int64_t before, int64_t after)
{
    return before + a->fine + after - ((a->coarse - 1) * a->stride + (a->kernel - 1) * a->dilation + 1);
}

static bool are_few(const nhwc_axis *a, int64_t pixels)
{
    return pixels >= 0 && pixels < a->stride;
}

static bool same_axis(const nhwc_axis *a, const nhwc_axis *b)
{
    return a->fine == b->fine && a->coarse == b->coarse && a->stride == b->stride &&
           a->dilation == b->dilation && a->pad_before == b->pad_before;
}

/* The meaning of `padding` for conv2d of the fine side of `g`. */
static nhwc_status resolve_fine(const conversion *c, const nhwc_geometry *g, nhwc_padding padding,
                                meaning *m)
{
    const int64_t fine[4] = {g->batch, g->h.fine, g->w.fine, g->fine_c};
    const int64_t filter[4] = {g->h.kernel, g->w.kernel, g->fine_c / g->groups, g->coarse_c};
    m->options = (nhwc_conv2d_options){.padding = padding,
                                       .strides = {g->h.stride, g->w.stride},
                                       .dilations = {g->h.dilation, g->w.dilation},
                                       .groups = g->groups};
    if (padding == NHWC_PADDING_EXPLICIT)
        set_pads(&m->options,
                 (int64_t[]){g->h.pad_before, g->w.pad_before, g->h.pad_after, g->w.pad_after});
    return nhwc__geometry_from_fine(&c->roles, fine, filter, &m->options, &m->geometry);
}

/* `g` came from the shape functions, and every framework has images of its size. */
static nhwc_status check_geometry(const conversion *c, const nhwc_geometry *g, const void *result)
{
    if (g == NULL || result == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is NULL", c->roles.operation,
                          g == NULL ? "geometry" : "the result");
    if (g->groups < 1)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "%s: geometry->groups is %" PRId64 "; it has to be at least 1",
                          c->roles.operation, g->groups);
    meaning m;
    NHWC__TRY(resolve_fine(c, g, NHWC_PADDING_EXPLICIT, &m));
    if (!same_axis(&g->h, &m.geometry.h) || !same_axis(&g->w, &m.geometry.w) ||
        g->fine_c != m.geometry.fine_c)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "%s: geometry is none of the shape functions: %" PRId64 " x %" PRId64
                          " pixels lead to %" PRId64 " x %" PRId64 ", not to %" PRId64 " x %" PRId64,
                          c->roles.operation, g->h.fine, g->w.fine, m.geometry.h.coarse,
                          m.geometry.w.coarse, g->h.coarse, g->w.coarse);
    return refuse_empty(c, g);
}

static nhwc_status no_equal(const conversion *c, nhwc_status error, const nhwc_geometry *g, const char *why)
{
    return nhwc__fail(error,
                      "%s: %s has no equal of paddings %" PRId64 " and %" PRId64 " of the height, %" PRId64
                      " to %" PRId64 " pixels with stride %" PRId64 ", and %" PRId64 " and %" PRId64
                      " of the width, %" PRId64 " to %" PRId64 " pixels with stride %" PRId64 ": %s",
                      c->roles.operation, c->framework, g->h.pad_before, g->h.pad_after,
                      c->transpose ? g->h.coarse : g->h.fine, c->transpose ? g->h.fine : g->h.coarse,
                      g->h.stride, g->w.pad_before, g->w.pad_after, c->transpose ? g->w.coarse : g->w.fine,
                      c->transpose ? g->w.fine : g->w.coarse, g->w.stride, why);
}

/* Whether SAME gives the geometry. */
static bool is_same(const conversion *c, const nhwc_geometry *g)
{
    meaning m;
    return resolve_fine(c, g, NHWC_PADDING_SAME, &m) == NHWC_OK && same_axis(&g->h, &m.geometry.h) &&
           same_axis(&g->w, &m.geometry.w);
}

/* ---- PyTorch ---------------------------------------------------------------------------------- */

static nhwc_status torch_meaning(const conversion *c, const nhwc_torch_conv2d *p, shapes s, meaning *m)
{
    m->options = options_of(NHWC_PADDING_EXPLICIT, p->stride, p->dilation, p->groups);
    set_pads(&m->options, (int64_t[]){p->padding[0], p->padding[1], p->padding[0], p->padding[1]});
    if (p->same) {
        if (c->transpose || p->stride[0] > 1 || p->stride[1] > 1)
            return nhwc__fail(NHWC_ERROR_PADDING,
                              "%s: same, with stride {%" PRId64 ", %" PRId64
                              "}; PyTorch has it for Conv2d with stride 1 alone",
                              c->roles.operation, p->stride[0], p->stride[1]);
        m->options.padding = NHWC_PADDING_SAME;
    }
    NHWC__TRY(refuse_output_padding(c, p->output_padding));
    NHWC__TRY(resolve(c, s, p->output_padding, m));
    return refuse_empty(c, &m->geometry);
}

static nhwc_status from_torch(const conversion *c, const nhwc_torch_conv2d *torch, const int64_t *x_shape,
                              const int64_t *filter_shape, nhwc_conv2d_options *options, int64_t *y_shape)
{
    meaning m;
    NHWC__TRY(check_pointers(c, torch, x_shape, filter_shape, options, y_shape));
    NHWC__TRY(torch_meaning(c, torch, (shapes){x_shape, filter_shape}, &m));
    give(c, &m, options, y_shape);
    return NHWC_OK;
}

static nhwc_status to_torch(const conversion *c, const nhwc_geometry *g, nhwc_torch_conv2d *torch)
{
    NHWC__TRY(check_geometry(c, g, torch));
    nhwc_torch_conv2d p = {.stride = {g->h.stride, g->w.stride},
                           .padding = {g->h.pad_before, g->w.pad_before},
                           .dilation = {g->h.dilation, g->w.dilation},
                           .groups = g->groups};
    const int64_t left[2] = {pixels_left(&g->h, p.padding[0], p.padding[0]),
                             pixels_left(&g->w, p.padding[1], p.padding[1])};
    const bool equal = are_few(&g->h, left[0]) && are_few(&g->w, left[1]);
    if (c->transpose) {
        if (!equal)
            return no_equal(c, NHWC_ERROR_OUTPUT_PADDING, g,
                            "it crops both sides alike and adds an output_padding less than the stride");
        p.output_padding[0] = left[0];
        p.output_padding[1] = left[1];
    } else if (!equal) {
        if (g->h.stride > 1 || g->w.stride > 1 || !is_same(c, g))
            return no_equal(c, NHWC_ERROR_PADDING, g,
                            "it pads both sides alike, or, for padding='same', with stride 1");
        p.same = true;
        p.padding[0] = p.padding[1] = 0;
    }
    *torch = p;
    return NHWC_OK;
}

nhwc_status nhwc_conv2d_from_torch(const nhwc_torch_conv2d *torch, const int64_t x_shape[4],
                                   const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                   int64_t y_shape[4])
{
    return from_torch(CONV2D("from_torch", "PyTorch"), torch, x_shape, filter_shape, options, y_shape);
}

nhwc_status nhwc_conv2d_transpose_from_torch(const nhwc_torch_conv2d *torch, const int64_t x_shape[4],
                                             const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                             int64_t y_shape[4])
{
    return from_torch(TRANSPOSE("from_torch", "PyTorch"), torch, x_shape, filter_shape, options, y_shape);
}

nhwc_status nhwc_conv2d_to_torch(const nhwc_geometry *geometry, nhwc_torch_conv2d *torch)
{
    return to_torch(CONV2D("to_torch", "PyTorch"), geometry, torch);
}

nhwc_status nhwc_conv2d_transpose_to_torch(const nhwc_geometry *geometry, nhwc_torch_conv2d *torch)
{
    return to_torch(TRANSPOSE("to_torch", "PyTorch"), geometry, torch);
}

/* ---- ONNX ------------------------------------------------------------------------------------- */

static nhwc_status onnx_conv_meaning(const conversion *c, const nhwc_onnx_conv *p, shapes s, meaning *m)
{
    NHWC__TRY(refuse_output_padding(c, p->output_padding));
    if (p->output_shape[0] != 0 || p->output_shape[1] != 0)
        return nhwc__fail(NHWC_ERROR_OUTPUT_SHAPE,
                          "%s: output_shape is {%" PRId64 ", %" PRId64 "}; it is for the transpose alone",
                          c->roles.operation, p->output_shape[0], p->output_shape[1]);
    if (p->auto_pad == NHWC_ONNX_NOTSET)
        set_pads(&m->options, p->pads);
    else if (p->auto_pad != NHWC_ONNX_VALID)
        m->options.padding = NHWC_PADDING_SAME;
    NHWC__TRY(resolve(c, s, NULL, m));
    if (p->auto_pad == NHWC_ONNX_SAME_LOWER) {
        const nhwc_axis *h = &m->geometry.h, *w = &m->geometry.w;
        set_pads(&m->options, (int64_t[]){h->pad_after, w->pad_after, h->pad_before, w->pad_before});
        return resolve(c, s, NULL, m);
    }
    return NHWC_OK;
}

/* The output has the length of output_shape, or of SAME; pads follow from what that crops. */
static nhwc_status onnx_crop(const conversion *c, const nhwc_onnx_conv *p, shapes s, meaning *m)
{
    nhwc_geometry *g = &m->geometry;
    NHWC__TRY(
        resolve(c, s, p->output_padding, m)); /* all windows and the output_padding, nothing cropped */
    const int64_t whole[2] = {g->h.fine, g->w.fine};
    if (p->output_shape[0] == 0 && p->output_shape[1] == 0) {
        m->options.padding = NHWC_PADDING_SAME;
        NHWC__TRY(resolve(c, s, NULL, m));
    } else if (p->output_shape[0] < 1 || p->output_shape[1] < 1) {
        return nhwc__fail(NHWC_ERROR_OUTPUT_SHAPE,
                          "%s: output_shape is {%" PRId64 ", %" PRId64
                          "}; both have to be at least 1, or both 0 for none",
                          c->roles.operation, p->output_shape[0], p->output_shape[1]);
    } else {
        g->h.fine = p->output_shape[0];
        g->w.fine = p->output_shape[1];
    }
    const int64_t y[4] = {g->batch, g->h.fine, g->w.fine, g->fine_c};
    int64_t pads[4];
    for (int axis = 0; axis < 2; axis++) {
        const int64_t total = whole[axis] > y[axis + 1] ? whole[axis] - y[axis + 1] : 0;
        const bool upper = p->auto_pad == NHWC_ONNX_SAME_UPPER;
        pads[axis] = upper ? total / 2 : total - total / 2;
        pads[axis + 2] = total - pads[axis];
    }
    set_pads(&m->options, pads);
    return nhwc__geometry_from_coarse(&c->roles, s.x, s.filter, &m->options, y, NULL, g);
}

static nhwc_status onnx_transpose_meaning(const conversion *c, const nhwc_onnx_conv *p, shapes s,
                                          meaning *m)
{
    const bool has_output_shape = p->output_shape[0] != 0 || p->output_shape[1] != 0;
    if (has_output_shape || p->auto_pad == NHWC_ONNX_SAME_UPPER || p->auto_pad == NHWC_ONNX_SAME_LOWER)
        return onnx_crop(c, p, s, m);
    if (p->auto_pad == NHWC_ONNX_NOTSET)
        set_pads(&m->options, p->pads);
    return resolve(c, s, p->output_padding, m);
}

static nhwc_status onnx_meaning(const conversion *c, const nhwc_onnx_conv *p, shapes s, meaning *m)
{
    if ((int)p->auto_pad < 0 || p->auto_pad > NHWC_ONNX_VALID)
        return nhwc__fail(NHWC_ERROR_PADDING, "%s: auto_pad is %d, which is no nhwc_onnx_auto_pad",
                          c->roles.operation, (int)p->auto_pad);
    for (int i = 0; i < 4; i++)
        if (p->auto_pad != NHWC_ONNX_NOTSET && p->pads[i] != 0)
            return nhwc__fail(NHWC_ERROR_PADDING,
                              "%s: pads[%d] is %" PRId64 ", but auto_pad is not NOTSET; one of them pads",
                              c->roles.operation, i, p->pads[i]);
    m->options = options_of(NHWC_PADDING_VALID, p->strides, p->dilations, p->group);
    NHWC__TRY(c->transpose ? onnx_transpose_meaning(c, p, s, m) : onnx_conv_meaning(c, p, s, m));
    return refuse_empty(c, &m->geometry);
}

static nhwc_status from_onnx(const conversion *c, const nhwc_onnx_conv *onnx, const int64_t *x_shape,
                             const int64_t *filter_shape, nhwc_conv2d_options *options, int64_t *y_shape)
{
    meaning m;
    NHWC__TRY(check_pointers(c, onnx, x_shape, filter_shape, options, y_shape));
    NHWC__TRY(onnx_meaning(c, onnx, (shapes){x_shape, filter_shape}, &m));
    give(c, &m, options, y_shape);
    return NHWC_OK;
}

static nhwc_status to_onnx(const conversion *c, const nhwc_geometry *g, nhwc_onnx_conv *onnx)
{
    NHWC__TRY(check_geometry(c, g, onnx));
    const nhwc_axis *h = &g->h, *w = &g->w;
    *onnx = (nhwc_onnx_conv){.pads = {h->pad_before, w->pad_before, h->pad_after, w->pad_after},
                             .strides = {h->stride, w->stride},
                             .dilations = {h->dilation, w->dilation},
                             .group = g->groups};
    if (c->transpose) {
        onnx->output_padding[0] = pixels_left(h, h->pad_before, h->pad_after);
        onnx->output_padding[1] = pixels_left(w, w->pad_before, w->pad_after);
    }
    return NHWC_OK;
}

nhwc_status nhwc_conv2d_from_onnx(const nhwc_onnx_conv *onnx, const int64_t x_shape[4],
                                  const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                  int64_t y_shape[4])
{
    return from_onnx(CONV2D("from_onnx", "ONNX"), onnx, x_shape, filter_shape, options, y_shape);
}

nhwc_status nhwc_conv2d_transpose_from_onnx(const nhwc_onnx_conv *onnx, const int64_t x_shape[4],
                                            const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                            int64_t y_shape[4])
{
    return from_onnx(TRANSPOSE("from_onnx", "ONNX"), onnx, x_shape, filter_shape, options, y_shape);
}

nhwc_status nhwc_conv2d_to_onnx(const nhwc_geometry *geometry, nhwc_onnx_conv *onnx)
{
    return to_onnx(CONV2D("to_onnx", "ONNX"), geometry, onnx);
}

nhwc_status nhwc_conv2d_transpose_to_onnx(const nhwc_geometry *geometry, nhwc_onnx_conv *onnx)
{
    return to_onnx(TRANSPOSE("to_onnx", "ONNX"), geometry, onnx);
}

/* ---- Caffe: PyTorch without output_padding ----------------------------------------------------- */

static nhwc_status from_caffe(const conversion *c, const nhwc_caffe_convolution *caffe,
                              const int64_t *x_shape, const int64_t *filter_shape,
                              nhwc_conv2d_options *options, int64_t *y_shape)
{
    meaning m;
    NHWC__TRY(check_pointers(c, caffe, x_shape, filter_shape, options, y_shape));
    const nhwc_torch_conv2d torch = {.stride = {caffe->stride[0], caffe->stride[1]},
                                     .padding = {caffe->pad[0], caffe->pad[1]},
                                     .dilation = {caffe->dilation[0], caffe->dilation[1]},
                                     .groups = caffe->group};
    NHWC__TRY(torch_meaning(c, &torch, (shapes){x_shape, filter_shape}, &m));
    give(c, &m, options, y_shape);
    return NHWC_OK;
}

static nhwc_status to_caffe(const conversion *c, const nhwc_geometry *g, nhwc_caffe_convolution *caffe)
{
    NHWC__TRY(check_geometry(c, g, caffe));
    const nhwc_axis *h = &g->h, *w = &g->w;
    const int64_t left_h = pixels_left(h, h->pad_before, h->pad_before),
                  left_w = pixels_left(w, w->pad_before, w->pad_before);
    if (c->transpose && (left_h != 0 || left_w != 0))
        return no_equal(c, NHWC_ERROR_OUTPUT_SHAPE, g, "it crops both sides alike and adds nothing");
    if (!are_few(h, left_h) || !are_few(w, left_w))
        return no_equal(c, NHWC_ERROR_PADDING, g, "it pads both sides alike");
    *caffe = (nhwc_caffe_convolution){.stride = {h->stride, w->stride},
                                      .pad = {h->pad_before, w->pad_before},
                                      .dilation = {h->dilation, w->dilation},
                                      .group = g->groups};
    return NHWC_OK;
}

nhwc_status nhwc_conv2d_from_caffe(const nhwc_caffe_convolution *caffe, const int64_t x_shape[4],
                                   const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                   int64_t y_shape[4])
{
    return from_caffe(CONV2D("from_caffe", "Caffe"), caffe, x_shape, filter_shape, options, y_shape);
}

nhwc_status nhwc_conv2d_transpose_from_caffe(const nhwc_caffe_convolution *caffe, const int64_t x_shape[4],
                                             const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                             int64_t y_shape[4])
{
    return from_caffe(TRANSPOSE("from_caffe", "Caffe"), caffe, x_shape, filter_shape, options, y_shape);
}

nhwc_status nhwc_conv2d_to_caffe(const nhwc_geometry *geometry, nhwc_caffe_convolution *caffe)
{
    return to_caffe(CONV2D("to_caffe", "Caffe"), geometry, caffe);
}

nhwc_status nhwc_conv2d_transpose_to_caffe(const nhwc_geometry *geometry, nhwc_caffe_convolution *caffe)
{
    return to_caffe(TRANSPOSE("to_caffe", "Caffe"), geometry, caffe);
}

/* ---- Keras ------------------------------------------------------------------------------------ */

static nhwc_status refuse_transposed_groups(const conversion *c, int64_t groups)
{
    if (c->transpose && groups > 1)
        return nhwc__fail(NHWC_ERROR_GROUPS, "%s: groups is %" PRId64 "; Conv2DTranspose of Keras has none",
                          c->roles.operation, groups);
    return NHWC_OK;
}

static nhwc_status keras_meaning(const conversion *c, const nhwc_keras_conv2d *p, shapes s, meaning *m)
{
    if (p->padding != NHWC_KERAS_VALID && p->padding != NHWC_KERAS_SAME)
        return nhwc__fail(NHWC_ERROR_PADDING, "%s: padding is %d, which is no nhwc_keras_padding",
                          c->roles.operation, (int)p->padding);
    if (p->has_output_padding && !c->transpose)
        return nhwc__fail(NHWC_ERROR_OUTPUT_PADDING, "%s: has_output_padding is for the transpose alone",
                          c->roles.operation);
    if (!p->has_output_padding && (p->output_padding[0] != 0 || p->output_padding[1] != 0))
        return nhwc__fail(NHWC_ERROR_OUTPUT_PADDING,
                          "%s: output_padding is {%" PRId64 ", %" PRId64 "}, but has_output_padding false",
                          c->roles.operation, p->output_padding[0], p->output_padding[1]);
    NHWC__TRY(refuse_transposed_groups(c, p->groups));
    m->options = options_of(p->padding == NHWC_KERAS_SAME ? NHWC_PADDING_SAME : NHWC_PADDING_VALID,
                            p->strides, p->dilation_rate, p->groups);
    return resolve(c, s, p->has_output_padding ? p->output_padding : NULL, m);
}

static nhwc_status from_keras(const conversion *c, const nhwc_keras_conv2d *keras, const int64_t *x_shape,
                              const int64_t *filter_shape, nhwc_conv2d_options *options, int64_t *y_shape)
{
    meaning m;
    NHWC__TRY(check_pointers(c, keras, x_shape, filter_shape, options, y_shape));
    NHWC__TRY(keras_meaning(c, keras, (shapes){x_shape, filter_shape}, &m));
    give(c, &m, options, y_shape);
    return NHWC_OK;
}

/* None, or the output_padding that gives the lengths of `g`: so much less than the greatest as they are. */
static nhwc_status find_output_padding(const conversion *c, const nhwc_geometry *g, nhwc_keras_conv2d *p)
{
    const int64_t x[4] = {g->batch, g->h.coarse, g->w.coarse, g->coarse_c};
    const int64_t filter[4] = {g->h.kernel, g->w.kernel, g->fine_c / g->groups, g->coarse_c};
    const shapes s = {x, filter};
    meaning m;
    NHWC__TRY(keras_meaning(c, p, s, &m));
    if (m.geometry.h.fine == g->h.fine && m.geometry.w.fine == g->w.fine)
        return NHWC_OK;
    p->has_output_padding = true;
    p->output_padding[0] = g->h.stride - 1;
    p->output_padding[1] = g->w.stride - 1;
    if (keras_meaning(c, p, s, &m) == NHWC_OK) { /* not for a SAME with stride 1 and an even kernel */
        p->output_padding[0] -= m.geometry.h.fine - g->h.fine;
        p->output_padding[1] -= m.geometry.w.fine - g->w.fine;
        if (are_few(&g->h, p->output_padding[0]) && are_few(&g->w, p->output_padding[1]))
            return NHWC_OK;
    }
    return no_equal(c, NHWC_ERROR_OUTPUT_PADDING, g,
                    "its output_padding is None for both, or less than the stride in both");
}

static nhwc_status to_keras(const conversion *c, const nhwc_geometry *g, nhwc_keras_conv2d *keras)
{
    NHWC__TRY(check_geometry(c, g, keras));
    NHWC__TRY(refuse_transposed_groups(c, g->groups));
    const nhwc_axis *h = &g->h, *w = &g->w;
    nhwc_keras_conv2d p = {.strides = {h->stride, w->stride},
                           .dilation_rate = {h->dilation, w->dilation},
                           .groups = g->groups};
    if ((h->stride > 1 || w->stride > 1) && (h->dilation > 1 || w->dilation > 1))
        return nhwc__fail(NHWC_ERROR_DILATION,
                          "%s: strides {%" PRId64 ", %" PRId64 "} with dilation_rate {%" PRId64 ", %" PRId64
                          "}; Keras refuses one with the other",
                          c->roles.operation, h->stride, w->stride, h->dilation, w->dilation);
    const bool valid = h->pad_before == 0 && w->pad_before == 0 && are_few(h, pixels_left(h, 0, 0)) &&
                       are_few(w, pixels_left(w, 0, 0));
    if (!valid) {
        if (!is_same(c, g))
            return no_equal(c, NHWC_ERROR_PADDING, g, "its padding is 'valid' or 'same'");
        p.padding = NHWC_KERAS_SAME;
    }
    if (c->transpose)
        NHWC__TRY(find_output_padding(c, g, &p));
    *keras = p;
    return NHWC_OK;
}

nhwc_status nhwc_conv2d_from_keras(const nhwc_keras_conv2d *keras, const int64_t x_shape[4],
                                   const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                   int64_t y_shape[4])
{
    return from_keras(CONV2D("from_keras", "Keras"), keras, x_shape, filter_shape, options, y_shape);
}

nhwc_status nhwc_conv2d_transpose_from_keras(const nhwc_keras_conv2d *keras, const int64_t x_shape[4],
                                             const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                             int64_t y_shape[4])
{
    return from_keras(TRANSPOSE("from_keras", "Keras"), keras, x_shape, filter_shape, options, y_shape);
}

nhwc_status nhwc_conv2d_to_keras(const nhwc_geometry *geometry, nhwc_keras_conv2d *keras)
{
    return to_keras(CONV2D("to_keras", "Keras"), geometry, keras);
}

nhwc_status nhwc_conv2d_transpose_to_keras(const nhwc_geometry *geometry, nhwc_keras_conv2d *keras)
{
    return to_keras(TRANSPOSE("to_keras", "Keras"), geometry, keras);
}

/* ---- The bilinear filler ----------------------------------------------------------------------- */

nhwc_status nhwc_bilinear_upsampling(int64_t factor, const int64_t x_shape[4], nhwc_conv2d_options *options,
                                     int64_t filter_shape[4], int64_t y_shape[4])
{
    const conversion *c =
        &(const conversion){{"bilinear_upsampling", "y_shape", "filter_shape", "x_shape"}, "Caffe", true};
    NHWC__TRY(check_pointers(c, options, x_shape, filter_shape, options, y_shape));
    int64_t kernel;
    if (factor < 1 || !nhwc__multiply(2, factor, &kernel))
        return nhwc__fail(factor < 1 ? NHWC_ERROR_ARGUMENT : NHWC_ERROR_TOO_LARGE,
                          "%s: factor is %" PRId64
                          "; it has to be at least 1 and small enough for the output",
                          c->roles.operation, factor);
    kernel -= factor % 2;
    if (x_shape[3] < 1)
        return nhwc__fail(NHWC_ERROR_CHANNELS,
                          "%s: x_shape has %" PRId64 " channels; it has to have at least 1",
                          c->roles.operation, x_shape[3]);
    const int64_t pad = factor / 2; /* ceil((factor - 1) / 2) */
    const nhwc_torch_conv2d torch = {
        .stride = {factor, factor}, .padding = {pad, pad}, .groups = x_shape[3]};
    const int64_t grouped[4] = {kernel, kernel, 1, x_shape[3]};
    meaning m;
    NHWC__TRY(torch_meaning(c, &torch, (shapes){x_shape, grouped}, &m));
    give(c, &m, options, y_shape);
    filter_shape[0] = filter_shape[1] = kernel;
    filter_shape[2] = grouped[3];
    filter_shape[3] = 1;
    return NHWC_OK;
}

static void fill_bilinear(const nhwc_tensor *filter)
{
    const int64_t kernel = filter->dims[0], count = filter->dims[2] * filter->dims[3];
    const int64_t f = (kernel + 1) / 2, twice_centre = 2 * f - 1 - f % 2; /* in pixels: 2 * f * c */
    float *at32 = filter->data;
    double *at64 = filter->data;
    for (int64_t ky = 0; ky < kernel; ky++)
        for (int64_t kx = 0; kx < kernel; kx++) {
            /* w * w as a fraction of integers, rounded once */
            const int64_t numerator =
                (2 * f - llabs(2 * ky - twice_centre)) * (2 * f - llabs(2 * kx - twice_centre));
            const double value = (double)numerator / (double)(4 * f * f);
            for (int64_t i = 0; i < count; i++)
                if (filter->dtype == NHWC_FLOAT32)
                    *at32++ = (float)value;
                else
                    *at64++ = value;
        }
}

nhwc_status nhwc_bilinear_filter(const nhwc_context *context, nhwc_tensor *filter)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check_dense("bilinear_filter", "filter", filter));
    if (filter->rank != 4)
        return nhwc__fail(NHWC_ERROR_RANK, "bilinear_filter: filter has rank %d; it has to have 4 axes",
                          filter->rank);
    if (filter->dtype != NHWC_FLOAT32 && filter->dtype != NHWC_FLOAT64)
        return nhwc__fail(
            NHWC_ERROR_DTYPE,
            "bilinear_filter: filter has dtype %d; NHWC_FLOAT32 and NHWC_FLOAT64 are possible",
            (int)filter->dtype);
    if (filter->dims[0] != filter->dims[1])
        return nhwc__fail(NHWC_ERROR_KERNEL,
                          "bilinear_filter: filter is %" PRId64 " high and %" PRId64
                          " wide; it has to be square",
                          filter->dims[0], filter->dims[1]);
    if (!nhwc__tensor_is_empty(filter))
        fill_bilinear(filter);
    return NHWC_OK;
}
