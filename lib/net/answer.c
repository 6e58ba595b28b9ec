#include "net/answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/range.h"

#define HEADER_BYTES_MAX (64UL * 1024)
#define HEADER_LINES_MAX 100
#define INTERIM_MAX 20
#define LOCATION_MAX (16UL * 1024)
#define REDIRECT_BODY_MAX (64UL * 1024)

int answer_refuse(struct net_call *call, enum exit_code code, const char *why)
{
    if (!call->failed) {
        error_set(&call->error, code, "cannot use the answer from '%s': %s", call->origin.host,
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

void answer_keep_header(struct net_call *call, const char *line, size_t n)
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
        size_t cap = sizeof call->reply.retry_after; /* its beginning tells enough */
        copy_value(call->reply.retry_after, cap, value, len < cap ? len : cap - 1);
    } else if ((value = header_value(line, n, "Location", &len)) != NULL) {
        free(call->location);
        call->location = len > 0 && len <= LOCATION_MAX ? strndup(value, len) : NULL;
    } else if ((value = header_value(line, n, "ETag", &len)) != NULL) {
        copy_value(call->reply.etag, sizeof call->reply.etag, value, len);
        if (!range_is_strong(call->reply.etag)) {
            call->reply.etag[0] = '\0';
        }
    } else if ((value = header_value(line, n, "Content-Range", &len)) != NULL) {
        call->ranged =
            range_read(value, len, &call->range_first, &call->range_last, &call->range_total);
    } else if ((value = header_value(line, n, "Content-Encoding", &len)) != NULL) {
        call->encoded = !(len == 8 && strncasecmp(value, "identity", 8) == 0) && len > 0;
    }
}

/* Whether a download's 206 is the rest that was asked for. (To an API call it is a status like any
 * other that is not 200.) */
static int check_part(struct net_call *call)
{
    if (!call->ranging) {
        return answer_refuse(call, EXIT_FAILED, "it is a part, and the whole was asked for");
    }
    if (!call->ranged || call->range_first != call->request.offset ||
        (call->request.etag != NULL && call->reply.etag[0] != '\0' &&
         strcmp(call->reply.etag, call->request.etag) != 0)) {
        return answer_refuse(call, EXIT_FAILED, "it is not the part that was asked for");
    }
    call->reply.offset = call->range_first;
    return 0;
}

bool answer_is_short(const struct net_call *call)
{
    return call->reply.status == 206 && call->ranging && call->ranged &&
           (call->range_last - call->range_first + 1 != call->reply.received ||
            (call->range_total > 0 && call->range_last + 1 != call->range_total));
}

size_t answer_header(char *line, size_t size, size_t n, void *ctx)
{
    struct net_call *call = ctx;
    long status = 0;

    (void)size;
    call->header_bytes += n;
    if (call->header_bytes > HEADER_BYTES_MAX || ++call->header_lines > HEADER_LINES_MAX) {
        answer_refuse(call, EXIT_NETWORK, "its headers are too long");
        return 0;
    }
    call->head_ended = call->head_ended || line[0] == '\r' || line[0] == '\n';
    if (n > 5 && memcmp(line, "HTTP/", 5) == 0) {
        libcurl.easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
        call->header_lines = 0;
        call->head_ended = call->encoded = call->ranged = false;
        call->reply.type[0] = call->reply.retry_after[0] = call->reply.etag[0] = '\0';
        free(call->location);
        call->location = NULL;
        call->reply.status = (int)status;
        if (status < 200 && ++call->interim > INTERIM_MAX) {
            answer_refuse(call, EXIT_NETWORK, "it sends interim answers without end");
            return 0;
        }
    } else if (!call->head_ended) { /* not of a trailer */
        answer_keep_header(call, line, n);
    } else if (call->reply.status == 206 && call->request.url != NULL && check_part(call) != 0) {
        return 0;
    }
    return n;
}

bool answer_is_redirect(const struct net_call *call)
{
    int s = call->reply.status;

    return s == 307 || s == 308 || s == 301 || s == 302 || s == 303;
}

size_t answer_bytes(char *bytes, size_t size, size_t n, void *ctx)
{
    struct net_call *call = ctx;

    (void)size;
    call->reply.received += n;
    if (answer_is_redirect(call)) {
        call->redirected += n;
        if (call->redirected > REDIRECT_BODY_MAX) {
            answer_refuse(call, EXIT_NETWORK, "it redirects with a page that is too large");
            return 0;
        }
        return n;
    }
    if (call->reply.received > (uint64_t)ANSWER_BYTES_MAX) {
        answer_refuse(call, EXIT_NETWORK, "it is too large");
        return 0;
    }
    if (clock_left(&call->net->config.deadline, 1) == 0) {
        return 0; /* libcurl reads on while more comes, whatever the time */
    }
    if (call->encoded) {
        answer_refuse(call, EXIT_NETWORK, "it is compressed, which was not asked for");
        return 0;
    }
    if (call->failed ||
        call->request.take(call->request.ctx, &call->reply, bytes, n, &call->error) != 0) {
        call->failed = true;
        return 0;
    }
    return n;
}
