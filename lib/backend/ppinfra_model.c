#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "backend/ppinfra.h"
#include "base/text.h"
#include "wire/json.h"

/*
 * Which of a model's names goes into a request is said differently: Novita's page of img2img says
 * sd_name, other pages and its clients sd_name_in_api. So each that the user gave by itself is sent
 * as it is, and where we choose, it is sd_name_in_api, else sd_name.
 */

#define MODELS_MAX 200
#define SHOWN_MAX 3

/* By which names a model is known, in the order in which they are compared. */
static const char *const keys[] = {"sd_name_in_api", "sd_name", "name"};
enum { N_KEYS = 3, OWN_NAME = 2 };

struct models {
    const json_t *row[MODELS_MAX];
    size_t n;
    bool listed; /* the service has such a list */
    bool more;   /* than it gave */
};

bool ppinfra_search(const char *name, char *to, size_t cap)
{
    static const char *const endings[] = {".safetensors", ".ckpt", ".pt"};
    size_t n = strlen(name);

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t ending = strlen(endings[i]);
        if (n > ending && text_casecmp(name + n - ending, endings[i]) == 0) {
            n -= ending;
            size_t digits = n;
            while (digits > 0 && isdigit((unsigned char)name[digits - 1])) {
                digits--;
            }
            n = digits > 1 && digits < n && name[digits - 1] == '_' ? digits - 1 : n;
            break;
        }
    }
    if (n >= cap) {
        return false;
    }
    memcpy(to, name, n);
    to[n] = '\0';
    return true;
}

static const char *name_at(const json_t *model, size_t key)
{
    const char *name = json_string_at(model, keys[key]);

    return name != NULL && *name != '\0' ? name : NULL;
}

/* What stands for a model in a request; NULL when it has no such name. */
static const char *api_name(const json_t *model)
{
    return name_at(model, 0) != NULL ? name_at(model, 0) : name_at(model, 1);
}

/* The models of an answer, each once; Go writes an empty list as null. */
static void add_models(struct models *models, const json_t *fact)
{
    const char *cursor = json_string_value(json_get_path(fact, "pagination.next_cursor"));
    const json_t *list = json_object_get(fact, "models");
    size_t i, k;
    json_t *row;

    models->listed |= json_is_object(fact);
    models->more |= cursor != NULL && *cursor != '\0';
    json_array_foreach(list, i, row)
    {
        const char *name = api_name(row);
        for (k = 0; name != NULL && k < models->n; k++) {
            if (strcmp(api_name(models->row[k]), name) == 0) {
                break;
            }
        }
        if (name != NULL && k == models->n && models->n < MODELS_MAX) {
            models->row[models->n++] = row;
        }
    }
}

static bool contains(const char *text, const char *part)
{
    for (; *text != '\0'; text++) {
        size_t n = 0;
        while (part[n] != '\0' && text[n] != '\0' &&
               tolower((unsigned char)text[n]) == tolower((unsigned char)part[n])) {
            n++;
        }
        if (part[n] == '\0') {
            return true;
        }
    }
    return *part == '\0';
}

/* Whether a model is meant by `asked`: exactly by the name at `key`, or (N_KEYS) by a part of any.
 */
static bool matches(const json_t *model, size_t key, const char *asked)
{
    for (size_t k = 0; key == N_KEYS && k < N_KEYS; k++) {
        if (name_at(model, k) != NULL && contains(name_at(model, k), asked)) {
            return true;
        }
    }
    return key < N_KEYS && name_at(model, key) != NULL && strcmp(name_at(model, key), asked) == 0;
}

static int refuse_many(const struct models *models, const json_t *const *hit, size_t n,
                       const char *asked, struct error *err)
{
    char list[256] = "";
    size_t at = 0;

    for (size_t i = 0; i < n && i < SHOWN_MAX; i++) {
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%.70s", i > 0 ? ", " : "",
                               api_name(hit[i]));
    }
    return error_set(
        err, EXIT_REFUSED,
        "--model '%.80s' may be any of %s%zu checkpoints: %s%s; give one of these names", asked,
        models->more ? "more than " : "", n, list, n > SHOWN_MAX || models->more ? " ..." : "");
}

static int refuse_none(const struct models *models, const char *asked, bool resolve,
                       struct error *err)
{
    const char *names[MODELS_MAX], *nearest;

