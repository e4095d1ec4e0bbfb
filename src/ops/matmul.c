/* Matrix products, by the tiles of the convolutions.
 *
 * Columns of b are laid out in panels, as many at a time as the scratch holds, unless they are panels already; rows of
 * a are read where they lie, or, of a transpose, laid out term by term. A task has some of the rows of all matrices of
 * the batch, or some of the columns. Each element is one chain, whoever computes it. */
#include <nhwc/matmul.h>
#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "engine/cpu.h"
#include "engine/product.h"
#include "ops/copy.h"
#include "ops/shapes.h"

#define DEPTH        1024         /* terms at a time */
#define PACKED_DEPTH 256          /* ... where rows are laid out, so that they are for more panels */
#define PANEL_BYTES  (384 * 1024) /* panels of b at a time: a part of the second-level cache */
#define STACK_BYTES  (24 * 1024)
#define LINE         64

/* An axis of the batch: how many, and the steps of the three tensors. */
typedef struct batch_axis {
    int64_t length, a, b, c;
} batch_axis;

typedef struct product {
    const nhwc__kernels *kernels;
    int64_t element;
    int64_t rows, columns, depth;
    nhwc__matrix a, b; /* the first of the batch */
    char *c;
    int64_t c_row;
    int kept_axes, summed_axes; /* those that c has, and those that are added up */
    batch_axis kept[NHWC_MAX_RANK], summed[NHWC_MAX_RANK];
    int64_t matrices, sums; /* the products of their lengths */
    bool accumulate;
    const char *bias;
    nhwc_activation activation;
    bool packs_a, packs_b, by_columns;
    int64_t tile_rows, width, panels; /* columns of a panel; panels of b */
    int64_t most_terms; /* at a time */
    int tasks;
    int64_t bytes_per_task;
    char *scratch;
} product;

/* Matrix `index` of the batch: what its factors and result are away from the first one's. */
static batch_axis offset_of(const batch_axis *axes, int count, int64_t index)
{
    batch_axis sum = {.a = 0};
    for (int i = count - 1; i >= 0; i--) {
        const int64_t at = index % axes[i].length;
        index /= axes[i].length;
        sum.a += at * axes[i].a;
        sum.b += at * axes[i].b;
        sum.c += at * axes[i].c;
    }
    return sum;
}

/* ---- Blocks ---------------------------------------------------------------------------------------- */

static const char *place_in(const product *p, const nhwc__matrix *m, int64_t row, int64_t column)
{
    return (const char *)m->data + (row * m->row + column * m->column) * p->element;
}

/* to[i * to_row + j] = from[i * row + j * column] */
static void lay_out(const product *p, const char *from, int64_t row, int64_t column, int64_t rows, int64_t columns,
                    char *to, int64_t to_row)
{
    if (column == 1)
        p->kernels->copy(rows, columns, from, row, to, to_row);
    else if (row == 1)
        p->kernels->transpose(rows, columns, from, column, to, to_row);
    else
        nhwc__copy_plane((size_t)p->element, rows, columns, from, row, column, to, to_row, 1);
}

typedef struct range {
    int64_t first, end;
} range;

/* A block of the product: some terms of some panels of one matrix. */
typedef struct block {
    nhwc__matrix a, b; /* beginning with the block's first term */
    char *c;
    int64_t terms;
    range panels;
    bool accumulate, is_last;
} block;

static void pack_panels(const product *p, const block *b, char *to)
{
    const int64_t width = p->width;
    for (int64_t panel = b->panels.first; panel < b->panels.end; panel++, to += b->terms * width * p->element) {
        const int64_t column = panel * width, columns = nhwc__least(width, p->columns - column);
        if (columns < width)
            memset(to, 0, (size_t)(b->terms * width * p->element));
        lay_out(p, place_in(p, &b->b, 0, column), b->b.row, b->b.column, b->terms, columns, to, width);
    }
}

