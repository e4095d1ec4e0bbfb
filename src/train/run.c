/* Forward and backward, and the tensors of both. */
#include <nhwc/array.h>
#include <nhwc/math.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/tensor.h"
#include "ops/shapes.h"
#include "train/model.h"

/* ---- Tensors ---------------------------------------------------------------------------------------- */

/* Of the layer's shape, for the batch of the call. */
static nhwc_tensor shaped(const nhwc_layer *layer, void *data)
{
    int64_t dims[NHWC_MAX_RANK];
    memcpy(dims, layer->dims, sizeof dims);
    dims[0] = layer->model->batch;
    return nhwc_tensor_view(layer->model->dtype, data, layer->rank, dims);
}

static nhwc_tensor placed(const nhwc_layer *layer, const nhwc__room *room)
{
    return shaped(layer, room->bytes > 0 ? layer->model->values + room->offset : NULL);
}

nhwc_tensor nhwc__y(const nhwc_layer *layer)
{
    return layer->kind == &nhwc__kind_input ? shaped(layer, layer->given) : placed(layer, &layer->value);
}

nhwc_tensor nhwc__x(const nhwc_layer *layer, int input)
{
    return nhwc__y(layer->inputs[input].from);
}

nhwc_tensor nhwc__dy(const nhwc_layer *layer)
{
    return placed(layer, &layer->gradient);
}

nhwc_tensor nhwc__dx(const nhwc_layer *layer, int input)
{
    const nhwc__edge *edge = &layer->inputs[input];
    return placed(edge->from, edge->adds ? &edge->temporary : &edge->from->gradient);
}

static nhwc_tensor weights_at(const nhwc_layer *layer, int index, char *all)
{
    const nhwc__weights *w = &layer->owner->weights[index];
    char *const data = all == NULL ? NULL : all + w->offset * (int64_t)nhwc_dtype_size(layer->model->dtype);
    return nhwc_tensor_view(layer->model->dtype, data, w->rank, w->dims);
}

nhwc_tensor nhwc__weight(const nhwc_layer *layer, int index)
{
    return weights_at(layer, index, layer->model->parameters);
}

nhwc_tensor nhwc__weight_gradient(const nhwc_layer *layer, int index)
{
    return weights_at(layer, index, nhwc__is_frozen(layer, index) ? NULL : layer->model->gradients);
}

void *nhwc__notes(const nhwc_layer *layer)
{
    return layer->model->values + layer->notes.offset;
}

/* ---- Parameters --------------------------------------------------------------------------------------- */

nhwc_status nhwc__check_compiled(const char *operation, const nhwc_model *model)
{
    if (model == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: model is NULL", operation);
    if (model->output == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: the model is not compiled", operation);
    return NHWC_OK;
}

nhwc_status nhwc__check_training(const char *operation, const nhwc_model *model)
{
    NHWC__TRY(nhwc__check_compiled(operation, model));
    if (!model->options.training)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: the model is not compiled for training", operation);
    return NHWC_OK;
}

nhwc_status nhwc__check_given(const char *operation, const char *name, const void *pointer)
{
    return pointer != NULL ? NHWC_OK : nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is NULL", operation, name);
}

nhwc_status nhwc_model_parameters(const nhwc_model *model, nhwc_tensor *all)
{
    NHWC__TRY(nhwc__check_compiled("model_parameters", model));
    NHWC__TRY(nhwc__check_given("model_parameters", "all", all));
    *all = NHWC_TENSOR(model->dtype, model->parameters, model->elements);
    return NHWC_OK;
}

nhwc_status nhwc_model_gradients(const nhwc_model *model, nhwc_tensor *all)
{
    NHWC__TRY(nhwc__check_training("model_gradients", model));
    NHWC__TRY(nhwc__check_given("model_gradients", "all", all));
    *all = NHWC_TENSOR(model->dtype, model->gradients, model->trainable);
    return NHWC_OK;
}

int nhwc__own_weights(const nhwc_layer *layer)
{
    return layer->held && layer->owner == layer ? layer->weight_count : 0;
}

int nhwc_model_parameter_count(const nhwc_model *model)
{
    int count = 0;
    if (model != NULL && model->output != NULL)
        for (const nhwc_layer *layer = model->first; layer != NULL; layer = layer->next)
            count += nhwc__own_weights(layer);
    return count;
}

static nhwc_parameter describe(const nhwc_layer *layer, int index)
{
    return (nhwc_parameter){.layer = layer->name,
                            .name = layer->weights[index].name,
                            .frozen = nhwc__is_frozen(layer, index),
                            .value = nhwc__weight(layer, index),
                            .gradient = nhwc__weight_gradient(layer, index)};
}

nhwc_status nhwc_model_parameter(const nhwc_model *model, int index, nhwc_parameter *parameter)
{
    NHWC__TRY(nhwc__check_compiled("model_parameter", model));
    NHWC__TRY(nhwc__check_given("model_parameter", "parameter", parameter));
    int left = index;
    for (const nhwc_layer *layer = model->first; layer != NULL && left >= 0; layer = layer->next) {
        if (left < nhwc__own_weights(layer)) {
            *parameter = describe(layer, left);
            return NHWC_OK;
        }
        left -= nhwc__own_weights(layer);
    }
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_parameter: there is no parameter %d; the model has %d", index,
                      nhwc_model_parameter_count(model));
}

nhwc_status nhwc_model_initialize(nhwc_model *model, uint64_t seed)
{
    NHWC__TRY(nhwc__check_compiled("model_initialize", model));
    return nhwc__initialize(model, seed);
}

nhwc_status nhwc_model_find_parameter(const nhwc_model *model, const char *name, nhwc_parameter *parameter)
{
    NHWC__TRY(nhwc__check_compiled("model_find_parameter", model));
    NHWC__TRY(nhwc__check_given("model_find_parameter", "name", name));
    NHWC__TRY(nhwc__check_given("model_find_parameter", "parameter", parameter));
    for (const nhwc_layer *layer = model->first; layer != NULL; layer = layer->next) {
        const size_t length = strlen(layer->name);
        if (strncmp(layer->name, name, length) != 0 || name[length] != '/')
            continue;
        for (int i = 0; i < nhwc__own_weights(layer); i++)
            if (strcmp(layer->weights[i].name, name + length + 1) == 0) {
                *parameter = describe(layer, i);
                return NHWC_OK;
            }
    }
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_find_parameter: there is no parameter \"%s\"", name);
}

