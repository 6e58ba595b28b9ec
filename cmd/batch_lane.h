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
    int64_t answered; /* clock_ms() when one of them was last seen to work */
};

/* Opens all endpoints that the options name (one at least) on one event loop. Those that cannot be
 * reached are left alone at first; an error of another kind is one of the whole batch. */
int lanes_open(struct lanes *lanes, const struct remote_options *options, const char *command,
               struct error *err);

/* The lane that a job goes to: the least busy one of those that are not left alone, and not
 * `not_this` unless it is the only one. NULL when all are left alone, *due being how long. */
struct lane *lanes_pick(struct lanes *lanes, const struct lane *not_this, int64_t *due);

/* The lane of a URL, if it is open; NULL: there is none. */
struct lane *lanes_find(struct lanes *lanes, const char *url);

/* Whether a lane is to be used now; else *due is lowered to how long it is left alone. */
bool lane_is_ready(struct lanes *lanes, struct lane *lane, int64_t *due);

/* A job of the lane took so long. */
void lanes_succeeded(struct lanes *lanes, struct lane *lane, int64_t ms);

/* A job failed for a reason that is the lane's. When it may as well be the job's (`unsure`), the
 * lane is only left alone while another one works. */
void lanes_failed(struct lanes *lanes, struct lane *lane, bool unsure, const char *why);

/* How long none of them has worked, in ms; 0 while one is not left alone. */
int64_t lanes_dead(const struct lanes *lanes);

void lanes_close(struct lanes *lanes, struct error *err);

#endif
