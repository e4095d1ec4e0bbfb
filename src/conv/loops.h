/* The specification's sums for problems so small that its iterator takes longer than the arithmetic: what does not
 * change from contact to contact is computed once. The same contacts in the same order: the same bits. */
#ifndef NHWC_CONV_LOOPS_H
#define NHWC_CONV_LOOPS_H

#include "conv/call.h"

/* Adds the call's primitive to what is in its output. Cannot fail. */
void nhwc__loops_run(const nhwc__call *call);

#endif
