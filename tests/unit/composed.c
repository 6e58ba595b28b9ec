#include "backend/backend.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "wire/json.h"

/* Whether the table of parameters in sdctl(1) is true: each neutral parameter ends up where the
 * tables of its backend say, and is refused where they say nothing. JSON is written with ' for ".
 */

static json_t *parse(const char *text)
{
    char *copy = strdup(text);
    struct error err;

    for (char *c = copy; *c != '\0'; c++) {
        *c = (char)(*c == '\'' ? '"' : *c);
    }
    json_t *value = json_parse(copy, strlen(copy), "test", EXIT_FAILED, &err);
    CHECK(value != NULL, "bad test: %s: %s", err.text, text);
    free(copy);
    return value;
}

/* A value that differs from the base below and is right everywhere. */
static const struct {
    const char *neutral, *value;
} samples[] = {
    {"prompt", "'another'"},
    {"negative_prompt", "'blur'"},
    {"steps", "21"},
    {"cfg_scale", "6.5"},
    {"sampler", "'dpmpp_2m'"},
    {"scheduler", "'karras'"},
    {"seed", "7"},
    {"clip_skip", "2"},
    {"width", "704"},
    {"height", "704"},
    {"resize", "'just'"},
    {"strength", "0.45"},
    {"count", "2"},
    {"model", "'n'"},
    {"vae", "'v'"},
    {"loras", "['l:0.5']"},
    {"embeddings", "['e']"},
    {"styles", "['s']"},
    {"images", "[{'path':'b.png'}]"},
    {"mask", "{'path':'n.png'}"},
    {"mask_blur", "5"},
    {"mask_blur_x", "6"},
    {"mask_blur_y", "6"},
    {"fill", "'original'"},
    {"area", "'masked'"},
    {"padding", "9"},
    {"controlnet", "[{'image':{'path':'c.png'}}]"},
    {"ip_adapters", "[{'model':'ip-adapter_sd15.bin','image':{'path':'i.png'},'strength':'0.5'}]"},
    {"outpaint", "{'left':8,'top':8,'right':8,'bottom':8}"},
    {"script", "'Loopback'"},
    {"script_args", "['loops=3']"},
};

#define ALONE "{'images':[],'controlnet':[{'image':{'path':'c.png'}}]}"

/* Where a service wants other words, or more beside a parameter. */
static const struct special {
    const char *backend, *neutral;
    const char *native; /* the row that it is for; NULL: all */
    int operation;      /* -1: all */
    const char *value;  /* NULL: as above */
    const char *with;   /* more neutral parameters, or NULL */
    const char *set;    /* native ones, or NULL */
} specials[] = {
    {"webui", "model", "model", OPERATION_INTERROGATE, "'deepdanbooru'", NULL, NULL},
    {"webui", "script_args", NULL, -1, NULL, "{'script':'Loopback'}", NULL},
    {"eks", "script_args", NULL, -1, NULL, "{'script':'Loopback'}", NULL},
    {"ppinfra", "sampler", NULL, -1, "'DPM++ 2M'", NULL, NULL},
    {"ppinfra", "scheduler", NULL, -1, NULL, "{'sampler':'DPM++ 2M'}", NULL},
    {"ppinfra", "mask_blur_x", NULL, -1, NULL, "{'mask_blur_y':6}", NULL},
    {"ppinfra", "mask_blur_y", NULL, -1, NULL, "{'mask_blur_x':6}", NULL},
    {"ppinfra", "controlnet", NULL, -1,
     "[{'model':'c','image':{'path':'c.png'},'strength':'0.5','start':'0','end':'1'}]", NULL, NULL},
    {"ppinfra", "area", NULL, -1, "'whole'", NULL, NULL},
    {"ppinfra", "script_args", NULL, -1, NULL, "{'script':'Loopback'}", NULL},
    {"fooocus-api", "width", NULL, -1, NULL, ALONE, NULL},
    {"fooocus-api", "height", NULL, -1, NULL, ALONE, NULL},
    {"fooocusapi", "model", "image_type", -1, "'anime'", NULL, NULL},
    {"fooocus-api", "model", "image_type", -1, "'anime'", NULL, NULL},
    {"fooocusapi", "images", "enhance_input_image", -1, NULL, NULL, "{'enhance_checkbox':true}"},
    {"fooocus-api", "images", "enhance_input_image", -1, NULL, NULL,
     "{'enhance_uov_method':'Vary (Subtle)'}"},
    {"fooocusapi", "strength", "overwrite_upscale_strength", -1, NULL, NULL,
     "{'uov_method':'Upscale (2x)'}"},
    {"fooocus-api", "strength", "advanced_params.overwrite_upscale_strength", -1, NULL, NULL,
     "{'uov_method':'Upscale (2x)'}"},
};

