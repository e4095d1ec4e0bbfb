/* Compiled with -O3 -ffp-contract=fast in every build: this is to measure the processor, not the build. */
#include "peak.h"

#include <stdlib.h>
#include <string.h>

#include "timing.h"

#define REPEATS  7    /* the fastest counts: whatever disturbs makes things slower */
#define DURATION 10.0 /* milliseconds of each */

/* ---- Everything at once, on all threads -------------------------------------------------------- */

typedef struct job {
    const nhwc_context *context;
    nhwc_task *task;
    void *argument;
} job;

static void run(void *argument)
{
    const job *j = argument;
    if (j->context->parallel_for != NULL)
        j->context->parallel_for(j->context->executor, j->context->threads, j->task, j->argument);
    else
        j->task(j->argument, 0);
}

static int thread_count(const nhwc_context *context)
{
    return context->parallel_for != NULL ? context->threads : 1;
}

/* How often something of `*rounds` rounds runs in a millisecond, once the rounds take about DURATION. */
static double fastest(job *j, int64_t *rounds)
{
    for (*rounds = 1;; *rounds *= 2) {
        const double start = timing_now();
        run(j);
        if (timing_now() - start > DURATION / 2)
            break;
    }
    double least = 0;
    for (int i = 0; i < REPEATS; i++) {
        const double start = timing_now();
        run(j);
        const double duration = timing_now() - start;
        if (i == 0 || duration < least)
            least = duration;
    }
    return 1 / least;
}

/* ---- Multiply-add ------------------------------------------------------------------------------ */

#ifdef __GNUC__

/* Volatile so that no compiler works the sums out. Chains tend to a fixed point and are never denormal. */
static volatile float factor = 0.999f, summand = 0.001f;
static _Thread_local volatile float sink;

#if defined(__x86_64__) || defined(__i386__)
#define X86    1
#define CHAINS 12 /* of 16 registers; with more, some compilers spill even where there are 32 */
#else
#define X86    0
#define CHAINS 16 /* of 32 registers */
#endif

/* A task of *argument rounds, each of 1000 steps of CHAINS sums that do not wait for each other: enough for
 * two units or more with a latency of four cycles, and no more than there are registers. */
#define FMA_TASK(name, attribute, bytes)                                                               \
    attribute static void name(void *argument, int64_t index)                                          \
    {                                                                                                  \
        typedef float vector __attribute__((vector_size(bytes)));                                      \
        const int64_t *rounds = argument;                                                              \
        const vector a = factor - (vector){0}, b = summand - (vector){0};                              \
        vector sums[CHAINS];                                                                           \
        for (int c = 0; c < CHAINS; c++)                                                               \
            sums[c] = b * (float)(c + 1);                                                              \
        for (int64_t i = 0; i < *rounds * 1000; i++)                                                   \
            for (int c = 0; c < CHAINS; c++)                                                           \
                sums[c] = sums[c] * a + b;                                                             \
        for (int c = 1; c < CHAINS; c++)                                                               \
            sums[0] += sums[c];                                                                        \
        sink = sums[0][0];                                                                             \
        (void)index;                                                                                   \
    }

FMA_TASK(fma_baseline, , 16)
#if X86
FMA_TASK(fma_avx2, __attribute__((target("avx2,fma"))), 32)
FMA_TASK(fma_avx512, __attribute__((target("avx512f"))), 64)
#endif

/* `flops` of one step. */
static nhwc_task *task_of(nhwc_isa isa, double *flops)
{
    switch (isa) {
#if X86
    case NHWC_ISA_AVX512:
        *flops = 2 * 16 * CHAINS;
        return __builtin_cpu_supports("avx512f") ? fma_avx512 : NULL;
    case NHWC_ISA_AVX2:
        *flops = 2 * 8 * CHAINS;
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? fma_avx2 : NULL;
#endif
    case NHWC_ISA_BASELINE:
        *flops = 2 * 4 * CHAINS;
        return fma_baseline;
    default: return NULL;
    }
}

#else

static nhwc_task *task_of(nhwc_isa isa, double *flops)
{
    (void)isa;
    *flops = 0;
    return NULL;
}

#endif

double peak_fma(const nhwc_context *context, nhwc_isa isa)
{
    double flops = 0;
    int64_t rounds;
    job j = {context, task_of(isa, &flops), &rounds};
    if (j.task == NULL)
        return 0;
    const double per_ms = fastest(&j, &rounds);
    return per_ms * (double)rounds * 1000 * flops * thread_count(context) * 1e-6;
}

/* ---- Copying ----------------------------------------------------------------------------------- */

typedef struct copying {
    int64_t rounds;
    size_t half;
    char **memory; /* of each thread */
} copying;

static void copy_task(void *argument, int64_t index)
{
    /* Through a volatile pointer every copy is made, though all copy the same. */
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    const copying *c = argument;
    for (int64_t i = 0; i < c->rounds; i++)
        copy(c->memory[index], c->memory[index] + c->half, c->half);
}

double peak_copy(const nhwc_context *context, int64_t bytes)
{
    const int threads = thread_count(context);
    copying c = {.half = (size_t)bytes / 2 / 4096 * 4096};
    double speed = 0;
    c.memory = calloc((size_t)threads, sizeof c.memory[0]);
    bool complete = c.memory != NULL;

    for (int i = 0; complete && i < threads; i++) {
        c.memory[i] = aligned_alloc(4096, 2 * c.half);
        complete = c.memory[i] != NULL;
        if (complete)
            memset(c.memory[i], 1, 2 * c.half);
    }
    if (complete) {
        job j = {context, copy_task, &c};
        const double per_ms = fastest(&j, &c.rounds);
        speed = per_ms * (double)c.rounds * 2 * (double)c.half * threads * 1e-6;
    }
    for (int i = 0; c.memory != NULL && i < threads; i++)
        free(c.memory[i]);
    free(c.memory);
    return speed;
}
