#ifndef SDCTL_JOB_FACT_H
#define SDCTL_JOB_FACT_H

#include <jansson.h>

#include "job/job.h"
#include "job/receive.h"
#include "net/net.h"

/* Asking a server for what it is and has, before anything is sent to it. */

/* GETs a path (all pages of it, if the backend's lists come in pages), again where that may help
 * (retry.h). 0 with *json NULL when the server has no such path or fails on it; a key that is
 * refused (401, 403) and a server that is too busy (429, 502, 503, 504) are errors. */
int fact_get(struct job *job, struct net *net, const char *path, json_t **json, struct error *err);

/* GETs the path that tells a backend's servers; as fact_get(), but a server that fails on it (5xx)
 * is an error. */
int fact_probe(struct job *job, struct net *net, const struct backend *backend, json_t **json,
               struct error *err);

/* Finds out which backend an unknown server is, prepares the job for it, and gives the net to talk
 * to it, since each kind wants its key in another form. EXIT_REFUSED when it is none. */
int fact_backend(struct job *job, const struct net_config *config, struct net **net,
                 struct error *err);

/* Whose fault it was. */
struct fault_of {
    const struct backend *backend; /* NULL: not known yet */
    const struct secret *key;      /* hidden in the server's words; or NULL */
    const char *path;
    bool in_s3;       /* S3 answered, and `path` is an s3:// URL */
    const char *what; /* what the request is for, said when there is no such path: "interrogate" */
};

/* The error that an answer of an error status is, in the server's own words as far as it has any:
 * 401 and 403 EXIT_KEY, other 4xx EXIT_REFUSED, the rest EXIT_FAILED. Returns -1. */
int fact_fault(const struct fault_of *of, const struct net_reply *reply, struct receive *receive,
               struct error *err);

#endif
