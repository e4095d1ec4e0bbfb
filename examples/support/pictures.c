#include "pictures.h"

#include <math.h>
#include <nhwc/array.h>
#include <string.h>

#include "image.h"

enum { GAP = 2 }; /* pixels between the images of a sheet */

static float element(const nhwc_tensor *t, int64_t i, int64_t j, int64_t k, int64_t l)
{
    return ((const float *)t->data)[i * t->strides[0] + j * t->strides[1] + k * t->strides[2] + l * t->strides[3]];
}

static uint8_t grey_level(float value)
{
    return (uint8_t)lroundf(255 * fminf(fmaxf(value, 0), 1));
}

static uint8_t *pixel(const struct image *image, int64_t x, int64_t y)
{
    return image->pixels + (y * image->width + x) * image->channels;
}

/* ---- Contact sheets ------------------------------------------------------------------------- */

/* Image n of the tensor, of which black and white are given, at a place of the sheet. Grey ones become any colours. */
static void paste(const struct image *sheet, int64_t left, int64_t top, int scale, const nhwc_tensor *images, int64_t n,
                  float black, float white)
{
    for (int64_t y = 0; y < images->dims[1] * scale; y++)
        for (int64_t x = 0; x < images->dims[2] * scale; x++)
            for (int c = 0; c < sheet->channels; c++) {
                const float value = element(images, n, y / scale, x / scale, images->dims[3] == 3 ? c : 0);
                pixel(sheet, left + x, top + y)[c] = grey_level((value - black) / (white - black));
            }
}

static const char *create_sheet(struct image *sheet, int64_t columns, int64_t rows, const nhwc_tensor *images,
                                int scale, int channels)
{
    const int64_t width = columns * (images->dims[2] * scale + GAP) + GAP;
    const int64_t height = rows * (images->dims[1] * scale + GAP) + GAP;
    if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE)
        return "the sheet would be too large";
    const char *error = image_create(sheet, (int)width, (int)height, channels);
    if (!error)
        memset(sheet->pixels, 96, (size_t)width * (size_t)height * (size_t)channels);
    return error;
}

const char *picture_sheet(const char *path, int rows, const nhwc_tensor *images, int64_t columns, int scale)
{
    struct image sheet;
    int channels = 1;
    for (int row = 0; row < rows; row++) {
        columns = images[row].dims[0] < columns ? images[row].dims[0] : columns;
        channels = images[row].dims[3] == 3 ? 3 : channels;
    }
    const char *error = create_sheet(&sheet, columns, rows, images, scale, channels);
    if (error)
        return error;
    const int64_t wide = images->dims[2] * scale + GAP, high = images->dims[1] * scale + GAP;
    for (int row = 0; row < rows; row++)
        for (int64_t i = 0; i < columns; i++)
            paste(&sheet, GAP + i * wide, GAP + row * high, scale, &images[row], i, 0, 1);
    error = image_save(&sheet, path);
    image_free(&sheet);
    return error;
}

/* ---- Filters -------------------------------------------------------------------------------- */

static void find_range(const nhwc_tensor *images, int64_t n, float *least, float *greatest)
{
    *least = INFINITY;
    *greatest = -INFINITY;
    for (int64_t y = 0; y < images->dims[1]; y++)
        for (int64_t x = 0; x < images->dims[2]; x++)
            for (int64_t c = 0; c < images->dims[3]; c++) {
                *least = fminf(*least, element(images, n, y, x, c));
                *greatest = fmaxf(*greatest, element(images, n, y, x, c));
            }
}

const char *picture_filters(const char *path, const nhwc_tensor *kernel)
{
    enum { COLUMNS = 8, SCALE = 8 };
    struct image sheet;
    nhwc_tensor filters;
    if (nhwc_transpose(kernel, (int[]){3, 0, 1, 2}, &filters) != NHWC_OK)
        return nhwc_last_error();
    const int64_t count = filters.dims[0], rows = (count + COLUMNS - 1) / COLUMNS;
    const char *error = create_sheet(&sheet, COLUMNS, rows, &filters, SCALE, filters.dims[3] == 3 ? 3 : 1);
    if (error)
        return error;
    const int64_t wide = filters.dims[2] * SCALE + GAP, high = filters.dims[1] * SCALE + GAP;
    for (int64_t i = 0; i < count; i++) {
        float least, greatest;
        find_range(&filters, i, &least, &greatest);
        paste(&sheet, GAP + i % COLUMNS * wide, GAP + i / COLUMNS * high, SCALE, &filters, i, least,
              greatest > least ? greatest : least + 1);
    }
    error = image_save(&sheet, path);
    image_free(&sheet);
    return error;
}

/* ---- Curves --------------------------------------------------------------------------------- */

enum { CURVE_WIDTH = 480, CURVE_HEIGHT = 300, MARGIN = 12 };

static void dot(const struct image *image, double x, double y, const uint8_t *colour)
{
    for (int64_t down = -1; down <= 1; down++)
        for (int64_t right = -1; right <= 1; right++)
            memcpy(pixel(image, lround(x) + right, lround(y) + down), colour, 3);
}

static void line(const struct image *image, double x0, double y0, double x1, double y1, const uint8_t *colour)
{
    const int steps = 1 + (int)fmax(fabs(x1 - x0), fabs(y1 - y0));
    for (int i = 0; i <= steps; i++)
        dot(image, x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps, colour);
}

static double greatest_of(int curves, const double *const *values, int count)
{
    double most = 1e-9;
    for (int curve = 0; curve < curves; curve++)
        for (int i = 0; i < count; i++)
            most = fmax(most, values[curve][i]);
    return most;
}

/* A line for each tenth of the height, and curves of blue, orange, green. */
const char *picture_curves(const char *path, int curves, const double *const *values, int count)
{
    static const uint8_t colours[3][3] = {{40, 90, 180}, {230, 120, 20}, {40, 140, 60}}, pale[3] = {225, 225, 225};
    const double wide = CURVE_WIDTH - 2 * MARGIN, high = CURVE_HEIGHT - 2 * MARGIN;
    const double across = count > 1 ? wide / (count - 1) : wide, most = greatest_of(curves, values, count);
    struct image image;
    const char *error = image_create(&image, CURVE_WIDTH, CURVE_HEIGHT, 3);
    if (error)
        return error;
    memset(image.pixels, 255, (size_t)CURVE_WIDTH * CURVE_HEIGHT * 3);
    for (int i = 0; i <= 10; i++)
        line(&image, MARGIN, MARGIN + high * i / 10, MARGIN + wide, MARGIN + high * i / 10, pale);
    for (int curve = 0; curve < curves; curve++)
        for (int i = 0; i < count; i++) {
            const double from = values[curve][i > 0 ? i - 1 : 0] / most, to = values[curve][i] / most;
            line(&image, MARGIN + across * (i > 0 ? i - 1 : 0), MARGIN + high * (1 - from), MARGIN + across * i,
                 MARGIN + high * (1 - to), colours[curve % 3]);
        }
    error = image_save(&image, path);
    image_free(&image);
    return error;
}

/* ---- Labels --------------------------------------------------------------------------------- */

void picture_tint(nhwc_tensor *images, const nhwc_tensor *labels)
{
    static const float tint[3] = {0.1f, 0.9f, 0.2f};
    float(*pixels)[3] = images->data;
    const int32_t *label = labels->data;
    for (int64_t i = 0; i < images->dims[0] * images->dims[1] * images->dims[2]; i++)
        for (int c = 0; label[i] == 1 && c < 3; c++)
            pixels[i][c] += 0.5f * (tint[c] - pixels[i][c]);
}
