#ifndef SANDBOX_DIALECT_H
#define SANDBOX_DIALECT_H

#include "fault.h"
#include "reply.h"
#include "sandbox.h"

/*
 * One kind of service that the sandbox can be. Each --backend starts a server of its own with a
 * port of its own: --port N gives the first N, the next N + 1 and so on (0: any free ones).
 */
struct dialect {
    const char *name; /* as --backend says */
    /* Prepares box->own before the server starts, and ends it after. NULL: nothing to do. start()
     * explains a failure on standard error and leaves nothing behind. When stop() runs, no request
     * does, and state_step() and state_sleep() return at once. */
    bool (*start)(struct sandbox *box);
    void (*stop)(struct sandbox *box);
    /* Whether the request's key is right; else the reply is filled. */
    bool (*check_key)(struct request *request, struct reply *reply);
    /* Fills the reply. */
    void (*serve)(struct request *request, struct reply *reply);
    /* An error in the service's own form: reply_failure() and reply_error() call it. */
    void (*fail)(const struct request *request, struct reply *reply, const struct failure *f);
    /* The paths that make pictures or descriptions, NULL-terminated: those that a fault strikes
     * when it is written without @PATH. */
    const char *const *paths;
    /* Faults of this dialect besides FAULTS_EARLY and FAULTS_LATE, or NULL. */
    const struct fault *faults;
};

/* All of them, NULL-terminated; the first is the default. */
extern const struct dialect *const dialects[];

/* The one of that name, or NULL. */
const struct dialect *dialect_find(const char *name);

extern const struct dialect dialect_webui, dialect_ppinfra, dialect_fooocusapi, dialect_fooocus_api,
    dialect_eks;

#endif
