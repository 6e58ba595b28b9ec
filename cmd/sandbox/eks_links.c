#include <stdlib.h>
#include <string.h>

#include "eks.h"
#include "net/net.h"

#define BYTES_MAX ((size_t)64 << 20)
#define SECONDS 60

static int take(void *ctx, const struct net_reply *reply, const char *bytes, size_t n,
                struct error *err)
{
    (void)reply;
    if (buf_add(ctx, bytes, n))
        return 0;
    return error_set(err, EXIT_UNEXPECTED, "over 64 MiB");
}

/* What is answered to a PUT says no more than its status. */
static int discard(void *ctx, const struct net_reply *reply, const char *bytes, size_t n,
                   struct error *err)
{
    (void)ctx;
    (void)reply;
    (void)bytes;
    (void)n;
    (void)err;
    return 0;
}

/* One request to the server at `base`; any status but 200 is an error. */
static int perform(struct eks *e, const char *base, bool with_s3, struct net_request *request,
                   struct error *err)
{
    struct net_config config = {.base = base,
                                .s3 = with_s3 ? &e->s3 : NULL,
                                .deadline = clock_deadline(SECONDS),
                                .stop = &e->stop};
    struct net_reply reply = {0};
    struct net *net = NULL;
    int result = net_open(&net, &config, err);

    if (result == 0)
        result = net_perform(net, request, &reply, err);
    if (result == 0 && reply.status != 200)
        result = error_set(err, EXIT_FAILED, "%s: HTTP status %d", base, reply.status);
    net_close(net);
    return result;
}

static int at_bucket(struct eks *e, const char *bucket, const char *key,
                     struct net_request *request, struct error *err)
{
    char *base = NULL;
    struct buf path;
    int result = s3_base(&e->s3, bucket, &base, err);

    buf_init(&path, 8192);
    if (result == 0 && !s3_key_path(&path, key))
        result = error_set(err, EXIT_UNEXPECTED, "out of memory");
    request->path = path.data;
    if (result == 0)
        result = perform(e, base, true, request, err);
    buf_release(&path);
    free(base);
    return result;
}

int eks_links_get(struct eks *e, const char *url, struct buf *to, struct error *err)
{
    struct net_request request = {.take = take, .ctx = to, .accept = "*/*"};
    struct s3_place place;

    buf_init(to, BYTES_MAX);
    if (s3_is_url(url))
        return s3_parse(url, &place, err) == 0
                   ? at_bucket(e, place.bucket, place.key, &request, err)
                   : -1;
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
        return error_set(err, EXIT_FAILED, "neither http://, https:// nor s3://");
    request.url = url;
    return perform(e, "http://127.0.0.1", false, &request, err);
}

int eks_links_put(struct eks *e, const char *key, const char *type, const void *bytes, size_t n,
                  struct error *err)
{
    struct net_request request = {.take = discard, .put = true};
    struct body body;
    int result = body_init_bytes(&body, bytes, n, type, err);

    request.body = &body;
    if (result == 0)
        result = at_bucket(e, e->box->bucket, key, &request, err);
    body_release(&body);
    return result;
}
