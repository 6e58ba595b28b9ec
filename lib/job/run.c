#include "job/run.h"

#include <stdlib.h>
#include <string.h>

#include "job/fact.h"
#include "job/spend.h"
#include "job/wait.h"

#define FACTS_MAX 8

/* fact_get(), unless the probe has told it already. */
static int get_fact(struct run *r, const char *path, json_t **fact, struct error *err)
{
    struct job *job = r->job;

    if (job->probed != NULL && strcmp(path, job->backend->probe) == 0) {
        *fact = json_incref(job->probed);
        return 0;
    }
    return fact_get(job, r->net, path, fact, err);
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
static int place(struct run *r, json_t **document, struct error *err)
{
    struct result of = run_result(r->job);
    json_t *images = result_place(&of, &r->exchange.receive, &r->outcome, err);

    if (images == NULL) {
        return -1;
    }
    *document = result_document(&of, "succeeded", images, &r->outcome);
    if (*document == NULL) {
        return error_memory(err, "describing the result");
    }
    err->code = r->outcome.differences > 0 ? EXIT_NOT_AS_ASKED : EXIT_DONE;
    return 0;
}

static void forget_wait(void *ctx, struct wait *w)
{
    (void)ctx;
    (void)w;
}

/* The task lives on, or its pictures are to be fetched. */
static int await(struct run *r, json_t **document, struct error *err)
{
    struct job *job = r->job;
    struct wait w = {.net = r->net,
                     .of = run_result(job),
                     .patience = &job->patience,
                     .journal = job->journal,
                     .entry = job->key_in_journal,
                     .key = job->key,
                     .fresh = true,
                     .watch = job->watch,
                     .ctx = job->ctx};

    exchange_release(&r->exchange);
    wait_begin_with(&w, &r->outcome);
    wait_all(&(struct wait *){&w}, 1, forget_wait, NULL);
    *document = w.document;
    w.document = NULL;
    *err = w.err;
    int result = w.result;
    wait_release(&w);
    return result;
}

/* From the answer to the files and the document. */
static int finish(struct run *r, json_t **document, struct error *err)
{
    struct job *job = r->job;
    bool runs = r->outcome.standing == STANDING_QUEUED || r->outcome.standing == STANDING_RUNNING;

    if (runs) {
        spend_taken(job);
    }
    if (runs && job->delivery == DELIVERY_ASYNC) {
        struct result of = run_result(job);
        *document = result_document(&of, standing_name(r->outcome.standing), NULL, &r->outcome);
        return *document != NULL ? 0 : error_memory(err, "describing the task");
    }
    bool here = r->outcome.standing == STANDING_SUCCEEDED && r->outcome.n_links == 0;
    return here ? place(r, document, err) : await(r, document, err);
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
                                    .log_ctx = job->ctx};
    if (job->backend == NULL && fact_backend(job, &r->config, &r->net, err) != 0) {
        return -1;
    }
    r->config.key_form = job->backend->key_form;
    return r->net != NULL ? 0 : net_open(&r->net, &r->config, err);
}

int job_run(struct job *job, json_t **document, struct error *err)
{
    struct run r = {.job = job};
    int result = -1;

    *document = NULL;
    if ((job->backend != NULL && rehearse(job, err) != 0) || run_open(&r, err) != 0 ||
        compose(&r, err) != 0) {
        goto out;
    }
    if (submit(&r, err) != 0) {
        lost_explain(&r, document, err);
        goto out;
    }
    result = finish(&r, document, err);
    if (result == 0 && !job->strict) {
        err->code = EXIT_DONE;
    }
out:
    exchange_release(&r.exchange);
    backend_release_outcome(&r.outcome);
    net_close(r.net);
    return result;
}
