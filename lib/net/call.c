#include "net/call.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/text.h"

#define CONNECT_MS 30000L
#define HEADER_BYTES_MAX (64UL * 1024)
#define HEADER_LINES_MAX 100
#define INTERIM_MAX 20
#define REDIRECTS_MAX 3
#define REDIRECT_BODY_MAX (64UL * 1024)
#define ANSWER_BYTES_MAX (32LL << 30) /* 64 pictures of 256 MiB as text, with room to spare */
#define RECEIVE_BUFFER (256L * 1024)
#define SEND_BUFFER (256L * 1024)

static int fail(struct net_call *call, enum exit_code code, const char *why)
{
    if (!call->failed) {
        error_set(&call->error, code, "cannot use the answer from '%s': %s", call->net->origin.host,
                  why);
        call->failed = true;
    }
    return -1;
}

/* The value of a header line if it has this name, without white space around it; else NULL. */
static const char *header_value(const char *line, size_t n, const char *name, size_t *len)
{
    size_t at = strlen(name);

    if (n <= at || line[at] != ':' || strncasecmp(line, name, at) != 0) {
        return NULL;
    }
    for (at++; at < n && (line[at] == ' ' || line[at] == '\t'); at++) {
    }
    while (n > at && (unsigned char)line[n - 1] <= ' ') {
        n--;
    }
    *len = n - at;
    return line + at;
}

static void copy_value(char *to, size_t cap, const char *from, size_t n)
{
    to[0] = '\0';
    if (n < cap) {
        memcpy(to, from, n);
        to[n] = '\0';
    }
}

static void keep_header(struct net_call *call, const char *line, size_t n)
{
    size_t len;
    const char *value;

    if ((value = header_value(line, n, "Content-Type", &len)) != NULL) {
        const char *end = memchr(value, ';', len);
        copy_value(call->reply.type, sizeof call->reply.type, value,
                   end == NULL ? len : (size_t)(end - value));
        for (char *c = call->reply.type; *c != '\0'; c++) {
            *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        }
    } else if ((value = header_value(line, n, "Retry-After", &len)) != NULL) {
        copy_value(call->reply.retry_after, sizeof call->reply.retry_after, value, len);
    } else if ((value = header_value(line, n, "Location", &len)) != NULL) {
        copy_value(call->location, sizeof call->location, value, len);
    } else if ((value = header_value(line, n, "Content-Encoding", &len)) != NULL) {
        call->encoded = !(len == 8 && strncasecmp(value, "identity", 8) == 0) && len > 0;
    }
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
    struct net_call *call = ctx;
    long status = 0;

    (void)size;
    call->header_bytes += n;
    if (call->header_bytes > HEADER_BYTES_MAX || ++call->header_lines > HEADER_LINES_MAX) {
        fail(call, EXIT_NETWORK, "its headers are too long");
        return 0;
    }
    call->head_ended = call->head_ended || line[0] == '\r' || line[0] == '\n';
    if (n > 5 && memcmp(line, "HTTP/", 5) == 0) {
        libcurl.easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
        call->header_lines = 0;
        call->head_ended = call->encoded = false;
        call->location[0] = call->reply.type[0] = call->reply.retry_after[0] = '\0';
        call->reply.status = (int)status;
        if (status < 200 && ++call->interim > INTERIM_MAX) {
            fail(call, EXIT_NETWORK, "it sends interim answers without end");
            return 0;
        }
    } else {
        keep_header(call, line, n);
    }
    return n;
}

static bool is_redirect(const struct net_call *call)
{
    int s = call->reply.status;

    return s == 307 || s == 308 || s == 301 || s == 302 || s == 303;
}

static size_t on_bytes(char *bytes, size_t size, size_t n, void *ctx)
{
    struct net_call *call = ctx;

    (void)size;
    call->reply.received += n;
    if (is_redirect(call)) {
        call->redirected += n;
        if (call->redirected > REDIRECT_BODY_MAX) {
            fail(call, EXIT_NETWORK, "it redirects with a page that is too large");
            return 0;
        }
        return n;
    }
    if (call->reply.received > (uint64_t)ANSWER_BYTES_MAX) {
        fail(call, EXIT_NETWORK, "it is too large");
        return 0;
    }
    if (clock_left(&call->net->config.deadline, 1) == 0) {
        return 0; /* libcurl reads on while more comes, whatever the time */
    }
    if (call->encoded) {
        fail(call, EXIT_NETWORK, "it is compressed, which was not asked for");
        return 0;
    }
    if (call->failed ||
        call->request.take(call->request.ctx, &call->reply, bytes, n, &call->error) != 0) {
        call->failed = true;
        return 0;
    }
    return n;
}

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
        fail(call, EXIT_KEY, "its name stands for another machine, and the key may not go there");
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
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
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, SEND_BUFFER);
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

