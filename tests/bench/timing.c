#define _POSIX_C_SOURCE 199309L /* clock_gettime: the clock of C itself jumps when somebody sets the time */
#include "timing.h"

#include <stdlib.h>
#include <time.h>

#define SAMPLES_MIN  3
#define SAMPLES_MAX  4000
#define BATCH_MAX    4096
#define SHORTEST_RUN 0.02 /* milliseconds; the clock's own 20 nanoseconds are 0.1 % of it */

double timing_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static double time_batch(timed_call *call, void *argument, int batch)
{
    const double start = timing_now();
    for (int i = 0; i < batch; i++)
        call(argument);
    return (timing_now() - start) / batch;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

timing timing_measure(timed_call *call, void *argument, double budget)
{
    double samples[SAMPLES_MAX], once = time_batch(call, argument, 1);
    int count = 0, batch = 1;

    /* Where a second call is cheap, the batch is not to be guessed from one that met cold caches. */
    if (once < budget / 4)
        once = time_batch(call, argument, 1);
    if (once < SHORTEST_RUN)
        batch = (int)(SHORTEST_RUN / (once + 1e-6)) + 1;
    if (batch > BATCH_MAX)
        batch = BATCH_MAX;

    const double start = timing_now();
    while (count < SAMPLES_MIN || (count < SAMPLES_MAX && timing_now() - start < budget))
        samples[count++] = time_batch(call, argument, batch);

    qsort(samples, (size_t)count, sizeof samples[0], ascending);
    return (timing){.min = samples[0], .median = (samples[(count - 1) / 2] + samples[count / 2]) / 2};
}
