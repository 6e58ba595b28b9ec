#include <stdlib.h>
#include <string.h>

#include "backend/fooocusapi.h"
#include "unit.h"

/* What comes back from a FooocusAPI server, and its list of tasks. */

#define BASE "http://10.0.0.5:7866/outputs/2024-07-05/"

struct came {
    const char *name;
    enum ask ask;
    enum delivery delivery;
    enum operation operation;
    const char *native, *reply;
    enum standing standing;
    const char *link; /* the last one */
    size_t n_links;
    json_int_t seed; /* of the last one; -1: not known */
    double fraction; /* 0: not looked at */
    const char *reason;
    bool doubtful, fails;
};

#define RECORD(status, more) "{\"task_id\":\"t1\",\"task_status\":" status "," more "}"

static const struct came cases[] = {
    {"sync", ASK_SUBMIT,
     .reply = RECORD("\"finished\"",
                     "\"progress\":100,\"result\":[\"" BASE "a.png\",\"" BASE
                     "b c#.png\"],\"req_params\":{\"image_seed\":41,\"image_number\":2}"),
     .n_links = 2, .link = "/outputs/2024-07-05/b%20c%23.png", .seed = 42},
    {"sync failed", ASK_SUBMIT, .reply = RECORD("\"finished\"", "\"result\":[]"),
     .standing = STANDING_FAILED, .reason = "without a picture"},
    {"sync null", ASK_SUBMIT, .reply = "null", .fails = true},
    {"async", ASK_SUBMIT, .delivery = DELIVERY_ASYNC,
     .reply = RECORD("\"pending\"", "\"id\":-1,\"progress\":-1,\"result\":[]"),
     .standing = STANDING_QUEUED},
    {"async without id", ASK_SUBMIT, .delivery = DELIVERY_ASYNC,
     .reply = "{\"task_id\":\"\",\"task_status\":\"pending\"}", .fails = true},
    {"missing", ASK_STATE, .reply = "[]", .standing = STANDING_MISSING},
    {"waiting", ASK_STATE, .reply = RECORD("null", "\"progress\":null,\"result\":null"),
     .standing = STANDING_QUEUED, .doubtful = true},
    {"running", ASK_STATE, .reply = RECORD("\"running\"", "\"progress\":18,\"result\":[]"),
     .standing = STANDING_RUNNING, .fraction = 0.18},
    {"finished, seed as text", ASK_STATE,
     .reply = RECORD("\"finished\"", "\"result\":[\"" BASE "a.png\"],"
                                     "\"req_params\":\"{\\\"image_seed\\\":9223372036854775807}\""),
     .n_links = 1, .link = "/outputs/2024-07-05/a.png", .seed = INT64_MAX},
    {"fewer than asked", ASK_STATE,
     .reply = RECORD("\"finished\"", "\"result\":[\"" BASE "a.png\"],"
                                     "\"req_params\":{\"image_seed\":5,\"image_number\":2}"),
     .n_links = 1, .link = "/outputs/2024-07-05/a.png", .seed = -1},
    {"upscaled", ASK_STATE,
     .reply = RECORD("\"finished\"", "\"result\":[\"http://h/x.png\"],\"req_params\":"
                                     "{\"image_seed\":5,\"uov_method\":\"Upscale (Fast 2x)\"}"),
     .n_links = 1, .link = "http://h/x.png", .seed = -1},
    {"stopped", ASK_STATE, .reply = RECORD("\"stop\"", "\"result\":[]"),
     .standing = STANDING_CANCELLED},
    {"skipped", ASK_STATE, .reply = RECORD("\"skip\"", "\"result\":[\"" BASE "a.png\"]"),
     .n_links = 1, .link = "/outputs/2024-07-05/a.png", .seed = -1},
    {"new word", ASK_STATE, .reply = RECORD("\"paused\"", "\"result\":[]"),
     .standing = STANDING_UNKNOWN},
    {"no task", ASK_STATE, .reply = "{\"message\":\"x\"}", .fails = true},
    {"results that are none", ASK_STATE, .reply = RECORD("\"finished\"", "\"result\":[1]"),
     .fails = true},
    {"event", ASK_SUBMIT, .delivery = DELIVERY_STREAM,
     .reply = "{\"progress\":34,\"preview\":null,\"message\":\"Sampling step 2/4, image 1/1 ...\","
              "\"images\":[]}",
     .standing = STANDING_RUNNING, .fraction = 0.34},
    {"last event", ASK_SUBMIT, .delivery = DELIVERY_STREAM, .native = "{\"image_seed\":3}",
     .reply = "{\"progress\":100,\"preview\":null,\"message\":\"Finished\",\"images\":[\"" BASE
              "a.png\"]}",
     .n_links = 1, .link = "/outputs/2024-07-05/a.png", .seed = 3, .fraction = 1},
    {"failed stream", ASK_SUBMIT, .delivery = DELIVERY_STREAM,
     .reply = "{\"progress\":100,\"preview\":null,\"message\":\"Finished\",\"images\":[]}",
     .standing = STANDING_FAILED, .reason = "without a picture"},
    {"queue", ASK_QUEUE,
     .reply = "{\"history\":[],\"current\":[{\"task_id\":\"x\"}],\"pending\":[{\"task_id\":\"y\"},"
              "{\"task_id\":\"t1\"}]}",
     .standing = STANDING_QUEUED},
    {"current", ASK_QUEUE,
     .reply = "{\"history\":[],\"current\":[{\"task_id\":\"t1\",\"progress\":50}],\"pending\":[]}",
     .standing = STANDING_RUNNING, .fraction = 0.5},
    {"nowhere", ASK_QUEUE, .reply = "{\"history\":[],\"current\":[],\"pending\":[]}",
     .standing = STANDING_MISSING, .reason = "neither waits nor runs"},
    {"no queue", ASK_QUEUE, .reply = "[]", .fails = true},
    {"describe", ASK_SUBMIT, .operation = OPERATION_INTERROGATE,
     .reply = "{\"describe\":\"a cat\"}"},
    {"no description", ASK_SUBMIT, .operation = OPERATION_INTERROGATE, .reply = "{}",
     .fails = true},
};

