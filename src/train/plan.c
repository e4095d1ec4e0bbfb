/* What memory a model needs, and where in it everything lies.
 *
 * Values and their gradients lie in one piece of memory, in which what is not alive in the same step may share a room:
 * the largest first, each at the first offset where it fits. */
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "train/model.h"

#define SCRATCH_PER_THREAD (512 * 1024) /* the most an operation allocates */
#define MOST_THREADS       1024         /* ... and for so many */

/* ---- Which steps there are, and what is alive in them -------------------------------------------------- */

static int backward_step(const nhwc_layer *layer)
{
    return 2 * layer->model->steps - 1 - layer->step;
}

static bool has_trainable(const nhwc_layer *layer)
{
    bool has = false;
    for (int i = 0; i < layer->weight_count; i++)
        has = has || !nhwc__is_frozen(layer, i);
    return has;
}

static bool wants_gradient(const nhwc_layer *layer)
{
    const nhwc_model *model = layer->model;
    if (layer->kind == &nhwc__kind_input)
        return model->options.training && model->options.input_gradients;
    bool wants = model->options.training && has_trainable(layer);
    for (int i = 0; i < layer->input_count; i++)
        wants = wants || layer->inputs[i].from->wants;
    return wants;
}

static void number_steps(nhwc_model *model)
{
    model->steps = model->input_count = 0;
    for (nhwc_layer *layer = model->first; layer != NULL; layer = layer->next) {
        layer->value = layer->gradient = layer->notes = (nhwc__room){0};
        layer->wants = layer->reached && wants_gradient(layer);
        if (layer->reached)
            layer->step = layer->kind == &nhwc__kind_input ? model->input_count++ : model->steps++;
    }
}

static void extend(nhwc__room *room, int step)
{
    room->first = room->first < step ? room->first : step;
    room->last = room->last > step ? room->last : step;
}

nhwc_status nhwc__output_bytes(const nhwc_layer *layer, int64_t *bytes)
{
    const nhwc_model *model = layer->model;
    if (!nhwc__multiply(nhwc__layer_elements(layer), model->options.max_batch, bytes) ||
        !nhwc__multiply(*bytes, (int64_t)nhwc_dtype_size(model->dtype), bytes))
        return nhwc__fail(NHWC_ERROR_TOO_LARGE,
                          "%s: the output for a batch of %" PRId64 " has more bytes than 64 bits can address",
                          layer->name, model->options.max_batch);
    *bytes = nhwc__ceil(*bytes, NHWC__LINE) * NHWC__LINE;
    return NHWC_OK;
}

/* Each element has a byte at most: as many as can be, where its value can be. */
static int64_t notes_bytes(const nhwc_layer *layer)
{
    const int64_t bytes = layer->notes_each * layer->model->options.max_batch + layer->notes_of_all;
    return nhwc__ceil(bytes, NHWC__LINE) * NHWC__LINE;
}

/* Rooms that a layer's own steps need; those of inputs are with the caller, and alive longer. */
static nhwc_status begin_rooms(nhwc_layer *layer)
{
    int64_t bytes = 0;
    NHWC__TRY(nhwc__output_bytes(layer, &bytes));
    const int after = 2 * layer->model->steps, back = backward_step(layer);
    if (layer->kind == &nhwc__kind_input) {
        layer->gradient = (nhwc__room){layer->wants ? bytes : 0, 0, after, after};
        return NHWC_OK;
    }
    layer->value = (nhwc__room){bytes, 0, layer->step, layer->step};
    layer->gradient = (nhwc__room){layer->wants ? bytes : 0, 0, back, back};
    if (layer->wants && layer->reads_y)
        extend(&layer->value, back);
    if (layer->model->options.training)
        layer->notes = (nhwc__room){notes_bytes(layer), 0, layer->step, layer->wants ? back : layer->step};
    return NHWC_OK;
}

/* ... and those that its inputs need for its sake. The last consumer of a value is the first to write its gradient. */
static void extend_inputs(nhwc_layer *layer)
{
    const int back = backward_step(layer);
    const bool reads_x = layer->wants && layer->reads_x && !layer->owner->frozen;
    for (int i = 0; i < layer->input_count; i++) {
        nhwc__edge *const edge = &layer->inputs[i];
        nhwc_layer *const from = edge->from;
        extend(&from->value, layer->step);
        if (reads_x)
            extend(&from->value, back);
        if (from->wants)
            extend(&from->gradient, back);
    }
}

/* Of the edges from one layer, the first that backward comes to writes its gradient. */
static void find_additions(nhwc_model *model)
{
    for (nhwc_layer *layer = model->last; layer != NULL; layer = layer->previous)
        for (int i = 0; layer->reached && i < layer->input_count; i++) {
            nhwc__edge *const edge = &layer->inputs[i];
            const int back = backward_step(layer);
            edge->adds = edge->from->written;
            edge->from->written = true;
            edge->temporary = (nhwc__room){edge->adds ? edge->from->gradient.bytes : 0, 0, back, back};
        }
}

