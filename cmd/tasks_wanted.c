#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd/run.h"
#include "cmd/tasks.h"
#include "wire/json.h"

#define TARGETS_MAX 10000
#define INPUT_MAX (64UL * 1024 * 1024)

/* What was named so far. */
struct wanted {
    struct tasks *tasks;
    json_t *list;
};

static bool has_ended(const json_t *entry)
{
    static const char *const ended[] = {"succeeded", "failed", "cancelled"};
    const char *state = json_string_at(entry, "state");

    for (size_t i = 0; state != NULL && i < sizeof ended / sizeof *ended; i++) {
        if (strcmp(state, ended[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Takes an id given as an operand. */
static int want_id(struct wanted *t, const char *id, struct error *err)
{
    const char *endpoint = remote_endpoint(&t->tasks->settings->remote);
    json_t *entry = NULL;

    if (journal_find(t->tasks->journal, id, endpoint, &entry, err) != 0) {
        return -1;
    }
    if (entry == NULL && !remote_is_named(&t->tasks->settings->remote)) {
        return error_set(err, EXIT_USAGE,
                         "the journal has no task '%s': name its service with --endpoint", id);
    }
    const char *task_id = json_string_at(entry, "task_id");
    if (entry != NULL && task_id == NULL && has_ended(entry)) {
        int bad = json_array_append_new(t->list, tasks_entry_document(entry)); /* it was refused */
        json_decref(entry);
        return bad == 0 ? 0 : error_memory(err, "reading the ids");
    }
    if (entry != NULL && task_id == NULL) {
        json_decref(entry);
        return error_set(err, EXIT_FAILED,
                         "the answer to the submission of '%s' was lost: its id at the service is "
                         "not known",
                         id);
    }
    json_t *one = json_pack("{s:s,s:O?,s:O?,s:o?}", "task_id", task_id != NULL ? task_id : id,
                            "endpoint", json_object_get(entry, "endpoint"), "backend",
                            json_object_get(entry, "backend"), "entry", entry);
    return json_array_append_new(t->list, one) == 0 ? 0 : error_memory(err, "reading the ids");
}

/* A document from elsewhere must not choose by itself where the key goes. */
static int check_stranger(const struct wanted *t, const char *endpoint, struct error *err)
{
    const char *named = remote_endpoint(&t->tasks->settings->remote);
    char shown[200];

    if (endpoint == NULL || strpbrk(endpoint, ":/") == NULL ||
        (named != NULL && strcmp(named, endpoint) == 0)) {
        return 0;
    }
    text_clean(shown, sizeof shown, endpoint, strlen(endpoint), 80);
    return error_set(err, EXIT_USAGE,
                     "a document names the service '%s', which the journal does not know for this "
                     "task: give it with --endpoint if that is right",
                     shown);
}

/* Takes a result document. */
static int want_document(struct wanted *t, json_t *document, struct error *err)
{
    const char *status = json_string_at(document, "status");
    const char *id = json_string_at(document, "task_id");
    const char *endpoint = json_string_at(document, "endpoint");
    json_t *entry = NULL;

    if (status == NULL) {
        return error_set(err, EXIT_INPUT,
                         "standard input holds something that is no result document");
    }
    bool runs = strcmp(status, "queued") == 0 || strcmp(status, "running") == 0 ||
                (strcmp(status, "unknown") == 0 && id != NULL);
    if (!runs) {
        return json_array_append(t->list, document) == 0 ? 0
                                                         : error_memory(err, "reading documents");
    }
    if (id == NULL) {
        return error_set(err, EXIT_INPUT, "a document on standard input has no task_id");
    }
    if (journal_find(t->tasks->journal, id, endpoint, &entry, err) != 0 ||
        (entry == NULL && check_stranger(t, endpoint, err) != 0)) {
        return -1;
    }
    json_t *one = json_pack("{s:s,s:O?,s:O?,s:O?,s:O?,s:O?,s:o?}", "task_id", id, "endpoint",
                            json_object_get(document, "endpoint"), "backend",
                            json_object_get(document, "backend"), "command",
                            json_object_get(document, "command"), "params",
                            json_object_get(document, "params"), "where",
                            json_object_get(document, "where"), "entry", entry);
    return json_array_append_new(t->list, one) == 0 ? 0 : error_memory(err, "reading documents");
}

/* Documents one after the other, whatever white space is between them. */
static int want_stdin(struct wanted *t, struct error *err)
{
    struct deadline deadline = clock_deadline(
        t->tasks->settings->remote.timeout.set ? t->tasks->settings->remote.timeout.value : 3600);
    struct buf text;
    json_error_t why;
    size_t at = 0;
    int result;

    buf_init(&text, INPUT_MAX);
    result = source_read_text("-", &text, &deadline, err);
    while (result == 0) {
        at += strspn(buf_str(&text) + at, " \t\r\n");
        if (at >= text.len) {
            break;
        }
        json_t *document = json_loadb(text.data + at, text.len - at, JSON_DISABLE_EOF_CHECK, &why);
        result = json_is_object(document)
                     ? want_document(t, document, err)
                     : error_set(err, EXIT_INPUT,
                                 "standard input holds something that is no result document");
        at += document != NULL ? (size_t)why.position : 0;
        json_decref(document);
    }
    if (result == 0 && at == 0) { /* what should have written them has failed */
        result = error_set(err, EXIT_INPUT, "standard input holds no result document: it is empty");
    }
    buf_release(&text);
    return result;
}

/* --all: what the journal knows and has not ended, of the endpoint if one is named. */
static int want_all(struct wanted *t, struct error *err)
{
    const char *endpoint = remote_endpoint(&t->tasks->settings->remote);
    json_t *entries, *entry;
    size_t i, lost = 0;
    int bad = 0;

    if (journal_read(t->tasks->journal, &entries, NULL, err) != 0) {
        return -1;
    }
    json_array_foreach(entries, i, entry)
    {
        const char *id = json_string_at(entry, "task_id"),
                   *name = json_string_at(entry, "endpoint");
        if (has_ended(entry) ||
            (endpoint != NULL && (name == NULL || strcmp(name, endpoint) != 0))) {
            continue;
        }
        if (id == NULL) {
            lost++;
            continue;
        }
        bad |= json_array_append_new(t->list,
                                     json_pack("{s:s,s:O?,s:O?,s:O}", "task_id", id, "endpoint",
                                               json_object_get(entry, "endpoint"), "backend",
                                               json_object_get(entry, "backend"), "entry", entry));
    }
    json_decref(entries);
    if (lost > 0) {
        char text[128];
        snprintf(text, sizeof text,
                 "the answers to %zu submissions were lost; see 'sdctl tasks list'", lost);
        run_warn("tasks", text);
    }
    return bad == 0 ? 0 : error_memory(err, "reading the journal");
}

int tasks_wanted(struct tasks *tasks, json_t **list, struct error *err)
{
    struct wanted own = {.tasks = tasks, .list = json_array()}, *t = &own;

    *list = own.list;
    if (own.list == NULL) {
        return error_memory(err, "reading the ids");
    }
    if (tasks->settings->all == (tasks->n > 0)) {
        return error_set(err, EXIT_USAGE, "give ids, - for documents on standard input, or --all");
    }
    if (tasks->settings->all) {
        return want_all(t, err);
    }
    for (size_t i = 0; i < tasks->n; i++) {
        int result = strcmp(tasks->operands[i], "-") == 0 ? want_stdin(t, err)
                                                          : want_id(t, tasks->operands[i], err);
        if (result != 0) {
            return -1;
        }
    }
    return json_array_size(t->list) <= TARGETS_MAX
               ? 0
               : error_set(err, EXIT_USAGE, "too many tasks: at most %d", TARGETS_MAX);
}
