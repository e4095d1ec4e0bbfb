/* Steps of optimisers: one walk through parameter, gradient and state at once. */
#include <float.h>
#include <math.h>
#include <nhwc/math.h>
#include <nhwc/optimize.h>
#include <stdio.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "engine/cpu.h"
#include "ops/broadcast.h"
#include "ops/copy.h"
#include "ops/shapes.h"

#define MOST_TENSORS 5
#define LONG_RUN     16384 /* elements of a run where they are ... */
#define RUN          512   /* ... and in buffers */

/* The parameter, the gradient, and the state as the formula has it. */
typedef struct call {
    const char *operation;
    const nhwc_context *context;
    int count;
    nhwc__operand tensors[MOST_TENSORS];
    nhwc__step_numbers numbers;
} call;

static void add_state(call *c, const char *name, const nhwc_tensor *state)
{
    c->tensors[c->count++] = (nhwc__operand){name, state};
}

/* ---- Checks --------------------------------------------------------------------------------- */

/* least <= value <= most. NaN is in no range. */
static nhwc_status check_number(const char *operation, const char *name, double value, double least, double most)
{
    if (value >= least && value <= most)
        return NHWC_OK;
    if (most == DBL_MAX)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is %g; it has to be %g or more", operation, name, value, least);
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is %g; %g to %g are possible", operation, name, value, least, most);
}

static nhwc_status check_decay(const char *operation, const char *name, double value)
{
    if (value >= 0 && value < 1)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is %g; it has to be 0 or more, and less than 1", operation, name,
                      value);
}

static nhwc_status check_epsilon(const char *operation, double epsilon)
{
    if (epsilon > 0 && epsilon <= DBL_MAX)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: options->epsilon is %g; it has to be more than 0", operation, epsilon);
}

static nhwc_status check_form(const char *operation, nhwc_form form)
{
    if (form == NHWC_FORM_KERAS || form == NHWC_FORM_PYTORCH)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: options->form is %d, which is no nhwc_form", operation, (int)form);
}

static nhwc_status check_momentum(const char *operation, double momentum, const nhwc_tensor *state)
{
    if (state == NULL && momentum != 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: options->momentum is %g, but momentum, its state, is NULL",
                          operation, momentum);
    return check_number(operation, "options->momentum", momentum, 0, 1);
}

static nhwc_status check_rates(const char *operation, double learning_rate, double weight_decay, double l2)
{
    NHWC__TRY(check_number(operation, "learning_rate", learning_rate, 0, DBL_MAX));
    NHWC__TRY(check_number(operation, "options->weight_decay", weight_decay, 0, DBL_MAX));
    return check_number(operation, "options->l2", l2, 0, DBL_MAX);
}

static nhwc_status check_tensors(const call *c)
{
    const nhwc__operand *p = &c->tensors[0];
    NHWC__TRY(nhwc__context_check(c->context));
    NHWC__TRY(nhwc__isa_check(c->context));
    for (int i = 0; i < c->count; i++) {
        const nhwc__operand *t = &c->tensors[i];
        NHWC__TRY(i == 1 ? nhwc__tensor_check(c->operation, t->name, t->tensor)
                         : nhwc__tensor_check_distinct(c->operation, t->name, t->tensor));
        NHWC__TRY(nhwc__check_dtype(c->operation, t->name, t->tensor, p->tensor->dtype));
        NHWC__TRY(nhwc__check_same_shape(c->operation, t->name, t->tensor, p->name, p->tensor));
        for (int j = 0; j < i; j++)
            NHWC__TRY(nhwc__check_apart(c->operation, t->name, t->tensor, c->tensors[j].name, c->tensors[j].tensor));
    }
    return NHWC_OK;
}

/* ---- The walk ------------------------------------------------------------------------------- */

typedef struct walk {
    nhwc__broadcast b;
    nhwc__step *step;
    const nhwc__step_numbers *numbers;
    nhwc_dtype dtype;
    bool in_place;
    int64_t run, runs, tasks; /* runs of so many elements of the inner axis */
} walk;

/* The run of the inner axis that begins with this element of its tensor. */
static nhwc_tensor run_of(const walk *w, int operand, int64_t offset, int64_t count)
{
    nhwc_tensor run = nhwc_tensor_view(w->dtype, w->b.data[operand] + offset * (int64_t)w->b.size[operand], 1, &count);
    run.strides[0] = w->b.strides[operand][w->b.rank - 1];
    return run;
}

