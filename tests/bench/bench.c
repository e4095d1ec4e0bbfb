/* nhwc_bench: how fast the library is.
 *
 * FOR A PERSON
 *     nhwc_bench [--table] [workloads.tsv] [options]
 * prints what it runs on, the processor's own limits, measured in the same run, and for each workload
 * GFLOP/s, the part of the multiply-add peak, and the KiB of scratch memory, all variants side by side.
 * "WRONG" stands in place of a speed when the result was, "failed" when the call was refused, "-" for
 * what would take too long.
 *
 * FOR PROGRAMS
 *     nhwc_bench workloads.tsv [threads] [budget_ms] [check 0|1] [part of a name | @file with names]
 * prints one line for each workload, in this format:
 *     R <name> <threads> <workload> <min_ms> <median_ms> <median_ms with weight packing>
 *       <GFLOP/s at median> <relative error> <scratch bytes>
 * (on one line). The name is the variant's, or $BENCH_NAME. -1 stands for what was not measured; there is
 * a third time for nhwc-plan alone, whose weights are packed in advance: the others pack them in every
 * call. A call that is refused gives NA for the times and GFLOP/s. Drivers of other libraries that print
 * the same lines can be compared with this one, given the same inputs (layer.c) and the same way to time
 * calls (timing.c). With $BENCH_COLD set the program ends after the first call, for timing the whole
 * process.
 *
 * VARIANTS
 *     nhwc             a call, with the algorithm for its shape
 *     nhwc-plan        a run of a plan that has the filter, except for filter gradients; the third time is
 *                      that of a plan made, run once and destroyed
 *     nhwc-im2col      a call, with patches and a matrix product
 *     nhwc-reference   a call of the specification, in plain loops
 *
 * WORKLOADS
 * A line has the columns
 *     name op N H W Cin KH KW Cout stride dilation groups pad Ho Wo
 * with tabs between them. op is conv or deconv (the transpose), with _bd the gradient with respect to the
 * input and with _bw that with respect to the filter; pad is SAME or VALID; H W Cin belong to x and
 * Ho Wo Cout to y of the forward operation, gradients or not. groups = Cin = Cout calls the depthwise
 * functions. Lines that begin with # are comments.
 *
 * FIGURES
 * FLOPs are twice the multiply-adds of the formula: taps that hit padding count, so that the number
 * depends on the shape only. The relative error is the largest deviation from sums in double precision
 * over the largest of these. Scratch is the most memory the call had from its context at any time, timed
 * calls having theirs from the C library; or the workspace a plan asks for, which does not hold the filter.
 * The exit code is 1 when a call failed or a result was wrong, 2 when the arguments were.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layer.h"
#include "peak.h"
#include "scratch.h"
#include "timing.h"

#define ERROR_MAX   1e-3 /* float32 sums of a million terms stay below, wrong elements do not */
#define THREADS_MAX 1024

/* ---- What is measured -------------------------------------------------------------------------- */

/* Another way to compute the same is a row here; what one prepares outside the timing is done in `prepare`. */
typedef struct variant {
    const char *name;
    nhwc_algorithm algorithm;
    bool has_plan;
    double macs_per_ms; /* of a slow one, roughly: so that the table can do without what takes too long */
} variant;

static const variant variants[] = {{"nhwc", NHWC_ALGORITHM_AUTOMATIC, false, 0},
                                   {"nhwc-plan", NHWC_ALGORITHM_AUTOMATIC, true, 0},
                                   {"nhwc-im2col", NHWC_ALGORITHM_IM2COL, false, 0},
                                   {"nhwc-reference", NHWC_ALGORITHM_REFERENCE, false, 1e6}};
#define VARIANT_COUNT (sizeof variants / sizeof variants[0])

static const struct {
    const char *name;
    nhwc_isa isa;
} isas[] = {{"automatic", NHWC_ISA_AUTOMATIC},
            {"scalar", NHWC_ISA_SCALAR},
            {"baseline", NHWC_ISA_BASELINE},
            {"avx2", NHWC_ISA_AVX2},
            {"avx512", NHWC_ISA_AVX512}};

typedef struct settings {
    const char *file, *filter;
    int threads;
    double budget; /* milliseconds for each measurement */
    bool check, table;
    const variant *variant; /* NULL: the first one for lines, all of them in the table */
    nhwc_isa isa;
} settings;

typedef struct measurement {
    bool done;
    timing time;
    double median_with_packing, gflops, error; /* the first and the last -1 when not measured */
    int64_t scratch;
} measurement;

