#include "control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fields.h"
#include "image/blur.h"
#include "image/channels.h"
#include "image/resize.h"
#include "infotext.h"
#include "input.h"
#include "routes.h"
#include "settings.h"
#include "wire/base64.h"

int control_check(const json_t *scripts, struct failure *f)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)scripts, name, value)
    {
        int found = lists_is_alwayson(name);

        if (found < 0)
            return failure_set(f, 422, "HTTPException", "always on script %s not found", name);
        if (found == 0)
            return failure_set(f, 422, "HTTPException",
                               "Cannot have a selectable script in the always on scripts params");
    }
    return 0;
}

/* Edges as white lines on black, for canny, lineart and the like. */
static void find_edges(const struct raster *grey, struct raster *to)
{
    long w = grey->width, h = grey->height;

    for (long y = 1; y + 1 < h; y++)
        for (long x = 1; x + 1 < w; x++) {
            const uint8_t *p = grey->pixels + y * w + x;
            int gx = p[1] - p[-1], gy = p[w] - p[-w];

            to->pixels[y * w + x] = abs(gx) + abs(gy) > 40 ? 255 : 0;
        }
}

/* The picture as a preprocessor would show it: edges for most, a soft grey copy for depth, the
 * picture itself for tile, inverted for invert. */
static int detect(const struct raster *picture, const char *module, struct raster *to,
                  struct error *err)
{
    struct raster grey = {0}, map = {0};
    int result = -1;

    if (strncmp(module, "tile", 4) == 0 || strncmp(module, "inpaint", 7) == 0 ||
        strncmp(module, "reference", 9) == 0)
        return channels_rgb(picture, to, err);
    if (channels_grey(picture, &grey, err) != 0 ||
        raster_init(&map, grey.width, grey.height, 1, err) != 0)
        goto out;
    if (strncmp(module, "depth", 5) == 0) {
        memcpy(map.pixels, grey.pixels, (size_t)grey.width * grey.height);
        if (blur_pillow(&map, 8, err) != 0)
            goto out;
    } else if (strcmp(module, "invert") == 0) {
        for (size_t i = 0; i < (size_t)grey.width * grey.height; i++)
            map.pixels[i] = (uint8_t)(255 - grey.pixels[i]);
    } else if (blur_pillow(&grey, 1, err) == 0) {
        find_edges(&grey, &map);
    }
    result = channels_rgb(&map, to, err);
out:
    raster_release(&grey);
    raster_release(&map);
    return result;
}

static const char *text_of(const json_t *unit, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(unit, key));

    return text ? text : fallback;
}

static void note_unit(struct job *job, const json_t *unit, size_t index)
{
    static const struct {
        const char *key, *label;
        double fallback;
    } REALS[] = {{"weight", "Weight", 1},
                 {"processor_res", "Processor Res", -1},
                 {"threshold_a", "Threshold A", -1},
                 {"threshold_b", "Threshold B", -1},
                 {"guidance_start", "Guidance Start", 0},
                 {"guidance_end", "Guidance End", 1}};
    char key[32], number[32];
    struct buf text;

    snprintf(key, sizeof key, "ControlNet %zu", index);
    buf_init(&text, 4096);
    buf_addf(&text, "Module: %s, Model: %s", text_of(unit, "module", "None"),
             text_of(unit, "model", "None"));
    for (size_t i = 0; i < sizeof REALS / sizeof *REALS; i++) {
        double value = fields_real(unit, REALS[i].key, REALS[i].fallback);

        if (value == -1)
            continue;
        infotext_real(number, value);
        buf_addf(&text, ", %s: %s", REALS[i].label, number);
    }
    buf_addf(&text, ", Pixel Perfect: %s, Control Mode: %s",
             fields_flag(unit, "pixel_perfect") ? "True" : "False",
             text_of(unit, "control_mode", "Balanced"));
    job_note(job, key, json_string(buf_str(&text)));
    buf_release(&text);
}

/* Forge knows `image` only; A1111's extension also reads `input_image`. */
static const char *unit_image(const struct job *job, const json_t *unit)
{
    const char *image = text_of(unit, "image", "");

    return *image || job->box->flavour == FLAVOUR_FORGE ? image : text_of(unit, "input_image", "");
}