static nhwc_status find_lives(nhwc_model *model, nhwc_layer *output)
{
    number_steps(model);
    for (nhwc_layer *layer = model->first; layer != NULL; layer = layer->next) {
        layer->written = false;
        if (layer->reached)
            NHWC__TRY(begin_rooms(layer));
    }
    for (nhwc_layer *layer = model->first; layer != NULL; layer = layer->next)
        if (layer->reached)
            extend_inputs(layer);
    find_additions(model);
    extend(&output->value, 2 * model->steps);
    if (model->scored->wants) /* by the gradient of the loss */
        extend(&model->scored->value, backward_step(model->scored));
    return NHWC_OK;
}

/* ---- Where it lies -------------------------------------------------------------------------------- */

/* The largest first; of two of one size, the one that is needed first. */
static int compare(const void *left, const void *right)
{
    const nhwc__room *a = *(nhwc__room *const *)left, *b = *(nhwc__room *const *)right;
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return a->first != b->first ? a->first - b->first : a->last - b->last;
}

static bool is_in_the_way(const nhwc__room *placed, const nhwc__room *room, int64_t offset)
{
    return placed->first <= room->last && room->first <= placed->last &&
           placed->offset < offset + room->bytes && offset < placed->offset + placed->bytes;
}

static int64_t first_fit(nhwc__room *const *placed, int count, const nhwc__room *room)
{
    int64_t offset = 0;
    for (int i = 0; i < count; i++)
        if (is_in_the_way(placed[i], room, offset)) {
            offset = placed[i]->offset + placed[i]->bytes;
            i = -1; /* all of them again */
        }
    return offset;
}

/* All rooms with something in them; those of `rooms` NULL are counted only. */
static int list_rooms(nhwc_model *model, nhwc__room **rooms)
{
    int count = 0;
    for (nhwc_layer *layer = model->first; layer != NULL; layer = layer->next) {
        if (!layer->reached)
            continue;
        nhwc__room *const own[] = {&layer->value, &layer->gradient, &layer->notes};
        for (int i = 0; i < 3 + layer->input_count; i++) {
            nhwc__room *const room = i < 3 ? own[i] : &layer->inputs[i - 3].temporary;
            if (room->bytes > 0 && rooms != NULL)
                rooms[count] = room;
            count += room->bytes > 0;
        }
    }
    return count;
}

static nhwc_status lay_out(nhwc_model *model, int64_t *bytes)
{
    void *memory;
    const int count = list_rooms(model, NULL);
    NHWC__TRY(nhwc__allocate(&model->context, (int64_t)sizeof(nhwc__room *) * count, &memory));
    nhwc__room **const rooms = memory;
    list_rooms(model, rooms);
    qsort(rooms, (size_t)count, sizeof *rooms, compare);
    nhwc_status status = NHWC_OK;
    *bytes = 0;
    for (int i = 0; i < count && status == NHWC_OK; i++) {
        nhwc__room *const room = rooms[i];
        if (model->options.keep) {
            extend(room, 0);
            extend(room, 2 * model->steps);
        }
        room->offset = first_fit(rooms, i, room);
        *bytes = nhwc__most(*bytes, room->offset + room->bytes);
        if (!nhwc__is_size(*bytes))
            status = nhwc__fail(NHWC_ERROR_TOO_LARGE, "all values have more bytes than 64 bits can address");
    }
    nhwc__deallocate(&model->context, rooms);
    return status;
}

/* Parameters one behind the other: those that are frozen behind the others. */
static nhwc_status place_weights(nhwc_model *model)
{
    model->elements = 0;
    for (int frozen = 0; frozen < 2; frozen++) {
        for (nhwc_layer *layer = model->first; layer != NULL; layer = layer->next)
            for (int i = 0; i < nhwc__own_weights(layer); i++) {
                if (nhwc__is_frozen(layer, i) != frozen)
                    continue;
                layer->weights[i].offset = model->elements;
                model->elements += layer->weights[i].count;
                if (model->elements > NHWC__SIZE_MAX / 8)
                    return nhwc__fail(NHWC_ERROR_TOO_LARGE, "%s: so many parameters are more than 64 bits can address",
                                      layer->name);
            }
        if (!frozen)
            model->trainable = model->elements;
    }
    return NHWC_OK;
}

/* ---- All of it --------------------------------------------------------------------------------------- */

static nhwc_status check_options(const nhwc_model *model, const nhwc_layer *output, const nhwc_model_options *options)
{
    if (output == NULL || output->model != model)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, output ? "output, %s, is a layer of another model" : "output is NULL",
                          output ? output->name : "");
    if (output->kind == &nhwc__kind_input)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "output, %s, is an input; there is nothing to compute", output->name);
    if (options->max_batch < 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->max_batch is %" PRId64 ", which is negative",
                          options->max_batch);
    if (options->input_gradients && !options->training && options->optimizer == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->input_gradients are for training");
    return NHWC_OK;
}

