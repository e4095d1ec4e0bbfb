/* Tensors cut into blocks so small that what one step leaves in the cache the next finds there. */
#ifndef NHWC_OPS_BLOCKS_H
#define NHWC_OPS_BLOCKS_H

#include "engine/maths.h"

#define NHWC__BLOCK_LINES 256 /* so many that a number for each of them fits on a stack */
#define NHWC__MOST_VIEWS  5

/* A block of each of the tensors. */
typedef void nhwc__block(void *argument, const nhwc_tensor *views);

/* Runs `block` on blocks that together are all of `count` tensors, in tasks of the context. The tensors are of one
 * rank, and none is empty; the first has all dims, in others some may be 1. The axes that are bits of `whole`, which
 * make a line, stay whole; a block has at most `lines`. */
void nhwc__for_blocks_of(const nhwc_context *context, int count, const nhwc_tensor *tensors, unsigned whole,
                         int64_t lines, nhwc__block *block, void *argument);

/* The same where lines lie along the last `whole` axes, with no more of them than stay in the cache. */
void nhwc__for_blocks(const nhwc_context *context, int count, const nhwc_tensor *tensors, int whole,
                      int64_t lines, nhwc__block *block, void *argument);

/* Whether the last `axes` axes are one run of elements. */
bool nhwc__has_lines(const nhwc_tensor *x, int axes);

/* Applies the map to the lines of a block, which lie along the last `axes` axes of a, b and y, and to what is given
 * beside them; false if one of the three does not have them as runs. */
bool nhwc__map_lines(nhwc__line_map *map, int axes, const nhwc_tensor *a, const nhwc_tensor *b, const nhwc_tensor *y,
                     const nhwc__lines *beside);

#endif
