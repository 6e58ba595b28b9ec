#include <string.h>

#include "backend/webui.h"
#include "base/text.h"

/*
 * ControlNet units. Forge keeps only the keys it knows, and its mask is `mask_image`; the A1111
 * extension's is `mask` (A23). Numbers and booleans are sent as JSON, whatever the option's text.
 */

struct unit_key {
    const char *ours;
    const char *native;
    enum native_type type;
};

static const struct unit_key unit_keys[] = {
    {"image", "image", NATIVE_PICTURE},
    {"mask", "mask", NATIVE_PICTURE},
    {"model", "model", NATIVE_STRING},
    {"module", "module", NATIVE_STRING},
    {"preprocessor", "module", NATIVE_STRING},
    {"weight", "weight", NATIVE_REAL},
    {"strength", "weight", NATIVE_REAL},
    {"start", "guidance_start", NATIVE_REAL},
    {"guidance-start", "guidance_start", NATIVE_REAL},
    {"end", "guidance_end", NATIVE_REAL},
    {"guidance-end", "guidance_end", NATIVE_REAL},
    {"mode", "control_mode", NATIVE_STRING},
    {"control-mode", "control_mode", NATIVE_STRING},
    {"resize", "resize_mode", NATIVE_STRING},
    {"resize-mode", "resize_mode", NATIVE_STRING},
    {"resolution", "processor_res", NATIVE_INT},
    {"processor-res", "processor_res", NATIVE_INT},
    {"threshold-a", "threshold_a", NATIVE_REAL},
    {"threshold-b", "threshold_b", NATIVE_REAL},
    {"pixel-perfect", "pixel_perfect", NATIVE_BOOL},
    {"enabled", "enabled", NATIVE_BOOL},
    {"low-vram", "low_vram", NATIVE_BOOL},
};

#define N_KEYS (sizeof unit_keys / sizeof *unit_keys)

static const struct unit_key *find_key(const char *name)
{
    for (size_t i = 0; i < N_KEYS; i++) {
        if (strcmp(unit_keys[i].ours, name) == 0 || strcmp(unit_keys[i].native, name) == 0) {
            return &unit_keys[i];
        }
    }
    return NULL;
}

static int refuse_key(const char *name, struct error *err)
{
    const char *names[N_KEYS];

    for (size_t i = 0; i < N_KEYS; i++) {
        names[i] = unit_keys[i].ours;
    }
    const char *nearest = text_nearest(name, names, N_KEYS);
    return error_set(err, EXIT_USAGE, "--controlnet: unknown key '%s'%s%s%s", name,
                     nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?" : "");
}

/* The text of KEY=VALUE as the key's type wants it; pictures come as nodes. */
static int unit_value(const struct unit_key *key, json_t *given, json_t **value, struct error *err)
{
    const struct native row = {.name = key->ours, .type = key->type};
    const char *text = json_string_value(given);

    if (key->type == NATIVE_STRING || key->type == NATIVE_PICTURE || text == NULL) {
        *value = json_incref(given);
        return 0;
    }
    json_t *parsed = json_loads(text, JSON_DECODE_ANY, NULL);
    int result = native_check(&row, "--controlnet", parsed, value, err);
    json_decref(parsed);
    return result;
}

static const char *native_key(const struct task *task, const struct unit_key *key)
{
    return task->flavour == WEBUI_FORGE && strcmp(key->native, "mask") == 0 ? "mask_image"
                                                                            : key->native;
}

static int compose_unit(const struct task *task, json_t *neutral, json_t *unit, struct error *err)
{
    const char *name;
    json_t *given, *value;

    json_object_foreach(neutral, name, given)
    {
        const struct unit_key *key = find_key(name);
        if (key == NULL) {
            return refuse_key(name, err);
        }
        if (task->flavour == WEBUI_FORGE && strcmp(key->native, "low_vram") == 0) {
            continue;
        }
        if (unit_value(key, given, &value, err) != 0) {
            return -1;
        }
        if (json_object_set_new(unit, native_key(task, key), value) != 0) {
            return error_memory(err, "preparing ControlNet");
        }
    }
    return 0;
}

int webui_compose_controlnet(struct task *task, struct error *err)
{
    json_t *units = json_object_get(task->neutral, "controlnet");
    json_t *scripts = json_object_get(task->native, "alwayson_scripts");
    json_t *args, *neutral;
    size_t i;

    if (json_object_get(task->neutral, "ip_adapters") != NULL) {
        return error_set(err, EXIT_USAGE,
                         "--ip-adapter: with WebUI an IP-Adapter is a ControlNet unit: use "
                         "--controlnet image=FILE,module=NAME,model=NAME");
    }
    if (units == NULL) {
        return 0;
    }
    if (json_object_get(scripts, "controlnet") != NULL) {
        return error_set(err, EXIT_USAGE,
                         "give ControlNet either by --controlnet or by alwayson_scripts, not both");
    }
    args = json_array();
    json_array_foreach(units, i, neutral)
    {
        json_t *unit = json_object();
        if (compose_unit(task, neutral, unit, err) != 0) {
            json_decref(unit);
            json_decref(args);
            return -1;
        }
        json_array_append_new(args, unit);
    }
    if (scripts == NULL) {
        scripts = json_object();
        if (json_object_set_new(task->native, "alwayson_scripts", scripts) != 0) {
            json_decref(args);
            return error_memory(err, "preparing ControlNet");
        }
    }
    json_t *entry = json_pack("{s:o}", "args", args);
    return json_object_set_new(scripts, "controlnet", entry) == 0
               ? 0
               : error_memory(err, "preparing ControlNet");
}
