#include "engine/cpu.h"

#include <stdatomic.h>

#include "base/status.h"

/* Feature bits, one for each nhwc_isa, and one more that says they are known. Asking the processor costs
 * microseconds in a virtual machine, so the answer is kept; every thread that asks gets the same one. */
#define KNOWN     (1u << 31)
#define HAS(isa)  (1u << (isa))

static _Atomic unsigned cpu_features;

#ifdef NHWC_HAVE_AVX2
#include <cpuid.h>

static unsigned ask_processor(void)
{
    unsigned eax, ebx, ecx, edx, os_low, os_high, features = 0;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE) || !(ecx & bit_FMA))
        return features;
    __asm__("xgetbv" : "=a"(os_low), "=d"(os_high) : "c"(0)); /* the registers the system saves */
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
        return features;
    if ((ebx & bit_AVX2) && (os_low & 0x06) == 0x06)
        features |= HAS(NHWC_ISA_AVX2);
    if ((ebx & bit_AVX512F) && (os_low & 0xE6) == 0xE6)
        features |= HAS(NHWC_ISA_AVX512);
    return features;
}
#else
static unsigned ask_processor(void)
{
    return 0;
}
#endif

static unsigned features(void)
{
    unsigned known = atomic_load_explicit(&cpu_features, memory_order_relaxed);
    if (known == 0) {
        known = KNOWN | HAS(NHWC_ISA_AUTOMATIC) | HAS(NHWC_ISA_SCALAR) | HAS(NHWC_ISA_BASELINE) | ask_processor();
        atomic_store_explicit(&cpu_features, known, memory_order_relaxed);
    }
    return known;
}

bool nhwc_isa_available(nhwc_isa isa)
{
    return (int)isa >= 0 && isa <= NHWC_ISA_AVX512 && (features() & HAS(isa)) != 0;
}

/* NULL for one that is not in this build. */
static const nhwc__isa_kernels *kernels_of_isa(nhwc_isa isa)
{
    if (isa == NHWC_ISA_AUTOMATIC)
        isa = nhwc_isa_available(NHWC_ISA_AVX512) ? NHWC_ISA_AVX512
              : nhwc_isa_available(NHWC_ISA_AVX2) ? NHWC_ISA_AVX2
                                                  : NHWC_ISA_BASELINE;
    switch (isa) {
#define CASE(name, NAME)    \
    case NHWC_ISA_##NAME: \
        return &nhwc__kernels_##name;
        NHWC__EACH_ISA(CASE)
#undef CASE
    default:
        return NULL;
    }
}

const char *nhwc_isa_string(nhwc_isa isa)
{
    const nhwc__isa_kernels *kernels = kernels_of_isa(isa);
    return kernels ? kernels->name : "none of this library";
}

nhwc_status nhwc__isa_check(const nhwc_context *context)
{
    if (context != NULL && !nhwc_isa_available(context->isa))
        return nhwc__fail(NHWC_ERROR_ARGUMENT,
                          "context->isa is %d (%s), which this processor or library does not have",
                          (int)context->isa, nhwc_isa_string(context->isa));
    return NHWC_OK;
}

const nhwc__isa_kernels *nhwc__isa_of(const nhwc_context *context)
{
    return kernels_of_isa(context ? context->isa : NHWC_ISA_AUTOMATIC);
}

const nhwc__kernels *nhwc__kernels_of(const nhwc_context *context, nhwc_dtype dtype)
{
    const nhwc__isa_kernels *isa = nhwc__isa_of(context);
    return dtype == NHWC_FLOAT64 ? &isa->float64 : &isa->float32;
}

const nhwc__maths *nhwc__maths_of(const nhwc_context *context, nhwc_dtype dtype)
{
    return nhwc__isa_of(context)->maths->of_dtype[dtype];
}
