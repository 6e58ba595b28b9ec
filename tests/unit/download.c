/* Results fetched from a server that follows a script: whole, in parts, damaged, refused. */
#include "job/download.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "image/raster.h"
#include "unit.h"

/* What the server does with one request. */
struct step {
    int status;       /* -1: closes the connection at once; 0: there is no such step */
    const char *more; /* further header lines */
    size_t from, to;  /* which bytes of the picture it claims to send; to = 0: up to its end */
    size_t cut;       /* how many of them it does send; 0: all */
    bool part;        /* with a Content-Range */
    bool damage;      /* the first byte of the last 100 is changed */
    const char *text; /* sent in the picture's place */
    const char *asks; /* what the request must have; or NULL */
    const char *lacks;
};

enum { STEPS = 6, PICTURES = 2 };

struct script {
    const char *name;
    struct step steps[STEPS];
    const char *error; /* how it begins; NULL: it succeeds */
    enum exit_code code;
    const char *shown; /* something else in it */
    long retries;
    bool own;         /* by the path on the service */
    long ttl;         /* of the link */
    const char *path; /* instead of /p?sig=SECRET */
};

static struct buf png;
static char digest[SHA256_HEX_SIZE];
static int listener;
static int port;
static const struct script *current;
static atomic_size_t served;

static void make_png(void)
{
    struct raster r;
    struct error err;
    uint8_t raw[SHA256_LEN];
    struct sha256 hash;

    buf_init(&png, 1 << 22);
    CHECK(raster_init(&r, 200, 200, 3, &err) == 0, "%s", err.text);
    for (size_t i = 0; i < 200 * 200 * 3; i++) {
        r.pixels[i] = (uint8_t)rand();
    }
    CHECK(raster_write_png(&r, NULL, &png, &err) == 0, "%s", err.text);
    raster_release(&r);
    sha256_init(&hash);
    sha256_update(&hash, png.data, png.len);
    sha256_final(&hash, raw);
    sha256_hex(raw, digest);
}

/* --- the server ------------------------------------------------------------------------------- */

static void send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        bytes += sent;
        n -= (size_t)sent;
    }
}

static void answer(int fd, const struct step *s)
{
    size_t to = s->to > 0 ? s->to : png.len;
    size_t n = s->text != NULL ? strlen(s->text) : to - s->from;
    struct buf head;

    buf_init(&head, 1 << 22);
    buf_addf(&head, "HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %zu\r\n%s", s->status, n,
             s->more != NULL ? s->more : "");
    if (s->part) {
        buf_addf(&head, "Content-Range: bytes %zu-%zu/%zu\r\n", s->from, to - 1, png.len);
    }
    buf_adds(&head, "\r\n");
    size_t body = head.len;
    buf_add(&head, s->text != NULL ? s->text : png.data + s->from, n);
    if (s->damage) {
        head.data[head.len - 100] ^= 1;
    }
    send_all(fd, head.data, s->cut > 0 ? body + s->cut : head.len);
    buf_release(&head);
}

static size_t count_steps(const struct script *s)
{
    size_t n = 0;

    while (n < STEPS && s->steps[n].status != 0) {
        n++;
    }
    return n;
}

static void serve_one(int fd)
{
    char head[4096];
    size_t n = 0, i = served;
    ssize_t got;

    while (n < sizeof head - 1 && (got = recv(fd, head + n, sizeof head - 1 - n, 0)) > 0) {
        n += (size_t)got;
        head[n] = '\0';
        if (strstr(head, "\r\n\r\n") != NULL) {
            break;
        }
    }
    if (n == 0) {
        return;
    }
    served++;
    if (i >= count_steps(current)) {
        return;
    }
    const struct step *s = &current->steps[i];
    if ((s->asks != NULL && strstr(head, s->asks) == NULL) ||
        (s->lacks != NULL && strstr(head, s->lacks) != NULL) ||
        strstr(head, "Accept: */*\r\n") == NULL) {
        CHECK(false, "%s, request %zu: %s", current->name, i + 1, head);
    }
    if (s->status > 0) {
        answer(fd, s);
    }
}

