#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dialect.h"
#include "input.h"

/* Faults instead of an answer. */

static void give_status(struct request *request, struct reply *reply)
{
    static const struct {
        unsigned status;
        const char *detail;
    } DETAILS[] = {{401, "Incorrect username or password"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {429, "Too Many Requests"},
                   {500, "sandbox: asked to fail"},
                   {502, "Bad Gateway"},
                   {503, "Service Unavailable"},
                   {504, "Gateway Timeout"}};

    for (size_t i = 0; i < sizeof DETAILS / sizeof *DETAILS; i++)
        if (DETAILS[i].status == reply->status) {
            reply_error(request, reply, reply->status, DETAILS[i].detail);
            reply->challenge = reply->status == 401 && request->box->dialect == &dialect_webui;
            if (request->fault_value > 0)
                reply_header(reply, "Retry-After", "%.0f", request->fault_value);
            return;
        }
}

/* Retry-After in its other form. */
static void give_429_date(struct request *request, struct reply *reply)
{
    time_t at = time(NULL) + (time_t)(request->fault_value > 0 ? request->fault_value : 2);
    char date[40] = "";
    struct tm tm;

    if (gmtime_r(&at, &tm))
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    reply_error(request, reply, 429, "Too Many Requests");
    reply_header(reply, "Retry-After", "%s", date);
}

static void give_422(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 422,
               json_pack("{s:[{s:s, s:[s, s], s:s, s:s}]}", "detail", "type", "int_parsing", "loc",
                         "body", "steps", "msg",
                         "Input should be a valid integer, unable to parse string as an integer",
                         "input", "many"));
}

static void give_html(struct request *request, struct reply *reply)
{
    (void)request;
    reply_text(reply, 200, "text/html; charset=utf-8",
               "<!doctype html>\n<html><head><title>Sign in</title></head>\n"
               "<body><h1>Please sign in</h1></body></html>\n");
}

static void give_escapes(struct request *request, struct reply *reply)
{
    reply_error(request, reply, 500,
                "\033[31mred\033[0m \033]0;title\007 \033[2J\r\b\u202Eright to left\u200B\n"
                "second line \xC2\x9B"
                "31m");
}

/* What a careless proxy does: the key and the body in the error. */
static void give_key(struct request *request, struct reply *reply)
{
    const char *own = request_header(request, "X-API-KEY"),
               *key = own ? own : request_header(request, "Authorization");
    const char *plain = key && strncmp(key, "Basic ", 6) == 0 ? key + 6 : "";
    json_t *detail;
    struct buf bytes;
    struct failure f;

    if (!*plain || input_bytes(plain, &bytes, &f) != 0)
        buf_init(&bytes, 1);
    detail = json_sprintf("not accepted: %s: %s (that is %.*s); body: %.*s",
                          own ? "X-API-KEY" : "Authorization", key ? key : "none", (int)bytes.len,
                          bytes.data ? bytes.data : "",
                          (int)(request->body.len < 2000 ? request->body.len : 2000),
                          request->body.data ? request->body.data : "");
    reply_json(reply, 401,
               json_pack("{s:o}", "detail", detail ? detail : json_string("not accepted")));
    buf_release(&bytes);
}

static void give_depth(struct request *request, struct reply *reply)
{
    enum { DEPTH = 200000 };
    char *to;

    (void)request;
    reply_text(reply, 200, "application/json", "{\"images\":");
    to = buf_room(&reply->text, 2 * DEPTH + 1);
    if (!to)
        return;
    memset(to, '[', DEPTH);
    memset(to + DEPTH, ']', DEPTH);
    reply->text.len += 2 * DEPTH;
    buf_adds(&reply->text, ",\"parameters\":{},\"info\":\"{}\"}");
}

static void give_wrong_types(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 200,
               json_pack("{s:{s:i}, s:[], s:i, s:[], s:i}", "images", "0", 1, "parameters", "info",
                         5, "caption", "detail", 7));
}

static void give_huge(struct request *request, struct reply *reply)
{
    (void)request;
    reply_text(reply, 200, "application/json", "{\"images\":[\"");
    reply->transport = TRANSPORT_HUGE;
}

static void give_redirect_host(struct request *request, struct reply *reply)
{
    reply_text(reply, 307, "text/plain", "");
    snprintf(reply->location, sizeof reply->location, "http://localhost:%u%.200s?redirected=1",
             request->box->port, request->path);
}

/* To the same path; without end, as the next request is redirected too. */
static void give_redirect_same(struct request *request, struct reply *reply)
{
    reply_text(reply, 307, "text/plain", "");
    snprintf(reply->location, sizeof reply->location, "%.200s?redirected=1", request->path);
}

static void give_nothing(struct request *request, struct reply *reply)
{
    (void)request;
    reply_text(reply, 200, "application/json", "");
}

static void stay_silent(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_SILENCE;
}

static void reset(struct request *request, struct reply *reply)
{
    (void)request;
    reply->transport = TRANSPORT_RESET;
}

const struct fault FAULTS_EARLY[] = {
    {"silence", stay_silent, 0, "no byte for an hour (=SECONDS), then the end", NULL},
    {"reset", reset, 0, "the connection is reset", NULL},
    {"html", give_html, 200, "200 with a page of HTML", NULL},
    {"empty-body", give_nothing, 200, "200 application/json with no bytes", NULL},
    {"wrong-types", give_wrong_types, 200, "values of other types than documented", NULL},
    {"deep-json", give_depth, 200, "arrays in arrays, 200000 deep", NULL},
    {"huge-string", give_huge, 200, "a string that does not end (4 GiB), without a length", NULL},
    {"redirect-other-host", give_redirect_host, 307, "307 to localhost, another origin", NULL},
    {"redirect-same", give_redirect_same, 307, "307 to the same path, every time", NULL},
    {"escapes", give_escapes, 500, "terminal escapes in the error's text", NULL},
    {"key-echo", give_key, 401, "the key and the request in the error's text", NULL},
    {"401", give_status, 401, "key refused", NULL},
    {"403", give_status, 403, "forbidden", NULL},
    {"404", give_status, 404, "not found", NULL},
    {"422", give_422, 422, "a validation error", NULL},
    {"429", give_status, 429, "too many requests, Retry-After: 1 (=SECONDS)", NULL},
    {"429-date", give_429_date, 429, "too many requests, Retry-After a date in 2 s (=SECONDS)",
     NULL},
    {"500", give_status, 500, "the server failed", NULL},
    {"502", give_status, 502, "bad gateway", NULL},
    {"503", give_status, 503, "unavailable, Retry-After: 1 (=SECONDS)", NULL},
    {"504", give_status, 504, "gateway timeout", NULL},
    {0},
};
