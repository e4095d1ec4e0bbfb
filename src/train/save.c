/* Weights and checkpoints in files. */
#include <float.h>
#include <nhwc/array.h>
#include <nhwc/io.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "io/npz.h"
#include "ops/shapes.h"
#include "train/model.h"

#define NAME_BYTES 96 /* of a layer's name, "/" and a weight's */

/* What of a model is in a file: tensors that look at its memory. */
typedef struct contents {
    int count, scalars; /* of all; of those in front that are a checkpoint's progress */
    nhwc_tensor *tensors;
    const char **names;
    const char **found;        /* ... in a file that is read */
    char (*texts)[NAME_BYTES]; /* where the names stand */
} contents;

static nhwc_status allocate(const nhwc_model *model, int count, contents *c)
{
    void *memory;
    const int64_t each = sizeof *c->tensors + sizeof *c->names + sizeof *c->found + sizeof *c->texts;
    NHWC__TRY(nhwc__allocate(&model->context, nhwc__most(count, 1) * each, &memory));
    c->count = c->scalars = 0;
    c->tensors = memory;
    c->names = (const char **)(c->tensors + count);
    c->found = c->names + count;
    c->texts = (char (*)[NAME_BYTES])(c->found + count);
    return NHWC_OK;
}

static void add(contents *c, nhwc_tensor tensor, const char *of, const char *name)
{
    snprintf(c->texts[c->count], NAME_BYTES, "%s/%s", of, name);
    c->tensors[c->count] = tensor;
    c->names[c->count] = c->texts[c->count];
    c->count++;
}

static void add_weights(contents *c, const nhwc_model *model)
{
    for (int i = 0; i < nhwc_model_parameter_count(model); i++) {
        nhwc_parameter p;
        (void)nhwc_model_parameter(model, i, &p);
        add(c, p.value, p.layer, p.name);
    }
}

static nhwc_status check(const char *operation, const nhwc_model *model, const char *path)
{
    NHWC__TRY(nhwc__check_compiled(operation, model));
    return nhwc__check_given(operation, "path", path);
}

static nhwc_status save(const nhwc_model *model, const char *path, contents *c)
{
    const nhwc_status status = nhwc_npz_write(&model->context, path, c->count, c->names, c->tensors);
    nhwc__deallocate(&model->context, c->tensors);
    return status;
}

nhwc_status nhwc_model_save_weights(const nhwc_model *model, const char *path)
{
    contents c;
    NHWC__TRY(check("model_save_weights", model, path));
    NHWC__TRY(allocate(model, nhwc_model_parameter_count(model), &c));
    add_weights(&c, model);
    return save(model, path, &c);
}

/* ---- What checkpoints have besides --------------------------------------------------------------------- */

/* In the order in which it is in front of all tensors. The last two are an optimiser's. */
typedef struct progress {
    int64_t runs, seed, iterations;
    double learning_rate;
} progress;

static progress progress_of(const nhwc_model *model)
{
    return (progress){model->runs, (int64_t)model->seed, model->iterations, model->optimizer.learning_rate};
}

static void set_progress(nhwc_model *model, const progress *p)
{
    model->runs = p->runs;
    model->seed = (uint64_t)p->seed;
    model->iterations = p->iterations;
    model->optimizer.learning_rate = p->learning_rate;
}

/* Keras' names. */
static const char *optimizer_name(const nhwc_model *model)
{
    static const char *const names[] = {
        [NHWC_SGD] = "sgd", [NHWC_RMSPROP] = "rmsprop", [NHWC_ADAM] = "adam", [NHWC_ADAMW] = "adamw"};
    return names[model->optimizer.kind];
}

static const char *slot_name(const nhwc_model *model, int index)
{
    static const char *const of_adam[] = {"momentum", "velocity", "velocity_hat"};
    const nhwc_optimizer *o = &model->optimizer;
    if (o->kind == NHWC_RMSPROP && index == 0)
        return "velocity";
    if (o->kind == NHWC_RMSPROP && index == 1 && o->centered)
        return "average_gradient";
    return o->kind == NHWC_ADAM || o->kind == NHWC_ADAMW ? of_adam[index] : "momentum";
}

static nhwc_tensor scalar(nhwc_dtype dtype, const void *value)
{
    return nhwc_tensor_view(dtype, value, 0, NULL);
}

