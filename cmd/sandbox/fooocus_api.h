#ifndef SANDBOX_FOOOCUS_API_H
#define SANDBOX_FOOOCUS_API_H

#include "fooocus_engine.h"
#include "reply.h"

/* The old server, Fooocus-API (contracts 4.3): dialect_fooocus_api and its parts. */
struct fooocus_api {
    struct fooocus_engine engine;
    /* All jobs in their order, guarded by the engine's lock: those that are finished are the
     * history, the others the queue. Each is held. */
    struct fooocus_task **jobs;
    size_t n_jobs;
    char last_job[40];
};

/* POST of any of the generation routes. */
void fooocus_api_generate(struct request *request, struct reply *reply);

/* GET query-job, job-queue, job-history (which also deletes). */
void fooocus_api_query(struct request *request, struct reply *reply);
void fooocus_api_queue(struct request *request, struct reply *reply);
void fooocus_api_history(struct request *request, struct reply *reply);

/* Adds a job and lets it wait; false when the queue is full. */
bool fooocus_api_submit(struct fooocus_api *api, struct fooocus_task *task, long long queue_size);

/* AsyncJobResponse. */
json_t *fooocus_api_job(struct fooocus_api *api, struct fooocus_task *task, bool preview,
                        struct failure *f);

/* The list of GeneratedImageResult; NULL when Pillow fails on one ("jpg" in base64). */
json_t *fooocus_api_results(struct fooocus_api *api, struct fooocus_task *task, struct failure *f);

/* fooocus_api_order.c: a checked request of the endpoint, taken over, in the new server's names. */
enum fooocus_api_kind {
    KIND_TEXT,
    KIND_TEXT_IP,
    KIND_UOV,
    KIND_INPAINT,
    KIND_PROMPT,
    KIND_ENHANCE
};
int fooocus_api_order(struct request *request, json_t *body, enum fooocus_api_kind kind,
                      struct fooocus_task *task, struct failure *f);

#endif
