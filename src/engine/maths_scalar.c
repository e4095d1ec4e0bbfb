/* No vectors: CMakeLists.txt tells the compiler to make none. */
#define ISA scalar
#define SCALAR
#include "engine/maths_isa.inc"
