#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/webui.h"
#include "base/text.h"
#include "wire/json.h"

/* What came back is held against what was asked (A7, A8, A16, A23; product.md, promise 5). */

static void differ(struct task *task, struct outcome *outcome, const char *what, const char *asked,
                   const char *got)
{
    outcome->differences++;
    backend_warn(task, "%s: asked for '%s', the server used '%s'", what, asked, got);
}

/* Letters, digits and '+' in lower case: "Euler a", "euler_a" and "k_euler_a" have much in common.
 */
static void plain_name(const char *name, char *to, size_t cap)
{
    size_t n = 0;

    for (; *name != '\0' && n + 1 < cap; name++) {
        if (isalnum((unsigned char)*name)) {
            to[n++] = (char)tolower((unsigned char)*name);
        }
    }
    to[n] = '\0';
}

static bool is_alike(const char *a, const char *b)
{
    char plain_a[128], plain_b[128];

    plain_name(a, plain_a, sizeof plain_a);
    plain_name(b, plain_b, sizeof plain_b);
    return strcmp(plain_a, plain_b) == 0;
}

bool webui_is_sampler(const char *wanted, const char *name)
{
    size_t n = strlen(name);

    return strcmp(wanted, name) == 0 || (strncmp(wanted, name, n) == 0 && wanted[n] == ' ');
}

static void compare_sampler(struct task *task, struct outcome *outcome)
{
    const char *asked = json_string_at(task->native, "sampler_name");
    const char *got = json_string_at(outcome->info, "sampler_name");

    asked = asked != NULL ? asked : json_string_at(task->native, "sampler_index");
    if (asked == NULL || got == NULL || webui_is_sampler(asked, got) ||
        (task->flavour == WEBUI_SDCPP && is_alike(asked, got))) {
        return;
    }
    differ(task, outcome, "sampler", asked, got);
}

static void compare_scheduler(struct task *task, struct outcome *outcome)
{
    const char *asked = json_string_at(task->native, "scheduler");
    const json_t *extra = json_object_get(outcome->info, "extra_generation_params");
    const char *got = json_string_at(extra, "Schedule type");

    if (asked != NULL && got != NULL && !is_alike(asked, got)) {
        differ(task, outcome, "scheduler", asked, got);
    }
}

/* The bare name of a checkpoint: no folder, no " [hash]", no ending. */
static void model_stem(const char *name, char *to, size_t cap)
{
    const char *slash = strrchr(name, '/');

    snprintf(to, cap, "%s", slash != NULL ? slash + 1 : name);
    char *hash = strstr(to, " [");
    if (hash != NULL) {
        *hash = '\0';
    }
    char *dot = strrchr(to, '.');
    if (dot != NULL && (strcmp(dot, ".safetensors") == 0 || strcmp(dot, ".ckpt") == 0 ||
                        strcmp(dot, ".gguf") == 0 || strcmp(dot, ".pt") == 0)) {
        *dot = '\0';
    }
}

static void compare_model(struct task *task, struct outcome *outcome)
{
    const char *asked = json_string_value(json_get_path(task->native, WEBUI_CHECKPOINT));
    const char *name = json_string_at(outcome->info, "sd_model_name");
    const char *hash = json_string_at(outcome->info, "sd_model_hash");
    char want[256], got[256];

    if (asked == NULL || (name == NULL && hash == NULL)) {
        return;
    }
    model_stem(asked, want, sizeof want);
    model_stem(name != NULL ? name : "", got, sizeof got);
    if (strcmp(want, got) == 0 ||
        (hash != NULL && *hash != '\0' && strncmp(asked, hash, strlen(hash)) == 0)) {
        return;
    }
    differ(task, outcome, "checkpoint", asked, name != NULL ? name : hash);
}

static void compare_int(struct task *task, struct outcome *outcome, const char *what,
                        const json_t *asked, const json_t *got)
{
    if (json_is_integer(asked) && json_is_integer(got) &&
        json_integer_value(asked) != json_integer_value(got)) {
        outcome->differences++;
        backend_warn(
            task, "%s: asked for %" JSON_INTEGER_FORMAT ", the server used %" JSON_INTEGER_FORMAT,
            what, json_integer_value(asked), json_integer_value(got));
    }
}

static void compare_seed(struct task *task, struct outcome *outcome)
{
    json_t *asked = json_object_get(task->native, "seed");
    json_t *got = json_object_get(outcome->info, "seed");

    if (json_integer_value(asked) >= 0) {
        compare_int(task, outcome, "seed", asked,
                    got != NULL ? got
                                : json_array_get(json_object_get(outcome->info, "all_seeds"), 0));
    }
}

