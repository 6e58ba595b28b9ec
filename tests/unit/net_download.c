#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/net.h"
#include "net/url.h"
#include "unit.h"

/* Downloads and services side by side, against servers of a few lines on the loopback interface. */

#define CONTENT "0123456789abcdefghij"
#define KEY "canary-Zebra"

/* A server for one answer after the other, each on a connection of its own. */
struct server {
    int listener, port;
    pthread_t thread;
    const char *answers[8]; /* whole, without "Connection: close"; NULL ends */
    char seen[8][1024];     /* request heads */
    int n_seen;
    bool keep; /* the last connection stays open */
    int kept;
};

static void serve_one(struct server *s, int fd)
{
    char *head = s->seen[s->n_seen];
    size_t n = 0;
    ssize_t got;

    while (n < sizeof *s->seen - 1 && strstr(head, "\r\n\r\n") == NULL &&
           (got = read(fd, head + n, sizeof *s->seen - 1 - n)) > 0) {
        n += (size_t)got;
        head[n] = '\0';
    }
    const char *answer = s->answers[s->n_seen++];
    while (*answer != '\0' && (got = write(fd, answer, strlen(answer))) > 0) {
        answer += got;
    }
    if (s->keep) {
        s->kept = fd;
    } else {
        close(fd);
    }
}

static void *serve(void *ctx)
{
    struct server *s = ctx;

    while (s->answers[s->n_seen] != NULL) {
        int fd = accept(s->listener, NULL, NULL);
        if (fd < 0) {
            break;
        }
        serve_one(s, fd);
    }
    return NULL;
}

static void server_open(struct server *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;

    *s = (struct server){.listener = socket(AF_INET, SOCK_STREAM, 0)};
    if (bind(s->listener, (struct sockaddr *)&at, size) != 0 || listen(s->listener, 8) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&at, &size) != 0) {
        abort();
    }
    s->port = ntohs(at.sin_port);
}

static void server_start(struct server *s)
{
    if (pthread_create(&s->thread, NULL, serve, s) != 0) {
        abort();
    }
}

static void server_close(struct server *s)
{
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
    if (s->keep) {
        close(s->kept);
    }
}

static char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *text_of(const char *format, ...)
{
    static char pool[8][1024];
    static int next;
    char *to = pool[next++ % 8];
    va_list args;

    va_start(args, format);
    vsnprintf(to, sizeof *pool, format, args);
    va_end(args);
    return to;
}

struct got {
    char bytes[256];
    size_t n;
    int status;
    uint64_t offset;
};

static int take(void *ctx, const struct net_reply *reply, const char *bytes, size_t n,
                struct error *err)
{
    struct got *got = ctx;

    (void)err;
    got->status = reply->status;
    got->offset = reply->offset;
    n = n < sizeof got->bytes - 1 - got->n ? n : sizeof got->bytes - 1 - got->n;
    memcpy(got->bytes + got->n, bytes, n);
    got->n += n;
    got->bytes[got->n] = '\0';
    return 0;
}

static struct net *open_net(const char *base, const struct secret *key, struct net *beside)
{
    struct net_config config = {.base = base,
                                .key = key,
                                .key_form = SECRET_BEARER,
                                .deadline = clock_deadline(10),
                                .beside = beside};
    struct net *net = NULL;
    struct error err;

    CHECK(net_open(&net, &config, &err) == 0, "a net for %s", base);
    return net;
}

static struct secret make_key(void)
{
    struct secret key = {0};
    struct error err;

    CHECK(secret_set(&key, KEY, strlen(KEY), "the test", &err) == 0, "a key");
    return key;
}

