#include "job/poll.h"

#define FIRST_MS 300
#define ROUND_MS 700
#define CALL_MS 10000

void poll_init(struct poll *p, struct job *job, struct net *net)
{
    *p = (struct poll){.job = job, .net = net, .next = clock_ms() + FIRST_MS};
    p->progress = (struct progress){
        .fraction = -1, .eta = -1, .step = -1, .steps = -1, .position = -1, .length = -1};
}

static void end_call(struct poll *p)
{
    body_release(&p->body);
    receive_release(&p->receive);
    json_decref(p->request_body);
    p->request_body = NULL;
    p->call = NULL;
}

static void start_call(struct poll *p, enum ask ask)
{
    struct net_request net_request = {.take = receive_take, .timeout_ms = CALL_MS};
    struct request request;
    struct error ignored;

    if (!p->job->backend->request(&p->job->task, ask, &request)) {
        p->no_task = p->no_task || ask == ASK_PROGRESS;
        p->no_server = p->no_server || ask == ASK_PROGRESS_STEP;
        json_decref(request.body);
        return;
    }
    p->ask = ask;
    p->request_body = request.body;
    receive_init(&p->receive, NULL, NULL);
    net_request.path = request.path;
    net_request.ctx = &p->receive;
    if (request.body != NULL) {
        net_request.body = &p->body;
        if (body_init(&p->body, request.body, NULL, 0, &ignored) != 0) {
            end_call(p);
            return;
        }
    }
    if (net_start(p->net, &net_request, &p->call, &ignored) != 0) {
        end_call(p);
    }
}

/* Takes in the answer; true when it told something. */
static bool read_call(struct poll *p)
{
    struct net_reply reply;
    struct error ignored;
    json_t *json = NULL;
    bool told = false;

    int result = net_finish(p->call, &reply, &ignored);
    if (result == 0 && reply.status == 200 && receive_json(&p->receive, &json, &ignored) == 0) {
        told = p->job->backend->progress(p->ask, json, &p->progress);
    }
    if (result == 0 && (reply.status == 404 || reply.status == 405 || (json != NULL && !told))) {
        p->no_task = p->no_task || p->ask == ASK_PROGRESS;
        p->no_server = p->no_server || p->ask == ASK_PROGRESS_STEP;
    }
    json_decref(json);
    end_call(p);
    return told;
}

static void tell(struct poll *p)
{
    p->job->watch(p->job->ctx, &p->progress);
    p->next = clock_ms() + ROUND_MS;
}

void poll_step(struct poll *p)
{
    if (p->call == NULL) {
        if (clock_ms() >= p->next) {
            p->next = clock_ms() + ROUND_MS;
            if (!p->no_task) {
                start_call(p, ASK_PROGRESS);
            } else if (!p->no_server) {
                start_call(p, ASK_PROGRESS_STEP);
            }
        }
        return;
    }
    if (!net_is_done(p->call)) {
        return;
    }
    enum ask asked = p->ask;
    bool told = read_call(p);
    /* The step is the server's, so it is asked only while the task that runs is this one. */
    if (asked == ASK_PROGRESS && told && p->progress.active && !p->no_server) {
        start_call(p, ASK_PROGRESS_STEP);
    }
    if (told && p->call == NULL) {
        tell(p);
    }
}

int64_t poll_due(const struct poll *p)
{
    int64_t left = p->next - clock_ms();

    return p->call != NULL || left > 1000 ? 1000 : left < 0 ? 0 : left;
}

void poll_release(struct poll *p)
{
    struct net_reply reply;
    struct error ignored;

    if (p->call != NULL) {
        net_finish(p->call, &reply, &ignored);
        end_call(p);
    }
}
