/* Normalisation: Keras' and PyTorch's numbers, sums that are those of reduce, folded convolutions, finite differences,
 * views, threads, instruction sets, rejections. */
#include <math.h>
#include <nhwc/math.h>
#include <nhwc/nn.h>

#include "golden/nn_golden.h"
#include "support/array_case.h"
#include "support/bits.h"
#include "support/check.h"
#include "support/each.h"
#include "support/failing_allocator.h"
#include "support/fill.h"

static nhwc_tensor tensor_of(nhwc_dtype dtype, int rank, const int64_t *dims, int64_t gap, const double *values)
{
    const nhwc_tensor tensor = guarded_tensor(dtype, rank, dims, gap);
    for (int64_t i = 0; i < element_count(&tensor); i++)
        element_set(&tensor, i, values ? values[i] : 77);
    return tensor;
}

static void check_close(const nhwc_tensor *given, const double *wanted)
{
    const double tolerance = given->dtype == NHWC_FLOAT32 ? 3e-6 : 1e-13;
    for (int64_t i = 0; i < element_count(given); i++)
        if (!(fabs(element_get(given, i) - wanted[i]) <= tolerance * fmax(1, fabs(wanted[i]))))
            fail_msg("element %d is %.17g, not %.17g", (int)i, element_get(given, i), wanted[i]);
}

/* ---- Golden numbers ------------------------------------------------------------------------- */

static void check_batch_norm(const nhwc_context *context, const golden_batch_norm *g, nhwc_dtype dtype, int64_t gap)
{
    const int64_t dims[] = {4, 3, 5}, c[] = {5};
    const nhwc_tensor x = tensor_of(dtype, 3, dims, gap, golden_x), dy = tensor_of(dtype, 3, dims, 0, golden_dy);
    const nhwc_tensor gamma = tensor_of(dtype, 1, c, 0, golden_gamma), beta = tensor_of(dtype, 1, c, 0, golden_beta);
    const nhwc_tensor *scale = g->scale ? &gamma : NULL, *shift = g->center ? &beta : NULL;
    nhwc_tensor average = tensor_of(dtype, 1, c, 0, golden_gamma + 5);
    nhwc_tensor average_variance = tensor_of(dtype, 1, c, 0, golden_gamma + 10);
    nhwc_tensor y = tensor_of(dtype, 3, dims, gap, NULL), dx = tensor_of(dtype, 3, dims, gap, NULL);
    nhwc_tensor mean = tensor_of(dtype, 1, c, 0, NULL), variance = tensor_of(dtype, 1, c, 0, NULL);
    nhwc_tensor dgamma = tensor_of(dtype, 1, c, 0, NULL), dbeta = tensor_of(dtype, 1, c, 0, NULL);
    CHECK_OK(nhwc_batch_norm(context, &x, &average, &average_variance, scale, shift, 0.001, &y));
    check_close(&y, g->y);
    CHECK_OK(nhwc_batch_norm_backprop(context, &dy, &x, &average, &average_variance, scale, 0.001, &dx, &dgamma,
                                      &dbeta));
    check_close(&dx, g->dx);
    if (g->scale)
        check_close(&dgamma, g->dgamma);
    if (g->center)
        check_close(&dbeta, g->dbeta);
    CHECK_OK(nhwc_batch_norm_training(context, &x, scale, shift, 0.001, &y, &mean, &variance));
    CHECK_OK(nhwc_running_average(context, &mean, 0.75, &average));
    CHECK_OK(nhwc_running_average(context, &variance, 0.75, &average_variance));
    check_close(&y, g->training_y);
    check_close(&average, g->mean);
    check_close(&average_variance, g->variance);
    CHECK_OK(nhwc_batch_norm_training_backprop(context, &dy, &x, &mean, &variance, scale, 0.001, &dx,
                                               g->scale ? &dgamma : NULL, g->center ? &dbeta : NULL));
    check_close(&dx, g->training_dx);
    if (g->scale)
        check_close(&dgamma, g->training_dgamma);
    if (g->center)
        check_close(&dbeta, g->training_dbeta);
    guarded_check();
    guarded_release();
}

static void check_layer_norm(const nhwc_context *context, const golden_layer_norm *g, nhwc_dtype dtype, int64_t gap)
{
    const int64_t dims[] = {4, 3, 5}, *line = &dims[3 - g->axes];
    const nhwc_tensor x = tensor_of(dtype, 3, dims, gap, golden_x), dy = tensor_of(dtype, 3, dims, 0, golden_dy);
    const nhwc_tensor gamma = tensor_of(dtype, g->axes, line, 0, golden_gamma);
    const nhwc_tensor beta = tensor_of(dtype, g->axes, line, 0, golden_beta);
    const nhwc_tensor *scale = g->scale ? &gamma : NULL, *shift = g->center ? &beta : NULL;
    nhwc_tensor y = tensor_of(dtype, 3, dims, gap, NULL), dx = tensor_of(dtype, 3, dims, gap, NULL);
    nhwc_tensor mean = tensor_of(dtype, 3 - g->axes, dims, 0, NULL);
    nhwc_tensor inverse = tensor_of(dtype, 3 - g->axes, dims, 0, NULL);
    nhwc_tensor dgamma = tensor_of(dtype, g->axes, line, 0, NULL), dbeta = tensor_of(dtype, g->axes, line, 0, NULL);
    CHECK_OK(nhwc_layer_norm(context, &x, g->axes, scale, shift, 0.001, &y, NULL, NULL));
    check_close(&y, g->y);
    fill_value(&y, 7);
    CHECK_OK(nhwc_layer_norm(context, &x, g->axes, scale, shift, 0.001, &y, NULL, &inverse));
    check_close(&y, g->y);
    CHECK_OK(nhwc_layer_norm(context, &x, g->axes, scale, shift, 0.001, &y, &mean, &inverse));
    CHECK_OK(nhwc_layer_norm_backprop(context, &dy, &x, g->axes, &mean, &inverse, scale, &dx,
                                      g->scale ? &dgamma : NULL, g->center ? &dbeta : NULL));
    check_close(&dx, g->dx);
    if (g->scale)
        check_close(&dgamma, g->dgamma);
    if (g->center)
        check_close(&dbeta, g->dbeta);
    guarded_check();
    guarded_release();
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t d = 0; d < COUNT(floats) && nhwc_isa_available(isas[i]); d++)
            for (int64_t gap = 0; gap < 3; gap += 2) {
                const nhwc_context context = {.isa = isas[i]};
                for (size_t g = 0; g < COUNT(golden_batch_norms); g++)
                    check_batch_norm(&context, &golden_batch_norms[g], floats[d], gap);
                for (size_t g = 0; g < COUNT(golden_layer_norms); g++)
                    check_layer_norm(&context, &golden_layer_norms[g], floats[d], gap);
            }
}

static void test_torch(void **state)
{
    (void)state;
    const int64_t dims[] = {4, 3, 5}, c[] = {5}, one[] = {1};
    for (size_t d = 0; d < COUNT(floats); d++) {
        const nhwc_tensor x = tensor_of(floats[d], 3, dims, 0, golden_x);
        const nhwc_tensor beta = tensor_of(floats[d], 1, c, 0, golden_beta);
        const nhwc_tensor gamma = tensor_of(floats[d], 1, c, 0, golden_gamma);
        const nhwc_tensor correction = tensor_of(floats[d], 1, one, 0, (double[]){12. / 11});
        nhwc_tensor y = tensor_of(floats[d], 3, dims, 0, NULL), inverse = tensor_of(floats[d], 2, dims, 0, NULL);
        nhwc_tensor mean = tensor_of(floats[d], 2, dims, 0, NULL), variance = tensor_of(floats[d], 1, c, 0, NULL);
        nhwc_tensor channel_mean = tensor_of(floats[d], 1, c, 0, NULL);
        nhwc_tensor average = tensor_of(floats[d], 1, c, 0, golden_gamma + 10);
        CHECK_OK(nhwc_layer_norm(NULL, &x, 1, &gamma, &beta, 1e-5, &y, &mean, &inverse));
        check_close(&y, golden_native_layer_norm);
        check_close(&mean, golden_native_mean);
        check_close(&inverse, golden_native_inverse);
        CHECK_OK(nhwc_batch_norm_training(NULL, &x, NULL, NULL, 1e-5, &y, &channel_mean, &variance));
        CHECK_OK(nhwc_multiply(NULL, &variance, &correction, &variance));
        CHECK_OK(nhwc_running_average(NULL, &variance, 0.75, &average));
        check_close(&average, golden_torch_variance);
        guarded_release();
    }
}

