#include "fooocus_body.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static bool says_json(const struct request *request)
{
    const char *type = request_header(request, "Content-Type");

    return !type || strncmp(type, "application/json", 16) == 0 ||
           (strncmp(type, "application/", 12) == 0 && strstr(type, "+json"));
}

/* errors is taken over. */
static void reply_422(const struct request *request, struct reply *reply, json_t *errors, bool echo)
{
    json_t *body = json_pack("{s:o}", "detail", errors);

    if (echo)
        json_object_set_new(body, "body",
                            request->json ? json_deep_copy(request->json) : json_null());
    reply_json(reply, 422, body);
}

static json_t *one_error(const char *type, const char *message, json_t *where, json_t *input)
{
    return json_pack("[{s:s, s:o, s:s, s:o}]", "type", type, "loc", where, "msg", message, "input",
                     input);
}

json_t *fooocus_body(struct request *request, struct reply *reply,
                     const struct fooocus_field *model, bool echo)
{
    json_t *errors = NULL, *values = NULL;
    json_error_t error;

    if (request->body.len == 0) {
        errors = one_error("missing", "Field required", json_pack("[s]", "body"), json_null());
    } else if (!says_json(request)) {
        text_make_utf8(request->body.data);
        errors = one_error("model_attributes_type",
                           "Input should be a valid dictionary or object to extract fields from",
                           json_pack("[s]", "body"), json_string(request->body.data));
    } else {
        request->json = json_loadb(request->body.data, request->body.len, JSON_DECODE_ANY, &error);
        if (!request->json) {
            errors = one_error("json_invalid", "JSON decode error",
                               json_pack("[s, i]", "body", error.position), json_object());
            json_object_set_new(json_array_get(errors, 0), "ctx",
                                json_pack("{s:s}", "error", "Expecting value"));
        } else if (!json_is_object(request->json)) {
            errors = one_error("model_attributes_type",
                               "Input should be a valid dictionary or object to extract fields "
                               "from",
                               json_pack("[s]", "body"), json_deep_copy(request->json));
        } else {
            values = fooocus_check(model, request->json, &errors);
        }
    }
    if (!values)
        reply_422(request, reply, errors, echo);
    return values;
}

bool fooocus_body_int(const struct request *request, struct reply *reply, const char *name,
                      long long fallback, long long *value)
{
    const char *text = request_argument(request, name);

    *value = fallback;
    if (!text || text_to_int(text, value))
        return true;
    reply_422(request, reply,
              one_error("int_parsing",
                        "Input should be a valid integer, unable to parse string as an integer",
                        json_pack("[s, s]", "query", name), json_string(text)),
              false);
    return false;
}

void fooocus_body_missing(struct reply *reply, const char *name)
{
    reply_422(
        NULL, reply,
        one_error("missing", "Field required", json_pack("[s, s]", "query", name), json_null()),
        false);
}

bool fooocus_body_key(struct request *request, struct reply *reply)
{
    const char *given = request_header(request, "X-API-KEY"), *wanted = request->box->credentials;

    if (!wanted || (given && strcmp(given, wanted) == 0))
        return true;
    reply_json(reply, 403, json_pack("{s:s}", "detail", "Forbidden"));
    return false;
}

void fooocus_body_fail(const struct request *request, struct reply *reply, const struct failure *f)
{
    (void)request;
    if (strcmp(f->exception, "HTTPException") == 0)
        reply_json(reply, f->status, json_pack("{s:s}", "detail", f->detail));
    else
        reply_text(reply, f->status, "text/plain; charset=utf-8", "Internal Server Error");
}

static bool matches(const char *route, const char *path, bool other_slash)
{
    size_t n = strlen(route), m = strlen(path);

    if (route[n - 1] == '*')
        return !other_slash && strncmp(route, path, n - 1) == 0 && m > n - 1;
    if (!other_slash)
        return strcmp(route, path) == 0;
    if (n + 1 == m)
        return strncmp(route, path, n) == 0 && path[n] == '/';
    return n == m + 1 && strncmp(route, path, m) == 0 && route[m] == '/';
}

void fooocus_body_route(const struct fooocus_route *routes, struct request *request,
                        struct reply *reply)
{
    const char *host = request_header(request, "Host"), *path = request->path;
    bool found = false;
    size_t n = strlen(path);

    for (const struct fooocus_route *r = routes; r->method; r++) {
        if (!matches(r->path, path, false))
            continue;
        found = true;
        if (strcmp(r->method, request->method) == 0) {
            r->serve(request, reply);
            return;
        }
    }
    for (const struct fooocus_route *r = routes; !found && r->method; r++)
        if (matches(r->path, path, true)) {
            reply_text(reply, 307, NULL, "");
            snprintf(reply->location, sizeof reply->location, "http://%.80s%.*s%s",
                     host ? host : "127.0.0.1", (int)(path[n - 1] == '/' ? n - 1 : n), path,
                     path[n - 1] == '/' ? "" : "/");
            return;
        }
    reply_json(reply, found ? 405 : 404,
               json_pack("{s:s}", "detail", found ? "Method Not Allowed" : "Not Found"));
}

void fooocus_body_uuid(char to[40], bool dashes)
{
    unsigned char b[16];
    char hex[33];

    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    sodium_bin2hex(hex, sizeof hex, b, sizeof b);
    if (dashes)
        snprintf(to, 40, "%.8s-%.4s-%.4s-%.4s-%s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
    else
        snprintf(to, 40, "%s", hex);
}
