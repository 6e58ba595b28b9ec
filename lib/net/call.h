#ifndef SDCTL_NET_CALL_H
#define SDCTL_NET_CALL_H

#include "base/libsodium.h"
#include "net/libcurl.h"
#include "net/net.h"
#include "net/url.h"
#include "net/zone.h"

#define CALL_HEADERS_MAX 6

/* One HTTP exchange as libcurl's callbacks see it; private to lib/net. */

struct net {
    struct net_config config;
    struct url_origin origin;
    bool loopback_only;            /* connect nowhere else: the key goes over plain http */
    struct curl_slist *key_header; /* guarded memory; not libcurl's to free */
    enum zone zone;                /* where the service is, see target.h */
    struct net *loop;              /* whose event loop it runs on, itself or another: */
    CURLM *multi;                  /* of the loop's owner only, */
    struct net_call *calls;        /* and there all calls that were started and not freed */
};

struct net_call {
    struct net *net;
    struct net_call *next;
    struct net_request request;
    struct net_reply reply;
    CURL *easy;
    char *url;                /* where it goes now, after redirects */
    struct url_origin origin; /* of url, */
    bool own, keyed, strayed; /* whether that is the service's, the key goes along, and it has been
                                 elsewhere, */
    char payload[65];         /* what a signature says of the body, see sign.h */
    const char *proxy;        /* and by which proxy it goes; "" for none */
    char *location;           /* of the current answer, or NULL */
    struct buf lines;         /* texts of its request headers */
    struct curl_slist headers[CALL_HEADERS_MAX];   /* built by hand: libcurl only reads the list */
    bool sees_connection;                          /* libcurl tells of each that it uses */
    unsigned redirects, interim;                   /* hops followed; 1xx answers seen */
    uint64_t range_first, range_last, range_total; /* Content-Range; total 0: not known */
    size_t header_bytes, header_lines;
    bool head_ended;     /* the empty line behind the headers came */
    uint64_t redirected; /* body bytes of redirects */
    bool ranging;        /* a part was asked for */
    bool ranged;         /* the answer has a Content-Range that can be read */
    bool encoded;        /* the answer has a Content-Encoding */
    curl_socket_t fd;    /* the connection that was opened for it, or CURL_SOCKET_BAD */
    char *early;         /* early.h; owned */
    size_t early_size;   /* its bytes */
    bool done, failed;
    int64_t started;
    struct error error; /* why, when failed */
    char why[CURL_ERROR_SIZE];
};

struct net_call *call_new(struct net *net, const struct net_request *request, struct error *err);
void call_ended(struct net_call *call, CURLcode code);
void call_free(struct net_call *call);

#endif
