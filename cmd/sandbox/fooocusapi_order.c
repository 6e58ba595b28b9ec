#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "fields.h"
#include "fooocus_fields.h"
#include "fooocus_file.h"
#include "fooocusapi.h"

#define LORAS_MAX 5

static void put(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

/* "1152*896" with a multiplication sign. */
static void set_aspect(json_t *values)
{
    const char *text = fields_text(values, "aspect_ratios_selection", "");
    struct buf to;

    buf_init(&to, 1 << 20);
    for (; *text; text++)
        if (*text == '*')
            buf_adds(&to, "\xC3\x97");
        else
            buf_add(&to, text, 1);
    put(values, "aspect_ratios_selection", json_string(buf_str(&to)));
    buf_release(&to);
}

static void set_seed(json_t *values)
{
    uint64_t random;

    if (fields_int(values, "image_seed", -1) >= 0)
        return;
    randombytes_buf(&random, sizeof random);
    put(values, "image_seed", json_integer((json_int_t)(random & INT64_MAX)));
}

/* Lists have a fixed length: five LoRAs, four controls, three enhancements at least. */
static void set_lists(json_t *values)
{
    json_t *loras = json_object_get(values, "loras"), *lora;
    json_t *controls = json_object_get(values, "controlnet_image");
    json_t *rounds = json_object_get(values, "enhance_ctrls");

    while (json_array_size(loras) < LORAS_MAX) {
        lora = json_pack("{s:b, s:s, s:f}", "enabled", 1, "model_name", "None", "weight", 1.0);
        json_array_append_new(loras, lora);
    }
    while (json_array_size(loras) > LORAS_MAX)
        json_array_remove(loras, LORAS_MAX);
    while (json_array_size(controls) < FOOOCUS_CONTROLS_MAX)
        json_array_append_new(controls, fooocus_check_defaults(FOOOCUSAPI_CONTROL));
    while (json_array_size(controls) > FOOOCUS_CONTROLS_MAX)
        json_array_remove(controls, FOOOCUS_CONTROLS_MAX);
    while (json_array_size(rounds) < 3)
        json_array_append_new(rounds, fooocus_check_defaults(FOOOCUS_ENHANCE));
}

static int read_pictures(const struct fooocus_engine *engine, struct fooocus_task *task,
                         struct failure *f)
{
    struct fooocus_order *order = &task->order;
    const json_t *controls = json_object_get(order->values, "controlnet_image");
    struct {
        const char *field, *name;
        struct fooocus_picture *to;
    } pictures[] = {{"uov_input_image", "uov", &order->uov},
                    {"inpaint_input_image", "init-0", &order->inpaint},
                    {"inpaint_mask_image_upload", "mask", &order->mask},
                    {"enhance_input_image", "enhance", &order->enhance}};
    char name[40];

    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        struct fooocus_keep keep = {task->folder, pictures[i].name};

        if (fooocus_picture_read(fields_text(order->values, pictures[i].field, NULL),
                                 engine->folder, &keep, pictures[i].to, f) != 0)
            return -1;
    }
    for (size_t i = 0; i < FOOOCUS_CONTROLS_MAX; i++) {
        struct fooocus_keep keep = {task->folder, name};

        snprintf(name, sizeof name, "control-%zu", i);
        if (fooocus_picture_read(fields_text(json_array_get(controls, i), "cn_img", NULL),
                                 engine->folder, &keep, &order->controls[i], f) != 0)
            return -1;
    }
    return 0;
}

/* pre_process.py's order of preference; the first of the controls decides (D11). */
static void choose_tab(struct fooocus_order *order)
{
    const char *tab = fields_text(order->values, "current_tab", "uov");

    if (order->enhance.raster.pixels)
        tab = "enhance";
    else if (order->controls[0].raster.pixels)
        tab = "ip";
    else if (order->uov.raster.pixels)
        tab = "uov";
    else if (order->inpaint.raster.pixels)
        tab = "inpaint";
    snprintf(order->tab, sizeof order->tab, "%s", tab);
    put(order->values, "current_tab", json_string(tab));
}

static json_t *link_to(const struct fooocus_engine *engine, const struct fooocus_task *task,
                       const struct fooocus_picture *picture)
{
    char link[256];

    fooocus_file_keep_input(engine, &picture->raster, task->base_url, link);
    return json_string(link);
}

/* The request as it is recorded: links instead of pictures, LoRAs in one flat list. */
static json_t *describe(const struct fooocus_engine *engine, const struct fooocus_task *task)
{
    const struct fooocus_order *order = &task->order;
    json_t *told = json_deep_copy(order->values), *flat = json_array();
    const json_t *lora;
    size_t i;

    put(told, "uov_input_image", link_to(engine, task, &order->uov));
    put(told, "inpaint_input_image", link_to(engine, task, &order->inpaint));
    put(told, "inpaint_mask_image_upload", link_to(engine, task, &order->mask));
    put(told, "enhance_input_image", link_to(engine, task, &order->enhance));
    for (i = 0; i < FOOOCUS_CONTROLS_MAX; i++)
        put(json_array_get(json_object_get(told, "controlnet_image"), i), "cn_img",
            link_to(engine, task, &order->controls[i]));
    json_array_foreach(json_object_get(told, "loras"), i, lora)
    {
        json_array_append(flat, json_object_get(lora, "enabled"));
        json_array_append(flat, json_object_get(lora, "model_name"));
        json_array_append(flat, json_object_get(lora, "weight"));
    }
    put(told, "loras", flat);
    return told;
}

int fooocusapi_order(struct request *request, json_t *values, struct fooocus_task *task,
                     struct failure *f)
{
    struct fooocusapi *api = request->box->own;
    const char *mask = fields_text(values, "inpaint_mask_image_upload", "None");

    task->order.values = values;
    snprintf(task->folder, sizeof task->folder, "%s", request->folder);
    snprintf(task->name, sizeof task->name, "%s", fields_text(values, "save_name", ""));
    snprintf(task->ext, sizeof task->ext, "%s", fields_text(values, "output_format", "png"));
    if (strcmp(task->name, "none") == 0 || strcmp(task->name, "None") == 0)
        *task->name = '\0';
    task->previews = !fields_flag(values, "disable_preview");
    set_aspect(values);
    set_seed(values);
    set_lists(values);
    put(values, "input_image_checkbox", json_true());
    put(values, "inpaint_advanced_masking_checkbox", json_boolean(strcmp(mask, "None") != 0));
    put(values, "invert_mask_checkbox", json_false());
    if (json_is_null(json_object_get(values, "webhook_url")))
        put(values, "webhook_url", json_string(""));
    if (read_pictures(&api->engine, task, f) != 0)
        return -1;
    choose_tab(&task->order);
    task->request = describe(&api->engine, task);
    record_json(task->folder, "request.json", task->request);
    return 0;
}
