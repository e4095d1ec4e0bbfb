#include "conv/feeds.h"

#include "base/size.h"

/* A part of `rows` rows of an image from y on, counted from the block's first image. */
static nhwc__feed part_of(const nhwc__way *way, const nhwc__block *b, const nhwc_tensor *image, int64_t y, int64_t rows,
                          int64_t part, int64_t parts)
{
    const int64_t *s = image->strides, size = rows * s[1] * way->element / parts;
    const int64_t at = b->rows.first / way->g->h.coarse * s[0] + y * s[1];
    return (nhwc__feed){
        .at = (uintptr_t)image->data + (uintptr_t)(at * way->element + size * part), .rows = 1, .size = size};
}

nhwc__feed nhwc__next_coarse(const nhwc__way *way, const nhwc__block *b, int64_t part, int64_t parts)
{
    const int64_t rows = b->rows.end - b->rows.first, y = b->rows.first % way->g->h.coarse + rows;
    return part_of(way, b, &way->call->problem.coarse, y, rows, part, parts);
}

/* The fine rows that the next row of taps sees: of this block, or the next one. */
static nhwc__feed next_taps(const nhwc__way *way, const nhwc__block *b, int64_t ky)
{
    const nhwc_axis *h = &way->g->h, *w = &way->g->w;
    const nhwc_tensor *fine = &way->call->problem.fine;
    const bool is_last = ky + 1 == h->kernel;
    const int64_t rows = b->rows.end - b->rows.first, columns = (b->columns.end - b->columns.first) * w->stride;
    const int64_t first = b->rows.first % h->coarse + (is_last ? nhwc__least(rows, h->coarse) : 0);
    const int64_t y = first * h->stride + (is_last ? 0 : ky + 1) * h->dilation - h->pad_before;
    nhwc__feed f = part_of(way, b, fine, nhwc__least(nhwc__most(y, 0), h->fine), 1, 0, 1);
    f.rows = rows;
    f.step = (uintptr_t)h->stride * (uintptr_t)f.size;
    f.size = nhwc__least(columns, w->fine) * fine->strides[2] * way->element;
    return f;
}

/* The same, or a part of the fine rows that only the next block sees. */
nhwc__feed nhwc__next_fine(const nhwc__way *way, const nhwc__block *b, int64_t ky, int64_t part, int64_t parts)
{
    const nhwc_axis *h = &way->g->h;
    if (way->banded && way->taps == 1)
        return next_taps(way, b, ky);
    const int64_t rows = nhwc__least(b->rows.end - b->rows.first, h->coarse);
    const int64_t last = (b->rows.first % h->coarse + rows - 1) * h->stride;
    const int64_t seen = last + (h->kernel - 1) * h->dilation - h->pad_before;
    const int64_t y = nhwc__least(nhwc__most(seen + 1, 0), h->fine);
    return part_of(way, b, &way->call->problem.fine, y, nhwc__least(rows * h->stride, h->fine - y), part, parts);
}

nhwc__feed nhwc__shared_among(nhwc__feed f, int64_t tiles, int64_t terms)
{
    f.share = f.size > 0 ? nhwc__ceil(f.rows * f.size, tiles) : 0;
    f.speed = nhwc__ceil(f.share, terms);
    return f;
}

void nhwc__fetch_ahead(nhwc__tile *tile, nhwc__feed *f)
{
    tile->ahead = f->at + (uintptr_t)f->done;
    tile->ahead_step = f->speed;
    for (f->done += f->share; f->done > f->size; f->done -= f->size)
        f->at += f->step;
}
