/* Random numbers: the generator's own answers, the same bits everywhere, distributions, permutations, dropout. */
#include <math.h>
#include <nhwc/array.h>
#include <nhwc/random.h>
#include <stdlib.h>
#include <string.h>

#include "golden/nn_golden.h"
#include "golden/optimize_golden.h"
#include "support/check.h"
#include "support/each.h"
#include "support/fill.h"
#include "support/guarded.h"

/* ---- The generator -------------------------------------------------------------------------- */

/* The known answers: also those of TensorFlow for seed, stream and position as its key and counter. */
static void test_known_answers(void **state)
{
    (void)state;
    static const struct {
        nhwc_random random;
        uint32_t words[4];
    } answers[] = {
        {{0, 0, 0}, {0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}},
        {{UINT64_MAX, UINT64_MAX, UINT64_MAX}, {0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}},
        {{0x299F31D0A4093822, 0x0370734413198A2E, 0x85A308D3243F6A88},
         {0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}},
    };
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t n = 0; n < COUNT(answers) && nhwc_isa_available(isas[i]); n++) {
            const nhwc_context context = {.isa = isas[i]};
            nhwc_random random = answers[n].random;
            uint32_t words[4];
            uint64_t pairs[2];
            uint8_t bytes[4];
            nhwc_tensor y = NHWC_TENSOR(NHWC_INT32, words, 4);
            CHECK_OK(nhwc_random_bits(&context, &random, &y));
            CHECK(memcmp(words, answers[n].words, sizeof words) == 0);
            CHECK(random.position == answers[n].random.position + 1 && random.seed == answers[n].random.seed);
            random.position--;
            y = NHWC_TENSOR(NHWC_INT64, pairs, 2);
            CHECK_OK(nhwc_random_bits(&context, &random, &y));
            CHECK(pairs[1] == (answers[n].words[2] | (uint64_t)answers[n].words[3] << 32));
            random.position--;
            y = NHWC_TENSOR(NHWC_UINT8, bytes, 4);
            CHECK_OK(nhwc_random_bits(&context, &random, &y));
            CHECK(bytes[1] == (answers[n].words[1] & 0xFF) && bytes[3] == (answers[n].words[3] & 0xFF));
        }
}

/* Far from the beginning the lower half of the counter overflows into the upper one. */
static void test_position(void **state)
{
    (void)state;
    static uint32_t all[4096], part[4];
    nhwc_tensor y = NHWC_TENSOR(NHWC_INT32, all, 4096), one = NHWC_TENSOR(NHWC_INT32, part, 4);
    nhwc_random random = {.seed = 5, .position = 0xFFFFFF00};
    CHECK_OK(nhwc_random_bits(NULL, &random, &y));
    for (uint64_t block = 0; block < 1024; block++) {
        random.position = 0xFFFFFF00 + block;
        CHECK_OK(nhwc_random_bits(NULL, &random, &one));
        CHECK(memcmp(part, all + 4 * block, sizeof part) == 0);
    }
}

/* ---- All operations ------------------------------------------------------------------------- */

typedef nhwc_status draw_function(const nhwc_context *, nhwc_random *, nhwc_tensor *y);

static nhwc_status uniform(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y)
{
    return nhwc_random_uniform(context, random, -0.5, 2.25, y);
}

static nhwc_status normal(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y)
{
    return nhwc_random_normal(context, random, 0, 1, y);
}

static nhwc_status moved_normal(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y)
{
    return nhwc_random_normal(context, random, 0.7, 0.3, y);
}

static nhwc_status truncated(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y)
{
    return nhwc_random_truncated_normal(context, random, 0, 1, y);
}

static nhwc_status integers(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y)
{
    return nhwc_random_integers(context, random, 3, 200, y);
}

static nhwc_status bernoulli(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y)
{
    return nhwc_random_bernoulli(context, random, 0.3, y);
}

static nhwc_status he_normal(const nhwc_context *context, nhwc_random *random, nhwc_tensor *y)
{
    return nhwc_he_normal(context, random, NHWC_FANS_KERAS, y);
}

static const struct {
    draw_function *draw;
    nhwc_dtype dtype;
    int words;
    uint64_t recorded; /* the hash of a thousand elements, on every machine */
} draws[] = {
    {nhwc_random_bits, NHWC_INT32, 1, 0x153289BABF23D163},
    {nhwc_random_bits, NHWC_INT64, 2, 0x78F7D9B0370A6100},
    {nhwc_random_bits, NHWC_UINT8, 1, 0x2437D6F782CCE34C},
    {uniform, NHWC_FLOAT32, 1, 0x05B704D438AD6D82},
    {uniform, NHWC_FLOAT64, 2, 0xF493C9AF6B1A55A2},
    {normal, NHWC_FLOAT32, 1, 0x08AFEE8AF05E019A},
    {normal, NHWC_FLOAT64, 2, 0xB3F37FB91EC622A9},
    {moved_normal, NHWC_FLOAT32, 1, 0x70F62C90BEF29E11},
    {truncated, NHWC_FLOAT32, 1, 0xD5F92A7C0CE863C7},
    {truncated, NHWC_FLOAT64, 2, 0xD1C291D141C76B06},
    {he_normal, NHWC_FLOAT32, 1, 0x30320256F282ED5C},
    {integers, NHWC_INT32, 2, 0x0CD23D8595F9181E},
    {integers, NHWC_INT64, 2, 0x0CD23D8595F9181E},
    {integers, NHWC_UINT8, 2, 0x0CD23D8595F9181E},
    {bernoulli, NHWC_BOOL, 1, 0x9AC7D2B8228D83B8},
    {nhwc_random_permutation, NHWC_INT64, 2, 0xD311AE32052E4131},
};

