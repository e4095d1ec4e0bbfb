/* nhwc: windows and resizing of images: pooling, nearest and bilinear resizing, and their gradients.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - half the size by the largest of 2 x 2, and back to where it was:
 *
 *     #include <nhwc/image.h>
 *
 *     nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, 1, 28, 28, 32);
 *     nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, y_data, 1, 14, 14, 32);
 *     nhwc_max_pool2d(NULL, &x, NULL, &y);
 *     nhwc_resize_bilinear(NULL, &y, &(nhwc_resize_options){NHWC_RESIZE_HALF_PIXEL_CENTERS}, &x);
 *
 * CONVENTIONS, beside those of nhwc.h
 *   - NHWC_FLOAT32 and NHWC_FLOAT64. Images are [N, H, W, C], views with contiguous channels; all of a call have one
 *     dtype. An output shares no element with an input, and is overwritten.
 *   - Gradients are those of the sums and products that are computed, and exact where these are linear: <A x, dy> and
 *     <x, A' dy> differ by no more than rounding.
 *   - The same bits on any number of threads, whatever the strides, and on all instruction sets with a fused
 *     multiply-add.
 */
#ifndef NHWC_IMAGE_H
#define NHWC_IMAGE_H

#include <nhwc/nhwc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * Windows
 *
 * A window meets the pixels that the kernel of a convolution would, with the same padding, strides and dilations; those
 * beyond the edge of the image are not in it. x is [N, H, W, C] and y [N, oh, ow, C].
 * --------------------------------------------------------------------------------------------- */

/* For designated initialisers: whatever is left out is zero and means the default, Keras'. NULL means all defaults. */
typedef struct nhwc_pool2d_options {
    int64_t ksize[2]; /* {height, width} of a window; {0, 0} means {2, 2} */
    nhwc_padding padding;
    int64_t strides[2];              /* {height, width}; {0, 0} means those of ksize */
    int64_t dilations[2];            /* {height, width}; {0, 0} means {1, 1} */
    int64_t explicit_paddings[2][2]; /* {{top, bottom}, {left, right}}; with NHWC_PADDING_EXPLICIT only. What Caffe and
                                        PyTorch call ceil mode is more of it at the bottom and at the right. */
    bool count_padding; /* avg_pool2d divides by all of ksize; otherwise by the pixels a window has */
} nhwc_pool2d_options;

/* The geometry of a pooling: x is fine, y is coarse, and both have the channels of x. The output is
 * [batch, h.coarse, w.coarse, coarse_c]. Windows larger than the image are treated as nhwc_conv2d_geometry does. */
NHWC_API nhwc_status nhwc_pool2d_geometry(const int64_t x_shape[4], const nhwc_pool2d_options *options,
                                          nhwc_geometry *geometry);

/* y = the largest element of each window.                                                      [tf.nn.max_pool2d]
 * NaN is passed over, as by TensorFlow on the CPU; of nothing, or nothing but NaN, the largest is -infinity. */
NHWC_API nhwc_status nhwc_max_pool2d(const nhwc_context *context, const nhwc_tensor *x,
                                     const nhwc_pool2d_options *options, nhwc_tensor *y);

/* dx: each element of dy is added to the first of the largest elements of its window, in row-major order; to the first
 * element of the window where that is NaN.                                                [tf.raw_ops.MaxPoolGrad] */
NHWC_API nhwc_status nhwc_max_pool2d_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                                              const nhwc_pool2d_options *options, nhwc_tensor *dx);

/* y = the mean of each window: the sum of its elements, in row-major order, divided by their number. The mean of
 * nothing is NaN.                                                                              [tf.nn.avg_pool2d] */
NHWC_API nhwc_status nhwc_avg_pool2d(const nhwc_context *context, const nhwc_tensor *x,
                                     const nhwc_pool2d_options *options, nhwc_tensor *y);

