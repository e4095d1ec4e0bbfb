#include "conv/geometry.h"

#include <string.h>

#include "base/size.h"
#include "base/status.h"

static const char *const axis_names[2] = {"height", "width"};
static const nhwc_conv2d_options default_options = {.padding = NHWC_PADDING_VALID};
static const nhwc__roles conv2d_roles = {"conv2d", "x", "filter", "y"};
static const nhwc_pool2d_options default_windows = {.padding = NHWC_PADDING_VALID};
static const nhwc__roles pool_roles = {"pool2d", "x", "options->ksize", "y"};
static const nhwc__roles transpose_roles = {"conv2d_transpose", "output_shape", "filter", "x"};

/* ---- One axis ------------------------------------------------------------------------------- */

/* Extent of the dilated kernel; its overflow is checked by check_sizes. */
static int64_t effective_kernel(const nhwc_axis *a)
{
    return (a->kernel - 1) * a->dilation + 1;
}

/* The coarse length that conv2d makes of `fine`, or -1 where TensorFlow's GetWindowedOutputSize finds a
 * negative one. Division truncates: a window a little too large gives 0. */
static int64_t coarse_length(const nhwc_axis *a, nhwc_padding padding, int64_t fine)
{
    if (padding == NHWC_PADDING_SAME)
        return fine / a->stride + (fine % a->stride != 0);
    const int64_t room = fine + a->pad_before + a->pad_after - effective_kernel(a) + a->stride;
    return room <= -a->stride ? -1 : room / a->stride;
}

/* The fine lengths, least .. most, whose coarse length is a->coarse; none when most < least. */
static void fine_lengths(const nhwc_axis *a, nhwc_padding padding, int64_t *least, int64_t *most)
{
    if (padding == NHWC_PADDING_SAME) {
        *most = a->coarse * a->stride;
        *least = a->coarse == 0 ? 0 : *most - a->stride + 1;
        return;
    }
    *most = a->coarse * a->stride + effective_kernel(a) - 1 - a->pad_before - a->pad_after;
    *least = *most - a->stride + 1;
    if (a->coarse == 0) /* truncation rounds up below 0 */
        *least -= a->stride - 1;
    if (*least < 0)
        *least = 0;
    if (*most > NHWC__SIZE_MAX)
        *most = NHWC__SIZE_MAX;
}

/* Keras' Conv2DTranspose with output_padding None. */
static int64_t default_fine_length(const nhwc_axis *a, nhwc_padding padding)
{
    const int64_t e = effective_kernel(a);
    switch (padding) {
    case NHWC_PADDING_SAME:
        return a->coarse * a->stride;
    case NHWC_PADDING_VALID:
        return a->coarse * a->stride + (e > a->stride ? e - a->stride : 0);
    case NHWC_PADDING_EXPLICIT:
        break;
    }
    return (a->coarse - 1) * a->stride + e - a->pad_before - a->pad_after;
}

/* Keras' Conv2DTranspose with a number as output_padding (compute_conv_transpose_output_shape). */
static int64_t padded_fine_length(const nhwc_axis *a, nhwc_padding padding, int64_t output_padding)
{
    const int64_t e = effective_kernel(a);
    const int64_t cropped = padding == NHWC_PADDING_SAME ? e / 2 * 2 : a->pad_before + a->pad_after;
    return (a->coarse - 1) * a->stride + e - cropped + output_padding;
}

/* SAME pads so that all windows fit, never less than nothing; the odd pixel goes behind. */
static void set_same_paddings(nhwc_axis *a)
{
    const int64_t missing = (a->coarse - 1) * a->stride + effective_kernel(a) - a->fine;
    const int64_t total = missing > 0 ? missing : 0;
    a->pad_before = total / 2;
    a->pad_after = total - total / 2;
}

/* ---- Options and sizes, before any length is computed ---------------------------------------- */

static nhwc_status set_pair(const nhwc__roles *roles, nhwc_status error, const char *name,
                            const int64_t given[2], int64_t *h, int64_t *w)
{
    const bool is_default = given[0] == 0 && given[1] == 0;
    if (!is_default && (given[0] < 1 || given[1] < 1))
        return nhwc__fail(error,
                          "%s: options->%s is {%" PRId64 ", %" PRId64
                          "}; both have to be at least 1, or both 0 for {1, 1}",
                          roles->operation, name, given[0], given[1]);
    *h = is_default ? 1 : given[0];
    *w = is_default ? 1 : given[1];
    return NHWC_OK;
}

