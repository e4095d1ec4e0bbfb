/* What parameters are before anything is learned. */
#include <nhwc/array.h>
#include <nhwc/convert.h>
#include <nhwc/random.h>
#include <string.h>

#include "base/status.h"
#include "ops/shapes.h"
#include "train/model.h"

typedef nhwc_status draw(const nhwc_context *context, nhwc_random *random, nhwc_fans fans, nhwc_tensor *y);

static draw *const draws[] = {
    [NHWC_INITIALIZER_GLOROT_UNIFORM] = nhwc_glorot_uniform, [NHWC_INITIALIZER_GLOROT_NORMAL] = nhwc_glorot_normal,
    [NHWC_INITIALIZER_HE_UNIFORM] = nhwc_he_uniform,         [NHWC_INITIALIZER_HE_NORMAL] = nhwc_he_normal,
    [NHWC_INITIALIZER_LECUN_UNIFORM] = nhwc_lecun_uniform,   [NHWC_INITIALIZER_LECUN_NORMAL] = nhwc_lecun_normal,
};

/* Each channel becomes one of its own: the taps between it and others of its group are 0. */
static nhwc_status fill_bilinear(const nhwc_context *context, nhwc_tensor *kernel)
{
    NHWC__TRY(nhwc_bilinear_filter(context, kernel));
    const int64_t share = kernel->dims[2], channels = kernel->dims[3];
    for (int64_t i = 0, count = nhwc__element_count(kernel); i < count; i++)
        if (i % channels % share != i / channels % share)
            memset(nhwc__element(kernel, i), 0, nhwc_dtype_size(kernel->dtype));
    return NHWC_OK;
}

static nhwc_status fill_weight(const nhwc_layer *layer, int index, nhwc_random *random)
{
    const nhwc_initializer initializer = layer->weights[index].initializer;
    nhwc_tensor weight = nhwc__weight(layer, index);
    switch (initializer) {
    case NHWC_INITIALIZER_ZEROS:
        return nhwc_fill(nhwc__inside(layer), 0, &weight);
    case NHWC_INITIALIZER_ONES:
        return nhwc_fill(nhwc__inside(layer), 1, &weight);
    case NHWC_INITIALIZER_BILINEAR:
        return fill_bilinear(nhwc__inside(layer), &weight);
    default:
        return draws[initializer](nhwc__inside(layer), random, NHWC_FANS_KERAS, &weight);
    }
}

nhwc_status nhwc__initialize(nhwc_model *model, uint64_t seed)
{
    nhwc_random random = {.seed = seed};
    model->seed = seed;
    model->runs = model->iterations = 0;
    memset(model->slots, 0, (size_t)model->memory.optimizer);
    for (const nhwc_layer *layer = model->first; layer != NULL; layer = layer->next)
        for (int i = 0; i < nhwc__own_weights(layer); i++, random.stream++) {
            random.position = 0;
            NHWC__TRY(fill_weight(layer, i, &random));
        }
    return NHWC_OK;
}
