#include "image/blur.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One row or column of one channel, gathered so that both directions share the same code. */
struct line {
    uint8_t *at;
    size_t step; /* bytes between neighbours */
    size_t n;
};

static void line_get(const struct line *l, uint8_t *to)
{
    for (size_t i = 0; i < l->n; i++)
        to[i] = l->at[i * l->step];
}

static void line_put(const struct line *l, const uint8_t *from)
{
    for (size_t i = 0; i < l->n; i++)
        l->at[i * l->step] = from[i];
}

/* Line number i of width*channels columns (down) or height*channels row channels (across). */
static struct line line_of(const struct raster *r, int down, size_t i)
{
    size_t row = (size_t)r->width * r->channels;

    if (down)
        return (struct line){.at = r->pixels + i, .step = row, .n = r->height};
    return (struct line){.at = r->pixels + i / r->channels * row + i % r->channels,
                         .step = r->channels,
                         .n = r->width};
}

static size_t line_count(const struct raster *r, int down)
{
    return (size_t)(down ? r->width : r->height) * r->channels;
}

/* Half a Gaussian in steps of 1/256: weights[0] is the centre. Each rounding error is carried to
 * the next tap towards the centre, which takes what is left of 256. */
static void gaussian_taps(int half, double sigma, int *weights)
{
    double scale = -0.125 / (sigma * sigma), sum = 0.0, carry = 0.0;
    int total = 0;

    for (int i = half; i > 0; i--)
        sum += exp(4.0 * i * i * scale);
    sum = 2 * sum + 1;
    for (int i = half; i > 0; i--) {
        double wanted = exp(4.0 * i * i * scale) * (1 / sum) * 256 + carry;

        weights[i] = (int)lrint(wanted);
        carry = wanted - weights[i];
        total += weights[i];
    }
    weights[0] = 256 - 2 * total;
}

static size_t reflect(int64_t i, size_t n)
{
    if (n == 1)
        return 0;
    while (i < 0 || i >= (int64_t)n)
        i = i < 0 ? -i : 2 * ((int64_t)n - 1) - i;
    return (size_t)i;
}

/* padded holds `half` reflected pixels, the line, and `half` more. */
static void gaussian_line(const uint8_t *padded, size_t n, int half, const int *weights,
                          uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t *centre = padded + i + half;
        int sum = 128 + weights[0] * centre[0];

        for (int j = 1; j <= half; j++)
            sum += weights[j] * (centre[-j] + centre[j]);
        sum >>= 8;
        out[i] = (uint8_t)(sum > 255 ? 255 : sum);
    }
}

static int gaussian(struct raster *r, int down, double sigma, struct error *err)
{
    int half = (int)(2.5 * sigma + 0.5);
    size_t n = down ? r->height : r->width;
    int *weights = calloc((size_t)half + 1, sizeof *weights);
    uint8_t *padded = malloc(2 * n + 2 * (size_t)half);
    uint8_t *out = padded ? padded + n + 2 * (size_t)half : NULL;
    int result = -1;

    if (!weights || !padded) {
        error_memory(err, "blurring an image");
        goto out;
    }
    gaussian_taps(half, sigma, weights);
    for (size_t i = 0; i < line_count(r, down); i++) {
        struct line l = line_of(r, down, i);

        line_get(&l, padded + half);
        for (int j = 1; j <= half; j++) {
            padded[half - j] = padded[(size_t)half + reflect(-j, n)];
            padded[(size_t)half + n - 1 + (size_t)j] =
                padded[(size_t)half + reflect((int64_t)n - 1 + j, n)];
        }
        gaussian_line(padded, n, half, weights, out);
        line_put(&l, out);
    }
    result = 0;
out:
    free(weights);
    free(padded);
    return result;
}

int blur_opencv(struct raster *r, double sigma_x, double sigma_y, struct error *err)
{
    if (!(sigma_x <= BLUR_SIGMA_MAX) || !(sigma_y <= BLUR_SIGMA_MAX))
        return error_set(err, EXIT_INPUT, "cannot blur by more than %.0f pixels", BLUR_SIGMA_MAX);
    if (sigma_x > 0 && gaussian(r, 0, sigma_x, err) != 0)
        return -1;
    return sigma_y > 0 ? gaussian(r, 1, sigma_y, err) : 0;
}

/* In single precision, as there. */
struct blur_box blur_box_for(double radius)
{
    float sigma = (float)radius, variance = sigma * sigma / 3;
    float length = (float)sqrt(12.0 * (double)variance + 1.0);
    float whole = (float)floor(((double)length - 1.0) / 2.0);
    float part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
    struct blur_box b;
    float size;

    part /= 6 * (variance - (whole + 1) * (whole + 1));
    size = whole + part;
    b.radius = (int)size;
    b.whole = (uint32_t)((float)(1 << 24) / (size * 2 + 1));
    b.share = ((1u << 24) - (uint32_t)(b.radius * 2 + 1) * b.whole) / 2;
    return b;
}

static size_t clamp(int64_t i, size_t n)
{
    return i < 0 ? 0 : i >= (int64_t)n ? n - 1 : (size_t)i;
}

static void box_line(const struct blur_box *b, const uint8_t *in, size_t n, uint8_t *out)
{
    int64_t r = b->radius;
    uint32_t sum = 0;

    for (int64_t i = -r - 1; i < r; i++)
        sum += in[clamp(i, n)];
    for (int64_t i = 0; i < (int64_t)n; i++) {
        size_t left = clamp(i - r - 1, n);

        sum += (uint32_t)in[clamp(i + r, n)] - in[left];
        out[i] =
            (uint8_t)((sum * b->whole + (in[left] + (uint32_t)in[clamp(i + r + 1, n)]) * b->share +
                       (1u << 23)) >>
                      24);
    }
}

int blur_pillow(struct raster *r, double radius, struct error *err)
{
    struct blur_box b = blur_box_for(radius);
    size_t n = r->width > r->height ? r->width : r->height;
    uint8_t *one, *two;

    if (!(radius >= 0) || radius > BLUR_SIGMA_MAX)
        return error_set(err, EXIT_INPUT, "cannot blur by more than %.0f pixels", BLUR_SIGMA_MAX);
    if (b.radius == 0 && b.share == 0)
        return 0;
    one = malloc(2 * n);
    if (!one)
        return error_memory(err, "blurring an image");
    two = one + n;
    for (int down = 0; down < 2; down++) {
        for (size_t i = 0; i < line_count(r, down); i++) {
            struct line l = line_of(r, down, i);

            line_get(&l, one);
            box_line(&b, one, l.n, two);
            box_line(&b, two, l.n, one);
            box_line(&b, one, l.n, two);
            line_put(&l, two);
        }
    }
    free(one);
    return 0;
}
