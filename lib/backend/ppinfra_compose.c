#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/ppinfra.h"
#include "base/text.h"
#include "wire/json.h"

struct unit_key {
    const char *ours, *native;
    bool number;
};

static const struct unit_key controlnet_keys[] = {
    {"model", "model_name", false},
    {"image", "image_base64", false},
    {"strength", "strength", true},
    {"weight", "strength", true},
    {"preprocessor", "preprocessor", false},
    {"module", "preprocessor", false},
    {"start", "guidance_start", true},
    {"guidance-start", "guidance_start", true},
    {"guidance_start", "guidance_start", true},
    {"end", "guidance_end", true},
    {"guidance-end", "guidance_end", true},
    {"guidance_end", "guidance_end", true},
    {NULL, NULL, false},
};

static const struct unit_key adapter_keys[] = {
    {"model", "model_name", false},
    {"image", "image_base64", false},
    {"strength", "strength", true},
    {"weight", "strength", true},
    {NULL, NULL, false},
};

/* Parts of the request that options spell in their own way. */
struct part {
    const char *neutral, *option;
    const char *native;          /* where it goes in "request" */
    const struct unit_key *keys; /* of KEY=VALUE options; NULL: NAME[:WEIGHT] */
    bool weighted;
};

static const struct part parts[] = {
    {"loras", "--lora", "loras", NULL, true},
    {"embeddings", "--embedding", "embeddings", NULL, false},
    {"controlnet", "--controlnet", "controlnet", controlnet_keys, false},
    {"ip_adapters", "--ip-adapter", "ip_adapters", adapter_keys, false},
};

/* Words that have no row of the table but are seen to here. */
static const char *const handled[] = {"images",      "mask",        "loras",     "embeddings",
                                      "controlnet",  "ip_adapters", "scheduler", "resize",
                                      "mask_blur_x", "mask_blur_y", "fill"};

/* Words whose option is not their own name with dashes; NULL: told with another word. */
static const struct {
    const char *neutral, *option;
} spelt[] = {{"styles", "--style"}, {"script_args", NULL}};

static const struct unit_key *find_key(const struct part *part, const char *name,
                                       struct ppinfra_faults *f)
{
    const char *names[16];
    size_t n = 0;

    for (; part->keys[n].ours != NULL; n++) {
        if (strcmp(part->keys[n].ours, name) == 0) {
            return &part->keys[n];
        }
        names[n] = part->keys[n].ours;
    }
    const char *nearest = text_nearest(name, names, n);
    ppinfra_fault(f, EXIT_USAGE, NULL, "%s: unknown key '%s'%s%s%s", part->option, name,
                  nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
                  nearest != NULL ? "'?" : "");
    return NULL;
}

/* The text of a number as a number; what is none stays, and is refused by its type. */
static json_t *number_of(json_t *given)
{
    const char *text = json_string_value(given);
    double real;

    return text != NULL && text_to_real(text, &real) ? json_real(real) : json_incref(given);
}

static json_t *read_unit(const struct part *part, json_t *neutral, struct ppinfra_faults *f)
{
    json_t *unit = json_object(), *given;
    const char *name;

    json_object_foreach(neutral, name, given)
    {
        const struct unit_key *key = find_key(part, name, f);
        if (key != NULL && json_object_get(unit, key->native) != NULL) {
            ppinfra_fault(f, EXIT_USAGE, NULL, "%s: '%s' and another key say the same",
                          part->option, name);
        } else if (key != NULL) {
            f->failed |= json_object_set_new(unit, key->native,
                                             key->number ? number_of(given) : json_incref(given));
        }
    }
    return unit;
}

/* NAME or NAME:WEIGHT: a name may have colons of its own. */
static json_t *read_name(const struct part *part, const char *text, struct ppinfra_faults *f)
{
    const char *colon = part->weighted ? strrchr(text, ':') : NULL;
    double weight = 1;
    size_t n = colon != NULL ? (size_t)(colon - text) : strlen(text);

    if (colon != NULL && !text_to_real(colon + 1, &weight)) {
        ppinfra_fault(f, EXIT_USAGE, NULL, "%s '%.80s': the weight is not a number", part->option,
                      text);
    }
    return part->weighted ? json_pack("{s:s%,s:f}", "model_name", text, n, "strength", weight)
                          : json_pack("{s:s}", "model_name", text);
}

