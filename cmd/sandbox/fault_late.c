#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "image/crop.h"
#include "input.h"
#include "jpeg.h"
#include "wire/base64.h"

/* Faults in a finished answer. */

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

static void put_image(json_t *images, const struct raster *r, bool jpeg)
{
    struct error err;
    struct buf bytes;
    char *text;

    buf_init(&bytes, (size_t)1 << 30);
    if ((jpeg ? jpeg_encode(r, &bytes, &err) : raster_write_png(r, NULL, &bytes, &err)) == 0) {
        text = calloc(1, base64_encoded_size(bytes.len) + 1);
        if (text)
            base64_encode(text, bytes.data, bytes.len);
        json_array_set_new(images, 0, json_string(text ? text : ""));
        free(text);
    }
    buf_release(&bytes);
}

/* Decodes the first image; false when there is none. */
static bool get_image(const json_t *images, struct raster *r)
{
    const char *text = json_string_value(json_array_get(images, 0));
    struct failure f;
    struct buf bytes;
    int result;

    if (!text || input_bytes(text, &bytes, &f) != 0)
        return false;
    result = input_picture(&bytes, r, &f);
    buf_release(&bytes);
    return result == 0;
}

/* The first image without its right and lower half. */
static void wrong_size(struct request *request, struct reply *reply)
{
    json_t *images = json_object_get(reply->json, "images");
    struct raster whole, part;
    struct crop_rect rect = {0};
    struct error err;

    (void)request;
    if (!get_image(images, &whole))
        return;
    rect.x2 = (int)(whole.width + 1) / 2;
    rect.y2 = (int)(whole.height + 1) / 2;
    if (crop_take(&whole, &rect, &part, &err) == 0) {
        put_image(images, &part, false);
        raster_release(&part);
    }
    raster_release(&whole);
}

static void as_jpeg(struct request *request, struct reply *reply)
{
    json_t *images = json_object_get(reply->json, "images");
    struct raster whole;

    (void)request;
    if (!get_image(images, &whole))
        return;
    put_image(images, &whole, true);
    raster_release(&whole);
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

static void lost_answer(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_RESET;
}

static void chunked(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_CHUNKED;
}

const struct fault FAULTS_LATE[] = {
    {"empty-images", empty_images, 0, "images: []", NULL},
    {"null-images", null_images, 0, "images: null", NULL},
    {"bad-base64", bad_base64, 0, "the first image is not base64", NULL},
    {"truncated-png", truncated_png, 0, "the first image has half of its bytes", NULL},
    {"not-an-image", not_an_image, 0, "the first image is a line of text", NULL},
    {"wrong-size", wrong_size, 0, "the first image has half the width and height", NULL},
    {"jpeg", as_jpeg, 0, "the first image is a JPEG", NULL},
    {"fewer-images", fewer_images, 0, "the last image is missing", NULL},
    {"extra-grid", extra_grid, 0, "one more image in front, index_of_first_image 1", NULL},
    {"wrong-sampler", wrong_sampler, 0, "info names another sampler", NULL},
    {"wrong-model", wrong_model, 0, "info names another checkpoint", NULL},
    {"wrong-seed", wrong_seed, 0, "info names other seeds", NULL},
    {"info-not-json", info_not_json, 0, "info is a string that is no JSON", NULL},
    {"dup-keys", dup_keys, 0, "keys occur twice, first with nothing in them", NULL},
    {"late", late, 0, "the answer comes 5 s later (=SECONDS)", NULL},
    {"chunked", chunked, 0, "no Content-Length", NULL},
    {"half-body", half_body, 0, "the connection ends after half of Content-Length", NULL},
    {"lost-answer", lost_answer, 0, "the work is done, then the connection is reset", NULL},
    {"slow-drip", slow_drip, 0, "16 bytes every 0.25 s (=SECONDS)", NULL},
    {0},
};
