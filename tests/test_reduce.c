/* Reductions, argmax and argmin: NumPy's numbers, every set of axes of random views, the bound of sums, rejections. */
#include <math.h>
#include <nhwc/math.h>
#include <string.h>

#include "golden/math_golden.h"
#include "support/check.h"
#include "support/each.h"
#include "support/fill.h"
#include "support/guarded.h"
#include "support/random.h"

typedef nhwc_status reduce_function(const nhwc_context *, const nhwc_tensor *x, const nhwc_reduce_options *options,
                                    nhwc_tensor *y);

static const struct {
    const char *name;
    reduce_function *function;
    double correction;
} reductions[] = {
    {"reduce_sum", nhwc_reduce_sum, 0},           {"reduce_mean", nhwc_reduce_mean, 0},
    {"reduce_max", nhwc_reduce_max, 0},           {"reduce_min", nhwc_reduce_min, 0},
    {"reduce_variance", nhwc_reduce_variance, 0}, {"variance_1", nhwc_reduce_variance, 1},
    {"norm", nhwc_norm, 0},                       {"reduce_logsumexp", nhwc_reduce_logsumexp, 0},
    {"variance_half", nhwc_reduce_variance, 0.5}, {"variance_minus", nhwc_reduce_variance, -2},
    {"variance_4", nhwc_reduce_variance, 4},      {"variance_6", nhwc_reduce_variance, 6},
    {"variance_nan", nhwc_reduce_variance, NAN},
};

static size_t index_of(const char *name)
{
    for (size_t i = 0; i < COUNT(reductions); i++)
        if (strcmp(reductions[i].name, name) == 0)
            return i;
    fail_msg("%s has no row", name);
    return 0;
}

static bool is_close(nhwc_dtype dtype, double given, double wanted)
{
    if (wanted != wanted || given != given || isinf(wanted))
        return given == wanted || (wanted != wanted && given != given);
    return fabs(given - wanted) <= (dtype == NHWC_FLOAT32 ? 2e-6 : 1e-14) * fmax(1, fabs(wanted));
}

/* y's dims: those of x that are not reduced, or all with 1 in their places. */
static int kept_dims(const nhwc_tensor *x, unsigned axes, bool keep, int64_t *dims)
{
    int rank = 0;
    for (int axis = 0; axis < x->rank; axis++)
        if (!(axes & 1u << axis))
            dims[rank++] = x->dims[axis];
        else if (keep)
            dims[rank++] = 1;
    return rank;
}

static nhwc_reduce_options options_of(unsigned axes, int rank, double correction)
{
    nhwc_reduce_options options = {.correction = correction};
    for (int axis = rank - 1; axis >= 0; axis--)
        if (axes & 1u << axis)
            options.axes[options.axis_count++] = axis % 2 ? axis - rank : axis;
    return options;
}

static void check_golden(const nhwc_context *context, const golden_reduction *golden, nhwc_dtype dtype, bool keep)
{
    const size_t row = index_of(golden->name);
    const int64_t dims[3] = {2, 3, 4};
    const nhwc_tensor x = guarded_tensor(dtype, 3, dims, keep ? 2 : 0);
    unsigned axes = 0;
    for (int i = 0; i < golden->axis_count; i++)
        axes |= 1u << golden->axes[i];
    int64_t y_dims[3] = {0};
    const int rank = kept_dims(&x, axes, keep, y_dims);
    nhwc_tensor y = guarded_tensor(dtype, rank, y_dims, 0);
    for (int i = 0; i < 24; i++)
        element_set(&x, i, golden_reduced[i]);
    const nhwc_reduce_options options = options_of(axes, 3, reductions[row].correction);
    CHECK_OK(reductions[row].function(context, &x, &options, &y));
    for (int i = 0; i < golden->count; i++)
        CHECK(is_close(dtype, element_get(&y, i), golden->y[i]));
    guarded_check();
    guarded_release();
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t g = 0; g < COUNT(golden_reductions) && nhwc_isa_available(isas[i]); g++)
            for (size_t d = 0; d < 2 * COUNT(floats); d++)
                check_golden(&(nhwc_context){.isa = isas[i]}, &golden_reductions[g], floats[d / 2], d % 2);
}

