#ifndef SDCTL_CMD_BATCH_H
#define SDCTL_CMD_BATCH_H

#include "cmd/groups.h"
#include "cmd/options.h"
#include "job/job.h"

/*
 * Many jobs in one process, on one event loop: --batch, --jobs, --shard, several --endpoint. Jobs
 * go to the endpoint that is least busy; one that fails is left alone for a while, and its job goes
 * elsewhere if nothing of it can have been accepted. Documents are printed as jobs end. What is
 * done is noted in a ledger (job/ledger.h), so the same command again does what is missing.
 */

/* What a command brings. */
struct batch_command {
    const struct command *command;
    const struct parsed *parsed; /* the command line */
    const struct batch_options *options;
    const struct remote_options *remote;
    enum operation operation;
    bool resubmit;

    /* Fills a job whose where-fields are set from one job's settings, and plans its output;
     * `native` are native parameters of the job's line. */
    int (*fill)(struct job *job, struct parsed *settings, const json_t *native, struct error *err);
};

/* Runs it. EXIT_SOME_FAILED when some jobs failed, and the errors of what concerns the whole. */
int batch_run(const struct batch_command *b, struct error *err);

#endif
