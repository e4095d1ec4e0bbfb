/* What every processor of the architecture has: SSE2 on x86-64 with 16 registers of 16 bytes, NEON. */
#if defined(__x86_64__) || defined(_M_X64)
#define BASELINE_NAME "SSE2"
#elif defined(__ARM_NEON)
#define BASELINE_NAME "NEON"
#else
#define BASELINE_NAME "baseline vectors"
#endif
#define ISA       baseline
#define ISA_NAME  BASELINE_NAME
#define FLOAT_LANES  4
#define DOUBLE_LANES 2
#define TILE_ROWS 6
#include "engine/kernels_isa.inc"
