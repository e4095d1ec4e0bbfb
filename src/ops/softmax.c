/* Softmax, log-softmax and their gradients along one axis: reductions and maps of blocks so small that what one leaves
 * in the cache the next finds there. Blocks of short lines are turned first: what is done to one element of each line
 * is then done to rows. */
#include <nhwc/array.h>
#include <stddef.h>
#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/broadcast.h"
#include "ops/copy.h"
#include "ops/reduce.h"
#include "ops/shapes.h"

#define LINES    256   /* of a block at most */
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
    bool is_short; /* lines of few contiguous elements, many of which become the lanes of vectors */
    const nhwc_tensor *tensors[3];
    block_function *run;
    int64_t block[NHWC_MAX_RANK], blocks, tasks;
} call;

/* ---- Blocks --------------------------------------------------------------------------------- */

static void cut(call *c)
{
    const nhwc_tensor *y = c->tensors[c->count - 1];
    const int64_t length = y->dims[c->axis], lines = nhwc__element_count(y) / length;
    int64_t inner = 1;
    for (int axis = c->axis + 1; axis < y->rank; axis++)
        inner *= y->dims[axis];
    int64_t rest = nhwc__least(LINES, nhwc__most(inner > 1 ? FEW : 1, ELEMENTS / length));
    c->is_short = c->axis == y->rank - 1 && length > 1 && length < SHORT && lines >= FEW;
    if (c->is_short)
        rest = nhwc__least(rest, ROOM / (c->count * length * (int64_t)nhwc_dtype_size(y->dtype)));
    c->blocks = 1;
    for (int axis = y->rank - 1; axis >= 0; axis--) {
        c->block[axis] = axis == c->axis ? y->dims[axis] : nhwc__least(y->dims[axis], rest);
        if (axis != c->axis)
            rest /= c->block[axis];
        c->blocks *= nhwc__ceil(y->dims[axis], c->block[axis]);
    }
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

/* Runs a block with its lines across the rows of memory. */
static void run_turned(const call *c, const nhwc_tensor *views)
{
    _Alignas(64) char room[ROOM];
    call across = *c;
    nhwc_tensor t[3], own[3];
    int64_t used = 0;
    across.axis = 0;
    for (int i = 0; i < c->count; i++) {
        t[i] = turned(&views[i]);
        own[i] = nhwc_tensor_view(t[i].dtype, room + used, t[i].rank, t[i].dims);
        used += nhwc__element_count(&t[i]) * (int64_t)nhwc_dtype_size(t[i].dtype);
        if (i < c->count - 1)
            nhwc__copy(NULL, &t[i], &own[i]);
    }
    c->run(&across, own);
    nhwc__copy(NULL, &own[c->count - 1], &t[c->count - 1]);
}

static void run_blocks(void *argument, int64_t task)
{
    const call *c = argument;
    for (int64_t block = c->blocks * task / c->tasks; block < c->blocks * (task + 1) / c->tasks; block++) {
        nhwc_tensor views[3];
        for (int i = 0; i < c->count; i++) {
            nhwc_tensor *view = &views[i];
            int64_t rest = block, offset = 0;
            *view = *c->tensors[i];
            for (int axis = view->rank - 1; axis >= 0; axis--) {
                const int64_t length = view->dims[axis], pieces = nhwc__ceil(length, c->block[axis]);
                const int64_t first = rest % pieces * c->block[axis];
                rest /= pieces;
                offset += first * view->strides[axis];
                view->dims[axis] = nhwc__least(c->block[axis], length - first);
            }
            view->data = (char *)view->data + offset * (int64_t)nhwc_dtype_size(view->dtype);
        }
        (c->is_short ? run_turned : c->run)(c, views);
    }
}

static void apply(nhwc__map *map, int inputs, const nhwc_tensor *const *in, const nhwc_tensor *y)
{
    nhwc__broadcast b;
    nhwc__broadcast_make(inputs, in, y, &b);
    nhwc__broadcast_run(NULL, &b, map, 0);
}

/* ---- The operations on a block -------------------------------------------------------------- */

/* Lines of contiguous elements have a kernel, which does the same. */
static bool have_kernel(const call *c, const nhwc_tensor *view)
{
    return view[0].strides[c->axis] == 1 && view[1].strides[c->axis] == 1 && c->axis == view->rank - 1;
}

static void run_kernel(const call *c, const nhwc_tensor *view)
{
    const nhwc_tensor *x = &view[0], *y = &view[1];
    const int last = x->rank - 2; /* the last axis but this */
    const int64_t size = (int64_t)nhwc_dtype_size(x->dtype), rows = last >= 0 ? x->dims[last] : 1;
    int64_t count = 1;
    for (int axis = 0; axis < last; axis++)
        count *= x->dims[axis];
    for (int64_t index = 0; index < count; index++) {
        int64_t from = 0, to = 0, rest = index;
        for (int axis = last - 1; axis >= 0; rest /= x->dims[axis--]) {
            from += rest % x->dims[axis] * x->strides[axis];
            to += rest % x->dims[axis] * y->strides[axis];
        }
        c->maths->softmax(rows, x->dims[c->axis], (const char *)x->data + from * size,
                          last >= 0 ? x->strides[last] : 0, (char *)y->data + to * size,
                          last >= 0 ? y->strides[last] : 0);
    }
}

static void softmax(const call *c, const nhwc_tensor *view)
{
    const nhwc_tensor *x = &view[0], *y = &view[1];
    _Alignas(64) char numbers[LINES * sizeof(double)] = {0};
    if (have_kernel(c, view)) {
        run_kernel(c, view);
        return;
    }
    const nhwc_tensor n = numbers_of(c, y, numbers);
    nhwc__reduce(NULL, &c->maths->max_fold, x, NULL, 0, &n);
    apply(c->maths->exp_of_difference, 2, (const nhwc_tensor *const[]){x, &n}, y);
    nhwc__reduce(NULL, &c->maths->sum_fold, y, NULL, 0, &n);
    apply(c->maths->times_inverse, 2, (const nhwc_tensor *const[]){y, &n}, y);
}

static void log_softmax(const call *c, const nhwc_tensor *view)
{
    const nhwc_tensor *x = &view[0], *y = &view[1];
    _Alignas(64) char most_numbers[LINES * sizeof(double)] = {0}, sum_numbers[LINES * sizeof(double)] = {0};
    const nhwc_tensor most = numbers_of(c, y, most_numbers), sum = numbers_of(c, y, sum_numbers);
    nhwc__reduce(NULL, &c->maths->max_fold, x, NULL, 0, &most);
    nhwc__reduce(NULL, &c->maths->log_exp_sum_fold, x, &most, 0, &sum);
    apply(c->maths->difference_of_three, 3, (const nhwc_tensor *const[]){x, &most, &sum}, y);
}

static void softmax_backprop(const call *c, const nhwc_tensor *view)
{
    const nhwc_tensor *dy = &view[0], *y = &view[1], *dx = &view[2];
    _Alignas(64) char numbers[LINES * sizeof(double)] = {0};
    const nhwc_tensor sum = numbers_of(c, dx, numbers);
    apply(c->maths->multiply, 2, (const nhwc_tensor *const[]){dy, y}, dx);
    nhwc__reduce(NULL, &c->maths->sum_fold, dx, NULL, 0, &sum);
    apply(c->maths->softmax_backprop, 3, (const nhwc_tensor *const[]){dy, y, &sum}, dx);
}

static void log_softmax_backprop(const call *c, const nhwc_tensor *view)
{
    const nhwc_tensor *dy = &view[0], *y = &view[1], *dx = &view[2];
    _Alignas(64) char numbers[LINES * sizeof(double)] = {0};
    const nhwc_tensor sum = numbers_of(c, dx, numbers);
    nhwc__reduce(NULL, &c->maths->sum_fold, dy, NULL, 0, &sum);
    apply(c->maths->log_softmax_backprop, 3, (const nhwc_tensor *const[]){dy, y, &sum}, dx);
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
    for (int i = 0; i < c->count - 1; i++)
        c->tensors[i] = in[i].tensor;
    c->tensors[c->count - 1] = y;
    cut(c);
    c->tasks = nhwc__tasks_worth(c->context, c->blocks, nhwc__element_count(y));
    nhwc__parallel_for(c->context, c->tasks, run_blocks, c);
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
