/* Columns of b are laid out in panels, as many at a time as the scratch holds, unless they are panels already; rows of
 * a are read where they lie, or, of a transpose, laid out term by term. A task has some of the rows of all matrices of
 * the batch, or some of the columns. Each element is one chain, whoever computes it. */
#include "ops/matrices.h"

#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "ops/copy.h"

#define DEPTH        1024         /* terms at a time */
#define PACKED_DEPTH 256          /* ... where rows are laid out, so that they are for more panels */
#define PANEL_BYTES  (384 * 1024) /* panels of b at a time: a part of the second-level cache */
#define STACK_BYTES  (24 * 1024)
#define LINE         64

/* How a product is cut. */
typedef struct cut {
    const nhwc__matrices *m;
    bool packs_a, packs_b, by_columns;
    int64_t tile_rows, width, panels; /* columns of a panel; panels of b */
    int64_t most_terms; /* at a time */
    int tasks;
    int64_t bytes_per_task;
    char *scratch;
} cut;

/* Matrix `index` of the batch: what its factors and result are away from the first one's. */
static nhwc__batch_axis offset_of(const nhwc__batch_axis *axes, int count, int64_t index)
{
    nhwc__batch_axis sum = {.a = 0};
    for (int i = count - 1; i >= 0; i--) {
        const int64_t at = index % axes[i].length;
        index /= axes[i].length;
        sum.a += at * axes[i].a;
        sum.b += at * axes[i].b;
        sum.c += at * axes[i].c;
    }
    return sum;
}

/* ---- Blocks ---------------------------------------------------------------------------------------- */

static const char *place_in(const cut *p, const nhwc__matrix *m, int64_t row, int64_t column)
{
    return (const char *)m->data + (row * m->row + column * m->column) * p->m->element;
}

/* to[i * to_row + j] = from[i * row + j * column] */
static void lay_out(const cut *p, const char *from, int64_t row, int64_t column, int64_t rows, int64_t columns,
                    char *to, int64_t to_row)
{
    const nhwc__kernels *kernels = p->m->kernels;
    if (column == 1)
        kernels->copy(rows, columns, from, row, to, to_row);
    else if (row == 1)
        kernels->transpose(rows, columns, from, column, to, to_row);
    else
        nhwc__copy_plane((size_t)p->m->element, rows, columns, from, row, column, to, to_row, 1);
}

typedef struct range {
    int64_t first, end;
} range;

/* A block of the product: some terms of some panels of one matrix. */
typedef struct block {
    nhwc__matrix a, b; /* beginning with the block's first term */
    char *c;
    int64_t terms;
    range panels;
    bool accumulate, is_last;
} block;

static void pack_panels(const cut *p, const block *b, char *to)
{
    const int64_t width = p->width, bytes = b->terms * width * p->m->element;
    for (int64_t panel = b->panels.first; panel < b->panels.end; panel++, to += bytes) {
        const int64_t column = panel * width, columns = nhwc__least(width, p->m->columns - column);
        if (columns < width)
            memset(to, 0, (size_t)bytes);
        lay_out(p, place_in(p, &b->b, 0, column), b->b.row, b->b.column, b->terms, columns, to, width);
    }
}

static void run_rows(const cut *p, const block *b, range rows, const char *panels, char *room)
{
    const nhwc__matrices *m = p->m;
    const int64_t width = p->width, tiles = nhwc__ceil(rows.end - rows.first, p->tile_rows);
    int64_t a_rows[NHWC__TILE_ROWS], c_rows[NHWC__TILE_ROWS];
    for (int i = 0; i < p->tile_rows; i++) {
        a_rows[i] = i * (p->packs_a ? 1 : b->a.row);
        c_rows[i] = i * m->c_row;
    }
    const nhwc__run run = {.length = b->terms};
    for (int64_t t = 0, first = rows.first, height; t < tiles; t++, first += height) {
        height = nhwc__ceil(rows.end - first, tiles - t); /* nearly equal */
        const char *a = place_in(p, &b->a, first, 0);
        if (p->packs_a)
            lay_out(p, a, b->a.column, b->a.row, b->terms, height, room, NHWC__TILE_ROWS);
        for (int64_t panel = b->panels.first; panel < b->panels.end; panel++) {
            const int64_t column = panel * width;
            const nhwc__tile tile = {
                .rows = (int)height,
                .columns = (int)nhwc__least(width, m->columns - column),
                .runs = 1,
                .run = &run,
                .a = p->packs_a ? room : a,
                .b = p->packs_b ? panels + (panel - b->panels.first) * b->terms * width * m->element
                                : (const char *)b->b.data + column * m->element,
                .a_row = a_rows,
                .c_row = c_rows,
                .a_step = p->packs_a ? NHWC__TILE_ROWS : 1,
                .b_step = p->packs_b ? width : b->b.row,
                .ahead = (uintptr_t)panels,
                .ahead_step = 0,
                .accumulate = b->accumulate,
                .c = b->c + (first * m->c_row + column) * m->element,
                .bias = b->is_last && m->bias != NULL ? m->bias + column * m->element : NULL,
                .activation = b->is_last ? m->activation : NHWC_ACTIVATION_NONE,
            };
            m->kernels->tile(&tile);
        }
    }
}

