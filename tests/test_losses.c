/* Losses: Keras', TensorFlow's and PyTorch's numbers, sums that are those of reduce, extreme logits, finite
 * differences, views, threads, instruction sets, rejections, memory. */
#include <math.h>
#include <nhwc/math.h>
#include <nhwc/nn.h>
#include <string.h>

#include "golden/nn_golden.h"
#include "support/array_case.h"
#include "support/bits.h"
#include "support/check.h"
#include "support/each.h"
#include "support/failing_allocator.h"
#include "support/fill.h"

static const nhwc_reduction reductions[] = {NHWC_REDUCTION_MEAN, NHWC_REDUCTION_SUM, NHWC_REDUCTION_NONE};

typedef nhwc_status loss_function(const nhwc_context *, const nhwc_tensor *predictions, const nhwc_tensor *labels,
                                  nhwc_reduction, nhwc_tensor *loss);
typedef nhwc_status gradient_function(const nhwc_context *, const nhwc_tensor *dloss, const nhwc_tensor *predictions,
                                      const nhwc_tensor *labels, nhwc_reduction, nhwc_tensor *dpredictions);

/* Losses of elements, of classes by weights, by index. */
static const struct row {
    const char *name;
    loss_function *loss;
    gradient_function *gradient;
    bool of_classes, by_index;
} rows[] = {
    {"mean_squared_error", nhwc_mean_squared_error, nhwc_mean_squared_error_backprop, false, false},
    {"mean_absolute_error", nhwc_mean_absolute_error, nhwc_mean_absolute_error_backprop, false, false},
    {"binary_cross_entropy", nhwc_binary_cross_entropy, nhwc_binary_cross_entropy_backprop, false, false},
    {"sigmoid_cross_entropy", nhwc_sigmoid_cross_entropy, nhwc_sigmoid_cross_entropy_backprop, false, false},
    {"softmax_cross_entropy", nhwc_softmax_cross_entropy, nhwc_softmax_cross_entropy_backprop, true, false},
    {"sparse_softmax_cross_entropy", nhwc_sparse_softmax_cross_entropy, nhwc_sparse_softmax_cross_entropy_backprop,
     true, true},
};
enum { SQUARED, ABSOLUTE, BINARY, SIGMOID, SOFTMAX, SPARSE };

static nhwc_tensor tensor_of(nhwc_dtype dtype, int rank, const int64_t *dims, const double *values)
{
    const nhwc_tensor tensor = guarded_tensor(dtype, rank, dims, 0);
    for (int64_t i = 0; i < element_count(&tensor); i++)
        element_set(&tensor, i, values ? values[i] : 77);
    return tensor;
}

static void check_close(const nhwc_tensor *given, const double *wanted, double scale)
{
    const double tolerance = given->dtype == NHWC_FLOAT32 ? 1e-6 : 1e-14;
    for (int64_t i = 0; i < element_count(given); i++) {
        const double x = element_get(given, i), y = wanted[i];
        if (x != y && !(fabs(x - y) <= tolerance * fmax(scale, fabs(y))))
            fail_msg("element %d is %.17g, not %.17g", (int)i, x, y);
    }
}

/* ---- Golden numbers ------------------------------------------------------------------------- */

/* Unreduced losses and the gradient of their sum. */
static void check_unreduced(const nhwc_context *context, int row, const nhwc_tensor *predictions,
                            const nhwc_tensor *labels, const double *losses, const double *slopes)
{
    const nhwc_dtype dtype = predictions->dtype;
    nhwc_tensor loss = tensor_of(dtype, predictions->rank - rows[row].of_classes, predictions->dims, NULL);
    nhwc_tensor gradient = tensor_of(dtype, predictions->rank, predictions->dims, NULL);
    CHECK_OK(rows[row].loss(context, predictions, labels, NHWC_REDUCTION_NONE, &loss));
    check_close(&loss, losses, 0.1);
    CHECK_OK(rows[row].gradient(context, NULL, predictions, labels, NHWC_REDUCTION_SUM, &gradient));
    check_close(&gradient, slopes, 1);
}

/* Each of `count` predictions with each of three labels. */
static void check_pairs(const nhwc_context *context, int row, nhwc_dtype dtype, int64_t count, const double *values,
                        const double *losses, const double *slopes)
{
    const int64_t dims[2] = {count, 3};
    const nhwc_tensor p = guarded_tensor(dtype, 2, dims, 0), t = guarded_tensor(dtype, 2, dims, 0);
    for (int64_t i = 0; i < count * 3; i++) {
        element_set(&p, i, values[i / 3]);
        element_set(&t, i, golden_probability_labels[i % 3]);
    }
    check_unreduced(context, row, &p, &t, losses, slopes);
}

