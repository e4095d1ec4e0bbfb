/* Pictures of what a network sees, gives and has learned.
 *
 * Every function that can fail returns NULL when it did not, and otherwise what went wrong. A path ends with .png, .ppm
 * or, if nothing has a colour, .pgm. */
#ifndef NHWC_EXAMPLES_PICTURES_H
#define NHWC_EXAMPLES_PICTURES_H

#include <nhwc/nhwc.h>

/* A contact sheet: of each of `rows` tensors, float32 [n, height, width, 1 or 3], the first `columns` images one beside
 * the other. Values go from 0, black, to 1, and each becomes `scale` x `scale` pixels. */
const char *picture_sheet(const char *path, int rows, const nhwc_tensor *images, int64_t columns, int scale);

/* The filters of a convolution, [kh, kw, 1 or 3, n] or some of more channels, each between its least weight and its
 * greatest. */
const char *picture_filters(const char *path, const nhwc_tensor *kernel);

/* A curve of the numbers of each of `curves` rows, `count` of them, from left to right; none is negative. The height
 * of the picture is the greatest of all. */
const char *picture_curves(const char *path, int curves, const double *const *values, int count);

/* Tints images [n, height, width, 3] where labels [n, height, width] are 1. */
void picture_tint(nhwc_tensor *images, const nhwc_tensor *labels);

#endif
