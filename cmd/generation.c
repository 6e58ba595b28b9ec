#include "cmd/generation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/batch.h"
#include "cmd/crop_preview.h"
#include "cmd/gather.h"
#include "cmd/loopback.h"
#include "cmd/remote.h"
#include "cmd/run.h"
#include "cmd/show.h"

static int count_of(const struct job *job)
{
    json_t *count = json_object_get(job->layers[LAYER_OPTION], "count");
    size_t images = json_array_size(json_object_get(job->layers[LAYER_OPTION], "images"));
    json_int_t n = count != NULL ? json_integer_value(count) : 1;

    return (int)(n * (images > 1 ? (json_int_t)images : 1));
}

static void show_preview(void *ctx, int fd, uint64_t bytes)
{
    (void)ctx;
    show_picture(fd, bytes);
}

/* Sends the job once and prints its document, which is given too. */
static int send_once(struct job *job, const struct generation *g, json_t **document,
                     struct error *err)
{
    struct error print_error = {0};
    bool show = g->task.show && show_begin();

    job->preview = show ? show_preview : NULL;
    int result = remote_run(&g->remote, job, document, err);
    if (show && result == 0) {
        show_document(*document);
    }

    if (*document != NULL && (job->output.kind != OUTPUT_STDOUT || result != 0) &&
        run_print(*document, &print_error) != 0 && result == 0) {
        *err = print_error;
        result = -1;
    }
    return result;
}

/* Once, or with --loopback once a round. */
static int send(struct job *job, const struct generation *g, struct error *err)
{
    const char *image = job->n_sources > 0 ? job->sources[0].name : NULL;
    long long rounds = g->image.loopback.set ? g->image.loopback.value : 1;
    enum exit_code code = EXIT_DONE;
    int result;

    if (output_init(&job->output, g->output.output, image, job->command,
                    (size_t)count_of(job) * (size_t)rounds, g->output.force, err) != 0) {
        return -1;
    }
    job->output.rounds = (size_t)rounds;
    for (long long round = 1;; round++) {
        json_t *document = NULL;
        result = send_once(job, g, &document, err);
        code = err->code == EXIT_NOT_AS_ASKED ? err->code : code;
        if (result == 0 && round < rounds) {
            result = loopback_next(job, document, err);
        }
        json_decref(document);
        if (result != 0 || round == rounds) {
            break;
        }
    }
    if (result == 0) {
        err->code = code;
    }
    return result;
}

static int perform(const struct command *self, struct job *job, struct parsed *parsed,
                   struct error *err)
{
    const struct generation *g = parsed->settings;
    bool offline = g->remote.dry_run || g->remote.explain || g->inpaint.crop_preview != NULL;
    struct remote remote = {0};
    int result = -1;

    if (remote_open(&remote, &g->remote, self->name, !offline, job, err) == 0 &&
        gather_job(job, g, parsed, err) == 0 &&
        (!g->image.loopback.set || loopback_check(job, err) == 0) &&
        job_prepare(job, offline, err) == 0) {
        result = g->inpaint.crop_preview != NULL ? crop_preview_run(job, g, err)
                 : offline                       ? remote_print(&g->remote, job, err)
                                                 : send(job, g, err);
    }
    job_release(job);
    remote_close(&remote, err);
    return result;
}

/* One job of a batch. */
static int fill(struct job *job, struct parsed *settings, const json_t *native, struct error *err)
{
    struct generation *g = settings->settings;

    g->native = (json_t *)(size_t)native;
    if (gather_job(job, g, settings, err) != 0) {
        return -1;
    }
    const char *image = job->n_sources > 0 ? job->sources[0].name : NULL;
    return output_init(&job->output, g->output.output, image, job->command, (size_t)count_of(job),
                       g->output.force, err);
}

static int run_batch(const struct command *self, enum operation operation,
                     const struct parsed *parsed, struct error *err)
{
    const struct generation *g = parsed->settings;
    const struct batch_command batch = {.command = self,
                                        .parsed = parsed,
                                        .options = &g->batch,
                                        .remote = &g->remote,
                                        .operation = operation,
                                        .resubmit = g->task.resubmit,
                                        .fill = fill};

    return batch_run(&batch, err);
}

int generation_run(const struct command *self, enum operation operation, int argc, char **argv)
{
    struct parsed parsed;
    struct error err = {0};
    static struct job job; /* large: off the stack */

    int result = options_parse(self, argc, argv, &parsed, &err);
    if (result == 0 && !parsed.help) {
        const struct generation *g = parsed.settings;
        job_init(&job);
        job.operation = operation;
        result = g->batch.batch != NULL ? run_batch(self, operation, &parsed, &err)
                                        : perform(self, &job, &parsed, &err);
    }
    result = run_finish(self, &parsed, result, &err);
    options_release(self, &parsed);
    return result;
}
