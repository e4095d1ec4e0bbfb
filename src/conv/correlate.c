#include "conv/correlate.h"

#include <string.h>

#include "base/parallel.h"
#include "base/size.h"

#define WORKSPACE_BYTES (512 * 1024)
#define STACK_BYTES     (32 * 1024)
#define LEAST_BYTES     4096 /* with which anything can be computed */
#define BLOCK_PIXELS    256  /* so that what both images have for them stays in the caches */
#define BAND_BYTES      (128 * 1024)
#define MANY_CHANNELS   48   /* fine ones, of which tiles are full without those of the next tap */
#define FAR_BYTES       1024 /* coarse pixels so far apart are laid out side by side ... */
#define MANY_LINES      256  /* ... where that is used often */

#define HALVED_ELEMENTS 16384 /* a filter with more of them ... */
#define HALVED_LINES    16    /* ... or fewer lines is not halved, */
#define HALVED_TERMS    4e6   /* nor is less work than this */

typedef struct range {
    int64_t first, end;
} range;

typedef struct job {
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
} job;

/* A job and its tasks. */
typedef struct work {
    job job;
    const nhwc__workspace *workspace;
    bool by_columns; /* tasks share the panels, or else the lines */
    bool by_halves;  /* half of them has the first chains, half the second ones */
    char *second;    /* the sums of those, laid out as the filter is; NULL if there are none, or no room for them */
} work;

/* Coarse rows, counted over images, that are added up in order. */
typedef struct chain {
    range rows;
    char *filter; /* whose sums are theirs, or go on with them */
    bool accumulate;
} chain;

/* Some columns of some coarse rows: whole images, rows of one image, or a part of one row. */
typedef struct block {
    range rows, columns;
    bool follows; /* another one of the same chain */
} block;

/* Where elements lie that a block's coarse pixels meet: in pixel (y + i * y_step, x + k * x_step) for pixel (i, k) of
 * the block's first image, `image` further on for each other one. */
typedef struct place {
    const char *data;
    int64_t origin;
    int64_t image, row, column, panel;
    int64_t y, x, y_step, x_step;
} place;

/* Coarse pixels that meet the fine image. */
typedef struct reach {
    range y, x;
} reach;

/* Memory that is needed next, as rows of bytes: it is fetched while tiles are computed. */
typedef struct feed {
    uintptr_t at, step;
    int64_t rows, size;
    int64_t done, share, speed; /* of the row `at`; bytes for each tile, and for each term */
} feed;

/* ---- How blocks are cut ------------------------------------------------------------------------------ */

/* The coarse rows that have about `pixels` pixels: whole images, or equal parts of one. */
static int64_t rows_of(const nhwc_geometry *g, int64_t pixels, int64_t columns)
{
    const int64_t rows = nhwc__most(pixels / columns, 1);
    if (rows >= g->h.coarse)
        return nhwc__least(rows / g->h.coarse, g->batch) * g->h.coarse;
    return nhwc__ceil(g->h.coarse, nhwc__ceil(g->h.coarse, rows));
}

/* How many fine pixels some coarse ones see through some taps. */
static int64_t fine_pixels(const nhwc_axis *a, int64_t coarse, int64_t taps)
{
    return (coarse - 1) * a->stride + (taps - 1) * a->dilation + 1;
}

/* Rows that a band has of an image, and their elements. For one row of taps, it has only the fine rows they meet. */
static int64_t band_rows(const job *j)
{
    const int64_t rows = nhwc__least(j->rows, j->g->h.coarse);
    return j->taps == 1 ? rows : fine_pixels(&j->g->h, rows, j->taps);
}

static int64_t band_pitch(const job *j)
{
    return fine_pixels(&j->g->w, j->columns, j->g->w.kernel) * j->fine_c;
}

/* The elements of a band, and of what vectors may read behind it. */
static double band_size(const job *j)
{
    const double images = (double)nhwc__ceil(j->rows, j->g->h.coarse);
    const double columns = (double)fine_pixels(&j->g->w, j->columns, j->g->w.kernel);
    return j->banded ? images * (double)band_rows(j) * columns * (double)j->fine_c + (double)j->width : 0;
}

/* The elements of a panel of coarse pixels, or of sums. */
static int64_t panel_size(const job *j)
{
    return j->swapped ? j->lines * j->width : j->packed ? j->rows * j->columns * j->width : 0;
}

