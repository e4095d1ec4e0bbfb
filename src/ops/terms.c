/* The terms are made as they are needed, in buffers that stay in the nearest cache, and folded as reduce.c folds those
 * of a tensor: units of terms, joined in pairs, pairs of pairs and so on. */
#include "ops/terms.h"

#include <string.h>

#include "base/parallel.h"
#include "base/size.h"
#include "base/tensor.h"

#define TILE_BYTES   1024
#define BUFFER_BYTES (NHWC__ALONG_TERMS * 8)
#define PARTS        16 /* into which the terms of few outputs are cut for threads */

static const _Alignas(64) char no_centre[TILE_BYTES]; /* folds of terms have none, but look at it */

typedef struct sum {
    const nhwc__fold *fold;
    nhwc__map *map;
    double alpha, n;
    int64_t size;
    bool along;                    /* terms of an output lie side by side in a buffer, and not the outputs */
    nhwc__broadcast outputs, terms; /* the axes that are kept, of y and the inputs; those that are summed, row-major */
    int64_t unit, units, width, tiles, tiles_in_row;
    int64_t tasks, part, parts; /* units of a part; parts of a tile */
    char (*partial)[TILE_BYTES];
} sum;

/* ---- Geometry ------------------------------------------------------------------------------- */

static void add_axis(nhwc_tensor *to, const nhwc_tensor *from, int axis)
{
    to->dims[to->rank] = from->dims[axis];
    to->strides[to->rank++] = from->strides[axis];
}

/* The axes that are summed, or the others; operand 0 is y, or a dense tensor of terms. */
static nhwc__broadcast axes_of(const nhwc__terms *terms, const nhwc_tensor *y, bool summed)
{
    const nhwc_tensor *x = terms->in[0], *in[NHWC__MOST_INPUTS];
    nhwc_tensor views[NHWC__MOST_INPUTS], out = {.dtype = y->dtype, .data = y->data};
    for (int i = 0; i < terms->inputs; i++) {
        views[i] = *terms->in[i];
        views[i].rank = 0;
        in[i] = &views[i];
    }
    for (int axis = 0; axis < x->rank; axis++) {
        if (x->dims[axis] == 1 || (y->dims[axis] == 1) != summed)
            continue;
        for (int i = 0; i < terms->inputs; i++)
            add_axis(&views[i], terms->in[i], axis);
        add_axis(&out, summed ? x : y, axis);
    }
    if (summed)
        out = nhwc_tensor_view(out.dtype, NULL, out.rank, out.dims);
    nhwc__broadcast b;
    nhwc__broadcast_make(terms->inputs, in, &out, &b);
    return b;
}

static bool goes_along(const nhwc_tensor *x, const nhwc_tensor *y)
{
    for (int axis = x->rank - 1; axis >= 0; axis--)
        if (x->dims[axis] != 1)
            return y->dims[axis] == 1;
    return false;
}

static sum describe(const nhwc__fold *fold, const nhwc__terms *terms, double n, const nhwc_tensor *y)
{
    sum s = {.fold = fold, .map = terms->map, .alpha = terms->alpha, .n = n};
    s.size = (int64_t)nhwc_dtype_size(y->dtype);
    s.along = goes_along(terms->in[0], y);
    s.outputs = axes_of(terms, y, false);
    s.terms = axes_of(terms, y, true);
    s.unit = s.along ? NHWC__ALONG_TERMS : NHWC__ACROSS_TERMS;
    s.units = nhwc__ceil(s.terms.elements, s.unit);
    const int64_t row = s.outputs.dims[s.outputs.rank - 1];
    s.width = nhwc__least(row, TILE_BYTES / s.size);
    if (s.along && s.units > 0)
        s.width = nhwc__least(s.width, s.units > 1 ? 1 : BUFFER_BYTES / (s.terms.elements * s.size));
    s.tiles_in_row = nhwc__ceil(row, s.width);
    s.tiles = s.outputs.elements / row * s.tiles_in_row;
    return s;
}

static int64_t offset_of(const nhwc__broadcast *b, int operand, int64_t index)
{
    int64_t offset = 0;
    for (int axis = b->rank - 1; axis >= 0; index /= b->dims[axis--])
        offset += index % b->dims[axis] * b->strides[operand][axis];
    return offset;
}

/* ---- Terms ---------------------------------------------------------------------------------- */

/* Puts `length` elements of an axis of `from` behind the axes of b. */
static void append(nhwc__broadcast *b, const nhwc__broadcast *from, int axis, int64_t length)
{
    if (length == 1 && b->rank > 0)
        return;
    b->dims[b->rank] = length;
    for (int i = 1; i < b->operands; i++)
        b->strides[i][b->rank] = from->strides[i][axis];
    b->rank++;
}

