/* .npz: a zip archive of .npy files. Of zip, what is stored as it is: every entry has a header in front of its bytes,
 * and at the end of the file stands the directory, which says where.     [PKWARE's APPNOTE.TXT, sections 4.3, 4.4] */
#include <inttypes.h>
#include <nhwc/io.h>
#include <string.h>

#include "base/context.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "io/elements.h"
#include "io/npy.h"
#include "io/npz.h"

#define ENTRY       0x04034b50u /* the signatures */
#define RECORD      0x02014b50u
#define END         0x06054b50u
#define ENTRY_BYTES 30 /* without what follows: name and extra field */
#define RECORD_BYTES 46
#define END_BYTES   22
#define UTF8_NAME   0x800 /* a flag */
#define MOST_COMMENT 65535
#define MOST_ENTRIES 65534
#define MOST_BYTES  0xfffffffe /* of the file: larger ones are another format */
#define ENDING      ".npy"
#define ENDING_BYTES 4
#define CHUNK_BYTES 16384

/* ---- Checksums ------------------------------------------------------------------------------ */

typedef struct checksum {
    uint32_t table[256], value;
} checksum;

static void checksum_begin(checksum *c)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (value & 1 ? 0xedb88320u : 0);
        c->table[i] = value;
    }
    c->value = 0xffffffffu;
}

static nhwc_status checksum_put(void *sink, const void *from, int64_t bytes)
{
    checksum *const c = sink;
    const unsigned char *byte = from;
    uint32_t value = c->value;
    for (int64_t i = 0; i < bytes; i++)
        value = value >> 8 ^ c->table[(value ^ byte[i]) & 255];
    c->value = value;
    return NHWC_OK;
}

static uint32_t checksum_end(const checksum *c)
{
    return ~c->value;
}

/* ---- Reading -------------------------------------------------------------------------------- */

typedef struct entry {
    const char *name; /* in the directory, without its ending */
    unsigned method;
    bool encrypted;
    uint32_t checksum;
    int64_t bytes, offset;
} entry;

struct nhwc_npz {
    nhwc_context context;
    nhwc__reader reader;
    char *path, *directory;
    entry *entries;
    int count;
};

static nhwc_status malformed(const nhwc__reader *r, const char *what)
{
    return nhwc__fail(NHWC_ERROR_FORMAT, "%s: \"%s\" %s", r->operation, r->path, what);
}

typedef struct directory {
    int64_t records, bytes, offset;
} directory;

/* The end of the directory stands at the end of the file, or as far before it as a comment is long: in the last `bytes`
 * bytes of the file, `tail`. */
static nhwc_status find_end(const nhwc__reader *r, const unsigned char *tail, int64_t bytes, directory *d)
{
    for (int64_t at = bytes - END_BYTES; at >= 0; at--) {
        const unsigned char *const end = tail + at;
        const int64_t before = r->length - bytes + at;
        if (nhwc__little(end, 4) != END || nhwc__little(end + 20, 2) != bytes - END_BYTES - at)
            continue;
        *d = (directory){nhwc__little(end + 10, 2), nhwc__little(end + 12, 4), nhwc__little(end + 16, 4)};
        if (d->records > MOST_ENTRIES || d->offset > MOST_BYTES)
            return malformed(r, "is a zip archive of more than 4 GiB, or 65,534 entries, which is not supported");
        if (d->offset > before || d->bytes > before - d->offset)
            return malformed(r, "has a directory that lies outside of it");
        return NHWC_OK;
    }
    return malformed(r, "is no zip archive, as .npz files are: there is no directory at its end");
}

static nhwc_status find_directory(const nhwc_context *context, const nhwc__reader *r, directory *d)
{
    const int64_t bytes = nhwc__least(r->length, END_BYTES + MOST_COMMENT);
    void *tail;
    NHWC__TRY(nhwc__allocate(context, nhwc__most(bytes, 1), &tail));
    nhwc_status status = nhwc__reader_get(r, r->length - bytes, bytes, tail);
    if (status == NHWC_OK)
        status = find_end(r, tail, bytes, d);
    nhwc__deallocate(context, tail);
    return status;
}

static bool has_ending(const char *name, int64_t length)
{
    return length >= ENDING_BYTES && memcmp(name + length - ENDING_BYTES, ENDING, ENDING_BYTES) == 0;
}

