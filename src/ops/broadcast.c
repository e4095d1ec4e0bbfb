#include "ops/broadcast.h"

#include <string.h>

#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/copy.h"
#include "ops/shapes.h"

/* The length of `tensor` along an axis of a shape of `rank`: 1 where the tensor has no such axis. */
static int64_t length_at(const nhwc_tensor *tensor, int rank, int axis)
{
    const int own = axis - (rank - tensor->rank);
    return own < 0 ? 1 : tensor->dims[own];
}

/* ---- Checks --------------------------------------------------------------------------------- */

/* Makes dims of the inputs so far those with one more. */
static nhwc_status join_shapes(const char *operation, const nhwc__operand *in, int *rank, int64_t *dims)
{
    const nhwc_tensor so_far = nhwc_tensor_view(NHWC_BOOL, NULL, *rank, dims), *t = in->tensor;
    const int joined = so_far.rank > t->rank ? so_far.rank : t->rank;
    for (int axis = 0; axis < joined; axis++) {
        const int64_t ours = length_at(&so_far, joined, axis), own = length_at(t, joined, axis);
        if (ours != own && ours != 1 && own != 1)
            return nhwc__fail(NHWC_ERROR_SHAPE,
                              "%s: %s is %s, which cannot be broadcast with %s: %" PRId64 " is not %" PRId64, operation,
                              in->name, nhwc__shape_text(t->rank, t->dims).text,
                              nhwc__shape_text(so_far.rank, so_far.dims).text, own, ours);
        dims[axis] = ours == 1 ? own : ours;
    }
    *rank = joined;
    return NHWC_OK;
}

/* Whether y is the input itself: the same elements, in the same order. */
static bool is_same(const nhwc_tensor *x, const nhwc_tensor *y)
{
    if (x->data != y->data || x->rank != y->rank || nhwc_dtype_size(x->dtype) != nhwc_dtype_size(y->dtype))
        return false;
    for (int axis = 0; axis < y->rank; axis++)
        if (x->dims[axis] != y->dims[axis] || (y->dims[axis] > 1 && x->strides[axis] != y->strides[axis]))
            return false;
    return true;
}

nhwc_status nhwc__broadcast_check_shapes(const char *operation, int inputs, const nhwc__operand *in, nhwc__operand y)
{
    int rank = 0;
    int64_t dims[NHWC_MAX_RANK];
    for (int i = 0; i < inputs; i++) {
        NHWC__TRY(nhwc__tensor_check(operation, in[i].name, in[i].tensor));
        NHWC__TRY(join_shapes(operation, &in[i], &rank, dims));
    }
    NHWC__TRY(nhwc__tensor_check(operation, y.name, y.tensor));
    if (y.tensor->rank == rank && memcmp(y.tensor->dims, dims, (size_t)rank * sizeof *dims) == 0)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_OUTPUT_SHAPE, "%s: %s is %s; of these inputs it has to be %s", operation, y.name,
                      nhwc__shape_text(y.tensor->rank, y.tensor->dims).text, nhwc__shape_text(rank, dims).text);
}

nhwc_status nhwc__broadcast_check(const char *operation, int inputs, const nhwc__operand *in, const nhwc_tensor *y)
{
    NHWC__TRY(nhwc__broadcast_check_shapes(operation, inputs, in, (nhwc__operand){"the output", y}));
    NHWC__TRY(nhwc__tensor_check_distinct(operation, "the output", y));
    for (int i = 0; i < inputs; i++)
        if (!is_same(in[i].tensor, y) && nhwc__tensors_overlap(in[i].tensor, y))
            return nhwc__fail(NHWC_ERROR_ALIAS, "%s: the output shares memory with %s, but is not the same view of it",
                              operation, in[i].name);
    return NHWC_OK;
}

/* ---- Axes ----------------------------------------------------------------------------------- */

static void swap_axes(nhwc__broadcast *b, int one, int other)
{
    int64_t *rows[2 + NHWC__MOST_INPUTS] = {b->dims};
    for (int i = 0; i < b->operands; i++)
        rows[1 + i] = b->strides[i];
    for (int i = 0; i <= b->operands; i++) {
        const int64_t old = rows[i][one];
        rows[i][one] = rows[i][other];
        rows[i][other] = old;
    }
}

