#include "conv/panels.h"

#include <string.h>

#include "base/size.h"

#define LINE 64 /* bytes of a cache line */

/* How long a vector's worth of columns takes, in 64ths of a cache line: by lines, and a single one has more to load. */
static int64_t cost_of(int64_t columns, int64_t element)
{
    const int64_t lines = nhwc__ceil(columns * element, 64);
    return lines == 1 ? 80 : 64 * lines;
}

#define LONG_ROW 64 /* coarse pixels: enough of them that an image is better read once than for every phase */

#define PIXELS_TO_FILL 2048 /* to pay for filling up filters */

/* A cache line of channels takes as long as one channel. */
int64_t nhwc__outputs_to_fill(const nhwc__shape *s)
{
    const nhwc_axis *h = &s->g->h, *w = &s->g->w;
    const int64_t width = s->transposed ? w->fine : w->coarse, height = s->transposed ? h->fine : h->coarse;
    const double pixels = (double)s->g->batch * (double)height * (double)width;
    if (s->out_c == 0 || s->g->groups > 1 || w->dilation > 1 || (s->transposed && w->stride > 1) ||
        pixels < PIXELS_TO_FILL)
        return 0;
    int64_t best = 0, least = width * w->kernel * 9 / 10; /* taps, for a row of outputs */
    for (int64_t group = 2; group <= nhwc__least(LINE / s->element / s->out_c, width); group++) {
        const int64_t taps = w->kernel + (group - 1) * (s->transposed ? 1 : w->stride);
        const int64_t all = width / group * taps + width % group * w->kernel;
        if (all < least) {
            least = all;
            best = group;
        }
    }
    return best;
}

nhwc__shape nhwc__shape_of(const nhwc__call *call)
{
    const nhwc_geometry *g = &call->problem.geometry;
    const bool transposed = call->primitive == NHWC__SCATTER;
    nhwc__shape s = {.g = g,
               .transposed = transposed,
               .in_c = (transposed ? g->coarse_c : g->fine_c) / g->groups,
               .out_c = (transposed ? g->fine_c : g->coarse_c) / g->groups,
               .lanes = call->kernels->lanes,
               .element = (int64_t)nhwc_dtype_size(call->problem.fine.dtype)};
    const bool is_whole = g->w.pad_before % g->w.stride == 0 && g->w.fine % g->w.stride == 0; /* no part of a group */
    const int64_t cost = cost_of(s.out_c, s.element) * g->w.stride, wide = cost_of(g->w.stride * s.out_c, s.element);
    s.wide = transposed && g->groups == 1 && nhwc__may_be_wide(&g->w) &&
             (10 * wide < 9 * cost || (is_whole && wide <= cost && g->w.coarse >= LONG_ROW));
    const nhwc_tensor *out = nhwc__output_of(call);
    if (!s.wide && call->packed == NULL && !call->accumulate && out->strides[2] == s.out_c)
        s.filled = nhwc__outputs_to_fill(&s);
    return s;
}

bool nhwc__next_pair(const nhwc__shape *s, nhwc__pair *p)
{
    if (p->index < 0) {
        p->count_h = nhwc__phases(&s->g->h, s->transposed);
        p->count_w = s->wide         ? NHWC__WIDE_PHASES
                     : s->filled > 0 ? NHWC__FILLED_PHASES
                                     : nhwc__phases(&s->g->w, s->transposed);
    }
    if (++p->index >= p->count_h * p->count_w)
        return false;
    const int64_t w = p->index % p->count_w;
    if (w == 0)
        p->h = nhwc__phase_of(&s->g->h, s->transposed, p->index / p->count_w);
    p->w = s->wide         ? nhwc__wide_phase_of(&s->g->w, w)
           : s->filled > 0 ? nhwc__filled_phase_of(&s->g->w, s->transposed, s->filled, w)
                           : nhwc__phase_of(&s->g->w, s->transposed, w);
    p->is_filled = s->filled > 0 && w == 0;
    p->depth = p->h.taps * p->w.taps * s->in_c;
    p->columns = p->w.wide * s->out_c;
    p->width = p->columns > s->lanes ? 2 * s->lanes : s->lanes;
    p->panels = nhwc__ceil(p->columns, p->width);
    return true;
}