/* As check_close, with NaN where it is wanted. */
static void check_special(const char *name, const nhwc_tensor *given, const double *wanted)
{
    const double tolerance = given->dtype == NHWC_FLOAT32 ? 2e-5 : 1e-12;
    for (int64_t i = 0; i < element_count(given); i++) {
        const double g = element_get(given, i), w = wanted[i];
        if (!(fabs(g - w) <= tolerance * fmax(1, fabs(w)) || (g != g && w != w)))
            fail_msg("%s: element %d is %.17g, not %.17g", name, (int)i, g, w);
    }
}

/* The same elements as x's, the axes turned round. */
static nhwc_tensor turned(const nhwc_tensor *x)
{
    const int axes[] = {1, 0};
    nhwc_tensor view;
    CHECK_OK(nhwc_transpose(x, axes, &view));
    return view;
}

static void check_special_channels(const nhwc_context *context, nhwc_dtype dtype, int64_t gap)
{
    const int64_t dims[] = {6, 6};
    const nhwc_tensor x = tensor_of(dtype, 2, dims, gap, golden_special_x);
    const nhwc_tensor dy = tensor_of(dtype, 2, dims, gap, golden_dy), line_x = turned(&x);
    nhwc_tensor average = tensor_of(dtype, 1, dims, 0, golden_special_mean);
    nhwc_tensor average_variance = tensor_of(dtype, 1, dims, 0, golden_special_variance);
    nhwc_tensor mean = tensor_of(dtype, 1, dims, 0, NULL), variance = tensor_of(dtype, 1, dims, 0, NULL);
    nhwc_tensor y = tensor_of(dtype, 2, dims, 0, NULL), dx = tensor_of(dtype, 2, dims, gap, NULL);
    CHECK_OK(nhwc_batch_norm(context, &x, &average, &average_variance, NULL, NULL, 0.001, &y));
    check_special("batch_norm", &y, golden_special_batch_norm);
    CHECK_OK(nhwc_batch_norm_backprop(context, &dy, &x, &average, &average_variance, NULL, 0.001, &dx, NULL, NULL));
    check_special("batch_norm_backprop", &dx, golden_special_batch_norm_dx);
    CHECK_OK(nhwc_batch_norm_training(context, &x, NULL, NULL, 0.001, &y, &mean, &variance));
    check_special("batch_norm_training", &y, golden_special_training);
    CHECK_OK(nhwc_batch_norm_training_backprop(context, &dy, &x, &mean, &variance, NULL, 0.001, &dx, NULL, NULL));
    check_special("batch_norm_training_backprop", &dx, golden_special_training_dx);
    for (int i = 0; i < 2; i++) {
        CHECK_OK(nhwc_layer_norm(context, &line_x, 1, NULL, NULL, i ? 0 : 0.001, &y, &mean, &variance));
        check_special("layer_norm", &y, i ? golden_special_lines_0 : golden_special_lines);
        CHECK_OK(nhwc_layer_norm_backprop(context, &dy, &line_x, 1, &mean, &variance, NULL, &dx, NULL, NULL));
        check_special("layer_norm_backprop", &dx, i ? golden_special_lines_0_dx : golden_special_lines_dx);
    }
    guarded_check();
    guarded_release();
}

/* NaN, infinities and no variance, in x and in the averages. */
static void test_special(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (int k = 0; k < 4 && nhwc_isa_available(isas[i]); k++)
            check_special_channels(&(nhwc_context){.isa = isas[i]}, floats[k % 2], k / 2);
}

static void test_momenta(void **state)
{
    (void)state;
    const int64_t dims[] = {4, 3, 5}, c[] = {5};
    for (size_t m = 0; m < COUNT(golden_momenta); m++)
        for (size_t d = 0; d < COUNT(floats); d++) {
            const nhwc_tensor x = tensor_of(floats[d], 3, dims, 0, golden_x);
            nhwc_tensor y = tensor_of(floats[d], 3, dims, 0, NULL), mean = tensor_of(floats[d], 1, c, 0, NULL);
            nhwc_tensor variance = tensor_of(floats[d], 1, c, 0, NULL);
            nhwc_tensor average = tensor_of(floats[d], 1, c, 0, golden_gamma + 5);
            nhwc_tensor average_variance = tensor_of(floats[d], 1, c, 0, golden_gamma + 10);
            CHECK_OK(nhwc_batch_norm_training(NULL, &x, NULL, NULL, 0.001, &y, &mean, &variance));
            CHECK_OK(nhwc_running_average(NULL, &mean, golden_momenta[m], &average));
            CHECK_OK(nhwc_running_average(NULL, &variance, golden_momenta[m], &average_variance));
            check_close(&average, golden_averages + 10 * m);
            check_close(&average_variance, golden_averages + 10 * m + 5);
            guarded_release();
        }
}

/* Lines of all axes, whose mean is one number. */
static void test_whole(void **state)
{
    (void)state;
    const int64_t dims[] = {4, 3, 5};
    for (size_t d = 0; d < COUNT(floats); d++) {
        const nhwc_tensor x = tensor_of(floats[d], 3, dims, 0, golden_x);
        const nhwc_tensor dy = tensor_of(floats[d], 3, dims, 0, golden_dy);
        const nhwc_tensor gamma = tensor_of(floats[d], 3, dims, 0, NULL);
        nhwc_tensor y = tensor_of(floats[d], 3, dims, 2, NULL), dx = tensor_of(floats[d], 3, dims, 0, NULL);
        nhwc_tensor mean = tensor_of(floats[d], 0, dims, 0, NULL), inverse = tensor_of(floats[d], 0, dims, 0, NULL);
        nhwc_tensor dgamma = tensor_of(floats[d], 3, dims, 0, NULL), dbeta = tensor_of(floats[d], 3, dims, 0, NULL);
        for (int i = 0; i < 60; i++)
            element_set(&gamma, i, golden_x[(3 - i / 15) * 15 + i % 15]);
        CHECK_OK(nhwc_layer_norm(NULL, &x, 3, &gamma, &dy, 0.001, &y, &mean, &inverse));
        CHECK_OK(nhwc_layer_norm_backprop(NULL, &dy, &x, 3, &mean, &inverse, &gamma, &dx, &dgamma, &dbeta));
        check_close(&y, golden_whole_layer_norm);
        check_close(&dx, golden_whole_dx);
        check_close(&dgamma, golden_whole_dgamma);
        check_close(&dbeta, golden_whole_dbeta);
        guarded_check();
        guarded_release();
    }
}

/* What PyTorch makes of a filter and a bias, of any strides and in their own place. */
static void test_golden_folds(void **state)
{
    (void)state;
    const int64_t c[] = {4};
    for (size_t f = 0; f < COUNT(golden_folds); f++)
        for (int k = 0; k < 4; k++) {
            const golden_fold *g = &golden_folds[f];
            const nhwc_dtype dtype = floats[k % 2];
            nhwc_tensor filter = tensor_of(dtype, 4, g->dims, k, golden_x);
            nhwc_tensor bias = tensor_of(dtype, 1, c, 0, golden_gamma + 5);
            const nhwc_tensor mean = tensor_of(dtype, 1, c, 0, golden_beta);
            const nhwc_tensor variance = tensor_of(dtype, 1, c, 0, golden_gamma + 10);
            const nhwc_tensor gamma = tensor_of(dtype, 1, c, 0, golden_gamma);
            const nhwc_tensor beta = tensor_of(dtype, 1, c, 0, golden_beta + 5);
            nhwc_tensor folded = tensor_of(dtype, 4, g->dims, 1, NULL), new_bias = tensor_of(dtype, 1, c, 0, NULL);
            nhwc_tensor *to = k < 2 ? &folded : &filter, *bias_to = k < 2 ? &new_bias : &bias;
            CHECK_OK(nhwc_batch_norm_fold(NULL, g->kind, &filter, g->plain ? NULL : &bias, &mean, &variance,
                                          g->plain ? NULL : &gamma, g->plain ? NULL : &beta, 0.001, to, bias_to));
            check_close(to, g->filter);
            check_close(bias_to, g->bias);
            guarded_check();
            guarded_release();
        }
}

