#include "support/conv_case.h"

#include <inttypes.h>
#include <string.h>

#include "support/check.h"
#include "support/random.h"

bool conv_case_make(conv_case *c, nhwc_padding padding, const conv_axis *h, const conv_axis *w, int64_t batch,
                    int64_t groups, int64_t fine_c, int64_t coarse_c)
{
    *c = (conv_case){
        .options = {.padding = padding,
                    .strides = {h->stride, w->stride},
                    .dilations = {h->dilation, w->dilation},
                    .groups = groups},
        .fine = {batch, h->fine, w->fine, fine_c * groups},
        .filter = {h->kernel, w->kernel, fine_c, coarse_c * groups},
    };
    if (padding == NHWC_PADDING_EXPLICIT) {
        const int64_t paddings[2][2] = {{h->pad_before, h->pad_after}, {w->pad_before, w->pad_after}};
        memcpy(c->options.explicit_paddings, paddings, sizeof paddings);
    }
    nhwc_geometry g;
    if (nhwc_conv2d_geometry(c->fine, c->filter, &c->options, &g) != NHWC_OK)
        return false;
    memcpy(c->coarse, (int64_t[]){g.batch, g.h.coarse, g.w.coarse, g.coarse_c}, sizeof c->coarse);
    return true;
}

conv_axis conv_axis_random(uint64_t *random, int64_t size)
{
    return (conv_axis){.fine = random_between(random, 0, size),
                       .kernel = random_between(random, 1, 5),
                       .stride = random_between(random, 1, 4),
                       .dilation = random_between(random, 1, 3),
                       .pad_before = random_between(random, 0, 3),
                       .pad_after = random_between(random, 0, 3)};
}

conv_case conv_case_random(uint64_t *random, int64_t size)
{
    for (;;) {
        conv_case c;
        const conv_axis h = conv_axis_random(random, size), w = conv_axis_random(random, size);
        const nhwc_padding padding = (nhwc_padding)random_between(random, 0, NHWC_PADDING_EXPLICIT);
        const int64_t groups = random_between(random, 1, 3), batch = random_between(random, 1, 3);
        if (conv_case_make(&c, padding, &h, &w, batch, groups, random_between(random, 1, 4),
                           random_between(random, 1, 4)))
            return c;
    }
}

bool conv_case_as_depthwise(const conv_case *c, conv_case *depthwise)
{
    if (c->filter[2] != 1)
        return false;
    *depthwise = *c;
    depthwise->depthwise = true;
    depthwise->filter[2] = c->options.groups;
    depthwise->filter[3] = c->filter[3] / c->options.groups;
    depthwise->options.groups = 0;
    return true;
}

void conv_case_print(const conv_case *c)
{
    static const char *const names[] = {"VALID", "SAME", "EXPLICIT"};
    const nhwc_conv2d_options *o = &c->options;
    const int64_t(*p)[2] = o->explicit_paddings;
#define D "%" PRId64
    print_error("%sfine [" D ", " D ", " D ", " D "], filter [" D ", " D ", " D ", " D "], coarse [" D ", " D
                ", " D ", " D "], strides {" D ", " D "}, dilations {" D ", " D "}, groups " D
                ", %s {{" D ", " D "}, {" D ", " D "}}\n",
                c->depthwise ? "depthwise " : "", c->fine[0], c->fine[1], c->fine[2], c->fine[3], c->filter[0],
                c->filter[1], c->filter[2], c->filter[3], c->coarse[0], c->coarse[1], c->coarse[2],
                c->coarse[3], o->strides[0], o->strides[1], o->dilations[0], o->dilations[1], o->groups,
                names[o->padding], p[0][0], p[0][1], p[1][0], p[1][1]);
#undef D
}

nhwc_status conv_case_gather(const conv_case *c, bool transposed, const nhwc_context *context,
                             const nhwc_tensor *fine, const nhwc_tensor *filter, nhwc_tensor *coarse)
{
    if (transposed)
        return (c->depthwise ? nhwc_depthwise_conv2d_transpose_backprop_input
                             : nhwc_conv2d_transpose_backprop_input)(context, fine, filter, &c->options,
                                                                     false, coarse);
    return (c->depthwise ? nhwc_depthwise_conv2d : nhwc_conv2d)(context, fine, filter, NULL, &c->options,
                                                                coarse);
}

nhwc_status conv_case_scatter(const conv_case *c, bool transposed, const nhwc_context *context,
                              nhwc_tensor *fine, const nhwc_tensor *filter, const nhwc_tensor *coarse)
{
    if (transposed)
        return (c->depthwise ? nhwc_depthwise_conv2d_transpose : nhwc_conv2d_transpose)(
            context, coarse, filter, NULL, &c->options, fine);
    return (c->depthwise ? nhwc_depthwise_conv2d_backprop_input : nhwc_conv2d_backprop_input)(
        context, coarse, filter, &c->options, false, fine);
}

nhwc_status conv_case_correlate(const conv_case *c, bool transposed, const nhwc_context *context,
                                const nhwc_tensor *fine, nhwc_tensor *filter, const nhwc_tensor *coarse)
{
    if (transposed)
        return (c->depthwise ? nhwc_depthwise_conv2d_transpose_backprop_filter
                             : nhwc_conv2d_transpose_backprop_filter)(context, coarse, fine, &c->options,
                                                                      false, filter);
    return (c->depthwise ? nhwc_depthwise_conv2d_backprop_filter : nhwc_conv2d_backprop_filter)(
        context, fine, coarse, &c->options, false, filter);
}
