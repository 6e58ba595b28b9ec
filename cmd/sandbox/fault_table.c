#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "image/raster.h"
#include "input.h"
#include "wire/base64.h"

/* Instead of an answer. */

static void give_status(struct request *request, struct reply *reply)
{
    static const struct {
        unsigned status;
        const char *detail;
    } DETAILS[] = {{401, "Incorrect username or password"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {429, "Too Many Requests"},
                   {500, "sandbox: asked to fail"},
                   {502, "Bad Gateway"},
                   {503, "Service Unavailable"},
                   {504, "Gateway Timeout"}};

    for (size_t i = 0; i < sizeof DETAILS / sizeof *DETAILS; i++)
        if (DETAILS[i].status == reply->status) {
            reply_error(request, reply, reply->status, DETAILS[i].detail);
            reply->challenge = reply->status == 401;
            return;
        }
}

static void give_422(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 422,
               json_pack("{s:[{s:s, s:[s, s], s:s, s:s}]}", "detail", "type", "int_parsing", "loc",
                         "body", "steps", "msg",
                         "Input should be a valid integer, unable to parse string as an integer",
                         "input", "many"));
}

static void give_html(struct request *request, struct reply *reply)
{
    (void)request;
    reply_text(reply, 200, "text/html; charset=utf-8",
               "<!doctype html>\n<html><head><title>Sign in</title></head>\n"
               "<body><h1>Please sign in</h1></body></html>\n");
}

static void give_escapes(struct request *request, struct reply *reply)
{
    reply_error(request, reply, 500,
                "\033[31mred\033[0m \033]0;title\007 \033[2J\r\b\u202Eright to left\u200B\n"
                "second line \xC2\x9B"
                "31m");
}

/* What a careless proxy does: the key and the body in the error. */
static void give_key(struct request *request, struct reply *reply)
{
    const char *key = request_header(request, "Authorization");
    const char *plain = key && strncmp(key, "Basic ", 6) == 0 ? key + 6 : "";
    json_t *detail;
    struct buf bytes;
    struct failure f;

    if (!*plain || input_bytes(plain, &bytes, &f) != 0)
        buf_init(&bytes, 1);
    detail = json_sprintf("not accepted: Authorization: %s (that is %.*s); body: %.*s",
                          key ? key : "none", (int)bytes.len, bytes.data ? bytes.data : "",
                          (int)(request->body.len < 2000 ? request->body.len : 2000),
                          request->body.data ? request->body.data : "");
    reply_json(reply, 401,
               json_pack("{s:o}", "detail", detail ? detail : json_string("not accepted")));
    buf_release(&bytes);
}

static void give_depth(struct request *request, struct reply *reply)
{
    enum { DEPTH = 200000 };
    char *to;

    (void)request;
    reply_text(reply, 200, "application/json", "{\"images\":");
    to = buf_room(&reply->text, 2 * DEPTH + 1);
    if (!to)
        return;
    memset(to, '[', DEPTH);
    memset(to + DEPTH, ']', DEPTH);
    reply->text.len += 2 * DEPTH;
    buf_adds(&reply->text, ",\"parameters\":{},\"info\":\"{}\"}");
}

static void give_wrong_types(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 200,
               json_pack("{s:{s:i}, s:[], s:i, s:[], s:i}", "images", "0", 1, "parameters", "info",
                         5, "caption", "detail", 7));
}

static void give_huge(struct request *request, struct reply *reply)
{
    (void)request;
    reply_text(reply, 200, "application/json", "{\"images\":[\"");
    reply->transport = TRANSPORT_HUGE;
}

static void give_redirect_host(struct request *request, struct reply *reply)
{
    reply_text(reply, 307, "text/plain", "");
    snprintf(reply->location, sizeof reply->location, "http://localhost:%u%.200s?redirected=1",
             request->box->port, request->path);
}

/* To the same path; without end, as the next request is redirected too. */
static void give_redirect_same(struct request *request, struct reply *reply)
{
    reply_text(reply, 307, "text/plain", "");
    snprintf(reply->location, sizeof reply->location, "%.200s?redirected=1", request->path);
}

static void give_nothing(struct request *request, struct reply *reply)
{
    (void)request;
    reply_text(reply, 200, "application/json", "");
}

static void stay_silent(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_SILENCE;
}

static void reset(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_RESET;
}

