#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sha256.h"
#include "net/net.h"
#include "unit.h"

/* Whether requests are signed as S3 wants it. The judge is a second implementation of AWS Signature
 * Version 4, which itself is held against the examples that AWS publishes. */

#define ACCESS "AKIAIOSFODNN7:EXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define REGION "eu-west-3"

/* --- the judge -------------------------------------------------------------------------------- */

static void hmac(const unsigned char *key, size_t n, const char *text, unsigned char out[32])
{
    crypto_auth_hmacsha256_state s;

    crypto_auth_hmacsha256_init(&s, key, n);
    crypto_auth_hmacsha256_update(&s, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&s, out);
}

static void hash(const char *bytes, size_t n, char hex[65])
{
    struct sha256 s;
    uint8_t digest[SHA256_LEN];

    sha256_init(&s);
    sha256_update(&s, bytes, n);
    sha256_final(&s, digest);
    sha256_hex(digest, hex);
}

/* The value of a header of a request's head, without white space around it. */
static bool header(const char *head, const char *name, char *to, size_t cap)
{
    size_t n = strlen(name);

    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, n) == 0 && line[n] == ':') {
            const char *value = line + n + 1 + strspn(line + n + 1, " ");
            snprintf(to, cap, "%.*s", (int)strcspn(value, "\r"), value);
            return true;
        }
    }
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The query's parts in their order; "x" becomes "x=". */
static void canonical_query(char *query, char *to, size_t cap)
{
    char *parts[32], *save = NULL;
    size_t n = 0, len = 0;

    to[0] = '\0';
    for (char *p = strtok_r(query, "&", &save); p != NULL; p = strtok_r(NULL, "&", &save)) {
        parts[n++] = p;
    }
    qsort(parts, n, sizeof *parts, by_text);
    for (size_t i = 0; i < n; i++) {
        len += (size_t)snprintf(to + len, cap - len, "%s%s%s", i > 0 ? "&" : "", parts[i],
                                strchr(parts[i], '=') != NULL ? "" : "=");
    }
}

/* The signature of a request's head over the headers named in `names`. */
static void signature(const char *head, const char *names, const char *region, const char *secret,
                      char hex[65])
{
    static char canonical[8192], query[4096], sorted[4096];
    char method[16], target[4096], date[64], payload[128], value[2048], digest[65], text[512];
    char day[9], list[512], *save = NULL;
    unsigned char key[32];
    size_t len;

    sscanf(head, "%15s %4095s", method, target);
    size_t path = strcspn(target, "?");
    snprintf(query, sizeof query, "%s", target[path] == '?' ? target + path + 1 : "");
    canonical_query(query, sorted, sizeof sorted);
    len = (size_t)snprintf(canonical, sizeof canonical, "%s\n%.*s\n%s\n", method, (int)path, target,
                           sorted);
    snprintf(list, sizeof list, "%s", names);
    for (char *name = strtok_r(list, ";", &save); name != NULL; name = strtok_r(NULL, ";", &save)) {
        CHECK(header(head, name, value, sizeof value), "%s is signed and not sent", name);
        len += (size_t)snprintf(canonical + len, sizeof canonical - len, "%s:%s\n", name, value);
    }
    header(head, "x-amz-content-sha256", payload, sizeof payload);
    snprintf(canonical + len, sizeof canonical - len, "\n%s\n%s", names, payload);
    header(head, "x-amz-date", date, sizeof date);
    snprintf(day, sizeof day, "%.8s", date);
    hash(canonical, strlen(canonical), digest);
    snprintf(text, sizeof text, "AWS4%s", secret);
    hmac((const unsigned char *)text, strlen(text), day, key);
    hmac(key, sizeof key, region, key);
    hmac(key, sizeof key, "s3", key);
    hmac(key, sizeof key, "aws4_request", key);
    snprintf(text, sizeof text, "AWS4-HMAC-SHA256\n%s\n%s/%s/s3/aws4_request\n%s", date, day,
             region, digest);
    hmac(key, sizeof key, text, key);
    sodium_bin2hex(hex, 65, key, sizeof key);
}

