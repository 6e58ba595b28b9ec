#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "eks.h"
#include "image/resize.h"
#include "input.h"
#include "wire/base64.h"

#define SIDE_MAX 4096

static json_t *encode(const struct raster *raster)
{
    json_t *json = NULL;
    struct error err;
    struct buf png;
    char *text;

    buf_init(&png, (size_t)1 << 30);
    if (raster_write_png(raster, NULL, &png, &err) == 0) {
        text = malloc(base64_encoded_size(png.len) + 1);
        if (text) {
            base64_encode(text, png.data, png.len);
            json = json_stringn(text, base64_encoded_size(png.len));
        }
        free(text);
    }
    buf_release(&png);
    return json;
}

static double real_of(const json_t *content, const char *key, double otherwise)
{
    const json_t *value = json_object_get(content, key);

    return json_is_number(value) ? json_number_value(value) : otherwise;
}

/* upscaling_resize times as large; whatever the upscaler, the filter is Lanczos. */
static int enlarge(const struct raster *from, double times, struct raster *to, struct failure *f)
{
    double width = floor(from->width * times), height = floor(from->height * times);
    struct error err;

    if (!(width >= 1 && height >= 1 && width <= SIDE_MAX && height <= SIDE_MAX))
        return failure_set(f, 0, "ValueError", "height and width must be > 0");
    if (resize_raster(from, (uint32_t)width, (uint32_t)height, RESIZE_LANCZOS, NULL, to, &err) != 0)
        return failure_from(f, &err);
    return 0;
}

json_t *eks_extra_single(const json_t *content, struct failure *f)
{
    const char *base64 = json_string_value(json_object_get(content, "image"));
    double times = real_of(content, "upscaling_resize", 2);
    struct raster picture = {0}, larger = {0};
    json_t *answer = NULL;
    struct buf bytes;

    buf_init(&bytes, 0);
    if (input_bytes(base64 ? base64 : "", &bytes, f) == 0 &&
        input_picture(&bytes, &picture, f) == 0 && enlarge(&picture, times, &larger, f) == 0)
        answer = json_pack("{s:o, s:o}", "html_info",
                           json_sprintf("<p>Postprocess upscale by: %g</p>", times), "image",
                           encode(&larger));
    buf_release(&bytes);
    raster_release(&picture);
    raster_release(&larger);
    return answer;
}

bool eks_extra_canvas(json_t *content)
{
    double width = real_of(content, "width", 512), height = real_of(content, "height", 512);
    struct raster grey = {0};
    struct error err;
    json_t *picture;

    if (!(width >= 8 && height >= 8 && width <= SIDE_MAX && height <= SIDE_MAX) ||
        raster_init(&grey, (uint32_t)width, (uint32_t)height, 3, &err) != 0)
        return false;
    memset(grey.pixels, 127, (size_t)3 * grey.width * grey.height);
    picture = encode(&grey);
    raster_release(&grey);
    if (!picture)
        return false;
    json_object_set_new(content, "init_images", json_pack("[o]", picture));
    json_object_set_new(content, "denoising_strength", json_real(1));
    return true;
}
