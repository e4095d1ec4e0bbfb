#include "conv/direct.h"

#include <stdatomic.h>
#include <string.h>

#include "base/parallel.h"
#include "base/size.h"
#include "conv/panels.h"

#define WORKSPACE_BYTES (512 * 1024) /* panels of the filter at a time: a part of the second-level cache */
#define STACK_BYTES     (32 * 1024)
#define LINE            64 /* of a cache */

/* ---- The filter, laid out once, or for a call --------------------------------------------------- */

bool nhwc__direct_wants_packed(const nhwc__call *call)
{
    const nhwc__shape s = nhwc__shape_of(call, true);
    return s.filled == 0 && s.joined == 1;
}

/* Each tap of the height is one of a single phase. */
static double bytes_of_all(const nhwc__shape *s)
{
    double of_row = 0; /* of taps */
    for (nhwc__pair p = {.index = -1}; nhwc__next_pair(s, &p) && p.index < p.count_w;)
        of_row += (double)(p.w.taps * s->in_c) * (double)(p.panels * p.width * s->element);
    return of_row * (double)s->g->h.kernel * (double)s->groups;
}

static void pack_all(const nhwc__shape *s, const nhwc__call *call, char *to)
{
    for (nhwc__pair p = {.index = -1}; nhwc__next_pair(s, &p);)
        for (int64_t group = 0; group < s->groups; group++) {
            nhwc__pack_panels(s, call, &p, group, 0, p.panels, 0, p.depth, to);
            to += p.depth * p.panels * p.width * s->element;
        }
}

int64_t nhwc__direct_packed_bytes(const nhwc__call *call)
{
    const nhwc__shape s = nhwc__shape_of(call, false);
    const double bytes = bytes_of_all(&s);
    return bytes <= (double)(NHWC__SIZE_MAX / 2) ? (int64_t)bytes : -1;
}

void nhwc__direct_pack(const nhwc__call *call, void *packed)
{
    const nhwc__shape s = nhwc__shape_of(call, false);
    pack_all(&s, call, packed);
}

/* Zeros may do harm, which is seen in the results: these have to be all there is then, and the filter at hand. */
static bool may_fill(const nhwc__call *call)
{
    return call->packed == NULL && !call->accumulate;
}

int64_t nhwc__direct_bytes(const nhwc__call *call)
{
    if (call->packed != NULL)
        return 0;
    const nhwc__shape s = nhwc__shape_of(call, may_fill(call));
    const double bytes = nhwc__is_panel(&s) ? 0 : bytes_of_all(&s);
    return bytes <= STACK_BYTES ? 0 : bytes < WORKSPACE_BYTES ? nhwc__ceil((int64_t)bytes, 64) * 64 : WORKSPACE_BYTES;
}

/* ---- A call, shared among tasks ------------------------------------------------------------------ */

typedef struct job {
    const nhwc__call *call;
    const nhwc__workspace *workspace;
    nhwc__shape shape;
    const nhwc_tensor *in, *out;
    int64_t tile_rows; /* at most */
    bool by_columns; /* tasks share the columns of the filter, or else the tiles */
    int64_t images;  /* worked on at a time, in all areas, while they are in the cache */
    atomic_bool *harm; /* set when a result of filled filters is not finite, which zeros may have done */
} job;

/* ---- Tiles of a span: its pixels in some images, line by line ----------------------------------- */

/* Where the pixels of an area lie in the input and the output. Rows that follow one another in both are one, and so are
 * images. */
typedef struct grid {
    int64_t width, in_pixel, out_pixel; /* pixels of a row; elements of the input and the output from one to the next */
    int64_t height, in_row, out_row;    /* the same of rows */
    int64_t in_image, out_image;
} grid;

typedef struct area {
    int64_t image, images;
    const nhwc__phase *ph, *pw;
    nhwc__span h, w;
    grid grid;
    int64_t line, lines, tiles_of_line; /* pixels of a line, which is a row of the grid, or else all there is */
    double before, weight;              /* work in the areas before it; in each tile */
    double work;                        /* in all areas of these images, if tasks share it */
} area;

