/* Arithmetic on runs of elements: the formulas of <nhwc/math.h> and of the folds below, compiled in maths.inc for each
 * instruction set and dtype. Nothing here knows of shapes or threads. */
#ifndef NHWC_ENGINE_MATHS_H
#define NHWC_ENGINE_MATHS_H

#include <nhwc/math.h>
#include <nhwc/optimize.h>
#include <nhwc/random.h>

/* out[i] = f(in[0][i], in[1][i] ...), i < count; all contiguous, and out may be one of them. */
typedef void nhwc__map(int64_t count, const void *const *in, double alpha, void *out);

/* A fold makes one number of many, for some outputs at once. Of how these are put into blocks it knows nothing.
 *
 * X(name, term, joined, start, finished): a fold begins with `start` and joins to what it has, a, the term b of each
 * x; of what it has in the end, s, it makes the result. c is a number for each output, which an earlier fold gave;
 * n what the caller divides by. Those of NHWC__EACH_CHOOSING_FOLD are there for every dtype. */
#define NHWC__EACH_CHOOSING_FOLD(X)                                                \
    X(max,         x,                  larger(a, b),  LOWEST,  s)                  \
    X(min,         x,                  smaller(a, b), HIGHEST, s)

#define NHWC__EACH_FOLD(X)                                                         \
    X(sum,         x,                  a + b,         0,       s)                  \
    X(mean,        x,                  a + b,         0,       s / n)              \
    X(variance,    (x - c) * (x - c),  a + b,         0,       s / n)              \
    X(norm,        x * x,              a + b,         0,       root(s))            \
    X(peak,        x,                  larger(a, b),  LOWEST,  is_finite(s) ? s : 0) \
    X(log_exp_sum, exponential_below_0(x - c), a + b, 0,     logarithm(s))         \
    X(logsumexp,   exponential(x - c), a + b,         0,       logarithm(s) + c)

/* The terms of one call at most, which are a block of a sum: of terms side by side, and of outputs side by side. */
#define NHWC__ALONG_TERMS  1024
#define NHWC__ACROSS_TERMS 32

typedef struct nhwc__fold {
    /* out[o] = fold of from[o * row + t] over t < terms, in 32 chains that are then joined by pairs, or in one
     * if there are fewer terms than that. */
    void (*along)(int64_t outputs, int64_t terms, const void *from, int64_t row, const void *centre, void *out);

    /* out[o] = fold of from[t * row + o] over t < terms, one after the other, going on from what is in out. */
    void (*across)(int64_t outputs, int64_t terms, const void *from, int64_t row, const void *centre, void *out);

    void (*start)(int64_t outputs, void *out);
    void (*join)(int64_t outputs, const void *with, void *out);
    void (*finish)(int64_t outputs, const void *centre, double n, void *out);
} nhwc__fold;

/* Maps the library needs beside the public ones: X(name, value), of elements a to f of the inputs. */
#define NHWC__EACH_INNER_MAP(X)                                                    \
    NHWC__EACH_NORMALISING_MAP(X)                                                  \
    NHWC__EACH_LOSS_MAP(X)                                                         \
    X(exp_of_difference,    exponential_below_0(a - b))                            \
    X(times_inverse,        a * (1 / b))                                           \
    X(difference_of_three,  a - b - c)                                             \
    X(softmax_backprop,     b * (a - c))                                           \
    X(log_softmax_backprop, a - exponential(b) * c)

/* alpha is an epsilon, a momentum or a factor. */
#define NHWC__EACH_NORMALISING_MAP(X)                                              \
    X(inverse_deviation,    1 / root(a + (REAL)alpha))                             \
    X(over_deviation,       a * (b * (1 / root(c + (REAL)alpha))))                 \
    X(centred_multiply_add, MULTIPLY_ADD(a - b, c, d))                             \
    X(normalised,           MULTIPLY_ADD(MULTIPLY_ADD(a - b, c, 0), d, e))         \
    X(normal_gradient,      MULTIPLY_ADD(c - b, f, MULTIPLY_ADD(a, d, e)))         \
    X(centred_product,      a * ((b - c) * d))                                     \
    X(scaled_product,       a * b * (REAL)alpha)                                   \
    X(running_average,      a * (REAL)alpha + b * (REAL)(1 - alpha))

/* Of predictions a and labels b; in gradients c is that of the loss, and alpha a factor. Then of class entropy: labels,
 * logits, the largest logit and the logarithm of the sum; and its gradient of probabilities, sum of labels, labels and
 * gradient of the loss. */
#define NHWC__EACH_LOSS_MAP(X)                                                     \
    X(squared_error,           (a - b) * (a - b))                                  \
    X(squared_error_backprop,  (a - b) * c * (REAL)(2 * alpha))                    \
    X(absolute_error,          absolute(a - b))                                    \
    X(absolute_error_backprop, sign_of(a - b) * c * (REAL)alpha)                   \
    X(binary_entropy,          binary_entropy(a, b))                               \
    X(binary_entropy_backprop, binary_entropy_slope(a, b) * c * (REAL)alpha)       \
    X(logit_entropy,           logit_entropy(a, b))                                \
    X(logit_entropy_backprop,  (logistic(a) - b) * c * (REAL)alpha)                \
    X(class_entropy,           a == 0 ? 0 : a * (d - (b - c)))                     \
    X(class_entropy_backprop,  (a * b - c) * d * (REAL)alpha)

