/* Folds over axes, by the tree. Where the last axis is reduced, the terms of an output lie side by side, and a fold
 * goes along them; where it is kept, the outputs do, and it goes across them. */
#include "ops/reduce.h"

#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/copy.h"
#include "ops/tree.h"

#define WIDE_BYTES   4096 /* of the tiles of long rows: memory gives long pieces sooner */
#define BUFFER_BYTES (NHWC__ALONG_TERMS * 8)
#define SIDE         16 /* outputs of few terms that are worth gathering */

/* Axes as one index, the last one innermost. */
typedef struct index_space {
    int rank;
    int64_t count, dims[NHWC_MAX_RANK];
    int64_t x[NHWC_MAX_RANK], y[NHWC_MAX_RANK], centre[NHWC_MAX_RANK]; /* strides; 0 where there is none */
} index_space;

/* A tile's room has its centres, if there are any, and a buffer, if one is needed. */
typedef struct reduction {
    const nhwc__fold *fold;
    const char *x, *centre;
    char *y;
    size_t size;
    double n;
    bool along;
    index_space outputs, terms;
    int64_t unit, buffer; /* terms; where in the room the buffer is */
    nhwc__tree tree;
} reduction;

/* ---- Geometry ------------------------------------------------------------------------------- */

static void add_axis(index_space *space, int64_t length, int64_t x, int64_t y, int64_t centre)
{
    space->count *= length;
    if (length == 1)
        return;
    const int last = space->rank - 1;
    if (last >= 0 && space->x[last] == x * length && space->y[last] == y * length &&
        space->centre[last] == centre * length) {
        space->dims[last] *= length;
    } else {
        space->dims[++space->rank - 1] = length;
    }
    space->x[space->rank - 1] = x;
    space->y[space->rank - 1] = y;
    space->centre[space->rank - 1] = centre;
}

/* An axis to be innermost, where there is none. */
static void finish_space(index_space *space)
{
    if (space->rank == 0)
        space->dims[space->rank++] = 1;
}

static int64_t offset_of(const index_space *space, const int64_t *strides, int64_t index)
{
    int64_t offset = 0;
    for (int axis = space->rank - 1; axis > 0; index /= space->dims[axis--])
        offset += index % space->dims[axis] * strides[axis];
    return offset + index * strides[0];
}

static int64_t inner_length(const index_space *space)
{
    return space->dims[space->rank - 1];
}

static reduction describe(const nhwc__fold *fold, const nhwc_tensor *x, const nhwc_tensor *centre, double n,
                          const nhwc_tensor *y)
{
    reduction r = {.fold = fold, .y = y->data, .n = n, .outputs.count = 1, .terms.count = 1};
    r.x = x->data != NULL ? x->data : ""; /* empty sums have an address too */
    r.size = nhwc_dtype_size(x->dtype);
    r.centre = centre ? centre->data : NULL;
    for (int axis = 0; axis < x->rank; axis++) {
        const int64_t length = x->dims[axis];
        if (length == 1)
            continue;
        r.along = y->dims[axis] == 1;
        if (r.along)
            add_axis(&r.terms, length, x->strides[axis], 0, 0);
        else
            add_axis(&r.outputs, length, x->strides[axis], y->strides[axis], centre ? centre->strides[axis] : 0);
    }
    finish_space(&r.outputs);
    finish_space(&r.terms);
    if (centre != NULL && r.terms.count < NHWC__ACROSS_TERMS && r.outputs.count >= SIDE)
        r.along = false; /* terms that take longer than gathering them, and are one chain either way */
    r.unit = r.along ? NHWC__ALONG_TERMS : NHWC__ACROSS_TERMS;
    r.buffer = centre ? WIDE_BYTES : 0;
    r.tree.sums = 1;
    r.tree.outputs = r.outputs.count;
    r.tree.row = inner_length(&r.outputs);
    return r;
}

/* Whether terms have to be gathered before outputs are side by side. */
static bool gathers_across(const reduction *r)
{
    return !r->along && r->outputs.x[r->outputs.rank - 1] != 1 && inner_length(&r->outputs) > 1;
}

/* Cuts the outputs into tiles of at most so many bytes, and their terms into units. */
static void cut(reduction *r, int64_t bytes)
{
    const bool gathers = gathers_across(r);
    nhwc__tree *tree = &r->tree;
    tree->units = nhwc__ceil(r->terms.count, r->unit);
    tree->room = r->buffer + (gathers || r->along ? BUFFER_BYTES : 0);
    bytes = nhwc__least(bytes, nhwc__tree_most_bytes(tree));
    if (gathers)
        bytes = nhwc__least(bytes, BUFFER_BYTES / NHWC__ACROSS_TERMS);
    nhwc__tree_cut(tree, r->along && tree->units > 1 ? 1 : bytes / (int64_t)r->size, (int64_t)r->size);
}

