/* 8-bit images in files, and as the floats of a tensor, for the example programs.
 *
 * Every function that can fail returns NULL when it did not, and otherwise what went wrong. The text stays
 * until this thread's next failure. Nothing is ever printed here. */
#ifndef NHWC_EXAMPLES_IMAGE_H
#define NHWC_EXAMPLES_IMAGE_H

#include <stdint.h>

#define IMAGE_MAX_SIDE 32768

/* The nicest format this build can write. */
#ifdef NHWC_EXAMPLES_HAVE_PNG
#define IMAGE_BEST_ENDING ".png"
#else
#define IMAGE_BEST_ENDING ".ppm"
#endif

struct image {
    int width, height; /* 1 .. IMAGE_MAX_SIDE */
    int channels;      /* 1 is grey, 3 is red, green, blue */
    uint8_t *pixels;   /* [height, width, channels] */
};

/* An image of zeros. Like image_load, sets *image only when it succeeds; then image_free gives it back. */
const char *image_create(struct image *image, int width, int height, int channels);

/* Draws a picture for those who have none at hand, 120 x 90 in colour. */
const char *image_draw(struct image *image);

/* Reads a binary PGM (P5) or PPM (P6) of 8 bits; a largest value below 255 is scaled to 255. */
const char *image_load(struct image *image, const char *path);

/* Writes PNG, PPM or PGM, whichever of .png, .ppm, .pgm the path ends with. */
const char *image_save(const struct image *image, const char *path);

/* x [height + 2 * border, width + 2 * border, channels]: the pixels as they are, and around them a border
 * that repeats the outermost ones. */
void image_to_floats(const struct image *image, int border, float *x);

/* The pixels from y [height, width, channels], rounded; what is below 0 or above 255 becomes 0 or 255. */
void image_from_floats(struct image *image, const float *y);

/* Fine with an image whose pixels are NULL. */
void image_free(struct image *image);

#endif
