#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "fooocus_api.h"
#include "fooocus_fields.h"
#include "image/channels.h"

static void put(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

/* Takes a field over under another name. */
static void move(json_t *to, const char *name, const json_t *from, const char *old)
{
    json_t *value = json_object_get(from, old);

    if (value)
        json_object_set(to, name, value);
}

/* A name that the server knows, else its default. */
static void restrict_name(json_t *values, const char *field, const char *const *known,
                          const char *fallback)
{
    if (!fooocus_fields_has(known, fields_text(values, field, "")))
        put(values, field, json_string(fallback));
}

/* api_utils.req_to_params: what is unknown becomes a default or goes, without a word. */
static void correct(json_t *values)
{
    json_t *styles = json_array();
    const json_t *style;
    uint64_t random;
    size_t i;

    json_array_foreach(json_object_get(values, "style_selections"), i, style)
    {
        if (fooocus_fields_has(FOOOCUS_STYLES, json_string_value(style)))
            json_array_append(styles, (json_t *)(uintptr_t)style);
    }
    put(values, "style_selections", styles);
    restrict_name(values, "base_model_name", FOOOCUS_MODELS, FOOOCUS_MODEL);
    restrict_name(values, "sampler_name", FOOOCUS_SAMPLERS, "dpmpp_2m_sde_gpu");
    restrict_name(values, "scheduler_name", FOOOCUS_SCHEDULERS, "karras");
    if (fields_int(values, "image_seed", -1) < 0) {
        randombytes_buf(&random, sizeof random);
        put(values, "image_seed", json_integer((json_int_t)(random & INT64_MAX)));
    }
}

/* The new server's fields: its defaults, the body's own and those of advanced_params over them. */
static json_t *translate(const json_t *body)
{
    static const char *const NAMES[][2] = {{"save_metadata_to_images", "save_meta"},
                                           {"metadata_scheme", "meta_scheme"},
                                           {"output_format", "save_extension"},
                                           {"upscale_multiple", "upscale_value"},
                                           {"enhance_ctrls", "enhance_ctrlnets"}};
    json_t *values = fooocus_check_defaults(FOOOCUSAPI_REQUEST);

    json_object_update_existing(values, (json_t *)(uintptr_t)body);
    json_object_update(values, json_object_get(body, "advanced_params"));
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        move(values, NAMES[i][0], body, NAMES[i][1]);
    put(values, "outpaint_distance",
        json_pack("[o, o, o, o]", json_integer(fields_int(body, "outpaint_distance_left", -1)),
                  json_integer(fields_int(body, "outpaint_distance_top", -1)),
                  json_integer(fields_int(body, "outpaint_distance_right", -1)),
                  json_integer(fields_int(body, "outpaint_distance_bottom", -1))));
    correct(values);
    return values;
}

/* numpy.array() without a type: one bit is bool and 16 bits are wide, which HWC3() refuses. */
static int read_picture(const struct request *request, const json_t *body, const char *field,
                        const char *name, struct fooocus_picture *to, struct failure *f)
{
    const struct fooocus_api *api = request->box->own;
    struct fooocus_keep keep = {request->folder, name};

    if (fooocus_picture_read(fields_text(body, field, NULL), api->engine.folder, &keep, to, f) != 0)
        return -1;
    if (to->form != FOOOCUS_BYTES)
        to->form = FOOOCUS_GREY_ALPHA;
    return 0;
}

/* The mask goes through HWC3() at once. */
static int read_mask(const struct request *request, const json_t *body, struct fooocus_picture *to,
                     struct failure *f)
{
    struct raster rgb;

    if (read_picture(request, body, "input_mask", "mask", to, f) != 0)
        return -1;
    if (!to->raster.pixels)
        return 0;
    if (fooocus_picture_rgb(to, &rgb, f) != 0)
        return -1;
    raster_release(&to->raster);
    to->raster = rgb;
    return 0;
}

/* Those with a picture, with the defaults of their type for 0 and null (D7). */
static int read_controls(const struct request *request, const json_t *body,
                         struct fooocus_order *order, struct failure *f)
{
    static const double STOP[] = {0.5, 0.9, 0.5, 0.5}, WEIGHT[] = {0.6, 0.75, 1.0, 1.0};
    const json_t *prompt;
    json_t *list = json_array();
    size_t i, n = 0;

    put(order->values, "controlnet_image", list);
    json_array_foreach(json_object_get(body, "image_prompts"), i, prompt)
    {
        const char *type = fields_text(prompt, "cn_type", "");
        struct fooocus_picture picture;
        char name[40];
        json_t *one;
        size_t k = 0;

        snprintf(name, sizeof name, "control-%zu", i);
        if (read_picture(request, prompt, "cn_img", name, &picture, f) != 0)
            return -1;
        if (!picture.raster.pixels || n == FOOOCUS_CONTROLS_MAX) {
            fooocus_picture_release(&picture);
            continue;
        }
        while (k < 3 && strcmp(FOOOCUS_CONTROLS[k], type) != 0)
            k++;
        one = json_object();
        put(one, "cn_type", json_string(type));
        put(one, "cn_stop", json_real(fields_real(prompt, "cn_stop", 0)));
        put(one, "cn_weight", json_real(fields_real(prompt, "cn_weight", 0)));
        if (fields_real(one, "cn_stop", 0) == 0)
            put(one, "cn_stop", json_real(STOP[k]));
        if (fields_real(one, "cn_weight", 0) == 0)
            put(one, "cn_weight", json_real(WEIGHT[k]));
        json_array_append_new(list, one);
        order->controls[n++] = picture;
    }
    return 0;
}

static int missing(const struct fooocus_picture *picture, struct failure *f)
{
    if (picture->raster.pixels)
        return 0;
    return failure_set(f, 500, "UnboundLocalError", "input_image_bytes");
}

static int read_pictures(const struct request *request, const json_t *body,
                         enum fooocus_api_kind kind, struct fooocus_order *order, struct failure *f)
{
    if (kind == KIND_ENHANCE)
        return read_picture(request, body, "enhance_input_image", "enhance", &order->enhance, f) ==
                       0
                   ? missing(&order->enhance, f)
                   : -1;
    if (read_controls(request, body, order, f) != 0)
        return -1;
    if (kind == KIND_UOV)
        return read_picture(request, body, "input_image", "uov", &order->uov, f) == 0
                   ? missing(&order->uov, f)
                   : -1;
    if (kind != KIND_INPAINT && kind != KIND_PROMPT)
        return 0;
    if (read_picture(request, body, "input_image", "init-0", &order->inpaint, f) != 0)
        return -1;
    return order->inpaint.raster.pixels ? read_mask(request, body, &order->mask, f) : 0;
}

int fooocus_api_order(struct request *request, json_t *body, enum fooocus_api_kind kind,
                      struct fooocus_task *task, struct failure *f)
{
    static const char *const TYPES[] = {"Text to Image",
                                        "Text to Image",
                                        "Image Upscale or Variation",
                                        "Image Inpaint or Outpaint",
                                        "Image Prompt",
                                        "Image Enhancement"};
    struct fooocus_order *order = &task->order;

    task->request = body;
    task->type = TYPES[kind];
    snprintf(task->folder, sizeof task->folder, "%s", request->folder);
    snprintf(task->name, sizeof task->name, "%s", fields_text(body, "save_name", ""));
    if (!*task->name)
        snprintf(task->name, sizeof task->name, "%s", task->id);
    snprintf(task->ext, sizeof task->ext, "%s", fields_text(body, "save_extension", "png"));
    task->wedges =
        !fooocus_fields_has(FOOOCUS_SCHEMES, fields_text(body, "meta_scheme", "fooocus"));
    order->values = translate(body);
    order->old = true;
    order->invert = fields_flag(order->values, "invert_mask_checkbox");
    task->previews = !fields_flag(order->values, "disable_preview");
    if (kind == KIND_ENHANCE) {
        put(order->values, "enhance_checkbox", json_true());
        put(order->values, "save_final_enhanced_image_only", json_true());
    }
    if (read_pictures(request, body, kind, order, f) != 0)
        return -1;
    if (kind == KIND_UOV)
        put(order->values, "mixing_image_prompt_and_vary_upscale", json_true());
    if (order->inpaint.raster.pixels)
        put(order->values, "mixing_image_prompt_and_inpaint", json_true());
    snprintf(order->tab, sizeof order->tab, "%s",
             order->enhance.raster.pixels       ? "enhance"
             : order->controls[0].raster.pixels ? "ip"
             : order->uov.raster.pixels         ? "uov"
             : order->inpaint.raster.pixels     ? "inpaint"
                                                : "uov");
    record_json(task->folder, "request.json", order->values);
    return 0;
}
