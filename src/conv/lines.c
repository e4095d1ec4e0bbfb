#include "conv/lines.h"

#include <string.h>

#include "base/size.h"

static char *offset(const nhwc_tensor *tensor, int64_t elements)
{
    return (char *)tensor->data + elements * (int64_t)nhwc_dtype_size(tensor->dtype);
}

/* ---- Sums over taps ------------------------------------------------------------------------------ */

#define TERMS 64 /* at a time; a longer sum is continued */

/* A tap that touches pixels first .. end of a line: there it multiplies the other image, whose pixel for pixel 0 of
 * the line lies, or would, at `from`. */
typedef struct term {
    int64_t first, end, from;
    const char *filter;
} term;

typedef struct line {
    const nhwc_tensor *from;   /* the other image ... */
    int64_t from_step;         /* ... by this much for each pixel of the line */
    char *to;                  /* pixel 0 of the line */
    int64_t to_step, length;   /* its pixels */
    bool accumulate;
    int count;
    term terms[TERMS];
} line;

/* Adds up the terms so far, over stretches of the line that the same taps touch. */
static void sum_line(const nhwc__lines *lines, line *l)
{
    const int64_t element = (int64_t)nhwc_dtype_size(l->from->dtype);
    for (int64_t at = 0, next; at < l->length; at = next) {
        const void *a[TERMS], *b[TERMS];
        int count = 0;
        next = l->length;
        for (int t = 0; t < l->count; t++) {
            const term *tap = &l->terms[t];
            if (tap->first > at)
                next = nhwc__least(next, tap->first);
            else if (tap->end > at) {
                next = nhwc__least(next, tap->end);
                a[count] = offset(l->from, tap->from + at * l->from_step);
                b[count++] = tap->filter;
            }
        }
        lines->kernels->sum_products(next - at, lines->channels, count, a, l->from_step, b, l->accumulate,
                                     l->to + at * l->to_step * element, l->to_step);
    }
    l->accumulate = true;
    l->count = 0;
}

static void add_term(const nhwc__lines *lines, line *l, term t)
{
    if (l->count == TERMS)
        sum_line(lines, l);
    t.first = nhwc__most(t.first, 0);
    t.end = nhwc__least(t.end, l->length);
    if (t.first < t.end)
        l->terms[l->count++] = t;
}

static const char *filter_of(const nhwc__lines *lines, int64_t ky, int64_t kx)
{
    const nhwc_geometry *g = &lines->problem->geometry;
    return offset(&lines->problem->filter, (ky * g->w.kernel + kx) * g->coarse_c + lines->first_channel);
}

void nhwc__lines_gather(const nhwc__lines *lines, int64_t row)
{
    const nhwc__problem *p = lines->problem;
    const nhwc_axis *h = &p->geometry.h, *w = &p->geometry.w;
    const int64_t n = row / h->coarse, y = row % h->coarse, *f = p->fine.strides, *c = p->coarse.strides;
    line l = {.from = &p->fine,
              .from_step = w->stride * f[2],
              .to = offset(&p->coarse, n * c[0] + y * c[1] + lines->first_channel),
              .to_step = c[2],
              .length = w->coarse,
              .accumulate = lines->accumulate,
              .count = 0};
    for (int64_t ky = 0; ky < h->kernel; ky++) {
        const int64_t fy = y * h->stride + ky * h->dilation - h->pad_before;
        for (int64_t kx = 0; fy >= 0 && fy < h->fine && kx < w->kernel; kx++) {
            const int64_t fx = kx * w->dilation - w->pad_before; /* of pixel 0 */
            add_term(lines, &l,
                     (term){.first = nhwc__ceil(-fx, w->stride),
                            .end = nhwc__ceil(w->fine - fx, w->stride),
                            .from = n * f[0] + fy * f[1] + fx * f[2] + lines->first_channel,
                            .filter = filter_of(lines, ky, kx)});
        }
    }
    sum_line(lines, &l);
}