static nhwc_status list_checkpoint(const nhwc_model *model, progress *p, contents *c)
{
    const int slots = nhwc__slot_count(model);
    NHWC__TRY(allocate(model, 4 + nhwc_model_parameter_count(model) + slots, c));
    add(c, scalar(NHWC_INT64, &p->runs), "nhwc", "runs");
    add(c, scalar(NHWC_INT64, &p->seed), "nhwc", "seed");
    if (model->optimizes) {
        add(c, scalar(NHWC_INT64, &p->iterations), optimizer_name(model), "iterations");
        add(c, scalar(NHWC_FLOAT64, &p->learning_rate), optimizer_name(model), "learning_rate");
    }
    c->scalars = c->count;
    add_weights(c, model);
    for (int i = 0; i < slots; i++)
        add(c, nhwc__slot(model, i), optimizer_name(model), slot_name(model, i));
    return NHWC_OK;
}

nhwc_status nhwc_model_save_checkpoint(const nhwc_model *model, const char *path)
{
    contents c;
    NHWC__TRY(check("model_save_checkpoint", model, path));
    progress p = progress_of(model);
    NHWC__TRY(list_checkpoint(model, &p, &c));
    return save(model, path, &c);
}

/* ---- What of a file is what of the model ---------------------------------------------------------------- */

/* A file that is read into a model. */
typedef struct source {
    const char *operation, *path;
    bool exact; /* names and dtypes */
    nhwc_npz *npz;
    contents c;
} source;

/* The names of models may stand in front. */
static bool is_called(const char *entry, const char *name)
{
    const size_t all = strlen(entry), end = strlen(name);
    return all >= end && strcmp(entry + all - end, name) == 0 && (all == end || entry[all - end - 1] == '/');
}

static bool is_found(const source *s, const char *entry)
{
    for (int i = 0; i < s->c.count; i++)
        if (s->c.found[i] == entry)
            return true;
    return false;
}

/* The entry of just this name, or else one with something in front; none serves two tensors. */
static const char *find(const source *s, const char *name)
{
    const char *found = NULL;
    for (int i = 0; i < nhwc_npz_count(s->npz); i++) {
        const char *const entry = nhwc_npz_name(s->npz, i);
        if (strcmp(entry, name) == 0)
            return entry;
        if (found == NULL && !s->exact && is_called(entry, name) && !is_found(s, entry))
            found = entry;
    }
    return found;
}

/* Names in words: the first of them, and how many there are. */
typedef struct words {
    char text[150];
    int count;
} words;

static void add_word(words *w, const char *name)
{
    const size_t used = strlen(w->text);
    if (w->count++ < 2)
        snprintf(w->text + used, sizeof w->text - used, "%s\"%.64s\"", used > 0 ? ", " : "", name);
}

static nhwc_status check_names(const source *s)
{
    words missing = {.count = 0}, extra = {.count = 0};
    for (int i = 0; i < s->c.count; i++)
        if (s->c.found[i] == NULL)
            add_word(&missing, s->c.names[i]);
    for (int i = 0; i < nhwc_npz_count(s->npz); i++)
        if (!is_found(s, nhwc_npz_name(s->npz, i)))
            add_word(&extra, nhwc_npz_name(s->npz, i));
    if (missing.count == 0 && extra.count == 0)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_FORMAT,
                      "%s: \"%.200s\" is not of this model: %d of its %d arrays are missing%s%s, and %d are too "
                      "many%s%s",
                      s->operation, s->path, missing.count, s->c.count, missing.count > 0 ? ", " : "", missing.text,
                      extra.count, extra.count > 0 ? ", " : "", extra.text);
}

static nhwc_status check_dtype(const source *s, int i, nhwc_dtype dtype)
{
    const nhwc_dtype expected = s->c.tensors[i].dtype;
    if (dtype == expected || (!s->exact && (dtype == NHWC_FLOAT32 || dtype == NHWC_FLOAT64)))
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_DTYPE, "%s: \"%s\" in \"%.200s\" is %s; it has to be %s", s->operation,
                      s->c.names[i], s->path, nhwc_dtype_string(dtype),
                      s->exact ? nhwc_dtype_string(expected) : "float32 or float64");
}

