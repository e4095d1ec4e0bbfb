/* A transposed convolution small enough to follow by hand: 2x2 pixels become 5x5.
 *
 *     x = a b = 1 2        filter = w1 w2 w3 = 1 1 1        stride 2, VALID
 *         c d   3 4                 w4 w5 w6   1 1 1
 *                                   w7 w8 w9   1 1 1
 *
 * Every input pixel stamps the filter, times its value, onto the output. Stamps lie 2 pixels apart and
 * are 3 wide, so neighbours overlap by one row or column, and there they add up. */
#include <nhwc/nhwc.h>
#include <stdio.h>

enum { INPUTS = 2 * 2, OUTPUTS = 5 * 5 };

/* Along one axis: the tap of the filter through which input pixel `i` reaches output pixel `o`, or -1. */
static int64_t tap_between(const nhwc_axis *axis, int64_t i, int64_t o)
{
    const int64_t distance = o - (i * axis->stride - axis->pad_before);
    const int64_t tap = distance / axis->dilation;
    return distance >= 0 && distance % axis->dilation == 0 && tap < axis->kernel ? tap : -1;
}

/* The same in both: the index of a filter element. Pixels are counted row by row. */
static int element_between(const nhwc_geometry *g, int i, int o)
{
    const int64_t ky = tap_between(&g->h, i / g->w.coarse, o / g->w.fine);
    const int64_t kx = tap_between(&g->w, i % g->w.coarse, o % g->w.fine);
    return ky < 0 || kx < 0 ? -1 : (int)(ky * g->w.kernel + kx);
}

static char after(const nhwc_geometry *g, int o)
{
    return (o + 1) % g->w.fine == 0 ? '\n' : ' ';
}

/* What input pixel `i` adds to the output, printed and added to `sums`. */
static void stamp(const nhwc_geometry *g, int i, float value, const float *filter, float *sums)
{
    const int top = (int)(i / g->w.coarse * g->h.stride - g->h.pad_before);
    const int left = (int)(i % g->w.coarse * g->w.stride - g->w.pad_before);
    printf("%c = %g lands on rows %d to %d, columns %d to %d:\n", 'a' + i, value, top,
           top + (int)((g->h.kernel - 1) * g->h.dilation), left,
           left + (int)((g->w.kernel - 1) * g->w.dilation));
    for (int o = 0; o < OUTPUTS; o++) {
        const int element = element_between(g, i, o);
        if (element >= 0) {
            printf("%g%c", value * filter[element], after(g, o));
            sums[o] += value * filter[element];
        } else {
            printf(".%c", after(g, o));
        }
    }
    printf("\n");
}

/* Which products make output pixel `o`. */
static void print_terms(const nhwc_geometry *g, int o)
{
    const char *plus = "";
    for (int i = 0; i < INPUTS; i++) {
        const int element = element_between(g, i, o);
        if (element >= 0) {
            printf("%s%c*w%d", plus, 'a' + i, element + 1);
            plus = "+";
        }
    }
    printf("%s", after(g, o) == '\n' ? "\n" : ", ");
}

int main(void)
{
    float x_data[INPUTS] = {1, 2, 3, 4}, filter_data[] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, y_data[OUTPUTS];
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, 1, 2, 2, 1);
    nhwc_tensor filter = NHWC_TENSOR(NHWC_FLOAT32, filter_data, 3, 3, 1, 1);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, y_data, 1, 5, 5, 1);
    nhwc_conv2d_options options = {.padding = NHWC_PADDING_VALID, .strides = {2, 2}};
    nhwc_geometry geometry;

    if (nhwc_conv2d_transpose(NULL, &x, &filter, NULL, &options, &y) != NHWC_OK ||
        nhwc_conv2d_transpose_geometry(x.dims, filter.dims, &options, y.dims, NULL, &geometry) != NHWC_OK) {
        fprintf(stderr, "worked_2x2_to_5x5: %s\n", nhwc_last_error());
        return 1;
    }

    float sums[OUTPUTS] = {0};
    for (int i = 0; i < INPUTS; i++)
        stamp(&geometry, i, x_data[i], filter_data, sums);

    int differences = 0;
    printf("nhwc_conv2d_transpose gives their sum:\n");
    for (int o = 0; o < OUTPUTS; o++) {
        printf("%g%c", y_data[o], after(&geometry, o));
        differences += y_data[o] != sums[o];
    }

    printf("\nWhere each of these numbers comes from:\n");
    for (int o = 0; o < OUTPUTS; o++)
        print_terms(&geometry, o);
    printf("\n(A copy of this table goes round whose third row is wrong: it drops d*w1 from the middle\n"
           "and has d*w1, d*w2 where d*w2, d*w3 belong.)\n");

    if (differences > 0)
        fprintf(stderr, "worked_2x2_to_5x5: %d numbers are not the sum of the stamps\n", differences);
    return differences > 0;
}
