/* A fully convolutional network in miniature finds the road in pictures that a camera behind a windscreen takes.
 *
 *     road_segmentation
 *
 * Five strided convolutions look at more and more of the scene: 1/2 of its size, 1/4, 1/8, 1/16, 1/32. 1x1 convolutions
 * make scores of the last three, road or not. Transposed convolutions, bilinear at first, enlarge the scores twice, to
 * be added to the next finer ones, and at last eight times, to the size of the picture. */
#include <math.h>
#include <nhwc/array.h>
#include <stdio.h>

#include "support/pictures.h"
#include "support/program.h"
#include "support/progress.h"

enum { HEIGHT = 96, WIDTH = 160, CLASSES = 2 };

static nhwc_layer *half(nhwc_layer *x, int64_t filters)
{
    return nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = filters,
                                                     .kernel_size = {3, 3},
                                                     .strides = {2, 2},
                                                     .padding = NHWC_PADDING_SAME,
                                                     .kernel_initializer = NHWC_INITIALIZER_HE_NORMAL,
                                                     .activation = NHWC_RELU});
}

static nhwc_layer *scores(nhwc_layer *x)
{
    return nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = CLASSES, .kernel_size = {1, 1}});
}

static nhwc_layer *enlarge(nhwc_layer *x, int64_t times)
{
    return nhwc_layer_conv2d_transpose(x, &(nhwc_conv2d_layer){.filters = CLASSES,
                                                               .kernel_size = {2 * times, 2 * times},
                                                               .strides = {times, times},
                                                               .padding = NHWC_PADDING_SAME,
                                                               .kernel_initializer = NHWC_INITIALIZER_BILINEAR,
                                                               .no_bias = true});
}

static nhwc_layer *build(nhwc_model *model)
{
    nhwc_layer *x = nhwc_layer_input(model, NULL, 3, (int64_t[]){HEIGHT, WIDTH, 3});
    nhwc_layer *eighth = half(half(half(x, 16), 32), 48), *sixteenth = half(eighth, 64);
    x = scores(half(sixteenth, 96));
    x = nhwc_layer_add(2, (nhwc_layer *[]){enlarge(x, 2), scores(sixteenth)}, NULL);
    x = nhwc_layer_add(2, (nhwc_layer *[]){enlarge(x, 2), scores(eighth)}, NULL);
    return enlarge(x, 8);
}

/* Of each class, the pixels that are both taken for it and of it, as a part of those that are either; their mean. */
static double mean_iou(const nhwc_tensor *labels, const nhwc_tensor *found)
{
    int64_t both[CLASSES] = {0}, either[CLASSES] = {0};
    const int32_t *meant = labels->data, *taken = found->data;
    for (int64_t i = 0; i < labels->dims[0] * HEIGHT * WIDTH; i++)
        for (int class = 0; class < CLASSES; class++) {
            both[class] += meant[i] == class && taken[i] == class;
            either[class] += meant[i] == class || taken[i] == class;
        }
    double sum = 0;
    for (int class = 0; class < CLASSES; class++)
        sum += (double)both[class] / fmax((double)either[class], 1);
    return sum / CLASSES;
}

/* Road is where its score is the greater one. */
static nhwc_status find_roads(nhwc_model *model, const nhwc_tensor *images, nhwc_tensor *found)
{
    const int64_t dims[] = {images->dims[0], HEIGHT, WIDTH, CLASSES};
    nhwc_tensor y;
    nhwc_status status = nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, dims, &y);
    if (status != NHWC_OK)
        return status;
    status = nhwc_model_predict(model, 1, images, &y);
    const float(*scores_of)[CLASSES] = y.data;
    for (int64_t i = 0; status == NHWC_OK && i < dims[0] * HEIGHT * WIDTH; i++)
        ((int32_t *)found->data)[i] = scores_of[i][1] > scores_of[i][0];
    nhwc_tensor_destroy(NULL, &y);
    return status;
}

/* Pictures, and below the same with the roads that were found in them. */
static const char *save_overlay(const struct options *options, const nhwc_tensor *pictures, struct samples *found)
{
    if (nhwc_copy(NULL, pictures, &found->images) != NHWC_OK)
        return nhwc_last_error();
    picture_tint(&found->images, &found->labels);
    const nhwc_tensor rows[] = {*pictures, found->images};
    return picture_sheet(program_path(options, "road_segmentation"), 2, rows, 5, 2);
}

static const char *judge(const struct options *options, nhwc_model *model, const struct samples *validation)
{
    struct samples found;
    const char *error = samples_create(&found, validation->images.dims[0], HEIGHT, WIDTH, 3, true);
    if (!error && find_roads(model, &validation->images, &found.labels) != NHWC_OK)
        error = nhwc_last_error();
    if (!error)
        error = save_overlay(options, &validation->images, &found);
    if (!error)
        printf("mean IoU: %.4f\n", mean_iou(&validation->labels, &found.labels));
    samples_free(&found);
    return error;
}

static const char *learn(const struct options *options, nhwc_model *model, const struct samples *training,
                         const struct samples *validation)
{
    const int64_t steps = options->epochs * ((training->images.dims[0] + options->batch - 1) / options->batch);
    const nhwc_optimizer optimizer = {
        .kind = NHWC_ADAM,
        .schedule = {.kind = NHWC_COSINE_DECAY, .initial_learning_rate = 0.003, .decay_steps = steps}};
    const nhwc_model_options settings = {.max_batch = options->batch,
                                         .seed = options->seed,
                                         .loss = NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY,
                                         .metric = NHWC_ACCURACY,
                                         .optimizer = &optimizer};
    struct progress progress;
    nhwc_layer *output = build(model);
    if (program_print_summary(model, output, &settings) != NHWC_OK ||
        nhwc_model_compile(model, output, &settings) != NHWC_OK)
        return nhwc_last_error();

    progress_start(&progress, options->quiet, true);
    const nhwc_fit_options fit = {.epochs = options->epochs,
                                  .seed = options->seed,
                                  .validation_inputs = &validation->images,
                                  .validation_targets = &validation->labels,
                                  .callback = progress_show,
                                  .argument = &progress};
    if (nhwc_model_fit(model, 1, &training->images, &training->labels, &fit, NULL) != NHWC_OK)
        return nhwc_last_error();

    progress_print_curves(&progress);
    const char *error = progress_save_curves(&progress, program_path(options, "road_segmentation_loss"));
    return error ? error : judge(options, model, validation);
}

int main(int argc, char **argv)
{
    const struct program program = {.name = "road_segmentation",
                                    .about = "Learns to find the road in drawn pictures of it.",
                                    .images = 1000,
                                    .epochs = 12,
                                    .batch = 8,
                                    .draw = samples_draw_roads,
                                    .learn = learn};
    return program_run(&program, argc, argv);
}
