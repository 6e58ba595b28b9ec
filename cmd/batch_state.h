#ifndef SDCTL_CMD_BATCH_STATE_H
#define SDCTL_CMD_BATCH_STATE_H

#include "cmd/batch.h"
#include "cmd/batch_job.h"
#include "cmd/batch_lane.h"
#include "cmd/batch_source.h"
#include "job/ledger.h"

/* A batch on its way: what batch.c, batch_end.c and batch_tell.c share. */
struct batch {
    const struct batch_command *command;
    struct batch_source source;
    struct lanes lanes;
    struct ledger *ledger;
    struct batch_job **jobs; /* under way, or NULL */
    size_t n_jobs;           /* at most */
    bool ended;              /* no further job comes */
    bool idle;               /* none has come yet: the manifest is a pipe */
    bool watched;            /* on a terminal */
    int64_t farewell;        /* struct job */
    size_t before, succeeded, failed, interrupted, odd;
    struct error fatal; /* what ended all of it */
    struct error print; /* writing a document failed */
};

/* Prints what there is to say of a job, in one line; `why` is NULL for one that succeeded. */
void batch_tell(const struct batch *b, size_t number, const struct error *why,
                const json_t *warnings);

/* A job failed, or was interrupted: tells and counts it. */
void batch_tell_failure(struct batch *b, size_t number, const struct error *why,
                        const json_t *warnings);

/* Prints the line of counts, and says how the batch as a whole ended. */
int batch_sum_up(const struct batch *b, int64_t begun, struct error *err);

/* A job has ended: it is told and its place is free, or it goes to another endpoint. */
void batch_take(struct batch *b, size_t at);

#endif
