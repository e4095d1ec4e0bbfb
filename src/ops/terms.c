/* The terms are made as they are needed, in buffers that stay in the nearest cache, and folded as reduce.c folds those
 * of a tensor. */
#include "ops/terms.h"

#include <string.h>

#include "base/parallel.h"
#include "base/size.h"
#include "base/tensor.h"
#include "ops/reduce.h"
#include "ops/tree.h"

#define BUFFER_BYTES (NHWC__ALONG_TERMS * 8)

/* The room of a tile: terms that are made, those of one unit or of some that follow. */
typedef struct made {
    int64_t first, end; /* units */
    _Alignas(64) char terms[BUFFER_BYTES];
} made;

typedef struct sum {
    const nhwc__fold *fold;
    nhwc__map *map;
    double alpha, n;
    int64_t size;
    bool along;                    /* terms of an output lie side by side in a buffer, and not the outputs */
    nhwc__broadcast outputs, terms; /* the axes that are kept, of y and the inputs; those that are summed, row-major */
    int64_t unit;                   /* terms */
    nhwc__gradient_sums *both;      /* makes two sums of the inputs, or NULL */
    nhwc__broadcast second;         /* the axes that are kept, of the other one */
    nhwc__tree tree;
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

static void cut(sum *s)
{
    nhwc__tree *tree = &s->tree;
    tree->sums = s->both ? 2 : 1;
    tree->outputs = s->outputs.elements;
    tree->row = s->outputs.dims[s->outputs.rank - 1];
    tree->units = nhwc__ceil(s->terms.elements, s->unit);
    tree->room = sizeof(made);
    int64_t width = nhwc__least(NHWC__TILE_BYTES / tree->sums, nhwc__tree_most_bytes(tree)) / s->size;
    if (s->along && tree->units > 0)
        width = nhwc__least(width, tree->units > 1 ? 1 : BUFFER_BYTES / (s->terms.elements * s->size));
    nhwc__tree_cut(tree, width, s->size);
}

static sum describe(const nhwc__fold *fold, const nhwc__terms *terms, double n, const nhwc_tensor *y)
{
    sum s = {.fold = fold, .map = terms->map, .alpha = terms->alpha, .n = n};
    s.size = (int64_t)nhwc_dtype_size(y->dtype);
    s.along = goes_along(terms->in[0], y);
    s.outputs = axes_of(terms, y, false);
    s.terms = axes_of(terms, y, true);
    s.unit = s.along ? NHWC__ALONG_TERMS : NHWC__ACROSS_TERMS;
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

/* Where an input has the term `first` of an output. */
static char *term_of(const sum *s, int input, int64_t output, int64_t first)
{
    return s->terms.data[input] + (offset_of(&s->outputs, input, output) + offset_of(&s->terms, input, first)) * s->size;
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
                b.data[i] = term_of(s, i, output, first);
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

static void begin(const void *argument, const nhwc__tile *tile)
{
    made *m = (void *)tile->room;
    m->first = m->end = 0;
    (void)argument;
}

static void put(const sum *s, const nhwc__tile *tile, const nhwc__broadcast *outputs, char *out)
{
    const int64_t step = outputs->strides[0][outputs->rank - 1] * s->size;
    char *y = outputs->data[0] + offset_of(outputs, 0, tile->output) * s->size;
    s->fold->finish(tile->width, tile->room, s->n, out);
    for (int64_t o = 0; o < tile->width; o++)
        memcpy(y + o * step, out + o * s->size, (size_t)s->size);
}

static void end(const void *argument, const nhwc__tile *tile, char *out)
{
    const sum *s = argument;
    put(s, tile, &s->outputs, out);
    if (s->both)
        put(s, tile, &s->second, out + s->tree.slot);
}

static int64_t terms_before(const sum *s, int64_t unit)
{
    return nhwc__least(unit * s->unit, s->terms.elements);
}

/* The terms of a unit, with those of as many after it as there is room for. */
static const char *made_unit(const sum *s, const nhwc__tile *tile, int64_t unit)
{
    made *m = (void *)tile->room;
    if (unit < m->first || unit >= m->end) {
        const int64_t most = BUFFER_BYTES / (s->unit * tile->width * s->size);
        m->first = unit;
        m->end = nhwc__least(unit + nhwc__most(most, 1), s->tree.units);
        const int64_t term = terms_before(s, unit);
        make_terms(s, tile->output, tile->width, term, terms_before(s, m->end) - term, m->terms);
    }
    return m->terms + (unit - m->first) * s->unit * tile->width * s->size;
}

/* A unit across whose terms there is no room for at once. */
static void fold_long(const sum *s, const nhwc__tile *tile, int64_t first, int64_t count, char *out)
{
    char *terms = ((made *)(void *)tile->room)->terms;
    for (int64_t run, most = BUFFER_BYTES / (tile->width * s->size); count > 0; first += run, count -= run) {
        run = nhwc__least(most, count);
        make_terms(s, tile->output, tile->width, first, run, terms);
        s->fold->across(tile->width, run, terms, tile->width, tile->room, out);
    }
}

/* A unit across that nothing has to be made of before. */
static void sum_both(const sum *s, const nhwc__tile *tile, int64_t first, int64_t count, char *out)
{
    const int inner = s->terms.rank - 1;
    char *second = out + s->tree.slot;
    s->fold->start(tile->width, second);
    for (int64_t run; count > 0; first += run, count -= run) {
        run = nhwc__least(count, s->terms.dims[inner] - first % s->terms.dims[inner]);
        s->both(tile->width, run, term_of(s, 1, tile->output, first), s->terms.strides[1][inner],
                term_of(s, 2, tile->output, first), s->terms.strides[2][inner], term_of(s, 3, tile->output, first),
                term_of(s, 4, tile->output, first), out, second);
    }
}

static void fold_unit(const void *argument, const nhwc__tile *tile, int64_t unit, char *out)
{
    const sum *s = argument;
    const int64_t first = terms_before(s, unit), count = terms_before(s, unit + 1) - first, width = tile->width;
    if (s->along) {
        s->fold->along(width, count, made_unit(s, tile, unit), count, tile->room, out);
        return;
    }
    s->fold->start(width, out);
    if (s->both)
        sum_both(s, tile, first, count, out);
    else if (count * width * s->size > BUFFER_BYTES)
        fold_long(s, tile, first, count, out);
    else
        s->fold->across(width, count, made_unit(s, tile, unit), width, tile->room, out);
}

/* ---- Calls ---------------------------------------------------------------------------------- */

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

static void run(const nhwc_context *context, sum *s)
{
    const int64_t elements = s->outputs.elements * s->terms.elements;
    s->tree.argument = s;
    s->tree.begin = begin;
    s->tree.fold = s->fold;
    s->tree.fold_unit = fold_unit;
    s->tree.end = end;
    cut(s);
    nhwc__tree_run(context, &s->tree, nhwc__tasks_worth(context, elements, elements));
}

void nhwc__fold_terms(const nhwc_context *context, const nhwc__fold *fold, const nhwc__terms *terms, double n,
                      const nhwc_tensor *y)
{
    if (nhwc__tensor_is_empty(y))
        return;
    sum s = describe(fold, terms, n, y);
    run(context, &s);
}

/* How both sums can be made at once, or NULL: g and x have the outputs side by side, and there is a mean and an inverse
 * for each of these or for each of the terms. */
static nhwc__gradient_sums *both_of(const nhwc__maths *maths, const sum *s)
{
    const int inner = s->terms.rank - 1;
    bool of_outputs = true, of_terms = true;
    for (int i = 3; i <= 4; i++) {
        of_outputs &= s->outputs.strides[i][0] == 1;
        for (int axis = 0; axis <= inner; axis++)
            of_outputs &= s->terms.strides[i][axis] == 0;
        of_terms &= s->outputs.strides[i][0] == 0 && s->terms.strides[i][inner] == 1;
    }
    if (s->along || s->outputs.rank > 1 || s->second.rank > 1 || s->outputs.strides[1][0] != 1 ||
        s->outputs.strides[2][0] != 1)
        return NULL;
    return of_outputs ? maths->gradient_sums : of_terms ? maths->gradient_sums_of_lines : NULL;
}

void nhwc__sum_gradients(const nhwc_context *context, const nhwc__maths *maths, const nhwc_tensor *g,
                         const nhwc_tensor *x, const nhwc_tensor *mean, const nhwc_tensor *inverse,
                         const nhwc_tensor *products, const nhwc_tensor *sums)
{
    const nhwc__terms terms = {maths->centred_product, 4, {g, x, mean, inverse}, 0};
    if (products != NULL && sums != NULL && !nhwc__tensor_is_empty(sums)) {
        sum s = describe(&maths->sum_fold, &terms, 0, products);
        s.second = axes_of(&terms, sums, false);
        s.both = both_of(maths, &s);
        if (s.both != NULL) {
            run(context, &s);
            return;
        }
    }
    if (products != NULL)
        nhwc__fold_terms(context, &maths->sum_fold, &terms, 0, products);
    if (sums != NULL)
        nhwc__reduce(context, &maths->sum_fold, g, NULL, 0, sums);
}
