/* Plans against the one-shot calls: the same bits, with any scratch, from any number of threads; what they allocate,
 * and what they refuse. */
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/conv_tensors.h"
#include "support/failing_allocator.h"

static const int thread_counts[] = {1, 2, 3, 4, 7};

#define EACH_ALGORITHM(a) for (nhwc_algorithm a = NHWC_ALGORITHM_AUTOMATIC; a <= NHWC_ALGORITHM_LOOPS; a++)

/* An operation computes tensor[output] from the other two, of which tensor[input] is its first argument. */
typedef struct operation {
    nhwc_operation plain;
    int input, output;
    bool is_gradient;
    const char *name, *names[TENSORS]; /* in messages */
} operation;

static const operation operations[] = {
    {NHWC_CONV2D, FINE, COARSE, false, "conv2d", {"y", "x", "filter"}},
    {NHWC_CONV2D_BACKPROP_INPUT, COARSE, FINE, true, "conv2d_backprop_input", {"dy", "dx", "filter"}},
    {NHWC_CONV2D_BACKPROP_FILTER, FINE, FILTER, true, "conv2d_backprop_filter", {"dy", "x", "dfilter"}},
    {NHWC_CONV2D_TRANSPOSE, COARSE, FINE, false, "conv2d_transpose", {"x", "y", "filter"}},
    {NHWC_CONV2D_TRANSPOSE_BACKPROP_INPUT, FINE, COARSE, true, "conv2d_transpose_backprop_input",
     {"dx", "dy", "filter"}},
    {NHWC_CONV2D_TRANSPOSE_BACKPROP_FILTER, COARSE, FILTER, true, "conv2d_transpose_backprop_filter",
     {"x", "dy", "dfilter"}},
};
#define OPERATIONS         COUNT(operations)
#define EACH_OPERATION(op) for (const operation *op = operations; op < operations + OPERATIONS; op++)

static int other_of(const operation *op)
{
    return COARSE + FINE + FILTER - op->input - op->output;
}

/* Whether a plan of it can have the filter: `held` is 0, and then 1 if it can. */
static int can_hold(const operation *op)
{
    return op->output != FILTER;
}

/* What was last tried; a test that ends without saying so has failed in it. */
static struct trial {
    bool on;
    conv_case c;
    const operation *op;
    nhwc_dtype dtype;
    nhwc_context context;
    int held;      /* negative for a call without a plan */
    int64_t bytes; /* of scratch */
} trial;

static int print_trial(void **state)
{
    (void)state;
    if (trial.on) {
        static const char *const plans[] = {"no plan", "a plan without filter", "a plan with its filter"};
        print_error("failed in: %s, %s, %s, %d threads, %s, %" PRId64 " bytes of scratch\n", trial.op->name,
                    trial.dtype == NHWC_FLOAT32 ? "float32" : "float64", algorithm_names[trial.context.algorithm],
                    trial.context.threads, plans[trial.held + 1], trial.bytes);
        conv_case_print(&trial.c);
        trial.on = false;
    }
    guarded_release();
    return 0;
}

static void done(void)
{
    guarded_check();
    guarded_release();
    trial.on = false;
}

/* ---- Cases -------------------------------------------------------------------------------------- */

/* Tiny, depthwise, or of more channels than a vector holds. */
static conv_case any_case(int64_t number, uint64_t *random)
{
    const bool depthwise = number % 3 == 1;
    if (number % 3 == 0)
        return conv_case_random(random, 9);
    for (;;) {
        conv_case c;
        const conv_axis h = conv_axis_random(random, 9), w = conv_axis_random(random, 9);
        const nhwc_padding padding = (nhwc_padding)random_between(random, 0, NHWC_PADDING_EXPLICIT);
        const int64_t batch = random_between(random, 1, 2), groups = random_between(random, 1, depthwise ? 20 : 2);
        const int64_t fine_c = depthwise ? 1 : random_between(random, 1, 40);
        const int64_t coarse_c = random_between(random, 1, depthwise ? 2 : 40);
        if (conv_case_make(&c, padding, &h, &w, batch, groups, fine_c, coarse_c))
            return c;
    }
}

typedef struct fixed_case {
    conv_axis h, w;
    int64_t batch, groups, fine_c, coarse_c;
} fixed_case;

static conv_case case_of(const fixed_case *f)
{
    conv_case c;
    CHECK(conv_case_make(&c, NHWC_PADDING_EXPLICIT, &f->h, &f->w, f->batch, f->groups, f->fine_c, f->coarse_c));
    return c;
}

/* Filters of more bytes than there is scratch for, sums in several parts, work for several threads. */
static const fixed_case large[] = {
    {{9, 3, 1, 1, 1, 1}, {10, 3, 1, 1, 1, 1}, 1, 1, 200, 70},  /* threads share the channels */
    {{17, 4, 2, 1, 1, 2}, {16, 3, 2, 2, 2, 1}, 2, 1, 70, 150}, /* phases of a stride */
    {{25, 5, 1, 1, 2, 2}, {23, 5, 3, 1, 2, 2}, 3, 2, 24, 21},  /* groups */
    {{11, 1, 1, 1, 0, 0}, {10, 1, 1, 1, 0, 0}, 1, 1, 300, 290}, /* pixelwise */
    {{41, 3, 1, 1, 1, 1}, {43, 3, 1, 1, 1, 1}, 2, 1, 5, 48},   /* few channels, and many pixels */
    {{33, 5, 1, 1, 2, 2}, {43, 5, 1, 1, 2, 2}, 2, 50, 1, 1},   /* depthwise */
    {{3, 1, 1, 1, 0, 0}, {79, 2, 1, 1, 0, 1}, 2, 1, 400, 40},  /* rows far apart have other blocks than rows in line */
};

/* All of them; where time is short, only the test's own. */
#define EACH_LARGE(i, own) \
    for (size_t i = emulated ? (own) : 0; i < COUNT(large); i += emulated ? COUNT(large) : 1)

/* Nothing to read, or to compute, or both. */
static const fixed_case empty[] = {
    {{5, 3, 1, 1, 1, 1}, {6, 3, 2, 1, 1, 1}, 0, 1, 3, 4}, /* images */
    {{5, 3, 2, 1, 1, 1}, {6, 3, 1, 1, 1, 1}, 2, 1, 3, 0}, /* channels */
    {{0, 3, 2, 1, 3, 3}, {0, 3, 1, 1, 3, 3}, 2, 2, 2, 3}, /* fine pixels */
    {{2, 4, 2, 1, 0, 0}, {2, 4, 1, 1, 1, 1}, 2, 1, 2, 3}, /* coarse pixels */
};

