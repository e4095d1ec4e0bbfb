/* The shape functions against hand-worked numbers, against counting, and against every rejection. */
#include <inttypes.h>
#include <string.h>

#include "support/check.h"
#include "support/random.h"

static nhwc_conv2d_options options_of(nhwc_padding padding, int64_t stride, int64_t dilation, int64_t before,
                                      int64_t after)
{
    return (nhwc_conv2d_options){.padding = padding,
                                 .strides = {stride, stride},
                                 .dilations = {dilation, dilation},
                                 .explicit_paddings = {{before, after}, {before, after}}};
}

/* Coarse length of a square fine side `n`, or -1 when refused. */
static int64_t conv_length(int64_t n, int64_t k, const nhwc_conv2d_options *options)
{
    nhwc_geometry g;
    const nhwc_status status =
        nhwc_conv2d_geometry((int64_t[]){1, n, n, 1}, (int64_t[]){k, k, 1, 1}, options, &g);
    if (status == NHWC_ERROR_KERNEL)
        return -1;
    CHECK_OK(status);
    CHECK(g.h.coarse == g.w.coarse && g.h.fine == n && g.h.kernel == k);
    return g.h.coarse;
}

static int64_t transpose_length(int64_t n, int64_t k, const nhwc_conv2d_options *options,
                                const int64_t *output_padding)
{
    nhwc_geometry g;
    const int64_t paddings[2] = {output_padding ? *output_padding : 0, output_padding ? *output_padding : 0};
    const nhwc_status status =
        nhwc_conv2d_transpose_geometry((int64_t[]){1, n, n, 1}, (int64_t[]){k, k, 1, 1}, options, NULL,
                                       output_padding ? paddings : NULL, &g);
    if (status != NHWC_OK)
        return -1;
    CHECK(g.h.fine == g.w.fine && g.h.coarse == n);
    return g.h.fine;
}

static bool accepts_output(int64_t n, int64_t k, const nhwc_conv2d_options *options, int64_t length)
{
    nhwc_geometry g;
    return nhwc_conv2d_transpose_geometry((int64_t[]){1, n, n, 1}, (int64_t[]){k, k, 1, 1}, options,
                                          (int64_t[]){1, length, length, 1}, NULL, &g) == NHWC_OK;
}

/* What the tutorials this library grew from claim about shapes. */
static void test_tutorial_claims(void **state)
{
    (void)state;
    const nhwc_conv2d_options valid1 = options_of(NHWC_PADDING_VALID, 1, 1, 0, 0),
                              valid2 = options_of(NHWC_PADDING_VALID, 2, 1, 0, 0),
                              valid3 = options_of(NHWC_PADDING_VALID, 3, 1, 0, 0),
                              same2 = options_of(NHWC_PADDING_SAME, 2, 1, 0, 0),
                              one2 = options_of(NHWC_PADDING_EXPLICIT, 2, 1, 1, 1);
    CHECK(conv_length(5, 3, &valid2) == 2 && transpose_length(2, 3, &valid2, NULL) == 5);

    CHECK(transpose_length(4, 3, &valid3, NULL) == 12);
    CHECK(!accepts_output(4, 3, &valid3, 11) && accepts_output(4, 3, &valid3, 12));
    CHECK(accepts_output(4, 3, &valid3, 13) && accepts_output(4, 3, &valid3, 14));
    CHECK(!accepts_output(4, 3, &valid3, 15));

    CHECK(transpose_length(7, 3, &same2, NULL) == 14);
    CHECK(!accepts_output(7, 3, &same2, 12) && accepts_output(7, 3, &same2, 13));
    CHECK(accepts_output(7, 3, &same2, 14) && !accepts_output(7, 3, &same2, 15));

    CHECK(conv_length(6, 2, &one2) == 4);
    CHECK(transpose_length(3, 2, &valid2, NULL) == 6);
    CHECK(transpose_length(3, 2, &valid1, NULL) == 4); /* one text says 6 */
    CHECK(transpose_length(5, 2, &valid1, NULL) == 6);
    CHECK(transpose_length(3, 2, &one2, NULL) == 4);
    CHECK(transpose_length(4, 1, &valid2, NULL) == 8 && transpose_length(4, 3, &valid2, NULL) == 9);
    CHECK(transpose_length(3, 5, &same2, NULL) == 6 && transpose_length(2, 3, &same2, NULL) == 4);
}

