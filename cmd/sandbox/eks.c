#include "eks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/net.h"

#define REQUEST_MAX ((size_t)10 << 20) /* of API Gateway */
/* Queues deliver at least once: of so many tasks one is delivered twice, unasked. */
#define TWICE_EVERY 7

/* libcurl is loaded here, before there are threads. */
static void load_s3(struct eks *e)
{
    struct net_config config = {.s3 = &e->s3, .deadline = {DEADLINE_NEVER}};
    struct net *net = NULL;
    struct error err;
    char *base = NULL;

    e->s3 = (struct s3)S3_INIT;
    if (s3_load(&e->s3, &err) == 0 && s3_base(&e->s3, e->box->bucket, &base, &err) == 0) {
        config.base = base;
        e->has_s3 = net_open(&net, &config, &err) == 0;
    }
    net_close(net);
    free(base);
    if (!e->has_s3)
        fprintf(stderr, "sdctl-sandbox: eks: %s; tasks are accepted and nothing is written\n",
                err.text);
}

static bool start(struct sandbox *box)
{
    struct eks *e = calloc(1, sizeof *e);

    if (!e)
        return false;
    e->box = box;
    load_s3(e);
    e->webui = *box;
    e->webui.dialect = &dialect_webui;
    e->webui.own = NULL;
    e->webui.credentials = NULL;
    e->webui.n_faults = 0;
    e->webui.fault_file = NULL;
    e->webui.root = NULL;
    if (sandbox_start(&e->webui, 0) == 0) {
        box->own = e;
        if (eks_queue_start(e))
            return true;
        sandbox_stop(&e->webui);
        box->own = NULL;
    }
    s3_release(&e->s3);
    free(e);
    return false;
}

static void stop(struct sandbox *box)
{
    struct eks *e = box->own;

    state_stop(&e->webui.state);
    eks_queue_stop(e);
    sandbox_stop(&e->webui);
    s3_release(&e->s3);
    free(e);
    box->own = NULL;
}

static void say(struct reply *reply, unsigned status, const char *type, const char *message)
{
    reply_json(reply, status, json_pack("{s:s}", "message", message));
    reply_header(reply, "x-amzn-ErrorType", "%s", type);
}

/* API Gateway's own answers (its "gateway responses" by type). */
static void fail(const struct request *request, struct reply *reply, const struct failure *f)
{
    static const struct {
        unsigned status;
        const char *type, *message;
    } ANSWERS[] = {
        {401, "UnauthorizedException", "Unauthorized"},
        {403, "ForbiddenException", "Forbidden"},
        {413, "RequestTooLargeException", "Request Too Long"},
        {429, "TooManyRequestsException", "Too Many Requests"},
        {500, "InternalServerErrorException", "Internal server error"},
        {502, "InternalServerErrorException", "Internal server error"},
        {503, "ServiceUnavailableException", "Service Unavailable"},
        {504, "InternalServerErrorException", "Endpoint request timed out"},
    };

    (void)request;
    for (size_t i = 0; i < sizeof ANSWERS / sizeof *ANSWERS; i++)
        if (ANSWERS[i].status == f->status) {
            say(reply, f->status, ANSWERS[i].type, ANSWERS[i].message);
            return;
        }
    say(reply, f->status, f->exception, f->detail);
}

static const char *const PATHS[] = {"/prod/v1alpha2",
                                    "/prod/v1alpha1",
                                    "/dev/v1alpha2",
                                    "/dev/v1alpha1",
                                    "/v1alpha2",
                                    "/v1alpha1",
                                    NULL};

/* Whether there is such a method; *alpha1 becomes its version. */
static bool find_route(const struct request *request, bool *alpha1)
{
    for (size_t i = 0; PATHS[i]; i++)
        if (strcmp(request->path, PATHS[i]) == 0) {
            *alpha1 = PATHS[i][strlen(PATHS[i]) - 1] == '1';
            return strcmp(request->method, "POST") == 0;
        }
    return false;
}

static bool check_key(struct request *request, struct reply *reply)
{
    const char *given = request_header(request, "x-api-key"), *wanted = request->box->credentials;
    bool alpha1;

    if (!wanted || (given && strcmp(given, wanted) == 0) || !find_route(request, &alpha1))
        return true;
    reply_error(request, reply, 403, "Forbidden");
    return false;
}

/* How the deliveries of a task end. */
static void set_ends(const struct request *request, struct eks *e, struct eks_task *task)
{
    static const struct {
        const char *fault;
        enum eks_end ends[EKS_DELIVERIES_MAX];
        size_t n;
    } PLANS[] = {
        {"task-fails", {EKS_FAILS}, 1},
        {"task-crashes", {EKS_CRASHES}, 1},
        {"delivered-twice", {EKS_WORKS, EKS_WORKS}, 2},
        {"fails-once", {EKS_FAILS, EKS_WORKS}, 2},
        {"then-fails", {EKS_WORKS, EKS_FAILS}, 2},
        {"dies-once", {EKS_DIES, EKS_WORKS}, 2},
        {"lost-images", {EKS_LOSES}, 1},
        {"bad-out", {EKS_GARBLES}, 1},
    };

    pthread_mutex_lock(&e->lock);
    task->n_ends = ++e->n_accepted % TWICE_EVERY == 0 ? 2 : 1;
    pthread_mutex_unlock(&e->lock);
    for (size_t i = 0; i < sizeof PLANS / sizeof *PLANS; i++)
        if (fault_strikes(request, PLANS[i].fault)) {
            memcpy(task->ends, PLANS[i].ends, sizeof task->ends);
            task->n_ends = PLANS[i].n;
        }
    task->stuck = fault_strikes(request, "task-stuck");
    if (fault_strikes(request, "slow-queue"))
        task->wait = request->fault_value > 0 ? request->fault_value : 3;
}

static void serve(struct request *request, struct reply *reply)
{
    struct eks *e = request->box->own;
    struct eks_task *task;
    bool alpha1;

    if (!find_route(request, &alpha1)) {
        say(reply, 403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        return;
    }
    if (request->body_bytes > REQUEST_MAX) {
        reply_error(request, reply, 413, "Request Too Long");
        return;
    }
    task = eks_lambda(request, alpha1, reply);
    if (!task)
        return;
    snprintf(task->folder, sizeof task->folder, "%s", request->folder);
    set_ends(request, e, task);
    if (!eks_queue_add(e, task))
        reply_error(request, reply, 500, "out of memory");
}

const struct dialect dialect_eks = {
    .name = "eks",
    .start = start,
    .stop = stop,
    .check_key = check_key,
    .serve = serve,
    .fail = fail,
    .paths = PATHS,
    .faults = FAULTS_EKS,
};
