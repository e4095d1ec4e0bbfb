/* How far nhwc_model_fit is: a line while it runs, and curves afterwards. */
#ifndef NHWC_EXAMPLES_PROGRESS_H
#define NHWC_EXAMPLES_PROGRESS_H

#include <nhwc/train.h>

enum { MOST_EPOCHS = 1000 };

struct progress {
    bool quiet, terminal;
    bool accuracy;         /* the model's metric */
    double started, shown; /* seconds of the clock */
    int epochs;            /* that have ended, and their losses */
    double loss[MOST_EPOCHS], validation_loss[MOST_EPOCHS];
};

/* Starts the clock. Lines go to stderr: one that is drawn again and again where it is a terminal, else one for each
 * epoch; none with `quiet`. */
void progress_start(struct progress *progress, bool quiet, bool accuracy);

/* For nhwc_fit_options, with the progress as its argument. */
bool progress_show(void *progress, const nhwc_progress *now);

/* The losses as text, to stdout. */
void progress_print_curves(const struct progress *progress);

/* The same as a picture; returns NULL or what went wrong. */
const char *progress_save_curves(const struct progress *progress, const char *path);

#endif
