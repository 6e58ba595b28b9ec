#include <string.h>

#include "backend/fooocus_api.h"
#include "tests/unit/unit.h"

/* What comes in from Fooocus-API: answers in, standings, links and lists out. */

static const struct backend *const backend = &fooocus_api_backend;

struct answered {
    enum ask ask;
    const char *reply;
    enum standing standing;
    size_t n_links;
    const char *reason; /* in it, or NULL */
};

#define FILE_URL "http://127.0.0.1:8888/files/2024-07-04/a-0.png"
#define RESULT(reason)                                                                             \
    "{\"base64\":null,\"url\":null,\"seed\":\"\",\"finish_reason\":\"" reason "\"}"
#define PICTURE                                                                                    \
    "{\"base64\":null,\"url\":\"" FILE_URL "\",\"seed\":\"9223372036854775807\","                  \
    "\"finish_reason\":\"SUCCESS\"}"
#define JOB(id, stage, rest)                                                                       \
    "{\"job_id\":\"" id "\",\"job_type\":\"Image Prompt\",\"job_stage\":\"" stage "\"" rest "}"

static const struct answered answers[] = {
    {ASK_SUBMIT, "[" PICTURE "," PICTURE "]", STANDING_SUCCEEDED, 2, NULL},
    {ASK_SUBMIT, "[]", STANDING_FAILED, 0, "no picture"},
    {ASK_SUBMIT, "[" RESULT("ERROR") "]", STANDING_FAILED, 0, "ERROR"},
    {ASK_SUBMIT, "[" RESULT("USER_CANCEL") "]", STANDING_CANCELLED, 0, "USER_CANCEL"},
    {ASK_SUBMIT, JOB("j-1", "WAITING", ",\"job_progress\":0"), STANDING_QUEUED, 0, NULL},
    {ASK_SUBMIT, JOB("j-1", "RUNNING", ",\"job_progress\":0"), STANDING_RUNNING, 0, NULL},
    {ASK_STATE,
     JOB("j-1", "RUNNING",
         ",\"job_progress\":40,\"job_status\":\"Step 3/30 in the 1-th "
         "Sampling\""),
     STANDING_RUNNING, 0, NULL},
    {ASK_STATE, JOB("j-1", "SUCCESS", ",\"job_progress\":100,\"job_result\":[" PICTURE "]"),
     STANDING_SUCCEEDED, 1, NULL},
    {ASK_STATE, JOB("j-1", "SUCCESS", ",\"job_result\":[]"), STANDING_CANCELLED, 0, "stopped"},
    {ASK_STATE, JOB("j-1", "ERROR", ",\"job_status\":\"VAE encoding ...\",\"job_result\":null"),
     STANDING_FAILED, 0, "VAE encoding"},
    {ASK_STATE, JOB("j-1", "PAUSED", ""), STANDING_UNKNOWN, 0, NULL},
    {ASK_QUEUE, "{\"queue\":[{\"job_id\":\"j-1\",\"start_mills\":5}],\"history\":[]}",
     STANDING_RUNNING, 0, NULL},
    {ASK_QUEUE, "{\"queue\":[{\"job_id\":\"j-1\",\"start_mills\":0}],\"history\":[]}",
     STANDING_QUEUED, 0, NULL},
    {ASK_QUEUE, "{\"queue\":[],\"history\":[{\"job_id\":\"j-1\",\"is_finished\":true}]}",
     STANDING_UNKNOWN, 0, NULL},
    {ASK_QUEUE,
     "{\"queue\":[],\"history\":[{\"params\":{},\"task_info\":{\"task_id\":\"j-1\",\"result_url\":"
     "\"" FILE_URL "," FILE_URL "\",\"finish_reason\":\"SUCCESS\"}}]}",
     STANDING_SUCCEEDED, 2, NULL},
    {ASK_QUEUE, "{\"queue\":[],\"history\":[]}", STANDING_MISSING, 0, NULL},
};

