#include "conv/correlate.h"

#include <string.h>

#include "base/parallel.h"
#include "base/size.h"
#include "conv/spans.h"

#define WORKSPACE_BYTES (512 * 1024)
#define STACK_BYTES     (32 * 1024)
#define BLOCK_PIXELS    320  /* so that what the fine image has for them stays in the caches */
#define MOST_RUNS       64   /* of a tile at a time */

typedef struct job {
    const nhwc__call *call;
    const nhwc__workspace *workspace;
    const nhwc_geometry *g;
    int64_t fine_c, coarse_c; /* channels per group */
    int64_t width, panels;    /* columns of a panel; panels per group */
    int64_t element;
    nhwc__phase h, w;
    bool together;   /* taps side by side are in one tile */
    bool by_columns; /* tasks share the columns, or else the rows of the filter */
} job;

typedef struct range {
    int64_t first, end;
} range;

/* Some columns of some coarse rows, counted over images, and their panels: [row][column][width] each. */
typedef struct block {
    range rows, columns;
    const char *panels;
    int64_t panel_size; /* elements from one to the next */
    bool accumulate;
} block;

#define FEW_CHANNELS 8 /* fine ones, of which a tile would not be full */

static job job_of(const nhwc__call *call)
{
    const nhwc_geometry *g = &call->problem.geometry;
    job j = {.call = call,
             .g = g,
             .fine_c = g->fine_c / g->groups,
             .coarse_c = g->coarse_c / g->groups,
             .width = call->kernels->lanes,
             .element = (int64_t)nhwc_dtype_size(call->problem.fine.dtype),
             .h = nhwc__phase_of(&g->h, false, 0),
             .w = nhwc__phase_of(&g->w, false, 0)};
    if (j.coarse_c > j.width)
        j.width *= 2;
    j.panels = nhwc__ceil(j.coarse_c, j.width);
    j.together = j.fine_c < FEW_CHANNELS;
    return j;
}

/* ---- What a tile adds up --------------------------------------------------------------------------- */

/* The block's coarse columns first .. end through tap (ky, kx), in its rows from *row on, as runs; *row is then the row
 * to go on with. Runs that continue one another are one. */
static int64_t runs_of(const job *j, const block *b, int64_t ky, int64_t kx, int64_t first, int64_t end, int64_t *row,
                       nhwc__run *runs)
{
    first = nhwc__most(first, b->columns.first);
    end = nhwc__least(end, b->columns.end);
    const nhwc_geometry *g = j->g;
    const int64_t *s = j->call->problem.fine.strides;
    const int64_t step = g->w.stride * s[2];
    int64_t count = 0;
    for (; *row < b->rows.end; ++*row) {
        const int64_t n = *row / g->h.coarse, coarse_y = *row % g->h.coarse;
        const int64_t y = coarse_y * g->h.stride + ky * g->h.dilation - g->h.pad_before;
        if (y < 0 || y >= g->h.fine || first >= end)
            continue;
        const nhwc__run run = {
            .a = n * s[0] + y * s[1] + (first * g->w.stride + kx * g->w.dilation - g->w.pad_before) * s[2],
            .b = ((*row - b->rows.first) * (b->columns.end - b->columns.first) + first - b->columns.first) * j->width,
            .length = end - first};
        nhwc__run *last = &runs[count - 1];
        if (count > 0 && last->a + last->length * step == run.a && last->b + last->length * j->width == run.b)
            last->length += run.length;
        else if (count == MOST_RUNS)
            break;
        else
            runs[count++] = run;
    }
    return count;
}

/* Rows of the filter from (ky, kx, channel) on, in the columns of some panels of a group. */
static void run_tile(const job *j, const block *b, int64_t group, int64_t first_panel, int64_t last_panel, int64_t ky,
                     int64_t kx, int64_t channel, int rows, int64_t first, int64_t end)
{
    const nhwc__call *call = j->call;
    const nhwc__problem *p = &call->problem;
    const int64_t row = j->g->coarse_c;
    nhwc__run runs[MOST_RUNS];
    int64_t a_rows[NHWC__TILE_ROWS], c_rows[NHWC__TILE_ROWS];
    for (int i = 0; i < rows; i++) {
        const int64_t at = channel + i; /* counted on through the taps side by side */
        a_rows[i] = at / j->fine_c * j->g->w.dilation * p->fine.strides[2] + at % j->fine_c;
        c_rows[i] = i * row;
    }
    nhwc__tile tile = {.rows = rows,
                       .run = runs,
                       .a = (const char *)p->fine.data + group * j->fine_c * j->element,
                       .a_row = a_rows,
                       .c_row = c_rows,
                       .a_step = j->g->w.stride * p->fine.strides[2],
                       .b_step = j->width,
                       .accumulate = b->accumulate};
    const int64_t filter_row = (ky * j->g->w.kernel + kx) * j->fine_c + channel;
    for (int64_t at = b->rows.first; at < b->rows.end || at == b->rows.first;) {
        tile.runs = runs_of(j, b, ky, kx, first, end, &at, runs);
        if (tile.runs == 0 && tile.accumulate)
            return;
        for (int64_t panel = first_panel; panel < last_panel; panel++) {
            const int64_t column = panel * j->width;
            tile.columns = (int)nhwc__least(j->width, j->coarse_c - column);
            tile.b = b->panels + (panel - first_panel) * b->panel_size * j->element;
            tile.ahead = (uintptr_t)tile.b;
            tile.c = (char *)p->filter.data + (filter_row * row + group * j->coarse_c + column) * j->element;
            call->kernels->tile(&tile);
        }
        tile.accumulate = true;
        if (tile.runs == 0)
            return;
    }
}

