/* Cross-entropy of classes, block by block, and accuracy. */
#include <nhwc/array.h>
#include <nhwc/math.h>
#include <string.h>

#include "base/status.h"
#include "base/tensor.h"
#include "engine/cpu.h"
#include "ops/blocks.h"
#include "ops/losses.h"
#include "ops/reduce.h"
#include "ops/shapes.h"
#include "ops/terms.h"

/* ---- Classes -------------------------------------------------------------------------------- */

static int64_t class_at(const nhwc__cursor *label)
{
    const void *at = nhwc__element(&label->of, label->offset);
    return label->of.dtype == NHWC_INT32 ? *(const int32_t *)at : *(const int64_t *)at;
}

static nhwc_status check_class(const char *operation, const nhwc__cursor *label, int64_t classes)
{
    const int64_t class = class_at(label);
    if (class >= 0 && class < classes)
        return NHWC_OK;
    return nhwc__fail(NHWC_ERROR_ARGUMENT,
                      "%s: the label at %s is %" PRId64 "; there are %" PRId64 " classes, the first is 0", operation,
                      nhwc__shape_text(label->of.rank, label->at).text, class, classes);
}

nhwc_status nhwc__check_classes(const char *operation, const char *name, const char *of,
                                const nhwc_tensor *predictions, const nhwc_tensor *labels)
{
    const int rank = predictions->rank - 1;
    NHWC__TRY(nhwc__tensor_check(operation, name, labels));
    if (labels->dtype != NHWC_INT32 && labels->dtype != NHWC_INT64)
        return nhwc__fail(NHWC_ERROR_DTYPE, "%s: %s is %s; int32 and int64 are possible", operation, name,
                          nhwc_dtype_string(labels->dtype));
    if (labels->rank != rank || (rank > 0 && memcmp(labels->dims, predictions->dims, (size_t)rank * sizeof(int64_t))))
        return nhwc__fail(NHWC_ERROR_SHAPE, "%s: %s is %s; of %s, %s, it has to be %s", operation, name,
                          nhwc__shape_text(labels->rank, labels->dims).text, of,
                          nhwc__shape_text(predictions->rank, predictions->dims).text,
                          nhwc__shape_text(rank, predictions->dims).text);
    nhwc__cursor label = nhwc__cursor_at(labels, 0);
    for (int64_t left = nhwc__element_count(labels); left > 0; left--, nhwc__cursor_next(&label))
        NHWC__TRY(check_class(operation, &label, predictions->dims[rank]));
    return NHWC_OK;
}

/* The way through the samples: the predictions of the first class, and the labels. */
typedef struct samples {
    nhwc__cursor first, label;
    int64_t stride; /* from one class to the next */
} samples;

static samples samples_of(const nhwc_tensor *predictions, const nhwc_tensor *labels)
{
    const int last = predictions->rank - 1;
    samples s = {nhwc__cursor_at(predictions, 0), nhwc__cursor_at(labels, 0), 0};
    if (predictions->dims[last] > 1)
        s.stride = predictions->strides[last];
    s.first.of.dims[last] = 1;
    return s;
}

/* The prediction of the next sample's class. */
static void *next_chosen(samples *s)
{
    void *const chosen = nhwc__element(&s->first.of, s->first.offset + class_at(&s->label) * s->stride);
    nhwc__cursor_next(&s->first);
    nhwc__cursor_next(&s->label);
    return chosen;
}

/* Numbers for the samples of a block. */
typedef struct numbers {
    _Alignas(64) char bytes[NHWC__BLOCK_LINES * sizeof(double)];
} numbers;

static nhwc_tensor numbers_of(const nhwc_tensor *predictions, numbers *memory)
{
    int64_t dims[NHWC_MAX_RANK];
    memcpy(dims, predictions->dims, sizeof dims);
    dims[predictions->rank - 1] = 1;
    nhwc_tensor view = nhwc_tensor_view(predictions->dtype, NULL, predictions->rank, dims);
    view.data = memory->bytes;
    return view;
}

/* The largest logit of each sample, and the logarithm of the sum of exponentials of those less the largest. */
static void find_sums(const nhwc__loss *l, const nhwc_tensor *logits, const nhwc_tensor *most,
                      const nhwc_tensor *log_sum)
{
    nhwc__reduce(NULL, &l->maths->max_fold, logits, NULL, 0, most);
    nhwc__reduce(NULL, &l->maths->log_exp_sum_fold, logits, most, 0, log_sum);
}