static bool is_search(const char *name)
{
    return strncmp(name, "arg", 3) == 0;
}

/* Any of the operations by its name; argmax and argmin of the one axis there is. */
static nhwc_status apply(const char *name, const nhwc_context *context, const nhwc_tensor *x,
                         const nhwc_reduce_options *options, nhwc_tensor *y)
{
    if (is_search(name))
        return (strcmp(name, "argmax") == 0 ? nhwc_argmax : nhwc_argmin)(context, x, options->axes[0], y);
    return reductions[index_of(name)].function(context, x, options, y);
}

/* Zeros have the sign they have in NumPy, but where zeros of both signs are equally large. */
static bool is_special(nhwc_dtype dtype, double given, double wanted, const double *of)
{
    const bool is_any = signbit(of[0]) != signbit(of[1]);
    return is_close(dtype, given, wanted) && (given != 0 || is_any || signbit(given) == signbit(wanted));
}

static void check_special(const nhwc_context *context, const golden_special *golden, nhwc_dtype dtype, bool across)
{
    enum { N = COUNT(golden_special_rows) };
    const double correction = is_search(golden->name) ? 0 : reductions[index_of(golden->name)].correction;
    const nhwc_reduce_options options = options_of(across ? 1 : 2, 2, correction);
    const int64_t dims[2] = {across ? 4 : N, across ? N : 4};
    const nhwc_tensor x = guarded_tensor(dtype, 2, dims, 0);
    nhwc_tensor y = guarded_tensor(is_search(golden->name) ? NHWC_INT64 : dtype, 1, (int64_t[]){N}, 0);
    for (int r = 0; r < N; r++)
        for (int k = 0; k < 4; k++)
            element_set(&x, across ? k * N + r : r * 4 + k, golden_special_rows[r][k]);
    CHECK_OK(apply(golden->name, context, &x, &options, &y));
    for (int r = 0; r < N; r++)
        if (!is_special(dtype, element_get(&y, r), golden->y[r], golden_special_rows[r]))
            fail_msg("%s of row %d: %g, not %g", golden->name, r, element_get(&y, r), golden->y[r]);
    guarded_check();
    guarded_release();
}

/* NaN, infinities, zeros with a sign; along an axis, and across it. */
static void test_special(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t g = 0; g < COUNT(golden_specials) && nhwc_isa_available(isas[i]); g++)
            for (int k = 0; k < 4; k++)
                check_special(&(nhwc_context){.isa = isas[i]}, &golden_specials[g], floats[k % 2], k / 2);
}

/* What NumPy gives, or that it refuses: y is then as it was. */
static void check_shaped(const golden_shaped *golden, nhwc_dtype dtype, bool keep)
{
    nhwc_reduce_options options = {.axis_count = golden->axis_count};
    unsigned axes = golden->axis_count ? 0 : (1u << golden->rank) - 1;
    const nhwc_tensor x = guarded_tensor(dtype, golden->rank, golden->dims, 0);
    int64_t y_dims[3] = {0};
    for (int i = 0; i < golden->axis_count; i++) {
        options.axes[i] = keep ? golden->axes[i] - golden->rank : golden->axes[i];
        axes |= 1u << golden->axes[i];
    }
    const int y_rank = kept_dims(&x, axes, keep, y_dims);
    nhwc_tensor y = guarded_tensor(is_search(golden->name) ? NHWC_INT64 : dtype, y_rank, y_dims, 0);
    for (int64_t i = 0; i < element_count(&x); i++)
        element_set(&x, i, (double)((i * 37 + 11) % 101 % 11));
    fill_value(&y, 77);
    if (!is_search(golden->name))
        options.correction = reductions[index_of(golden->name)].correction;
    const bool has_options = options.axis_count != 0 || options.correction != 0 || keep;
    const nhwc_status status = apply(golden->name, NULL, &x, has_options ? &options : NULL, &y);
    if (status != (golden->count < 0 ? NHWC_ERROR_SHAPE : NHWC_OK))
        fail_msg("%s of rank %d, %d axes: %s", golden->name, golden->rank, golden->axis_count,
                 status ? nhwc_last_error() : "is not refused");
    CHECK(golden->count < 0 || element_count(&y) == golden->count);
    for (int64_t i = 0; i < element_count(&y); i++) {
        const double wanted = golden->count < 0 ? 77 : golden->y[i];
        if (!is_close(dtype, element_get(&y, i), wanted))
            fail_msg("%s: %g, not %g", golden->name, element_get(&y, i), wanted);
    }
    guarded_check();
    guarded_release();
}

