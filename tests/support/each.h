/* What tests go through: every instruction set, both dtypes of reals, all rows of a table. */
#ifndef NHWC_TESTS_EACH_H
#define NHWC_TESTS_EACH_H

#include <nhwc/nhwc.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const nhwc_isa isas[] = {NHWC_ISA_SCALAR, NHWC_ISA_BASELINE, NHWC_ISA_AVX2, NHWC_ISA_AVX512};
static const nhwc_dtype floats[] = {NHWC_FLOAT32, NHWC_FLOAT64};

#endif
