#include "engine/product.h"

#include <string.h>

#define MAX_TILE_BYTES (14 * 2 * 64)

static const char *at(const void *data, int64_t offset, size_t element)
{
    return (const char *)data + offset * (int64_t)element;
}

/* panel [depth][width] = b [depth, columns], zero in the columns beyond. */
static void pack_panel(const nhwc__kernels *kernels, size_t element, const nhwc__matrix *b, int64_t depth,
                       int64_t columns, int64_t width, void *panel)
{
    if (columns < width)
        memset(panel, 0, (size_t)(depth * width) * element);
    if (b->column == 1)
        kernels->copy(depth, columns, b->data, b->row, panel, width);
    else
        kernels->transpose(depth, columns, b->data, b->column, panel, width);
}

/* One tile of c, by way of a copy where it is narrower than its vectors. */
static void run_tile(const nhwc__kernels *kernels, size_t element, int rows, int64_t columns, int vectors,
                     int64_t depth, const nhwc__matrix *a, const char *panel, bool accumulate, char *c,
                     int64_t c_row)
{
    const int64_t width = (int64_t)vectors * kernels->lanes;
    if (columns == width) {
        kernels->tile(rows, vectors, depth, a->data, a->row, a->column, panel, width, accumulate, c, c_row);
        return;
    }
    _Alignas(64) char copy[MAX_TILE_BYTES];
    const size_t copy_row = (size_t)width * element, row_bytes = (size_t)columns * element;
    memset(copy, 0, (size_t)rows * copy_row);
    for (int i = 0; accumulate && i < rows; i++)
        memcpy(copy + (size_t)i * copy_row, at(c, i * c_row, element), row_bytes);
    kernels->tile(rows, vectors, depth, a->data, a->row, a->column, panel, width, accumulate, copy, width);
    for (int i = 0; i < rows; i++)
        memcpy(c + i * c_row * (int64_t)element, copy + (size_t)i * copy_row, row_bytes);
}

void nhwc__product(const nhwc__kernels *kernels, size_t element, int64_t rows, int64_t columns, int64_t depth,
                   nhwc__matrix a, nhwc__matrix b, bool accumulate, void *c, int64_t c_row, void *panel)
{
    const int64_t panel_columns = 2 * kernels->lanes;
    const int64_t tiles = (rows + kernels->tile_rows - 1) / kernels->tile_rows; /* of nearly equal height */
    for (int64_t k = 0; k < depth || k == 0; k += NHWC__DEPTH_BLOCK) { /* once for an empty sum */
        const int64_t terms = depth - k < NHWC__DEPTH_BLOCK ? depth - k : NHWC__DEPTH_BLOCK;
        for (int64_t j = 0; j < columns; j += panel_columns) {
            const int64_t count = columns - j < panel_columns ? columns - j : panel_columns;
            const int vectors = count > kernels->lanes ? 2 : 1;
            const nhwc__matrix part = {at(b.data, k * b.row + j * b.column, element), b.row, b.column};
            pack_panel(kernels, element, &part, terms, count, (int64_t)vectors * kernels->lanes, panel);
            for (int64_t t = 0; t < tiles; t++) {
                const int64_t first = rows * t / tiles, last = rows * (t + 1) / tiles;
                const nhwc__matrix from = {at(a.data, first * a.row + k * a.column, element), a.row, a.column};
                run_tile(kernels, element, (int)(last - first), count, vectors, terms, &from, panel,
                         accumulate || k > 0, (char *)c + (first * c_row + j) * (int64_t)element, c_row);
            }
        }
    }
}
