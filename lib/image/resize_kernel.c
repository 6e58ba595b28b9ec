#include "image/resize_kernel.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

static double bicubic(double x)
{
    const double a = -0.5;

    x = fabs(x);
    if (x < 1.0)
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
    if (x < 2.0)
        return (((x - 5) * x + 8) * x - 4) * a;
    return 0.0;
}

static double sinc(double x)
{
    if (x == 0.0)
        return 1.0;
    x *= PI;
    return sin(x) / x;
}

static double lanczos(double x)
{
    return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0;
}

void resize_kernel_release(struct resize_kernel *k)
{
    free(k->first);
    free(k->length);
    free(k->weights);
    *k = (struct resize_kernel){0};
}

static int32_t to_fixed(double weight)
{
    return (int32_t)((weight < 0 ? -0.5 : 0.5) + weight * (1 << RESIZE_KERNEL_BITS));
}

/* Fills one result's weights from the real ones, which it normalises. */
static void kernel_weigh(struct resize_kernel *k, uint32_t i, double *real, double sum)
{
    int32_t *to = k->weights + i * k->room;

    for (int j = 0; j < k->length[i]; j++)
        to[j] = to_fixed(sum != 0.0 ? real[j] / sum : real[j]);
}

int resize_kernel_init(struct resize_kernel *k, uint32_t size, double from, double to,
                       uint32_t count, enum resize_filter filter, struct error *err)
{
    double scale = (to - from) / count, stretch = scale < 1.0 ? 1.0 : scale;
    double support = (filter == RESIZE_LANCZOS ? 3.0 : 2.0) * stretch;
    double *real = NULL;

    *k = (struct resize_kernel){.room = (size_t)ceil(support) * 2 + 1};
    k->first = calloc(count, sizeof *k->first);
    k->length = calloc(count, sizeof *k->length);
    k->weights = calloc(count, k->room * sizeof *k->weights);
    real = calloc(k->room, sizeof *real);
    if (!k->first || !k->length || !k->weights || !real) {
        free(real);
        resize_kernel_release(k);
        return error_memory(err, "resizing an image");
    }
    for (uint32_t i = 0; i < count; i++) {
        double centre = from + (i + 0.5) * scale, sum = 0.0;
        int first = (int)(centre - support + 0.5), end = (int)(centre + support + 0.5);

        first = first < 0 ? 0 : first;
        end = end > (int)size ? (int)size : end;
        k->first[i] = first;
        k->length[i] = end - first;
        for (int j = 0; j < end - first; j++) {
            double x = (j + first - centre + 0.5) * (1.0 / stretch);

            real[j] = filter == RESIZE_LANCZOS ? lanczos(x) : bicubic(x);
            sum += real[j];
        }
        kernel_weigh(k, i, real, sum);
    }
    free(real);
    return 0;
}