/* ---- Other ways to the same numbers --------------------------------------------------------- */

/* All tensors of one call on x [a, b, c], as views without rule or dense. */
typedef struct tensors {
    nhwc_tensor x, dy, gamma, beta, y, dx, mean, inverse, dgamma, dbeta;
} tensors;

static nhwc_tensor any_tensor(uint64_t *random, nhwc_dtype dtype, int rank, const int64_t *dims, bool dense)
{
    nhwc_tensor whole;
    return dense ? guarded_tensor(dtype, rank, dims, 0) : random_view(random, dtype, rank, dims, &whole);
}

static void copy_elements(const nhwc_tensor *from, const nhwc_tensor *to)
{
    for (int64_t i = 0; i < element_count(from); i++)
        element_set(to, i, element_get(from, i));
}

/* The numbers of `like`, or random ones. `axes` are those that gamma has, 0 for batch norm. */
static tensors make_tensors(uint64_t *random, nhwc_dtype dtype, const int64_t *dims, int axes, bool dense,
                            const tensors *like)
{
    const int rank = axes > 0 ? axes : 1, lead = axes > 0 ? 3 - axes : 1;
    const int64_t *of_gamma = &dims[3 - rank], *of_mean = axes > 0 ? dims : &dims[2];
    tensors t = {
        any_tensor(random, dtype, 3, dims, dense),        any_tensor(random, dtype, 3, dims, dense),
        any_tensor(random, dtype, rank, of_gamma, dense), any_tensor(random, dtype, rank, of_gamma, dense),
        any_tensor(random, dtype, 3, dims, dense),        any_tensor(random, dtype, 3, dims, dense),
        any_tensor(random, dtype, lead, of_mean, dense),  any_tensor(random, dtype, lead, of_mean, dense),
        any_tensor(random, dtype, rank, of_gamma, dense), any_tensor(random, dtype, rank, of_gamma, dense)};
    const nhwc_tensor *inputs[] = {&t.x, &t.dy, &t.gamma, &t.beta};
    for (int i = 0; i < 4; i++) {
        if (like == NULL)
            fill_reals(inputs[i], random);
        else
            copy_elements((const nhwc_tensor *[]){&like->x, &like->dy, &like->gamma, &like->beta}[i], inputs[i]);
    }
    return t;
}

static void run_all(const nhwc_context *context, tensors *t, int axes)
{
    if (axes == 0) {
        CHECK_OK(nhwc_batch_norm_training(context, &t->x, &t->gamma, &t->beta, 1e-3, &t->y, &t->mean, &t->inverse));
        CHECK_OK(nhwc_batch_norm_training_backprop(context, &t->dy, &t->x, &t->mean, &t->inverse, &t->gamma, 1e-3,
                                                   &t->dx, &t->dgamma, &t->dbeta));
        return;
    }
    CHECK_OK(nhwc_layer_norm(context, &t->x, axes, &t->gamma, &t->beta, 1e-3, &t->y, &t->mean, &t->inverse));
    CHECK_OK(nhwc_layer_norm_backprop(context, &t->dy, &t->x, axes, &t->mean, &t->inverse, &t->gamma, &t->dx,
                                      &t->dgamma, &t->dbeta));
}

static void check_same(const tensors *a, const tensors *b)
{
    CHECK(same_elements(&a->y, &b->y) && same_elements(&a->mean, &b->mean) && same_elements(&a->inverse, &b->inverse));
    CHECK(same_elements(&a->dx, &b->dx) && same_elements(&a->dgamma, &b->dgamma));
    CHECK(same_elements(&a->dbeta, &b->dbeta));
}

static const int64_t shapes[][3] = {{1, 1, 1},     {4, 3, 5},    {70, 300, 13}, {20, 5000, 3}, {90000, 1, 1},
                                    {2, 3, 700},
                                    {33, 1, 2500}, {9, 130, 64}, {1, 2, 40000}, {300, 40, 8},  {1, 1, 3000}};

/* The same bits dense and as views, on one and several threads, and with all that fuses. */
static void test_same_bits(void **state)
{
    (void)state;
    uint64_t random = 1;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, 3, &pool));
    const nhwc_context threads = {.threads = 5, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
    for (size_t s = 0; s < COUNT(shapes); s++)
        for (int axes = 0; axes < 3; axes++)
            for (size_t d = 0; d < COUNT(floats); d++) {
                tensors first = make_tensors(&random, floats[d], shapes[s], axes, true, NULL);
                tensors views = make_tensors(&random, floats[d], shapes[s], axes, false, &first);
                tensors other = make_tensors(&random, floats[d], shapes[s], axes, true, &first);
                run_all(NULL, &first, axes);
                run_all(&threads, &views, axes);
                check_same(&first, &views);
                if (nhwc_isa_available(NHWC_ISA_AVX512)) {
                    run_all(&(nhwc_context){.isa = NHWC_ISA_AVX2}, &other, axes);
                    check_same(&first, &other);
                }
                guarded_check();
                guarded_release();
            }
    nhwc_pool_destroy(pool);
}

/* The bits of AVX2 and AVX-512, whatever the compiler. */
static void test_recorded_bits(void **state)
{
    (void)state;
    static const uint64_t recorded[3][2] = {
        {0x4903D16DCEFB2922, 0x1967871AFCEB5C13},
        {0x74D35ECE6ADB20FA, 0x5754F686A232B7FF},
        {0x3B760335888B7B0C, 0x7599D344221D3B32},
    };
    for (int axes = 0; axes < 3; axes++)
        for (int d = 0; d < 2; d++)
            for (nhwc_isa isa = NHWC_ISA_AVX2; isa <= NHWC_ISA_AVX512 && nhwc_isa_available(isa); isa++) {
                uint64_t random = 9, hash = 0;
                tensors t = make_tensors(&random, floats[d], shapes[7], axes, true, NULL);
                run_all(&(nhwc_context){.isa = isa}, &t, axes);
                const nhwc_tensor *outputs[] = {&t.y, &t.mean, &t.inverse, &t.dx, &t.dgamma, &t.dbeta};
                for (size_t i = 0; i < COUNT(outputs); i++)
                    hash = hash_elements(hash, outputs[i]);
                if (hash != recorded[axes][d])
                    print_error("axes %d, dtype %d, %s: 0x%" PRIX64 "\n", axes, d, nhwc_isa_string(isa), hash);
                CHECK(hash == recorded[axes][d]);
                guarded_release();
            }
}

/* dgamma is, to the bit, what elementwise operations and a reduction of their results give. */
static void test_sums(void **state)
{
    (void)state;
    uint64_t random = 2;
    const int64_t *const all[] = {shapes[2], shapes[3], shapes[4], shapes[6], shapes[7], shapes[8]};
    for (size_t s = 0; s < COUNT(all); s++)
        for (int axes = 0; axes < 3; axes++) {
            tensors t = make_tensors(&random, NHWC_FLOAT32, all[s], axes, true, NULL);
            run_all(NULL, &t, axes);
            nhwc_tensor terms = guarded_tensor(NHWC_FLOAT32, 3, all[s], 0), inverse = t.inverse, mean = t.mean;
            nhwc_tensor sum = guarded_tensor(NHWC_FLOAT32, t.gamma.rank, t.gamma.dims, 0);
            const nhwc_reduce_options options = {.axis_count = 3 - t.gamma.rank, .axes = {0, 1}};
            const float epsilon_data = 1e-3f, one_data = 1;
            const nhwc_tensor epsilon = NHWC_TENSOR(NHWC_FLOAT32, &epsilon_data, 1);
            const nhwc_tensor one = NHWC_TENSOR(NHWC_FLOAT32, &one_data, 1);
            if (axes == 0) {
                CHECK_OK(nhwc_add(NULL, &inverse, &epsilon, &inverse));
                CHECK_OK(nhwc_sqrt(NULL, &inverse, &inverse));
                CHECK_OK(nhwc_divide(NULL, &one, &inverse, &inverse));
            }
            for (int i = 0; i < axes; i++) {
                CHECK_OK(nhwc_expand_dims(&inverse, -1, &inverse));
                CHECK_OK(nhwc_expand_dims(&mean, -1, &mean));
            }
            CHECK_OK(nhwc_subtract(NULL, &t.x, &mean, &terms));
            CHECK_OK(nhwc_multiply(NULL, &terms, &inverse, &terms));
            CHECK_OK(nhwc_multiply(NULL, &t.dy, &terms, &terms));
            CHECK_OK(nhwc_reduce_sum(NULL, &terms, &options, &sum));
            CHECK(same_elements(&sum, &t.dgamma));
            guarded_release();
        }
}