/* All but the gradient are copied back. */
static void step_in_buffers(const walk *w, nhwc_tensor *runs)
{
    double buffers[MOST_TENSORS][RUN];
    void *data[MOST_TENSORS] = {NULL};
    nhwc_tensor dense[MOST_TENSORS];
    for (int i = 0; i < w->b.operands; i++) {
        dense[i] = nhwc_tensor_view(w->dtype, data[i] = buffers[i], 1, runs[i].dims);
        nhwc__copy(NULL, &runs[i], &dense[i]);
    }
    w->step(runs[0].dims[0], w->numbers, data);
    for (int i = 0; i < w->b.operands; i++)
        if (i != 1)
            nhwc__copy(NULL, &dense[i], &runs[i]);
}

static void step_run(const walk *w, const int64_t *offset, int64_t count)
{
    void *data[MOST_TENSORS] = {NULL};
    nhwc_tensor runs[MOST_TENSORS];
    for (int i = 0; i < w->b.operands; i++) {
        runs[i] = run_of(w, i, offset[i], count);
        data[i] = runs[i].data;
    }
    if (w->in_place)
        w->step(count, w->numbers, data);
    else
        step_in_buffers(w, runs);
}

static void run_task(void *argument, int64_t task)
{
    const walk *w = argument;
    const nhwc__broadcast *b = &w->b;
    const int inner = b->rank - 1;
    const int64_t pieces = nhwc__ceil(b->dims[inner], w->run);
    for (int64_t index = w->runs * task / w->tasks; index < w->runs * (task + 1) / w->tasks; index++) {
        const int64_t first = index % pieces * w->run;
        int64_t offset[MOST_TENSORS];
        for (int i = 0; i < b->operands; i++) {
            int64_t rest = index / pieces;
            offset[i] = first * b->strides[i][inner];
            for (int axis = inner - 1; axis >= 0; rest /= b->dims[axis--])
                offset[i] += rest % b->dims[axis] * b->strides[i][axis];
        }
        step_run(w, offset, nhwc__least(w->run, b->dims[inner] - first));
    }
}

static void run(const call *c, nhwc__step *step)
{
    walk w = {.step = step, .numbers = &c->numbers, .dtype = c->tensors[0].tensor->dtype, .in_place = true};
    const nhwc_tensor *others[MOST_TENSORS - 1];
    for (int i = 1; i < c->count; i++)
        others[i - 1] = c->tensors[i].tensor;
    nhwc__broadcast_make(c->count - 1, others, c->tensors[0].tensor, &w.b);
    if (w.b.elements == 0)
        return;
    const int64_t length = w.b.dims[w.b.rank - 1];
    for (int i = 0; i < w.b.operands; i++)
        w.in_place &= length == 1 || w.b.strides[i][w.b.rank - 1] == 1;
    w.run = nhwc__least(length, w.in_place ? LONG_RUN : RUN);
    w.runs = w.b.elements / length * nhwc__ceil(length, w.run);
    w.tasks = nhwc__tasks_worth(c->context, w.runs, w.b.elements);
    nhwc__parallel_for(c->context, w.tasks, run_task, &w);
}

/* ---- SGD ------------------------------------------------------------------------------------ */

#define STEP(name) (nhwc__maths_of(c.context, c.tensors[0].tensor->dtype)->name)

nhwc_status nhwc_sgd_step(const nhwc_context *context, const nhwc_tensor *gradient, double learning_rate,
                          const nhwc_sgd_options *options, nhwc_tensor *momentum, nhwc_tensor *parameter)
{
    const nhwc_sgd_options o = options ? *options : (nhwc_sgd_options){.form = NHWC_FORM_KERAS};
    call c = {"sgd_step", context, 2, {{"parameter", parameter}, {"gradient", gradient}}, .numbers = {.rate = 0}};
    if (momentum != NULL)
        add_state(&c, "momentum", momentum);
    NHWC__TRY(check_form(c.operation, o.form));
    NHWC__TRY(check_momentum(c.operation, o.momentum, momentum));
    NHWC__TRY(check_rates(c.operation, learning_rate, o.weight_decay, o.l2));
    NHWC__TRY(check_tensors(&c));
    c.numbers = (nhwc__step_numbers){
        .rate = learning_rate, .momentum = o.momentum, .kept = 1 - learning_rate * o.weight_decay, .l2 = o.l2};
    if (momentum == NULL)
        run(&c, STEP(sgd));
    else if (o.form == NHWC_FORM_KERAS)
        run(&c, o.nesterov ? STEP(keras_nesterov) : STEP(keras_momentum));
    else
        run(&c, o.nesterov ? STEP(pytorch_nesterov) : STEP(pytorch_momentum));
    return NHWC_OK;
}

