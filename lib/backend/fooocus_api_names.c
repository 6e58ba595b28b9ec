#include <ctype.h>
#include <string.h>

#include "backend/fooocus_api.h"
#include "base/text.h"
#include "wire/json.h"

#define NAMES_MAX 1000

static size_t names_of(const json_t *list, const char **names)
{
    size_t n = 0, i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        if (json_is_string(item) && n < NAMES_MAX) {
            names[n++] = json_string_value(item);
        }
    }
    return n;
}

/* Whether `part` is in `name`, whatever the case. */
static bool contains(const char *name, const char *part)
{
    for (; *name != '\0'; name++) {
        size_t i = 0;
        while (part[i] != '\0' &&
               tolower((unsigned char)name[i]) == tolower((unsigned char)part[i])) {
            i++;
        }
        if (part[i] == '\0') {
            return true;
        }
    }
    return false;
}

/* What a list is of, for the error. */
struct names {
    const char *what;    /* "checkpoint" */
    const char *option;  /* "--model" */
    const char *instead; /* what the server would do */
    const json_t *list;
};

/* The server's name for what was asked, or NULL with an error set. */
static const char *find_name(const struct task *task, const struct names *of, const char *asked,
                             struct error *err)
{
    const char *names[NAMES_MAX], *found = NULL;
    size_t n = names_of(of->list, names), matches = 0;

    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], asked) == 0) {
            return names[i];
        }
        if (task->resolve && *asked != '\0' && contains(names[i], asked)) {
            found = names[i];
            matches++;
        }
    }
    if (matches == 1) {
        return found;
    }
    if (matches > 1) {
        error_set(err, EXIT_REFUSED, "%s '%s' may be %zu of the server's, '%s' among them (%s)",
                  of->what, asked, matches, found, of->option);
        return NULL;
    }
    const char *nearest = text_nearest(asked, names, n);
    error_set(err, EXIT_REFUSED, "the server has no %s '%s' (%s) and would %s in silence%s%s%s",
              of->what, asked, of->option, of->instead, nearest != NULL ? "; did you mean '" : "",
              nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
    return NULL;
}

/* Checks the name at a key, and puts the server's name there. */
static int check_name(const struct task *task, const struct names *of, json_t *object,
                      const char *key, struct error *err)
{
    const char *asked = json_string_at(object, key);

    if (asked == NULL || !json_is_array(of->list)) {
        return 0;
    }
    const char *name = find_name(task, of, asked, err);
    if (name == NULL) {
        return -1;
    }
    return name == asked || strcmp(name, asked) == 0 ||
                   json_object_set_new(object, key, json_string(name)) == 0
               ? 0
               : error_memory(err, "resolving a name");
}

static int check_styles(const struct task *task, const json_t *list, struct error *err)
{
    const struct names of = {"style", "--style", "drop it", list};
    json_t *styles = json_object_get(task->native, "style_selections"), *item;
    size_t i;

    if (!json_is_array(list)) {
        return 0;
    }
    json_array_foreach(styles, i, item)
    {
        const char *name = find_name(task, &of, json_string_value(item), err);
        if (name == NULL) {
            return -1;
        }
        if (json_array_set_new(styles, i, json_string(name)) != 0) {
            return error_memory(err, "resolving a name");
        }
    }
    return 0;
}

static bool is_none(const json_t *object, const char *key)
{
    const char *name = json_string_at(object, key);

    return name != NULL && (strcmp(name, "None") == 0 || *name == '\0');
}

int fooocus_api_check_names(struct task *task, const json_t *facts, struct error *err)
{
    const json_t *all = json_object_get(facts, "models");
    const json_t *files = json_object_get(all, "model_filenames");
    const struct names models = {"checkpoint", "--model", "take its default", files};
    const struct names refiners = {"checkpoint", "refiner_model_name", "take its default", files};
    const struct names loras = {"LoRA", "--lora", "leave it out",
                                json_object_get(all, "lora_filenames")};
    json_t *item;
    size_t i;

    if (task->unchecked) {
        return 0;
    }
    if (check_name(task, &models, task->native, "base_model_name", err) != 0 ||
        (!is_none(task->native, "refiner_model_name") &&
         check_name(task, &refiners, task->native, "refiner_model_name", err) != 0)) {
        return -1;
    }
    json_array_foreach(json_object_get(task->native, "loras"), i, item)
    {
        if (!is_none(item, "model_name") &&
            check_name(task, &loras, item, "model_name", err) != 0) {
            return -1;
        }
    }
    return check_styles(task, json_object_get(facts, "styles"), err);
}
