/* Tensors for tests of arrays: golden data, views without rule, and a second way to look at elements. */
#ifndef NHWC_TESTS_ARRAY_CASE_H
#define NHWC_TESTS_ARRAY_CASE_H

#include <inttypes.h>
#include <nhwc/array.h>
#include <stdlib.h>
#include <string.h>

#include "golden/array_golden.h"
#include "support/check.h"
#include "support/each.h"
#include "support/guarded.h"
#include "support/random.h"

#define DTYPES       6

/* The data of make_array_golden.py. */
static inline nhwc_tensor golden_input(nhwc_dtype dtype, int rank, const int64_t *dims, int64_t gap, int64_t factor)
{
    const nhwc_tensor tensor = guarded_tensor(dtype, rank, dims, gap);
    for (int64_t i = 0; i < element_count(&tensor); i++)
        element_set(&tensor, i, (double)((i * factor + 11) % 101 % 11 - 5));
    return tensor;
}

/* A y of the case, or of no elements where there is none, that has something to overwrite. */
static inline nhwc_tensor golden_output(const golden_case *c, nhwc_dtype dtype, int64_t gap)
{
    const nhwc_tensor tensor = guarded_tensor(dtype, c->y_rank < 0 ? 1 : c->y_rank, c->y, gap);
    for (int64_t i = 0; i < element_count(&tensor); i++)
        element_set(&tensor, i, 99);
    return tensor;
}

static inline void golden_fail(const char *call, nhwc_dtype dtype)
{
    print_error("%s of %s\n", call, nhwc_dtype_string(dtype));
    fail();
}

/* y has the shape and the values of the case. */
static inline void golden_check(const golden_case *c, const nhwc_tensor *y)
{
    bool same = y->rank == c->y_rank;
    for (int axis = 0; axis < y->rank && same; axis++)
        same = y->dims[axis] == c->y[axis];
    for (int64_t i = 0; same && i < element_count(y); i++)
        same = element_get(y, i) == c->values[i];
    if (!same)
        golden_fail(c->call, y->dtype);
}

/* The status is that of NumPy: OK, or any error. True where there is a result. */
static inline bool golden_succeeds(const golden_case *c, nhwc_dtype dtype, nhwc_status status)
{
    if ((status == NHWC_OK) != (c->y_rank >= 0)) {
        print_error("%s: %s\n", nhwc_status_string(status), nhwc_last_error());
        golden_fail(c->call, dtype);
    }
    return status == NHWC_OK;
}

/* Elements without a short period that each dtype can hold. */
static inline void fill_any(const nhwc_tensor *tensor)
{
    for (int64_t i = 0, count = element_count(tensor); i < count; i++)
        element_set(tensor, i, tensor->dtype == NHWC_BOOL ? (double)(i * 37 % 101 % 2) : (double)(i * 37 % 251));
}

/* A view with `dims` of a guarded tensor, with its axes in any order of memory and gaps between elements. *whole is
 * what it is a view of. */
static inline nhwc_tensor random_view(uint64_t *random, nhwc_dtype dtype, int rank, const int64_t *dims,
                                      nhwc_tensor *whole)
{
    int order[NHWC_MAX_RANK] = {0};
    int64_t base[NHWC_MAX_RANK] = {0}, begin[NHWC_MAX_RANK], steps[NHWC_MAX_RANK], end[NHWC_MAX_RANK];
    for (int i = 0; i < rank; i++)
        order[i] = i;
    for (int i = rank - 1; i > 0; i--) { /* order[i]: the axis of the view that is axis i in memory */
        const int other = (int)random_between(random, 0, random_between(random, 0, 1) ? i : 0);
        const int old = order[i];
        order[i] = order[other];
        order[other] = old;
    }
    for (int i = 0; i < rank; i++) {
        const bool is_gapped = random_between(random, 0, 2) == 0;
        begin[i] = is_gapped ? random_between(random, 0, 2) : 0;
        steps[i] = is_gapped ? random_between(random, 1, 3) : 1;
        end[i] = begin[i] + dims[order[i]] * steps[i];
        base[i] = end[i];
    }
    *whole = guarded_tensor(dtype, rank, base, 0);
    nhwc_tensor view;
    CHECK_OK(nhwc_slice(whole, begin, end, steps, &view));
    int axes[NHWC_MAX_RANK] = {0};
    for (int i = 0; i < rank; i++)
        axes[order[i]] = i;
    CHECK_OK(nhwc_transpose(&view, axes, &view));
    return view;
}

static inline void fill_with(const nhwc_tensor *tensor, double value)
{
    for (int64_t i = 0, count = element_count(tensor); i < count; i++)
        element_set(tensor, i, value);
}

/* After the elements of the view have been taken back, `whole` is `value` all over. */
static inline void check_only(const nhwc_tensor *view, const nhwc_tensor *whole, double value)
{
    fill_with(view, value);
    for (int64_t i = 0, count = element_count(whole); i < count; i++)
        CHECK(element_get(whole, i) == value);
}

/* Lengths of 1 to `most`; now and then none, or a long one. */
static inline void random_dims(uint64_t *random, int rank, int64_t most, int64_t *dims)
{
    for (int i = 0; i < rank; i++) {
        const bool is_usual = random_between(random, 0, 15) > 0;
        dims[i] = is_usual ? random_between(random, 1, most) : random_between(random, 0, 40);
    }
}

#endif