/* FNV-1a of the elements' bits, lowest byte first. */
static uint64_t hash_of(const nhwc_tensor *tensor)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (int64_t i = 0, count = element_count(tensor); i < count; i++) {
        const double value = element_get(tensor, i);
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        for (int byte = 0; byte < 8; byte++)
            hash = (hash ^ (bits >> 8 * byte & 0xFF)) * 0x100000001B3u;
    }
    return hash;
}

static void test_recorded_bits(void **state)
{
    (void)state;
    const int64_t length = 20011;
    for (size_t n = 0; n < COUNT(draws); n++)
        for (size_t i = 0; i < COUNT(isas); i++) {
            const nhwc_context context = {.isa = isas[i]};
            nhwc_random random = {42, 1, 9};
            if (!nhwc_isa_available(isas[i]))
                continue;
            nhwc_tensor y = guarded_tensor(draws[n].dtype, 1, &length, 0);
            CHECK_OK(draws[n].draw(&context, &random, &y));
            CHECK(random.position == 9 + (uint64_t)(length * draws[n].words + 3) / 4);
            if (hash_of(&y) != draws[n].recorded)
                fail_msg("row %d with %s: the hash is 0x%016llX", (int)n, nhwc_isa_string(isas[i]),
                         (unsigned long long)hash_of(&y));
            guarded_check();
            guarded_release();
        }
}

