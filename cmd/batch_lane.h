#ifndef SDCTL_CMD_BATCH_LANE_H
#define SDCTL_CMD_BATCH_LANE_H

#include "cmd/remote.h"
#include "job/run.h"

/* One endpoint of a batch, opened. */
struct lane {
    struct remote remote;
    struct job where; /* where-fields only */
    struct run run;   /* its net */
    json_t *known;    /* what it told of itself, by path */
    size_t busy;      /* jobs that it has */
    double mean;      /* seconds a job takes it; 0: not known */
    unsigned faults;  /* in a row */
    const char *name; /* as it was named; NULL: the default one; borrowed */
    int64_t rest;     /* clock_ms() until which it is left alone */
};

struct lanes {
    struct lane *v;
    size_t n;
    struct net *loop; /* the first net that was opened: its event loop is everyone's */
    const struct remote_options *options;
    const char *command;
};

/* Opens all endpoints that the options name (one at least) on one event loop. Those that cannot be
 * reached are left alone at first; an error of another kind is one of the whole batch. */
int lanes_open(struct lanes *lanes, const struct remote_options *options, const char *command,
               struct error *err);

/* The least busy lane that is not left alone, and not `not_this` if there is another; NULL when all
 * are left alone, *due being how long. */
struct lane *lanes_pick(struct lanes *lanes, const struct lane *not_this, int64_t *due);

/* A job of the lane took so long; or failed for a reason that is the endpoint's. */
void lane_succeeded(struct lane *lane, int64_t ms);
void lane_failed(struct lane *lane, const char *command, const char *why);

void lanes_close(struct lanes *lanes, struct error *err);

#endif
