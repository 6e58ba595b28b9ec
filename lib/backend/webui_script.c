#include <stdio.h>
#include <string.h>

#include "backend/webui.h"
#include "base/text.h"
#include "wire/json.h"

/*
 * The scripts that come with WebUI, with names for their positional arguments (A25, A26, A27). Any
 * other script takes its arguments as JSON values in order.
 */

#define ARGS_MAX 8

struct script_arg {
    const char *name; /* "" for a placeholder that is always null */
    const char *fallback;
    bool directions;            /* left,top,right,bottom: WebUI says up and down */
    const char *const *choices; /* sent as their index */
    const char *const *words;   /* sent as they are spelt here */
};

struct script {
    const char *title;
    struct script_arg args[ARGS_MAX];
    size_t n_args;
};

/* Another word is taken for Linear, or for None, in silence. */
static const char *const curves[] = {"Aggressive", "Linear", "Lazy", NULL};
static const char *const interrogators[] = {"None", "CLIP", "DeepBooru", NULL};
static const char *const fills[] = {"fill", "original", "latent-noise", "latent-nothing", NULL};

#define ALL_SIDES "[\"left\",\"right\",\"up\",\"down\"]"

static const struct script scripts[] = {
    {.title = "Loopback",
     .args = {{.name = "loops", .fallback = "4"},
              {.name = "final-strength", .fallback = "0.5"},
              {.name = "curve", .fallback = "\"Linear\"", .words = curves},
              {.name = "interrogate", .fallback = "\"None\"", .words = interrogators}},
     .n_args = 4},
    {.title = "SD upscale",
     .args = {{.name = ""},
              {.name = "overlap", .fallback = "64"},
              {.name = "upscaler", .fallback = "\"None\""},
              {.name = "scale", .fallback = "2.0"}},
     .n_args = 4},
    {.title = "Poor man's outpainting",
     .args = {{.name = "pixels", .fallback = "128"},
              {.name = "mask-blur", .fallback = "4"},
              {.name = "fill", .fallback = "0", .choices = fills},
              {.name = "directions", .fallback = ALL_SIDES, .directions = true}},
     .n_args = 4},
    {.title = "Outpainting mk2",
     .args = {{.name = ""},
              {.name = "pixels", .fallback = "128"},
              {.name = "mask-blur", .fallback = "8"},
              {.name = "directions", .fallback = ALL_SIDES, .directions = true},
              {.name = "falloff", .fallback = "1.0"},
              {.name = "color", .fallback = "0.05"}},
     .n_args = 6},
};

static const struct script *find_script(const char *title)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        if (text_casecmp(scripts[i].title, title) == 0) {
            return &scripts[i];
        }
    }
    return NULL;
}

/* "left,top" as WebUI's ["left","up"]. */
static json_t *directions(const char *text)
{
    static const char *const ours[] = {"left", "top", "right", "bottom", "up", "down"};
    static const char *const theirs[] = {"left", "up", "right", "down", "up", "down"};
    json_t *list = json_array();

    while (*text != '\0') {
        size_t n = strcspn(text, ","), i = 0;
        while (i < 6 && (strlen(ours[i]) != n || strncmp(ours[i], text, n) != 0)) {
            i++;
        }
        if (i == 6 || json_array_append_new(list, json_string(theirs[i])) != 0) {
            json_decref(list);
            return NULL;
        }
        text += n + (text[n] == ',');
    }
    return list;
}

/* A value as it was typed: JSON if it parses, else a string. */
static json_t *typed(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

    return value != NULL ? value : json_string(text);
}

/* Whether the argument is a number: its default is one, and there are no words for it. */
static bool is_number(const struct script_arg *arg)
{
    return arg->fallback != NULL && strchr("0123456789", *arg->fallback) != NULL;
}

/* What is sent for what was typed, or NULL when the script would fail on it or misread it. */
static json_t *arg_value(const struct script_arg *arg, const char *text)
{
    if (arg->directions && *text != '[') {
        return directions(text);
    }
    for (int i = 0; arg->choices != NULL && arg->choices[i] != NULL; i++) {
        if (strcmp(arg->choices[i], text) == 0) {
            return json_integer(i);
        }
    }
    for (int i = 0; arg->words != NULL && arg->words[i] != NULL; i++) {
        if (text_casecmp(arg->words[i], text) == 0) {
            return json_string(arg->words[i]);
        }
    }
    json_t *value = arg->words == NULL ? typed(text) : NULL;
    if (is_number(arg) && !json_is_number(value)) {
        json_decref(value);
        return NULL;
    }
    return value;
}