/* ---- Tiles ---------------------------------------------------------------------------------- */

/* The first term of an output of the tile, and the stride from one output to the next. */
static const char *first_term(const reduction *r, const nhwc__tile *tile, int64_t output)
{
    const index_space *outputs = &r->outputs;
    return r->x + (offset_of(outputs, outputs->x, tile->output) + output * outputs->x[outputs->rank - 1]) *
                      (int64_t)r->size;
}

static int64_t step_of(const reduction *r)
{
    return r->outputs.x[r->outputs.rank - 1];
}

static void begin(const void *argument, const nhwc__tile *tile)
{
    const reduction *r = argument;
    const index_space *outputs = &r->outputs;
    if (r->centre)
        nhwc__copy_row(r->size, tile->width,
                       r->centre + offset_of(outputs, outputs->centre, tile->output) * (int64_t)r->size,
                       outputs->centre[outputs->rank - 1], tile->room, 1);
}

static void end(const void *argument, const nhwc__tile *tile, char *out)
{
    const reduction *r = argument;
    const index_space *outputs = &r->outputs;
    r->fold->finish(tile->width, tile->room, r->n, out);
    nhwc__copy_row(r->size, tile->width, out, 1,
                   r->y + offset_of(outputs, outputs->y, tile->output) * (int64_t)r->size,
                   outputs->y[outputs->rank - 1]);
}

/* `count` terms from the `first` on of the output whose terms begin at x, gathered into `to`. */
static void gather_terms(const reduction *r, const char *x, int64_t first, int64_t count, char *to)
{
    const index_space *terms = &r->terms;
    const int64_t size = (int64_t)r->size, length = inner_length(terms);
    while (count > 0) {
        const int64_t run = nhwc__least(count, length - first % length);
        nhwc__copy_row(r->size, run, x + offset_of(terms, terms->x, first) * size, terms->x[terms->rank - 1], to, 1);
        first += run;
        count -= run;
        to += run * size;
    }
}

/* Whether these terms of an output lie side by side. */
static bool is_run(const reduction *r, int64_t first, int64_t count)
{
    const index_space *terms = &r->terms;
    return (terms->x[terms->rank - 1] == 1 || count == 1) && first % inner_length(terms) + count <= inner_length(terms);
}

static void fold_along(const reduction *r, const nhwc__tile *tile, int64_t first, int64_t count, char *out)
{
    const int64_t size = (int64_t)r->size, step = step_of(r);
    const char *x = first_term(r, tile, 0);
    char *buffer = tile->room + r->buffer;
    if (is_run(r, first, count)) {
        r->fold->along(tile->width, count, x + offset_of(&r->terms, r->terms.x, first) * size, step, tile->room, out);
        return;
    }
    for (int64_t o = 0; o < tile->width; o++) {
        gather_terms(r, x + o * step * size, first, count, buffer);
        r->fold->along(1, count, buffer, 0, tile->room + o * size, out + o * size);
    }
}

static void fold_across(const reduction *r, const nhwc__tile *tile, int64_t first, int64_t count, char *out)
{
    const index_space *terms = &r->terms;
    const int64_t size = (int64_t)r->size, length = inner_length(terms), step = terms->x[terms->rank - 1];
    const int64_t width = tile->width;
    const char *x = first_term(r, tile, 0);
    char *buffer = tile->room + r->buffer;
    r->fold->start(width, out);
    while (count > 0) {
        int64_t run = nhwc__least(count, length - first % length);
        const char *from = x + offset_of(terms, terms->x, first) * size;
        if (step_of(r) == 1 || width == 1) {
            r->fold->across(width, run, from, step, tile->room, out);
        } else {
            run = nhwc__least(run, BUFFER_BYTES / (width * size));
            nhwc__copy_plane(r->size, run, width, from, step, step_of(r), buffer, width, 1);
            r->fold->across(width, run, buffer, width, tile->room, out);
        }
        first += run;
        count -= run;
    }
}

static void fold_unit(const void *argument, const nhwc__tile *tile, int64_t unit, char *out)
{
    const reduction *r = argument;
    const int64_t first = unit * r->unit, count = nhwc__least(r->unit, r->terms.count - first);
    (r->along ? fold_along : fold_across)(r, tile, first, count, out);
}

void nhwc__reduce(const nhwc_context *context, const nhwc__fold *fold, const nhwc_tensor *x,
                  const nhwc_tensor *centre, double n, const nhwc_tensor *y)
{
    if (nhwc__tensor_is_empty(y))
        return;
    reduction r = describe(fold, x, centre, n, y);
    nhwc__tree *tree = &r.tree;
    const int64_t elements = r.outputs.count * r.terms.count, tasks = nhwc__tasks_worth(context, elements, elements);
    tree->argument = &r;
    tree->begin = begin;
    tree->fold = fold;
    tree->fold_unit = fold_unit;
    tree->end = end;
    cut(&r, NHWC__TILE_BYTES);
    if (tasks == 1 || nhwc__tree_tiles(tree) >= WIDE_BYTES / NHWC__TILE_BYTES * tasks) /* a wide one for every task */
        cut(&r, WIDE_BYTES);
    nhwc__tree_run(context, tree, tasks);
}

