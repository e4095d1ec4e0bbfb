/* nhwc: 2D convolution and 2D transposed convolution on NHWC tensors, with all their gradients.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - the transposed convolution that turns 2x2 into 5x5:
 *
 *     #include <nhwc/nhwc.h>
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         float x_data[] = {1, 2, 3, 4}, filter_data[] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, y_data[25];
 *         nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, 1, 2, 2, 1);            // N, H, W, C
 *         nhwc_tensor filter = NHWC_TENSOR(NHWC_FLOAT32, filter_data, 3, 3, 1, 1);  // kh, kw, out, in
 *         nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, y_data, 1, 5, 5, 1);
 *         nhwc_conv2d_options options = {.strides = {2, 2}};                        // padding: VALID
 *
 *         if (nhwc_conv2d_transpose(NULL, &x, &filter, NULL, &options, &y) != NHWC_OK) {
 *             fprintf(stderr, "%s\n", nhwc_last_error());
 *             return 1;
 *         }
 *         for (int i = 0; i < 25; i++)
 *             printf("%g%c", y_data[i], i % 5 == 4 ? '\n' : ' ');
 *     }
 *
 * CONVENTIONS
 *   - Names, layouts and shape rules are TensorFlow's: images are [batch, height, width, channels].
 *   - Arguments come in one order everywhere: context or NULL, inputs, filter, bias or NULL,
 *     options or NULL, output last.
 *   - Every call that can fail returns an nhwc_status. On failure nhwc_last_error() says which argument
 *     was wrong, what it was and what would be accepted; the output is as it was before the call.
 *   - The caller owns every buffer. The library never aborts, prints, or keeps a pointer it was given.
 *   - Every function may be called from any number of threads at once on different outputs.
 */
#ifndef NHWC_NHWC_H
#define NHWC_NHWC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NHWC_VERSION_MAJOR 0
#define NHWC_VERSION_MINOR 1
#define NHWC_VERSION_PATCH 0

#if defined(_WIN32) && defined(NHWC_SHARED)
#ifdef NHWC_BUILD
#define NHWC_API __declspec(dllexport)
#else
#define NHWC_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define NHWC_API __attribute__((visibility("default")))
#else
#define NHWC_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * Status and messages
 * --------------------------------------------------------------------------------------------- */

typedef enum nhwc_status {
    NHWC_OK = 0,
    NHWC_ERROR_ARGUMENT,       /* a required pointer is NULL, or an enum has no such value */
    NHWC_ERROR_DTYPE,          /* the operation has no kernel for this dtype, or dtypes differ */
    NHWC_ERROR_RANK,           /* a tensor has the wrong number of axes; an axis is named that is not there, or twice */
    NHWC_ERROR_SHAPE,          /* the shapes of the inputs do not fit together */
    NHWC_ERROR_LAYOUT,         /* strides or alignment the operation cannot take */
    NHWC_ERROR_ALIAS,          /* the output shares an element with an input, or with itself */
    NHWC_ERROR_STRIDE,         /* options->strides */
    NHWC_ERROR_DILATION,       /* options->dilations */
    NHWC_ERROR_PADDING,        /* options->padding, options->explicit_paddings */
    NHWC_ERROR_GROUPS,         /* options->groups */
    NHWC_ERROR_KERNEL,         /* a filter without extent, or larger than the padded input */
    NHWC_ERROR_CHANNELS,       /* channels of image, filter and bias disagree */
    NHWC_ERROR_OUTPUT_SHAPE,   /* the operation cannot give an output of this shape */
    NHWC_ERROR_OUTPUT_PADDING, /* output_padding of the shape functions */
    NHWC_ERROR_TOO_LARGE,      /* a size that 64-bit arithmetic cannot hold */
    NHWC_ERROR_OUT_OF_MEMORY,  /* the allocator returned NULL, or the system gives no more threads */
    NHWC_ERROR_FILE,           /* the system cannot open, read or write a file */
    NHWC_ERROR_FORMAT          /* a file does not hold what it should */
} nhwc_status;

/* The name of a status, for example "NHWC_ERROR_STRIDE". Never NULL; static storage. */
NHWC_API const char *nhwc_status_string(nhwc_status status);

