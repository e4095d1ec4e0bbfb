/* The one iterator over a convolution: contacts.
 *
 * A contact is a coarse pixel (y, x) meeting the fine pixel
 *
 *     fy = y * stride + ky * dilation - pad_before        (and fx alike)
 *
 * through tap (ky, kx), when that pixel lies inside the fine image. */
#ifndef NHWC_CONV_CONTACT_H
#define NHWC_CONV_CONTACT_H

#include <nhwc/nhwc.h>

/* The tensors of T(fine, filter, coarse) and how they meet. The filter is dense,
 * [kh, kw, fine_c / groups, coarse_c]; the images are views with contiguous channels. */
typedef struct nhwc__problem {
    nhwc_geometry geometry;
    nhwc_tensor fine, filter, coarse;
} nhwc__problem;

typedef struct nhwc__contact {
    int64_t n, y, x, ky, kx, group;
    int64_t fine, filter, coarse; /* offset of the group's first channel, in elements */
    int64_t fine_c, coarse_c;     /* channels of a group */
} nhwc__contact;

static inline nhwc__contact nhwc__first_contact(const nhwc__problem *p)
{
    const nhwc_geometry *g = &p->geometry;
    return (nhwc__contact){.fine_c = g->fine_c / g->groups, .coarse_c = g->coarse_c / g->groups};
}

/* Fills in the offsets; false where the tap falls outside the fine image. */
static inline bool nhwc__touches(nhwc__contact *c, const nhwc__problem *p)
{
    const nhwc_geometry *g = &p->geometry;
    const int64_t fy = c->y * g->h.stride + c->ky * g->h.dilation - g->h.pad_before;
    const int64_t fx = c->x * g->w.stride + c->kx * g->w.dilation - g->w.pad_before;
    if (fy < 0 || fy >= g->h.fine || fx < 0 || fx >= g->w.fine)
        return false;
    const int64_t *f = p->fine.strides, *k = p->coarse.strides;
    c->fine = c->n * f[0] + fy * f[1] + fx * f[2] + c->group * c->fine_c;
    c->coarse = c->n * k[0] + c->y * k[1] + c->x * k[2] + c->group * c->coarse_c;
    c->filter = (c->ky * g->w.kernel + c->kx) * c->fine_c * g->coarse_c + c->group * c->coarse_c;
    return true;
}

#define NHWC__FOR_EACH_CONTACT(c, p)                                              \
    for (nhwc__contact c = nhwc__first_contact(p); c.n < (p)->geometry.batch; c.n++) \
        for (c.y = 0; c.y < (p)->geometry.h.coarse; c.y++)                        \
            for (c.x = 0; c.x < (p)->geometry.w.coarse; c.x++)                    \
                for (c.ky = 0; c.ky < (p)->geometry.h.kernel; c.ky++)             \
                    for (c.kx = 0; c.kx < (p)->geometry.w.kernel; c.kx++)         \
                        for (c.group = 0; c.group < (p)->geometry.groups; c.group++) \
                            if (nhwc__touches(&c, p))

#endif
