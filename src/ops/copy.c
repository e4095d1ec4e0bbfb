/* Copies between any strides.
 *
 * Bytes are moved, whatever they mean. What lies side by side in both tensors is one element as far as it fits: four
 * channels of uint8 are copied as an integer of 32 bits, two of float32 as one of 64. */
#include "ops/copy.h"

#include <nhwc/array.h>
#include <string.h>

#include "base/context.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/shapes.h"

/* One row. The loops are apart so that strides and bytes known beforehand become vectors. */
#define DEFINE_ROW(size)                                                                                \
    static void row_##size(int64_t count, char *restrict y, int64_t to, const char *restrict x, int64_t from) \
    {                                                                                                   \
        char element[size];                                                                             \
        if (to == (size) && from == (size)) {                                                           \
            memcpy(y, x, (size_t)count * (size));                                                       \
        } else if (to == (size) && from == 0) {                                                         \
            memcpy(element, x, size);                                                                   \
            for (int64_t i = 0; i < count; i++)                                                         \
                memcpy(y + i * (size), element, size);                                                  \
        } else if (to == (size)) {                                                                      \
            for (int64_t i = 0; i < count; i++)                                                         \
                memcpy(y + i * (size), x + i * from, size);                                             \
        } else {                                                                                        \
            for (int64_t i = 0; i < count; i++)                                                         \
                memcpy(y + i * to, x + i * from, size);                                                 \
        }                                                                                               \
    }

DEFINE_ROW(1)
DEFINE_ROW(2)
DEFINE_ROW(4)
DEFINE_ROW(8)
DEFINE_ROW(16)

#ifdef __GNUC__
#ifdef __clang__
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (__typeof__(a)){__VA_ARGS__})
#endif

/* Squares are made of blocks whose rows fill a register. To interleave the rows of a block's upper half with those of
 * its lower half is to rotate the bits of an index (row, column) by one place; as many rounds as there are bits in
 * a row exchange rows and columns. */
#define DEFINE_SQUARE(size, type, side)                                                \
    typedef type vector_##size __attribute__((vector_size(16)));                                \
    static inline void block_##size(char *restrict y, int64_t to, const char *restrict x, int64_t from) \
    {                                                                                           \
        vector_##size rows[side], next[side];                                                   \
        for (int i = 0; i < (side); i++)                                                        \
            memcpy(&rows[i], x + i * from, sizeof rows[i]);                                     \
        for (int round = 1; round < (side); round *= 2) {                                       \
            for (int i = 0; i < (side) / 2; i++) {                                              \
                next[2 * i] = SHUFFLE(rows[i], rows[i + (side) / 2], LOW_##size);                      \
                next[2 * i + 1] = SHUFFLE(rows[i], rows[i + (side) / 2], HIGH_##size);                 \
            }                                                                                   \
            memcpy(rows, next, sizeof rows);                                                    \
        }                                                                                       \
        for (int i = 0; i < (side); i++)                                                        \
            memcpy(y + i * to, &rows[i], sizeof rows[i]);                                       \
    }                                                                                           \
    static void square_##size(char *restrict y, int64_t to, const char *restrict x, int64_t from) \
    {                                                                                           \
        for (int i = 0; i < 16; i += (side))                                                    \
            for (int j = 0; j < 16; j += (side))                                                \
                block_##size(y + i * to + j * (size), to, x + j * from + i * (size), from);    \
    }

#define LOW_1 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_1 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define LOW_2 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH_2 4, 12, 5, 13, 6, 14, 7, 15
#define LOW_4 0, 4, 1, 5
#define HIGH_4 2, 6, 3, 7
#define LOW_8 0, 2
#define HIGH_8 1, 3

DEFINE_SQUARE(1, uint8_t, 16)
DEFINE_SQUARE(2, uint16_t, 8)
DEFINE_SQUARE(4, uint32_t, 4)
DEFINE_SQUARE(8, uint64_t, 2)
#else
#define square_1 NULL
#define square_2 NULL
#define square_4 NULL
#define square_8 NULL
#endif

static nhwc__mover mover_of(int64_t size)
{
    switch (size) {
    case 1: return (nhwc__mover){row_1, square_1, 1, 1};
    case 2: return (nhwc__mover){row_2, square_2, 2, 2};
    case 4: return (nhwc__mover){row_4, square_4, 4, 4};
    case 8: return (nhwc__mover){row_8, square_8, 8, 8};
    }
    return (nhwc__mover){row_16, NULL, 16, 16};
}

/* Elements that lie side by side in x and y as one of up to 16 bytes; its size. */
static int64_t widen(nhwc__walk *walk, int64_t size)
{
    const int last = walk->rank - 1;
    if (last < 1 || walk->to[last] != size || walk->from[last] != size)
        return size;
    for (int64_t wide = 16; wide > size; wide /= 2)
        if (walk->dims[last] == wide / size) {
            walk->rank--;
            return wide;
        }
    return size;
}

void nhwc__copy_walk(const nhwc_context *context, nhwc__walk *walk, int64_t size)
{
    nhwc__walk_arrange(walk);
    const nhwc__mover mover = mover_of(widen(walk, size));
    nhwc__walk_run(context, walk, &mover);
}

void nhwc__copy_row(size_t size, int64_t count, const char *x, int64_t from, char *y, int64_t to)
{
    const int64_t s = (int64_t)size;
    mover_of(s).row(count, y, to * s, x, from * s);
}

void nhwc__copy_plane(size_t size, int64_t rows, int64_t columns, const char *x, int64_t from_row, int64_t from_column,
                      char *y, int64_t to_row, int64_t to_column)
{
    const int64_t s = (int64_t)size;
    const nhwc__mover mover = mover_of(s);
    nhwc__walk_plane(&mover, &(nhwc__plane){y, x, rows, columns, to_row * s, to_column * s, from_row * s,
                                            from_column * s});
}

void nhwc__copy(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *y)
{
    nhwc__walk walk;
    nhwc__walk_through(&walk, x, y);
    nhwc__copy_walk(context, &walk, (int64_t)nhwc_dtype_size(y->dtype));
}

nhwc_status nhwc_copy(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    nhwc_tensor wide;
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check("copy", "x", x));
    NHWC__TRY(nhwc__check_move("copy", "x", x, y));
    NHWC__TRY(nhwc__broadcast_view("copy", "x", x, y->rank, y->dims, &wide));
    nhwc__copy(context, &wide, y);
    return NHWC_OK;
}

nhwc_status nhwc_clone(const nhwc_context *context, const nhwc_tensor *x, nhwc_tensor *y)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check("clone", "x", x));
    if (y == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "clone: y is NULL");
    void *data = NULL;
    const int64_t bytes = nhwc__element_count(x) * (int64_t)nhwc_dtype_size(x->dtype);
    if (bytes > 0)
        NHWC__TRY(nhwc__allocate(context, bytes, &data));
    const nhwc_tensor clone = nhwc_tensor_view(x->dtype, data, x->rank, x->dims);
    nhwc__copy(context, x, &clone);
    *y = clone;
    return NHWC_OK;
}
