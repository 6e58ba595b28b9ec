#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "dialect.h"
#include "transport.h"

static enum MHD_Result note_header(void *headers, enum MHD_ValueKind kind, const char *key,
                                   const char *value)
{
    (void)kind;
    if (text_casecmp(key, "Authorization") == 0)
        value = strncmp(value, "Basic ", 6) == 0    ? "Basic ..."
                : strncmp(value, "Bearer ", 7) == 0 ? "Bearer ..."
                                                    : "...";
    else if (text_casecmp(key, "X-API-KEY") == 0)
        value = "...";
    json_object_set_new(headers, key, json_string(value ? value : ""));
    return MHD_YES;
}

/* For --root: what the request was, apart from its body. */
static void keep_request(struct request *request)
{
    json_t *headers = json_object(), *about;

    record_folder(request->box, request->folder);
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, note_header, headers);
    about = json_pack("{s:s, s:s, s:I, s:o}", "method", request->method, "path", request->path,
                      "body_bytes", (json_int_t)request->body_bytes, "headers", headers);
    record_json(request->folder, "http.json", about);
    json_decref(about);
}

static void answer(struct request *request, struct reply *reply)
{
    const struct dialect *dialect = request->box->dialect;

    if (strcmp(request->path, "/sandbox/submissions") == 0) {
        reply_json(reply, 200, sandbox_submissions(request->box));
        return;
    }
    if (!dialect->check_key(request, reply))
        return;
    if (request->body_bytes > SANDBOX_BODY_MAX || request->body.failed) {
        reply_text(reply, 413, "text/plain", "Request Entity Too Large");
        return;
    }
    if (strcmp(request->method, "POST") == 0 && strncmp(request->path, "/internal/", 10) != 0)
        keep_request(request);
    fault_select(request);
    if (fault_answer(request, reply))
        return;
    dialect->serve(request, reply);
    fault_change(request, reply);
}

static void log_request(const struct request *request, const struct reply *reply, size_t bytes)
{
    char path[120];

    if (request->box->quiet)
        return;
    fprintf(stderr, "%s %s %u, %zu bytes in, %zu out, %.0f ms%s\n", request->method,
            text_clean(path, sizeof path, request->path, strlen(request->path), 100), reply->status,
            request->body_bytes, bytes, (state_now() - request->arrived) * 1e3,
            request_header(request, "Authorization") || request_header(request, "X-API-KEY")
                ? ", with a key"
                : "");
}

static enum MHD_Result finish(struct request *request)
{
    struct reply reply = {.status = 500};
    enum MHD_Result result;
    char *dumped = NULL;

    buf_init(&reply.text, (size_t)1 << 31);
    answer(request, &reply);
    if (reply.json) {
        dumped = json_dumps(reply.json, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
        buf_release(&reply.text);
        buf_adds(&reply.text, dumped ? dumped : "null");
        free(dumped);
        json_decref(reply.json);
        reply.json = NULL;
    }
    log_request(request, &reply, reply.text.len);
    result = transport_send(request, &reply);
    buf_release(&reply.text);
    return result;
}

static enum MHD_Result refuse_size(struct request *request)
{
    struct reply reply = {.status = 413, .type = "text/plain"};
    enum MHD_Result result;

    buf_init(&reply.text, 100);
    buf_adds(&reply.text, "Request Entity Too Large");
    log_request(request, &reply, reply.text.len);
    result = transport_send(request, &reply);
    buf_release(&reply.text);
    return result;
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **context)
{
    struct request *request = *context;
    const char *length;

    (void)version;
    if (!request) {
        request = calloc(1, sizeof *request);
        if (!request)
            return MHD_NO;
        *request = (struct request){
            .box = arg,
            .connection = connection,
            .method = strdup(method),
            .path = strdup(url),
            .arrived = state_now(),
        };
        *context = request;
        if (!request->method || !request->path)
            return MHD_NO;
        buf_init(&request->body, SANDBOX_BODY_MAX);
        length = request_header(request, "Content-Length");
        if (length && strtoull(length, NULL, 10) > SANDBOX_BODY_MAX)
            return refuse_size(request);
        if (length)
            buf_room(&request->body, (size_t)strtoull(length, NULL, 10));
        return MHD_YES;
    }
    if (*upload_size > 0) {
        request->body_bytes += *upload_size;
        if (request->body_bytes <= SANDBOX_BODY_MAX)
            buf_add(&request->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    return finish(request);
}

static void forget(void *arg, struct MHD_Connection *connection, void **context,
                   enum MHD_RequestTerminationCode why)
{
    struct request *request = *context;

    (void)arg;
    (void)connection;
    (void)why;
    if (!request)
        return;
    buf_release(&request->body);
    json_decref(request->json);
    free(request->method);
    free(request->path);
    free(request);
    *context = NULL;
}

struct MHD_Daemon *http_start(struct sandbox *box, const char *host, unsigned port)
{
    bool six = strchr(host, ':') != NULL;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 address6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION;
    const union MHD_DaemonInfo *info;
    struct MHD_Daemon *daemon;

    if (inet_pton(six ? AF_INET6 : AF_INET, host,
                  six ? (void *)&address6.sin6_addr : (void *)&address.sin_addr) != 1) {
        errno = EINVAL;
        return NULL;
    }
    daemon = MHD_start_daemon(
        flags | (six ? MHD_USE_IPv6 : 0), (uint16_t)port, NULL, NULL, handle, box,
        MHD_OPTION_SOCK_ADDR, six ? (struct sockaddr *)&address6 : (struct sockaddr *)&address,
        MHD_OPTION_NOTIFY_COMPLETED, forget, NULL, MHD_OPTION_CONNECTION_LIMIT, 256u,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)256 * 1024, MHD_OPTION_END);
    info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    box->port = info ? info->port : port;
    return daemon;
}