/* Neither threads nor strides are seen in the numbers. */
static void test_threads_and_views(void **state)
{
    (void)state;
    const int64_t dims[] = {3, 41, 7, 101}, length = 3 * 41 * 7 * 101;
    for (size_t n = 0; n < COUNT(draws); n++) {
        const bool is_row = draws[n].draw == nhwc_random_permutation;
        nhwc_random first = {7, 2, 5};
        nhwc_tensor dense = guarded_tensor(draws[n].dtype, is_row ? 1 : 4, is_row ? &length : dims, 0);
        CHECK_OK(draws[n].draw(NULL, &first, &dense));
        for (int threads = 2; threads <= 5; threads++) {
            nhwc_pool *pool;
            CHECK_OK(nhwc_pool_create(NULL, threads, &pool));
            const nhwc_context context = {
                .threads = threads, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
            nhwc_random random = {7, 2, 5};
            nhwc_tensor y = guarded_tensor(draws[n].dtype, dense.rank, dense.dims, threads % 2 ? 0 : 3);
            nhwc_tensor whole = guarded_tensor(draws[n].dtype, 4, (int64_t[]){101, 41, 3, 7}, 2);
            if (threads == 5 && !is_row)
                CHECK_OK(nhwc_transpose(&whole, (int[]){2, 1, 3, 0}, &y));
            CHECK_OK(draws[n].draw(&context, &random, &y));
            CHECK(same_elements(&dense, &y) && random.position == first.position);
            nhwc_pool_destroy(pool);
        }
        guarded_check();
        guarded_release();
    }
}

static void test_empty(void **state)
{
    (void)state;
    for (size_t n = 0; n < COUNT(draws); n++) {
        nhwc_random random = {1, 2, 3};
        nhwc_tensor y = NHWC_TENSOR(draws[n].dtype, NULL, 0);
        CHECK_OK(draws[n].draw(NULL, &random, &y));
        CHECK(random.position == 3);
    }
}

/* ---- Distributions -------------------------------------------------------------------------- */

#ifdef EMULATED
#define SAMPLES (1 << 15)
#else
#define SAMPLES (1 << 18)
#endif
#define BINS    64

typedef double cumulative(double x);

static double uniform_below(double x)
{
    return x < -0.5 ? 0 : x > 2.25 ? 1 : (x + 0.5) / 2.75;
}

static double normal_below(double x)
{
    return erfc(-x * 0.70710678118654752440) / 2;
}

static double truncated_below(double x)
{
    return x < -2 ? 0 : x > 2 ? 1 : (normal_below(x) - normal_below(-2)) / (normal_below(2) - normal_below(-2));
}

/* Seeds are fixed, so thresholds of 5 standard deviations of each statistic are met for good. */
static void check_distribution(const nhwc_tensor *y, cumulative *below)
{
    const double expected = (double)SAMPLES / BINS;
    double chi = 0, together = 0, next = 0, mean = 0, squares = 0, last = 0.5;
    int64_t bins[BINS] = {0};
    for (int64_t i = 0; i < SAMPLES; i++) {
        const double u = below(element_get(y, i)); /* uniform, if the distribution is the right one */
        CHECK(u >= 0 && u <= 1);
        bins[u < 1 ? (int)(u * BINS) : BINS - 1]++;
        mean += u - 0.5;
        squares += (u - 0.5) * (u - 0.5);
        next += (u - 0.5) * (last - 0.5);
        together += i >= 64 ? (u - 0.5) * (below(element_get(y, i - 64)) - 0.5) : 0;
        last = u;
    }
    for (int i = 0; i < BINS; i++)
        chi += ((double)bins[i] - expected) * ((double)bins[i] - expected) / expected;
    CHECK(fabs(chi - (BINS - 1)) < 5 * sqrt(2.0 * (BINS - 1)));
    CHECK(fabs(mean / SAMPLES) < 5 * sqrt(1.0 / 12 / SAMPLES));
    CHECK(fabs(squares / SAMPLES - 1.0 / 12) < 5 * sqrt(1.0 / 180 / SAMPLES));
    CHECK(fabs(next / SAMPLES) < 5.0 / 12 / sqrt(SAMPLES) && fabs(together / SAMPLES) < 5.0 / 12 / sqrt(SAMPLES));
}

static void test_distributions(void **state)
{
    (void)state;
    static const struct {
        draw_function *draw;
        cumulative *below;
        double least, most;
    } rows[] = {
        {uniform, uniform_below, -0.5, 2.25}, {normal, normal_below, -8.3, 8.3}, {truncated, truncated_below, -2, 2}};
    for (size_t n = 0; n < COUNT(rows); n++)
        for (size_t d = 0; d < COUNT(floats); d++) {
            nhwc_random random = {2026, 0, 0};
            nhwc_tensor y;
            CHECK_OK(nhwc_tensor_create(NULL, floats[d], 1, (int64_t[]){SAMPLES}, &y));
            for (int round = 0; round < 2; round++) {
                CHECK_OK(rows[n].draw(NULL, &random, &y));
                check_distribution(&y, rows[n].below);
            }
            for (int64_t i = 0; i < SAMPLES; i++)
                CHECK(element_get(&y, i) >= rows[n].least && element_get(&y, i) <= rows[n].most);
            nhwc_tensor_destroy(NULL, &y);
        }
}

/* Each z is the number below which u lies: u from the words, below z by libm's erfc. In float32 z may be off by some
 * units in the last place, which is density * |z| times as much of u. */
static void test_normal_is_inverse(void **state)
{
    (void)state;
    static uint32_t words[2 * 4096];
    static float single[2 * 4096];
    static double real[4096];
    nhwc_random random = {3, 0, 0};
    nhwc_tensor y = NHWC_TENSOR(NHWC_INT32, words, 2 * 4096);
    CHECK_OK(nhwc_random_bits(NULL, &random, &y));
    random.position = 0;
    y = NHWC_TENSOR(NHWC_FLOAT32, single, 2 * 4096);
    CHECK_OK(nhwc_random_normal(NULL, &random, 0, 1, &y));
    random.position = 0;
    y = NHWC_TENSOR(NHWC_FLOAT64, real, 4096);
    CHECK_OK(nhwc_random_normal(NULL, &random, 0, 1, &y));
    for (int i = 0; i < 2 * 4096; i++) {
        const double beyond = (2147483647.5 - (words[i] & INT32_MAX)) * 0x1p-32, z = fabs(single[i]);
        CHECK((single[i] < 0) == (words[i] >> 31));
        CHECK(fabs(normal_below(-z) - beyond) < 3e-7 * (z + 1e-3) * exp(-z * z / 2));
    }
    for (int i = 0; i < 4096; i++) {
        const uint32_t upper = words[2 * i + 1] & INT32_MAX;
        const double bits = (double)(upper >> 5) * 0x1p26 + (words[2 * i] >> 6), z = fabs(real[i]);
        const double beyond = (0x1p52 - bits - 0.5) * 0x1p-53;
        CHECK((real[i] < 0) == (words[2 * i + 1] >> 31));
        CHECK(fabs(normal_below(-z) - beyond) < 1e-15 * (z + 0.5) * exp(-z * z / 2));
    }
}

/* Never `high`, whatever is rounded. */
static void test_uniform_ends(void **state)
{
    (void)state;
    static float data[100000];
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, data, 100000);
    nhwc_random random = {.seed = 1};
    CHECK_OK(nhwc_random_uniform(NULL, &random, 16777214, 16777216, &y));
    for (int i = 0; i < 100000; i++)
        CHECK(data[i] == 16777214 || data[i] == 16777215);
    CHECK_OK(nhwc_random_uniform(NULL, &random, 3, 3, &y));
    CHECK(data[0] == 3 && data[99999] == 3);
    CHECK_OK(nhwc_random_normal(NULL, &random, 3, 0, &y));
    CHECK(data[0] == 3 && data[99999] == 3);
}

