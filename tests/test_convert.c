/* Parameters of other frameworks: against their own answers, there and back, and every rejection. */
#include <inttypes.h>
#include <nhwc/convert.h>
#include <string.h>

#include "golden/convert_golden.h"
#include "support/check.h"
#include "support/each.h"
#include "support/fill.h"
#include "support/guarded.h"
#include "support/random.h"

/* ---- All frameworks alike ------------------------------------------------------------------------ */

/* The parameters of one of the frameworks. */
typedef union parameters {
    nhwc_torch_conv2d torch;
    nhwc_onnx_conv onnx;
    nhwc_caffe_convolution caffe;
    nhwc_keras_conv2d keras;
} parameters;

typedef enum framework { TORCH, ONNX, CAFFE, KERAS } framework;

static const framework frameworks[] = {TORCH, ONNX, CAFFE, KERAS};

static nhwc_status from(framework f, bool transpose, const parameters *p, const int64_t x[4],
                        const int64_t filter[4], nhwc_conv2d_options *options, int64_t y[4])
{
    switch (f) {
    case TORCH:
        return transpose ? nhwc_conv2d_transpose_from_torch(&p->torch, x, filter, options, y)
                         : nhwc_conv2d_from_torch(&p->torch, x, filter, options, y);
    case ONNX:
        return transpose ? nhwc_conv2d_transpose_from_onnx(&p->onnx, x, filter, options, y)
                         : nhwc_conv2d_from_onnx(&p->onnx, x, filter, options, y);
    case CAFFE:
        return transpose ? nhwc_conv2d_transpose_from_caffe(&p->caffe, x, filter, options, y)
                         : nhwc_conv2d_from_caffe(&p->caffe, x, filter, options, y);
    case KERAS:
        break;
    }
    return transpose ? nhwc_conv2d_transpose_from_keras(&p->keras, x, filter, options, y)
                     : nhwc_conv2d_from_keras(&p->keras, x, filter, options, y);
}

static nhwc_status to(framework f, bool transpose, const nhwc_geometry *g, parameters *p)
{
    switch (f) {
    case TORCH:
        return transpose ? nhwc_conv2d_transpose_to_torch(g, &p->torch)
                         : nhwc_conv2d_to_torch(g, &p->torch);
    case ONNX:
        return transpose ? nhwc_conv2d_transpose_to_onnx(g, &p->onnx) : nhwc_conv2d_to_onnx(g, &p->onnx);
    case CAFFE:
        return transpose ? nhwc_conv2d_transpose_to_caffe(g, &p->caffe)
                         : nhwc_conv2d_to_caffe(g, &p->caffe);
    case KERAS:
        break;
    }
    return transpose ? nhwc_conv2d_transpose_to_keras(g, &p->keras) : nhwc_conv2d_to_keras(g, &p->keras);
}

/* The geometry of converted parameters; y is what the shape functions make of the options. */
static nhwc_status geometry_from(framework f, bool transpose, const parameters *p, const int64_t x[4],
                                 const int64_t filter[4], nhwc_geometry *g)
{
    nhwc_conv2d_options options;
    int64_t y[4];
    const nhwc_status status = from(f, transpose, p, x, filter, &options, y);
    if (status != NHWC_OK)
        return status;
    if (transpose) {
        CHECK_OK(nhwc_conv2d_transpose_geometry(x, filter, &options, y, NULL, g));
        return NHWC_OK;
    }
    CHECK_OK(nhwc_conv2d_geometry(x, filter, &options, g));
    CHECK(y[0] == g->batch && y[1] == g->h.coarse && y[2] == g->w.coarse && y[3] == g->coarse_c);
    return NHWC_OK;
}

/* Whether every tap of every pixel is the same. */
static bool same_axes(const nhwc_axis *a, const nhwc_axis *b)
{
    return a->fine == b->fine && a->coarse == b->coarse && a->kernel == b->kernel &&
           a->stride == b->stride && a->dilation == b->dilation && a->pad_before == b->pad_before;
}

static bool same_geometry(const nhwc_geometry *a, const nhwc_geometry *b)
{
    return a->batch == b->batch && a->fine_c == b->fine_c && a->coarse_c == b->coarse_c &&
           a->groups == b->groups && same_axes(&a->h, &b->h) && same_axes(&a->w, &b->w);
}

/* The shapes that lead to a geometry. */
typedef struct shapes {
    int64_t x[4], filter[4];
} shapes;

static shapes shapes_of(bool transpose, const nhwc_geometry *g)
{
    const shapes s = {{g->batch, transpose ? g->h.coarse : g->h.fine, transpose ? g->w.coarse : g->w.fine,
                       transpose ? g->coarse_c : g->fine_c},
                      {g->h.kernel, g->w.kernel, g->fine_c / g->groups, g->coarse_c}};
    return s;
}

/* ---- Their answers -------------------------------------------------------------------------------- */

static nhwc_tensor made(const int64_t *dims, int64_t factor)
{
    const nhwc_tensor tensor = guarded_tensor(NHWC_FLOAT32, 4, dims, 0);
    for (int64_t i = 0; i < element_count(&tensor); i++)
        element_set(&tensor, i, (double)((i * factor + 11) % 101 % 11 - 5));
    return tensor;
}

static void check_values(const nhwc_tensor *y, const int *values, const char *name, size_t number)
{
    for (int64_t i = 0; i < element_count(y); i++)
        if (element_get(y, i) != values[i]) {
            print_error("%s, case %zu: element %" PRId64 " is %g, not %d\n", name, number, i,
                        element_get(y, i), values[i]);
            fail();
        }
}