/* Axes of length 1 and 0, no axes, all axes, and none named; of integers where there may be. */
static void test_shapes(void **state)
{
    (void)state;
    for (size_t g = 0; g < COUNT(golden_shaped_reductions); g++) {
        const golden_shaped *golden = &golden_shaped_reductions[g];
        const bool chooses = strstr(golden->name, "max") || strstr(golden->name, "min") == golden->name + 7 ||
                             strcmp(golden->name, "argmin") == 0;
        for (nhwc_dtype dtype = NHWC_FLOAT32; dtype <= (chooses ? NHWC_UINT8 : NHWC_FLOAT64); dtype++)
            for (int keep = 0; keep < 2; keep++)
                check_shaped(golden, dtype, keep);
    }
}

/* A tensor of these dims whose axes lie in another order, with gaps. */
static nhwc_tensor random_view(uint64_t *random, nhwc_dtype dtype, int rank, const int64_t *dims)
{
    int64_t large[NHWC_MAX_RANK] = {0};
    int order[NHWC_MAX_RANK] = {0};
    for (int i = 0; i < rank; i++)
        order[i] = i;
    if (random_between(random, 0, 1))
        for (int i = rank - 1; i > 0; i--) {
            const int other = (int)random_between(random, 0, i), old = order[i];
            order[i] = order[other];
            order[other] = old;
        }
    for (int i = 0; i < rank; i++)
        large[i] = dims[order[i]];
    const nhwc_tensor whole = guarded_tensor(dtype, rank, large, random_between(random, 0, 2));
    nhwc_tensor view = whole;
    for (int i = 0; i < rank; i++) {
        view.dims[order[i]] = whole.dims[i];
        view.strides[order[i]] = whole.strides[i];
    }
    return view;
}

/* Which output the element of this index belongs to. */
static int64_t output_of(const nhwc_tensor *x, unsigned axes, int64_t index)
{
    int64_t at = 0, step = 1;
    for (int axis = x->rank - 1; axis >= 0; index /= x->dims[axis--])
        if (!(axes & 1u << axis)) {
            at += index % x->dims[axis] * step;
            step *= x->dims[axis];
        }
    return at;
}

static int64_t random_dims(uint64_t *random, int rank, int64_t *dims)
{
    static const int64_t lengths[] = {1, 2, 3, 5, 17, 33, 70, 300, 1025, 4000};
    int64_t elements = 1;
    for (int i = 0; i < rank; i++) {
        dims[i] = lengths[random_between(random, 0, (int64_t)COUNT(lengths) - 1)];
        if (elements * dims[i] > 40000)
            dims[i] = 2;
        elements *= dims[i];
    }
    return elements;
}

static void backwards(void *executor, int64_t count, nhwc_task *task, void *argument)
{
    (void)executor;
    for (int64_t i = count; i-- > 0;)
        task(argument, i);
}

/* Integers, whose sums are exact, against plain loops; the same bits of views as of dense copies, on threads and with
 * every instruction set. */
