/* A dense layer, a 1x1 convolution and a 1x1 transposed convolution are the same thing.
 *
 * Each multiplies the channels of every pixel, one pixel at a time, by one matrix [channels, units]. The
 * numbers are those of a tutorial that shows it with TensorFlow: np.random.seed(1), a random 4x4 image and
 * what layers with one random weight made of it. Here they have to come out again, with the same bits
 * from all three. */
#include <math.h>
#include <nhwc/nhwc.h>
#include <stdio.h>
#include <string.h>

enum { PIXELS = 4 * 4 };

/* The tutorial does not print its weight; this is the one float32 that its outputs allow. */
static const float weight = 4.58799124f;

static const float x_data[PIXELS] = {
    4.17022005e-01f, 7.20324493e-01f, 1.14374817e-04f, 3.02332573e-01f, /* row 0 */
    1.46755891e-01f, 9.23385948e-02f, 1.86260211e-01f, 3.45560727e-01f, /* row 1 */
    3.96767474e-01f, 5.38816734e-01f, 4.19194514e-01f, 6.85219500e-01f, /* row 2 */
    2.04452250e-01f, 8.78117436e-01f, 2.73875932e-02f, 6.70467510e-01f, /* row 3 */
};

static const double published[PIXELS] = {
    1.9132932e+00, 3.3048427e+00, 5.2475062e-04, 1.3870993e+00, /* row 0 */
    6.7331469e-01, 4.2364866e-01, 8.5456026e-01, 1.5854297e+00, /* row 1 */
    1.8203658e+00, 2.4720864e+00, 1.9232609e+00, 3.1437812e+00, /* row 2 */
    9.3802512e-01, 4.0287952e+00, 1.2565404e-01, 3.0760992e+00, /* row 3 */
};

/* y [pixels, units] = x [pixels, channels] * matrix [channels, units] */
static void dense(int pixels, int channels, int units, const float *x, const float *matrix, float *y)
{
    for (int p = 0; p < pixels; p++)
        for (int u = 0; u < units; u++) {
            float sum = 0;
            for (int c = 0; c < channels; c++)
                sum += x[p * channels + c] * matrix[c * units + u];
            y[p * units + u] = sum;
        }
}

int main(void)
{
    float by_dense[PIXELS], by_conv2d[PIXELS], by_transpose[PIXELS];
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, 1, 4, 4, 1);
    nhwc_tensor filter = NHWC_TENSOR(NHWC_FLOAT32, &weight, 1, 1, 1, 1);
    nhwc_tensor y_conv2d = NHWC_TENSOR(NHWC_FLOAT32, by_conv2d, 1, 4, 4, 1);
    nhwc_tensor y_transpose = NHWC_TENSOR(NHWC_FLOAT32, by_transpose, 1, 4, 4, 1);

    dense(PIXELS, 1, 1, x_data, &weight, by_dense);
    if (nhwc_conv2d(NULL, &x, &filter, NULL, NULL, &y_conv2d) != NHWC_OK ||
        nhwc_conv2d_transpose(NULL, &x, &filter, NULL, NULL, &y_transpose) != NHWC_OK) {
        fprintf(stderr, "dense_is_1x1: %s\n", nhwc_last_error());
        return 1;
    }

    double worst = 0;
    printf("%-17s%-17s%-17s%-17s%s\n", "x", "dense", "conv2d", "conv2d_transpose", "published");
    for (int p = 0; p < PIXELS; p++) {
        printf("%-17.9g%-17.9g%-17.9g%-17.9g%.8g\n", (double)x_data[p], (double)by_dense[p],
               (double)by_conv2d[p], (double)by_transpose[p], published[p]);
        worst = fmax(worst, fabs(by_dense[p] / published[p] - 1));
    }

    const int same_bits = memcmp(by_dense, by_conv2d, sizeof by_dense) == 0 &&
                          memcmp(by_dense, by_transpose, sizeof by_dense) == 0;
    const int as_published = worst <= 2e-7; /* 8 digits were published, as much as float32 has */
    printf("\nThe three agree bit for bit: %s\n", same_bits ? "yes" : "NO");
    printf("They are as published: %s, to %.1e\n", as_published ? "yes" : "NO", worst);
    return same_bits && as_published ? 0 : 1;
}