/* What the last failure in this thread was about, with the numbers in it; "" before the first one.
 * The text belongs to the library and stays until this thread's next failure. */
NHWC_API const char *nhwc_last_error(void);

/* The version of the library that runs, "major.minor.patch"; compare with NHWC_VERSION_*. */
NHWC_API const char *nhwc_version(void);

/* ------------------------------------------------------------------------------------------------
 * Context: how to run, never what to compute
 * --------------------------------------------------------------------------------------------- */

typedef enum nhwc_algorithm {
    NHWC_ALGORITHM_AUTOMATIC = 0, /* the fastest for the shape */
    NHWC_ALGORITHM_REFERENCE,     /* the specification: plain loops that read as the formula, slow */
    NHWC_ALGORITHM_IM2COL,        /* patches and a matrix product; depthwise calls go the direct way */
    NHWC_ALGORITHM_DIRECT,        /* images read where they lie, sums in registers */
    NHWC_ALGORITHM_LOOPS          /* the specification's bits sooner; fastest for a few hundred multiply-adds */
} nhwc_algorithm;

/* The instruction sets kernels are compiled for. All that have a fused multiply-add, which are AVX2, AVX512 and on
 * other processors than x86 usually the BASELINE, give the same bits; without it products are rounded first. */
typedef enum nhwc_isa {
    NHWC_ISA_AUTOMATIC = 0, /* the best the processor has */
    NHWC_ISA_SCALAR,        /* plain C */
    NHWC_ISA_BASELINE,      /* what every processor of the architecture has: SSE2, NEON */
    NHWC_ISA_AVX2,          /* with FMA */
    NHWC_ISA_AVX512
} nhwc_isa;

/* Whether this library and this processor have it. */
NHWC_API bool nhwc_isa_available(nhwc_isa isa);

/* Its name, for example "AVX2"; of AUTOMATIC, the name of what that chooses. Never NULL. */
NHWC_API const char *nhwc_isa_string(nhwc_isa isa);

/* One of `count` independent pieces of a call; index 0 .. count - 1. */
typedef void nhwc_task(void *argument, int64_t index);

/* A plain struct, const during calls, shared by any number of threads. All zero, or NULL in its
 * place, is the default: automatic choice, one thread, memory from the C library. */
typedef struct nhwc_context {
    nhwc_algorithm algorithm;
    nhwc_isa isa;

    /* Threads. The library starts none by itself: `parallel_for` runs task(argument, 0) ...
     * task(argument, count - 1), at most `threads` of them at once, and returns when all have run.
     * Use nhwc_pool_parallel_for with a pool as `executor`, or an executor of your own. Results do
     * not depend on any of this. 0 and NULL: everything runs in the calling thread. */
    int threads;
    void (*parallel_for)(void *executor, int64_t count, nhwc_task *task, void *argument);
    void *executor; /* passed through as the first argument */

    /* The allocator: both functions or neither. `allocate` returns `bytes` bytes aligned to
     * `alignment` (a power of two), or NULL, which becomes NHWC_ERROR_OUT_OF_MEMORY. */
    void *(*allocate)(void *allocator, size_t alignment, size_t bytes);
    void (*deallocate)(void *allocator, void *memory);
    void *allocator; /* passed through as the first argument */
} nhwc_context;

/* The library's own executor: `threads` - 1 workers that help whoever calls, spin for a moment when there
 * is nothing to do, then sleep.
 *
 *     nhwc_pool *pool;
 *     if (nhwc_pool_create(NULL, 4, &pool) == NHWC_OK) {
 *         nhwc_context context = {.threads = 4, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
 *         ...
 *         nhwc_pool_destroy(pool);
 *     }
 */
typedef struct nhwc_pool nhwc_pool;

/* Starts the workers. Memory comes from the context's allocator, which has to outlive the pool. */
NHWC_API nhwc_status nhwc_pool_create(const nhwc_context *context, int threads, nhwc_pool **pool);

/* Ends the workers and waits for them. NULL is fine. Not while a call uses the pool. */
NHWC_API void nhwc_pool_destroy(nhwc_pool *pool);

