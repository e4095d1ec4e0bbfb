/* 32 registers of 64 bytes: 28 sums, 2 vectors of b, 1 factor. */
#define ISA       avx512
#define ISA_NAME  "AVX-512"
#define FLOAT_LANES  16
#define DOUBLE_LANES 8
#define TILE_ROWS 14
#include "engine/kernels_isa.inc"
