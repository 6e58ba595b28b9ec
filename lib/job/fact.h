#ifndef SDCTL_JOB_FACT_H
#define SDCTL_JOB_FACT_H

#include <jansson.h>

#include "job/job.h"
#include "job/receive.h"
#include "net/net.h"

/* Asking a server for what it is and has, before anything is sent to it. */

/* GETs a path, again where that may help (retry.h). 0 with *json NULL when the server has no such
 * path or fails on it; a key that is refused (401, 403) and a server that is too busy (429, 502,
 * 503, 504) are errors. */
int fact_get(struct job *job, struct net *net, const char *path, json_t **json, struct error *err);

/* GETs the path that tells a backend's servers; as fact_get(), but a server that fails on it (5xx)
 * is an error. */
int fact_probe(struct job *job, struct net *net, const struct backend *backend, json_t **json,
               struct error *err);

/* Finds out which backend an unknown server is, and prepares the job for it. EXIT_REFUSED when it
 * is none. */
int fact_backend(struct job *job, struct net *net, struct error *err);

/* The error that an answer of an error status is, in the server's own words as far as it has any:
 * 401 and 403 EXIT_KEY, other 4xx EXIT_REFUSED, the rest EXIT_FAILED. Returns -1. */
int fact_fault(const struct job *job, const char *path, const struct net_reply *reply,
               struct receive *receive, struct error *err);

#endif
