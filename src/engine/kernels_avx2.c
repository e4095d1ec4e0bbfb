/* 16 registers of 32 bytes: 12 sums, 2 vectors of b, 1 factor. */
#define ISA       avx2
#define ISA_NAME  "AVX2"
#define FLOAT_LANES  8
#define DOUBLE_LANES 4
#define TILE_ROWS 6
#include "engine/kernels_isa.inc"
