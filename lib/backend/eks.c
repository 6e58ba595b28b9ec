#include "backend/eks.h"

#include <stdio.h>
#include <string.h>

#include "wire/json.h"

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

static int flavour(const char *url)
{
    return ends_with(url, "/v1alpha1")   ? EKS_V1ALPHA1
           : ends_with(url, "/v1alpha2") ? EKS_V1ALPHA2
                                         : EKS_UNNAMED;
}

static size_t facts_needed(const struct task *task, struct fact *facts, size_t cap)
{
    (void)task;
    (void)facts;
    (void)cap;
    return 0;
}

static bool lives_on(const struct task *task)
{
    return task->operation != OPERATION_INTERROGATE;
}

/* v1alpha1: the WebUI's body, with what v1alpha2 has in its metadata among the scripts. save_dir is
 * required though its documents leave it out (C1). */
static json_t *old_body(const struct task *task)
{
    static const char *const names[][2] = {
        {"tasktype", "task"}, {"id", "id_task"}, {"prefix", "save_dir"}};
    json_t *metadata = json_get_path(task->native, EKS_METADATA);
    json_t *body = json_copy(json_get_path(task->native, EKS_CONTENT));
    json_t *scripts = json_copy(json_object_get(body, "alwayson_scripts"));
    int bad = 0;

    scripts = scripts != NULL ? scripts : json_object();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bad |= json_object_set(scripts, names[i][1], json_object_get(metadata, names[i][0]));
    }
    bad |= json_object_set_new(body, "alwayson_scripts", scripts);
    if (bad != 0) {
        json_decref(body);
        return NULL;
    }
    return body;
}

json_t *eks_body(const struct task *task)
{
    return task->flavour == EKS_V1ALPHA1 ? old_body(task) : json_incref(task->native);
}

bool eks_results_prefix(const struct task *task, char *to, size_t cap)
{
    const char *key = task->where == NULL ? NULL : strchr(task->where + 5, '/');
    size_t n = key == NULL ? 0 : strlen(++key);

    while (n > 0 && key[n - 1] == '/') {
        n--;
    }
    int length = n == 0 ? -1 : snprintf(to, cap, "%.*s/", (int)n, key);
    return length > 0 && (size_t)length < cap;
}

bool eks_key_path(char *to, size_t cap, const char *key)
{
    char part[1100], encoded[3 * sizeof part];
    size_t len = 0;

    do {
        size_t n = strcspn(key, "/");
        if (n >= sizeof part) {
            return false;
        }
        memcpy(part, key, n);
        part[n] = '\0';
        int length = request_encode(encoded, sizeof encoded, part)
                         ? snprintf(to + len, cap - len, "/%s", encoded)
                         : -1;
        if (length < 0 || (size_t)length >= cap - len) {
            return false;
        }
        len += (size_t)length;
        key += n;
    } while (*key++ == '/');
    return true;
}

/* The query's parts in the order that a signature wants. */
static bool request_listing(const struct task *task, struct request *request)
{
    const char *next = json_string_at(task->seen, "next");
    char prefix[1100], encoded[3 * sizeof prefix], token[2000] = "";

    request->answer = ANSWER_LISTING;
    request->accept = "*/*";
    return eks_results_prefix(task, prefix, sizeof prefix) &&
           request_encode(encoded, sizeof encoded, prefix) &&
           (next == NULL || request_encode(token, sizeof token, next)) &&
           request_path(request, "/?%s%s%slist-type=2&prefix=%s",
                        next != NULL ? "continuation-token=" : "", token, next != NULL ? "&" : "",
                        encoded);
}

static bool request_out(const struct task *task, struct request *request)
{
    const char *key = eks_out_key(task);

    request->accept = "*/*";
    return key != NULL && eks_key_path(request->path, sizeof request->path, key);
}

static bool eks_request(const struct task *task, enum ask ask, struct request *request)
{
    *request = (struct request){0};
    switch (ask) {
    case ASK_SUBMIT:
        request->body = eks_body(task);
        return request->body != NULL &&
               request_path(request, "%s", task->flavour == EKS_UNNAMED ? "/v1alpha2" : "");
    case ASK_STATE:
        return request_listing(task, request);
    case ASK_QUEUE:
        return request_out(task, request);
    default:
        return false;
    }
}

static bool progress(enum ask ask, const json_t *reply, struct progress *p)
{
    (void)ask;
    (void)reply;
    (void)p;
    return false;
}

static bool explain(const struct task *task, json_t *explained)
{
    (void)task;
    (void)explained;
    return true;
}

/* The gateway itself answers {"message"}; what is behind it plain text (C11). */
static void fault(int status, const json_t *reply, struct buf *words)
{
    const char *message = json_string_at(reply, "message");

    (void)status;
    message = message != NULL ? message : json_string_at(reply, "Message");
    buf_adds(words, message != NULL ? message : "");
}

static const struct catalogue catalogue[] = {{.kind = NULL}};

const struct backend eks_backend = {
    .name = "eks",
    .title = "Stable Diffusion on EKS",
    .key_form = SECRET_HEADER,
    .natives = eks_natives,
    .composed = eks_composed,
    .catalogue = catalogue,
    .own_files = true,
    .state_in_s3 = true,
    .takes_links = true,
    .takes_id = true,
    .never = "no runtime may have this name or serve this model: then the service drops a task "
             "without a word",
    .flavour = flavour,
    .adopt = eks_adopt,
    .facts_needed = facts_needed,
    .compose = eks_compose,
    .lives_on = lives_on,
    .request = eks_request,
    .outcome = eks_outcome,
    .compare = eks_compare,
    .progress = progress,
    .explain = explain,
    .fault = fault,
};
