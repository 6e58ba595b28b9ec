#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "job/fact.h"
#include "job/job.h"
#include "job/poll.h"
#include "job/receive.h"
#include "job/result.h"
#include "job/retry.h"
#include "net/net.h"
#include "net/url.h"

#define FACTS_MAX 8

/* fact_get(), unless the probe has told it already. */
static int get_fact(struct job *job, struct net *net, const char *path, json_t **fact,
                    struct error *err)
{
    if (job->probed != NULL && strcmp(path, job->backend->probe) == 0) {
        *fact = json_incref(job->probed);
        return 0;
    }
    return fact_get(job, net, path, fact, err);
}

/* Gathers what the backend wants to know before it composes the request. */
static int compose(struct job *job, struct net *net, struct error *err)
{
    const char *paths[FACTS_MAX];
    size_t n = job->backend->facts_needed(&job->task, paths, FACTS_MAX);
    json_t *facts = json_object(), *fact;
    int result = facts == NULL ? error_memory(err, "preparing the request") : 0;

    for (size_t i = 0; i < n && result == 0; i++) {
        result = get_fact(job, net, paths[i], &fact, err);
        if (result == 0 &&
            json_object_set_new(facts, paths[i], fact != NULL ? fact : json_null()) != 0) {
            result = error_memory(err, "preparing the request");
        }
    }
    if (result == 0) {
        result = job->backend->compose(&job->task, facts, err);
    }
    json_decref(facts);
    return result;
}

/* Sends the task once and receives the answer, telling progress meanwhile. */
static int submit_once(struct job *job, struct net *net, const struct request *request,
                       struct body *body, struct receive *receive, struct net_reply *reply,
                       struct error *err)
{
    struct net_request net_request = {.path = request->path,
                                      .body = body,
                                      .submission = true,
                                      .take = receive_take,
                                      .ctx = receive};
    struct net_call *call;
    struct poll poll;

    *reply = (struct net_reply){0};
    if (net_start(net, &net_request, &call, err) != 0) {
        return -1;
    }
    poll_init(&poll, job, net);
    while (!net_is_done(call) && clock_left(&job->deadline, 1) > 0 &&
           !(job->stop != NULL && *job->stop != 0)) {
        net_step(net, job->watch != NULL ? poll_due(&poll) : 1000);
        if (job->watch != NULL) {
            poll_step(&poll);
        }
    }
    poll_release(&poll);
    int result = net_finish(call, reply, err);
    job->submitted = job->submitted || reply->sent;
    return result;
}

/* Sends the task, again only where nothing can have been accepted. */
static int submit(struct job *job, struct net *net, struct receive *receive,
                  struct net_reply *reply, struct error *err)
{
    struct request request;
    struct body body;
    int result = -1;

    if (!job->backend->request(&job->task, ASK_SUBMIT, &request)) {
        return error_set(err, EXIT_REFUSED, "%s does not offer %s", job->backend->title,
                         job->command);
    }
    if (body_init(&body, request.body, job->pictures, job->n_sources, err) != 0) {
        json_decref(request.body);
        return -1;
    }
    for (long attempt = 0;; attempt++) {
        receive_init(receive, request.tap, output_place(&job->output));
        result = submit_once(job, net, &request, &body, receive, reply, err);
        if (!retry_submission(job, attempt, result, reply)) {
            break;
        }
        receive_release(receive);
    }
    if (result == 0 && reply->status != 200) {
        result = fact_fault(job, request.path, reply, receive, err);
    }
    body_release(&body);
    json_decref(request.body);
    return result;
}