static void run_block(const cut *p, const block *b, range rows, char *scratch)
{
    if (p->packs_b)
        pack_panels(p, b, scratch);
    const int64_t width = p->packs_b ? (b->panels.end - b->panels.first) * p->width : 0;
    run_rows(p, b, rows, scratch, scratch + width * b->terms * p->m->element);
}

/* ---- Tasks ----------------------------------------------------------------------------------------- */

/* Some rows of a matrix in some panels, all terms of it. */
static void run_matrix(const cut *p, int64_t matrix, int64_t sum, range rows, range panels, char *scratch)
{
    const nhwc__matrices *m = p->m;
    const nhwc__batch_axis kept = offset_of(m->kept, m->kept_axes, matrix);
    const nhwc__batch_axis summed = offset_of(m->summed, m->summed_axes, sum);
    const int64_t blocks = nhwc__most(nhwc__ceil(m->depth, p->most_terms), 1);
    for (int64_t i = 0; i < blocks; i++) {
        const int64_t k = m->depth * i / blocks;
        block b = {.a = m->a,
                   .b = m->b,
                   .c = m->c + kept.c * m->element,
                   .terms = m->depth * (i + 1) / blocks - k,
                   .panels = panels,
                   .accumulate = m->accumulate || sum > 0 || i > 0,
                   .is_last = i == blocks - 1 && sum == m->sums - 1};
        b.a.data = place_in(p, &m->a, 0, k) + (kept.a + summed.a) * m->element;
        b.b.data = place_in(p, &m->b, k, 0) + (kept.b + summed.b) * m->element;
        run_block(p, &b, rows, scratch);
    }
}

static int64_t panels_at_once(const cut *p)
{
    const int64_t panel = nhwc__most(nhwc__least(p->m->depth, p->most_terms), 1) * p->width * p->m->element;
    return p->packs_b ? nhwc__most(PANEL_BYTES / panel, 1) : p->panels;
}

static void run_task(void *argument, int64_t task)
{
    const cut *p = argument;
    const nhwc__matrices *m = p->m;
    _Alignas(LINE) char on_stack[STACK_BYTES];
    char *scratch = p->scratch == NULL ? on_stack : p->scratch + task * p->bytes_per_task;
    const int64_t at_once = panels_at_once(p);
    const int64_t tiles = nhwc__ceil(m->rows, p->tile_rows), units = m->matrices * tiles;
    range panels = {0, p->panels}, share = {0, units};
    if (p->by_columns)
        panels = (range){p->panels * task / p->tasks, p->panels * (task + 1) / p->tasks};
    else
        share = (range){units * task / p->tasks, units * (task + 1) / p->tasks};
    for (int64_t unit = share.first, next; unit < share.end; unit = next) {
        const int64_t matrix = unit / tiles, tile = unit % tiles;
        next = nhwc__least((matrix + 1) * tiles, share.end);
        const range rows = {m->rows * tile / tiles, m->rows * (tile + next - unit) / tiles};
        for (int64_t sum = 0; sum < m->sums; sum++)
            for (int64_t i = panels.first; i < panels.end; i += at_once)
                run_matrix(p, matrix, sum, rows, (range){i, nhwc__least(i + at_once, panels.end)}, scratch);
    }
}

/* ---- How a product is cut -------------------------------------------------------------------------- */

