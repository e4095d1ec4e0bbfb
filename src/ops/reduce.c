/* Folds over axes. The outputs, in row-major order, are cut into tiles of some that follow one another along the
 * last axis that is kept; the terms of each, in row-major order, into units. What is made of a unit is joined in pairs,
 * pairs of pairs and so on: always the same tree over the same units, whatever the strides and threads.
 *
 * Where the last axis is reduced, the terms of an output lie side by side, and a fold goes along them; where it is
 * kept, the outputs do, and it goes across them. */
#include "ops/reduce.h"

#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/copy.h"

#define TILE_BYTES   1024
#define WIDE_BYTES   4096        /* of the tiles of long rows: memory gives long pieces sooner */
#define ROOM_BYTES   (32 * 1024) /* of a task */
#define BUFFER_BYTES (NHWC__ALONG_TERMS * 8)
#define LINE         64
#define SIDE         16 /* outputs of few terms that are worth gathering */
#define PARTS        16 /* into which the terms of few outputs are cut for threads */

/* Axes as one index, the last one innermost. */
typedef struct index_space {
    int rank;
    int64_t count, dims[NHWC_MAX_RANK];
    int64_t x[NHWC_MAX_RANK], y[NHWC_MAX_RANK], centre[NHWC_MAX_RANK]; /* strides; 0 where there is none */
} index_space;

typedef struct reduction {
    const nhwc__fold *fold;
    const char *x, *centre;
    char *y;
    size_t size;
    double n;
    bool along;
    index_space outputs, terms;
    int64_t unit, units, width, tiles, tiles_in_row;
    int64_t slot; /* bytes of room for a tile's outputs */
    int64_t tasks, part, parts; /* units of a part; parts of a tile */
    char (*partial)[TILE_BYTES];
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
    r.units = nhwc__ceil(r.terms.count, r.unit);
    return r;
}

/* Whether terms have to be gathered before outputs are side by side. */
static bool gathers_across(const reduction *r)
{
    return !r->along && r->outputs.x[r->outputs.rank - 1] != 1 && inner_length(&r->outputs) > 1;
}

/* The room for a tile: its centres, and what is made of the left nodes on the way from the root to a unit. */
static int64_t slots_of(const reduction *r)
{
    int64_t slots = 1 + (r->centre != NULL);
    for (int64_t units = 1; units < r->units; units *= 2)
        slots++;
    return slots;
}

/* Cuts the outputs into tiles of at most so many bytes. */
static void cut(reduction *r, int64_t bytes)
{
    const bool gathers = gathers_across(r);
    const int64_t free = ROOM_BYTES - (gathers || r->along ? BUFFER_BYTES : 0);
    bytes = nhwc__least(bytes, free / slots_of(r) / LINE * LINE);
    if (gathers)
        bytes = nhwc__least(bytes, BUFFER_BYTES / NHWC__ACROSS_TERMS);
    const int64_t length = inner_length(&r->outputs);
    r->width = r->along && r->units > 1 ? 1 : nhwc__least(length, bytes / (int64_t)r->size);
    r->slot = nhwc__ceil(r->width * (int64_t)r->size, LINE) * LINE;
    r->tiles_in_row = nhwc__ceil(length, r->width);
    r->tiles = r->outputs.count / length * r->tiles_in_row;
}

/* ---- Tiles ---------------------------------------------------------------------------------- */

typedef struct tile {
    const reduction *r;
    int64_t width;       /* outputs */
    int64_t output, row; /* the first one; the stride from one to the next in x */
    const char *x;
    char *room; /* the centres, if there are any, the nodes, and at the end the buffer */
} tile;

static char *nodes_of(const tile *t)
{
    return t->room + (t->r->centre ? t->r->slot : 0);
}

static char *buffer_of(const tile *t)
{
    return t->room + ROOM_BYTES - BUFFER_BYTES;
}

