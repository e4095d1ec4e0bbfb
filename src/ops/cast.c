/* Conversions between dtypes: C's, and where those are undefined, the nearest value there is. */
#include "ops/cast.h"

#include <nhwc/array.h>

#include "base/context.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/copy.h"
#include "ops/shapes.h"

/* The nearest integer towards zero; NaN is neither above nor below. */
#define DEFINE_TRUNCATION(name, type, real_name, real, least, beyond, greatest)                              \
    static inline type name##_of_##real_name(real v)                                                         \
    {                                                                                                        \
        return v > (real)(least) && v < (real)(beyond) ? (type)v : v > 0 ? (greatest) : v < 0 ? (least) : 0; \
    }

/* Brought into range first, and converted by way of integers that vectors have conversions to. */
#define DEFINE_BYTE(real_name, real)                                  \
    static inline uint8_t byte_of_##real_name(real v)                 \
    {                                                                 \
        const real low = v > 0 ? v : 0;                               \
        return (uint8_t)(int32_t)(low < UINT8_MAX ? low : UINT8_MAX); \
    }

DEFINE_TRUNCATION(whole32, int32_t, float32, float, INT32_MIN, 0x1p31, INT32_MAX)
DEFINE_TRUNCATION(whole32, int32_t, float64, double, INT32_MIN, 0x1p31, INT32_MAX)
DEFINE_TRUNCATION(whole64, int64_t, float32, float, INT64_MIN, 0x1p63, INT64_MAX)
DEFINE_TRUNCATION(whole64, int64_t, float64, double, INT64_MIN, 0x1p63, INT64_MAX)
DEFINE_BYTE(float32, float)
DEFINE_BYTE(float64, double)

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
#define DEFINE_ROWS(to_name, to_type, of_float32, of_float64, of_integer) \
    DEFINE_ROW(to_name, to_type, float32, float, of_float32)              \
    DEFINE_ROW(to_name, to_type, float64, double, of_float64)             \
    DEFINE_ROW(to_name, to_type, int32, int32_t, of_integer)              \
    DEFINE_ROW(to_name, to_type, int64, int64_t, of_integer)              \
    DEFINE_ROW(to_name, to_type, uint8, uint8_t, of_integer)              \
    DEFINE_ROW(to_name, to_type, boolean, unsigned char, 0 != )

DEFINE_ROWS(float32, float, FLOAT32, FLOAT32, FLOAT32)
DEFINE_ROWS(float64, double, FLOAT64, FLOAT64, FLOAT64)
DEFINE_ROWS(int32, int32_t, whole32_of_float32, whole32_of_float64, INT32)
DEFINE_ROWS(int64, int64_t, whole64_of_float32, whole64_of_float64, INT64)
DEFINE_ROWS(uint8, uint8_t, byte_of_float32, byte_of_float64, UINT8)
DEFINE_ROWS(boolean, unsigned char, BOOLEAN, BOOLEAN, BOOLEAN)

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
