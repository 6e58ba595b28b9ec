#ifndef SDCTL_JOB_DOWNLOAD_H
#define SDCTL_JOB_DOWNLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "job/receive.h"
#include "job/retry.h"
#include "net/net.h"

/*
 * Fetching results by their URLs, one after the other, on an event loop that others share: each
 * becomes the next picture of a receiver, checked as any picture is. A transfer that breaks off
 * goes on where it stopped when the server allows (Range with If-Range, 206), else from the start;
 * 429, 5xx, network faults and damaged pictures are repeated as a read is; 403, 404 and 410 of a
 * link that had a time to live say that it may have expired. No error shows a URL's query, since
 * that may be a signature. After an error the receiver has the pictures before it. The key never
 * goes along, except to the service itself.
 */
struct download {
    struct net *net; /* the service; borrowed */
    const struct patience *patience;
    const struct outcome *outcome; /* whose links are fetched; borrowed */
    bool own_files;                /* struct backend */
    struct receive *receive;       /* where the pictures go; borrowed */
    size_t at;                     /* which link is next */
    char *target;                  /* its URL, or its path on the service; owned */
    struct net_call *call;         /* under way, or NULL */
    bool begun;                    /* it has brought bytes of a picture, */
    bool broken;                   /* which were found to be damaged */
    long attempt;
    int64_t next;   /* clock_ms() of the next attempt */
    bool open;      /* a picture has been begun */
    uint64_t have;  /* bytes of it */
    char etag[128]; /* of what they are a part of; "" when they cannot be gone on with */
    bool done;      /* all are there, or one failed: */
    int result;     /* 0 or -1 */
    struct error error;
};

void download_init(struct download *d, struct net *net, const struct patience *patience,
                   const struct outcome *outcome, bool own_files, struct receive *receive);

/* Goes on with it: starts a call when it is time, takes in one that has ended. */
void download_step(struct download *d);

/* Milliseconds until download_step() has something to do, at most 1000. */
int64_t download_due(const struct download *d);

/* NULL-safe; safe at any time, and on a zeroed one. The receiver is not touched. */
void download_release(struct download *d);

#endif
