/* Softmax, log-softmax and their gradients along one axis: reductions and maps of blocks so small that what one leaves
 * in the cache the next finds there. Blocks of short lines are turned before exponentials are taken: what is done to
 * one element of each line is then done to rows. */
#include <nhwc/array.h>
#include <stddef.h>
#include <string.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/blocks.h"
#include "ops/broadcast.h"
#include "ops/copy.h"
#include "ops/reduce.h"
#include "ops/shapes.h"
#include "ops/terms.h"

#define ELEMENTS 16384 /* of a block at most, where that is enough for FEW lines */
#define FEW      64
#define SHORT    32    /* elements of a line whose sum is one chain if it has fewer */
#define ROOM     (24 * 1024)

struct call;
typedef void block_function(const struct call *c, const nhwc_tensor *views);

/* All tensors of a call are of one shape and dtype, the output the last; a line is what lies along the axis. */
typedef struct call {
    const char *operation;
    const nhwc_context *context;
    const nhwc__maths *maths;
    int axis, count;
    bool is_short; /* lines of few contiguous elements, many of which become the lanes of vectors: not of gradients */
    block_function *run;
} call;

/* ---- Blocks --------------------------------------------------------------------------------- */

/* How many lines a block should have. */
static int64_t find_lines(call *c, const nhwc_tensor *y)
{
    const int64_t length = y->dims[c->axis], lines = nhwc__element_count(y) / length;
    int64_t inner = 1;
    for (int axis = c->axis + 1; axis < y->rank; axis++)
        inner *= y->dims[axis];
    const int64_t most = nhwc__least(NHWC__BLOCK_LINES, nhwc__most(inner > 1 ? FEW : 1, ELEMENTS / length));
    c->is_short = c->count == 2 && c->axis == y->rank - 1 && length > 1 && length < SHORT && lines >= FEW;
    return c->is_short ? nhwc__least(most, ROOM / (length * (int64_t)nhwc_dtype_size(y->dtype))) : most;
}

/* One number for each line of a block. */
static nhwc_tensor numbers_of(const call *c, const nhwc_tensor *view, char *numbers)
{
    int64_t dims[NHWC_MAX_RANK];
    memcpy(dims, view->dims, sizeof dims);
    dims[c->axis] = 1;
    return nhwc_tensor_view(view->dtype, numbers, view->rank, dims);
}

/* The same elements, the last axis in front of the others. */
static nhwc_tensor turned(const nhwc_tensor *view)
{
    nhwc_tensor t = *view;
    for (int axis = view->rank - 1; axis >= 0; axis--) {
        const int from = axis > 0 ? axis - 1 : view->rank - 1;
        t.dims[axis] = view->dims[from];
        t.strides[axis] = view->strides[from];
    }
    return t;
}

/* Runs a block of x and y with its lines across the rows of memory. */
static void run_turned(const call *c, const nhwc_tensor *views)
{
    _Alignas(64) char room[ROOM];
    call across = *c;
    across.axis = 0;
    const nhwc_tensor x = turned(&views[0]), y = turned(&views[1]);
    const nhwc_tensor own = nhwc_tensor_view(x.dtype, room, x.rank, x.dims);
    nhwc__copy(NULL, &x, &own);
    c->run(&across, (const nhwc_tensor[]){own, own});
    nhwc__copy(NULL, &own, &y);
}

static void run_block(void *argument, const nhwc_tensor *views)
{
    const call *c = argument;
    (c->is_short ? run_turned : c->run)(c, views);
}

/* ---- The operations on a block -------------------------------------------------------------- */

/* Lines of contiguous elements have a map of their own, which gives the same bits; false if these are not such. */
static bool run_lines(const call *c, nhwc__line_map *map, const nhwc_tensor *view)
{
    const nhwc_tensor *y = &view[c->count - 1];
    return c->axis == y->rank - 1 &&
           nhwc__map_lines(map, 1, &view[0], &view[c->count - 2], y, &(const nhwc__lines){.c = view[0].data});
}

static void softmax(const call *c, const nhwc_tensor *view)
{
    const nhwc_tensor *x = &view[0], *y = &view[1];
    _Alignas(64) char numbers[NHWC__BLOCK_LINES * sizeof(double)] = {0};
    if (run_lines(c, c->maths->softmax, view))
        return;
    const nhwc_tensor n = numbers_of(c, y, numbers);
    nhwc__reduce(NULL, &c->maths->max_fold, x, NULL, 0, &n);
    nhwc__put(NULL, c->maths->exp_of_difference, x, &n, 0, y);
    nhwc__reduce(NULL, &c->maths->sum_fold, y, NULL, 0, &n);
    nhwc__put(NULL, c->maths->times_inverse, y, &n, 0, y);
}

static void log_softmax(const call *c, const nhwc_tensor *view)
{
    const nhwc_tensor *x = &view[0], *y = &view[1];
    _Alignas(64) char most_numbers[NHWC__BLOCK_LINES * sizeof(double)] = {0};
    _Alignas(64) char sum_numbers[NHWC__BLOCK_LINES * sizeof(double)] = {0};
    if (run_lines(c, c->maths->log_softmax, view))
        return;
    const nhwc_tensor most = numbers_of(c, y, most_numbers), sum = numbers_of(c, y, sum_numbers);
    nhwc__reduce(NULL, &c->maths->max_fold, x, NULL, 0, &most);
    nhwc__reduce(NULL, &c->maths->log_exp_sum_fold, x, &most, 0, &sum);
    nhwc__put_terms(NULL, &(const nhwc__terms){c->maths->difference_of_three, 3, {x, &most, &sum}, 0}, y);
}

