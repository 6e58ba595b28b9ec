#include "job/stage.h"

#include <string.h>

#include "job/fact.h"
#include "net/s3.h"

#define PATH_MAX_BYTES 8192

int stage_check(const char *url, struct error *err)
{
    struct s3_place place;

    if (s3_parse(url, &place, err) != 0) {
        return error_prefix(err, "--s3-stage: ");
    }
    return strlen(url) + 80 <= S3_KEY_MAX
               ? 0
               : error_set(err, EXIT_USAGE, "--s3-stage: the prefix is too long");
}

void stage_begin(struct stage *s, const struct job *job, struct net *net)
{
    *s = (struct stage){.job = job, .net = net};
    buf_init(&s->path, PATH_MAX_BYTES);
}

static void end_call(struct stage *s)
{
    struct net_reply reply;
    struct error ignored;

    if (s->call != NULL) {
        net_finish(s->call, &reply, &ignored);
        s->call = NULL;
    }
    receive_release(&s->receive);
    body_release(&s->body);
}

/* Only a refusal says something. */
static int take(void *stage, const struct net_reply *reply, const char *bytes, size_t n,
                struct error *err)
{
    struct stage *s = stage;

    return reply->status / 100 == 2 ? 0 : receive_take(&s->receive, reply, bytes, n, err);
}

static int start(struct stage *s, struct error *err)
{
    static const struct receive_plan plan = {.answer = ANSWER_JSON};
    char link[2048];
    struct s3_place place;

    if (!backend_stage_link(link, sizeof link, s->job->stage, &s->job->inputs[s->at]) ||
        s3_parse(link, &place, err) != 0) {
        return error_set(err, EXIT_USAGE, "--s3-stage: the prefix is too long");
    }
    s->path.len = 0;
    if (!s3_key_path(&s->path, place.key)) {
        return error_memory(err, "putting a picture into S3");
    }
    if (body_init_file(&s->body, &s->job->sources[s->at], err) != 0) {
        return -1;
    }
    receive_init(&s->receive, &plan);
    const struct net_request request = {.path = s->path.data,
                                        .accept = "*/*",
                                        .body = &s->body,
                                        .put = true,
                                        .take = take,
                                        .ctx = s};
    return net_start(s->net, &request, &s->call, err);
}

/* Whether a picture is the same as one before it. */
static bool is_there(const struct stage *s, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (strcmp(s->job->sources[i].sha256, s->job->sources[at].sha256) == 0) {
            return true;
        }
    }
    return false;
}

static int read_answer(struct stage *s, struct error *err)
{
    struct net_reply reply, busy;
    int64_t pause;
    int result = net_finish(s->call, &reply, err);

    s->call = NULL;
    if (result == 0 && reply.status / 100 == 2) {
        end_call(s);
        s->at++;
        s->attempt = 0;
        return 1;
    }
    busy = reply;
    busy.status = reply.status == 500 ? 503 : reply.status;
    if (retry_read(&s->job->patience, s->attempt, result, &busy, err, &pause)) {
        end_call(s);
        s->attempt++;
        s->next = clock_ms() + pause;
        return 1;
    }
    if (result == 0) {
        const struct fault_of of = {.backend = s->job->backend,
                                    .key = net_secret(s->net),
                                    .path = s->job->stage,
                                    .what = "to put files there",
                                    .in_s3 = true};
        fact_fault(&of, &reply, &s->receive, err);
    }
    return error_prefix(err, "'%s' cannot be put into S3: ", s->job->sources[s->at].name);
}

int stage_step(struct stage *s, struct error *err)
{
    if (s->call != NULL) {
        return net_is_done(s->call) || patience_is_over(&s->job->patience) ? read_answer(s, err)
                                                                           : 1;
    }
    while (s->at < s->job->n_sources && is_there(s, s->at)) {
        s->at++;
    }
    if (s->at == s->job->n_sources) {
        return 0;
    }
    if (patience_is_over(&s->job->patience)) {
        const volatile sig_atomic_t *stop = s->job->patience.stop;
        return stop != NULL && *stop != 0
                   ? error_set(err, (enum exit_code)(EXIT_SIGNAL + (int)*stop), "interrupted")
                   : error_set(err, EXIT_DEADLINE, "the deadline passed");
    }
    return clock_ms() < s->next || start(s, err) == 0 ? 1 : -1;
}

int64_t stage_due(const struct stage *s)
{
    int64_t left = s->next - clock_ms();

    return s->call != NULL || left > 1000 ? 1000 : left < 0 ? 0 : left;
}

void stage_release(struct stage *s)
{
    end_call(s);
    buf_release(&s->path);
}
