#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "fields.h"
#include "image/channels.h"
#include "image/crop.h"
#include "image/resize.h"
#include "input.h"
#include "job.h"
#include "lists.h"
#include "paint.h"
#include "routes.h"

/*
 * The img2img route of stable-diffusion.cpp's sd-server (routes_sdapi.cpp): fewer fields, no mask
 * blur, fill or crop, the mask only when it is a string, errors of another shape, and `parameters`
 * with the images still in it.
 */
struct sdcpp {
    const char *prompt, *negative_prompt, *sampler, *scheduler;
    int64_t seed;
    int width, height, steps, batch_size, clip_skip;
    double cfg_scale, strength;
    struct raster init, mask;
};

/* Fields and the types that they must have when they are there; null is no exception. */
static const struct {
    const char *name, *type;
} TYPES[] = {
    {"prompt", "string"},       {"negative_prompt", "string"}, {"width", "number"},
    {"height", "number"},       {"steps", "number"},           {"cfg_scale", "number"},
    {"seed", "number"},         {"batch_size", "number"},      {"clip_skip", "number"},
    {"sampler_name", "string"}, {"scheduler", "string"},       {"denoising_strength", "number"},
};

static const char *type_name(const json_t *v)
{
    static const char *const NAMES[] = {"object", "array",   "string",  "number",
                                        "number", "boolean", "boolean", "null"};

    return NAMES[json_typeof(v)];
}

static void server_error(struct reply *reply, const char *message)
{
    reply_json(reply, 500, json_pack("{s:s, s:s}", "error", "server_error", "message", message));
}

static void bad_request(struct reply *reply, const char *error)
{
    reply_json(reply, 400, json_pack("{s:s}", "error", error));
}

static bool check_types(const json_t *body, struct reply *reply)
{
    char message[160];

    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        const json_t *v = json_object_get(body, TYPES[i].name);
        bool good = !v || strcmp(type_name(v), TYPES[i].type) == 0 ||
                    (json_is_boolean(v) && strcmp(TYPES[i].type, "number") == 0);

        if (good)
            continue;
        snprintf(message, sizeof message,
                 "[json.exception.type_error.302] type must be %s, but is %s", TYPES[i].type,
                 type_name(v));
        server_error(reply, message);
        return false;
    }
    return true;
}

/* Crops to the ratio, then resizes (a box filter there, bicubic here). */
static int fit(struct raster *r, int width, int height, struct error *err)
{
    float wanted = (float)width / (float)height, own = (float)r->width / (float)r->height;
    int w = own > wanted ? (int)((float)r->height * wanted) : (int)r->width;
    int h = own < wanted ? (int)((float)r->width / wanted) : (int)r->height;
    struct crop_rect rect = {.x1 = ((int)r->width - w) / 2, .y1 = ((int)r->height - h) / 2};
    struct raster part, to;
    int result;

    rect.x2 = rect.x1 + w;
    rect.y2 = rect.y1 + h;
    if (crop_take(r, &rect, &part, err) != 0)
        return -1;
    result =
        resize_raster(&part, (uint32_t)width, (uint32_t)height, RESIZE_BICUBIC, NULL, &to, err);
    raster_release(&part);
    if (result != 0)
        return -1;
    raster_release(r);
    *r = to;
    return 0;
}

/* One picture of the request. What cannot be decoded counts as absent, as there. */
static void read_picture(struct request *request, const char *name, const char *text,
                         unsigned channels, struct sdcpp *s, struct raster *to)
{
    const char *comma = strchr(text, ',');
    struct raster picture;
    struct failure f;
    struct error err;
    struct buf bytes;
    int result;

    if (input_bytes(comma ? comma + 1 : text, &bytes, &f) != 0)
        return;
    record_picture(request->folder, name, strcmp(name, "init") == 0 ? 0 : -1, &bytes, NULL);
    result = input_picture(&bytes, &picture, &f);
    buf_release(&bytes);
    if (result != 0)
        return;
    if (channels == 1)
        result = channels_grey(&picture, to, &err);
    else
        result = channels_rgb(&picture, to, &err);
    raster_release(&picture);
    if (result != 0)
        return;
    if (s->width <= 0 || s->height <= 0) {
        s->width = (int)to->width;
        s->height = (int)to->height;
    } else if (fit(to, s->width, s->height, &err) != 0) {
        raster_release(to);
    }
}

