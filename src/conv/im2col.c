#include "conv/im2col.h"

#include <string.h>

#include "base/parallel.h"
#include "base/size.h"
#include "conv/patches.h"
#include "engine/product.h"

#define COLUMN_BYTES (256 * 1024)

typedef struct range {
    int64_t first, end;
} range;

/* How a problem is cut, by its shape alone. */
typedef struct blocks {
    int64_t pixels;         /* coarse pixels at a time: whole rows, or parts of one */
    int64_t depth;          /* gather, correlate: elements of their patches at a time */
    int64_t taps, channels; /* scatter: taps, and fine channels of them, at a time */
    int64_t stride;         /* elements from row to row of the column buffer */
} blocks;

typedef struct job {
    const nhwc__call *call;
    const nhwc__problem *problem;
    const nhwc__kernels *kernels;
    const nhwc__workspace *workspace;
    blocks blocks;
    size_t element;
    bool pixelwise;
    int64_t fine_c, coarse_c, taps, pixels; /* channels per group; coarse pixels of all images */
} job;

/* What one task computes. */
typedef struct share {
    range pixels;      /* gather: coarse pixels */
    range rows;        /* scatter: fine rows, counted over images */
    range fine;        /* scatter: fine channels of each group */
    range coarse;      /* gather, correlate: coarse channels of each group */
    range patch;       /* correlate: elements of a patch */
    char *columns, *panel;
} share;

/* Whether all pixels of an image lie at one distance, so that a block may run over the ends of rows. */
static bool is_uniform(const nhwc_tensor *image)
{
    const int64_t *d = image->dims, *s = image->strides;
    return (d[1] <= 1 || s[1] == d[2] * s[2]) && (d[0] <= 1 || s[0] == d[1] * d[2] * s[2]);
}

/* Whether patches are the pixels themselves and the fine image can be the matrix of columns. It is copied all the same
 * where its rows lie at distances that caches dislike: multiples of 4 KiB, which share one set of the cache. */
static bool is_pixelwise(const nhwc__problem *p)
{
    const nhwc_axis *h = &p->geometry.h, *w = &p->geometry.w;
    if (p->fine.strides[2] * (int64_t)nhwc_dtype_size(p->fine.dtype) % 4096 == 0)
        return false;
    return h->kernel == 1 && w->kernel == 1 && h->stride == 1 && w->stride == 1 && h->fine == h->coarse &&
           w->fine == w->coarse && h->pad_before == 0 && w->pad_before == 0 && is_uniform(&p->fine);
}

#define ENOUGH_PIXELS 128 /* to pay for laying out the filter for them */

static blocks blocks_of(const nhwc__problem *p, nhwc__primitive primitive)
{
    const nhwc_geometry *g = &p->geometry;
    const int64_t capacity = COLUMN_BYTES / (int64_t)nhwc_dtype_size(p->fine.dtype);
    const int64_t taps = g->h.kernel * g->w.kernel, fine_c = g->fine_c / g->groups, width = g->w.coarse;
    const int64_t pixels = is_uniform(&p->coarse) ? g->batch * g->h.coarse * width : width;
    blocks b = {.pixels = 1, .channels = fine_c};
    if (primitive == NHWC__SCATTER) {
        const int64_t columns = capacity / nhwc__most(nhwc__least(pixels, ENOUGH_PIXELS), 1) - 16;
        b.channels = nhwc__least(fine_c, columns);
        b.taps = nhwc__least(columns / b.channels, taps);
        if (b.taps > g->w.kernel)
            b.taps -= b.taps % g->w.kernel; /* whole rows of taps are added in one go */
        b.stride = b.taps * b.channels;
    } else {
        b.depth = nhwc__ceil(taps * fine_c, nhwc__ceil(taps * fine_c, NHWC__DEPTH_BLOCK));
        b.stride = nhwc__ceil(b.depth, 16) * 16;
    }
    b.stride += 16; /* never a large power of two, which caches dislike */
    int64_t fit = capacity / b.stride;
    if (is_pixelwise(p)) { /* no columns: twice as much of the image can stay in the cache, block by block of depth */
        b.channels = fine_c;
        b.depth = fine_c;
        fit = 2 * capacity / NHWC__DEPTH_BLOCK;
    }
    if (fit >= width && width > 0) { /* whole rows, or equal parts of one */
        const int64_t rows = nhwc__most(pixels / width, 1), at_once = fit / width;
        b.pixels = nhwc__ceil(rows, nhwc__ceil(rows, at_once)) * width;
    } else if (width > 0) {
        b.pixels = nhwc__ceil(width, nhwc__ceil(width, nhwc__most(fit, 1)));
    }
    return b;
}