/* The autoencoder of one of them: sizes from layer to layer, and 12,785 parameters. */
static void test_tutorial_autoencoder(void **state)
{
    (void)state;
    static const struct {
        bool transposed;
        int64_t channels, size;
        nhwc_padding padding;
    } layers[] = {
        {false, 32, 26, NHWC_PADDING_VALID}, {false, 16, 24, NHWC_PADDING_VALID}, {false, 8, 22, NHWC_PADDING_VALID},
        {true, 8, 24, NHWC_PADDING_VALID},   {true, 16, 26, NHWC_PADDING_VALID},  {true, 32, 28, NHWC_PADDING_VALID},
        {false, 1, 28, NHWC_PADDING_SAME},
    };
    int64_t x[4] = {1, 28, 28, 1}, parameters = 0;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        const nhwc_conv2d_options options = {.padding = layers[i].padding};
        const int64_t c = layers[i].channels, in = x[3];
        nhwc_geometry g;
        if (layers[i].transposed) {
            CHECK_OK(nhwc_conv2d_transpose_geometry(x, (int64_t[]){3, 3, c, in}, &options, NULL, NULL, &g));
            memcpy(x, (int64_t[]){g.batch, g.h.fine, g.w.fine, g.fine_c}, sizeof x);
        } else {
            CHECK_OK(nhwc_conv2d_geometry(x, (int64_t[]){3, 3, in, c}, &options, &g));
            memcpy(x, (int64_t[]){g.batch, g.h.coarse, g.w.coarse, g.coarse_c}, sizeof x);
        }
        CHECK(x[1] == layers[i].size && x[2] == layers[i].size && x[3] == c);
        parameters += g.h.kernel * g.w.kernel * g.fine_c * g.coarse_c + c;
    }
    CHECK(parameters == 12785);
}

/* Keras' None and 0 are different; SAME with an even kernel and 0 has no output at all. */
static void test_output_padding(void **state)
{
    (void)state;
    const int64_t p0 = 0, p1 = 1, p2 = 2, negative = -1;
    const nhwc_conv2d_options same = options_of(NHWC_PADDING_SAME, 2, 1, 0, 0),
                              same1 = options_of(NHWC_PADDING_SAME, 1, 1, 0, 0),
                              valid = options_of(NHWC_PADDING_VALID, 3, 1, 0, 0),
                              one = options_of(NHWC_PADDING_EXPLICIT, 2, 1, 1, 1);
    CHECK(transpose_length(7, 3, &same, NULL) == 14);
    CHECK(transpose_length(7, 3, &same, &p0) == 13 && transpose_length(7, 3, &same, &p1) == 14);
    CHECK(transpose_length(7, 4, &same, NULL) == 14);
    CHECK(transpose_length(7, 4, &same, &p0) == -1 && transpose_length(7, 4, &same, &p1) == 13);
    CHECK(transpose_length(4, 2, &valid, NULL) == 12); /* longer than the last stamp: n * stride */
    CHECK(transpose_length(4, 2, &valid, &p0) == 11 && transpose_length(4, 2, &valid, &p1) == 12);
    CHECK(transpose_length(4, 2, &valid, &p2) == 13);
    CHECK(transpose_length(7, 3, &one, &p0) == 13 && transpose_length(7, 3, &one, &p1) == 14);

    nhwc_geometry g;
    const int64_t x[4] = {1, 7, 7, 1}, filter[4] = {4, 4, 1, 1};
    CHECK_FAILS(nhwc_conv2d_transpose_geometry(x, filter, &same, NULL, (int64_t[]){1, 2}, &g),
                NHWC_ERROR_OUTPUT_PADDING, "conv2d_transpose", "width is 2", "1 to 1");
    CHECK_FAILS(nhwc_conv2d_transpose_geometry(x, filter, &same, NULL, (int64_t[]){0, 1}, &g),
                NHWC_ERROR_OUTPUT_PADDING, "height is 0", "1 to 1");
    CHECK_FAILS(nhwc_conv2d_transpose_geometry(x, filter, &same1, NULL, (int64_t[]){0, 0}, &g),
                NHWC_ERROR_OUTPUT_PADDING, "no output_padding is possible for the height");
    CHECK_FAILS(nhwc_conv2d_transpose_geometry(x, filter, &valid, NULL, (int64_t[]){negative, 0}, &g),
                NHWC_ERROR_OUTPUT_PADDING, "height is -1", "0 to 2");
    CHECK_FAILS(nhwc_conv2d_transpose_geometry(x, filter, &valid, x, (int64_t[]){0, 0}, &g),
                NHWC_ERROR_ARGUMENT, "output_shape and output_padding");
}

