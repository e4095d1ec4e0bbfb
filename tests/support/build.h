/* How the tests were built, where that decides what can be asked, or how much. */
#ifndef NHWC_TESTS_BUILD_H
#define NHWC_TESTS_BUILD_H

/* By a sanitizer, whose checks may part sums from their products in one tile and not in another: nothing need fuse. */
#ifdef INSTRUMENTED
enum { instrumented = 1 };
#else
enum { instrumented = 0 };
#endif

/* Where every instruction costs twenty: sweeps take one case of `every`, and what only repeats others in another way is
 * left out. `every` has no factor in common with the numbers of things that cases alternate between. */
#ifdef EMULATED
enum { emulated = 1, every = 5 };
#else
enum { emulated = 0, every = 1 };
#endif

#endif