static void check_redirects(void)
{
    struct secret key = make_key();
    struct server own, other;
    struct got got = {0};
    struct net_reply reply;
    struct error err;

    server_open(&own);
    server_open(&other);
    own.answers[0] = text_of("HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:%d/b?sig=s3cret\r\n"
                             "Content-Length: 0\r\nConnection: close\r\n\r\n",
                             other.port);
    own.answers[1] = "HTTP/1.1 200 x\r\nContent-Length: 2\r\nETag: \"e1\"\r\n\r\nok";
    other.answers[0] = text_of("HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:%d/c\r\n"
                               "Content-Length: 0\r\nConnection: close\r\n\r\n",
                               own.port);
    server_start(&own);
    server_start(&other);
    struct net *net = open_net(text_of("http://127.0.0.1:%d", own.port), &key, NULL);
    char *url = text_of("http://127.0.0.1:%d/a?sig=s3cret", own.port);
    struct net_request request = {.url = url, .take = take, .ctx = &got};
    CHECK(net_perform(net, &request, &reply, &err) == 0 && reply.status == 200 &&
              strcmp(got.bytes, "ok") == 0 && strcmp(reply.etag, "\"e1\"") == 0,
          "through another origin and back");
    CHECK(own.n_seen == 2 && strstr(own.seen[0], "Bearer " KEY) != NULL, "the key to its service");
    CHECK(strstr(own.seen[0], "Accept: */*\r\n") != NULL, "anything is accepted");
    CHECK(other.n_seen == 1 && strstr(other.seen[0], KEY) == NULL &&
              strstr(other.seen[0], "GET /b?sig=s3cret ") == other.seen[0],
          "no key to another origin");
    CHECK(strstr(own.seen[1], KEY) == NULL, "no key when another origin leads back");
    net_close(net);
    server_close(&own);
    server_close(&other);
    secret_release(&key);
}

