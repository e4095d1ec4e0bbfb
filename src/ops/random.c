/* Random numbers: elements are made of the words of their places in a sequence, piece by piece. */
#include <math.h>
#include <nhwc/array.h>
#include <nhwc/random.h>
#include <string.h>

#include "base/context.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/status.h"
#include "base/tensor.h"
#include "conv/checks.h"
#include "engine/cpu.h"
#include "ops/broadcast.h"
#include "ops/copy.h"
#include "ops/shapes.h"

#define PIECE      1024 /* elements of one go, whose words begin a block */
#define TASK_COUNT (32 * PIECE)

/* All there is to know of a call whose output is y. */
typedef struct draw {
    nhwc_random from; /* before the call */
    nhwc__random_words *random_words;
    const nhwc_tensor *y;
    int64_t count;
    int words; /* of an element */
    bool dense;

    /* Makes `count` elements, of which the first is number `first`. */
    void (*become)(const struct draw *d, int64_t first, int64_t count, const uint32_t *words, void *to);
    nhwc__distribution *distribution;
    double a, b; /* its parameters */
    int64_t low;
    uint64_t range;
} draw;

static nhwc_status check(const char *operation, const nhwc_context *context, const nhwc_random *random,
                         const nhwc_tensor *y)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    if (random == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: random is NULL", operation);
    return nhwc__tensor_check_distinct(operation, "y", y);
}

static bool is_dense(const nhwc_tensor *y)
{
    int64_t stride = 1;
    for (int axis = y->rank - 1; axis >= 0; stride *= y->dims[axis--])
        if (y->dims[axis] > 1 && y->strides[axis] != stride)
            return false;
    return true;
}

/* To where elements `first` and following of y are. */
static void scatter(const nhwc_tensor *y, int64_t first, int64_t count, char *values)
{
    const int64_t size = (int64_t)nhwc_dtype_size(y->dtype), length = y->rank > 0 ? y->dims[y->rank - 1] : 1;
    while (count > 0) {
        const int64_t row = nhwc__least(count, length - first % length);
        const nhwc_tensor from = nhwc_tensor_view(y->dtype, values, 1, &row);
        nhwc_tensor to = nhwc_tensor_view(y->dtype, nhwc__element(y, nhwc__offset_of(y, first)), 1, &row);
        if (row > 1)
            to.strides[0] = y->strides[y->rank - 1];
        nhwc__copy(NULL, &from, &to);
        values += row * size;
        first += row;
        count -= row;
    }
}

static void run_task(void *argument, int64_t task)
{
    const draw *d = argument;
    const int64_t last = nhwc__least(d->count, (task + 1) * TASK_COUNT);
    uint32_t words[2 * PIECE];
    double values[PIECE];
    for (int64_t first = task * TASK_COUNT; first < last; first += PIECE) {
        const int64_t count = nhwc__least(PIECE, last - first);
        void *to = d->dense ? nhwc__element(d->y, first) : values;
        d->random_words(d->from.seed, d->from.stream, d->from.position + (uint64_t)(first / 4 * d->words),
                        nhwc__ceil(count * d->words, 4), words);
        d->become(d, first, count, words, to);
        if (!d->dense)
            scatter(d->y, first, count, to);
    }
}

/* A draw for y, of what is checked. */
static draw begin(const nhwc_context *context, const nhwc_random *random, int words, const nhwc_tensor *y)
{
    return (draw){.from = *random,
                  .random_words = nhwc__isa_of(context)->maths->random_words,
                  .y = y,
                  .count = nhwc__element_count(y),
                  .words = words,
                  .dense = is_dense(y)};
}

static void advance(nhwc_random *random, const draw *d)
{
    random->position += (uint64_t)nhwc__ceil(d->count * d->words, 4);
}

static void run(const nhwc_context *context, draw *d, nhwc_random *random)
{
    nhwc__parallel_for(context, nhwc__ceil(d->count, TASK_COUNT), run_task, d);
    advance(random, d);
}

/* ---- Bits and integers ---------------------------------------------------------------------- */

static uint64_t pair_of(const uint32_t *words)
{
    return words[0] | (uint64_t)words[1] << 32;
}

static void put_integer(nhwc_dtype dtype, void *to, int64_t index, uint64_t value)
{
    if (dtype == NHWC_UINT8)
        ((uint8_t *)to)[index] = (uint8_t)value;
    else if (dtype == NHWC_INT32)
        ((uint32_t *)to)[index] = (uint32_t)value;
    else
        ((uint64_t *)to)[index] = value;
}

static nhwc_status check_integers(const char *operation, const nhwc_tensor *y)
{
    if (y->dtype == NHWC_INT32 || y->dtype == NHWC_INT64 || y->dtype == NHWC_UINT8)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_DTYPE, "%s: y is %s; int32, int64 and uint8 are possible", operation,
                      nhwc_dtype_string(y->dtype));
}

