#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cmd/progress.h"
#include "cmd/run.h"
#include "cmd/show.h"
#include "cmd/tasks.h"
#include "job/wait.h"
#include "wire/json.h"

/* One task that is waited for. */
struct target {
    struct wait wait;
    struct task task;
    struct output output;
    json_t *entry; /* of the journal, or NULL; owned */
    char *command; /* owned */
    size_t slot;   /* its line of progress */
};

struct targets {
    struct tasks *tasks;
    enum tasks_look look;
    json_t *wanted; /* {"task_id", "endpoint", "backend", "entry"} or a finished document, each */
    struct target *v;
    size_t n, failed;
    struct error last; /* of one that failed */
    bool same_code;
    bool show;
    struct error print; /* writing a document failed */
};

/* DIR/ is made when it is not there: the results are, and must go somewhere. */
static void make_folder(const char *path)
{
    size_t n = path == NULL ? 0 : strlen(path);

    if (n > 1 && path[n - 1] == '/') {
        mkdir(path, 0777); /* what fails here is told when a file is put there */
    }
}

/* Where the pictures go: -o, else as the journal planned it, else the current folder. */
static int plan_output(const struct targets *t, struct target *target, struct error *err)
{
    const struct output_options *o = &t->tasks->settings->output;
    const json_t *plan = json_object_get(target->entry, "output");
    const char *base = json_string_at(plan, "base");
    const char *stem = base != NULL ? strrchr(base, '/') : NULL;

    if (t->look == TASKS_GET) {
        return 0;
    }
    make_folder(o->output);
    if (o->output == NULL && plan != NULL) {
        int result = output_from_json(&target->output, plan, err);
        target->output.force = target->output.force || o->force;
        return result;
    }
    if (o->output != NULL && *o->output != '\0' && output_is_folder(o->output) && stem != NULL) {
        return output_resume_folder(&target->output, o->output, stem + 1, o->force, err);
    }
    if (o->output != NULL && t->n > 1 && !output_is_folder(o->output)) {
        return error_set(err, EXIT_USAGE, "--output must be a folder for several tasks");
    }
    return output_init(&target->output, o->output, target->task.id, target->command, 1, o->force,
                       err);
}

static void watch(void *ctx, const struct progress *progress)
{
    struct target *target = ctx;

    progress_task(target->slot, target->task.id, progress);
}

static enum operation operation_of(const char *command)
{
    return strcmp(command, "inpaint") == 0       ? OPERATION_INPAINT
           : strcmp(command, "interrogate") == 0 ? OPERATION_INTERROGATE
                                                 : OPERATION_IMG2IMG;
}

/* Opens the bucket where the results of a task are to be. */
static int open_storage(struct target *target, const json_t *wanted, struct service *s,
                        struct net **net, struct error *err)
{
    const char *where = json_string_at(wanted, "where");

    where = where != NULL ? where : json_string_at(target->entry, "where");
    if (where == NULL) {
        return error_set(err, EXIT_FAILED, "where in S3 the results of '%s' are is not known%s",
                         target->task.id,
                         target->entry != NULL ? ": the answer to its submission was lost"
                                               : ": it is not in the journal");
    }
    target->task.where = strdup(where);
    return target->task.where != NULL
               ? storage_open(&s->run.storage, &s->job, s->run.net, where, net, err)
               : error_memory(err, "waiting");
}

static int begin(struct targets *t, struct target *target, const json_t *wanted, struct error *err)
{
    const char *command = json_string_at(wanted, "command");

    target->entry = json_incref(json_object_get(wanted, "entry"));
    target->entry = json_is_object(target->entry) ? target->entry : NULL;
    command = command == NULL ? json_string_at(target->entry, "command") : command;
    target->command = strdup(command != NULL ? command : "tasks");
    json_t *params = json_object_get(wanted, "params");
    params = json_is_object(params) ? params : json_object_get(target->entry, "params");
    target->task = (struct task){.warnings = json_array(), .native = json_incref(params)};
    if (target->command == NULL || target->task.warnings == NULL) {
        return error_memory(err, "waiting");
    }
    target->task.operation = operation_of(target->command);
    struct service *s = tasks_service(t->tasks, json_string_at(wanted, "endpoint"),
                                      json_string_at(wanted, "backend"), err);
    if (s == NULL) {
        return -1;
    }
    if (backend_take_id(&target->task, json_string_at(wanted, "task_id"), err) != 0) {
        return error_set(err, EXIT_USAGE, "'%.80s' cannot be the id of a task",
                         json_string_at(wanted, "task_id"));
    }
    if (plan_output(t, target, err) != 0) {
        return -1;
    }
    struct net *net = s->run.net;
    if (s->job.backend->state_in_s3 && open_storage(target, wanted, s, &net, err) != 0) {
        return -1;
    }
    target->wait = (struct wait){.net = net,
                                 .of = run_result(&s->job),
                                 .patience = &s->job.patience,
                                 .journal = target->entry != NULL ? t->tasks->journal : NULL,
                                 .entry = json_string_at(target->entry, "key"),
                                 .key = &s->remote.key,
                                 .look = t->look == TASKS_GET,
                                 .impatient = t->look == TASKS_FETCH,
                                 .watch = watch,
                                 .ctx = target};
    target->wait.of.command = target->command;
    target->wait.of.task = &target->task;
    target->wait.of.output = &target->output;
    wait_begin(&target->wait);
    return 0;
}

