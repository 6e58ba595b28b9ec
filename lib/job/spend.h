#ifndef SDCTL_JOB_SPEND_H
#define SDCTL_JOB_SPEND_H

#include "job/exchange.h"
#include "job/job.h"

/*
 * Sending a task so that it is never lost and never paid twice. Of a task that lives on without us
 * the journal knows before it is sent, and again as soon as its id is known; when the answer got
 * lost, the same request is not sent again unless that is asked for.
 */

/* Prepares the journal for the submission that `request` and `body` are: refuses a request that may
 * have been taken already (EXIT_REFUSED), and a journal that cannot be written (EXIT_OUTPUT): then
 * nothing is spent. Does nothing for a task that ends with its answer. 1 when job->adopt and the
 * journal has a task for the same request: job->task.id is its, and nothing is to be sent. */
int spend_begin(struct job *job, const struct request *request, struct body *body,
                struct error *err);

/* What the submission came to: `result` is 0 when its answer was understood. Sets job->doubtful
 * when it may have been taken all the same. */
void spend_end(struct job *job, int result, const struct net_reply *reply, const struct error *err);

/* The service took the task, job->task.id is its. Failing to note that is a warning: the id is
 * printed. */
void spend_taken(struct job *job);

#endif