static const char *const operation_names[] = {"img2img", "inpaint", "interrogate"};

static const struct special *find_special(const struct backend *b, const char *neutral,
                                          const char *native, int operation)
{
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
        const struct special *s = &specials[i];
        if (strcmp(s->backend, b->name) == 0 && strcmp(s->neutral, neutral) == 0 &&
            (s->native == NULL || (native != NULL && strcmp(s->native, native) == 0)) &&
            (s->operation < 0 || s->operation == operation)) {
            return s;
        }
    }
    return NULL;
}

/* What every request has: enough for the service that requires most. */
static json_t *base(const struct backend *b, int operation)
{
    if (operation == OPERATION_INTERROGATE) {
        return parse("{'images':[{'path':'a.png'}]}");
    }
    json_t *neutral = parse("{'images':[{'path':'a.png'}],'prompt':'p'}");
    if (strcmp(b->name, "ppinfra") == 0) {
        json_object_update_new(neutral, parse("{'count':1,'steps':20,'cfg_scale':7.5,"
                                              "'sampler':'Euler a','model':'m'}"));
        json_object_update_new(neutral, operation == OPERATION_INPAINT
                                            ? json_object()
                                            : parse("{'width':512,'height':512}"));
    }
    if (operation == OPERATION_INPAINT) {
        json_object_update_new(neutral, parse("{'mask':{'path':'m.png'}}"));
    }
    return neutral;
}

/* As the driver does it. `neutral` and `native` become the task's. */
static int compose(const struct backend *b, int operation, json_t *neutral, json_t *native,
                   struct task *task, struct error *err)
{
    *task = (struct task){.operation = (enum operation)operation,
                          .neutral = neutral,
                          .native = native,
                          .warnings = json_array(),
                          .n_images = 1,
                          .width = 512,
                          .height = 512};
    snprintf(task->id, sizeof task->id, "t");
    if (strcmp(b->name, "eks") == 0) {
        json_object_update_new(native, parse("{'runtime':'r','prefix':'p'}"));
    }
    return (b->adopt != NULL && b->adopt(native, err) != 0) ||
                   (operation != OPERATION_INTERROGATE &&
                    native_translate(b->natives, neutral, native, err) != 0)
               ? -1
               : b->compose(task, NULL, err);
}

static json_t *with(const struct backend *b, const char *neutral, const struct special *special,
                    int operation)
{
    json_t *all = base(b, operation);
    const char *value = special != NULL ? special->value : NULL;

    for (size_t i = 0; value == NULL && i < sizeof samples / sizeof *samples; i++) {
        value = strcmp(samples[i].neutral, neutral) == 0 ? samples[i].value : NULL;
    }
    if (special != NULL && special->with != NULL) {
        json_object_update_new(all, parse(special->with));
    }
    CHECK(value != NULL, "no sample of %s", neutral);
    if (value != NULL) {
        json_object_set_new(all, neutral, parse(value));
    }
    return all;
}

/* What the request has at a path, its URL's query included; a new reference. */
static json_t *sent(const struct backend *b, const struct task *task, const char *path)
{
    json_t *value = json_incref(json_get_path(task->native, path));
    struct request request;

    if (value == NULL && b->request(task, ASK_SUBMIT, &request)) {
        const char *query = strchr(request.path, '?');
        value = query != NULL && strstr(query, path) != NULL ? json_string(query) : NULL;
        json_decref(request.body);
    }
    return value;
}

