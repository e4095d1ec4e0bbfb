/* Losses and metrics of a batch. */
#include <math.h>
#include <nhwc/nn.h>
#include <stdbool.h>

#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/losses.h"
#include "ops/shapes.h"
#include "train/model.h"

typedef nhwc_status value(const nhwc_context *context, const nhwc_tensor *predictions, const nhwc_tensor *labels,
                          nhwc_reduction reduction, nhwc_tensor *loss);
typedef nhwc_status gradient(const nhwc_context *context, const nhwc_tensor *dloss, const nhwc_tensor *predictions,
                             const nhwc_tensor *labels, nhwc_reduction reduction, nhwc_tensor *dpredictions);

static const struct {
    value *value;
    gradient *gradient;
    nhwc_function activation; /* at the end of a model it is left out ... */
    nhwc_loss of_logits;      /* ... for this loss of what comes before it */
    bool of_classes;
} losses[] = {
    [NHWC_LOSS_NONE] = {.value = NULL},
    [NHWC_MEAN_SQUARED_ERROR] = {nhwc_mean_squared_error, nhwc_mean_squared_error_backprop, NHWC_LINEAR,
                                 NHWC_LOSS_NONE, false},
    [NHWC_MEAN_ABSOLUTE_ERROR] = {nhwc_mean_absolute_error, nhwc_mean_absolute_error_backprop, NHWC_LINEAR,
                                  NHWC_LOSS_NONE, false},
    [NHWC_BINARY_CROSS_ENTROPY] = {nhwc_binary_cross_entropy, nhwc_binary_cross_entropy_backprop, NHWC_SIGMOID,
                                   NHWC_SIGMOID_CROSS_ENTROPY, false},
    [NHWC_SIGMOID_CROSS_ENTROPY] = {nhwc_sigmoid_cross_entropy, nhwc_sigmoid_cross_entropy_backprop, NHWC_SIGMOID,
                                    NHWC_SIGMOID_CROSS_ENTROPY, false},
    [NHWC_SOFTMAX_CROSS_ENTROPY] = {nhwc_softmax_cross_entropy, nhwc_softmax_cross_entropy_backprop, NHWC_SOFTMAX,
                                    NHWC_SOFTMAX_CROSS_ENTROPY, true},
    [NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY] = {nhwc_sparse_softmax_cross_entropy,
                                           nhwc_sparse_softmax_cross_entropy_backprop, NHWC_SOFTMAX,
                                           NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY, true},
};

#define LOSS_COUNT ((int)(sizeof losses / sizeof *losses))

/* ---- What is possible --------------------------------------------------------------------------------- */

static nhwc_status check_kinds(const nhwc_model_options *o, const nhwc_layer *output)
{
    if ((int)o->loss < 0 || (int)o->loss >= LOSS_COUNT)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->loss is %d, which is no nhwc_loss", (int)o->loss);
    if ((int)o->metric < 0 || o->metric > NHWC_METRIC_MEAN_ABSOLUTE_ERROR)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->metric is %d, which is no nhwc_metric", (int)o->metric);
    if (o->loss == NHWC_LOSS_NONE && o->metric != NHWC_METRIC_NONE)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->metric is for a model with a loss");
    if (o->loss == NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY && o->metric > NHWC_ACCURACY)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "options->metric compares elements, but the targets of options->loss are classes");
    if ((losses[o->loss].of_classes || o->metric == NHWC_ACCURACY) && output->rank < 2)
        return nhwc__fail(NHWC_ERROR_RANK, "%s has no axis but the batch; the last one is that of the classes",
                          output->name);
    return NHWC_OK;
}

nhwc_status nhwc__loss_plan(nhwc_model *model, nhwc_layer *output)
{
    const nhwc_loss loss = model->options.loss;
    NHWC__TRY(check_kinds(&model->options, output));
    model->scored = output;
    model->loss = loss;
    if (losses[loss].activation == NHWC_LINEAR || output->function != losses[loss].activation)
        return NHWC_OK;
    nhwc_layer *const logits = output->inputs[0].from;
    if (logits->kind != &nhwc__kind_input) {
        model->scored = logits;
        model->loss = losses[loss].of_logits;
    }
    return NHWC_OK;
}

static bool is_sparse(const nhwc_model *model)
{
    return model->loss == NHWC_SPARSE_SOFTMAX_CROSS_ENTROPY;
}

