#include "workloads.h"

#include <inttypes.h>
#include <string.h>

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool parse_operation(workload *w)
{
    static const struct {
        const char *name;
        bool transposed;
        workload_output output;
    } operations[] = {{"conv", false, WORKLOAD_FORWARD},
                      {"conv_bd", false, WORKLOAD_INPUT_GRADIENT},
                      {"conv_bw", false, WORKLOAD_FILTER_GRADIENT},
                      {"deconv", true, WORKLOAD_FORWARD},
                      {"deconv_bd", true, WORKLOAD_INPUT_GRADIENT},
                      {"deconv_bw", true, WORKLOAD_FILTER_GRADIENT}};

    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (strcmp(w->operation, operations[i].name) == 0) {
            w->transposed = operations[i].transposed;
            w->output = operations[i].output;
            return true;
        }
    return false;
}

static bool parse(const char *text, workload *w)
{
    int64_t in[3], out[3];
    char padding[8];

    *w = (workload){.padding = NHWC_PADDING_VALID};
    if (sscanf(text,
               "%63s %15s %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64
               " %" SCNd64 " %" SCNd64 " %" SCNd64 " %7s %" SCNd64 " %" SCNd64,
               w->name, w->operation, &w->batch, &in[0], &in[1], &in[2], &w->kernel[0], &w->kernel[1],
               &out[2], &w->stride, &w->dilation, &w->groups, padding, &out[0], &out[1]) != 15 ||
        !parse_operation(w))
        return false;

    const int64_t positive[] = {w->batch, in[0],        in[1],        in[2],     out[0],      out[1],
                                out[2],   w->kernel[0], w->kernel[1], w->stride, w->dilation, w->groups};
    for (size_t i = 0; i < sizeof positive / sizeof positive[0]; i++)
        if (positive[i] < 1)
            return false;
    if (in[2] % w->groups != 0 || out[2] % w->groups != 0)
        return false;
    memcpy(w->fine, w->transposed ? out : in, sizeof w->fine);
    memcpy(w->coarse, w->transposed ? in : out, sizeof w->coarse);

    /* Worked out here once more, so that results are not checked with the library's own idea of padding. */
    if (strcmp(padding, "SAME") == 0) {
        w->padding = NHWC_PADDING_SAME;
        for (int axis = 0; axis < 2; axis++) {
            const int64_t extent = (w->kernel[axis] - 1) * w->dilation + 1;
            w->pad_before[axis] = larger((w->coarse[axis] - 1) * w->stride + extent - w->fine[axis], 0) / 2;
        }
        return true;
    }
    return strcmp(padding, "VALID") == 0;
}

int workload_read(FILE *file, int *line, workload *w)
{
    char text[512];
    while (fgets(text, sizeof text, file)) {
        ++*line;
        if (text[0] != '#' && text[strspn(text, " \t\r\n")] != '\0')
            return parse(text, w) ? 1 : -1;
    }
    return 0;
}

bool workload_wanted(const workload *w, const char *filter)
{
    if (filter == NULL)
        return true;
    if (filter[0] != '@')
        return strstr(w->name, filter) != NULL;

    FILE *file = fopen(filter + 1, "r");
    if (file == NULL)
        return false;
    char name[WORKLOAD_NAME_MAX + 1];
    bool listed = false;
    while (!listed && fscanf(file, "%63s", name) == 1)
        listed = strcmp(name, w->name) == 0;
    fclose(file);
    return listed;
}

bool workload_is_depthwise(const workload *w)
{
    return w->groups > 1 && w->groups == w->fine[2] && w->groups == w->coarse[2];
}

double workload_macs(const workload *w)
{
    const double contacts = (double)w->batch * (double)w->coarse[0] * (double)w->coarse[1] *
                            (double)w->kernel[0] * (double)w->kernel[1];
    return contacts * (double)w->fine[2] * (double)w->coarse[2] / (double)w->groups;
}
