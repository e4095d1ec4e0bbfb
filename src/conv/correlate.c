#include "conv/correlate.h"

#include <string.h>

#include "base/parallel.h"
#include "base/size.h"
#include "conv/feeds.h"

#define WORKSPACE_BYTES (512 * 1024)
#define STACK_BYTES     (32 * 1024)
#define LEAST_BYTES     4096 /* with which anything can be computed */

#define HALVED_ELEMENTS 16384 /* a filter with more of them ... */
#define HALVED_LINES    16    /* ... or fewer lines is not halved, */
#define HALVED_TERMS    4e6   /* nor is less work than this */

/* A way and its tasks. */
typedef struct work {
    nhwc__way way;
    const nhwc__workspace *workspace;
    bool has_few_lines; /* two chains, without room for the second ones */
    bool by_columns;    /* tasks share the panels, or else the lines */
    bool by_halves;     /* half of them has the first chains, half the second ones */
    char *second;       /* the sums of those, laid out as the filter is; NULL if there are none, or no room for them */
} work;

/* Coarse rows, counted over images, that are added up in order. */
typedef struct chain {
    nhwc__range rows;
    char *filter; /* whose sums are theirs, or go on with them */
    bool accumulate;
} chain;

/* Coarse pixels that meet the fine image. */
typedef struct reach {
    nhwc__range y, x;
} reach;

/* ---- Tiles ------------------------------------------------------------------------------------------------- */

/* A product of lines and panels over a block's pixels in reach. */
typedef struct product {
    nhwc__pixels left, right; /* right from the first panel on */
    reach in;
    nhwc__range lines;
    int64_t first_line, channels; /* the line of left's first tap; lines of a tap */
    int64_t panels, columns;      /* columns of all panels */
    char *c;                      /* of line 0 and the first panel */
    int64_t c_line, c_panel;
    nhwc__feed next[2];
    bool accumulate;
} product;

/* The coarse pixels that a tap brings to the fine image. */
static nhwc__range inside(const nhwc_axis *a, int64_t tap)
{
    const int64_t at = tap * a->dilation - a->pad_before; /* the fine pixel of the first coarse one */
    return (nhwc__range){nhwc__most(nhwc__ceil(-at, a->stride), 0),
                         nhwc__least(nhwc__ceil(a->fine - at, a->stride), a->coarse)};
}

/* Runs that continue one another are one. */
static int64_t add_run(const product *p, nhwc__run run, int64_t count, nhwc__run *runs)
{
    nhwc__run *last = &runs[count - 1];
    const bool follows = count > 0 && last->a + last->length * nhwc__step_of(&p->left) == run.a &&
                         last->b + last->length * nhwc__step_of(&p->right) == run.b;
    if (follows)
        last->length += run.length;
    else
        runs[count] = run;
    return follows ? count : count + 1;
}

static int64_t runs_of(const nhwc__way *way, const nhwc__block *b, const product *p, nhwc__run *runs)
{
    const int64_t first = nhwc__most(p->in.x.first, b->columns.first), x = first - b->columns.first;
    const int64_t length = nhwc__least(p->in.x.end, b->columns.end) - first;
    const int64_t first_y = b->rows.first % way->g->h.coarse;
    int64_t count = 0;
    if (length <= 0)
        return 0;
    for (int64_t row = b->rows.first, n = 0, y = first_y; row < b->rows.end; row++) {
        if (y >= p->in.y.first && y < p->in.y.end) {
            const int64_t i = y - first_y;
            const nhwc__run run = {nhwc__element_of(&p->left, n, i, x), nhwc__element_of(&p->right, n, i, x), length};
            count = add_run(p, run, count, runs);
        }
        if (++y == way->g->h.coarse)
            y = 0, n++;
    }
    return count;
}

