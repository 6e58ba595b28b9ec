#include "reply.h"

#include <stdio.h>
#include <string.h>

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

void reply_failure(const struct request *request, struct reply *reply, const struct failure *f)
{
    bool http = strcmp(f->exception, "HTTPException") == 0;

    if (!request->box->quiet)
        fprintf(stderr, "sdctl-sandbox: %s: %s\n", f->exception, f->detail);
    if (request->box->flavour == FLAVOUR_A1111)
        reply_json(reply, f->status,
                   json_pack("{s:s, s:s, s:s, s:s}", "error", f->exception, "detail",
                             http ? f->detail : "", "body", "", "errors", http ? "" : f->detail));
    else if (http)
        reply_json(reply, f->status, json_pack("{s:s}", "detail", f->detail));
    else
        reply_text(reply, f->status, "text/plain; charset=utf-8", "Internal Server Error");
}

void reply_error(const struct request *request, struct reply *reply, unsigned status,
                 const char *detail)
{
    struct failure f;

    failure_set(&f, status, "HTTPException", "%s", detail);
    reply_failure(request, reply, &f);
}