/* ---- The place of the best ------------------------------------------------------------------ */

#define FEW_TERMS 256 /* which are searched for many outputs at once, even if they have to be gathered */

typedef struct search {
    reduction r; /* its fold finds the best value of a unit */
    const nhwc__maths *maths;
    nhwc__search *better;
    int64_t tasks;
} search;

/* The terms of a unit, where they are or gathered. */
static const char *unit_of(const reduction *r, const nhwc__tile *tile, int64_t output, int64_t first, int64_t count)
{
    const char *x = first_term(r, tile, output);
    char *buffer = tile->room + r->buffer;
    if (is_run(r, first, count))
        return x + offset_of(&r->terms, r->terms.x, first) * (int64_t)r->size;
    gather_terms(r, x, first, count, buffer);
    return buffer;
}

/* The best value of each unit against the best so far, and then its place in the best unit. */
static void search_along(const search *s, const nhwc__tile *tile, int64_t *where)
{
    const reduction *r = &s->r;
    for (int64_t o = 0; o < tile->width; o++) {
        char best[8], next[8];
        int64_t count = nhwc__least(r->unit, r->terms.count);
        where[o] = 0;
        r->fold->along(1, count, unit_of(r, tile, o, 0, count), 0, best, best);
        for (int64_t first = r->unit; first < r->terms.count; first += r->unit) {
            count = nhwc__least(r->unit, r->terms.count - first);
            r->fold->along(1, count, unit_of(r, tile, o, first, count), 0, next, next);
            s->better(1, 1, next, 0, first, best, &where[o]);
        }
        count = nhwc__least(r->unit, r->terms.count - where[o]);
        where[o] += s->maths->find(count, unit_of(r, tile, o, where[o], count), best);
    }
}

static void search_across(const search *s, const nhwc__tile *tile, int64_t *where)
{
    const reduction *r = &s->r;
    const int64_t size = (int64_t)r->size, step = r->terms.x[0], row = step_of(r), width = tile->width;
    const char *x = first_term(r, tile, 0);
    char *best = tile->room + r->tree.room, *buffer = tile->room + r->buffer;
    memset(where, 0, (size_t)width * sizeof *where);
    nhwc__copy_row(r->size, width, x, row, best, 1);
    for (int64_t first = 0; first < r->terms.count; first += r->unit) {
        const int64_t count = nhwc__least(r->unit, r->terms.count - first);
        const char *from = x + first * step * size;
        if (!gathers_across(r)) {
            s->better(width, count, from, step, first, best, where);
            continue;
        }
        nhwc__copy_plane(r->size, count, width, from, step, row, buffer, width, 1);
        s->better(width, count, buffer, width, first, best, where);
    }
}

static void run_search(void *argument, int64_t task)
{
    const search *s = argument;
    const reduction *r = &s->r;
    const index_space *outputs = &r->outputs;
    const int64_t tiles = nhwc__tree_tiles(&r->tree);
    _Alignas(64) char room[NHWC__ROOM_BYTES];
    for (int64_t index = tiles * task / s->tasks; index < tiles * (task + 1) / s->tasks; index++) {
        int64_t where[NHWC__SEARCH_OUTPUTS];
        const nhwc__tile tile = nhwc__tree_tile(&r->tree, index, room);
        (r->along ? search_along : search_across)(s, &tile, where);
        nhwc__copy_row(sizeof *where, tile.width, (const char *)where, 1,
                       r->y + offset_of(outputs, outputs->y, tile.output) * (int64_t)sizeof *where,
                       outputs->y[outputs->rank - 1]);
    }
}

void nhwc__search_axis(const nhwc_context *context, const nhwc__maths *maths, const nhwc__fold *fold,
                       nhwc__search *better, const nhwc_tensor *x, const nhwc_tensor *y)
{
    if (nhwc__tensor_is_empty(y))
        return;
    search s = {.r = describe(fold, x, NULL, 0, y), .maths = maths, .better = better};
    reduction *r = &s.r;
    if (r->terms.count <= FEW_TERMS && r->outputs.count > 1) {
        r->along = false;
        r->unit = NHWC__ACROSS_TERMS;
    }
    cut(r, NHWC__SEARCH_OUTPUTS * (int64_t)r->size);
    s.tasks = nhwc__tasks_worth(context, nhwc__tree_tiles(&r->tree), r->outputs.count * r->terms.count);
    nhwc__parallel_for(context, s.tasks, run_search, &s);
}
