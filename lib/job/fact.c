#include "job/fact.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "job/receive_listing.h"
#include "job/retry.h"
#include "wire/json.h"

#define FACT_MS 15000 /* of a batch */
#define PAGES_MAX 100

/* Statuses that are no answer about what the server has: the key, or a server that is too busy. */
static bool is_no_answer(int status)
{
    return status == 401 || status == 403 || status == 429 || (status >= 502 && status <= 504);
}

static bool is_failure(int status)
{
    return is_no_answer(status) || status >= 500;
}

/* Without a word about it, or in FastAPI's, a 404 says that there is no such path. */
static bool is_no_path(int status, const char *words)
{
    return status == 404 &&
           (*words == '\0' || *words == '<' || strcmp(words, "Not Found") == 0 ||
            strncmp(words, "404", 3) == 0 || strncmp(words, "API_NOT_FOUND", 13) == 0);
}

/* The server's words, the key hidden. */
static void read_words(const struct fault_of *of, int status, struct receive *receive,
                       struct buf *words)
{
    json_t *json = of->in_s3 ? NULL : receive_fault(receive);

    if (of->in_s3 && receive->rest.len > 0) {
        receive_listing_fault(receive->rest.data, receive->rest.len, words);
    }
    if (json != NULL) {
        (of->backend != NULL ? of->backend : backends[0])->fault(status, json, words);
    }
    if (words->len == 0 && receive->rest.len > 0) {
        buf_add(words, receive->rest.data, receive->rest.len < 8192 ? receive->rest.len : 8192);
    }
    json_decref(json);
    secret_hide(of->key, words->len > 0 ? words->data : NULL); /* before a part of it is cut off */
}

int fact_fault(const struct fault_of *of, const struct net_reply *reply, struct receive *receive,
               struct error *err)
{
    char shown[4 * TEXT_SHOWN_MAX], path[4 * TEXT_SHOWN_MAX];
    int status = reply->status;
    enum exit_code code = status == 401 || status == 403  ? EXIT_KEY
                          : status >= 400 && status < 500 ? EXIT_REFUSED
                                                          : EXIT_FAILED;
    struct buf words;

    buf_init(&words, 65536);
    read_words(of, status, receive, &words);
    const char *text = words.len > 0 ? words.data : "";
    text_clean(shown, sizeof shown, text, strlen(text), TEXT_SHOWN_MAX);
    text_clean(path, sizeof path, of->path, strcspn(of->path, "?"), TEXT_SHOWN_MAX);
    if (status == 400 && strncmp(text, "MISSING_API_KEY", 15) == 0) {
        code = EXIT_KEY; /* so PPInfra's vendor has it */
    }
    if (!of->in_s3 && is_no_path(status, text)) {
        error_set(err, code, "this endpoint does not offer %s: the server answered 404 to %s",
                  of->what, path);
    } else {
        error_set(err, code, "%s answered %d to %s%s%s%s", of->in_s3 ? "S3" : "the server", status,
                  *path != '\0' ? path : "/", *shown != '\0' ? ": " : "", shown,
                  code == EXIT_KEY && of->in_s3 ? "; may the keys of AWS_ACCESS_KEY_ID or the "
                                                  "profile do this?"
                  : code == EXIT_KEY ? "; give the key with --api-key-file or SDCTL_API_KEY"
                  : of->in_s3 && status / 100 == 3 ? "; is AWS_REGION the bucket's?"
                                                   : "");
    }
    text_clean(err->server, sizeof err->server, text, strlen(text), sizeof err->server);
    buf_release(&words);
    return -1;
}

/* The answer to a GET; of other statuses than 200 those that `fatal` names are errors. */
static int get(struct job *job, struct net *net, const char *path, bool (*fatal)(int status),
               json_t **json, struct error *err)
{
    const struct receive_plan plan = {0};
    struct net_reply reply;
    struct receive receive;
    int64_t pause;
    int result;

    *json = NULL;
    for (long attempt = 0;; attempt++) {
        receive_init(&receive, &plan);
        struct net_request request = {.path = path, .take = receive_take, .ctx = &receive};
        if (job->known != NULL) { /* other jobs stand still meanwhile */
            request.timeout_ms = clock_left(&job->patience.deadline, FACT_MS) + 1;
        }
        result = net_perform(net, &request, &reply, err);
        if (!retry_read(&job->patience, attempt, result, &reply, err, &pause) ||
            !retry_wait(&job->patience, pause)) {
            break;
        }
        receive_release(&receive);
    }
    if (result == 0 && reply.status == 200) {
        result = receive_json(&receive, json, err);
    } else if (result == 0 && fatal(reply.status)) {
        const struct fault_of of = {
            .backend = job->backend, .key = job->key, .path = path, .what = job->command};
        result = fact_fault(&of, &reply, &receive, err);
    }
    receive_release(&receive);
    return result;
}

