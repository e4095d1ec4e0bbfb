#include "conv/depthwise.h"

#include <string.h>

#include "base/parallel.h"
#include "base/size.h"
#include "base/tensor.h"
#include "conv/spans.h"

#define MOST_RUNS 64 /* at a time; a longer sum is continued */

typedef struct job {
    const nhwc__call *call;
    int tasks;
    int64_t element;
    bool transposed; /* outputs are fine pixels */
    nhwc_tensor in, out;
    nhwc_axis h, w;
    int64_t channels;
} job;

typedef struct range {
    int64_t first, end;
} range;

static char *offset(const job *j, const nhwc_tensor *tensor, int64_t elements)
{
    return (char *)tensor->data + elements * j->element;
}

/* Runs the kernel with the runs so far; the sums go on from there. */
static void sum_runs(const job *j, nhwc__slide *s)
{
    j->call->kernels->slide(s);
    s->runs = 0;
    s->accumulate = true;
}

/* ---- Sums over taps ------------------------------------------------------------------------------ */

/* Outputs of one image that the same taps reach. */
typedef struct area {
    int64_t n;
    nhwc__phase ph, pw;
    nhwc__span h, w;
} area;

#define MANY_SIDE_BY_SIDE 8 /* outputs: enough for a tile, which then writes one after the other */

/* Whether the columns of a tile are outputs side by side through different taps and the same input, or else outputs of
 * the phase through the same tap and different inputs. */
static bool is_by_taps(const nhwc__phase *pw)
{
    return pw->wide >= MANY_SIDE_BY_SIDE;
}

/* Tap i of a span in the kernel's order. In a transpose this is the order of descending inputs. */
static int64_t tap_of(const job *j, const nhwc__span *span, int64_t i)
{
    return j->transposed ? span->end_tap - 1 - i : span->first_tap + i;
}

static int64_t filter_at(const job *j, const area *a, int64_t tap_h, int64_t tap_w)
{
    const int64_t ky = a->ph.tap + tap_h * a->ph.tap_step, kx = a->pw.tap + tap_w * a->pw.tap_step;
    return (ky * j->w.kernel + kx) * j->channels;
}

/* What output (y, x) meets through a tap. */
static int64_t input_at(const job *j, const area *a, int64_t y, int64_t x, int64_t tap_h, int64_t tap_w)
{
    const nhwc__phase *ph = &a->ph, *pw = &a->pw;
    return (ph->input + y * ph->input_step + tap_h * ph->tap_input) * j->in.strides[1] +
           (pw->input + x * pw->input_step + tap_w * pw->tap_input) * j->in.strides[2];
}

/* All but the runs for an area whose outputs are taken in steps of `along`, from x on. */
static nhwc__slide slide_of(const job *j, const area *a, int64_t x, int64_t along)
{
    const nhwc__phase *ph = &a->ph, *pw = &a->pw;
    const int64_t *from = j->in.strides, *to = j->out.strides, outputs = a->w.end - a->w.first;
    const int64_t in_step = along * pw->input_step * from[2], out_step = along * pw->output_step * to[2];
    const bool is_double = !is_by_taps(pw) && pw->input_step == 2 * pw->tap_input;
    const char *in = offset(j, &j->in, a->n * from[0]), *filter = j->call->problem.filter.data;
    char *out = offset(j, &j->out, a->n * to[0] + (ph->output + a->h.first * ph->output_step) * to[1] +
                                       (pw->output + x * pw->output_step) * to[2]);
    nhwc__slide s = {.apart = is_double ? 2 : 1,
                     .rows = a->h.end - a->h.first,
                     .columns = outputs,
                     .repeats = pw->wide,
                     .channels = j->channels,
                     .a = in,
                     .b = filter,
                     .c = out,
                     .a_row = ph->input_step * from[1],
                     .c_row = ph->output_step * to[1],
                     .a_step = is_double ? in_step / 2 : in_step,
                     .b_step = along * pw->tap_step * j->channels,
                     .c_step = out_step,
                     .b_repeat = j->channels,
                     .c_repeat = to[2],
                     .accumulate = j->call->accumulate};
    if (is_by_taps(pw)) { /* the same with the factors exchanged, and columns with repeats */
        s.columns = pw->wide;
        s.repeats = outputs;
        s.a = filter;
        s.b = in;
        s.a_step = j->channels;
        s.c_step = to[2];
        s.b_repeat = in_step;
        s.c_repeat = out_step;
    }
    return s;
}

/* Sums of an area in order of tap. Where that is backwards in the image, outputs are taken from right to left, so that
 * their inputs still are those of the taps to come. */
