/* The autoencoder of a tutorial on transposed convolutions: three convolutions make 22 x 22 x 8 numbers of a digit,
 * three transposed ones and a last convolution make the digit of these again.
 *
 *     mnist_autoencoder --data DIR
 *
 * It trains as the tutorial does: Adam, binary cross-entropy, 25 epochs in batches of 1000. */
#include <stdio.h>

#include "support/pictures.h"
#include "support/program.h"
#include "support/progress.h"

/* So many images at a time: what the layers make of them stays in the caches. A step adds up the gradients of all. */
enum { PART = 20 };

static nhwc_layer *build(nhwc_model *model)
{
    static const int64_t encoder[] = {32, 16, 8}, decoder[] = {8, 16, 32};
    nhwc_conv2d_layer options = {.kernel_size = {3, 3}, .activation = NHWC_RELU};
    nhwc_layer *x = nhwc_layer_input(model, NULL, 3, (int64_t[]){28, 28, 1});
    for (int i = 0; i < 3; i++) {
        options.filters = encoder[i];
        x = nhwc_layer_conv2d(x, &options);
    }
    for (int i = 0; i < 3; i++) {
        options.filters = decoder[i];
        x = nhwc_layer_conv2d_transpose(x, &options);
    }
    return nhwc_layer_conv2d(x, &(nhwc_conv2d_layer){.filters = 1, .kernel_size = {3, 3}, .padding = NHWC_PADDING_SAME,
                                                     .activation = NHWC_SIGMOID});
}

/* Digits, and below what the network makes of them; what its first layer looks for. */
static const char *save_pictures(const struct options *options, nhwc_model *model, nhwc_tensor digits)
{
    enum { COUNT = 15 };
    static float pixels[COUNT][28][28];
    nhwc_parameter first;
    digits.dims[0] = digits.dims[0] < COUNT ? digits.dims[0] : COUNT;
    nhwc_tensor rows[] = {digits, NHWC_TENSOR(NHWC_FLOAT32, pixels, digits.dims[0], 28, 28, 1)};
    if (nhwc_model_predict(model, 1, &digits, &rows[1]) != NHWC_OK ||
        nhwc_model_find_parameter(model, "conv2d/kernel", &first) != NHWC_OK)
        return nhwc_last_error();
    const char *error = picture_sheet(program_path(options, "mnist_autoencoder"), 2, rows, COUNT, 2);
    return error ? error : picture_filters(program_path(options, "mnist_autoencoder_filters"), &first.value);
}

static const char *learn(const struct options *options, nhwc_model *model, const struct samples *training,
                         const struct samples *validation)
{
    const nhwc_model_options settings = {.max_batch = PART,
                                         .seed = options->seed,
                                         .loss = NHWC_BINARY_CROSS_ENTROPY,
                                         .optimizer = &(nhwc_optimizer){.kind = NHWC_ADAM}};
    struct progress progress;
    nhwc_result result;
    nhwc_layer *output = build(model);
    if (program_print_summary(model, output, &settings) != NHWC_OK ||
        nhwc_model_compile(model, output, &settings) != NHWC_OK)
        return nhwc_last_error();

    progress_start(&progress, options->quiet, false);
    const nhwc_fit_options fit = {.batch_size = options->batch,
                                  .epochs = options->epochs,
                                  .seed = options->seed,
                                  .validation_inputs = &validation->images,
                                  .validation_targets = &validation->images,
                                  .callback = progress_show,
                                  .argument = &progress};
    if (nhwc_model_fit(model, 1, &training->images, &training->images, &fit, NULL) != NHWC_OK ||
        nhwc_model_evaluate(model, 1, &validation->images, &validation->images, &result) != NHWC_OK)
        return nhwc_last_error();

    progress_print_curves(&progress);
    const char *error = progress_save_curves(&progress, program_path(options, "mnist_autoencoder_loss"));
    if (!error)
        error = save_pictures(options, model, validation->images);
    printf("validation loss: %.4f\n", result.loss);
    return error;
}

int main(int argc, char **argv)
{
    const struct program program = {.name = "mnist_autoencoder",
                                    .about = "Learns to draw digits again from 22 x 22 x 8 numbers.",
                                    .images = 10000,
                                    .epochs = 25,
                                    .batch = 1000,
                                    .has_files = true,
                                    .draw = samples_draw_digits,
                                    .learn = learn};
    return program_run(&program, argc, argv);
}
