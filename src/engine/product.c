#include "engine/product.h"

#include <string.h>

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

void nhwc__product(const nhwc__kernels *kernels, size_t element, int64_t rows, int64_t columns, int64_t depth,
                   nhwc__matrix a, nhwc__matrix b, bool accumulate, void *c, int64_t c_row, void *panel)
{
    const int64_t panel_columns = 2 * kernels->lanes;
    const int64_t tiles = (rows + kernels->tile_rows - 1) / kernels->tile_rows; /* of nearly equal height */
    int64_t a_rows[NHWC__TILE_ROWS], c_rows[NHWC__TILE_ROWS];
    for (int i = 0; i < kernels->tile_rows; i++) {
        a_rows[i] = i * a.row;
        c_rows[i] = i * c_row;
    }
    for (int64_t k = 0; k < depth || k == 0; k += NHWC__DEPTH_BLOCK) { /* once for an empty sum */
        const int64_t terms = depth - k < NHWC__DEPTH_BLOCK ? depth - k : NHWC__DEPTH_BLOCK;
        for (int64_t j = 0; j < columns; j += panel_columns) {
            const int64_t count = columns - j < panel_columns ? columns - j : panel_columns;
            const int vectors = count > kernels->lanes ? 2 : 1;
            const nhwc__matrix part = {at(b.data, k * b.row + j * b.column, element), b.row, b.column};
            pack_panel(kernels, element, &part, terms, count, (int64_t)vectors * kernels->lanes, panel);
            const nhwc__run run = {.length = terms};
            nhwc__tile tile = {.columns = (int)count,
                               .runs = 1,
                               .run = &run,
                               .b = panel,
                               .a_row = a_rows,
                               .c_row = c_rows,
                               .a_step = a.column,
                               .b_step = (int64_t)vectors * kernels->lanes,
                               .accumulate = accumulate || k > 0};
            for (int64_t t = 0; t < tiles; t++) {
                const int64_t first = rows * t / tiles, last = rows * (t + 1) / tiles;
                tile.rows = (int)(last - first);
                tile.a = at(a.data, first * a.row + k * a.column, element);
                const int64_t bytes = (last - first) * a.row * (int64_t)element; /* the cache fetches the next rows */
                tile.ahead = (uintptr_t)tile.a + (uintptr_t)bytes;
                tile.ahead_step = bytes / terms + 1;
                tile.c = (char *)c + (first * c_row + j) * (int64_t)element;
                kernels->tile(&tile);
            }
        }
    }
}