/* All logits with each of `count` rows of weights, or with each class. */
static void check_classes(const nhwc_context *context, nhwc_dtype dtype, nhwc_dtype labels_dtype, int64_t count,
                          const double *weights, const double *losses, const double *slopes)
{
    const int64_t dims[3] = {count, 5, 4};
    const nhwc_tensor logits = guarded_tensor(dtype, 3, dims, 0);
    const nhwc_tensor labels = guarded_tensor(labels_dtype, weights ? 3 : 2, dims, 0);
    for (int64_t i = 0; i < element_count(&logits); i++)
        element_set(&logits, i, golden_class_logits[i % 20]);
    for (int64_t i = 0; i < element_count(&labels); i++)
        element_set(&labels, i, weights ? weights[i / 20 * 4 + i % 4] : (double)(i / 5));
    check_unreduced(context, weights ? SOFTMAX : SPARSE, &logits, &labels, losses, slopes);
}

static void check_reduced(const nhwc_context *context, nhwc_dtype dtype, const golden_reduction *g)
{
    const int64_t dims[3] = {4, 3, 5};
    size_t row = 0;
    while (strcmp(rows[row].name, g->name) != 0)
        row++;
    const nhwc_tensor x = tensor_of(dtype, 3, dims, golden_x);
    const nhwc_tensor labels = tensor_of(dtype, 3, dims, rows[row].of_classes ? golden_softmax_labels : golden_dy);
    const nhwc_reduction reduction = g->sum ? NHWC_REDUCTION_SUM : NHWC_REDUCTION_MEAN;
    nhwc_tensor loss = tensor_of(dtype, 0, NULL, NULL), gradient = tensor_of(dtype, 3, dims, NULL);
    CHECK_OK(rows[row].loss(context, &x, &labels, reduction, &loss));
    check_close(&loss, &g->loss, 1);
    CHECK_OK(rows[row].gradient(context, NULL, &x, &labels, reduction, &gradient));
    check_close(&gradient, g->gradient, 1);
}

static void check_golden(const nhwc_context *context, nhwc_dtype dtype)
{
    const bool is_single = dtype == NHWC_FLOAT32;
    const int64_t dims[3] = {4, 3, 5};
    const nhwc_tensor x = tensor_of(dtype, 3, dims, golden_x), dy = tensor_of(dtype, 3, dims, golden_dy);
    check_unreduced(context, SQUARED, &x, &dy, golden_squared, golden_squared_gradient);
    check_unreduced(context, ABSOLUTE, &x, &dy, golden_absolute, golden_absolute_gradient);
    check_pairs(context, BINARY, dtype, 10, golden_probabilities,
                is_single ? golden_binary_float32 : golden_binary_float64,
                is_single ? golden_binary_float32_gradient : golden_binary_float64_gradient);
    check_pairs(context, SIGMOID, dtype, 11, golden_logits, golden_sigmoid, golden_sigmoid_gradient);
    guarded_check();
    guarded_release();
    check_classes(context, dtype, dtype, 2, golden_class_weights, golden_class_losses, golden_class_slopes);
    check_classes(context, dtype, dtype, 4, golden_other_weights, golden_other_losses, golden_other_slopes);
    check_classes(context, dtype, NHWC_INT32, 4, NULL, golden_sparse_losses, golden_sparse_slopes);
    check_classes(context, dtype, NHWC_INT64, 4, NULL, golden_sparse_losses, golden_sparse_slopes);
    for (size_t g = 0; g < COUNT(golden_reduced_losses); g++)
        check_reduced(context, dtype, &golden_reduced_losses[g]);
    guarded_check();
    guarded_release();
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(isas); i++)
        for (size_t d = 0; d < COUNT(floats) && nhwc_isa_available(isas[i]); d++)
            check_golden(&(nhwc_context){.isa = isas[i]}, floats[d]);
}

/* ---- Other ways to the same numbers --------------------------------------------------------- */

/* All tensors of a call; x [a, b, c]. */
typedef struct tensors {
    nhwc_tensor x, labels, loss, dloss, dx;
} tensors;

static nhwc_tensor any_tensor(uint64_t *random, nhwc_dtype dtype, int rank, const int64_t *dims, bool dense)
{
    nhwc_tensor whole;
    return dense ? guarded_tensor(dtype, rank, dims, 0) : random_view(random, dtype, rank, dims, &whole);
}

