#include "job/journal_rewrite.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "job/journal_lines.h"
#include "job/journal_merge.h"
#include "wire/json.h"

#define REWRITE_FROM (1024L * 1024)   /* bytes from which the file is rewritten ... */
#define REWRITE_STEP (256L * 1024)    /* ... each time that it has grown by so much */
#define DONE_KEPT 1000                /* tasks that are done */
#define SIZE_KEPT (3UL * 1024 * 1024) /* bytes beyond which tasks that are done are dropped */

static bool is_done(const json_t *task)
{
    const char *state = json_string_at(task, "state");

    return state != NULL && (strcmp(state, "succeeded") == 0 || strcmp(state, "failed") == 0 ||
                             strcmp(state, "cancelled") == 0);
}

int journal_rewrite_line(json_t *object, size_t max, struct buf *line, struct error *err)
{
    buf_init(line, max);
    if (json_write_buf(object, true, line) && buf_adds(line, "\n")) {
        return 0;
    }
    json_t *less = json_copy(object);
    int result = -1;
    buf_release(line);
    if (less == NULL) {
        return error_memory(err, "writing the task journal");
    }
    json_object_del(less, "params");
    if (json_write_buf(less, true, line) && buf_adds(line, "\n")) {
        result = 0;
    } else {
        error_set(err, EXIT_OUTPUT,
                  "cannot write to the task journal: an entry is longer than %zu KiB; use shorter "
                  "names",
                  max / 1024);
    }
    json_decref(less);
    return result;
}

/* What a rewritten file holds of each task, and how many bytes that is. */
struct kept {
    struct buf line; /* released: not kept */
    bool done;
};

/* Drops the oldest tasks that are done until the rest is as few and as small as it should be. */
static void drop_done(struct kept *kept, size_t n, size_t size)
{
    size_t done = 0;

    for (size_t i = 0; i < n; i++) {
        done += kept[i].done;
    }
    for (size_t i = 0; i < n && done > 0 && (done > DONE_KEPT || size > SIZE_KEPT); i++) {
        if (kept[i].done) {
            size -= kept[i].line.len;
            buf_release(&kept[i].line);
            done--;
        }
    }
}

static int replace(struct journal_file *file, json_t *tasks, struct error *err)
{
    size_t n = json_object_size(tasks), i = 0, size = 0;
    struct kept *kept = calloc(n + 1, sizeof *kept);
    struct buf text;
    const char *key;
    json_t *task;
    int result = kept == NULL ? error_memory(err, "writing the task journal") : 0;

    buf_init(&text, JOURNAL_READ_MAX);
    json_object_foreach(tasks, key, task)
    {
        if (result == 0) {
            kept[i].done = is_done(task);
            result = journal_rewrite_line(task, JOURNAL_MERGED_MAX, &kept[i].line, err);
            size += kept[i++].line.len;
        }
    }
    if (result == 0) {
        drop_done(kept, n, size);
        for (i = 0; i < n; i++) {
            buf_add(&text, kept[i].line.data, kept[i].line.len);
        }
        result = text.failed ? error_memory(err, "writing the task journal")
                             : journal_lines_replace(file, buf_str(&text), text.len, err);
    }
    for (i = 0; kept != NULL && i < n; i++) {
        buf_release(&kept[i].line);
    }
    free(kept);
    buf_release(&text);
    return result;
}

int journal_rewrite(struct journal_file *file, const char *forget, struct error *err)
{
    json_t *tasks;
    size_t broken;

    if (journal_merge(file, NULL, NULL, &tasks, &broken, err) != 0) {
        return -1;
    }
    if (forget != NULL) {
        json_object_del(tasks, forget);
    }
    int result = replace(file, tasks, err);
    json_decref(tasks);
    return result;
}

int journal_rewrite_room(struct journal_file *file, size_t n, bool spare, struct error *err)
{
    struct error why;
    off_t size;

    if (journal_lines_size(file, &size, err) != 0) {
        return -1;
    }
    off_t larger = size + (off_t)n;
    bool full = larger > (off_t)JOURNAL_FILE_MAX;
    if (!full && (larger <= REWRITE_FROM || larger / REWRITE_STEP == size / REWRITE_STEP)) {
        return 0;
    }
    if (journal_rewrite(file, NULL, &why) != 0) {
        if (full) {
            *err = why;
        }
        return full ? -1 : 0; /* it can wait: there is room for this line */
    }
    if (journal_lines_size(file, &size, err) != 0) {
        return -1;
    }
    off_t ceiling = (off_t)(spare ? JOURNAL_FILE_MAX : JOURNAL_READ_MAX);
    return size + (off_t)n <= ceiling
               ? 0
               : error_set(err, EXIT_OUTPUT,
                           "the task journal '%s' is full of tasks that are not done; wait for "
                           "them or delete them (sdctl tasks list --all, sdctl tasks delete)",
                           file->path);
}