/* Smaller blocks until a band and a panel fit in `capacity` elements; false if none do. */
static bool cut(job *j, int64_t capacity)
{
    j->columns = nhwc__least(j->g->w.coarse, BLOCK_PIXELS);
    j->rows = rows_of(j->g, BLOCK_PIXELS, j->columns);
    j->taps = j->g->h.kernel;
    if (!j->merged && band_size(j) * (double)j->element > BAND_BYTES)
        j->taps = 1;
    while (band_size(j) + (double)panel_size(j) > (double)capacity) {
        if (j->rows > 1)
            j->rows = rows_of(j->g, j->rows * j->columns / 2, j->columns);
        else if (j->columns > 1)
            j->columns = nhwc__ceil(j->columns, 2);
        else
            return false;
    }
    const int64_t size = panel_size(j);
    j->panels_at_once = size > 0 ? nhwc__least((capacity - (int64_t)band_size(j)) / size, j->panels) : j->panels;
    return true;
}

/* ---- Which way ------------------------------------------------------------------------------------------ */

static int64_t vectors_of(const job *j, int64_t columns)
{
    return nhwc__ceil(columns, j->call->kernels->lanes);
}

static int64_t width_of(const job *j, int64_t columns)
{
    return nhwc__least(vectors_of(j, columns), 2) * j->call->kernels->lanes;
}

/* Lanes are coarse channels. */
static job plain_job(const nhwc__call *call)
{
    const nhwc_geometry *g = &call->problem.geometry;
    job j = {.call = call,
             .g = g,
             .fine_c = g->fine_c / g->groups,
             .coarse_c = g->coarse_c / g->groups,
             .element = (int64_t)nhwc_dtype_size(call->problem.fine.dtype)};
    j.window = g->w.kernel * j.fine_c;
    j.lines = g->h.kernel * j.window;
    j.width = width_of(&j, j.coarse_c);
    j.panels = nhwc__ceil(j.coarse_c, j.width);
    j.packed = j.coarse_c % call->kernels->lanes > 0 || call->problem.coarse.strides[2] == 0 || /* no step at all */
               (j.coarse_c * j.element >= FAR_BYTES && j.lines >= MANY_LINES);
    return j;
}

static job banded_job(const job *plain)
{
    job j = *plain;
    j.banded = true;
    j.merged = j.window < 2 * j.call->kernels->tile_rows;
    return j;
}

static job swapped_job(const job *plain)
{
    job j = *plain;
    j.banded = j.swapped = true;
    j.packed = false;
    j.lines = j.coarse_c;
    j.width = width_of(&j, j.window);
    j.window_panels = nhwc__ceil(j.window, j.width);
    j.panels = j.g->h.kernel * j.window_panels;
    return j;
}

/* What some lines take, times 4. Tiles of one vector wait for what they load. */
static int64_t cost_of(const job *j, int64_t lines, int64_t columns)
{
    return lines * nhwc__most(vectors_of(j, columns) * 4, 5);
}

/* Whether elements of a window fill vectors clearly better than coarse channels do. */
static bool wants_swapped(const job *j)
{
    const bool is_window = j->g->w.kernel == 1 || j->g->w.dilation == 1; /* side by side in memory */
    return is_window && cost_of(j, j->coarse_c, j->window) * 8 < cost_of(j, j->window, j->coarse_c) * 7;
}

static bool wants_banded(const job *j)
{
    return j->fine_c < MANY_CHANNELS && j->g->h.kernel * j->g->w.kernel > 1;
}

/* The best way that fits. In place everything does. */
static job job_of(const nhwc__call *call, int64_t bytes, bool may_be_banded)
{
    job j = plain_job(call);
    const int64_t capacity = bytes / j.element;
    if (may_be_banded && wants_swapped(&j)) {
        job swapped = swapped_job(&j);
        if (cut(&swapped, capacity))
            return swapped;
    }
    if (may_be_banded && wants_banded(&j)) {
        job banded = banded_job(&j);
        if (cut(&banded, capacity))
            return banded;
    }
    cut(&j, capacity);
    return j;
}

/* ---- Where things lie ----------------------------------------------------------------------------------- */

/* From a panel on, in place. */
static place coarse_of(const job *j, const block *b, int64_t group, int64_t panel)
{
    const nhwc_tensor *coarse = &j->call->problem.coarse;
    const int64_t *s = coarse->strides;
    return (place){.data = coarse->data,
                   .origin = b->rows.first / j->g->h.coarse * s[0] + group * j->coarse_c + panel * j->width,
                   .image = s[0],
                   .row = s[1],
                   .column = s[2],
                   .panel = j->width,
                   .y = b->rows.first % j->g->h.coarse,
                   .x = b->columns.first,
                   .y_step = 1,
                   .x_step = 1};
}

