#include "cmd/batch_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/options_line.h"
#include "job/journal.h"
#include "job/ledger.h"
#include "job/ledger_files.h"
#include "wire/json.h"

/* What belongs to the whole batch, not to a job. */
static const struct option_group *const excluded[] = {&remote_group, &batch_group, &request_group,
                                                      &task_group, NULL};

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

/* A file's size and time belong to what names it. */
static void digest_file(struct sha256 *hash, const char *path)
{
    struct stat st;
    char mark[96];

    if (*path != '\0' && stat(path, &st) == 0) {
        snprintf(mark, sizeof mark, "%lld %lld.%09ld", (long long)st.st_size,
                 (long long)st.st_mtim.tv_sec, (long)st.st_mtim.tv_nsec);
        sha256_update(hash, mark, strlen(mark) + 1);
    }
}

/* image=FILE,mask=FILE,... */
static void digest_pairs(struct sha256 *hash, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, ",");
        bool image = strncmp(text, "image=", 6) == 0, mask = strncmp(text, "mask=", 5) == 0;
        char *path = image || mask ? strndup(text, n) : NULL;
        if (path != NULL) {
            digest_file(hash, strchr(path, '=') + 1);
        }
        free(path);
        text += n + (text[n] == ',');
    }
}

static void digest_option(void *ctx, const struct option_row *row, const char *value)
{
    struct sha256 *hash = ctx;

    if (strcmp(row->name, "force") == 0) {
        return;
    }
    sha256_update(hash, row->name, strlen(row->name) + 1);
    sha256_update(hash, value, strlen(value) + 1);
    if (row->type == OPTION_FILE) {
        digest_file(hash, value);
    } else if (row->repeats) {
        digest_pairs(hash, value);
    }
}

/* A prompt may be @FILE. */
static void digest_prompt(struct sha256 *hash, const json_t *neutral, const char *name)
{
    const char *text = json_string_at(neutral, name);

    if (text != NULL && *text == '@') {
        digest_file(hash, text + 1);
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
    digest_prompt(&hash, job->settings.neutral, "prompt");
    digest_prompt(&hash, job->settings.neutral, "negative_prompt");
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
    job->files = json_array();
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
    if (job->deadline.at == 0) {
        job->deadline = clock_deadline(b->remote->timeout.set ? b->remote->timeout.value : 3600);
    }
    to->patience.deadline = job->deadline;
    to->known = job->lane->known;
    to->in_batch = job->digest;
    to->farewell = job->farewell;
    to->adopt = job->sent_before;
    job->run.job = to; /* the rest is zero: what is not used takes no memory */
    job->run.config = job->lane->run.config;
    job->run.net = job->lane->run.net;
    job->run.shared = true;
    job->run.config.beside = NULL;
}

/* A picture is about to get a name. */
static void note_file(void *ctx, const struct received *p, const char *path)
{
    struct batch_job *job = ctx;
    json_t *file = ledger_files_note(p->file.fd, path), *other;
    const char *mark = json_string_at(file, "mark");
    struct error ignored;
    size_t i;

    if (mark == NULL) {
        return;
    }
    json_array_foreach(job->files, i, other)
    {
        if (strcmp(json_string_at(other, "mark"), mark) == 0) {
            json_array_remove(job->files, i);
            break;
        }
    }
    json_array_append_new(job->files, file);
    ledger_put(job->ledger, job->digest, LEDGER_PLACING, job->files, job->job.output.total,
               &ignored);
}

int batch_job_recall(struct batch_job *job, struct error *err)
{
    struct journal *journal;
    json_t *entry = NULL;

    if (journal_open(&journal, false, err) != 0) {
        return -1;
    }
    int result = journal_find_job(journal, job->digest, &entry, err);
    const char *url = json_string_at(entry, "url"), *state = json_string_at(entry, "state");
    bool over = state == NULL || strcmp(state, "failed") == 0 || strcmp(state, "cancelled") == 0;
    job->url = url != NULL && !over ? strdup(url) : NULL;
    json_decref(entry);
    journal_close(journal);
    return result;
}

static int prepare(struct batch_job *job, const struct batch_command *b, struct error *err)
{
    const json_t *native = json_object_size(job->native) > 0 ? job->native : NULL;
    struct job *to = &job->job;

    if (b->fill(to, &job->settings, native, err) != 0) {
        return -1;
    }
    if (to->output.kind == OUTPUT_STDOUT) {
        return error_set(err, EXIT_USAGE, "a batch prints documents: give --output a path");
    }
    if (b->operation != OPERATION_INTERROGATE && batch_source_holds(job->source, to->output.path)) {
        job->fatal = true;
        return error_set(err, EXIT_USAGE,
                         "results in the batch's own folder would be its next jobs: give another "
                         "one with --output");
    }
    to->output.naming = note_file;
    to->output.naming_ctx = job;
    to->resubmit = b->resubmit;
    if (job_prepare(to, false, err) != 0 || run_compose(&job->run, err) != 0) {
        return -1;
    }
    job->lives_on = to->backend->lives_on != NULL && to->backend->lives_on(&to->task);
    return job->lives_on ? ledger_put(job->ledger, job->digest, LEDGER_SENT, NULL, 0, err) : 0;
}

void batch_job_start(struct batch_job *job, const struct batch_command *b,
                     void (*watch)(void *ctx, const struct progress *progress))
{
    fill_where(job, b);
    job->job.watch = watch;
    job->job.ctx = job;
    if (prepare(job, b, &job->run.err) != 0) {
        job->run.result = -1;
        job->run.state = RUN_DONE;
    } else {
        run_begin(&job->run);
    }
}

void batch_job_stop(struct batch_job *job)
{
    run_release(&job->run);
    job_release(&job->job);
    job->job = (struct job){0};
    job->run = (struct run){0};
    job->failed_on = job->lane;
    job->lane = NULL;
    json_array_clear(job->files);
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
    json_decref(job->files);
    free(job->url);
    free(job);
}
