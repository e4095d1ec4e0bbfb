/* Finds the edges of a photograph with four convolutions whose filters are known, and draws them in ink.
 *
 *     colours -- 1x1 --> grey -- 5x1, 1x5 --> blurred -- 3x3 --> slope across, slope down
 *
 * The last one is a single conv2d with two output channels: Sobel's two filters side by side. */
#include <math.h>
#include <nhwc/nhwc.h>
#include <stdio.h>
#include <string.h>

#include "support/image.h"

static const char usage[] =
    "usage: edges [IN.ppm OUT.png]\n"
    "  IN   a binary PGM or PPM; without files a test picture is drawn and taken\n"
    "  OUT  a .png, .ppm or .pgm\n";

/* ---- The filters ---------------------------------------------------------------------------- */

/* How bright red, green and blue look. */
static const float luma[3] = {0.299f, 0.587f, 0.114f}, already_grey[1] = {1};

/* Binomials are nearly a Gaussian. The 5x5 filter is the product of a column and a row, so it can be had
 * from two convolutions that multiply 10 times for a pixel instead of one that does so 25 times. */
static const float binomial[5] = {1 / 16.0f, 4 / 16.0f, 6 / 16.0f, 4 / 16.0f, 1 / 16.0f};

static const float sobel[3][3][2] = {
    {{-1, -1}, {0, -2}, {1, -1}}, /* row 0: {across, down} for each of the three pixels */
    {{-2, 0}, {0, 0}, {2, 0}},    /* row 1 */
    {{-1, 1}, {0, 2}, {1, 1}},    /* row 2 */
};
static const float sobel_of_slope_1 = 8;

/* The blur takes 2 pixels from each side of the picture, Sobel's filter 1. Zeros there, as SAME has them,
 * would look like an edge all around; so the picture gets a border of copies and everything is VALID. */
enum { BORDER = 2 + 1 };

/* ---- The operations ------------------------------------------------------------------------- */

/* Replaces the image by what the filter makes of it. */
static nhwc_status apply(nhwc_tensor filter, nhwc_tensor *image)
{
    nhwc_geometry g;
    nhwc_status status = nhwc_conv2d_geometry(image->dims, filter.dims, NULL, &g);
    if (status != NHWC_OK)
        return status;

    const int64_t y_dims[] = {g.batch, g.h.coarse, g.w.coarse, g.coarse_c};
    nhwc_tensor y = {.data = NULL};
    status = nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, y_dims, &y);
    if (status == NHWC_OK)
        status = nhwc_conv2d(NULL, image, &filter, NULL, NULL, &y);
    if (status != NHWC_OK) {
        nhwc_tensor_destroy(NULL, &y);
        return status;
    }
    nhwc_tensor_destroy(NULL, image);
    *image = y;
    return NHWC_OK;
}

/* slopes [1, height, width, 2]: how brightness changes across and down, times sobel_of_slope_1. */
static nhwc_status find_slopes(const struct image *in, nhwc_tensor *slopes)
{
    const int64_t dims[] = {1, in->height + 2 * BORDER, in->width + 2 * BORDER, in->channels};
    nhwc_status status = nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, dims, slopes);
    if (status != NHWC_OK)
        return status;
    image_to_floats(in, BORDER, slopes->data);

    const float *to_grey = in->channels == 3 ? luma : already_grey;
    status = apply(NHWC_TENSOR(NHWC_FLOAT32, to_grey, 1, 1, in->channels, 1), slopes);
    if (status == NHWC_OK)
        status = apply(NHWC_TENSOR(NHWC_FLOAT32, binomial, 5, 1, 1, 1), slopes);
    if (status == NHWC_OK)
        status = apply(NHWC_TENSOR(NHWC_FLOAT32, binomial, 1, 5, 1, 1), slopes);
    if (status == NHWC_OK)
        status = apply(NHWC_TENSOR(NHWC_FLOAT32, sobel, 3, 3, 1, 2), slopes);
    return status;
}

/* ---- The drawing ---------------------------------------------------------------------------- */

/* Steepness in grey levels per pixel, written over the first of every two slopes; returns the greatest. */
static float steepness(float *slopes, size_t pixels)
{
    float steepest = 0;
    for (size_t i = 0; i < pixels; i++) {
        slopes[i] = hypotf(slopes[2 * i], slopes[2 * i + 1]) / sobel_of_slope_1;
        steepest = fmaxf(steepest, slopes[i]);
    }
    return steepest;
}

/* Paper where nothing changes, ink where it changes most; the power lets faint edges be seen. */
static void draw(float *steep, size_t pixels, float steepest)
{
    static const float paper = 255, ink = 20;
    const float full = fmaxf(steepest, 1); /* or rounding errors would be the edges of an empty picture */
    for (size_t i = 0; i < pixels; i++)
        steep[i] = paper + (ink - paper) * powf(steep[i] / full, 0.75f);
}

/* ---- The program ---------------------------------------------------------------------------- */

static const char *run(const char *in_path, const char *out_path)
{
    struct image in = {.pixels = NULL}, out = {.pixels = NULL};
    nhwc_tensor slopes = {.data = NULL};
    float steepest = 0;

    const char *error = in_path ? image_load(&in, in_path) : image_draw(&in);
    if (!error)
        error = image_create(&out, in.width, in.height, 1);
    if (!error && find_slopes(&in, &slopes) != NHWC_OK)
        error = nhwc_last_error();
    if (!error) {
        const size_t pixels = (size_t)in.width * (size_t)in.height;
        steepest = steepness(slopes.data, pixels);
        draw(slopes.data, pixels, steepest);
        image_from_floats(&out, slopes.data);
        error = image_save(&out, out_path);
    }
    if (!error)
        printf("%s, %d x %d -> %s: the steepest edge is %.1f grey levels per pixel\n",
               in_path ? in_path : "test picture", in.width, in.height, out_path, (double)steepest);

    nhwc_tensor_destroy(NULL, &slopes);
    image_free(&out);
    image_free(&in);
    return error;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        printf("%s", usage);
        return 0;
    }
    if ((argc != 1 && argc != 3) || (argc == 3 && (argv[1][0] == '-' || argv[2][0] == '-'))) {
        fprintf(stderr, "edges: two files, or none\n%s", usage);
        return 2;
    }
    const char *error = argc == 3 ? run(argv[1], argv[2]) : run(NULL, "edges" IMAGE_BEST_ENDING);
    if (error)
        fprintf(stderr, "edges: %s\n", error);
    return error ? 1 : 0;
}