/* The path of the page after `reply`; false when that was the last. */
static bool next_page(const struct paging *paging, const char *path, const json_t *reply, char *to,
                      size_t cap)
{
    const char *cursor = json_string_value(json_get_path(reply, paging->cursor));
    char encoded[512];

    if (cursor == NULL || *cursor == '\0' || !request_encode(encoded, sizeof encoded, cursor)) {
        return false;
    }
    int n = snprintf(to, cap, "%s%c%s=%s", path, strchr(path, '?') != NULL ? '&' : '?',
                     paging->parameter, encoded);
    return n > 0 && (size_t)n < cap;
}

/* Adds the further pages to the first one's items. */
static int get_pages(struct job *job, struct net *net, const char *path, json_t *first,
                     struct error *err)
{
    const struct paging *paging = job->backend->paging;
    json_t *items = json_get_path(first, paging->items), *page = json_incref(first);
    char next[2048];
    int result = 0;

    for (int n = 1; n < PAGES_MAX && result == 0 && json_is_array(items) &&
                    next_page(paging, path, page, next, sizeof next);
         n++) {
        json_decref(page);
        result = get(job, net, next, is_no_answer, &page, err);
        json_array_extend(items, json_get_path(page, paging->items));
    }
    if (result == 0 && page != NULL && page != first) { /* it goes on, if at all, after this one */
        const char *cursor = json_string_value(json_get_path(page, paging->cursor));
        result =
            json_set_path(first, paging->cursor, json_string(cursor != NULL ? cursor : ""), err);
    }
    json_decref(page);
    return result;
}

int fact_get(struct job *job, struct net *net, const char *path, json_t **json, struct error *err)
{
    if (get(job, net, path, is_no_answer, json, err) != 0) {
        return -1;
    }
    return *json != NULL && job->backend != NULL && job->backend->paging != NULL
               ? get_pages(job, net, path, *json, err)
               : 0;
}

int fact_probe(struct job *job, struct net *net, const struct backend *backend, json_t **json,
               struct error *err)
{
    return get(job, net, backend->probe, is_failure, json, err);
}

/* Asks whether the service is of one kind. 0 when it answered, with job->backend set if it is. */
static int probe(struct job *job, const struct net_config *config, const struct backend *backend,
                 struct net **net, struct error *err)
{
    struct net_config own = *config;
    json_t *fact = NULL;

    own.key_form = backend->key_form;
    if (own.key_form == SECRET_BASIC && job->key != NULL && job->key->bytes != NULL &&
        strchr(job->key->bytes, ':') == NULL) {
        return error_set(err, EXIT_KEY,
                         "what kind of service answers at '%s' cannot be told with this key: name "
                         "it with --backend",
                         job->url);
    }
    if (net_open(net, &own, err) != 0) {
        return -1;
    }
    int result = fact_probe(job, *net, backend, &fact, err);
    if (fact != NULL && backend->recognise(fact)) {
        job->backend = backend;
        job->probed = json_incref(fact);
    } else {
        net_close(*net);
        *net = NULL;
    }
    json_decref(fact);
    return result;
}

int fact_backend(struct job *job, const struct net_config *config, struct net **net,
                 struct error *err)
{
    struct error refused = {0}, why;

    *net = NULL;
    for (size_t i = 0; backends[i] != NULL && job->backend == NULL; i++) {
        if (backends[i]->probe == NULL || probe(job, config, backends[i], net, &why) == 0) {
            continue;
        }
        if (why.code != EXIT_KEY) {
            *err = why;
            return -1;
        }
        refused = refused.code == 0 ? why : refused; /* another kind may take the key */
    }
    if (job->backend != NULL) {
        return job_prepare(job, false, err);
    }
    if (refused.code != 0) {
        *err = refused;
        return -1;
    }
    return error_set(err, EXIT_REFUSED,
                     "no known service answers at '%s'; is the URL right, was WebUI started with "
                     "--api? Services that cannot be told so need --backend",
                     job->url);
}
