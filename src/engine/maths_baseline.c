/* What every processor of the architecture has. */
#define ISA baseline
#include "engine/maths_isa.inc"