static void fill_labels(const struct row *row, uint64_t *random, const tensors *t)
{
    for (int64_t i = 0; i < element_count(&t->labels); i++)
        element_set(&t->labels, i,
                    row->by_index ? (double)random_between(random, 0, t->x.dims[2] - 1) : fabs(random_real(random)));
    for (int64_t i = 0; i < element_count(&t->x); i++)
        element_set(&t->x, i, row->loss == nhwc_binary_cross_entropy ? fabs(random_real(random))
                                                                    : 5 * random_real(random));
    fill_reals(&t->dloss, random);
}

static tensors make_tensors(uint64_t *random, const struct row *row, nhwc_dtype dtype, const int64_t *dims,
                            nhwc_reduction reduction, bool dense)
{
    const int rank = reduction != NHWC_REDUCTION_NONE ? 0 : 3 - row->of_classes;
    return (tensors){any_tensor(random, dtype, 3, dims, dense),
                     any_tensor(random, row->by_index ? NHWC_INT32 : dtype, 3 - row->by_index, dims, dense),
                     any_tensor(random, dtype, rank, dims, dense), any_tensor(random, dtype, rank, dims, dense),
                     any_tensor(random, dtype, 3, dims, dense)};
}

static void copy_elements(const nhwc_tensor *from, const nhwc_tensor *to)
{
    for (int64_t i = 0; i < element_count(from); i++)
        element_set(to, i, element_get(from, i));
}

static void run_both(const nhwc_context *context, const struct row *row, nhwc_reduction reduction, tensors *t)
{
    CHECK_OK(row->loss(context, &t->x, &t->labels, reduction, &t->loss));
    CHECK_OK(row->gradient(context, &t->dloss, &t->x, &t->labels, reduction, &t->dx));
}

static const int64_t shapes[][3] = {{1, 1, 1},  {2, 3, 5},     {70, 300, 10}, {1, 1, 30000}, {3, 2, 20000},
                                    {90000, 1, 2}, {1, 300, 257}, {700, 3, 33}};

/* The same bits dense and as views, on one and several threads, with all that fuses, and over x. */
static void check_same_bits(uint64_t *random, const struct row *row, const int64_t *dims, nhwc_dtype dtype,
                            nhwc_reduction reduction, const nhwc_context *threads)
{
    tensors first = make_tensors(random, row, dtype, dims, reduction, true);
    tensors views = make_tensors(random, row, dtype, dims, reduction, false);
    tensors other = make_tensors(random, row, dtype, dims, reduction, true);
    fill_labels(row, random, &first);
    tensors *const copies[] = {&views, &other};
    for (int i = 0; i < 2; i++) {
        copy_elements(&first.x, &copies[i]->x);
        copy_elements(&first.labels, &copies[i]->labels);
        copy_elements(&first.dloss, &copies[i]->dloss);
    }
    other.dx = other.x;
    run_both(NULL, row, reduction, &first);
    run_both(threads, row, reduction, &views);
    run_both(&(nhwc_context){.isa = nhwc_isa_available(NHWC_ISA_AVX512) ? NHWC_ISA_AVX2 : NHWC_ISA_AUTOMATIC}, row,
             reduction, &other);
    for (int i = 0; i < 2; i++)
        CHECK(same_elements(&first.loss, &copies[i]->loss) && same_elements(&first.dx, &copies[i]->dx));
    guarded_check();
    guarded_release();
}

static void test_same_bits(void **state)
{
    (void)state;
    uint64_t random = 1;
    nhwc_pool *pool;
    CHECK_OK(nhwc_pool_create(NULL, 3, &pool));
    const nhwc_context threads = {.threads = 5, .parallel_for = nhwc_pool_parallel_for, .executor = pool};
    for (size_t s = 0; s < COUNT(shapes); s++)
        for (size_t row = 0; row < COUNT(rows); row++)
            for (size_t d = 0; d < COUNT(floats); d++)
                check_same_bits(&random, &rows[row], shapes[s], floats[d], reductions[(s + row + d) % 3], &threads);
    nhwc_pool_destroy(pool);
}

/* The bits of AVX2 and AVX-512, whatever the compiler. */
static void test_recorded_bits(void **state)
{
    (void)state;
    static const uint64_t recorded[COUNT(rows)][2] = {
        {0x1BC4D6C7DCD612F2, 0x46366D0C256FEBF2},
        {0x408B0955E2486F35, 0xC18617A51570593E},
        {0xF044B9FB304C249, 0x941358E0D5374FCE},
        {0xB7CB1B8F00AA5197, 0x5031D16DE3787FA8},
        {0x90589735D07036F6, 0xF165F5F5F89DBCC4},
        {0x58C5F1CFF959D4C4, 0xEE6C4D0B6E295B6A},
    };
    for (size_t row = 0; row < COUNT(rows); row++)
        for (int d = 0; d < 2; d++)
            for (nhwc_isa isa = NHWC_ISA_AVX2; isa <= NHWC_ISA_AVX512 && nhwc_isa_available(isa); isa++) {
                uint64_t random = 9;
                tensors t = make_tensors(&random, &rows[row], floats[d], shapes[7], NHWC_REDUCTION_MEAN, true);
                fill_labels(&rows[row], &random, &t);
                run_both(&(nhwc_context){.isa = isa}, &rows[row], NHWC_REDUCTION_MEAN, &t);
                const uint64_t hash = hash_elements(hash_elements(0, &t.loss), &t.dx);
                if (hash != recorded[row][d])
                    print_error("%s, dtype %d, %s: 0x%" PRIX64 "\n", rows[row].name, d, nhwc_isa_string(isa), hash);
                CHECK(hash == recorded[row][d]);
                guarded_release();
            }
}

