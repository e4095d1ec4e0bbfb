/* Where the pixels of a block of a filter gradient lie: in place; or side by side, coarse ones in panels, fine ones in
 * bands. */
#ifndef NHWC_CONV_BANDS_H
#define NHWC_CONV_BANDS_H

#include "conv/ways.h"

/* Some columns of some coarse rows: whole images, rows of one image, or a part of one row. */
typedef struct nhwc__block {
    nhwc__range rows, columns;
    bool follows; /* another one of the same chain */
} nhwc__block;

/* Where elements lie that a block's coarse pixels meet: in pixel (y + i * y_step, x + k * x_step) for pixel (i, k) of
 * the block's first image, `image` further on for each other one. */
typedef struct nhwc__pixels {
    const char *data;
    int64_t origin;
    int64_t image, row, column, panel;
    int64_t y, x, y_step, x_step;
} nhwc__pixels;

/* The coarse pixels from a panel on, in place. */
nhwc__pixels nhwc__coarse_of(const nhwc__way *way, const nhwc__block *b, int64_t group, int64_t panel);

/* The fine ones from a tap on, in place. */
nhwc__pixels nhwc__fine_of(const nhwc__way *way, const nhwc__block *b, int64_t group, int64_t ky, int64_t kx);

/* The block's coarse pixels: to [panel][pixel][width]. */
nhwc__pixels nhwc__pack_coarse(const nhwc__way *way, const nhwc__block *b, int64_t group, nhwc__range panels, char *to);

/* A band: the fine rows that the block's pixels see through row of taps ky, or all. */
nhwc__pixels nhwc__fill_band(const nhwc__way *way, const nhwc__block *b, int64_t group, int64_t ky, char *to);

static inline int64_t nhwc__element_of(const nhwc__pixels *p, int64_t n, int64_t i, int64_t k)
{
    return p->origin + n * p->image + (p->y + i * p->y_step) * p->row + (p->x + k * p->x_step) * p->column;
}

static inline int64_t nhwc__step_of(const nhwc__pixels *p)
{
    return p->x_step * p->column;
}

#endif
