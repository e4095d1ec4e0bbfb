/* Steps, epochs, and what a model makes of any number of samples. */
#include <nhwc/array.h>
#include <nhwc/random.h>
#include <string.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/shapes.h"
#include "train/model.h"

#define ORDERS ((uint64_t)2 << 32) /* streams of random numbers: of the epochs' orders, the first */

/* ---- Samples -------------------------------------------------------------------------------------------- */

typedef struct samples {
    const nhwc_tensor *inputs, *targets;
    int64_t count;
    const int64_t *order; /* NULL: as they are */
} samples;

static nhwc_status check_samples(const char *operation, const nhwc_model *model, int count, const nhwc_tensor *inputs,
                                 const nhwc_tensor *targets)
{
    NHWC__TRY(nhwc__check_compiled(operation, model));
    if (model->loss == NHWC_LOSS_NONE)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: the model is compiled without a loss", operation);
    NHWC__TRY(nhwc__check_inputs(operation, model, count, inputs));
    if (inputs[0].dims[0] == 0)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: there are no samples", operation);
    return nhwc__check_targets(operation, model, targets, inputs[0].dims[0]);
}

static samples samples_of(const nhwc_tensor *inputs, const nhwc_tensor *targets)
{
    return (samples){.inputs = inputs, .targets = targets, .count = inputs[0].dims[0]};
}

/* Samples `first` ... of x: where they lie or, out of order, copies in *room, which becomes what is left. */
static void *pick(const nhwc_model *model, const nhwc_tensor *x, const int64_t *order, int64_t first, int64_t count,
                  char **room)
{
    const size_t bytes = (size_t)(nhwc__element_count(x) / x->dims[0]) * nhwc_dtype_size(x->dtype);
    char *const all = x->data, *const copies = *room;
    if (order == NULL)
        return all + (size_t)first * bytes;
    for (int64_t i = 0; i < count; i++)
        memcpy(copies + (size_t)i * bytes, all + (size_t)order[first + i] * bytes, bytes);
    *room += nhwc__ceil((int64_t)bytes * model->options.max_batch, NHWC__LINE) * NHWC__LINE;
    return copies;
}

/* The inputs of a batch become those of the model; its targets. */
static nhwc_tensor give(const nhwc_model *model, const samples *s, int64_t first, int64_t count)
{
    char *room = model->batches;
    for (nhwc_layer *layer = model->first; layer != NULL; layer = layer->next)
        if (layer->reached && layer->kind == &nhwc__kind_input)
            layer->given = pick(model, &s->inputs[layer->step], s->order, first, count, &room);
    nhwc_tensor targets = *s->targets;
    targets.data = pick(model, s->targets, s->order, first, count, &room);
    targets.dims[0] = count;
    return targets;
}

/* Means over samples. */
typedef struct total {
    double loss, metric;
    int64_t count;
} total;

static void add(total *t, const nhwc_result *result, int64_t count)
{
    t->loss += result->loss * (double)count;
    t->metric += result->metric * (double)count;
    t->count += count;
}

static nhwc_result mean(const total *t)
{
    return (nhwc_result){t->loss / (double)t->count, t->metric / (double)t->count};
}

/* ---- Batches ---------------------------------------------------------------------------------------------- */

/* The activation behind what the loss is of, for the metric's sake. */
static const nhwc_layer *last_of(const nhwc_model *model)
{
    return model->options.metric == NHWC_METRIC_NONE ? model->scored : model->output;
}

static nhwc_status test(nhwc_model *model, const samples *s, int64_t first, int64_t count, nhwc_result *result)
{
    const nhwc_tensor targets = give(model, s, first, count);
    NHWC__TRY(nhwc__run_forward(model, false, count, last_of(model)));
    return nhwc__loss_result(model, &targets, result);
}

/* Samples that are a part of a batch, as far as `part` says: of the loss, too. */
static nhwc_status differentiate_part(nhwc_model *model, const samples *s, int64_t first, int64_t count, double part,
                                      bool accumulate, nhwc_result *result)
{
    nhwc_result own;
    const nhwc_tensor targets = give(model, s, first, count);
    NHWC__TRY(nhwc__run_forward(model, true, count, last_of(model)));
    NHWC__TRY(nhwc__loss_result(model, &targets, &own));
    result->loss += own.loss * part;
    result->metric += own.metric * part;
    if (model->scored->wants)
        NHWC__TRY(nhwc__loss_gradient(model, &targets, part));
    return nhwc__run_backward(model, model->scored, accumulate);
}

/* Part by part, of as many samples as the model has memory for. */
static nhwc_status differentiate(nhwc_model *model, const samples *s, int64_t first, int64_t count, bool accumulate,
                                 nhwc_result *result)
{
    *result = (nhwc_result){0, 0};
    for (int64_t done = 0, next; done < count; done = next) {
        next = nhwc__least(done + model->options.max_batch, count);
        NHWC__TRY(differentiate_part(model, s, first + done, next - done, (double)(next - done) / (double)count,
                                     accumulate || done > 0, result));
    }
    return NHWC_OK;
}