/* From a tap on, in place. */
static place fine_of(const job *j, const block *b, int64_t group, int64_t ky, int64_t kx)
{
    const nhwc_axis *h = &j->g->h, *w = &j->g->w;
    const nhwc_tensor *fine = &j->call->problem.fine;
    const int64_t *s = fine->strides;
    return (place){.data = fine->data,
                   .origin = b->rows.first / h->coarse * s[0] + group * j->fine_c,
                   .image = s[0],
                   .row = s[1],
                   .column = s[2],
                   .y = b->rows.first % h->coarse * h->stride + ky * h->dilation - h->pad_before,
                   .x = b->columns.first * w->stride + kx * w->dilation - w->pad_before,
                   .y_step = h->stride,
                   .x_step = w->stride};
}

static int64_t element_of(const place *p, int64_t n, int64_t i, int64_t k)
{
    return p->origin + n * p->image + (p->y + i * p->y_step) * p->row + (p->x + k * p->x_step) * p->column;
}

static int64_t step_of(const place *p)
{
    return p->x_step * p->column;
}

/* The block's coarse pixels: to [panel][pixel][width]. */
static place pack(const job *j, const block *b, int64_t group, range panels, char *to)
{
    const place from = coarse_of(j, b, group, panels.first);
    const int64_t columns = b->columns.end - b->columns.first, row = columns * j->width, size = panel_size(j);
    for (int64_t i = b->rows.first, n = 0, y = 0; i < b->rows.end; i++) {
        const char *at = from.data + element_of(&from, n, y, 0) * j->element;
        char *out = to + (i - b->rows.first) * row * j->element;
        for (int64_t p = panels.first; p < panels.end; p++) {
            const int64_t channels = nhwc__least(j->width, j->coarse_c - p * j->width);
            if (channels < j->width)
                memset(out, 0, (size_t)(row * j->element));
            j->call->kernels->copy(columns, channels, at, from.column, out, j->width);
            at += j->width * j->element;
            out += size * j->element;
        }
        if (++y == j->g->h.coarse)
            y = 0, n++;
    }
    return (place){.data = to,
                   .image = j->g->h.coarse * row,
                   .row = row,
                   .column = j->width,
                   .panel = size,
                   .y_step = 1,
                   .x_step = 1};
}

/* Those of `count` pixels, every `step` from `first` on, that are inside an axis of `size`. */
static range inside_of(int64_t first, int64_t step, int64_t count, int64_t size)
{
    const int64_t begin = nhwc__least(nhwc__ceil(-first, step), count);
    return (range){begin, nhwc__most(nhwc__least(nhwc__ceil(size - first, step), count), begin)};
}

/* Zeros around the `inside` elements from `before` on of some rows of a band's image. */
static void clear_around(const job *j, range rows, int64_t before, int64_t inside, char *image)
{
    const int64_t pitch = band_pitch(j) * j->element, behind = (before + inside) * j->element;
    memset(image, 0, (size_t)(rows.first * pitch));
    for (char *row = image + rows.first * pitch; row < image + rows.end * pitch; row += pitch) {
        memset(row, 0, (size_t)(before * j->element));
        memset(row + behind, 0, (size_t)(pitch - behind));
    }
    memset(image + rows.end * pitch, 0, (size_t)((band_rows(j) - rows.end) * pitch));
}

/* The part of a band that is image n, from fine row y on. */
static void fill_image(const job *j, const block *b, int64_t group, int64_t n, int64_t y, bool has_zeros, char *to)
{
    const nhwc_axis *w = &j->g->w;
    const nhwc_tensor *fine = &j->call->problem.fine;
    const int64_t *s = fine->strides, pitch = band_pitch(j), step = j->taps == 1 ? j->g->h.stride : 1;
    const int64_t x = b->columns.first * w->stride - w->pad_before;
    const int64_t seen = fine_pixels(w, b->columns.end - b->columns.first, w->kernel);
    const range rows = inside_of(y, step, band_rows(j), j->g->h.fine), columns = inside_of(x, 1, seen, w->fine);
    const int64_t count = columns.end - columns.first, before = columns.first * j->fine_c;
    if (!has_zeros)
        clear_around(j, rows, before, count * j->fine_c, to);
    const int64_t at = n * s[0] + (y + rows.first * step) * s[1] + (x + columns.first) * s[2] + group * j->fine_c;
    const char *from = (const char *)fine->data + at * j->element;
    to += (rows.first * pitch + before) * j->element;
    if (s[2] == j->fine_c) {
        j->call->kernels->copy(rows.end - rows.first, count * j->fine_c, from, step * s[1], to, pitch);
        return;
    }
    for (int64_t row = rows.first; row < rows.end; row++) {
        j->call->kernels->copy(count, j->fine_c, from, s[2], to, j->fine_c);
        from += step * s[1] * j->element;
        to += pitch * j->element;
    }
}

