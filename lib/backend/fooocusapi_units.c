#include <string.h>

#include "backend/fooocusapi.h"
#include "base/buf.h"
#include "base/text.h"
#include "wire/json.h"

/* How many the server takes unless it is configured otherwise (config.py); it drops the rest. */
#define LORAS_USUAL 5
#define PROMPTS_USUAL 4

bool fooocusapi_has_picture(const json_t *object, const char *name)
{
    static const char *const none[] = {"", "None", "none", "null", "string"};
    const json_t *value = json_object_get(object, name);
    bool has = json_is_string(value) || json_is_object(value);

    for (size_t i = 0; json_is_string(value) && i < sizeof none / sizeof *none; i++) {
        has = has && strcmp(json_string_value(value), none[i]) != 0;
    }
    return has;
}

/* NAME or NAME:WEIGHT; the weight is 1 as with other services, where this one's API would take 0.5
 * and its page 1. */
static int split_weight(const char *option, const char *text, size_t *name_len, double *weight,
                        struct error *err)
{
    const char *colon = strrchr(text, ':');

    *weight = 1;
    *name_len = colon == NULL ? strlen(text) : (size_t)(colon - text);
    if (*name_len == 0) {
        return error_set(err, EXIT_USAGE, "%s '%s': the name is missing", option, text);
    }
    return colon == NULL || text_to_real(colon + 1, weight)
               ? 0
               : error_set(err, EXIT_USAGE, "%s '%s': the weight is not a number", option, text);
}

static int compose_loras(struct task *task, struct error *err)
{
    json_t *given = json_object_get(task->neutral, "loras"), *item, *list;
    size_t i, n;
    double weight;

    if (given != NULL && json_object_get(task->native, "loras") != NULL) {
        return error_set(err, EXIT_USAGE, "give LoRAs either by --lora or by loras, not both");
    }
    list = given != NULL ? json_array() : NULL;
    json_array_foreach(given, i, item)
    {
        const char *text = json_string_value(item);
        if (split_weight("--lora", text, &n, &weight, err) != 0) {
            json_decref(list);
            return -1;
        }
        json_array_append_new(list, json_pack("{s:b,s:s%,s:f}", "enabled", 1, "model_name", text, n,
                                              "weight", weight));
    }
    if (given != NULL && json_object_set_new(task->native, "loras", list) != 0) {
        return error_memory(err, "preparing the LoRAs");
    }
    n = json_array_size(json_object_get(task->native, "loras"));
    return n <= LORAS_USUAL || backend_warn(task,
                                            "%zu LoRAs: the server drops those after the %dth, "
                                            "unless its default_max_lora_number is higher",
                                            n, LORAS_USUAL)
               ? 0
               : error_memory(err, "preparing the LoRAs");
}

/* (embedding:NAME:WEIGHT) is a word of the prompt (sd1_clip.py). */
static int compose_embeddings(struct task *task, struct error *err)
{
    json_t *given = json_object_get(task->neutral, "embeddings"), *item;
    const char *prompt = json_string_at(task->native, "prompt");
    struct buf text;
    size_t i, n;
    double weight;

    if (json_array_size(given) == 0) {
        return 0;
    }
    buf_init(&text, 1024UL * 1024);
    buf_adds(&text, prompt != NULL ? prompt : "");
    json_array_foreach(given, i, item)
    {
        const char *name = json_string_value(item);
        if (split_weight("--embedding", name, &n, &weight, err) != 0) {
            buf_release(&text);
            return -1;
        }
        if (strcspn(name, " ,()") < n) {
            buf_release(&text);
            return error_set(err, EXIT_USAGE,
                             "--embedding '%s': the server reads names without spaces, commas and "
                             "parentheses only",
                             name);
        }
        buf_addf(&text, "%s(embedding:%.*s:%g)", text.len > 0 ? ", " : "", (int)n, name, weight);
    }
    int bad = text.failed ||
              json_object_set_new(task->native, "prompt", json_string(buf_str(&text))) != 0;
    buf_release(&text);
    return bad ? error_memory(err, "preparing the prompt") : 0;
}

struct unit_key {
    const char *ours;
    const char *native;
    enum native_type type;
};

