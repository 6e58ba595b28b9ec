#ifndef SDCTL_JOB_STAGE_H
#define SDCTL_JOB_STAGE_H

#include "job/job.h"
#include "job/receive.h"
#include "net/net.h"
#include "wire/body.h"

/*
 * Putting a job's pictures into S3 before the request with links to them is sent: one after the
 * other, each under its SHA-256, so that the same picture is the same object however often it is
 * put. A PUT is repeated as a read is.
 */
struct stage {
    const struct job *job; /* whose `stage` says where to, and whose pictures they are */
    struct net *net;       /* to the bucket; borrowed */
    size_t at;             /* which picture is next */
    struct net_call *call; /* under way, or NULL */
    struct buf path;
    struct body body;
    struct receive receive; /* what was answered when it is refused */
    long attempt;
    int64_t next; /* clock_ms() of the next attempt */
};

/* Checks a URL given as --s3-stage. EXIT_USAGE. */
int stage_check(const char *url, struct error *err);

void stage_begin(struct stage *s, const struct job *job, struct net *net);

/* Goes on: 1 while there is something to do, 0 once all are there, -1 with the error. */
int stage_step(struct stage *s, struct error *err);

/* Milliseconds until stage_step() has something to do, at most 1000. */
int64_t stage_due(const struct stage *s);

/* Breaks off and frees. Safe on a zeroed one. */
void stage_release(struct stage *s);

#endif