static nhwc_status set_paddings(const nhwc__roles *roles, const nhwc_conv2d_options *options, nhwc_geometry *g)
{
    if ((int)options->padding < 0 || options->padding > NHWC_PADDING_EXPLICIT)
        return nhwc__fail(NHWC_ERROR_PADDING, "%s: options->padding is %d, which is no nhwc_padding",
                          roles->operation, (int)options->padding);
    for (int axis = 0; axis < 2; axis++)
        for (int side = 0; side < 2; side++) {
            const int64_t pad = options->explicit_paddings[axis][side];
            if (pad < 0)
                return nhwc__fail(NHWC_ERROR_PADDING,
                                  "%s: options->explicit_paddings[%d][%d] (%s) is %" PRId64
                                  "; paddings have to be at least 0",
                                  roles->operation, axis, side, axis_names[axis], pad);
            if (pad > 0 && options->padding != NHWC_PADDING_EXPLICIT)
                return nhwc__fail(NHWC_ERROR_PADDING,
                                  "%s: options->explicit_paddings[%d][%d] is %" PRId64
                                  ", but options->padding is %s; it has to be EXPLICIT",
                                  roles->operation, axis, side, pad,
                                  options->padding == NHWC_PADDING_SAME ? "SAME" : "VALID");
        }
    g->h.pad_before = options->explicit_paddings[0][0];
    g->h.pad_after = options->explicit_paddings[0][1];
    g->w.pad_before = options->explicit_paddings[1][0];
    g->w.pad_after = options->explicit_paddings[1][1];
    return NHWC_OK;
}

/* Everything that does not depend on the images. */
static nhwc_status start(const nhwc__roles *roles, const int64_t filter_shape[4],
                         const nhwc_conv2d_options *options, nhwc_geometry *g)
{
    g->batch = 0;
    g->groups = options->groups == 0 ? 1 : options->groups;
    g->coarse_c = filter_shape[3];
    g->h = (nhwc_axis){.kernel = filter_shape[0]};
    g->w = (nhwc_axis){.kernel = filter_shape[1]};
    NHWC__TRY(set_pair(roles, NHWC_ERROR_STRIDE, "strides", options->strides, &g->h.stride, &g->w.stride));
    NHWC__TRY(set_pair(roles, NHWC_ERROR_DILATION, "dilations", options->dilations, &g->h.dilation,
                       &g->w.dilation));
    NHWC__TRY(set_paddings(roles, options, g));
    if (g->h.kernel < 1 || g->w.kernel < 1)
        return nhwc__fail(NHWC_ERROR_KERNEL,
                          "%s: %s is %" PRId64 " high and %" PRId64 " wide; both have to be at least 1",
                          roles->operation, roles->filter, g->h.kernel, g->w.kernel);
    if (filter_shape[2] < 1 || filter_shape[3] < 0)
        return nhwc__fail(NHWC_ERROR_CHANNELS,
                          "%s: %s has channels [%" PRId64 ", %" PRId64
                          "]; at least 1 and at least 0 are possible",
                          roles->operation, roles->filter, filter_shape[2], filter_shape[3]);
    if (g->groups < 1 || (g->groups > 1 && g->coarse_c % g->groups != 0))
        return nhwc__fail(NHWC_ERROR_GROUPS,
                          "%s: options->groups is %" PRId64
                          "; it has to be at least 1 and to divide the last dim of %s, %" PRId64,
                          roles->operation, g->groups, roles->filter, g->coarse_c);
    if (!nhwc__multiply(filter_shape[2], g->groups, &g->fine_c))
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "%s: %s with %" PRId64 " groups has too many channels",
                          roles->operation, roles->filter, g->groups);
    return NHWC_OK;
}

