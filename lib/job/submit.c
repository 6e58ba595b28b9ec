#include <stdlib.h>

#include "job/fact.h"
#include "job/poll.h"
#include "job/retry.h"
#include "job/run.h"
#include "job/spend.h"

/* Whether the service can answer in the way that is asked for. */
static int check_delivery(const struct job *job, enum answer answer, struct error *err)
{
    static const char *const options[] = {"", "--async", "--stream", "--binary"};
    bool lives_on = job->backend->lives_on != NULL && job->backend->lives_on(&job->task);
    bool fits = true;

    switch (job->delivery) {
    case DELIVERY_PLAIN:
        break;
    case DELIVERY_ASYNC:
        fits = lives_on;
        break;
    case DELIVERY_STREAM:
        fits = answer == ANSWER_EVENTS;
        break;
    case DELIVERY_BINARY:
        fits = answer == ANSWER_PICTURE;
        break;
    }
    return fits ? 0
                : error_set(err, EXIT_USAGE, "%s cannot do %s with %s", job->backend->title,
                            options[job->delivery], job->command);
}

/* One event of a stream: progress, or the end. */
static int on_event(void *ctx, const json_t *event, struct error *err)
{
    struct run *r = ctx;
    struct outcome fresh = {0};

    if (r->job->backend->outcome(&r->job->task, ASK_SUBMIT, event, NULL, 0, &fresh, err) != 0) {
        backend_release_outcome(&fresh);
        return -1;
    }
    if (fresh.standing == STANDING_RUNNING || fresh.standing == STANDING_QUEUED) {
        if (r->job->watch != NULL) {
            r->job->watch(r->job->ctx, &fresh.progress);
        }
        backend_release_outcome(&fresh);
        return 0;
    }
    backend_release_outcome(&r->outcome);
    r->outcome = fresh;
    r->told = true;
    return 0;
}

/* Drives the submission until its answer is there, telling progress meanwhile. */
static void attend(struct run *r)
{
    struct job *job = r->job;
    struct poll poll;

    poll_init(&poll, job, r->net);
    while (!exchange_is_done(&r->exchange) && clock_left(&job->patience.deadline, 1) > 0 &&
           !(job->patience.stop != NULL && *job->patience.stop != 0)) {
        net_step(r->net, job->watch != NULL ? poll_due(&poll) : 1000);
        if (job->watch != NULL) {
            poll_step(&poll);
        }
    }
    poll_release(&poll);
}

/* Sends the task, again only where nothing can have been accepted; takes in the answer's JSON. */
static int send(struct run *r, struct net_reply *reply, json_t **json, struct error *err)
{
    struct job *job = r->job;
    const struct exchange_plan plan = {.backend = job->backend,
                                       .task = &job->task,
                                       .ask = ASK_SUBMIT,
                                       .pictures = job->pictures,
                                       .n_pictures = job->n_sources,
                                       .receive = {.place = output_place(&job->output),
                                                   .event = on_event,
                                                   .preview = job->preview,
                                                   .ctx = r}};
    int64_t pause;
    int result;

    for (long attempt = 0;; attempt++) {
        result = exchange_start(&r->exchange, r->net, &plan, err);
        if (result == 1) {
            return error_set(err, EXIT_REFUSED, "%s does not offer %s", job->backend->title,
                             job->command);
        }
        if (result != 0 ||
            (attempt == 0 && (check_delivery(job, r->exchange.request.answer, err) ||
                              spend_begin(job, &r->exchange.request, &r->exchange.body, err)))) {
            return -1;
        }
        attend(r);
        result = exchange_finish(&r->exchange, reply, json, err);
        job->submitted = job->submitted || reply->sent;
        if (!retry_submission(&job->patience, attempt, result, reply, &pause) ||
            !retry_wait(&job->patience, pause)) {
            return result;
        }
        exchange_release(&r->exchange);
    }
}

static int read_outcome(struct run *r, const json_t *json, struct error *err)
{
    struct arrived arrived[RECEIVE_PICTURES_MAX];
    const struct receive *receive = &r->exchange.receive;

    if (r->exchange.request.answer == ANSWER_EVENTS) {
        return r->told ? 0
                       : error_set(err, EXIT_FAILED, "the stream of events ended without a result");
    }
    result_arrived(receive, arrived);
    return r->job->backend->outcome(&r->job->task, ASK_SUBMIT, json, arrived, receive->n_pictures,
                                    &r->outcome, err);
}

/* Sends, and finds out what came of it. */
int submit(struct run *r, struct error *err)
{
    struct job *job = r->job;
    struct net_reply reply = {0};
    json_t *json = NULL;
    int result = send(r, &reply, &json, err);

    if (result == 0 && reply.status != 200) {
        const struct fault_of of = {.backend = job->backend,
                                    .key = job->key,
                                    .path = r->exchange.request.path,
                                    .what = job->command};
        if (reply.status == 204 && r->exchange.request.answer == ANSWER_PICTURE) {
            result = error_set(err, EXIT_FAILED, "the server made no picture"); /* D15 */
        } else {
            result = fact_fault(&of, &reply, &r->exchange.receive, err);
        }
    } else if (result == 0) {
        result = read_outcome(r, json, err);
    }
    json_decref(json);
    r->status = reply.status;
    spend_end(job, result, &reply, err);
    return result;
}