/* Eight axes, none of which can be joined with the next. */
static void test_many_axes(void **state)
{
    (void)state;
    const int64_t dims[NHWC_MAX_RANK] = {3, 2, 4, 3, 2, 5, 2, 3};
    uint64_t random = 5;
    for (int trial = 0; trial < 20; trial++) {
        nhwc_tensor x = guarded_tensor(NHWC_FLOAT32, 8, dims, 0), whole;
        const nhwc_tensor labels = guarded_tensor(NHWC_FLOAT32, 8, dims, 0);
        nhwc_tensor view = random_view(&random, NHWC_FLOAT32, 8, dims, &whole);
        nhwc_tensor given = guarded_tensor(NHWC_FLOAT32, 0, NULL, 0), wanted = guarded_tensor(NHWC_FLOAT32, 0, NULL, 0);
        fill_reals(&x, &random);
        fill_reals(&labels, &random);
        copy_elements(&x, &view);
        CHECK_OK(nhwc_mean_squared_error(NULL, &x, &labels, NHWC_REDUCTION_MEAN, &wanted));
        CHECK_OK(nhwc_mean_squared_error(NULL, &view, &labels, NHWC_REDUCTION_MEAN, &given));
        CHECK(same_elements(&given, &wanted));
        guarded_release();
    }
}

/* Reduced losses are, to the bit, reductions of unreduced ones. */
static void test_sums(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (size_t s = 0; s < COUNT(shapes); s++)
        for (size_t row = 0; row < COUNT(rows); row++)
            for (int of_sum = 0; of_sum < 2; of_sum++) {
                tensors t = make_tensors(&random, &rows[row], NHWC_FLOAT32, shapes[s], NHWC_REDUCTION_NONE, true);
                nhwc_tensor given = guarded_tensor(NHWC_FLOAT32, 0, NULL, 0), wanted = given;
                wanted = guarded_tensor(NHWC_FLOAT32, 0, NULL, 0);
                fill_labels(&rows[row], &random, &t);
                CHECK_OK(rows[row].loss(NULL, &t.x, &t.labels, NHWC_REDUCTION_NONE, &t.loss));
                CHECK_OK((of_sum ? nhwc_reduce_sum : nhwc_reduce_mean)(NULL, &t.loss, NULL, &wanted));
                CHECK_OK(rows[row].loss(NULL, &t.x, &t.labels, of_sum ? NHWC_REDUCTION_SUM : NHWC_REDUCTION_MEAN,
                                        &given));
                CHECK(same_elements(&given, &wanted));
                guarded_release();
            }
}

/* Of each element by itself, where another is 0. */
static void test_differences(void **state)
{
    (void)state;
    uint64_t random = 3;
    const int64_t dims[3] = {2, 3, 4};
    const double h = 1e-6;
    for (size_t row = 0; row < COUNT(rows); row++)
        for (size_t r = 0; r < COUNT(reductions); r++) {
            tensors t = make_tensors(&random, &rows[row], NHWC_FLOAT64, dims, reductions[r], true);
            fill_labels(&rows[row], &random, &t);
            run_both(NULL, &rows[row], reductions[r], &t);
            for (int64_t i = 0; i < 24; i++) {
                const double old = element_get(&t.x, i);
                element_set(&t.x, i, old + h);
                CHECK_OK(rows[row].loss(NULL, &t.x, &t.labels, reductions[r], &t.loss));
                const double up = inner_product(&t.loss, &t.dloss);
                element_set(&t.x, i, old - h);
                CHECK_OK(rows[row].loss(NULL, &t.x, &t.labels, reductions[r], &t.loss));
                const double wanted = (up - inner_product(&t.loss, &t.dloss)) / (2 * h);
                element_set(&t.x, i, old);
                CHECK(fabs(element_get(&t.dx, i) - wanted) < 1e-6 * fmax(1, fabs(wanted)));
            }
            guarded_release();
        }
}

