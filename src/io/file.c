#include "io/file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/context.h"
#include "base/status.h"

static nhwc_status refused(const char *operation, const char *path, const char *what)
{
    return nhwc__fail(NHWC_ERROR_FILE, "%s: \"%s\" %s: %s", operation, path, what,
                      errno != 0 ? strerror(errno) : "the system does not say why");
}

/* ---- Reading -------------------------------------------------------------------------------- */

nhwc_status nhwc__reader_open(const char *operation, const char *path, nhwc__reader *reader)
{
    if (path == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: path is NULL", operation);
    errno = 0;
    nhwc__reader made = {operation, path, fopen(path, "rb"), 0, 0};
    if (made.stream == NULL)
        return refused(operation, path, "cannot be opened");
    const bool at_end = fseek(made.stream, 0, SEEK_END) == 0;
    made.length = at_end ? ftell(made.stream) : -1;
    if (made.length < 0) {
        const nhwc_status status = refused(operation, path, "has no length");
        fclose(made.stream);
        return status;
    }
    *reader = made;
    return NHWC_OK;
}

void nhwc__reader_close(nhwc__reader *reader)
{
    fclose(reader->stream);
}

nhwc_status nhwc__reader_get(const nhwc__reader *r, int64_t offset, int64_t bytes, void *to)
{
    if (offset > r->length || bytes > r->length - offset)
        return nhwc__fail(NHWC_ERROR_FORMAT,
                          "%s: \"%s\" has %" PRId64 " bytes; %" PRId64 " bytes from byte %" PRId64 " on are missing",
                          r->operation, r->path, r->length, bytes, offset);
    errno = 0;
    if (fseek(r->stream, (long)(r->begin + offset), SEEK_SET) != 0 ||
        fread(to, 1, (size_t)bytes, r->stream) != (size_t)bytes)
        return refused(r->operation, r->path, "cannot be read");
    return NHWC_OK;
}

/* ---- Writing -------------------------------------------------------------------------------- */

nhwc_status nhwc__writer_open(const char *operation, const nhwc_context *context, const char *path,
                              nhwc__writer *writer)
{
    static const char ending[] = ".part";
    if (path == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: path is NULL", operation);
    const size_t length = strlen(path);
    void *part;
    NHWC__TRY(nhwc__allocate(context, (int64_t)(length + sizeof ending), &part));
    memcpy(part, path, length);
    memcpy((char *)part + length, ending, sizeof ending);
    errno = 0;
    FILE *stream = fopen(part, "wb");
    if (stream == NULL) {
        const nhwc_status status = refused(operation, part, "cannot be made");
        nhwc__deallocate(context, part);
        return status;
    }
    *writer = (nhwc__writer){context, operation, path, part, stream, 0};
    return NHWC_OK;
}

nhwc_status nhwc__writer_put(nhwc__writer *w, const void *from, int64_t bytes)
{
    errno = 0;
    if (fwrite(from, 1, (size_t)bytes, w->stream) != (size_t)bytes)
        return refused(w->operation, w->part, "cannot be written");
    w->length += bytes;
    return NHWC_OK;
}

nhwc_status nhwc__writer_close(nhwc__writer *w, nhwc_status status)
{
    errno = 0;
    if (fclose(w->stream) != 0 && status == NHWC_OK)
        status = refused(w->operation, w->part, "cannot be written");
    if (status == NHWC_OK && rename(w->part, w->path) != 0)
        status = refused(w->operation, w->path, "cannot be replaced");
    if (status != NHWC_OK)
        remove(w->part);
    nhwc__deallocate(w->context, w->part);
    return status;
}