static const struct unit_key unit_keys[] = {
    {"image", "cn_img", NATIVE_PICTURE},      {"type", "cn_type", NATIVE_STRING},
    {"stop", "cn_stop", NATIVE_REAL},         {"end", "cn_stop", NATIVE_REAL},
    {"guidance-end", "cn_stop", NATIVE_REAL}, {"weight", "cn_weight", NATIVE_REAL},
    {"strength", "cn_weight", NATIVE_REAL},
};

#define N_KEYS (sizeof unit_keys / sizeof *unit_keys)

static const struct unit_key *find_key(const char *name, struct error *err)
{
    const char *names[N_KEYS];

    for (size_t i = 0; i < N_KEYS; i++) {
        if (strcmp(unit_keys[i].ours, name) == 0 || strcmp(unit_keys[i].native, name) == 0) {
            return &unit_keys[i];
        }
        names[i] = unit_keys[i].ours;
    }
    const char *nearest = text_nearest(name, names, N_KEYS);
    error_set(err, EXIT_USAGE,
              "--controlnet: FooocusAPI has no '%s'%s%s%s: its units have image, type, weight and "
              "stop",
              name, nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
              nearest != NULL ? "'?" : "");
    return NULL;
}

static int compose_unit(json_t *neutral, json_t *unit, struct error *err)
{
    const char *name;
    json_t *given, *value;

    json_object_foreach(neutral, name, given)
    {
        const struct unit_key *key = find_key(name, err);
        if (key == NULL) {
            return -1;
        }
        if (key->type == NATIVE_REAL && json_is_string(given)) {
            const struct native row = {.name = key->ours, .type = key->type};
            json_t *parsed = json_loads(json_string_value(given), JSON_DECODE_ANY, NULL);
            int result = native_check(&row, "--controlnet", parsed, &value, err);
            json_decref(parsed);
            if (result != 0) {
                return -1;
            }
        } else {
            value = json_incref(given);
        }
        if (json_object_set_new(unit, key->native, value) != 0) {
            return error_memory(err, "preparing ControlNet");
        }
    }
    return fooocusapi_has_picture(unit, "cn_img")
               ? 0
               : error_set(err, EXIT_USAGE, "--controlnet: give image=FILE");
}

/* The server looks at the first element alone to see whether there are any. */
static int check_prompts(struct task *task, struct error *err)
{
    const json_t *list = json_object_get(task->native, "controlnet_image");
    size_t n = json_array_size(list);

    for (size_t i = 1; i < n; i++) {
        if (!fooocusapi_has_picture(json_array_get(list, 0), "cn_img") &&
            fooocusapi_has_picture(json_array_get(list, i), "cn_img")) {
            return error_set(err, EXIT_USAGE,
                             "controlnet_image[0] has no cn_img: the server would ignore the "
                             "others; put it last");
        }
    }
    return n <= PROMPTS_USUAL ||
                   backend_warn(task,
                                "%zu controlnet images: the server drops those after the %dth, "
                                "unless its default_controlnet_image_count is higher",
                                n, PROMPTS_USUAL)
               ? 0
               : error_memory(err, "preparing ControlNet");
}

static int compose_controlnet(struct task *task, struct error *err)
{
    json_t *units = json_object_get(task->neutral, "controlnet"), *neutral, *list;
    size_t i;

    if (units == NULL) {
        return check_prompts(task, err);
    }
    if (json_object_get(task->native, "controlnet_image") != NULL) {
        return error_set(err, EXIT_USAGE,
                         "give ControlNet either by --controlnet or by controlnet_image, not both");
    }
    list = json_array();
    json_array_foreach(units, i, neutral)
    {
        json_t *unit = json_object();
        if (compose_unit(neutral, unit, err) != 0) {
            json_decref(unit);
            json_decref(list);
            return -1;
        }
        json_array_append_new(list, unit);
    }
    return json_object_set_new(task->native, "controlnet_image", list) == 0
               ? check_prompts(task, err)
               : error_memory(err, "preparing ControlNet");
}

int fooocusapi_compose_units(struct task *task, struct error *err)
{
    return compose_loras(task, err) != 0 || compose_embeddings(task, err) != 0
               ? -1
               : compose_controlnet(task, err);
}
