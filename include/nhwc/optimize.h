/* nhwc: steps of optimisers, and clipping of gradients.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - one step of Keras' Adam, gradients clipped before:
 *
 *     #include <nhwc/optimize.h>
 *
 *     nhwc_clip_by_global_norm(NULL, 2, gradients, 1.0, NULL);
 *     for (int i = 0; i < 2; i++)
 *         nhwc_adam_step(NULL, &gradients[i], 0.001, step, &NHWC_KERAS_ADAM, &m[i], &v[i], NULL, &p[i]);
 *
 * where step is 1 the first time and m and v begin as zeros, as the state of all optimisers does.
 *
 * CONVENTIONS, beside those of nhwc.h
 *   - The tensors of a call are NHWC_FLOAT32 or NHWC_FLOAT64, of one dtype and shape. Parameter and state are changed
 *     in place; they may have any strides with which no two elements are in one place, and share no memory. The state
 *     is all that is kept between calls, and it is the caller's.
 *   - Numbers are taken as they are: a 0 is a 0 and no default. Where the options are NULL, those of Keras are meant;
 *     who wants others begins with one of the macros: nhwc_adam_options options = NHWC_PYTORCH_ADAM. Learning rates
 *     change from step to step, and so are arguments.
 *   - The same bits on every machine, on any number of threads and whatever the strides: each element is computed by
 *     the formulas below, whose operations are rounded one by one. Powers of beta_1 and beta_2 are computed in float64.
 *   - A NaN stays where it is.
 */
#ifndef NHWC_OPTIMIZE_H
#define NHWC_OPTIMIZE_H

#include <nhwc/nhwc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * What is computed
 *
 * p is an element of the parameter, g of the gradient, s, t and u of the state. Each is computed from those before it
 * in its row, the last is the new p; the formulas are compiled as they stand here. `rate` is the learning rate, in Adam
 * corrected by the powers of beta_1 and beta_2, as sqrt(t) is by `correction`; rest_1 is 1 - beta_1, rest_2 1 - beta_2;
 * rho of RMSprop is beta_2 here. Before all else comes p * (1 - learning rate * weight_decay) for p, and
 * g + l2 * p for g.
 *
 * X(name, how many tensors of state, s, t, u, p)
 * --------------------------------------------------------------------------------------------- */

#define NHWC_EACH_STEP(X)                                                                                              \
    X(sgd,              0, 0, 0, 0,                                                 p - rate * g)                      \
    X(keras_momentum,   1, momentum * s - rate * g, 0, 0,                           p + s)                             \
    X(keras_nesterov,   1, momentum * s - rate * g, 0, 0,                           p + (momentum * s - rate * g))     \
    X(pytorch_momentum, 1, momentum * s + g, 0, 0,                                  p - rate * s)                      \
    X(pytorch_nesterov, 1, momentum * s + g, 0, 0,                                  p - rate * (g + momentum * s))     \
                                                                                                                       \
    X(keras_rmsprop, 1, beta_2 * s + rest_2 * (g * g), 0, 0, p - rate * g / root(s + epsilon))                         \
    X(keras_rmsprop_momentum, 2, beta_2 * s + rest_2 * (g * g),                                                        \
      momentum * t + rate * g / root(s + epsilon), 0, p - t)                                                           \
    X(keras_rmsprop_centered, 2, beta_2 * s + rest_2 * (g * g), beta_2 * t + rest_2 * g, 0,                            \
      p - rate * g / root(larger(s - t * t, 0) + epsilon))                                                             \
    X(keras_rmsprop_centered_momentum, 3, beta_2 * s + rest_2 * (g * g), beta_2 * t + rest_2 * g,                      \
      momentum * u + rate * g / root(larger(s - t * t, 0) + epsilon), p - u)                                           \
                                                                                                                       \
    X(pytorch_rmsprop, 1, beta_2 * s + rest_2 * (g * g), 0, 0, p - rate * (g / (root(s) + epsilon)))                   \
    X(pytorch_rmsprop_momentum, 2, beta_2 * s + rest_2 * (g * g),                                                      \
      momentum * t + g / (root(s) + epsilon), 0, p - rate * t)                                                         \
    X(pytorch_rmsprop_centered, 2, beta_2 * s + rest_2 * (g * g), beta_2 * t + rest_2 * g, 0,                          \
      p - rate * (g / (root(larger(s - t * t, 0)) + epsilon)))                                                         \
    X(pytorch_rmsprop_centered_momentum, 3, beta_2 * s + rest_2 * (g * g), beta_2 * t + rest_2 * g,                    \
      momentum * u + g / (root(larger(s - t * t, 0)) + epsilon), p - rate * u)                                         \
                                                                                                                       \
    X(keras_adam, 2, s + (g - s) * rest_1, t + (g * g - t) * rest_2, 0, p - s * rate / (root(t) + epsilon))            \
    X(keras_amsgrad, 3, s + (g - s) * rest_1, t + (g * g - t) * rest_2, larger(u, t),                                  \
      p - s * rate / (root(u) + epsilon))                                                                              \
    X(pytorch_adam, 2, beta_1 * s + rest_1 * g, beta_2 * t + rest_2 * (g * g), 0,                                      \
      p - rate * (s / (root(t) * correction + epsilon)))                                                               \
    X(pytorch_amsgrad, 3, beta_1 * s + rest_1 * g, beta_2 * t + rest_2 * (g * g), larger(u, t),                        \
      p - rate * (s / (root(u) * correction + epsilon)))