/* x and filter in the layouts of the framework, through this library, y compared in that layout. */
static void check_case(framework f, const golden_images *c, const parameters *p, const char *name,
                       size_t number)
{
    const bool nchw = f != KERAS;
    nhwc_conv2d_options options;
    int64_t y_shape[4];
    CHECK_OK(from(f, c->transpose, p, c->x, c->filter, &options, y_shape));
    CHECK(memcmp(y_shape, c->y, sizeof y_shape) == 0);

    nhwc_tensor x, filter, y = guarded_tensor(NHWC_FLOAT32, 4, y_shape, 0), theirs = y;
    if (nchw) {
        const nhwc_tensor image = made((int64_t[]){c->x[0], c->x[3], c->x[1], c->x[2]}, 37),
                          weight =
                              made((int64_t[]){c->filter[3], c->filter[2], c->filter[0], c->filter[1]}, 53);
        x = guarded_tensor(NHWC_FLOAT32, 4, c->x, 1);
        filter = guarded_tensor(NHWC_FLOAT32, 4, c->filter, 0);
        theirs = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){c->y[0], c->y[3], c->y[1], c->y[2]}, 0);
        CHECK_OK(nhwc_from_nchw(NULL, &image, &x));
        CHECK_OK(nhwc_filter_from_oihw(NULL, &weight, &filter));
    } else {
        x = made(c->x, 37);
        filter = made(c->filter, 53);
    }
    for (int depthwise = 0; depthwise < 2; depthwise++) {
        if (depthwise) {
            if (c->filter[2] != 1 || options.groups < 2)
                break;
            filter = nhwc_tensor_view(
                filter.dtype, filter.data, 4,
                (int64_t[]){c->filter[0], c->filter[1], options.groups, c->filter[3] / options.groups});
        }
        fill_value(&y, 99);
        CHECK_OK((depthwise && c->transpose ? nhwc_depthwise_conv2d_transpose
                  : depthwise               ? nhwc_depthwise_conv2d
                  : c->transpose            ? nhwc_conv2d_transpose
                                            : nhwc_conv2d)(NULL, &x, &filter, NULL, &options, &y));
        if (nchw)
            CHECK_OK(nhwc_to_nchw(NULL, &y, &theirs));
        check_values(&theirs, c->y_values, name, number);
    }
    guarded_check();
    guarded_release();
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_torch_cases); i++)
        check_case(TORCH, &golden_torch_cases[i].images,
                   &(parameters){.torch = golden_torch_cases[i].parameters}, "PyTorch", i);
    for (size_t i = 0; i < COUNT(golden_onnx_cases); i++)
        check_case(ONNX, &golden_onnx_cases[i].images,
                   &(parameters){.onnx = golden_onnx_cases[i].parameters}, "ONNX", i);
    for (size_t i = 0; i < COUNT(golden_keras_cases); i++)
        check_case(KERAS, &golden_keras_cases[i].images,
                   &(parameters){.keras = golden_keras_cases[i].parameters}, "Keras", i);
}

/* The height that comes out, and the padding in front; -1 where the parameters are refused. */
static int64_t converted_height(framework f, bool transpose, const parameters *p, int64_t n, int64_t kernel,
                                int64_t *before)
{
    nhwc_geometry g;
    if (geometry_from(f, transpose, p, (int64_t[]){1, n, 1, 1}, (int64_t[]){kernel, 1, 1, 1}, &g) !=
        NHWC_OK)
        return -1;
    *before = g.h.pad_before;
    return transpose ? g.h.fine : g.h.coarse;
}

static void test_axes(void **state)
{
    (void)state;
    int64_t before = 0, refused = 0;
    for (const golden_torch_axis *a = golden_torch_axes; a < golden_torch_axes + COUNT(golden_torch_axes);
         a++) {
        const parameters p = {.torch = {.stride = {a->stride, 1},
                                        .padding = {a->padding, 0},
                                        .dilation = {a->dilation, 1},
                                        .output_padding = {a->output_padding, 0}}};
        const int64_t height = converted_height(TORCH, a->transpose, &p, a->n, a->kernel, &before);
        const bool allowed = a->output_padding < a->stride; /* or no convolution has this transpose */
        CHECK(height == (allowed ? a->length : -1));
        CHECK(height < 0 || before == a->padding);
        refused += !allowed && a->length >= 0;
        if (a->output_padding == 0) {
            const parameters caffe = {
                .caffe = {.stride = {a->stride, 1}, .pad = {a->padding, 0}, .dilation = {a->dilation, 1}}};
            CHECK(converted_height(CAFFE, a->transpose, &caffe, a->n, a->kernel, &before) == height);
        }
    }
    CHECK(refused > 0);
    for (const golden_onnx_axis *a = golden_onnx_axes; a < golden_onnx_axes + COUNT(golden_onnx_axes);
         a++) {
        const parameters p = {.onnx = {.auto_pad = a->auto_pad,
                                       .strides = {a->stride, 1},
                                       .output_padding = {a->output_padding, 0},
                                       .output_shape = {a->output_shape, a->output_shape > 0}}};
        const int64_t height = converted_height(ONNX, a->transpose, &p, a->n, a->kernel, &before);
        CHECK(height == a->length);
        CHECK(height < 0 || before == a->before);
    }
}

/* What cannot be run here: Caffe's sizes by its own formulas, hand-worked. */
static void test_caffe(void **state)
{
    (void)state;
    int64_t before;
    const parameters p = {.caffe = {.stride = {2, 1}, .pad = {1, 0}, .dilation = {2, 1}, .group = 1}};
    CHECK(converted_height(CAFFE, false, &p, 9, 3, &before) == 4 && before == 1); /* (9 + 2 - 5) / 2 + 1 */
    CHECK(converted_height(CAFFE, true, &p, 4, 3, &before) == 9 && before == 1);  /* 2 * 3 + 5 - 2 */
    /* Its division truncates: (2 + 2 - 5) / 2 + 1 = 1 row, of a window that does not fit. */
    CHECK(converted_height(CAFFE, false, &p, 2, 3, &before) == -1);
}

/* ---- There and back ------------------------------------------------------------------------------- */

/* Going to a framework and back is the identity on geometries. */
static void check_back(framework f, bool transpose, const nhwc_geometry *g, const parameters *p)
{
    const shapes s = shapes_of(transpose, g);
    nhwc_geometry back;
    CHECK_OK(geometry_from(f, transpose, p, s.x, s.filter, &back));
    CHECK(same_geometry(g, &back));
}

static int64_t *field(framework f, parameters *p, int which)
{
    int64_t *const strides[] = {p->torch.stride, p->onnx.strides, p->caffe.stride, p->keras.strides};
    int64_t *const dilations[] = {p->torch.dilation, p->onnx.dilations, p->caffe.dilation,
                                  p->keras.dilation_rate};
    int64_t *const groups[] = {&p->torch.groups, &p->onnx.group, &p->caffe.group, &p->keras.groups};
    return which == 0 ? strides[f] : which == 1 ? dilations[f] : groups[f];
}