static bool is_only_masked(const json_t *native)
{
    json_t *area = json_object_get(native, "inpaint_full_res");
    json_t *mask = json_object_get(native, "mask");

    return mask != NULL && !json_is_null(mask) && !json_is_false(area);
}

/* The size asked for; with "only masked" the result is pasted back, so it has the image's (A15). */
static void compare_size(struct task *task, const struct arrived *arrived, struct outcome *outcome)
{
    const json_t *native = task->native;
    json_int_t width = json_integer_value(json_object_get(native, "width"));
    json_int_t height = json_integer_value(json_object_get(native, "height"));

    if (task->flavour != WEBUI_SDCPP && is_only_masked(native)) {
        width = task->width;
        height = task->height;
    }
    for (size_t i = 0; i < outcome->n_pictures; i++) {
        if (outcome->pictures[i].role != ROLE_RESULT) {
            continue;
        }
        if ((width > 0 && width != arrived[i].width) ||
            (height > 0 && height != arrived[i].height)) {
            outcome->differences++;
            backend_warn(task, "size: asked for %lldx%lld, picture %zu is %ux%u", (long long)width,
                         (long long)height, i + 1, arrived[i].width, arrived[i].height);
            return;
        }
    }
}

static json_int_t int_or(const json_t *native, const char *name, json_int_t fallback)
{
    json_t *value = json_object_get(native, name);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

static void compare_count(struct task *task, struct outcome *outcome)
{
    json_int_t asked = int_or(task->native, "n_iter", 1);
    json_int_t got = 0;

    if (task->n_images > 1) {
        asked *= (json_int_t)task->n_images;
    } else {
        asked *= int_or(task->native, "batch_size", 1);
    }
    for (size_t i = 0; i < outcome->n_pictures; i++) {
        got += outcome->pictures[i].role == ROLE_RESULT;
    }
    if (asked != got) {
        outcome->differences++;
        backend_warn(task, "count: asked for %lld images, %lld came back", (long long)asked,
                     (long long)got);
    }
}

/* The value behind "LABEL: " in the infotext, as a number. */
static bool labelled_number(const char *infotext, const char *label, double *value)
{
    const char *at = infotext == NULL ? NULL : strstr(infotext, label);
    char text[32];

    if (at == NULL) {
        return false;
    }
    at += strlen(label);
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, ",\n"), at);
    return text_to_real(text, value);
}

/* A global option of the server can overrule the sigma settings of a request (A7). */
static void compare_sigmas(struct task *task, struct outcome *outcome, const char *infotext)
{
    static const char *const names[] = {"s_churn", "s_tmin", "s_tmax", "s_noise"};
    static const char *const labels[] = {
        "Sigma churn: ", "Sigma tmin: ", "Sigma tmax: ", "Sigma noise: "};
    double got;

    for (size_t i = 0; i < 4; i++) {
        json_t *asked = json_object_get(task->native, names[i]);
        if (json_is_number(asked) && labelled_number(infotext, labels[i], &got) &&
            fabs(got - json_number_value(asked)) > 1e-6) {
            outcome->differences++;
            backend_warn(task, "%s: asked for %g, the server's own setting %g was used", names[i],
                         json_number_value(asked), got);
        }
    }
}

void webui_compare(struct task *task, const struct arrived *arrived, struct outcome *outcome)
{
    const char *infotext =
        json_string_value(json_array_get(json_object_get(outcome->info, "infotexts"), 0));
    bool script = json_object_get(task->native, "script_name") != NULL;

    compare_sampler(task, outcome);
    compare_scheduler(task, outcome);
    compare_model(task, outcome);
    compare_seed(task, outcome);
    compare_int(task, outcome, "clip skip", json_get_path(task->native, WEBUI_CLIP_SKIP),
                json_object_get(outcome->info, "clip_skip"));
    if (!script) {
        compare_size(task, arrived, outcome);
        compare_count(task, outcome);
    }
    compare_sigmas(task, outcome, infotext);
    if (json_object_get(task->neutral, "controlnet") != NULL && infotext != NULL &&
        strstr(infotext, "ControlNet 0") == NULL) {
        outcome->differences++;
        backend_warn(task, "ControlNet: the server's parameters do not mention it; is the "
                           "extension installed?");
    }
}
