/* To and from the conventions of other frameworks: parameters of convolutions, filter and image layouts.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - a layer of a PyTorch model, ConvTranspose2d(8, 4, 4, stride=2, padding=1), on NHWC images:
 *
 *     const nhwc_torch_conv2d layer = {.stride = {2, 2}, .padding = {1, 1}};
 *     const int64_t x_shape[4] = {1, 16, 16, 8}, filter_shape[4] = {4, 4, 4, 8};      // kh, kw, out, in
 *     nhwc_conv2d_options options;
 *     int64_t y_shape[4];                                                             // 1, 32, 32, 4
 *     nhwc_conv2d_transpose_from_torch(&layer, x_shape, filter_shape, &options, y_shape);
 *     nhwc_filter_from_oihw(NULL, &weight, &filter);       // layer.weight [8, 4, 4, 4] to [4, 4, 4, 8]
 *     nhwc_conv2d_transpose(NULL, &x, &filter, NULL, &options, &y);
 *
 * CONVENTIONS
 *   - Parameters have the framework's own names, in a struct of the framework's. Zero is the framework's
 *     default: {0, 0} for strides and dilations is {1, 1}, groups 0 is 1. Pairs are {height, width}.
 *   - nhwc_..._from_<framework> says what to call here: the options, and the shape of the output y.
 *   - nhwc_..._to_<framework> says what to call there, for a geometry of nhwc_conv2d_geometry or
 *     nhwc_conv2d_transpose_geometry. Going there and back gives the same geometry, in general not the
 *     same words: 'same' may come back as numbers.
 *   - Converted calls give the same numbers in every element. Where no call does, the status and
 *     nhwc_last_error() say why, and the results are untouched.
 *   - Shapes are those of the shape functions in nhwc.h: images [N, H, W, C], filters
 *     [kh, kw, fine C / groups, coarse C]; for depthwise operations [kh, kw, 1, C * M] and groups = C.
 *   - Images without height or width are for Keras alone; the others refuse them, or disagree.
 */
#ifndef NHWC_CONVERT_H
#define NHWC_CONVERT_H

#include <nhwc/nhwc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * PyTorch: torch.nn.Conv2d, torch.nn.ConvTranspose2d, and torch.nn.functional
 *
 * Pads, and crops in the transpose, both sides alike; output_padding then lengthens the output at the
 * bottom and right. So TensorFlow's SAME has an equal only where its paddings happen to be even, or where
 * an odd pixel behind is not looked at: 3x3 with stride 2 has one for odd sizes, none for even ones. The
 * usual padding 1 with output_padding 1 is another function, SAME moved by a pixel.
 *
 * An output_padding that is not less than the stride, which PyTorch allows if it is less than the
 * dilation, is refused: no convolution has this transpose.
 * --------------------------------------------------------------------------------------------- */

typedef struct nhwc_torch_conv2d {
    int64_t stride[2];
    int64_t padding[2];
    bool same;                 /* padding='same': Conv2d with stride 1; `padding` is then {0, 0} */
    int64_t output_padding[2]; /* of ConvTranspose2d */
    int64_t dilation[2];
    int64_t groups;
} nhwc_torch_conv2d;

NHWC_API nhwc_status nhwc_conv2d_from_torch(const nhwc_torch_conv2d *torch, const int64_t x_shape[4],
                                            const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                            int64_t y_shape[4]);
NHWC_API nhwc_status nhwc_conv2d_transpose_from_torch(const nhwc_torch_conv2d *torch,
                                                      const int64_t x_shape[4],
                                                      const int64_t filter_shape[4],
                                                      nhwc_conv2d_options *options, int64_t y_shape[4]);
NHWC_API nhwc_status nhwc_conv2d_to_torch(const nhwc_geometry *geometry, nhwc_torch_conv2d *torch);
NHWC_API nhwc_status nhwc_conv2d_transpose_to_torch(const nhwc_geometry *geometry,
                                                    nhwc_torch_conv2d *torch);

/* ------------------------------------------------------------------------------------------------
 * ONNX: the operators Conv and ConvTranspose, as specified
 *
 * Every geometry has its equal, with pads. SAME_UPPER is TensorFlow's SAME; SAME_LOWER has the odd pixel
 * of padding in front. ConvTranspose with an output_shape ignores pads and splits what is to be cropped:
 * SAME_UPPER as TensorFlow, all others with the odd pixel in front; an output longer than all windows
 * together ends in zeros.
 *
 * ONNX Runtime (to 1.31) is different for SAME with a kernel that is shorter than the stride: its Conv
 * starts behind the first pixel, its ConvTranspose gives a shorter output.
 * --------------------------------------------------------------------------------------------- */