/* Answers to a download that has 10 of 20 bytes: what is made of them. */
static void check_ranges(void)
{
    static const struct {
        const char *answer, *etag;
        int result;
        int status;
        uint64_t offset;
        bool lost;
    } rows[] = {
        {"206 x\r\nContent-Range: bytes 10-19/20\r\nETag: \"e\"\r\nContent-Length: 10\r\n\r\n"
         "abcdefghij",
         "\"e\"", 0, 206, 10, false},
        {"206 x\r\nContent-Range: bytes 10-19/*\r\nContent-Length: 10\r\n\r\nabcdefghij", NULL, 0,
         206, 10, false},
        {"200 x\r\nETag: \"f\"\r\nContent-Length: 20\r\n\r\n" CONTENT, "\"e\"", 0, 200, 0, false},
        {"416 x\r\nContent-Range: bytes */20\r\nContent-Length: 0\r\n\r\n", "\"e\"", 0, 416, 0,
         false},
        {"206 x\r\nContent-Range: bytes 9-19/20\r\nContent-Length: 11\r\n\r\n9abcdefghij", NULL, -1,
         206, 0, false},
        {"206 x\r\nContent-Length: 10\r\n\r\nabcdefghij", NULL, -1, 206, 0, false},
        {"206 x\r\nContent-Range: bytes 10-19/20\r\nETag: \"f\"\r\nContent-Length: 10\r\n\r\n"
         "abcdefghij",
         "\"e\"", -1, 206, 0, false},
        {"206 x\r\nContent-Range: bytes 10-14/20\r\nContent-Length: 5\r\n\r\nabcde", NULL, -1, 206,
         10, true},
        {"206 x\r\nContent-Range: bytes 10-19/20\r\nConnection: close\r\n\r\nabc", NULL, -1, 206,
         10, true},
        {"206 x\r\nContent-Range: bytes 10-19/20\r\nContent-Length: 10\r\n\r\nabc", NULL, -1, 206,
         10, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct server s;
        struct got got = {0};
        struct net_reply reply;
        struct error err = {0};

        server_open(&s);
        s.answers[0] = text_of("HTTP/1.1 %s", rows[i].answer);
        server_start(&s);
        struct net *net = open_net("http://127.0.0.1:9", NULL, NULL);
        struct net_request request = {.url = text_of("http://127.0.0.1:%d/f", s.port),
                                      .offset = 10,
                                      .etag = rows[i].etag,
                                      .accept = "image/*",
                                      .take = take,
                                      .ctx = &got};
        int result = net_perform(net, &request, &reply, &err);
        CHECK(result == rows[i].result && reply.status == rows[i].status &&
                  reply.offset == rows[i].offset && reply.lost == rows[i].lost,
              "range %zu: %d, %d, %llu, '%s'", i, result, reply.status,
              (unsigned long long)reply.offset, err.text);
        CHECK(strstr(s.seen[0], "Range: bytes=10-\r\n") != NULL &&
                  (strstr(s.seen[0], "If-Range: \"e\"\r\n") != NULL) == (rows[i].etag != NULL) &&
                  strstr(s.seen[0], "Accept: image/*\r\n") != NULL,
              "range %zu asks:\n%s", i, s.seen[0]);
        net_close(net);
        server_close(&s);
    }
}

static void check_part_unasked(void)
{
    struct server s;
    struct got got = {0};
    struct net_reply reply;
    struct error err = {0};

    server_open(&s);
    s.answers[0] = s.answers[1] =
        "HTTP/1.1 206 x\r\nContent-Range: bytes 0-1/2\r\nContent-Length: 2\r\n\r\nok";
    server_start(&s);
    struct net *net = open_net(text_of("http://127.0.0.1:%d", s.port), NULL, NULL);
    struct net_request request = {
        .url = text_of("http://127.0.0.1:%d/x", s.port), .take = take, .ctx = &got};
    CHECK(net_perform(net, &request, &reply, &err) != 0 && err.code == EXIT_FAILED && got.n == 0,
          "a part that was not asked for");
    CHECK(strstr(s.seen[0], "Range") == NULL, "it was not");
    struct net_request call = {.path = "/x", .take = take, .ctx = &got};
    CHECK(net_perform(net, &call, &reply, &err) == 0 && reply.status == 206,
          "to an API call a status as any other");
    CHECK(strstr(s.seen[1], "Accept: application/json\r\n") != NULL, "an API call");
    net_close(net);
    server_close(&s);
}

/* Links that must fail before, or when, a connection is opened. */
static void check_refused(void)
{
    static const struct {
        const char *base, *url;
        enum exit_code code;
    } rows[] = {
        {"https://example.org", "http://127.0.0.1:%d/a?sig=s3cret", EXIT_FAILED},
        {"https://example.org", "http://localhost:%d/a?sig=s3cret", EXIT_FAILED},
        {"https://example.org", "http://2130706433:%d/a?sig=s3cret", EXIT_FAILED},
        {"https://example.org", "http://[::ffff:127.0.0.1]:%d/a?sig=s3cret", EXIT_FAILED},
        {"https://example.org", "http://0:%d/a?sig=s3cret", EXIT_FAILED},
        {"https://example.org", "http://x.localhost:%d/a?sig=s3cret", EXIT_FAILED},
        {"http://192.168.1.5", "http://127.0.0.1:%d/a?sig=s3cret", EXIT_FAILED},
        {"http://127.0.0.1:9", "http://169.254.169.254:%d/a?sig=s3cret", EXIT_FAILED},
        {"http://127.0.0.1:9", "http://u:s3cret@127.0.0.1:%d/", EXIT_FAILED},
        {"http://127.0.0.1:9", "file:///etc/passwd?s3cret=%d", EXIT_FAILED},
        {"http://127.0.0.1:9", "ftp://127.0.0.1:%d/s3cret", EXIT_FAILED},
        {"http://127.0.0.1:9", "/only/a/path?sig=s3cret&%d", EXIT_FAILED},
        {"http://127.0.0.1:9", "http://127.0.0.1:%d/a?sig=s3cret b", EXIT_FAILED},
        {"http://127.0.0.1:9", "", EXIT_FAILED},
    };
    struct server s;

    server_open(&s);
    server_start(&s);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct got got = {0};
        struct net_reply reply;
        struct error err = {0};
        char url[256];
        struct net *net = open_net(rows[i].base, NULL, NULL);

        const char *at = strstr(rows[i].url, "%d");
        snprintf(url, sizeof url, "%.*s%d%s", at == NULL ? 0 : (int)(at - rows[i].url), rows[i].url,
                 s.port, at == NULL ? "" : at + 2);
        struct net_request request = {.url = at == NULL ? "" : url, .take = take, .ctx = &got};
        CHECK(net_perform(net, &request, &reply, &err) != 0 && err.code == rows[i].code &&
                  strstr(err.text, "s3cret") == NULL,
              "%s leads to %s: %d %s", rows[i].base, url, (int)err.code, err.text);
        net_close(net);
    }
    server_close(&s);
    CHECK(s.n_seen == 0, "nothing was asked");
}

