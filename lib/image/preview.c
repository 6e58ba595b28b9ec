#include "image/preview.h"

#include <stdlib.h>
#include <string.h>

#include "image/channels.h"
#include "image/resize.h"

#define MARGIN 16
#define GAP 64

static const uint8_t ground[3] = {48, 48, 48};
static const uint8_t red[3] = {255, 32, 32};
static const uint8_t yellow[3] = {255, 220, 0};
static const uint8_t black[3] = {0, 0, 0};
static const uint8_t white[3] = {255, 255, 255};

/* A point; outside of the picture nothing happens. */
static void dot(struct raster *on, int x, int y, const uint8_t colour[3])
{
    if (x >= 0 && y >= 0 && (uint32_t)x < on->width && (uint32_t)y < on->height) {
        memcpy(on->pixels + 3 * ((size_t)y * on->width + (size_t)x), colour, 3);
    }
}

/* Right and bottom lie outside. */
static void frame(struct raster *on, const struct crop_rect *r, const uint8_t colour[3])
{
    for (int x = r->x1; x < r->x2; x++) {
        dot(on, x, r->y1, colour);
        dot(on, x, r->y2 - 1, colour);
    }
    for (int y = r->y1; y < r->y2; y++) {
        dot(on, r->x1, y, colour);
        dot(on, r->x2 - 1, y, colour);
    }
}

/* Two yellow lines between two black ones, to be seen on any ground. */
static void thick_frame(struct raster *on, struct crop_rect r)
{
    static const uint8_t *const colours[] = {black, yellow, yellow, black};

    r = (struct crop_rect){r.x1 - 2, r.y1 - 2, r.x2 + 2, r.y2 + 2};
    for (size_t i = 0; i < 4; i++) {
        frame(on, &r, colours[i]);
        r = (struct crop_rect){r.x1 + 1, r.y1 + 1, r.x2 - 1, r.y2 - 1};
    }
}

static void line(struct raster *on, int x1, int y1, int x2, int y2)
{
    int n = abs(x2 - x1) > abs(y2 - y1) ? abs(x2 - x1) : abs(y2 - y1);

    for (int i = 0; i <= n; i++) {
        int x = x1 + (n == 0 ? 0 : (int)((long long)(x2 - x1) * i / n));
        int y = y1 + (n == 0 ? 0 : (int)((long long)(y2 - y1) * i / n));
        dot(on, x, y + 1, black);
        dot(on, x, y, yellow);
    }
}

static void paste(struct raster *on, const struct raster *piece, int x, int y)
{
    for (uint32_t row = 0; row < piece->height; row++) {
        memcpy(on->pixels + 3 * (((size_t)y + row) * on->width + (size_t)x),
               piece->pixels + 3 * (size_t)row * piece->width, 3 * (size_t)piece->width);
    }
}

static uint32_t scaled(uint64_t size, double scale)
{
    uint32_t n = (uint32_t)((double)size * scale + 0.5);

    return n == 0 ? 1 : n;
}

static int scale_to(const struct raster *from, double scale, struct raster *to, struct error *err)
{
    return resize_raster(from, scaled(from->width, scale), scaled(from->height, scale),
                         from->channels == 1 ? RESIZE_BICUBIC : RESIZE_LANCZOS, NULL, to, err);
}

/* The same as RGB. */
static int scale_rgb(const struct raster *from, double scale, struct raster *to, struct error *err)
{
    struct raster plain;

    if (channels_rgb(from, &plain, err) != 0) {
        return -1;
    }
    int result = scale_to(&plain, scale, to, err);
    raster_release(&plain);
    return result;
}

static void tint(struct raster *on, const struct raster *mask)
{
    for (size_t i = 0; i < (size_t)on->width * on->height; i++) {
        for (size_t c = 0; c < 3; c++) {
            uint8_t *value = on->pixels + 3 * i + c;
            *value = channels_blend(*value, red[c], mask->pixels[i] / 2);
        }
    }
}

static bool marked(const struct raster *mask, uint32_t x, uint32_t y)
{
    return mask->pixels[(size_t)y * mask->width + x] > 127;
}

/* Draws the edge of what is over a half in `mask`, from inside, dashed. */
static void edge(struct raster *on, const struct raster *mask)
{
    uint32_t w = mask->width, h = mask->height;

    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t x = 0; x < w; x++) {
            bool inside =
                marked(mask, x, y) &&
                (x == 0 || y == 0 || x == w - 1 || y == h - 1 || !marked(mask, x - 1, y) ||
                 !marked(mask, x + 1, y) || !marked(mask, x, y - 1) || !marked(mask, x, y + 1));
            if (inside) {
                dot(on, (int)x, (int)y, (x + y) / 4 % 2 == 0 ? white : black);
            }
        }
    }
}