typedef enum nhwc_onnx_auto_pad {
    NHWC_ONNX_NOTSET = 0,
    NHWC_ONNX_SAME_UPPER,
    NHWC_ONNX_SAME_LOWER,
    NHWC_ONNX_VALID
} nhwc_onnx_auto_pad;

typedef struct nhwc_onnx_conv {
    nhwc_onnx_auto_pad auto_pad;
    int64_t pads[4]; /* {top, left, bottom, right}, with NOTSET */
    int64_t strides[2];
    int64_t dilations[2];
    int64_t group;
    int64_t output_padding[2]; /* of ConvTranspose, less than the strides */
    int64_t output_shape[2];   /* of ConvTranspose; {0, 0}: none given */
} nhwc_onnx_conv;

NHWC_API nhwc_status nhwc_conv2d_from_onnx(const nhwc_onnx_conv *onnx, const int64_t x_shape[4],
                                           const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                           int64_t y_shape[4]);
NHWC_API nhwc_status nhwc_conv2d_transpose_from_onnx(const nhwc_onnx_conv *onnx, const int64_t x_shape[4],
                                                     const int64_t filter_shape[4],
                                                     nhwc_conv2d_options *options, int64_t y_shape[4]);
NHWC_API nhwc_status nhwc_conv2d_to_onnx(const nhwc_geometry *geometry, nhwc_onnx_conv *onnx);
NHWC_API nhwc_status nhwc_conv2d_transpose_to_onnx(const nhwc_geometry *geometry, nhwc_onnx_conv *onnx);

/* ------------------------------------------------------------------------------------------------
 * Caffe: the layers Convolution and Deconvolution
 *
 * Pads, and crops in Deconvolution, both sides alike. Deconvolution has one output size,
 * stride * (n - 1) + extent of the kernel - 2 * pad.
 * --------------------------------------------------------------------------------------------- */

typedef struct nhwc_caffe_convolution {
    int64_t stride[2];
    int64_t pad[2];
    int64_t dilation[2];
    int64_t group;
} nhwc_caffe_convolution;

NHWC_API nhwc_status nhwc_conv2d_from_caffe(const nhwc_caffe_convolution *caffe, const int64_t x_shape[4],
                                            const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                            int64_t y_shape[4]);
NHWC_API nhwc_status nhwc_conv2d_transpose_from_caffe(const nhwc_caffe_convolution *caffe,
                                                      const int64_t x_shape[4],
                                                      const int64_t filter_shape[4],
                                                      nhwc_conv2d_options *options, int64_t y_shape[4]);
NHWC_API nhwc_status nhwc_conv2d_to_caffe(const nhwc_geometry *geometry, nhwc_caffe_convolution *caffe);
NHWC_API nhwc_status nhwc_conv2d_transpose_to_caffe(const nhwc_geometry *geometry,
                                                    nhwc_caffe_convolution *caffe);

/* ------------------------------------------------------------------------------------------------
 * Keras: the layers Conv2D, DepthwiseConv2D and Conv2DTranspose
 *
 * Kernels have the layout of this library. Keras has no explicit paddings, no groups in Conv2DTranspose,
 * and refuses strides together with dilations; going there, such geometries fail.
 * --------------------------------------------------------------------------------------------- */

typedef enum nhwc_keras_padding { NHWC_KERAS_VALID = 0, NHWC_KERAS_SAME } nhwc_keras_padding;

typedef struct nhwc_keras_conv2d {
    nhwc_keras_padding padding;
    int64_t strides[2];
    int64_t dilation_rate[2];
    int64_t groups;            /* of Conv2D; DepthwiseConv2D is groups = C */
    bool has_output_padding;   /* of Conv2DTranspose; false: None, which is not the same as {0, 0} */
    int64_t output_padding[2]; /* less than the strides */
} nhwc_keras_conv2d;

NHWC_API nhwc_status nhwc_conv2d_from_keras(const nhwc_keras_conv2d *keras, const int64_t x_shape[4],
                                            const int64_t filter_shape[4], nhwc_conv2d_options *options,
                                            int64_t y_shape[4]);
NHWC_API nhwc_status nhwc_conv2d_transpose_from_keras(const nhwc_keras_conv2d *keras,
                                                      const int64_t x_shape[4],
                                                      const int64_t filter_shape[4],
                                                      nhwc_conv2d_options *options, int64_t y_shape[4]);
NHWC_API nhwc_status nhwc_conv2d_to_keras(const nhwc_geometry *geometry, nhwc_keras_conv2d *keras);
NHWC_API nhwc_status nhwc_conv2d_transpose_to_keras(const nhwc_geometry *geometry,
                                                    nhwc_keras_conv2d *keras);

