#include <stdio.h>
#include <string.h>

#include "backend/tasks.h"
#include "base/instant.h"
#include "base/text.h"
#include "job/fact.h"
#include "job/run.h"

#define LOOK_SECONDS 1.5
#define LOOK_TASKS 20
#define LOOK_SLACK_MS 60000 /* between the server's clock and ours, */
#define LOOK_SAME_MS 1500   /* and between two that are alike */

/* One small question to the server, on a loop of its own. NULL when it does not answer. */
static json_t *ask_once(struct job *job, struct net *net, enum ask ask)
{
    const struct exchange_plan plan = {.backend = job->backend, .task = &job->task, .ask = ask};
    struct exchange x;
    struct net_reply reply;
    struct error ignored;
    json_t *json = NULL;

    if (exchange_start(&x, net, &plan, &ignored) != 0) {
        return NULL;
    }
    while (!exchange_is_done(&x)) { /* the net's own deadline ends it */
        net_step(net, 100);
    }
    exchange_finish(&x, &reply, &json, &ignored);
    exchange_release(&x);
    return json;
}

/* Whether the parameters that a service tells are those that were sent, as far as both are known.
 */
static bool is_same(const struct job *job, const json_t *params)
{
    size_t compared = 0;

    for (const struct native *n = job->backend->natives; n->name != NULL; n++) {
        const json_t *sent = json_object_get(job->task.native, n->name);
        const json_t *told = json_object_get(params, n->name);
        bool random =
            n->neutral != NULL && strcmp(n->neutral, "seed") == 0 && json_integer_value(sent) < 0;
        if (n->neutral == NULL || random || sent == NULL || told == NULL ||
            json_typeof(sent) != json_typeof(told) ||
            !(json_is_string(sent) || json_is_integer(sent))) {
            continue;
        }
        if (!json_equal(sent, told)) {
            return false;
        }
        compared++;
    }
    return compared > 0;
}

/* The one task that was submitted with these parameters since `oldest`; NULL if there is none, or
 * which it is cannot be told. Borrowed from the list. */
static const json_t *find_one(const struct job *job, const json_t *tasks, int64_t oldest)
{
    const json_t *entry, *found = NULL;
    size_t i, n = 0;
    int64_t at;

    json_array_foreach(tasks, i, entry)
    {
        const char *time = json_string_at(entry, "submitted_at");
        if (time != NULL && instant_parse(time, &at) && at >= oldest &&
            is_same(job, json_object_get(entry, "params"))) {
            found = entry;
            n++;
        }
    }
    return n == 1 ? found : NULL;
}

/* How long the service may take for an answer. */
static struct deadline last_words(const struct job *job)
{
    int64_t *by = job->farewell;

    if (by == NULL) {
        return clock_deadline(LOOK_SECONDS);
    }
    if (*by == 0 && job->patience.stop != NULL && *job->patience.stop != 0) {
        *by = clock_ms() + (int64_t)(1000 * LOOK_SECONDS);
    }
    return *by != 0 ? (struct deadline){.at = *by} : clock_deadline(LOOK_SECONDS);
}

/* A submission without an id may be in the service's own list (D17, D23): gives the task its id.
 * How it stands there; "" when it is not found. */
static void find_task(struct job *job, struct net *net, char *status, size_t cap)
{
    const struct task_range range = {
        .page = 0, .page_size = LOOK_TASKS, .since = TIME_UNBOUND, .until = TIME_UNBOUND};
    int64_t began = instant_now() - (clock_ms() - job->started);
    struct job own = *job;
    struct request request;
    struct error ignored;
    json_t *json = NULL, *tasks = json_array();

    own.patience = (struct patience){.deadline = last_words(job)};
    if (job->backend->tasks->list(&range, &request) &&
        fact_get(&own, net, request.path, &json, &ignored) == 0 && json != NULL) {
        job->backend->tasks->listed(&range, json, tasks, &ignored);
    }
    const json_t *found = find_one(job, tasks, began - LOOK_SAME_MS);
    found = found != NULL ? found : find_one(job, tasks, began - LOOK_SLACK_MS);
    bool taken = found != NULL &&
                 backend_take_id(&job->task, json_string_at(found, "task_id"), &ignored) == 0;
    snprintf(status, cap, "%s", taken ? json_string_at(found, "status") : "");
    json_decref(tasks);
    json_decref(json);
}

