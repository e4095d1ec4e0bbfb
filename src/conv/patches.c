#include "conv/patches.h"

#include <string.h>

#include "base/size.h"

typedef enum move_direction { GATHER, SCATTER } move_direction;

/* Pixels x = first_x .. end_x - 1 of one coarse row, elements k = first_k .. end_k - 1 of their patches, and the rows
 * of the column matrix they have. */
typedef struct segment {
    const nhwc__patches *patches;
    move_direction direction;
    int64_t element;               /* bytes */
    int64_t tap, step;             /* fine elements from tap to tap, and from pixel to pixel */
    bool side_by_side;             /* a row of taps is one run of fine elements */
    int64_t first_x, end_x, first_k, end_k;
    int64_t whole_x, end_whole_x;  /* the pixels whose rows of taps lie inside the fine image, of any segment */
    char *columns;
    int64_t stride;
} segment;

static char *column_at(const segment *s, int64_t x, int64_t k)
{
    return s->columns + ((x - s->first_x) * s->stride + k - s->first_k) * s->element;
}

/* Elements k .. end_k of every `every`-th of the pixels x .. end_x: from or to the fine image, where element k of
 * pixel 0 lies, or would, at `offset`. */
static void move_run(const segment *s, int64_t x, int64_t end_x, int64_t every, int64_t k, int64_t end_k,
                     int64_t offset)
{
    const nhwc__kernels *kernels = s->patches->kernels;
    const int64_t pixels = (end_x - x + every - 1) / every, step = s->step * every, stride = s->stride * every;
    char *fine = (char *)s->patches->problem->fine.data + (offset + x * s->step) * s->element;
    if (s->direction == GATHER)
        kernels->copy(pixels, end_k - k, fine, step, column_at(s, x, k), stride);
    else
        kernels->add(pixels, end_k - k, column_at(s, x, k), stride, fine, step);
}

/* Elements k .. end_k of a row of taps whose elements begin at `row_k`, all inside the fine image. */
static void move_taps(const segment *s, int64_t x, int64_t end_x, int64_t every, int64_t row_k, int64_t k,
                      int64_t end_k, int64_t offset)
{
    const int64_t channels = s->patches->channels;
    if (s->side_by_side && k < end_k) {
        move_run(s, x, end_x, every, k, end_k, offset + k - row_k);
        return;
    }
    for (int64_t from = k, to; from < end_k; from = to) {
        const int64_t kx = (from - row_k) / channels, tap_k = row_k + kx * channels;
        to = nhwc__least(tap_k + channels, end_k);
        move_run(s, x, end_x, every, from, to, offset + kx * s->tap + from - tap_k);
    }
}

/* The same for neighbours x .. end_x. What is scattered overlaps: pixels that do not are added one after the other, so
 * that none waits for the last. Nor does the order then depend on how many channels there are. */
static void move_neighbours(const segment *s, int64_t x, int64_t end_x, int64_t row_k, int64_t k, int64_t end_k,
                            int64_t offset)
{
    const nhwc_axis *w = &s->patches->problem->geometry.w;
    const int64_t taps = (end_k - k) / s->patches->channels;
    const int64_t apart = s->direction == GATHER ? 1 : (taps * w->dilation + w->stride - 1) / w->stride;
    for (int64_t i = 0; i < apart && x + i < end_x; i++)
        move_taps(s, x + i, end_x, apart, row_k, k, end_k, offset);
}

/* Elements of pixel x for which there is no fine pixel. */
static void clear_columns(const segment *s, int64_t x, int64_t k, int64_t end_k)
{
    if (s->direction == GATHER && k < end_k)
        memset(column_at(s, x, k), 0, (size_t)((end_k - k) * s->element));
}

/* Part k .. end_k of a row of taps whose elements begin at `row_k`; tap 0 of pixel 0 lies at `offset`, or would. All
 * pixels at once where the whole row of taps lies inside, and at the edges one by one. */
static void move_row_of_taps(const segment *s, int64_t row_k, int64_t k, int64_t end_k, int64_t offset)
{
    const nhwc_axis *w = &s->patches->problem->geometry.w;
    const int64_t channels = s->patches->channels;
    const int64_t whole = nhwc__least(nhwc__most(s->whole_x, s->first_x), s->end_x);
    const int64_t end_whole = nhwc__most(nhwc__least(s->end_whole_x, s->end_x), whole);
    for (int64_t x = s->first_x; x < s->end_x; x++) {
        if (x == whole && whole < end_whole) {
            move_neighbours(s, whole, end_whole, row_k, k, end_k, offset);
            x = end_whole - 1;
            continue;
        }
        const int64_t before = w->pad_before - x * w->stride; /* fine pixels from tap 0 to the image */
        const int64_t first_tap = nhwc__ceil(before, w->dilation), end_tap = nhwc__ceil(before + w->fine, w->dilation);
        const int64_t from = nhwc__least(nhwc__most(row_k + first_tap * channels, k), end_k);
        const int64_t to = nhwc__most(nhwc__least(row_k + end_tap * channels, end_k), from);
        clear_columns(s, x, k, from);
        move_taps(s, x, x + 1, 1, row_k, from, to, offset);
        clear_columns(s, x, to, end_k);
    }
}