static void softmax_backprop(const call *c, const nhwc_tensor *view)
{
    const nhwc_tensor *dy = &view[0], *y = &view[1], *dx = &view[2];
    _Alignas(64) char numbers[NHWC__BLOCK_LINES * sizeof(double)] = {0};
    if (run_lines(c, c->maths->softmax_gradient, view))
        return;
    const nhwc_tensor sum = numbers_of(c, dx, numbers);
    nhwc__put(NULL, c->maths->multiply, dy, y, 0, dx);
    nhwc__reduce(NULL, &c->maths->sum_fold, dx, NULL, 0, &sum);
    nhwc__put_terms(NULL, &(const nhwc__terms){c->maths->softmax_backprop, 3, {dy, y, &sum}, 0}, dx);
}

static void log_softmax_backprop(const call *c, const nhwc_tensor *view)
{
    const nhwc_tensor *dy = &view[0], *y = &view[1], *dx = &view[2];
    _Alignas(64) char numbers[NHWC__BLOCK_LINES * sizeof(double)] = {0};
    if (run_lines(c, c->maths->log_softmax_gradient, view))
        return;
    const nhwc_tensor sum = numbers_of(c, dx, numbers);
    nhwc__reduce(NULL, &c->maths->sum_fold, dy, NULL, 0, &sum);
    nhwc__put_terms(NULL, &(const nhwc__terms){c->maths->log_softmax_backprop, 3, {dy, y, &sum}, 0}, dx);
}

/* ---- Calls ---------------------------------------------------------------------------------- */

static nhwc_status check(const call *c, const nhwc__operand *in, const nhwc_tensor *y, int axis, int *found)
{
    const int inputs = c->count - 1;
    NHWC__TRY(nhwc__context_check(c->context));
    NHWC__TRY(nhwc__isa_check(c->context));
    NHWC__TRY(nhwc__broadcast_check(c->operation, inputs, in, y));
    for (int i = 0; i < inputs; i++) {
        const nhwc_tensor *t = in[i].tensor;
        if (t->rank != y->rank || memcmp(t->dims, y->dims, (size_t)y->rank * sizeof *y->dims) != 0)
            return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s has another shape than the output; nothing is broadcast here",
                              c->operation, in[i].name);
        NHWC__TRY(nhwc__check_same_dtype(c->operation, in[i].name, t, "the output", y));
        if (inputs > 1)
            NHWC__TRY(nhwc__check_apart(c->operation, in[i].name, t, "the output", y));
    }
    if (y->dtype != NHWC_FLOAT32 && y->dtype != NHWC_FLOAT64)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s is %s; it has to be float32 or float64", c->operation, in[0].name,
                          nhwc_dtype_string(y->dtype));
    return nhwc__count_axis(c->operation, axis, y->rank, found);
}

static nhwc_status run(call *c, const nhwc__operand *in, int axis, const nhwc_tensor *y)
{
    NHWC__TRY(check(c, in, y, axis, &c->axis));
    if (nhwc__tensor_is_empty(y))
        return NHWC_OK;
    c->maths = nhwc__maths_of(c->context, y->dtype);
    nhwc_tensor tensors[3];
    for (int i = 0; i < c->count - 1; i++)
        tensors[i] = *in[i].tensor;
    tensors[c->count - 1] = *y;
    nhwc__for_blocks_of(c->context, c->count, tensors, 1u << c->axis, find_lines(c, y), run_block, c);
    return NHWC_OK;
}

static nhwc_status forward(const char *operation, const nhwc_context *context, block_function *block,
                           const nhwc_tensor *x, int axis, const nhwc_tensor *y)
{
    call c = {.operation = operation, .context = context, .count = 2, .run = block};
    return run(&c, (const nhwc__operand[]){{"x", x}}, axis, y);
}

static nhwc_status backprop(const char *operation, const nhwc_context *context, block_function *block,
                            const nhwc_tensor *dy, const nhwc_tensor *y, int axis, const nhwc_tensor *dx)
{
    call c = {.operation = operation, .context = context, .count = 3, .run = block};
    return run(&c, (const nhwc__operand[]){{"dy", dy}, {"y", y}}, axis, dx);
}

nhwc_status nhwc_softmax(const nhwc_context *context, const nhwc_tensor *x, int axis, nhwc_tensor *y)
{
    return forward("softmax", context, softmax, x, axis, y);
}

nhwc_status nhwc_log_softmax(const nhwc_context *context, const nhwc_tensor *x, int axis, nhwc_tensor *y)
{
    return forward("log_softmax", context, log_softmax, x, axis, y);
}

nhwc_status nhwc_softmax_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *y, int axis,
                                  nhwc_tensor *dx)
{
    return backprop("softmax_backprop", context, softmax_backprop, dy, y, axis, dx);
}

nhwc_status nhwc_log_softmax_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *y,
                                      int axis, nhwc_tensor *dx)
{
    return backprop("log_softmax_backprop", context, log_softmax_backprop, dy, y, axis, dx);
}
