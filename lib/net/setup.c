#include "net/setup.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/answer.h"
#include "net/early.h"
#include "net/range.h"
#include "net/sign.h"
#include "net/target.h"

#define CONNECT_MS 30000L
#define IDLE_SECONDS                                                                               \
    2L /* servers close connections that are idle for longer, just then perhaps                    \
        */
#define HEADERS_MAX 4096UL
#define PICTURE_BUFFER (256L * 1024) /* either way, for submissions and downloads */
#define MANY_BUFFER (32L * 1024)     /* the same when there are many at a time */
#define SMALL_BUFFER (16L * 1024)    /* for all other calls: whatever is allocated is wiped, too */

static size_t on_send(char *to, size_t size, size_t n, void *ctx)
{
    struct net_call *call = ctx;
    size_t got = 0;

    if (body_read(call->request.body, to, size * n, &got, &call->error) != 0) {
        call->failed = true;
        return CURL_READFUNC_ABORT;
    }
    call->reply.sent = true;
    return got;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    struct net_call *call = ctx;

    if (offset != 0 || origin != SEEK_SET) {
        return CURL_SEEKFUNC_CANTSEEK;
    }
    if (call->request.submission && call->reply.sent) {
        return CURL_SEEKFUNC_FAIL; /* it would be sent twice */
    }
    body_rewind(call->request.body);
    return CURL_SEEKFUNC_OK;
}

/* The name may have said anything; the address has the last word. */
static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct net_call *call = ctx;

    (void)purpose;
    if (!target_admits(call, &address->addr)) {
        return CURL_SOCKET_BAD;
    }
    if (!call->sees_connection) {
        target_reached(call, &address->addr);
    }
    call->fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    return call->fd;
}

#if LIBCURL_VERSION_NUM >= 0x075000
/* Before each request: its connection may be one that another call has opened. */
static int on_connection(void *ctx, char *ip, char *local_ip, int port, int local_port)
{
    struct net_call *call = ctx;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};

    (void)local_ip;
    (void)port;
    (void)local_port;
    if (inet_pton(AF_INET, ip, &v4.sin_addr) == 1) {
        memcpy(&address, &v4, sizeof v4);
    } else if (inet_pton(AF_INET6, ip, &v6.sin6_addr) == 1) {
        memcpy(&address, &v6, sizeof v6);
    }
    if (!target_admits(call, (struct sockaddr *)&address)) {
        return CURL_PREREQFUNC_ABORT;
    }
    target_reached(call, (struct sockaddr *)&address);
    return CURL_PREREQFUNC_OK;
}
#endif

/* The call may be gone when its connection is closed, and its net; the owner of the loop is not. */
static int on_close(void *ctx, curl_socket_t fd)
{
    const struct net *loop = ctx;

    for (struct net_call *c = loop->calls; c != NULL; c = c->next) {
        if (c->fd == fd) {
            early_save(c);
            c->fd = CURL_SOCKET_BAD;
        }
    }
    return close(fd);
}

/* A libcurl before 7.80 does not tell of connections that it takes up again, so it must not where
 * that matters. */
static CURLcode set_connection(struct net_call *call)
{
    CURL *e = call->easy;
    CURLcode bad = libcurl.easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_socket);

    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_OPENSOCKETDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_CLOSESOCKETDATA, call->net->loop);
#if LIBCURL_VERSION_NUM >= 0x075000
    call->sees_connection =
        libcurl.easy_setopt(e, CURLOPT_PREREQFUNCTION, on_connection) == CURLE_OK &&
        libcurl.easy_setopt(e, CURLOPT_PREREQDATA, call) == CURLE_OK;
#endif
    bool fresh = (call->request.submission && !call->request.reuse) ||
                 (call->request.url != NULL && !call->sees_connection);
    bad = bad || !call->request.reuse ? bad
                                      : libcurl.easy_setopt(e, CURLOPT_MAXAGE_CONN, IDLE_SECONDS);
    return bad ? bad : libcurl.easy_setopt(e, CURLOPT_FRESH_CONNECT, (long)fresh);
}

/* Adds "NAME: VALUE", or "NAME:", which takes a header of libcurl's own away. */
static void add_line(struct buf *lines, const char *name, const char *value)
{
    buf_addf(lines, "%s:%s%s", name, *value == '\0' ? "" : " ", value);
    buf_add(lines, "", 1);
}

/* Application headers; Expect is switched off, since a server that never answers it costs a second.
 */
static void write_headers(struct net_call *call)
{
    const struct net_request *r = &call->request;
    const char *otherwise = r->url != NULL ? "*/*" : "application/json";
    char range[40];

    add_line(&call->lines, "Accept", r->accept != NULL ? r->accept : otherwise);
    if (r->body != NULL) {
        add_line(&call->lines, "Content-Type", body_type(r->body));
    }
    if (sign_is_signed(call)) {
        add_line(&call->lines, SIGN_PAYLOAD, call->payload);
    } else if (r->body != NULL) {
        add_line(&call->lines, "Expect", ""); /* libcurl before 8 would sign it, too */
    }
    call->ranging = r->offset > 0 && (r->etag == NULL || range_is_strong(r->etag));
    if (call->ranging) {
        snprintf(range, sizeof range, "bytes=%llu-", (unsigned long long)r->offset);
        add_line(&call->lines, "Range", range);
    }
    if (call->ranging && r->etag != NULL) {
        add_line(&call->lines, "If-Range", r->etag);
    }
}