static void test_integers(void **state)
{
    (void)state;
    static int64_t data[1 << 16];
    nhwc_tensor y = NHWC_TENSOR(NHWC_INT64, data, 1 << 16);
    nhwc_random random = {.seed = 4};
    int64_t counts[7] = {0}, upper = 0;
    double chi = 0;
    CHECK_OK(nhwc_random_integers(NULL, &random, -3, 4, &y));
    for (int i = 0; i < 1 << 16; i++) {
        CHECK(data[i] >= -3 && data[i] < 4);
        counts[data[i] + 3]++;
    }
    for (int i = 0; i < 7; i++)
        chi += ((double)counts[i] - 65536 / 7.0) * ((double)counts[i] - 65536 / 7.0) / (65536 / 7.0);
    CHECK(chi < 6 + 5 * sqrt(12));
    /* Of three quarters of all numbers, a remainder would make the lowest third twice as likely. */
    CHECK_OK(nhwc_random_integers(NULL, &random, INT64_MIN, INT64_MAX / 2 + 1, &y));
    for (int i = 0; i < 1 << 16; i++) {
        CHECK(data[i] <= INT64_MAX / 2);
        upper += data[i] >= INT64_MIN / 2;
    }
    CHECK(fabs((double)upper - 65536 * 2 / 3.0) < 5 * sqrt(65536 * 2 / 9.0));
}

static void test_bernoulli(void **state)
{
    (void)state;
    static unsigned char data[SAMPLES];
    nhwc_tensor y = NHWC_TENSOR(NHWC_BOOL, data, SAMPLES);
    const double chances[] = {0, 0.001, 0.25, 0.8, 1};
    for (size_t n = 0; n < COUNT(chances); n++) {
        nhwc_random random = {.seed = 8};
        int64_t count = 0;
        CHECK_OK(nhwc_random_bernoulli(NULL, &random, chances[n], &y));
        for (int i = 0; i < SAMPLES; i++) {
            CHECK(data[i] <= 1);
            count += data[i];
        }
        CHECK(fabs((double)count - chances[n] * SAMPLES) <= 5 * sqrt(chances[n] * (1 - chances[n]) * SAMPLES));
    }
}

/* All orders of four come equally often; long ones have every index once. */
static void test_permutation(void **state)
{
    (void)state;
    static int64_t data[5000];
    static bool seen[5000];
    int64_t counts[256] = {0};
    int orders = 0;
    double chi = 0;
    nhwc_random random = {.seed = 6};
    nhwc_tensor y = NHWC_TENSOR(NHWC_INT64, data, 4);
    for (int round = 0; round < 24 * 500; round++) {
        CHECK_OK(nhwc_random_permutation(NULL, &random, &y));
        counts[data[0] * 64 + data[1] * 16 + data[2] * 4 + data[3]]++;
    }
    for (int i = 0; i < 256; i++)
        if (counts[i] > 0) {
            orders++;
            chi += ((double)counts[i] - 500) * ((double)counts[i] - 500) / 500;
        }
    CHECK(orders == 24 && chi < 23 + 5 * sqrt(46));
    y = NHWC_TENSOR(NHWC_INT64, data, 5000);
    CHECK_OK(nhwc_random_permutation(NULL, &random, &y));
    for (int i = 0; i < 5000; i++) {
        CHECK(data[i] >= 0 && data[i] < 5000 && !seen[data[i]]);
        seen[data[i]] = true;
    }
}

/* A shuffled arange is the permutation, of every dtype. */
static void test_shuffle(void **state)
{
    (void)state;
    static int64_t order[200];
    nhwc_random random = {.seed = 9};
    nhwc_tensor y = NHWC_TENSOR(NHWC_INT64, order, 200);
    CHECK_OK(nhwc_random_permutation(NULL, &random, &y));
    for (nhwc_dtype dtype = NHWC_FLOAT32; dtype < NHWC_BOOL; dtype++) {
        nhwc_tensor whole = guarded_tensor(dtype, 2, (int64_t[]){200, 3}, 0);
        nhwc_tensor row = {.dtype = dtype, .rank = 1, .dims = {200}, .strides = {3}, .data = whole.data};
        nhwc_random again = {.seed = 9};
        CHECK_OK(nhwc_arange(NULL, 0, 1, &row));
        CHECK_OK(nhwc_random_shuffle(NULL, &again, &row));
        for (int i = 0; i < 200; i++)
            CHECK(element_get(&row, i) == (double)order[i] && element_get(&whole, 3 * i + 1) == 0);
        guarded_check();
        guarded_release();
    }
}

/* ---- Initialisers --------------------------------------------------------------------------- */

