#include <stdlib.h>
#include <string.h>

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

static int start(struct run *r, struct error *err)
{
    struct job *job = r->job;
    const struct exchange_plan plan = {.backend = job->backend,
                                       .task = &job->task,
                                       .ask = ASK_SUBMIT,
                                       .pictures = job->pictures,
                                       .n_pictures = job->n_sources,
                                       .reuse = r->shared && job->backend->lives_on == NULL,
                                       .receive = {.place = output_place(&job->output),
                                                   .event = on_event,
                                                   .preview = job->preview,
                                                   .ctx = r}};

    return exchange_start(&r->exchange, r->net, &plan, err) == 1
               ? error_set(err, EXIT_REFUSED, "%s does not offer %s", job->backend->title,
                           job->command)
           : r->exchange.call == NULL ? -1
                                      : 0;
}

int submit_begin(struct run *r, struct error *err)
{
    if (start(r, err) != 0 || check_delivery(r->job, r->exchange.request.answer, err) != 0) {
        return -1;
    }
    int result = spend_begin(r->job, &r->exchange.request, &r->exchange.body, err);
    if (result != 0) {
        exchange_release(&r->exchange); /* nothing has been sent yet */
        return result;
    }
    poll_init(&r->poll, r->job, r->net);
    return 0;
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

/* The key as a task's id would be shown and journalled. */
static int check_id(struct job *job, struct error *err)
{
    if (job->key == NULL || job->key->bytes == NULL ||
        strstr(job->task.id, job->key->bytes) == NULL) {
        return 0;
    }
    job->task.id[0] = '\0';
    return error_set(err, EXIT_FAILED, "the server's answer has no usable task id");
}

/* What the answer says. */
static int read_answer(struct run *r, const struct net_reply *reply, const json_t *json,
                       struct error *err)
{
    const struct job *job = r->job;
    const struct fault_of of = {.backend = job->backend,
                                .key = job->key,
                                .path = r->exchange.request.path,
                                .what = job->command};

    if (reply->status == 200) {
        return read_outcome(r, json, err) == 0 ? check_id(r->job, err) : -1;
    }
    return reply->status == 204 && r->exchange.request.answer == ANSWER_PICTURE
               ? error_set(err, EXIT_FAILED, "the server made no picture") /* D15 */
               : fact_fault(&of, reply, &r->exchange.receive, err);
}

/* Between two attempts. */
static int pause(struct run *r, struct error *err)
{
    const struct patience *p = &r->job->patience;

    if (patience_is_over(p)) {
        return p->stop != NULL && *p->stop != 0
                   ? error_set(err, (enum exit_code)(EXIT_SIGNAL + (int)*p->stop), "interrupted")
                   : error_set(err, EXIT_DEADLINE, "the deadline passed");
    }
    if (clock_ms() < r->resume) {
        return 1;
    }
    r->resume = 0;
    return start(r, err) == 0 ? 1 : -1;
}

int submit_step(struct run *r, struct error *err)
{
    struct job *job = r->job;
    struct net_reply reply = {0};
    json_t *json = NULL;
    int64_t wait;

    if (r->resume > 0) {
        return pause(r, err);
    }
    if (job->watch != NULL) {
        poll_step(&r->poll);
    }
    if (!exchange_is_done(&r->exchange) && !patience_is_over(&job->patience)) {
        return 1;
    }
    int result = exchange_finish(&r->exchange, &reply, &json, err);
    job->submitted = job->submitted || reply.sent;
    if (retry_submission(&job->patience, r->attempt, result, &reply, &wait)) {
        exchange_release(&r->exchange);
        r->attempt++;
        r->resume = clock_ms() + wait;
        return 1;
    }
    poll_release(&r->poll);
    result = result == 0 ? read_answer(r, &reply, json, err) : result;
    json_decref(json);
    r->status = reply.status;
    spend_end(job, result, &reply, err);
    return result;
}

int64_t submit_due(const struct run *r)
{
    int64_t left = r->resume - clock_ms();

    return r->resume > 0           ? (left < 0      ? 0
                                      : left < 1000 ? left
                                                    : 1000)
           : r->job->watch != NULL ? poll_due(&r->poll)
                                   : 1000;
}