static json_t *parse(const char *text)
{
    return text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
}

static void check_links(const struct came *c, const struct outcome *outcome)
{
    CHECK(outcome->n_links == c->n_links, "%s: %zu links", c->name, outcome->n_links);
    if (c->n_links > 0 && outcome->n_links == c->n_links) {
        const struct link *last = &outcome->links[c->n_links - 1];
        CHECK(strcmp(last->url, c->link) == 0, "%s: %s", c->name, last->url);
        CHECK(last->what.has_seed == (c->seed >= 0) && (c->seed < 0 || last->what.seed == c->seed),
              "%s: seed %lld", c->name, (long long)last->what.seed);
    }
}

static void check_came(const struct came *c)
{
    struct error err = {0};
    struct outcome outcome;
    struct task task = {.operation = c->operation, .delivery = c->delivery};
    json_t *reply = parse(c->reply);

    task.native = parse(c->native);
    snprintf(task.id, sizeof task.id, "%s", c->ask == ASK_SUBMIT ? "" : "t1");
    int result = fooocusapi_backend.outcome(&task, c->ask, reply, NULL, 0, &outcome, &err);
    CHECK((result != 0) == c->fails && (result == 0 || err.code == EXIT_FAILED), "%s: %s", c->name,
          err.text);
    if (result == 0 && !c->fails) {
        CHECK(outcome.standing == c->standing && outcome.doubtful == c->doubtful, "%s: %d", c->name,
              (int)outcome.standing);
        CHECK(c->fraction == 0 || (outcome.progress.fraction > c->fraction - 1e-9 &&
                                   outcome.progress.fraction < c->fraction + 1e-9),
              "%s: %g", c->name, outcome.progress.fraction);
        CHECK(c->reason == NULL ? outcome.reason == NULL
                                : outcome.reason != NULL && strstr(outcome.reason, c->reason),
              "%s: reason", c->name);
        check_links(c, &outcome);
    }
    backend_release_outcome(&outcome);
    json_decref(reply);
    json_decref(task.native);
}