static void run_rows(const product *p, const block *b, range rows, const char *panels, char *room)
{
    const int64_t width = p->width, count = rows.end - rows.first, tiles = nhwc__ceil(count, p->tile_rows);
    int64_t a_rows[NHWC__TILE_ROWS], c_rows[NHWC__TILE_ROWS];
    for (int i = 0; i < NHWC__TILE_ROWS; i++) {
        a_rows[i] = i * (p->packs_a ? 1 : b->a.row);
        c_rows[i] = i * p->c_row;
    }
    const nhwc__run run = {.length = b->terms};
    nhwc__tile tile = {.runs = 1,
                       .run = &run,
                       .a_row = a_rows,
                       .c_row = c_rows,
                       .a_step = p->packs_a ? NHWC__TILE_ROWS : 1,
                       .b_step = p->packs_b ? width : b->b.row,
                       .ahead = (uintptr_t)panels,
                       .accumulate = b->accumulate,
                       .activation = b->is_last ? p->activation : NHWC_ACTIVATION_NONE};
    for (int64_t t = 0, first = rows.first; t < tiles; t++, first += tile.rows) {
        tile.rows = (int)(count / tiles + (t < count % tiles));
        const char *a = place_in(p, &b->a, first, 0);
        tile.a = p->packs_a ? room : a;
        if (p->packs_a)
            lay_out(p, a, b->a.column, b->a.row, b->terms, tile.rows, room, NHWC__TILE_ROWS);
        for (int64_t panel = b->panels.first; panel < b->panels.end; panel++) {
            const int64_t column = panel * width;
            tile.columns = (int)nhwc__least(width, p->columns - column);
            tile.b = p->packs_b ? panels + (panel - b->panels.first) * b->terms * width * p->element
                                : (const char *)b->b.data + column * p->element;
            tile.c = b->c + (first * p->c_row + column) * p->element;
            tile.bias = b->is_last && p->bias != NULL ? p->bias + column * p->element : NULL;
            p->kernels->tile(&tile);
        }
    }
}

static void run_block(const product *p, const block *b, range rows, char *scratch)
{
    if (p->packs_b)
        pack_panels(p, b, scratch);
    const int64_t width = p->packs_b ? (b->panels.end - b->panels.first) * p->width : 0;
    run_rows(p, b, rows, scratch, scratch + width * b->terms * p->element);
}

/* ---- Tasks ----------------------------------------------------------------------------------------- */

/* Some rows of a matrix in some panels, all terms of it. */
static void run_matrix(const product *p, int64_t matrix, int64_t sum, range rows, range panels, char *scratch)
{
    const batch_axis kept = offset_of(p->kept, p->kept_axes, matrix);
    const batch_axis summed = offset_of(p->summed, p->summed_axes, sum);
    const int64_t blocks = nhwc__most(nhwc__ceil(p->depth, p->most_terms), 1);
    for (int64_t i = 0; i < blocks; i++) {
        const int64_t k = p->depth * i / blocks;
        block b = {.a = p->a,
                   .b = p->b,
                   .c = p->c + kept.c * p->element,
                   .terms = p->depth * (i + 1) / blocks - k,
                   .panels = panels,
                   .accumulate = p->accumulate || sum > 0 || i > 0,
                   .is_last = i == blocks - 1 && sum == p->sums - 1};
        b.a.data = place_in(p, &p->a, 0, k) + (kept.a + summed.a) * p->element;
        b.b.data = place_in(p, &p->b, k, 0) + (kept.b + summed.b) * p->element;
        run_block(p, &b, rows, scratch);
    }
}

static int64_t panels_at_once(const product *p)
{
    const int64_t panel = nhwc__most(nhwc__least(p->depth, p->most_terms), 1) * p->width * p->element;
    return p->packs_b ? nhwc__most(PANEL_BYTES / panel, 1) : p->panels;
}

static void run_task(void *argument, int64_t task)
{
    const product *p = argument;
    _Alignas(LINE) char on_stack[STACK_BYTES];
    char *scratch = p->scratch == NULL ? on_stack : p->scratch + task * p->bytes_per_task;
    const int64_t at_once = panels_at_once(p);
    const int64_t tiles = nhwc__ceil(p->rows, p->tile_rows), units = p->matrices * tiles;
    range panels = {0, p->panels}, share = {0, units};
    if (p->by_columns)
        panels = (range){p->panels * task / p->tasks, p->panels * (task + 1) / p->tasks};
    else
        share = (range){units * task / p->tasks, units * (task + 1) / p->tasks};
    for (int64_t unit = share.first, next; unit < share.end; unit = next) {
        const int64_t matrix = unit / tiles, tile = unit % tiles;
        next = nhwc__least((matrix + 1) * tiles, share.end);
        const range rows = {p->rows * tile / tiles, p->rows * (tile + next - unit) / tiles};
        for (int64_t sum = 0; sum < p->sums; sum++)
            for (int64_t i = panels.first; i < panels.end; i += at_once)
                run_matrix(p, matrix, sum, rows, (range){i, nhwc__least(i + at_once, panels.end)}, scratch);
    }
}

