/* What is to be known of an .npz file before memory is asked for. */
#ifndef NHWC_IO_NPZ_H
#define NHWC_IO_NPZ_H

#include <nhwc/io.h>

/* The tensor of this name without its elements: dtype, rank, dims; data is NULL. */
nhwc_status nhwc__npz_look(nhwc_npz *npz, const char *name, nhwc_tensor *x);

#endif
