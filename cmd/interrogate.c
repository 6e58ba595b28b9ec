#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/groups.h"
#include "cmd/remote.h"
#include "cmd/run.h"

struct settings {
    struct remote_options remote;
    bool text;
};

static const char *const models[] = {"clip", "deepdanbooru", NULL};

static const struct option_row rows[] = {
    {.name = "model",
     .type = OPTION_CHOICE,
     .choices = models,
     .param = "model",
     .help = "what describes the image: clip writes a caption, deepdanbooru lists tags",
     .detail = "clip if not given."},
    {.name = "text",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, text),
     .help = "print the caption alone, as a line of text"},
    {.name = NULL},
};
static const struct option_group group = {.title = "Description", .rows = rows};

static const struct option_use uses[] = {
    {.group = &group},
    {.group = &remote_group, .base = offsetof(struct settings, remote)},
    {.group = &request_group, .base = offsetof(struct settings, remote)},
    {.group = NULL},
};

static int add_image(struct job *job, const struct parsed *parsed, struct error *err)
{
    const char *path = parsed->n_operands > 0 ? parsed->operands[0] : "-";
    struct source source;

    job->layers[LAYER_OPTION] = json_incref(parsed->neutral);
    if (source_open(&source, path, &job->patience.deadline, err) != 0) {
        return -1;
    }
    json_t *node = job_add_picture(job, &source, err);
    source_release(&source);
    if (node == NULL) {
        return -1;
    }
    json_t *images = json_pack("[o]", node);
    return json_object_set_new(job->layers[LAYER_OPTION], "images", images) == 0
               ? 0
               : error_memory(err, "preparing the image");
}

static int ask(struct job *job, const struct settings *s, struct error *err)
{
    json_t *document = NULL;
    int result = output_init(&job->output, NULL, NULL, job->command, 0, false, err);

    if (result == 0) {
        result = remote_run(&s->remote, job, &document, err);
    }
    if (result == 0) {
        result = s->text
                     ? run_print_text(json_string_value(json_object_get(document, "caption")), err)
                     : run_print(document, err);
    }
    json_decref(document);
    return result;
}

static int perform(const struct command *self, struct job *job, struct parsed *parsed,
                   struct error *err)
{
    const struct settings *s = parsed->settings;
    bool offline = s->remote.dry_run || s->remote.explain;
    struct remote remote = {0};
    int result = -1;

    if (remote_open(&remote, &s->remote, self->name, !offline, job, err) == 0 &&
        add_image(job, parsed, err) == 0 && job_prepare(job, offline, err) == 0) {
        result = offline ? remote_print(&s->remote, job, err) : ask(job, s, err);
    }
    job_release(job);
    remote_close(&remote, err);
    return result;
}

static int run(const struct command *self, int argc, char **argv)
{
    static struct job job; /* large: off the stack */
    struct parsed parsed;
    struct error err = {0};

    int result = options_parse(self, argc, argv, &parsed, &err);
    if (result == 0 && !parsed.help) {
        job_init(&job);
        job.operation = OPERATION_INTERROGATE;
        result = perform(self, &job, &parsed, &err);
    }
    result = run_finish(self, &parsed, result, &err);
    options_release(self, &parsed);
    return result;
}

const struct command interrogate_command = {
    .name = "interrogate",
    .summary = "describe an image",
    .operands = "[FILE|-]",
    .max_operands = 1,
    .uses = uses,
    .settings_size = sizeof(struct settings),
    .run = run,
};
