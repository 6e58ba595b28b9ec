#ifndef SDCTL_JOB_EXCHANGE_H
#define SDCTL_JOB_EXCHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend/backend.h"
#include "job/receive.h"
#include "net/net.h"
#include "wire/body.h"

/* One request that a backend makes, under way: the request, its body and where the answer goes. */
struct exchange {
    struct request request;
    struct body body;
    struct receive receive;
    struct net_call *call; /* NULL: none is under way */
};

/* What is to be exchanged; all of it borrowed. */
struct exchange_plan {
    const struct backend *backend;
    const struct task *task;
    enum ask ask;
    const struct body_picture *pictures; /* in the request */
    size_t n_pictures;
    bool reuse;                  /* net.h */
    int64_t timeout_ms;          /* for this call alone; 0: the deadline is enough */
    struct receive_plan receive; /* without `answer` and `tap`, which the request tells */
};

/* Starts it. 1 when the backend has no such request; -1 with the error. A submission is sent on a
 * connection of its own and never repeated by libcurl. */
int exchange_start(struct exchange *x, struct net *net, const struct exchange_plan *plan,
                   struct error *err);

bool exchange_is_done(const struct exchange *x);

/* Ends the call, whether it is done or not. 0 when an answer of any status came; *json is that of a
 * 200 (owned by the caller; NULL where the answer is no JSON document). -1 with the error, for an
 * unusable answer too; reply->status tells which. The receiver keeps what it has until the release.
 */
int exchange_finish(struct exchange *x, struct net_reply *reply, json_t **json, struct error *err);

/* Breaks off what is under way and frees. Safe on a zeroed one. */
void exchange_release(struct exchange *x);

#endif
