/* Enlarges a photograph with a transposed convolution whose filter is not learned but known.
 *
 * Each channel is spread on its own, so the operation is the depthwise one. A stride of `factor` moves the
 * pixels apart; the filter says how the space between them is filled:
 *   - nearest:  factor x factor ones repeat each pixel;
 *   - bilinear: a tent, so that neighbours fade into each other (Caffe calls it the bilinear filler). */
#include <math.h>
#include <nhwc/nhwc.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "support/image.h"

enum { MAX_FACTOR = 8, MAX_KERNEL = 2 * MAX_FACTOR };

static const char usage[] =
    "usage: upsample [IN.ppm OUT.png] [--factor N] [--method bilinear|nearest]\n"
    "  IN        a binary PGM or PPM; without files a test picture is drawn and enlarged\n"
    "  OUT       a .png, .ppm or .pgm\n"
    "  --factor  2 to 8; 2 unless given\n"
    "  --method  bilinear unless given\n";

/* ---- The two methods ------------------------------------------------------------------------ */

typedef struct recipe {
    int border;             /* width of the border that repeats the outermost pixels */
    int kernel;             /* the filter is kernel x kernel, */
    float taps[MAX_KERNEL]; /* taps[y] * taps[x] */
    nhwc_conv2d_options options;
} recipe;

static recipe nearest(int factor)
{
    recipe r = {.kernel = factor, .options = {.padding = NHWC_PADDING_VALID, .strides = {factor, factor}}};
    for (int i = 0; i < r.kernel; i++)
        r.taps[i] = 1;
    return r;
}

/* A pixel at the edge lacks the neighbour that would fade into it, and the output would darken there. So
 * the picture gets a border of copies first, and the paddings crop from the output what became of it. */
static recipe bilinear(int factor)
{
    const int pad = factor / 2; /* = ceil((factor - 1) / 2) */
    const int crop = pad + factor;
    recipe r = {.border = 1,
                .kernel = 2 * factor - factor % 2,
                .options = {.padding = NHWC_PADDING_EXPLICIT,
                            .strides = {factor, factor},
                            .explicit_paddings = {{crop, crop}, {crop, crop}}}};
    const float middle = (float)(r.kernel - 1) / 2; /* between two taps when the factor is even */
    for (int i = 0; i < r.kernel; i++)
        r.taps[i] = 1 - fabsf((float)i - middle) / (float)factor;
    return r;
}

/* ---- The operation -------------------------------------------------------------------------- */

/* filter [kernel, kernel, channels, 1]: the same for every channel. */
static void fill_filter(const recipe *r, int channels, float *filter)
{
    for (int ky = 0; ky < r->kernel; ky++)
        for (int kx = 0; kx < r->kernel; kx++)
            for (int c = 0; c < channels; c++)
                *filter++ = r->taps[ky] * r->taps[kx];
}

/* Fills `out`, whose size says how large y is. */
static nhwc_status enlarge(const struct image *in, const recipe *r, struct image *out)
{
    const int64_t x_dims[] = {1, in->height + 2 * r->border, in->width + 2 * r->border, in->channels};
    const int64_t filter_dims[] = {r->kernel, r->kernel, in->channels, 1};
    const int64_t y_dims[] = {1, out->height, out->width, out->channels};
    nhwc_tensor x = {.data = NULL}, filter = {.data = NULL}, y = {.data = NULL};

    nhwc_status status = nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, x_dims, &x);
    if (status == NHWC_OK)
        status = nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, filter_dims, &filter);
    if (status == NHWC_OK)
        status = nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, y_dims, &y);
    if (status == NHWC_OK) {
        image_to_floats(in, r->border, x.data);
        fill_filter(r, in->channels, filter.data);
        status = nhwc_depthwise_conv2d_transpose(NULL, &x, &filter, NULL, &r->options, &y);
    }
    if (status == NHWC_OK)
        image_from_floats(out, y.data);

    nhwc_tensor_destroy(NULL, &y);
    nhwc_tensor_destroy(NULL, &filter);
    nhwc_tensor_destroy(NULL, &x);
    return status;
}

/* ---- The program ---------------------------------------------------------------------------- */

static double seconds_now(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static const char *run(const char *in_path, const char *out_path, int factor, const char *method)
{
    const recipe r = strcmp(method, "nearest") == 0 ? nearest(factor) : bilinear(factor);
    struct image in = {.pixels = NULL}, out = {.pixels = NULL};

    const char *error = in_path ? image_load(&in, in_path) : image_draw(&in);
    if (!error)
        error = image_create(&out, in.width * factor, in.height * factor, in.channels);
    const double start = seconds_now();
    if (!error && enlarge(&in, &r, &out) != NHWC_OK)
        error = nhwc_last_error();
    const double seconds = seconds_now() - start;
    if (!error)
        error = image_save(&out, out_path);
    if (!error)
        printf("%s, %d x %d -> %s, %d x %d: %s, factor %d, %.3f seconds\n",
               in_path ? in_path : "test picture", in.width, in.height, out_path, out.width, out.height,
               method, factor, seconds);

    image_free(&out);
    image_free(&in);
    return error;
}

int main(int argc, char **argv)
{
    const char *paths[2] = {NULL, "upsampled" IMAGE_BEST_ENDING}, *method = "bilinear", *wrong = NULL;
    int path_count = 0, factor = 2;

    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--help") == 0) {
            printf("%s", usage);
            return 0;
        } else if (strcmp(argv[i], "--factor") == 0) {
            factor = strlen(value) == 1 ? value[0] - '0' : 0;
            if (factor < 2 || factor > MAX_FACTOR)
                wrong = "--factor takes a number from 2 to 8";
            i++;
        } else if (strcmp(argv[i], "--method") == 0) {
            method = value;
            if (strcmp(method, "bilinear") != 0 && strcmp(method, "nearest") != 0)
                wrong = "--method takes bilinear or nearest";
            i++;
        } else if (argv[i][0] == '-') {
            wrong = "there is no such option";
        } else if (path_count == 2) {
            wrong = "there are more than two files";
        } else {
            paths[path_count++] = argv[i];
        }
    }
    if (path_count == 1)
        wrong = "a second file is missing: where to write";
    if (wrong) {
        fprintf(stderr, "upsample: %s\n%s", wrong, usage);
        return 2;
    }

    const char *error = run(paths[0], paths[1], factor, method);
    if (error)
        fprintf(stderr, "upsample: %s\n", error);
    return error ? 1 : 0;
}
