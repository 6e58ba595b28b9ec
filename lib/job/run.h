#ifndef SDCTL_JOB_RUN_H
#define SDCTL_JOB_RUN_H

#include "job/exchange.h"
#include "job/job.h"
#include "job/result.h"
#include "net/net.h"

/* What job_run() is made of (run.c, submit.c, lost.c), and whatever else talks to a job's service.
 */

/* What a run has open. */
struct run {
    struct job *job;
    struct net_config config;
    struct net *net;
    struct exchange exchange; /* the submission */
    struct outcome outcome;   /* what its answer means */
    bool told;                /* of events: one told the outcome */
    int status;               /* of the answer */
};

/* Opens the service of r->job and finds out, if that is not known, what it is. */
int run_open(struct run *r, struct error *err);

/* Sends the task and finds out what its answer means (r->outcome). What lives on without us is in
 * the journal before it is sent. -1 with the error for a refusal or a lost answer. */
int submit(struct run *r, struct error *err);

/* After submit() failed: stops what runs if a signal came, and says what may have become of the
 * task. *document is made where there is something to say. */
void lost_explain(struct run *r, json_t **document, struct error *err);

/* Whose result a run's is. */
struct result run_result(struct job *job);

#endif
