#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "fooocus_plan.h"
#include "image/fill.h"

/* The first channel, and joined to it the mean of all where it is over 127 (async_worker.py
 * apply_image_input; D25: alpha counts in the mean). */
static int read_mask(const struct fooocus_picture *from, bool advanced, struct raster *to,
                     struct failure *f)
{
    const struct raster *r = &from->raster;
    unsigned n = r->channels, first = from->form == FOOOCUS_GREY_ALPHA ? 2 : 0;
    struct error err;

    if (raster_init(to, r->width, r->height, 1, &err) != 0)
        return failure_from(f, &err);
    for (size_t i = 0; i < (size_t)r->width * r->height; i++) {
        const uint8_t *p = r->pixels + i * n;
        unsigned sum = 0;

        for (unsigned c = first; c < n; c++)
            sum += p[c];
        to->pixels[i] = advanced && sum > 127 * (n - first) ? 255 : p[0];
    }
    return 0;
}

/* cv2.dilate, or with `narrow` cv2.erode, by `radius` rounds of a square of 3 by 3. */
static int grow(struct raster *r, int radius, bool narrow, struct failure *f)
{
    int w = (int)r->width, h = (int)r->height;
    uint8_t *line = malloc((size_t)(w > h ? w : h));

    if (!line)
        return failure_set(f, 500, "MemoryError", "out of memory");
    for (int pass = 0; pass < 2; pass++) {
        int n = pass == 0 ? w : h, lines = pass == 0 ? h : w;
        size_t step = pass == 0 ? 1 : (size_t)w, next = pass == 0 ? (size_t)w : 1;

        for (int l = 0; l < lines; l++) {
            uint8_t *at = r->pixels + (size_t)l * next;

            for (int i = 0; i < n; i++)
                line[i] = at[(size_t)i * step];
            for (int i = 0; i < n; i++) {
                int from = i - radius < 0 ? 0 : i - radius,
                    to = i + radius < n ? i + radius : n - 1;
                uint8_t best = line[i];

                for (int k = from; k <= to; k++)
                    if (narrow ? line[k] < best : line[k] > best)
                        best = line[k];
                at[(size_t)i * step] = best;
            }
        }
    }
    free(line);
    return 0;
}

/* Adds rows and columns: the edge of the picture is repeated, or the value `fill` set. */
static int pad(struct raster *r, int left, int top, int right, int bottom, int fill,
               struct failure *f)
{
    int w = (int)r->width, h = (int)r->height, n = (int)r->channels;
    struct raster to;
    struct error err;

    if ((int64_t)(w + left + right) * (h + top + bottom) > SANDBOX_PIXELS_MAX)
        return failure_set(f, 500, "OutOfMemoryError", "too large to paint outwards");
    if (raster_init(&to, (uint32_t)(w + left + right), (uint32_t)(h + top + bottom), r->channels,
                    &err) != 0)
        return failure_from(f, &err);
    for (int y = 0; y < (int)to.height; y++)
        for (int x = 0; x < (int)to.width; x++) {
            int fx = x - left, fy = y - top;
            uint8_t *p = to.pixels + ((size_t)y * to.width + (size_t)x) * (size_t)n;

            if (fill >= 0 && (fx < 0 || fy < 0 || fx >= w || fy >= h)) {
                memset(p, fill, (size_t)n);
                continue;
            }
            fx = fx < 0 ? 0 : fx >= w ? w - 1 : fx;
            fy = fy < 0 ? 0 : fy >= h ? h - 1 : fy;
            memcpy(p, r->pixels + ((size_t)fy * (size_t)w + (size_t)fx) * (size_t)n, (size_t)n);
        }
    raster_release(r);
    *r = to;
    return 0;
}

static bool selects(const json_t *values, const char *side)
{
    const json_t *name;
    size_t i;

    json_array_foreach(json_object_get(values, "outpaint_selections"), i, name)
    {
        if (strcmp(json_string_value(name), side) == 0)
            return true;
    }
    return false;
}

