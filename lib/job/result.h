#ifndef SDCTL_JOB_RESULT_H
#define SDCTL_JOB_RESULT_H

#include <jansson.h>

#include "backend/backend.h"
#include "job/job.h"
#include "job/receive.h"

/*
 * The result document (product.md): {"command","backend","endpoint","status","task_id","images",
 * "params","caption","info","warnings","elapsed_ms"}. `images` is taken over (NULL: none);
 * `outcome` may be NULL. NULL without memory.
 */
json_t *result_document(const struct job *job, const char *status, json_t *images,
                        const struct outcome *outcome);

/* Places all received pictures and describes them: an array owned by the caller. Notes renamed ones
 * in the task's warnings. EXIT_OUTPUT. */
json_t *result_place(struct job *job, struct receive *receive, const struct outcome *outcome,
                     struct error *err);

#endif