/* For nhwc_context.parallel_for. Calls may come from several threads at once, or from within a task: whoever
 * finds the workers busy runs its tasks itself. */
NHWC_API void nhwc_pool_parallel_for(void *pool, int64_t count, nhwc_task *task, void *argument);

/* ------------------------------------------------------------------------------------------------
 * Tensors
 * --------------------------------------------------------------------------------------------- */

typedef enum nhwc_dtype {
    NHWC_FLOAT32 = 0,
    NHWC_FLOAT64,
    NHWC_INT32,
    NHWC_INT64,
    NHWC_UINT8,
    NHWC_BOOL /* one byte, 0 or 1 */
} nhwc_dtype;

#define NHWC_MAX_RANK 8

/* A view of memory that belongs to somebody else; copying the struct copies the view.
 *
 * Element (i0, i1, ...) lies at data + (i0*strides[0] + i1*strides[1] + ...) elements. Strides are
 * not negative; 0 repeats an element and is for inputs only. The stride of an axis of length 1 does
 * not matter. `data` may be NULL only when some dim is 0. To see a crop of an image, or a slot of a
 * buffer that several results are concatenated in, move `data` and keep the strides of the whole:
 * every operation takes such views without copying, as long as channels are contiguous. */
typedef struct nhwc_tensor {
    nhwc_dtype dtype;
    int rank;
    int64_t dims[NHWC_MAX_RANK];
    int64_t strides[NHWC_MAX_RANK]; /* in elements */
    void *data;
} nhwc_tensor;

/* A dense row-major tensor over the caller's memory. `dims` has `rank` entries. Nothing is checked
 * here: whichever operation receives the tensor checks it. `data` is const so that constants can be
 * inputs; do not make an output of them. */
NHWC_API nhwc_tensor nhwc_tensor_view(nhwc_dtype dtype, const void *data, int rank, const int64_t *dims);

/* The same in one expression: NHWC_TENSOR(NHWC_FLOAT32, pixels, 1, 28, 28, 1). */
#define NHWC_TENSOR(dtype, data, ...)                                                                  \
    nhwc_tensor_view((dtype), (data), (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)),       \
                     (int64_t[]){__VA_ARGS__})

/* A dense row-major tensor of zeros in new memory, 64-byte aligned, which the caller releases with
 * nhwc_tensor_destroy and the same context. On failure *tensor is untouched. */
NHWC_API nhwc_status nhwc_tensor_create(const nhwc_context *context, nhwc_dtype dtype, int rank,
                                        const int64_t *dims, nhwc_tensor *tensor);

/* Releases what nhwc_tensor_create gave and sets data to NULL. NULL, or a tensor whose data is NULL,
 * is fine; a tensor over the caller's own memory is not. */
NHWC_API void nhwc_tensor_destroy(const nhwc_context *context, nhwc_tensor *tensor);

/* Bytes of one element; 0 for a value that is no dtype. */
NHWC_API size_t nhwc_dtype_size(nhwc_dtype dtype);

/* ------------------------------------------------------------------------------------------------
 * Options of the convolutions
 * --------------------------------------------------------------------------------------------- */

/* Which pixels beyond the edge of the (padded, larger) image count as zero; o = output, n = input
 * length, s = stride, e = (kernel - 1) * dilation + 1. */
typedef enum nhwc_padding {
    NHWC_PADDING_VALID = 0, /* none: o = (n - e + s) / s */
    NHWC_PADDING_SAME,      /* o = ceil(n / s); an odd pixel of padding goes to the bottom or right */
    NHWC_PADDING_EXPLICIT   /* explicit_paddings: o = (n + before + after - e + s) / s */
} nhwc_padding;

typedef enum nhwc_activation {
    NHWC_ACTIVATION_NONE = 0,
    NHWC_ACTIVATION_RELU, /* v < 0 ? 0 : v, so that NaN stays NaN */
    NHWC_ACTIVATION_RELU6 /* relu, and 6 above 6 */
} nhwc_activation;

