#include "ops/blocks.h"

#include "base/parallel.h"
#include "base/size.h"
#include "ops/shapes.h"

#define BLOCK_ELEMENTS 32768 /* at most, where that is enough for a line */
#define MAP_ELEMENTS   2048  /* of the lines that are mapped at once */

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

/* ---- Lines ---------------------------------------------------------------------------------- */

bool nhwc__has_lines(const nhwc_tensor *x, int axes)
{
    int64_t length = 1;
    for (int axis = x->rank - 1; axis >= x->rank - axes; length *= x->dims[axis--])
        if (x->dims[axis] > 1 && x->strides[axis] != length)
            return false;
    return true;
}

/* Lines that follow one another along the axis before theirs; l has the first of them. */
static void map_row(nhwc__line_map *map, nhwc__lines l, int64_t lines, int64_t size)
{
    const int64_t most = nhwc__least(NHWC__LINES, nhwc__most(1, MAP_ELEMENTS / l.count));
    for (; lines > 0; lines -= l.lines, l.first += l.lines) {
        l.lines = nhwc__least(lines, most);
        map(&l);
        l.a = (const char *)l.a + l.lines * l.a_step * size;
        l.b = (const char *)l.b + l.lines * l.b_step * size;
        l.y = (char *)l.y + l.lines * l.y_step * size;
    }
}

bool nhwc__map_lines(nhwc__line_map *map, int axes, const nhwc_tensor *a, const nhwc_tensor *b, const nhwc_tensor *y,
                     const nhwc__lines *beside)
{
    const int before = y->rank - axes - 1;
    nhwc__lines l = *beside;
    l.count = 1;
    for (int axis = before + 1; axis < y->rank; axis++)
        l.count *= y->dims[axis];
    if (before >= 0) {
        l.a_step = a->strides[before];
        l.b_step = b->strides[before];
        l.y_step = y->strides[before];
    }
    if (!nhwc__has_lines(a, axes) || !nhwc__has_lines(b, axes) || !nhwc__has_lines(y, axes))
        return false;
    const int64_t lines = nhwc__element_count(y) / l.count, row = before >= 0 ? y->dims[before] : 1;
    const int64_t size = (int64_t)nhwc_dtype_size(y->dtype);
    for (l.first = 0; l.first < lines; l.first += row) {
        l.a = nhwc__element(a, nhwc__offset_of(a, l.first * l.count));
        l.b = nhwc__element(b, nhwc__offset_of(b, l.first * l.count));
        l.y = nhwc__element(y, nhwc__offset_of(y, l.first * l.count));
        map_row(map, l, row, size);
    }
    return true;
}
