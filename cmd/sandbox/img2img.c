#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "control.h"
#include "encode.h"
#include "fields.h"
#include "infotext.h"
#include "input.h"
#include "recall.h"
#include "routes.h"
#include "scripts.h"
#include "settings.h"

static int add_picture(const struct request *request, const struct job *job, json_t *images,
                       const struct raster *raster, const char *infotext, struct failure *f)
{
    const char *format = settings_text(job->settings, "samples_format");
    bool jpeg = text_casecmp(format, "jpg") == 0 || text_casecmp(format, "jpeg") == 0;
    json_t *json;

    if (!jpeg && text_casecmp(format, "png") != 0)
        return failure_set(f, 500, "HTTPException", "Invalid image format");
    json = encode_picture(request, raster, infotext, json_array_size(images), jpeg);

    if (!json)
        return failure_set(f, 500, "MemoryError", "cannot encode a picture");
    return json_array_append_new(images, json);
}

/* {"images", "parameters", "info"}; takes values over. */
static int respond(const struct request *request, struct reply *reply, const struct job *job,
                   const struct processed *done, json_t *values, struct failure *f)
{
    json_t *images = json_array();
    char *info = infotext_info(job, done);
    int result = info ? 0 : failure_set(f, 500, "MemoryError", "out of memory");

    if (fields_flag(values, "send_images")) {
        for (size_t i = 0; result == 0 && i < done->n; i++)
            result = add_picture(request, job, images, &done->pictures[i].raster,
                                 done->pictures[i].infotext, f);
        for (size_t i = 0; result == 0 && i < job->n_extra_images; i++)
            result = add_picture(request, job, images, &job->extra_images[i], NULL, f);
    }
    if (!fields_flag(values, "include_init_images")) {
        json_object_set_new(values, "init_images", json_null());
        json_object_set_new(values, "mask", json_null());
    }
    if (result == 0)
        reply_json(
            reply, 200,
            json_pack("{s:O, s:O, s:s}", "images", images, "parameters", values, "info", info));
    json_decref(images);
    free(info);
    return result;
}

/* Everything before the queue: the mask, the names of script and sampler, always-on scripts. */
static int check_request(struct request *request, json_t *values, struct buf *mask,
                         struct failure *f)
{
    const char *sampler, *text, *found, *scheduler, *script;
    bool known;

    if (!json_is_array(json_object_get(values, "init_images")))
        return failure_set(f, 404, "HTTPException", "Init image not found");
    text = fields_text(values, "mask", "");
    if (*text && input_bytes(text, mask, f) != 0)
        return -1;
    recall_infotext(request->json, values);
    script = fields_text(values, "script_name", "");
    if (*script && !lists_find_script(script))
        return failure_set(f, 422, "HTTPException", "Script '%s' not found", script);
    sampler = fields_text(values, "sampler_name", "");
    sampler = *sampler ? sampler : fields_text(values, "sampler_index", "");
    scheduler = fields_text(values, "scheduler", NULL);
    known = lists_resolve_sampler(sampler, scheduler, true, &found, &scheduler);
    if (!known && request->box->flavour == FLAVOUR_A1111)
        return failure_set(f, 404, "HTTPException", "Sampler not found");
    json_object_set_new(values, "sampler_name", json_string(found));
    if (!json_is_string(json_object_get(values, "scheduler")) && strcmp(scheduler, "Automatic"))
        json_object_set_new(values, "scheduler", json_string(scheduler));
    return control_check(json_object_get(values, "alwayson_scripts"), f);
}

/* Decodes the init images into the job; keeps their bytes. */
static int read_images(struct request *request, struct job *job, const json_t *values,
                       struct failure *f)
{
    const json_t *list = json_object_get(values, "init_images");
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        struct raster picture;
        struct buf bytes;
        char file[64];

        if (!json_is_string(item))
            return failure_set(f, 500, "AttributeError",
                               "'%s' object has no attribute 'startswith'",
                               json_is_null(item) ? "NoneType" : "dict");
        if (input_bytes(json_string_value(item), &bytes, f) != 0)
            return -1;
        record_picture(request->folder, "init", (int)i, &bytes, file);
        if (input_picture(&bytes, &picture, f) != 0) {
            buf_release(&bytes);
            return -1;
        }
        buf_release(&bytes);
        if (job_add_init(job, &picture, f) != 0)
            return -1;
    }
    return 0;
}

/* The part under the queue lock. */
static int run(struct request *request, const json_t *values, const struct buf *mask,
               const char *task, struct job *job, struct processed *done, struct failure *f)
{
    const char *script = fields_text(values, "script_name", "");
    struct state *state = &request->box->state;
    int result;

    if (job_init(job, request->box, values, f) != 0)
        return -1;
    job->folder = request->folder;
    if (mask->len > 0 && input_mask(mask, request->box->flavour, fields_flag(values, "mask_round"),
                                    &job->mask, f) != 0)
        return -1;
    if (read_images(request, job, values, f) != 0)
        return -1;
    control_note(job, json_object_get(values, "alwayson_scripts"));
    state_begin(state, "scripts_img2img");
    state_task_start(state, task);
    if (*script)
        result = scripts_run(lists_find_script(script), job, json_object_get(values, "script_args"),
                             done, f);
    else
        result = process_job(job, done, f);
    if (result == 0)
        result = control_maps(job, json_object_get(values, "alwayson_scripts"), f);
    if (result == 0)
        state_task_finish(state, task);
    state_end(state);
    return result;
}

static void task_name(const json_t *values, char task[STATE_TASK_MAX])
{
    const char *forced = fields_text(values, "force_task_id", "");
    char letters[8];

    for (int i = 0; i < 7; i++)
        letters[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[process_seed(-1) % 36];
    letters[7] = '\0';
    if (*forced)
        snprintf(task, STATE_TASK_MAX, "%s", forced);
    else
        snprintf(task, STATE_TASK_MAX, "task(img2img-%s)", letters);
}

void img2img_serve(struct request *request, struct reply *reply)
{
    json_t *values = routes_fields(request, reply, FIELDS_IMG2IMG);
    struct processed done = {0};
    struct job job = {0};
    struct failure f = {0};
    char task[STATE_TASK_MAX];
    struct buf mask;
    int result;

    if (!values)
        return;
    buf_init(&mask, 0);
    record_without_pictures(request->folder, request->json);
    task_name(values, task);
    result = check_request(request, values, &mask, &f);
    if (mask.len > 0)
        record_picture(request->folder, "mask", -1, &mask, NULL);
    if (result == 0) {
        sandbox_accepted(request->box, task);
        state_task_add(&request->box->state, task);
        if (state_enter(&request->box->state)) {
            result = run(request, values, &mask, task, &job, &done, &f);
            state_leave(&request->box->state);
        } else {
            result = failure_set(&f, 503, "HTTPException", "the sandbox is stopping");
        }
    }
    if (result == 0)
        result = respond(request, reply, &job, &done, values, &f);
    if (result != 0)
        reply_failure(request, reply, &f);
    process_release(&done);
    job_release(&job);
    buf_release(&mask);
    json_decref(values);
}
