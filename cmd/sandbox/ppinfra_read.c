#include <stdio.h>
#include <string.h>

#include "image/channels.h"
#include "image/rows.h"
#include "input.h"
#include "job.h"
#include "ppinfra.h"

#define FILE_MAX ((size_t)30 << 20) /* "30 Mb" (B6) */
#define SIDE_MAX 2048
#define INPAINT_PIXELS_MAX 16000000 /* "16 megapixels", novita.ai/docs model-apis-inpainting */

int ppinfra_picture(const char *base64, const char *where, uint32_t side, uint64_t pixels,
                    struct buf *bytes, struct raster *to, struct failure *f)
{
    struct png_source source = {.fd = -1, .name = where};
    struct error err;

    *to = (struct raster){0};
    if (input_bytes(base64, bytes, f) != 0)
        return failure_set(f, 400, "INVALID_IMAGE_FORMAT", "%s: not base64", where);
    if (bytes->len > FILE_MAX)
        return failure_set(f, 400, "IMAGE_FILE_EXCEEDS_MAX_SIZE", "%s: over 30 MB", where);
    source.bytes = bytes->data;
    source.n = bytes->len;
    if (rows_read(&source, SANDBOX_PIXELS_MAX, to, &err) != 0)
        return failure_set(f, 400, "INVALID_IMAGE_FORMAT", "%s", err.text);
    if ((side && (to->width > side || to->height > side)) ||
        (pixels && (uint64_t)to->width * to->height > pixels)) {
        failure_set(f, 400, "IMAGE_EXCEEDS_MAX_RESOLUTION", "%s: %ux%u pixels are too many", where,
                    (unsigned)to->width, (unsigned)to->height);
        raster_release(to);
        return -1;
    }
    return 0;
}

/* Reads the picture in object[key], keeps it, and puts its file's name into its place. No picture
 * there is no fault here. */
static int take_picture(const struct ppinfra_task *task, json_t *object, const char *key,
                        const char *file, int index, const char *folder, struct raster *to,
                        struct failure *f)
{
    const char *text = json_string_value(json_object_get(object, key));
    struct raster unwanted = {0};
    struct buf bytes;
    char name[64];
    int result;

    if (!text || !*text)
        return 0;
    buf_init(&bytes, 0);
    result =
        ppinfra_picture(text, key, task->inpainting ? 0 : SIDE_MAX,
                        task->inpainting ? INPAINT_PIXELS_MAX : 0, &bytes, to ? to : &unwanted, f);
    raster_release(&unwanted);
    snprintf(name, sizeof name, "%s", file);
    record_picture(folder, file, index, &bytes, name);
    json_object_set_new(object, key, json_string(name));
    buf_release(&bytes);
    return result;
}

/* All pictures; the first fault counts. */
static int take_pictures(struct ppinfra_task *task, json_t *request, const char *folder,
                         struct failure *f)
{
    struct failure more;
    json_t *units = json_object_get(json_object_get(request, "controlnet"), "units"), *item;
    int result = take_picture(task, request, "image_base64", "init", 0, folder, &task->image, f);
    size_t i;

    if (task->inpainting)
        result |= take_picture(task, request, "mask_image_base64", "mask", -1, folder, &task->mask,
                               result ? &more : f);
    json_array_foreach(units, i, item)
    {
        result |= take_picture(task, item, "image_base64", "controlnet", (int)i, folder, NULL,
                               result ? &more : f);
    }
    json_array_foreach(json_object_get(request, "ip_adapters"), i, item)
    {
        result |= take_picture(task, item, "image_base64", "ip-adapter", (int)i, folder, NULL,
                               result ? &more : f);
    }
    return result;
}

static double real_of(const json_t *request, const char *key, double otherwise)
{
    const json_t *value = json_object_get(request, key);

    return json_is_number(value) ? json_number_value(value) : otherwise;
}

/* The job in the WebUI's fields (job_init). Defaults of inpainting: novita.ai/docs,
 * model-apis-inpainting; which kind of masked content it takes is not said anywhere. */
static json_t *to_webui(const struct ppinfra_task *task, const json_t *request)
{
    const char *negative = json_string_value(json_object_get(request, "negative_prompt"));
    json_t *values = json_pack(
        "{s:O, s:s, s:I, s:f, s:f, s:O, s:O, s:O}", "prompt", json_object_get(request, "prompt"),
        "negative_prompt", negative ? negative : "", "seed", (json_int_t)task->seed, "cfg_scale",
        real_of(request, "guidance_scale", 7), "denoising_strength",
        real_of(request, "strength", task->inpainting ? 1 : 0.75), "n_iter",
        json_object_get(request, "image_num"), "steps", json_object_get(request, "steps"),
        "sampler_name", json_object_get(request, "sampler_name"));
    json_t *more;

    if (task->inpainting)
        more = json_pack(
            "{s:I, s:I, s:i, s:i, s:b, s:i, s:i, s:f}", "width", (json_int_t)task->image.width,
            "height", (json_int_t)task->image.height, "mask_blur",
            (int)real_of(request, "mask_blur", 0), "inpainting_fill", 1, "inpaint_full_res",
            real_of(request, "inpainting_full_res", 0) > 0, "inpaint_full_res_padding",
            (int)real_of(request, "inpainting_full_res_padding", 8), "inpainting_mask_invert",
            (int)real_of(request, "inpainting_mask_invert", 0), "initial_noise_multiplier",
            real_of(request, "initial_noise_multiplier", 0.5));
    else
        more = json_pack("{s:O, s:O}", "width", json_object_get(request, "width"), "height",
                         json_object_get(request, "height"));
    json_object_update(values, more);
    json_decref(more);
    return values;
}

static int take_mask(struct ppinfra_task *task, struct failure *f)
{
    struct raster grey = {0};
    struct error err;

    if (task->mask.width != task->image.width || task->mask.height != task->image.height)
        return failure_set(f, 400, "INVALID_IMAGE_SIZE",
                           "mask_image_base64: not of the image's size");
    if (channels_grey(&task->mask, &grey, &err) != 0)
        return failure_set(f, 500, "CREATE_TASK_FAILED", "%s", err.text);
    raster_release(&task->mask);
    task->mask = grey;
    return 0;
}

int ppinfra_read(struct ppinfra_task *task, json_t *body, const char *folder, struct failure *f)
{
    json_t *request = json_object_get(body, "request");
    const char *format =
        json_string_value(json_object_get(json_object_get(body, "extra"), "response_image_type"));
    struct failure pictures = {0};
    int result;

    result = take_pictures(task, request, folder, &pictures);
    record_json(folder, "request.json", body);
    if (ppinfra_check(task, body, f) != 0)
        return -1;
    if (result != 0) {
        *f = pictures;
        return -1;
    }
    if (task->inpainting && take_mask(task, f) != 0)
        return -1;
    task->format = format && *format ? (enum encode_format)encode_format(format) : ENCODE_PNG;
    task->seed = process_seed((int64_t)real_of(request, "seed", -1));
    if (json_is_integer(json_object_get(request, "seed")))
        task->seed = process_seed(json_integer_value(json_object_get(request, "seed")));
    task->values = to_webui(task, request);
    return task->values ? 0 : failure_set(f, 500, "CREATE_TASK_FAILED", "out of memory");
}