static void *serve(void *unused)
{
    for (int fd; (fd = accept(listener, NULL, NULL)) >= 0; close(fd)) {
        serve_one(fd);
    }
    return unused;
}

static void start_server(pthread_t *thread)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&address, size);
    listen(listener, 16);
    getsockname(listener, (struct sockaddr *)&address, &size);
    port = ntohs(address.sin_port);
    pthread_create(thread, NULL, serve, NULL);
}

/* --- the scripts ------------------------------------------------------------------------------ */

#define ETAG "ETag: \"v1\"\r\n"
#define NOW "Retry-After: 0\r\n"

static const struct script scripts[] = {
    {.name = "whole", .steps = {{.status = 200, .lacks = "Range:", .asks = "GET /p?sig=SECRET "}}},
    {.name = "by its path", .steps = {{.status = 200, .asks = "GET /p?sig=SECRET "}}, .own = true},
    {.name = "odd characters",
     .steps = {{.status = 200, .asks = "GET /o/a%20%C3%A9%2Fb?x "}},
     .path = "/o/a \xc3\xa9%2Fb?x#f"},
    {.name = "odd characters in a path",
     .steps = {{.status = 200, .asks = "GET /o/%C3%A9 "}},
     .own = true,
     .path = "/o/\xc3\xa9"},
    {.name = "no path", .steps = {{.status = 200, .asks = "GET /?x "}}, .own = true, .path = "?x"},
    {.name = "goes on",
     .steps = {{.status = 200, .more = ETAG, .cut = 40000, .lacks = "Range:"},
               {.status = 206,
                .more = ETAG,
                .from = 40000,
                .part = true,
                .asks = "\r\nRange: bytes=40000-\r\n"}},
     .retries = 3},
    {.name = "goes on twice, If-Range",
     .steps = {{.status = 200, .more = ETAG, .cut = 7},
               {.status = 206,
                .more = ETAG,
                .from = 7,
                .part = true,
                .cut = 50000,
                .asks = "\r\nRange: bytes=7-\r\n"},
               {.status = 206,
                .more = ETAG,
                .from = 50007,
                .part = true,
                .asks = "\r\nIf-Range: \"v1\"\r\n"}},
     .retries = 3},
    {.name = "no ETag",
     .steps = {{.status = 200, .cut = 40000}, {.status = 200, .lacks = "Range:"}},
     .retries = 1},
    {.name = "weak ETag",
     .steps = {{.status = 200, .more = "ETag: W/\"v1\"\r\n", .cut = 40000},
               {.status = 200, .lacks = "Range:"}},
     .retries = 1},
    {.name = "changed",
     .steps = {{.status = 200, .more = ETAG, .cut = 40000},
               {.status = 200, .more = "ETag: \"v2\"\r\n"}},
     .retries = 1},
    {.name = "changed, and cut off again",
     .steps = {{.status = 200, .more = ETAG, .cut = 40000},
               {.status = 200, .more = "ETag: \"v2\"\r\n", .cut = 100},
               {.status = 206, .from = 100, .part = true, .asks = "If-Range: \"v2\"\r\n"}},
     .retries = 2},
    {.name = "another part than asked for",
     .steps = {{.status = 200, .more = ETAG, .cut = 40000},
               {.status = 206, .more = ETAG, .from = 30000, .part = true},
               {.status = 200, .lacks = "Range:"}},
     .retries = 2},
    {.name = "no such part",
     .steps = {{.status = 200, .more = ETAG, .cut = 40000},
               {.status = 416, .text = "no"},
               {.status = 200, .lacks = "Range:"}},
     .retries = 2},
    {.name = "busy",
     .steps = {{.status = 503, .more = NOW, .text = "busy"},
               {.status = 429, .more = NOW, .text = "slow"},
               {.status = 500, .more = NOW, .text = "oh"},
               {.status = 200}},
     .retries = 3},
    {.name = "busy in between",
     .steps = {{.status = 200, .more = ETAG, .cut = 40000},
               {.status = 503, .more = NOW, .text = "busy"},
               {.status = 206, .from = 40000, .part = true, .asks = "Range: bytes=40000-\r\n"}},
     .retries = 2},
    {.name = "closed", .steps = {{.status = -1}, {.status = 200}}, .retries = 1},
    {.name = "damaged",
     .steps = {{.status = 200, .damage = true}, {.status = 200, .lacks = "Range:"}},
     .retries = 1},
    {.name = "damaged in its second part",
     .steps = {{.status = 200, .more = ETAG, .cut = 40000},
               {.status = 206, .more = ETAG, .from = 40000, .part = true, .damage = true},
               {.status = 200, .lacks = "Range:"}},
     .retries = 2},
    {.name = "whole but short",
     .steps = {{.status = 200, .to = 5000}, {.status = 200, .lacks = "Range:"}},
     .retries = 1},
    {.name = "empty once", .steps = {{.status = 200, .text = ""}, {.status = 200}}, .retries = 1},
    {.name = "gone",
     .steps = {{.status = 404, .text = "none"}},
     .error =
         "result 1 of the task cannot be fetched: the server answered 404 to http://127.0.0.1:",
     .code = EXIT_FAILED,
     .shown = "/p; the link may have expired",
     .retries = 3,
     .ttl = 3600},
    {.name = "deleted",
     .steps = {{.status = 410}},
     .error =
         "result 1 of the task cannot be fetched: the server answered 410 to /p; the file may have "
         "been deleted",
     .code = EXIT_FAILED,
     .retries = 3,
     .ttl = -1,
     .own = true},
    {.name = "expired",
     .steps = {{.status = 403, .text = "<Error>AccessDenied"}},
     .error = "result 1 of the task cannot be fetched: the server answered 403",
     .code = EXIT_FAILED,
     .shown = "; the link may have expired",
     .retries = 3,
     .ttl = 60},
    {.name = "no key",
     .steps = {{.status = 401, .text = "key"}},
     .error = "result 1 of the task cannot be fetched: the server answered 401",
     .code = EXIT_KEY,
     .retries = 3,
     .own = true},
    {.name = "long fault",
     .steps = {{.status = 500, .more = NOW, .text = NULL}},
     .error = "result 1 of the task cannot be fetched: the server answered 500",
     .code = EXIT_FAILED},
    {.name = "busy for ever",
     .steps = {{.status = 503, .more = NOW, .text = "x"},
               {.status = 503, .more = NOW, .text = "x"},
               {.status = 503, .more = NOW, .text = "x"}},
     .error = "result 1 of the task cannot be fetched: the server answered 503",
     .code = EXIT_FAILED,
     .retries = 2},
    {.name = "busy for long",
     .steps = {{.status = 503, .more = "Retry-After: 4000\r\n", .text = "x"}},
     .error = "result 1 of the task cannot be fetched: the server answered 503",
     .code = EXIT_FAILED,
     .retries = 2},
    {.name = "no picture",
     .steps = {{.status = 200, .text = "<html>sign in</html>"}},
     .error =
         "result 1 is unusable: not a PNG, JPEG, WebP or GIF image: starts with '<html>sign i'",
     .code = EXIT_FAILED,
     .retries = 3},
    {.name = "always damaged",
     .steps = {{.status = 200, .damage = true}, {.status = 200, .damage = true}},
     .error = "result 1 is unusable: PNG",
     .code = EXIT_FAILED,
     .retries = 1},
    {.name = "always empty",
     .steps = {{.status = 200, .text = ""}, {.status = 200, .text = ""}},
     .error = "result 1 of the task is empty",
     .code = EXIT_FAILED,
     .retries = 1},
    {.name = "always cut off",
     .steps = {{.status = 200, .more = ETAG, .cut = 100},
               {.status = 206, .more = ETAG, .from = 100, .part = true, .cut = 100}},
     .error = "result 1 of the task cannot be fetched: the answer was cut off",
     .code = EXIT_NETWORK,
     .retries = 1},
    {.name = "no content",
     .steps = {{.status = 204, .text = ""}},
     .error = "result 1 of the task cannot be fetched: the server answered 204",
     .code = EXIT_FAILED,
     .retries = 3},
    {.name = "a line feed",
     .error = "result 1 of the task has no usable URL",
     .code = EXIT_FAILED,
     .path = "/a\nb"},
};
static void run(const struct script *s)
{
    char base[64], url[128];
    struct link links[PICTURES] = {{.url = url, .ttl = s->ttl}};
    const struct outcome outcome = {.links = links, .n_links = 1};
    const struct patience patience = {.retries = s->retries, .deadline = clock_deadline(60)};
    const struct receive_plan plan = {.answer = ANSWER_PICTURE, .place = "/tmp/"};
    struct net_config config = {.base = base, .deadline = patience.deadline};
    struct download d;
    struct receive r;
    struct error err = {0};
    struct net *net = NULL;

    current = s;
    served = 0;
    snprintf(base, sizeof base, "http://127.0.0.1:%d", port);
    snprintf(url, sizeof url, "%s%s", s->own ? "http://10.9.8.7:1234" : base,
             s->path != NULL ? s->path : "/p?sig=SECRET");
    CHECK(net_open(&net, &config, &err) == 0, "%s", err.text);
    receive_init(&r, &plan);
    download_init(&d, net, &patience, &outcome, s->own, &r);
    for (download_step(&d); !d.done; download_step(&d)) {
        net_step(net, download_due(&d));
    }
    CHECK(d.result == (s->error != NULL ? -1 : 0), "%s: %s", s->name, d.error.text);
    CHECK(served == count_steps(s), "%s: %zu requests", s->name, (size_t)served);
    CHECK(strstr(d.error.text, "SECRET") == NULL, "%s: %s", s->name, d.error.text);
    if (s->error != NULL) {
        CHECK(d.error.code == s->code && strstr(d.error.text, s->error) == d.error.text &&
                  (s->shown == NULL || strstr(d.error.text, s->shown) != NULL),
              "%s: %d, %s", s->name, (int)d.error.code, d.error.text);
        CHECK(r.n_pictures == 0, "%s: nothing is left", s->name);
    } else {
        CHECK(r.n_pictures == 1 && strcmp(r.pictures[0]->sha256, digest) == 0 &&
                  r.pictures[0]->bytes == png.len,
              "%s: %zu pictures", s->name, r.n_pictures);
    }
    download_release(&d);
    receive_release(&r);
    net_close(net);
}