/* ---- Forward ------------------------------------------------------------------------------------------ */

nhwc_status nhwc__check_values(const char *operation, const char *name, const nhwc_layer *layer,
                               const nhwc_tensor *tensor)
{
    const nhwc_model *model = layer->model;
    NHWC__TRY(nhwc__tensor_check(operation, name, tensor));
    if (tensor->dtype != model->dtype)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s is %s, but the model %s", operation, name,
                          nhwc_dtype_string(tensor->dtype), nhwc_dtype_string(model->dtype));
    if (tensor->rank != layer->rank ||
        memcmp(tensor->dims + 1, layer->dims + 1, (size_t)(layer->rank - 1) * sizeof *layer->dims) != 0)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s is %s; it has to be a batch of %s", operation, name,
                          nhwc__shape_text(tensor->rank, tensor->dims).text,
                          nhwc__shape_text(layer->rank - 1, layer->dims + 1).text);
    return NHWC_OK;
}

nhwc_status nhwc__check_batch(const char *operation, const char *name, const nhwc_tensor *tensor, int64_t batch)
{
    if (tensor->dims[0] != batch)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s is a batch of %" PRId64 "; it has to be one of %" PRId64, operation,
                          name, tensor->dims[0], batch);
    return NHWC_OK;
}

nhwc_status nhwc__check_inputs(const char *operation, const nhwc_model *model, int count, const nhwc_tensor *inputs)
{
    int i = 0;
    if (count != model->input_count)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %d inputs are given; the model has %d", operation, count,
                          model->input_count);
    NHWC__TRY(nhwc__check_given(operation, "inputs", inputs));
    for (const nhwc_layer *layer = model->first; layer != NULL; layer = layer->next) {
        if (!layer->reached || layer->kind != &nhwc__kind_input)
            continue;
        NHWC__TRY(nhwc__check_values(operation, layer->name, layer, &inputs[i]));
        NHWC__TRY(nhwc__tensor_check_dense(operation, layer->name, &inputs[i]));
        NHWC__TRY(nhwc__check_batch(operation, layer->name, &inputs[i], inputs[0].dims[0]));
        i++;
    }
    return NHWC_OK;
}

nhwc_status nhwc__check_most(const char *operation, const nhwc_model *model, int64_t batch)
{
    if (batch > model->options.max_batch)
        return nhwc__fail(NHWC_ERROR_SHAPE,
                          "%s: the batch is %" PRId64 "; the model is compiled for at most %" PRId64, operation, batch,
                          model->options.max_batch);
    return NHWC_OK;
}

/* A failure in an operation, with the layer's name in front. */
static nhwc_status named(const nhwc_layer *layer, nhwc_status status)
{
    char message[512];
    if (status == NHWC_OK)
        return NHWC_OK;
    snprintf(message, sizeof message, "%s", nhwc_last_error());
    return nhwc__fail(status, "%s: %s", layer->name, message);
}

nhwc_status nhwc__run_forward(nhwc_model *model, bool training, int64_t batch, const nhwc_layer *last)
{
    model->batch = batch;
    model->in_training = training;
    model->ran = false;
    for (nhwc_layer *layer = model->first; layer != last->next; layer = layer->next)
        if (layer->reached && layer->kind != &nhwc__kind_input)
            NHWC__TRY(named(layer, layer->kind->forward(layer)));
    model->runs += training && !model->rehearses;
    return NHWC_OK;
}

