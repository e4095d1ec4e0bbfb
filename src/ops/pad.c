/* Padding: x in the middle, then axis by axis what lies before and behind it, taken from y itself. */
#include <nhwc/array.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/copy.h"
#include "ops/fill.h"
#include "ops/shapes.h"

typedef struct padding {
    const nhwc_context *context;
    const nhwc_tensor *x, *y;
    const int64_t (*widths)[2];
    nhwc_pad_mode mode;
    nhwc__scalar value;
} padding;

/* Fills `length` elements of y from `first` on along the axis: those of the axes before it whole, of the axes behind it
 * what is filled already. They are taken from element `source` of y on along the axis, `direction` elements apart. */
static void fill_band(const padding *p, int axis, int64_t first, int64_t length, int64_t source, int64_t direction)
{
    const nhwc_tensor *y = p->y;
    const int64_t size = (int64_t)nhwc_dtype_size(y->dtype);
    const bool is_constant = p->mode == NHWC_PAD_CONSTANT;
    nhwc__walk walk;
    nhwc__walk_begin(&walk, NULL, NULL); /* the addresses come last */
    int64_t corner = 0; /* the first element, but for the axis */
    for (int i = 0; i < y->rank; i++) {
        if (y->dims[i] == 1) /* whose stride may be anything */
            continue;
        const int64_t stride = y->strides[i] * size;
        if (i == axis)
            nhwc__walk_add_axis(&walk, length, stride, is_constant ? 0 : direction * stride);
        else
            nhwc__walk_add_axis(&walk, i < axis ? y->dims[i] : p->x->dims[i], stride, is_constant ? 0 : stride);
        if (i > axis && p->x->dims[i] > 0)
            corner += p->widths[i][0] * y->strides[i];
    }
    if (walk.empty || length == 0)
        return;
    walk.y = nhwc__element(y, corner + first * y->strides[axis]);
    walk.x = is_constant ? (const void *)&p->value : nhwc__element(y, corner + source * y->strides[axis]);
    nhwc__copy_walk(p->context, &walk, size);
}

/* Outwards from x, which goes to and fro: in pieces, of which every other one runs against x. */
static void fill_mirrored(const padding *p, int axis)
{
    const int64_t length = p->x->dims[axis], before = p->widths[axis][0], after = p->widths[axis][1];
    const int64_t skip = p->mode == NHWC_PAD_REFLECT ? 1 : 0, most = length - skip;
    const int64_t end = before + length; /* where x ends in y */
    for (int64_t done = 0, back = 1; done < before; done += most, back = !back) {
        const int64_t count = nhwc__least(most, before - done);
        fill_band(p, axis, before - done - count, count, back ? before + skip + count - 1 : end - skip - count,
                  back ? -1 : 1);
    }
    for (int64_t done = 0, back = 1; done < after; done += most, back = !back)
        fill_band(p, axis, end + done, nhwc__least(most, after - done), back ? end - 1 - skip : before + skip,
                  back ? -1 : 1);
}

static void fill_axis(const padding *p, int axis)
{
    const int64_t length = p->x->dims[axis], before = p->widths[axis][0], after = p->widths[axis][1];
    const bool mirrored = p->mode == NHWC_PAD_REFLECT || p->mode == NHWC_PAD_SYMMETRIC;
    if (mirrored && length > 1) {
        fill_mirrored(p, axis);
        return;
    }
    fill_band(p, axis, 0, before, before, 0);
    fill_band(p, axis, before + length, after, before + length - 1, 0);
}

/* dims of y; what cannot be padded is refused. */
static nhwc_status padded_dims(const nhwc_tensor *x, const int64_t (*widths)[2], nhwc_pad_mode mode, int64_t *dims)
{
    if ((int)mode < 0 || mode > NHWC_PAD_EDGE)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "pad: options->mode is %d, which is no nhwc_pad_mode", (int)mode);
    if (widths == NULL && x->rank > 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "pad: paddings is NULL");
    for (int axis = 0; axis < x->rank; axis++) {
        const int64_t before = widths[axis][0], after = widths[axis][1];
        if (before < 0 || after < 0)
            return nhwc__fail(NHWC_ERROR_PADDING,
                              "pad: paddings[%d] is {%" PRId64 ", %" PRId64 "}; they cannot be negative", axis, before,
                              after);
        if (mode != NHWC_PAD_CONSTANT && x->dims[axis] == 0 && (before > 0 || after > 0))
            return nhwc__fail(NHWC_ERROR_PADDING, "pad: axis %d of x is empty; NHWC_PAD_CONSTANT alone can pad it",
                              axis);
        if (!nhwc__is_size(before) || !nhwc__is_size(after) || !nhwc__is_size(x->dims[axis]) ||
            !nhwc__is_size(dims[axis] = before + x->dims[axis] + after))
            return nhwc__fail(NHWC_ERROR_TOO_LARGE, "pad: axis %d becomes longer than 64 bits can address", axis);
    }
    return NHWC_OK;
}

nhwc_status nhwc_pad(const nhwc_context *context, const nhwc_tensor *x, const int64_t (*paddings)[2],
                     const nhwc_pad_options *options, nhwc_tensor *y)
{
    padding p = {.context = context, .x = x, .y = y, .widths = paddings};
    int64_t dims[NHWC_MAX_RANK];
    if (options != NULL)
        p.mode = options->mode;
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check("pad", "x", x));
    NHWC__TRY(padded_dims(x, paddings, p.mode, dims));
    NHWC__TRY(nhwc__check_move("pad", "x", x, y));
    NHWC__TRY(nhwc__check_output_shape("pad", y, x->rank, dims));
    NHWC__TRY(nhwc__scalar_of("pad", "options->value", options ? options->value : 0, y->dtype, &p.value));
    if (nhwc__tensor_is_empty(y))
        return NHWC_OK;
    nhwc_tensor middle = *y;
    int64_t corner = 0;
    for (int axis = 0; axis < x->rank; axis++) {
        middle.dims[axis] = x->dims[axis];
        if (x->dims[axis] > 0 && y->dims[axis] > 1)
            corner += paddings[axis][0] * y->strides[axis];
    }
    if (!nhwc__tensor_is_empty(&middle)) {
        middle.data = nhwc__element(y, corner);
        nhwc__copy(context, x, &middle);
    }
    for (int axis = 0; axis < x->rank; axis++)
        fill_axis(&p, axis);
    return NHWC_OK;
}
