/* The ways to a filter gradient, and how one is cut into blocks. */
#ifndef NHWC_CONV_WAYS_H
#define NHWC_CONV_WAYS_H

#include "conv/call.h"

#define NHWC__BLOCK_PIXELS 256 /* so that what both images have for them stays in the caches */

typedef struct nhwc__range {
    int64_t first, end;
} nhwc__range;

typedef struct nhwc__way {
    const nhwc__call *call;
    const nhwc_geometry *g;
    int64_t fine_c, coarse_c; /* channels per group */
    int64_t element;
    int64_t window; /* elements of a row of taps: rows of the filter matrix that follow one another */
    bool banded;    /* the fine image is read from bands, else in place */
    bool merged;    /* a tile's rows are of several rows of taps */
    bool swapped;   /* lanes are elements of a window, a tile's rows coarse channels; else the other way round */
    bool packed;    /* the coarse image is read from panels, else in place */
    int64_t lines;  /* rows of all tiles: of the filter matrix, or coarse channels */
    int64_t width;  /* columns of a panel */
    int64_t panels, window_panels; /* of a group; of a row of taps, where lanes are such */
    int64_t rows, columns;         /* of a block, at most */
    int64_t taps;                  /* rows of taps that a band is for: all or 1 */
    int64_t panels_at_once;
} nhwc__way;

/* The best way with so much scratch. In place everything fits. */
nhwc__way nhwc__way_of(const nhwc__call *call, int64_t bytes, bool may_be_banded);

/* How many fine pixels some coarse ones see through some taps. */
int64_t nhwc__fine_pixels(const nhwc_axis *a, int64_t coarse, int64_t taps);

/* Rows that a band has of an image, and their elements. For one row of taps, it has only the fine rows they meet. */
int64_t nhwc__band_rows(const nhwc__way *way);
int64_t nhwc__band_pitch(const nhwc__way *way);

/* The elements of a band, and of what vectors may read behind it. */
double nhwc__band_size(const nhwc__way *way);

/* The elements of a panel of coarse pixels, or of sums. */
int64_t nhwc__panel_size(const nhwc__way *way);

/* How many vectors so many columns fill. */
int64_t nhwc__vectors_of(const nhwc__way *way, int64_t columns);

#endif
