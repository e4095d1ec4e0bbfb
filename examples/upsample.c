/* Enlarges a photograph with a transposed convolution whose filter is not learned but known.
 *
 * Each channel is spread on its own, so the operation is the depthwise one. A stride of `factor` moves the
 * pixels apart; the filter says how the space between them is filled:
 *   - nearest:  factor x factor ones repeat each pixel;
 *   - bilinear: a tent, so that neighbours fade into each other (Caffe calls it the bilinear filler). */
#include <nhwc/convert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "support/image.h"

enum { MAX_FACTOR = 8 };

static const char usage[] =
    "usage: upsample [IN.ppm OUT.png] [--factor N] [--method bilinear|nearest]\n"
    "  IN        a binary PGM or PPM; without files a test picture is drawn and enlarged\n"
    "  OUT       a .png, .ppm or .pgm\n"
    "  --factor  2 to 8; 2 unless given\n"
    "  --method  bilinear unless given\n";

/* ---- The two methods ------------------------------------------------------------------------ */

typedef struct recipe {
    int border; /* width of the border that repeats the outermost pixels */
    int64_t kernel;
    nhwc_conv2d_options options;
} recipe;

static recipe nearest(int factor)
{
    return (recipe){.kernel = factor, .options = {.strides = {factor, factor}}};
}

/* A pixel at the edge lacks the neighbour that would fade into it, and the output would darken there. So
 * the picture gets a border of copies first, and the paddings crop from the output what became of it. */
static nhwc_status bilinear(int factor, const int64_t x_shape[4], recipe *r)
{
    int64_t filter_shape[4], y_shape[4];
    nhwc_status status = nhwc_bilinear_upsampling(factor, x_shape, &r->options, filter_shape, y_shape);
    r->border = 1;
    r->kernel = filter_shape[0];
    for (int side = 0; side < 4; side++)
        r->options.explicit_paddings[side / 2][side % 2] += factor;
    return status;
}

/* ---- The operation -------------------------------------------------------------------------- */

/* Fills `out`, whose size says how large y is. */
static nhwc_status enlarge(const struct image *in, const char *method, int factor, struct image *out)
{
    const bool is_bilinear = strcmp(method, "bilinear") == 0;
    nhwc_tensor x = {.data = NULL}, filter = {.data = NULL}, y = {.data = NULL};
    recipe r = nearest(factor);
    nhwc_status status = NHWC_OK;

    if (is_bilinear)
        status = bilinear(factor, (int64_t[]){1, in->height, in->width, in->channels}, &r);
    const int64_t x_dims[] = {1, in->height + 2 * r.border, in->width + 2 * r.border, in->channels};
    const int64_t filter_dims[] = {r.kernel, r.kernel, in->channels, 1};
    const int64_t y_dims[] = {1, out->height, out->width, out->channels};
    if (status == NHWC_OK)
        status = nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, x_dims, &x);
    if (status == NHWC_OK)
        status = nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, filter_dims, &filter);
    if (status == NHWC_OK)
        status = nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, y_dims, &y);
    if (status == NHWC_OK && is_bilinear)
        status = nhwc_bilinear_filter(NULL, &filter);
    if (status == NHWC_OK && !is_bilinear)
        for (int i = 0; i < factor * factor * in->channels; i++)
            ((float *)filter.data)[i] = 1;
    if (status == NHWC_OK) {
        image_to_floats(in, r.border, x.data);
        status = nhwc_depthwise_conv2d_transpose(NULL, &x, &filter, NULL, &r.options, &y);
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
    struct image in = {.pixels = NULL}, out = {.pixels = NULL};

    const char *error = in_path ? image_load(&in, in_path) : image_draw(&in);
    if (!error)
        error = image_create(&out, in.width * factor, in.height * factor, in.channels);
    const double start = seconds_now();
    if (!error && enlarge(&in, method, factor, &out) != NHWC_OK)
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
