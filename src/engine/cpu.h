/* Which instruction sets this processor has, and the kernels a context asks for. */
#ifndef NHWC_ENGINE_CPU_H
#define NHWC_ENGINE_CPU_H

#include "engine/kernels.h"

/* NHWC_ERROR_ARGUMENT when the context names an instruction set that is not there. */
nhwc_status nhwc__isa_check(const nhwc_context *context);

/* The kernels of a checked context (or NULL), all and those of one dtype. */
const nhwc__isa_kernels *nhwc__isa_of(const nhwc_context *context);
const nhwc__kernels *nhwc__kernels_of(const nhwc_context *context, nhwc_dtype dtype);
const nhwc__maths *nhwc__maths_of(const nhwc_context *context, nhwc_dtype dtype);

#endif
