/* What programs that learn have in common: a command line, samples, threads, and a model to be built. */
#ifndef NHWC_EXAMPLES_PROGRAM_H
#define NHWC_EXAMPLES_PROGRAM_H

#include <nhwc/train.h>

#include "samples.h"

struct options {
    const char *data; /* a directory of images; NULL means that they are drawn */
    const char *out;  /* the directory for pictures */
    int64_t images;   /* how many are drawn */
    int64_t epochs;
    int64_t batch; /* images of a step */
    int64_t threads;
    uint64_t seed;
    bool quiet; /* no progress */
};

struct program {
    const char *name, *about;
    int64_t images, epochs, batch; /* where the command line says nothing */
    bool has_files;         /* for --data */
    const char *(*draw)(struct samples *samples, int64_t count, uint64_t seed);
    const char *(*learn)(const struct options *options, nhwc_model *model, const struct samples *training,
                         const struct samples *validation); /* NULL, or what went wrong */
};

/* Runs it, and says what goes wrong; returns the exit code. */
int program_run(const struct program *program, int argc, char **argv);

/* Prints the table of layers, and how much memory it will take to train them. */
nhwc_status program_print_summary(nhwc_model *model, const nhwc_layer *output, const nhwc_model_options *options);

/* A file for a picture in the directory --out. The text stays until the next call. */
const char *program_path(const struct options *options, const char *name);

#endif
