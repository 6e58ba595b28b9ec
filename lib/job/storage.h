#ifndef SDCTL_JOB_STORAGE_H
#define SDCTL_JOB_STORAGE_H

#include "job/job.h"
#include "net/net.h"
#include "net/s3.h"

/* Buckets in S3 that a job has to do with, on the event loop of its service. */

struct storage {
    struct storage *next;
    char bucket[S3_BUCKET_MAX + 1];
    char *base;
    struct s3 s3;
    struct net *net;
};

/* The bucket that an s3:// URL names, opened when it is asked for first. *net is borrowed.
 * EXIT_KEY when there are no keys for S3, EXIT_USAGE when the URL is none. */
int storage_open(struct storage **list, const struct job *job, struct net *beside, const char *url,
                 struct net **net, struct error *err);

/* Whether there are keys for S3. */
int storage_check(struct error *err);

/* Closes all of a list, before the service's own net. */
void storage_close(struct storage **list);

#endif
