/* Functions of one to four tensors: the names of the tables in <nhwc/math.h>. */
#include <nhwc/array.h>
#include <stddef.h>
#include <string.h>

#include "base/context.h"
#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/broadcast.h"
#include "ops/reduce.h"
#include "ops/shapes.h"

typedef struct call {
    const char *operation;
    const nhwc_context *context;
    size_t map; /* where it is in nhwc__maths */
    int inputs;
    nhwc__operand in[NHWC__MOST_INPUTS];
    bool conditional, compares; /* the first input, the output is NHWC_BOOL; all others have one dtype */
    double alpha;
} call;

static nhwc_status check_dtype(const call *c, const char *name, nhwc_dtype dtype, nhwc_dtype wanted)
{
    if (dtype == wanted)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s is %s; it has to be %s", c->operation, name, nhwc_dtype_string(dtype),
                      nhwc_dtype_string(wanted));
}

static nhwc_status check_dtypes(const call *c, const nhwc_tensor *y, nhwc_dtype dtype)
{
    for (int i = 0; i < c->inputs; i++)
        NHWC__TRY(check_dtype(c, c->in[i].name, c->in[i].tensor->dtype,
                              c->conditional && i == 0 ? NHWC_BOOL : dtype));
    return check_dtype(c, "the output", y->dtype, c->compares ? NHWC_BOOL : dtype);
}

static nhwc_status check(const call *c, const nhwc_tensor *y)
{
    NHWC__TRY(nhwc__context_check(c->context));
    NHWC__TRY(nhwc__isa_check(c->context));
    return nhwc__broadcast_check(c->operation, c->inputs, c->in, y);
}

static nhwc_status find_map(const call *c, nhwc__map **map)
{
    const nhwc__operand *last = &c->in[c->inputs - 1];
    memcpy(map, (const char *)nhwc__maths_of(c->context, last->tensor->dtype) + c->map, sizeof *map);
    if (*map == NULL)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s is %s; it has to be float32 or float64", c->operation,
                          last->name, nhwc_dtype_string(last->tensor->dtype));
    return NHWC_OK;
}

static void run(const call *c, nhwc__map *map, const nhwc_tensor *y)
{
    const nhwc_tensor *in[NHWC__MOST_INPUTS];
    nhwc__broadcast b;
    for (int i = 0; i < c->inputs; i++)
        in[i] = c->in[i].tensor;
    nhwc__broadcast_make(c->inputs, in, y, &b);
    nhwc__broadcast_run(c->context, &b, map, c->alpha);
}

static nhwc_status apply(const call *c, const nhwc_tensor *y)
{
    nhwc__map *map;
    NHWC__TRY(check(c, y));
    NHWC__TRY(check_dtypes(c, y, c->in[c->inputs - 1].tensor->dtype));
    NHWC__TRY(find_map(c, &map));
    run(c, map, y);
    return NHWC_OK;
}

/* ---- One tensor ----------------------------------------------------------------------------- */

static nhwc_status unary(const char *operation, const nhwc_context *context, size_t map, const nhwc_tensor *x,
                         double alpha, const nhwc_tensor *y)
{
    const call c = {operation, context, map, 1, {{"x", x}}, .alpha = alpha};
    return apply(&c, y);
}

static nhwc_status unary_backprop(const char *operation, const nhwc_context *context, size_t map,
                                  const nhwc_tensor *dy, const nhwc_tensor *x, double alpha, const nhwc_tensor *dx)
{
    const call c = {operation, context, map, 2, {{"dy", dy}, {"x", x}}, .alpha = alpha};
    return apply(&c, dx);
}

#define DEFINE_UNARY(name, value, derivative)                                                                    \
    nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)                   \
    {                                                                                                            \
        return unary(#name, context, offsetof(nhwc__maths, name), x, 0, y);                                      \
    }                                                                                                            \
                                                                                                                 \
    nhwc_status nhwc_##name##_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x, \
                                       nhwc_tensor *dx)                                                          \
    {                                                                                                            \
        return unary_backprop(#name "_backprop", context, offsetof(nhwc__maths, name##_backprop), dy, x, 0, dx); \
    }

#define DEFINE_UNARY_WITH_ALPHA(name, value, derivative)                                                         \
    nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *x, double alpha, nhwc_tensor *y)     \
    {                                                                                                            \
        return unary(#name, context, offsetof(nhwc__maths, name), x, alpha, y);                                  \
    }                                                                                                            \
                                                                                                                 \
    nhwc_status nhwc_##name##_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x, \
                                       double alpha, nhwc_tensor *dx)                                            \
    {                                                                                                            \
        return unary_backprop(#name "_backprop", context, offsetof(nhwc__maths, name##_backprop), dy, x, alpha,  \
                              dx);                                                                               \
    }

