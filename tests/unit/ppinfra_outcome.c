#include <stdlib.h>
#include <string.h>

#include "backend/ppinfra.h"
#include "unit.h"
#include "wire/json.h"

/* Recorded answers in, outcomes out; contracts.md 4.2 and B7, B11. JSON is written with ' for ". */

static json_t *parse(const char *text)
{
    char *copy = strdup(text);
    struct error err;

    for (char *c = copy; *c != '\0'; c++) {
        *c = (char)(*c == '\'' ? '"' : *c);
    }
    json_t *value = json_parse(copy, strlen(copy), "test", EXIT_FAILED, &err);
    CHECK(value != NULL, "bad test: %s: %s", err.text, text);
    free(copy);
    return value;
}

#define TASK(status, more) "{'task':{'task_id':'t-1','status':'TASK_STATUS_" status "'" more "}"

static void check_states(void)
{
    static const struct {
        const char *reply;
        enum standing standing;
        double fraction, eta;
        size_t links;
        const char *reason;
    } rows[] = {
        {TASK("QUEUED", "") "}", STANDING_QUEUED, -1, -1, 0, NULL},
        {TASK("QUEUED", ",'eta':0,'progress_percent':0") "}", STANDING_QUEUED, 0, -1, 0, NULL},
        {TASK("PROCESSING", ",'eta':7,'progress_percent':40") "}", STANDING_RUNNING, 0.4, 7, 0,
         NULL},
        {TASK("PROCESSING", ",'eta':'7','progress_percent':'140'") "}", STANDING_RUNNING, 1, 7, 0,
         NULL},
        {TASK("PROCESSING", ",'progress_percent':-3") ",'images':[]}", STANDING_RUNNING, 0, -1, 0,
         NULL},
        {TASK("UNKNOWN", "") "}", STANDING_UNKNOWN, -1, -1, 0, NULL},
        {TASK("RETRYING", "") "}", STANDING_UNKNOWN, -1, -1, 0, NULL},
        {TASK("FAILED", ",'reason':'out of memory'") ",'images':null}", STANDING_FAILED, -1, -1, 0,
         "out of memory"},
        {TASK("FAILED", ",'reason':''") "}", STANDING_FAILED, -1, -1, 0, NULL},
        {TASK("SUCCEED", ",'eta':3,'progress_percent':100") ",'images':[{'image_url':'https://h/"
                                                            "a.png?s=1','image_url_ttl':3600}]}",
         STANDING_SUCCEEDED, 1, -1, 1, NULL},
        {"{'task':{'status':'TASK_STATUS_QUEUED'}}", STANDING_QUEUED, -1, -1, 0, NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task = {.id = "t-1", .warnings = json_array()};
        struct outcome o;
        struct error err = {0};
        json_t *reply = parse(rows[i].reply);
        int result = ppinfra_backend.outcome(&task, ASK_STATE, reply, NULL, 0, &o, &err);
        CHECK(result == 0 && o.standing == rows[i].standing, "state %zu: %s", i, err.text);
        CHECK(o.progress.fraction >= rows[i].fraction && o.progress.fraction <= rows[i].fraction &&
                  o.progress.eta >= rows[i].eta && o.progress.eta <= rows[i].eta,
              "state %zu: %g %g", i, o.progress.fraction, o.progress.eta);
        CHECK(o.n_links == rows[i].links, "state %zu: %zu links", i, o.n_links);
        CHECK(rows[i].reason == NULL ? o.reason == NULL
                                     : o.reason != NULL && strcmp(o.reason, rows[i].reason) == 0,
              "state %zu: reason", i);
        json_decref(reply);
        backend_release_outcome(&o);
        backend_release_task(&task);
    }
}

/* The whole of a result, and what of it is told. */
static void check_result(void)
{
    struct task task = {.id = "t-1", .warnings = json_array()};
    struct outcome o;
    struct error err = {0};
    json_t *reply =
        parse("{'extra':{'seed':'4294967297','debug_info':{'submit_time_ms':'1'}},"
              "'task':{'task_id':'t-1','task_type':'IMG_TO_IMG','status':'TASK_STATUS_SUCCEED'},"
              "'images':[{'image_url':'https://h/1.png?X-Amz-Signature=secret',"
              "'image_url_ttl':'3600','image_type':'png'},"
              "{'image_url':'https://h/2.png','image_url_ttl':60,'nsfw_detection_result':"
              "{'valid':true,'confidence':0.5}},{'image_type':'png'},"
              "{'image_url':'https://h/4.png','image_url_ttl':'soon'}],'videos':[]}");
    json_t *info =
        parse("{'extra':{'seed':'4294967297','debug_info':{'submit_time_ms':'1'}},"
              "'task':{'task_id':'t-1','task_type':'IMG_TO_IMG','status':'TASK_STATUS_SUCCEED'},"
              "'images':[{'image_url_ttl':'3600','image_type':'png'},{'image_url_ttl':60,"
              "'nsfw_detection_result':{'valid':true,'confidence':0.5}},{'image_type':'png'},"
              "{'image_url_ttl':'soon'}]}");

    CHECK(ppinfra_backend.outcome(&task, ASK_STATE, reply, NULL, 0, &o, &err) == 0, "%s", err.text);
    CHECK(o.n_links == 3 && json_array_size(task.warnings) == 1, "%zu links", o.n_links);
    if (o.n_links == 3) {
        CHECK(strcmp(o.links[0].url, "https://h/1.png?X-Amz-Signature=secret") == 0, "url");
        CHECK(o.links[0].ttl == 3600 && o.links[1].ttl == 60 && o.links[2].ttl == -1, "ttl");
        CHECK(o.links[0].what.has_seed && o.links[0].what.seed == 4294967297, "seed");
        CHECK(!o.links[1].what.has_seed && o.links[1].what.role == ROLE_RESULT, "second seed");
    }
    char *text = json_dumps(o.info, 0);
    CHECK(json_equal(o.info, info), "info: %s", text);
    free(text);
    json_decref(info);
    json_decref(reply);
    backend_release_outcome(&o);
    backend_release_task(&task);
}

/* Answers that are of no use. */
static void check_unusable(void)
{
    static const struct {
        enum ask ask;
        enum operation operation;
        const char *reply, *text;
    } rows[] = {
        {ASK_STATE, OPERATION_IMG2IMG, "[]", "does not tell how task 't-1' stands"},
        {ASK_STATE, OPERATION_IMG2IMG, "{}", "does not tell how"},
        {ASK_STATE, OPERATION_IMG2IMG, "{'task':null}", "does not tell how"},
        {ASK_STATE, OPERATION_IMG2IMG, "{'task':{'status':3}}", "does not tell how"},
        {ASK_STATE, OPERATION_IMG2IMG, "{'task':{'task_id':'t-2','status':'TASK_STATUS_QUEUED'}}",
         "the service answered about task 't-2', not 't-1'"},
        {ASK_STATE, OPERATION_IMG2IMG, TASK("SUCCEED", "") "}",
         "task 't-1' has succeeded without an image"},
        {ASK_STATE, OPERATION_IMG2IMG,
         TASK("SUCCEED", ",'reason':'filtered'") ",'images':[{'image_url':''}]}",
         "without an image: filtered"},
        {ASK_SUBMIT, OPERATION_IMG2IMG, "{}", "no usable task id"},
        {ASK_SUBMIT, OPERATION_IMG2IMG, "{'task_id':''}", "no usable task id"},
        {ASK_SUBMIT, OPERATION_IMG2IMG, "{'task_id':5}", "no usable task id"},
        {ASK_SUBMIT, OPERATION_IMG2IMG, "{'task_id':'a\\r\\nb'}", "no usable task id"},
        {ASK_SUBMIT, OPERATION_INTERROGATE, "{'task_id':'x'}", "has no prompt"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task = {.id = "t-1", .operation = rows[i].operation, .warnings = json_array()};
        struct outcome o;
        struct error err = {0};
        json_t *reply = parse(rows[i].reply);
        int result = ppinfra_backend.outcome(&task, rows[i].ask, reply, NULL, 0, &o, &err);
        CHECK(result != 0 && err.code == EXIT_FAILED && strstr(err.text, rows[i].text) != NULL,
              "unusable %zu: %s", i, err.text);
        json_decref(reply);
        backend_release_outcome(&o);
        backend_release_task(&task);
    }
}

static void check_submitted(void)
{
    struct task task = {.warnings = json_array()};
    struct outcome o;
    struct request request;
    struct error err = {0};
    json_t *reply = parse("{'task_id':'a/../b?c=d&e'}");

    CHECK(!ppinfra_backend.request(&task, ASK_STATE, &request), "state without an id");
    CHECK(ppinfra_backend.outcome(&task, ASK_SUBMIT, reply, NULL, 0, &o, &err) == 0 &&
              o.standing == STANDING_QUEUED && strcmp(task.id, "a/../b?c=d&e") == 0,
          "submitted: %s", err.text);
    CHECK(ppinfra_backend.request(&task, ASK_STATE, &request) &&
              strcmp(request.path, "/v3/async/task-result?task_id=a%2F..%2Fb%3Fc%3Dd%26e") == 0 &&
              request.body == NULL,
          "state: %s", request.path);
    memset(task.id, '/', TASK_ID_MAX);
    CHECK(ppinfra_backend.request(&task, ASK_STATE, &request), "the longest id");
    for (enum ask ask = ASK_QUEUE; ask <= ASK_SKIP; ask++) {
        CHECK(!ppinfra_backend.request(&task, ask, &request), "ask %d", (int)ask);
    }
    CHECK(ppinfra_backend.lives_on(&task), "img2img lives on");
    backend_release_outcome(&o);
    json_decref(reply);
    reply = parse("{'prompt':'a cat'}");
    task.operation = OPERATION_INTERROGATE;
    CHECK(ppinfra_backend.outcome(&task, ASK_SUBMIT, reply, NULL, 0, &o, &err) == 0 &&
              strcmp(o.caption, "a cat") == 0,
          "caption");
    CHECK(!ppinfra_backend.lives_on(&task), "interrogate does not live on");
    backend_release_outcome(&o);
    json_decref(reply);
    backend_release_task(&task);
}

static void check_faults(void)
{
    static const struct {
        const char *reply, *words;
    } rows[] = {
        {"{'code':400,'reason':'INVALID_REQUEST_BODY','message':'bad steps','metadata':{}}",
         "INVALID_REQUEST_BODY: bad steps"},
        {"{'code':403,'reason':'BILLING_BALANCE_NOT_ENOUGH','message':'no money'}",
         "BILLING_BALANCE_NOT_ENOUGH: no money (top up the account)"},
        {"{'message':'slow down'}", "slow down"},
        {"{'reason':'OTHER'}", "OTHER"},
        {"{'code':5}", ""},
        {"[]", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf words;
        json_t *reply = parse(rows[i].reply);
        buf_init(&words, 4096);
        ppinfra_backend.fault(400, reply, &words);
        CHECK(strcmp(buf_str(&words), rows[i].words) == 0, "fault %zu: %s", i, buf_str(&words));
        buf_release(&words);
        json_decref(reply);
    }
}

int main(void)
{
    check_states();
    check_result();
    check_unusable();
    check_submitted();
    check_faults();
    return unit_done("ppinfra_outcome");
}
