/* What operations on tensors of any shape check, and how their messages name shapes. */
#ifndef NHWC_OPS_SHAPES_H
#define NHWC_OPS_SHAPES_H

#include <nhwc/nhwc.h>

typedef struct nhwc__text {
    char text[NHWC_MAX_RANK * 22 + 3];
} nhwc__text;

/* "[2, 3]", for messages: nhwc__shape_text(x->rank, x->dims).text. */
nhwc__text nhwc__shape_text(int rank, const int64_t *dims);

/* *counted is `axis` counted from the front: -1 is the last of `rank` axes. */
nhwc_status nhwc__count_axis(const char *operation, int axis, int rank, int *counted);

nhwc_status nhwc__check_same_dtype(const char *operation, const char *name, const nhwc_tensor *tensor,
                                   const char *other_name, const nhwc_tensor *other);

nhwc_status nhwc__check_same_shape(const char *operation, const char *name, const nhwc_tensor *tensor,
                                   const char *other_name, const nhwc_tensor *other);

/* y, checked, has these dims. */
nhwc_status nhwc__check_output_shape(const char *operation, const nhwc_tensor *y, int rank, const int64_t *dims);

/* y can be written, has x's dtype and shares no element with it. `name` is that of x. */
nhwc_status nhwc__check_move(const char *operation, const char *name, const nhwc_tensor *x, const nhwc_tensor *y);

/* x with the dims of a larger shape: strides of 0 along axes that repeat. */
nhwc_status nhwc__broadcast_view(const char *operation, const char *name, const nhwc_tensor *x, int rank,
                            const int64_t *dims, nhwc_tensor *view);

/* The elements whose index along the axis is 0. */
nhwc_tensor nhwc__without_axis(const nhwc_tensor *x, int axis);

int64_t nhwc__element_count(const nhwc_tensor *checked);

/* How many elements behind the first one of row-major index `index` lies. */
int64_t nhwc__offset_of(const nhwc_tensor *tensor, int64_t index);

/* An element of a tensor, and the way through all of them in row-major order; behind the last comes the first. */
typedef struct nhwc__cursor {
    nhwc_tensor of;
    int64_t at[NHWC_MAX_RANK], offset; /* indices; how many elements behind the first one it lies */
} nhwc__cursor;

/* Of row-major index `index`; of an empty tensor 0. */
nhwc__cursor nhwc__cursor_at(const nhwc_tensor *of, int64_t index);

static inline void nhwc__cursor_next(nhwc__cursor *c)
{
    for (int axis = c->of.rank - 1; axis >= 0; axis--) {
        if (++c->at[axis] < c->of.dims[axis]) {
            c->offset += c->of.strides[axis];
            return;
        }
        c->at[axis] = 0;
        c->offset -= (c->of.dims[axis] - 1) * c->of.strides[axis];
    }
}

/* The address of the element `offset` elements behind the first; data, which may be NULL, for 0. */
void *nhwc__element(const nhwc_tensor *tensor, int64_t offset);

#endif