/* Several links: what was fetched stays when a later one cannot be; and an end in the middle. */
static void check_several(void)
{
    static const struct script script = {
        .name = "several",
        .steps = {{.status = 200}, {.status = 200, .cut = 100}, {.status = 404, .text = "none"}}};
    char base[64], url[80];
    struct link links[] = {{.url = url}, {.url = url}, {.url = url}};
    const struct outcome outcome = {.links = links, .n_links = 3};
    const struct patience patience = {.retries = 1, .deadline = clock_deadline(60)};
    const struct receive_plan plan = {.answer = ANSWER_PICTURE, .place = "/tmp/"};
    struct net_config config = {.base = base, .deadline = patience.deadline};
    struct error err = {0};
    struct download d;
    struct receive r;
    struct net *net = NULL;

    snprintf(base, sizeof base, "http://127.0.0.1:%d", port);
    snprintf(url, sizeof url, "%s/q", base);
    current = &script;
    for (size_t most = 0; most < 8; most++) {
        served = 0;
        CHECK(net_open(&net, &config, &err) == 0, "%s", err.text);
        receive_init(&r, &plan);
        download_init(&d, net, &patience, &outcome, false, &r);
        download_step(&d);
        for (size_t i = 0; !d.done && (most == 7 || i < most); i++) {
            net_step(net, download_due(&d));
            download_step(&d);
        }
        if (most == 7) {
            CHECK(d.result == -1 && strstr(d.error.text, "result 2 of the task") != NULL, "%s",
                  d.error.text);
            CHECK(r.n_pictures == 1 && strcmp(r.pictures[0]->sha256, digest) == 0, "the first");
        }
        download_release(&d);
        receive_release(&r);
        net_close(net);
    }
}

int main(void)
{
    pthread_t thread;

    if (sodium_init() < 0) {
        return 1;
    }
    make_png();
    start_server(&thread);
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        run(&scripts[i]);
    }
    check_several();
    shutdown(listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(listener);
    buf_release(&png);
    return unit_done("download");
}