static nhwc_status train(nhwc_model *model, const samples *s, int64_t first, int64_t count, nhwc_result *result)
{
    NHWC__TRY(differentiate(model, s, first, count, false, result));
    return nhwc__optimizer_step(model);
}

nhwc_status nhwc_model_train_on_batch(nhwc_model *model, int count, const nhwc_tensor *inputs,
                                      const nhwc_tensor *targets, nhwc_result *result)
{
    nhwc_result found;
    NHWC__TRY(nhwc__check_optimizes("model_train_on_batch", model));
    NHWC__TRY(check_samples("model_train_on_batch", model, count, inputs, targets));
    const samples s = samples_of(inputs, targets);
    return train(model, &s, 0, s.count, result ? result : &found);
}

nhwc_status nhwc_model_compute_gradients(nhwc_model *model, int count, const nhwc_tensor *inputs,
                                         const nhwc_tensor *targets, bool accumulate, nhwc_result *result)
{
    nhwc_result found;
    NHWC__TRY(nhwc__check_training("model_compute_gradients", model));
    NHWC__TRY(check_samples("model_compute_gradients", model, count, inputs, targets));
    const samples s = samples_of(inputs, targets);
    return differentiate(model, &s, 0, s.count, accumulate, result ? result : &found);
}

nhwc_status nhwc_model_test_on_batch(nhwc_model *model, int count, const nhwc_tensor *inputs,
                                     const nhwc_tensor *targets, nhwc_result *result)
{
    NHWC__TRY(check_samples("model_test_on_batch", model, count, inputs, targets));
    NHWC__TRY(nhwc__check_most("model_test_on_batch", model, inputs[0].dims[0]));
    NHWC__TRY(nhwc__check_given("model_test_on_batch", "result", result));
    const samples s = samples_of(inputs, targets);
    return test(model, &s, 0, s.count, result);
}

/* ---- Any number of samples ---------------------------------------------------------------------------------- */

static nhwc_status evaluate(nhwc_model *model, const samples *s, int64_t batch_size, nhwc_result *result)
{
    total sum = {.count = 0};
    for (int64_t first = 0; first < s->count; first += batch_size) {
        nhwc_result batch;
        const int64_t count = nhwc__least(s->count - first, batch_size);
        NHWC__TRY(test(model, s, first, count, &batch));
        add(&sum, &batch, count);
    }
    *result = mean(&sum);
    return NHWC_OK;
}

nhwc_status nhwc_model_evaluate(nhwc_model *model, int count, const nhwc_tensor *inputs, const nhwc_tensor *targets,
                                nhwc_result *result)
{
    NHWC__TRY(check_samples("model_evaluate", model, count, inputs, targets));
    NHWC__TRY(nhwc__check_given("model_evaluate", "result", result));
    const samples s = samples_of(inputs, targets);
    return evaluate(model, &s, model->options.max_batch, result);
}

static nhwc_status check_predictions(const nhwc_model *model, int count, const nhwc_tensor *inputs,
                                     const nhwc_tensor *y)
{
    const char *operation = "model_predict";
    NHWC__TRY(nhwc__check_compiled(operation, model));
    NHWC__TRY(nhwc__check_inputs(operation, model, count, inputs));
    NHWC__TRY(nhwc__check_values(operation, "y", model->output, y));
    NHWC__TRY(nhwc__check_batch(operation, "y", y, inputs[0].dims[0]));
    NHWC__TRY(nhwc__tensor_check_dense(operation, "y", y));
    for (int i = 0; i < count; i++)
        NHWC__TRY(nhwc__check_apart(operation, "an input", &inputs[i], "y", y));
    return NHWC_OK;
}

nhwc_status nhwc_model_predict(nhwc_model *model, int count, const nhwc_tensor *inputs, nhwc_tensor *y)
{
    NHWC__TRY(check_predictions(model, count, inputs, y));
    const samples s = samples_of(inputs, y);
    const int64_t most = model->options.max_batch;
    for (int64_t first = 0; first < s.count; first += most) {
        nhwc_tensor part = give(model, &s, first, nhwc__least(s.count - first, most));
        NHWC__TRY(nhwc__run_forward(model, false, part.dims[0], model->output));
        const nhwc_tensor outputs = nhwc__y(model->output);
        NHWC__TRY(nhwc_copy(&model->inside, &outputs, &part));
    }
    return NHWC_OK;
}

/* ---- Epochs --------------------------------------------------------------------------------------------------- */

/* A call of nhwc_model_fit. */
typedef struct course {
    nhwc_model *model;
    nhwc_fit_options options; /* with defaults in place */
    samples training, validation;
    nhwc_progress progress;
    int64_t *order; /* memory for it; NULL: not shuffled */
    bool stopped;
} course;