static void become_bits(const draw *d, int64_t first, int64_t count, const uint32_t *words, void *to)
{
    (void)first;
    if (d->y->dtype == NHWC_INT32)
        memcpy(to, words, (size_t)count * sizeof *words);
    else
        for (int64_t i = 0; i < count; i++)
            put_integer(d->y->dtype, to, i, d->words == 1 ? words[i] : pair_of(words + 2 * i));
}

nhwc_status nhwc_random_bits(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y)
{
    NHWC__TRY(check("random_bits", context, random, y));
    NHWC__TRY(check_integers("random_bits", y));
    draw d = begin(context, random, y->dtype == NHWC_INT64 ? 2 : 1, y);
    d.become = become_bits;
    run(context, &d, random);
    return NHWC_OK;
}

/* A number below `range` from 64 bits. Of those, as many as do not go evenly into the range are refused: their element
 * takes the words of its place under another key. */
static uint64_t below(const draw *d, uint64_t range, int64_t index, uint64_t bits)
{
    uint64_t seed = d->from.seed;
    while (bits < range && bits < (0 - range) % range) {
        uint32_t words[4];
        seed += 0x9E3779B97F4A7C15u;
        d->random_words(seed, d->from.stream, d->from.position + (uint64_t)(index / 2), 1, words);
        bits = pair_of(words + index % 2 * 2);
    }
    return bits % range;
}

static void become_integers(const draw *d, int64_t first, int64_t count, const uint32_t *words, void *to)
{
    for (int64_t i = 0; i < count; i++)
        put_integer(d->y->dtype, to, i, (uint64_t)d->low + below(d, d->range, first + i, pair_of(words + 2 * i)));
}

static nhwc_status check_range(int64_t low, int64_t high, nhwc_dtype dtype)
{
    const int64_t least = dtype == NHWC_INT32 ? INT32_MIN : dtype == NHWC_INT64 ? INT64_MIN : 0;
    const int64_t greatest = dtype == NHWC_INT32 ? INT32_MAX : dtype == NHWC_INT64 ? INT64_MAX : UINT8_MAX;
    if (low >= high)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "random_integers: low is %" PRId64 " and high %" PRId64
                          "; high has to be more", low, high);
    if (low < least || high - 1 > greatest)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "random_integers: %" PRId64 " to %" PRId64 " are not all among the %s",
                          low, high - 1, nhwc_dtype_string(dtype));
    return NHWC_OK;
}

nhwc_status nhwc_random_integers(const nhwc_context *context, nhwc_random *random, int64_t low, int64_t high,
                                 nhwc_tensor *y)
{
    NHWC__TRY(check("random_integers", context, random, y));
    NHWC__TRY(check_integers("random_integers", y));
    NHWC__TRY(check_range(low, high, y->dtype));
    draw d = begin(context, random, 2, y);
    d.become = become_integers;
    d.low = low;
    d.range = (uint64_t)high - (uint64_t)low;
    run(context, &d, random);
    return NHWC_OK;
}

/* ---- Distributions -------------------------------------------------------------------------- */

static void become_distributed(const draw *d, int64_t first, int64_t count, const uint32_t *words, void *to)
{
    (void)first;
    d->distribution(count, words, d->a, d->b, to);
}

static void distribute(const nhwc_context *context, nhwc_random *random, nhwc__distribution *distribution, double a,
                       double b, const nhwc_tensor *y)
{
    draw d = begin(context, random, nhwc_dtype_size(y->dtype) == 8 ? 2 : 1, y);
    d.become = become_distributed;
    d.distribution = distribution;
    d.a = a;
    d.b = b;
    run(context, &d, random);
}

static nhwc_status check_real(const char *operation, const nhwc_context *context, const nhwc_random *random,
                              const nhwc_tensor *y)
{
    NHWC__TRY(check(operation, context, random, y));
    return nhwc__check_dtype(operation, "y", y, y->dtype);
}

/* The range is finite in the dtype of y, too. */
nhwc_status nhwc_random_uniform(const nhwc_context *context, nhwc_random *random, double low, double high,
                                nhwc_tensor *y)
{
    NHWC__TRY(check_real("random_uniform", context, random, y));
    const double range = y->dtype == NHWC_FLOAT32 ? (double)((float)high - (float)low) : high - low;
    if (!(low <= high) || !isfinite(range))
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "random_uniform: low is %g and high %g; they have to be finite, their "
                          "difference as well, and low the smaller", low, high);
    distribute(context, random, nhwc__maths_of(context, y->dtype)->uniform, low, high, y);
    return NHWC_OK;
}

static nhwc_status check_normal(const char *operation, double mean, double stddev)
{
    if (isfinite(mean) && isfinite(stddev) && stddev >= 0)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: mean is %g and stddev %g; they have to be finite, and stddev 0 or more",
                      operation, mean, stddev);
}

