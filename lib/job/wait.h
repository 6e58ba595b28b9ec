#ifndef SDCTL_JOB_WAIT_H
#define SDCTL_JOB_WAIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "job/download.h"
#include "job/exchange.h"
#include "job/journal.h"
#include "job/result.h"
#include "job/retry.h"

/*
 * Waiting for a task that lives on the service: asking how it stands at intervals that follow its
 * progress, and when it has ended fetching, placing and journalling its results. Many waits run on
 * one event loop. Faults of single questions (network, 429, 5xx) are sat out, at most
 * patience->retries of them in a row; 401 and 403 are not.
 */
struct wait {
    /* Filled in by the caller; borrowed, but for the result's struct itself. */
    struct net *net; /* to the service, or to the bucket where it has its state */
    struct result of;
    const struct patience *patience;
    struct journal *journal;  /* NULL: nothing is noted */
    const char *entry;        /* the task's key in the journal; NULL: it is not there */
    const struct secret *key; /* the service's, to be hidden in its answers; may be NULL */
    bool look;                /* ask once, fetch nothing (`tasks get`) */
    bool impatient;           /* do not wait for what still runs (`tasks fetch`) */
    bool fresh;               /* submitted just now: the service may not know it yet */
    void (*watch)(void *ctx, const struct progress *progress); /* may be NULL */
    void *ctx;

    /* While it goes on. */
    struct exchange exchange;
    enum ask ask;
    long failures, misses; /* in a row */
    int64_t began, next;   /* clock_ms() */
    struct outcome outcome;
    struct download download;
    struct receive received;
    bool downloading;

    /* Once it is over. */
    bool done;
    int result;       /* 0, or -1 with */
    struct error err; /* this */
    json_t *document; /* owned; NULL when there is nothing to say */
};

/* Begins with asking. */
void wait_begin(struct wait *w);

/* Begins with an outcome that is known already (taken over): its links are fetched, or if the task
 * still runs it is waited for. */
void wait_begin_with(struct wait *w, struct outcome *outcome);

/* Goes on with it. */
void wait_step(struct wait *w);

/* Milliseconds until wait_step() has something to do, at most 1000. */
int64_t wait_due(const struct wait *w);

/* Ends one that is not over: the deadline has passed, or a signal has come. */
void wait_stop(struct wait *w);

/* Goes on with all of them until each is over, the deadline has passed or a signal has come;
 * `ended` is told of each. They share one event loop and one patience. */
void wait_all(struct wait *const *waits, size_t n, void (*ended)(void *ctx, struct wait *w),
              void *ctx);

/* Breaks off and frees what it made; safe on a zeroed one. */
void wait_release(struct wait *w);

#endif