/* The case itself, or the same with the filter as [kh, kw, C, M]; false where it is not depthwise. */
static bool with_layout(const conv_case *plain, int layout, conv_case *c)
{
    *c = *plain;
    return layout == 0 || conv_case_as_depthwise(plain, c);
}

static nhwc_geometry geometry_of(const conv_case *plain)
{
    nhwc_geometry g;
    CHECK_OK(nhwc_conv2d_geometry(plain->fine, plain->filter, &plain->options, &g));
    return g;
}

/* ---- Tensors ------------------------------------------------------------------------------------ */

/* All elements ==, NaN to NaN. */
static bool same(const nhwc_tensor *a, const nhwc_tensor *b)
{
    return same_bits(a, b) || same_elements(a, b);
}

/* ---- Calls -------------------------------------------------------------------------------------- */

/* What a call is told beside its tensors. */
typedef struct wish {
    const nhwc_tensor *bias;
    nhwc_activation activation;
    bool accumulate;
} wish;

/* Without a plan. */
static nhwc_status one_shot(const operation *op, const conv_case *c, const nhwc_context *context, const nhwc_tensor *in,
                            const wish *w, nhwc_tensor *out)
{
    const nhwc_tensor *a = &in[op->input], *b = &in[other_of(op)];
    const bool d = c->depthwise;
    nhwc_conv2d_options o = c->options;
    o.activation = w->activation;
    switch (op->plain) {
    case NHWC_CONV2D:
        return (d ? nhwc_depthwise_conv2d : nhwc_conv2d)(context, a, b, w->bias, &o, out);
    case NHWC_CONV2D_BACKPROP_INPUT:
        return (d ? nhwc_depthwise_conv2d_backprop_input : nhwc_conv2d_backprop_input)(context, a, b, &o, w->accumulate,
                                                                                       out);
    case NHWC_CONV2D_BACKPROP_FILTER:
        return (d ? nhwc_depthwise_conv2d_backprop_filter
                  : nhwc_conv2d_backprop_filter)(context, a, b, &o, w->accumulate, out);
    case NHWC_CONV2D_TRANSPOSE:
        return (d ? nhwc_depthwise_conv2d_transpose : nhwc_conv2d_transpose)(context, a, b, w->bias, &o, out);
    case NHWC_CONV2D_TRANSPOSE_BACKPROP_INPUT:
        return (d ? nhwc_depthwise_conv2d_transpose_backprop_input
                  : nhwc_conv2d_transpose_backprop_input)(context, a, b, &o, w->accumulate, out);
    case NHWC_CONV2D_TRANSPOSE_BACKPROP_FILTER:
        return (d ? nhwc_depthwise_conv2d_transpose_backprop_filter
                  : nhwc_conv2d_transpose_backprop_filter)(context, a, b, &o, w->accumulate, out);
    }
    return NHWC_ERROR_ARGUMENT;
}

/* A plan that has the filter, or none. */
static nhwc_plan *plan_of(const operation *op, const conv_case *plain, const nhwc_context *context, int held,
                          const nhwc_tensor *filter)
{
    nhwc_plan *plan = NULL;
    const nhwc_geometry g = geometry_of(plain);
    trial = (struct trial){true, *plain, op, filter->dtype, *context, held, 0};
    CHECK_OK(nhwc_plan_create(context, op->plain, filter->dtype, &g, held ? filter : NULL, &plan));
    return plan;
}

static nhwc_status run(const operation *op, const nhwc_context *context, const nhwc_plan *plan, int held,
                       const nhwc_tensor *in, const wish *w, void *workspace, int64_t bytes, nhwc_tensor *out)
{
    const nhwc_plan_options options = {w->activation, w->accumulate, workspace, bytes};
    return nhwc_plan_run(context, plan, &in[op->input], held ? NULL : &in[other_of(op)], w->bias, &options, out);
}

static int64_t queried_bytes(const nhwc_context *context, const nhwc_plan *plan)
{
    int64_t bytes = -1;
    CHECK_OK(nhwc_plan_workspace(context, plan, NULL, &bytes));
    return bytes;
}

/* With the scratch it asks for. */
static nhwc_status run_as_queried(const operation *op, const nhwc_context *context, const nhwc_plan *plan, int held,
                                  const nhwc_tensor *in, const wish *w, nhwc_tensor *out)
{
    const int64_t bytes = queried_bytes(context, plan);
    void *workspace = bytes > 0 ? malloc((size_t)bytes) : NULL;
    trial.bytes = bytes;
    trial.context = *context;
    const nhwc_status status = run(op, context, plan, held, in, w, workspace, bytes, out);
    free(workspace);
    return status;
}

/* ---- The same bits as without -------------------------------------------------------------------- */

/* The tensors of one case: reals, results of the calls, of the plans. */
typedef struct problem {
    nhwc_tensor in[TENSORS], expected[TENSORS], out[TENSORS], bias[FILTER];
} problem;

static problem problem_of(const conv_case *c, nhwc_dtype dtype, view v, uint64_t *random)
{
    problem p;
    make(c, dtype, v, p.in);
    make(c, dtype, v, p.expected);
    make(c, dtype, v, p.out);
    for (int i = 0; i < TENSORS; i++)
        fill_for_bits(&p.in[i], random);
    for (int i = 0; i < FILTER; i++) {
        p.bias[i] = guarded_tensor(dtype, 1, &p.in[i].dims[3], 0);
        fill_for_bits(&p.bias[i], random);
    }
    return p;
}

static wish any_wish(const operation *op, const problem *p, uint64_t *random)
{
    wish w = {.accumulate = op->is_gradient && random_between(random, 0, 1)};
    if (!op->is_gradient) {
        w.activation = (nhwc_activation)random_between(random, 0, NHWC_ACTIVATION_RELU6);
        if (random_between(random, 0, 2) > 0)
            w.bias = &p->bias[op->output];
    }
    return w;
}

/* What is in an output before: what is added to, or NaN. */
static void prepare(const problem *p, const operation *op, const wish *w, const nhwc_tensor *out)
{
    if (w->accumulate)
        copy(&p->in[op->output], out);
    else
        spoil(out);
}

static void check_like_one_shot(problem *p, const operation *op, const conv_case *plain, const conv_case *c,
                                const nhwc_context *context, const wish *w)
{
    nhwc_tensor *out = &p->out[op->output], *expected = &p->expected[op->output];
    prepare(p, op, w, expected);
    trial = (struct trial){true, *c, op, expected->dtype, *context, -1, 0};
    CHECK_OK(one_shot(op, c, context, p->in, w, expected));
    for (int held = 0; held <= can_hold(op); held++) {
        nhwc_plan *plan = plan_of(op, plain, context, held, &p->in[FILTER]);
        prepare(p, op, w, out);
        CHECK_OK(run_as_queried(op, context, plan, held, p->in, w, out));
        CHECK(same(out, expected));
        nhwc_plan_destroy(plan);
    }
}

