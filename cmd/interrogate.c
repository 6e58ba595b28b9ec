#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cmd/batch.h"
#include "cmd/commands.h"
#include "cmd/groups.h"
#include "cmd/remote.h"
#include "cmd/run.h"

struct settings {
    struct remote_options remote;
    struct batch_options batch;
    const char *image; /* of a batch's line */
    bool text;
};

static const char *const models[] = {"clip", "deepdanbooru", "photo", "anime", NULL};

static const struct option_row rows[] = {
    {.name = "model",
     .type = OPTION_CHOICE,
     .choices = models,
     .param = "model",
     .help = "what describes the image",
     .detail =
         "WebUI: clip writes a caption (this if not given), deepdanbooru lists tags. "
         "FooocusAPI and Fooocus-API: photo writes a caption (this if not given), anime lists "
         "tags. PPInfra has no choice."},
    {.name = "text",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, text),
     .help = "print the caption alone, as a line of text"},
    {.name = "image",
     .letter = 'i',
     .type = OPTION_FILE,
     .metavar = "FILE",
     .offset = offsetof(struct settings, image),
     .help = "the image, as other commands name it",
     .detail = "It may be an operand as well."},
    {.name = NULL},
};
static const struct option_group group = {.title = "Description", .rows = rows};

static const struct option_use uses[] = {
    {.group = &group},
    {.group = &batch_group, .base = offsetof(struct settings, batch)},
    {.group = &remote_group, .base = offsetof(struct settings, remote)},
    {.group = &request_group, .base = offsetof(struct settings, remote)},
    {.group = NULL},
};

/* The n-th image: the first is added to the job, a later one takes its place. */
static int put_image(struct job *job, const char *path, struct error *err)
{
    struct source source;

    if (source_open(&source, path, &job->patience.deadline, err) != 0) {
        return -1;
    }
    if (job->n_sources > 0) {
        return job_replace_picture(job, 0, &source, err);
    }
    json_t *node = job_add_picture(job, &source, err);
    source_release(&source);
    json_t *images = node == NULL ? NULL : json_pack("[o]", node);
    if (node == NULL) {
        return -1;
    }
    return json_object_set_new(job->layers[LAYER_OPTION], "images", images) == 0
               ? 0
               : error_memory(err, "preparing the image");
}

static int prepare(struct job *job, const char *path, bool offline, struct error *err)
{
    bool again = job->task.native != NULL;

    return put_image(job, path, err) != 0 ? -1
           : again                        ? job_again(job, err)
                                          : job_prepare(job, offline, err);
}

static int print(const struct settings *s, const json_t *document, struct error *err)
{
    return s->text ? run_print_text(json_string_value(json_object_get(document, "caption")), err)
                   : run_print(document, err);
}

static int ask(struct job *job, const struct settings *s, const char *path, struct error *err)
{
    bool offline = s->remote.dry_run || s->remote.explain;
    json_t *document = NULL;
    int result = prepare(job, path, offline, err);

    if (result == 0 && offline) {
        return remote_print(&s->remote, job, err);
    }
    if (result == 0) {
        result = remote_run(&s->remote, job, &document, err);
    }
    if (result == 0) {
        result = print(s, document, err);
    }
    json_decref(document);
    return result;
}

/* Each image in turn; one that fails does not keep the others from being described. */
static int ask_all(struct job *job, const struct settings *s, const struct parsed *parsed,
                   struct error *err)
{
    size_t n = parsed->n_operands, failed = 0;
    enum exit_code first = EXIT_DONE;
    bool same = true;

    if (s->image != NULL && n > 0) {
        return error_set(err, EXIT_USAGE, "give the image once: with --image, or as operands");
    }
    if (n <= 1) {
        return ask(job, s, n == 1 ? parsed->operands[0] : s->image != NULL ? s->image : "-", err);
    }
    for (size_t i = 0; i < n; i++) {
        if (ask(job, s, parsed->operands[i], err) == 0) {
            continue;
        }
        if (err->code >= EXIT_SIGNAL || err->code == EXIT_OUTPUT || err->code == EXIT_USAGE) {
            return -1;
        }
        run_warn(job->command, err->text);
        first = failed == 0 ? err->code : first;
        same = same && err->code == first;
        failed++;
    }
    return failed == 0 ? 0
                       : error_set(err, same && failed == n ? first : EXIT_SOME_FAILED,
                                   "%zu of %zu images could not be described", failed, n);
}

static int perform(const struct command *self, struct job *job, struct parsed *parsed,
                   struct error *err)
{
    const struct settings *s = parsed->settings;
    bool offline = s->remote.dry_run || s->remote.explain;
    struct remote remote = {0};
    int result = -1;

    if (remote_open(&remote, &s->remote, self->name, !offline, job, err) == 0 &&
        output_init(&job->output, NULL, NULL, job->command, 0, false, err) == 0) {
        job->layers[LAYER_OPTION] = json_incref(parsed->neutral);
        result = ask_all(job, s, parsed, err);
    }
    job_release(job);
    remote_close(&remote, err);
    return result;
}

/* One job of a batch. */
static int fill(struct job *job, struct parsed *settings, const json_t *native, struct error *err)
{
    const struct settings *s = settings->settings;

    if (s->image == NULL) {
        return error_set(err, EXIT_USAGE, "it names no image");
    }
    if (native != NULL) {
        return error_set(err, EXIT_USAGE, "unknown parameter '%s'",
                         json_object_iter_key(json_object_iter((json_t *)(size_t)native)));
    }
    job->layers[LAYER_OPTION] = json_incref(settings->neutral);
    return put_image(job, s->image, err) != 0
               ? -1
               : output_init(&job->output, NULL, s->image, job->command, 0, false, err);
}

static int run_batch(const struct command *self, const struct parsed *parsed, struct error *err)
{
    const struct settings *s = parsed->settings;
    const struct batch_command batch = {.command = self,
                                        .parsed = parsed,
                                        .options = &s->batch,
                                        .remote = &s->remote,
                                        .operation = OPERATION_INTERROGATE,
                                        .fill = fill};

    return batch_run(&batch, err);
}

static int run(const struct command *self, int argc, char **argv)
{
    static struct job job; /* large: off the stack */
    struct parsed parsed;
    struct error err = {0};

    int result = options_parse(self, argc, argv, &parsed, &err);
    if (result == 0 && !parsed.help) {
        const struct settings *s = parsed.settings;
        job_init(&job);
        job.operation = OPERATION_INTERROGATE;
        result = s->batch.batch != NULL ? run_batch(self, &parsed, &err)
                                        : perform(self, &job, &parsed, &err);
    }
    result = run_finish(self, &parsed, result, &err);
    options_release(self, &parsed);
    return result;
}

const struct command interrogate_command = {
    .name = "interrogate",
    .summary = "describe images",
    .operands = "[FILE|-]...",
    .max_operands = 10000,
    .uses = uses,
    .settings_size = sizeof(struct settings),
    .run = run,
};
