/* Layers of windows and resizing: pooling and up-sampling. */
#include <nhwc/image.h>
#include <string.h>

#include "base/size.h"
#include "base/status.h"
#include "ops/resize.h"
#include "train/model.h"

/* Either both are 0, for a default, or at least 1. */
static nhwc_status check_sides(const char *name, const int64_t sides[2])
{
    const bool is_default = sides[0] == 0 && sides[1] == 0;
    if (!is_default && (sides[0] < 1 || sides[1] < 1))
        return nhwc__fail(NHWC_ERROR_KERNEL, "%s is {%" PRId64 ", %" PRId64 "}; both have to be at least 1", name,
                          sides[0], sides[1]);
    return NHWC_OK;
}

/* ---- Pooling ------------------------------------------------------------------------------------------- */

static nhwc_status infer_pooling(nhwc_layer *layer)
{
    const int64_t *x = layer->inputs[0].from->dims;
    nhwc_geometry g;
    NHWC__TRY(nhwc__check_image_layer(layer));
    NHWC__TRY(check_sides("pool_size", layer->pool2d.ksize));
    NHWC__TRY(nhwc_pool2d_geometry(x, &layer->pool2d, &g));
    nhwc__set_image(layer, g.h.coarse, g.w.coarse, x[3]);
    return NHWC_OK;
}

static nhwc_layer *add_pooling(const nhwc__kind *kind, nhwc_layer *x, const nhwc_pooling2d_layer *options)
{
    const nhwc_pooling2d_layer none = {.name = NULL};
    const nhwc_pooling2d_layer *o = options == NULL ? &none : options;
    nhwc_layer *const layer = nhwc__layer_begin(kind, 1, &x, o->name);
    if (layer != NULL) {
        nhwc_pool2d_options *const to = &layer->pool2d;
        *to = (nhwc_pool2d_options){.padding = o->padding, .count_padding = o->count_padding};
        memcpy(to->ksize, o->pool_size, sizeof to->ksize);
        memcpy(to->strides, o->strides, sizeof to->strides);
        memcpy(to->explicit_paddings, o->explicit_paddings, sizeof to->explicit_paddings);
    }
    return nhwc__layer_end(layer);
}

static nhwc_status infer_max_pooling(nhwc_layer *layer)
{
    if (layer->pool2d.count_padding)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "count_padding is not for this kind of layer");
    layer->reads_x = true;
    return infer_pooling(layer);
}

static nhwc_status max_pooling_forward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0);
    nhwc_tensor y = nhwc__y(layer);
    return nhwc_max_pool2d(nhwc__inside(layer), &x, &layer->pool2d, &y);
}

static nhwc_status max_pooling_backward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0), dy = nhwc__dy(layer);
    nhwc_tensor dx = nhwc__dx(layer, 0);
    return nhwc_max_pool2d_backprop(nhwc__inside(layer), &dy, &x, &layer->pool2d, &dx);
}

nhwc_layer *nhwc_layer_max_pooling2d(nhwc_layer *x, const nhwc_pooling2d_layer *options)
{
    static const nhwc__kind kind = {"MaxPooling2D", "max_pooling2d", infer_max_pooling, max_pooling_forward,
                                    max_pooling_backward};
    return add_pooling(&kind, x, options);
}

static nhwc_status average_pooling_forward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0);
    nhwc_tensor y = nhwc__y(layer);
    return nhwc_avg_pool2d(nhwc__inside(layer), &x, &layer->pool2d, &y);
}

static nhwc_status average_pooling_backward(const nhwc_layer *layer)
{
    const nhwc_tensor dy = nhwc__dy(layer);
    nhwc_tensor dx = nhwc__dx(layer, 0);
    return nhwc_avg_pool2d_backprop(nhwc__inside(layer), &dy, &layer->pool2d, &dx);
}

nhwc_layer *nhwc_layer_average_pooling2d(nhwc_layer *x, const nhwc_pooling2d_layer *options)
{
    static const nhwc__kind kind = {"AveragePooling2D", "average_pooling2d", infer_pooling, average_pooling_forward,
                                    average_pooling_backward};
    return add_pooling(&kind, x, options);
}

/* ---- One window ------------------------------------------------------------------------------------------ */

static nhwc_status infer_global_average(nhwc_layer *layer)
{
    NHWC__TRY(nhwc__check_image_layer(layer));
    layer->rank = 2;
    layer->dims[0] = 1;
    layer->dims[1] = layer->inputs[0].from->dims[3];
    return NHWC_OK;
}