/* Blocks of 8 pixels a latent one, at the size of what the model sees. */
static int enlarge(const struct raster *latent, const struct raster *like, struct raster *to,
                   struct error *err)
{
    if (raster_init(to, like->width, like->height, 1, err) != 0) {
        return -1;
    }
    for (uint32_t y = 0; y < to->height && y / 8 < latent->height; y++) {
        for (uint32_t x = 0; x < to->width && x / 8 < latent->width; x++) {
            to->pixels[(size_t)y * to->width + x] =
                latent->pixels[(size_t)(y / 8) * latent->width + x / 8];
        }
    }
    return 0;
}

static int draw_left(const struct preview *p, double scale, struct raster *to, struct error *err)
{
    struct raster mask = {0}, blurred = {0};
    int result = -1;

    *to = (struct raster){0};
    if (scale_rgb(p->image, scale, to, err) == 0 && scale_to(p->mask, scale, &mask, err) == 0 &&
        scale_to(p->blurred, scale, &blurred, err) == 0) {
        tint(to, &blurred);
        edge(to, &mask);
        result = 0;
    }
    raster_release(&mask);
    raster_release(&blurred);
    return result;
}

/* Noise, or nothing, where the model starts from that. */
static void show_latent(struct raster *on, const struct raster *mask, enum preview_latent latent)
{
    static const uint8_t nothing[3] = {134, 122, 110};
    uint32_t state = 1;

    for (size_t i = 0; i < 3 * (size_t)on->width * on->height; i++) {
        state = state * 1664525u + 1013904223u;
        if (latent != PREVIEW_IMAGE && mask->pixels[i / 3] > 127) {
            on->pixels[i] = latent == PREVIEW_NOISE ? (uint8_t)(state >> 24) : nothing[i % 3];
        }
    }
}

static int draw_right(const struct preview *p, double scale, struct raster *to, struct error *err)
{
    struct raster blocks = {0}, mask = {0};
    int result = -1;

    *to = (struct raster){0};
    if (scale_rgb(p->shown, scale, to, err) != 0) {
        return -1;
    }
    if (p->repainted == NULL) {
        return 0;
    }
    if (enlarge(p->repainted, p->shown, &blocks, err) == 0 &&
        scale_to(&blocks, scale, &mask, err) == 0) {
        show_latent(to, &mask, p->latent);
        edge(to, &mask);
        result = 0;
    }
    raster_release(&blocks);
    raster_release(&mask);
    return result;
}

static double find_scale(const struct preview *p)
{
    uint32_t side = p->image->width > p->image->height ? p->image->width : p->image->height;

    side = p->shown->width > side ? p->shown->width : side;
    side = p->shown->height > side ? p->shown->height : side;
    return side > PREVIEW_SIDE_MAX ? (double)PREVIEW_SIDE_MAX / side : 1;
}

/* The rectangle where the left panel shows it. */
static struct crop_rect place(const struct crop_rect *r, double scale)
{
    return (struct crop_rect){MARGIN + (int)(r->x1 * scale), MARGIN + (int)(r->y1 * scale),
                              MARGIN + (int)scaled((uint64_t)r->x2, scale),
                              MARGIN + (int)scaled((uint64_t)r->y2, scale)};
}

static void join(struct raster *on, const struct raster *left, const struct raster *right,
                 struct crop_rect from)
{
    int x = MARGIN + (int)left->width + GAP;
    struct crop_rect to = {x, MARGIN, x + (int)right->width, MARGIN + (int)right->height};

    paste(on, left, MARGIN, MARGIN);
    paste(on, right, x, MARGIN);
    line(on, from.x2 + 2, from.y1, to.x1 - 2, to.y1);
    line(on, from.x2 + 2, from.y2, to.x1 - 2, to.y2);
    thick_frame(on, from);
    thick_frame(on, to);
}

int preview_draw(const struct preview *p, struct raster *to, struct error *err)
{
    struct raster left = {0}, right = {0};
    double scale = find_scale(p);
    int result = -1;

    *to = (struct raster){0};
    if (draw_left(p, scale, &left, err) != 0 || draw_right(p, scale, &right, err) != 0) {
        goto out;
    }
    uint32_t height = left.height > right.height ? left.height : right.height;
    if (raster_init(to, left.width + right.width + GAP + 2 * MARGIN, height + 2 * MARGIN, 3, err) !=
        0) {
        goto out;
    }
    for (size_t i = 0; i < (size_t)to->width * to->height; i++) {
        memcpy(to->pixels + 3 * i, ground, 3);
    }
    join(to, &left, &right, place(&p->rectangle, scale));
    result = 0;
out:
    raster_release(&left);
    raster_release(&right);
    return result;
}
