#include <stdio.h>
#include <string.h>

#include "backend/webui.h"
#include "base/text.h"
#include "wire/json.h"

#define NAMES_MAX 1000

/* Whether name is `base`, or `base` and one of a scheduler's names behind a space, as the server
 * splits "DPM++ 2M Karras". */
static bool is_with_scheduler(const char *name, const char *base, const json_t *schedulers)
{
    static const char *const keys[] = {"name", "label"};
    size_t n = strlen(base), i;
    json_t *row;

    if (strncmp(name, base, n) != 0 || name[n] != ' ') {
        return false;
    }
    json_array_foreach(schedulers, i, row)
    {
        for (size_t k = 0; k < 2; k++) {
            const char *scheduler = json_string_at(row, keys[k]);
            if (scheduler != NULL && strcmp(name + n + 1, scheduler) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* The members `key` of an array's objects as C strings; how many. */
static size_t names_of(const json_t *list, const char *key, const char **names)
{
    size_t n = 0, i;
    json_t *row;

    json_array_foreach(list, i, row)
    {
        const char *name = json_string_at(row, key);
        if (name != NULL && n < NAMES_MAX) {
            names[n++] = name;
        }
    }
    return n;
}

static int refuse(struct error *err, const char *option, const char *what, const char *name,
                  const char *nearest, const char *else_)
{
    return error_set(err, EXIT_REFUSED,
                     "the server has no %s '%s' (%s) and would take %s in silence%s%s%s", what,
                     name, option, else_, nearest != NULL ? "; did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

/* An unknown sampler is replaced by the first one (A8). */
static int check_sampler(const json_t *native, const json_t *facts, struct error *err)
{
    const json_t *samplers = json_object_get(facts, WEBUI_SAMPLERS);
    const json_t *schedulers = json_object_get(facts, WEBUI_SCHEDULERS);
    const char *asked = json_string_at(native, "sampler_name");
    const char *names[NAMES_MAX];

    asked = asked != NULL ? asked : json_string_at(native, "sampler_index");
    if (asked == NULL || !json_is_array(samplers)) {
        return 0;
    }
    size_t n = names_of(samplers, "name", names);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(asked, names[i]) == 0 || is_with_scheduler(asked, names[i], schedulers)) {
            return 0;
        }
    }
    return refuse(err, "--sampler", "sampler", asked, text_nearest(asked, names, n), "another one");
}

static int check_scheduler(const json_t *native, const json_t *facts, struct error *err)
{
    const json_t *schedulers = json_object_get(facts, WEBUI_SCHEDULERS);
    const char *asked = json_string_at(native, "scheduler");
    const char *names[NAMES_MAX];

    if (asked == NULL || !json_is_array(schedulers)) {
        return 0;
    }
    size_t n = names_of(schedulers, "name", names);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(asked, names[i]) == 0) {
            return 0;
        }
    }
    n = names_of(schedulers, "label", names);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(asked, names[i]) == 0) {
            return 0;
        }
    }
    return refuse(err, "--scheduler", "scheduler", asked, text_nearest(asked, names, n),
                  "its default");
}

/* A title without its " [hash]". */
static bool is_title(const char *title, const char *asked)
{
    const char *bracket = strstr(title, " [");
    size_t n = bracket == NULL ? strlen(title) : (size_t)(bracket - title);

    return strcmp(title, asked) == 0 || (strlen(asked) == n && strncmp(title, asked, n) == 0);
}

/* An unknown checkpoint is dropped from the request, and the loaded one renders (A16). */
static int check_model(const json_t *native, const json_t *facts, struct error *err)
{
    static const char *const keys[] = {"model_name", "hash", "sha256"};
    const json_t *models = json_object_get(facts, WEBUI_MODELS);
    const char *asked = json_string_value(json_get_path(native, WEBUI_CHECKPOINT));
    const char *names[NAMES_MAX];
    json_t *row;
    size_t i;

    if (asked == NULL || !json_is_array(models)) {
        return 0;
    }
    json_array_foreach(models, i, row)
    {
        const char *title = json_string_at(row, "title");
        if (title != NULL && is_title(title, asked)) {
            return 0;
        }
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            const char *name = json_string_at(row, keys[k]);
            if (name != NULL && *name != '\0' && strcmp(name, asked) == 0) {
                return 0;
            }
        }
    }
    size_t n = names_of(models, "model_name", names);
    return refuse(err, "--model", "checkpoint", asked, text_nearest(asked, names, n),
                  "the loaded one");
}

static int check_vae(const json_t *native, const json_t *facts, struct error *err)
{
    const json_t *vaes = json_object_get(facts, WEBUI_VAES);
    const json_t *modules = json_object_get(facts, WEBUI_MODULES);
    const char *asked = json_string_value(json_get_path(native, WEBUI_VAE));
    const char *names[NAMES_MAX];

    vaes = json_is_array(vaes) ? vaes : modules;
    if (asked == NULL || !json_is_array(vaes) || strcmp(asked, "Automatic") == 0 ||
        strcmp(asked, "None") == 0) {
        return 0;
    }
    size_t n = names_of(vaes, "model_name", names);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(asked, names[i]) == 0) {
            return 0;
        }
    }
    return refuse(err, "--vae", "VAE", asked, text_nearest(asked, names, n), "its default");
}

int webui_check_names(const struct task *task, const json_t *facts, struct error *err)
{
    if (task->unchecked) {
        return 0;
    }
    if (check_model(task->native, facts, err) != 0 || check_vae(task->native, facts, err) != 0) {
        return -1;
    }
    /* sd.cpp's server takes many spellings of a sampler, more than it lists. */
    if (task->flavour == WEBUI_SDCPP) {
        return 0;
    }
    return check_sampler(task->native, facts, err) == 0 ? check_scheduler(task->native, facts, err)
                                                        : -1;
}