static void test_random(void **state)
{
    (void)state;
    static double sums[40000], most[40000];
    const nhwc_context threads = {.threads = 4, .parallel_for = backwards};
    uint64_t random = 1;
    for (int trial = 0; trial < 500; trial++) {
        int64_t dims[4] = {0}, y_dims[4] = {0};
        const int rank = (int)random_between(&random, 0, 4);
        const int64_t elements = random_dims(&random, rank, dims);
        const unsigned axes = rank ? (unsigned)random_between(&random, 1, (1 << rank) - 1) : 0;
        const nhwc_reduce_options options = options_of(axes, rank, 0);
        const nhwc_tensor x = random_view(&random, NHWC_FLOAT32, rank, dims);
        const nhwc_tensor dense = guarded_tensor(NHWC_FLOAT32, rank, dims, 0);
        const int y_rank = kept_dims(&x, axes, random_between(&random, 0, 1), y_dims);
        nhwc_tensor y = random_view(&random, NHWC_FLOAT32, y_rank, y_dims);
        nhwc_tensor z = guarded_tensor(NHWC_FLOAT32, y_rank, y_dims, 0);
        const int64_t outputs = element_count(&y);
        fill_integers(&x, &random, 200);
        for (int64_t i = 0; i < outputs; i++) {
            sums[i] = 0;
            most[i] = -INFINITY;
        }
        for (int64_t i = 0; i < elements; i++) {
            const int64_t o = output_of(&x, axes, i);
            sums[o] += element_get(&x, i);
            most[o] = fmax(most[o], element_get(&x, i));
        }
        CHECK_OK(nhwc_reduce_sum(NULL, &x, &options, &y));
        for (int64_t i = 0; i < outputs; i++)
            CHECK(element_get(&y, i) == sums[i]);
        CHECK_OK(nhwc_reduce_max(NULL, &x, &options, &y));
        for (int64_t i = 0; i < outputs; i++)
            CHECK(element_get(&y, i) == most[i]);
        for (int64_t i = 0; i < elements; i++) { /* reals from here */
            element_set(&x, i, random_real(&random));
            element_set(&dense, i, element_get(&x, i));
        }
        const size_t row = (size_t)random_between(&random, 0, (int64_t)COUNT(reductions) - 1);
        CHECK_OK(reductions[row].function(NULL, &x, &options, &y));
        CHECK_OK(reductions[row].function(&threads, &dense, &options, &z));
        CHECK(same_elements(&y, &z));
        if (nhwc_isa_available(NHWC_ISA_AVX512)) {
            CHECK_OK(reductions[row].function(&(nhwc_context){.isa = NHWC_ISA_AVX2}, &x, &options, &z));
            CHECK(same_elements(&y, &z));
        }
        guarded_check();
        guarded_release();
    }
}

/* The bound the header gives. */
static void test_bound(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (int64_t n = 1; n < 400000; n = n * 3 + 1)
        for (int across = 0; across < 2; across++) {
            const int64_t dims[2] = {across ? n : 3, across ? 3 : n}, y_dims[1] = {3};
            const nhwc_tensor x = guarded_tensor(NHWC_FLOAT32, 2, dims, 0);
            nhwc_tensor y = guarded_tensor(NHWC_FLOAT32, 1, y_dims, 0);
            fill_reals(&x, &random);
            const nhwc_reduce_options options = options_of(across ? 1 : 2, 2, 0);
            CHECK_OK(nhwc_reduce_sum(NULL, &x, &options, &y));
            for (int64_t o = 0; o < 3; o++) {
                double sum = 0, absolute = 0;
                for (int64_t i = 0; i < n; i++) {
                    const double v = element_get(&x, across ? i * 3 + o : o * n + i);
                    sum += v;
                    absolute += fabs(v);
                }
                CHECK(fabs(element_get(&y, o) - sum) <= (36 + log2((double)n)) * 0x1p-24 * absolute);
            }
            guarded_check();
            guarded_release();
        }
}

