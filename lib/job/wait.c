#include "job/wait_end.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "job/fact.h"

#define CALL_MS 30000
#define SHORTEST_PAUSE 0.3 /* seconds between questions */
#define LONGEST_PAUSE 10.0
#define MISSES_MAX 3

void wait_begin(struct wait *w)
{
    w->began = w->next = clock_ms();
    w->ask = ASK_STATE;
    w->outcome.standing = STANDING_UNKNOWN; /* until it has been asked */
}

static void fetch(struct wait *w)
{
    const struct receive_plan plan = {.answer = ANSWER_PICTURE,
                                      .place = output_place(w->of.output)};

    if (w->look || w->outcome.n_links == 0) {
        if (!w->look) { /* its results are still to be fetched */
            wait_end_note(w, "succeeded", NULL);
            backend_warn(w->of.task,
                         "the results went to whoever sent the task: %s does not give "
                         "them again",
                         w->of.backend->title);
        }
        wait_end(w, "succeeded", NULL, 0);
        return;
    }
    receive_init(&w->received, &plan);
    download_init(&w->download, w->net, w->patience, &w->outcome, w->of.backend->own_files,
                  &w->received);
    w->downloading = true;
}

/* When to ask again: sooner when the end is near. */
static int64_t pause_of(const struct wait *w)
{
    const struct progress *p = &w->outcome.progress;
    double elapsed = (double)(clock_ms() - w->began) / 1000;
    double left = p->eta > 0           ? p->eta
                  : p->fraction > 0.02 ? elapsed * (1 - p->fraction) / p->fraction
                                       : -1;
    double seconds = left >= 0 ? left / 3 : elapsed / 8;

    seconds = fmin(fmax(seconds, SHORTEST_PAUSE), LONGEST_PAUSE);
    return (int64_t)(seconds * (900 + random_below(200)));
}

static void ask_again(struct wait *w)
{
    if (w->look || w->impatient) {
        error_set(&w->err, EXIT_DEADLINE,
                  "task %s has not ended; 'sdctl tasks wait %s' waits for it", w->of.task->id,
                  w->of.task->id);
        wait_end(w, standing_name(w->outcome.standing), NULL, w->look ? 0 : -1);
        return;
    }
    w->next = clock_ms() + pause_of(w);
}

/* Acts on where the task stands. */
static void judge(struct wait *w)
{
    struct outcome *o = &w->outcome;
    bool listed = w->ask == ASK_QUEUE; /* it was the queue that told */

    secret_hide(w->key, o->reason); /* the journal gets it, too */
    if (o->doubtful && (!listed || w->of.backend->state_in_s3)) {
        w->ask = ASK_QUEUE;
        return;
    }
    w->ask = ASK_STATE;
    w->misses = o->standing == STANDING_MISSING ? w->misses + 1 : 0;
    if (w->misses > 0 && w->misses < MISSES_MAX && (w->fresh || listed)) {
        w->next = clock_ms() + pause_of(w);
        return;
    }
    if (w->watch != NULL) {
        w->watch(w->ctx, &o->progress);
    }
    switch (o->standing) {
    case STANDING_SUCCEEDED:
        fetch(w);
        break;
    case STANDING_FAILED:
    case STANDING_CANCELLED:
    case STANDING_MISSING:
        wait_end_failed(w, o->standing);
        break;
    default:
        ask_again(w);
    }
}

void wait_begin_with(struct wait *w, struct outcome *outcome)
{
    wait_begin(w);
    w->outcome = *outcome;
    *outcome = (struct outcome){0};
    judge(w);
}

/* Whether a question that went wrong is asked again. */
static bool is_passing(const struct wait *w, int result, const struct net_reply *reply)
{
    int s = reply->status;

    if (result != 0 && s == 200) {
        return w->err.code == EXIT_FAILED || w->err.code == EXIT_NETWORK;
    }
    return result != 0 ? w->err.code == EXIT_NETWORK || w->err.code == EXIT_DEADLINE
                       : s == 408 || s == 425 || s == 429 || s >= 500;
}

/* How long until the next attempt after a fault. */
static int64_t pause_after(const struct wait *w, const struct net_reply *reply)
{
    struct patience one = {.retries = w->failures + 1, .deadline = w->patience->deadline};
    struct net_reply busy = {.status = 429};
    struct error ignored = {.code = EXIT_NETWORK};
    int64_t pause;

    memcpy(busy.retry_after, reply->retry_after, sizeof busy.retry_after);
    return retry_read(&one, w->failures, 0, &busy, &ignored, &pause) ? pause : -1;
}

