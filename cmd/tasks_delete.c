#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/instant.h"
#include "cmd/run.h"
#include "cmd/tasks.h"
#include "wire/json.h"

/* Asks on the terminal; "y" or "yes" is yes. */
static bool ask_terminal(const char *what)
{
    char answer[16] = "";

    fprintf(stderr, "sdctl: delete %s? [y/N] ", what);
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) == NULL) {
        return false;
    }
    answer[strcspn(answer, "\r\n")] = '\0';
    return strcmp(answer, "y") == 0 || strcmp(answer, "yes") == 0;
}

/* Shows what would be deleted, a document a line, and has it agreed to. */
static bool agree(void *ctx, const json_t *documents)
{
    const struct tasks *t = ctx;
    struct error ignored;
    json_t *document;
    char what[64];
    size_t i;

    json_array_foreach(documents, i, document)
    {
        if (run_print(document, &ignored) != 0) {
            return false;
        }
    }
    fflush(stdout);
    snprintf(what, sizeof what, "these %zu tasks", json_array_size(documents));
    return t->settings->yes || (isatty(STDIN_FILENO) && ask_terminal(what));
}

static int refuse(struct error *err)
{
    return error_set(err, EXIT_USAGE, "nothing was deleted; --yes agrees to the list above");
}

/* Entries of the journal: they are forgotten, the service is not asked. */
static int forget(struct tasks *t, struct error *err)
{
    json_t *documents = json_array(), *keys = json_array(), *key;
    int result = 0;
    size_t i;

    for (i = 0; i < t->n && result == 0; i++) {
        json_t *entry = NULL;
        result = journal_find(t->journal, t->operands[i], remote_endpoint(&t->settings->remote),
                              &entry, err);
        if (result == 0 && entry == NULL) {
            result = error_set(err, EXIT_USAGE, "the journal has no task '%s'", t->operands[i]);
        } else if (result == 0) {
            json_array_append_new(documents, tasks_entry_document(entry));
            json_array_append(keys, json_object_get(entry, "key"));
        }
        json_decref(entry);
    }
    if (result == 0 && !agree(t, documents)) {
        result = refuse(err);
    }
    json_array_foreach(keys, i, key)
    {
        if (result == 0) {
            result = journal_forget(t->journal, json_string_value(key), err);
        }
    }
    json_decref(documents);
    json_decref(keys);
    return result;
}

static int read_bound(const char *option, const char *text, int64_t *ms, struct error *err)
{
    if (text == NULL) {
        return error_set(err, EXIT_USAGE,
                         "give ids of the journal, or both --since and --until for a service's "
                         "history");
    }
    return instant_parse(text, ms)
               ? 0
               : error_set(err, EXIT_USAGE, "%s: '%s' is no time such as 2026-11-21T13:00:00Z",
                           option, text);
}

/* The service's own history between two times. */
static int erase(struct tasks *t, struct error *err)
{
    struct task_range range = {.page = -1, .page_size = -1};
    json_t *documents = NULL;

    if (read_bound("--since", t->settings->since, &range.since, err) != 0 ||
        read_bound("--until", t->settings->until, &range.until, err) != 0) {
        return -1;
    }
    if (range.since >= range.until) {
        return error_set(err, EXIT_USAGE, "--since must be before --until");
    }
    struct service *s = tasks_service(t, NULL, NULL, err);
    if (s == NULL) {
        return -1;
    }
    int result = tasks_erase(&s->run, &range, agree, t, &documents, err);
    json_decref(documents);
    return result == 1   ? error_set(err, EXIT_REFUSED, "%s cannot delete tasks by their time",
                                     s->job.backend->title)
           : result == 2 ? refuse(err)
                         : result;
}

int tasks_delete(struct tasks *t, struct error *err)
{
    return t->n > 0 ? forget(t, err) : erase(t, err);
}
