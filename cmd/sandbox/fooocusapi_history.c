#include "fooocusapi_history.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS generate_record ("
    "id INTEGER NOT NULL, task_id VARCHAR(255) NOT NULL, req_params JSON NOT NULL, "
    "in_queue_mills INTEGER, start_mills INTEGER, finish_mills INTEGER, "
    "task_status VARCHAR(255), progress FLOAT, webhook_url VARCHAR(255), result JSON, "
    "PRIMARY KEY (id));"
    "CREATE INDEX IF NOT EXISTS ix_generate_record_id ON generate_record (id);";

struct sqlite3 *history_open(const char *path)
{
    sqlite3 *db = NULL;

    if (sqlite3_open(path, &db) == SQLITE_OK &&
        sqlite3_exec(db, SCHEMA, NULL, NULL, NULL) == SQLITE_OK)
        return db;
    fprintf(stderr, "sdctl-sandbox: cannot use '%s': %s\n", path, sqlite3_errmsg(db));
    sqlite3_close(db);
    return NULL;
}

void history_close(struct sqlite3 *db)
{
    sqlite3_close(db);
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

/* The JSON's text; NULL becomes SQL's NULL. */
static void bind_json(sqlite3_stmt *statement, int at, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) : NULL;

    sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
    free(text);
}

bool history_add(struct sqlite3 *db, const char *task_id, const json_t *req_params,
                 int64_t in_queue, const char *webhook_url)
{
    sqlite3_stmt *s;
    bool good;

    if (sqlite3_prepare_v2(db,
                           "INSERT INTO generate_record (task_id, req_params, in_queue_mills, "
                           "webhook_url) VALUES (?, ?, ?, ?)",
                           -1, &s, NULL) != SQLITE_OK)
        return false;
    bind_text(s, 1, task_id);
    bind_json(s, 2, req_params);
    sqlite3_bind_int64(s, 3, in_queue);
    bind_text(s, 4, webhook_url);
    good = sqlite3_step(s) == SQLITE_DONE;
    sqlite3_finalize(s);
    return good;
}

static json_t *column(sqlite3_stmt *s, int i)
{
    const char *name = sqlite3_column_name(s, i);
    const char *text;
    json_t *value;

    switch (sqlite3_column_type(s, i)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(s, i));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(s, i));
    case SQLITE_TEXT:
        text = (const char *)sqlite3_column_text(s, i);
        if (strcmp(name, "req_params") != 0 && strcmp(name, "result") != 0)
            return json_string(text);
        value = json_loads(text, JSON_DECODE_ANY, NULL);
        return value ? value : json_null();
    default:
        return json_null();
    }
}

/* All rows of a statement, which it ends. */
static json_t *rows(sqlite3_stmt *s)
{
    json_t *list = json_array();

    while (sqlite3_step(s) == SQLITE_ROW) {
        json_t *row = json_object();

        for (int i = 0; i < sqlite3_column_count(s); i++)
            json_object_set_new(row, sqlite3_column_name(s, i), column(s, i));
        json_array_append_new(list, row);
    }
    sqlite3_finalize(s);
    return list;
}

json_t *history_get(struct sqlite3 *db, const char *task_id)
{
    sqlite3_stmt *s;
    json_t *list, *row;

    if (sqlite3_prepare_v2(db, "SELECT * FROM generate_record WHERE task_id = ? LIMIT 1", -1, &s,
                           NULL) != SQLITE_OK)
        return NULL;
    bind_text(s, 1, task_id);
    list = rows(s);
    row = json_incref(json_array_get(list, 0));
    json_decref(list);
    return row;
}

json_t *history_finish(struct sqlite3 *db, const char *task_id, int64_t started, int64_t finished,
                       const char *status, const json_t *result)
{
    sqlite3_stmt *s;

    if (sqlite3_prepare_v2(db,
                           "UPDATE generate_record SET start_mills = ?, finish_mills = ?, "
                           "task_status = ?, progress = 100, result = ? WHERE task_id = ?",
                           -1, &s, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_bind_int64(s, 1, started);
    sqlite3_bind_int64(s, 2, finished);
    bind_text(s, 3, status);
    bind_json(s, 4, result);
    bind_text(s, 5, task_id);
    sqlite3_step(s);
    sqlite3_finalize(s);
    return history_get(db, task_id);
}

json_t *history_list(struct sqlite3 *db, const struct history_query *q)
{
    char sql[400];
    sqlite3_stmt *s;
    int at = 2;

    snprintf(sql, sizeof sql,
             "SELECT * FROM generate_record WHERE task_id %s (SELECT value FROM json_each(?))%s%s",
             q->only ? "IN" : "NOT IN",
             q->range ? " AND in_queue_mills >= ? AND in_queue_mills <= ?" : "",
             q->paged ? " ORDER BY id DESC LIMIT ? OFFSET ?" : "");
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        return json_array();
    bind_json(s, 1, q->ids);
    if (q->range) {
        sqlite3_bind_int64(s, at++, q->from);
        sqlite3_bind_int64(s, at++, q->to);
    }
    if (q->paged) {
        sqlite3_bind_int64(s, at++, q->size);
        sqlite3_bind_int64(s, at, q->skip);
    }
    return rows(s);
}

json_t *history_delete(struct sqlite3 *db, int64_t from, int64_t to)
{
    sqlite3_stmt *s;

    if (sqlite3_prepare_v2(db,
                           "DELETE FROM generate_record WHERE in_queue_mills >= ? AND "
                           "in_queue_mills <= ? RETURNING *",
                           -1, &s, NULL) != SQLITE_OK)
        return json_array();
    sqlite3_bind_int64(s, 1, from);
    sqlite3_bind_int64(s, 2, to);
    return rows(s);
}