/* All small axes: lengths by counting windows, the paddings of SAME, and the legal outputs of the
 * transpose by trying every length. */
static void test_small_axes(void **state)
{
    (void)state;
    int64_t checked = 0;
    for (int64_t k = 1; k <= 5; k++)
        for (int64_t s = 1; s <= 4; s++)
            for (int64_t d = 1; d <= 3; d++)
                for (int64_t pads = -2; pads < 16; pads++) {
                    const int64_t before = pads < 0 ? 0 : pads / 4, after = pads < 0 ? 0 : pads % 4;
                    const nhwc_padding padding = pads == -2   ? NHWC_PADDING_SAME
                                                 : pads == -1 ? NHWC_PADDING_VALID
                                                              : NHWC_PADDING_EXPLICIT;
                    const nhwc_conv2d_options options = options_of(padding, s, d, before, after);
                    const int64_t extent = (k - 1) * d + 1;
                    int64_t coarse_of[64];
                    for (int64_t n = 0; n < 64; n++) {
                        coarse_of[n] = conv_length(n, k, &options);
                        int64_t windows = 0;
                        if (padding == NHWC_PADDING_SAME)
                            while (windows * s < n)
                                windows++;
                        else
                            while (windows * s + extent <= n + before + after)
                                windows++;
                        const bool refused =
                            padding != NHWC_PADDING_SAME && n + before + after - extent <= -2 * s;
                        CHECK(coarse_of[n] == (refused ? -1 : windows));
                        if (padding == NHWC_PADDING_SAME && n > 0) {
                            nhwc_geometry g;
                            CHECK_OK(nhwc_conv2d_geometry((int64_t[]){1, n, n, 1}, (int64_t[]){k, k, 1, 1},
                                                          &options, &g));
                            const int64_t missing = (windows - 1) * s + extent - n;
                            CHECK(g.h.pad_before + g.h.pad_after == (missing > 0 ? missing : 0));
                            CHECK(g.h.pad_after - g.h.pad_before == (missing > 0 ? missing % 2 : 0));
                        }
                        checked++;
                    }
                    for (int64_t n = 0; n < 8; n++) {
                        int64_t least = -1, most = -1;
                        for (int64_t fine = 0; fine < 64; fine++) {
                            CHECK(accepts_output(n, k, &options, fine) == (coarse_of[fine] == n));
                            if (coarse_of[fine] == n) {
                                least = least < 0 ? fine : least;
                                most = fine;
                            }
                        }
                        int64_t smallest[4], largest[4];
                        const nhwc_status status = nhwc_conv2d_transpose_output_shapes(
                            (int64_t[]){2, n, n, 6}, (int64_t[]){k, k, 3, 6}, &options, smallest, largest);
                        if (least < 0) {
                            check_status(status, NHWC_ERROR_OUTPUT_SHAPE, "output_shapes", __FILE__, __LINE__);
                            continue;
                        }
                        CHECK_OK(status);
                        CHECK(!memcmp(smallest, (int64_t[]){2, least, least, 3}, sizeof smallest));
                        CHECK(!memcmp(largest, (int64_t[]){2, most, most, 3}, sizeof largest));
                        if (padding != NHWC_PADDING_EXPLICIT) /* the defaults are legal */
                            CHECK(coarse_of[transpose_length(n, k, &options, NULL)] == n);
                    }
                }
    print_message("%" PRId64 " axes\n", checked);
}

