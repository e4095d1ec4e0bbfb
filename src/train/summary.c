/* The table of layers, as Keras prints it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "train/model.h"

/* ---- Text ------------------------------------------------------------------------------------------- */

typedef struct writer {
    char *text;
    size_t size, length; /* of the whole, of which `size` bytes are written */
} writer;

static void put(writer *w, const char *format, ...) NHWC__PRINTF(2, 3);

static void put(writer *w, const char *format, ...)
{
    const bool fits = w->length < w->size;
    va_list arguments;
    va_start(arguments, format);
    w->length +=
        (size_t)vsnprintf(fits ? w->text + w->length : NULL, fits ? w->size - w->length : 0, format, arguments);
    va_end(arguments);
}

typedef struct cell {
    char text[256];
} cell;

/* 12,785 */
static cell grouped(double count)
{
    char digits[64];
    cell c;
    const int length = snprintf(digits, sizeof digits, "%.0f", count < 1e60 ? count : 1e60);
    int at = 0;
    for (int i = 0; i < length; i++) {
        c.text[at++] = digits[i];
        if ((length - 1 - i) % 3 == 0 && i < length - 1)
            c.text[at++] = ',';
    }
    c.text[at] = 0;
    return c;
}

static cell shape_of(const nhwc_layer *layer)
{
    cell c;
    int at = snprintf(c.text, sizeof c.text, "(None");
    for (int axis = 1; axis < layer->rank; axis++)
        at += snprintf(c.text + at, sizeof c.text - (size_t)at, ", %" PRId64, layer->dims[axis]);
    snprintf(c.text + at, sizeof c.text - (size_t)at, layer->rank == 1 ? ",)" : ")");
    return c;
}

static cell title_of(const nhwc_layer *layer)
{
    cell c;
    snprintf(c.text, sizeof c.text, "%s (%s)", layer->name, layer->kind->name);
    return c;
}

/* ---- Rows ---------------------------------------------------------------------------------------------- */

#define LEAST_TITLE 28 /* Keras' widths of columns */
#define LEAST_SHAPE 25
#define NUMBER      16

/* What the table needs to know of all layers beforehand. */
typedef struct table {
    int title, shape; /* widths */
    bool is_chain;
} table;

static void make_wide(int *width, const char *text)
{
    const int length = (int)strlen(text);
    *width = *width > length ? *width : length;
}

static bool follows(const nhwc_layer *layer, const nhwc_layer *before)
{
    return before == NULL ? layer->input_count == 0 : layer->input_count == 1 && layer->inputs[0].from == before;
}

static table measure(const nhwc_model *model)
{
    table t = {LEAST_TITLE, LEAST_SHAPE, true};
    const nhwc_layer *before = NULL;
    for (const nhwc_layer *layer = model->first; layer != NULL; layer = layer->next) {
        if (!layer->reached)
            continue;
        make_wide(&t.title, title_of(layer).text);
        make_wide(&t.shape, shape_of(layer).text);
        t.is_chain = t.is_chain && follows(layer, before); /* a hidden one follows its layer */
        before = layer;
    }
    return t;
}

/* Those of layers that have their own, and are held by the model that is looked at. */
static double count_weights(const nhwc_layer *layer, bool frozen)
{
    double count = 0;
    for (int i = 0; i < nhwc__own_weights(layer); i++)
        if (nhwc__is_frozen(layer, i) == frozen)
            count += (double)layer->weights[i].count;
    return count;
}

static void put_line(writer *w, const table *t, char line)
{
    for (int i = 0; i < t->title + t->shape + 2 * NUMBER + 2 + (t->is_chain ? 0 : LEAST_TITLE); i++)
        put(w, "%c", line);
    put(w, "\n");
}

static void put_row(writer *w, const table *t, const nhwc_layer *layer)
{
    const double weights = count_weights(layer, false) + count_weights(layer, true);
    put(w, "%-*s %-*s %-*s%-*s", t->title, title_of(layer).text, t->shape, shape_of(layer).text, NUMBER,
        grouped(weights).text, t->is_chain ? 0 : NUMBER, grouped(layer->multiply_adds).text);
    for (int i = 0; !t->is_chain && i < layer->input_count; i++)
        put(w, "%s%s", i ? ", " : "", layer->inputs[i].from->name);
    put(w, "\n");
}

static void put_totals(writer *w, const nhwc_model *model)
{
    double trainable = 0, frozen = 0, multiply_adds = 0, bytes = 0;
    for (const nhwc_layer *layer = model->first; layer != NULL; layer = layer->next) {
        trainable += count_weights(layer, false);
        frozen += count_weights(layer, true);
        if (!layer->reached || layer->kind == &nhwc__kind_input)
            continue;
        multiply_adds += layer->multiply_adds;
        bytes += (double)nhwc__layer_elements(layer) * (double)nhwc_dtype_size(model->dtype);
    }
    put(w, "Total params: %s\n", grouped(trainable + frozen).text);
    put(w, "Trainable params: %s\n", grouped(trainable).text);
    put(w, "Non-trainable params: %s\n", grouped(frozen).text);
    put(w, "Multiply-adds: %s, values: %s bytes, for each of a batch\n", grouped(multiply_adds).text,
        grouped(bytes).text);
}

nhwc_status nhwc_model_summary(const nhwc_model *model, const nhwc_layer *output, char *text, size_t size,
                               size_t *length)
{
    if (model == NULL || output == NULL || (text == NULL && size > 0))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_summary: %s is NULL",
                          model == NULL ? "model" : output == NULL ? "output" : "text");
    if (output->model != model)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_summary: output, %s, is a layer of another model", output->name);
    (void)nhwc__mark(output);
    const table t = measure(model);
    writer w = {text, size, 0};
    put_line(&w, &t, '_');
    put(&w, "%-*s %-*s %-*s%-*s%s\n", t.title, "Layer (type)", t.shape, "Output Shape", NUMBER, "Param #",
        t.is_chain ? 0 : NUMBER, "Multiply-adds", t.is_chain ? "" : "Connected to");
    put_line(&w, &t, '=');
    for (const nhwc_layer *layer = model->first; layer != NULL; layer = layer->next)
        if (layer->reached && !layer->hidden)
            put_row(&w, &t, layer);
    put_line(&w, &t, '=');
    put_totals(&w, model);
    put_line(&w, &t, '_');
    if (model->output != NULL)
        (void)nhwc__mark(model->output); /* which may be another one */
    if (length != NULL)
        *length = w.length;
    return NHWC_OK;
}
