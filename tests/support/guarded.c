#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "support/guarded.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/check.h"

#define SLOTS   64
#define PATTERN 0xA5

typedef struct slot {
    unsigned char *pages; /* readable bytes; a guard page follows */
    size_t size;
    bool used;
    nhwc_tensor tensor;
} slot;

static slot slots[SLOTS];

int64_t element_count(const nhwc_tensor *tensor)
{
    int64_t count = 1;
    for (int axis = 0; axis < tensor->rank; axis++)
        count *= tensor->dims[axis];
    return count;
}

static char *element_at(const nhwc_tensor *tensor, int64_t index)
{
    int64_t offset = 0;
    for (int axis = tensor->rank - 1; axis >= 0; axis--) {
        offset += index % tensor->dims[axis] * tensor->strides[axis];
        index /= tensor->dims[axis];
    }
    return (char *)tensor->data + offset * (int64_t)nhwc_dtype_size(tensor->dtype);
}

double element_get(const nhwc_tensor *tensor, int64_t index)
{
    const void *at = element_at(tensor, index);
    switch (tensor->dtype) {
    case NHWC_FLOAT32: return *(const float *)at;
    case NHWC_FLOAT64: return *(const double *)at;
    case NHWC_INT32: return *(const int32_t *)at;
    case NHWC_INT64: return (double)*(const int64_t *)at;
    case NHWC_UINT8:
    case NHWC_BOOL: return *(const unsigned char *)at;
    }
    return 0;
}

void element_set(const nhwc_tensor *tensor, int64_t index, double value)
{
    void *at = element_at(tensor, index);
    switch (tensor->dtype) {
    case NHWC_FLOAT32: *(float *)at = (float)value; break;
    case NHWC_FLOAT64: *(double *)at = value; break;
    case NHWC_INT32: *(int32_t *)at = (int32_t)value; break;
    case NHWC_INT64: *(int64_t *)at = (int64_t)value; break;
    case NHWC_UINT8:
    case NHWC_BOOL: *(unsigned char *)at = (unsigned char)value; break;
    }
}

static slot *free_slot(size_t bytes)
{
    slot *s = slots;
    while (s < slots + SLOTS && s->used)
        s++;
    CHECK(s < slots + SLOTS);
    if (s->size < bytes) {
        const size_t page = (size_t)sysconf(_SC_PAGESIZE);
        if (s->pages)
            munmap(s->pages, s->size + page);
        s->size = (bytes + page - 1) / page * page;
        s->pages = mmap(NULL, s->size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(s->pages != MAP_FAILED);
        CHECK(mprotect(s->pages + s->size, page, PROT_NONE) == 0);
    }
    s->used = true;
    return s;
}

/* Elements that lie side by side, from one that begins a run of them to the next that does. */
static int64_t run_of(const nhwc_tensor *tensor)
{
    const int last = tensor->rank - 1;
    return last >= 0 && tensor->strides[last] == 1 && tensor->dims[last] > 0 ? tensor->dims[last] : 1;
}

#define FRONT 256 /* pattern bytes at least in front of the first element */

nhwc_tensor guarded_tensor(nhwc_dtype dtype, int rank, const int64_t *dims, int64_t gap)
{
    nhwc_tensor tensor = nhwc_tensor_view(dtype, NULL, rank, dims);
    if (gap > 0)
        for (int axis = rank - 2; axis >= 0; axis--)
            tensor.strides[axis] = tensor.strides[axis + 1] * dims[axis + 1] + gap;
    int64_t last = 0;
    for (int axis = 0; axis < rank; axis++)
        last += dims[axis] > 0 ? (dims[axis] - 1) * tensor.strides[axis] : 0;
    const int64_t count = element_count(&tensor), run = run_of(&tensor);
    const size_t size = nhwc_dtype_size(dtype), bytes = count ? (size_t)(last + 1) * size : 0;
    slot *s = free_slot(bytes + FRONT);
    tensor.data = s->pages + s->size - bytes;
    memset(s->pages + s->size - bytes - FRONT, PATTERN, bytes + FRONT);
    for (int64_t i = 0; i < count; i += run)
        memset(element_at(&tensor, i), 0, (size_t)run * size);
    s->tensor = tensor;
    return tensor;
}

void guarded_check(void)
{
    for (slot *s = slots; s < slots + SLOTS; s++) {
        if (!s->used)
            continue;
        const size_t size = nhwc_dtype_size(s->tensor.dtype);
        unsigned char *at = (unsigned char *)s->tensor.data;
        unsigned char *byte = at - FRONT, *end = s->pages + s->size;
        const int64_t count = element_count(&s->tensor), run = run_of(&s->tensor);
        /* Elements come in ascending order of address: strides are nested. */
        for (int64_t i = 0; i <= count; i += run) {
            unsigned char *next = i < count ? (unsigned char *)element_at(&s->tensor, i) : end;
            for (; byte < next; byte++)
                CHECK(*byte == PATTERN);
            byte = i < count ? next + (size_t)run * size : end;
        }
    }
}

void guarded_release(void)
{
    for (slot *s = slots; s < slots + SLOTS; s++)
        s->used = false;
}