/* The area before the first of these phases, after work `before`. */
static void enter_phases(const nhwc__pair *p, double before, area *a)
{
    a->before = before;
    a->ph = &p->h;
    a->pw = &p->w;
    a->h.end = 0;
    a->w.end = p->w.outputs;
}

static bool rows_follow(const grid *g)
{
    return g->in_row == g->width * g->in_pixel && g->out_row == g->width * g->out_pixel;
}

static void set_grid(const job *j, const area *a, grid *g)
{
    const int64_t *in = j->in->strides, *out = j->out->strides;
    g->width = a->w.end - a->w.first;
    g->height = a->h.end - a->h.first;
    g->in_pixel = a->pw->input_step * in[2];
    g->in_row = a->ph->input_step * in[1];
    g->in_image = in[0];
    g->out_pixel = a->pw->output_step * out[2];
    g->out_row = a->ph->output_step * out[1];
    g->out_image = out[0];
    if (rows_follow(g)) {
        g->width *= g->height;
        g->height = 1;
        g->in_row = g->in_image;
        g->out_row = g->out_image;
        if (rows_follow(g))
            g->width *= a->images;
    }
}

#define MANY_TERMS 512 /* of a sum: then it pays to fill tiles, though each has rows of its own to set up */

/* The next pair of spans of the phases; false after the last. */
static bool next_area(const job *j, area *a)
{
    a->before += a->weight * (double)(a->lines * a->tiles_of_line);
    a->lines = 0;
    if (!nhwc__next_span(a->pw, &a->w)) {
        a->w.end = 0;
        if (!nhwc__next_span(a->ph, &a->h) || !nhwc__next_span(a->pw, &a->w))
            return false;
    }
    const int64_t all = a->images * (a->h.end - a->h.first) * (a->w.end - a->w.first);
    set_grid(j, a, &a->grid);
    a->line = a->grid.width;
    a->tiles_of_line = nhwc__ceil(a->line, j->tile_rows);
    const int64_t terms = (a->h.end_tap - a->h.first_tap) * (a->w.end_tap - a->w.first_tap) * j->shape.in_c;
    const bool is_full = terms >= MANY_TERMS ? 8 * a->line >= 7 * a->tiles_of_line * j->tile_rows
                                             : 2 * a->line >= j->tile_rows;
    if (!is_full) {
        a->line = all;
        a->tiles_of_line = nhwc__ceil(all, j->tile_rows);
    }
    a->lines = all / a->line;
    a->weight = 1 + (double)terms;
    return true;
}

static double work_of(const job *j, int64_t images)
{
    area a = {.images = images};
    for (nhwc__pair p = {.index = -1}; nhwc__next_pair(&j->shape, &p);)
        for (enter_phases(&p, a.before, &a); next_area(j, &a);) {
        }
    return a.before;
}

/* ---- One task -------------------------------------------------------------------------------------- */

/* Terms k .. end of the sums of columns of panels first .. last of a group, and where those panels are. */
typedef struct block {
    int64_t group, first, last, k, end;
    const char *panels;
    int64_t panel_size; /* elements from one to the next */
    bool is_first, is_last;
    uintptr_t ahead, ahead_end; /* the packed panels after these, as far as they are not fetched yet */
} block;

