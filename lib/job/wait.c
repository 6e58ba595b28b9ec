#include "job/wait.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "job/fact.h"
#include "wire/json.h"

#define CALL_MS 30000
#define SHORTEST_PAUSE 0.3 /* seconds between questions */
#define LONGEST_PAUSE 10.0
#define MISSES_MAX 3
#define AT_ONCE 8 /* calls, of all waits that share a loop */

static const struct progress unknown_progress = {
    .fraction = -1, .eta = -1, .step = -1, .steps = -1, .position = -1, .length = -1};

void wait_begin(struct wait *w)
{
    w->began = w->next = clock_ms();
    w->ask = ASK_STATE;
    w->outcome.standing = STANDING_UNKNOWN; /* until it has been asked */
}

/* Notes in the journal what has become of the task. What cannot be noted is told as a warning: the
 * task itself is no worse for it. */
static void note(struct wait *w, const char *state, json_t *images)
{
    struct error err;
    json_t *line, *image;
    size_t i;

    if (w->journal == NULL || w->entry == NULL) {
        return;
    }
    json_t *paths = json_array();
    json_array_foreach(images, i, image)
    {
        const char *name = json_string_at(image, "path"); /* none on standard output */
        char *path = name != NULL ? output_absolute(name) : NULL;
        if (path != NULL) {
            json_array_append_new(paths, json_file_name(path));
        }
        free(path);
    }
    line = json_pack("{s:s,s:s,s:s*,s:o}", "key", w->entry, "state", state, "reason",
                     w->outcome.reason, "images", paths);
    if (line == NULL || journal_add(w->journal, line, &err) != 0) {
        backend_warn(w->of.task,
                     "the journal could not be written; it still has the task as running");
    }
    json_decref(line);
}

/* It is over: the document says how. */
static void end(struct wait *w, const char *status, json_t *images, int result)
{
    w->done = true;
    w->result = result;
    w->document = result_document(&w->of, status, images, &w->outcome);
    if (w->document == NULL && result == 0) {
        w->result = error_memory(&w->err, "describing the result");
    }
}

/* What the user can type for the task: its id unless a shell would make something else of it. */
static const char *name_of(const struct wait *w)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const char *id = w->of.task->id;
    bool safe = *id != '\0' && *id != '-' && id[strspn(id, plain)] == '\0';

    return safe ? id : w->entry != NULL ? w->entry : "ID";
}

/* The wait ends, the task may live on. */
static void give_up(struct wait *w)
{
    char why[300];

    bool nothing =
        w->err.code == EXIT_DEADLINE && w->of.backend->never != NULL &&
        (w->outcome.standing == STANDING_QUEUED || w->outcome.standing == STANDING_UNKNOWN);

    if (nothing) {
        error_set(&w->err, EXIT_DEADLINE, "the deadline passed and nothing has come: %s",
                  w->of.backend->never);
    }
    text_clean(why, sizeof why, w->err.text, strlen(w->err.text), sizeof why);
    if (w->entry != NULL || w->of.task->id[0] != '\0') {
        error_set(&w->err, w->err.code, "%s; 'sdctl tasks wait %s%s' goes on with this task", why,
                  name_of(w), w->entry != NULL ? "" : " --endpoint ...");
    }
    end(w,
        standing_name(w->outcome.standing == STANDING_SUCCEEDED ? STANDING_RUNNING
                                                                : w->outcome.standing),
        NULL, -1);
}

static void fail_task(struct wait *w, enum standing standing)
{
    const char *reason = w->outcome.reason;

    w->outcome.standing = standing;
    note(w, standing == STANDING_CANCELLED ? "cancelled" : "failed", NULL);
    error_set(&w->err, EXIT_FAILED, "task %s %s%s%s", w->of.task->id,
              standing == STANDING_CANCELLED ? "was cancelled"
              : standing == STANDING_MISSING
                  ? (reason != NULL ? "is lost" : "is not known to the service")
                  : "failed",
              reason != NULL && *reason != '\0' ? ": " : "", reason != NULL ? reason : "");
    if (reason != NULL) {
        text_clean(w->err.server, sizeof w->err.server, reason, strlen(reason),
                   sizeof w->err.server);
    }
    end(w, standing_name(standing), NULL, w->look && standing != STANDING_MISSING ? 0 : -1);
}