double nhwc__bytes_of_panels(const nhwc__shape *s, const nhwc__pair *p)
{
    return (double)p->depth * (double)(p->panels * p->width * s->element);
}

/* Row k, one column of a group of the matrix of a phase: where the filter has it. Columns of several outputs are those
 * of taps side by side, which follow one another in the filter. */
static const char *source_of(const nhwc__shape *s, const nhwc__call *call, const nhwc__pair *p, int64_t group, int64_t k,
                             int64_t column)
{
    const int64_t tap = k / s->in_c, channel = k % s->in_c, row = s->g->coarse_c;
    const int64_t tap_h = p->h.tap + tap / p->w.taps * p->h.tap_step;
    const int64_t tap_w = p->w.tap + tap % p->w.taps * p->w.tap_step;
    const int64_t of_tap = (tap_h * s->g->w.kernel + tap_w) * (s->g->fine_c / s->g->groups);
    const int64_t at = s->transposed ? (of_tap + column) * row + group * s->in_c + channel
                                     : (of_tap + channel) * row + group * s->out_c + column;
    return (const char *)call->problem.filter.data + at * s->element;
}

/* The same as pack, element by element, where the filters of several outputs are filled up with zeros to one. */
static void pack_filled(const nhwc__shape *s, const nhwc__call *call, const nhwc__pair *p, int64_t first, int64_t last, int64_t k,
                        int64_t end, char *to)
{
    for (int64_t panel = first; panel < last; panel++)
        for (int64_t at = k; at < end; at++)
            for (int64_t i = 0; i < p->width; i++, to += s->element) {
                const int64_t column = panel * p->width + i, u = at / s->in_c % p->w.taps, in = at % s->in_c;
                const int64_t tap_h = p->h.tap + at / s->in_c / p->w.taps * p->h.tap_step, out = column % s->out_c;
                const int64_t tap_w = nhwc__tap_of_input(&s->g->w, s->transposed, column / s->out_c, u);
                memset(to, 0, (size_t)s->element);
                if (column >= p->columns || tap_w < 0)
                    continue;
                const int64_t row = (tap_h * s->g->w.kernel + tap_w) * s->g->fine_c + (s->transposed ? out : in);
                const int64_t from = row * s->g->coarse_c + (s->transposed ? in : out);
                memcpy(to, (const char *)call->problem.filter.data + from * s->element, (size_t)s->element);
            }
}

#define ROWS_AT_ONCE 32 /* of a filter, into all panels, so that a row's lines are fetched together */

void nhwc__pack_panels(const nhwc__shape *s, const nhwc__call *call, const nhwc__pair *p, int64_t group, int64_t first,
                       int64_t last, int64_t k, int64_t end, void *panels)
{
    char *to = panels;
    const int64_t row = s->g->coarse_c, panel_size = (end - k) * p->width;
    if (p->is_filled) {
        pack_filled(s, call, p, first, last, k, end, to);
        return;
    }
    for (int64_t panel = first; panel < last; panel++)
        if ((panel + 1) * p->width > p->columns)
            memset(to + (panel - first) * panel_size * s->element, 0, (size_t)(panel_size * s->element));
    for (int64_t at = k, next; at < end; at = next) {
        next = nhwc__least(nhwc__least(at + ROWS_AT_ONCE, end), (at / s->in_c + 1) * s->in_c);
        for (int64_t panel = first; panel < last; panel++) {
            const int64_t column = panel * p->width, columns = nhwc__least(p->width, p->columns - column);
            char *out = to + ((panel - first) * panel_size + (at - k) * p->width) * s->element;
            (s->transposed ? call->kernels->transpose : call->kernels->copy)(
                next - at, columns, source_of(s, call, p, group, at, column), row, out, p->width);
        }
    }
}