static const int64_t x_shape[4] = {2, 7, 8, 4}, filter_shape[4] = {3, 3, 4, 6};

static nhwc_status conv(const nhwc_conv2d_options *options)
{
    nhwc_geometry g;
    memset(&g, 0x5A, sizeof g);
    const nhwc_geometry before = g;
    const nhwc_status status = nhwc_conv2d_geometry(x_shape, filter_shape, options, &g);
    if (status != NHWC_OK)
        CHECK(!memcmp(&g, &before, sizeof g));
    return status;
}

static void test_rejected_options(void **state)
{
    (void)state;
#define OPTIONS(...) conv(&(nhwc_conv2d_options){__VA_ARGS__})
    CHECK_OK(OPTIONS(.strides = {0, 0}));
    CHECK_FAILS(OPTIONS(.strides = {2, 0}), NHWC_ERROR_STRIDE, "conv2d", "strides is {2, 0}", "at least 1");
    CHECK_FAILS(OPTIONS(.strides = {-1, 1}), NHWC_ERROR_STRIDE, "{-1, 1}");
    CHECK_FAILS(OPTIONS(.dilations = {0, 1}), NHWC_ERROR_DILATION, "dilations is {0, 1}", "at least 1");
    CHECK_FAILS(OPTIONS(.dilations = {1, -3}), NHWC_ERROR_DILATION, "{1, -3}");
    CHECK_FAILS(OPTIONS(.groups = -1), NHWC_ERROR_GROUPS, "groups is -1", "divide", "6");
    CHECK_FAILS(OPTIONS(.groups = 4), NHWC_ERROR_GROUPS, "groups is 4", "filter, 6");
    CHECK_FAILS(OPTIONS(.groups = 2), NHWC_ERROR_GROUPS, "x has 4 channels", "4, times options->groups, 2, is 8");
    CHECK_FAILS(OPTIONS(.padding = NHWC_PADDING_EXPLICIT, .explicit_paddings = {{0, 0}, {0, -1}}),
                NHWC_ERROR_PADDING, "explicit_paddings[1][1]", "width", "-1");
    CHECK_FAILS(OPTIONS(.padding = NHWC_PADDING_SAME, .explicit_paddings = {{1, 0}, {0, 0}}),
                NHWC_ERROR_PADDING, "explicit_paddings[0][0] is 1", "SAME", "EXPLICIT");
    CHECK_FAILS(OPTIONS(.padding = (nhwc_padding)7), NHWC_ERROR_PADDING, "7");
    CHECK_FAILS(OPTIONS(.padding = (nhwc_padding)-1), NHWC_ERROR_PADDING, "-1");
#undef OPTIONS
}

