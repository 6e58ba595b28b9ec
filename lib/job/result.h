#ifndef SDCTL_JOB_RESULT_H
#define SDCTL_JOB_RESULT_H

#include <jansson.h>

#include "backend/backend.h"
#include "job/output.h"
#include "job/receive.h"

/* Whose result it is; all borrowed. */
struct result {
    const char *command;
    const struct backend *backend;
    const char *endpoint; /* name or URL */
    struct task *task;
    struct output *output;
    int64_t started; /* clock_ms() */
};

/*
 * The result document (product.md): {"command","backend","endpoint","status","task_id","images",
 * "params","caption","info","warnings","elapsed_ms"}, and "expires_at" where results have a time to
 * live. `images` is taken over (NULL: none); `outcome` may be NULL. NULL without memory.
 */
json_t *result_document(const struct result *result, const char *status, json_t *images,
                        const struct outcome *outcome);

/* Places all received pictures and describes them: an array owned by the caller. Notes renamed ones
 * in the task's warnings. EXIT_OUTPUT. */
json_t *result_place(const struct result *result, struct receive *receive,
                     const struct outcome *outcome, struct error *err);

/* What arrived, in a backend's words: as many as there are pictures; `arrived` has room for
 * RECEIVE_PICTURES_MAX. */
void result_arrived(const struct receive *receive, struct arrived *arrived);

#endif
