/* Folds of many terms: the same binary tree, whatever the strides and threads.
 *
 * The outputs, in row-major order, are cut into tiles of some that follow one another in a row; the terms of each, in
 * row-major order, into units. What is made of a unit is joined in pairs, pairs of pairs and so on. */
#ifndef NHWC_OPS_TREE_H
#define NHWC_OPS_TREE_H

#include "engine/maths.h"

#define NHWC__ROOM_BYTES (32 * 1024) /* of a task */
#define NHWC__TILE_BYTES 1024        /* of a tile's outputs, where its tree may be shared among threads */

typedef struct nhwc__tile {
    int64_t output, width; /* the first one, and how many */
    char *room;
} nhwc__tile;

typedef struct nhwc__tree {
    const nhwc__fold *fold;
    const void *argument; /* of the functions */
    int64_t outputs, row, width; /* row: those along the last axis; width: those of a tile at most */
    int64_t sums;                /* of each output: results that lie in a node one after the other */
    int64_t units, slot;         /* slot: bytes of one of a node's sums */
    int64_t room;                /* bytes of a tile's own */
    void (*begin)(const void *argument, const nhwc__tile *tile); /* puts into its room what it needs, or is NULL */
    void (*fold_unit)(const void *argument, const nhwc__tile *tile, int64_t unit, char *out);
    void (*end)(const void *argument, const nhwc__tile *tile, char *out);
} nhwc__tree;

/* The most bytes there is space for in one of a node's sums, whole cache lines. */
int64_t nhwc__tree_most_bytes(const nhwc__tree *tree);

/* Cuts rows into tiles of `width`, whose outputs have so many bytes each. */
void nhwc__tree_cut(nhwc__tree *tree, int64_t width, int64_t bytes);

int64_t nhwc__tree_tiles(const nhwc__tree *tree);

/* One of them, begun. */
nhwc__tile nhwc__tree_tile(const nhwc__tree *tree, int64_t index, char *room);

/* In at most `tasks` tasks of the context. */
void nhwc__tree_run(const nhwc_context *context, const nhwc__tree *tree, int64_t tasks);

#endif
