#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "ppinfra.h"

/* The host that results come from: an object store with signed links. */

static void sign(const struct ppinfra *p, const char *path, long long expires, char hex[65])
{
    unsigned char hash[32];
    char text[300];

    snprintf(text, sizeof text, "%s %lld", path, expires);
    crypto_generichash(hash, sizeof hash, (unsigned char *)text, strlen(text), p->key,
                       sizeof p->key);
    sodium_bin2hex(hex, 65, hash, sizeof hash);
}

void ppinfra_link(const struct ppinfra *p, const char *path, double ttl, char *to, size_t cap)
{
    long long expires = (long long)(ppinfra_now() + (int64_t)(ttl * 1000));
    char url[SANDBOX_URL_MAX], hex[65];

    sandbox_url(&p->files, url);
    sign(p, path, expires, hex);
    snprintf(to, cap, "%s%s?expires=%lld&signature=%s", url, path, expires, hex);
}

static void refuse(struct reply *reply, unsigned status, const char *code, const char *message)
{
    reply_text(reply, status, "application/xml", "");
    buf_addf(&reply->text,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s"
             "</Message><RequestId>SANDBOX</RequestId></Error>",
             code, message);
}

/* The other way round here: a request with a key is the wrong one. */
static bool check_key(struct request *request, struct reply *reply)
{
    static const char *const HEADERS[] = {"Authorization", "X-API-KEY", "Cookie"};

    for (size_t i = 0; i < sizeof HEADERS / sizeof *HEADERS; i++)
        if (request_header(request, HEADERS[i])) {
            fprintf(stderr, "KEY LEAKED: %s in a request for a result\n", HEADERS[i]);
            refuse(reply, 400, "InvalidArgument", "Only one auth mechanism allowed");
            return false;
        }
    return true;
}

static void fail(const struct request *request, struct reply *reply, const struct failure *f)
{
    (void)request;
    refuse(reply, f->status, "Error", f->detail);
}

static bool is_signed(const struct ppinfra *p, const struct request *request, bool *expired)
{
    const char *expires = request_argument(request, "expires"),
               *given = request_argument(request, "signature");
    long long when = expires ? strtoll(expires, NULL, 10) : 0;
    char hex[65];

    sign(p, request->path, when, hex);
    *expired = when < ppinfra_now();
    return given && strcmp(given, hex) == 0;
}

static void serve(struct request *request, struct reply *reply)
{
    struct ppinfra *p = request->box->own;
    bool found = false, expired;

    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0) {
        refuse(reply, 405, "MethodNotAllowed", "The method is not allowed");
        return;
    }
    if (!is_signed(p, request, &expired) || expired) {
        refuse(reply, 403, "AccessDenied", expired ? "Request has expired" : "Access Denied");
        return;
    }
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < p->n_tasks; i++)
        for (size_t k = 0; k < p->tasks[i]->n_files; k++) {
            const struct ppinfra_file *file = &p->tasks[i]->files[k];

            if (strcmp(file->path, request->path) != 0)
                continue;
            files_send(request, reply, files_type(file->path), file->bytes.data, file->bytes.len,
                       !fault_strikes(request, "download-no-ranges"));
            found = true;
        }
    pthread_mutex_unlock(&p->lock);
    if (!found)
        refuse(reply, 404, "NoSuchKey", "The specified key does not exist.");
}

static const char *const NO_PATHS[] = {NULL};

const struct dialect dialect_ppinfra_files = {
    .name = "ppinfra-files",
    .check_key = check_key,
    .serve = serve,
    .fail = fail,
    .paths = NO_PATHS,
    .faults = FAULTS_PPINFRA,
};
