#ifndef SDCTL_JOB_RUN_H
#define SDCTL_JOB_RUN_H

#include "job/exchange.h"
#include "job/job.h"
#include "job/poll.h"
#include "job/result.h"
#include "job/stage.h"
#include "job/storage.h"
#include "job/wait.h"
#include "net/net.h"

/* What job_run() is made of (run.c, submit.c, lost.c), and whatever else talks to a job's service.
 */

enum run_state { RUN_STAGING, RUN_SENDING, RUN_WAITING, RUN_DONE };

/* A job on its way: what it has open, and how far it is. It goes on in steps, so that many runs can
 * share one event loop. */
struct run {
    struct job *job;
    struct net_config config;
    struct net *net;
    bool shared;              /* with other runs: its connections are kept */
    struct storage *storage;  /* buckets in S3 */
    struct stage stage;       /* pictures on their way there */
    struct exchange exchange; /* the submission */
    struct outcome outcome;   /* what its answer means */
    bool told;                /* of events: one told the outcome */
    int status;               /* of the answer */

    enum run_state state;
    long attempt;   /* of the submission */
    int64_t resume; /* clock_ms() of the next attempt; 0: one is under way */
    struct poll poll;
    struct wait wait; /* for a task that lives on, or for its results */

    int result; /* once it is done: 0, or -1 with */
    struct error err;
    json_t *document; /* owned; NULL when there is nothing to say */
};

/* Opens the service of r->job and finds out, if that is not known, what it is. */
int run_open(struct run *r, struct error *err);

/* Finds what is wrong with the parameters before anything is sent, opens the service unless r->net
 * is open already, and composes the request from what the service tells. */
int run_compose(struct run *r, struct error *err);

/* Puts pictures into S3 if that is wanted, then sends the composed request. A fault ends the run.
 */
void run_begin(struct run *r);

/* Goes on with it. */
void run_step(struct run *r);

/* Milliseconds until run_step() has something to do, at most 1000. */
int64_t run_due(const struct run *r);

/* Breaks off and frees what it made, but for the net. */
void run_release(struct run *r);

/* Starts sending the task. What lives on without us is in the journal before it is sent; 1 when it
 * is gone on with instead (spend_begin). */
int submit_begin(struct run *r, struct error *err);

/* Goes on with that: 1 while it is under way, 0 when r->outcome tells what the answer means, -1 for
 * a refusal or a lost answer. It is sent again only where nothing can have been accepted. */
int submit_step(struct run *r, struct error *err);

int64_t submit_due(const struct run *r);

/* After submit() failed: stops what runs if a signal came, and says what may have become of the
 * task. r->document is made where there is something to say. */
void lost_explain(struct run *r, struct error *err);

/* Whose result a run's is. */
struct result run_result(struct job *job);

#endif
