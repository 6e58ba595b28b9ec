#include "paint.h"

#include <math.h>
#include <stdlib.h>

#include "image/blur.h"
#include "image/channels.h"
#include "palette.h"
#include "rng.h"

#define BRISTLES 16
#define DRIFT_CELL 72 /* pixels between the points that drift on their own */

/* One brush stroke: a bar with rounded, ragged ends. */
struct stroke {
    double x, y, along_x, along_y; /* centre; unit vector */
    double half, radius;           /* length / 2 and width / 2, in pixels */
    double colour[3];
    double shade[BRISTLES];  /* added across the width */
    double ragged[BRISTLES]; /* how much of the length each bristle reaches, 0 to 1 */
};

static uint8_t to_byte(double x)
{
    return (uint8_t)(x <= 0 ? 0 : x >= 255 ? 255 : x + 0.5);
}

static const uint8_t *pixel_at(const struct raster *r, double x, double y)
{
    uint32_t px = x <= 0 ? 0 : x >= r->width - 1.0 ? r->width - 1 : (uint32_t)(x + 0.5);
    uint32_t py = y <= 0 ? 0 : y >= r->height - 1.0 ? r->height - 1 : (uint32_t)(y + 0.5);

    return r->pixels + ((size_t)py * r->width + px) * 3;
}

static double luma_at(const struct raster *r, double x, double y)
{
    const uint8_t *p = pixel_at(r, x, y);

    return 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
}

static double smooth(double t)
{
    return t * t * (3 - 2 * t);
}

/* Drift in [-1, 1] at a pixel, from a grid of random values. */
static double drift_at(const float *grid, uint32_t columns, uint32_t x, uint32_t y)
{
    uint32_t cx = x / DRIFT_CELL, cy = y / DRIFT_CELL;
    double tx = smooth((x % DRIFT_CELL) / (double)DRIFT_CELL);
    double ty = smooth((y % DRIFT_CELL) / (double)DRIFT_CELL);
    const float *row = grid + (size_t)cy * columns + cx, *next = row + columns;
    double top = row[0] + (row[1] - row[0]) * tx, low = next[0] + (next[1] - next[0]) * tx;

    return top + (low - top) * ty;
}

/* What is to be painted: the picture with shapes drifted and colours moved. */
static int make_subject(const struct raster *from, const struct paint *paint, double unit,
                        struct rng *rng, struct raster *to, struct error *err)
{
    uint32_t columns = from->width / DRIFT_CELL + 2, rows = from->height / DRIFT_CELL + 2;
    size_t n = (size_t)columns * rows;
    double reach = 20 * unit * paint->strength * paint->strength;
    float *grid = malloc(2 * n * sizeof *grid);
    struct palette palette;

    if (!grid)
        return error_memory(err, "painting");
    if (raster_init(to, from->width, from->height, 3, err) != 0) {
        free(grid);
        return -1;
    }
    palette_init(&palette, paint->prompt, paint->strength, rng);
    for (size_t i = 0; i < 2 * n; i++)
        grid[i] = (float)rng_between(rng, -1, 1);
    for (uint32_t y = 0; y < from->height; y++)
        for (uint32_t x = 0; x < from->width; x++) {
            const uint8_t *p = pixel_at(from, x + reach * drift_at(grid, columns, x, y),
                                        y + reach * drift_at(grid + n, columns, x, y));
            double colour[3] = {p[0], p[1], p[2]};
            uint8_t *out = to->pixels + ((size_t)y * from->width + x) * 3;

            palette_apply(&palette, colour);
            for (int c = 0; c < 3; c++)
                out[c] = to_byte(colour[c]);
        }
    free(grid);
    return 0;
}