/* The runs of an area within a block of terms: one for each tap, or for a row of taps where these meet neighbours. */
static int64_t runs_of(const job *j, const nhwc__pair *p, const area *a, const block *b, nhwc__run *runs)
{
    const nhwc__shape *s = &j->shape;
    const int64_t of_row = p->w.taps * s->in_c, pixel = j->in->strides[2];
    const bool merge = p->w.tap_input == 1 && pixel == s->in_c;
    const int64_t together = merge ? a->w.end_tap - a->w.first_tap : 1;
    int64_t count = 0;
    for (int64_t tap_h = a->h.first_tap; tap_h < a->h.end_tap; tap_h++)
        for (int64_t tap_w = a->w.first_tap; tap_w < a->w.end_tap; tap_w += together) {
            const int64_t first = tap_h * of_row + tap_w * s->in_c, end = first + together * s->in_c;
            const int64_t from = nhwc__most(first, b->k), to = nhwc__least(end, b->end);
            if (from < to)
                runs[count++] = (nhwc__run){
                    .a = (tap_h - a->h.first_tap) * p->h.tap_input * j->in->strides[1] +
                         (tap_w - a->w.first_tap) * p->w.tap_input * pixel + (from - first),
                    .b = (from - b->k) * p->width,
                    .length = to - from};
        }
    return count;
}

/* The most terms that NHWC__MOST_RUNS runs are sure to cover. */
static int64_t covered_depth(const job *j, const nhwc__pair *p)
{
    const bool merge = p->w.tap_input == 1 && j->in->strides[2] == j->shape.in_c;
    return (NHWC__MOST_RUNS - 2) * j->shape.in_c * (merge ? p->w.taps : 1);
}

/* A pixel of an area: its row and column, and how far it lies from the first one in the input and the output. */
typedef struct pixel {
    int64_t y, x, in, out;
} pixel;

/* `count` pixels further. */
static void advance(const grid *g, pixel *p, int64_t count)
{
    p->x += count;
    p->in += count * g->in_pixel;
    p->out += count * g->out_pixel;
    while (p->x >= g->width) {
        p->x -= g->width;
        p->in += g->in_row - g->width * g->in_pixel;
        p->out += g->out_row - g->width * g->out_pixel;
        if (++p->y == g->height) {
            p->y = 0;
            p->in += g->in_image - g->height * g->in_row;
            p->out += g->out_image - g->height * g->out_row;
        }
    }
}

static pixel pixel_at(const grid *g, int64_t index)
{
    const int64_t x = index % g->width, row = index / g->width, y = row % g->height, n = row / g->height;
    return (pixel){.y = y,
                   .x = x,
                   .in = n * g->in_image + y * g->in_row + x * g->in_pixel,
                   .out = n * g->out_image + y * g->out_row + x * g->out_pixel};
}

/* The rows of a tile: `count` pixels from one on, relative to it. */
static void set_rows(const grid *g, const pixel *first, int count, int64_t *in_rows, int64_t *out_rows)
{
    pixel p = *first;
    for (int i = 0; i < count; i++, advance(g, &p, 1)) {
        in_rows[i] = p.in - first->in;
        out_rows[i] = p.out - first->out;
    }
}

/* The first of an area's tiles that belongs to a task: work is shared evenly over all areas. */
static int64_t first_tile(const job *j, const area *a, int64_t task)
{
    const int64_t tiles = a->lines * a->tiles_of_line;
    if (task == 0)
        return 0;
    if (j->by_columns || task >= j->workspace->tasks)
        return tiles;
    const double at = (a->work * (double)task / j->workspace->tasks - a->before) / a->weight;
    return at <= 0 ? 0 : at >= (double)tiles ? tiles : (int64_t)at;
}

/* The first pixel of a tile of a line: those in front have a row more where they do not all have as many. */
static int64_t first_pixel(const area *a, int64_t tile)
{
    return tile * (a->line / a->tiles_of_line) + nhwc__least(tile, a->line % a->tiles_of_line);
}

#define TILE_COLUMNS 32 /* the most of all instruction sets */

/* The bias of some columns; in `room` where these are of several outputs. */
static const void *bias_of(const job *j, int64_t group, int64_t column, int columns, char *room)
{
    const char *bias = (const char *)j->call->bias->data + group * j->shape.out_c * j->shape.element;
    const int64_t out_c = j->shape.out_c, element = j->shape.element;
    if (column + columns <= out_c)
        return bias + column * element;
    for (int i = 0; i < columns; i++)
        memcpy(room + i * element, bias + (column + i) % out_c * element, (size_t)element);
    return room;
}