/* Every operation, by every algorithm from this one on. */
static void check_case(const conv_case *plain, nhwc_dtype dtype, view v, nhwc_algorithm first, uint64_t *random)
{
    for (int layout = 0; layout < 2; layout++) {
        conv_case c;
        if (!with_layout(plain, layout, &c))
            continue;
        problem p = problem_of(&c, dtype, v, random);
        if (random_between(random, 0, 9) == 0 && element_count(&p.in[FILTER]) > 0)
            element_set(&p.in[FILTER], 0, INFINITY);
        for (nhwc_algorithm a = first; a <= NHWC_ALGORITHM_LOOPS; a++)
            EACH_OPERATION(op) {
                const nhwc_context context = {.algorithm = a};
                const wish w = any_wish(op, &p, random);
                check_like_one_shot(&p, op, plain, &c, &context, &w);
            }
        done();
    }
}

static void test_like_one_shot(void **state)
{
    (void)state;
    uint64_t random = 20261203;
    print_message("seed %" PRIu64 "\n", random);
    for (int64_t i = 0; i < 300; i += every) {
        const conv_case c = any_case(i, &random);
        const view v = (view)random_between(&random, 0, VIEWS - 1);
        check_case(&c, dtypes[random_between(&random, 0, 1)], v, NHWC_ALGORITHM_AUTOMATIC, &random);
    }
    for (size_t i = 0; i < 2 * COUNT(empty); i++) {
        const conv_case c = case_of(&empty[i / 2]);
        check_case(&c, dtypes[i % 2], (view)(i % VIEWS), NHWC_ALGORITHM_AUTOMATIC, &random);
    }
}

static void test_large(void **state)
{
    (void)state;
    uint64_t random = 20261204;
    EACH_LARGE(i, 0)
        for (view v = DENSE; v < VIEWS; v++) {
            if (emulated && v != (view)(i % VIEWS))
                continue;
            const conv_case c = case_of(&large[i]);
            check_case(&c, dtypes[(i + v) % 2], v, NHWC_ALGORITHM_IM2COL, &random);
        }
}

/* The stride of an axis of length 1 does not matter. */
static void test_lone_strides(void **state)
{
    (void)state;
    uint64_t random = 6;
    const int64_t odd[] = {INT64_MAX, INT64_MIN, -7, 0, 1000003};
    for (int64_t i = 0; i < 200; i += every) {
        const conv_case c = conv_case_random(&random, 3);
        const nhwc_context context = {.algorithm = (nhwc_algorithm)(i % 4)};
        const wish none = {.bias = NULL};
        problem p = problem_of(&c, dtypes[i / 4 % 2], DENSE, &random), q = p;
        for (int k = 0; k < TENSORS; k++)
            for (int axis = 0; axis < 4; axis++)
                if (p.in[k].dims[axis] == 1)
                    q.in[k].strides[axis] = q.out[k].strides[axis] = odd[i % (int64_t)COUNT(odd)];
        EACH_OPERATION(op)
            for (int held = 0; held <= can_hold(op); held++) {
                nhwc_plan *plan = plan_of(op, &c, &context, held, &q.in[FILTER]);
                CHECK_OK(one_shot(op, &c, &context, p.in, &none, &p.expected[op->output]));
                spoil(&p.out[op->output]);
                CHECK_OK(run_as_queried(op, &context, plan, held, q.in, &none, &q.out[op->output]));
                CHECK(same(&p.out[op->output], &p.expected[op->output]));
                nhwc_plan_destroy(plan);
            }
        done();
    }
}

/* The filter is the plan's own: the caller's may change, and go. */
static void test_own_filter(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int64_t i = 0; i < 60; i += every) {
        const conv_case c = any_case(i, &random);
        const nhwc_context context = {.algorithm = (nhwc_algorithm)(i / 3 % 4)};
        problem p = problem_of(&c, dtypes[i % 2], DENSE, &random);
        EACH_OPERATION(op) {
            if (!can_hold(op))
                continue;
            const wish none = {.bias = NULL};
            const size_t bytes = (size_t)element_count(&p.in[FILTER]) * nhwc_dtype_size(p.in[FILTER].dtype);
            nhwc_tensor *out = &p.out[op->output], theirs = p.in[FILTER];
            CHECK_OK(one_shot(op, &c, &context, p.in, &none, &p.expected[op->output]));
            theirs.data = malloc(bytes);
            memcpy(theirs.data, p.in[FILTER].data, bytes);
            nhwc_plan *plan = plan_of(op, &c, &context, 1, &theirs);
            memset(theirs.data, 0xFF, bytes);
            CHECK_OK(run_as_queried(op, &context, plan, 1, p.in, &none, out));
            CHECK(same(out, &p.expected[op->output]));
            free(theirs.data);
            spoil(out);
            CHECK_OK(run_as_queried(op, &context, plan, 1, p.in, &none, out));
            CHECK(same(out, &p.expected[op->output]));
            nhwc_plan_destroy(plan);
        }
        done();
    }
}

/* ---- Scratch ------------------------------------------------------------------------------------ */

/* An executor in the calling thread that says how many tasks it was given last. */
static void one_by_one(void *tasks, int64_t count, nhwc_task *task, void *argument)
{
    *(int64_t *)tasks = count;
    for (int64_t index = count - 1; index >= 0; index--)
        task(argument, index);
}

typedef struct budget {
    int64_t bytes;
    int address; /* beyond a multiple of 64; negative for whatever lets it end at a page that cannot be touched */
} budget;

/* A run within guarded memory of exactly these bytes, with zeros behind if there is no such page. */
static void check_budget(const operation *op, const nhwc_context *context, const nhwc_plan *plan, int held,
                         const nhwc_tensor *in, const budget *b, nhwc_tensor *out)
{
    const wish none = {.bias = NULL};
    const int64_t bytes = b->bytes, whole = b->address < 0 ? bytes : (bytes + b->address + 63) / 64 * 64 - b->address;
    const nhwc_tensor room = guarded_tensor(NHWC_UINT8, 1, &whole, 0);
    trial.bytes = bytes;
    spoil(out);
    CHECK_OK(run(op, context, plan, held, in, &none, bytes > 0 ? room.data : NULL, bytes, out));
    for (int64_t i = bytes; i < whole; i++)
        CHECK(element_get(&room, i) == 0);
}