static void read_fault(struct wait *w, int result, const struct net_reply *reply)
{
    bool passing = is_passing(w, result, reply);
    int64_t pause = passing && w->failures < w->patience->retries ? pause_after(w, reply) : -1;

    if (result == 0) {
        bool in_s3 = w->of.backend->state_in_s3;
        const struct fault_of of = {.backend = w->of.backend,
                                    .key = in_s3 ? net_secret(w->net) : w->key,
                                    .in_s3 = in_s3,
                                    .path = in_s3 ? w->of.task->where : w->exchange.request.path,
                                    .what = "to tell how a task stands"};
        fact_fault(&of, reply, &w->exchange.receive, &w->err);
    }
    w->failures++;
    if (pause < 0) {
        wait_end_give_up(w);
        return;
    }
    w->next = clock_ms() + pause;
}

static void take_outcome(struct wait *w, const json_t *json)
{
    struct outcome fresh = {.progress = progress_unknown};

    if (w->of.backend->outcome(w->of.task, w->ask, json, NULL, 0, &fresh, &w->err) != 0) {
        backend_release_outcome(&fresh);
        wait_end_give_up(w);
        return;
    }
    backend_release_outcome(&w->outcome);
    w->outcome = fresh;
    judge(w);
}

/* Takes in an answer that has come. */
static void read_answer(struct wait *w)
{
    struct net_reply reply;
    json_t *json;
    int result = exchange_finish(&w->exchange, &reply, &json, &w->err);

    if (result == 0 && reply.status == 200) {
        w->failures = 0;
        take_outcome(w, json);
    } else if (result == 0 && reply.status == 404 && w->ask == ASK_STATE &&
               !w->of.backend->state_in_s3) {
        w->failures = 0;
        backend_release_outcome(&w->outcome);
        w->outcome = (struct outcome){.standing = STANDING_MISSING, .progress = progress_unknown};
        judge(w);
    } else {
        read_fault(w, result, &reply);
    }
    json_decref(json);
    exchange_release(&w->exchange);
}

static void ask(struct wait *w)
{
    const struct exchange_plan plan = {
        .backend = w->of.backend, .task = w->of.task, .ask = w->ask, .timeout_ms = CALL_MS};

    switch (exchange_start(&w->exchange, w->net, &plan, &w->err)) {
    case 0:
        break;
    case 1:
        error_set(&w->err, EXIT_REFUSED, "%s cannot tell how a task stands", w->of.backend->title);
        wait_end(w, "unknown", NULL, -1);
        break;
    default:
        wait_end_give_up(w);
    }
}

static void step_download(struct wait *w)
{
    download_step(&w->download);
    if (!w->download.done) {
        return;
    }
    w->downloading = false;
    if (w->download.result == 0) {
        wait_end_placed(w);
    } else {
        w->err = w->download.error;
        w->outcome.standing = STANDING_SUCCEEDED;
        wait_end_give_up(w);
    }
}

void wait_step(struct wait *w)
{
    if (w->done) {
        return;
    }
    if (w->downloading) {
        step_download(w);
    } else if (w->exchange.call == NULL) {
        if (clock_ms() >= w->next) {
            ask(w);
        }
    } else if (exchange_is_done(&w->exchange)) {
        read_answer(w);
    }
}

int64_t wait_due(const struct wait *w)
{
    int64_t left = w->next - clock_ms();

    if (w->downloading) {
        return download_due(&w->download);
    }
    return w->exchange.call != NULL || left > 1000 ? 1000 : left < 0 ? 0 : left;
}

void wait_stop(struct wait *w)
{
    const volatile sig_atomic_t *stop = w->patience->stop;

    if (w->done) {
        return;
    }
    if (stop != NULL && *stop != 0) {
        error_set(&w->err, (enum exit_code)(EXIT_SIGNAL + (int)*stop), "interrupted");
    } else {
        error_set(&w->err, EXIT_DEADLINE, "the deadline passed");
    }
    wait_end_give_up(w);
}

void wait_release(struct wait *w)
{
    download_release(&w->download);
    exchange_release(&w->exchange);
    receive_release(&w->received);
    backend_release_outcome(&w->outcome);
    json_decref(w->document);
    w->document = NULL;
}