static int unit_map(struct job *job, const json_t *unit, struct failure *f)
{
    const char *module = text_of(unit, "module", "None"), *image = unit_image(job, unit);
    struct raster picture = {0}, fitted = {0}, map = {0};
    struct error err;
    struct buf bytes;
    int result = -1;

    if (*image) {
        if (input_bytes(image, &bytes, f) != 0)
            return -1;
        result = input_picture(&bytes, &picture, f);
        buf_release(&bytes);
        if (result != 0)
            return -1;
    } else if (channels_copy(&job->init[0], &picture, &err) != 0) {
        return failure_from(f, &err);
    }
    if (resize_fit(&picture, RESIZE_CROP, (uint32_t)job->width, (uint32_t)job->height, &fitted,
                   &err) != 0 ||
        detect(&fitted, module, &map, &err) != 0)
        result = failure_from(f, &err);
    else
        result = job_add_extra(job, &map, f);
    raster_release(&picture);
    raster_release(&fitted);
    return result;
}

/* The list of units, or NULL. */
static const json_t *units(const json_t *scripts)
{
    json_t *value;
    const char *name;

    json_object_foreach((json_t *)(uintptr_t)scripts, name, value)
    {
        if (text_casecmp(name, "ControlNet") == 0)
            return json_object_get(value, "args");
    }
    return NULL;
}

static bool is_enabled(const json_t *unit)
{
    return json_is_object(unit) && !json_is_false(json_object_get(unit, "enabled"));
}

void control_note(struct job *job, const json_t *scripts)
{
    json_t *unit;
    size_t i;

    json_array_foreach(units(scripts), i, unit)
    {
        if (is_enabled(unit))
            note_unit(job, unit, i);
    }
}

int control_maps(struct job *job, const json_t *scripts, struct failure *f)
{
    json_t *unit;
    size_t i;

    if (settings_flag(job->settings, "control_net_no_detectmap"))
        return 0;
    json_array_foreach(units(scripts), i, unit)
    {
        if (!is_enabled(unit) || text_casecmp(text_of(unit, "module", "None"), "none") == 0 ||
            json_is_false(json_object_get(unit, "save_detected_map")))
            continue;
        if (unit_map(job, unit, f) != 0)
            return -1;
    }
    return 0;
}

static int detect_one(const char *text, const char *module, json_t *images, struct failure *f)
{
    struct raster picture = {0}, map = {0};
    struct error err;
    struct buf bytes, png;
    char *base64;
    int result;

    if (input_bytes(text, &bytes, f) != 0)
        return -1;
    result = input_picture(&bytes, &picture, f);
    buf_release(&bytes);
    buf_init(&png, (size_t)1 << 28);
    if (result == 0 && (detect(&picture, module, &map, &err) != 0 ||
                        raster_write_png(&map, NULL, &png, &err) != 0))
        result = failure_from(f, &err);
    base64 = result == 0 ? calloc(1, base64_encoded_size(png.len) + 1) : NULL;
    if (base64) {
        base64_encode(base64, png.data, png.len);
        json_array_append_new(images, json_string(base64));
    }
    free(base64);
    buf_release(&png);
    raster_release(&picture);
    raster_release(&map);
    return result;
}

void control_serve(struct request *request, struct reply *reply)
{
    json_t *values = routes_fields(request, reply, FIELDS_DETECT), *images = json_array(), *item;
    const json_t *list = json_object_get(values, "controlnet_input_images");
    struct failure f = {0};
    size_t i;

    if (values && json_array_size(list) == 0)
        failure_set(&f, 422, "HTTPException", "No image selected");
    json_array_foreach(list, i, item)
    {
        if (f.status == 0)
            detect_one(json_string_value(item), fields_text(values, "controlnet_module", "none"),
                       images, &f);
    }
    if (values && f.status)
        reply_failure(request, reply, &f);
    else if (values)
        reply_json(reply, 200, json_pack("{s:O, s:s}", "images", images, "info", "Success"));
    json_decref(images);
    json_decref(values);
}