/* In place: y over x, dx over dy. */
static void test_in_place(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int axes = 0; axes < 3; axes++) {
        const int64_t dims[3] = {9, 40, 7};
        tensors t = make_tensors(&random, NHWC_FLOAT32, dims, axes, true, NULL);
        tensors copy = make_tensors(&random, NHWC_FLOAT32, dims, axes, true, &t);
        run_all(NULL, &t, axes);
        nhwc_tensor dx = copy.dy, y = copy.x;
        if (axes == 0) {
            CHECK_OK(nhwc_batch_norm_training_backprop(NULL, &copy.dy, &copy.x, &t.mean, &t.inverse, &t.gamma, 1e-3,
                                                       &dx,
                                                       &copy.dgamma, &copy.dbeta));
            CHECK_OK(nhwc_batch_norm_training(NULL, &copy.x, &t.gamma, &t.beta, 1e-3, &y, &copy.mean, &copy.inverse));
        } else {
            CHECK_OK(nhwc_layer_norm_backprop(NULL, &copy.dy, &copy.x, axes, &t.mean, &t.inverse, &t.gamma, &dx,
                                              &copy.dgamma, &copy.dbeta));
            CHECK_OK(nhwc_layer_norm(NULL, &copy.x, axes, &t.gamma, &t.beta, 1e-3, &y, &copy.mean, &copy.inverse));
        }
        copy.dx = dx;
        copy.y = y;
        check_same(&t, &copy);
        guarded_release();
    }
}

/* No gamma is gamma of 1, dense and as views; sums that are not wanted change nothing. */
static void test_without_gamma(void **state)
{
    (void)state;
    uint64_t random = 5;
    for (size_t s = 0; s < COUNT(shapes); s++)
        for (int axes = 1; axes < 3; axes++)
            for (int dense = 0; dense < 2; dense++) {
                tensors t = make_tensors(&random, NHWC_FLOAT32, shapes[s], axes, dense, NULL);
                nhwc_tensor dx = guarded_tensor(NHWC_FLOAT32, 3, shapes[s], 0);
                nhwc_tensor sum = guarded_tensor(NHWC_FLOAT32, t.gamma.rank, t.gamma.dims, 0);
                fill_value(&t.gamma, 1);
                run_all(NULL, &t, axes);
                CHECK_OK(nhwc_layer_norm_backprop(NULL, &t.dy, &t.x, axes, &t.mean, &t.inverse, NULL, &dx, NULL, NULL));
                CHECK(same_elements(&t.dx, &dx));
                CHECK_OK(nhwc_layer_norm_backprop(NULL, &t.dy, &t.x, axes, &t.mean, &t.inverse, NULL, NULL, &sum, NULL));
                CHECK(same_elements(&t.dgamma, &sum));
                CHECK_OK(nhwc_layer_norm_backprop(NULL, &t.dy, &t.x, axes, &t.mean, &t.inverse, NULL, NULL, NULL, &sum));
                CHECK(same_elements(&t.dbeta, &sum));
                guarded_check();
                guarded_release();
            }
}

/* dx, dgamma and dbeta against differences of sum(dy * y). */
static double weighted_sum(tensors *t, int axes)
{
    if (axes == 0)
        CHECK_OK(nhwc_batch_norm_training(NULL, &t->x, &t->gamma, &t->beta, 1e-3, &t->y, &t->mean, &t->inverse));
    else
        CHECK_OK(nhwc_layer_norm(NULL, &t->x, axes, &t->gamma, &t->beta, 1e-3, &t->y, &t->mean, &t->inverse));
    return inner_product(&t->y, &t->dy);
}

static void test_differences(void **state)
{
    (void)state;
    uint64_t random = 4;
    const double h = 1e-5;
    static const int64_t all[][3] = {{3, 2, 4}, {1, 1, 5}, {5, 1, 1}, {1, 2, 3}};
    for (size_t s = 0; s < COUNT(all); s++)
        for (int axes = 0; axes < 3; axes++) {
            tensors t = make_tensors(&random, NHWC_FLOAT64, all[s], axes, true, NULL);
            run_all(NULL, &t, axes);
            const nhwc_tensor *inputs[] = {&t.x, &t.gamma, &t.beta}, *gradients[] = {&t.dx, &t.dgamma, &t.dbeta};
            for (int k = 0; k < 3; k++)
                for (int64_t i = 0; i < element_count(inputs[k]); i++) {
                    const double old = element_get(inputs[k], i);
                    element_set(inputs[k], i, old + h);
                    const double up = weighted_sum(&t, axes);
                    element_set(inputs[k], i, old - h);
                    const double down = weighted_sum(&t, axes), wanted = (up - down) / (2 * h);
                    element_set(inputs[k], i, old);
                    CHECK(fabs(element_get(gradients[k], i) - wanted) < 1e-6 * fmax(1, fabs(wanted)));
                }
            guarded_release();
        }
}

/* Where there is no variance, y is beta and dx 0. */
static void test_constant(void **state)
{
    (void)state;
    const int64_t dims[3] = {1, 7, 4}, single[3] = {1, 1, 4};
    uint64_t random = 5;
    for (int alone = 0; alone < 2; alone++) {
        tensors t = make_tensors(&random, NHWC_FLOAT32, alone ? single : dims, 0, true, NULL);
        fill_value(&t.x, 1.75);
        run_all(NULL, &t, 0);
        for (int64_t i = 0; i < element_count(&t.y); i++)
            CHECK(element_get(&t.y, i) == element_get(&t.beta, i % 4));
        for (int c = 0; c < 4; c++)
            CHECK(element_get(&t.inverse, c) == 0 && element_get(&t.dgamma, c) == 0);
        for (int64_t i = 0; i < element_count(&t.dx) && alone; i++)
            CHECK(fabs(element_get(&t.dx, i)) < 1e-5);
    }
    guarded_release();
}

/* NaN stays in its channel, or line. */
static void test_nan(void **state)
{
    (void)state;
    const int64_t dims[3] = {2, 3, 4};
    uint64_t random = 6;
    for (int axes = 0; axes < 2; axes++) {
        tensors t = make_tensors(&random, NHWC_FLOAT32, dims, axes, true, NULL);
        element_set(&t.x, 5, NAN); /* line 1, channel 1 */
        run_all(NULL, &t, axes);
        for (int64_t i = 0; i < 24; i++) {
            const bool is_touched = axes == 0 ? i % 4 == 1 : i / 4 == 1;
            CHECK(isnan(element_get(&t.y, i)) == is_touched && isnan(element_get(&t.dx, i)) == is_touched);
        }
    }
    guarded_release();
}

/* Each gradient alone is what it is beside the others, also of a frozen layer. */
static void test_some_gradients(void **state)
{
    (void)state;
    uint64_t random = 10;
    const int64_t dims[3] = {5, 40, 7};
    for (int axes = -1; axes < 3; axes++) /* -1: frozen */
        for (unsigned wanted = 0; wanted < 8; wanted++) {
            tensors t = make_tensors(&random, NHWC_FLOAT32, dims, axes < 0 ? 0 : axes, true, NULL);
            nhwc_tensor all[3], some[3];
            run_all(NULL, &t, axes < 0 ? 0 : axes);
            for (int i = 0; i < 3; i++) {
                const nhwc_tensor *like = i ? &t.gamma : &t.x;
                all[i] = tensor_of(NHWC_FLOAT32, like->rank, like->dims, 0, NULL);
                some[i] = tensor_of(NHWC_FLOAT32, like->rank, like->dims, 0, NULL);
            }
            for (int k = 0; k < 2; k++) {
                nhwc_tensor *out[3];
                for (int i = 0; i < 3; i++)
                    out[i] = k == 0 ? &all[i] : wanted & 1u << i ? &some[i] : NULL;
                if (axes > 0)
                    CHECK_OK(nhwc_layer_norm_backprop(NULL, &t.dy, &t.x, axes, &t.mean, &t.inverse, &t.gamma, out[0],
                                                      out[1], out[2]));
                else
                    CHECK_OK((axes < 0 ? nhwc_batch_norm_backprop : nhwc_batch_norm_training_backprop)(
                        NULL, &t.dy, &t.x, &t.mean, &t.inverse, &t.gamma, 1e-3, out[0], out[1], out[2]));
            }
            for (int i = 0; i < 3; i++) {
                if (!(wanted & 1u << i))
                    fill_value(&all[i], 77);
                CHECK(same_elements(&all[i], &some[i]));
            }
            guarded_check();
            guarded_release();
        }
}

