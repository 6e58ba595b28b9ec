#include "cmd/batch_state.h"
#include "cmd/progress.h"
#include "cmd/run.h"

/* The endpoint's fault rather than the job's, and nothing of it can have been accepted. */
static bool may_move(const struct batch_job *job)
{
    const struct error *why = &job->run.err;
    int s = job->run.status;

    return !job->job.submitted ? why->code == EXIT_NETWORK : s == 429 || s == 503;
}

/* What a job's end says of its endpoint. */
static void judge_lane(struct batch *b, const struct batch_job *job)
{
    const struct error *why = &job->run.err;
    bool taken = job->job.task.id[0] != '\0';

    if (job->run.result == 0) {
        lanes_succeeded(&b->lanes, job->lane, clock_ms() - job->job.started);
    } else if (may_move(job) || (why->code == EXIT_NETWORK && !taken)) {
        lanes_failed(&b->lanes, job->lane, false, why->text);
    } else if (why->code == EXIT_NETWORK || why->code == EXIT_DEADLINE || job->run.status >= 500) {
        lanes_failed(&b->lanes, job->lane, true, why->text);
    } else if (job->job.submitted) {
        b->lanes.answered = clock_ms();
        job->lane->faults = 0;
    }
}

/* Says which job the document is of, and prints it. */
static bool print(struct batch *b, const struct batch_job *job)
{
    json_t *document = job->run.document;
    const json_t *image = json_object_get(job->line, "image");

    if (document == NULL || b->print.code != EXIT_DONE) {
        return false;
    }
    json_object_set_new(document, "job", json_integer((json_int_t)job->number));
    if (image != NULL) {
        json_object_set(document, "image", (json_t *)(size_t)image);
    }
    run_hide(job->job.key);
    if (run_print(document, &b->print) != 0) {
        b->ended = true; /* what comes would be lost */
        return false;
    }
    return true;
}

static void succeed(struct batch *b, struct batch_job *job)
{
    const json_t *document = job->run.document;
    bool caption = json_is_string(json_object_get(document, "caption"));
    json_t *warnings = job->job.task.warnings;
    struct error why;

    b->succeeded++;
    b->odd += job->run.err.code == EXIT_NOT_AS_ASKED;
    bool printed = print(b, job);
    if ((json_array_size(json_object_get(document, "images")) > 0 || (caption && printed)) &&
        ledger_put(b->ledger, job->digest, LEDGER_DONE, NULL, 0, &why) != 0) {
        json_array_append_new(warnings, json_string(why.text));
    }
    batch_tell(b, job->number, NULL, warnings);
}

static void fail(struct batch *b, struct batch_job *job)
{
    struct error ignored;

    print(b, job);
    if (job->lives_on && !job->job.doubtful && job->job.task.id[0] == '\0' && job->url == NULL) {
        ledger_put(b->ledger, job->digest, LEDGER_MISSING, NULL, 0, &ignored);
    }
    batch_tell_failure(b, job->number, &job->run.err, job->job.task.warnings);
}

void batch_take(struct batch *b, size_t at)
{
    struct batch_job *job = b->jobs[at];

    job->lane->busy--;
    run_hide(job->job.key);
    if (run_stop == 0) {
        judge_lane(b, job);
        if (job->run.result != 0 && may_move(job) && job->moves < MOVES_MAX &&
            clock_left(&job->deadline, 1) > 0) {
            batch_job_stop(job);
            return;
        }
    }
    if (job->run.result == 0) {
        succeed(b, job);
    } else if (job->fatal) {
        b->fatal = job->run.err;
        b->ended = true;
    } else {
        fail(b, job);
    }
    progress_task_clear(at);
    batch_job_free(job);
    b->jobs[at] = NULL;
}