typedef struct call {
    layer *layer;
    const nhwc_context *context;
    nhwc_plan *plan; /* NULL for a call without */
    void *workspace;
    int64_t workspace_bytes;
    nhwc_status status;
} call;

static void run(void *argument)
{
    call *c = argument;
    c->status = c->plan == NULL
                    ? layer_run(c->layer, c->context)
                    : layer_plan_run(c->layer, c->context, c->plan, c->workspace, c->workspace_bytes);
}

static void run_with_packing(void *argument)
{
    call *c = argument, once = *c;
    c->status = layer_plan_create(c->layer, c->context, &once.plan);
    if (c->status != NHWC_OK)
        return;
    run(&once);
    c->status = once.status;
    nhwc_plan_destroy(once.plan);
}

/* The plan of a variant that has one, and its workspace; OK without. */
static nhwc_status prepare(call *c, const variant *v)
{
    if (!v->has_plan)
        return NHWC_OK;
    nhwc_status status = layer_plan_create(c->layer, c->context, &c->plan);
    if (status == NHWC_OK)
        status = nhwc_plan_workspace(c->context, c->plan, NULL, &c->workspace_bytes);
    if (status == NHWC_OK && c->workspace_bytes > 0 && (c->workspace = malloc((size_t)c->workspace_bytes)) == NULL)
        status = NHWC_ERROR_OUT_OF_MEMORY;
    return status;
}

static measurement measure(const settings *s, const nhwc_context *context, const variant *v,
                           const workload *w)
{
    measurement m = {.median_with_packing = -1, .error = -1};
    layer l;
    if (!layer_create(&l, w)) {
        fprintf(stderr, "nhwc_bench: %s: %s\n", w->name, nhwc_last_error());
        return m;
    }

    nhwc_context timed = *context;
    timed.algorithm = v->algorithm;
    scratch memory = {0};
    const nhwc_context counted = scratch_context(&timed, &memory);
    call c = {.layer = &l, .context = v->has_plan ? &timed : &counted};
    c.status = prepare(&c, v);
    if (c.status == NHWC_OK)
        run(&c);
    if (getenv("BENCH_COLD") != NULL)
        _Exit(c.status == NHWC_OK ? 0 : 1);

    if (c.status != NHWC_OK) {
        fprintf(stderr, "nhwc_bench: %s: %s: %s\n", v->name, w->name, nhwc_last_error());
    } else {
        m.done = true;
        m.scratch = v->has_plan ? c.workspace_bytes : memory.peak;
        if (s->check)
            m.error = layer_error(&l);
        c.context = &timed;
        m.time = timing_measure(run, &c, s->budget);
        m.gflops = 2e-6 * workload_macs(w) / m.time.median;
        if (v->has_plan)
            m.median_with_packing = timing_measure(run_with_packing, &c, s->budget).median;
    }
    nhwc_plan_destroy(c.plan);
    free(c.workspace);
    layer_destroy(&l);
    return m;
}

static bool is_right(const measurement *m)
{
    return m->done && m->error <= ERROR_MAX;
}

/* ---- One line for each workload ---------------------------------------------------------------- */

static bool print_line(const settings *s, const nhwc_context *context, const workload *w)
{
    const variant *v = s->variant != NULL ? s->variant : &variants[0];
    const char *name = getenv("BENCH_NAME");
    const measurement m = measure(s, context, v, w);

    printf("R %s %d %s ", name != NULL ? name : v->name, s->threads, w->name);
    if (!m.done) {
        printf("NA NA -1 NA -1 -1\n");
    } else {
        printf("%.6f %.6f ", m.time.min, m.time.median);
        printf(m.median_with_packing < 0 ? "-1 " : "%.6f ", m.median_with_packing);
        printf("%.2f ", m.gflops);
        printf(m.error < 0 ? "-1 " : "%.2e ", m.error);
        printf("%lld\n", (long long)m.scratch);
    }
    fflush(stdout);
    return is_right(&m);
}

/* ---- The table --------------------------------------------------------------------------------- */

static void print_processor(void)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    const char *name = NULL;
    while (file != NULL && name == NULL && fgets(line, sizeof line, file))
        if (strncmp(line, "model name", 10) == 0 && (name = strchr(line, ':')) != NULL)
            name += 1 + strspn(name + 1, " \t");
    if (name == NULL)
        name = "unknown";
    printf("processor  %.*s\n", (int)strcspn(name, "\n"), name);
    if (file != NULL)
        fclose(file);
}