int64_t nhwc__im2col_bytes(const nhwc__call *call)
{
    const nhwc__problem *p = &call->problem;
    if (is_pixelwise(p))
        return NHWC__PANEL_BYTES;
    const blocks b = blocks_of(p, call->primitive);
    return NHWC__PANEL_BYTES + nhwc__ceil(b.pixels * b.stride * (int64_t)nhwc_dtype_size(p->fine.dtype), 64) * 64;
}

static char *offset(const job *j, const nhwc_tensor *tensor, int64_t elements)
{
    return (char *)tensor->data + elements * (int64_t)j->element;
}

/* The offset of coarse pixel q, in elements. */
static int64_t coarse_pixel(const job *j, int64_t q)
{
    const nhwc_geometry *g = &j->problem->geometry;
    const int64_t *s = j->problem->coarse.strides;
    return q / g->w.coarse / g->h.coarse * s[0] + q / g->w.coarse % g->h.coarse * s[1] + q % g->w.coarse * s[2];
}

/* Where the block of pixels that begins at `first` ends, within `of`: after some rows, or within one. */
static int64_t end_of_block(const job *j, range of, int64_t first)
{
    const int64_t width = j->problem->geometry.w.coarse, end = nhwc__least(first + j->blocks.pixels, of.end);
    return j->blocks.pixels > width ? end : nhwc__least(end, (first / width + 1) * width);
}

static void finish(const job *j, char *values, int64_t first_channel, int64_t count)
{
    if (j->call->bias != NULL || j->call->activation != NHWC_ACTIVATION_NONE)
        j->kernels->finish(count, j->call->bias ? offset(j, j->call->bias, first_channel) : NULL, j->call->activation,
                           values);
}

/* `count` channels of one row of an image, rows counted over images. */
static void finish_row(const job *j, const nhwc_tensor *image, int64_t row, int64_t first_channel, int64_t count)
{
    const int64_t n = row / image->dims[1], y = row % image->dims[1];
    const int64_t at = n * image->strides[0] + y * image->strides[1] + first_channel;
    if (j->call->bias != NULL || j->call->activation != NHWC_ACTIVATION_NONE)
        for (int64_t x = 0; x < image->dims[2]; x++)
            finish(j, offset(j, image, at + x * image->strides[2]), first_channel, count);
}

/* ---- The three primitives, one share of the output each ----------------------------------------- */

static nhwc__patches patches_of(const job *j, const share *s, int64_t first_channel, int64_t channels)
{
    return (nhwc__patches){.kernels = j->kernels,
                           .problem = j->problem,
                           .first_channel = first_channel,
                           .channels = channels,
                           .first_row = s->rows.first,
                           .end_row = s->rows.end};
}

/* The patches k .. end_k of pixels q .. end_q as a matrix: the fine image itself, or gathered. */
static nhwc__matrix patch_matrix(const job *j, const share *s, const nhwc__patches *patches, int64_t q, int64_t end_q,
                                 int64_t k, int64_t end_k)
{
    const nhwc_tensor *fine = &j->problem->fine;
    if (j->pixelwise)
        return (nhwc__matrix){offset(j, fine, q * fine->strides[2] + patches->first_channel + k), fine->strides[2], 1};
    nhwc__patches_gather(patches, q, end_q, k, end_k, s->columns, j->blocks.stride);
    return (nhwc__matrix){s->columns, j->blocks.stride, 1};
}

static void gather(const job *j, const share *s, int64_t group)
{
    const nhwc__problem *p = j->problem;
    const int64_t filter_row = p->geometry.coarse_c, pixel = p->coarse.strides[2], patch = j->taps * j->fine_c;
    const int64_t first_o = group * j->coarse_c + s->coarse.first, count = s->coarse.end - s->coarse.first;
    const nhwc__patches patches = patches_of(j, s, group * j->fine_c, j->fine_c);
    for (int64_t q = s->pixels.first, end; q < s->pixels.end; q = end) {
        end = end_of_block(j, s->pixels, q);
        char *out = offset(j, &p->coarse, coarse_pixel(j, q) + first_o);
        for (int64_t k = 0, last; k < patch; k = last) {
            last = nhwc__least(k + j->blocks.depth, patch);
            const nhwc__matrix columns = patch_matrix(j, s, &patches, q, end, k, last);
            const nhwc__matrix filter = {offset(j, &p->filter, k * filter_row + first_o), filter_row, 1};
            nhwc__product(j->kernels, j->element, end - q, count, last - k, columns, filter,
                          j->call->accumulate || k > 0, out, pixel, s->panel);
        }
        for (int64_t i = 0; i < end - q; i++)
            finish(j, out + i * pixel * (int64_t)j->element, first_o, count);
    }
}