/* The limits of Keras, passed to the distributions, give the same numbers. */
static void test_initializers(void **state)
{
    (void)state;
    for (size_t n = 0; n < COUNT(golden_initializers); n++)
        for (size_t d = 0; d < COUNT(floats); d++) {
            const golden_initializer *c = &golden_initializers[n];
            nhwc_random one = {.seed = n}, other = {.seed = n};
            nhwc_tensor y = guarded_tensor(floats[d], c->rank, c->dims, 0);
            nhwc_tensor wanted = guarded_tensor(floats[d], c->rank, c->dims, 0);
            CHECK_OK(c->initialize(NULL, &one, NHWC_FANS_KERAS, &y));
            if (c->is_uniform)
                CHECK_OK(nhwc_random_uniform(NULL, &other, -c->limit, c->limit, &wanted));
            else
                CHECK_OK(nhwc_random_truncated_normal(NULL, &other, 0, c->limit, &wanted));
            for (int64_t i = 0; i < element_count(&y); i++)
                CHECK(fabs(element_get(&y, i) - element_get(&wanted, i)) <= 1e-6 * c->limit);
            guarded_release();
        }
}

/* He's variance, 2 / fan in, of the filters of other layers; a normal one's own is 1 after it is truncated. */
static void test_fans(void **state)
{
    (void)state;
    static const struct {
        nhwc_fans fans;
        double in;
    } rows[] = {{NHWC_FANS_KERAS, 9 * 100}, {NHWC_FANS_TRANSPOSE, 9 * 50}, {NHWC_FANS_DEPTHWISE, 9}};
    for (size_t n = 0; n < COUNT(rows); n++)
        for (int is_normal = 0; is_normal < 2; is_normal++) {
            nhwc_random random = {.seed = 12};
            double squares = 0;
            nhwc_tensor y;
            CHECK_OK(nhwc_tensor_create(NULL, NHWC_FLOAT32, 4, (int64_t[]){3, 3, 100, 50}, &y));
            CHECK_OK((is_normal ? nhwc_he_normal : nhwc_he_uniform)(NULL, &random, rows[n].fans, &y));
            for (int64_t i = 0; i < 45000; i++)
                squares += element_get(&y, i) * element_get(&y, i);
            CHECK(fabs(squares / 45000 * rows[n].in / 2 - 1) < 5 * sqrt(1.2 / 45000)); /* kurtosis - 1 < 1.2 */
            nhwc_tensor_destroy(NULL, &y);
        }
}

/* ---- Dropout -------------------------------------------------------------------------------- */

static void test_dropout(void **state)
{
    (void)state;
    const int64_t dims[] = {4, 9, 31};
    for (size_t d = 0; d < COUNT(floats); d++)
        for (int kind = 0; kind < 3; kind++) { /* dense, views, in place */
            nhwc_random random = {.seed = 5}, copy = random;
            uint64_t seed = 1;
            nhwc_tensor x = guarded_tensor(floats[d], 3, dims, kind == 1 ? 2 : 0);
            nhwc_tensor given = guarded_tensor(floats[d], 3, dims, 0);
            nhwc_tensor y = kind == 2 ? x : guarded_tensor(floats[d], 3, dims, kind);
            nhwc_tensor mask = guarded_tensor(NHWC_BOOL, 3, dims, kind), drawn = guarded_tensor(NHWC_BOOL, 3, dims, 0);
            fill_reals(&x, &seed);
            element_set(&x, 3, NAN);
            element_set(&x, 4, INFINITY);
            CHECK_OK(nhwc_copy(NULL, &x, &given));
            CHECK_OK(nhwc_dropout(NULL, &random, &x, 0.75, &mask, &y));
            CHECK_OK(nhwc_random_bernoulli(NULL, &copy, 0.25, &drawn));
            CHECK(same_elements(&mask, &drawn) && random.position == copy.position);
            for (int64_t i = 0; i < element_count(&x); i++) {
                const double wanted = element_get(&mask, i) != 0 ? 4 * element_get(&given, i) : 0;
                CHECK(element_get(&y, i) == wanted || (wanted != wanted && element_get(&y, i) != element_get(&y, i)));
            }
            CHECK_OK(nhwc_copy(NULL, &given, &x));
            CHECK_OK(nhwc_dropout_backprop(NULL, &x, &mask, 0.75, kind == 2 ? &x : &y));
            for (int64_t i = 5; i < element_count(&x); i++)
                CHECK(element_get(&y, i) == (element_get(&mask, i) != 0 ? 4 * element_get(&given, i) : 0));
            guarded_check();
            guarded_release();
        }
    float x[] = {1, NAN, 3}, y[3];
    unsigned char kept[3];
    nhwc_tensor x_view = NHWC_TENSOR(NHWC_FLOAT32, x, 3), y_view = NHWC_TENSOR(NHWC_FLOAT32, y, 3);
    nhwc_tensor mask = NHWC_TENSOR(NHWC_BOOL, kept, 3);
    nhwc_random random = {.seed = 1};
    CHECK_OK(nhwc_dropout(NULL, &random, &x_view, 1, &mask, &y_view));
    CHECK(y[0] == 0 && y[1] == 0 && y[2] == 0);
    CHECK_OK(nhwc_dropout(NULL, &random, &x_view, 0, &mask, &y_view));
    CHECK(y[0] == 1 && y[1] != y[1] && y[2] == 3);
}

