/* The optimiser of a model: one call for all parameters, which lie one behind the other. */
#include <float.h>
#include <nhwc/optimize.h>

#include "base/status.h"
#include "train/model.h"

/* ---- What it is --------------------------------------------------------------------------------------- */

static nhwc_status check_number(const char *name, double value, double most)
{
    if (value >= 0 && value <= most)
        return NHWC_OK;
    if (most == DBL_MAX)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->optimizer->%s is %g; it has to be 0 or more", name, value);
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->optimizer->%s is %g; 0 to %g are possible", name, value, most);
}

static nhwc_status check_decay(const char *name, double value)
{
    if (value >= 0 && value < 1)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->optimizer->%s is %g; it has to be 0 or more, and less than 1",
                      name, value);
}

static nhwc_status check_numbers(const nhwc_optimizer *o)
{
    NHWC__TRY(check_number("learning_rate", o->learning_rate, DBL_MAX));
    NHWC__TRY(check_number("momentum", o->momentum, 1));
    NHWC__TRY(check_decay("rho", o->rho));
    NHWC__TRY(check_decay("beta_1", o->beta_1));
    NHWC__TRY(check_decay("beta_2", o->beta_2));
    NHWC__TRY(check_number("epsilon", o->epsilon, DBL_MAX));
    NHWC__TRY(check_number("weight_decay", o->weight_decay, DBL_MAX));
    NHWC__TRY(check_number("clipvalue", o->clipvalue, DBL_MAX));
    NHWC__TRY(check_number("clipnorm", o->clipnorm, DBL_MAX));
    NHWC__TRY(check_number("global_clipnorm", o->global_clipnorm, DBL_MAX));
    if ((o->clipvalue > 0) + (o->clipnorm > 0) + (o->global_clipnorm > 0) > 1)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "options->optimizer has more than one of clipvalue, clipnorm and global_clipnorm");
    if (o->learning_rate > 0 && o->schedule.kind != NHWC_CONSTANT)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->optimizer has both a learning_rate and a schedule");
    return nhwc__schedule_check(&o->schedule);
}

static nhwc_status refuse(const char *name, bool given)
{
    return given ? nhwc__fail(NHWC_ERROR_ARGUMENT, "options->optimizer->%s is not for this kind of optimiser", name)
                 : NHWC_OK;
}

static nhwc_status check_kind(const nhwc_optimizer *o)
{
    if ((int)o->kind < 0 || o->kind > NHWC_ADAMW)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->optimizer->kind is %d, which is no nhwc_optimizer_kind",
                          (int)o->kind);
    const bool is_adam = o->kind >= NHWC_ADAM;
    NHWC__TRY(refuse("momentum", is_adam && o->momentum != 0));
    NHWC__TRY(refuse("nesterov", o->kind != NHWC_SGD && o->nesterov));
    NHWC__TRY(refuse("centered", o->kind != NHWC_RMSPROP && o->centered));
    NHWC__TRY(refuse("rho", o->kind != NHWC_RMSPROP && o->rho != 0));
    NHWC__TRY(refuse("amsgrad", !is_adam && o->amsgrad));
    NHWC__TRY(refuse("beta_1", !is_adam && o->beta_1 != 0));
    NHWC__TRY(refuse("beta_2", !is_adam && o->beta_2 != 0));
    return refuse("epsilon", o->kind == NHWC_SGD && o->epsilon != 0);
}

static void set_default(double *value, double standard)
{
    if (*value == 0)
        *value = standard;
}

nhwc_status nhwc__optimizer_plan(nhwc_model *model, const nhwc_optimizer *given)
{
    nhwc_optimizer *const o = &model->optimizer;
    model->optimizes = given != NULL;
    if (given == NULL)
        return NHWC_OK;
    if (model->options.loss == NHWC_LOSS_NONE)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "options->optimizer is for a model with a loss");
    NHWC__TRY(check_kind(given));
    NHWC__TRY(check_numbers(given));
    model->options.training = true;
    model->options.optimizer = NULL; /* the caller's */
    *o = *given;
    set_default(&o->learning_rate, o->kind == NHWC_SGD ? 0.01 : 0.001);
    set_default(&o->rho, 0.9);
    set_default(&o->beta_1, 0.9);
    set_default(&o->beta_2, 0.999);
    set_default(&o->epsilon, 1e-7);
    set_default(&o->weight_decay, o->kind == NHWC_ADAMW ? 0.004 : 0);
    return NHWC_OK;
}

/* ---- Its state ------------------------------------------------------------------------------------------ */

int nhwc__slot_count(const nhwc_model *model)
{
    const nhwc_optimizer *o = &model->optimizer;
    if (!model->optimizes)
        return 0;
    if (o->kind == NHWC_SGD)
        return o->momentum > 0;
    if (o->kind == NHWC_RMSPROP)
        return 1 + o->centered + (o->momentum > 0);
    return 2 + o->amsgrad;
}

