#include "job/fact.h"
#include "job/tasks.h"
#include "job/wait.h"

#define VERIFY_MS 10000 /* how long a task that was stopped may take to end */

/* How the task stands now. */
static int ask_standing(struct run *run, struct outcome *outcome, struct error *err)
{
    struct wait w = {.net = run->net,
                     .of = run_result(run->job),
                     .patience = &run->job->patience,
                     .key = run->job->key,
                     .look = true};

    wait_begin(&w);
    while (!w.done) {
        wait_step(&w);
        net_step(run->net, w.done ? 0 : wait_due(&w));
    }
    *err = w.err;
    int result = w.result;
    err->code = result == 0 ? EXIT_DONE : err->code; /* a task that failed is an answer, too */
    *outcome = w.outcome;
    w.outcome = (struct outcome){0};
    wait_release(&w);
    return result;
}

/* One request whose answer does not matter as long as it is a 200. */
static int tell(struct run *run, enum ask ask, struct error *err)
{
    const struct exchange_plan plan = {
        .backend = run->job->backend, .task = &run->job->task, .ask = ask};
    struct exchange x;
    struct net_reply reply = {0};
    json_t *json = NULL;

    int result = exchange_start(&x, run->net, &plan, err);
    if (result != 0) {
        return result < 0
                   ? -1
                   : error_set(err, EXIT_REFUSED, "%s cannot %s a task", run->job->backend->title,
                               ask == ASK_CANCEL ? "cancel" : "skip");
    }
    while (!exchange_is_done(&x) && clock_left(&run->job->patience.deadline, 1) > 0) {
        net_step(run->net, 1000);
    }
    result = exchange_finish(&x, &reply, &json, err);
    if (result == 0 && reply.status != 200) {
        const struct fault_of of = {.backend = run->job->backend,
                                    .key = run->job->key,
                                    .path = x.request.path,
                                    .what = "to stop a task"};
        result = fact_fault(&of, &reply, &x.receive, err);
    }
    json_decref(json);
    exchange_release(&x);
    return result;
}

/* Only a task that runs can be stopped. */
static int check_running(const struct run *run, const struct outcome *o, struct error *err)
{
    const char *id = run->job->task.id;

    switch (o->standing) {
    case STANDING_RUNNING:
        return 0;
    case STANDING_QUEUED:
        return error_set(err, EXIT_REFUSED,
                         "task %s waits in the queue: %s can only stop what runs, which is another "
                         "task",
                         id, run->job->backend->title);
    default:
        return error_set(err, EXIT_REFUSED, "task %s does not run; its status is '%s'", id,
                         standing_name(o->standing));
    }
}

int tasks_stop(struct run *run, enum ask ask, json_t **document, struct error *err)
{
    struct request offered;
    struct outcome o = {0};
    struct result of = run_result(run->job);
    int64_t until = clock_ms() + VERIFY_MS;

    *document = NULL;
    if (run->job->task.warnings == NULL && (run->job->task.warnings = json_array()) == NULL) {
        return error_memory(err, "describing the task");
    }
    if (!run->job->backend->request(&run->job->task, ask, &offered)) {
        return error_set(err, EXIT_REFUSED, "%s cannot %s a task", run->job->backend->title,
                         ask == ASK_CANCEL ? "cancel" : "skip");
    }
    json_decref(offered.body);
    if (ask_standing(run, &o, err) != 0) {
        return -1;
    }
    int result = check_running(run, &o, err);
    result = result == 0 ? tell(run, ask, err) : result;
    while (result == 0 && ask == ASK_CANCEL && o.standing == STANDING_RUNNING &&
           clock_ms() < until && retry_wait(&run->job->patience, 200)) {
        backend_release_outcome(&o);
        result = ask_standing(run, &o, err);
    }
    if (result == 0) {
        *document = result_document(&of, standing_name(o.standing), NULL, &o);
        result = *document != NULL ? 0 : error_memory(err, "describing the task");
    }
    backend_release_outcome(&o);
    return result;
}
