#include "conv/spans.h"

#include "base/size.h"

int64_t nhwc__phases(const nhwc_axis *axis, bool transposed)
{
    return transposed ? nhwc__least(axis->stride, axis->fine) : 1;
}

static int64_t greatest_common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

nhwc__phase nhwc__phase_of(const nhwc_axis *axis, bool transposed, int64_t index)
{
    if (!transposed)
        return (nhwc__phase){.outputs = axis->coarse,
                             .output_step = 1,
                             .wide = 1,
                             .taps = axis->kernel,
                             .tap_step = 1,
                             .inputs = axis->fine,
                             .input = -axis->pad_before,
                             .input_step = axis->stride,
                             .tap_input = axis->dilation};
    nhwc__phase p = {.outputs = nhwc__ceil(axis->fine - index, axis->stride),
                     .output = index,
                     .output_step = axis->stride,
                     .wide = 1,
                     .inputs = axis->coarse,
                     .input_step = 1};
    const int64_t common = greatest_common_divisor(axis->stride, axis->dilation), every = axis->stride / common;
    const int64_t from = index + axis->pad_before;
    int64_t tap = 0; /* the first that reaches the phase: at most one of `every` does */
    while (tap < every && tap < axis->kernel && (from - tap * axis->dilation) % axis->stride != 0)
        tap++;
    if (tap >= every || tap >= axis->kernel)
        return p;
    p.taps = nhwc__ceil(axis->kernel - tap, every);
    p.tap = tap + (p.taps - 1) * every;
    p.tap_step = -every;
    p.input = (from - p.tap * axis->dilation) / axis->stride;
    p.tap_input = axis->dilation / common;
    return p;
}

bool nhwc__may_be_wide(const nhwc_axis *axis)
{
    return axis->stride > 1 && axis->dilation == 1 && axis->kernel % axis->stride == 0;
}

nhwc__phase nhwc__wide_phase_of(const nhwc_axis *axis, int64_t index)
{
    const int64_t stride = axis->stride, taps = axis->kernel / stride;
    const int64_t cropped = axis->pad_before % stride; /* outputs of the first group left of the image */
    const int64_t before = cropped > 0 ? nhwc__least(stride - cropped, axis->fine) : 0;
    const int64_t groups = (axis->fine - before) / stride, behind = axis->fine - before - groups * stride;
    const int64_t output[3] = {0, before, before + groups * stride}, wide[3] = {before, stride, behind};
    const int64_t missing = index == 0 ? cropped : 0;
    return (nhwc__phase){.outputs = index == 1 ? groups : wide[index] > 0,
                         .output = output[index],
                         .output_step = stride,
                         .wide = wide[index],
                         .taps = taps,
                         .tap = (taps - 1) * stride + missing,
                         .tap_step = -stride,
                         .inputs = axis->coarse,
                         .input = (output[index] - missing + axis->pad_before) / stride - (taps - 1),
                         .input_step = 1,
                         .tap_input = 1};
}

nhwc__phase nhwc__filled_phase_of(const nhwc_axis *axis, bool transposed, int64_t wide, int64_t index)
{
    nhwc__phase p = nhwc__phase_of(axis, transposed, 0);
    const int64_t groups = p.outputs / wide;
    if (index > 0) {
        p.output += groups * wide * p.output_step;
        p.input += groups * wide * p.input_step;
        p.outputs -= groups * wide;
        return p;
    }
    p.taps += (wide - 1) * p.input_step;
    p.outputs = groups;
    p.output_step *= wide;
    p.input_step *= wide;
    p.wide = wide;
    return p;
}

int64_t nhwc__tap_of_input(const nhwc_axis *axis, bool transposed, int64_t g, int64_t u)
{
    const int64_t tap = transposed ? axis->kernel - 1 - u + g : u - g * axis->stride;
    return tap >= 0 && tap < axis->kernel ? tap : -1;
}

bool nhwc__next_span(const nhwc__phase *p, nhwc__span *span)
{
    const int64_t i = span->end, at = p->input + i * p->input_step; /* the input of tap 0 */
    if (i >= p->outputs)
        return false;
    *span = (nhwc__span){.first = i, .end = p->outputs};
    if (p->taps == 0)
        return true;
    span->end_tap = nhwc__least(p->taps, nhwc__ceil(p->inputs - at, p->tap_input));
    span->first_tap = nhwc__least(nhwc__ceil(-at, p->tap_input), span->end_tap);
    if (span->first_tap > 0) /* until the tap before comes in */
        span->end = nhwc__least(
            span->end, nhwc__ceil(-(span->first_tap - 1) * p->tap_input - p->input, p->input_step));
    if (span->end_tap > 0) /* until the last one leaves */
        span->end = nhwc__least(
            span->end, nhwc__ceil(p->inputs - (span->end_tap - 1) * p->tap_input - p->input, p->input_step));
    return true;
}