/* Random words of a framework that are meant to make sense. */
static parameters random_parameters(framework f, bool transpose, const int64_t strides[2],
                                    const int64_t dilations[2], int64_t groups, uint64_t *random)
{
    parameters p;
    memset(&p, 0, sizeof p);
    memcpy(field(f, &p, 0), strides, 2 * sizeof *strides);
    memcpy(field(f, &p, 1), dilations, 2 * sizeof *dilations);
    *field(f, &p, 2) = groups;
    const int64_t which = random_between(random, 0, 3);
    if (f == KERAS)
        p.keras.has_output_padding = transpose && which > 1;
    for (int i = 0; i < 2; i++) {
        const int64_t pad = random_between(random, 0, 3),
                      output_padding = transpose ? random_between(random, 0, strides[i] - 1) : 0;
        switch (f) {
        case TORCH:
            p.torch.same = !transpose && which == 0 && strides[0] == 1 && strides[1] == 1;
            p.torch.padding[i] = p.torch.same ? 0 : pad;
            p.torch.output_padding[i] = output_padding;
            break;
        case ONNX:
            p.onnx.auto_pad = (nhwc_onnx_auto_pad)which;
            p.onnx.output_padding[i] = output_padding;
            if (which == NHWC_ONNX_NOTSET) {
                p.onnx.pads[i] = pad;
                p.onnx.pads[i + 2] = random_between(random, 0, 3);
            } else if (transpose && pad > 1) {
                p.onnx.output_shape[0] = random_between(random, 1, 12);
                p.onnx.output_shape[1] = random_between(random, 1, 12);
            }
            break;
        case CAFFE:
            p.caffe.pad[i] = pad;
            break;
        case KERAS:
            p.keras.padding = which % 2 ? NHWC_KERAS_SAME : NHWC_KERAS_VALID;
            p.keras.output_padding[i] = p.keras.has_output_padding ? output_padding : 0;
            break;
        }
    }
    return p;
}

/* From, to, and from again, with words the frameworks have. */
static void test_there_and_back(void **state)
{
    (void)state;
    uint64_t random = 1;
    int64_t converted[4] = {0};
    for (int round = 0; round < 40000; round++) {
        const framework f = frameworks[round % 4];
        const bool transpose = round / 4 % 2;
        const int64_t groups = f == KERAS && transpose ? 1 : random_between(&random, 1, 2);
        const int64_t strides[2] = {random_between(&random, 1, 3), random_between(&random, 1, 3)};
        const bool mild = f == KERAS && (strides[0] > 1 || strides[1] > 1); /* it refuses both */
        const int64_t dilations[2] = {mild ? 1 : random_between(&random, 1, 2),
                                      mild ? 1 : random_between(&random, 1, 3)};
        const int64_t fine = random_between(&random, 1, 2), coarse = groups * random_between(&random, 1, 2);
        const int64_t x[4] = {random_between(&random, 0, 2), random_between(&random, 1, 7),
                              random_between(&random, 1, 7), transpose ? coarse : fine * groups};
        const int64_t filter[4] = {random_between(&random, 1, 4), random_between(&random, 1, 4), fine,
                                   coarse};
        const parameters p = random_parameters(f, transpose, strides, dilations, groups, &random);
        nhwc_geometry g;
        if (geometry_from(f, transpose, &p, x, filter, &g) != NHWC_OK || g.h.coarse == 0 || g.w.coarse == 0)
            continue;
        parameters again;
        CHECK_OK(to(f, transpose, &g, &again));
        check_back(f, transpose, &g, &again);
        CHECK(!memcmp(field(f, &again, 0), strides, sizeof strides));
        CHECK(!memcmp(field(f, &again, 1), dilations, sizeof dilations));
        CHECK(*field(f, &again, 2) == groups);
        if (f == CAFFE)
            CHECK(!memcmp(&again.caffe, &p.caffe, sizeof p.caffe));
        else if (f == TORCH && !p.torch.same && !again.torch.same)
            CHECK(!memcmp(&again.torch.padding, &p.torch.padding, sizeof p.torch.padding) &&
                  !memcmp(&again.torch.output_padding, &p.torch.output_padding, sizeof p.torch.padding));
        converted[f]++;
    }
    for (int f = 0; f < 4; f++)
        CHECK(converted[f] > 3000);
}

/* Whether any words of the framework give the geometry, by trying them all. */
static bool has_equal(framework f, bool transpose, const nhwc_geometry *g)
{
    enum { PADS = 5 };
    const shapes s = shapes_of(transpose, g);
    const int64_t strides[2] = {g->h.stride, g->w.stride}, dilations[2] = {g->h.dilation, g->w.dilation};
    const int64_t most_h = transpose ? strides[0] : 1, most_w = transpose ? strides[1] : 1;
    for (int64_t mode = 0; mode < PADS * PADS + 4; mode++)
        for (int64_t op = 0; op < most_h * most_w; op++) {
            const int64_t pads[2] = {mode / PADS, mode % PADS}, ops[2] = {op / most_w, op % most_w};
            parameters p;
            memset(&p, 0, sizeof p);
            memcpy(field(f, &p, 0), strides, sizeof strides);
            memcpy(field(f, &p, 1), dilations, sizeof dilations);
            *field(f, &p, 2) = g->groups;
            if (f == TORCH) {
                p.torch.same = mode == PADS * PADS;
                memcpy(p.torch.padding, pads, p.torch.same ? 0 : sizeof pads);
                memcpy(p.torch.output_padding, ops, sizeof ops);
            } else if (f == CAFFE) {
                memcpy(p.caffe.pad, pads, sizeof pads);
            } else {
                p.keras.padding = mode % 2 ? NHWC_KERAS_SAME : NHWC_KERAS_VALID;
                p.keras.has_output_padding = transpose && mode / 2 % 2;
                memcpy(p.keras.output_padding, ops, p.keras.has_output_padding ? sizeof ops : 0);
            }
            nhwc_geometry given;
            if (geometry_from(f, transpose, &p, s.x, s.filter, &given) == NHWC_OK &&
                same_geometry(g, &given))
                return true;
        }
    return false;
}

