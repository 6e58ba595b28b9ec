#include "image/resize.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image/channels.h"
#include "image/resize_kernel.h"

static void pass_across(const struct raster *from, const struct resize_kernel *k, struct raster *to)
{
    unsigned channels = from->channels;

    for (uint32_t y = 0; y < to->height; y++) {
        const uint8_t *row = from->pixels + (size_t)y * from->width * channels;
        uint8_t *out = to->pixels + (size_t)y * to->width * channels;

        for (uint32_t x = 0; x < to->width; x++) {
            const int32_t *weight = k->weights + x * k->room;
            const uint8_t *in = row + (size_t)k->first[x] * channels;

            for (unsigned c = 0; c < channels; c++) {
                int64_t sum = RESIZE_KERNEL_HALF;

                for (int j = 0; j < k->length[x]; j++)
                    sum += (int64_t)weight[j] * in[(size_t)j * channels + c];
                *out++ = resize_kernel_round(sum);
            }
        }
    }
}

static void pass_down(const struct raster *from, const struct resize_kernel *k, struct raster *to)
{
    size_t stride = (size_t)from->width * from->channels;

    for (uint32_t y = 0; y < to->height; y++) {
        const int32_t *weight = k->weights + y * k->room;
        const uint8_t *in = from->pixels + (size_t)k->first[y] * stride;
        uint8_t *out = to->pixels + (size_t)y * stride;

        for (size_t x = 0; x < stride; x++) {
            int64_t sum = RESIZE_KERNEL_HALF;

            for (int j = 0; j < k->length[y]; j++)
                sum += (int64_t)weight[j] * in[(size_t)j * stride + x];
            out[x] = resize_kernel_round(sum);
        }
    }
}

/* One direction of resize_raster: `across` or down. */
static int one_pass(const struct raster *from, bool across, uint32_t size, double x1, double x2,
                    enum resize_filter filter, struct raster *to, struct error *err)
{
    struct resize_kernel k;

    if (raster_init(to, across ? size : from->width, across ? from->height : size, from->channels,
                    err) != 0)
        return -1;
    if (resize_kernel_init(&k, across ? from->width : from->height, x1, x2, size, filter, err) !=
        0) {
        raster_release(to);
        return -1;
    }
    if (across)
        pass_across(from, &k, to);
    else
        pass_down(from, &k, to);
    resize_kernel_release(&k);
    return 0;
}

int resize_raster(const struct raster *from, uint32_t width, uint32_t height,
                  enum resize_filter filter, const struct resize_box *box, struct raster *to,
                  struct error *err)
{
    struct resize_box whole = {.x2 = from->width, .y2 = from->height};
    struct raster middle = {0};
    bool across, down;
    int result;

    *to = (struct raster){0};
    if (width == 0 || height == 0)
        return error_set(err, EXIT_INPUT, "cannot resize an image to %ux%u", (unsigned)width,
                         (unsigned)height);
    box = box ? box : &whole;
    across = width != from->width || box->x1 != 0.0 || box->x2 != width;
    down = height != from->height || box->y1 != 0.0 || box->y2 != height;
    if (!across && !down)
        return channels_copy(from, to, err);
    if (!down)
        return one_pass(from, true, width, box->x1, box->x2, filter, to, err);
    if (!across)
        return one_pass(from, false, height, box->y1, box->y2, filter, to, err);
    if (one_pass(from, true, width, box->x1, box->x2, filter, &middle, err) != 0)
        return -1;
    result = one_pass(&middle, false, height, box->y1, box->y2, filter, to, err);
    raster_release(&middle);
    return result;
}

/* Pastes at (x, y), which may be negative; what sticks out is cut. Channels are equal. */
static void paste(struct raster *on, const struct raster *piece, int64_t x, int64_t y)
{
    int64_t left = x < 0 ? -x : 0, top = y < 0 ? -y : 0;
    int64_t right = piece->width, bottom = piece->height;
    size_t channels = on->channels;

    right = x + right > on->width ? on->width - x : right;
    bottom = y + bottom > on->height ? on->height - y : bottom;
    for (int64_t row = top; row < bottom && left < right; row++)
        memcpy(on->pixels + ((size_t)(y + row) * on->width + (size_t)(x + left)) * channels,
               piece->pixels + ((size_t)row * piece->width + (size_t)left) * channels,
               (size_t)(right - left) * channels);
}

