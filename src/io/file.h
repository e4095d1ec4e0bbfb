/* Files that are read in parts, and files that are written whole or not at all. */
#ifndef NHWC_IO_FILE_H
#define NHWC_IO_FILE_H

#include <nhwc/nhwc.h>
#include <stdio.h>

/* A file, or some of its bytes. */
typedef struct nhwc__reader {
    const char *operation, *path; /* for messages */
    FILE *stream;
    int64_t begin, length;
} nhwc__reader;

nhwc_status nhwc__reader_open(const char *operation, const char *path, nhwc__reader *reader);
void nhwc__reader_close(nhwc__reader *reader);

/* The `bytes` bytes from `offset` on; NHWC_ERROR_FORMAT where the file ends before. */
nhwc_status nhwc__reader_get(const nhwc__reader *reader, int64_t offset, int64_t bytes, void *to);

typedef struct nhwc__writer {
    const nhwc_context *context;
    const char *operation, *path;
    char *part; /* the name until all is written */
    FILE *stream;
    int64_t length;
} nhwc__writer;

nhwc_status nhwc__writer_open(const char *operation, const nhwc_context *context, const char *path,
                              nhwc__writer *writer);
nhwc_status nhwc__writer_put(nhwc__writer *writer, const void *from, int64_t bytes);

/* Closes the file, which takes its name if `status`, of all that was done to it, is NHWC_OK, and else is removed. */
nhwc_status nhwc__writer_close(nhwc__writer *writer, nhwc_status status);

/* Numbers in files. */
static inline uint32_t nhwc__little(const unsigned char *from, int bytes)
{
    uint32_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | from[i];
    return value;
}

static inline uint32_t nhwc__big(const unsigned char *from, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | from[i];
    return value;
}

#endif
