#include "net/net.h"

#include <stdlib.h>
#include <string.h>

#include "net/call.h"
#include "net/libcurl.h"
#include "net/sign.h"

/* "Authorization: Basic ..." and the like, in guarded memory: the line and the list node. */
static int make_key_header(struct net *net, const char *prefix, const struct secret *key,
                           bool base64, struct error *err)
{
    size_t start = strlen(prefix);
    size_t coded = sodium_base64_ENCODED_LEN(key->len, sodium_base64_VARIANT_ORIGINAL);
    size_t size = sizeof *net->key_header + start + coded + key->len;

    net->key_header = libsodium.malloc((size + 15) / 16 * 16); /* else it is not aligned */
    if (net->key_header == NULL) {
        return error_memory(err, "preparing the key");
    }
    char *line = (char *)(net->key_header + 1);
    memcpy(line, prefix, start);
    if (base64) {
        libsodium.bin2base64(line + start, coded, (const unsigned char *)key->bytes, key->len,
                             sodium_base64_VARIANT_ORIGINAL);
    } else {
        memcpy(line + start, key->bytes, key->len + 1);
    }
    *net->key_header = (struct curl_slist){.data = line};
    return 0;
}

/* The rules of a key over plain http. */
static int check_plain(struct net *net, const char *what, struct error *err)
{
    const struct net_config *c = &net->config;
    bool plain = strcmp(net->origin.scheme, "http") == 0;

    if (plain && !url_is_loopback(&net->origin) && !c->insecure_http) {
        return error_set(err, EXIT_KEY,
                         "will not send %s over plain http to '%s'; use https, or "
                         "--insecure-http if the network is trusted",
                         what, net->origin.host);
    }
    net->loopback_only = plain && !c->insecure_http;
    return 0;
}

static int check_key(struct net *net, struct error *err)
{
    static const char *const prefix[] = {"", "Authorization: Basic ", "Authorization: Bearer ",
                                         "X-API-KEY: "};
    const struct net_config *c = &net->config;

    if (c->s3 != NULL) {
        return sign_check(err) != 0 ||
                       check_plain(net, "requests signed with the keys for S3", err) != 0 ||
                       (c->s3->token.bytes != NULL &&
                        make_key_header(net, SIGN_TOKEN, &c->s3->token, false, err) != 0)
                   ? -1
                   : 0;
    }
    if (c->key == NULL || c->key->bytes == NULL || c->key_form == SECRET_NONE) {
        return 0;
    }
    if (c->key_form == SECRET_BASIC && strchr(c->key->bytes, ':') == NULL) {
        return error_set(err, EXIT_KEY, "the key for '%s' must be user:password", c->base);
    }
    return check_plain(net, "the key", err) != 0 ||
                   make_key_header(net, prefix[c->key_form], c->key, c->key_form == SECRET_BASIC,
                                   err) != 0
               ? -1
               : 0;
}

int net_open(struct net **out, const struct net_config *config, struct error *err)
{
    *out = NULL;
    if (libcurl_load(err) != 0) {
        return -1;
    }
    struct net *net = calloc(1, sizeof *net);
    if (net == NULL) {
        return error_memory(err, "preparing the network");
    }
    net->config = *config;
    net->config.many |= config->beside != NULL && config->beside->config.many;
    if (url_origin(config->base, &net->origin, err) != 0) {
        goto out;
    }
    net->zone = zone_of_host(net->origin.host);
    if (check_key(net, err) != 0) {
        goto out;
    }
    net->loop = config->beside != NULL ? config->beside->loop : net;
    if (net->loop == net && (net->multi = libcurl.multi_init()) == NULL) {
        error_memory(err, "preparing the network");
        goto out;
    }
    *out = net;
    return 0;
out:
    net_close(net);
    return -1;
}

void net_close(struct net *net)
{
    if (net == NULL) {
        return;
    }
    struct net_call *next = net->loop != NULL ? net->loop->calls : NULL;
    for (struct net_call *c = next; c != NULL; c = next) {
        next = c->next;
        if (c->net == net || net->loop == net) {
            call_free(c);
        }
    }
    if (net->multi != NULL) {
        libcurl.multi_cleanup(net->multi);
    }
    if (net->key_header != NULL) {
        libsodium.free(net->key_header);
    }
    free(net);
}

const struct secret *net_secret(const struct net *net)
{
    return net->config.s3 != NULL ? &net->config.s3->token : net->config.key;
}

int net_start(struct net *net, const struct net_request *request, struct net_call **call,
              struct error *err)
{
    *call = call_new(net, request, err);
    return *call == NULL ? -1 : 0;
}

/* Whether a call ended, of whichever service on the loop. */
static bool collect(struct net *loop)
{
    CURLMsg *message;
    bool any = false;
    int left;

    while ((message = libcurl.multi_info_read(loop->multi, &left)) != NULL) {
        for (struct net_call *c = loop->calls; c != NULL; c = c->next) {
            if (c->easy == message->easy_handle && message->msg == CURLMSG_DONE) {
                call_ended(c, message->data.result);
                any = true;
                break;
            }
        }
    }
    return any;
}

void net_step(struct net *net, int64_t ms)
{
    int running, ready;
    int64_t left = clock_left(&net->config.deadline, ms);
    struct net *loop = net->loop;

    libcurl.multi_perform(loop->multi, &running);
    if (!collect(loop) && (running > 0 || ms > 0)) {
        libcurl.multi_poll(loop->multi, NULL, 0, (int)(left < 1000 ? left : 1000), &ready);
        libcurl.multi_perform(loop->multi, &running);
        collect(loop);
    }
}

bool net_is_done(const struct net_call *call)
{
    return call->done;
}

static bool is_stopped(const struct net *net)
{
    return net->config.stop != NULL && *net->config.stop != 0;
}

int net_finish(struct net_call *call, struct net_reply *reply, struct error *err)
{
    int result = -1;

    *reply = call->reply;
    if (!call->done && is_stopped(call->net)) {
        error_set(err, (enum exit_code)(EXIT_SIGNAL + (int)*call->net->config.stop), "interrupted");
    } else if (!call->done) {
        error_set(err, EXIT_DEADLINE, "no answer from '%s' in time", call->origin.host);
    } else if (call->failed) {
        *err = call->error;
    } else {
        result = 0;
    }
    call_free(call);
    return result;
}

int net_perform(struct net *net, const struct net_request *request, struct net_reply *reply,
                struct error *err)
{
    struct net_call *call;

    *reply = (struct net_reply){0};
    if (net_start(net, request, &call, err) != 0) {
        return -1;
    }
    while (!call->done && !is_stopped(net) && clock_left(&net->config.deadline, 1) > 0) {
        net_step(net, 1000);
    }
    return net_finish(call, reply, err);
}
