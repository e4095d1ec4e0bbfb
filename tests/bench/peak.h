/* What the machine can do at best: the ceilings that figures of kernels are read against. */
#ifndef NHWC_BENCH_PEAK_H
#define NHWC_BENCH_PEAK_H

#include <nhwc/nhwc.h>

/* Multiply-adds in registers with the vectors of an instruction set, GFLOP/s of all threads of the context
 * together. 0 for NHWC_ISA_SCALAR and _AUTOMATIC, and when the processor or the compiler does not have the
 * instructions; whether the library has kernels for them does not matter. */
double peak_fma(const nhwc_context *context, nhwc_isa isa);

/* memcpy from one half of so many bytes to the other, GB/s read and written; each thread has memory of its
 * own. 0 when there is not so much. */
double peak_copy(const nhwc_context *context, int64_t bytes);

#endif
