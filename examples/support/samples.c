#include "samples.h"

#include <nhwc/array.h>
#include <nhwc/io.h>
#include <nhwc/math.h>
#include <stdio.h>

void samples_free(struct samples *samples)
{
    nhwc_tensor_destroy(NULL, &samples->images);
    nhwc_tensor_destroy(NULL, &samples->labels);
    *samples = (struct samples){.images = {.rank = 0}};
}

/* What a function of samples returns: on failure there are none. */
static const char *result(nhwc_status status, struct samples *samples)
{
    if (status == NHWC_OK)
        return NULL;
    samples_free(samples);
    return nhwc_last_error();
}

const char *samples_create(struct samples *samples, int64_t count, int height, int width, int channels,
                           bool label_of_each_pixel)
{
    const int64_t dims[] = {count, height, width, channels};
    *samples = (struct samples){.images = {.rank = 0}};
    nhwc_status status = nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, dims, &samples->images);
    if (status == NHWC_OK)
        status = nhwc_tensor_create(NULL, NHWC_INT32, label_of_each_pixel ? 3 : 1, dims, &samples->labels);
    return result(status, samples);
}

/* ---- Files ---------------------------------------------------------------------------------- */

static nhwc_status read_idx(const char *directory, const char *kind, const char *rest, nhwc_tensor *bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s-%s", directory, kind, rest);
    return nhwc_idx_read(NULL, path, bytes);
}

static nhwc_status read_both(const char *directory, nhwc_tensor *images, nhwc_tensor *labels)
{
    const char *kind = "train";
    nhwc_status status = read_idx(directory, kind, "images-idx3-ubyte", images);
    if (status == NHWC_ERROR_FILE)
        status = read_idx(directory, kind = "t10k", "images-idx3-ubyte", images);
    if (status == NHWC_OK)
        status = read_idx(directory, kind, "labels-idx1-ubyte", labels);
    return status;
}

/* The bytes as numbers: of images [n, 28, 28] parts of 255, and each pixel one channel. */
static nhwc_status convert(const nhwc_tensor *images, const nhwc_tensor *labels, struct samples *samples)
{
    const nhwc_tensor white = NHWC_TENSOR(NHWC_FLOAT32, (float[]){255}, 1);
    nhwc_tensor plane;
    nhwc_status status = nhwc_cast(NULL, labels, &samples->labels);
    if (status == NHWC_OK)
        status = nhwc_reshape(&samples->images, 3, samples->images.dims, &plane);
    if (status == NHWC_OK)
        status = nhwc_cast(NULL, images, &plane);
    if (status == NHWC_OK)
        status = nhwc_divide(NULL, &plane, &white, &plane);
    return status;
}

const char *samples_load(struct samples *samples, const char *directory)
{
    const char *error = NULL;
    nhwc_tensor images = {.rank = 0}, labels = {.rank = 0};
    if (read_both(directory, &images, &labels) != NHWC_OK)
        error = nhwc_last_error();
    else if (images.rank != 3 || images.dims[1] != 28 || images.dims[2] != 28 || labels.rank != 1 ||
             labels.dims[0] != images.dims[0])
        error = "these are not images of 28 x 28 pixels, and a label for each";
    else
        error = samples_create(samples, images.dims[0], 28, 28, 1, false);
    if (!error)
        error = result(convert(&images, &labels, samples), samples);
    nhwc_tensor_destroy(NULL, &images);
    nhwc_tensor_destroy(NULL, &labels);
    return error;
}

/* ---- Parts ---------------------------------------------------------------------------------- */

void samples_split(const struct samples *samples, struct samples *training, struct samples *validation)
{
    const int64_t count = samples->images.dims[0], sizes[] = {count * 85 / 100, count - count * 85 / 100};
    nhwc_tensor images[2], labels[2];
    nhwc_split(&samples->images, 0, 2, sizes, images);
    nhwc_split(&samples->labels, 0, 2, sizes, labels);
    *training = (struct samples){images[0], labels[0]};
    *validation = (struct samples){images[1], labels[1]};
}
