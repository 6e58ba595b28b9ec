#include "eks.h"

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

static void message(struct reply *reply, unsigned status, const char *type, const char *text)
{
    reply_json(reply, status, json_pack("{s:s}", "message", text));
    reply_header(reply, "x-amzn-ErrorType", "%s", type);
}

static void throttle(struct request *request, struct reply *reply)
{
    (void)request;
    message(reply, 429, "TooManyRequestsException", "Too Many Requests");
}

static void exceed(struct request *request, struct reply *reply)
{
    (void)request;
    message(reply, 429, "LimitExceededException", "Limit Exceeded");
}

/* As the guidance's documents have it (C11). */
static void not_authorized(struct request *request, struct reply *reply)
{
    (void)request;
    message(reply, 401, "UnauthorizedException", "Unauthorized");
}

const struct fault FAULTS_EKS[] = {
    {"task-fails", NULL, 0, "the WebUI runs out of memory: a .out that says so", NULL},
    {"task-crashes", NULL, 0, "the agent's handler fails: {\"code\": 500, \"error\"} in .out",
     NULL},
    {"task-stuck", NULL, 0, "the task is never delivered", NULL},
    {"slow-queue", NULL, 0, "each delivery waits 3 s (=SECONDS)", NULL},
    {"delivered-twice", NULL, 0, "the task is delivered twice", NULL},
    {"fails-once", NULL, 0, "delivered twice; the first ends in a failure", NULL},
    {"then-fails", NULL, 0, "delivered twice; the second ends in a failure", NULL},
    {"dies-once", NULL, 0, "delivered twice; the first has one picture and no .out", NULL},
    {"lost-images", NULL, 0, "success in .out, and no pictures", NULL},
    {"bad-out", NULL, 0, "the .out ends in the middle", NULL},
    {"id-task", NULL, 0, "\"id_task\" instead of \"id\" in the answer, as documented", NULL},
    {"lost-submit-answer", lose, 0, "the task is accepted, then the connection is reset", NULL},
    {"cut-submit-answer", cut, 0, "the task is accepted, its answer is cut in the middle", NULL},
    {"throttled", throttle, 429, "429 {\"message\": \"Too Many Requests\"}", NULL},
    {"quota", exceed, 429, "429 {\"message\": \"Limit Exceeded\"}", NULL},
    {"401-key", not_authorized, 401, "401 instead of 403, as documented", NULL},
    {0},
};