/* ---- The rows of the filter -------------------------------------------------------------------------- */

/* Rows first .. end of the filter matrix, tap by tap. */
static void run_taps(const job *j, const block *b, int64_t group, range panels, range rows)
{
    const nhwc__kernels *kernels = j->call->kernels;
    for (int64_t r = rows.first, next; r < rows.end; r = next) {
        const int64_t tap = r / j->fine_c;
        next = nhwc__least((tap + 1) * j->fine_c, rows.end);
        const int64_t ky = tap / j->g->w.kernel, kx = tap % j->g->w.kernel;
        const int64_t at = kx * j->w.tap_input + j->w.input; /* the fine column of coarse column 0 */
        const int64_t first = nhwc__ceil(-at, j->w.input_step);
        const int64_t end = nhwc__least(nhwc__ceil(j->w.inputs - at, j->w.input_step), j->w.outputs);
        const int64_t count = next - r, tiles = nhwc__ceil(count, kernels->tile_rows);
        for (int64_t t = 0; t < tiles; t++)
            run_tile(j, b, group, panels.first, panels.end, ky, kx, r % j->fine_c + count * t / tiles,
                     (int)(count * (t + 1) / tiles - count * t / tiles), first, end);
    }
}

/* The same where taps of a row are together: for each span of columns, all taps that it has. */
static void run_rows_of_taps(const job *j, const block *b, int64_t group, range panels, range rows)
{
    const int64_t of_row = j->g->w.kernel * j->fine_c;
    for (int64_t ky = rows.first / of_row; ky * of_row < rows.end; ky++)
        for (nhwc__span s = {.end = 0}; nhwc__next_span(&j->w, &s);) {
            const int64_t first = nhwc__most(ky * of_row + s.first_tap * j->fine_c, rows.first);
            const int64_t count = nhwc__least(ky * of_row + s.end_tap * j->fine_c, rows.end) - first;
            const int64_t tiles = nhwc__ceil(count, j->call->kernels->tile_rows);
            for (int64_t t = 0; t < tiles; t++) {
                const int64_t r = first + count * t / tiles;
                run_tile(j, b, group, panels.first, panels.end, ky, r / j->fine_c % j->g->w.kernel, r % j->fine_c,
                         (int)(first + count * (t + 1) / tiles - r), s.first, s.end);
            }
        }
}

/* ---- One task ------------------------------------------------------------------------------------------ */

/* Some columns of rows of the coarse image: to [panel][pixel][width]. */
static void pack(const job *j, const block *b, int64_t group, range panels, char *to)
{
    const nhwc_tensor *coarse = &j->call->problem.coarse;
    const int64_t *s = coarse->strides, pixels = b->columns.end - b->columns.first;
    for (int64_t panel = panels.first; panel < panels.end; panel++, to += b->panel_size * j->element) {
        const int64_t column = panel * j->width, columns = nhwc__least(j->width, j->coarse_c - column);
        if (columns < j->width)
            memset(to, 0, (size_t)(b->panel_size * j->element));
        for (int64_t row = b->rows.first; row < b->rows.end; row++) {
            const int64_t from = row / j->g->h.coarse * s[0] + row % j->g->h.coarse * s[1] + b->columns.first * s[2] +
                                 group * j->coarse_c + column;
            j->call->kernels->copy(pixels, columns, (const char *)coarse->data + from * j->element, s[2],
                                   to + (row - b->rows.first) * pixels * j->width * j->element, j->width);
        }
    }
}

#define TOGETHER_PIXELS (STACK_BYTES / 128) /* a pixel's part of a panel has at most 128 bytes */

/* How many coarse pixels are worked on at a time. Where sums are not single chains, this is part of what they are, and
 * so does not depend on the scratch. */
