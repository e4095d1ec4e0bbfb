/* What the programs learn from: images and what they show, read from files or drawn.
 *
 * Every function that can fail returns NULL when it did not, and otherwise what went wrong. What is drawn is decided by
 * the seed, sample by sample: of two counts, the smaller gives the first samples of the larger. */
#ifndef NHWC_EXAMPLES_SAMPLES_H
#define NHWC_EXAMPLES_SAMPLES_H

#include <nhwc/nhwc.h>
#include <stdbool.h>
#include <stdint.h>

struct samples {
    nhwc_tensor images; /* float32 [n, height, width, channels], black is 0 and white 1 */
    nhwc_tensor labels; /* int32 [n], or of each pixel [n, height, width]: 0, 1 ... */
};

/* The IDX files of MNIST or notMNIST, unpacked: train-images-idx3-ubyte and train-labels-idx1-ubyte of the directory
 * or, where these are missing, the files of t10k. */
const char *samples_load(struct samples *samples, const char *directory);

/* Digits as a pen writes them, 28 x 28, grey. */
const char *samples_draw_digits(struct samples *samples, int64_t count, uint64_t seed);

/* The letters A to J in typefaces of many kinds, 28 x 28, grey. */
const char *samples_draw_letters(struct samples *samples, int64_t count, uint64_t seed);

/* Roads as a driver sees them, 96 high and 160 wide, in colours; the labels are 1 where a pixel is of the road. */
const char *samples_draw_roads(struct samples *samples, int64_t count, uint64_t seed);

/* The first 85 of 100 samples, and the others. Both are views. */
void samples_split(const struct samples *samples, struct samples *training, struct samples *validation);

/* Memory for as many samples. Images are 0, labels too. */
const char *samples_create(struct samples *samples, int64_t count, int height, int width, int channels,
                           bool label_of_each_pixel);

/* Fine with what was never made, if it is {0}. */
void samples_free(struct samples *samples);

#endif