/* The entry that the record says, whose name, now a string, moves to the front of it. */
static entry read_record(char *record, int64_t name_bytes)
{
    const unsigned char *const at = (unsigned char *)record;
    const entry e = {.name = record,
                     .encrypted = nhwc__little(at + 8, 2) & 1,
                     .method = nhwc__little(at + 10, 2),
                     .checksum = nhwc__little(at + 16, 4),
                     .bytes = nhwc__little(at + 24, 4),
                     .offset = nhwc__little(at + 42, 4)};
    memmove(record, record + RECORD_BYTES, (size_t)name_bytes);
    record[name_bytes - ENDING_BYTES] = 0;
    return e;
}

/* Entries that are no .npy files are left out. */
static nhwc_status read_records(nhwc_npz *z, const directory *d)
{
    int64_t left = d->bytes;
    char *record = z->directory;
    for (int64_t i = 0; i < d->records; i++) {
        const unsigned char *const at = (unsigned char *)record;
        if (left < RECORD_BYTES || nhwc__little(at, 4) != RECORD)
            return malformed(&z->reader, "has a directory with something else in it than entries");
        const int64_t name = nhwc__little(at + 28, 2);
        const int64_t all = RECORD_BYTES + name + nhwc__little(at + 30, 2) + nhwc__little(at + 32, 2);
        if (left < all)
            return malformed(&z->reader, "has a directory that ends within an entry");
        if (memchr(record + RECORD_BYTES, 0, (size_t)name) != NULL)
            return malformed(&z->reader, "has a name with a zero in it");
        if (has_ending(record + RECORD_BYTES, name))
            z->entries[z->count++] = read_record(record, name);
        record += all;
        left -= all;
    }
    return NHWC_OK;
}

static nhwc_status open_directory(nhwc_npz *z)
{
    directory d = {.records = 0};
    void *memory;
    NHWC__TRY(find_directory(&z->context, &z->reader, &d));
    if (d.records * RECORD_BYTES > d.bytes)
        return malformed(&z->reader, "has a directory too small for its entries");
    NHWC__TRY(nhwc__allocate(&z->context, nhwc__most(d.bytes, 1), &memory));
    z->directory = memory;
    NHWC__TRY(nhwc__allocate(&z->context, nhwc__most(d.records, 1) * (int64_t)sizeof *z->entries, &memory));
    z->entries = memory;
    NHWC__TRY(nhwc__reader_get(&z->reader, d.offset, d.bytes, z->directory));
    return read_records(z, &d);
}

nhwc_status nhwc_npz_open(const nhwc_context *context, const char *path, nhwc_npz **npz)
{
    NHWC__TRY(nhwc__context_check(context));
    if (path == NULL || npz == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "npz_open: %s is NULL", path ? "npz" : "path");
    const size_t length = strlen(path) + 1;
    void *memory;
    NHWC__TRY(nhwc__allocate(context, (int64_t)(sizeof(nhwc_npz) + length), &memory));
    nhwc_npz *const z = memory;
    *z = (nhwc_npz){.path = (char *)(z + 1)};
    if (context != NULL)
        z->context = *context;
    memcpy(z->path, path, length);
    nhwc_status status = nhwc__reader_open("npz_open", z->path, &z->reader);
    if (status == NHWC_OK)
        status = open_directory(z);
    if (status != NHWC_OK) {
        nhwc_npz_close(z);
        return status;
    }
    *npz = z;
    return NHWC_OK;
}

void nhwc_npz_close(nhwc_npz *z)
{
    if (z == NULL)
        return;
    const nhwc_context context = z->context;
    if (z->reader.stream != NULL)
        nhwc__reader_close(&z->reader);
    if (z->directory != NULL)
        nhwc__deallocate(&context, z->directory);
    if (z->entries != NULL)
        nhwc__deallocate(&context, z->entries);
    nhwc__deallocate(&context, z);
}

int nhwc_npz_count(const nhwc_npz *z)
{
    return z == NULL ? 0 : z->count;
}

const char *nhwc_npz_name(const nhwc_npz *z, int index)
{
    return index >= 0 && index < nhwc_npz_count(z) ? z->entries[index].name : NULL;
}

/* The bytes of an entry, behind its own header. */
static nhwc_status find_bytes(const nhwc__reader *file, const entry *e, nhwc__reader *bytes)
{
    unsigned char header[ENTRY_BYTES];
    if (e->method != 0 || e->encrypted)
        return nhwc__fail(NHWC_ERROR_FORMAT,
                          "npz_read: \"%s\" in \"%s\" is %s; only what is stored as it is, by np.savez, can be read",
                          e->name, file->path, e->encrypted ? "encrypted" : "compressed, as by np.savez_compressed");
    NHWC__TRY(nhwc__reader_get(file, e->offset, ENTRY_BYTES, header));
    if (nhwc__little(header, 4) != ENTRY)
        return nhwc__fail(NHWC_ERROR_FORMAT, "npz_read: \"%s\" is not where the directory of \"%s\" says", e->name,
                          file->path);
    bytes->begin = e->offset + ENTRY_BYTES + nhwc__little(header + 26, 2) + nhwc__little(header + 28, 2);
    bytes->length = e->bytes;
    if (bytes->begin > file->length || e->bytes > file->length - bytes->begin)
        return nhwc__fail(NHWC_ERROR_FORMAT, "npz_read: \"%s\" reaches beyond the end of \"%s\"", e->name, file->path);
    return NHWC_OK;
}