/* For designated initialisers: whatever is left out is zero and means the default. NULL means all
 * defaults. The transpose of a convolution takes the same options as the convolution it transposes:
 * paddings are cropped from its output. */
typedef struct nhwc_conv2d_options {
    nhwc_padding padding;
    int64_t strides[2];              /* {height, width}; {0, 0} means {1, 1} */
    int64_t dilations[2];            /* {height, width}; {0, 0} means {1, 1} */
    int64_t explicit_paddings[2][2]; /* {{top, bottom}, {left, right}}; with NHWC_PADDING_EXPLICIT only */
    int64_t groups;                  /* 0 means 1; the depthwise operations take 0 or their channel count */
    nhwc_activation activation;      /* of the forward operations; the gradients want NONE */
} nhwc_conv2d_options;

/* ------------------------------------------------------------------------------------------------
 * Shapes: ask before you allocate
 *
 * A convolution joins two images. The *fine* one is on the dense side (input of conv2d, output of
 * conv2d_transpose), the *coarse* one on the strided side. Along each axis, coarse pixel y meets fine
 * pixel y * stride + k * dilation - pad_before through tap k of the kernel. conv2d, conv2d_transpose
 * and all their gradients share this geometry.
 *
 * Shapes are given as 4 dims each: images [N, H, W, C], filters [kh, kw, fine C / groups, coarse C]
 * (x.dims of a tensor will do). For the depthwise operations give the filter as [kh, kw, 1, C * M]
 * and groups = C. On failure the result is untouched.
 * --------------------------------------------------------------------------------------------- */

typedef struct nhwc_axis {
    int64_t fine, coarse; /* lengths in pixels: conv2d goes from fine to coarse, its transpose back */
    int64_t kernel, stride, dilation;
    int64_t pad_before, pad_after; /* zeros in front of and behind the fine side */
} nhwc_axis;

typedef struct nhwc_geometry {
    int64_t batch;
    int64_t fine_c, coarse_c; /* channels of all groups together */
    int64_t groups;
    nhwc_axis h, w;
} nhwc_geometry;

/* The geometry of conv2d: x is fine, y is coarse. The output is [batch, h.coarse, w.coarse, coarse_c].
 *
 * Sizes follow TensorFlow's GetWindowedOutputSize. A window larger than the padded input gives an
 * empty output while n + before + after - e > -2 * stride, and NHWC_ERROR_KERNEL beyond that. */
NHWC_API nhwc_status nhwc_conv2d_geometry(const int64_t x_shape[4], const int64_t filter_shape[4],
                                          const nhwc_conv2d_options *options, nhwc_geometry *geometry);

/* The geometry of conv2d_transpose: x is coarse, y is fine. The output is [batch, h.fine, w.fine, fine_c].
 *
 * With stride > 1 several output shapes are legal: all those from which conv2d gives x's shape back.
 *   - output_shape (4 dims) names one, as tf.nn.conv2d_transpose does;
 *   - output_padding {height, width}, each in 0 .. stride - 1, gives Keras' Conv2DTranspose(output_padding=...):
 *     SAME (n-1)*s + e mod 2 + p, VALID (n-1)*s + e + p, EXPLICIT the VALID size less the paddings.
 *     NULL is Keras' None, which is not the same as {0, 0};
 *   - both NULL: the default, SAME n*s, VALID n*s + max(e - s, 0), EXPLICIT (n-1)*s + e - before - after. */
NHWC_API nhwc_status nhwc_conv2d_transpose_geometry(const int64_t x_shape[4], const int64_t filter_shape[4],
                                                    const nhwc_conv2d_options *options,
                                                    const int64_t output_shape[4],
                                                    const int64_t output_padding[2],
                                                    nhwc_geometry *geometry);

/* Every legal output shape of conv2d_transpose: heights smallest[1] .. largest[1], widths smallest[2] ..
 * largest[2]; batch and channels are the same in both. */
NHWC_API nhwc_status nhwc_conv2d_transpose_output_shapes(const int64_t x_shape[4],
                                                         const int64_t filter_shape[4],
                                                         const nhwc_conv2d_options *options,
                                                         int64_t smallest[4], int64_t largest[4]);