static void test_search(void **state)
{
    (void)state;
    static const nhwc_dtype dtypes[] = {NHWC_FLOAT32, NHWC_FLOAT64, NHWC_INT32, NHWC_INT64, NHWC_UINT8, NHWC_BOOL};
    static int64_t wanted[40000];
    const nhwc_context threads = {.threads = 3, .parallel_for = backwards};
    uint64_t random = 4;
    for (int trial = 0; trial < 300; trial++) {
        int64_t dims[4] = {0}, y_dims[4] = {0}, elements;
        const int rank = (int)random_between(&random, 1, 4), axis = (int)random_between(&random, 0, rank - 1);
        const bool largest = random_between(&random, 0, 1);
        const nhwc_dtype dtype = dtypes[random_between(&random, 0, (int64_t)COUNT(dtypes) - 1)];
        elements = random_dims(&random, rank, dims);
        const nhwc_tensor x = random_view(&random, dtype, rank, dims);
        nhwc_tensor y = random_view(&random, NHWC_INT64, kept_dims(&x, 1u << axis, trial % 2, y_dims), y_dims);
        const bool real = dtype <= NHWC_FLOAT64;
        int64_t inner = 1; /* elements of one index of the axis */
        for (int i = axis + 1; i < rank; i++)
            inner *= dims[i];
        for (int64_t i = 0; i < elements; i++)
            element_set(&x, i, (double)random_between(&random, real ? -50 : 0, dtype == NHWC_BOOL ? 1 : 50));
        for (int k = 0; real && k < 3; k++)
            element_set(&x, random_between(&random, 0, elements - 1), NAN);
        for (int64_t i = 0; i < element_count(&y); i++)
            wanted[i] = -1;
        for (int64_t i = 0; i < elements; i++) {
            const int64_t o = output_of(&x, 1u << axis, i), here = i / inner % dims[axis];
            if (wanted[o] < 0) {
                wanted[o] = here;
                continue;
            }
            const double v = element_get(&x, i), best = element_get(&x, i + (wanted[o] - here) * inner);
            if (best == best && (v != v || (largest ? v > best : v < best)))
                wanted[o] = here;
        }
        CHECK_OK((largest ? nhwc_argmax : nhwc_argmin)(trial % 3 ? NULL : &threads, &x,
                                                       trial % 5 ? axis : axis - rank, &y));
        for (int64_t i = 0; i < element_count(&y); i++)
            CHECK(element_get(&y, i) == (double)wanted[i]);
        guarded_check();
        guarded_release();
    }
}

static void test_any_dtype(void **state)
{
    (void)state;
    int32_t data[6] = {3, -1, 4, 1, -5, 9}, out[2];
    const nhwc_tensor x = NHWC_TENSOR(NHWC_INT32, data, 2, 3);
    nhwc_tensor y = NHWC_TENSOR(NHWC_INT32, out, 2);
    const nhwc_reduce_options last = {.axis_count = 1, .axes = {-1}};
    CHECK_OK(nhwc_reduce_max(NULL, &x, &last, &y));
    CHECK(out[0] == 4 && out[1] == 9);
    CHECK_OK(nhwc_reduce_min(NULL, &x, &last, &y));
    CHECK(out[0] == -1 && out[1] == -5);
    for (size_t row = 0; row < COUNT(reductions); row++) {
        const bool chooses = reductions[row].function == nhwc_reduce_max || reductions[row].function == nhwc_reduce_min;
        const nhwc_reduce_options options = options_of(2, 2, reductions[row].correction);
        if (!chooses)
            CHECK_FAILS(reductions[row].function(NULL, &x, &options, &y), NHWC_ERROR_DTYPE, "x is int32",
                        "float32 or float64");
    }
    CHECK(out[0] == -1 && out[1] == -5);
}