/* Batches of one axis, two and four have the numbers of three. */
static void test_ranks(void **state)
{
    (void)state;
    uint64_t random = 11;
    const int64_t dims[3] = {6, 4, 5};
    static const int64_t others[][4] = {{24, 5}, {2, 3, 4, 5}};
    tensors t = make_tensors(&random, NHWC_FLOAT32, dims, 0, true, NULL);
    run_all(NULL, &t, 0);
    for (int k = 0; k < 2; k++) {
        tensors other = make_tensors(&random, NHWC_FLOAT32, dims, 0, true, &t);
        nhwc_tensor *const images[] = {&other.x, &other.dy, &other.y, &other.dx};
        for (int i = 0; i < 4; i++)
            CHECK_OK(nhwc_reshape(images[i], k ? 4 : 2, others[k], images[i]));
        run_all(NULL, &other, 0);
        check_same(&t, &other);
    }
    const int64_t one[] = {3}; /* every channel is its own mean */
    nhwc_tensor x = tensor_of(NHWC_FLOAT32, 1, one, 0, golden_x), y = tensor_of(NHWC_FLOAT32, 1, one, 0, NULL);
    nhwc_tensor mean = tensor_of(NHWC_FLOAT32, 1, one, 0, NULL), variance = tensor_of(NHWC_FLOAT32, 1, one, 0, NULL);
    CHECK_OK(nhwc_batch_norm_training(NULL, &x, NULL, NULL, 1e-3, &y, &mean, &variance));
    for (int i = 0; i < 3; i++)
        CHECK(element_get(&y, i) == 0 && element_get(&variance, i) == 0 && element_get(&mean, i) == element_get(&x, i));
    guarded_release();
}

/* The gradients of a frozen layer against differences, with gamma and without. */
static void test_frozen_differences(void **state)
{
    (void)state;
    uint64_t random = 12;
    const double h = 1e-5;
    const int64_t dims[3] = {2, 3, 4};
    for (int scaled = 0; scaled < 2; scaled++) {
        tensors t = make_tensors(&random, NHWC_FLOAT64, dims, 0, true, NULL);
        const nhwc_tensor *gamma = scaled ? &t.gamma : NULL;
        fill_reals(&t.mean, &random);
        for (int i = 0; i < 4; i++)
            element_set(&t.inverse, i, 0.5 + i);
        CHECK_OK(nhwc_batch_norm_backprop(NULL, &t.dy, &t.x, &t.mean, &t.inverse, gamma, 1e-3, &t.dx, &t.dgamma,
                                          &t.dbeta));
        const nhwc_tensor *inputs[] = {&t.x, &t.beta, &t.gamma}, *gradients[] = {&t.dx, &t.dbeta, &t.dgamma};
        for (int k = 0; k < 2 + scaled; k++)
            for (int64_t i = 0; i < element_count(inputs[k]); i++) {
                const double old = element_get(inputs[k], i);
                double sums[2];
                for (int sign = 0; sign < 2; sign++) {
                    element_set(inputs[k], i, old + (sign ? -h : h));
                    CHECK_OK(nhwc_batch_norm(NULL, &t.x, &t.mean, &t.inverse, gamma, &t.beta, 1e-3, &t.y));
                    sums[sign] = inner_product(&t.y, &t.dy);
                }
                element_set(inputs[k], i, old);
                CHECK(fabs(element_get(gradients[k], i) - (sums[0] - sums[1]) / (2 * h)) < 1e-8);
            }
        guarded_release();
    }
}

/* ---- Folding -------------------------------------------------------------------------------- */

typedef nhwc_status convolution(const nhwc_context *, const nhwc_tensor *x, const nhwc_tensor *filter,
                                const nhwc_tensor *bias, const nhwc_conv2d_options *, nhwc_tensor *y);

static const struct {
    nhwc_filter_kind kind;
    convolution *run;
    int64_t x_c, filter[4], c, groups;
} foldings[] = {
    {NHWC_FILTER_CONV2D, nhwc_conv2d, 4, {3, 2, 4, 6}, 6, 1},
    {NHWC_FILTER_CONV2D, nhwc_conv2d, 4, {3, 2, 2, 6}, 6, 2},
    {NHWC_FILTER_CONV2D_TRANSPOSE, nhwc_conv2d_transpose, 4, {3, 2, 6, 4}, 6, 1},
    {NHWC_FILTER_CONV2D_TRANSPOSE, nhwc_conv2d_transpose, 4, {3, 2, 3, 4}, 6, 2},
    {NHWC_FILTER_DEPTHWISE, nhwc_depthwise_conv2d, 3, {3, 2, 3, 2}, 6, 0},
    {NHWC_FILTER_DEPTHWISE_TRANSPOSE, nhwc_depthwise_conv2d_transpose, 6, {3, 2, 3, 2}, 3, 0},
};

static void test_folding(void **state)
{
    (void)state;
    uint64_t random = 7;
    for (size_t f = 0; f < COUNT(foldings); f++)
        for (int without = 0; without < 2; without++) {
            const int64_t *c = &foldings[f].c, x_dims[4] = {2, 5, 5, foldings[f].x_c}, y_dims[4] = {2, 5, 5, *c};
            const nhwc_conv2d_options options = {.padding = NHWC_PADDING_SAME, .groups = foldings[f].groups};
            const nhwc_tensor x = guarded_tensor(NHWC_FLOAT64, 4, x_dims, 0);
            const nhwc_tensor bias = guarded_tensor(NHWC_FLOAT64, 1, c, 0);
            const nhwc_tensor mean = guarded_tensor(NHWC_FLOAT64, 1, c, 0);
            const nhwc_tensor gamma = guarded_tensor(NHWC_FLOAT64, 1, c, 0);
            const nhwc_tensor beta = guarded_tensor(NHWC_FLOAT64, 1, c, 0);
            const nhwc_tensor variance = guarded_tensor(NHWC_FLOAT64, 1, c, 0);
            nhwc_tensor filter = guarded_tensor(NHWC_FLOAT64, 4, foldings[f].filter, 0);
            nhwc_tensor y = guarded_tensor(NHWC_FLOAT64, 4, y_dims, 0);
            nhwc_tensor folded = guarded_tensor(NHWC_FLOAT64, 4, y_dims, 0);
            nhwc_tensor new_bias = guarded_tensor(NHWC_FLOAT64, 1, c, 0);
            const nhwc_tensor *inputs[] = {&x, &bias, &mean, &gamma, &beta, &variance, &filter};
            for (size_t i = 0; i < COUNT(inputs); i++)
                fill_reals(inputs[i], &random);
            CHECK_OK(nhwc_square(NULL, &variance, &(nhwc_tensor){NHWC_FLOAT64, 1, {*c}, {1}, variance.data}));
            const nhwc_tensor *b = without ? NULL : &bias;
            const nhwc_tensor *scale = without ? NULL : &gamma;
            const nhwc_tensor *shift = without ? NULL : &beta;
            CHECK_OK(foldings[f].run(NULL, &x, &filter, b, &options, &y));
            CHECK_OK(nhwc_batch_norm(NULL, &y, &mean, &variance, scale, shift, 1e-3, &y));
            CHECK_OK(nhwc_batch_norm_fold(NULL, foldings[f].kind, &filter, b, &mean, &variance, scale, shift, 1e-3,
                                          &filter, &new_bias));
            CHECK_OK(foldings[f].run(NULL, &x, &filter, &new_bias, &options, &folded));
            for (int64_t i = 0; i < element_count(&y); i++)
                CHECK(fabs(element_get(&y, i) - element_get(&folded, i)) < 1e-12 * fmax(1, fabs(element_get(&y, i))));
            guarded_check();
            guarded_release();
        }
}

/* ---- Rejections ----------------------------------------------------------------------------- */

