/* Says what sizes conv2d and conv2d_transpose give, and draws where the windows of a convolution lie.
 *
 * Every number comes from the library: nhwc_conv2d_geometry, nhwc_conv2d_transpose_geometry and
 * nhwc_conv2d_transpose_output_shapes answer without computing anything. */
#include <inttypes.h>
#include <nhwc/nhwc.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: shapes --input SIZE --kernel SIZE [options]     what comes out of an input\n"
    "       shapes --inverse SIZE --kernel SIZE [options]   what has to go in for an output\n"
    "  --stride SIZE    1 unless given\n"
    "  --dilation SIZE  1 unless given\n"
    "  --padding P      VALID, SAME, or TOP,BOTTOM,LEFT,RIGHT; VALID unless given\n"
    "A SIZE is one number, or height and width: 7x8. output_padding is Keras'.\n";

enum { HEIGHT, WIDTH, AXES };
static const char *const axis_names[AXES] = {"height", "width"};

/* All but the image. One channel, as channels do not matter to sizes. */
typedef struct layer {
    int64_t filter[4];
    nhwc_conv2d_options options;
} layer;

/* ---- Questions along one axis --------------------------------------------------------------- */

/* The layer along one axis, and nothing along the other: an image 1 pixel long stays as it is. */
static layer along(const layer *l, int axis)
{
    const int other = 1 - axis;
    layer line = *l;
    line.filter[other] = line.options.strides[other] = line.options.dilations[other] = 1;
    line.options.explicit_paddings[other][0] = line.options.explicit_paddings[other][1] = 0;
    return line;
}

static void set_shape(int64_t shape[4], int axis, int64_t length)
{
    for (int i = 0; i < 4; i++)
        shape[i] = i == 1 + axis ? length : 1;
}

/* The length conv2d gives. */
static nhwc_status convolved(const layer *l, int axis, int64_t length, int64_t *result)
{
    const layer line = along(l, axis);
    int64_t x[4];
    nhwc_geometry g;
    set_shape(x, axis, length);
    const nhwc_status status = nhwc_conv2d_geometry(x, line.filter, &line.options, &g);
    if (status == NHWC_OK)
        *result = axis == HEIGHT ? g.h.coarse : g.w.coarse;
    return status;
}

/* The legal lengths of conv2d_transpose: the same as those from which conv2d gives `length`. */
static nhwc_status legal(const layer *l, int axis, int64_t length, int64_t *smallest, int64_t *largest)
{
    const layer line = along(l, axis);
    int64_t x[4], from[4], to[4];
    set_shape(x, axis, length);
    const nhwc_status status = nhwc_conv2d_transpose_output_shapes(x, line.filter, &line.options, from, to);
    if (status == NHWC_OK) {
        *smallest = from[1 + axis];
        *largest = to[1 + axis];
    }
    return status;
}

enum { NO_OUTPUT_PADDING = -1, REFUSED = -1 };

/* The length Keras' Conv2DTranspose gives, or REFUSED. */
static int64_t transposed(const layer *l, int axis, int64_t length, int64_t output_padding)
{
    const layer line = along(l, axis);
    int64_t x[4], paddings[AXES] = {0, 0};
    nhwc_geometry g;
    set_shape(x, axis, length);
    paddings[axis] = output_padding;
    const int64_t *const keras = output_padding == NO_OUTPUT_PADDING ? NULL : paddings;
    if (nhwc_conv2d_transpose_geometry(x, line.filter, &line.options, NULL, keras, &g) != NHWC_OK)
        return REFUSED;
    return axis == HEIGHT ? g.h.fine : g.w.fine;
}

/* The output_padding that gives `wanted`, or NO_OUTPUT_PADDING. Of two, the one that is larger by 1 gives 1
 * more; so what the largest gives says which one to try. */
static int64_t output_padding_for(const layer *l, int axis, int64_t length, int64_t wanted)
{
    const int64_t most = l->options.strides[axis] - 1, longest = transposed(l, axis, length, most);
    if (longest == REFUSED)
        return NO_OUTPUT_PADDING;
    const int64_t one = most - (longest - wanted);
    return one >= 0 && transposed(l, axis, length, one) == wanted ? one : NO_OUTPUT_PADDING;
}

/* ---- Text ----------------------------------------------------------------------------------- */

static void print_range(int64_t from, int64_t to)
{
    printf("%" PRId64, from);
    if (to != from)
        printf(" to %" PRId64, to);
}