/* A band: the fine rows that the block's pixels see through row of taps ky, or all. */
static place fill_band(const job *j, const block *b, int64_t group, int64_t ky, char *to)
{
    const nhwc_axis *h = &j->g->h;
    const int64_t pitch = band_pitch(j), size = band_rows(j) * pitch;
    const int64_t y = b->rows.first % h->coarse * h->stride + ky * h->dilation - h->pad_before;
    const int64_t first = b->rows.first / h->coarse, end = nhwc__ceil(b->rows.end, h->coarse);
    const bool is_like_the_last = /* block: whole images */
        b->follows && j->rows >= h->coarse && j->columns == j->g->w.coarse && j->taps == h->kernel;
    for (int64_t n = first; n < end; n++)
        fill_image(j, b, group, n, y, is_like_the_last, to + (n - first) * size * j->element);
    memset(to + (end - first) * size * j->element, 0, (size_t)(j->width * j->element));
    return (place){.data = to,
                   .image = size,
                   .row = pitch,
                   .column = j->fine_c,
                   .panel = j->width,
                   .y_step = j->taps == 1 ? 1 : h->stride,
                   .x_step = j->g->w.stride};
}

/* ---- What is needed next ---------------------------------------------------------------------------------- */

/* A part of `rows` rows of an image from y on, counted from the block's first image. */
static feed part_of(const job *j, const block *b, const nhwc_tensor *image, int64_t y, int64_t rows, int64_t part,
                    int64_t parts)
{
    const int64_t *s = image->strides, size = rows * s[1] * j->element / parts;
    const int64_t at = b->rows.first / j->g->h.coarse * s[0] + y * s[1];
    return (feed){.at = (uintptr_t)image->data + (uintptr_t)(at * j->element + size * part), .rows = 1, .size = size};
}

static feed next_coarse(const job *j, const block *b, int64_t part, int64_t parts)
{
    const int64_t rows = b->rows.end - b->rows.first, y = b->rows.first % j->g->h.coarse + rows;
    return part_of(j, b, &j->call->problem.coarse, y, rows, part, parts);
}

/* The fine rows that the next row of taps sees: of this block, or the next one. */
static feed next_taps(const job *j, const block *b, int64_t ky)
{
    const nhwc_axis *h = &j->g->h, *w = &j->g->w;
    const nhwc_tensor *fine = &j->call->problem.fine;
    const bool is_last = ky + 1 == h->kernel;
    const int64_t rows = b->rows.end - b->rows.first, columns = (b->columns.end - b->columns.first) * w->stride;
    const int64_t first = b->rows.first % h->coarse + (is_last ? nhwc__least(rows, h->coarse) : 0);
    const int64_t y = first * h->stride + (is_last ? 0 : ky + 1) * h->dilation - h->pad_before;
    feed f = part_of(j, b, fine, nhwc__least(nhwc__most(y, 0), h->fine), 1, 0, 1);
    f.rows = rows;
    f.step = (uintptr_t)h->stride * (uintptr_t)f.size;
    f.size = nhwc__least(columns, w->fine) * fine->strides[2] * j->element;
    return f;
}

/* The same, or a part of the fine rows that only the next block sees. */
static feed next_fine(const job *j, const block *b, int64_t ky, int64_t part, int64_t parts)
{
    const nhwc_axis *h = &j->g->h;
    if (j->banded && j->taps == 1)
        return next_taps(j, b, ky);
    const int64_t rows = nhwc__least(b->rows.end - b->rows.first, h->coarse);
    const int64_t last = (b->rows.first % h->coarse + rows - 1) * h->stride;
    const int64_t seen = last + (h->kernel - 1) * h->dilation - h->pad_before;
    const int64_t y = nhwc__least(nhwc__most(seen + 1, 0), h->fine);
    return part_of(j, b, &j->call->problem.fine, y, nhwc__least(rows * h->stride, h->fine - y), part, parts);
}

/* What each of some tiles fetches, and with each of its terms. */
static feed shared_among(feed f, int64_t tiles, int64_t terms)
{
    f.share = f.size > 0 ? nhwc__ceil(f.rows * f.size, tiles) : 0;
    f.speed = nhwc__ceil(f.share, terms);
    return f;
}

static void fetch_ahead(nhwc__tile *tile, feed *f)
{
    tile->ahead = f->at + (uintptr_t)f->done;
    tile->ahead_step = f->speed;
    for (f->done += f->share; f->done > f->size; f->done -= f->size)
        f->at += f->step;
}

/* ---- Tiles ------------------------------------------------------------------------------------------------- */

/* A product of lines and panels over a block's pixels in reach. */
typedef struct product {
    place left, right; /* right from the first panel on */
    reach in;
    range lines;
    int64_t first_line, channels; /* the line of left's first tap; lines of a tap */
    int64_t panels, columns;      /* columns of all panels */
    char *c;                      /* of line 0 and the first panel */
    int64_t c_line, c_panel;
    feed next[2];
    bool accumulate;
} product;

