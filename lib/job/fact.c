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
    if (json != NULL && job->backend != NULL) {
        job->backend->fault(status, json, &words);
    }
    const char *text = words.len > 0 ? words.data : receive->rest.len > 0 ? receive->rest.data : "";
    text_clean(shown, sizeof shown, text, strlen(text), TEXT_SHOWN_MAX);
    error_set(err, code, "the server answered %d to %s%s%s%s", status, path,
              *shown != '\0' ? ": " : "", shown,
              code == EXIT_KEY ? "; give the key with --api-key-file or SDCTL_API_KEY" : "");
    text_clean(err->server, sizeof err->server, text, strlen(text), sizeof err->server);
    json_decref(json);
    buf_release(&words);
    return -1;
}

int fact_get(struct job *job, struct net *net, const char *path, json_t **json, struct error *err)
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
    } else if (result == 0 && (reply.status == 401 || reply.status == 403)) {
        result = fact_fault(job, path, &reply, &receive, err);
    }
    receive_release(&receive);
    return result;
}

int fact_backend(struct job *job, struct net *net, struct error *err)
{
    json_t *fact = NULL;

    for (size_t i = 0; backends[i] != NULL && job->backend == NULL; i++) {
        if (fact_get(job, net, backends[i]->probe, &fact, err) != 0) {
            return -1;
        }
        if (fact != NULL && backends[i]->recognise(fact)) {
            job->backend = backends[i];
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