/* A random geometry without empty sides, and not always with the smallest output of the transpose. */
static bool random_geometry(bool transpose, uint64_t *random, nhwc_geometry *g)
{
    const nhwc_padding paddings[] = {NHWC_PADDING_VALID, NHWC_PADDING_SAME, NHWC_PADDING_EXPLICIT};
    nhwc_conv2d_options options = {.padding = paddings[random_between(random, 0, 2)]};
    for (int i = 0; i < 2; i++) {
        options.strides[i] = random_between(random, 1, 3);
        options.dilations[i] = random_between(random, 0, 2) ? 1 : 2;
        for (int side = 0; side < 2; side++)
            if (options.padding == NHWC_PADDING_EXPLICIT)
                options.explicit_paddings[i][side] = random_between(random, 0, 2);
    }
    const int64_t x[4] = {1, random_between(random, 1, 6), random_between(random, 1, 6), 1};
    const int64_t filter[4] = {random_between(random, 1, 4), random_between(random, 1, 4), 1, 1};
    if (!transpose)
        return nhwc_conv2d_geometry(x, filter, &options, g) == NHWC_OK && g->h.coarse > 0 &&
               g->w.coarse > 0;
    int64_t least[4], most[4];
    if (nhwc_conv2d_transpose_output_shapes(x, filter, &options, least, most) != NHWC_OK)
        return false;
    const int64_t y[4] = {1, random_between(random, least[1], most[1]),
                          random_between(random, least[2], most[2]), 1};
    CHECK_OK(nhwc_conv2d_transpose_geometry(x, filter, &options, y, NULL, g));
    return g->h.fine > 0 && g->w.fine > 0;
}

/* What has an equal is converted, what has none is refused. */
static void test_every_geometry(void **state)
{
    (void)state;
    uint64_t random = 2;
    int64_t equals[4][2] = {{0}}, refusals[4][2] = {{0}};
    for (int round = 0; round < 12000; round++) {
        const bool transpose = round % 2;
        nhwc_geometry g;
        if (!random_geometry(transpose, &random, &g))
            continue;
        for (int f = 0; f < 4; f++) {
            parameters p, untouched;
            memset(&p, 0x5A, sizeof p);
            untouched = p;
            const nhwc_status status = to((framework)f, transpose, &g, &p);
            if (status == NHWC_OK) {
                check_back((framework)f, transpose, &g, &p);
                equals[f][transpose]++;
                continue;
            }
            CHECK(f != ONNX && !memcmp(&p, &untouched, sizeof p));
            if (status != NHWC_ERROR_DILATION)
                CHECK(!has_equal((framework)f, transpose, &g));
            else
                CHECK(f == KERAS && (g.h.stride > 1 || g.w.stride > 1) &&
                      (g.h.dilation > 1 || g.w.dilation > 1));
            refusals[f][transpose]++;
        }
    }
    for (int f = 0; f < 4; f++)
        for (int t = 0; t < 2; t++)
            CHECK(equals[f][t] > 100 && (f == ONNX || refusals[f][t] > 100));
}

/* TensorFlow's SAME in PyTorch: odd sizes have an equal, even ones none; see the header. */
static void test_same_in_torch(void **state)
{
    (void)state;
    const nhwc_conv2d_options same = {.padding = NHWC_PADDING_SAME, .strides = {2, 2}},
                              same1 = {.padding = NHWC_PADDING_SAME};
    nhwc_geometry g;
    nhwc_torch_conv2d torch;
    CHECK_OK(nhwc_conv2d_geometry((int64_t[]){1, 7, 9, 1}, (int64_t[]){3, 3, 1, 1}, &same, &g));
    CHECK_OK(nhwc_conv2d_to_torch(&g, &torch));
    CHECK(torch.padding[0] == 1 && torch.padding[1] == 1 && torch.stride[0] == 2 &&
          torch.dilation[1] == 1 && torch.groups == 1);
    CHECK_OK(nhwc_conv2d_geometry((int64_t[]){1, 7, 8, 1}, (int64_t[]){3, 3, 1, 1}, &same, &g));
    CHECK_FAILS(nhwc_conv2d_to_torch(&g, &torch), NHWC_ERROR_PADDING, "conv2d_to_torch", "PyTorch",
                "0 and 1 of the width", "8 to 4", "both sides alike");
    CHECK_OK(nhwc_conv2d_geometry((int64_t[]){1, 7, 8, 1}, (int64_t[]){2, 4, 1, 1}, &same1, &g));
    CHECK_OK(nhwc_conv2d_to_torch(&g, &torch));
    CHECK(torch.same && torch.padding[0] == 0 && torch.padding[1] == 0);

    CHECK_OK(nhwc_conv2d_transpose_geometry((int64_t[]){1, 7, 7, 1}, (int64_t[]){3, 3, 1, 1}, &same, NULL,
                                            NULL, &g)); /* 14 x 14 */
    CHECK_FAILS(nhwc_conv2d_transpose_to_torch(&g, &torch), NHWC_ERROR_OUTPUT_PADDING,
                "conv2d_transpose_to_torch", "0 and 1 of the height", "7 to 14", "output_padding");
    CHECK_OK(nhwc_conv2d_transpose_geometry((int64_t[]){1, 7, 7, 1}, (int64_t[]){4, 4, 1, 1}, &same, NULL,
                                            NULL, &g));
    CHECK_OK(nhwc_conv2d_transpose_to_torch(&g, &torch));
    CHECK(torch.padding[0] == 1 && torch.output_padding[0] == 0);
}

/* ---- Rejections ------------------------------------------------------------------------------------ */

static const int64_t image[4] = {1, 6, 7, 4}, kernel[4] = {3, 3, 4, 4};

/* Refused parameters leave the results alone. */
static nhwc_status refused(framework f, bool transpose, parameters p)
{
    nhwc_conv2d_options options, untouched_options;
    int64_t y[4] = {-1, -2, -3, -4};
    memset(&options, 0x5A, sizeof options);
    untouched_options = options;
    const nhwc_status status = from(f, transpose, &p, image, kernel, &options, y);
    CHECK(status != NHWC_OK && !memcmp(&options, &untouched_options, sizeof options));
    CHECK(y[0] == -1 && y[1] == -2 && y[2] == -3 && y[3] == -4);
    return status;
}

