/* Geometry: the one place where shapes of convolutions are known. No output size or padding is computed
 * anywhere else. */
#ifndef NHWC_CONV_GEOMETRY_H
#define NHWC_CONV_GEOMETRY_H

#include <nhwc/image.h>

/* What the caller calls the operation and its three tensors, for messages. */
typedef struct nhwc__roles {
    const char *operation, *fine, *filter, *coarse;
} nhwc__roles;

/* The geometry when the fine image is given (filter as [kh, kw, fine_c / groups, coarse_c]); a coarse
 * side then follows. The paddings of SAME depend on the fine side, so every geometry ends up here. */
nhwc_status nhwc__geometry_from_fine(const nhwc__roles *roles, const int64_t fine_shape[4],
                                     const int64_t filter_shape[4], const nhwc_conv2d_options *options,
                                     nhwc_geometry *geometry);

/* The geometry when the coarse image is given and the fine one is `fine_shape`, or the default for
 * `output_padding` when that is NULL. Fails when conv2d of the fine side does not give the coarse one. */
nhwc_status nhwc__geometry_from_coarse(const nhwc__roles *roles, const int64_t coarse_shape[4],
                                       const int64_t filter_shape[4], const nhwc_conv2d_options *options,
                                       const int64_t fine_shape[4], const int64_t output_padding[2],
                                       nhwc_geometry *geometry);

/* The geometry of windows that slide over an image, channel by channel; `filter` of the roles names the kernel size. */
nhwc_status nhwc__geometry_of_windows(const nhwc__roles *roles, const int64_t fine_shape[4],
                                      const nhwc_pool2d_options *options, nhwc_geometry *geometry);

/* A geometry given by a caller is one that the constructors make. */
nhwc_status nhwc__geometry_check(const char *operation, const nhwc_geometry *geometry);

#endif