static nhwc_status check_bytes(const nhwc__reader *bytes, uint32_t expected)
{
    char chunk[CHUNK_BYTES];
    checksum sum;
    checksum_begin(&sum);
    for (int64_t at = 0, count; at < bytes->length; at += count) {
        count = nhwc__least(CHUNK_BYTES, bytes->length - at);
        NHWC__TRY(nhwc__reader_get(bytes, at, count, chunk));
        checksum_put(&sum, chunk, count);
    }
    if (checksum_end(&sum) != expected)
        return nhwc__fail(NHWC_ERROR_FORMAT,
                          "npz_read: \"%s\" is damaged: its checksum is %08" PRIx32 ", not %08" PRIx32, bytes->path,
                          checksum_end(&sum), expected);
    return NHWC_OK;
}

/* The last entry of this name. */
static nhwc_status find_entry(const nhwc_npz *z, const char *name, const entry **e)
{
    int i = z->count - 1;
    while (i >= 0 && strcmp(z->entries[i].name, name) != 0)
        i--;
    if (i < 0)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "npz_read: \"%s\" has no tensor \"%s\" among its %d", z->path, name,
                          z->count);
    *e = &z->entries[i];
    return NHWC_OK;
}

/* With elements, or without any: then data is NULL. */
static nhwc_status read_entry(const nhwc_npz *z, const char *name, bool elements, nhwc_tensor *x)
{
    const entry *e = NULL;
    char path[300];
    NHWC__TRY(find_entry(z, name, &e));
    snprintf(path, sizeof path, "%s/%s", z->path, name);
    nhwc__reader bytes = {"npz_read", path, z->reader.stream, 0, 0};
    NHWC__TRY(find_bytes(&z->reader, e, &bytes));
    if (!elements)
        return nhwc__npy_look(&bytes, x);
    NHWC__TRY(check_bytes(&bytes, e->checksum));
    return nhwc__npy_get(&z->context, &bytes, x);
}

nhwc_status nhwc_npz_read(nhwc_npz *z, const char *name, nhwc_tensor *x)
{
    if (z == NULL || name == NULL || x == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "npz_read: %s is NULL", z == NULL ? "npz" : name == NULL ? "name" : "x");
    return read_entry(z, name, true, x);
}

nhwc_status nhwc__npz_look(nhwc_npz *z, const char *name, nhwc_tensor *x)
{
    return read_entry(z, name, false, x);
}

/* ---- Writing -------------------------------------------------------------------------------- */

static void put_little(unsigned char *to, int64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (unsigned char)(value >> 8 * i & 255);
}

/* An entry that is written, as both of its headers have it. */
typedef struct written {
    int64_t offset, bytes;
    uint32_t checksum;
} written;

static bool is_ascii(const char *name)
{
    while (*name != 0 && (unsigned char)*name < 128)
        name++;
    return *name == 0;
}

/* What both headers of an entry have in common, from "version needed" to the length of the name. */
static void put_common(unsigned char *to, const char *name, const written *w)
{
    memset(to, 0, 24);
    put_little(to, 20, 2);
    put_little(to + 2, is_ascii(name) ? 0 : UTF8_NAME, 2);
    put_little(to + 8, 1 << 5 | 1, 2); /* the first day of 1980: the same bytes every time */
    put_little(to + 10, w->checksum, 4);
    put_little(to + 14, w->bytes, 4);
    put_little(to + 18, w->bytes, 4);
    put_little(to + 22, (int64_t)strlen(name) + ENDING_BYTES, 2);
}

static nhwc_status put_name(nhwc__writer *writer, const char *name)
{
    NHWC__TRY(nhwc__writer_put(writer, name, (int64_t)strlen(name)));
    return nhwc__writer_put(writer, ENDING, ENDING_BYTES);
}

static nhwc_status put_bytes(void *writer, const void *from, int64_t bytes)
{
    return nhwc__writer_put(writer, from, bytes);
}

