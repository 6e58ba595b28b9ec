#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ppinfra.h"

static const char *const WORDS[] = {"TASK_STATUS_QUEUED", "TASK_STATUS_PROCESSING",
                                    "TASK_STATUS_SUCCEED", "TASK_STATUS_FAILED"};

/* Of a task that runs: its share done, in percent, and the seconds that its steps will take yet. */
static int percent_done(const struct ppinfra *p, const struct ppinfra_task *task, double *eta)
{
    struct state_view now;
    double share;

    *eta = 0;
    if (task->stuck)
        return 42;
    state_view((struct state *)(uintptr_t)&p->box->state, &now);
    if (strcmp(now.job, task->id) != 0 || now.job_count < 1 || now.sampling_steps < 1)
        return 0;
    share = (now.job_no + fmin((double)now.sampling_step / now.sampling_steps, 1)) / now.job_count;
    *eta = (1 - share) * now.job_count * now.sampling_steps * p->box->pace;
    return share >= 1 ? 99 : (int)(share * 100);
}

static json_t *list_images(const struct ppinfra *p, const struct ppinfra_task *task, double ttl)
{
    json_t *images = json_array();
    char url[600];

    for (size_t i = 0; i < task->n_files && task->status == PPINFRA_SUCCEED; i++) {
        ppinfra_link(p, task->files[i].path, ttl, url, sizeof url);
        json_array_append_new(images,
                              json_pack("{s:s, s:i, s:s, s:n}", "image_url", url, "image_url_ttl",
                                        (int)ceil(p->box->ttl), "image_type",
                                        encode_name(task->format), "nsfw_detection_result"));
    }
    return images;
}

static json_t *milliseconds(int64_t when)
{
    return when ? json_sprintf("%lld", (long long)when) : json_string("");
}

/* With the lock held. */
static json_t *describe(const struct ppinfra *p, const struct ppinfra_task *task, double ttl)
{
    double eta = 0;
    int percent = task->status == PPINFRA_PROCESSING ? percent_done(p, task, &eta)
                  : task->status == PPINFRA_SUCCEED  ? 100
                                                     : 0;
    json_t *debug =
        json_pack("{s:s, s:o, s:o, s:o}", "request_info", "", "submit_time_ms",
                  milliseconds(task->submitted), "execute_time_ms", milliseconds(task->started),
                  "complete_time_ms", milliseconds(task->ended));
    json_t *extra =
        json_pack("{s:o, s:b, s:o}", "seed", json_sprintf("%lld", (long long)task->seed),
                  "enable_nsfw_detection", 0, "debug_info", debug);
    json_t *about =
        json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}", "task_id", task->id, "task_type",
                  task->inpainting ? "INPAINTING" : "IMG_TO_IMG", "status", WORDS[task->status],
                  "reason", task->reason, "eta", (int)ceil(eta), "progress_percent", percent);

    return json_pack("{s:o, s:o, s:o, s:[], s:[]}", "extra", extra, "task", about, "images",
                     list_images(p, task, ttl), "videos", "audios");
}

void ppinfra_result(struct request *request, struct reply *reply)
{
    const char *id = request_argument(request, "task_id");
    struct ppinfra *p = request->box->own;
    double ttl = fault_strikes(request, "expired-links") ? -1 : p->box->ttl;
    struct failure f;
    json_t *answer = NULL;

    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; id && !answer && i < p->n_tasks; i++)
        if (strcmp(p->tasks[i]->id, id) == 0)
            answer = describe(p, p->tasks[i], ttl);
    pthread_mutex_unlock(&p->lock);
    if (answer) {
        reply_json(reply, 200, answer);
        return;
    }
    if (!id || !*id)
        failure_set(&f, 400, "INVALID_REQUEST_BODY", "task_id: required");
    else
        failure_set(&f, 404, "TASK_NOT_FOUND", "task not found");
    reply_failure(request, reply, &f);
}
