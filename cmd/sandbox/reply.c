#include "reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dialect.h"

void reply_json(struct reply *reply, unsigned status, json_t *json)
{
    json_decref(reply->json);
    reply->status = status;
    reply->type = "application/json";
    reply->json = json;
}

void reply_text(struct reply *reply, unsigned status, const char *type, const char *text)
{
    json_decref(reply->json);
    reply->json = NULL;
    reply->status = status;
    reply->type = type;
    buf_release(&reply->text);
    buf_adds(&reply->text, text);
}

void reply_bytes(struct reply *reply, unsigned status, const char *type, const void *bytes,
                 size_t n)
{
    reply_text(reply, status, type, "");
    buf_add(&reply->text, bytes, n);
}

void reply_header(struct reply *reply, const char *name, const char *format, ...)
{
    struct reply_header *h = reply->headers;
    va_list args;

    while (h < reply->headers + reply->n_headers && strcmp(h->name, name) != 0)
        h++;
    if (h == reply->headers + REPLY_HEADERS_MAX)
        return;
    if (h == reply->headers + reply->n_headers)
        reply->n_headers++;
    snprintf(h->name, sizeof h->name, "%s", name);
    va_start(args, format);
    vsnprintf(h->value, sizeof h->value, format, args);
    va_end(args);
}

void reply_failure(const struct request *request, struct reply *reply, const struct failure *f)
{
    if (!request->box->quiet)
        fprintf(stderr, "sdctl-sandbox: %s: %s\n", f->exception, f->detail);
    request->box->dialect->fail(request, reply, f);
}

void reply_error(const struct request *request, struct reply *reply, unsigned status,
                 const char *detail)
{
    struct failure f;

    failure_set(&f, status, "HTTPException", "%s", detail);
    reply_failure(request, reply, &f);
}