nhwc_tensor nhwc__slot(const nhwc_model *model, int index)
{
    return NHWC_TENSOR(model->dtype, model->slots + index * model->memory.gradients, model->trainable);
}

/* ---- A step ----------------------------------------------------------------------------------------------- */

static nhwc_status clip_each(const nhwc_model *model, double norm)
{
    for (int i = 0; i < nhwc_model_parameter_count(model); i++) {
        nhwc_parameter p;
        NHWC__TRY(nhwc_model_parameter(model, i, &p));
        if (!p.frozen)
            NHWC__TRY(nhwc_clip_by_global_norm(&model->inside, 1, &p.gradient, norm, NULL));
    }
    return NHWC_OK;
}

static nhwc_status clip(const nhwc_model *model, nhwc_tensor *gradients)
{
    const nhwc_optimizer *o = &model->optimizer;
    if (o->clipvalue > 0)
        return nhwc_clip_by_value(&model->inside, 1, gradients, o->clipvalue);
    if (o->global_clipnorm > 0)
        return nhwc_clip_by_global_norm(&model->inside, 1, gradients, o->global_clipnorm, NULL);
    return o->clipnorm > 0 ? clip_each(model, o->clipnorm) : NHWC_OK;
}

static nhwc_status update(const nhwc_model *model, const nhwc_tensor *gradients, double rate, nhwc_tensor *parameters)
{
    const nhwc_optimizer *o = &model->optimizer;
    nhwc_tensor slots[3];
    for (int i = 0; i < nhwc__slot_count(model); i++)
        slots[i] = nhwc__slot(model, i);
    nhwc_tensor *const last = o->momentum > 0 ? &slots[nhwc__slot_count(model) - 1] : NULL;
    switch (o->kind) {
    case NHWC_SGD:
        return nhwc_sgd_step(
            &model->inside, gradients, rate,
            &(nhwc_sgd_options){.momentum = o->momentum, .nesterov = o->nesterov, .weight_decay = o->weight_decay},
            last, parameters);
    case NHWC_RMSPROP:
        return nhwc_rmsprop_step(&model->inside, gradients, rate,
                                 &(nhwc_rmsprop_options){.rho = o->rho, .epsilon = o->epsilon, .momentum = o->momentum,
                                                         .weight_decay = o->weight_decay},
                                 &slots[0], o->centered ? &slots[1] : NULL, last, parameters);
    case NHWC_ADAM:
    case NHWC_ADAMW:
        break;
    }
    return nhwc_adam_step(&model->inside, gradients, rate, model->iterations + 1,
                          &(nhwc_adam_options){.beta_1 = o->beta_1, .beta_2 = o->beta_2, .epsilon = o->epsilon,
                                               .weight_decay = o->weight_decay},
                          &slots[0], &slots[1], o->amsgrad ? &slots[2] : NULL, parameters);
}

nhwc_status nhwc__optimizer_step(nhwc_model *model)
{
    nhwc_tensor parameters = NHWC_TENSOR(model->dtype, model->parameters, model->trainable);
    nhwc_tensor gradients = NHWC_TENSOR(model->dtype, model->gradients, model->trainable);
    if (model->trainable > 0) {
        NHWC__TRY(clip(model, &gradients));
        NHWC__TRY(update(model, &gradients, nhwc__learning_rate(&model->optimizer, model->iterations), &parameters));
    }
    model->iterations++;
    return NHWC_OK;
}

nhwc_status nhwc__check_optimizes(const char *operation, const nhwc_model *model)
{
    NHWC__TRY(nhwc__check_compiled(operation, model));
    if (!model->optimizes)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: the model is compiled without an optimizer", operation);
    return NHWC_OK;
}

nhwc_status nhwc_model_apply_gradients(nhwc_model *model)
{
    NHWC__TRY(nhwc__check_optimizes("model_apply_gradients", model));
    return nhwc__optimizer_step(model);
}

nhwc_status nhwc_model_learning_rate(const nhwc_model *model, double *learning_rate)
{
    NHWC__TRY(nhwc__check_optimizes("model_learning_rate", model));
    NHWC__TRY(nhwc__check_given("model_learning_rate", "learning_rate", learning_rate));
    *learning_rate = nhwc__learning_rate(&model->optimizer, model->iterations);
    return NHWC_OK;
}

nhwc_status nhwc_model_set_learning_rate(nhwc_model *model, double learning_rate)
{
    NHWC__TRY(nhwc__check_optimizes("model_set_learning_rate", model));
    if (model->optimizer.schedule.kind != NHWC_CONSTANT)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_set_learning_rate: the learning rate follows a schedule");
    if (!(learning_rate >= 0 && learning_rate <= DBL_MAX))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "model_set_learning_rate: learning_rate is %g; it has to be 0 or more",
                          learning_rate);
    model->optimizer.learning_rate = learning_rate;
    return NHWC_OK;
}