/* ---- Extremes ------------------------------------------------------------------------------- */

static void test_extremes(void **state)
{
    (void)state;
    float x[] = {INFINITY, -INFINITY, INFINITY, -INFINITY, NAN, 0, -INFINITY, 2};
    float t[] = {1, 0, 0, 1, 0, NAN, 0, 1}, losses[8], slopes[8];
    const nhwc_tensor p = NHWC_TENSOR(NHWC_FLOAT32, x, 8), labels = NHWC_TENSOR(NHWC_FLOAT32, t, 8);
    nhwc_tensor loss = NHWC_TENSOR(NHWC_FLOAT32, losses, 8), d = NHWC_TENSOR(NHWC_FLOAT32, slopes, 8);
    CHECK_OK(nhwc_sigmoid_cross_entropy(NULL, &p, &labels, NHWC_REDUCTION_NONE, &loss));
    CHECK_OK(nhwc_sigmoid_cross_entropy_backprop(NULL, NULL, &p, &labels, NHWC_REDUCTION_SUM, &d));
    CHECK(losses[0] == 0 && losses[1] == 0 && losses[2] == INFINITY && losses[3] == INFINITY);
    CHECK(isnan(losses[4]) && isnan(losses[5]) && losses[6] == 0 && fabsf(losses[7] - 0.126928f) < 1e-6f);
    CHECK(slopes[0] == 0 && slopes[1] == 0 && slopes[2] == 1 && slopes[3] == -1 && isnan(slopes[4]) &&
          isnan(slopes[5]));
    CHECK_OK(nhwc_binary_cross_entropy(NULL, &p, &labels, NHWC_REDUCTION_NONE, &loss));
    CHECK_OK(nhwc_binary_cross_entropy_backprop(NULL, NULL, &p, &labels, NHWC_REDUCTION_SUM, &d));
    CHECK(losses[0] < 1e-6f && losses[1] < 1e-6f && losses[2] > 15 && losses[3] > 15 && isnan(losses[4]) &&
          isnan(losses[5]));
    CHECK(slopes[0] == 0 && slopes[3] == 0 && isnan(slopes[4]));
    /* Classes that cannot be, by logits of minus infinity; NaN stays in its sample. */
    float logits[] = {0, 0, -INFINITY, 1, NAN, 2, 1e4f, -1e4f, 0};
    float weights[] = {1, 0, 0, 0, 0, 1, 0, 0, 1}, sample[3], gradient[9];
    const int32_t classes[] = {2, 0, 0};
    const nhwc_tensor rows_of_x = NHWC_TENSOR(NHWC_FLOAT32, logits, 3, 3), w = NHWC_TENSOR(NHWC_FLOAT32, weights, 3, 3);
    const nhwc_tensor index = NHWC_TENSOR(NHWC_INT32, classes, 3);
    nhwc_tensor each = NHWC_TENSOR(NHWC_FLOAT32, sample, 3), of_x = NHWC_TENSOR(NHWC_FLOAT32, gradient, 3, 3);
    CHECK_OK(nhwc_softmax_cross_entropy(NULL, &rows_of_x, &w, NHWC_REDUCTION_NONE, &each));
    CHECK(fabsf(sample[0] - 0.6931472f) < 1e-6f && isnan(sample[1]) && sample[2] == 1e4f);
    CHECK_OK(nhwc_softmax_cross_entropy_backprop(NULL, NULL, &rows_of_x, &w, NHWC_REDUCTION_SUM, &of_x));
    CHECK(gradient[0] == -0.5f && gradient[1] == 0.5f && gradient[2] == 0 && isnan(gradient[3]) && gradient[6] == 1 &&
          gradient[7] == 0 && gradient[8] == -1);
    CHECK_OK(nhwc_sparse_softmax_cross_entropy(NULL, &rows_of_x, &index, NHWC_REDUCTION_NONE, &each));
    CHECK(sample[0] == INFINITY && isnan(sample[1]) && sample[2] == 0);
    CHECK_OK(nhwc_sparse_softmax_cross_entropy_backprop(NULL, NULL, &rows_of_x, &index, NHWC_REDUCTION_SUM, &of_x));
    CHECK(gradient[0] == 0.5f && gradient[2] == -1 && gradient[6] == 0);
}

