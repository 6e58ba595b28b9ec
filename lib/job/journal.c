#include "job/journal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/process.h"
#include "job/journal_lines.h"
#include "job/journal_merge.h"
#include "job/journal_rewrite.h"
#include "wire/json.h"

struct journal {
    struct journal_file file;
};

int journal_open(struct journal **journal, bool create, struct error *err)
{
    struct journal *j = calloc(1, sizeof *j);

    *journal = NULL;
    if (j == NULL) {
        return error_memory(err, "opening the task journal");
    }
    if (journal_file_open(&j->file, create, err) != 0) {
        journal_close(j);
        return -1;
    }
    *journal = j;
    return 0;
}

void journal_close(struct journal *journal)
{
    if (journal != NULL) {
        journal_file_close(&journal->file);
        free(journal);
    }
}

const char *journal_path(const struct journal *journal)
{
    return journal->file.path;
}

static bool has(const json_t *task, const char *member, const char *value)
{
    const char *text = json_string_at(task, member);

    return text != NULL && strcmp(text, value) == 0;
}

int journal_read(struct journal *journal, json_t **tasks, size_t *damaged, struct error *err)
{
    json_t *by_key = NULL, *task;
    const char *key;
    size_t broken;

    *tasks = NULL;
    if (journal_file_lock(&journal->file, false, err) != 0) {
        return -1;
    }
    int result = journal_merge(&journal->file, NULL, NULL, &by_key, &broken, err);
    journal_file_unlock(&journal->file);
    json_t *list = result == 0 ? json_array() : NULL;
    bool full = list != NULL;
    json_object_foreach(by_key, key, task)
    {
        full = full && json_array_append(list, task) == 0;
    }
    json_decref(by_key);
    if (result == 0 && !full) {
        json_decref(list);
        return error_memory(err, "reading the task journal");
    }
    if (damaged != NULL) {
        *damaged = result == 0 ? broken : 0;
    }
    *tasks = list;
    return result;
}

/* --- finding ---------------------------------------------------------------------------------- */

typedef bool wanted(const json_t *task, const char *value, const char *endpoint);

static bool is_named(const json_t *task, const char *id, const char *endpoint)
{
    return (has(task, "task_id", id) || has(task, "key", id)) &&
           (endpoint == NULL || has(task, "endpoint", endpoint));
}

static bool is_doubtful(const json_t *task, const char *digest, const char *endpoint)
{
    (void)endpoint;
    if (!has(task, "digest", digest)) {
        return false;
    }
    return has(task, "state", "unknown") ||
           (has(task, "state", "submitting") &&
            !process_lives((long)json_integer_value(json_object_get(task, "pid")),
                           json_string_at(task, "boot")));
}

/* A text as it stands in a line when it needs no escapes, else NULL: then all lines are looked at.
 */
static const char *as_needle(const char *value)
{
    for (const char *c = value; *c != '\0'; c++) {
        if (*c < 0x20 || *c > 0x7e || *c == '"' || *c == '\\' || *c == '/') {
            return NULL;
        }
    }
    return *value == '\0' ? NULL : value;
}

/* The newest task that `is` about a value. Most lines are of other tasks, and parsing is what takes
 * the time: the first pass looks for the value in the text, the second reads these tasks' lines. */
static int find(struct journal *journal, wanted *is, const char *value, const char *endpoint,
                json_t **found, struct error *err)
{
    json_t *keys = NULL, *tasks = NULL, *task;
    const char *key;
    size_t broken;
    int result = -1;

    *found = NULL;
    if (journal_file_lock(&journal->file, false, err) != 0) {
        return -1;
    }
    if (journal_merge(&journal->file, as_needle(value), NULL, &keys, &broken, err) == 0 &&
        (json_object_size(keys) == 0 ||
         journal_merge(&journal->file, NULL, keys, &tasks, &broken, err) == 0)) {
        result = 0;
    }
    /* with the lock still held: who submits must have it to say how that ended, before it ends */
    json_object_foreach(tasks, key, task)
    {
        if (is(task, value, endpoint)) {
            *found = task;
        }
    }
    json_incref(*found);
    journal_file_unlock(&journal->file);
    json_decref(tasks);
    json_decref(keys);
    return result;
}

int journal_find(struct journal *journal, const char *id, const char *endpoint, json_t **task,
                 struct error *err)
{
    return find(journal, is_named, id, endpoint, task, err);
}

int journal_find_doubtful(struct journal *journal, const char *digest, json_t **task,
                          struct error *err)
{
    return find(journal, is_doubtful, digest, NULL, task, err);
}

static bool is_of_job(const json_t *task, const char *job, const char *endpoint)
{
    (void)endpoint;
    return has(task, "job", job);
}

int journal_find_job(struct journal *journal, const char *job, json_t **task, struct error *err)
{
    return find(journal, is_of_job, job, NULL, task, err);
}

int journal_forget(struct journal *journal, const char *key, struct error *err)
{
    if (journal->file.dir < 0) {
        return 0;
    }
    if (journal_file_lock(&journal->file, true, err) != 0) {
        return -1;
    }
    int result = journal_rewrite(&journal->file, key, err);
    journal_file_unlock(&journal->file);
    return result;
}

/* The line as it is written: the key first, the time, and for a submission the process. */
static json_t *complete(json_t *line)
{
    char mark[PROCESS_MARK_MAX], at[32];
    time_t now = time(NULL);
    struct tm utc;
    json_t *whole = json_object();

    if (gmtime_r(&now, &utc) == NULL || strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0) {
        at[0] = '\0';
    }
    bool ok = json_object_set_new(line, "at", json_string(at)) == 0 &&
              json_object_set(whole, "key", json_object_get(line, "key")) == 0 &&
              json_object_update(whole, line) == 0;
    if (ok && has(line, "state", "submitting")) {
        process_mark((long)getpid(), mark);
        ok = json_object_set_new(whole, "pid", json_integer(getpid())) == 0 &&
             json_object_set_new(whole, "boot", json_string(mark)) == 0;
    }
    if (!ok) {
        json_decref(whole);
        whole = NULL;
    }
    return whole;
}

int journal_add(struct journal *journal, json_t *line, struct error *err)
{
    const char *key = json_string_at(line, "key");
    struct buf text;
    int result = -1;

    if (key == NULL || *key == '\0' || strlen(key) > JOURNAL_KEY_MAX) {
        return error_set(err, EXIT_UNEXPECTED, "a journal entry has no key");
    }
    json_t *whole = complete(line);
    buf_init(&text, JOURNAL_LINE_MAX);
    if (whole == NULL) {
        error_memory(err, "writing the task journal");
    } else if (journal_rewrite_line(whole, JOURNAL_LINE_MAX, &text, err) == 0 &&
               journal_file_lock(&journal->file, true, err) == 0) {
        result =
            journal_rewrite_room(&journal->file, text.len, has(line, "state", "submitting"), err);
        if (result == 0) {
            result = journal_lines_append(&journal->file, text.data, text.len, err);
        }
        journal_file_unlock(&journal->file);
    }
    json_decref(whole);
    buf_release(&text);
    return result;
}