/* The losses, or the places of the largest outputs and targets, and where they begin with a line. */
nhwc_status nhwc__loss_bytes(const nhwc_model *model, const nhwc_layer *output, int64_t *scratch, int64_t *targets)
{
    const bool of_classes = losses[model->loss].of_classes || model->options.metric == NHWC_ACCURACY;
    int64_t bytes;
    *scratch = 0;
    NHWC__TRY(nhwc__output_bytes(output, targets));
    if (!of_classes)
        return NHWC_OK;
    const int64_t positions = nhwc__layer_elements(output) / output->dims[output->rank - 1];
    if (!nhwc__multiply(positions, model->options.max_batch, &bytes) || !nhwc__multiply(bytes, 8, &bytes))
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "%s: the losses have more bytes than 64 bits can address",
                          output->name);
    bytes = nhwc__ceil(bytes, NHWC__LINE) * NHWC__LINE;
    *scratch = 2 * bytes;
    *targets = is_sparse(model) ? bytes : *targets;
    return NHWC_OK;
}

nhwc_status nhwc__check_targets(const char *operation, const nhwc_model *model, const nhwc_tensor *targets,
                                int64_t batch)
{
    const nhwc_layer *output = model->output;
    if (is_sparse(model)) {
        nhwc_tensor outputs = nhwc_tensor_view(model->dtype, NULL, output->rank, output->dims);
        outputs.dims[0] = batch;
        NHWC__TRY(nhwc__check_classes(operation, "targets", "the outputs", &outputs, targets));
    } else {
        NHWC__TRY(nhwc__check_values(operation, "targets", output, targets));
        NHWC__TRY(nhwc__check_batch(operation, "targets", targets, batch));
    }
    return nhwc__tensor_check_dense(operation, "targets", targets);
}

/* ---- What a batch gives ------------------------------------------------------------------------------- */

/* A number in either dtype. */
typedef union number {
    float of_float32;
    double of_float64;
} number;

static nhwc_status mean(const nhwc_model *model, value *of, const nhwc_layer *layer, const nhwc_tensor *targets,
                        double *result)
{
    number n;
    const nhwc_tensor y = nhwc__y(layer);
    nhwc_tensor view = nhwc_tensor_view(model->dtype, &n, 0, NULL);
    NHWC__TRY(of(&model->inside, &y, targets, NHWC_REDUCTION_MEAN, &view));
    *result = model->dtype == NHWC_FLOAT32 ? n.of_float32 : n.of_float64;
    return NHWC_OK;
}

static nhwc_status accuracy(const nhwc_model *model, const nhwc_tensor *targets, double *result)
{
    int64_t right;
    const nhwc_tensor y = nhwc__y(model->output);
    const int64_t count = nhwc__element_count(&y) / y.dims[y.rank - 1];
    NHWC__TRY(nhwc_accuracy(&model->inside, &y, targets, &right));
    *result = (double)right / (double)count;
    return NHWC_OK;
}

static double binary_accuracy(const nhwc_model *model, const nhwc_tensor *targets)
{
    const nhwc_tensor y = nhwc__y(model->output);
    const int64_t count = nhwc__element_count(&y);
    int64_t right = 0;
    if (y.dtype == NHWC_FLOAT32)
        for (int64_t i = 0; i < count; i++)
            right += ((const float *)targets->data)[i] == (float)(((const float *)y.data)[i] > 0.5F);
    else
        for (int64_t i = 0; i < count; i++)
            right += ((const double *)targets->data)[i] == (double)(((const double *)y.data)[i] > 0.5);
    return (double)right / (double)count;
}

static nhwc_status metric(const nhwc_model *model, const nhwc_tensor *targets, double *result)
{
    *result = 0;
    switch (model->options.metric) {
    case NHWC_METRIC_NONE:
        break;
    case NHWC_ACCURACY:
        return accuracy(model, targets, result);
    case NHWC_BINARY_ACCURACY:
        *result = binary_accuracy(model, targets);
        break;
    case NHWC_METRIC_MEAN_SQUARED_ERROR:
        return mean(model, nhwc_mean_squared_error, model->output, targets, result);
    case NHWC_METRIC_MEAN_ABSOLUTE_ERROR:
        return mean(model, nhwc_mean_absolute_error, model->output, targets, result);
    }
    return NHWC_OK;
}

nhwc_status nhwc__loss_result(const nhwc_model *model, const nhwc_tensor *targets, nhwc_result *result)
{
    NHWC__TRY(mean(model, losses[model->loss].value, model->scored, targets, &result->loss));
    return metric(model, targets, &result->metric);
}

nhwc_status nhwc__loss_gradient(const nhwc_model *model, const nhwc_tensor *targets, double part)
{
    const nhwc_tensor y = nhwc__y(model->scored);
    nhwc_tensor dy = nhwc__dy(model->scored);
    number n;
    if (model->dtype == NHWC_FLOAT32)
        n.of_float32 = (float)part;
    else
        n.of_float64 = part;
    const nhwc_tensor dloss = nhwc_tensor_view(model->dtype, &n, 0, NULL);
    return losses[model->loss].gradient(&model->inside, &dloss, &y, targets, NHWC_REDUCTION_MEAN, &dy);
}
