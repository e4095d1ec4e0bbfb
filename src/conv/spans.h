/* Spans: the outputs of one axis that the same taps reach, so that a convolution without padding is left.
 *
 * An axis has phases: one for conv2d; one for each residue of the stride for its transpose, because output f is
 * reached only by taps k with k * dilation = f + pad_before (mod stride). In a phase everything is evenly spaced:
 *
 *     output i  is pixel  output + i * output_step,                        0 <= i < outputs
 *     tap j     is tap    tap + j * tap_step of the kernel,                0 <= j < taps
 *     i meets j in input  input + i * input_step + j * tap_input,          if that is 0 <= ... < inputs
 *
 * with taps in order of ascending inputs. A span of a phase is a range of outputs that share their range of taps. */
#ifndef NHWC_CONV_SPANS_H
#define NHWC_CONV_SPANS_H

#include <nhwc/nhwc.h>

typedef struct nhwc__phase {
    int64_t outputs, output, output_step;
    int64_t wide; /* pixels side by side that an output stands for, as do taps: 1, but for wide phases */
    int64_t taps, tap, tap_step;
    int64_t inputs, input, input_step, tap_input;
} nhwc__phase;

typedef struct nhwc__span {
    int64_t first, end;           /* outputs of the phase */
    int64_t first_tap, end_tap;   /* taps of the phase; none where first_tap == end_tap */
} nhwc__span;

/* How many phases the axis has when outputs are fine pixels (`transposed`), or coarse ones. */
int64_t nhwc__phases(const nhwc_axis *axis, bool transposed);

nhwc__phase nhwc__phase_of(const nhwc_axis *axis, bool transposed, int64_t index);

/* The same for a transpose whose kernel is a multiple of the stride, without dilation: `stride` outputs side by side
 * are reached by one and the same range of inputs, through taps side by side. Such groups are the outputs of three
 * phases: what of one is left at the beginning of the axis, all whole ones, and what is left at the end. */
#define NHWC__WIDE_PHASES 3
bool nhwc__may_be_wide(const nhwc_axis *axis);
nhwc__phase nhwc__wide_phase_of(const nhwc_axis *axis, int64_t index);

/* The same for conv2d, or its transpose with stride 1, without dilation: `wide` outputs side by side, through all
 * inputs that any of them meets; tap u of the phase is input u of those, not a tap of the kernel. A second phase has
 * the outputs that are left. nhwc__tap_of_input is the kernel's tap for output `g` of a group and input u, -1 for
 * none. */
#define NHWC__FILLED_PHASES 2
nhwc__phase nhwc__filled_phase_of(const nhwc_axis *axis, bool transposed, int64_t wide, int64_t index);
int64_t nhwc__tap_of_input(const nhwc_axis *axis, bool transposed, int64_t g, int64_t u);

/* The span after one that ends at span->end; false when there is none. Begin with {.end = 0}. */
bool nhwc__next_span(const nhwc__phase *phase, nhwc__span *span);

#endif
