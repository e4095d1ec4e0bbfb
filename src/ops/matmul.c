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
    int64_t element, tile_rows;
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
    bool by_columns, packs_a, packs_b;
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

/* to[row][column] = from, with rows `to_row` apart. */
static void lay_out(const product *p, nhwc__matrix from, int64_t rows, int64_t columns, char *to, int64_t to_row)
{
    if (from.column == 1)
        p->kernels->copy(rows, columns, from.data, from.row, to, to_row);
    else if (from.row == 1)
        p->kernels->transpose(rows, columns, from.data, from.column, to, to_row);
    else
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < columns; j++)
                memcpy(to + (i * to_row + j) * p->element,
                       (const char *)from.data + (i * from.row + j * from.column) * p->element, (size_t)p->element);
}

static nhwc__matrix part_of(const product *p, nhwc__matrix m, int64_t row, int64_t column)
{
    m.data = (const char *)m.data + (row * m.row + column * m.column) * p->element;
    return m;
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

static int64_t panel_width(const product *p)
{
    return (p->columns > p->kernels->lanes ? 2 : 1) * p->kernels->lanes;
}

static void pack_panels(const product *p, const block *b, char *to)
{
    const int64_t width = panel_width(p);
    for (int64_t panel = b->panels.first; panel < b->panels.end; panel++, to += b->terms * width * p->element) {
        const int64_t column = panel * width, columns = nhwc__least(width, p->columns - column);
        if (columns < width)
            memset(to, 0, (size_t)(b->terms * width * p->element));
        lay_out(p, part_of(p, b->b, 0, column), b->terms, columns, to, width);
    }
}

static void run_rows(const product *p, const block *b, range rows, const char *panels, char *room)
{
    const int64_t width = panel_width(p), count = rows.end - rows.first, tiles = nhwc__ceil(count, p->tile_rows);
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
    for (int64_t t = 0; t < tiles; t++) {
        const int64_t first = rows.first + count * t / tiles;
        tile.rows = (int)(rows.first + count * (t + 1) / tiles - first);
        const nhwc__matrix a = part_of(p, b->a, first, 0);
        tile.a = p->packs_a ? room : a.data;
        if (p->packs_a)
            lay_out(p, (nhwc__matrix){a.data, a.column, a.row}, b->terms, tile.rows, room, NHWC__TILE_ROWS);
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

/* ---- Tasks ----------------------------------------------------------------------------------------- */

/* Some rows of a matrix in some panels, all terms of it. */
static void run_matrix(const product *p, int64_t matrix, int64_t sum, range rows, range panels, char *scratch)
{
    const batch_axis kept = offset_of(p->kept, p->kept_axes, matrix);
    const batch_axis summed = offset_of(p->summed, p->summed_axes, sum);
    const int64_t blocks = nhwc__most(nhwc__ceil(p->depth, p->most_terms), 1);
    for (int64_t i = 0; i < blocks; i++) {
        const int64_t k = p->depth * i / blocks;
        block b = {.c = p->c + kept.c * p->element,
                   .terms = p->depth * (i + 1) / blocks - k,
                   .panels = panels,
                   .accumulate = p->accumulate || sum > 0 || i > 0,
                   .is_last = i == blocks - 1 && sum == p->sums - 1};
        b.a = part_of(p, p->a, 0, k);
        b.b = part_of(p, p->b, k, 0);
        b.a.data = (const char *)b.a.data + (kept.a + summed.a) * p->element;
        b.b.data = (const char *)b.b.data + (kept.b + summed.b) * p->element;
        const int64_t width = p->packs_b ? (panels.end - panels.first) * panel_width(p) : 0;
        char *const room = scratch + width * b.terms * p->element;
        if (p->packs_b)
            pack_panels(p, &b, scratch);
        run_rows(p, &b, rows, scratch, room);
    }
}

static int64_t panels_at_once(const product *p)
{
    const int64_t panel = nhwc__most(nhwc__least(p->depth, p->most_terms), 1) * panel_width(p) * p->element;
    return p->packs_b ? nhwc__most(PANEL_BYTES / panel, 1) : nhwc__ceil(p->columns, panel_width(p));
}

static void run_task(void *argument, int64_t task)
{
    const product *p = argument;
    _Alignas(LINE) char on_stack[STACK_BYTES];
    char *scratch = p->scratch == NULL ? on_stack : p->scratch + task * p->bytes_per_task;
    const int64_t all_panels = nhwc__ceil(p->columns, panel_width(p)), at_once = panels_at_once(p);
    const int64_t tiles = nhwc__ceil(p->rows, p->tile_rows), units = p->matrices * tiles;
    range panels = {0, all_panels}, share = {0, units};
    if (p->by_columns)
        panels = (range){all_panels * task / p->tasks, all_panels * (task + 1) / p->tasks};
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

/* How a product is cut and shared. */
static void arrange(const nhwc_context *context, product *p)
{
    const double work = (double)p->matrices * (double)p->sums * (double)p->rows * (double)p->columns * (double)p->depth;
    const int64_t panels = nhwc__ceil(p->columns, panel_width(p));
    p->packs_a = p->a.column != 1 && p->depth > 1;
    p->most_terms = p->packs_a ? PACKED_DEPTH : DEPTH;
    p->packs_b = p->rows > FEW_ROWS || p->b.column != 1 || p->columns % panel_width(p) != 0 ||
                 p->b.row * p->element % (SET_BYTES / 2) == 0;
    p->tile_rows = p->kernels->tile_rows;
    if (!p->packs_a && p->a.row * p->element % SET_BYTES == 0)
        p->tile_rows = nhwc__least(p->tile_rows, SET_ROWS);
    const int64_t units = p->matrices * nhwc__ceil(p->rows, p->tile_rows);
    const double worth = work / TASK_MULTIPLY_ADDS;
    const int given = nhwc__context_threads(context), threads = given < MOST_TASKS ? given : MOST_TASKS;
    p->tasks = worth >= threads ? threads : worth > 1 ? (int)worth : 1;
    p->by_columns = units < 8 * p->tasks && panels >= p->tasks; /* or else all would lay out all of b for few rows */
    p->tasks = (int)nhwc__least(p->tasks, nhwc__most(p->by_columns ? panels : units, 1));
    const int64_t width = p->packs_b ? panel_width(p) * nhwc__least(panels, panels_at_once(p)) : 0;
    const int64_t laid_out = width + (p->packs_a ? NHWC__TILE_ROWS : 0);
    const int64_t bytes = nhwc__least(p->depth, p->most_terms) * laid_out * p->element;
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
    arrange(context, p);
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

/* The tensors of c = a b, of which one is computed. */
typedef struct operands {
    const char *operation;
    const nhwc_tensor *a, *b, *c;
    const char *a_name, *b_name, *c_name;
    bool transpose_a, transpose_b;
} operands;

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
    const int a = o->a->rank, b = o->b->rank, c = o->c->rank;
    return (a > b ? a > c ? a : c : b > c ? b : c) - 2;
}

static bool batches_fit(const operands *o)
{
    for (int i = 0; i < batch_rank(o); i++) {
        const int64_t a = batch_length(o->a, i), b = batch_length(o->b, i);
        if ((a != b && a != 1 && b != 1) || batch_length(o->c, i) != (a == 1 ? b : a))
            return false;
    }
    return o->c->rank == batch_rank(o) + 2;
}

static nhwc_status check_tensor(const operands *o, const char *name, const nhwc_tensor *t, nhwc_dtype dtype)
{
    NHWC__TRY(nhwc__tensor_check(o->operation, name, t));
    if (t->rank < 2)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: %s has rank %d; matrices have 2 axes, and a batch of them more",
                          o->operation, name, t->rank);
    return nhwc__check_dtype(o->operation, name, t, dtype);
}

static nhwc_status check_operands(const operands *o, const nhwc_tensor *output, const char *output_name)
{
    NHWC__TRY(check_tensor(o, o->a_name, o->a, o->a != NULL ? o->a->dtype : NHWC_FLOAT32));
    NHWC__TRY(check_tensor(o, o->b_name, o->b, o->a->dtype));
    NHWC__TRY(check_tensor(o, o->c_name, o->c, o->a->dtype));
    const int64_t m = rows_of(o->a, o->transpose_a), k = columns_of(o->a, o->transpose_a);
    if (rows_of(o->b, o->transpose_b) != k || rows_of(o->c, false) != m ||
        columns_of(o->c, false) != columns_of(o->b, o->transpose_b) || !batches_fit(o))
        return nhwc__fail(NHWC_ERROR_SHAPE,
                          "%s: %s %s%s times %s %s%s does not give %s %s: [..., m, k] and [..., k, n] give [..., m, n]",
                          o->operation, o->a_name, nhwc__shape_text(o->a->rank, o->a->dims).text,
                          o->transpose_a ? " transposed" : "", o->b_name,
                          nhwc__shape_text(o->b->rank, o->b->dims).text, o->transpose_b ? " transposed" : "",
                          o->c_name, nhwc__shape_text(o->c->rank, o->c->dims).text);
    NHWC__TRY(nhwc__tensor_check_distinct(o->operation, output_name, output));
    const int last = output->rank - 1;
    if (output->dims[last] > 1 && output->strides[last] != 1)
        return nhwc__fail(NHWC_ERROR_LAYOUT,
                          "%s: the columns of %s are not contiguous: strides[%d] is %" PRId64 ", not 1", o->operation,
                          output_name, last, output->strides[last]);
    const nhwc_tensor *const all[] = {o->a, o->b, o->c};
    const char *const names[] = {o->a_name, o->b_name, o->c_name};
    for (int i = 0; i < 3; i++)
        if (all[i] != output)
            NHWC__TRY(nhwc__check_apart(o->operation, names[i], all[i], output_name, output));
    return NHWC_OK;
}

static nhwc__matrix matrix_of(const nhwc_tensor *t, bool transpose)
{
    const int64_t row = t->strides[t->rank - 2], column = t->strides[t->rank - 1];
    return (nhwc__matrix){t->data, transpose ? column : row, transpose ? row : column};
}

/* output = left right, batches as in o->c. */
static product product_of(const nhwc_context *context, const operands *o, const nhwc_tensor *left, bool transpose_left,
                          const nhwc_tensor *right, bool transpose_right, const nhwc_tensor *output)
{
    const nhwc_tensor x = nhwc__tensor_settled(left), y = nhwc__tensor_settled(right),
                      z = nhwc__tensor_settled(output);
    product p = {.kernels = nhwc__kernels_of(context, z.dtype),
                 .element = (int64_t)nhwc_dtype_size(z.dtype),
                 .rows = rows_of(&z, false),
                 .columns = columns_of(&z, false),
                 .depth = columns_of(&x, transpose_left),
                 .a = matrix_of(&x, transpose_left),
                 .b = matrix_of(&y, transpose_right),
                 .c = z.data,
                 .c_row = z.strides[z.rank - 2],
                 .matrices = 1,
                 .sums = 1};
    for (int i = batch_rank(o) - 1; i >= 0; i--) {
        const int64_t length = batch_length(o->c, i);
        const batch_axis axis = {length, batch_stride(&x, i), batch_stride(&y, i), batch_stride(&z, i)};
        if (length == batch_length(&z, i)) {
            p.kept[p.kept_axes++] = axis;
            p.matrices *= length;
        } else {
            p.summed[p.summed_axes++] = axis;
            p.sums *= length;
        }
    }
    while (p.kept_axes > 0) { /* matrices under one another that have the same right factor are one */
        const batch_axis *last = &p.kept[p.kept_axes - 1];
        if (last->length > 1 && (last->b != 0 || last->a != p.rows * p.a.row || last->c != p.rows * p.c_row))
            break;
        p.rows *= last->length;
        p.matrices /= nhwc__most(last->length, 1);
        p.kept_axes--;
    }
    return p;
}

static const nhwc_matmul_options no_options = {.activation = NHWC_ACTIVATION_NONE};

static nhwc_status check_options(const nhwc_context *context, const char *operation, const nhwc_matmul_options *options,
                                 bool is_gradient)
{
    const nhwc__roles roles = {.operation = operation};
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    return nhwc__check_activation(&roles, options->activation, is_gradient);
}

nhwc_status nhwc_matmul(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *b, const nhwc_tensor *bias,
                        const nhwc_matmul_options *options, nhwc_tensor *c)
{
    options = options != NULL ? options : &no_options;
    const operands o = {"matmul", a, b, c, "a", "b", "c", options->transpose_a, options->transpose_b};
    NHWC__TRY(check_options(context, o.operation, options, false));
    NHWC__TRY(check_operands(&o, c, "c"));
    if (bias != NULL) {
        const nhwc_tensor row = nhwc_tensor_view(c->dtype, NULL, 4, (int64_t[]){0, 1, 1, columns_of(c, false)});
        NHWC__TRY(nhwc__check_bias(o.operation, "bias", bias, "c", &row));
        NHWC__TRY(nhwc__check_apart(o.operation, "bias", bias, "c", c));
    }
    product p = product_of(context, &o, a, o.transpose_a, b, o.transpose_b, c);
    p.bias = bias != NULL ? bias->data : NULL;
    p.activation = options->activation;
    return run(context, &p);
}

nhwc_status nhwc_matmul_backprop_a(const nhwc_context *context, const nhwc_tensor *dc, const nhwc_tensor *b,
                                   const nhwc_matmul_options *options, bool accumulate, nhwc_tensor *da)
{
    options = options != NULL ? options : &no_options;
    const operands o = {"matmul_backprop_a", da, b, dc, "da", "b", "dc", options->transpose_a, options->transpose_b};
    NHWC__TRY(check_options(context, o.operation, options, true));
    NHWC__TRY(check_operands(&o, da, "da"));
    product p = o.transpose_a ? product_of(context, &o, b, o.transpose_b, dc, true, da)
                              : product_of(context, &o, dc, false, b, !o.transpose_b, da);
    p.accumulate = accumulate;
    return run(context, &p);
}

nhwc_status nhwc_matmul_backprop_b(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *dc,
                                   const nhwc_matmul_options *options, bool accumulate, nhwc_tensor *db)
{
    options = options != NULL ? options : &no_options;
    const operands o = {"matmul_backprop_b", a, db, dc, "a", "db", "dc", options->transpose_a, options->transpose_b};
    NHWC__TRY(check_options(context, o.operation, options, true));
    NHWC__TRY(check_operands(&o, db, "db"));
    product p = o.transpose_b ? product_of(context, &o, dc, true, a, o.transpose_a, db)
                              : product_of(context, &o, a, !o.transpose_a, dc, false, db);
    p.accumulate = accumulate;
    return run(context, &p);
}
