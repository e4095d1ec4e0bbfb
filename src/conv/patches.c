#include "conv/patches.h"

#include <string.h>

static int64_t least_of(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* a / b rounded up, 0 for what is negative. */
static int64_t ceil_from_0(int64_t a, int64_t b)
{
    return a <= 0 ? 0 : (a + b - 1) / b;
}

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

/* Elements k .. end_k of the pixels x .. end_x: from or to the fine image, where element k of pixel 0 lies, or would,
 * at `offset`. */
static void move_inside(const segment *s, int64_t x, int64_t end_x, int64_t k, int64_t end_k, int64_t offset)
{
    const nhwc__kernels *kernels = s->patches->kernels;
    const int64_t pixels = end_x - x, count = end_k - k, step = s->step;
    if (pixels <= 0 || count <= 0)
        return;
    char *fine = (char *)s->patches->problem->fine.data + (offset + x * step) * s->element;
    if (s->direction == GATHER) {
        kernels->copy(pixels, count, fine, step, column_at(s, x, k), s->stride);
        return;
    }
    /* Neighbours overlap: those that do not are added one after the other, so that none waits for the last. */
    const int64_t apart = count <= step || pixels == 1 ? 1 : (count + step - 1) / step;
    for (int64_t i = 0; i < apart && i < pixels; i++)
        kernels->add((pixels - i + apart - 1) / apart, count, column_at(s, x + i, k), s->stride * apart,
                     fine + i * step * s->element, step * apart);
}

/* The same elements where there is no fine pixel. */
static void move_outside(const segment *s, int64_t x, int64_t end_x, int64_t k, int64_t end_k)
{
    if (s->direction == GATHER && k < end_k)
        for (; x < end_x; x++)
            memset(column_at(s, x, k), 0, (size_t)((end_k - k) * s->element));
}

/* The pixels whose tap at `kx` lies inside the fine image: first .. end. */
static void touching_pixels(const nhwc_axis *w, int64_t kx, int64_t *first, int64_t *end)
{
    const int64_t before = w->pad_before - kx * w->dilation; /* from the tap of pixel 0 to the image */
    *first = ceil_from_0(before, w->stride);
    *end = ceil_from_0(before + w->fine, w->stride);
}

/* Part k .. end_k of a row of taps whose elements begin at `row_k`; tap 0 of pixel 0 lies at `offset`, or would. All
 * pixels at once where the whole row lies inside, and at the edges one by one. */
static void move_row_of_taps(const segment *s, int64_t row_k, int64_t k, int64_t end_k, int64_t offset)
{
    const nhwc_axis *w = &s->patches->problem->geometry.w;
    const int64_t channels = s->patches->channels;
    const int64_t whole = least_of(most_of(s->whole_x, s->first_x), s->end_x);
    const int64_t end_whole = most_of(least_of(s->end_whole_x, s->end_x), whole);
    for (int64_t x = s->first_x; x < s->end_x; x++) {
        if (x == whole && whole < end_whole) {
            move_inside(s, whole, end_whole, k, end_k, offset + k - row_k);
            x = end_whole - 1;
            continue;
        }
        const int64_t before = w->pad_before - x * w->stride; /* taps left of the image; the dilation is 1 */
        const int64_t from = least_of(most_of(row_k + before * channels, k), end_k);
        const int64_t to = most_of(least_of(row_k + (before + w->fine) * channels, end_k), from);
        move_outside(s, x, x + 1, k, from);
        move_inside(s, x, x + 1, from, to, offset + from - row_k);
        move_outside(s, x, x + 1, to, end_k);
    }
}

/* The same tap by tap, where they do not lie side by side. */
static void move_taps(const segment *s, int64_t row_k, int64_t k, int64_t end_k, int64_t offset)
{
    const int64_t channels = s->patches->channels;
    for (int64_t kx = (k - row_k) / channels; row_k + kx * channels < end_k; kx++) {
        const int64_t tap_k = row_k + kx * channels;
        const int64_t from = most_of(k, tap_k), to = least_of(end_k, tap_k + channels);
        int64_t first, end;
        touching_pixels(&s->patches->problem->geometry.w, kx, &first, &end);
        first = least_of(most_of(first, s->first_x), s->end_x);
        end = most_of(least_of(end, s->end_x), first);
        move_outside(s, s->first_x, first, from, to);
        move_inside(s, first, end, from, to, offset + kx * s->tap + from - tap_k);
        move_outside(s, end, s->end_x, from, to);
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
        const int64_t k = most_of(row_k, s->first_k), end_k = least_of(row_k + row_size, s->end_k);
        const int64_t offset = n * strides[0] + fy * strides[1] - w->pad_before * strides[2] + p->first_channel;
        if (fy < 0 || fy >= h->fine)
            move_outside(s, s->first_x, s->end_x, k, end_k);
        else if (s->direction == SCATTER && (fine_row < p->first_row || fine_row >= p->end_row))
            continue;
        else if (s->side_by_side)
            move_row_of_taps(s, row_k, k, end_k, offset);
        else
            move_taps(s, row_k, k, end_k, offset);
    }
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
        next = least_of((q / w->coarse + 1) * w->coarse, end_q);
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
    const int64_t low = ceil_from_0(first_row % h->fine + h->pad_before - (h->kernel - 1) * h->dilation, h->stride);
    /* ... to the first tap on the last row */
    const int64_t high = ((end_row - 1) % h->fine + h->pad_before) / h->stride;
    *first = n * h->coarse + least_of(low, h->coarse);
    *end = last_n * h->coarse + least_of(high + 1, h->coarse);
}