/* Integers that no floating-point number is between, and of NHWC_BOOL "or" and "and". */
static void test_exact_integers(void **state)
{
    (void)state;
    const nhwc_reduce_options last = {.axis_count = 1, .axes = {-1}};
    int64_t large[2][3] = {{INT64_MAX - 1, INT64_MAX, INT64_MAX - 2}, {INT64_MIN + 1, INT64_MIN + 2, INT64_MIN}};
    int64_t found[2], places[2];
    bool truths[2][3] = {{false, true, true}, {true, false, true}}, any[2];
    const nhwc_tensor x = NHWC_TENSOR(NHWC_INT64, large, 2, 3), b = NHWC_TENSOR(NHWC_BOOL, truths, 2, 3);
    nhwc_tensor y = NHWC_TENSOR(NHWC_INT64, found, 2), i = NHWC_TENSOR(NHWC_INT64, places, 2);
    nhwc_tensor z = NHWC_TENSOR(NHWC_BOOL, any, 2);
    CHECK_OK(nhwc_reduce_max(NULL, &x, &last, &y));
    CHECK(found[0] == INT64_MAX && found[1] == INT64_MIN + 2);
    CHECK_OK(nhwc_reduce_min(NULL, &x, &last, &y));
    CHECK(found[0] == INT64_MAX - 2 && found[1] == INT64_MIN);
    CHECK_OK(nhwc_argmax(NULL, &x, 1, &i));
    CHECK(places[0] == 1 && places[1] == 1);
    CHECK_OK(nhwc_argmin(NULL, &x, 1, &i));
    CHECK(places[0] == 2 && places[1] == 2);
    CHECK_OK(nhwc_argmax(NULL, &b, 1, &i));
    CHECK(places[0] == 1 && places[1] == 0);
    CHECK_OK(nhwc_argmin(NULL, &b, 1, &i));
    CHECK(places[0] == 0 && places[1] == 1);
    CHECK_OK(nhwc_reduce_max(NULL, &b, &last, &z));
    CHECK(any[0] && any[1]);
    CHECK_OK(nhwc_reduce_min(NULL, &b, &last, &z));
    CHECK(!any[0] && !any[1]);
}

/* As many axes as there may be, every other one reduced. */
static void test_most_axes(void **state)
{
    (void)state;
    int64_t dims[NHWC_MAX_RANK], y_dims[NHWC_MAX_RANK] = {0};
    unsigned axes = 0;
    for (int axis = 0; axis < NHWC_MAX_RANK; axis++) {
        dims[axis] = axis % 3 + 1;
        axes |= axis % 2 ? 1u << axis : 0;
    }
    const nhwc_tensor x = guarded_tensor(NHWC_FLOAT64, NHWC_MAX_RANK, dims, 1);
    double sums[1000] = {0};
    for (int64_t i = 0; i < element_count(&x); i++) {
        element_set(&x, i, (double)(i % 17));
        sums[output_of(&x, axes, i)] += (double)(i % 17);
    }
    for (int keep = 0; keep < 2; keep++) {
        const int rank = kept_dims(&x, axes, keep, y_dims);
        const nhwc_reduce_options options = options_of(axes, NHWC_MAX_RANK, 0);
        nhwc_tensor y = guarded_tensor(NHWC_FLOAT64, rank, y_dims, 0);
        CHECK(element_count(&y) <= (int64_t)COUNT(sums));
        CHECK_OK(nhwc_reduce_sum(NULL, &x, &options, &y));
        for (int64_t i = 0; i < element_count(&y); i++)
            CHECK(element_get(&y, i) == sums[i]);
    }
    nhwc_tensor y = guarded_tensor(NHWC_FLOAT64, 0, dims, 0);
    CHECK_FAILS(nhwc_reduce_sum(NULL, &x, &(nhwc_reduce_options){.axis_count = NHWC_MAX_RANK + 1}, &y),
                NHWC_ERROR_ARGUMENT, "axis_count is 9", "0 to 8");
    guarded_check();
    guarded_release();
}

/* Elements that are read several times: strides of 0, and windows that overlap. */
static void test_repeated_inputs(void **state)
{
    (void)state;
    double data[6] = {3, -1, 4, 1, -5, 9}, out[4];
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT64, data, 4, 3), y = NHWC_TENSOR(NHWC_FLOAT64, out, 4);
    const nhwc_reduce_options last = {.axis_count = 1, .axes = {1}};
    x.strides[0] = 1; /* x[i][k] is data[i + k] */
    CHECK_OK(nhwc_reduce_sum(NULL, &x, &last, &y));
    CHECK(out[0] == 6 && out[1] == 4 && out[2] == 0 && out[3] == 5);
    CHECK_OK(nhwc_reduce_max(NULL, &x, &last, &y));
    CHECK(out[0] == 4 && out[1] == 4 && out[2] == 4 && out[3] == 9);
    x.strides[1] = 0;
    CHECK_OK(nhwc_reduce_variance(NULL, &x, &last, &y));
    CHECK(out[0] == 0 && out[3] == 0);
    CHECK_OK(nhwc_reduce_sum(NULL, &x, &last, &y));
    CHECK(out[0] == 9 && out[1] == -3 && out[2] == 12 && out[3] == 3);
}