nhwc_status nhwc_model_forward(nhwc_model *model, bool training, int count, const nhwc_tensor *inputs, nhwc_tensor *y)
{
    NHWC__TRY((training ? nhwc__check_training : nhwc__check_compiled)("model_forward", model));
    NHWC__TRY(nhwc__check_given("model_forward", "y", y));
    NHWC__TRY(nhwc__check_inputs("model_forward", model, count, inputs));
    NHWC__TRY(nhwc__check_most("model_forward", model, inputs[0].dims[0]));
    for (nhwc_layer *layer = model->first; layer != NULL; layer = layer->next)
        if (layer->reached && layer->kind == &nhwc__kind_input)
            layer->given = inputs[layer->step].data;
    NHWC__TRY(nhwc__run_forward(model, training, inputs[0].dims[0], model->output));
    model->ran = true;
    *y = nhwc__y(model->output);
    return NHWC_OK;
}

/* ---- Backward ----------------------------------------------------------------------------------------- */

/* Adds what could not be written to the gradients of inputs because it was not the first. */
static nhwc_status add_temporaries(const nhwc_layer *layer)
{
    for (int i = 0; i < layer->input_count; i++) {
        const nhwc_layer *from = layer->inputs[i].from;
        if (!layer->inputs[i].adds || !from->wants)
            continue;
        const nhwc_tensor temporary = nhwc__dx(layer, i);
        nhwc_tensor sum = nhwc__dy(from);
        NHWC__TRY(nhwc_add(nhwc__inside(layer), &sum, &temporary, &sum));
    }
    return NHWC_OK;
}

/* Of the gradients of a layer's own parameters. */
static void set_written(nhwc_layer *owner, bool written)
{
    for (int i = 0; i < owner->weight_count; i++)
        owner->weights[i].written = written;
}

bool nhwc__is_written(const nhwc_layer *layer, int index)
{
    return layer->owner->weights[index].written;
}

nhwc_status nhwc__run_backward(nhwc_model *model, const nhwc_layer *first, bool accumulate)
{
    for (nhwc_layer *layer = model->first; layer != NULL; layer = layer->next)
        set_written(layer, accumulate);
    for (const nhwc_layer *layer = first; layer != NULL; layer = layer->previous)
        if (layer->wants && layer->kind != &nhwc__kind_input) {
            NHWC__TRY(named(layer, layer->kind->backward(layer)));
            set_written(layer->owner, true);
            NHWC__TRY(named(layer, add_temporaries(layer)));
        }
    return NHWC_OK;
}

nhwc_status nhwc_model_backward(nhwc_model *model, const nhwc_tensor *dy, bool accumulate)
{
    NHWC__TRY(nhwc__check_training("model_backward", model));
    if (!model->ran)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_backward: it follows nhwc_model_forward, once for each call");
    NHWC__TRY(nhwc__check_values("model_backward", "dy", model->output, dy));
    NHWC__TRY(nhwc__check_batch("model_backward", "dy", dy, model->batch));
    model->ran = false;
    if (model->output->wants) {
        nhwc_tensor last = nhwc__dy(model->output);
        NHWC__TRY(nhwc_copy(nhwc__inside(model->output), dy, &last));
    }
    return nhwc__run_backward(model, model->output, accumulate);
}

/* ---- What a call leaves --------------------------------------------------------------------------------- */

nhwc_status nhwc_model_input_gradient(const nhwc_model *model, int index, nhwc_tensor *dx)
{
    NHWC__TRY(nhwc__check_training("model_input_gradient", model));
    NHWC__TRY(nhwc__check_given("model_input_gradient", "dx", dx));
    if (!model->options.input_gradients)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_input_gradient: the model is not compiled with input_gradients");
    for (const nhwc_layer *layer = model->first; layer != NULL; layer = layer->next)
        if (layer->reached && layer->kind == &nhwc__kind_input && layer->step == index) {
            *dx = nhwc__dy(layer);
            return NHWC_OK;
        }
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_input_gradient: there is no input %d; the model has %d", index,
                      model->input_count);
}

static nhwc_status check_kept(const char *operation, const nhwc_layer *layer)
{
    NHWC__TRY(nhwc__check_given(operation, "layer", layer));
    NHWC__TRY(nhwc__check_compiled(operation, layer->model));
    if (!layer->model->options.keep || !layer->reached)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is not %s", operation, layer->name,
                          layer->reached ? "kept: compile the model with keep" : "a layer of the compiled model");
    return NHWC_OK;
}

nhwc_status nhwc_layer_value(const nhwc_layer *layer, nhwc_tensor *y)
{
    NHWC__TRY(check_kept("layer_value", layer));
    NHWC__TRY(nhwc__check_given("layer_value", "y", y));
    *y = nhwc__y(layer);
    return NHWC_OK;
}

nhwc_status nhwc_layer_gradient(const nhwc_layer *layer, nhwc_tensor *dy)
{
    NHWC__TRY(check_kept("layer_gradient", layer));
    NHWC__TRY(nhwc__check_given("layer_gradient", "dy", dy));
    if (!layer->wants)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "layer_gradient: %s has none: nothing in front of it is trained",
                          layer->name);
    *dy = nhwc__dy(layer);
    return NHWC_OK;
}
