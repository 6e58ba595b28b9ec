#ifndef SANDBOX_FOOOCUS_ENGINE_H
#define SANDBOX_FOOOCUS_ENGINE_H

#include "fooocus_plan.h"

/*
 * The worker of the Fooocus servers: one thread that takes tasks in their order and reports what it
 * does as events. All fields of a task that change are guarded by the engine's lock.
 */
struct fooocus_event {
    int progress; /* per cent */
    int step;     /* of the sampling, from 1; 0: there is no picture of it */
    char message[72];
};

enum fooocus_state { FOOOCUS_WAITING, FOOOCUS_TAKEN, FOOOCUS_RUNNING, FOOOCUS_FINISHED };

struct fooocus_task {
    char id[40];
    struct fooocus_order order;
    json_t *request;              /* what is told of it later; owned */
    const char *type;             /* of the old server: job_type */
    char name[128], ext[16];      /* of the files: NAME-0.EXT ..., or "" */
    char folder[RECORD_PATH_MAX]; /* for record.h, or "" */
    bool previews;
    bool gone;   /* nobody looks after it any more: its end is not recorded */
    bool wedges; /* ends the worker when its turn comes */
    int64_t in_queue, started, finished; /* milliseconds since 1970; 0: not yet */
    enum fooocus_state state;
    struct fooocus_event *events;
    size_t n_events;
    int steps;           /* of one picture */
    struct raster small; /* the picture being sampled, an eighth of its size */
    char stop[8];        /* "stop", "skip" or "" */
    bool failed;         /* an exception in the worker */
    char error[200];
    json_t *files; /* "DATE/NAME" of each result */
    json_t *seeds;
    json_t *record;                 /* done()'s: what a synchronous request is answered */
    char base_url[SANDBOX_URL_MAX]; /* that links to results begin with */
    int refs;
    struct fooocus_task *next;
};

struct fooocus_engine {
    struct sandbox *box;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool running, wedged; /* wedged: takes no more tasks (D9) */
    bool stop_next;       /* the old server's stop while nothing runs hits what comes next */
    struct fooocus_task *first, *current;
    char folder[RECORD_PATH_MAX / 2]; /* of all files: --root, or a temporary one */
    bool temporary;
    const char *results; /* folder of results below it, and in links to them */
    /* Called in the worker, without the lock, when a task is through and before it is finished. */
    void (*done)(struct fooocus_engine *engine, struct fooocus_task *task);
    void *own;
};

/* Makes the folders and starts the worker; false with an explanation on standard error. `results`
 * is a literal. */
bool fooocus_engine_start(struct fooocus_engine *engine, struct sandbox *box, const char *results,
                          void (*done)(struct fooocus_engine *, struct fooocus_task *));

/* Ends what holds tasks: waits for the worker, then lets go of those that wait and of the folder.
 */
void fooocus_engine_join(struct fooocus_engine *engine);
void fooocus_engine_stop(struct fooocus_engine *engine);

/* A task to be filled in, owned by the caller until fooocus_engine_add(), which keeps it as long as
 * it needs it; a caller that goes on using it holds it before. */
struct fooocus_task *fooocus_task_new(void);
void fooocus_task_hold(struct fooocus_engine *engine, struct fooocus_task *task);
void fooocus_task_drop(struct fooocus_engine *engine, struct fooocus_task *task);
void fooocus_engine_add(struct fooocus_engine *engine, struct fooocus_task *task);

/* Waits for the end of a task, or until it has more events than `n_events`, or so many seconds have
 * passed; false when the server stops. */
bool fooocus_engine_wait(struct fooocus_engine *engine, struct fooocus_task *task, size_t n_events,
                         double seconds);

/* Waits for the end. */
bool fooocus_engine_finish(struct fooocus_engine *engine, struct fooocus_task *task);

/* The ids of waiting tasks, in order. */
json_t *fooocus_engine_waiting(struct fooocus_engine *engine);

/* Stops or skips what runs; false when nothing does. */
bool fooocus_engine_interrupt(struct fooocus_engine *engine, const char *how);

/* The picture at a sampling step as PNG in base64, malloc'd; NULL when there is none. Takes the
 * lock itself. */
char *fooocus_engine_preview(struct fooocus_engine *engine, struct fooocus_task *task, int step);

int64_t fooocus_engine_millis(void);

/* fooocus_run.c: carries a task out. */
void fooocus_run(struct fooocus_engine *engine, struct fooocus_task *task);

#endif