static void test_outcomes(void)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const struct answered *a = &answers[i];
        struct task task = {.id = "j-1", .warnings = json_array()};
        struct outcome outcome;
        struct error err = {0};
        json_t *reply = json_loads(a->reply, 0, NULL);
        int result = backend->outcome(&task, a->ask, reply, NULL, 0, &outcome, &err);
        CHECK(result == 0 && outcome.standing == a->standing && outcome.n_links == a->n_links,
              "%s: %d, %s, %zu links: %s", a->reply, result, standing_name(outcome.standing),
              outcome.n_links, err.text);
        CHECK(a->reason == NULL ? outcome.reason == NULL
                                : outcome.reason != NULL && strstr(outcome.reason, a->reason),
              "%s: reason %s", a->reply, outcome.reason != NULL ? outcome.reason : "none");
        if (outcome.n_links > 0 && a->ask != ASK_QUEUE) {
            CHECK(outcome.links[0].what.has_seed && outcome.links[0].what.seed == INT64_MAX,
                  "the seed");
        }
        backend_release_outcome(&outcome);
        json_decref(reply);
        backend_release_task(&task);
    }
}

/* An answer that is an error, or tells something that the table above has no room for. */
static int read_one(struct task *task, enum ask ask, const char *text, struct outcome *outcome,
                    struct error *err)
{
    json_t *reply = json_loads(text, JSON_DECODE_ANY, NULL);
    int result = backend->outcome(task, ask, reply, NULL, 0, outcome, err);

    json_decref(reply);
    return result;
}

static void test_details(void)
{
    struct task task = {.warnings = json_array(), .native = json_pack("{s:i}", "image_number", 2)};
    struct outcome outcome;
    struct error err = {0};

    CHECK(read_one(&task, ASK_SUBMIT, "[" RESULT("QUEUE_IS_FULL") "]", &outcome, &err) != 0 &&
              err.code == EXIT_REFUSED,
          "a full queue");
    backend_release_outcome(&outcome);
    CHECK(read_one(&task, ASK_SUBMIT,
                   JOB("", "ERROR", ",\"job_result\":[" RESULT("QUEUE_IS_FULL") "]"), &outcome,
                   &err) != 0 &&
              err.code == EXIT_REFUSED,
          "a full queue, asynchronously");
    backend_release_outcome(&outcome);
    CHECK(read_one(&task, ASK_SUBMIT, JOB("", "WAITING", ""), &outcome, &err) != 0 &&
              err.code == EXIT_FAILED,
          "no id");
    backend_release_outcome(&outcome);
    CHECK(read_one(&task, ASK_SUBMIT, "[{\"finish_reason\":\"SUCCESS\",\"url\":null}]", &outcome,
                   &err) != 0,
          "no URL");
    backend_release_outcome(&outcome);
    CHECK(read_one(&task, ASK_SUBMIT, "\"pong\"", &outcome, &err) != 0, "a string");
    backend_release_outcome(&outcome);
    CHECK(read_one(&task, ASK_SUBMIT, JOB("j-7", "WAITING", ""), &outcome, &err) == 0 &&
              strcmp(task.id, "j-7") == 0,
          "the id is %s", task.id);
    backend_release_outcome(&outcome);
    CHECK(read_one(&task, ASK_STATE,
                   JOB("j-7", "RUNNING", ",\"job_progress\":40,\"job_status\":\"Step 3/30 in\""),
                   &outcome, &err) == 0 &&
              outcome.progress.fraction == 0.4 && outcome.progress.step == 3 &&
              outcome.progress.steps == 30,
          "progress");
    backend_release_outcome(&outcome);
    task.operation = OPERATION_INTERROGATE;
    CHECK(read_one(&task, ASK_SUBMIT, "{\"describe\":\"a cat\"}", &outcome, &err) == 0 &&
              strcmp(outcome.caption, "a cat") == 0,
          "a description");
    backend_release_outcome(&outcome);
    backend_release_task(&task);
}

static void test_requests(void)
{
    struct task task = {.id = "a b/1"};
    struct request request;

    CHECK(backend->request(&task, ASK_STATE, &request) &&
              strcmp(request.path, "/v1/generation/query-job?job_id=a%20b%2F1&require_step_preview="
                                   "false") == 0,
          "%s", request.path);
    CHECK(backend->request(&task, ASK_CANCEL, &request) && json_is_object(request.body) &&
              strcmp(request.path, "/v1/generation/stop") == 0,
          "%s", request.path);
    json_decref(request.body);
    CHECK(!backend->request(&task, ASK_SKIP, &request), "there is nothing to skip with");
    task = (struct task){.delivery = DELIVERY_BINARY, .native = json_object()};
    CHECK(backend->request(&task, ASK_SUBMIT, &request) && request.answer == ANSWER_PICTURE &&
              strcmp(request.accept, "image/png") == 0,
          "a picture as the answer");
    json_decref(request.body);
    json_decref(task.native);
}