static void check_api_stays(void)
{
    struct server own;
    struct got got = {0};
    struct net_reply reply;
    struct error err = {0};

    server_open(&own);
    own.answers[0] = "HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:9/?sig=s3cret\r\n"
                     "Content-Length: 0\r\nConnection: close\r\n\r\n";
    server_start(&own);
    struct net *net = open_net(text_of("http://127.0.0.1:%d", own.port), NULL, NULL);
    struct net_request request = {.path = "/x", .take = take, .ctx = &got};
    CHECK(net_perform(net, &request, &reply, &err) != 0 && err.code == EXIT_NETWORK &&
              strstr(err.text, "use it as the endpoint") != NULL &&
              strstr(err.text, "s3cret") == NULL,
          "an API call stays: %s", err.text);
    net_close(net);
    server_close(&own);
}

/* Two services on one loop: each has its key, either drives both, and the second may go first. */
static void check_beside(void)
{
    struct secret key = make_key();
    struct server a, b;
    struct got got_a = {0}, got_b = {0};
    struct net_reply reply;
    struct net_call *call_a, *call_b, *left;
    struct error err;

    server_open(&a);
    server_open(&b);
    a.answers[0] = "HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\na";
    b.answers[0] = b.answers[1] = "HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\nb";
    server_start(&a);
    server_start(&b);
    struct net *first = open_net(text_of("http://127.0.0.1:%d", a.port), &key, NULL);
    struct net *second = open_net(text_of("http://127.0.0.1:%d", b.port), NULL, first);
    struct net *third = open_net(text_of("http://127.0.0.1:%d", b.port), NULL, second);
    struct net_request to_a = {.path = "/a", .take = take, .ctx = &got_a};
    struct net_request to_b = {.path = "/b", .take = take, .ctx = &got_b};
    CHECK(net_start(first, &to_a, &call_a, &err) == 0 &&
              net_start(second, &to_b, &call_b, &err) == 0,
          "two calls");
    for (int i = 0; i < 1000 && !(net_is_done(call_a) && net_is_done(call_b)); i++) {
        net_step(i % 2 == 0 ? second : first, 100);
    }
    CHECK(net_finish(call_a, &reply, &err) == 0 && strcmp(got_a.bytes, "a") == 0, "the first");
    CHECK(net_finish(call_b, &reply, &err) == 0 && strcmp(got_b.bytes, "b") == 0, "the second");
    CHECK(strstr(a.seen[0], KEY) != NULL && strstr(b.seen[0], KEY) == NULL, "each its own key");
    CHECK(net_start(third, &to_b, &left, &err) == 0, "a call that is left");
    net_close(third);
    CHECK(net_perform(second, &to_b, &reply, &err) == 0, "the loop goes on");
    net_close(second);
    net_close(first);
    server_close(&a);
    server_close(&b);
    secret_release(&key);
}

/* A connection that a trusted service has opened is no way round the address rule. */
static void check_reuse(void)
{
    struct server s;
    struct got got = {0};
    struct net_reply reply;
    struct error err = {0};

    server_open(&s);
    s.answers[0] = "HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\na";
    s.keep = true;
    server_start(&s);
    char *base = text_of("http://x.localhost:%d", s.port);
    struct net *local = open_net(base, NULL, NULL);
    struct net *public = open_net("https://example.org", NULL, local);
    struct net_request call = {.path = "/a", .take = take, .ctx = &got};
    struct net_request link = {.url = text_of("%s/b", base), .take = take, .ctx = &got};
    if (net_perform(local, &call, &reply, &err) == 0) { /* else the name is not known here */
        CHECK(net_perform(public, &link, &reply, &err) != 0 && err.code == EXIT_FAILED,
              "a connection taken up again: %s", err.text);
    }
    net_close(public);
    net_close(local);
    server_close(&s);
}