/* One row: the parameter changes what is sent there, and nothing less would. */
static void check_row(const struct backend *b, const char *neutral, const char *native,
                      int operation)
{
    const struct special *special = find_special(b, neutral, native, operation);
    json_t *set = parse(special != NULL && special->set != NULL ? special->set : "{}");
    struct task task, without;
    struct error err = {0};
    const char *where = operation_names[operation];

    int result = compose(b, operation, with(b, neutral, special, operation), json_deep_copy(set),
                         &task, &err);
    CHECK(result == 0, "%s %s: %s: %s", b->name, where, neutral, err.text);
    if (result == 0 && native != NULL) {
        json_t *is = sent(b, &task, native), *was = NULL;
        compose(b, operation, base(b, operation), json_deep_copy(set), &without, &err);
        was = sent(b, &without, native);
        CHECK(is != NULL && !json_equal(is, was), "%s %s: %s does not go to %s", b->name, where,
              neutral, native);
        json_decref(is);
        json_decref(was);
        backend_release_task(&without);
    }
    json_decref(set);
    backend_release_task(&task);
}

static bool is_composed(const struct backend *b, const char *neutral, const char *native)
{
    for (const struct composed *c = b->composed; c != NULL && c->neutral != NULL; c++) {
        if (strcmp(c->neutral, neutral) == 0 &&
            (native == NULL || (c->native != NULL && strcmp(c->native, native) == 0))) {
            return true;
        }
    }
    return false;
}

static bool is_mask_word(const char *neutral)
{
    static const char *const words[] = {"mask", "mask_blur", "mask_blur_x", "mask_blur_y",
                                        "fill", "area",      "padding"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], neutral) == 0) {
            return true;
        }
    }
    return false;
}

static void check_tables(const struct backend *b)
{
    for (const struct composed *c = b->composed; c != NULL && c->neutral != NULL; c++) {
        for (int o = OPERATION_IMG2IMG; o <= OPERATION_INTERROGATE; o++) {
            unsigned set = c->operations != 0
                               ? c->operations
                               : COMPOSED_IN(OPERATION_IMG2IMG) | COMPOSED_IN(OPERATION_INPAINT);
            if ((set & COMPOSED_IN(o)) != 0) {
                check_row(b, c->neutral, c->native, o);
            }
        }
    }
    for (const struct native *n = b->natives; n->name != NULL; n++) {
        if (n->neutral != NULL && !is_composed(b, n->neutral, n->name)) {
            check_row(b, n->neutral, n->name, OPERATION_INPAINT);
        }
        if (n->neutral != NULL && !is_composed(b, n->neutral, n->name) &&
            !is_mask_word(n->neutral)) {
            check_row(b, n->neutral, n->name, OPERATION_IMG2IMG);
        }
    }
}

/* What the tables do not name is refused, never dropped. A canvas is extended before the backend is
 * asked where it does not do that itself. */
static void check_refused(const struct backend *b)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const char *neutral = samples[i].neutral;
        bool known = is_composed(b, neutral, NULL) ||
                     (strcmp(neutral, "outpaint") == 0 && !b->native_outpaint);
        for (const struct native *n = b->natives; n->name != NULL; n++) {
            known = known || (n->neutral != NULL && strcmp(n->neutral, neutral) == 0);
        }
        if (!known) {
            const struct special *special = find_special(b, neutral, NULL, OPERATION_INPAINT);
            struct task task;
            struct error err = {0};
            int result = compose(b, OPERATION_INPAINT, with(b, neutral, special, OPERATION_INPAINT),
                                 json_object(), &task, &err);
            CHECK(result != 0 && err.code == EXIT_USAGE, "%s drops %s in silence", b->name,
                  neutral);
            backend_release_task(&task);
        }
    }
}

int main(void)
{
    for (const struct backend *const *b = backends; *b != NULL; b++) {
        check_tables(*b);
        check_refused(*b);
    }
    return unit_done("composed");
}
