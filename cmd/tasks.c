#include "cmd/tasks.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/text.h"
#include "cmd/action.h"
#include "cmd/commands.h"
#include "cmd/run.h"
#include "wire/json.h"

static const char *const actions[] = {"list",   "get",  "wait",   "fetch",
                                      "cancel", "skip", "delete", NULL};
static const char *const queries[] = {"all", "current", "pending", "history", NULL};

static const struct option_row rows[] = {
    {.name = "all",
     .type = OPTION_FLAG,
     .offset = offsetof(struct tasks_settings, all),
     .help = "list: the journal's tasks beside the service's; wait, get, fetch: all that the "
             "journal knows and have not ended"},
    {.name = "query",
     .type = OPTION_CHOICE,
     .choices = queries,
     .offset = offsetof(struct tasks_settings, query),
     .help = "list: which of the service's tasks; all unless given"},
    {.name = "page",
     .type = OPTION_INT,
     .metavar = "N",
     .min = 0,
     .max = 1000000,
     .offset = offsetof(struct tasks_settings, page),
     .help = "list: the page of the service's history, from 0"},
    {.name = "page-size",
     .type = OPTION_INT,
     .metavar = "N",
     .min = 1,
     .max = 1000,
     .offset = offsetof(struct tasks_settings, page_size),
     .help = "list: how many tasks are a page"},
    {.name = "since",
     .type = OPTION_TEXT,
     .metavar = "TIME",
     .offset = offsetof(struct tasks_settings, since),
     .help = "list, delete: tasks from this time on",
     .detail = "In ISO 8601: 2026-11-21, 2026-11-21T13:00:00Z, 2026-11-21T14:00+01:00; without a "
               "zone it is local time."},
    {.name = "until",
     .type = OPTION_TEXT,
     .metavar = "TIME",
     .offset = offsetof(struct tasks_settings, until),
     .help = "list, delete: tasks up to this time"},
    {.name = "yes",
     .type = OPTION_FLAG,
     .offset = offsetof(struct tasks_settings, yes),
     .help = "delete: agree to the list that is shown"},
    {.name = "show",
     .type = OPTION_FLAG,
     .offset = offsetof(struct tasks_settings, show),
     .help = "wait, fetch: show results in the terminal, where it can show pictures"},
    {.name = NULL},
};
static const struct option_group group = {.title = "Tasks", .rows = rows};

static const struct option_row wait_rows[] = {
    {.name = "strict",
     .type = OPTION_FLAG,
     .offset = offsetof(struct remote_options, strict),
     .help = "exit with status 10 if the service did something else than asked"},
    {.name = "no-progress",
     .type = OPTION_FLAG,
     .offset = offsetof(struct remote_options, no_progress),
     .help = "show no progress on standard error"},
    {.name = NULL},
};
static const struct option_group wait_group = {.title = "Waiting", .rows = wait_rows};

static const struct option_use uses[] = {
    {.group = &group},
    {.group = &output_group, .base = offsetof(struct tasks_settings, output)},
    {.group = &wait_group, .base = offsetof(struct tasks_settings, remote)},
    {.group = &remote_group, .base = offsetof(struct tasks_settings, remote)},
    {.group = NULL},
};

static int read_time(const char *option, const char *text, int64_t *ms, struct error *err)
{
    *ms = TIME_UNBOUND;
    return text == NULL || instant_parse(text, ms)
               ? 0
               : error_set(err, EXIT_USAGE, "%s: '%s' is no time such as 2026-11-21T13:00:00Z",
                           option, text);
}

static int read_range(const struct tasks_settings *s, struct task_range *range, struct error *err)
{
    *range = (struct task_range){.page = s->page.set ? (long)s->page.value : -1,
                                 .page_size = s->page_size.set ? (long)s->page_size.value : -1};
    for (int i = 0; s->query != NULL && queries[i] != NULL; i++) {
        if (strcmp(queries[i], s->query) == 0) {
            range->query = (enum task_query)i;
        }
    }
    if (read_time("--since", s->since, &range->since, err) != 0 ||
        read_time("--until", s->until, &range->until, err) != 0) {
        return -1;
    }
    return range->until == TIME_UNBOUND || range->since < range->until
               ? 0
               : error_set(err, EXIT_USAGE, "--since must be before --until");
}