/* Keras' numbers from its masks, also of NaN and infinities; the derivative is the same function. */
static void test_golden_dropout(void **state)
{
    (void)state;
    const int64_t dims[] = {4, 15};
    for (size_t g = 0; g < COUNT(golden_dropouts); g++)
        for (int k = 0; k < 4; k++) {
            const golden_dropout *golden = &golden_dropouts[g];
            const nhwc_tensor x = guarded_tensor(floats[k % 2], 2, dims, k);
            const nhwc_tensor dy = guarded_tensor(floats[k % 2], 2, dims, 0);
            const nhwc_tensor mask = guarded_tensor(NHWC_BOOL, 2, dims, k);
            nhwc_tensor y = guarded_tensor(floats[k % 2], 2, dims, 1), dx = guarded_tensor(floats[k % 2], 2, dims, 0);
            for (int i = 0; i < 60; i++) {
                element_set(&x, i, golden_dropped[i]);
                element_set(&dy, i, golden_dy[i]);
                element_set(&mask, i, golden->mask[i]);
            }
            CHECK_OK(nhwc_dropout_backprop(NULL, &x, &mask, golden->rate, &y)); /* forward once the mask is there */
            CHECK_OK(nhwc_dropout_backprop(NULL, &dy, &mask, golden->rate, &dx));
            for (int i = 0; i < 60; i++) {
                const double tolerance = k % 2 ? 1e-15 : 2e-7, v = golden->y[i], given = element_get(&y, i);
                CHECK(given == v || (given != given && v != v) || fabs(given - v) <= tolerance * fabs(v));
                CHECK(fabs(element_get(&dx, i) - golden->dx[i]) <= tolerance * fabs(golden->dx[i]));
            }
            guarded_check();
            guarded_release();
        }
}

/* The gradient against differences: the same mask is drawn from the same place. */
static void test_dropout_differences(void **state)
{
    (void)state;
    enum { N = 40 };
    const double h = 1e-6;
    uint64_t seed = 3;
    double x_data[N] = {0}, dy_data[N] = {0}, dx_data[N] = {0}, y_data[2][N] = {{0}};
    unsigned char kept[N] = {0};
    nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT64, x_data, N), dy = NHWC_TENSOR(NHWC_FLOAT64, dy_data, N);
    nhwc_tensor dx = NHWC_TENSOR(NHWC_FLOAT64, dx_data, N), mask = NHWC_TENSOR(NHWC_BOOL, kept, N);
    fill_reals(&x, &seed);
    fill_reals(&dy, &seed);
    for (int k = 0; k < 2; k++) {
        nhwc_random random = {.seed = 6};
        nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT64, y_data[k], N);
        for (int i = 0; i < N; i++)
            x_data[i] += k ? -2 * h : h;
        CHECK_OK(nhwc_dropout(NULL, &random, &x, 0.3, &mask, &y));
    }
    CHECK_OK(nhwc_dropout_backprop(NULL, &dy, &mask, 0.3, &dx));
    for (int i = 0; i < N; i++)
        CHECK(fabs(dx_data[i] - (y_data[0][i] - y_data[1][i]) / (2 * h) * dy_data[i]) < 1e-8);
}

static void test_dropout_threads(void **state)
{
    (void)state;
    const int64_t dims[] = {50, 40, 31};
    uint64_t seed = 2;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, 3, &pool));
    const nhwc_context threads = {.threads = 3, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t d = 0; d < COUNT(floats) && nhwc_isa_available(isas[i]); d++) {
            nhwc_tensor x = guarded_tensor(floats[d], 3, dims, 0), results[2], masks[2];
            fill_reals(&x, &seed);
            for (int k = 0; k < 2; k++) {
                nhwc_random random = {.seed = 8};
                const nhwc_context context = {.isa = isas[i]};
                results[k] = guarded_tensor(floats[d], 3, dims, k);
                masks[k] = guarded_tensor(NHWC_BOOL, 3, dims, k);
                CHECK_OK(nhwc_dropout(k ? &threads : &context, &random, &x, 0.3, &masks[k], &results[k]));
            }
            CHECK(same_elements(&results[0], &results[1]) && same_elements(&masks[0], &masks[1]));
            guarded_check();
            guarded_release();
        }
    nhwc_pool_destroy(pool);
}