static void test_refused_parameters(void **state)
{
    (void)state;
    CHECK_FAILS(refused(TORCH, false, (parameters){.torch = {.stride = {2, 0}}}), NHWC_ERROR_STRIDE,
                "conv2d_from_torch", "{2, 0}");
    CHECK_FAILS(refused(CAFFE, true, (parameters){.caffe = {.stride = {2, 0}}}), NHWC_ERROR_STRIDE,
                "conv2d_transpose_from_caffe", "{2, 0}");
    CHECK_FAILS(refused(ONNX, false, (parameters){.onnx = {.strides = {-1, 1}}}), NHWC_ERROR_STRIDE,
                "conv2d_from_onnx", "{-1, 1}");
    CHECK_FAILS(refused(KERAS, true, (parameters){.keras = {.strides = {-1, 1}}}), NHWC_ERROR_STRIDE,
                "conv2d_transpose_from_keras", "{-1, 1}");
    CHECK_FAILS(refused(TORCH, true, (parameters){.torch = {.dilation = {0, 1}}}), NHWC_ERROR_DILATION,
                "{0, 1}");
    CHECK_FAILS(refused(CAFFE, false, (parameters){.caffe = {.dilation = {0, 1}}}), NHWC_ERROR_DILATION,
                "{0, 1}");
    CHECK_FAILS(refused(TORCH, false, (parameters){.torch = {.groups = 3}}), NHWC_ERROR_GROUPS,
                "groups is 3");
    CHECK_FAILS(refused(KERAS, false, (parameters){.keras = {.groups = 3}}), NHWC_ERROR_GROUPS,
                "groups is 3");
    CHECK_FAILS(refused(KERAS, true, (parameters){.keras = {.groups = 3}}), NHWC_ERROR_GROUPS,
                "groups is 3", "Conv2DTranspose");
    CHECK_FAILS(refused(TORCH, false, (parameters){.torch = {.padding = {0, -1}}}), NHWC_ERROR_PADDING,
                "-1", "width");
    CHECK_FAILS(refused(TORCH, true, (parameters){.torch = {.padding = {0, -1}}}), NHWC_ERROR_PADDING,
                "-1");
    CHECK_FAILS(refused(TORCH, false, (parameters){.torch = {.padding = {1, 0}, .same = true}}),
                NHWC_ERROR_PADDING, "is 1", "SAME");
    CHECK_FAILS(refused(TORCH, false, (parameters){.torch = {.stride = {1, 2}, .same = true}}),
                NHWC_ERROR_PADDING, "same", "{1, 2}", "stride 1");
    CHECK_FAILS(refused(TORCH, true, (parameters){.torch = {.same = true}}), NHWC_ERROR_PADDING, "same",
                "Conv2d");
    CHECK_FAILS(refused(TORCH, false, (parameters){.torch = {.output_padding = {0, 1}}}),
                NHWC_ERROR_OUTPUT_PADDING, "conv2d_from_torch", "{0, 1}", "transpose");
    CHECK_FAILS(refused(ONNX, false, (parameters){.onnx = {.output_padding = {0, 1}}}),
                NHWC_ERROR_OUTPUT_PADDING, "conv2d_from_onnx", "{0, 1}", "transpose");
    CHECK_FAILS(refused(TORCH, true, (parameters){.torch = {.output_padding = {0, 1}}}),
                NHWC_ERROR_OUTPUT_PADDING, "width is 1", "stride 1", "0 to 0");
    CHECK_FAILS(refused(ONNX, true, (parameters){.onnx = {.output_padding = {0, 1}}}),
                NHWC_ERROR_OUTPUT_PADDING, "width is 1", "stride 1", "0 to 0");
    CHECK_FAILS(refused(KERAS, true, (parameters){.keras = {.output_padding = {0, 1}}}),
                NHWC_ERROR_OUTPUT_PADDING, "{0, 1}", "has_output_padding");
    /* fine in PyTorch: less than the dilation */
    CHECK_FAILS(refused(TORCH, true, (parameters){.torch = {.dilation = {3, 3}, .output_padding = {1, 1}}}),
                NHWC_ERROR_OUTPUT_PADDING, "height is 1", "dilation 3", "stride 1", "0 to 0");
    CHECK_FAILS(refused(ONNX, true, (parameters){.onnx = {.strides = {2, 2}, .output_padding = {-1, 0}}}),
                NHWC_ERROR_OUTPUT_PADDING, "height is -1", "0 to 1");
    CHECK_FAILS(
        refused(KERAS, true,
                (parameters){
                    .keras = {.strides = {2, 2}, .has_output_padding = true, .output_padding = {1, 2}}}),
        NHWC_ERROR_OUTPUT_PADDING, "width is 2", "0 to 1");
    CHECK_FAILS(
        refused(KERAS, false,
                (parameters){
                    .keras = {.strides = {2, 2}, .has_output_padding = true, .output_padding = {1, 2}}}),
        NHWC_ERROR_OUTPUT_PADDING, "transpose");
    CHECK_FAILS(refused(KERAS, false, (parameters){.keras = {.padding = (nhwc_keras_padding)2}}),
                NHWC_ERROR_PADDING, "padding is 2");
    CHECK_FAILS(refused(ONNX, false, (parameters){.onnx = {.auto_pad = (nhwc_onnx_auto_pad)4}}),
                NHWC_ERROR_PADDING, "auto_pad is 4");
    CHECK_FAILS(
        refused(ONNX, false, (parameters){.onnx = {.auto_pad = NHWC_ONNX_VALID, .pads = {0, 0, 0, 1}}}),
        NHWC_ERROR_PADDING, "pads[3] is 1", "NOTSET");
    CHECK_FAILS(
        refused(ONNX, true, (parameters){.onnx = {.auto_pad = NHWC_ONNX_VALID, .pads = {0, 0, 0, 1}}}),
        NHWC_ERROR_PADDING, "pads[3] is 1", "NOTSET");
    CHECK_FAILS(refused(ONNX, false, (parameters){.onnx = {.pads = {0, 0, -2, 0}}}), NHWC_ERROR_PADDING,
                "height", "-2");
    CHECK_FAILS(refused(ONNX, false, (parameters){.onnx = {.output_shape = {9, 9}}}),
                NHWC_ERROR_OUTPUT_SHAPE, "{9, 9}", "transpose");
    CHECK_FAILS(refused(ONNX, true, (parameters){.onnx = {.output_shape = {8, 0}}}),
                NHWC_ERROR_OUTPUT_SHAPE, "{8, 0}", "at least 1");
    /* 6 and 7 make 13 and 15, and one more is possible */
    CHECK_FAILS(refused(ONNX, true, (parameters){.onnx = {.strides = {2, 2}, .output_shape = {13, 17}}}),
                NHWC_ERROR_OUTPUT_SHAPE, "width", "17", "15 to 16");
    CHECK_FAILS(refused(ONNX, true, (parameters){.onnx = {.output_shape = {INT64_MAX, 1}}}),
                NHWC_ERROR_TOO_LARGE, "conv2d_transpose_from_onnx");
    CHECK_FAILS(refused(TORCH, false, (parameters){.torch = {.padding = {INT64_MAX, INT64_MAX}}}),
                NHWC_ERROR_TOO_LARGE, "height");
    /* an extent of 7: empty in TensorFlow */
    CHECK_FAILS(refused(TORCH, false, (parameters){.torch = {.dilation = {3, 3}}}), NHWC_ERROR_KERNEL,
                "kernel 3 at dilation 3", "height of 6", "PyTorch");
    CHECK_FAILS(refused(CAFFE, false, (parameters){.caffe = {.dilation = {3, 3}}}), NHWC_ERROR_KERNEL,
                "kernel 3 at dilation 3", "height of 6", "Caffe");
    CHECK_FAILS(refused(TORCH, false, (parameters){.torch = {.dilation = {4, 4}}}), NHWC_ERROR_KERNEL,
                "height of x_shape, 6");
    CHECK_FAILS(refused(KERAS, false, (parameters){.keras = {.dilation_rate = {4, 4}}}), NHWC_ERROR_KERNEL,
                "height of x_shape, 6");
    /* all of the 8 x 9 pixels, and nearly */
    CHECK_FAILS(refused(TORCH, true, (parameters){.torch = {.padding = {4, 4}}}), NHWC_ERROR_SHAPE,
                "height", "of the output 0", "PyTorch");
}

