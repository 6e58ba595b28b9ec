#ifndef SDCTL_CMD_TASKS_H
#define SDCTL_CMD_TASKS_H

#include "cmd/groups.h"
#include "cmd/remote.h"
#include "job/journal.h"
#include "job/tasks.h"

/* The parts of `sdctl tasks`: tasks.c (options, list, cancel, skip), tasks_wanted.c, tasks_wait.c
 * (get, wait, fetch), tasks_delete.c, tasks_service.c. */

struct tasks_settings {
    struct remote_options remote;
    struct output_options output;
    bool all, yes, show;
    const char *query;
    struct option_int page, page_size;
    const char *since, *until;
};

/* A service that tasks are on, opened. */
struct service {
    struct service *next;
    char *name; /* as it was asked for; owned */
    struct remote remote;
    struct job job; /* where-fields only */
    struct run run;
};

/* What an action of `sdctl tasks` works on. */
struct tasks {
    const struct tasks_settings *settings;
    char **operands; /* behind the action's name */
    size_t n;
    struct journal *journal;
    struct service *services;
    bool several; /* tasks of several services are involved: each gets its own key only */
};

/* The service of a name or URL (NULL: what --endpoint and so on say), opened when it is asked for
 * first; all run on one event loop. `backend` (may be NULL) is what the journal knows it as. NULL
 * with the error. */
struct service *tasks_service(struct tasks *t, const char *name, const char *backend,
                              struct error *err);
void tasks_close_services(struct tasks *t, struct error *err);

/*
 * The tasks that the operands name (ids, - for result documents on standard input) or --all means:
 * a new array of {"task_id", "endpoint", "backend", "command", "params", "where", "entry"}, as far
 * as they are known, or of a whole document where that had ended ("status"). EXIT_USAGE,
 * EXIT_INPUT.
 */
int tasks_wanted(struct tasks *t, json_t **list, struct error *err);

/* get, wait, fetch */
enum tasks_look { TASKS_GET, TASKS_WAIT, TASKS_FETCH };
int tasks_wait(struct tasks *t, enum tasks_look look, struct error *err);

int tasks_delete(struct tasks *t, struct error *err);

#endif