/* For example "13 to 14, by default 14; output_padding 0 to 1 gives 13 to 14". */
static void print_transpose(const layer *l, int axis, int64_t length, int64_t smallest, int64_t largest)
{
    print_range(smallest, largest);
    const int64_t by_default = transposed(l, axis, length, NO_OUTPUT_PADDING);
    if (by_default == REFUSED)
        printf(", none by default");
    else
        printf(", by default %" PRId64, by_default);

    const int64_t most = l->options.strides[axis] - 1, longest = transposed(l, axis, length, most);
    int64_t least = output_padding_for(l, axis, length, smallest);
    if (least == NO_OUTPUT_PADDING) /* then even 0 gives more than the smallest */
        least = 0;
    if (longest == REFUSED) {
        printf("; by no output_padding\n");
    } else {
        printf("; output_padding ");
        print_range(least, most);
        printf(" gives ");
        print_range(transposed(l, axis, length, least), longest);
        printf("\n");
    }
}

static void print_layer(const layer *l)
{
    const nhwc_conv2d_options *o = &l->options;
    printf("kernel %" PRId64 "x%" PRId64 ", stride %" PRId64 "x%" PRId64 ", dilation %" PRId64 "x%" PRId64,
           l->filter[0], l->filter[1], o->strides[0], o->strides[1], o->dilations[0], o->dilations[1]);
    if (o->padding == NHWC_PADDING_EXPLICIT)
        printf(", padding %" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "\n", o->explicit_paddings[0][0],
               o->explicit_paddings[0][1], o->explicit_paddings[1][0], o->explicit_paddings[1][1]);
    else
        printf(", %s\n", o->padding == NHWC_PADDING_SAME ? "SAME" : "VALID");
}

/* Says why the library refused, behind what was printed so far. Returns the exit code. */
static int refusal(void)
{
    fflush(stdout);
    fprintf(stderr, "shapes: %s\n", nhwc_last_error());
    return 1;
}

/* ---- The drawing ---------------------------------------------------------------------------- */

enum { LONGEST_SIDE = 24, LONGEST_LINE = 36, LINE_END = 17 };

/* Cells are counted from the first one of the padding. */
static int64_t cell_count(const nhwc_axis *a)
{
    return a->pad_before + a->fine + a->pad_after;
}

static bool is_padding(const nhwc_axis *a, int64_t cell)
{
    return cell < a->pad_before || cell >= a->pad_before + a->fine;
}

/* Whether the window for output pixel `window` multiplies this cell. */
static bool is_tap(const nhwc_axis *a, int64_t window, int64_t cell)
{
    const int64_t distance = cell - window * a->stride;
    return distance >= 0 && distance % a->dilation == 0 && distance / a->dilation < a->kernel;
}

static char symbol(const nhwc_axis *h, int64_t row, const nhwc_axis *w, int64_t column)
{
    const bool padding = is_padding(h, row) || is_padding(w, column);
    const bool any = h->coarse > 0 && w->coarse > 0;
    const bool first = any && is_tap(h, 0, row) && is_tap(w, 0, column);
    const bool last = any && is_tap(h, h->coarse - 1, row) && is_tap(w, w->coarse - 1, column);
    return (padding ? "0flb" : ".FLB")[first + 2 * last];
}

static void draw_row(const nhwc_axis *h, int64_t row, const nhwc_axis *w)
{
    const int64_t count = cell_count(w);
    for (int64_t column = 0; column < count; column++) {
        if (count > LONGEST_LINE && column == LINE_END) {
            printf(" ...");
            column = count - LINE_END;
        }
        printf(" %c", symbol(h, row, w, column));
    }
    printf("\n");
}

static void draw(const nhwc_geometry *g)
{
    static const nhwc_axis point = {.fine = 1, .coarse = 1, .kernel = 1, .stride = 1, .dilation = 1};

    printf("\n. input  0 padding  F first window  L last window  B both; small letters: over padding\n\n");
    if (cell_count(&g->h) <= LONGEST_SIDE && cell_count(&g->w) <= LONGEST_SIDE) {
        for (int64_t row = 0; row < cell_count(&g->h); row++)
            draw_row(&g->h, row, &g->w);
    } else {
        printf("height");
        draw_row(&point, 0, &g->h);
        printf("width ");
        draw_row(&point, 0, &g->w);
    }
}

/* ---- What comes out ------------------------------------------------------------------------- */

