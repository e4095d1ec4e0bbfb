/* Sixteen floats at once. */
#define ISA avx512
#include "engine/maths_isa.inc"