/* To a finished answer. */

static void set_image(const struct reply *reply, size_t i, const char *text)
{
    json_t *images = json_object_get(reply->json, "images");

    if (i < json_array_size(images))
        json_array_set_new(images, i, json_string(text));
}

static void empty_images(struct request *request, struct reply *reply)
{
    (void)request;
    json_object_set_new(reply->json, "images", json_array());
}

static void null_images(struct request *request, struct reply *reply)
{
    (void)request;
    json_object_set_new(reply->json, "images", json_null());
}

static void bad_base64(struct request *request, struct reply *reply)
{
    (void)request;
    set_image(reply, 0, "iVBORw0KGgo!!! this is not base64 ???");
}

static void not_an_image(struct request *request, struct reply *reply)
{
    (void)request;
    set_image(reply, 0, "VGhpcyBpcyBub3QgYSBwaWN0dXJlLgo=");
}

/* The first image with half of its bytes. */
static void truncated_png(struct request *request, struct reply *reply)
{
    json_t *images = json_object_get(reply->json, "images");
    const char *text = json_string_value(json_array_get(images, 0));

    (void)request;
    if (text)
        json_array_set_new(images, 0, json_stringn(text, strlen(text) / 8 * 4));
}

static void put_png(json_t *images, const struct raster *r)
{
    struct error err;
    struct buf png;
    char *text;

    buf_init(&png, (size_t)1 << 30);
    if (raster_write_png(r, NULL, &png, &err) == 0) {
        text = calloc(1, base64_encoded_size(png.len) + 1);
        if (text)
            base64_encode(text, png.data, png.len);
        json_array_set_new(images, 0, json_string(text ? text : ""));
        free(text);
    }
    buf_release(&png);
}

/* The first image without its right and lower half. */
static void wrong_size(struct request *request, struct reply *reply)
{
    json_t *images = json_object_get(reply->json, "images");
    const char *text = json_string_value(json_array_get(images, 0));
    struct raster whole, part;
    struct crop_rect rect = {0};
    struct error err;
    struct failure f;
    struct buf bytes;

    (void)request;
    if (!text || input_bytes(text, &bytes, &f) != 0)
        return;
    if (input_picture(&bytes, &whole, &f) == 0) {
        rect.x2 = (int)(whole.width + 1) / 2;
        rect.y2 = (int)(whole.height + 1) / 2;
        if (crop_take(&whole, &rect, &part, &err) == 0) {
            put_png(images, &part);
            raster_release(&part);
        }
        raster_release(&whole);
    }
    buf_release(&bytes);
}

static void fewer_images(struct request *request, struct reply *reply)
{
    json_t *images = json_object_get(reply->json, "images");

    (void)request;
    if (json_array_size(images) > 0)
        json_array_remove(images, json_array_size(images) - 1);
}

static void put_info(const struct reply *reply, json_t *info)
{
    char *text = json_dumps(info, JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));

    json_object_set_new(reply->json, "info", json_string(text ? text : ""));
    free(text);
    json_decref(info);
}

static json_t *get_info(const struct reply *reply)
{
    const char *text = json_string_value(json_object_get(reply->json, "info"));

    return text ? json_loads(text, 0, NULL) : NULL;
}

static void extra_grid(struct request *request, struct reply *reply)
{
    json_t *images = json_object_get(reply->json, "images"), *info = get_info(reply);

    (void)request;
    if (!info)
        return;
    json_array_insert(images, 0, json_array_get(images, 0));
    json_object_set_new(info, "index_of_first_image", json_integer(1));
    put_info(reply, info);
}

static void wrong_sampler(struct request *request, struct reply *reply)
{
    json_t *info = get_info(reply);

    (void)request;
    if (!info)
        return;
    json_object_set_new(info, "sampler_name", json_string("DPM fast"));
    put_info(reply, info);
}

static void wrong_model(struct request *request, struct reply *reply)
{
    json_t *info = get_info(reply);

    (void)request;
    if (!info)
        return;
    json_object_set_new(info, "sd_model_name", json_string("some-other-model"));
    json_object_set_new(info, "sd_model_hash", json_string("0badc0de00"));
    put_info(reply, info);
}

