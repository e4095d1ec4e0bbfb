/* Learning rates as functions of the steps done. */
#include <float.h>
#include <math.h>

#include "base/size.h"
#include "base/status.h"
#include "train/model.h"

#define PI 3.14159265358979323846

/* ---- What is possible --------------------------------------------------------------------------------- */

#define SCHEDULE "options->optimizer->schedule."

static nhwc_status check_number(const char *name, double value)
{
    if (value >= 0 && value <= DBL_MAX)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_ARGUMENT, SCHEDULE "%s is %g; it has to be 0 or more", name, value);
}

static nhwc_status check_steps(const nhwc_schedule *s)
{
    if (s->decay_steps < 1)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, SCHEDULE "decay_steps is %" PRId64 "; at least 1 is possible",
                          s->decay_steps);
    if (s->warmup_steps < 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, SCHEDULE "warmup_steps is %" PRId64 ", which is negative",
                          s->warmup_steps);
    return NHWC_OK;
}

static nhwc_status check_pieces(const nhwc_schedule *s)
{
    if (s->boundary_count < 1 || s->boundary_count > NHWC_MOST_BOUNDARIES)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, SCHEDULE "boundary_count is %d; 1 to %d are possible",
                          s->boundary_count, NHWC_MOST_BOUNDARIES);
    for (int i = 0; i <= s->boundary_count; i++)
        NHWC__TRY(check_number("values", s->values[i]));
    for (int i = 1; i < s->boundary_count; i++)
        if (s->boundaries[i] <= s->boundaries[i - 1])
            return nhwc__fail(NHWC_ERROR_ARGUMENT, SCHEDULE "boundaries[%d] is %" PRId64
                              ", not more than the one before it", i, s->boundaries[i]);
    return NHWC_OK;
}

nhwc_status nhwc__schedule_check(const nhwc_schedule *schedule)
{
    if ((int)schedule->kind < 0 || schedule->kind > NHWC_PIECEWISE_CONSTANT_DECAY)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, SCHEDULE "kind is %d, which is no nhwc_schedule_kind",
                          (int)schedule->kind);
    if (schedule->kind == NHWC_CONSTANT)
        return NHWC_OK;
    if (schedule->kind == NHWC_PIECEWISE_CONSTANT_DECAY)
        return check_pieces(schedule);
    NHWC__TRY(check_steps(schedule));
    NHWC__TRY(check_number("initial_learning_rate", schedule->initial_learning_rate));
    NHWC__TRY(check_number("decay_rate", schedule->decay_rate));
    NHWC__TRY(check_number("alpha", schedule->alpha));
    NHWC__TRY(check_number("warmup_target", schedule->warmup_target));
    NHWC__TRY(check_number("end_learning_rate", schedule->end_learning_rate));
    return check_number("power", schedule->power);
}

/* ---- The formulas --------------------------------------------------------------------------------------- */

/* How many times decay_steps are done. */
static double periods(const nhwc_schedule *s, int64_t step)
{
    const double done = (double)step / (double)s->decay_steps;
    return s->staircase ? floor(done) : done;
}

static double cosine(const nhwc_schedule *s, int64_t step)
{
    const int64_t warmup = s->warmup_target > 0 ? s->warmup_steps : 0;
    const double from = s->warmup_target > 0 ? s->warmup_target : s->initial_learning_rate;
    if (step < warmup)
        return s->initial_learning_rate + (from - s->initial_learning_rate) * ((double)step / (double)warmup);
    const double done = (double)nhwc__least(step - warmup, s->decay_steps) / (double)s->decay_steps;
    return from * ((1 - s->alpha) * (0.5 * (1 + cos(PI * done))) + s->alpha);
}

/* With `cycle`, where it has come to its end it goes on as if it had twice, three times ... as many steps. */
static double polynomial(const nhwc_schedule *s, int64_t step)
{
    const double steps = (double)s->decay_steps;
    const double cycles = s->cycle ? fmax(1, ceil((double)step / steps)) : 1;
    const double done = fmin((double)step / (steps * cycles), 1);
    return (s->initial_learning_rate - s->end_learning_rate) * pow(1 - done, s->power > 0 ? s->power : 1) +
           s->end_learning_rate;
}

static double piece(const nhwc_schedule *s, int64_t step)
{
    int i = 0;
    while (i < s->boundary_count && step > s->boundaries[i])
        i++;
    return s->values[i];
}

double nhwc__learning_rate(const nhwc_optimizer *optimizer, int64_t iterations)
{
    const nhwc_schedule *s = &optimizer->schedule;
    switch (s->kind) {
    case NHWC_CONSTANT:
        break;
    case NHWC_COSINE_DECAY:
        return cosine(s, iterations);
    case NHWC_EXPONENTIAL_DECAY:
        return s->initial_learning_rate * pow(s->decay_rate, periods(s, iterations));
    case NHWC_POLYNOMIAL_DECAY:
        return polynomial(s, iterations);
    case NHWC_INVERSE_TIME_DECAY:
        return s->initial_learning_rate / (1 + s->decay_rate * periods(s, iterations));
    case NHWC_PIECEWISE_CONSTANT_DECAY:
        return piece(s, iterations);
    }
    return optimizer->learning_rate;
}
