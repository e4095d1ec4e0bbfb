/* Models and their layers: memory, names, failures. */
#include "train/model.h"

#include <nhwc/array.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "engine/cpu.h"
#include "ops/shapes.h"

nhwc_status nhwc_model_create(const nhwc_context *context, nhwc_dtype dtype, nhwc_model **model)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    if (model == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_create: model is NULL");
    if (dtype != NHWC_FLOAT32 && dtype != NHWC_FLOAT64)
        return nhwc__fail(NHWC_ERROR_DTYPE, "model_create: dtype is %d (%s); float32 and float64 are possible",
                          (int)dtype, nhwc_dtype_string(dtype));
    void *memory;
    NHWC__TRY(nhwc__allocate(context, sizeof **model, &memory));
    nhwc_model *const made = memory;
    memset(made, 0, sizeof *made);
    if (context != NULL)
        made->context = *context;
    made->dtype = dtype;
    *model = made;
    return NHWC_OK;
}

void nhwc_model_destroy(nhwc_model *model)
{
    if (model == NULL)
        return;
    const nhwc_context context = model->context;
    for (nhwc_layer *layer = model->first, *next; layer != NULL; layer = next) {
        next = layer->next;
        nhwc__deallocate(&context, layer);
    }
    if (model->parameters != NULL)
        nhwc__deallocate(&context, model->parameters);
    nhwc__deallocate(&context, model);
}

nhwc_status nhwc__model_fail(nhwc_model *model, const char *layer, nhwc_status status)
{
    if (model->status == NHWC_OK) {
        snprintf(model->message, sizeof model->message, "%s: %s", layer, nhwc_last_error());
        model->status = status;
    }
    return nhwc__fail(model->status, "%s", model->message);
}

/* ---- Names ---------------------------------------------------------------------------------------- */

/* A layer's activation is behind it, and found first. */
nhwc_layer *nhwc_model_layer(const nhwc_model *model, const char *name)
{
    nhwc_layer *layer = model == NULL || name == NULL ? NULL : model->last;
    while (layer != NULL && strcmp(layer->name, name) != 0)
        layer = layer->previous;
    return layer;
}

static bool is_taken(const nhwc_model *model, const char *name)
{
    return nhwc_model_layer(model, name) != NULL;
}

static nhwc_status give_name(nhwc_layer *layer, const char *name)
{
    const nhwc_model *model = layer->model;
    if (name != NULL) {
        snprintf(layer->name, sizeof layer->name, "%s", name);
        if (name[0] == 0 || strlen(name) >= sizeof layer->name)
            return nhwc__fail(NHWC_ERROR_ARGUMENT, "the name has %zu bytes; 1 to %zu are possible", strlen(name),
                              sizeof layer->name - 1);
        if (is_taken(model, name))
            return nhwc__fail(NHWC_ERROR_ARGUMENT, "another layer has this name");
        return NHWC_OK;
    }
    snprintf(layer->name, sizeof layer->name, "%s", layer->kind->prefix);
    for (int i = 1; is_taken(model, layer->name); i++)
        snprintf(layer->name, sizeof layer->name, "%s_%d", layer->kind->prefix, i);
    return NHWC_OK;
}

/* ---- Layers ---------------------------------------------------------------------------------------- */

nhwc_layer *nhwc__layer_refuse(nhwc_layer *layer, nhwc_status status)
{
    nhwc__model_fail(layer->model, layer->name, status);
    nhwc__deallocate(&layer->model->context, layer);
    return NULL;
}

static nhwc_status check_inputs(const nhwc_layer *layer)
{
    for (int i = 0; i < layer->input_count; i++) {
        const nhwc_layer *x = layer->inputs[i].from;
        if (x == NULL)
            return nhwc__fail(NHWC_ERROR_ARGUMENT, "x[%d] is NULL", i);
        if (x->model != layer->model)
            return nhwc__fail(NHWC_ERROR_ARGUMENT, "x[%d], %s, is a layer of another model", i, x->name);
    }
    if (layer->model->output != NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "the model is compiled; layers are added before");
    return NHWC_OK;
}

nhwc_layer *nhwc__layer_new(nhwc_model *model, const nhwc__kind *kind, int count, nhwc_layer *const *x,
                            const char *name)
{
    if (model == NULL || model->status != NHWC_OK)
        return NULL;
    void *memory;
    const size_t bytes = sizeof(nhwc_layer) + (size_t)count * sizeof(nhwc__edge);
    const nhwc_status status = nhwc__allocate(&model->context, (int64_t)bytes, &memory);
    if (status != NHWC_OK) {
        nhwc__model_fail(model, name ? name : kind->prefix, status);
        return NULL;
    }
    nhwc_layer *const layer = memory;
    memset(layer, 0, bytes);
    layer->model = model;
    layer->kind = kind;
    layer->owner = layer;
    layer->input_count = count;
    for (int i = 0; i < count; i++)
        layer->inputs[i].from = x[i];
    nhwc_status fit = give_name(layer, name);
    if (fit == NHWC_OK)
        fit = check_inputs(layer);
    return fit == NHWC_OK ? layer : nhwc__layer_refuse(layer, fit);
}

nhwc_layer *nhwc__layer_begin(const nhwc__kind *kind, int count, nhwc_layer *const *x, const char *name)
{
    nhwc_model *model = NULL;
    for (int i = 0; x != NULL && i < count && model == NULL; i++)
        if (x[i] != NULL)
            model = x[i]->model;
    return nhwc__layer_new(model, kind, count, x, name);
}

int64_t nhwc__layer_elements(const nhwc_layer *layer)
{
    int64_t elements = 1;
    for (int axis = 0; axis < layer->rank; axis++)
        elements *= layer->dims[axis];
    return elements;
}