static int print_all(const json_t *documents, struct error *err)
{
    json_t *document;
    size_t i;

    json_array_foreach(documents, i, document)
    {
        if (run_print(document, err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* The journal's tasks; of one endpoint if `endpoint` is not NULL. */
static int list_journal(const struct tasks *t, const char *endpoint, struct error *err)
{
    json_t *entries, *entry;
    size_t i, damaged;
    int result = 0;

    if (journal_read(t->journal, &entries, &damaged, err) != 0) {
        return -1;
    }
    if (damaged > 0) {
        run_warn("tasks", "some lines of the journal could not be read");
    }
    json_array_foreach(entries, i, entry)
    {
        const char *name = json_string_at(entry, "endpoint");
        if (result == 0 && (endpoint == NULL || (name != NULL && strcmp(name, endpoint) == 0))) {
            json_t *document = tasks_entry_document(entry);
            result =
                document == NULL ? error_memory(err, "listing tasks") : run_print(document, err);
            json_decref(document);
        }
    }
    json_decref(entries);
    return result;
}

/* From the service if one is meant and can list, else from the journal. */
static int list(struct tasks *t, struct error *err)
{
    const struct tasks_settings *s = t->settings;
    struct task_range range;
    json_t *documents = NULL;

    if (t->n > 0) {
        return error_set(err, EXIT_USAGE, "list takes no ids; 'sdctl tasks get' does");
    }
    if (read_range(s, &range, err) != 0) {
        return -1;
    }
    if (!remote_is_named(&s->remote)) {
        return list_journal(t, NULL, err);
    }
    struct service *service = tasks_service(t, NULL, NULL, err);
    if (service == NULL) {
        return -1;
    }
    int result = tasks_list(&service->run, &range, &documents, err);
    bool none = result == 1;
    if (result == 0) {
        result = print_all(documents, err);
    }
    json_decref(documents);
    if (result < 0) {
        return -1;
    }
    return none || s->all ? list_journal(t, service->job.endpoint_name, err) : 0;
}

static void note_cancelled(const struct tasks *t, const json_t *entry, const json_t *document)
{
    const char *status = json_string_at(document, "status");
    struct error ignored;

    if (status != NULL && strcmp(status, "cancelled") == 0) {
        json_t *line =
            json_pack("{s:O,s:s}", "key", json_object_get(entry, "key"), "state", status);
        journal_add(t->journal, line, &ignored);
        json_decref(line);
    }
}

static int stop(struct tasks *t, enum ask ask, struct error *err)
{
    json_t *entry = NULL, *document = NULL;
    struct service *service = NULL;
    int result = -1;

    if (t->n != 1) {
        return error_set(err, EXIT_USAGE, "give the id of one task");
    }
    if (journal_find(t->journal, t->operands[0], remote_endpoint(&t->settings->remote), &entry,
                     err) != 0) {
        return -1;
    }
    const char *id = json_string_at(entry, "task_id");
    service =
        tasks_service(t, json_string_at(entry, "endpoint"), json_string_at(entry, "backend"), err);
    if (service != NULL &&
        backend_take_id(&service->job.task, id != NULL ? id : t->operands[0], err) == 0) {
        result = tasks_stop(&service->run, ask, &document, err);
    }
    if (result == 0 && ask == ASK_CANCEL && entry != NULL) {
        note_cancelled(t, entry, document);
    }
    if (result == 0) {
        result = run_print(document, err);
    }
    json_decref(document);
    json_decref(entry);
    return result;
}

static int perform_action(struct tasks *t, const char *action, struct error *err)
{
    return strcmp(action, "list") == 0     ? list(t, err)
           : strcmp(action, "get") == 0    ? tasks_wait(t, TASKS_GET, err)
           : strcmp(action, "wait") == 0   ? tasks_wait(t, TASKS_WAIT, err)
           : strcmp(action, "fetch") == 0  ? tasks_wait(t, TASKS_FETCH, err)
           : strcmp(action, "cancel") == 0 ? stop(t, ASK_CANCEL, err)
           : strcmp(action, "skip") == 0   ? stop(t, ASK_SKIP, err)
                                           : tasks_delete(t, err);
}

static int perform(struct parsed *parsed, struct error *err)
{
    struct tasks t = {.settings = parsed->settings,
                      .operands = parsed->operands + 1,
                      .n = parsed->n_operands - 1};
    size_t which = 0;
    int result = -1;

    if (parsed->n_operands == 0) {
        return error_set(err, EXIT_USAGE,
                         "give one of list, get, wait, fetch, cancel, skip, delete");
    }
    if (action_choose(actions, parsed->operands[0], &which, err) != 0) {
        return -1;
    }
    if (journal_open(&t.journal, false, err) == 0) {
        result = perform_action(&t, actions[which], err);
    }
    tasks_close_services(&t, err);
    journal_close(t.journal);
    return result;
}

static int run(const struct command *self, int argc, char **argv)
{
    struct parsed parsed;
    struct error err = {0};

    int result = options_parse(self, argc, argv, &parsed, &err);
    if (result == 0 && !parsed.help) {
        result = perform(&parsed, &err);
    }
    result = run_finish(self, &parsed, result, &err);
    options_release(self, &parsed);
    return result;
}

const struct command tasks_command = {
    .name = "tasks",
    .summary = "list, get, wait for, fetch, cancel and delete tasks",
    .operands =
        "list | get ID... | wait ID...|- | fetch ID... | cancel ID | skip ID | delete [ID...]",
    .max_operands = 10001,
    .operand_choices = actions,
    .uses = uses,
    .settings_size = sizeof(struct tasks_settings),
    .run = run,
};