/* With every budget a run gives what the specification does, of integers; and of reals the same bits, which is asked of
 * the direct algorithm. It allocates nothing. */
static void check_budgets(const operation *op, const conv_case *c, nhwc_context context, int held, nhwc_dtype dtype,
                          bool is_exact, uint64_t *random)
{
    const wish none = {.bias = NULL};
    failing_allocator a = {.calls = 0};
    nhwc_tensor in[TENSORS], expected = tensor_of(c, op->output, dtype, DENSE), out;
    context.allocate = failing_allocate;
    context.deallocate = failing_deallocate;
    context.allocator = &a;
    make(c, dtype, DENSE, in);
    for (int i = 0; i < TENSORS; i++)
        if (is_exact)
            fill_integers(&in[i], random, 3);
        else
            fill_for_bits(&in[i], random);
    out = tensor_of(c, op->output, dtype, SPREAD);
    nhwc_plan *plan = plan_of(op, c, &context, held, &in[FILTER]);
    const int64_t query = queried_bytes(&context, plan);
    const budget budgets[] = {{0, -1},         {1, -1},     {64 * 1024, -1}, {query / 2, -1},
                              {query - 1, -1}, {query, -1}, {query, 0},      {query - 63, 1}};
    a.fail_at = a.calls + 1;
    if (is_exact)
        CHECK_OK(one_shot(op, c, &reference, in, &none, &expected));
    else
        CHECK_OK(run(op, &context, plan, held, in, &none, NULL, 0, &expected));
    for (size_t i = 0; i < COUNT(budgets); i += emulated ? 3 : 1)
        if (budgets[i].bytes >= 0) {
            check_budget(op, &context, plan, held, in, &budgets[i], &out);
            CHECK(same(&out, &expected));
        }
    CHECK(a.calls + 1 == a.fail_at && a.live == 1);
    nhwc_plan_destroy(plan);
    CHECK(a.live == 0);
    done();
}

static void check_all_budgets(const conv_case *c, int threads, nhwc_dtype dtype, nhwc_algorithm first, uint64_t *random)
{
    int64_t tasks;
    for (nhwc_algorithm a = first; a <= NHWC_ALGORITHM_LOOPS; a++)
        EACH_OPERATION(op)
            for (int held = 0; held <= can_hold(op); held++) {
                nhwc_context context = {.algorithm = a, .threads = threads};
                if (threads > 0) {
                    context.parallel_for = one_by_one;
                    context.executor = &tasks;
                }
                check_budgets(op, c, context, held, dtype, true, random);
                if (a == NHWC_ALGORITHM_DIRECT)
                    check_budgets(op, c, context, held, dtype, false, random);
            }
}

static void test_budgets(void **state)
{
    (void)state;
    uint64_t random = 2;
    EACH_LARGE(i, 2) {
        const conv_case c = case_of(&large[i]);
        check_all_budgets(&c, i % 2 ? 3 : 0, dtypes[i % 2], NHWC_ALGORITHM_IM2COL, &random);
    }
    for (int64_t i = 0; i < 30; i += every) {
        const conv_case c = any_case(i, &random);
        check_all_budgets(&c, 0, dtypes[i % 2], NHWC_ALGORITHM_AUTOMATIC, &random);
    }
}

/* So much for each thread, however many there are; so much for all as there are tasks; and no less than what calls
 * without a plan allocate, however images lie. */
static void check_query(const operation *op, const conv_case *c, nhwc_algorithm algorithm, int held, nhwc_dtype dtype,
                        view v)
{
    const wish none = {.bias = NULL};
    nhwc_tensor in[TENSORS];
    int64_t each = -1;
    make(c, dtype, v, in);
    for (size_t t = 0; t < COUNT(thread_counts); t += 2) {
        int64_t tasks = 1, bytes_per_thread = -1, bytes = -1;
        failing_allocator a = {.calls = 0};
        nhwc_context context = failing_context(&a);
        context.algorithm = algorithm;
        context.threads = thread_counts[t];
        context.parallel_for = one_by_one;
        context.executor = &tasks;
        nhwc_plan *plan = plan_of(op, c, &context, held, &in[FILTER]);
        CHECK_OK(nhwc_plan_workspace(&context, plan, &bytes_per_thread, NULL));
        CHECK_OK(nhwc_plan_workspace(&context, plan, NULL, &bytes));
        CHECK_OK(nhwc_plan_workspace(&context, plan, NULL, NULL));
        CHECK(bytes_per_thread == each || t == 0);
        each = bytes_per_thread;
        CHECK_OK(run_as_queried(op, &context, plan, held, in, &none, &in[op->output]));
        CHECK(bytes == (each > 0 ? tasks * each + 63 : 0));
        a.bytes = 0;
        CHECK_OK(one_shot(op, c, &context, in, &none, &in[op->output]));
        if (!held)
            CHECK(bytes >= (int64_t)a.bytes);
        nhwc_plan_destroy(plan);
    }
    done();
}

static void test_query(void **state)
{
    (void)state;
    EACH_LARGE(i, 5) {
        const conv_case c = case_of(&large[i]);
        EACH_ALGORITHM(a)
            EACH_OPERATION(op)
                for (view v = DENSE; v < VIEWS && a != NHWC_ALGORITHM_REFERENCE; v += emulated ? 2 : 1)
                    check_query(op, &c, a, v == SLOT && can_hold(op), dtypes[i % 2], v);
    }
}

/* ---- Threads ------------------------------------------------------------------------------------ */

static nhwc_context pool_context(const nhwc_context *base, nhwc_pool *pool, int threads)
{
    nhwc_context context = *base;
    context.threads = threads;
    context.parallel_for = nhwc_pool_parallel_for;
    context.executor = pool;
    return context;
}

/* A plan made by one thread runs on any number of them. */
static void test_pools(void **state)
{
    (void)state;
    uint64_t random = 3;
    nhwc_pool *pools[COUNT(thread_counts)];
    for (size_t t = 0; t < COUNT(pools); t++)
        CHECK_OK(nhwc_pool_create(NULL, thread_counts[t], &pools[t]));
    EACH_LARGE(i, 1) {
        const conv_case c = case_of(&large[i]);
        problem p = problem_of(&c, dtypes[i % 2], (view)(i % VIEWS), &random);
        EACH_ALGORITHM(a)
            EACH_OPERATION(op)
                for (int held = 0; held <= can_hold(op) && a != NHWC_ALGORITHM_REFERENCE; held++) {
                    const nhwc_context serial = {.algorithm = a};
                    const wish w = any_wish(op, &p, &random);
                    nhwc_tensor *out = &p.out[op->output], *expected = &p.expected[op->output];
                    nhwc_plan *plan = plan_of(op, &c, &serial, held, &p.in[FILTER]);
                    prepare(&p, op, &w, expected);
                    CHECK_OK(run_as_queried(op, &serial, plan, held, p.in, &w, expected));
                    for (size_t t = 0; t < COUNT(pools); t += emulated ? 2 : 1) {
                        const nhwc_context context = pool_context(&serial, pools[t], thread_counts[t]);
                        prepare(&p, op, &w, out);
                        CHECK_OK(run_as_queried(op, &context, plan, held, p.in, &w, out));
                        CHECK(instrumented || same(out, expected));
                    }
                    nhwc_plan_destroy(plan);
                }
        done();
    }
    for (size_t t = 0; t < COUNT(pools); t++)
        nhwc_pool_destroy(pools[t]);
}

