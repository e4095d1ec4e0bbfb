#include "ops/walk.h"

#include "base/parallel.h"
#include "base/size.h"
#include "base/tensor.h"

#define TASK_BYTES (256 * 1024) /* that are worth a task */
#define SIDE       16           /* of a square */
#define LINE       16           /* elements of one direction and ... */
#define LENGTH     256          /* ... of the other that stay in the caches while both are walked */
#define SHORT_ROW  64           /* bytes; a call for each row would take longer than the row */

void nhwc__walk_begin(nhwc__walk *walk, const void *x, void *y)
{
    walk->y = y;
    walk->x = x;
    walk->empty = false;
    walk->rank = 0;
}

void nhwc__walk_add_axis(nhwc__walk *walk, int64_t length, int64_t to, int64_t from)
{
    walk->empty |= length == 0;
    if (length == 1)
        return;
    walk->dims[walk->rank] = length;
    walk->to[walk->rank] = to;
    walk->from[walk->rank++] = from;
}

void nhwc__walk_through(nhwc__walk *walk, const nhwc_tensor *x, const nhwc_tensor *y)
{
    const int64_t x_size = (int64_t)nhwc_dtype_size(x->dtype), y_size = (int64_t)nhwc_dtype_size(y->dtype);
    nhwc__walk_begin(walk, x->data, y->data);
    walk->empty = nhwc__tensor_is_empty(y);
    for (int axis = 0; axis < y->rank && !walk->empty; axis++)
        if (y->dims[axis] > 1) /* other strides may be anything */
            nhwc__walk_add_axis(walk, y->dims[axis], y->strides[axis] * y_size, x->strides[axis] * x_size);
}

/* ---- The order of the axes ------------------------------------------------------------------- */

static void move_axis(nhwc__walk *walk, int axis, int behind)
{
    const int64_t length = walk->dims[axis], to = walk->to[axis], from = walk->from[axis];
    const int step = axis < behind ? 1 : -1;
    for (; axis != behind; axis += step) {
        walk->dims[axis] = walk->dims[axis + step];
        walk->to[axis] = walk->to[axis + step];
        walk->from[axis] = walk->from[axis + step];
    }
    walk->dims[behind] = length;
    walk->to[behind] = to;
    walk->from[behind] = from;
}

static void sort_axes(nhwc__walk *walk)
{
    for (int axis = 1; axis < walk->rank; axis++) {
        int place = axis;
        while (place > 0 && walk->to[place - 1] < walk->to[axis])
            place--;
        move_axis(walk, axis, place);
    }
}

static void join_axes(nhwc__walk *walk)
{
    const int rank = walk->rank;
    walk->rank = 0;
    for (int axis = 0; axis < rank; axis++) {
        const int64_t length = walk->dims[axis], to = walk->to[axis], from = walk->from[axis];
        const int last = walk->rank - 1;
        if (last >= 0 && walk->to[last] == length * to && walk->from[last] == length * from) {
            walk->dims[last] *= length;
            walk->to[last] = to;
            walk->from[last] = from;
        } else {
            nhwc__walk_add_axis(walk, length, to, from);
        }
    }
}

void nhwc__walk_arrange(nhwc__walk *walk)
{
    if (walk->empty)
        return;
    sort_axes(walk);
    join_axes(walk);
}

static int64_t distance(int64_t stride)
{
    return stride < 0 ? -stride : stride;
}

/* The last axis has the smallest stride in y; the one with the smallest in x comes next to it. Where that is the last
 * one itself, but short, it is the longest. */
static void bring_inward(nhwc__walk *walk, int64_t size)
{
    if (walk->rank < 3)
        return;
    const int last = walk->rank - 1;
    int inner = last, longest = last - 1;
    for (int axis = 0; axis <= last; axis++) {
        if (walk->from[axis] != 0 && distance(walk->from[axis]) < distance(walk->from[inner]))
            inner = axis;
        if (axis < last && walk->dims[axis] > walk->dims[longest])
            longest = axis;
    }
    if (inner == last && walk->dims[last] * size < SHORT_ROW)
        inner = longest;
    if (inner < last - 1)
        move_axis(walk, inner, last - 1);
}

/* ---- Walking --------------------------------------------------------------------------------- */

static nhwc__plane part_of(const nhwc__plane *p, int64_t row, int64_t column, int64_t rows, int64_t columns)
{
    nhwc__plane part = *p;
    part.y += row * p->to_row + column * p->to_column;
    part.x += row * p->from_row + column * p->from_column;
    part.rows = nhwc__least(rows, p->rows - row);
    part.columns = nhwc__least(columns, p->columns - column);
    return part;
}

/* The same elements, the rows as columns. */
static nhwc__plane turned(const nhwc__plane *p)
{
    return (nhwc__plane){p->y, p->x, p->columns, p->rows, p->to_column, p->to_row, p->from_column, p->from_row};
}