static void check_details(void)
{
    struct error err = {0};
    struct outcome outcome;
    struct task task = {.delivery = DELIVERY_ASYNC};
    struct arrived arrived = {.width = 8, .height = 8};
    json_t *reply = parse("{\"task_id\":\"85c1\",\"task_status\":\"pending\"}");

    CHECK(fooocusapi_backend.outcome(&task, ASK_SUBMIT, reply, NULL, 0, &outcome, &err) == 0 &&
              strcmp(task.id, "85c1") == 0,
          "the id of an asynchronous task");
    CHECK(fooocusapi_backend.lives_on(&task), "it lives on");
    json_decref(reply);
    backend_release_outcome(&outcome);

    task = (struct task){.delivery = DELIVERY_BINARY, .native = parse("{\"image_seed\":6}")};
    CHECK(fooocusapi_backend.outcome(&task, ASK_SUBMIT, NULL, &arrived, 1, &outcome, &err) == 0 &&
              outcome.n_pictures == 1 && outcome.pictures[0].has_seed &&
              outcome.pictures[0].seed == 6,
          "a binary answer");
    backend_release_outcome(&outcome);
    CHECK(fooocusapi_backend.outcome(&task, ASK_SUBMIT, NULL, NULL, 0, &outcome, &err) == -1,
          "a binary answer without a picture");
    backend_release_outcome(&outcome);
    json_decref(task.native);

    task = (struct task){.delivery = DELIVERY_STREAM};
    reply = parse("{\"progress\":34,\"message\":\"Sampling step 2/4, image 1/1 ...\"}");
    CHECK(fooocusapi_backend.outcome(&task, ASK_SUBMIT, reply, NULL, 0, &outcome, &err) == 0 &&
              outcome.progress.step == 2 && outcome.progress.steps == 4,
          "a step");
    backend_release_outcome(&outcome);
    json_decref(reply);

    reply = parse("{\"history\":[],\"current\":[],\"pending\":[]}");
    CHECK(fooocusapi_backend.recognise(reply), "recognised");
    json_decref(reply);
    reply = parse("{\"detail\":\"Not Found\"}");
    CHECK(!fooocusapi_backend.recognise(reply), "not recognised");
    json_decref(reply);
}

static void check_fault(const char *reply, const char *words)
{
    struct buf got;
    json_t *json = parse(reply);

    buf_init(&got, 4096);
    fooocusapi_backend.fault(422, json, &got);
    CHECK(strcmp(buf_str(&got), words) == 0, "fault: %s", buf_str(&got));
    buf_release(&got);
    json_decref(json);
}

#define JULY 1720085748199 /* 2024-07-04T09:35:48.199Z */

static void check_list(void)
{
    struct request request;
    struct task_range range = {.query = TASKS_HISTORY,
                               .page = 3,
                               .page_size = 5,
                               .since = TIME_UNBOUND,
                               .until = TIME_UNBOUND,
                               .utc_offset = 8 * 3600};
    const struct task_service *s = fooocusapi_backend.tasks;

    CHECK(s->list(&range, &request) &&
              strcmp(request.path, "/tasks?query=all&page=3&page_size=5") == 0,
          "%s", request.path);
    CHECK(!s->erase(&range, &request), "erase without bounds");
    range.since = JULY;
    CHECK(s->list(&range, &request) &&
              strcmp(request.path,
                     "/tasks?query=all&page=0&page_size=100000&start_at=2024-07-04T16:35:48"
                     "&end_at=2999-01-01T00:00:00") == 0,
          "%s", request.path);
    CHECK(!s->erase(&range, &request), "erase with one bound");
    range.until = JULY + 10000;
    CHECK(s->erase(&range, &request) &&
              strcmp(request.path, "/tasks?action=delete&start_at=2024-07-04T17:35:49"
                                   "&end_at=2024-07-04T17:35:58") == 0,
          "%s", request.path);
    range.until = JULY + 500;
    CHECK(!s->erase(&range, &request), "erase of less than a second");
    range.until = JULY - 100000;
    CHECK(s->list(&range, &request) && strstr(request.path, "&end_at=2024-07-04T18:34:09") != NULL,
          "%s", request.path);
}

