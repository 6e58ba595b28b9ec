#include "net/early.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/answer.h"

#define EARLY_MAX 16384

void early_save(struct net_call *call)
{
    if (!call->reply.sent || call->reply.status != 0 || call->early != NULL ||
        strcmp(call->origin.scheme, "http") != 0 || (call->early = malloc(EARLY_MAX)) == NULL) {
        return;
    }
    ssize_t got;
    while (call->early_size < EARLY_MAX &&
           (got = recv(call->fd, call->early + call->early_size, EARLY_MAX - call->early_size,
                       MSG_DONTWAIT)) > 0) {
        call->early_size += (size_t)got;
    }
}

/* "HTTP/1.x NNN": the status, or 0. */
static int status_of(const char *text, size_t n)
{
    int status = 0;

    if (n < 12 || memcmp(text, "HTTP/1.", 7) != 0 || text[8] != ' ') {
        return 0;
    }
    for (size_t i = 9; i < 12; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return 0;
        }
        status = 10 * status + text[i] - '0';
    }
    return status;
}

/* Reads one head; its size with the empty line, or 0 when it is not whole. */
static size_t read_head(struct net_call *call, const char *text, size_t n)
{
    size_t at = 0;

    for (;;) {
        const char *end = memchr(text + at, '\n', n - at);
        if (end == NULL) {
            return 0;
        }
        size_t line = (size_t)(end - text) + 1 - at;
        if (line <= 2) {
            return at + line;
        }
        answer_keep_header(call, text + at, line);
        at += line;
    }
}

bool early_use(struct net_call *call)
{
    const char *text = call->early;
    size_t n = call->early_size, head;
    int status;

    while ((status = status_of(text, n)) != 0 && (head = read_head(call, text, n)) > 0) {
        text += head;
        n -= head;
        if (status < 200) {
            continue;
        }
        if (status < 400) {
            return false;
        }
        call->reply.status = status;
        call->reply.received = n;
        if (n > 0 && !call->encoded &&
            call->request.take(call->request.ctx, &call->reply, text, n, &call->error) != 0) {
            call->failed = true;
        }
        return true;
    }
    return false;
}
