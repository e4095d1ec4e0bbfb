/* Gradients against differences. */
#include <float.h>
#include <math.h>
#include <nhwc/array.h>
#include <stdio.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/shapes.h"
#include "train/model.h"

/* What is compared with what. */
typedef struct comparison {
    nhwc_model *model;
    int count;
    nhwc_tensor *inputs; /* copies, whose elements may be changed */
    const nhwc_tensor *dy;
    const nhwc_gradient_check *options;
    double step;
    nhwc_gradient_difference worst;
} comparison;

static double get(const nhwc_tensor *x, int64_t index)
{
    const void *element = nhwc__element(x, nhwc__offset_of(x, index));
    return x->dtype == NHWC_FLOAT32 ? *(const float *)element : *(const double *)element;
}

static void set(const nhwc_tensor *x, int64_t index, double value)
{
    void *element = nhwc__element(x, nhwc__offset_of(x, index));
    if (x->dtype == NHWC_FLOAT32)
        *(float *)element = (float)value;
    else
        *(double *)element = value;
}

/* f = sum(dy * y); adds to *error what may be lost where y is rounded. */
static nhwc_status evaluate(const comparison *c, double *f, double *error)
{
    const double unit = c->model->dtype == NHWC_FLOAT32 ? FLT_EPSILON : DBL_EPSILON;
    nhwc_tensor y;
    NHWC__TRY(nhwc_model_forward(c->model, !c->options->in_use, c->count, c->inputs, &y));
    *f = 0;
    for (int64_t i = 0, n = nhwc__element_count(&y); i < n; i++) {
        const double term = get(&y, i) * get(c->dy, i);
        *f += term;
        *error += unit * fabs(term);
    }
    return NHWC_OK;
}

/* Element `index` of x is as before, whatever happens. */
static nhwc_status difference_at(const comparison *c, const nhwc_tensor *x, int64_t index, double *difference,
                                 double *error)
{
    const double value = get(x, index), step = c->step * fmax(1, fabs(value));
    double above, below, f_above = 0, f_below = 0, lost = 0;
    set(x, index, value + step);
    above = get(x, index);
    nhwc_status status = evaluate(c, &f_above, &lost);
    set(x, index, value - step);
    below = get(x, index);
    if (status == NHWC_OK)
        status = evaluate(c, &f_below, &lost);
    set(x, index, value);
    *difference = (f_above - f_below) / (above - below);
    *error = lost / (above - below);
    return status;
}

static double root_mean_square(const nhwc_tensor *x)
{
    const int64_t count = nhwc__element_count(x);
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += get(x, i) * get(x, i);
    return sqrt(sum / (double)count);
}

/* `gradient` is that of x. */
static nhwc_status compare(comparison *c, const char *layer, const char *name, const nhwc_tensor *x,
                           const nhwc_tensor *gradient)
{
    const int64_t count = nhwc__element_count(x);
    if (count == 0)
        return NHWC_OK;
    const double typical = root_mean_square(gradient);
    const int64_t stride = c->options->most > 0 ? nhwc__ceil(count, c->options->most) : 1;
    for (int64_t i = 0; i < count; i += stride) {
        const double exact = get(gradient, i);
        double difference, error;
        NHWC__TRY(difference_at(c, x, i, &difference, &error));
        const double size = fmax(typical, fmax(fabs(exact), fabs(difference)));
        const double apart = fabs(exact - difference);
        double relative = apart <= error && error < INFINITY ? 0 : (apart - error) / size;
        if (isnan(relative))
            relative = INFINITY;
        if (c->worst.count++ > 0 && relative <= c->worst.relative)
            continue;
        snprintf(c->worst.tensor, sizeof c->worst.tensor, "%s%s%s", layer, name ? "/" : "", name ? name : "");
        c->worst.index = i;
        c->worst.gradient = exact;
        c->worst.difference = difference;
        c->worst.relative = relative;
    }
    return NHWC_OK;
}