/* No elements, and no axes. */
static void test_dropout_shapes(void **state)
{
    (void)state;
    nhwc_random random = {.seed = 4}, before = random;
    const int64_t dims[] = {2, 0, 3};
    nhwc_tensor x = nhwc_tensor_view(NHWC_FLOAT64, NULL, 3, dims), mask = nhwc_tensor_view(NHWC_BOOL, NULL, 3, dims);
    CHECK_OK(nhwc_dropout(NULL, &random, &x, 0.5, &mask, &x));
    CHECK_OK(nhwc_dropout_backprop(NULL, &x, &mask, 0.5, &x));
    CHECK(random.position == before.position);
    double number = 3, out = 7;
    unsigned char kept = 0;
    const nhwc_tensor one = {.dtype = NHWC_FLOAT64, .data = &number};
    nhwc_tensor y = {.dtype = NHWC_FLOAT64, .data = &out}, drawn = {.dtype = NHWC_BOOL, .data = &kept};
    CHECK_OK(nhwc_dropout(NULL, &random, &one, 0, &drawn, &y));
    CHECK(out == 3 && kept == 1);
    CHECK_OK(nhwc_dropout(NULL, &random, &one, 1, &drawn, &y));
    CHECK(out == 0 && kept == 0 && number == 3);
}

/* ---- Rejections ----------------------------------------------------------------------------- */

