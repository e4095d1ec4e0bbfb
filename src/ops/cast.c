/* Conversions between dtypes: C's, and where those are undefined, the nearest value there is. */
#include "ops/cast.h"

#include <nhwc/array.h>

#include "base/context.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "ops/copy.h"
#include "ops/shapes.h"

static inline int32_t int32_of_real(double v)
{
    return v != v ? 0 : v <= INT32_MIN ? INT32_MIN : v >= INT32_MAX ? INT32_MAX : (int32_t)v;
}

static inline int64_t int64_of_real(double v)
{
    return v != v ? 0 : v <= -0x1p63 ? INT64_MIN : v >= 0x1p63 ? INT64_MAX : (int64_t)v;
}

static inline uint8_t uint8_of_real(double v)
{
    return !(v > 0) ? 0 : v >= UINT8_MAX ? UINT8_MAX : (uint8_t)v;
}

/* Modulo 2^bits: by way of unsigned numbers, of which C says so. */
#define FLOAT32(v) ((float)(v))
#define FLOAT64(v) ((double)(v))
#define INT32(v) ((int32_t)(uint32_t)(v))
#define INT64(v) ((int64_t)(v))
#define UINT8(v) ((uint8_t)(v))
#define BOOLEAN(v) ((v) != 0)

#define DEFINE_ROW(to_name, to_type, from_name, from_type, convert)                                           \
    static void to_name##_of_##from_name(int64_t count, char *restrict y, int64_t to, const char *restrict x, \
                                         int64_t from)                                                        \
    {                                                                                                         \
        to_type *whole_y = (void *)y;                                                                         \
        const from_type *whole_x = (const void *)x;                                                           \
        if (to == sizeof *whole_y && from == sizeof *whole_x)                                                 \
            for (int64_t i = 0; i < count; i++)                                                               \
                whole_y[i] = convert(whole_x[i]);                                                             \
        else                                                                                                  \
            for (int64_t i = 0; i < count; i++)                                                               \
                *(to_type *)(void *)(y + i * to) = convert(*(const from_type *)(const void *)(x + i * from)); \
    }

/* A boolean counts as 0 or 1 whatever its byte. */
#define DEFINE_ROWS(to_name, to_type, of_real, of_integer)             \
    DEFINE_ROW(to_name, to_type, float32, float, of_real)              \
    DEFINE_ROW(to_name, to_type, float64, double, of_real)             \
    DEFINE_ROW(to_name, to_type, int32, int32_t, of_integer)           \
    DEFINE_ROW(to_name, to_type, int64, int64_t, of_integer)           \
    DEFINE_ROW(to_name, to_type, uint8, uint8_t, of_integer)           \
    DEFINE_ROW(to_name, to_type, boolean, unsigned char, 0 != )

DEFINE_ROWS(float32, float, FLOAT32, FLOAT32)
DEFINE_ROWS(float64, double, FLOAT64, FLOAT64)
DEFINE_ROWS(int32, int32_t, int32_of_real, INT32)
DEFINE_ROWS(int64, int64_t, int64_of_real, INT64)
DEFINE_ROWS(uint8, uint8_t, uint8_of_real, UINT8)
DEFINE_ROWS(boolean, unsigned char, BOOLEAN, BOOLEAN)

nhwc__row *nhwc__cast_row(nhwc_dtype to, nhwc_dtype from)
{
#define ROWS(to)                                                                                          \
    {                                                                                                     \
        [NHWC_FLOAT32] = to##_of_float32, [NHWC_FLOAT64] = to##_of_float64, [NHWC_INT32] = to##_of_int32, \
        [NHWC_INT64] = to##_of_int64, [NHWC_UINT8] = to##_of_uint8, [NHWC_BOOL] = to##_of_boolean         \
    }
    static nhwc__row *const rows[6][6] = {
        [NHWC_FLOAT32] = ROWS(float32), [NHWC_FLOAT64] = ROWS(float64), [NHWC_INT32] = ROWS(int32),
        [NHWC_INT64] = ROWS(int64),     [NHWC_UINT8] = ROWS(uint8),     [NHWC_BOOL] = ROWS(boolean)};
    return rows[to][from];
#undef ROWS
}

nhwc_status nhwc_cast(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    nhwc_tensor wide;
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check("cast", "x", x));
    NHWC__TRY(nhwc__tensor_check_distinct("cast", "y", y));
    NHWC__TRY(nhwc__check_apart("cast", "x", x, "y", y));
    NHWC__TRY(nhwc__broadcast_view("cast", "x", x, y->rank, y->dims, &wide));
    if (x->dtype == y->dtype) {
        nhwc__copy(context, &wide, y);
        return NHWC_OK;
    }
    nhwc__walk walk;
    nhwc__walk_through(&walk, &wide, y);
    nhwc__walk_arrange(&walk);
    nhwc__walk_run(context, &walk,
                   &(nhwc__mover){nhwc__cast_row(y->dtype, x->dtype), NULL, (int64_t)nhwc_dtype_size(y->dtype),
                                  (int64_t)nhwc_dtype_size(x->dtype)});
    return NHWC_OK;
}