/* How far a named side goes out: what was said, else 30 % of the picture (D6). */
static int distance(const json_t *values, const char *side, size_t index, int extent)
{
    const json_t *list = json_object_get(values, "outpaint_distance");
    json_int_t said = 0;

    if (!selects(values, side))
        return 0;
    if (json_array_size(list) >= 4)
        said = json_integer_value(json_array_get(list, index));
    return said > 0 ? (int)(said < 65536 ? said : 65536) : (int)(extent * 0.3);
}

/* Top and bottom first, then left and right (D6). */
static int outpaint(const json_t *values, struct raster *image, struct raster *mask,
                    struct failure *f)
{
    int w = (int)image->width, h = (int)image->height;
    int top = distance(values, "Top", 1, h), bottom = distance(values, "Bottom", 3, h);
    int left = distance(values, "Left", 0, w), right = distance(values, "Right", 2, w);

    if (pad(image, 0, top, 0, bottom, -1, f) != 0 || pad(image, left, 0, right, 0, -1, f) != 0)
        return -1;
    return pad(mask, left, top, right, bottom, 255, f);
}

static void keep_inside(int *from, int *to, int n)
{
    *from = *from < 0 ? 0 : *from > n ? n : *from;
    *to = *to < 0 ? 0 : *to > n ? n : *to;
}

/* inpaint_worker.py compute_initial_abcd and solve_abcd: the box of the mask, made square, then
 * grown until it is the share k of both sides. */
static struct crop_rect find_area(const struct raster *mask, double k)
{
    int w = (int)mask->width, h = (int)mask->height, half;
    struct crop_rect r = {.x2 = w, .y2 = h}, box;

    if (k >= 1.0 || !crop_find(mask, 0, &box))
        return r;
    half = box.x2 - 1 - box.x1 > box.y2 - 1 - box.y1 ? (box.x2 - 1 - box.x1) / 2
                                                     : (box.y2 - 1 - box.y1) / 2;
    half = (int)(half * 1.15);
    r.x1 = (box.x1 + box.x2 - 1) / 2 - half;
    r.x2 = (box.x1 + box.x2 - 1) / 2 + half + 1;
    r.y1 = (box.y1 + box.y2 - 1) / 2 - half;
    r.y2 = (box.y1 + box.y2 - 1) / 2 + half + 1;
    keep_inside(&r.x1, &r.x2, w);
    keep_inside(&r.y1, &r.y2, h);
    while (r.y2 - r.y1 < h * k || r.x2 - r.x1 < w * k) {
        bool down = r.y2 - r.y1 < r.x2 - r.x1, across = !down;

        across = across || r.y2 - r.y1 == h;
        down = down || r.x2 - r.x1 == w;
        r.y1 -= down;
        r.y2 += down;
        r.x1 -= across;
        r.x2 += across;
        keep_inside(&r.x1, &r.x2, w);
        keep_inside(&r.y1, &r.y2, h);
    }
    return r;
}

/* morphological_open: full where the mask is over 127, from there 8 less with every pixel away. */
static void soften(const struct raster *mask, struct raster *soft)
{
    int w = (int)mask->width, h = (int)mask->height;
    uint8_t *p = soft->pixels;

    for (size_t i = 0; i < (size_t)w * (size_t)h; i++)
        p[i] = mask->pixels[i] > 127 ? 32 : 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < w * h; i++) {
            int at = pass == 0 ? i : w * h - 1 - i, x = at % w, y = at / w, d = pass == 0 ? -1 : 1;
            int best = p[at];

            for (int n = 0; n < 4; n++) {
                int nx = n < 3 ? x + n - 1 : x + d, ny = n < 3 ? y + d : y;

                if (nx >= 0 && nx < w && ny >= 0 && ny < h && p[ny * w + nx] > best)
                    best = p[ny * w + nx] - 1;
            }
            p[at] = (uint8_t)(best > 0 ? best : 0);
        }
    for (size_t i = 0; i < (size_t)w * (size_t)h; i++)
        p[i] = (uint8_t)(p[i] == 32 ? 255 : p[i] * 8);
}

