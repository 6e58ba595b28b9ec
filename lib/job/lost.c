#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "job/run.h"

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

    if (err->code > EXIT_SIGNAL && job->submitted && job->journal == NULL) {
        cancel(job, r->config, err);
    }
    explain_lost(r, err);
    if (err->code == EXIT_DEADLINE && job->submitted) {
        struct result of = run_result(job);
        r->document = result_document(&of, status, NULL, NULL);
    }
}