/* ------------------------------------------------------------------------------------------------
 * The operations
 *
 * All tensors of a call have one dtype, NHWC_FLOAT32 or NHWC_FLOAT64. Images are views with contiguous
 * channels; filters and biases are dense. The output is overwritten, unless a gradient is told to
 * `accumulate`: then the gradient is added to what is there. The output must not share an element with
 * an input (disjoint channels of one buffer are fine).
 *
 * Gradients are with respect to the operation before its activation: mask dy with the derivative of
 * the activation first, and leave options->activation at NONE.
 *
 * Empty tensors are valid: a sum over nothing is 0.
 * --------------------------------------------------------------------------------------------- */

/* y = activation(conv2d(x, filter) + bias)                                 [tf.nn.conv2d, tf.nn.bias_add]
 *   x [N, H, W, C], filter [kh, kw, C/groups, O], bias [O] or NULL, y [N, oh, ow, O].
 * Output channels of group g are g*O/groups ..., its input channels g*C/groups ... */
NHWC_API nhwc_status nhwc_conv2d(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *filter,
                                 const nhwc_tensor *bias, const nhwc_conv2d_options *options, nhwc_tensor *y);

/* dx from dy and filter; the size of x is read from dx.        [tf.raw_ops.Conv2DBackpropInput] */
NHWC_API nhwc_status nhwc_conv2d_backprop_input(const nhwc_context *context, const nhwc_tensor *dy,
                                                const nhwc_tensor *filter, const nhwc_conv2d_options *options,
                                                bool accumulate, nhwc_tensor *dx);

/* dfilter from x and dy; the kernel's size is read from dfilter.  [tf.raw_ops.Conv2DBackpropFilter] */
NHWC_API nhwc_status nhwc_conv2d_backprop_filter(const nhwc_context *context, const nhwc_tensor *x,
                                                 const nhwc_tensor *dy, const nhwc_conv2d_options *options,
                                                 bool accumulate, nhwc_tensor *dfilter);

/* dbias [C] = the sum of dy [N, H, W, C] over N, H and W; the same for all four operations.
 *                                                                       [tf.raw_ops.BiasAddGrad] */
NHWC_API nhwc_status nhwc_conv2d_backprop_bias(const nhwc_context *context, const nhwc_tensor *dy,
                                               bool accumulate, nhwc_tensor *dbias);

/* y = activation(conv2d_transpose(x, filter) + bias)                          [tf.nn.conv2d_transpose]
 *   x [N, H, W, C], filter [kh, kw, O/groups, C], bias [O] or NULL, y [N, oh, ow, O].
 * The output size is y's: any that nhwc_conv2d_transpose_output_shapes allows. Output pixels that no
 * window reaches are activation(bias). */
NHWC_API nhwc_status nhwc_conv2d_transpose(const nhwc_context *context, const nhwc_tensor *x,
                                           const nhwc_tensor *filter, const nhwc_tensor *bias,
                                           const nhwc_conv2d_options *options, nhwc_tensor *y);

/* dx from dy and filter: the conv2d of dy with the same filter. */
NHWC_API nhwc_status nhwc_conv2d_transpose_backprop_input(const nhwc_context *context, const nhwc_tensor *dy,
                                                          const nhwc_tensor *filter,
                                                          const nhwc_conv2d_options *options, bool accumulate,
                                                          nhwc_tensor *dx);

/* dfilter from x and dy: the filter gradient of conv2d with dy as image and x as output gradient. */
NHWC_API nhwc_status nhwc_conv2d_transpose_backprop_filter(const nhwc_context *context, const nhwc_tensor *x,
                                                           const nhwc_tensor *dy,
                                                           const nhwc_conv2d_options *options,
                                                           bool accumulate, nhwc_tensor *dfilter);

/* nhwc_conv2d_backprop_bias under its transposed name. */
NHWC_API nhwc_status nhwc_conv2d_transpose_backprop_bias(const nhwc_context *context, const nhwc_tensor *dy,
                                                         bool accumulate, nhwc_tensor *dbias);

