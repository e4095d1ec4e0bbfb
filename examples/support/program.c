#define _POSIX_C_SOURCE 200809L /* sysconf */

#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image.h"
#include "progress.h"

/* ---- The command line ----------------------------------------------------------------------- */

static void print_usage(FILE *file, const struct program *program)
{
    fprintf(file, "%s\n\nusage: %s [options]\n", program->about, program->name);
    if (program->has_files)
        fprintf(file, "  --data DIR    learn from the files train-images-idx3-ubyte and train-labels-idx1-ubyte, or\n"
                      "                t10k-..., in DIR; without it images are drawn\n");
    fprintf(file,
            "  --images N    how many images to draw (%lld); the last 15 of 100 are for validation\n"
            "  --epochs N    how often to go through all images (%lld)\n"
            "  --batch N     how many images to learn from in one step (%lld)\n"
            "  --seed N      of the images drawn, the first weights, and the order of images (0)\n"
            "  --threads N   (as many as there are processors)\n"
            "  --out DIR     where to put pictures (.)\n"
            "  --quiet       no progress\n",
            (long long)program->images, (long long)program->epochs, (long long)program->batch);
}

/* Whether the text is a number of least .. most. */
static bool read_number(const char *text, int64_t least, int64_t most, int64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0 && *number >= least && *number <= most;
}

/* One option and its value, which is NULL at the end of the line; whether this was possible. */
static bool read_option(const struct program *program, struct options *options, const char *name, const char *value)
{
    int64_t seed = (int64_t)options->seed;
    const struct {
        const char *name;
        int64_t least, most, *number;
    } numbers[] = {{"--images", 20, 1000000, &options->images},
                   {"--epochs", 1, MOST_EPOCHS, &options->epochs},
                   {"--batch", 1, 100000, &options->batch},
                   {"--threads", 1, 1024, &options->threads},
                   {"--seed", 0, INT64_MAX, &seed}};
    bool possible = false;
    for (size_t i = 0; value && i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(name, numbers[i].name) == 0)
            possible = read_number(value, numbers[i].least, numbers[i].most, numbers[i].number);
    options->seed = (uint64_t)seed;
    if (value && strcmp(name, "--out") == 0) {
        options->out = value;
        possible = true;
    }
    if (value && strcmp(name, "--data") == 0 && program->has_files) {
        options->data = value;
        possible = true;
    }
    return possible;
}

/* Whether the program is to go on; if not, everything has been said, and *code is set. */
static bool read_options(const struct program *program, int argc, char **argv, struct options *options, int *code)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            print_usage(stdout, program);
            return *code = 0, false;
        }
        if (strcmp(argv[i], "--quiet") == 0) {
            options->quiet = true;
        } else if (!read_option(program, options, argv[i], argv[i + 1])) {
            fprintf(stderr, "%s: %s %s is not possible\n\n", program->name, argv[i], argv[i + 1] ? argv[i + 1] : "");
            print_usage(stderr, program);
            return *code = 2, false;
        } else {
            i++;
        }
    }
    return true;
}

const char *program_path(const struct options *options, const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s" IMAGE_BEST_ENDING, options->out, name);
    return path;
}

/* ---- The program ---------------------------------------------------------------------------- */

nhwc_status program_print_summary(nhwc_model *model, const nhwc_layer *output, const nhwc_model_options *options)
{
    char text[8192];
    nhwc_model_memory memory;
    nhwc_status status = nhwc_model_plan(model, output, options, &memory);
    if (status == NHWC_OK)
        status = nhwc_model_summary(model, output, text, sizeof text, NULL);
    if (status == NHWC_OK)
        printf("%s\nMemory: %.1f MB\n\n", text, (double)memory.total / 1e6);
    fflush(stdout);
    return status;
}

static const char *learn(const struct program *program, const struct options *options, nhwc_pool *pool,
                         const struct samples *samples)
{
    const nhwc_context context = {
        .threads = (int)options->threads, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
    struct samples training, validation;
    nhwc_model *model;
    if (nhwc_model_create(&context, NHWC_FLOAT32, &model) != NHWC_OK)
        return nhwc_last_error();
    samples_split(samples, &training, &validation);
    const char *error = program->learn(options, model, &training, &validation);
    nhwc_model_destroy(model);
    return error;
}

int program_run(const struct program *program, int argc, char **argv)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct options options = {
        .out = ".", .images = program->images, .epochs = program->epochs, .batch = program->batch};
    options.threads = processors < 1 ? 1 : processors > 1024 ? 1024 : processors;
    struct samples samples = {.images = {.rank = 0}};
    nhwc_pool *pool = NULL;
    int code;
    if (!read_options(program, argc, argv, &options, &code))
        return code;

    const char *error = options.data ? samples_load(&samples, options.data)
                                     : program->draw(&samples, options.images, options.seed);
    if (!error && nhwc_pool_create(NULL, (int)options.threads, &pool) != NHWC_OK)
        error = nhwc_last_error();
    if (!error)
        error = learn(program, &options, pool, &samples);
    if (error)
        fprintf(stderr, "%s: %s\n", program->name, error);
    nhwc_pool_destroy(pool);
    samples_free(&samples);
    return error ? 1 : 0;
}
