#ifndef SDCTL_BACKEND_TASKS_H
#define SDCTL_BACKEND_TASKS_H

#include "backend/backend.h"

/*
 * What a service that keeps a list of tasks can do with it, beside what each task can (backend.h):
 * `sdctl tasks list` and `delete`. Pure functions, as a backend's.
 */

enum task_query { TASKS_ALL, TASKS_CURRENT, TASKS_PENDING, TASKS_HISTORY };

#define TIME_UNBOUND INT64_MIN

struct task_range {
    enum task_query query;
    long page, page_size; /* pages from 0; -1 when not given */
    int64_t since, until; /* milliseconds since 1970, UTC; TIME_UNBOUND when not given */
    long utc_offset;      /* seconds that the server's own clock is ahead of UTC */
};

struct task_service {
    /* The request for a list. False when there is no such list. */
    bool (*list)(const struct task_range *range, struct request *request);

    /* Appends an object for each task in the answer: {"task_id", "status" (standing_name),
     * "submitted_at" (ISO 8601, UTC) where it is known, "progress" (0 .. 1) where it is known,
     * "urls": [...], "params": {...} where the service tells}. A service that ignores parts of the
     * range is made up for here (D20). EXIT_FAILED. */
    int (*listed)(const struct task_range *range, const json_t *reply, json_t *tasks,
                  struct error *err);

    /* The request for the list from which the server's clock can be told; NULL when its times have
     * zones. */
    bool (*clock)(struct request *request);

    /* utc_offset from the answer to that; false when it does not tell. */
    bool (*utc_offset)(const json_t *reply, long *seconds);

    /* The request for the list of what erase() would delete, by the server's own reading of the
     * times, where that may be another than listed()'s. NULL: it is the same. */
    bool (*rehearse)(const struct task_range *range, struct request *request);

    /* The request that deletes what is in the range; both bounds are given. NULL: it cannot. */
    bool (*erase)(const struct task_range *range, struct request *request);
};

#endif