/* The coarse pixels that a tap brings to the fine image. */
static range inside(const nhwc_axis *a, int64_t tap)
{
    const int64_t at = tap * a->dilation - a->pad_before; /* the fine pixel of the first coarse one */
    return (range){nhwc__most(nhwc__ceil(-at, a->stride), 0),
                   nhwc__least(nhwc__ceil(a->fine - at, a->stride), a->coarse)};
}

/* Runs that continue one another are one. */
static int64_t add_run(const product *p, nhwc__run run, int64_t count, nhwc__run *runs)
{
    nhwc__run *last = &runs[count - 1];
    const bool follows = count > 0 && last->a + last->length * step_of(&p->left) == run.a &&
                         last->b + last->length * step_of(&p->right) == run.b;
    if (follows)
        last->length += run.length;
    else
        runs[count] = run;
    return follows ? count : count + 1;
}

static int64_t runs_of(const job *j, const block *b, const product *p, nhwc__run *runs)
{
    const int64_t first = nhwc__most(p->in.x.first, b->columns.first), x = first - b->columns.first;
    const int64_t length = nhwc__least(p->in.x.end, b->columns.end) - first;
    const int64_t first_y = b->rows.first % j->g->h.coarse;
    int64_t count = 0;
    if (length <= 0)
        return 0;
    for (int64_t row = b->rows.first, n = 0, y = first_y; row < b->rows.end; row++) {
        if (y >= p->in.y.first && y < p->in.y.end) {
            const int64_t i = y - first_y;
            const nhwc__run run = {element_of(&p->left, n, i, x), element_of(&p->right, n, i, x), length};
            count = add_run(p, run, count, runs);
        }
        if (++y == j->g->h.coarse)
            y = 0, n++;
    }
    return count;
}

/* Where the lines from `line` on begin in what a tile reads. */
static void place_lines(const job *j, const product *p, int64_t line, int lines, int64_t *a_rows)
{
    const int64_t tap = (line - p->first_line) / p->channels;
    int64_t channel = (line - p->first_line) % p->channels, ky = tap / j->g->w.kernel, kx = tap % j->g->w.kernel;
    for (int i = 0; i < lines; i++) {
        a_rows[i] = ky * j->g->h.dilation * p->left.row + kx * j->g->w.dilation * p->left.column + channel;
        if (++channel < p->channels)
            continue;
        channel = 0;
        if (++kx == j->g->w.kernel)
            kx = 0, ky++;
    }
}

static void run_product(const job *j, const block *b, const product *p)
{
    const nhwc__kernels *kernels = j->call->kernels;
    nhwc__run runs[BLOCK_PIXELS];
    int64_t a_rows[NHWC__TILE_ROWS], c_rows[NHWC__TILE_ROWS], terms = 0;
    nhwc__tile tile = {.runs = runs_of(j, b, p, runs),
                       .run = runs,
                       .a = p->left.data,
                       .a_row = a_rows,
                       .c_row = c_rows,
                       .a_step = step_of(&p->left),
                       .b_step = step_of(&p->right),
                       .accumulate = p->accumulate};
    if (tile.runs == 0 && tile.accumulate)
        return;
    for (int64_t i = 0; i < tile.runs; i++)
        terms += runs[i].length;
    for (int i = 0; i < NHWC__TILE_ROWS; i++)
        c_rows[i] = i * p->c_line;
    int64_t tiles = nhwc__ceil(p->lines.end - p->lines.first, kernels->tile_rows), number = 0;
    const int64_t fetching = nhwc__ceil(tiles * p->panels, 2); /* turn and turn about */
    terms = nhwc__most(terms, 1);
    feed next[2] = {shared_among(p->next[0], fetching, terms), shared_among(p->next[1], fetching, terms)};
    for (int64_t line = p->lines.first; line < p->lines.end; line += tile.rows, tiles--) {
        tile.rows = (int)nhwc__ceil(p->lines.end - line, tiles);
        place_lines(j, p, line, tile.rows, a_rows);
        for (int64_t panel = 0; panel < p->panels; panel++) {
            tile.columns = (int)nhwc__least(j->width, p->columns - panel * j->width);
            tile.b = p->right.data + panel * p->right.panel * j->element;
            tile.c = p->c + (line * p->c_line + panel * p->c_panel) * j->element;
            fetch_ahead(&tile, &next[number++ % 2]);
            kernels->tile(&tile);
        }
    }
}

/* ---- Tasks ------------------------------------------------------------------------------------------------ */

/* What is before the first block of a chain. */
static block no_block(const job *j, const chain *c)
{
    return (block){.rows = {c->rows.first, c->rows.first}, .columns = {0, j->g->w.coarse}};
}

