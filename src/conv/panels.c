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

static bool has_pixels_to_fill(const nhwc__shape *s)
{
    const nhwc_axis *h = &s->g->h, *w = &s->g->w;
    const double pixels = s->transposed ? (double)h->fine * (double)w->fine : (double)h->coarse * (double)w->coarse;
    return (double)s->g->batch * pixels >= PIXELS_TO_FILL;
}

/* How many outputs side by side are fastest as one, though zeros are multiplied: a cache line of channels takes as long
 * as one channel. 0 for none. */
static int64_t outputs_to_fill(const nhwc__shape *s)
{
    const nhwc_axis *w = &s->g->w;
    const int64_t width = s->transposed ? w->fine : w->coarse;
    if (s->out_c == 0 || s->groups > 1 || w->dilation > 1 || (s->transposed && w->stride > 1) || !has_pixels_to_fill(s))
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

/* How many groups have the outputs of a cache line together. */
static int64_t groups_to_join(const nhwc__shape *s)
{
    int64_t join = s->out_c > 0 && has_pixels_to_fill(s) ? nhwc__least(LINE / s->element / s->out_c, s->groups) : 1;
    while (join > 1 && s->groups % join != 0)
        join--;
    return nhwc__most(join, 1);
}

bool nhwc__are_dots(int64_t in_c, int64_t out_c)
{
    return out_c > 0 && out_c <= NHWC__DOT_COLUMNS && in_c > 0 && in_c % NHWC__DOT_LANES == 0;
}

/* Groups of as many channels in as out, some of which fill a vector and all of which fill some; and sums so short that
 * they are made at a time. */
static bool may_spread(const nhwc__shape *s, const nhwc__call *call)
{
    const nhwc_geometry *g = &call->problem.geometry;
    const double taps = (double)g->h.kernel * (double)g->w.kernel;
    return (s->in_c == 2 || s->in_c == 4 || s->in_c == 8) && s->out_c == s->in_c && s->groups > 1 &&
           s->lanes >= s->in_c && g->fine_c % s->lanes == 0 && taps <= NHWC__MOST_RUNS - 2;
}

/* Whether the outputs of a stride are fastest as one: by their number of lines, and by reading an image once. */
static bool is_wide(const nhwc__shape *s)
{
    const nhwc_geometry *g = s->g;
    if (!s->transposed || g->groups > 1 || !nhwc__may_be_wide(&g->w))
        return false;
    const bool is_whole = g->w.pad_before % g->w.stride == 0 && g->w.fine % g->w.stride == 0; /* no part of a group */
    const int64_t cost = cost_of(s->out_c, s->element) * g->w.stride;
    const int64_t wide = cost_of(g->w.stride * s->out_c, s->element);
    return 10 * wide < 9 * cost || (is_whole && wide <= cost && g->w.coarse >= LONG_ROW);
}

nhwc__shape nhwc__shape_of(const nhwc__call *call, bool may_fill)
{
    const nhwc_geometry *g = &call->problem.geometry;
    const bool transposed = call->primitive == NHWC__SCATTER;
    nhwc__shape s = {.g = g,
                     .transposed = transposed,
                     .joined = 1,
                     .groups = g->groups,
                     .in_c = (transposed ? g->coarse_c : g->fine_c) / g->groups,
                     .out_c = (transposed ? g->fine_c : g->coarse_c) / g->groups,
                     .lanes = call->kernels->lanes,
                     .narrow = call->kernels->narrow,
                     .element = (int64_t)nhwc_dtype_size(call->problem.fine.dtype)};
    s.wide = is_wide(&s);
    if (!s.wide && may_spread(&s, call)) {
        s.spread = s.in_c;
        s.groups = 1;
        s.in_c = s.lanes;
        s.out_c = g->fine_c;
    }
    s.is_dots = !s.wide && nhwc__are_dots(s.in_c, s.out_c);
    if (!may_fill || s.wide || s.is_dots || s.spread > 0)
        return s;
    if (nhwc__output_of(call)->strides[2] == s.out_c)
        s.filled = outputs_to_fill(&s);
    s.joined = groups_to_join(&s);
    s.groups /= s.joined;
    s.in_c *= s.joined;
    s.out_c *= s.joined;
    return s;
}

/* Of panels of so many columns. */
static int64_t width_of(const nhwc__shape *s, int64_t columns)
{
    if (s->spread > 0 || s->is_dots)
        return nhwc__most(s->spread, 1);
    return columns <= s->narrow ? s->narrow : columns <= s->lanes ? s->lanes : 2 * s->lanes;
}

bool nhwc__is_panel(const nhwc__shape *s)
{
    return !s->transposed && s->g->groups == 1 && s->filled == 0 && width_of(s, s->out_c) == s->out_c;
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
    p->is_filled = (s->filled > 0 && w == 0) || s->joined > 1;
    p->depth = p->h.taps * p->w.taps * s->in_c;
    p->columns = p->w.wide * s->out_c;
    p->width = width_of(s, p->columns);
    p->panel_columns = s->spread > 0 ? s->lanes : p->width;
    p->panels = nhwc__ceil(p->columns, p->panel_columns);
    return true;
}

/* Row k, one column of a group of the matrix of a phase: where the filter has it. Columns of several outputs are those
 * of taps side by side, which follow one another in the filter. */
static const char *source_of(const nhwc__shape *s, const nhwc__call *call, const nhwc__pair *p, int64_t group,
                             int64_t k, int64_t column)
{
    const int64_t tap = k / s->in_c, channel = k % s->in_c, row = s->g->coarse_c;
    const int64_t tap_h = p->h.tap + tap / p->w.taps * p->h.tap_step;
    const int64_t tap_w = p->w.tap + tap % p->w.taps * p->w.tap_step;
    const int64_t of_tap = (tap_h * s->g->w.kernel + tap_w) * (s->g->fine_c / s->g->groups);
    const int64_t at = s->transposed ? (of_tap + column) * row + group * s->in_c + channel
                                     : (of_tap + channel) * row + group * s->out_c + column;
    return (const char *)call->problem.filter.data + at * s->element;
}

/* The same where zeros are filled up, for a channel of the input and one of the output that are of one of the problem's
 * groups: NULL where the input is not met. */
static const char *source_or_zero(const nhwc__shape *s, const nhwc__call *call, const nhwc__pair *p, int64_t group,
                                  int64_t k, int64_t column)
{
    const int64_t in_c = s->in_c / s->joined, out_c = s->out_c / s->joined; /* of the problem's groups */
    const int64_t u = k / s->in_c % p->w.taps, in = k % in_c, out = column % out_c;
    const int64_t tap_h = p->h.tap + k / s->in_c / p->w.taps * p->h.tap_step;
    const int64_t tap_w = s->filled > 0 ? nhwc__tap_of_input(&s->g->w, s->transposed, column / s->out_c, u)
                                        : p->w.tap + u * p->w.tap_step;
    if (tap_w < 0)
        return NULL;
    const int64_t rows = s->g->fine_c / s->g->groups, columns = s->g->coarse_c / s->g->groups;
    const int64_t row = (tap_h * s->g->w.kernel + tap_w) * rows + (s->transposed ? out : in);
    const int64_t at = (group * s->joined + k % s->in_c / in_c) * columns + (s->transposed ? in : out);
    return (const char *)call->problem.filter.data + (row * s->g->coarse_c + at) * s->element;
}

/* Block by block: the channels of one tap and group of the problem, for each of the outputs that are one. */
static void pack_filled(const nhwc__shape *s, const nhwc__call *call, const nhwc__pair *p, int64_t group, int64_t first,
                        int64_t last, int64_t k, int64_t end, char *to)
{
    const int64_t in_c = s->in_c / s->joined, out_c = s->out_c / s->joined, size = (end - k) * p->width;
    memset(to, 0, (size_t)((last - first) * size * s->element));
    for (int64_t at = k, next; at < end; at = next) {
        next = nhwc__least((at / in_c + 1) * in_c, end);
        for (int64_t g = 0; g < p->w.wide; g++) {
            const int64_t from = g * s->out_c + at % s->in_c / in_c * out_c;
            for (int64_t column = from, right; column < from + out_c; column = right) {
                const int64_t panel = column / p->width;
                const char *in = source_or_zero(s, call, p, group, at, column);
                right = nhwc__least((panel + 1) * p->width, from + out_c);
                if (in != NULL && panel >= first && panel < last)
                    (s->transposed ? call->kernels->transpose : call->kernels->copy)(
                        next - at, right - column, in, s->g->coarse_c,
                        to + ((panel - first) * size + (at - k) * p->width + column % p->width) * s->element, p->width);
            }
        }
    }
}

static void pack_spread(const nhwc__shape *s, const nhwc__call *call, const nhwc__pair *p, int64_t first, int64_t last,
                        int64_t k, int64_t end, char *to)
{
    const int64_t row = s->g->coarse_c, groups = s->lanes / s->spread, rows = s->g->fine_c / s->g->groups;
    for (int64_t panel = first; panel < last; panel++)
        for (int64_t tap = k / s->lanes; tap < end / s->lanes; tap++, to += s->spread * s->lanes * s->element)
            for (int64_t group = 0; group < groups; group++) {
                const int64_t tap_h = p->h.tap + tap / p->w.taps * p->h.tap_step;
                const int64_t tap_w = p->w.tap + tap % p->w.taps * p->w.tap_step;
                const int64_t at = (tap_h * s->g->w.kernel + tap_w) * rows * row + panel * s->lanes + group * s->spread;
                (s->transposed ? call->kernels->transpose : call->kernels->copy)(
                    s->spread, s->spread, (const char *)call->problem.filter.data + at * s->element, row,
                    to + group * s->spread * s->element, s->lanes);
            }
}

#define ROWS_AT_ONCE 32 /* of a filter, into all panels, so that a row's lines are fetched together */

void nhwc__pack_panels(const nhwc__shape *s, const nhwc__call *call, const nhwc__pair *p, int64_t group, int64_t first,
                       int64_t last, int64_t k, int64_t end, void *panels)
{
    char *to = panels;
    const int64_t row = s->g->coarse_c, panel_size = (end - k) * p->width;
    if (p->is_filled) {
        pack_filled(s, call, p, group, first, last, k, end, to);
        return;
    }
    if (s->spread > 0) {
        pack_spread(s, call, p, first, last, k, end, to);
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
