#include "io/elements.h"

#include <inttypes.h>
#include <string.h>

#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/shapes.h"

#define CHUNK_BYTES 16384

static bool host_is_big_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 0;
}

static void swap_bytes(char *data, int64_t bytes, int64_t size)
{
    for (int64_t first = 0; first < bytes; first += size)
        for (int64_t i = first, j = first + size - 1; i < j; i++, j--) {
            const char byte = data[i];
            data[i] = data[j];
            data[j] = byte;
        }
}

/* The bytes of the elements, of which `there` are there. */
static nhwc_status count_bytes(const nhwc__reader *r, nhwc_dtype dtype, int rank, const int64_t *dims, int64_t there,
                               int64_t *bytes)
{
    bool fits = true;
    *bytes = (int64_t)nhwc_dtype_size(dtype);
    for (int axis = 0; axis < rank; axis++)
        if (dims[axis] == 0)
            *bytes = 0;
    for (int axis = 0; axis < rank; axis++)
        fits = fits && nhwc__multiply(*bytes, dims[axis], bytes);
    if (!fits)
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "%s: \"%s\" has the shape %s, more than 64 bits can address",
                          r->operation, r->path, nhwc__shape_text(rank, dims).text);
    if (*bytes != there)
        return nhwc__fail(NHWC_ERROR_FORMAT,
                          "%s: \"%s\" has the shape %s, which takes %" PRId64 " bytes, but %" PRId64 " are there",
                          r->operation, r->path, nhwc__shape_text(rank, dims).text, *bytes, there);
    return NHWC_OK;
}

/* What was in a file becomes elements: another order of bytes; booleans that are 0 or 1. */
static void settle(nhwc_dtype dtype, bool big_endian, void *data, int64_t bytes)
{
    const int64_t size = (int64_t)nhwc_dtype_size(dtype);
    unsigned char *booleans = data;
    if (dtype == NHWC_BOOL)
        for (int64_t i = 0; i < bytes; i++)
            booleans[i] = booleans[i] != 0;
    else if (size > 1 && big_endian != host_is_big_endian())
        swap_bytes(data, bytes, size);
}

nhwc_status nhwc__elements_get(const nhwc_context *context, const nhwc__reader *r, int64_t offset, bool big_endian,
                               nhwc_dtype dtype, int rank, const int64_t *dims, nhwc_tensor *x)
{
    int64_t bytes;
    nhwc_tensor made;
    NHWC__TRY(count_bytes(r, dtype, rank, dims, r->length - offset, &bytes));
    NHWC__TRY(nhwc_tensor_create(context, dtype, rank, dims, &made));
    const nhwc_status status = nhwc__reader_get(r, offset, bytes, made.data);
    if (status != NHWC_OK) {
        nhwc_tensor_destroy(context, &made);
        return status;
    }
    settle(dtype, big_endian, made.data, bytes);
    *x = made;
    return NHWC_OK;
}

int64_t nhwc__elements_bytes(const nhwc_tensor *x)
{
    return nhwc__element_count(x) * (int64_t)nhwc_dtype_size(x->dtype);
}

static bool is_dense(const nhwc_tensor *x)
{
    const nhwc_tensor dense = nhwc_tensor_view(x->dtype, x->data, x->rank, x->dims);
    for (int axis = 0; axis < x->rank; axis++)
        if (x->dims[axis] > 1 && x->strides[axis] != dense.strides[axis])
            return false;
    return true;
}

nhwc_status nhwc__elements_put(const nhwc_tensor *x, nhwc__put *put, void *sink)
{
    char chunk[CHUNK_BYTES];
    const int64_t size = (int64_t)nhwc_dtype_size(x->dtype), count = nhwc__element_count(x);
    if (is_dense(x) && (size == 1 || !host_is_big_endian()))
        return put(sink, x->data, nhwc__elements_bytes(x));
    nhwc__cursor from = nhwc__cursor_at(x, 0);
    for (int64_t first = 0, end; first < count; first = end) {
        end = nhwc__least(first + CHUNK_BYTES / size, count);
        for (int64_t i = first; i < end; i++, nhwc__cursor_next(&from))
            memcpy(chunk + (i - first) * size, nhwc__element(x, from.offset), (size_t)size);
        if (size > 1 && host_is_big_endian())
            swap_bytes(chunk, (end - first) * size, size);
        NHWC__TRY(put(sink, chunk, (end - first) * size));
    }
    return NHWC_OK;
}