/* Terms from[t * row + o] that are larger (smaller) than best[o], or the first NaN, take its place, and first + t that
 * of where[o]; outputs <= NHWC__SEARCH_OUTPUTS, terms <= NHWC__ACROSS_TERMS. */
#define NHWC__SEARCH_OUTPUTS 512
typedef void nhwc__search(int64_t outputs, int64_t terms, const void *from, int64_t row, int64_t first, void *best,
                          int64_t *where);

/* Goes on with two sums for each output, across rows of a and b: of a, and of a * ((b - c) * d), where c and d are
 * numbers for the outputs, or for the rows. */
typedef void nhwc__gradient_sums(int64_t outputs, int64_t terms, const void *a, int64_t a_row, const void *b,
                                 int64_t b_row, const void *c, const void *d, void *products, void *sums);

/* What is made of lines of contiguous elements, at most NHWC__LINES, each of so many: one after the other they would
 * wait for their sums. Steps lead from one line to the next; y may be a. */
#define NHWC__LINES 8
typedef struct nhwc__lines {
    int64_t lines, count;
    const void *a, *b, *c; /* c is one line, which goes with all */
    void *y;
    int64_t a_step, b_step, y_step;
    const void *mean, *inverse; /* numbers of lines, where a map needs them; the first of these lines has the `first` */
    int64_t first;
} nhwc__lines;

typedef void nhwc__line_map(const nhwc__lines *lines);

/* Random words: those of `blocks` blocks of the stream from block `first` on, four each; and what they become with two
 * parameters. An element takes one word, and one of 8 bytes two. */
typedef void nhwc__random_words(uint64_t seed, uint64_t stream, uint64_t first, int64_t blocks, uint32_t *words);
typedef void nhwc__distribution(int64_t count, const uint32_t *words, double a, double b, void *y);

/* What the formulas of <nhwc/optimize.h> call by these names; of p, `kept` is left before a step, and l2 * p is added
 * to g, unless l2 is 0. The tensors are p, g, s, t and u, those that a formula has not NULL. */
typedef struct nhwc__step_numbers {
    double rate, momentum, beta_1, beta_2, epsilon, correction, kept, l2;
} nhwc__step_numbers;

typedef void nhwc__step(int64_t count, const nhwc__step_numbers *numbers, void *const *tensors);

/* All there is for one dtype; of integers, only what is for every dtype, and the rest is NULL. */
typedef struct nhwc__maths {
#define MAP_AND_DERIVATIVE(name, ...) nhwc__map *name, *name##_backprop;
#define MAP_AND_DERIVATIVES(name, ...) nhwc__map *name, *name##_backprop_a, *name##_backprop_b;
#define MAP(name, ...)                nhwc__map *name;
#define FOLD(name, ...)               nhwc__fold name##_fold;
#define STEP(name, ...)               nhwc__step *name;
    NHWC_EACH_UNARY(MAP_AND_DERIVATIVE)
    NHWC_EACH_UNARY_WITH_ALPHA(MAP_AND_DERIVATIVE)
    NHWC_EACH_BINARY(MAP_AND_DERIVATIVES)
    NHWC_EACH_CHOICE(MAP_AND_DERIVATIVES)
    NHWC_EACH_COMPARISON(MAP)
    NHWC__EACH_INNER_MAP(MAP)
    NHWC__EACH_CHOOSING_FOLD(FOLD)
    NHWC__EACH_FOLD(FOLD)
    NHWC_EACH_STEP(STEP)
#undef MAP_AND_DERIVATIVE
#undef MAP_AND_DERIVATIVES
#undef MAP
#undef FOLD
#undef STEP
    nhwc__map *where; /* in[0] ? in[1] : in[2], of which the first is NHWC_BOOL */
    nhwc__map *clip, *clip_backprop;
    nhwc__map *dropout; /* in[0] ? in[1] * alpha : 0, of which the first is NHWC_BOOL */
    nhwc__distribution *uniform, *normal, *truncated_normal;
    nhwc__search *largest, *smallest;

    /* y[i] = start + (first + i) * step, of float64 and then rounded, or of integers modulo 2^64;
     * i < count, an int. */
    void (*progression)(int64_t count, int64_t first, double start, double step, void *y);

    /* The first i < count with from[i] == *value, or with both NaN; there is one. */
    int64_t (*find)(int64_t count, const void *from, const void *value);
    nhwc__gradient_sums *gradient_sums, *gradient_sums_of_lines;
    nhwc__line_map *softmax, *log_softmax, *softmax_gradient, *log_softmax_gradient;
    nhwc__line_map *layer_gradient, *plain_layer_gradient; /* with gamma, and without */
} nhwc__maths;

/* Makes `count` elements of y from x, `to` and `from` bytes apart. */
typedef void nhwc__row(int64_t count, char *y, int64_t to, const char *x, int64_t from);

typedef struct nhwc__isa_maths {
    const nhwc__maths *of_dtype[NHWC_BOOL + 1];
    nhwc__random_words *random_words;
    nhwc__distribution *bernoulli; /* of NHWC_BOOL, with this probability */
    nhwc__row *cast[NHWC_BOOL + 1][NHWC_BOOL + 1]; /* to a dtype, from a dtype */
} nhwc__isa_maths;

#endif