/* One small question to the server, on a loop of its own. NULL when it does not answer. */
static json_t *ask_once(struct job *job, struct net *net, enum ask ask)
{
    struct net_reply reply;
    struct receive receive;
    struct request request;
    struct body body = {0};
    struct error ignored;
    json_t *json = NULL;

    if (!job->backend->request(&job->task, ask, &request) ||
        body_init(&body, request.body, NULL, 0, &ignored) != 0) {
        json_decref(request.body);
        return NULL;
    }
    receive_init(&receive, NULL, NULL);
    struct net_request net_request = {
        .path = request.path, .body = &body, .take = receive_take, .ctx = &receive};
    if (net_perform(net, &net_request, &reply, &ignored) == 0 && reply.status == 200) {
        receive_json(&receive, &json, &ignored);
    }
    receive_release(&receive);
    body_release(&body);
    json_decref(request.body);
    return json;
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
    config.deadline = clock_deadline(1.5);
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
static void explain_lost(const struct job *job, int status, struct error *err)
{
    bool redirected = status >= 300 && status < 400; /* not taken */
    char why[300];

    if (!job->submitted || job->task.id[0] == '\0' || redirected) {
        return;
    }
    text_clean(why, sizeof why, err->text, strlen(err->text), sizeof why);
    if (err->code == EXIT_DEADLINE) {
        error_set(err, EXIT_DEADLINE, "the deadline passed; task %s may still run on the server",
                  job->task.id);
    } else if (err->code == EXIT_NETWORK || status == 502 || status == 504) {
        error_set(err, err->code, "%s; task %s may still run on the server", why, job->task.id);
    }
}

static int read_outcome(struct job *job, struct receive *receive, struct outcome *outcome,
                        struct error *err)
{
    struct arrived arrived[RECEIVE_PICTURES_MAX];
    json_t *json;

    if (receive_json(receive, &json, err) != 0) {
        return -1;
    }
    for (size_t i = 0; i < receive->n_pictures; i++) {
        const struct received *p = receive->pictures[i];
        arrived[i] = (struct arrived){
            .width = p->framing.width, .height = p->framing.height, .text = p->text};
    }
    int result =
        job->backend->outcome(&job->task, json, arrived, receive->n_pictures, outcome, err);
    json_decref(json);
    return result;
}

/* From the answer to the files and the document. */
static int finish(struct job *job, struct receive *receive, json_t **document, struct error *err)
{
    struct outcome outcome = {0};
    json_t *images = NULL;
    int result = -1;

    if (read_outcome(job, receive, &outcome, err) != 0) {
        goto out;
    }
    images = result_place(job, receive, &outcome, err);
    if (images == NULL) {
        goto out;
    }
    *document = result_document(job, "succeeded", images, &outcome);
    if (*document == NULL) {
        error_memory(err, "describing the result");
        goto out;
    }
    err->code = job->strict && outcome.differences > 0 ? EXIT_NOT_AS_ASKED : EXIT_DONE;
    result = 0;
out:
    backend_release_outcome(&outcome);
    return result;
}

int job_run(struct job *job, json_t **document, struct error *err)
{
    struct receive receive = {0};
    struct net_reply reply = {0};
    struct net *net = NULL;
    struct net_config config;
    int result = -1;

    *document = NULL;
    if (job->url == NULL) {
        job->url = job->backend != NULL ? job->backend->default_url : backends[0]->default_url;
    }
    config = (struct net_config){.base = job->url,
                                 .key = job->key,
                                 .key_form = job->backend != NULL ? job->backend->key_form
                                                                  : backends[0]->key_form,
                                 .insecure_http = job->insecure_http,
                                 .deadline = job->deadline,
                                 .stop = job->stop,
                                 .log = job->log,
                                 .log_ctx = job->ctx};
    if (net_open(&net, &config, err) != 0 ||
        (job->backend == NULL && fact_backend(job, net, err) != 0) || compose(job, net, err) != 0) {
        goto out;
    }
    if (submit(job, net, &receive, &reply, err) != 0) {
        if (err->code > EXIT_SIGNAL && job->submitted) {
            cancel(job, config, err);
        }
        explain_lost(job, reply.status, err);
        *document = err->code == EXIT_DEADLINE && job->submitted
                        ? result_document(job, "running", NULL, NULL)
                        : NULL;
        goto out;
    }
    result = finish(job, &receive, document, err);
out:
    receive_release(&receive);
    net_close(net);
    return result;
}
