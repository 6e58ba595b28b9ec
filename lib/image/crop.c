#include "image/crop.h"

#include <string.h>

static int at_least(int a, int b)
{
    return a > b ? a : b;
}

static int at_most(int a, int b)
{
    return a < b ? a : b;
}

static bool row_is_blank(const uint8_t *row, size_t n)
{
    for (size_t x = 0; x < n; x++)
        if (row[x])
            return false;
    return true;
}

bool crop_find(const struct raster *mask, int pad, struct crop_rect *rect)
{
    int width = (int)mask->width, height = (int)mask->height;
    int x1 = width, x2 = 0, y1 = height, y2 = 0;

    for (int y = 0; y < height; y++) {
        const uint8_t *row = mask->pixels + (size_t)y * mask->width;
        int left = 0, right = width;

        if (row_is_blank(row, mask->width))
            continue;
        while (!row[left])
            left++;
        while (!row[right - 1])
            right--;
        x1 = at_most(x1, left);
        x2 = at_least(x2, right);
        y1 = at_most(y1, y);
        y2 = y + 1;
    }
    if (y2 == 0)
        return false;
    *rect = (struct crop_rect){
        .x1 = at_least(x1 - pad, 0),
        .y1 = at_least(y1 - pad, 0),
        .x2 = at_most(x2 + pad, width),
        .y2 = at_most(y2 + pad, height),
    };
    return true;
}

/* Lengthens [*from, *to) by `more`, half on each side, then moves it back inside [0, limit). */
static void lengthen(int *from, int *to, int more, int limit)
{
    *from -= more / 2;
    *to += more - more / 2;
    if (*to >= limit) {
        *from -= *to - limit;
        *to = limit;
    }
    if (*from < 0) {
        *to -= *from;
        *from = 0;
    }
    if (*to >= limit)
        *to = limit;
}

bool crop_expand(struct crop_rect *rect, int width, int height, int image_width, int image_height)
{
    int w = rect->x2 - rect->x1, h = rect->y2 - rect->y1;
    double wanted;

    if (w <= 0 || h <= 0 || width <= 0 || height <= 0)
        return false;
    wanted = (double)width / (double)height;
    if ((double)w / (double)h > wanted)
        lengthen(&rect->y1, &rect->y2, (int)(w / wanted - h), image_height);
    else
        lengthen(&rect->x1, &rect->x2, (int)(h * wanted - w), image_width);
    return true;
}

int crop_take(const struct raster *from, const struct crop_rect *rect, struct raster *to,
              struct error *err)
{
    int x1 = at_least(rect->x1, 0), x2 = at_most(rect->x2, (int)from->width);
    int y1 = at_least(rect->y1, 0), y2 = at_most(rect->y2, (int)from->height);
    size_t pixel = from->channels;

    *to = (struct raster){0};
    if (rect->x2 <= rect->x1 || rect->y2 <= rect->y1)
        return error_set(err, EXIT_INPUT, "cannot crop to an empty rectangle");
    if (raster_init(to, (uint32_t)(rect->x2 - rect->x1), (uint32_t)(rect->y2 - rect->y1),
                    from->channels, err) != 0)
        return -1;
    for (int y = y1; y < y2 && x1 < x2; y++)
        memcpy(to->pixels + ((size_t)(y - rect->y1) * to->width + (size_t)(x1 - rect->x1)) * pixel,
               from->pixels + ((size_t)y * from->width + (size_t)x1) * pixel,
               (size_t)(x2 - x1) * pixel);
    return 0;
}