static int answer_conv2d(const layer *l, const int64_t x[4], nhwc_geometry *g)
{
    if (nhwc_conv2d_geometry(x, l->filter, &l->options, g) != NHWC_OK)
        return refusal();
    printf("conv2d: %" PRId64 "x%" PRId64 " -> %" PRId64 "x%" PRId64 "%s\n", x[1], x[2], g->h.coarse,
           g->w.coarse, g->h.coarse == 0 || g->w.coarse == 0 ? ", which is empty" : "");
    printf("  padding: top %" PRId64 ", bottom %" PRId64 ", left %" PRId64 ", right %" PRId64 "\n",
           g->h.pad_before, g->h.pad_after, g->w.pad_before, g->w.pad_after);
    return 0;
}

static int answer_transpose(const layer *l, const int64_t x[4])
{
    int64_t smallest[4], largest[4];
    nhwc_geometry g;
    if (nhwc_conv2d_transpose_output_shapes(x, l->filter, &l->options, smallest, largest) != NHWC_OK)
        return refusal();
    printf("conv2d_transpose: %" PRId64 "x%" PRId64 " -> ", x[1], x[2]);
    if (nhwc_conv2d_transpose_geometry(x, l->filter, &l->options, NULL, NULL, &g) == NHWC_OK)
        printf("%" PRId64 "x%" PRId64 " by default\n", g.h.fine, g.w.fine);
    else
        printf("no size by default\n");
    for (int axis = 0; axis < AXES; axis++) {
        printf("  %s:%s ", axis_names[axis], axis == WIDTH ? " " : "");
        print_transpose(l, axis, x[1 + axis], smallest[1 + axis], largest[1 + axis]);
    }
    return 0;
}

/* Either may be possible without the other. */
static int answer_input(const layer *l, const int64_t input[AXES])
{
    const int64_t x[4] = {1, input[HEIGHT], input[WIDTH], 1};
    nhwc_geometry g;
    const int no_conv2d = answer_conv2d(l, x, &g);
    const int no_transpose = answer_transpose(l, x);
    if (!no_conv2d)
        draw(&g);
    return no_conv2d || no_transpose;
}

/* ---- What has to go in ---------------------------------------------------------------------- */

static int inverse_of_conv2d(const layer *l, int axis, int64_t output)
{
    int64_t smallest, largest, least;
    const nhwc_status status = legal(l, axis, output, &smallest, &largest);
    if (status == NHWC_OK) {
        printf("  conv2d gives %" PRId64 " from ", output);
        print_range(smallest, largest);
        printf("\n");
        return 0;
    }
    if (status != NHWC_ERROR_OUTPUT_SHAPE || convolved(l, axis, 0, &least) != NHWC_OK)
        return refusal();
    printf("  conv2d gives %" PRId64 " from nothing: with so much padding even 0 gives %" PRId64 "\n",
           output, least);
    return 0;
}

/* An output belongs to one input only: to what conv2d makes of it. */
static int inverse_of_transpose(const layer *l, int axis, int64_t output)
{
    int64_t input = 0, smallest, largest;
    const nhwc_status status = convolved(l, axis, output, &input);
    if (status != NHWC_OK && status != NHWC_ERROR_KERNEL)
        return refusal();

    printf("  conv2d_transpose gives %" PRId64 " from ", output);
    if (status != NHWC_OK) {
        printf("nothing");
    } else {
        const int64_t output_padding = output_padding_for(l, axis, input, output);
        const bool by_default = transposed(l, axis, input, NO_OUTPUT_PADDING) == output;
        printf("%" PRId64 ", %s", input, by_default ? "by default" : "not by default");
        if (output_padding != NO_OUTPUT_PADDING)
            printf("%s output_padding %" PRId64, by_default ? " or with" : " but with", output_padding);
        else if (!by_default)
            printf(" but with output_shape");
    }
    printf("; near it:\n");

    const int64_t middle = input > 1 ? input : 1;
    for (int64_t near = middle - 1; near <= middle + 1; near++)
        if (near > 0 && legal(l, axis, near, &smallest, &largest) == NHWC_OK) {
            printf("    %" PRId64 " -> ", near);
            print_transpose(l, axis, near, smallest, largest);
        }
    return 0;
}

static bool same_for_both(const layer *l, const int64_t output[AXES])
{
    const nhwc_conv2d_options *o = &l->options;
    return output[HEIGHT] == output[WIDTH] && l->filter[HEIGHT] == l->filter[WIDTH] &&
           o->strides[HEIGHT] == o->strides[WIDTH] && o->dilations[HEIGHT] == o->dilations[WIDTH] &&
           o->explicit_paddings[HEIGHT][0] == o->explicit_paddings[WIDTH][0] &&
           o->explicit_paddings[HEIGHT][1] == o->explicit_paddings[WIDTH][1];
}

