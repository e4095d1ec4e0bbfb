/* im2col and col2im as operations of their own: the coarse image is the matrix of columns. */
#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "conv/patches.h"
#include "engine/cpu.h"

typedef struct job {
    nhwc__problem problem; /* coarse: the columns */
    nhwc__patches patches;
    int64_t tasks;
    bool accumulate;
} job;

static int64_t part(int64_t total, int64_t parts, int64_t index)
{
    return total / parts * index + total % parts * index / parts;
}

/* Coarse rows, counted over images: every row of columns begins where the view says. */
static char *row_of_columns(const job *j, int64_t row)
{
    const nhwc_tensor *c = &j->problem.coarse;
    const int64_t at = row / c->dims[1] * c->strides[0] + row % c->dims[1] * c->strides[1];
    return (char *)c->data + at * (int64_t)nhwc_dtype_size(c->dtype);
}

static void gather_rows(void *argument, int64_t index)
{
    const job *j = argument;
    const nhwc_tensor *c = &j->problem.coarse;
    const int64_t rows = c->dims[0] * c->dims[1], width = c->dims[2];
    for (int64_t row = part(rows, j->tasks, index); row < part(rows, j->tasks, index + 1); row++)
        nhwc__patches_gather(&j->patches, row * width, (row + 1) * width, 0, c->dims[3], row_of_columns(j, row),
                             c->strides[2]);
}

static void scatter_rows(void *argument, int64_t index)
{
    const job *j = argument;
    const nhwc_tensor *c = &j->problem.coarse, *x = &j->problem.fine;
    const int64_t rows = x->dims[0] * x->dims[1], width = c->dims[2];
    nhwc__patches patches = j->patches;
    patches.first_row = part(rows, j->tasks, index);
    patches.end_row = part(rows, j->tasks, index + 1);
    if (patches.first_row == patches.end_row)
        return;
    const size_t size = nhwc_dtype_size(x->dtype);
    for (int64_t row = patches.first_row; !j->accumulate && row < patches.end_row; row++)
        for (int64_t pixel = 0; pixel < x->dims[2]; pixel++)
            memset((char *)x->data + (row / x->dims[1] * x->strides[0] + row % x->dims[1] * x->strides[1] +
                                      pixel * x->strides[2]) * (int64_t)size,
                   0, (size_t)x->dims[3] * size);
    int64_t first, end;
    nhwc__patches_coarse_rows(&j->problem.geometry, patches.first_row, patches.end_row, &first, &end);
    for (int64_t row = first; row < end; row++)
        nhwc__patches_scatter(&patches, row * width, (row + 1) * width, 0, c->dims[3], row_of_columns(j, row),
                              c->strides[2]);
}

/* Checks the arguments of both and fills in the job; `output` is one of the two tensors. */
static nhwc_status prepare(const char *operation, const nhwc_context *context, const nhwc_tensor *x,
                           const nhwc_tensor *columns, const nhwc_tensor *output, const int64_t kernel[2],
                           const nhwc_conv2d_options *options, job *j)
{
    const nhwc__roles roles = {operation, "x", "kernel", "columns"};
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    *j = (job){.accumulate = false};
    NHWC__TRY(nhwc__check_image(operation, "x", x, &j->problem.fine));
    NHWC__TRY(nhwc__check_image(operation, "columns", columns, &j->problem.coarse));
    if (kernel == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: kernel is NULL", operation);
    if (columns->dtype != x->dtype)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: x and columns have different dtypes", operation);
    if (options != NULL && (options->groups > 1 || options->activation != NHWC_ACTIVATION_NONE))
        return nhwc__fail(options->groups > 1 ? NHWC_ERROR_GROUPS : NHWC_ERROR_ARGUMENT,
                          "%s: options->groups and options->activation have to be 0 here", operation);
    nhwc_geometry *g = &j->problem.geometry;
    NHWC__TRY(nhwc__geometry_from_fine(&roles, x->dims, (int64_t[]){kernel[0], kernel[1], x->dims[3], 1}, options, g));
    int64_t patch;
    const bool fits = nhwc__multiply(kernel[0], kernel[1], &patch) && nhwc__multiply(patch, x->dims[3], &patch);
    if (!fits || columns->dims[0] != g->batch || columns->dims[1] != g->h.coarse || columns->dims[2] != g->w.coarse ||
        columns->dims[3] != patch)
        return nhwc__fail(output == columns ? NHWC_ERROR_OUTPUT_SHAPE : NHWC_ERROR_SHAPE,
                          "%s: columns is [%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64
                          "]; this x with kernel %" PRId64 " x %" PRId64 " goes with [%" PRId64 ", %" PRId64
                          ", %" PRId64 ", %" PRId64 " * %" PRId64 " * %" PRId64 "]",
                          operation, columns->dims[0], columns->dims[1], columns->dims[2], columns->dims[3], kernel[0],
                          kernel[1], g->batch, g->h.coarse, g->w.coarse, kernel[0], kernel[1], x->dims[3]);
    NHWC__TRY(nhwc__tensor_check_distinct(operation, output == x ? "x" : "columns", output));
    if (nhwc__tensors_overlap(x, columns))
        return nhwc__fail(NHWC_ERROR_ALIAS, "%s: x and columns share memory", operation);
    g->coarse_c = patch; /* the columns are the coarse image, one multiply-add for each element */
    j->patches = (nhwc__patches){.kernels = nhwc__kernels_of(context, x->dtype), .channels = x->dims[3]};
    j->tasks = nhwc__context_threads(context);
    return NHWC_OK;
}

nhwc_status nhwc_im2col(const nhwc_context *context, const nhwc_tensor *x, const int64_t kernel[2],
                        const nhwc_conv2d_options *options, nhwc_tensor *columns)
{
    job j;
    NHWC__TRY(prepare("im2col", context, x, columns, columns, kernel, options, &j));
    j.patches.problem = &j.problem;
    nhwc__parallel_for(context, j.tasks, gather_rows, &j);
    return NHWC_OK;
}

nhwc_status nhwc_col2im(const nhwc_context *context, const nhwc_tensor *columns, const int64_t kernel[2],
                        const nhwc_conv2d_options *options, bool accumulate, nhwc_tensor *x)
{
    job j;
    NHWC__TRY(prepare("col2im", context, x, columns, x, kernel, options, &j));
    j.patches.problem = &j.problem;
    j.accumulate = accumulate;
    nhwc__parallel_for(context, j.tasks, scatter_rows, &j);
    return NHWC_OK;
}