static void sum_area(const job *j, const area *a)
{
    const bool by_taps = is_by_taps(&a->pw), backwards = j->transposed && !by_taps;
    const int64_t x = backwards ? a->w.end - 1 : a->w.first;
    const int64_t taps_h = a->h.end_tap - a->h.first_tap, taps_w = a->w.end_tap - a->w.first_tap;
    nhwc__run runs[MOST_RUNS];
    nhwc__slide s = slide_of(j, a, x, backwards ? -1 : 1);
    const bool slides = !by_taps && a->pw.tap_input * s.apart == a->pw.input_step;
    s.run = runs;
    for (int64_t i = 0; i < taps_h; i++)
        for (int64_t k = 0; k < taps_w; k += slides ? taps_w : 1) {
            const int64_t tap_h = tap_of(j, &a->h, i), tap_w = tap_of(j, &a->w, k);
            const int64_t in = input_at(j, a, a->h.first, x, tap_h, tap_w), filter = filter_at(j, a, tap_h, tap_w);
            if (s.runs == MOST_RUNS)
                sum_runs(j, &s);
            runs[s.runs++] = (nhwc__run){
                .a = by_taps ? filter : in, .b = by_taps ? in : filter, .length = slides ? taps_w : 1};
        }
    sum_runs(j, &s);
}

/* Rows of outputs that the same taps reach. */
static void sum_rows(const job *j, area *a)
{
    const bool wide = j->transposed && nhwc__may_be_wide(&j->w);
    const int64_t phases = wide ? NHWC__WIDE_PHASES : nhwc__phases(&j->w, j->transposed);
    for (int64_t phase = 0; phase < phases; phase++) {
        a->pw = wide ? nhwc__wide_phase_of(&j->w, phase) : nhwc__phase_of(&j->w, j->transposed, phase);
        for (a->w.end = 0; nhwc__next_span(&a->pw, &a->w);)
            sum_area(j, a);
    }
}

static void finish_row(const job *j, int64_t n, int64_t y)
{
    const nhwc__call *call = j->call;
    const int64_t at = n * j->out.strides[0] + y * j->out.strides[1];
    if (call->bias != NULL || call->activation != NHWC_ACTIVATION_NONE)
        for (int64_t x = 0; x < j->out.dims[2]; x++)
            call->kernels->finish(j->channels, call->bias != NULL ? call->bias->data : NULL, call->activation,
                                  offset(j, &j->out, at + x * j->out.strides[2]));
}

#define ROWS_AT_ONCE 8 /* of a phase: what they read and write stays in the cache */

/* Some rows of an image, phase by phase. */
static void sum_image(const job *j, int64_t n, range rows)
{
    const int64_t phases = nhwc__phases(&j->h, j->transposed);
    const bool by_taps = j->transposed && nhwc__may_be_wide(&j->w) && j->w.stride >= MANY_SIDE_BY_SIDE;
    area a = {.n = n};
    for (int64_t y = rows.first, end; y < rows.end; y = end) {
        end = nhwc__least(y + phases * (by_taps ? 1 : ROWS_AT_ONCE), rows.end);
        for (int64_t first = y; first < end && first < y + phases; first++) {
            const int64_t last = first / phases + nhwc__ceil(end - first, phases);
            a.ph = nhwc__phase_of(&j->h, j->transposed, first % phases);
            for (a.h.end = first / phases; a.h.end < last && nhwc__next_span(&a.ph, &a.h);) {
                a.h.end = nhwc__least(a.h.end, last);
                sum_rows(j, &a);
            }
        }
        for (int64_t row = y; row < end; row++)
            finish_row(j, n, row);
    }
}

/* ---- Sums over pixels ---------------------------------------------------------------------------- */

/* Sums of some channels of a filter: those of tap t are `tap` elements further on each. */
typedef struct sums {
    range channels;
    char *data;
    int64_t tap;
} sums;