/* Somebody who runs a plan again and again with tensors of their own. */
typedef struct user {
    pthread_t thread;
    const nhwc_context *context;
    const operation *op;
    const nhwc_plan *plan;
    int held;
    nhwc_tensor in[TENSORS], expected, out;
    void *workspace;
    int64_t bytes;
    nhwc_status status; /* the first that is not OK */
} user;

static void *use(void *argument)
{
    user *u = argument;
    const wish none = {.bias = NULL};
    for (int i = 0; i < (emulated ? 3 : 10) && u->status == NHWC_OK; i++)
        u->status = run(u->op, u->context, u->plan, u->held, u->in, &none, u->workspace, u->bytes, &u->out);
    return NULL;
}

static void check_at_once(const operation *op, const conv_case *c, const nhwc_context *context, int held,
                          nhwc_dtype dtype, uint64_t *random)
{
    const wish none = {.bias = NULL};
    const nhwc_tensor filter = tensor_of(c, FILTER, dtype, DENSE);
    user users[2];
    fill_reals(&filter, random);
    nhwc_plan *plan = plan_of(op, c, context, held, &filter);
    for (int i = 0; i < 2; i++) {
        user *u = &users[i];
        *u = (user){.context = context, .op = op, .plan = plan, .held = held, .bytes = queried_bytes(context, plan)};
        for (int k = 0; k < TENSORS; k++) {
            u->in[k] = k == FILTER ? filter : tensor_of(c, k, dtype, DENSE);
            if (k != FILTER)
                fill_reals(&u->in[k], random);
        }
        u->expected = tensor_of(c, op->output, dtype, DENSE);
        u->out = tensor_of(c, op->output, dtype, DENSE);
        u->workspace = u->bytes > 0 ? malloc((size_t)u->bytes) : NULL;
        CHECK_OK(one_shot(op, c, context, u->in, &none, &u->expected));
    }
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&users[i].thread, NULL, use, &users[i]) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(users[i].thread, NULL) == 0);
    for (int i = 0; i < 2; i++) {
        CHECK_OK(users[i].status);
        CHECK(same(&users[i].out, &users[i].expected));
        free(users[i].workspace);
    }
    nhwc_plan_destroy(plan);
    done();
}

/* Two threads run one plan at once, with one pool between them or without. */
static void test_at_once(void **state)
{
    (void)state;
    uint64_t random = 4;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, 3, &pool));
    EACH_LARGE(i, 4) {
        const conv_case c = case_of(&large[i]);
        const nhwc_context serial = {.algorithm = i % 2 ? NHWC_ALGORITHM_IM2COL : NHWC_ALGORITHM_AUTOMATIC};
        const nhwc_context shared = pool_context(&serial, pool, 3);
        EACH_OPERATION(op)
            for (int held = 0; held <= can_hold(op); held++)
                check_at_once(op, &c, held ? &shared : &serial, held, dtypes[i % 2], &random);
    }
    nhwc_pool_destroy(pool);
}

/* ---- What is refused ---------------------------------------------------------------------------- */

/* Without memory there is no plan, and nothing is left behind. */
static void test_out_of_memory(void **state)
{
    (void)state;
    uint64_t random = 5;
    for (int64_t i = 0; i < 12; i++) {
        const conv_case c = any_case(i, &random);
        const nhwc_geometry g = geometry_of(&c);
        const nhwc_tensor filter = tensor_of(&c, FILTER, dtypes[i % 2], DENSE);
        EACH_ALGORITHM(algorithm)
            EACH_OPERATION(op)
                for (int held = 0; held <= can_hold(op); held++) {
                    failing_allocator a = {.calls = 0};
                    nhwc_context context = failing_context(&a);
                    context.algorithm = algorithm;
                    nhwc_plan_destroy(plan_of(op, &c, &context, held, &filter));
                    CHECK(a.calls > 0 && a.live == 0);
                    for (int64_t calls = a.calls, fail_at = 1; fail_at <= calls; fail_at++) {
                        nhwc_plan *const before = (nhwc_plan *)(void *)&a, *plan = before;
                        a = (failing_allocator){.fail_at = fail_at};
                        const nhwc_status status =
                            nhwc_plan_create(&context, op->plain, filter.dtype, &g, held ? &filter : NULL, &plan);
                        CHECK_FAILS(status, NHWC_ERROR_OUT_OF_MEMORY, "the allocator has no ", " bytes");
                        CHECK(plan == before && a.live == 0);
                    }
                }
        done();
    }
    nhwc_plan_destroy(NULL);
}

#define UNTOUCHED 7 /* in all elements of tensors that calls are refused with */

/* Plans and tensors that fit together: x or dx [1, 5, 6, 4], filter [3, 3, 2, 6] in 2 groups, y or dy [1, 3, 4, 6]. */
typedef struct fitting {
    conv_case c;
    nhwc_tensor in[TENSORS], bias[FILTER]; /* a bias of each image */
    nhwc_plan *plans[2][OPERATIONS];       /* [held] */
} fitting;

static void begin(fitting *f)
{
    const conv_axis h = {5, 3, 1, 1, 0, 0}, w = {6, 3, 1, 1, 0, 0};
    const nhwc_context direct = {.algorithm = NHWC_ALGORITHM_DIRECT};
    *f = (fitting){.bias = {{0}}};
    CHECK(conv_case_make(&f->c, NHWC_PADDING_VALID, &h, &w, 1, 2, 2, 3));
    make(&f->c, NHWC_FLOAT32, DENSE, f->in);
    for (int i = 0; i < TENSORS; i++)
        fill_value(&f->in[i], UNTOUCHED);
    for (int i = 0; i < FILTER; i++) {
        f->bias[i] = guarded_tensor(NHWC_FLOAT32, 1, &f->in[i].dims[3], 0);
        fill_value(&f->bias[i], UNTOUCHED);
    }
    EACH_OPERATION(op)
        for (int held = 0; held <= can_hold(op); held++)
            f->plans[held][op->plain] = plan_of(op, &f->c, &direct, held, &f->in[FILTER]);
}

