#include "job/spend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/random.h"
#include "base/sha256.h"
#include "job/journal.h"
#include "wire/json.h"

/* Digest of what is sent, and where to. */
static int digest_of(const struct job *job, const struct request *request, struct body *body,
                     char hex[65], struct error *err)
{
    unsigned char chunk[4096];
    uint8_t digest[SHA256_LEN];
    struct sha256 hash;
    size_t got;
    int result;

    char *id = job->task.id[0] != '\0' && body->text.len > 0 ? strstr(body->text.data, job->task.id)
                                                             : NULL;

    if (id != NULL) { /* ours, and so never the same */
        memset(id, '-', strlen(job->task.id));
    }
    sha256_init(&hash);
    sha256_update(&hash, job->url, strlen(job->url) + 1);
    sha256_update(&hash, request->path, strlen(request->path) + 1);
    body_rewind(body);
    while ((result = body_read(body, (char *)chunk, sizeof chunk, &got, err)) == 0 && got > 0) {
        sha256_update(&hash, chunk, got);
    }
    body_rewind(body);
    if (id != NULL) {
        memcpy(id, job->task.id, strlen(job->task.id));
    }
    sha256_final(&hash, digest);
    sha256_hex(digest, hex);
    return result;
}

/* A later line: what has changed. */
static int change(struct job *job, json_t *line, struct error *err)
{
    int result =
        line == NULL ? error_memory(err, "noting the task") : journal_add(job->journal, line, err);

    json_decref(line);
    return result;
}

/* The same request may have been taken before: it is refused, or with --resubmit written off. */
static int settle_doubtful(struct job *job, const char *digest, struct error *err)
{
    json_t *task = NULL;
    int result;

    while ((result = journal_find_doubtful(job->journal, digest, &task, err)) == 0 &&
           task != NULL) {
        const char *key = json_string_at(task, "key");
        if (job->resubmit) {
            result = change(job,
                            json_pack("{s:s,s:s,s:s}", "key", key, "state", "failed", "reason",
                                      "its answer was lost; it was sent again"),
                            err);
        } else {
            result = error_set(
                err, EXIT_REFUSED,
                "the same request was sent at %s and its answer was lost, so it may have been "
                "taken and paid (%s in 'sdctl tasks list'); --resubmit sends it again",
                json_string_at(task, "submitted_at"), key);
        }
        json_decref(task);
        if (result != 0) {
            break;
        }
    }
    return result;
}

static void make_key(struct job *job)
{
    unsigned char random[8];
    char hex[2 * sizeof random + 1];

    random_bytes(random, sizeof random);
    hex_encode(hex, random, sizeof random);
    snprintf(job->key_in_journal, sizeof job->key_in_journal, "sdctl-%s", hex);
}

/* Notes the task in the journal, all that is needed to go on with it. */
static int note(struct job *job, const char *state, const char *digest, struct error *err)
{
    json_t *output = output_to_json(&job->output);
    json_t *line =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o?,s:s*,s:s*,s:s*,s:O*}", "key", job->key_in_journal,
                  "state", state, "command", job->command, "backend", job->backend->name,
                  "endpoint", job->endpoint_name != NULL ? job->endpoint_name : job->url, "url",
                  job->url, "output", output, "job", job->in_batch, "digest", digest, "task_id",
                  job->task.id[0] != '\0' ? job->task.id : NULL, "params",
                  job->journal_params ? job->task.native : NULL);
    int result =
        line == NULL ? error_memory(err, "noting the task") : journal_add(job->journal, line, err);

    json_decref(line);
    return result;
}

/* The same request again, while a task for it has not ended, may be meant; it is said. */
static void warn_of_twin(struct job *job, const char *digest)
{
    json_t *entries = NULL;
    struct error ignored;
    bool found = false;

    journal_read(job->journal, &entries, NULL, &ignored);
    for (size_t i = json_array_size(entries); !found && i-- > 0;) {
        const json_t *entry = json_array_get(entries, i);
        const char *state = json_string_at(entry, "state"), *own = json_string_at(entry, "digest");
        found = state != NULL && own != NULL && strcmp(own, digest) == 0 &&
                (strcmp(state, "queued") == 0 || strcmp(state, "running") == 0);
        if (found) {
            backend_warn(&job->task,
                         "the same request is task %s already, sent at %s: 'sdctl tasks wait' "
                         "fetches its result",
                         json_string_at(entry, "task_id"), json_string_at(entry, "submitted_at"));
        }
    }
    json_decref(entries);
}

/* Whether a task of the journal may still have a result for us. */
static bool may_have_result(const struct job *job, const json_t *entry)
{
    const char *state = json_string_at(entry, "state"), *url = json_string_at(entry, "url");

    return state != NULL && url != NULL && strcmp(url, job->url) == 0 &&
           json_string_at(entry, "task_id") != NULL &&
           (json_string_at(entry, "where") != NULL || !job->backend->state_in_s3) &&
           (strcmp(state, "queued") == 0 || strcmp(state, "running") == 0 ||
            strcmp(state, "succeeded") == 0);
}

/* Goes on with the newest task for the same job: 1 when there is one. */
static int adopt(struct job *job, struct error *err)
{
    json_t *entry = NULL;
    int result = journal_find_job(job->journal, job->in_batch, &entry, err);

    if (result == 0 && entry != NULL && may_have_result(job, entry) &&
        backend_take_id(&job->task, json_string_at(entry, "task_id"), err) == 0) {
        const char *where = json_string_at(entry, "where");
        free(job->task.where);
        job->task.where = where != NULL ? strdup(where) : NULL;
        snprintf(job->key_in_journal, sizeof job->key_in_journal, "%s",
                 json_string_at(entry, "key"));
        result = 1;
    }
    json_decref(entry);
    return result;
}

int spend_begin(struct job *job, const struct request *request, struct body *body,
                struct error *err)
{
    char digest[65];
    int result;

    if (job->backend->lives_on == NULL || !job->backend->lives_on(&job->task)) {
        return 0;
    }
    if (digest_of(job, request, body, digest, err) != 0 ||
        journal_open(&job->journal, true, err) != 0) {
        return -1;
    }
    result = job->adopt && job->in_batch != NULL ? adopt(job, err) : 0;
    if (result != 0) {
        return result;
    }
    if (settle_doubtful(job, digest, err) != 0) {
        return -1;
    }
    if (job->in_batch == NULL) {
        warn_of_twin(job, digest);
    }
    make_key(job);
    return note(job, "submitting", digest, err);
}

void spend_end(struct job *job, int result, const struct net_reply *reply, const struct error *err)
{
    struct error why = *err, ignored;
    int s = reply->status;
    bool refused = !job->submitted || (s >= 300 && s < 500 && s != 408) || s == 503 ||
                   (s == 200 && err->code == EXIT_REFUSED);

    if (job->journal == NULL || job->key_in_journal[0] == '\0' || result == 0) {
        return;
    }
    job->doubtful = !refused;
    secret_hide(job->key, why.text);
    change(job,
           json_pack("{s:s,s:s,s:s}", "key", job->key_in_journal, "state",
                     refused ? "failed" : "unknown", "reason", why.text),
           &ignored);
}

void spend_taken(struct job *job)
{
    struct error ignored;

    if (job->journal != NULL &&
        change(job,
               json_pack("{s:s,s:s,s:s,s:s*}", "key", job->key_in_journal, "state", "queued",
                         "task_id", job->task.id, "where", job->task.where),
               &ignored) != 0) {
        backend_warn(&job->task, "task %s could not be noted in the journal: keep its id",
                     job->task.id);
    }
}
