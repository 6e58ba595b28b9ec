#include "job/poll.h"

#include <stdlib.h>

#define FIRST_MS 300
#define ROUND_MS 700
#define CALL_MS 10000

void poll_init(struct poll *p, struct job *job, struct net *net)
{
    *p = (struct poll){.job = job, .net = net, .next = clock_ms() + FIRST_MS};
    p->progress = progress_unknown;
    p->scratch = job->preview == NULL ? NULL : outfile_scratch_folder();
    job->task.previews = p->scratch != NULL;
    job->task.preview = -1;
}

/* The server cannot tell this: it is not asked again. */
static void give_up(struct poll *p, enum ask ask)
{
    p->no_task = p->no_task || ask == ASK_PROGRESS;
    p->no_server = p->no_server || ask == ASK_PROGRESS_STEP;
}

static void start_call(struct poll *p, enum ask ask)
{
    const struct exchange_plan plan = {.backend = p->job->backend,
                                       .task = &p->job->task,
                                       .ask = ask,
                                       .timeout_ms = CALL_MS,
                                       .receive = {.place = p->scratch}};
    struct error ignored;

    p->ask = ask;
    if (exchange_start(&p->exchange, p->net, &plan, &ignored) == 1) {
        give_up(p, ask);
    }
}

/* Takes in the answer; true when it told something. */
static bool read_call(struct poll *p)
{
    struct net_reply reply;
    struct error ignored;
    json_t *json = NULL;

    int result = exchange_finish(&p->exchange, &reply, &json, &ignored);
    bool told = json != NULL && p->job->backend->progress(p->ask, json, &p->progress);
    if (result == 0 && (reply.status == 404 || reply.status == 405 || (json != NULL && !told))) {
        give_up(p, p->ask);
    }
    if (told && p->exchange.receive.n_pictures > 0) {
        const struct received *picture = p->exchange.receive.pictures[0];
        p->job->preview(p->job->ctx, picture->file.fd, picture->bytes);
        p->job->task.preview = p->progress.preview;
    }
    json_decref(json);
    exchange_release(&p->exchange);
    return told;
}

static void tell(struct poll *p)
{
    p->job->watch(p->job->ctx, &p->progress);
    p->next = clock_ms() + ROUND_MS;
}

void poll_step(struct poll *p)
{
    if (p->exchange.call == NULL) {
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
    if (!exchange_is_done(&p->exchange)) {
        return;
    }
    enum ask asked = p->ask;
    bool told = read_call(p);
    /* The step is the server's, so it is asked only while the task that runs is this one. */
    if (asked == ASK_PROGRESS && told && p->progress.active && !p->no_server) {
        start_call(p, ASK_PROGRESS_STEP);
    }
    if (told && p->exchange.call == NULL) {
        tell(p);
    }
}

int64_t poll_due(const struct poll *p)
{
    int64_t left = p->next - clock_ms();

    return p->exchange.call != NULL || left > 1000 ? 1000 : left < 0 ? 0 : left;
}

void poll_release(struct poll *p)
{
    exchange_release(&p->exchange);
    free(p->scratch);
}