static void draw_stroke(struct raster *canvas, const struct stroke *s)
{
    double reach_x = fabs(s->along_x) * s->half + s->radius + 1;
    double reach_y = fabs(s->along_y) * s->half + s->radius + 1;
    long x1 = lround(s->x - reach_x), x2 = lround(s->x + reach_x);
    long y1 = lround(s->y - reach_y), y2 = lround(s->y + reach_y);

    x1 = x1 < 0 ? 0 : x1;
    y1 = y1 < 0 ? 0 : y1;
    x2 = x2 >= (long)canvas->width ? (long)canvas->width - 1 : x2;
    y2 = y2 >= (long)canvas->height ? (long)canvas->height - 1 : y2;
    for (long y = y1; y <= y2; y++)
        for (long x = x1; x <= x2; x++) {
            double dx = (double)x - s->x, dy = (double)y - s->y;
            double across = dy * s->along_x - dx * s->along_y;
            double along = fabs(dx * s->along_x + dy * s->along_y);
            double edge = s->radius - fabs(across), end, cover;
            uint8_t *p;
            int bristle;

            if (edge <= -0.5)
                continue;
            bristle = (int)((across / s->radius + 1) * 0.5 * BRISTLES);
            bristle = bristle < 0 ? 0 : bristle >= BRISTLES ? BRISTLES - 1 : bristle;
            end = s->half * s->ragged[bristle] - along;
            if (end <= -0.5)
                continue;
            cover = edge < end ? edge + 0.5 : end + 0.5;
            cover = (cover > 1 ? 1 : cover) * 0.9;
            p = canvas->pixels + ((size_t)y * canvas->width + (size_t)x) * 3;
            for (int c = 0; c < 3; c++)
                p[c] = to_byte(p[c] + (s->colour[c] + s->shade[bristle] - p[c]) * cover);
        }
}

/* Along the edges of the subject; where it is flat, in slowly turning directions. */
static void aim_stroke(struct stroke *s, const struct raster *subject, double phase)
{
    double d = s->radius < 2 ? 2 : s->radius;
    double gx = luma_at(subject, s->x + d, s->y) - luma_at(subject, s->x - d, s->y);
    double gy = luma_at(subject, s->x, s->y + d) - luma_at(subject, s->x, s->y - d);
    double size = sqrt(gx * gx + gy * gy), angle;

    if (size > 6) {
        s->along_x = -gy / size;
        s->along_y = gx / size;
        return;
    }
    angle = phase + 1.3 * sin(s->x / 90 + phase) + 1.1 * cos(s->y / 70 - phase);
    s->along_x = cos(angle);
    s->along_y = sin(angle);
}

static void fill_stroke(struct stroke *s, const struct raster *subject, double strength,
                        struct rng *rng)
{
    const uint8_t *colour = pixel_at(subject, s->x, s->y);
    double vary = 5 + 16 * strength, together = rng_between(rng, -vary, vary);

    s->half = s->radius * rng_between(rng, 1.6, 3.4);
    for (int c = 0; c < 3; c++)
        s->colour[c] = colour[c] + together + rng_between(rng, -vary, vary) * 0.5;
    for (int i = 0; i < BRISTLES; i++) {
        s->shade[i] = rng_between(rng, -1, 1) * (3 + 7 * strength);
        s->ragged[i] = rng_between(rng, 0.75, 1);
    }
}

/* Whether the canvas already looks like the subject here. */
static bool is_close(const struct raster *canvas, const struct raster *subject, double x, double y,
                     double limit)
{
    const uint8_t *a = pixel_at(canvas, x, y), *b = pixel_at(subject, x, y);

    return abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2]) < limit;
}