/* Every input channel on its own                                          [tf.nn.depthwise_conv2d]
 *   x [N, H, W, C], filter [kh, kw, C, M], bias [C*M] or NULL, y [N, oh, ow, C*M].
 * Channel c of x makes the channels c*M ... c*M + M - 1 of y. */
NHWC_API nhwc_status nhwc_depthwise_conv2d(const nhwc_context *context, const nhwc_tensor *x,
                                           const nhwc_tensor *filter, const nhwc_tensor *bias,
                                           const nhwc_conv2d_options *options, nhwc_tensor *y);
/*                                            [tf.raw_ops.DepthwiseConv2dNativeBackpropInput] */
NHWC_API nhwc_status nhwc_depthwise_conv2d_backprop_input(const nhwc_context *context, const nhwc_tensor *dy,
                                                          const nhwc_tensor *filter,
                                                          const nhwc_conv2d_options *options, bool accumulate,
                                                          nhwc_tensor *dx);
/*                                           [tf.raw_ops.DepthwiseConv2dNativeBackpropFilter] */
NHWC_API nhwc_status nhwc_depthwise_conv2d_backprop_filter(const nhwc_context *context, const nhwc_tensor *x,
                                                           const nhwc_tensor *dy,
                                                           const nhwc_conv2d_options *options,
                                                           bool accumulate, nhwc_tensor *dfilter);
NHWC_API nhwc_status nhwc_depthwise_conv2d_backprop_bias(const nhwc_context *context, const nhwc_tensor *dy,
                                                         bool accumulate, nhwc_tensor *dbias);

/* The adjoint of depthwise_conv2d. With M = 1 and a bilinear filter it enlarges pictures (Caffe's
 * Deconvolution with group = channels).
 *   x [N, H, W, C*M], filter [kh, kw, C, M], bias [C] or NULL, y [N, oh, ow, C]. */
NHWC_API nhwc_status nhwc_depthwise_conv2d_transpose(const nhwc_context *context, const nhwc_tensor *x,
                                                     const nhwc_tensor *filter, const nhwc_tensor *bias,
                                                     const nhwc_conv2d_options *options, nhwc_tensor *y);
NHWC_API nhwc_status nhwc_depthwise_conv2d_transpose_backprop_input(
    const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *filter,
    const nhwc_conv2d_options *options, bool accumulate, nhwc_tensor *dx);
NHWC_API nhwc_status nhwc_depthwise_conv2d_transpose_backprop_filter(
    const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *dy,
    const nhwc_conv2d_options *options, bool accumulate, nhwc_tensor *dfilter);
NHWC_API nhwc_status nhwc_depthwise_conv2d_transpose_backprop_bias(const nhwc_context *context,
                                                                   const nhwc_tensor *dy, bool accumulate,
                                                                   nhwc_tensor *dbias);

/* ------------------------------------------------------------------------------------------------
 * Patches: im2col and col2im                                                   [torch.nn.Unfold, Fold]
 *
 * What each output pixel of a convolution sees of its input, written out as a row: with it a convolution
 * is a matrix product, columns [N*oh*ow, kh*kw*C] * filter [kh*kw*C, O].
 * --------------------------------------------------------------------------------------------- */

/* columns [N, oh, ow, kh*kw*C] from x [N, H, W, C], in order of tap (ky, kx), then channel; 0 where a tap lies
 * outside. `kernel` is {kh, kw}; of the options, groups and activation stay 0.    [tf.image.extract_patches] */
NHWC_API nhwc_status nhwc_im2col(const nhwc_context *context, const nhwc_tensor *x, const int64_t kernel[2],
                                 const nhwc_conv2d_options *options, nhwc_tensor *columns);

/* The adjoint: every column is added to the pixel it would have been taken from. The size of x is read
 * from x: any from which im2col gives these columns. */
NHWC_API nhwc_status nhwc_col2im(const nhwc_context *context, const nhwc_tensor *columns,
                                 const int64_t kernel[2], const nhwc_conv2d_options *options, bool accumulate,
                                 nhwc_tensor *x);