/* Empty images are for Keras alone. */
static void test_empty(void **state)
{
    (void)state;
    const int64_t flat[4] = {1, 0, 7, 4}, low[4] = {1, 2, 7, 4}, no_batch[4] = {0, 6, 7, 4};
    parameters p;
    memset(&p, 0, sizeof p);
    nhwc_conv2d_options options;
    int64_t y[4];
    for (int f = 0; f < 4; f++)
        CHECK_OK(from((framework)f, false, &p, no_batch, kernel, &options, y));
    for (int f = 0; f < 3; f++) {
        CHECK_FAILS(from((framework)f, false, &p, low, kernel, &options, y), NHWC_ERROR_KERNEL,
                    "height of 2");
        CHECK(from((framework)f, true, &p, flat, kernel, &options, y) != NHWC_OK);
    }
    CHECK_OK(from(KERAS, false, &p, low, kernel, &options, y));
    CHECK(y[1] == 0 && y[2] == 5);
    p.torch.padding[0] = 2;
    CHECK_FAILS(from(TORCH, false, &p, flat, kernel, &options, y), NHWC_ERROR_SHAPE, "height",
                "input is 0");

    nhwc_geometry g;
    CHECK_OK(nhwc_conv2d_geometry(low, kernel, NULL, &g));
    for (int f = 0; f < 4; f++)
        CHECK_FAILS(to((framework)f, false, &g, &p), NHWC_ERROR_KERNEL, "height of 2");
}

static void test_refused_geometries(void **state)
{
    (void)state;
    parameters p;
    nhwc_geometry g;
    const nhwc_conv2d_options both = {.strides = {2, 1}, .dilations = {1, 2}}, two = {.strides = {2, 2}},
                              grouped = {.groups = 2},
                              lower = {.padding = NHWC_PADDING_EXPLICIT,
                                       .explicit_paddings = {{2, 1}, {1, 1}}},
                              same = {.padding = NHWC_PADDING_SAME, .strides = {2, 2}};
    CHECK_OK(nhwc_conv2d_geometry(image, kernel, &both, &g));
    CHECK_FAILS(to(KERAS, false, &g, &p), NHWC_ERROR_DILATION, "conv2d_to_keras", "{2, 1}", "{1, 2}");
    CHECK_OK(nhwc_conv2d_transpose_geometry(image, kernel, &both, NULL, NULL, &g));
    CHECK_FAILS(to(KERAS, true, &g, &p), NHWC_ERROR_DILATION, "conv2d_transpose_to_keras");
    CHECK_OK(nhwc_conv2d_transpose_geometry(image, (int64_t[]){3, 3, 2, 4}, &grouped, NULL, NULL, &g));
    CHECK_FAILS(to(KERAS, true, &g, &p), NHWC_ERROR_GROUPS, "groups is 2");
    CHECK_OK(nhwc_conv2d_geometry(image, kernel, &lower, &g));
    CHECK_FAILS(to(KERAS, false, &g, &p), NHWC_ERROR_PADDING, "2 and 1 of the height", "'valid' or 'same'");
    CHECK_FAILS(to(CAFFE, false, &g, &p), NHWC_ERROR_PADDING, "2 and 1 of the height", "6 to 7", "alike");

    /* One more than all windows: PyTorch adds it, Caffe does not. */
    CHECK_OK(nhwc_conv2d_transpose_geometry(image, kernel, &two, (int64_t[]){1, 14, 16, 4}, NULL, &g));
    CHECK_OK(to(TORCH, true, &g, &p));
    CHECK(p.torch.output_padding[0] == 1 && p.torch.output_padding[1] == 1);
    CHECK_FAILS(to(CAFFE, true, &g, &p), NHWC_ERROR_OUTPUT_SHAPE, "6 to 14", "7 to 16", "adds nothing");

    /* SAME with an even kernel: the greatest length is None, the next one a number, and both at once
     * nothing. */
    CHECK_OK(nhwc_conv2d_transpose_geometry(image, (int64_t[]){4, 4, 4, 4}, &same,
                                            (int64_t[]){1, 12, 13, 4}, NULL, &g));
    CHECK_FAILS(to(KERAS, true, &g, &p), NHWC_ERROR_OUTPUT_PADDING, "6 to 12", "7 to 13", "None for both");

    CHECK_FAILS(to(TORCH, false, NULL, &p), NHWC_ERROR_ARGUMENT, "geometry is NULL");
    CHECK_FAILS(nhwc_conv2d_to_keras(&g, NULL), NHWC_ERROR_ARGUMENT, "the result is NULL");
    g = (nhwc_geometry){.groups = 0};
    CHECK_FAILS(to(ONNX, false, &g, &p), NHWC_ERROR_ARGUMENT, "groups is 0");
    CHECK_OK(nhwc_conv2d_geometry(image, kernel, &two, &g));
    g.h.coarse++;
    CHECK_FAILS(to(ONNX, false, &g, &p), NHWC_ERROR_ARGUMENT, "6 x 7 pixels", "2 x 3", "3 x 3");
    g.h.coarse--;
    g.w.stride = g.h.stride = 0;
    CHECK(to(ONNX, true, &g, &p) == NHWC_ERROR_ARGUMENT);
}