nhwc_status nhwc_random_normal(const nhwc_context *context, nhwc_random *random, double mean, double stddev,
                               nhwc_tensor *y)
{
    NHWC__TRY(check_real("random_normal", context, random, y));
    NHWC__TRY(check_normal("random_normal", mean, stddev));
    distribute(context, random, nhwc__maths_of(context, y->dtype)->normal, mean, stddev, y);
    return NHWC_OK;
}

nhwc_status nhwc_random_truncated_normal(const nhwc_context *context, nhwc_random *random, double mean, double stddev,
                                         nhwc_tensor *y)
{
    NHWC__TRY(check_real("random_truncated_normal", context, random, y));
    NHWC__TRY(check_normal("random_truncated_normal", mean, stddev));
    distribute(context, random, nhwc__maths_of(context, y->dtype)->truncated_normal, mean, stddev, y);
    return NHWC_OK;
}

static nhwc_status check_chance(const char *operation, const char *name, double chance)
{
    if (chance >= 0 && chance <= 1)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: %s is %g; 0 to 1 are possible", operation, name, chance);
}

static nhwc_status check_bool(const char *operation, const char *name, const nhwc_tensor *tensor)
{
    if (tensor->dtype == NHWC_BOOL)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s is %s; it has to be bool", operation, name,
                      nhwc_dtype_string(tensor->dtype));
}

nhwc_status nhwc_random_bernoulli(const nhwc_context *context, nhwc_random *random, double probability,
                                  nhwc_tensor *y)
{
    NHWC__TRY(check("random_bernoulli", context, random, y));
    NHWC__TRY(check_bool("random_bernoulli", "y", y));
    NHWC__TRY(check_chance("random_bernoulli", "probability", probability));
    distribute(context, random, nhwc__isa_of(context)->maths->bernoulli, probability, 0, y);
    return NHWC_OK;
}

/* ---- Permutations --------------------------------------------------------------------------- */

static nhwc_status check_row(const char *operation, const nhwc_context *context, const nhwc_random *random,
                             const nhwc_tensor *y)
{
    NHWC__TRY(check(operation, context, random, y));
    if (y->rank != 1)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: y has rank %d; it has to have 1 axis", operation, y->rank);
    return NHWC_OK;
}

static void swap(const nhwc_tensor *y, int64_t one, int64_t other)
{
    const size_t size = nhwc_dtype_size(y->dtype);
    char *a = nhwc__element(y, one * y->strides[0]), *b = nhwc__element(y, other * y->strides[0]), old[sizeof(double)];
    memcpy(old, a, size);
    memcpy(a, b, size);
    memcpy(b, old, size);
}

/* Each element from the last on changes places with one that is not behind it (Fisher, Yates). */
static void shuffle(const nhwc_context *context, nhwc_random *random, const nhwc_tensor *y)
{
    const draw d = begin(context, random, 2, y);
    uint32_t words[2 * PIECE];
    for (int64_t first = 0; first < d.count - 1; first += PIECE) {
        const int64_t count = nhwc__least(PIECE, d.count - 1 - first);
        d.random_words(d.from.seed, d.from.stream, d.from.position + (uint64_t)(first / 2), nhwc__ceil(count, 2),
                       words);
        for (int64_t i = 0; i < count; i++) {
            const int64_t last = d.count - 1 - (first + i);
            swap(y, last, (int64_t)below(&d, (uint64_t)last + 1, first + i, pair_of(words + 2 * i)));
        }
    }
    advance(random, &d);
}

nhwc_status nhwc_random_shuffle(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y)
{
    NHWC__TRY(check_row("random_shuffle", context, random, y));
    shuffle(context, random, y);
    return NHWC_OK;
}

nhwc_status nhwc_random_permutation(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y)
{
    NHWC__TRY(check_row("random_permutation", context, random, y));
    if (y->dtype != NHWC_INT64)
        return nhwc__fail(NHWC_ERROR_DTYPE, "random_permutation: y is %s; it has to be int64",
                          nhwc_dtype_string(y->dtype));
    NHWC__TRY(nhwc_arange(context, 0, 1, y));
    shuffle(context, random, y);
    return NHWC_OK;
}

/* ---- Initialisers --------------------------------------------------------------------------- */

