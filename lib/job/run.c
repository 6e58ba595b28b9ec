#include "job/run.h"

#include <stdlib.h>
#include <string.h>

#include "job/fact.h"
#include "job/spend.h"
#include "job/wait.h"

#define FACTS_MAX 8
#define KNOWN_MAX 256 /* facts that a batch keeps */

/* fact_get(), unless the probe has told it already. */
static int get_fact(struct run *r, const char *path, json_t **fact, struct error *err)
{
    struct job *job = r->job;

    if (job->probed != NULL && strcmp(path, job->backend->probe) == 0) {
        *fact = json_incref(job->probed);
        return 0;
    }
    json_t *known = json_object_get(job->known, path);
    if (known != NULL) {
        *fact = json_is_null(known) ? NULL : json_incref(known);
        return 0;
    }
    if (fact_get(job, r->net, path, fact, err) != 0) {
        return -1;
    }
    if (job->known != NULL && json_object_size(job->known) < KNOWN_MAX) {
        json_object_set_new(job->known, path, *fact != NULL ? json_incref(*fact) : json_null());
    }
    return 0;
}

/* Composes a copy, to find what is wrong with the parameters before anything is sent. */
static int rehearse(const struct job *job, struct error *err)
{
    struct task copy = job->task;

    copy.native = job_copy_tree(job, job->task.native);
    copy.neutral = json_incref(job->task.neutral);
    copy.warnings = json_array();
    int result = copy.native == NULL || copy.warnings == NULL
                     ? error_memory(err, "preparing the request")
                     : job->backend->compose(&copy, NULL, err);
    backend_release_task(&copy);
    return result;
}

/* Gathers what the backend wants to know before it composes the request. */
static int compose(struct run *r, struct error *err)
{
    struct job *job = r->job;
    struct fact needed[FACTS_MAX];
    size_t n = job->backend->facts_needed(&job->task, needed, FACTS_MAX);
    json_t *facts = json_object(), *fact;
    int result = facts == NULL ? error_memory(err, "preparing the request") : 0;

    for (size_t i = 0; i < n && result == 0; i++) {
        result = get_fact(r, needed[i].path, &fact, err);
        if (result == 0 &&
            json_object_set_new(facts, needed[i].key, fact != NULL ? fact : json_null()) != 0) {
            result = error_memory(err, "preparing the request");
        }
    }
    if (result == 0) {
        result = job->backend->compose(&job->task, facts, err);
    }
    json_decref(facts);
    return result;
}

struct result run_result(struct job *job)
{
    return (struct result){.command = job->command,
                           .backend = job->backend,
                           .endpoint = job->endpoint_name != NULL ? job->endpoint_name : job->url,
                           .task = &job->task,
                           .output = &job->output,
                           .started = job->started};
}

/* The pictures are in the answer itself. */
static int place(struct run *r, struct error *err)
{
    struct result of = run_result(r->job);
    json_t *images = result_place(&of, &r->exchange.receive, &r->outcome, err);

    if (images == NULL) {
        return -1;
    }
    r->document = result_document(&of, "succeeded", images, &r->outcome);
    if (r->document == NULL) {
        return error_memory(err, "describing the result");
    }
    err->code = r->outcome.differences > 0 ? EXIT_NOT_AS_ASKED : EXIT_DONE;
    return 0;
}

static void end(struct run *r, int result)
{
    r->state = RUN_DONE;
    r->result = result;
    if (result == 0 && !r->job->strict) {
        r->err.code = EXIT_DONE;
    }
}

/* The task lives on, or its pictures are to be fetched. */
static void await(struct run *r)
{
    struct job *job = r->job;
    struct net *net = r->net;

    if (job->backend->state_in_s3 &&
        storage_open(&r->storage, job, r->net, job->task.where, &net, &r->err) != 0) {
        error_prefix(&r->err,
                     "task %s was taken, but where it stands is not known: ", job->task.id);
        end(r, -1);
        return;
    }

    r->wait = (struct wait){.net = net,
                            .of = run_result(job),
                            .patience = &job->patience,
                            .journal = job->journal,
                            .entry = job->journal != NULL ? job->key_in_journal : NULL,
                            .key = job->key,
                            .fresh = true,
                            .watch = job->watch,
                            .ctx = job->ctx};
    exchange_release(&r->exchange);
    wait_begin_with(&r->wait, &r->outcome);
    r->state = RUN_WAITING;
}

/* From the answer to the files and the document. */
static void finish(struct run *r)
{
    struct job *job = r->job;
    bool runs = r->outcome.standing == STANDING_QUEUED || r->outcome.standing == STANDING_RUNNING;

    if (runs || job->task.id[0] != '\0') { /* it may have ended already */
        spend_taken(job);
    }
    if (runs && job->delivery == DELIVERY_ASYNC) {
        struct result of = run_result(job);
        r->document = result_document(&of, standing_name(r->outcome.standing), NULL, &r->outcome);
        end(r, r->document != NULL ? 0 : error_memory(&r->err, "describing the task"));
    } else if (r->outcome.standing == STANDING_SUCCEEDED && r->outcome.n_links == 0) {
        end(r, place(r, &r->err));
    } else {
        await(r);
    }
}