/* All results are here: they get their names. */
static void place(struct wait *w)
{
    struct arrived arrived[RECEIVE_PICTURES_MAX];

    result_arrived(&w->received, arrived);
    if (w->of.task->native != NULL) {
        if (w->of.backend->compare != NULL) {
            w->of.backend->compare(w->of.task, arrived, w->received.n_pictures, &w->outcome);
        } else {
            backend_compare(w->of.task, w->of.backend->natives, arrived, w->received.n_pictures,
                            &w->outcome);
        }
    }
    json_t *images = result_place(&w->of, &w->received, &w->outcome, &w->err);
    if (images == NULL) {
        give_up(w);
        return;
    }
    note(w, "succeeded", images);
    end(w, "succeeded", images, 0);
    w->err.code = w->outcome.differences > 0 ? EXIT_NOT_AS_ASKED : EXIT_DONE;
}

static void fetch(struct wait *w)
{
    const struct receive_plan plan = {.answer = ANSWER_PICTURE,
                                      .place = output_place(w->of.output)};

    if (w->look || w->outcome.n_links == 0) {
        if (!w->look) { /* its results are still to be fetched */
            note(w, "succeeded", NULL);
            backend_warn(w->of.task,
                         "the results went to whoever sent the task: %s does not give "
                         "them again",
                         w->of.backend->title);
        }
        end(w, "succeeded", NULL, 0);
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
    return (int64_t)(seconds * (900 + randombytes_uniform(200)));
}

static void ask_again(struct wait *w)
{
    if (w->look || w->impatient) {
        error_set(&w->err, EXIT_DEADLINE,
                  "task %s has not ended; 'sdctl tasks wait %s' waits for it", w->of.task->id,
                  w->of.task->id);
        end(w, standing_name(w->outcome.standing), NULL, w->look ? 0 : -1);
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
        fail_task(w, o->standing);
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
        give_up(w);
        return;
    }
    w->next = clock_ms() + pause;
}

static void take_outcome(struct wait *w, const json_t *json)
{
    struct outcome fresh = {.progress = unknown_progress};

    if (w->of.backend->outcome(w->of.task, w->ask, json, NULL, 0, &fresh, &w->err) != 0) {
        backend_release_outcome(&fresh);
        give_up(w);
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
        w->outcome = (struct outcome){.standing = STANDING_MISSING, .progress = unknown_progress};
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
        end(w, "unknown", NULL, -1);
        break;
    default:
        give_up(w);
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
        place(w);
    } else {
        w->err = w->download.error;
        w->outcome.standing = STANDING_SUCCEEDED;
        give_up(w);
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
    give_up(w);
}

/* Whether it has a connection in use. */
static bool is_busy(const struct wait *w)
{
    return w->exchange.call != NULL || w->download.call != NULL;
}

/* One step of those that are not done, at most AT_ONCE of them with a call: each takes a buffer and
 * a connection. The turn goes on behind the last one that began a call, so that none is passed over
 * for ever. Milliseconds until the next step. */
static int64_t step_all(struct wait *const *waits, size_t n, size_t *turn, size_t *left,
                        void (*ended)(void *ctx, struct wait *w), void *ctx)
{
    int64_t due = 1000;
    size_t busy = 0, first = *turn;

    for (size_t i = 0; i < n; i++) {
        busy += is_busy(waits[i]);
    }
    for (size_t k = 0; k < n; k++) {
        struct wait *w = waits[(first + k) % n];
        bool was_busy = is_busy(w), over = patience_is_over(w->patience);
        if (w->done || (!over && !was_busy && busy >= AT_ONCE)) {
            continue;
        }
        (over ? wait_stop : wait_step)(w);
        if (!was_busy && is_busy(w)) {
            *turn = (first + k + 1) % n;
        }
        busy = busy - was_busy + is_busy(w);
        if (w->done) {
            ended(ctx, w);
            --*left;
        } else if (wait_due(w) < due) {
            due = wait_due(w);
        }
    }
    return due;
}

void wait_all(struct wait *const *waits, size_t n, void (*ended)(void *ctx, struct wait *w),
              void *ctx)
{
    size_t left = n, turn = 0;

    for (size_t i = 0; i < n; i++) {
        if (waits[i]->done) {
            ended(ctx, waits[i]);
            left--;
        }
    }
    while (left > 0) {
        int64_t due = step_all(waits, n, &turn, &left, ended, ctx);
        if (left > 0) {
            net_step(waits[0]->net, due);
        }
    }
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