/* All rows of taps for a segment of coarse row `row`, counted over images. */
static void move_segment(const segment *s, int64_t row)
{
    const nhwc__patches *p = s->patches;
    const nhwc_axis *h = &p->problem->geometry.h, *w = &p->problem->geometry.w;
    const int64_t *strides = p->problem->fine.strides;
    const int64_t n = row / h->coarse, y = row % h->coarse, row_size = w->kernel * p->channels;
    for (int64_t ky = s->first_k / row_size; ky * row_size < s->end_k; ky++) {
        const int64_t fy = y * h->stride + ky * h->dilation - h->pad_before, fine_row = n * h->fine + fy;
        const int64_t row_k = ky * row_size;
        const int64_t k = nhwc__most(row_k, s->first_k), end_k = nhwc__least(row_k + row_size, s->end_k);
        const int64_t offset = n * strides[0] + fy * strides[1] - w->pad_before * strides[2] + p->first_channel;
        if (fy < 0 || fy >= h->fine)
            for (int64_t x = s->first_x; x < s->end_x; x++)
                clear_columns(s, x, k, end_k);
        else if (s->direction == GATHER || (fine_row >= p->first_row && fine_row < p->end_row))
            move_row_of_taps(s, row_k, k, end_k, offset);
    }
}

/* The pixels whose tap at `kx` lies inside the fine image: first .. end. */
static void touching_pixels(const nhwc_axis *w, int64_t kx, int64_t *first, int64_t *end)
{
    const int64_t before = w->pad_before - kx * w->dilation; /* from the tap of pixel 0 to the image */
    *first = nhwc__ceil(before, w->stride);
    *end = nhwc__ceil(before + w->fine, w->stride);
}

static void move_patches(const nhwc__patches *p, move_direction direction, int64_t first_q, int64_t end_q,
                         int64_t first_k, int64_t end_k, char *columns, int64_t stride)
{
    const nhwc_axis *w = &p->problem->geometry.w;
    const int64_t pixel = p->problem->fine.strides[2];
    segment s = {.patches = p,
                 .direction = direction,
                 .element = (int64_t)nhwc_dtype_size(p->problem->fine.dtype),
                 .tap = w->dilation * pixel,
                 .step = w->stride * pixel,
                 .side_by_side = w->dilation == 1 && (pixel == p->channels || w->kernel == 1),
                 .first_k = first_k,
                 .end_k = end_k,
                 .columns = columns,
                 .stride = stride};
    int64_t unused;
    touching_pixels(w, 0, &s.whole_x, &unused);
    touching_pixels(w, w->kernel - 1, &unused, &s.end_whole_x);
    for (int64_t q = first_q, next; q < end_q; q = next) {
        next = nhwc__least((q / w->coarse + 1) * w->coarse, end_q);
        s.first_x = q % w->coarse;
        s.end_x = s.first_x + next - q;
        move_segment(&s, q / w->coarse);
        s.columns += (next - q) * stride * s.element;
    }
}

void nhwc__patches_gather(const nhwc__patches *p, int64_t first_q, int64_t end_q, int64_t first_k, int64_t end_k,
                          void *columns, int64_t stride)
{
    move_patches(p, GATHER, first_q, end_q, first_k, end_k, columns, stride);
}

void nhwc__patches_scatter(const nhwc__patches *p, int64_t first_q, int64_t end_q, int64_t first_k,
                           int64_t end_k, const void *columns, int64_t stride)
{
    union {
        const void *in;
        char *out;
    } bytes = {columns}; /* SCATTER only reads them */
    move_patches(p, SCATTER, first_q, end_q, first_k, end_k, bytes.out, stride);
}

void nhwc__patches_coarse_rows(const nhwc_geometry *g, int64_t first_row, int64_t end_row, int64_t *first,
                               int64_t *end)
{
    const nhwc_axis *h = &g->h;
    const int64_t n = first_row / h->fine, last_n = (end_row - 1) / h->fine;
    /* fy = y * stride + ky * dilation - pad_before, from the last tap that can reach the first row ... */
    const int64_t low = nhwc__ceil(first_row % h->fine + h->pad_before - (h->kernel - 1) * h->dilation, h->stride);
    /* ... to the first tap on the last row */
    const int64_t high = ((end_row - 1) % h->fine + h->pad_before) / h->stride;
    *first = n * h->coarse + nhwc__least(low, h->coarse);
    *end = last_n * h->coarse + nhwc__least(high + 1, h->coarse);
}