static void read_pictures(struct request *request, const json_t *body, struct sdcpp *s)
{
    const char *init = json_string_value(json_array_get(json_object_get(body, "init_images"), 0));
    const char *mask = json_string_value(json_object_get(body, "mask"));

    if (init)
        read_picture(request, "init", init, 3, s, &s->init);
    if (mask)
        read_picture(request, "mask", mask, 1, s, &s->mask);
    if (s->mask.pixels && fields_int(body, "inpainting_mask_invert", 0) != 0)
        for (size_t i = 0; i < (size_t)s->mask.width * s->mask.height; i++)
            s->mask.pixels[i] = (uint8_t)(255 - s->mask.pixels[i]);
}

static bool read_fields(const json_t *body, struct sdcpp *s, struct reply *reply)
{
    *s = (struct sdcpp){
        .prompt = fields_text(body, "prompt", ""),
        .negative_prompt = fields_text(body, "negative_prompt", ""),
        .sampler = lists_sdcpp_sampler(fields_text(body, "sampler_name", "")),
        .scheduler = lists_sdcpp_scheduler(fields_text(body, "scheduler", "")),
        .seed = fields_int(body, "seed", -1),
        .width = (int)fields_int(body, "width", 0),
        .height = (int)fields_int(body, "height", 0),
        .steps = (int)fields_int(body, "steps", 20),
        .batch_size = (int)fields_int(body, "batch_size", 1),
        .clip_skip = (int)fields_int(body, "clip_skip", -1),
        .cfg_scale = fields_real(body, "cfg_scale", 7),
        .strength = fields_real(body, "denoising_strength", 0.75),
    };
    s->strength = s->strength < 0 ? 0.75 : s->strength > 1 ? 1 : s->strength;
    if (fields_int(body, "width", 512) <= 0 || fields_int(body, "height", 512) <= 0)
        bad_request(reply, "width and height must be positive");
    else if (!*s->prompt)
        bad_request(reply, "prompt required");
    else if (s->batch_size < 1 || s->batch_size > SANDBOX_PICTURES_MAX || s->steps < 1 ||
             (int64_t)s->width * s->height > SANDBOX_PIXELS_MAX)
        bad_request(reply, "invalid params");
    else
        return true;
    return false;
}

/* Fills in what is missing: without an init image the picture starts from noise, without a mask all
 * of it is repainted. */
static int complete(struct sdcpp *s, struct error *err)
{
    uint32_t width, height;

    s->width = s->width > 0 ? s->width : 512;
    s->height = s->height > 0 ? s->height : 512;
    width = (uint32_t)s->width;
    height = (uint32_t)s->height;
    s->seed = process_seed(s->seed);
    if (!s->mask.pixels || s->mask.width != width || s->mask.height != height) {
        raster_release(&s->mask);
        if (raster_init(&s->mask, width, height, 1, err) != 0)
            return -1;
        memset(s->mask.pixels, 255, (size_t)width * height);
    }
    if (s->init.pixels && s->init.width == width && s->init.height == height)
        return 0;
    raster_release(&s->init);
    if (raster_init(&s->init, width, height, 3, err) != 0)
        return -1;
    paint_noise(&s->init, &s->mask, (uint64_t)s->seed);
    return 0;
}

static char *describe(const struct sdcpp *s, int64_t seed)
{
    struct buf text;

    buf_init(&text, (size_t)1 << 20);
    buf_addf(&text, "%s\n", s->prompt);
    if (*s->negative_prompt)
        buf_addf(&text, "Negative prompt: %s\n", s->negative_prompt);
    buf_addf(&text,
             "Steps: %d, CFG scale: %f, Guidance: 3.500000, Eta: 0.000000, Seed: %lld, Size: "
             "%dx%d, Model: sandbox-painter.safetensors, RNG: cuda, Sampler: %s %s, Version: "
             "stable-diffusion.cpp",
             s->steps, s->cfg_scale, (long long)seed, s->width, s->height, s->sampler,
             s->scheduler);
    return buf_detach(&text);
}