static void test_rejections(void **state)
{
    (void)state;
    float data[6] = {1, 2, 3, 4, 5, 6}, out[6] = {7, 7, 7, 7, 7, 7};
    int64_t where[2] = {7, 7};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, out, 2), i = NHWC_TENSOR(NHWC_INT64, where, 2);
    const nhwc_reduce_options last = {.axis_count = 1, .axes = {1}};
    const nhwc_context broken = {.isa = (nhwc_isa)99};
    CHECK_FAILS(nhwc_reduce_sum(&broken, &x, &last, &y), NHWC_ERROR_ARGUMENT, "99");
    CHECK_FAILS(nhwc_reduce_sum(NULL, NULL, &last, &y), NHWC_ERROR_ARGUMENT, "x is NULL");
    CHECK_FAILS(nhwc_reduce_sum(NULL, &x, &last, NULL), NHWC_ERROR_ARGUMENT, "y is NULL");
    CHECK_FAILS(nhwc_reduce_sum(NULL, &x, NULL, &y), NHWC_ERROR_OUTPUT_SHAPE, "y is [2]", "[2, 3]", "has to be []");
    CHECK_FAILS(nhwc_reduce_sum(NULL, &x, &(nhwc_reduce_options){.axis_count = 1}, &y), NHWC_ERROR_OUTPUT_SHAPE,
                "has to be [3]", "1 in the place");
    CHECK_FAILS(nhwc_reduce_sum(NULL, &x, &(nhwc_reduce_options){.axis_count = -1}, &y), NHWC_ERROR_ARGUMENT, "-1");
    CHECK_FAILS(nhwc_reduce_sum(NULL, &x, &(nhwc_reduce_options){.axis_count = 1, .axes = {2}}, &y),
                NHWC_ERROR_RANK, "no axis 2", "-2 to 1");
    CHECK_FAILS(nhwc_reduce_sum(NULL, &x, &(nhwc_reduce_options){.axis_count = 2, .axes = {1, -1}}, &y),
                NHWC_ERROR_RANK, "axis 1 twice");
    CHECK_FAILS(nhwc_reduce_sum(NULL, &x, &(nhwc_reduce_options){.correction = 1, .axis_count = 1, .axes = {1}}, &y),
                NHWC_ERROR_ARGUMENT, "correction is 1");
    CHECK_FAILS(nhwc_reduce_sum(NULL, &x, &last, &i), NHWC_ERROR_DTYPE, "y is int64", "be float32");
    CHECK_FAILS(nhwc_argmax(NULL, &x, 1, &y), NHWC_ERROR_DTYPE, "y is float32", "be int64");
    CHECK_FAILS(nhwc_argmax(NULL, &x, -3, &i), NHWC_ERROR_RANK, "no axis -3", "-2 to 1");
    const nhwc_tensor empty = NHWC_TENSOR(NHWC_FLOAT32, NULL, 2, 0);
    CHECK_FAILS(nhwc_argmax(NULL, &empty, 1, &i), NHWC_ERROR_SHAPE, "axis 1");
    CHECK_FAILS(nhwc_reduce_max(NULL, &empty, &last, &y), NHWC_ERROR_SHAPE, "no elements");
    nhwc_tensor inside = NHWC_TENSOR(NHWC_FLOAT32, data + 2, 2);
    CHECK_FAILS(nhwc_reduce_sum(NULL, &x, &last, &inside), NHWC_ERROR_ALIAS, "y shares memory with x");
    CHECK(out[0] == 7 && out[1] == 7 && where[0] == 7 && data[2] == 3 && data[3] == 4);
}