static int paint_layer(struct raster *canvas, const struct raster *subject, double radius,
                       double strength, bool everywhere, struct rng *rng, struct error *err)
{
    double step = radius < 2 ? 2 : radius, phase = rng_between(rng, 0, 6.28);
    uint32_t columns = (uint32_t)(canvas->width / step) + 1;
    uint32_t n = columns * ((uint32_t)(canvas->height / step) + 1);
    uint32_t *order = malloc((size_t)n * sizeof *order);
    struct raster soft = {0};
    int result = -1;

    if (!order) {
        error_memory(err, "painting");
        goto out;
    }
    if (channels_copy(subject, &soft, err) != 0 || blur_pillow(&soft, radius * 0.5, err) != 0)
        goto out;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t j = rng_below(rng, i + 1);

        order[i] = order[j];
        order[j] = i;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct stroke s = {.radius = radius * rng_between(rng, 0.7, 1.2)};

        s.x = (order[i] % columns + rng_real(rng)) * step;
        s.y = (order[i] / columns + rng_real(rng)) * step;
        if (!everywhere && is_close(canvas, &soft, s.x, s.y, 30 + 50 * strength))
            continue;
        aim_stroke(&s, &soft, phase);
        fill_stroke(&s, &soft, strength, rng);
        draw_stroke(canvas, &s);
    }
    result = 0;
out:
    free(order);
    raster_release(&soft);
    return result;
}

/* Coarse strokes everywhere, then finer ones where they are needed. */
static int paint_canvas(const struct raster *subject, double strength, double unit, struct rng *rng,
                        struct raster *canvas, struct error *err)
{
    double radius = (3 + 15 * strength) * unit, finest = (1 + 2.6 * strength) * unit;
    bool first = true;

    if (channels_copy(subject, canvas, err) != 0 || blur_pillow(canvas, radius * 0.5, err) != 0)
        return -1;
    for (; radius >= 1 && radius >= finest; radius *= 0.5) {
        if (paint_layer(canvas, subject, radius, strength, first, rng, err) != 0)
            return -1;
        first = false;
    }
    return 0;
}

int paint_picture(const struct raster *from, const struct paint *paint, struct raster *to,
                  struct error *err)
{
    double strength = paint->strength > 1 ? 1 : paint->strength;
    double share = smooth(strength >= 0.55 ? 1 : strength / 0.55);
    double unit = (from->width < from->height ? from->width : from->height) / 512.0;
    struct rng rng = rng_for(paint->seed, paint->negative_prompt);
    struct paint used = *paint;
    struct raster subject = {0}, canvas = {0};
    size_t n = (size_t)from->width * from->height * 3;
    int result = -1;

    *to = (struct raster){0};
    if (!(strength > 0))
        return channels_copy(from, to, err);
    used.strength = strength;
    unit = unit < 0.4 ? 0.4 : unit > 4 ? 4 : unit;
    rng = rng_for(rng_next(&rng), paint->prompt);
    if (make_subject(from, &used, unit, &rng, &subject, err) != 0 ||
        paint_canvas(&subject, strength, unit, &rng, &canvas, err) != 0 ||
        raster_init(to, from->width, from->height, 3, err) != 0)
        goto out;
    for (size_t i = 0; i < n; i++)
        to->pixels[i] = to_byte(from->pixels[i] + (canvas.pixels[i] - from->pixels[i]) * share);
    result = 0;
out:
    raster_release(&subject);
    raster_release(&canvas);
    return result;
}

void paint_noise(struct raster *picture, const struct raster *mask, uint64_t seed)
{
    for (uint32_t y = 0; y < picture->height; y++)
        for (uint32_t x = 0; x < picture->width; x++) {
            size_t i = (size_t)y * picture->width + x;
            struct rng coarse = {.state = seed ^ ((uint64_t)(y / 8) << 32 | x / 8)};
            struct rng fine = {.state = ~seed ^ ((uint64_t)y << 32 | x)};

            if (mask->pixels[i] <= 127)
                continue;
            for (int c = 0; c < 3; c++)
                picture->pixels[3 * i + (size_t)c] =
                    to_byte(128 + rng_between(&coarse, -90, 90) + rng_between(&fine, -30, 30));
        }
}

void paint_nothing(struct raster *picture, const struct raster *mask)
{
    static const uint8_t FLAT[3] = {140, 124, 108};
    size_t n = (size_t)picture->width * picture->height;

    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < 3 && mask->pixels[i] > 127; c++)
            picture->pixels[3 * i + c] = FLAT[c];
}