NHWC_EACH_UNARY(DEFINE_UNARY)
NHWC_EACH_UNARY_WITH_ALPHA(DEFINE_UNARY_WITH_ALPHA)

/* ---- Two tensors ---------------------------------------------------------------------------- */

static nhwc_status binary(const char *operation, const nhwc_context *context, size_t map, bool compares,
                          const nhwc_tensor *a, const nhwc_tensor *b, const nhwc_tensor *y)
{
    const call c = {operation, context, map, 2, {{"a", a}, {"b", b}}, .compares = compares};
    return apply(&c, y);
}

static bool same_shape(const nhwc_tensor *a, const nhwc_tensor *b)
{
    return a->rank == b->rank && memcmp(a->dims, b->dims, (size_t)a->rank * sizeof *a->dims) == 0;
}

/* dx, the gradient of the input x. */
static nhwc_status check_gradient(const call *c, const nhwc__operand *x, const nhwc__operand *dx)
{
    const nhwc_tensor *t = dx->tensor;
    NHWC__TRY(nhwc__tensor_check_distinct(c->operation, dx->name, t));
    NHWC__TRY(check_dtype(c, dx->name, t->dtype, x->tensor->dtype));
    if (!same_shape(t, x->tensor))
        return nhwc__fail(NHWC_ERROR_OUTPUT_SHAPE, "%s: %s is %s; it has to be %s, as %s", c->operation, dx->name,
                          nhwc__shape_text(t->rank, t->dims).text,
                          nhwc__shape_text(x->tensor->rank, x->tensor->dims).text, x->name);
    for (int i = 0; i < c->inputs; i++)
        NHWC__TRY(nhwc__check_apart(c->operation, c->in[i].name, c->in[i].tensor, dx->name, t));
    return NHWC_OK;
}

/* dx with as many axes as dy: what is summed has length 1. */
static nhwc_tensor with_axes_of(const nhwc_tensor *dx, const nhwc_tensor *dy)
{
    nhwc_tensor aligned = *dx;
    const int missing = dy->rank - dx->rank;
    aligned.rank = dy->rank;
    for (int axis = 0; axis < dy->rank; axis++) {
        aligned.dims[axis] = axis < missing ? 1 : dx->dims[axis - missing];
        aligned.strides[axis] = axis < missing ? 0 : dx->strides[axis - missing];
    }
    return aligned;
}

/* `terms` are dy's shape where they have to be summed. */
static void run_gradient(const call *c, nhwc__map *map, const nhwc_tensor *terms, const nhwc_tensor *dx)
{
    const nhwc_tensor *dy = c->in[0].tensor;
    if (same_shape(dx, dy)) {
        run(c, map, dx);
        return;
    }
    const nhwc_tensor sums = with_axes_of(dx, dy);
    run(c, map, terms);
    nhwc__reduce(c->context, &nhwc__maths_of(c->context, dx->dtype)->sum_fold, terms, NULL, 0, &sums);
}

static nhwc_status check_binary_backprop(const call *c, const nhwc__operand *dx)
{
    NHWC__TRY(nhwc__context_check(c->context));
    NHWC__TRY(nhwc__isa_check(c->context));
    NHWC__TRY(nhwc__broadcast_check_shapes(c->operation, 2, &c->in[1], c->in[0]));
    for (int i = 1; i < c->inputs; i++)
        NHWC__TRY(check_dtype(c, c->in[i].name, c->in[i].tensor->dtype, c->in[0].tensor->dtype));
    for (int i = 0; i < 2; i++)
        if (dx[i].tensor != NULL)
            NHWC__TRY(check_gradient(c, &c->in[1 + i], &dx[i]));
    if (dx[0].tensor == NULL || dx[1].tensor == NULL)
        return NHWC_OK;
    return nhwc__check_apart(c->operation, dx[1].name, dx[1].tensor, dx[0].name, dx[0].tensor);
}

