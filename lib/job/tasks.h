#ifndef SDCTL_JOB_TASKS_H
#define SDCTL_JOB_TASKS_H

#include <jansson.h>
#include <stdbool.h>

#include "backend/tasks.h"
#include "job/run.h"

/* What a service is asked about tasks that it has. The run is open (run_open), and for one task the
 * job's task.id is filled in. */

/* The tasks in a range, as result documents: a new array. 1 when the service has no such list. */
int tasks_list(struct run *run, struct task_range *range, json_t **documents, struct error *err);

/* Stops a task (ASK_CANCEL) or ends the picture that it is at (ASK_SKIP): only when it is this task
 * that runs, since services stop whatever runs (A17, D27). EXIT_REFUSED when it does not run, or
 * the service cannot. *document says how the task stands then. */
int tasks_stop(struct run *run, enum ask ask, json_t **document, struct error *err);

/*
 * Deletes all tasks in a range, with their files, on the service: lists them first and lets `agree`
 * decide; refuses when one of them waits or runs (D21), and lists again to prove that they are gone
 * (EXIT_FAILED). *documents: what was deleted. 1 when the service cannot; 2 when not agreed.
 */
int tasks_erase(struct run *run, struct task_range *range,
                bool (*agree)(void *ctx, const json_t *documents), void *ctx, json_t **documents,
                struct error *err);

/* A journal's entry as a result document; a new reference, NULL without memory. */
json_t *tasks_entry_document(const json_t *entry);

#endif