static void make_dense(nhwc__broadcast *b, char *to)
{
    b->data[0] = to;
    b->elements = 1;
    for (int axis = b->rank - 1; axis >= 0; b->elements *= b->dims[axis--])
        b->strides[0][axis] = b->elements;
}

/* The longest piece of the terms from `first` on, at most `count`, that is some of an axis and all of those behind it:
 * the axis, and how much of it. */
static int64_t piece_of(const nhwc__broadcast *terms, int64_t first, int64_t count, int *axis, int64_t *inner)
{
    *axis = terms->rank - 1;
    *inner = 1;
    while (*axis > 0 && first % (*inner * terms->dims[*axis]) == 0 && *inner * terms->dims[*axis] <= count)
        *inner *= terms->dims[(*axis)--];
    return nhwc__least(count / *inner, terms->dims[*axis] - first / *inner % terms->dims[*axis]);
}

/* The terms `first` ... of `width` outputs, as the fold wants them. */
static void make_terms(const sum *s, int64_t output, int64_t width, int64_t first, int64_t count, char *to)
{
    while (count > 0) {
        int axis;
        int64_t inner;
        const int64_t length = piece_of(&s->terms, first, count, &axis, &inner);
        nhwc__broadcast b = {.operands = s->terms.operands};
        for (int i = 0; i < b.operands; i++) {
            b.size[i] = s->terms.size[i];
            if (i > 0)
                b.data[i] = s->terms.data[i] +
                            (offset_of(&s->outputs, i, output) + offset_of(&s->terms, i, first)) * s->size;
        }
        if (s->along && width > 1)
            append(&b, &s->outputs, s->outputs.rank - 1, width);
        append(&b, &s->terms, axis, length);
        for (int behind = axis + 1; behind < s->terms.rank; behind++)
            append(&b, &s->terms, behind, s->terms.dims[behind]);
        if (!s->along && width > 1)
            append(&b, &s->outputs, s->outputs.rank - 1, width);
        make_dense(&b, to);
        nhwc__broadcast_run(NULL, &b, s->map, s->alpha);
        first += length * inner;
        count -= length * inner;
        to += length * inner * width * s->size;
    }
}

/* ---- The tree ------------------------------------------------------------------------------- */

typedef struct tile {
    const sum *s;
    int64_t output, width; /* the first one, and how many */
} tile;

static tile tile_at(const sum *s, int64_t index)
{
    const int64_t row = s->outputs.dims[s->outputs.rank - 1], at = index % s->tiles_in_row * s->width;
    return (tile){s, index / s->tiles_in_row * row + at, nhwc__least(s->width, row - at)};
}

static void finish_tile(const tile *t, char *out)
{
    const sum *s = t->s;
    const int64_t step = s->outputs.strides[0][s->outputs.rank - 1] * s->size;
    char *y = s->outputs.data[0] + offset_of(&s->outputs, 0, t->output) * s->size;
    s->fold->finish(t->width, no_centre, s->n, out);
    for (int64_t o = 0; o < t->width; o++)
        memcpy(y + o * step, out + o * s->size, (size_t)s->size);
}

/* The greatest power of 2 below `count`, which is 2 or more. */
static int64_t left_of(int64_t count)
{
    int64_t half = 1;
    while (half * 2 < count)
        half *= 2;
    return half;
}

/* `count` terms that have been made: one or more units. */
static void fold_made(const tile *t, const char *terms, int64_t count, char *out)
{
    const sum *s = t->s;
    if (count > s->unit) {
        _Alignas(64) char right[TILE_BYTES];
        const int64_t left = left_of(nhwc__ceil(count, s->unit)) * s->unit;
        fold_made(t, terms, left, out);
        fold_made(t, terms + left * t->width * s->size, count - left, right);
        s->fold->join(t->width, right, out);
    } else if (s->along) {
        s->fold->along(t->width, count, terms, count, no_centre, out);
    } else {
        s->fold->start(t->width, out);
        s->fold->across(t->width, count, terms, t->width, no_centre, out);
    }
}

/* A node of the tree whose terms fit into a buffer. */
static void fold_buffer(const tile *t, int64_t first, int64_t count, char *out)
{
    _Alignas(64) char buffer[BUFFER_BYTES];
    make_terms(t->s, t->output, t->width, first, count, buffer);
    fold_made(t, buffer, count, out);
}

/* A unit across whose terms do not. */
static void fold_unit(const tile *t, int64_t first, int64_t count, char *out)
{
    const sum *s = t->s;
    _Alignas(64) char buffer[BUFFER_BYTES];
    s->fold->start(t->width, out);
    for (int64_t made, most = BUFFER_BYTES / (t->width * s->size); count > 0; first += made, count -= made) {
        made = nhwc__least(most, count);
        make_terms(s, t->output, t->width, first, made, buffer);
        s->fold->across(t->width, made, buffer, t->width, no_centre, out);
    }
}