/* Of a service known by a name only, the place is seen from its calls. */
static void check_learned(void)
{
    struct server own, other;
    struct got got = {0};
    struct net_reply reply;
    struct error err = {0};

    server_open(&own);
    server_open(&other);
    own.answers[0] = own.answers[1] = "HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\na";
    other.answers[0] = "HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\nb";
    server_start(&own);
    server_start(&other);
    char *base = text_of("http://x.localhost:%d", own.port);
    struct net *net = open_net(base, NULL, NULL);
    struct net_request link = {
        .url = text_of("http://127.0.0.1:%d/b", other.port), .take = take, .ctx = &got};
    struct net_request own_link = {.url = text_of("%s/c", base), .take = take, .ctx = &got};
    CHECK(net_perform(net, &link, &reply, &err) != 0 && err.code == EXIT_FAILED,
          "nothing is known yet");
    if (net_perform(net, &own_link, &reply, &err) == 0) { /* else the name is not known here */
        CHECK(net_perform(net, &link, &reply, &err) == 0 && reply.status == 200,
              "a service on this machine leads to this machine: %s", err.text);
    }
    net_close(net);
    server_close(&own);
    server_close(&other);
}

/* A proxy resolves names, so its own address is not judged; addresses in links are. */
static void check_proxy(void)
{
    struct server proxy;
    struct got got = {0};
    struct net_reply reply;
    struct error err = {0};

    server_open(&proxy);
    proxy.answers[0] = "HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok";
    server_start(&proxy);
    setenv("http_proxy", text_of("http://127.0.0.1:%d", proxy.port), 1);
    struct net *net = open_net("https://example.org", NULL, NULL);
    struct net_request inside = {.url = "http://10.0.0.1/x?sig=1", .take = take, .ctx = &got};
    struct net_request outside = {
        .url = "http://pictures.invalid/x?sig=1", .take = take, .ctx = &got};
    CHECK(net_perform(net, &inside, &reply, &err) != 0 && err.code == EXIT_FAILED,
          "a private address through a proxy");
    CHECK(net_perform(net, &outside, &reply, &err) == 0 &&
              strstr(proxy.seen[0], "GET http://pictures.invalid/x?sig=1 ") == proxy.seen[0],
          "a name through a proxy: %s", err.text);
    net_close(net);
    unsetenv("http_proxy");
    server_close(&proxy);
}

/* Three hops, and no more. */
static void check_hops(void)
{
    for (size_t hops = 3; hops <= 4; hops++) {
        struct server s;
        struct got got = {0};
        struct net_reply reply;
        struct error err = {0};

        server_open(&s);
        for (size_t i = 0; i < hops; i++) {
            s.answers[i] = "HTTP/1.1 307 x\r\nLocation: next\r\nContent-Length: 0\r\n"
                           "Connection: close\r\n\r\n";
        }
        s.answers[hops] = "HTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n";
        server_start(&s);
        struct net *net = open_net("http://127.0.0.1:9", NULL, NULL);
        struct net_request link = {
            .url = text_of("http://127.0.0.1:%d/b", s.port), .take = take, .ctx = &got};
        int result = net_perform(net, &link, &reply, &err);
        CHECK((result == 0) == (hops == 3), "%zu hops: %s", hops, err.text);
        net_close(net);
        server_close(&s);
    }
}

int main(void)
{
    static const char *const proxies[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                          "ALL_PROXY"};

    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) {
        unsetenv(proxies[i]);
    }
    check_redirects();
    check_ranges();
    check_part_unasked();
    check_refused();
    check_api_stays();
    check_beside();
    check_reuse();
    check_learned();
    check_proxy();
    check_hops();
    return unit_done("net_download");
}
