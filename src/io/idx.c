/* IDX: two zeros, the dtype, the rank, the dims, the elements, all big-endian.   [yann.lecun.com/exdb/mnist] */
#include <nhwc/io.h>

#include "base/context.h"
#include "base/status.h"
#include "io/elements.h"

static bool find_dtype(int code, nhwc_dtype *dtype)
{
    switch (code) {
    case 0x08: *dtype = NHWC_UINT8; return true;
    case 0x0c: *dtype = NHWC_INT32; return true;
    case 0x0d: *dtype = NHWC_FLOAT32; return true;
    case 0x0e: *dtype = NHWC_FLOAT64; return true;
    }
    return false;
}

static nhwc_status get(const nhwc_context *context, const nhwc__reader *r, nhwc_tensor *x)
{
    unsigned char start[4], length[4];
    nhwc_dtype dtype;
    int64_t dims[NHWC_MAX_RANK];
    NHWC__TRY(nhwc__reader_get(r, 0, 4, start));
    const int rank = start[3];
    if (start[0] == 0x1f && start[1] == 0x8b)
        return nhwc__fail(NHWC_ERROR_FORMAT, "idx_read: \"%s\" is compressed by gzip; unpack it first", r->path);
    if (start[0] != 0 || start[1] != 0)
        return nhwc__fail(NHWC_ERROR_FORMAT, "idx_read: \"%s\" begins with the bytes %d %d; of an IDX file both are 0",
                          r->path, start[0], start[1]);
    if (!find_dtype(start[2], &dtype))
        return nhwc__fail(NHWC_ERROR_DTYPE,
                          "idx_read: \"%s\" has elements of type 0x%02x; 0x08, 0x0c, 0x0d and 0x0e, which are unsigned "
                          "bytes, int32, float32 and float64, can be read",
                          r->path, start[2]);
    if (rank > NHWC_MAX_RANK)
        return nhwc__fail(NHWC_ERROR_RANK, "idx_read: \"%s\" has %d axes; %d are possible", r->path, rank,
                          NHWC_MAX_RANK);
    for (int axis = 0; axis < rank; axis++) {
        NHWC__TRY(nhwc__reader_get(r, 4 + 4 * axis, 4, length));
        dims[axis] = nhwc__big(length, 4);
    }
    return nhwc__elements_get(context, r, 4 + 4 * rank, true, dtype, rank, dims, x);
}

nhwc_status nhwc_idx_read(const nhwc_context *context, const char *path, nhwc_tensor *x)
{
    nhwc__reader reader;
    NHWC__TRY(nhwc__context_check(context));
    if (x == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "idx_read: x is NULL");
    NHWC__TRY(nhwc__reader_open("idx_read", path, &reader));
    const nhwc_status status = get(context, &reader, x);
    nhwc__reader_close(&reader);
    return status;
}