/* The list that libcurl reads; the key's line, if it goes along, stays where it is guarded. */
static CURLcode set_headers(struct net_call *call)
{
    size_t n = 0;

    buf_release(&call->lines);
    buf_init(&call->lines, HEADERS_MAX);
    write_headers(call);
    if (call->lines.failed) {
        return CURLE_OUT_OF_MEMORY;
    }
    for (size_t at = 0; at < call->lines.len && n < CALL_HEADERS_MAX; n++) {
        call->headers[n] = (struct curl_slist){.data = call->lines.data + at};
        call->headers[n].next = call->keyed ? call->net->key_header : NULL;
        if (n > 0) {
            call->headers[n - 1].next = &call->headers[n];
        }
        at += strlen(call->lines.data + at) + 1;
    }
    return libcurl.easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
}

/* Trust in other CAs by the variables that curl knows; there is none to switch checking off. */
static const char *ca_file(void)
{
    const char *file = getenv("CURL_CA_BUNDLE");

    return file != NULL && *file != '\0' ? file : getenv("SSL_CERT_FILE");
}

static CURLcode set_protocols(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    CURLcode code = libcurl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code != CURLE_UNKNOWN_OPTION) {
        return code;
    }
#endif
    return libcurl.easy_setopt(easy, (CURLoption)181 /* PROTOCOLS, before 7.85 */, 3L);
}

static long buffer_size(const struct net_call *call)
{
    bool picture = call->request.submission || call->request.url != NULL || call->request.put ||
                   call->net->config.s3 != NULL;

    return !picture ? SMALL_BUFFER : call->net->config.many ? MANY_BUFFER : PICTURE_BUFFER;
}

/* No more than the body needs; libcurl does not go below 16 KiB. */
static long upload_size(const struct net_call *call)
{
    uint64_t length = call->request.body->length;
    long most = buffer_size(call);

    return length < (uint64_t)most ? (length < SMALL_BUFFER ? SMALL_BUFFER : (long)length) : most;
}

static CURLcode set_sending(struct net_call *call)
{
    CURL *e = call->easy;
    CURLcode bad = CURLE_OK;

    if (call->request.body == NULL) {
        return CURLE_OK;
    }
    body_rewind(call->request.body);
    bad = libcurl.easy_setopt(e, call->request.put ? CURLOPT_UPLOAD : CURLOPT_POST, 1L);
    bad = bad ? bad
              : libcurl.easy_setopt(
                    e, call->request.put ? CURLOPT_INFILESIZE_LARGE : CURLOPT_POSTFIELDSIZE_LARGE,
                    (curl_off_t)call->request.body->length);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_READFUNCTION, on_send);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_READDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_SEEKFUNCTION, on_seek);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_SEEKDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, upload_size(call));
    return bad;
}

static CURLcode set_times(struct net_call *call)
{
    int64_t limit = call->request.timeout_ms > 0 ? call->request.timeout_ms : INT32_MAX;
    int64_t left = clock_left(&call->net->config.deadline, limit);
    long ms = left > 0 ? (long)left : 1;
    CURLcode bad = libcurl.easy_setopt(call->easy, CURLOPT_CONNECTTIMEOUT_MS,
                                       ms < CONNECT_MS ? ms : CONNECT_MS);

    return bad || left >= INT32_MAX ? bad : libcurl.easy_setopt(call->easy, CURLOPT_TIMEOUT_MS, ms);
}

CURLcode setup_call(struct net_call *call)
{
    CURL *e = call->easy;
    const char *ca = ca_file();
    CURLcode bad = set_protocols(e);

#if LIBCURL_VERSION_NUM >= 0x075700
    libcurl.easy_setopt(e, CURLOPT_QUICK_EXIT, 1L); /* no waiting for the resolver's thread */
#endif
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_URL, call->url);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_USERAGENT, "sdctl/" SDCTL_VERSION);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_ERRORBUFFER, call->why);
    bad = bad ? bad : set_headers(call);
    bad = bad ? bad : sign_call(call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_HEADERFUNCTION, answer_header);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_HEADERDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_WRITEFUNCTION, answer_bytes);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_WRITEDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_BUFFERSIZE, buffer_size(call));
    bad =
        bad ? bad : libcurl.easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)ANSWER_BYTES_MAX);
    bad = bad ? bad : set_connection(call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_PROXY, call->proxy);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_NOPROXY, ""); /* proxy.h has read the list */
    bad = bad || ca == NULL || *ca == '\0' ? bad : libcurl.easy_setopt(e, CURLOPT_CAINFO, ca);
    bad = bad ? bad : set_sending(call);
    return bad ? bad : set_times(call);
}