/* The block after b; false after the last. */
static bool next_block(const job *j, const chain *c, block *b)
{
    const int64_t width = j->g->w.coarse, image = j->g->h.coarse;
    b->follows = b->rows.end > c->rows.first;
    if (b->columns.end < width) {
        b->columns = (range){b->columns.end, nhwc__least(b->columns.end + j->columns, width)};
        return true;
    }
    if (b->rows.end >= c->rows.end)
        return false;
    const int64_t last =
        j->rows < image ? nhwc__least((b->rows.end / image + 1) * image, c->rows.end) : c->rows.end;
    b->rows = (range){b->rows.end, nhwc__least(b->rows.end + j->rows, last)};
    b->columns = (range){0, nhwc__least(width, j->columns)};
    return true;
}

/* Lines of the filter, in some panels of a group: band by band, row of taps by row, or tap by tap. */
static void run_plain(const job *j, const chain *c, int64_t group, range panels, range lines, char *scratch)
{
    const nhwc_geometry *g = j->g;
    char *band = scratch + panel_size(j) * (panels.end - panels.first) * j->element;
    const int64_t column = group * j->coarse_c + panels.first * j->width;
    const int64_t step = j->merged ? j->lines : j->banded ? j->window : j->fine_c, parts = j->lines / step;
    product p = {.channels = j->fine_c,
                 .panels = panels.end - panels.first,
                 .columns = nhwc__least(panels.end * j->width, j->coarse_c) - panels.first * j->width,
                 .c = c->filter + column * j->element,
                 .c_line = g->coarse_c,
                 .c_panel = j->width,
                 .accumulate = c->accumulate};
    for (block b = no_block(j, c); next_block(j, c, &b); p.accumulate = true) {
        p.right = j->packed ? pack(j, &b, group, panels, scratch) : coarse_of(j, &b, group, panels.first);
        for (int64_t part = lines.first / step, first = part; part * step < lines.end; part++) {
            const int64_t ky = part * step / j->window, kx = part * step / j->fine_c % g->w.kernel;
            p.lines = (range){nhwc__most(part * step, lines.first), nhwc__least((part + 1) * step, lines.end)};
            p.in = (reach){{0, g->h.coarse}, {0, g->w.coarse}};
            if (!j->merged)
                p.in.y = inside(&g->h, ky);
            if (!j->banded) {
                p.in.x = inside(&g->w, kx);
                p.left = fine_of(j, &b, group, ky, kx);
            } else if (part == first || j->taps == 1)
                p.left = fill_band(j, &b, group, j->taps == 1 ? ky : 0, band);
            p.first_line = j->banded && j->taps > 1 ? 0 : part * step;
            p.next[0] = next_coarse(j, &b, part, parts);
            p.next[1] = next_fine(j, &b, ky, part, parts);
            run_product(j, &b, &p);
        }
    }
}

/* A panel's sums, [channel][width], from the filter or to it. */
static void move_sums(const job *j, const chain *c, int64_t group, int64_t panel, range channels, bool to_filter,
                      char *sums)
{
    const int64_t column = panel % j->window_panels * j->width, line = panel / j->window_panels * j->window + column;
    const int64_t columns = nhwc__least(j->width, j->window - column), count = channels.end - channels.first;
    char *filter = c->filter + (line * j->g->coarse_c + group * j->coarse_c + channels.first) * j->element;
    sums += channels.first * j->width * j->element;
    if (to_filter)
        j->call->kernels->transpose(columns, count, sums, j->width, filter, j->g->coarse_c);
    else
        j->call->kernels->transpose(count, columns, filter, j->g->coarse_c, sums, j->width);
}

/* Coarse channels as lines, in some panels of rows of taps. */
static void run_swapped(const job *j, const chain *c, int64_t group, range panels, range channels, char *scratch)
{
    const nhwc_geometry *g = j->g;
    const int64_t size = panel_size(j) * j->element, count = panels.end - panels.first;
    char *band = scratch + size * count;
    product p = {.lines = channels,
                 .channels = j->coarse_c,
                 .c_line = j->width,
                 .c_panel = panel_size(j),
                 .accumulate = true};
    memset(scratch, 0, (size_t)(size * count));
    if (c->accumulate)
        for (int64_t i = 0; i < count; i++)
            move_sums(j, c, group, panels.first + i, channels, false, scratch + i * size);
    for (block b = no_block(j, c); next_block(j, c, &b);) {
        place fine = {.data = NULL};
        p.left = coarse_of(j, &b, group, 0);
        for (int64_t i = panels.first, next; i < panels.end; i = next) {
            const int64_t ky = i / j->window_panels, panel = i % j->window_panels, column = panel * j->width;
            next = nhwc__least((ky + 1) * j->window_panels, panels.end);
            if (i == panels.first || j->taps == 1)
                fine = fill_band(j, &b, group, j->taps == 1 ? ky : 0, band);
            p.right = fine;
            p.right.data += (column + (j->taps == 1 ? 0 : ky * g->h.dilation * fine.row)) * j->element;
            p.in = (reach){inside(&g->h, ky), {0, g->w.coarse}};
            p.panels = next - i;
            p.columns = vectors_of(j, j->window - column) * j->call->kernels->lanes;
            p.c = scratch + (i - panels.first) * size;
            p.next[0] = p.next[1] = next_fine(j, &b, ky, ky, g->h.kernel);
            run_product(j, &b, &p);
        }
    }
    for (int64_t i = 0; i < count; i++)
        move_sums(j, c, group, panels.first + i, channels, true, scratch + i * size);
}