/* Whether all that a tile has made is finite. */
static bool is_finite(const job *j, const nhwc__tile *tile)
{
    const char *c = tile->c;
    for (int i = 0, next; i < tile->rows; i = next) {
        next = i + 1; /* rows that follow one another are one piece */
        while (next < tile->rows && tile->c_row[next] - tile->c_row[next - 1] == tile->columns)
            next++;
        if (!j->call->kernels->all_finite((next - i) * tile->columns, c + tile->c_row[i] * j->shape.element))
            return false;
    }
    return true;
}

/* A tile of several outputs whose channels do not follow one another: made beside them, and moved. */
static void run_apart(const job *j, int64_t first_column, nhwc__tile *tile)
{
    const int64_t element = j->shape.element, out_c = j->shape.out_c, next_pixel = j->out->strides[2];
    _Alignas(64) char room[NHWC__TILE_ROWS * TILE_COLUMNS * sizeof(double)];
    int64_t room_rows[NHWC__TILE_ROWS];
    nhwc__tile apart = *tile;
    apart.c = room;
    apart.c_row = room_rows;
    char *const first_output = (char *)tile->c - first_column * element;
    for (int store = 0; store < 2; store++) {
        for (int i = 0; i < tile->rows; i++) {
            room_rows[i] = i * TILE_COLUMNS;
            for (int k = 0; k < tile->columns; k++) {
                const int64_t column = first_column + k;
                char *there = first_output + (tile->c_row[i] + column / out_c * next_pixel + column % out_c) * element;
                char *here = room + (room_rows[i] + k) * element;
                memcpy(store ? there : here, store ? here : there, (size_t)element);
            }
        }
        if (!store)
            j->call->kernels->tile(&apart);
    }
}

/* How far apart so many fetches are, one with each term of some tiles, of `bytes` that the next tiles need. */
static int64_t step_of_fetches(int64_t bytes, int64_t fetches)
{
    return nhwc__least(bytes / nhwc__most(fetches, 1) + 1, LINE);
}