static void test_null(void **state)
{
    (void)state;
    const nhwc_torch_conv2d torch = {.groups = 1};
    nhwc_conv2d_options options;
    int64_t y[4];
    CHECK_FAILS(nhwc_conv2d_from_torch(NULL, image, kernel, &options, y), NHWC_ERROR_ARGUMENT,
                "conv2d_from_torch: parameters is NULL");
    CHECK_FAILS(nhwc_conv2d_from_torch(&torch, NULL, kernel, &options, y), NHWC_ERROR_ARGUMENT, "x_shape");
    CHECK_FAILS(nhwc_conv2d_from_torch(&torch, image, NULL, &options, y), NHWC_ERROR_ARGUMENT,
                "filter_shape");
    CHECK_FAILS(nhwc_conv2d_from_torch(&torch, image, kernel, NULL, y), NHWC_ERROR_ARGUMENT, "options");
    CHECK_FAILS(nhwc_conv2d_from_torch(&torch, image, kernel, &options, NULL), NHWC_ERROR_ARGUMENT,
                "y_shape");
    CHECK_FAILS(nhwc_conv2d_from_onnx(NULL, image, kernel, &options, y), NHWC_ERROR_ARGUMENT, "parameters");
    CHECK_FAILS(nhwc_conv2d_from_caffe(NULL, image, kernel, &options, y), NHWC_ERROR_ARGUMENT,
                "parameters");
    CHECK_FAILS(nhwc_conv2d_from_keras(NULL, image, kernel, &options, y), NHWC_ERROR_ARGUMENT,
                "parameters");
    CHECK_FAILS(nhwc_bilinear_upsampling(2, NULL, &options, y, y), NHWC_ERROR_ARGUMENT, "x_shape");
    CHECK_FAILS(nhwc_bilinear_upsampling(2, image, &options, NULL, y), NHWC_ERROR_ARGUMENT, "filter_shape");
    CHECK_FAILS(nhwc_bilinear_filter(NULL, NULL), NHWC_ERROR_ARGUMENT, "filter is NULL");
}

/* Numbers that make sums and products wrap: a status, never an overflow (the sanitizers watch). */
static void test_huge(void **state)
{
    (void)state;
    const int64_t big = INT64_MAX;
    const int64_t values[] = {0,       1,           2,       3,   5,  1000,     INT32_MAX,
                              big / 8, big / 8 + 1, big - 1, big, -1, INT64_MIN};
    uint64_t random = 4;
#define ANY values[random_next(&random) % (random_next(&random) % 3 ? 6 : COUNT(values))]
    for (int i = 0; i < 200000; i++) {
        const int64_t x[4] = {ANY, ANY, ANY, ANY}, filter[4] = {ANY, ANY, ANY, ANY};
        const int64_t strides[2] = {ANY, ANY}, dilations[2] = {ANY, ANY};
        const framework f = frameworks[i % 4];
        const bool transpose = i / 4 % 2;
        parameters p;
        memset(&p, 0, sizeof p);
        memcpy(field(f, &p, 0), strides, sizeof strides);
        memcpy(field(f, &p, 1), dilations, sizeof dilations);
        *field(f, &p, 2) = ANY;
        for (int axis = 0; axis < 2; axis++)
            switch (f) {
            case TORCH:
                p.torch.padding[axis] = ANY;
                p.torch.output_padding[axis] = transpose ? ANY : 0;
                break;
            case ONNX:
                p.onnx.auto_pad = (nhwc_onnx_auto_pad)(i % 3);
                p.onnx.pads[axis] = i % 3 ? 0 : ANY;
                p.onnx.pads[axis + 2] = i % 3 ? 0 : ANY;
                p.onnx.output_padding[axis] = transpose ? ANY : 0;
                p.onnx.output_shape[axis] = transpose ? ANY : 0;
                break;
            case CAFFE:
                p.caffe.pad[axis] = ANY;
                break;
            case KERAS:
                p.keras.padding = (nhwc_keras_padding)(i / 8 % 2);
                p.keras.has_output_padding = transpose && i / 16 % 2;
                p.keras.output_padding[axis] = p.keras.has_output_padding ? ANY : 0;
                break;
            }
        nhwc_geometry g;
        nhwc_conv2d_options options;
        int64_t y[4], filter_shape[4];
        parameters back;
        if (geometry_from(f, transpose, &p, x, filter, &g) == NHWC_OK)
            for (int other = 0; other < 4; other++)
                if (to((framework)other, transpose, &g, &back) == NHWC_OK)
                    check_back((framework)other, transpose, &g, &back);
        g = (nhwc_geometry){
            ANY, ANY, ANY, ANY, {ANY, ANY, ANY, ANY, ANY, ANY, ANY}, {ANY, ANY, ANY, ANY, ANY, ANY, ANY}};
        (void)to(f, transpose, &g, &back);
        (void)nhwc_bilinear_upsampling(ANY, x, &options, filter_shape, y);
    }
#undef ANY
}

/* ---- The bilinear filler --------------------------------------------------------------------------- */

static void test_bilinear_filter(void **state)
{
    (void)state;
    /* One axis, by hand. Kernels 6, 3 and 2 belong to no factor: f = 3, 2, 1 and c = 4/6, 3/4, 0. */
    static const struct {
        int64_t kernel, denominator, taps[6];
    } rows[] = {
        {1, 1, {1}},       {4, 4, {1, 3, 3, 1}}, {5, 3, {1, 2, 3, 2, 1}}, {6, 3, {1, 2, 3, 2, 1, 0}},
        {3, 4, {1, 3, 3}}, {2, 1, {1, 0}}};
    for (size_t row = 0; row < COUNT(rows); row++)
        for (int d = 0; d < 2; d++) {
            const int64_t k = rows[row].kernel, denominator = rows[row].denominator;
            nhwc_tensor filter =
                guarded_tensor(d ? NHWC_FLOAT64 : NHWC_FLOAT32, 4, (int64_t[]){k, k, 3, 2}, 0);
            CHECK_OK(nhwc_bilinear_filter(NULL, &filter));
            for (int64_t i = 0; i < element_count(&filter); i++) {
                const int64_t product = rows[row].taps[i / 6 / k] * rows[row].taps[i / 6 % k];
                const double exact = (double)product / (double)(denominator * denominator);
                CHECK(element_get(&filter, i) == (d ? exact : (double)(float)exact));
            }
            guarded_check();
            guarded_release();
        }
}

