#include <stdio.h>
#include <string.h>

#include "backend/eks.h"
#include "backend/webui.h"
#include "wire/json.h"

#define AGENT_SECONDS 300   /* how long the agent waits for the WebUI (C10), */
#define STEPS_A_SECOND 10.0 /* which does about so many of 512x512 */

/* --- the content ------------------------------------------------------------------------------ */

/* The one picture of extra-single-image. */
static int compose_extra(const struct task *task, json_t *content, struct error *err)
{
    json_t *images = json_object_get(task->neutral, "images");

    if (json_array_size(images) > 1) {
        return error_set(err, EXIT_USAGE, "extra-single-image takes one image, not %zu",
                         json_array_size(images));
    }
    if (images != NULL && json_object_set(content, "image", json_array_get(images, 0)) != 0) {
        return error_memory(err, "preparing the request");
    }
    return json_object_get(content, "image") != NULL
               ? 0
               : error_set(err, EXIT_USAGE, "no image to work on: give one with -i FILE");
}

/* As the WebUI backend does it, whose body the content is; the server decides on an id. */
static int compose_webui(struct task *task, json_t *content, struct error *err)
{
    struct task inner = *task;

    inner.flavour = WEBUI_ANY;
    inner.native = content;
    int result = webui_compose(&inner, NULL, err);
    json_object_del(content, "force_task_id");
    return result;
}

/* The same without a picture to start from. */
static int compose_text(struct task *task, json_t *content, struct error *err)
{
    if (task->n_images > 0 || json_object_get(content, "init_images") != NULL) {
        return error_set(err, EXIT_USAGE, "text-to-image takes no image: leave --image out");
    }
    json_object_set_new(content, "init_images", json_pack("[s]", ""));
    int result = compose_webui(task, content, err);
    json_object_del(content, "init_images");
    return result;
}

/* A dynamic runtime reads sd_model_checkpoint where there are any scripts, and an empty one lets
 * the model be (C8). */
static int compose_model(const struct task *task, json_t *content, struct error *err)
{
    json_t *scripts = json_object_get(content, "alwayson_scripts");
    const char *model = json_string_at(scripts, "sd_model_checkpoint");

    if (task->flavour == EKS_V1ALPHA1) {
        return model != NULL && *model != '\0'
                   ? 0
                   : error_set(err, EXIT_USAGE,
                               "no model: v1alpha1 finds the runtime by it, give --model NAME");
    }
    if (scripts != NULL && json_object_size(scripts) == 0) {
        json_object_del(content, "alwayson_scripts");
    } else if (scripts != NULL && model == NULL &&
               json_object_set_new(scripts, "sd_model_checkpoint", json_string("")) != 0) {
        return error_memory(err, "preparing the request");
    }
    return 0;
}

/* --- links ------------------------------------------------------------------------------------ */

static bool is_fetched(const char *text)
{
    return strncmp(text, "http", 4) == 0 || strncmp(text, "s3://", 5) == 0;
}

static bool is_link(const char *text)
{
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0 ||
           strncmp(text, "s3://", 5) == 0;
}