int run_open(struct run *r, struct error *err)
{
    struct job *job = r->job;

    if (job->url == NULL) {
        job->url = job->backend != NULL ? job->backend->default_url : backends[0]->default_url;
    }
    r->config = (struct net_config){.base = job->url,
                                    .key = job->key,
                                    .insecure_http = job->insecure_http,
                                    .deadline = job->patience.deadline,
                                    .stop = job->patience.stop,
                                    .log = job->log,
                                    .log_ctx = job->ctx,
                                    .beside = r->config.beside,
                                    .many = r->config.many};
    if (job->backend == NULL && fact_backend(job, &r->config, &r->net, err) != 0) {
        return -1;
    }
    r->config.key_form = job->backend->key_form;
    return r->net != NULL ? 0 : net_open(&r->net, &r->config, err);
}

int run_compose(struct run *r, struct error *err)
{
    const struct job *job = r->job;

    bool knows = json_object_size(job->known) > 0; /* composing needs no network then */

    if (job->backend != NULL && !knows && rehearse(job, err) != 0) {
        return -1;
    }
    bool needs_s3 = job->backend != NULL && job->backend->state_in_s3 &&
                    (job->delivery != DELIVERY_ASYNC || job->stage != NULL);
    if (needs_s3 && storage_check(err) != 0) {
        return -1;
    }
    return r->net == NULL && run_open(r, err) != 0 ? -1 : compose(r, err);
}

static void send(struct run *r)
{
    r->state = RUN_SENDING;
    int result = submit_begin(r, &r->err);
    if (result < 0) {
        end(r, -1);
    } else if (result > 0) { /* the journal has a task for this request */
        r->outcome = (struct outcome){.standing = STANDING_RUNNING};
        await(r);
    }
}

void run_begin(struct run *r)
{
    struct net *net;

    if (r->job->stage == NULL) {
        send(r);
    } else if (storage_open(&r->storage, r->job, r->net, r->job->stage, &net, &r->err) != 0) {
        end(r, -1);
    } else {
        stage_begin(&r->stage, r->job, net);
        r->state = RUN_STAGING;
    }
}

static void step_stage(struct run *r)
{
    int result = stage_step(&r->stage, &r->err);

    if (result == 0) {
        stage_release(&r->stage);
        send(r);
    } else if (result < 0) {
        end(r, -1);
    }
}

static void step_wait(struct run *r)
{
    struct wait *w = &r->wait;

    wait_step(w);
    if (!w->done && patience_is_over(&r->job->patience)) {
        wait_stop(w);
    }
    if (w->done) {
        r->document = w->document;
        w->document = NULL;
        r->err = w->err;
        end(r, w->result);
    }
}

void run_step(struct run *r)
{
    int result;

    switch (r->state) {
    case RUN_STAGING:
        step_stage(r);
        break;
    case RUN_SENDING:
        result = submit_step(r, &r->err);
        if (result == 0) {
            finish(r);
        } else if (result < 0) {
            lost_explain(r, &r->err);
            end(r, -1);
        }
        break;
    case RUN_WAITING:
        step_wait(r);
        break;
    case RUN_DONE:
        break;
    }
}

int64_t run_due(const struct run *r)
{
    return r->state == RUN_STAGING   ? stage_due(&r->stage)
           : r->state == RUN_SENDING ? submit_due(r)
           : r->state == RUN_WAITING ? wait_due(&r->wait)
                                     : 0;
}

void run_release(struct run *r)
{
    poll_release(&r->poll);
    wait_release(&r->wait);
    stage_release(&r->stage);
    exchange_release(&r->exchange);
    storage_close(&r->storage);
    backend_release_outcome(&r->outcome);
    json_decref(r->document);
    r->document = NULL;
}

int job_run(struct job *job, json_t **document, struct error *err)
{
    struct run *r = calloc(1, sizeof *r); /* large: off the stack */
    int result = -1;

    *document = NULL;
    if (r == NULL) {
        return error_memory(err, "running the job");
    }
    r->job = job;
    if (run_compose(r, err) == 0) {
        run_begin(r);
        while (r->state != RUN_DONE) {
            run_step(r);
            if (r->state != RUN_DONE) {
                net_step(r->net, run_due(r));
            }
        }
        *document = r->document;
        r->document = NULL;
        *err = r->err;
        result = r->result;
    }
    run_release(r);
    net_close(r->net);
    free(r);
    return result;
}
