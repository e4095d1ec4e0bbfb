/* How long a call takes. */
#ifndef NHWC_BENCH_TIMING_H
#define NHWC_BENCH_TIMING_H

typedef void timed_call(void *argument);

/* Milliseconds per call. */
typedef struct timing {
    double min, median;
} timing;

/* Milliseconds since some moment in the past. */
double timing_now(void);

/* Calls again and again for `budget` milliseconds, and at least three times after warming up. Calls too
 * short for the clock are timed in batches. */
timing timing_measure(timed_call *call, void *argument, double budget);

#endif
