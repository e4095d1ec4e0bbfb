#include "ops/tree.h"

#include <string.h>

#include "base/parallel.h"
#include "base/size.h"

#define LINE  64
#define PARTS 16 /* into which the terms of few outputs are cut for threads */

/* How a tree is run; `partial` has the nodes of parts, which are subtrees of `part` units. */
typedef struct run {
    const nhwc__tree *tree;
    int64_t tiles, tasks, part, parts;
    char (*partial)[NHWC__TILE_BYTES];
} run;

int64_t nhwc__tree_most_bytes(const nhwc__tree *tree)
{
    int64_t nodes = 1; /* and the left ones on the way from the root to a unit */
    for (int64_t units = 1; units < tree->units; units *= 2)
        nodes++;
    return (NHWC__ROOM_BYTES - tree->room) / (nodes * tree->sums) / LINE * LINE;
}

void nhwc__tree_cut(nhwc__tree *tree, int64_t width, int64_t bytes)
{
    tree->width = nhwc__least(width, tree->row);
    tree->slot = nhwc__ceil(tree->width * bytes, LINE) * LINE;
}

int64_t nhwc__tree_tiles(const nhwc__tree *tree)
{
    return tree->outputs / tree->row * nhwc__ceil(tree->row, tree->width);
}

nhwc__tile nhwc__tree_tile(const nhwc__tree *t, int64_t index, char *room)
{
    const int64_t in_row = nhwc__ceil(t->row, t->width), at = index % in_row * t->width;
    const nhwc__tile tile = {index / in_row * t->row + at, nhwc__least(t->width, t->row - at), room};
    if (t->begin)
        t->begin(t->argument, &tile);
    return tile;
}

static int64_t node_bytes(const nhwc__tree *t)
{
    return t->sums * t->slot;
}

static void join(const nhwc__tree *t, const nhwc__tile *tile, const char *right, char *out)
{
    for (int64_t k = 0; k < t->sums; k++)
        t->fold->join(tile->width, right + k * t->slot, out + k * t->slot);
}

/* The greatest power of 2 below `count`, which is 2 or more: so the units of a node do not depend on where its root
 * is. */
static int64_t left_of(int64_t count)
{
    int64_t half = 1;
    while (half * 2 < count)
        half *= 2;
    return half;
}

/* What is behind `out` is room for the right nodes. */
static void fold_units(const nhwc__tree *t, const nhwc__tile *tile, int64_t first, int64_t count, char *out)
{
    if (count == 1) {
        t->fold_unit(t->argument, tile, first, out);
        return;
    }
    const int64_t left = left_of(count);
    char *const right = out + node_bytes(t);
    fold_units(t, tile, first, left, out);
    fold_units(t, tile, first + left, count - left, right);
    join(t, tile, right, out);
}

static void join_parts(const nhwc__tree *t, const nhwc__tile *tile, char (*part)[NHWC__TILE_BYTES], int64_t count)
{
    if (count == 1)
        return;
    const int64_t left = left_of(count);
    join_parts(t, tile, part, left);
    join_parts(t, tile, part + left, count - left);
    join(t, tile, part[left], part[0]);
}

static void run_tiles(void *argument, int64_t task)
{
    const run *r = argument;
    const nhwc__tree *t = r->tree;
    _Alignas(LINE) char room[NHWC__ROOM_BYTES];
    char *const node = room + t->room;
    for (int64_t index = r->tiles * task / r->tasks; index < r->tiles * (task + 1) / r->tasks; index++) {
        const nhwc__tile tile = nhwc__tree_tile(t, index, room);
        if (t->units > 0)
            fold_units(t, &tile, 0, t->units, node);
        for (int64_t k = 0; k < t->sums && t->units == 0; k++)
            t->fold->start(tile.width, node + k * t->slot);
        t->end(t->argument, &tile, node);
    }
}

static void run_parts(void *argument, int64_t task)
{
    const run *r = argument;
    const nhwc__tree *t = r->tree;
    const int64_t all = r->tiles * r->parts;
    _Alignas(LINE) char room[NHWC__ROOM_BYTES];
    char *const node = room + t->room;
    for (int64_t index = all * task / r->tasks; index < all * (task + 1) / r->tasks; index++) {
        const int64_t first = index % r->parts * r->part;
        const nhwc__tile tile = nhwc__tree_tile(t, index / r->parts, room);
        fold_units(t, &tile, first, nhwc__least(r->part, t->units - first), node);
        memcpy(r->partial[index], node, (size_t)node_bytes(t));
    }
}

static void join_tiles(const run *r)
{
    const nhwc__tree *t = r->tree;
    _Alignas(LINE) char room[NHWC__ROOM_BYTES];
    for (int64_t index = 0; index < r->tiles; index++) {
        const nhwc__tile tile = nhwc__tree_tile(t, index, room);
        char(*const part)[NHWC__TILE_BYTES] = r->partial + index * r->parts;
        join_parts(t, &tile, part, r->parts);
        t->end(t->argument, &tile, part[0]);
    }
}

/* Few outputs of many terms: each tile in parts, which are nodes of its tree. */
static void run_in_parts(const nhwc_context *context, run *r)
{
    const nhwc__tree *t = r->tree;
    _Alignas(LINE) char partial[PARTS][NHWC__TILE_BYTES];
    r->partial = partial;
    for (r->part = 1; r->tiles * nhwc__ceil(t->units, r->part) > PARTS;)
        r->part *= 2;
    r->parts = nhwc__ceil(t->units, r->part);
    r->tasks = nhwc__least(r->tasks, r->tiles * r->parts);
    nhwc__parallel_for(context, r->tasks, run_parts, r);
    join_tiles(r);
}

void nhwc__tree_run(const nhwc_context *context, const nhwc__tree *tree, int64_t tasks)
{
    run r = {.tree = tree, .tiles = nhwc__tree_tiles(tree), .tasks = tasks};
    if (tasks > 1 && tree->units > 1 && r.tiles <= PARTS / 2 && node_bytes(tree) <= NHWC__TILE_BYTES) {
        run_in_parts(context, &r);
        return;
    }
    r.tasks = nhwc__least(tasks, r.tiles);
    nhwc__parallel_for(context, r.tasks, run_tiles, &r);
}