/* dx: the sum of dy, divided by that number, over the windows that have the pixel; the size of x is read from dx.
 * TensorFlow on the CPU divides by more than that where a window is padded in front and longer than the image.
 *                                                                                         [tf.raw_ops.AvgPoolGrad] */
NHWC_API nhwc_status nhwc_avg_pool2d_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                              const nhwc_pool2d_options *options, nhwc_tensor *dx);

/* The same with one window, which is the image: y and dy are [N, 1, 1, C] or [N, C]. The mean is that of
 * nhwc_reduce_mean. An image without pixels is NHWC_ERROR_SHAPE. Keras' gradient of the largest is shared among
 * equal ones; PyTorch's goes to the first one, as here.
 *                                                        [keras GlobalMaxPooling2D, GlobalAveragePooling2D] */
NHWC_API nhwc_status nhwc_global_max_pool2d(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);
NHWC_API nhwc_status nhwc_global_max_pool2d_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                                     const nhwc_tensor *x, nhwc_tensor *dx);
NHWC_API nhwc_status nhwc_global_avg_pool2d(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);
NHWC_API nhwc_status nhwc_global_avg_pool2d_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                                     nhwc_tensor *dx);

/* ------------------------------------------------------------------------------------------------
 * Resizing
 *
 * x is [N, h, w, C] and y [N, H, W, C]. Pixel i of a side of O lies at a place of the side of n it is made from, which
 * is computed in float32, as TensorFlow does, for both dtypes; places beyond an edge are at the edge.
 *
 * No image can be made from one without pixels: NHWC_ERROR_SHAPE.
 * --------------------------------------------------------------------------------------------- */

typedef enum nhwc_resize_centers {
    NHWC_RESIZE_DEFAULT = 0,   /* i * (n / O): the first corners meet. What tf.compat.v1.image did */
    NHWC_RESIZE_ALIGN_CORNERS, /* i * ((n - 1) / (O - 1)): all four meet. With O = 1 as DEFAULT */
    NHWC_RESIZE_HALF_PIXEL_CENTERS /* (i + 0.5) * (n / O) - 0.5: the edges meet. tf.image.resize, Keras; PyTorch without
                                      align_corners */
} nhwc_resize_centers;

/* NULL means all defaults. */
typedef struct nhwc_resize_options {
    nhwc_resize_centers centers;
} nhwc_resize_options;

/* y = the pixel whose place is next: the one at the place rounded down, but to the nearest, and half of it away from
 * zero, with ALIGN_CORNERS. HALF_PIXEL_CENTERS rounds (i + 0.5) * (n / O) down.   [tf.raw_ops.ResizeNearestNeighbor] */
NHWC_API nhwc_status nhwc_resize_nearest(const nhwc_context *context, const nhwc_tensor *x,
                                         const nhwc_resize_options *options, nhwc_tensor *y);

/* dx: the sum of dy over the pixels each pixel of x was taken for; the size of x is read from dx.
 *                                                                       [tf.raw_ops.ResizeNearestNeighborGrad] */
NHWC_API nhwc_status nhwc_resize_nearest_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                                  const nhwc_resize_options *options, nhwc_tensor *dx);

/* y = a + (b - a) * f between the rows a and b next to the place, f of a row behind a, and the same between columns.
 * An element at the place of a pixel is made from that alone.                         [tf.raw_ops.ResizeBilinear] */
NHWC_API nhwc_status nhwc_resize_bilinear(const nhwc_context *context, const nhwc_tensor *x,
                                          const nhwc_resize_options *options, nhwc_tensor *y);

/* dx: the sum of dy times what each pixel of x had a share of.                    [tf.raw_ops.ResizeBilinearGrad] */
NHWC_API nhwc_status nhwc_resize_bilinear_backprop(const nhwc_context *context, const nhwc_tensor *dy,
                                                   const nhwc_resize_options *options, nhwc_tensor *dx);

#ifdef __cplusplus
}
#endif

#endif
