/* What TensorFlow, Keras and PyTorch answer, and this library too: golden/conv_golden.h. */
#include <inttypes.h>

#include "golden/conv_golden.h"
#include "support/check.h"
#include "support/each.h"
#include "support/guarded.h"

static const nhwc_algorithm algorithms[] = {NHWC_ALGORITHM_AUTOMATIC, NHWC_ALGORITHM_REFERENCE};
static const nhwc_dtype dtypes[] = {NHWC_FLOAT32, NHWC_FLOAT64};
static const int64_t gaps[] = {0, 3};

/* ---- Values ------------------------------------------------------------------------------------ */

typedef nhwc_status forward_function(const nhwc_context *, const nhwc_tensor *x, const nhwc_tensor *filter,
                                     const nhwc_tensor *bias, const nhwc_conv2d_options *, nhwc_tensor *y);
typedef nhwc_status gradient_function(const nhwc_context *, const nhwc_tensor *, const nhwc_tensor *,
                                      const nhwc_conv2d_options *, bool accumulate, nhwc_tensor *gradient);

static const struct {
    forward_function *forward;
    gradient_function *backprop_input, *backprop_filter;
} operations[] = {
    [GOLDEN_CONV2D] = {nhwc_conv2d, nhwc_conv2d_backprop_input, nhwc_conv2d_backprop_filter},
    [GOLDEN_CONV2D_TRANSPOSE] = {nhwc_conv2d_transpose, nhwc_conv2d_transpose_backprop_input,
                                 nhwc_conv2d_transpose_backprop_filter},
    [GOLDEN_DEPTHWISE_CONV2D] = {nhwc_depthwise_conv2d, nhwc_depthwise_conv2d_backprop_input,
                                 nhwc_depthwise_conv2d_backprop_filter},
    [GOLDEN_DEPTHWISE_CONV2D_TRANSPOSE] = {nhwc_depthwise_conv2d_transpose,
                                           nhwc_depthwise_conv2d_transpose_backprop_input,
                                           nhwc_depthwise_conv2d_transpose_backprop_filter}};

static void fail_case(const golden_case *c)
{
    print_error("%s with x [%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 "], filter [%" PRId64
                ", %" PRId64 ", %" PRId64 ", %" PRId64 "]\n",
                c->call, c->x[0], c->x[1], c->x[2], c->x[3], c->filter[0], c->filter[1], c->filter[2],
                c->filter[3]);
    fail();
}

static void check_call(const golden_case *c, const char *what, nhwc_status status)
{
    if (status == NHWC_OK)
        return;
    print_error("%s: %s: %s\n", what, nhwc_status_string(status), nhwc_last_error());
    fail_case(c);
}

static void check_values(const golden_case *c, const char *what, const nhwc_tensor *given,
                         const int *expected)
{
    for (int64_t i = 0; i < element_count(given); i++)
        if (element_get(given, i) != expected[i]) {
            print_error("%s: element %" PRId64 " is %g, not %d\n", what, i, element_get(given, i),
                        expected[i]);
            fail_case(c);
        }
}

/* The formula of make_conv_golden.py: small integers without a short period. */
static nhwc_tensor input(nhwc_dtype dtype, const int64_t *dims, int64_t gap, int64_t factor)
{
    const nhwc_tensor tensor = guarded_tensor(dtype, 4, dims, gap);
    for (int64_t i = 0; i < element_count(&tensor); i++)
        element_set(&tensor, i, (double)((i * factor + 11) % 101 % 11 - 5));
    return tensor;
}

/* An output that has something to overwrite. */
static nhwc_tensor output(nhwc_dtype dtype, const int64_t *dims, int64_t gap)
{
    const nhwc_tensor tensor = guarded_tensor(dtype, 4, dims, gap);
    for (int64_t i = 0; i < element_count(&tensor); i++)
        element_set(&tensor, i, 99);
    return tensor;
}

static void check_case(const golden_case *c, const nhwc_context *context, nhwc_dtype dtype, int64_t gap)
{
    const nhwc_tensor x = input(dtype, c->x, gap, 37), filter = input(dtype, c->filter, 0, 53),
                      dy = input(dtype, c->y, gap, 71);
    nhwc_tensor y = output(dtype, c->y, gap), dx = output(dtype, c->x, gap),
                dfilter = output(dtype, c->filter, 0);
    check_call(c, "y", operations[c->kind].forward(context, &x, &filter, NULL, &c->options, &y));
    check_call(c, "dx", operations[c->kind].backprop_input(context, &dy, &filter, &c->options, false, &dx));
    check_call(c, "dfilter",
               operations[c->kind].backprop_filter(context, &x, &dy, &c->options, false, &dfilter));
    check_values(c, "y", &y, c->y_values);
    check_values(c, "dx", &dx, c->dx_values);
    check_values(c, "dfilter", &dfilter, c->dfilter_values);
    guarded_check();
    guarded_release();
}

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_cases); i++)
        for (size_t a = 0; a < COUNT(algorithms); a++)
            for (size_t d = 0; d < COUNT(dtypes); d++)
                for (size_t g = 0; g < COUNT(gaps); g++)
                    check_case(&golden_cases[i], &(nhwc_context){.algorithm = algorithms[a]}, dtypes[d],
                               gaps[g]);
}

/* ---- Shapes ------------------------------------------------------------------------------------ */

