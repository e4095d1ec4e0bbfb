#define _POSIX_C_SOURCE 200809L /* isatty */

#include "progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pictures.h"

static double seconds(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_start(struct progress *progress, bool quiet, bool accuracy)
{
    *progress = (struct progress){.quiet = quiet, .terminal = isatty(2), .accuracy = accuracy, .started = seconds()};
}

/* ---- The line ------------------------------------------------------------------------------- */

static void print_result(const char *name, const nhwc_result *result, bool accuracy)
{
    fprintf(stderr, "  %s %.4f", name, result->loss);
    if (accuracy)
        fprintf(stderr, " %6.2f %%", 100 * result->metric);
}

static void print_line(const struct progress *progress, const nhwc_progress *now)
{
    const double past = seconds() - progress->started, samples = (double)now->samples;
    const double done = (double)now->epoch * samples + (double)now->sample, all = (double)now->epochs * samples;
    const int left = (int)lround(past * (all - done) / fmax(done, 1));
    fprintf(stderr, "epoch %*lld/%lld", now->epochs > 9 ? 2 : 1, (long long)now->epoch + 1, (long long)now->epochs);
    if (!now->epoch_ended)
        fprintf(stderr, " %3.0f %%", 100 * (double)now->sample / samples);
    print_result("loss", &now->result, progress->accuracy);
    if (now->epoch_ended)
        print_result("validation", &now->validation, progress->accuracy);
    fprintf(stderr, "  %.0f images/s  %d:%02d left", done / fmax(past, 1e-9), left / 60, left % 60);
}

bool progress_show(void *argument, const nhwc_progress *now)
{
    struct progress *progress = argument;
    if (now->epoch_ended && progress->epochs < MOST_EPOCHS) {
        progress->loss[progress->epochs] = now->result.loss;
        progress->validation_loss[progress->epochs++] = now->validation.loss;
    }
    const bool due = progress->terminal && seconds() > progress->shown + 0.1;
    if (progress->quiet || (!now->epoch_ended && !due))
        return true;
    progress->shown = seconds();
    if (progress->terminal)
        fprintf(stderr, "\r\033[K"); /* over the line before */
    print_line(progress, now);
    if (now->epoch_ended)
        fprintf(stderr, "\n");
    fflush(stderr);
    return true;
}

/* ---- Curves --------------------------------------------------------------------------------- */

enum { ROWS = 12, COLUMNS = 60 };

/* A mark at the height of each epoch's loss. */
static void mark(char (*rows)[COLUMNS + 1], const double *losses, int count, double least, double most, char sign)
{
    const int columns = count > COLUMNS / 2 ? COLUMNS : 2 * count;
    for (int column = 0; column < columns; column++) {
        const double loss = losses[column * count / columns];
        const int row = (int)lround((most - loss) / fmax(most - least, 1e-9) * (ROWS - 1));
        if (row >= 0 && row < ROWS)
            rows[row][column] = sign;
    }
}

void progress_print_curves(const struct progress *progress)
{
    char rows[ROWS][COLUMNS + 1];
    double least = INFINITY, most = -INFINITY;
    for (int i = 0; i < progress->epochs; i++) {
        least = fmin(least, fmin(progress->loss[i], progress->validation_loss[i]));
        most = fmax(most, fmax(progress->loss[i], progress->validation_loss[i]));
    }
    memset(rows, ' ', sizeof rows);
    mark(rows, progress->loss, progress->epochs, least, most, '*');
    mark(rows, progress->validation_loss, progress->epochs, least, most, 'o');
    printf("loss (* training, o validation) of %d epochs\n", progress->epochs);
    for (int row = 0; row < ROWS; row++) {
        rows[row][COLUMNS] = '\0';
        printf("%8.4f |%s\n", most - (most - least) * row / (ROWS - 1), rows[row]);
    }
    printf("\n");
}

const char *progress_save_curves(const struct progress *progress, const char *path)
{
    return picture_curves(path, 2, (const double *const[]){progress->loss, progress->validation_loss},
                          progress->epochs);
}