/* What an argument may be, for the error. */
static const char *arg_form(const struct script_arg *arg)
{
    return arg->directions               ? "left, top, right, bottom with commas between"
           : arg->words == curves        ? "Aggressive, Linear or Lazy"
           : arg->words == interrogators ? "None, CLIP or DeepBooru"
           : arg->choices != NULL        ? "fill, original, latent-noise or latent-nothing"
                                         : "a number";
}

/* NAME=VALUE for a known script: the index of NAME, or n_args. */
static size_t find_arg(const struct script *script, const char *text, size_t n)
{
    size_t i = 0;

    while (i < script->n_args && (n == 0 || strlen(script->args[i].name) != n ||
                                  strncmp(script->args[i].name, text, n) != 0)) {
        i++;
    }
    return i;
}

static int set_named(const struct script *script, json_t *args, const char *text, struct error *err)
{
    const char *equals = strchr(text, '=');
    size_t at = equals == NULL ? script->n_args : find_arg(script, text, (size_t)(equals - text));

    if (at == script->n_args) {
        char known[160] = "";
        for (size_t i = 0, len = 0; i < script->n_args; i++) {
            len += (size_t)snprintf(known + len, sizeof known - len, "%s%s", len > 0 ? ", " : "",
                                    script->args[i].name);
        }
        return error_set(err, EXIT_USAGE,
                         "--script-arg '%s': the arguments of '%s' are NAME=VALUE with NAME one of "
                         "%s",
                         text, script->title, known);
    }
    json_t *value = arg_value(&script->args[at], equals + 1);
    if (value == NULL) {
        return error_set(err, EXIT_USAGE, "--script-arg '%s': give %s", text,
                         arg_form(&script->args[at]));
    }
    return json_array_set_new(args, at, value) == 0 ? 0 : error_memory(err, "preparing the script");
}

/* All of a known script's arguments: its defaults, then what was named. */
static int compose_known(const struct script *script, const json_t *given, json_t *args,
                         struct error *err)
{
    json_t *item;
    size_t i;

    for (i = 0; i < script->n_args; i++) {
        const char *fallback = script->args[i].fallback;
        json_array_append_new(args, fallback == NULL ? json_null() : typed(fallback));
    }
    json_array_foreach(given, i, item)
    {
        if (set_named(script, args, json_string_value(item), err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Whether the arguments are given in order, as JSON, rather than as NAME=VALUE. */
static bool is_positional(const struct script *script, const json_t *given)
{
    json_t *item;
    size_t i;

    json_array_foreach(script != NULL ? given : NULL, i, item)
    {
        json_t *json = json_loads(json_string_value(item), JSON_DECODE_ANY, NULL);
        json_decref(json);
        if (json == NULL) {
            return false;
        }
    }
    return script == NULL || json_array_size(given) > 0;
}

/* Loopback gives every step of one run, but of several runs only their ends (A25). */
static bool warn_loopback(struct task *task, const struct script *script)
{
    json_int_t runs = json_integer_value(json_object_get(task->native, "n_iter"));

    return script != &scripts[0] || runs < 2 ||
           backend_warn(task,
                        "Loopback runs %d times over, and gives only the last image of each; "
                        "loops is how often it repaints",
                        (int)runs);
}

int webui_compose_script(struct task *task, struct error *err)
{
    const char *title = json_string_at(task->neutral, "script");
    json_t *given = json_object_get(task->neutral, "script_args");
    const struct script *script;
    json_t *args, *item;
    size_t i;

    if (title == NULL) {
        return given == NULL ? 0 : error_set(err, EXIT_USAGE, "--script-arg needs --script NAME");
    }
    script = find_script(title);
    args = json_array();
    if (is_positional(script, given)) {
        json_array_foreach(given, i, item)
        {
            json_array_append_new(args, typed(json_string_value(item)));
        }
    } else if (compose_known(script, given, args, err) != 0) {
        json_decref(args);
        return -1;
    }
    int bad = json_object_set_new(task->native, "script_args", args);
    bad |= json_object_set_new(task->native, "script_name",
                               json_string(script != NULL ? script->title : title));
    return bad == 0 && warn_loopback(task, script) ? 0 : error_memory(err, "preparing the script");
}
