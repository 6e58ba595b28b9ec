#include "net/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/answer.h"
#include "net/early.h"
#include "net/setup.h"
#include "net/sign.h"
#include "net/target.h"

#define REDIRECTS_MAX 3

struct net_call *call_new(struct net *net, const struct net_request *request, struct error *err)
{
    struct net_call *call = calloc(1, sizeof *call);

    if (call == NULL) {
        error_memory(err, "preparing a request");
        return NULL;
    }
    call->net = net;
    call->request = *request;
    call->fd = CURL_SOCKET_BAD;
    call->started = clock_ms();
    call->next = net->loop->calls;
    net->loop->calls = call;
    call->url =
        request->url != NULL ? strdup(request->url) : url_join(net->config.base, request->path);
    if (call->url != NULL && target_set(call) != 0) {
        *err = call->error;
        if (request->url != NULL) {
            err->code = EXIT_FAILED; /* it is the service's */
            error_prefix(err, "a link in the answer: ");
        }
        call_free(call);
        return NULL;
    }
    if (call->url != NULL && sign_payload(call, err) != 0) {
        call_free(call);
        return NULL;
    }
    call->easy = libcurl.easy_init();
    if (call->url == NULL || call->easy == NULL || setup_call(call) != CURLE_OK ||
        libcurl.multi_add_handle(net->loop->multi, call->easy) != CURLM_OK) {
        call_free(call);
        error_memory(err, "preparing a request");
        return NULL;
    }
    return call;
}

/* Whether a redirect may be followed; fails the call otherwise. */
static bool may_follow(struct net_call *call, const struct url_origin *to)
{
    bool post = call->request.body != NULL;

    if ((call->request.url == NULL || post) && !url_same_origin(to, &call->net->origin)) {
        error_set(&call->error, EXIT_NETWORK,
                  "'%s' redirects to %s://%s:%d; if that is right, use it as the endpoint",
                  call->origin.host, to->scheme, to->host, to->port);
        call->failed = true;
    } else if (strcmp(call->origin.scheme, "https") == 0 && strcmp(to->scheme, "https") != 0) {
        error_set(&call->error, EXIT_NETWORK,
                  "'%s' redirects from https to http (%s:%d), which is refused", call->origin.host,
                  to->host, to->port);
        call->failed = true;
    } else if (++call->redirects > REDIRECTS_MAX) {
        answer_refuse(call, EXIT_NETWORK, "it redirects without end");
    } else if (post && call->reply.status < 307) {
        answer_refuse(call, EXIT_NETWORK, "it redirects a POST to a GET; check the endpoint's URL");
    }
    return !call->failed;
}

/* Goes on to where the answer points. False when the call is over. */
static bool follow(struct net_call *call)
{
    CURLM *multi = call->net->loop->multi;
    struct url_origin origin;
    char *to = NULL;

    if (!answer_is_redirect(call) || call->location == NULL) {
        return false;
    }
    if (url_resolve(call->url, call->location, &to, &call->error) != 0 ||
        url_origin(to, &origin, &call->error) != 0) {
        error_prefix(&call->error, "'%s' redirects: ", call->origin.host);
        call->failed = true;
    }
    if (call->failed || !may_follow(call, &origin)) {
        free(to);
        return false;
    }
    free(call->url);
    call->url = to;
    call->reply = (struct net_reply){.sent = call->reply.sent};
    call->header_bytes = call->header_lines = 0;
    if (target_set(call) != 0) {
        return false;
    }
    libcurl.multi_remove_handle(multi, call->easy);
    if (setup_call(call) != CURLE_OK || libcurl.multi_add_handle(multi, call->easy) != CURLM_OK) {
        error_memory(&call->error, "following a redirect");
        call->failed = true;
        return false;
    }
    return true;
}

/* The system's own word for a failed connect, such as "Connection refused". */
static const char *why_not_connected(const struct net_call *call, const char *otherwise)
{
    long errnum = 0;

    libcurl.easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &errnum);
    return errnum != 0 ? strerror((int)errnum) : otherwise;
}

