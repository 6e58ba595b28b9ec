#ifndef SDCTL_NET_CALL_H
#define SDCTL_NET_CALL_H

#include <sodium.h>

#include "net/libcurl.h"
#include "net/net.h"
#include "net/url.h"

/* One HTTP exchange as libcurl's callbacks see it; private to lib/net. */

struct net {
    struct net_config config;
    struct url_origin origin;
    bool loopback;                 /* the service is on this machine, by its name */
    bool loopback_only;            /* connect nowhere else: the key goes over plain http */
    struct curl_slist *key_header; /* guarded memory; not libcurl's to free */
    CURLM *multi;
    struct net_call *calls; /* all that were started and not freed */
};

struct net_call {
    struct net *net;
    struct net_call *next;
    struct net_request request;
    struct net_reply reply;
    CURL *easy;
    char *url;           /* where it goes now, after redirects */
    char location[1024]; /* of the current answer; "" when there was none or it was longer */
    struct curl_slist headers[4]; /* built by hand: libcurl only reads the list */
    unsigned redirects, interim;  /* hops followed; 1xx answers seen */
    size_t header_bytes, header_lines;
    bool head_ended;     /* the empty line behind the headers came */
    uint64_t redirected; /* body bytes of redirects */
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
