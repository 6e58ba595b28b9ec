#ifndef SANDBOX_FOOOCUSAPI_H
#define SANDBOX_FOOOCUSAPI_H

#include "fooocus_engine.h"
#include "reply.h"

/* The new server, FooocusAPI (contracts 4.4): dialect_fooocusapi and its parts. */
struct fooocusapi {
    struct fooocus_engine engine;
    struct sqlite3 *history;
    int64_t started; /* when the server started: the default of end_at (D18), milliseconds */
    json_t *stale;   /* what /tasks goes on showing as current after a stream was given up; guarded
                        by the engine's lock */
};

/* The routes. */
void fooocusapi_generate(struct request *request, struct reply *reply);
void fooocusapi_tasks(struct request *request, struct reply *reply);
void fooocusapi_task(struct request *request, struct reply *reply);

/* fooocusapi_order.c, after pre_process.py: takes the checked values over. Fills in the order and
 * task->request, what is told of the request later. 500 for a picture that cannot be read. */
int fooocusapi_order(struct request *request, json_t *values, struct fooocus_task *task,
                     struct failure *f);

/* fooocusapi_stream.c: makes the reply the task's event stream; holds the task itself. `broken`:
 * nothing but the head is sent, as when an exception comes before the first event. */
void fooocusapi_stream(struct request *request, struct reply *reply, struct fooocus_task *task,
                       bool broken);

/* The current task as /tasks shows it, or NULL. */
json_t *fooocusapi_current(struct fooocusapi *api);

/* Links to a task's results. */
json_t *fooocusapi_links(const struct fooocusapi *api, const struct fooocus_task *task);

#endif