static void put_part(const struct part *part, const struct task *task, json_t *request,
                     struct ppinfra_faults *f)
{
    json_t *given = json_object_get(task->neutral, part->neutral), *item;
    json_t *list = given == NULL ? NULL : json_array();
    size_t i;

    if (given == NULL) {
        return;
    }
    if (json_object_get(request, part->native) != NULL) {
        ppinfra_fault(f, EXIT_USAGE, NULL, "%s and request.%s: give either", part->option,
                      part->native);
    }
    json_array_foreach(given, i, item)
    {
        f->failed |= json_array_append_new(list, part->keys != NULL
                                                     ? read_unit(part, item, f)
                                                     : read_name(part, json_string_value(item), f));
    }
    if (strcmp(part->native, "controlnet") == 0) {
        list = json_pack("{s:o}", "units", list);
    }
    f->failed |= json_object_set_new(request, part->native, list);
}

bool ppinfra_inpaints(const struct task *task)
{
    return task->operation == OPERATION_INPAINT ||
           (task->operation == OPERATION_IMG2IMG && json_object_get(task->neutral, "mask") != NULL);
}

static void put_pictures(const struct task *task, json_t *request, struct ppinfra_faults *f)
{
    json_t *images = json_object_get(task->neutral, "images");
    json_t *mask = json_object_get(task->neutral, "mask");

    if (json_array_size(images) > 0) {
        f->failed |= json_object_set(request, "image_base64", json_array_get(images, 0));
    }
    if (json_array_size(images) > 1) {
        ppinfra_fault(f, EXIT_USAGE, NULL, "-i given %zu times: takes one image",
                      json_array_size(images));
    }
    if (mask != NULL) {
        f->failed |= json_object_set(request, "mask_image_base64", mask);
    }
}

/* There is no scheduler: some are part of a sampler's name, "DPM++ 2M Karras". */
static void put_scheduler(const struct task *task, json_t *request, struct ppinfra_faults *f)
{
    const char *scheduler = json_string_at(task->neutral, "scheduler");
    const char *sampler = json_string_at(request, "sampler_name");
    const struct ppinfra_rule *rule = ppinfra_request_rules;
    char whole[128];

    if (scheduler == NULL || text_casecmp(scheduler, "automatic") == 0 || sampler == NULL) {
        return;
    }
    while (strcmp(rule->name, "sampler_name") != 0) {
        rule++;
    }
    size_t n = strlen(sampler), with = strlen(scheduler);
    if (n > with && sampler[n - with - 1] == ' ' &&
        text_casecmp(sampler + n - with, scheduler) == 0) {
        return;
    }
    snprintf(whole, sizeof whole, "%s %s", sampler, scheduler);
    for (size_t i = 0; rule->choices[i] != NULL; i++) {
        if (text_casecmp(rule->choices[i], whole) == 0) {
            f->failed |=
                json_object_set_new(request, "sampler_name", json_string(rule->choices[i]));
            return;
        }
    }
    ppinfra_fault(f, EXIT_USAGE, NULL, "--scheduler '%s': there is no sampler '%s'", scheduler,
                  whole);
}

/* How the service resizes is not said; it does not matter when the proportions stay. */
static void check_resize(const struct task *task, const json_t *request, struct ppinfra_faults *f)
{
    const char *resize = json_string_at(task->neutral, "resize");
    json_int_t width = json_integer_value(json_object_get(request, "width"));
    json_int_t height = json_integer_value(json_object_get(request, "height"));

    if (resize == NULL || ppinfra_inpaints(task)) {
        return; /* nothing is resized */
    }
    if (strcmp(resize, "latent") == 0 || width * task->height != height * task->width) {
        ppinfra_fault(f, EXIT_USAGE, NULL,
                      "--resize '%s': there is no such choice; give the size the image's "
                      "proportions, or leave --resize out",
                      resize);
    }
}

/* Inpainting works at the image's size: one that says so needs not be sent. */
static void drop_own_size(const struct task *task, json_t *request)
{
    json_t *width = json_object_get(request, "width"), *height = json_object_get(request, "height");

    if (ppinfra_inpaints(task) && task->width > 0 &&
        (width == NULL || json_integer_value(width) == (json_int_t)task->width) &&
        (height == NULL || json_integer_value(height) == (json_int_t)task->height)) {
        json_object_del(request, "width");
        json_object_del(request, "height");
    }
}