/* Whether sums and products of the axis' numbers stay within 64 bits. */
static nhwc_status check_sizes(const nhwc__roles *roles, const char *name, const nhwc_axis *a)
{
    int64_t product;
    if (!nhwc__multiply(a->kernel, a->dilation, &product) || !nhwc__is_size(a->pad_before) ||
        !nhwc__is_size(a->pad_after) || !nhwc__multiply(a->coarse, a->stride, &product) ||
        !nhwc__is_size(a->fine))
        return nhwc__fail(NHWC_ERROR_TOO_LARGE,
                          "%s: along the %s, kernel %" PRId64 ", dilation %" PRId64 ", stride %" PRId64
                          " and paddings %" PRId64 ", %" PRId64 " do not fit an image of %" PRId64
                          " within 64 bits",
                          roles->operation, name, a->kernel, a->dilation, a->stride, a->pad_before,
                          a->pad_after, a->fine > a->coarse ? a->fine : a->coarse);
    return NHWC_OK;
}

static nhwc_status check_image(const nhwc__roles *roles, const char *name, const int64_t shape[4])
{
    int64_t count = 1;
    for (int i = 0; i < 4; i++)
        if (shape[i] < 0)
            return nhwc__fail(NHWC_ERROR_SHAPE,
                              "%s: %s is [%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64
                              "]; no dim can be negative",
                              roles->operation, name, shape[0], shape[1], shape[2], shape[3]);
    for (int i = 0; i < 4; i++)
        if (!nhwc__multiply(count, shape[i], &count))
            return nhwc__fail(NHWC_ERROR_TOO_LARGE,
                              "%s: %s is [%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64
                              "], more than 64 bits can address",
                              roles->operation, name, shape[0], shape[1], shape[2], shape[3]);
    return NHWC_OK;
}

/* The fine channels are what groups and filter say. */
static nhwc_status check_fine_channels(const nhwc__roles *roles, int64_t channels,
                                       const int64_t filter_shape[4], const nhwc_geometry *g)
{
    if (channels == g->fine_c)
        return NHWC_OK;
    return nhwc__fail(g->groups > 1 ? NHWC_ERROR_GROUPS : NHWC_ERROR_CHANNELS,
                      "%s: %s has %" PRId64 " channels, but dim 2 of %s, %" PRId64
                      ", times options->groups, %" PRId64 ", is %" PRId64,
                      roles->operation, roles->fine, channels, roles->filter, filter_shape[2], g->groups,
                      g->fine_c);
}

/* ---- Both sides ------------------------------------------------------------------------------ */

/* Coarse length and paddings of an axis whose fine length is known. */
static nhwc_status complete(const nhwc__roles *roles, const char *name, nhwc_padding padding, nhwc_axis *a)
{
    NHWC__TRY(check_sizes(roles, name, a));
    a->coarse = coarse_length(a, padding, a->fine);
    if (a->coarse < 0)
        return nhwc__fail(NHWC_ERROR_KERNEL,
                          "%s: the %s of %s, %" PRId64 " with paddings %" PRId64 " and %" PRId64
                          ", is too small for kernel %" PRId64 " at dilation %" PRId64 " (extent %" PRId64
                          "); it has to be at least %" PRId64 " for a result of 1",
                          roles->operation, name, roles->fine, a->fine, a->pad_before, a->pad_after,
                          a->kernel, a->dilation, effective_kernel(a),
                          effective_kernel(a) - a->pad_before - a->pad_after);
    if (padding == NHWC_PADDING_SAME)
        set_same_paddings(a);
    return NHWC_OK;
}

nhwc_status nhwc__geometry_from_fine(const nhwc__roles *roles, const int64_t fine_shape[4],
                                     const int64_t filter_shape[4], const nhwc_conv2d_options *options,
                                     nhwc_geometry *geometry)
{
    options = options ? options : &default_options;
    nhwc_geometry g;
    NHWC__TRY(start(roles, filter_shape, options, &g));
    NHWC__TRY(check_image(roles, roles->fine, fine_shape));
    NHWC__TRY(check_fine_channels(roles, fine_shape[3], filter_shape, &g));
    g.batch = fine_shape[0];
    g.h.fine = fine_shape[1];
    g.w.fine = fine_shape[2];
    NHWC__TRY(complete(roles, axis_names[0], options->padding, &g.h));
    NHWC__TRY(complete(roles, axis_names[1], options->padding, &g.w));
    NHWC__TRY(check_image(roles, roles->coarse, (int64_t[]){g.batch, g.h.coarse, g.w.coarse, g.coarse_c}));
    *geometry = g;
    return NHWC_OK;
}

