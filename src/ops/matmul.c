/* Matrix products: which tensors they are of, what is checked of them, and which batches are one matrix. */
#include <nhwc/matmul.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "engine/cpu.h"
#include "ops/matrices.h"
#include "ops/shapes.h"

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

static void add_axes(nhwc__matrices *m, const operands *o, const nhwc_tensor *left, const nhwc_tensor *right)
{
    const nhwc_tensor *output = o->tensors[o->output];
    for (int i = batch_rank(o) - 1; i >= 0; i--) {
        const int64_t length = batch_length(o->tensors[C], i);
        const nhwc__batch_axis axis = {length, batch_stride(left, i), batch_stride(right, i), batch_stride(output, i)};
        if (length == batch_length(output, i)) {
            m->kept[m->kept_axes++] = axis;
            m->matrices *= length;
        } else {
            m->summed[m->summed_axes++] = axis;
            m->sums *= length;
        }
    }
}

/* Matrices under one another that have the same right factor are one. */
static void join_matrices(nhwc__matrices *m)
{
    while (m->kept_axes > 0) {
        const nhwc__batch_axis *last = &m->kept[m->kept_axes - 1];
        if (last->length > 1 && m->rows == 1) {
            m->a.row = last->a;
            m->c_row = last->c;
        }
        if (last->length > 1 && (last->b != 0 || last->a != m->rows * m->a.row || last->c != m->rows * m->c_row))
            break;
        m->rows *= last->length;
        m->matrices /= nhwc__most(last->length, 1);
        m->kept_axes--;
    }
}

/* The output = left right, with batches as in c. */
static void describe(const nhwc_context *context, const operands *o, factor left, factor right, nhwc__matrices *m)
{
    const nhwc_tensor *output = o->tensors[o->output];
    m->kernels = nhwc__kernels_of(context, output->dtype);
    m->element = (int64_t)nhwc_dtype_size(output->dtype);
    m->rows = rows_of(output, false);
    m->columns = columns_of(output, false);
    m->depth = columns_of(left.tensor, left.transpose);
    m->a = matrix_of(left);
    m->b = matrix_of(right);
    m->c = output->data;
    m->c_row = stride_of(output, 2);
    m->matrices = m->sums = 1;
    m->accumulate = o->accumulate;
    m->bias = o->bias != NULL ? o->bias->data : NULL;
    m->activation = o->options->activation;
    m->kept_axes = m->summed_axes = 0;
    add_axes(m, o, left.tensor, right.tensor);
    join_matrices(m);
}

static nhwc_status multiply(const nhwc_context *context, const operands *o, factor left, factor right)
{
    nhwc__matrices m;
    describe(context, o, left, right, &m);
    return nhwc__multiply_matrices(context, &m);
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