/* The maps are those of da and db, next to each other in nhwc__maths. */
static nhwc_status binary_backprop(const char *operation, const nhwc_context *context, size_t map,
                                   const nhwc_tensor *dy, const nhwc_tensor *a, const nhwc_tensor *b,
                                   const nhwc_tensor *da, const nhwc_tensor *db)
{
    call c = {operation, context, map, 3, {{"dy", dy}, {"a", a}, {"b", b}}, .alpha = 0};
    const nhwc__operand dx[2] = {{"da", da}, {"db", db}};
    nhwc__map *maps[2];
    nhwc_tensor terms = {.data = NULL};
    NHWC__TRY(check_binary_backprop(&c, dx));
    for (int i = 0; i < 2; i++, c.map += sizeof *maps)
        NHWC__TRY(find_map(&c, &maps[i]));
    for (int i = 0; i < 2; i++)
        if (dx[i].tensor != NULL && !same_shape(dx[i].tensor, dy) && terms.data == NULL)
            NHWC__TRY(nhwc_tensor_create(context, dy->dtype, dy->rank, dy->dims, &terms));
    for (int i = 0; i < 2; i++)
        if (dx[i].tensor != NULL)
            run_gradient(&c, maps[i], &terms, dx[i].tensor);
    nhwc_tensor_destroy(context, &terms);
    return NHWC_OK;
}

#define DEFINE_COMPARISON(name, value)                                                                           \
    nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *b,             \
                            nhwc_tensor *y)                                                                      \
    {                                                                                                            \
        return binary(#name, context, offsetof(nhwc__maths, name), true, a, b, y);                               \
    }

#define DEFINE_BINARY(name, value, derivative_a, derivative_b)                                                   \
    nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *a, const nhwc_tensor *b,             \
                            nhwc_tensor *y)                                                                      \
    {                                                                                                            \
        return binary(#name, context, offsetof(nhwc__maths, name), false, a, b, y);                              \
    }                                                                                                            \
                                                                                                                 \
    nhwc_status nhwc_##name##_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *a, \
                                       const nhwc_tensor *b, nhwc_tensor *da, nhwc_tensor *db)                   \
    {                                                                                                            \
        return binary_backprop(#name "_backprop", context, offsetof(nhwc__maths, name##_backprop_a), dy, a, b,   \
                               da, db);                                                                          \
    }

NHWC_EACH_BINARY(DEFINE_BINARY)
NHWC_EACH_CHOICE(DEFINE_BINARY)
NHWC_EACH_COMPARISON(DEFINE_COMPARISON)

/* ---- More tensors --------------------------------------------------------------------------- */

nhwc_status nhwc_where(const nhwc_context *context, const nhwc_tensor *condition, const nhwc_tensor *a,
                       const nhwc_tensor *b, nhwc_tensor *y)
{
    const call c = {"where",
                    context,
                    offsetof(nhwc__maths, where),
                    3,
                    {{"condition", condition}, {"a", a}, {"b", b}},
                    .conditional = true};
    return apply(&c, y);
}

/* A bound that is NULL is x itself, which changes nothing. */
nhwc_status nhwc_clip(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *low,
                      const nhwc_tensor *high, nhwc_tensor *y)
{
    const bool has_high = high != NULL;
    const call c = {"clip",
                    context,
                    has_high ? offsetof(nhwc__maths, clip) : offsetof(nhwc__maths, maximum),
                    has_high ? 3 : 2,
                    {{"x", x}, {"low", low ? low : x}, {"high", high}},
                    .alpha = 0};
    return apply(&c, y);
}

nhwc_status nhwc_clip_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *x,
                               const nhwc_tensor *low, const nhwc_tensor *high, nhwc_tensor *dx)
{
    const call c = {"clip_backprop",
                    context,
                    offsetof(nhwc__maths, clip_backprop),
                    4,
                    {{"dy", dy}, {"x", x}, {"low", low ? low : x}, {"high", high ? high : x}},
                    .alpha = 0};
    return apply(&c, dx);
}