static nhwc_status compare_parameters(comparison *c)
{
    for (int i = 0; i < nhwc_model_parameter_count(c->model); i++) {
        nhwc_parameter p;
        NHWC__TRY(nhwc_model_parameter(c->model, i, &p));
        if (!p.frozen)
            NHWC__TRY(compare(c, p.layer, p.name, &p.value, &p.gradient));
    }
    return NHWC_OK;
}

static nhwc_status compare_inputs(comparison *c, const nhwc_tensor *gradients)
{
    const nhwc_layer *layer = c->model->first;
    for (int i = 0; i < c->count; i++, layer = layer->next) {
        while (layer->kind != &nhwc__kind_input || !layer->reached)
            layer = layer->next;
        NHWC__TRY(compare(c, layer->name, NULL, &c->inputs[i], &gradients[i]));
    }
    return NHWC_OK;
}

/* Copies of the inputs, and of their gradients, which the runs for differences overwrite. */
static nhwc_status copy_all(comparison *c, const nhwc_tensor *inputs, nhwc_tensor *gradients)
{
    for (int i = 0; i < c->count; i++)
        NHWC__TRY(nhwc_clone(&c->model->context, &inputs[i], &c->inputs[i]));
    for (int i = 0; c->model->options.input_gradients && i < c->count; i++) {
        nhwc_tensor dx;
        NHWC__TRY(nhwc_model_input_gradient(c->model, i, &dx));
        NHWC__TRY(nhwc_clone(&c->model->context, &dx, &gradients[i]));
    }
    return NHWC_OK;
}

static nhwc_status compare_all(comparison *c, const nhwc_tensor *inputs, nhwc_tensor *gradients)
{
    NHWC__TRY(copy_all(c, inputs, gradients));
    NHWC__TRY(compare_parameters(c));
    return c->model->options.input_gradients ? compare_inputs(c, gradients) : NHWC_OK;
}

static nhwc_status check(nhwc_model *model, int count, const nhwc_tensor *inputs, const nhwc_tensor *dy,
                         const nhwc_gradient_check *options, nhwc_gradient_difference *worst)
{
    nhwc_tensor y;
    NHWC__TRY(nhwc_model_forward(model, !options->in_use, count, inputs, &y));
    NHWC__TRY(nhwc_model_backward(model, dy, false));
    void *memory;
    const int64_t bytes = 2 * count * (int64_t)sizeof(nhwc_tensor);
    NHWC__TRY(nhwc__allocate(&model->context, bytes, &memory));
    nhwc_tensor *const tensors = memory;
    for (int i = 0; i < 2 * count; i++)
        tensors[i] = (nhwc_tensor){.data = NULL};
    const double usual = model->dtype == NHWC_FLOAT32 ? 5e-3 : 6e-6;
    comparison c = {model, count, tensors, dy, options, options->step > 0 ? options->step : usual, {.count = 0}};
    const nhwc_status status = compare_all(&c, inputs, tensors + count);
    for (int i = 0; i < 2 * count; i++)
        nhwc_tensor_destroy(&model->context, &tensors[i]);
    nhwc__deallocate(&model->context, memory);
    if (status == NHWC_OK)
        *worst = c.worst;
    return status;
}

nhwc_status nhwc_model_check_gradients(nhwc_model *model, int count, const nhwc_tensor *inputs, const nhwc_tensor *dy,
                                       const nhwc_gradient_check *options, nhwc_gradient_difference *worst)
{
    const nhwc_gradient_check none = {0};
    const nhwc_gradient_check *o = options ? options : &none;
    if (model == NULL || worst == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_check_gradients: %s is NULL", model ? "worst" : "model");
    if (!(o->step >= 0) || o->most < 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "model_check_gradients: options->step and options->most may not be negative");
    model->rehearses = true;
    const nhwc_status status = check(model, count, inputs, dy, o, worst);
    model->rehearses = false;
    return status;
}
