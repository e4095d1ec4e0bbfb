#include "conv/bands.h"

#include <string.h>

#include "base/size.h"

nhwc__pixels nhwc__coarse_of(const nhwc__way *way, const nhwc__block *b, int64_t group, int64_t panel)
{
    const nhwc_tensor *coarse = &way->call->problem.coarse;
    const int64_t *s = coarse->strides, channel = group * way->coarse_c + panel * way->width;
    return (nhwc__pixels){.data = coarse->data,
                          .origin = b->rows.first / way->g->h.coarse * s[0] + channel,
                          .image = s[0],
                          .row = s[1],
                          .column = s[2],
                          .panel = way->width,
                          .y = b->rows.first % way->g->h.coarse,
                          .x = b->columns.first,
                          .y_step = 1,
                          .x_step = 1};
}

nhwc__pixels nhwc__fine_of(const nhwc__way *way, const nhwc__block *b, int64_t group, int64_t ky, int64_t kx)
{
    const nhwc_axis *h = &way->g->h, *w = &way->g->w;
    const nhwc_tensor *fine = &way->call->problem.fine;
    const int64_t *s = fine->strides;
    return (nhwc__pixels){.data = fine->data,
                          .origin = b->rows.first / h->coarse * s[0] + group * way->fine_c,
                          .image = s[0],
                          .row = s[1],
                          .column = s[2],
                          .y = b->rows.first % h->coarse * h->stride + ky * h->dilation - h->pad_before,
                          .x = b->columns.first * w->stride + kx * w->dilation - w->pad_before,
                          .y_step = h->stride,
                          .x_step = w->stride};
}

nhwc__pixels nhwc__pack_coarse(const nhwc__way *way, const nhwc__block *b, int64_t group, nhwc__range panels, char *to)
{
    const nhwc__pixels from = nhwc__coarse_of(way, b, group, panels.first);
    const int64_t columns = b->columns.end - b->columns.first, row = columns * way->width, size = nhwc__panel_size(way);
    for (int64_t i = b->rows.first, n = 0, y = 0; i < b->rows.end; i++) {
        const char *at = from.data + nhwc__element_of(&from, n, y, 0) * way->element;
        char *out = to + (i - b->rows.first) * row * way->element;
        for (int64_t p = panels.first; p < panels.end; p++) {
            const int64_t channels = nhwc__least(way->width, way->coarse_c - p * way->width);
            if (channels < way->width)
                memset(out, 0, (size_t)(row * way->element));
            way->call->kernels->copy(columns, channels, at, from.column, out, way->width);
            at += way->width * way->element;
            out += size * way->element;
        }
        if (++y == way->g->h.coarse)
            y = 0, n++;
    }
    return (nhwc__pixels){.data = to,
                          .image = way->g->h.coarse * row,
                          .row = row,
                          .column = way->width,
                          .panel = size,
                          .y_step = 1,
                          .x_step = 1};
}

/* Those of `count` pixels, every `step` from `first` on, that are inside an axis of `size`. */
static nhwc__range inside_of(int64_t first, int64_t step, int64_t count, int64_t size)
{
    const int64_t begin = nhwc__least(nhwc__ceil(-first, step), count);
    return (nhwc__range){begin, nhwc__most(nhwc__least(nhwc__ceil(size - first, step), count), begin)};
}

/* Zeros around the `inside` elements from `before` on of some rows of a band's image. */
static void clear_around(const nhwc__way *way, nhwc__range rows, int64_t before, int64_t inside, char *image)
{
    const int64_t pitch = nhwc__band_pitch(way) * way->element, behind = (before + inside) * way->element;
    memset(image, 0, (size_t)(rows.first * pitch));
    for (char *row = image + rows.first * pitch; row < image + rows.end * pitch; row += pitch) {
        memset(row, 0, (size_t)(before * way->element));
        memset(row + behind, 0, (size_t)(pitch - behind));
    }
    memset(image + rows.end * pitch, 0, (size_t)((nhwc__band_rows(way) - rows.end) * pitch));
}

/* The part of a band that is image n, from fine row y on. */
static void fill_image(const nhwc__way *way, const nhwc__block *b, int64_t group, int64_t n, int64_t y, bool has_zeros,
                       char *to)
{
    const nhwc_axis *w = &way->g->w;
    const nhwc_tensor *fine = &way->call->problem.fine;
    const int64_t *s = fine->strides, pitch = nhwc__band_pitch(way), step = way->taps == 1 ? way->g->h.stride : 1;
    const int64_t x = b->columns.first * w->stride - w->pad_before;
    const int64_t seen = nhwc__fine_pixels(w, b->columns.end - b->columns.first, w->kernel);
    const nhwc__range rows = inside_of(y, step, nhwc__band_rows(way), way->g->h.fine);
    const nhwc__range columns = inside_of(x, 1, seen, w->fine);
    const int64_t count = columns.end - columns.first, before = columns.first * way->fine_c;
    if (!has_zeros)
        clear_around(way, rows, before, count * way->fine_c, to);
    const int64_t at = n * s[0] + (y + rows.first * step) * s[1] + (x + columns.first) * s[2] + group * way->fine_c;
    const char *from = (const char *)fine->data + at * way->element;
    to += (rows.first * pitch + before) * way->element;
    if (s[2] == way->fine_c) {
        way->call->kernels->copy(rows.end - rows.first, count * way->fine_c, from, step * s[1], to, pitch);
        return;
    }
    for (int64_t row = rows.first; row < rows.end; row++) {
        way->call->kernels->copy(count, way->fine_c, from, s[2], to, way->fine_c);
        from += step * s[1] * way->element;
        to += pitch * way->element;
    }
}

nhwc__pixels nhwc__fill_band(const nhwc__way *way, const nhwc__block *b, int64_t group, int64_t ky, char *to)
{
    const nhwc_axis *h = &way->g->h;
    const int64_t pitch = nhwc__band_pitch(way), size = nhwc__band_rows(way) * pitch;
    const int64_t y = b->rows.first % h->coarse * h->stride + ky * h->dilation - h->pad_before;
    const int64_t first = b->rows.first / h->coarse, end = nhwc__ceil(b->rows.end, h->coarse);
    const bool is_like_the_last = /* block: whole images */
        b->follows && way->rows >= h->coarse && way->columns == way->g->w.coarse && way->taps == h->kernel;
    for (int64_t n = first; n < end; n++)
        fill_image(way, b, group, n, y, is_like_the_last, to + (n - first) * size * way->element);
    memset(to + (end - first) * size * way->element, 0, (size_t)(way->width * way->element));
    return (nhwc__pixels){.data = to,
                          .image = size,
                          .row = pitch,
                          .column = way->fine_c,
                          .panel = way->width,
                          .y_step = way->taps == 1 ? 1 : h->stride,
                          .x_step = way->g->w.stride};
}