static void run_area(const job *j, const nhwc__pair *p, const area *a, block *b, int64_t first, int64_t end)
{
    const nhwc__call *call = j->call;
    const nhwc__shape *s = &j->shape;
    nhwc__run runs[NHWC__MOST_RUNS];
    int64_t in_rows[NHWC__TILE_ROWS], out_rows[NHWC__TILE_ROWS];
    nhwc__tile tile = {.runs = runs_of(j, p, a, b, runs),
                       .run = runs,
                       .a_row = in_rows,
                       .c_row = out_rows,
                       .a_step = 1,
                       .b_step = s->is_dots ? b->panel_size : p->width,
                       .accumulate = call->accumulate || !b->is_first,
                       .activation = b->is_last ? call->activation : NHWC_ACTIVATION_NONE};
    const bool has_bias = b->is_last && call->bias != NULL;
    _Alignas(64) char bias[TILE_COLUMNS * sizeof(double)];
    if (tile.runs == 0 && tile.accumulate && !has_bias && tile.activation == NHWC_ACTIVATION_NONE)
        return;
    const int64_t in_first =
        a->image * j->in->strides[0] +
        (p->h.input + a->h.first * p->h.input_step + a->h.first_tap * p->h.tap_input) * j->in->strides[1] +
        (p->w.input + a->w.first * p->w.input_step + a->w.first_tap * p->w.tap_input) * j->in->strides[2] +
        b->group * s->in_c;
    const int64_t out_first = a->image * j->out->strides[0] +
                              (p->h.output + a->h.first * p->h.output_step) * j->out->strides[1] +
                              (p->w.output + a->w.first * p->w.output_step) * j->out->strides[2] +
                              b->group * s->out_c;
    const int64_t tiles = a->tiles_of_line;
    pixel at = {.y = 0};
    if (first > 0)
        at = pixel_at(&a->grid, first / tiles * a->line + first_pixel(a, first % tiles));
    const char *in = (const char *)j->in->data + in_first * s->element;
    const int64_t least_rows = a->line / tiles, larger_tiles = a->line % tiles; /* these have one row more */
    const int64_t together = s->is_dots ? b->last - b->first : 1; /* panels of a tile */
    const bool is_regular = a->line == a->grid.width; /* rows of tiles then lie alike */
    int64_t terms = 1, last_run = 0;
    for (int64_t r = 0; r < tile.runs; r++) {
        terms += runs[r].length;
        last_run = runs[r].a;
    }
    const int64_t panels = b->last - b->first;
    const int64_t in_bytes = (least_rows + 1) * a->grid.in_pixel * s->element;
    const int64_t out_bytes = (least_rows + 1) * a->grid.out_pixel * s->element;
    const bool writes_all = (least_rows + 1) * panels * p->width * s->element >= out_bytes; /* lines between pixels */
    const bool reads_much = !writes_all || 4 * in_bytes > terms * LINE || (panels == 1 && in_bytes > out_bytes);
    const int64_t in_step = step_of_fetches(in_bytes, terms);
    const int64_t out_step = step_of_fetches(out_bytes, terms * (panels - reads_much));
    if (is_regular)
        set_rows(&a->grid, &(pixel){.y = 0}, (int)(least_rows + (larger_tiles > 0)), in_rows, out_rows);
    for (int64_t t = first, part = first % tiles; t < end; t++, part = part + 1 < tiles ? part + 1 : 0) {
        pixel next = at;
        tile.rows = (int)(least_rows + (part < larger_tiles));
        if (!is_regular)
            set_rows(&a->grid, &at, tile.rows, in_rows, out_rows);
        advance(&a->grid, &next, tile.rows);
        for (int64_t panel = b->first; panel < b->last; panel += together) {
            const int64_t column = panel * p->panel_columns;
            tile.columns = (int)nhwc__least(together * p->panel_columns, p->columns - column);
            tile.a = in + (at.in + (s->spread > 0 ? column : 0)) * s->element;
            tile.b = b->panels + (panel - b->first) * b->panel_size * s->element;
            tile.c = (char *)j->out->data + (out_first + at.out + column) * s->element;
            if (has_bias)
                tile.bias = bias_of(j, b->group, column, tile.columns, bias);
            tile.ahead = (uintptr_t)tile.b;
            tile.ahead_step = 0;
            if (b->ahead < b->ahead_end && (panel > b->first || b->last == b->first + together)) {
                tile.ahead = b->ahead;
                tile.ahead_step = LINE;
                b->ahead += (uintptr_t)(terms * LINE);
            } else if (t + 1 < end && reads_much && panel == b->first) {
                /* what it reads last; this one reads the rest */
                tile.ahead = (uintptr_t)(in + (next.in + last_run) * s->element);
                tile.ahead_step = in_step;
            } else if (t + 1 < end && writes_all) {
                const int64_t before = (panel - b->first - reads_much) * terms * out_step; /* other tiles fetch it */
                tile.ahead = (uintptr_t)j->out->data + (uintptr_t)((out_first + next.out) * s->element + before);
                tile.ahead_step = out_step;
            }
            if (s->spread > 0)
                call->kernels->groups((int)s->spread, &tile);
            else if (s->wide && p->columns > s->out_c && j->out->strides[2] != s->out_c)
                run_apart(j, column, &tile);
            else
                (s->is_dots ? call->kernels->dots : call->kernels->tile)(&tile);
            if (p->is_filled && b->is_last && !is_finite(j, &tile))
                atomic_store_explicit(j->harm, true, memory_order_relaxed);
        }
        at = next;
    }
}

/* The tiles of a task in some panels, `depth` terms at a time, of all areas of these phases. `packed` is their part of
 * the packed filter. */