static void test_rejected_shapes(void **state)
{
    (void)state;
    nhwc_geometry g;
#define CONV(x, filter) nhwc_conv2d_geometry((int64_t[])x, (int64_t[])filter, NULL, &g)
#define S(...) {__VA_ARGS__}
    CHECK_FAILS(CONV(S(1, 7, 8, 4), S(0, 3, 4, 6)), NHWC_ERROR_KERNEL, "0 high and 3 wide", "at least 1");
    CHECK_FAILS(CONV(S(1, 7, 8, 4), S(3, -2, 4, 6)), NHWC_ERROR_KERNEL, "3 high and -2 wide");
    CHECK_FAILS(CONV(S(1, 7, 8, 4), S(3, 3, 0, 6)), NHWC_ERROR_CHANNELS, "[0, 6]");
    CHECK_FAILS(CONV(S(1, 7, 8, 4), S(3, 3, 4, -6)), NHWC_ERROR_CHANNELS, "[4, -6]");
    CHECK_FAILS(CONV(S(1, 7, 8, 5), S(3, 3, 4, 6)), NHWC_ERROR_CHANNELS, "x has 5 channels", "filter, 4");
    CHECK_FAILS(CONV(S(1, 7, -8, 4), S(3, 3, 4, 6)), NHWC_ERROR_SHAPE, "[1, 7, -8, 4]", "negative");
    CHECK_FAILS(CONV(S(1, 4, 9, 4), S(6, 3, 4, 6)), NHWC_ERROR_KERNEL, "height of x, 4", "kernel 6", "at least 6");
    CHECK_OK(CONV(S(1, 4, 9, 4), S(5, 3, 4, 6)));
    CHECK(g.h.coarse == 0 && g.w.coarse == 7);
    CHECK_OK(CONV(S(0, 7, 8, 4), S(3, 3, 4, 0)));
    CHECK(g.batch == 0 && g.coarse_c == 0);
#undef CONV

    const nhwc_conv2d_options two = {.strides = {2, 2}};
    const nhwc_conv2d_options crop = {.padding = NHWC_PADDING_EXPLICIT, .explicit_paddings = {{3, 3}, {3, 3}}};
#define TRANSPOSE(x, filter, options, ...) \
    nhwc_conv2d_transpose_geometry((int64_t[])x, (int64_t[])filter, options, (int64_t[]){__VA_ARGS__}, NULL, &g)
    CHECK_FAILS(TRANSPOSE(S(1, 2, 2, 1), S(3, 3, 1, 1), &two, 1, 7, 5, 1), NHWC_ERROR_OUTPUT_SHAPE,
                "conv2d_transpose", "height of output_shape is 7", "x 2", "5 to 6");
    CHECK_FAILS(TRANSPOSE(S(1, 2, 2, 1), S(3, 3, 1, 1), &two, 1, 5, 4, 1), NHWC_ERROR_OUTPUT_SHAPE, "width");
    CHECK_FAILS(TRANSPOSE(S(1, 2, 2, 1), S(3, 3, 1, 1), &two, 2, 5, 5, 1), NHWC_ERROR_OUTPUT_SHAPE,
                "batch of 2", "one of 1");
    CHECK_FAILS(TRANSPOSE(S(1, 2, 2, 1), S(3, 3, 1, 1), &two, 1, 5, 5, 3), NHWC_ERROR_CHANNELS,
                "output_shape has 3 channels");
    CHECK_FAILS(TRANSPOSE(S(1, 2, 2, 2), S(3, 3, 1, 1), &two, 1, 5, 5, 1), NHWC_ERROR_CHANNELS,
                "x has 2 channels", "filter is 1");
    CHECK_FAILS(TRANSPOSE(S(1, 2, 2, 1), S(3, 3, 1, 1), &two, 1, -5, 5, 1), NHWC_ERROR_SHAPE, "-5");
    /* The padding crops everything away; a library in wide use divides by zero here. */
    CHECK_FAILS(nhwc_conv2d_transpose_geometry((int64_t[]){1, 2, 2, 1}, (int64_t[]){4, 4, 1, 1}, &crop, NULL,
                                               NULL, &g),
                NHWC_ERROR_OUTPUT_SHAPE, "no output height", "3 and 3");
#undef TRANSPOSE
#undef S
}

