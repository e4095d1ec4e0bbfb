/* No vectors: for processors and compilers without them, and to compare with. */
#define ISA       scalar
#define ISA_NAME  "plain C"
#define FLOAT_LANES  1
#define DOUBLE_LANES 1
#define TILE_ROWS 6
#include "engine/kernels_isa.inc"