static void walk_rows(const nhwc__mover *mover, const nhwc__plane *p)
{
    for (int64_t i = 0; i < p->rows; i++)
        mover->row(p->columns, p->y + i * p->to_row, p->to_column, p->x + i * p->from_row, p->from_column);
}

/* By pieces of `rows` times `columns`. */
static void walk_pieces(const nhwc__mover *mover, const nhwc__plane *p, int64_t rows, int64_t columns)
{
    for (int64_t row = 0; row < p->rows; row += rows)
        for (int64_t column = 0; column < p->columns; column += columns) {
            const nhwc__plane piece = part_of(p, row, column, rows, columns);
            walk_rows(mover, &piece);
        }
}

static void walk_squares(const nhwc__mover *mover, const nhwc__plane *p)
{
    for (int64_t row = 0; row < p->rows; row += LENGTH)
        for (int64_t column = 0; column < p->columns; column += SIDE)
            for (int64_t i = row; i < p->rows && i < row + LENGTH; i += SIDE) {
                const nhwc__plane square = part_of(p, i, column, SIDE, SIDE);
                if (square.rows == SIDE && square.columns == SIDE)
                    mover->square(square.y, square.to_row, square.x, square.from_column);
                else
                    walk_rows(mover, &square);
            }
}

void nhwc__walk_plane(const nhwc__mover *mover, const nhwc__plane *p)
{
    const bool crossing = p->from_row != 0 && distance(p->from_row) < distance(p->from_column);
    const nhwc__plane across = turned(p);
    if (crossing && mover->square != NULL && p->to_column == mover->y_size && p->from_row == mover->x_size &&
        p->rows >= SIDE && p->columns >= SIDE)
        walk_squares(mover, p);
    else if (!crossing && (p->columns * mover->y_size >= SHORT_ROW || p->columns >= p->rows))
        walk_rows(mover, p);
    else if (p->columns < p->rows)
        walk_pieces(mover, &across, LINE, LENGTH);
    else
        walk_pieces(mover, p, LINE, LENGTH);
}

static void walk_axes(const nhwc__mover *mover, const nhwc__walk *w, int axis, char *y, const char *x)
{
    if (axis == w->rank - 2) {
        nhwc__walk_plane(mover, &(nhwc__plane){y, x, w->dims[axis], w->dims[axis + 1], w->to[axis], w->to[axis + 1],
                                                w->from[axis], w->from[axis + 1]});
        return;
    }
    for (int64_t i = 0; i < w->dims[axis]; i++)
        walk_axes(mover, w, axis + 1, y + i * w->to[axis], x + i * w->from[axis]);
}

static void walk_all(const nhwc__mover *mover, const nhwc__walk *w)
{
    if (w->rank >= 2)
        walk_axes(mover, w, 0, w->y, w->x);
    else if (w->rank == 1)
        mover->row(w->dims[0], w->y, w->to[0], w->x, w->from[0]);
    else
        mover->row(1, w->y, 0, w->x, 0);
}

/* ---- Tasks ----------------------------------------------------------------------------------- */

typedef struct job {
    const nhwc__walk *walk;
    const nhwc__mover *mover;
    int axis; /* that is cut into a piece for each task */
    int64_t tasks;
} job;

static void run_task(void *argument, int64_t index)
{
    const job *j = argument;
    const int64_t whole = j->walk->dims[j->axis] / j->tasks, rest = j->walk->dims[j->axis] % j->tasks;
    const int64_t first = index * whole + nhwc__least(index, rest);
    nhwc__walk piece = *j->walk;
    piece.dims[j->axis] = whole + (index < rest);
    piece.y += first * piece.to[j->axis];
    piece.x += first * piece.from[j->axis];
    walk_all(j->mover, &piece);
}

/* The outermost axis that has a piece for each task, or else the longest. */
static int axis_to_cut(const nhwc__walk *walk, int64_t tasks)
{
    int longest = 0;
    for (int axis = 0; axis < walk->rank && walk->dims[longest] < tasks; axis++)
        if (walk->dims[axis] > walk->dims[longest])
            longest = axis;
    return longest;
}

void nhwc__walk_run(const nhwc_context *context, nhwc__walk *walk, const nhwc__mover *mover)
{
    if (walk->empty)
        return;
    bring_inward(walk, mover->y_size);
    int64_t bytes = mover->y_size;
    for (int axis = 0; axis < walk->rank; axis++)
        bytes *= walk->dims[axis];
    const int64_t tasks = nhwc__least(nhwc__context_threads(context), bytes / TASK_BYTES);
    if (tasks <= 1) {
        walk_all(mover, walk);
        return;
    }
    const int axis = axis_to_cut(walk, tasks);
    job j = {walk, mover, axis, nhwc__least(tasks, walk->dims[axis])};
    nhwc__parallel_for(context, j.tasks, run_task, &j);
}