#define HISTORY                                                                                    \
    "{\"history\":[{\"task_id\":\"a\",\"task_status\":\"finished\",\"in_queue_mills\":"            \
    "1720085748199,\"finish_mills\":1720085770046,\"progress\":100,\"result\":[\"http://h/"        \
    "outputs/2024-07-04/2024-07-04_17-36-09_5201.png\"],\"req_params\":\"{\\\"prompt\\\":"         \
    "\\\"p\\\"}\"},{\"task_id\":\"b\",\"task_status\":null,\"in_queue_mills\":1720085748300,"      \
    "\"result\":null},{\"task_id\":\"c\",\"task_status\":null,\"in_queue_mills\":1720085748400}]," \
    "\"current\":[{\"task_id\":\"c\",\"task_status\":\"running\",\"in_queue_mills\":"              \
    "1720085748400,\"progress\":50,\"result\":[]}],"                                               \
    "\"pending\":[{\"task_id\":\"d\",\"task_status\":null,\"in_queue_mills\":1720085748500}]}"

/* The ids and standings of a listing, one after the other. */
static void check_listed(const struct task_range *range, const char *want)
{
    struct error err = {0};
    json_t *reply = parse(HISTORY), *tasks = json_array(), *task;
    char got[256] = "";
    size_t i, n = 0;

    CHECK(fooocusapi_backend.tasks->listed(range, reply, tasks, &err) == 0, "%s", err.text);
    json_array_foreach(tasks, i, task)
    {
        n += (size_t)snprintf(got + n, sizeof got - n, "%s=%s ",
                              json_string_value(json_object_get(task, "task_id")),
                              json_string_value(json_object_get(task, "status")));
    }
    CHECK(strcmp(got, want) == 0, "listed: %s", got);
    json_decref(tasks);
    json_decref(reply);
}

static void check_lists(void)
{
    struct task_range range = {.query = TASKS_ALL,
                               .page = -1,
                               .page_size = -1,
                               .since = TIME_UNBOUND,
                               .until = TIME_UNBOUND};
    struct error err = {0};
    json_t *reply = parse(HISTORY), *tasks = json_array();
    long offset = 0;

    check_listed(&range, "c=running d=queued a=succeeded b=unknown ");
    range.since = JULY;
    check_listed(&range, "c=running d=queued b=unknown a=succeeded ");
    range.page = 1;
    range.page_size = 3;
    check_listed(&range, "a=succeeded ");
    range.page = 9;
    check_listed(&range, "");
    range =
        (struct task_range){.since = JULY + 1, .until = JULY + 250, .page = -1, .page_size = -1};
    check_listed(&range, "c=running b=unknown ");
    CHECK(fooocusapi_backend.tasks->utc_offset(reply, &offset) && offset == 8 * 3600, "offset %ld",
          offset);
    range = (struct task_range){
        .since = TIME_UNBOUND, .until = TIME_UNBOUND, .page = -1, .page_size = -1};
    fooocusapi_backend.tasks->listed(&range, reply, tasks, &err);
    char *text = json_dumps(json_array_get(tasks, 2), JSON_SORT_KEYS | JSON_COMPACT);
    CHECK(strcmp(text, "{\"params\":{\"prompt\":\"p\"},\"progress\":1.0,\"status\":\"succeeded\","
                       "\"submitted_at\":\"2024-07-04T09:35:48Z\",\"task_id\":\"a\",\"urls\":["
                       "\"http://h/outputs/2024-07-04/2024-07-04_17-36-09_5201.png\"]}") == 0,
          "%s", text);
    free(text);
    json_decref(tasks);
    json_decref(reply);
    reply = parse("{\"history\":[{\"finish_mills\":1720085770046,\"result\":[\"h/my-0.png\"]}]}");
    CHECK(!fooocusapi_backend.tasks->utc_offset(reply, &offset), "a name without a time");
    json_decref(reply);
}

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_came(&cases[i]);
    }
    check_details();
    check_fault("{\"detail\":\"Forbidden\"}", "Forbidden");
    check_fault("{\"detail\":[{\"loc\":[\"body\",\"loras\",0,\"enabled\"],\"msg\":\"Field "
                "required\"},{\"loc\":[\"body\",\"image_number\"],\"msg\":\"too many\"}]}",
                "loras.0.enabled: Field required; image_number: too many");
    check_fault(NULL, "");
    check_list();
    check_lists();
    return unit_done("fooocusapi_answers");
}
