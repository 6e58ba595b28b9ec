#include "job/fact.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "job/retry.h"

int fact_fault(const struct job *job, const char *path, const struct net_reply *reply,
               struct receive *receive, struct error *err)
{
    char shown[4 * TEXT_SHOWN_MAX];
    struct buf words;
    int status = reply->status;
    enum exit_code code = status == 401 || status == 403  ? EXIT_KEY
                          : status >= 400 && status < 500 ? EXIT_REFUSED
                                                          : EXIT_FAILED;
    json_t *json = receive_fault(receive);

    buf_init(&words, 65536);
    if (json != NULL) {
        (job->backend != NULL ? job->backend : backends[0])->fault(status, json, &words);
    }
    if (words.len == 0 && receive->rest.len > 0) {
        buf_add(&words, receive->rest.data, receive->rest.len < 8192 ? receive->rest.len : 8192);
    }
    secret_hide(job->key, words.len > 0 ? words.data : NULL); /* before a part of it is cut off */
    const char *text = words.len > 0 ? words.data : "";
    text_clean(shown, sizeof shown, text, strlen(text), TEXT_SHOWN_MAX);
    error_set(err, code, "the server answered %d to %s%s%s%s", status, path,
              *shown != '\0' ? ": " : "", shown,
              code == EXIT_KEY ? "; give the key with --api-key-file or SDCTL_API_KEY" : "");
    text_clean(err->server, sizeof err->server, text, strlen(text), sizeof err->server);
    json_decref(json);
    buf_release(&words);
    return -1;
}

/* The answer to a GET; of other statuses than 200 those that `fatal` names are errors. */
static int get(struct job *job, struct net *net, const char *path, bool (*fatal)(int status),
               json_t **json, struct error *err)
{
    struct net_reply reply;
    struct receive receive;
    int result;

    *json = NULL;
    for (long attempt = 0;; attempt++) {
        receive_init(&receive, NULL, NULL);
        struct net_request request = {.path = path, .take = receive_take, .ctx = &receive};
        result = net_perform(net, &request, &reply, err);
        if (!retry_read(job, attempt, result, &reply, err)) {
            break;
        }
        receive_release(&receive);
    }
    if (result == 0 && reply.status == 200) {
        result = receive_json(&receive, json, err);
    } else if (result == 0 && fatal(reply.status)) {
        result = fact_fault(job, path, &reply, &receive, err);
    }
    receive_release(&receive);
    return result;
}

/* Statuses that are no answer about what the server has: the key, or a server that is too busy. */
static bool is_no_answer(int status)
{
    return status == 401 || status == 403 || status == 429 || (status >= 502 && status <= 504);
}

static bool is_failure(int status)
{
    return is_no_answer(status) || status >= 500;
}

int fact_get(struct job *job, struct net *net, const char *path, json_t **json, struct error *err)
{
    return get(job, net, path, is_no_answer, json, err);
}

int fact_probe(struct job *job, struct net *net, const struct backend *backend, json_t **json,
               struct error *err)
{
    return get(job, net, backend->probe, is_failure, json, err);
}

int fact_backend(struct job *job, struct net *net, struct error *err)
{
    json_t *fact = NULL;

    for (size_t i = 0; backends[i] != NULL && job->backend == NULL; i++) {
        if (fact_probe(job, net, backends[i], &fact, err) != 0) {
            return -1;
        }
        if (fact != NULL && backends[i]->recognise(fact)) {
            job->backend = backends[i];
            job->probed = json_incref(fact);
        }
        json_decref(fact);
    }
    if (job->backend == NULL) {
        return error_set(
            err, EXIT_REFUSED,
            "no known service answers at '%s'; is the URL right, and was WebUI started "
            "with --api?",
            job->url);
    }
    return job_prepare(job, false, err);
}
