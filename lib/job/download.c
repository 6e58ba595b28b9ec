#include "job/download.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"

#define URL_MAX (16UL * 1024)
#define FAULT_READ_MAX (64UL * 1024) /* of the body of an error answer */
#define URL_SHOWN 120

void download_init(struct download *d, struct net *net, const struct patience *patience,
                   const struct outcome *outcome, bool own_files, struct receive *receive)
{
    *d = (struct download){.net = net,
                           .patience = patience,
                           .outcome = outcome,
                           .own_files = own_files,
                           .receive = receive,
                           .done = outcome->n_links == 0};
}

/* Forgets what there is of the current picture. */
static void start_over(struct download *d)
{
    if (d->open) {
        receive_picture_drop(d->receive);
    }
    d->open = false;
    d->have = 0;
    d->etag[0] = '\0';
}

static void fail(struct download *d, const struct error *err)
{
    start_over(d);
    free(d->target);
    d->target = NULL;
    d->error = *err;
    d->result = -1;
    d->done = true;
}

/* --- the request ------------------------------------------------------------------------------ */

/* Where the path of an absolute URL begins; NULL when it is none. */
static const char *path_of(const char *url)
{
    size_t scheme = strncasecmp(url, "https://", 8) == 0  ? 8
                    : strncasecmp(url, "http://", 7) == 0 ? 7
                                                          : 0;

    return scheme == 0 ? NULL : url + scheme + strcspn(url + scheme, "/?#");
}

/* Appends a path with its query; spaces and what is not ASCII are encoded. */
static bool add_path(struct buf *to, const char *path)
{
    static const char hex[] = "0123456789ABCDEF";

    if (*path != '/') {
        buf_adds(to, "/");
    }
    for (const char *p = path; *p != '\0' && *p != '#'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < ' ' || c == 0x7f) {
            return false;
        }
        char encoded[3] = {'%', hex[c >> 4], hex[c & 15]};
        buf_add(to, c == ' ' || c >= 0x80 ? encoded : p, c == ' ' || c >= 0x80 ? 3 : 1);
    }
    return !to->failed;
}

/* The current link, as it is asked for. */
static int make_target(struct download *d, struct error *err)
{
    const char *url = d->outcome->links[d->at].url;
    const char *path = path_of(url);
    struct buf target;

    buf_init(&target, URL_MAX);
    if (path != NULL && !d->own_files) {
        buf_add(&target, url, (size_t)(path - url));
    }
    if ((path == NULL && *url != '/') || !add_path(&target, path != NULL ? path : url)) {
        buf_release(&target);
        return error_set(err, EXIT_FAILED, "result %zu of the task has no usable URL", d->at + 1);
    }
    free(d->target);
    d->target = buf_detach(&target);
    return d->target != NULL ? 0 : error_memory(err, "fetching a result");
}

/* The first bytes of an answer: the rest of a picture, or a picture from its beginning. */
static int begin_answer(struct download *d, const struct net_reply *reply, struct error *err)
{
    if (reply->status == 200) {
        start_over(d);
        memcpy(d->etag, reply->etag, sizeof d->etag);
    }
    if (!d->open) {
        if (receive_picture_open(d->receive, err) != 0) {
            return -1;
        }
        d->open = true;
    }
    d->begun = true;
    return 0;
}

static int take(void *download, const struct net_reply *reply, const char *bytes, size_t n,
                struct error *err)
{
    struct download *d = download;

    if (reply->status != 200 && reply->status != 206) {
        return reply->received < FAULT_READ_MAX ? 0 : error_set(err, EXIT_FAILED, "refused");
    }
    if (!d->begun && begin_answer(d, reply, err) != 0) {
        return -1;
    }
    if (n > RECEIVE_PICTURE_BYTES_MAX - d->have) {
        return error_set(err, EXIT_FAILED, "result %zu of the task is larger than 256 MiB",
                         d->at + 1);
    }
    if (receive_picture_bytes(d->receive, bytes, n, err) != 0) {
        d->broken = err->code == EXIT_FAILED;
        return -1;
    }
    d->have += n;
    return 0;
}

static void start_call(struct download *d)
{
    struct error err;

    if (d->target == NULL && make_target(d, &err) != 0) {
        fail(d, &err);
        return;
    }
    bool part = d->open && d->have > 0;
    const struct net_request request = {.path = *d->target == '/' ? d->target : NULL,
                                        .url = *d->target == '/' ? NULL : d->target,
                                        .offset = part ? d->have : 0,
                                        .etag = part ? d->etag : NULL,
                                        .accept = "*/*",
                                        .take = take,
                                        .ctx = d};
    d->begun = d->broken = false;
    if (net_start(d->net, &request, &d->call, &err) != 0) {
        d->call = NULL;
        fail(d, &err);
    }
}