/* The range that one of `count` sharers has of 0 .. size. */
static range share_of(int64_t size, int64_t index, int64_t count)
{
    return (range){size * index / count, size * (index + 1) / count};
}

/* Panels of all groups, and lines. */
static void run_chain(const job *j, const chain *c, range panels, range lines, char *scratch)
{
    for (int64_t i = panels.first, next; i < panels.end && lines.first < lines.end; i = next) {
        const int64_t group = i / j->panels;
        next = nhwc__least(nhwc__least(i + j->panels_at_once, panels.end), (group + 1) * j->panels);
        const range of_group = {i - group * j->panels, next - group * j->panels};
        (j->swapped ? run_swapped : run_plain)(j, c, group, of_group, lines, scratch);
    }
}

/* The only chain or the first one, which go into the filter; and the second one. */
static chain first_chain(const job *j, bool is_only)
{
    const nhwc_geometry *g = j->g;
    const int64_t half = g->batch > 1 ? g->batch / 2 * g->h.coarse : g->h.coarse / 2;
    return (chain){{0, is_only ? g->batch * g->h.coarse : half}, j->call->problem.filter.data, j->call->accumulate};
}

static chain second_chain(const job *j, char *filter)
{
    return (chain){{first_chain(j, false).rows.end, j->g->batch * j->g->h.coarse}, filter, false};
}

static void run_task(void *argument, int64_t task)
{
    const work *shared = argument;
    const job *j = &shared->job;
    const nhwc__workspace *w = shared->workspace;
    _Alignas(64) char on_stack[STACK_BYTES];
    char *scratch = w->bytes_per_task <= STACK_BYTES ? on_stack : (char *)w->data + task * w->bytes_per_task;
    const int64_t count = shared->by_halves ? w->tasks / 2 : w->tasks, all = j->g->groups * j->panels;
    const range panels = shared->by_columns ? share_of(all, task % count, count) : (range){0, all};
    const range lines = shared->by_columns ? (range){0, j->lines} : share_of(j->lines, task % count, count);
    const chain first = first_chain(j, shared->second == NULL), second = second_chain(j, shared->second);
    if (task < count)
        run_chain(j, &first, panels, lines, scratch);
    if (shared->second != NULL && (task >= count || !shared->by_halves))
        run_chain(j, &second, panels, lines, scratch);
}

/* Two chains without room for the second ones: a few lines at a time. */
static void run_few_lines(void *argument, int64_t task)
{
    const work *shared = argument;
    const job *j = &shared->job;
    _Alignas(64) char scratch[STACK_BYTES];
    char *sums = scratch + STACK_BYTES / 2, *filter = j->call->problem.filter.data;
    const range mine = share_of(j->lines, task, shared->workspace->tasks), panels = {0, j->g->groups * j->panels};
    const int64_t line = j->g->coarse_c * j->element, at_once = STACK_BYTES / 2 / line;
    range lines = {mine.first, mine.first};
    while (lines.end < mine.end) {
        lines = (range){lines.end, nhwc__least(lines.end + at_once, mine.end)};
        const chain first = first_chain(j, false), second = second_chain(j, sums - lines.first * line);
        run_chain(j, &first, panels, lines, scratch);
        run_chain(j, &second, panels, lines, scratch);
        j->call->kernels->add(1, (lines.end - lines.first) * j->g->coarse_c, sums, 0, filter + lines.first * line, 0);
    }
}

/* ---- Zeros ------------------------------------------------------------------------------------------------- */

/* Of some coarse pixels of an image, counted row by row. */
static bool all_finite(const job *j, int64_t n, int64_t first, int64_t end)
{
    const nhwc_tensor *coarse = &j->call->problem.coarse;
    const int64_t *s = coarse->strides, channels = j->g->coarse_c, width = j->g->w.coarse;
    const char *image = (const char *)coarse->data + n * s[0] * j->element;
    if (s[2] == channels && s[1] == width * s[2])
        return j->call->kernels->all_finite((end - first) * channels, image + first * s[2] * j->element);
    for (; first < end; first++)
        if (!j->call->kernels->all_finite(
                channels, image + (first / width * s[1] + first % width * s[2]) * j->element))
            return false;
    return true;
}