/* ---- RMSprop -------------------------------------------------------------------------------- */

nhwc_status nhwc_rmsprop_step(const nhwc_context *context, const nhwc_tensor *gradient, double learning_rate,
                              const nhwc_rmsprop_options *options, nhwc_tensor *square, nhwc_tensor *average,
                              nhwc_tensor *momentum, nhwc_tensor *parameter)
{
    const nhwc_rmsprop_options o = options ? *options : NHWC_KERAS_RMSPROP;
    call c = {"rmsprop_step", context, 2, {{"parameter", parameter}, {"gradient", gradient}}, .numbers = {.rate = 0}};
    add_state(&c, "square", square);
    if (average != NULL)
        add_state(&c, "average", average);
    if (momentum != NULL)
        add_state(&c, "momentum", momentum);
    NHWC__TRY(check_form(c.operation, o.form));
    NHWC__TRY(check_decay(c.operation, "options->rho", o.rho));
    NHWC__TRY(check_epsilon(c.operation, o.epsilon));
    NHWC__TRY(check_momentum(c.operation, o.momentum, momentum));
    NHWC__TRY(check_rates(c.operation, learning_rate, o.weight_decay, o.l2));
    NHWC__TRY(check_tensors(&c));
    c.numbers = (nhwc__step_numbers){.rate = learning_rate,
                                     .momentum = o.momentum,
                                     .beta_2 = o.rho,
                                     .epsilon = o.epsilon,
                                     .kept = 1 - learning_rate * o.weight_decay,
                                     .l2 = o.l2};
    const bool keras = o.form == NHWC_FORM_KERAS;
    if (average == NULL && momentum == NULL)
        run(&c, keras ? STEP(keras_rmsprop) : STEP(pytorch_rmsprop));
    else if (average == NULL)
        run(&c, keras ? STEP(keras_rmsprop_momentum) : STEP(pytorch_rmsprop_momentum));
    else if (momentum == NULL)
        run(&c, keras ? STEP(keras_rmsprop_centered) : STEP(pytorch_rmsprop_centered));
    else
        run(&c, keras ? STEP(keras_rmsprop_centered_momentum) : STEP(pytorch_rmsprop_centered_momentum));
    return NHWC_OK;
}

/* ---- Adam ----------------------------------------------------------------------------------- */

/* By squares: pow need not round the same way everywhere. */
static double power_of(double x, int64_t n)
{
    double power = 1;
    for (; n > 0; n /= 2, x *= x)
        if (n % 2 == 1)
            power *= x;
    return power;
}

/* Keras folds both corrections into the rate, so that epsilon is not corrected. */
static nhwc__step_numbers adam_numbers(const nhwc_adam_options *o, double learning_rate, int64_t step)
{
    const double first = 1 - power_of(o->beta_1, step), second = sqrt(1 - power_of(o->beta_2, step));
    return (nhwc__step_numbers){
        .rate = o->form == NHWC_FORM_KERAS ? learning_rate * second / first : learning_rate / first,
        .beta_1 = o->beta_1,
        .beta_2 = o->beta_2,
        .epsilon = o->epsilon,
        .correction = 1 / second,
        .kept = 1 - learning_rate * o->weight_decay,
        .l2 = o->l2};
}