/* Each of them refuses what is wrong, under its name, and writes nothing. */
static void test_each_rejects(void **state)
{
    (void)state;
    double data[6] = {1, 2, 3, 4, 5, 6}, out[3] = {7, 7, 7};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT64, data, 2, 3), doubles = NHWC_TENSOR(NHWC_FLOAT64, out, 2);
    const nhwc_tensor integers = NHWC_TENSOR(NHWC_INT64, data, 2, 3);
    const nhwc_context broken = {.threads = 3};
    for (size_t row = 0; row < COUNT(reductions) + 2; row++) {
        const bool finds = row >= COUNT(reductions);
        const char *name = finds ? (row == COUNT(reductions) ? "argmax" : "argmin") : reductions[row].name;
        const char *begin = strncmp(name, "variance", 8) == 0 ? "reduce_variance: " : name;
        nhwc_reduce_options last = {.axis_count = 1, .axes = {1}}, outside = {.axis_count = 1, .axes = {-3}};
        if (!finds)
            last.correction = outside.correction = reductions[row].correction;
        nhwc_tensor y = doubles, repeated = doubles, inside = NHWC_TENSOR(NHWC_FLOAT64, data + 1, 2);
        nhwc_tensor wrong = NHWC_TENSOR(NHWC_FLOAT64, out, 3), singles = NHWC_TENSOR(NHWC_FLOAT32, out, 2);
        y.dtype = repeated.dtype = inside.dtype = wrong.dtype = finds ? NHWC_INT64 : NHWC_FLOAT64;
        repeated.strides[0] = 0;
        CHECK_FAILS(apply(name, NULL, NULL, &last, &y), NHWC_ERROR_ARGUMENT, begin, "x is NULL");
        CHECK_FAILS(apply(name, NULL, &x, &last, NULL), NHWC_ERROR_ARGUMENT, begin, "y is NULL");
        CHECK_FAILS(apply(name, &broken, &x, &last, &y), NHWC_ERROR_ARGUMENT, "threads");
        CHECK_FAILS(apply(name, NULL, &x, &outside, &y), NHWC_ERROR_RANK, begin, "no axis -3");
        CHECK_FAILS(apply(name, NULL, &x, &last, &singles), NHWC_ERROR_DTYPE, begin, "y is float32");
        CHECK_FAILS(apply(name, NULL, &x, &last, &wrong), NHWC_ERROR_OUTPUT_SHAPE, begin, "y is [3]", "[2]");
        CHECK_FAILS(apply(name, NULL, &x, &last, &repeated), NHWC_ERROR_ALIAS, begin, "y is written");
        CHECK_FAILS(apply(name, NULL, finds ? &integers : &x, &last, &inside), NHWC_ERROR_ALIAS, begin,
                    "y shares memory with x");
        for (int i = 0; i < 6; i++)
            CHECK(data[i] == i + 1 && out[i / 2] == 7);
    }
}

/* Of nothing: sum 0, mean NaN, logsumexp -infinity; and nothing of something. */
static void test_empty(void **state)
{
    (void)state;
    double out[2] = {7, 7};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT64, NULL, 2, 0), none = NHWC_TENSOR(NHWC_FLOAT64, NULL, 0, 3);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT64, out, 2), nothing = NHWC_TENSOR(NHWC_FLOAT64, NULL, 0);
    const nhwc_reduce_options last = {.axis_count = 1, .axes = {1}};
    CHECK_OK(nhwc_reduce_sum(NULL, &x, &last, &y));
    CHECK(out[0] == 0 && out[1] == 0);
    CHECK_OK(nhwc_reduce_mean(NULL, &x, &last, &y));
    CHECK(out[0] != out[0]);
    CHECK_OK(nhwc_reduce_logsumexp(NULL, &x, &last, &y));
    CHECK(out[1] == -INFINITY);
    CHECK_OK(nhwc_norm(NULL, &x, &last, &y));
    CHECK(out[0] == 0);
    CHECK_OK(nhwc_reduce_max(NULL, &none, &last, &nothing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden), cmocka_unit_test(test_special),   cmocka_unit_test(test_random),
        cmocka_unit_test(test_bound),  cmocka_unit_test(test_search),    cmocka_unit_test(test_any_dtype),
        cmocka_unit_test(test_empty),  cmocka_unit_test(test_rejections), cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_exact_integers), cmocka_unit_test(test_repeated_inputs),
        cmocka_unit_test(test_each_rejects),  cmocka_unit_test(test_most_axes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
