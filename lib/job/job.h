#ifndef SDCTL_JOB_JOB_H
#define SDCTL_JOB_JOB_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "backend/backend.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "job/output.h"
#include "job/retry.h"
#include "wire/json.h"
#include "wire/source.h"

/*
 * The driver: the one place where a backend, the network and files meet. A job is filled in by a
 * command, then prepared (nothing is sent), and then printed, explained or run.
 */

#define JOB_SOURCES_MAX 64

/* Where parameters come from, the highest precedence first. */
enum job_layer { LAYER_OPTION, LAYER_SET, LAYER_PARAMS, LAYER_FROM, LAYER_UI, LAYER_COUNT };

struct job {
    /* What is asked; filled in by the command. */
    const char *command; /* "img2img" */
    enum operation operation;
    json_t *layers[LAYER_COUNT]; /* NULL or objects; option, from and ui are neutral, set and params
                                    native; owned */
    bool unchecked;              /* --set-unchecked */

    /* Where; filled in by the command. */
    const char *endpoint_name; /* as the user named it; borrowed */
    const char *url;           /* url_base() form, or NULL for the backend's default; borrowed */
    const struct backend *backend; /* NULL: find out */
    const struct secret *key;
    bool insecure_http, strict;
    const char
        *in_batch;       /* the SHA-256 of the job that it is, for the journal; borrowed, or NULL */
    bool adopt;          /* a task that the journal has for this job is gone on with */
    int64_t *farewell;   /* of jobs that share it: clock_ms() by which all must be said after a
                            signal,   0 as long as there was none; borrowed, or NULL */
    bool resubmit;       /* though the same request may have been taken already */
    bool resolve;        /* --resolve */
    const char *stage;   /* s3://BUCKET/PREFIX: pictures are put there, and links sent; or NULL */
    bool journal_params; /* keep what was asked in the journal */
    enum delivery delivery;
    struct patience patience;
    struct output output;
    void (*watch)(void *ctx, const struct progress *progress); /* called about once a second; NULL:
                                                                  the server is not asked */
    void (*preview)(void *ctx, int fd, uint64_t bytes); /* a picture of the state in between; or
                                                           NULL */
    void (*log)(void *ctx, const char *line);
    void *ctx;

    /* Pictures to send: job_add_picture() opens them. */
    struct source sources[JOB_SOURCES_MAX];
    struct body_picture pictures[JOB_SOURCES_MAX];
    struct input inputs[JOB_SOURCES_MAX];
    size_t n_sources;

    /* Made on the way. */
    struct task task;
    json_t *origins; /* native name -> where its value came from */
    json_t *known;   /* a batch: answers to facts so far, by path; borrowed; else NULL */
    json_t *probed;  /* what the backend's probe answered, if that was asked for; owned */
    int64_t started;
    bool submitted;          /* the server may have the task */
    struct journal *journal; /* of a task that lives on without us; else NULL */
    char key_in_journal[32];
    bool doubtful; /* it may have been taken, but its answer was lost */
};

void job_init(struct job *job);

/* Takes over an opened source and gives the node that stands for it (owned by the job's tree: a new
 * reference). NULL without memory or room. */
json_t *job_add_picture(struct job *job, struct source *source, struct error *err);

/* Puts another opened source (taken over, also on failure) in the place of picture `at`: its node
 * stays where it is and describes the new one. */
int job_replace_picture(struct job *job, size_t at, struct source *source, struct error *err);

/* Merges the layers and checks every parameter; opens nothing, sends nothing. With `offline` it
 * also composes the request without having asked the server. */
int job_prepare(struct job *job, bool offline, struct error *err);

/* Prepares a job that was run for the next run: its layers and pictures, which may have been
 * changed meanwhile, and its output stay. */
int job_again(struct job *job, struct error *err);

/* Whether a node stands for one of the job's pictures. */
bool job_is_picture(const struct job *job, const json_t *node);

/* A copy of a part of the request tree, to be changed: objects and arrays are new, pictures keep
 * their identity. NULL without memory. */
json_t *job_copy_tree(const struct job *job, json_t *value);

/* Writes the exact request body. After job_prepare(offline). */
int job_print_body(const struct job *job, json_sink *sink, void *ctx, struct error *err);

/* Effective parameters and where they come from, as a new object. After job_prepare(offline). */
json_t *job_explain(const struct job *job, struct error *err);

/*
 * Runs a prepared job: finds out what is there, sends, waits, receives, places the pictures. The
 * result document is given (owned by the caller) when there is something to say: after success, and
 * when the task lives on without us. 0 on success, with err->code EXIT_NOT_AS_ASKED when `strict`
 * and the server did something else; else -1.
 */
int job_run(struct job *job, json_t **document, struct error *err);

/* NULL-safe. */
void job_release(struct job *job);

#endif