static void check_untouched(const fitting *f)
{
    for (int i = 0; i < TENSORS; i++)
        for (int64_t e = 0; e < element_count(&f->in[i]); e++)
            CHECK(element_get(&f->in[i], e) == UNTOUCHED);
    guarded_check();
}

static void end(fitting *f)
{
    check_untouched(f);
    for (int held = 0; held < 2; held++)
        for (size_t i = 0; i < OPERATIONS; i++)
            nhwc_plan_destroy(f->plans[held][i]);
    done();
}

/* A run with one of the tensors replaced. */
static nhwc_status run_with(const fitting *f, const operation *op, int held, int which, const nhwc_tensor *instead,
                            const nhwc_tensor *bias, const nhwc_plan_options *options)
{
    nhwc_tensor out = f->in[op->output];
    const int other = other_of(op);
    const nhwc_tensor *a = which == op->input ? instead : &f->in[op->input], *b = held ? NULL : &f->in[other];
    if (which == other)
        b = instead;
    if (which == op->output && instead != NULL)
        out = *instead;
    trial.op = op;
    trial.held = held;
    return nhwc_plan_run(NULL, f->plans[held][op->plain], a, b, bias, options,
                         which == op->output && instead == NULL ? NULL : &out);
}

#define SHAPE_TEXT 64

static void write_shape(char text[SHAPE_TEXT], const int64_t dims[4])
{
    snprintf(text, SHAPE_TEXT, "[%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 "]", dims[0], dims[1], dims[2],
             dims[3]);
}

/* One tensor of a call with one thing wrong about it. */
static void check_tensor_refused(const fitting *f, const operation *op, int held, int which)
{
    const nhwc_tensor *right = &f->in[which];
    const char *name = op->names[which];
    nhwc_tensor t;
#define REFUSED(change, status, ...)                                                                                \
    do {                                                                                                            \
        t = *right;                                                                                                 \
        change;                                                                                                     \
        CHECK_FAILS(run_with(f, op, held, which, &t, NULL, NULL), status, op->name, name, __VA_ARGS__);             \
        check_untouched(f);                                                                                         \
    } while (0)
    CHECK_FAILS(run_with(f, op, held, which, NULL, NULL, NULL), NHWC_ERROR_ARGUMENT, op->name, name, " is NULL");
    for (int axis = 0; axis < 4; axis++) {
        char given[SHAPE_TEXT], wanted[SHAPE_TEXT];
        int64_t dims[4];
        memcpy(dims, right->dims, sizeof dims);
        write_shape(wanted, dims);
        dims[axis]++;
        write_shape(given, dims);
        REFUSED(t = nhwc_tensor_view(NHWC_FLOAT32, right->data, 4, dims), NHWC_ERROR_SHAPE, given, wanted);
        dims[axis] = 0;
        write_shape(given, dims);
        REFUSED(t = nhwc_tensor_view(NHWC_FLOAT32, NULL, 4, dims), NHWC_ERROR_SHAPE, given, wanted);
        REFUSED(t.dims[axis] = -2, NHWC_ERROR_SHAPE, "-2");
    }
    REFUSED(t.data = NULL, NHWC_ERROR_ARGUMENT, "data is NULL");
    REFUSED(t.data = (char *)t.data + 1, NHWC_ERROR_LAYOUT, "not aligned to its elements of 4 bytes");
    REFUSED(t.dtype = NHWC_FLOAT64, NHWC_ERROR_DTYPE, "NHWC_FLOAT64", "NHWC_FLOAT32");
    REFUSED(t.dtype = NHWC_INT32, NHWC_ERROR_DTYPE, "has dtype 2");
    REFUSED(t.dtype = (nhwc_dtype)99, NHWC_ERROR_DTYPE, "dtype is 99");
    REFUSED(t = nhwc_tensor_view(NHWC_FLOAT32, t.data, 3, t.dims), NHWC_ERROR_RANK, "rank 3", "4 axes");
    REFUSED(t.rank = NHWC_MAX_RANK + 1, NHWC_ERROR_RANK, "9");
    REFUSED(t.strides[3] = 2, NHWC_ERROR_LAYOUT, "strides[3] is 2");
    REFUSED(t.strides[1] = -1, NHWC_ERROR_LAYOUT, "strides[1] is -1");
    REFUSED(t.strides[1] = INT64_MAX, NHWC_ERROR_TOO_LARGE, "strides[1] = 9223372036854775807");
    if (which == FILTER)
        REFUSED(t.strides[0] += 3, NHWC_ERROR_LAYOUT, "strides[0] is 39, not 36");
    if (which == op->output && which != FILTER)
        REFUSED(t.strides[1] = 0, NHWC_ERROR_ALIAS, "its elements overlap", "strides[1] is 0");
#undef REFUSED
}

static void test_refused_tensors(void **state)
{
    (void)state;
    fitting f;
    begin(&f);
    EACH_OPERATION(op)
        for (int held = 0; held <= can_hold(op); held++) {
            for (int which = 0; which < TENSORS; which++)
                if (!held || which != other_of(op))
                    check_tensor_refused(&f, op, held, which);
            if (held)
                CHECK_FAILS(run_with(&f, op, held, FILTER, &f.in[FILTER], NULL, NULL), NHWC_ERROR_ARGUMENT,
                            "plan_run: other has to be NULL", op->name);
        }
    end(&f);
}

/* The output on top of an input: its first element on the last one, or its last one on the first. */
static void test_refused_overlaps(void **state)
{
    (void)state;
    fitting f;
    begin(&f);
    EACH_OPERATION(op)
        for (int which = 0; which < TENSORS; which++) {
            if (which == op->output)
                continue;
            const nhwc_tensor *in = &f.in[which], *bias = &f.bias[op->output];
            nhwc_tensor out = f.in[op->output];
            for (int held = 0; held <= (can_hold(op) && which == op->input); held++) {
                out.data = (float *)in->data + element_count(in) - 1;
                CHECK_FAILS(run_with(&f, op, held, op->output, &out, NULL, NULL), NHWC_ERROR_ALIAS, op->name,
                            op->names[op->output], "shares memory with", op->names[which]);
                out.data = (float *)in->data - (element_count(&out) - 1);
                CHECK_FAILS(run_with(&f, op, held, op->output, &out, NULL, NULL), NHWC_ERROR_ALIAS, op->name,
                            op->names[op->output], "shares memory with", op->names[which]);
                if (op->is_gradient)
                    continue;
                out.data = (float *)bias->data + bias->dims[0] - 1;
                CHECK_FAILS(run_with(&f, op, held, op->output, &out, bias, NULL), NHWC_ERROR_ALIAS, op->name,
                            op->names[op->output], "shares memory with bias");
            }
            check_untouched(&f);
        }
    end(&f);
}