static bool may_be_listed(const struct run *r)
{
    const struct job *job = r->job;
    bool failed = r->status == 0 || r->status == 200 || r->status >= 500;

    return job->submitted && job->journal == NULL && job->task.id[0] == '\0' && failed &&
           job->task.operation != OPERATION_INTERROGATE && job->backend->tasks != NULL &&
           job->backend->lives_on != NULL; /* WebUI's list has no parameters */
}

/* A net of its own, which no signal and no deadline of the job's ends. */
static struct net *open_net(const struct run *r)
{
    struct net_config config = r->config;
    struct error ignored;
    struct net *net;

    config.stop = NULL;
    config.log = NULL;
    config.beside = NULL;
    config.deadline = last_words(r->job);
    return net_open(&net, &config, &ignored) == 0 ? net : NULL;
}

/* Looks for the task in the service's list; after a signal it is stopped if it runs. */
static void look(struct run *r, struct error *err)
{
    struct job *job = r->job;
    struct net *net = open_net(r);
    char status[32] = "", why[300];

    if (net == NULL) {
        return;
    }
    find_task(job, net, status, sizeof status);
    bool stop = err->code > EXIT_SIGNAL && strcmp(status, "running") == 0;
    json_t *done = stop ? ask_once(job, net, ASK_CANCEL) : NULL;
    text_clean(why, sizeof why, err->text, strlen(err->text), sizeof why);
    if (done != NULL) {
        error_set(err, err->code, "interrupted; task %s was stopped on the server", job->task.id);
    } else if (job->task.id[0] != '\0') {
        error_set(
            err, err->code,
            "%s; in the server's list it is task %s (%s), and 'sdctl tasks wait' goes on with "
            "it",
            why, job->task.id, status);
    } else if (err->code > EXIT_SIGNAL) {
        error_set(err, err->code, "interrupted; it may still run on the server");
    }
    json_decref(done);
    net_close(net);
}

/* After a signal: interrupts the server only when it is this task that runs (A17), and says what
 * became of it. */
static void cancel(struct job *job, struct net_config config, struct error *err)
{
    struct progress progress = {0};
    struct error ignored;
    struct net *net;

    config.stop = NULL;
    config.log = NULL;
    config.beside = NULL;
    config.deadline = last_words(job);
    if (net_open(&net, &config, &ignored) != 0) {
        return;
    }
    json_t *state = ask_once(job, net, ASK_PROGRESS);
    bool known = state != NULL && job->backend->progress(ASK_PROGRESS, state, &progress);
    json_t *done = known && progress.active ? ask_once(job, net, ASK_CANCEL) : NULL;
    error_set(err, err->code, "interrupted; %s%s %s", *job->task.id != '\0' ? "task " : "it",
              job->task.id,
              done != NULL                  ? "was stopped on the server"
              : known && progress.queued    ? "is still in the server's queue and will run"
              : known && progress.completed ? "had ended on the server"
                                            : "may still run on the server");
    json_decref(done);
    json_decref(state);
    net_close(net);
}

/* A submission whose answer we do not have, or only a gateway's: the task's id is told, and it may
 * live on. */
static void explain_lost(struct run *r, struct error *err)
{
    struct job *job = r->job;
    bool redirected = r->status >= 300 && r->status < 400; /* not taken */
    bool lost = err->code == EXIT_NETWORK || r->status == 502 || r->status == 504;
    char why[300];

    if (!job->submitted || redirected) {
        return;
    }
    text_clean(why, sizeof why, err->text, strlen(err->text), sizeof why);
    if (job->doubtful) {
        error_set(err, err->code,
                  "%s; the service may have taken the task (%s in 'sdctl tasks list'): only "
                  "--resubmit sends it again",
                  why, job->key_in_journal);
    } else if (job->task.id[0] == '\0') {
        return;
    } else if (err->code == EXIT_DEADLINE) {
        error_set(err, EXIT_DEADLINE, "the deadline passed; task %s may still run on the server",
                  job->task.id);
    } else if (lost) {
        error_set(err, err->code, "%s; task %s may still run on the server", why, job->task.id);
    }
}

/* After a submission that failed: what can still be said and done. */
void lost_explain(struct run *r, struct error *err)
{
    struct job *job = r->job;
    const char *status = job->journal != NULL ? "unknown" : "running";

    if (may_be_listed(r)) {
        look(r, err);
    } else {
        if (err->code > EXIT_SIGNAL && job->submitted && job->journal == NULL) {
            cancel(job, r->config, err);
        }
        explain_lost(r, err);
    }
    if (err->code == EXIT_DEADLINE && job->submitted) {
        struct result of = run_result(job);
        r->document = result_document(&of, status, NULL, NULL);
    }
}
