/* What a filter gradient needs next, which the caches fetch while tiles are computed. */
#ifndef NHWC_CONV_FEEDS_H
#define NHWC_CONV_FEEDS_H

#include "conv/bands.h"

/* Memory as rows of bytes. */
typedef struct nhwc__feed {
    uintptr_t at, step;
    int64_t rows, size;
    int64_t done, share, speed; /* of the row `at`; bytes for each tile, and for each term */
} nhwc__feed;

/* A part, of so many, of the coarse rows after a block; of what is needed of the fine image after row of taps ky. */
nhwc__feed nhwc__next_coarse(const nhwc__way *way, const nhwc__block *b, int64_t part, int64_t parts);
nhwc__feed nhwc__next_fine(const nhwc__way *way, const nhwc__block *b, int64_t ky, int64_t part, int64_t parts);

/* What each of some tiles fetches, and with each of its terms. */
nhwc__feed nhwc__shared_among(nhwc__feed f, int64_t tiles, int64_t terms);
void nhwc__fetch_ahead(nhwc__tile *tile, nhwc__feed *f);

#endif