static void begin_tile(const reduction *r, int64_t index, char *room, tile *t)
{
    const index_space *outputs = &r->outputs;
    const int inner = outputs->rank - 1;
    const int64_t at = index % r->tiles_in_row * r->width;
    t->r = r;
    t->room = room;
    t->output = index / r->tiles_in_row * outputs->dims[inner] + at;
    t->width = nhwc__least(r->width, outputs->dims[inner] - at);
    t->row = outputs->x[inner];
    t->x = r->x + offset_of(outputs, outputs->x, t->output) * (int64_t)r->size;
    if (r->centre)
        nhwc__copy_row(r->size, t->width,
                       r->centre + offset_of(outputs, outputs->centre, t->output) * (int64_t)r->size,
                       outputs->centre[inner], room, 1);
}

static void end_tile(const tile *t, char *out)
{
    const reduction *r = t->r;
    const index_space *outputs = &r->outputs;
    r->fold->finish(t->width, t->room, r->n, out);
    nhwc__copy_row(r->size, t->width, out, 1, r->y + offset_of(outputs, outputs->y, t->output) * (int64_t)r->size,
                   outputs->y[outputs->rank - 1]);
}

/* `count` terms of an output from the `first` on, gathered into `to`. */
static void gather_terms(const tile *t, int64_t output, int64_t first, int64_t count, char *to)
{
    const index_space *terms = &t->r->terms;
    const int64_t size = (int64_t)t->r->size, length = inner_length(terms);
    while (count > 0) {
        const int64_t run = nhwc__least(count, length - first % length);
        nhwc__copy_row(t->r->size, run, t->x + (output * t->row + offset_of(terms, terms->x, first)) * size,
                       terms->x[terms->rank - 1], to, 1);
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

static void fold_along(const tile *t, int64_t first, int64_t count, char *out)
{
    const reduction *r = t->r;
    const int64_t size = (int64_t)r->size;
    char *buffer = buffer_of(t);
    if (is_run(r, first, count)) {
        r->fold->along(t->width, count, t->x + offset_of(&r->terms, r->terms.x, first) * size, t->row, t->room, out);
        return;
    }
    for (int64_t o = 0; o < t->width; o++) {
        gather_terms(t, o, first, count, buffer);
        r->fold->along(1, count, buffer, 0, t->room + o * size, out + o * size);
    }
}

static void fold_across(const tile *t, int64_t first, int64_t count, char *out)
{
    const reduction *r = t->r;
    const index_space *terms = &r->terms;
    const int64_t size = (int64_t)r->size, length = inner_length(terms), step = terms->x[terms->rank - 1];
    char *buffer = buffer_of(t);
    r->fold->start(t->width, out);
    while (count > 0) {
        int64_t run = nhwc__least(count, length - first % length);
        const char *from = t->x + offset_of(terms, terms->x, first) * size;
        if (t->row == 1 || t->width == 1) {
            r->fold->across(t->width, run, from, step, t->room, out);
        } else {
            run = nhwc__least(run, BUFFER_BYTES / (t->width * size));
            nhwc__copy_plane(r->size, run, t->width, from, step, t->row, buffer, t->width, 1);
            r->fold->across(t->width, run, buffer, t->width, t->room, out);
        }
        first += run;
        count -= run;
    }
}

static void fold_unit(const tile *t, int64_t unit, char *out)
{
    const reduction *r = t->r;
    const int64_t first = unit * r->unit, count = nhwc__least(r->unit, r->terms.count - first);
    (r->along ? fold_along : fold_across)(t, first, count, out);
}

/* The greatest power of 2 below `count`, which is 2 or more: so the units of a node of the tree do not depend on where
 * its root is. */
static int64_t left_of(int64_t count)
{
    int64_t half = 1;
    while (half * 2 < count)
        half *= 2;
    return half;
}

/* What is behind `out` is room for the right nodes. */
static void fold_units(const tile *t, int64_t first, int64_t count, char *out)
{
    if (count == 1) {
        fold_unit(t, first, out);
        return;
    }
    const int64_t left = left_of(count);
    char *const right = out + t->r->slot;
    fold_units(t, first, left, out);
    fold_units(t, first + left, count - left, right);
    t->r->fold->join(t->width, right, out);
}

static void join_parts(const tile *t, char (*part)[TILE_BYTES], int64_t count)
{
    if (count == 1)
        return;
    const int64_t left = left_of(count);
    join_parts(t, part, left);
    join_parts(t, part + left, count - left);
    t->r->fold->join(t->width, part[left], part[0]);
}

/* ---- Runs ----------------------------------------------------------------------------------- */

static void run_tiles(void *argument, int64_t task)
{
    const reduction *r = argument;
    _Alignas(LINE) char room[ROOM_BYTES];
    for (int64_t index = r->tiles * task / r->tasks; index < r->tiles * (task + 1) / r->tasks; index++) {
        tile t;
        begin_tile(r, index, room, &t);
        if (r->units > 0)
            fold_units(&t, 0, r->units, nodes_of(&t));
        else
            r->fold->start(t.width, nodes_of(&t));
        end_tile(&t, nodes_of(&t));
    }
}

static void run_parts(void *argument, int64_t task)
{
    const reduction *r = argument;
    const int64_t all = r->tiles * r->parts;
    _Alignas(LINE) char room[ROOM_BYTES];
    for (int64_t index = all * task / r->tasks; index < all * (task + 1) / r->tasks; index++) {
        const int64_t first = index % r->parts * r->part;
        tile t;
        begin_tile(r, index / r->parts, room, &t);
        fold_units(&t, first, nhwc__least(r->part, r->units - first), nodes_of(&t));
        memcpy(r->partial[index], nodes_of(&t), (size_t)r->slot);
    }
}

/* Few outputs of many terms: each tile in parts, which are nodes of its tree. */
static void run_in_parts(const nhwc_context *context, reduction *r)
{
    _Alignas(LINE) char partial[PARTS][TILE_BYTES], centre[TILE_BYTES];
    r->partial = partial;
    for (r->part = 1; r->tiles * nhwc__ceil(r->units, r->part) > PARTS;)
        r->part *= 2;
    r->parts = nhwc__ceil(r->units, r->part);
    r->tasks = nhwc__least(r->tasks, r->tiles * r->parts);
    nhwc__parallel_for(context, r->tasks, run_parts, r);
    for (int64_t index = 0; index < r->tiles; index++) {
        tile t;
        begin_tile(r, index, centre, &t);
        join_parts(&t, partial + index * r->parts, r->parts);
        end_tile(&t, partial[index * r->parts]);
    }
}

void nhwc__reduce(const nhwc_context *context, const nhwc__fold *fold, const nhwc_tensor *x,
                  const nhwc_tensor *centre, double n, const nhwc_tensor *y)
{
    if (nhwc__tensor_is_empty(y))
        return;
    reduction r = describe(fold, x, centre, n, y);
    const int64_t elements = r.outputs.count * r.terms.count;
    r.tasks = nhwc__tasks_worth(context, elements, elements);
    cut(&r, TILE_BYTES);
    if (r.tasks > 1 && r.units > 1 && r.tiles <= PARTS / 2) {
        run_in_parts(context, &r);
        return;
    }
    if (r.tiles >= WIDE_BYTES / TILE_BYTES * r.tasks) /* there is a wide one for every task */
        cut(&r, WIDE_BYTES);
    r.tasks = nhwc__least(r.tasks, r.tiles);
    nhwc__parallel_for(context, r.tasks, run_tiles, &r);
}

/* ---- The place of the best ------------------------------------------------------------------ */

#define FEW_TERMS 256 /* which are searched for many outputs at once, even if they have to be gathered */

typedef struct search {
    reduction r; /* its fold finds the best value of a unit */
    const nhwc__maths *maths;
    nhwc__search *better;
} search;

/* The terms of a unit, where they are or gathered. */
static const char *unit_of(const tile *t, int64_t output, int64_t first, int64_t count)
{
    const reduction *r = t->r;
    if (is_run(r, first, count))
        return t->x + (output * t->row + offset_of(&r->terms, r->terms.x, first)) * (int64_t)r->size;
    gather_terms(t, output, first, count, buffer_of(t));
    return buffer_of(t);
}

/* The best value of each unit against the best so far, and then its place in the best unit. */
static void search_along(const search *s, const tile *t, int64_t *where)
{
    const reduction *r = &s->r;
    for (int64_t o = 0; o < t->width; o++) {
        char best[8], next[8];
        int64_t count = nhwc__least(r->unit, r->terms.count);
        where[o] = 0;
        r->fold->along(1, count, unit_of(t, o, 0, count), 0, best, best);
        for (int64_t first = r->unit; first < r->terms.count; first += r->unit) {
            count = nhwc__least(r->unit, r->terms.count - first);
            r->fold->along(1, count, unit_of(t, o, first, count), 0, next, next);
            s->better(1, 1, next, 0, first, best, &where[o]);
        }
        count = nhwc__least(r->unit, r->terms.count - where[o]);
        where[o] += s->maths->find(count, unit_of(t, o, where[o], count), best);
    }
}

static void search_across(const search *s, const tile *t, int64_t *where)
{
    const reduction *r = &s->r;
    const int64_t size = (int64_t)r->size, step = r->terms.x[0];
    memset(where, 0, (size_t)t->width * sizeof *where);
    nhwc__copy_row(r->size, t->width, t->x, t->row, t->room, 1);
    for (int64_t first = 0; first < r->terms.count; first += r->unit) {
        const int64_t count = nhwc__least(r->unit, r->terms.count - first);
        const char *from = t->x + first * step * size;
        if (!gathers_across(r)) {
            s->better(t->width, count, from, step, first, t->room, where);
            continue;
        }
        nhwc__copy_plane(r->size, count, t->width, from, step, t->row, buffer_of(t), t->width, 1);
        s->better(t->width, count, buffer_of(t), t->width, first, t->room, where);
    }
}

static void run_search(void *argument, int64_t task)
{
    const search *s = argument;
    const reduction *r = &s->r;
    const index_space *outputs = &r->outputs;
    _Alignas(LINE) char room[ROOM_BYTES];
    for (int64_t index = r->tiles * task / r->tasks; index < r->tiles * (task + 1) / r->tasks; index++) {
        int64_t where[NHWC__SEARCH_OUTPUTS];
        tile t;
        begin_tile(r, index, room, &t);
        (r->along ? search_along : search_across)(s, &t, where);
        nhwc__copy_row(sizeof *where, t.width, (const char *)where, 1,
                       r->y + offset_of(outputs, outputs->y, t.output) * (int64_t)sizeof *where,
                       outputs->y[outputs->rank - 1]);
    }
}

void nhwc__search_axis(const nhwc_context *context, const nhwc__maths *maths, const nhwc__fold *fold,
                       nhwc__search *better, const nhwc_tensor *x, const nhwc_tensor *y)
{
    if (nhwc__tensor_is_empty(y))
        return;
    search s = {describe(fold, x, NULL, 0, y), maths, better};
    reduction *r = &s.r;
    if (r->terms.count <= FEW_TERMS && r->outputs.count > 1) {
        r->along = false;
        r->unit = NHWC__ACROSS_TERMS;
        r->units = nhwc__ceil(r->terms.count, r->unit);
    }
    cut(r, NHWC__SEARCH_OUTPUTS * (int64_t)r->size);
    r->tasks = nhwc__tasks_worth(context, r->tiles, r->outputs.count * r->terms.count);
    nhwc__parallel_for(context, r->tasks, run_search, &s);
}
