#include "ppinfra.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caption.h"

static bool start(struct sandbox *box)
{
    struct ppinfra *p = calloc(1, sizeof *p);

    if (!p)
        return false;
    p->box = box;
    p->files = *box;
    p->files.dialect = &dialect_ppinfra_files;
    p->files.own = p;
    p->files.root = NULL;
    randombytes_buf(p->key, sizeof p->key);
    if (sandbox_start(&p->files, 0) != 0) {
        free(p);
        return false;
    }
    box->own = p;
    if (ppinfra_work_start(p))
        return true;
    sandbox_stop(&p->files);
    free(p);
    return false;
}

static void stop(struct sandbox *box)
{
    struct ppinfra *p = box->own;

    sandbox_stop(&p->files);
    ppinfra_work_stop(p);
    free(p);
    box->own = NULL;
}

/* The names of errors by status, where nothing better is known. */
static void fail(const struct request *request, struct reply *reply, const struct failure *f)
{
    static const struct {
        unsigned status;
        const char *reason;
    } REASONS[] = {{400, "INVALID_REQUEST_BODY"}, {401, "INVALID_API_KEY"},
                   {403, "API_NOT_ALLOWED"},      {404, "API_NOT_FOUND"},
                   {429, "RATE_LIMIT_EXCEEDED"},  {500, "CREATE_TASK_FAILED"}};
    const char *reason = f->exception;

    (void)request;
    if (strcmp(reason, "HTTPException") == 0) {
        reason = "INTERNAL_ERROR";
        for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
            if (REASONS[i].status == f->status)
                reason = REASONS[i].reason;
    }
    reply_json(reply, f->status,
               json_pack("{s:i, s:s, s:s, s:{}}", "code", (int)f->status, "reason", reason,
                         "message", f->detail, "metadata"));
}

/* 401 as the guide says (novita.ai/docs/guides/error). The list of error names has 400 and 403 for
 * the same; the faults 400-missing-key and 403-invalid-key answer so. The JavaScript SDK sends the
 * bare key (B9), so the server must take it. */
static bool check_key(struct request *request, struct reply *reply)
{
    const char *given = request_header(request, "Authorization"),
               *wanted = request->box->credentials;
    struct failure f;

    if (!wanted)
        return true;
    if (given && strncmp(given, "Bearer ", 7) == 0)
        given += 7;
    if (given && strcmp(given, wanted) == 0)
        return true;
    if (given && *given)
        failure_set(&f, 401, "INVALID_API_KEY", "the API key is not valid");
    else
        failure_set(&f, 401, "MISSING_API_KEY", "the API key is missing");
    reply_failure(request, reply, &f);
    return false;
}

/* The body when it is a JSON object; else the reply is an error. */
static json_t *read_body(struct request *request, struct reply *reply)
{
    json_error_t error;
    struct failure f;

    request->json =
        json_loadb(request->body.data ? request->body.data : "", request->body.len, 0, &error);
    buf_release(&request->body);
    if (json_is_object(request->json))
        return request->json;
    failure_set(&f, 400, "INVALID_REQUEST_BODY", "the body is not a JSON object");
    reply_failure(request, reply, &f);
    return NULL;
}

static void make_id(char id[PPINFRA_ID_MAX])
{
    unsigned char r[16];
    char hex[33];

    randombytes_buf(r, sizeof r);
    sodium_bin2hex(hex, sizeof hex, r, sizeof r);
    snprintf(id, PPINFRA_ID_MAX, "%.8s-%.4s-4%.3s-8%.3s-%.12s", hex, hex + 8, hex + 13, hex + 17,
             hex + 20);
}

static void submit(struct request *request, struct reply *reply)
{
    json_t *body = read_body(request, reply), *about;
    struct ppinfra *p = request->box->own;
    struct ppinfra_task *task;
    struct failure f = {0};
    char id[PPINFRA_ID_MAX];

    if (!body)
        return;
    task = calloc(1, sizeof *task);
    if (!task)
        return;
    task->inpainting = strcmp(request->path, "/v3/async/inpainting") == 0;
    make_id(id);
    memcpy(task->id, id, sizeof id);
    snprintf(task->folder, sizeof task->folder, "%s", request->folder);
    task->wait = fault_strikes(request, "slow-queue")
                     ? (request->fault_value > 0 ? request->fault_value : 3)
                     : 0;
    task->stuck = fault_strikes(request, "task-stuck");
    task->fails = fault_strikes(request, "task-fails");
    if (ppinfra_read(task, body, request->folder, &f) != 0) {
        ppinfra_free_task(task);
        reply_failure(request, reply, &f);
        return;
    }
    if (!ppinfra_work_add(p, task)) {
        failure_set(&f, 500, "CREATE_TASK_FAILED", "out of memory");
        reply_failure(request, reply, &f);
        return;
    }
    sandbox_accepted(request->box, id);
    about = json_pack("{s:s}", "task_id", id);
    record_json(request->folder, "task.json", about);
    reply_json(reply, 200, about);
}

static void describe(struct request *request, struct reply *reply)
{
    json_t *body = read_body(request, reply);
    const char *base64 = json_string_value(json_object_get(body, "image_file"));
    struct raster picture = {0};
    struct failure f = {0};
    struct buf bytes, text;

    if (!body)
        return;
    buf_init(&bytes, 0);
    buf_init(&text, 4096);
    if (!base64 || !*base64)
        failure_set(&f, 400, "INVALID_REQUEST_BODY", "image_file: required");
    else if (ppinfra_picture(base64, "image_file", 2048, 0, &bytes, &picture, &f) == 0)
        record_picture(request->folder, "image", -1, &bytes, NULL);
    if (f.status == 0 && state_sleep(&request->box->state, request->box->pace)) {
        caption_tags(&picture, &text);
        reply_json(reply, 200, json_pack("{s:s}", "prompt", buf_str(&text)));
    } else if (f.status) {
        reply_failure(request, reply, &f);
    }
    raster_release(&picture);
    buf_release(&bytes);
    buf_release(&text);
}

static const struct route {
    const char *method, *path;
    void (*serve)(struct request *request, struct reply *reply);
} ROUTES[] = {
    {"POST", "/v3/async/img2img", submit},
    {"POST", "/v3/async/inpainting", submit},
    {"GET", "/v3/async/task-result", ppinfra_result},
    {"GET", "/v3/model", ppinfra_models},
    {"POST", "/v3/img2prompt", describe},
};

static void serve(struct request *request, struct reply *reply)
{
    struct failure f;

    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++)
        if (strcmp(ROUTES[i].path, request->path) == 0 &&
            strcmp(ROUTES[i].method, request->method) == 0) {
            ROUTES[i].serve(request, reply);
            return;
        }
    failure_set(&f, 404, "API_NOT_FOUND", "no such API");
    reply_failure(request, reply, &f);
}

static const char *const PATHS[] = {"/v3/async/img2img", "/v3/async/inpainting", "/v3/img2prompt",
                                    NULL};

const struct dialect dialect_ppinfra = {
    .name = "ppinfra",
    .start = start,
    .stop = stop,
    .check_key = check_key,
    .serve = serve,
    .fail = fail,
    .paths = PATHS,
    .faults = FAULTS_PPINFRA,
};