static void test_rejections(void **state)
{
    (void)state;
    float data[64], out[64];
    for (int i = 0; i < 64; i++) {
        data[i] = 1;
        out[i] = 7;
    }
#define T(memory, ...) NHWC_TENSOR(NHWC_FLOAT32, memory, __VA_ARGS__)
    const nhwc_tensor x = T(data, 2, 3);
    const nhwc_tensor c = T(data + 6, 3);
    const nhwc_tensor wrong = T(data, 2);
    const nhwc_tensor doubles = NHWC_TENSOR(NHWC_FLOAT64, data, 3);
    const nhwc_tensor integers = NHWC_TENSOR(NHWC_INT32, data, 2, 3), number = {.dtype = NHWC_FLOAT32, .data = data};
    nhwc_tensor y = T(out, 2, 3), mean = T(out + 6, 3), turned = T(out, 3, 2);
    nhwc_tensor over_x = T(data + 1, 2, 3), over_c = T(data + 6, 3), over_y = T(out + 3, 3);
    CHECK_FAILS(nhwc_batch_norm(NULL, NULL, &c, &c, NULL, NULL, 1, &y), NHWC_ERROR_ARGUMENT, "batch_norm: x is NULL");
    CHECK_FAILS(nhwc_batch_norm(NULL, &x, NULL, &c, NULL, NULL, 1, &y), NHWC_ERROR_ARGUMENT, "mean is NULL");
    CHECK_FAILS(nhwc_batch_norm(NULL, &integers, &c, &c, NULL, NULL, 1, &y), NHWC_ERROR_DTYPE, "x is int32", "float64");
    CHECK_FAILS(nhwc_batch_norm(NULL, &number, &c, &c, NULL, NULL, 1, &y), NHWC_ERROR_RANK, "no axes", "channels");
    CHECK_FAILS(nhwc_batch_norm(NULL, &x, &wrong, &c, NULL, NULL, 1, &y), NHWC_ERROR_SHAPE, "mean is [2]", "[3]");
    CHECK_FAILS(nhwc_batch_norm(NULL, &x, &c, &c, &doubles, NULL, 1, &y), NHWC_ERROR_DTYPE, "gamma is float64");
    CHECK_FAILS(nhwc_batch_norm(NULL, &x, &c, &c, NULL, &wrong, 1, &y), NHWC_ERROR_SHAPE, "beta is [2]");
    CHECK_FAILS(nhwc_batch_norm(NULL, &x, &c, &c, NULL, NULL, -0.5, &y), NHWC_ERROR_ARGUMENT, "epsilon is -0.5");
    CHECK_FAILS(nhwc_batch_norm(NULL, &x, &c, &c, NULL, NULL, NAN, &y), NHWC_ERROR_ARGUMENT, "epsilon is");
    CHECK_FAILS(nhwc_batch_norm(NULL, &x, &c, &c, NULL, NULL, 1, &turned), NHWC_ERROR_OUTPUT_SHAPE, "y is [3, 2]",
                "[2, 3]");
    CHECK_FAILS(nhwc_batch_norm(NULL, &x, &c, &c, NULL, NULL, 1, &over_x), NHWC_ERROR_ALIAS, "y shares memory with x",
                "not the same view");
    CHECK_FAILS(nhwc_batch_norm(&(nhwc_context){.threads = 3}, &x, &c, &c, NULL, NULL, 1, &y), NHWC_ERROR_ARGUMENT,
                "threads");
    CHECK_FAILS(nhwc_batch_norm_training(NULL, &x, &c, NULL, 1, &y, &over_c, &mean), NHWC_ERROR_ALIAS,
                "mean shares memory with gamma");
    CHECK_FAILS(nhwc_batch_norm_training(NULL, &x, NULL, NULL, 1, &y, &over_y, &mean), NHWC_ERROR_ALIAS, "y");
    CHECK_FAILS(nhwc_batch_norm_training_backprop(NULL, &wrong, &x, &c, &c, NULL, 1, &y, NULL, NULL), NHWC_ERROR_SHAPE,
                "dy is [2]");
    CHECK_FAILS(nhwc_batch_norm_training_backprop(NULL, &x, &x, &c, &c, NULL, 1, &y, &mean, &mean), NHWC_ERROR_ALIAS,
                "dgamma shares memory with dbeta");
    CHECK_FAILS(nhwc_batch_norm_backprop(NULL, &x, &x, &c, &c, NULL, 1, &y, &turned, NULL), NHWC_ERROR_OUTPUT_SHAPE,
                "dgamma is [3, 2]", "[3]");
    CHECK_FAILS(nhwc_running_average(NULL, &c, 1.5, &mean), NHWC_ERROR_ARGUMENT, "momentum is 1.5", "0 to 1");
    CHECK_FAILS(nhwc_running_average(NULL, &c, 0.5, &y), NHWC_ERROR_OUTPUT_SHAPE, "average is [2, 3]", "[3]");
    CHECK_FAILS(nhwc_layer_norm(NULL, &x, 0, NULL, NULL, 1, &y, NULL, NULL), NHWC_ERROR_ARGUMENT, "axes is 0",
                "1 to 2");
    CHECK_FAILS(nhwc_layer_norm(NULL, &x, 3, NULL, NULL, 1, &y, NULL, NULL), NHWC_ERROR_ARGUMENT, "axes is 3");
    CHECK_FAILS(nhwc_layer_norm(NULL, &x, 1, &wrong, NULL, 1, &y, NULL, NULL), NHWC_ERROR_SHAPE, "gamma is [2]");
    CHECK_FAILS(nhwc_layer_norm(NULL, &x, 1, NULL, NULL, 1, &y, &mean, NULL), NHWC_ERROR_OUTPUT_SHAPE, "mean is [3]",
                "[2]");
    CHECK_FAILS(nhwc_layer_norm_backprop(NULL, &x, &x, 1, NULL, &wrong, NULL, &y, NULL, NULL), NHWC_ERROR_ARGUMENT,
                "mean is NULL");
    const nhwc_tensor filter = T(data, 1, 1, 2, 3), flat = T(data, 2, 3);
    nhwc_tensor folded = T(out, 1, 1, 2, 3), bias = T(out + 6, 3), short_bias = T(out + 6, 2);
#define FOLD(kind, filter, mean, folded, bias) \
    nhwc_batch_norm_fold(NULL, kind, filter, NULL, mean, mean, NULL, NULL, 1, folded, bias)
    CHECK_FAILS(FOLD((nhwc_filter_kind)9, &filter, &c, &folded, &bias), NHWC_ERROR_ARGUMENT, "kind is 9");
    CHECK_FAILS(FOLD(NHWC_FILTER_CONV2D, &flat, &c, &folded, &bias), NHWC_ERROR_RANK, "filter has rank 2");
    CHECK_FAILS(FOLD(NHWC_FILTER_CONV2D, &filter, &wrong, &folded, &bias), NHWC_ERROR_SHAPE, "mean is [2]", "[3]");
    CHECK_FAILS(FOLD(NHWC_FILTER_CONV2D_TRANSPOSE, &filter, &c, &folded, &bias), NHWC_ERROR_CHANNELS, "mean is [3]",
                "[1, 1, 2, 3]", "2 times the groups");
    CHECK_FAILS(FOLD(NHWC_FILTER_DEPTHWISE, &filter, &c, &folded, &bias), NHWC_ERROR_SHAPE, "mean is [3]", "[6]");
    CHECK_FAILS(FOLD(NHWC_FILTER_CONV2D, &filter, &c, &folded, &short_bias), NHWC_ERROR_OUTPUT_SHAPE,
                "folded_bias is [2]");
    for (int i = 0; i < 64; i++)
        CHECK(data[i] == 1 && out[i] == 7);
}