static void correlate(const job *j, const share *s, int64_t group)
{
    const nhwc__problem *p = j->problem;
    const int64_t filter_row = p->geometry.coarse_c, rows = s->patch.end - s->patch.first;
    const int64_t first_o = group * j->coarse_c + s->coarse.first, count = s->coarse.end - s->coarse.first;
    const int64_t depth = nhwc__ceil(rows, nhwc__most(nhwc__ceil(rows, j->blocks.depth), 1)); /* equal blocks */
    const nhwc__patches patches = patches_of(j, s, group * j->fine_c, j->fine_c);
    const range all = {0, j->pixels};
    if (j->pixels == 0 && !j->call->accumulate)
        for (int64_t k = s->patch.first; k < s->patch.end; k++)
            memset(offset(j, &p->filter, k * filter_row + first_o), 0, (size_t)count * j->element);
    for (int64_t q = 0, end; q < j->pixels; q = end) {
        end = end_of_block(j, all, q);
        const nhwc__matrix coarse = {offset(j, &p->coarse, coarse_pixel(j, q) + first_o), p->coarse.strides[2], 1};
        for (int64_t k = s->patch.first, last; k < s->patch.end; k = last) {
            last = nhwc__least(k + depth, s->patch.end);
            const nhwc__matrix columns = patch_matrix(j, s, &patches, q, end, k, last);
            const nhwc__matrix transposed = {columns.data, columns.column, columns.row};
            nhwc__product(j->kernels, j->element, last - k, count, end - q, transposed, coarse,
                          j->call->accumulate || q > 0, offset(j, &p->filter, k * filter_row + first_o), filter_row,
                          s->panel);
        }
    }
}

/* Taps first .. end of some fine channels: their product for every block of pixels, added where it belongs. */
static void scatter_taps(const job *j, const share *s, int64_t group, range channels, range taps, range pixels)
{
    const nhwc__problem *p = j->problem;
    const int64_t filter_row = p->geometry.coarse_c, count = channels.end - channels.first;
    const int64_t first_channel = group * j->fine_c + channels.first;
    const nhwc__patches patches = patches_of(j, s, first_channel, count);
    const bool whole = count == j->fine_c; /* then the filter's rows of all taps are one matrix */
    const int64_t at_once = whole ? taps.end - taps.first : 1;
    for (int64_t q = pixels.first, end; q < pixels.end; q = end) {
        end = end_of_block(j, pixels, q);
        const nhwc__matrix coarse = {offset(j, &p->coarse, coarse_pixel(j, q) + group * j->coarse_c),
                                     p->coarse.strides[2], 1};
        for (int64_t tap = taps.first; tap < taps.end; tap += at_once) {
            const nhwc__matrix filter = {
                offset(j, &p->filter, (tap * j->fine_c + channels.first) * filter_row + group * j->coarse_c), 1,
                filter_row};
            char *columns = s->columns + (tap - taps.first) * count * (int64_t)j->element;
            int64_t stride = j->blocks.stride;
            if (j->pixelwise) {
                columns = offset(j, &p->fine, q * p->fine.strides[2] + first_channel);
                stride = p->fine.strides[2];
            }
            nhwc__product(j->kernels, j->element, end - q, at_once * count, j->coarse_c, coarse, filter,
                          j->pixelwise && j->call->accumulate, columns, stride, s->panel);
        }
        if (!j->pixelwise)
            nhwc__patches_scatter(&patches, q, end, taps.first * count, taps.end * count, s->columns, j->blocks.stride);
    }
}

static void scatter(const job *j, const share *s, int64_t group)
{
    const int64_t width = j->problem->geometry.w.coarse;
    range rows;
    if (s->rows.first == s->rows.end)
        return;
    nhwc__patches_coarse_rows(&j->problem->geometry, s->rows.first, s->rows.end, &rows.first, &rows.end);
    const range pixels = {rows.first * width, rows.end * width};
    for (int64_t i = s->fine.first, next; i < s->fine.end; i = next) {
        next = nhwc__least(i + j->blocks.channels, s->fine.end);
        for (int64_t tap = 0, last; tap < j->taps; tap = last) {
            last = nhwc__least(tap + j->blocks.taps, j->taps);
            scatter_taps(j, s, group, (range){i, next}, (range){tap, last}, pixels);
        }
    }
}