/* Whether a picture belongs under this name. */
static bool takes_picture(const char *name)
{
    static const char *const names[] = {"init_images",  "mask",           "latent_mask",
                                        "image",        "input_image",    "mask_image",
                                        "extra_images", "firstpass_image"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The agent fetches every text that looks like a link and puts the bytes in its place (C7). */
static int check_texts(const char *name, const json_t *value, struct error *err)
{
    union {
        const json_t *in;
        json_t *out;
    } of = {.in = value};
    const char *text = json_string_value(value), *member;
    json_t *item;
    size_t i;

    if (text != NULL && is_fetched(text) && !(takes_picture(name) && is_link(text))) {
        return error_set(err, EXIT_USAGE,
                         "%s begins with '%.5s': the service would fetch it and put what it gets "
                         "in its place; write it otherwise",
                         name, text);
    }
    json_array_foreach(of.out, i, item)
    {
        if (check_texts(name, item, err) != 0) {
            return -1;
        }
    }
    json_object_foreach(json_is_object(value) ? of.out : NULL, member, item)
    {
        if (check_texts(member, item, err) != 0) {
            return -1;
        }
    }
    return 0;
}

static const struct input *picture_at(const struct task *task, const json_t *node)
{
    for (size_t i = 0; json_is_object(node) && i < task->n_inputs; i++) {
        if (task->inputs[i].node == node) {
            return &task->inputs[i];
        }
    }
    return NULL;
}

/* The link to a picture that will be in S3; NULL without memory. */
static json_t *staged(const struct task *task, const struct input *input)
{
    char link[2048];

    return backend_stage_link(link, sizeof link, task->stage, input) ? json_string(link) : NULL;
}

/* Puts links in the place of pictures. False without memory. */
static bool stage(const struct task *task, json_t *value)
{
    bool done = true;
    const char *name;
    json_t *item;
    size_t i;

    json_array_foreach(value, i, item)
    {
        const struct input *input = picture_at(task, item);
        done = done && (input != NULL ? json_array_set_new(value, i, staged(task, input)) == 0
                                      : stage(task, item));
    }
    json_object_foreach(json_is_object(value) ? value : NULL, name, item)
    {
        const struct input *input = picture_at(task, item);
        done = done && (input != NULL ? json_object_set_new(value, name, staged(task, input)) == 0
                                      : stage(task, item));
    }
    return done;
}

/* --- limits ----------------------------------------------------------------------------------- */

/* What the queue carries: the envelope's inside, or v1alpha1's body in an envelope (C6). */
static int check_size(const struct task *task, struct error *err)
{
    json_t *body = eks_body(task);
    json_t *inner = json_object_get(body, "task");
    uint64_t size = eks_size(task, inner != NULL ? inner : body);
    uint64_t most = EKS_MESSAGE_MAX - EKS_MESSAGE_ROOM;
    bool pictures = false;

    json_decref(body);
    if (body == NULL) {
        return error_memory(err, "preparing the request");
    }
    for (size_t i = 0; i < task->n_inputs && task->stage == NULL; i++) {
        pictures = pictures || task->inputs[i].bytes > 0;
    }
    return size <= most
               ? 0
               : error_set(err, pictures ? EXIT_INPUT : EXIT_USAGE,
                           "the request has %llu bytes, and the queue takes %llu (256 KiB with "
                           "what is added)%s",
                           (unsigned long long)size, (unsigned long long)most,
                           pictures
                               ? ": put its images into S3 with --s3-stage s3://BUCKET/PREFIX, "
                                 "or give links to them"
                               : "; a character that is not ASCII counts as 6 or 12");
}

/* The agent gives up on the WebUI after a while, and may send it the same work again (C10). */
static int check_duration(struct task *task, const json_t *content, struct error *err)
{
    static const char *const factors[] = {"steps", "n_iter", "batch_size", "width", "height"};
    static const double otherwise[] = {50, 1, 1, 512, 512};
    double work = 1 / (512.0 * 512.0);

    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        const json_t *n = json_object_get(content, factors[i]);
        work *= json_is_number(n) ? json_number_value(n) : otherwise[i];
    }
    return work <= AGENT_SECONDS * STEPS_A_SECOND ||
                   backend_warn(task,
                                "this may take the runtime longer than %d seconds, after which "
                                "its agent gives up: ask for fewer images or steps at a time",
                                AGENT_SECONDS)
               ? 0
               : error_memory(err, "preparing the request");
}

int eks_compose(struct task *task, const json_t *facts, struct error *err)
{
    const char *type;

    (void)facts;
    if (task->operation == OPERATION_INTERROGATE) {
        return error_set(err, EXIT_USAGE,
                         "Stable Diffusion on EKS does not describe images: ask a WebUI, PPInfra "
                         "or Fooocus");
    }
    json_t *content = eks_object_at(task->native, EKS_CONTENT, err);
    if (content == NULL || eks_compose_metadata(task, &type, err) != 0) {
        return -1;
    }
    if ((strcmp(type, "extra-single-image") == 0 ? compose_extra(task, content, err)
         : strcmp(type, "text-to-image") == 0    ? compose_text(task, content, err)
                                                 : compose_webui(task, content, err)) != 0 ||
        compose_model(task, content, err) != 0 || check_texts("the content", content, err) != 0 ||
        check_duration(task, content, err) != 0) {
        return -1;
    }
    if (task->stage != NULL && !stage(task, content)) {
        return error_memory(err, "preparing the request");
    }
    return check_size(task, err);
}
