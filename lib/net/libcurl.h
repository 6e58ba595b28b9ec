#ifndef SDCTL_NET_LIBCURL_H
#define SDCTL_NET_LIBCURL_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/error.h"

/*
 * libcurl, loaded when the first request is made: linking it would cost every local command some
 * 4 ms and 6 MiB for its thirty libraries before main() begins. Only lib/net includes this.
 */

#define LIBCURL_FUNCTIONS(X)                                                                       \
    X(easy_init)                                                                                   \
    X(easy_setopt)                                                                                 \
    X(easy_getinfo)                                                                                \
    X(easy_cleanup)                                                                                \
    X(easy_strerror)                                                                               \
    X(multi_init)                                                                                  \
    X(multi_add_handle)                                                                            \
    X(multi_remove_handle)                                                                         \
    X(multi_perform)                                                                               \
    X(multi_poll)                                                                                  \
    X(multi_info_read)                                                                             \
    X(multi_cleanup)                                                                               \
    X(multi_strerror)                                                                              \
    X(url)                                                                                         \
    X(url_set)                                                                                     \
    X(url_get)                                                                                     \
    X(url_dup)                                                                                     \
    X(url_cleanup)                                                                                 \
    X(free)                                                                                        \
    X(version_info)

/* libcurl's functions by their names without curl_: libcurl.easy_init() is curl_easy_init(). */
struct libcurl {
#define LIBCURL_MEMBER(name) __typeof__(&(curl_##name)) name;
    LIBCURL_FUNCTIONS(LIBCURL_MEMBER)
#undef LIBCURL_MEMBER
};
extern struct libcurl libcurl;

/* Loads libcurl once and initialises it, with an allocator that wipes what it frees, since requests
 * that libcurl copies hold the key. EXIT_UNEXPECTED when there is none or it is older than 7.75. */
int libcurl_load(struct error *err);

/* Whether libcurl was refused memory since the last call of this function. */
bool libcurl_starved(void);

#endif