/* The fine length that was asked for, or the default; from a->coarse. */
static nhwc_status set_fine(const nhwc__roles *roles, const char *name, nhwc_padding padding,
                            const int64_t *fine, const int64_t *output_padding, nhwc_axis *a)
{
    NHWC__TRY(check_sizes(roles, name, a));
    int64_t least, most;
    fine_lengths(a, padding, &least, &most);
    if (output_padding != NULL) {
        const int64_t none = padded_fine_length(a, padding, 0); /* the length for output_padding 0 */
        const int64_t low = least > none ? least - none : 0;
        const int64_t high = most - none < a->stride ? most - none : a->stride - 1;
        if (high < low)
            return nhwc__fail(NHWC_ERROR_OUTPUT_PADDING,
                              "%s: no output_padding is possible for the %s with input %" PRId64 ", kernel %" PRId64
                              ", dilation %" PRId64 " and stride %" PRId64,
                              roles->operation, name, a->coarse, a->kernel, a->dilation, a->stride);
        if (*output_padding < low || *output_padding > high)
            return nhwc__fail(NHWC_ERROR_OUTPUT_PADDING,
                              "%s: output_padding for the %s is %" PRId64
                              "; with input %" PRId64 ", kernel %" PRId64 ", dilation %" PRId64
                              " and stride %" PRId64 " it has to be %" PRId64 " to %" PRId64,
                              roles->operation, name, *output_padding, a->coarse, a->kernel, a->dilation,
                              a->stride, low, high);
        a->fine = padded_fine_length(a, padding, *output_padding);
        return NHWC_OK;
    }
    a->fine = fine ? *fine : default_fine_length(a, padding);
    if (most < least)
        return nhwc__fail(NHWC_ERROR_OUTPUT_SHAPE,
                          "%s: no output %s is possible: paddings %" PRId64 " and %" PRId64
                          " crop all that input %" PRId64 " with kernel %" PRId64 ", dilation %" PRId64
                          " and stride %" PRId64 " can give",
                          roles->operation, name, a->pad_before, a->pad_after, a->coarse, a->kernel,
                          a->dilation, a->stride);
    if (a->fine < least || a->fine > most)
        return nhwc__fail(NHWC_ERROR_OUTPUT_SHAPE,
                          "%s: the %s of %s is %" PRId64 "; with %s %" PRId64 ", kernel %" PRId64
                          ", dilation %" PRId64 " and stride %" PRId64 " it has to be %" PRId64
                          " to %" PRId64,
                          roles->operation, name, roles->fine, a->fine, roles->coarse, a->coarse, a->kernel,
                          a->dilation, a->stride, least, most);
    return NHWC_OK;
}

/* Everything but the fine lengths. */
static nhwc_status start_from_coarse(const nhwc__roles *roles, const int64_t coarse_shape[4],
                                     const int64_t filter_shape[4], const nhwc_conv2d_options *options,
                                     nhwc_geometry *g)
{
    NHWC__TRY(start(roles, filter_shape, options, g));
    NHWC__TRY(check_image(roles, roles->coarse, coarse_shape));
    if (coarse_shape[3] != g->coarse_c)
        return nhwc__fail(NHWC_ERROR_CHANNELS,
                          "%s: %s has %" PRId64 " channels, but the last dim of %s is %" PRId64,
                          roles->operation, roles->coarse, coarse_shape[3], roles->filter, g->coarse_c);
    g->batch = coarse_shape[0];
    g->h.coarse = coarse_shape[1];
    g->w.coarse = coarse_shape[2];
    return NHWC_OK;
}

