/* Weights in files. */
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
    int count;
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
    c->count = 0;
    c->tensors = memory;
    c->names = (const char **)(c->tensors + count);
    c->found = c->names + count;
    c->texts = (char (*)[NAME_BYTES])(c->found + count);
    return NHWC_OK;
}

static nhwc_status list_weights(const nhwc_model *model, contents *c)
{
    const int count = nhwc_model_parameter_count(model);
    NHWC__TRY(allocate(model, count, c));
    for (int i = 0; i < count; i++) {
        nhwc_parameter p;
        (void)nhwc_model_parameter(model, i, &p);
        c->tensors[i] = p.value;
        c->names[i] = c->texts[i];
        snprintf(c->texts[i], NAME_BYTES, "%s/%s", p.layer, p.name);
    }
    c->count = count;
    return NHWC_OK;
}

static nhwc_status check(const char *operation, const nhwc_model *model, const char *path)
{
    NHWC__TRY(nhwc__check_compiled(operation, model));
    return nhwc__check_given(operation, "path", path);
}

nhwc_status nhwc_model_save_weights(const nhwc_model *model, const char *path)
{
    contents c;
    NHWC__TRY(check("model_save_weights", model, path));
    NHWC__TRY(list_weights(model, &c));
    const nhwc_status status = nhwc_npz_write(&model->context, path, c.count, c.names, c.tensors);
    nhwc__deallocate(&model->context, c.tensors);
    return status;
}

/* ---- What of a file is what of the model ---------------------------------------------------------------- */

/* A file that is read into a model. */
typedef struct source {
    const char *operation, *path;
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
        if (found == NULL && is_called(entry, name) && !is_found(s, entry))
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

static nhwc_status check_tensor(const source *s, int i)
{
    nhwc_tensor x;
    const nhwc_tensor *const expected = &s->c.tensors[i];
    NHWC__TRY(nhwc__npz_look(s->npz, s->c.found[i], &x));
    if (x.rank != expected->rank || memcmp(x.dims, expected->dims, (size_t)x.rank * sizeof *x.dims) != 0)
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: \"%s\" in \"%.200s\" is %s; it has to be %s", s->operation,
                          s->c.names[i], s->path, nhwc__shape_text(x.rank, x.dims).text,
                          nhwc__shape_text(expected->rank, expected->dims).text);
    if (x.dtype != NHWC_FLOAT32 && x.dtype != NHWC_FLOAT64)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: \"%s\" in \"%.200s\" is %s; it has to be float32 or float64",
                          s->operation, s->c.names[i], s->path, nhwc_dtype_string(x.dtype));
    return NHWC_OK;
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
    const nhwc_status status = read_all(context, s, staged);
    if (status == NHWC_OK)
        take_all(&s->c, staged);
    nhwc__deallocate(context, staged);
    return status;
}

nhwc_status nhwc_model_load_weights(nhwc_model *model, const char *path)
{
    source s = {.operation = "model_load_weights", .path = path};
    NHWC__TRY(check(s.operation, model, path));
    NHWC__TRY(list_weights(model, &s.c));
    nhwc_status status = nhwc_npz_open(&model->context, path, &s.npz);
    if (status == NHWC_OK)
        status = load_contents(&model->context, &s);
    nhwc_npz_close(s.npz);
    nhwc__deallocate(&model->context, s.c.tensors);
    return status;
}