static void put_blur(const struct task *task, json_t *request, struct ppinfra_faults *f)
{
    json_t *x = json_object_get(task->neutral, "mask_blur_x");
    json_t *y = json_object_get(task->neutral, "mask_blur_y");

    if (x == NULL && y == NULL) {
        return;
    }
    if (x != NULL && y != NULL && json_equal(x, y)) {
        f->failed |= json_object_set(request, "mask_blur", x);
    } else {
        ppinfra_fault(f, EXIT_USAGE, NULL,
                      "--mask-blur-x, --mask-blur-y: there is one blur only, --mask-blur");
    }
}

/* What the masked part holds before it is repainted cannot be said. The image itself is what any
 * picture's text and WebUI's page say. */
static void check_fill(struct task *task, struct ppinfra_faults *f)
{
    const char *fill = json_string_at(task->neutral, "fill");

    if (fill != NULL && strcmp(fill, "original") == 0) {
        f->failed |= !backend_warn(task, "--fill 'original' is not sent: the service has no such "
                                         "parameter, and decides itself");
    } else if (fill != NULL) {
        ppinfra_fault(f, EXIT_USAGE, NULL, "--fill '%s': there is no such parameter", fill);
    }
}

static bool is_known(const char *word)
{
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++) {
        if (strcmp(handled[i], word) == 0) {
            return true;
        }
    }
    for (const struct native *row = ppinfra_natives; row->name != NULL; row++) {
        if (row->neutral != NULL && strcmp(row->neutral, word) == 0) {
            return true;
        }
    }
    return false;
}

/* What cannot be said to this service, and would have changed the result. */
static void refuse_words(const struct task *task, struct ppinfra_faults *f)
{
    const char *word;
    json_t *value;
    char option[64];

    json_object_foreach(task->neutral, word, value)
    {
        bool told = is_known(word) || json_is_null(value);
        snprintf(option, sizeof option, "--%s", word);
        for (char *c = option; *c != '\0'; c++) {
            *c = (char)(*c == '_' ? '-' : *c);
        }
        for (size_t i = 0; i < sizeof spelt / sizeof *spelt; i++) {
            if (strcmp(spelt[i].neutral, word) == 0) {
                told = told || spelt[i].option == NULL;
                snprintf(option, sizeof option, "%s", told ? "" : spelt[i].option);
            }
        }
        if (!told) {
            ppinfra_fault(f, EXIT_USAGE, NULL, "%s: there is no such parameter", option);
        }
    }
}

static int compose_interrogate(struct task *task, struct error *err)
{
    json_t *image = json_array_get(json_object_get(task->neutral, "images"), 0);

    if (json_object_get(task->neutral, "model") != NULL) {
        return error_set(err, EXIT_USAGE,
                         "--model: PPInfra has one way to describe an image; "
                         "leave it out");
    }
    json_t *native = json_pack("{s:O}", "image_file", image);
    if (native == NULL) {
        return error_memory(err, "preparing the request");
    }
    json_decref(task->native);
    task->native = native;
    return 0;
}

int ppinfra_compose(struct task *task, const json_t *facts, struct error *err)
{
    json_t *request = json_object_get(task->native, "request");
    struct ppinfra_faults faults;

    if (task->operation == OPERATION_INTERROGATE) {
        return compose_interrogate(task, err);
    }
    if (request == NULL) {
        request = json_object();
        if (json_object_set_new(task->native, "request", request) != 0) {
            return error_memory(err, "preparing the request");
        }
    }
    ppinfra_faults_init(&faults);
    put_pictures(task, request, &faults);
    put_scheduler(task, request, &faults);
    put_blur(task, request, &faults);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        put_part(&parts[i], task, request, &faults);
    }
    drop_own_size(task, request);
    check_resize(task, request, &faults);
    check_fill(task, &faults);
    refuse_words(task, &faults);
    ppinfra_check(task, &faults);
    int result = ppinfra_report(&faults, err);
    ppinfra_faults_release(&faults);
    return result == 0 ? ppinfra_check_model(task, facts, err) : -1;
}
