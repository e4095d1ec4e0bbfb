/* Files for tests, in the working directory: written from bytes, and looked at. */
#ifndef NHWC_TESTS_FILES_H
#define NHWC_TESTS_FILES_H

#include <math.h>
#include <nhwc/io.h>
#include <stdio.h>
#include <string.h>

#include "support/build.h"
#include "support/check.h"
#include "support/each.h"
#include "support/failing_allocator.h"
#include "support/guarded.h"
#include "support/random.h"

typedef struct golden_file {
    const char *call, *bytes;
    size_t size;
    nhwc_dtype dtype;
    int rank; /* -1 where it is refused */
    int64_t dims[NHWC_MAX_RANK];
    const double *values;
} golden_file;

typedef struct golden_archive {
    const char *call, *bytes;
    size_t size;
    int count;
    const char *names[4];
} golden_archive;

static inline void write_file(const char *path, const char *bytes, size_t size)
{
    (void)remove(path); /* file systems hurry to save a file that is cut to nothing and written again */
    FILE *const file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

/* The file holds just these bytes. */
static inline bool file_equals(const char *path, const char *bytes, size_t size)
{
    char there[16384];
    FILE *const file = fopen(path, "rb");
    CHECK(file != NULL && size < sizeof there);
    const size_t length = fread(there, 1, sizeof there, file);
    fclose(file);
    return length == size && memcmp(there, bytes, size) == 0;
}

static inline bool file_exists(const char *path)
{
    FILE *const file = fopen(path, "rb");
    return file != NULL && fclose(file) == 0;
}

/* Calls `look` with the file cut off at every length, and then with bytes changed at random. */
static inline void damage_file(const char *path, const char *bytes, size_t size, int changes,
                               void (*look)(const char *path))
{
    char damaged[16384];
    uint64_t random = 20;
    CHECK(size < sizeof damaged);
    for (size_t length = 0; length < size; length += every) {
        write_file(path, bytes, length);
        look(path);
    }
    for (int i = 0; i < changes; i++) {
        memcpy(damaged, bytes, size);
        for (int64_t count = random_between(&random, 1, 3); count > 0; count--)
            damaged[random_between(&random, 0, (int64_t)size - 1)] = (char)random_between(&random, -128, 127);
        write_file(path, damaged, size);
        look(path);
    }
}

#endif