/* New pixels show only where the latent was free to change: in blocks of 8 that the mask touches.
 */
static void limit_to_latent(const struct raster *mask, const struct crop_rect *area,
                            struct raster *soft)
{
    int w = (int)mask->width, h = (int)mask->height;

    for (int y0 = 0; y0 < h; y0 += 8)
        for (int x0 = 0; x0 < w; x0 += 8) {
            bool free_block = false;

            for (int y = y0; y < y0 + 8 && y < h; y++)
                for (int x = x0; x < x0 + 8 && x < w; x++)
                    free_block = free_block || mask->pixels[y * w + x] > 127;
            for (int y = y0; y < y0 + 8 && y < h; y++)
                for (int x = x0; x < x0 + 8 && x < w; x++)
                    if (!free_block || x < area->x1 || x >= area->x2 || y < area->y1 ||
                        y >= area->y2)
                        soft->pixels[y * w + x] = 0;
        }
}

/* The part that is painted; with full strength what is under the mask goes away first. */
static int make_base(const struct raster *mask, double strength, struct fooocus_plan *plan,
                     struct error *err)
{
    struct raster part = {0}, hole = {0};
    int result = -1;

    if (crop_take(&plan->whole, &plan->area, &part, err) != 0)
        return -1;
    if (strength <= 0.99) {
        plan->base = part;
        return 0;
    }
    if (crop_take(mask, &plan->area, &hole, err) == 0)
        result = fill_masked(&part, &hole, &plan->base, err);
    raster_release(&hole);
    raster_release(&part);
    return result;
}

/* What is marked by the mask as it stands after growing and inversion. */
static int marked(const struct fooocus_order *order, struct raster *mask, struct failure *f)
{
    const json_t *values = order->values;
    int amount = (int)fields_int(values, "inpaint_erode_or_dilate", 0);
    const struct raster *image = &order->inpaint.raster;
    bool advanced = fields_flag(values, "inpaint_advanced_masking_checkbox");
    struct error err;

    if (!order->mask.raster.pixels) {
        if (raster_init(mask, image->width, image->height, 1, &err) != 0)
            return failure_from(f, &err);
    } else if (read_mask(&order->mask, advanced, mask, f) != 0) {
        return -1;
    }
    if (mask->width != image->width || mask->height != image->height)
        return failure_set(f, 500, "ValueError",
                           "operands could not be broadcast together with shapes (%u,%u) (%u,%u)",
                           mask->height, mask->width, image->height, image->width);
    if (amount != 0 && grow(mask, abs(amount), amount < 0, f) != 0)
        return -1;
    for (size_t i = 0; order->invert && i < (size_t)mask->width * mask->height; i++)
        mask->pixels[i] = (uint8_t)(255 - mask->pixels[i]);
    return 0;
}

int fooocus_area_make(const struct fooocus_order *order, struct fooocus_plan *plan, bool *found,
                      struct failure *f)
{
    const json_t *values = order->values;
    struct raster mask = {0};
    struct error err;
    int result = -1;

    *found = json_array_size(json_object_get(values, "outpaint_selections")) > 0;
    if (marked(order, &mask, f) != 0)
        goto out;
    for (size_t i = 0; !*found && i < (size_t)mask.width * mask.height; i++)
        *found = mask.pixels[i] > 127;
    if (!*found) {
        result = 0;
        goto out;
    }
    if (fooocus_picture_rgb(&order->inpaint, &plan->whole, f) != 0 ||
        outpaint(values, &plan->whole, &mask, f) != 0)
        goto out;
    plan->strength = fields_real(values, "inpaint_strength", 1);
    plan->area = find_area(&mask, fields_real(values, "inpaint_respective_field", 0.618));
    if (raster_init(&plan->soft, mask.width, mask.height, 1, &err) != 0 ||
        make_base(&mask, plan->strength, plan, &err) != 0) {
        failure_from(f, &err);
        goto out;
    }
    soften(&mask, &plan->soft);
    limit_to_latent(&mask, &plan->area, &plan->soft);
    result = 0;
out:
    raster_release(&mask);
    return result;
}