static void run_panels(const job *j, const nhwc__pair *p, area *a, double before, int64_t task, block b, int64_t depth,
                       const char *packed, char *scratch)
{
    const nhwc__shape *s = &j->shape;
    const int64_t blocks = nhwc__most(nhwc__ceil(p->depth, depth), 1);
    for (int64_t i = 0; i < blocks; i++) {
        b.k = s->is_dots ? depth * i : p->depth * i / blocks;
        b.end = s->is_dots ? nhwc__least(b.k + depth, p->depth) : p->depth * (i + 1) / blocks;
        b.is_first = i == 0;
        b.is_last = i == blocks - 1;
        b.panel_size = (packed != NULL ? p->depth : b.end - b.k) * p->width;
        b.panels = NULL;
        if (packed != NULL) {
            const int64_t after = nhwc__least(b.last - b.first, p->panels - b.last); /* as many more, if there are */
            b.panels = packed + (((b.group * p->panels + b.first) * p->depth + b.k) * p->width) * s->element;
            b.ahead = (uintptr_t)b.panels + (uintptr_t)((b.last - b.first) * b.panel_size * s->element);
            b.ahead_end = b.ahead + (uintptr_t)(after * b.panel_size * s->element);
        }
        for (enter_phases(p, before, a); next_area(j, a);) {
            const int64_t first = j->by_columns ? 0 : first_tile(j, a, task), end = first_tile(j, a, task + 1);
            if (first < end && b.panels == NULL) {
                nhwc__pack_panels(s, j->call, p, b.group, b.first, b.last, b.k, b.end, scratch);
                b.panels = scratch;
            }
            if (first < end)
                run_area(j, p, a, &b, first, end);
        }
    }
}

#define DOT_TERMS 4096 /* which the smallest scratch has room for, in multiples of a vector */

/* How many terms are worked on at a time: all if that fits, because then sums stay in registers. */
static int64_t depth_of(const job *j, const nhwc__pair *p, int64_t capacity)
{
    int64_t fit = nhwc__least(capacity / p->width, covered_depth(j, p));
    if (j->shape.is_dots) /* by the shape alone, because their sums depend on it */
        fit = nhwc__least((NHWC__MOST_RUNS - 2) * j->shape.in_c, DOT_TERMS);
    return nhwc__most(nhwc__least(p->depth, fit), 1);
}

/* A task's part of some images. */
static void run_images(const job *j, int64_t task, int64_t first, int64_t end, const char *packed, char *scratch,
                       int64_t capacity)
{
    const nhwc__shape *s = &j->shape;
    const int tasks = j->workspace->tasks;
    area a = {.image = first, .images = end - first};
    if (tasks > 1 && !j->by_columns)
        a.work = work_of(j, a.images);
    for (nhwc__pair p = {.index = -1}; nhwc__next_pair(s, &p);) {
        const double before = a.before;
        const int64_t depth = depth_of(j, &p, packed != NULL ? p.depth * p.width : capacity);
        const int64_t at_once = nhwc__most(capacity / nhwc__most(depth * p.width, 1), 1);
        const int64_t panels = s->groups * p.panels;
        const int64_t from = j->by_columns ? panels * task / tasks : 0;
        const int64_t to = j->by_columns ? panels * (task + 1) / tasks : panels;
        for (int64_t i = from, next; i < to; i = next) {
            block b = {.group = i / p.panels, .first = i % p.panels};
            next = nhwc__least(nhwc__least(i + at_once, to), (b.group + 1) * p.panels);
            b.last = b.first + next - i;
            run_panels(j, &p, &a, before, task, b, depth, packed, scratch);
        }
        if (packed != NULL)
            packed += p.depth * panels * p.width * s->element;
    }
}