static nhwc_status check_tensor(const source *s, int i)
{
    nhwc_tensor x;
    const nhwc_tensor *const expected = &s->c.tensors[i];
    NHWC__TRY(nhwc__npz_look(s->npz, s->c.found[i], &x));
    if (x.rank != expected->rank || memcmp(x.dims, expected->dims, (size_t)x.rank * sizeof *x.dims) != 0)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: \"%s\" in \"%.200s\" is %s; it has to be %s", s->operation,
                          s->c.names[i], s->path, nhwc__shape_text(x.rank, x.dims).text,
                          nhwc__shape_text(expected->rank, expected->dims).text);
    return check_dtype(s, i, x.dtype);
}

static nhwc_status check_contents(const source *s)
{
    for (int i = 0; i < s->c.count; i++)
        s->c.found[i] = NULL;
    for (int i = 0; i < s->c.count; i++)
        s->c.found[i] = find(s, s->c.names[i]);
    NHWC__TRY(check_names(s));
    for (int i = 0; i < s->c.count; i++)
        NHWC__TRY(check_tensor(s, i));
    return NHWC_OK;
}

/* ---- Loading -------------------------------------------------------------------------------------------- */

static int64_t bytes_of(const nhwc_tensor *x)
{
    return nhwc__element_count(x) * (int64_t)nhwc_dtype_size(x->dtype);
}

/* All of the tensors, one behind the other. */
static nhwc_status read_all(const nhwc_context *context, const source *s, char *to)
{
    for (int i = 0; i < s->c.count; i++) {
        nhwc_tensor x, y = s->c.tensors[i];
        y.data = to;
        NHWC__TRY(nhwc_npz_read(s->npz, s->c.found[i], &x));
        const nhwc_status status = nhwc_cast(context, &x, &y);
        nhwc_tensor_destroy(context, &x);
        NHWC__TRY(status);
        to += bytes_of(&y);
    }
    return NHWC_OK;
}

static nhwc_status check_progress(const source *s, const void *staged)
{
    progress p = {0};
    memcpy(&p, staged, (size_t)s->c.scalars * sizeof(int64_t));
    if (p.runs >= 0 && nhwc__is_size(p.iterations) && p.learning_rate >= 0 && p.learning_rate <= DBL_MAX)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_FORMAT,
                      "%s: \"%.200s\" has %" PRId64 " runs, %" PRId64 " steps and a learning rate of %g, which cannot "
                      "be",
                      s->operation, s->path, p.runs, p.iterations, p.learning_rate);
}

static void take_all(const contents *c, const char *from)
{
    for (int i = 0; i < c->count; i++) {
        const int64_t bytes = bytes_of(&c->tensors[i]);
        memcpy(c->tensors[i].data, from, (size_t)bytes);
        from += bytes;
    }
}

/* Nothing of the model changes before all has been read. */
static nhwc_status load_contents(const nhwc_context *context, const source *s)
{
    void *staged;
    int64_t bytes = 0;
    for (int i = 0; i < s->c.count; i++)
        bytes += bytes_of(&s->c.tensors[i]);
    NHWC__TRY(check_contents(s));
    NHWC__TRY(nhwc__allocate(context, nhwc__most(bytes, 1), &staged));
    nhwc_status status = read_all(context, s, staged);
    if (status == NHWC_OK)
        status = check_progress(s, staged);
    if (status == NHWC_OK)
        take_all(&s->c, staged);
    nhwc__deallocate(context, staged);
    return status;
}

static nhwc_status load(const nhwc_model *model, source *s)
{
    nhwc_status status = nhwc_npz_open(&model->context, s->path, &s->npz);
    if (status == NHWC_OK)
        status = load_contents(&model->context, s);
    nhwc_npz_close(s->npz);
    nhwc__deallocate(&model->context, s->c.tensors);
    return status;
}

nhwc_status nhwc_model_load_weights(nhwc_model *model, const char *path)
{
    source s = {.operation = "model_load_weights", .path = path};
    NHWC__TRY(check(s.operation, model, path));
    NHWC__TRY(allocate(model, nhwc_model_parameter_count(model), &s.c));
    add_weights(&s.c, model);
    return load(model, &s);
}

nhwc_status nhwc_model_load_checkpoint(nhwc_model *model, const char *path)
{
    source s = {.operation = "model_load_checkpoint", .path = path, .exact = true};
    NHWC__TRY(check(s.operation, model, path));
    progress p = progress_of(model);
    NHWC__TRY(list_checkpoint(model, &p, &s.c));
    NHWC__TRY(load(model, &s));
    set_progress(model, &p);
    return NHWC_OK;
}

int64_t nhwc_model_iterations(const nhwc_model *model)
{
    return model == NULL ? 0 : model->iterations;
}
