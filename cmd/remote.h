#ifndef SDCTL_CMD_REMOTE_H
#define SDCTL_CMD_REMOTE_H

#include "base/secret.h"
#include "cmd/groups.h"
#include "job/job.h"

/* What all commands that talk to a service share: which one, with which key, for how long. */
struct remote {
    char *url;  /* owned */
    char *name; /* as the result document calls it; owned */
    struct secret key;
};

/*
 * Fills in where the job goes: --endpoint, $SDCTL_ENDPOINT, or the default one; --backend,
 * $SDCTL_BACKEND, or the endpoint's; the key from --api-key-file, $SDCTL_API_KEY, or the
 * endpoint's. Without `needed` (nothing will be sent) a missing endpoint is no error and no key is
 * read.
 */
int remote_open(struct remote *remote, const struct remote_options *options, const char *command,
                bool needed, struct job *job, struct error *err);

/* The one endpoint that the options name; NULL when they name none. */
const char *remote_endpoint(const struct remote_options *options);

/* Whether a service is named by an option, the environment or the configuration's default. */
bool remote_is_named(const struct remote_options *options);

/* Runs a prepared job with progress and signals, and prints its document (not when the picture goes
 * to standard output) and warnings. */
int remote_run(const struct remote_options *options, struct job *job, json_t **document,
               struct error *err);

/* Prints what --explain or --dry-run show of a job that was prepared offline. */
int remote_print(const struct remote_options *options, const struct job *job, struct error *err);

/* Wipes the key and frees; hides the key in the error, which is printed later. */
void remote_close(struct remote *remote, struct error *err);

#endif