/* ------------------------------------------------------------------------------------------------
 * Plans: one geometry, many calls
 *
 * A plan is an operation on images of one geometry with all prepared that does not depend on the images: the
 * algorithm, the instruction set, and the filter as they want it. Once created it is const, and any number of
 * threads may run it at once. Runs allocate nothing; their scratch is the caller's, and as much or little as the
 * caller likes.
 *
 *     nhwc_plan *plan;
 *     nhwc_geometry geometry;
 *     int64_t bytes;
 *     nhwc_conv2d_transpose_geometry(x.dims, filter.dims, &options, NULL, NULL, &geometry);
 *     nhwc_plan_create(&context, NHWC_CONV2D_TRANSPOSE, NHWC_FLOAT32, &geometry, &filter, &plan);
 *     nhwc_plan_workspace(&context, plan, NULL, &bytes);
 *     nhwc_plan_run(&context, plan, &x, NULL, NULL, &(nhwc_plan_options){.workspace = malloc(bytes),
 *                   .workspace_bytes = bytes}, &y);
 * --------------------------------------------------------------------------------------------- */

typedef enum nhwc_operation {
    NHWC_CONV2D = 0,
    NHWC_CONV2D_BACKPROP_INPUT,
    NHWC_CONV2D_BACKPROP_FILTER,
    NHWC_CONV2D_TRANSPOSE,
    NHWC_CONV2D_TRANSPOSE_BACKPROP_INPUT,
    NHWC_CONV2D_TRANSPOSE_BACKPROP_FILTER
} nhwc_operation;

typedef struct nhwc_plan nhwc_plan;

/* For depthwise operations, groups are the channels. The filter is copied: [kh, kw, fine_c/groups, coarse_c], or
 * [kh, kw, C, M] where that is depthwise. NULL when every run brings its own; filter gradients want NULL.
 * Algorithm and instruction set are the context's, and so is the memory: its allocator has to outlive the plan. */
NHWC_API nhwc_status nhwc_plan_create(const nhwc_context *context, nhwc_operation operation, nhwc_dtype dtype,
                                      const nhwc_geometry *geometry, const nhwc_tensor *filter, nhwc_plan **plan);

/* NULL is fine. Not while the plan runs. */
NHWC_API void nhwc_plan_destroy(nhwc_plan *plan);

/* The scratch with which a run in this context is fastest: for each of its threads, and for all together. Either
 * pointer may be NULL. Runs with less, down to none, give a correct result by a slower way. */
NHWC_API nhwc_status nhwc_plan_workspace(const nhwc_context *context, const nhwc_plan *plan,
                                         int64_t *bytes_per_thread, int64_t *bytes);

/* Whatever is left out is 0 and means none. */
typedef struct nhwc_plan_options {
    nhwc_activation activation; /* of NHWC_CONV2D and NHWC_CONV2D_TRANSPOSE */
    bool accumulate;            /* of the gradients: add to what is there */
    void *workspace;            /* apart from all tensors; of any alignment */
    int64_t workspace_bytes;
} nhwc_plan_options;

/* Runs the operation: `input` is its x, or the dy of an input gradient. `other` is the dy of a filter gradient, or the
 * filter where the plan has none, and else NULL. `bias` may be NULL, and is for NHWC_CONV2D and NHWC_CONV2D_TRANSPOSE
 * only. The images have the plan's geometry and any strides the operation takes. Of the context, the threads count. */
NHWC_API nhwc_status nhwc_plan_run(const nhwc_context *context, const nhwc_plan *plan, const nhwc_tensor *input,
                                   const nhwc_tensor *other, const nhwc_tensor *bias,
                                   const nhwc_plan_options *options, nhwc_tensor *output);

/* ------------------------------------------------------------------------------------------------
 * What would run
 * --------------------------------------------------------------------------------------------- */

/* Says in words what a call with dense tensors of this geometry would do: shapes, paddings, algorithm and why,
 * instruction set, tasks, floating-point operations, bytes read and written, workspace. Writes at most `size` bytes
 * into `text`, the last of them 0: 1024 are always enough. */
NHWC_API nhwc_status nhwc_describe(const nhwc_context *context, nhwc_operation operation, nhwc_dtype dtype,
                                   const nhwc_geometry *geometry, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