/* One row of coarse pixels with all taps that meet the fine image there. */
static void correlate_row(const job *j, int64_t n, int64_t y, const sums *to)
{
    const nhwc__problem *p = &j->call->problem;
    const int64_t *f = p->fine.strides, *c = p->coarse.strides, channel = to->channels.first;
    const nhwc__phase ph = nhwc__phase_of(&j->h, false, 0), pw = nhwc__phase_of(&j->w, false, 0);
    const bool slides = pw.input_step == pw.tap_input;
    nhwc__span h = {.end = y}, w = {.end = 0};
    nhwc__run runs[MOST_RUNS];
    nhwc__next_span(&ph, &h);
    const int64_t fy = ph.input + y * ph.input_step + h.first_tap * ph.tap_input;
    nhwc__slide s = {.apart = 1,
                     .rows = h.end_tap - h.first_tap,
                     .repeats = 1,
                     .channels = to->channels.end - channel,
                     .run = runs,
                     .a = offset(j, &p->fine, n * f[0] + fy * f[1] + channel),
                     .b = offset(j, &p->coarse, n * c[0] + y * c[1] + channel),
                     .a_row = ph.tap_input * f[1],
                     .a_step = pw.tap_input * f[2],
                     .b_step = c[2],
                     .c_row = j->w.kernel * to->tap,
                     .c_step = to->tap,
                     .accumulate = true};
    while (nhwc__next_span(&pw, &w)) {
        s.columns = w.end_tap - w.first_tap;
        s.c = to->data + (h.first_tap * j->w.kernel + w.first_tap) * to->tap * j->element;
        for (int64_t x = w.first; x < w.end; x += slides ? w.end - w.first : 1) {
            if (s.runs == MOST_RUNS)
                sum_runs(j, &s);
            runs[s.runs++] =
                (nhwc__run){.a = (pw.input + x * pw.input_step + w.first_tap * pw.tap_input) * f[2],
                            .b = x * c[2],
                            .length = slides ? w.end - w.first : 1};
        }
        sum_runs(j, &s);
    }
}

#define CHANNELS_OF_LINE 16          /* float32 in a cache line, which tasks had better not share */
#define SUMS_BYTES       (16 * 1024) /* sums of a block of channels; those of enormous kernels are in the filter */

/* Sums are not in the filter while they grow: what one task writes is next to what others do. */
static void correlate(const job *j, range channels)
{
    const nhwc__problem *p = &j->call->problem;
    const int64_t taps = j->h.kernel * j->w.kernel, fitting = SUMS_BYTES / (taps * j->element);
    const int64_t at_once = fitting / CHANNELS_OF_LINE * CHANNELS_OF_LINE;
    _Alignas(64) char on_stack[SUMS_BYTES];
    sums s = {.channels = channels};
    for (int64_t first = channels.first; first < channels.end; first = s.channels.end) {
        char *filter = offset(j, &p->filter, first);
        s = (sums){{first, channels.end}, filter, j->channels};
        if (at_once > 0) {
            s.channels.end = nhwc__least(first + at_once, channels.end);
            s.data = on_stack;
            s.tap = s.channels.end - first;
        }
        const int64_t count = s.channels.end - first;
        for (int64_t tap = 0; !j->call->accumulate && tap < taps; tap++)
            memset(s.data + tap * s.tap * j->element, 0, (size_t)(count * j->element));
        if (j->call->accumulate && at_once > 0)
            j->call->kernels->copy(taps, count, filter, j->channels, s.data, s.tap);
        for (int64_t row = 0; row < p->geometry.batch * j->h.coarse; row++)
            correlate_row(j, row / j->h.coarse, row % j->h.coarse, &s);
        if (at_once > 0)
            j->call->kernels->copy(taps, count, s.data, s.tap, filter, j->channels);
    }
}

/* ---- Sharing the output among tasks -------------------------------------------------------------- */

static void run_task(void *argument, int64_t task)
{
    const job *j = argument;
    const int64_t height = j->out.dims[1];
    if (j->call->primitive == NHWC__CORRELATE) {
        const int64_t lines = nhwc__ceil(j->channels, CHANNELS_OF_LINE);
        correlate(j, (range){lines * task / j->tasks * CHANNELS_OF_LINE,
                             nhwc__least(lines * (task + 1) / j->tasks * CHANNELS_OF_LINE, j->channels)});
        return;
    }
    const range rows = {j->out.dims[0] * height * task / j->tasks, j->out.dims[0] * height * (task + 1) / j->tasks};
    for (int64_t row = rows.first, next; row < rows.end; row = next) {
        const int64_t n = row / height;
        next = nhwc__least((n + 1) * height, rows.end);
        sum_image(j, n, (range){row - n * height, next - n * height});
    }
}

void nhwc__depthwise_run(const nhwc_context *context, const nhwc__call *call, int tasks)
{
    const nhwc__problem *p = &call->problem;
    const bool transposed = call->primitive == NHWC__SCATTER;
    job j = {.call = call,
             .tasks = tasks,
             .element = (int64_t)nhwc_dtype_size(p->fine.dtype),
             .transposed = transposed,
             .in = transposed ? p->coarse : p->fine,
             .out = transposed ? p->fine : p->coarse,
             .h = p->geometry.h,
             .w = p->geometry.w,
             .channels = p->geometry.groups};
    if (!nhwc__tensor_is_empty(nhwc__output_of(call)))
        nhwc__parallel_for(context, tasks, run_task, &j);
}