static void wrong_seed(struct request *request, struct reply *reply)
{
    json_t *info = get_info(reply), *seeds = json_object_get(info, "all_seeds"), *seed;
    size_t i;

    (void)request;
    if (!info)
        return;
    json_object_set_new(info, "seed", json_integer(4242));
    json_array_foreach(seeds, i, seed)
    {
        json_array_set_new(seeds, i, json_integer(4242 + (json_int_t)i));
    }
    put_info(reply, info);
}

static void info_not_json(struct request *request, struct reply *reply)
{
    (void)request;
    if (json_object_get(reply->json, "info"))
        json_object_set_new(reply->json, "info", json_string("{this is not JSON"));
}

/* An empty "images" before the real one: parsers differ in which they take. */
static void dup_keys(struct request *request, struct reply *reply)
{
    char *text =
        reply->json ? json_dumps(reply->json, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;

    (void)request;
    if (!text)
        return;
    reply_text(reply, reply->status, "application/json", "{\"images\":[],\"info\":\"\",");
    buf_adds(&reply->text, text + 1);
    free(text);
}

static void late(struct request *request, struct reply *reply)
{
    (void)reply;
    state_sleep(&request->box->state, request->fault_value > 0 ? request->fault_value : 5);
}

static void half_body(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_HALF;
}

static void slow_drip(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_DRIP;
}

static void chunked(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_CHUNKED;
}

const struct fault FAULTS[] = {
    {"html", give_html, NULL, 200, "200 with a page of HTML"},
    {"empty-body", give_nothing, NULL, 200, "200 application/json with no bytes"},
    {"empty-images", NULL, empty_images, 0, "images: []"},
    {"null-images", NULL, null_images, 0, "images: null"},
    {"bad-base64", NULL, bad_base64, 0, "the first image is not base64"},
    {"truncated-png", NULL, truncated_png, 0, "the first image has half of its bytes"},
    {"not-an-image", NULL, not_an_image, 0, "the first image is a line of text"},
    {"wrong-size", NULL, wrong_size, 0, "the first image has half the width and height"},
    {"fewer-images", NULL, fewer_images, 0, "the last image is missing"},
    {"extra-grid", NULL, extra_grid, 0, "one more image in front, index_of_first_image 1"},
    {"wrong-sampler", NULL, wrong_sampler, 0, "info names another sampler"},
    {"wrong-model", NULL, wrong_model, 0, "info names another checkpoint"},
    {"wrong-seed", NULL, wrong_seed, 0, "info names other seeds"},
    {"info-not-json", NULL, info_not_json, 0, "info is a string that is no JSON"},
    {"dup-keys", NULL, dup_keys, 0, "keys occur twice, first with nothing in them"},
    {"wrong-types", give_wrong_types, NULL, 200, "values of other types than documented"},
    {"deep-json", give_depth, NULL, 200, "arrays in arrays, 200000 deep"},
    {"huge-string", give_huge, NULL, 200, "a string that does not end (4 GiB)"},
    {"half-body", NULL, half_body, 0, "the connection ends after half of Content-Length"},
    {"slow-drip", NULL, slow_drip, 0, "16 bytes every 0.25 s (=SECONDS)"},
    {"chunked", NULL, chunked, 0, "no Content-Length"},
    {"late", NULL, late, 0, "5 s later (=SECONDS)"},
    {"silence", stay_silent, NULL, 0, "no byte for an hour (=SECONDS), then the end"},
    {"reset", reset, NULL, 0, "the connection is reset"},
    {"redirect-other-host", give_redirect_host, NULL, 307, "307 to localhost, another origin"},
    {"redirect-same", give_redirect_same, NULL, 307, "307 to the same path, every time"},
    {"escapes", give_escapes, NULL, 500, "terminal escapes in the error's text"},
    {"key-echo", give_key, NULL, 401, "the key and the request in the error's text"},
    {"401", give_status, NULL, 401, "key refused"},
    {"403", give_status, NULL, 403, "forbidden"},
    {"404", give_status, NULL, 404, "not found"},
    {"422", give_422, NULL, 422, "a validation error"},
    {"429", give_status, NULL, 429, "too many requests, Retry-After: 1"},
    {"500", give_status, NULL, 500, "the server failed"},
    {"502", give_status, NULL, 502, "bad gateway"},
    {"503", give_status, NULL, 503, "unavailable, Retry-After: 1"},
    {"504", give_status, NULL, 504, "gateway timeout"},
    {0},
};