static void report(course *c)
{
    if (c->options.callback != NULL && !c->options.callback(c->options.argument, &c->progress))
        c->stopped = true;
}

static nhwc_status shuffle(course *c)
{
    if (c->order == NULL)
        return NHWC_OK;
    nhwc_random random = {.seed = c->options.seed, .stream = ORDERS + (uint64_t)c->progress.epoch};
    nhwc_tensor order = NHWC_TENSOR(NHWC_INT64, c->order, c->training.count);
    c->training.order = c->order;
    return nhwc_random_permutation(&c->model->inside, &random, &order);
}

static nhwc_status run_step(course *c, total *sum)
{
    nhwc_progress *const p = &c->progress;
    nhwc_result batch;
    const int64_t count = nhwc__least(p->samples - p->sample, c->options.batch_size);
    p->learning_rate = nhwc__learning_rate(&c->model->optimizer, c->model->iterations);
    NHWC__TRY(train(c->model, &c->training, p->sample, count, &batch));
    add(sum, &batch, count);
    p->step++;
    p->sample += count;
    p->result = mean(sum);
    report(c);
    return NHWC_OK;
}

static nhwc_status run_epoch(course *c)
{
    nhwc_progress *const p = &c->progress;
    total sum = {.count = 0};
    p->step = p->sample = 0;
    p->validation = (nhwc_result){0, 0};
    p->epoch_ended = false;
    NHWC__TRY(shuffle(c));
    while (p->step < p->steps && !c->stopped)
        NHWC__TRY(run_step(c, &sum));
    if (c->stopped)
        return NHWC_OK;
    if (c->validation.count > 0)
        NHWC__TRY(evaluate(c->model, &c->validation, c->options.validation_batch_size, &p->validation));
    p->epoch_ended = true;
    report(c);
    return NHWC_OK;
}

static nhwc_status run_epochs(course *c)
{
    nhwc_progress *const p = &c->progress;
    for (p->epoch = c->options.initial_epoch; p->epoch < p->epochs && !c->stopped; p->epoch++)
        NHWC__TRY(run_epoch(c));
    return NHWC_OK;
}

static nhwc_status check_size(const char *name, int64_t *size, int64_t standard, int64_t most)
{
    if (*size < 0 || *size > most)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "model_fit: options->%s is %" PRId64 "; 0 to %" PRId64 " are possible", name, *size, most);
    *size = *size == 0 ? standard : *size;
    return NHWC_OK;
}

static nhwc_status check_fit(nhwc_model *model, int count, const nhwc_tensor *inputs, const nhwc_tensor *targets,
                             nhwc_fit_options *o)
{
    NHWC__TRY(nhwc__check_optimizes("model_fit", model));
    NHWC__TRY(check_samples("model_fit", model, count, inputs, targets));
    const int64_t most = model->options.max_batch;
    NHWC__TRY(check_size("batch_size", &o->batch_size, most, INT64_MAX));
    NHWC__TRY(check_size("validation_batch_size", &o->validation_batch_size, nhwc__least(o->batch_size, most), most));
    if (o->epochs < 0 || o->initial_epoch < 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_fit: options->%s is negative",
                          o->epochs < 0 ? "epochs" : "initial_epoch");
    o->epochs = o->epochs == 0 ? 1 : o->epochs;
    if (o->validation_inputs == NULL && o->validation_targets == NULL)
        return NHWC_OK;
    return check_samples("model_fit: validation", model, count, o->validation_inputs, o->validation_targets);
}

static nhwc_progress beginning(const course *c)
{
    return (nhwc_progress){.model = c->model,
                           .epochs = c->options.epochs,
                           .steps = nhwc__ceil(c->training.count, c->options.batch_size),
                           .samples = c->training.count};
}

nhwc_status nhwc_model_fit(nhwc_model *model, int count, const nhwc_tensor *inputs, const nhwc_tensor *targets,
                           const nhwc_fit_options *options, nhwc_result *result)
{
    course c = {.model = model};
    if (options != NULL)
        c.options = *options;
    NHWC__TRY(check_fit(model, count, inputs, targets, &c.options));
    c.training = samples_of(inputs, targets);
    if (c.options.validation_inputs != NULL)
        c.validation = samples_of(c.options.validation_inputs, c.options.validation_targets);
    c.progress = beginning(&c);
    void *order = NULL;
    if (!c.options.no_shuffle)
        NHWC__TRY(nhwc__allocate(&model->context, c.training.count * (int64_t)sizeof(int64_t), &order));
    c.order = order;
    const nhwc_status status = run_epochs(&c);
    if (order != NULL)
        nhwc__deallocate(&model->context, order);
    if (status == NHWC_OK && result != NULL)
        *result = c.progress.result;
    return status;
}
