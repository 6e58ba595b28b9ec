#ifndef SDCTL_CMD_BATCH_JOB_H
#define SDCTL_CMD_BATCH_JOB_H

#include "base/sha256.h"
#include "cmd/batch.h"
#include "cmd/batch_lane.h"
#include "cmd/batch_source.h"
#include "job/ledger.h"

#define MOVES_MAX 20 /* times that a job goes to another endpoint */

/* One job of a batch. */
struct batch_job {
    const struct command *command;
    struct parsed settings; /* the command line's with the line's over it */
    json_t *line, *native, *keep;
    size_t number, slot;
    char digest[SHA256_HEX_SIZE]; /* of what it is: options, line, and its files' sizes and times */
    char label[64];               /* for its line of progress */
    const struct batch_source *source; /* borrowed */
    bool fatal;                        /* its error is one of the whole batch */
    int64_t *farewell;                 /* struct job; borrowed */
    bool sent_before;         /* an earlier run of the batch sent it and did not see its end */
    bool lives_on;            /* its task is in the journal */
    char *url;                /* where it was sent before: only that service has its task */
    struct ledger *ledger;    /* borrowed */
    json_t *files;            /* its pictures that have a name, or are about to get one */
    struct deadline deadline; /* from when it was first started */
    unsigned moves;
    struct lane *failed_on;
    struct lane *lane; /* where it runs; NULL: it waits for one */
    struct job job;
    struct run run;
};

/* Makes one of a line, which says what is laid over the command line. NULL with the error. */
struct batch_job *batch_job_new(const struct batch_command *b, json_t *line, size_t number,
                                struct error *err);

/* Finds in the journal what an earlier run of the batch sent, if it did: job->url. */
int batch_job_recall(struct batch_job *job, struct error *err);

/* Fills it for its lane and sends it, which is in the ledger before. A fault before that ends its
 * run. */
void batch_job_start(struct batch_job *job, const struct batch_command *b,
                     void (*watch)(void *ctx, const struct progress *progress));

/* Takes it back, to be started on another lane. */
void batch_job_stop(struct batch_job *job);

void batch_job_free(struct batch_job *job);

#endif
