/* Do two strided views share a byte?
 *
 * Byte positions of a view are base + sum of index * stride over its axes, + 0 .. size - 1 within an
 * element. Two views share one exactly when the distance of their bases is a sum of terms
 * multiple * step, each multiple within an interval: one term per axis of each view, one for the bytes
 * within the elements. Axes with equal strides make one term, which is why the slots of a
 * concatenation, whose strides are all equal, take a handful of steps to tell apart. */
#include "base/tensor.h"

#define MAX_TERMS (2 * NHWC_MAX_RANK + 1)

typedef struct term {
    int64_t step, least, most; /* step > 0; multiples least .. most */
} term;

typedef struct term_list {
    int count;
    term terms[MAX_TERMS]; /* largest step first */
} term_list;

static void add_term(term_list *list, int64_t step, int64_t least, int64_t most)
{
    int at = 0;
    while (at < list->count && list->terms[at].step > step)
        at++;
    if (at < list->count && list->terms[at].step == step) {
        list->terms[at].least += least;
        list->terms[at].most += most;
        return;
    }
    for (int i = list->count++; i > at; i--)
        list->terms[i] = list->terms[i - 1];
    list->terms[at] = (term){step, least, most};
}

static int64_t floor_division(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Whether `distance` is a sum of multiples of terms[at] and those behind it. */
static bool reaches(const term_list *list, int at, int64_t distance)
{
    if (at == list->count)
        return distance == 0;
    int64_t least = 0, most = 0; /* what the smaller terms can add */
    for (int i = at + 1; i < list->count; i++) {
        least += list->terms[i].least * list->terms[i].step;
        most += list->terms[i].most * list->terms[i].step;
    }
    const term t = list->terms[at];
    const int64_t first = -floor_division(most - distance, t.step); /* ceil((distance - most) / step) */
    const int64_t last = floor_division(distance - least, t.step);
    for (int64_t k = first > t.least ? first : t.least; k <= last && k <= t.most; k++)
        if (reaches(list, at + 1, distance - k * t.step))
            return true;
    return false;
}

/* Any number where there are no elements, of which strides may be what they like. */
static uintptr_t byte_reach(const nhwc_tensor *tensor)
{
    uintptr_t last = 0;
    for (int axis = 0; axis < tensor->rank; axis++)
        if (tensor->dims[axis] > 1)
            last += (uintptr_t)(tensor->dims[axis] - 1) * (uintptr_t)tensor->strides[axis];
    return (last + 1) * nhwc_dtype_size(tensor->dtype);
}

bool nhwc__tensors_overlap(const nhwc_tensor *a, const nhwc_tensor *b)
{
    const uintptr_t a_base = (uintptr_t)a->data, b_base = (uintptr_t)b->data;
    if (a_base + byte_reach(a) <= b_base || b_base + byte_reach(b) <= a_base)
        return false;
    if (nhwc__tensor_is_empty(a) || nhwc__tensor_is_empty(b))
        return false;
    const int64_t a_size = (int64_t)nhwc_dtype_size(a->dtype), b_size = (int64_t)nhwc_dtype_size(b->dtype);
    term_list list = {.count = 0};
    add_term(&list, 1, -(b_size - 1), a_size - 1);
    for (int axis = 0; axis < a->rank; axis++)
        if (a->dims[axis] > 1 && a->strides[axis] > 0)
            add_term(&list, a->strides[axis] * a_size, 0, a->dims[axis] - 1);
    for (int axis = 0; axis < b->rank; axis++)
        if (b->dims[axis] > 1 && b->strides[axis] > 0)
            add_term(&list, b->strides[axis] * b_size, -(b->dims[axis] - 1), 0);
    return reaches(&list, 0, (int64_t)(b_base - a_base));
}
