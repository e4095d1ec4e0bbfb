/* Which layers to time: lines of a table, and how much work each of them is. */
#ifndef NHWC_BENCH_WORKLOADS_H
#define NHWC_BENCH_WORKLOADS_H

#include <nhwc/nhwc.h>
#include <stdio.h>

/* The largest name, without the 0 at its end. */
#define WORKLOAD_NAME_MAX 63

typedef enum workload_output {
    WORKLOAD_FORWARD,
    WORKLOAD_INPUT_GRADIENT,
    WORKLOAD_FILTER_GRADIENT
} workload_output;

/* Images are {height, width, channels}. As everywhere in the library, `fine` is the dense one, which
 * conv2d reads and its transpose writes, and `coarse` the strided one. */
typedef struct workload {
    char name[WORKLOAD_NAME_MAX + 1], operation[16];
    bool transposed;
    workload_output output;
    int64_t batch, groups, fine[3], coarse[3], kernel[2], stride, dilation;
    nhwc_padding padding;
    int64_t pad_before[2]; /* zeros above and to the left of the fine image */
} workload;

/* Reads the next line that describes a workload: 1; at the end of the file 0; -1 when the line says no
 * such thing. *line, 0 to begin with, is its number. */
int workload_read(FILE *file, int *line, workload *w);

/* Whether the filter wants it: part of a name, "@" and a file with names, or NULL for all. */
bool workload_wanted(const workload *w, const char *filter);

/* Whether every channel has a filter of its own, the business of the depthwise functions. */
bool workload_is_depthwise(const workload *w);

/* Multiply-adds, those with the zeros of the padding included. */
double workload_macs(const workload *w);

#endif
