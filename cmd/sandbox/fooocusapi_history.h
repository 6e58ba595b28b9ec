#ifndef SANDBOX_FOOOCUSAPI_HISTORY_H
#define SANDBOX_FOOOCUSAPI_HISTORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The new server's record of tasks in SQLite (sql_client.py), table generate_record. A record is an
 * object of its columns: id, task_id, req_params, in_queue_mills, start_mills, finish_mills,
 * task_status, progress, webhook_url, result; times in milliseconds, null where nothing is known.
 */
struct sqlite3;

/* Opens or makes the file; NULL with an explanation on standard error. */
struct sqlite3 *history_open(const char *path);
void history_close(struct sqlite3 *db);

bool history_add(struct sqlite3 *db, const char *task_id, const json_t *req_params,
                 int64_t in_queue, const char *webhook_url);

/* The end of a task; the record as it is then, or NULL when there is none any more. */
json_t *history_finish(struct sqlite3 *db, const char *task_id, int64_t started, int64_t finished,
                       const char *status, const json_t *result);

/* One record, or NULL. */
json_t *history_get(struct sqlite3 *db, const char *task_id);

/* What to list. Without a time range the newest come first, `size` of them after `skip`; with one
 * all of it comes, oldest first (D20). */
struct history_query {
    const json_t *ids; /* task ids */
    bool only;         /* those alone, else all but those */
    bool range;
    int64_t from, to; /* in_queue_mills, both inclusive */
    int64_t skip, size;
    bool paged;
};

json_t *history_list(struct sqlite3 *db, const struct history_query *query);

/* Deletes a range; the records that are gone. */
json_t *history_delete(struct sqlite3 *db, int64_t from, int64_t to);

#endif
