#include "transport.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DRIP_BYTES 16
#define DRIP_SECONDS 0.25
#define HUGE_BYTES ((uint64_t)4 << 30)

/* The source of a reply that is not sent in one piece. */
struct stream {
    struct sandbox *box;
    enum transport transport;
    char *bytes;
    size_t n;
    double pause; /* between drips */
};

static void stream_free(void *arg)
{
    struct stream *s = arg;

    free(s->bytes);
    free(s);
}

static ssize_t read_huge(const struct stream *s, uint64_t at, char *to, size_t max)
{
    if (at >= HUGE_BYTES || s->box->state.stopping)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (at < s->n) {
        max = s->n - at < max ? s->n - at : max;
        memcpy(to, s->bytes + at, max);
    } else {
        memset(to, 'A', max);
    }
    return (ssize_t)max;
}

static ssize_t stream_read(void *arg, uint64_t at, char *to, size_t max)
{
    struct stream *s = arg;
    size_t left;

    if (s->transport == TRANSPORT_HUGE)
        return read_huge(s, at, to, max);
    if (s->transport == TRANSPORT_HALF && at >= s->n / 2)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (at >= s->n)
        return MHD_CONTENT_READER_END_OF_STREAM;
    left = (s->transport == TRANSPORT_HALF ? s->n / 2 : s->n) - (size_t)at;
    max = left < max ? left : max;
    if (s->transport == TRANSPORT_DRIP) {
        max = max > DRIP_BYTES ? DRIP_BYTES : max;
        if (at > 0 && !state_sleep(&s->box->state, s->pause))
            return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    memcpy(to, s->bytes + at, max);
    return (ssize_t)max;
}

static int socket_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info ? info->connect_fd : -1;
}

/* The connection ends with RST instead of FIN: dissolving it does that on Linux. */
static enum MHD_Result reset(struct request *request)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    struct linger linger = {.l_onoff = 1};
    int fd = socket_of(request->connection);

    if (fd >= 0 && connect(fd, &nobody, sizeof nobody) != 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    return MHD_NO;
}

/* Says nothing until the client has gone, the time is up or the server stops. */
static enum MHD_Result stay_silent(struct request *request)
{
    double until = state_now() + (request->fault_value > 0 ? request->fault_value : 3600);
    int fd = socket_of(request->connection);
    char byte;

    while (state_now() < until && state_sleep(&request->box->state, 0.1))
        if (fd < 0 || recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
            break;
    return MHD_NO;
}

static struct MHD_Response *make_stream(struct request *request, struct reply *reply)
{
    struct stream *s = calloc(1, sizeof *s);
    struct MHD_Response *response;
    bool sized = reply->transport == TRANSPORT_HALF || reply->transport == TRANSPORT_DRIP;

    if (!s)
        return NULL;
    *s = (struct stream){
        .box = request->box,
        .transport = reply->transport,
        .n = reply->text.len,
        .pause = request->fault_value > 0 ? request->fault_value : DRIP_SECONDS,
    };
    s->bytes = buf_detach(&reply->text);
    response = MHD_create_response_from_callback(sized ? s->n : MHD_SIZE_UNKNOWN, 64 * 1024,
                                                 stream_read, s, stream_free);
    if (!response)
        stream_free(s);
    return response;
}

enum MHD_Result transport_send(struct request *request, struct reply *reply)
{
    struct MHD_Response *response;
    enum MHD_Result result;
    size_t n = reply->text.len;

    if (reply->read &&
        (reply->transport == TRANSPORT_RESET || reply->transport == TRANSPORT_SILENCE))
        reply->end(reply->ctx);
    if (reply->transport == TRANSPORT_RESET)
        return reset(request);
    if (reply->transport == TRANSPORT_SILENCE)
        return stay_silent(request);
    if (reply->read)
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 64 * 1024, reply->read,
                                                     reply->ctx, reply->end);
    else if (reply->transport == TRANSPORT_PLAIN)
        response = n > 0 ? MHD_create_response_from_buffer(n, buf_detach(&reply->text),
                                                           MHD_RESPMEM_MUST_FREE)
                         : MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    else
        response = make_stream(request, reply);
    if (!response)
        return MHD_NO;
    if (reply->type)
        MHD_add_response_header(response, "Content-Type", reply->type);
    if (*reply->location)
        MHD_add_response_header(response, "Location", reply->location);
    if (reply->challenge)
        MHD_add_response_header(response, "WWW-Authenticate", "Basic");
    for (size_t i = 0; i < reply->n_headers; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    if ((reply->status == 429 || reply->status == 503) &&
        !MHD_get_response_header(response, "Retry-After"))
        MHD_add_response_header(response, "Retry-After", "1");
    result = MHD_queue_response(request->connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}