#define FEW_ROWS           128 /* too few to pay for laying out panels that can do without */
#define TASK_MULTIPLY_ADDS 1e6 /* below it, waking a thread costs more than it brings */
#define MOST_TASKS         1024
#define SET_BYTES          4096 /* memory so far apart has the same place in a first-level cache, which has 8 of it */
#define SET_ROWS           8

/* Into tiles. */
static void arrange(const nhwc__matrices *m, cut *p)
{
    const nhwc__kernels *kernels = m->kernels;
    p->width = m->columns <= kernels->narrow  ? kernels->narrow
               : m->columns <= kernels->lanes ? kernels->lanes
                                              : 2 * kernels->lanes;
    p->panels = nhwc__ceil(m->columns, p->width);
    p->packs_a = m->a.column != 1 && m->depth > 1;
    p->most_terms = p->packs_a ? PACKED_DEPTH : DEPTH;
    p->packs_b = m->rows > FEW_ROWS || m->b.column != 1 || p->panels * p->width != m->columns ||
                 m->b.row * m->element % (SET_BYTES / 2) == 0;
    p->tile_rows = nhwc__least(kernels->tile_rows, m->rows);
    if (!p->packs_a && m->a.row * m->element % SET_BYTES == 0)
        p->tile_rows = nhwc__least(p->tile_rows, SET_ROWS);
}

/* Scratch for some terms of some panels, and of a tile's rows. */
static int64_t scratch_bytes(const cut *p, int64_t terms, int64_t panels)
{
    return terms * ((p->packs_b ? p->width * panels : 0) + (p->packs_a ? NHWC__TILE_ROWS : 0)) * p->m->element;
}

/* A product that takes less time than it would to share it: one block, on the stack. */
static bool is_small(const cut *p)
{
    const nhwc__matrices *m = p->m;
    return m->matrices == 1 && m->sums == 1 && m->rows <= FEW_ROWS && m->columns <= FEW_ROWS && m->depth <= FEW_ROWS &&
           scratch_bytes(p, m->depth, p->panels) <= STACK_BYTES;
}

static void run_small(const cut *p)
{
    const nhwc__matrices *m = p->m;
    _Alignas(LINE) char scratch[STACK_BYTES];
    const block all = {m->a, m->b, m->c, m->depth, {0, p->panels}, m->accumulate, true};
    run_block(p, &all, (range){0, m->rows}, scratch);
}

/* How it is shared. */
static void share(const nhwc_context *context, cut *p)
{
    const nhwc__matrices *m = p->m;
    const double work = (double)m->matrices * (double)m->sums * (double)m->rows * (double)m->columns * (double)m->depth;
    const int64_t units = m->matrices * nhwc__ceil(m->rows, p->tile_rows);
    const double worth = work / TASK_MULTIPLY_ADDS;
    const int given = nhwc__context_threads(context), threads = given < MOST_TASKS ? given : MOST_TASKS;
    p->tasks = worth >= threads ? threads : worth > 1 ? (int)worth : 1;
    p->by_columns = units < 8 * p->tasks && p->panels >= p->tasks; /* or all would lay out all of b for few rows */
    p->tasks = (int)nhwc__least(p->tasks, nhwc__most(p->by_columns ? p->panels : units, 1));
    const int64_t bytes =
        scratch_bytes(p, nhwc__least(m->depth, p->most_terms), nhwc__least(p->panels, panels_at_once(p)));
    p->bytes_per_task = nhwc__ceil(bytes, LINE) * LINE;
}

nhwc_status nhwc__multiply_matrices(const nhwc_context *context, nhwc__matrices *m)
{
    if (m->matrices == 0 || m->rows == 0 || m->columns == 0)
        return NHWC_OK;
    if (m->sums == 0 || m->depth == 0) { /* an empty sum, of which data need not be there */
        m->depth = m->summed_axes = 0;
        m->sums = 1;
        m->a.data = m->b.data = m->c;
    }
    cut p = {.m = m};
    arrange(m, &p);
    if (is_small(&p)) {
        run_small(&p);
        return NHWC_OK;
    }
    share(context, &p);
    void *scratch = NULL;
    if (p.bytes_per_task > STACK_BYTES)
        NHWC__TRY(nhwc__allocate(context, p.tasks * p.bytes_per_task, &scratch));
    p.scratch = scratch;
    nhwc__parallel_for(context, p.tasks, run_task, &p);
    if (scratch != NULL)
        nhwc__deallocate(context, scratch);
    return NHWC_OK;
}
