#include <string.h>

#include "ppinfra.h"

#define RESULT "/v3/async/task-result"
#define FILES "/results/"

static json_t *task_of(const struct reply *reply)
{
    return json_object_get(reply->json, "task");
}

static bool has_ended(const struct reply *reply)
{
    const char *status = json_string_value(json_object_get(task_of(reply), "status"));

    return status && strcmp(status, "TASK_STATUS_SUCCEED") == 0;
}

static void unknown_status(struct request *request, struct reply *reply)
{
    (void)request;
    if (!has_ended(reply))
        return;
    json_object_set_new(task_of(reply), "status", json_string("TASK_STATUS_ARCHIVING"));
    json_object_set_new(reply->json, "images", json_array());
}

static void wrong_task(struct request *request, struct reply *reply)
{
    (void)request;
    if (task_of(reply))
        json_object_set_new(task_of(reply), "task_id",
                            json_string("00000000-0000-4000-8000-000000000000"));
}

static void no_images(struct request *request, struct reply *reply)
{
    (void)request;
    if (reply->json)
        json_object_set_new(reply->json, "images", json_array());
}

static void bad_links(struct request *request, struct reply *reply)
{
    json_t *image = json_array_get(json_object_get(reply->json, "images"), 0);

    (void)request;
    if (image)
        json_object_set_new(image, "image_url", json_string("file:///etc/passwd"));
}

static void one_image_less(struct request *request, struct reply *reply)
{
    json_t *images = json_object_get(reply->json, "images");

    (void)request;
    if (json_array_size(images) > 0)
        json_array_remove(images, json_array_size(images) - 1);
}

static void other_seed(struct request *request, struct reply *reply)
{
    json_t *extra = json_object_get(reply->json, "extra");

    (void)request;
    if (extra)
        json_object_set_new(extra, "seed", json_string("4242"));
}

static void lose(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_RESET;
}

static void cut(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_HALF;
}

/* An answer in the form of the documents' older example. */
static void wrap(struct request *request, struct reply *reply)
{
    (void)request;
    if (reply->json && reply->status == 200) {
        json_t *whole = json_pack("{s:i, s:s, s:O}", "code", 0, "msg", "", "data", reply->json);

        reply_json(reply, 200, whole);
    }
}

static void fail_as(struct request *request, struct reply *reply, unsigned status,
                    const char *reason, const char *message)
{
    struct failure f;

    failure_set(&f, status, reason, "%s", message);
    reply_failure(request, reply, &f);
}

static void missing_key(struct request *request, struct reply *reply)
{
    fail_as(request, reply, 400, "MISSING_API_KEY", "the API key is missing");
}

static void invalid_key(struct request *request, struct reply *reply)
{
    fail_as(request, reply, 403, "INVALID_API_KEY", "the API key is not valid");
}

static void no_balance(struct request *request, struct reply *reply)
{
    fail_as(request, reply, 400, "BILLING_BALANCE_NOT_ENOUGH", "the balance is not enough");
}

static void no_api(struct request *request, struct reply *reply)
{
    fail_as(request, reply, 404, "API_NOT_FOUND", "no such API");
}

static void html_page(struct request *request, struct reply *reply)
{
    (void)request;
    reply_text(reply, 200, "text/html; charset=utf-8", "<!doctype html>\n<title>Sign in</title>\n");
}

static void gone(struct request *request, struct reply *reply)
{
    (void)request;
    reply_text(reply, 404, "application/xml",
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code></Error>");
}

/* Another ETag each time, as when the file was written anew: If-Range never holds. */
static void change_etag(struct request *request, struct reply *reply)
{
    reply_header(reply, "ETag", "\"%.0f\"", request->arrived * 1e6);
}

const struct fault FAULTS_PPINFRA[] = {
    {"task-fails", NULL, 0, "the task ends as FAILED", NULL},
    {"task-stuck", NULL, 0, "the task stays at 42 % for ever", NULL},
    {"slow-queue", NULL, 0, "the task waits 3 s before it starts (=SECONDS)", NULL},
    {"lost-submit-answer", lose, 0, "the task is accepted, then the connection is reset", NULL},
    {"cut-submit-answer", cut, 0, "the task is accepted, its answer is cut in the middle", NULL},
    {"wrapped-answer", wrap, 0, "{\"code\", \"msg\", \"data\": the answer}", NULL},
    {"400-missing-key", missing_key, 400, "400 MISSING_API_KEY instead of 401", NULL},
    {"403-invalid-key", invalid_key, 403, "403 INVALID_API_KEY instead of 401", NULL},
    {"no-balance", no_balance, 400, "400 BILLING_BALANCE_NOT_ENOUGH", NULL},
    {"lost-poll", lose, 0, "an answer about a task is lost: the connection is reset", RESULT},
    {"unknown-status", unknown_status, 0, "TASK_STATUS_ARCHIVING where the task has succeeded",
     RESULT},
    {"wrong-task-id", wrong_task, 0, "the answer is about another task", RESULT},
    {"no-images", no_images, 0, "the task has succeeded without images", RESULT},
    {"one-image-less", one_image_less, 0, "the task has succeeded with one image less", RESULT},
    {"other-seed", other_seed, 0, "the task was done with the seed 4242", RESULT},
    {"bad-links", bad_links, 0, "the first image's link is file:///etc/passwd", RESULT},
    {"expired-links", NULL, 0, "links that have expired already", RESULT},
    {"model-404", no_api, 404, "no list of models", "/v3/model"},
    {"img2prompt-404", no_api, 404, "no descriptions", "/v3/img2prompt"},
    {"download-cut", cut, 0, "a download ends after half of what was asked for", FILES},
    {"download-no-ranges", NULL, 0, "downloads ignore Range", FILES},
    {"download-etag", change_etag, 0, "the file has another ETag at every request", FILES},
    {"download-404", gone, 404, "the results are gone", FILES},
    {"download-html", html_page, 200, "a page of HTML in place of a picture", FILES},
    {0},
};