static void print_copy_speed(const nhwc_context *context, const char *level, int64_t bytes,
                             const char *size)
{
    printf("  %s (%s) %.0f", level, size, peak_copy(context, bytes));
}

/* Gives the peak that percentages refer to: of the instruction set asked for, or the processor's best. */
static double print_header(const settings *s, const nhwc_context *context)
{
    double reference = 0;
    printf("library    nhwc %s, kernels %s, threads %d\n", nhwc_version(), nhwc_isa_string(s->isa),
           s->threads);
    print_processor();
    printf("compiler   %s\n", NHWC_BENCH_COMPILER);

    printf("FMA peak   GFLOP/s:");
    for (size_t i = 0; i < sizeof isas / sizeof isas[0]; i++) {
        const double peak = peak_fma(context, isas[i].isa);
        if (peak > 0)
            printf("  %s %.1f", isas[i].name, peak);
        if (peak > reference && (s->isa == NHWC_ISA_AUTOMATIC || s->isa == isas[i].isa))
            reference = peak;
    }
    printf("\ncopy       GB/s read and written:");
    print_copy_speed(context, "L1", 24 << 10, "24 KiB");
    print_copy_speed(context, "L2", 192 << 10, "192 KiB");
    print_copy_speed(context, "RAM", (256 << 20) / s->threads, "256 MiB");
    printf("\n\n%-24s %-9s %9s", "", "", "");
    for (size_t i = 0; i < VARIANT_COUNT; i++)
        if (s->variant == NULL || s->variant == &variants[i])
            printf(" | %-24s", variants[i].name);
    printf("\n%-24s %-9s %9s", "workload", "op", "MFLOP");
    for (size_t i = 0; i < VARIANT_COUNT; i++)
        if (s->variant == NULL || s->variant == &variants[i])
            printf(" | %8s %6s %8s", "GFLOP/s", "% peak", "KiB");
    printf("\n");
    fflush(stdout);
    return reference;
}

static bool takes_too_long(const settings *s, const variant *v, const workload *w)
{
    return s->variant == NULL && v->macs_per_ms > 0 && workload_macs(w) / v->macs_per_ms > 4 * s->budget;
}

static bool print_row(const settings *s, const nhwc_context *context, const workload *w, double peak)
{
    bool right = true;
    printf("%-24s %-9s %9.2f", w->name, w->operation, 2e-6 * workload_macs(w));
    for (size_t i = 0; i < VARIANT_COUNT; i++) {
        const variant *v = &variants[i];
        if (s->variant != NULL && s->variant != v)
            continue;
        if (takes_too_long(s, v, w)) {
            printf(" | %8s %6s %8s", "-", "-", "-");
            continue;
        }
        const measurement m = measure(s, context, v, w);
        if (!is_right(&m))
            printf(" | %8s %6s %8s", m.done ? "WRONG" : "failed", "", "");
        else if (peak > 0)
            printf(" | %8.2f %6.1f %8.1f", m.gflops, 100 * m.gflops / peak, (double)m.scratch / 1024);
        else
            printf(" | %8.2f %6s %8.1f", m.gflops, "-", (double)m.scratch / 1024);
        right = right && is_right(&m);
        fflush(stdout);
    }
    printf("\n");
    return right;
}

/* ---- Arguments --------------------------------------------------------------------------------- */

static const char usage[] =
    "usage: nhwc_bench [--table] [workloads.tsv] [options]        a table to look at\n"
    "       nhwc_bench workloads.tsv [threads] [budget_ms] [check 0|1] [filter] [options]\n"
    "                                                            lines for programs, described in bench.c\n"
    "  --workloads FILE   the table of layers (one that comes with this program)\n"
    "  --threads N        how many threads (1)\n"
    "  --budget MS        milliseconds for each measurement (100)\n"
    "  --check 0|1        whether to compare the results with sums in double precision (1)\n"
    "  --filter TEXT      only workloads with this in their name, or with @FILE those listed there\n"
    "  --variant NAME     nhwc, nhwc-plan, nhwc-im2col or nhwc-reference (nhwc; in the table all)\n"
    "  --isa NAME         kernels: automatic, scalar, baseline, avx2 or avx512 (automatic)\n"
    "  --help\n";

static bool parse_number(const char *text, double least, double most, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return end != text && *end == '\0' && *number >= least && *number <= most;
}

static bool set_file(settings *s, const char *value)
{
    s->file = value;
    return true;
}

static bool set_threads(settings *s, const char *value)
{
    double number;
    const bool ok = parse_number(value, 1, THREADS_MAX, &number);
    s->threads = ok ? (int)number : 1;
    return ok;
}