/* Copies of inputs and targets. */
static nhwc_status count_batches(nhwc_model *model, int64_t targets)
{
    int64_t *const sum = &model->memory.batches, bytes;
    if (!model->optimizes)
        return NHWC_OK;
    *sum = targets;
    for (nhwc_layer *layer = model->first; layer != NULL; layer = layer->next) {
        if (!layer->reached || layer->kind != &nhwc__kind_input)
            continue;
        NHWC__TRY(nhwc__output_bytes(layer, &bytes));
        *sum += bytes;
        if (!nhwc__is_size(*sum))
            return nhwc__fail(NHWC_ERROR_TOO_LARGE, "all inputs have more bytes than 64 bits can address");
    }
    return NHWC_OK;
}

static int64_t scratch_of_layers(const nhwc_model *model)
{
    const int threads = nhwc__context_threads(&model->context);
    int64_t most = (int64_t)SCRATCH_PER_THREAD * nhwc__least(threads, MOST_THREADS);
    for (const nhwc_layer *layer = model->first; layer != NULL; layer = layer->next)
        if (layer->reached)
            most = nhwc__most(most, nhwc__ceil(layer->scratch, NHWC__LINE) * NHWC__LINE);
    return most;
}

static nhwc_status count_memory(nhwc_model *model, const nhwc_layer *output)
{
    nhwc_model_memory *const m = &model->memory;
    const int64_t size = (int64_t)nhwc_dtype_size(model->dtype);
    int64_t loss, targets;
    NHWC__TRY(nhwc__loss_bytes(model, output, &loss, &targets));
    *m = (nhwc_model_memory){.scratch = nhwc__most(scratch_of_layers(model), loss)};
    NHWC__TRY(count_batches(model, targets));
    NHWC__TRY(place_weights(model));
    NHWC__TRY(lay_out(model, &m->values));
    m->parameters = nhwc__ceil(model->elements * size, NHWC__LINE) * NHWC__LINE;
    m->gradients = model->options.training ? nhwc__ceil(model->trainable * size, NHWC__LINE) * NHWC__LINE : 0;
    m->optimizer = m->gradients * nhwc__slot_count(model);
    m->total = m->parameters + m->gradients + m->optimizer + m->values + m->batches + m->scratch;
    return NHWC_OK;
}

static nhwc_status plan(nhwc_model *model, const nhwc_layer *given, const nhwc_model_options *options,
                        nhwc_layer **output)
{
    const nhwc_model_options none = {0};
    if (model->status != NHWC_OK)
        return nhwc__fail(model->status, "%s", model->message);
    if (model->output != NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "the model is compiled already");
    NHWC__TRY(check_options(model, given, options ? options : &none));
    model->options = options ? *options : none;
    model->options.max_batch = nhwc__most(model->options.max_batch, 1);
    NHWC__TRY(nhwc__optimizer_plan(model, model->options.optimizer));
    *output = nhwc__mark(given);
    NHWC__TRY(nhwc__loss_plan(model, *output));
    NHWC__TRY(find_lives(model, *output));
    return count_memory(model, *output);
}

nhwc_status nhwc_model_plan(nhwc_model *model, const nhwc_layer *output, const nhwc_model_options *options,
                            nhwc_model_memory *memory)
{
    if (model == NULL || memory == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_plan: %s is NULL", model ? "memory" : "model");
    nhwc_layer *last = NULL;
    NHWC__TRY(plan(model, output, options, &last));
    *memory = model->memory;
    return NHWC_OK;
}

/* The allocator of operations: they give back what they took last. */
static void *take_scratch(void *state, size_t alignment, size_t bytes)
{
    nhwc_model *const model = state;
    (void)alignment; /* at most that of a line, of which all sizes are multiples */
    if ((uint64_t)bytes > (uint64_t)(model->memory.scratch - model->scratch_used))
        return NULL;
    char *const memory = model->scratch + model->scratch_used;
    model->scratch_used += (int64_t)bytes;
    return memory;
}

static void give_back_scratch(void *state, void *memory)
{
    nhwc_model *const model = state;
    model->scratch_used = (char *)memory - model->scratch;
}

nhwc_status nhwc_model_compile(nhwc_model *model, const nhwc_layer *output, const nhwc_model_options *options)
{
    if (model == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_compile: model is NULL");
    nhwc_layer *last = NULL;
    NHWC__TRY(plan(model, output, options, &last));
    const nhwc_model_memory *m = &model->memory;
    void *memory;
    NHWC__TRY(nhwc__allocate(&model->context, m->total, &memory));
    memset(memory, 0, (size_t)(m->parameters + m->gradients + m->optimizer));
    model->parameters = memory;
    model->gradients = m->gradients > 0 ? model->parameters + m->parameters : NULL;
    model->slots = model->parameters + m->parameters + m->gradients;
    model->values = model->slots + m->optimizer;
    model->batches = model->values + m->values;
    model->scratch = model->batches + m->batches;
    model->inside = model->context;
    model->inside.allocate = take_scratch;
    model->inside.deallocate = give_back_scratch;
    model->inside.allocator = model;
    model->output = last;
    return nhwc__initialize(model, model->options.seed);
}
