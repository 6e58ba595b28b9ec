#include "cmd/batch_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/options_line.h"
#include "wire/json.h"

/* What belongs to the whole batch, not to a job. */
static const struct option_group *const excluded[] = {&remote_group, &batch_group, &request_group,
                                                      NULL};

static int read_line(struct batch_job *job, struct error *err)
{
    const char *key;
    json_t *value;

    json_object_foreach(job->line, key, value)
    {
        int result = 0;
        if (strcmp(key, "params") == 0 && json_is_object(value)) {
            result = json_object_update(job->native, value);
        } else if (strcmp(key, "params") == 0) {
            result = error_set(err, EXIT_USAGE, "'params' is no object");
        } else if ((result = options_set(job->command, &job->settings, key, value, excluded,
                                         job->keep, err)) == 1) {
            result = json_object_set(job->native, key, value); /* it may be the service's */
        }
        if (result != 0) {
            return -1;
        }
    }
    return 0;
}

/* An option's value; a file's size and time belong to it. */
static void digest_option(void *ctx, const struct option_row *row, const char *value)
{
    struct sha256 *hash = ctx;
    struct stat st;
    char mark[96];

    sha256_update(hash, row->name, strlen(row->name) + 1);
    sha256_update(hash, value, strlen(value) + 1);
    if (row->type == OPTION_FILE && *value != '\0' && stat(value, &st) == 0) {
        snprintf(mark, sizeof mark, "%lld %lld.%09ld", (long long)st.st_size,
                 (long long)st.st_mtim.tv_sec, (long)st.st_mtim.tv_nsec);
        sha256_update(hash, mark, strlen(mark) + 1);
    }
}

static void digest_json(struct sha256 *hash, const json_t *value)
{
    char *text = json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT);

    if (text != NULL) {
        sha256_update(hash, text, strlen(text) + 1);
    }
    free(text);
}

static void make_digest(struct batch_job *job)
{
    uint8_t digest[SHA256_LEN];
    struct sha256 hash;

    sha256_init(&hash);
    digest_json(&hash, job->settings.neutral);
    digest_json(&hash, job->native);
    options_tell(job->command, &job->settings, excluded, digest_option, &hash);
    sha256_final(&hash, digest);
    sha256_hex(digest, job->digest);
}

static void make_label(struct batch_job *job)
{
    const char *image = json_string_at(job->line, "image");
    const char *slash = image == NULL ? NULL : strrchr(image, '/');

    snprintf(job->label, sizeof job->label, "%zu %s", job->number,
             slash != NULL   ? slash + 1
             : image != NULL ? image
                             : "");
}

struct batch_job *batch_job_new(const struct batch_command *b, json_t *line, size_t number,
                                struct error *err)
{
    struct batch_job *job = calloc(1, sizeof *job);

    if (job == NULL) {
        error_memory(err, "reading a job");
        return NULL;
    }
    job->command = b->command;
    job->number = number;
    job->line = json_incref(line);
    job->native = json_object();
    job->keep = json_array();
    if (options_copy(b->command, b->parsed, &job->settings, err) != 0 || read_line(job, err) != 0) {
        batch_job_free(job);
        return NULL;
    }
    make_digest(job);
    make_label(job);
    return job;
}

static void fill_where(struct batch_job *job, const struct batch_command *b)
{
    const struct job *where = &job->lane->where;
    struct job *to = &job->job;

    job_init(to);
    to->command = b->command->name;
    to->operation = b->operation;
    to->endpoint_name = where->endpoint_name;
    to->url = where->url;
    to->backend = where->backend;
    to->key = where->key;
    to->insecure_http = where->insecure_http;
    to->strict = where->strict;
    to->patience = where->patience;
    to->patience.deadline =
        clock_deadline(b->remote->timeout.set ? b->remote->timeout.value : 3600);
    to->known = job->lane->known;
    to->adopt = job->sent_before;
    job->run = (struct run){.job = to, .net = job->lane->run.net, .shared = true};
}

int batch_job_start(struct batch_job *job, const struct batch_command *b,
                    void (*watch)(void *ctx, const struct progress *progress))
{
    fill_where(job, b);
    job->job.watch = watch;
    job->job.ctx = job;
    const json_t *native = json_object_size(job->native) > 0 ? job->native : NULL;
    if (b->fill(&job->job, &job->settings, native, &job->run.err) != 0 ||
        job_prepare(&job->job, false, &job->run.err) != 0 ||
        run_compose(&job->run, &job->run.err) != 0) {
        job->run.result = -1;
        job->run.state = RUN_DONE;
        return -1;
    }
    job->job.resubmit = b->resubmit;
    job->lives_on =
        job->job.backend->lives_on != NULL && job->job.backend->lives_on(&job->job.task);
    run_begin(&job->run);
    return 0;
}

void batch_job_stop(struct batch_job *job)
{
    run_release(&job->run);
    job_release(&job->job);
    job->job = (struct job){0};
    job->failed_on = job->lane;
    job->lane = NULL;
    job->moves++;
}

void batch_job_free(struct batch_job *job)
{
    if (job == NULL) {
        return;
    }
    if (job->lane != NULL) {
        run_release(&job->run);
        job_release(&job->job);
    }
    options_release(job->command, &job->settings);
    json_decref(job->line);
    json_decref(job->native);
    json_decref(job->keep);
    free(job);
}