/* Whether every operand goes from one index of the axis to the next by going once through the axis behind it. */
static bool is_joined(const nhwc__broadcast *b, int axis)
{
    for (int i = 0; i < b->operands; i++)
        if (b->strides[i][axis] != b->strides[i][axis + 1] * b->dims[axis + 1])
            return false;
    return true;
}

static void remove_axis(nhwc__broadcast *b, int axis)
{
    for (; axis + 1 < b->rank; axis++)
        swap_axes(b, axis, axis + 1);
    b->rank--;
}

/* Leaves out axes of length 1, puts the rest into the order in which they lie in the output, and joins what it can. */
static void simplify(nhwc__broadcast *b)
{
    for (int axis = b->rank - 1; axis >= 0; axis--)
        if (b->dims[axis] == 1 && b->rank > 1)
            remove_axis(b, axis);
    for (int axis = 1; axis < b->rank; axis++)
        for (int at = axis; at > 0 && b->strides[0][at - 1] < b->strides[0][at]; at--)
            swap_axes(b, at - 1, at);
    for (int axis = b->rank - 2; axis >= 0; axis--)
        if (is_joined(b, axis)) {
            b->dims[axis + 1] *= b->dims[axis];
            remove_axis(b, axis);
        }
    for (int i = 0; i < b->operands && b->dims[b->rank - 1] == 1; i++)
        b->strides[i][b->rank - 1] = 1; /* a single element */
}

void nhwc__broadcast_make(int inputs, const nhwc_tensor *const *in, const nhwc_tensor *y, nhwc__broadcast *b)
{
    *b = (nhwc__broadcast){.rank = y->rank > 0 ? y->rank : 1, .operands = 1 + inputs, .elements = 1, .dims = {1}};
    for (int axis = 0; axis < y->rank; axis++)
        b->elements *= b->dims[axis] = y->dims[axis];
    for (int i = 0; i <= inputs; i++) {
        const nhwc_tensor *t = i == 0 ? y : in[i - 1];
        b->data[i] = t->data;
        b->size[i] = nhwc_dtype_size(t->dtype);
        for (int axis = 0; axis < y->rank; axis++)
            if (length_at(t, y->rank, axis) > 1)
                b->strides[i][axis] = t->strides[axis - (y->rank - t->rank)];
    }
    if (b->elements > 0)
        simplify(b);
}

/* ---- Runs ----------------------------------------------------------------------------------- */

#define BUFFER_BYTES 4096
#define LONG_RUN     16384 /* elements of a run without buffers */

/* What is walked: blocks of elements of the two innermost axes. */
typedef struct blocks {
    const nhwc__broadcast *b;
    nhwc__map *map;
    double alpha;
    int64_t tasks, count; /* blocks of all */
    int64_t length[NHWC_MAX_RANK]; /* of a block along each axis */
} blocks;

/* An operand whose elements a run cannot have where they are has them in a buffer. */
typedef struct buffer {
    const char *holds; /* what was gathered from; as long as this stays, so does what is in here */
    int64_t rows, columns;
    _Alignas(64) char bytes[BUFFER_BYTES];
} buffer;

static blocks cut(const nhwc__broadcast *b)
{
    const int inner = b->rank - 1;
    const int64_t length = b->dims[inner], outer = inner > 0 ? b->dims[inner - 1] : 1;
    size_t size = 1;
    bool in_place = true; /* as long as a run has one row */
    for (int i = 0; i < b->operands; i++) {
        size = b->size[i] > size ? b->size[i] : size;
        in_place &= b->strides[i][inner] == 1;
    }
    const int64_t most = BUFFER_BYTES / (int64_t)size;
    blocks w = {.b = b, .count = 1};
    for (int axis = 0; axis < inner; axis++)
        w.length[axis] = 1;
    w.length[inner] = nhwc__least(length, in_place && (length > most || inner == 0) ? LONG_RUN : most);
    if (inner > 0 && w.length[inner] == length)
        w.length[inner - 1] = nhwc__least(outer, nhwc__most(most / length, 1));
    for (int axis = 0; axis <= inner; axis++)
        w.count *= nhwc__ceil(b->dims[axis], w.length[axis]);
    return w;
}

