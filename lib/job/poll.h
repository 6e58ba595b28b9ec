#ifndef SDCTL_JOB_POLL_H
#define SDCTL_JOB_POLL_H

#include "job/exchange.h"
#include "job/job.h"
#include "net/net.h"

/*
 * Asking how a task is doing while its submission is under way, on a second connection of the same
 * loop. Faults of these calls are no faults of the task: they are asked again later, or no more.
 */
struct poll {
    struct job *job;
    struct net *net;
    struct exchange exchange;
    enum ask ask;   /* of the exchange */
    bool no_task;   /* the server cannot tell about one task */
    bool no_server; /* nor about what it does in general */
    int64_t next;   /* clock_ms() of the next round */
    struct progress progress;
    char *scratch; /* folder for previews; NULL: none are wanted; owned */
};

void poll_init(struct poll *p, struct job *job, struct net *net);

/* Goes on with it: starts a call when it is time, takes in one that has ended. */
void poll_step(struct poll *p);

/* Milliseconds until poll_step() has something to do, at most 1000. */
int64_t poll_due(const struct poll *p);

void poll_release(struct poll *p);

#endif