static void test_rejections(void **state)
{
    (void)state;
    float data[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    int32_t numbers[4] = {7, 7, 7, 7};
    unsigned char bytes[4] = {7, 7, 7, 7};
    nhwc_random random = {1, 2, 3};
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, data, 4), repeated = y, ints = NHWC_TENSOR(NHWC_INT32, numbers, 4);
    nhwc_tensor mask = NHWC_TENSOR(NHWC_BOOL, bytes, 4), small = NHWC_TENSOR(NHWC_UINT8, bytes, 4);
    nhwc_tensor square = NHWC_TENSOR(NHWC_INT64, data, 2, 2), shifted = NHWC_TENSOR(NHWC_FLOAT32, data + 2, 4);
    nhwc_tensor short_mask = NHWC_TENSOR(NHWC_BOOL, bytes, 3), inside = NHWC_TENSOR(NHWC_BOOL, data, 4);
    repeated.strides[0] = 0;
    CHECK_FAILS(nhwc_random_uniform(NULL, NULL, 0, 1, &y), NHWC_ERROR_ARGUMENT, "random_uniform: random is NULL");
    CHECK_FAILS(nhwc_random_uniform(NULL, &random, 0, 1, NULL), NHWC_ERROR_ARGUMENT, "y is NULL");
    CHECK_FAILS(nhwc_random_uniform(NULL, &random, 0, 1, &repeated), NHWC_ERROR_ALIAS, "y is written");
    CHECK_FAILS(nhwc_random_uniform(NULL, &random, 0, 1, &ints), NHWC_ERROR_DTYPE, "random_uniform: y");
    CHECK_FAILS(nhwc_random_uniform(NULL, &random, 2, 1, &y), NHWC_ERROR_ARGUMENT, "low is 2", "high 1");
    CHECK_FAILS(nhwc_random_uniform(NULL, &random, -3e38, 3e38, &y), NHWC_ERROR_ARGUMENT, "difference");
    CHECK_FAILS(nhwc_random_uniform(NULL, &random, NAN, 1, &y), NHWC_ERROR_ARGUMENT, "low is");
    CHECK_FAILS(nhwc_random_normal(NULL, &random, 0, -1, &y), NHWC_ERROR_ARGUMENT, "stddev -1");
    CHECK_FAILS(nhwc_random_truncated_normal(NULL, &random, INFINITY, 1, &y), NHWC_ERROR_ARGUMENT, "mean is inf");
    CHECK_FAILS(nhwc_random_integers(NULL, &random, 5, 5, &ints), NHWC_ERROR_ARGUMENT, "low is 5", "high 5");
    CHECK_FAILS(nhwc_random_integers(NULL, &random, 0, 257, &small), NHWC_ERROR_ARGUMENT, "0 to 256", "uint8");
    CHECK_FAILS(nhwc_random_integers(NULL, &random, 0, 2, &y), NHWC_ERROR_DTYPE, "float32");
    CHECK_FAILS(nhwc_random_bits(NULL, &random, &mask), NHWC_ERROR_DTYPE, "bool");
    CHECK_FAILS(nhwc_random_bernoulli(NULL, &random, 1.5, &mask), NHWC_ERROR_ARGUMENT, "probability is 1.5", "0 to 1");
    CHECK_FAILS(nhwc_random_bernoulli(NULL, &random, 0.5, &small), NHWC_ERROR_DTYPE, "y is uint8");
    CHECK_FAILS(nhwc_random_permutation(NULL, &random, &ints), NHWC_ERROR_DTYPE, "int32", "int64");
    CHECK_FAILS(nhwc_random_permutation(NULL, &random, &square), NHWC_ERROR_RANK, "rank 2", "1 axis");
    CHECK_FAILS(nhwc_random_shuffle(NULL, &random, &square), NHWC_ERROR_RANK, "rank 2");
    CHECK_FAILS(nhwc_he_normal(NULL, &random, (nhwc_fans)9, &y), NHWC_ERROR_ARGUMENT, "he_normal: fans is 9");
    CHECK_FAILS(nhwc_he_normal(NULL, &random, NHWC_FANS_DEPTHWISE, &y), NHWC_ERROR_RANK, "rank 1", "4 axes");
    CHECK_FAILS(nhwc_random_normal(&(nhwc_context){.isa = (nhwc_isa)77}, &random, 0, 1, &y), NHWC_ERROR_ARGUMENT,
                "isa");
    CHECK_FAILS(nhwc_dropout(NULL, NULL, &y, 0.5, &mask, &y), NHWC_ERROR_ARGUMENT, "random is NULL");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &y, -0.5, &mask, &y), NHWC_ERROR_ARGUMENT, "rate is -0.5");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &y, 0.5, &short_mask, &y), NHWC_ERROR_SHAPE, "mask is [3]", "[4]");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &y, 0.5, &small, &y), NHWC_ERROR_DTYPE, "mask is uint8");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &y, 0.5, &mask, &shifted), NHWC_ERROR_ALIAS, "x");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &y, 0.5, &inside, &y), NHWC_ERROR_ALIAS, "mask");
    CHECK_FAILS(nhwc_dropout_backprop(NULL, &y, NULL, 0.5, &y), NHWC_ERROR_ARGUMENT, "mask is NULL");
    CHECK_FAILS(nhwc_dropout_backprop(NULL, &ints, &mask, 0.5, &ints), NHWC_ERROR_DTYPE, "dy");
    const double doubles[4] = {0};
    const nhwc_tensor other = NHWC_TENSOR(NHWC_FLOAT32, data + 4, 4), wide = NHWC_TENSOR(NHWC_FLOAT64, doubles, 4);
    nhwc_tensor few = NHWC_TENSOR(NHWC_FLOAT32, data, 3), twins = mask;
    twins.strides[0] = 0;
    CHECK_FAILS(nhwc_dropout(NULL, &random, NULL, 0.5, &mask, &y), NHWC_ERROR_ARGUMENT, "dropout: x is NULL");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &y, 0.5, &mask, NULL), NHWC_ERROR_ARGUMENT, "dropout: ");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &y, 0.5, NULL, &y), NHWC_ERROR_ARGUMENT, "dropout: mask is NULL");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &y, NAN, &mask, &y), NHWC_ERROR_ARGUMENT, "rate is");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &other, 0.5, &mask, &few), NHWC_ERROR_OUTPUT_SHAPE, "[3]", "[4]");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &wide, 0.5, &mask, &y), NHWC_ERROR_DTYPE, "float64");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &other, 0.5, &mask, &repeated), NHWC_ERROR_ALIAS, "is written");
    CHECK_FAILS(nhwc_dropout(NULL, &random, &other, 0.5, &twins, &y), NHWC_ERROR_ALIAS, "mask is written");
    CHECK_FAILS(nhwc_dropout_backprop(NULL, NULL, &mask, 0.5, &y), NHWC_ERROR_ARGUMENT, "dropout_backprop: dy is NULL");
    CHECK_FAILS(nhwc_dropout_backprop(NULL, &other, &mask, 1.5, &y), NHWC_ERROR_ARGUMENT, "rate is 1.5");
    CHECK_FAILS(nhwc_dropout_backprop(NULL, &other, &short_mask, 0.5, &y), NHWC_ERROR_SHAPE, "mask is [3]");
    CHECK_FAILS(nhwc_dropout_backprop(NULL, &other, &small, 0.5, &y), NHWC_ERROR_DTYPE, "mask is uint8");
    CHECK_FAILS(nhwc_dropout_backprop(NULL, &other, &inside, 0.5, &y), NHWC_ERROR_ALIAS, "mask");
    CHECK_FAILS(nhwc_dropout_backprop(NULL, &y, &mask, 0.5, &shifted), NHWC_ERROR_ALIAS, "dy");
    for (int i = 0; i < 8; i++)
        CHECK(data[i] == 7 && numbers[i % 4] == 7 && bytes[i % 4] == 7);
    CHECK(random.seed == 1 && random.stream == 2 && random.position == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),     cmocka_unit_test(test_position),
        cmocka_unit_test(test_recorded_bits),     cmocka_unit_test(test_threads_and_views),
        cmocka_unit_test(test_empty),             cmocka_unit_test(test_distributions),
        cmocka_unit_test(test_normal_is_inverse), cmocka_unit_test(test_uniform_ends),
        cmocka_unit_test(test_integers),          cmocka_unit_test(test_bernoulli),
        cmocka_unit_test(test_permutation),       cmocka_unit_test(test_shuffle),
        cmocka_unit_test(test_initializers),      cmocka_unit_test(test_fans),
        cmocka_unit_test(test_dropout),           cmocka_unit_test(test_rejections),
        cmocka_unit_test(test_golden_dropout),    cmocka_unit_test(test_dropout_differences),
        cmocka_unit_test(test_dropout_shapes),    cmocka_unit_test(test_dropout_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