nhwc_status nhwc__geometry_from_coarse(const nhwc__roles *roles, const int64_t coarse_shape[4],
                                       const int64_t filter_shape[4], const nhwc_conv2d_options *options,
                                       const int64_t fine_shape[4], const int64_t output_padding[2],
                                       nhwc_geometry *geometry)
{
    options = options ? options : &default_options;
    nhwc_geometry g;
    NHWC__TRY(start_from_coarse(roles, coarse_shape, filter_shape, options, &g));
    const int64_t *h = NULL, *w = NULL;
    if (fine_shape != NULL) {
        NHWC__TRY(check_image(roles, roles->fine, fine_shape));
        NHWC__TRY(check_fine_channels(roles, fine_shape[3], filter_shape, &g));
        if (fine_shape[0] != g.batch)
            return nhwc__fail(NHWC_ERROR_OUTPUT_SHAPE,
                              "%s: %s has a batch of %" PRId64 ", but %s one of %" PRId64, roles->operation,
                              roles->fine, fine_shape[0], roles->coarse, g.batch);
        h = &fine_shape[1];
        w = &fine_shape[2];
    }
    NHWC__TRY(set_fine(roles, axis_names[0], options->padding, h, output_padding, &g.h));
    NHWC__TRY(set_fine(roles, axis_names[1], options->padding, w, output_padding ? output_padding + 1 : NULL,
                       &g.w));
    if (fine_shape == NULL)
        NHWC__TRY(check_image(roles, roles->fine, (int64_t[]){g.batch, g.h.fine, g.w.fine, g.fine_c}));
    NHWC__TRY(complete(roles, axis_names[0], options->padding, &g.h));
    NHWC__TRY(complete(roles, axis_names[1], options->padding, &g.w));
    *geometry = g;
    return NHWC_OK;
}

nhwc_status nhwc__geometry_of_windows(const nhwc__roles *roles, const int64_t fine_shape[4],
                                      const nhwc_pool2d_options *options, nhwc_geometry *geometry)
{
    options = options ? options : &default_windows;
    const bool is_default = options->ksize[0] == 0 && options->ksize[1] == 0;
    const int64_t h = is_default ? 2 : options->ksize[0], w = is_default ? 2 : options->ksize[1];
    const bool steps = options->strides[0] != 0 || options->strides[1] != 0;
    nhwc_conv2d_options windows = {.padding = options->padding,
                                   .strides = {steps ? options->strides[0] : h, steps ? options->strides[1] : w},
                                   .dilations = {options->dilations[0], options->dilations[1]}};
    memcpy(windows.explicit_paddings, options->explicit_paddings, sizeof windows.explicit_paddings);
    if (h < 1 || w < 1) /* before a stride is blamed for it */
        return nhwc__fail(NHWC_ERROR_KERNEL,
                          "%s: %s is {%" PRId64 ", %" PRId64 "}; both have to be at least 1, or both 0 for {2, 2}",
                          roles->operation, roles->filter, h, w);
    NHWC__TRY(check_image(roles, roles->fine, fine_shape));
    nhwc_geometry g; /* of one channel, as they all are alike */
    NHWC__TRY(nhwc__geometry_from_fine(roles, (int64_t[]){fine_shape[0], fine_shape[1], fine_shape[2], 1},
                                       (int64_t[]){h, w, 1, 1}, &windows, &g));
    NHWC__TRY(check_image(roles, roles->coarse, (int64_t[]){g.batch, g.h.coarse, g.w.coarse, fine_shape[3]}));
    g.fine_c = g.coarse_c = fine_shape[3];
    g.groups = nhwc__most(1, fine_shape[3]);
    *geometry = g;
    return NHWC_OK;
}

