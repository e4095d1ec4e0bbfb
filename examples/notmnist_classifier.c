/* The network of a tutorial on transposed convolutions, which tells letters apart: a convolution shrinks 28 x 28 pixels
 * to 14 x 14, a transposed one brings them back, and two dense layers make ten scores of them.
 *
 *     notmnist_classifier --data DIR
 *
 * The tutorial trains with 16 images at a time and validates with 500, and reports an accuracy of 92.5 %. */
#include <stdio.h>

#include "support/pictures.h"
#include "support/program.h"
#include "support/progress.h"

enum { VALIDATION_BATCH = 500 };

static nhwc_layer *build(nhwc_model *model)
{
    const nhwc_conv2d_layer halves = {.filters = 16,
                                      .kernel_size = {5, 5},
                                      .strides = {2, 2},
                                      .padding = NHWC_PADDING_SAME,
                                      .activation = NHWC_RELU};
    nhwc_layer *x = nhwc_layer_input(model, NULL, 3, (int64_t[]){28, 28, 1});
    x = nhwc_layer_conv2d(x, &halves);
    x = nhwc_layer_conv2d_transpose(x, &halves);
    x = nhwc_layer_flatten(x, NULL);
    x = nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 64, .activation = NHWC_RELU});
    return nhwc_layer_dense(x, &(nhwc_dense_layer){.units = 10});
}

/* Gradient descent in steps that get shorter, down to none at the end. Weights decay: 8,500 letters are soon known by
 * heart. */
static nhwc_optimizer descent(int64_t steps)
{
    return (nhwc_optimizer){
        .kind = NHWC_SGD,
        .weight_decay = 0.005,
        .schedule = {.kind = NHWC_COSINE_DECAY, .initial_learning_rate = 0.08, .decay_steps = steps}};
}

static const char *learn(const struct options *options, nhwc_model *model, const struct samples *training,
                         const struct samples *validation)
{
    const int64_t steps = (training->images.dims[0] + options->batch - 1) / options->batch;
    const nhwc_optimizer optimizer = descent(options->epochs * steps);
    const int64_t largest = options->batch > VALIDATION_BATCH ? options->batch : VALIDATION_BATCH;
    const nhwc_model_options settings = {.max_batch = largest,
                                         .seed = options->seed,
                                         .loss = NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY,
                                         .metric = NHWC_ACCURACY,
                                         .optimizer = &optimizer};
    struct progress progress;
    nhwc_result result;
    nhwc_parameter first;
    nhwc_layer *output = build(model);
    if (program_print_summary(model, output, &settings) != NHWC_OK ||
        nhwc_model_compile(model, output, &settings) != NHWC_OK)
        return nhwc_last_error();

    progress_start(&progress, options->quiet, true);
    const nhwc_fit_options fit = {.batch_size = options->batch,
                                  .epochs = options->epochs,
                                  .seed = options->seed,
                                  .validation_inputs = &validation->images,
                                  .validation_targets = &validation->labels,
                                  .validation_batch_size = VALIDATION_BATCH,
                                  .callback = progress_show,
                                  .argument = &progress};
    if (nhwc_model_fit(model, 1, &training->images, &training->labels, &fit, NULL) != NHWC_OK ||
        nhwc_model_evaluate(model, 1, &validation->images, &validation->labels, &result) != NHWC_OK ||
        nhwc_model_find_parameter(model, "conv2d/kernel", &first) != NHWC_OK)
        return nhwc_last_error();

    progress_print_curves(&progress);
    const char *error = progress_save_curves(&progress, program_path(options, "notmnist_classifier_loss"));
    if (!error)
        error = picture_filters(program_path(options, "notmnist_classifier_filters"), &first.value);
    printf("validation accuracy: %.2f %%\n", 100 * result.metric);
    return error;
}

int main(int argc, char **argv)
{
    const struct program program = {.name = "notmnist_classifier",
                                    .about = "Learns to tell the letters A to J apart.",
                                    .images = 10000,
                                    .epochs = 16,
                                    .batch = 16,
                                    .has_files = true,
                                    .draw = samples_draw_letters,
                                    .learn = learn};
    return program_run(&program, argc, argv);
}
