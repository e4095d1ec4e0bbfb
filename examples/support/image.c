#include "image.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef NHWC_EXAMPLES_HAVE_PNG
#include <png.h>
#endif

static const char *fail(const char *format, ...)
{
    static _Thread_local char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return message;
}

static size_t sample_count(const struct image *image)
{
    return (size_t)image->height * (size_t)image->width * (size_t)image->channels;
}

const char *image_create(struct image *image, int width, int height, int channels)
{
    if (width < 1 || height < 1 || width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE)
        return fail("an image of %d x %d pixels; sides of 1 to %d are possible", width, height,
                    IMAGE_MAX_SIDE);
    if (channels != 1 && channels != 3)
        return fail("an image of %d channels; 1 and 3 are possible", channels);
    struct image made = {.width = width, .height = height, .channels = channels};
    made.pixels = calloc(sample_count(&made), 1);
    if (!made.pixels)
        return fail("not enough memory for an image of %d x %d pixels", width, height);
    *image = made;
    return NULL;
}

void image_free(struct image *image)
{
    free(image->pixels);
    image->pixels = NULL;
}

/* ---- Drawing -------------------------------------------------------------------------------- */

/* What is hard to enlarge: rings that get finer, thin lines, sharp edges, and all up to the border. */
static int test_picture(int x, int y, int channel)
{
    static const int rim[3] = {220, 40, 30}, ink[3] = {20, 30, 80};
    const int sky[3] = {255 - 2 * y, 120 + x, 90 + y + y / 2};
    const int distance2 = (x - 38) * (x - 38) + (y - 45) * (y - 45);
    if (distance2 < 30 * 30)
        return 128 + (int)(127 * cos(distance2 / 40.0));
    if (distance2 < 33 * 33)
        return rim[channel];
    if (x >= 96)
        return (x / 6 + y / 6) % 2 * 255;
    return (x + 2 * y) % 23 < 2 || x == 0 || y == 0 ? ink[channel] : sky[channel];
}

const char *image_draw(struct image *image)
{
    const char *error = image_create(image, 120, 90, 3);
    if (error)
        return error;
    uint8_t *at = image->pixels;
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            for (int channel = 0; channel < 3; channel++)
                *at++ = (uint8_t)test_picture(x, y, channel);
    return NULL;
}

/* ---- Reading -------------------------------------------------------------------------------- */

/* The next character of a header. A comment, from # to the end of the line, reads as the line's end. */
static int read_character(FILE *file)
{
    int c = getc(file);
    if (c == '#')
        while (c != '\n' && c != EOF)
            c = getc(file);
    return c;
}

/* The next number of a header and the one whitespace character behind it; 0 unless it is 1 .. most. */
static int read_number(FILE *file, int most)
{
    int c, number = 0;
    do
        c = read_character(file);
    while (isspace(c));
    for (; isdigit(c); c = read_character(file)) {
        number = number * 10 + (c - '0');
        if (number > most)
            return 0;
    }
    return isspace(c) ? number : 0;
}

static const char *read_image(struct image *image, FILE *file, const char *path)
{
    char magic[2];
    if (fread(magic, 1, 2, file) != 2 || magic[0] != 'P' || (magic[1] != '5' && magic[1] != '6'))
        return fail("%s is neither a binary PGM (P5) nor a binary PPM (P6)", path);
    const int width = read_number(file, IMAGE_MAX_SIDE);
    const int height = width ? read_number(file, IMAGE_MAX_SIDE) : 0;
    const int white = height ? read_number(file, 255) : 0;
    if (!white)
        return fail("%s has a bad header: sides have to be 1 to %d, and the largest value 1 to 255", path,
                    IMAGE_MAX_SIDE);

    struct image made;
    const char *error = image_create(&made, width, height, magic[1] == '6' ? 3 : 1);
    if (error)
        return error;
    const size_t wanted = sample_count(&made), got = fread(made.pixels, 1, wanted, file);
    if (got < wanted) {
        image_free(&made);
        return fail("%s ends after %zu of %zu bytes of pixels", path, got, wanted);
    }
    for (size_t i = 0; white < 255 && i < wanted; i++) {
        const int value = made.pixels[i] < white ? made.pixels[i] : white;
        made.pixels[i] = (uint8_t)((value * 255 + white / 2) / white);
    }
    *image = made;
    return NULL;
}

const char *image_load(struct image *image, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fail("cannot open %s: %s", path, strerror(errno));
    const char *error = read_image(image, file, path);
    fclose(file);
    return error;
}

/* ---- Writing -------------------------------------------------------------------------------- */

static const char *save_png(const struct image *image, const char *path)
{
#ifdef NHWC_EXAMPLES_HAVE_PNG
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)image->width,
                     .height = (png_uint_32)image->height,
                     .format = image->channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY};
    if (!png_image_write_to_file(&png, path, 0, image->pixels, 0, NULL))
        return fail("cannot write %s: %s", path, png.message);
    return NULL;
#else
    (void)image;
    return fail("cannot write %s: this program was built without libpng; .ppm and .pgm are possible", path);
#endif
}

/* Each sample is written `copies` times: three make a PPM of a grey image. */
static const char *save_pnm(const struct image *image, const char *path, char magic, int copies)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return fail("cannot open %s: %s", path, strerror(errno));
    fprintf(file, "P%c\n%d %d\n255\n", magic, image->width, image->height);
    for (size_t i = 0; i < sample_count(image); i++)
        for (int copy = 0; copy < copies; copy++)
            putc(image->pixels[i], file);
    const bool failed = ferror(file);
    if (fclose(file) != 0 || failed) /* the last bytes may meet a full disk as late as here */
        return fail("cannot write all of %s", path);
    return NULL;
}

static bool ends_with(const char *text, const char *ending)
{
    const size_t length = strlen(text), ending_length = strlen(ending);
    return length >= ending_length && strcmp(text + length - ending_length, ending) == 0;
}

const char *image_save(const struct image *image, const char *path)
{
    if (ends_with(path, ".png"))
        return save_png(image, path);
    if (ends_with(path, ".ppm"))
        return save_pnm(image, path, '6', image->channels == 3 ? 1 : 3);
    if (!ends_with(path, ".pgm"))
        return fail("cannot write %s: the name has to end with .png, .ppm or .pgm", path);
    if (image->channels == 3)
        return fail("cannot write %s: a PGM is grey and the image has colours; .ppm is possible", path);
    return save_pnm(image, path, '5', 1);
}

/* ---- Floats --------------------------------------------------------------------------------- */

static int clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

void image_to_floats(const struct image *image, int border, float *x)
{
    for (int row = -border; row < image->height + border; row++)
        for (int column = -border; column < image->width + border; column++) {
            const size_t pixel = (size_t)clamp(row, 0, image->height - 1) * (size_t)image->width +
                                 (size_t)clamp(column, 0, image->width - 1);
            for (int c = 0; c < image->channels; c++)
                *x++ = image->pixels[pixel * (size_t)image->channels + (size_t)c];
        }
}

void image_from_floats(struct image *image, const float *y)
{
    for (size_t i = 0; i < sample_count(image); i++)
        image->pixels[i] = (uint8_t)lroundf(fminf(fmaxf(y[i], 0), 255));
}