/* How many inputs an output has, how many outputs an input. */
static nhwc_status find_fans(const char *operation, nhwc_fans fans, const nhwc_tensor *y, double *in, double *out)
{
    double taps = 1;
    if ((int)fans < NHWC_FANS_KERAS || fans > NHWC_FANS_DEPTHWISE)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "%s: fans is %d, which is no nhwc_fans", operation, (int)fans);
    if (fans != NHWC_FANS_KERAS && y->rank != 4)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: y has rank %d; a filter has to have 4 axes", operation, y->rank);
    for (int axis = 0; axis < y->rank - 2; axis++)
        taps *= (double)y->dims[axis];
    const double last = y->rank > 0 ? (double)y->dims[y->rank - 1] : 1;
    const double before = y->rank > 1 ? (double)y->dims[y->rank - 2] : last;
    *in = taps * (fans == NHWC_FANS_TRANSPOSE ? last : fans == NHWC_FANS_DEPTHWISE ? 1 : before);
    *out = taps * (fans == NHWC_FANS_TRANSPOSE ? before : last);
    return NHWC_OK;
}

static double average_of(double in, double out)
{
    return (in + out) / 2;
}

static nhwc_status initialize_uniform(const nhwc_context *context, nhwc_random *random, double variance,
                                      const nhwc_tensor *y)
{
    const double limit = sqrt(3 * variance);
    distribute(context, random, nhwc__maths_of(context, y->dtype)->uniform, -limit, limit, y);
    return NHWC_OK;
}

/* What is left of a normal distribution between two standard deviations has 0.8796 of them. */
static nhwc_status initialize_normal(const nhwc_context *context, nhwc_random *random, double variance,
                                     const nhwc_tensor *y)
{
    const double stddev = sqrt(variance) / 0.87962566103423978;
    distribute(context, random, nhwc__maths_of(context, y->dtype)->truncated_normal, 0, stddev, y);
    return NHWC_OK;
}

#define DEFINE_INITIALIZER(name, scale, fan, distribution)                                                       \
    nhwc_status nhwc_##name(const nhwc_context *context, nhwc_random *random, nhwc_fans fans, nhwc_tensor *y)    \
    {                                                                                                            \
        double in, out;                                                                                          \
        NHWC__TRY(check_real(#name, context, random, y));                                                        \
        NHWC__TRY(find_fans(#name, fans, y, &in, &out));                                                         \
        return initialize_##distribution(context, random, (scale) / fmax(1, fan), y);                            \
    }
NHWC_EACH_INITIALIZER(DEFINE_INITIALIZER)

/* ---- Dropout -------------------------------------------------------------------------------- */

static void keep(const nhwc_context *context, const nhwc_tensor *x, const nhwc_tensor *mask, double rate,
                 const nhwc_tensor *y)
{
    nhwc__broadcast b;
    nhwc__broadcast_make(2, (const nhwc_tensor *const[]){mask, x}, y, &b);
    nhwc__broadcast_run(context, &b, nhwc__maths_of(context, x->dtype)->dropout, 1 / (1 - rate));
}

/* y has the shape of x and may be it; the mask has it, too, and shares no memory with y. */
static nhwc_status check_dropout(const char *operation, const nhwc_context *context, nhwc__operand x,
                                 const nhwc_tensor *mask, double rate, const char *y_name, const nhwc_tensor *y)
{
    NHWC__TRY(nhwc__context_check(context));
    NHWC__TRY(nhwc__isa_check(context));
    NHWC__TRY(check_chance(operation, "rate", rate));
    NHWC__TRY(nhwc__broadcast_check(operation, 1, &x, y));
    NHWC__TRY(nhwc__check_dtype(operation, x.name, x.tensor, x.tensor->dtype));
    NHWC__TRY(nhwc__check_same_dtype(operation, y_name, y, x.name, x.tensor));
    NHWC__TRY(nhwc__tensor_check(operation, "mask", mask));
    NHWC__TRY(check_bool(operation, "mask", mask));
    NHWC__TRY(nhwc__check_same_shape(operation, "mask", mask, x.name, x.tensor));
    return nhwc__check_apart(operation, "mask", mask, y_name, y);
}

nhwc_status nhwc_dropout(const nhwc_context *context, nhwc_random *random, const nhwc_tensor *x, double rate,
                         nhwc_tensor *mask, nhwc_tensor *y)
{
    NHWC__TRY(check_dropout("dropout", context, (nhwc__operand){"x", x}, mask, rate, "y", y));
    NHWC__TRY(nhwc__tensor_check_distinct("dropout", "mask", mask));
    NHWC__TRY(nhwc__check_apart("dropout", "x", x, "mask", mask));
    if (random == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "dropout: random is NULL");
    distribute(context, random, nhwc__isa_of(context)->maths->bernoulli, 1 - rate, 0, mask);
    keep(context, x, mask, rate, y);
    return NHWC_OK;
}

nhwc_status nhwc_dropout_backprop(const nhwc_context *context, const nhwc_tensor *dy, const nhwc_tensor *mask,
                                  double rate, nhwc_tensor *dx)
{
    NHWC__TRY(check_dropout("dropout_backprop", context, (nhwc__operand){"dy", dy}, mask, rate, "dx", dx));
    keep(context, dy, mask, rate, dx);
    return NHWC_OK;
}