static void test_empty(void **state)
{
    (void)state;
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0, 4), index = NHWC_TENSOR(NHWC_INT64, NULL, 0);
    float number = 7;
    nhwc_tensor dx = x, none = NHWC_TENSOR(NHWC_FLOAT32, NULL, 0), loss = NHWC_TENSOR(NHWC_FLOAT32, &number, 1, 1);
    int64_t right = 7;
    for (size_t row = 0; row < COUNT(rows); row++) {
        const nhwc_tensor *labels = rows[row].by_index ? &index : &x;
        CHECK_OK(rows[row].loss(NULL, &x, labels, NHWC_REDUCTION_MEAN, &loss));
        CHECK(number != number);
        CHECK_OK(rows[row].loss(NULL, &x, labels, NHWC_REDUCTION_SUM, &loss));
        CHECK(number == 0);
        CHECK_OK(rows[row].loss(NULL, &x, labels, NHWC_REDUCTION_NONE, rows[row].of_classes ? &none : &dx));
        CHECK_OK(rows[row].gradient(NULL, NULL, &x, labels, NHWC_REDUCTION_MEAN, &dx));
    }
    CHECK_OK(nhwc_accuracy(NULL, &x, &index, &right));
    CHECK(right == 0);
}

/* ---- Accuracy ------------------------------------------------------------------------------- */

/* Rows of equal logits and labels among them, of which the first counts. */
static void test_accuracy_golden(void **state)
{
    (void)state;
    const int64_t dims[2] = {5, 4};
    for (size_t d = 0; d < COUNT(floats); d++) {
        const nhwc_tensor scores = tensor_of(floats[d], 2, dims, golden_class_logits);
        for (int n = 0; n < 10; n++) {
            nhwc_tensor labels = guarded_tensor(n < 4 ? NHWC_INT64 : floats[d], n < 4 ? 1 : 2, dims, 0);
            for (int64_t i = 0; i < element_count(&labels); i++)
                element_set(&labels, i, n < 4   ? n
                                        : n < 6 ? golden_class_weights[(n - 4) * 4 + i % 4]
                                                : golden_other_weights[(n - 6) * 4 + i % 4]);
            int64_t right = 77;
            CHECK_OK(nhwc_accuracy(NULL, &scores, &labels, &right));
            CHECK((double)right == golden_right[n]);
        }
        guarded_check();
        guarded_release();
    }
}

static void test_accuracy(void **state)
{
    (void)state;
    const float scores_data[] = {1, 3, 2, 0, 0, 0, NAN, 1, 2, -1, -2, -3};
    const float weights_data[] = {0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1};
    const int32_t small[] = {1, 0, 2, 2};
    const int64_t large[] = {1, 1, 0, 0};
    const nhwc_tensor scores = NHWC_TENSOR(NHWC_FLOAT32, scores_data, 2, 2, 3);
    const nhwc_tensor weights = NHWC_TENSOR(NHWC_FLOAT32, weights_data, 2, 2, 3);
    const nhwc_tensor i32 = NHWC_TENSOR(NHWC_INT32, small, 2, 2), i64 = NHWC_TENSOR(NHWC_INT64, large, 2, 2);
    const nhwc_tensor row = NHWC_TENSOR(NHWC_FLOAT32, scores_data, 3);
    const nhwc_tensor one = {.dtype = NHWC_INT32, .data = (int32_t[]){1}};
    int64_t right = 0;
    failing_allocator allocator = {.fail_at = 0};
    const nhwc_context context = failing_context(&allocator);
    CHECK_OK(nhwc_accuracy(NULL, &scores, &i32, &right));
    CHECK(right == 2);
    CHECK_OK(nhwc_accuracy(NULL, &scores, &i64, &right));
    CHECK(right == 3);
    CHECK_OK(nhwc_accuracy(&context, &scores, &weights, &right));
    CHECK(right == 2 && allocator.calls == 2 && allocator.live == 0);
    CHECK_OK(nhwc_accuracy(NULL, &row, &one, &right));
    CHECK(right == 1);
    right = 77;
    for (int64_t fail_at = 1; fail_at < 3; fail_at++) {
        allocator = (failing_allocator){.fail_at = fail_at};
        CHECK_FAILS(nhwc_accuracy(&context, &scores, &weights, &right), NHWC_ERROR_OUT_OF_MEMORY, "bytes");
        CHECK(allocator.live == 0);
    }
    const nhwc_tensor outside = NHWC_TENSOR(NHWC_INT32, ((const int32_t[]){0, 1, 3, 0}), 2, 2);
    const nhwc_tensor wrong = NHWC_TENSOR(NHWC_INT32, small, 4), number = {.dtype = NHWC_FLOAT32, .data = &right};
    const nhwc_tensor flags = NHWC_TENSOR(NHWC_BOOL, small, 2, 2);
    CHECK_FAILS(nhwc_accuracy(NULL, &scores, &outside, &right), NHWC_ERROR_ARGUMENT,
                "accuracy: the label at [1, 0] is 3",
                "3 classes");
    CHECK_FAILS(nhwc_accuracy(NULL, &scores, &wrong, &right), NHWC_ERROR_SHAPE, "labels is [4]", "[2, 2]");
    CHECK_FAILS(nhwc_accuracy(NULL, &scores, &row, &right), NHWC_ERROR_SHAPE, "labels is [3]", "[2, 2, 3]");
    CHECK_FAILS(nhwc_accuracy(NULL, &scores, &flags, &right), NHWC_ERROR_DTYPE, "labels is bool");
    CHECK_FAILS(nhwc_accuracy(NULL, &number, &i32, &right), NHWC_ERROR_RANK, "no axes");
    CHECK_FAILS(nhwc_accuracy(NULL, &scores, NULL, &right), NHWC_ERROR_ARGUMENT, "labels is NULL");
    CHECK_FAILS(nhwc_accuracy(NULL, &scores, &i32, NULL), NHWC_ERROR_ARGUMENT, "right is NULL");
    CHECK(right == 77);
}