static json_t *make_info(const struct sdcpp *s)
{
    json_t *info = json_pack(
        "{s:s, s:I, s:f, s:i, s:i, s:i, s:s, s:{s:s}, s:f, s:s, s:s, s:[], s:[], s:[], s:[]}",
        "prompt", s->prompt, "seed", (json_int_t)s->seed, "cfg_scale", s->cfg_scale, "width",
        s->width, "height", s->height, "steps", s->steps, "sampler_name", s->sampler,
        "extra_generation_params", "Schedule type", s->scheduler, "denoising_strength", s->strength,
        "sd_model_name", "sandbox-painter.safetensors", "version", "stable-diffusion.cpp",
        "infotexts", "all_prompts", "all_negative_prompts", "all_seeds");

    if (*s->negative_prompt)
        json_object_set_new(info, "negative_prompt", json_string(s->negative_prompt));
    if (s->clip_skip > 0)
        json_object_set_new(info, "clip_skip", json_integer(s->clip_skip));
    return info;
}

static json_t *paint_one(const struct request *request, const struct sdcpp *s, int64_t seed,
                         size_t index, const char *text)
{
    struct paint paint = {.seed = (uint64_t)seed,
                          .prompt = s->prompt,
                          .negative_prompt = s->negative_prompt,
                          .strength = s->strength};
    struct raster to;
    struct error err;
    json_t *json;

    if (paint_picture(&s->init, &paint, &to, &err) != 0)
        return NULL;
    for (size_t i = 0; i < (size_t)to.width * to.height; i++)
        for (size_t c = 0; c < 3; c++)
            to.pixels[3 * i + c] =
                channels_blend(s->init.pixels[3 * i + c], to.pixels[3 * i + c], s->mask.pixels[i]);
    json = encode_picture(request, &to, text, index, false);
    raster_release(&to);
    return json;
}

static void paint_all(struct request *request, const struct sdcpp *s, struct reply *reply)
{
    json_t *images = json_array(), *info = make_info(s);
    char *text;

    for (int i = 0; i < s->batch_size; i++) {
        json_t *image;

        state_sleep(&request->box->state, request->box->pace * s->steps);
        text = describe(s, s->seed + i);
        image = paint_one(request, s, s->seed + i, (size_t)i, text);
        if (image) {
            json_array_append_new(images, image);
            json_array_append_new(json_object_get(info, "infotexts"), json_string(text));
            json_array_append_new(json_object_get(info, "all_seeds"), json_integer(s->seed + i));
            json_array_append_new(json_object_get(info, "all_prompts"), json_string(s->prompt));
            json_array_append_new(json_object_get(info, "all_negative_prompts"),
                                  json_string(s->negative_prompt));
        }
        free(text);
    }
    text = json_dumps(info, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(15));
    reply_json(reply, 200,
               json_pack("{s:o, s:s, s:O}", "images", images, "info", text ? text : "",
                         "parameters", request->json));
    free(text);
    json_decref(info);
}

void sdcpp_serve(struct request *request, struct reply *reply)
{
    struct sdcpp s;
    struct error err;
    json_error_t error;

    if (request->body.len == 0) {
        bad_request(reply, "empty body");
        return;
    }
    request->json = json_loadb(request->body.data, request->body.len, JSON_DECODE_ANY, &error);
    buf_release(&request->body);
    if (!request->json) {
        server_error(reply, "[json.exception.parse_error.101] parse error: syntax error while "
                            "parsing value");
        return;
    }
    if (!json_is_object(request->json)) {
        server_error(reply, "[json.exception.type_error.306] cannot use value() with this type");
        return;
    }
    if (!check_types(request->json, reply) || !read_fields(request->json, &s, reply))
        return;
    read_pictures(request, request->json, &s);
    record_without_pictures(request->folder, request->json);
    if (complete(&s, &err) != 0) {
        server_error(reply, "std::bad_alloc");
    } else if (state_enter(&request->box->state)) {
        paint_all(request, &s, reply);
        state_leave(&request->box->state);
    }
    raster_release(&s.init);
    raster_release(&s.mask);
}