static nhwc_status infer_global_max(nhwc_layer *layer)
{
    layer->reads_x = true;
    return infer_global_average(layer);
}

static nhwc_status global_max_forward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0);
    nhwc_tensor y = nhwc__y(layer);
    return nhwc_global_max_pool2d(nhwc__inside(layer), &x, &y);
}

static nhwc_status global_max_backward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0), dy = nhwc__dy(layer);
    nhwc_tensor dx = nhwc__dx(layer, 0);
    return nhwc_global_max_pool2d_backprop(nhwc__inside(layer), &dy, &x, &dx);
}

nhwc_layer *nhwc_layer_global_max_pooling2d(nhwc_layer *x, const char *name)
{
    static const nhwc__kind kind = {"GlobalMaxPooling2D", "global_max_pooling2d", infer_global_max, global_max_forward,
                                    global_max_backward};
    return nhwc__layer_end(nhwc__layer_begin(&kind, 1, &x, name));
}

static nhwc_status global_average_forward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0);
    nhwc_tensor y = nhwc__y(layer);
    return nhwc_global_avg_pool2d(nhwc__inside(layer), &x, &y);
}

static nhwc_status global_average_backward(const nhwc_layer *layer)
{
    const nhwc_tensor dy = nhwc__dy(layer);
    nhwc_tensor dx = nhwc__dx(layer, 0);
    return nhwc_global_avg_pool2d_backprop(nhwc__inside(layer), &dy, &dx);
}

nhwc_layer *nhwc_layer_global_average_pooling2d(nhwc_layer *x, const char *name)
{
    static const nhwc__kind kind = {"GlobalAveragePooling2D", "global_average_pooling2d", infer_global_average,
                                    global_average_forward, global_average_backward};
    return nhwc__layer_end(nhwc__layer_begin(&kind, 1, &x, name));
}

/* ---- Up-sampling ----------------------------------------------------------------------------------------- */

static const nhwc_resize_options half_pixels = {NHWC_RESIZE_HALF_PIXEL_CENTERS};

static nhwc_status infer_up_sampling(nhwc_layer *layer)
{
    const nhwc_up_sampling2d_layer *o = &layer->up_sampling2d;
    const int64_t *x = layer->inputs[0].from->dims;
    const bool is_default = o->size[0] == 0 && o->size[1] == 0;
    int64_t height, width;
    NHWC__TRY(nhwc__check_image_layer(layer));
    NHWC__TRY(check_sides("size", o->size));
    if (o->interpolation != NHWC_INTERPOLATION_NEAREST && o->interpolation != NHWC_INTERPOLATION_BILINEAR)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "interpolation is %d, which is no nhwc_interpolation",
                          (int)o->interpolation);
    if (!nhwc__multiply(x[1], is_default ? 2 : o->size[0], &height) ||
        !nhwc__multiply(x[2], is_default ? 2 : o->size[1], &width))
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "the output has more elements than 64 bits can address");
    nhwc__set_image(layer, height, width, x[3]);
    if (!nhwc__resize_bytes(layer->dims, &layer->scratch))
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "so many rows and columns are more than 64 bits can address");
    return NHWC_OK;
}

static bool is_nearest(const nhwc_layer *layer)
{
    return layer->up_sampling2d.interpolation == NHWC_INTERPOLATION_NEAREST;
}

static nhwc_status up_sampling_forward(const nhwc_layer *layer)
{
    const nhwc_tensor x = nhwc__x(layer, 0);
    nhwc_tensor y = nhwc__y(layer);
    return (is_nearest(layer) ? nhwc_resize_nearest : nhwc_resize_bilinear)(nhwc__inside(layer), &x, &half_pixels, &y);
}

static nhwc_status up_sampling_backward(const nhwc_layer *layer)
{
    const nhwc_tensor dy = nhwc__dy(layer);
    nhwc_tensor dx = nhwc__dx(layer, 0);
    return (is_nearest(layer) ? nhwc_resize_nearest_backprop : nhwc_resize_bilinear_backprop)(nhwc__inside(layer), &dy,
                                                                                              &half_pixels, &dx);
}

nhwc_layer *nhwc_layer_up_sampling2d(nhwc_layer *x, const nhwc_up_sampling2d_layer *options)
{
    static const nhwc__kind kind = {"UpSampling2D", "up_sampling2d", infer_up_sampling, up_sampling_forward,
                                    up_sampling_backward};
    nhwc_layer *const layer = nhwc__layer_begin(&kind, 1, &x, options ? options->name : NULL);
    if (layer != NULL && options != NULL)
        layer->up_sampling2d = *options;
    return nhwc__layer_end(layer);
}