/* ---- Rejections ----------------------------------------------------------------------------- */

static void test_rejections(void **state)
{
    (void)state;
    float data[16], out[16];
    for (int i = 0; i < 16; i++) {
        data[i] = 1;
        out[i] = 7;
    }
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3), column = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 1);
    const nhwc_tensor doubles = NHWC_TENSOR(NHWC_FLOAT64, data, 2, 3), integers = NHWC_TENSOR(NHWC_INT32, data, 2, 3);
    nhwc_tensor loss = NHWC_TENSOR(NHWC_FLOAT32, out, 2, 3), number = NHWC_TENSOR(NHWC_FLOAT32, out, 1);
    nhwc_tensor over = NHWC_TENSOR(NHWC_FLOAT32, data + 1, 2, 3), of_labels = NHWC_TENSOR(NHWC_FLOAT32, data, 2, 3);
    for (int row = 0; row < SPARSE; row++) {
        loss_function *f = rows[row].loss;
        gradient_function *g = rows[row].gradient;
        CHECK_FAILS(f(NULL, NULL, &x, NHWC_REDUCTION_MEAN, &number), NHWC_ERROR_ARGUMENT, rows[row].name,
                    "predictions is NULL");
        CHECK_FAILS(f(NULL, &x, NULL, NHWC_REDUCTION_MEAN, &number), NHWC_ERROR_ARGUMENT, "labels is NULL");
        CHECK_FAILS(f(NULL, &x, &x, NHWC_REDUCTION_MEAN, NULL), NHWC_ERROR_ARGUMENT, "loss is NULL");
        CHECK_FAILS(f(NULL, &integers, &x, NHWC_REDUCTION_MEAN, &number), NHWC_ERROR_DTYPE, "predictions is int32");
        CHECK_FAILS(f(NULL, &x, &doubles, NHWC_REDUCTION_MEAN, &number), NHWC_ERROR_DTYPE, "labels is float64");
        CHECK_FAILS(f(NULL, &x, &column, NHWC_REDUCTION_MEAN, &number), NHWC_ERROR_SHAPE, "labels is [2, 1]", "[2, 3]");
        CHECK_FAILS(f(NULL, &x, &x, (nhwc_reduction)5, &number), NHWC_ERROR_ARGUMENT, "reduction is 5");
        CHECK_FAILS(f(NULL, &x, &x, NHWC_REDUCTION_SUM, &loss), NHWC_ERROR_OUTPUT_SHAPE, "loss is [2, 3]", "be []");
        CHECK_FAILS(f(NULL, &x, &x, NHWC_REDUCTION_NONE, &number), NHWC_ERROR_OUTPUT_SHAPE, "loss is [1]",
                    rows[row].of_classes ? "[2]" : "[2, 3]");
        CHECK_FAILS(g(NULL, &column, &x, &x, NHWC_REDUCTION_SUM, &loss), NHWC_ERROR_SHAPE, "dloss is [2, 1]", "[]");
        CHECK_FAILS(g(NULL, NULL, &x, &x, NHWC_REDUCTION_SUM, &number), NHWC_ERROR_OUTPUT_SHAPE, "dpredictions is [1]");
        CHECK_FAILS(g(NULL, NULL, &x, &x, NHWC_REDUCTION_SUM, &over), NHWC_ERROR_ALIAS,
                    "shares memory with predictions");
        CHECK_FAILS(g(NULL, NULL, &loss, &x, NHWC_REDUCTION_SUM, &of_labels), NHWC_ERROR_ALIAS,
                    "shares memory with labels");
        CHECK_FAILS(g(&(nhwc_context){.isa = (nhwc_isa)99}, NULL, &x, &x, NHWC_REDUCTION_SUM, &loss),
                    NHWC_ERROR_ARGUMENT,
                    "isa");
    }
    int64_t classes[2] = {0, 3};
    const nhwc_tensor index = NHWC_TENSOR(NHWC_INT64, classes, 2), flags = NHWC_TENSOR(NHWC_UINT8, data, 2);
    const nhwc_tensor long_index = NHWC_TENSOR(NHWC_INT64, classes, 2, 1), none = NHWC_TENSOR(NHWC_FLOAT32, NULL, 2, 0);
    const nhwc_tensor rank_0 = {.dtype = NHWC_FLOAT32, .data = data};
    nhwc_tensor over_index = NHWC_TENSOR(NHWC_FLOAT32, classes, 1);
    CHECK_FAILS(nhwc_sparse_softmax_cross_entropy(NULL, &x, &index, NHWC_REDUCTION_MEAN, &number), NHWC_ERROR_ARGUMENT,
                "sparse_softmax_cross_entropy: the label at [1] is 3", "3 classes");
    CHECK_FAILS(nhwc_sparse_softmax_cross_entropy_backprop(NULL, NULL, &x, &index, NHWC_REDUCTION_MEAN, &loss),
                NHWC_ERROR_ARGUMENT, "the label at [1] is 3");
    classes[1] = -1;
    CHECK_FAILS(nhwc_sparse_softmax_cross_entropy(NULL, &x, &index, NHWC_REDUCTION_NONE, &loss), NHWC_ERROR_ARGUMENT,
                "the label at [1] is -1");
    classes[1] = 0;
    CHECK_FAILS(nhwc_sparse_softmax_cross_entropy(NULL, &x, &flags, NHWC_REDUCTION_MEAN, &number), NHWC_ERROR_DTYPE,
                "labels is uint8");
    CHECK_FAILS(nhwc_sparse_softmax_cross_entropy(NULL, &x, &long_index, NHWC_REDUCTION_MEAN, &number),
                NHWC_ERROR_SHAPE,
                "labels is [2, 1]", "[2]");
    CHECK_FAILS(nhwc_sparse_softmax_cross_entropy(NULL, &none, &index, NHWC_REDUCTION_MEAN, &number), NHWC_ERROR_SHAPE,
                "[2, 0]", "no classes");
    CHECK_FAILS(nhwc_softmax_cross_entropy(NULL, &rank_0, &rank_0, NHWC_REDUCTION_MEAN, &number), NHWC_ERROR_RANK,
                "no axes");
    CHECK_FAILS(nhwc_sparse_softmax_cross_entropy(NULL, &x, &index, NHWC_REDUCTION_MEAN, &over_index), NHWC_ERROR_ALIAS,
                "loss shares memory with labels");
    for (int i = 0; i < 16; i++)
        CHECK(data[i] == 1 && out[i] == 7);
}