static void test_null(void **state)
{
    (void)state;
    nhwc_geometry g;
    int64_t shape[4];
    CHECK_FAILS(nhwc_conv2d_geometry(NULL, filter_shape, NULL, &g), NHWC_ERROR_ARGUMENT, "x_shape is NULL");
    CHECK_FAILS(nhwc_conv2d_geometry(x_shape, NULL, NULL, &g), NHWC_ERROR_ARGUMENT, "filter_shape is NULL");
    CHECK_FAILS(nhwc_conv2d_geometry(x_shape, filter_shape, NULL, NULL), NHWC_ERROR_ARGUMENT, "result");
    CHECK_FAILS(nhwc_conv2d_transpose_geometry(NULL, filter_shape, NULL, NULL, NULL, &g), NHWC_ERROR_ARGUMENT,
                "x_shape");
    CHECK_FAILS(nhwc_conv2d_transpose_output_shapes(x_shape, filter_shape, NULL, NULL, shape),
                NHWC_ERROR_ARGUMENT, "result");
    CHECK_FAILS(nhwc_conv2d_transpose_output_shapes(x_shape, filter_shape, NULL, shape, NULL),
                NHWC_ERROR_ARGUMENT, "result");
}

/* Sizes near and beyond 64 bits: a status, never an overflow (the sanitizers watch). */
static void test_huge(void **state)
{
    (void)state;
    const int64_t big = INT64_MAX, half = INT64_C(1) << 32;
    nhwc_geometry g;
    int64_t low[4], high[4];
    CHECK_FAILS(nhwc_conv2d_geometry((int64_t[]){half, half, 1, 1}, (int64_t[]){1, 1, 1, 1}, NULL, &g),
                NHWC_ERROR_TOO_LARGE, "conv2d", "64 bits");
    CHECK_FAILS(nhwc_conv2d_transpose_geometry((int64_t[]){1, half, 1, 1}, (int64_t[]){1, 1, 1, 1},
                                               &(nhwc_conv2d_options){.strides = {half, 1}}, NULL, NULL, &g),
                NHWC_ERROR_TOO_LARGE, "height");
    CHECK_FAILS(nhwc_conv2d_geometry((int64_t[]){1, 9, 9, 1}, (int64_t[]){half, 1, 1, 1},
                                     &(nhwc_conv2d_options){.dilations = {half, 1}}, &g),
                NHWC_ERROR_TOO_LARGE, "height");
    /* Every field in turn, and all together, at values that make sums and products wrap. */
    uint64_t random = 1;
    const int64_t values[] = {0, 1, 2, 3, half - 1, half, big / 8, big / 8 + 1, big - 1, big, -1, INT64_MIN};
#define ANY values[random_next(&random) % (sizeof values / sizeof *values)]
    for (int i = 0; i < 200000; i++) {
        const int64_t x[4] = {ANY, ANY, ANY, ANY}, filter[4] = {ANY, ANY, ANY, ANY}, y[4] = {ANY, ANY, ANY, ANY};
        const nhwc_conv2d_options options = {.padding = (nhwc_padding)(random_next(&random) % 3),
                                             .strides = {ANY, ANY},
                                             .dilations = {ANY, ANY},
                                             .explicit_paddings = {{ANY, ANY}, {ANY, ANY}},
                                             .groups = ANY};
        (void)nhwc_conv2d_geometry(x, filter, &options, &g);
        (void)nhwc_conv2d_transpose_geometry(x, filter, &options, NULL, NULL, &g);
        (void)nhwc_conv2d_transpose_geometry(x, filter, &options, y, NULL, &g);
        (void)nhwc_conv2d_transpose_geometry(x, filter, &options, NULL, y, &g);
        (void)nhwc_conv2d_transpose_output_shapes(x, filter, &options, low, high);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tutorial_claims), cmocka_unit_test(test_tutorial_autoencoder),
        cmocka_unit_test(test_output_padding),
        cmocka_unit_test(test_small_axes),      cmocka_unit_test(test_rejected_options),
        cmocka_unit_test(test_rejected_shapes), cmocka_unit_test(test_null),
        cmocka_unit_test(test_huge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