static void run_task(void *argument, int64_t task)
{
    const job *j = argument;
    const nhwc__call *call = j->call;
    const nhwc__shape *s = &j->shape;
    _Alignas(64) char on_stack[STACK_BYTES];
    char *scratch = on_stack;
    int64_t capacity = STACK_BYTES;
    const nhwc__workspace *w = j->workspace;
    if (w->bytes_per_task > STACK_BYTES) {
        scratch = (char *)w->data + task * w->bytes_per_task;
        capacity = w->bytes_per_task;
    }
    const char *packed = call->packed;
    if (packed == NULL && nhwc__is_panel(s))
        packed = call->problem.filter.data;
    if (packed == NULL && bytes_of_all(s) <= (double)capacity && !j->by_columns) {
        pack_all(s, call, scratch);
        packed = scratch;
    }
    if (packed != NULL)
        capacity = WORKSPACE_BYTES;
    const int64_t batch = s->g->batch, at_once = packed != NULL ? j->images : batch;
    for (int64_t n = 0; n < batch; n += at_once)
        run_images(j, task, n, nhwc__least(n + at_once, batch), packed, scratch, capacity / s->element);
}

#define SET_BYTES 4096 /* memory so far apart has the same place in a first-level cache, which has 8 of it and more */
#define SET_ROWS  8

/* How many pixels a tile reads at a time: so many that the cache holds them all. */
static int64_t rows_of_tiles(const job *j)
{
    const int64_t step = (j->shape.transposed ? 1 : j->shape.g->w.stride) * j->in->strides[2] * j->shape.element;
    const nhwc__kernels *kernels = j->call->kernels;
    const int64_t most = j->shape.is_dots ? kernels->dot_rows[j->shape.out_c] : kernels->tile_rows;
    return step % SET_BYTES == 0 ? nhwc__least(most, SET_ROWS) : most;
}

#define IMAGE_BYTES (256 * 1024.0) /* of input and output for each task at a time, in all phases and areas */

/* As many as a cache holds; of a filter that is larger than these, which they all read, as many as it has bytes. */
static int64_t images_at_once(const job *j)
{
    const nhwc_tensor *in = j->in, *out = j->out;
    const double of_image = (double)in->dims[1] * (double)(in->dims[2] * in->dims[3]) +
                            (double)out->dims[1] * (double)(out->dims[2] * out->dims[3]);
    const double filter = bytes_of_all(&j->shape), cached = IMAGE_BYTES * j->workspace->tasks;
    const double images = (filter > cached ? filter : cached) / (of_image * (double)j->shape.element);
    return images < 1 ? 1 : images < (double)in->dims[0] ? (int64_t)images : in->dims[0];
}

#define MANY_PIXELS 512 /* for each task: then all of them lay out the filter for themselves */

/* Shares the work of a job among its tasks, and does it. */
static void run_job(const nhwc_context *context, job *j)
{
    const int tasks = j->workspace->tasks;
    const double pixels = (double)j->out->dims[0] * (double)(j->out->dims[1] * j->out->dims[2]);
    const int64_t panels = j->shape.groups * nhwc__ceil(j->shape.out_c, 2 * j->shape.lanes);
    j->by_columns = !j->shape.wide && j->shape.filled == 0 && panels >= tasks && pixels < MANY_PIXELS * tasks &&
                    nhwc__ceil(panels, tasks) * tasks * 8 <= panels * 9; /* evenly enough */
    j->images = images_at_once(j);
    nhwc__parallel_for(context, tasks, run_task, j);
}

void nhwc__direct_run(const nhwc_context *context, const nhwc__call *call, const nhwc__workspace *workspace)
{
    const nhwc__problem *p = &call->problem;
    const bool transposed = call->primitive == NHWC__SCATTER;
    atomic_bool harm = false;
    job j = {.call = call,
             .workspace = workspace,
             .shape = nhwc__shape_of(call, may_fill(call)),
             .in = transposed ? &p->coarse : &p->fine,
             .out = transposed ? &p->fine : &p->coarse,
             .harm = &harm};
    j.tile_rows = rows_of_tiles(&j);
    run_job(context, &j);
    if (atomic_load(&harm)) {
        j.shape = nhwc__shape_of(call, false);
        run_job(context, &j);
    }
}