#define FEW_ROWS           128 /* too few to pay for laying out panels that can do without */
#define TASK_MULTIPLY_ADDS 1e6 /* below it, waking a thread costs more than it brings */
#define MOST_TASKS         1024
#define SET_BYTES          4096 /* memory so far apart has the same place in a first-level cache, which has 8 of it */
#define SET_ROWS           8

/* How a product is cut into tiles. */
static void arrange(product *p)
{
    p->width = (p->columns > p->kernels->lanes ? 2 : 1) * p->kernels->lanes;
    p->panels = nhwc__ceil(p->columns, p->width);
    p->packs_a = p->a.column != 1 && p->depth > 1;
    p->most_terms = p->packs_a ? PACKED_DEPTH : DEPTH;
    p->packs_b = p->rows > FEW_ROWS || p->b.column != 1 || p->panels * p->width != p->columns ||
                 p->b.row * p->element % (SET_BYTES / 2) == 0;
    p->tile_rows = p->kernels->tile_rows;
    if (!p->packs_a && p->a.row * p->element % SET_BYTES == 0)
        p->tile_rows = nhwc__least(p->tile_rows, SET_ROWS);
}

/* Scratch for some terms of some panels, and of a tile's rows. */
static int64_t scratch_bytes(const product *p, int64_t terms, int64_t panels)
{
    return terms * ((p->packs_b ? p->width * panels : 0) + (p->packs_a ? NHWC__TILE_ROWS : 0)) * p->element;
}

/* A product that takes less time than it would to share it: one block, on the stack. */
static bool is_small(const product *p)
{
    return p->matrices == 1 && p->sums == 1 && p->rows <= FEW_ROWS && p->columns <= FEW_ROWS && p->depth <= FEW_ROWS &&
           scratch_bytes(p, p->depth, p->panels) <= STACK_BYTES;
}

static void run_small(const product *p)
{
    _Alignas(LINE) char scratch[STACK_BYTES];
    const block all = {p->a, p->b, p->c, p->depth, {0, p->panels}, p->accumulate, true};
    run_block(p, &all, (range){0, p->rows}, scratch);
}

/* How it is shared. */
static void share(const nhwc_context *context, product *p)
{
    const double work = (double)p->matrices * (double)p->sums * (double)p->rows * (double)p->columns * (double)p->depth;
    const int64_t units = p->matrices * nhwc__ceil(p->rows, p->tile_rows);
    const double worth = work / TASK_MULTIPLY_ADDS;
    const int given = nhwc__context_threads(context), threads = given < MOST_TASKS ? given : MOST_TASKS;
    p->tasks = worth >= threads ? threads : worth > 1 ? (int)worth : 1;
    p->by_columns = units < 8 * p->tasks && p->panels >= p->tasks; /* or all would lay out all of b for few rows */
    p->tasks = (int)nhwc__least(p->tasks, nhwc__most(p->by_columns ? p->panels : units, 1));
    const int64_t bytes =
        scratch_bytes(p, nhwc__least(p->depth, p->most_terms), nhwc__least(p->panels, panels_at_once(p)));
    p->bytes_per_task = nhwc__ceil(bytes, LINE) * LINE;
}

static nhwc_status run(const nhwc_context *context, product *p)
{
    if (p->matrices == 0 || p->rows == 0 || p->columns == 0)
        return NHWC_OK;
    if (p->sums == 0 || p->depth == 0) { /* an empty sum, of which data need not be there */
        p->depth = p->summed_axes = 0;
        p->sums = 1;
        p->a.data = p->b.data = p->c;
    }
    arrange(p);
    if (is_small(p)) {
        run_small(p);
        return NHWC_OK;
    }
    share(context, p);
    void *scratch = NULL;
    if (p->bytes_per_task > STACK_BYTES)
        NHWC__TRY(nhwc__allocate(context, p->tasks * p->bytes_per_task, &scratch));
    p->scratch = scratch;
    nhwc__parallel_for(context, p->tasks, run_task, p);
    if (scratch != NULL)
        nhwc__deallocate(context, scratch);
    return NHWC_OK;
}

/* ---- Operations -------------------------------------------------------------------------------------- */

enum { A, B, C };

/* c = activation(a b + bias), of which one tensor is computed. */
typedef struct operands {
    const char *operation;
    const nhwc_tensor *tensors[3];
    const char *names[3];
    int output;
    const nhwc_matmul_options *options;
    const nhwc_tensor *bias;
    bool accumulate;
} operands;

typedef struct factor {
    const nhwc_tensor *tensor;
    bool transpose;
} factor;

static int64_t rows_of(const nhwc_tensor *t, bool transpose)
{
    return t->dims[t->rank - (transpose ? 1 : 2)];
}