static CURLcode set_up(struct net_call *call)
{
    CURL *e = call->easy;
    const char *ca = ca_file();
    CURLcode bad = set_protocols(e);

    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_URL, call->url);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_USERAGENT, "sdctl/" SDCTL_VERSION);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_ERRORBUFFER, call->why);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_HTTPHEADER, make_headers(call));
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_HEADERDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_WRITEFUNCTION, on_bytes);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_WRITEDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
    bad =
        bad ? bad : libcurl.easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)ANSWER_BYTES_MAX);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_OPENSOCKETDATA, call);
    bad = bad ? bad : libcurl.easy_setopt(e, CURLOPT_FRESH_CONNECT, (long)call->request.submission);
    bad = bad || !call->net->loopback ? bad : libcurl.easy_setopt(e, CURLOPT_NOPROXY, "*");
    bad = bad || ca == NULL || *ca == '\0' ? bad : libcurl.easy_setopt(e, CURLOPT_CAINFO, ca);
    bad = bad ? bad : set_sending(call);
    return bad ? bad : set_times(call);
}

struct net_call *call_new(struct net *net, const struct net_request *request, struct error *err)
{
    struct net_call *call = calloc(1, sizeof *call);

    if (call == NULL) {
        error_memory(err, "preparing a request");
        return NULL;
    }
    call->net = net;
    call->request = *request;
    call->started = clock_ms();
    call->next = net->calls;
    net->calls = call;
    call->url = url_join(net->config.base, request->path);
    call->easy = libcurl.easy_init();
    if (call->url == NULL || call->easy == NULL || set_up(call) != CURLE_OK ||
        libcurl.multi_add_handle(net->multi, call->easy) != CURLM_OK) {
        call_free(call);
        error_memory(err, "preparing a request");
        return NULL;
    }
    return call;
}

/* Goes on to where the answer points, if that is the same origin. False when the call is over. */
static bool follow(struct net_call *call)
{
    struct url_origin origin;
    char *to = NULL;

    if (!is_redirect(call) || call->location[0] == '\0') {
        return false;
    }
    if (url_resolve(call->url, call->location, &to, &call->error) != 0 ||
        url_origin(to, &origin, &call->error) != 0) {
        error_prefix(&call->error, "'%s' redirects: ", call->net->origin.host);
        call->failed = true;
    } else if (!url_same_origin(&origin, &call->net->origin)) {
        error_set(&call->error, EXIT_NETWORK,
                  "'%s' redirects to %s://%s:%d; if that is right, use it as the endpoint",
                  call->net->origin.host, origin.scheme, origin.host, origin.port);
        call->failed = true;
    } else if (++call->redirects > REDIRECTS_MAX) {
        fail(call, EXIT_NETWORK, "it redirects without end");
    } else if (call->request.body != NULL && call->reply.status < 307) {
        fail(call, EXIT_NETWORK, "it redirects a POST to a GET; check the endpoint's URL");
    }
    if (call->failed) {
        free(to);
        return false;
    }
    free(call->url);
    call->url = to;
    call->reply = (struct net_reply){.sent = call->reply.sent};
    call->header_bytes = call->header_lines = 0;
    libcurl.multi_remove_handle(call->net->multi, call->easy);
    if (set_up(call) != CURLE_OK ||
        libcurl.multi_add_handle(call->net->multi, call->easy) != CURLM_OK) {
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
    const char *host = call->net->origin.host;
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
                  call->net->origin.port, why_not_connected(call, why));
        break;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        error_set(&call->error, EXIT_NETWORK, "cannot connect to '%s:%d': %s", host,
                  call->net->origin.port, why);
        break;
    case CURLE_OUT_OF_MEMORY: /* also what libcurl says of a line over its own limit */
        if (libcurl_starved()) {
            error_memory(&call->error, "talking to the server");
        } else {
            fail(call, EXIT_NETWORK, "its headers are too long");
        }
        break;
    case CURLE_FILESIZE_EXCEEDED:
        fail(call, EXIT_NETWORK, "it is too large");
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
    char line[256];

    if (call->net->config.log != NULL) {
        snprintf(line, sizeof line, "%s %s: %d, %llu bytes, %lld ms",
                 call->request.body != NULL ? "POST" : "GET", call->request.path,
                 call->reply.status, (unsigned long long)call->reply.received,
                 (long long)(clock_ms() - call->started));
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
    for (struct net_call **at = &call->net->calls; *at != NULL; at = &(*at)->next) {
        if (*at == call) {
            *at = call->next;
            break;
        }
    }
    if (call->easy != NULL) {
        libcurl.multi_remove_handle(call->net->multi, call->easy);
        libcurl.easy_cleanup(call->easy);
    }
    free(call->url);
    free(call);
}
