#include "job/journal_merge.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "job/journal_lines.h"
#include "wire/json.h"

/* Which lines are wanted, and what they become. */
struct merging {
    json_t *tasks;      /* by key, in the order of their first lines; owned */
    const char *needle; /* only lines that hold this text, or NULL */
    size_t needle_len;
    json_t *keys; /* only tasks with these keys, or NULL; borrowed */
};

static bool holds(const char *text, size_t n, const char *needle, size_t len)
{
    const char *end = text + n;

    for (const char *at = text; (size_t)(end - at) >= len; at++) {
        at = memchr(at, *needle, (size_t)(end - at) - len + 1);
        if (at == NULL) {
            break;
        }
        if (memcmp(at, needle, len) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a line is surely of a task that is not wanted: we write the key first. */
static bool is_other(const struct merging *m, const char *line, size_t n)
{
    static const char before[] = "{\"key\":\"";
    char key[JOURNAL_KEY_MAX + 1];
    size_t start = sizeof before - 1;

    if (m->needle != NULL) {
        return !holds(line, n, m->needle, m->needle_len);
    }
    if (m->keys == NULL || n <= start || memcmp(line, before, start) != 0) {
        return false;
    }
    const char *quote = memchr(line + start, '"', n - start);
    size_t len = quote == NULL ? sizeof key : (size_t)(quote - line) - start;
    if (len >= sizeof key || memchr(line + start, '\\', len) != NULL) {
        return false;
    }
    memcpy(key, line + start, len);
    key[len] = '\0';
    return json_object_get(m->keys, key) == NULL;
}

/* Adds a line to its task. */
static int merge(struct merging *m, const char *key, json_t *line)
{
    json_t *task = json_object_get(m->tasks, key);

    if (task != NULL) {
        return json_object_update(task, line);
    }
    json_t *at = json_object_get(line, "at");
    if (at != NULL && json_object_get(line, "submitted_at") == NULL &&
        json_object_set(line, "submitted_at", at) != 0) {
        return -1;
    }
    return json_object_set(m->tasks, key, line);
}

static int take_line(void *ctx, const char *text, size_t n, struct error *err)
{
    struct merging *m = ctx;
    struct error ignored;
    int result = 0;

    if (is_other(m, text, n)) {
        return 0;
    }
    errno = 0;
    json_t *line = json_parse(text, n, "a line", EXIT_OUTPUT, &ignored);
    /* a line must not count as broken, and be dropped, because memory is short */
    if (line == NULL && errno == ENOMEM) {
        return error_memory(err, "reading the task journal");
    }
    const char *key = json_string_at(line, "key");
    if (key == NULL || *key == '\0' || strlen(key) > JOURNAL_KEY_MAX) {
        result = 1;
    } else if (m->keys == NULL || json_object_get(m->keys, key) != NULL) {
        result = merge(m, key, line) == 0 ? 0 : error_memory(err, "reading the task journal");
    }
    json_decref(line);
    return result;
}

int journal_merge(const struct journal_file *file, const char *needle, json_t *keys, json_t **tasks,
                  size_t *broken, struct error *err)
{
    struct merging m = {.needle = needle, .keys = keys, .tasks = json_object()};

    m.needle_len = needle == NULL ? 0 : strlen(needle);
    *tasks = NULL;
    *broken = 0;
    if (m.tasks == NULL) {
        return error_memory(err, "reading the task journal");
    }
    if (journal_lines_each(file, take_line, &m, broken, err) != 0) {
        json_decref(m.tasks);
        return -1;
    }
    *tasks = m.tasks;
    return 0;
}