/* Where the lines from `line` on begin in what a tile reads. */
static void place_lines(const nhwc__way *way, const product *p, int64_t line, int lines, int64_t *a_rows)
{
    const int64_t tap = (line - p->first_line) / p->channels;
    int64_t channel = (line - p->first_line) % p->channels, ky = tap / way->g->w.kernel, kx = tap % way->g->w.kernel;
    for (int i = 0; i < lines; i++) {
        a_rows[i] = ky * way->g->h.dilation * p->left.row + kx * way->g->w.dilation * p->left.column + channel;
        if (++channel < p->channels)
            continue;
        channel = 0;
        if (++kx == way->g->w.kernel)
            kx = 0, ky++;
    }
}

static void run_product(const nhwc__way *way, const nhwc__block *b, const product *p)
{
    const nhwc__kernels *kernels = way->call->kernels;
    nhwc__run runs[NHWC__BLOCK_PIXELS];
    int64_t a_rows[NHWC__TILE_ROWS], c_rows[NHWC__TILE_ROWS], terms = 0;
    nhwc__tile tile = {.runs = runs_of(way, b, p, runs),
                       .run = runs,
                       .a = p->left.data,
                       .a_row = a_rows,
                       .c_row = c_rows,
                       .a_step = nhwc__step_of(&p->left),
                       .b_step = nhwc__step_of(&p->right),
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
    nhwc__feed next[2] = {nhwc__shared_among(p->next[0], fetching, terms),
                          nhwc__shared_among(p->next[1], fetching, terms)};
    for (int64_t line = p->lines.first; line < p->lines.end; line += tile.rows, tiles--) {
        tile.rows = (int)nhwc__ceil(p->lines.end - line, tiles);
        place_lines(way, p, line, tile.rows, a_rows);
        for (int64_t panel = 0; panel < p->panels; panel++) {
            tile.columns = (int)nhwc__least(way->width, p->columns - panel * way->width);
            tile.b = p->right.data + panel * p->right.panel * way->element;
            tile.c = p->c + (line * p->c_line + panel * p->c_panel) * way->element;
            nhwc__fetch_ahead(&tile, &next[number++ % 2]);
            kernels->tile(&tile);
        }
    }
}

/* ---- Tasks ------------------------------------------------------------------------------------------------ */

/* What is before the first block of a chain. */
static nhwc__block no_block(const nhwc__way *way, const chain *c)
{
    return (nhwc__block){.rows = {c->rows.first, c->rows.first}, .columns = {0, way->g->w.coarse}};
}

/* The block after b; false after the last. */
static bool next_block(const nhwc__way *way, const chain *c, nhwc__block *b)
{
    const int64_t width = way->g->w.coarse, image = way->g->h.coarse;
    b->follows = b->rows.end > c->rows.first;
    if (b->columns.end < width) {
        b->columns = (nhwc__range){b->columns.end, nhwc__least(b->columns.end + way->columns, width)};
        return true;
    }
    if (b->rows.end >= c->rows.end)
        return false;
    const int64_t last =
        way->rows < image ? nhwc__least((b->rows.end / image + 1) * image, c->rows.end) : c->rows.end;
    b->rows = (nhwc__range){b->rows.end, nhwc__least(b->rows.end + way->rows, last)};
    b->columns = (nhwc__range){0, nhwc__least(width, way->columns)};
    return true;
}

/* Lines of the filter, in some panels of a group: band by band, row of taps by row, or tap by tap. */
static void run_plain(const nhwc__way *way, const chain *c, int64_t group, nhwc__range panels, nhwc__range lines,
                      char *scratch)
{
    const nhwc_geometry *g = way->g;
    char *band = scratch + nhwc__panel_size(way) * (panels.end - panels.first) * way->element;
    const int64_t column = group * way->coarse_c + panels.first * way->width;
    const int64_t step = way->merged ? way->lines : way->banded ? way->window : way->fine_c, parts = way->lines / step;
    product p = {.channels = way->fine_c,
                 .panels = panels.end - panels.first,
                 .columns = nhwc__least(panels.end * way->width, way->coarse_c) - panels.first * way->width,
                 .c = c->filter + column * way->element,
                 .c_line = g->coarse_c,
                 .c_panel = way->width,
                 .accumulate = c->accumulate};
    for (nhwc__block b = no_block(way, c); next_block(way, c, &b); p.accumulate = true) {
        p.right = way->packed ? nhwc__pack_coarse(way, &b, group, panels, scratch)
                              : nhwc__coarse_of(way, &b, group, panels.first);
        for (int64_t part = lines.first / step, first = part; part * step < lines.end; part++) {
            const int64_t ky = part * step / way->window, kx = part * step / way->fine_c % g->w.kernel;
            p.lines = (nhwc__range){nhwc__most(part * step, lines.first), nhwc__least((part + 1) * step, lines.end)};
            p.in = (reach){{0, g->h.coarse}, {0, g->w.coarse}};
            if (!way->merged)
                p.in.y = inside(&g->h, ky);
            if (!way->banded) {
                p.in.x = inside(&g->w, kx);
                p.left = nhwc__fine_of(way, &b, group, ky, kx);
            } else if (part == first || way->taps == 1)
                p.left = nhwc__fill_band(way, &b, group, way->taps == 1 ? ky : 0, band);
            p.first_line = way->banded && way->taps > 1 ? 0 : part * step;
            p.next[0] = nhwc__next_coarse(way, &b, part, parts);
            p.next[1] = nhwc__next_fine(way, &b, ky, part, parts);
            run_product(way, &b, &p);
        }
    }
}

/* A panel's sums, [channel][width], from the filter or to it. */
static void move_sums(const nhwc__way *way, const chain *c, int64_t group, int64_t panel, nhwc__range channels,
                      bool to_filter, char *sums)
{
    const int64_t column = panel % way->window_panels * way->width;
    const int64_t line = panel / way->window_panels * way->window + column;
    const int64_t columns = nhwc__least(way->width, way->window - column), count = channels.end - channels.first;
    char *filter = c->filter + (line * way->g->coarse_c + group * way->coarse_c + channels.first) * way->element;
    sums += channels.first * way->width * way->element;
    if (to_filter)
        way->call->kernels->transpose(columns, count, sums, way->width, filter, way->g->coarse_c);
    else
        way->call->kernels->transpose(count, columns, filter, way->g->coarse_c, sums, way->width);
}

/* Coarse channels as lines, in some panels of rows of taps. */
static void run_swapped(const nhwc__way *way, const chain *c, int64_t group, nhwc__range panels, nhwc__range channels,
                        char *scratch)
{
    const nhwc_geometry *g = way->g;
    const int64_t size = nhwc__panel_size(way) * way->element, count = panels.end - panels.first;
    char *band = scratch + size * count;
    product p = {.lines = channels,
                 .channels = way->coarse_c,
                 .c_line = way->width,
                 .c_panel = nhwc__panel_size(way),
                 .accumulate = true};
    memset(scratch, 0, (size_t)(size * count));
    if (c->accumulate)
        for (int64_t i = 0; i < count; i++)
            move_sums(way, c, group, panels.first + i, channels, false, scratch + i * size);
    for (nhwc__block b = no_block(way, c); next_block(way, c, &b);) {
        nhwc__pixels fine = {.data = NULL};
        p.left = nhwc__coarse_of(way, &b, group, 0);
        for (int64_t i = panels.first, next; i < panels.end; i = next) {
            const int64_t ky = i / way->window_panels, panel = i % way->window_panels, column = panel * way->width;
            next = nhwc__least((ky + 1) * way->window_panels, panels.end);
            if (i == panels.first || way->taps == 1)
                fine = nhwc__fill_band(way, &b, group, way->taps == 1 ? ky : 0, band);
            p.right = fine;
            p.right.data += (column + (way->taps == 1 ? 0 : ky * g->h.dilation * fine.row)) * way->element;
            p.in = (reach){inside(&g->h, ky), {0, g->w.coarse}};
            p.panels = next - i;
            p.columns = nhwc__vectors_of(way, way->window - column) * way->call->kernels->lanes;
            p.c = scratch + (i - panels.first) * size;
            p.next[0] = p.next[1] = nhwc__next_fine(way, &b, ky, ky, g->h.kernel);
            run_product(way, &b, &p);
        }
    }
    for (int64_t i = 0; i < count; i++)
        move_sums(way, c, group, panels.first + i, channels, true, scratch + i * size);
}

/* The range that one of `count` sharers has of 0 .. size. */
static nhwc__range share_of(int64_t size, int64_t index, int64_t count)
{
    return (nhwc__range){size * index / count, size * (index + 1) / count};
}

/* Panels of all groups, and lines. */
static void run_chain(const nhwc__way *way, const chain *c, nhwc__range panels, nhwc__range lines, char *scratch)
{
    for (int64_t i = panels.first, next; i < panels.end && lines.first < lines.end; i = next) {
        const int64_t group = i / way->panels;
        next = nhwc__least(nhwc__least(i + way->panels_at_once, panels.end), (group + 1) * way->panels);
        const nhwc__range of_group = {i - group * way->panels, next - group * way->panels};
        (way->swapped ? run_swapped : run_plain)(way, c, group, of_group, lines, scratch);
    }
}

/* The only chain or the first one, which go into the filter; and the second one. */
static chain first_chain(const nhwc__way *way, bool is_only)
{
    const nhwc_geometry *g = way->g;
    const int64_t half = g->batch > 1 ? g->batch / 2 * g->h.coarse : g->h.coarse / 2;
    return (chain){{0, is_only ? g->batch * g->h.coarse : half}, way->call->problem.filter.data, way->call->accumulate};
}

static chain second_chain(const nhwc__way *way, char *filter)
{
    return (chain){{first_chain(way, false).rows.end, way->g->batch * way->g->h.coarse}, filter, false};
}

static void run_task(void *argument, int64_t task)
{
    const work *shared = argument;
    const nhwc__way *way = &shared->way;
    const nhwc__workspace *w = shared->workspace;
    _Alignas(64) char on_stack[STACK_BYTES];
    char *scratch = w->bytes_per_task <= STACK_BYTES ? on_stack : (char *)w->data + task * w->bytes_per_task;
    const int64_t count = shared->by_halves ? w->tasks / 2 : w->tasks, all = way->g->groups * way->panels;
    const nhwc__range panels = shared->by_columns ? share_of(all, task % count, count) : (nhwc__range){0, all};
    const nhwc__range lines =
        shared->by_columns ? (nhwc__range){0, way->lines} : share_of(way->lines, task % count, count);
    const chain first = first_chain(way, shared->second == NULL), second = second_chain(way, shared->second);
    if (task < count)
        run_chain(way, &first, panels, lines, scratch);
    if (shared->second != NULL && (task >= count || !shared->by_halves))
        run_chain(way, &second, panels, lines, scratch);
}

/* Two chains without room for the second ones: a few lines at a time. */
static void run_few_lines(void *argument, int64_t task)
{
    const work *shared = argument;
    const nhwc__way *way = &shared->way;
    _Alignas(64) char scratch[STACK_BYTES];
    char *sums = scratch + STACK_BYTES / 2, *filter = way->call->problem.filter.data;
    const nhwc__range mine = share_of(way->lines, task, shared->workspace->tasks);
    const nhwc__range panels = {0, way->g->groups * way->panels};
    const int64_t line = way->g->coarse_c * way->element, at_once = STACK_BYTES / 2 / line;
    nhwc__range lines = {mine.first, mine.first};
    while (lines.end < mine.end) {
        lines = (nhwc__range){lines.end, nhwc__least(lines.end + at_once, mine.end)};
        const chain first = first_chain(way, false), second = second_chain(way, sums - lines.first * line);
        run_chain(way, &first, panels, lines, scratch);
        run_chain(way, &second, panels, lines, scratch);
        way->call->kernels->add(1, (lines.end - lines.first) * way->g->coarse_c, sums, 0, filter + lines.first * line,
                                0);
    }
}

/* ---- Zeros ------------------------------------------------------------------------------------------------- */

/* Of some coarse pixels of an image, counted row by row. */
static bool all_finite(const nhwc__way *way, int64_t n, int64_t first, int64_t end)
{
    const nhwc_tensor *coarse = &way->call->problem.coarse;
    const int64_t *s = coarse->strides, channels = way->g->coarse_c, width = way->g->w.coarse;
    const char *image = (const char *)coarse->data + n * s[0] * way->element;
    if (s[2] == channels && s[1] == width * s[2])
        return way->call->kernels->all_finite((end - first) * channels, image + first * s[2] * way->element);
    for (; first < end; first++)
        if (!way->call->kernels->all_finite(
                channels, image + (first / width * s[1] + first % width * s[2]) * way->element))
            return false;
    return true;
}

/* Whether a coarse pixel that meets zeros of a band, where taps leave the image, is an infinity or NaN: it would give
 * NaN where the specification has nothing. */
static bool zeros_do_harm(const nhwc__way *way)
{
    const nhwc_axis *h = &way->g->h, *w = &way->g->w;
    const nhwc__range x = {inside(w, 0).first, inside(w, w->kernel - 1).end};
    nhwc__range y = {way->merged ? inside(h, 0).first : 0, way->merged ? inside(h, h->kernel - 1).end : h->coarse};
    if ((x.end - x.first) * 5 <= w->coarse * 4) /* not worth leaving out */
        y.end = y.first;
    for (int64_t n = 0; n < way->g->batch; n++) {
        int64_t seen = 0; /* pixels that have been looked at, or meet no zeros */
        for (int64_t row = y.first; row < y.end; row++) {
            if (!all_finite(way, n, seen, row * w->coarse + x.first))
                return true;
            seen = row * w->coarse + x.end;
        }
        if (!all_finite(way, n, seen, h->coarse * w->coarse))
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
    const nhwc__way way = nhwc__way_of(call, WORKSPACE_BYTES - second, true);
    const int64_t bytes = ((int64_t)nhwc__band_size(&way) + way.panels_at_once * nhwc__panel_size(&way)) * way.element;
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
    const nhwc__way *way = &shared->way;
    const int64_t tasks = shared->workspace->tasks, rows = way->g->batch * way->g->h.coarse;
    const int64_t most = rows - first_chain(way, false).rows.end; /* those of the second chain */
    shared->by_halves = shared->second != NULL && tasks % 2 == 0 && most * 17 <= rows * 9;
    /* Rows of taps are alike, their panels only if all are full. */
    const int64_t units = way->swapped && way->window % way->width > 0 ? way->g->h.kernel : way->panels;
    shared->by_columns = is_even(way->g->groups * units, shared->by_halves ? tasks / 2 : tasks);
}

static void run_work(const nhwc_context *context, work *shared)
{
    const nhwc__call *call = shared->way.call;
    share(shared);
    nhwc__parallel_for(context, shared->workspace->tasks, shared->has_few_lines ? run_few_lines : run_task, shared);
    if (shared->second != NULL)
        call->kernels->add(1, halved_elements(&call->problem.geometry), shared->second, 0, call->problem.filter.data,
                           0);
}

static bool sums_are_finite(const nhwc__way *way)
{
    const int64_t count = way->g->h.kernel * way->window * way->g->coarse_c;
    return way->call->kernels->all_finite(count, way->call->problem.filter.data);
}

void nhwc__correlate_run(const nhwc_context *context, const nhwc__call *call, const nhwc__workspace *workspace)
{
    const int64_t second = second_size(call), given = workspace->bytes_per_task;
    const bool has_few_lines = second > 0 && given < second + LEAST_BYTES;
    int64_t bytes = nhwc__most(given, STACK_BYTES);
    if (second > 0)
        bytes = has_few_lines ? STACK_BYTES / 2 : given - second;
    work shared = {.way = nhwc__way_of(call, bytes, !has_few_lines),
                   .workspace = workspace,
                   .has_few_lines = has_few_lines};
    if (second > 0 && !has_few_lines)
        shared.second = (char *)workspace->data + given - second;
    if (shared.way.banded && call->accumulate && zeros_do_harm(&shared.way)) /* what is added cannot be taken back */
        shared.way = nhwc__way_of(call, bytes, false);
    run_work(context, &shared);
    if (shared.way.banded && !call->accumulate && !sums_are_finite(&shared.way) && zeros_do_harm(&shared.way)) {
        shared.way = nhwc__way_of(call, bytes, false);
        run_work(context, &shared);
    }
}