static int64_t columns_of(const nhwc_tensor *t, bool transpose)
{
    return t->dims[t->rank - (transpose ? 2 : 1)];
}

/* The length of axis `i` of the batch, counted from the last one; 1 where there is none. */
static int64_t batch_length(const nhwc_tensor *t, int i)
{
    const int axis = t->rank - 3 - i;
    return axis < 0 ? 1 : t->dims[axis];
}

static int64_t batch_stride(const nhwc_tensor *t, int i)
{
    return batch_length(t, i) == 1 ? 0 : t->strides[t->rank - 3 - i];
}

static int batch_rank(const operands *o)
{
    const int a = o->tensors[A]->rank, b = o->tensors[B]->rank, c = o->tensors[C]->rank;
    return (a > b ? a > c ? a : c : b > c ? b : c) - 2;
}

static bool batches_fit(const operands *o)
{
    const int rank = batch_rank(o);
    for (int i = 0; i < rank; i++) {
        const int64_t a = batch_length(o->tensors[A], i), b = batch_length(o->tensors[B], i);
        if ((a != b && a != 1 && b != 1) || batch_length(o->tensors[C], i) != (a == 1 ? b : a))
            return false;
    }
    return o->tensors[C]->rank == rank + 2;
}

static nhwc_status check_tensor(const operands *o, int i)
{
    const nhwc_tensor *t = o->tensors[i];
    NHWC__TRY((i == o->output ? nhwc__tensor_check_distinct : nhwc__tensor_check)(o->operation, o->names[i], t));
    if (t->rank < 2)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: %s has rank %d; matrices have 2 axes, and a batch of them more",
                          o->operation, o->names[i], t->rank);
    return nhwc__check_dtype(o->operation, o->names[i], t, o->tensors[A]->dtype);
}

static nhwc_status check_shapes(const operands *o)
{
    const nhwc_tensor *a = o->tensors[A], *b = o->tensors[B], *c = o->tensors[C];
    const bool turns_a = o->options->transpose_a, turns_b = o->options->transpose_b;
    if (rows_of(b, turns_b) != columns_of(a, turns_a) || rows_of(c, false) != rows_of(a, turns_a) ||
        columns_of(c, false) != columns_of(b, turns_b) || !batches_fit(o))
        return nhwc__fail(NHWC_ERROR_SHAPE,
                          "%s: %s %s%s times %s %s%s does not give %s %s: [..., m, k] and [..., k, n] give [..., m, n]",
                          o->operation, o->names[A], nhwc__shape_text(a->rank, a->dims).text,
                          turns_a ? " transposed" : "", o->names[B], nhwc__shape_text(b->rank, b->dims).text,
                          turns_b ? " transposed" : "", o->names[C], nhwc__shape_text(c->rank, c->dims).text);
    return NHWC_OK;
}

static nhwc_status check_operands(const operands *o)
{
    const nhwc_tensor *output = o->tensors[o->output];
    for (int i = A; i <= C; i++)
        NHWC__TRY(check_tensor(o, i));
    NHWC__TRY(check_shapes(o));
    const int last = output->rank - 1;
    if (output->dims[last] > 1 && output->strides[last] != 1)
        return nhwc__fail(NHWC_ERROR_LAYOUT,
                          "%s: the columns of %s are not contiguous: strides[%d] is %" PRId64 ", not 1", o->operation,
                          o->names[o->output], last, output->strides[last]);
    for (int i = A; i <= C; i++)
        if (i != o->output)
            NHWC__TRY(nhwc__check_apart(o->operation, o->names[i], o->tensors[i], o->names[o->output], output));
    return NHWC_OK;
}

/* The stride of an axis counted from the last; some number where it does not matter. */
static int64_t stride_of(const nhwc_tensor *t, int from_last)
{
    const int axis = t->rank - from_last;
    return t->dims[axis] > 1 ? t->strides[axis] : 1;
}

static nhwc__matrix matrix_of(factor f)
{
    const int64_t row = stride_of(f.tensor, 2), column = stride_of(f.tensor, 1);
    return (nhwc__matrix){f.tensor->data, f.transpose ? column : row, f.transpose ? row : column};
}

static void add_axes(product *p, const operands *o, const nhwc_tensor *left, const nhwc_tensor *right)
{
    const nhwc_tensor *output = o->tensors[o->output];
    for (int i = batch_rank(o) - 1; i >= 0; i--) {
        const int64_t length = batch_length(o->tensors[C], i);
        const batch_axis axis = {length, batch_stride(left, i), batch_stride(right, i), batch_stride(output, i)};
        if (length == batch_length(output, i)) {
            p->kept[p->kept_axes++] = axis;
            p->matrices *= length;
        } else {
            p->summed[p->summed_axes++] = axis;
            p->sums *= length;
        }
    }
}