/* --- the answer ------------------------------------------------------------------------------- */

/* Another attempt, or the end of it all. */
static void again_or_fail(struct download *d, bool passing, const struct net_reply *reply,
                          const struct error *err)
{
    struct net_reply busy = *reply;
    int64_t pause;

    busy.status = 503;
    if (!passing || !retry_read(d->patience, d->attempt, 0, &busy, err, &pause)) {
        fail(d, err);
        return;
    }
    d->attempt++;
    d->next = clock_ms() + pause;
    if (d->etag[0] == '\0') {
        start_over(d);
    }
}

/* The picture that came is damaged. */
static void refetch(struct download *d, bool passing, const struct net_reply *reply,
                    const struct error *err)
{
    start_over(d);
    again_or_fail(d, passing, reply, err);
}

/* Whether the current picture is one at all; what begins like none stays so. */
static bool is_known_kind(const struct download *d)
{
    return d->receive->pictures[d->receive->n_pictures - 1]->framing.type != PICTURE_UNKNOWN;
}

/* The server answered with another status. */
static void read_status(struct download *d, const struct net_reply *reply)
{
    int s = reply->status;
    bool stale = s == 416 && d->have > 0; /* what is there is no part of it */
    bool gone = s == 403 || s == 404 || s == 410;
    char shown[4 * URL_SHOWN];
    struct error err;

    text_clean(shown, sizeof shown, d->target, strcspn(d->target, "?"), URL_SHOWN);
    error_set(&err, (s == 401 || s == 403) && *d->target == '/' ? EXIT_KEY : EXIT_FAILED,
              "result %zu of the task cannot be fetched: the server answered %d to %s%s", d->at + 1,
              s, shown,
              gone && d->outcome->links[d->at].ttl >= 0 ? "; the link may have expired"
              : s == 404 || s == 410                    ? "; the file may have been deleted"
                                                        : "");
    if (stale) {
        start_over(d);
    }
    again_or_fail(d, stale || s == 408 || s == 425 || s == 429 || s >= 500, reply, &err);
}

/* The answer did not come, or not whole. */
static void read_fault(struct download *d, const struct net_reply *reply, struct error *err)
{
    /* without a status nobody was reached: the network may be back in a while */
    bool lost = err->code == EXIT_NETWORK && (reply->lost || reply->status == 0);
    bool other_part = err->code == EXIT_FAILED && reply->status == 206 && !d->begun && d->have > 0;

    if (d->broken) {
        refetch(d, is_known_kind(d), reply, err);
        return;
    }
    if (err->code == EXIT_NETWORK || (err->code == EXIT_FAILED && !d->begun)) {
        error_prefix(err, "result %zu of the task cannot be fetched: ", d->at + 1);
    }
    if (other_part) {
        start_over(d);
    }
    again_or_fail(d, lost || other_part, reply, err);
}

static void next_link(struct download *d)
{
    d->open = false;
    d->have = 0;
    d->etag[0] = '\0';
    d->attempt = 0;
    free(d->target);
    d->target = NULL;
    d->done = ++d->at == d->outcome->n_links;
}

static void end_call(struct download *d)
{
    struct net_reply reply;
    struct error err;
    struct net_call *call = d->call;

    d->call = NULL;
    int result = net_finish(call, &reply, &err);
    bool picture = reply.status == 200 || reply.status == 206;
    if (!picture && (result == 0 || (reply.status >= 400 &&
                                     (err.code == EXIT_FAILED || err.code == EXIT_NETWORK)))) {
        read_status(d, &reply);
    } else if (result != 0) {
        read_fault(d, &reply, &err);
    } else if (!d->begun) {
        start_over(d);
        error_set(&err, EXIT_FAILED, "result %zu of the task is empty", d->at + 1);
        again_or_fail(d, true, &reply, &err);
    } else if (receive_picture_close(d->receive, &err) == 0) {
        next_link(d);
    } else if (err.code == EXIT_FAILED) {
        refetch(d, true, &reply, &err);
    } else {
        fail(d, &err);
    }
}

void download_step(struct download *d)
{
    if (d->call != NULL && net_is_done(d->call)) {
        end_call(d);
    }
    if (!d->done && d->call == NULL && clock_ms() >= d->next) {
        start_call(d);
    }
}

int64_t download_due(const struct download *d)
{
    int64_t left = d->next - clock_ms();

    if (d->call != NULL) {
        return net_is_done(d->call) ? 0 : 1000;
    }
    return d->done || left > 1000 ? 1000 : left < 0 ? 0 : left;
}

void download_release(struct download *d)
{
    struct net_reply reply;
    struct error ignored;

    if (d == NULL) {
        return;
    }
    if (d->call != NULL) {
        net_finish(d->call, &reply, &ignored);
        d->call = NULL;
    }
    free(d->target);
    d->target = NULL;
}