/* Stretches one edge of `piece` over width x height and pastes it. */
static int paste_edge(struct raster *on, const struct raster *piece, uint32_t width,
                      uint32_t height, struct resize_box edge, int64_t x, int64_t y,
                      struct error *err)
{
    struct raster strip;

    if (resize_raster(piece, width, height, RESIZE_BICUBIC, &edge, &strip, err) != 0)
        return -1;
    paste(on, &strip, x, y);
    raster_release(&strip);
    return 0;
}

static int fill_edges(struct raster *on, const struct raster *piece, bool above, struct error *err)
{
    uint32_t w = on->width, h = on->height;
    double pw = piece->width, ph = piece->height;
    uint32_t gap = above ? h / 2 - piece->height / 2 : w / 2 - piece->width / 2;

    if (gap == 0 || gap > (above ? h : w))
        return 0;
    if (above) {
        if (paste_edge(on, piece, w, gap, (struct resize_box){0, 0, w, 0}, 0, 0, err) != 0)
            return -1;
        return paste_edge(on, piece, w, gap, (struct resize_box){0, ph, w, ph}, 0,
                          (int64_t)gap + piece->height, err);
    }
    if (paste_edge(on, piece, gap, h, (struct resize_box){0, 0, 0, h}, 0, 0, err) != 0)
        return -1;
    return paste_edge(on, piece, gap, h, (struct resize_box){pw, 0, pw, h},
                      (int64_t)gap + piece->width, 0, err);
}

void resize_fit_size(const struct raster *from, int mode, uint32_t width, uint32_t height,
                     uint64_t *w, uint64_t *h)
{
    double ratio = (double)width / height, own = (double)from->width / from->height;
    uint64_t by_height = (uint64_t)from->width * height / from->height;
    uint64_t by_width = (uint64_t)from->height * width / from->width;
    bool cover = mode == RESIZE_CROP, stretch = mode == RESIZE_JUST;

    *w = stretch || (cover ? ratio > own : ratio < own) ? width : by_height;
    *h = stretch || (cover ? ratio <= own : ratio >= own) ? height : by_width;
}

/* Modes 1 and 2: the picture in its own ratio, centred on width x height. */
static int fit_ratio(const struct raster *from, bool cover, uint32_t width, uint32_t height,
                     struct raster *to, struct error *err)
{
    double ratio = (double)width / height, own = (double)from->width / from->height;
    struct raster piece = {0};
    uint64_t w, h;
    int result = -1;

    resize_fit_size(from, cover ? RESIZE_CROP : RESIZE_FILL, width, height, &w, &h);
    if (w > INT32_MAX || h > INT32_MAX)
        return error_set(err, EXIT_INPUT, "cannot resize an image of %ux%u to %ux%u",
                         (unsigned)from->width, (unsigned)from->height, (unsigned)width,
                         (unsigned)height);
    if (resize_raster(from, (uint32_t)w, (uint32_t)h, RESIZE_LANCZOS, NULL, &piece, err) != 0)
        return -1;
    if (raster_init(to, width, height, from->channels, err) != 0)
        goto out;
    paste(to, &piece, (int64_t)(width / 2) - (int64_t)(w / 2),
          (int64_t)(height / 2) - (int64_t)(h / 2));
    result = cover || ratio == own ? 0 : fill_edges(to, &piece, ratio < own, err);
    if (result != 0)
        raster_release(to);
out:
    raster_release(&piece);
    return result;
}

int resize_fit(const struct raster *from, int mode, uint32_t width, uint32_t height,
               struct raster *to, struct error *err)
{
    struct raster plain = {0};
    int result;

    *to = (struct raster){0};
    if (width == 0 || height == 0)
        return error_set(err, EXIT_INPUT, "cannot resize an image to %ux%u", (unsigned)width,
                         (unsigned)height);
    if (from->channels == 4) {
        if (channels_rgb(from, &plain, err) != 0)
            return -1;
        from = &plain;
    }
    if (mode == RESIZE_JUST)
        result = resize_raster(from, width, height, RESIZE_LANCZOS, NULL, to, err);
    else
        result = fit_ratio(from, mode == RESIZE_CROP, width, height, to, err);
    raster_release(&plain);
    return result;
}