static void test_fault(void)
{
    struct buf words;
    json_t *reply = json_loads("{\"detail\":[{\"loc\":[\"body\",\"loras\",0,\"enabled\"],\"msg\":"
                               "\"Field required\",\"input\":\"QUJD\"},{\"loc\":[\"body\","
                               "\"image_number\"],\"msg\":\"too many\"}],\"body\":{\"input_image\":"
                               "\"QUJD\"}}",
                               0, NULL);

    buf_init(&words, 1000);
    backend->fault(422, reply, &words);
    CHECK(strcmp(buf_str(&words), "loras[0].enabled: Field required; image_number: too many") == 0,
          "%s", buf_str(&words));
    json_decref(reply);
    buf_release(&words);
    reply = json_loads("{\"detail\":\"Forbidden\"}", 0, NULL);
    backend->fault(403, reply, &words);
    CHECK(strcmp(buf_str(&words), "Forbidden") == 0, "%s", buf_str(&words));
    backend->fault(500, NULL, &words);
    json_decref(reply);
    buf_release(&words);
}

#define IN_MEMORY                                                                                  \
    "{\"queue\":[{\"job_id\":\"r\",\"in_queue_mills\":1720085748199,\"start_mills\":9},{"          \
    "\"job_id\":\"w\",\"in_queue_mills\":1720085749000,\"start_mills\":0}],\"history\":[{"         \
    "\"job_id\":\"h1\",\"in_queue_mills\":1000,\"is_finished\":true},{\"job_id\":\"h2\","          \
    "\"in_queue_mills\":2000,\"is_finished\":true}]}"
#define KEPT                                                                                       \
    "{\"queue\":[],\"history\":[{\"params\":{\"prompt\":\"p\"},\"task_info\":{\"task_id\":\"k\","  \
    "\"task_in_queue_mills\":1720085748199,\"result_url\":\"" FILE_URL "\",\"finish_reason\":"     \
    "\"SUCCESS\"}}]}"

static void check_list(const struct task_range *range, const char *reply, const char *ids)
{
    json_t *answer = json_loads(reply, 0, NULL), *tasks = json_array(), *task;
    struct error err = {0};
    char got[64] = "";
    size_t i;

    CHECK(fooocus_api_tasks.listed(range, answer, tasks, &err) == 0, "%s", err.text);
    json_array_foreach(tasks, i, task)
    {
        const char *id = json_string_value(json_object_get(task, "task_id"));
        const char *status = json_string_value(json_object_get(task, "status"));
        strncat(got, id, 8);
        strncat(got, ":", 2);
        strncat(got, status, 1);
        strncat(got, " ", 2);
    }
    CHECK(strcmp(got, ids) == 0, "'%s', not '%s'", got, ids);
    json_decref(answer);
    json_decref(tasks);
}

static void test_tasks(void)
{
    struct task_range all = {TASKS_ALL, -1, -1, TIME_UNBOUND, TIME_UNBOUND, 0};
    struct request request;
    struct task_range range = all;

    check_list(&all, IN_MEMORY, "r:r w:q h2:u h1:u ");
    check_list(&all, KEPT, "k:s ");
    range.query = TASKS_CURRENT;
    check_list(&range, IN_MEMORY, "r:r ");
    range.query = TASKS_PENDING;
    check_list(&range, IN_MEMORY, "w:q ");
    range = (struct task_range){TASKS_HISTORY, 1, 1, TIME_UNBOUND, TIME_UNBOUND, 0};
    check_list(&range, IN_MEMORY, "h1:u ");
    check_list(&range, KEPT, "k:s ");
    range = (struct task_range){TASKS_HISTORY, -1, -1, 1500, 3000, 0};
    check_list(&range, IN_MEMORY, "h2:u ");
    CHECK(fooocus_api_tasks.list(&range, &request) &&
              strcmp(request.path, "/v1/generation/job-history?page=0&page_size=1000000") == 0,
          "%s", request.path);
    CHECK(fooocus_api_tasks.erase == NULL, "nothing is deleted by time");
}

int main(void)
{
    test_outcomes();
    test_details();
    test_requests();
    test_fault();
    test_tasks();
    return unit_done("fooocus_api_reply");
}