static void check_shape(const golden_case *c, int64_t height, int64_t width, int64_t channels)
{
    if (height == c->y[1] && width == c->y[2] && channels == c->y[3])
        return;
    print_error("y is [%" PRId64 ", %" PRId64 ", %" PRId64 "], not [%" PRId64 ", %" PRId64 ", %" PRId64
                "]\n",
                height, width, channels, c->y[1], c->y[2], c->y[3]);
    fail_case(c);
}

static void test_shapes(void **state)
{
    (void)state;
    for (const golden_case *c = golden_cases; c < golden_cases + COUNT(golden_cases); c++) {
        const bool transpose =
            c->kind == GOLDEN_CONV2D_TRANSPOSE || c->kind == GOLDEN_DEPTHWISE_CONV2D_TRANSPOSE;
        nhwc_conv2d_options options = c->options;
        int64_t filter[4] = {c->filter[0], c->filter[1], c->filter[2], c->filter[3]};
        if (c->kind == GOLDEN_DEPTHWISE_CONV2D || c->kind == GOLDEN_DEPTHWISE_CONV2D_TRANSPOSE) {
            options.groups = filter[2];
            filter[3] *= filter[2];
            filter[2] = 1;
        }
        nhwc_geometry g;
        if (!transpose) {
            check_call(c, "geometry", nhwc_conv2d_geometry(c->x, filter, &options, &g));
            check_shape(c, g.h.coarse, g.w.coarse, g.coarse_c);
            continue;
        }
        check_call(c, "geometry", nhwc_conv2d_transpose_geometry(c->x, filter, &options, c->y, NULL, &g));
        check_shape(c, g.h.fine, g.w.fine, g.fine_c);
        if (c->size == GOLDEN_OUTPUT_SHAPE)
            continue;
        const int64_t *output_padding = c->size == GOLDEN_DEFAULT ? NULL : c->output_padding;
        check_call(c, "geometry of output_padding",
                   nhwc_conv2d_transpose_geometry(c->x, filter, &options, NULL, output_padding, &g));
        check_shape(c, g.h.fine, g.w.fine, g.fine_c);
    }
}

/* ---- Sizes along one axis ------------------------------------------------------------------------ */

typedef struct axis_call {
    int64_t x[4], filter[4];
    nhwc_conv2d_options options;
} axis_call;

/* The axis as the height of images with one column. */
static axis_call axis_to_call(const golden_axis *a)
{
    return (axis_call){.x = {1, a->n, 1, 1},
                       .filter = {a->kernel, 1, 1, 1},
                       .options = {.padding = a->padding,
                                   .strides = {a->stride, 1},
                                   .dilations = {a->dilation, 1},
                                   .explicit_paddings = {{a->pad_before, a->pad_after}, {0, 0}}}};
}

/* `length` is -1 for an error. */
static void check_length(const golden_axis *a, const char *what, int64_t number, int64_t length,
                         int64_t expected)
{
    if (length == expected)
        return;
    print_error("%s %" PRId64 ": length %" PRId64 ", not %" PRId64 ", for n %d, kernel %d, stride %d, "
                "dilation %d, padding %d {%d, %d}\n",
                what, number, length, expected, a->n, a->kernel, a->stride, a->dilation, (int)a->padding,
                a->pad_before, a->pad_after);
    fail();
}

static void test_conv_lengths(void **state)
{
    (void)state;
    for (const golden_axis *a = golden_conv_axes; a < golden_conv_axes + COUNT(golden_conv_axes); a++) {
        const axis_call call = axis_to_call(a);
        nhwc_geometry g;
        const bool ok = nhwc_conv2d_geometry(call.x, call.filter, &call.options, &g) == NHWC_OK;
        check_length(a, "conv2d of", a->n, ok ? g.h.coarse : -1, a->lengths[0]);
    }
}

/* All lengths up to 24 were tried. */
static void test_transpose_lengths(void **state)
{
    (void)state;
    for (const golden_axis *a = golden_transpose_axes;
         a < golden_transpose_axes + COUNT(golden_transpose_axes); a++) {
        const axis_call call = axis_to_call(a);
        const int least = a->lengths[0], most = a->lengths[1];
        int64_t smallest[4] = {0, 0, 0, 0}, largest[4] = {0, -1, 0, 0};
        const bool any = nhwc_conv2d_transpose_output_shapes(call.x, call.filter, &call.options, smallest,
                                                             largest) == NHWC_OK;
        check_length(a, "any", any, smallest[1], least);
        check_length(a, "any", any, largest[1], most);
        for (int64_t length = 0; length <= 24; length++) {
            const int64_t shape[4] = {1, length, 1, 1};
            nhwc_geometry g;
            const bool ok = nhwc_conv2d_transpose_geometry(call.x, call.filter, &call.options, shape, NULL,
                                                           &g) == NHWC_OK;
            check_length(a, "output_shape", length, ok ? g.h.fine : -1,
                         length >= least && length <= most ? length : -1);
        }
    }
}

static void test_keras_lengths(void **state)
{
    (void)state;
    for (const golden_axis *a = golden_keras_axes; a < golden_keras_axes + COUNT(golden_keras_axes); a++) {
        const axis_call call = axis_to_call(a);
        for (int i = 0; i < 5; i++) {
            const int64_t output_padding[2] = {i - 1, 0};
            nhwc_geometry g;
            const bool ok = nhwc_conv2d_transpose_geometry(call.x, call.filter, &call.options, NULL,
                                                           i == 0 ? NULL : output_padding, &g) == NHWC_OK;
            check_length(a, "output_padding", i - 1, ok ? g.h.fine : -1, a->lengths[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),         cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_conv_lengths),   cmocka_unit_test(test_transpose_lengths),
        cmocka_unit_test(test_keras_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
