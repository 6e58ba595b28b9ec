#include <ctype.h>
#include <string.h>

#include "backend/fooocusapi.h"
#include "base/text.h"

#define NAMES_MAX 4000

/* A name that is looked up in one of the server's lists. */
struct lookup {
    const json_t *names; /* the list */
    const char *what;    /* "model" */
    const char *option;  /* "--model" */
    const char *instead; /* what the server would do */
    bool resolve;
};

/* Whether `part` occurs in name, whatever the case of ASCII letters. */
static bool has_part(const char *name, const char *part)
{
    size_t n = strlen(part), i = 0;

    for (; *name != '\0'; name++) {
        for (i = 0; i < n && tolower((unsigned char)name[i]) == tolower((unsigned char)part[i]);) {
            i++;
        }
        if (i == n) {
            return true;
        }
    }
    return false;
}

/* The one name with that part in *found; how many have it. */
static size_t find_part(const struct lookup *l, const char *part, const char **found)
{
    const json_t *item;
    size_t i, n = 0;

    json_array_foreach(l->names, i, item)
    {
        const char *name = json_string_value(item);
        if (name != NULL && has_part(name, part)) {
            *found = name;
            n++;
        }
    }
    return n;
}

static int refuse(const struct lookup *l, const char *asked, struct error *err)
{
    const char *names[NAMES_MAX];
    const json_t *item;
    size_t i, n = 0;

    json_array_foreach(l->names, i, item)
    {
        if (json_is_string(item) && n < NAMES_MAX) {
            names[n++] = json_string_value(item);
        }
    }
    const char *nearest = text_nearest(asked, names, n);
    return error_set(err, EXIT_REFUSED, "the server has no %s '%s' (%s) and would %s%s%s%s",
                     l->what, asked, l->option, l->instead,
                     nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?" : "");
}

/* Checks the string at holder[key], and puts the whole name there when a part may stand for it. */
static int check_at(const struct lookup *l, json_t *holder, const char *key, struct error *err)
{
    const char *asked = json_string_value(json_object_get(holder, key)), *found = NULL;
    const json_t *item;
    size_t i;

    if (asked == NULL || strcmp(asked, "None") == 0) {
        return 0;
    }
    json_array_foreach(l->names, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), asked) == 0) {
            return 0;
        }
    }
    size_t n = l->resolve && *asked != '\0' ? find_part(l, asked, &found) : 0;
    if (n > 1) {
        return error_set(err, EXIT_REFUSED,
                         "%s '%s' is part of %zu names, '%s' among them: give more of it",
                         l->option, asked, n, found);
    }
    if (n == 0) {
        return refuse(l, asked, err);
    }
    return json_object_set_new(holder, key, json_string(found)) == 0
               ? 0
               : error_memory(err, "resolving a name");
}

/* An unknown style fails the task's worker (sdxl_styles.py). */
static int check_styles(const struct task *task, const json_t *facts, struct error *err)
{
    const struct lookup l = {.names = json_object_get(facts, FOOOCUSAPI_STYLES),
                             .what = "style",
                             .option = "--style",
                             .instead = "fail without a reason"};
    const json_t *styles = json_object_get(task->native, "style_selections"), *style, *known;
    size_t i, k;

    if (!json_is_array(l.names)) {
        return 0;
    }
    json_array_foreach(styles, i, style)
    {
        bool found = false;
        json_array_foreach(l.names, k, known)
        {
            found = found || json_equal(style, known);
        }
        if (!found) {
            return refuse(&l, json_string_value(style), err);
        }
    }
    return 0;
}

int fooocusapi_check_names(struct task *task, const json_t *facts, struct error *err)
{
    const json_t *all = json_object_get(facts, FOOOCUSAPI_MODELS);
    struct lookup models = {.names = json_object_get(all, "model_filenames"),
                            .what = "model",
                            .option = "--model",
                            .instead = "fail without a reason",
                            .resolve = task->resolve};
    struct lookup loras = {.names = json_object_get(all, "lora_filenames"),
                           .what = "LoRA",
                           .option = "--lora",
                           .instead = "go on without it in silence",
                           .resolve = task->resolve};
    json_t *item;
    size_t i;

    if (task->unchecked) {
        return 0;
    }
    if (json_is_array(models.names)) {
        if (check_at(&models, task->native, "base_model_name", err) != 0) {
            return -1;
        }
        models.option = "refiner_model_name";
        if (check_at(&models, task->native, "refiner_model_name", err) != 0) {
            return -1;
        }
    }
    json_array_foreach(json_is_array(loras.names) ? json_object_get(task->native, "loras") : NULL,
                       i, item)
    {
        if (check_at(&loras, item, "model_name", err) != 0) {
            return -1;
        }
    }
    return check_styles(task, facts, err);
}