/* With a border of copies, cropped again, it is bilinear interpolation between half-pixel centres. */
static void test_bilinear_upsampling(void **state)
{
    (void)state;
    enum { H = 3, W = 4, C = 2 };
    uint64_t random = 3;
    for (int64_t factor = 1; factor <= 8; factor++) {
        nhwc_conv2d_options options;
        int64_t filter_shape[4], y_shape[4];
        CHECK_OK(
            nhwc_bilinear_upsampling(factor, (int64_t[]){1, H, W, C}, &options, filter_shape, y_shape));
        CHECK(!memcmp(y_shape, (int64_t[]){1, H * factor, W * factor, C}, sizeof y_shape));
        CHECK(filter_shape[0] == 2 * factor - factor % 2 && filter_shape[2] == C && filter_shape[3] == 1);

        const nhwc_tensor x = guarded_tensor(NHWC_FLOAT64, 4, (int64_t[]){1, H + 2, W + 2, C}, 0);
        nhwc_tensor filter = guarded_tensor(NHWC_FLOAT64, 4, filter_shape, 0),
                    y = guarded_tensor(NHWC_FLOAT64, 4, y_shape, 0);
        double pixels[H][W][C];
        for (int i = 0; i < H * W * C; i++)
            (&pixels[0][0][0])[i] = random_real(&random);
        for (int64_t i = 0; i < element_count(&x); i++) {
            const int64_t row = i / C / (W + 2) - 1, column = i / C % (W + 2) - 1;
            element_set(&x, i,
                        pixels[row < 0   ? 0
                               : row < H ? row
                                         : H - 1][column < 0   ? 0
                                                  : column < W ? column
                                                               : W - 1][i % C]);
        }
        for (int i = 0; i < 4; i++)
            options.explicit_paddings[i / 2][i % 2] += factor;
        CHECK_OK(nhwc_bilinear_filter(NULL, &filter));
        CHECK_OK(nhwc_depthwise_conv2d_transpose(NULL, &x, &filter, NULL, &options, &y));
        for (int64_t i = 0; i < element_count(&y); i++) {
            /* source = (position + 0.5) / factor - 0.5, and 1 for the border */
            const double row = ((double)(i / C / (W * factor)) + 0.5) / (double)factor + 0.5,
                         column = ((double)(i / C % (W * factor)) + 0.5) / (double)factor + 0.5;
            const int64_t r = (int64_t)row, c = (int64_t)column, at = (r * (W + 2) + c) * C + i % C;
            const double v = row - (double)r, u = column - (double)c;
            const double expected =
                (1 - v) * ((1 - u) * element_get(&x, at) + (u > 0 ? u * element_get(&x, at + C) : 0)) +
                (v > 0 ? v * ((1 - u) * element_get(&x, at + (W + 2) * C) +
                              (u > 0 ? u * element_get(&x, at + (W + 3) * C) : 0))
                       : 0);
            const double difference = element_get(&y, i) - expected;
            CHECK(difference < 1e-14 && difference > -1e-14);
        }
        guarded_release();
    }
}

static void test_bilinear_rejections(void **state)
{
    (void)state;
    nhwc_conv2d_options options;
    int64_t filter[4], y[4];
    CHECK_FAILS(nhwc_bilinear_upsampling(0, image, &options, filter, y), NHWC_ERROR_ARGUMENT,
                "factor is 0");
    CHECK_FAILS(nhwc_bilinear_upsampling(INT64_MAX, image, &options, filter, y), NHWC_ERROR_TOO_LARGE,
                "factor");
    CHECK_FAILS(nhwc_bilinear_upsampling(INT64_MAX / 16, image, &options, filter, y), NHWC_ERROR_TOO_LARGE,
                "bilinear_upsampling");
    CHECK_FAILS(nhwc_bilinear_upsampling(2, (int64_t[]){1, 3, 3, 0}, &options, filter, y),
                NHWC_ERROR_CHANNELS, "0 channels");
    CHECK_FAILS(nhwc_bilinear_upsampling(2, (int64_t[]){1, -3, 3, 1}, &options, filter, y),
                NHWC_ERROR_SHAPE, "-3");

    nhwc_tensor tensor = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){3, 4, 1, 1}, 0);
    CHECK_FAILS(nhwc_bilinear_filter(NULL, &tensor), NHWC_ERROR_KERNEL, "3 high and 4 wide", "square");
    tensor = guarded_tensor(NHWC_FLOAT32, 3, (int64_t[]){3, 3, 1}, 0);
    CHECK_FAILS(nhwc_bilinear_filter(NULL, &tensor), NHWC_ERROR_RANK, "rank 3");
    tensor = guarded_tensor(NHWC_INT32, 4, (int64_t[]){3, 3, 1, 1}, 0);
    CHECK_FAILS(nhwc_bilinear_filter(NULL, &tensor), NHWC_ERROR_DTYPE, "dtype 2");
    tensor = guarded_tensor(NHWC_FLOAT32, 4, (int64_t[]){3, 3, 1, 2}, 1);
    CHECK_FAILS(nhwc_bilinear_filter(NULL, &tensor), NHWC_ERROR_LAYOUT, "dense");
    const nhwc_context broken = {.algorithm = (nhwc_algorithm)99};
    CHECK_FAILS(nhwc_bilinear_filter(&broken, &tensor), NHWC_ERROR_ARGUMENT, "99");
    tensor = nhwc_tensor_view(NHWC_FLOAT32, NULL, 4, (int64_t[]){3, 3, 0, 1});
    CHECK_OK(nhwc_bilinear_filter(NULL, &tensor));
    guarded_check();
    guarded_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_axes),
        cmocka_unit_test(test_caffe),
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_every_geometry),
        cmocka_unit_test(test_same_in_torch),
        cmocka_unit_test(test_refused_parameters),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_refused_geometries),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_huge),
        cmocka_unit_test(test_bilinear_filter),
        cmocka_unit_test(test_bilinear_upsampling),
        cmocka_unit_test(test_bilinear_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
