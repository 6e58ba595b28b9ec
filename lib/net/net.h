#ifndef SDCTL_NET_NET_H
#define SDCTL_NET_NET_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "net/s3.h"
#include "wire/body.h"

/*
 * HTTP to one service: an event loop over libcurl in which several calls run side by side (a
 * submission and the polling of its progress). It knows nothing of Stable Diffusion. What it sees
 * to: one deadline for everything; the key goes to the service's own origin only, and over plain
 * http only to this machine (or when that was allowed); redirects are followed by hand, those of
 * API calls within the origin; a download leads neither from the Internet into private networks nor
 * to this machine (zone.h); a submission is never sent twice behind our back; answers that are
 * compressed without having been asked for, or with endless headers, are refused.
 */

struct net_config {
    const char *base;         /* the service's URL, as url_base() made it; borrowed */
    const struct secret *key; /* may be NULL or empty; borrowed */
    enum secret_form key_form;
    const struct s3 *s3; /* requests are signed with its keys (s3.h), instead of `key`; or NULL;
                            borrowed */
    bool insecure_http;  /* the key may go over plain http */
    struct deadline deadline;
    const volatile sig_atomic_t *stop;        /* a signal's number when one has come; may be NULL */
    void (*log)(void *ctx, const char *line); /* one line for each call, without secrets; or NULL */
    void *log_ctx;
    struct net *beside; /* run on the event loop of this one; NULL: an own loop */
    bool many;          /* there will be many calls at a time: smaller buffers */
};

struct net_reply {
    int status;    /* of the final answer; 0 before it is known */
    char type[64]; /* Content-Type without parameters, lower case */
    char retry_after[64];
    uint64_t received; /* body bytes */
    char etag[128];    /* a strong ETag; "" when there is none */
    uint64_t offset;   /* of a 206: where its first byte stands */
    bool lost;         /* the answer got lost on its way: another attempt may get one */
    bool sent;         /* some of a body may have reached it */
};

struct net_request {
    const char *path; /* "/sdapi/v1/img2img", after the service's URL; */
    /* or an absolute URL: a download. The key goes along only while it is at the service's own
     * origin. At most 3 redirects, also to other origins, but not from https to http. Addresses are
     * judged when a connection is made; through a proxy, which resolves names itself, only those
     * that a URL spells out. EXIT_FAILED when it leads where the service may not. */
    const char *url;
    uint64_t offset;    /* of a download: bytes that are there already (Range); the answer may be a
                           206 from there on, checked to be that, or a 200 from the start */
    const char *etag;   /* of a download with an offset: only if it is still this one; or NULL */
    const char *accept; /* NULL: application/json, of a download anything */
    struct body *body;  /* NULL: GET; else POST; borrowed */
    bool put;           /* PUT instead of POST */
    bool submission;    /* must not be repeated: on a connection of its own, */
    bool reuse; /* or on one that was used a moment ago; one that breaks then is a lost answer,
                   since libcurl may not send it again once it has taken of the body */
    int64_t timeout_ms; /* for this call alone; 0: the deadline is enough */
    /* Takes body bytes of the final answer; `reply` is complete but for `received`. */
    int (*take)(void *ctx, const struct net_reply *reply, const char *bytes, size_t n,
                struct error *err);
    void *ctx;
};

struct net;
struct net_call;

/* Loads libcurl and prepares the loop. Refuses a key over plain http here (EXIT_KEY). */
int net_open(struct net **net, const struct net_config *config, struct error *err);

/* Ends its calls and frees it. Those that run beside it must be closed first. NULL-safe. */
void net_close(struct net *net);

/* What is sent along that a server could echo: the key, or S3's token. Borrowed; may be empty or
 * NULL. */
const struct secret *net_secret(const struct net *net);

/* Starts a call; it runs while net_step() is called. The request is copied, what it points to is
 * borrowed until the call has ended. */
int net_start(struct net *net, const struct net_request *request, struct net_call **call,
              struct error *err);

/* Drives all calls of its event loop for at most `ms`; returns sooner when something happened. */
void net_step(struct net *net, int64_t ms);

/* Whether a call has ended. */
bool net_is_done(const struct net_call *call);

/*
 * Ends a call (whether it is done or not) and frees it. 0 when a whole answer came, of any status.
 * Else -1: EXIT_NETWORK for connect, TLS, a lost or truncated answer; EXIT_DEADLINE; EXIT_SIGNAL +
 * n after a signal; or the error of `take` or of the body. *reply is filled in every case.
 */
int net_finish(struct net_call *call, struct net_reply *reply, struct error *err);

/* Starts a call and drives the loop until it has ended. */
int net_perform(struct net *net, const struct net_request *request, struct net_reply *reply,
                struct error *err);

#endif