static void print(struct targets *t, const json_t *document)
{
    if (document != NULL && t->print.code == EXIT_DONE) {
        run_print(document, &t->print);
    }
}

/* One is over: its document at once, its error as a line of its own unless it is the only one. */
static void ended(void *ctx, struct wait *w)
{
    struct targets *t = ctx;
    struct target *target = w->ctx;
    json_t *warning;
    size_t i;

    progress_task_end(target->slot, standing_name(w->outcome.standing));
    if (target->output.kind != OUTPUT_STDOUT || w->result != 0) {
        print(t, w->document);
    }
    if (t->show && w->result == 0) {
        show_document(w->document);
    }
    json_array_foreach(target->task.warnings, i, warning)
    {
        run_warn("tasks", json_string_value(warning));
    }
    if (w->result == 0) {
        return;
    }
    if (t->n > 1) {
        progress_log(w->err.text);
    }
    t->same_code = t->failed == 0 || (t->same_code && t->last.code == w->err.code);
    t->last = w->err;
    t->failed++;
}

static int sum_up(const struct targets *t, struct error *err)
{
    if (t->print.code != EXIT_DONE) {
        *err = t->print;
        return -1;
    }
    if (run_stop != 0 && t->failed > 0) {
        return error_set(err, (enum exit_code)(EXIT_SIGNAL + (int)run_stop),
                         "interrupted; 'sdctl tasks wait --all' goes on");
    }
    if (t->failed == 0) {
        return 0;
    }
    *err = t->last;
    if (t->n > 1) {
        error_set(err, t->same_code && t->failed == t->n ? t->last.code : EXIT_SOME_FAILED,
                  "%zu of %zu tasks did not succeed", t->failed, t->n);
    }
    return -1;
}

static int wait_for_them(struct targets *t, struct error *err)
{
    const json_t *wanted;
    size_t i;

    t->n = 0;
    json_array_foreach(t->wanted, i, wanted)
    {
        t->n += json_object_get(wanted, "status") == NULL;
    }
    t->v = calloc(t->n + 1, sizeof *t->v);
    if (t->v == NULL) {
        return error_memory(err, "waiting");
    }
    size_t n = 0;
    json_array_foreach(t->wanted, i, wanted)
    {
        if (json_object_get(wanted, "status") != NULL) {
            print(t, wanted); /* it had ended before */
            continue;
        }
        struct target *target = &t->v[n];
        target->slot = n++;
        if (begin(t, target, wanted, err) != 0) {
            return -1;
        }
    }
    t->show = t->tasks->settings->show && show_begin();
    progress_begin_tasks(!t->tasks->settings->remote.no_progress && !common.quiet, n);
    run_catch_signals(true);
    struct wait **waits = calloc(n + 1, sizeof(struct wait *));
    for (i = 0; waits != NULL && i < n; i++) {
        waits[i] = &t->v[i].wait;
    }
    if (waits != NULL) {
        wait_all(waits, n, ended, t);
    }
    free(waits);
    run_catch_signals(false);
    progress_end();
    return waits != NULL ? sum_up(t, err) : error_memory(err, "waiting");
}

/* Whether tasks are on more than one service. */
static bool names_several(const json_t *wanted)
{
    const char *first = json_string_at(json_array_get(wanted, 0), "endpoint");
    const json_t *one;
    size_t i;

    json_array_foreach(wanted, i, one)
    {
        const char *name = json_string_at(one, "endpoint");
        if (strcmp(name != NULL ? name : "", first != NULL ? first : "") != 0) {
            return true;
        }
    }
    return false;
}

int tasks_wait(struct tasks *tasks, enum tasks_look look, struct error *err)
{
    struct targets t = {.tasks = tasks, .look = look};

    int result = tasks_wanted(tasks, &t.wanted, err);
    if (result == 0) {
        tasks->several = names_several(t.wanted);
        result = wait_for_them(&t, err);
    }
    for (size_t i = 0; t.v != NULL && i < t.n; i++) {
        wait_release(&t.v[i].wait);
        backend_release_task(&t.v[i].task);
        output_release(&t.v[i].output);
        json_decref(t.v[i].entry);
        free(t.v[i].command);
    }
    free(t.v);
    json_decref(t.wanted);
    return result;
}