static bool set_budget(settings *s, const char *value)
{
    return parse_number(value, 0, 1e6, &s->budget);
}

static bool set_check(settings *s, const char *value)
{
    s->check = strcmp(value, "0") != 0;
    return !s->check || strcmp(value, "1") == 0;
}

static bool set_filter(settings *s, const char *value)
{
    s->filter = value;
    return true;
}

static bool set_variant(settings *s, const char *value)
{
    for (size_t i = 0; i < VARIANT_COUNT; i++)
        if (strcmp(value, variants[i].name) == 0)
            s->variant = &variants[i];
    return s->variant != NULL;
}

static bool set_isa(settings *s, const char *value)
{
    for (size_t i = 0; i < sizeof isas / sizeof isas[0]; i++)
        if (strcmp(value, isas[i].name) == 0) {
            s->isa = isas[i].isa;
            return nhwc_isa_available(s->isa);
        }
    return false;
}

/* Those in front are also arguments without a name, in this order. */
static const struct {
    const char *name;
    bool (*set)(settings *s, const char *value);
} options[] = {{"--workloads", set_file}, {"--threads", set_threads}, {"--budget", set_budget},
               {"--check", set_check},    {"--filter", set_filter},   {"--variant", set_variant},
               {"--isa", set_isa}};
#define OPTION_COUNT     (sizeof options / sizeof options[0])
#define POSITIONAL_COUNT 5

static bool set(settings *s, size_t option, const char *value)
{
    if (options[option].set(s, value))
        return true;
    fprintf(stderr, "nhwc_bench: %s cannot be \"%s\" here\n", options[option].name, value);
    return false;
}

/* The option with this name, or OPTION_COUNT. */
static size_t find_option(const char *name)
{
    size_t option = 0;
    while (option < OPTION_COUNT && strcmp(name, options[option].name) != 0)
        option++;
    return option;
}

static bool parse_arguments(settings *s, char **arguments)
{
    size_t positional = 0;
    for (; *arguments != NULL; arguments++) {
        const size_t named = find_option(arguments[0]);
        if (strcmp(arguments[0], "--table") == 0) {
            s->table = true;
        } else if (named < OPTION_COUNT && arguments[1] != NULL) {
            if (!set(s, named, *++arguments))
                return false;
        } else if (strncmp(arguments[0], "--", 2) != 0 && positional < POSITIONAL_COUNT) {
            if (!set(s, positional++, arguments[0]))
                return false;
        } else {
            fprintf(stderr, "nhwc_bench: %s %s, see --help\n", arguments[0],
                    named < OPTION_COUNT ? "needs a value" : "means nothing here");
            return false;
        }
    }
    if (s->file == NULL) {
        s->table = true;
        s->file = NHWC_BENCH_WORKLOADS;
    }
    return true;
}

/* ---- All of it --------------------------------------------------------------------------------- */

static int print_all(const settings *s, const nhwc_context *context, FILE *file)
{
    const double peak = s->table ? print_header(s, context) : 0;
    bool right = true;
    int line = 0, found;
    workload w;

    while ((found = workload_read(file, &line, &w)) != 0) {
        if (found < 0) {
            fprintf(stderr, "nhwc_bench: %s:%d: this is no workload\n", s->file, line);
            return 2;
        }
        if (workload_wanted(&w, s->filter))
            right = (s->table ? print_row(s, context, &w, peak) : print_line(s, context, &w)) && right;
    }
    return right ? 0 : 1;
}

int main(int argc, char **argv)
{
    settings s = {.threads = 1, .budget = 100, .check = true};
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            printf("%s", usage);
            return 0;
        }
    if (!parse_arguments(&s, argv + 1))
        return 2;

    FILE *file = fopen(s.file, "r");
    if (file == NULL) {
        fprintf(stderr, "nhwc_bench: %s: %s\n", s.file, strerror(errno));
        return 2;
    }
    nhwc_context context = {.isa = s.isa};
    nhwc_pool *pool = NULL;
    if (s.threads > 1) {
        if (nhwc_pool_create(NULL, s.threads, &pool) != NHWC_OK) {
            fprintf(stderr, "nhwc_bench: %s\n", nhwc_last_error());
            fclose(file);
            return 2;
        }
        context.threads = s.threads;
        context.parallel_for = nhwc_pool_parallel_for;
        context.executor = pool;
    }
    const int code = print_all(&s, &context, file);
    nhwc_pool_destroy(pool);
    fclose(file);
    return code;
}