/* Matrices under one another that have the same right factor are one. */
static void join_matrices(product *p)
{
    while (p->kept_axes > 0) {
        const batch_axis *last = &p->kept[p->kept_axes - 1];
        if (last->length > 1 && p->rows == 1) {
            p->a.row = last->a;
            p->c_row = last->c;
        }
        if (last->length > 1 && (last->b != 0 || last->a != p->rows * p->a.row || last->c != p->rows * p->c_row))
            break;
        p->rows *= last->length;
        p->matrices /= nhwc__most(last->length, 1);
        p->kept_axes--;
    }
}

/* The output = left right, with batches as in c. */
static void describe(const nhwc_context *context, const operands *o, factor left, factor right, product *p)
{
    const nhwc_tensor *output = o->tensors[o->output];
    p->kernels = nhwc__kernels_of(context, output->dtype);
    p->element = (int64_t)nhwc_dtype_size(output->dtype);
    p->rows = rows_of(output, false);
    p->columns = columns_of(output, false);
    p->depth = columns_of(left.tensor, left.transpose);
    p->a = matrix_of(left);
    p->b = matrix_of(right);
    p->c = output->data;
    p->c_row = stride_of(output, 2);
    p->matrices = p->sums = 1;
    p->accumulate = o->accumulate;
    p->bias = o->bias != NULL ? o->bias->data : NULL;
    p->activation = o->options->activation;
    p->kept_axes = p->summed_axes = 0;
    add_axes(p, o, left.tensor, right.tensor);
    join_matrices(p);
}

static nhwc_status multiply(const nhwc_context *context, const operands *o, factor left, factor right)
{
    product p;
    describe(context, o, left, right, &p);
    return run(context, &p);
}

static nhwc_status check(const nhwc_context *context, const operands *o)
{
    const nhwc_tensor *c = o->tensors[C];
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    NHWC__TRY(nhwc__check_activation(o->operation, o->options->activation, o->output != C));
    NHWC__TRY(check_operands(o));
    if (o->bias == NULL)
        return NHWC_OK;
    const nhwc_tensor row = nhwc_tensor_view(c->dtype, NULL, 4, (int64_t[]){0, 1, 1, columns_of(c, false)});
    NHWC__TRY(nhwc__check_bias(o->operation, "bias", o->bias, "c", &row));
    return nhwc__check_apart(o->operation, "bias", o->bias, "c", c);
}

static const nhwc_matmul_options *given(const nhwc_matmul_options *options)
{
    static const nhwc_matmul_options none = {.activation = NHWC_ACTIVATION_NONE};
    return options != NULL ? options : &none;
}

nhwc_status nhwc_matmul(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *b,
                        const nhwc_tensor *bias, const nhwc_matmul_options *options, nhwc_tensor *c)
{
    const operands o = {"matmul", {a, b, c}, {"a", "b", "c"}, C, given(options), bias, false};
    NHWC__TRY(check(context, &o));
    return multiply(context, &o, (factor){a, o.options->transpose_a}, (factor){b, o.options->transpose_b});
}

nhwc_status nhwc_matmul_backprop_a(const nhwc_context *context, const nhwc_tensor *dc, const nhwc_tensor *b,
                                   const nhwc_matmul_options *options, bool accumulate, nhwc_tensor *da)
{
    const operands o = {"matmul_backprop_a", {da, b, dc}, {"da", "b", "dc"}, A, given(options), NULL, accumulate};
    NHWC__TRY(check(context, &o));
    return o.options->transpose_a
               ? multiply(context, &o, (factor){b, o.options->transpose_b}, (factor){dc, true})
               : multiply(context, &o, (factor){dc, false}, (factor){b, !o.options->transpose_b});
}

nhwc_status nhwc_matmul_backprop_b(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *dc,
                                   const nhwc_matmul_options *options, bool accumulate, nhwc_tensor *db)
{
    const operands o = {"matmul_backprop_b", {a, db, dc}, {"a", "db", "dc"}, B, given(options), NULL, accumulate};
    NHWC__TRY(check(context, &o));
    return o.options->transpose_b
               ? multiply(context, &o, (factor){dc, true}, (factor){a, o.options->transpose_a})
               : multiply(context, &o, (factor){a, !o.options->transpose_a}, (factor){dc, false});
}