/* `count` units, which are a node of the tree. */
static void fold_units(const tile *t, int64_t first, int64_t count, char *out)
{
    const sum *s = t->s;
    const int64_t term = first * s->unit, terms = nhwc__least(count * s->unit, s->terms.elements - term);
    if (count == 0) {
        s->fold->start(t->width, out);
    } else if (terms * t->width * s->size <= BUFFER_BYTES) {
        fold_buffer(t, term, terms, out);
    } else if (count == 1) {
        fold_unit(t, term, terms, out);
    } else {
        _Alignas(64) char right[TILE_BYTES];
        const int64_t left = left_of(count);
        fold_units(t, first, left, out);
        fold_units(t, first + left, count - left, right);
        s->fold->join(t->width, right, out);
    }
}

static void join_parts(const tile *t, char (*part)[TILE_BYTES], int64_t count)
{
    if (count < 2)
        return;
    const int64_t left = left_of(count);
    join_parts(t, part, left);
    join_parts(t, part + left, count - left);
    t->s->fold->join(t->width, part[left], part[0]);
}

/* ---- Runs ----------------------------------------------------------------------------------- */

static void run_tiles(void *argument, int64_t task)
{
    const sum *s = argument;
    for (int64_t index = s->tiles * task / s->tasks; index < s->tiles * (task + 1) / s->tasks; index++) {
        _Alignas(64) char out[TILE_BYTES];
        const tile t = tile_at(s, index);
        fold_units(&t, 0, s->units, out);
        finish_tile(&t, out);
    }
}

static void run_parts(void *argument, int64_t task)
{
    const sum *s = argument;
    const int64_t all = s->tiles * s->parts;
    for (int64_t index = all * task / s->tasks; index < all * (task + 1) / s->tasks; index++) {
        const int64_t first = index % s->parts * s->part;
        const tile t = tile_at(s, index / s->parts);
        fold_units(&t, first, nhwc__least(s->part, s->units - first), s->partial[index]);
    }
}

/* Few outputs of many terms: each tile in parts, which are nodes of its tree. */
static void run_in_parts(const nhwc_context *context, sum *s)
{
    _Alignas(64) char partial[PARTS][TILE_BYTES];
    s->partial = partial;
    for (s->part = 1; s->tiles * nhwc__ceil(s->units, s->part) > PARTS;)
        s->part *= 2;
    s->parts = nhwc__ceil(s->units, s->part);
    s->tasks = nhwc__least(s->tasks, s->tiles * s->parts);
    nhwc__parallel_for(context, s->tasks, run_parts, s);
    for (int64_t index = 0; index < s->tiles; index++) {
        const tile t = tile_at(s, index);
        join_parts(&t, partial + index * s->parts, s->parts);
        finish_tile(&t, partial[index * s->parts]);
    }
}

void nhwc__put_terms(const nhwc_context *context, const nhwc__terms *terms, const nhwc_tensor *y)
{
    nhwc__broadcast b;
    nhwc__broadcast_make(terms->inputs, terms->in, y, &b);
    nhwc__broadcast_run(context, &b, terms->map, terms->alpha);
}

void nhwc__put(const nhwc_context *context, nhwc__map *map, const nhwc_tensor *a, const nhwc_tensor *b, double alpha,
               const nhwc_tensor *y)
{
    nhwc__put_terms(context, &(const nhwc__terms){map, b ? 2 : 1, {a, b}, alpha}, y);
}

nhwc_tensor nhwc__constant(nhwc_dtype dtype, int value)
{
    static const float of_float32[] = {0, 1};
    static const double of_float64[] = {0, 1};
    return nhwc_tensor_view(dtype, dtype == NHWC_FLOAT32 ? (const void *)&of_float32[value] : &of_float64[value], 0,
                            NULL);
}

void nhwc__fold_terms(const nhwc_context *context, const nhwc__fold *fold, const nhwc__terms *terms, double n,
                      const nhwc_tensor *y)
{
    if (nhwc__tensor_is_empty(y))
        return;
    sum s = describe(fold, terms, n, y);
    const int64_t elements = s.outputs.elements * s.terms.elements;
    s.tasks = nhwc__tasks_worth(context, elements, elements);
    if (s.tasks > 1 && s.units > 1 && s.tiles <= PARTS / 2) {
        run_in_parts(context, &s);
        return;
    }
    s.tasks = nhwc__least(s.tasks, s.tiles);
    nhwc__parallel_for(context, s.tasks, run_tiles, &s);
}