static nhwc_status put_entry(nhwc__writer *writer, const char *name, const nhwc_tensor *x, written *w)
{
    char npy[NHWC__NPY_HEADER];
    unsigned char header[ENTRY_BYTES] = {0};
    const int64_t npy_bytes = nhwc__npy_header(x, npy);
    checksum sum;
    checksum_begin(&sum);
    checksum_put(&sum, npy, npy_bytes);
    NHWC__TRY(nhwc__elements_put(x, checksum_put, &sum));
    *w = (written){writer->length, npy_bytes + nhwc__elements_bytes(x), checksum_end(&sum)};
    put_little(header, ENTRY, 4);
    put_common(header + 4, name, w);
    NHWC__TRY(nhwc__writer_put(writer, header, ENTRY_BYTES));
    NHWC__TRY(put_name(writer, name));
    NHWC__TRY(nhwc__writer_put(writer, npy, npy_bytes));
    return nhwc__elements_put(x, put_bytes, writer);
}

static nhwc_status put_record(nhwc__writer *writer, const char *name, const written *w)
{
    unsigned char record[RECORD_BYTES] = {0};
    put_little(record, RECORD, 4);
    put_little(record + 4, 3 << 8 | 20, 2); /* made on Unix, with its permissions: rw------- */
    put_common(record + 6, name, w);
    put_little(record + 38, (int64_t)0600 << 16, 4);
    put_little(record + 42, w->offset, 4);
    NHWC__TRY(nhwc__writer_put(writer, record, RECORD_BYTES));
    return put_name(writer, name);
}

static nhwc_status put_end(nhwc__writer *writer, int count, int64_t begin)
{
    unsigned char end[END_BYTES] = {0};
    put_little(end, END, 4);
    put_little(end + 8, count, 2);
    put_little(end + 10, count, 2);
    put_little(end + 12, writer->length - begin, 4);
    put_little(end + 16, begin, 4);
    return nhwc__writer_put(writer, end, END_BYTES);
}

static nhwc_status put_all(nhwc__writer *writer, int count, const char *const *names, const nhwc_tensor *x,
                           written *w)
{
    for (int i = 0; i < count; i++)
        NHWC__TRY(put_entry(writer, names[i], &x[i], &w[i]));
    const int64_t begin = writer->length;
    for (int i = 0; i < count; i++)
        NHWC__TRY(put_record(writer, names[i], &w[i]));
    return put_end(writer, count, begin);
}

static nhwc_status check_name(const char *const *names, int i)
{
    if (names[i] == NULL || names[i][0] == 0 || strlen(names[i]) > 60000)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "npz_write: names[%d] is %s", i,
                          names[i] == NULL ? "NULL" : names[i][0] == 0 ? "empty" : "longer than 60,000 bytes");
    for (int j = 0; j < i; j++)
        if (strcmp(names[i], names[j]) == 0)
            return nhwc__fail(NHWC_ERROR_ARGUMENT, "npz_write: names[%d] and names[%d] are both \"%s\"", j, i,
                              names[i]);
    return NHWC_OK;
}

static nhwc_status check_all(int count, const char *const *names, const nhwc_tensor *x)
{
    int64_t bytes = END_BYTES;
    if (count < 0 || count > MOST_ENTRIES)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "npz_write: count is %d; 0 to %d are possible", count, MOST_ENTRIES);
    if (count > 0 && (names == NULL || x == NULL))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "npz_write: %s is NULL", names ? "x" : "names");
    for (int i = 0; i < count; i++) {
        NHWC__TRY(check_name(names, i));
        NHWC__TRY(nhwc__tensor_check("npz_write", names[i], &x[i]));
        bytes += ENTRY_BYTES + RECORD_BYTES + NHWC__NPY_HEADER + 2 * (int64_t)strlen(names[i]) +
                 nhwc__least(nhwc__elements_bytes(&x[i]), MOST_BYTES);
    }
    if (bytes > MOST_BYTES)
        return nhwc__fail(NHWC_ERROR_TOO_LARGE, "npz_write: together the tensors take more than the 4 GiB of a file");
    return NHWC_OK;
}

nhwc_status nhwc_npz_write(const nhwc_context *context, const char *path, int count, const char *const *names,
                           const nhwc_tensor *x)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(check_all(count, names, x));
    void *entries;
    nhwc__writer writer;
    NHWC__TRY(nhwc__allocate(context, nhwc__most(count, 1) * (int64_t)sizeof(written), &entries));
    nhwc_status status = nhwc__writer_open("npz_write", context, path, &writer);
    if (status == NHWC_OK)
        status = nhwc__writer_close(&writer, put_all(&writer, count, names, x, entries));
    nhwc__deallocate(context, entries);
    return status;
}