/* ---- Cross-entropy of classes: the losses of a block, and their gradients ------------------- */

/* Views of logits, labels and losses. */
static void dense_losses(void *argument, const nhwc_tensor *views)
{
    const nhwc__loss *l = argument;
    numbers memory[2];
    const nhwc_tensor most = numbers_of(views, &memory[0]), log_sum = numbers_of(views, &memory[1]);
    find_sums(l, &views[0], &most, &log_sum);
    nhwc__fold_terms(NULL, &l->maths->sum_fold,
                     &(const nhwc__terms){l->maths->class_entropy, 4, {&views[1], &views[0], &most, &log_sum}, 0}, 0,
                     &views[2]);
}

static void sparse_losses(void *argument, const nhwc_tensor *views)
{
    const nhwc__loss *l = argument;
    numbers memory[3];
    const nhwc_tensor most = numbers_of(views, &memory[0]), log_sum = numbers_of(views, &memory[1]);
    const nhwc_tensor logit = numbers_of(views, &memory[2]), unit = nhwc__constant(logit.dtype, 1);
    const size_t size = nhwc_dtype_size(logit.dtype);
    find_sums(l, &views[0], &most, &log_sum);
    samples s = samples_of(&views[0], &views[1]);
    for (int64_t i = 0, count = nhwc__element_count(&logit); i < count; i++)
        memcpy(memory[2].bytes + (size_t)i * size, next_chosen(&s), size);
    nhwc__put_terms(NULL, &(const nhwc__terms){l->maths->class_entropy, 4, {&unit, &logit, &most, &log_sum}, 0},
                    &views[2]);
}

static nhwc_context serial(const nhwc__loss *l)
{
    return (nhwc_context){.isa = l->context ? l->context->isa : NHWC_ISA_AUTOMATIC};
}

/* Views of logits, labels, the gradient of the losses and of the logits. */
static void dense_gradients(void *argument, const nhwc_tensor *views)
{
    const nhwc__loss *l = argument;
    const nhwc_context context = serial(l);
    numbers memory;
    const nhwc_tensor sum = numbers_of(views, &memory);
    nhwc_tensor gradient = views[3];
    nhwc_softmax(&context, &views[0], -1, &gradient);
    nhwc__reduce(NULL, &l->maths->sum_fold, &views[1], NULL, 0, &sum);
    nhwc__put_terms(NULL,
                    &(const nhwc__terms){l->maths->class_entropy_backprop, 4, {&gradient, &sum, &views[1], &views[2]},
                                         nhwc__loss_factor(l)},
                    &gradient);
}

static void sparse_gradients(void *argument, const nhwc_tensor *views)
{
    const nhwc__loss *l = argument;
    const nhwc_context context = serial(l);
    numbers memory;
    const nhwc_tensor slope = numbers_of(views, &memory), unit = nhwc__constant(slope.dtype, 1);
    const size_t size = nhwc_dtype_size(slope.dtype);
    nhwc_tensor gradient = views[3];
    nhwc_softmax(&context, &views[0], -1, &gradient);
    nhwc__put_terms(NULL, &(const nhwc__terms){l->maths->scaled_product, 2, {&views[2], &unit}, nhwc__loss_factor(l)},
                    &slope);
    nhwc__put_terms(NULL, &(const nhwc__terms){l->maths->multiply, 2, {&gradient, &slope}, 0}, &gradient);
    samples s = samples_of(&gradient, &views[1]);
    for (int64_t i = 0, count = nhwc__element_count(&slope); i < count; i++) {
        void *at = next_chosen(&s);
        const void *const in[NHWC__MOST_INPUTS] = {at, memory.bytes + (size_t)i * size, at, at, at, at};
        l->maths->subtract(1, in, 0, at);
    }
}

/* ---- Cross-entropy of classes: calls -------------------------------------------------------- */

static nhwc_status check_labels(const nhwc__loss *l, bool is_sparse, nhwc__argument *dense)
{
    const nhwc_tensor *p = l->predictions;
    if (is_sparse)
        return nhwc__check_classes(l->operation, "labels", "predictions", p, l->labels);
    *dense = (nhwc__argument){.name = "labels", .tensor = l->labels, .rank = p->rank, .dims = p->dims};
    return NHWC_OK;
}

