#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "state.h"

/* Which server is imitated, where they differ. */
enum flavour {
    FLAVOUR_FORGE,
    FLAVOUR_A1111,
    FLAVOUR_SDCPP,
};

#define SANDBOX_VERSION "sdctl-sandbox"
#define SANDBOX_BODY_MAX ((size_t)256 << 20)   /* bytes of a request's body */
#define SANDBOX_PIXELS_MAX ((int64_t)64 << 20) /* of a picture to be painted */
#define SANDBOX_PICTURES_MAX 256               /* of one request */

struct dialect;
struct MHD_Daemon;

/* One running server: what was said on its command line, and what its requests share. */
struct sandbox {
    const struct dialect *dialect;
    void *own; /* the dialect's, between its start() and stop() */
    enum flavour flavour;
    const char *host;        /* loopback address */
    const char *credentials; /* --auth: "user:password" or the key, by dialect; or NULL */
    const char *root;        /* folder that requests are kept in, or NULL */
    double pace;             /* seconds a sampling step */
    double ttl;              /* seconds that links to results hold */
    long long queue_size;    /* tasks that may wait or run at a time (fooocus-api) */
    const char *bucket;      /* where results are written in S3 (eks) */
    bool quiet;
    atomic_uint port;
    struct MHD_Daemon *daemon;

    const char *faults[32]; /* --fault, "name[@path][:count]" */
    size_t n_faults;
    const char *fault_file;
    pthread_mutex_t fault_lock;
    json_t *fault_counts; /* fault as written: times it has struck */
    json_t *accepted;     /* ids of tasks, guarded by fault_lock: sandbox_accepted() */

    struct state state;
    json_t *settings; /* guarded by settings_lock */
    pthread_mutex_t settings_lock;
    atomic_uint kept; /* numbers of the folders under root */
};

/* Starts the dialect and the server on box->host and port, 0 for any free one; box->port becomes
 * the port. Of *box the fields that the command line sets are filled. Returns an exit status, 0
 * when it runs; otherwise an explanation is on standard error. */
int sandbox_start(struct sandbox *box, unsigned port);

/* Ends what waits and what runs, and releases all. Does nothing for a server that never ran. */
void sandbox_stop(struct sandbox *box);

/* Notes that a task was accepted: GET /sandbox/submissions lists them, so that a test can tell
 * whether a client has sent one twice. */
void sandbox_accepted(struct sandbox *box, const char *id);

/* {"submissions": how many, "tasks": [id]} */
json_t *sandbox_submissions(struct sandbox *box);

/* "http://HOST:PORT" */
#define SANDBOX_URL_MAX 96
void sandbox_url(const struct sandbox *box, char to[SANDBOX_URL_MAX]);

/* Why a request was not carried out, as the server's Python code would say it. */
struct failure {
    unsigned status;    /* HTTP status; 0 when all is well */
    char exception[40]; /* class: "HTTPException", "RuntimeError" ... */
    char detail[512];
};

/* Fills *f; always returns -1. */
int failure_set(struct failure *f, unsigned status, const char *exception, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

struct error;
/* A fault inside the work on a picture: 500 RuntimeError. Returns -1. */
int failure_from(struct failure *f, const struct error *err);

#endif