/* What went wrong below HTTP, as an error of ours. */
static void explain(struct net_call *call, CURLcode code)
{
    const char *host = call->origin.host;
    const char *why = call->why[0] != '\0' ? call->why : libcurl.easy_strerror(code);

    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_WRITE_ERROR: /* on_bytes() stopped at the deadline */
        if (clock_left(&call->net->config.deadline, 1000) > 50 && call->request.timeout_ms == 0) {
            error_set(&call->error, EXIT_NETWORK, "cannot connect to '%s': no answer", host);
        } else {
            error_set(&call->error, EXIT_DEADLINE, "no answer from '%s' in time", host);
        }
        break;
    case CURLE_COULDNT_CONNECT:
        error_set(&call->error, EXIT_NETWORK, "cannot connect to '%s:%d': %s", host,
                  call->origin.port, why_not_connected(call, why));
        break;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        error_set(&call->error, EXIT_NETWORK, "cannot connect to '%s:%d': %s", host,
                  call->origin.port, why);
        break;
    case CURLE_OUT_OF_MEMORY: /* also what libcurl says of a line over its own limit */
        if (libcurl_starved()) {
            error_memory(&call->error, "talking to the server");
        } else {
            answer_refuse(call, EXIT_NETWORK, "its headers are too long");
        }
        break;
    case CURLE_FILESIZE_EXCEEDED:
        answer_refuse(call, EXIT_NETWORK, "it is too large");
        break;
    case CURLE_SEND_ERROR:
        error_set(&call->error, EXIT_NETWORK,
                  "'%s' closed the connection while the request was sent: %s", host, why);
        break;
    default:
        error_set(&call->error, EXIT_NETWORK, "%s '%s': %s",
                  call->reply.status == 0 ? "no usable answer from" : "the answer was cut off by",
                  host, why);
    }
    call->failed = true;
}

static void log_call(const struct net_call *call)
{
    char line[512], where[sizeof call->origin + 16];

    if (call->net->config.log != NULL) {
        snprintf(where, sizeof where, "%s://%s:%d/...", call->origin.scheme, call->origin.host,
                 call->origin.port);
        snprintf(line, sizeof line, "%s %s: %d, %llu bytes, %lld ms",
                 call->request.put            ? "PUT"
                 : call->request.body != NULL ? "POST"
                                              : "GET",
                 call->request.url != NULL ? where : call->request.path, call->reply.status,
                 (unsigned long long)call->reply.received, (long long)(clock_ms() - call->started));
        call->net->config.log(call->net->config.log_ctx, line);
    }
}

/* Whether a call failed in a way that another attempt may not. */
static bool may_pass(CURLcode code)
{
    static const CURLcode lost[] = {CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING, CURLE_SEND_ERROR,
                                    CURLE_RECV_ERROR, CURLE_PARTIAL_FILE};

    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
        if (code == lost[i]) {
            return true;
        }
    }
    return false;
}

void call_ended(struct net_call *call, CURLcode code)
{
    /* libcurl takes an answer that ends inside its headers for one without a body. */
    if (code == CURLE_OK && !call->head_ended) {
        code = CURLE_PARTIAL_FILE;
        snprintf(call->why, sizeof call->why, "it ended inside its headers");
    }
    if (code == CURLE_OK && answer_is_short(call)) {
        code = CURLE_PARTIAL_FILE;
        snprintf(call->why, sizeof call->why, "it sent less than the rest");
    }
    if (code == CURLE_SEND_ERROR && !call->failed && early_use(call)) {
        code = CURLE_OK;
    }
    call->reply.lost = !call->failed && may_pass(code);
    if (code != CURLE_OK && !call->failed) {
        explain(call, code);
    }
    if (!call->failed && follow(call)) {
        return;
    }
    call->done = true;
    log_call(call);
}

void call_free(struct net_call *call)
{
    if (call == NULL) {
        return;
    }
    for (struct net_call **at = &call->net->loop->calls; *at != NULL; at = &(*at)->next) {
        if (*at == call) {
            *at = call->next;
            break;
        }
    }
    if (call->easy != NULL) {
        libcurl.multi_remove_handle(call->net->loop->multi, call->easy);
        libcurl.easy_cleanup(call->easy);
    }
    buf_release(&call->lines);
    free(call->location);
    free(call->early);
    free(call->url);
    free(call);
}