static bool is_run(const nhwc__broadcast *b, int operand, int64_t rows, int64_t columns)
{
    const int inner = b->rank - 1;
    return b->strides[operand][inner] == 1 && (rows == 1 || b->strides[operand][inner - 1] == columns);
}

/* The elements of a block of an input as a run. */
static const void *fetch(const nhwc__broadcast *b, int operand, const char *from, int64_t rows, int64_t columns,
                         buffer *to)
{
    const int inner = b->rank - 1;
    if (is_run(b, operand, rows, columns))
        return from;
    if (to->holds != from || to->rows != rows || to->columns != columns)
        nhwc__copy_plane(b->size[operand], rows, columns, from, inner > 0 ? b->strides[operand][inner - 1] : 0,
                         b->strides[operand][inner], to->bytes, columns, 1);
    to->holds = from;
    to->rows = rows;
    to->columns = columns;
    return to->bytes;
}

/* One block, whose elements lie `offset` from the first of each operand. */
static void run_block(const blocks *w, const int64_t *offset, int64_t rows, int64_t columns, buffer *buffers)
{
    const nhwc__broadcast *b = w->b;
    const int inner = b->rank - 1;
    const void *in[NHWC__MOST_INPUTS] = {NULL};
    char *out = b->data[0] + offset[0] * (int64_t)b->size[0];
    for (int i = 1; i < b->operands; i++)
        in[i - 1] = fetch(b, i, b->data[i] + offset[i] * (int64_t)b->size[i], rows, columns, &buffers[i]);
    for (int i = b->operands - 1; i < NHWC__MOST_INPUTS; i++)
        in[i] = in[0]; /* maps look at all of them */
    if (is_run(b, 0, rows, columns)) {
        w->map(rows * columns, in, w->alpha, out);
        return;
    }
    w->map(rows * columns, in, w->alpha, buffers[0].bytes);
    nhwc__copy_plane(b->size[0], rows, columns, buffers[0].bytes, columns, 1, out,
                     inner > 0 ? b->strides[0][inner - 1] : 0, b->strides[0][inner]);
}

/* Where block `index` begins. */
static void find_block(const blocks *w, int64_t index, int64_t *at)
{
    for (int axis = w->b->rank - 1; axis >= 0; axis--) {
        const int64_t count = nhwc__ceil(w->b->dims[axis], w->length[axis]);
        at[axis] = index % count * w->length[axis];
        index /= count;
    }
}

/* Where the next one begins: divisions would hold up what the processor reads ahead. */
static void step(const blocks *w, int64_t *at)
{
    for (int axis = w->b->rank - 1; axis >= 0; axis--) {
        at[axis] += w->length[axis];
        if (at[axis] < w->b->dims[axis])
            return;
        at[axis] = 0;
    }
}

static void run_task(void *argument, int64_t task)
{
    const blocks *w = argument;
    const nhwc__broadcast *b = w->b;
    const int inner = b->rank - 1;
    const int64_t first = w->count * task / w->tasks, end = w->count * (task + 1) / w->tasks;
    int64_t at[NHWC_MAX_RANK];
    buffer buffers[1 + NHWC__MOST_INPUTS];
    for (int i = 0; i < b->operands; i++)
        buffers[i].holds = NULL;
    find_block(w, first, at);
    for (int64_t block = first; block < end; block++, step(w, at)) {
        int64_t offset[1 + NHWC__MOST_INPUTS] = {0};
        for (int i = 0; i < b->operands; i++)
            for (int axis = 0; axis <= inner; axis++)
                offset[i] += at[axis] * b->strides[i][axis];
        run_block(w, offset, inner > 0 ? nhwc__least(w->length[inner - 1], b->dims[inner - 1] - at[inner - 1]) : 1,
                  nhwc__least(w->length[inner], b->dims[inner] - at[inner]), buffers);
    }
}

void nhwc__broadcast_run(const nhwc_context *context, const nhwc__broadcast *b, nhwc__map *map, double alpha)
{
    if (b->elements == 0)
        return;
    blocks w = cut(b);
    w.map = map;
    w.alpha = alpha;
    w.tasks = nhwc__tasks_worth(context, w.count, b->elements);
    nhwc__parallel_for(context, w.tasks, run_task, &w);
}
