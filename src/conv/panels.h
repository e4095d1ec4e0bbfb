/* The filter as the right factor of products: one matrix for each group and pair of phases, laid out in panels.
 *
 * Rows of a matrix are taps and channels of the input, its columns channels of the output. Few channels of outputs side
 * by side are the columns of one product: where the stride of a transpose divides the kernel they meet the same inputs;
 * elsewhere their filters are filled up with zeros, and so are those of groups of few channels that do not divide a
 * vector. */
#ifndef NHWC_CONV_PANELS_H
#define NHWC_CONV_PANELS_H

#include "conv/call.h"
#include "conv/spans.h"

#define NHWC__MOST_RUNS 64 /* of a tile at a time; a longer sum is continued */

/* A problem as input, filter and output. */
typedef struct nhwc__shape {
    const nhwc_geometry *g;
    bool transposed;
    bool wide;           /* outputs of a stride are one, with the channels of all of them */
    int64_t filled;      /* so many outputs are one, whose filters are filled up with zeros; 0 for none */
    int64_t joined;      /* so many of the problem's groups are one of these groups, filled up likewise; 1 for none */
    int64_t groups;
    int64_t in_c, out_c; /* channels per group */
    int64_t spread;      /* channels of the problem's groups where a vector of them is a panel; 0 elsewhere */
    bool is_dots;        /* an output's few sums are of vectors of inputs; a column is a panel */
    int64_t lanes, narrow, element;
} nhwc__shape;

/* Without zeros, unless they are of use and `may_fill`. */
nhwc__shape nhwc__shape_of(const nhwc__call *call, bool may_fill);

/* Whether the filter, as it lies, is its only panel. */
bool nhwc__is_panel(const nhwc__shape *s);

/* Whether so few outputs of so many inputs are sums of vectors of inputs. */
bool nhwc__are_dots(int64_t in_c, int64_t out_c);

/* A pair of phases, and the filter of each group as their matrix: `depth` = taps * in_c terms of a sum by `columns`,
 * cut into panels of `width` columns, each [depth][width], zero beyond the last column. A panel of groups that are
 * spread has rows for the channels of a group, of all groups: [depth / lanes][spread][lanes], so `width` is
 * `spread`. */
typedef struct nhwc__pair {
    int64_t count_h, count_w, index;
    nhwc__phase h, w;
    bool is_filled;
    int64_t depth, columns, width, panels, panel_columns;
} nhwc__pair;

/* The next pair of phases; false after the last. Begin with {.index = -1}. */
bool nhwc__next_pair(const nhwc__shape *s, nhwc__pair *p);

/* Rows k .. end of a group's matrix, columns of panels first .. last: to [panel][end - k][width]. */
void nhwc__pack_panels(const nhwc__shape *s, const nhwc__call *call, const nhwc__pair *p, int64_t group, int64_t first,
                       int64_t last, int64_t k, int64_t end, void *to);

#endif