nhwc_status nhwc_adam_step(const nhwc_context *context, const nhwc_tensor *gradient, double learning_rate, int64_t step,
                           const nhwc_adam_options *options, nhwc_tensor *m, nhwc_tensor *v, nhwc_tensor *v_most,
                           nhwc_tensor *parameter)
{
    const nhwc_adam_options o = options ? *options : NHWC_KERAS_ADAM;
    call c = {"adam_step", context, 2, {{"parameter", parameter}, {"gradient", gradient}}, .numbers = {.rate = 0}};
    add_state(&c, "m", m);
    add_state(&c, "v", v);
    if (v_most != NULL)
        add_state(&c, "v_most", v_most);
    if (step < 1)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "adam_step: step is %" PRId64 "; the first one is 1", step);
    NHWC__TRY(check_form(c.operation, o.form));
    NHWC__TRY(check_decay(c.operation, "options->beta_1", o.beta_1));
    NHWC__TRY(check_decay(c.operation, "options->beta_2", o.beta_2));
    NHWC__TRY(check_epsilon(c.operation, o.epsilon));
    NHWC__TRY(check_rates(c.operation, learning_rate, o.weight_decay, o.l2));
    NHWC__TRY(check_tensors(&c));
    c.numbers = adam_numbers(&o, learning_rate, step);
    if (o.form == NHWC_FORM_KERAS)
        run(&c, v_most ? STEP(keras_amsgrad) : STEP(keras_adam));
    else
        run(&c, v_most ? STEP(pytorch_amsgrad) : STEP(pytorch_adam));
    return NHWC_OK;
}

/* ---- Clipping ------------------------------------------------------------------------------- */

static nhwc_status check_gradients(const char *operation, const nhwc_context *context, int count,
                                   const nhwc_tensor *gradients)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    if (count < 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: count is %d", operation, count);
    if (gradients == NULL && count > 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: count is %d, but gradients is NULL", operation, count);
    for (int i = 0; i < count; i++) {
        char name[32], other[32];
        snprintf(name, sizeof name, "gradients[%d]", i);
        NHWC__TRY(nhwc__tensor_check_distinct(operation, name, &gradients[i]));
        NHWC__TRY(nhwc__check_dtype(operation, name, &gradients[i], gradients[i].dtype));
        for (int j = 0; j < i; j++) {
            snprintf(other, sizeof other, "gradients[%d]", j);
            NHWC__TRY(nhwc__check_apart(operation, other, &gradients[j], name, &gradients[i]));
        }
    }
    return NHWC_OK;
}

/* A number in the dtype of a gradient, to be broadcast with it. */
typedef struct number {
    float of_float32;
    double of_float64;
} number;

static nhwc_tensor number_view(const number *n, nhwc_dtype dtype)
{
    return nhwc_tensor_view(dtype, dtype == NHWC_FLOAT32 ? (const void *)&n->of_float32 : &n->of_float64, 0, NULL);
}

static number number_of(double value)
{
    return (number){(float)value, value};
}

static nhwc_status global_norm(const nhwc_context *context, int count, const nhwc_tensor *gradients, double *norm)
{
    double squares = 0;
    for (int i = 0; i < count; i++) {
        number n = number_of(0);
        nhwc_tensor y = number_view(&n, gradients[i].dtype);
        NHWC__TRY(nhwc_norm(context, &gradients[i], NULL, &y));
        const double one = gradients[i].dtype == NHWC_FLOAT32 ? n.of_float32 : n.of_float64;
        squares += one * one;
    }
    *norm = sqrt(squares);
    return NHWC_OK;
}

nhwc_status nhwc_clip_by_global_norm(const nhwc_context *context, int count, nhwc_tensor *gradients, double clip_norm,
                                     double *norm)
{
    double found;
    if (!(clip_norm > 0))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "clip_by_global_norm: clip_norm is %g; it has to be more than 0",
                          clip_norm);
    NHWC__TRY(check_gradients("clip_by_global_norm", context, count, gradients));
    NHWC__TRY(global_norm(context, count, gradients, &found));
    const number scale = number_of(isfinite(found) ? clip_norm / found : NAN);
    for (int i = 0; i < count && !(found <= clip_norm && isfinite(found)); i++) {
        const nhwc_tensor factor = number_view(&scale, gradients[i].dtype);
        NHWC__TRY(nhwc_multiply(context, &gradients[i], &factor, &gradients[i]));
    }
    if (norm != NULL)
        *norm = found;
    return NHWC_OK;
}

nhwc_status nhwc_clip_by_value(const nhwc_context *context, int count, nhwc_tensor *gradients, double limit)
{
    const number least = number_of(-limit), most = number_of(limit);
    NHWC__TRY(check_number("clip_by_value", "limit", limit, 0, DBL_MAX));
    NHWC__TRY(check_gradients("clip_by_value", context, count, gradients));
    for (int i = 0; i < count; i++) {
        const nhwc_tensor low = number_view(&least, gradients[i].dtype), high = number_view(&most, gradients[i].dtype);
        NHWC__TRY(nhwc_clip(context, &gradients[i], &low, &high, &gradients[i]));
    }
    return NHWC_OK;
}
