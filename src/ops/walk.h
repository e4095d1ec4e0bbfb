/* Walking through two arrays at once: every element of y is made from one of x. */
#ifndef NHWC_OPS_WALK_H
#define NHWC_OPS_WALK_H

#include "engine/maths.h"

#define NHWC__WALK_AXES (2 * NHWC_MAX_RANK) /* tiling takes two for each axis */

/* Axes in any order, none of length 1. Strides are in bytes, so that x and y may differ in dtype; those of x are of any
 * sign, and 0 repeats an element. */
typedef struct nhwc__walk {
    char *y;
    const char *x;
    bool empty;
    int rank;
    int64_t dims[NHWC__WALK_AXES], to[NHWC__WALK_AXES], from[NHWC__WALK_AXES];
} nhwc__walk;

/* A walk without axes yet. */
void nhwc__walk_begin(nhwc__walk *walk, const void *x, void *y);
void nhwc__walk_add_axis(nhwc__walk *walk, int64_t length, int64_t to, int64_t from);

/* Through all of y, and of x in the same shape. */
void nhwc__walk_through(nhwc__walk *walk, const nhwc_tensor *x, const nhwc_tensor *y);

/* Puts the axes into the order of y's memory and joins those that can be walked as one. */
void nhwc__walk_arrange(nhwc__walk *walk);

/* Makes 16 x 16 elements: they lie side by side along the rows of y, which are `to` bytes apart, and along the columns
 * of x, which are `from` bytes apart. */
typedef void nhwc__square(char *y, int64_t to, const char *x, int64_t from);

typedef struct nhwc__mover {
    nhwc__row *row;
    nhwc__square *square; /* or NULL */
    int64_t y_size, x_size; /* bytes of an element */
} nhwc__mover;

/* Two axes, y and x from some point on; strides in bytes. */
typedef struct nhwc__plane {
    char *y;
    const char *x;
    int64_t rows, columns;
    int64_t to_row, to_column, from_row, from_column;
} nhwc__plane;

/* Walks in the calling thread, along rows or columns or by squares, as the strides want it. */
void nhwc__walk_plane(const nhwc__mover *mover, const nhwc__plane *plane);

/* Walks in the threads of the context. Neither the order of the axes nor the number of threads is seen in y. */
void nhwc__walk_run(const nhwc_context *context, nhwc__walk *arranged, const nhwc__mover *mover);

#endif