void nhwc__take_shape(nhwc_layer *layer, const nhwc_layer *from)
{
    layer->rank = from->rank;
    memcpy(layer->dims, from->dims, sizeof layer->dims);
}

nhwc_status nhwc__check_image_layer(const nhwc_layer *layer)
{
    const nhwc_layer *x = layer->inputs[0].from;
    if (x->rank != 4)
        return nhwc__fail(NHWC_ERROR_RANK, "x, %s, is %s; it has to be an image [height, width, channels]", x->name,
                          nhwc__shape_text(x->rank - 1, x->dims + 1).text);
    return NHWC_OK;
}

void nhwc__set_image(nhwc_layer *layer, int64_t height, int64_t width, int64_t channels)
{
    layer->rank = 4;
    memcpy(layer->dims, (int64_t[]){1, height, width, channels}, 4 * sizeof *layer->dims);
}

static nhwc_status check_output(const nhwc_layer *layer)
{
    int64_t elements = 8; /* bytes of one */
    for (int axis = 1; axis < layer->rank; axis++) {
        if (layer->dims[axis] < 1)
            return nhwc__fail(NHWC_ERROR_SHAPE, "the shape of the output would be %s; without an element, it is none",
                              nhwc__shape_text(layer->rank - 1, layer->dims + 1).text);
        if (!nhwc__multiply(elements, layer->dims[axis], &elements))
            return nhwc__fail(NHWC_ERROR_TOO_LARGE, "the output has more elements than 64 bits can address");
    }
    return NHWC_OK;
}

static nhwc_status count_weights(nhwc_layer *layer)
{
    for (int i = 0; i < layer->weight_count; i++) {
        nhwc__weights *const w = &layer->weights[i];
        w->count = 1;
        for (int axis = 0; axis < w->rank; axis++)
            if (!nhwc__multiply(w->count, w->dims[axis], &w->count) || w->count > NHWC__SIZE_MAX / 8)
                return nhwc__fail(NHWC_ERROR_TOO_LARGE, "%s has more elements than 64 bits can address", w->name);
    }
    return NHWC_OK;
}

/* A kernel with a bias or without, for example. */
static bool has_same_weights(const nhwc_layer *layer, const nhwc_layer *owner)
{
    bool same = owner->model == layer->model && owner->kind == layer->kind;
    same = same && owner->weight_count == layer->weight_count;
    for (int i = 0; same && i < layer->weight_count; i++)
        same = strcmp(owner->weights[i].name, layer->weights[i].name) == 0;
    return same;
}

/* The layer that has the parameters this one shares. */
static nhwc_status find_owner(nhwc_layer *layer)
{
    const nhwc_layer *shared = layer->shared_with;
    if (shared == NULL)
        return NHWC_OK;
    nhwc_layer *owner = shared->hidden ? shared->inputs[0].from->owner : shared->owner;
    if (!has_same_weights(layer, owner))
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "shared_with is %s, which is %s; it has to be a %s of the same model, with the same "
                          "parameters",
                          owner->name, owner->model == layer->model ? owner->kind->name : "a layer of another model",
                          layer->kind->name);
    for (int i = 0; i < layer->weight_count; i++) {
        const nhwc__weights *own = &layer->weights[i], *theirs = &owner->weights[i];
        if (memcmp(own->dims, theirs->dims, sizeof own->dims) != 0)
            return nhwc__fail(NHWC_ERROR_SHAPE, "%s has to be %s, but that of %s, which it is to share, is %s",
                              own->name, nhwc__shape_text(own->rank, own->dims).text, owner->name,
                              nhwc__shape_text(theirs->rank, theirs->dims).text);
    }
    layer->owner = owner;
    return NHWC_OK;
}

static nhwc_status settle(nhwc_layer *layer)
{
    NHWC__TRY(layer->kind->infer(layer));
    NHWC__TRY(check_output(layer));
    NHWC__TRY(count_weights(layer));
    return find_owner(layer);
}

nhwc_layer *nhwc__layer_end(nhwc_layer *layer)
{
    if (layer == NULL)
        return NULL;
    const nhwc_status status = settle(layer);
    if (status != NHWC_OK)
        return nhwc__layer_refuse(layer, status);
    layer->shared_with = NULL;
    nhwc_model *const model = layer->model;
    layer->previous = model->last;
    *(model->last ? &model->last->next : &model->first) = layer;
    model->last = layer;
    return layer;
}

bool nhwc__is_frozen(const nhwc_layer *layer, int index)
{
    return layer->owner->frozen || layer->weights[index].is_average;
}

/* The output is the last of what it depends on: from there backwards, each is before what it is an input of. */
nhwc_layer *nhwc__mark(const nhwc_layer *output)
{
    for (nhwc_layer *layer = output->model->first; layer != NULL; layer = layer->next)
        layer->reached = layer->held = false;
    nhwc_layer *end = output->model->last;
    while (end != output)
        end = end->previous;
    end->reached = true;
    for (nhwc_layer *layer = end; layer != NULL; layer = layer->previous) {
        if (!layer->reached)
            continue;
        layer->owner->held = true;
        for (int i = 0; i < layer->input_count; i++)
            layer->inputs[i].from->reached = true;
    }
    return end;
}

const char *nhwc_layer_name(const nhwc_layer *layer)
{
    return layer == NULL ? NULL : layer->name;
}

int nhwc_layer_shape(const nhwc_layer *layer, int64_t dims[NHWC_MAX_RANK])
{
    if (layer == NULL || dims == NULL)
        return 0;
    memcpy(dims, layer->dims, (size_t)layer->rank * sizeof *dims);
    dims[0] = -1;
    return layer->rank;
}