/* The tensors share no memory with indices, which are no argument as the others. */
static nhwc_status check_apart(const nhwc__loss *l, const char *name, const nhwc_tensor *output)
{
    if (nhwc__tensors_overlap(l->labels, output))
        return nhwc__fail(NHWC_ERROR_ALIAS, "%s: %s shares memory with labels", l->operation, name);
    return NHWC_OK;
}

/* Folds the losses of all samples, which are made first, into `loss`. */
static nhwc_status reduce_losses(nhwc__loss *l, nhwc_tensor *tensors, nhwc__block *block,
                                 const nhwc_tensor *loss)
{
    nhwc_tensor losses;
    NHWC__TRY(nhwc_tensor_create(l->context, loss->dtype, l->rank, l->predictions->dims, &losses));
    tensors[2] = nhwc__aligned(&losses, l->rank + 1, 0);
    if (l->count > 0)
        nhwc__for_blocks(l->context, 3, tensors, 1, NHWC__BLOCK_LINES, block, l);
    const nhwc_tensor all = nhwc__aligned(loss, l->rank, 0);
    nhwc__reduce(l->context, nhwc__loss_fold(l), &losses, NULL, l->count, &all);
    nhwc_tensor_destroy(l->context, &losses);
    return NHWC_OK;
}

static nhwc_status class_loss(nhwc__loss *l, bool is_sparse, const nhwc_tensor *loss)
{
    const nhwc_tensor *p = l->predictions;
    nhwc_tensor number;
    NHWC__TRY(nhwc__loss_begin(l, 1));
    loss = nhwc__loss_number(l, loss, &number);
    nhwc__argument arguments[] = {
        {.name = "predictions", .tensor = p, .rank = p->rank, .dims = p->dims},
        nhwc__loss_argument(l, "loss", loss),
        {.name = NULL},
    };
    arguments[1].output = true;
    NHWC__TRY(check_labels(l, is_sparse, &arguments[2]));
    NHWC__TRY(nhwc__check_arguments(l->operation, l->context, is_sparse ? 2 : 3, arguments));
    NHWC__TRY(check_apart(l, "loss", loss));
    l->maths = nhwc__maths_of(l->context, p->dtype);
    nhwc__block *block = is_sparse ? sparse_losses : dense_losses;
    nhwc_tensor tensors[3] = {*p, nhwc__aligned(l->labels, p->rank, 0)};
    if (l->reduction != NHWC_REDUCTION_NONE)
        return reduce_losses(l, tensors, block, loss);
    tensors[2] = nhwc__aligned(loss, p->rank, 0);
    if (l->count > 0)
        nhwc__for_blocks(l->context, 3, tensors, 1, NHWC__BLOCK_LINES, block, l);
    return NHWC_OK;
}

static nhwc_status class_gradient(nhwc__loss *l, bool is_sparse, const nhwc_tensor *dloss,
                                  const nhwc_tensor *gradient)
{
    const nhwc_tensor *p = l->predictions;
    nhwc_tensor number;
    NHWC__TRY(nhwc__loss_begin(l, 1));
    dloss = nhwc__loss_number(l, dloss, &number);
    nhwc__argument arguments[] = {
        {.name = "predictions", .tensor = p, .rank = p->rank, .dims = p->dims},
        {.name = "dpredictions", .tensor = gradient, .rank = p->rank, .dims = p->dims, .output = true,
         .place = "predictions"},
        nhwc__loss_argument(l, "dloss", dloss),
        {.name = NULL},
    };
    arguments[2].optional = true;
    NHWC__TRY(check_labels(l, is_sparse, &arguments[3]));
    NHWC__TRY(nhwc__check_arguments(l->operation, l->context, is_sparse ? 3 : 4, arguments));
    NHWC__TRY(check_apart(l, "dpredictions", gradient));
    l->maths = nhwc__maths_of(l->context, p->dtype);
    const nhwc_tensor unit = nhwc__constant(p->dtype, 1);
    const nhwc_tensor tensors[] = {*p, nhwc__aligned(l->labels, p->rank, 0),
                                   nhwc__aligned(dloss ? dloss : &unit, p->rank, 0), *gradient};
    if (!nhwc__tensor_is_empty(p))
        nhwc__for_blocks(l->context, 4, tensors, 1, NHWC__BLOCK_LINES, is_sparse ? sparse_gradients : dense_gradients,
                         l);
    return NHWC_OK;
}

