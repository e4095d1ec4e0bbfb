/* Eight floats at once, with fused multiply-adds. */
#define ISA avx2
#include "engine/maths_isa.inc"