/* Whose formula: they differ in where the learning rate and epsilon stand. */
typedef enum nhwc_form {
    NHWC_FORM_KERAS = 0,
    NHWC_FORM_PYTORCH
} nhwc_form;

/* ------------------------------------------------------------------------------------------------
 * SGD, with momentum or without
 * --------------------------------------------------------------------------------------------- */

typedef struct nhwc_sgd_options {
    nhwc_form form;
    double momentum;     /* 0 .. 1 */
    bool nesterov;       /* with a momentum */
    double weight_decay; /* decoupled: Keras' weight_decay */
    double l2;           /* PyTorch's weight_decay */
} nhwc_sgd_options;      /* all 0, or NULL: the defaults of both */

/* `momentum` is the state; without one, it is NULL and options->momentum 0.   [keras SGD, torch.optim.SGD] */
NHWC_API nhwc_status nhwc_sgd_step(const nhwc_context *context, const nhwc_tensor *gradient, double learning_rate,
                                   const nhwc_sgd_options *options, nhwc_tensor *momentum, nhwc_tensor *parameter);

/* ------------------------------------------------------------------------------------------------
 * RMSprop
 * --------------------------------------------------------------------------------------------- */

typedef struct nhwc_rmsprop_options {
    nhwc_form form;
    double rho;          /* 0 <= rho < 1; PyTorch's alpha */
    double epsilon;      /* > 0 */
    double momentum;     /* 0 .. 1 */
    double weight_decay; /* decoupled: Keras' weight_decay */
    double l2;           /* PyTorch's weight_decay */
} nhwc_rmsprop_options;

#define NHWC_KERAS_RMSPROP   ((nhwc_rmsprop_options){NHWC_FORM_KERAS, 0.9, 1e-7, 0, 0, 0})
#define NHWC_PYTORCH_RMSPROP ((nhwc_rmsprop_options){NHWC_FORM_PYTORCH, 0.99, 1e-8, 0, 0, 0})

/* `square` is the average of squared gradients. `average`, of gradients, is there in the centred variant, and else
 * NULL, as is `momentum` without one. A variance that rounding makes negative is 0.
 *                                                                       [keras RMSprop, torch.optim.RMSprop] */
NHWC_API nhwc_status nhwc_rmsprop_step(const nhwc_context *context, const nhwc_tensor *gradient, double learning_rate,
                                       const nhwc_rmsprop_options *options, nhwc_tensor *square, nhwc_tensor *average,
                                       nhwc_tensor *momentum, nhwc_tensor *parameter);

/* ------------------------------------------------------------------------------------------------
 * Adam and AdamW
 * --------------------------------------------------------------------------------------------- */

typedef struct nhwc_adam_options {
    nhwc_form form;
    double beta_1, beta_2; /* 0 <= beta < 1 */
    double epsilon;        /* > 0; in Keras' form it is added to sqrt(v) before, in PyTorch's after the correction */
    double weight_decay;   /* decoupled: AdamW's, and Keras' */
    double l2;             /* the weight_decay of PyTorch's Adam */
} nhwc_adam_options;

#define NHWC_KERAS_ADAM    ((nhwc_adam_options){NHWC_FORM_KERAS, 0.9, 0.999, 1e-7, 0, 0})
#define NHWC_KERAS_ADAMW   ((nhwc_adam_options){NHWC_FORM_KERAS, 0.9, 0.999, 1e-7, 0.004, 0})
#define NHWC_PYTORCH_ADAM  ((nhwc_adam_options){NHWC_FORM_PYTORCH, 0.9, 0.999, 1e-8, 0, 0})
#define NHWC_PYTORCH_ADAMW ((nhwc_adam_options){NHWC_FORM_PYTORCH, 0.9, 0.999, 1e-8, 0.01, 0})

/* Step number `step`, from 1. m and v are the averages of gradients and of their squares, `v_most` the largest v so
 * far, which makes it AMSGrad, and else NULL.                  [keras Adam, AdamW, torch.optim.Adam, AdamW] */
NHWC_API nhwc_status nhwc_adam_step(const nhwc_context *context, const nhwc_tensor *gradient, double learning_rate,
                                    int64_t step, const nhwc_adam_options *options, nhwc_tensor *m, nhwc_tensor *v,
                                    nhwc_tensor *v_most, nhwc_tensor *parameter);

/* ------------------------------------------------------------------------------------------------
 * Clipping: `count` gradients of any shapes, changed in place
 * --------------------------------------------------------------------------------------------- */

/* The norm is the root of the sum of all squares. Where it exceeds clip_norm, which is more than 0, all are scaled by
 * clip_norm / norm; where it is no finite number, all become NaN. *norm, unless it is NULL, becomes the norm before.
 *                                     [tf.clip_by_global_norm; of one finite gradient, tf.clip_by_norm] */
NHWC_API nhwc_status nhwc_clip_by_global_norm(const nhwc_context *context, int count, nhwc_tensor *gradients,
                                              double clip_norm, double *norm);

/* Each element becomes the nearest of -limit .. limit; limit >= 0.                          [keras clipvalue] */
NHWC_API nhwc_status nhwc_clip_by_value(const nhwc_context *context, int count, nhwc_tensor *gradients, double limit);

#ifdef __cplusplus
}
#endif

#endif
