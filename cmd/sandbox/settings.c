#include "settings.h"

#include <string.h>

#include "lists.h"

json_t *settings_defaults(enum flavour flavour)
{
    json_t *all = json_object();

    for (const struct setting *s = SETTINGS; all && s->name; s++) {
        if (flavour != FLAVOUR_FORGE && strncmp(s->name, "forge_", 6) == 0)
            continue;
        json_object_set_new(all, s->name, json_loads(s->value, JSON_DECODE_ANY, NULL));
    }
    return all;
}

json_t *settings_copy(struct sandbox *box)
{
    json_t *copy;

    pthread_mutex_lock(&box->settings_lock);
    copy = json_deep_copy(box->settings);
    pthread_mutex_unlock(&box->settings_lock);
    return copy;
}

static bool is_known(const char *name)
{
    if (strncmp(name, "control_net_", 12) == 0)
        return true;
    for (const struct setting *s = SETTINGS; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return true;
    return false;
}

static int change_one(json_t *settings, const char *name, json_t *value, struct failure *f)
{
    const struct lists_model *model;

    if (json_equal(json_object_get(settings, name), value))
        return 0;
    if (!is_known(name))
        return failure_set(f, 500, "KeyError", "'%s'", name);
    if (strcmp(name, "sd_model_checkpoint") == 0 && !json_is_null(value)) {
        model = json_is_string(value) ? lists_find_model(json_string_value(value)) : NULL;
        if (!model)
            return failure_set(f, 500, "RuntimeError", "model '%s' not found",
                               json_is_string(value) ? json_string_value(value) : "?");
        json_object_set_new(settings, name, json_string(model->title));
        return 0;
    }
    json_object_set(settings, name, value);
    return 0;
}

int settings_change(struct sandbox *box, json_t *into, const json_t *changes, struct failure *f)
{
    const char *name;
    json_t *value;
    int result = 0;

    if (!into)
        pthread_mutex_lock(&box->settings_lock);
    json_object_foreach((json_t *)(uintptr_t)changes, name, value)
    {
        result = change_one(into ? into : box->settings, name, value, f);
        if (result != 0)
            break;
    }
    if (!into)
        pthread_mutex_unlock(&box->settings_lock);
    return result;
}

bool settings_flag(const json_t *settings, const char *name)
{
    const json_t *v = json_object_get(settings, name);

    return json_is_true(v) || (json_is_integer(v) && json_integer_value(v) != 0);
}

int settings_int(const json_t *settings, const char *name, int fallback)
{
    const json_t *v = json_object_get(settings, name);

    return json_is_number(v) ? (int)json_number_value(v) : fallback;
}

double settings_real(const json_t *settings, const char *name, double fallback)
{
    const json_t *v = json_object_get(settings, name);

    return json_is_number(v) ? json_number_value(v) : fallback;
}

const char *settings_text(const json_t *settings, const char *name)
{
    const char *v = json_string_value(json_object_get(settings, name));

    return v ? v : "";
}
