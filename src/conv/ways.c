#include "conv/ways.h"

#include "base/size.h"

#define BAND_BYTES    (128 * 1024)
#define MANY_CHANNELS 48   /* fine ones, of which tiles are full without those of the next tap */
#define FAR_BYTES     1024 /* coarse pixels so far apart are laid out side by side ... */
#define MANY_LINES    256  /* ... where that is used often */

/* ---- How blocks are cut ------------------------------------------------------------------------------ */

/* The coarse rows that have about `pixels` pixels: whole images, or equal parts of one. */
static int64_t rows_of(const nhwc_geometry *g, int64_t pixels, int64_t columns)
{
    const int64_t rows = nhwc__most(pixels / columns, 1);
    if (rows >= g->h.coarse)
        return nhwc__least(rows / g->h.coarse, g->batch) * g->h.coarse;
    return nhwc__ceil(g->h.coarse, nhwc__ceil(g->h.coarse, rows));
}

int64_t nhwc__fine_pixels(const nhwc_axis *a, int64_t coarse, int64_t taps)
{
    return (coarse - 1) * a->stride + (taps - 1) * a->dilation + 1;
}

int64_t nhwc__band_rows(const nhwc__way *way)
{
    const int64_t rows = nhwc__least(way->rows, way->g->h.coarse);
    return way->taps == 1 ? rows : nhwc__fine_pixels(&way->g->h, rows, way->taps);
}

int64_t nhwc__band_pitch(const nhwc__way *way)
{
    return nhwc__fine_pixels(&way->g->w, way->columns, way->g->w.kernel) * way->fine_c;
}

double nhwc__band_size(const nhwc__way *way)
{
    const double images = (double)nhwc__ceil(way->rows, way->g->h.coarse);
    const double columns = (double)nhwc__fine_pixels(&way->g->w, way->columns, way->g->w.kernel);
    return way->banded ? images * (double)nhwc__band_rows(way) * columns * (double)way->fine_c + (double)way->width : 0;
}

int64_t nhwc__panel_size(const nhwc__way *way)
{
    return way->swapped ? way->lines * way->width : way->packed ? way->rows * way->columns * way->width : 0;
}

/* Smaller blocks until a band and a panel fit in `capacity` elements; false if none do. */
static bool cut(nhwc__way *way, int64_t capacity)
{
    way->columns = nhwc__least(way->g->w.coarse, NHWC__BLOCK_PIXELS);
    way->rows = rows_of(way->g, NHWC__BLOCK_PIXELS, way->columns);
    way->taps = way->g->h.kernel;
    if (!way->merged && nhwc__band_size(way) * (double)way->element > BAND_BYTES)
        way->taps = 1;
    while (nhwc__band_size(way) + (double)nhwc__panel_size(way) > (double)capacity) {
        if (way->rows > 1)
            way->rows = rows_of(way->g, way->rows * way->columns / 2, way->columns);
        else if (way->columns > 1)
            way->columns = nhwc__ceil(way->columns, 2);
        else
            return false;
    }
    const int64_t size = nhwc__panel_size(way);
    const int64_t left = capacity - (int64_t)nhwc__band_size(way);
    way->panels_at_once = size > 0 ? nhwc__least(left / size, way->panels) : way->panels;
    return true;
}

/* ---- Which way ------------------------------------------------------------------------------------------ */

int64_t nhwc__vectors_of(const nhwc__way *way, int64_t columns)
{
    return nhwc__ceil(columns, way->call->kernels->lanes);
}

static int64_t width_of(const nhwc__way *way, int64_t columns)
{
    return nhwc__least(nhwc__vectors_of(way, columns), 2) * way->call->kernels->lanes;
}

/* Lanes are coarse channels. */
static nhwc__way plain_way(const nhwc__call *call)
{
    const nhwc_geometry *g = &call->problem.geometry;
    nhwc__way way = {.call = call,
                     .g = g,
                     .fine_c = g->fine_c / g->groups,
                     .coarse_c = g->coarse_c / g->groups,
                     .element = (int64_t)nhwc_dtype_size(call->problem.fine.dtype)};
    way.window = g->w.kernel * way.fine_c;
    way.lines = g->h.kernel * way.window;
    way.width = width_of(&way, way.coarse_c);
    way.panels = nhwc__ceil(way.coarse_c, way.width);
    way.packed = way.coarse_c % call->kernels->lanes > 0 || call->problem.coarse.strides[2] == 0 || /* no step at all */
                 (way.coarse_c * way.element >= FAR_BYTES && way.lines >= MANY_LINES);
    return way;
}

static nhwc__way banded_way(const nhwc__way *plain)
{
    nhwc__way way = *plain;
    way.banded = true;
    way.merged = way.window < 2 * way.call->kernels->tile_rows;
    return way;
}

static nhwc__way swapped_way(const nhwc__way *plain)
{
    nhwc__way way = *plain;
    way.banded = way.swapped = true;
    way.packed = false;
    way.lines = way.coarse_c;
    way.width = width_of(&way, way.window);
    way.window_panels = nhwc__ceil(way.window, way.width);
    way.panels = way.g->h.kernel * way.window_panels;
    return way;
}

/* What some lines take, times 4. Tiles of one vector wait for what they load. */
static int64_t cost_of(const nhwc__way *way, int64_t lines, int64_t columns)
{
    return lines * nhwc__most(nhwc__vectors_of(way, columns) * 4, 5);
}

/* Whether elements of a window fill vectors clearly better than coarse channels do. */
static bool wants_swapped(const nhwc__way *way)
{
    const bool is_window = way->g->w.kernel == 1 || way->g->w.dilation == 1; /* side by side in memory */
    return is_window && cost_of(way, way->coarse_c, way->window) * 8 < cost_of(way, way->window, way->coarse_c) * 7;
}

static bool wants_banded(const nhwc__way *way)
{
    return way->fine_c < MANY_CHANNELS && way->g->h.kernel * way->g->w.kernel > 1;
}

nhwc__way nhwc__way_of(const nhwc__call *call, int64_t bytes, bool may_be_banded)
{
    nhwc__way way = plain_way(call);
    const int64_t capacity = bytes / way.element;
    if (may_be_banded && wants_swapped(&way)) {
        nhwc__way swapped = swapped_way(&way);
        if (cut(&swapped, capacity))
            return swapped;
    }
    if (may_be_banded && wants_banded(&way)) {
        nhwc__way banded = banded_way(&way);
        if (cut(&banded, capacity))
            return banded;
    }
    cut(&way, capacity);
    return way;
}
