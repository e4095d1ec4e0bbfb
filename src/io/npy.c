/* .npy: a magic word, the length of a text, the text, which is a Python dict, and the elements. */
#include "io/npy.h"

#include <inttypes.h>
#include <nhwc/array.h>
#include <nhwc/io.h>
#include <string.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "io/elements.h"

#define MAGIC       "\x93NUMPY"
#define MAGIC_BYTES 6
#define MOST_TEXT   10000 /* NumPy's limit, too */

static const struct {
    const char *name;
    nhwc_dtype dtype;
} dtypes[] = {{"f4", NHWC_FLOAT32}, {"f8", NHWC_FLOAT64}, {"i4", NHWC_INT32},
              {"i8", NHWC_INT64},   {"u1", NHWC_UINT8},   {"b1", NHWC_BOOL}};

#define DTYPES (sizeof dtypes / sizeof *dtypes)

typedef struct header {
    nhwc_dtype dtype;
    bool big_endian, fortran_order;
    int rank;
    int64_t dims[NHWC_MAX_RANK];
} header;

/* ---- The text ------------------------------------------------------------------------------- */

typedef struct cursor {
    const nhwc__reader *r;
    const char *at, *end;
} cursor;

static nhwc_status unexpected(const cursor *c)
{
    const int left = (int)(c->end - c->at);
    return nhwc__fail(NHWC_ERROR_FORMAT, "%s: \"%s\": the header cannot be understood from here on: %.*s",
                      c->r->operation, c->r->path, left < 40 ? left : 40, c->at);
}

static void skip_space(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n'))
        c->at++;
}

/* Steps over `word`, if that is what comes next. */
static bool take(cursor *c, const char *word)
{
    skip_space(c);
    const size_t length = strlen(word);
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0)
        return false;
    c->at += length;
    return true;
}

/* A string between quotes of either kind. */
static bool take_string(cursor *c, const char **text, int *length)
{
    const char quote = take(c, "'") ? '\'' : take(c, "\"") ? '"' : 0;
    const char *const end = quote != 0 ? memchr(c->at, quote, (size_t)(c->end - c->at)) : NULL;
    if (end == NULL)
        return false;
    *text = c->at;
    *length = (int)(end - c->at);
    c->at = end + 1;
    return true;
}

static bool take_length(cursor *c, int64_t *length)
{
    skip_space(c);
    const char *const first = c->at;
    for (*length = 0; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++)
        if (!nhwc__multiply(*length, 10, length) || !nhwc__is_size(*length += *c->at - '0'))
            return false;
    return c->at > first && (take(c, "L") || true); /* Python 2 wrote 3L */
}

static nhwc_status parse_shape(cursor *c, header *h)
{
    if (!take(c, "("))
        return unexpected(c);
    for (h->rank = 0; !take(c, ")"); h->rank++) {
        if (h->rank == NHWC_MAX_RANK)
            return nhwc__fail(NHWC_ERROR_RANK, "%s: \"%s\" has more than %d axes", c->r->operation, c->r->path,
                              NHWC_MAX_RANK);
        const cursor before = *c;
        if (!take_length(c, &h->dims[h->rank]))
            return unexpected(&before);
        if (!take(c, ",") && (c->at == c->end || *c->at != ')'))
            return unexpected(c);
    }
    return NHWC_OK;
}

static bool is_order(char c, bool of_one_byte)
{
    return c == '<' || c == '>' || (of_one_byte && (c == '|' || c == '='));
}

/* '<f4': the order of bytes, which those of one byte need not tell, kind and size. */
static nhwc_status parse_dtype(cursor *c, header *h)
{
    const char *text = c->at;
    int length = (int)nhwc__least(c->end - c->at, 20);
    if (take_string(c, &text, &length) && length == 3)
        for (size_t i = 0; i < DTYPES; i++)
            if (memcmp(text + 1, dtypes[i].name, 2) == 0 && is_order(text[0], text[2] == '1')) {
                h->dtype = dtypes[i].dtype;
                h->big_endian = text[0] == '>';
                return NHWC_OK;
            }
    return nhwc__fail(NHWC_ERROR_DTYPE,
                      "%s: \"%s\" has elements of NumPy's dtype %.*s; f4, f8, i4, i8, u1 and b1 can be read",
                      c->r->operation, c->r->path, length, text);
}

static nhwc_status parse_entry(cursor *c, header *h, unsigned *seen)
{
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    const cursor before = *c;
    const char *key;
    int length, which = 0;
    if (!take_string(c, &key, &length) || !take(c, ":"))
        return unexpected(&before);
    while (which < 3 && (strlen(keys[which]) != (size_t)length || memcmp(keys[which], key, (size_t)length) != 0))
        which++;
    if (which == 3 || (*seen & 1u << which) != 0)
        return unexpected(&before);
    *seen |= 1u << which;
    if (which == 0)
        return parse_dtype(c, h);
    if (which == 2)
        return parse_shape(c, h);
    h->fortran_order = take(c, "True");
    return h->fortran_order || take(c, "False") ? NHWC_OK : unexpected(c);
}

static nhwc_status parse(cursor *c, header *h)
{
    unsigned seen = 0;
    if (!take(c, "{"))
        return unexpected(c);
    while (!take(c, "}")) {
        NHWC__TRY(parse_entry(c, h, &seen));
        if (!take(c, ",") && (c->at == c->end || *c->at != '}'))
            return unexpected(c);
    }
    skip_space(c);
    if (c->at != c->end)
        return unexpected(c);
    if (seen != 7)
        return nhwc__fail(NHWC_ERROR_FORMAT, "%s: the header of \"%s\" lacks descr, fortran_order or shape",
                          c->r->operation, c->r->path);
    return NHWC_OK;
}

