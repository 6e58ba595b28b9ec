#ifndef SDCTL_BACKEND_BACKEND_H
#define SDCTL_BACKEND_BACKEND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/native.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/secret.h"

/*
 * A backend is one kind of service: one const vtable of pure functions. Parameters in, request out;
 * reply in, outcome out. No clock, no socket, no file: only the job driver joins a backend and the
 * network, so golden tests need no server.
 */

enum operation { OPERATION_IMG2IMG, OPERATION_INPAINT, OPERATION_INTERROGATE };

/* What is asked of a service, while it is put together. */
struct task {
    enum operation operation;
    json_t *neutral; /* merged neutral parameters, pictures as nodes; owned */
    json_t *native;  /* the request tree; owned */
    int flavour;     /* which server of its kind it is; the backend's own numbers, 0 unknown */
    char id[257];    /* the task's id, "" when there is none; at most 256 printable bytes */
    size_t n_images; /* init images */
    uint32_t width, height; /* of the first init image */
    bool unchecked;         /* --set-unchecked */
    json_t *warnings;       /* array of strings, for the result document; owned */
};

/* A request to be made. */
struct request {
    const char *path;
    json_t *body;    /* NULL: a GET; owned by whoever receives the request */
    const char *tap; /* where the answer has base64 pictures, as tap_init() takes it; or NULL */
};

enum ask {
    ASK_SUBMIT,        /* the task itself */
    ASK_PROGRESS,      /* how this task is doing */
    ASK_PROGRESS_STEP, /* the step that the server is at, whoever's task it is */
    ASK_CANCEL,        /* stop what runs now */
};

/* How a task is doing. Numbers are negative when unknown. */
struct progress {
    bool active, queued, completed; /* of this task */
    double fraction;                /* 0 .. 1 */
    double eta;                     /* seconds */
    long step, steps;
    long position, length; /* in the queue, from 1 */
};

/* What arrived as a picture. */
struct arrived {
    uint32_t width, height;
    const char *text; /* the generation parameters in it (infotext), borrowed; or NULL */
};

enum picture_role { ROLE_RESULT, ROLE_GRID, ROLE_EXTRA };

struct pictured {
    enum picture_role role;
    bool has_seed;
    json_int_t seed;
};

/* What an answer means. */
struct outcome {
    json_t *info;              /* what the server said; owned, may be NULL */
    char *caption;             /* for interrogate; owned */
    struct pictured *pictures; /* one for each that arrived; owned */
    size_t n_pictures;
    size_t differences; /* how many of the task's warnings say "not as asked" */
};

/* A list of names that a server offers. */
struct catalogue {
    const char *kind; /* "samplers" */
    const char *path;
};

struct backend {
    const char *name;
    const char *title;
    const char *default_url;
    const char *probe; /* a path to GET that only such servers have */
    enum secret_form key_form;
    const struct native *natives;      /* its parameters; ends with name == NULL */
    const struct catalogue *catalogue; /* what `endpoint check` lists; ends with kind == NULL */

    /* Whether the answer at `probe` is such a server's. */
    bool (*recognise)(const json_t *fact);

    /* Paths to GET before the task is sent, at most `cap`. Returns how many. */
    size_t (*facts_needed)(const struct task *task, const char **paths, size_t cap);

    /* Completes task->native from task->neutral (pictures, LoRAs, scripts ...) and from `facts`, an
     * object of the answers by path (null for a path that the server does not have; NULL when the
     * server was not asked). Refuses what the server would misread, and warns. EXIT_USAGE,
     * EXIT_REFUSED. */
    int (*compose)(struct task *task, const json_t *facts, struct error *err);

    /* The request for `ask`. False when this server has no such thing. */
    bool (*request)(const struct task *task, enum ask ask, struct request *request);

    /* Reads the answer to a submission (status 200). Appends warnings to the task. EXIT_FAILED. */
    int (*outcome)(struct task *task, const json_t *reply, const struct arrived *arrived,
                   size_t n_arrived, struct outcome *outcome, struct error *err);

    /* Reads an answer about progress into what is known already; false when it says nothing. */
    bool (*progress)(enum ask ask, const json_t *reply, struct progress *progress);

    /* Adds to what --explain shows what follows from the parameters: {"NAME": {"value", "origin"}}.
     */
    bool (*explain)(const struct task *task, json_t *explained);

    /* The server's own words in an error answer, as a new buffer's text: `reply` is NULL when the
     * answer was no JSON. */
    void (*fault)(int status, const json_t *reply, struct buf *words);
};

/* All backends, NULL-terminated. */
extern const struct backend *const backends[];

/* By its name, or NULL. */
const struct backend *backend_find(const char *name);

/* Adds a printf-formed warning to the task; false without memory. */
bool backend_warn(struct task *task, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Frees the members. NULL-safe. */
void backend_release_task(struct task *task);
void backend_release_outcome(struct outcome *outcome);

#endif