/* ------------------------------------------------------------------------------------------------
 * The bilinear filler of Caffe's Deconvolution
 *
 *     nhwc_bilinear_upsampling(2, x.dims, &options, filter_shape, y_shape);
 *     ...                                                         // make filter and y of these shapes
 *     nhwc_bilinear_filter(NULL, &filter);
 *     nhwc_depthwise_conv2d_transpose(NULL, &x, &filter, NULL, &options, &y);
 *
 * A pixel at the edge lacks the neighbour that would fade into it, so the output darkens there. To resize
 * a picture as bilinear interpolation with half-pixel centres does, edges included, repeat its outermost
 * pixels once on all four sides before the call, and add `factor` to each of the four
 * options.explicit_paddings; filter_shape and y_shape stay.
 * --------------------------------------------------------------------------------------------- */

/* What to call to enlarge images of x_shape `factor` times. filter_shape is [k, k, C, 1], for the depthwise
 * transpose, with k = 2 * factor - factor % 2. */
NHWC_API nhwc_status nhwc_bilinear_upsampling(int64_t factor, const int64_t x_shape[4],
                                              nhwc_conv2d_options *options, int64_t filter_shape[4],
                                              int64_t y_shape[4]);

/* Fills filter [k, k, C, M], float32 or float64, dense, with the product of two tents for every channel:
 * w[i] = 1 - |i / f - c| where f = ceil(k / 2), c = (2f - 1 - f mod 2) / 2f. */
NHWC_API nhwc_status nhwc_bilinear_filter(const nhwc_context *context, nhwc_tensor *filter);

/* ------------------------------------------------------------------------------------------------
 * Layouts
 *
 * Elements are moved, not changed: all dtypes. Except where dense is asked for, x and y are views with
 * any strides. They do not share an element.
 *
 * TensorFlow and Keras keep filters as this library does, and TFLite's depthwise [1, kh, kw, C * M] is the
 * memory of [kh, kw, C, M]: look at it with nhwc_tensor_view, nothing has to move.
 * --------------------------------------------------------------------------------------------- */

/* Images: [N, C, H, W] to [N, H, W, C], and back.                        [PyTorch, ONNX, Caffe] */
NHWC_API nhwc_status nhwc_from_nchw(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);
NHWC_API nhwc_status nhwc_to_nchw(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);

/* Filters: [coarse, fine / groups, kh, kw] to [kh, kw, fine / groups, coarse], and back. The same for both
 * directions: [out, in / groups, kh, kw] of conv2d and [in, out / groups, kh, kw] of its transpose.
 *                                                                        [PyTorch, ONNX, Caffe] */
NHWC_API nhwc_status nhwc_filter_from_oihw(const nhwc_context *context, const nhwc_tensor *x,
                                           nhwc_tensor *y);
NHWC_API nhwc_status nhwc_filter_to_oihw(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y);

/* Depthwise filters: [C * M, 1, kh, kw] to [kh, kw, C, M], and back; the latter is dense.
 *                                                                        [PyTorch, ONNX, Caffe] */
NHWC_API nhwc_status nhwc_depthwise_filter_from_oihw(const nhwc_context *context, const nhwc_tensor *x,
                                                     nhwc_tensor *y);
NHWC_API nhwc_status nhwc_depthwise_filter_to_oihw(const nhwc_context *context, const nhwc_tensor *x,
                                                   nhwc_tensor *y);

/* Filters of conv2d: [out, kh, kw, in / groups] to [kh, kw, in / groups, out], and back.
 *                                                                     [TFLite CONV_2D, XNNPACK] */
NHWC_API nhwc_status nhwc_conv2d_filter_from_ohwi(const nhwc_context *context, const nhwc_tensor *x,
                                                  nhwc_tensor *y);
NHWC_API nhwc_status nhwc_conv2d_filter_to_ohwi(const nhwc_context *context, const nhwc_tensor *x,
                                                nhwc_tensor *y);

/* Filters of the transpose: [out, kh, kw, in] to [kh, kw, out, in], and back. [TFLite TRANSPOSE_CONV] */
NHWC_API nhwc_status nhwc_conv2d_transpose_filter_from_ohwi(const nhwc_context *context,
                                                            const nhwc_tensor *x, nhwc_tensor *y);
NHWC_API nhwc_status nhwc_conv2d_transpose_filter_to_ohwi(const nhwc_context *context, const nhwc_tensor *x,
                                                          nhwc_tensor *y);

#ifdef __cplusplus
}
#endif

#endif