/* Examples of "Authenticating Requests: Using the Authorization Header" (Amazon S3 API Reference).
 */
static void check_judge(void)
{
    static const struct {
        const char *head, *names, *signature;
    } rows[] = {
        {"GET /test.txt HTTP/1.1\r\nHost: examplebucket.s3.amazonaws.com\r\nRange: bytes=0-9\r\n"
         "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
         "\r\nx-amz-date: 20130524T000000Z\r\n\r\n",
         "host;range;x-amz-content-sha256;x-amz-date",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"GET /?max-keys=2&prefix=J HTTP/1.1\r\nHost: examplebucket.s3.amazonaws.com\r\n"
         "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
         "\r\nx-amz-date: 20130524T000000Z\r\n\r\n",
         "host;x-amz-content-sha256;x-amz-date",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };
    char hex[65];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        signature(rows[i].head, rows[i].names, "us-east-1", SECRET, hex);
        CHECK(strcmp(hex, rows[i].signature) == 0, "example %zu: %s", i, hex);
    }
}

/* --- the requests ----------------------------------------------------------------------------- */

struct server {
    int listener, port;
    pthread_t thread;
    const char *answer;
    char seen[32768]; /* one request, its body included */
    size_t n;
};

static void *serve(void *ctx)
{
    struct server *s = ctx;
    int fd = accept(s->listener, NULL, NULL);
    char length[32] = "0";
    bool continued = false;
    ssize_t got;

    s->n = 0;
    while (s->n < sizeof s->seen - 1 &&
           (got = read(fd, s->seen + s->n, sizeof s->seen - 1 - s->n)) > 0) {
        s->n += (size_t)got;
        s->seen[s->n] = '\0';
        const char *end = strstr(s->seen, "\r\n\r\n");
        if (end == NULL) {
            continue;
        }
        if (strstr(s->seen, "100-continue") != NULL && !continued) {
            continued = write(fd, "HTTP/1.1 100 Continue\r\n\r\n", 25) == 25;
        }
        header(s->seen, "Content-Length", length, sizeof length);
        if (s->n - (size_t)(end + 4 - s->seen) >= (size_t)atol(length)) {
            break;
        }
    }
    if (write(fd, s->answer, strlen(s->answer)) < 0) {
        s->n = 0;
    }
    close(fd);
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

static int drop(void *ctx, const struct net_reply *reply, const char *bytes, size_t n,
                struct error *err)
{
    (void)ctx;
    (void)reply;
    (void)bytes;
    (void)n;
    (void)err;
    return 0;
}

static void set_key(struct secret *s, const char *text)
{
    struct error err;

    if (secret_set(s, text, strlen(text), "test", &err) != 0) {
        abort();
    }
}

/* Sends one request and judges it. `names` is what must be signed. */
static void check_request(const char *what, struct net_request request, bool token,
                          const char *names)
{
    struct s3 s3 = S3_INIT;
    struct server server;
    struct net *net;
    struct net_reply reply;
    struct error err = {0};
    char base[64], authorization[1024], wanted[1024], date[64], hex[65];

    server_open(&server);
    server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    pthread_create(&server.thread, NULL, serve, &server);
    snprintf(base, sizeof base, "http://127.0.0.1:%d/bucket", server.port);
    snprintf(s3.region, sizeof s3.region, REGION);
    set_key(&s3.access_key, ACCESS);
    set_key(&s3.secret_key, SECRET);
    if (token) {
        set_key(&s3.token, "TOKEN/+==");
    }
    int result = net_open(
        &net, &(struct net_config){.base = base, .s3 = &s3, .deadline = clock_deadline(10)}, &err);
    CHECK(result == 0, "%s: %s", what, err.text);
    request.take = drop;
    result = net_perform(net, &request, &reply, &err);
    CHECK(result == 0 && reply.status == 200, "%s: %d %s", what, reply.status, err.text);
    pthread_join(server.thread, NULL);
    close(server.listener);
    net_close(net);

    signature(server.seen, names, REGION, SECRET, hex);
    CHECK(header(server.seen, "Authorization", authorization, sizeof authorization),
          "%s: not signed", what);
    CHECK(header(server.seen, "x-amz-date", date, sizeof date), "%s: no date", what);
    snprintf(wanted, sizeof wanted,
             "AWS4-HMAC-SHA256 Credential=" ACCESS "/%.8s/" REGION
             "/s3/aws4_request, SignedHeaders=%s, Signature=%s",
             date, names, hex);
    CHECK(strcmp(authorization, wanted) == 0, "%s:\n%s\n%s", what, authorization, wanted);
    CHECK(strstr(server.seen, SECRET) == NULL, "%s: the secret was sent", what);
    if (request.put) {
        char sent[65], told[128];
        const char *body = strstr(server.seen, "\r\n\r\n") + 4;
        hash(body, server.n - (size_t)(body - server.seen), sent);
        header(server.seen, "x-amz-content-sha256", told, sizeof told);
        CHECK(strcmp(sent, told) == 0, "%s: the body's digest", what);
    }
    s3_release(&s3);
}

/* A redirect is not followed to another origin, so nothing signed gets there. */
static void check_redirect(void)
{
    struct s3 s3 = S3_INIT;
    struct server server, other;
    struct net *net;
    struct net_reply reply;
    struct error err = {0};
    char base[64], answer[200];

    server_open(&server);
    server_open(&other);
    snprintf(answer, sizeof answer,
             "HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:%d/x\r\nContent-Length: 0\r\n\r\n",
             other.port);
    server.answer = answer;
    pthread_create(&server.thread, NULL, serve, &server);
    snprintf(base, sizeof base, "http://127.0.0.1:%d/bucket", server.port);
    snprintf(s3.region, sizeof s3.region, REGION);
    set_key(&s3.access_key, ACCESS);
    set_key(&s3.secret_key, SECRET);
    if (net_open(&net,
                 &(struct net_config){.base = base, .s3 = &s3, .deadline = clock_deadline(10)},
                 &err) != 0) {
        abort();
    }
    int result = net_perform(net, &(struct net_request){.path = "/k", .take = drop}, &reply, &err);
    CHECK(result != 0 && err.code == EXIT_NETWORK, "redirect: %d %s", result, err.text);
    pthread_join(server.thread, NULL);
    net_close(net);
    close(server.listener);
    close(other.listener);

    result = net_open(&net,
                      &(struct net_config){
                          .base = "http://s3.example/b", .s3 = &s3, .deadline = clock_deadline(10)},
                      &err);
    CHECK(result != 0 && err.code == EXIT_KEY, "plain http: %d %s", result, err.text);
    s3_release(&s3);
}

#define SIGNED "host;x-amz-content-sha256;x-amz-date"

int main(void)
{
    struct body body;
    struct error err;
    static char bytes[20000];

    if (sodium_init() < 0) {
        abort();
    }
    check_judge();
    check_request("get", (struct net_request){.path = "/a%20b/%C3%A9.png", .accept = "*/*"}, false,
                  "accept;" SIGNED);
    check_request(
        "list",
        (struct net_request){.path = "/?continuation-token=a%2Fb%3D%3D&list-type=2&prefix=o%2Fx%2F",
                             .accept = "*/*"},
        false, "accept;" SIGNED);
    check_request("token", (struct net_request){.path = "/k", .accept = "*/*"}, true,
                  "accept;" SIGNED ";x-amz-security-token");
    check_request("range",
                  (struct net_request){.path = "/k", .accept = "*/*", .offset = 5, .etag = "\"e\""},
                  false, "accept;host;if-range;range;x-amz-content-sha256;x-amz-date");
    memset(bytes, 'x', sizeof bytes);
    if (body_init_bytes(&body, bytes, sizeof bytes, "image/png", &err) != 0) {
        abort();
    }
    check_request(
        "put", (struct net_request){.path = "/k.png", .accept = "*/*", .body = &body, .put = true},
        true, "accept;content-type;" SIGNED ";x-amz-security-token");
    body_release(&body);
    check_redirect();
    return unit_done("s3_sign");
}