/* ---- Reading -------------------------------------------------------------------------------- */

static nhwc_status get_header(const nhwc__reader *r, header *h, int64_t *bytes)
{
    unsigned char start[MAGIC_BYTES + 6];
    char text[MOST_TEXT];
    NHWC__TRY(nhwc__reader_get(r, 0, MAGIC_BYTES + 4, start));
    const int major = start[MAGIC_BYTES];
    if (memcmp(start, MAGIC, MAGIC_BYTES) != 0 || major < 1 || major > 3)
        return nhwc__fail(NHWC_ERROR_FORMAT, "%s: \"%s\" does not begin as an .npy file of version 1, 2 or 3 does",
                          r->operation, r->path);
    const int prefix = MAGIC_BYTES + (major == 1 ? 4 : 6);
    NHWC__TRY(nhwc__reader_get(r, 0, prefix, start));
    const int64_t length = nhwc__little(start + MAGIC_BYTES + 2, major == 1 ? 2 : 4);
    if (length > MOST_TEXT)
        return nhwc__fail(NHWC_ERROR_FORMAT, "%s: \"%s\" has a header of %" PRId64 " bytes; %d are possible",
                          r->operation, r->path, length, MOST_TEXT);
    NHWC__TRY(nhwc__reader_get(r, prefix, length, text));
    *bytes = prefix + length;
    return parse(&(cursor){r, text, text + length}, h);
}

/* A tensor with the axes the other way round is read, and turned. */
static nhwc_status get_fortran(const nhwc_context *context, const nhwc__reader *r, const header *h, int64_t offset,
                               nhwc_tensor *x)
{
    nhwc_tensor elements, view;
    int64_t dims[NHWC_MAX_RANK];
    for (int axis = 0; axis < h->rank; axis++)
        dims[axis] = h->dims[h->rank - 1 - axis];
    NHWC__TRY(nhwc__elements_get(context, r, offset, h->big_endian, h->dtype, h->rank, dims, &elements));
    nhwc_status status = nhwc_transpose(&elements, NULL, &view);
    if (status == NHWC_OK)
        status = nhwc_clone(context, &view, x);
    nhwc_tensor_destroy(context, &elements);
    return status;
}

nhwc_status nhwc__npy_get(const nhwc_context *context, const nhwc__reader *r, nhwc_tensor *x)
{
    header h = {.rank = 0};
    int64_t offset;
    NHWC__TRY(get_header(r, &h, &offset));
    if (h.fortran_order)
        return get_fortran(context, r, &h, offset, x);
    return nhwc__elements_get(context, r, offset, h.big_endian, h.dtype, h.rank, h.dims, x);
}

nhwc_status nhwc__npy_look(const nhwc__reader *r, nhwc_tensor *x)
{
    header h = {.rank = 0};
    int64_t offset;
    NHWC__TRY(get_header(r, &h, &offset));
    *x = nhwc_tensor_view(h.dtype, NULL, h.rank, h.dims);
    return NHWC_OK;
}

nhwc_status nhwc_npy_read(const nhwc_context *context, const char *path, nhwc_tensor *x)
{
    nhwc__reader reader;
    NHWC__TRY(nhwc__context_check(context));
    if (x == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "npy_read: x is NULL");
    NHWC__TRY(nhwc__reader_open("npy_read", path, &reader));
    const nhwc_status status = nhwc__npy_get(context, &reader, x);
    nhwc__reader_close(&reader);
    return status;
}

/* ---- Writing -------------------------------------------------------------------------------- */

int64_t nhwc__npy_header(const nhwc_tensor *x, char text[NHWC__NPY_HEADER])
{
    const int prefix = MAGIC_BYTES + 4;
    const char *name = "";
    for (size_t i = 0; i < DTYPES; i++)
        if (dtypes[i].dtype == x->dtype)
            name = dtypes[i].name;
    const char order = name[1] == '1' ? '|' : '<';
    int used = prefix + snprintf(text + prefix, (size_t)(NHWC__NPY_HEADER - prefix),
                                 "{'descr': '%c%s', 'fortran_order': False, 'shape': (", order, name);
    for (int axis = 0; axis < x->rank; axis++)
        used += snprintf(text + used, (size_t)(NHWC__NPY_HEADER - used), "%s%" PRId64, axis > 0 ? ", " : "",
                         x->dims[axis]);
    used += snprintf(text + used, (size_t)(NHWC__NPY_HEADER - used), "%s), }", x->rank == 1 ? "," : "");
    const int length = (used + 1 + 63) / 64 * 64; /* so that the elements are aligned */
    memset(text + used, ' ', (size_t)(length - 1 - used));
    text[length - 1] = '\n';
    memcpy(text, MAGIC "\x01\x00", MAGIC_BYTES + 2);
    text[MAGIC_BYTES + 2] = (char)((length - prefix) & 255);
    text[MAGIC_BYTES + 3] = (char)((length - prefix) >> 8);
    return length;
}

static nhwc_status put(void *writer, const void *from, int64_t bytes)
{
    return nhwc__writer_put(writer, from, bytes);
}

nhwc_status nhwc_npy_write(const nhwc_context *context, const char *path, const nhwc_tensor *x)
{
    char text[NHWC__NPY_HEADER];
    nhwc__writer writer;
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__tensor_check("npy_write", "x", x));
    NHWC__TRY(nhwc__writer_open("npy_write", context, path, &writer));
    nhwc_status status = nhwc__writer_put(&writer, text, nhwc__npy_header(x, text));
    if (status == NHWC_OK)
        status = nhwc__elements_put(x, put, &writer);
    return nhwc__writer_close(&writer, status);
}
