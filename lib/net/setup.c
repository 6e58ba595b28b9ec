#include "net/setup.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/answer.h"
#include "net/early.h"

#define CONNECT_MS 30000L
#define PICTURE_BUFFER (256L * 1024) /* either way, for submissions */
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
    body_rewind(call->request.body);
    return CURL_SEEKFUNC_OK;
}

static bool is_loopback_address(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    memcpy(&v6, address, sizeof v6);
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

/* The name said loopback; the address has the last word. */
static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct net_call *call = ctx;

    (void)purpose;
    if (call->net->loopback_only && !is_loopback_address(&address->addr)) {
        answer_refuse(call, EXIT_KEY,
                      "its name stands for another machine, and the key may not go there");
        return CURL_SOCKET_BAD;
    }
    call->fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    return call->fd;
}

/* The call may be gone when its connection is closed, the net is not. */
static int on_close(void *ctx, curl_socket_t fd)
{
    const struct net *net = ctx;

    for (struct net_call *c = net->calls; c != NULL; c = c->next) {
        if (c->fd == fd) {
            early_save(c);
            c->fd = CURL_SOCKET_BAD;
        }
    }
    return close(fd);
}

static void add_header(struct net_call *call, size_t *n, const char *line)
{
    /* libcurl only reads the list, so the texts may be constants. */
    union {
        const char *in;
        char *out;
    } text = {.in = line};

    call->headers[*n].data = text.out;
    call->headers[*n].next = NULL;
    if (*n > 0) {
        call->headers[*n - 1].next = &call->headers[*n];
    }
    (*n)++;
}

/* Application headers; Expect is switched off, since a server that never answers it costs a second.
 */
static struct curl_slist *make_headers(struct net_call *call)
{
    size_t n = 0;

    add_header(call, &n, "Accept: application/json");
    if (call->request.body != NULL) {
        add_header(call, &n, "Content-Type: application/json");
        add_header(call, &n, "Expect:");
    }
    call->headers[n - 1].next = call->net->key_header;
    return call->headers;
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
    return call->request.submission ? PICTURE_BUFFER : SMALL_BUFFER;
}

static CURLcode set_sending(struct net_call *call)
{
    CURL *e = call->easy;
    CURLcode bad = CURLE_OK;

    if (call->request.body == NULL) {
        return CURLE_OK;
    }
    body_rewind(call->request.body);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_POST, 1L);
    bad = bad ? bad
              : libcurl.easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE,
                                    (curl_off_t)call->request.body->length);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_READFUNCTION, on_send);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_READDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_SEEKFUNCTION, on_seek);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_SEEKDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, buffer_size(call));
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
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_HTTPHEADER, make_headers(call));
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_HEADERFUNCTION, answer_header);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_HEADERDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_WRITEFUNCTION, answer_bytes);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_WRITEDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_BUFFERSIZE, buffer_size(call));
    bad =
        bad ? bad : libcurl.easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)ANSWER_BYTES_MAX);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_OPENSOCKETDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_CLOSESOCKETDATA, call->net);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_FRESH_CONNECT, (long)call->request.submission);
    bad = bad || !call->net->loopback ? bad : libcurl.easy_setopt(e, CURLOPT_NOPROXY, "*");
    bad = bad || ca == NULL || *ca == '\0' ? bad : libcurl.easy_setopt(e, CURLOPT_CAINFO, ca);
    bad = bad ? bad : set_sending(call);
    return bad ? bad : set_times(call);
}