    for (size_t i = 0; i < models->n; i++) {
        names[i] = api_name(models->row[i]);
    }
    nearest = models->n == 1 ? names[0] : text_nearest(asked, names, models->n);
    return error_set(err, EXIT_REFUSED,
                     "the service lists no checkpoint '%.80s' (--model)%s%.80s%s; %s"
                     "--set-unchecked sends it anyway",
                     asked, nearest != NULL ? "; did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "",
                     models->n > 0 && !resolve ? "--resolve takes a unique part of a name, " : "");
}

/* The one model that is meant; *found stays NULL when the list is too long to tell. */
static int find_model(const struct models *models, const char *asked, bool resolve,
                      const json_t **found, size_t *key, struct error *err)
{
    const json_t *hit[MODELS_MAX];
    size_t n = 0;

    *found = NULL;
    for (*key = 0; *key < (resolve ? N_KEYS + 1 : N_KEYS) && n == 0; *key += n == 0) {
        for (size_t i = 0; i < models->n; i++) {
            if (matches(models->row[i], *key, asked)) {
                hit[n++] = models->row[i];
            }
        }
    }
    if (n == 1 && !(*key == N_KEYS && models->more)) {
        *found = hit[0];
        return 0;
    }
    if (n > 0) {
        return refuse_many(models, hit, n, asked, err);
    }
    return models->more ? 0 : refuse_none(models, asked, resolve, err);
}

enum base { BASE_UNKNOWN, BASE_SD15, BASE_SDXL };

static enum base base_of(const json_t *model)
{
    json_t *is_sdxl = json_object_get(model, "is_sdxl");
    const char *base = json_string_at(model, "base_model");

    if (json_is_boolean(is_sdxl)) {
        return json_is_true(is_sdxl) ? BASE_SDXL : BASE_SD15;
    }
    return base == NULL             ? BASE_UNKNOWN
           : contains(base, "sdxl") ? BASE_SDXL
           : contains(base, "sd 1") || contains(base, "sd1") || contains(base, "sd_1")
               ? BASE_SD15
               : BASE_UNKNOWN;
}

/* An IP-Adapter is made for one base model (B5). */
static int check_adapters(const json_t *request, const json_t *model, struct error *err)
{
    static const char *const wanted[] = {
        [BASE_SD15] = "ip-adapter_sd15.bin", [BASE_SDXL] = "ip-adapter_sdxl.bin"};
    static const char *const titles[] = {[BASE_SD15] = "not SDXL", [BASE_SDXL] = "SDXL"};
    enum base base = base_of(model);
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(request, "ip_adapters"), i, item)
    {
        const char *name = json_string_at(item, "model_name");
        if (base != BASE_UNKNOWN && name != NULL && strcmp(name, wanted[base]) != 0) {
            return error_set(
                err, EXIT_REFUSED,
                "--ip-adapter model '%.40s' does not fit the checkpoint '%.80s', which "
                "is %s: use model=%s",
                name, api_name(model), titles[base], wanted[base]);
        }
    }
    return 0;
}

static int use_model(struct task *task, json_t *request, const json_t *model, size_t key,
                     struct error *err)
{
    const char *asked = json_string_at(request, "model_name");
    json_t *status = json_object_get(model, "status");
    bool fine = true;

    if (json_is_integer(status) && json_integer_value(status) == 0) {
        fine = backend_warn(task, "the service says that checkpoint '%s' is not available now",
                            api_name(model));
    }
    if (key >= OWN_NAME && strcmp(asked, api_name(model)) != 0) {
        fine = fine && backend_warn(task, "--model '%s' stands for '%s'", asked, api_name(model)) &&
               json_object_set_new(request, "model_name", json_string(api_name(model))) == 0;
    }
    return fine ? check_adapters(request, model, err) : error_memory(err, "finding the model");
}

int ppinfra_check_model(struct task *task, const json_t *facts, struct error *err)
{
    json_t *request = json_object_get(task->native, "request");
    const char *asked = json_string_at(request, "model_name");
    const json_t *model;
    struct models models = {0};
    size_t key;

    add_models(&models, json_object_get(facts, PPINFRA_CHECKPOINT));
    add_models(&models, json_object_get(facts, PPINFRA_INPAINTING));
    if (task->unchecked || asked == NULL || !models.listed) {
        return 0;
    }
    if (find_model(&models, asked, task->resolve, &model, &key, err) != 0) {
        return -1;
    }
    if (model == NULL) {
        return backend_warn(task, "checkpoint '%s' could not be checked: too many are like it",
                            asked)
                   ? 0
                   : error_memory(err, "finding the model");
    }
    return use_model(task, request, model, key, err);
}