/* The other operations refuse the same, under their names, and write nothing. */
static void test_each_rejects(void **state)
{
    (void)state;
    float data[64], out[64];
    double doubles[16];
    for (int i = 0; i < 64; i++) {
        data[i] = 1;
        out[i] = 7;
        doubles[i % 16] = 1;
    }
    const nhwc_tensor x = T(data, 2, 3), dy = T(data + 6, 2, 3), c = T(data + 12, 3), lines = T(data + 15, 2);
    const nhwc_tensor wide = NHWC_TENSOR(NHWC_FLOAT64, doubles, 3), wide_x = NHWC_TENSOR(NHWC_FLOAT64, doubles, 2, 3);
    const nhwc_tensor integers = NHWC_TENSOR(NHWC_INT32, data, 2, 3);
    nhwc_tensor y = T(out, 2, 3), a = T(out + 6, 3), b = T(out + 9, 3), two = T(out + 12, 2);
    nhwc_tensor twins = a, inside = T(out + 4, 3);
    nhwc_tensor over_x = T(data + 1, 2, 3), over_dy = T(data + 7, 2, 3), over_c = T(data + 12, 3);
    twins.strides[0] = 0;
#define TRAIN(x, gamma, beta, epsilon, y, mean, variance, status, ...)                                              \
    CHECK_FAILS(nhwc_batch_norm_training(NULL, x, gamma, beta, epsilon, y, mean, variance), status,                 \
                "batch_norm_training: ", __VA_ARGS__)
    TRAIN(NULL, &c, &c, 1, &y, &a, &b, NHWC_ERROR_ARGUMENT, "x is NULL");
    TRAIN(&x, &c, &c, 1, NULL, &a, &b, NHWC_ERROR_ARGUMENT, "y is NULL");
    TRAIN(&x, &c, &c, 1, &y, NULL, &b, NHWC_ERROR_ARGUMENT, "mean is NULL");
    TRAIN(&x, &c, &c, 1, &y, &a, NULL, NHWC_ERROR_ARGUMENT, "variance is NULL");
    TRAIN(&integers, &c, &c, 1, &y, &a, &b, NHWC_ERROR_DTYPE, "x is int32");
    TRAIN(&x, &wide, &c, 1, &y, &a, &b, NHWC_ERROR_DTYPE, "gamma is float64");
    TRAIN(&x, &c, &lines, 1, &y, &a, &b, NHWC_ERROR_SHAPE, "beta is [2]");
    TRAIN(&x, &c, &c, INFINITY, &y, &a, &b, NHWC_ERROR_ARGUMENT, "epsilon is inf");
    TRAIN(&x, &c, &c, 1, &y, &a, &two, NHWC_ERROR_OUTPUT_SHAPE, "variance is [2]");
    TRAIN(&x, &c, &c, 1, &y, &twins, &b, NHWC_ERROR_ALIAS, "mean is written");
    TRAIN(&x, &c, &c, 1, &y, &a, &a, NHWC_ERROR_ALIAS, "shares memory with");
    TRAIN(&x, &c, &c, 1, &y, &inside, &b, NHWC_ERROR_ALIAS, "shares memory with");
    TRAIN(&x, &c, &c, 1, &over_x, &a, &b, NHWC_ERROR_ALIAS, "y shares memory with x");
    for (int i = 0; i < 2; i++) {
        const char *const name = i ? "batch_norm_backprop: " : "batch_norm_training_backprop: ";
#define BACKPROP(dy, x, mean, variance, gamma, epsilon, dx, dgamma, dbeta, status, ...)                             \
    CHECK_FAILS((i ? nhwc_batch_norm_backprop : nhwc_batch_norm_training_backprop)(                                 \
                    NULL, dy, x, mean, variance, gamma, epsilon, dx, dgamma, dbeta),                                \
                status, name, __VA_ARGS__)
        BACKPROP(NULL, &x, &c, &c, &c, 1, &y, &a, &b, NHWC_ERROR_ARGUMENT, "dy is NULL");
        BACKPROP(&dy, NULL, &c, &c, &c, 1, &y, &a, &b, NHWC_ERROR_ARGUMENT, "x is NULL");
        BACKPROP(&dy, &x, NULL, &c, &c, 1, &y, &a, &b, NHWC_ERROR_ARGUMENT, "mean is NULL");
        BACKPROP(&dy, &x, &c, NULL, &c, 1, &y, &a, &b, NHWC_ERROR_ARGUMENT, "variance is NULL");
        BACKPROP(&wide_x, &x, &c, &c, &c, 1, &y, &a, &b, NHWC_ERROR_DTYPE, "dy is float64");
        BACKPROP(&dy, &x, &lines, &c, &c, 1, &y, &a, &b, NHWC_ERROR_SHAPE, "mean is [2]");
        BACKPROP(&dy, &x, &c, &c, &lines, 1, &y, &a, &b, NHWC_ERROR_SHAPE, "gamma is [2]");
        BACKPROP(&dy, &x, &c, &c, &c, -1, &y, &a, &b, NHWC_ERROR_ARGUMENT, "epsilon is -1");
        BACKPROP(&dy, &x, &c, &c, &c, 1, &y, &a, &two, NHWC_ERROR_OUTPUT_SHAPE, "dbeta is [2]");
        BACKPROP(&dy, &x, &c, &c, &c, 1, &over_dy, &a, &b, NHWC_ERROR_ALIAS, "dx shares memory with dy");
        BACKPROP(&dy, &x, &c, &c, &c, 1, &over_x, &a, &b, NHWC_ERROR_ALIAS, "dx shares memory with x");
        BACKPROP(&dy, &x, &c, &c, &c, 1, &y, &over_c, &b, NHWC_ERROR_ALIAS, "dgamma shares memory with");
        BACKPROP(&dy, &x, &c, &c, &c, 1, &y, &twins, &b, NHWC_ERROR_ALIAS, "dgamma is written");
    }
    CHECK_FAILS(nhwc_running_average(NULL, NULL, 0.5, &a), NHWC_ERROR_ARGUMENT, "running_average: x is NULL");
    CHECK_FAILS(nhwc_running_average(NULL, &c, 0.5, NULL), NHWC_ERROR_ARGUMENT, "average is NULL");
    CHECK_FAILS(nhwc_running_average(NULL, &c, NAN, &a), NHWC_ERROR_ARGUMENT, "momentum is");
    CHECK_FAILS(nhwc_running_average(NULL, &c, -0.5, &a), NHWC_ERROR_ARGUMENT, "momentum is -0.5");
    CHECK_FAILS(nhwc_running_average(NULL, &wide, 0.5, &a), NHWC_ERROR_DTYPE, "average is float32");
    CHECK_FAILS(nhwc_running_average(NULL, &c, 0.5, &twins), NHWC_ERROR_ALIAS, "average is written");
    CHECK_FAILS(nhwc_running_average(NULL, &c, 0.5, &over_c), NHWC_ERROR_ALIAS, "average shares memory with x");
#define LAYER(x, gamma, beta, epsilon, y, mean, inverse, status, ...)                                               \
    CHECK_FAILS(nhwc_layer_norm(NULL, x, 1, gamma, beta, epsilon, y, mean, inverse), status, "layer_norm: ",        \
                __VA_ARGS__)
    LAYER(NULL, &c, &c, 1, &y, NULL, NULL, NHWC_ERROR_ARGUMENT, "x is NULL");
    LAYER(&x, &c, &c, 1, NULL, NULL, NULL, NHWC_ERROR_ARGUMENT, "y is NULL");
    LAYER(&integers, &c, &c, 1, &y, NULL, NULL, NHWC_ERROR_DTYPE, "x is int32");
    LAYER(&x, &wide, &c, 1, &y, NULL, NULL, NHWC_ERROR_DTYPE, "gamma is float64");
    LAYER(&x, &c, &lines, 1, &y, NULL, NULL, NHWC_ERROR_SHAPE, "beta is [2]");
    LAYER(&x, &c, &c, NAN, &y, NULL, NULL, NHWC_ERROR_ARGUMENT, "epsilon is");
    LAYER(&x, &c, &c, 1, &a, NULL, NULL, NHWC_ERROR_OUTPUT_SHAPE, "y is [3]");
    LAYER(&x, &c, &c, 1, &y, NULL, &a, NHWC_ERROR_OUTPUT_SHAPE, "inverse is [3]");
    LAYER(&x, &c, &c, 1, &over_x, NULL, NULL, NHWC_ERROR_ALIAS, "y shares memory with x");
    LAYER(&x, &c, &c, 1, &y, &two, &two, NHWC_ERROR_ALIAS, "shares memory with");
#define LAYER_BACKPROP(dy, x, mean, inverse, gamma, dx, dgamma, dbeta, status, ...)                                 \
    CHECK_FAILS(nhwc_layer_norm_backprop(NULL, dy, x, 1, mean, inverse, gamma, dx, dgamma, dbeta), status,          \
                "layer_norm_backprop: ", __VA_ARGS__)
    LAYER_BACKPROP(NULL, &x, &lines, &lines, &c, &y, &a, &b, NHWC_ERROR_ARGUMENT, "dy is NULL");
    LAYER_BACKPROP(&dy, &x, &lines, NULL, &c, &y, &a, &b, NHWC_ERROR_ARGUMENT, "inverse is NULL");
    LAYER_BACKPROP(&wide_x, &x, &lines, &lines, &c, &y, &a, &b, NHWC_ERROR_DTYPE, "dy is float64");
    LAYER_BACKPROP(&dy, &x, &c, &lines, &c, &y, &a, &b, NHWC_ERROR_SHAPE, "mean is [3]", "[2]");
    LAYER_BACKPROP(&dy, &x, &lines, &lines, &c, &y, &two, &b, NHWC_ERROR_OUTPUT_SHAPE, "dgamma is [2]");
    LAYER_BACKPROP(&dy, &x, &lines, &lines, &c, &over_dy, &a, &b, NHWC_ERROR_ALIAS, "dx shares memory with dy");
    LAYER_BACKPROP(&dy, &x, &lines, &lines, &c, &y, &a, &a, NHWC_ERROR_ALIAS, "shares memory with");
    const nhwc_tensor filter = T(data, 1, 1, 2, 3), wide_filter = NHWC_TENSOR(NHWC_FLOAT64, doubles, 1, 1, 2, 3);
    nhwc_tensor folded = T(out, 1, 1, 2, 3), over_filter = T(data + 1, 1, 1, 2, 3), wide_folded = wide_filter;
#define FOLD_ALL(filter, bias, variance, epsilon, folded, folded_bias, status, ...)                                 \
    CHECK_FAILS(nhwc_batch_norm_fold(NULL, NHWC_FILTER_CONV2D, filter, bias, &c, variance, &c, &c, epsilon, folded, \
                                     folded_bias),                                                                  \
                status, "batch_norm_fold: ", __VA_ARGS__)
    FOLD_ALL(NULL, &c, &c, 1, &folded, &a, NHWC_ERROR_ARGUMENT, "filter is NULL");
    FOLD_ALL(&filter, &c, NULL, 1, &folded, &a, NHWC_ERROR_ARGUMENT, "variance is NULL");
    FOLD_ALL(&filter, &c, &c, 1, NULL, &a, NHWC_ERROR_ARGUMENT, "folded_filter is NULL");
    FOLD_ALL(&filter, &c, &c, 1, &folded, NULL, NHWC_ERROR_ARGUMENT, "folded_bias is NULL");
    FOLD_ALL(&filter, &c, &c, -2, &folded, &a, NHWC_ERROR_ARGUMENT, "epsilon is -2");
    FOLD_ALL(&wide_filter, &c, &c, 1, &wide_folded, &a, NHWC_ERROR_DTYPE, "float32", "float64");
    FOLD_ALL(&filter, &lines, &c, 1, &folded, &a, NHWC_ERROR_SHAPE, "bias is [2]");
    FOLD_ALL(&filter, &c, &c, 1, &over_filter, &a, NHWC_ERROR_ALIAS, "folded_filter shares memory with filter");
    FOLD_ALL(&filter, NULL, &c, 1, &folded, &over_c, NHWC_ERROR_ALIAS, "folded_bias shares memory with");
    FOLD_ALL(&filter, &c, &c, 1, &folded, &inside, NHWC_ERROR_ALIAS, "shares memory with");
    for (int i = 0; i < 64; i++)
        CHECK(data[i] == 1 && out[i] == 7 && doubles[i % 16] == 1);
}