/* Only reduced losses of classes allocate, a number for each sample; without it nothing is written. */
static void test_memory(void **state)
{
    (void)state;
    uint64_t random = 4;
    const int64_t dims[3] = {50, 20, 70};
    for (size_t row = 0; row < COUNT(rows); row++)
        for (size_t r = 0; r < COUNT(reductions); r++) {
            tensors t = make_tensors(&random, &rows[row], NHWC_FLOAT32, dims, reductions[r], true);
            failing_allocator allocator = {.fail_at = 1};
            const nhwc_context context = failing_context(&allocator);
            const bool allocates = rows[row].of_classes && reductions[r] != NHWC_REDUCTION_NONE;
            fill_labels(&rows[row], &random, &t);
            element_set(&t.loss, 0, 77);
            if (allocates) {
                CHECK_FAILS(rows[row].loss(&context, &t.x, &t.labels, reductions[r], &t.loss), NHWC_ERROR_OUT_OF_MEMORY,
                            "4000");
                CHECK(element_get(&t.loss, 0) == 77);
            } else {
                CHECK_OK(rows[row].loss(&context, &t.x, &t.labels, reductions[r], &t.loss));
            }
            CHECK_OK(rows[row].gradient(&context, NULL, &t.x, &t.labels, reductions[r], &t.dx));
            CHECK(allocator.calls == allocates && allocator.live == 0);
            guarded_release();
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),     cmocka_unit_test(test_same_bits), cmocka_unit_test(test_many_axes),
        cmocka_unit_test(test_sums),       cmocka_unit_test(test_differences), cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_empty),      cmocka_unit_test(test_accuracy),  cmocka_unit_test(test_rejections),
        cmocka_unit_test(test_accuracy_golden),
        cmocka_unit_test(test_memory),     cmocka_unit_test(test_recorded_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