nhwc_status nhwc__geometry_check(const char *operation, const nhwc_geometry *geometry)
{
    if (geometry == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: geometry is NULL", operation);
    const nhwc_geometry *g = geometry;
    nhwc_geometry made;
    if (g->groups < 1 || g->fine_c % g->groups != 0)
        return nhwc__fail(NHWC_ERROR_GROUPS, "%s: geometry->groups is %" PRId64 " for %" PRId64 " fine channels",
                          operation, g->groups, g->fine_c);
    const nhwc__roles roles = {operation, "fine", "filter", "coarse"};
    const nhwc_conv2d_options options = {
        .padding = NHWC_PADDING_EXPLICIT, /* the paddings of SAME give the same lengths when they are given */
        .strides = {g->h.stride, g->w.stride},
        .dilations = {g->h.dilation, g->w.dilation},
        .explicit_paddings = {{g->h.pad_before, g->h.pad_after}, {g->w.pad_before, g->w.pad_after}},
        .groups = g->groups};
    NHWC__TRY(nhwc__geometry_from_fine(&roles, (int64_t[]){g->batch, g->h.fine, g->w.fine, g->fine_c},
                                       (int64_t[]){g->h.kernel, g->w.kernel, g->fine_c / g->groups, g->coarse_c},
                                       &options, &made));
    if (made.h.coarse != g->h.coarse || made.w.coarse != g->w.coarse || made.h.stride != g->h.stride ||
        made.h.dilation != g->h.dilation)
        return nhwc__fail(NHWC_ERROR_SHAPE,
                          "%s: geometry joins %" PRId64 " x %" PRId64 " to %" PRId64 " x %" PRId64
                          " pixels, but its axes lead to %" PRId64 " x %" PRId64,
                          operation, g->h.fine, g->w.fine, g->h.coarse, g->w.coarse, made.h.coarse, made.w.coarse);
    return NHWC_OK;
}

/* ---- The public shape functions --------------------------------------------------------------- */

static nhwc_status check_pointers(const nhwc__roles *roles, const void *x_shape, const void *filter_shape,
                                  const void *result)
{
    if (x_shape == NULL || filter_shape == NULL || result == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is NULL", roles->operation,
                          x_shape == NULL        ? "x_shape"
                          : filter_shape == NULL ? "filter_shape"
                                                 : "the result");
    return NHWC_OK;
}

nhwc_status nhwc_conv2d_geometry(const int64_t x_shape[4], const int64_t filter_shape[4],
                                 const nhwc_conv2d_options *options, nhwc_geometry *geometry)
{
    NHWC__TRY(check_pointers(&conv2d_roles, x_shape, filter_shape, geometry));
    return nhwc__geometry_from_fine(&conv2d_roles, x_shape, filter_shape, options, geometry);
}

nhwc_status nhwc_pool2d_geometry(const int64_t x_shape[4], const nhwc_pool2d_options *options,
                                 nhwc_geometry *geometry)
{
    NHWC__TRY(check_pointers(&pool_roles, x_shape, x_shape, geometry));
    return nhwc__geometry_of_windows(&pool_roles, x_shape, options, geometry);
}

nhwc_status nhwc_conv2d_transpose_geometry(const int64_t x_shape[4], const int64_t filter_shape[4],
                                           const nhwc_conv2d_options *options, const int64_t output_shape[4],
                                           const int64_t output_padding[2], nhwc_geometry *geometry)
{
    NHWC__TRY(check_pointers(&transpose_roles, x_shape, filter_shape, geometry));
    if (output_shape != NULL && output_padding != NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "conv2d_transpose: output_shape and output_padding are both given; one of them "
                          "has to be NULL");
    return nhwc__geometry_from_coarse(&transpose_roles, x_shape, filter_shape, options, output_shape,
                                      output_padding, geometry);
}

nhwc_status nhwc_conv2d_transpose_output_shapes(const int64_t x_shape[4], const int64_t filter_shape[4],
                                                const nhwc_conv2d_options *options, int64_t smallest[4],
                                                int64_t largest[4])
{
    NHWC__TRY(check_pointers(&transpose_roles, x_shape, filter_shape, smallest));
    NHWC__TRY(check_pointers(&transpose_roles, x_shape, filter_shape, largest));
    options = options ? options : &default_options;
    nhwc_geometry g;
    NHWC__TRY(start_from_coarse(&transpose_roles, x_shape, filter_shape, options, &g));
    int64_t low[4] = {g.batch, 0, 0, g.fine_c}, high[4] = {g.batch, 0, 0, g.fine_c};
    nhwc_axis *const axes[2] = {&g.h, &g.w};
    for (int i = 0; i < 2; i++) {
        NHWC__TRY(check_sizes(&transpose_roles, axis_names[i], axes[i]));
        fine_lengths(axes[i], options->padding, &low[i + 1], &high[i + 1]);
        NHWC__TRY(set_fine(&transpose_roles, axis_names[i], options->padding, &high[i + 1], NULL, axes[i]));
    }
    for (int i = 0; i < 4; i++) {
        smallest[i] = low[i];
        largest[i] = high[i];
    }
    return NHWC_OK;
}