static void test_refused_bias(void **state)
{
    (void)state;
    fitting f;
    begin(&f);
    EACH_OPERATION(op)
        for (int held = 0; held <= can_hold(op); held++) {
            const nhwc_tensor *right = &f.bias[op->input == FINE ? COARSE : FINE];
            nhwc_tensor t;
            if (op->is_gradient) {
                CHECK_FAILS(run_with(&f, op, held, TENSORS, NULL, right, NULL), NHWC_ERROR_ARGUMENT, op->name,
                            "takes no bias");
                continue;
            }
#define REFUSED(change, status, ...)                                                                               \
    do {                                                                                                           \
        t = *right;                                                                                                \
        change;                                                                                                    \
        CHECK_FAILS(run_with(&f, op, held, TENSORS, NULL, &t, NULL), status, op->name, "bias", __VA_ARGS__);       \
        check_untouched(&f);                                                                                       \
    } while (0)
            REFUSED(t.dims[0] = 3, NHWC_ERROR_CHANNELS, "length 3", op->names[op->output],
                    right->dims[0] == 4 ? "4 channels" : "6 channels");
            REFUSED(t.rank = 2; t.dims[1] = t.strides[1] = 1, NHWC_ERROR_RANK, "rank 2", "1 axes");
            REFUSED(t.strides[0] = 2, NHWC_ERROR_LAYOUT, "strides[0] is 2");
            REFUSED(t.data = NULL, NHWC_ERROR_ARGUMENT, "data is NULL");
            REFUSED(t.dtype = NHWC_FLOAT64, NHWC_ERROR_DTYPE, "NHWC_FLOAT64", "NHWC_FLOAT32");
            REFUSED(t.dtype = NHWC_INT64, NHWC_ERROR_DTYPE, "has dtype 3");
#undef REFUSED
        }
    end(&f);
}

/* Scratch that begins on the last byte of a tensor, or ends on its first one. */
static void check_scratch_apart(const fitting *f, const operation *op, int held, const nhwc_tensor *bias,
                                const nhwc_tensor *tensor, const char *name)
{
    const int64_t bytes = element_count(tensor) * (int64_t)nhwc_dtype_size(tensor->dtype);
    const nhwc_plan_options behind = {.workspace = (char *)tensor->data + bytes - 1, .workspace_bytes = 1000},
                            before = {.workspace = (char *)tensor->data - 999, .workspace_bytes = 1000};
    CHECK_FAILS(run_with(f, op, held, TENSORS, NULL, bias, &behind), NHWC_ERROR_ALIAS, "plan_run",
                "options->workspace shares memory with", name);
    CHECK_FAILS(run_with(f, op, held, TENSORS, NULL, bias, &before), NHWC_ERROR_ALIAS, "plan_run",
                "options->workspace shares memory with", name);
    check_untouched(f);
}

static void test_refused_options(void **state)
{
    (void)state;
    fitting f;
    begin(&f);
    EACH_OPERATION(op)
        for (int held = 0; held <= can_hold(op); held++) {
#define REFUSED(text, ...)                                                                                          \
    do {                                                                                                            \
        const nhwc_plan_options o = {__VA_ARGS__};                                                                  \
        CHECK_FAILS(run_with(&f, op, held, TENSORS, NULL, NULL, &o), NHWC_ERROR_ARGUMENT, text);                    \
        check_untouched(&f);                                                                                        \
    } while (0)
            char room[64];
            REFUSED("activation is 3, which is no nhwc_activation", .activation = (nhwc_activation)3);
            REFUSED("activation is -1, which is no nhwc_activation", .activation = (nhwc_activation)-1);
            if (op->is_gradient)
                REFUSED(op->name, .activation = NHWC_ACTIVATION_RELU);
            else
                REFUSED(op->name, .accumulate = true);
            REFUSED("workspace_bytes is 4711, but workspace is NULL", .workspace_bytes = 4711);
            REFUSED("workspace_bytes is -4711", .workspace = room, .workspace_bytes = -4711);
            REFUSED("workspace_bytes is -9223372036854775808", .workspace_bytes = INT64_MIN);
#undef REFUSED
            const nhwc_tensor *bias = op->is_gradient ? NULL : &f.bias[op->output];
            check_scratch_apart(&f, op, held, bias, &f.in[op->input], "input");
            check_scratch_apart(&f, op, held, bias, &f.in[op->output], "output");
            if (!held)
                check_scratch_apart(&f, op, held, bias, &f.in[other_of(op)], "other");
            if (bias != NULL)
                check_scratch_apart(&f, op, held, bias, bias, "bias");
        }
    end(&f);
}

