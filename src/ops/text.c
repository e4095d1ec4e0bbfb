/* Tensors in words: elements in columns between brackets, as NumPy prints them. */
#include <math.h>
#include <nhwc/array.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ops/cast.h"
#include "ops/shapes.h"

/* ---- Where the text goes --------------------------------------------------------------------- */

typedef struct sink {
    char *text;
    size_t size, length; /* of the buffer; of what has been written, whether it found room or not */
    size_t spaces;       /* at the end, written as soon as something follows in the line */
    size_t column;
} sink;

static void put(sink *s, char c)
{
    if (s->length + 1 < s->size)
        s->text[s->length] = c;
    s->length++;
}

static void put_spaces(sink *s, size_t count)
{
    s->spaces += count;
    s->column += count;
}

static void put_line_end(sink *s)
{
    s->spaces = 0;
    s->column = 0;
    put(s, '\n');
}

static void put_text(sink *s, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == ' ') {
            put_spaces(s, 1);
        } else {
            for (; s->spaces > 0; s->spaces--)
                put(s, ' ');
            put(s, *text);
            s->column++;
        }
}

static void finish(sink *s, size_t *length)
{
    for (; s->spaces > 0; s->spaces--)
        put(s, ' ');
    if (s->size > 0)
        s->text[s->length < s->size ? s->length : s->size - 1] = '\0';
    if (length != NULL)
        *length = s->length;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

#define NUMBER 400 /* more than the longest number has characters: 5e-324 with all its zeros */

/* A number cut at its point: sign and digits before it, digits behind it, the exponent from its sign on. */
typedef struct number {
    char whole[NUMBER], fraction[NUMBER], exponent[8];
} number;

/* Takes apart what printf wrote, with `digits` behind the point: whatever the locale's point looks like. */
static number number_of(const char *text, int digits)
{
    number n;
    const size_t whole = strspn(text, "-0123456789");
    const char *e = strchr(text, 'e'), *end = e ? e : text + strlen(text);
    snprintf(n.whole, sizeof n.whole, "%.*s", (int)whole, text);
    snprintf(n.fraction, sizeof n.fraction, "%.*s", digits, end - digits);
    snprintf(n.exponent, sizeof n.exponent, "%s", e ? e + 1 : "");
    return n;
}

static number without_zeros(number n)
{
    for (size_t i = strlen(n.fraction); i > 0 && n.fraction[i - 1] == '0'; i--)
        n.fraction[i - 1] = '\0';
    return n;
}

static number scientific(double value, int digits)
{
    char text[NUMBER];
    snprintf(text, sizeof text, "%.*e", digits, value);
    return number_of(text, digits);
}

/* The fewest digits behind the point of d.ddde+xx that are those of no other number of the dtype. */
static int shortest(double value, nhwc_dtype dtype)
{
    char text[64];
    int least = 0, enough = dtype == NHWC_FLOAT32 ? 8 : 16;
    while (least < enough) {
        const int digits = (least + enough) / 2;
        snprintf(text, sizeof text, "%.*e", digits, value);
        if (dtype == NHWC_FLOAT32 ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
            enough = digits;
        else
            least = digits + 1;
    }
    return least;
}

/* With as few digits as tell the number from others, but at most `precision` behind the point. */
static number short_scientific(double value, nhwc_dtype dtype, int precision)
{
    return without_zeros(scientific(value, (int)nhwc__least(shortest(value, dtype), precision)));
}

static number short_positional(double value, nhwc_dtype dtype, int precision)
{
    char text[NUMBER];
    const int behind = shortest(value, dtype), exponent = atoi(scientific(value, behind).exponent);
    const int digits = (int)nhwc__least(nhwc__most(behind - exponent, 0), precision);
    snprintf(text, sizeof text, "%.*f", digits, value);
    return without_zeros(number_of(text, digits));
}

/* ---- How all elements are written ------------------------------------------------------------ */

typedef struct layout {
    const nhwc_tensor *x;
    int64_t edge_items; /* shown at each end of an axis that is longer than both; 0: all */
    size_t line_width;
    int precision;
    bool suppress_small;
    bool some, finite_only, has_negative_infinity; /* there are finite numbers; there are only such */
    double least, greatest;                        /* of the finite numbers other than 0, without sign */
    bool exponents;
    size_t before, behind, exponent; /* widths: up to the point, behind it, of the exponent's digits */
} layout;

typedef void visitor(layout *, const void *element);

static bool is_real(nhwc_dtype dtype)
{
    return dtype == NHWC_FLOAT32 || dtype == NHWC_FLOAT64;
}

static double real_at(const layout *l, const void *element)
{
    return l->x->dtype == NHWC_FLOAT32 ? *(const float *)element : *(const double *)element;
}

static bool is_cut(const layout *l, int axis)
{
    return l->edge_items > 0 && l->x->dims[axis] > 2 * l->edge_items;
}

/* All elements that are shown. */
static void visit(layout *l, visitor *v, int axis, int64_t offset)
{
    if (axis == l->x->rank) {
        v(l, nhwc__element(l->x, offset));
        return;
    }
    for (int64_t i = 0; i < l->x->dims[axis]; i++) {
        if (is_cut(l, axis) && i == l->edge_items)
            i = l->x->dims[axis] - l->edge_items;
        visit(l, v, axis + 1, offset + (i > 0 ? i * l->x->strides[axis] : 0));
    }
}

static void widen(size_t *width, size_t needed)
{
    if (*width < needed)
        *width = needed;
}

static void find_extremes(layout *l, const void *element)
{
    const double value = real_at(l, element), size = fabs(value);
    if (!isfinite(value)) {
        l->finite_only = false;
        l->has_negative_infinity |= isinf(value) && value < 0;
        return;
    }
    l->some = true;
    if (size > 0 && (l->least == 0 || size < l->least))
        l->least = size;
    if (size > l->greatest)
        l->greatest = size;
}

/* Numbers that are large, small or of very different size have exponents; compared in the dtype, as NumPy does. */
static bool wants_exponents(const layout *l)
{
    if (l->greatest == 0)
        return false;
    if (l->x->dtype == NHWC_FLOAT32)
        return l->greatest >= 1e6 || (!l->suppress_small && ((float)l->least < 0.0001f ||
                                                             (float)(l->greatest / l->least) > 1000));
    return l->greatest >= 1e8 || (!l->suppress_small && (l->least < 0.0001 || l->greatest / l->least > 1000));
}

static void measure_real(layout *l, const void *element)
{
    const double value = real_at(l, element);
    if (!isfinite(value))
        return;
    const number n = (l->exponents ? short_scientific : short_positional)(value, l->x->dtype, l->precision);
    widen(&l->before, strlen(n.whole));
    widen(&l->behind, strlen(n.fraction));
    if (l->exponents)
        widen(&l->exponent, strlen(n.exponent) - 1);
}

static int64_t integer_at(const layout *l, const void *element)
{
    int64_t value;
    if (l->x->dtype == NHWC_INT64)
        memcpy(&value, element, sizeof value);
    else
        nhwc__cast_row(NULL, NHWC_INT64, l->x->dtype)(1, (char *)&value, 0, element, 0);
    return value;
}

static void measure_integer(layout *l, const void *element)
{
    widen(&l->before, (size_t)snprintf(NULL, 0, "%" PRId64, integer_at(l, element)));
}

static void measure(layout *l)
{
    if (l->x->dtype == NHWC_BOOL)
        l->before = l->x->rank > 0 ? 5 : 0;
    else if (!is_real(l->x->dtype))
        visit(l, measure_integer, 0, 0);
    else {
        visit(l, find_extremes, 0, 0);
        l->exponents = wants_exponents(l);
        visit(l, measure_real, 0, 0);
        const size_t special = l->has_negative_infinity ? 4 : 3;
        const size_t tail = l->behind + 1 + (l->exponents ? l->exponent + 2 : 0);
        if (!l->finite_only && l->before + tail < special)
            l->before = special - tail;
    }
}

/* ---- Elements -------------------------------------------------------------------------------- */

typedef struct word {
    char text[3 * NUMBER];
} word;

/* Right-aligned at the point, or at the end where there is none. */
static word real_word(const layout *l, double value)
{
    word w;
    const int behind = (int)l->behind, before = (int)l->before, exponent = (int)l->exponent;
    if (!isfinite(value)) {
        snprintf(w.text, sizeof w.text, "%*s", before + 1 + behind + (l->exponents ? exponent + 2 : 0),
                 isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return w;
    }
    if (!l->exponents) {
        const number n = short_positional(value, l->x->dtype, l->precision);
        snprintf(w.text, sizeof w.text, "%*s.%-*s", before, n.whole, behind, n.fraction);
        return w;
    }
    const number n = scientific(value, behind); /* more digits than tell it from others are its own, too */
    snprintf(w.text, sizeof w.text, "%*s.%se%c%0*d", before, n.whole, n.fraction, n.exponent[0], exponent,
             atoi(n.exponent + 1));
    return w;
}

static word word_of(const layout *l, const void *element)
{
    word w;
    const int before = (int)l->before;
    if (l->x->dtype == NHWC_BOOL)
        snprintf(w.text, sizeof w.text, "%*s", before, *(const unsigned char *)element ? "True" : "False");
    else if (is_real(l->x->dtype))
        return real_word(l, real_at(l, element));
    else
        snprintf(w.text, sizeof w.text, "%*" PRId64, before, integer_at(l, element));
    return w;
}

/* ---- Brackets and lines ---------------------------------------------------------------------- */

/* Begins a new line, behind the brackets that are open, where the word would go beyond `width`. */
static void put_word(sink *s, const char *text, size_t width, size_t indent)
{
    if (s->column + strlen(text) > width && s->column > indent) {
        put_line_end(s);
        put_spaces(s, indent);
    }
    put_text(s, text);
}

/* The elements of the last axis: in as many lines as they need, each with room for a closing bracket of every axis. */
static void put_row(const layout *l, sink *s, int64_t offset)
{
    const int axis = l->x->rank - 1;
    const size_t indent = (size_t)l->x->rank, room = l->line_width > indent ? l->line_width - indent : 0;
    const int64_t length = l->x->dims[axis];
    for (int64_t i = 0; i < length; i++) {
        if (is_cut(l, axis) && i == l->edge_items) {
            put_word(s, "...", room, indent);
            put_spaces(s, 1);
            i = length - l->edge_items;
        }
        const word w = word_of(l, nhwc__element(l->x, offset + (i > 0 ? i * l->x->strides[axis] : 0)));
        put_word(s, w.text, room, indent);
        if (i < length - 1)
            put_spaces(s, 1);
    }
}

static void put_axis(const layout *l, sink *s, int axis, int64_t offset);

/* What comes between two entries of an axis: an empty line for each axis that lies further in. */
static void put_gap(const layout *l, sink *s, int axis)
{
    for (int i = axis; i < l->x->rank - 1; i++)
        put_line_end(s);
    put_spaces(s, (size_t)axis + 1);
}

static void put_entries(const layout *l, sink *s, int axis, int64_t offset)
{
    const int64_t length = l->x->dims[axis];
    for (int64_t i = 0; i < length; i++) {
        if (is_cut(l, axis) && i == l->edge_items) {
            put_text(s, "...");
            put_gap(l, s, axis);
            i = length - l->edge_items;
        }
        put_axis(l, s, axis + 1, offset + (i > 0 ? i * l->x->strides[axis] : 0));
        if (i < length - 1)
            put_gap(l, s, axis);
    }
}

static void put_axis(const layout *l, sink *s, int axis, int64_t offset)
{
    put_text(s, "[");
    if (axis == l->x->rank - 1)
        put_row(l, s, offset);
    else
        put_entries(l, s, axis, offset);
    put_text(s, "]");
}

/* ---- The operations -------------------------------------------------------------------------- */

static nhwc_status check_text(const char *operation, const nhwc_tensor *x, const char *text, size_t size)
{
    NHWC__TRY(nhwc__tensor_check(operation, "x", x));
    if (text == NULL && size > 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: text is NULL, but size %zu", operation, size);
    return NHWC_OK;
}

static nhwc_status check_options(const nhwc_string_options *o)
{
    if (o->precision < -1 || o->threshold < -1 || o->edge_items < 0 || o->line_width < 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "tensor_string: options have precision %d, threshold %" PRId64 ", edge_items %" PRId64
                          ", line_width %d; -1 or more are possible for the first two, 0 or more for the others",
                          o->precision, o->threshold, o->edge_items, o->line_width);
    return NHWC_OK;
}

static layout layout_of(const nhwc_tensor *x, const nhwc_string_options *o)
{
    layout l = {.x = x, .finite_only = true, .suppress_small = o->suppress_small};
    const int64_t threshold = o->threshold == 0 ? 1000 : nhwc__most(o->threshold, 0);
    if (nhwc__element_count(x) > threshold)
        l.edge_items = nhwc__least(o->edge_items == 0 ? 3 : o->edge_items, INT64_MAX / 2);
    l.precision = o->precision == 0 ? 8 : o->precision < 0 ? 0 : (int)nhwc__least(o->precision, NUMBER / 2);
    l.line_width = (size_t)(o->line_width == 0 ? 75 : o->line_width);
    return l;
}

nhwc_status nhwc_tensor_string(const nhwc_tensor *x, const nhwc_string_options *options, char *text, size_t size,
                               size_t *length)
{
    const nhwc_string_options given = options ? *options : (nhwc_string_options){0};
    NHWC__TRY(check_text("tensor_string", x, text, size));
    NHWC__TRY(check_options(&given));
    sink s = {.text = text, .size = size};
    layout l = layout_of(x, &given);
    if (nhwc__tensor_is_empty(x)) {
        put_text(&s, "[]");
    } else if (x->rank == 0) {
        measure(&l);
        put_text(&s, word_of(&l, x->data).text);
    } else {
        measure(&l);
        put_axis(&l, &s, 0, 0);
    }
    finish(&s, length);
    return NHWC_OK;
}

nhwc_status nhwc_shape_string(const nhwc_tensor *x, char *text, size_t size, size_t *length)
{
    NHWC__TRY(check_text("shape_string", x, text, size));
    sink s = {.text = text, .size = size};
    put_text(&s, nhwc__shape_text(x->rank, x->dims).text);
    finish(&s, length);
    return NHWC_OK;
}