#define DEFINE_CLASS_LOSS(name, is_sparse)                                                                    \
    nhwc_status nhwc_##name(const nhwc_context *context, const nhwc_tensor *predictions,                      \
                            const nhwc_tensor *labels, nhwc_reduction reduction, nhwc_tensor *loss)           \
    {                                                                                                         \
        nhwc__loss l = {#name, reduction, predictions, labels, .context = context};                           \
        return class_loss(&l, is_sparse, loss);                                                               \
    }                                                                                                         \
                                                                                                              \
    nhwc_status nhwc_##name##_backprop(const nhwc_context *context, const nhwc_tensor *dloss,                 \
                                       const nhwc_tensor *predictions, const nhwc_tensor *labels,             \
                                       nhwc_reduction reduction, nhwc_tensor *dpredictions)                   \
    {                                                                                                         \
        nhwc__loss l = {#name "_backprop", reduction, predictions, labels, .context = context};               \
        return class_gradient(&l, is_sparse, dloss, dpredictions);                                            \
    }

DEFINE_CLASS_LOSS(softmax_cross_entropy, false)
DEFINE_CLASS_LOSS(sparse_softmax_cross_entropy, true)

/* ---- Accuracy ------------------------------------------------------------------------------- */

/* An index for each sample, in new memory: where the largest of its values is. */
static nhwc_status find_guesses(const nhwc_context *context, const nhwc_tensor *of, nhwc_tensor *guesses)
{
    NHWC__TRY(nhwc_tensor_create(context, NHWC_INT64, of->rank - 1, of->dims, guesses));
    const nhwc_status status = nhwc_argmax(context, of, -1, guesses);
    if (status != NHWC_OK)
        nhwc_tensor_destroy(context, guesses);
    return status;
}

static int64_t count_equal(const nhwc_tensor *guesses, const nhwc_tensor *labels)
{
    int64_t right = 0;
    nhwc__cursor guess = nhwc__cursor_at(guesses, 0), label = nhwc__cursor_at(labels, 0);
    for (int64_t left = nhwc__element_count(guesses); left > 0; left--) {
        right += class_at(&guess) == class_at(&label);
        nhwc__cursor_next(&guess);
        nhwc__cursor_next(&label);
    }
    return right;
}

static nhwc_status check_accuracy(const nhwc_context *context, const nhwc_tensor *scores, const nhwc_tensor *labels,
                                  bool is_sparse)
{
    const char *operation = "accuracy";
    NHWC__TRY(nhwc__check_float(operation, "scores", scores));
    if (scores->rank == 0)
        return nhwc__fail(NHWC_ERROR_RANK, "%s: scores has no axes; the last one is that of the classes", operation);
    const nhwc__argument arguments[] = {
        {.name = "scores", .tensor = scores, .rank = scores->rank, .dims = scores->dims},
        {.name = "labels", .tensor = labels, .rank = scores->rank, .dims = scores->dims},
    };
    NHWC__TRY(nhwc__check_arguments(operation, context, is_sparse ? 1 : 2, arguments));
    return is_sparse ? nhwc__check_classes(operation, "labels", "scores", scores, labels) : NHWC_OK;
}

nhwc_status nhwc_accuracy(const nhwc_context *context, const nhwc_tensor *scores, const nhwc_tensor *labels,
                          int64_t *right)
{
    NHWC__TRY(nhwc__tensor_check("accuracy", "labels", labels));
    const bool is_sparse = labels->dtype != NHWC_FLOAT32 && labels->dtype != NHWC_FLOAT64;
    NHWC__TRY(check_accuracy(context, scores, labels, is_sparse));
    if (right == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "accuracy: right is NULL");
    nhwc_tensor guesses, classes = {.data = NULL};
    NHWC__TRY(find_guesses(context, scores, &guesses));
    const nhwc_status status = is_sparse ? NHWC_OK : find_guesses(context, labels, &classes);
    if (status == NHWC_OK)
        *right = count_equal(&guesses, is_sparse ? labels : &classes);
    nhwc_tensor_destroy(context, &classes);
    nhwc_tensor_destroy(context, &guesses);
    return status;
}