/* What a plan is made of, and asked with. */
static void test_refused_plans(void **state)
{
    (void)state;
    fitting f;
    begin(&f);
    const nhwc_geometry g = geometry_of(&f.c);
    nhwc_plan *const before = f.plans[0][NHWC_CONV2D], *plan = before;
    const nhwc_context negative = {.threads = -3}, other_isa = {.isa = (nhwc_isa)99},
                       lost = {.algorithm = (nhwc_algorithm)9};
#define REFUSED(context, operation, dtype, geometry, filter, status, ...)                                           \
    do {                                                                                                            \
        CHECK_FAILS(nhwc_plan_create(context, operation, dtype, geometry, filter, &plan), status, __VA_ARGS__);     \
        CHECK(plan == before);                                                                                      \
    } while (0)
    REFUSED(&negative, NHWC_CONV2D, NHWC_FLOAT32, &g, NULL, NHWC_ERROR_ARGUMENT, "context->threads is -3");
    REFUSED(&other_isa, NHWC_CONV2D, NHWC_FLOAT32, &g, NULL, NHWC_ERROR_ARGUMENT, "context->isa is 99");
    REFUSED(&lost, NHWC_CONV2D, NHWC_FLOAT32, &g, NULL, NHWC_ERROR_ARGUMENT, "context->algorithm is 9");
    REFUSED(NULL, NHWC_CONV2D, NHWC_FLOAT32, NULL, NULL, NHWC_ERROR_ARGUMENT, "plan_create: geometry is NULL");
    REFUSED(NULL, (nhwc_operation)17, NHWC_FLOAT32, &g, NULL, NHWC_ERROR_ARGUMENT, "operation is 17");
    REFUSED(NULL, (nhwc_operation)-1, NHWC_FLOAT32, &g, NULL, NHWC_ERROR_ARGUMENT, "operation is -1");
    REFUSED(NULL, NHWC_CONV2D, NHWC_INT32, &g, NULL, NHWC_ERROR_DTYPE, "dtype is 2");
    REFUSED(NULL, NHWC_CONV2D, (nhwc_dtype)-5, &g, NULL, NHWC_ERROR_DTYPE, "dtype is -5");
    REFUSED(NULL, NHWC_CONV2D_BACKPROP_FILTER, NHWC_FLOAT32, &g, &f.in[FILTER], NHWC_ERROR_ARGUMENT,
            "conv2d_backprop_filter computes a filter");
    REFUSED(NULL, NHWC_CONV2D_TRANSPOSE_BACKPROP_FILTER, NHWC_FLOAT32, &g, &f.in[FILTER], NHWC_ERROR_ARGUMENT,
            "conv2d_transpose_backprop_filter computes a filter");
    CHECK_FAILS(nhwc_plan_create(NULL, NHWC_CONV2D, NHWC_FLOAT32, &g, NULL, NULL), NHWC_ERROR_ARGUMENT,
                "plan_create: plan is NULL");

    int64_t each = 1, bytes = 2;
    CHECK_FAILS(nhwc_plan_workspace(NULL, NULL, &each, &bytes), NHWC_ERROR_ARGUMENT, "plan_workspace: plan is NULL");
    CHECK_FAILS(nhwc_plan_workspace(&negative, before, &each, &bytes), NHWC_ERROR_ARGUMENT, "context->threads is -3");
    CHECK(each == 1 && bytes == 2);
    CHECK_FAILS(nhwc_plan_run(NULL, NULL, &f.in[FINE], &f.in[FILTER], NULL, NULL, &f.in[COARSE]), NHWC_ERROR_ARGUMENT,
                "plan_run: plan is NULL");
    CHECK_FAILS(nhwc_plan_run(&negative, before, &f.in[FINE], &f.in[FILTER], NULL, NULL, &f.in[COARSE]),
                NHWC_ERROR_ARGUMENT, "context->threads is -3");

    nhwc_geometry damaged;
#define DAMAGED(change, status, ...)                                                                                \
    do {                                                                                                            \
        damaged = g;                                                                                                \
        change;                                                                                                     \
        REFUSED(NULL, NHWC_CONV2D, NHWC_FLOAT32, &damaged, NULL, status, "plan_create", __VA_ARGS__);               \
    } while (0)
    DAMAGED(damaged.groups = 0, NHWC_ERROR_GROUPS, "0");
    DAMAGED(damaged.groups = 3, NHWC_ERROR_GROUPS, "3", "4");
    DAMAGED(damaged.coarse_c = 5, NHWC_ERROR_GROUPS, "5", "2");
    DAMAGED(damaged.fine_c = -4, NHWC_ERROR_CHANNELS, "-2");
    DAMAGED(damaged.batch = -1, NHWC_ERROR_SHAPE, "-1");
    DAMAGED(damaged.h.coarse = 4, NHWC_ERROR_SHAPE, "4 x 4", "3 x 4");
    DAMAGED(damaged.w.kernel = 0, NHWC_ERROR_KERNEL, "0");
    DAMAGED(damaged.w.stride = 0, NHWC_ERROR_STRIDE, "0");
    DAMAGED(damaged.h.dilation = -1, NHWC_ERROR_DILATION, "-1");
    DAMAGED(damaged.w.pad_before = -1, NHWC_ERROR_PADDING, "-1");
#undef DAMAGED
    end(&f);
}

/* The filter that a plan is to have. */
static void test_refused_filters(void **state)
{
    (void)state;
    fitting f;
    begin(&f);
    const nhwc_geometry g = geometry_of(&f.c);
    nhwc_plan *const before = f.plans[0][NHWC_CONV2D], *plan = before;
    nhwc_tensor t;
#define WRONG(change, status, ...)                                                                                  \
    do {                                                                                                            \
        t = f.in[FILTER];                                                                                           \
        change;                                                                                                     \
        REFUSED(NULL, NHWC_CONV2D_TRANSPOSE, NHWC_FLOAT32, &g, &t, status, "conv2d_transpose: filter", __VA_ARGS__); \
    } while (0)
    WRONG(t = nhwc_tensor_view(NHWC_FLOAT32, t.data, 4, ((int64_t[]){2, 3, 2, 6})), NHWC_ERROR_SHAPE, "[2, 3, 2, 6]",
          "[3, 3, 2, 6]");
    WRONG(t = nhwc_tensor_view(NHWC_FLOAT32, t.data, 4, ((int64_t[]){3, 2, 2, 6})), NHWC_ERROR_SHAPE, "[3, 2, 2, 6]");
    WRONG(t = nhwc_tensor_view(NHWC_FLOAT32, t.data, 4, ((int64_t[]){3, 3, 6, 2})), NHWC_ERROR_SHAPE, "[3, 3, 6, 2]");
    WRONG(t = nhwc_tensor_view(NHWC_FLOAT32, t.data, 4, ((int64_t[]){3, 3, 2, 3})), NHWC_ERROR_SHAPE, "[3, 3, 2, 3]");
    WRONG(t = nhwc_tensor_view(NHWC_FLOAT32, t.data, 2, ((int64_t[]){18, 6})), NHWC_ERROR_RANK, "rank 2", "4 axes");
    WRONG(t.dtype = NHWC_FLOAT64, NHWC_ERROR_DTYPE, "NHWC_FLOAT64", "NHWC_FLOAT32");
    WRONG(t.dtype = NHWC_UINT8, NHWC_ERROR_DTYPE, "has dtype 4");
    WRONG(t.strides[0] = 37, NHWC_ERROR_LAYOUT, "strides[0] is 37, not 36");
    WRONG(t.data = NULL, NHWC_ERROR_ARGUMENT, "data is NULL");
    WRONG(t.data = (char *)t.data + 2, NHWC_ERROR_LAYOUT, "4 bytes");
#undef WRONG
#undef REFUSED
    end(&f);
}

#define TEST(name) cmocka_unit_test_teardown(name, print_trial)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_like_one_shot),    TEST(test_large),           TEST(test_lone_strides),
        TEST(test_own_filter),       TEST(test_budgets),         TEST(test_query),
        TEST(test_pools),            TEST(test_at_once),         TEST(test_out_of_memory),
        TEST(test_refused_tensors),  TEST(test_refused_overlaps), TEST(test_refused_bias),
        TEST(test_refused_options),  TEST(test_refused_plans),   TEST(test_refused_filters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
