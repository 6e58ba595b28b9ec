/*
 * Plays the WebUI for the measurements:  server FOLDER [MS]
 *
 * Listens on a free port of 127.0.0.1 and prints it. A POST to /NAME/sdapi/v1/img2img is read,
 * dropped and answered with the bytes of FOLDER/NAME.json, prepared by img2img.py, so that nearly
 * all of the time goes to the client. Each such POST is told on standard output: NAME,
 * Content-Length, body bytes that came, and whether 100-continue was expected; it never is
 * answered. With MS nothing is told, and each answer comes so many milliseconds later.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAX 16384
#define PIECE (1UL << 20)

struct connection {
    int fd;
    char *bytes; /* PIECE of them: the head, then body bytes to drop */
    size_t got;
};

static const char *folder;
static int delay = -1; /* ms; -1: none, and all is told */

static const char samplers[] =
    "[{\"name\":\"Euler a\",\"aliases\":[\"k_euler_a\",\"k_euler_ancestral\"],\"options\":{}},"
    "{\"name\":\"Euler\",\"aliases\":[\"k_euler\"],\"options\":{}},"
    "{\"name\":\"DPM++ 2M\",\"aliases\":[\"k_dpmpp_2m\"],\"options\":{}},"
    "{\"name\":\"DDIM\",\"aliases\":[\"ddim\"],\"options\":{}}]";

static const char progress[] =
    "{\"active\":true,\"queued\":false,\"completed\":false,\"progress\":0.5,\"eta\":1.0,"
    "\"live_preview\":null,\"id_live_preview\":-1,\"textinfo\":null}";

static bool send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = write(fd, bytes, n);
        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

static bool answer(int fd, int status, const char *body, size_t n)
{
    char head[160];
    int len =
        snprintf(head, sizeof head,
                 "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                 status, n);

    /* One segment for a small answer, not two. */
    return send(fd, head, (size_t)len, MSG_MORE) == len && send_all(fd, body, n);
}

static bool answer_file(int fd, const char *name)
{
    char path[512];
    struct stat st;
    bool sent = false;

    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &st) != 0) {
        return answer(fd, 404, "{}", 2);
    }
    char *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, file, 0);
    if (bytes != MAP_FAILED) {
        sent = answer(fd, 200, bytes, (size_t)st.st_size);
        munmap(bytes, (size_t)st.st_size);
    }
    close(file);
    return sent;
}

/* Reads up to the empty line; the length of the head, 0 at the end. */
static size_t read_head(struct connection *c)
{
    for (;;) {
        c->bytes[c->got] = '\0';
        char *end = strstr(c->bytes, "\r\n\r\n");
        if (end != NULL) {
            return (size_t)(end - c->bytes) + 4;
        }
        ssize_t more = c->got < HEAD_MAX ? read(c->fd, c->bytes + c->got, HEAD_MAX - c->got) : 0;
        if (more <= 0) {
            return 0;
        }
        c->got += (size_t)more;
    }
}

static const char *header(const char *head, const char *name)
{
    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, strlen(name)) == 0) {
            return line + 2 + strlen(name);
        }
    }
    return NULL;
}

/* Drops a body of `length` bytes; what came of it. */
static size_t drop_body(struct connection *c, size_t head, size_t length)
{
    size_t done = c->got - head;

    c->got = 0;
    while (done < length) {
        ssize_t more = read(c->fd, c->bytes, length - done < PIECE ? length - done : PIECE);
        if (more <= 0) {
            break;
        }
        done += (size_t)more;
    }
    return done;
}

/* One request; false when the connection is over. */
static bool serve(struct connection *c)
{
    char method[8], name[64] = "", path[128];
    size_t head = read_head(c);

    if (head == 0 || sscanf(c->bytes, "%7s /%63[^/]%127s", method, name, path) != 3) {
        return false;
    }
    c->bytes[head - 1] = '\0';
    const char *length = header(c->bytes, "Content-Length:");
    bool expected = header(c->bytes, "Expect:") != NULL;
    size_t due = length == NULL ? 0 : (size_t)strtoull(length, NULL, 10);
    size_t came = drop_body(c, head, due);

    if (strcmp(path, "/sdapi/v1/img2img") == 0) {
        if (delay < 0) {
            printf("%s %s %zu %zu %d\n", name, length == NULL ? "chunked" : "sized", due, came,
                   expected);
            fflush(stdout);
        } else if (delay > 0) {
            nanosleep(&(struct timespec){.tv_nsec = delay * 1000000L}, NULL);
        }
        return length == NULL ? answer(c->fd, 411, "{}", 2) && false : answer_file(c->fd, name);
    }
    if (strcmp(path, "/sdapi/v1/samplers") == 0) {
        return answer(c->fd, 200, samplers, sizeof samplers - 1);
    }
    if (strcmp(path, "/internal/progress") == 0) {
        return answer(c->fd, 200, progress, sizeof progress - 1);
    }
    return answer(c->fd, 404, "{\"detail\":\"Not Found\"}", 22);
}

static void *attend(void *fd)
{
    struct connection c = {.fd = (int)(size_t)fd, .bytes = malloc(PIECE)};
    int on = 1;

    setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    while (c.bytes != NULL && serve(&c)) {
    }
    close(c.fd);
    free(c.bytes);
    return NULL;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    signal(SIGPIPE, SIG_IGN);
    if (argc < 2 || argc > 3 || bind(listener, (struct sockaddr *)&address, len) != 0 ||
        listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0) {
        fprintf(stderr, "usage: server FOLDER [MS]\n");
        return 2;
    }
    folder = argv[1];
    delay = argc > 2 ? atoi(argv[2]) : -1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        pthread_t thread;
        int fd = accept(listener, NULL, NULL);
        if (fd >= 0 && pthread_create(&thread, NULL, attend, (void *)(size_t)fd) == 0) {
            pthread_detach(thread);
        }
    }
}