static int64_t pixels_of_block(const job *j, int64_t capacity)
{
    return j->together ? TOGETHER_PIXELS : nhwc__least(capacity / j->width, BLOCK_PIXELS);
}

/* The block after b: whole rows where they fit, or else a part of one. False after the last. */
static bool next_block(const job *j, int64_t pixels, block *b)
{
    const int64_t width = j->g->w.coarse, rows = j->g->batch * j->g->h.coarse;
    if (width > pixels && b->columns.end < width && b->rows.end > 0) {
        b->columns = (range){b->columns.end, nhwc__least(b->columns.end + pixels, width)};
        return true;
    }
    if (b->rows.end >= rows || width == 0)
        return false;
    const int64_t at_once = nhwc__most(pixels / width, 1);
    b->rows = (range){b->rows.end, nhwc__least(b->rows.end + at_once, rows)};
    b->columns = (range){0, nhwc__least(width, pixels)};
    return true;
}

/* Panels of a group, times rows of the filter, over all pixels. */
static void run_panels(const job *j, int64_t group, range panels, range rows, int64_t pixels, char *scratch)
{
    const nhwc_tensor *filter = &j->call->problem.filter;
    const int64_t columns = nhwc__least(panels.end * j->width, j->coarse_c) - panels.first * j->width;
    const bool is_empty = j->g->batch * j->g->h.coarse * j->g->w.coarse == 0;
    block b = {.accumulate = j->call->accumulate};
    if (!b.accumulate && (j->together || is_empty)) { /* not every tile begins every sum */
        for (int64_t r = rows.first; r < rows.end; r++)
            memset((char *)filter->data +
                       (r * j->g->coarse_c + group * j->coarse_c + panels.first * j->width) * j->element,
                   0, (size_t)(columns * j->element));
        b.accumulate = true;
    }
    b.panels = scratch;
    while (next_block(j, pixels, &b)) {
        b.panel_size = (b.rows.end - b.rows.first) * (b.columns.end - b.columns.first) * j->width;
        pack(j, &b, group, panels, scratch);
        if (j->together)
            run_rows_of_taps(j, &b, group, panels, rows);
        else
            run_taps(j, &b, group, panels, rows);
        b.accumulate = true;
    }
}

static void run_task(void *argument, int64_t task)
{
    const job *j = argument;
    const nhwc__workspace *w = j->workspace;
    _Alignas(64) char on_stack[STACK_BYTES];
    const bool is_small = w->bytes_per_task <= STACK_BYTES;
    char *scratch = is_small ? on_stack : (char *)w->data + task * w->bytes_per_task;
    const int64_t capacity = (is_small ? STACK_BYTES : w->bytes_per_task) / j->element;
    const int64_t pixels = pixels_of_block(j, capacity), panels = j->g->groups * j->panels;
    const int64_t at_once = nhwc__most(capacity / (pixels * j->width), 1);
    const int64_t all_rows = j->g->h.kernel * j->g->w.kernel * j->fine_c;
    range columns = {0, panels}, rows = {0, all_rows};
    if (j->by_columns)
        columns = (range){panels * task / w->tasks, panels * (task + 1) / w->tasks};
    else
        rows = (range){all_rows * task / w->tasks, all_rows * (task + 1) / w->tasks};
    for (int64_t i = columns.first, next; i < columns.end && rows.first < rows.end; i = next) {
        const int64_t group = i / j->panels;
        next = nhwc__least(nhwc__least(i + at_once, columns.end), (group + 1) * j->panels);
        run_panels(j, group, (range){i - group * j->panels, next - group * j->panels}, rows, pixels, scratch);
    }
}

int64_t nhwc__correlate_bytes(const nhwc__call *call)
{
    const job j = job_of(call);
    if (j.together)
        return 0;
    const double pixels = (double)j.g->batch * (double)(j.g->h.coarse * j.g->w.coarse);
    const double bytes = (pixels < BLOCK_PIXELS ? pixels : BLOCK_PIXELS) * (double)(j.panels * j.width * j.element);
    return bytes <= STACK_BYTES ? 0 : bytes < WORKSPACE_BYTES ? nhwc__ceil((int64_t)bytes, 64) * 64 : WORKSPACE_BYTES;
}

void nhwc__correlate_run(const nhwc_context *context, const nhwc__call *call, const nhwc__workspace *workspace)
{
    job j = job_of(call);
    j.workspace = workspace;
    const int64_t panels = j.g->groups * j.panels, tasks = workspace->tasks;
    j.by_columns = panels >= tasks && nhwc__ceil(panels, tasks) * tasks * 8 <= panels * 9; /* evenly enough */
    nhwc__parallel_for(context, workspace->tasks, run_task, &j);
}