/* ---- Sharing the output among tasks --------------------------------------------------------------- */

/* Part `index` of 0 .. total in `parts`, in steps of `granule`. */
static range part(int64_t total, int64_t granule, int64_t parts, int64_t index)
{
    const int64_t steps = nhwc__ceil(total, granule);
    return (range){nhwc__least(steps * index / parts * granule, total),
                   nhwc__least(steps * (index + 1) / parts * granule, total)};
}

#define CHANNEL_GRANULE 16 /* a cache line of float32 */

/* Every task owns a part of the output: along the axis that is long enough to be cut without waste. */
static share share_of(const job *j, int64_t index)
{
    const nhwc_geometry *g = &j->problem->geometry;
    const int64_t rows = g->batch * g->h.fine, tasks = j->workspace->tasks;
    share s = {.pixels = {0, j->pixels},
               .rows = {0, rows},
               .fine = {0, j->fine_c},
               .coarse = {0, j->coarse_c},
               .patch = {0, j->taps * j->fine_c}};
    if (j->workspace->data != NULL) {
        s.panel = (char *)j->workspace->data + index * j->workspace->bytes_per_task;
        s.columns = s.panel + NHWC__PANEL_BYTES;
    }
    switch (j->call->primitive) {
    case NHWC__GATHER:
        if (j->pixels >= 128 * tasks || j->coarse_c < 64)
            s.pixels = part(j->pixels, 1, tasks, index);
        else
            s.coarse = part(j->coarse_c, 2 * CHANNEL_GRANULE, tasks, index);
        break;
    case NHWC__SCATTER:
        if (rows >= 64 * tasks || j->fine_c < 32)
            s.rows = part(rows, 1, tasks, index);
        else
            s.fine = part(j->fine_c, CHANNEL_GRANULE, tasks, index);
        break;
    case NHWC__CORRELATE:
        if (j->pixelwise && j->coarse_c >= 2 * CHANNEL_GRANULE * tasks)
            s.coarse = part(j->coarse_c, 2 * CHANNEL_GRANULE, tasks, index);
        else
            s.patch = part(j->taps * j->fine_c, 1, tasks, index);
        break;
    }
    return s;
}

/* `count` channels of one row of the fine image. */
static void clear_row(const job *j, int64_t row, int64_t first_channel, int64_t count)
{
    const nhwc_tensor *fine = &j->problem->fine;
    const int64_t at = row / fine->dims[1] * fine->strides[0] + row % fine->dims[1] * fine->strides[1] + first_channel;
    if (fine->strides[2] == count) {
        memset(offset(j, fine, at), 0, (size_t)(fine->dims[2] * count) * j->element);
        return;
    }
    for (int64_t x = 0; x < fine->dims[2]; x++)
        memset(offset(j, fine, at + x * fine->strides[2]), 0, (size_t)count * j->element);
}

static void run_share(void *argument, int64_t index)
{
    const job *j = argument;
    const nhwc_geometry *g = &j->problem->geometry;
    const share s = share_of(j, index);
    for (int64_t group = 0; group < g->groups; group++)
        if (j->call->primitive == NHWC__GATHER) {
            gather(j, &s, group);
        } else if (j->call->primitive == NHWC__CORRELATE) {
            correlate(j, &s, group);
        } else {
            const int64_t first_channel = group * j->fine_c + s.fine.first, count = s.fine.end - s.fine.first;
            for (int64_t row = s.rows.first; !j->call->accumulate && !j->pixelwise && row < s.rows.end; row++)
                clear_row(j, row, first_channel, count);
            scatter(j, &s, group);
            for (int64_t row = s.rows.first; row < s.rows.end; row++)
                finish_row(j, &j->problem->fine, row, first_channel, count);
        }
}

void nhwc__im2col_run(const nhwc_context *context, const nhwc__call *call, const nhwc__workspace *workspace)
{
    const nhwc_geometry *g = &call->problem.geometry;
    job j = {.call = call,
             .problem = &call->problem,
             .kernels = call->kernels,
             .workspace = workspace,
             .element = nhwc_dtype_size(call->problem.fine.dtype),
             .fine_c = g->fine_c / g->groups,
             .coarse_c = g->coarse_c / g->groups,
             .taps = g->h.kernel * g->w.kernel,
             .pixels = g->batch * g->h.coarse * g->w.coarse,
             .pixelwise = is_pixelwise(&call->problem),
             .blocks = blocks_of(&call->problem, call->primitive)};
    nhwc__parallel_for(context, workspace->tasks, run_share, &j);
}
