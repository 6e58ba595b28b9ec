#include <string.h>

#include "backend/fooocus_api.h"
#include "base/text.h"

/* LoRAs and image prompts: the lists whose elements are objects. */

#define PROMPTS_MAX 4 /* default_controlnet_image_count */
#define LORAS_MAX 5   /* default_max_lora_number */

struct unit_key {
    const char *ours;
    const char *native;
    enum native_type type;
};

static const struct unit_key unit_keys[] = {
    {"image", "cn_img", NATIVE_PICTURE},      {"type", "cn_type", NATIVE_STRING},
    {"stop", "cn_stop", NATIVE_REAL},         {"end", "cn_stop", NATIVE_REAL},
    {"weight", "cn_weight", NATIVE_REAL},     {"strength", "cn_weight", NATIVE_REAL},
    {"guidance-end", "cn_stop", NATIVE_REAL},
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
    return error_set(err, EXIT_USAGE,
                     "--controlnet: Fooocus-API has no '%s' for image prompts, only image, type, "
                     "stop and weight%s%s%s",
                     name, nearest != NULL ? "; did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

/* The value of a key as the server takes it: numbers come as text. NULL on failure. */
static json_t *unit_value(const struct unit_key *key, json_t *given, struct error *err)
{
    const char *text = json_string_value(given);
    double number;

    if (key->type != NATIVE_REAL || text == NULL) {
        return json_incref(given);
    }
    if (!text_to_real(text, &number)) {
        error_set(err, EXIT_USAGE, "--controlnet: %s takes a number, not '%s'", key->ours, text);
        return NULL;
    }
    return json_real(number);
}

static int compose_prompt(json_t *neutral, json_t *prompt, struct error *err)
{
    const char *name;
    json_t *given;

    json_object_foreach(neutral, name, given)
    {
        const struct unit_key *key = find_key(name);
        if (key == NULL) {
            return refuse_key(name, err);
        }
        json_t *value = unit_value(key, given, err);
        if (value == NULL) {
            return -1;
        }
        if (json_object_set_new(prompt, key->native, value) != 0) {
            return error_memory(err, "preparing image prompts");
        }
    }
    return 0;
}

/* An explicit 0 is the server's word for "the default of its type" (D7), and an element without a
 * picture is left out in silence. */
static int check_prompts(const json_t *prompts, struct error *err)
{
    static const char *const numbers[] = {"cn_stop", "cn_weight"};
    const json_t *prompt, *value;
    size_t i;

    if (json_array_size(prompts) > PROMPTS_MAX) {
        return error_set(err, EXIT_USAGE,
                         "%zu image prompts (--controlnet): Fooocus-API takes %d and drops the "
                         "rest in silence",
                         json_array_size(prompts), PROMPTS_MAX);
    }
    json_array_foreach(prompts, i, prompt)
    {
        value = json_object_get(prompt, "cn_img");
        if (value == NULL || json_is_null(value)) {
            return error_set(err, EXIT_USAGE,
                             "image prompt %zu has no picture: give one, as in --controlnet "
                             "image=FILE,type=CPDS",
                             i + 1);
        }
        for (size_t k = 0; k < 2; k++) {
            value = json_object_get(prompt, numbers[k]);
            if (json_is_number(value) && json_number_value(value) == 0) {
                return error_set(err, EXIT_USAGE,
                                 "image prompt %zu: %s 0 means its type's default to Fooocus-API; "
                                 "leave it out for that, or give a small number such as 0.001",
                                 i + 1, numbers[k]);
            }
        }
    }
    return 0;
}

int fooocus_api_compose_prompts(struct task *task, struct error *err)
{
    json_t *units = json_object_get(task->neutral, "controlnet"), *unit, *prompts;
    size_t i;

    if (json_array_size(units) > 0) {
        prompts = json_array();
        if (json_object_set_new(task->native, "image_prompts", prompts) != 0) {
            return error_memory(err, "preparing image prompts");
        }
        json_array_foreach(units, i, unit)
        {
            json_t *prompt = json_object();
            if (json_array_append_new(prompts, prompt) != 0) {
                return error_memory(err, "preparing image prompts");
            }
            if (compose_prompt(unit, prompt, err) != 0) {
                return -1;
            }
        }
    }
    prompts = json_object_get(task->native, "image_prompts");
    return task->unchecked ? 0 : check_prompts(prompts, err);
}

/* NAME or NAME:WEIGHT; the weight is 1 unless given. NULL on failure. */
static json_t *compose_lora(const char *text, struct error *err)
{
    const char *colon = strrchr(text, ':');
    double weight = 1;
    size_t n = colon == NULL ? strlen(text) : (size_t)(colon - text);

    if (n == 0 || (colon != NULL && !text_to_real(colon + 1, &weight))) {
        error_set(err, EXIT_USAGE, "--lora '%s': %s", text,
                  n == 0 ? "the name is missing" : "the weight is not a number");
        return NULL;
    }
    json_t *lora =
        json_pack("{s:b,s:s%,s:f}", "enabled", 1, "model_name", text, n, "weight", weight);
    if (lora == NULL) {
        error_memory(err, "preparing LoRAs");
    }
    return lora;
}

int fooocus_api_compose_loras(struct task *task, struct error *err)
{
    json_t *given = json_object_get(task->neutral, "loras"), *item, *loras;
    size_t i;

    if (json_array_size(given) > 0) {
        loras = json_array();
        if (json_object_set_new(task->native, "loras", loras) != 0) {
            return error_memory(err, "preparing LoRAs");
        }
        json_array_foreach(given, i, item)
        {
            json_t *lora = compose_lora(json_string_value(item), err);
            if (lora == NULL) {
                return -1;
            }
            if (json_array_append_new(loras, lora) != 0) {
                return error_memory(err, "preparing LoRAs");
            }
        }
    }
    loras = json_object_get(task->native, "loras");
    json_array_foreach(loras, i, item)
    {
        if (json_is_object(item) && json_object_get(item, "enabled") == NULL &&
            json_object_set_new(item, "enabled", json_true()) != 0) {
            return error_memory(err, "preparing LoRAs");
        }
    }
    if (json_array_size(loras) > LORAS_MAX && !task->unchecked) {
        return error_set(err, EXIT_USAGE,
                         "%zu LoRAs: Fooocus-API takes %d unless it is configured for more, and "
                         "drops the rest in silence; --set-unchecked sends them all",
                         json_array_size(loras), LORAS_MAX);
    }
    return 0;
}