static int answer_inverse(const layer *l, const int64_t output[AXES])
{
    const bool once = same_for_both(l, output);
    for (int axis = 0; axis < (once ? 1 : AXES); axis++) {
        printf("%s %" PRId64 ":\n", once ? "height and width" : axis_names[axis], output[axis]);
        if (inverse_of_conv2d(l, axis, output[axis]) || inverse_of_transpose(l, axis, output[axis]))
            return 1;
    }
    return 0;
}

/* ---- The command line ----------------------------------------------------------------------- */

/* The number that `text` begins with, up to `end`; false for anything else and beyond 64 bits. */
static bool read_number(const char **text, int64_t *number)
{
    const char *at = *text;
    int64_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        const int digit = *at - '0';
        if (value > (INT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (at == *text)
        return false;
    *text = at;
    *number = value;
    return true;
}

/* `count` numbers with `separator` between them, and nothing else. */
static bool read_numbers(const char *text, char separator, int count, int64_t *numbers)
{
    for (int i = 0; i < count; i++)
        if ((i > 0 && *text++ != separator) || !read_number(&text, &numbers[i]))
            return false;
    return *text == '\0';
}

static bool read_size(const char *text, int64_t size[AXES])
{
    if (read_numbers(text, 'x', 2, size))
        return true;
    if (!read_numbers(text, 'x', 1, size))
        return false;
    size[WIDTH] = size[HEIGHT];
    return true;
}

static bool read_padding(const char *text, nhwc_conv2d_options *options)
{
    int64_t sides[4] = {0};
    if (strcmp(text, "VALID") == 0)
        options->padding = NHWC_PADDING_VALID;
    else if (strcmp(text, "SAME") == 0)
        options->padding = NHWC_PADDING_SAME;
    else if (read_numbers(text, ',', 4, sides))
        options->padding = NHWC_PADDING_EXPLICIT;
    else
        return false;
    memcpy(options->explicit_paddings, sides, sizeof sides);
    return true;
}

static int usage_error(const char *name, const char *value, const char *wrong)
{
    fprintf(stderr, "shapes: %s%s%s%s\n%s", name, *value ? " " : "", value, wrong, usage);
    return 2;
}

int main(int argc, char **argv)
{
    layer l = {.filter = {0, 0, 1, 1}, .options = {.strides = {1, 1}, .dilations = {1, 1}}};
    int64_t input[AXES] = {-1, -1}, inverse[AXES] = {-1, -1}, kernel[AXES] = {-1, -1};
    const struct {
        const char *name;
        int64_t *size, least;
    } sizes[] = {
        {"--input", input, 0},
        {"--inverse", inverse, 0},
        {"--kernel", kernel, 0},
        {"--stride", l.options.strides, 1}, /* in the options, 0 would mean what we say by leaving it out */
        {"--dilation", l.options.dilations, 1},
    };
    const size_t size_count = sizeof sizes / sizeof *sizes;

    for (int i = 1; i < argc; i += 2) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        size_t which = 0;
        while (which < size_count && strcmp(name, sizes[which].name) != 0)
            which++;
        if (strcmp(name, "--help") == 0) {
            printf("%s", usage);
            return 0;
        } else if (which < size_count) {
            int64_t *const size = sizes[which].size;
            if (!read_size(value, size))
                return usage_error(name, value, ": a size is a number below 2^63, or two: 7x8");
            if (size[HEIGHT] < sizes[which].least || size[WIDTH] < sizes[which].least)
                return usage_error(name, value, ": it has to be at least 1");
        } else if (strcmp(name, "--padding") == 0) {
            if (!read_padding(value, &l.options))
                return usage_error(name, value, ": VALID, SAME or four numbers, 1,1,0,2, are possible");
        } else {
            return usage_error(name, "", ": there is no such option");
        }
    }
    const bool has_input = input[HEIGHT] >= 0, has_inverse = inverse[HEIGHT] >= 0;
    if (has_input == has_inverse || kernel[HEIGHT] < 0)
        return usage_error("needed are --kernel and one of --input and --inverse", "", "");

    memcpy(l.filter, kernel, sizeof kernel);
    print_layer(&l);
    return has_input ? answer_input(&l, input) : answer_inverse(&l, inverse);
}
