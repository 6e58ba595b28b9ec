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

struct fault_count;

/* One running server: what was said on its command line, and what its requests share. */
struct sandbox {
    enum flavour flavour;
    char *credentials; /* "user:password", or NULL */
    const char *root;  /* folder that requests are kept in, or NULL */
    double pace;       /* seconds a sampling step */
    bool quiet;
    atomic_uint port;

    const char *faults[32]; /* --fault, "name[@path][:count]" */
    size_t n_faults;
    const char *fault_file;
    pthread_mutex_t fault_lock;
    json_t *fault_counts; /* fault as written: times it has struck */

    struct state state;
    json_t *settings; /* guarded by settings_lock */
    pthread_mutex_t settings_lock;
    atomic_uint kept; /* numbers of the folders under root */
};

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