/* A line of the fine image is every stride-th pixel: those that the same taps reach. */
static void scatter_line(const nhwc__lines *lines, int64_t row, int64_t first_fx)
{
    const nhwc__problem *p = lines->problem;
    const nhwc_axis *h = &p->geometry.h, *w = &p->geometry.w;
    const int64_t n = row / h->fine, fy = row % h->fine, *f = p->fine.strides, *c = p->coarse.strides;
    line l = {.from = &p->coarse,
              .from_step = c[2],
              .to = offset(&p->fine, n * f[0] + fy * f[1] + first_fx * f[2] + lines->first_channel),
              .to_step = w->stride * f[2],
              .length = (w->fine - first_fx + w->stride - 1) / w->stride,
              .accumulate = lines->accumulate,
              .count = 0};
    for (int64_t ky = 0; ky < h->kernel; ky++) {
        const int64_t down = fy + h->pad_before - ky * h->dilation, y = down / h->stride;
        if (down < 0 || down % h->stride != 0 || y >= h->coarse)
            continue;
        for (int64_t kx = 0; kx < w->kernel; kx++) {
            const int64_t across = first_fx + w->pad_before - kx * w->dilation;
            if (across % w->stride != 0)
                continue;
            const int64_t x = across / w->stride; /* of the line's first pixel; may lie left of the image */
            add_term(lines, &l,
                     (term){.first = -x,
                            .end = w->coarse - x,
                            .from = n * c[0] + y * c[1] + x * c[2] + lines->first_channel,
                            .filter = filter_of(lines, ky, kx)});
        }
    }
    sum_line(lines, &l);
}

void nhwc__lines_scatter(const nhwc__lines *lines, int64_t row)
{
    const nhwc_axis *w = &lines->problem->geometry.w;
    for (int64_t fx = 0; fx < w->stride && fx < w->fine; fx++)
        scatter_line(lines, row, fx);
}

/* ---- Sums over pixels ------------------------------------------------------------------------------ */

typedef struct pixel_sum {
    int count;
    const void *fine[TERMS], *coarse[TERMS];
} pixel_sum;

/* Adds the pixels so far to taps first .. end of a row of the filter. */
static void sum_pixels(const nhwc__lines *lines, pixel_sum *s, int64_t ky, int64_t first, int64_t end)
{
    const nhwc__problem *p = lines->problem;
    const nhwc_axis *w = &p->geometry.w;
    char *filter = offset(&p->filter, (ky * w->kernel + first) * p->geometry.coarse_c + lines->first_channel);
    lines->kernels->sum_products(end - first, lines->channels, s->count, s->fine, w->dilation * p->fine.strides[2],
                                 s->coarse, true, filter, p->geometry.coarse_c);
    s->count = 0;
}

/* The taps first .. end of a row through which coarse pixel x touches the fine image. */
static void touching_taps(const nhwc_axis *w, int64_t x, int64_t *first, int64_t *end)
{
    const int64_t before = w->pad_before - x * w->stride; /* from tap 0 to the image */
    *first = nhwc__least(nhwc__ceil(before, w->dilation), w->kernel);
    *end = nhwc__most(nhwc__least(nhwc__ceil(before + w->fine, w->dilation), w->kernel), *first);
}

/* One row of taps with one row of coarse pixels: as long as the same taps touch, pixels are added together. */
static void correlate_row(const nhwc__lines *lines, int64_t ky, int64_t n, int64_t y, int64_t fy)
{
    const nhwc__problem *p = lines->problem;
    const nhwc_axis *w = &p->geometry.w;
    const int64_t *f = p->fine.strides, *c = p->coarse.strides;
    pixel_sum s = {.count = 0};
    int64_t first = 0, end = 0;
    for (int64_t x = 0; x < w->coarse; x++) {
        int64_t first_here, end_here;
        touching_taps(w, x, &first_here, &end_here);
        if (s.count == TERMS || (s.count > 0 && (first_here != first || end_here != end)))
            sum_pixels(lines, &s, ky, first, end);
        first = first_here;
        end = end_here;
        if (first == end)
            continue;
        const int64_t fx = x * w->stride + first * w->dilation - w->pad_before;
        s.fine[s.count] = offset(&p->fine, n * f[0] + fy * f[1] + fx * f[2] + lines->first_channel);
        s.coarse[s.count++] = offset(&p->coarse, n * c[0] + y * c[1] + x * c[2] + lines->first_channel);
    }
    if (s.count > 0)
        sum_pixels(lines, &s, ky, first, end);
}

void nhwc__lines_correlate(const nhwc__lines *lines)
{
    const nhwc_geometry *g = &lines->problem->geometry;
    const size_t element = nhwc_dtype_size(lines->problem->filter.dtype);
    for (int64_t tap = 0; !lines->accumulate && tap < g->h.kernel * g->w.kernel; tap++)
        memset(offset(&lines->problem->filter, tap * g->coarse_c + lines->first_channel), 0,
               (size_t)lines->channels * element);
    for (int64_t row = 0; row < g->batch * g->h.coarse; row++)
        for (int64_t ky = 0; ky < g->h.kernel; ky++) {
            const int64_t y = row % g->h.coarse, fy = y * g->h.stride + ky * g->h.dilation - g->h.pad_before;
            if (fy >= 0 && fy < g->h.fine)
                correlate_row(lines, ky, row / g->h.coarse, y, fy);
        }
}
