#include "ops/blocks.h"

#include "base/parallel.h"
#include "base/size.h"
#include "ops/shapes.h"

#define BLOCK_ELEMENTS 32768 /* at most, where that is enough for a line */

typedef struct cutting {
    int count;
    const nhwc_tensor *tensors;
    int64_t size[NHWC_MAX_RANK]; /* of a block along each axis */
    int64_t blocks, tasks;
    nhwc__block *block;
    void *argument;
} cutting;

static void cut(cutting *c, unsigned whole, int64_t lines)
{
    const nhwc_tensor *x = &c->tensors[0];
    c->blocks = 1;
    for (int axis = x->rank - 1; axis >= 0; axis--) {
        const bool cuts = !(whole & 1u << axis);
        c->size[axis] = cuts ? nhwc__least(x->dims[axis], lines) : x->dims[axis];
        if (cuts)
            lines /= c->size[axis];
        c->blocks *= nhwc__ceil(x->dims[axis], c->size[axis]);
    }
}

/* What belongs to the block of a tensor, some dims of which may be 1. */
static nhwc_tensor view_of(const cutting *c, const nhwc_tensor *tensor, int64_t block)
{
    const int64_t *dims = c->tensors[0].dims;
    nhwc_tensor view = *tensor;
    int64_t offset = 0;
    for (int axis = tensor->rank - 1; axis >= 0; axis--) {
        const int64_t pieces = nhwc__ceil(dims[axis], c->size[axis]), first = block % pieces * c->size[axis];
        block /= pieces;
        if (tensor->dims[axis] == 1)
            continue;
        offset += first * tensor->strides[axis];
        view.dims[axis] = nhwc__least(c->size[axis], dims[axis] - first);
    }
    view.data = nhwc__element(tensor, offset);
    return view;
}

static void run_blocks(void *argument, int64_t task)
{
    const cutting *c = argument;
    for (int64_t block = c->blocks * task / c->tasks; block < c->blocks * (task + 1) / c->tasks; block++) {
        nhwc_tensor views[NHWC__MOST_VIEWS];
        for (int i = 0; i < c->count; i++)
            views[i] = view_of(c, &c->tensors[i], block);
        c->block(c->argument, views);
    }
}

void nhwc__for_blocks_of(const nhwc_context *context, int count, const nhwc_tensor *tensors, unsigned whole,
                         int64_t lines, nhwc__block *block, void *argument)
{
    cutting c = {.count = count, .tensors = tensors, .block = block, .argument = argument};
    cut(&c, whole, lines);
    c.tasks = nhwc__tasks_worth(context, c.blocks, nhwc__element_count(tensors));
    nhwc__parallel_for(context, c.tasks, run_blocks, &c);
}

void nhwc__for_blocks(const nhwc_context *context, int count, const nhwc_tensor *tensors, int whole,
                      int64_t lines, nhwc__block *block, void *argument)
{
    const nhwc_tensor *x = &tensors[0];
    unsigned axes = 0;
    int64_t line = 1;
    for (int axis = x->rank - whole; axis < x->rank; axis++) {
        axes |= 1u << axis;
        line *= x->dims[axis];
    }
    nhwc__for_blocks_of(context, count, tensors, axes, nhwc__least(lines, nhwc__most(1, BLOCK_ELEMENTS / line)), block,
                        argument);
}