static void test_empty(void **state)
{
    (void)state;
    float numbers[5][3] = {{1, 1, 1}, {2, 2, 2}, {3, 3, 3}, {4, 4, 4}, {5, 5, 5}};
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0, 4, 3), c = NHWC_TENSOR(NHWC_FLOAT32, numbers[0], 3);
    const nhwc_tensor nothing = NHWC_TENSOR(NHWC_FLOAT32, NULL, 4, 0), none = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0);
    nhwc_tensor y = x;
    nhwc_tensor mean = NHWC_TENSOR(NHWC_FLOAT32, numbers[1], 3);
    nhwc_tensor variance = NHWC_TENSOR(NHWC_FLOAT32, numbers[2], 3);
    nhwc_tensor dgamma = NHWC_TENSOR(NHWC_FLOAT32, numbers[3], 3), dbeta = NHWC_TENSOR(NHWC_FLOAT32, numbers[4], 3);
    nhwc_tensor no_y = nothing, no_mean = none, no_variance = none;
    CHECK_OK(nhwc_batch_norm(NULL, &x, &c, &c, &c, &c, 1, &y));
    CHECK_OK(nhwc_batch_norm_training_backprop(NULL, &x, &x, &c, &c, &c, 1, &y, &dgamma, &dbeta));
    CHECK_OK(nhwc_batch_norm_training(NULL, &x, &c, &c, 1, &y, &mean, &variance));
    for (int i = 0; i < 3; i++)
        CHECK(isnan(numbers[1][i]) && isnan(numbers[2][i]) && numbers[3][i] == 0 && numbers[4][i] == 0);
    CHECK_OK(nhwc_batch_norm_training(NULL, &nothing, NULL, NULL, 1, &no_y, &no_mean, &no_variance));
    float data[2][3] = {{8, 8, 8}, {8, 8, 8}};
    nhwc_tensor of_x = NHWC_TENSOR(NHWC_FLOAT32, data[0], 3), of_one = NHWC_TENSOR(NHWC_FLOAT32, data[1], 3);
    CHECK_OK(nhwc_batch_norm_backprop(NULL, &x, &x, &c, &c, &c, 1, &y, &of_x, &of_one));
    CHECK(data[0][0] == 0 && data[0][2] == 0 && data[1][0] == 0 && data[1][2] == 0);
    CHECK_OK(nhwc_batch_norm_backprop(NULL, &nothing, &nothing, &none, &none, NULL, 1, &no_y, &no_mean, &no_variance));
    CHECK_OK(nhwc_batch_norm_training_backprop(NULL, &nothing, &nothing, &none, &none, NULL, 1, &no_y, &no_mean, NULL));
    CHECK_OK(nhwc_batch_norm_training_backprop(NULL, &x, &x, &c, &c, &c, 1, NULL, &of_x, NULL));
    CHECK_OK(nhwc_running_average(NULL, &none, 0.5, &no_mean));
    const nhwc_tensor no_filter = NHWC_TENSOR(NHWC_FLOAT32, NULL, 3, 3, 2, 0);
    nhwc_tensor no_folded = no_filter;
    CHECK_OK(nhwc_batch_norm_fold(NULL, NHWC_FILTER_CONV2D, &no_filter, NULL, &none, &none, NULL, NULL, 1, &no_folded,
                                  &no_mean));
    nhwc_tensor lines = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0, 4);
    CHECK_OK(nhwc_layer_norm(NULL, &x, 1, &c, &c, 1, &y, &lines, NULL));
    CHECK_OK(nhwc_layer_norm_backprop(NULL, &x, &x, 1, &lines, &lines, &c, &y, &dgamma, &dbeta));
    CHECK(numbers[3][0] == 0);
    CHECK_FAILS(nhwc_layer_norm(NULL, &nothing, 1, NULL, NULL, 1, &no_y, NULL, NULL), NHWC_ERROR_SHAPE, "[4, 0]",
                "no elements");
}

/* Nothing is allocated. */
static void test_memory(void **state)
{
    (void)state;
    uint64_t random = 8;
    failing_allocator allocator = {.fail_at = 1};
    const nhwc_context context = failing_context(&allocator);
    for (int axes = 0; axes < 3; axes++) {
        tensors t = make_tensors(&random, NHWC_FLOAT32, (int64_t[]){40, 300, 20}, axes, true, NULL);
        run_all(&context, &t, axes);
    }
    CHECK(allocator.calls == 0);
    guarded_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),    cmocka_unit_test(test_torch),       cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_recorded_bits), cmocka_unit_test(test_sums),
        cmocka_unit_test(test_in_place),      cmocka_unit_test(test_differences),
        cmocka_unit_test(test_constant),  cmocka_unit_test(test_nan),         cmocka_unit_test(test_folding),
        cmocka_unit_test(test_rejections), cmocka_unit_test(test_empty),      cmocka_unit_test(test_memory),
        cmocka_unit_test(test_special),   cmocka_unit_test(test_momenta),     cmocka_unit_test(test_whole),
        cmocka_unit_test(test_golden_folds), cmocka_unit_test(test_some_gradients), cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_frozen_differences), cmocka_unit_test(test_each_rejects),
        cmocka_unit_test(test_without_gamma),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