/* Whether a coarse pixel that meets zeros of a band, where taps leave the image, is an infinity or NaN: it would give
 * NaN where the specification has nothing. */
static bool zeros_do_harm(const job *j)
{
    const nhwc_axis *h = &j->g->h, *w = &j->g->w;
    const range x = {inside(w, 0).first, inside(w, w->kernel - 1).end};
    range y = {j->merged ? inside(h, 0).first : 0, j->merged ? inside(h, h->kernel - 1).end : h->coarse};
    if ((x.end - x.first) * 5 <= w->coarse * 4) /* not worth leaving out */
        y.end = y.first;
    for (int64_t n = 0; n < j->g->batch; n++) {
        int64_t seen = 0; /* pixels that have been looked at, or meet no zeros */
        for (int64_t row = y.first; row < y.end; row++) {
            if (!all_finite(j, n, seen, row * w->coarse + x.first))
                return true;
            seen = row * w->coarse + x.end;
        }
        if (!all_finite(j, n, seen, h->coarse * w->coarse))
            return true;
    }
    return false;
}

/* ---- All ------------------------------------------------------------------------------------------------- */

/* Elements of the filter if each is the sum of two chains, else 0. Of a small filter tasks share the pixels: for a part
 * of it each would look at nearly all that the others do. */
static int64_t halved_elements(const nhwc_geometry *g)
{
    const double lines = (double)g->h.kernel * (double)g->w.kernel * (double)(g->fine_c / g->groups);
    const double elements = lines * (double)g->coarse_c, rows = (double)g->batch * (double)g->h.coarse;
    const bool is_halved = elements <= HALVED_ELEMENTS && lines >= HALVED_LINES && rows > 1 &&
                           elements * rows * (double)g->w.coarse >= HALVED_TERMS;
    return is_halved ? (int64_t)elements : 0;
}

/* Of the second chains, in bytes. */
static int64_t second_size(const nhwc__call *call)
{
    const int64_t bytes = halved_elements(&call->problem.geometry) * (int64_t)nhwc_dtype_size(call->problem.fine.dtype);
    return nhwc__ceil(bytes, 64) * 64;
}

int64_t nhwc__correlate_bytes(const nhwc__call *call)
{
    const int64_t second = second_size(call);
    const job j = job_of(call, WORKSPACE_BYTES - second, true);
    const int64_t bytes = ((int64_t)band_size(&j) + j.panels_at_once * panel_size(&j)) * j.element;
    if (second > 0)
        return nhwc__ceil(nhwc__most(bytes, LEAST_BYTES), 64) * 64 + second;
    return bytes <= STACK_BYTES ? 0 : nhwc__ceil(bytes, 64) * 64;
}

/* Whether tasks have about the same number of units. */
static bool is_even(int64_t units, int64_t tasks)
{
    return units >= tasks && nhwc__ceil(units, tasks) * tasks * 8 <= units * 9;
}

static void share(work *shared)
{
    const job *j = &shared->job;
    const int64_t tasks = shared->workspace->tasks, rows = j->g->batch * j->g->h.coarse;
    const int64_t most = rows - first_chain(j, false).rows.end; /* those of the second chain */
    shared->by_halves = shared->second != NULL && tasks % 2 == 0 && most * 17 <= rows * 9;
    /* Rows of taps are alike, their panels only if all are full. */
    const int64_t units = j->swapped && j->window % j->width > 0 ? j->g->h.kernel : j->panels;
    shared->by_columns = is_even(j->g->groups * units, shared->by_halves ? tasks / 2 : tasks);
}

void nhwc__correlate_run(const nhwc_context *context, const nhwc__call *call, const nhwc__workspace *workspace)
{
    const int64_t second = second_size(call), given = workspace->bytes_per_task;
    const bool has_few_lines = second > 0 && given < second + LEAST_BYTES;
    int64_t bytes = nhwc__most(given, STACK_BYTES);
    if (second > 0)
        bytes = has_few_lines ? STACK_BYTES / 2 : given - second;
    work shared = {.job = job_of(call, bytes, !has_few_lines), .workspace = workspace};
    if (shared.job.banded && zeros_do_harm(&shared.job))
        shared.job = job_of(call, bytes, false);
    if (second > 0 && !has_few_lines)
        shared.second = (char *)workspace->data + given - second;
    share(&shared);
    nhwc__parallel_for(context, workspace->tasks, has_few_lines ? run_few_lines : run_task, &shared);
    if (shared.second != NULL)
        call->kernels->add(1, halved_elements(&call->problem.geometry), shared.second, 0, call->problem.filter.data, 0);
}
